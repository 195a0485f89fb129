// The symbols of the pictures, each drawn as the pictures draw it, with what it means. Pure.

import { shape } from "./nodes.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("../frame.js").NodeState} NodeState */

/** The size of a symbol. */
export const [WIDTH, HEIGHT] = [28, 20];
const [X, Y] = [WIDTH / 2, HEIGHT / 2];

/** @param {Partial<NodeState>} state @param {{truth?: boolean, wrong?: boolean}} [how] @returns {Item[]} */
function node(state, { truth = false, wrong = false } = {}) {
  /** @type {Item[]} */
  const list = [];
  const all = /** @type {NodeState} */ ({ up: true, paused: false, leads: false, role: "follower", silencedBy: -1, beatenBy: -1, place: 0, ...state });
  shape(list, { x: X, y: Y, r: 6.5, lx: 0, ly: 0, align: "center", out: [0, 1] }, all, truth, wrong);
  return list;
}

/** @param {number} x0 @param {number} x1 @returns {import("./geometry.js").Line} */
const line = (x0, x1) => ({ k: "line", x0, y0: Y, x1, y1: Y });

/** @type {readonly {name: string, means: string, items: Item[]}[]} */
export const SYMBOLS = [
  { name: "leads", means: "Filled: the node believes that it leads", items: node({ leads: true, role: "leader" }) },
  { name: "in truth", means: "A ring around it: it leads in truth, according to the service or to a quorum", items: node({ leads: true, role: "leader" }, { truth: true }) },
  { name: "wrongly", means: "A red hatched ring: it believes that it leads, and does not", items: node({ leads: true, role: "leader" }, { wrong: true }) },
  { name: "wants to lead", means: "A diamond: a candidate", items: node({ role: "candidate" }) },
  { name: "has to wait", means: "Grey: a candidate that another one has taken over from, or a node that does nothing now", items: node({ role: "candidate", silencedBy: 1 }) },
  { name: "down", means: "Dashed: the process is down", items: node({ up: false }) },
  {
    name: "timeout left", means: "The arc around a node: how much of its timeout is left",
    items: [...node({}), { k: "curve", curve: { k: "arc", x: X, y: Y, r: 9, a0: -Math.PI / 2, a1: Math.PI / 2 + 0.4 }, stroke: "faint", width: 2 }],
  },
  { name: "elects", means: "An amber dot: a message of an election; a capsule carries an id", items: [{ k: "circle", x: X, y: Y, r: 4.5, fill: "candidate" }] },
  { name: "heartbeat", means: "A small hollow dot: a heartbeat or another message of daily work; a square carries data", items: [{ k: "circle", x: X, y: Y, r: 3, fill: "card", stroke: "follower", width: 1.5 }] },
  { name: "lost", means: "A red cross: a message was lost there, or the store refused a write", items: [{ k: "cross", x: X, y: Y, r: 4, stroke: "bad", width: 1.75 }] },
  { name: "cut", means: "Red dashes: nothing gets through", items: [{ k: "curve", curve: line(3, WIDTH - 3), stroke: "bad", width: 1.5, dash: [3, 4] }] },
];
