// How fast a run is told. "Auto" lingers where something happens, so that messages of some milliseconds can be
// followed and calm seconds pass at once. Pure: the speed is a function of the playhead and the run's story.

/** The speeds to choose from, in simulated seconds a second. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** @typedef {number | "auto"} Speed */

const SLOW = 0.05;
const FAST = 1.2;
/** How long before a moment it gets slow, how long it stays so, in microseconds. */
const BEFORE = 60_000;
const AFTER = 90_000;
/** Over what length it changes. */
const EASE = 120_000;

/**
 * The instants worth lingering at: faults, and every beginning and end of a leadership. In order, without those
 * that lie close behind another one.
 *
 * @param {import("./engine.js").Story[]} stories
 */
export function beats(stories) {
  /** @type {number[]} */
  const all = [];
  for (const story of stories) {
    for (const band of story.bands) {
      all.push(band.from);
      if (band.until !== null) all.push(band.until);
    }
    for (const moment of story.moments) if (moment.kind === "act") all.push(moment.at);
  }
  all.sort((a, b) => a - b);
  /** @type {number[]} */
  const kept = [];
  for (const at of all) if (kept.length === 0 || at - kept[kept.length - 1] > 20_000) kept.push(at);
  return kept;
}

/**
 * The speed at a playhead.
 *
 * @param {Speed} speed
 * @param {number} now
 * @param {number[]} at Of {@link beats}.
 */
export function pace(speed, now, at) {
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
  const calm = Math.min(1, Math.min(ahead, behind) / EASE);
  return SLOW * (FAST / SLOW) ** calm;
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
