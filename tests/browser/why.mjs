// Why is this so: the chain of causes, what would have happened without a link of it, questions about nodes; steps of every
// kind; stops that a click sets.

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
  await page.waitForSelector(".reasons li");
}
const time = async (/** @type {Page} */ page) => Number.parseFloat((await page.textContent(".time")) ?? "");
const reasons = (/** @type {Page} */ page) => page.locator(".reasons .text").allTextContents();
/** Waits until every change has been tried. @param {Page} page */
const tried = (page) => page.waitForFunction(() => inside(".what-ifs li") && !inside(".what-ifs .open"));
/** Waits until a heading asks this. @param {Page} page @param {string} question */
const asks = (page, question) => page.waitForFunction((it) => inside(".why h2")?.textContent === it && !inside(".why.stale"), question);

test("a leader is explained by its votes, the silence and the fault, each with its moment, line and rules", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await asks(page, "Why does 1 lead?");
    const all = await reasons(page);
    assert.match(all[0], /^1 leads \(term 2\) with 3 of 5 votes/);
    assert.equal(all.at(-2), "5, which leads, crashes.");
    assert.equal(await page.textContent(".reasons .act .link"), "line 4");
    assert.equal(await page.textContent(".reasons li:first-child .rules"), "R13 R15 R17");
    // A reason leads to its moment and node; the question stays.
    await page.click(".reasons .timer .disc");
    await page.waitForFunction(() => inside(".reasons .timer")?.getAttribute("aria-current") === "step");
    assert.equal(await time(page), 2.184);
    assert.equal(await page.textContent(".why h2"), "Why does 1 lead?");
    // The same numbers are in the diagram, which sets them from the same chain.
    assert.equal(await page.locator(".reasons li").count(), 7);
  });
});

test("a click on a gap or a band offers its why, and asks it at once while the debugger is open", async () => {
  await withPage({ hash: linkTo(0) }, async (page) => {
    /** Clicks a lane's row at a moment. @param {number} lane @param {number} at In seconds. */
    const row = async (lane, at) => {
      await page.locator(".slider").scrollIntoViewIfNeeded();
      const box = await page.locator(".slider").boundingBox();
      assert(box);
      // The names stand to the left of the axis; below the last row are the times.
      const x0 = await page.evaluate(() => ((inside(".slider")?.clientWidth ?? 0) < 900 ? 83 : 108));
      await page.mouse.click(box.x + x0 + (box.width - x0 - 12) * (at / 6), box.y + box.height - 20 - 22 * (2 - lane) + 11);
    };
    await row(0, 2.1);
    await page.waitForSelector(".ask-why:visible");
    await page.click(".ask-why");
    await asks(page, "Why does no node lead?");
    assert.equal(await page.textContent(".crumbs .link >> nth=1"), "Raft");
    await row(1, 1);
    await asks(page, "Why does 5 lead?");
    assert.equal(await page.textContent(".crumbs .link >> nth=1"), "Bully");
    // Once the playhead has gone elsewhere, the offer is gone.
    await page.keyboard.press("Escape");
    await row(0, 3);
    await page.waitForSelector(".ask-why:visible");
    await page.click(".transport .step >> nth=-1");
    await page.waitForSelector(".ask-why", { state: "hidden" });
  });
});

test("a field is asked about, and a link opens the question", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await asks(page, "Why does 1 lead?");
    await page.click('.changed .why-so[aria-label^="votes"]', { force: true });
    await asks(page, "Why is votes = 1 2 3 at 1?");
    assert.match((await reasons(page))[0], /^1 leads \(term 2\)/);
    const address = await page.evaluate(() => /** @type {any} */ (document.querySelector("election-playground")).toURL());
    assert.match(address, /&look=raft:1\.votes&c=/);
    await withPage({ hash: new URL(address).hash }, async (other) => {
      await asks(other, "Why is votes = 1 2 3 at 1?");
      assert.deepEqual(await reasons(other), await reasons(page));
      assert.equal(await time(other), await time(page));
    });
    // A link without a lane of that name opens as if it said nothing of the debugger.
    await withPage({ hash: `#${engine.encodeLink(TEXT, 2.3e6, null, "", "", "", null, false, "ring:1")}` }, async (other) => {
      await settled(other);
      assert.equal(await other.locator(".crumbs:visible").count(), 0);
    });
  });
});

test("a click on the number of a line stops there, and a second one no more", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    const line = () => page.locator(".editor .paper .line").nth(3).boundingBox();
    const click = async () => {
      const at = await line();
      assert(at);
      await page.mouse.click(at.x + 14, at.y + 8);
      await settled(page);
    };
    await page.waitForSelector(".editor .can-halt");
    await click();
    assert.match(await text(page), /^break at 2s$/m);
    await page.waitForFunction(() => inside(".stops .times")?.textContent === "2 times");
    assert.equal(await page.locator(".editor .line.halts").count(), 2);
    // It stops right after the line's action, in each lane.
    await page.click(".stops li .link");
    await page.waitForFunction(() => inside(".changed .what")?.textContent?.includes("crashes"));
    await click();
    assert.doesNotMatch(await text(page), /break/);
    // The same from the list, for the keyboard.
    await page.selectOption(".stops select", { label: "4: at 2s crash leader" });
    await settled(page);
    assert.match(await text(page), /^break at 2s$/m);
  });
});

test("a pending timer can be put off", async () => {
  await withPage({ hash: linkTo(2.05e6) }, async (page) => {
    await ask(page);
    const timer = page.locator(".queue .timer", { hasText: "election" }).first();
    await timer.hover();
    await timer.locator("button", { hasText: "later" }).click();
    await settled(page);
    assert.match(await text(page), /^at 2s\s+raft: delay \d election 100ms$/m);
  });
});

test("what would have happened is played, and can be had", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await tried(page);
    const [message, fault] = await page.locator(".what-ifs li p").allTextContents();
    assert.match(message, /Without the VoteReply from 2, 1 leads 1\.633ms later, by the VoteReply from 4\.$/);
    assert.match(fault, /Without line 4 \(crash leader\), 5 leads at that moment\.$/);
    await page.locator(".what-ifs button").first().click();
    await settled(page);
    assert.match(await text(page), /raft: drop 2->1#1/);
  });
});

test("the debugger brings an engine of its own, and the run and the playhead stay", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    /** @type {string[]} */
    const fetched = [];
    page.on("request", (request) => fetched.push(request.url().replace(/.*\/pkg\//, "")));
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await frames(page);
    const before = await page.evaluate(() => /** @type {any} */ (document.querySelector("election-playground")).toURL());
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await page.click(".menu .look");
    await page.waitForSelector(".reasons li");
    assert(fetched.includes("debugger.js") && fetched.includes("election_playground_bg.wasm"), fetched.join(" "));
    await page.keyboard.press("Escape");
    await frames(page);
    // The link has the text, the moment between two events, and the digest of everything up to there.
    const part = (/** @type {string} */ link, /** @type {string} */ key) => new URLSearchParams(new URL(link).hash.slice(1)).get(key);
    const after = await page.evaluate(() => /** @type {any} */ (document.querySelector("election-playground")).toURL());
    for (const key of ["s", "z", "t", "d"]) assert.equal(part(after, key), part(before, key), key);
  });
});

test("a node is asked why it does not lead, and what cut it off is named", async () => {
  const split = "lanes raft\nnodes 5\nseed 42\nat 2s partition 1 2 | 3 4 5\nuntil 6s\n";
  await withPage({ hash: linkTo(4e6, split) }, async (page) => {
    await ask(page);
    await page.click('.ask >> role=button[name="2"]');
    await asks(page, "Why does 2 not lead?");
    const [stands, ...rest] = await reasons(page);
    assert.match(stands, /it reaches 2 of 5 nodes, itself included, and a quorum is 3/);
    assert.deepEqual(rest, ["The network splits: 1 2 | 3 4 5."]);
    assert.equal(await page.getAttribute('.ask button[aria-pressed="true"]', "title"), "Ask about 2");
  });
});

test("services have their name, the store is no node, and what belongs to the debugger goes with it", async () => {
  await withPage({ hash: linkTo(3e6, "lanes zookeeper\nnodes 3\nat 2s crash leader\nuntil 9s\n") }, async (page) => {
    await ask(page);
    assert.deepEqual(await page.locator(".ask button").allTextContents(), ["1", "2", "3", "service"]);
    await page.click('.ask >> text=service');
    await asks(page, "Why does no node lead?");
    assert.match((await reasons(page))[0], /^No node has led since 2s: the service waits for the session of . to end\.$/);
    // A click on the last row, the store's.
    const diagram = page.locator(".diagram canvas").last();
    const box = await diagram.boundingBox();
    assert(box);
    const { height } = box;
    for (const y of [height - 30, height - 24, height - 36]) await diagram.click({ position: { x: 20, y } });
    await frames(page);
    assert.equal(await page.locator(".crumbs b").textContent(), "› service");
    await page.keyboard.press("Escape");
    await frames(page);
    assert.equal(await page.locator(".futures:visible").count(), 0);
    assert.equal(await page.locator(".stops:visible").count(), 0);
  });
});

test("Escape leads back to the first look, and the picture chooses the node that is asked about", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    assert.equal(await page.locator(".lane:visible").count(), 1);
    await page.click('.tabs >> role=button[name=/Bully/]');
    await page.waitForFunction(() => inside(".crumbs")?.textContent?.includes("Bully"));
    await page.keyboard.press("Escape");
    await frames(page);
    assert.equal(await page.locator(".lane:visible").count(), 2);
    assert.equal(await page.locator(".inspector:visible").count(), 0);
    // The menu of a node leads there too.
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await page.click(".menu .look");
    await asks(page, "Why does 1 lead?");
  });
});

test("steps go by message, rule, change of leader, fault and stop, in one lane or in all", async () => {
  const broken = `${TEXT}break raft leaders = 0\n`;
  await withPage({ hash: linkTo(1e6, broken) }, async (page) => {
    await ask(page);
    await page.click('.tabs >> role=button[name=/Raft/]');
    const to = async (/** @type {string} */ unit, /** @type {"back" | "forward"} */ way) => {
      await page.selectOption(".transport .unit", unit);
      await page.locator(".transport .step").nth(way === "back" ? 0 : 1).click();
      await page.waitForTimeout(150);
      await frames(page);
      return time(page);
    };
    assert.equal(await to("fault", "forward"), 2);
    assert.equal(await to("leader", "forward"), 2.205);
    assert.equal(await to("leader", "back"), await time(page));
    const leader = await time(page);
    assert(leader < 2, `the leader before: ${leader}`);
    assert.equal(await to("stop", "forward"), 2);
    const message = await to("message", "forward");
    assert(message >= 2);
    await page.waitForFunction(() => / arrives /.test(inside(".changed")?.textContent ?? ""));
    const rule = await to("rule", "forward");
    assert(rule >= message);
    await page.waitForSelector(".rules-list .ran");
    // Back to the same message.
    assert(await to("message", "back") <= rule);
    await page.waitForFunction(() => / arrives /.test(inside(".changed")?.textContent ?? ""));
    // In all lanes, bully's events count too.
    await page.check(".everywhere input");
    const lanes = () => page.evaluate(() => inside(".time")?.textContent);
    const before = await lanes();
    await to("event", "forward");
    assert(before !== undefined);
  });
});

test("a click on a rule or a field sets a stop, which is a line of the text, and leads there", async () => {
  await withPage({ hash: linkTo(2.3e6) }, async (page) => {
    await ask(page);
    await page.waitForSelector(".rules-list .ran");
    await page.click('.rules-list [data-rule="15"] .number');
    await page.waitForFunction(() => /break raft node 1 order R15/.test(/** @type {HTMLTextAreaElement} */ (inside(".editor textarea")).value));
    await page.waitForFunction(() => inside(".stops .times")?.textContent === "once");
    await page.click('.changed >> role=button[name="role: stop when it is leader"]');
    await page.locator(".stops li").nth(1).waitFor();
    assert.match(await text(page), /break raft node 1 role = leader\n$/);
    await page.keyboard.press("Home");
    await page.locator(".stops li .link").first().click();
    await page.waitForFunction(() => inside(".time")?.textContent === "2.205 s");
    await page.selectOption(".stops select", { label: "writes conflict" });
    await page.locator(".stops .times", { hasText: "never" }).nth(2).waitFor();
    await page.click('role=button[name="Remove the stop: raft writes conflicting > 0"]');
    await page.locator(".stops li").nth(2).waitFor({ state: "detached" });
    // A message's kind, too.
    await page.locator(".sent button").first().click();
    await page.click(".message >> text=Stop at the first AppendEntries");
    await page.waitForFunction(() => /break raft messages AppendEntries > 0\n$/.test(/** @type {HTMLTextAreaElement} */ (inside(".editor textarea")).value));
  });
});

for (const [name, options] of /** @type {const} */ ([
  ["light", {}], ["dark", { options: { colorScheme: "dark" } }], ["a phone", { width: 390, height: 844 }],
])) {
  test(`axe finds nothing in the debugger: ${name}`, async () => {
    await withPage({ ...options, hash: linkTo(2.3e6) }, async (page) => {
      await ask(page);
      await tried(page);
      assert.deepEqual(await violations(page), []);
    });
  });
}
