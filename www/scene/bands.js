// The bands: one time axis for all lanes, with the leaders over time and the actions applied. Pure.

import { span } from "../words.js";
import { ticks, xOf } from "./axis.js";
import { epochTints } from "./epochs.js";
import { Boxes, clamp } from "./geometry.js";

export { tick, timeOf, xOf } from "./axis.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("../engine.js").Story} Story */
/** @typedef {import("../engine.js").Run} Run */
/** @typedef {import("../engine.js").Algorithm} Algorithm */
/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {import("./items.js").Measure} Measure */

/**
 * @typedef {object} Segment A time during which the same nodes believe that they lead.
 * @property {number} from
 * @property {number} to
 * @property {number[]} bands The positions of their bands in the summary, the oldest belief first.
 *
 * @typedef {{line: number, lane: number, at: number}} Break An instant when a line of the text stops the playhead; lines count from 0.
 */

/** Stands for the node of a gap: a time without a leader can be hit too. */
export const NO_NODE = -1;

/** Splits the run wherever a node starts or stops believing that it leads. @param {Story} story @param {number} until @returns {Segment[]} */
export function segments(story, until) {
  /** @type {Set<number>} */
  const cuts = new Set([0, until]);
  for (const band of story.bands) {
    cuts.add(band.from);
    cuts.add(band.until ?? until);
  }
  const times = [...cuts].filter((at) => at <= until).sort((a, b) => a - b);
  /** @type {Segment[]} */
  const all = [];
  let first = 0;
  for (let i = 0; i + 1 < times.length; i++) {
    const [from, to] = [times[i], times[i + 1]];
    // Bands are ordered by their start, so those at the front that have ended need not be visited again.
    while (first < story.bands.length && (story.bands[first].until ?? until) <= from) first++;
    /** @type {number[]} */
    const bands = [];
    for (let b = first; b < story.bands.length && story.bands[b].from <= from; b++) {
      if ((story.bands[b].until ?? until) > from) bands.push(b);
    }
    const before = all.at(-1);
    if (before && before.bands.length === bands.length && before.bands.every((b, k) => b === bands[k])) before.to = to;
    else all.push({ from, to, bands });
  }
  return all;
}

/** The leader in truth over time: its place or -1, and since when. @param {Story} story */
function truths(story) {
  return story.moments.filter((moment) => moment.kind === "truth").map((moment) => ({ at: moment.at, place: moment.node }));
}

/**
 * @typedef {object} BandsInput
 * @property {Run} run
 * @property {Story[]} stories
 * @property {Algorithm[]} infos By lane.
 * @property {string[]} names The lanes' names for display.
 * @property {number} w
 * @property {number} from
 * @property {number} to
 * @property {readonly Break[]} [breaks]
 * @property {Measure} measure
 *
 * @typedef {object} Row What one lane's row is drawn from.
 * @property {Axis} axis
 * @property {number} y
 * @property {number} index
 * @property {import("../engine.js").RunLane} lane
 * @property {Story} story
 * @property {Algorithm} info
 * @property {number} until
 * @property {Measure} measure
 */

const ROW = 24;
/** Of a group other than the main one, under the row of its lane. */
const GROUP = 8;
const AXIS = 20;
/** Height of the two rows of action labels at the top. */
const ACTS = 30;
/** Room above each row: for the durations of short gaps, and in narrow layouts for the lane's name. */
const ABOVE = { wide: 15, narrow: 20 };
/** The most gaps per row that may get a label with their duration: there is never room for more. */
const LENGTHS_MAX = 200;

/** The layout: the labels' width, the rows' tops, the total height, the axis. @param {BandsInput} input */
export function bandsLayout({ run, stories, names, w, from, to, measure }) {
  const wide = names.map((name) => measure(name, 12.5, 650));
  const narrow = w < 560;
  const labels = narrow ? 0 : Math.min(150, Math.max(76, ...wide.map((it) => it + 22)));
  const above = narrow ? ABOVE.narrow : ABOVE.wide;
  let y = ACTS;
  const rows = run.lanes.map((_, i) => {
    const top = y + above;
    y = top + ROW + (stories[i]?.groups.length ?? 0) * GROUP;
    return top;
  });
  const height = y + 6 + AXIS;
  /** @type {Axis} */
  const axis = { x0: labels + 2, x1: w - 12, from, to };
  return { narrow, labels, rows, height, axis };
}

/**
 * Everything but the playhead.
 *
 * @param {BandsInput} input
 * @returns {Item[]}
 */
export function bandsScene(input) {
  const { run, stories, infos, names, measure } = input;
  const { narrow, rows, height, axis } = bandsLayout(input);
  /** @type {Item[]} */
  const list = [];
  marks(list, axis, ACTS + 8, height - AXIS, measure);
  const taken = new Boxes();
  // In narrow layouts, the lines of actions cross the lanes' names, which are therefore drawn last and with a halo.
  /** @type {Item[]} */
  const above = rows.map((y, i) => {
    if (!narrow) return { k: "text", x: 0, y: y + ROW / 2 + 4.5, text: names[i], size: 12.5, weight: 600, fill: "ink" };
    taken.force(axis.x0, y - 15, measure(names[i], 11, 600) + 6, 13);
    return { k: "text", x: axis.x0, y: y - 4, text: names[i], size: 11, weight: 600, fill: "mute", halo: "card" };
  });
  run.lanes.forEach((lane, index) => {
    const it = { axis, y: rows[index], index, lane, story: stories[index], info: infos[index], until: run.until, measure };
    const gaps = row(list, it);
    it.story.groups.forEach((group, i) => groupRow(list, it, group, it.y + ROW + i * GROUP));
    idleActs(above, it, taken);
    violations(above, it, taken);
    stops(above, it, (input.breaks ?? []).filter((stop) => stop.lane === index), taken);
    lengths(above, it, gaps, taken);
  });
  acts(list, axis, run, names, ACTS, height - AXIS, measure);
  list.push(...above);
  return list;
}

/** @param {Item[]} list @param {Axis} axis @param {number} top @param {number} bottom @param {Measure} measure */
function marks(list, axis, top, bottom, measure) {
  for (const { x, text, half } of ticks(axis, measure)) {
    list.push({ k: "curve", curve: { k: "line", x0: x, y0: top, x1: x, y1: bottom }, stroke: "line", width: 1 });
    list.push({ k: "text", x: clamp(x, axis.x0 + half - 2, axis.x1 + 12 - half), y: bottom + 14, text, size: 10, align: "center", fill: "mute" });
  }
}

/**
 * Draws the bands of a lane and returns its visible gaps.
 *
 * @param {Item[]} list
 * @param {Row} it
 * @returns {Gap[]}
 */
function row(list, { axis, y, index, lane, story, info, until, measure }) {
  const clip = (/** @type {number} */ at) => clamp(xOf(axis, at), axis.x0, axis.x1);
  list.push({ k: "rect", x: axis.x0, y, w: axis.x1 - axis.x0, h: ROW, r: 4, fill: "soft" });
  // A run that broke off has nothing more to show.
  const end = Math.min(until, story.computed, story.stats.brokeOff?.at ?? Infinity);
  const truth = truths(story);
  const parts = segments(story, end);
  const colours = epochTints(story.bands);
  /** @type {Map<number, number>} The bands already labelled, and how many bands were stacked there. */
  const named = new Map();
  /** @type {Gap[]} */
  const gaps = [];
  let began = false;
  for (const part of parts) {
    const visible = part.to > axis.from && part.from < axis.to;
    if (visible) {
      const [x, right] = [clip(part.from), clip(part.to)];
      const wide = right - x;
      if (part.bands.length === 0) gaps.push({ x, wide, part, began });
      const tall = ROW / Math.max(1, part.bands.length);
      // With very many believers, their bands touch.
      const thick = Math.max(tall - 1, tall / 2);
      part.bands.forEach((b, k) => {
        const band = story.bands[b];
        const top = y + k * tall;
        const alone = part.bands.length === 1;
        const cutOff = part.from > band.from;
        list.push({
          k: "rect", x, y: top, w: Math.max(1.5, wide), h: alone ? tall : thick, r: wide > 8 && alone && !cutOff ? 4 : 1, fill: colours[b],
          hit: { kind: "band", lane: index, node: band.node, at: band.from },
        });
        // Striped: the node believes that it leads but does not in truth, or no authority can tell.
        const doubted = !alone && (info.authority === "none" || truthAt(truth, part.from) !== band.node);
        if (doubted && wide > 1) list.push({ k: "hatch", x, y: top, w: wide, h: thick, fill: "bad", alpha: 0.6 });
        const before = named.get(b);
        if (before !== undefined && (before === part.bands.length || wide < 60)) return;
        if (nameBand(list, band, lane, info, x, top, wide, tall, colours[b], measure)) named.set(b, part.bands.length);
      });
    }
    began ||= part.bands.length > 0;
  }
  for (const { x, wide, part } of gaps) {
    // A gap too short to see is drawn as a slit.
    if (wide < 2) list.push({ k: "rect", x: x + wide / 2 - 1, y, w: 2, h: ROW, r: 0, fill: "card" });
    const more = Math.max(0, 8 - wide) / 2;
    list.push({ k: "rect", x: x - more, y, w: wide + 2 * more, h: ROW, r: 0, hit: { kind: "band", lane: index, node: NO_NODE, at: part.from } });
  }
  if (end < axis.to) {
    const x = clip(end);
    if (axis.x1 - x > 1) list.push({ k: "hatch", x, y, w: axis.x1 - x, h: ROW, fill: "line" });
    const text = "the run broke off here";
    if (story.stats.brokeOff && axis.x1 - x > measure(text, 10) + 12) list.push({ k: "text", x: x + 6, y: y + ROW / 2 + 3.5, text, size: 10, fill: "bad", halo: "soft" });
  }
  return gaps;
}

/**
 * Who led a group other than the main one: a thin row, with the name where there is room.
 *
 * @param {Item[]} list
 * @param {Row} it
 * @param {Story["groups"][number]} group
 * @param {number} y
 */
function groupRow(list, { axis, story, until, measure }, group, y) {
  const clip = (/** @type {number} */ at) => clamp(xOf(axis, at), axis.x0, axis.x1);
  const end = Math.min(until, story.computed);
  const all = { ...story, bands: group.bands };
  const parts = segments(all, end);
  const colours = epochTints(group.bands);
  const tall = GROUP - 2;
  list.push({ k: "rect", x: axis.x0, y: y + 1, w: axis.x1 - axis.x0, h: tall, r: 2, fill: "soft" });
  for (const part of parts) {
    if (part.to <= axis.from || part.from >= axis.to) continue;
    const x = clip(part.from);
    part.bands.forEach((b, k) => {
      const high = tall / part.bands.length;
      list.push({ k: "rect", x, y: y + 1 + k * high, w: Math.max(1.5, clip(part.to) - x), h: high, r: 1, fill: colours[b] });
    });
  }
  const wide = measure(group.name, 8, 600);
  if (wide < axis.x1 - axis.x0) list.push({ k: "text", x: axis.x1 - wide - 3, y: y + GROUP - 1.5, text: group.name, size: 8, weight: 600, fill: "ink", halo: "card" });
}

/** @param {Item[]} list @param {Row} it @param {Boxes} taken */
function violations(list, { axis, y, index, story }, taken) {
  for (const violation of story.violations) {
    if (violation.at < axis.from || violation.at > axis.to) continue;
    const x = xOf(axis, violation.at);
    taken.force(x - 5, y + ROW - 4, 10, 10);
    list.push({
      k: "diamond", x, y: y + ROW + 1, r: 4.5, fill: violation.blame === "bug" ? "bad" : "candidate", stroke: "card", width: 1.25,
      hit: { kind: "moment", lane: index, at: violation.at },
    });
  }
}

/** Actions without effect in this lane: an empty ring with a stroke through it, at the lower edge. @param {Item[]} list
 * @param {Row} it @param {Boxes} taken */
function idleActs(list, { axis, y, index, story }, taken) {
  let last = -Infinity;
  for (const { kind, at } of story.moments) {
    if (kind !== "no-act" || at < axis.from || at > axis.to) continue;
    const x = clamp(xOf(axis, at), axis.x0 + 2, axis.x1);
    // Marks that would overlap are drawn as one.
    if (x - last < 6) continue;
    last = x;
    taken.force(x - 5, y + ROW - 4, 10, 10);
    list.push({ k: "circle", x, y: y + ROW + 1, r: 3.75, fill: "card", stroke: "mute", width: 1.25, hit: { kind: "moment", lane: index, at } });
    list.push({ k: "curve", curve: { k: "line", x0: x - 2.6, y0: y + ROW + 3.6, x1: x + 2.6, y1: y + ROW - 1.6 }, stroke: "mute", width: 1.25 });
  }
}

/** Where lines of the text stop the playhead: two bars in a circle, on the upper edge. @param {Item[]} list @param {Row} it
 * @param {readonly Break[]} breaks @param {Boxes} taken */
function stops(list, { axis, y, index }, breaks, taken) {
  for (const { at } of breaks) {
    if (at < axis.from || at > axis.to) continue;
    const x = clamp(xOf(axis, at), axis.x0 + 2, axis.x1);
    taken.force(x - 7, y - 8, 14, 14);
    list.push({ k: "circle", x, y: y - 1, r: 5.5, fill: "card", stroke: "bad", width: 1.5, hit: { kind: "moment", lane: index, at } });
    for (const side of [-1.75, 1.75]) {
      list.push({ k: "curve", curve: { k: "line", x0: x + side, y0: y - 3, x1: x + side, y1: y + 1 }, stroke: "bad", width: 1.5 });
    }
  }
}

/**
 * A visible time without a leader.
 * @typedef {{x: number, wide: number, part: Segment, began: boolean}} Gap
 */

/**
 * How long the gaps are: in them, or above those that are too narrow for it, the longest first.
 *
 * @param {Item[]} list @param {Row} it @param {Gap[]} gaps @param {Boxes} taken
 */
function lengths(list, { axis, y, index, measure }, gaps, taken) {
  const longest = gaps.toSorted((a, b) => b.part.to - b.part.from - (a.part.to - a.part.from)).slice(0, LENGTHS_MAX);
  for (const { x, wide, part, began } of longest) {
    const text = span(part.to - part.from);
    const room = measure(text, 10);
    const look = /** @type {const} */ ({ k: "text", text, size: 10, fill: began ? "bad" : "mute" });
    if (room + 6 <= wide) {
      list.push({ ...look, x: x + wide / 2 - room / 2, y: y + ROW / 2 + 3.5, halo: "soft" });
      continue;
    }
    // Above the gap, centred or to one side; if a name is in the way, beside the gap, unless another gap is there.
    for (const share of [0.5, 0.1, 0.9, -0.15, 1.15, -0.5]) {
      const left = clamp(x + wide / 2 - share * room, axis.x0 - 2, axis.x1 + 10 - room);
      const astray = Math.abs(share - 0.5) > 0.5 && gaps.some((it) => it.part !== part && it.x + it.wide > left - 8 && it.x < left + room + 8);
      if (astray || !taken.take(left - 3, y - 12, room + 6, 10)) continue;
      list.push({ ...look, x: left, y: y - 3.5, halo: "card", hit: { kind: "band", lane: index, node: NO_NODE, at: part.from } });
      break;
    }
  }
}

/** @param {{at: number, place: number}[]} truth @param {number} at */
function truthAt(truth, at) {
  let place = -1;
  for (const it of truth) {
    if (it.at > at) break;
    place = it.place;
  }
  return place;
}

/** @param {Item[]} list @param {import("../engine.js").Band} band @param {import("../engine.js").RunLane} lane @param {Algorithm} info
 * @param {number} x @param {number} top @param {number} wide @param {number} tall @param {import("../theme.js").Colour} colour
 * @param {Measure} measure */
function nameBand(list, band, lane, info, x, top, wide, tall, colour, measure) {
  if (tall < 9) return false;
  const size = tall < 16 ? 9.5 : 11.5;
  const id = lane.names[band.node];
  const epoch = info.epoch && band.epoch > 0 ? `${info.epoch[0]}${band.epoch}` : "";
  const idWide = measure(id, size, 650);
  if (wide < idWide + 8) return false;
  const y = top + tall / 2 + size * 0.36;
  const halo = tall < ROW ? colour : undefined;
  list.push({ k: "text", x: x + 5, y, text: id, size, weight: 650, fill: "ink", halo });
  if (epoch && tall >= 16 && wide > idWide + measure(epoch, size - 2) + 18) {
    list.push({ k: "text", x: x + 9 + idWide, y, text: epoch, size: size - 2, fill: "ink", halo, alpha: 0.75 });
  }
  return true;
}

/** Actions: a line through all lanes, with a label above, in two rows. @param {Item[]} list @param {Axis} axis @param {Run} run
 * @param {string[]} names @param {number} top @param {number} bottom @param {Measure} measure */
function acts(list, axis, run, names, top, bottom, measure) {
  /** @type {Map<number, {at: number, line: number, text: string, lanes: string[]}>} */
  const byLine = new Map();
  run.lanes.forEach((lane, i) => {
    for (const act of lane.acts) {
      const known = byLine.get(act.line);
      if (known) known.lanes.push(names[i]);
      else byLine.set(act.line, { ...act, lanes: [names[i]] });
    }
  });
  /** @type {Map<number, {line: number, texts: string[]}>} Actions at the same instant share a line. */
  const byTime = new Map();
  for (const act of byLine.values()) {
    if (act.at < axis.from || act.at > axis.to) continue;
    const text = act.lanes.length < run.lanes.length && act.lanes.length === 1 ? `${act.lanes[0]}: ${act.text}` : act.text;
    const known = byTime.get(act.at);
    if (known) known.texts.push(text);
    else byTime.set(act.at, { line: act.line, texts: [text] });
  }
  const free = [axis.x0 - 4, axis.x0 - 4];
  /** @type {[number, number][]} The labels in the lower row: left and right ends. */
  const lower = [];
  for (const [when, { line, texts }] of [...byTime].sort(([a], [b]) => a - b)) {
    const x = xOf(axis, when);
    const hit = /** @type {const} */ ({ kind: "act", line });
    const text = texts.length > 1 ? `${texts[0]} +${texts.length - 1}` : texts[0];
    const wide = measure(text, 10.5);
    const left = Math.min(x + 3, axis.x1 + 8 - wide);
    const at = free.findIndex((end) => left >= end + 8);
    const named = at >= 0 && left >= axis.x0 - 1;
    // A line goes up to its label, unless another label is in the way.
    const clear = named && !lower.some(([from, to]) => from - 3 < x && x < to + 3);
    const y0 = !clear ? top + 1 : at === 0 ? top - 28 : top - 13;
    list.push({ k: "curve", curve: { k: "line", x0: x, y0, x1: x, y1: bottom }, stroke: "bad", width: 1, dash: [3, 3], hit });
    if (!named) continue;
    free[at] = left + wide;
    if (at === 1) lower.push([left, left + wide]);
    list.push({ k: "text", x: left, y: at === 0 ? top - 19 : top - 5, text, size: 10.5, fill: "bad", hit });
  }
}

/** The playhead. @param {Axis} axis @param {number} now @param {number} height @returns {Item[]} */
export function playhead(axis, now, height) {
  const x = Math.min(Math.max(xOf(axis, now), axis.x0), axis.x1);
  return [
    { k: "curve", curve: { k: "line", x0: x, y0: 28, x1: x, y1: height - AXIS + 2 }, stroke: "ink", width: 1.5 },
    { k: "arrow", x, y: height - AXIS - 1, r: 7, angle: -Math.PI / 2, fill: "ink" },
  ];
}
