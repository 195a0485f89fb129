// A story on the page: it is told, it asks before the answer shows, and it answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { now, settled, text, withPage } from "./lib/page.mjs";

const engine = load();
const linkTo = (/** @type {string} */ text, /** @type {number} */ at) => `#${engine.encodeLink(text, at, null, "", "")}`;

const LANES = `lanes ring bully raft
seed 42
at 1s say "All is well."
at 2s partition 1 2 | 3 4 5
at 2s ask "In which lanes will two nodes lead?"
at 4s answer leaders = 2 in ring bully because "Nobody there counts."
until 6s
`;
const CHOICES = LANES.replace('answer leaders = 2 in ring bully because "Nobody there counts."', 'answer "one" if leaders = 1 | "two"');

const story = (/** @type {import("playwright-core").Page} */ page) => page.textContent(".story .words");
const state = (/** @type {import("playwright-core").Page} */ page, /** @type {string} */ text) =>
  page.waitForFunction((text) => inside(".top .state")?.textContent === text, text);

test("a question stops the playhead, lanes are picked, and the answer shows what was said", async () => {
  await withPage({ hash: linkTo(LANES, 1.2e6) }, async (page) => {
    assert.equal(await story(page), "All is well.");
    await page.click(".play");
    await state(page, "stopped by a question");
    assert.equal(await now(page), 2000);
    assert.match((await story(page)) ?? "", /In which lanes/);
    assert.equal(await page.locator(".story >> text=Nobody there counts").count(), 0, "the answer does not show yet");
    const [choices, lanes] = await Promise.all([".story .choices", ".lanes-panel"].map((it) => page.locator(it).boundingBox()));
    assert(choices && lanes && choices.width === lanes.width && choices.y + choices.height <= lanes.y, "the choices stand above the lanes and cover nothing");
    await page.click(".story >> role=button[name=Ring]");
    await page.click(".story >> role=button[name=Raft]");
    await page.waitForSelector(".story >> role=button[name=Raft][pressed=true]");
    await page.click(".story >> text=Play and see");
    await page.waitForSelector(".story >> text=Nobody there counts.", { timeout: 60_000 });
    const cells = await page.locator(".story .cell").allTextContents();
    assert.deepEqual(cells, ["Ringyes✓ as you said", "Bullyyes✗ you said no", "Raftno✗ you said yes"]);
    // Who has answered is not asked again.
    await page.keyboard.press("Home");
    await page.evaluate(() => /** @type {any} */ (document.querySelector("election-playground")).play());
    await page.waitForFunction(() => Number(inside(".slider")?.getAttribute("aria-valuenow")) > 2000, null, { timeout: 60_000 });
  });
});

test("choices for each lane; a lane without one has no mark", async () => {
  await withPage({ hash: linkTo(CHOICES, 1.9e6) }, async (page) => {
    await page.click(".play");
    await state(page, "stopped by a question");
    await page.click('.story >> role=button[name="Bully: two"]');
    await page.click('.story >> role=button[name="Raft: two"]');
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    // The focus stays, so the second key takes back what the first did.
    await page.waitForSelector('.story >> role=button[name="Raft: two"][pressed=true]');
    await page.click(".story >> text=Play and see");
    await page.waitForSelector(".story .cell", { timeout: 60_000 });
    assert.deepEqual(await page.locator(".story .cell").allTextContents(), ["Ringtwo", "Bullytwo✓ as you said", "Raftone✗ you said two"]);
  });
});

test("just play skips the question, and another scenario forgets what was said", async () => {
  await withPage({ hash: linkTo(LANES, 1.9e6) }, async (page) => {
    await page.click(".play");
    await state(page, "stopped by a question");
    await page.click(".story >> text=Just play");
    await page.waitForSelector(".story >> text=Nobody there counts.", { timeout: 60_000 });
    assert.match((await story(page)) ?? "", /In Ring and Bully\. Nobody there counts\./);
    assert.equal(await page.locator(".story .cell").count(), 0);
    await page.evaluate((hash) => { location.hash = hash; }, linkTo(LANES.replace("seed 42", "seed 43"), 1.9e6));
    await page.waitForFunction(() => inside(".editor textarea")?.value.includes("seed 43"));
    await settled(page);
    await page.click(".play");
    await state(page, "stopped by a question");
  });
});

test("a question does not take the focus from the editor, and an edit keeps the story", async () => {
  await withPage({ hash: linkTo(LANES, 1.9e6) }, async (page) => {
    await page.click(".play");
    await page.focus(".editor textarea");
    await state(page, "stopped by a question");
    assert.ok(await page.evaluate(() => inside(".editor textarea")?.matches(":focus")));
    await page.fill(".editor textarea", (await text(page)).replace("In which lanes", "Where"));
    await settled(page);
    await page.waitForSelector(".story >> text=Where will two nodes lead?");
  });
});

test("without a story nothing stands in its place", async () => {
  await withPage({ hash: linkTo("lanes raft; until 3s", 1e6) }, async (page) => {
    assert.equal(await page.isVisible(".story"), false);
  });
});
