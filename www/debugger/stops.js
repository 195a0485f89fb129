// Where the playhead stops: the scenario's `break` lines, how often each stops it, and a few that are often wanted. Every
// stop is a line of the text.

import { h, setText } from "../dom.js";

/** Stops that are often wanted: what they are called, and their conditions. */
const USUAL = /** @type {const} */ ([
  ["two nodes lead", "leaders >= 2"],
  ["no node leads", "leaders = 0"],
  ["a write is rejected", "writes rejected > 0"],
  ["writes conflict", "writes conflicting > 0"],
]);

/** The most lines that the list of stops offers. */
const LINES_MAX = 60;

/** The text with one more stop. @param {string} text @param {string} condition */
const withStop = (text, condition) => `${text.replace(/\n*$/, "")}\nbreak ${condition}\n`;

/** @typedef {ReturnType<typeof createStops>} Stops */

/** @param {import("../app.js").App} app */
export function createStops(app) {
  const { player, store } = app;
  const list = h("ul");
  const atLines = h("optgroup", { label: "at a line" });
  const more = h("select", { "aria-label": "Add a stop", onchange: () => {
    const { value } = more;
    more.selectedIndex = 0;
    add(value.startsWith("break ") ? value.slice(6) : `${lane()} ${value}`);
  } }, h("option", { value: "", text: "+ Stop when…" }), ...USUAL.map(([text, value]) => h("option", { value, text })), atLines);
  const note = h("p", { class: "note" });
  const root = h("section", { class: "stops", "aria-label": "Stop when" }, h("header", {}, h("h2", { text: "Stop when" }), more), list, note);
  let shown = "";

  /** The name of the lane that the debugger shows. */
  const lane = () => player.run.lanes[store.get().focus?.lane ?? 0]?.name ?? "";

  /** @param {string} condition */
  function add(condition) {
    const { text } = store.get();
    // Once is enough.
    if (text.split("\n").some((line) => line.trim().replace(/\s+/g, " ") === `break ${condition}`)) return;
    player.take(withStop(text, condition));
  }

  /** Offers the lines that the playhead can stop at, in the list and beside the text. */
  function offer() {
    const halts = player.guard(() => player.engine?.halts() ?? [], []);
    const text = player.text.split("\n");
    app.editor.offer(new Map(halts.map(({ line, statement, by }) => [line, {
      stops: by !== null,
      title: by === null ? `Stop here: ${statement}` : `Do not stop here any more`,
      turn: () => (by === null ? add(statement.slice(6)) : player.without([by + 1])),
    }])));
    const free = halts.filter((it) => it.by === null);
    atLines.replaceChildren(...free.slice(0, LINES_MAX).map((it) => h("option", { value: it.statement, text: `${it.line + 1}: ${text[it.line].trim().replace(/\s+/g, " ").slice(0, 40)}` })));
    atLines.hidden = free.length === 0;
  }

  /** Goes to the next moment when a line stops the playhead; after the last one, to the first. @param {number} line From 0. */
  function next(line) {
    const all = player.breaks.filter((it) => it.line === line);
    const stop = all.find((it) => it.at > player.now) ?? all[0];
    if (stop) app.focus({ lane: stop.lane, step: stop.step });
  }

  return {
    root,
    /** Stops where a node carries out a rule. @param {number} rule @param {number} at The lane. @param {number} place */
    atRule(rule, at, place) {
      const run = player.run.lanes[at];
      if (place >= 0 && place < run.members) add(`${run.name} node ${run.ids[place]} order R${rule}`);
    },
    /** Stops where a field of a node has a value. @param {string} field @param {string} value @param {number} at The lane. @param {number} place */
    atField(field, value, at, place) {
      const run = player.run.lanes[at];
      if (place < run.members) add(`${run.name} node ${run.ids[place]} ${field} = ${value}`);
    },
    /** Stops where the first message of a kind is sent. @param {string} kind @param {number} at The lane. */
    atMessage(kind, at) {
      add(`${player.run.lanes[at].name} messages ${kind} > 0`);
    },
    draw() {
      const { revision, text } = store.get();
      const key = `${revision} ${player.breaks.length} ${player.text.length} ${text === player.text}`;
      if (key === shown) return;
      shown = key;
      offer();
      const lines = player.guard(() => player.engine?.lines(player.text) ?? [], []).filter((it) => it.keyword === "break");
      list.replaceChildren(...lines.map((it) => {
        const words = player.text.slice(it.start, it.end).replace(/^break\s+/, "").replace(/#.*/, "").trim();
        const times = player.breaks.filter((stop) => stop.line === it.line).length;
        return h("li", {},
          h("button", { type: "button", class: "link", disabled: times === 0, title: times === 0 ? "It never stops the playhead" : "Go to the next one", text: words, onclick: () => next(it.line) }),
          h("span", { class: "times", text: times === 0 ? "never" : times === 1 ? "once" : `${times} times` }),
          h("button", { type: "button", class: "quiet", "aria-label": `Remove the stop: ${words}`, title: "Remove it", text: "×", onclick: () => player.without([it.line + 1]) }));
      }));
      setText(note, lines.length === 0 ? "Click the number of a line or of a rule, or a changed field, to stop there." : "");
    },
    /** The debugger closes. */
    close() {
      shown = "";
      app.editor.offer(new Map());
    },
  };
}
