// Finds what lies under a point of a picture. Pure: works on the display list that was painted.

import { along, distance } from "./scene/geometry.js";

/** @typedef {import("./scene/items.js").Target} Target */

/** How close a point must be to hit, in pixels: for a mouse and for a finger. */
export const NEAR = { mouse: 5, touch: 14 };

/** Which kind wins where things overlap. */
const RANK = { event: 4, timer: 4, message: 3, node: 2, moment: 3, act: 2, band: 1, link: 1, fold: 1 };

/**
 * The target at a point: of those within reach, those of the highest rank, and of these the nearest.
 *
 * @param {import("./scene/items.js").Item[]} list
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 * @returns {Target | null}
 */
export function hit(list, x, y, reach) {
  /** @type {Target | null} */
  let best = null;
  let [rank, near] = [0, Infinity];
  for (const item of list) {
    if (!item.hit) continue;
    const away = Math.max(0, outside(item, x, y));
    if (away > reach) continue;
    // A message outranks the node it lies on.
    const its = RANK[item.hit.kind];
    if (its > rank || (its === rank && away <= near)) [best, rank, near] = [item.hit, its, away];
  }
  return best;
}

/** The middle of an item. @param {import("./scene/items.js").Item} item @returns {[number, number]} */
export function centre(item) {
  if (item.k === "curve") return along(item.curve, 0.5);
  if (item.k === "area") return [item.points[0], item.points[1]];
  return "w" in item ? [item.x + item.w / 2, item.y + item.h / 2] : [item.x, item.y];
}

/** How far a point is outside an item. @param {import("./scene/items.js").Item} item @param {number} x @param {number} y */
function outside(item, x, y) {
  if (item.k === "circle" || item.k === "cross" || item.k === "arrow") return Math.hypot(x - item.x, y - item.y) - item.r;
  if (item.k === "diamond") return Math.abs(x - item.x) + Math.abs(y - item.y) - item.r;
  if (item.k === "curve") return distance(item.curve, x, y);
  // An area is scenery.
  if (item.k === "area") return Infinity;
  if (item.k === "text") {
    const wide = item.text.length * item.size * 0.58;
    return Math.hypot(Math.max(0, item.x - x, x - item.x - wide), Math.max(0, item.y - item.size - y, y - item.y));
  }
  return Math.hypot(Math.max(0, item.x - x, x - item.x - item.w), Math.max(0, item.y - y, y - item.y - item.h));
}
