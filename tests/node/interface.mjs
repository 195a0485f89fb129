// The package's interface with arbitrary arguments: every wrong value throws an Error with an explanation,
// and the instance continues as if nothing had happened.

import assert from "node:assert/strict";
import { test } from "node:test";

import { go, judged, load, playing } from "./lib/engine.mjs";

const TEXT = "lanes raft bully\nnodes 3\nat 1s crash leader\nuntil 3s\nexpect raft leader\nbreak leaders = 0\n";

/** Values that are never valid arguments. @type {(() => any)[]} */
const NONSENSE = [
  () => undefined, () => null, () => true, () => Number.NaN, () => Infinity, () => -1, () => 0.5, () => 2 ** 32, () => 2 ** 60,
  () => 1e300, () => "", () => "seven", () => "\ud800", () => [], () => [1], () => ({}), () => Symbol("s"), () => 7n,
  () => () => 1, () => new Date(0), () => ({ valueOf: () => 1, toString: () => "lanes raft" }), () => Object.create(null),
];

/** Calls with valid arguments. @param {any} engine @param {any} play @returns {[any, string, any[]][]} */
const calls = (engine, play) => [
  [play, "load", [TEXT]], [play, "advance", [1]], [play, "story", [0, 0, 0]], [play, "chronicle", [0, 0, 0, 0, 0]],
  [play, "responses", [0]], [play, "happened", [0, 1e6]], [play, "sentence", [0, 0]], [play, "seek", [1e6]],
  [play, "seekInstant", [1e6, 1]], [play, "seekEvents", [10]], [play, "settle", [1]], [play, "view", [0, 0]], [play, "rulings", [0, 0]],
  [play, "pending", [0, 10]], [play, "trace", [0, 0, 1e6, 10]], [play, "stats", [0]], [play, "verdicts", [0, true]],
  [play, "judgeSlice", [1]], [play, "breakSlice", [1]], [play, "seekBreak", [0, 1, 1e6]],
  [play, "inspect", [0, 1, 0]], [play, "journey", [0, 0, 1, 1, 1]], [play, "prospects", [0]],
  [engine, "format", [TEXT]], [engine, "appendAct", [TEXT, 1e6, 0, "", "heal"]], [engine, "deleteLine", [TEXT, 1]],
  [engine, "replaceLine", [TEXT, 1, "nodes 4"]], [engine, "setValue", [TEXT, "seed", "4"]], [engine, "lines", [TEXT]], [engine, "complete", [TEXT, 3]],
  [engine, "encodeLink", [TEXT, 1e6, null, "", ""]], [engine, "decodeLink", ["#v=1&s=lanes+raft"]],
];

/** The observable state of a playground. @param {any} play */
function seen(play) {
  go(play, play.seek(1_500_000));
  return [play.text, play.now, play.events, play.traceDigest(), play.stateDigest(), play.frame()];
}

test("a wrong value throws an Error with an explanation, and does no harm", () => {
  const engine = load();
  const play = playing(TEXT);
  const before = seen(play);
  let refused = 0;
  for (const [on, name, args] of calls(engine, play)) {
    for (let i = 0; i < args.length; i++) {
      for (const make of NONSENSE) {
        const given = args.map((it, k) => (k === i ? make() : it));
        try {
          on[name](...given);
        } catch (error) {
          assert(error instanceof Error, `${name}: ${String(error)}`);
          assert(!(error instanceof WebAssembly.RuntimeError), `${name}(${given.map((it) => typeof it)}) traps: ${error.message}`);
          assert(error.message.length > 10, `${name}: "${error.message}" says nothing`);
          refused++;
        }
      }
    }
  }
  assert(refused > 500, `only ${refused} were refused`);
  // The empty text is a valid scenario too, and was loaded.
  play.load(TEXT);
  while (!play.advance(100).done);
  assert.deepEqual(seen(play), before);
});

test("the message says which value is wrong and what is expected", () => {
  const play = playing(TEXT);
  /** @param {() => unknown} call @param {RegExp} sentence @param {any} [kind] */
  const says = (call, sentence, kind = RangeError) => assert.throws(call, (error) => error instanceof kind && sentence.test(/** @type {Error} */ (error).message));
  const any = /** @type {any} */ (play);
  says(() => any.load(5), /`text` must be a string, not number/, TypeError);
  says(() => any.seek("1"), /`at` must be a number of microseconds, not string/, TypeError);
  says(() => play.seek(-1), /from 0 to 86400000000, not -1/);
  says(() => play.view(0, 256), /`node` must be a whole number from 0 to 2, not 256/);
  says(() => play.view(0, 3), /`node`/);
  says(() => play.story(2 ** 32, 0, 0), /`lane`/);
  says(() => play.stats(2), /there is no lane 2: this run has 2 lanes, numbered from 0/);
  says(() => play.stats(0.5), /`lane` must be a whole number/);
  says(() => play.advance(-1), /`ms`/);
  says(() => load().appendAct(TEXT, Infinity, 0, "", "heal"), /`at`.*Infinity/);
  says(() => load().format("#".repeat(1_000_000)), /1000000 bytes/);
  says(() => new (load().Playground)().seek(0), /call `load` first/, Error);
});

test("a value that frees the playground while it is read has no effect", () => {
  const play = playing(TEXT);
  const before = seen(play);
  const free = { valueOf: () => play.free(), toString: () => play.free(), [Symbol.toPrimitive]: () => play.free() };
  const any = /** @type {any} */ (play);
  for (const call of [() => any.seek(free), () => any.load(free), () => any.view(0, free), () => any.advance(free)]) {
    assert.throws(call, TypeError);
  }
  assert.deepEqual(seen(play), before);
  play.free();
  assert.throws(() => play.seek(0), Error);
  const another = playing(TEXT);
  assert.deepEqual(seen(another), before);
});

test("after the engine is replaced, objects of the old one are rejected", () => {
  const engine = load();
  const old = playing(TEXT);
  const before = seen(old);
  engine.__wbg_reset_state();
  assert.throws(() => old.seek(0), Error);
  assert.deepEqual(seen(playing(TEXT)), before);
});

test("one run does not decide an expectation over many seeds", () => {
  const play = playing("lanes raft\nuntil 3s\nexpect leader\nexpect p99 elections < 9 over 20 seeds\n");
  assert.deepEqual(judged(play).map((it) => [it.line, it.met, it.needsSeeds]), [[2, true, false], [3, null, true]]);
});

test("a run that breaks off reports when and why, and keeps its past", () => {
  const play = playing("lanes ring\nnodes 9\nduplicate 100%\nuntil 4s\n");
  const story = play.story(0, 0, 0);
  assert.match(story.stats.brokeOff.why, /65,536 messages/);
  assert(story.stats.brokeOff.at < 4e6);
  go(play, play.seek(story.stats.brokeOff.at));
  assert(play.frame() < 30_000, "of very many messages a frame tells the first ones");
  for (let i = 0; i < 3; i++) play.step();
});

test("warnings name their line, and the run plays", () => {
  const play = playing("lanes zookeeper\nset zookeeper.session-timeout 1s\nuntil 3s\n");
  const [warning] = play.run().warnings;
  assert.equal(warning.line, 1);
  assert.match(warning.text, /granted as 4s/);
});
