// Members on a circle, for the ring and the mesh.

import { clamp } from "./geometry.js";
import { readableRadius } from "./nodes.js";

/** With this many members or more, only those in an unusual state have a label. */
export const DENSE = 13;
/** Half the length of a tick, in pixels. */
const TICK = 6;

/**
 * Arranges the members on a circle, clockwise from the top.
 *
 * @param {import("./lane.js").Box} box
 * @param {number[]} order
 * @param {boolean} [ticks] Whether members are ticks if there are too many for legible ids.
 */
export function circle(box, order, ticks = false) {
  const { w, h } = box;
  const n = order.length;
  const [x, y] = [w / 2, h / 2 - 1];
  const dense = n >= DENSE;
  const ids = readableRadius(box);
  // With many members, ids go inside the nodes, so the circle may extend to the edge.
  const edge = Math.min(w / 2 - 10, h / 2 - 14);
  const wide = (0.86 * Math.PI * edge) / n / (1 + (0.86 * Math.PI) / n);
  const inside = dense && wide >= ids;
  const asTicks = ticks && dense && !inside;
  // Otherwise there must be room for labels above the highest node and below the lowest.
  const outer = inside ? edge : Math.max(24, Math.min(w / 2 - 30, h / 2 - 21));
  const r = inside ? Math.min(14, wide) : clamp(Math.min((outer * Math.PI * 0.62) / n, outer * 0.21), 2.5, outer > 130 ? 21 : 17);
  const radius = Math.max(20, outer - (asTicks ? TICK : r));
  const room = dense ? Math.max(1, (2 * Math.PI * radius) / n - 2 * r) : undefined;
  const angle = (/** @type {number} */ i) => -Math.PI / 2 + (i * 2 * Math.PI) / n;
  const width = clamp((2 * Math.PI * radius * 0.62) / n, 1.5, 7);
  /** @type {import("./lane.js").Spot[]} */
  const at = [];
  order.forEach((place, i) => {
    const [c, s] = [Math.cos(angle(i)), Math.sin(angle(i))];
    const [px, py] = [x + radius * c, y + radius * s];
    at[place] = {
      x: px, y: py, r, lx: px, ly: s < -0.6 ? py - r - 7 : py + r + 16, align: "center",
      room, dense, out: inside ? [-c, -s] : [c, s],
    };
    if (dense) {
      const away = inside ? -(r + 11) : (asTicks ? TICK : r) + 9;
      at[place].lx = x + (radius + away) * c;
      at[place].ly = y + (radius + away) * s + 3;
    }
    if (asTicks) Object.assign(at[place], { tick: { dx: TICK * c, dy: TICK * s, width }, guide: i % Math.ceil(n / 4) === 0 });
  });
  return { at, x, y, radius, r: asTicks ? TICK : r, dense, angle };
}

/**
 * Lines between neighbours on different sides: one across the circle if there are two sides, otherwise from its centre.
 *
 * @param {number[]} order
 * @param {number[]} side
 * @param {number} x @param {number} y @param {number} radius
 * @param {(i: number) => number} angle
 * @param {number} [r] The radius of the members.
 * @returns {import("./items.js").Item[]}
 */
export function wedges(order, side, x, y, radius, angle, r = 17) {
  const n = order.length;
  const ends = order.flatMap((place, i) => (n < 2 || side[place] === side[order[(i + 1) % n]] ? [] : [angle(i + 0.5)]));
  const point = (/** @type {number} */ a, /** @type {number} */ far) => /** @type {[number, number]} */ ([x + Math.cos(a) * far, y + Math.sin(a) * far]);
  const line = (/** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ x1, /** @type {number} */ y1) => (
    /** @type {import("./items.js").Item} */ ({ k: "curve", curve: { k: "line", x0, y0, x1, y1 }, stroke: "bad", width: 1.5, dash: [4, 4] }));
  if (ends.length !== 2) return ends.map((a) => line(x, y, ...point(a, radius + 22)));
  const half = (ends[1] - ends[0]) / 2;
  const [[ax, ay], [bx, by]] = ends.map((a) => point(a, radius));
  const depth = radius * (1 - Math.abs(Math.cos(half)));
  if (depth > r + 12) {
    const [dx, dy] = [(bx - ax) * (20 / Math.hypot(bx - ax, by - ay)), (by - ay) * (20 / Math.hypot(bx - ax, by - ay))];
    return [line(ax - dx, ay - dy, bx + dx, by + dy)];
  }
  // So small a side is fenced in.
  const [inner, outer] = [Math.max(0, radius - r - 30), radius + r + 8];
  return [
    ...ends.map((a) => line(...point(a, inner), ...point(a, outer))),
    line(...point(ends[0], inner), ...point(ends[1], inner)),
  ];
}
