// Many playgrounds on a page: one engine for all of them, which those that are removed leave; and when they load.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CRASH, SCRIPT, allReady, article, said } from "./lib/article.mjs";
import { watchInstances } from "./lib/instances.mjs";
import { frames, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/element.js").ElectionPlayground} Playground */

/** @param {string} id @param {string} [attributes] */
const element = (id, attributes = "") => `<election-playground id="${id}" ${attributes}><pre>${CRASH}</pre></election-playground>`;
const TEN = Array.from({ length: 10 }, (_, i) => element(`e${i}`, `loading="eager" at="${2 + i / 10}s"`)).join("\n");

/** The requests of a page, by file name. @param {Page} page */
function requests(page) {
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url().replace(/.*\//, "")));
  return asked;
}

test("ten playgrounds share one engine and one module, and a panic of one leaves the others where they are", async () => {
  /** @type {string[]} */
  let asked = [];
  const before = async (/** @type {Page} */ page) => {
    asked = requests(page);
    await watchInstances(page);
  };
  await withPage(article(TEN, { before }), async (page) => {
    await allReady(page);
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).memories.length), 1);
    assert.deepEqual(asked.filter((it) => !it.startsWith("article")).sort(), ["election-playground.js", "first_bg.wasm"]);

    await page.evaluate(() => {
      /** @type {any} */ (globalThis).panics = true;
      /** @type {Playground} */ (document.querySelector("#e3")).step();
      /** @type {any} */ (globalThis).panics = false;
    });
    await page.waitForFunction(() => !(/** @type {HTMLElement} */ (document.querySelector("#e3")?.shadowRoot?.querySelector(".notice")).hidden));
    await frames(page);
    assert.match(await said(page, "e3", ".notice"), /The engine stopped/);
    const state = () => page.evaluate(() => [...document.querySelectorAll("election-playground")].map((it) => {
      const { text, now } = /** @type {Playground} */ (it);
      return { text, now, wrong: !(/** @type {HTMLElement} */ (it.shadowRoot?.querySelector(".notice")).hidden) };
    }));
    await page.waitForFunction(() => [...document.querySelectorAll("election-playground")].every((it) => it.shadowRoot?.querySelector(".state")?.textContent !== "computing…"));
    for (const [i, it] of (await state()).entries()) {
      assert.equal(it.text, CRASH);
      if (i === 3) continue;
      assert.deepEqual([it.now, it.wrong], [2 + i / 10, false], `e${i}`);
    }
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).memories.length), 2, "one fresh instance for all");

    await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("#e3")?.shadowRoot?.querySelector(".notice button")).click());
    await page.waitForFunction(() => document.querySelector("#e3")?.shadowRoot?.querySelector(".state")?.textContent === "");
    // They work: a seek and a trace.
    const lines = await page.evaluate(() => Promise.all(["#e3", "#e7"].map(async (it) => {
      const element = /** @type {Playground} */ (document.querySelector(it));
      element.seek(3);
      return (await element.trace({ lane: 1 })).some((line) => line.includes("crash"));
    })));
    assert.deepEqual(lines, [true, true]);
  });
});

test("a playground that is moved keeps its run, and one that comes back goes on where it was", async () => {
  const before = (/** @type {Page} */ page) => watchInstances(page, true);
  await withPage(article(`${element("a", 'loading="eager" at="2.5s"')}<section></section>`, { before }), async (page) => {
    await allReady(page);
    const playing = () => page.evaluate(() => /** @type {any} */ (globalThis).playing.size);
    const run = () => page.evaluate(() => [.../** @type {any} */ (globalThis).playing.values()][0]?.playground);
    const its = await run();
    await page.evaluate(() => {
      const a = /** @type {Playground} */ (document.querySelector("#a"));
      a.play();
      document.querySelector("section")?.append(a);
    });
    await frames(page);
    assert.equal(await run(), its, "moved in one go");
    assert.equal(await page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).playing), true);
    await page.evaluate(() => new Promise((done) => {
      const a = /** @type {Playground} */ (document.querySelector("#a"));
      a.pause();
      a.seek(3);
      a.remove();
      requestAnimationFrame(() => {
        document.body.append(a);
        done(null);
      });
    }));
    await page.waitForTimeout(200);
    assert.equal(await run(), its, "back in the next frame");

    await page.evaluate(() => {
      Object.assign(window, { gone: document.querySelector("#a") });
      document.querySelector("#a")?.remove();
    });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).playing.size === 0);
    await page.evaluate(() => document.body.append(/** @type {any} */ (window).gone));
    await frames(page);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).playing.size === 1);
    assert.equal(await playing(), 1);
    const back = await page.evaluate(() => {
      const { text, now } = /** @type {Playground} */ (document.querySelector("#a"));
      return { text, now };
    });
    assert.deepEqual(back, { text: CRASH, now: 3 });
  });
});

test("twenty visits of a page with two playgrounds leave nothing behind", async () => {
  await withPage(article("<main>Text.</main>", { ready: "main", before: watchInstances }), async (page) => {
    const client = await page.context().newCDPSession(page);
    const used = async () => {
      for (let i = 0; i < 4; i++) {
        await client.send("HeapProfiler.collectGarbage");
        await page.waitForTimeout(50);
      }
      const { usedSize } = await client.send("Runtime.getHeapUsage");
      const wasm = await page.evaluate(() => /** @type {any[]} */ (/** @type {any} */ (globalThis).memories).reduce((sum, it) => sum + (it.deref()?.buffer.byteLength ?? 0), 0));
      const { nodes, jsEventListeners } = await client.send("Memory.getDOMCounters");
      return { js: usedSize, wasm, nodes, listeners: jsEventListeners };
    };
    const visit = () => page.evaluate(async (text) => {
      const main = /** @type {HTMLElement} */ (document.querySelector("main"));
      main.innerHTML = `<election-playground loading="eager"><pre>${text}</pre></election-playground><pre><code class="language-election"># embed: loading=eager\n${text}</code></pre>`;
      await new Promise((done) => setTimeout(done));
      await Promise.all([...main.querySelectorAll("election-playground")].map((it) => /** @type {Playground} */ (it).ready));
      if (main.querySelectorAll("election-playground").length !== 2) throw new Error("the block is not live");
      main.innerHTML = "";
      await new Promise((done) => setTimeout(done, 60));
    }, CRASH);
    await visit();
    const first = await used();
    for (let i = 0; i < 20; i++) await visit();
    const last = await used();
    const grown = (last.js - first.js + last.wasm - first.wasm) / 1e6;
    assert(grown < 10, `${grown.toFixed(1)} MB more after twenty visits: ${JSON.stringify({ first, last })}`);
    assert(last.nodes - first.nodes < 400 && last.listeners - first.listeners < 100, JSON.stringify({ first, last }));
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).memories.length), 1);
    console.log(`twenty visits: ${((last.js - first.js) / 1e3).toFixed(0)} kB of JavaScript, ${((last.wasm - first.wasm) / 1e3).toFixed(0)} kB of wasm memory more`);
  });
});

test("a playground loads when it comes near, at once, or when it is asked to play; nothing moves when it does", async () => {
  /** @type {string[]} */
  let asked = [];
  const tall = '<div style="height: 3000px"></div>';
  const body = `<p>Text.</p>${element("click", 'loading="click"')}<p id="below">Text.</p>${tall}${element("lazy")}`;
  const before = async (/** @type {Page} */ page) => {
    asked = requests(page);
    await page.addInitScript(() => {
      const shifts = /** @type {string[]} */ ([]);
      Object.assign(window, { shifts });
      // Inside of it, words make room for others; nodes there have no name here.
      new PerformanceObserver((all) => shifts.push(...all.getEntries().flatMap((it) => /** @type {any} */ (it).sources).filter((it) => it.node).map((it) => `${it.node.nodeName} ${it.node.id}: ${JSON.stringify(it.previousRect)} to ${JSON.stringify(it.currentRect)}`))).observe({ type: "layout-shift", buffered: true });
    });
  };
  // The page keeps the place free from the start.
  const head = "<style>election-playground:not(:defined) { display: block; height: 549px; overflow: hidden }</style>";
  await withPage(article(body, { ready: "#click .lane canvas", head, before }), async (page) => {
    const wasm = () => asked.filter((it) => it === "first_bg.wasm").length;
    await frames(page);
    await page.waitForTimeout(200);
    assert.equal(wasm(), 0, "the first picture needs no engine");
    const seen = await page.evaluate(() => {
      const root = /** @type {ShadowRoot} */ (document.querySelector("#click")?.shadowRoot);
      const drawn = [...root.querySelectorAll(".lane canvas, .slider .back")].map((it) => {
        const canvas = /** @type {HTMLCanvasElement} */ (it);
        return canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data.some((it) => it !== 0);
      });
      return { title: root.querySelector(".title")?.textContent, lanes: [...root.querySelectorAll(".lane .name span")].map((it) => it.textContent), drawn };
    });
    assert.deepEqual(seen, { title: "A leader crashes", lanes: ["Bully", "Raft"], drawn: [true, true, true] });
    const tops = () => page.evaluate(() => ["#click", "#below", "#lazy"].map((it) => {
      const { top, height } = /** @type {Element} */ (document.querySelector(it)).getBoundingClientRect();
      return [Math.round(top + scrollY), Math.round(height)];
    }));
    const places = await tops();
    await page.hover("#click .open");
    assert.match(await page.getAttribute("#click .open", "href") ?? "", /index\.html#v=1&s=%23\+A\+leader\+crashes\./, "the whole page can be opened without an engine here");
    await page.locator("#click .begin").click();
    await page.waitForFunction(() => /** @type {Playground} */ (document.querySelector("#click")).now > 0.05);
    assert.equal(wasm(), 1);
    assert.equal(await page.evaluate(() => /** @type {Playground} */ (document.querySelector("#click")).playing), true);
    assert.equal(await page.isVisible("#click .begin"), false);
    assert.deepEqual(await tops(), places);
    assert.equal(await said(page, "lazy", ".says"), "", "far away, nothing has happened");
    await page.evaluate(() => document.querySelector("#lazy")?.scrollIntoView());
    await page.waitForFunction(() => (document.querySelector("#lazy")?.shadowRoot?.querySelector(".says")?.textContent ?? "") !== "");
    await page.waitForTimeout(300);
    assert.deepEqual(await tops(), places);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).shifts), [], "no layout shift");
    assert.equal(wasm(), 1);
  });
});

test("a playground that plays out of sight rests", async () => {
  await withPage(article(`${element("a", "autoplay speed=0.5")}<div style="height: 3000px"></div>`), async (page) => {
    await page.waitForFunction(() => /** @type {Playground} */ (document.querySelector("#a")).now > 0.1);
    await page.waitForFunction(() => /** @type {Playground} */ (document.querySelector("#a")).shadowRoot?.querySelector(".state")?.textContent === "");
    await page.waitForTimeout(300);
    await page.evaluate(() => scrollTo(0, 2500));
    await page.waitForTimeout(150);
    const now = () => page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).now);
    const left = await now();
    await page.waitForTimeout(300);
    assert.equal(await now(), left);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForFunction((left) => /** @type {Playground} */ (document.querySelector("#a")).now > left, left);
  });
});

test("a second copy of the module under another address does no harm", async () => {
  const twice = SCRIPT + SCRIPT.replace(".js", ".js?v=2");
  await withPage(article(`${element("a", "loading=eager")}<pre><code class="language-election">lanes raft\nuntil 2s\n</code></pre>`, { script: twice }), async (page) => {
    await allReady(page);
    assert.equal(await page.locator("election-playground").count(), 2);
  });
});
