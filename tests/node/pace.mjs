// The playing time of runs at auto speed.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { beats, pace } from "../../www/pace.js";
import { moment } from "./lib/moment.mjs";

const FOLDER = new URL("../../scenarios/", import.meta.url);

/**
 * When the playhead reaches an instant, in seconds of playing time.
 *
 * @param {import("../../www/pace.js").Beats} beats
 * @param {number} until
 */
function watched(beats, until) {
  let seconds = 0;
  for (let now = 0; now < until; seconds += 1 / 60) now += (pace("auto", now, beats) * 1e6) / 60;
  return seconds;
}

/** @param {string} name */
function played(name) {
  const { run, stories } = moment(readFileSync(new URL(name, FOLDER), "utf8"), 0);
  return { run, stories, told: beats(stories) };
}

test("the first look opens briskly", () => {
  const { run, stories, told } = played("first-look.txt");
  const elected = stories.map((story) => story.bands[0].from).sort((a, b) => a - b);
  const [crash] = run.lanes[0].acts;
  assert(watched(told, elected[2]) < 1.5, "three of four have a leader");
  assert(watched(told, elected[3]) < 2.5);
  assert(watched(told, crash.at) > 2.5 && watched(told, crash.at) < 4.5);
  const whole = watched(told, run.until);
  assert(35 < whole && whole < 70, `${whole}`);
});

test("no scenario drags on, and the messages of each election can be read", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
    const { run, told } = played(name);
    const whole = watched(told, run.until);
    assert(whole < 95, `${name}: ${whole}`);
    assert(whole > Math.min(told.at.length - told.opening, 4) * 0.5, `${name}: ${whole}`);
    for (const edge of told.edges) assert(pace("auto", edge, told) <= 0.0126 * told.hurry, `${name} at ${edge}`);
    // With few elections, a message of ten milliseconds takes most of a second.
    if (told.edges.length <= 12) assert.equal(told.hurry, 1, name);
    for (const [from, to] of told.elections) {
      for (const it of [from, from + 10_000, to - 10_000]) if (from <= it && it < to) assert(pace("auto", it, told) < 0.0135 * told.hurry, `${name} at ${it}`);
    }
  }
});

test("hours of calm pass in minutes", () => {
  const told = { at: [1e6, 2e6, 43_200e6], opening: 0, elections: [], edges: [], hurry: 1 };
  assert(watched(told, 86_400e6) < 180);
  assert(pace("auto", 43_200e6, told) <= 0.1);
});

test("the speed changes without a jump, except for one more beat in a crowd", () => {
  const { run, told } = played("raft-partial-connectivity.txt");
  for (let now = 0; now < run.until; now += 1000) {
    const [a, b] = [pace("auto", now, told), pace("auto", now + 1000, told)];
    assert(Math.abs(Math.log(a / b)) < 0.3, `at ${now}: ${a} and ${b}`);
  }
});
