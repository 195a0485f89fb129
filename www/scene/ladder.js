// A ladder: the highest id on top, and whoever asks looks up.

import { clamp } from "./geometry.js";

/** From so many members on the links are no longer drawn one by one. */
const LINKS_MAX = 8;

/** @type {import("./lane.js").Arrange} */
export function ladder({ lane, w, h }) {
  const n = lane.members;
  const top = 22;
  const bottom = h - 34;
  const gap = n > 1 ? Math.min(46, (bottom - top) / (n - 1)) : 0;
  const first = (top + bottom + gap * (n - 1)) / 2;
  const r = clamp(gap * 0.38 || 17, 1.6, 17);
  const x = w * 0.42;
  const at = Array.from({ length: n }, (_, i) => {
    const y = first - i * gap;
    return { x, y, r, lx: x - r - 11, ly: y + 3.5, align: /** @type {const} */ ("right") };
  });
  const reach = Math.min(w - x - 26, 130);
  /** @type {import("./lane.js").Plan["path"]} */
  const path = (from, to) => {
    const [p, q] = [at[from], at[to]];
    // The farther, the wider; up and down a little apart.
    const far = Math.abs(from - to) / Math.max(1, n - 1);
    const bulge = 2 * (16 + (reach - 24) * far ** 0.8) * (to > from ? 1 : 0.86) * 0.8;
    return { k: "quad", x0: p.x, y0: p.y, cx: x + bulge, cy: (p.y + q.y) / 2, x1: q.x, y1: q.y };
  };
  /** @type {[number, number][]} */
  const links = [];
  if (n <= LINKS_MAX) for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) links.push([a, b]);
  return {
    at,
    path,
    links,
    showLinks: true,
    back: n > LINKS_MAX
      ? [{ k: "curve", curve: { k: "line", x0: x, y0: first, x1: x, y1: first - gap * (n - 1) }, stroke: "line", width: 1 }]
      : [],
    split(side) {
      /** @type {import("./items.js").Item[]} */
      const items = [];
      for (let i = 0; i + 1 < n; i++) {
        if (side[i] === side[i + 1]) continue;
        const y = (at[i].y + at[i + 1].y) / 2;
        const curve = /** @type {const} */ ({ k: "line", x0: x - 62, y0: y, x1: x + reach, y1: y });
        items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [2, 5] });
      }
      return items;
    },
  };
}
