// The editor beside the lanes: shows errors at their lines and highlights the line that runs now.

import { focused, h, setText } from "../dom.js";
import { count, seconds } from "../words.js";

/** How long the user must stop typing before the text is loaded, in milliseconds. */
const REST = 220;
/** The longest text that the engine accepts, in characters (scenario/table.rs). */
const TEXT_MAX = 65_536;
/** Texts with more lines are shown without colours. */
const LINES_MAX = 2500;
/** How many failing expectations are listed. */
const UNMET_MAX = 3;
/** How many warnings are listed. */
const WARNINGS_MAX = 4;

/** How many editors the document has: their ids must differ. */
let editors = 0;

/** @param {import("../app.js").App} app */
export function createEditor(app) {
  const { store, player } = app;
  const name = `ep-errors-${++editors}`;
  const area = h("textarea", {
    spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Scenario", "aria-describedby": name,
  });
  const back = h("pre", { class: "paper", "aria-hidden": "true" });
  const scroller = h("div", { class: "scroller" }, h("div", { class: "page" }, back, area));
  const errors = h("div", { class: "errors", id: name, role: "status" });
  const undo = h("button", { type: "button", class: "quiet", text: "Undo", title: "Undo (Ctrl Z)", onclick: () => player.undo() });
  const redo = h("button", { type: "button", class: "quiet", text: "Redo", title: "Redo (Ctrl Shift Z)", onclick: () => player.redo() });
  const close = h("button", { type: "button", class: "quiet close", text: "Close", onclick: () => store.edit({ sheet: false }) });
  const verdict = h("div", { class: "verdicts", role: "status", hidden: true });
  const root = h(
    "section",
    { class: "editor", "aria-label": "Scenario" },
    h("header", {}, h("h2", { text: "Scenario" }), undo, redo, close),
    scroller,
    verdict,
    errors,
  );
  let timer = 0;
  let shown = "";
  let lit = -1;
  let stopped = -1;
  /** @type {string[]} A key for each row, made of everything it shows. */
  let rows = [];
  /** @type {import("../engine.js").Line[]} */
  let lines = [];

  area.addEventListener("beforeinput", (event) => {
    const more = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    const length = area.value.length - (area.selectionEnd - area.selectionStart) + more.length;
    if (more === "" || length <= TEXT_MAX) return;
    event.preventDefault();
    store.edit({ notice: { tone: "bad", text: `A scenario has at most ${count(TEXT_MAX)} characters; with this insertion it would have ${count(length)}. Nothing was changed.` } });
  });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    paper();
    timer = window.setTimeout(() => player.take(area.value), REST);
  });
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      flush();
      if (event.shiftKey) player.redo();
      else player.undo();
    } else if (event.key === "Escape") area.blur();
  });
  area.addEventListener("blur", flush);

  /** Loads what was typed, without waiting. */
  function flush() {
    clearTimeout(timer);
    if (area.value !== store.get().text) player.take(area.value);
  }
  /** Draws the coloured text behind the editable one. */
  function paper() {
    const text = area.value;
    const { errors: wrong, judged } = store.get();
    const all = text.split("\n");
    if (all.length > LINES_MAX) {
      // Thousands of lines are shown without colours.
      if (rows.length > 0 || back.textContent !== text) back.textContent = `${text}\u200b`;
      back.classList.add("plain");
      rows = [];
      return;
    }
    if (back.classList.contains("plain")) {
      back.classList.remove("plain");
      back.replaceChildren();
    }
    /** @type {Map<number, {start: number, end: number}[]>} */
    const faults = new Map();
    /** @type {Map<number, string>} */
    const met = new Map();
    for (const it of wrong) faults.set(it.line - 1, [...(faults.get(it.line - 1) ?? []), it]);
    // Outcomes belong to the text that was judged, which may differ from the one in the editor.
    if (text === player.text) {
      for (const { line } of player.run.warnings) met.set(line, "warned");
      for (const it of judged) {
        const known = met.get(it.line);
        if (it.met === false) met.set(it.line, "unmet");
        else if (it.needsSeeds) met.set(it.line, "seeds");
        else if (known !== "unmet") met.set(it.line, "met");
      }
    }
    let start = 0;
    const now = all.map((line, i) => {
      const from = start;
      start += line.length + 1;
      const its = (faults.get(i) ?? []).map((it) => ({ start: it.start - from, end: it.end - from }));
      return { line, its, met: met.get(i), key: `${line} ${met.get(i)} ${its.map((it) => `${it.start}-${it.end}`).join()}` };
    });
    // Replace only the rows between the unchanged ones at both ends.
    let head = 0;
    while (head < now.length && head < rows.length && now[head].key === rows[head]) head++;
    let tail = 0;
    while (tail < now.length - head && tail < rows.length - head && now[now.length - 1 - tail].key === rows[rows.length - 1 - tail]) tail++;
    const after = back.children[rows.length - tail] ?? null;
    for (let i = rows.length - tail - 1; i >= head; i--) back.children[i].remove();
    const fresh = document.createDocumentFragment();
    for (const { line, its, met } of now.slice(head, now.length - tail)) {
      const row = h("div", { class: "line" });
      if (its.length > 0) row.classList.add("wrong");
      if (met !== undefined) row.classList.add(met);
      highlight(row, line, its);
      fresh.append(row);
    }
    back.insertBefore(fresh, after);
    rows = now.map((it) => it.key);
    mark();
  }

  /** Highlights the line that ran last and the one that stopped the playhead. */
  function mark() {
    for (const [name, line] of /** @type {const} */ ([["now", lit], ["stop", stopped]])) {
      const old = back.querySelector(`.${name}`);
      const row = rows.length > 0 ? back.children[line] ?? null : null;
      if (old === row) continue;
      old?.classList.remove(name);
      row?.classList.add(name);
    }
  }

  function sync() {
    const { text, errors: wrong } = store.get();
    if (area.value !== text && !(focused(area) === area && timer && area.value !== shown)) {
      const added = text.length > area.value.length;
      const before = area.value;
      area.value = text;
      paper();
      // Scroll to what was added, without taking the focus.
      if (added && before !== "") show(firstDifference(before, text));
    }
    shown = text;
    lines = player.guard(() => player.engine?.lines(text) ?? [], []);
    undo.disabled = !player.undoable;
    redo.disabled = !player.redoable;
    errors.replaceChildren(...wrong.slice(0, 4).map(complaint));
    if (wrong.length > 4) errors.append(h("p", { text: `and ${wrong.length - 4} more` }));
    if (wrong.length > 0) {
      const kept = player.text === player.fallback && !player.undoable ? "Another scenario plays until the errors are fixed." : "The last run without errors stays on the screen.";
      errors.append(h("p", { class: "kept", text: kept }));
    }
    const warnings = text === player.text && wrong.length === 0 ? player.run.warnings : [];
    for (const it of warnings.slice(0, WARNINGS_MAX)) errors.append(warning(it));
    if (warnings.length > WARNINGS_MAX) errors.append(h("p", { class: "warning", text: `and ${warnings.length - WARNINGS_MAX} more` }));
    const { judged } = store.get();
    const unmet = judged.filter((it) => it.met === false);
    const seeds = judged.filter((it) => it.needsSeeds);
    verdict.hidden = judged.length === 0 || wrong.length > 0 || text !== player.text;
    verdict.classList.toggle("unmet", unmet.length > 0);
    const name = (/** @type {number} */ lane) => player.run.lanes[lane]?.name ?? "";
    // An expectation counts once, however many lanes it is judged in.
    const counted = (/** @type {typeof judged} */ some) => new Set(some.map((it) => it.expect)).size;
    const many = counted(seeds);
    const needs = many === 0 ? "" : h("p", { class: "seeds" }, h("span", { text: `${many === 1 ? "One expectation needs" : `${many} expectations need`} many seeds. Save the text and run ` }), h("code", { text: "election check scenario.txt" }));
    if (unmet.length === 0) {
      const held = counted(judged) - many;
      verdict.replaceChildren(held > 0 ? h("p", { text: `✓ ${held} ${held === 1 ? "expectation holds" : "expectations hold"}` }) : "", needs);
    } else {
      const all = player.text.split("\n");
      verdict.replaceChildren(
        h("p", { text: `✗ ${counted(unmet)} of ${counted(judged)} expectations fail` }),
        ...unmet.slice(0, UNMET_MAX).map((it) => h("button", {
          type: "button", class: "quiet", title: "Go to that moment", onclick: () => player.seek(it.at),
        }, h("code", { text: (all[it.line] ?? "").trim() }), h("span", { text: ` ${name(it.lane)} at ${seconds(it.at)}: found ${it.found}` }))),
        unmet.length > UNMET_MAX ? h("p", { text: `and ${unmet.length - UNMET_MAX} more, marked at their lines` }) : "", needs);
    }
    stopped = text === player.text ? store.get().stopped ?? -1 : -1;
    paper();
    mark();
    keepInSight();
  }

  /** A statement without effect; the run plays. @param {import("../engine.js").Run["warnings"][number]} it */
  function warning({ line, text }) {
    const found = lines.find((it) => it.line === line);
    const place = h("button", { type: "button", class: "place", text: `line ${line + 1}`, onclick: () => found && select(found.start, found.end) });
    const words = h("span", { class: "words" });
    code(words, ` ${text} `);
    return h("p", { class: "warning" }, place, words);
  }

  /** @param {import("../engine.js").TextError} error */
  function complaint(error) {
    const place = h("button", { type: "button", class: "place", text: `line ${error.line}`, onclick: () => select(error.start, error.end) });
    const fix = error.nearest && h("button", {
      type: "button", class: "fix", text: `use ${error.nearest}`,
      onclick: () => {
        const { text } = store.get();
        player.take(text.slice(0, error.start) + error.nearest + text.slice(error.end));
      },
    });
    const drop = h("button", {
      type: "button", class: "fix", text: "remove the line", title: "Remove the line from the text; Undo restores it",
      onclick: () => player.without([error.line]),
    });
    const words = h("span", { class: "words", tabindex: error.expected.length > 80 ? "0" : undefined });
    code(words, ` found ${error.found}; expected ${error.expected}.${error.advice ? ` ${error.advice}` : ""} `);
    return h("p", {}, place, fix, drop, words);
  }

  /** @param {number} start @param {number} end */
  function select(start, end) {
    area.focus();
    area.setSelectionRange(start, Math.max(end, start));
    show(start);
  }

  /** Keeps the line that ran last in sight, unless the user is reading or editing here. */
  function keepInSight() {
    const act = lines.find((line) => line.line === lit);
    if (act && focused(area) !== area && !scroller.matches(":hover")) show(act.start);
  }

  /** Scrolls a position of the text into sight. @param {number} at */
  function show(at) {
    const line = area.value.slice(0, at).split("\n").length - 1;
    const row = back.children[line];
    // Without colours there are no rows, but lines are about equally tall.
    const whole = back.clientHeight / Math.max(1, area.value.split("\n").length);
    const [top, tall] = row instanceof HTMLElement ? [row.offsetTop, row.offsetHeight] : [line * whole, whole];
    if (top < scroller.scrollTop || top + tall > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top - scroller.clientHeight / 2;
    }
  }

  return {
    root,
    area,
    flush,
    update: sync,
    /** Shows a line, numbered from 0. @param {number} line */
    reveal(line) {
      store.edit({ sheet: true });
      const found = lines.find((it) => it.line === line);
      if (found) {
        show(found.start);
        back.children[line]?.classList.add("seen");
      }
    },
    /** Highlights the action that happened last. */
    draw() {
      let last = -1;
      let at = -1;
      // In a text that does not play, no line runs.
      if (area.value === player.text) {
        for (const line of lines) {
          if (line.at !== null && line.at <= player.now && line.at >= at) [last, at] = [line.line, line.at];
        }
      }
      if (last === lit) return;
      lit = last;
      mark();
      keepInSight();
    },
  };
}

/** Appends a sentence, with the words between backticks as code. @param {HTMLElement} to @param {string} text */
function code(to, text) {
  text.split("`").forEach((part, i) => to.append(i % 2 === 1 ? h("code", { text: part }) : part));
}

/** @param {string} a @param {string} b */
function firstDifference(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i + 1;
}

/**
 * Splits a line into its first word, its numbers with units, its comment and its errors.
 *
 * @param {HTMLElement} row
 * @param {string} line
 * @param {{start: number, end: number}[]} faults Its errors, by their position in the line.
 */
function highlight(row, line, faults) {
  const parts = /^(\s*)([a-z-]+)?(.*?)(\s#.*|^#.*)?$/.exec(line);
  /** @type {[string, string][]} */
  const pieces = [];
  if (line.trimStart().startsWith("#")) pieces.push(["comment", line]);
  else if (parts) {
    pieces.push(["", parts[1] ?? ""], ["word", parts[2] ?? ""]);
    const rest = parts[3] ?? "";
    let at = 0;
    for (const match of rest.matchAll(/(?<![\w.-])[+-]?\d[\w.%+]*(\.\.\d[\w.]*)?/g)) {
      pieces.push(["", rest.slice(at, match.index)], ["number", match[0]]);
      at = match.index + match[0].length;
    }
    pieces.push(["", rest.slice(at)], ["comment", parts[4] ?? ""]);
  } else pieces.push(["", line]);
  let at = 0;
  for (const [kind, text] of pieces) {
    if (text === "") continue;
    // Cut where errors begin and end.
    const cuts = [0, text.length, ...faults.flatMap((it) => [it.start - at, it.end - at])].filter((it) => 0 <= it && it <= text.length);
    const places = [...new Set(cuts)].sort((a, b) => a - b);
    for (let i = 0; i + 1 < places.length; i++) {
      const [from, to] = [places[i], places[i + 1]];
      const wrong = faults.some((it) => it.start < at + to && it.end > at + from);
      row.append(h("span", { class: `${kind}${wrong ? " fault" : ""}`.trim() || undefined, text: text.slice(from, to) }));
    }
    at += text.length;
  }
  if (faults.some((it) => it.start >= at) || (line === "" && faults.length > 0)) row.append(h("span", { class: "fault", text: " " }));
  if (line === "") row.append("\u200b");
}
