// Mermaid itself reads the sequence diagrams that `cargo test -p election-picture` records.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../src/picture/tests/golden/", import.meta.url);

/** Mermaid, or null if it is not installed. */
async function load() {
  // DOMPurify, with which Mermaid cleans texts, asks for a window. With this one it hands them through.
  Object.assign(globalThis, { window: { document: { nodeType: 9, createElement: () => ({}) }, Element: class {}, addEventListener() {} } });
  try {
    // Its types would need those of a browser.
    return (await import(/** @type {string} */ ("mermaid"))).default;
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}

const mermaid = await load();
const skip = mermaid === null && "mermaid is not installed: `npm ci` installs it";

test("the recorded sequence diagrams are valid", { skip }, async () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".mmd"));
  assert(files.length >= 5, files.join());
  for (const name of files) {
    const text = readFileSync(new URL(name, folder), "utf8");
    const read = await mermaid.parse(text).catch((/** @type {Error} */ error) => assert.fail(`${name}: ${error.message}`));
    assert.equal(read.diagramType, "sequence", name);
  }
});

test("what is no sequence diagram is told apart", { skip }, async () => {
  await assert.rejects(mermaid.parse("sequenceDiagram\n  a->>b: x\n  foo bar\n"), /Parse error on line 3/);
});

test("the one in the documentation is one of the program's", () => {
  const page = readFileSync(new URL("../../docs/pictures.md", import.meta.url), "utf8");
  const [, shown] = /```mermaid\n(.*?)```/s.exec(page) ?? assert.fail("docs/pictures.md shows none");
  assert.equal(shown, readFileSync(new URL("docs.mmd", folder), "utf8"));
});
