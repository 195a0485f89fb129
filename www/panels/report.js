// What is said about the text, below it: errors with their remedies, warnings, and the outcomes of its expectations. Its
// place is reserved, so that the text does not move when an error comes or goes.

import { h, setText } from "../dom.js";
import { seconds } from "../words.js";
import { laneTitle } from "./lanes.js";

/** How many errors are listed. */
const ERRORS_SHOWN = 20;
/** How many failing expectations are listed. */
const UNMET_MAX = 3;
/** How many warnings are listed. */
const WARNINGS_MAX = 8;

/** How many reports the document has: their ids must differ. */
let reports = 0;

/**
 * @param {import("../app.js").App} app
 * @param {(start: number, end: number) => void} select Selects a part of the text.
 */
export function createReport(app, select) {
  const { store, player } = app;
  const id = `ep-errors-${++reports}`;
  const errors = h("div", { class: "errors", id, role: "status" });
  const verdict = h("div", { class: "verdicts", role: "status", hidden: true });
  const forked = h("p", { class: "forked", hidden: true }, h("span"),
    h("button", { type: "button", class: "link", text: "compare", title: "Both futures, below each other", onclick: () => {
      const differ = player.beside?.stories.findIndex((it, i) => it.digest !== player.stories[i]?.digest) ?? 0;
      store.edit({ comparing: true, sheet: false });
      app.focus({ lane: store.get().focus?.lane ?? Math.max(0, differ) });
    } }), ", ",
    h("button", { type: "button", class: "link", text: "forget", title: "Forget the other future; Undo brings it back", onclick: () => player.forget() }));
  const root = h("div", { class: "report" }, forked, errors, verdict);

  /** Which of two futures is on the screen. */
  const shownFuture = () => (store.get().other?.name === "A" ? "B" : "A");

  /** A statement with less effect than it seems to have. @param {{line: number, text: string}} it @param {readonly import("../engine.js").Line[]} lines */
  function warning({ line, text }, lines) {
    const found = lines.find((it) => it.line === line);
    const place = h("button", { type: "button", class: "place", text: `line ${line + 1}`, onclick: () => found && select(found.start, found.end) });
    return h("p", { class: "warning" }, place, withCode(` ${text} `));
  }

  /** @param {import("../engine.js").TextError} error */
  function complaint(error) {
    const place = h("button", { type: "button", class: "place", text: `line ${error.line}`, onclick: () => select(error.start, error.end) });
    const fix = error.nearest && h("button", {
      type: "button", class: "fix", text: `use ${error.nearest}`,
      onclick: () => {
        const { text } = store.get();
        player.take(text.slice(0, error.start) + error.nearest + text.slice(error.end));
        // One goes on writing behind the word.
        const end = error.start + (error.nearest?.length ?? 0);
        select(end, end);
      },
    });
    const drop = h("button", {
      type: "button", class: "fix", text: "remove the line", title: "Remove the line from the text; Undo restores it",
      onclick: () => player.without([error.line]),
    });
    // What helps comes first; a list of everything that would be right is long.
    const long = error.expected.length > 80;
    const words = withCode(long && error.advice ? ` found ${error.found}. ${error.advice} Expected ${error.expected}. `
      : ` found ${error.found}; expected ${error.expected}. ${error.advice ?? ""} `);
    if (long) words.tabIndex = 0;
    return h("p", {}, place, fix, drop, words);
  }

  /** @param {readonly import("../engine.js").Judged[]} all @param {readonly import("../engine.js").Line[]} lines */
  function outcomes(all, lines) {
    const answers = new Set(lines.filter((it) => it.keyword !== "expect").map((it) => it.line));
    const failing = all.some((it) => it.met === false && answers.has(it.line));
    // Where all is well, only what is called an expectation is counted as one.
    const judged = failing ? all : all.filter((it) => !answers.has(it.line));
    const unmet = judged.filter((it) => it.met === false);
    const many = counted(judged.filter((it) => it.needsSeeds));
    const needs = many === 0 ? "" : h("p", { class: "seeds" }, h("span", { text: `${many === 1 ? "One expectation needs" : `${many} expectations need`} many seeds. Save the text and run ` }), h("code", { text: "election check scenario.txt" }));
    const held = counted(judged) - many;
    if (unmet.length === 0) return [held > 0 ? h("p", { text: `✓ ${held} ${held === 1 ? "expectation holds" : "expectations hold"}` }) : "", needs];
    const texts = player.text.split("\n");
    const name = (/** @type {number} */ lane) => player.run.lanes[lane]?.name ?? "";
    return [
      h("p", { text: `✗ ${counted(unmet)} of ${counted(judged)} expectations ${failing ? "and answers " : ""}fail` }),
      ...unmet.slice(0, UNMET_MAX).map((it) => h("button", {
        type: "button", class: "quiet", title: "Go to that moment", onclick: () => player.seek(it.at),
      }, h("code", { text: (texts[it.line] ?? "").trim() }), h("span", { text: ` ${name(it.lane)} at ${seconds(it.at)}: found ${it.found}` }))),
      unmet.length > UNMET_MAX ? h("p", { text: `and ${unmet.length - UNMET_MAX} more, marked at their lines` }) : "", needs];
  }

  return {
    root,
    id,
    shownFuture,
    /** @param {readonly import("../engine.js").Line[]} lines @param {readonly {line: number, text: string}[]} warnings */
    update(lines, warnings) {
      const { text, errors: wrong, judged } = store.get();
      const split = player.beside?.split ?? null;
      forked.hidden = store.get().other === null;
      setText(forked.children[0], `Two futures${split === null ? "" : split < 0 ? " from the start" : ` since ${seconds(split)}`}, ${shownFuture()} is shown: `);
      errors.replaceChildren(...wrong.slice(0, ERRORS_SHOWN).map(complaint));
      if (wrong.length > 0 && store.get().blank) errors.append(h("p", { class: "kept", text: "Nothing plays until the errors are fixed." }));
      for (const it of warnings.slice(0, WARNINGS_MAX)) errors.append(warning(it, lines));
      if (warnings.length > WARNINGS_MAX) errors.append(h("p", { class: "warning", text: `and ${warnings.length - WARNINGS_MAX} more, marked at their lines` }));
      verdict.hidden = judged.length === 0 || wrong.length > 0 || text !== player.text;
      verdict.classList.toggle("unmet", judged.some((it) => it.met === false));
      verdict.replaceChildren(...outcomes(judged, lines));
    },
  };
}

/** An expectation counts once, however many lanes it is judged in. @param {readonly import("../engine.js").Judged[]} some */
export const counted = (some) => new Set(some.map((it) => it.expect)).size;

/**
 * What has less effect than it seems to have: settings, according to the engine, and actions that met nobody, according to
 * the run.
 *
 * @param {import("../app.js").App} app
 * @returns {{line: number, text: string}[]}
 */
export function warningsOf(app) {
  const { player } = app;
  /** @type {Map<number, {text: string, why: Map<string, string[]>}>} */
  const idle = new Map();
  player.run.lanes.forEach(({ acts }, lane) => {
    for (const it of player.stories[lane]?.moments ?? []) {
      if (it.kind !== "no-act") continue;
      const act = acts[it.act ?? -1];
      if (!act) continue;
      const known = idle.get(act.line) ?? { text: act.text, why: new Map() };
      known.why.set(it.why, [...(known.why.get(it.why) ?? []), laneTitle(app, lane)]);
      idle.set(act.line, known);
    }
  });
  const acts = [...idle].map(([line, { text, why }]) => ({
    line, text: `\`${text}\` has no effect in ${[...why].map(([because, lanes]) => `${lanes.join(", ")}: ${because}`).join("; ")}.`,
  }));
  return [...player.run.warnings, ...acts].sort((a, b) => a.line - b.line);
}

/** A sentence with the words between backticks as code. @param {string} text */
function withCode(text) {
  const words = h("span", { class: "words" });
  text.split("`").forEach((part, i) => words.append(i % 2 === 1 ? h("code", { text: part }) : part));
  return words;
}
