// Messages in flight, lost messages, and their labels.

import { CUT_AT_SENDING, LOSSES, REFUSED, WRITE } from "../frame.js";
import { epochMark } from "../words.js";
import { along, length } from "./geometry.js";
import { LEAST } from "./nodes.js";
import { slot } from "./store.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./geometry.js").Boxes} Boxes */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Plan} Plan */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/**
 * @typedef {object} Wanted A label for a message or a link, drawn if there is room.
 * @property {number} x
 * @property {number} y
 * @property {number} pad Its distance from that point.
 * @property {string} text
 * @property {string} [short] A shorter text, if that one does not fit.
 * @property {"mute" | "bad" | "warn"} fill
 */

/** How long a message must be visible for its label to be legible, in milliseconds. */
const READABLE = 220;
/** The most message labels in a lane. */
const LABELS_MAX = 14;

/** The path of a message, or of a write to the slot in the lower edge. @param {Plan} plan @param {Box} box
 * @param {{from: number, to: number, kind: number}} message */
function way(plan, box, { from, to, kind }) {
  const spot = plan.at[from];
  if (!spot || (kind !== WRITE && !plan.at[to])) return null;
  const write = kind === WRITE;
  const [x1, y1] = slot(box);
  const curve = write ? /** @type {const} */ ({ k: "line", x0: spot.x, y0: spot.y, x1, y1 }) : plan.path(from, to);
  const trim = Math.min(0.4, (spot.r + 3) / Math.max(1, length(curve)));
  /** From edge to edge. @param {number} part */
  const point = (part) => along(curve, trim + part * (1 - (write ? 1 : 2) * trim));
  return { spot, curve, point };
}

/**
 * @param {Item[]} list
 * @param {Boxes} boxes
 * @param {Plan} plan
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 * @returns {Wanted[]}
 */
export function messages(list, boxes, plan, box, info, options) {
  /** @type {Wanted[]} */
  const wanted = [];
  for (const flight of box.lane.flights) {
    const its = way(plan, box, flight);
    if (!its) continue;
    const { spot, curve } = its;
    const whole = Math.max(1, flight.due - flight.sent);
    const gone = Math.max(0, Math.min(1, (options.now - flight.sent) / whole));
    // Messages waiting at a paused node are counted in its label instead.
    if (gone >= 1 && options.now > flight.due) continue;
    const [x, y] = its.point(options.still ? 0.5 : gone);
    const message = info.messages[flight.kind];
    const hit = /** @type {const} */ ({
      kind: "message", from: flight.from, to: flight.to, nth: flight.nth, copy: flight.copy, message: flight.kind,
    });
    const bad = !flight.arrives;
    if (flight.kind === WRITE) {
      list.push({ k: "rect", x: x - 2.5, y: y - 2.5, w: 5, h: 5, r: 1, fill: bad ? "card" : "ink", stroke: bad ? "bad" : undefined, width: 1.25, hit });
      continue;
    }
    const quiet = flight.kindClass === "liveness";
    if (!quiet && spot.r > 6) {
      list.push({ k: "curve", curve, stroke: bad ? "bad" : flight.kindClass === "election" ? "candidate" : "leader", width: 1, alpha: 0.35 });
    }
    const token = Math.min(8.5, spot.r * 0.9);
    const size = Math.min(10, (token * 2) / (0.7 * `${flight.arg}`.length + 0.3));
    const carried = message?.args[0] === "id" && flight.arg > 0 && !quiet && size >= LEAST;
    if (carried) {
      // A message that carries an id shows it.
      list.push({ k: "circle", x, y, r: token, fill: "card", stroke: bad ? "bad" : "candidate", width: spot.dense ? 1.5 : 2, hit });
      list.push({ k: "text", x, y: y + size * 0.34, text: `${flight.arg}`, size, weight: 650, align: "center", fill: "ink" });
    } else if (quiet) {
      list.push({ k: "circle", x, y, r: Math.min(2.75, spot.r * 0.5), fill: bad ? "card" : "follower", stroke: bad ? "bad" : undefined, width: 1.25, hit });
    } else if (flight.kindClass === "data") {
      list.push({ k: "rect", x: x - 3.5, y: y - 3.5, w: 7, h: 7, r: 1.5, fill: bad ? "card" : "leader", stroke: bad ? "bad" : undefined, width: 1.5, hit });
    } else {
      const fill = flight.kindClass === "election" ? "candidate" : "leader";
      list.push({ k: "circle", x, y, r: Math.min(4.25, spot.r * 0.6), fill: bad ? "card" : fill, stroke: bad ? "bad" : undefined, width: 1.5, hit });
    }
    const r = carried ? token : 4;
    boxes.force(x - r, y - r, 2 * r, 2 * r);
    if (!message || spot.dense || !readable(whole, options) || (quiet && options.rate > 0)) continue;
    const epoch = message.args[0] === info.epoch ? epochMark(info, flight.arg) : "";
    wanted.push({ x, y, pad: r + 4, text: `${message.name} ${epoch}`.trim(), fill: bad ? "bad" : "mute" });
  }
  return wanted;
}

/**
 * Messages lost a moment ago. One that was lost at its sender goes halfway and ends in a cross; one that was lost on
 * arrival ends in a cross there. The cross then fades. A write that the store rejected ends at the slot.
 *
 * @param {Item[]} list
 * @param {Boxes} boxes
 * @param {Plan} plan
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 * @returns {Wanted[]}
 */
export function losses(list, boxes, plan, box, info, options) {
  /** @type {Wanted[]} */
  const wanted = [];
  for (const lost of box.lane.losses) {
    const its = way(plan, box, lost);
    if (!its) continue;
    const { spot } = its;
    const usual = Math.max(1, lost.until - lost.at);
    const gone = Math.max(0, (options.now - lost.at) / usual);
    const atSending = lost.why <= CUT_AT_SENDING;
    const end = lost.why === REFUSED ? 0.94 : atSending ? 0.5 : 1;
    const quiet = lost.kindClass === "liveness" || lost.kind === WRITE;
    const moves = atSending && !options.still && gone < end;
    const [x, y] = its.point(moves ? gone : end);
    const r = Math.min(quiet ? 2.75 : 4.25, spot.r * 0.5);
    const left = 1 - (gone - (atSending ? end : 0));
    if (left <= 0) continue;
    if (moves) list.push({ k: "circle", x, y, r, fill: "card", stroke: "bad", width: 1.25 });
    else list.push({ k: "cross", x, y, r, stroke: "bad", width: quiet ? 1.25 : 1.75, alpha: Math.max(0.3, left) });
    // The text disappears before the cross does.
    if (left < 0.4 || spot.dense || !readable(usual, options) || (quiet && options.rate > 0 && lost.why !== REFUSED)) continue;
    boxes.force(x - r, y - r, 2 * r, 2 * r);
    const name = lost.kind === WRITE ? "write" : info.messages[lost.kind]?.name ?? "";
    const why = lost.why === REFUSED ? "rejected" : `lost: ${LOSSES[lost.why]}`;
    wanted.push({ x, y, pad: r + 4, text: options.rate > 0 ? `${name} ${why.split(":")[0]}` : `${name} ${why}`, fill: "bad" });
  }
  return wanted;
}

/** Whether something that lasts this long is visible long enough to be read. @param {number} us @param {Options} options */
const readable = (us, { rate }) => rate === 0 || us / rate / 1000 >= READABLE;

/** @param {Item[]} labels @param {Wanted[]} wanted @param {Boxes} boxes @param {number} w @param {Options} options */
export function nameMessages(labels, wanted, boxes, w, { measure }) {
  let left = LABELS_MAX;
  /** @param {Wanted} its @param {string} text */
  const put = ({ x, y, pad, fill }, text) => {
    const wide = measure(text, 9.5);
    // To the right, to the left, above or below, in this order of preference; otherwise not at all.
    for (const [tx, ty] of [[x + pad, y + 3.5], [x - pad - wide, y + 3.5], [x - wide / 2, y - pad], [x - wide / 2, y + pad + 7]]) {
      if (tx < 2 || tx + wide > w - 2 || ty < 9 || !boxes.take(tx - 1, ty - 9, wide + 2, 12)) continue;
      labels.push({ k: "text", x: tx, y: ty, text, size: 9.5, fill, halo: "card" });
      return true;
    }
    return false;
  };
  for (const its of wanted) {
    if (left === 0) break;
    if (put(its, its.text) || (its.short !== undefined && put({ ...its, pad: its.pad + 6 }, its.short))) left--;
  }
}
