// The gallery as the page reads it: each scenario with its chapter, its text, and who leads when in each of its lanes.

import { readFile, readdir } from "node:fs/promises";
import { basename } from "node:path";

import { stripOf } from "../www/scene/strip.js";
import { describe } from "../www/words.js";
import { CHAPTERS } from "./chapters.mjs";

const FOLDER = new URL("../scenarios/", import.meta.url);

/** @typedef {import("../www/scenarios.js").Scenario} Scenario */
/** @typedef {typeof import("../pkg/election_playground.js")} Package */

/** Who leads when in each lane, from a run of the text. @param {Package} engine @param {string} text */
function lanes(engine, text) {
  const play = new engine.Playground();
  play.load(text);
  while (!play.advance(1000).done);
  const { until, lanes } = play.run();
  const found = lanes.map((/** @type {import("../www/engine.js").RunLane} */ { name, algorithm }, /** @type {number} */ i) => {
    /** @type {import("../www/engine.js").Band[]} */
    const bands = [];
    for (let more = true, moments = 0; more;) {
      const part = play.story(i, bands.length, moments);
      bands.push(...part.bands);
      moments += part.moments.length;
      ({ more } = part);
    }
    return { name, algorithm, strip: stripOf(bands, until) };
  });
  play.free();
  return found;
}

/**
 * The scenarios in the order of the chapters.
 *
 * @param {Package} engine Ready to be called.
 * @returns {Promise<Scenario[]>}
 */
export async function gallery(engine) {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".txt")).map((name) => basename(name, ".txt"));
  const listed = CHAPTERS.flatMap(([, names]) => names);
  const odd = [...files.filter((name) => !listed.includes(name)), ...listed.filter((name, i) => !files.includes(name) || listed.indexOf(name) !== i)];
  if (odd.length > 0) throw new Error(`not in exactly one chapter of xtask/chapters.mjs: ${odd.join(", ")}`);
  return Promise.all(CHAPTERS.flatMap(([chapter, names]) => names.map(async (name) => {
    const text = await readFile(new URL(`${name}.txt`, FOLDER), "utf8");
    const { title, about } = describe(text);
    return { name, chapter, title: title || name, about, lanes: lanes(engine, text), text };
  })));
}
