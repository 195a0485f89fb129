// One sentence: what happened last, in which lane, and how long ago. While a lane elects, it stands out.

import { h, setText } from "../dom.js";
import { span } from "../words.js";
import { laneTitle } from "./lanes.js";

/** How often the sentence may change while the run plays, in milliseconds. */
const EVERY = 120;

/**
 * @typedef {import("../engine.js").Told} Told
 * @typedef {{lane: number, told: Told}} News
 */

/** @param {import("../app.js").App} app */
export function createNarration(app) {
  const { player, store } = app;
  const lane = h("b");
  const text = h("span", { class: "what" });
  const when = h("span", { class: "ago" });
  /** The event that the sentence is about. @type {{lane: number, step: number, place: number | null} | null} */
  let about = null;
  const why = h("button", { type: "button", class: "link why-so", hidden: true, title: "See what caused it, back to the fault or timer that began it", text: "why?", onclick: () => about && app.focus(about) });
  const root = h("p", { class: "narration", part: "narration" }, lane, text, why, when);
  let at = 0;
  let key = "";

  /** What happened last, preferably where an election is on. */
  function news() {
    const { frame } = player;
    if (!frame || !player.ran) return { latest: null, electing: [] };
    const all = player.run.lanes.map((_, i) => player.guard(() => player.engine?.happened(i, player.exact ? undefined : player.now), undefined));
    const electing = all.map((it) => it?.electing ?? false);
    const among = electing.includes(true) ? electing : all.map(() => true);
    /** @type {News | null} */
    let latest = null;
    const { only } = store.get();
    all.forEach((it, i) => {
      if (only && !only.includes(player.run.lanes[i].name)) return;
      const told = it?.last;
      if (told && among[i] && (!latest || told.at > latest.told.at || told.at === latest.told.at && told.weight > latest.told.weight)) latest = { lane: i, told };
    });
    return { latest: /** @type {News | null} */ (latest), electing };
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      const now = `${store.get().revision} ${Math.floor(player.now)} ${player.exact} ${player.frame?.events}`;
      if (now === key || (store.get().playing && clock - at < EVERY)) return;
      [key, at] = [now, clock];
      const { latest, electing } = news();
      app.lanes.mark(electing, latest?.lane ?? -1);
      setText(lane, latest && player.run.lanes.length > 1 ? `${laneTitle(app, latest.lane)}: ` : "");
      setText(text, latest ? latest.told.text : !player.ran && !app.whole ? "" : "All lanes get the same faults at the same instants. Click a node, a link or a message to break it.");
      about = latest && { lane: latest.lane, step: latest.told.step, place: latest.told.node < 0 ? null : latest.told.node };
      why.hidden = about === null;
      const ago = latest ? player.now - latest.told.at : 0;
      setText(when, ago >= 1000 ? `${span(Math.round(ago))} ago` : "");
    },
  };
}
