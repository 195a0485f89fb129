// What is shared and offered: links of every version, code to embed, the gallery's data, and the faults of the palette.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CLOCKS, EVERY, FAULTS, LINKS, PAUSES, SLOWNESS, fillIn, inVain } from "../../www/faults.js";
import { embedCode, plainHash, textIn } from "../../www/link.js";
import { CELLS, stretches, stripOf } from "../../www/scene/strip.js";
import { firstSentences } from "../../www/words.js";
import { CHAPTERS } from "../../xtask/chapters.mjs";
import { gallery } from "../../xtask/gallery.mjs";
import { load } from "./lib/engine.mjs";

const engine = load();
const root = new URL("../../", import.meta.url);

test("the frozen links of every version open with their texts, and posters read the same", async () => {
  for (const version of [1, 2]) {
    const file = readFileSync(new URL(`tests/links/version-${version}.txt`, root), "utf8");
    const all = file.split(/^link /m).slice(1).map((part) => {
      const [link, ...lines] = part.split("\n");
      return { link, text: lines.filter((line) => line.startsWith("|")).map((line) => line.slice(1)).join("\n") };
    });
    assert.equal(all.length, 16);
    for (const { link, text } of all) {
      const found = engine.decodeLink(`#${link}`);
      assert.deepEqual([found.text, found.version, found.trust], [text, version, version === 1 ? "unchecked" : "checked"]);
      assert.equal(await textIn(link), text);
    }
  }
});

test("a link that is written without an engine opens", () => {
  for (const text of ["lanes raft\nat 1s crash leader\n", "# 1 & 2; + % é\n\ntitle A; B # c\n", ""]) {
    const { text: found, at, trust } = engine.decodeLink(`#${plainHash(text)}`);
    assert.deepEqual([found, at, trust], [text, null, "unchecked"]);
  }
});

test("what is no link has no text for a poster", async () => {
  for (const hash of ["", "v=2", "z=", "z=%", "z=AAAA", "s=%E0%A4%A", "v=2&z=!!!"]) assert.equal(await textIn(hash), null, hash);
});

test("a link comes back whole", () => {
  const link = engine.decodeLink(engine.encodeLink("lanes raft\n", 1.5e6, null, "raft:2", "00000000000000ff", "question,violation"));
  assert.deepEqual(link, {
    text: "lanes raft\n", at: 1.5e6, after: 0, step: null, selected: "raft:2", stops: "question,violation", digest: "00000000000000ff",
    look: null, version: 2, trust: "checked", ignored: [], other: null, first: false,
  });
  assert.equal(engine.decodeLink(engine.encodeLink("", null, null, "", "")).stops, null);
});

test("a link with two futures comes back whole, and its frozen ones open", () => {
  const [first, second] = ["lanes raft\nat 2s crash leader\n", "lanes raft\nat 1s raft: drop 3->1#1\nat 2s crash leader\n"];
  for (const [text, other, isFirst] of /** @type {const} */ ([[second, first, true], [first, second, false]])) {
    const hash = engine.encodeLink(text, 1e6, null, "", "", "", other, isFirst);
    const link = engine.decodeLink(hash);
    assert.deepEqual([link.text, link.at, link.other, link.first, link.ignored], [text, 1e6, other, isFirst, []]);
    // A program that does not know the part ignores it: the rest is as without it, and the check code is over its bytes.
    assert.equal(hash.replace(/&alt=.*/, ""), engine.encodeLink(text, 1e6, null, "", "").replace(/&c=.*/, ""));
    assert.throws(() => engine.decodeLink(hash.replace("&alt=", "&alt=x")), /missing or have changed/);
  }
  const parts = readFileSync(new URL("tests/links/version-2-futures.txt", root), "utf8").split(/^link /m).slice(1);
  assert.equal(parts.length, 4);
  for (const part of parts) {
    const [link, ...lines] = part.split("\n");
    const of = (/** @type {string} */ mark) => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1)).join("\n");
    const found = engine.decodeLink(link);
    assert.deepEqual([found.text, found.other, found.first], [of("|"), of("+"), lines.includes("other a")]);
  }
});

test("code to embed is escaped", () => {
  assert.equal(
    embedCode('# <b> & "c"\n\n', 1.5e6, 'http://h/a"b&c/element.js'),
    '<script type="module" src="http://h/a&quot;b&amp;c/element.js"></script>\n<election-playground at="1.5s"><pre>\n# &lt;b> &amp; "c"\n</pre></election-playground>\n',
  );
  assert.doesNotMatch(embedCode("", 0, "x"), / at=/);
});

test("texts are shortened to whole sentences", () => {
  assert.equal(firstSentences("One. Two is 0.5 s. (Three.) Four?", 20), "One. Two is 0.5 s.");
  assert.equal(firstSentences("A first sentence is never cut. Two.", 3), "A first sentence is never cut.");
  assert.equal(firstSentences("no end", 3), "no end");
});

test("every scenario is in exactly one chapter, and its strips are those of a fresh run", async () => {
  const names = CHAPTERS.flatMap(([, names]) => names);
  assert.equal(new Set(names).size, names.length);
  const fresh = await gallery(engine);
  assert.deepEqual(fresh.map((it) => it.name), names);
  const shipped = JSON.parse(readFileSync(new URL("pkg/scenarios.json", root), "utf8"));
  assert.deepEqual(shipped, fresh, "run `cargo xtask pkg`");
  for (const { name, lanes } of fresh) {
    assert(lanes.length > 0, name);
    for (const { strip } of lanes) assert.match(strip, new RegExp(`^[ab.!]{${CELLS}}$`), name);
  }
  const [ring, , zookeeper] = fresh.find((it) => it.name === "split-brain")?.lanes ?? [];
  assert(ring.strip.includes("!") && !zookeeper.strip.includes("!"), "the ring has two leaders, ZooKeeper has not");
});

test("a strip says who leads when", () => {
  const band = (/** @type {number} */ from, /** @type {number | null} */ until, /** @type {number} */ epoch) => /** @type {any} */ ({ from, until, epoch, belief: epoch, node: 0 });
  const bands = [band(0, 30, 1), band(40, null, 2), band(50, 60, 3)];
  assert.deepEqual(stretches(stripOf(bands, CELLS)), [
    { mark: "a", from: 0, cells: 30 }, { mark: ".", from: 30, cells: 10 }, { mark: "b", from: 40, cells: 10 }, { mark: "!", from: 50, cells: 10 },
  ]);
  // However short, a time without a leader or with two is shown.
  assert.equal(stripOf([band(0, 10, 1), band(10.1, null, 2)], CELLS)[10], ".");
  assert.equal(stripOf([band(0, null, 1), band(10, 10.1, 2)], CELLS)[10], "!");
  assert.equal(stripOf([], 5), ".".repeat(CELLS));
});

test("every fault of the palette is an action of the language", () => {
  const chosen = [PAUSES, SLOWNESS, CLOCKS, LINKS].flat().map(([, action]) => action);
  const filled = chosen.flatMap((action) => [
    fillIn(action, { who: "leader", from: "1", to: "2" }), fillIn(action, { who: "3", from: "leader", to: "store" }), fillIn(action, { who: "all", from: EVERY, to: "2" }),
  ]);
  const lines = [...FAULTS.map(([, action]) => action), ...filled].map((action) => `at 1s ${action}`);
  const play = new engine.Playground();
  try {
    play.load(`lanes raft\nuntil 2s\n${lines.join("\n")}\n`);
  } catch (error) {
    assert.fail(JSON.stringify(/** @type {any} */ (error).errors?.map((/** @type {any} */ it) => [lines[it.line - 3], it.message])));
  }
  play.free();
});

test("an act that met nobody says why", () => {
  assert.equal(inVain("crash leader", "no node matches", ["Raft"]), "no leader then in Raft");
  assert.equal(inVain("restart all", "nothing changes", ["Ring", "Bully"]), "no effect in Ring and Bully: nothing changes");
  assert.equal(inVain("pause leader", "no node matches", ["a", "b", "c"]), "no leader then in a, b and c");
});
