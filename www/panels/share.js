// "Share": the link to this moment, the code that embeds it, the text, and where everything comes from.

import { h } from "../dom.js";
import { embedCode } from "../link.js";
import { BESIDE, PKG } from "../pkg.js";
import { createDialog } from "./dialog.js";

/** What a link is for when nothing else is said of it. */
const MOMENT = "It opens this scenario at exactly this moment.";

/** @param {import("../app.js").App} app */
export function createShare(app) {
  const { store, player } = app;
  const { box, body } = createDialog("Share", "share");
  const note = h("p");
  const link = field("Link to this moment", 3);
  const embed = field("Code to embed", 4);
  const text = field("Text of the scenario", 4);
  const origin = h("p", { class: "note" });
  const said = h("span", { class: "said", role: "status" });
  const copy = (/** @type {HTMLTextAreaElement} */ from, /** @type {string} */ name) => {
    const button = h("button", {
      type: "button", text: "Copy", "aria-label": `Copy the ${name}`,
      onclick: async () => {
        const done = await copied(from);
        button.parentElement?.append(said);
        said.textContent = done ? `The ${name} is copied.` : `The ${name} is selected: copy it with Ctrl+C or the context menu.`;
      },
    });
    return button;
  };
  body.append(
    h("h3", { text: "Link to this moment" }), note, link, h("div", { class: "row" }, copy(link, "link")),
    ...(BESIDE ? [
      h("h3", { text: "In another page" }),
      h("p", { text: "This code is a playground at this moment. It needs two files, side by side: election-playground.js and first_bg.wasm. They can stay where they are or be copied to your site." }),
      embed, h("div", { class: "row" }, copy(embed, "code")),
    ] : []),
    h("h3", { text: "The text" }), text,
    h("div", { class: "row" }, copy(text, "text"), h("button", { type: "button", text: "Save as a file", onclick: () => app.saveFile() })),
    h("h3", { text: "Documentation and source" }), origin,
  );

  /** @param {string} address @param {string} about */
  function show(address, about) {
    const { text: edited } = store.get();
    said.textContent = "";
    note.textContent = about;
    link.value = address;
    embed.value = embedCode(player.text, Math.floor(player.now), new URL("./election-playground.js", PKG).href);
    text.value = edited;
    origin.replaceChildren(
      `Election playground ${player.engine?.version ?? ""}. The repository that this page was built from has the source, docs/scenario.md on the `
      + `language, and docs/embedding.md on embedding${BESIDE ? "; " : "."}`,
      BESIDE ? h("a", { href: new URL("README.md", PKG).href, target: "_blank", rel: "noopener", text: "README.md" }) : "", BESIDE ? " describes the files beside this page." : "");
    if (!box.open) box.showModal();
    link.focus();
    link.setSelectionRange(0, address.length, "backward");
    link.scrollTop = 0;
  }

  return {
    box,
    link: show,
    /** On a phone, the system's share sheet; the dialog has the rest. */
    async open() {
      const address = app.address();
      if (address === "") return;
      store.edit({ playing: false });
      if (matchMedia("(pointer: coarse)").matches && typeof navigator.share === "function") {
        try {
          await navigator.share({ title: player.run.title || "Election playground", url: address });
          return;
        } catch {
          // Nothing was shared: the dialog offers the other ways.
        }
      }
      show(address, app.dialogs.caution(address) || MOMENT);
    },
  };
}

/** @param {string} name @param {number} rows */
function field(name, rows) {
  return h("textarea", { readonly: true, rows: String(rows), spellcheck: "false", "aria-label": name });
}

/** Copies a field's value. Returns false if the browser does not permit it; then the value is selected. @param {HTMLTextAreaElement} from */
async function copied(from) {
  try {
    await navigator.clipboard.writeText(from.value);
    return true;
  } catch {
    from.focus();
    from.select();
    return false;
  }
}
