// What a test reaches inside a playground, whose elements are in an open shadow root.

/** Runs in the page, before it loads: defines `inside`. */
export function lookInside() {
  /** @type {any} */ (globalThis).inside = (/** @type {string} */ selector) => document.querySelector("election-playground")?.shadowRoot?.querySelector(selector) ?? null;
}
