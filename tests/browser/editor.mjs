// The editor: what is typed goes into the text or nowhere, nothing is lost, and the words are at hand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { frames, now, settled, text, withPage } from "./lib/page.mjs";

/** @param {string} text */
const linkTo = (text, at = 0) => `#v=1&s=${encodeURIComponent(text).replaceAll("%20", "+")}&at=${at}us`;
const SMALL = "lanes raft bully\nnodes 3\nseed 3\nuntil 8s\n";
const AREA = ".editor textarea";

/** Writes at the end of the text. @param {import("playwright-core").Page} page @param {string} words */
async function write(page, words) {
  await page.focus(AREA);
  await page.keyboard.press("Control+End");
  await page.keyboard.type(words);
}

/** Where the text stands on the screen. @param {import("playwright-core").Page} page */
const placeOfText = (page) => page.$eval(".editor .scroller", (it) => {
  const box = it.getBoundingClientRect();
  return [box.top, box.height, it.scrollTop];
});

for (const [where, selector] of /** @type {const} */ ([["the report", ".editor .report"], ["the line numbers", ".editor .scroller"], ["the heading", ".editor h2"]])) {
  test(`what is typed after a click on ${where} goes into the text`, async () => {
    await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
      await write(page, "at 2 crash");
      await page.waitForSelector(".errors p");
      const scope = await page.inputValue(".breaker select");
      await page.click(selector, { position: { x: 6, y: 8 } });
      await page.keyboard.type("at 10s ");
      assert.match(await text(page), /at 10s /);
      assert.equal(await page.inputValue(".breaker select"), scope);
      assert.equal(await page.isVisible("dialog.gallery"), false);
      assert.equal((await text(page)).replace("at 10s ", ""), `${SMALL}at 2 crash`);
    });
  });
}

test("what is typed beside the editor changes nothing", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await write(page, "at 2s crash 1");
    await settled(page);
    const before = await text(page);
    const [theme, scope] = [await page.$eval("html", (it) => it.getAttribute("data-theme")), await page.inputValue(".breaker select")];
    await page.click(".top h1");
    await page.keyboard.type("at 10s crash leader\n");
    assert.equal(await text(page), before);
    assert.equal(await page.$eval("html", (it) => it.getAttribute("data-theme")), theme);
    assert.equal(await page.inputValue(".breaker select"), scope);
    assert.equal(await page.isVisible("dialog[open]"), false);
    assert.match((await page.textContent(".notice")) ?? "", /Keys still belong to the text/);
    // On purpose, it is a shortcut again.
    await page.keyboard.press("Escape");
    await page.waitForTimeout(300);
    await page.keyboard.press("s");
    await page.waitForSelector("dialog.gallery[open] li");
  });
});

test("a blank between two words presses no button", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await write(page, "at 2s crash 1\n");
    await page.waitForFunction(() => /** @type {HTMLButtonElement} */ (inside(".editor header button:nth-of-type(2)")).disabled === false);
    await page.focus(".editor header button:nth-of-type(2)");
    await page.keyboard.type("at 3s ");
    assert.match(await text(page), /crash 1/, "not undone");
    await page.waitForTimeout(300);
    await page.keyboard.press("Space");
    await page.waitForFunction((small) => /** @type {HTMLTextAreaElement} */ (inside(".editor textarea")).value === small, SMALL);
  });
});

test("a word that begins with a shortcut opens no scenario", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await page.keyboard.press("s");
    await page.waitForSelector("dialog.gallery[open] li");
    await page.keyboard.press("Space");
    await page.keyboard.press("Space");
    assert.equal(await text(page), SMALL);
    assert.equal(await page.isVisible("dialog.gallery"), true);
  });
});

test("another scenario over one's own text can be undone in one click, with its moment and scope", async () => {
  await withPage({ hash: linkTo(SMALL, 3e6) }, async (page) => {
    await write(page, "at 2s crash 1\n");
    await settled(page);
    const own = await text(page);
    await page.selectOption(".breaker select", "1");
    const at = await now(page);
    await page.click("text=Gallery");
    await page.click(".gallery li button >> nth=3");
    await settled(page);
    assert.match((await page.textContent(".notice")) ?? "", /replaced your text/);
    await page.click(".notice button >> nth=0");
    await settled(page);
    assert.equal(await text(page), own);
    assert.equal(await page.inputValue(".breaker select"), "1");
    assert.equal(await now(page), at);
    // A link is no different, and a text that was only opened needs no mourning.
    await page.evaluate((hash) => (location.hash = hash), linkTo("lanes ring\n"));
    await page.waitForFunction(() => /replaced/.test(inside(".notice")?.textContent ?? ""));
    await page.click(".notice button >> nth=1");
    await page.evaluate((hash) => (location.hash = hash), linkTo("lanes raft\n"));
    await settled(page);
    assert.equal(await page.isVisible(".notice"), false);
  });
});

test("the text stays where it is when errors come and go", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    const before = await placeOfText(page);
    await page.fill(AREA, `${SMALL}at 2 crsh 1\nat 3s clock 1 +5%\nexpect leders = 1\nset raft.heartbeat 5\n`);
    await page.waitForSelector(".errors p");
    assert.equal(await page.locator(".errors p").count(), 4, "all errors come at once");
    assert.deepEqual(await placeOfText(page), before);
    assert.match((await page.textContent(".errors")) ?? "", /use 2s.*use drift.*use leaders.*use 5ms/s);
    assert.match((await page.textContent(".stale-note")) ?? "", /last valid text/);
    await page.click(".errors .fix >> nth=0");
    await page.waitForFunction(() => /at 2s crsh/.test(/** @type {HTMLTextAreaElement} */ (inside(".editor textarea")).value));
    await page.fill(AREA, SMALL);
    await page.waitForSelector(".errors p", { state: "detached" });
    await settled(page);
    assert.equal(await page.isVisible(".stale-note"), false);
    assert.deepEqual(await placeOfText(page), before);
  });
});

test("an action that met nobody is marked at its line", async () => {
  await withPage({ hash: linkTo("lanes raft\nat 10ms crash leader\nset raft.election-timeout 1s\nuntil 3s\n") }, async (page) => {
    await page.waitForSelector(".errors .warning");
    const said = (await page.textContent(".errors")) ?? "";
    assert.match(said, /line 2.*crash leader.*no effect in Raft/);
    assert.match(said, /line 3.*without randomness/);
    const rows = await page.$$eval(".paper .line", (all) => all.map((it) => it.className));
    assert.match(rows[1], /warned/);
    assert.match(rows[2], /warned/);
  });
});

test("words are completed by keyboard, and never in the way of typing", async () => {
  await withPage({ hash: linkTo("lanes raft\n") }, async (page) => {
    await write(page, "set elec");
    await page.waitForSelector(".completions:not([hidden])");
    assert.match((await page.textContent(".completions li >> nth=0")) ?? "", /raft\.election-timeout.*default 150ms\.\.300ms.*from 1ms to 600s/);
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.getAttribute(AREA, "aria-activedescendant"), await page.getAttribute(".completions li >> nth=0", "id"));
    await page.keyboard.press("Enter");
    assert.match(await text(page), /^set raft\.election-timeout $/m, "a blank for what follows");
    await page.keyboard.press("Control+Space");
    await page.keyboard.press("Enter");
    assert.match(await text(page), /^set raft\.election-timeout 150ms\.\.300ms$/m);
    // Enter is a new line unless the list was entered; Escape closes the list first, then leaves the text.
    await page.keyboard.press("Enter");
    await page.keyboard.type("at 1s cra");
    await page.waitForSelector(".completions:not([hidden])");
    await page.keyboard.press("Enter");
    assert.match(await text(page), /at 1s cra\n$/);
    await page.keyboard.press("Control+Space");
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible(".completions"), false);
    assert.equal(await page.evaluate(() => document.querySelector("election-playground")?.shadowRoot?.activeElement?.tagName), "TEXTAREA");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.querySelector("election-playground")?.shadowRoot?.activeElement ?? null), null);
  });
});

test("a timer leads to the setting that rules it", async () => {
  await withPage({ hash: linkTo("lanes raft\nnodes 3\nuntil 5s\n", 1e6) }, async (page) => {
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    const row = page.locator(".menu .ruling").first();
    const said = (await row.textContent()) ?? "";
    assert.match(said, /(raft\.election-timeout 150ms\.\.300ms|raft\.heartbeat 50ms|store\.interval 100ms) default/);
    const [setting, value] = said.split(" ");
    await row.click();
    await settled(page);
    assert.match(await text(page), new RegExp(`^set\\s+${setting.replace(".", "\\.")} ${value.replaceAll(".", "\\.")}$`, "m"));
    const chosen = await page.$eval(AREA, (it) => {
      const area = /** @type {HTMLTextAreaElement} */ (it);
      return area.value.slice(area.selectionStart, area.selectionEnd);
    });
    assert.equal(chosen, value);
  });
});

test("after a click on a node arrow keys step; entered by keyboard they choose a node", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    const box = await page.locator(".lane canvas").first().boundingBox();
    assert(box);
    // Wherever a node is: the first click that opens a menu.
    for (let y = 10; y < box.height && !(await page.isVisible(".menu h3")); y += 14) {
      for (let x = 10; x < box.width && !(await page.isVisible(".menu h3")); x += 14) {
        if (await page.$eval(".lane canvas", (it) => it.getAttribute("data-over") === "node")) await page.mouse.click(box.x + x - 14, box.y + y);
        else await page.mouse.move(box.x + x, box.y + y);
      }
    }
    await page.keyboard.press("Escape");
    const before = await now(page);
    await page.keyboard.press("ArrowRight");
    await frames(page);
    assert(before < (await now(page)), "a step");
    assert.equal(await page.locator(".choosing").first().isVisible(), false);
    const stood = await now(page);
    await page.keyboard.press("1");
    assert.equal(await page.locator(".choosing").first().isVisible(), true);
    await page.keyboard.press("ArrowRight");
    assert.equal(await now(page), stood, "a node");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    assert(stood < (await now(page)), "steps again");
  });
});

test("a leading comment is out of sight but one click away", async () => {
  const about = "# One.\n# Two.\n# Three.\n";
  const acts = Array.from({ length: 40 }, (_, i) => `at ${i + 1}s heal\n`).join("");
  await withPage({ hash: linkTo(`${about}lanes raft\n${acts}expect leaders = 1\n`) }, async (page) => {
    const first = page.locator(".editor .fold").first();
    assert.equal(await first.textContent(), "▸ About, 3 lines");
    const [, , top] = await placeOfText(page);
    assert(top > 20);
    await first.click();
    assert.equal((await placeOfText(page))[2], 0);
    assert.equal(await first.textContent(), "▾ About, 3 lines");
    await page.waitForFunction(() => /all hold/.test(inside(".editor .fold:nth-child(2)")?.textContent ?? ""));
    await page.locator(".editor .fold").nth(1).click();
    assert.match((await page.locator(".editor .fold").nth(1).textContent()) ?? "", /^▾ Expects 1, all hold/);
  });
});

test("Tab inserts the first word, and “+ Line” lists what can be written in a new line", async () => {
  await withPage({ hash: linkTo("lanes raft") }, async (page) => {
    await page.click(".editor header >> text=+ Line");
    await page.waitForSelector(".completions:not([hidden])");
    assert.equal(await text(page), "lanes raft\n");
    await page.keyboard.type("unt");
    await page.keyboard.press("Tab");
    await page.keyboard.type("5s");
    assert.equal(await text(page), "lanes raft\nuntil 5s");
    assert.equal(await page.evaluate(() => document.querySelector("election-playground")?.shadowRoot?.activeElement?.tagName), "TEXTAREA");
  });
});

test("after a fix one goes on writing, and Space plays after a fault was clicked", async () => {
  await withPage({ hash: linkTo("lanes raft\nset raft.hartbeat", 1e6) }, async (page) => {
    await page.click(".errors .fix >> text=use");
    await page.keyboard.type(" 20ms");
    assert.equal(await text(page), "lanes raft\nset raft.heartbeat 20ms");
    await settled(page);
    await page.click(".palette >> text=Crash leader");
    await settled(page);
    const before = await text(page);
    await page.keyboard.press("Space");
    await page.waitForSelector('.play[aria-pressed="true"]');
    assert.equal(await text(page), before, "the fault is not repeated");
  });
});

test("a letter waits for the next one: a word does nothing, wherever it is typed", async () => {
  await withPage({ hash: linkTo("lanes raft\nuntil 5s\n", 1e6) }, async (page) => {
    await page.keyboard.type("herd", { delay: 60 });
    await page.waitForTimeout(600);
    assert.equal(await text(page), "lanes raft\nuntil 5s\n");
    await page.keyboard.press("h");
    await page.waitForFunction(() => inside(".editor textarea")?.value.includes("heal"));
  });
});

test("an algorithm's description lists its settings and leads to them", async () => {
  await withPage({ hash: linkTo("lanes zookeeper\n", 1e6) }, async (page) => {
    await page.click(".lane h2 > span");
    await page.click(".menu summary >> nth=0");
    await page.click(".menu .ruling >> text=zookeeper.session-timeout");
    await settled(page);
    assert.match(await text(page), /^set +zookeeper\.session-timeout 4s$/m);
  });
});
