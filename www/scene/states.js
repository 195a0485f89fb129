// The state of a node in words, and the size and colour of its label. Pure.

import { waits, wrong } from "./nodes.js";

/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */
/** @typedef {import("../engine.js").Algorithm} Algorithm */

/** The size of labels, of few nodes and of many. */
export const SIZE = 11.5;
export const SMALL = 9.5;
/** The size of the labels of few nodes. @param {number} w */
export const sizeIn = (w) => (w < 200 ? 10 : SIZE);

/** The colour of a node's label. @param {NodeState} node @param {LaneFrame} lane @param {Algorithm} info */
export function tone(node, lane, info) {
  if (!node.up || node.paused) return "mute";
  if (node.leads) return wrong(node, lane, info) ? "bad" : "leader";
  return node.role === "candidate" && !waits(node) ? "warn" : "mute";
}

/** Whether a picture has to mention epochs: they decide who leads, and not all nodes have the same.
 * @param {LaneFrame} lane @param {Algorithm} info */
export function epochsDiffer(lane, info) {
  const up = lane.nodes.slice(0, lane.members).filter((node) => node.up);
  return info.authority === "quorum" && up.some((node) => node.epoch !== up[0].epoch);
}

/**
 * The state of a node in words, the longest wording first.
 *
 * @param {NodeState} node @param {LaneFrame} lane @param {Algorithm} info @param {number} waiting The messages that wait at it.
 * @returns {string[]}
 */
export function stateTexts(node, lane, info, waiting) {
  const name = (/** @type {number} */ place) => lane.nodes[place]?.label ?? "?";
  if (node.starting) return ["starting"];
  if (!node.up) return ["down"];
  if (node.paused) return waiting > 0 ? [`paused, ${waiting} waiting`, "paused"] : ["paused"];
  if (node.leads) {
    if (!wrong(node, lane, info)) return ["leads"];
    if (info.authority !== "none") return ["believes it leads", "believes"];
    const followers = lane.nodes.filter((it) => it.up && !it.leads && it.role === "follower" && it.follows === node.place);
    const listed = followers.length > 0 ? followers.map((it) => it.label).join(", ") : "nobody";
    return [`leads ${followers.length > 3 ? `${followers.length} others` : listed}`, "leads"];
  }
  if (node.role === "idle") return [info.roles[node.part] ?? "idle"];
  if (node.role !== "candidate") return node.follows >= 0 ? [`follows ${name(node.follows)}`, "follows"] : ["no leader"];
  if (node.tally) return [`has ${node.tally.granted} of ${node.tally.needed} votes`, `${node.tally.granted} of ${node.tally.needed}`];
  if (node.silencedBy >= 0) return [`told to wait by ${name(node.silencedBy)}`, "told to wait", "waits"];
  if (node.beatenBy >= 0) return [`beaten by ${name(node.beatenBy)}`, "beaten"];
  if (node.reach > 0) return [`asks ${node.reach} far`, `asks ${node.reach}`];
  return ["wants to lead", "asks"];
}
