// A coordination service above its clients: the lists it keeps, who waits for what, and a line for each session.

import { clamp } from "./geometry.js";
import { fewest, readableRadius } from "./nodes.js";
import { panel } from "./panel.js";

const MARGIN = 8;
const TOP = 6;
const PANEL = 84;

/** @type {import("./lane.js").Arrange} */
export function service(box, info, now) {
  const { lane, w, h } = box;
  const n = lane.members;
  const gap = (w - 2 * MARGIN) / Math.max(1, n);
  const floor = TOP + PANEL;
  // Many clients stand in several staggered rows, so that their ids are legible.
  const low = h - 16;
  const radius = (/** @type {number} */ rows) => Math.min(17, rows === 1 ? gap * 0.36 : Math.min(gap * rows * 0.455, (low - floor - 20) / rows / 2 - 0.5));
  const rows = fewest(10, readableRadius(box), radius);
  const many = rows > 1;
  const r = Math.max(1.8, radius(rows));
  const tall = 2 * r + 1;
  const row = many ? Math.min(low - r - (rows - 1) * tall, h * 0.7) : Math.min(h - 50, h * 0.74);
  const room = many ? Math.max(1, Math.min(gap * rows, Math.hypot(gap, tall)) - 2 * r) : gap - 2 * r;
  /** @type {import("./lane.js").Spot[]} */
  const at = Array.from({ length: n }, (_, i) => {
    const x = many
      ? MARGIN + r + ((w - 2 * MARGIN - 2 * r) * i) / Math.max(1, n - 1)
      : MARGIN + gap * (i + 0.5);
    const y = row + (i % rows) * tall;
    return { x, y, r, lx: x, ly: y + r + (many ? 11 : 16), align: "center", room, dense: many, most: many ? undefined : gap - 2, out: [0, 1] };
  });
  // The service's own nodes stand in the panel's upper right corner.
  for (let i = 0; i < lane.services; i++) {
    const x = w - MARGIN - 17 - 26 * (lane.services - 1 - i);
    at.push({ x, y: TOP + 12.5, r: 8.5, lx: x, ly: TOP + 37, align: "center", square: true, out: [-1, 0] });
  }
  const own = lane.nodes.slice(n);
  const up = own.length === 0 || own.some((node) => node.up);
  /** @type {import("./items.js").Item[]} */
  const back = [{
    k: "rect", x: MARGIN - 4, y: TOP, w: w - 2 * MARGIN + 8, h: PANEL, r: 9, fill: up ? "soft" : "card",
    stroke: up ? undefined : "follower", width: 1, dash: up ? undefined : [3, 3],
  }];
  const state = !up ? "service down" : own.length > 0 && own.every((node) => node.paused || !node.up) ? "service paused" : "";
  if (state) back.push({ k: "text", x: w / 2, y: TOP + 17, text: state, size: 10, weight: 650, fill: "bad", align: "center" });
  sessions(lane, at, floor, up, back);
  const wide = (w - 2 * MARGIN) / Math.max(1, info.panels.length);
  info.panels.forEach((it, i) => {
    const left = MARGIN + i * wide;
    back.push({ k: "text", x: left + 6, y: TOP + 17, text: it.title, size: 10, fill: "mute" });
    panel(lane, i, it, { left: left + 4, right: left + wide - 4, top: TOP + 29, bottom: floor - 3 }, up, now, back);
  });
  const down = Math.max(1.5, r * 0.2);
  return {
    at,
    path(from, to) {
      const [out, back] = [from < n, to < n];
      if (out && !back) return { k: "line", x0: at[from].x - down, y0: at[from].y, x1: at[from].x - down, y1: floor - r };
      if (!out && back) return { k: "line", x0: at[to].x + down, y0: floor - r, x1: at[to].x + down, y1: at[to].y };
      if (!out) return { k: "line", x0: at[from].x, y0: at[from].y, x1: at[to].x, y1: at[to].y };
      const [p, q] = [at[from], at[to]];
      return { k: "quad", x0: p.x, y0: p.y, cx: (p.x + q.x) / 2, cy: Math.min(p.y, q.y) - 40, x1: q.x, y1: q.y };
    },
    links: at.slice(0, n).flatMap((_, i) => Array.from({ length: lane.services }, (_, s) => /** @type {[number, number]} */ ([i, n + s]))),
    back,
    full: [MARGIN, TOP + 26, w - 2 * MARGIN, 40],
    split(side) {
      /** @type {import("./items.js").Item[]} */
      const items = [];
      for (let i = 0; i < n; i++) {
        if (i + 1 < n && side[i] !== side[i + 1] && !many) {
          const x = (at[i].x + at[i + 1].x) / 2;
          const curve = /** @type {const} */ ({ k: "line", x0: x, y0: floor + 8, x1: x, y1: row + r + 18 });
          items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [2, 5] });
        }
        if (lane.services > 0 && side[i] !== side[n]) {
          items.push({ k: "cross", x: at[i].x, y: floor + Math.min(14, (row - r - floor) / 3), r: clamp(r, 2, 4.5), stroke: "bad", width: many ? 1.25 : 1.75 });
        }
      }
      return items;
    },
  };
}

/**
 * A line for each live session. While the service is down, it is unknown which sessions will survive.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {import("./lane.js").Spot[]} at
 * @param {number} floor
 * @param {boolean} up
 * @param {import("./items.js").Item[]} back
 */
function sessions(lane, at, floor, up, back) {
  const alive = new Set(lane.bonds.flat());
  const many = lane.members > 12;
  for (let i = 0; i < lane.members; i++) {
    const has = alive.has(i);
    /** @type {import("./geometry.js").Curve} */
    const curve = { k: "line", x0: at[i].x, y0: at[i].y, x1: at[i].x, y1: floor };
    /** @type {Partial<import("./items.js").CurveItem>} */
    const look = !up ? { stroke: "faint", width: 1 } : has ? { stroke: "follower", width: 1.25 } : { stroke: "line", width: 1, dash: [2, 4] };
    if (many) Object.assign(look, { width: lane.members > 40 ? 0.5 : 0.75, alpha: has || !up ? 0.6 : 0.9 });
    back.push({ k: "curve", curve, ...look });
  }
}
