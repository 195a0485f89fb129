// The scenarios of the gallery. The first one is part of the page; the others are fetched on demand.

import { FIRST } from "./first.js";
import { fetchData } from "./pkg.js";

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} chapter
 * @property {string} title
 * @property {string} about
 * @property {{name: string, algorithm: string, strip: string}[]} lanes Each with who leads when, see scene/strip.js.
 * @property {string} text
 */

/** The scenarios that have arrived. @type {readonly {name: string, text: string}[]} */
let here = [FIRST];

/** All scenarios, the first one in front. @returns {Promise<readonly Scenario[]>} */
export async function scenarios() {
  /** @type {readonly Scenario[]} */
  const all = await fetchData("scenarios.json");
  here = all;
  return all;
}

/** The text of a scenario; undefined if no scenario has this name. @param {string} name */
export async function scenarioText(name) {
  return (name === FIRST.name ? FIRST : (await scenarios()).find((it) => it.name === name))?.text;
}

/** The name of the scenario with this text, among the scenarios that have arrived. @param {string} text */
export function scenarioName(text) {
  return here.find((it) => it.text === text)?.name;
}
