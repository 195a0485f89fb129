// Inside the debugger: what an event changed, the rules that ran with what decided them, and what is pending.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { violations } from "./lib/axe.mjs";
import { frames, settled, text, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const TEXT = "lanes raft bully\nnodes 5\nseed 42\nat 2s crash leader\nuntil 6s\n";
const linkTo = (/** @type {number} */ at, text = TEXT) => `#${engine.encodeLink(text, at, null, "", "")}`;

/** Opens the debugger at the sentence of the moment. @param {Page} page */
async function ask(page) {
  await page.click(".why-so");
  // On a phone, another panel is in front.
  await page.waitForSelector(".changed .what", { state: "attached" });
}

/** The rows of a list of values. @param {Page} page @param {string} selector */
const rows = (page, selector) => page.$eval(selector, (list) => [...list.querySelectorAll("dt")].map((dt) => {
  const dd = /** @type {HTMLElement} */ (dt.nextElementSibling);
  return [dt.textContent, dd.querySelector("del")?.textContent ?? null, (dd.querySelector("ins, em, dd > span:not(.to)")?.textContent ?? "")];
}));

test("an event shows what it changed, old beside new, what is on disk, and the timers with their settings", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await page.waitForFunction(() => /leads/.test(inside(".changed .what")?.textContent ?? ""));
    const changed = await rows(page, ".changed .values.now");
    assert.deepEqual(changed.find(([name]) => name === "role"), ["role", "candidate", "leader"]);
    const log = changed.find(([name]) => name === "log");
    assert(log && log[1] === "1" && /2$/.test(log[2] ?? ""), JSON.stringify(changed));
    assert.equal(await page.locator(".changed .values.now .disk").count(), 2, "the log and its length survive a crash");
    // The rest on demand.
    const rest = page.locator(".changed details");
    assert.equal(await rest.locator("dt", { hasText: "term" }).isVisible(), false);
    await page.click(".changed summary");
    assert.equal(await rest.locator("dt", { hasText: "term" }).isVisible(), true);
    assert.match((await rest.locator("dt", { hasText: "clock" }).locator("+ dd").textContent()) ?? "", /true time/);
    const timers = await rows(page, ".changed .timers");
    assert.deepEqual(timers.find(([name]) => name === "election")?.[2], "cancelled");
    await page.click('.changed >> role=button[name="Change raft.heartbeat 50ms, default"]');
    await page.waitForFunction(() => {
      const area = /** @type {HTMLTextAreaElement} */ (inside(".editor textarea"));
      return area.value.slice(area.selectionStart, area.selectionEnd) === "50ms";
    });
  });
});

test("the rules that ran are lit, with the values that decided them, also where they decided against it", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await page.waitForSelector(".rules-list .ran");
    const ran = await page.locator(".rules-list .ran .number").allTextContents();
    assert.deepEqual(ran, ["R13", "R15", "R17"]);
    assert.equal(await page.textContent('.rules-list [data-rule="15"] .margin'), "votes 3 ≥ quorum 3\u00a0✓, true");
    assert(await page.locator('.rules-list [data-rule="15"]').isVisible());
    // An earlier vote was counted and did not decide.
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => inside('.rules-list [data-rule="15"]')?.textContent?.includes("votes 2 ≥ quorum 3\u00a0✗") || !inside('.rules-list [data-rule="15"].ran'));
    assert.equal(await page.locator('.rules-list [data-rule="15"].ran').count(), 0);
  });
});

test("what is pending says what becomes of it, and is hurried or dropped by a line of the scenario", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await page.waitForSelector(".queue .vain");
    const vain = await page.locator(".queue .vain").allTextContents();
    assert(vain.some((row) => /changes nothing/.test(row)) && vain.some((row) => /receiver down/.test(row)), vain.join("\n"));
    const before = await page.locator(".queue .message:not(.vain)").count();
    const row = page.locator(".queue .message:not(.vain)").first();
    const name = (await row.locator(".name").textContent()) ?? "";
    await row.locator("role=button[name^=drop]").click();
    await settled(page);
    const [from, to] = name.match(/\d+/g) ?? [];
    assert.match(await text(page), new RegExp(`raft: drop ${from}->${to}#\\d+`));
    await page.waitForFunction((before) => /** @type {any} */ (inside(".queue"))?.querySelectorAll(".message:not(.vain)").length < before, before);
  });
});

test("a message shows its fields, its way and what it does, and leads to its events", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await page.click(".changed .sent button");
    await page.waitForSelector(".changed .message .values");
    const fields = await rows(page, ".changed .message .values");
    assert.deepEqual(fields.slice(0, 2).map(([name]) => name), ["term", "prev-index"]);
    assert.match((await page.textContent(".changed .message")) ?? "", /will be received.*R19.*leader none → 1/);
    const arrives = page.locator(".changed .message dt", { hasText: "fate" }).locator("+ dd button");
    await arrives.click();
    await page.waitForFunction(() => /follows|receives/.test(inside(".changed > div:last-child")?.textContent ?? "") && inside(".changed .message")?.hidden);
    await frames(page);
    assert.match((await page.textContent(".changed > div:last-child .what")) ?? "", /receives AppendEntries/);
  });
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing in the debugger, on a screen and on a phone, ${colorScheme}`, async () => {
    const options = { colorScheme, bypassCSP: true };
    await withPage({ hash: linkTo(2.3e6), options }, async (page) => {
      await ask(page);
      await page.waitForSelector(".queue .vain");
      await page.click(".changed summary");
      await page.click(".changed .sent button");
      await page.waitForSelector(".changed .message .values");
      assert.deepEqual(await violations(page, colorScheme === "dark"), []);
    });
    await withPage({ hash: linkTo(2.3e6), width: 390, height: 844, options: { ...options, hasTouch: true, isMobile: true } }, async (page) => {
      await ask(page);
      for (const panel of ["Changed", "Code", "Pending"]) {
        await page.click(`.panels >> text=${panel}`);
        await frames(page);
        assert.deepEqual(await violations(page, colorScheme === "dark"), [], panel);
      }
    });
  });
}
