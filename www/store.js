// The one place for what the page itself knows: the text, what is chosen, how it plays. Nothing of a run.

/**
 * @template {object} S
 * @param {S} initial
 */
export function createStore(initial) {
  let state = Object.freeze({ ...initial });
  /** @type {Set<(state: Readonly<S>, before: Readonly<S>) => void>} */
  const listeners = new Set();
  return {
    /** The state; never changed in place. */
    get: () => state,
    /**
     * Changes some of it and tells everybody, if anything differs.
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
     * Calls back after each change; gives what ends it.
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
 * Texts to go back to and forth again, at most `max`.
 *
 * @param {number} max
 */
export function createHistory(max = 200) {
  /** @type {string[]} */
  let past = [];
  /** @type {string[]} */
  let future = [];
  return {
    /** Remembers a text that is about to be replaced. @param {string} text */
    push(text) {
      if (past.at(-1) === text) return;
      past.push(text);
      if (past.length > max) past = past.slice(-max);
      future = [];
    },
    /** The text before, if there is one. @param {string} present */
    undo(present) {
      const text = past.pop();
      if (text !== undefined) future.push(present);
      return text;
    },
    /** The text after, if there is one. @param {string} present */
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
