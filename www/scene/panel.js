// A list that a service keeps for its clients: its rows in order, when they expire, and who waits for which.

import { clamp } from "./geometry.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Room */

/** The layout of the entries: one line with their keys, or several lines of smaller ones. @param {Room} room
 * @param {number} count @param {number} letters Those of the longest name. */
function grid({ left, right, top, bottom }, count, letters) {
  const wide = right - left;
  const gap = wide / Math.max(1, count) < 34 ? 5 : 11;
  const large = Math.min(Math.max(44, letters * 7.2 + 3), (wide + gap) / Math.max(1, count) - gap);
  if (large >= Math.max(17, letters * 7.2 + 3)) return { columns: count, lines: 1, gap, cell: large, tall: 31, down: 0, left, top: top + 2 };
  const tall = 15;
  const lines = 2;
  const least = letters * 6 + 2;
  const columns = Math.max(3, Math.min(Math.ceil(count / lines), Math.floor((wide + 3.5) / (least + 3.5))));
  const cell = Math.min(Math.max(30, least), (wide + 3.5) / columns - 3.5);
  return { columns, lines, gap: 3.5, cell, tall, down: (bottom - 6 - top) / lines, left, top };
}

/**
 * @param {import("../frame.js").LaneFrame} lane
 * @param {number} index The index of the panel.
 * @param {import("../engine.js").Algorithm["panels"][number]} info
 * @param {Room} room
 * @param {boolean} up
 * @param {number} now
 * @param {Item[]} back
 */
export function panel(lane, index, info, room, up, now, back) {
  const alpha = up ? undefined : 0.6;
  const rows = lane.rows.filter((it) => it.panel === index).sort((a, b) => a.key - b.key);
  if (rows.length === 0) {
    if (up) back.push({ k: "text", x: (room.left + room.right) / 2, y: room.top + 21, text: "empty", size: 11, fill: "mute", align: "center" });
    return;
  }
  const owner = (/** @type {import("../frame.js").Row} */ row) => lane.nodes[row.owner]?.label ?? "?";
  const letters = Math.max(...rows.map((it) => owner(it).length));
  const { columns, lines, gap, cell, tall, down, left, top } = grid(room, rows.length, letters);
  const cells = columns * lines;
  // If there are too many: the first ones, the number left out, and the last.
  const shown = rows.length <= cells ? rows : [...rows.slice(0, cells - 2), rows[rows.length - 1]];
  /** The positions of the rows, by key. @type {Map<number, {x: number, y: number}>} */
  const spots = new Map();
  shown.forEach((row, k) => {
    const i = shown.length < rows.length && k === shown.length - 1 ? cells - 1 : k;
    const x = left + (i % columns) * (cell + gap);
    const y = top + Math.floor(i / columns) * down;
    spots.set(row.key, { x, y });
    const first = k === 0;
    back.push({
      k: "rect", x, y, w: cell, h: tall, r: lines > 1 ? 4 : 6, fill: "card", stroke: first && up ? "leader" : "follower",
      width: first ? 2 : lines > 1 ? 1 : 1.25, alpha,
    });
    if (up && row.due >= 0 && row.of > 0) ending(row, now, x, y + tall, cell, back);
    const middle = x + cell / 2;
    const fill = up ? "ink" : "mute";
    if (lines > 1) {
      back.push({ k: "text", x: middle, y: y + 10.8, text: owner(row), size: Math.min(8.5, (cell - 2) / (letters * 0.62)), weight: 650, fill, align: "center" });
      return;
    }
    const size = Math.min(12, (cell - 3) / (letters * 0.7));
    back.push({ k: "text", x: middle, y: y + 14, text: owner(row), size, weight: 650, fill, align: "center" });
    const key = String(row.key).padStart(2, "0");
    back.push({ k: "text", x: middle, y: y + 25.5, text: cell < 26 ? key : `${info.prefix}${key}`, size: 9, fill: "mute", align: "center" });
  });
  if (shown.length < rows.length) {
    const x = left + ((cells - 2) % columns) * (cell + gap) + cell / 2;
    back.push({ k: "text", x, y: top + (lines - 1) * down + 10.5, text: `+${rows.length - shown.length}`, size: 8, fill: "mute", align: "center" });
  }
  arrows(lane, index, rows, spots, cell, tall, lines > 1, alpha, back);
}

/**
 * A bar along a row's lower edge shows the time left, once half of it is over.
 *
 * @param {import("../frame.js").Row} row @param {number} now @param {number} x @param {number} y @param {number} cell
 * @param {Item[]} back
 */
function ending(row, now, x, y, cell, back) {
  const left = clamp((row.due - now) / row.of, 0, 1);
  if (left < 0.5) back.push({ k: "rect", x: x + 3, y: y - 3, w: (cell - 6) * left, h: 2, r: 1, fill: "bad" });
}

/**
 * Arrows from each owner's row to the row that it waits for; an eye if it waits for any change.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {number} index
 * @param {import("../frame.js").Row[]} rows
 * @param {Map<number, {x: number, y: number}>} spots
 * @param {number} cell @param {number} tall @param {boolean} small @param {number | undefined} alpha
 * @param {Item[]} back
 */
function arrows(lane, index, rows, spots, cell, tall, small, alpha, back) {
  const own = new Map(rows.map((row) => [row.owner, row.key]));
  for (const arrow of lane.arrows.filter((it) => it.panel === index)) {
    const from = spots.get(own.get(arrow.from) ?? -1);
    if (from === undefined) continue;
    if (arrow.to < 0) {
      eye(back, from.x + cell / 2, from.y - (small ? 3.5 : 6), small ? 3.5 : 5, alpha);
      continue;
    }
    const to = spots.get(arrow.to);
    if (to === undefined) continue;
    const [x0, x1, y0, y1] = [from.x + cell * 0.3, to.x + cell * 0.7, from.y + tall, to.y + tall];
    const dip = small ? Math.min(6, 4 + Math.abs(x0 - x1) * 0.03) : Math.min(16, 7 + Math.abs(x0 - x1) * 0.08);
    const width = small ? 0.9 : 1.25;
    if (y0 !== y1) {
      // From one line of rows to the line above.
      back.push({ k: "curve", curve: { k: "line", x0, y0: from.y, x1, y1: y1 + 2 }, stroke: "mute", width: 0.75, alpha: 0.5 });
      back.push({ k: "arrow", x: x1, y: y1 + 2, r: 2.75, angle: -Math.PI / 2, fill: "mute", alpha });
      continue;
    }
    back.push({ k: "curve", curve: { k: "quad", x0, y0, cx: (x0 + x1) / 2, cy: y0 + 2 * dip, x1, y1: y1 + 2 }, stroke: "mute", width, alpha });
    back.push({ k: "arrow", x: x1, y: y1 + (small ? 1.5 : 1), r: small ? 2.75 : 4, angle: -Math.PI / 2 - (x1 < x0 ? 0.45 : -0.45), fill: "mute", alpha });
  }
}

/** @param {Item[]} back @param {number} x @param {number} y @param {number} r @param {number | undefined} alpha */
function eye(back, x, y, r, alpha) {
  for (const lid of [-1, 1]) {
    back.push({ k: "curve", curve: { k: "quad", x0: x - r, y0: y, cx: x, cy: y + lid * r * 1.2, x1: x + r, y1: y }, stroke: "mute", width: 1, alpha });
  }
  back.push({ k: "circle", x, y, r: r * 0.32, fill: "mute", alpha });
}
