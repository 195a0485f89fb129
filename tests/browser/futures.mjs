// Two futures: acting in the past keeps both, and what users do with them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { violations } from "./lib/axe.mjs";
import { frames, letter, now, settled, text, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const FIRST = "lanes ring raft\nlane patient = raft election-timeout 400ms..800ms\nnodes 5\nseed 42\nat 2s crash leader\nat 5s restart all\nuntil 8s\n";
const ACT = "at 1.5s raft: crash leader";
const linkTo = (/** @type {number} */ at, /** @type {string} */ it = FIRST) => `#${engine.encodeLink(it, at, null, "", "")}`;
const PHONE = { width: 390, height: 844, options: { hasTouch: true, isMobile: true } };
const sign = (/** @type {Page} */ page) => page.locator(".forked");
/** Which future is shown. @param {Page} page */
const shown = (page) => page.locator(".futures input:checked").inputValue();
/** The rows of the table, by name. @param {Page} page @returns {Promise<Record<string, string[]>>} */
const rows = (page) => page.$$eval(".futures tbody tr", (all) => Object.fromEntries(all.map((row) => {
  const [name, ...cells] = [...row.children].map((it) => it.textContent ?? "");
  return [name, [...cells, row.classList.contains("differs") ? "differs" : "same"]];
})));

/** Crashes the leader of the Raft lane at the playhead. @param {Page} page */
async function act(page) {
  await page.selectOption('.breaker select >> nth=1', "1");
  await page.click(".palette button >> nth=0");
  await both(page);
}
/** Waits until both futures are known. @param {Page} page */
async function both(page) {
  await settled(page);
  await page.waitForFunction(() => / since /.test(inside(".forked")?.textContent ?? ""));
  await frames(page);
}
/** Opens the debugger at the futures. @param {Page} page */
async function open(page) {
  await page.click(".forked >> text=compare");
  await page.waitForSelector(".futures tbody tr");
}

test("an act in the past keeps both futures, which can be compared, switched, kept and forgotten", async () => {
  await withPage({ hash: linkTo(1.5e6) }, async (page) => {
    assert(await sign(page).isHidden());
    await act(page);
    const second = await text(page);
    assert(second.includes(`${ACT}\n`), second);
    assert.match((await sign(page).textContent()) ?? "", /^Two futures since 1\.500 s, B is shown/);
    assert.equal(await page.locator('.line[data-future="B"]').textContent(), ACT);
    await open(page);

    // The lane where they differ, both below each other, and what differs.
    assert.match((await page.textContent(".crumbs")) ?? "", /Raft/);
    assert.match((await page.getAttribute(".pair canvas", "aria-label")) ?? "", /^Both futures, which part at 1\.500 s\. .*A: .* and .*B: /);
    assert.equal(await shown(page), "B");
    const table = await rows(page);
    assert.equal(table.leader[2], "differs");
    assert.equal(table.leader[1], "none");
    assert.equal(table.failover[2], "differs");
    assert.deepEqual(await page.$$eval(".futures thead small", (all) => all.map((it) => it.textContent)), ["as written", "raft: crash leader"]);

    // The other one is shown at the same moment, and back.
    const moment = await now(page);
    await page.click('.futures input[value="A"]');
    await both(page);
    assert.deepEqual([await text(page), await shown(page), await now(page)], [FIRST, "A", moment]);
    assert.deepEqual((await rows(page)).failover, table.failover, "A stays at the left");
    assert.equal(await page.locator(".line[data-future]").count(), 0, "only B has a line that the other one lacks");
    assert.equal(await page.evaluate(() => /** @type {ShadowRoot} */ (inside(".futures")?.getRootNode()).activeElement?.getAttribute("value")), "A", "the focus stays");
    await page.keyboard.press("ArrowRight");
    await both(page);
    assert.deepEqual([await text(page), await shown(page)], [second, "B"]);

    // The first difference is one click away.
    await page.click(".bands .slider", { position: { x: 400, y: 60 } });
    await page.click(".futures >> text=First difference from");
    await page.waitForFunction(() => /^At 1\.500 s:\nA goes on: .*\nB: 5 crashes, by “crash leader”\.$/.test(inside(".futures .said")?.textContent ?? ""));
    await frames(page);
    assert.equal(await now(page), 1500);

    // Keep A: B is gone. Undo brings both back.
    await page.click(".futures >> text=Keep A");
    await settled(page);
    assert.deepEqual([await text(page), await page.locator(".futures table").isVisible()], [FIRST, false]);
    assert(await page.locator(".pair").isHidden());
    await page.click(".editor >> text=Undo");
    await both(page);
    assert.deepEqual([await text(page), await shown(page)], [second, "B"]);

    // Forget: A is gone. Undo brings it back, and once more undoes the act.
    await page.click(".futures >> text=Forget");
    await frames(page);
    assert.deepEqual([await text(page), await page.locator(".futures table").isVisible()], [second, false]);
    await page.click(".editor >> text=Undo");
    await both(page);
    assert.deepEqual([await text(page), await shown(page)], [second, "B"]);
    await page.click(".editor >> text=Undo");
    await settled(page);
    assert.deepEqual([await text(page), await page.locator(".futures table").isVisible()], [FIRST, false]);
    await page.click(".editor >> text=Redo");
    await both(page);
    assert.deepEqual([await text(page), await shown(page)], [second, "B"]);
  });
});

test("what is done in B goes on in B, and what is done in A takes the place of B", async () => {
  await withPage({ hash: linkTo(1.5e6) }, async (page) => {
    await act(page);
    const second = await text(page);
    await page.click(".palette >> text=Restart all");
    await both(page);
    assert.equal(await page.locator('.line[data-future="B"]').count(), 2);
    await open(page);
    await page.click('.futures input[value="A"]');
    await both(page);
    assert.equal(await text(page), FIRST);
    await page.click(".crumbs .close");
    await page.click(".palette >> text=Restart all");
    await both(page);
    assert.match((await sign(page).textContent()) ?? "", /B is shown/);
    assert(!(await text(page)).includes(ACT), "the former B is gone");
    await page.click(".editor >> text=Undo");
    await both(page);
    assert.equal(await text(page), FIRST);
    assert.match((await sign(page).textContent()) ?? "", /A is shown/, "undo brings it back");
    await page.click(".editor >> text=Undo");
    await both(page);
    assert((await text(page)).startsWith(second.slice(0, 40)) && (await text(page)).includes(ACT));
    // Another scenario has no such past.
    await page.click(".top >> text=Gallery");
    await page.click(".gallery li button >> nth=1");
    await settled(page);
    assert(await sign(page).isHidden());
  });
});

test("only what changes the past parts the futures", async () => {
  await withPage({ hash: linkTo(3e6) }, async (page) => {
    const area = page.locator(".editor textarea");
    /** @param {string} it */
    const write = async (it) => {
      await area.fill(it);
      await page.waitForTimeout(400);
      await settled(page);
      await frames(page);
    };
    // A title, what comes later, other nodes, and a text with errors.
    for (const it of [`title x\n${FIRST}`, FIRST.replace("restart", "crash"), FIRST.replace("nodes 5", "nodes 4"), FIRST.replace("crash leader", "crsh leader"), FIRST]) {
      await write(it);
      assert(await sign(page).isHidden(), it);
    }
    await write(FIRST.replace("crash leader", "pause leader"));
    await both(page);
    assert.match((await sign(page).textContent()) ?? "", /since 2\.000 s/);
    // With errors, the other future cannot be shown; both are still there.
    await open(page);
    await write(FIRST.replace("crash leader", "crsh leader"));
    assert.equal(await page.locator(".futures input:disabled").count(), 2);
    // Back at what was written, there is nothing to compare.
    await write(FIRST);
    assert(await page.locator(".futures table").isHidden());
  });
});

test("a link carries both futures", async () => {
  let address = "";
  let second = "";
  await withPage({ hash: linkTo(1.5e6) }, async (page) => {
    await act(page);
    second = await text(page);
    // The address of the page keeps both, too.
    await page.waitForFunction(() => location.hash.includes("&alt="));
    address = await page.evaluate(() => /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).toURL());
  });
  const hash = new URL(address).hash;
  assert.match(hash, /&alt=a/);
  await withPage({ hash }, async (page) => {
    await both(page);
    assert.deepEqual([await text(page), await now(page)], [second, 1500]);
    assert.match((await sign(page).textContent()) ?? "", /since 1\.500 s, B is shown/);
    await open(page);
    await page.click('.futures input[value="A"]');
    await both(page);
    assert.equal(await text(page), FIRST);
    const turned = await page.evaluate(() => /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).toURL());
    const link = engine.decodeLink(new URL(turned).hash);
    assert.deepEqual([link.text, link.other, link.first], [FIRST, second, false]);
    // A reload shows the same.
    await page.waitForFunction(() => location.hash.includes("&alt=b"));
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    await both(page);
    assert.equal(await text(page), FIRST);
  });
  // What does not play is left out, and said.
  const broken = engine.encodeLink(FIRST, 0, null, "", "", "", FIRST.replace("crash", "crsh"), true);
  await withPage({ hash: `#${broken}` }, async (page) => {
    assert.match((await page.textContent(".notice")) ?? "", /second future of this link does not play/);
    assert.deepEqual([await text(page), await sign(page).isHidden()], [FIRST, true]);
  });
});

test("while a question of the story is open, the figures do not answer it", async () => {
  const story = `${FIRST}at 3s ask "Who leads?"\nat 6s answer "one" if leaders = 1 | "nobody"\n`;
  await withPage({ hash: linkTo(1.5e6, story) }, async (page) => {
    await act(page);
    await page.click(".forked >> text=compare");
    await page.waitForSelector(".futures .note >> text=The other figures would answer");
    assert.deepEqual(await page.locator(".futures tbody th").allTextContents(), ["leader", "failover"], "nothing of what comes after the question");
    assert.doesNotMatch((await page.getAttribute(".pair canvas", "aria-label")) ?? "", /without service|at the end/);
    await page.evaluate(() => /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).seek(7));
    await page.waitForFunction(() => /elections/.test(inside(".futures tbody")?.textContent ?? ""));
    assert(await page.locator(".futures .note >> text=The other figures would answer").isHidden());
  });
});

test("an embedded playground shows no panel, and its link keeps both futures", async () => {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title><script type="module" src="../pkg/element.js"></script>
    <body><election-playground at="1.5s">\n${FIRST}</election-playground></body></html>`;
  const before = (/** @type {Page} */ it) => it.route("**/embedded.html", (route) => route.fulfill({ contentType: "text/html", body: page }));
  await withPage({ path: "embedded.html", ready: "election-playground", before }, async (it) => {
    const url = await it.evaluate(async () => {
      const element = /** @type {import("../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground"));
      await element.ready;
      return element.toURL();
    });
    assert.equal(engine.decodeLink(new URL(url).hash).other, null);
    // A node's menu acts there, too.
    await it.focus(".slider");
    await letter(it, "2");
    await it.keyboard.press("ArrowRight");
    await letter(it, "c");
    await settled(it);
    await it.waitForFunction(() => /** @type {any} */ (document.querySelector("election-playground")).toURL().includes("&alt="));
    assert(await sign(it).isHidden());
    const again = await it.evaluate(() => /** @type {any} */ (document.querySelector("election-playground")).toURL());
    const link = engine.decodeLink(new URL(again).hash);
    assert.equal(link.other?.trim(), FIRST.trim());
    assert.match(link.text, /^at 1\.5s crash \d$/m);
  });
});

test("the first difference between two lanes is one click away", async () => {
  await withPage({ hash: linkTo(0) }, async (page) => {
    await act(page);
    await open(page);
    await page.selectOption(".futures select", { label: "patient" });
    await page.click(".futures >> text=First difference from");
    await page.waitForFunction(() => /^At .*:\nRaft: .*\npatient: /.test(inside(".futures .said")?.textContent ?? ""));
    const said = (await page.textContent(".futures .said")) ?? "";
    await page.selectOption(".futures select", { label: "Ring" });
    await page.click(".futures >> text=First difference from");
    await page.waitForFunction((/** @type {string} */ before) => !["", "Comparing…", before].includes(inside(".futures .said")?.textContent ?? ""), said);
    assert.match((await page.textContent(".futures .said")) ?? "", /leads|do not differ/);
  });
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing in two futures, ${colorScheme}`, async () => {
    await withPage({ hash: linkTo(1.5e6), options: { colorScheme, bypassCSP: true } }, async (page) => {
      await act(page);
      assert.deepEqual(await violations(page, colorScheme === "dark"), [], "the sign");
      await open(page);
      assert.deepEqual(await violations(page, colorScheme === "dark"), [], "the panel");
    });
  });
}

test("on a phone, the sign is in the scenario's sheet, and the panel has a tab", async () => {
  await withPage({ hash: linkTo(1.5e6), ...PHONE }, async (page) => {
    await act(page);
    assert(!(await sign(page).isVisible()), "nothing is covered");
    await page.click(".for-sheet");
    await sign(page).scrollIntoViewIfNeeded();
    assert(await sign(page).isVisible());
    await page.click(".forked >> text=compare");
    await page.waitForSelector(".panels");
    await page.click(".panels >> text=Futures");
    await page.waitForSelector(".futures tbody tr");
    assert.equal(await shown(page), "B");
    const [panel, window] = await page.$eval(".futures", (it) => [it.scrollWidth, it.clientWidth]);
    assert(panel <= window, "nothing is cut off");
  });
});
