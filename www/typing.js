// Tells shortcuts from typing: a shortcut is a single key, and a word typed in the wrong place would be many of them.

/** Keys that follow each other faster than this, in milliseconds, belong together. */
export const TOGETHER = 250;

/** @param {ShadowRoot} root */
export function createTyping(root) {
  let last = { key: "", at: -Infinity };
  /** Whether several keys came so quickly that they are a word. */
  let word = false;
  /** Whether the focus was last in the text, and was not taken from there on purpose. */
  let writing = false;

  root.addEventListener("focusin", (event) => {
    const on = event.composedPath()[0];
    writing = on instanceof HTMLTextAreaElement && !on.readOnly;
  });
  // Some browsers do not focus a button that is clicked.
  root.addEventListener("pointerdown", (event) => {
    const on = event.composedPath()[0];
    if (on instanceof Element && !on.closest(".editor") && on.closest("button, canvas, select, summary, a, [tabindex]")) writing = false;
  });
  return {
    /** The next keys are for the page: the user left the text on purpose. */
    release() {
      writing = false;
    },
    /** Whether the text had the focus last. */
    get writing() {
      return writing;
    },
    /**
     * Whether a key is part of typing rather than a shortcut. To be asked once for each key.
     *
     * @param {KeyboardEvent} event
     */
    isTyping(event) {
      const { key, timeStamp: at } = event;
      if (/^(Shift|Control|Alt|Meta|AltGraph)/.test(key)) return false;
      if (key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) {
        // It ends a word.
        last = { key: "", at: -Infinity };
        return false;
      }
      const soon = at - last.at < TOGETHER;
      // Holding a key, pressing it again, and choosing a lane before acting on it are no words.
      const other = /^[a-z ]$/i.test(key) && /^[a-z ]$/i.test(last.key) && key !== last.key;
      word = soon && (word || other);
      last = { key, at };
      return word || writing;
    },
  };
}
