// A list that a service keeps for its clients: its rows in order, each draining while its owner is silent, and who
// waits for which.

import { clamp } from "./geometry.js";
import { entryWord, panelWords, watchers } from "./queue.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("../frame.js").LaneFrame} LaneFrame */

/** With more rows than this they are too narrow for their owners' names. */
export const LARGE = 12;
/** In as many columns stand the rows of a list that has more than one line. */
export const COLUMNS = 25;
const SIZE = 11.5;
/** From one line of words to the next. */
const STEP = 13.5;
/** The least height that is left to the clients. */
const CLIENTS = 72;

/**
 * @typedef {object} Layout Where the rows of a list stand.
 * @property {number} left
 * @property {number} pitch
 * @property {number} columns
 * @property {number} lines
 * @property {number} wide The width of a row.
 * @property {number} tall
 * @property {boolean} large Whether there is room for the names of the owners.
 * @property {number} top
 * @property {number} said How many lines of words it has room for.
 * @property {number} floor The panel's lower edge.
 */

/**
 * @param {number} left @param {number} right
 * @param {number} count How many columns are needed, if there is one line.
 * @param {number} h
 * @returns {Layout}
 */
export function layout(left, right, count, h) {
  const columns = Math.max(1, Math.min(COLUMNS, count));
  const lines = Math.ceil(Math.max(1, count) / COLUMNS);
  const pitch = Math.min(76, (right - left) / columns);
  const start = (left + right - pitch * columns) / 2;
  const large = count <= LARGE && pitch >= 28;
  const more = Math.max(0, h - 210) * 0.3;
  if (large) {
    const top = h < 200 ? 35 : 40;
    const tall = h < 200 ? 26 : 36 + Math.min(30, more);
    // The clients below need their room.
    const said = clamp(Math.floor((h - CLIENTS - top - tall - 16) / STEP), 1, 3);
    return { left: start, pitch, columns, lines, large, wide: Math.min(44, pitch - (pitch < 44 ? 5 : 8)), tall, top, said, floor: top + tall + 22 + said * STEP };
  }
  const tall = lines === 1 ? (h < 200 ? 24 : 34 + Math.min(30, more)) : clamp((h * 0.3 + more) / lines - 3, 5, 16);
  const named = lines === 1 ? 14 : 0;
  const bottom = 30 + lines * (tall + 3) + named;
  const said = clamp(Math.floor((h - CLIENTS - bottom) / STEP), 1, 3);
  return { left: start, pitch, columns, lines, large, wide: Math.max(2, pitch - 2.5), tall, top: 30, said, floor: bottom + 6 + said * STEP };
}

/** The middle of a column. @param {Layout} layout @param {number} i */
export const middleOf = ({ left, pitch, columns }, i) => left + pitch * ((i % columns) + 0.5);

/**
 * @param {Item[]} back
 * @param {LaneFrame} lane
 * @param {{index: number, info: import("../engine.js").Algorithm["panels"][number], all: Entry[], up: boolean}} panel
 * @param {Layout} layout
 * @param {[number, number]} between The panel's edges.
 * @param {import("./items.js").Measure} measure
 */
export function panel(back, lane, { index, info, all, up }, layout, [left, right], measure) {
  const middle = (left + right) / 2;
  const text = (/** @type {string} */ it, /** @type {number} */ x, /** @type {number} */ y, /** @type {Partial<import("./items.js").TextItem>} */ more) => {
    const size = [SIZE, 10, 9].find((size) => measure(it, size, more.weight) <= right - left - 8) ?? 9;
    back.push({ k: "text", x, y, text: it, size, align: "center", ...more });
  };
  const title = all.length > COLUMNS ? `${info.title} of ${all.length}, read like a text` : !layout.large ? `${info.title} of ${all.length}, the first at the left` : `${info.title}: the first leads`;
  back.push({ k: "text", x: left + 6, y: 19, text: title, size: SIZE, fill: "mute" });
  if (all.length === 0) {
    if (up) text("empty", middle, layout.top + layout.tall / 2 + 4, { fill: "mute" });
    return;
  }
  const letters = Math.max(...all.map((it) => it.owner?.label.length ?? 1));
  all.forEach((entry, i) => row(back, layout, entry, i, up, letters, measure));
  if (layout.large) arrows(back, lane, index, all, layout);
  else marks(back, lane, index, all, layout, measure);
  // The words stand below the rows and, where rows have them, below theirs.
  panelWords(lane, index, all, layout.said).forEach(({ text: it, fill }, i, { length }) => {
    text(it, middle, layout.floor - 6 - (length - 1 - i) * STEP, { fill, weight: fill === "mute" ? 400 : 650 });
  });
}

/**
 * A row: as full as its session, with its owner's name.
 *
 * @param {Item[]} back @param {Layout} layout @param {Entry} entry @param {number} i @param {boolean} up
 * @param {number} letters Those of the longest name.
 * @param {import("./items.js").Measure} measure
 */
function row(back, layout, entry, i, up, letters, measure) {
  const { wide, tall } = layout;
  const { large } = layout;
  const x = middleOf(layout, i) - wide / 2;
  const y = layout.top + Math.floor(i / layout.columns) * (tall + 3);
  const first = i === 0;
  const r = large ? 5 : 1.5;
  back.push({ k: "rect", x, y, w: wide, h: tall, r, fill: "card" });
  if (up && entry.ends >= 0) {
    const full = (tall - 2) * entry.left;
    back.push({ k: "rect", x: x + 1, y: y + tall - 1 - full, w: wide - 2, h: full, r: r - 0.5, fill: entry.silent ? "candle" : "lead2" });
    if (entry.left < 0.98) {
      const level = y + tall - 1 - full;
      back.push({ k: "curve", curve: { k: "line", x0: x + 2, y0: level, x1: x + wide - 2, y1: level }, stroke: entry.silent ? "candidate" : "follower", width: 0.75 });
    }
  }
  back.push({
    k: "rect", x, y, w: wide, h: tall, r, stroke: first && up ? "leader" : entry.silent ? "candidate" : "follower",
    width: first ? 2 : large ? 1.25 : 0.75, dash: up ? undefined : [3, 3],
  });
  const middle = x + wide / 2;
  const name = entry.owner?.label ?? "?";
  const size = Math.min(14, (wide - 4) / (letters * 0.62));
  if (size >= 9 && tall > 20) back.push({ k: "text", x: middle, y: y + tall / 2 + size * 0.36, text: name, size, weight: 650, fill: up ? "ink" : "mute", align: "center" });
  if (!large) return;
  const word = entryWord(entry);
  const weight = entry.silent ? 650 : 400;
  const fits = [SIZE, 10, 9].find((it) => measure(word, it, weight) <= layout.pitch - 2);
  if (up && word && fits) back.push({ k: "text", x: middle, y: y + tall + 14, text: word, size: fits, weight, fill: entry.silent ? "warn" : "mute", align: "center" });
}

/**
 * Of many rows: the owners that are silent, and marks below those who wait for the first one.
 *
 * @param {Item[]} back @param {LaneFrame} lane @param {number} index @param {Entry[]} all @param {Layout} layout
 * @param {import("./items.js").Measure} measure
 */
function marks(back, lane, index, all, layout, measure) {
  const bottom = (/** @type {number} */ i) => layout.top + Math.floor(i / layout.columns) * (layout.tall + 3) + layout.tall;
  let free = layout.left - 4;
  all.forEach((entry, i) => {
    if (!entry.silent || layout.lines > 1) return;
    const text = `${entry.owner?.label ?? "?"}: ${entryWord(entry)}`;
    const wide = measure(text, 10, 650);
    const x = Math.max(free + 6, Math.min(middleOf(layout, i) - wide / 2, layout.left + layout.pitch * layout.columns - wide));
    if (x + wide > layout.left + layout.pitch * layout.columns + 4) return;
    back.push({ k: "text", x, y: bottom(i) + 12, text, size: 10, weight: 650, fill: "warn" });
    free = x + wide;
  });
  const waiting = new Set(watchers(lane, index, all[0]));
  if (waiting.size > 1) return;
  all.forEach(({ row: { owner } }, i) => {
    if (i > 0 && waiting.has(owner) && bottom(i) + 4 > free) back.push({ k: "arrow", x: middleOf(layout, i), y: bottom(i) + 1, r: 3.5, angle: -Math.PI / 2, fill: "leader" });
  });
}

/**
 * Arrows from each owner's row to the row that it waits for; an eye if it waits for any change.
 *
 * @param {Item[]} back @param {LaneFrame} lane @param {number} index @param {Entry[]} all @param {Layout} layout
 */
function arrows(back, lane, index, all, layout) {
  const column = new Map(all.map(({ row: { key } }, i) => [key, i]));
  const own = new Map(all.map(({ row: { owner } }, i) => [owner, i]));
  const y = layout.top;
  for (const arrow of lane.arrows) {
    const from = arrow.panel === index ? own.get(arrow.from) : undefined;
    if (from === undefined) continue;
    const x0 = middleOf(layout, from);
    if (arrow.to < 0) {
      eye(back, x0, y - 6, 5);
      continue;
    }
    const to = column.get(arrow.to);
    if (to === undefined) continue;
    // Up from the middle of one row, down onto the nearer half of the other.
    const x1 = middleOf(layout, to) + Math.sign(from - to) * layout.wide * 0.22;
    const rise = Math.min(30, 18 + Math.abs(x0 - x1) * 0.04);
    back.push({ k: "curve", curve: { k: "quad", x0, y0: y, cx: (x0 + x1) / 2, cy: y - rise, x1, y1: y - 2 }, stroke: "mute", width: 1.25 });
    back.push({ k: "arrow", x: x1, y: y - 3, r: 4, angle: Math.atan2(rise - 2, (x1 - x0) / 2), fill: "mute" });
  }
}

/** @param {Item[]} back @param {number} x @param {number} y @param {number} r */
function eye(back, x, y, r) {
  for (const lid of [-1, 1]) {
    back.push({ k: "curve", curve: { k: "quad", x0: x - r, y0: y, cx: x, cy: y + lid * r * 1.2, x1: x + r, y1: y }, stroke: "mute", width: 1 });
  }
  back.push({ k: "circle", x, y, r: r * 0.32, fill: "mute" });
}
