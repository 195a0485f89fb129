// The instances of the engine: one of each edition for all playgrounds of a page, since the glue holds one. A panic leaves
// its memory in an unknown state, so a fresh instance takes its place at once, for all who used it.

import * as bundled from "../pkg/first.js";
import * as wasm from "./wasm.js";

/** @typedef {typeof import("../pkg/election_playground.js")} Package */

/** The engine panicked; what it had loaded must not be called again. */
export class Panic extends Error {}

/** Another playground's panic ended the instance that this one shared: nothing is wrong with its own text. */
export class Lost extends Panic {}

/**
 * @typedef {object} User An engine that uses an instance.
 * @property {(panic: Panic) => void} end Called when the instance has ended.
 */

/** One of two builds of the engine. They play the same runs; a page fetches the smaller one first, which lacks what only the debugger asks. */
export class Edition {
  #fetch;
  /** @type {Promise<Package> | null} */ #opening = null;
  /** @type {Package | null} */ #glue = null;
  /** Held weakly: an engine that nobody knows any more was never closed, but is over. @type {Set<WeakRef<User>>} */ #users = new Set();

  /** @param {() => Promise<[Package, WebAssembly.Module]>} fetch */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** Makes the instance, once per page. */
  async open() {
    this.#opening ??= (async () => {
      const [glue, module] = await this.#fetch();
      await glue.default({ module_or_path: module });
      return (this.#glue = glue);
    })();
    // After a failure the next call fetches it again.
    this.#opening.catch(() => (this.#opening = null));
    return this.#opening;
  }

  /** The instance; null before it is open. */
  get glue() {
    return this.#glue;
  }

  /** @param {User} user */
  join(user) {
    this.#users.add(new WeakRef(user));
  }
  /** @param {User} user */
  leave(user) {
    for (const it of this.#users) if ([user, undefined].includes(it.deref())) this.#users.delete(it);
  }

  /** Replaces the instance, and tells everybody who used it. @param {User} by Whose call panicked. @param {Panic} panic */
  fail(by, panic) {
    const users = [...this.#users];
    this.#users.clear();
    this.#glue?.__wbg_reset_state();
    for (const it of users) {
      const user = it.deref();
      user?.end(user === by ? panic : new Lost(panic.message, { cause: panic }));
    }
  }
}

export const FIRST = new Edition(async () => [/** @type {Package} */ (/** @type {unknown} */ (bundled)), await wasm.first()]);
export const WHOLE = new Edition(async () => Promise.all([import("../pkg/election_playground.js"), wasm.whole()]));
