// The scoreboard: what the run cost each lane. Numbers link to their moments.

import { h, setAttribute } from "../dom.js";
import { count, span } from "../words.js";
import { segments } from "../scene/bands.js";
import { laneTitle } from "./lanes.js";

/** @typedef {import("../engine.js").Stats} Stats */

/**
 * @typedef {object} Cell
 * @property {string} text
 * @property {string} [more]
 * @property {boolean} [bad]
 * @property {number} [at] The moment that it links to.
 * @property {string} [title] What following the link does.
 */

/** @param {Stats} stats @returns {number} */
const messages = (stats) => stats.messages.reduce((sum, it) => sum + it.sent, 0);

/** @param {number} n @param {string} one @param {string} [many] */
const some = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/**
 * The column of a lane.
 *
 * @param {Stats} stats
 * @param {import("../engine.js").Story} story
 * @param {import("../engine.js").Algorithm} info
 * @param {number} end
 * @returns {Cell[]}
 */
export function column(stats, story, info, end) {
  const parts = segments(story, end);
  const first = parts.findIndex((it) => it.bands.length > 0);
  const idle = parts.slice(first + 1).filter((it) => it.bands.length === 0).sort((a, b) => b.to - b.from - (a.to - a.from))[0] ?? parts[0];
  const double = parts.find((it) => it.bands.length > 1);
  const conflict = story.violations.find((it) => it.property === "one-effective-writer");
  const rejected = story.moments.find((it) => it.kind === "rejected");
  const election = stats.messages.find((it) => it.class === "election")?.sent ?? 0;
  const harm = [
    stats.writesConflicting > 0 ? `${some(stats.writesConflicting, "write")} in conflict` : "",
    stats.writesRejected > 0 ? `${some(stats.writesRejected, "write")} refused` : "",
  ].filter(Boolean).join(", ");
  return [
    failover(stats),
    { text: span(stats.noLeader), at: idle?.from },
    { text: span(stats.moreLeaders), more: stats.moreLeaders > 0 ? harm || "no write was harmed" : "", bad: stats.moreLeaders > 0 && stats.writesConflicting > 0, at: double?.from },
    {
      text: `${count(stats.writesAccepted)} kept`, bad: stats.writesConflicting + stats.writesLost > 0,
      more: [
        info.token || stats.writesRejected > 0 ? `${count(stats.writesRejected)} refused` : "",
        stats.writesConflicting > 0 ? `${count(stats.writesConflicting)} in conflict` : "", stats.writesLost > 0 ? `${count(stats.writesLost)} lost` : "",
      ].filter(Boolean).join(", "),
      at: stats.writesConflicting > 0 ? conflict?.at : stats.writesRejected > 0 ? rejected?.at : undefined,
    },
    { text: count(messages(stats)), more: election > 0 ? `${count(election)} to elect, ${some(stats.elections, "election")}` : "" },
  ];
}

/** The longest failover. @param {Stats} stats @returns {Cell} */
function failover({ failovers, failoverLongest: worst }) {
  if (!worst) return { text: "none" };
  const [whole, noticing] = [worst.found - worst.lost, worst.suspected - worst.lost];
  // Where all are shown in whole milliseconds, the parts add up.
  const round = (/** @type {number} */ us) => 1000 * Math.round(us / 1000);
  const electing = Math.min(noticing, whole - noticing) >= 10_000 && whole < 1e6 ? round(whole) - round(noticing) : whole - noticing;
  const more = worst.split ? `${span(noticing)} to notice, ${span(electing)} to elect`
    : worst.same ? "the same leader came back" : "nobody suspected the leader";
  return { text: span(whole), at: worst.lost, more, title: failovers > 1 ? `The longest of ${failovers} failovers; go to this moment` : "Go to this moment" };
}

const ROWS = [
  ["failover", "The longest time from when no node can do the leader's work until a node can again: how long it took to notice, and to elect"],
  ["no leader", "Time during which no node believed that it led, in total"],
  ["two leaders", "Time during which more than one node believed that it led, in total, and what it did to the store"],
  ["writes", "Writes that the store kept; those that it refused; those that it kept from a superseded leader, in conflict; and those acknowledged and later lost"],
  ["messages", "Messages sent, not counting duplicates; how many of them served elections; how often a node started one"],
];

/** @param {import("../app.js").App} app */
export function createScore(app) {
  const { store, player } = app;
  const pick = (/** @type {"run" | "now"} */ what, /** @type {string} */ text) =>
    h("button", { type: "button", text, onclick: () => store.edit({ score: what }) });
  const [run, now] = [pick("run", "Whole run"), pick("now", "So far")];
  const table = h("table", { class: "score" });
  const root = h("section", { class: "scoreboard", "aria-label": "Scoreboard" },
    h("div", { class: "segmented", role: "group", "aria-label": "Period that the numbers cover" }, run, now), h("div", { class: "scroll" }, table),
    h("p", { class: "note" }, "One run with one seed. To see how much of it is chance, run ", h("code", { text: "election run FILE --seeds 1..1000" })));
  let shown = "";
  let at = 0;
  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      const { score: wanted, playing, revision } = store.get();
      // The figures of the whole run would answer a question that is still to be asked.
      const early = player.curtain < Infinity;
      const score = early ? "now" : wanted;
      if (player.stories.length === 0) return;
      const key = score === "run" ? `run ${revision}` : `now ${revision} ${player.now}`;
      if (key === shown || (score === "now" && playing && clock - at < 150 && shown.startsWith("now"))) return;
      [shown, at] = [key, clock];
      run.disabled = early;
      run.title = early ? "Once the question of the story is answered" : "";
      setAttribute(run, "aria-pressed", String(score === "run"));
      setAttribute(now, "aria-pressed", String(score === "now"));
      const columns = player.stories.map((story, i) => {
        if (!player.ran) return ROWS.map(() => ({ text: "–" }));
        const stats = score === "run" ? story.stats : player.guard(() => player.engine?.stats(i) ?? story.stats, story.stats);
        return column(stats, story, player.infos[i], score === "run" ? story.computed : player.now);
      });
      render(columns);
    },
  };

  /** @param {Cell[][]} columns */
  function render(columns) {
    const head = h("tr", {}, h("th", { scope: "col" }, h("span", { class: "unseen", text: "Measure" })),
      ...columns.map((_, i) => h("th", { scope: "col", text: laneTitle(app, i) })));
    const rows = ROWS.map(([name, what], r) => h("tr", {}, h("th", { scope: "row", title: what, text: name }), ...columns.map((column) => cell(column[r]))));
    table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
    table.dataset.lanes = String(columns.length);
  }

  /** @param {Cell} it */
  function cell({ text, more, bad, at: moment, title = "Go to this moment" }) {
    const name = bad ? "bad" : "";
    const value = moment === undefined
      ? h("span", { class: name, text })
      : h("button", { type: "button", class: `number ${name}`.trim(), title, text, onclick: () => player.seek(moment) });
    return h("td", {}, value, more && h("small", { text: more }));
  }
}
