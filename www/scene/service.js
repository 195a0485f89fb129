// A coordination service above its clients: the lists it keeps, and each client below its own row, tied to it by the
// line of its session.

import { linked } from "./ballot.js";
import { clamp } from "./geometry.js";
import { fewest, readableRadius } from "./nodes.js";
import { COLUMNS, LARGE, layout, middleOf, panel } from "./panel.js";
import { entries, outage, watchers } from "./queue.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./lane.js").Spot} Spot */
/** @typedef {import("./panel.js").Layout} Layout */
/** @typedef {import("./queue.js").Entry} Entry */

const MARGIN = 8;
const TOP = 4;

/** @type {import("./lane.js").Arrange} */
export function service(box, info, options) {
  const { lane, w } = box;
  const n = lane.members;
  const up = outage(lane) !== "down";
  const wide = (w - 2 * MARGIN) / Math.max(1, info.panels.length);
  const lists = info.panels.map((it, index) => ({ index, info: it, all: entries(lane, index, options.now), up }));
  const first = lists[0]?.all ?? [];
  const columns = standing(first, n);
  const places = lists.map(({ all }, i) => layout(MARGIN + i * wide, MARGIN + (i + 1) * wide, i === 0 ? columns.count : all.length, box.h));
  // With several lists side by side, clients do not fit below the first.
  const below = lists.length === 1 ? places[0] : layout(MARGIN, w - MARGIN, columns.count, box.h);
  const floor = Math.max(...places.map((it) => it.floor), below.floor);
  const at = clients(box, below, columns, floor);
  // The service's own nodes stand in the panel's upper right corner.
  for (let i = 0; i < lane.services; i++) {
    const x = w - MARGIN - 14 - 24 * (lane.services - 1 - i);
    at.push({ x, y: TOP + 14, r: 8.5, lx: x, ly: TOP + 37, align: "center", square: true, out: [-1, 0] });
  }
  if (below.large) saying(at, lane, first, lists[0]?.index ?? 0);
  /** @type {Item[]} */
  const back = [{
    k: "rect", x: MARGIN - 4, y: TOP, w: w - 2 * MARGIN + 8, h: floor - TOP, r: 9, fill: up ? "soft" : "card",
    stroke: up ? undefined : "follower", width: 1, dash: up ? undefined : [3, 3],
  }];
  sessions(lane, at, floor, up, back);
  lists.forEach((it, i) => panel(back, lane, it, places[i], [MARGIN + i * wide, MARGIN + (i + 1) * wide], options.measure));
  const { r } = at[0] ?? { r: 8 };
  const down = Math.max(1.5, r * 0.2);
  return {
    at,
    path(from, to) {
      const [out, back] = [from < n, to < n];
      if (out && !back) return { k: "line", x0: at[from].x - down, y0: at[from].y, x1: at[from].x - down, y1: floor - r };
      if (!out && back) return { k: "line", x0: at[to].x + down, y0: floor - r, x1: at[to].x + down, y1: at[to].y };
      if (!out) return { k: "line", x0: at[from].x, y0: at[from].y, x1: at[to].x, y1: at[to].y };
      const [p, q] = [at[from], at[to]];
      return { k: "quad", x0: p.x, y0: p.y, cx: (p.x + q.x) / 2, cy: 2 * floor + 12 - Math.min(p.y, q.y), x1: q.x, y1: q.y };
    },
    links: at.slice(0, n).flatMap((_, i) => Array.from({ length: lane.services }, (_, s) => /** @type {[number, number]} */ ([i, n + s]))),
    back,
    full: [MARGIN, TOP, w - 2 * MARGIN, floor - TOP - 3],
    split: (side) => cuts(side, lane, at, columns.column, floor),
  };
}

/**
 * In which column each client stands: below its newest row, or after all rows if it has none.
 *
 * @param {Entry[]} all @param {number} members
 */
function standing(all, members) {
  /** @type {number[]} */
  const column = [];
  all.forEach(({ row }, i) => (column[row.owner] = i));
  let count = all.length;
  for (let place = 0; place < members; place++) column[place] ??= count++;
  return { column, count };
}

/**
 * @param {import("./lane.js").Box} box @param {Layout} layout @param {{column: number[], count: number}} columns
 * @param {number} floor
 * @returns {Spot[]}
 */
function clients(box, layout, { column, count }, floor) {
  const { lane, h } = box;
  const { pitch } = layout;
  const dense = !layout.large;
  const space = h - floor - (dense ? 18 : 42);
  if (count > COLUMNS) {
    // In the lines of their rows.
    const step = clamp(Math.min(pitch, space / layout.lines), 3, 16);
    const r = Math.max(1.5, step / 2 - 0.6);
    return Array.from({ length: lane.members }, (_, i) => {
      const [x, y] = [middleOf(layout, column[i]), floor + 14 + step * (Math.floor(column[i] / layout.columns) + 0.5)];
      return { x, y, r, lx: x, ly: y + r + 10, align: "center", room: step - 2 * r, dense: true, out: [0, 1], across: true, says: [] };
    });
  }
  // Many clients stand in several staggered rows, so that their ids are legible.
  const radius = (/** @type {number} */ rows) => (rows === 1 ? Math.min(17, pitch * 0.36, space / 2) : Math.min(pitch * rows * 0.455, space / rows / 2 - 0.5));
  const rows = fewest(10, readableRadius(box), radius);
  // In staggered rows, no larger than their ids need.
  const r = Math.max(1.8, Math.min(rows > 1 ? readableRadius(box) + 1 : 17, radius(rows)));
  const tall = 2 * r + 1;
  const room = rows > 1 ? Math.max(1, Math.min(pitch * rows, Math.hypot(pitch, tall)) - 2 * r) : pitch - 2 * r;
  const low = h - (dense ? 14 : 27) - r - (rows - 1) * tall;
  return Array.from({ length: lane.members }, (_, i) => {
    const [x, y] = [middleOf(layout, column[i]), low + (column[i] % rows) * tall];
    return { x, y, r, lx: x, ly: y + r + (dense ? 11 : 14), align: "center", room, dense, most: dense ? undefined : pitch + 4, out: [0, 1] };
  });
}

/** What each client says. @param {Spot[]} at @param {import("../frame.js").LaneFrame} lane @param {Entry[]} all @param {number} index */
function saying(at, lane, all, index) {
  const waiting = new Set(all.length > 0 ? watchers(lane, index, all[0]) : []);
  const has = new Map(all.map((it) => [it.row.owner, it]));
  const heard = linked(lane);
  for (const node of lane.nodes.slice(0, lane.members)) {
    const entry = has.get(node.place);
    const spot = at[node.place];
    if (!node.up || node.paused) spot.says = undefined;
    else if (lane.services > 0 && !heard(node.place, lane.members)) spot.says = node.leads ? ["leads, cut off", "leads"] : ["cut off"];
    else if (node.leads) spot.says = lane.truth === node.place ? ["leads"] : ["believes it leads", "believes"];
    else if (!entry) spot.says = ["joins"];
    else if (entry === all[0]) spot.says = ["first"];
    else spot.says = [waiting.size === 1 && waiting.has(node.place) ? "next" : "waits"];
  }
}

/**
 * A line for each client: with a session it is drawn through, without one dotted. While the service is down, it is
 * unknown which sessions will survive.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {Spot[]} at
 * @param {number} floor
 * @param {boolean} up
 * @param {Item[]} back
 */
function sessions(lane, at, floor, up, back) {
  const alive = new Set(lane.bonds.flat());
  const heard = linked(lane);
  const lines = lane.members <= COLUMNS;
  for (let i = 0; i < lane.members; i++) {
    const node = lane.nodes[i];
    const far = lane.services > 0 && !heard(i, lane.members);
    const quiet = !alive.has(i) || !node.up || far;
    // Of very many, only those that run out are tied to their row.
    if (!lines && !(quiet && alive.has(i))) continue;
    /** @type {import("./geometry.js").Curve} */
    const curve = { k: "line", x0: at[i].x, y0: at[i].y, x1: at[i].x, y1: floor };
    const stroke = !up ? "faint" : quiet ? "line" : "follower";
    back.push({ k: "curve", curve, stroke, width: lane.members > LARGE ? 0.75 : 1.25, dash: quiet || !up ? [2, 3] : undefined });
  }
}

/**
 * A cross on the line of each client that the service does not hear; between few clients on different sides, a border.
 *
 * @param {number[]} side @param {import("../frame.js").LaneFrame} lane @param {Spot[]} at @param {number[]} column @param {number} floor
 */
function cuts(side, lane, at, column, floor) {
  const n = lane.members;
  /** @type {Item[]} */
  const items = [];
  if (lane.services === 0) {
    const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => column[a] - column[b]);
    order.forEach((place, i) => {
      const next = order[i + 1];
      if (n > LARGE || next === undefined || side[place] === side[next]) return;
      const x = (at[place].x + at[next].x) / 2;
      items.push({ k: "curve", curve: { k: "line", x0: x, y0: floor + 8, x1: x, y1: at[place].y + at[place].r + 18 }, stroke: "bad", width: 1.5, dash: [4, 4] });
    });
    return items;
  }
  for (let i = 0; i < n; i++) {
    if (side[i] === side[n]) continue;
    const y = floor + Math.min(12, (at[i].y - at[i].r - floor) / 2);
    items.push({ k: "cross", x: at[i].x, y, r: clamp(at[i].r * 0.5, 2, 4.5), stroke: "bad", width: n > LARGE ? 1.25 : 1.75 });
  }
  return items;
}
