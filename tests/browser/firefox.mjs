// A smoke test in Firefox: what lib/smoke.mjs asks of every browser.

import { existsSync } from "node:fs";
import { test } from "node:test";

import { launch } from "puppeteer-core";

import { HOME } from "./lib/home.mjs";
import { lookInside } from "./lib/inside.mjs";
import { smoke } from "./lib/smoke.mjs";

const FIREFOX = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => path && existsSync(path));

test("Firefox opens, plays, tells and asks, and computes the same", { skip: FIREFOX ? false : "no Firefox; name one in FIREFOX" }, async () => {
  const browser = await launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const said = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`uncaught: ${error}`));
    await page.evaluateOnNewDocument(lookInside);
    await page.setViewport({ width: 1280, height: 900 });
    /** @type {import("./lib/smoke.mjs").Driven} */
    const driven = {
      async open(path) {
        // Another hash alone loads nothing.
        await page.goto("about:blank");
        await page.goto(HOME + path);
      },
      ask: /** @type {any} */ ((/** @type {any} */ work, /** @type {unknown[]} */ ...args) => page.evaluate(work, ...args)),
      click: (x, y) => page.mouse.click(x, y),
      said: async () => said,
    };
    await smoke(driven, "");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/firefox.png` });
  } finally {
    await browser.close();
  }
});
