// The page and the command line make the same link to a moment.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { go, load, playing } from "./lib/engine.mjs";

test("the link in docs/command-line.md is the one that the page makes", () => {
  const page = readFileSync(new URL("../../docs/command-line.md", import.meta.url), "utf8");
  const hash = /\$ election open '#([^']+)'/.exec(page)?.[1] ?? "";
  const engine = load();
  const { text, at, selected, digest } = engine.decodeLink(hash);
  const playground = playing(text);
  go(playground, playground.seekInstant(at ?? 0, 0));
  assert.equal(playground.traceDigest(), digest);
  assert.equal(engine.encodeLink(text, at, null, selected ?? "", playground.traceDigest()), hash);
  playground.free();
});
