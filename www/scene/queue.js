// What is known of a list that a service keeps: whose session runs out, why, and who waits for whom. Pure.

import { linked } from "./ballot.js";
import { clamp } from "./geometry.js";
import { list } from "../words.js";

/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
/** @typedef {import("../frame.js").Row} Row */
/** @typedef {{text: string, fill: import("../theme.js").Colour}} Words */

/**
 * @typedef {object} Entry A row of the list.
 * @property {Row} row
 * @property {NodeState | undefined} owner
 * @property {number} left The share of its time that is left: 1 if it does not end, or that is unknown.
 * @property {number} ends How long until it ends, in microseconds; -1 if that is unknown.
 * @property {string} silent Why its owner is not heard, in a word; empty if it is.
 * @property {boolean} old The owner is up and has a newer row: this one belongs to a session that it has lost.
 */

/** Below this share a session has missed several renewals. */
const SILENT = 0.5;

/** @param {LaneFrame} lane */
const services = (lane) => lane.nodes.slice(lane.members);

/** The state of the service: a word if it does not act. @param {LaneFrame} lane */
export function outage(lane) {
  const own = services(lane);
  if (own.length === 0) return "";
  if (!own.some((node) => node.up)) return "down";
  return own.every((node) => node.paused || !node.up) ? "paused" : "";
}

/** The rows of a panel in their order. @param {LaneFrame} lane @param {number} panel @param {number} now @returns {Entry[]} */
export function entries(lane, panel, now) {
  const heard = linked(lane);
  const own = services(lane);
  const rows = lane.rows.filter((it) => it.panel === panel).sort((a, b) => a.key - b.key);
  const newest = new Map(rows.map((row) => [row.owner, row.key]));
  return rows.map((row) => {
    const owner = lane.nodes[row.owner];
    const known = row.due >= 0 && row.of > 0;
    const left = known ? clamp((row.due - now) / row.of, 0, 1) : 1;
    const old = (newest.get(row.owner) ?? row.key) > row.key;
    const far = own.length > 0 && !own.some((it) => heard(it.place, row.owner));
    const silent = !known || !owner ? ""
      : !owner.up ? "down" : owner.paused ? "paused" : far ? "cut off" : old || left < SILENT ? "silent" : "";
    return { row, owner, left, ends: known ? Math.max(0, row.due - now) : -1, silent, old };
  });
}

/** @param {number} us */
const tenths = (us) => `${(us / 1e6).toFixed(1)} s`;

/** What stands below a row. @param {Entry} entry */
export const entryWord = ({ ends, silent }) => (silent ? tenths(ends) : ends >= 0 ? "heard" : "");

/**
 * What the panel says: who is first, and whose session runs out.
 *
 * @param {LaneFrame} lane
 * @param {number} panel
 * @param {Entry[]} all
 * @param {number} most How many lines there is room for.
 * @returns {Words[]}
 */
export function panelWords(lane, panel, all, most) {
  const lines = sayings(lane, panel, all);
  if (most > 1 || lines.length < 2 || lines[1].fill === "mute") return lines.slice(0, most);
  const silent = all.find((it) => it.silent);
  const short = silent ? `${silent.owner?.label ?? "?"} ${silent.old ? "has a new session" : `is ${silent.silent}`}; its session ends in ${tenths(silent.ends)}` : lines[0].text;
  return [{ text: short, fill: lines[0].fill }];
}

/** @param {LaneFrame} lane @param {number} panel @param {Entry[]} all @returns {Words[]} */
function sayings(lane, panel, all) {
  const out = outage(lane);
  if (out) return [{ text: `the service is ${out}`, fill: "bad" }, { text: out === "down" ? "it hears nobody; this is on its disk" : "it hears nobody, nothing ends", fill: "bad" }];
  const first = all[0];
  if (!first?.owner) return [];
  const name = first.owner.label;
  const next = nextWords(lane, panel, all);
  const [silent, ...more] = all.filter((it) => it.silent && it.owner);
  const calm = first.owner.leads ? `${name} is first and leads` : `${name} is first, but does not know yet`;
  if (!silent?.owner) return [{ text: calm, fill: first.owner.leads ? "leader" : "warn" }, ...next];
  const how = silent.old ? "has a new session" : `is ${silent.silent}`;
  const who = silent.owner.label;
  const ends = { text: `${more.length > 0 ? `${who}'s` : "its"} ${silent.old ? "old " : ""}session ends in ${tenths(silent.ends)}`, fill: /** @type {const} */ ("warn") };
  if (silent === first) {
    const leads = lane.truth === silent.row.owner ? "leads in the queue" : "is first in the queue";
    return [{ text: `${who} ${leads}, but ${how};`, fill: "warn" }, ends, ...next];
  }
  const same = more.filter((it) => it.silent === silent.silent && !it.old && !silent.old);
  const names = [who, ...same.map((it) => it.owner?.label ?? "?")];
  const says = same.length === more.length && names.length <= 4 && same.length > 0 ? `${list(names)} are ${silent.silent};` : `${who} ${how}${more.length > 0 ? `, and ${more.length} more are silent` : ""};`;
  return [{ text: says, fill: "warn" }, ends, { text: calm, fill: "mute" }];
}

/** Who waits for the first row to go. @param {LaneFrame} lane @param {number} panel @param {Entry[]} all @returns {Words[]} */
function nextWords(lane, panel, all) {
  const waiting = watchers(lane, panel, all[0]);
  if (waiting.length === 0) return [];
  const [one] = waiting;
  return [{ text: waiting.length > 1 ? `${waiting.length} wake when it goes` : `${lane.nodes[one]?.label ?? "?"} is next: it alone wakes then`, fill: "mute" }];
}

/** The places of those who wait for a row, or for any change. @param {LaneFrame} lane @param {number} panel @param {Entry} entry */
export const watchers = (lane, panel, { row }) => (
  lane.arrows.filter((it) => it.panel === panel && it.from !== row.owner && (it.to === row.key || it.to < 0)).map((it) => it.from));
