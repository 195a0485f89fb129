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
 * The undo history of a text, with at most `max` steps.
 *
 * @param {number} max
 */
export function createHistory(max = 200) {
  /** @type {string[]} */
  let past = [];
  /** @type {string[]} */
  let future = [];
  return {
    /** Records a text that is about to be replaced. @param {string} text */
    push(text) {
      if (past.at(-1) === text) return;
      past.push(text);
      if (past.length > max) past = past.slice(-max);
      future = [];
    },
    /** The previous text, if there is one. @param {string} present */
    undo(present) {
      const text = past.pop();
      if (text !== undefined) future.push(present);
      return text;
    },
    /** The next text, if there is one. @param {string} present */
    redo(present) {
      const text = future.pop();
      if (text !== undefined) past.push(present);
      return text;
    },
    get depth() {
      return past.length;
    },
    get ahead() {
      return future.length;
    },
  };
}
