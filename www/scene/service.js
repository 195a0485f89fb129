// A coordination service above its clients: the queue of znodes it keeps, who watches whom, and a line a session.

import { clamp } from "./geometry.js";

/** The watched number that stands for the parent's children. */
const CHILDREN = 2 ** 32 - 1;
const TOP = 6;
const PANEL = 84;

/** @type {import("./lane.js").Arrange} */
export function service({ lane, w, h }) {
  const n = lane.members;
  const margin = 8;
  const row = Math.min(h - 50, h * 0.74);
  const gap = (w - 2 * margin) / Math.max(1, n);
  const r = clamp(gap * 0.36, 1.8, 17);
  const floor = TOP + PANEL;
  /** @type {import("./lane.js").Spot[]} */
  const at = Array.from({ length: n }, (_, i) => {
    const x = margin + gap * (i + 0.5);
    return { x, y: row, r, lx: x, ly: row + r + 16, align: "center" };
  });
  // The service's own nodes sit in the panel's upper right corner.
  for (let i = 0; i < lane.services; i++) {
    const x = w - margin - 17 - 26 * (lane.services - 1 - i);
    at.push({ x, y: TOP + 16, r: 9, lx: x, ly: TOP + 37, align: "center", square: true });
  }
  /** @type {import("./items.js").Item[]} */
  const back = [{ k: "rect", x: margin - 4, y: TOP, w: w - 2 * margin + 8, h: PANEL, r: 9, fill: "soft" }];
  back.push({ k: "text", x: margin + 6, y: TOP + 17, text: "queue", size: 10, fill: "mute" });
  sessions(lane, at, floor, back);
  queue(lane, w, margin, back);
  const down = Math.max(1.5, r * 0.2);
  return {
    at,
    path(from, to) {
      const [out, back] = [from < n, to < n];
      if (out && !back) return { k: "line", x0: at[from].x - down, y0: row, x1: at[from].x - down, y1: floor - r };
      if (!out && back) return { k: "line", x0: at[to].x + down, y0: floor - r, x1: at[to].x + down, y1: row };
      if (!out) return { k: "line", x0: at[from].x, y0: at[from].y, x1: at[to].x, y1: at[to].y };
      const [p, q] = [at[from], at[to]];
      return { k: "quad", x0: p.x, y0: p.y, cx: (p.x + q.x) / 2, cy: row + 40, x1: q.x, y1: q.y };
    },
    links: at.slice(0, n).flatMap((_, i) => Array.from({ length: lane.services }, (_, s) => /** @type {[number, number]} */ ([i, n + s]))),
    back,
    split(side) {
      /** @type {import("./items.js").Item[]} */
      const items = [];
      for (let i = 0; i < n; i++) {
        if (i + 1 < n && side[i] !== side[i + 1]) {
          const x = (at[i].x + at[i + 1].x) / 2;
          const curve = /** @type {const} */ ({ k: "line", x0: x, y0: floor + 8, x1: x, y1: row + r + 18 });
          items.push({ k: "curve", curve, stroke: "bad", width: 1.5, dash: [2, 5] });
        }
        if (lane.services > 0 && side[i] !== side[n]) {
          items.push({ k: "cross", x: at[i].x, y: (floor + row - r) / 2, r: Math.min(4.5, r), stroke: "bad", width: 1.75 });
        }
      }
      return items;
    },
  };
}

/**
 * A line for each living session.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {import("./lane.js").Spot[]} at
 * @param {number} floor
 * @param {import("./items.js").Item[]} back
 */
function sessions(lane, at, floor, back) {
  const alive = new Set(lane.shapes.filter((it) => it.kind === 0 && it.numbers[3] === 1).map((it) => it.numbers[0]));
  for (let i = 0; i < lane.members; i++) {
    const has = alive.has(lane.nodes[i].id);
    /** @type {import("./geometry.js").Curve} */
    const curve = { k: "line", x0: at[i].x, y0: at[i].y, x1: at[i].x, y1: floor };
    back.push({ k: "curve", curve, stroke: has ? "follower" : "line", width: has ? 1.25 : 1, dash: has ? undefined : [2, 4] });
  }
}

/**
 * The znodes in the order of their sequence, and arrows to whom their owners watch.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {number} w
 * @param {number} margin
 * @param {import("./items.js").Item[]} back
 */
function queue(lane, w, margin, back) {
  const znodes = lane.shapes.filter((it) => it.kind === 1).sort((a, b) => a.numbers[1] - b.numbers[1]);
  if (znodes.length === 0) {
    back.push({ k: "text", x: w / 2, y: TOP + 50, text: "empty", size: 11, fill: "mute", align: "center" });
    return;
  }
  const room = w - 2 * margin - 8;
  const gap = room < 220 ? 8 : 11;
  const fitting = (/** @type {number} */ wide) => Math.floor((wide + gap) / (27 + gap));
  const shown = fitting(room) >= znodes.length ? znodes.length : Math.max(1, fitting(room - 30));
  const wide = Math.min(44, (room - (shown < znodes.length ? 30 : 0) + gap) / shown - gap);
  const y = TOP + 31;
  const tall = 31;
  /** @type {Map<number, number>} */
  const x = new Map();
  znodes.slice(0, shown).forEach((znode, i) => {
    const left = margin + 4 + i * (wide + gap);
    x.set(znode.numbers[1], left);
    back.push({
      k: "rect", x: left, y, w: wide, h: tall, r: 6, fill: "card",
      stroke: i === 0 ? "leader" : "follower", width: i === 0 ? 2 : 1.25,
    });
    const middle = left + wide / 2;
    back.push({ k: "text", x: middle, y: y + 14, text: `${znode.numbers[0]}`, size: 12, weight: 650, fill: "ink", align: "center" });
    back.push({ k: "text", x: middle, y: y + 25.5, text: `…${String(znode.numbers[1]).padStart(2, "0")}`, size: 9, fill: "mute", align: "center" });
  });
  if (shown < znodes.length) {
    back.push({ k: "text", x: margin + 4 + shown * (wide + gap), y: y + 20, text: `+${znodes.length - shown}`, size: 11, fill: "mute" });
  }
  const own = new Map(znodes.map((znode) => [znode.numbers[0], znode.numbers[1]]));
  for (const watch of lane.shapes.filter((it) => it.kind === 2)) {
    const [client, watched] = watch.numbers;
    const from = x.get(own.get(client) ?? -1);
    if (from === undefined) continue;
    if (watched === CHILDREN) {
      // It watches the whole queue: an eye above its own znode.
      back.push({ k: "circle", x: from + wide / 2, y: y - 4, r: 2.5, stroke: "mute", width: 1.25 });
      continue;
    }
    const to = x.get(watched);
    if (to === undefined) continue;
    const [x0, x1, y0] = [from + wide * 0.3, to + wide * 0.7, y + tall];
    const dip = Math.min(16, 7 + Math.abs(x0 - x1) * 0.08);
    back.push({ k: "curve", curve: { k: "quad", x0, y0, cx: (x0 + x1) / 2, cy: y0 + 2 * dip, x1, y1: y0 + 2 }, stroke: "mute", width: 1.25 });
    back.push({ k: "arrow", x: x1, y: y0 + 1, r: 4, angle: -Math.PI / 2 - (x1 < x0 ? 0.45 : -0.45), fill: "mute" });
  }
}
