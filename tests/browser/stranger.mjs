// Problems that first-time users ran into.

import assert from "node:assert/strict";
import { test } from "node:test";

import { frames, now, pause, settled, text, withPage } from "./lib/page.mjs";

/** @param {string} text */
const linkTo = (text, at = 0) => `#v=1&s=${encodeURIComponent(text).replaceAll("%20", "+")}&at=${at}us`;
const SMALL = "lanes raft bully\nnodes 3\nseed 3\nuntil 8s\n";

/** Opens a run that takes seconds to compute, and does not wait for it. @param {import("playwright-core").Page} page */
async function openHeavy(page) {
  await page.evaluate((hash) => (location.hash = hash), linkTo("lanes raft\nnodes 100\nat 1s crash leader\nuntil 120s\n"));
  await page.reload();
  await page.waitForSelector("html[data-ready]");
}

test("Escape closes what is open, one thing at a time", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    await page.keyboard.press("1");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert(await page.locator(".menu").isVisible());
    await page.keyboard.press("Escape");
    assert(!(await page.locator(".menu").isVisible()));
    await page.click(".lane .about >> nth=0");
    await page.waitForSelector(".menu .claims");
    await page.keyboard.press("Escape");
    assert(!(await page.locator(".menu").isVisible()));
  });
});

test("an open menu is up to date and keeps the focus", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    await page.keyboard.press("1");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent(".menu .deed >> nth=0 >> span"), "Crash");
    await page.keyboard.press("c");
    await page.waitForFunction(() => inside(".menu .deed span")?.textContent === "Restart");
    assert.match((await page.textContent(".menu h3")) ?? "", /down/);
    assert(await page.evaluate(() => inside(".menu")?.contains(document.querySelector("election-playground")?.shadowRoot?.activeElement ?? null)));
  });
});

test("a node count that the text does not allow is offered without the conflicting lines", async () => {
  await withPage({ hash: linkTo("lanes raft\nnodes 5\nat 1s partition 1 2 | 3 4 5\nuntil 3s\n") }, async (page) => {
    await page.fill('[aria-label="Number of nodes"]', "3");
    await page.keyboard.press("Enter");
    assert.match((await page.textContent(".notice")) ?? "", /With that number of nodes, line 3/);
    await page.click(".notice button >> nth=0");
    await settled(page);
    assert.equal(await text(page), "lanes raft\nnodes 3\nuntil 3s\n");
    assert.equal(await page.inputValue('[aria-label="Number of nodes"]'), "3");
  });
});

test("an invalid text is left alone, and the page says so", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    const broken = `${SMALL}at 3s crsh\n`;
    await page.fill(".editor textarea", broken);
    await page.waitForSelector(".errors p");
    await page.click(".palette button >> nth=0");
    assert.equal(await text(page), broken);
    assert.match((await page.textContent(".notice")) ?? "", /Line 5 .* has an error/);
    await page.click(".notice button >> nth=0");
    await settled(page);
    assert.equal(await text(page), SMALL);
    await page.fill(".editor textarea", broken);
    await page.waitForSelector(".errors p");
    await page.click(".errors .fix >> text=remove the line");
    await settled(page);
    assert.equal((await text(page)).trim(), SMALL.trim());
  });
});

test("a link to a text with an error shows the text, and no other run in its place", async () => {
  await withPage({ hash: "#v=1&s=foo+bar" }, async (page) => {
    assert.equal(await text(page), "foo bar");
    assert(await page.locator(".errors p").count() > 0);
    assert.match((await page.textContent(".errors")) ?? "", /Nothing plays/);
    assert.match((await page.textContent(".blank")) ?? "", /does not play.*Line 1 has an error/);
    assert(!(await page.locator(".lanes-panel").isVisible()));
    assert.equal(await page.textContent(".top .title"), "");
    // A reload keeps everything.
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    assert.equal(await text(page), "foo bar");
    // Once the text is right, it plays.
    await page.fill(".editor textarea", SMALL);
    await settled(page);
    await page.waitForSelector(".lane");
    assert(await page.locator(".lanes-panel").isVisible());
    assert(!(await page.locator(".blank").isVisible()));
  });
});

test("the back button revisits the scenarios opened", async () => {
  await withPage({}, async (page) => {
    const first = await text(page);
    await page.keyboard.press("s");
    await page.click(".gallery li button >> nth=5");
    await settled(page);
    const second = await text(page);
    assert.notEqual(second, first);
    const shows = (/** @type {string} */ text) => page.waitForFunction((text) => inside(".editor textarea")?.value === text, text);
    await page.goBack();
    await shows(first);
    await page.goForward();
    await shows(second);
  });
});

test("the playhead waits for the computation, then reaches its goal", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    await openHeavy(page);
    const longest = await page.evaluate(async () => {
      let longest = 0;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
      });
      observer.observe({ type: "longtask" });
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
      await new Promise((done) => setTimeout(done, 1000));
      return longest;
    });
    // This is not about speed: seeking to the end of such a run takes seconds without slices.
    assert(longest < 1500, `${longest} ms without an answer`);
    await page.waitForFunction(() => inside(".top .state")?.textContent === "", null, { timeout: 90_000 });
    assert.equal(await now(page), 120_000);
  });
});

test("a long text is edited without a wait", async () => {
  await withPage({}, async (page) => {
    await pause(page);
    const many = `${SMALL}${Array.from({ length: 3000 }, (_, i) => `# line ${i}`).join("\n")}\n`;
    // As a paste would: typed key by key, it would take the browser a minute.
    await page.focus(".editor textarea");
    await page.$eval(".editor textarea", (area, value) => {
      /** @type {HTMLTextAreaElement} */ (area).value = value;
      area.dispatchEvent(new Event("input"));
    }, many);
    await settled(page);
    await frames(page);
    assert.equal(await page.textContent(".paper"), `${many}\u200b`);
    await page.fill(".editor textarea", SMALL);
    await settled(page);
    await frames(page);
    assert.equal(await page.locator(".paper .line").count(), 5);
    // A text that is far too long is rejected before layout.
    await page.focus(".editor textarea");
    await page.keyboard.insertText("# far too long\n".repeat(70_000));
    assert.equal(await text(page), SMALL);
    assert.match((await page.textContent(".notice")) ?? "", /at most .* characters/);
  });
});

test("the playhead stops at a break, reports its line, and continues", async () => {
  const text = "lanes bully raft\nnodes 5\nphases lockstep\nseed 3\nat 1s partition 1 2 | 3 4 5\nuntil 4s\nbreak bully leaders >= 2\n";
  await withPage({ hash: linkTo(text) }, async (page) => {
    await page.selectOption('[aria-label="Speed"]', "5");
    await page.click(".play");
    await page.waitForFunction(() => inside(".top .state")?.textContent === "stopped by line 7");
    assert.equal(await page.getAttribute(".play", "aria-pressed"), "false");
    const at = await now(page);
    assert(1000 < at && at < 3000, `at ${at}`);
    assert.match((await page.textContent(".lane .says >> nth=0")) ?? "", /both believe they lead/);
    assert.equal(await page.locator(".line.stop").count(), 1);
    await page.click(".play");
    // The condition holds all along, so it does not become true again.
    await page.waitForFunction(() => inside(".slider")?.getAttribute("aria-valuenow") === "4000");
    assert.equal(await page.textContent(".top .state"), "");
  });
});

test("while a run is computed, the latest seek wins", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    await openHeavy(page);
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.waitForFunction(() => inside(".top .state")?.textContent === "", null, { timeout: 90_000 });
    assert.equal(await now(page), 0);
  });
});

test("a notice about a text disappears with that text", async () => {
  const good = "lanes raft\nnodes 5\nat 1s crash 5\nuntil 4s\n";
  await withPage({ hash: linkTo(good) }, async (page) => {
    await page.fill('[aria-label="Number of nodes"]', "3");
    await page.keyboard.press("Enter");
    assert(await page.locator(".notice").isVisible());
    await page.click(".editor header button >> text=Undo");
    await settled(page);
    assert.equal(await text(page), good);
    assert(!(await page.locator(".notice").isVisible()));
  });
});

test("an undone edit is not in the address", async () => {
  await withPage({ hash: "#scenario=gc-pause" }, async (page) => {
    const before = await text(page);
    await page.keyboard.press("Shift+C");
    await settled(page);
    await page.waitForFunction(() => location.hash.startsWith("#v="));
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.equal(await text(page), before);
    await page.waitForFunction(() => location.hash === "#scenario=gc-pause");
  });
});

test("the menu lists the messages of the present moment", async () => {
  await withPage({ hash: linkTo("lanes raft\nnodes 3\nseed 1\nlatency 40ms..41ms\nset raft.heartbeat 45ms\nuntil 30s\n", 2_020_000) }, async (page) => {
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    const names = () => page.$$eval(".under-way li", (all) => all.map((it) => it.getAttribute("data-message")));
    const first = await names();
    assert(first.length > 0);
    await page.evaluate(() => /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).seek(2.11));
    await page.waitForFunction((name) => inside(".under-way li")?.getAttribute("data-message") !== name, first[0]);
    await page.click(".under-way .quiet >> nth=0");
    await settled(page);
    assert.match(await text(page), /drop/);
    await page.click(".as-table summary");
    assert.equal(await page.locator(".errors p").count(), 0);
  });
});

test("a link whose text has an error says so when the scenario is a sheet", async () => {
  await withPage({ hash: linkTo("lanes raft\nnodes 5\nat 2s crash leadr\nuntil 5s\n"), width: 360, height: 740 }, async (page) => {
    assert(await page.locator(".errors p").first().isVisible());
    assert.equal(await page.getAttribute(".for-sheet", "aria-label"), "Scenario, with an error");
  });
});
