// What stands in the place of the lanes while there is no run to show: why, and where to go from here.

import { h } from "../dom.js";
import { FIRST } from "../first.js";

/** @param {import("../app.js").App} app */
export function createBlank(app) {
  const { store } = app;
  const head = h("h2");
  const why = h("p");
  const root = h("section", { class: "blank", role: "alert", hidden: true }, head, why, h("div", { class: "row" },
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
    },
  };
}
