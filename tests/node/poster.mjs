// What the page shows of a text before the engine is there is what the engine then says.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { poster } from "../../www/poster.js";
import { moment } from "./lib/moment.mjs";

const FOLDER = new URL("../../scenarios/", import.meta.url);

test("the poster of every scenario agrees with its run", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const { run, infos } = poster(text);
    const real = moment(text, 0);
    const what = (/** @type {import("../../www/engine.js").Run} */ { title, until, lanes }) => ({
      title, until, lanes: lanes.map((lane) => [lane.name, lane.algorithm, lane.members, lane.acts.map((act) => `${act.at} ${act.line}`)]),
    });
    assert.deepEqual(what(run), what(real.run), name);
    assert.deepEqual(infos.map((it) => [it.title, it.subtitle]), real.infos.map((it) => [it.title, it.subtitle]), name);
  }
});

test("a poster of anything is a poster", () => {
  for (const text of ["", "lanes", "lanes x y", "lane", "lane a=", "at", "at 1s", "nodes", "nodes 99999999", "until 3", "title", "at 1e9s crash\u0000", "#", ";;;"]) {
    const { run, infos } = poster(text);
    assert(run.lanes.length > 0 && run.lanes.length === infos.length && run.until > 0, JSON.stringify(text));
    assert(run.lanes.every((lane) => lane.ids.length <= 128));
  }
  const { run } = poster("lanes raft; nodes 3; at 1s crash leader; until 5s");
  assert.deepEqual([run.lanes.map((it) => it.name), run.lanes[0].members, run.until, run.lanes[0].acts], [["raft"], 3, 5e6, [{ at: 1e6, line: 0, text: "crash leader", only: [] }]]);
});
