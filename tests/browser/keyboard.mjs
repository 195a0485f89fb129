// The keyboard alone: the way through the page and through an article, where the focus can always be seen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { HOME } from "./lib/home.mjs";
import { frames, now, settled, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const TEXT = "lanes bully raft\nnodes 5\nat 2s crash leader\nuntil 8s\n";
const HASH = `#${engine.encodeLink(TEXT, 3e6, null, "", "")}`;
/** The most stops of the Tab key in an element of an article. */
const STOPS_MAX = { min: 12, none: 6 };

const article = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>An article</title>
<script type="module" src="../pkg/element.js"></script>
<body>
${/** @type {const} */ (["min", "none"]).map((it) => `<button id="before-${it}">before</button><election-playground id="${it}" controls="${it}" at="3s">${TEXT}</election-playground>`).join("\n")}
<button id="end">after</button>
</body>
</html>`;
const before = (/** @type {Page} */ page) => page.route(`${HOME}article.html`, (route) => route.fulfill({ contentType: "text/html", body: article }));
const ARTICLE = { path: "article.html", ready: "election-playground .lane canvas", before };

/** The element with the focus: where it is, its name, what is wrong with how it shows, and whether it had the focus before. @param {Page} page */
const focus = (page) => page.evaluate(() => {
  const host = document.activeElement;
  const on = host?.shadowRoot?.activeElement;
  if (!on) return { id: host?.id ?? "", name: "", wrong: "", again: true };
  const { visited } = /** @type {any} */ (globalThis);
  const again = visited.has(on);
  visited.add(on);
  const name = `${on.tagName.toLowerCase()}.${on.className} ${on.getAttribute("aria-label") ?? on.textContent?.slice(0, 20)}`;
  const box = on.getBoundingClientRect();
  const [x, y] = [Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2), box.y + Math.min(box.height / 2, 40)];
  const top = host?.shadowRoot?.elementFromPoint(x, y);
  const outlined = [on, on.closest(".scroller")].some((it) => it && getComputedStyle(it).outlineStyle !== "none" && parseFloat(getComputedStyle(it).outlineWidth) >= 2);
  const wrong = !outlined ? "has no outline" : box.width < 1 || box.height < 1 ? "has no size" : y < 0 || y > innerHeight ? "is out of sight"
    : !top || !(on.contains(top) || top.contains(on)) ? `is covered by ${top?.tagName}.${top?.className}` : "";
  return { id: host?.id ?? "", name, wrong, again };
});

/** Where Tab leads from here until the focus leaves the element or returns to where it was. @param {Page} page @param {string} id @param {string} key */
async function way(page, id, key) {
  /** @type {{name: string, wrong: string}[]} */
  const stops = [];
  await page.evaluate(() => void (/** @type {any} */ (globalThis).visited = new Set()));
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press(key);
    await frames(page);
    const on = await focus(page);
    if (on.id !== id || on.again) return stops;
    stops.push(on);
  }
  assert.fail(`the focus does not leave: ${stops.slice(-4).map((it) => it.name).join(", ")}`);
}

/** @param {{name: string, wrong: string}[]} stops */
const faults = (stops) => stops.filter((it) => it.wrong !== "").map((it) => `${it.name} ${it.wrong}`);

test("in an article, few stops lead through an element, and the focus can be seen at each", async () => {
  await withPage(ARTICLE, async (page) => {
    await settled(page);
    for (const id of /** @type {const} */ (["min", "none"])) {
      await page.focus(`#before-${id}`);
      const stops = await way(page, id, "Tab");
      assert(0 < stops.length && stops.length <= STOPS_MAX[id], `${id}: ${stops.length} stops: ${stops.map((it) => it.name).join(", ")}`);
      assert.deepEqual(faults(stops), []);
      const back = await way(page, id, "Shift+Tab");
      assert.deepEqual(back.map((it) => it.name).reverse(), stops.map((it) => it.name), "the same way back");
    }
  });
});

for (const [width, height] of /** @type {const} */ ([[1440, 900], [390, 844]])) {
  test(`through the whole page the focus can be seen at each stop, ${width} wide`, async () => {
    await withPage({ hash: HASH, width, height }, async (page) => {
      const stops = await way(page, "", "Tab");
      assert(stops.length > 30, `${stops.length}`);
      assert.deepEqual(faults(stops), []);
    });
  });
}

test("in an element of an article, arrow keys and Escape mean what they mean on the page", async () => {
  await withPage(ARTICLE, async (page) => {
    await settled(page);
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName ?? "");
    await page.focus("#min .lane canvas");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    while ((await focused()) !== "CANVAS") await page.keyboard.press("Shift+Tab");
    // Entered by keyboard, a picture chooses nodes.
    const at = await now(page);
    await page.keyboard.press("ArrowRight");
    assert.equal(await now(page), at);
    await page.keyboard.press("Enter");
    assert.match((await page.textContent("#min .menu:popover-open h3")) ?? "", /Node \d/);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#min .menu:popover-open").count(), 0, "the menu is closed");
    assert.equal(await focused(), "CANVAS", "the focus is back");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowRight");
    const later = await now(page);
    assert(later > at, "arrow keys step again");
    await page.keyboard.press("Home");
    assert.equal(await now(page), 0);
    await page.focus("#min .slider");
    await page.keyboard.press("End");
    assert.equal(await now(page), 8000);
    await page.keyboard.press("PageDown");
    assert.equal(await now(page), 7600);
    await page.focus("#end");
    await page.keyboard.press("Home");
    await page.keyboard.press("c");
    assert.equal(await now(page), 7600, "keys outside of it are the article's");
  });
});
