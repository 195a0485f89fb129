// The same state for users who cannot see the pictures: a table, and a log of leaders.

import { h, setText } from "../dom.js";
import { plain, seconds, sentence, stateWord, until } from "../words.js";
import { laneTitle } from "./lanes.js";

/** The shortest time between two changes of the table, and of the log, in milliseconds. */
const TABLE_EVERY = 500;
const LOG_EVERY = 1500;

/** @param {import("../app.js").App} app */
export function createTable(app) {
  const { store, player } = app;
  const log = h("div", { class: "unseen", role: "log", "aria-live": "polite", "aria-label": "Leaders" });
  const tables = h("div", { class: "tables" });
  const details = h("details", { class: "as-table" }, h("summary", { text: "This moment as a table" }), tables);
  details.addEventListener("toggle", () => app.loop.request());
  let tableAt = -Infinity;
  let logAt = -Infinity;
  let key = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  /** @type {string[]} */
  let said = [];

  /** @param {import("../frame.js").LaneFrame} lane @param {number} i @param {number} now */
  function table(lane, i, now) {
    const run = player.run.lanes[i];
    const info = player.infos[i];
    const head = ["node", "state", info.epoch || "", "follows", "next timer"].filter((it) => it !== "");
    return h("table", {},
      h("caption", { text: laneTitle(app, i) }),
      h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { scope: "col", text })))),
      h("tbody", {}, ...lane.nodes.map((node) => {
        const timer = lane.timers.filter((it) => it.place === node.place && it.due >= 0).sort((a, b) => a.due - b.due)[0];
        const cut = lane.cuts.filter(([from]) => from === node.place).map(([, to]) => run.names[to]);
        const state = [
          stateWord(node, info), lane.truth === node.place ? "in truth" : "", cut.length > 0 ? `cut off from ${cut.join(" ")}` : "",
        ].filter(Boolean).join(", ");
        return h("tr", {},
          h("th", { scope: "row", text: node.name }),
          h("td", { text: state }),
          info.epoch ? h("td", { text: String(node.epoch) }) : null,
          h("td", { text: node.follows >= 0 ? run.names[node.follows] : "none" }),
          h("td", { text: timer ? `${run.timers[timer.timer]} ${until(timer.due - now)}` : "none" }));
      })));
  }

  return {
    root: h("section", { class: "table-panel", "aria-label": "This moment as a table" }, details, log),
    /** @param {number} clock */
    draw(clock) {
      const { frame } = player;
      if (!frame || frame.lanes.length !== player.infos.length) return;
      const { playing, revision } = store.get();
      const now = `${revision} ${frame.events} ${frame.now}`;
      if (details.open && now !== key && (clock - tableAt > TABLE_EVERY || !playing)) {
        [tableAt, key] = [clock, now];
        tables.replaceChildren(...frame.lanes.map((lane, i) => table(lane, i, frame.now)));
      }
      const says = frame.lanes.map((lane, i) => `${laneTitle(app, i)}: ${plain(sentence(lane, player.infos[i], frame.now, -1))}`);
      const news = says.filter((text, i) => text !== said[i]);
      if (news.length === 0) return;
      if (clock - logAt < LOG_EVERY) {
        // While paused, nothing else asks for a frame.
        if (!playing) later ??= setTimeout(() => app.loop.request(), LOG_EVERY);
        return;
      }
      clearTimeout(later);
      later = undefined;
      [said, logAt] = [says, clock];
      setText(log, `${seconds(frame.now)}. ${news.join(". ")}.`);
    },
  };
}
