// The ready scenarios, the list of keys, and a link that could not be copied.

import { h } from "../dom.js";
import { KEYS } from "../input.js";
import { SCENARIOS } from "../scenarios.js";

/** A dialog with a heading and a way out. @param {string} title @param {string} name */
function dialog(title, name) {
  const body = h("div", { class: "body", tabindex: "0" });
  const box = h("dialog", { class: name, "aria-label": title });
  box.append(h("header", {}, h("h2", { text: title }), h("button", { type: "button", class: "quiet", text: "Close", onclick: () => box.close() })), body);
  // A click beside it closes it.
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  return { box, body };
}

/** @param {import("../app.js").App} app */
export function createDialogs(app) {
  const gallery = dialog("Scenarios", "gallery");
  gallery.body.append(h("ul", {}, ...SCENARIOS.map((it) => h(
    "li",
    {},
    h("button", {
      type: "button",
      onclick: () => {
        gallery.box.close();
        app.openScenario(it);
      },
    }, h("b", { text: it.title }), h("span", { text: it.about })),
  ))));
  const help = dialog("Pictures and keys", "help");
  help.body.append(
    h("h3", { text: "Reading the pictures" }),
    h("ul", { class: "legend" },
      h("li", { text: "Filled, L: the node believes that it leads. The ring around it: it leads in truth, as the service or a quorum sees it. A red edge: it believes so, wrongly." }),
      h("li", { text: "Diamond, C: it wants to lead. Thin circle, F→3: it follows 3. Dashed, ✕: down. Two bars, ‖: paused." }),
      h("li", { text: "The arc around a node is what is left of its patience." }),
      h("li", { text: "Amber dots are messages of an election, small grey ones signs of life, squares are data; small dark squares go to the store. Hollow and red: it will not arrive. A red cross: it was lost there, or refused by the store." }),
      h("li", { text: "A clock: its clock runs at another rate, or is ahead or behind. An hourglass: it is slow. Amber dashes: a link that loses, is slow or delivers twice, with how much; in the lower left corner: how all links lose, double or delay." }),
      h("li", { text: "The funnel in the lower edge is the store's door: green while a write comes in, red when it refuses one, a cross before it where a node is cut off from it." }),
      h("li", { text: "In a lane with a service: the queue of znodes, whose first owner leads. An arrow goes to the znode whose going its owner is told of; an eye above a znode: its owner watches the whole queue. A line to the panel is a living session, dashes none, thin grey: the service is down and nobody can say." }),
      h("li", { text: "Of many nodes only those with something to say have a letter beside them." }),
      h("li", { text: "In the bands a number is the leader. A colour is an epoch: the same colour in a row is the same epoch, even after a gap; where an algorithm has no epochs, each belief to lead has its own. A red length is a time without a leader, a grey one the time before the first." }),
      h("li", { text: "Stripes: more than one believed it led. A diamond: a property did not hold. Two bars in a red circle: a line of the scenario stops there." })),
    h("h3", { text: "Keys" }),
    h("table", {}, h("tbody", {}, ...KEYS.map(([keys, what]) => h("tr", {}, h("th", { scope: "row" }, ...keys.split(" ").map((key) => h("kbd", { text: key }))), h("td", { text: what }))))),
  );
  const link = dialog("Link to this moment", "link");
  const field = h("textarea", { readonly: true, rows: "4", "aria-label": "Link" });
  const note = h("p");
  const save = h("button", { type: "button", text: "Save the scenario as a file", onclick: () => app.saveFile() });
  link.body.append(note, field, save);

  return {
    roots: [gallery.box, help.box, link.box],
    gallery() {
      gallery.box.showModal();
      gallery.body.querySelector("button")?.focus();
    },
    help: () => (help.box.open ? help.box.close() : help.box.showModal()),
    /** @param {string} address @param {string} text */
    link(address, text) {
      note.textContent = text;
      field.value = address;
      link.box.showModal();
      field.select();
    },
  };
}
