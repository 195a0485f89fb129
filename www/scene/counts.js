// What a picture says of all nodes together: how far an election on a ring has come, and, of many nodes in a column,
// which ranges of them are in the same state. Pure.

import { sides } from "./geometry.js";

/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
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
  const n = lane.members + lane.services;
  const side = sides(n, lane.cuts.filter(([a, b]) => a < n && b < n));
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
 * Runs of neighbouring members with the same text, from the highest down.
 *
 * @param {NodeState[]} members
 * @param {(node: NodeState) => string} wording
 */
export function runs(members, wording) {
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
