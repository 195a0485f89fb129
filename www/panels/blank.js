// What stands in the place of the lanes while there is no run to show: why, and where to go from here.

import { h } from "../dom.js";
import { FIRST } from "../first.js";

/** @param {import("../app.js").App} app */
export function createBlank(app) {
  const { store } = app;
  const head = h(app.whole ? "h2" : "p", { class: "head" });
  const why = h("p");
  // In another page, the text stands here: what its author wrote must not get lost.
  const source = h("pre", { class: "source", tabindex: "0", "aria-label": "The scenario", hidden: true });
  const root = h("section", { class: "blank", role: "alert", hidden: true }, head, why, source, h("div", { class: "row" },
    h("button", { type: "button", class: "primary", text: "Open the gallery", onclick: () => app.dialogs.gallery() }),
    h("button", { type: "button", text: "Open the first scenario", onclick: () => app.openScenario(FIRST) })));
  return {
    root,
    update() {
      const { blank } = store.get();
      root.hidden = blank === null;
      root.classList.toggle("with-text", blank?.text === true);
      head.textContent = blank?.head ?? "";
      why.textContent = blank?.why ?? "";
      source.hidden = !blank?.source;
      source.replaceChildren(...(blank?.source ?? "").replace(/\n$/, "").split("\n").map((line, i) => h("span", { class: i + 1 === blank?.line ? "wrong" : null, text: `${line}\n` })));
    },
  };
}
