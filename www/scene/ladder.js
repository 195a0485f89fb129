// A ladder: the highest id is at the top, so elections look upwards.

import { clamp } from "./geometry.js";
import { fewest, readableRadius } from "./nodes.js";

/** With more members than this, links are not drawn. */
const LINKS_MAX = 8;

/** @type {import("./lane.js").Arrange} */
export function ladder(box) {
  const { lane, w, h } = box;
  const n = lane.members;
  const top = 22;
  const bottom = h - 34;
  const gap = n > 1 ? Math.min(46, (bottom - top) / (n - 1)) : 46;
  const first = (top + bottom + gap * (n - 1)) / 2;
  // Many members stand in several staggered columns, so that their ids are legible.
  const radius = (/** @type {number} */ c) => Math.min(17, c === 1 ? gap * 0.37 : Math.min(gap * c * 0.42, (w - 30) / c / 2 - 2));
  const columns = fewest(16, readableRadius(box), radius);
  const many = columns > 1;
  const r = Math.max(1.6, radius(columns));
  const pitch = 2 * r + 4;
  const x = many ? Math.max(w * 0.36, (columns * pitch) / 2 + 6) : w * 0.42;
  const room = many ? Math.max(1, Math.min(gap * columns, Math.hypot(pitch, gap)) - 2 * r) : gap - 2 * r;
  /** @type {import("./lane.js").Spot[]} */
  const at = Array.from({ length: n }, (_, i) => {
    const y = first - i * gap;
    const px = x + ((i % columns) - (columns - 1) / 2) * pitch;
    return { x: px, y, r, lx: px - r - Math.min(11, 4 + room), ly: y + 3.5, align: "right", room, dense: many, out: [-1, 0] };
  });
  const reach = Math.min(w - x - 26, 130);
  /** @type {import("./lane.js").Plan["path"]} */
  const path = (from, to) => {
    const [p, q] = [at[from], at[to]];
    const right = Math.max(p.x, q.x);
    // The longer the way, the wider the curve; the two directions lie slightly apart.
    const far = Math.abs(from - to) / Math.max(1, n - 1);
    const bulge = 2 * (16 + Math.max(0, reach - 24) * far ** 0.8) * (to > from ? 1 : 0.86) * 0.8;
    const out = many ? Math.min(bulge * 0.7, 2 * Math.max(4, w - 10 - right)) : bulge;
    return { k: "quad", x0: p.x, y0: p.y, cx: right + out, cy: (p.y + q.y) / 2, x1: q.x, y1: q.y };
  };
  /** @type {[number, number][]} */
  const links = [];
  if (n <= LINKS_MAX) for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) links.push([a, b]);
  return {
    at,
    path,
    links,
    showLinks: true,
    back: many ? [] : [{ k: "curve", curve: { k: "line", x0: x, y0: first, x1: x, y1: first - gap * (n - 1) }, stroke: "line", width: 1 }],
    split(side) {
      /** @type {import("./items.js").Item[]} */
      const items = [];
      for (let i = 0; i + 1 < n; i++) {
        if (side[i] === side[i + 1]) continue;
        const y = (at[i].y + at[i + 1].y) / 2;
        const x0 = clamp(x - Math.max(62, (columns * pitch) / 2), 4, w);
        const curve = /** @type {const} */ ({ k: "line", x0, y0: y, x1: Math.min(w - 4, x + Math.max(reach, (columns * pitch) / 2)), y1: y });
        items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [2, 5] });
      }
      return items;
    },
  };
}
