// The dialogs: the gallery, sharing, and the help.

import { createGallery } from "./gallery.js";
import { createHelp } from "./help.js";
import { createShare } from "./share.js";

/** @param {import("../app.js").App} app */
export function createDialogs(app) {
  const gallery = createGallery(app);
  const share = createShare(app);
  const help = createHelp(app);
  return {
    roots: [gallery.box, share.box, help.box],
    gallery: gallery.open,
    share: share.open,
    /** Shows a link to be copied. */
    link: share.link,
    /** What must be known about a link to this moment; empty if nothing. */
    caution: share.caution,
    repaint: help.repaint,
    help: () => (help.box.open ? help.box.close() : help.box.showModal()),
  };
}
