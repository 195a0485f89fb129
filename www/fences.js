// Turns the code blocks of a page that are marked `election` into playgrounds, as Markdown tools write them: those that are
// there, and those that come later, as on sites that replace their content without loading a page. The block itself stays where
// it is, hidden, because the site may count on finding it there.

import { ATTRIBUTES } from "./attributes.js";
import { h } from "./dom.js";
import { list } from "./words.js";

/** A code block in the HTML of the usual tools, and a script that holds a scenario. */
const BLOCKS = "pre > code.language-election, pre.language-election > code, .language-election pre > code, .highlight-election pre, script[type='text/election']";
/** What such tools put around a block, with its name and a button that copies it. */
const AROUND = "div.language-election, div.highlight-election, figure.language-election";
/** On a block: that it is live. On anything around blocks, with the value `off`: that they stay what they are. */
const MARK = "data-election-playground";
/** What tools add to the lines of a block. */
const NUMBERS = ".linenos, .lineno, .line-number, .ln";

/** What a leading comment may set. */
const OPTIONS = ATTRIBUTES.filter((it) => !["src", "link"].includes(it));

/** The playground of each live block. @type {Map<Element, HTMLElement>} */
const live = new Map();

/**
 * The options in the leading comment of a text: `# embed: at=2.5s controls=full caption="Two leaders"`.
 *
 * @param {string} text
 */
export function optionsOf(text) {
  /** @type {[name: string, value: string][]} */
  const options = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("#")) break;
    const [, all = ""] = /^#\s*embed:(.*)$/.exec(line) ?? [];
    for (const [, name, quoted, bare] of all.matchAll(/([^\s=]+)(?:=(?:"([^"]*)"|(\S*)))?/g)) options.push([name, quoted ?? bare ?? ""]);
  }
  return { options: options.filter(([name]) => OPTIONS.includes(name)), unknown: options.map(([name]) => name).filter((it) => !OPTIONS.includes(it)) };
}

/** Makes a block live. @param {Element} code */
function enliven(code) {
  const pre = code.closest("pre") ?? code;
  const block = pre.closest(AROUND) ?? pre;
  const before = live.get(block) ?? (block.getAttribute(MARK) === "live" ? block.nextElementSibling : null);
  if (before?.isConnected || code.closest(`[${MARK}=off], election-playground`)) return;
  const clone = /** @type {Element} */ (code.cloneNode(true));
  for (const it of clone.querySelectorAll(NUMBERS)) it.remove();
  const text = clone.textContent ?? "";
  const element = /** @type {import("./element.js").ElectionPlayground} */ (document.createElement("election-playground"));
  const { options, unknown } = optionsOf(text.trimStart());
  for (const [name, value] of options) element.setAttribute(name, value);
  element.append(h("pre", { text }));
  block.setAttribute(MARK, "live");
  /** @type {HTMLElement} */ (block).style.setProperty("display", "none", "important");
  block.after(element);
  live.set(block, element);
  if (unknown.length > 0) element.report(`The line “# embed:” has no option ${list(unknown)}; it has ${list(OPTIONS)}`);
}

/** @param {ParentNode & Node} inside */
function search(inside) {
  if (inside instanceof Element && inside.matches(BLOCKS)) enliven(inside);
  for (const code of inside.querySelectorAll(BLOCKS)) enliven(code);
}

/** Watches a document from now on. @param {Document} page */
export function watch(page) {
  search(page);
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node instanceof Element && node.isConnected) search(node);
    // A block that is gone takes its playground with it.
    for (const [block, element] of live) {
      if (block.isConnected) continue;
      if (element.isConnected) element.remove();
      live.delete(block);
    }
  }).observe(page, { childList: true, subtree: true });
}
