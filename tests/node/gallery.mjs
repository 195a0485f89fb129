// What the page repeats of other files is the same as there. To copy the first scenario anew:
// UPDATE=1 node --test tests/node/gallery.mjs

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { describe } from "../../www/words.js";
import { COPY, generate } from "./lib/gallery.mjs";

test("www/first.js is a copy of the first scenario", () => {
  const now = generate();
  if (process.env.UPDATE) writeFileSync(COPY, now);
  const copy = existsSync(COPY) ? readFileSync(COPY, "utf8") : "";
  assert.ok(copy === now, "it is not: UPDATE=1 node --test tests/node/gallery.mjs makes it anew");
});

test("a scenario is described by its title and the comment at its top", () => {
  const text = "# One\n# and two.\ntitle  A title \nnodes 3\n# no\n";
  assert.deepEqual(describe(text), { title: "A title", about: "One and two." });
  assert.deepEqual(describe("nodes 3\n"), { title: "", about: "" });
});

test("dev.html is index.html with the sources in the place of the bundle", () => {
  const page = (/** @type {string} */ name) => readFileSync(new URL(`../../www/${name}`, import.meta.url), "utf8");
  const bundled = page("index.html");
  assert.match(bundled, /"\.\.\/pkg\/election-playground\.js"/);
  assert.equal(page("dev.html"), bundled.replace("../pkg/election-playground.js", "election-playground.js").replace("../pkg/page.css", "page.css"));
});
