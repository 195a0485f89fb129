// Pages of other people, with playgrounds in them.

import { PAGES } from "./server.mjs";

/** @typedef {import("../../../www/element.js").ElectionPlayground} Playground */

export const SCRIPT = '<script type="module" src="../pkg/election-playground.js"></script>';

/** A short run, with blank lines and a comment as authors write them. */
export const CRASH = `# A leader crashes.
title A leader crashes
lanes bully raft

# The fault.
at 2s crash leader
until 4s
`;

/**
 * How to open an article, for `withPage`.
 *
 * @param {string} body
 * @param {{head?: string, script?: string, ready?: string, files?: Record<string, string>, before?: (page: import("playwright-core").Page) => Promise<unknown>}} [how] `files`: texts beside it.
 */
export const article = (body, { head = "", script = SCRIPT, ready = "election-playground", files = {}, before } = {}) => ({
  path: "article.html",
  ready,
  async before(/** @type {import("playwright-core").Page} */ page) {
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>An article</title><link rel="icon" href="data:,">${head}${script}<body>${body}</body></html>`;
    // From a server: browsers let no page without one reach another one on this machine.
    for (const [name, text] of Object.entries({ ...files, "article.html": html })) PAGES.set(`www/${name}`, text);
    await page.addInitScript(() => {
      const told = /** @type {{name: string, id: string, detail: any}[]} */ ([]);
      Object.assign(window, { told });
      for (const name of ["ep-ready", "ep-step", "ep-leaderchange", "ep-violation", "ep-error"]) {
        document.addEventListener(name, (event) => told.push({ name, id: /** @type {Element} */ (event.target).id, detail: /** @type {CustomEvent} */ (event).detail }));
      }
    });
    await before?.(page);
  },
});

/** Waits until all playgrounds have their runs. @param {import("playwright-core").Page} page @param {string} [which] */
export const allReady = (page, which = "election-playground") =>
  page.evaluate((which) => Promise.all([...document.querySelectorAll(which)].map((it) => /** @type {Playground} */ (it).ready)), which);

/** What was wrong so far. @param {import("playwright-core").Page} page @returns {Promise<{id: string, message: string}[]>} */
export const complaints = (page) => page.evaluate(() => (/** @type {any} */ (window)).told
  .filter((/** @type {any} */ it) => it.name === "ep-error").map((/** @type {any} */ it) => ({ id: it.id, message: it.detail.message })));

/** The text of the first element inside a playground that a selector finds. @param {import("playwright-core").Page} page @param {string} id @param {string} selector */
export const said = (page, id, selector) => page.evaluate(([id, selector]) => document.getElementById(id)?.shadowRoot?.querySelector(selector)?.textContent ?? "", [id, selector]);
