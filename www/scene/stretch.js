// Reads the flat numbers of a stretch of a run, and joins the records of each message. The workbench's stretch.rs defines
// the layout. Pure.

import { LOSSES, ROLES } from "../frame.js";

/** The version of the layout that this module reads. */
export const STRETCH_VERSION = 1;
/** The kinds of records, by number. */
export const KINDS = /** @type {const} */ ([
  "start", "begin", "send", "copy", "wait", "deliver", "lose", "fire", "input", "belief", "mark", "act", "crash", "pause", "resume",
  "links", "clock", "stored", "acknowledge", "persist", "append", "truncate", "commit", "set", "stuck", "power",
]);
/** The kinds of rows that are not records, by number. */
const STATE = 100;
const SIDE = 101;
const HEAD = 2;
const ROW = 16;

/**
 * @typedef {object} Passage A message or a write on its way from one node to another.
 * @property {number} from
 * @property {number} to
 * @property {number} nth
 * @property {number} copy
 * @property {number} kind An index into the messages of the algorithm, or WRITE.
 * @property {number[]} args
 * @property {number} sent When it was sent; -1 if that was before the stretch.
 * @property {number} sentStep The event that sent it.
 * @property {number} end When it arrived or was lost; -1 if that is not in the stretch.
 * @property {number} endStep
 * @property {number} waits When it reached a node that could not receive it; -1 if it did not wait.
 * @property {string} why Why it was lost; empty if it was not.
 *
 * @typedef {object} Phase A time in which an observer saw the same of a node.
 * @property {number} place
 * @property {number} from
 * @property {number} to Infinity if it does not end in the stretch.
 * @property {number} step The event that began it; 0 if it began before the stretch.
 * @property {number} endStep The event that ended it.
 * @property {boolean} up
 * @property {boolean} paused
 * @property {boolean} leads
 * @property {typeof ROLES[number]} role
 * @property {number} epoch
 *
 * @typedef {object} Spark Something that happened at a node, other than messages.
 * @property {typeof KINDS[number]} kind
 * @property {number} place -1 for the whole lane.
 * @property {number} at
 * @property {number} step
 * @property {number} sub
 * @property {number} arg The first number of the record.
 *
 * @typedef {object} Happened An event: where and when.
 * @property {number} step
 * @property {number} at
 * @property {number} place -1 for nowhere.
 *
 * @typedef {object} Stretch
 * @property {number} from
 * @property {number} to What it is complete up to.
 * @property {Passage[]} passages In the order in which they were sent.
 * @property {Phase[][]} phases By place, in order.
 * @property {Spark[]} sparks In order.
 * @property {{at: number, step: number, side: number[]}[]} sides From each instant on, the first place on the side of each place.
 * @property {Happened[]} events Every event that has records, in order.
 */

/**
 * Decodes a stretch.
 *
 * @param {ArrayLike<number>} n
 * @param {number} from Its start.
 * @returns {Stretch}
 */
export function readStretch(n, from) {
  if (n[0] !== STRETCH_VERSION) throw new Error(`the stretch has version ${n[0]}, not ${STRETCH_VERSION}`);
  /** @type {Stretch} */
  const it = { from, to: n[1], passages: [], phases: [], sparks: [], sides: [], events: [] };
  /** @type {Map<number, Passage>} Those on their way, by link and number. */
  const open = new Map();
  for (let o = HEAD; o < n.length; o += ROW) {
    const kind = n[o + 2];
    if (kind === STATE) it.phases[n[o + 4]] = [firstPhase(n, o)];
    else if (kind === SIDE) addSide(it, n, o);
    else addRecord(it, open, n, o);
  }
  return it;
}

/** @param {ArrayLike<number>} n @param {number} o @returns {Phase} */
function firstPhase(n, o) {
  const flags = n[o + 3];
  return {
    place: n[o + 4], from: n[o], to: Infinity, step: 0, endStep: Infinity, up: (flags & 1) !== 0, paused: (flags & 2) !== 0,
    leads: (flags & 4) !== 0, role: ROLES[n[o + 6]], epoch: wide(n, o),
  };
}

/** @param {Stretch} it @param {ArrayLike<number>} n @param {number} o */
function addSide(it, n, o) {
  let last = it.sides.at(-1);
  if (last?.step !== n[o + 1] || last.at !== n[o]) it.sides.push(last = { at: n[o], step: n[o + 1], side: [] });
  last.side[n[o + 4]] = n[o + 5];
}

/** The first two numbers of a record as one. @param {ArrayLike<number>} n @param {number} o */
const wide = (n, o) => n[o + 11] + n[o + 12] * 2 ** 32;

/** @param {ArrayLike<number>} n @param {number} o */
const key = (n, o) => ((n[o + 7] * 256 + n[o + 4]) * 256 + n[o + 5]) * 256 + n[o + 8];

/** @param {Stretch} it @param {Map<number, Passage>} open @param {ArrayLike<number>} n @param {number} o */
function addRecord(it, open, n, o) {
  const [at, step, sub, node, peer] = [n[o], n[o + 1], n[o + 3], n[o + 4], n[o + 5]];
  const kind = KINDS[n[o + 2]];
  if (step > (it.events.at(-1)?.step ?? 0)) {
    it.events.push({ step, at, place: kind === "deliver" || kind === "wait" || kind === "lose" ? peer : node });
  }
  switch (kind) {
    case "send": case "copy": case "deliver": case "wait": case "lose":
      pass(it, open, n, o, kind);
      break;
    case "stored": {
      // The store is the place after the nodes.
      const store = it.phases.length;
      const its = open.get(((n[o + 7] * 256 + node) * 256 + store) * 256 + n[o + 8]);
      if (its) [its.end, its.endStep, its.why] = [at, step, sub === 0 ? "refused by the store" : ""];
      it.sparks.push({ kind, place: store, at, step, sub, arg: node });
      break;
    }
    case "belief":
      // Beliefs about other groups are not those of the lane.
      if (n[o + 15] === 0) turn(it, node, at, step, { leads: (sub & 1) !== 0, role: ROLES[n[o + 6]], epoch: wide(n, o) });
      break;
    case "start": turn(it, node, at, step, { up: true, paused: false, leads: false, role: "follower" }); break;
    case "crash": turn(it, node, at, step, { up: false, paused: false, leads: false }); break;
    case "pause": turn(it, node, at, step, { paused: true }); break;
    case "resume": turn(it, node, at, step, { paused: false }); break;
    default:
  }
  if (!["send", "copy", "deliver", "wait", "lose", "stored", "belief", "begin"].includes(kind)) {
    it.sparks.push({ kind, place: node, at, step, sub, arg: n[o + 11] });
  }
}

/** A record of a message. @param {Stretch} it @param {Map<number, Passage>} open @param {ArrayLike<number>} n @param {number} o @param {string} kind */
function pass(it, open, n, o, kind) {
  const [at, step] = [n[o], n[o + 1]];
  const name = key(n, o);
  const sent = kind === "send" || kind === "copy";
  let its = sent ? undefined : open.get(name);
  if (!its) {
    its = {
      from: n[o + 4], to: n[o + 5], nth: n[o + 7], copy: Math.max(1, n[o + 8]), kind: n[o + 6], args: [n[o + 11], n[o + 12], n[o + 13], n[o + 14], n[o + 15]],
      sent: sent ? at : -1, sentStep: sent ? step : 0, end: -1, endStep: Infinity, waits: -1, why: "",
    };
    it.passages.push(its);
    open.set(name, its);
  }
  if (kind === "wait") its.waits = at;
  else if (kind === "deliver" || kind === "lose") [its.end, its.endStep] = [at, step];
  if (kind === "lose") its.why = LOSSES[n[o + 3]];
}

/** Ends the present phase of a node and begins another, if it differs. @param {Stretch} it @param {number} place @param {number} at
 * @param {number} step @param {Partial<Phase>} change */
function turn(it, place, at, step, change) {
  const all = it.phases[place];
  const last = all?.at(-1);
  if (!last) return;
  const next = { ...last, ...change };
  if (["up", "paused", "leads", "role", "epoch"].every((name) => next[/** @type {"up"} */ (name)] === last[/** @type {"up"} */ (name)])) return;
  // Several changes of one event are one.
  if (last.step === step && step > 0) {
    Object.assign(last, change);
    return;
  }
  [last.to, last.endStep] = [at, step];
  all.push({ ...next, from: at, to: Infinity, step, endStep: Infinity });
}

