// The bands: one time axis for all lanes, with the leaders over time and the actions applied. Pure.

import { upTo } from "../search.js";
import { span } from "../words.js";
import { acts, placeActs } from "./acts.js";
import { ticks, xOf } from "./axis.js";
import { epochTints } from "./epochs.js";
import { clamp } from "./geometry.js";

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

/**
 * Splits the run wherever a node starts or stops believing that it leads.
 *
 * @param {Pick<Story, "bands">} story @param {number} until
 * @param {ReadonlySet<number>} [also] Further instants to split at.
 * @returns {Segment[]}
 */
export function segments(story, until, also = new Set()) {
  /** @type {Set<number>} */
  const cuts = new Set([0, until, ...also]);
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
    if (before && !also.has(from) && before.bands.length === bands.length && before.bands.every((b, k) => b === bands[k])) before.to = to;
    else all.push({ from, to, bands });
  }
  return all;
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
 * @property {readonly [number, number] | null} [shown] What the space-time diagram shows.
 * @property {number} [labels] The width of the names, if it is not to follow from them.
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

const ROW = 18;
/** Of a group other than the main one, under the row of its lane. */
const GROUP = 8;
const AXIS = 18;
/** Height of a row of action labels at the top. */
const ACTS = 14;
/** Room above each row. */
const ABOVE = 5;
/** The width of the names where the page has a gutter for them; as in style/lanes.css. */
export const GUTTER = 108;
/** The widths of the names elsewhere. */
const NAMES = { least: 40, most: 92, size: 12 };
/** From this width on there is a gutter. */
const WIDE = 860;
/** The most gaps per row that may get a label with their duration: there is never room for more. */
const LENGTHS_MAX = 200;

/** The layout: the labels' width, the rows' tops, the total height, the axis. @param {BandsInput} input */
export function bandsLayout(input) {
  const { run, stories, names, w, from, to, measure } = input;
  const widest = Math.max(...names.map((name) => measure(name, NAMES.size, 600))) + 10;
  const labels = input.labels ?? (w >= WIDE ? GUTTER : clamp(widest, NAMES.least, NAMES.most));
  /** @type {Axis} */
  const axis = { x0: labels, x1: w - 12, from, to };
  const labelled = placeActs(axis, run, names, measure);
  const top = 4 + ACTS * labelled.rows;
  let y = top;
  const rows = run.lanes.map((_, i) => {
    const at = y + ABOVE;
    y = at + ROW + (stories[i]?.groups.length ?? 0) * GROUP;
    return at;
  });
  return { labels, rows, top, height: y + 5 + AXIS, axis, labelled };
}

/**
 * Everything but the playhead.
 *
 * @param {BandsInput} input
 * @returns {Item[]}
 */
export function bandsScene(input) {
  const { run, stories, infos, names, measure } = input;
  const { labels, rows, top, height, axis, labelled } = bandsLayout(input);
  /** @type {Item[]} */
  const list = [];
  marks(list, axis, top, height - AXIS, measure);
  /** @type {Item[]} */
  const above = rows.map((y, i) => ({
    k: "text", x: 0, y: y + ROW / 2 + 4, text: fitted(names[i], labels - 8, measure), size: NAMES.size, weight: 600, fill: "ink",
  }));
  run.lanes.forEach((lane, index) => {
    const it = { axis, y: rows[index], index, lane, story: stories[index], info: infos[index], until: run.until, measure };
    row(list, above, it);
    it.story.groups.forEach((group, i) => groupRow(list, it, group, it.y + ROW + i * GROUP));
    idleActs(above, it);
    violations(above, it);
    stops(above, it, (input.breaks ?? []).filter((stop) => stop.lane === index));
  });
  if (input.shown) {
    const [left, right] = input.shown.map((at) => clamp(xOf(axis, at), axis.x0, axis.x1));
    if (right > axis.x0 && left < axis.x1) list.push({ k: "rect", x: left, y: top, w: Math.max(2, right - left), h: height - AXIS - top, r: 0, fill: "follower", alpha: 0.16 });
  }
  acts(list, labelled, ACTS, height - AXIS);
  list.push(...above);
  return list;
}

/** A name, shortened to a width. @param {string} name @param {number} room @param {Measure} measure */
export function fitted(name, room, measure) {
  if (measure(name, NAMES.size, 600) <= room) return name;
  let short = name;
  while (short.length > 1 && measure(`${short}…`, NAMES.size, 600) > room) short = short.slice(0, -1);
  return `${short.trimEnd()}…`;
}

/** @param {Item[]} list @param {Axis} axis @param {number} top @param {number} bottom @param {Measure} measure */
function marks(list, axis, top, bottom, measure) {
  for (const { x, text, half } of ticks(axis, measure)) {
    list.push({ k: "curve", curve: { k: "line", x0: x, y0: top, x1: x, y1: bottom }, stroke: "line", width: 1 });
    list.push({ k: "text", x: clamp(x, axis.x0 + half - 2, axis.x1 + 12 - half), y: bottom + 14, text, size: 10, align: "center", fill: "mute" });
  }
}

/**
 * Draws the bands of a lane, and the times without a leader between them.
 *
 * @param {Item[]} list
 * @param {Item[]} above For the texts: lines stop at them.
 * @param {Row} it
 */
function row(list, above, it) {
  const { axis, y, index, story, info, until } = it;
  const clip = (/** @type {number} */ at) => clamp(xOf(axis, at), axis.x0, axis.x1);
  list.push({ k: "rect", x: axis.x0, y, w: axis.x1 - axis.x0, h: ROW, r: 3, fill: "card" });
  // A run that broke off has nothing more to show.
  const end = Math.min(until, story.computed, story.stats.brokeOff?.at ?? Infinity);
  const wrong = wrongly(story, end);
  const tints = epochTints(story.bands);
  /** @type {Map<number, number>} The bands already labelled, and how many bands were stacked there. */
  const named = new Map();
  /** @type {Gap[]} */
  const gaps = [];
  /** The gap before the present part, unless it has its label. @type {Gap | null} */
  let before = null;
  let began = false;
  for (const part of segments(story, end, wrong.edges)) {
    if (part.to > axis.from && part.from < axis.to) {
      const [x, right] = [clip(part.from), clip(part.to)];
      const wide = right - x;
      if (part.bands.length === 0) {
        const gap = { x, wide, part, began };
        gaps.push(gap);
        before = gaps.length <= LENGTHS_MAX && !inGap(above, it, gap) ? gap : null;
      } else {
        const tall = ROW / part.bands.length;
        part.bands.forEach((b, k) => {
          const band = story.bands[b];
          const box = { x, y: y + k * tall, w: Math.max(1.5, wide), h: part.bands.length === 1 ? tall : Math.max(tall - 1, tall / 2) };
          const alone = part.bands.length === 1;
          // Striped: the node believes that it leads but does not serve, or one of several does and nobody can tell which.
          const striped = info.authority === "none" && !alone || wrong.at(band.node, part.from);
          const cutOff = part.from > band.from;
          list.push({ k: "rect", ...box, r: wide > 8 && alone && !cutOff ? 3 : 1, fill: striped ? "card" : tints[b], hit: { kind: "band", lane: index, node: band.node, at: band.from } });
          if (striped && wide > 1) list.push({ k: "hatch", ...box, fill: "bad" });
          const labelled = named.get(b);
          if (labelled !== undefined && (labelled === part.bands.length || wide < 60)) return;
          const gap = alone && !cutOff ? before : null;
          if (nameBand(above, it, band, box, striped ? "card" : tints[b], striped, gap)) named.set(b, part.bands.length);
        });
        before = null;
      }
    }
    began ||= part.bands.length > 0;
  }
  for (const { x, wide, part } of gaps) {
    // A gap too short to see is drawn as a slit.
    if (wide < 2) list.push({ k: "rect", x: x + wide / 2 - 1, y, w: 2, h: ROW, r: 0, fill: "card" });
    const more = Math.max(0, 8 - wide) / 2;
    list.push({ k: "rect", x: x - more, y, w: wide + 2 * more, h: ROW, r: 0, hit: { kind: "band", lane: index, node: NO_NODE, at: part.from } });
  }
  if (end < axis.to) unplayed(list, above, it, clip(end));
}

/** What was not computed, or does not exist since the run broke off. @param {Item[]} list @param {Item[]} above @param {Row} it @param {number} x */
function unplayed(list, above, { axis, y, story, measure }, x) {
  if (axis.x1 - x > 1) list.push({ k: "hatch", x, y, w: axis.x1 - x, h: ROW, fill: "line" });
  const text = story.veiled ? "not played yet" : "the run broke off here";
  if ((story.veiled || story.stats.brokeOff) && axis.x1 - x > measure(text, 10.5) + 12) above.push({ k: "text", x: x + 6, y: y + ROW / 2 + 3.5, text, size: 10.5, fill: story.veiled ? "mute" : "bad", halo: "card" });
}

/** When nodes believed that they led and did not serve. @param {Story} story @param {number} end */
function wrongly(story, end) {
  /** @type {Map<number, import("../engine.js").Stretch[]>} */
  const byNode = new Map();
  for (const it of story.wrong) {
    const known = byNode.get(it.node);
    if (known) known.push(it);
    else byNode.set(it.node, [it]);
  }
  return {
    edges: new Set(story.wrong.flatMap(({ from, until }) => [from, until ?? end]).filter((it) => it < end)),
    /** @param {number} node @param {number} at */
    at(node, at) {
      const list = byNode.get(node) ?? [];
      const last = list[upTo(list, (it) => it.from, at) - 1];
      return last !== undefined && (last.until ?? Infinity) > at;
    },
  };
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
    const parts = segments(group, end);
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

/** @param {Item[]} list @param {Row} it */
function violations(list, { axis, y, index, story }) {
  for (const violation of story.violations) {
    if (violation.at < axis.from || violation.at > axis.to) continue;
    const x = xOf(axis, violation.at);
    list.push({
      k: "diamond", x, y: y + ROW + 1, r: 4.5, fill: violation.blame === "bug" ? "bad" : "candidate", stroke: "card", width: 1.25,
      hit: { kind: "moment", lane: index, at: violation.at },
    });
  }
}

/** Actions without effect in this lane: an empty ring with a stroke through it, at the lower edge. @param {Item[]} list
 * @param {Row} it */
function idleActs(list, { axis, y, index, story }) {
  let last = -Infinity;
  for (const { kind, at } of story.moments) {
    if (kind !== "no-act" || at < axis.from || at > axis.to) continue;
    const x = clamp(xOf(axis, at), axis.x0 + 2, axis.x1);
    // Marks that would overlap are drawn as one.
    if (x - last < 6) continue;
    last = x;
    list.push({ k: "circle", x, y: y + ROW + 1, r: 3.75, fill: "card", stroke: "mute", width: 1.25, hit: { kind: "moment", lane: index, at } });
    list.push({ k: "curve", curve: { k: "line", x0: x - 2.6, y0: y + ROW + 3.6, x1: x + 2.6, y1: y + ROW - 1.6 }, stroke: "mute", width: 1.25 });
  }
}

/** Where lines of the text stop the playhead: two bars in a circle, on the upper edge. @param {Item[]} list @param {Row} it
 * @param {readonly Break[]} breaks */
function stops(list, { axis, y, index }, breaks) {
  for (const { at } of breaks) {
    if (at < axis.from || at > axis.to) continue;
    const x = clamp(xOf(axis, at), axis.x0 + 2, axis.x1);
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

/** How long a gap is, inside it. Returns false if there is no room. @param {Item[]} list @param {Row} it @param {Gap} gap */
function inGap(list, { y, measure }, { x, wide, part, began }) {
  const length = span(part.to - part.from);
  for (const text of began ? [`nobody for ${length}`, length] : [length]) {
    const room = measure(text, 10.5);
    if (room + 8 > wide) continue;
    list.push({ k: "text", text, size: 10.5, fill: began ? "bad" : "mute", halo: "card", x: x + wide / 2 - room / 2, y: y + ROW / 2 + 3.75 });
    return true;
  }
  return false;
}

/**
 * The leader's name in a band, and after it, as far as there is room, how long nobody led before, and the epoch.
 *
 * @param {Item[]} list @param {Row} it @param {import("../engine.js").Band} band
 * @param {{x: number, y: number, w: number, h: number}} box @param {import("../theme.js").Colour} behind
 * @param {boolean} wrong @param {Gap | null} gap
 */
function nameBand(list, { lane, info, measure }, band, box, behind, wrong, gap) {
  if (box.h < 8) return false;
  const size = box.h < 14 ? 9 : 11.5;
  const id = lane.names[band.node];
  let x = box.x + 5;
  const room = box.x + box.w - 4;
  const wide = measure(id, size, 650);
  if (x + wide > room) return false;
  const y = box.y + box.h / 2 + size * 0.36;
  /** Lines stop at the text. @param {string} text @param {number} size @param {number} weight */
  const say = (text, size, weight) => {
    const each = measure(text, size, weight);
    list.push({ k: "rect", x: x - 2, y: box.y + 1, w: each + 4, h: box.h - 2, r: 1, fill: behind });
    list.push({ k: "text", x, y, text, size, weight, fill: wrong ? "bad" : "ink" });
    x += each;
  };
  say(id, size, 650);
  if (size < 10) return true;
  x += 5;
  const after = gap?.began ? `after ${span(gap.part.to - gap.part.from)}` : "";
  const epoch = info.epoch && band.epoch > 0 ? `${info.epoch} ${band.epoch}` : "";
  for (const text of [after, epoch]) {
    if (text === "" || x + measure(text, 10.5) > room) continue;
    say(text, 10.5, 400);
    x += 7;
  }
  return true;
}

/** Where the futures in the first two rows part. @param {ReturnType<typeof bandsLayout>} layout @param {number} at @returns {Item[]} */
export function parting({ axis, rows, height }, at) {
  if (at < axis.from || at > axis.to) return [];
  const x = xOf(axis, at);
  return [
    { k: "curve", curve: { k: "line", x0: x, y0: rows[0] - 3, x1: x, y1: height - AXIS }, stroke: "bad", width: 1.5, dash: [4, 3] },
    { k: "diamond", x, y: (rows[0] + ROW + rows[1]) / 2, r: 4.5, fill: "bad", stroke: "card", width: 1.25 },
  ];
}

/** The playhead, below the names of the actions. @param {ReturnType<typeof bandsLayout>} layout @param {number} now @returns {Item[]} */
export function playhead({ axis, top, height }, now) {
  const x = Math.min(Math.max(xOf(axis, now), axis.x0), axis.x1);
  return [
    { k: "curve", curve: { k: "line", x0: x, y0: top, x1: x, y1: height - AXIS + 2 }, stroke: "ink", width: 1.5 },
    { k: "arrow", x, y: height - AXIS - 1, r: 6, angle: -Math.PI / 2, fill: "ink" },
  ];
}
