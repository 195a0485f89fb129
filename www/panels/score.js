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
 * @property {[number, number]} [bar] Detection and election, in microseconds.
 */

/** @param {Stats} stats @returns {number} */
const messages = (stats) => stats.messages.reduce((sum, it) => sum + it.sent, 0);

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
  const worst = stats.failoverLongest;
  const parts = segments(story, end);
  const first = parts.findIndex((it) => it.bands.length > 0);
  const idle = parts.slice(first + 1).filter((it) => it.bands.length === 0).sort((a, b) => b.to - b.from - (a.to - a.from))[0] ?? parts[0];
  const double = parts.find((it) => it.bands.length > 1);
  const conflict = story.violations.find((it) => it.property === "one-effective-writer");
  const rejected = story.moments.find((it) => it.kind === "rejected");
  const election = stats.messages.find((it) => it.class === "election")?.sent ?? 0;
  return [
    worst
      ? {
          text: span(worst.found - worst.lost), at: worst.lost,
          more: stats.failovers > 1 ? `longest of ${stats.failovers}` : "",
          bar: worst.split ? [worst.suspected - worst.lost, worst.found - worst.suspected] : [worst.found - worst.lost, 0],
        }
      : { text: "–" },
    worst?.split
      ? { text: [worst.suspected - worst.lost, worst.found - worst.suspected].map((it) => span(it).replace(" ", "\u00a0")).join(" + "), at: worst.suspected }
      : { text: !worst ? "–" : worst.same ? "same leader" : "never suspected" },
    { text: count(messages(stats)), more: election > 0 ? `${count(election)} to elect` : "" },
    { text: count(stats.elections) },
    { text: span(stats.noLeader), at: idle?.from },
    { text: span(stats.moreLeaders), bad: stats.moreLeaders > 0, at: double?.from },
    { text: count(stats.writesAccepted), more: info.token || stats.writesRejected > 0 ? `${count(stats.writesRejected)} rejected` : "none can be rejected", at: stats.writesRejected > 0 ? rejected?.at : undefined },
    {
      text: `${count(stats.writesConflicting)} · ${count(stats.writesLost)}`,
      bad: stats.writesConflicting + stats.writesLost > 0, at: stats.writesConflicting > 0 ? conflict?.at : undefined,
    },
  ];
}

const ROWS = [
  ["Failover", "From the moment when no node can do the leader's work until a node can again, even if it is the same one. The bands show which nodes believe that they lead, so a failover may be longer than the gap there, or have none"],
  ["detection + election", "The two parts of the longest failover"],
  ["Messages", "Messages sent, not counting duplicates"],
  ["Elections", "How often a node started an election"],
  ["No leader", "Time during which no node believed that it led"],
  ["Two leaders", "Time during which more than one node believed that it led"],
  ["Writes accepted", "Writes that the store accepted, and those that it rejected"],
  ["conflicting · lost", "Writes accepted from a superseded leader; writes acknowledged and later lost"],
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
        const stats = score === "run" ? story.stats : player.guard(() => player.engine?.stats(i) ?? story.stats, story.stats);
        return column(stats, story, player.infos[i], score === "run" ? story.computed : player.now);
      });
      render(columns);
    },
  };

  /** @param {Cell[][]} columns */
  function render(columns) {
    const scale = Math.max(1, ...columns.map((column) => (column[0].bar ? column[0].bar[0] + column[0].bar[1] : 0)));
    const head = h("tr", {}, h("th", { scope: "col" }, h("span", { class: "unseen", text: "Measure" })),
      ...columns.map((_, i) => h("th", { scope: "col", text: laneTitle(app, i) })));
    const rows = ROWS.map(([name, what], r) => h("tr", { class: /^[a-z]/.test(name) ? "sub" : "" },
      h("th", { scope: "row", title: what, text: name }), ...columns.map((column) => cell(column[r], scale))));
    table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
    table.dataset.lanes = String(columns.length);
  }

  /** @param {Cell} it @param {number} scale */
  function cell(it, scale) {
    const name = it.bad ? "bad" : "";
    const { at: moment } = it;
    const value = moment === undefined
      ? h("span", { class: name, text: it.text })
      : h("button", { type: "button", class: `number ${name}`.trim(), title: "Go to this moment", text: it.text, onclick: () => player.seek(moment) });
    const bar = it.bar && h("span", { class: "bar", "aria-hidden": "true" }, ...it.bar.map((part, k) => {
      const piece = h("i", { class: k === 0 ? "detection" : "election" });
      piece.style.width = `${(part / scale) * 100}%`;
      return piece;
    }));
    return h("td", {}, value, it.more && h("small", { text: it.more }), bar);
  }
}
