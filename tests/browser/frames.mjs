// Playgrounds in frames, in a page in one file, and under the policies of other pages.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { load } from "../node/lib/engine.mjs";
import { CRASH, allReady, article, complaints, said } from "./lib/article.mjs";
import { HOME } from "./lib/home.mjs";
import { withPage } from "./lib/page.mjs";
import { PAGES } from "./lib/server.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/element.js").ElectionPlayground} Playground */

const engine = load();
const root = fileURLToPath(new URL("../../", import.meta.url));
const PKG = new URL("../pkg/", HOME).href;
const HASH = `#${engine.encodeLink(CRASH, 2.5e6, null, "", "")}`;

/** The same files from another origin, with or without CORS. @param {boolean} cors */
async function elsewhere(cors) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(PKG + (request.url ?? "").slice(1).replace(/^.*pkg\//, ""));
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "", ...(cors ? { "access-control-allow-origin": "*" } : {}) });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await /** @type {Promise<void>} */ (new Promise((done) => server.listen(0, "127.0.0.1", () => done())));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/`;
}
const [OPEN, CLOSED] = [await elsewhere(true), await elsewhere(false)];

/** An article with frames that writes down what they say. @param {string} body */
const framing = (body) => article(body, {
  script: "", ready: "iframe",
  before: (page) => page.addInitScript(() => {
    if (parent !== window) return;
    Object.assign(window, { heard: [] });
    addEventListener("message", ({ data, source, origin }) => {
      const frame = [...document.querySelectorAll("iframe")].find((it) => it.contentWindow === source);
      /** @type {any} */ (window).heard.push({ id: frame?.id, origin, ...data });
    });
  }),
});

/** @param {Page} page @param {string} id @param {string} type */
const heard = async (page, id, type) => {
  await page.waitForFunction(([id, type]) => /** @type {any} */ (window).heard.some((/** @type {any} */ it) => it.id === id && it.type === type), [id, type]);
  return page.evaluate(([id, type]) => /** @type {any} */ (window).heard.findLast((/** @type {any} */ it) => it.id === id && it.type === type), [id, type]);
};
/** @param {Page} page @param {string} id @param {object} order */
const order = (page, id, order) => page.evaluate(([id, order]) => /** @type {HTMLIFrameElement} */ (document.getElementById(/** @type {string} */ (id))).contentWindow?.postMessage(order, "*"), [id, order]);
/** @param {Page} page @param {string} id */
const frameOf = async (page, id) => {
  const frame = await (await page.$(`#${id}`))?.contentFrame();
  assert(frame);
  return frame;
};

/** Asks when an outcome was decided. @param {Page} page */
async function askOdds(page) {
  await page.fill(".odds input", "leaders = 1 at end");
  await page.press(".odds input", "Enter");
}

test("a frame says what happens in it, and obeys its own origin and those that it allows", async () => {
  const frame = (/** @type {string} */ id, /** @type {string} */ at) => `<iframe id="${id}" width="700" height="100" src="${at.replaceAll("&", "&amp;")}"></iframe>`;
  const here = new URL(HOME).origin;
  const body = frame("own", `../pkg/embed.html?controls=min${HASH}`) + frame("strange", `${OPEN}embed.html?lanes=raft${HASH}`) + frame("allowed", `${OPEN}embed.html?allow=https://a.example,${here}${HASH}`)
    + frame("named", "../pkg/embed.html#scenario=split-brain") + frame("unknown", "../pkg/embed.html#scenario=nowhere") + frame("damaged", "../pkg/embed.html#v=2&s=lanes+raft");
  await withPage({ ...framing(body), complaints: /asked http:\/\/127/ }, async (page) => {
    assert.deepEqual((await heard(page, "own", "ready")).lanes, ["bully", "raft"]);
    assert.equal((await heard(page, "strange", "ready")).ep, 1);
    assert.equal((await heard(page, "named", "ready")).until > 0, true);
    assert.match((await heard(page, "unknown", "error")).message, /no scenario named nowhere/);
    assert.match(await (await frameOf(page, "unknown")).textContent("body") ?? "", /no scenario named nowhere/);
    assert.match((await heard(page, "damaged", "error")).message, /damaged/);

    // As tall as it says, it has no bar to scroll; and it stays so.
    const { height } = await heard(page, "own", "resize");
    await page.evaluate((height) => void (/** @type {HTMLIFrameElement} */ (document.querySelector("#own")).height = height), height);
    await page.waitForTimeout(300);
    assert.equal((await heard(page, "own", "resize")).height, height);
    assert.equal(await (await frameOf(page, "own")).evaluate(() => document.documentElement.scrollHeight > innerHeight), false);

    for (const [id, obeys] of /** @type {const} */ ([["own", true], ["strange", false], ["allowed", true]])) {
      await heard(page, id, "ready");
      const now = async () => (await frameOf(page, id)).evaluate(() => /** @type {Playground} */ (document.querySelector("election-playground")).now);
      assert.equal(await now(), 2.5, id);
      await order(page, id, { ep: 1, type: "seek", at: 1.5 });
      await page.waitForTimeout(150);
      assert.equal(await now(), obeys ? 1.5 : 2.5, id);
    }
    await order(page, "own", { ep: 1, type: "load", text: "lanes raft\nuntil 3s\n" });
    await page.waitForTimeout(200);
    assert.equal(await (await frameOf(page, "own")).evaluate(() => /** @type {Playground} */ (document.querySelector("election-playground")).text), "lanes raft\nuntil 3s\n");
    await order(page, "own", { ep: 1, type: "play" });
    await heard(page, "own", "leaderchange");
    await order(page, "own", { ep: 1, type: "pause" });
    for (const wrong of [{ type: "explode" }, { type: "seek", at: "1s" }, { type: "load" }]) {
      await page.evaluate(() => void (/** @type {any} */ (window).heard = []));
      await order(page, "own", { ep: 1, ...wrong });
      assert.match((await heard(page, "own", "error")).message, /no order "explode"; there are play, pause|seek needs|load needs/);
    }
  });
});

test("a sandboxed frame plays where its files may be used elsewhere, and otherwise says why not", async () => {
  const body = `<iframe id="open" sandbox="allow-scripts" width="700" height="600" src="${OPEN}embed.html${HASH.replaceAll("&", "&amp;")}"></iframe>
    <iframe id="closed" sandbox="allow-scripts" width="700" height="300" src="${CLOSED}embed.html${HASH.replaceAll("&", "&amp;")}"></iframe>
    <iframe id="still" sandbox width="700" height="300" src="${CLOSED}embed.html"></iframe>`;
  await withPage({ ...framing(body), complaints: /asked http:\/\/127|CORS|ERR_FAILED|sandboxed/ }, async (page) => {
    assert.equal((await heard(page, "open", "ready")).until, 4);
    const open = await frameOf(page, "open");
    assert.equal(await open.evaluate(() => self.origin), "null");
    assert.match((await heard(page, "closed", "error")).message, /sandboxed.*Access-Control-Allow-Origin/);
    assert.match(await (await frameOf(page, "closed")).textContent("#waiting") ?? "", /could not be loaded/);
    assert.match(await (await frameOf(page, "still")).textContent("#waiting") ?? "", /needs JavaScript/);
  });
});

test("the page in one file opens from the disk and in a sandboxed frame, and has everything inside", async () => {
  const folder = mkdtempSync(join(tmpdir(), "standalone-"));
  try {
    const file = join(folder, "standalone.html");
    execFileSync(process.execPath, ["xtask/standalone.mjs", "pkg", file], { cwd: root });
    const html = readFileSync(file, "utf8");
    await withPage({
      before: async (page) => {
        PAGES.set("www/standalone.html", html);
        PAGES.set("www/article.html", '<!doctype html><title>x</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" width="800" height="700" src="standalone.html?controls=min"></iframe>');
      },
      path: "article.html", ready: "iframe", complaints: /^asked file:/,
    }, async (page) => {
      const frame = await (await page.$("iframe"))?.contentFrame();
      assert(frame);
      await frame.waitForFunction(() => /** @type {Playground} */ (document.querySelector("election-playground"))?.shadowRoot?.querySelector(".says")?.textContent);

      /** @type {string[]} */
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("html[data-ready]");
      await page.click("text=Gallery");
      await page.waitForSelector(".gallery section");
      await page.keyboard.press("Escape");
      await page.click(".lane .about >> nth=0");
      await page.waitForSelector(".menu .claims");
      await page.keyboard.press("Escape");
      await page.evaluate(() => /** @type {Playground} */ (document.querySelector("election-playground")).pause());
      await page.evaluate(() => /** @type {Playground} */ (document.querySelector("election-playground")).seek(2.3));
      await page.click(".why-so");
      await page.waitForSelector(".reasons li");
      // The worker starts from a blob.
      const working = page.waitForEvent("worker");
      await askOdds(page);
      const worker = await working;
      assert.match(worker.url(), /^blob:/);
      await page.waitForSelector(".odds .turns button", { timeout: 60_000 });
      assert.deepEqual(asked.filter((it) => !it.startsWith("file:") && !it.startsWith("data:") && !it.startsWith("blob:")), [], "nothing is asked of any server");
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("where the page's policy forbids WebAssembly, the poster stays and a sentence says why", async () => {
  const policy = `<meta http-equiv="Content-Security-Policy" content="script-src 'self'">`;
  const body = `<election-playground id="a" loading="eager"><pre>${CRASH}</pre></election-playground>`;
  await withPage({ ...article(body, { head: policy }), complaints: /Content Security Policy|WebAssembly/ }, async (page) => {
    await page.waitForFunction(() => !(/** @type {HTMLElement} */ (document.querySelector("#a")?.shadowRoot?.querySelector(".notice"))).hidden);
    assert.match(await said(page, "a", ".notice"), /could not start: the content security policy of this page forbids WebAssembly; its script-src needs 'wasm-unsafe-eval'/);
    assert.match((await complaints(page))[0].message, /forbids WebAssembly/);
    assert.equal(await page.isVisible("#a .lane canvas"), true);
    assert.equal(await said(page, "a", ".title"), "A leader crashes");
  });
});

test("the strictest policy that lets it play, and subresource integrity", async () => {
  const hash = (/** @type {string} */ name) => `sha384-${createHash("sha384").update(readFileSync(join(root, "pkg", name))).digest("base64")}`;
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'">`;
  const body = `<election-playground id="a" loading="eager" at="2.5s"><pre>${CRASH}</pre></election-playground>`;
  const script = (/** @type {string} */ integrity) => `<script type="module" src="../pkg/election-playground.js" integrity="${integrity}" crossorigin="anonymous"></script>`;
  await withPage(article(body, { head: policy, script: script(hash("election-playground.js")) }), async (page) => {
    await allReady(page);
    assert.equal(await page.evaluate(() => /** @type {Playground} */ (document.querySelector("#a")).now), 2.5);
  });
  // Another file does not run.
  await withPage({ ...article(body, { script: script(hash("debugger.js")), ready: "#a" }), complaints: /integrity/ }, async (page) => {
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => customElements.get("election-playground") === undefined), true);
    assert.match(await page.textContent("#a") ?? "", /at 2s crash leader/);
  }).catch((error) => assert.match(String(error), /waitForFunction/));
});

test("the element may come from another origin, its worker too", async () => {
  const body = `<election-playground id="a" loading="eager" controls="full" at="2.3s"><pre>${CRASH}</pre></election-playground>`;
  await withPage({ ...article(body, { script: `<script type="module" src="${OPEN}election-playground.js"></script>` }), complaints: /asked http:\/\/127/ }, async (page) => {
    await allReady(page);
    await page.click(".why-so");
    await page.waitForSelector(".reasons li");
    const working = page.waitForEvent("worker");
    await askOdds(page);
    assert.match((await working).url(), /^blob:/);
    await page.waitForSelector(".odds .turns button", { timeout: 60_000 });
  });
});

test("without JavaScript, a code block and an element with <pre> keep their lines", async () => {
  await withPage(article("", { ready: "html", script: "" }), async (page) => {
    const context = await page.context().browser()?.newContext({ javaScriptEnabled: false });
    assert(context);
    try {
      const plain = await context.newPage();
      await plain.setContent(`<script type="module" src="${PKG}election-playground.js"></script><election-playground><pre>${CRASH}</pre></election-playground><pre><code class="language-election">${CRASH}</code></pre>`);
      for (const it of ["election-playground", "pre code"]) assert.equal((await plain.innerText(it)).trim(), CRASH.trim(), it);
    } finally {
      await context.close();
    }
  });
});
