// The six steps of docs/debugging.md, and its pictures: PICTURES=1 makes them anew.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { frames, pause, settled, text, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const docs = new URL("../../docs/", import.meta.url);
const guide = readFileSync(new URL("debugging.md", docs), "utf8");

/** The sentences that the guide quotes, in one line. */
const quoted = guide.replace(/\s+/g, " ");
/** Whether the guide says what the page says. @param {string} words */
const says = (words) => assert(quoted.includes(words), `docs/debugging.md does not say: ${words}`);

/** Makes a picture of the guide, or checks that it is there. @param {Page} page @param {number} number @param {string} [part] Only this part of the page. */
async function picture(page, number, part) {
  const file = fileURLToPath(new URL(`debugging-${number}.png`, docs));
  if (process.env.PICTURES) await (part ? page.locator(part) : page).screenshot({ path: file });
  assert(guide.includes(`debugging-${number}.png`) && statSync(file).size > 4_000, file);
}

/** @param {Page} page @param {number} seconds */
const seek = (page, seconds) => page.evaluate((at) => /** @type {any} */ (document.querySelector("election-playground")).seek(at), seconds);
/** @param {Page} page */
const reasons = (page) => page.locator(".reasons .text").allTextContents();
/** @param {Page} page @param {string} question */
const asks = (page, question) => page.waitForFunction((it) => inside(".why h2")?.textContent === it && !inside(".why.stale"), question);

test("the cause of a double leader is found in six steps", async () => {
  await withPage({}, async (page) => {
    await pause(page);
    // 1
    await seek(page, 14);
    await frames(page);
    await picture(page, 1, ".main .lanes-panel");
    await page.click(".why-so");
    await page.click('.tabs >> role=button[name=/Bully/]');
    await page.click('.ask >> role=button[name="2"]');
    await asks(page, "Why does 2 lead?");
    const chain = await reasons(page);
    assert.match(chain[0], /^2 leads: no higher id answers 2\. 5 believes that it leads, too\./);
    says("2 leads: no higher id answers 2. 5 believes that it leads, too.");
    // 2
    for (const to of [3, 4, 5]) assert(chain.includes(`An ELECTION from 2 to ${to} is lost: the link is cut.`), chain.join("\n"));
    assert(chain.some((it) => /The detector timer of 2 fires 500ms after a HEARTBEAT from 5\./.test(it)), chain.join("\n"));
    assert.equal(await page.textContent(".reasons .act .link"), "line 17");
    // 3
    await page.click(".reasons .disc >> nth=0");
    await page.waitForSelector('.rules-list [data-rule="9"].ran');
    says((await page.textContent('.rules-list [data-rule="9"] .number')) ?? "R9");
    says("R9 no OK within T: lead");
    assert.match((await page.textContent('.rules-list [data-rule="9"] .text')) ?? "", /no OK within T: lead/);
    await page.waitForFunction(() => inside(".what-ifs li") && !inside(".what-ifs .open"));
    await frames(page);
    await picture(page, 2);
    const whatIf = (await page.locator(".what-ifs li p").allTextContents()).find((it) => it.includes("line 17")) ?? "";
    assert.match(whatIf, /Without line 17 \(partition 1 2 \| 3 4 5\), 5 leads at that moment\./);
    await page.click('.tabs >> role=button[name=/Raft/]');
    await seek(page, 14);
    await page.click('.ask >> role=button[name="2"]');
    await asks(page, "Why does 2 not lead?");
    assert.match((await reasons(page))[0], /it reaches 2 of 5 nodes, itself included, and a quorum is 3/);
    says("it reaches 2 of 5 nodes, itself included, and a quorum is 3");
    await page.waitForFunction(() => inside(".what-ifs li") && !inside(".what-ifs .open"));
    await frames(page);
    await picture(page, 3, ".inspector");
    // 4
    await page.click('.tabs >> role=button[name=/Bully/]');
    await page.click('.ask >> role=button[name="2"]');
    await asks(page, "Why does 2 lead?");
    await page.waitForFunction(() => inside(".what-ifs li") && !inside(".what-ifs .open"));
    await page.locator(".what-ifs li", { hasText: "line 17" }).locator("button").click();
    await settled(page);
    assert(!(await text(page)).includes("partition 1 2 | 3 4 5"));
    await page.locator(".futures:visible button", { hasText: "Forget" }).first().waitFor();
    await page.click(".futures button:visible >> text=Compare");
    await page.waitForSelector(".pair canvas:visible");
    await frames(page);
    await picture(page, 4, ".pair");
    await page.click(".editor >> text=Undo");
    await settled(page);
    assert((await text(page)).includes("partition 1 2 | 3 4 5"));
    // 5
    await page.click('.odds .asked button >> nth=0');
    await page.waitForFunction(() => inside(".odds .finding")?.textContent && inside(".odds .far")?.hidden, undefined, { timeout: 90_000 });
    await frames(page);
    await picture(page, 5, ".odds");
    // 6
    await seek(page, 14);
    await page.click('.tabs >> role=button[name=/Bully/]');
    await page.click('.ask >> role=button[name="2"]');
    await asks(page, "Why does 2 lead?");
    await page.click(".reasons .disc >> nth=0");
    await page.waitForSelector('.rules-list [data-rule="9"].ran');
    await page.click('.rules-list [data-rule="9"] .number');
    await page.waitForFunction(() => /break bully node 2 order R9/.test(/** @type {HTMLTextAreaElement} */ (inside(".editor textarea")).value));
    says("break bully node 2 order R9");
    await page.waitForSelector(".stops .times");
    await picture(page, 6, ".stops");
  });
});
