// What lies under the mouse, in a line: a message with its fields and its fate, or a node's state. Pure.

import { LOSSES, REFUSED, WRITE } from "../frame.js";
import { seconds, span } from "../words.js";
import { SIZE, stateTexts } from "./states.js";

/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../engine.js").Algorithm} Algorithm */
/** @typedef {import("./items.js").Target} Target */

/** The fields of a message: names and values. @param {{kind: number, args: number[]}} message @param {Algorithm} info */
export function fields({ kind, args }, info) {
  return (info.messages[kind]?.args ?? []).map((name, i) => /** @type {[string, number]} */ ([name, args[i]]));
}

/**
 * The lines for a target; none if it is gone.
 *
 * @param {Target} target
 * @param {LaneFrame} lane
 * @param {Algorithm} info
 * @param {number} now
 */
export function tip(target, lane, info, now) {
  if (target.kind === "node") return aboutNode(target.place, lane, info, now);
  if (target.kind !== "message") return [];
  const same = (/** @type {{from: number, to: number, nth: number, copy: number}} */ it) => (
    it.from === target.from && it.to === target.to && it.nth === target.nth && it.copy === target.copy);
  const flight = lane.flights.find(same);
  const lost = flight ? undefined : lane.losses.find(same);
  const message = flight ?? lost;
  if (!message) return [];
  const name = (/** @type {number} */ place) => lane.nodes[place]?.label ?? "store";
  const what = message.kind === WRITE ? "write" : info.messages[message.kind]?.name ?? "";
  const head = `${what} ${name(message.from)}→${name(message.to)}`;
  const all = fields(message, info).map(([field, value]) => `${field} ${value}`);
  const fate = flight ? `${flight.arrives ? "arrives" : "will be lost at"} ${seconds(flight.due)}`
    : lost?.why === REFUSED ? "refused by the store" : `lost: ${LOSSES[lost?.why ?? 0]}`;
  return [[head, ...all].join(", "), fate];
}

/** @param {number} place @param {LaneFrame} lane @param {Algorithm} info @param {number} now */
function aboutNode(place, lane, info, now) {
  const node = lane.nodes[place];
  if (!node) return [];
  const waiting = lane.flights.filter((it) => it.to === place && it.due <= now).length;
  const state = node.role === "service" && node.up && !node.paused ? "service" : stateTexts(node, lane, info, waiting)[0];
  const epoch = info.epoch && node.up && node.epoch > 0 ? `, ${info.epoch} ${node.epoch}` : "";
  const due = lane.timers.filter((it) => it.place === place && it.due >= now).map((it) => it.due);
  const left = node.up && due.length > 0 ? [`next timeout in ${span(Math.round(Math.min(...due) - now))}`] : [];
  return [`${node.label} ${state}${epoch}`, ...left];
}

/**
 * Draws the lines near a point, inside the picture: on one line if there is room.
 *
 * @param {import("./items.js").Item[]} list
 * @param {string[]} lines
 * @param {number} x @param {number} y
 * @param {number} pad Their distance from the point.
 * @param {{w: number, h: number}} box
 * @param {import("./items.js").Measure} measure
 */
export function drawTip(list, lines, x, y, pad, { w, h }, measure) {
  if (lines.length === 0) return;
  const one = lines.join(" · ");
  const parts = (measure(one, SIZE) <= w - 16 ? [one] : lines).flatMap((text) => fold(text, w - 16, measure));
  const wide = Math.max(...parts.map((text) => measure(text, SIZE))) + 12;
  const tall = parts.length * 15 + 7;
  const left = Math.max(2, Math.min(w - wide - 2, x - wide / 2));
  const top = y - tall - pad >= 2 ? y - tall - pad : Math.min(h - tall - 2, y + pad);
  list.push({ k: "rect", x: left, y: top, w: wide, h: tall, r: 6, fill: "card", stroke: "follower", width: 1 });
  parts.forEach((text, i) => list.push({ k: "text", x: left + 6, y: top + 14 + i * 15, text, size: SIZE, fill: "ink" }));
}

/** Breaks a text at its commas. @param {string} text @param {number} most @param {import("./items.js").Measure} measure */
function fold(text, most, measure) {
  /** @type {string[]} */
  const lines = [];
  for (const part of text.split(", ")) {
    const last = lines.at(-1);
    if (last !== undefined && measure(`${last}, ${part}`, SIZE) <= most) lines[lines.length - 1] = `${last}, ${part}`;
    else lines.push(part);
  }
  return lines;
}
