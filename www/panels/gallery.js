// The gallery: all scenarios by chapter, with a strip for each lane; a search, a filter by algorithm, and an empty one.

import { h } from "../dom.js";
import { CELLS, stretches } from "../scene/strip.js";
import { firstSentences, messageOf } from "../words.js";
import { createDialog } from "./dialog.js";

/** @typedef {import("../scenarios.js").Scenario} Scenario */

/** How many characters of a scenario's introduction are shown, in whole sentences. */
const ABOUT_MAX = 150;
const SVG = "http://www.w3.org/2000/svg";

/** @param {import("../app.js").App} app */
export function createGallery(app) {
  const { store, player } = app;
  const { box, body } = createDialog("Scenarios", "gallery");
  const search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search the scenarios", autocomplete: "off", oninput: () => filter() });
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Only scenarios with these algorithms" });
  const found = h("span", { class: "found", role: "status" });
  const fresh = h("button", { type: "button", class: "new", text: "New", title: "A scenario without faults, with the algorithms chosen here", onclick: () => startNew() });
  const tools = h("div", { class: "tools" }, search, chips, fresh, found);
  const list = h("div", { class: "list" });
  const key = h("p", { class: "key", text: "In the strips, blue is a time with one leader, blank one without, and red one in which more than one node believes that it leads." });
  body.append(tools, key, list);
  /** @type {{it: Scenario, words: string, row: HTMLElement}[]} */
  let entries = [];

  const chosen = () => [...chips.children].filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => /** @type {HTMLElement} */ (chip).dataset.id ?? "");
  const titleOf = (/** @type {string} */ id) => player.engine?.algorithms.find((it) => it.id === id)?.title ?? id;
  const open = (/** @type {Scenario} */ it) => {
    box.close();
    app.openScenario(it);
  };

  function filter() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const algorithms = chosen();
    let many = 0;
    for (const { it, words, row } of entries) {
      row.hidden = !(wanted.every((word) => words.includes(word)) && algorithms.every((id) => it.lanes.some((lane) => lane.algorithm === id)));
      if (!row.hidden) many++;
    }
    for (const chapter of list.querySelectorAll("section")) chapter.hidden = !chapter.querySelector("li:not([hidden])");
    found.textContent = many === entries.length ? "" : many === 0 ? "Nothing matches." : `${many} of ${entries.length}`;
  }

  /** An empty scenario with the chosen algorithms, or with the default ones. */
  function startNew() {
    const lanes = chosen();
    box.close();
    app.openNew(`title New scenario\n${lanes.length > 0 ? `lanes ${lanes.join(" ")}\n` : ""}nodes 5\n\nuntil 20s\n`);
  }

  // No key that is typed as text opens a scenario: it may have been meant for the editor.
  search.addEventListener("keydown", (event) => {
    const [one, more] = entries.filter(({ row }) => !row.hidden);
    if (event.key === "Enter" && search.value !== "" && one && !more) open(one.it);
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    /** @type {HTMLElement | null} */ (list.querySelector("section:not([hidden]) li:not([hidden]) button"))?.focus();
  });

  function buildChips() {
    if (chips.childElementCount > 0) return;
    chips.append(...(player.engine?.algorithms ?? []).map(({ id, title }) => {
      const chip = h("button", { type: "button", text: title, "data-id": id, "aria-pressed": "false", onclick: () => {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        filter();
      } });
      return chip;
    }));
  }

  return {
    box,
    async open() {
      box.showModal();
      buildChips();
      // On a touch screen the focus would open the keyboard.
      if (matchMedia("(pointer: coarse)").matches) body.focus();
      else search.select();
      /** @type {readonly Scenario[]} */
      let all;
      try {
        all = await app.scenarios.all();
      } catch (error) {
        list.replaceChildren(h("p", { role: "alert", text: `The scenarios could not be fetched: ${messageOf(error)}` }));
        return;
      }
      const current = store.get().blank ? undefined : app.scenarios.nameOf(store.get().text);
      entries = all.map((it) => ({
        it, words: [it.title, it.about, it.chapter, it.text].join("\n").toLowerCase(), row: entry(it, it.name === current, titleOf, open),
      }));
      list.replaceChildren(...[...new Set(all.map((it) => it.chapter))].map((chapter) => h("section", {},
        h("h3", { text: chapter }), h("ul", {}, ...entries.filter(({ it }) => it.chapter === chapter).map(({ row }) => row)))));
      filter();
    },
  };
}

/**
 * @param {Scenario} it
 * @param {boolean} current
 * @param {(algorithm: string) => string} titleOf
 * @param {(it: Scenario) => void} open
 */
function entry(it, current, titleOf, open) {
  const rows = it.lanes.map(({ name, algorithm, strip }) => h("span", { class: "strip" }, h("small", { text: name === algorithm ? titleOf(algorithm) : name }), picture(strip)));
  return h("li", {}, h("button", { type: "button", "aria-current": current ? "true" : undefined, onclick: () => open(it) },
    h("b", { text: it.title }), h("span", { class: "about", text: firstSentences(it.about, ABOUT_MAX) }), h("span", { class: "strips", "aria-hidden": "true" }, ...rows)));
}

/** Who leads when. @param {string} strip */
function picture(strip) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${CELLS} 1`);
  svg.setAttribute("preserveAspectRatio", "none");
  for (const { mark, from, cells } of stretches(strip)) {
    if (mark === ".") continue;
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x: from, y: 0, width: cells, height: 1, class: mark === "!" ? "many" : mark })) rect.setAttribute(name, String(value));
    svg.append(rect);
  }
  return svg;
}
