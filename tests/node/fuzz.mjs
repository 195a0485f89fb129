// Random calls with random values, texts and links, through the interface that pages use: nothing traps,
// every error is an Error, and a run answers as a fresh one does. FUZZ_SECONDS sets the duration, FUZZ_SEED
// the start: FUZZ_SECONDS=1200 node --test tests/node/fuzz.mjs

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { go, load, playing } from "./lib/engine.mjs";

const FOLDER = new URL("../../scenarios/", import.meta.url);
const GALLERY = readdirSync(FOLDER).filter((name) => name.endsWith(".txt")).map((name) => readFileSync(new URL(name, FOLDER), "utf8"));
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 3);

/** A stream of choices. @param {number} seed */
function dice(seed) {
  let state = BigInt(seed) * 2n + 1n;
  const next = () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 33n);
  };
  const below = (/** @type {number} */ n) => next() % n;
  return { below, one: /** @template T @param {readonly T[]} of @returns {T} */ (of) => of[below(of.length)] };
}

const SNIPPETS = [
  "at 1s crash leader", "at 2s reseed 7", "at 1s set raft.heartbeat 20ms", "at 1s send 1 -> 2 Heartbeat term 9", "phases lockstep",
  "timers manual", "latency 5ms..15ms with 1% up to 400ms", "nodes 1=a 2=b 3=c", "expect p99 failover < 2s over 9 seeds", "break leaders >= 2",
  "duplicate 100%", "loss 50%", "until 3s", "nodes 25", "expect leader", "init raft leader 1 term 1", "at 1s deliver all", "#", ";", "\u202e", "9e9s",
];

/** A text of the gallery, with some lines changed. @param {ReturnType<typeof dice>} d */
function text(d) {
  const lines = d.one(GALLERY).split("\n");
  for (let k = d.below(6); k > 0; k--) {
    const at = d.below(lines.length);
    switch (d.below(5)) {
      case 0: lines.splice(at, 1); break;
      case 1: lines.splice(at, 0, d.one(SNIPPETS)); break;
      case 2: lines[at] = lines[at].slice(0, d.below(lines[at].length + 1)); break;
      case 3: lines[at] = lines[at].replace(/\d+/, () => String(d.one([0, 1, 2 ** 31, 2 ** 53, 128, 129]))); break;
      default: [lines[at], lines[0]] = [lines[0], lines[at]];
    }
  }
  return lines.join("\n");
}

const ODD = [undefined, null, Number.NaN, -1, 0.5, 2 ** 32, 1e300, "", "7", {}, [], true, Symbol("s"), 7n];

test("random calls never trap, and have only documented effects", () => {
  const engine = load();
  const start = Date.now();
  let [rounds, calls, refused, opened] = [0, 0, 0, 0];
  for (let seed = Number(process.env.FUZZ_SEED ?? 1); Date.now() - start < SECONDS * 1000; seed++) {
    const d = dice(seed);
    const play = new engine.Playground();
    const any = /** @type {any} */ (play);
    const number = () => d.one([d.below(8), d.below(7e6), d.below(300), 0]);
    const value = () => (d.below(9) === 0 ? d.one(ODD) : number());
    /** @type {(() => unknown)[]} */
    const deeds = [
      () => any.load(d.below(20) === 0 ? d.one(ODD) : text(d)), () => any.advance(d.one([0, 1, 20])), () => any.seek(value()),
      () => any.seekInstant(value(), value()), () => any.seekEvents(value()), () => any.settle(d.one([0, 5])), () => any.step(), () => any.stepBack(),
      () => any.frame(), () => any.view(value(), value()), () => any.pending(value(), value()), () => any.trace(value(), value(), value(), value()),
      () => any.stats(value()), () => any.verdicts(value(), d.below(2) === 0), () => any.story(value(), value(), value()), () => any.judgeSlice(1),
      () => any.judged(), () => any.breakSlice(1), () => any.breaks(), () => any.seekBreak(value(), value(), value()), () => any.run(),
      () => engine.format(text(d)), () => engine.lines(text(d)), () => engine.decodeLink(engine.encodeLink(text(d), null, null, "", "")),
      () => engine.decodeLink(engine.encodeLink(text(d), 1e6, null, "raft:1", "ff").slice(0, d.below(400))),
      () => /** @type {any} */ (engine).appendAct(text(d), value(), value(), "", d.one(SNIPPETS)), () => /** @type {any} */ (engine).setValue(text(d), "seed", String(value())),
      () => /** @type {any} */ (engine).complete(text(d), value()), () => any.rulings(value(), value()),
    ];
    play.load(d.one(GALLERY));
    for (let k = 0; k < 60; k++) {
      calls++;
      try {
        d.one(deeds)();
      } catch (error) {
        refused++;
        assert(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), `seed ${seed}: ${error}`);
      }
    }
    // A complete run, and its equality with a fresh run of its text.
    let slices = 0;
    while (!play.advance(100).done && ++slices < 50);
    rounds++;
    if (slices < 50) {
      opened++;
      const at = d.below(play.run().until);
      go(play, play.seek(at));
      const fresh = playing(play.text);
      go(fresh, fresh.seek(at));
      assert.equal(play.stateDigest(), fresh.stateDigest(), `seed ${seed} at ${at} in\n${play.text}`);
      assert.equal(play.traceDigest(), fresh.traceDigest(), `seed ${seed} at ${at}`);
      fresh.free();
    }
    play.free();
  }
  assert(rounds > 0 && opened > 0);
  console.log(`${rounds} playgrounds, ${calls} calls, ${refused} refused, ${opened} compared with a fresh run`);
});
