// axe finds nothing in anything that the page can show, light and dark, on a screen and on a phone, and in an article.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { violations } from "./lib/axe.mjs";
import { HOME } from "./lib/home.mjs";
import { frames, settled, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const linkTo = (/** @type {string} */ text, /** @type {number} */ at) => `#${engine.encodeLink(text, at, null, "", "")}`;
const FIRST = readFileSync(new URL("../../scenarios/first-look.txt", import.meta.url), "utf8");
const STORY = `lanes ring bully raft
seed 42
at 1s say "All is well."
at 2s partition 1 2 | 3 4 5
at 2s ask "In which lanes will two nodes lead?"
at 4s answer leaders = 2 in ring bully because "Nobody there counts."
until 6s
`;
const CHOICES = STORY.replace(/answer .*/, 'answer "one" if leaders = 1 | "two"');
const PHONE = { hasTouch: true, isMobile: true };

const article = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>An article</title>
<script type="module" src="../pkg/element.js"></script>
<body>
<main>
<h1>An article</h1>
${["min", "none", "full"].map((it) => `<election-playground controls="${it}" at="2.1s">\nlanes bully raft\nnodes 5\nat 2s crash leader\nuntil 8s\n</election-playground>`).join("\n")}
</main>
</body>
</html>`;

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  const options = { colorScheme, bypassCSP: true };
  // In the dark, only the colours differ.
  const none = async (/** @type {Page} */ page, /** @type {string} */ when) => {
    await frames(page);
    assert.deepEqual(await violations(page, colorScheme === "dark"), [], when);
  };

  test(`axe finds nothing at rest, in an election and in what opens, ${colorScheme}`, async () => {
    await withPage({ hash: linkTo(FIRST, 60e3), options }, async (page) => {
      await page.click(".as-table summary");
      await page.click(".palette button >> nth=0");
      await page.waitForSelector(".idle:not([hidden])");
      await none(page, "at rest, with the tables, and an action that met nobody");
      await page.evaluate(() => /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).seek(2.2));
      await page.waitForSelector(".lane.elects");
      await none(page, "in an election, where the other lanes recede");
      await page.click(".top >> text=Gallery");
      await page.waitForSelector(".gallery li");
      await none(page, "the gallery");
      await page.keyboard.press("Escape");
      await page.click(".top >> text=Share");
      await none(page, "Share");
      await page.keyboard.press("Escape");
      await page.click('.top [aria-label^="Legend"]');
      await none(page, "the legend and the keys");
      await page.keyboard.press("Escape");
      await page.click(".lane .marks >> nth=0");
      await page.waitForSelector(".menu .claims");
      await none(page, "the menu about an algorithm");
      await page.keyboard.press("Escape");
      await page.keyboard.press("2");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".menu .deed");
      await none(page, "the menu of a node");
      await page.keyboard.press("Escape");
      for (const form of ["Partition…", "Link…", "Message…"]) {
        await page.click(`.palette >> text=${form}`);
        await none(page, form);
      }
      await page.focus(".editor textarea");
      await page.keyboard.press("Control+End");
      await page.keyboard.type("at 24s cra");
      await page.waitForSelector(".completions:not([hidden]) li");
      await page.keyboard.press("ArrowDown");
      await none(page, "the list of words, and an error in the text");
    });
  });

  test(`axe finds nothing in a question and its answer, ${colorScheme}`, async () => {
    await withPage({ hash: linkTo(STORY, 1.98e6), options }, async (page) => {
      await page.click(".play");
      await page.click(".story >> role=button[name=Ring]", { timeout: 60_000 });
      await none(page, "the question");
      await page.click(".story >> text=Play and see");
      await page.evaluate(() => /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).seek(4.5));
      await page.waitForSelector(".story .cell");
      await none(page, "the answer");
    });
  });

  test(`axe finds nothing on a phone, with tabs, a question, a dialog and the sheet, ${colorScheme}`, async () => {
    await withPage({ hash: linkTo(FIRST, 2.2e6), width: 390, height: 844, options: { ...options, ...PHONE } }, async (page) => {
      assert.equal(await page.locator(".tab").count(), 4);
      await none(page, "in an election");
      await page.tap(".top >> text=Share");
      await page.waitForSelector(".share[open]");
      await none(page, "Share");
      await page.keyboard.press("Escape");
      await page.tap(".tab:nth-child(2)");
      await page.tap(".lane:nth-child(2) .about");
      await page.waitForSelector(".menu .claims");
      await none(page, "the menu about an algorithm");
      await page.keyboard.press("Escape");
      await page.tap(".for-sheet");
      await none(page, "the sheet");
    });
    await withPage({ hash: linkTo(CHOICES, 1.98e6), width: 360, height: 740, options: { ...options, ...PHONE } }, async (page) => {
      await page.tap(".play");
      await page.tap('.story >> role=button[name="Raft: two"]', { timeout: 60_000 });
      await none(page, "a question with choices");
    });
    await withPage({ hash: "#v=2&s=lanes+raft", width: 390, height: 844, options: { ...options, ...PHONE } }, (page) => none(page, "nothing plays"));
  });

  test(`axe finds nothing in an article with three elements, ${colorScheme}`, async () => {
    const before = (/** @type {Page} */ page) => page.route(`${HOME}article.html`, (route) => route.fulfill({ contentType: "text/html", body: article }));
    await withPage({ path: "article.html", before, ready: "election-playground .lane canvas", options }, async (page) => {
      await settled(page);
      await none(page, "min, none and full");
    });
  });
}
