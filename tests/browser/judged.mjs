// What the page says of a run: verdicts, warnings, acts of which nothing came, runs that break off; and that nothing of
// an engine that panicked is left.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { watchInstances } from "./lib/instances.mjs";
import { frames, now, settled, withPage } from "./lib/page.mjs";

const engine = load();
const linkTo = (/** @type {string} */ text, /** @type {number} */ at) => `#${engine.encodeLink(text, at, null, "", "")}`;

const TEXT = `lanes bully zookeeper raft
nodes 1=web 2=db 3=backup
set zookeeper.session-timeout 1s
at 2s crash leader
at 2.001s raft: crash leader
at 6s pause leader for 3s
until 12s
expect raft one-effective-writer
expect bully one-effective-writer = broken
expect raft p99 failover < 2s over 100 seeds
expect raft leader = none
`;

test("verdicts appear where they belong", async () => {
  await withPage({ hash: linkTo(TEXT, 12e6) }, async (page) => {
    await page.waitForSelector(".verdicts:not([hidden])");
    const rows = await page.$$eval(".paper .line", (all) => all.map((it) => it.className));
    assert.match(rows[2], /warned/, "the warning at its line");
    assert.match(rows[7], /\bmet/);
    assert.match(rows[8], /\bmet/);
    assert.match(rows[9], /seeds/, "what takes many seeds");
    assert.match(rows[10], /unmet/);
    const said = (await page.textContent(".verdicts")) ?? "";
    assert.match(said, /1 of 4 expectations fail/);
    assert.match(said, /many seeds.*election check/);
    assert.match((await page.textContent(".errors")) ?? "", /line 3.*granted as 4s/);
    // Names are shown in the place of ids.
    assert.match((await page.textContent(".says >> nth=0")) ?? "", /backup|db|web/);
    const marks = await page.$$eval(".lane", (all) => all.map((it) => it.querySelector(".marks")?.getAttribute("title") ?? ""));
    assert.match(marks[0], /broken as expected: .*conflicting writes/);
    assert.match(marks[2], /promises that hold: /);
    await page.click(".lane >> nth=0 >> .marks");
    await page.waitForSelector(".menu .claims");
    const about = (await page.textContent(".menu")) ?? "";
    assert.match(about, /So far: held/);
    assert.match(about, /Never promised.*one effective writer.*(web|db|backup)/);
  });
});

test("an action without effect is reported in its lane", async () => {
  await withPage({ hash: linkTo("lanes raft\nat 1s crash leader\nat 1.15s crash leader\nuntil 3s\n", 0) }, async (page) => {
    const box = await page.locator(".slider").boundingBox();
    assert(box);
    /** @type {string[]} */
    const tips = [];
    for (let x = 0.3; x < 0.75; x += 0.005) {
      await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.6);
      const tip = page.locator(".bands .tip");
      if (await tip.isVisible()) tips.push((await tip.textContent()) ?? "");
    }
    assert(tips.some((text) => /crash leader, 1.150 s, line 3; no effect in Raft: no/.test(text)), [...new Set(tips)].join(" | "));
  });
});

test("a run that breaks off says so, and the other lanes continue", async () => {
  await withPage({ hash: linkTo("lanes ring raft\nnodes 9\nduplicate 100%\nuntil 4s\n", 3e6) }, async (page) => {
    assert.match((await page.textContent(".says >> nth=0")) ?? "", /broke off at \d\.\d+ s: more than 65,536 messages/);
    assert.match((await page.textContent(".says >> nth=1")) ?? "", /leader \d/);
    await page.keyboard.press("Home");
    await page.keyboard.press("End");
    assert.equal(await now(page), 4000);
  });
});

test("after panics there is one engine, and no trace of the dead ones", async () => {
  /** @type {string[]} */
  const glue = [];
  const before = async (/** @type {import("playwright-core").Page} */ page) => {
    page.on("request", (request) => request.url().includes("election_playground.js") && glue.push(request.url()));
    await watchInstances(page);
  };
  await withPage({ hash: linkTo("nodes 9\nuntil 30s\n", 1e6), before }, async (page) => {
    for (let i = 0; i < 4; i++) {
      await page.evaluate(() => void (/** @type {any} */ (globalThis).panics = true));
      await page.keyboard.press("ArrowRight");
      await page.waitForSelector(".notice:not([hidden])");
      await page.evaluate(() => void (/** @type {any} */ (globalThis).panics = false));
      await page.click("text=Restart the engine");
      await page.waitForSelector(".notice", { state: "hidden" });
      await settled(page);
    }
    assert.deepEqual(glue, [], "no copy of the glue is fetched");
    const client = await page.context().newCDPSession(page);
    let alive = 0;
    for (let i = 0; i < 20; i++) {
      await client.send("HeapProfiler.collectGarbage");
      await frames(page);
      alive = await page.evaluate(() => /** @type {any[]} */ (/** @type {any} */ (globalThis).memories).filter((it) => it.deref()).length);
      if (alive === 1) break;
    }
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).memories.length), 5);
    assert.equal(alive, 1, "the memories of the dead engines are free");
  });
});
