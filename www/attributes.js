// What the attributes of the element say. A value that makes no sense is never ignored: it becomes a sentence.

import { list, readTime } from "./words.js";

/** The slowest and the fastest speed, in simulated seconds per second. */
const SPEED_MIN = 0.01;
const SPEED_MAX = 10;

/** The values of attributes that take one of a few words; without the attribute, the first one counts. */
export const CHOICES = /** @type {const} */ ({
  controls: ["min", "full", "none"],
  theme: ["host", "auto", "light", "dark"],
  loading: ["lazy", "eager", "click"],
});

/** All attributes that the element follows. */
export const ATTRIBUTES = ["at", "autoplay", "base", "caption", "controls", "lanes", "link", "loading", "poster", "readonly", "speed", "src", "theme"];

/** A value that makes no sense. */
export class Wrong extends Error {}

/**
 * @template {keyof typeof CHOICES} K
 * @param {K} name
 * @param {string | null} value
 * @returns {typeof CHOICES[K][number]}
 */
export function choiceOf(name, value) {
  const all = /** @type {readonly string[]} */ (/** @type {unknown} */ (CHOICES[name]));
  const found = value === null ? all[0] : all.find((it) => it === value.trim());
  if (found) return /** @type {typeof CHOICES[K][number]} */ (found);
  throw new Wrong(`${name}="${value}" is none of ${list([...all])}`);
}

/** A time, in microseconds; null without one. @param {string | null} value */
export function timeOf(value) {
  if (value === null) return null;
  const at = readTime(value);
  if (at === null) throw new Wrong(`at="${value}" is not a time; write it like 2.5s or 800ms`);
  return at;
}

/** @param {string | null} value @returns {import("./pace.js").Speed} */
export function speedOf(value) {
  if (value === null || value === "auto") return "auto";
  const speed = Number(value);
  if (value.trim() === "" || !(speed > 0)) throw new Wrong(`speed="${value}" is neither auto nor a number of simulated seconds per second, ${SPEED_MIN} to ${SPEED_MAX}`);
  return Math.min(SPEED_MAX, Math.max(SPEED_MIN, speed));
}

/** The hash of a link; null without one. @param {string | null} value */
export function hashOf(value) {
  if (value === null) return null;
  const at = value.indexOf("#");
  if (at < 0 || value.length === at + 1) throw new Wrong(`link="${value}" has nothing after a #; copy the whole link`);
  return value.slice(at + 1).trim();
}

/** Names of lanes; null for all. @param {string | null} value @returns {readonly string[] | null} */
export function namesOf(value) {
  const names = value?.split(/[\s,]+/).filter((it) => it !== "") ?? [];
  return names.length === 0 ? null : names;
}
