// Works out odds beside the page: a worker with an engine of its own. It is told a question once, and tells how far it is
// until it is done. Whoever has enough of it ends the worker.

import init, { Odds } from "../pkg/election_playground.js";

import { otherWay } from "./odds.js";

/** How long a slice may take, in milliseconds: as often the page hears how far it is. */
const SLICE = 60;

const page = /** @type {{postMessage(news: import("./odds.js").News): void}} */ (/** @type {unknown} */ (globalThis));

addEventListener("message", async ({ data }) => {
  const { text, lane, outcome, futures, module } = /** @type {import("./odds.js").Question & {module?: WebAssembly.Module}} */ (data);
  try {
    // A page in one file has nothing to fetch it from.
    await init(module && { module_or_path: module });
    const odds = new Odds(text, lane, outcome, futures);
    for (;;) {
      const progress = odds.advance(SLICE);
      const curve = odds.curve();
      page.postMessage({ progress, curve, other: progress.done ? otherWay(odds, curve) : null });
      if (progress.done) return;
    }
  } catch (error) {
    page.postMessage({ error: error instanceof Error ? { name: error.name, message: error.message } : { name: "", message: String(error) } });
  }
});
