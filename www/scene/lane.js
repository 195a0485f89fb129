// The picture of a lane: from a frame to a display list. What differs by topology is in a file each; roles, timers,
// messages, cuts and labels are drawn the same everywhere.

import { epochMark, stateLetter } from "../words.js";
import { Boxes, along, sides } from "./geometry.js";
import { ladder } from "./ladder.js";
import { mesh } from "./mesh.js";
import { losses, messages, nameMessages } from "./messages.js";
import { ring } from "./ring.js";
import { service } from "./service.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
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
 * @property {boolean} [square]
 * @property {boolean} [bare] There is no room for a label.
 *
 * @typedef {object} Plan
 * @property {Spot[]} at By place.
 * @property {(from: number, to: number) => import("./geometry.js").Curve} path From middle to middle.
 * @property {[number, number][]} links Pairs with a line of their own.
 * @property {boolean} [showLinks] Whether those lines are drawn while they are whole.
 * @property {Item[]} back What lies behind everything.
 * @property {(side: number[]) => Item[]} split Marks between sides that do not reach each other.
 *
 * @typedef {(box: Box) => Plan} Arrange
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
  const plan = TOPOLOGIES[info.topology](box);
  const boxes = new Boxes();
  const n = lane.members + lane.services;
  const side = sides(n, lane.cuts.filter(([a, b]) => a < n && b < n));
  const split = side.some((it) => it !== side[0]);
  /** @type {Item[]} */
  const list = [...plan.back];
  links(list, plan, lane, side, info);
  if (split) list.push(...plan.split(side));
  store(list, box);
  for (const spot of plan.at) boxes.force(spot.x - spot.r, spot.y - spot.r, 2 * spot.r, 2 * spot.r);
  /** @type {Item[]} */
  const labels = [];
  // Whoever leads is labelled first, while there is room.
  for (const leads of [true, false]) {
    for (const node of lane.nodes) if (node.leads === leads) label(labels, boxes, plan, box, node, info, options);
  }
  const wanted = [
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
    const curve = plan.path(a, b);
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

/** Where writes land: the slot in the lane's lower edge. @param {Item[]} list @param {Box} box */
function store(list, { w, h }) {
  list.push({ k: "rect", x: w / 2 - 22, y: h - 4, w: 44, h: 8, r: 3, fill: "line" });
}

/**
 * @param {Item[]} list
 * @param {Spot} spot
 * @param {NodeState} node
 * @param {Box} box
 * @param {Options} options
 */
function drawNode(list, spot, node, { lane, run }, options) {
  const { x, y, r } = spot;
  const hit = /** @type {const} */ ({ kind: "node", place: node.place });
  const width = r < 6 ? 1.25 : 1.75;
  const picked = options.picked.includes(node.place);
  if (picked) list.push({ k: "circle", x, y, r: r + 8, fill: "candidate", alpha: 0.28 });
  if (options.selected === node.place) {
    list.push({ k: "circle", x, y, r: r + 8, stroke: "focus", width: 2 });
  } else if (options.hovered === node.place) {
    list.push({ k: "circle", x, y, r: r + 8, fill: "soft", stroke: "line", width: 1 });
  }
  timer(list, spot, node, lane, run, options.now);
  const truth = lane.truth === node.place;
  if (!node.up) {
    list.push({ k: "circle", x, y, r, fill: "card", stroke: "faint", width, dash: r < 6 ? [1.5, 2] : [3, 3], hit });
  } else if (spot.square) {
    list.push({ k: "rect", x: x - r, y: y - r, w: 2 * r, h: 2 * r, r: 3, fill: "card", stroke: "ink", width: 1.5, dash: node.paused ? [3, 3] : undefined, hit });
  } else if (node.leads) {
    if (truth) list.push({ k: "circle", x, y, r: r + Math.min(4, r * 0.3 + 1), stroke: "leader", width: 1.5 });
    list.push({ k: "circle", x, y, r, fill: "leader", stroke: lane.believers > 1 && !truth ? "bad" : "leader", width: lane.believers > 1 && !truth ? 2.25 : width, alpha: node.paused ? 0.55 : 1, hit });
  } else if (node.role === "candidate") {
    list.push({ k: "diamond", x, y, r: r * 1.2, fill: "card", stroke: "candidate", width: 2, hit });
  } else {
    const idle = node.role === "idle";
    list.push({ k: "circle", x, y, r, fill: node.paused || idle ? "soft" : "card", stroke: idle ? "faint" : "follower", width, hit });
  }
  const size = Math.min(14, r * 0.85);
  if (size < 6.5) return;
  const faint = !node.up || node.role === "idle" || node.paused;
  const text = spot.square ? "S" : `${node.id}`;
  list.push({
    k: "text", x, y: y + size * 0.355, text, size: text.length > 2 ? size * 0.8 : size, weight: 650, align: "center",
    fill: node.leads ? "on-leader" : faint ? "mute" : "ink",
  });
  if (node.up && node.paused && r > 8) {
    for (const dx of [-2.5, 2.5]) list.push({ k: "rect", x: x + r * 0.75 + dx - 1.25, y: y - r - 1, w: 2.5, h: 8, r: 1, fill: "bad" });
  }
}

/**
 * The arc of the timer that the node waits for longest: what is left of its patience. A leader has none.
 *
 * @param {Item[]} list
 * @param {Spot} spot
 * @param {NodeState} node
 * @param {LaneFrame} lane
 * @param {import("../engine.js").RunLane} run
 * @param {number} now
 */
function timer(list, spot, node, lane, run, now) {
  if (!node.up || node.leads || spot.square || spot.r < 7) return;
  /** @type {import("../frame.js").Ticking | undefined} */
  let longest;
  for (const it of lane.timers) {
    if (it.place !== node.place || it.due < 0 || run.timers[it.timer] === "write") continue;
    if (!longest || it.due - it.since > longest.due - longest.since) longest = it;
  }
  if (!longest) return;
  const left = Math.max(0, Math.min(1, (longest.due - now) / Math.max(1, longest.due - longest.since)));
  if (left === 0) return;
  const a0 = -Math.PI / 2;
  const curve = /** @type {const} */ ({ k: "arc", x: spot.x, y: spot.y, r: spot.r + 4.5, a0, a1: a0 + left * 2 * Math.PI });
  list.push({ k: "curve", curve, stroke: "candidate", width: 2, alpha: 0.35 + 0.65 * (1 - left) });
}

/**
 * Letter, whom it follows, and epoch.
 *
 * @param {Item[]} list
 * @param {Boxes} boxes
 * @param {Plan} plan
 * @param {Box} box
 * @param {NodeState} node
 * @param {Algorithm} info
 * @param {Options} options
 */
function label(list, boxes, plan, { lane, w }, node, info, { now, measure }) {
  const spot = plan.at[node.place];
  if (spot.square || spot.bare) return;
  const size = spot.r < 8 ? 8.5 : 10;
  const waiting = node.paused ? lane.flights.filter((it) => it.to === node.place && it.due <= now).length : 0;
  const epoch = info.authority === "quorum" ? ` ${epochMark(info, node.epoch)}` : "";
  let text = `${stateLetter(node)}${epoch}`;
  if (spot.r < 8) text = node.up ? `${node.id}` : `${node.id}✕`;
  else if (!node.up) text = "✕ down";
  else if (node.role === "idle" && !node.leads && !node.paused) text = "– idle";
  else if (node.paused) text = `‖ paused${waiting > 0 ? ` · ${waiting} wait` : ""}`;
  else if (node.role === "follower" && node.follows >= 0 && !node.leads) {
    text = `F→${lane.nodes[node.follows]?.id ?? "?"}${epoch}`;
  }
  const wide = measure(text, size);
  const wished = spot.align === "center" ? spot.lx - wide / 2 : spot.align === "right" ? spot.lx - wide : spot.lx;
  const left = Math.max(2, Math.min(wished, w - 2 - wide));
  const free = boxes.take(left - 1, spot.ly - size, wide + 2, size + 2);
  // Of many nodes only as many are labelled as there is room for.
  if (!free && spot.r < 8 && !node.leads) return;
  const fill = node.leads ? "leader" : node.role === "candidate" && node.up ? "ink" : "mute";
  list.push({ k: "text", x: left, y: spot.ly, text, size, weight: node.leads ? 650 : 400, fill, halo: "card" });
}
