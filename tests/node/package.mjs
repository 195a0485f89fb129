// What lies in pkg/ beside the engine is what the sources say. That all of pkg/ is, `cargo xtask pkg --check` shows.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { load } from "./lib/engine.mjs";

const root = new URL("../../", import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, root), "utf8");
const stale = "run `cargo xtask pkg`";

test("the gallery has every scenario, the first one in front", () => {
  /** @type {{name: string, title: string, about: string, text: string}[]} */
  const gallery = JSON.parse(read("pkg/scenarios.json"));
  const files = readdirSync(new URL("scenarios/", root)).filter((name) => name.endsWith(".txt"));
  assert.deepEqual(gallery.map((it) => `${it.name}.txt`).sort(), files.sort(), stale);
  for (const { name, title, about, text } of gallery) {
    assert.equal(text, read(`scenarios/${name}.txt`), stale);
    assert(title !== "" && about !== "", `${name} says what it shows`);
  }
  assert.equal(gallery[0].name, "first-look");
});

test("every algorithm of the engine is described beside it", () => {
  for (const { id, title, messages } of load().algorithms()) {
    const about = JSON.parse(read(`pkg/algorithms/${id}.json`));
    assert.equal(about.title, title, stale);
    assert.deepEqual(about.messages, messages, stale);
    assert(about.summary !== "" && about.source !== "" && about.fidelity.length > 0, id);
    assert(about.rules.length > 0 && about.rules.every((/** @type {string} */ rule) => rule.trim() !== ""), id);
    assert(about.promises.every((/** @type {{because: string}} */ it) => it.because !== ""), id);
    assert(about.settings.every((/** @type {{doc: string, source: string}} */ it) => it.doc !== "" && it.source !== ""), id);
  }
});

test("the pages of pkg/ are those of www/", () => {
  for (const page of ["index.html", "embed.html"]) assert.equal(read(`pkg/${page}`), read(`www/${page}`).replaceAll("../pkg/", "./"), stale);
});
