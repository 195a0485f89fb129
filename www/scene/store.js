// The store: a slot in the lane's lower edge, into which writes fall.

import { REFUSED, WRITE } from "../frame.js";

/** @typedef {import("./items.js").Item} Item */

/** The centre of the slot. @param {{w: number, h: number}} box @returns {[number, number]} */
export const slot = ({ w, h }) => [w / 2, h - 3];

/**
 * The slot lights up while a write arrives: green, or red if the write was rejected.
 *
 * @param {Item[]} list
 * @param {import("./geometry.js").Boxes} boxes
 * @param {import("./lane.js").Box} box
 * @param {import("./lane.js").Options} options
 */
export function store(list, boxes, box, { now, measure }) {
  const { lane, h } = box;
  const [x, y] = slot(box);
  let [good, bad] = [0, 0];
  for (const it of lane.flights) {
    if (it.kind !== WRITE || !it.arrives || now > it.due) continue;
    const gone = (now - it.sent) / Math.max(1, it.due - it.sent);
    // A write with a stale token will be rejected: the slot turns red when it is, not before.
    if (!lane.fencing || it.arg >= lane.tokenMax) good = Math.max(good, (gone - 0.7) / 0.3);
  }
  for (const it of lane.losses) {
    if (it.why === REFUSED) bad = Math.max(bad, 1 - (now - it.at) / Math.max(1, it.until - it.at));
  }
  const lit = bad > 0 ? "bad" : good > 0 ? "good" : null;
  // A funnel with a slot at its bottom.
  list.push({ k: "rect", x: x - 22, y, w: 44, h: 5, r: 1.5, fill: "soft", stroke: "follower", width: 1 });
  if (lit) list.push({ k: "rect", x: x - 22, y, w: 44, h: 5, r: 1.5, fill: lit, alpha: Math.min(1, Math.max(good, bad)) });
  for (const side of [-1, 1]) {
    list.push({ k: "curve", curve: { k: "line", x0: x + side * 29, y0: y - 6, x1: x + side * 22, y1: y }, stroke: lit ?? "follower", width: 1.25 });
  }
  list.push({ k: "arrow", x, y: y - 4, r: 3, angle: Math.PI / 2, fill: lit ?? "follower" });
  // The text below the picture describes the store itself.
  const wide = measure("writes", 9);
  list.push({ k: "text", x: x + 32, y: h - 4, text: "writes", size: 9, fill: "mute" });
  boxes.force(x - 29, y - 8, 61 + wide, 12);
}
