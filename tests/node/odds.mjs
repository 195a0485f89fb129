// When an outcome was decided, through the JavaScript interface: the curves are those of the native engine, bit by bit.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "./lib/engine.mjs";

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** @param {string} text @param {number} lane @param {string} outcome @param {number} futures @param {number} ms */
function workedOut(text, lane, outcome, futures, ms) {
  const odds = new (load().Odds)(text, lane, outcome, futures);
  let slices = 0;
  while (!odds.advance(ms).done) slices++;
  return { odds, slices, curve: /** @type {import("../../www/odds.js").Curve} */ (odds.curve()) };
}

test("the curves are those of the native engine", () => {
  const lines = read("tests/odds.txt").trim().split("\n");
  assert(lines.length > 9);
  for (let i = 0; i < lines.length; i += 3) {
    const [, file, lane, outcome] = /** @type {RegExpExecArray} */ (/^\? (\S+) (\d) (.*)$/.exec(lines[i]));
    const { odds, curve } = workedOut(read(`scenarios/${file}.txt`), Number(lane), outcome, 100, 1000);
    assert.equal(curve.points.map((it) => `${it.step}:${it.at}:${it.came}/${it.runs}`).join(" "), lines[i + 1], lines[i]);
    assert.equal(curve.sentence, lines[i + 2]);
    odds.free();
  }
});

test("slices make no difference, and an early end costs nothing", () => {
  const text = "lanes raft\nnodes 3\nseed 5\nat 2s crash leader\nuntil 4s\n";
  const whole = workedOut(text, 0, "failover > 200ms", 40, 1000);
  const sliced = workedOut(text, 0, "failover > 200ms", 40, 0.2);
  assert(sliced.slices > whole.slices);
  assert.deepEqual(sliced.curve, whole.curve);
  const early = new (load().Odds)(text, 0, "failover > 200ms", 40);
  assert.equal(early.curve(), null, "the run itself has not been played");
  early.advance(0);
  early.free();
  assert.throws(() => early.advance(1));
});

test("the seed of a point plays one of its futures", () => {
  const text = "lanes raft\nnodes 5\nseed 5\nat 2s crash leader\nuntil 4s\n";
  const { odds, curve } = workedOut(text, 0, "failover > 200ms", 40, 1000);
  const open = curve.points.findIndex((it) => !it.settled && it.came > 0 && it.came < it.runs);
  assert(open >= 0, "some moment has both kinds of futures");
  for (const comes of [true, false]) {
    const seed = odds.seed(open, comes);
    assert(typeof seed === "string");
    const { at, after } = curve.points[open];
    const changed = load().appendAct(text, at, after, "", `reseed ${seed}`).text;
    const play = new (load().Playground)();
    play.load(`${changed}expect failover > 200ms eventually\n`);
    while (!play.advance(100).done);
    while (!play.judgeSlice(100));
    assert.equal(play.judged()[0].met, comes);
  }
  assert.equal(odds.seed(curve.points.length - 1, true) ?? null, null, "there is nothing to redraw");
});

test("what is wrong is said, and nothing panics", () => {
  const { Odds } = load();
  const wrong = (/** @type {any[]} */ ...args) => {
    try {
      // @ts-expect-error: wrong on purpose
      new Odds(...args);
    } catch (error) {
      return /** @type {any} */ (error);
    }
    return assert.fail(`${args} is accepted`);
  };
  assert.equal(wrong("lanes rft\n", 0, "leaders = 1").name, "ScenarioError");
  const bad = wrong("lanes raft\n", 0, "leadrs = 1");
  assert.equal(bad.name, "OutcomeError");
  assert.deepEqual([bad.errors[0].start, bad.errors[0].end, bad.errors[0].nearest], [0, 6, "leaders"]);
  assert.match(wrong("lanes raft\n", 1, "leaders = 1").message, /no such lane/);
  for (const args of [[], [1, 0, "leaders = 1"], ["lanes raft\n", -1, "leaders = 1"], ["lanes raft\n", 0, 7], ["lanes raft\n", 0, "leaders = 1", 1e9], ["lanes raft\n", 0, "x".repeat(2000)]]) {
    assert(wrong(...args) instanceof Error);
  }
});
