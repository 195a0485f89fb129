// How fast a run plays. "Auto" slows down where something happens, so that messages that take milliseconds can be
// followed, and hurries through quiet seconds. Pure: the speed is a function of the playhead and the run's summary.

/** The speeds to choose from, in simulated seconds per second. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** @typedef {number | "auto"} Speed */

/** The speed at a beat, and the least speed in quiet time. */
const SLOW = 0.08;
const FAST = 1.6;
/** How long before and after a beat to stay slow, in microseconds. An election's messages precede its end. */
const BEFORE = 40_000;
const AFTER = 10_000;
/** Beyond that, the speed is the distance divided by this, in microseconds per second. Braking takes longer than
 * accelerating. */
const BRAKE = 120_000;
const GATHER = 80_000;
/** Far from any beat, quiet time may last for hours: there the speed is the distance divided by this. */
const FAR = 3_000_000;
/** How much faster the first elections pass, before the first action: they differ by chance, and more is to come. */
const OPENING = 2;
/** Up to this many beats within that time each play at the slowest speed; the more there are, the faster they pass. */
const CROWD = 4;
const WITHIN = 2_000_000;

/**
 * The instants to slow down for, in order, and how many of them come before the first action.
 *
 * @typedef {{at: number[], opening: number}} Beats
 */

/**
 * The instants to slow down for: actions, and the start and end of every leadership. In order, without those that
 * closely follow another. The start of the run is not one of them, because nothing precedes it.
 *
 * @param {import("./engine.js").Story[]} stories
 * @param {readonly {at: number}[]} [breaks] Where `break` lines stop the playhead.
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
 * The speed at a position of the playhead.
 *
 * @param {Speed} speed
 * @param {number} now
 * @param {Beats} beats
 */
export function pace(speed, now, { at, opening }) {
  if (speed !== "auto") return speed;
  // Find the nearest beats ahead and behind.
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
