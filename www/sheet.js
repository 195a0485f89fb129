// The style sheet of a playground, shared by all playgrounds on a page. It is adopted by their shadow roots, which a
// strict content security policy allows, in contrast to style elements.

import { FILES } from "./style/files.js";

/** The text of the style sheet; the bundle contains it. */
async function text() {
  const files = FILES.map(async (name) => (await fetch(new URL(`style/${name}.css`, import.meta.url))).text());
  return (await Promise.all(files)).join("\n");
}

export const sheet = new CSSStyleSheet();
/** Resolves when the sheet has its rules. */
export const styled = text().then((it) => sheet.replaceSync(it));
