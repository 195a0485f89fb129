// A playground in somebody's page: its attributes, and that neither disturbs the other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { CRASH, allReady, article, complaints, said } from "./lib/article.mjs";
import { frames, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/element.js").ElectionPlayground} Playground */

const engine = load();
const EIGHT = "lanes ring hs bully zookeeper raft\nlane a = raft\nlane b = bully\nlane c = zookeeper\nat 2s crash leader\nuntil 4s\n";

/** @param {string} id @param {string} [attributes] @param {string} [text] */
const element = (id, attributes = "", text = CRASH) => `<election-playground id="${id}" loading="eager" ${attributes}><pre>${text}</pre></election-playground>`;

test("attributes are followed whenever they change", async () => {
  await withPage(article(element("a", 'at="2.5s" lanes="raft" caption="Who leads?" readonly')), async (page) => {
    await allReady(page);
    const change = async (/** @type {string} */ name, /** @type {string | null} */ value) => {
      await page.evaluate(([name, value]) => {
        const it = /** @type {Element} */ (document.querySelector("#a"));
        if (value === null) it.removeAttribute(/** @type {string} */ (name));
        else it.setAttribute(/** @type {string} */ (name), value);
      }, [name, value]);
      await frames(page);
    };
    const seen = () => page.evaluate(() => [...document.querySelector("#a")?.shadowRoot?.querySelectorAll(".lane") ?? []].filter((it) => it.checkVisibility()).map((it) => it.getAttribute("aria-label")));
    const height = () => page.evaluate(() => document.querySelector("#a")?.shadowRoot?.querySelector(".slider")?.clientHeight ?? 0);
    const now = () => page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).now);
    assert.deepEqual(await seen(), ["Raft"]);
    assert.equal(await said(page, "a", ".caption"), "Who leads?");
    assert.equal(await now(), 2.5);
    const one = await height();
    await change("lanes", null);
    assert.deepEqual(await seen(), ["Bully", "Raft"]);
    assert(await height() > one, "the bands have a row for each lane that is shown");
    await change("lanes", "bully, raft");
    assert.deepEqual(await seen(), ["Bully", "Raft"]);
    await change("caption", null);
    assert.equal(await page.isVisible("#a .caption"), false);
    await change("at", "1s");
    assert.equal(await now(), 1);
    await change("speed", "2");
    await change("controls", "full");
    assert.equal(await page.inputValue("#a select[aria-label=Speed]"), "2");

    // Nothing that a reader does changes the text.
    assert.equal(await page.locator("#a .breaker").locator("visible=true").count(), 0);
    assert.equal(await page.locator("#a textarea").first().evaluate((it) => /** @type {HTMLTextAreaElement} */ (it).readOnly), true);
    await page.focus("#a .lane canvas");
    for (const key of ["1", "ArrowRight", "c", "C", "R"]) await page.keyboard.press(key);
    await page.waitForTimeout(400);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#a .menu .deeds").locator("visible=true").count(), 0);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).text), CRASH);
    await change("readonly", null);
    await page.focus("#a .lane canvas");
    await page.keyboard.press("Shift+C");
    await page.waitForFunction((text) => /** @type {Playground} */ (document.querySelector("#a")).text !== text, CRASH);

    await change("autoplay", "");
    await page.waitForFunction(() => /** @type {Playground} */ (document.querySelector("#a")).now > 1.01);
    assert.deepEqual(await complaints(page), []);
  });
});

test("a value that makes no sense is said in place and as an event", async () => {
  const body = [
    element("at", 'at="2,5 s"'), element("speed", 'speed="fast"'), element("lanes", 'lanes="raft paxos"'), element("controls", 'controls="max"'),
    element("theme", 'theme="black"'), element("loading", "").replace('"eager"', '"now"'), element("link", 'link="index.html"', ""),
    element("both", 'link="#v=1&amp;s=lanes+raft" src="x.txt"', ""), element("src", 'src=""', ""), element("damaged", `link="#${engine.encodeLink(CRASH, 1e6, null, "", "").replace("crash", "crahs").replaceAll("&", "&amp;")}"`, ""),
  ].join("\n");
  await withPage(article(body), async (page) => {
    await page.evaluate(() => Promise.allSettled([...document.querySelectorAll("election-playground")].map((it) => /** @type {Playground} */ (it).ready)));
    const expected = {
      at: /at="2,5 s" is not a time; write it like 2.5s/, speed: /speed="fast" is neither auto nor a number/, lanes: /names paxos, but the scenario has bully and raft/,
      controls: /controls="max" is none of min, full and none/, theme: /theme="black" is none of host, auto, light and dark/, loading: /loading="now" is none of lazy, eager and click/,
      link: /link="index.html" has nothing after a #/, both: /both link and src/, src: /src is empty/, damaged: /damaged/,
    };
    const all = await complaints(page);
    for (const [id, sentence] of Object.entries(expected)) {
      const own = all.filter((it) => it.id === id);
      assert.equal(own.length, 1, `${id}: ${JSON.stringify(own)}`);
      assert.match(own[0].message, sentence);
      const place = await page.evaluate((id) => [".notice", ".blank"].map((it) => document.getElementById(id)?.shadowRoot?.querySelector(it)).filter((it) => it?.checkVisibility()).map((it) => it?.textContent).join(" "), id);
      assert.match(place, sentence, id);
    }
    // Those with a run play it.
    for (const id of ["at", "speed", "lanes", "controls", "theme", "loading"]) assert.equal(await page.locator(`#${id} .lane canvas`).count(), 2, id);
  });
});

/** What a page may do to everything in it. */
const HOSTILE = `
  html { font-size: 10px; line-height: 3; }
  body { text-align: center; direction: rtl; letter-spacing: 2px; word-spacing: 9px; text-transform: uppercase; font: italic 700 22px/3 serif; color: rgb(1, 2, 3); white-space: pre; word-break: break-all; text-indent: 40px; cursor: crosshair; }
  * { box-sizing: content-box; line-height: 3 !important; font-size: 31px; list-style: square; padding: 0; color: rgb(200, 0, 0); text-shadow: 1px 1px red; }
  button, canvas, select { display: none; }
  h1, h2, h3 { font-size: 60px; }
  pre { overflow: hidden; background: yellow; }
  :root { --paper: red; --ink: red; --line: red; --sans: fantasy; }`;

test("no style of the page reaches into a playground, and none of the playground the page", async () => {
  const parts = "<h2 class='main'>Heading</h2><p class='lane'>Text</p><ul><li>One</li></ul><pre>Code</pre><table><tr><td>Cell</td></tr></table><button class='icon'>Button</button>";
  /** What everything inside looks like, and where it is. @param {Page} page */
  const look = (page) => page.evaluate(() => {
    const root = /** @type {ShadowRoot} */ (document.querySelector("#a")?.shadowRoot);
    const { left, top } = /** @type {Element} */ (root.querySelector(".app")).getBoundingClientRect();
    return [...root.querySelectorAll(".app, .app *")].filter((it) => it.checkVisibility()).map((it) => {
      const style = getComputedStyle(it);
      const box = it.getBoundingClientRect();
      const names = ["fontSize", "fontFamily", "fontStyle", "lineHeight", "letterSpacing", "wordSpacing", "textTransform", "textAlign", "direction", "color", "backgroundColor", "display", "whiteSpaceCollapse", "wordBreak", "textIndent", "textShadow", "listStyleType", "boxSizing", "cursor"];
      return `${it.localName}.${it.getAttribute("class")} ${[box.left - left, box.top - top, box.width, box.height].map((it) => it.toFixed(1))} ${names.map((name) => /** @type {any} */ (style)[name]).join(" ")}`;
    });
  });
  /** @type {string[][]} */
  const looks = [];
  for (const head of ["", `<style>${HOSTILE}</style>`]) {
    await withPage(article(`<div style="width: 700px">${element("a", 'at="2.5s" theme="light"')}</div>`, { head }), async (page) => {
      await allReady(page);
      await frames(page);
      looks.push(await look(page));
    });
  }
  assert(looks[0].length > 30);
  assert.deepEqual(looks[1].filter((it, i) => it !== looks[0][i]), [], "nothing inside looks different");

  const outside = (/** @type {Page} */ page) => page.evaluate(() => [...document.querySelectorAll("html, body, section, section *")].map((it) => `${it.localName} ${JSON.stringify({ ...getComputedStyle(it) })}`));
  /** @type {string[][]} */
  const pages = [];
  for (const with_ of [false, true]) {
    const body = `<section>${parts}</section><div style="height: 700px; overflow: hidden">${with_ ? element("a", 'controls="full"') : ""}</div>`;
    await withPage(article(body, { ready: "section", script: with_ ? undefined : "" }), async (page) => {
      if (with_) await allReady(page);
      pages.push(await outside(page));
    });
  }
  assert.deepEqual(pages[1], pages[0], "nothing outside looks different");
});

test("a playground is no part of the page's outline, has few tab stops, and overflows no column", async () => {
  const columns = [390, 520, 700, 750].map((wide) => `<div style="width: ${wide}px">${element(`w${wide}`, 'at="2.2s"', EIGHT)}</div>`).join("");
  await withPage(article(columns, { head: "<style>html { font-size: 10px }</style>" }), async (page) => {
    await allReady(page);
    for (const controls of ["min", "none"]) {
      await page.evaluate((controls) => document.querySelectorAll("election-playground").forEach((it) => it.setAttribute("controls", controls)), controls);
      await frames(page);
      const found = await page.evaluate(() => [...document.querySelectorAll("election-playground")].map((host) => {
        const root = /** @type {ShadowRoot} */ (host.shadowRoot);
        const seen = [...root.querySelectorAll("*")].filter((it) => it.checkVisibility({ visibilityProperty: true }));
        const { right } = host.getBoundingClientRect();
        return {
          id: host.id,
          headings: seen.filter((it) => /^h[1-6]$/.test(it.localName) || it.getAttribute("role") === "heading").length,
          stops: seen.filter((it) => /** @type {HTMLElement} */ (it).tabIndex >= 0 && (it.matches("button, a, input, select, textarea, summary") || it.hasAttribute("tabindex"))).length,
          over: host.scrollWidth > host.clientWidth || seen.some((it) => it.getBoundingClientRect().right > right + 1 && !it.closest(".lanes, .tabs, .unseen, .scheme")),
        };
      }));
      for (const it of found) {
        assert.equal(it.headings, 0, `${it.id} ${controls}`);
        assert(it.stops <= 12, `${it.id} ${controls}: ${it.stops} tab stops`);
        assert.equal(it.over, false, `${it.id} ${controls} overflows`);
      }
    }
    // Arrow keys lead on from the tab stop of the lanes.
    await page.evaluate(() => document.querySelectorAll("election-playground").forEach((it) => it.setAttribute("controls", "min")));
  });
});

test("theme: as the page, as the system, light or dark; canvases follow", async () => {
  const head = "<style>.dark { color-scheme: dark; background: #111; } .night { background: #111; color: #eee; }</style>";
  await withPage({ ...article(`${element("host")}${element("auto", 'theme="auto"')}${element("dark", 'theme="dark"')}`, { head }), complaints: /willReadFrequently/ }, async (page) => {
    await allReady(page);
    const paper = () => page.evaluate(() => ["host", "auto", "dark"].map((id) => {
      const [r] = /\d+/.exec(getComputedStyle(/** @type {Element} */ (document.getElementById(id)?.shadowRoot?.querySelector(".app"))).backgroundColor) ?? [];
      return Number(r) > 128 ? "light" : "dark";
    }));
    /** The lightness of the darkest ink on a picture. */
    const ink = (/** @type {string} */ id) => page.evaluate((id) => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById(id)?.shadowRoot?.querySelector(".slider .back"));
      const data = canvas.getContext("2d")?.getImageData(0, 0, 60, canvas.height).data ?? new Uint8ClampedArray();
      let [sum, of] = [0, 0];
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) [sum, of] = [sum + data[i], of + 1];
      return sum / of > 128 ? "light" : "dark";
    }, id);
    const turned = async (/** @type {string} */ name) => {
      await page.evaluate((name) => (document.body.className = name), name);
      await page.waitForTimeout(150);
      await frames(page);
    };
    assert.deepEqual(await paper(), ["light", "light", "dark"]);
    assert.equal(await ink("host"), "dark");
    await turned("dark");
    assert.deepEqual(await paper(), ["dark", "light", "dark"], "the page says it is dark");
    assert.equal(await ink("host"), "light");
    await turned("night");
    assert.deepEqual(await paper(), ["dark", "light", "dark"], "its text is light");
    await turned("");
    assert.deepEqual(await paper(), ["light", "light", "dark"]);
    assert.equal(await ink("host"), "dark");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(150);
    assert.deepEqual(await paper(), ["light", "dark", "dark"], "a page that is light stays so when the system is dark");
  });
});

test("a poster of the page's own is shown until the run is there, in the same place", async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="teal"/></svg>';
  const body = `${element("a", 'poster="one.svg"').replace("eager", "click")}${element("b", 'poster="two.svg"').replace("eager", "click")}`;
  await withPage({ ...article(body, { files: { "one.svg": svg }, ready: "#a .chosen-picture" }), complaints: /404/ }, async (page) => {
    await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector("#a")?.shadowRoot?.querySelector(".chosen-picture"))?.naturalWidth > 0);
    assert.equal(await page.getAttribute("#a .chosen-picture", "alt"), "A leader crashes");
    const height = () => page.evaluate(() => document.querySelector("#a")?.clientHeight);
    const before = await height();
    await page.click("#a .begin");
    await allReady(page, "#a");
    assert.equal(await page.isVisible("#a .chosen-picture"), false);
    assert.equal(await height(), before);
    await page.waitForFunction(() => /could not be loaded/.test(document.querySelector("#b")?.shadowRoot?.querySelector(".notice")?.textContent ?? ""));
    assert.equal(await page.isVisible("#b .chosen-picture"), false);
  });
});

test("“open” and “why?” lead to this moment in the whole page; base says where that is", async () => {
  await withPage(article(element("a", 'at="2.3s" base="/election-playground/www/index.html"')), async (page) => {
    await allReady(page);
    for (const button of [".open", ".why-so"]) {
      const opening = page.context().waitForEvent("page");
      await page.click(`#a ${button}`);
      const whole = await opening;
      const link = whole.url();
      assert.match(link, /\/www\/index\.html#/, button);
      await whole.waitForFunction(() => document.documentElement.dataset.ready !== undefined && document.querySelector("election-playground")?.shadowRoot?.querySelector(".slider")?.getAttribute("aria-valuenow") === "2300");
      if (button === ".why-so") {
        assert.match(link, /sel=.*look=/);
        await whole.waitForFunction(() => document.querySelector("election-playground")?.shadowRoot?.querySelector(".reasons li"));
        // A link that opens the debugger opens it in the whole page only, where this element leads.
        await page.evaluate((link) => document.querySelector("#a")?.setAttribute("link", link), link);
        await page.waitForFunction(() => /look=/.test(/** @type {Playground} */ (document.querySelector("#a")).toURL()));
        assert.equal(await page.locator("#a .inspector").locator("visible=true").count(), 0);
        await page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).seek(1));
        await page.waitForFunction(() => !/look=/.test(/** @type {Playground} */ (document.querySelector("#a")).toURL()));
      }
      await whole.close();
    }
  });
});

test("heights are as documented", async () => {
  const doc = readFileSync(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const rows = [...doc.matchAll(/^\| ([\d, ]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)].flatMap(([, widths, ...heights]) => (
    widths.split(", ").flatMap((wide) => heights.map((height, i) => ({ wide: Number(wide), lanes: i + 1, height: Number(height) })))));
  assert.equal(rows.length, 20);
  const names = ["raft", "bully", "zookeeper", "ring"];
  const text = (/** @type {number} */ lanes, story = "") => `title One line\nlanes ${names.slice(0, lanes).join(" ")}\nat 2s crash leader\n${story}until 5s\n`;
  const body = rows.map(({ wide, lanes }) => ["", 'at 2s say "It crashes."\n'].map((story) => (
    `<div style="width: ${wide}px">${element(`w${wide}-${lanes}${story === "" ? "" : "-story"}`, "", text(lanes, story)).replace("eager", "click")}</div>`)).join("")).join("");
  await withPage(article(body), async (page) => {
    await frames(page);
    await frames(page);
    const found = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll("election-playground")].map((it) => [it.id, Math.ceil(it.getBoundingClientRect().height)])));
    for (const { wide, lanes, height } of rows) {
      const id = `w${wide}-${lanes}`;
      assert.equal(found[id], height, id);
      assert(found[`${id}-story`] - height <= (wide < 450 ? 65 : 48), `${id} with a story: ${found[`${id}-story`]}`);
    }
  });
});
