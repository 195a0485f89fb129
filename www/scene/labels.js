// Labels of nodes: a node's state in words, and its id if there is no room inside the node. No label overlaps a node or
// another label: texts are shortened, moved or left out instead.

import { epochMark } from "../words.js";
import { nameRuns } from "./counts.js";
import { clamp } from "./geometry.js";
import { idSize, waits } from "./nodes.js";
import { SMALL, epochsDiffer, sizeIn, stateTexts, tone } from "./states.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./geometry.js").Boxes} Boxes */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Spot} Spot */
/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/**
 * @typedef {object} Place A position for a text: its left end and its baseline.
 * @property {number} x
 * @property {number} y
 */

/** The most notable members named beside ticks. */
const TICKS_NAMED = 10;
/** The most stopped ids shown at a node. */
const STOPPED_MAX = 2;

/** How much a node needs its label; 0 for nodes in the usual state. @param {NodeState} node @param {Options} options */
function urgency(node, { selected, picked }) {
  if (node.place === selected) return 6;
  if (node.leads) return 5;
  if (!node.up) return 2;
  if (waits(node)) return 1;
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
export function nameNodes(labels, boxes, at, box, info, options) {
  const { lane, w, h } = box;
  const { measure } = options;
  /** @type {number[]} How many messages wait at each paused node, by place. */
  const waiting = [];
  for (const it of lane.flights) if (it.due <= options.now) waiting[it.to] = (waiting[it.to] ?? 0) + 1;
  if (at[0]?.column) {
    nameRuns(labels, boxes, at, box, info, options);
    return;
  }
  /** @type {{node: NodeState, texts: string[]}[]} */
  const calm = [];
  /** @type {{node: NodeState, texts: string[], urgent: number}[]} */
  const first = [];
  const epochs = epochsDiffer(lane, info);
  for (const node of lane.nodes) {
    const spot = at[node.place];
    if (spot.square) continue;
    const urgent = urgency(node, options);
    const texts = wordings(node, spot, lane, info, waiting[node.place] ?? 0, epochs, urgent > 1);
    if (texts.length === 0) continue;
    if (urgent > 0) first.push({ node, texts, urgent });
    else calm.push({ node, texts });
  }
  first.sort((a, b) => b.urgent - a.urgent || b.node.place - a.node.place);
  // Beside ticks, a few ids are enough.
  if (at[0]?.tick) first.splice(TICKS_NAMED);

  /** @param {NodeState} node @param {string} text @param {boolean} anywhere Whether also in a place that looks worse. */
  const put = (node, text, anywhere) => {
    const spot = at[node.place];
    const size = spot.dense ? SMALL : sizeIn(w);
    const weight = node.leads || (node.role === "candidate" && !waits(node)) ? 650 : 400;
    const wide = measure(text, size, weight);
    if (wide > (spot.most ?? Infinity)) return false;
    const place = places(spot, wide, size, w, anywhere).find(({ x, y }) => 2 <= x && x + wide <= w - 2
      && size <= y && y <= h - 2 && boxes.take(x - 2, y - size, wide + 4, size + 3));
    if (!place) return false;
    labels.push({ k: "text", x: place.x, y: place.y, text, size, weight, fill: tone(node, lane, info), halo: "card" });
    return true;
  };
  for (const { node, texts } of first) {
    // A shorter text is better than a strange place.
    void ([false, true].some((anywhere) => (anywhere && at[node.place].dense && !node.leads ? [] : texts).some((text) => put(node, text, anywhere))));
  }
  // Nodes in the usual state share one wording: the longest that all of them have room for.
  const kinds = Math.max(0, ...calm.map(({ texts }) => texts.length));
  for (let kind = 0; kind < kinds; kind++) {
    const [mark, before] = [boxes.mark(), labels.length];
    const last = kind === kinds - 1;
    const all = calm.every(({ node, texts }) => put(node, texts[Math.min(kind, texts.length - 1)], last) || last);
    if (all) break;
    boxes.back(mark);
    labels.length = before;
  }
}

/**
 * The possible texts of a label, the longest first; none if the shape says it all.
 *
 * @param {NodeState} node @param {Spot} spot @param {LaneFrame} lane @param {Algorithm} info @param {number} waiting
 * @param {boolean} epochs Whether to mention its epoch.
 * @param {boolean} urgent
 */
function wordings(node, spot, lane, info, waiting, epochs, urgent) {
  const hidden = spot.tick !== undefined || idSize(spot.r, node.label) === 0;
  if (spot.dense) return hidden && (urgent || spot.guide) ? [node.label] : [];
  const texts = stateTexts(node, lane, info, waiting);
  if (hidden) return [...texts.map((text) => `${node.label} ${text}`), node.label];
  const epoch = epochs && node.up ? epochMark(info, node.epoch) : "";
  return epoch ? [`${texts[0]}, ${info.epoch} ${node.epoch}`, ...texts.map((text) => `${text} ${epoch}`), ...texts.slice(-1)] : texts;
}

/**
 * The positions a label may take, the best first.
 *
 * @param {Spot} spot @param {number} wide @param {number} size
 * @param {number} w
 * @param {boolean} anywhere
 */
function places(spot, wide, size, w, anywhere) {
  const { x, y, r, lx, ly, align, dense } = spot;
  const [ox, oy] = spot.out;
  const inside = (/** @type {number} */ left) => clamp(left, 2, Math.max(2, w - 2 - wide));
  const wished = align === "center" ? inside(lx - wide / 2) : align === "right" ? lx - wide : lx;
  /** @type {Place[]} */
  const all = [{ x: wished, y: ly }];
  if (align !== "center") return all;
  const outwards = (spot.tick ? 8 : r + 4) + (Math.abs(ox) * wide) / 2 + (Math.abs(oy) * size) / 2;
  if (dense) {
    for (const d of anywhere ? [0, 10, 20] : [0]) all.push({ x: x + ox * (outwards + d) - wide / 2, y: y + oy * (outwards + d) + size * 0.36 });
    return all;
  }
  // Towards the outside, beside the node, or below it.
  all.push({ x: inside(wished + ox * 16), y: ly });
  const beside = ox > 0 ? x + r + 8 : x - r - 8 - wide;
  for (const dy of [4, 14, -6]) all.push({ x: beside, y: y + dy });
  all.push({ x: inside(x - wide / 2 + ox * 16), y: y + r + 16 });
  if (!anywhere) return all;
  // Above it, labels often cover the way of messages.
  all.push({ x: inside(x - wide / 2 + ox * 16), y: y - r - 8 });
  const within = ox > 0 ? x - r - 8 - wide : x + r + 8;
  for (const dy of [4, 14, -6]) all.push({ x: within, y: y + dy });
  return all;
}

/**
 * The ids that went no further, each struck at the node that stopped it.
 *
 * @param {Item[]} labels @param {Boxes} boxes @param {Spot[]} at @param {Box} box @param {Options} options
 */
export function strikeIds(labels, boxes, at, { lane, w, h }, { measure }) {
  for (const node of lane.nodes) {
    const spot = at[node.place];
    if (!node.up || spot.dense) continue;
    const [ox, oy] = spot.out;
    const ids = node.stopped.map((place) => lane.nodes[place]?.label ?? "?");
    const shown = ids.length > STOPPED_MAX ? [...ids.slice(0, STOPPED_MAX - 1), `+${ids.length - STOPPED_MAX + 1}`] : ids;
    shown.forEach((text) => {
      const wide = Math.max(17, measure(text, 11) + 8);
      const d = spot.r + 13 + Math.abs(ox) * (wide / 2 - 6);
      // Where the id came from: before the node, on either side of the ring.
      for (const turn of [-0.7, 0.7, -1.2, 1.2, -0.2, Math.PI, Math.PI - 0.8, Math.PI + 0.8]) {
        const [c, s] = [Math.cos(turn), Math.sin(turn)];
        const [x, y] = [spot.x + d * (ox * c - oy * s), spot.y + d * (ox * s + oy * c)];
        if (x - wide / 2 < 2 || x + wide / 2 > w - 2 || y < 9 || y > h - 9 || !boxes.take(x - wide / 2 - 1, y - 9, wide + 2, 18)) continue;
        labels.push({ k: "rect", x: x - wide / 2, y: y - 8, w: wide, h: 16, r: 8, fill: "card", stroke: "follower", width: 1 });
        labels.push({ k: "text", x, y: y + 4, text, size: 11, align: "center", fill: "mute" });
        if (!text.startsWith("+")) labels.push({ k: "curve", curve: { k: "line", x0: x - wide / 2 + 2, y0: y + 7, x1: x + wide / 2 - 2, y1: y - 7 }, stroke: "bad", width: 1.25 });
        break;
      }
    });
  }
}
