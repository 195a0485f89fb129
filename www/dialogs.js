// The dialogs: the gallery, sharing, and the help. No run needs them.

import { createGallery } from "./panels/gallery.js";
import { createHelp } from "./panels/help.js";
import { createShare } from "./panels/share.js";

/** @param {import("./app.js").App} app @param {HTMLElement} root Where they are put. */
export function createAll(app, root) {
  const [gallery, share, help] = [createGallery(app), createShare(app), createHelp(app)];
  root.append(gallery.box, share.box, help.box);
  // The symbols of the legend have no colours yet.
  help.repaint();
  return { gallery, share, help };
}
