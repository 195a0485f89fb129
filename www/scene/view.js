// The range of the run that the bands show: zooming, panning, following. Pure.

import { clamp } from "./geometry.js";

/** The shortest time that the bands can show, in microseconds. */
const SHORTEST = 2000;

/** From and to, in microseconds; null for the whole run. @typedef {readonly [number, number] | null} Range */

/** @param {number} from @param {number} wide @param {number} until @returns {Range} */
function range(from, wide, until) {
  if (wide >= until) return null;
  const left = clamp(from, 0, until - wide);
  return [left, left + wide];
}

/**
 * Zooms; `around` keeps its position on the screen.
 *
 * @param {Range} shown @param {number} until @param {number} factor Multiplies the visible time. @param {number} around
 */
export function zoomed(shown, until, factor, around) {
  const [from, to] = shown ?? [0, until];
  const wide = Math.max((to - from) * factor, Math.min(SHORTEST, until));
  // If `around` lies outside the visible range, zoom around the nearest edge.
  const share = clamp((around - from) / (to - from), 0, 1);
  return range(around - share * wide, wide, until);
}

/** Pans. @param {Range} shown @param {number} until @param {number} by */
export function panned(shown, until, by) {
  return shown ? range(shown[0] + by, shown[1] - shown[0], until) : null;
}

/**
 * Pinches: the times under the two fingers stay under them.
 *
 * @param {import("./axis.js").Axis} axis
 * @param {number} until
 * @param {readonly [number, number]} before Where the fingers were.
 * @param {readonly [number, number]} now Where they are.
 */
export function pinched(axis, until, before, now) {
  const shown = axis.to - axis.from;
  const each = shown / (axis.x1 - axis.x0);
  const [was, is] = [Math.abs(before[1] - before[0]), Math.abs(now[1] - now[0])];
  // Fingers one above the other only pan.
  const factor = was < 24 || is < 24 ? 1 : was / is;
  const wide = clamp(shown * factor, Math.min(SHORTEST, until), until);
  const middle = axis.from + ((before[0] + before[1]) / 2 - axis.x0) * each;
  return range(middle - (((now[0] + now[1]) / 2 - axis.x0) / (axis.x1 - axis.x0)) * wide, wide, until);
}

/**
 * Follows a playhead that has left the visible range.
 *
 * @param {Range} shown @param {number} until @param {number} now @param {boolean} back Whether it moved backwards.
 */
export function followed(shown, until, now, back) {
  if (!shown) return null;
  const wide = shown[1] - shown[0];
  return range(now - wide * (back ? 0.9 : 0.1), wide, until);
}
