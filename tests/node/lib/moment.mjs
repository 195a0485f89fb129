// A moment of a scenario as the page gets it: run, stories, frame and what there is to know of the algorithms.

import { readFrame } from "../../../www/frame.js";
import { load } from "./engine.mjs";

const engine = load();
const { memory } = engine.initSync({ module: new Uint8Array() });

/**
 * @param {string} text
 * @param {number} at Microseconds.
 */
export function moment(text, at) {
  const play = new engine.Playground();
  play.load(text);
  while (!play.advance(50_000).done);
  play.seek(at);
  const length = play.frame();
  const frame = readFrame(new Float64Array(memory.buffer, play.framePointer, length));
  /** @type {import("../../../www/engine.js").Run} */
  const run = play.run();
  /** @type {import("../../../www/engine.js").Story[]} */
  const stories = run.lanes.map((_, i) => play.story(i));
  const all = /** @type {import("../../../www/engine.js").Algorithm[]} */ (engine.algorithms());
  const infos = run.lanes.map((lane) => {
    const info = all.find((it) => it.id === lane.algorithm);
    if (!info) throw new Error(lane.algorithm);
    return info;
  });
  play.free();
  return { frame, run, stories, infos };
}
