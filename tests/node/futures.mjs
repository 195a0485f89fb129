// Two futures through the JavaScript interface, and what the panel says of them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { caption, failoverSince, figures, leaders, told } from "../../www/debugger/figures.js";
import { computed, go, load, playing } from "./lib/engine.mjs";

const engine = load();
const FIRST = "lanes raft bully\nnodes 5\nseed 42\nat 2s crash leader\nuntil 8s\n";
const SECOND = FIRST.replace("at 2s", "at 1.5s raft: crash leader\nat 2s");
const infos = engine.algorithms();

/** @typedef {import("./lib/engine.mjs").Playground} Playground */

/** Both futures, the second one on the screen. */
function forked() {
  const play = playing(FIRST);
  play.load(SECOND);
  assert.equal(play.parting(), 1.5e6);
  play.keep(FIRST);
  computed(play);
  while (!play.otherSlice(1));
  return play;
}

/** @param {Playground} play @param {number} lane @returns {import("../../www/engine.js").Story} */
const story = (play, lane) => ({ ...play.story(lane, 0, 0), ...play.chronicle(lane, 0, 0, 0, 0) });

/** @param {Playground} play @param {number} lane @param {number} from @param {number} to */
function trace(play, lane, from, to) {
  for (;;) {
    const records = play.trace(lane, from, to, 5000);
    if (records !== null) return records;
  }
}

/** @param {Playground} play @param {number} a @param {number} b */
function differ(play, a, b) {
  for (;;) {
    const found = play.firstDifference(a, b);
    if (found !== null) return found;
  }
}

test("the lanes of the other future are numbered after those on the screen, and are those of a fresh run", () => {
  const play = forked();
  for (const [text, from] of /** @type {const} */ ([[SECOND, 0], [FIRST, 2]])) {
    const fresh = playing(text);
    for (const lane of [0, 1]) {
      assert.deepEqual(story(play, from + lane), story(fresh, lane), `${text} ${lane}`);
      assert.deepEqual(trace(play, from + lane, 1e6, 3e6), trace(fresh, lane, 1e6, 3e6));
    }
    fresh.free();
  }
  const { run, split, shown, other } = play.futures();
  assert.deepEqual([run.until, run.lanes.map((/** @type {any} */ it) => it.name), split], [8e6, ["raft", "bully"], 1.5e6]);
  assert.deepEqual([shown, other], [[{ line: 3, text: "at 1.5s raft: crash leader" }], []]);
  assert.throws(() => play.story(4, 0, 0), /there is no lane 4/);
  assert.throws(() => play.view(4, 0), RangeError);
  play.free();
});

test("the first difference between futures, and between lanes, is an event of each", () => {
  const play = forked();
  const raft = differ(play, 0, 2);
  assert.deepEqual([raft[0].at, raft[0].kind, raft[0].text, raft[1].kind], [1.5e6, "act", "5 crashes, by “crash leader”", ""]);
  assert.deepEqual(differ(play, 1, 3), [], "the act is not of that lane");
  const lanes = differ(play, 0, 1);
  for (const [i, event] of lanes.entries()) {
    const there = trace(play, i, event.at, event.at).filter((/** @type {any} */ it) => it.step === event.step);
    assert(there.length > 0, event.text);
  }
  assert.throws(() => play.firstDifference(0, 7), /there is no lane 7/);
  play.free();
});

test("futures trade places at the same moment, and one is forgotten", () => {
  const play = forked();
  go(play, play.seek(3e6));
  play.load(FIRST);
  play.keep(SECOND);
  assert.deepEqual(play.advance(0), { done: true, swapped: true }, "it is there at once");
  go(play, play.settle(100));
  assert.deepEqual([play.text, play.now, play.otherSlice(0)], [FIRST, 3e6, true]);
  assert.deepEqual(play.futures().other, [{ line: 3, text: "at 1.5s raft: crash leader" }]);
  assert.throws(() => play.keep("lanes raft\nat 1s crsh 1\n"), (/** @type {any} */ error) => error.errors.length === 1);
  assert.notEqual(play.futures(), null, "the other one stays");
  play.forget();
  assert.equal(play.futures(), null);
  assert.throws(() => play.story(2, 0, 0), /there is no lane 2/);
  play.free();
});

test("the table says what differs", () => {
  const play = forked();
  const names = play.run().lanes[0].names;
  const [b, a] = [0, 2].map((lane) => ({ story: story(play, lane), names }));
  const info = infos.find((/** @type {any} */ it) => it.id === "raft");
  const rows = figures([a, b], info, 1.6e6, 1.5e6);
  const of = (/** @type {string} */ name) => rows.find((it) => it.name === name);
  assert.deepEqual(of("leader")?.cells, [leaders(a, info, 1.6e6), "none"]);
  assert.match(leaders(a, info, 1.6e6), /^5 t1$/);
  assert.deepEqual([of("leader")?.differs, of("elections")?.differs], [true, true]);
  // The failover of each that follows the split: at 2 s as written, at 1.5 s with the act.
  assert.deepEqual([a, b].map((it) => failoverSince(it.story, 1.5e6)?.lost), [2e6, 1.5e6]);
  assert.equal(of("lost"), undefined, "no write was lost");
  const same = figures([a, a], info, 1.6e6, 1.5e6);
  assert(same.every((it) => !it.differs));
  play.free();
});

test("futures and differences are put into words", () => {
  const lines = (/** @type {string[]} */ ...all) => all.map((text) => ({ text }));
  assert.equal(caption(lines("at 1s heal"), true), "as written");
  assert.equal(caption(lines("at 2.226s raft: drop 3->1#1  # a vote"), false), "raft: drop 3->1#1");
  assert.equal(caption(lines("at 1s heal", "at 2s heal"), false), "2 lines more");
  assert.equal(caption(lines("seed 7"), false), "1 line more");
  assert.equal(caption([], false), "with less");
  const event = (/** @type {number} */ at, /** @type {string} */ text, kind = "") => ({ at, step: 1, text, kind });
  assert.equal(told([], ["A", "B"]), "A and B do not differ.");
  assert.equal(told([event(1.6e6, "x"), event(1.5e6, "5 crashes, by “crash leader”", "act")], ["A", "B"]),
    "At 1.500 s:\nA goes on: at 1.600 s, x.\nB: 5 crashes, by “crash leader”.");
  assert.equal(told([null, event(1000001, "x")], ["Raft", "patient"]), "At 1.000001 s:\nRaft: nothing more.\npatient: x.");
});
