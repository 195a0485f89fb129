// The instances of the engine that a page makes, watched from outside.

/**
 * Before the page loads: afterwards `memories` has a weak reference to the memory of each instance, the oldest first,
 * and while `panics` is true, every instance panics as soon as it is asked for a frame. `playing` has the exports and the
 * address of each playground that was asked for a frame and is not freed, if `keeps` is true.
 *
 * @param {import("playwright-core").Page} page
 */
export const watchInstances = (page, keeps = false) => page.addInitScript((keeps) => {
  const it = /** @type {any} */ (globalThis);
  it.memories = [];
  it.playing = new Map();
  const { instantiate, Instance } = WebAssembly;
  const watched = (/** @type {WebAssembly.Instance} */ { exports }) => {
    it.memories.push(new WeakRef(/** @type {WebAssembly.Memory} */ (exports.memory)));
    // All playgrounds of a page share an instance.
    const keyOf = (/** @type {unknown} */ playground) => `${it.memories.findIndex((/** @type {any} */ ref) => ref.deref() === exports.memory)} ${playground}`;
    const frame = /** @type {Function} */ (exports.playground_frame);
    const panics = (/** @type {unknown[]} */ ...args) => {
      if (it.panics) throw new WebAssembly.RuntimeError("unreachable");
      if (keeps) it.playing.set(keyOf(args[0]), { exports, playground: args[0] });
      return frame(...args);
    };
    const free = /** @type {Function} */ (exports.__wbg_playground_free);
    const freed = (/** @type {unknown[]} */ ...args) => {
      it.playing.delete(keyOf(args[0]));
      return free(...args);
    };
    // The exports of an instance cannot be replaced, so something in its shape takes its place.
    return Object.create(Instance.prototype, { exports: { value: { ...exports, playground_frame: panics, __wbg_playground_free: freed } } });
  };
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => watched(await instantiate(module, imports)));
  WebAssembly.Instance = /** @type {any} */ (function (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) {
    return watched(new Instance(module, imports));
  });
  WebAssembly.Instance.prototype = Instance.prototype;
}, keeps);

/** @typedef {{text: string, now: number, events: number, state: string}} State */

/** The state of every playground, see `playing`. @param {import("playwright-core").Page} page @returns {Promise<State[]>} */
export const states = (page) => page.evaluate(() => [.../** @type {Map<string, any>} */ (/** @type {any} */ (globalThis).playing).values()].map(({ exports, playground }) => {
  const read = (/** @type {string} */ name) => {
    const [at, length] = exports[`playground_${name}`](playground);
    const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at, length));
    exports.__wbindgen_free(at, length, 1);
    return text;
  };
  return { text: read("text"), now: exports.playground_now(playground), events: exports.playground_events(playground), state: read("stateDigest") };
}));
