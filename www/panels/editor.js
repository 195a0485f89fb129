// The editor beside the lanes: takes the text, shows what is said about it, and highlights the line that runs now.

import { focused, h, setAttribute, setText } from "../dom.js";
import { count } from "../words.js";
import { createCompletion } from "./complete.js";
import { createPaper } from "./paper.js";
import { counted, createReport, warningsOf } from "./report.js";

/** How long the user must stop typing before the text is loaded, in milliseconds. */
const REST = 220;
/** The longest text that the engine accepts, in characters (scenario/table.rs). */
const TEXT_MAX = 65_536;
/** The fewest lines of comment at the start that are scrolled out of sight. */
const ABOUT_MIN = 2;

/** @typedef {{stops: boolean, title: string, turn: () => void}} Halt A line that the playhead can stop at, and whether it does. */

/** @param {import("../app.js").App} app */
export function createEditor(app) {
  const { store, player } = app;
  const area = h("textarea", { spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Scenario" });
  const paper = createPaper();
  // Over the numbers of the lines: a click there sets a stop. The list of stops does the same for the keyboard.
  const gutter = h("div", { class: "gutter", hidden: true, "aria-hidden": "true" });
  const scroller = h("div", { class: "scroller" }, h("div", { class: "sheet" }, paper.root, area, gutter));
  const report = createReport(app, select);
  area.setAttribute("aria-describedby", report.id);
  const completion = createCompletion(area, {
    find: (text, at) => player.guard(() => player.engine?.complete(text, at) ?? null, null),
    place: (at) => {
      const before = area.value.slice(0, at).split("\n");
      return paper.place(before.length - 1, before[before.length - 1].length);
    },
    // At the end of a line, a word is followed by another one or by a value.
    insert: (start, end, word) => write(start, end, /^[a-z]/i.test(word) && /^(\n|$)/.test(area.value.slice(end)) ? `${word} ` : word),
  });
  const undo = h("button", { type: "button", class: "quiet", text: "Undo", title: "Undo (Ctrl Z)", onclick: () => player.undo() });
  const redo = h("button", { type: "button", class: "quiet", text: "Redo", title: "Redo (Ctrl Shift Z)", onclick: () => player.redo() });
  const close = h("button", { type: "button", class: "quiet close", text: "Close", onclick: () => store.edit({ sheet: false }) });
  const about = h("button", { type: "button", class: "fold", hidden: true, onclick: () => turn(about, 0, statement()) });
  const expects = h("button", { type: "button", class: "fold", hidden: true, onclick: () => turn(expects, lineOf("expect"), statement()) });
  const add = h("button", { type: "button", class: "quiet", title: "Add a line, and list what can be written (Ctrl+Space)", text: "+ Line", onclick: () => {
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
    if (area.value !== "" && !area.value.endsWith("\n")) write(area.value.length, area.value.length, "\n");
    show(area.value.length);
    completion.ask();
  } });
  const folds = h("div", { class: "folds", role: "group", "aria-label": "Parts of the scenario" }, about, expects);
  const root = h(
    "section",
    { class: "editor", "aria-label": "Scenario" },
    h("header", {}, h("h2", { text: "Scenario" }), add, undo, redo, close),
    folds,
    scroller,
    report.root,
    completion.root,
  );
  let timer = 0;
  let shown = "";
  let lit = -1;
  /** Whether the user has not scrolled since another text came: then it stays at its first statement in every layout. */
  let atStart = false;
  /** @type {import("../engine.js").Line[]} */
  let lines = [];
  /** The lines that the playhead can stop at, from 0. @type {ReadonlyMap<number, Halt>} */
  let halts = new Map();

  gutter.addEventListener("pointermove", (event) => {
    const line = paper.lineAt(event.offsetY);
    const halt = halts.get(line);
    paper.mark("aim", halt ? line : -1);
    gutter.title = halt ? halt.title : "";
  });
  gutter.addEventListener("pointerleave", () => paper.mark("aim", -1));
  gutter.addEventListener("click", (event) => halts.get(paper.lineAt(event.offsetY))?.turn());

  area.addEventListener("beforeinput", (event) => {
    const more = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    const length = area.value.length - (area.selectionEnd - area.selectionStart) + more.length;
    if (more === "" || length <= TEXT_MAX) return;
    event.preventDefault();
    store.edit({ notice: { tone: "bad", text: `A scenario has at most ${count(TEXT_MAX)} characters; with this insertion it would have ${count(length)}. Nothing was changed.` } });
  });
  area.addEventListener("input", typed);
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      flush();
      if (event.shiftKey) player.redo();
      else player.undo();
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      area.blur();
      // Leaving on purpose: the next keys are for the page.
      app.keys.release();
    }
  });
  area.addEventListener("blur", flush);
  // Whoever clicks beside the text wants to write in it.
  root.addEventListener("click", (event) => {
    const on = event.composedPath()[0];
    const control = on instanceof Element && on.closest("button, textarea, [tabindex], [role=option]");
    if (!control && (getSelection()?.isCollapsed ?? true)) area.focus({ preventScroll: true });
  });
  scroller.addEventListener("scroll", () => {
    completion.close();
    tellFolds();
  }, { passive: true });

  for (const name of /** @type {const} */ (["pointerdown", "wheel", "touchstart", "keydown"])) {
    scroller.addEventListener(name, () => (atStart = false), { passive: true });
  }
  new ResizeObserver(() => {
    if (atStart) scroll(statement());
    tellFolds();
  }).observe(paper.root);

  /** Writes as if typed, so that the text area's own undo knows it. @param {number} start @param {number} end @param {string} words */
  function write(start, end, words) {
    area.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, words)) area.setRangeText(words, start, end, "end");
    typed();
  }

  function typed() {
    clearTimeout(timer);
    draw();
    timer = window.setTimeout(() => player.take(area.value), REST);
  }
  /** Loads what was typed, without waiting. */
  function flush() {
    clearTimeout(timer);
    if (area.value !== store.get().text) player.take(area.value);
  }
  /** Draws the coloured text behind the editable one. */
  function draw() {
    const { errors, judged } = store.get();
    /** @type {Map<number, import("./paper.js").Mark>} */
    const marks = new Map();
    // Outcomes belong to the text that was judged, which may differ from the one in the editor.
    /** @type {Map<number, string>} */
    const futures = new Map();
    if (area.value === player.text) {
      for (const { line } of player.beside?.shown ?? []) futures.set(line, report.shownFuture());
      for (const { line } of warningsOf(app)) marks.set(line, "warned");
      for (const it of judged) {
        const known = marks.get(it.line);
        if (it.met === false) marks.set(it.line, "unmet");
        else if (it.needsSeeds) marks.set(it.line, "seeds");
        else if (known !== "unmet") marks.set(it.line, "met");
      }
    }
    paper.draw(area.value, errors, marks, futures, area.value === player.text ? halts : undefined);
    mark();
  }
  /** Highlights the line that ran last and the one that stopped the playhead. */
  function mark() {
    const { text, stopped } = store.get();
    paper.mark("now", lit);
    paper.mark("stop", text === player.text ? stopped ?? -1 : -1);
  }

  function sync() {
    const { text, errors } = store.get();
    if (area.value !== text && !(focused(area) === area && timer && area.value !== shown)) {
      const before = area.value;
      area.value = text;
      completion.close();
      draw();
      lines = player.guard(() => player.engine?.lines(text) ?? [], []);
      // Scroll to what was added, without taking the focus; in another text, past its leading comment.
      const same = firstDifference(before, text);
      atStart = before === "" || (same < 8 && !before.includes(text) && !text.includes(before));
      if (atStart) scroll(statement());
      else if (text.length > before.length) show(same);
    }
    shown = text;
    lines = player.guard(() => player.engine?.lines(text) ?? [], []);
    undo.disabled = !player.undoable;
    redo.disabled = !player.redoable;
    report.update(lines, text === player.text && errors.length === 0 ? warningsOf(app) : []);
    draw();
    tellFolds();
    keepInSight();
  }

  // The parts of the text. A text area cannot hide lines without risking them, so a "fold" scrolls.

  /** The first line with a given statement, or with any but the title, from 0. @param {string} [keyword] */
  function lineOf(keyword) {
    return lines.find((it) => it.keyword === keyword)?.line ?? -1;
  }
  /** Where the text begins, after its leading comment. */
  function statement() {
    const first = lines[0]?.line ?? 0;
    return first < ABOUT_MIN ? 0 : first;
  }
  /** Scrolls a line to the top. @param {number} line */
  function scroll(line) {
    const [top] = paper.spot(line, area.value.split("\n").length);
    scroller.scrollTop = line === 0 ? 0 : top - 4;
  }
  /** Shows a part of the text, or leaves it. @param {HTMLElement} button @param {number} line @param {number} back */
  function turn(button, line, back) {
    atStart = false;
    scroll(button.getAttribute("aria-expanded") === "true" ? back : Math.max(0, line));
    tellFolds();
  }
  function tellFolds() {
    const { judged, errors, text } = store.get();
    const first = statement();
    const top = scroller.scrollTop;
    about.hidden = first === 0;
    const reading = first > 0 && top + 14 < paper.spot(first, 1)[0];
    setAttribute(about, "aria-expanded", String(reading));
    setText(about, `${reading ? "▾" : "▸"} About, ${first} lines`);
    const expected = lines.filter((it) => it.keyword === "expect").length;
    expects.hidden = expected === 0;
    const line = lineOf("expect");
    const open = line >= 0 && paper.spot(line, 1)[0] < top + scroller.clientHeight - 12;
    setAttribute(expects, "aria-expanded", String(open));
    const known = errors.length === 0 && text === player.text && judged.length > 0;
    const own = new Set(lines.filter((it) => it.keyword === "expect").map((it) => it.line));
    const failing = counted(judged.filter((it) => it.met === false && own.has(it.line)));
    const many = counted(judged.filter((it) => it.needsSeeds && own.has(it.line)));
    const outcome = !known ? "" : failing > 0 ? `, ${failing} ${failing === 1 ? "fails" : "fail"}` : many > 0 ? `, ${many} need seeds` : ", all hold";
    expects.classList.toggle("unmet", known && failing > 0);
    setText(expects, `${open ? "▾" : "▸"} Expects ${expected}${outcome}`);
  }

  /** @param {number} start @param {number} end */
  function select(start, end) {
    area.focus({ preventScroll: true });
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
    const all = area.value.split("\n").length;
    const [top, tall] = paper.spot(area.value.slice(0, at).split("\n").length - 1, all);
    atStart = false;
    if (top < scroller.scrollTop || top + tall > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top - scroller.clientHeight / 2;
    }
  }

  return {
    root,
    area,
    flush,
    update: sync,
    /**
     * Puts the cursor on the value of a setting, in its line or in a new one.
     *
     * @param {string} setting
     * @param {string} value The value it has.
     */
    change(setting, value) {
      flush();
      const edit = player.guard(() => player.engine?.setValue(store.get().text, setting, value) ?? null, null);
      if (!edit) return;
      if (edit.text !== store.get().text) player.take(edit.text);
      store.edit({ sheet: true });
      const at = edit.start + Math.max(0, edit.insert.lastIndexOf(value));
      select(at, at + value.length);
    },
    /** Shows a line, numbered from 0. @param {number} line */
    reveal(line) {
      store.edit({ sheet: true });
      const found = lines.find((it) => it.line === line);
      if (found) {
        show(found.start);
        paper.see(line);
      }
    },
    /** The lines that the playhead can stop at; none takes the way to stop there away. @param {ReadonlyMap<number, Halt>} now */
    offer(now) {
      halts = now;
      gutter.hidden = now.size === 0;
      draw();
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

/** @param {string} a @param {string} b */
function firstDifference(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i + 1;
}
