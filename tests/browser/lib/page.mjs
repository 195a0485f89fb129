// The page in Chromium: a browser, and pages whose console must stay empty.

import assert from "node:assert/strict";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { TOGETHER } from "../../../www/typing.js";
import { FLAGS } from "./flags.mjs";
import { HOME } from "./home.mjs";
import { lookInside } from "./inside.mjs";

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
after(() => browser.close());

/** The folder for screenshots; SHOTS=1 enables them. */
export const SHOTS = process.env.SHOTS ? fileURLToPath(new URL("../shots/", import.meta.url)) : null;

/**
 * Opens the page, runs `work`, and afterwards checks that the console is empty and that no other host was
 * contacted.
 *
 * @param {{path?: string, hash?: string, ready?: string, width?: number, height?: number, options?: import("playwright-core").BrowserContextOptions,
 *   before?: (page: import("playwright-core").Page) => Promise<unknown>, complaints?: RegExp}} how
 * @param {(page: import("playwright-core").Page) => Promise<void>} work
 */
export async function withPage({ path = "", hash = "", ready = "html[data-ready]", width = 1440, height = 900, options = {}, before, complaints }, work) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(HOME).origin && protocol !== "data:" && protocol !== "blob:") said.push(`asked ${request.url()}`);
  });
  await page.addInitScript(lookInside);
  try {
    await before?.(page);
    await page.goto(HOME + path + hash);
    await page.waitForSelector(ready);
    await page.waitForFunction(() => !document.querySelector("election-playground") || inside(".top .state")?.textContent === "");
    await work(page);
    const unexpected = said.filter((line) => !complaints?.test(line));
    assert.deepEqual(unexpected, [], "the console is empty, and no other host is contacted");
  } finally {
    await context.close();
  }
}

/** The playhead in milliseconds. @param {import("playwright-core").Page} page */
export async function now(page) {
  await frames(page);
  return page.$eval(".slider", (it) => Number(it.getAttribute("aria-valuenow")));
}

/** The text in the editor. @param {import("playwright-core").Page} page */
export const text = (page) => page.inputValue(".editor textarea");

/** Stops playing and waits for the last frame. @param {import("playwright-core").Page} page */
export async function pause(page) {
  if ((await page.getAttribute(".play", "aria-pressed")) === "true") await page.click(".play");
  await page.waitForSelector('.play[aria-pressed="false"]');
}

/** Waits until the latest text is playing. @param {import("playwright-core").Page} page */
export const settled = (page) => page.waitForFunction(() => inside(".top .state")?.textContent === "");

/** Presses a letter, and waits until it cannot be the first one of a word any more. @param {import("playwright-core").Page} page @param {string} key */
export async function letter(page, key) {
  await page.keyboard.press(key);
  await page.waitForTimeout(TOGETHER + 100);
}

/** Waits until the requested frame is painted. @param {import("playwright-core").Page} page */
export const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
