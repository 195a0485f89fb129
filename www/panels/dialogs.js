// The dialogs: the gallery, the help, and a link that could not be copied.

import { h } from "../dom.js";
import { KEYS } from "../input.js";
import { scenarios } from "../scenarios.js";
import { messageOf } from "../words.js";

/** A dialog with a heading and a close button. @param {string} title @param {string} name */
function dialog(title, name) {
  const body = h("div", { class: "body", tabindex: "0" });
  const box = h("dialog", { class: name, "aria-label": title });
  box.append(h("div", { class: "head" }, h("h2", { text: title }), h("button", { type: "button", class: "quiet", text: "Close", onclick: () => box.close() })), body);
  // A click outside closes it.
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  return { box, body };
}

/** @param {import("../app.js").App} app */
export function createDialogs(app) {
  const gallery = dialog("Scenarios", "gallery");
  const entry = (/** @type {import("../scenarios.js").Scenario} */ it) => h("li", {}, h("button", {
    type: "button",
    onclick: () => {
      gallery.box.close();
      app.openScenario(it);
    },
  }, h("b", { text: it.title }), h("span", { text: it.about })));
  const listed = async () => {
    try {
      return h("ul", {}, ...(await scenarios()).map(entry));
    } catch (error) {
      return h("p", { role: "alert", text: `The scenarios could not be fetched: ${messageOf(error)}` });
    }
  };
  const help = dialog("Legend and keyboard shortcuts", "help");
  help.body.append(
    h("h3", { text: "How to read the pictures" }),
    h("ul", { class: "legend" },
      h("li", { text: "Filled, L: the node believes that it leads. A ring around it: it leads in truth, according to the service or a quorum. A red edge: its belief is wrong." }),
      h("li", { text: "Diamond, C: a candidate. Thin circle, F→3: a follower of 3. Dashed, ✕: down. Two bars, ‖: paused." }),
      h("li", { text: "The arc around a node shows the time left on its longest timer." }),
      h("li", { text: "Amber dots are election messages, small grey dots are heartbeats and the like, squares are data, and small dark squares are writes to the store. Hollow and red: the message will not arrive. A red cross: a message was lost there, or the store rejected a write." }),
      h("li", { text: "A clock: the node's clock is fast or slow, or is ahead or behind. An hourglass: the node is slow. Amber dashes: a link that is slow, loses messages or delivers them twice, labelled with the amount. Lower left corner: the loss, delay and duplication on all links." }),
      h("li", { text: "The funnel at the lower edge is the store: green while a write arrives, red when one is rejected. A cross in front of it: a node is cut off from the store." }),
      h("li", { text: "In a lane with a service, the panel is the queue of znodes; the owner of the first one leads. An arrow points from a znode to the one whose deletion its owner watches for; an eye above a znode means that its owner watches the whole queue. A line from a node to the panel is a live session, dashes mean no session, and thin grey means unknown because the service is down." }),
      h("li", { text: "In large clusters, only nodes in an unusual state have a letter beside them." }),
      h("li", { text: "In the bands, a number is the leader. A colour is an epoch: within a row, the same colour is the same epoch, even after a gap. If an algorithm has no epochs, each leadership has a colour of its own. A red duration is a time without a leader, a grey one the time before the first leader." }),
      h("li", { text: "Stripes: more than one node believed that it led. A diamond: a property was violated. Two bars in a red circle: a line of the scenario stops the playhead there." })),
    h("h3", { text: "Keyboard shortcuts" }),
    h("table", {}, h("tbody", {}, ...KEYS.map(([keys, what]) => h("tr", {}, h("th", { scope: "row" }, ...keys.split(" ").map((key) => h("kbd", { text: key }))), h("td", { text: what }))))),
  );
  const link = dialog("Link to this moment", "link");
  const field = h("textarea", { readonly: true, rows: "4", "aria-label": "Link" });
  const note = h("p");
  const save = h("button", { type: "button", text: "Save the scenario as a file", onclick: () => app.saveFile() });
  link.body.append(note, field, save);

  return {
    roots: [gallery.box, help.box, link.box],
    async gallery() {
      gallery.box.showModal();
      gallery.body.replaceChildren(await listed());
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
