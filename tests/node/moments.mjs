// What the interface returns about a moment: stops, instants, and the network in a frame.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { go, playing } from "./lib/engine.mjs";
import { moment } from "./lib/moment.mjs";

const PAUSE = readFileSync(new URL("../../scenarios/gc-pause.txt", import.meta.url), "utf8");

test("break lines are searched without moving the playhead, and again after an edit", () => {
  const play = playing(PAUSE);
  go(play, play.seek(1_234_567));
  const before = [play.now, play.events, play.stateDigest()];
  let slices = 1;
  while (!play.breakSlice(0)) slices++;
  assert(slices > 2);
  /** @type {import("../../www/engine.js").Break[]} */
  const stops = play.breaks();
  const line = PAUSE.split("\n").findIndex((it) => it.startsWith("break"));
  assert.deepEqual(stops.map((it) => it.lane).sort(), [0, 1, 2, 3]);
  assert(stops.every((it) => it.line === line && it.at > 3e6 && it.at < 11e6));
  assert(!play.breaksTruncated);
  assert.deepEqual([play.now, play.events, play.stateDigest()], before);
  const [{ lane, step, at }] = stops;
  go(play, play.seekBreak(lane, step, at));
  assert.equal(play.now, at);
  play.load(PAUSE.replace(/^break.*$/m, ""));
  while (!play.advance(100).swapped);
  assert(play.breakSlice());
  assert.deepEqual(play.breaks(), []);
  play.free();
});

test("a seek into an instant ends with it", () => {
  const play = playing("lanes raft\nlatency 10ms\nset store.latency 10ms\nuntil 3s\n");
  go(play, play.seek(2e6));
  const last = play.events;
  for (const after of [0, 900_000]) {
    go(play, play.seek(0));
    go(play, play.seekInstant(2e6, after));
    assert.deepEqual([play.now, play.events], [2e6, last]);
  }
  play.free();
});

test("a frame shows slow nodes, unusual links and the network", () => {
  const text = "lanes raft\nnodes 3\nlatency 10ms\nat 1s latency 20ms..40ms\nat 1s loss 1 -> 2 5%\nat 1s slow 3 7ms\n"
    + "at 1s cut 2 -> store\nuntil 3s\n";
  const { frame: { lanes: [then] } } = moment(text, 500_000);
  assert.deepEqual(then.network, { lo: 10_000, hi: 10_000, loss: 0, duplicate: 0, changed: false });
  assert.deepEqual([then.links, then.cuts], [[], []]);
  const { frame: { lanes: [now] } } = moment(text, 2_000_000);
  assert.deepEqual(now.network, { lo: 20_000, hi: 40_000, loss: 0, duplicate: 0, changed: true });
  assert.deepEqual(now.links, [{ from: 0, to: 1, lo: 20_000, hi: 40_000, loss: 50_000, duplicate: 0 }]);
  assert.deepEqual(now.nodes.map((it) => it.slow), [0, 0, 7000]);
  assert.deepEqual(now.cuts, [[1, 3]]);
});

test("the sessions and znodes of a service outlive its process", () => {
  const text = readFileSync(new URL("../../scenarios/service-outage.txt", import.meta.url), "utf8");
  const { frame: { lanes: [lane] }, stories } = moment(text, 6_000_000);
  assert.equal(lane.nodes[5].up, false);
  assert.deepEqual([lane.bonds.length, lane.rows.length, lane.arrows.length], [5, 5, 0]);
  // The same node serves again; no node was elected.
  const failover = stories[0].stats.failoverLongest;
  assert.equal(failover?.split, false);
  assert.equal(failover?.suspected, failover?.found);
});
