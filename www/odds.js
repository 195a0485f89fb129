// Asks for the odds of an outcome: in a worker, or, where there is none, in slices on the page.

import { startWorker } from "./worker.js";

/** How long a slice on the page may take, in milliseconds. */
const SLICE = 8;

/**
 * @typedef {object} Question
 * @property {string} text
 * @property {number} lane
 * @property {string} outcome A condition of the language.
 * @property {number} [futures] How many are played from each moment.
 *
 * @typedef {object} Point A moment, and the share of its futures in which the outcome comes true.
 * @property {number} at
 * @property {number} after The `k` of `at T+k`.
 * @property {number} step The lane's events before it.
 * @property {number} runs
 * @property {number} came
 * @property {number} low The interval, in millionths.
 * @property {number} share
 * @property {number} high
 * @property {boolean} settled Whether the run itself had settled it.
 *
 * @typedef {{at: number, step: number, node: number, text: string, drawn: string, point: number}} Turn An event that changed
 *   the odds, what was drawn in it, and the position of the point after it.
 *
 * @typedef {object} Curve
 * @property {boolean} came Whether the outcome came true in the run itself.
 * @property {number} at When that was settled.
 * @property {number} limit The end of the futures.
 * @property {number} futures
 * @property {string} sentence When it was decided, and by what.
 * @property {string[]} caveats
 * @property {Turn | null} decided Its text is empty if no single event decided it.
 * @property {Turn[]} turns
 * @property {Point[]} points By time.
 *
 * @typedef {{done: boolean, points: number, of: number, futures: number}} Progress `of` is 0 while the run itself is played.
 * @typedef {{point: number, seed: string}} Other A future that came out differently: `reseed` at that point.
 *
 * @typedef {{progress?: Progress, other?: Other | null, curve?: Curve | null, error?: {name: string, message: string}}} News
 */

/** @typedef {{advance(ms: number): Progress, curve(): Curve | null, seed(point: number, comes: boolean): string | undefined, free(): void}} Odds */

/**
 * The last moment before it was decided from which some future went the other way, and the seed of the first such future.
 *
 * @param {Odds} odds
 * @param {Curve | null} curve
 * @returns {Other | null}
 */
export function otherWay(odds, curve) {
  for (let point = (curve?.decided?.point ?? 0) - 1; curve && point >= 0; point--) {
    const seed = odds.seed(point, !curve.came);
    if (seed) return { point, seed };
  }
  return null;
}

/**
 * Works on a question until it is answered. Returns what ends the work early.
 *
 * @param {Question} question
 * @param {(question: Question) => Odds} onPage Works on it here.
 * @param {(news: News) => void} tell
 */
export function ask(question, onPage, tell) {
  let over = false;
  let stop = () => {};

  function here() {
    /** @type {ReturnType<typeof onPage> | null} */
    let odds = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    stop = () => {
      clearTimeout(timer);
      odds?.free();
      odds = null;
    };
    const slice = () => {
      try {
        odds ??= onPage(question);
        const progress = odds.advance(SLICE);
        const curve = odds.curve();
        tell({ progress, curve, other: progress.done ? otherWay(odds, curve) : null });
        if (progress.done) stop();
        else timer = setTimeout(slice);
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        tell({ error: { name, message } });
      }
    };
    timer = setTimeout(slice);
  }

  try {
    const worker = startWorker();
    let heard = false;
    stop = () => worker.terminate();
    worker.addEventListener("message", ({ data }) => {
      if (over) return;
      heard = true;
      tell(data);
      if (data.error || data.progress.done) worker.terminate();
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      worker.terminate();
      if (over) return;
      // It could not be made, or not be fetched.
      if (heard) tell({ error: { name: "", message: event.message || "the worker broke off" } });
      else here();
    });
    worker.postMessage(question);
  } catch {
    here();
  }
  return () => {
    over = true;
    stop();
  };
}
