// What two futures of a lane have to show for themselves, as rows of a table. Pure.

import { count, epochMark, list, seconds, span } from "../words.js";

/** @typedef {import("../engine.js").Story} Story */
/** @typedef {import("../engine.js").Failover} Failover */

/**
 * @typedef {object} Side A future of a lane.
 * @property {Story} story
 * @property {readonly string[]} names Of its nodes, by place.
 * @typedef {{name: string, what: string, cells: [string, string], differs: boolean}} Row
 */

/** Who believes that it leads at a moment, and in which epoch. @param {Side} side @param {import("../engine.js").Algorithm} info @param {number} at */
export function leaders({ story, names }, info, at) {
  const led = story.bands.filter((it) => it.from <= at && at < (it.until ?? Infinity));
  return led.length === 0 ? "none" : list(led.map((it) => [names[it.node], epochMark(info, it.epoch)].filter(Boolean).join(" ")));
}

/** The first failover that is not over before the futures part. @param {Story} story @param {number} split @returns {Failover | undefined} */
export const failoverSince = (story, split) => story.failovers.find((it) => it.found > split) ?? story.failover ?? undefined;

/** @param {Failover | null | undefined} it @param {number} end */
const length = (it, end) => (!it ? "none" : it.over ? span(it.found - it.lost) : `over ${span(Math.max(0, end - it.lost))}`);

/**
 * @param {[Side, Side]} sides
 * @param {import("../engine.js").Algorithm} info
 * @param {number} now The playhead.
 * @param {number} split When the futures part.
 * @param {number} [curtain] What happens after that must not be told yet.
 * @returns {Row[]}
 */
export function figures(sides, info, now, split, curtain = Infinity) {
  // A failover that is over by then tells nothing of what comes.
  const early = ["leader", ...(sides.every(({ story }) => (failoverSince(story, split)?.found ?? Infinity) <= curtain) ? ["failover"] : [])];
  const stats = sides.map(({ story }) => story.stats);
  /** @type {[string, string, (side: Side, i: number) => string, boolean?][]} */
  const rows = [
    ["leader", `Who believes that it leads at the playhead, ${seconds(now)}`, (side) => leaders(side, info, now)],
    ["at the end", "Who believes that it leads at the end of the run", (side) => leaders(side, info, side.story.computed - 1)],
    ["failover", "The first failover that is not over before the futures part", ({ story }) => length(failoverSince(story, split), story.computed)],
    ["longest", "The longest failover of the run", (_, i) => length(stats[i].failoverLongest, 0)],
    ["elections", "How often a node started an election", (_, i) => count(stats[i].elections)],
    ["messages", "Messages sent, not counting duplicates", (_, i) => count(stats[i].messages.reduce((sum, it) => sum + it.sent, 0))],
    ["writes kept", "Writes that the store accepted", (_, i) => count(stats[i].writesAccepted), true],
    ["refused", "Writes that the store refused", (_, i) => count(stats[i].writesRejected), true],
    ["in conflict", "Writes that the store accepted from a leader that another one had superseded", (_, i) => count(stats[i].writesConflicting), true],
    ["lost", "Writes that were acknowledged to a client and lost later", (_, i) => count(stats[i].writesLost), true],
  ];
  const all = rows.map(([name, what, of, hidden]) => {
    const cells = /** @type {[string, string]} */ (sides.map(of));
    return { name, what, cells, differs: cells[0] !== cells[1], hidden: hidden && cells.every((it) => it === "0") };
  });
  // Often the longest failover is the one in question.
  const [, , since, longest] = all;
  longest.hidden = longest.cells.every((it, i) => it === since.cells[i]);
  return all.filter((it) => !it.hidden && (curtain === Infinity || early.includes(it.name))).map(({ hidden: _, ...row }) => row);
}

/**
 * What only one of two futures does, in a few words.
 *
 * @param {readonly {text: string}[]} lines Those that it has and the other one lacks.
 * @param {boolean} first Whether it was there first.
 */
export function caption(lines, first) {
  if (first) return "as written";
  const acts = lines.map(({ text }) => /^at\s+\S+\s+(.*?)(\s+#.*)?$/.exec(text)?.[1]).filter((it) => it !== undefined);
  if (acts.length === 1 && lines.length === 1) return acts[0];
  return lines.length === 0 ? "with less" : `${lines.length} ${lines.length === 1 ? "line" : "lines"} more`;
}

/** An instant, exactly. @param {number} us */
const instant = (us) => (us % 1000 === 0 ? seconds(us) : `${(us / 1e6).toFixed(6)} s`);

/**
 * A difference in words, with a line for each side.
 *
 * @param {readonly (import("../engine.js").Differing | null)[]} events
 * @param {[string, string]} names What is compared.
 */
export function told(events, names) {
  if (events.length === 0) return `${names[0]} and ${names[1]} do not differ.`;
  const first = Math.min(...events.map((it) => it?.at ?? Infinity));
  const acts = events.map((it) => it?.kind === "act");
  const sides = events.map((event, i) => {
    if (!event) return `${names[i]}: nothing more.`;
    // What an act does has no counterpart: the other run just goes on.
    return `${names[i]}${acts[1 - i] && !acts[i] ? " goes on" : ""}: ${event.at === first ? "" : `at ${instant(event.at)}, `}${event.text}.`;
  });
  return [`At ${instant(first)}:`, ...sides].join("\n");
}
