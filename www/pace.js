// How fast a run plays. "Auto" slows down where something happens, so that each message of an election can be read, and
// hurries through quiet seconds. Pure: the speed is a function of the playhead and the run's summary.

import { upTo } from "./search.js";

/** The speeds to choose from, in simulated seconds per second. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** @typedef {number | "auto"} Speed */

/** The speed at the start and the end of an election: a message of ten milliseconds takes most of a second. */
const ELECTION = 0.0125;
/** In between, the speed doubles at this distance from both, in microseconds, so that none takes longer than 10 s. */
const MIDDLE = 40_000;
/** Before and after an election, the speed changes by a factor of e in this time, in microseconds. */
const CHANGES = 4000;
/** Up to this many elections play that slowly; the more there are, the faster they pass. */
const ELECTIONS = 6;
/** The first elections, before the first action, differ by chance, and more is to come. */
const OPENING = 0.16;
/** The speed at any other beat, and the least speed in quiet time. */
const SLOW = 0.1;
const FAST = 5;
/** How long before and after a beat to stay slow, in microseconds. */
const BEFORE = 40_000;
const AFTER = 10_000;
/** Beyond that, the speed is the distance divided by this, in microseconds per second. Braking takes longer than
 * accelerating. */
const BRAKE = 120_000;
const GATHER = 80_000;
/** Far from any beat, quiet time may last for hours: there the speed is the distance divided by this. */
const FAR = 3_000_000;
/** Up to this many beats within that time each play at the slowest speed; the more there are, the faster they pass. */
const CROWD = 4;
const WITHIN = 2_000_000;

/**
 * What to slow down for, in order.
 *
 * @typedef {object} Beats
 * @property {number[]} at The instants.
 * @property {number} opening How many of them come before the first action.
 * @property {[from: number, to: number][]} elections When an election was on in some lane; they do not overlap.
 * @property {number[]} edges Where an election of a lane began or ended.
 * @property {number} hurry How much faster the elections pass because there are many.
 */

/**
 * The instants to slow down for: actions, the start and end of every leadership, and the elections. Instants closely
 * after another are left out, and so is the start of the run, because nothing precedes it.
 *
 * @param {Pick<import("./engine.js").Story, "bands" | "moments" | "electing" | "computed">[]} stories
 * @param {readonly {at: number}[]} [breaks] Where `break` lines stop the playhead.
 * @returns {Beats}
 */
export function beats(stories, breaks = []) {
  const all = breaks.map((it) => it.at);
  let done = Math.min(Infinity, ...all);
  for (const { bands, moments } of stories) {
    for (const { from, until } of bands) {
      all.push(from);
      if (until !== null) all.push(until);
    }
    for (const { kind, at } of moments) {
      if (kind !== "act") continue;
      all.push(at);
      done = Math.min(done, at);
    }
  }
  const stretches = stories.flatMap(({ electing, computed }) => electing.map(({ from, until }) => /** @type {[number, number]} */ ([from, until ?? computed])))
    .filter(([from]) => from >= done).sort(([a], [b]) => a - b);
  /** @type {[number, number][]} */
  const elections = [];
  for (const [from, to] of stretches) {
    const last = elections.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else elections.push([from, to]);
  }
  all.sort((a, b) => a - b);
  /** @type {number[]} */
  const kept = [];
  for (const at of all) if (at > (kept.length === 0 ? 0 : kept[kept.length - 1] + 20_000)) kept.push(at);
  return {
    at: kept, opening: done === Infinity ? 0 : kept.filter((at) => at < done).length, elections,
    edges: stretches.flat().sort((a, b) => a - b), hurry: Math.max(1, stretches.length / ELECTIONS),
  };
}

/**
 * The speed at a position of the playhead.
 *
 * @param {Speed} speed
 * @param {number} now
 * @param {Beats} beats
 */
export function pace(speed, now, { at, opening, elections, edges, hurry }) {
  if (speed !== "auto") return speed;
  const begun = upTo(elections, ([from]) => from, now);
  const coming = elections[begun]?.[0] ?? Infinity;
  if (begun > 0 && now < elections[begun - 1][1]) {
    const next = upTo(edges, (it) => it, now);
    const aside = Math.min(now - edges[next - 1], (edges[next] ?? Infinity) - now) / MIDDLE;
    return Math.min(FAST, ELECTION * hurry * (1 + aside * aside));
  }
  const low = upTo(at, (it) => it, now);
  const ahead = low < at.length ? Math.max(0, at[low] - BEFORE - now) : Infinity;
  const behind = low > 0 ? Math.max(0, now - at[low - 1] - AFTER) : Infinity;
  const brake = low < at.length ? Math.max(slowest(low, at, opening), ahead / BRAKE) : Infinity;
  const gather = low > 0 ? Math.max(slowest(low - 1, at, opening), behind / GATHER) : Infinity;
  const over = begun > 0 ? now - elections[begun - 1][1] : Infinity;
  const election = ELECTION * hurry * Math.exp(Math.min(coming - now, over) / CHANGES);
  return Math.min(brake, gather, election, Math.max(FAST, Math.min(ahead, behind, coming - now) / FAR));
}

/** The speed right at a beat. @param {number} index @param {number[]} at @param {number} opening */
function slowest(index, at, opening) {
  let crowd = 1;
  while (crowd <= index && at[index] - at[index - crowd] < WITHIN) crowd++;
  return Math.max(index < opening ? OPENING : SLOW, (SLOW * crowd) / CROWD);
}

/** The next speed up or down. @param {Speed} speed @param {1 | -1} direction @returns {Speed} */
export function shift(speed, direction) {
  if (speed === "auto") return direction === 1 ? 1 : 0.1;
  const at = SPEEDS.indexOf(speed) + direction;
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))];
}

/** @param {Speed} speed */
export function speedName(speed) {
  if (speed === "auto") return "auto";
  return rateName(speed);
}

/** A speed as text, slow ones as a fraction. @param {number} rate */
export function rateName(rate) {
  if (rate >= 9.5) return `${Math.round(rate)}×`;
  return rate < 0.25 ? `1/${Math.round(1 / rate)}×` : `${Number(rate.toPrecision(2))}×`;
}
