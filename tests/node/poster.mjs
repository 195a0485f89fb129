// What the page shows of a text before the engine is there is what the engine then says.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { poster, unplayed } from "../../www/poster.js";
import { roughly } from "../../www/scene/items.js";
import { outline } from "../../www/scene/lane.js";
import { moment } from "./lib/moment.mjs";

const FOLDER = new URL("../../scenarios/", import.meta.url);

/** @param {string} text */
const read = (text) => {
  const found = poster(text);
  assert(found, text);
  return found;
};

test("the poster of every scenario agrees with its run", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const { run, infos } = read(text);
    const real = moment(text, 0);
    const what = (/** @type {import("../../www/engine.js").Run} */ { title, until, lanes }) => ({
      title, until, lanes: lanes.map((lane) => [lane.name, lane.algorithm, lane.members, lane.ids.slice(0, lane.members), lane.names.slice(0, lane.members), lane.ring, lane.acts.map((act) => `${act.at} ${act.line} ${act.text.split(" ")[0]}`)]),
    });
    assert.deepEqual(what(run), what(real.run), name);
    assert.deepEqual(infos.map((it) => [it.title, it.subtitle, it.topology]), real.infos.map((it) => [it.title, it.subtitle, it.topology]), name);
  }
});

test("a poster of a text that cannot be read is no poster", () => {
  for (const text of ["lanes", "lanes x y", "lane", "lane a=", "at", "at 1s", "at soon crash 1", "nodes", "nodes 99999999", "nodes 0", "nodes a b", "until 3", "title", "at 1e9s crash\u0000", "shutdown 3", "lanes raft\nnodse 5\n"]) {
    assert.equal(poster(text), null, JSON.stringify(text));
  }
  for (const text of ["", "#", ";;;", "nodes 3 # three\n"]) assert(read(text).run.lanes.length === 4, JSON.stringify(text));
  const { run } = read("lanes raft; nodes 7 3=web; at 1s crash leader; until 5s");
  assert.deepEqual([run.lanes.map((it) => it.name), run.lanes[0].ids, run.lanes[0].names, run.until, run.lanes[0].acts],
    [["raft"], ["3", "7"], ["web", "7"], 5e6, [{ at: 1e6, line: 0, text: "crash leader", only: [] }]]);
});

test("a poster shows every node and no leader", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
    const { run, infos } = read(readFileSync(new URL(name, FOLDER), "utf8"));
    run.lanes.forEach((lane, i) => {
      const still = { now: 0, rate: 0, still: true, selected: -1, hovered: -1, picked: [], measure: roughly };
      const items = outline({ lane: unplayed(lane), run: lane, w: 300, h: 240 }, infos[i], still);
      const places = items.flatMap((it) => (it.hit?.kind === "node" ? [it.hit.place] : []));
      assert.deepEqual([...new Set(places)].sort((a, b) => a - b), lane.ids.map((_, place) => place), `${name} ${lane.name}`);
      assert(items.every((it) => ![it.fill, it.stroke].some((colour) => colour === "leader" || colour === "candidate")), `${name} ${lane.name}`);
    });
  }
});
