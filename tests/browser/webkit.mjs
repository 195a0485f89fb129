// A smoke test in WebKit, for Safari and every browser on iPhones: what lib/smoke.mjs asks of every browser, a tap, and
// the layout of a phone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { HOME } from "./lib/home.mjs";
import { lookInside } from "./lib/inside.mjs";
import { PAGES } from "./lib/server.mjs";
import { opened, press, smoke, until } from "./lib/smoke.mjs";
import { MISSING, launch } from "./lib/webkit.mjs";

// The driver does not report the console, so a script in the page keeps it, and `inside` with it.
PAGES.set("www/said.js", `(${lookInside})();
globalThis.said = [];
for (const name of ["log", "info", "warn", "error", "debug"]) console[name] = (...words) => said.push([name, ...words].join(" "));
addEventListener("error", (event) => said.push("uncaught: " + (event.message ?? "loading failed")), true);
addEventListener("unhandledrejection", (event) => said.push("uncaught: " + event.reason));
`);
const page = readFileSync(new URL("../../www/index.html", import.meta.url), "utf8");
PAGES.set("www/watched.html", page.replace('<script type="module"', '<script src="said.js"></script>\n$&'));
// The window cannot be as narrow as a phone.
PAGES.set("www/phone.html", '<!doctype html><iframe src="watched.html" style="width: 390px; height: 780px; border: 0"></iframe>');

test("WebKit opens, plays, tells and asks, and computes the same", { skip: MISSING }, async () => {
  const webkit = await launch({ width: 1280, height: 940 });
  /** @type {string[]} */
  const said = [];
  const keep = async () => said.push(...(await webkit.ask(() => /** @type {any} */ (globalThis).said ?? [])));
  /** @type {import("./lib/smoke.mjs").Driven} */
  const driven = {
    ...webkit,
    async open(path) {
      await keep();
      // Another hash alone loads nothing.
      await webkit.call("POST", "/url", { url: "about:blank" });
      await webkit.call("POST", "/url", { url: HOME + path });
    },
    async said() {
      await keep();
      return said;
    },
  };
  try {
    await smoke(driven, "watched.html");
    await webkit.call("POST", "/url", { url: `${HOME}phone.html` });
    await webkit.call("POST", "/frame", { id: 0 });
    await until(driven, () => document.documentElement.dataset.ready !== undefined && inside(".top .state")?.textContent === "");
    assert.deepEqual(await driven.ask(() => [innerWidth, document.documentElement.scrollWidth]), [390, 390], "nothing scrolls sideways");
    await press({ ...driven, click: (x, y) => webkit.click(x, y, "touch") }, ".tab:nth-child(3)");
    await until(driven, () => inside(".tab:nth-child(3)").getAttribute("aria-current") === "true");
    assert.deepEqual(await driven.ask(() => /** @type {any} */ (globalThis).said), []);
  } finally {
    await webkit.close();
  }
});
