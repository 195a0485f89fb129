// Links that open and links that do not, the dialog that shares, the gallery, and the palette of faults.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { TOGETHER } from "../../www/typing.js";
import { frames, letter, now, pause, settled, text, withPage } from "./lib/page.mjs";

const engine = load();
const scenario = (/** @type {string} */ name) => readFileSync(new URL(`../../scenarios/${name}.txt`, import.meta.url), "utf8");
const SMALL = "lanes raft bully\nnodes 5\nseed 3\nuntil 8s\n";
const linkTo = (/** @type {string} */ text, /** @type {number} */ at, stops = "") => `#${engine.encodeLink(text, at, null, "", "", stops)}`;
/** The frozen links of a version. @param {number} version */
const frozen = (version) => [...readFileSync(new URL(`../links/version-${version}.txt`, import.meta.url), "utf8").matchAll(/^link (.*)$/gm)].map((it) => it[1]);
const PHONE = { width: 390, height: 844, options: { hasTouch: true, isMobile: true } };

/** Replaces one character. @param {string} link @param {number} at */
const hurt = (link, at) => `${link.slice(0, at)}${link[at] === "Q" ? "R" : "Q"}${link.slice(at + 1)}`;

/** Only the message is there: no picture, no title and no text of another scenario. @param {import("playwright-core").Page} page */
async function nothingPlays(page) {
  assert.equal(await page.locator(".blank").count(), 1);
  assert(await page.locator(".blank").isVisible());
  for (const name of [".lanes-panel", ".bands", ".scoreboard", ".editor", ".breaker", ".play"]) assert(!(await page.locator(name).isVisible()), name);
  assert.equal(await page.title(), "Election playground");
  assert.equal(await page.textContent(".top .title"), "");
  assert.equal(await page.locator(".notice:not([hidden])").count(), 0, "it is said once");
}

test("a damaged link says so over the lanes, and no other run passes for it", async () => {
  const [two] = frozen(2);
  const [one] = frozen(1);
  /** @type {[string, RegExp][]} */
  const cases = [
    [hurt(two, 40), /missing or have changed/],
    [hurt(two, two.indexOf("sel=") + 5), /missing or have changed/],
    [two.slice(0, 200), /end is missing/],
    [two.slice(0, -3), /end is missing/],
    [two.replace("v=2", "v=1"), /unknown or repeated part, stops/],
    [hurt(one, 60), /./],
    [one.slice(0, 200), /./],
    ["v=1&z=nonsense", /cannot be unpacked|not base64url/],
  ];
  for (const [hash, why] of cases) {
    await withPage({ hash: `#${hash}` }, async (page) => {
      await nothingPlays(page);
      assert.equal(await page.textContent(".blank h2"), "This link is damaged", hash);
      assert.match((await page.textContent(".blank p")) ?? "", why, hash);
    });
  }
});

test("a link to a scenario that does not exist shows no other one", async () => {
  await withPage({ hash: "#scenario=no-such-one" }, async (page) => {
    await nothingPlays(page);
    assert.equal(await page.textContent(".blank h2"), "There is no scenario named no-such-one");
  });
});

test("from a damaged link, one click leads to the first scenario or to the gallery", async () => {
  await withPage({ hash: `#${hurt(frozen(2)[0], 40)}` }, async (page) => {
    // Keys do not act on a run that is not shown.
    await page.keyboard.press("C");
    await page.keyboard.press("l");
    await nothingPlays(page);
    await page.click("text=Open the first scenario");
    await settled(page);
    assert(!(await page.locator(".blank").isVisible()));
    assert.equal(await text(page), scenario("first-look"));
    assert.match(await page.title(), /^First look/);
    assert.match(page.url(), /#scenario=first-look$/);
    // A damaged link that comes later hides what was there.
    await page.evaluate((hash) => (location.hash = hash), frozen(2)[1].slice(0, 99));
    await page.waitForSelector(".blank:not([hidden])");
    await nothingPlays(page);
    await page.click("text=Open the gallery");
    await page.click(".gallery li button >> nth=1");
    await settled(page);
    assert(await page.locator(".lanes-panel").isVisible());
  });
});

test("links of both versions open at their moment", async () => {
  for (const link of [frozen(1)[0], frozen(2)[0]]) {
    await withPage({ hash: `#${link}` }, async (page) => {
      assert.equal(await text(page), engine.decodeLink(link).text);
      assert.equal(await now(page), 17_000);
    });
  }
});

test("a link keeps the stops that the reader chose, and names what it ignores", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6, "question,violation"), options: { permissions: ["clipboard-read", "clipboard-write"] } }, async (page) => {
    await page.keyboard.press("l");
    await page.waitForSelector(".notice:not([hidden])");
    const copied = new URL(await page.evaluate(() => navigator.clipboard.readText())).hash;
    assert.equal(engine.decodeLink(copied).stops, "question,violation");
  });
  // The check code of `v=3&s=lanes+raft&alt=x`, by another implementation.
  await withPage({ hash: "#v=3&s=lanes+raft&alt=x&c=b04c72c2" }, async (page) => {
    assert.equal(await text(page), "lanes raft");
    assert.match((await page.textContent(".notice")) ?? "", /later version .* its second future was ignored/);
  });
});

test("Share offers a link, code and text that open the same moment", async () => {
  await withPage({ hash: linkTo(`${SMALL}# 1 < 2 & "3"\n`, 2e6), options: { permissions: ["clipboard-read", "clipboard-write"] } }, async (page) => {
    await page.click(".top >> text=Share");
    const value = (/** @type {string} */ name) => page.inputValue(`[aria-label="${name}"]`);
    const link = await value("Link to this moment");
    assert.equal(engine.decodeLink(new URL(link).hash).at, 2e6);
    await page.click('[aria-label="Copy the link"]');
    await page.waitForFunction(() => inside(".said")?.textContent === "The link is copied.");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    const code = await value("Code to embed");
    assert.match(code, /<script type="module" src="http:\/\/127[^"]*\/pkg\/election-playground\.js"><\/script>\n<election-playground at="2s"><pre>\n/);
    assert.match(code, /# 1 &lt; 2 &amp; "3"\n<\/pre><\/election-playground>/);
    // The code plays the text: the markup is parsed as in any page.
    const inner = await page.evaluate((html) => new DOMParser().parseFromString(html, "text/html").querySelector("election-playground")?.textContent, code);
    assert.equal(inner?.trim(), `${SMALL}# 1 < 2 & "3"`);
    await page.click('[aria-label="Copy the text"]');
    await page.waitForFunction(() => inside(".said")?.textContent === "The text is copied.");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await text(page));
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Save as a file")]);
    assert.equal(download.suggestedFilename(), "scenario.txt");
    assert.match((await page.textContent(".share .note")) ?? "", /Election playground \d+\.\d+\.\d+\..*docs\/scenario\.md/);
  });
});

test("without permission to copy, the field is selected", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) => page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } });
  });
  await withPage({ hash: linkTo(SMALL, 2e6), before }, async (page) => {
    await page.click(".top >> text=Share");
    await page.click('[aria-label="Copy the code"]');
    await page.waitForFunction(() => inside(".said")?.textContent?.includes("is selected"));
    const [selected, all] = await page.$eval('[aria-label="Code to embed"]', (it) => {
      const area = /** @type {HTMLTextAreaElement} */ (it);
      return [area.value.slice(area.selectionStart, area.selectionEnd), area.value];
    });
    assert.equal(selected, all);
  });
});

test("on a phone, Share opens the system's sheet, and the dialog if nothing was shared there", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) => page.addInitScript(() => {
    const it = /** @type {any} */ (window);
    it.shared = [];
    navigator.share = (data) => {
      it.shared.push(data);
      return it.shared.length === 1 ? Promise.resolve() : Promise.reject(new DOMException("", "AbortError"));
    };
  });
  await withPage({ ...PHONE, hash: linkTo(SMALL, 2e6), before }, async (page) => {
    await page.tap(".top >> text=Share");
    await page.waitForFunction(() => /** @type {any} */ (window).shared.length === 1);
    const [{ url }] = await page.evaluate(() => /** @type {any} */ (window).shared);
    assert.equal(engine.decodeLink(new URL(url).hash).text, SMALL);
    assert.equal(await page.locator("dialog[open]").count(), 0);
    await page.tap(".top >> text=Share");
    await page.waitForSelector(".share[open]");
  });
});

test("the gallery has chapters and strips, is searched and filtered, and marks what is open", async () => {
  await withPage({ hash: "#scenario=fencing" }, async (page) => {
    await page.click(".top >> text=Gallery");
    await page.waitForSelector(".gallery li");
    const visible = () => page.locator(".gallery li:not([hidden]) b").allTextContents();
    const all = await visible();
    assert.match((await page.textContent(".gallery [aria-current] b")) ?? "", /^Fencing/);
    assert((await page.locator(".gallery section h3").count()) >= 6);
    for (const about of await page.locator(".gallery .about").allTextContents()) assert.match(about, /[.?!]\)?$/, "whole sentences");
    assert.equal(await page.locator(".gallery li").count(), await page.locator(".gallery li:has(svg rect)").count());
    await page.fill(".gallery input", "watch fires");
    assert.deepEqual(await visible(), ["ZooKeeper: a watch fires once"]);
    await page.fill(".gallery input", "no such words");
    assert.deepEqual(await visible(), []);
    assert.equal(await page.textContent(".found"), "Nothing matches.");
    await page.fill(".gallery input", "");
    await page.click(".gallery .chips >> text=Bully");
    const some = await visible();
    assert(some.length > 3 && some.length < all.length && some.includes("Split brain: 2 | 3") && !some.includes("Leadership transfer"));
    await page.click(".gallery .chips >> text=Raft");
    await page.click(".gallery >> text=New");
    await settled(page);
    assert.equal(await text(page), "title New scenario\nlanes bully raft\nnodes 5\n\nuntil 20s\n");
    assert.equal(await page.locator(".errors p").count(), 0);
    assert(await page.evaluate(() => inside(":focus")?.tagName === "TEXTAREA"));
  });
});

test("keys typed beside the editor neither open a scenario nor lose the text", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    await page.keyboard.type("s crash leader", { delay: 15 });
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    await frames(page);
    assert.equal(await text(page), SMALL);
    assert.equal(await page.isVisible("dialog.gallery"), false);
    await page.waitForTimeout(TOGETHER + 100);
    await letter(page, "s");
    await page.waitForSelector("dialog.gallery[open] li");
    await page.keyboard.press("ArrowDown");
    assert.match(await page.evaluate(() => inside(":focus")?.textContent ?? ""), /^First look/);
    // What is opened with intent replaces the text, says so, and can be undone.
    await page.fill(".gallery input", "fencing");
    await page.click(".gallery li:not([hidden]) button");
    await settled(page);
    assert.match((await page.textContent(".notice")) ?? "", /replaced your text/);
    await page.click(".notice >> text=Undo");
    await settled(page);
    assert.equal(await text(page), SMALL);
  });
});

test("each form of the palette writes its line, for all lanes or for one", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    /** @type {[string, string | null, string, RegExp][]} */
    const cases = [
      ["Pause…", "for 8 s", "Pause", /^at 2s\s+pause leader for 8s$/m],
      ["Slow…", "120 ms", "Slow down", /^at 2s\s+slow leader 120ms$/m],
      ["Clock…", "jumps 1 s ahead", "Set", /^at 2s\s+skew leader \+1s$/m],
      ["Link…", "lose 90 %", "Apply", /^at 2s\s+loss 1 - 2 90%$/m],
    ];
    for (const [open, choice, apply, line] of cases) {
      await page.click(`.palette >> text=${open}`);
      await page.selectOption(".picker:not([hidden]) select >> visible=true >> nth=-1", { label: choice ?? "" });
      await page.click(`.picker:not([hidden]) button.primary >> text="${apply}"`);
      await settled(page);
      assert.match(await text(page), line);
      assert.equal(await page.locator(".errors p").count(), 0);
    }
    await page.selectOption('[aria-label="Nodes affected"]', "3");
    await page.selectOption('[aria-label="Lanes affected"]', "0");
    assert.equal(await page.textContent(".palette button >> nth=0 >> span"), "Crash 3");
    await page.click(".palette button >> nth=0");
    await settled(page);
    assert.match(await text(page), /^at 2s\s+raft: crash 3$/m);
    await letter(page, "x");
    assert(!(await page.locator(".picker:not([hidden])").isVisible()), "the form was open: x closes it");
    await letter(page, "k");
    assert.match((await page.textContent(".picker:not([hidden]) code")) ?? "", /^raft: drift 3 \+10%$/);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".picker:not([hidden])").count(), 0);
    assert.match(await page.evaluate(() => inside(":focus")?.textContent ?? ""), /^Clock/);
  });
});

test("messages in flight are dropped, delayed and delivered from the palette", async () => {
  const slow = "lanes raft\nnodes 3\nseed 3\nlatency 40ms\nset raft.election-timeout 400ms..800ms\nuntil 4s\n";
  await withPage({ hash: linkTo(slow, 2.02e6) }, async (page) => {
    await page.keyboard.press("m");
    await page.waitForSelector(".messages li button");
    for (const deed of ["drop", "delay", "deliver"]) {
      await page.click(`.messages >> text=${deed} >> nth=0`);
      await settled(page);
      assert.match(await text(page), new RegExp(`^at 2.02s\\s+raft: ${deed} \\d->\\d#\\d+${deed === "delay" ? " 100ms" : ""}$`, "m"));
      await page.keyboard.press("Control+z");
      await settled(page);
    }
    assert.equal(await text(page), slow);
  });
});

test("an act that met nobody is marked where it was pressed", async () => {
  await withPage({ hash: linkTo("lanes raft bully\nnodes 5\nseed 3\nuntil 8s\n", 60e3) }, async (page) => {
    await page.click(".palette button >> nth=0");
    await settled(page);
    await page.waitForSelector(".idle:not([hidden])");
    assert.match((await page.textContent(".idle")) ?? "", /^crash leader: no leader then in Raft/);
    await page.click(".idle >> text=Undo");
    await settled(page);
    assert.equal(await text(page), SMALL);
    await page.waitForSelector(".idle", { state: "hidden" });
  });
});

test("on a phone, a swipe over the palette, the gallery and the dialogs acts on nothing", async () => {
  await withPage({ ...PHONE, hash: linkTo(SMALL, 2e6) }, async (page) => {
    const client = await page.context().newCDPSession(page);
    const swipe = async (/** @type {string} */ from) => {
      await page.locator(from).scrollIntoViewIfNeeded();
      const box = await page.locator(from).boundingBox();
      assert(box, from);
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await client.send("Input.synthesizeScrollGesture", { x, y, yDistance: -200, gestureSourceType: "touch", speed: 800 });
      await frames(page);
    };
    await swipe(".palette button >> nth=0");
    await swipe(".palette >> text=Partition…");
    assert.equal(await text(page), SMALL);
    assert(!(await page.locator(".picker").first().isVisible()));
    await page.tap(".top >> text=Gallery");
    await page.waitForSelector(".gallery li");
    await swipe(".gallery li button >> nth=1");
    assert(await page.locator(".gallery[open]").isVisible());
    assert.equal(await text(page), SMALL);
    await pause(page);
  });
});
