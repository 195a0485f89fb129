// The geometry of the page at every size: nothing is cut off, nothing overlaps, and nothing jumps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { defects, moved, places } from "./lib/geometry.mjs";
import { HOME } from "./lib/home.mjs";
import { frames, pause, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/element.js").ElectionPlayground} Playground */

const SIZES = /** @type {const} */ ([[1440, 900], [1920, 1080], [1024, 768], [820, 1180], [390, 844], [320, 640]]);
const EIGHT = "lanes ring hs bully zookeeper raft\nlane a-rather-long-name = raft\nlane b = bully\nlane c = zookeeper\nnodes 5\nat 2s crash leader\nuntil 5s\n";
const MANY = "title Many nodes\nlanes ring bully zookeeper raft\nnodes 25\nat 2s crash leader\nat 2.2s partition 1 2 | 3 4 5\nuntil 2.5s\n";
const BROKEN = "lanes ring raft\nnodse 5\nat 2s crahs leader\nset raft.election-timeuot 300ms..600ms\nuntil 5s\n";

/** Gives the element a text, and waits until it plays. @param {Page} page @param {string} text @param {number} at */
async function play(page, text, at) {
  await page.evaluate(([text]) => {
    const it = /** @type {Playground} */ (document.querySelector("election-playground"));
    it.pause();
    it.text = text;
  }, [text]);
  await page.waitForFunction(() => inside(".top .state")?.textContent === "");
  await seek(page, at);
}

/** @param {Page} page @param {number} at In seconds. */
async function seek(page, at) {
  await page.evaluate((at) => {
    const it = /** @type {Playground} */ (document.querySelector("election-playground"));
    it.pause();
    it.seek(at);
  }, at);
  await frames(page);
}

/** Opens the one dialog that a press opens, and leaves it again. @param {Page} page @param {string} button @param {string} name */
async function dialog(page, button, name) {
  await page.locator(button).locator("visible=true").click();
  await page.waitForSelector(`dialog.${name}[open]`);
  if (name === "gallery") await page.waitForSelector(".gallery section");
}

for (const [width, height] of SIZES) {
  test(`nothing is cut off, overlaps or jumps at ${width} × ${height}`, async () => {
    const phone = width < 620;
    /** @type {string[]} */
    const wrong = [];
    /** @type {Record<string, number[]>} */
    let poster = {};
    /** @param {Page} page The engine is held back until the poster has been looked at. */
    const before = async (page) => page.route("**/*_bg.wasm", async (route) => {
      await page.waitForSelector(".lane .picture canvas");
      await frames(page);
      poster = await places(page);
      await look(page, "the poster");
      await route.continue();
    });
    // Where it is narrow, the scoreboard is the end of the page.
    const jumps = (/** @type {Record<string, number[]>} */ one, /** @type {Record<string, number[]>} */ other, /** @type {string} */ when) =>
      wrong.push(...moved(one, other).filter((it) => width >= 960 || !it.startsWith(".score")).map((it) => `${when}: ${it}`));
    /** @param {Page} page @param {string} when */
    const look = async (page, when) => wrong.push(...(await defects(page)).map((it) => `${when}: ${it}`));

    await withPage({ width, height, before, options: width === 390 ? { hasTouch: true, isMobile: true } : {} }, async (page) => {
      page.setDefaultTimeout(10_000);
      jumps(poster, await places(page), "from the poster to the first run");
      await pause(page);
      const rest = await places(page);
      await look(page, "at the start");
      if (width >= 1440) {
        const [ends, begins] = await page.evaluate(() => [inside(".score tr:last-child").getBoundingClientRect().bottom, inside(".controls").getBoundingClientRect().top]);
        if (ends > begins) wrong.push(`the first look does not fit: its scoreboard ends at ${ends}, the controls begin at ${begins}`);
      }
      await page.click(".play");
      await page.waitForTimeout(300);
      jumps(rest, await places(page), "from rest to playing");
      await look(page, "playing");
      for (const at of [2.2, 7.05, 9.6]) {
        await seek(page, at);
        await look(page, `at ${at} s`);
        jumps(rest, await places(page), `from rest to ${at} s`);
      }
      await seek(page, 12.99);
      await page.click(".play");
      await page.waitForSelector(".story [data-pick]");
      await look(page, "in a question");
      await page.locator(".story .choice").first().click();
      await page.waitForSelector(".story [data-pick=go]");
      await look(page, "in an answered question");
      for (const at of [13.22, 17.5, 25]) {
        await seek(page, at);
        await look(page, `at ${at} s`);
      }

      await page.keyboard.press("1");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".menu h3");
      await look(page, "in the menu of a node");
      await page.keyboard.press("Escape");
      for (const [button, name] of [["text=Gallery", "gallery"], ["text=Share", "share"], [phone ? "text=How to read the pictures" : "[aria-label^=Legend]", "help"]]) {
        await dialog(page, button, name);
        await look(page, `in ${name}`);
        await page.click(`dialog.${name} >> text=Close`);
      }
      await page.locator(".main").evaluate((it) => it.scrollTo(0, it.scrollHeight));
      await page.click("summary >> text=This moment as a table");
      await frames(page);
      await look(page, "at the lower end");

      if (width >= 1200) {
        const closed = await places(page);
        await page.click(".palette >> text=Partition");
        await look(page, "in a form");
        const open = await places(page);
        wrong.push(...moved(closed, open).filter((it) => it.startsWith(".palette")).map((it) => `from closed to open form: ${it}`));
        await page.click(".picker >> text=Cancel");
      }
      if (width < 1200) {
        await page.click(".top >> text=Scenario");
        await look(page, "in the sheet");
        await page.click(".editor .close");
      }
      await play(page, MANY, 2.4);
      await look(page, "with 25 nodes");
      if (width === 1440 || phone) {
        await play(page, MANY.replace("25", "100"), 2.4);
        await look(page, "with 100 nodes");
      }
      await play(page, EIGHT, 2.4);
      await look(page, "with eight lanes");
      await play(page, "title One lane\nlanes raft\nuntil 5s\n", 1);
      await look(page, "with one lane");
      await play(page, BROKEN, 1);
      await look(page, "with a broken text");
      if (width === 1440) {
        await page.setViewportSize({ width: 720, height: 450 });
        await play(page, EIGHT, 2.4);
        await look(page, "enlarged to 200 %");
      }
    });
    assert.equal(wrong.join("\n"), "");
  });
}

const ARTICLE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>An article</title>
<script type="module" src="../pkg/element.js"></script>
<body>
${[320, 390, 520, 700].map((wide) => `<div style="width: ${wide}px"><election-playground id="wide-${wide}" at="2.3s">
  title Which of them notices first when the leader falls silent
  lanes ring bully zookeeper raft
  at 2s crash leader
  at 2s say "The leader crashes. Nobody tells the others."
  until 4s
</election-playground></div>`).join("\n")}
</body>
</html>`;

test("nothing is cut off or overlaps in an element, however wide its column and whatever its controls", async () => {
  const before = (/** @type {Page} */ page) => page.route(`${HOME}article.html`, (route) => route.fulfill({ contentType: "text/html", body: ARTICLE }));
  await withPage({ path: "article.html", before, ready: "#wide-700 .lane canvas" }, async (page) => {
    await page.evaluate(() => Promise.all([...document.querySelectorAll("election-playground")].map((it) => /** @type {Playground} */ (it).ready)));
    /** @type {string[]} */
    const wrong = [];
    for (const controls of ["min", "none", "full"]) {
      await page.evaluate((controls) => document.querySelectorAll("election-playground").forEach((it) => it.setAttribute("controls", controls)), controls);
      await frames(page);
      for (const wide of [320, 390, 520, 700]) wrong.push(...(await defects(page, { home: `#wide-${wide}` })).map((it) => `${controls}, ${wide} wide: ${it}`));
    }
    assert.equal(wrong.join("\n"), "");
  });
});

test("print has every picture, and no controls", async () => {
  await withPage({ hash: "#scenario=first-look", height: 320, width: 800 }, async (page) => {
    await seek(page, 2.2);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    const painted = await page.$$eval(".lane canvas, .failover canvas, .slider .back", (all) => all.map((it) => {
      const canvas = /** @type {HTMLCanvasElement} */ (it);
      const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      return cx.getImageData(0, 0, canvas.width, canvas.height).data.some((it) => it !== 0);
    }));
    assert(painted.length >= 6 && painted.every((it) => it), `${painted}`);
    const cut = await page.$$eval(".main, .app, .lanes", (all) => all.filter((it) => getComputedStyle(it).overflow !== "visible").map((it) => it.className));
    assert.deepEqual(cut, [], "nothing scrolls on paper");
    assert.equal(await page.locator("button").locator("visible=true").filter({ hasText: /^(Gallery|Play|Crash leader)/ }).count(), 0);
  });
});
