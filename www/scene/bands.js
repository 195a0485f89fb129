// The bands: one time axis for all lanes, who led when, and what was done to them. Pure.

import { span } from "../words.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("../engine.js").Story} Story */
/** @typedef {import("../engine.js").Run} Run */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/**
 * @typedef {object} Axis
 * @property {number} x0 Where `from` is.
 * @property {number} x1 Where `to` is.
 * @property {number} from Microseconds.
 * @property {number} to
 *
 * @typedef {object} Segment A time during which the same nodes believe that they lead.
 * @property {number} from
 * @property {number} to
 * @property {number[]} bands Their positions in the story, the oldest belief first.
 */

/** @param {Axis} axis @param {number} at */
export const xOf = (axis, at) => axis.x0 + ((at - axis.from) / (axis.to - axis.from)) * (axis.x1 - axis.x0);
/** @param {Axis} axis @param {number} x */
export const timeOf = (axis, x) => axis.from + ((x - axis.x0) / (axis.x1 - axis.x0)) * (axis.to - axis.from);

/** The whole run cut where a belief to lead begins or ends. @param {Story} story @param {number} until @returns {Segment[]} */
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
    // Bands stand in the order of their beginning: those that ended long ago need not be looked at again.
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

/** The leader in truth over time: place or -1, from when on. @param {Story} story */
function truths(story) {
  return story.moments.filter((moment) => moment.kind === "truth").map((moment) => ({ at: moment.at, place: moment.node }));
}

/** A step for the axis's marks that leaves about `room` pixels between them. @param {Axis} axis @param {number} room */
export function tick(axis, room) {
  const least = ((axis.to - axis.from) / (axis.x1 - axis.x0)) * room;
  let step = 1;
  for (let i = 0; step < least; i++) step *= i % 3 === 1 ? 2.5 : 2;
  return step;
}

/** @param {number} us @param {number} step */
function tickText(us, step) {
  if (step >= 1e6) return `${us / 1e6} s`;
  if (step >= 1000) return us >= 1e6 ? `${+(us / 1e6).toFixed(3)} s` : `${us / 1000} ms`;
  return `${+(us / 1000).toFixed(3)} ms`;
}

/**
 * @typedef {object} BandsInput
 * @property {Run} run
 * @property {Story[]} stories
 * @property {Algorithm[]} infos By lane.
 * @property {string[]} names By lane, for people.
 * @property {number} w
 * @property {number} from
 * @property {number} to
 * @property {import("./items.js").Measure} measure
 */

const ROW = 24;
const AXIS = 20;

/** How the rows lie: the labels' width, the rows' tops, the height of all. @param {BandsInput} input */
export function bandsLayout({ run, names, w, from, to, measure }) {
  const wide = names.map((name) => measure(name, 12.5, 650));
  const narrow = w < 560;
  const labels = narrow ? 0 : Math.min(150, Math.max(0, ...wide) + 22);
  // Where there is no room beside the bands, their names stand above.
  const gap = narrow ? 20 : 9;
  const top = 36 + (narrow ? 12 : 0);
  const rows = run.lanes.map((_, i) => top + i * (ROW + gap));
  const height = top + run.lanes.length * (ROW + gap) - gap + 6 + AXIS;
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
  ticks(list, axis, rows[0] - 5, height - AXIS, measure);
  run.lanes.forEach((lane, i) => {
    const y = rows[i];
    row(list, axis, y, i, lane, stories[i], infos[i], run.until, measure);
  });
  acts(list, axis, run, names, rows[0] - 6, height - AXIS, measure);
  // Above the bands the names stand where the lines of faults go through: so they come last, with a rim.
  rows.forEach((y, i) => list.push(narrow
    ? { k: "text", x: axis.x0, y: y - 4, text: names[i], size: 11, weight: 600, fill: "mute", halo: "card" }
    : { k: "text", x: 0, y: y + ROW / 2 + 4.5, text: names[i], size: 12.5, weight: 600, fill: "ink" }));
  return list;
}

/** @param {Item[]} list @param {Axis} axis @param {number} top @param {number} bottom @param {import("./items.js").Measure} measure */
function ticks(list, axis, top, bottom, measure) {
  const step = tick(axis, 62);
  for (let at = Math.ceil(axis.from / step) * step; at <= axis.to; at += step) {
    const x = xOf(axis, at);
    list.push({ k: "curve", curve: { k: "line", x0: x, y0: top, x1: x, y1: bottom }, stroke: "line", width: 1 });
    const text = tickText(at, step);
    const half = measure(text, 10) / 2;
    list.push({ k: "text", x: Math.min(Math.max(x, axis.x0 + half - 2), axis.x1 + 12 - half), y: bottom + 14, text, size: 10, align: "center", fill: "mute" });
  }
}

/**
 * @param {Item[]} list @param {Axis} axis @param {number} y @param {number} index
 * @param {import("../engine.js").RunLane} lane
 * @param {Story} story
 * @param {Algorithm} info
 * @param {number} until
 * @param {import("./items.js").Measure} measure
 */
function row(list, axis, y, index, lane, story, info, until, measure) {
  const clip = (/** @type {number} */ at) => Math.min(Math.max(xOf(axis, at), axis.x0), axis.x1);
  list.push({ k: "rect", x: axis.x0, y, w: axis.x1 - axis.x0, h: ROW, r: 4, fill: "soft" });
  const end = Math.min(until, story.computed);
  const truth = truths(story);
  /** @type {Map<number, number>} Bands with a name, and how many stood there. */
  const named = new Map();
  let began = false;
  for (const part of segments(story, end)) {
    const visible = part.to > axis.from && part.from < axis.to;
    if (visible) {
      const [x, right] = [clip(part.from), clip(part.to)];
      const wide = right - x;
      if (part.bands.length === 0) gap(list, x, y, wide, part, began, measure);
      const tall = ROW / Math.max(1, part.bands.length);
      part.bands.forEach((b, k) => {
        const band = story.bands[b];
        const colour = /** @type {import("./items.js").Colour} */ (`ep${((band.epoch > 0 && info.authority === "quorum" ? band.epoch - 1 : band.belief - 1) % 6) + 1}`);
        const top = y + k * tall;
        const alone = part.bands.length === 1;
        const cutOff = part.from > band.from;
        list.push({
          k: "rect", x, y: top, w: Math.max(1.5, wide), h: alone ? tall : tall - 1, r: wide > 8 && alone && !cutOff ? 4 : 1, fill: colour,
          hit: { kind: "band", lane: index, node: band.node, at: band.from },
        });
        // Striped: it believes so, and it is not the one in truth, or nobody can say who is.
        const doubted = !alone && (info.authority === "none" || truthAt(truth, part.from) !== band.node);
        if (doubted && wide > 1) list.push({ k: "hatch", x, y: top, w: wide, h: tall - 1, fill: "bad", alpha: 0.6 });
        const before = named.get(b);
        if (before !== undefined && (before === part.bands.length || wide < 60)) return;
        if (nameBand(list, band, lane, info, x, top, wide, tall, colour, measure)) named.set(b, part.bands.length);
      });
    }
    began ||= part.bands.length > 0;
  }
  if (end < axis.to) {
    const x = clip(end);
    if (axis.x1 - x > 1) list.push({ k: "hatch", x, y, w: axis.x1 - x, h: ROW, fill: "line" });
  }
  for (const violation of story.violations) {
    if (violation.at < axis.from || violation.at > axis.to) continue;
    list.push({
      k: "diamond", x: xOf(axis, violation.at), y: y + ROW + 1, r: 4.5, fill: violation.expected ? "candidate" : "bad", stroke: "card", width: 1.25,
      hit: { kind: "moment", lane: index, at: violation.at },
    });
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

/** The length of a time without a leader. @param {Item[]} list @param {number} x @param {number} y @param {number} wide
 * @param {Segment} part @param {boolean} began @param {import("./items.js").Measure} measure */
function gap(list, x, y, wide, part, began, measure) {
  const text = span(part.to - part.from);
  if (wide < measure(text, 10) + 6) return;
  list.push({ k: "text", x: x + wide / 2, y: y + ROW / 2 + 3.5, text, size: 10, align: "center", fill: began ? "bad" : "mute" });
}

/** @param {Item[]} list @param {import("../engine.js").Band} band @param {import("../engine.js").RunLane} lane @param {Algorithm} info
 * @param {number} x @param {number} top @param {number} wide @param {number} tall @param {import("../theme.js").Colour} colour
 * @param {import("./items.js").Measure} measure */
function nameBand(list, band, lane, info, x, top, wide, tall, colour, measure) {
  if (tall < 9) return false;
  const size = tall < 16 ? 9.5 : 11.5;
  const id = lane.ids[band.node];
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

/** Faults: a line through all lanes, and what it was above, in two rows. @param {Item[]} list @param {Axis} axis @param {Run} run
 * @param {string[]} names @param {number} top @param {number} bottom @param {import("./items.js").Measure} measure */
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
  const all = [...byLine.values()].filter((act) => act.at >= axis.from && act.at <= axis.to).sort((a, b) => a.at - b.at);
  const free = [axis.x0 - 4, axis.x0 - 4];
  /** @type {[number, number][]} Where a name stands in the lower row. */
  const lower = [];
  for (const act of all) {
    const x = xOf(axis, act.at);
    const hit = /** @type {const} */ ({ kind: "act", line: act.line });
    const some = act.lanes.length < run.lanes.length && act.lanes.length === 1 ? `${act.lanes[0]}: ` : "";
    const text = some + act.text;
    const wide = measure(text, 10.5);
    const left = Math.min(x + 3, axis.x1 + 8 - wide);
    const at = free.findIndex((end) => left >= end + 8);
    const named = at >= 0 && left >= axis.x0 - 1;
    // A line goes up to its name, unless another name is in its way.
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
