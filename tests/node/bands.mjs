// The bands without a browser: positions, colours and zooming.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { hit } from "../../www/hit.js";
import { tick, tickText, ticks } from "../../www/scene/axis.js";
import { NO_NODE, bandsLayout, bandsScene, segments } from "../../www/scene/bands.js";
import { epochTints } from "../../www/scene/epochs.js";
import { roughly } from "../../www/scene/items.js";
import { followed, panned, pinched, zoomed } from "../../www/scene/view.js";
import { span } from "../../www/words.js";
import { moment } from "./lib/moment.mjs";

/** @typedef {import("../../www/scene/items.js").Item} Item */
/** @typedef {import("../../www/engine.js").Band} Band */

const FOLDER = new URL("../../scenarios/", import.meta.url);
const ALL = readdirSync(FOLDER).filter((name) => name.endsWith(".txt")).map((name) => ({
  name, ...moment(readFileSync(new URL(name, FOLDER), "utf8"), 0),
}));
const first = ALL.find((it) => it.name === "first-look.txt") ?? assert.fail();

/** @param {typeof ALL[number]} it @param {number} w @param {Partial<import("../../www/scene/bands.js").BandsInput>} [more] */
function inputOf(it, w, more = {}) {
  return { run: it.run, stories: it.stories, infos: it.infos, names: it.run.lanes.map((lane) => lane.name), w, from: 0, to: it.run.until, measure: roughly, ...more };
}

/** The bounding box of a text. @param {import("../../www/scene/items.js").TextItem} item */
function box(item) {
  const wide = roughly(item.text, item.size);
  const left = item.align === "center" ? item.x - wide / 2 : item.x;
  return { left, right: left + wide, top: item.y - item.size * 0.72, bottom: item.y + 1 };
}

for (const w of [334, 780, 1090]) {
  test(`texts of the bands never overlap, in any scenario, ${w} wide`, () => {
    for (const it of ALL) {
      const texts = bandsScene(inputOf(it, w)).filter((item) => item.k === "text");
      texts.forEach((a, i) => {
        for (const b of texts.slice(i + 1)) {
          const [p, q] = [box(a), box(b)];
          assert(!(p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom && q.top < p.bottom), `${it.name}: ${a.text} on ${b.text}`);
        }
      });
    }
  });
}

test("a gap has its length inside it, or else the band that follows says it", () => {
  for (const w of [334, 780, 1090]) {
    const texts = bandsScene(inputOf(first, w)).filter((item) => item.k === "text").map((item) => item.text);
    const { axis } = bandsLayout(inputOf(first, w));
    for (const story of first.stories) {
      const parts = segments(story, first.run.until);
      parts.forEach((it, i) => {
        if (it.bands.length > 0 || it.from === 0) return;
        const length = span(it.to - it.from);
        const said = texts.some((text) => text === length || text === `nobody for ${length}` || text === `after ${length}`);
        const next = parts[i + 1];
        const room = next ? ((next.to - next.from) / (axis.to - axis.from)) * (axis.x1 - axis.x0) : 0;
        assert(said || room < 110, `${length} at ${w}`);
      });
    }
  }
});

test("each group has a thin row below that of its lane", () => {
  const groups = [{ name: "service", bands: made([[1, 0, 4_000_000], [2, 5_000_000, 9_000_000]]) }, { name: "p1", bands: made([[1, 2_000_000, 3_000_000]]) }];
  const plain = inputOf(first, 780);
  const input = { ...plain, stories: first.stories.map((story, i) => (i === 0 ? { ...story, groups } : story)) };
  const [before, after] = [bandsLayout(plain), bandsLayout(input)];
  assert.equal(after.rows[0], before.rows[0]);
  assert(after.rows[1] > before.rows[1] && after.height - before.height === after.rows[1] - before.rows[1]);
  const between = (/** @type {Item} */ item) => item.k === "rect" && item.y >= after.rows[0] + 18 && item.y + item.h <= after.rows[1] && item.fill !== "soft";
  const rows = bandsScene(input).filter(between);
  assert.equal(rows.length, 3, "two leaders of the service, one of the partition");
  const names = bandsScene(input).flatMap((item) => (item.k === "text" ? [item.text] : []));
  assert(groups.every((group) => names.includes(group.name)));
});

test("a gap can be hit, however narrow", () => {
  const list = bandsScene(inputOf(first, 334)).filter((item) => item.hit?.kind === "band");
  first.stories.forEach((story, lane) => {
    for (const gap of segments(story, first.run.until)) {
      if (gap.bands.length > 0) continue;
      const item = list.find((it) => it.k === "rect" && it.hit?.kind === "band" && it.hit.lane === lane && it.hit.node === NO_NODE && it.hit.at === gap.from);
      assert(item && item.k === "rect");
      assert.deepEqual(hit(list, item.x + item.w / 2, item.y + item.h / 2, 3), { kind: "band", lane, node: NO_NODE, at: gap.from });
    }
  });
});

/** @param {[number, number, number][]} bands Epoch, from, until. @returns {Band[]} */
const made = (bands) => bands.map(([epoch, from, until], i) => ({ node: i % 5, epoch, belief: i + 1, from, until }));

test("an epoch keeps its tint, and the next one has the other", () => {
  const tints = epochTints(made([[6, 0, 4], [6, 8, 20], [19, 22, 30], [6, 31, 40], [20, 41, 50]]));
  assert.deepEqual(tints, ["lead1", "lead1", "lead2", "lead1", "lead1"], "also after a gap, whatever the number");
  assert.deepEqual(epochTints(made([[0, 0, 4], [0, 8, 20], [0, 22, 30]])), ["lead1", "lead2", "lead1"], "without epochs, by belief");
});

test("zooming keeps the colours", () => {
  for (const [from, to] of [[12e6, 16e6], [19e6, 25e6]]) {
    /** @param {Item[]} list */
    const fills = (list) => new Map(list.flatMap((item) => (item.k === "rect" && item.fill && item.fill !== "card" && item.hit?.kind === "band" && item.hit.node >= 0 ? [[JSON.stringify(item.hit), item.fill]] : [])));
    const whole = fills(bandsScene(inputOf(first, 1000)));
    const part = fills(bandsScene(inputOf(first, 1000, { from, to })));
    assert(part.size > 0);
    for (const [band, fill] of part) assert.equal(fill, whole.get(band));
  }
});

test("lines that stop the playhead have a clickable mark in their lane", () => {
  const breaks = [{ line: 16, lane: 1, at: 4_000_000 }, { line: 17, lane: 3, at: 0 }, { line: 18, lane: 0, at: 24_999_000 }];
  const input = inputOf(first, 1000, { breaks });
  const list = bandsScene(input);
  const { rows, axis } = bandsLayout(input);
  for (const { lane, at } of breaks) {
    const mark = list.find((item) => item.k === "circle" && item.hit?.kind === "moment" && item.hit.at === at);
    assert(mark && mark.k === "circle");
    assert(Math.abs(mark.y - rows[lane]) < 12, "in its row");
    assert.deepEqual(hit(list, mark.x, mark.y, 3), { kind: "moment", lane, at });
  }
  assert.equal(bandsScene(inputOf(first, 1000, { breaks, from: 5e6, to: 6e6 })).filter((item) => item.k === "circle").length, 0);
  assert(axis.x0 < axis.x1);
});

test("an axis has one unit, as many digits as it needs, and room", () => {
  /** @param {number} from @param {number} to @param {number} [w] */
  const texts = (from, to, w = 900) => ticks({ x0: 0, x1: w, from, to }, roughly).map((it) => it.text);
  assert.deepEqual(texts(0, 1e6, 300), ["0.0 s", "0.5 s", "1.0 s"]);
  assert.equal(texts(0, 400_000)[1], "50 ms");
  assert.equal(texts(0, 25e6)[1], "2 s");
  assert.match(texts(8_886_000, 8_888_000)[2], /^8\.886\d s$/);
  assert.deepEqual(texts(0, 600e6, 400), ["0 min", "2 min", "4 min", "6 min", "8 min", "10 min"]);
  assert.match(texts(100e6, 220e6)[0], /^\d:\d\d min$/);
  assert.equal(texts(0, 86_400e6)[1], "2 h");
  assert.match(texts(48_000e6, 48_002e6)[1], /^13:20:00\.\d h$/);
  for (let to = 2000; to < 200 * 86_400e6; to *= 1.7) {
    for (const [from, w] of [[0, 300], [0, 1400], [to * 0.6, 700]]) {
      const axis = { x0: 0, x1: w, from, to };
      const marks = ticks(axis, roughly);
      assert.equal(new Set(marks.map((it) => it.text.replace(/^[\d:.]+/, ""))).size, Math.min(1, marks.length), `one unit to ${to}`);
      assert.equal(new Set(marks.map((it) => it.text)).size, marks.length, "each mark says something else");
      marks.slice(1).forEach((it, i) => assert(marks[i].x + marks[i].half + 8 < it.x - it.half));
      assert(marks.length < 30 && tick(axis, 62) > 0);
    }
  }
  assert.equal(tickText({ x0: 0, x1: 1, from: 0, to: 7200e6 }, 90e6, 30e6), "1:30 min");
});

test("the view zooms around a point, moves along, and stays within the run", () => {
  const until = 20e6;
  assert.deepEqual(zoomed(null, until, 0.5, 5e6), [2.5e6, 12.5e6]);
  assert.deepEqual(zoomed([2.5e6, 12.5e6], until, 0.5, 2.5e6), [2.5e6, 7.5e6]);
  assert.equal(zoomed([1e6, 15e6], until, 2, 5e6), null, "all of it is the whole run");
  assert.deepEqual(zoomed([0, 2000], until, 0.1, 0), [0, 2000], "not nearer than that");
  const edge = zoomed([0, 4e6], until, 0.5, 10e6);
  assert(edge && edge[0] <= 10e6 && 10e6 <= edge[1], "what was not shown comes in");
  assert.equal(panned(null, until, 1e6), null);
  assert.deepEqual(panned([1e6, 3e6], until, 1e6), [2e6, 4e6]);
  assert.deepEqual(panned([1e6, 3e6], until, -5e6), [0, 2e6]);
  assert.deepEqual(panned([17e6, 19e6], until, 5e6), [18e6, 20e6]);
  const axis = { x0: 100, x1: 300, from: 4e6, to: 8e6 };
  const near = pinched(axis, until, [150, 250], [100, 300]);
  assert.deepEqual(near, [5e6, 7e6], "the times under the fingers stay under them");
  assert.deepEqual(pinched(axis, until, [150, 250], [170, 270]), [3.6e6, 7.6e6]);
  assert.deepEqual(pinched(axis, until, [200, 202], [210, 212]), [3.8e6, 7.8e6], "fingers one above the other do not zoom");
  const forth = followed([4e6, 6e6], until, 6.1e6, false);
  assert(forth && forth[0] < 6.1e6 && 6.1e6 < forth[1]);
  const back = followed([4e6, 6e6], until, 3.9e6, true);
  assert(back && back[0] < 3.9e6 && 3.9e6 < back[1] && back[0] < 2.5e6);
});

test("a hundred nodes that all believe they lead have visible bands within their row", () => {
  const isolated = Array.from({ length: 100 }, (_, i) => `at 2s isolate ${i + 1}`).join("\n");
  const it = { name: "all", ...moment(`lanes bully\nnodes 100\n${isolated}\nuntil 6s\n`, 0) };
  const rects = bandsScene(inputOf(it, 1090)).filter((item) => item.k === "rect" && item.hit?.kind === "band" && item.hit.node >= 0);
  assert(it.stories[0].bands.filter((band) => band.until === null).length > 60, "they all lead at the end");
  for (const item of rects) assert("h" in item && item.h > 0, JSON.stringify(item));
});

test("an act without effect is marked in its lane, and a run that broke off ends there", () => {
  const it = { name: "idle", ...moment("lanes raft bully\nat 1s crash leader\nat 1.001s raft: crash leader\nuntil 3s\n", 0) };
  const marks = bandsScene(inputOf(it, 1090)).filter((item) => item.hit?.kind === "moment");
  assert.deepEqual(marks.map((item) => item.hit?.kind === "moment" && [item.hit.lane, item.hit.at]), [[0, 1_001_000]]);
  const off = { name: "off", ...moment("lanes ring raft\nnodes 9\nduplicate 100%\nuntil 4s\n", 0) };
  const text = bandsScene(inputOf(off, 1090)).find((item) => item.k === "text" && item.text === "the run broke off here");
  assert(text, "it says so");
});
