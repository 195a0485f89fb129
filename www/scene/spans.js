// Which stretch of the run a space-time diagram shows, and which of many nodes. Pure.

import { clamp } from "./geometry.js";

/** @typedef {import("../engine.js").Story} Story */

/** The shortest stretch of an election, a stretch without one, and the longest, in delays of a message. */
const SHORT = 3.2;
const CALM = 7;
const LONG = 60;
/** Where the playhead stands in a stretch without an election. */
const AHEAD = 0.68;
/** The least and the most that can be shown, in microseconds. */
export const LEAST = 200;
const MOST = 120e6;
/** From more nodes than this on, those that matter have rows of their own. */
const ROWS_MAX = 12;
const COLUMNS_MAX = 6;
/** @param {boolean} narrow */
export const rowsMax = (narrow) => (narrow ? COLUMNS_MAX : ROWS_MAX);

/**
 * The stretch that explains a moment: the election around it or, if there is none, some delays of a message.
 *
 * @param {Pick<Story, "electing">} story
 * @param {number} at
 * @param {number} until The end of the run.
 * @param {number} delay The longest usual delay of a message, in microseconds.
 * @returns {[number, number]}
 */
export function spanAt({ electing }, at, until, delay) {
  const usual = clamp(delay, 500, 2e6);
  const near = usual * 1.5;
  const election = electing.findLast((it) => it.from - near <= at && at <= (it.until ?? at) + near);
  if (election) {
    const end = Math.max(election.until ?? at, at);
    const from = Math.min(election.from, at);
    const pad = Math.max(usual * 0.6, (end - from) * 0.15);
    if (end - from + 2 * pad <= usual * LONG) return within(from - pad, Math.max(end + pad, from - pad + usual * SHORT), until);
  }
  const width = Math.min(until, usual * CALM);
  return within(at - width * AHEAD, at + width * (1 - AHEAD), until);
}

/** Moves a stretch into the run. @param {number} from @param {number} to @param {number} until @returns {[number, number]} */
export function within(from, to, until) {
  const wide = clamp(to - from, Math.min(LEAST, until), Math.min(MOST, until));
  const left = clamp(from, 0, until - wide);
  return [left, left + wide];
}

/** Zooms; `around` stays where it is. @param {readonly [number, number]} shown @param {number} factor @param {number} around @param {number} until */
export function zoomed([from, to], factor, around, until) {
  const wide = clamp((to - from) * factor, LEAST, MOST);
  const share = clamp((around - from) / (to - from), 0, 1);
  return within(around - share * wide, around + (1 - share) * wide, until);
}

/**
 * A stretch that follows the playhead: the same one while that is inside, or else the next.
 *
 * @param {readonly [number, number]} shown @param {number} now @param {number} before Where the playhead was. @param {number} until
 * @returns {readonly [number, number] | null} Null if it can stay.
 */
export function follows([from, to], now, before, until) {
  const wide = to - from;
  if (from + wide * 0.02 <= now && now <= to - wide * 0.06) return null;
  // Near the ends of the run there is nowhere to go.
  if ((from <= 0 && now <= from + wide / 2) || (to >= until && now >= to - wide / 2)) return from <= now && now <= to ? null : within(now - wide / 2, now + wide / 2, until);
  return now < before ? within(now - wide * 0.85, now + wide * 0.15, until) : within(now - wide * 0.2, now + wide * 0.8, until);
}

/**
 * The rows of a diagram: every node, or of many nodes those that something happens to, and one for the rest.
 *
 * @param {object} input
 * @param {import("../engine.js").RunLane} input.run
 * @param {import("./stretch.js").Stretch} input.stretch
 * @param {boolean} input.store Whether anything was written.
 * @param {boolean} input.open Whether all nodes are to be shown.
 * @param {Iterable<number>} input.wanted Places that must have a row.
 * @param {number} input.from
 * @param {number} input.step The last event that may be considered.
 * @param {boolean} input.narrow
 * @returns {import("./spacetime.js").Row[]}
 */
export function rowsOf({ run, stretch, store, open, wanted, from, step, narrow }) {
  const nodes = run.members + run.services;
  const name = (/** @type {number} */ place) => {
    const its = run.names[place] ?? "store";
    return !narrow && /^\d/.test(its) ? `node ${its}` : its;
  };
  const single = (/** @type {number} */ place) => ({ places: [place], name: name(place), folded: false });
  const all = Array.from({ length: nodes }, (_, place) => place);
  const last = store ? [{ places: [nodes], name: "store", folded: false }] : [];
  const most = rowsMax(narrow);
  if (nodes <= most || open) return [...all.map(single), ...last];
  /** @type {Map<number, number>} How much happens to a node. */
  const weight = new Map();
  const add = (/** @type {number} */ place, /** @type {number} */ much) => {
    if (0 <= place && place < nodes) weight.set(place, (weight.get(place) ?? 0) + much);
  };
  for (const place of wanted) add(place, 1e6);
  for (const phases of stretch.phases) {
    for (const it of phases ?? []) {
      if (it.to < from || it.step > step || !it.up) continue;
      if (it.leads) add(it.place, 1000);
      else if (it.role === "candidate") add(it.place, 300);
    }
  }
  for (const { kind, place, at, step: its } of stretch.sparks) {
    if (at >= from && its <= step && ["crash", "start", "pause", "resume", "mark"].includes(kind)) add(place, 200);
  }
  for (const p of stretch.passages) {
    if (p.end < from || p.sentStep > step) continue;
    add(p.from, 0.5);
    add(p.to, 1);
  }
  const heaviest = [...weight].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const matter = heaviest.filter(([, much]) => much >= 100).length;
  const chosen = heaviest.slice(0, clamp(matter, most >> 1, most - 2)).map(([place]) => place).sort((a, b) => a - b);
  const rest = all.filter((place) => !chosen.includes(place));
  return [...chosen.map(single), ...last, { places: rest, name: `${rest.length} more ▸`, folded: true }];
}
