// Fingers: a swipe that begins on something that can be pressed scrolls and does nothing else; a tap acts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { frames, now, text, withPage } from "./lib/page.mjs";
import { swipe } from "./lib/touch.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
// Without its question, which hides what follows it.
const FIRST = readFileSync(new URL("../../scenarios/first-look.txt", import.meta.url), "utf8").replace(/^at \S+ +(ask|answer|say) .*\n/gm, "");
const HASH = `#${engine.encodeLink(FIRST, 5e6, null, "", "")}`;
const SIZES = /** @type {const} */ ([[390, 844], [320, 640]]);
const TOUCH = { hasTouch: true, isMobile: true };

/** What can be pressed: the element, and what must lie under the finger according to its `data-over`. */
const PLACES = /** @type {const} */ ({
  "a fault's label": [".slider", "act"],
  "a node": [".lane canvas", "node"],
  "the bands": [".slider", "band"],
  "the failover": [".failover canvas", null],
  "a number of the score": [".score .number", null],
  "a tab": [".tab:nth-child(3)", null],
});

/** A point on an element, in the middle of the scrolled part. @param {Page} page @param {string} selector @param {string | null} over */
async function pointOn(page, selector, over) {
  await page.locator(selector).first().evaluate((it) => it.scrollIntoView({ block: "center" }));
  await frames(page);
  const point = await page.locator(selector).first().evaluate((it, over) => {
    const box = it.getBoundingClientRect();
    const element = /** @type {HTMLElement} */ (it);
    if (over === null) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    // A mouse that passes over says where it is.
    for (let y = 6; y < box.height; y += 4) {
      for (let x = over === "band" ? box.width / 2 : 10; x < box.width; x += 6) {
        element.dispatchEvent(new PointerEvent("pointermove", { clientX: box.x + x, clientY: box.y + y, pointerType: "mouse" }));
        if (element.dataset.over !== over) continue;
        element.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
        return { x: box.x + x, y: box.y + y };
      }
    }
    return null;
  }, over);
  assert(point, `no ${over} on ${selector}`);
  await frames(page);
  return point;
}

/** Everything that a press could change. @param {Page} page */
const state = async (page) => ({
  text: await text(page), now: await now(page), open: await page.locator("dialog[open], .menu:popover-open, .picker:visible, .sheet-open").count(),
  playing: await page.getAttribute(".play", "aria-pressed"), tip: await page.isVisible(".tip"), selected: await page.textContent(".app > .main > .unseen"),
  range: await page.isVisible(".whole-run"),
});

const scrolled = (/** @type {Page} */ page) => page.$eval(".main", (it) => it.scrollTop);

for (const [width, height] of SIZES) {
  test(`a swipe scrolls and does nothing else, ${width} × ${height}`, async () => {
    await withPage({ width, height, hash: HASH, options: TOUCH }, async (page) => {
      const before = await state(page);
      for (const [name, [selector, over]] of Object.entries(PLACES)) {
        const point = await pointOn(page, selector, over);
        const from = await scrolled(page);
        const room = await page.$eval(".main", (it) => it.scrollHeight - it.clientHeight - it.scrollTop);
        await swipe(page, point, { x: 0, y: room > 100 ? -120 : 120 });
        await page.waitForFunction((from) => Math.abs(inside(".main").scrollTop - from) > 40, from, { timeout: 5000 }).catch(() => assert.fail(`${name}: it has not scrolled`));
        assert.deepEqual(await state(page), before, name);
      }
    });
  });

  test(`a swipe to the side turns to the next lane, and drags the playhead in the bands, ${width} × ${height}`, async () => {
    await withPage({ width, height, hash: HASH, options: TOUCH }, async (page) => {
      const before = await state(page);
      await swipe(page, await pointOn(page, ".lane canvas", "node"), { x: -200, y: 0 });
      await page.waitForSelector('.tab:nth-child(2)[aria-current="true"]');
      assert.deepEqual(await state(page), before);
      const point = await pointOn(page, ".slider", "band");
      await swipe(page, point, { x: 80, y: 4 });
      assert((await now(page)) > before.now);
      assert.deepEqual({ ...(await state(page)), now: 0 }, { ...before, now: 0 });
    });
  });

  test(`a tap acts, ${width} × ${height}`, async () => {
    await withPage({ width, height, hash: HASH, options: TOUCH }, async (page) => {
      const tap = async (/** @type {keyof typeof PLACES} */ name) => {
        const { x, y } = await pointOn(page, PLACES[name][0], PLACES[name][1]);
        await page.touchscreen.tap(x, y);
        await frames(page);
      };
      const before = await state(page);
      await tap("the failover");
      assert(2000 < (await now(page)) && (await now(page)) < 5000, `in the first failover: ${await now(page)}`);
      await tap("a fault's label");
      assert.equal(await now(page), 2000, "the first fault");
      await tap("the bands");
      assert(8000 < (await now(page)) && (await now(page)) < 16_000, `the middle of the run: ${await now(page)}`);
      assert(await page.isVisible(".tip"));
      const at = await now(page);
      await tap("a number of the score");
      assert.notEqual(await now(page), at);
      await tap("a tab");
      await page.waitForSelector('.tab:nth-child(3)[aria-current="true"]');
      await page.tap(".tab:nth-child(1)");
      await page.waitForSelector('.tab:nth-child(1)[aria-current="true"]');
      await tap("a node");
      assert.match((await page.textContent(".menu:popover-open h3")) ?? "", /Node \d/);
      await page.tap(".menu .deed >> nth=0");
      await page.waitForFunction((before) => inside("textarea").value !== before, before.text);
    });
  });
}
