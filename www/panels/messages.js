// The messages in flight, each to be dropped, delayed or delivered.

import { messageName } from "../acts.js";
import { h } from "../dom.js";
import { WRITE } from "../frame.js";
import { laneTitle } from "./lanes.js";

/** The most messages listed. */
const MESSAGES_MAX = 12;

/** @param {import("../app.js").App} app @param {(action: string, lane: number) => void} act */
export function createMessages(app, act) {
  const { store, player } = app;
  const list = h("ul", { class: "messages" });
  let listed = "";

  /** The messages in flight in the lanes chosen. */
  function flights() {
    const { scope } = store.get();
    return (player.frame?.lanes ?? []).flatMap((lane, i) => (scope >= 0 && scope !== i ? [] : lane.flights.filter((it) => it.kind !== WRITE && it.arrives).map((it) => ({
      lane: i,
      name: messageName(player.run.lanes[i].ids[it.from], player.run.lanes[i].ids[it.to], it.nth, it.copy),
      text: `${player.infos[i].messages[it.kind].name} ${player.run.lanes[i].names[it.from]}→${player.run.lanes[i].names[it.to]}`,
    }))));
  }

  function update() {
    const all = flights();
    const key = all.map((it) => `${it.lane} ${it.name}`).join();
    if (key === listed && list.childElementCount > 0) return;
    listed = key;
    const rows = all.slice(0, MESSAGES_MAX).map(({ lane, name, text }) => h("li", {},
      h("span", {}, h("b", { text: laneTitle(app, lane) }), ` ${text}`),
      h("span", { class: "row" }, ...[["drop", `drop ${name}`], ["delay", `delay ${name} 100ms`], ["deliver", `deliver ${name}`]].map(([label, deed]) =>
        h("button", { type: "button", class: "quiet", text: label, "aria-label": `${label} ${text} in ${laneTitle(app, lane)}`, onclick: () => act(deed, lane) })))));
    if (all.length > MESSAGES_MAX) rows.push(h("li", { text: `and ${all.length - MESSAGES_MAX} more; choose one lane above, or click a message in its picture` }));
    if (all.length === 0) rows.push(h("li", { text: "No message is in flight now. Step to one with the arrow keys." }));
    list.replaceChildren(...rows);
  }

  return { root: list, update };
}
