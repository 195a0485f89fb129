// Completion in the editor: a list of the words that could stand at the cursor, according to the engine. It opens while a
// word is typed and by Ctrl+Space, and never takes a key that belongs to the text: Tab inserts a word, but Enter makes a new
// line unless the user has moved into the list.

import { focused, h, setText } from "../dom.js";

/** How many choices are shown at once; the list scrolls. */
const SHOWN_MAX = 40;

/** How many lists the document has: their ids must differ. */
let lists = 0;

/** What there is to say about a choice: a form continues the word. @param {{insert: string, detail: string}} choice */
function more({ insert, detail }) {
  const form = detail.startsWith(`${insert} `);
  const text = form ? detail.slice(insert.length) : detail;
  return text === "" || text === insert ? null : h("small", { class: form ? "form" : undefined, text });
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {object} how
 * @param {(text: string, at: number) => import("../engine.js").Completion | null} how.find
 * @param {(at: number) => {left: number, top: number, bottom: number} | null} how.place Where a position of the text is on the screen.
 * @param {(start: number, end: number, insert: string) => void} how.insert
 */
export function createCompletion(area, { find, place, insert }) {
  const id = `ep-completions-${++lists}`;
  const list = h("ul", { class: "completions", id, role: "listbox", "aria-label": "What can be written here", hidden: true });
  // A screen reader does not follow a list beside a text area; it is told how many there are, and which is chosen.
  const told = h("div", { class: "unseen", "aria-live": "polite" });
  const root = h("div", { class: "completion" }, list, told);
  /** @type {import("../engine.js").Completion | null} */
  let found = null;
  /** The chosen row; -1 while the keys still belong to the text. */
  let chosen = -1;

  for (const [name, value] of [["aria-autocomplete", "list"], ["aria-haspopup", "listbox"], ["aria-controls", id]]) area.setAttribute(name, value);

  /** @param {number} to */
  function choose(to) {
    chosen = to;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === chosen)));
    const row = list.children[chosen];
    if (!row || !found) {
      area.removeAttribute("aria-activedescendant");
      return;
    }
    area.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
    const { insert: word, detail } = found.choices[chosen];
    setText(told, `${word}. ${detail}`);
  }

  function close() {
    if (list.hidden) return false;
    list.hidden = true;
    found = null;
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
    setText(told, "");
    return true;
  }

  /** @param {number} row */
  function take(row) {
    const choice = found?.choices[row];
    if (!found || !choice) return;
    const { start, end } = found;
    close();
    insert(start, end, choice.insert);
  }

  /** Beside the cursor, within the editor. */
  function put() {
    const box = root.parentElement?.getBoundingClientRect();
    const spot = found && place(found.start);
    if (!box || !spot) return;
    const below = box.bottom - spot.bottom;
    const tall = Math.min(list.scrollHeight + 2, 230);
    const above = below < tall + 8 && spot.top - box.top > below;
    list.style.top = above ? "" : `${spot.bottom - box.top + 2}px`;
    list.style.bottom = above ? `${box.bottom - spot.top + 2}px` : "";
    list.style.maxHeight = `${Math.max(80, Math.min(230, (above ? spot.top - box.top : below) - 10))}px`;
    list.style.left = `${Math.max(4, Math.min(spot.left - box.left - 8, box.width - 228))}px`;
  }

  /** Opens the list for the word at the cursor. @param {boolean} asked Whether the user asked for it: also without a word. */
  function open(asked) {
    const at = area.selectionStart;
    const typed = /[\w.-]$/.test(area.value.slice(0, at)) && !/[\w-]/.test(area.value[at] ?? "");
    const now = at === area.selectionEnd && (asked || typed) ? find(area.value, at) : null;
    if (!now || now.choices.length === 0) {
      close();
      if (asked) setText(told, "Nothing to complete here");
      return;
    }
    found = { ...now, choices: now.choices.slice(0, SHOWN_MAX) };
    list.replaceChildren(...found.choices.map((it, i) => h("li", {
      role: "option", id: `${id}-${i}`, "aria-selected": "false",
      // The focus stays in the text.
      onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
      onclick: () => take(i),
    }, h("code", { text: it.insert }), more(it))));
    list.hidden = false;
    list.scrollTop = 0;
    put();
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
    setText(told, `${found.choices.length} ${found.choices.length === 1 ? "word" : "words"} can stand here; the down arrow key chooses, Tab inserts`);
    if (asked) choose(0);
  }

  area.addEventListener("input", (event) => {
    const { inputType } = /** @type {InputEvent} */ (event);
    // Only typing opens it: not pasting, undoing or deleting.
    if (inputType === "insertText" || (!list.hidden && inputType === "deleteContentBackward")) open(false);
    else close();
  });
  area.addEventListener("blur", close);
  area.addEventListener("pointerdown", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      open(true);
      return;
    }
    if (list.hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const count = list.childElementCount;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp" && chosen >= 0) choose((chosen - 1 + count) % count);
    else if (event.key === "Enter" && chosen >= 0 && !event.shiftKey) take(chosen);
    else if (event.key === "Tab" && !event.shiftKey) take(Math.max(0, chosen));
    else if (event.key === "Escape") close();
    else {
      if (/^(Arrow|Home|End|Page|Enter|Tab)/.test(event.key)) close();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });

  return {
    root,
    close,
    /** Lists what can be written at the cursor. */
    ask: () => open(true),
    /** Whether the text area is being completed. */
    get open() {
      return !list.hidden && focused(area) === area;
    },
  };
}
