// How fast a run is told. "Auto" lingers where something happens, so that messages of some milliseconds can be
// followed, and passes over calm seconds. Pure: the speed is a function of the playhead and the run's story.

/** The speeds to choose from, in simulated seconds a second. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** @typedef {number | "auto"} Speed */

/** The speed at a moment worth it, and in calm. */
const SLOW = 0.08;
const FAST = 1.6;
/** How long before and after a moment it is slow, in microseconds: messages of an election run before its end. */
const BEFORE = 40_000;
const AFTER = 10_000;
/** Further away the speed is the distance over this, in microseconds a second: it brakes longer than it gathers way. */
const BRAKE = 120_000;
const GATHER = 80_000;
/** Where nothing is near for long, hours may pass: there the speed is the distance over this. */
const FAR = 3_000_000;
/** So much faster pass the first elections, before anybody does anything: they differ by chance, and more is to come. */
const OPENING = 2;
/** So many moments within that time are each worth it; the more follow on them, the quicker each of them passes. */
const CROWD = 4;
const WITHIN = 2_000_000;

/**
 * The instants worth lingering at, in order, and how many of them come before anything is done to the lanes.
 *
 * @typedef {{at: number[], opening: number}} Beats
 */

/**
 * The instants worth lingering at: faults, and every beginning and end of a leadership. In order, without those
 * that lie close behind another one. The start is none: nothing was before it.
 *
 * @param {import("./engine.js").Story[]} stories
 * @param {readonly {at: number}[]} [breaks] Where lines of the scenario stop the playhead.
 * @returns {Beats}
 */
export function beats(stories, breaks = []) {
  const all = breaks.map((it) => it.at);
  let done = Math.min(Infinity, ...all);
  for (const story of stories) {
    for (const band of story.bands) {
      all.push(band.from);
      if (band.until !== null) all.push(band.until);
    }
    for (const moment of story.moments) {
      if (moment.kind !== "act") continue;
      all.push(moment.at);
      done = Math.min(done, moment.at);
    }
  }
  all.sort((a, b) => a - b);
  /** @type {number[]} */
  const kept = [];
  for (const at of all) if (at > (kept.length === 0 ? 0 : kept[kept.length - 1] + 20_000)) kept.push(at);
  return { at: kept, opening: done === Infinity ? 0 : kept.filter((at) => at < done).length };
}

/**
 * The speed at a playhead.
 *
 * @param {Speed} speed
 * @param {number} now
 * @param {Beats} beats
 */
export function pace(speed, now, { at, opening }) {
  if (speed !== "auto") return speed;
  // The nearest beat in front, the nearest behind.
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] <= now) low = middle + 1;
    else high = middle;
  }
  const ahead = low < at.length ? Math.max(0, at[low] - BEFORE - now) : Infinity;
  const behind = low > 0 ? Math.max(0, now - at[low - 1] - AFTER) : Infinity;
  const brake = low < at.length ? Math.max(slowest(low, at, opening), ahead / BRAKE) : Infinity;
  const gather = low > 0 ? Math.max(slowest(low - 1, at, opening), behind / GATHER) : Infinity;
  return Math.min(brake, gather, Math.max(FAST, Math.min(ahead, behind) / FAR));
}

/** The speed right at a beat. @param {number} index @param {number[]} at @param {number} opening */
function slowest(index, at, opening) {
  let crowd = 1;
  while (crowd <= index && at[index] - at[index - crowd] < WITHIN) crowd++;
  return SLOW * Math.max(index < opening ? OPENING : 1, crowd / CROWD);
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
  return speed < 0.25 ? `1/${Math.round(1 / speed)}×` : `${speed}×`;
}
