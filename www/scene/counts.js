// What a picture says of all nodes together: how far an election on a ring has come, and, of many nodes in a column,
// which ranges of them are in the same state.

import { clamp, sidesOf } from "./geometry.js";
import { waits } from "./nodes.js";
import { SIZE, SMALL, sizeIn, stateTexts, tone } from "./states.js";

/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
/** @typedef {import("../engine.js").Algorithm} Algorithm */
/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./geometry.js").Boxes} Boxes */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Spot} Spot */
/** @typedef {{text: string, strong?: boolean, fill: import("../theme.js").Colour}} Said */

/** The most leaders or candidates that are mentioned. */
const MOST = 2;

/**
 * How far the election has come.
 *
 * @param {LaneFrame} lane
 * @param {boolean} many Whether the nodes have no labels of their own.
 * @returns {Said[]}
 */
export function contest(lane, many) {
  const up = lane.nodes.slice(0, lane.members).filter((node) => node.up);
  const candidates = up.filter((node) => node.role === "candidate" && !node.leads);
  const leaders = up.filter((node) => node.leads);
  const open = candidates.filter((node) => node.beatenBy < 0);
  const reach = Math.max(0, ...open.map((node) => node.reach));
  if (reach > 0) {
    return [
      { text: `round ${Math.log2(reach) + 1}: ${reach} far`, strong: true, fill: "warn" },
      { text: `${open.length} of ${up.length} left`, fill: "mute" },
    ];
  }
  if (candidates.length > 0 && (leaders.length === 0 || open.length > 0)) {
    const lines = best(lane, candidates).flatMap(({ node, beaten, of }) => /** @type {Said[]} */ ([
      { text: `id ${node.label} has beaten`, fill: "mute" },
      { text: `${beaten} of ${of}`, strong: true, fill: "warn" },
    ]));
    const stopped = up.reduce((sum, node) => sum + node.stopped.length, 0);
    if (many && stopped > 0) lines.push({ text: `${stopped} id${stopped === 1 ? "" : "s"} stopped`, fill: "mute" });
    return lines;
  }
  if (!many && candidates.length === 0) return [];
  return leaders.slice(0, MOST).flatMap((leader) => {
    const followers = up.filter((node) => !node.leads && node.role !== "candidate" && node.follows === leader.place).length;
    return /** @type {Said[]} */ ([
      { text: `${leader.label} leads`, strong: true, fill: "leader" },
      { text: `${followers} of ${up.length - 1} follow`, fill: "mute" },
    ]);
  });
}

/**
 * The highest id of each side that nobody has beaten yet, and how many members it has passed.
 *
 * @param {LaneFrame} lane
 * @param {NodeState[]} candidates
 */
function best(lane, candidates) {
  const side = sidesOf(lane);
  /** @type {Map<number, NodeState>} */
  const found = new Map();
  for (const node of candidates) {
    const top = node.beatenBy < 0 ? node : lane.nodes[node.beatenBy];
    const its = found.get(side[node.place]);
    if (!its || its.id < top.id) found.set(side[node.place], top);
  }
  return [...found].map(([its, node]) => {
    const others = lane.nodes.slice(0, lane.members).filter((it) => it.up && it !== node && side[it.place] === its);
    return { node, beaten: others.filter((it) => it.beatenBy === node.place).length, of: others.length };
  }).filter((it) => it.of > 0).slice(0, MOST);
}

/**
 * What the picture says of all nodes together, in lines around a point.
 *
 * @param {Item[]} labels @param {Boxes} boxes @param {NonNullable<import("./lane.js").Plan["said"]>} said @param {Options} options
 */
export function say(labels, boxes, { x, y, wide, lines }, { measure }) {
  const fits = (/** @type {number} */ size) => lines.every((it) => measure(it.text, size, it.strong ? 650 : 400) <= wide);
  const size = fits(SIZE) ? SIZE : fits(SMALL) ? SMALL : 0;
  const step = size + 3;
  if (size === 0 || lines.length === 0 || lines.length * step > wide * 0.9) return;
  const top = y - (lines.length * step) / 2;
  const widest = Math.max(...lines.map((it) => measure(it.text, size, it.strong ? 650 : 400)));
  // Lines end here.
  labels.push({ k: "rect", x: x - widest / 2 - 4, y: top - 1, w: widest + 8, h: lines.length * step + 2, r: 6, fill: "card" });
  boxes.force(x - widest / 2 - 1, top, widest + 2, lines.length * step);
  lines.forEach(({ text, strong, fill }, i) => {
    labels.push({ k: "text", x, y: top + (i + 0.8) * step, text, size, weight: strong ? 650 : 400, fill, align: "center" });
  });
}

/**
 * Runs of neighbouring members with the same text, from the highest down.
 *
 * @param {NodeState[]} members
 * @param {(node: NodeState) => string} wording
 */
function runs(members, wording) {
  /** @type {{low: NodeState, high: NodeState, text: string}[]} */
  const all = [];
  for (const node of members.toReversed()) {
    const text = wording(node);
    const last = all.at(-1);
    if (last && last.text === text) last.low = node;
    else all.push({ low: node, high: node, text });
  }
  return all;
}

/** The most ranges that are named one by one. */
const RUNS_MAX = 8;
/** Which states are mentioned first where members are ticks in a column. */
const RANKS = ["leader", "candidate", "down", "wait", "follower"];

/**
 * Labels for ranges of members in a column.
 *
 * @param {Item[]} labels @param {Boxes} boxes @param {Spot[]} at @param {Box} box @param {Algorithm} info @param {Options} options
 */
export function nameRuns(labels, boxes, at, { lane, w, h }, info, { measure }) {
  const rank = (/** @type {NodeState} */ node) => RANKS.indexOf(!node.up ? "down" : node.leads ? "leader" : waits(node) ? "wait" : node.role === "candidate" ? "candidate" : "follower");
  const all = runs(lane.nodes.slice(0, lane.members), (node) => {
    const texts = stateTexts(node, lane, info, 0);
    return node.silencedBy >= 0 && waits(node) ? "told to wait" : texts[0];
  });
  const x = at[0].lx;
  /** @type {{node: NodeState, from: NodeState, to: NodeState, range: string, text: string, many: boolean, count: number}[]} */
  const ranges = all.map(({ low, high, text }) => ({ node: high, from: low, to: high, text, many: high !== low, count: 0, range: high === low ? high.label : `${low.label}${high.place - low.place === 1 ? "," : " to"} ${high.label}` }));
  // Too many ranges: how many members are in each state, instead.
  const states = [...new Set(all.map((it) => it.text))];
  const shown = ranges.length <= RUNS_MAX ? ranges : states.map((text) => {
    const those = all.filter((it) => it.text === text);
    const middle = those[those.length >> 1].high;
    const count = those.reduce((sum, it) => sum + it.high.place - it.low.place + 1, 0);
    return { node: middle, from: middle, to: middle, text, many: count > 1, count: count > 1 ? count : 0, range: middle.label };
  });
  const weight = (/** @type {typeof shown[number]} */ it) => rank(it.node) * 1000 - (it.to.place - it.from.place);
  const size = sizeIn(w);
  const step = size + 3;
  const [top, bottom] = [size, h - 16];
  // As many as there is room for, the most important first; then from top to bottom, each near its range.
  const chosen = shown.toSorted((p, q) => weight(p) - weight(q)).slice(0, Math.floor((bottom - top) / step)).map((it) => (
    { ...it, y: clamp((at[it.from.place].y + at[it.to.place].y) / 2 + 4, top, bottom) })).sort((p, q) => p.y - q.y);
  chosen.forEach((it, i) => (it.y = Math.max(it.y, i > 0 ? chosen[i - 1].y + step : top)));
  chosen.reverse().forEach((it, i) => (it.y = Math.min(it.y, i > 0 ? chosen[i - 1].y - step : bottom)));
  for (const { node, y, text, many, count, range } of chosen) {
    // Of several members: "follow" and "want", not "follows" and "wants".
    const [verb, brief] = [text, stateTexts(node, lane, info, 0).at(-1) ?? ""].map((it) => (many ? it.replace(/^(follow|lead|want|believe|ask|wait)s/, "$1") : it));
    const bold = rank(node) < 2 ? 650 : 400;
    const found = (count > 0 ? [`${verb}: ${count}`, `${brief}: ${count}`] : [`${range} ${verb}`, `${range} ${brief}`, range]).find((it) => x + measure(it, size, bold) <= w - 2);
    if (!found) continue;
    boxes.force(x - 1, y - size, measure(found, size, bold) + 2, size + 3);
    labels.push({ k: "text", x, y, text: found, size, weight: bold, fill: tone(node, lane, info), halo: "card" });
  }
}
