// A ladder: the highest id is at the top. Questions climb at the right, what comes from above is pushed down at the
// left. Labels stand on the rungs; many members are ticks in one tall column.

import { DENSE } from "./circle.js";
import { clamp } from "./geometry.js";

/** With more members than this, links have no line of their own. */
const LINKS_MAX = 8;

/** @type {import("./lane.js").Arrange} */
export function ladder(box) {
  const { lane, w, h } = box;
  const n = lane.members;
  const dense = n >= DENSE;
  const top = dense ? 14 : 24;
  const bottom = h - (dense ? 26 : 36);
  const gap = n > 1 ? Math.min(46, (bottom - top) / (n - 1)) : 46;
  const first = (top + bottom + gap * (n - 1)) / 2;
  // How far curves go to either side.
  const reach = clamp(w * (dense ? 0.11 : 0.15), 16, dense ? 40 : 52);
  // Beside the widest curve stands the number of messages.
  const [left, side] = dense ? [reach + 22, reach + 26] : [reach + 6, reach + 6];
  const r = dense ? Math.min(3, gap * 0.4) : Math.max(4, Math.min(17, gap * (gap < 26 ? 0.41 : 0.37), w * 0.08));
  const half = dense ? clamp(w * 0.05, 8, 15) : r;
  const words = clamp(w * (dense ? 0.5 : 0.36), 60, dense ? 136 : 104);
  const x = Math.max(left + half, (w - (left + side + 2 * half + words)) / 2 + left + half);
  const right = x + half + side;
  /** @type {import("./lane.js").Spot[]} */
  const at = Array.from({ length: n }, (_, i) => {
    const y = first - i * gap;
    return {
      x, y, r, lx: right, ly: y + 4, align: "left", room: gap - 2 * r, dense, out: [1, 0],
      ...(dense ? { tick: { dx: half, dy: 0, width: clamp(gap * 0.66, 1, 7) }, column: true } : {}),
    };
  });
  /** @type {import("./lane.js").Plan["path"]} */
  const path = (from, to) => {
    const [p, q] = [at[from], at[to]];
    // The longer the way, the wider the curve.
    const far = Math.abs(from - to) / Math.max(1, n - 1);
    const turn = to > from ? 1 : -1;
    const out = half + 10 + (reach - 10) * far ** 0.7;
    // A quadratic curve goes half as far as its control point.
    return { k: "quad", x0: p.x + turn * (dense ? half : 0), y0: p.y, cx: x + turn * (2 * out - (dense ? half : 0)), cy: (p.y + q.y) / 2, x1: q.x + turn * (dense ? half : 0), y1: q.y };
  };
  /** @type {[number, number][]} */
  const links = [];
  if (n <= LINKS_MAX) for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) links.push([a, b]);
  const rung = (/** @type {import("./lane.js").Spot} */ { y }) => (
    /** @type {import("./items.js").Item} */ ({ k: "curve", curve: { k: "line", x0: x + half + 8, y0: y, x1: right - 4, y1: y }, stroke: "line", width: 1 }));
  /** @type {import("./items.js").Item} */
  const spine = { k: "curve", curve: { k: "line", x0: x, y0: first, x1: x, y1: first - gap * (n - 1) }, stroke: "line", width: 1 };
  return {
    at,
    path,
    // Writes leave along the rung, and then fall past the other members.
    write: (from, [x1, y1]) => ({ k: "quad", x0: at[from].x, y0: at[from].y, cx: Math.max(x1, right), cy: at[from].y, x1, y1 }),
    links,
    back: dense ? [] : [spine, ...at.map(rung)],
    front: dense ? bundles(lane, at, half, reach) : [],
    split(side) {
      /** @type {import("./items.js").Item[]} */
      const items = [];
      for (let i = 0; i + 1 < n; i++) {
        if (side[i] === side[i + 1]) continue;
        const y = (at[i].y + at[i + 1].y) / 2;
        const curve = /** @type {const} */ ({ k: "line", x0: Math.max(4, x - half - reach), y0: y, x1: dense ? right - 6 : Math.min(w - 4, right + words * 0.6), y1: y });
        items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [4, 4] });
      }
      return items;
    },
  };
}

/**
 * Of many messages, one arrow for those that climb and one for those pushed down, each with their number.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {import("./lane.js").Spot[]} at
 * @param {number} half @param {number} reach
 * @returns {import("./items.js").Item[]}
 */
function bundles(lane, at, half, reach) {
  return [1, -1].flatMap((turn) => {
    const all = lane.flights.filter((it) => it.kindClass === "election" && it.from < lane.members && it.to < lane.members && Math.sign(it.to - it.from) === turn);
    if (all.length === 0) return [];
    const ends = all.flatMap((it) => [it.from, it.to]);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const [from, to] = turn > 0 ? [at[low], at[high]] : [at[high], at[low]];
    const x = from.x + turn * (half + 3);
    const wide = x + turn * 2 * reach;
    const middle = (from.y + to.y) / 2;
    const led = all.every((it) => lane.nodes[it.from].leads);
    const [stroke, fill] = led ? /** @type {const} */ (["leader", "leader"]) : /** @type {const} */ (["candidate", "warn"]);
    return /** @type {import("./items.js").Item[]} */ ([
      { k: "curve", curve: { k: "quad", x0: x, y0: from.y, cx: wide, cy: middle, x1: x, y1: to.y }, stroke, width: 1.5 },
      { k: "arrow", x: x + turn * 2, y: to.y, r: 4.5, angle: Math.atan2(to.y - middle, x - wide), fill: stroke },
      { k: "text", x: x + turn * (reach + 3), y: middle + 4, text: `${all.length}`, size: 11.5, weight: 650, align: "center", fill, halo: "card" },
    ]);
  });
}
