// When was it decided: on the page, an outcome is chosen, worked out beside it, cancelled, worked out again, and the event
// that decided it is gone to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { violations } from "./lib/axe.mjs";
import { now, settled, text, withPage } from "./lib/page.mjs";

const engine = load();
const TEXT = `lanes bully raft
seed 42
at 2s crash leader
at 9s restart all
at 13s partition 1 2 | 3 4 5
at 20s heal
until 25s
`;
/** Long enough to be cancelled. */
const LONG = "lanes raft\nnodes 25\nat 500s crash leader\nuntil 600s\n";
const linkTo = (/** @type {string} */ text, /** @type {number} */ at) => `#${engine.encodeLink(text, at, null, "", "")}`;

/** Opens the debugger on a lane. @param {import("playwright-core").Page} page @param {string} lane */
async function debug(page, lane) {
  await page.click(".narration .why-so");
  await page.waitForSelector(".debugging .odds form");
  await page.click(`.tabs .tab:has-text("${lane}")`);
  await page.waitForSelector(`.tabs .tab[aria-current=true]:has-text("${lane}")`);
}
/** Waits until no worker is left. @param {import("playwright-core").Page} page */
async function alone(page) {
  for (let i = 0; page.workers().length > 0 && i < 100; i++) await page.waitForTimeout(20);
  assert.equal(page.workers().length, 0, "the worker has ended");
}
/** @param {import("playwright-core").Page} page */
const done = (page) => page.waitForSelector(".odds .turns button", { timeout: 60_000 });
/** @param {import("playwright-core").Page} page @param {string} outcome */
async function ask(page, outcome) {
  await page.fill(".odds input", outcome);
  await page.press(".odds input", "Enter");
}

test("an outcome of the run is chosen, and one click goes to what decided it", async () => {
  await withPage({ hash: linkTo(TEXT, 14e6), options: { bypassCSP: true } }, async (page) => {
    await debug(page, "Raft");
    await page.click('.odds .asked >> text="two leaders"');
    await done(page);
    await alone(page);
    const sentence = (await page.textContent(".odds .finding")) ?? "";
    assert.match(sentence, /^Raft: From [\d.]+m?s on, at least 95 of 100 redrawn futures come to leaders >= 2: decided by “.*”, where this was drawn: /);
    // The same curve as in Node.js, and as on the command line.
    const odds = new engine.Odds(TEXT, 1, "leaders >= 2", 100);
    while (!odds.advance(1000).done);
    const curve = odds.curve();
    assert.equal(sentence, `Raft: ${curve.sentence.replaceAll("`", "")}`);
    await page.click(".odds summary");
    assert.equal(await page.locator(".odds tbody tr").count(), curve.points.length);
    assert.match((await page.textContent(".odds tbody tr:nth-child(1)")) ?? "", new RegExp(`^0.000 s${curve.points[0].came} of 100`));
    // On the axis of the bands.
    const mark = await page.locator(".odds .curve .decided").boundingBox();
    const [bands, picture] = await Promise.all([".slider", ".odds .curve"].map((it) => page.locator(it).boundingBox()));
    assert(mark && bands && picture && Math.abs(bands.x - picture.x) < 1 && Math.abs(bands.width - picture.width) < 1);

    assert.deepEqual(await violations(page), []);
    await page.click(".odds .turns .decides");
    await page.waitForFunction((at) => Math.abs(Number(inside(".slider")?.getAttribute("aria-valuenow")) - at) < 1, curve.decided.at / 1000);
    assert.match((await page.textContent(".crumbs")) ?? "", /Raft›? ?node 1/, "the node at which it happened is in focus");
  });
});

test("a future that went the other way plays", async () => {
  await withPage({ hash: linkTo(TEXT, 14e6) }, async (page) => {
    await debug(page, "Raft");
    await ask(page, "leaders >= 2");
    await done(page);
    await page.click('.odds >> text="Play one that went the other way"');
    await settled(page);
    const changed = await text(page);
    assert.match(changed, /at \S+ +raft: reseed \d+/);
    const play = new engine.Playground();
    play.load(changed);
    while (!play.advance(1000).done);
    assert.equal(play.story(1, 0, 0).stats.moreLeaders, 0, "there, two never lead");
    await page.waitForSelector(".odds.old");
    assert.equal(await page.isDisabled('.odds >> text="Play one that went the other way"'), true);
  });
});

test("what is wrong with a condition is said where it is typed", async () => {
  await withPage({ hash: linkTo(TEXT, 14e6) }, async (page) => {
    await debug(page, "Bully");
    await ask(page, "leadrs >= 2");
    await page.waitForSelector(".odds .wrong:visible");
    assert.match((await page.textContent(".odds .wrong")) ?? "", /^found leadrs, expected .* did you mean leaders\?$/);
    assert.equal(await page.getAttribute(".odds input", "aria-invalid"), "true");
    await ask(page, "writes conflicting > 0");
    await done(page);
    assert.equal(await page.isVisible(".odds .wrong"), false);
    assert.equal(await page.getAttribute(".odds input", "aria-invalid"), null);
  });
});

test("work is cancelled at once, and begins again", async () => {
  await withPage({ hash: linkTo(LONG, 1e6) }, async (page) => {
    await debug(page, "Raft");
    for (let i = 0; i < 2; i++) {
      await ask(page, "leader = 3 at end");
      await page.waitForFunction(() => /points of about/.test(inside(".odds .far")?.textContent ?? ""), undefined, { timeout: 60_000 });
      assert.equal(page.workers().length, 1);
      // The page is free meanwhile.
      await page.click(".transport .step >> nth=0");
      await page.click('.odds >> text="Cancel"');
      await page.waitForFunction(() => /^canceled/.test(inside(".odds .far")?.textContent ?? ""));
      await alone(page);
    }
    await ask(page, "leader = 3 at end");
    await page.waitForFunction(() => /points of about/.test(inside(".odds .far")?.textContent ?? ""), undefined, { timeout: 60_000 });
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !inside(".app")?.classList.contains("debugging"));
    // Whoever closes the debugger has enough of it.
    await alone(page);
  });
});

test("where there is no worker, the page itself works it out", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) => page.route("**/odds-worker.js", (route) => route.abort());
  await withPage({ hash: linkTo(TEXT, 14e6), before, complaints: /odds-worker|ERR_FAILED/ }, async (page) => {
    await debug(page, "Raft");
    await ask(page, "leaders >= 2");
    await done(page);
    assert.match((await page.textContent(".odds .finding")) ?? "", /at least 95 of 100/);
    assert((await now(page)) > 13_000);
  });
});
