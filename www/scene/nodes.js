// Nodes: shape and colour show the role; the id goes inside if it is legible there; an arc shows a timer.

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Spot} Spot */
/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/** The smallest text in a picture, in pixels. */
export const LEAST = 9;

/** Names longer than this do not enlarge their nodes; they stand beside them. */
const LETTERS = 5;

/** The size of an id relative to its node's radius, such that its corners stay inside. @param {number} letters */
const share = (letters) => Math.min(1.1, 0.97 / Math.hypot(0.35 * letters, 0.36));

/** The size of an id inside its node, or 0 if there is no room. @param {number} r @param {string} id */
export function idSize(r, id) {
  const size = Math.min(14, r * share(id.length));
  return size < LEAST ? 0 : size;
}

/** The smallest radius at which all members' ids fit inside. @param {Box} box */
export function readableRadius({ lane }) {
  let letters = 1;
  for (let i = 0; i < lane.members; i++) letters = Math.max(letters, Math.min(LETTERS, lane.nodes[i].label.length));
  return LEAST / share(letters) + 0.01;
}

/**
 * Whether a node believes wrongly that it leads: another one leads in truth or, where nothing decides that, believes the
 * same.
 *
 * @param {NodeState} node @param {LaneFrame} lane @param {Algorithm} info
 */
export const wrong = (node, lane, info) => node.leads && lane.truth !== node.place && (lane.believers > 1 || info.authority !== "none");

/** Whether a candidate has to wait for another one. @param {NodeState} node */
export const waits = (node) => node.up && node.role === "candidate" && (node.silencedBy >= 0 || node.beatenBy >= 0);

/** How many columns or rows to stand in: the fewest that give nodes the desired radius, or else those with the largest.
 * @param {number} most @param {number} least The desired radius. @param {(count: number) => number} radius */
export function fewest(most, least, radius) {
  let best = 1;
  for (let count = 1; count <= most; count++) {
    if (radius(count) >= least) return count;
    if (radius(count) > radius(best)) best = count;
  }
  return best;
}

/**
 * @param {Item[]} list
 * @param {Spot} spot
 * @param {NodeState} node
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 */
export function drawNode(list, spot, node, { lane, run }, info, options) {
  const { x, y, r } = spot;
  const room = spot.room ?? 16;
  const around = (spot.tick ? 7 : r) + Math.min(8, 3 + room / 2);
  if (options.picked.includes(node.place)) list.push({ k: "circle", x, y, r: around, fill: "ink", alpha: 0.18 });
  if (options.selected === node.place) {
    list.push({ k: "circle", x, y, r: around, stroke: "focus", width: 2 });
  } else if (options.hovered === node.place) {
    list.push({ k: "circle", x, y, r: around, fill: "soft", stroke: "line", width: 1 });
  }
  if (spot.tick) {
    drawTick(list, spot, spot.tick, node, wrong(node, lane, info));
    return;
  }
  timer(list, spot, node, lane, run, options.now);
  shape(list, spot, node, lane.truth === node.place, wrong(node, lane, info));
  const text = spot.square ? "S" : node.label;
  const size = idSize(r, text);
  if (size > 0) {
    const faint = !node.up || node.role === "idle" || node.paused || waits(node);
    list.push({
      k: "text", x, y: y + size * 0.355, text, size, weight: 650, align: "center",
      fill: node.leads ? "on-leader" : faint ? "mute" : "ink",
    });
  }
  if (node.up && node.paused && r > 6) {
    const tall = Math.min(8, r * 0.8);
    for (const dx of [-2.5, 2.5]) list.push({ k: "rect", x: x + r * 0.75 + dx - 1.25, y: y - r - 1, w: 2.5, h: tall, r: 1, fill: "ink" });
  }
}

/** The node itself. @param {Item[]} list @param {Spot} spot @param {NodeState} node @param {boolean} truth @param {boolean} errs */
export function shape(list, spot, node, truth, errs) {
  const { x, y, r } = spot;
  const room = spot.room ?? 16;
  const hit = /** @type {const} */ ({ kind: "node", place: node.place });
  const width = r < 6 ? 1.25 : 1.75;
  const ring = r + Math.min(5, r * 0.3 + 1, 1 + room * 0.4);
  if (!node.up) {
    const dash = r < 6 ? [1.5, 2] : [3, 3];
    if (spot.square) list.push({ k: "rect", x: x - r, y: y - r, w: 2 * r, h: 2 * r, r: 3, fill: "card", stroke: "follower", width, dash, hit });
    else list.push({ k: "circle", x, y, r, fill: "card", stroke: "follower", width, dash, hit });
  } else if (spot.square) {
    list.push({ k: "rect", x: x - r, y: y - r, w: 2 * r, h: 2 * r, r: 3, fill: "card", stroke: "ink", width: 1.5, dash: node.paused ? [3, 3] : undefined, hit });
  } else if (node.leads) {
    if (truth) list.push({ k: "circle", x, y, r: ring - 1, stroke: "leader", width: 1.5 });
    if (errs) {
      list.push({ k: "hatch", x: x - ring, y: y - ring, w: 2 * ring, h: 2 * ring, inner: r, fill: "bad" });
      list.push({ k: "circle", x, y, r: ring, stroke: "bad", width: 1 });
    }
    list.push({ k: "circle", x, y, r, fill: "leader", stroke: "leader", width, hit });
  } else if (node.role === "candidate" && !waits(node)) {
    list.push({ k: "diamond", x, y, r: r * 1.2, fill: "card", stroke: "candidate", width: 2, hit });
  } else {
    const idle = node.role === "idle";
    const soft = node.paused || idle || waits(node);
    list.push({ k: "circle", x, y, r, fill: soft ? "soft" : "card", stroke: "follower", width: idle ? 1 : width, hit });
  }
}

/**
 * A node as a tick among many.
 *
 * @param {Item[]} list @param {Spot} spot @param {NonNullable<Spot["tick"]>} tick @param {NodeState} node
 * @param {boolean} errs
 */
function drawTick(list, { x, y }, { dx, dy, width }, node, errs) {
  const line = (/** @type {number} */ part) => /** @type {const} */ ({ k: "line", x0: x - dx * part, y0: y - dy * part, x1: x + dx * part, y1: y + dy * part });
  /** @type {Item} */
  const item = { k: "curve", curve: line(1), stroke: "follower", width, hit: { kind: "node", place: node.place } };
  if (!node.up) Object.assign(item, { width: 1, dash: [2, 3] });
  else if (node.leads) {
    item.stroke = "leader";
    if (errs) list.push({ k: "curve", curve: line(1.35), stroke: "bad", width: width + 3 });
  } else if (waits(node) || node.paused) Object.assign(item, { stroke: "faint", width: width * 0.5 });
  else if (node.role === "candidate") item.stroke = "candidate";
  list.push(item);
}

/**
 * The arc of the node's longest timer: the share of it that is left. A leader has none.
 *
 * @param {Item[]} list
 * @param {Spot} spot
 * @param {NodeState} node
 * @param {LaneFrame} lane
 * @param {import("../engine.js").RunLane} run
 * @param {number} now
 */
function timer(list, spot, node, lane, run, now) {
  if (!node.up || node.leads || spot.square || spot.r < 7 || spot.dense || (spot.room ?? 16) < 8) return;
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
  const r = spot.r + (node.role === "candidate" && !waits(node) ? 6 : 4);
  const curve = /** @type {const} */ ({ k: "arc", x: spot.x, y: spot.y, r, a0, a1: a0 + left * 2 * Math.PI });
  list.push({ k: "curve", curve, stroke: "faint", width: 1.5 });
}
