// Why an event happened: its causes, back to the fault, timer or start that began it.

import { h } from "../dom.js";

/** @param {import("../app.js").App} app */
export function createWhy(app) {
  void app;
  const root = h("section", { class: "why", "aria-label": "Why" });
  return { root, draw() {} };
}
