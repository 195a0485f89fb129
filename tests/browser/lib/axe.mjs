// What axe finds on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules about colours. */
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/**
 * Violations, in short. The page must be open without its content security policy.
 *
 * @param {import("playwright-core").Page} page
 * @param {boolean} [colours] Only of the rules about colours.
 * @returns {Promise<string[]>}
 */
export async function violations(page, colours = false) {
  await page.evaluate(`globalThis.axe ?? (() => { ${axe} })()`);
  return page.evaluate(async (/** @type {unknown} */ runOnly) => {
    const results = await /** @type {any} */ (window).axe.run(document, { runOnly });
    return results.violations.map((/** @type {any} */ it) => `${it.id}: ${it.nodes.map((/** @type {any} */ n) => `${n.target} ${n.failureSummary}`).slice(0, 4).join(" | ")}`);
  }, colours ? COLOURS : RULES);
}
