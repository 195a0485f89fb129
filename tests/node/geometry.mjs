// No picture of a ring, a ladder or a mesh overlaps itself or leaves its box: every scenario, several moments, several
// sizes. Widths of texts are estimates, the same for the layout and for this test.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { centre } from "../../www/hit.js";
import { along } from "../../www/scene/geometry.js";
import { roughly } from "../../www/scene/items.js";
import { laneScene } from "../../www/scene/lane.js";
import { moment } from "./lib/moment.mjs";

/** @typedef {import("../../www/scene/items.js").Item} Item */
/** @typedef {import("../../www/scene/items.js").TextItem} TextItem */
/** @typedef {[number, number, number, number]} Box Left, top, right, bottom. */

const SIZES = /** @type {const} */ ([[330, 300], [250, 236], [160, 170]]);
const MOMENTS = [0.002, 0.11, 0.2, 0.27, 0.5, 0.53, 0.81, 1];
const FOLDER = new URL("../../scenarios/", import.meta.url);

/** @param {TextItem} item @returns {Box} */
function textBox({ x, y, text, size, align }) {
  const wide = roughly(text, size);
  const left = align === "center" ? x - wide / 2 : align === "right" ? x - wide : x;
  return [left, y - size * 0.8, left + wide, y + size * 0.1];
}

/** @param {Box} a @param {Box} b */
const overlap = (a, b) => a[0] < b[2] - 0.5 && b[0] < a[2] - 0.5 && a[1] < b[3] - 0.5 && b[1] < a[3] - 0.5;

/** The distance of a box from a point. @param {Box} box @param {number} x @param {number} y */
const away = ([left, top, right, bottom], x, y) => Math.hypot(Math.max(0, left - x, x - right), Math.max(0, top - y, y - bottom));

/** @param {ReturnType<typeof moment>} m @param {number} i @param {number} w @param {number} h */
function picture(m, i, w, h) {
  return laneScene({ lane: m.frame.lanes[i], run: m.run.lanes[i], w, h }, m.infos[i], {
    now: m.frame.now, rate: 0, still: false, selected: -1, hovered: -1, picked: [], measure: roughly,
  });
}

/** The labels of a picture: texts that are not inside a node or a message. @param {Item[]} list */
function labelsOf(list) {
  const inside = list.filter((it) => it.hit?.kind === "node" || it.hit?.kind === "message").map(centre);
  return list.filter((it) => it.k === "text").filter((it) => it.align !== "center" || !inside.some(([x, y]) => Math.abs(x - it.x) < 2 && Math.abs(y - it.y) < 6));
}

/** @param {string} where @param {Item[]} list @param {number} w @param {number} h */
function check(where, list, w, h) {
  const labels = labelsOf(list);
  const boxes = labels.map(textBox);
  labels.forEach((label, k) => {
    const said = `${where}: “${label.text}”`;
    assert(label.size >= 9, `${said} is too small: ${label.size}`);
    assert(boxes[k][0] >= 0 && boxes[k][2] <= w && boxes[k][1] >= 0 && boxes[k][3] <= h, `${said} leaves the picture`);
    boxes.slice(k + 1).forEach((other, j) => assert(!overlap(boxes[k], other), `${said} overlaps “${labels[k + 1 + j].text}”`));
  });
  for (const node of list) {
    if (node.hit?.kind !== "node") continue;
    const points = node.k === "curve" ? [0, 0.5, 1].map((part) => along(node.curve, part)) : [centre(node)];
    const r = node.k === "circle" ? node.r : node.k === "diamond" ? node.r * 0.7 : 0;
    for (const [x, y] of points) {
      labels.forEach((label, k) => assert(away(boxes[k], x, y) >= r - 1, `${where}: “${label.text}” overlaps node ${node.hit?.kind === "node" && node.hit.place}`));
    }
  }
}

test("labels overlap neither labels nodes, and nothing leaves the picture", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".txt"))) {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const { until } = moment(text, 0).run;
    for (const part of MOMENTS) {
      const m = moment(text, Math.round(until * part));
      m.run.lanes.forEach((run, i) => {
        if (m.infos[i].topology === "service") return;
        for (const [w, h] of SIZES) check(`${name}, ${run.name} at ${m.frame.now}, ${w} wide`, picture(m, i, w, h), w, h);
      });
    }
  }
});

const CRASH = "at 2s crash leader\nat 3s partition 1 2 | 3 4 5\nuntil 5s\n";

test("the same with few and with many nodes, in an election", () => {
  for (const nodes of [1, 2, 3, 5, 8, 12, 13, 25, 60, 128]) {
    for (const at of [30_000, 1_900_000, 2_470_000, 2_560_000, 2_700_000, 3_600_000]) {
      const crash = nodes < 5 ? "at 2s crash leader\nuntil 5s\n" : CRASH;
      const m = moment(`lanes ring hs bully\nnodes ${nodes}\n${crash}`, at);
      m.run.lanes.forEach((run, i) => {
        for (const [w, h] of SIZES) check(`${run.name} of ${nodes} at ${at}, ${w} wide`, picture(m, i, w, h), w, h);
      });
    }
  }
});

test("with few nodes, no message covers its sender or its receiver", () => {
  for (const at of [45_000, 2_455_000, 2_465_000, 2_530_000, 9_010_000, 13_450_000, 13_936_000]) {
    const m = moment("lanes ring hs bully raft\nnodes 5\nat 2s crash leader\nat 9s restart all\nat 13s partition 1 2 | 3 4 5\nuntil 15s\n", at);
    m.run.lanes.forEach((run, i) => {
      for (const flight of m.frame.lanes[i].flights) {
        for (const now of [flight.sent, flight.due]) {
          const list = laneScene({ lane: m.frame.lanes[i], run: m.run.lanes[i], w: 250, h: 236 }, m.infos[i], {
            now, rate: 0, still: false, selected: -1, hovered: -1, picked: [], measure: roughly,
          });
          const token = list.find((it) => it.hit?.kind === "message" && it.hit.from === flight.from && it.hit.to === flight.to && it.hit.nth === flight.nth);
          if (!token) continue;
          const [x, y] = centre(token);
          const own = token.k === "rect" ? token.h / 2 : "r" in token ? token.r : 0;
          for (const node of list) {
            if (node.hit?.kind !== "node" || (node.hit.place !== flight.from && node.hit.place !== flight.to) || node.k !== "circle") continue;
            const gap = Math.hypot(node.x - x, node.y - y) - node.r - own;
            assert(gap >= 0, `${run.name} at ${now}: ${flight.from}→${flight.to} covers node ${node.hit.place} by ${-gap}`);
          }
        }
      }
    });
  }
});
