// A mesh: every member is linked to every other, on a circle by ascending id.

import { circle, wedges } from "./circle.js";

/** With more members than this, links are not drawn. */
const LINKS_MAX = 10;

/** @type {import("./lane.js").Arrange} */
export function mesh(box) {
  const order = Array.from({ length: box.lane.members }, (_, i) => i);
  const { at, x, y, radius, angle } = circle(box, order);
  /** @type {[number, number][]} */
  const links = [];
  if (order.length <= LINKS_MAX) {
    for (const a of order) for (const b of order) if (a < b) links.push([a, b]);
  }
  return {
    at,
    path: (from, to) => ({ k: "line", x0: at[from].x, y0: at[from].y, x1: at[to].x, y1: at[to].y }),
    links,
    showLinks: true,
    back: links.length > 0 ? [] : [{ k: "circle", x, y, r: radius, stroke: "line", width: 1 }],
    split: (side) => wedges(order, side, x, y, radius, angle),
  };
}
