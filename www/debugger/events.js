// The events of a lane as a list, with filters by node, kind, rule and text. Only the rows in view exist; their texts are
// asked for as they come into view, and a long run is searched in slices.

import { aboutAlgorithm } from "../algorithms.js";
import { h, setAttribute, setText } from "../dom.js";
import { KINDS } from "../scene/stretch.js";
import { exactly } from "../scene/spacetime.js";
import { upTo } from "../search.js";
import { count } from "../words.js";

/** The height of a row, in pixels; as in style/debugger-diagram.css. */
const ROW = 24;
/** The tallest a browser can scroll without loss; longer lists scroll faster than they move. */
const TALL = 8_000_000;
/** The rows above and below the view that exist. */
const BEYOND = 6;
/** How long a slice of a search or of reading takes, in milliseconds. */
const SLICE = 6;
/** How many texts are kept. */
const KNOWN_MAX = 4000;
/** The longest text of a rule in the choice of rules, in characters. */
const RULE_MAX = 60;
/** How often the list follows the playhead while it plays, in milliseconds. */
const EVERY = 250;

/** What a reader can ask for, and the kinds of records that it means. @type {[string, readonly (typeof KINDS[number])[]][]} */
const CHOICES = [
  ["elections and leaders", ["belief", "mark"]],
  ["messages sent", ["send", "copy"]],
  ["messages received", ["deliver"]],
  ["messages lost or waiting", ["lose", "wait"]],
  ["timers", ["fire"]],
  ["faults and commands", ["act", "crash", "start", "pause", "resume", "links", "clock", "set", "power", "input", "stuck"]],
  ["writes", ["stored", "acknowledge", "commit"]],
  ["disk and log", ["persist", "append", "truncate"]],
];
const ALL = 2 ** KINDS.length - 1;
/** @param {readonly string[]} kinds */
const bits = (kinds) => kinds.reduce((sum, kind) => sum + 2 ** KINDS.indexOf(/** @type {"send"} */ (kind)), 0);

/** @param {import("../app.js").App} app */
export function createEventList(app) {
  const { store, player } = app;
  const node = h("select", { "aria-label": "Node" });
  const kind = h("select", { "aria-label": "Kind" }, h("option", { value: String(ALL), text: "any kind" }), ...CHOICES.map(([name, kinds]) => h("option", { value: String(bits(kinds)), text: name })));
  const rule = h("select", { "aria-label": "Rule" });
  const words = h("input", { type: "search", placeholder: "Text", "aria-label": "Text", autocomplete: "off", spellcheck: "false" });
  const found = h("p", { class: "found", role: "status" });
  const tall = h("div", { class: "tall" });
  const rows = h("div", { class: "rows", role: "listbox", tabindex: "0", "aria-label": "Events" }, tall);
  const form = h("form", { role: "search", "aria-label": "Filter the events", onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, node, kind, rule, words);
  const root = h("section", { class: "event-list", "aria-label": "Events" }, h("h3", { text: "Events" }), form, found, rows);

  let [lane, revision, at, filled] = [-1, -1, 0, ""];
  /** What is searched for; null for all events. @type {import("../engine.js").Filter | null} */
  let filter = null;
  /** The events that match, in order, and where the search goes on; 0 when it is over. @type {{steps: number[], next: number}} */
  let search = { steps: [], next: 0 };
  /** The texts of events. @type {Map<number, import("../engine.js").Entry>} */
  const known = new Map();
  /** The row that the keys are at, by its position. */
  let cursor = -1;
  let drawn = "";
  /** Whether the list has been brought to the playhead since it was last moved. */
  let followed = -1;
  let waits = false;

  const length = () => (filter ? search.steps.length : (player.stories[lane]?.events ?? 0) + 1);
  const stepOf = (/** @type {number} */ i) => (filter ? search.steps[i] : i);
  /** The position of the last row up to an event. @param {number} step */
  const rowUpTo = (step) => (filter ? upTo(search.steps, (it) => it, step) - 1 : step);
  const height = () => Math.min(TALL, length() * ROW);
  /** How many pixels of the list one pixel of the scroll bar stands for. */
  const stretchOf = () => Math.max(1, (length() * ROW - rows.clientHeight) / Math.max(1, height() - rows.clientHeight));

  function restart() {
    const chosen = { node: Number(node.value), kinds: Number(kind.value), rule: Number(rule.value), text: words.value.trim().toLowerCase() };
    filter = chosen.node < 0 && chosen.kinds === ALL && chosen.rule === 0 && chosen.text === "" ? null : chosen;
    search = { steps: [], next: 0 };
    [cursor, followed, waits, drawn] = [-1, -1, filter !== null, ""];
    app.loop.request();
  }
  for (const it of [node, kind, rule]) it.addEventListener("change", restart);
  words.addEventListener("input", restart);
  rows.addEventListener("scroll", () => app.loop.request(), { passive: true });
  new ResizeObserver(() => app.loop.request()).observe(rows);

  /** Fills the choices for a lane. */
  function choices() {
    const run = player.run.lanes[lane];
    const key = `${lane} ${run.algorithm} ${run.names.join()}`;
    if (filled === key) return;
    filled = key;
    const places = run.names.slice(0, run.members + run.services);
    node.replaceChildren(h("option", { value: "-1", text: "any node" }), ...places.map((name, place) => h("option", { value: String(place), text: /^\d/.test(name) ? `node ${name}` : name })));
    rule.replaceChildren(h("option", { value: "0", text: "any rule" }));
    aboutAlgorithm(run.algorithm).then(({ rules }) => {
      if (filled !== key) return;
      rules.forEach((text, i) => rule.append(h("option", { value: String(i + 1), text: `R${i + 1} ${text.length > RULE_MAX ? `${text.slice(0, RULE_MAX)}…` : text}` })));
    }).catch(() => (rule.hidden = true));
    [kind.value, words.value] = [String(ALL), ""];
    restart();
  }

  /** Searches on for a few milliseconds. */
  function look() {
    if (!filter || !waits) return;
    const { engine } = player;
    const before = search.next;
    const result = engine && player.guard(() => engine.search(lane, before, /** @type {import("../engine.js").Filter} */ (filter), SLICE), null);
    if (!result) return;
    for (const step of result.found) search.steps.push(step);
    [search.next, waits] = [result.next, result.next !== 0];
    drawn = "";
    if (waits) app.loop.request();
  }

  /** Reads the texts that are in view. @param {number} first @param {number} last */
  function read(first, last) {
    /** @type {number[]} */
    const missing = [];
    for (let i = first; i <= last; i++) if (!known.has(stepOf(i))) missing.push(stepOf(i));
    if (missing.length === 0) return;
    if (known.size > KNOWN_MAX) known.clear();
    const entries = player.guard(() => player.engine?.listed(lane, missing, SLICE) ?? [], []);
    for (const it of entries) known.set(it.step, it);
    if (entries.length > 0) drawn = "";
    // An event that is not there yet is asked for when more of the run is computed.
    if (entries.length < missing.length && !store.get().computing) app.loop.request();
  }

  /** @param {number} i */
  function select(i) {
    const step = stepOf(i);
    if (step === undefined) return;
    cursor = i;
    const its = known.get(step);
    const place = its && its.node >= 0 ? its.node : null;
    app.focus({ lane, step, place, message: null });
  }
  rows.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
    if (row) select(Number(row.getAttribute("data-row")));
  });
  rows.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || length() === 0) return;
    const page = Math.max(1, Math.floor(rows.clientHeight / ROW) - 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) {
      const from = cursor >= 0 ? cursor : rowUpTo(player.frame?.lanes[lane]?.events ?? 0);
      cursor = Math.max(0, Math.min(length() - 1, from + by));
      show(cursor);
    } else if (event.key === "Enter" && cursor >= 0) select(cursor);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** Scrolls a row into view. @param {number} i @param {boolean} [middle] */
  function show(i, middle = false) {
    const ratio = stretchOf();
    const [top, bottom] = [i * ROW, (i + 1) * ROW];
    const offset = rows.scrollTop * ratio;
    if (middle) rows.scrollTop = (top - rows.clientHeight / 2) / ratio;
    else if (top < offset) rows.scrollTop = top / ratio;
    else if (bottom > offset + rows.clientHeight) rows.scrollTop = (bottom - rows.clientHeight) / ratio;
    drawn = "";
    app.loop.request();
  }

  /** @param {number} i @param {number} top @param {number} now The last event before the playhead. */
  function rowOf(i, top, now) {
    const step = stepOf(i);
    const its = known.get(step);
    const effects = its ? [...its.effects.map((it) => it.text), ...(its.sent > 0 ? [its.sent === 1 ? "sends 1" : `sends ${its.sent}`] : [])].join(" · ") : "";
    const row = h("div", {
      class: `row-of${step > now ? " later" : ""}${i === cursor ? " cursor" : ""}`, role: "option", id: `event-${i}`, "data-row": i,
      "aria-selected": String(step === now), "aria-posinset": i + 1, "aria-setsize": length(), title: its ? [its.text, effects].filter(Boolean).join(" · ") : "",
    },
      h("span", { class: "when", text: its ? exactly(its.at).replace(" s", "") : "…" }),
      h("span", { class: "what" }, its ? its.text : "", effects ? h("span", { class: "so", text: `  ${effects}` }) : null),
      its && its.rules.length > 0 ? h("span", { class: "rules", text: its.rules.map((n) => `R${n}`).join(" ") }) : null);
    row.style.top = `${top}px`;
    return row;
  }

  /** What the line above the list says. @param {number} total */
  function progress(total) {
    if (!filter) return `${count(total)} events`;
    const part = waits && total > 0 ? ` · ${Math.floor((100 * search.next) / total)} % searched` : ` of ${count(total)}`;
    return `${count(search.steps.length)} found${part}`;
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      const { focus } = store.get();
      if (!focus || player.run.lanes.length === 0 || rows.clientHeight === 0) return;
      if (lane !== focus.lane || revision !== store.get().revision) {
        const other = lane !== focus.lane;
        [lane, revision, drawn] = [focus.lane, store.get().revision, ""];
        known.clear();
        choices();
        // What was found belongs to the former run.
        if (!other && filter) restart();
      }
      look();
      tall.style.height = `${height()}px`;
      const now = player.frame?.lanes[lane]?.events ?? 0;
      if (followed !== now && !(store.get().playing && clock - at < EVERY) && !(filter && waits)) {
        [followed, at] = [now, clock];
        const row = rowUpTo(now);
        if (cursor < 0 || stepOf(cursor) !== now) cursor = -1;
        if (!rows.matches(":hover") || !store.get().playing) if (!inView(row)) show(row, true);
        drawn = "";
      }
      setText(found, progress(player.stories[lane]?.events ?? 0));
      const ratio = stretchOf();
      const offset = rows.scrollTop * ratio;
      const first = Math.max(0, Math.floor(offset / ROW) - BEYOND);
      const last = Math.min(length() - 1, Math.ceil((offset + rows.clientHeight) / ROW) + BEYOND);
      read(first, last);
      const key = [first, last, offset, now, length(), cursor].join();
      if (drawn === key) return;
      drawn = key;
      /** @type {HTMLElement[]} */
      const made = [];
      // Where the scroll bar is too short for the list, rows stand relative to the view.
      for (let i = first; i <= last; i++) made.push(rowOf(i, i * ROW - offset + rows.scrollTop, now));
      tall.replaceChildren(...made);
      setAttribute(rows, "aria-activedescendant", cursor >= first && cursor <= last ? `event-${cursor}` : null);
    },
  };

  /** @param {number} i */
  function inView(i) {
    const offset = rows.scrollTop * stretchOf();
    return i * ROW >= offset && (i + 1) * ROW <= offset + rows.clientHeight;
  }
}
