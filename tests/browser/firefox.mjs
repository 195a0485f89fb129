// A smoke test in Firefox: the page opens, plays, accepts a fault, and computes what Node.js computes.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { launch } from "puppeteer-core";

import { load } from "../node/lib/engine.mjs";
import { HOME } from "./lib/home.mjs";
import { lookInside } from "./lib/inside.mjs";

const FIREFOX = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => path && existsSync(path));
const engine = load();

test("Firefox opens, plays and computes the same", { skip: FIREFOX ? false : "no Firefox; name one in FIREFOX" }, async () => {
  const browser = await launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const said = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`uncaught: ${error}`));
    await page.evaluateOnNewDocument(lookInside);
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(HOME);
    await page.waitForSelector("html[data-ready]");
    const now = () => page.$eval(">>> .slider", (it) => Number(it.getAttribute("aria-valuenow")));
    const first = await now();
    await new Promise((done) => setTimeout(done, 500));
    assert(first < (await now()), "it plays");
    await page.keyboard.press("C");
    await page.waitForFunction(() => /crash leader\nat/.test(inside("textarea")?.value ?? ""));
    const ink = await page.$eval(">>> .lane canvas", (it) => {
      const canvas = /** @type {HTMLCanvasElement} */ (it);
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
    });
    assert(ink > 1000, "something is drawn");
    for (const file of readdirSync(new URL("../../scenarios/", import.meta.url)).filter((name) => name.endsWith(".txt"))) {
      const text = readFileSync(new URL(`../../scenarios/${file}`, import.meta.url), "utf8");
      const play = new engine.Playground();
      play.load(text);
      while (!play.advance(100).done);
      const ours = play.run().lanes.map((/** @type {unknown} */ _, /** @type {number} */ i) => play.story(i, 0, 0).digest);
      play.free();
      const theirs = await page.evaluate(async (text) => {
        const { Engine } = await import(/** @type {any} */ ("./engine.js"));
        const it = /** @type {any} */ (window);
        it.tested ??= await Engine.open();
        it.tested.load(text);
        while (!it.tested.advance(100).done);
        return it.tested.run().lanes.map((/** @type {unknown} */ _, /** @type {number} */ i) => it.tested.story(i).digest);
      }, text);
      assert.deepEqual(theirs, ours, file);
    }
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/firefox.png` });
    assert.deepEqual(said, [], "the console is empty");
  } finally {
    await browser.close();
  }
});
