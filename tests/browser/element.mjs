// <election-playground> in another page: two elements, each with its own scenario.

import assert from "node:assert/strict";
import { test } from "node:test";

import { HOME } from "./lib/home.mjs";
import { withPage } from "./lib/page.mjs";

/** Where an article finds the element: the bundle, or the sources. */
const HOMES = { "the bundle": "../pkg/election-playground.js", "its former name": "../pkg/element.js", "the sources": "election-playground.js" };

/** @param {string} home */
const article = (home) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>An article</title>
<script type="module" src="${home}"></script>
<body>
<election-playground id="a" at="1.5s" theme="dark">
  # Three of them.
  lanes raft
  nodes 3
  at 1s crash leader
  until 4s
</election-playground>
<input id="field">
<election-playground id="b" src="two.txt" speed="5"></election-playground>
<election-playground id="c" src="nowhere.txt"></election-playground>
</body>
</html>`;

/** @typedef {import("../../www/element.js").ElectionPlayground} Playground */

/** Serves the article. @param {string} home @returns {(page: import("playwright-core").Page) => Promise<void>} */
const serve = (home) => async (page) => {
  await page.route(`${HOME}article.html`, (route) => route.fulfill({ contentType: "text/html", body: article(home) }));
  await page.route(`${HOME}two.txt`, (route) => route.fulfill({ contentType: "text/plain", body: "lanes ring bully\nnodes 4\nuntil 3s\n" }));
  await page.addInitScript(() => {
    const told = /** @type {Record<string, {id: string, detail: any}[]>} */ ({});
    Object.assign(window, { told });
    for (const name of ["ep-ready", "ep-step", "ep-leaderchange", "ep-violation", "ep-error"]) {
      document.addEventListener(name, (event) => {
        (told[name] ??= []).push({ id: /** @type {Element} */ (event.target).id, detail: /** @type {CustomEvent} */ (event).detail });
      });
    }
  });
};

for (const [name, home] of Object.entries(HOMES)) test(`two elements on a page play their own scenarios, answer to methods and emit events: ${name}`, async () => {
  // Missing files answer 404, which the browser reports by itself.
  await withPage({ path: "article.html", before: serve(home), ready: "#a .slider", complaints: /404/ }, async (page) => {
    const first = await page.evaluate(async () => {
      const a = /** @type {Playground} */ (document.querySelector("#a"));
      await a.ready;
      const at = a.now;
      a.seek(2);
      a.step();
      const forth = a.now;
      a.step(-1);
      return { text: a.text, at, forth, back: a.now, url: a.toURL(), trace: await a.trace({ seconds: 1.2, limit: 5000 }), playing: a.playing };
    });
    assert.equal(first.text, "# Three of them.\nlanes raft\nnodes 3\nat 1s crash leader\nuntil 4s\n", "without the indentation of the page");
    assert.equal(first.at, 1.5);
    assert(first.forth > 2 && first.back <= first.forth, "one event on, one back");
    assert(!first.playing);
    assert(first.url.startsWith(`${new URL("../pkg/index.html", HOME)}#`));
    assert(first.trace.some((line) => /crash/.test(line)), "the trace tells of the crash");

    const told = await page.evaluate(async () => {
      const b = /** @type {Playground} */ (document.querySelector("#b"));
      await b.ready;
      b.text = "lanes ring bully\nnodes 4\nuntil 3s\n# again\n";
      b.seek(2.5);
      await new Promise((done) => setTimeout(done, 300));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      b.text = "lanes ring\nnodse 4\n";
      const { told } = /** @type {any} */ (window);
      const c = /** @type {Playground} */ (document.querySelector("#c"));
      const why = await c.ready.then(() => "", (error) => String(error));
      return { told, why, title: document.title, hash: location.hash, dark: document.querySelector("#a")?.shadowRoot?.querySelector(".app")?.getAttribute("data-theme"), whole: document.documentElement.dataset.theme };
    });
    assert.deepEqual(told.told["ep-ready"].map((/** @type {any} */ it) => it.id).sort(), ["a", "b"]);
    assert.deepEqual(told.told["ep-ready"].find((/** @type {any} */ it) => it.id === "b").detail, { until: 3, lanes: ["ring", "bully"] });
    assert(told.told["ep-leaderchange"].some((/** @type {any} */ it) => it.id === "b" && it.detail.lane === "bully" && it.detail.leader === 4));
    assert(told.told["ep-step"].some((/** @type {any} */ it) => it.id === "b" && it.detail.now === 2.5));
    const wrong = told.told["ep-error"].find((/** @type {any} */ it) => it.id === "b").detail;
    assert.equal(wrong.line, 2);
    assert.match(wrong.message, /nodes/);
    assert.match(told.why, /nowhere\.txt returned status 404/);
    assert.match(await page.textContent("#c .blank") ?? "", /could not start/);
    assert.equal(told.title, "An article", "the title is the page's");
    assert.equal(told.hash, "", "the address is the page's");
    assert.equal(told.dark, "dark");
    assert.equal(told.whole, undefined, "the colours around it are the page's");
  });
});

test("an element handles keys only while focused, and stops when removed", async () => {
  await withPage({ path: "article.html", before: serve(HOMES["the bundle"]), ready: "#b .slider", complaints: /404/ }, async (page) => {
    await page.evaluate(() => Promise.all(["#a", "#b"].map((it) => /** @type {Playground} */ (document.querySelector(it)).ready)));
    const at = () => page.evaluate(() => ["#a", "#b"].map((it) => /** @type {Playground} */ (document.querySelector(it)).now));
    const before = await at();
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
    await page.keyboard.press("End");
    assert.deepEqual(await at(), before, "keys for the article are the article's");
    await page.focus("#b .lane canvas");
    await page.keyboard.press("End");
    assert.deepEqual(await at(), [before[0], 3]);
    const rested = await page.evaluate(async () => {
      const a = /** @type {Playground} */ (document.querySelector("#a"));
      a.play();
      await new Promise((done) => setTimeout(done, 100));
      a.remove();
      const left = a.now;
      await new Promise((done) => setTimeout(done, 100));
      const stayed = a.now === left && !a.playing;
      document.body.append(a);
      a.seek(3);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return { stayed, now: a.now, lanes: a.shadowRoot?.querySelectorAll("article").length };
    });
    assert(rested.stayed, "nothing plays outside of a document");
    assert.equal(rested.now, 3, "it goes on where it is put");
    assert.equal(rested.lanes, 1, "its lane is there, once");
  });
});

/** An article with one element. @param {string} attributes @param {string} text */
const around = (attributes, text) => ({
  path: "article.html", ready: "election-playground .main",
  before: (/** @type {import("playwright-core").Page} */ page) => page.route(`${HOME}article.html`, (route) => route.fulfill({
    contentType: "text/html",
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>An article</title><script type="module" src="../pkg/element.js"></script><body><election-playground ${attributes}>${text}</election-playground></body></html>`,
  })),
});
const CRASH = "title A leader crashes\nlanes bully raft\nat 2s crash leader\nuntil 4s\n";

test("controls says how much there is around the pictures, and can change", async () => {
  await withPage(around('at="2.234s"', CRASH), async (page) => {
    await page.evaluate(() => /** @type {Playground} */ (document.querySelector("election-playground")).ready);
    const seen = () => page.evaluate(() => Object.fromEntries([".picture", ".slider", ".play", ".open", ".editor", ".breaker", ".score", ".brand"].map((it) => [it, inside(it)?.checkVisibility()])));
    const pictures = { ".picture": true, ".slider": true };
    const rest = { ".editor": false, ".breaker": false, ".score": false, ".brand": false };
    assert.deepEqual(await seen(), { ...pictures, ".play": true, ".open": true, ...rest }, "min is the default");
    const opened = page.context().waitForEvent("page");
    await page.click(".open");
    const whole = await opened;
    await whole.waitForFunction(() => document.documentElement.dataset.ready !== undefined && document.querySelector("election-playground")?.shadowRoot?.querySelector(".slider")?.getAttribute("aria-valuenow") === "2234");
    await whole.close();
    await page.evaluate(() => document.querySelector("election-playground")?.setAttribute("controls", "none"));
    assert.deepEqual(await seen(), { ...pictures, ".play": false, ".open": false, ...rest });
    await page.evaluate(() => document.querySelector("election-playground")?.setAttribute("controls", "full"));
    assert.deepEqual(await seen(), { ...pictures, ".play": true, ".open": false, ".editor": true, ".breaker": true, ".score": true, ".brand": true });
  });
});

test("a text with errors shows the first of them, and no other run", async () => {
  await withPage(around("autoplay", "lanes bully\nat 2s chrash leader\n"), async (page) => {
    await page.waitForSelector(".blank");
    assert.match(await page.textContent(".blank") ?? "", /does not play.*line 2.*chrash.*crash/s);
    assert.equal(await page.isVisible(".picture"), false);
    assert.equal(await page.evaluate(() => /** @type {Playground} */ (document.querySelector("election-playground")).playing), false);
  });
});
