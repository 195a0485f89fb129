// The package loads and answers: proves that glue, module and types belong together.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { load } from "./lib/engine.mjs";

test("the engine says the version of its package", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8"));
  assert.equal(load().version(), manifest.version);
});
