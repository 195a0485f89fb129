// What is pending in the lane, in order: messages and timers, with what becomes of them in the run as it is. Each can be
// hurried, put off or dropped, which adds a line to the scenario.

import { messageName } from "../acts.js";
import { focused, h, setText } from "../dom.js";
import { span } from "../words.js";
import { laneTitle } from "../panels/lanes.js";
import { nodeName } from "./looking.js";

/** @typedef {import("../engine.js").Pending} Pending */
/** @typedef {import("../engine.js").Ended} Ended */

/** The most that are asked for. */
const MOST = 400;
/** How many are shown at first. */
const ROWS = 12;
/** How long "later" is. */
const LATER = "100ms";
/** How often the list is read while the run plays, in milliseconds. */
const EVERY = 250;

/** What becomes of it, in words. @param {Ended | null} end @param {Pending} it @param {number} now */
function outcome(end, it, now) {
  if (!end) return it.effective ? "" : it.kind === "timer" ? "does not fire by itself" : "will not be received";
  const rules = end.rules.map((n) => `R${n}`).join(" ");
  const later = end.at > it.at ? ` in ${span(Math.round(end.at - now))}` : "";
  switch (end.how) {
    case "received": return end.idle ? "changes nothing" : `${rules}${later}`;
    case "fired": return `${rules}${later}`;
    case "lost": return end.why;
    case "set-again": return `set again in ${span(Math.round(end.at - now))}`;
    case "cancelled": return `cancelled in ${span(Math.round(end.at - now))}`;
    case "over": return "";
  }
}

/** Whether it changes nothing, as things stand. @param {Ended | null} end @param {Pending} it */
const inVain = (end, it) => (end ? end.idle || ["lost", "set-again", "cancelled"].includes(end.how) : !it.effective);

/** @param {import("../app.js").App} app */
export function createPending(app) {
  const { store, player } = app;
  const title = h("h3");
  const note = h("small");
  const list = h("ul", { class: "queue" });
  const more = h("button", { type: "button", class: "link more", hidden: true, onclick: () => {
    all = !all;
    key = "";
    app.loop.request();
  } });
  const root = h("section", { class: "pending", "aria-label": "What is pending" }, h("div", { class: "head" }, title, note), list, more);
  let key = "";
  let readAt = 0;
  let all = false;
  /** @type {Pending[]} */
  let pending = [];
  /** @type {(Ended | null)[] | null} */
  let ends = null;

  /** @param {string} name @param {string} label @param {string} action @param {number} lane @param {string} [tone] */
  const deed = (name, label, action, lane, tone = "") => h("button", {
    type: "button", class: tone, text: label, title: `Adds “${action}” to the scenario`, "aria-label": `${label === "✕" ? "drop" : label}: ${name}`, onclick: () => player.act(action, lane),
  });

  /** @param {Pending} it @param {Ended | null} end @param {number} lane @param {number} now */
  function row(it, end, lane, now) {
    const run = player.run.lanes[lane];
    const [, nth, copy] = /#(\d+)(?:\.(\d+))?$/.exec(it.name) ?? [];
    const store = it.peer >= run.members + run.services;
    const who = nodeName(run.names[it.node]);
    const id = { from: it.node, to: it.peer, nth: Number(nth), copy: Number(copy ?? 1) };
    const name = it.kind === "message" ? `${run.names[it.node]} → ${store ? "store" : run.names[it.peer]}` : who;
    const what = it.kind === "message" ? it.text.split(" ")[0] : it.text;
    const label = `${name} ${what}`;
    /** @type {HTMLElement[]} */
    const deeds = [];
    if (it.kind === "message" && !store) {
      const message = messageName(run.ids[id.from], run.ids[id.to], id.nth, id.copy);
      deeds.push(deed(label, "now", `deliver ${message}`, lane), deed(label, "later", `delay ${message} ${LATER}`, lane), deed(label, "✕", `drop ${message}`, lane, "harm"));
    } else if (it.kind === "timer") deeds.push(deed(label, "fire", `fire ${run.ids[it.node]} ${it.text}`, lane), deed(label, "later", `delay ${run.ids[it.node]} ${it.text} ${LATER}`, lane));
    const becomes = outcome(end, it, now);
    return h("li", { class: inVain(end, it) ? `vain ${it.kind}` : it.kind, title: becomes },
      h("span", { class: "when", text: it.at > now ? `+${span(Math.round(it.at - now))}` : "waits" }),
      h("button", {
        type: "button", class: "link name", "aria-label": label,
        onclick: () => app.focus(it.kind === "message" ? { message: id } : { place: it.node, message: null }),
      }, h("span", { text: `${name} ` }), h("b", { text: what })),
      h("span", { class: "moves" }, ...deeds),
      h("small", { text: becomes }));
  }

  /** @param {number} lane */
  function build(lane) {
    const now = player.frame?.now ?? 0;
    const held = list.contains(focused(list)) ? [...list.querySelectorAll("button")].indexOf(/** @type {HTMLButtonElement} */ (focused(list))) : -1;
    const messages = pending.filter((it) => it.kind === "message").length;
    const timers = pending.filter((it) => it.kind === "timer").length;
    setText(title, `Pending in ${laneTitle(app, lane)}`);
    setText(note, [messages > 0 ? `${messages} ${messages === 1 ? "message" : "messages"}` : "", timers > 0 ? `${timers} ${timers === 1 ? "timer" : "timers"}` : ""].filter((it) => it !== "").join(", ") || "nothing");
    const shown = all ? pending : pending.slice(0, ROWS);
    list.replaceChildren(...shown.map((it, i) => row(it, ends?.[i] ?? null, lane, now)));
    more.hidden = pending.length <= ROWS;
    setText(more, all ? "Fewer" : `${pending.length - ROWS} more`);
    if (held >= 0) {
      const able = list.querySelectorAll("button");
      able[Math.min(held, able.length - 1)]?.focus();
    }
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      const { focus, playing, revision } = store.get();
      const { engine, frame } = player;
      // What is pending is read where the engine stands, which must be where the picture is.
      if (!focus || !engine || !frame || !player.head.arrived) return;
      const now = `${focus.lane} ${frame.lanes[focus.lane]?.events} ${frame.now} ${revision} ${all}`;
      const fresh = now !== key;
      if (!fresh && ends !== null) return;
      if (playing && clock - readAt < EVERY) return;
      readAt = clock;
      if (fresh) {
        key = now;
        pending = player.guard(() => engine.pending(focus.lane, MOST), []);
      }
      ends = player.guard(() => engine.prospects(focus.lane), null);
      if (ends === null) app.loop.request();
      if (fresh || ends !== null) build(focus.lane);
    },
  };
}
