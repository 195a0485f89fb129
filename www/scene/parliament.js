// Many voters: a seat for each, filled once its vote is given, around the member that asks. The arc above them grows
// with the votes, up to the line of the quorum and past it.

import { ballotWords } from "./ballot.js";
import { clamp } from "./geometry.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./ballot.js").Ballot} Ballot */
/** @typedef {import("./lane.js").Spot} Spot */

/** The angles of the first and the last seat: a little more than half a circle. */
const FROM = Math.PI * 1.04;
const TO = -Math.PI * 0.04;
/** The thickness of the arc of votes. */
const ARC = 6;
/** The height of the words below. */
const WORDS = 32;

/** How seats look, by where their votes stand. @type {Record<import("./ballot.js").Standing, import("./items.js").Look>} */
const SEATS = {
  granted: { fill: "lead2", stroke: "leader", width: 1.5 },
  late: { fill: "card", stroke: "leader", width: 1 },
  due: { fill: "card", stroke: "follower", width: 1 },
  silent: { fill: "card", stroke: "bad", width: 1 },
  other: { fill: "soft", stroke: "follower", width: 1 },
  refused: { fill: "soft", stroke: "follower", width: 1 },
  cut: { fill: "card", stroke: "bad", width: 1, dash: [2, 2] },
  down: { fill: "card", stroke: "faint", width: 1, dash: [2, 2] },
  barred: { fill: "card", stroke: "faint", width: 1, dash: [1, 2] },
};

/**
 * @param {import("./lane.js").Box} box
 * @param {import("../engine.js").Algorithm} info
 * @param {Ballot | null} found
 * @param {import("./items.js").Measure} measure
 * @returns {import("./lane.js").Plan}
 */
export function parliament({ lane, w, h: whole }, info, found, measure) {
  const h = whole - 6;
  const n = lane.members;
  const leader = lane.truth >= 0 ? lane.truth : lane.leader;
  const middle = found?.candidate.place ?? (leader >= 0 && lane.nodes[leader].leads ? leader : -1);
  const big = clamp(h * 0.075, 13, 20);
  const [x, y] = [w / 2, h - WORDS - big - 6];
  const outer = Math.max(40, Math.min(w / 2 - 6, (y - 20), (h - WORDS) * 0.9));
  const { spots, r } = seated(n, x, y, outer - ARC - 5, big + 12);
  const standing = new Map(found?.seats.map((it) => [it.node.place, it.standing]));
  /** @type {Item[]} */
  const back = [];
  /** @type {Spot[]} */
  const at = spots.map(({ px, py, a }, place) => {
    if (place === middle) {
      // Its own vote keeps its seat.
      back.push({ k: "rect", x: px - r, y: py - r, w: 2 * r, h: 2 * r, r: r * 0.4, ...(found ? SEATS[standing.get(place) ?? "due"] : { stroke: "line", width: 1 }) });
      return { x, y, r: big, lx: x, ly: y + big + 15, align: "center", out: [0, 1], says: [], alone: found?.lost };
    }
    const out = /** @type {[number, number]} */ ([Math.cos(a), -Math.sin(a)]);
    return {
      x: px, y: py, r, lx: px, ly: py + r + 10, align: "center", room: 2, dense: true, out, across: true, says: [],
      seat: SEATS[standing.get(place) ?? "due"],
    };
  });
  count(back, found, x, y, outer - ARC / 2);
  const lines = found ? ballotWords(found, info.epoch) : ["", "nobody asks for votes"];
  lines.forEach((text, i) => {
    const weight = i === 0 ? 650 : 400;
    const size = [11.5, 10, 9].find((it) => measure(text, it, weight) <= w - 8) ?? 9;
    const fill = i > 0 ? "mute" : found?.lost ? "bad" : found?.open ? "warn" : "leader";
    if (text) back.push({ k: "text", x, y: h - WORDS + 14 + i * 14, text, size, weight, fill, align: "center" });
  });
  return {
    at,
    path: (from, to) => ({ k: "line", x0: at[from].x, y0: at[from].y, x1: at[to].x, y1: at[to].y }),
    links: [],
    back,
    full: [0, h - WORDS + 2, w, WORDS],
    split: (side) => border(side, spots, x, y, big + 10, outer - ARC - 2),
  };
}

/** The seats of the pictures that were drawn last, by what they depend on. @type {Map<string, ReturnType<typeof seats>>} */
const known = new Map();

/** `seats`, which many frames have in common. @param {Parameters<typeof seats>} of */
function seated(...of) {
  const key = of.join(" ");
  let its = known.get(key);
  if (!its) {
    // A playground has at most eight lanes; sizes change while its window is resized.
    if (known.size >= 16) known.clear();
    known.set(key, its = seats(...of));
  }
  return its;
}

/**
 * The largest seats with which all fit into rows around a point, from the left to the right.
 *
 * @param {number} n @param {number} x @param {number} y @param {number} outer @param {number} inner
 */
function seats(n, x, y, outer, inner) {
  for (let r = 15; ; r -= 0.25) {
    // Squares next to each other on a slope need more room.
    const pitch = r * 2.85;
    const rows = Math.floor((outer - r - inner - r) / pitch) + 1;
    const radii = Array.from({ length: Math.max(1, rows) }, (_, i) => outer - r - i * pitch);
    const room = radii.map((it) => Math.max(0, Math.floor(((FROM - TO) * it) / pitch) + 1));
    const all = room.reduce((sum, it) => sum + it, 0);
    if (all < n && r > 2) continue;
    // As few rows as will do, each filled in proportion.
    let used = 1;
    while (used < room.length && room.slice(0, used).reduce((sum, it) => sum + it, 0) < n) used++;
    const space = room.slice(0, used).reduce((sum, it) => sum + it, 0);
    /** @type {{px: number, py: number, a: number}[]} */
    const spots = [];
    let left = n;
    room.slice(0, used).forEach((it, i) => {
      const here = i === used - 1 ? left : Math.round((n * it) / space);
      left -= here;
      for (let k = 0; k < here; k++) {
        const a = here === 1 ? Math.PI / 2 : FROM + ((TO - FROM) * k) / (here - 1);
        spots.push({ px: x + radii[i] * Math.cos(a), py: y - radii[i] * Math.sin(a), a });
      }
    });
    spots.sort((a, b) => b.a - a.a || a.py - b.py);
    return { spots, r };
  }
}

/** The votes so far as an arc, and the line of the quorum. @param {Item[]} back @param {Ballot | null} found
 * @param {number} x @param {number} y @param {number} r */
function count(back, found, x, y, r) {
  const turn = (/** @type {number} */ share) => 2 * Math.PI - FROM + (FROM - TO) * share;
  const arc = (/** @type {number} */ from, /** @type {number} */ to) => /** @type {const} */ ({ k: "arc", x, y, r, a0: turn(from), a1: turn(to) });
  back.push({ k: "curve", curve: arc(0, 1), stroke: "line", width: ARC });
  if (!found) return;
  const all = found.seats.filter((it) => it.standing !== "barred").length;
  const against = found.seats.filter((it) => it.standing === "refused" || it.standing === "other").length;
  back.push({ k: "curve", curve: arc(0, found.tally.granted / all), stroke: "leader", width: ARC });
  if (against > 0) back.push({ k: "curve", curve: arc(1 - against / all, 1), stroke: "follower", width: ARC });
  const a = turn(found.tally.needed / all);
  const [c, s] = [Math.cos(a), Math.sin(a)];
  back.push({ k: "curve", curve: { k: "line", x0: x + (r - 8) * c, y0: y + (r - 8) * s, x1: x + (r + 6) * c, y1: y + (r + 6) * s }, stroke: "ink", width: 2 });
  back.push({ k: "text", x: x + (r + 10) * c, y: y + (r + 10) * s, text: `${found.tally.needed} of ${all}`, size: 11.5, weight: 650, fill: "leader", align: "center" });
}

/** Lines between neighbours on different sides, if they are few. @param {number[]} side @param {{a: number}[]} spots
 * @param {number} x @param {number} y @param {number} from @param {number} to @returns {Item[]} */
function border(side, spots, x, y, from, to) {
  const ends = spots.flatMap(({ a }, i) => (i + 1 < spots.length && side[i] !== side[i + 1] ? [(a + spots[i + 1].a) / 2] : []));
  return ends.length > 4 ? [] : ends.map((a) => (/** @type {Item} */ ({
    k: "curve",
    curve: { k: "line", x0: x + from * Math.cos(a), y0: y - from * Math.sin(a), x1: x + to * Math.cos(a), y1: y - to * Math.sin(a) },
    stroke: "bad", width: 1.5, dash: [4, 4],
  })));
}
