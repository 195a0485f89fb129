// The story: what the engine makes of it, what it shows at a moment, and where it stops the playhead.

import assert from "node:assert/strict";
import { test } from "node:test";

import { keyOf, outcome, questionBetween, storyAt, tellsStory } from "../../www/story.js";
import { computed, judged, load, playing } from "./lib/engine.mjs";

const TEXT = `lanes ring bully raft
seed 42
at 2s say "The network splits."
at 2s partition 1 2 | 3 4 5
at 2s ask "Where will two nodes lead?"
at 6s answer leaders = 2 in ring bully because "Nobody there counts."
at 6s say "One side waits." if leaders = 1
at 7s ring raft: ask "How many will be left?"
at 8s heal
at 11s answer "one" if leaders = 1 | "none" if leaders = 0 | "two"
at end raft: say "Never told." if leaders = 5
until 12s
`;

/** @typedef {import("../../www/engine.js").Step} Step */

/** The steps of a run that is judged. @param {string} text @returns {Step[]} */
function stepsOf(text) {
  const play = playing(text);
  judged(play);
  return play.steps();
}

test("the steps of a story cross the interface, with the answers once they are judged", () => {
  const play = playing(TEXT);
  const before = /** @type {Step[]} */ (play.steps());
  assert.deepEqual(before.map((it) => [it.kind, it.at / 1e6, it.line]), [["say", 2, 2], ["ask", 2, 4], ["say", 6, 6], ["ask", 7, 7], ["say", 12, 10]]);
  assert.deepEqual([before[0].told, before[1].answers, before[1].because, before[2].told], [[0, 1, 2], null, null, null]);
  judged(play);
  const [, where, waits, left, never] = /** @type {Step[]} */ (play.steps());
  assert.deepEqual([where.choices, where.answerAt, where.answers, where.because], [[], 6e6, [0, 0, -1], "Nobody there counts."]);
  assert.deepEqual([waits.told, never.told], [[2], []]);
  assert.deepEqual([left.lanes, left.choices, left.answers, left.because], [[0, 2], ["one", "none", "two"], [0, -1, 0], null]);
});

test("an edited story is judged anew, and a declared answer that fails is an expectation that fails", () => {
  const play = playing(TEXT);
  judged(play);
  play.load(TEXT.replace("in ring bully", "in ring raft"));
  computed(play);
  const found = judged(play);
  assert.deepEqual(found.map((it) => [it.line, it.lane, it.met]), [[5, 0, true], [5, 1, false], [5, 2, false]]);
  const [, where] = /** @type {Step[]} */ (play.steps());
  assert.deepEqual([where.answers, where.because], [[0, 0, -1], null]);
});

test("a story without conditions needs no judging", () => {
  const play = playing('lanes raft; at 1s say "Here."; until 2s');
  assert.ok(play.judgeSlice(0));
  assert.deepEqual(/** @type {Step[]} */ (play.steps()).map((it) => it.told), [[0]]);
});

test("the playhead stops at a question that is not answered", () => {
  const steps = stepsOf(TEXT);
  const at = (/** @type {Step | undefined} */ step) => (step ? step.at / 1e6 : null);
  assert.equal(at(questionBetween(steps, {}, 1.9e6, 2.1e6)), 2);
  assert.equal(at(questionBetween(steps, {}, 2e6, 2.1e6)), 2, "from its own moment on");
  assert.equal(at(questionBetween(steps, {}, 2.1e6, 6.9e6)), null);
  const open = { [keyOf(steps[1])]: { picks: { ring: 0 }, done: false } };
  assert.equal(at(questionBetween(steps, open, 1e6, 9e6)), 2, "a choice alone is no answer");
  const done = { [keyOf(steps[1])]: { picks: {}, done: true } };
  assert.equal(at(questionBetween(steps, done, 1e6, 9e6)), 7);
});

test("what is told last is shown until something else is", () => {
  const steps = stepsOf(TEXT);
  const at = (/** @type {number} */ seconds) => {
    const { open, told, says } = storyAt(steps, seconds * 1e6);
    return [open?.text ?? null, told?.text ?? null, says.map((it) => it.text)];
  };
  assert.deepEqual(at(1), [null, null, []]);
  assert.deepEqual(at(2), ["Where will two nodes lead?", null, ["The network splits."]]);
  assert.deepEqual(at(6.5), [null, "Where will two nodes lead?", ["One side waits."]]);
  assert.deepEqual(at(7), ["How many will be left?", null, []]);
  assert.deepEqual(at(12), [null, "How many will be left?", []], "what is told nowhere is not shown");
});

test("what was said is compared with what happened", () => {
  const [, where, , left] = stepsOf(TEXT);
  const lanes = [{ name: "ring" }, { name: "bully" }, { name: "raft" }];
  const words = (/** @type {ReturnType<typeof outcome>} */ found) => found?.map((it) => [it.lane, it.right, it.yours, it.agrees]);
  assert.deepEqual(words(outcome(where, { picks: { ring: 0, raft: 0 }, done: true }, lanes)),
    [[0, "yes", "yes", true], [1, "yes", "no", false], [2, "no", "yes", false]]);
  assert.deepEqual(words(outcome(left, { picks: { raft: 2 }, done: true }, lanes)), [[0, "one", null, false], [2, "one", "two", false]]);
  assert.deepEqual(words(outcome(where, { picks: {}, done: true }, lanes))?.map((it) => it[2]), [null, null, null], "who just plays has said nothing");
  assert.equal(outcome({ ...where, answers: null }, undefined, lanes), null);
});

test("an act is put among the steps by its time", () => {
  const { text } = load().appendAct(TEXT, 6.5e6, 0, "", "heal");
  assert.match(text, /if leaders = 1\nat 6\.5s +heal\nat 7s/);
});

test("that a text tells a story is seen before it plays", () => {
  assert(tellsStory(TEXT));
  assert(tellsStory('lanes raft\nat 1s raft: ask "Why?"\n'));
  assert(!tellsStory('# at 1s say "Hello."\nlanes raft\nat 1s crash leader\n'));
  assert(!tellsStory("title Say it\nat 1s heal\n"));
});
