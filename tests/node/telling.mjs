// What a run is told in: failovers, outages, wrong beliefs, elections, responses to acts, and sentences.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Engine } from "../../www/engine.js";
import { go, load, playing } from "./lib/engine.mjs";

const TEXT = readFileSync(new URL("../../scenarios/first-look.txt", import.meta.url), "utf8");

/** An engine with the text computed to its end, and the names of its lanes. @param {string} text */
function opened(text) {
  const engine = new Engine(load());
  assert.equal(engine.load(text), null);
  while (!engine.advance(100).done);
  const lanes = engine.run().lanes.map((it) => it.name);
  return { engine, lane: (/** @type {string} */ name) => lanes.indexOf(name), lanes };
}

/** The whole story of a lane. @param {Engine} engine @param {number} lane */
function whole(engine, lane) {
  let story = engine.story(lane);
  while (story.more) story = engine.story(lane, story);
  return story;
}

const sum = (/** @type {{from: number, until: number | null}[]} */ list, /** @type {number} */ end) =>
  list.reduce((all, it) => all + (it.until ?? end) - it.from, 0);

test("the sum, the longest failover and the outages are the same spans", () => {
  const { engine, lanes } = opened(`${TEXT}\nat 24.99s pause leader`);
  lanes.forEach((name, lane) => {
    const story = whole(engine, lane);
    assert.equal(story.stats.unserved, sum(story.outages, story.computed), name);
    assert.equal(story.stats.failovers, story.failovers.length, name);
    const longest = Math.max(...story.failovers.map((it) => it.found - it.lost));
    const { failoverLongest } = story.stats;
    assert.equal(failoverLongest && failoverLongest.found - failoverLongest.lost, longest, name);
    assert.equal(story.failover?.over, false, `${name} is paused at the end`);
    assert.equal(story.outages.at(-1)?.until, null);
    assert.equal(story.outages.at(-1)?.from, 24_990_000);
    for (const [i, it] of story.outages.entries()) assert(i === 0 || (story.outages[i - 1].until ?? 0) <= it.from);
  });
});

test("a failover names the act to blame, the leader, and who acted", () => {
  const { engine, lane } = opened(TEXT);
  const run = engine.run();
  const raft = lane("raft");
  const story = whole(engine, raft);
  const acts = story.failovers.map((it) => (it.act === null ? null : run.lanes[raft].acts[it.act].text));
  assert.deepEqual(acts, ["crash leader", "partition 1 2 | 3 4 5"]);
  for (const it of story.failovers) {
    assert(it.suspicion !== null && it.started !== null && it.lost < it.suspicion && it.started < it.found);
    assert.equal(it.suspect, it.starter);
    assert.equal(it.suspicion, it.suspected);
    assert(story.bands.some((band) => band.node === it.finder && band.from === it.found));
    assert(story.bands.some((band) => band.node === it.leader && band.from < it.lost));
    assert.match(it.waits, /suspects/);
  }
});

test("a leader that is cut off believes wrongly until it follows another", () => {
  const { engine, lane } = opened(TEXT);
  const story = whole(engine, lane("raft"));
  const [idle, deposed] = story.wrong;
  assert.deepEqual([idle.deposed, deposed.deposed], [false, true]);
  assert.equal(idle.from, 13_000_000, "it is the leader in truth, but reaches no quorum");
  assert.equal(idle.until, deposed.from);
  assert.equal(deposed.until, story.bands.find((it) => it.node === deposed.node && it.from < 13e6 && (it.until ?? 0) > 13e6)?.until);
});

test("lanes without truth respond to a partition too: suspicion, election, a second leader", () => {
  const { engine, lane } = opened(TEXT);
  for (const name of ["ring", "bully", "raft"]) {
    const response = engine.responses(lane(name)).find((it) => it.at === 13_000_000);
    assert(response?.suspected && response.candidate && response.led, name);
    assert(13e6 < response.suspected.at && response.suspected.at <= response.candidate.at && response.candidate.at < response.led.at);
    assert(whole(engine, lane(name)).bands.some((it) => it.belief === response.led?.belief && it.from === response.led.at));
    assert.match(response.waits, /^no node suspects \d yet$/);
    assert(response.elects.length > 0);
  }
});

test("sentences: the last one, the next one, and whether an election is on", () => {
  const { engine, lane } = opened(TEXT);
  const raft = lane("raft");
  const story = whole(engine, raft);
  const { last, next, electing } = engine.happened(raft, 2_190_000);
  assert(last && next && electing);
  assert.equal(last.kind, "suspects");
  assert.match(next.text, /^\d leads \(term 2\) with 3 of 5 votes, from \d, \d and \d\.$/);
  assert.deepEqual(story.electing.find((it) => it.from === last.at)?.from, last.at);
  assert.equal(engine.happened(raft, 8_000_000).electing, false);
  // The playhead is exact even between two events of one instant.
  const play = playing(TEXT);
  for (const [i, it] of story.happenings.entries()) {
    go(play, play.seek(it.at));
    const found = play.happened(raft).last;
    assert.equal(found.at, it.at);
    if (story.happenings[i + 1]?.at !== it.at) assert.deepEqual([found.text, found.step], [engine.sentence(raft, i), it.step]);
  }
  assert.equal(engine.sentence(raft, story.happenings.length), undefined);
});

test("a story that is read while it is computed is the same as one that is read at the end", () => {
  const { engine, lanes } = opened(TEXT);
  const other = new Engine(load());
  assert.equal(other.load(TEXT), null);
  /** @type {import("../../www/engine.js").Story[]} */
  let stories = [];
  for (let done = false; !done; ) {
    done = other.advance(0).done;
    stories = lanes.map((_, lane) => other.story(lane, stories[lane]));
  }
  lanes.forEach((_, lane) => {
    let story = stories[lane];
    while (story.more) story = other.story(lane, story);
    assert.deepEqual(story, whole(engine, lane));
  });
});
