// The actions of a scenario on a time axis: a line through all rows, and a label above. Pure.

import { xOf } from "./axis.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./axis.js").Axis} Axis */

/** The most rows of labels. */
const ROWS = 2;
const SIZE = 10.5;

/**
 * @typedef {object} PlacedAct Actions of one instant.
 * @property {number} x
 * @property {number} line The first line that has one.
 * @property {string} text
 * @property {number} left Where the label starts.
 * @property {number} row The label's row, from the top; -1 if it has no room.
 * @property {boolean} clear Whether the line may run up to its label: no label of a lower row is in the way.
 */

/**
 * Where the labels stand. Most runs need one row.
 *
 * @param {Axis} axis @param {import("../engine.js").Run} run @param {string[]} names @param {import("./items.js").Measure} measure
 * @returns {{rows: number, all: PlacedAct[]}}
 */
export function placeActs(axis, run, names, measure) {
  const free = Array.from({ length: ROWS }, () => axis.x0 - 4);
  /** @type {PlacedAct[]} */
  const all = [];
  for (const [at, { line, texts }] of [...byTime(axis, run, names)].sort(([a], [b]) => a - b)) {
    const x = xOf(axis, at);
    const text = texts.length > 1 ? `${texts[0]} +${texts.length - 1}` : texts[0];
    const wide = measure(text, SIZE);
    const left = Math.min(x + 3, axis.x1 + 8 - wide);
    const row = left >= axis.x0 - 1 ? free.findIndex((end) => left >= end + 8) : -1;
    if (row >= 0) free[row] = left + wide;
    all.push({ x, line, text, left, row, clear: row >= 0 });
  }
  const rows = Math.max(1, ...all.map((it) => it.row + 1));
  const ends = all.map((it) => it.left + measure(it.text, SIZE));
  // The first row is the uppermost: a line that runs up to it passes the rows below.
  for (const it of all) it.clear &&= !all.some((other, i) => other.row > it.row && other.left - 3 < it.x && it.x < ends[i] + 3);
  return { rows, all };
}

/** Actions that share an instant share a line. @param {Axis} axis @param {import("../engine.js").Run} run @param {string[]} names */
function byTime(axis, run, names) {
  /** @type {Map<number, {at: number, line: number, text: string, lanes: string[]}>} */
  const byLine = new Map();
  run.lanes.forEach((lane, i) => {
    for (const act of lane.acts) {
      const known = byLine.get(act.line);
      if (known) known.lanes.push(names[i]);
      else byLine.set(act.line, { ...act, lanes: [names[i]] });
    }
  });
  /** @type {Map<number, {line: number, texts: string[]}>} */
  const times = new Map();
  for (const act of byLine.values()) {
    if (act.at < axis.from || act.at > axis.to) continue;
    const text = act.lanes.length < run.lanes.length && act.lanes.length === 1 ? `${act.lanes[0]}: ${act.text}` : act.text;
    const known = times.get(act.at);
    if (known) known.texts.push(text);
    else times.set(act.at, { line: act.line, texts: [text] });
  }
  return times;
}

/** Draws them. @param {Item[]} list @param {{rows: number, all: PlacedAct[]}} placed @param {number} tall The height of a row. @param {number} bottom */
export function acts(list, { rows, all }, tall, bottom) {
  for (const { x, line, text, left, row, clear } of all) {
    const hit = /** @type {const} */ ({ kind: "act", line });
    const y0 = clear ? row * tall + 2 : rows * tall + 3;
    list.push({ k: "curve", curve: { k: "line", x0: x, y0, x1: x, y1: bottom }, stroke: "bad", width: 1, dash: [3, 3], hit });
    if (row >= 0) list.push({ k: "text", x: left, y: (row + 1) * tall - 2, text, size: SIZE, fill: "bad", hit });
  }
}
