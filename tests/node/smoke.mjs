// The package loads and answers, so the glue, the module and the types match.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "./lib/engine.mjs";

test("the engine reports its package's version", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8"));
  assert.equal(load().version(), manifest.version);
});
