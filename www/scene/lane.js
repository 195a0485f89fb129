// The picture of a lane: from a frame to a display list. What differs by topology is in a file each; roles, timers,
// messages, faults and labels are drawn the same everywhere.

import { drawnLink, linkMarks, networkMark, nodeMarks } from "./faults.js";
import { Boxes, along, sides } from "./geometry.js";
import { nameNodes } from "./labels.js";
import { ladder } from "./ladder.js";
import { mesh } from "./mesh.js";
import { losses, messages, nameMessages } from "./messages.js";
import { drawNode } from "./nodes.js";
import { ring } from "./ring.js";
import { service } from "./service.js";
import { store } from "./store.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/**
 * @typedef {object} Box What a lane is drawn from.
 * @property {LaneFrame} lane
 * @property {import("../engine.js").RunLane} run
 * @property {number} w
 * @property {number} h
 *
 * @typedef {object} Spot Where a node stands, and its label.
 * @property {number} x
 * @property {number} y
 * @property {number} r
 * @property {number} lx
 * @property {number} ly
 * @property {"left" | "center" | "right"} align
 * @property {[number, number]} out Where else a label may stand: the direction, of length one.
 * @property {number} [room] How far it is to the next node's edge; not said where it is far.
 * @property {number} [most] How wide its label may be.
 * @property {boolean} [square]
 * @property {boolean} [dense] There are many: only those with something to say have a label.
 *
 * @typedef {object} Plan
 * @property {Spot[]} at By place.
 * @property {(from: number, to: number) => import("./geometry.js").Curve} path From middle to middle.
 * @property {[number, number][]} links Pairs with a line of their own.
 * @property {boolean} [showLinks] Whether those lines are drawn while they are whole.
 * @property {Item[]} back What lies behind everything.
 * @property {[number, number, number, number]} [full] Where no label may lie: left, top, width, height.
 * @property {(side: number[]) => Item[]} split Marks between sides that do not reach each other.
 *
 * @typedef {(box: Box, info: Algorithm, now: number) => Plan} Arrange
 *
 * @typedef {object} Options
 * @property {number} now The playhead, in microseconds; parts count.
 * @property {number} rate How much simulated time passes a second, 0 at rest; labels hide when it is fast.
 * @property {boolean} still Nothing moves between events: messages wait half way.
 * @property {number} selected A place, or -1.
 * @property {number} hovered A place, or -1.
 * @property {number[]} picked Places that are chosen for something, such as a side of a partition.
 * @property {import("./items.js").Measure} measure
 */

/** @type {Record<Algorithm["topology"], Arrange>} */
const TOPOLOGIES = { ring, ladder, service, mesh };

/**
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 * @returns {Item[]}
 */
export function laneScene(box, info, options) {
  const { lane } = box;
  const plan = TOPOLOGIES[info.topology](box, info, options.now);
  const boxes = new Boxes();
  const n = lane.members + lane.services;
  const side = sides(n, lane.cuts.filter(([a, b]) => a < n && b < n));
  const split = side.some((it) => it !== side[0]);
  /** @type {Item[]} */
  const list = [...plan.back];
  links(list, plan, lane, side, info);
  if (split) list.push(...plan.split(side));
  store(list, boxes, box, options);
  for (const spot of plan.at) boxes.force(spot.x - spot.r, spot.y - spot.r, 2 * spot.r, 2 * spot.r);
  if (plan.full) boxes.force(...plan.full);
  /** @type {Item[]} */
  const labels = [];
  networkMark(labels, boxes, box, options);
  nameNodes(labels, boxes, plan.at, box, info, options);
  for (const node of lane.nodes) nodeMarks(labels, boxes, plan.at[node.place], node, box, options);
  const wanted = [
    ...linkMarks(list, boxes, plan, box),
    ...messages(list, boxes, plan, box, info, options),
    ...losses(list, boxes, plan, box, info, options),
  ];
  nameMessages(labels, wanted, boxes, box.w, options);
  lane.nodes.forEach((node) => drawNode(list, plan.at[node.place], node, box, options));
  list.push(...labels);
  return list;
}

/**
 * Links, and the cuts that are no border between sides.
 *
 * @param {Item[]} list
 * @param {Plan} plan
 * @param {LaneFrame} lane
 * @param {number[]} side
 * @param {Algorithm} info
 */
function links(list, plan, lane, side, info) {
  const cut = new Set(lane.cuts.map(([a, b]) => `${a} ${b}`));
  for (const [a, b] of plan.links) {
    const curve = drawnLink(plan, a, b);
    const [there, back] = [cut.has(`${a} ${b}`), cut.has(`${b} ${a}`)];
    const across = side[a] !== side[b];
    /** @type {Item} */
    const item = { k: "curve", curve, stroke: "line", width: 1, alpha: plan.showLinks ? 1 : 0, hit: { kind: "link", from: a, to: b } };
    if (across) item.alpha = 0;
    else if (there || back) Object.assign(item, { stroke: "bad", width: 1.25, dash: [2, 4], alpha: 1 });
    list.push(item);
    if ((there || back) && !across) {
      // A cut one way has its mark near the end that hears nothing.
      const [x, y] = along(curve, there && back ? 0.5 : there ? 0.7 : 0.3);
      list.push({ k: "cross", x, y, r: 4, stroke: "bad", width: 1.75 });
    }
  }
  // Cuts of links that have no line, where they are few: only with the mesh's and the ladder's own lines gone.
  if (plan.links.length > 0 || lane.cuts.length > 24 || info.topology === "service") return;
  for (const [a, b] of lane.cuts) {
    if (a >= side.length || b >= side.length || a > b || side[a] !== side[b]) continue;
    list.push({ k: "curve", curve: plan.path(a, b), stroke: "bad", width: 1, dash: [2, 4], alpha: 0.8 });
  }
}
