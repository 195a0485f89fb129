// The package in pkg/ under Node.js: the same bytes that a browser runs.

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

/** @typedef {InstanceType<typeof engine.Playground>} Playground */

/** A run of the text, computed to its end. @param {string} text */
export function playing(text) {
  const play = new (load().Playground)();
  play.load(text);
  computed(play);
  return play;
}

/** Computes the loaded run to its end. @param {Playground} play */
export function computed(play) {
  while (!play.advance(100).done);
}

/** Waits until the playhead has arrived. @param {Playground} play @param {boolean} there */
export function go(play, there) {
  while (!there) there = play.settle(100);
}

/** The results of the expectations. @param {Playground} play @returns {import("../../../www/engine.js").Judged[]} */
export function judged(play) {
  while (!play.judgeSlice(100));
  return play.judged();
}
