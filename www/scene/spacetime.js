// The space-time diagram: a row for each node, true time, what happened up to the playhead, and what is pending after it.
// On a phone, nodes are columns and time runs down. Pure.

import { WRITE } from "../frame.js";
import { epochMark, span } from "../words.js";
import { ticks } from "./axis.js";
import { Boxes, clamp } from "./geometry.js";
import { stateTexts } from "./states.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./items.js").Measure} Measure */
/** @typedef {import("./stretch.js").Stretch} Stretch */
/** @typedef {import("./stretch.js").Passage} Passage */
/** @typedef {import("./stretch.js").Phase} Phase */
/** @typedef {import("../theme.js").Colour} Colour */
/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../engine.js").Algorithm} Algorithm */
/** @typedef {import("../engine.js").RunLane} RunLane */

/**
 * @typedef {object} Row
 * @property {number[]} places One; or all those that are folded into this row.
 * @property {string} name
 * @property {boolean} folded
 *
 * @typedef {object} Thread An event of the chain that explains something.
 * @property {number} number
 * @property {number} step
 * @property {number | null} place
 * @property {number} at
 * @property {number[]} from The numbers of the events that led to it.
 *
 * @typedef {object} DiagramInput
 * @property {Stretch} stretch
 * @property {LaneFrame} frame
 * @property {RunLane} run
 * @property {Algorithm} info
 * @property {readonly import("../engine.js").Stretch[]} wrong When nodes believed that they led and did not serve.
 * @property {number} now
 * @property {number} step The number of the last event before the playhead.
 * @property {number} from
 * @property {number} to
 * @property {Row[]} rows
 * @property {number} w
 * @property {number} [h] With it, time runs down.
 * @property {readonly Thread[] | null} thread
 * @property {{step: number | null, place: number | null, message: {from: number, to: number, nth: number, copy: number} | null} | null} focus
 * @property {Measure} measure
 *
 * @typedef {object} Layout
 * @property {boolean} down Whether time runs down.
 * @property {number} t0 Where time begins, along its axis.
 * @property {number} t1
 * @property {number} r0 Where the first row begins, across it.
 * @property {number} pitch
 * @property {number} from
 * @property {number} to
 * @property {number} w
 * @property {number} h
 * @property {number[]} rowOf By place, the store included.
 */

/** The room for names at the left, as wide as that of the bands where there is a gutter. */
const NAMES = { wide: 108, least: 84, from: 860 };
const TOP = 36;
/** The most events of a chain that stand at the edge of a row because they are earlier than what is shown. */
const EARLY_MAX = 3;
const AXIS = 20;
/** The height of a row, by how many there are. */
const PITCHES = /** @type {const} */ ([[6, 31], [9, 26], [14, 22], [Infinity, 16]]);
/** Where time runs down: the room for times at the left, and for the nodes at the top. */
const TIMES = 46;
const HEADS = 50;
/** Above as many messages, those that repeat are left out. */
export const MESSAGES_MAX = 600;
/** The most messages of one picture. */
const DRAWN_MAX = 2500;
const LABELS_MAX = 24;
const SIZE = 10.5;

/** @param {Pick<DiagramInput, "rows" | "w" | "h" | "from" | "to" | "run">} input @returns {Layout} */
export function diagramLayout({ rows, w, h, from, to, run }) {
  /** @type {number[]} */
  const rowOf = [];
  rows.forEach(({ places }, i) => places.forEach((place) => (rowOf[place] = i)));
  for (let place = 0; place < run.ids.length; place++) rowOf[place] ??= -1;
  if (h !== undefined) {
    return { down: true, t0: HEADS, t1: h - 8, r0: TIMES, pitch: (w - TIMES - 4) / Math.max(1, rows.length), from, to, w, h, rowOf };
  }
  const names = w >= NAMES.from ? NAMES.wide : NAMES.least;
  const pitch = PITCHES.find(([most]) => rows.length <= most)?.[1] ?? 16;
  return { down: false, t0: names, t1: w - 12, r0: TOP, pitch, from, to, w, h: TOP + pitch * rows.length + AXIS, rowOf };
}

/** @param {Layout} it @param {number} at */
export const along = (it, at) => it.t0 + ((at - it.from) / (it.to - it.from)) * (it.t1 - it.t0);
/** @param {Layout} it @param {number} row */
const across = (it, row) => it.r0 + (row + 0.5) * it.pitch;
/** The instant at a point. @param {Layout} it @param {number} x @param {number} y */
export const timeAt = (it, x, y) => it.from + (((it.down ? y : x) - it.t0) / (it.t1 - it.t0)) * (it.to - it.from);
/** The middle of a row at an instant. @param {Layout} it @param {number} at @param {number} row @returns {[number, number]} */
function point(it, at, row) {
  const [t, r] = [along(it, at), across(it, row)];
  return it.down ? [r, t] : [t, r];
}

/** The row of a place; -1 if it has none. @param {Layout} it @param {number} place */
export const rowOf = (it, place) => it.rowOf[place] ?? -1;

/** A line between two moments of rows, cut at the ends of the axis. @param {Layout} it @param {number} a @param {number} row @param {number} b @param {number} other */
function line(it, a, row, b, other) {
  if (b < it.from || a > it.to) return null;
  const share = (/** @type {number} */ at) => (b === a ? 0 : (at - a) / (b - a));
  const [p, q] = [Math.max(a, it.from), Math.min(b, it.to)];
  const rows = (/** @type {number} */ at) => row + (other - row) * share(at);
  const [x0, y0] = point(it, p, rows(p));
  const [x1, y1] = point(it, q, b === a ? other : rows(q));
  return /** @type {const} */ ({ k: "line", x0, y0, x1, y1 });
}

/** A bar along a row. @param {Layout} it @param {number} a @param {number} b @param {number} row @param {number} thick */
function bar(it, a, b, row, thick) {
  const [t, end] = [along(it, clamp(a, it.from, it.to)), along(it, clamp(b, it.from, it.to))];
  const r = across(it, row) - thick / 2;
  return it.down ? { x: r, y: t, w: thick, h: Math.max(1, end - t) } : { x: t, y: r, w: Math.max(1, end - t), h: thick };
}

/** The colour of a message. @param {number} kind @param {Algorithm} info @returns {{stroke: Colour, quiet: boolean, of: string}} */
function classOf(kind, info) {
  const of = kind === WRITE ? "data" : info.messages[kind]?.class ?? "data";
  return { stroke: of === "election" ? "warn" : of === "data" ? "leader" : "follower", quiet: of !== "election", of };
}

/** Which messages there is room for, and what was left out. @param {Passage[]} all @param {Algorithm} info */
export function thinned(all, info) {
  if (all.length <= MESSAGES_MAX) return { shown: all, left: "" };
  const without = (/** @type {string[]} */ classes) => all.filter((it) => !classes.includes(classOf(it.kind, info).of));
  const some = without(["liveness"]);
  if (some.length <= MESSAGES_MAX) return { shown: some, left: "messages that repeat are left out" };
  return { shown: without(["liveness", "data", "service"]).slice(0, DRAWN_MAX), left: "only messages of elections are shown" };
}

/**
 * What does not change while the playhead moves within an event.
 *
 * @param {DiagramInput} input
 * @returns {Item[]}
 */
export function factsScene(input) {
  const it = diagramLayout(input);
  /** @type {Item[]} */
  const list = [];
  const boxes = new Boxes();
  grid(list, it, input);
  // The numbers of the thread are drawn with each frame, above everything else.
  for (const { x, y } of pins(it, input.thread ?? []).values()) boxes.force(x - 9, y - 9, 18, 18);
  apart(list, it, input);
  for (const row of input.rows) baseline(list, it, input, row);
  const passed = input.stretch.passages.filter((p) => p.endStep <= input.step && p.end >= it.from && shownAt(it, p));
  const { shown, left } = thinned(passed, input.info);
  for (const p of shown) passage(list, it, input, p);
  for (const phases of input.stretch.phases) {
    for (const phase of phases ?? []) if (phase.endStep <= input.step) drawPhase(list, boxes, it, input, phase, phase.to);
  }
  sparks(list, boxes, it, input);
  names(list, it, input);
  labels(list, boxes, it, input, shown);
  // Where the limit of the engine cut the stretch off.
  const cut = input.stretch.to < Math.min(input.now, it.to);
  const note = cut ? "too many events to show: zoom in" : left;
  if (note && !it.down) list.push({ k: "text", x: it.t1, y: TOP - 9, text: note, size: 10, align: "right", fill: cut ? "bad" : "mute", halo: "paper" });
  return list;
}

/** Whether both ends of a message have a row of their own. @param {Layout} it @param {Passage} p */
function shownAt(it, p) {
  const [a, b] = [rowOf(it, p.from), rowOf(it, p.to)];
  return a >= 0 && b >= 0 && a !== b;
}

/** The marks of the axis, and the acts. @param {Item[]} list @param {Layout} it @param {DiagramInput} input */
function grid(list, it, { rows, measure, run, now }) {
  const end = it.r0 + it.pitch * rows.length;
  const marks = ticks({ x0: it.t0, x1: it.t1, from: it.from, to: it.to }, it.down ? () => 26 : measure);
  for (const { x, text, half } of marks) {
    if (it.down) {
      list.push({ k: "curve", curve: { k: "line", x0: it.r0, y0: x, x1: end, y1: x }, stroke: "line", width: 1 });
      list.push({ k: "text", x: it.r0 - 4, y: x + 3.5, text: text.replace(/ .*/, ""), size: 9.5, align: "right", fill: "mute" });
    } else {
      list.push({ k: "curve", curve: { k: "line", x0: x, y0: it.r0 - 3, x1: x, y1: end }, stroke: "line", width: 1 });
      list.push({ k: "text", x: clamp(x, it.t0 + half - 2, it.t1 + 12 - half), y: end + 13, text, size: 10, align: "center", fill: "mute" });
    }
  }
  const acts = run.acts.filter((act) => it.from <= act.at && act.at <= Math.min(it.to, now));
  let free = -Infinity;
  for (const act of acts) {
    const t = along(it, act.at);
    const [x0, y0, x1, y1] = it.down ? [it.r0, t, end, t] : [t, it.r0 - 3, t, end];
    list.push({ k: "curve", curve: { k: "line", x0, y0, x1, y1 }, stroke: "bad", width: 1, dash: [3, 3], hit: { kind: "act", line: act.line } });
    if (it.down || t < free) continue;
    const wide = measure(act.text, SIZE);
    const left = Math.min(t + 8, it.t1 - wide);
    list.push({ k: "text", x: left, y: it.r0 - 9, text: act.text, size: SIZE, fill: "bad", halo: "paper", hit: { kind: "act", line: act.line } });
    free = left + wide + 8;
  }
}

/** Shades the nodes that are cut off from the largest side. @param {Item[]} list @param {Layout} it @param {DiagramInput} input */
function apart(list, it, { stretch, step, now, rows, measure }) {
  const known = stretch.sides.filter((change) => change.step <= step);
  known.forEach(({ at, side }, i) => {
    const until = known[i + 1]?.at ?? now;
    if (until <= it.from || at >= it.to || side.every((first) => first === side[0])) return;
    /** @type {Map<number, number>} */
    const sizes = new Map();
    for (const first of side) sizes.set(first, (sizes.get(first) ?? 0) + 1);
    const [main] = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a));
    rows.forEach(({ places, folded }, row) => {
      if (folded || side[places[0]] === undefined || side[places[0]] === main) return;
      const box = bar(it, at, until, row, it.pitch - 2);
      list.push({ k: "rect", ...box, r: 0, fill: "soft" }, { k: "hatch", ...box, fill: "line" });
      const first = row === 0 || side[rows[row - 1].places[0]] !== side[places[0]];
      if (first && !it.down && box.w > measure("cut off", 9.5) + 10) {
        list.push({ k: "text", x: box.x + 4, y: box.y + 10, text: "cut off", size: 9.5, fill: "mute", halo: "soft" });
      }
    });
  });
}

/** The line of a row; a node that is down has dots, and one that is paused is shaded. @param {Item[]} list @param {Layout} it @param {DiagramInput} input
 * @param {Row} row */
function baseline(list, it, { stretch, rows, step, now }, row) {
  const index = rows.indexOf(row);
  const whole = (/** @type {number} */ a, /** @type {number} */ b) => line(it, a, index, b, index);
  const all = row.folded ? [] : stretch.phases[row.places[0]] ?? [];
  if (all.length === 0) {
    const curve = whole(it.from, it.to);
    if (curve) list.push({ k: "curve", curve, stroke: row.folded ? "line" : "follower", width: row.folded ? 5 : 1.25, alpha: row.folded ? 1 : 0.7 });
    return;
  }
  for (const phase of all) {
    if (phase.step > step) break;
    const open = phase.endStep > step;
    const [from, to] = [Math.max(phase.from, it.from), Math.min(open ? it.to : phase.to, it.to)];
    const curve = to > from ? whole(from, to) : null;
    if (!curve) continue;
    if (phase.paused && phase.up) {
      const box = bar(it, from, Math.min(to, open ? now : to), index, 9);
      if (from < now) list.push({ k: "rect", ...box, r: 2, fill: "soft", stroke: "follower", width: 0.75 }, { k: "hatch", ...box, fill: "faint" });
    }
    list.push({ k: "curve", curve, stroke: "follower", width: phase.up ? 1.5 : 1.25, alpha: phase.up ? 0.8 : 0.75, ...(phase.up ? {} : { dash: [1, 4] }) });
  }
}

/** Times are shown in full. @param {number} at */
export const exactly = (at) => `${(at / 1e6).toFixed(6)} s`;

/** @param {Passage} p @param {{from: number, to: number, nth: number, copy: number} | null | undefined} name */
const same = (p, name) => name !== null && name !== undefined && p.from === name.from && p.to === name.to && p.nth === name.nth && p.copy === name.copy;

/** When a message was sent; if that was before the stretch, about a usual delay before it ended. @param {Passage} p @param {DiagramInput} input */
const sentAt = (p, { frame }) => (p.sent >= 0 ? p.sent : p.end - (frame.network.lo + frame.network.hi) / 2);

/** A message that arrived or was lost. @param {Item[]} list @param {Layout} it @param {DiagramInput} input @param {Passage} p */
function passage(list, it, input, p) {
  const { info, focus } = input;
  const [a, b] = [rowOf(it, p.from), rowOf(it, p.to)];
  const { stroke, quiet } = classOf(p.kind, info);
  const chosen = same(p, focus?.message);
  const folded = (/** @type {number} */ row) => input.rows[row].folded;
  const light = (input.thread !== null || folded(a) || folded(b)) && !chosen;
  const hit = /** @type {const} */ ({ kind: "message", from: p.from, to: p.to, nth: p.nth, copy: p.copy, message: p.kind });
  const lost = p.why !== "";
  const sent = sentAt(p, input);
  // What is lost at once did not get far.
  const stopped = lost && p.end === p.sent;
  const reached = p.waits >= 0 ? p.waits : p.end;
  const curve = stopped ? null : line(it, sent, a, reached, b);
  const alpha = (light ? 0.45 : 1) * (quiet ? 0.5 : 0.95);
  if (curve) list.push({ k: "curve", curve, stroke: chosen ? "ink" : stroke, width: chosen ? 2.5 : quiet ? 1 : 1.5, alpha: chosen ? 1 : alpha, hit });
  if (p.waits >= 0 && p.waits < p.end) {
    const wait = line(it, p.waits, b, p.end, b);
    if (wait) list.push({ k: "curve", curve: wait, stroke, width: 2.5, dash: [2, 3], alpha, hit });
  }
  if (p.end > it.to || p.end < it.from) return;
  if (!lost) {
    const [x, y] = point(it, p.end, b);
    list.push({ k: "circle", x, y, r: quiet ? 1.75 : 2.75, fill: chosen ? "ink" : stroke, alpha: light ? 0.6 : 1, hit });
    return;
  }
  const [x, y] = stopped ? point(it, p.end, a + Math.sign(b - a) * 0.32) : point(it, p.end, b);
  if (stopped) {
    const [x0, y0] = point(it, p.end, a);
    list.push({ k: "curve", curve: { k: "line", x0, y0, x1: x, y1: y }, stroke, width: 1, alpha, hit });
  }
  list.push({ k: "cross", x, y, r: quiet ? 3 : 4, stroke: "bad", width: quiet ? 1.25 : 1.75, alpha: light ? 0.7 : 1, hit });
}

/** A time in which a node led or wanted to. @param {Item[]} list @param {Boxes} boxes @param {Layout} it @param {DiagramInput} input @param {Phase} phase
 * @param {number} to */
function drawPhase(list, boxes, it, input, phase, to) {
  const row = rowOf(it, phase.place);
  const wants = phase.role === "candidate" && !phase.leads;
  if (row < 0 || !phase.up || !(phase.leads || wants) || to < it.from || phase.from > it.to) return;
  const { info, measure } = input;
  const hit = /** @type {const} */ ({ kind: "event", step: phase.step, at: phase.from, place: phase.place });
  const thick = Math.min(5, it.pitch * 0.3);
  const box = bar(it, phase.from, to, row, thick);
  list.push({ k: "rect", ...box, r: 1, fill: phase.leads ? "leader" : "candidate", ...(phase.step > 0 ? { hit } : {}) });
  let wrong = false;
  for (const { node, from, until } of phase.leads ? input.wrong : []) {
    const [a, b] = [Math.max(from, phase.from), Math.min(until ?? Infinity, to)];
    if (node !== phase.place || b <= Math.max(a, it.from) || a > it.to) continue;
    wrong = true;
    const part = bar(it, a, b, row, thick + 2);
    list.push({ k: "rect", ...part, r: 0, fill: "card", stroke: "bad", width: 1 }, { k: "hatch", ...part, fill: "bad" });
  }
  if (it.down) return;
  const epoch = info.epoch && phase.epoch > 0 ? `, ${info.epoch} ${phase.epoch}` : "";
  const word = wrong ? "believes it leads" : phase.leads ? "leads" : "candidate";
  const fill = wrong ? "bad" : phase.leads ? "leader" : "warn";
  for (const text of [`${word}${epoch}`, `${word}${epoch && ` ${epochMark(info, phase.epoch)}`}`, word]) {
    const wide = measure(text, SIZE, 650);
    if (wide + 10 > box.w) continue;
    const x = box.x + Math.max(8, Math.min(box.w / 2 - wide / 2, 90));
    if (!boxes.take(x - 2, box.y - 13, wide + 4, 11)) continue;
    list.push({ k: "text", x, y: box.y - 4, text, size: SIZE, weight: 650, fill, halo: "paper" });
    return;
  }
}

/** Timers that fired, nodes that crashed and paused, new epochs. @param {Item[]} list @param {Boxes} boxes @param {Layout} it @param {DiagramInput} input */
function sparks(list, boxes, it, input) {
  const { stretch, step, info, measure } = input;
  const dense = stretch.sparks.length > MESSAGES_MAX;
  for (const { kind, place, at, step: its, sub } of stretch.sparks) {
    if (its > step) break;
    const row = rowOf(it, place);
    if (row < 0 || at < it.from || at > it.to) continue;
    const [x, y] = point(it, at, row);
    const hit = /** @type {const} */ ({ kind: "event", step: its, at, place });
    if (kind === "fire" || kind === "input") {
      if (dense) continue;
      const [dx, dy] = it.down ? [4, 0] : [0, 4];
      list.push({ k: "curve", curve: { k: "line", x0: x - dx, y0: y - dy, x1: x + dx, y1: y + dy }, stroke: "mute", width: 1.25, hit });
    } else if (kind === "crash") {
      list.push({ k: "cross", x, y, r: 5, stroke: "bad", width: 2.25, hit });
      text(list, boxes, it, measure, x + 9, y - 6, "crashes", "bad");
    } else if (kind === "start") {
      list.push({ k: "circle", x, y, r: 3.5, fill: "card", stroke: "ink", width: 1.25, hit });
      if (sub === 1) text(list, boxes, it, measure, x + 7, y - 6, "restarts", "mute");
    } else if (kind === "pause" || kind === "resume") {
      list.push({ k: "rect", x: x - 2, y: y - 6, w: 4, h: 12, r: 1, fill: "follower", hit });
      text(list, boxes, it, measure, x + 6, y - 7, kind === "pause" ? "pauses" : "resumes", "mute");
    } else if (kind === "stored") {
      list.push({ k: "rect", x: x - 2.5, y: y - 2.5, w: 5, h: 5, r: 0, ...(sub === 1 ? { fill: "leader" } : { stroke: "bad", width: 1.25 }), hit });
    } else if (kind === "mark" && sub === 0) {
      text(list, boxes, it, measure, x + 5, y + 13, "suspects the leader", "mute");
    }
  }
  if (it.down || !info.epoch) return;
  for (const phases of stretch.phases) {
    (phases ?? []).forEach((phase, i) => {
      const before = phases[i - 1];
      if (!before || phase.step > step || phase.epoch === before.epoch || phase.leads || phase.role === "candidate" || !phase.up) return;
      const row = rowOf(it, phase.place);
      if (row < 0 || input.rows[row].folded || phase.from < it.from || phase.from > it.to) return;
      const [x, y] = point(it, phase.from, row);
      text(list, boxes, it, measure, x + 3, y + 12, epochMark(info, phase.epoch), "warn", 650);
    });
  }
}

/** A text, if nothing else is there. @param {Item[]} list @param {Boxes} boxes @param {Layout} it @param {Measure} measure @param {number} x @param {number} y
 * @param {string} words @param {Colour} fill @param {number} [weight] */
function text(list, boxes, it, measure, x, y, words, fill, weight = 400) {
  const wide = measure(words, 10, weight);
  if (words === "" || it.down || x + wide > it.t1 + 10 || !boxes.take(x - 1, y - 9, wide + 2, 11)) return false;
  list.push({ k: "text", x, y, text: words, size: 10, weight, fill, halo: "paper" });
  return true;
}

/** Where an event of the thread is drawn: those before the stretch at its edge. @param {Layout} it @param {readonly Thread[]} all */
function pins(it, all) {
  /** @type {Map<string, number>} */
  const crowd = new Map();
  /** @type {Map<number, {x: number, y: number, early: boolean, its: Thread}>} */
  const at = new Map();
  for (const its of [...all].sort((a, b) => a.at - b.at)) {
    const row = its.place === null ? 0 : Math.max(0, rowOf(it, its.place));
    const early = its.at < it.from;
    if (its.at > it.to) continue;
    const edge = `${early} ${row}`;
    const before = early ? crowd.get(edge) ?? 0 : 0;
    // The list has them all.
    if (before >= EARLY_MAX) continue;
    crowd.set(edge, before + 1);
    const [x, y] = point(it, Math.max(its.at, it.from), row);
    const shift = early ? 9 + before * 19 : 0;
    at.set(its.number, { x: it.down ? x : x + shift, y: it.down ? y + shift : y, early, its });
  }
  return at;
}

/** The numbered thread. @param {Item[]} list @param {Boxes} boxes @param {Layout} it @param {DiagramInput} input @param {readonly Thread[]} all */
function thread(list, boxes, it, { step, measure }, all) {
  const at = pins(it, all);
  // What comes after the playhead is known all the same.
  const alpha = (/** @type {Thread} */ its) => (its.step > step ? 0.45 : 1);
  for (const { x, y, early, its } of at.values()) {
    for (const number of its.from) {
      const other = at.get(number);
      // Where both stand at the edge, a line between them would say nothing.
      if (other && !(early && other.early)) list.push({ k: "curve", curve: { k: "line", x0: other.x, y0: other.y, x1: x, y1: y }, stroke: "ink", width: 2.75, alpha: alpha(its) });
    }
  }
  for (const { x, y, early, its } of at.values()) {
    const hit = /** @type {const} */ ({ kind: "event", step: its.step, at: its.at, place: its.place ?? -1 });
    list.push({ k: "circle", x, y, r: 8.5, fill: "ink", stroke: "paper", width: 1.5, alpha: alpha(its), hit });
    list.push({ k: "text", x, y: y + 3.75, text: String(its.number), size: 10.5, weight: 700, align: "center", fill: "paper" });
    if (early) text(list, boxes, it, measure, x + 10, y - 6, `◂ ${span(Math.round(it.from - its.at))} before`, "ink");
  }
}

/** The event that the debugger is about. @param {Item[]} list @param {Layout} it @param {DiagramInput} input */
function focused(list, it, { stretch, focus, step }) {
  if (!focus) return;
  const its = stretch.events.find((event) => event.step === (focus.step ?? step));
  if (!its || its.step > step || its.at < it.from || its.at > it.to) return;
  const row = rowOf(it, its.place >= 0 ? its.place : focus.place ?? -1);
  if (row < 0) return;
  const [x, y] = point(it, its.at, row);
  list.push({ k: "circle", x, y, r: 11.5, stroke: "ink", width: 2 });
}

/** The names of the rows, and their state where the stretch begins. @param {Item[]} list @param {Layout} it @param {DiagramInput} input */
function names(list, it, { rows, stretch, info, frame, measure }) {
  rows.forEach((row, i) => {
    const [place] = row.places;
    const hit = row.folded ? /** @type {const} */ ({ kind: "fold" }) : /** @type {const} */ ({ kind: "node", place });
    if (it.down) {
      head(list, it, i, row, frame, info, measure);
      return;
    }
    const y = across(it, i) + 4;
    list.push({ k: "text", x: 0, y, text: row.name, size: row.folded ? 11 : 12, weight: row.folded ? 400 : 600, fill: row.folded ? "mute" : "ink", hit });
    const phase = row.folded ? undefined : stretch.phases[place]?.findLast((its) => its.from <= it.from) ?? stretch.phases[place]?.[0];
    if (!phase) return;
    const state = !phase.up ? "down" : phase.paused ? "paused" : epochMark(info, phase.epoch);
    const wide = measure(state, 10);
    if (state && measure(row.name, 12, 600) + wide + 14 < it.t0) list.push({ k: "text", x: it.t0 - 8, y, text: state, size: 10, align: "right", fill: "mute" });
  });
}

/** A node at the head of its column. @param {Item[]} list @param {Layout} it @param {number} i @param {Row} row @param {LaneFrame} frame
 * @param {Algorithm} info @param {Measure} measure */
function head(list, it, i, row, frame, info, measure) {
  const x = across(it, i);
  const node = frame.nodes[row.places[0]];
  const r = Math.min(14, it.pitch * 0.36);
  if (row.folded || !node) {
    list.push({ k: "text", x, y: 24, text: row.name, size: 10, align: "center", fill: "mute", ...(row.folded ? { hit: { kind: "fold" } } : {}) });
    return;
  }
  const hit = /** @type {const} */ ({ kind: "node", place: node.place });
  list.push({
    k: "circle", x, y: 18, r, fill: node.leads ? "leader" : "card", stroke: node.leads ? "leader" : node.role === "candidate" && node.up ? "candidate" : "follower",
    width: 2, ...(node.up ? {} : { dash: [3, 3] }), hit,
  });
  list.push({ k: "text", x, y: 22, text: node.label.slice(0, 4), size: 11.5, weight: 650, align: "center", fill: node.leads ? "on-leader" : node.up ? "ink" : "mute" });
  const words = stateTexts(node, frame, info, 0);
  const short = node.leads ? `leads ${epochMark(info, node.epoch)}`.trim() : words.at(-1) ?? "";
  if (measure(short, 9.5) < it.pitch) list.push({ k: "text", x, y: 43, text: short, size: 9.5, align: "center", fill: node.leads ? "leader" : "mute" });
}

/** What messages are, at those of elections. @param {Item[]} list @param {Boxes} boxes @param {Layout} it @param {DiagramInput} input @param {Passage[]} shown */
function labels(list, boxes, it, input, shown) {
  const { info, measure } = input;
  /** @type {Set<string>} */
  const said = new Set();
  for (const p of shown) {
    const lost = p.why !== "" && classOf(p.kind, info).of === "election";
    if (said.size >= LABELS_MAX) return;
    if (p.end > it.to || (classOf(p.kind, info).quiet && !same(p, input.focus?.message))) continue;
    const name = p.kind === WRITE ? "write" : info.messages[p.kind]?.name ?? "";
    const [a, b] = [rowOf(it, p.from), rowOf(it, p.to)];
    if (lost) {
      const [x, y] = point(it, p.end, p.end === p.sent ? a + Math.sign(b - a) * 0.32 : b);
      if (text(list, boxes, it, measure, x + 7, y + 4, p.why, "bad")) said.add(`${p.sentStep} lost ${p.to}`);
    }
    // What one event sent to many has one label, and so has what many send to one.
    const keys = [`${p.sentStep} ${p.kind}`, `${p.kind} to ${p.to}`];
    if (keys.some((key) => said.has(key))) continue;
    const sent = sentAt(p, input);
    if (p.end <= sent) continue;
    for (const share of [0.6, 0.4, 0.75]) {
      const at = sent + (p.end - sent) * share;
      if (at < it.from) continue;
      const [x, y] = point(it, at, a + (b - a) * share);
      const wide = measure(name, 10);
      const left = b > a ? x - wide - 5 : x + 6;
      if (left < it.t0 || !text(list, boxes, it, measure, left, y + 3.5, name, p.kind === WRITE ? "mute" : "warn")) continue;
      keys.forEach((key) => said.add(key));
      break;
    }
  }
}

/**
 * @typedef {object} Live What changes with each frame.
 * @property {import("./items.js").Target | null} over What the pointer is over.
 * @property {{target: import("./items.js").Target, at: number} | null} drag What is being dragged, and where to.
 */

/**
 * The playhead, what is still on its way, and what is pending.
 *
 * @param {DiagramInput} input
 * @param {Live} live
 * @returns {Item[]}
 */
export function liveScene(input, live) {
  const it = diagramLayout(input);
  const { info, now, step, stretch, rows, measure } = input;
  /** @type {Item[]} */
  const list = [];
  const boxes = new Boxes();
  const end = it.r0 + it.pitch * rows.length;
  if (now < it.to) {
    const t = along(it, Math.max(now, it.from));
    list.push({ k: "rect", ...(it.down ? { x: it.r0, y: t, w: end - it.r0, h: it.t1 - t } : { x: t, y: it.r0 - 3, w: it.t1 - t, h: end - it.r0 + 3 }), r: 0, fill: "lead2", alpha: 0.28 });
  }
  const open = stretch.passages.filter((p) => p.sentStep <= step && p.endStep > step && p.sent >= 0 && shownAt(it, p));
  const { shown } = thinned(open, info);
  for (const p of shown) onItsWay(list, it, input, p, live);
  for (const phases of stretch.phases) {
    const phase = phases?.findLast((its) => its.step <= step && its.endStep > step);
    if (phase) drawPhase(list, boxes, it, input, phase, Math.min(now, it.to));
  }
  if (now <= it.to && now >= it.from) pendingTimers(list, boxes, it, input, live);
  if (live.drag) dragged(list, it, input, live.drag);
  if (it.from <= now && now <= it.to) playhead(list, it, end, now, measure);
  if (input.thread) thread(list, boxes, it, input, input.thread);
  focused(list, it, input);
  return list;
}

/** The playhead, between what happened and what is pending. @param {Item[]} list @param {Layout} it @param {number} end Where the rows end. @param {number} now
 * @param {Measure} measure */
function playhead(list, it, end, now, measure) {
  const t = along(it, now);
  if (it.down) {
    list.push({ k: "curve", curve: { k: "line", x0: it.r0 - 4, y0: t, x1: end, y1: t }, stroke: "ink", width: 1.5 });
    list.push({ k: "text", x: end - 2, y: t - 4, text: "happened", size: 10, align: "right", fill: "mute", halo: "paper" });
    list.push({ k: "text", x: end - 2, y: t + 12, text: "pending", size: 10, weight: 600, align: "right", fill: "leader", halo: "paper" });
    return;
  }
  list.push({ k: "curve", curve: { k: "line", x0: t, y0: it.r0 - 8, x1: t, y1: end + 2 }, stroke: "ink", width: 1.5 });
  list.push({ k: "arrow", x: t, y: it.r0 - 10, r: 6, angle: Math.PI / 2, fill: "ink" });
  const [left, right] = [measure("happened", SIZE), measure("pending: drag it later, click for more", SIZE)];
  if (t - left - 12 > it.t0) list.push({ k: "text", x: t - 10, y: 10, text: "happened", size: SIZE, align: "right", fill: "mute", halo: "paper" });
  const hint = t + right + 14 < it.t1 ? "pending: drag it later, click for more" : "pending";
  if (t + 60 < it.t1) list.push({ k: "text", x: t + 10, y: 10, text: hint, size: SIZE, fill: "leader", halo: "paper" });
}

/** A message in flight: solid as far as it got, then dots to where it would arrive. @param {Item[]} list @param {Layout} it @param {DiagramInput} input
 * @param {Passage} p @param {Live} live */
function onItsWay(list, it, input, p, live) {
  const { frame, info, now } = input;
  const [a, b] = [rowOf(it, p.from), rowOf(it, p.to)];
  const flight = frame.flights.find((its) => same(p, its));
  const { stroke, quiet } = classOf(p.kind, info);
  const due = flight?.due ?? now;
  const share = due <= p.sent ? 1 : clamp((now - p.sent) / (due - p.sent), 0, 1);
  const hit = /** @type {const} */ ({ kind: "message", from: p.from, to: p.to, nth: p.nth, copy: p.copy, message: p.kind });
  const over = live.over?.kind === "message" && same(p, live.over);
  const arrives = flight?.arrives ?? true;
  const tint = !arrives ? "bad" : stroke;
  const done = line(it, p.sent, a, Math.min(now, Math.max(due, p.sent)), a + (b - a) * share);
  if (done) list.push({ k: "curve", curve: done, stroke, width: quiet ? 1 : 1.5, alpha: quiet ? 0.6 : 1, hit });
  if (!flight || due <= now) return;
  const rest = line(it, now, a + (b - a) * share, due, b);
  const alpha = input.rows[a].folded || input.rows[b].folded ? 0.5 : 1;
  if (rest) list.push({ k: "curve", curve: rest, stroke: arrives ? stroke : "faint", width: over ? 2 : 1.25, dash: [2, 3], alpha, hit });
  if (due > it.to) return;
  const [x, y] = point(it, due, b);
  if (arrives) list.push({ k: "circle", x, y, r: over ? 6 : alpha < 1 ? 3.5 : 5, fill: "card", stroke: tint, width: 1.75, hit });
  else list.push({ k: "cross", x, y, r: 4.5, stroke: "bad", width: 1.75, hit });
}

/** Timers: on the row where they are due, or at the end of it if that lies beyond. @param {Item[]} list @param {Boxes} boxes @param {Layout} it @param {DiagramInput} input
 * @param {Live} live */
function pendingTimers(list, boxes, it, { frame, run, now, measure, rows }, live) {
  rows.forEach(({ places, folded }, row) => {
    if (folded) return;
    const node = frame.nodes[places[0]];
    const mine = frame.timers.filter((its) => its.place === places[0] && its.due >= now).sort((a, b) => a.due - b.due);
    mine.forEach((its, i) => {
      const hit = /** @type {const} */ ({ kind: "timer", place: its.place, timer: its.timer });
      const over = live.over?.kind === "timer" && live.over.place === its.place && live.over.timer === its.timer;
      const stroke = node?.paused ? "faint" : "ink";
      const name = run.timers[its.timer] ?? "timer";
      const away = `+${span(Math.round(its.due - now))}`;
      if (its.due <= it.to) {
        const [x, y] = point(it, its.due, row);
        list.push({ k: "circle", x, y, r: over ? 5.5 : 4.5, fill: "card", stroke: over ? "ink" : "mute", width: 1.5, hit });
        const [dx, dy] = it.down ? [0, -3] : [0, -3];
        list.push({ k: "curve", curve: { k: "line", x0: x, y0: y, x1: x + dx, y1: y + dy }, stroke, width: 1.25, hit });
        text(list, boxes, it, measure, x + 8, y - 5, `${name} ${away}`, "mute");
      } else if (i === 0 && !it.down) {
        const words = `${name} ${away} ▸`;
        const wide = measure(words, 10);
        const y = across(it, row);
        if (it.t1 - wide - 14 < along(it, now) || it.pitch < 20) return;
        if (!boxes.take(it.t1 - wide - 14, y - 14, wide + 14, 11)) return;
        list.push({ k: "circle", x: it.t1 - wide - 10, y: y - 9, r: 3.5, fill: "card", stroke: "mute", width: 1.25, hit });
        list.push({ k: "text", x: it.t1, y: y - 5, text: words, size: 10, align: "right", fill: "mute", hit });
      }
    });
  });
}

/** Where what is being dragged would happen. @param {Item[]} list @param {Layout} it @param {DiagramInput} input @param {NonNullable<Live["drag"]>} drag */
function dragged(list, it, { frame, now, measure }, { target, at }) {
  const its = target.kind === "message" ? frame.flights.find((flight) => flight.from === target.from && flight.to === target.to && flight.nth === target.nth && flight.copy === target.copy)
    : target.kind === "timer" ? frame.timers.find((timer) => timer.place === target.place && timer.timer === target.timer) : undefined;
  if (!its) return;
  const place = "to" in its ? its.to : its.place;
  const row = rowOf(it, place);
  if (row < 0) return;
  const [x, y] = point(it, clamp(at, Math.max(now, it.from), it.to), row);
  if ("to" in its) {
    const [x0, y0] = point(it, clamp(its.sent, it.from, it.to), rowOf(it, its.from));
    list.push({ k: "curve", curve: { k: "line", x0, y0, x1: x, y1: y }, stroke: "ink", width: 1.5, dash: [4, 3] });
  }
  list.push({ k: "circle", x, y, r: 6, fill: "ink" });
  const words = dragWords(at, its.due, now);
  const wide = measure(words, 11, 650);
  list.push({ k: "text", x: clamp(x - wide / 2, 2, it.w - wide - 2), y: y - 11, text: words, size: 11, weight: 650, fill: "ink", halo: "paper" });
}

/** What a drag to `at` would do. @param {number} at @param {number} due @param {number} now */
export function dragWords(at, due, now) {
  if (at <= now) return "now";
  const by = Math.round(at - due);
  return by > 0 ? `${span(by)} later` : "as it is";
}

/** What a message is, in words. @param {{from: number, to: number, kind: number, args: number[]}} p @param {RunLane} run @param {Algorithm} info */
export function messageWords({ from, to, kind, args }, run, info) {
  const name = (/** @type {number} */ place) => run.names[place] ?? "store";
  if (kind === WRITE) return `write ${name(from)}→store`;
  const message = info.messages[kind];
  const fields = (message?.args ?? []).map((field, i) => `${field} ${args[i]}`);
  return [`${message?.name ?? "message"} ${name(from)}→${name(to)}`, ...fields].join(", ");
}

/** What became of a message. @param {Passage} p @param {number} step */
export function fateWords(p, step) {
  const sent = p.sent >= 0 ? `sent ${exactly(p.sent)}` : "sent earlier";
  if (p.endStep > step) return `${sent}, on its way`;
  return p.why ? `${sent}, lost ${exactly(p.end)}: ${p.why}` : `${sent}, arrived ${exactly(p.end)}${p.sent >= 0 ? ` after ${span(p.end - p.sent)}` : ""}`;
}

