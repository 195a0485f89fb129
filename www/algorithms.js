// The description of an algorithm. It is fetched on demand: no run needs it.

import { fetchData } from "./pkg.js";

/**
 * @typedef {object} About As `election algorithms NAME --json` prints it; docs/command-line.md has all of it.
 * @property {string} summary
 * @property {string} source
 * @property {{property: string, assumes: string[], because: string}[]} promises
 * @property {string[]} fidelity
 * @property {string[]} rules The pseudo-code, from rule 1 on.
 * @property {{name: string, doc: string}[]} settings
 */

/** @param {string} id @returns {Promise<About>} */
export const aboutAlgorithm = (id) => fetchData(`algorithms/${id}.json`);
