// A ladder: the highest id on top, and whoever asks looks up.

import { clamp } from "./geometry.js";

/** From so many members on the links are no longer drawn one by one. */
const LINKS_MAX = 8;

/** @type {import("./lane.js").Arrange} */
export function ladder({ lane, w, h }) {
  const n = lane.members;
  const top = 22;
  const bottom = h - 34;
  const gap = n > 1 ? Math.min(46, (bottom - top) / (n - 1)) : 46;
  const first = (top + bottom + gap * (n - 1)) / 2;
  // Many stand in several columns, each a little above the one beside it, so that they stay large enough to hit.
  const columns = clamp(Math.ceil(14 / gap), 1, 8);
  const r = clamp(gap * columns * 0.37, 1.6, 17);
  const x = w * (columns > 1 ? 0.36 : 0.42);
  const at = Array.from({ length: n }, (_, i) => {
    const y = first - i * gap;
    const px = x + ((i % columns) - (columns - 1) / 2) * (2 * r + 5);
    return { x: px, y, r, lx: px - r - 11, ly: y + 3.5, align: /** @type {const} */ ("right"), bare: columns > 1 };
  });
  const reach = Math.min(w - x - 26, 130);
  /** @type {import("./lane.js").Plan["path"]} */
  const path = (from, to) => {
    const [p, q] = [at[from], at[to]];
    // The farther, the wider; up and down a little apart.
    const far = Math.abs(from - to) / Math.max(1, n - 1);
    const bulge = 2 * (16 + (reach - 24) * far ** 0.8) * (to > from ? 1 : 0.86) * 0.8;
    return { k: "quad", x0: p.x, y0: p.y, cx: Math.max(p.x, q.x) + bulge * (columns > 1 ? 0.7 : 1), cy: (p.y + q.y) / 2, x1: q.x, y1: q.y };
  };
  /** @type {[number, number][]} */
  const links = [];
  if (n <= LINKS_MAX) for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) links.push([a, b]);
  return {
    at,
    path,
    links,
    showLinks: true,
    back: columns > 1 ? [] : [{ k: "curve", curve: { k: "line", x0: x, y0: first, x1: x, y1: first - gap * (n - 1) }, stroke: "line", width: 1 }],
    split(side) {
      /** @type {import("./items.js").Item[]} */
      const items = [];
      for (let i = 0; i + 1 < n; i++) {
        if (side[i] === side[i + 1]) continue;
        const y = (at[i].y + at[i + 1].y) / 2;
        const curve = /** @type {const} */ ({ k: "line", x0: x - Math.max(62, columns * r), y0: y, x1: x + reach, y1: y });
        items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [2, 5] });
      }
      return items;
    },
  };
}
