// The space-time diagram without a browser: the passages of messages, the rows, the stretch that is chosen, the picture.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { readFrame } from "../../www/frame.js";
import { hit } from "../../www/hit.js";
import { roughly } from "../../www/scene/items.js";
import { diagramLayout, factsScene, liveScene, messageWords, thinned, timeAt, along } from "../../www/scene/spacetime.js";
import { LEAST, follows, rowsOf, spanAt, within, zoomed } from "../../www/scene/spans.js";
import { KINDS, readStretch } from "../../www/scene/stretch.js";
import { go, load, playing } from "./lib/engine.mjs";

/** @typedef {import("../../www/scene/items.js").Item} Item */

const engine = load();
const FOLDER = new URL("../../scenarios/", import.meta.url);
const FIRST = readFileSync(new URL("first-look.txt", FOLDER), "utf8");
const RAFT = 3;

/** @param {import("./lib/engine.mjs").Playground} play @param {number} lane @param {number} from @param {number} to */
function stretchOf(play, lane, from, to) {
  let numbers = null;
  while (!numbers) numbers = play.stretch(lane, from, to, 50_000);
  return readStretch(numbers, from);
}

/** All that a picture needs. @param {string} text @param {number} lane @param {number} at @param {[number, number]} [window] */
function scene(text, lane, at, window) {
  const play = playing(text);
  go(play, play.seek(at));
  const run = play.run();
  const its = { ...run.lanes[lane], acts: run.lanes[lane].acts.map((/** @type {number} */ i) => run.acts[i]) };
  const length = play.frame();
  const frame = readFrame(new Float64Array(engine.moduleMemory().buffer, play.framePointer, length), run.lanes.map((/** @type {any} */ it) => it.names)).lanes[lane];
  const story = play.chronicle(lane, 0, 0, 0, 0);
  const [from, to] = window ?? spanAt(story, at, run.until, frame.network.hi);
  const stretch = stretchOf(play, lane, Math.max(0, Math.floor(from - 60_000)), Math.min(run.until, Math.ceil(to)));
  const info = engine.algorithms().find((/** @type {any} */ it) => it.id === its.algorithm);
  play.free();
  const wanted = frame.leader < 0 ? [] : [frame.leader];
  const rows = rowsOf({ run: its, stretch, store: frame.accepted > 0, open: false, wanted, from, step: Infinity, narrow: false });
  return { stretch, frame, run: its, info, wrong: story.wrong, now: at, step: frame.events, from, to, rows, w: 800, thread: null, focus: null, measure: roughly };
}

/** @param {Item[]} list */
const texts = (list) => list.flatMap((it) => (it.k === "text" ? [it.text] : []));

test("the kinds of records have their numbers", () => {
  const play = playing("lanes raft\nnodes 3\nloss 3%\nseed 2\nat 1s crash leader\nat 2s restart all\nat 2.5s pause 2 for 100ms\nat 3s isolate 1\nuntil 5s\n");
  const says = /** @type {Record<string, RegExp>} */ ({
    start: /starts/, begin: /begins/, send: /sent/, deliver: /arrives/, lose: /lost/, wait: /waits/, fire: /timer/, belief: /is (follower|candidate|leader)/,
    act: /^act /, crash: /crashes/, pause: /pauses/, resume: /resumes/, links: /links/, stored: /store (accepts|rejects)/, append: /appends/, persist: /to disk/, commit: /commits/,
  });
  const seen = new Set();
  let records = null;
  while (!records) records = play.trace(0, 0, 5e6, 5000);
  for (const { kind, text } of records) {
    const name = KINDS[kind];
    if (says[name]) assert.match(text, says[name]);
    seen.add(name);
  }
  for (const name of Object.keys(says)) assert(seen.has(name), `${name} happened`);
  play.free();
});

test("each message is joined from where it was sent to where it ended", () => {
  for (const lane of [0, 1, 2, RAFT]) {
    const play = playing(FIRST);
    const { passages, events } = stretchOf(play, lane, 0, 25e6);
    assert(passages.length > 300);
    const names = new Set(passages.map((it) => `${it.from} ${it.to} ${it.nth} ${it.copy}`));
    assert.equal(names.size, passages.length, "each once");
    for (const it of passages) {
      assert(it.sent >= 0 && it.sentStep <= it.endStep, "from the start of the run, all are sent in it");
      if (it.end >= 0) assert(it.sent <= it.end);
      else assert(it.sent > 24e6, "only at the end some are still on their way");
    }
    // The figures of the run count the same.
    const { stats } = play.story(lane, 0, 0);
    const sent = stats.messages.reduce((/** @type {number} */ sum, /** @type {any} */ it) => sum + it.sent, 0);
    assert.equal(passages.filter((it) => it.kind !== 255 && it.copy === 1).length, sent);
    assert.equal(passages.filter((it) => it.why !== "" && it.kind !== 255).length, stats.lost);
    assert(events.every((it, i) => i === 0 || events[i - 1].step < it.step));
    play.free();
  }
});

test("the phases of a node are what it was seen to be", () => {
  const play = playing(FIRST);
  const { phases } = stretchOf(play, RAFT, 0, 25e6);
  const { bands } = play.story(RAFT, 0, 0);
  const led = phases.flatMap((all) => all.filter((it) => it.leads).map((it) => [it.place, it.from, it.to === Infinity ? null : it.to, it.epoch]));
  led.sort((a, b) => Number(a[1]) - Number(b[1]));
  assert.deepEqual(led, bands.map((/** @type {import("../../www/engine.js").Band} */ it) => [it.node, it.from, it.until, it.epoch]));
  for (const all of phases) all.forEach((it, i) => assert(i === 0 || all[i - 1].to === it.from));
  // A stretch in the middle begins with the same.
  const later = stretchOf(play, RAFT, 14e6, 14.1e6).phases;
  later.forEach((all, place) => {
    const { leads, role, epoch, up } = phases[place].findLast((it) => it.from < 14e6) ?? assert.fail();
    assert.deepEqual({ leads: all[0].leads, role: all[0].role, epoch: all[0].epoch, up: all[0].up }, { leads, role, epoch, up });
  });
  play.free();
});

test("the stretch that is chosen holds the election, or some delays of a message", () => {
  const play = playing(FIRST);
  const { electing } = play.chronicle(RAFT, 0, 0, 0, 0);
  const election = electing.find((/** @type {any} */ it) => it.from > 2e6) ?? assert.fail();
  const [from, to] = spanAt({ electing }, election.from + 1000, 25e6, 15_000);
  assert(from < election.from && election.until < to && to - from < 100_000);
  const calm = spanAt({ electing }, 11e6, 25e6, 15_000);
  assert(calm[0] < 11e6 && 11e6 < calm[1] && Math.abs(calm[1] - calm[0] - 105_000) < 1);
  assert.deepEqual(spanAt({ electing: [] }, 0, 25e6, 15_000)[0], 0);
  // One that takes long is shown in part.
  const long = spanAt({ electing: [{ node: -1, from: 1e6, until: 20e6, deposed: false }] }, 5e6, 25e6, 15_000);
  assert(long[0] < 5e6 && 5e6 < long[1] && long[1] - long[0] < 1e6);
  play.free();
});

test("zooming keeps the instant, and never leaves the run", () => {
  const [from, to] = zoomed([1000, 3000], 0.5, 1500, 10_000);
  assert.deepEqual([from, to], [1250, 2250]);
  assert.deepEqual(zoomed([0, 10_000], 4, 5000, 10_000), [0, 10_000]);
  assert.equal(zoomed([0, 10_000], 1e-9, 5000, 10_000)[1] - zoomed([0, 10_000], 1e-9, 5000, 10_000)[0], LEAST);
  assert.deepEqual(within(-500, 500, 10_000), [0, 1000]);
  assert.deepEqual(within(9800, 10_800, 10_000), [9000, 10_000]);
});

test("it follows a playhead that leaves it, in both directions and at the ends", () => {
  for (let at = 0, [from, to] = [0, 1000]; at < 10_000; at += 37) {
    const next = follows([from, to], at, at - 37, 10_000);
    if (next) [from, to] = next;
    assert(from <= at && at <= to && from >= 0 && to <= 10_000, `${at} in ${from} to ${to}`);
  }
  for (let at = 10_000, [from, to] = [9000, 10_000]; at > 0; at -= 37) {
    const next = follows([from, to], at, at + 37, 10_000);
    if (next) [from, to] = next;
    assert(from <= at && at <= to);
  }
  assert.equal(follows([1000, 2000], 1500, 1490, 10_000), null);
});

test("the election of the first look: who asked whom, what was lost, who led", () => {
  const play = playing(FIRST);
  const { bands } = play.story(RAFT, 0, 0);
  const leads = bands.find((/** @type {import("../../www/engine.js").Band} */ it) => it.from > 2e6);
  play.free();
  const input = scene(FIRST, RAFT, leads.from + 1000);
  const facts = factsScene(input);
  const said = texts(facts);
  assert(said.includes("RequestVote") && said.includes("VoteReply") && said.includes("receiver down"), said.join());
  assert(said.some((it) => it.startsWith("candidate, term 2")));
  assert.deepEqual(said.filter((it) => /^node/.test(it)), ["node 1", "node 2", "node 3", "node 4", "node 5"]);
  const live = texts(liveScene(input, { over: null, drag: null }));
  assert(live.includes("happened") && live.some((it) => it.startsWith("pending")));
  assert(live.some((it) => /^election \+\d+ ms ▸$/.test(it)), live.join());
  // Nothing that happens later is drawn as a fact.
  const layout = diagramLayout(input);
  const end = along(layout, input.now) + 1;
  for (const it of facts) if (it.hit && it.k === "circle") assert(it.x <= end);
  // Each message that ended in the stretch can be hit where it ended.
  const ended = input.stretch.passages.filter((it) => it.endStep <= input.step && it.end > input.from && it.end < input.to && it.why === "");
  assert(ended.length >= 5);
  for (const it of ended) {
    const found = hit(facts, along(layout, it.end), layout.r0 + (it.to + 0.5) * layout.pitch, 3);
    assert(found?.kind === "message" || found?.kind === "event", JSON.stringify(found));
  }
  assert(Math.abs(timeAt(layout, along(layout, 2.2e6), 0) - 2.2e6) < 1e-3);
});

test("where time runs down, the same is drawn in columns", () => {
  const input = { ...scene(FIRST, RAFT, 2.205e6), w: 366, h: 340 };
  const layout = diagramLayout(input);
  assert.equal(layout.down, true);
  const all = [...factsScene(input), ...liveScene(input, { over: null, drag: null })];
  for (const it of all) {
    if (it.k === "circle") assert(0 <= it.x - it.r && it.x + it.r <= 366 && it.y + it.r <= 345);
    if (it.k === "text") assert(it.y <= 345 && it.y >= 0, it.text);
  }
  assert(texts(all).includes("leads t2"));
});

test("a message that was lost ends in a cross at the sender or at the receiver", () => {
  const input = scene("lanes raft\nnodes 5\nseed 4\nat 1s isolate 2\nuntil 3s\n", 0, 1.2e6, [1e6, 1.25e6]);
  const facts = factsScene(input);
  const crosses = facts.filter((it) => it.k === "cross" && it.hit?.kind === "message");
  const lost = input.stretch.passages.filter((it) => it.why !== "" && it.endStep <= input.step && it.end >= input.from);
  assert(lost.length > 0 && crosses.length === lost.length);
  assert(texts(facts).includes("cut off"), "its row is shaded");
  assert(facts.some((it) => it.k === "hatch"));
  assert(texts(facts).includes("isolate 2"), "and the act is named");
});

test("what is dragged says what it will do", () => {
  const input = scene(FIRST, RAFT, 2.206e6);
  const flight = input.frame.flights.find((it) => it.arrives) ?? assert.fail();
  const target = /** @type {const} */ ({ kind: "message", from: flight.from, to: flight.to, nth: flight.nth, copy: flight.copy, message: flight.kind });
  const said = (/** @type {number} */ at) => texts(liveScene(input, { over: target, drag: { target, at } }));
  assert(said(flight.due + 4200).includes("4.2 ms later"));
  assert(said(input.now).includes("now"));
});

test("the thread is numbered, and what lies before the stretch is pinned to its edge", () => {
  const input = scene(FIRST, RAFT, 2.206e6);
  const [a, b] = input.stretch.events.filter((it) => it.at > input.from && it.place >= 0).slice(-2);
  const thread = [
    { number: 1, step: 2, at: 1e6, place: 4, from: [] },
    { number: 2, step: a.step, at: a.at, place: a.place, from: [1] },
    { number: 3, step: b.step, at: b.at, place: b.place, from: [2] },
  ];
  const list = liveScene({ ...input, thread }, { over: null, drag: null });
  const said = texts(list);
  for (const number of ["1", "2", "3"]) assert(said.includes(number));
  assert(said.some((it) => /^◂ .* before$/.test(it)), said.join());
  const bold = list.filter((it) => it.k === "curve" && it.stroke === "ink" && it.width === 2.75);
  assert.equal(bold.length, 2);
  const first = list.find((it) => it.k === "circle" && it.r === 8.5);
  assert(first && first.k === "circle" && first.x > diagramLayout(input).t0);
});

test("of many nodes, those that something happens to have rows", () => {
  const text = "lanes raft\nnodes 60\nseed 3\nat 2s crash leader\nuntil 5s\n";
  const play = playing(text);
  const leads = play.story(0, 0, 0).bands.find((/** @type {any} */ it) => it.from > 2e6);
  play.free();
  const input = scene(text, 0, leads.from);
  assert(input.rows.length <= 13);
  const places = input.rows.flatMap((it) => it.places).sort((a, b) => a - b);
  assert.deepEqual(places, Array.from({ length: 61 }, (_, i) => i), "each node is in one row");
  assert(input.rows.some((it) => !it.folded && it.places[0] === leads.node), "the leader has its own");
  const last = input.rows.at(-1);
  assert(last?.folded && last.name === `${last.places.length} more ▸`);
  const facts = factsScene(input);
  assert(facts.some((it) => it.hit?.kind === "fold"));
  const { run, stretch, from } = input;
  assert.equal(rowsOf({ run, stretch, store: true, open: true, wanted: [], from, step: Infinity, narrow: false }).length, 61);
  const few = rowsOf({ run, stretch, store: false, open: false, wanted: [17], from, step: Infinity, narrow: true });
  assert(few.length <= 6 && few.some((it) => !it.folded && it.places[0] === 17), "fewer where they are columns");
});

test("so many messages that nobody could tell them apart are thinned", () => {
  const input = scene(FIRST, RAFT, 24e6, [0, 25e6]);
  assert(input.stretch.passages.length > 600);
  const { shown, left } = thinned(input.stretch.passages, input.info);
  assert(shown.length < 600 && left !== "");
  assert(shown.some((it) => input.info.messages[it.kind]?.class === "election"));
  assert(texts(factsScene(input)).includes(left));
});

test("every scenario of the gallery can be drawn, anywhere", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const play = playing(text);
    const { lanes, until } = play.run();
    play.free();
    for (let lane = 0; lane < lanes.length; lane++) {
      for (const part of [0, 0.31, 1]) {
        const input = scene(text, lane, Math.round(until * part));
        const layout = diagramLayout(input);
        for (const it of [...factsScene(input), ...liveScene(input, { over: null, drag: null })]) {
          const at = it.k === "curve" && it.curve.k === "line" ? [it.curve.x0, it.curve.x1, it.curve.y0, it.curve.y1] : it.k === "area" || it.k === "curve" ? [] : [it.x, it.y];
          for (const number of at) assert(Number.isFinite(number) && number > -20 && number < layout.w + 20, `${name}: ${JSON.stringify(it)}`);
        }
      }
    }
  }
});

test("a message in words", () => {
  const { run, info } = scene(FIRST, RAFT, 0);
  const kind = info.messages.findIndex((/** @type {{name: string}} */ it) => it.name === "RequestVote");
  assert.match(messageWords({ from: 0, to: 2, kind, args: [2, 1, 1, 0, 0] }, run, info), /^RequestVote 1→3, term 2, /);
  assert.equal(messageWords({ from: 0, to: 5, kind: 255, args: [] }, run, info), "write 1→store");
});

test("wrong arguments are refused, and a search and a list tell events", () => {
  const play = playing(FIRST);
  assert.throws(() => play.stretch(7, 0, 1, 10), /no lane 7/);
  assert.throws(() => play.stretch(0, /** @type {any} */ ("x"), 1, 10), /must be/);
  assert.throws(() => play.search(0, 0, -1, 1, 64, "", 5), /from 0 to 63/);
  const steps = [];
  for (let next = 0; ;) {
    const found = play.search(RAFT, next, -1, 2 ** KINDS.length - 1, 0, "crash leader", 1);
    steps.push(...found.subarray(1));
    next = found[0];
    if (next === 0) break;
  }
  assert.equal(steps.length, 1);
  let [entry] = play.listed(RAFT, steps);
  while (!entry) [entry] = play.listed(RAFT, steps);
  assert.equal(entry.at, 2e6);
  assert.equal(entry.text, "act crash leader");
  assert.deepEqual(entry.effects[0], { node: entry.effects[0].node, text: `${entry.effects[0].node + 1} crashes` });
  play.free();
});
