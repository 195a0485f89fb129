// What users do on the page, in a real browser.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { watchInstances } from "./lib/instances.mjs";
import { frames, letter, now, pause, settled, text, withPage } from "./lib/page.mjs";

const engine = load();
const scenario = (/** @type {string} */ name) => readFileSync(new URL(`../../scenarios/${name}.txt`, import.meta.url), "utf8");
const linkTo = (/** @type {string} */ text, /** @type {number} */ at, digest = "") => `#${engine.encodeLink(text, at, null, "", digest)}`;

/** A small run to act on. */
const SMALL = "lanes raft bully\nnodes 5\nseed 3\nuntil 8s\n";

test("the page opens, plays and states the facts", async () => {
  await withPage({}, async (page) => {
    const first = await now(page);
    await page.waitForTimeout(400);
    assert(first < (await now(page)), "it plays by itself");
    assert.equal(await page.locator(".lane").count(), 4);
    for (const says of await page.locator(".says").allTextContents()) assert.match(says, /lead|names/);
    await page.keyboard.press("Space");
    const stopped = await now(page);
    await page.waitForTimeout(200);
    assert.equal(await now(page), stopped, "the space bar stops it");
  });
});

test("the playhead drags, steps and goes to both ends", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    assert.equal(await now(page), 1000);
    const box = await page.locator(".slider").boundingBox();
    assert(box);
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.6, { steps: 6 });
    await page.mouse.up();
    const dragged = await now(page);
    assert(4000 < dragged && dragged < 8000, `${dragged}`);
    await page.keyboard.press("Escape");
    const time = async () => {
      await frames(page);
      return page.textContent(".time");
    };
    const before = await time();
    await page.click('[aria-label="One event forward"]');
    const after = await time();
    assert.notEqual(after, before);
    await page.click('[aria-label="One event forward"]');
    await page.click('[aria-label="One event back"]');
    assert.equal(await time(), after, "a step back undoes a step");
    await page.keyboard.press("Home");
    assert.equal(await now(page), 0);
    await page.keyboard.press("End");
    assert.equal(await now(page), 8000);
  });
});

test("a click on a node breaks it: the act becomes a line, in all lanes or in one", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await page.focus(".lane canvas");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.click(".menu >> text=Crash >> nth=0");
    await settled(page);
    assert.match(await text(page), /^at 1s\s+crash 1$/m);
    await page.focus(".lane canvas");
    await page.keyboard.press("Enter");
    await page.click(".menu >> text=only in Raft");
    await page.click(".menu >> text=Restart");
    await settled(page);
    assert.match(await text(page), /^at 1s\S*\s+raft: restart 1$/m);
    await page.click(".editor >> text=Undo");
    await page.click(".editor >> text=Undo");
    await settled(page);
    assert.equal(await text(page), SMALL);
  });
});

test("a node, a message and a link are hit where they are drawn", async () => {
  await withPage({ hash: linkTo("lanes raft\nnodes 5\nseed 3\nlatency 20ms..40ms\nset raft.election-timeout 300ms..600ms\nuntil 4s\n", 1e6) }, async (page) => {
    const canvas = page.locator(".lane canvas");
    const box = await canvas.boundingBox();
    assert(box);
    /** Finds an item by moving over the picture. @param {string} kind */
    const find = async (kind) => {
      for (let tries = 0; tries < 40; tries++) {
        for (let y = 12; y < box.height; y += 7) {
          for (let x = box.width / 2 - 150; x < box.width / 2 + 150; x += 7) {
            const over = await canvas.evaluate((it, [px, py]) => {
              const { left, top } = it.getBoundingClientRect();
              it.dispatchEvent(new PointerEvent("pointermove", { clientX: left + px, clientY: top + py, bubbles: true }));
              return it.dataset.over;
            }, [x, y]);
            if (over === kind) return { x, y };
          }
        }
        await page.keyboard.press("ArrowRight");
      }
      throw new Error(`no ${kind} was found`);
    };
    await canvas.click({ position: await find("node") });
    assert.match((await page.textContent(".menu h3")) ?? "", /Node \d/);
    await page.keyboard.press("Escape");
    await canvas.click({ position: await find("link") });
    await page.click(".menu >> text=Cut both ways");
    await settled(page);
    assert.match(await text(page), /cut \d - \d/);
    await canvas.click({ position: await find("message") });
    await page.click(".menu >> text=Drop");
    await settled(page);
    assert.match(await text(page), /raft: drop \d->\d#\d+/);
  });
});

test("a partition is chosen by its sides, and healed", async () => {
  await withPage({ hash: linkTo(SMALL, 2e6) }, async (page) => {
    await page.keyboard.press("p");
    await page.click(".chips >> text=1");
    await page.click(".chips >> text=5");
    assert.equal(await page.textContent(".picker code"), "partition 2 5 | 1 3 4");
    await page.click(".picker >> text=Split");
    await settled(page);
    assert.match(await text(page), /^at 2s\s+partition 2 5 \| 1 3 4$/m);
    await letter(page, "h");
    await settled(page);
    assert.match(await text(page), /heal/);
    assert.equal(await page.locator(".errors p").count(), 0);
  });
});

test("an error appears at its line, the last run continues, and the suggested word fixes it", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await page.fill(".editor textarea", SMALL + "at 2s crahs 1\n");
    await page.waitForSelector(".errors p");
    assert.match((await page.textContent(".errors")) ?? "", /line 5.*crahs.*expected/s);
    assert.equal(await page.locator(".line.wrong").count(), 1);
    assert.equal(await page.locator(".lane").count(), 2, "the last good run is there");
    await page.click(".fix");
    await settled(page);
    assert.match(await text(page), /at 2s crash 1/);
    assert.equal(await page.locator(".errors p").count(), 0);
  });
});

test("seed, number of nodes and speed", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await page.fill('[aria-label="Seed"]', "99");
    await page.keyboard.press("Enter");
    await page.fill('[aria-label="Number of nodes"]', "7");
    await page.keyboard.press("Enter");
    await settled(page);
    assert.match(await text(page), /^seed 99$/m);
    assert.match(await text(page), /^nodes 7$/m);
    await page.click('[aria-label="New seed"]');
    await settled(page);
    assert.doesNotMatch(await text(page), /^seed 99$/m);
    await page.selectOption('[aria-label="Speed"]', "2");
    await page.click(".play");
    const from = await now(page);
    // The speed depends on the machine; that the playhead advances does not.
    await page.waitForFunction((before) => Number(inside(".slider")?.getAttribute("aria-valuenow")) > before + 500, from);
  });
});

test("a scenario of the gallery opens", async () => {
  await withPage({}, async (page) => {
    await page.keyboard.press("s");
    await page.waitForSelector(".gallery li");
    const names = readdirSync(new URL("../../scenarios/", import.meta.url)).filter((name) => name.endsWith(".txt"));
    assert.equal(await page.locator(".gallery li").count(), names.length);
    await page.click(".gallery li button >> nth=3");
    await settled(page);
    assert.match(new URL(page.url()).hash, /^#scenario=/);
    assert.notEqual(await page.textContent(".top .title"), "");
  });
});

test("scenarios are fetched when they are asked for", async () => {
  await withPage({}, async (page) => {
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname.replace(/.*\//, "")));
    await page.keyboard.press("s");
    await page.waitForSelector(".gallery li");
    await page.keyboard.press("Escape");
    // Two letters in quick succession would be a word.
    await page.waitForTimeout(1000);
    await page.keyboard.press("s");
    await page.waitForSelector(".gallery[open] li");
    assert.deepEqual(asked, ["dialogs.js", "scenarios.json"], "once");
  });
  await withPage({ hash: "#scenario=fencing" }, async (page) => {
    assert.equal(await text(page), scenario("fencing"));
  });
});

test("without the scenarios the page opens, and says what is missing", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) => page.route("**/scenarios.json", (route) => route.fulfill({ status: 503 }));
  await withPage({ hash: "#scenario=fencing", before, complaints: /503/ }, async (page) => {
    assert.match((await page.textContent(".notice")) ?? "", /could not be fetched: scenarios\.json returned status 503/);
    assert.equal(await text(page), scenario("first-look"));
    await page.keyboard.press("s");
    await page.waitForSelector(".gallery [role=alert]");
    await page.keyboard.press("Escape");
    await page.unroute("**/scenarios.json");
    await page.keyboard.press("s");
    await page.waitForSelector(".gallery li");
  });
});

test("what there is to read about an algorithm is fetched when it is asked for", async () => {
  let answers = false;
  const before = (/** @type {import("playwright-core").Page} */ page) => page.route("**/algorithms/*.json", (route) => (answers ? route.continue() : route.fulfill({ status: 503 })));
  await withPage({ hash: linkTo(SMALL, 1e6), before, complaints: /503/ }, async (page) => {
    await page.click(".lane .about >> nth=0");
    await page.waitForSelector(".notice:not([hidden])");
    assert.match((await page.textContent(".notice")) ?? "", /description of Raft could not be fetched: algorithms\/raft\.json returned status 503/);
    answers = true;
    await page.click(".lane .about >> nth=0");
    await page.waitForSelector(".menu .claims");
    assert.match((await page.textContent(".menu")) ?? "", /Promises.*one leader per epoch.*(Assumes: |Holds always).*What the model leaves out/s);
  });
});

for (const path of ["dev.html", "../pkg/index.html"]) {
  test(`${path} opens, plays and has the gallery`, async () => {
    await withPage({ path }, async (page) => {
      const first = await now(page);
      await page.waitForTimeout(400);
      assert(first < (await now(page)), "it plays by itself");
      assert.equal(await page.locator(".lane").count(), 4);
      await page.keyboard.press("s");
      await page.click(".gallery li button >> nth=3");
      await settled(page);
      assert.match(new URL(page.url()).hash, /^#scenario=/);
    });
  });
}

test("a link opens at its moment, and reports if this engine plays it differently", async () => {
  await withPage({ options: { permissions: ["clipboard-read", "clipboard-write"] } }, async (page) => {
    await pause(page);
    await page.keyboard.press("Shift+ArrowRight");
    await frames(page);
    const at = await page.textContent(".time");
    await page.keyboard.press("l");
    await page.waitForSelector(".notice:not([hidden])");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const hash = new URL(link).hash;
    await withPage({ hash }, async (other) => {
      assert.equal(await other.textContent(".time"), at);
      assert.equal(await other.isHidden(".notice"), true, "the digest is the same");
    });
    const { text, at: moment } = engine.decodeLink(hash);
    await withPage({ hash: linkTo(text, moment, "0123456789abcdef") }, async (other) => {
      assert.match((await other.textContent(".notice")) ?? "", /^This link was made with another version .* not the same/);
    });
    // Without a check code, the link itself may be the reason.
    await withPage({ hash: hash.replace("v=2", "v=1").replace(/&c=.*/, "").replace(/d=[0-9a-f]{16}/, "d=0123456789abcdef") }, async (other) => {
      assert.match((await other.textContent(".notice")) ?? "", /^This link was damaged, or made with another version .* not the same/);
    });
  });
});

test("a link to a step between two events of an instant opens there", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6), options: { permissions: ["clipboard-read", "clipboard-write"] } }, async (page) => {
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("l");
    await page.waitForSelector(".notice:not([hidden])");
    const hash = new URL(await page.evaluate(() => navigator.clipboard.readText())).hash;
    assert.match(hash, /at=(#|%23)\d+/);
    const at = await page.textContent(".time");
    await withPage({ hash }, async (other) => {
      assert.equal(await other.textContent(".time"), at);
      assert.equal(await other.isHidden(".notice"), true);
    });
  });
});

test("the page's digests equal those of Node.js, for every scenario", async () => {
  const files = readdirSync(new URL("../../scenarios/", import.meta.url)).filter((name) => name.endsWith(".txt"));
  await withPage({}, async (page) => {
    await pause(page);
    for (const file of files) {
      const name = file.replace(/\.txt$/, "");
      const play = new engine.Playground();
      play.load(scenario(name));
      while (!play.advance(100).done);
      const lanes = play.run().lanes.length;
      const ours = Array.from({ length: lanes }, (_, i) => play.story(i, 0, 0).digest);
      play.free();
      const theirs = await page.evaluate(async (text) => {
        const { Engine } = await import(/** @type {any} */ ("./engine.js"));
        const it = /** @type {any} */ (window);
        it.tested ??= await Engine.open();
        it.tested.load(text);
        while (!it.tested.advance(100).done);
        return it.tested.run().lanes.map((/** @type {unknown} */ _, /** @type {number} */ i) => it.tested.story(i).digest);
      }, scenario(name));
      assert.deepEqual(theirs, ours, name);
    }
  });
});

test("a panic with an invalid text restores the last good run and keeps the text", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6), before: watchInstances }, async (page) => {
    const broken = `${SMALL}at 3s crsh\n`;
    await page.fill(".editor textarea", broken);
    await page.waitForSelector(".errors p");
    await page.evaluate(() => {
      /** @type {any} */ (globalThis).panics = true;
      /** @type {HTMLElement} */ (document.querySelector("election-playground")?.shadowRoot?.activeElement)?.blur();
    });
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".notice:not([hidden])");
    await page.evaluate(() => void (/** @type {any} */ (globalThis).panics = false));
    await page.click("text=Restart the engine");
    await page.waitForSelector(".notice", { state: "hidden" });
    await settled(page);
    assert.equal(await text(page), broken);
    assert.equal(await page.locator(".errors p").count() > 0, true);
    await page.keyboard.press("End");
    assert.equal(await now(page), 8000);
  });
});

test("a panic is reported, the text is kept, and a new engine loads it", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6), before: watchInstances }, async (page) => {
    await page.evaluate(() => void (/** @type {any} */ (globalThis).panics = true));
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".notice:not([hidden])");
    assert.match((await page.textContent(".notice")) ?? "", /engine stopped.*text is kept/);
    assert.equal(await text(page), SMALL);
    await page.evaluate(() => void (/** @type {any} */ (globalThis).panics = false));
    await page.click("text=Link to reproduce it");
    await page.waitForSelector("dialog.share[open]");
    assert.match(await page.inputValue(".share textarea >> nth=0"), /#v=2&s=/);
    await page.keyboard.press("Escape");
    await page.click("text=Restart the engine");
    await page.waitForSelector(".notice", { state: "hidden" });
    await page.keyboard.press("End");
    assert.equal(await now(page), 8000);
  });
});

test("keys: the list, the lanes, the chosen node", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await page.keyboard.press("?");
    await page.waitForSelector("dialog.help[open]");
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await page.keyboard.press("ArrowDown");
    await letter(page, "c");
    await settled(page);
    assert.match(await text(page), /crash 2/);
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.equal(await text(page), SMALL);
    await letter(page, "t");
    assert.notEqual(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
  });
});

test("the table and the log agree with the pictures", async () => {
  await withPage({ hash: linkTo(SMALL, 1e6) }, async (page) => {
    await page.click(".as-table summary");
    await page.waitForSelector(".tables table");
    assert.equal(await page.locator(".tables tbody tr").count(), 10);
    assert.match((await page.textContent(".tables")) ?? "", /leader, in truth/);
    await page.waitForFunction(() => /Raft: leader/.test(inside('[role="log"]')?.textContent ?? ""));
  });
});

test("with reduced motion it moves in steps", async () => {
  await withPage({ options: { reducedMotion: "reduce" } }, async (page) => {
    /** @type {Set<number>} */
    const seen = new Set();
    const start = Date.now();
    for (let i = 0; i < 20; i++) {
      seen.add(await now(page));
      await page.waitForTimeout(50);
    }
    // One every 600 ms, however long the check took.
    const most = (Date.now() - start) / 600 + 2;
    assert(seen.size <= most, `${seen.size} pictures, more than ${most}`);
    assert(1 < seen.size, "it goes on");
  });
});

for (const [width, height] of [[360, 740], [820, 1180], [1440, 900], [2200, 1200]]) {
  test(`nothing is cut off or scrolls sideways at ${width} pixels`, async () => {
    await withPage({ width, height, hash: linkTo(scenario("first-look"), 17e6) }, async (page) => {
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0);
      const cut = await page.evaluate(() => [...(inside(".app")?.querySelectorAll("button, select, h1, h2, h3, .says, .store span, td") ?? [])]
        .filter((it) => it instanceof HTMLElement && it.checkVisibility() && it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== "inline")
        .filter((it) => getComputedStyle(it).textOverflow !== "ellipsis")
        .map((it) => `${it.tagName}.${it.className}: ${it.textContent}`));
      assert.deepEqual(cut, []);
    });
  });
}

test("a reload keeps everything typed", async () => {
  await withPage({}, async (page) => {
    await page.fill(".editor textarea", SMALL);
    await page.waitForFunction(() => location.hash.includes("seed+3"));
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    await settled(page);
    assert.equal(await text(page), SMALL);
  });
});

test("what a text expects is judged, line by line", async () => {
  await withPage({ hash: linkTo(`${SMALL}expect raft leader by 1s\nexpect bully leaders = 5\n`, 1e6) }, async (page) => {
    await page.waitForSelector(".verdicts:not([hidden])");
    assert.match((await page.textContent(".verdicts")) ?? "", /1 of 2 expectations fail.*expect bully leaders = 5 bully at \d.*: found 1/);
    assert.equal(await page.locator(".line.met").count(), 1);
    assert.equal(await page.locator(".line.unmet").count(), 1);
  });
});

test("messages in flight can be reached and dropped with the keyboard alone", async () => {
  await withPage({ hash: linkTo("lanes raft\nnodes 3\nseed 3\nlatency 40ms\nset raft.election-timeout 400ms..800ms\nuntil 4s\n", 2e6) }, async (page) => {
    await page.keyboard.press("1");
    for (let i = 0; i < 3 && (await page.locator(".under-way button").count()) === 0; i++) {
      await page.keyboard.press("Escape");
      await page.focus(".lane canvas");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
    }
    // The message opens its own menu, with everything that can be done to it.
    await page.focus(".under-way .link");
    await page.keyboard.press("Enter");
    assert.deepEqual(await page.locator(".menu .deed > span").allTextContents(), ["Drop", "Deliver now", "Delay 100 ms", "Duplicate"]);
    await page.keyboard.press("Enter");
    await settled(page);
    assert.match(await text(page), /^at 2s\s+raft: drop \d->\d#\d+$/m);
    assert.equal(await page.locator(".errors p").count(), 0);
  });
});
