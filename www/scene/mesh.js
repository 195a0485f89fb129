// A mesh: every member is linked to every other. Above a few members stands the ballot, a box for each vote; many
// members are the seats of a parliament around the one that asks them.

import { ballot, standingWord } from "./ballot.js";
import { DENSE } from "./circle.js";
import { clamp } from "./geometry.js";
import { parliament } from "./parliament.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./ballot.js").Ballot} Ballot */
/** @typedef {import("./lane.js").Spot} Spot */

/** With more members than this, links are not drawn. */
const LINKS_MAX = 10;
/** The height of the ballot. */
const BALLOT = 57;

/** @type {import("./lane.js").Arrange} */
export function mesh(box, info, options) {
  const { lane } = box;
  const found = ballot(lane);
  if (lane.members >= DENSE) return parliament(box, info, found, options.measure);
  const { at, x, y, rx, ry, angle } = ellipse(box);
  lane.nodes.forEach((node) => saying(at[node.place], node, lane, found));
  /** @type {[number, number][]} */
  const links = [];
  for (let a = 0; lane.members <= LINKS_MAX && a < lane.members; a++) for (let b = a + 1; b < lane.members; b++) links.push([a, b]);
  /** @type {Item[]} */
  const back = [];
  votes(back, box, found, info.epoch, options.measure);
  return {
    at,
    path: (from, to) => ({ k: "line", x0: at[from].x, y0: at[from].y, x1: at[to].x, y1: at[to].y }),
    links,
    showLinks: true,
    back,
    full: [0, 0, box.w, BALLOT],
    split: (side) => borders(side, (a) => [x + (rx + 26) * Math.cos(a), y + (ry + 20) * Math.sin(a)], angle, [x, y]),
  };
}

/** The members below the ballot, clockwise from the top. @param {import("./lane.js").Box} box */
function ellipse({ lane, w, h }) {
  const n = lane.members;
  const [top, bottom] = [BALLOT + 6, h - 23];
  const most = clamp((bottom - top) / 9, 6, 20);
  const ry = Math.max(12, (bottom - top) / 2 - most);
  const rx = Math.max(12, Math.min(w / 2 - most - (n > 8 ? 16 : 34), ry * 1.7));
  const [x, y] = [w / 2, (top + bottom) / 2];
  const angle = (/** @type {number} */ i) => -Math.PI / 2 + (i * 2 * Math.PI) / Math.max(1, n);
  // Neighbours are closest at the ends of the longer axis.
  const apart = Array.from({ length: n }, (_, i) => Math.hypot(rx * (Math.cos(angle(i)) - Math.cos(angle(i + 1))), ry * (Math.sin(angle(i)) - Math.sin(angle(i + 1)))));
  const r = n > 1 ? clamp(0.4 * Math.min(...apart), 4, most) : most;
  /** @type {Spot[]} */
  const at = Array.from({ length: n }, (_, i) => {
    const [c, s] = [Math.cos(angle(i)), Math.sin(angle(i))];
    const [px, py] = [x + rx * c, y + ry * s];
    // The highest node has its words at its side, below the ballot.
    const beside = s < -0.9;
    return {
      x: px, y: py, r, lx: beside ? px + r + 9 : px, ly: beside ? py + 4 : py + r + 15, align: beside ? "left" : "center", out: [c, s],
    };
  });
  return { at, x, y, rx, ry, angle };
}

/**
 * Lines between neighbours on different sides: one across if there are two sides, otherwise from the middle.
 *
 * @param {number[]} side
 * @param {(angle: number) => [number, number]} rim
 * @param {(i: number) => number} angle
 * @param {[number, number]} middle
 * @returns {Item[]}
 */
function borders(side, rim, angle, middle) {
  const n = side.length;
  const ends = side.flatMap((it, i) => (n < 2 || it === side[(i + 1) % n] ? [] : [rim(angle(i + 0.5))]));
  const line = (/** @type {[number, number]} */ [x0, y0], /** @type {[number, number]} */ [x1, y1]) => (
    /** @type {Item} */ ({ k: "curve", curve: { k: "line", x0, y0, x1, y1 }, stroke: "bad", width: 1.5, dash: [4, 4] }));
  return ends.length === 2 ? [line(ends[0], ends[1])] : ends.map((end) => line(middle, end));
}

/** What a node says of the vote, where that matters more than its state. @param {Spot} spot
 * @param {import("../frame.js").NodeState} node @param {import("../frame.js").LaneFrame} lane @param {Ballot | null} found */
function saying(spot, node, lane, found) {
  if (!node.up || node.paused) return;
  if (node.leads && found?.lost && found.candidate === node) {
    spot.alone = true;
    spot.says = ["believes it leads", "believes"];
  } else if (node.role === "candidate" && !node.leads) {
    const asks = node.tally && !node.tally.binding ? "asks how all would vote" : "wants to lead";
    spot.says = [asks, "asks"];
  } else if (node.voted && node.voted.epoch === node.epoch && node.follows < 0 && !node.leads) {
    const whom = lane.nodes[node.voted.whom]?.label ?? "?";
    spot.says = [`voted for ${whom}`, `for ${whom}`];
  }
}

/**
 * The ballot of a few: the votes in the order in which they came, and the line that they have to reach.
 *
 * @param {Item[]} back
 * @param {import("./lane.js").Box} box
 * @param {Ballot | null} found
 * @param {string} epoch
 * @param {import("./items.js").Measure} measure
 */
function votes(back, { lane, w }, found, epoch, measure) {
  const size = 11.5;
  const head = found ? [found.tally.binding ? "votes" : "asks first", `${epoch} ${found.tally.epoch}`] : ["votes"];
  const n = lane.members;
  const gap = 10;
  // The boxes of many need the whole width.
  const beside = n <= 7;
  const left = beside ? Math.max(...["asks first", `${epoch} 99`].map((text) => measure(text, size))) + 10 : 8;
  const pitch = Math.min(38, (w - left - gap - 8) / n);
  const wide = Math.max(8, pitch - (pitch > 24 ? 6 : 3));
  const start = (w + left - gap - pitch * n) / 2;
  if (beside) head.forEach((text, i) => back.push({ k: "text", x: start - 10, y: 18 + i * 14, text, size, fill: "mute", align: "right" }));
  else back.push({ k: "text", x: start, y: 54, text: head.join(", "), size, fill: "mute" });
  const needed = found?.tally.needed ?? n + 1;
  const box = (/** @type {number} */ i) => start + i * pitch + (i >= needed ? gap : 0);
  if (!found) {
    for (let i = 0; i < n; i++) back.push({ k: "rect", x: box(i), y: 6, w: wide, h: 20, r: 4, stroke: "line", width: 1.25 });
    back.push({ k: "text", x: start + (pitch * n) / 2, y: 42, text: "nobody asks", size, fill: "mute", align: "center" });
    return;
  }
  const words = found.seats.map((it) => standingWord(it, found, lane));
  const letters = Math.max(...found.seats.map((it) => it.node.label.length));
  const inside = Math.min(11.5, (wide - 3) / (letters * 0.6));
  const small = [size, 10, 9].find((it) => words.every((text) => measure(text, it) <= pitch - 2)) ?? 9;
  found.seats.forEach((seat, i) => {
    const x = box(i);
    const [given, silent, gone] = [seat.standing === "granted", seat.standing === "silent", seat.standing === "cut" || seat.standing === "down" || seat.standing === "barred"];
    back.push({
      k: "rect", x, y: 6, w: wide, h: 20, r: 4, fill: given ? "lead2" : "card", stroke: given ? "leader" : silent ? "bad" : gone ? "faint" : "follower", width: 1.25,
      dash: gone ? [3, 3] : undefined,
    });
    const middle = x + wide / 2;
    if (inside >= 9) back.push({ k: "text", x: middle, y: 20, text: seat.node.label, size: inside, weight: 650, fill: given ? "ink" : "mute", align: "center" });
    if (given) tick(back, middle, 34);
    else if (measure(words[i], small) <= pitch - 2) back.push({ k: "text", x: middle, y: 38, text: words[i], size: small, fill: seat.standing === "cut" || silent ? "bad" : "mute", align: "center" });
    else if (seat.standing === "other" || seat.standing === "refused") back.push({ k: "cross", x: middle, y: 34, r: 3, stroke: "mute", width: 1.25 });
  });
  const x = box(needed) - gap / 2 - (pitch - wide) / 2;
  back.push({ k: "curve", curve: { k: "line", x0: x, y0: 2, x1: x, y1: 42 }, stroke: "leader", width: 2 });
  const text = `${needed} of ${found.seats.filter((it) => it.standing !== "barred").length}`;
  const half = measure(text, size, 650) / 2 + 2;
  back.push({ k: "text", x: clamp(x, half, Math.max(half, w - half)), y: 54, text, size, weight: 650, fill: "leader", align: "center" });
}

/** @param {Item[]} back @param {number} x @param {number} y */
function tick(back, x, y) {
  for (const [x0, y0, x1, y1] of [[x - 4, y, x - 1, y + 3], [x - 1, y + 3, x + 5, y - 4]]) {
    back.push({ k: "curve", curve: { k: "line", x0, y0, x1, y1 }, stroke: "ink", width: 1.5 });
  }
}
