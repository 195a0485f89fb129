// A moment of a scenario as the page sees it: run, summaries, frame and the description of the algorithms.

import { readFrame } from "../../../www/frame.js";
import { go, load, playing } from "./engine.mjs";

const engine = load();

/**
 * @param {string} text
 * @param {number} at Microseconds.
 */
export function moment(text, at) {
  const play = playing(text);
  go(play, play.seek(at));
  const { lanes, acts, ...rest } = play.run();
  /** @type {import("../../../www/engine.js").Run} */
  const run = { ...rest, lanes: lanes.map((/** @type {any} */ lane) => ({ ...lane, acts: lane.acts.map((/** @type {number} */ i) => acts[i]) })) };
  const length = play.frame();
  const numbers = new Float64Array(engine.moduleMemory().buffer, play.framePointer, length);
  const frame = readFrame(numbers, run.lanes.map((lane) => lane.names));
  /** @type {import("../../../www/engine.js").Story[]} */
  const stories = run.lanes.map((_, i) => ({ ...play.story(i, 0, 0), ...play.chronicle(i, 0, 0, 0, 0) }));
  const all = /** @type {import("../../../www/engine.js").Algorithm[]} */ (engine.algorithms());
  const infos = run.lanes.map((lane) => {
    const info = all.find((it) => it.id === lane.algorithm);
    if (!info) throw new Error(lane.algorithm);
    return info;
  });
  play.free();
  return { frame, run, stories, infos };
}
