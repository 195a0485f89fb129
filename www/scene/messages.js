// Messages in flight, lost messages, and their labels.

import { CUT_AT_SENDING, LOSSES, REFUSED, WRITE } from "../frame.js";
import { epochMark } from "../words.js";
import { Boxes, along, length } from "./geometry.js";
import { LEAST } from "./nodes.js";
import { slot } from "./store.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Plan} Plan */
/** @typedef {import("../engine.js").Algorithm} Algorithm */
/** @typedef {import("../frame.js").Flight} Flight */

/**
 * @typedef {object} Wanted A label for a message or a link, drawn if there is room.
 * @property {number} x
 * @property {number} y
 * @property {number} pad Its distance from that point.
 * @property {string} text
 * @property {string} [short] A shorter text, if that one does not fit.
 * @property {"mute" | "bad" | "ink"} fill
 */

/** How long a message must be visible for its label to be legible, in milliseconds. */
const READABLE = 220;
/** The most message labels in a lane. */
const LABELS_MAX = 14;
/** The most messages shown one by one beside a column. */
const DOTS_MAX = 40;
/** In pictures less wide than this, these labels are smaller. */
const NARROW = 220;

/** Half the length and the height of what stands for a message with an id. @param {string} id @param {number} size */
const capsule = (id, size) => /** @type {const} */ ([Math.max(size * 0.75, id.length * size * 0.31 + 4), size * 0.75]);

/** The path of a message, or of a write to the slot in the lower edge, from rim to rim. @param {Plan} plan @param {Box} box
 * @param {{from: number, to: number, kind: number}} message @param {number} own The radius of what travels. */
function way(plan, box, { from, to, kind }, own) {
  const spot = plan.at[from];
  const write = kind === WRITE;
  const end = write ? undefined : plan.at[to];
  if (!spot || (!write && !end)) return null;
  const [x1, y1] = slot(box);
  const curve = !write ? plan.path(from, to) : plan.write?.(from, [x1, y1]) ?? /** @type {const} */ ({ k: "line", x0: spot.x, y0: spot.y, x1, y1 });
  const whole = Math.max(1, length(curve));
  // In a panel, paths end at the panel's edge, as far from it as the other end's rim.
  const rim = (/** @type {import("./lane.js").Spot} */ here, /** @type {import("./lane.js").Spot} */ there) => (
    here.tick ? 0 : (here.square ? there : here).r + (here.dense ? 0 : 4)) + own;
  const [head, tail] = [Math.min(0.45, rim(spot, end ?? spot) / whole), end ? Math.min(0.45, rim(end, spot) / whole) : 0];
  /** @param {number} part */
  const point = (part) => along(curve, head + part * (1 - head - tail));
  return { spot, curve, point };
}

/** The colour of a message. @param {Flight} flight @param {Box} box @param {boolean} carries Whether it shows an id.
 * @returns {import("../theme.js").Colour} */
function tint({ kindClass, from, arg }, { lane }, carries) {
  if (kindClass !== "election") return kindClass === "data" ? "ink" : "mute";
  const of = carries ? lane.nodes.find((node) => node.id === arg) : lane.nodes[from];
  return of?.leads ? "leader" : "candidate";
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
  const { flights } = box.lane;
  const capsules = new Boxes();
  const calm = flights.every((it) => it.kindClass === "liveness" || it.kind === WRITE);
  // A column stands for so many members that their messages would be a cloud.
  const every = plan.at[0]?.column ? Math.ceil(flights.length / DOTS_MAX) : 1;
  for (const flight of flights) {
    if (every > 1 && (flight.from * 7 + flight.to * 13 + flight.nth) % every !== 0) continue;
    // Messages waiting at a paused node are counted in its label instead.
    if (options.now > flight.due) continue;
    const message = info.messages[flight.kind];
    const quiet = flight.kindClass === "liveness";
    const carried = message?.args[0] === "id" && flight.arg > 0 && !quiet;
    const from = plan.at[flight.from];
    const size = from?.dense ? LEAST : 10.5;
    const [wide, tall] = carried ? capsule(`${flight.arg}`, size) : [0, 0];
    const own = carried ? wide : flight.kind === WRITE ? 2.5 : quiet ? 2.75 : 4;
    const its = way(plan, box, flight, own);
    if (!its) continue;
    const { spot, curve } = its;
    const whole = Math.max(1, flight.due - flight.sent);
    const gone = Math.max(0, Math.min(1, (options.now - flight.sent) / whole));
    const [x, y] = its.point(options.still ? 0.5 : gone);
    const hit = /** @type {const} */ ({
      kind: "message", from: flight.from, to: flight.to, nth: flight.nth, copy: flight.copy, message: flight.kind,
    });
    const colour = flight.arrives ? flight.kind === WRITE ? "ink" : tint(flight, box, carried) : "bad";
    /** @type {import("./items.js").Look} */
    const look = { fill: flight.arrives ? colour : "card", stroke: flight.arrives ? undefined : "bad", width: 1.25, hit };
    if (!quiet && flight.kind !== WRITE && !spot.tick) {
      const dash = flight.arrives ? undefined : [3, 4];
      list.push({ k: "curve", curve, stroke: tint(flight, box, carried), width: spot.dense ? 1 : 1.5, dash, alpha: spot.dense ? 0.35 : 0.55 });
    }
    // Among many nodes, an id that another one would cover is a dot.
    if (carried && (!spot.dense || capsules.take(x - wide, y - tall, 2 * wide, 2 * tall))) {
      list.push({ k: "rect", x: x - wide, y: y - tall, w: 2 * wide, h: 2 * tall, r: tall, ...look, fill: colour === "candidate" ? "warn" : look.fill });
      list.push({ k: "text", x, y: y + size * 0.35, text: `${flight.arg}`, size, weight: 650, align: "center", fill: !flight.arrives ? "ink" : colour === "leader" ? "on-leader" : "card" });
    } else if (flight.kind === WRITE) {
      list.push({ k: "rect", x: x - 2.5, y: y - 2.5, w: 5, h: 5, r: 1, ...look });
    } else if (quiet) {
      list.push({ k: "circle", x, y, r: spot.dense ? 1.75 : 2.75, ...look, fill: "card", stroke: flight.arrives ? "mute" : "bad" });
    } else if (flight.kindClass === "data") {
      list.push({ k: "rect", x: x - 3.5, y: y - 3.5, w: 7, h: 7, r: 1.5, ...look });
    } else {
      list.push({ k: "circle", x, y, r: Math.min(4.25, spot.tick ? 2 : spot.r * 0.6), ...look });
    }
    if (flight.kind === WRITE) continue;
    boxes.force(x - own, y - Math.max(own * 0.6, tall), 2 * own, 2 * Math.max(own * 0.6, tall));
    if (!message || spot.dense || !readable(whole, options) || (quiet && (options.rate > 0 || !calm))) continue;
    const epoch = message.args[0] === info.epoch ? epochMark(info, flight.arg) : "";
    wanted.push({ x, y, pad: own + 4, text: `${message.name} ${epoch}`.trim(), short: message.name, fill: flight.arrives ? quiet ? "mute" : "ink" : "bad" });
  }
  return wanted;
}

/**
 * Messages lost a moment ago. One that was lost at its sender goes halfway and ends in a cross; one that was lost on
 * arrival ends in a cross there. The cross then fades. A write that the store rejected ends at the slot. A link shows
 * one cross; if it is cut, that one says it all.
 *
 * @param {Item[]} list
 * @param {Boxes} boxes
 * @param {Plan} plan
 * @param {Box} box
 * @param {Algorithm} info
 * @param {Options} options
 * @param {Set<string>} crossed The links, by their places, that have a cross already.
 * @returns {Wanted[]}
 */
export function losses(list, boxes, plan, box, info, options, crossed) {
  /** @type {Wanted[]} */
  const wanted = [];
  const seen = new Set(crossed);
  for (const lost of box.lane.losses.toReversed()) {
    const atSending = lost.why <= CUT_AT_SENDING;
    const quiet = lost.kindClass === "liveness" || lost.kind === WRITE;
    const r = quiet ? 2.75 : 4.25;
    const its = way(plan, box, lost, r);
    if (!its) continue;
    const { spot } = its;
    const usual = Math.max(1, lost.until - lost.at);
    const gone = Math.max(0, (options.now - lost.at) / usual);
    const end = lost.why === REFUSED ? 0.94 : atSending ? 0.5 : 1;
    const moves = atSending && !options.still && gone < end;
    const [x, y] = its.point(moves ? gone : end);
    const left = 1 - (gone - (atSending ? end : 0));
    if (left <= 0) continue;
    const hit = /** @type {const} */ ({ kind: "message", from: lost.from, to: lost.to, nth: lost.nth, copy: lost.copy, message: lost.kind });
    const small = Math.min(r, spot.tick ? 2 : spot.r * 0.5);
    if (moves) {
      list.push({ k: "circle", x, y, r: small, fill: "card", stroke: "bad", width: 1.25, hit });
      continue;
    }
    const link = lost.kind === WRITE ? `${lost.from} store ${lost.why}` : `${Math.min(lost.from, lost.to)} ${Math.max(lost.from, lost.to)}`;
    if (seen.has(link)) continue;
    seen.add(link);
    list.push({ k: "cross", x, y, r: small, stroke: "bad", width: quiet ? 1.25 : 1.75, alpha: Math.max(0.3, left), hit });
    // The text disappears before the cross does.
    if (left < 0.4 || spot.dense || (quiet && lost.why !== REFUSED) || !readable(usual, options)) continue;
    boxes.force(x - r, y - r, 2 * r, 2 * r);
    const name = lost.kind === WRITE ? "write" : info.messages[lost.kind]?.name ?? "";
    const why = lost.why === REFUSED ? "refused" : `lost: ${LOSSES[lost.why]}`;
    wanted.push({ x, y, pad: r + 4, text: options.rate > 0 ? `${name} ${why.split(":")[0]}` : `${name} ${why}`, short: why.split(":")[0], fill: "bad" });
  }
  return wanted;
}

/** Whether something that lasts this long is visible long enough to be read. @param {number} us @param {Options} options */
const readable = (us, { rate }) => rate === 0 || us / rate / 1000 >= READABLE;

/** @param {Item[]} labels @param {Wanted[]} wanted @param {Boxes} boxes @param {Box} box @param {Options} options */
export function nameMessages(labels, wanted, boxes, { w, h }, { measure }) {
  let left = LABELS_MAX;
  const size = w < NARROW ? 10 : 11;
  /** @param {Wanted} its @param {string} text */
  const put = ({ x, y, pad, fill }, text) => {
    const wide = measure(text, size);
    // To the right, to the left, above or below, in this order of preference; otherwise not at all.
    for (const [tx, ty] of [[x + pad, y + 3.5], [x - pad - wide, y + 3.5], [x - wide / 2, y - pad], [x - wide / 2, y + pad + 7]]) {
      if (tx < 2 || tx + wide > w - 2 || ty < size || ty > h - 14 || !boxes.take(tx - 2, ty - size, wide + 4, size + 3)) continue;
      labels.push({ k: "text", x: tx, y: ty, text, size, fill, halo: "card" });
      return true;
    }
    return false;
  };
  for (const its of wanted) {
    if (left === 0) break;
    if (put(its, its.text) || (its.short !== undefined && put({ ...its, pad: its.pad + 6 }, its.short))) left--;
  }
}
