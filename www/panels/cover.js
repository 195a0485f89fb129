// What lies over an element until its run is there: a picture that its page has chosen, or what invites to play it.

import { h, icon } from "../dom.js";
import { send } from "../events.js";

const PLAY = "M4 2.5v11l9-5.5z";

/** @param {import("../app.js").App} app */
export function createCover(app) {
  const { store, player } = app;
  const image = h("img", { class: "chosen-picture", part: "poster", alt: "", hidden: true });
  const button = h("button", { type: "button", class: "begin", hidden: true, onclick: () => player.toggle() }, h("span", { class: "sign" }, icon(PLAY)));
  const root = h("div", { class: "cover", hidden: true }, image, button);
  let address = "";
  let inviting = false;

  image.addEventListener("error", () => {
    if (address === "") return;
    const message = `The poster ${address} could not be loaded.`;
    app.fail(message);
    send(app.host, "ep-error", { message, line: null, column: null });
    address = "";
    update();
  });

  function update() {
    const waits = !player.ran && store.get().blank === null;
    image.hidden = address === "" || !waits;
    button.hidden = !inviting || !waits;
    root.hidden = image.hidden && button.hidden;
    if (root.hidden) return;
    const { title } = player.run;
    image.alt = title || "A leader election";
    button.setAttribute("aria-label", title ? `Play: ${title}` : "Play");
  }

  return {
    root,
    update,
    /** @param {string} to */
    picture(to) {
      address = to;
      if (to === "") image.removeAttribute("src");
      else image.src = to;
      update();
    },
    /** @param {boolean} on */
    invite(on) {
      inviting = on;
      update();
    },
  };
}
