// A dialog with a heading and a close button; a click outside closes it.

import { h } from "../dom.js";

/** @param {string} title @param {string} name */
export function createDialog(title, name) {
  const body = h("div", { class: "body", tabindex: "0" });
  const box = h("dialog", { class: name, "aria-label": title });
  box.append(h("div", { class: "head" }, h("h2", { text: title }), h("button", { type: "button", class: "quiet", text: "Close", onclick: () => box.close() })), body);
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  return { box, body };
}
