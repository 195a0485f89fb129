// Where an element's scenario comes from: its `link`, its `src`, or what stands between its tags.

import { Wrong, hashOf } from "./attributes.js";

/**
 * @typedef {{kind: "text", text: string} | {kind: "src", src: string} | {kind: "link", hash: string}
 *   | {kind: "wrong", why: string, text: string}} Source
 */

/** What to do about a text that was not meant for HTML. */
const FENCE = "A blank line ends an HTML block in Markdown, and what follows becomes paragraphs and headings. Write the scenario as a code block marked “election” instead, or put it into <pre> inside the element";

/** How a statement begins: what Markdown has cut off stands after the element. */
const STATEMENT = /^(at\s+\d|until\s+\d|expect\s|lanes?\s+[a-z]|nodes\s+\d|seed\s+\d|latency\s+\d|loss\s+\d|set\s+[a-z-]+[.\s]|init\s+[a-z]|break\s+[a-z])/;

/** @param {HTMLElement} element @returns {Source} */
export function sourceOf(element) {
  const [src, link] = [element.getAttribute("src"), element.getAttribute("link")];
  if (link !== null && src !== null) return { kind: "wrong", why: "It has both link and src; one of them has to go", text: "" };
  if (link !== null) {
    try {
      return { kind: "link", hash: /** @type {string} */ (hashOf(link)) };
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      return { kind: "wrong", why: error.message, text: "" };
    }
  }
  if (src !== null) return src.trim() === "" ? { kind: "wrong", why: "Its src is empty; it takes the URL of a scenario", text: "" } : { kind: "src", src };
  return inside(element);
}

/** What stands between the tags. @param {HTMLElement} element @returns {Source} */
function inside(element) {
  const children = [...element.children];
  const [only] = children;
  const bare = [...element.childNodes].filter((it) => it.nodeType === Node.TEXT_NODE).map((it) => it.nodeValue).join("");
  const all = (element.textContent ?? "").trim();
  if (children.length === 1 && bare.trim() === "" && (only.localName === "pre" || isScript(only))) return { kind: "text", text: dedent(only.textContent ?? "") };
  if (children.length > 0) return { kind: "wrong", why: `It contains <${(children.find((it) => !isScript(it)) ?? only).localName}>. ${FENCE}`, text: all };
  const after = (element.nextElementSibling ?? (element.parentElement?.localName === "p" ? element.parentElement.nextElementSibling : null))?.textContent?.trim() ?? "";
  if (all !== "" && STATEMENT.test(after)) return { kind: "wrong", why: `The text goes on after the element. ${FENCE}`, text: `${dedent(bare)}\n${after}` };
  return { kind: "text", text: dedent(bare) };
}

/** @param {Element} element */
export const isScript = (element) => element.localName === "script" && element.getAttribute("type") === "text/election";

/** Removes the indentation that a text has from the surrounding markup. @param {string} text */
export function dedent(text) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const deep = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const common = Math.min(...deep);
  const body = lines.map((line) => line.slice(Number.isFinite(common) ? common : 0)).join("\n").trim();
  return body === "" ? "" : `${body}\n`;
}
