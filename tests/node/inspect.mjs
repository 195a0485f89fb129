// Looking inside through the package: an event, a message, and what becomes of everything pending.

import assert from "node:assert/strict";
import { test } from "node:test";

import { go, playing } from "./lib/engine.mjs";

const TEXT = "lanes raft zookeeper\nnodes 3\nseed 1\nat 1s crash leader\nuntil 3s\n";

/** Repeats a call until it has its answer. @template T @param {() => T | null} call */
function answered(call) {
  for (;;) {
    const answer = call();
    if (answer !== null) return answer;
  }
}

/** The event in which a node of the first lane won after the crash. @param {any} play */
const victory = (play) => answered(() => play.trace(0, 1e6, 3e6, 5000)).find((/** @type {any} */ it) => /won the election/.test(it.text));

test("an event says what it changed, at which node, and what decided its rules", () => {
  const play = playing(TEXT);
  const won = victory(play);
  const found = answered(() => play.inspect(0, won.step));
  assert.deepEqual([found.event, found.at, found.place], [won.step, won.at, won.node]);
  assert.match(found.told, /leads \(term 3\) with 2 of 3 votes/);
  assert.deepEqual(found.reasons.filter((/** @type {any} */ it) => /votes/.test(it.text)), [{ place: won.node, rule: 15, text: "votes 2 ≥ quorum 2", holds: true }]);
  assert(found.ran[0].rules.includes(15));
  const [node] = found.nodes;
  const field = (/** @type {string} */ name) => node.fields.find((/** @type {any} */ it) => it.name === name);
  assert.deepEqual(field("role"), { name: "role", old: "candidate", new: "leader", disk: null });
  assert.deepEqual(field("term"), { name: "term", old: "3", new: "3", disk: "3" });
  assert.deepEqual([node.process, node.drift, found.cause.kind], [["running", "running"], [0, 0], "event"]);
  const timers = Object.fromEntries(node.timers.map((/** @type {any} */ it) => [it.name, it.state]));
  assert.deepEqual([timers.election, timers.heartbeat], ["cancelled", "set"]);
  // A node that the event did not touch is shown to those who ask.
  const other = (won.node + 1) % 3;
  assert.equal(found.nodes.length, 1);
  const asked = answered(() => play.inspect(0, won.step, other)).nodes.find((/** @type {any} */ it) => it.place === other);
  assert(asked.fields.every((/** @type {any} */ it) => it.old === it.new));
  assert.equal(play.inspect(0, 10_000_000), undefined, "there is no such event");
  assert.equal(answered(() => play.inspect(0, 0)).nodes.length, 3);
});

test("a message has its fields, its way and its end", () => {
  const play = playing(TEXT);
  const found = answered(() => play.inspect(0, victory(play).step));
  const way = answered(() => play.journey(0, found.message.from, found.message.to, found.message.nth, found.message.copy));
  assert.deepEqual([way.kind, way.fields], ["VoteReply", [{ name: "term", value: "3" }, { name: "granted", value: "1" }]]);
  assert.deepEqual([way.due, way.by, way.end.event, way.end.how, way.end.idle], [found.at, found.cause.event, found.event, "received", false]);
  const lost = found.sent.map((/** @type {any} */ it) => answered(() => play.journey(0, it.from, it.to, it.nth, it.copy)).end).find((/** @type {any} */ it) => it.how === "lost");
  assert.equal(lost.why, "receiver down");
  assert.equal(play.journey(0, 0, 1, 1_000_000, 1), undefined);
});

test("what becomes of everything pending stands in its order", () => {
  const play = playing(TEXT);
  const won = victory(play);
  go(play, play.seekBreak(0, won.step, won.at));
  const pending = play.pending(0, 400);
  const ends = answered(() => play.prospects(0));
  assert.equal(ends.length, pending.length);
  pending.forEach((/** @type {any} */ it, /** @type {number} */ i) => {
    if (!it.effective && it.kind === "message") assert.equal(ends[i].how, "lost");
    if (it.kind === "message" && it.effective) assert.deepEqual([ends[i].how, ends[i].at], ["received", it.at]);
    if (it.kind === "timer" && ends[i]?.how === "fired") assert.equal(ends[i].at, it.at);
  });
  assert(ends.some((/** @type {any} */ it) => it?.how === "set-again"));
});
