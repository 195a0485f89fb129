// The instances of the engine that a page makes, watched from outside.

/**
 * Before the page loads: afterwards `memories` has a weak reference to the memory of each instance, the oldest first,
 * and while `panics` is true, every instance panics as soon as it is asked for a frame.
 *
 * @param {import("playwright-core").Page} page
 */
export const watchInstances = (page) => page.addInitScript(() => {
  const it = /** @type {any} */ (globalThis);
  it.memories = [];
  const { instantiate, Instance } = WebAssembly;
  const watched = (/** @type {WebAssembly.Instance} */ { exports }) => {
    it.memories.push(new WeakRef(/** @type {WebAssembly.Memory} */ (exports.memory)));
    const frame = /** @type {Function} */ (exports.playground_frame);
    const panics = (/** @type {unknown[]} */ ...args) => {
      if (it.panics) throw new WebAssembly.RuntimeError("unreachable");
      return frame(...args);
    };
    // The exports of an instance cannot be replaced, so something in its shape takes its place.
    return Object.create(Instance.prototype, { exports: { value: { ...exports, playground_frame: panics } } });
  };
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => watched(await instantiate(module, imports)));
  WebAssembly.Instance = /** @type {any} */ (function (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) {
    return watched(new Instance(module, imports));
  });
  WebAssembly.Instance.prototype = Instance.prototype;
});
