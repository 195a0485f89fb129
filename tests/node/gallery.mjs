// The page's copy of the scenarios is that of scenarios/. To make it anew: UPDATE=1 node --test tests/node/gallery.mjs

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { describe } from "../../www/words.js";
import { COPY, generate } from "./lib/gallery.mjs";

test("www/scenarios.js is a copy of scenarios/", () => {
  const now = generate();
  if (process.env.UPDATE) writeFileSync(COPY, now);
  const copy = existsSync(COPY) ? readFileSync(COPY, "utf8") : "";
  assert.ok(copy === now, "it is not: UPDATE=1 node --test tests/node/gallery.mjs makes it anew");
});

test("a scenario is described by its title and the comment at its top", () => {
  const text = "# One\n# and two.\n# Question: why?\ntitle  A title \nnodes 3\n# no\n";
  assert.deepEqual(describe(text), { title: "A title", about: "One and two.", question: "why?" });
  assert.deepEqual(describe("nodes 3\n"), { title: "", about: "", question: "" });
});
