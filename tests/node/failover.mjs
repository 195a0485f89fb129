// "This failover" without a browser: what it draws of which lane, at every moment and width.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { bandsLayout } from "../../www/scene/bands.js";
import { failoverHeight, failoverScene, scale, took, veiled } from "../../www/scene/failover.js";
import { roughly } from "../../www/scene/items.js";
import { span } from "../../www/words.js";
import { load, playing } from "./lib/engine.mjs";
import { moment } from "./lib/moment.mjs";

const FOLDER = new URL("../../scenarios/", import.meta.url);

/** @param {string} text @param {number} w @param {number} at The fault. @param {number} now @returns {import("../../www/scene/failover.js").FailoverInput} */
function inputOf(text, w, at, now) {
  load();
  const it = moment(text, 0);
  const play = playing(text);
  const names = it.run.lanes.map((lane) => lane.name);
  const whole = bandsLayout({ run: it.run, stories: it.stories, infos: it.infos, names, w, from: 0, to: it.run.until, measure: roughly }).axis;
  const rows = it.run.lanes.map((lane, i) => {
    const response = play.responses(i).find((/** @type {{at: number}} */ one) => one.at === at) ?? null;
    return { name: names[i], before: "1", after: response?.led ? lane.names[response.led.node] : "", response };
  });
  play.free();
  return { title: "a fault", at, rows, now, w, whole, measure: roughly };
}

test("the bars of the first crash are as long as the lanes took", () => {
  const text = readFileSync(new URL("first-look.txt", FOLDER), "utf8");
  const input = inputOf(text, 1000, 2e6, 25e6);
  const times = input.rows.map((row) => took(input, row));
  assert(times.every((it) => it !== null && it > 0));
  const sorted = times.map(Number).sort((a, b) => b - a);
  assert(scale(input) < sorted[0] && scale(input) > sorted[1], "the slowest by far runs off the scale");
  const list = failoverScene(input);
  const texts = list.flatMap((item) => (item.k === "text" ? [item.text] : []));
  for (const it of sorted.slice(1)) assert(texts.includes(span(it)), span(it));
  assert(texts.some((it) => it.includes(span(sorted[0])) && it.endsWith("▸")), "which says when");
  input.rows.forEach(({ response }, i) => {
    const y = 15 + 21 * i + 3;
    const bar = list.find((item) => item.k === "rect" && item.y === y && item.fill === "elects");
    if (Number(times[i]) > scale(input)) return;
    assert(bar && bar.k === "rect" && response?.led && response.suspected);
    const each = (input.whole.x1 - input.whole.x0 - 34) / scale(input);
    assert(Math.abs(bar.w - Math.max(2, (response.led.at - response.suspected.at) * each)) < 1e-6, "amber from the suspicion to the leader");
  });
});

test("nothing is drawn that is not played yet", () => {
  const text = readFileSync(new URL("first-look.txt", FOLDER), "utf8");
  for (const now of [0, 2e6, 2_100_000, 2_200_000, 2_460_000]) {
    const input = inputOf(text, 1000, 2e6, now);
    const limit = input.whole.x0 + 34 + ((input.whole.x1 - input.whole.x0 - 34) * Math.max(0, now - 2e6)) / scale(input) + 2.01;
    for (const item of failoverScene(input)) {
      if (item.k === "rect" && (item.fill === "elects" || item.fill === "lead2")) assert(item.x + item.w <= limit, `${now}: ${item.x + item.w} of ${limit}`);
    }
  }
});

test("an unanswered question hides what follows it, scale included", () => {
  const text = readFileSync(new URL("first-look.txt", FOLDER), "utf8");
  const open = inputOf(text, 1000, 2e6, 25e6);
  const until = 2_300_000;
  const hidden = { ...open, rows: open.rows.map((row) => ({ ...row, response: row.response && veiled(row.response, until) })) };
  const known = open.rows.map((row) => took(open, row)).filter((it) => it !== null && it <= until - 2e6);
  assert.deepEqual(hidden.rows.map((row) => took(hidden, row)).filter((it) => it !== null), known);
  assert(known.length > 0 && known.length < open.rows.length);
  assert(scale(hidden) < scale(open));
});

for (const w of [296, 366, 780, 1120]) {
  test(`texts do not overlap or leave the picture in any scenario, ${w} wide`, () => {
    for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
      const text = readFileSync(new URL(name, FOLDER), "utf8");
      const acts = [...new Set(moment(text, 0).run.lanes.flatMap((lane) => lane.acts.map((act) => act.at)))].slice(0, 4);
      for (const at of acts) for (const now of [at, at + 30_000, at + 300_000, at + 5e6]) {
        const input = inputOf(text, w, at, now);
        const boxes = failoverScene(input).flatMap((item) => {
          if (item.k !== "text") return [];
          const wide = roughly(item.text, item.size, item.weight);
          const left = item.align === "center" ? item.x - wide / 2 : item.x;
          return [{ text: item.text, left, right: left + wide, top: item.y - item.size * 0.72, bottom: item.y + 1 }];
        });
        boxes.forEach((p, i) => {
          assert(p.left >= -1 && p.bottom <= failoverHeight(input.rows.length), `${name}: ${p.text}`);
          for (const q of boxes.slice(i + 1)) {
            assert(!(p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom && q.top < p.bottom), `${name} ${at} ${now}: ${p.text} on ${q.text}`);
          }
        });
      }
    }
  });
}
