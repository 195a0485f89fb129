// A ring: members stand on a circle in ring order. Bands show whom each of them sends to now, arcs how far a candidacy
// reaches, and the middle says how far the election has come.

import { circle, wedges } from "./circle.js";
import { contest } from "./counts.js";
import { along } from "./geometry.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./geometry.js").Curve} Curve */

/** With more members than this, only some of the bands have an arrowhead. */
const ARROWS_MAX = 12;

/** @type {import("./lane.js").Arrange} */
export function ring(box) {
  const { lane } = box;
  const order = box.run.ring;
  const { at, x, y, radius, r, dense, angle } = circle(box, order, true);
  const n = order.length;
  /** @type {number[]} */
  const position = [];
  order.forEach((place, i) => (position[place] = i));
  const step = (2 * Math.PI) / n;
  const places = lane.nodes.length;
  const both = lane.nodes.some((node) => node.next.length > 1);
  // With many members, messages travel inside the circle, so that they cover no node.
  const way = dense ? radius - r - 9 : radius + (both ? 3 : 0);
  const wayBack = dense ? way - 7 : radius - 10;
  /** @type {import("./lane.js").Plan["path"]} */
  const path = (from, to) => {
    const [a, b] = [position[from], position[to]];
    const forward = (((b - a) % n) + n) % n;
    // Backwards, slightly inside, to tell the two directions apart.
    if (n > 2 && forward === n - 1) return { k: "arc", x, y, r: wayBack, a0: angle(a), a1: angle(a) - step };
    if (forward === 1) return { k: "arc", x, y, r: way, a0: angle(a), a1: angle(a) + step };
    // Past the members in between: a chord, bent inwards if it would touch them.
    const [p, q] = [at[from], at[to]];
    const [mx, my] = [(p.x + q.x) / 2, (p.y + q.y) / 2];
    const inset = radius - Math.hypot(mx - x, my - y);
    const bend = Math.max(0, 2 * (r + 9 - inset)) / Math.max(1, radius - inset);
    return { k: "quad", x0: p.x, y0: p.y, cx: mx + (x - mx) * bend, cy: my + (y - my) * bend, x1: q.x, y1: q.y };
  };
  /** Whom members really send to; if both ways, each pair once. @type {[number, number][]} */
  const real = lane.nodes.flatMap((node) => node.next
    .filter((to) => at[to] && (!both || node.place < to || !lane.nodes[to].next.includes(node.place)))
    .map((to) => /** @type {[number, number]} */ ([node.place, to])));
  const known = new Set(real.flatMap(([a, b]) => [a * places + b, b * places + a]));
  const nearest = order.map((place, i) => /** @type {[number, number]} */ ([place, order[(i + 1) % n]]));
  return {
    at,
    path,
    links: [...real, ...nearest.filter(([a, b]) => a !== b && !known.has(a * places + b))],
    back: [
      { k: "circle", x, y, r: radius, stroke: "line", width: 1 },
      ...real.flatMap(([a, b], i) => band(a, b, i)),
      ...reaches(box, { x, y, radius: (dense ? wayBack : radius - r) - 6, angle, step }),
    ],
    said: { x, y, wide: 2 * ((dense ? wayBack : radius - r) - 4), lines: contest(lane, dense) },
    split: (side) => wedges(order, side, x, y, radius, angle, r),
  };

  /** The band from a member to the one it sends to. @param {number} a @param {number} b @param {number} i @returns {Item[]} */
  function band(a, b, i) {
    const its = path(a, b);
    // In a ring of two, the way back lies further inside.
    const back = !both && its.k === "arc" && its.a1 < its.a0;
    /** @type {Curve} */
    const curve = its.k === "arc" ? { ...its, r: back ? wayBack : radius } : its;
    /** @type {Item[]} */
    const items = [{ k: "curve", curve, stroke: "line", width: dense ? 4 : 5, alpha: 0.8 }];
    if (both || (dense && i % Math.ceil(n / ARROWS_MAX) !== 0)) return items;
    const [[x0, y0], [px, py], [x1, y1]] = [0.47, 0.5, 0.53].map((part) => along(curve, part));
    items.push({ k: "arrow", x: px, y: py, r: dense ? 3.5 : 5, angle: Math.atan2(y1 - y0, x1 - x0), fill: "follower" });
    return items;
  }
}

/**
 * How far candidacies reach, on both sides: an arc for each round, the later ones further inside. Those of members that
 * are beaten are grey.
 *
 * @param {import("./lane.js").Box} box
 * @param {{x: number, y: number, radius: number, angle: (i: number) => number, step: number}} circle
 * @returns {Item[]}
 */
function reaches({ lane, run: { ring: order } }, { x, y, radius, angle, step }) {
  /** @type {Item[]} */
  const grey = [];
  /** @type {Item[]} */
  const live = [];
  const gap = order.length > 40 ? 5 : 6;
  order.forEach((place, i) => {
    const node = lane.nodes[place];
    if (!node.up || node.reach === 0) return;
    const beaten = node.beatenBy >= 0;
    // Of a member that is beaten, only the last arc; many of the same size would be a closed ring.
    for (let links = beaten ? node.reach : 1; links <= node.reach; links *= 2) {
      const r = radius - gap * Math.log2(links);
      if (r < 14) break;
      const half = Math.min(links, order.length / 2) * step - 0.06;
      const [a0, a1] = [angle(i) - half, angle(i) + half];
      const last = links === node.reach;
      /** @type {Item} */
      const item = { k: "curve", curve: { k: "arc", x, y, r, a0, a1 }, stroke: beaten ? "line" : "candidate", width: last && !beaten ? 2 : 1.25, alpha: last || beaten ? 1 : 0.5 };
      (beaten ? grey : live).push(item);
      if (!last || beaten) continue;
      for (const [a, turn] of [[a0, -1], [a1, 1]]) {
        live.push({ k: "arrow", x: x + r * Math.cos(a), y: y + r * Math.sin(a), r: 3.5, angle: a + (turn * Math.PI) / 2, fill: "candidate" });
      }
    }
  });
  return [...grey, ...live];
}
