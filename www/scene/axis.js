// The time axis: the positions of instants, and the texts of the marks. Pure.

/**
 * @typedef {object} Axis
 * @property {number} x0 The position of `from`.
 * @property {number} x1 The position of `to`.
 * @property {number} from Microseconds.
 * @property {number} to
 */

/** @param {Axis} axis @param {number} at */
export const xOf = (axis, at) => axis.x0 + ((at - axis.from) / (axis.to - axis.from)) * (axis.x1 - axis.x0);
/** @param {Axis} axis @param {number} x */
export const timeOf = (axis, x) => axis.from + ((x - axis.x0) / (axis.x1 - axis.x0)) * (axis.to - axis.from);

const SECOND = 1e6;
const MINUTE = 60e6;
const HOUR = 3600e6;
const DAY = 24 * HOUR;
/** Longer axes are labelled in minutes or hours instead of seconds. */
const CLOCK = 3 * MINUTE;
/** The steps for minutes and hours: from a few seconds to less than a day. */
const STEPS = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200].map((it) => it * SECOND);

/** A step that leaves at least `room` pixels between the axis's marks. @param {Axis} axis @param {number} room */
export function tick(axis, room) {
  const least = ((axis.to - axis.from) / (axis.x1 - axis.x0)) * room;
  if (axis.to > CLOCK && least > 5 * SECOND) {
    const step = STEPS.find((it) => it >= least);
    return step ?? decimal(least / DAY) * DAY;
  }
  return decimal(least);
}

/** The first of 1, 2, 5, 10 and so on that is at least this. @param {number} least */
function decimal(least) {
  let step = 1;
  for (let i = 0; step < least; i++) step *= i % 3 === 1 ? 2.5 : 2;
  return step;
}

/**
 * An instant in the unit of its axis, with as many digits as the step needs. All marks of an axis share one unit:
 * milliseconds if the axis ends within the first second; otherwise seconds, minutes or hours.
 *
 * @param {Axis} axis
 * @param {number} us
 * @param {number} step
 */
export function tickText(axis, us, step) {
  if (axis.to < SECOND) return `${(us / 1000).toFixed(digits(step / 1000))} ms`;
  if (axis.to <= CLOCK) return `${(us / SECOND).toFixed(digits(step / SECOND))} s`;
  const [unit, name, less] = axis.to <= 2 * HOUR ? [MINUTE, "min", SECOND] : [HOUR, "h", MINUTE];
  if (step % unit === 0) return `${Math.round(us / unit)} ${name}`;
  // The remainder follows in the next smaller units: 2:30 min, 13:20:05 h.
  let text = String(Math.floor(us / unit));
  let rest = us % unit;
  if (less === MINUTE) {
    text += `:${two(Math.floor(rest / MINUTE))}`;
    rest %= MINUTE;
    if (step % MINUTE === 0) return `${text} ${name}`;
  }
  return `${text}:${two(rest / SECOND, digits(step / SECOND))} ${name}`;
}

/** How many decimals a step of this size needs. @param {number} step */
const digits = (step) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

/** @param {number} n @param {number} [behind] */
const two = (n, behind = 0) => n.toFixed(behind).padStart(behind > 0 ? behind + 3 : 2, "0");

/**
 * The marks of an axis, spaced so that their texts do not touch.
 *
 * @param {Axis} axis
 * @param {import("./items.js").Measure} measure
 * @returns {{x: number, text: string, half: number}[]} `half` is half the width of the text.
 */
export function ticks(axis, measure) {
  for (let room = 62; ; room *= 1.3) {
    const step = tick(axis, room);
    const marks = [];
    for (let k = Math.ceil(axis.from / step); k * step <= axis.to; k++) {
      const text = tickText(axis, k * step, step);
      marks.push({ x: xOf(axis, k * step), text, half: measure(text, 10) / 2 });
    }
    const apart = (step / (axis.to - axis.from)) * (axis.x1 - axis.x0);
    if (marks.length < 2 || marks.every((it) => 2 * it.half + 12 < apart)) return marks;
  }
}
