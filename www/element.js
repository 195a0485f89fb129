// <election-playground>: the playground as an element, for this page and for any other.
//
//   <election-playground at="2.5s" autoplay>
//   lanes raft
//   nodes 5
//   at 2s crash leader
//   </election-playground>
//
// Attributes: `src`, the URL of a scenario, instead of the text between the tags; `at`, where the playhead starts, as a
// time of the scenario language; `speed`, in simulated seconds per second, or `auto`; `autoplay`; `theme`, light or dark;
// `controls`: `full`; `min`, the pictures and what plays them; `none`, the pictures alone; `min` unless it is the whole page;
// `page`, for the one playground that is the whole page: it handles the document's keys, title and address. events.js
// lists its events. Without JavaScript, the text between the tags remains visible;
// with it, an open shadow root takes its place.

import { createApp } from "./app.js";
import { send } from "./events.js";
import { FIRST } from "./first.js";
import { PAGE, join } from "./page.js";
import { PKG } from "./pkg.js";
import { styled } from "./sheet.js";
import { MODES } from "./theme.js";
import { messageOf, readTime } from "./words.js";

/** @type {import("./app.js").Controls[]} */
const CONTROLS = ["full", "min", "none"];

/** The most single events that one call steps over. */
const STEPS_MAX = 10_000;

export class ElectionPlayground extends HTMLElement {
  /** @type {import("./app.js").App | null} */ #app = null;
  /** @type {AbortController | null} */ #attached = null;
  /** @type {() => Promise<boolean>} */ #openAddress = async () => false;
  #ready = withResolvers();

  static observedAttributes = ["controls", "theme"];

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (this.#app && !this.hasAttribute("page")) this.#follow(name);
  }

  /** Follows an attribute. @param {string} name */
  #follow(name) {
    const value = this.getAttribute(name);
    if (name === "theme") this.#app?.setTheme(MODES.find((it) => it === value) ?? "auto");
    else this.#app?.setControls(CONTROLS.find((it) => it === value) ?? "min");
  }

  connectedCallback() {
    const text = this.#app ? "" : dedent(this.textContent ?? "");
    const page = this.hasAttribute("page");
    this.#attached = new AbortController();
    const { signal } = this.#attached;
    const first = this.#app === null;
    this.#app ??= createApp(this, page ? PAGE : { keys: this, whole: false, address: new URL("index.html", PKG).href });
    this.#app.attach(signal);
    if (page) this.#openAddress = join(this.#app, signal);
    else for (const name of ElectionPlayground.observedAttributes) this.#follow(name);
    if (!first) return;
    this.addEventListener("ep-ready", () => this.#ready.resolve(), { once: true });
    this.#open(text).catch((error) => {
      const why = `The playground could not start: ${messageOf(error)}`;
      this.#app?.fail(why);
      send(this, "ep-error", { message: why, line: null, column: null });
      this.#ready.reject(error);
    });
    // The failure is already reported; a page that does not await `ready` gets no unhandled rejection as well.
    this.#ready.promise.catch(() => {});
  }

  disconnectedCallback() {
    this.pause();
    this.#attached?.abort();
    this.#attached = null;
  }

  /** @param {string} text */
  async #open(text) {
    const { player, store } = this.#there();
    player.fallback = FIRST.text;
    const source = this.getAttribute("src");
    // What a link says, only the engine can read.
    if (source === null && (text !== "" || !this.hasAttribute("page") || location.hash === "")) player.post(text || player.fallback);
    // The bundle has the style sheet at once. Before it is there, its colours cannot be read.
    await Promise.all([Promise.resolve(styled).then(() => this.#app?.retint()), player.open()]);
    if (source !== null) {
      const response = await fetch(source);
      if (!response.ok) throw new Error(`${source} returned status ${response.status}`);
      text = await response.text();
    }
    if (text !== "" || !(await this.#openAddress())) {
      player.take(text || player.fallback, { fresh: true });
      const [wrong] = store.get().errors;
      // No other run may pass for the one that stands here.
      if (wrong) store.edit({ blank: { head: "The scenario does not play", why: wrong.message.replaceAll("`", ""), text: true } });
      const speed = this.getAttribute("speed");
      if (speed !== null && Number(speed) > 0) store.edit({ speed: Math.min(10, Math.max(0.01, Number(speed))) });
      const at = readTime(this.getAttribute("at") ?? "");
      if (at !== null) player.arriveAt(at);
      store.edit({ playing: !wrong && this.hasAttribute("autoplay") });
    }
    if (this.hasAttribute("page")) document.documentElement.dataset.ready = "";
  }

  #there() {
    if (!this.#app) throw new Error("the playground is not in a document yet");
    return this.#app;
  }
  #running() {
    const app = this.#there();
    if (!app.player.ran) throw new Error("the playground is not ready: await its `ready` promise");
    return app;
  }

  /** Resolves when the first run is computed and on the screen; rejects if the playground cannot start. */
  get ready() {
    return this.#ready.promise;
  }
  /** The scenario in the editor. */
  get text() {
    return this.#there().store.get().text;
  }
  /** Plays another scenario from its start. If it has errors, `ep-error` reports them and the last run stays. */
  set text(text) {
    this.#running().player.take(String(text), { fresh: true });
  }
  /** The playhead, in seconds. */
  get now() {
    return this.#there().player.now / 1e6;
  }
  /** Whether it plays. */
  get playing() {
    return this.#there().store.get().playing;
  }
  play() {
    const { player, store } = this.#running();
    if (!store.get().playing) player.toggle();
  }
  pause() {
    this.#app?.store.edit({ playing: false });
  }
  /** Steps forward by `n` events, or back if `n` is negative; at most 10,000. @param {number} [n] */
  step(n = 1) {
    const { player } = this.#running();
    player.steps(Math.max(-STEPS_MAX, Math.min(STEPS_MAX, Math.trunc(n) || 0)));
  }
  /** Moves the playhead to a time. @param {number} seconds */
  seek(seconds) {
    if (Number.isFinite(seconds)) this.#running().player.seek(seconds * 1e6);
  }
  /** Back to the start, paused. */
  reset() {
    this.#running().player.reset();
  }
  /** The URL that opens exactly this moment. */
  toURL() {
    return this.#running().address();
  }
  /**
   * The events of a lane up to the playhead, or the last `seconds` of them, one per line. The engine replays that
   * stretch in slices.
   *
   * @param {{lane?: number, seconds?: number, limit?: number}} [which]
   * @returns {Promise<string[]>}
   */
  async trace({ lane = 0, seconds = Infinity, limit = 1000 } = {}) {
    const { player } = this.#running();
    const [from, to] = [Math.max(0, player.now - seconds * 1e6), Math.floor(player.now)];
    for (;;) {
      const records = player.guard(() => (player.engine ? player.engine.trace(lane, from, to, limit) : []), []);
      if (records) return records.map((it) => it.text);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}

/** A promise with the functions that settle it. */
function withResolvers() {
  let resolve = () => {};
  let reject = (/** @type {unknown} */ _) => {};
  const promise = /** @type {Promise<void>} */ (new Promise((yes, no) => [resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Removes the indentation that a text has from the surrounding markup. @param {string} text */
function dedent(text) {
  const lines = text.split("\n");
  const deep = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const common = Math.min(...deep);
  const body = lines.map((line) => line.slice(Number.isFinite(common) ? common : 0)).join("\n").trim();
  return body === "" ? "" : `${body}\n`;
}

customElements.define("election-playground", ElectionPlayground);
