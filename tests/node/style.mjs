// The style sheet in somebody's page.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../www/style/", import.meta.url);

test("no length depends on the root of the page", () => {
  for (const name of readdirSync(FOLDER).filter((it) => it.endsWith(".css"))) {
    const css = readFileSync(new URL(name, FOLDER), "utf8");
    assert.equal(/\d(rem|rlh|rex|rch)\b/.exec(css), null, `${name}: the root's size is the page's own; use px`);
  }
});

test("the policy of embed.html has the hash of its script", async () => {
  const { between, hashOf } = await import("../../xtask/policy.mjs");
  for (const file of ["www/embed.html", "pkg/embed.html"]) {
    const html = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    assert(html.includes(`'${hashOf(between(html, "<script>", "</script>"))}'`), file);
  }
});
