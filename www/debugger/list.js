// The diagram as a list: the same events and the same pending things, for keys and screen readers.

import { messageName } from "../acts.js";
import { h, setText } from "../dom.js";
import { WRITE } from "../frame.js";
import { exactly, messageWords } from "../scene/spacetime.js";
import { span } from "../words.js";

/** The most events and the most pending things that are listed. */
const PAST_MAX = 120;
const AHEAD_MAX = 40;
/** How often it changes while the run plays, in milliseconds. */
const EVERY = 500;

/**
 * @param {import("../app.js").App} app
 * @param {object} of
 * @param {() => import("../scene/stretch.js").Stretch | null} of.stretch
 * @param {() => readonly [number, number]} of.window
 * @param {(target: import("../scene/items.js").Target) => void} of.menu
 */
export function createList(app, of) {
  const { store, player } = app;
  const past = h("ol", { class: "past", "aria-label": "What happened" });
  const ahead = h("ol", { class: "ahead", "aria-label": "What is pending" });
  const more = h("p", { class: "note" });
  const root = h("div", { class: "as-list", hidden: true, id: "diagram-list" }, more, h("div", { class: "two" }, past, ahead));
  const toggle = h("button", {
    type: "button", text: "list", title: "The same as a list", "aria-label": "The same as a list", "aria-expanded": "false", "aria-controls": "diagram-list",
    onclick: () => {
      root.hidden = !root.hidden;
      toggle.setAttribute("aria-expanded", String(!root.hidden));
      app.loop.request();
    },
  });
  let [built, at] = ["", 0];
  /** @type {import("../engine.js").Entry[]} */
  let entries = [];
  let wanted = "";

  /** The texts of the events, as far as they are known. @param {number} lane @param {number[]} steps @param {string} key */
  function texts(lane, steps, key) {
    if (wanted !== key) [wanted, entries] = [key, []];
    if (entries.length < steps.length) {
      entries.push(...player.guard(() => player.engine?.listed(lane, steps.slice(entries.length)) ?? [], []));
      if (entries.length < steps.length) app.loop.request();
    }
    return entries.length >= steps.length;
  }

  /** @param {number} lane @param {import("../frame.js").LaneFrame} frame */
  function pending(lane, frame) {
    const run = player.run.lanes[lane];
    const info = player.infos[lane];
    const now = player.frame?.now ?? 0;
    const all = [
      ...frame.flights.map((it) => ({
        due: it.due, text: `${messageWords(it, run, info)}${it.arrives ? "" : ", will be lost: changes nothing"}`, idle: !it.arrives,
        name: it.kind === WRITE ? "" : messageName(run.ids[it.from], run.ids[it.to], it.nth, it.copy),
        target: /** @type {import("../scene/items.js").Target} */ ({ kind: "message", from: it.from, to: it.to, nth: it.nth, copy: it.copy, message: it.kind }),
      })),
      ...frame.timers.filter((it) => it.due >= 0).map((it) => ({
        due: it.due, text: `${run.names[it.place]}: timer ${run.timers[it.timer]}`, idle: frame.nodes[it.place].paused, name: "",
        target: /** @type {import("../scene/items.js").Target} */ ({ kind: "timer", place: it.place, timer: it.timer }),
      })),
    ].sort((a, b) => a.due - b.due).slice(0, AHEAD_MAX);
    return all.map((it) => h("li", { class: it.idle ? "idle" : "" },
      h("button", { type: "button", class: "link", "aria-haspopup": "dialog", onclick: () => of.menu(it.target) },
        h("span", { class: "when", text: `+${span(Math.max(0, Math.round(it.due - now)))}` }), h("span", { text: it.text }))));
  }

  return {
    root,
    toggle,
    /** @param {number} clock @param {number} lane */
    draw(clock, lane) {
      const stretch = of.stretch();
      const frame = player.frame?.lanes[lane];
      if (root.hidden || !stretch || !frame || (store.get().playing && clock - at < EVERY)) return;
      const [from, to] = of.window();
      const inside = stretch.events.filter((it) => from <= it.at && it.at <= to && it.step <= frame.events);
      const steps = inside.slice(-PAST_MAX).map((it) => it.step);
      const key = [lane, store.get().revision, steps[0], steps.at(-1), steps.length].join();
      if (!texts(lane, steps, key)) return;
      const now = `${key} ${player.frame?.now}`;
      if (built === now) return;
      [built, at] = [now, clock];
      setText(more, inside.length > steps.length ? `The last ${steps.length} of ${inside.length} events; zoom in for the others.` : "");
      past.replaceChildren(...entries.map((it) => h("li", {}, h("button", {
        type: "button", class: "link", onclick: () => app.focus({ lane, step: it.step, place: it.node < 0 ? null : it.node, message: null }),
      }, h("span", { class: "when", text: exactly(it.at) }), h("span", { text: [it.text, ...it.effects.map((effect) => effect.text)].join("; ") })))));
      // The newest are beside the playhead.
      past.scrollTop = past.scrollHeight;
      ahead.replaceChildren(...pending(lane, frame));
    },
  };
}
