// The package of pkg/ in node: the same bytes that a browser runs.

import { readFileSync } from "node:fs";

import * as engine from "../../../pkg/election_playground.js";

const file = new URL("../../../pkg/election_playground_bg.wasm", import.meta.url);

/**
 * The engine, ready to be called. Repeated calls give the same instance, as on the page.
 */
export function load() {
  engine.initSync({ module: readFileSync(file) });
  return engine;
}
