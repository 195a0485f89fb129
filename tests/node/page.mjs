// The pure parts of the page apart from pictures: store, pace, words, acts, links.

import assert from "node:assert/strict";
import { test } from "node:test";

import { actMoment, linkDeeds, messageName, nodeDeeds, partition } from "../../www/acts.js";
import { readHash, readSelection, withHash, writeSelection } from "../../www/link.js";
import { SPEEDS, beats, pace, shift, speedName } from "../../www/pace.js";
import { Playhead } from "../../www/playhead.js";
import { createHistory, createStore } from "../../www/store.js";
import { createTyping } from "../../www/typing.js";
import { list, plain, sentence, span, written } from "../../www/words.js";
import { moment } from "./lib/moment.mjs";

test("the store reports changes, and only changes", () => {
  const store = createStore({ a: 1, b: 2 });
  /** @type {[number, number][]} */
  const told = [];
  const end = store.subscribe((now, before) => told.push([before.a, now.a]));
  store.edit({ a: 1 });
  store.edit({ a: 5 });
  store.edit({ b: 2 });
  end();
  store.edit({ a: 6 });
  assert.deepEqual(told, [[1, 5]]);
  assert.deepEqual(store.get(), { a: 6, b: 2 });
});

test("undo and redo work, up to a limit", () => {
  const history = createHistory(3);
  const left = (/** @type {string} */ text) => ({ text, scope: -1, at: 0, whole: false, given: "", other: null });
  for (const text of ["a", "b", "c", "d", "e"]) history.push(left(text));
  assert.equal(history.undo(left("f"))?.text, "e");
  assert.equal(history.undo(left("e"))?.text, "d");
  assert.equal(history.redo(left("d"))?.text, "e");
  assert.equal(history.undo(left("e"))?.text, "d");
  assert.equal(history.undo(left("d"))?.text, "c");
  assert.equal(history.undo(left("c")), undefined, "three are kept");
  history.push(left("c"));
  assert.equal(history.redo(left("x")), undefined, "another way was taken");
});

test("a replaced text is undone with its scene, there and back", () => {
  const history = createHistory();
  history.push({ text: "own", scope: 2, at: 5, whole: true, given: "a", other: null });
  const back = history.undo({ text: "other", scope: -1, at: 1, whole: false, given: "other", other: null });
  assert.deepEqual(back, { text: "own", scope: 2, at: 5, whole: true, given: "a", other: null });
  assert.deepEqual(history.redo({ ...back, text: "own" })?.whole, true);
});

test("keys that come quickly are typing, shortcuts are not", () => {
  const root = new EventTarget();
  const { isTyping } = createTyping(/** @type {any} */ (root));
  const press = (/** @type {string} */ key, /** @type {number} */ timeStamp, more = {}) => isTyping(/** @type {any} */ ({ key, timeStamp, ...more }));
  assert.deepEqual([..."at 10s "].map((key, i) => press(key, 1000 + 120 * i)), [false, true, true, true, true, true, true]);
  assert.deepEqual([press("1", 5000), press("c", 5050)], [false, false], "a lane, then what happens to it");
  assert.deepEqual([press("]", 6000), press("]", 6050), press("]", 6100)], [false, false, false]);
  assert.deepEqual([press("c", 7000), press("r", 7600)], [false, false], "one after the other");
  assert.deepEqual([press("c", 8000), press("z", 8050, { ctrlKey: true }), press("t", 8100)], [false, false, false]);
});

test("the pace lingers at faults and elections, and changes without a jump", () => {
  const m = moment("lanes raft\nat 2s crash leader\nuntil 6s\n", 0);
  const told = beats(m.stories);
  assert(told.at.includes(2_000_000));
  told.at.slice(1).forEach((it, i) => assert(it > told.at[i]));
  assert(pace("auto", 2_000_000, told) <= 0.1);
  assert(pace("auto", 1_000_000, told) > 1);
  assert.equal(pace(0.25, 2_000_000, told), 0.25);
  for (let now = 0; now < 6_000_000; now += 1000) {
    const [a, b] = [pace("auto", now, told), pace("auto", now + 1000, told)];
    assert(Math.abs(Math.log(a / b)) < 0.3, `at ${now}`);
  }
  assert.equal(shift(SPEEDS[0], -1), SPEEDS[0]);
  assert.equal(shift(1, 1), 2);
  assert.equal(speedName(0.01), "1/100×");
});

test("lengths and times in words", () => {
  assert.deepEqual([0, 80, 3600, 51_000, 2_340_000, 180e6].map(span), ["0 ms", "80 µs", "3.6 ms", "51 ms", "2.34 s", "3.0 min"]);
  assert.deepEqual([2_000_000, 250_000, 2_500_000, 1_234_567].map(written), ["2s", "250ms", "2.5s", "1234567us"]);
  assert.equal(list([1, 2, 3]), "1, 2 and 3");
});

test("one sentence distinguishes belief from truth", () => {
  const text = "lanes ring bully raft zookeeper\nnodes 5\nseed 42\nat 2s crash leader\nat 9s restart all\nat 13s partition 1 2 | 3 4 5\nat 20s heal\nuntil 25s\n";
  /** @param {number} at */
  const says = (at) => {
    const m = moment(text, at);
    return m.frame.lanes.map((lane, i) => plain(sentence(lane, m.infos[i], m.frame.now, -1)));
  };
  assert.match(says(1_900_000)[0], /^leader 5; all agree$/);
  assert.match(says(2_200_000)[0], /^no leader/);
  assert.match(says(2_200_000)[3], /^the service names \d, which is down$/);
  const split = says(17_000_000);
  assert.match(split[0], /^\d and \d both believe they lead$/);
  assert.match(split[1], /^\d and \d both believe they lead$/);
  assert.match(split[2], /^leader \d, term \d; \d \(t\d\) still believes it leads; \d follows \d$/);
  assert.match(split[3], /^leader \d, czxid \d; \d, \d and \d still name \d$/);
  // After a long silence it stops; the service waits for the rest of the session.
  const suspended = moment("lanes zookeeper\nnodes 3\nat 2s cut leader - service\nuntil 9s\n", 5_200_000);
  assert.match(plain(sentence(suspended.frame.lanes[0], suspended.infos[0], suspended.frame.now, -1)), /^the service names \d, which does not act as leader$/);
});

test("mouse actions become lines of the scenario", () => {
  const m = moment("lanes raft\nuntil 3s\n", 1_000_000);
  const node = m.frame.lanes[0].nodes[0];
  const takes = m.infos[0];
  const word = (/** @type {boolean} */ leads) => nodeDeeds({ ...node, leads }, "1", takes, false).map((it) => it.action);
  assert.deepEqual(word(false).slice(3), ["campaign 1", "write 1"]);
  assert.deepEqual(word(true).slice(3), ["step-down 1", "write 1"]);
  assert.deepEqual(nodeDeeds({ ...node, up: false }, "1", takes, false).map((it) => it.action), ["restart 1"]);
  assert(nodeDeeds(node, "1", takes, false).some((it) => it.action === "isolate 1"));
  assert(nodeDeeds({ ...node, paused: true }, "1", takes, true).map((it) => it.action).join("; ") === "crash 1; resume 1; join 1 - all");
  assert.equal(messageName("3", "4", 17, 1), "3->4#17");
  assert.equal(messageName("3", "4", 17, 2), "3->4#17.2");
  assert.equal(partition(["1", "2", "3"], ["2"]), "partition 2 | 1 3");
  assert.equal(partition(["1", "2"], ["1", "2"]), null);
  assert.deepEqual(linkDeeds("1", "2", false, true).map((it) => it.action), ["cut 2 -> 1", "join 1 - 2"]);
});

test("an act happens at the next whole millisecond, or right after the event shown", () => {
  assert.deepEqual(actMoment(1_000_000.5, false, []), { at: 1_001_000, after: 0 });
  assert.deepEqual(actMoment(1_000_000, false, []), { at: 1_000_000, after: 0 });
  assert.deepEqual(actMoment(1_234_567, true, [{ at: 1_234_567, instant: 2 }, { at: 5, instant: 9 }]), { at: 1_234_567, after: 2 });
});

test("addresses", () => {
  assert.deepEqual(readHash(""), { kind: "none" });
  assert.deepEqual(readHash("#scenario=split-brain"), { kind: "scenario", name: "split-brain" });
  assert.deepEqual(readHash("#v=1&s=nodes+5"), { kind: "link", hash: "v=1&s=nodes+5" });
  assert.equal(withHash("http://h/p?q#old", "new"), "http://h/p?q#new");
  const { run } = moment("lanes raft bully\nuntil 1s\n", 0);
  const selected = readSelection("bully:4", run);
  assert.deepEqual(selected, { lane: 1, place: 3 });
  assert.equal(writeSelection(selected, run), "bully:4");
  assert.equal(readSelection("nobody:4", run), null);
  assert.equal(readSelection(null, run), null);
});

test("a frame outlives its run only if it could be one of the next run, and a seek is not begun anew", () => {
  const head = new Playhead();
  const asked = /** @type {string[]} */ ([]);
  const engine = /** @type {import("../../www/engine.js").Engine} */ (/** @type {unknown} */ ({
    seek: () => asked.push("seek") > 2,
    settle: () => asked.push("settle") > 2,
    frame: () => ({ now: 0 }),
  }));
  head.frame = engine.frame();
  head.again(true);
  assert.notEqual(head.frame, null);
  head.again(false);
  assert.equal(head.frame, null);
  for (let i = 0; i < 3; i++) head.follow(engine);
  assert.deepEqual(asked, ["seek", "settle", "settle"]);
  assert(head.arrived && head.frame !== null);
});
