// Content security policies of the pages that are built.

import { createHash } from "node:crypto";

/** What a policy calls an inline script or style. @param {string} content */
export const hashOf = (content) => `sha256-${createHash("sha256").update(content).digest("base64")}`;

/** The part of a text between two others. @param {string} text @param {string} start @param {string} end */
export function between(text, start, end) {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from + start.length);
  if (from < 0 || to < 0) throw new Error(`there is nothing between ${start} and ${end}`);
  return text.slice(from + start.length, to);
}
