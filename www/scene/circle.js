// Members on a circle, for the ring and the mesh.

import { clamp } from "./geometry.js";
import { readableRadius } from "./nodes.js";

/** With this many members or more, only those in an unusual state have a label. */
export const DENSE = 13;

/**
 * Arranges the members on a circle, clockwise from the top.
 *
 * @param {import("./lane.js").Box} box
 * @param {number[]} order
 */
export function circle(box, order) {
  const { w, h } = box;
  const n = order.length;
  const [x, y] = [w / 2, h / 2 - 5];
  const dense = n >= DENSE;
  const ids = readableRadius(box);
  // With many members, ids go inside the nodes and labels inside the circle, so the circle may extend to the edge.
  const edge = Math.min(w / 2 - 10, h / 2 - 16);
  const wide = (0.8 * Math.PI * edge) / n / (1 + (0.8 * Math.PI) / n);
  const inside = dense && wide >= ids;
  // Otherwise there must be room for labels above the highest node and below the lowest.
  const outer = inside ? edge : Math.min(w / 2 - 30, h / 2 - 24);
  const r = inside ? Math.min(14, wide) : clamp((outer * Math.PI * 0.62) / n, 2.5, outer > 130 ? 21 : 17);
  const radius = Math.max(20, outer - r);
  const room = dense ? Math.max(1, (2 * Math.PI * radius) / n - 2 * r) : undefined;
  const angle = (/** @type {number} */ i) => -Math.PI / 2 + (i * 2 * Math.PI) / n;
  /** @type {import("./lane.js").Spot[]} */
  const at = [];
  order.forEach((place, i) => {
    const [c, s] = [Math.cos(angle(i)), Math.sin(angle(i))];
    const [px, py] = [x + radius * c, y + radius * s];
    at[place] = {
      x: px, y: py, r, lx: px + c * (r * 0.7), ly: s < -0.6 ? py - r - 9 : py + r + 16, align: "center",
      room, dense, out: inside ? [-c, -s] : [c, s],
    };
    if (dense) {
      const away = inside ? -(r + 11) : r + 9;
      at[place].lx = x + (radius + away) * c;
      at[place].ly = y + (radius + away) * s + 3;
    }
  });
  return { at, x, y, radius, r, angle };
}

/**
 * Lines from the centre outwards, between neighbours on different sides.
 *
 * @param {number[]} order
 * @param {number[]} side
 * @param {number} x @param {number} y @param {number} radius
 * @param {(i: number) => number} angle
 * @returns {import("./items.js").Item[]}
 */
export function wedges(order, side, x, y, radius, angle) {
  const n = order.length;
  /** @type {import("./items.js").Item[]} */
  const items = [];
  order.forEach((place, i) => {
    if (n < 2 || side[place] === side[order[(i + 1) % n]]) return;
    const a = angle(i + 0.5);
    const [c, s] = [Math.cos(a), Math.sin(a)];
    const curve = /** @type {const} */ ({
      k: "line", x0: x, y0: y, x1: x + c * (radius + 22), y1: y + s * (radius + 22),
    });
    items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [2, 5] });
  });
  return items;
}
