// A ring: members stand on a circle in ring order, and messages between neighbours travel along it.

import { circle, wedges } from "./circle.js";

/** @typedef {import("./items.js").Item} Item */

/** @type {import("./lane.js").Arrange} */
export function ring(box) {
  const order = box.run.ring;
  const { at, x, y, radius, angle } = circle(box, order);
  const n = order.length;
  /** @type {number[]} */
  const position = [];
  order.forEach((place, i) => (position[place] = i));
  const step = (2 * Math.PI) / n;
  /** How far a candidacy reaches: an arc inside the ring, the longer the deeper. */
  const reach = (/** @type {import("../frame.js").NodeState} */ node, /** @type {number} */ i) => {
    const inside = radius - at[0].r - 7 - 4 * Math.log2(Math.max(1, node.reach));
    if (!node.up || node.reach === 0 || inside < 12) return [];
    const half = Math.min(node.reach, n / 2) * step;
    const curve = /** @type {const} */ ({ k: "arc", x, y, r: inside, a0: angle(i) - half, a1: angle(i) + half });
    return [/** @type {Item} */ ({ k: "curve", curve, stroke: "line", width: 1.5 })];
  };
  return {
    at,
    path(from, to) {
      const [a, b] = [position[from], position[to]];
      const forward = (((b - a) % n) + n) % n;
      if (n > 2 && forward === n - 1) {
        // Backwards, slightly inside, to tell the two directions apart.
        return { k: "arc", x, y, r: radius - 7, a0: angle(a), a1: angle(a) - step };
      }
      if (forward === 1) return { k: "arc", x, y, r: radius, a0: angle(a), a1: angle(a) + step };
      // Past the members in between: a chord that bends inwards.
      const [p, q] = [at[from], at[to]];
      const bend = 0.35;
      const [mx, my] = [(p.x + q.x) / 2, (p.y + q.y) / 2];
      return { k: "quad", x0: p.x, y0: p.y, cx: mx + (x - mx) * bend, cy: my + (y - my) * bend, x1: q.x, y1: q.y };
    },
    links: order.map((place, i) => /** @type {[number, number]} */ ([place, order[(i + 1) % n]])),
    back: [
      { k: "circle", x, y, r: radius, stroke: "soft", width: Math.min(9, at[0].r * 0.6) },
      { k: "circle", x, y, r: radius, stroke: "line", width: 1 },
      ...order.flatMap((place, i) => reach(box.lane.nodes[place], i)),
    ],
    split: (side) => wedges(order, side, x, y, radius, angle),
  };
}
