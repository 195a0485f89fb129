// What every browser must do, whichever way it is driven: the page opens, plays, tells, asks, accepts a fault, reports a
// damaged link, and computes what was recorded.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { load } from "../../node/lib/engine.mjs";

/**
 * @typedef {object} Driven A browser.
 * @property {(path: string) => Promise<void>} open Opens a path, relative to that of the page.
 * @property {<A extends unknown[], T>(work: (...args: A) => T | Promise<T>, ...args: A) => Promise<T>} ask Runs a function in the page.
 * @property {(x: number, y: number) => Promise<void>} click
 * @property {() => Promise<string[]>} said What the console has shown since the browser was started.
 */

const ROOT = new URL("../../../", import.meta.url);
const engine = load();
const linkTo = (/** @type {string} */ text, /** @type {number} */ at) => `#${engine.encodeLink(text, at, null, "", "")}`;

/** How long a browser may take for a step, in milliseconds. The first start of a newly installed one is slow. */
const PATIENCE = 90_000;

const STORY = `lanes ring bully raft
seed 42
at 2s partition 1 2 | 3 4 5
at 2s ask "In which lanes will two nodes lead?"
at 4s answer leaders = 2 in ring bully because "Nobody there counts."
until 5s
`;
const FAULT = "lanes bully raft\nseed 3\nat 1s crash leader\nuntil 6s\n";

/** The recorded digests of traces, by scenario. */
const RECORDED = readFileSync(new URL("tests/digests.txt", ROOT), "utf8").split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split(" "));

/**
 * Waits until a function in the page returns something true, and returns that.
 *
 * @template {unknown[]} A
 * @template T
 * @param {Driven} it
 * @param {(...args: A) => T} work
 * @param {A} args
 */
export async function until(it, work, ...args) {
  for (const end = Date.now() + PATIENCE; ; await sleep(50)) {
    const found = await it.ask(work, ...args);
    if (found) return found;
    assert(Date.now() < end, `still not true: ${work} ${JSON.stringify(args)}`);
  }
}

/** Opens the page and waits until it plays. @param {Driven} it @param {string} path */
export async function opened(it, path) {
  await it.open(path);
  await until(it, () => document.documentElement.dataset.ready !== undefined && inside(".top .state")?.textContent === "");
}

/** Clicks the first element that has the text. @param {Driven} it @param {string} selector @param {string} [text] */
export async function press(it, selector, text = "") {
  const spot = await until(it, (selector, text) => {
    const all = /** @type {HTMLElement[]} */ ([...(document.querySelector("election-playground")?.shadowRoot?.querySelectorAll(selector) ?? [])]);
    const found = all.find((it) => it.textContent?.includes(text) && it.checkVisibility());
    found?.scrollIntoView({ block: "nearest" });
    const box = found?.getBoundingClientRect();
    return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }, selector, text);
  await it.click(spot.x, spot.y);
}

/** The playhead in milliseconds. @param {Driven} it */
const now = (it) => it.ask(() => Number(inside(".slider").getAttribute("aria-valuenow")));

/** @param {Driven} it @param {string} path The path of the page. */
export async function smoke(it, path) {
  await opened(it, path);
  const first = await now(it);
  await until(it, (first) => Number(inside(".slider").getAttribute("aria-valuenow")) > first, first);

  await opened(it, `${path}${linkTo(FAULT, 2e6)}`);
  assert.equal(await now(it), 2000);
  assert.match(await it.ask(() => inside(".narration").textContent), /^(Bully|Raft): .*\w/, "the sentence about what happened last");
  const ink = await it.ask(() => [...document.querySelector("election-playground")?.shadowRoot?.querySelectorAll(".lane canvas, .bands .back, .failover canvas") ?? []].map((it) => {
    const canvas = /** @type {HTMLCanvasElement} */ (it);
    const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
  }));
  assert.equal(ink.length, 4, "two lanes, the bands and the failover");
  assert(ink.every((pixels) => pixels > 500), `the pictures are not blank: ${ink}`);
  await press(it, ".palette button", "Crash");
  await until(it, () => /^at 2s\s+crash leader$/m.test(inside("textarea").value));

  // The debugger brings an engine of its own.
  await opened(it, `${path}${linkTo(FAULT, 3e6)}`);
  await press(it, ".why-so", "why?");
  const chain = await until(it, () => inside(".why h2")?.textContent && [...inside(".reasons").querySelectorAll("li .text")].map((it) => it.textContent).join("\n"));
  assert.match(chain, / leads.*\n(.*\n)*.*, which leads, crashes\./);
  await until(it, () => inside(".rules-list .ran") && inside(".what-ifs li") && !inside(".what-ifs .open"));
  const drawn = await it.ask(() => [...inside(".diagram").querySelectorAll("canvas")].map((it) => {
    const canvas = /** @type {HTMLCanvasElement} */ (it);
    const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
  }));
  assert(drawn.some((pixels) => pixels > 500), `the diagram is not blank: ${drawn}`);

  await opened(it, `${path}${linkTo(STORY, 1.8e6)}`);
  await press(it, ".play");
  await until(it, () => inside(".top .state").textContent === "stopped by a question");
  assert.equal(await now(it), 2000);
  await press(it, ".story button", "Ring");
  await press(it, ".story button", "Play and see");
  await until(it, () => inside(".play").getAttribute("aria-pressed") === "true" && Number(inside(".slider").getAttribute("aria-valuenow")) > 2000);
  // Playing there would take a while.
  await it.ask(() => /** @type {import("../../../www/element.js").ElectionPlayground} */ (document.querySelector("election-playground")).seek(4.5));
  await until(it, () => /In Ring and Bully\. Nobody there counts\..*✓ as you said/.test(inside(".story").textContent));

  await it.open(`${path}#v=2&s=lanes+raft`);
  assert.equal(await until(it, () => inside(".blank:not([hidden]) h2")?.textContent), "This link is damaged");

  for (const [name, recorded] of RECORDED) {
    const text = readFileSync(new URL(`scenarios/${name}.txt`, ROOT), "utf8");
    const digest = await it.ask(async (text) => {
      const glue = await import(new URL("../pkg/election_playground.js", location.href).href);
      await glue.default();
      const play = new glue.Playground();
      play.load(text);
      while (!play.advance(100).done);
      let there = play.seek(play.run().until);
      while (!there) there = play.settle(100);
      const digest = play.traceDigest();
      play.free();
      return digest;
    }, text);
    assert.equal(digest, recorded, name);
  }
  assert.deepEqual(await it.said(), [], "the console is empty");
}
