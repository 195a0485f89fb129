// The coloured text behind the editor's text area: highlighting, line numbers, and what is marked at a line.

import { h } from "../dom.js";

/** Texts with more lines are shown without colours. */
const LINES_MAX = 2500;

/** @typedef {"met" | "unmet" | "seeds" | "warned"} Mark What a line shows at its end. */

export function createPaper() {
  const root = h("pre", { class: "paper", "aria-hidden": "true" });
  /** @type {string[]} A key for each row, made of everything it shows. */
  let rows = [];

  return {
    root,
    /**
     * Draws a text.
     *
     * @param {string} text
     * @param {readonly import("../engine.js").TextError[]} errors
     * @param {ReadonlyMap<number, Mark>} marks By line, from 0.
     * @param {ReadonlyMap<number, string>} [futures] Which lines only one of two futures has, and its name.
     * @param {ReadonlyMap<number, {stops: boolean}>} [halts] Which lines the playhead can stop at, and whether it does.
     */
    draw(text, errors, marks, futures, halts) {
      const all = text.split("\n");
      if (all.length > LINES_MAX) {
        if (rows.length > 0 || root.textContent !== text) root.textContent = `${text}\u200b`;
        root.classList.add("plain");
        rows = [];
        return;
      }
      if (root.classList.contains("plain")) {
        root.classList.remove("plain");
        root.replaceChildren();
      }
      /** @type {Map<number, {start: number, end: number}[]>} */
      const faults = new Map();
      for (const it of errors) faults.set(it.line - 1, [...(faults.get(it.line - 1) ?? []), it]);
      let start = 0;
      const now = all.map((line, i) => {
        const from = start;
        start += line.length + 1;
        const its = (faults.get(i) ?? []).map((it) => ({ start: it.start - from, end: it.end - from }));
        const mark = marks.get(i);
        const future = futures?.get(i);
        const halt = halts?.get(i);
        return { line, its, mark, future, halt, key: `${line} ${mark} ${future} ${halt?.stops} ${its.map((it) => `${it.start}-${it.end}`).join()}` };
      });
      // Replace only the rows between the unchanged ones at both ends.
      let head = 0;
      while (head < now.length && head < rows.length && now[head].key === rows[head]) head++;
      let tail = 0;
      while (tail < now.length - head && tail < rows.length - head && now[now.length - 1 - tail].key === rows[rows.length - 1 - tail]) tail++;
      const after = root.children[rows.length - tail] ?? null;
      for (let i = rows.length - tail - 1; i >= head; i--) root.children[i].remove();
      const fresh = document.createDocumentFragment();
      for (const { line, its, mark, future, halt } of now.slice(head, now.length - tail)) {
        const row = h("div", { class: "line" });
        if (its.length > 0) row.classList.add("wrong");
        if (mark !== undefined) row.classList.add(mark);
        if (future !== undefined) row.dataset.future = future;
        if (halt) row.classList.add(halt.stops ? "halts" : "can-halt");
        highlight(row, line, its);
        fresh.append(row);
      }
      root.insertBefore(fresh, after);
      rows = now.map((it) => it.key);
    },
    /** Marks one line, from 0, and no other. @param {"now" | "stop" | "aim"} name @param {number} line */
    mark(name, line) {
      const old = root.querySelector(`.${name}`);
      const row = rows.length > 0 ? root.children[line] ?? null : null;
      if (old === row) return;
      old?.classList.remove(name);
      row?.classList.add(name);
    },
    /** Marks a line as looked at. @param {number} line */
    see(line) {
      root.children[line]?.classList.add("seen");
    },
    /** The line, from 0, at a height in the picture; -1 if lines are not drawn. @param {number} y */
    lineAt(y) {
      return rows.length === 0 ? -1 : [...root.children].findIndex((row) => row instanceof HTMLElement && row.offsetTop <= y && y < row.offsetTop + row.offsetHeight);
    },
    /** Where a line stands in the picture. @param {number} line @param {number} lines How many there are. @returns {[number, number]} Its top and height. */
    spot(line, lines) {
      const row = root.children[line];
      if (row instanceof HTMLElement && rows.length > 0) return [row.offsetTop, row.offsetHeight];
      // Without colours there are no rows, but lines are about equally tall.
      const whole = root.clientHeight / Math.max(1, lines);
      return [line * whole, whole];
    },
    /** The place on the screen of a character, by its line and its position there; null if it is not drawn. @param {number} line @param {number} column */
    place(line, column) {
      const row = root.children[line];
      if (!row || rows.length === 0) return null;
      const range = document.createRange();
      const walk = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      let left = column;
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const length = node.textContent?.length ?? 0;
        if (left <= length) {
          range.setStart(node, left);
          range.collapse(true);
          const box = range.getClientRects()[0];
          return box ?? row.getBoundingClientRect();
        }
        left -= length;
      }
      return row.getBoundingClientRect();
    },
  };
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
