// What users do with the bands, in a real browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { frames, now, pause, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const FIRST = readFileSync(new URL("../../scenarios/first-look.txt", import.meta.url), "utf8");
const linkTo = (/** @type {number} */ at) => `#${engine.encodeLink(FIRST, at, null, "", "")}`;

/** The position of an instant in a row of the first look. @param {Page} page @param {number} lane @param {number} at @param {[number, number]} [shown] */
async function spot(page, lane, at, [from, to] = [0, 25e6]) {
  await page.locator(".slider").scrollIntoViewIfNeeded();
  const box = await page.locator(".slider").boundingBox();
  assert(box);
  const place = await page.evaluate(async ({ lane, at, from, to }) => {
    const [{ bandsLayout }, { xOf }, { measurer }, { readTheme }, { poster }] = await Promise.all(
      ["./scene/bands.js", "./scene/axis.js", "./paint.js", "./theme.js", "./poster.js"].map((it) => import(new URL(it, location.href).href)));
    const slider = /** @type {HTMLElement} */ (inside(".slider"));
    const cx = document.createElement("canvas").getContext("2d");
    const measure = measurer(cx, readTheme(inside(".app")));
    const { run, infos } = poster(inside("textarea").value);
    const names = infos.map((/** @type {{title: string}} */ it) => it.title);
    const { rows, axis } = bandsLayout({ run, stories: [], names, w: slider.clientWidth, from, to, measure });
    return { x: xOf(axis, at), y: rows[lane] + 9 };
  }, { lane, at, from, to });
  return { x: box.x + place.x, y: box.y + place.y, box };
}
/** @param {Page} page */
const tip = async (page) => {
  await frames(page);
  return (await page.isVisible(".tip")) ? page.textContent(".tip") : null;
};
/** @param {Page} page */
const zoomedIn = async (page) => {
  await frames(page);
  return page.isVisible(".whole-run");
};

for (const width of [1440, 820, 360]) {
  test(`a gap says how long it is and whose, ${width} wide`, async () => {
    await withPage({ width, hash: linkTo(1e6) }, async (page) => {
      const { x, y } = await spot(page, 0, 2_300_000);
      await page.mouse.move(x, y);
      assert.match((await tip(page)) ?? "", /no leader for 648 ms, 2\.000–2\.648 s, lane Ring/);
      const box = await page.locator(".tip").boundingBox();
      assert(box && 0 <= box.x && box.x + box.width <= width, "all of it is on the screen");
      await page.mouse.move(5, 5);
      assert.equal(await tip(page), null);
    });
  });
}

test("a tap shows it too", async () => {
  await withPage({ width: 360, height: 740, hash: linkTo(1e6), options: { hasTouch: true } }, async (page) => {
    const { x, y } = await spot(page, 2, 4_000_000);
    await page.touchscreen.tap(x, y);
    assert.match((await tip(page)) ?? "", /no leader for 3\.95 s, 2\.000–5\.946 s, lane ZooKeeper/);
    assert(Math.abs((await now(page)) - 4000) < 200, "and moves the playhead");
  });
});

test("the wheel zooms around the pointer, which keeps its place", async () => {
  await withPage({ hash: linkTo(1e6) }, async (page) => {
    assert.equal(await zoomedIn(page), false);
    const { x, y } = await spot(page, 0, 20_130_000);
    await page.mouse.move(x, y);
    await page.keyboard.down("Control");
    for (let i = 0; i < 12; i++) {
      await page.mouse.wheel(0, -200);
      await frames(page);
    }
    await page.keyboard.up("Control");
    assert.equal(await zoomedIn(page), true);
    assert.match((await tip(page)) ?? "", /no leader for 57 ms, 20\.102–20\.158 s, lane Ring/, "what was under the pointer still is");
    await page.waitForTimeout(100);
    assert.match((await tip(page)) ?? "", /lane Ring/, "it does not jump to the playhead");
    assert.equal(await now(page), 1000);
    // Horizontally: what was under the pointer leaves the view, and returns.
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, 200);
    assert.doesNotMatch((await tip(page)) ?? "", /57 ms/, "the tooltip is about what is there now");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Shift");
    assert.match((await tip(page)) ?? "", /57 ms/);
    await page.mouse.wheel(200, 0);
    assert.doesNotMatch((await tip(page)) ?? "", /57 ms/);
    await page.mouse.down({ button: "middle" });
    await page.mouse.move(x + 200, y, { steps: 4 });
    await page.mouse.up({ button: "middle" });
    await page.mouse.move(x, y);
    assert.match((await tip(page)) ?? "", /57 ms/);
    assert.equal(await now(page), 1000, "nothing of it moved the playhead");
    // A step of the playhead brings it into view.
    await page.keyboard.press("ArrowRight");
    await frames(page);
    const { left, right } = await page.evaluate(() => /** @type {HTMLElement} */ (inside(".slider")).getBoundingClientRect());
    assert(left < x && x < right);
    await page.mouse.move(x, y + 1);
    assert.doesNotMatch((await tip(page)) ?? "", /20\./);
    await page.click(".whole-run");
    assert.equal(await zoomedIn(page), false);
  });
});

test("keys zoom around the playhead and pan the view", async () => {
  await withPage({ hash: linkTo(20_130_000) }, async (page) => {
    for (let i = 0; i < 8; i++) await page.keyboard.press("+");
    assert.equal(await zoomedIn(page), true);
    const before = await now(page);
    await page.focus(".slider");
    await page.keyboard.press("Shift+PageDown");
    await frames(page);
    assert.equal(await now(page), before, "Shift moves only what is shown");
    await page.keyboard.press("PageUp");
    const after = await now(page);
    assert(after > before && after < before + 200, "a page is most of what is shown");
    for (let i = 0; i < 8; i++) await page.keyboard.press("-");
    assert.equal(await zoomedIn(page), false);
  });
});

test("time stops while the pointer is held, and continues on release", async () => {
  await withPage({}, async (page) => {
    const { x, y } = await spot(page, 0, 10e6);
    await page.mouse.move(x, y);
    await page.mouse.down();
    const held = await now(page);
    await page.waitForTimeout(400);
    assert.equal(await now(page), held);
    await page.mouse.move(x + 40, y, { steps: 3 });
    const moved = await now(page);
    assert(moved > held);
    await page.waitForTimeout(200);
    assert.equal(await now(page), moved);
    await page.mouse.up();
    await page.waitForFunction((at) => Number(inside(".slider")?.getAttribute("aria-valuenow")) > at, moved);
    await pause(page);
    await page.mouse.move(x, y);
    const at = await now(page);
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForTimeout(150);
    assert.notEqual(await now(page), at);
    assert.equal(await page.getAttribute(".play", "aria-pressed"), "false", "what was at rest stays at rest");
  });
});

test("the view follows a playhead that leaves it", async () => {
  await withPage({ hash: linkTo(3e6) }, async (page) => {
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    await page.selectOption('[aria-label="Speed"]', "1");
    await page.click(".play");
    await page.waitForFunction(() => Number(inside(".slider")?.getAttribute("aria-valuenow")) > 3600);
    await pause(page);
    const at = await now(page);
    const { box, y } = await spot(page, 0, 0);
    // The playhead's position in the view: a click there moves it by at most the length of the view.
    await page.mouse.click(box.x + box.width / 2, y);
    assert(Math.abs((await now(page)) - at) < 400);
  });
});

test("two fingers zoom", async () => {
  await withPage({ width: 360, height: 740, hash: linkTo(1e6), options: { hasTouch: true } }, async (page) => {
    const { x, y } = await spot(page, 0, 14e6);
    const client = await page.context().newCDPSession(page);
    /** @param {"touchStart" | "touchMove" | "touchEnd"} type @param {number[]} xs */
    const touch = (type, xs) => client.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((at, id) => ({ x: at, y, id })) });
    await touch("touchStart", [x - 20]);
    await touch("touchStart", [x - 20, x + 20]);
    for (const d of [30, 45, 60, 80]) await touch("touchMove", [x - d, x + d]);
    await touch("touchEnd", []);
    assert.equal(await zoomedIn(page), true);
    assert.equal(await now(page), 1000, "the first finger has not moved the playhead for good");
    const box = await page.locator(".whole-run").boundingBox();
    const slider = await page.locator(".slider").boundingBox();
    assert(box && slider && box.y >= slider.y + slider.height, "the button lies on nothing");
    assert(box.height >= 24);
  });
});

test("a line that stops the playhead is reported in its lane", async () => {
  await withPage({
    path: "dev.html",
    hash: linkTo(1e6),
    before: (page) => page.route("**/www/player.js", async (route) => {
      const response = await route.fetch();
      const made = "Object.defineProperty(this, 'breaks', { get: () => [{ line: 16, lane: 3, at: 7_000_000 }], set() {} });";
      await route.fulfill({ response, body: (await response.text()).replace("this.wake = wake;", (it) => it + made) });
    }),
  }, async (page) => {
    const { x, y } = await spot(page, 3, 7e6);
    await page.mouse.move(x, y - 13);
    assert.match((await tip(page)) ?? "", /^line 17 stops the playhead here/);
    await page.mouse.click(x, y - 13);
    assert.equal(await now(page), 7000);
  });
});
