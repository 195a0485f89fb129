// The same text plays the same run in wasm as natively: compares the digests of the whole gallery, for the
// events, the final state, and seeks and steps on the way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { go, judged, load, playing as open } from "./lib/engine.mjs";

const root = new URL("../../", import.meta.url);
const recorded = readFileSync(new URL("tests/digests.txt", root), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.split(" "));

test("there are scenarios to compare", () => assert.ok(recorded.length >= 12));

for (const [name, trace, state] of recorded) {
  test(`${name} plays in wasm as it does natively`, () => {
    const playground = open(readFileSync(new URL(`scenarios/${name}.txt`, root), "utf8"));
    const { until, lanes } = playground.run();
    go(playground, playground.seek(until));
    assert.equal(playground.traceDigest(), trace);
    assert.equal(playground.stateDigest(), state);

    // A seek back and forth, and single steps, give the same result.
    go(playground, playground.seek(until / 3));
    const there = { trace: playground.traceDigest(), events: playground.events };
    go(playground, playground.seek(until));
    assert.equal(playground.stateDigest(), state);
    go(playground, playground.seekEvents(there.events));
    assert.equal(playground.traceDigest(), there.trace);
    for (let i = 0; i < 5; i++) playground.step();
    for (let i = 0; i < 5; i++) {
      playground.stepBack();
      go(playground, false);
    }
    assert.equal(playground.traceDigest(), there.trace);

    // The whole run ahead equals the one under the playhead.
    assert.equal(lanes.length, playground.run().lanes.length);
    for (const verdict of judged(playground)) assert.ok(verdict.met !== false, `line ${verdict.line + 1}: ${verdict.found}`);
    playground.free();
  });
}

test("the edition that a page fetches first plays the same runs, and lacks only what the debugger asks", async () => {
  const first = await import("../../pkg/first.js");
  first.initSync({ module: readFileSync(new URL("pkg/first_bg.wasm", root)) });
  for (const [name, trace, state] of recorded) {
    const playground = new first.Playground();
    playground.load(readFileSync(new URL(`scenarios/${name}.txt`, root), "utf8"));
    while (!playground.advance(100).done);
    let there = playground.seek(playground.run().until);
    while (!there) there = playground.settle(100);
    assert.equal(playground.traceDigest(), trace, name);
    assert.equal(playground.stateDigest(), state, name);
    playground.free();
  }
  const { Playground } = load();
  const missing = Object.getOwnPropertyNames(Playground.prototype).filter((it) => !(it in first.Playground.prototype));
  assert.deepEqual(missing.sort(), ["halts", "inspect", "journey", "listed", "prospects", "search", "stretch", "stride", "whatIf", "why"]);
});

test("a broken text leaves the last good run", () => {
  const playground = open("lanes raft; until 1s");
  go(playground, playground.seek(500_000));
  const before = playground.traceDigest();
  /** @type {any[]} */
  let errors = [];
  try {
    playground.load("lanes raft; latencyy 5ms");
  } catch (thrown) {
    assert(thrown instanceof Error && thrown.name === "ScenarioError" && thrown.message.includes("latencyy"));
    errors = /** @type {any} */ (thrown).errors;
  }
  assert.equal(errors.length, 1);
  assert.equal(errors[0].nearest, "latency");
  assert.equal(errors[0].line, 1);
  assert.equal(errors[0].start, 12);
  assert.equal(playground.traceDigest(), before);
  assert.equal(playground.text, "lanes raft; until 1s");
});

test("an edited text replaces the whole run, at the same playhead", () => {
  const engine = load();
  const text = "lanes ring raft\nuntil 4s\n";
  const playground = open(text);
  go(playground, playground.seek(1_500_000));
  const edit = engine.appendAct(text, 2_000_000, 0, "", "crash leader");
  playground.load(edit.text);
  const revision = playground.revision;
  let progress = playground.advance(0);
  assert.equal(progress.swapped, false);
  assert.equal(playground.text, text, "the last good run stays until the new one is whole");
  while (!progress.swapped) progress = playground.advance(100);
  go(playground, false);
  assert.equal(playground.revision, revision + 1);
  assert.equal(playground.now, 1_500_000);
  assert.match(playground.text, /at 2s\s+crash leader/);
  go(playground, playground.seek(4_000_000));
  const fresh = open(edit.text);
  go(fresh, fresh.seek(4_000_000));
  assert.equal(playground.stateDigest(), fresh.stateDigest());
});

test("a link returns its text and moment", () => {
  const engine = load();
  const text = "lanes raft # one\nat 1s crash leader\n";
  const hash = engine.encodeLink(text, null, 42, "raft:3", "00ff00ff00ff00ff");
  const link = engine.decodeLink(`#${hash}`);
  assert.deepEqual(link, {
    text, at: null, after: 0, step: 42, selected: "raft:3", stops: null, digest: "00ff00ff00ff00ff", look: null, version: 2, trust: "checked", ignored: [], other: null, first: false,
  });
  assert.throws(() => engine.decodeLink("#v=9&s=lanes+raft"), /version/i);
});

test("a frame is flat numbers in the module's memory", () => {
  const engine = load();
  const playground = open("lanes zookeeper raft; nodes 5; until 10s");
  go(playground, playground.seek(3_000_000));
  const length = playground.frame();
  const frame = new Float64Array(engine.moduleMemory().buffer, playground.framePointer, length);
  assert.equal(frame[1], 3_000_000);
  assert.equal(frame[4], 2);
  const lane = frame[5];
  assert.equal(frame[lane], 5, "five members");
  assert.equal(frame[lane + 1], 1, "one service node");
});
