// Where the scenario of an element may stand: in a code block of a Markdown tool, in the element, in a file, in a link.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { CRASH, allReady, article, complaints, said } from "./lib/article.mjs";
import { withPage } from "./lib/page.mjs";

/** @typedef {import("../../www/element.js").ElectionPlayground} Playground */

const engine = load();

/** The text of a playground. @param {import("playwright-core").Page} page @param {string} id */
const text = (page, id) => page.evaluate((id) => /** @type {Playground} */ (document.getElementById(id)).text, id);

/** Lines as highlighters write them. */
const LINES = CRASH.trimEnd().split("\n").map((line, i) => `<span class="linenos">${i + 1}</span><span class="line"><span>${line}</span></span>`).join("\n");

const BLOCKS = {
  "CommonMark, Asciidoctor": `<pre><code class="language-election">${CRASH}</code></pre>`,
  "MkDocs": `<div class="language-election highlight"><pre id="__code_0"><span></span><button class="md-clipboard">Copy</button><code>${CRASH}</code></pre></div>`,
  "Sphinx": `<div class="highlight-election notranslate"><div class="highlight"><pre><span></span>${LINES}\n</pre></div></div>`,
  "VitePress": `<div class="language-election vp-adaptive-theme"><button title="Copy Code"></button><span class="lang">election</span><pre class="shiki"><code>${LINES}</code></pre></div>`,
  "rustdoc": `<div class="example-wrap"><pre class="language-election"><code>${CRASH}</code></pre></div>`,
  "a script": `<script type="text/election">\n${CRASH}</script>`,
};

for (const [tool, html] of Object.entries(BLOCKS)) {
  test(`a code block becomes a playground, with its blank lines: ${tool}`, async () => {
    await withPage(article(`<p>Before.</p>${html}<p>After.</p>`), async (page) => {
      await allReady(page);
      const found = await page.evaluate(() => {
        const all = document.querySelectorAll("election-playground");
        return { count: all.length, text: /** @type {Playground} */ (all[0]).text, hidden: [...document.querySelectorAll("pre, button")].filter((it) => it.checkVisibility()).length };
      });
      assert.deepEqual(found, { count: 1, text: CRASH, hidden: 0 });
    });
  });
}

test("a block that comes later becomes live, and goes with its playground; options stand in its first comment", async () => {
  await withPage(article("<main>Text.</main>", { ready: "main" }), async (page) => {
    await page.evaluate((html) => document.querySelector("main")?.insertAdjacentHTML("beforeend", html),
      `<section><pre><code class="language-election"># embed: at=2.5s controls=full caption="Who is next?" loading=eager\n${CRASH}</code></pre></section>
       <section data-election-playground="off"><pre><code class="language-election">${CRASH}</code></pre></section>`);
    await allReady(page);
    const state = await page.evaluate(() => [...document.querySelectorAll("election-playground")].map((it) => {
      const { now, text } = /** @type {Playground} */ (it);
      return [now, text.split("\n")[0], it.shadowRoot?.querySelector(".caption")?.textContent, it.shadowRoot?.querySelector(".app")?.getAttribute("data-controls")];
    }));
    assert.deepEqual(state, [[2.5, '# embed: at=2.5s controls=full caption="Who is next?" loading=eager', "Who is next?", "full"]]);
    // A site may remove the block alone, or all of it.
    await page.evaluate(() => document.querySelector("pre")?.remove());
    await page.waitForFunction(() => document.querySelectorAll("election-playground").length === 0);
    await page.evaluate((html) => document.querySelector("section")?.insertAdjacentHTML("beforeend", html), `<pre><code class="language-election"># embed: colour=red\n${CRASH}</code></pre>`);
    await page.waitForFunction(() => document.querySelectorAll("election-playground").length === 1);
    assert.match((await complaints(page))[0].message, /no option colour; it has at, autoplay/);
    assert.match(await page.evaluate(() => inside(".notice")?.textContent ?? ""), /no option colour/);
  });
});

test("an element takes its text as it is, from <pre>, from a script, from src and from a link", async () => {
  const hash = `#${engine.encodeLink(CRASH, 2.5e6, null, "raft:2", "")}`;
  const body = `<election-playground id="bare" loading="eager">
    lanes raft
    nodes 3
    until 2s
  </election-playground>
  <election-playground id="pre" loading="eager"><pre><code>${CRASH}</code></pre></election-playground>
  <election-playground id="script" loading="eager"><script type="text/election">${CRASH}</script></election-playground>
  <election-playground id="src" loading="eager" src="crash.txt"></election-playground>
  <election-playground id="link" loading="eager" link="${hash.replaceAll("&", "&amp;")}"></election-playground>
  <election-playground id="whole" loading="eager" link="https://example.org/x/index.html${hash.replaceAll("&", "&amp;")}"></election-playground>`;
  await withPage({ ...article(body, { files: { "crash.txt": CRASH } }), complaints: /404/ }, async (page) => {
    await allReady(page);
    assert.equal(await text(page, "bare"), "lanes raft\nnodes 3\nuntil 2s\n");
    for (const id of ["pre", "script", "src", "link", "whole"]) assert.equal(await text(page, id), CRASH, id);
    const link = await page.evaluate(() => {
      const it = /** @type {Playground} */ (document.querySelector("#link"));
      return { now: it.now, url: it.toURL() };
    });
    assert.equal(link.now, 2.5);
    assert.match(link.url, /\/pkg\/index\.html#.*sel=raft(:|%3A)2/);
    assert.deepEqual(await complaints(page), []);
    await page.evaluate(() => document.querySelector("#src")?.setAttribute("src", "other.txt"));
    await page.waitForFunction(() => /could not start: other.txt returned status 404/.test(document.querySelector("#src")?.shadowRoot?.querySelector(".notice")?.textContent ?? ""));
  });
});

/** What Markdown tools make of an element whose text has blank lines. */
const CUT = {
  "headings and paragraphs inside": `<election-playground id="a" loading="eager">\ntitle A leader crashes\nlanes bully raft\n<h1>The fault.</h1><p>at 2s crash leader\nuntil 4s\n</p></election-playground>`,
  "the rest after it": `<p><election-playground id="a" loading="eager">\ntitle A leader crashes\nlanes bully raft\n</election-playground></p><p>at 2s crash leader\nuntil 4s</p>`,
};
for (const [how, html] of Object.entries(CUT)) {
  test(`a text that Markdown has cut is an error with the whole text, never a shorter run: ${how}`, async () => {
    await withPage(article(html), async (page) => {
      await page.waitForFunction(() => document.querySelector("#a")?.shadowRoot?.querySelector(".blank:not([hidden])"));
      assert.match(await said(page, "a", ".blank"), /blank line ends an HTML block.*code block marked “election”/s);
      const source = await said(page, "a", ".source");
      assert(source.includes("lanes bully raft") && source.includes("at 2s crash leader"), source);
      assert.match((await complaints(page))[0].message, /blank line/);
      assert.match(await page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).ready.then(() => "", String)), /blank line/);
      assert.equal(await page.locator("#a .lane canvas").locator("visible=true").count(), 0);
    });
  });
}

test("a text with errors shows itself and its error in place", async () => {
  const broken = CRASH.replace("crash leader", "chrash leader");
  await withPage(article(`<pre><code class="language-election"># embed: loading=eager\n${broken}</code></pre>`), async (page) => {
    await page.waitForFunction(() => inside(".blank:not([hidden]) .wrong"));
    assert.match(await page.evaluate(() => inside(".blank .wrong").textContent), /^at 2s chrash leader/);
    assert.equal(await page.evaluate(() => inside(".source").textContent), `# embed: loading=eager\n${broken}`);
    assert.equal((await complaints(page)).length, 1);
    assert.equal(await page.isVisible(".picture"), false);
    await page.evaluate((text) => {
      /** @type {Playground} */ (document.querySelector("election-playground")).text = text;
    }, CRASH);
    await page.waitForFunction(() => inside(".picture").checkVisibility());
  });
});
