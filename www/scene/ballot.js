// The ballot that a picture shows: of all candidates and leaders the one that matters, and where each vote stands. Pure.

import { passes } from "./geometry.js";

/** @typedef {import("../frame.js").LaneFrame} LaneFrame */
/** @typedef {import("../frame.js").NodeState} NodeState */

/**
 * Where a vote stands: given; not answered yet; given, but counted no more; not given, and no message
 * between the two is under way any more; given to another candidate; refused; held up by a cut link; its voter is down;
 * the node has none.
 * @typedef {"granted" | "due" | "late" | "silent" | "other" | "refused" | "cut" | "down" | "barred"} Standing
 *
 * @typedef {object} Seat
 * @property {NodeState} node
 * @property {Standing} standing
 *
 * @typedef {object} Ballot
 * @property {NodeState} candidate
 * @property {import("../frame.js").Tally} tally
 * @property {Seat[]} seats The votes in the order in which they came, then the others.
 * @property {boolean} open Whether the candidate still asks.
 * @property {boolean} lost Whether it leads, but fewer than it needs hear it.
 */

/** In which order the votes stand that have not been given. @type {Standing[]} */
const ORDER = ["granted", "due", "late", "silent", "other", "refused", "cut", "down", "barred"];

/** Returns whether messages get through between two places, in both directions. @param {LaneFrame} lane */
export function linked(lane) {
  const open = passes(lane);
  return (/** @type {number} */ a, /** @type {number} */ b) => a === b || (open(a, b) && open(b, a));
}

/**
 * The ballot to show: that of the newest candidate that can still win, else of the leader in truth, else of whoever has
 * one; null if no node has.
 *
 * @param {LaneFrame} lane
 * @returns {Ballot | null}
 */
export function ballot(lane) {
  const members = lane.nodes.slice(0, lane.members);
  const heard = linked(lane);
  const reach = (/** @type {NodeState} */ node) => members.filter((it) => it.up && !it.paused && heard(node.place, it.place)).length;
  /** @type {NodeState | undefined} */
  let best;
  let most = [-1];
  for (const node of members) {
    const { tally } = node;
    if (!tally || !node.up) continue;
    const rank = node.role === "candidate" && reach(node) >= tally.needed ? 2 : lane.truth === node.place ? 1 : 0;
    if (rank < most[0]) continue;
    const cast = members.filter((it) => it.voted?.epoch === tally.epoch && it.voted.whom === node.place).length;
    const weight = [rank, tally.epoch, tally.binding ? 1 : 0, tally.granted, cast, -node.place];
    const first = weight.findIndex((it, i) => it !== most[i]);
    if (first >= 0 && (most.length === 1 || weight[first] > most[first])) [best, most] = [node, weight];
  }
  if (!best?.tally) return null;
  const { tally } = best;
  const open = !best.leads;
  const standing = standings(best, tally, open, heard, lane);
  const answers = new Map(tally.votes.map((it, i) => [it.place, i]));
  const ranked = members.map((node) => {
    const its = standing(node);
    return { seat: { node, standing: its }, rank: ORDER.indexOf(its) * 1000 + (answers.get(node.place) ?? node.place) };
  });
  const seats = ranked.sort((a, b) => a.rank - b.rank).map((it) => it.seat);
  return { candidate: best, tally, seats, open, lost: best.leads && reach(best) < tally.needed };
}

/** @param {NodeState} candidate @param {import("../frame.js").Tally} tally @param {boolean} open
 * @param {(a: number, b: number) => boolean} heard @param {LaneFrame} lane @returns {(node: NodeState) => Standing} */
function standings(candidate, tally, open, heard, { flights, underWay }) {
  const answers = new Map(tally.votes.map((it) => [it.place, it.answer]));
  return (node) => {
    const answer = answers.get(node.place);
    const voted = node.voted?.epoch === tally.epoch ? node.voted.whom : -1;
    if (answer === "granted" || answer === "barred") return answer;
    if (voted >= 0 && voted !== candidate.place) return "other";
    if (answer === "refused") return answer;
    if (!open && voted === candidate.place) return "late";
    if (!node.up) return "down";
    if (!heard(candidate.place, node.place)) return "cut";
    const flies = flights.length < underWay || flights.some((it) => it.kindClass === "election" && (it.from === node.place ? it.to === candidate.place : it.to === node.place && it.from === candidate.place));
    // What has arrived may wait at a node that is paused or slow, and its own vote needs no message.
    const works = [node, candidate].every((it) => !it.paused && it.slow === 0);
    if (open && !flies && works && node.place !== candidate.place) return "silent";
    return "due";
  };
}

/** What stands below a box, in a word; empty if its shape says it. @param {Seat} seat @param {Ballot} ballot @param {LaneFrame} lane */
export function standingWord({ node, standing }, { open }, lane) {
  if (standing === "granted") return "";
  if (standing === "other") return `for ${lane.nodes[node.voted?.whom ?? -1]?.label ?? "?"}`;
  if (standing === "due") return node.paused ? "paused" : open ? "due" : "–";
  return { late: "late", silent: "–", refused: "no", cut: "cut", down: "down", barred: "none" }[standing];
}

/**
 * What a picture of many voters says below them: first who has what, then the others by number.
 *
 * @param {Ballot} ballot
 * @param {string} epoch What the algorithm calls its epochs.
 * @returns {[string, string]}
 */
export function ballotWords({ candidate, tally, seats, open, lost }, epoch) {
  const count = (/** @type {Standing} */ of) => seats.filter((it) => it.standing === of).length;
  const has = `${tally.granted} vote${tally.granted === 1 ? "" : "s"}`;
  const first = lost ? `${candidate.label} believes it leads`
    : open ? `${candidate.label} has ${has}, needs ${tally.needed}` : `${candidate.label} leads with ${has}`;
  const rest = [`${epoch} ${tally.epoch}`];
  for (const [standing, said] of /** @type {const} */ ([["cut", "cut off"], ["down", "down"], ["other", "for others"], ["refused", "refused"], ["due", open ? "to answer" : ""], ["late", "late"], ["silent", "without a reply"], ["barred", "without a vote"]])) {
    if (said && count(standing) > 0) rest.push(`${count(standing)} ${said}`);
  }
  return [first, rest.length > 1 ? `${rest[0]}; ${rest.slice(1).join(", ")}` : rest[0]];
}
