// The scenario's text beside the lanes: edited in place, errors at their line, the line that runs now lit.

import { h } from "../dom.js";

/** How long somebody has to stop typing before the text is tried, in milliseconds. */
const REST = 220;

/** @param {import("../app.js").App} app */
export function createEditor(app) {
  const { store, player } = app;
  const area = h("textarea", {
    spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Scenario", "aria-describedby": "editor-errors",
  });
  const back = h("pre", { class: "paper", "aria-hidden": "true" });
  const scroller = h("div", { class: "scroller" }, h("div", { class: "page" }, back, area));
  const errors = h("div", { class: "errors", id: "editor-errors", role: "status" });
  const undo = h("button", { type: "button", class: "quiet", text: "Undo", title: "Undo (Ctrl Z)", onclick: () => player.undo() });
  const redo = h("button", { type: "button", class: "quiet", text: "Redo", title: "Redo (Ctrl Shift Z)", onclick: () => player.redo() });
  const close = h("button", { type: "button", class: "quiet close", text: "Close", onclick: () => store.edit({ sheet: false }) });
  const verdict = h("p", { class: "verdicts", role: "status", hidden: true });
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
  /** @type {import("../engine.js").Line[]} */
  let lines = [];

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

  /** Tries what was typed at once. */
  function flush() {
    clearTimeout(timer);
    if (area.value !== store.get().text) player.take(area.value);
  }
  /** The text with its words coloured, behind the text that is edited. */
  function paper() {
    const text = area.value;
    const { errors: wrong, verdicts } = store.get();
    const all = text.split("\n");
    let start = 0;
    back.replaceChildren(...all.map((line, i) => {
      const row = h("div", { class: i === lit ? "line now" : "line" });
      const faults = wrong.filter((it) => it.line === i + 1);
      if (faults.length > 0) row.classList.add("wrong");
      // Only of the text that was judged.
      const judged = text === player.text ? verdicts.filter((it) => it.line === i) : [];
      if (judged.length > 0) row.classList.add(judged.every((it) => it.met) ? "met" : "unmet");
      highlight(row, line, start, faults);
      start += line.length + 1;
      return row;
    }));
  }

  function sync() {
    const { text, errors: wrong } = store.get();
    if (area.value !== text && !(document.activeElement === area && timer && area.value !== shown)) {
      const added = text.length > area.value.length;
      const before = area.value;
      area.value = text;
      paper();
      // What was added is brought into sight, without taking the focus.
      if (added && before !== "") show(firstDifference(before, text));
    }
    shown = text;
    lines = player.guard(() => player.engine?.lines(text) ?? [], []);
    undo.disabled = !player.undoable;
    redo.disabled = !player.redoable;
    errors.replaceChildren(...wrong.slice(0, 4).map(complaint));
    if (wrong.length > 4) errors.append(h("p", { text: `and ${wrong.length - 4} more` }));
    if (wrong.length > 0) errors.append(h("p", { class: "kept", text: "The last run that could be read goes on." }));
    const { verdicts } = store.get();
    const unmet = verdicts.filter((it) => !it.met);
    verdict.hidden = verdicts.length === 0 || wrong.length > 0 || text !== player.text;
    verdict.classList.toggle("unmet", unmet.length > 0);
    const name = (/** @type {number} */ lane) => player.run.lanes[lane]?.name ?? "";
    verdict.textContent = unmet.length === 0
      ? `✓ what it expects holds (${verdicts.length})`
      : `✗ ${unmet.length} of ${verdicts.length} expectations fail: line ${unmet[0].line + 1}, ${name(unmet[0].lane)}: ${unmet[0].found}`;
    paper();
    keepInSight();
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
    const words = h("span", { class: "words", tabindex: error.expected.length > 80 ? "0" : undefined });
    code(words, ` found ${error.found}; expected ${error.expected}.${error.advice ? ` ${error.advice}` : ""} `);
    return h("p", {}, place, fix, words);
  }

  /** @param {number} start @param {number} end */
  function select(start, end) {
    area.focus();
    area.setSelectionRange(start, Math.max(end, start));
    show(start);
  }

  /** The line that runs now stays in sight, unless somebody reads or writes here. */
  function keepInSight() {
    const act = lines.find((line) => line.line === lit);
    if (act && document.activeElement !== area && !scroller.matches(":hover")) show(act.start);
  }

  /** Scrolls a place of the text into sight. @param {number} at */
  function show(at) {
    const row = back.children[area.value.slice(0, at).split("\n").length - 1];
    if (!(row instanceof HTMLElement)) return;
    const { offsetTop: top, offsetHeight: tall } = row;
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
    /** Lights the act that happened last. */
    draw() {
      if (area.value !== player.text && store.get().errors.length === 0) return;
      let last = -1;
      let at = -1;
      for (const line of lines) {
        if (line.at !== null && line.at <= player.now && line.at >= at) [last, at] = [line.line, line.at];
      }
      if (last === lit) return;
      back.children[lit]?.classList.remove("now");
      back.children[last]?.classList.add("now");
      lit = last;
      keepInSight();
    },
  };
}

/** A sentence with the words between backticks as code. @param {HTMLElement} to @param {string} text */
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
 * A line in pieces: its first word, its numbers with units, its comment, and what is wrong in it.
 *
 * @param {HTMLElement} row
 * @param {string} line
 * @param {number} start
 * @param {import("../engine.js").TextError[]} faults
 */
function highlight(row, line, start, faults) {
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
  let at = start;
  for (const [kind, text] of pieces) {
    if (text === "") continue;
    // Cut where a fault begins and ends.
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
