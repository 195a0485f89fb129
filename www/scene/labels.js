// Labels of nodes: a node's state, and its id if there is no room inside the node. No label overlaps a node or another
// label: texts are shortened, moved or left out instead.

import { epochMark, stateLetter } from "../words.js";
import { clamp } from "./geometry.js";
import { idSize } from "./nodes.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./geometry.js").Boxes} Boxes */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Spot} Spot */
/** @typedef {import("../frame.js").NodeState} NodeState */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/**
 * @typedef {object} Place A position for a text: its left end and its baseline.
 * @property {number} x
 * @property {number} y
 * @property {boolean} [far] Whether it is so far from the node that a line must lead to it.
 */

/** How much a node needs its label; 0 for nodes in the usual state. @param {NodeState} node @param {Options} options */
function urgency(node, { selected, hovered, picked }) {
  if (node.place === selected || node.place === hovered) return 6;
  if (node.leads) return 5;
  if (!node.up) return 2;
  if (node.role === "candidate") return 4;
  if (node.paused) return 3;
  return picked.includes(node.place) ? 1 : 0;
}

/**
 * @param {Item[]} labels
 * @param {Boxes} boxes
 * @param {Spot[]} at
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 */
export function nameNodes(labels, boxes, at, { lane, w, h }, info, options) {
  const { measure } = options;
  /** @type {number[]} How many messages wait at each paused node, by place. */
  const waiting = [];
  for (const it of lane.flights) if (it.due <= options.now) waiting[it.to] = (waiting[it.to] ?? 0) + 1;
  /** @type {{node: NodeState, texts: string[]}[]} */
  const calm = [];
  /** @type {{node: NodeState, texts: string[], urgent: number}[]} */
  const first = [];
  for (const node of lane.nodes) {
    const spot = at[node.place];
    if (spot.square) continue;
    const urgent = urgency(node, options);
    const texts = spot.says ?? wordings(node, spot, lane.nodes, info, waiting[node.place] ?? 0, urgent > 1);
    if (texts.length === 0) continue;
    if (urgent > 0) first.push({ node, texts, urgent });
    else calm.push({ node, texts });
  }
  first.sort((a, b) => b.urgent - a.urgent);

  /** @param {NodeState} node @param {string} text @param {boolean} must */
  const put = (node, text, must) => {
    const spot = at[node.place];
    const size = spot.dense ? 8.5 : 10;
    const weight = node.leads ? 650 : 400;
    const wide = measure(text, size, weight);
    if (wide > (spot.most ?? Infinity)) return false;
    const place = places(spot, wide, size, must, w).find(({ x, y }) => 2 <= x && x + wide <= w - 2
      && size <= y && y <= h - 2 && boxes.take(x - 1, y - size, wide + 2, size + 2));
    if (!place) return false;
    const { x, y } = place;
    const fill = spot.alone ? "bad" : node.leads ? "leader" : node.role === "candidate" && node.up ? "ink" : "mute";
    if (place.far) {
      labels.push({ k: "curve", curve: { k: "line", x0: spot.x, y0: spot.y, x1: x + wide / 2, y1: y - size * 0.35 }, stroke: "follower", width: 0.75 });
    }
    labels.push({ k: "text", x, y, text, size, weight, fill, halo: spot.dense && !place.far ? undefined : "card" });
    return true;
  };
  for (const { node, texts } of first) {
    const must = idSize(at[node.place].r, node.label) === 0;
    if (texts.some((text) => put(node, text, must)) || !must) continue;
    // No room anywhere else: on the node itself.
    const { x, y } = at[node.place];
    labels.push({ k: "text", x, y: y + 2.5, text: node.label, size: 7, weight: 650, fill: node.leads ? "leader" : "ink", halo: "card", align: "center" });
  }
  // Nodes in the usual state share one wording: the longest that all of them have room for.
  const kinds = Math.max(0, ...calm.map(({ texts }) => texts.length));
  for (let kind = 0; kind < kinds; kind++) {
    const [mark, before] = [boxes.mark(), labels.length];
    const last = kind === kinds - 1;
    const all = calm.every(({ node, texts }) => put(node, texts[Math.min(kind, texts.length - 1)], false) || last);
    if (all) break;
    boxes.back(mark);
    labels.length = before;
  }
}

/**
 * The possible texts of a label, the longest first; none if the shape says it all.
 *
 * @param {NodeState} node @param {Spot} spot @param {NodeState[]} nodes @param {Algorithm} info @param {number} waiting
 * @param {boolean} urgent
 */
function wordings(node, spot, nodes, info, waiting, urgent) {
  const epoch = info.authority === "quorum" ? ` ${epochMark(info, node.epoch)}` : "";
  const letter = stateLetter(node);
  if (idSize(spot.r, node.label) === 0) return [node.up ? node.paused ? `${node.label}‖` : node.label : `${node.label}${letter}`];
  if (spot.dense) {
    if (!urgent) return [];
    if (!node.up) return [letter];
    if (node.paused) return waiting > 0 ? [`‖ ${waiting}`, "‖"] : ["‖"];
    return [...new Set([`${letter}${epoch}`.trim(), letter])];
  }
  if (node.starting) return ["… starting", "…"];
  if (!node.up) return ["✕ down", "✕"];
  if (node.paused) return waiting > 0 ? [`‖ paused · ${waiting} waiting`, `‖ ${waiting} waiting`, `‖ ${waiting}`, "‖"] : ["‖ paused", "‖"];
  if (node.role === "idle" && !node.leads) return [`– ${info.roles[node.part] ?? "idle"}`, "–"];
  const short = `${letter}${epoch}`.trim();
  if (node.role === "follower" && node.follows >= 0 && !node.leads) {
    return [`F→${nodes[node.follows]?.label ?? "?"}${epoch}`.trim(), short, letter];
  }
  // A candidate's progress: its votes so far, or the node that it yields to.
  if (node.tally) return [`${short} ${node.tally.granted}/${node.tally.needed}`, short, letter];
  if (node.silencedBy >= 0) return [`${short} yields to ${nodes[node.silencedBy].label}`, short, letter];
  return [short, letter];
}

/**
 * The positions a label may take, the best first.
 *
 * @param {Spot} spot @param {number} wide @param {number} size @param {boolean} must Whether a distant position is better than none.
 * @param {number} w
 */
function places(spot, wide, size, must, w) {
  const wished = spot.align === "center" ? clamp(spot.lx - wide / 2, 2, w - 2 - wide) : spot.align === "right" ? spot.lx - wide : spot.lx;
  /** @type {Place[]} */
  const all = [{ x: wished, y: spot.ly }];
  const [ox, oy] = spot.out;
  for (const away of must ? [0, 12, 24, 36] : [0]) {
    for (const turn of [1, -1]) {
      const d = turn * (spot.r + 4 + away + (Math.abs(ox) * wide) / 2 + (Math.abs(oy) * size) / 2);
      all.push({ x: spot.x + ox * d - wide / 2, y: spot.y + oy * d + size * 0.36, far: away > 0 });
    }
  }
  return all;
}
