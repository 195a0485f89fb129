// The debugger's style sheet, which the shadow root adopts beside the playground's own.

import { DEBUGGER as FILES } from "../style/files.js";

/** The text of the style sheet; the bundle contains it. */
async function text() {
  const files = FILES.map(async (name) => (await fetch(new URL(`../style/${name}.css`, import.meta.url))).text());
  return (await Promise.all(files)).join("\n");
}

const sheet = new CSSStyleSheet();
/** Resolves to the sheet when it has its rules. */
export const styled = text().then((it) => sheet.replace(it));
