// The page's own state: the text, the selection, how it plays. It holds nothing about a run.

/**
 * @template {object} S
 * @param {S} initial
 */
export function createStore(initial) {
  let state = Object.freeze({ ...initial });
  /** @type {Set<(state: Readonly<S>, before: Readonly<S>) => void>} */
  const listeners = new Set();
  return {
    /** The state, which is never mutated. */
    get: () => state,
    /**
     * Updates the state and notifies the listeners, if anything differs.
     *
     * @param {Partial<S>} patch
     */
    edit(patch) {
      const keys = /** @type {(keyof S)[]} */ (Object.keys(patch));
      if (keys.every((key) => Object.is(state[key], patch[key]))) return;
      const before = state;
      state = Object.freeze({ ...state, ...patch });
      for (const listener of listeners) listener(state, before);
    },
    /**
     * Calls back after each change; returns a function that unsubscribes.
     *
     * @param {(state: Readonly<S>, before: Readonly<S>) => void} listener
     */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * @typedef {object} Past A text as it was left.
 * @property {string} text
 * @property {number} scope The lane that actions applied to.
 * @property {number} at The playhead, in microseconds.
 * @property {boolean} whole Whether another scenario replaced it or was replaced by it: then scope and playhead return too.
 * @property {string} given The text that it was edited from.
 * @property {import("./state.js").Other | null} other The future that was kept beside it.
 */

/**
 * The undo history of a text, with at most `max` steps.
 *
 * @param {number} max
 */
export function createHistory(max = 200) {
  /** @type {Past[]} */
  let past = [];
  /** @type {Past[]} */
  let future = [];
  return {
    /** Records a text that is about to be replaced. @param {Past} left */
    push(left) {
      const last = past.at(-1);
      if (last?.text === left.text && last.other?.text === left.other?.text) return;
      past.push(left);
      if (past.length > max) past = past.slice(-max);
      future = [];
    },
    /** The previous text, if there is one. @param {Past} present */
    undo(present) {
      const left = past.pop();
      if (left) future.push({ ...present, whole: left.whole });
      return left;
    },
    /** The next text, if there is one. @param {Past} present */
    redo(present) {
      const left = future.pop();
      if (left) past.push({ ...present, whole: left.whole });
      return left;
    },
    /** What the next undo brings back. */
    get last() {
      return past.at(-1);
    },
    get depth() {
      return past.length;
    },
    get ahead() {
      return future.length;
    },
  };
}
