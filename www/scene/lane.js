// The picture of a lane: turns a frame into a display list. Each topology has a file of its own; roles, timers,
// messages, faults and labels look the same in all of them.

import { centre } from "../hit.js";
import { say } from "./counts.js";
import { drawnLink, linkMarks, networkMark, nodeMarks } from "./faults.js";
import { Boxes, along, passes, sidesOf } from "./geometry.js";
import { nameNodes, strikeIds } from "./labels.js";
import { ladder } from "./ladder.js";
import { mesh } from "./mesh.js";
import { losses, messages, nameMessages } from "./messages.js";
import { drawNode } from "./nodes.js";
import { ring } from "./ring.js";
import { service } from "./service.js";
import { STRIP, store } from "./store.js";
import { drawTip, tip } from "./tips.js";

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
 * @typedef {object} Spot The position of a node and its label.
 * @property {number} x
 * @property {number} y
 * @property {number} r
 * @property {number} lx
 * @property {number} ly
 * @property {"left" | "center" | "right"} align
 * @property {[number, number]} out The direction in which the label may also stand, as a unit vector.
 * @property {number} [room] The distance to the next node's edge; absent if it is large.
 * @property {number} [most] The maximum width of its label.
 * @property {boolean} [square]
 * @property {string[]} [says] The words of its label, the longest first, instead of those for its state.
 * @property {boolean} [alone] It leads, but fewer than it needs hear it.
 * @property {import("./items.js").Look} [seat] It is a seat: how it looks while its node has no other shape.
 * @property {boolean} [across] If its id does not fit inside, it is written across the node where it has to be readable.
 * @property {boolean} [dense] There are many nodes: only those in an unusual state have a label.
 * @property {{dx: number, dy: number, width: number}} [tick] The node is a tick: from its middle to its end, and how wide.
 * @property {boolean} [guide] A tick that has its id beside it whatever its state.
 * @property {boolean} [column] The ticks stand in a column: labels are of ranges.
 *
 * @typedef {object} Plan
 * @property {Spot[]} at By place.
 * @property {(from: number, to: number) => import("./geometry.js").Curve} path From centre to centre.
 * @property {(from: number, slot: [number, number]) => import("./geometry.js").Curve} [write] The way of a write.
 * @property {[number, number][]} links The pairs that have a line of their own.
 * @property {boolean} [showLinks] Whether those lines are drawn while the links are intact.
 * @property {Item[]} back The background.
 * @property {Item[]} [front] What covers messages.
 * @property {[number, number, number, number]} [full] An area without labels: left, top, width, height.
 * @property {{x: number, y: number, wide: number, lines: import("./counts.js").Said[]}} [said] What is said of all nodes
 *   together, around a point and at most so wide.
 * @property {(side: number[]) => Item[]} split Marks between sides that cannot reach each other.
 *
 * @typedef {(box: Box, info: Algorithm, options: Options) => Plan} Arrange
 *
 * @typedef {object} Options
 * @property {number} now The playhead, in microseconds; may be fractional.
 * @property {number} rate Simulated seconds per second, 0 at rest; labels are hidden when it is fast.
 * @property {boolean} still Nothing moves between events: messages stay halfway.
 * @property {number} selected A place, or -1.
 * @property {number} hovered A place, or -1.
 * @property {import("./items.js").Target | null} [over] What the mouse is over, to be described.
 * @property {number[]} picked Places picked for one side of a partition.
 * @property {import("./items.js").Measure} measure
 */

/** How much pictures leave free at their lower edge. */
const MARGIN = 8;

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
  // The store has the lower edge to itself; pictures keep a margin above it.
  const plan = TOPOLOGIES[info.topology]({ ...box, h: box.h - STRIP + MARGIN }, info, options);
  const boxes = new Boxes();
  const side = sidesOf(lane);
  const split = side.some((it) => it !== side[0]);
  /** @type {Item[]} */
  const list = [...plan.back];
  const crossed = links(list, plan, lane, side, info);
  if (split) list.push(...plan.split(side));
  store(list, boxes, box);
  for (const spot of plan.at) boxes.force(spot.x - spot.r, spot.y - spot.r, 2 * spot.r, 2 * spot.r);
  if (plan.full) boxes.force(...plan.full);
  /** @type {Item[]} */
  const labels = [];
  if (plan.said) say(labels, boxes, plan.said, options);
  networkMark(labels, boxes, box, options);
  nameNodes(labels, boxes, plan.at, box, info, options);
  strikeIds(labels, boxes, plan.at, box, options);
  for (const node of lane.nodes) nodeMarks(labels, boxes, plan.at[node.place], node, box, options);
  const wanted = [
    ...linkMarks(list, boxes, plan, box),
    ...messages(list, boxes, plan, box, info, options),
    ...losses(list, boxes, plan, box, info, options, crossed),
  ];
  if (plan.front) list.push(...plan.front);
  nameMessages(labels, wanted, boxes, box, options);
  lane.nodes.forEach((node) => drawNode(list, plan.at[node.place], node, box, info, options));
  list.push(...labels);
  if (options.over) {
    const { over } = options;
    const item = list.find((it) => it.hit && sameTarget(it.hit, over));
    if (item) drawTip(list, tip(over, lane, info, options.now), ...centre(item), over.kind === "node" ? (plan.at[over.place].tick ? 12 : plan.at[over.place].r + 7) : 13, box, options.measure);
  }
  return list;
}

/**
 * The nodes of a lane where they will stand, and nothing of what they do.
 *
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 * @returns {Item[]}
 */
export function outline(box, info, options) {
  const plan = TOPOLOGIES[info.topology]({ ...box, h: box.h - STRIP + MARGIN }, info, options);
  // Words would say what they do.
  const list = plan.back.filter((it) => it.k !== "text");
  for (const node of box.lane.nodes) drawNode(list, plan.at[node.place], node, box, info, options);
  return list;
}

/**
 * Draws the links, and the cuts that do not separate sides. Returns the links that got a cross.
 *
 * @param {Item[]} list
 * @param {Plan} plan
 * @param {LaneFrame} lane
 * @param {number[]} side
 * @param {Algorithm} info
 */
function links(list, plan, lane, side, info) {
  /** @type {Set<string>} */
  const crossed = new Set();
  const open = passes(lane);
  for (const [a, b] of plan.links) {
    const curve = drawnLink(plan, a, b);
    const [there, back] = [!open(a, b), !open(b, a)];
    const across = side[a] !== side[b];
    /** @type {Item} */
    const item = { k: "curve", curve, stroke: "line", width: 1, alpha: plan.showLinks ? 1 : 0, hit: { kind: "link", from: a, to: b } };
    if (across) item.alpha = 0;
    else if (there || back) Object.assign(item, { stroke: "bad", width: 1.25, dash: [2, 4], alpha: 1 });
    list.push(item);
    if ((there || back) && !across) {
      // A link cut in one direction is marked near the end that receives nothing.
      const [x, y] = along(curve, there && back ? 0.5 : there ? 0.7 : 0.3);
      list.push({ k: "cross", x, y, r: 4, stroke: "bad", width: 1.75 });
      crossed.add(`${Math.min(a, b)} ${Math.max(a, b)}`);
    }
  }
  // A few cuts are drawn even if the topology has too many members to draw its links.
  if (plan.links.length > 0 || lane.cuts.length > 24 || info.topology === "service") return crossed;
  for (const [a, b] of lane.cuts) {
    if (a >= side.length || b >= side.length || a > b || side[a] !== side[b]) continue;
    list.push({ k: "curve", curve: plan.path(a, b), stroke: "bad", width: 1, dash: [2, 4], alpha: 0.8 });
  }  return crossed;
}

/** @param {import("./items.js").Target} a @param {import("./items.js").Target} b */
function sameTarget(a, b) {
  if (a.kind === "node" && b.kind === "node") return a.place === b.place;
  return a.kind === "message" && b.kind === "message" && a.from === b.from && a.to === b.to && a.nth === b.nth && a.copy === b.copy;
}
