// Who leads when, small enough for a list: a run in a few dozen cells. Pure.

import { segments } from "./bands.js";
import { epochTints } from "./epochs.js";

/** The number of cells. */
export const CELLS = 60;

/**
 * A character for each cell: `!` if at any time in it more than one node believes that it leads, otherwise `.` if at any
 * time none does, otherwise `a` or `b`, the tint of the last leader in it.
 *
 * @param {import("../engine.js").Band[]} bands
 * @param {number} until
 */
export function stripOf(bands, until) {
  const all = segments({ bands }, until);
  const tints = epochTints(bands);
  let cells = "";
  for (let i = 0; i < CELLS; i++) {
    const [from, to] = [(until * i) / CELLS, (until * (i + 1)) / CELLS];
    const here = all.filter((it) => it.from < to && it.to > from);
    const last = here.at(-1)?.bands[0];
    if (here.some((it) => it.bands.length > 1)) cells += "!";
    else if (last === undefined || here.some((it) => it.bands.length === 0)) cells += ".";
    else cells += tints[last] === "lead1" ? "a" : "b";
  }
  return cells;
}

/**
 * The stretches of equal cells.
 *
 * @param {string} strip
 * @returns {{mark: string, from: number, cells: number}[]}
 */
export function stretches(strip) {
  return [...strip.matchAll(/(.)\1*/g)].map((it) => ({ mark: it[1], from: it.index, cells: it[0].length }));
}
