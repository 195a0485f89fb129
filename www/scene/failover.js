// One failover in all lanes, aligned on the fault: how long each took to notice, to elect, and who leads then. Pure.

import { span } from "../words.js";
import { ticks, timeOf, xOf } from "./axis.js";
import { fitted } from "./bands.js";
import { clamp } from "./geometry.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {import("./items.js").Measure} Measure */
/** @typedef {import("../engine.js").Response} Response */

/**
 * @typedef {object} FailoverInput
 * @property {string} title What happened at the fault.
 * @property {number} at When, in microseconds.
 * @property {FailoverRow[]} rows By lane.
 * @property {number} now
 * @property {number} w
 * @property {Axis} whole The axis of the bands below.
 * @property {readonly [number, number] | null} [shown] What the space-time diagram above shows.
 * @property {Measure} measure
 *
 * @typedef {object} FailoverRow
 * @property {string} name
 * @property {string} before Who led before the fault; empty if nobody did.
 * @property {string} after Who leads after it.
 * @property {Response | null} response What the lane did about it; null if it did nothing.
 * @property {number | null} outage How long no node served, in microseconds; null if one always did.
 */

const TOP = 15;
const ROW = 17;
const PITCH = 21;
const AXIS = 17;
const LENS = 9;
const SIZE = 10.5;
/** The width of the leader before the fault. */
const BEFORE = 34;
/** A lane that takes this many times as long as the next one runs off the scale, so that the others can be compared. */
const OUTLIER = 3;
/** What the scale shows beyond the last election that it contains. */
const BEYOND = 1.35;
/** The shortest scale, in microseconds. */
const SHORTEST = 20_000;

/** What of a response a reader may see who has not answered a question at `until` yet. @param {Response} response @param {number} until @returns {Response} */
export function veiled(response, until) {
  const seen = (/** @type {{at: number} | null} */ it) => it !== null && it.at <= until;
  const { suspected, candidate, led } = response;
  return { ...response, suspected: seen(suspected) ? suspected : null, candidate: seen(candidate) ? candidate : null, led: seen(led) ? led : null };
}

/** How long a lane took, in microseconds; null if it did not elect. @param {FailoverInput} input @param {FailoverRow} row */
export const took = ({ at }, { response }) => (response?.led ? response.led.at - at : null);

/** The longest time that the scale shows, in microseconds after the fault. @param {FailoverInput} input */
export function scale(input) {
  const all = input.rows.map((row) => took(input, row)).filter((it) => it !== null).sort((a, b) => b - a);
  if (all.length === 0) {
    const noticed = input.rows.flatMap(({ response }) => (response?.suspected ? [response.suspected.at - input.at] : []));
    return Math.max(SHORTEST, 2 * Math.max(0, ...noticed));
  }
  let longest = 0;
  while (longest + 1 < all.length && all[longest] > OUTLIER * all[longest + 1]) longest++;
  return Math.max(SHORTEST, all[longest] * BEYOND);
}

/** @param {FailoverInput} input @returns {Axis} */
const axisOf = (input) => ({ x0: input.whole.x0 + BEFORE, x1: input.whole.x1, from: 0, to: scale(input) });

/** The moment that is shown at an abscissa, if any. @param {FailoverInput} input @param {number} x */
export function momentAt(input, x) {
  const axis = axisOf(input);
  return axis.x0 <= x && x <= axis.x1 ? input.at + Math.round(timeOf(axis, x)) : null;
}

/** Where a moment is, at most at an end; null if the strip shows nothing near it. @param {FailoverInput} input @param {number} at */
export function placeOf(input, at) {
  const axis = axisOf(input);
  const after = at - input.at;
  return after < -axis.to || after > 2 * axis.to ? null : xOf(axis, clamp(after, axis.from, axis.to));
}

/** @param {number} lanes */
export const failoverHeight = (lanes) => TOP + PITCH * lanes + AXIS + LENS;

/** @param {FailoverInput} input @returns {Item[]} */
export function failoverScene(input) {
  const { rows, at, w, whole, measure } = input;
  const axis = axisOf(input);
  const range = axis.to;
  const height = failoverHeight(rows.length);
  const bottom = TOP + PITCH * rows.length;
  /** @type {Item[]} */
  const list = [];
  for (const { x, text, half } of ticks(axis, measure)) {
    list.push({ k: "curve", curve: { k: "line", x0: x, y0: TOP + 2, x1: x, y1: bottom }, stroke: "line", width: 1 });
    list.push({ k: "text", x: Math.min(x, w - half), y: bottom + 11, text, size: 10, align: "center", fill: "mute" });
  }
  list.push({ k: "text", x: 0, y: bottom + 11, text: measure("this failover", 11) < whole.x0 - 8 ? "this failover" : "failover", size: 11, fill: "mute" });
  rows.forEach((row, i) => drawRow(list, input, row, axis, TOP + PITCH * i + 3));
  const [left, right] = input.shown?.map((when) => placeOf(input, when) ?? -1) ?? [-1, -1];
  if (left >= 0 && right > left) list.push({ k: "rect", x: left, y: 0, w: Math.max(2, right - left), h: bottom, r: 0, fill: "follower", alpha: 0.16 });
  list.push({ k: "curve", curve: { k: "line", x0: axis.x0, y0: TOP - 2, x1: axis.x0, y1: bottom }, stroke: "bad", width: 1, dash: [3, 3] });
  const title = measure(input.title, SIZE) < axis.x1 - axis.x0 ? input.title : "";
  list.push({ k: "text", x: axis.x0 + 4, y: TOP - 4, text: title, size: SIZE, fill: "bad" });
  lens(list, axis, whole, at, range, bottom + 14, height);
  const passed = input.now - at;
  if (passed >= 0 && passed <= range) {
    const x = xOf(axis, passed);
    list.push({ k: "curve", curve: { k: "line", x0: x, y0: TOP - 2, x1: x, y1: bottom }, stroke: "ink", width: 1.5 });
    list.push({ k: "arrow", x, y: TOP - 3, r: 5, angle: Math.PI / 2, fill: "ink" });
  }
  return list;
}

/** Joins the scale to its place in the whole run. @param {Item[]} list @param {Axis} axis @param {Axis} whole @param {number} at
 * @param {number} range @param {number} top @param {number} bottom */
function lens(list, axis, whole, at, range, top, bottom) {
  const ends = /** @type {const} */ ([[axis.x0, at], [axis.x1, at + range]]);
  for (const [x, when] of ends) {
    if (when < whole.from || when > whole.to) continue;
    list.push({ k: "curve", curve: { k: "line", x0: x, y0: top, x1: xOf(whole, when), y1: bottom }, stroke: "faint", width: 1 });
  }
}

/** @param {Item[]} list @param {FailoverInput} input @param {FailoverRow} row @param {Axis} axis @param {number} y */
function drawRow(list, input, row, axis, y) {
  const { at, measure, whole } = input;
  const { name, before, after, response } = row;
  // What is not played yet is not drawn.
  const played = clamp(input.now - at, 0, axis.to);
  const clip = (/** @type {number} */ when) => xOf(axis, Math.min(when - at, played));
  const base = y + ROW / 2 + 3.75;
  list.push({ k: "text", x: 0, y: base, text: fitted(name, whole.x0 - 8, measure), size: 12, weight: 600, fill: "ink" });
  if (before) {
    list.push({ k: "rect", x: whole.x0, y, w: BEFORE, h: ROW, r: 3, fill: "lead1" });
    list.push({ k: "text", x: whole.x0 + 5, y: base, text: before, size: 11.5, weight: 650, fill: "ink" });
  }
  list.push({ k: "rect", x: axis.x0, y, w: axis.x1 - axis.x0, h: ROW, r: 0, fill: "card" });
  const now = xOf(axis, played);
  if (!response || (!response.suspected && !response.candidate && !response.led)) {
    if (before) label(list, measure, `${before} leads on`, axis.x0 + 6, now, base, { fill: "mute" });
    return;
  }
  const started = response.suspected ?? response.candidate ?? response.led;
  const noticed = started ? started.at : at;
  const end = response.led?.at ?? Infinity;
  const [x1, x2] = [clip(noticed), clip(end)];
  let waits = x1 - 4;
  list.push({ k: "curve", curve: { k: "line", x0: axis.x0 + 1, y0: y + ROW - 1, x1, y1: y + ROW - 1 }, stroke: "faint", width: 2 });
  if (noticed - at <= played && x2 > x1) list.push({ k: "rect", x: x1, y, w: Math.max(2, x2 - x1), h: ROW, r: 2, fill: "elects" });
  if (response.led && end - at <= played) {
    list.push({ k: "rect", x: x2, y, w: Math.max(2, now - x2), h: ROW, r: 2, fill: "lead2" });
    // The outage is what the bands and the scoreboard tell, too.
    const length = row.outage === null ? "" : span(row.outage);
    const wide = measure(length, 11.5, 650);
    // In the new leader's bar, beside the playhead where that is still too short, or else before the election.
    const inside = x2 + 10 + wide < now;
    const x = inside ? x2 + 6 : now + 10 + wide < axis.x1 ? now + 6 : x1 - wide - 6;
    if (x < x1) waits = x - 6;
    if (x > axis.x0 + 4) list.push({ k: "text", x, y: base, text: length, size: 11.5, weight: 650, fill: "ink", halo: inside ? "lead2" : "card" });
    if (inside) label(list, measure, `${after} leads`, x2 + 12 + wide, now, base, { fill: "ink", halo: "lead2" });
  } else if (response.led && end <= input.now) {
    const text = `${after} leads${row.outage === null ? "" : ` after ${span(row.outage)}`} ▸`;
    const wide = measure(text, 11.5, 650);
    list.push({ k: "text", x: axis.x1 - wide - 4, y: base, text, size: 11.5, weight: 650, fill: "ink", halo: "card" });
    label(list, measure, response.waits, axis.x0 + 6, axis.x1 - wide - 12, base, { fill: "mute", halo: "card" });
    return;
  }
  label(list, measure, response.waits, axis.x0 + 6, waits, base, { fill: "mute", halo: "card" });
  if (noticed - at <= played) label(list, measure, response.elects, x1 + 5, x2 - 3, base, { fill: "ink", halo: "elects" });
}

/** A text, if it fits. @param {Item[]} list @param {Measure} measure @param {string} text @param {number} x @param {number} right
 * @param {number} y @param {{fill: import("../theme.js").Colour, halo?: import("../theme.js").Colour}} look */
function label(list, measure, text, x, right, y, look) {
  if (text !== "" && x + measure(text, SIZE) <= right) list.push({ k: "text", x, y, text, size: SIZE, ...look });
}
