// The way to the dialogs, which are a bundle of their own: it is fetched when one of them is first opened.

import { h } from "../dom.js";
import { LONG } from "../link.js";
import { messageOf } from "../words.js";

/** @typedef {Awaited<ReturnType<typeof import("../dialogs.js").createAll>>} All */

/** @param {import("../app.js").App} app */
export function createDialogs(app) {
  const { store } = app;
  const root = h("div", { class: "dialogs" });
  /** @type {Promise<All> | null} */
  let fetched = null;
  /** @type {All | null} */
  let all = null;

  /** Fetches the dialogs and does something with them. @param {(all: All) => unknown} work */
  async function use(work) {
    try {
      fetched ??= import("../dialogs.js").then(({ createAll }) => createAll(app, root));
      work(all = await fetched);
    } catch (error) {
      fetched = null;
      app.fail(`The dialog could not be fetched: ${messageOf(error)}`);
    }
  }

  /** What must be known about a link to this moment; empty if nothing. @param {string} address */
  function caution(address) {
    if (store.get().errors.length > 0) return "It opens the run on the screen, without your edits, because the edited text has an error.";
    return address.length > LONG
      ? `It is ${address.length} characters long, and some programs truncate links of that length. Saving the text as a file is safer.` : "";
  }

  return {
    root,
    caution,
    gallery: () => use(({ gallery }) => gallery.open()),
    share: () => use(({ share }) => share.open()),
    help: () => use(({ help: { box } }) => (box.open ? box.close() : box.showModal())),
    /** Shows a link to be copied. @param {string} address @param {string} about */
    link: (address, about) => use(({ share }) => share.link(address, about)),
    repaint: () => all?.help.repaint(),
  };
}
