// What users ask of the system: colours of its own, less motion, paper.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { frames, pause, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const TEXT = "lanes ring bully zookeeper raft\nnodes 5\nat 2s crash leader\nat 5s partition 1 2 | 3 4 5\nuntil 8s\n";
const linkTo = (/** @type {string} */ text, /** @type {number} */ at) => `#${engine.encodeLink(text, at, null, "", "")}`;
const STORY = `lanes ring bully raft
at 2s partition 1 2 | 3 4 5
at 2s ask "In which lanes will two nodes lead?"
at 4s answer leaders = 2 in ring bully
until 6s
`;

/** How many pixels of each picture are painted. @param {Page} page @param {string} selector */
const ink = (page, selector) => page.$$eval(selector, (all) => all.map((it) => {
  const canvas = /** @type {HTMLCanvasElement} */ (it);
  const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
}));

/** How an element is set off from others. @param {Page} page @param {string} selector */
const look = (page, selector) => page.locator(selector).first().evaluate((it) => {
  const { backgroundColor, borderColor, color, outlineStyle } = getComputedStyle(it);
  return `${backgroundColor} ${borderColor} ${color} ${outlineStyle}`;
});

test("with forced colours, what is pressed, chosen or focused differs from what is not", async () => {
  await withPage({ hash: linkTo(STORY, 1.98e6), options: { forcedColors: "active" } }, async (page) => {
    const differs = async (/** @type {string} */ on, /** @type {string} */ off) => assert.notEqual(await look(page, on), await look(page, off), on);
    await differs(".play", '[aria-label="One event forward"]');
    await differs('.segmented [aria-pressed="true"]', '.segmented [aria-pressed="false"]');
    await page.click(".play");
    await page.click(".story .choice >> nth=0", { timeout: 60_000 });
    await page.waitForSelector('.story .choice[aria-pressed="true"]');
    await differs('.story .choice[aria-pressed="true"]', '.story .choice[aria-pressed="false"]');
    await differs(".story .primary", ".story .choice[aria-pressed='false']");
    await page.click(".palette >> text=Pause…");
    await differs('.palette [aria-expanded="true"]', '.palette [aria-expanded="false"]');
    await page.click(".palette >> text=Partition…");
    await page.click(".picker .chips >> text=1");
    await page.waitForSelector('.picker .chips [aria-pressed="true"]');
    await differs('.picker .chips [aria-pressed="true"]', '.picker .chips [aria-pressed="false"]');
    await page.click(".top >> text=Gallery");
    await page.click(".gallery .chips >> text=Bully");
    await differs('.gallery .chips [aria-pressed="true"]', '.gallery .chips [aria-pressed="false"]');
    await page.click(".gallery .head button");
    await page.focus(".editor textarea");
    await page.keyboard.press("Control+End");
    await page.keyboard.type("at 5s cra");
    await page.waitForSelector(".completions:not([hidden]) li");
    await page.keyboard.press("Control+Space");
    await page.keyboard.press("ArrowDown");
    assert.match(await look(page, '.completions [aria-selected="true"]'), /^rgb/);
    const [chosen, list] = await Promise.all(['.completions [aria-selected="true"]', ".completions"].map((it) => page.locator(it).evaluate((on) => getComputedStyle(on).backgroundColor)));
    assert.notEqual(chosen, list);
  });
  await withPage({ hash: linkTo(TEXT, 3e6), width: 390, height: 844, options: { forcedColors: "active", hasTouch: true } }, async (page) => {
    assert.notEqual(await look(page, '.tab[aria-current="true"]'), await look(page, '.tab[aria-current="false"]'));
  });
});

test("with reduced motion, the picture changes in steps and nothing slides", async () => {
  const options = /** @type {const} */ ({ reducedMotion: "reduce", hasTouch: true });
  await withPage({ hash: linkTo(TEXT, 2.2e6), width: 390, height: 844, options }, async (page) => {
    await page.click(".play");
    // In each frame of the browser: is the picture another one than before?
    const { changes, lasted } = await page.evaluate(async () => {
      const canvas = /** @type {HTMLCanvasElement} */ (inside(".lane canvas"));
      const start = performance.now();
      let [changes, before] = [0, canvas.toDataURL()];
      while (performance.now() - start < 2500) {
        await new Promise(requestAnimationFrame);
        const now = canvas.toDataURL();
        if (now !== before) changes++;
        before = now;
      }
      return { changes, lasted: performance.now() - start };
    });
    assert(1 < changes && changes <= lasted / 600 + 1, `${changes} changes in ${lasted} ms`);
    await pause(page);
    await page.click(".tab:nth-child(3)");
    await frames(page);
    assert.equal(await page.$eval(".lanes", (it) => it.scrollLeft), await page.$eval(".lane:nth-child(3)", (it) => /** @type {HTMLElement} */ (it).offsetLeft), "it is there at once");
    await page.click(".for-sheet");
    const sliding = await page.evaluate(() => document.querySelector("election-playground")?.shadowRoot?.getAnimations().length);
    assert.equal(sliding, 0);
  });
});

for (const [where, width, height] of /** @type {const} */ ([["a window", 1300, 500], ["a phone", 390, 844]])) {
  test(`on paper, all of it is there, printed from ${where}`, async () => {
    await withPage({ hash: linkTo(TEXT.replace("raft", "raft hs"), 3e6), width, height }, async (page) => {
      await pause(page);
      // This asks for the pictures as a user who prints does.
      const pdf = await page.pdf({ printBackground: true });
      assert(pdf.length > 20_000);
      const painted = await ink(page, ".lane canvas, .bands .back, .failover canvas");
      assert(painted.length === 7 && painted.every((pixels) => pixels > 500), `no picture is blank: ${painted}`);
      await page.emulateMedia({ media: "print" });
      // A page of A4 without its margins.
      await page.setViewportSize({ width: 718, height: 1000 });
      await frames(page);
      const { clipped, below, shown } = await page.evaluate(() => {
        const app = /** @type {HTMLElement} */ (inside(".app"));
        const parts = [...app.querySelectorAll(".lane, .bands, .failover, .scoreboard")].map((it) => it.getBoundingClientRect().bottom + scrollY);
        const scrolls = [...app.querySelectorAll("*")].filter((it) => it instanceof HTMLElement && it.checkVisibility() && /auto|scroll|hidden|clip/.test(getComputedStyle(it).overflowY) && it.scrollHeight > it.clientHeight + 2);
        return {
          clipped: scrolls.filter((it) => it.matches(".main, .lanes-panel, .scoreboard, .lanes, .app")).map((it) => it.className),
          below: Math.max(...parts) - document.documentElement.scrollHeight, shown: [".controls", ".top button"].filter((it) => inside(it).checkVisibility()),
        };
      });
      assert.deepEqual(clipped, [], "nothing has to be scrolled");
      assert(below <= 0, `${below} pixels lie outside of the document`);
      assert.deepEqual(shown, [], "nothing to press");
    });
  });
}
