// <election-playground>: the playground as an element, for this page and for any other.
//
//   <election-playground at="2.5s" autoplay>
//   lanes raft
//   nodes 5
//   at 2s crash leader
//   </election-playground>
//
// docs/embedding.md describes its attributes (attributes.js reads them) and the forms that its text may have (source.js);
// events.js lists its events. `page` is for the one playground that is the whole page: it handles the document's keys, title
// and address. Without JavaScript, what stands between the tags remains visible; with it, an open shadow root takes its place.
//
// Until an element is loaded, it shows what its text says of the run. All elements of a page share an instance of the engine;
// one that is removed for good leaves it.

import { createApp } from "./app.js";
import { ATTRIBUTES, Wrong, choiceOf, namesOf, speedOf, timeOf } from "./attributes.js";
import { send } from "./events.js";
import { FIRST } from "./first.js";
import { textIn } from "./link.js";
import { openLink } from "./opening.js";
import { PAGE, join } from "./page.js";
import { BESIDE, PKG } from "./pkg.js";
import { styled } from "./sheet.js";
import { sourceOf } from "./source.js";
import { list, messageOf } from "./words.js";

/** The most single events that one call steps over. */
const STEPS_MAX = 10_000;

/** How far from the window an element begins to load. */
const NEAR = "400px";

/** How long an element that is taken out of the document may be on its way to another place in a hidden window, in milliseconds. */
const MOVE = 1000;

/** What the engine plays behind a text with errors. */
const NOTHING = "nodes 1\nuntil 1ms\n";

/** @typedef {"new" | "poster" | "loading" | "running" | "failed"} Stage `poster`: it waits until it is to be loaded. */

export class ElectionPlayground extends HTMLElement {
  /** @type {import("./app.js").App | null} */ #app = null;
  /** What the app listens under; null while it is not in a document. @type {AbortController | null} */
  #attached = null;
  /** @type {Stage} */ #stage = "new";
  /** @type {import("./source.js").Source} */ #source = { kind: "text", text: "" };
  /** Whether it was taken out of the document and may be on its way to another place. */
  #moving = false;
  /** Stops waiting for the window to come near. */
  #unwait = () => {};
  #ready = withResolvers();

  static observedAttributes = ATTRIBUTES;

  // In and out of the document.

  connectedCallback() {
    this.#moving = false;
    this.#app?.loop.request();
    if (this.#attached) return;
    this.#attached = new AbortController();
    const { signal } = this.#attached;
    if (this.#app) {
      this.#app.attach(signal);
      this.#app.player.wakeUp();
      if (this.hasAttribute("page")) join(this.#app, signal);
      else if (this.#stage === "new") this.#begin();
      else this.#wish();
      return;
    }
    // The failure is reported in place; a page that does not await `ready` gets no unhandled rejection as well.
    this.#ready.promise.catch(() => {});
    this.addEventListener("ep-ready", () => this.#ready.resolve(), { once: true });
    if (this.hasAttribute("page")) {
      this.#app = createApp(this, PAGE);
      this.#app.attach(signal);
      this.#openPage(join(this.#app, signal)).catch((error) => this.#unable(error));
      return;
    }
    const base = () => this.#base;
    this.#app = createApp(this, { keys: this, whole: false, get address() {
      return base();
    } });
    this.#app.attach(signal);
    this.#app.store.subscribe((now) => {
      if (now.playing && this.#stage === "poster") this.#load();
    });
    // While the document is parsed, what stands between the tags may be on its way.
    if (document.readyState !== "loading") this.#begin();
    else document.addEventListener("DOMContentLoaded", () => this.#begin(), { once: true, signal });
  }

  disconnectedCallback() {
    this.#moving = true;
    this.#app?.loop.stop();
    // An element that is only moved is back before the next frame, and goes on as if nothing had happened.
    const frame = requestAnimationFrame(() => setTimeout(leave));
    const timer = setTimeout(leave, MOVE);
    const element = this;
    function leave() {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      if (element.#moving) element.#leave();
    }
  }

  /** Frees what it holds. If it comes back, it goes on where it was. */
  #leave() {
    this.#moving = false;
    this.#unwait();
    this.pause();
    this.#attached?.abort();
    this.#attached = null;
    this.#app?.player.rest();
  }

  // Attributes.

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (this.#stage !== "new" && before !== now && !this.hasAttribute("page")) this.#follow(name);
  }

  /** Follows an attribute. @param {string} name */
  #follow(name) {
    const app = this.#there();
    const value = this.getAttribute(name);
    try {
      switch (name) {
        case "theme": return app.setTheme(choiceOf("theme", value));
        case "controls": return app.setControls(choiceOf("controls", value));
        case "caption": return app.setCaption(value ?? "");
        case "poster": return app.setPoster(value ?? "");
        case "readonly": return app.setReadonly(value !== null);
        case "lanes": return this.#choose();
        case "speed": return app.store.edit({ speed: speedOf(value) });
        case "loading": return this.#wish();
        case "src": case "link": return this.#turn();
        case "at": {
          const at = timeOf(value);
          if (at !== null && this.#stage === "running") app.player.seek(at);
          return;
        }
        case "autoplay": if (value !== null && this.#stage === "running") this.play();
      }
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Reports a value that makes no sense. @param {unknown} error */
  #complain(error) {
    if (!(error instanceof Wrong)) throw error;
    this.report(error.message);
  }

  /** Says what is wrong with how it was embedded. @param {string} why */
  report(why) {
    const { store, fail } = this.#there();
    const before = store.get().notice;
    fail(before?.tone === "bad" ? `${before.text} ${why}.` : `${why}.`);
    send(this, "ep-error", { message: why, line: null, column: null });
  }

  /** Shows the lanes that `lanes` names. */
  #choose() {
    const { player, store } = this.#there();
    const value = this.getAttribute("lanes");
    const names = namesOf(value);
    const all = player.run.lanes.map((lane) => lane.name);
    const unknown = all.length === 0 ? [] : names?.filter((it) => !all.includes(it)) ?? [];
    store.edit({ only: unknown.length > 0 ? null : names });
    if (unknown.length > 0) throw new Wrong(`lanes="${value}" names ${list(unknown)}, but the scenario has ${list(all)}`);
  }

  /** The page that links open. */
  get #base() {
    const base = this.getAttribute("base") ?? document.documentElement.dataset.electionPlaygroundBase ?? null;
    return base === null ? new URL(BESIDE ? "./index.html" : location.pathname, PKG).href : new URL(base, document.baseURI).href;
  }

  // Loading.

  /** Follows all attributes for the first time. */
  #begin() {
    this.#there().player.fallback = NOTHING;
    for (const name of ["theme", "controls", "caption", "poster", "readonly", "speed", "at"]) this.#follow(name);
    this.#turn();
  }

  /** Turns to the scenario that its attributes and its content name now. */
  #turn() {
    const shown = this.#stage === "running" || this.#stage === "loading";
    const source = this.#source = sourceOf(this);
    this.#there().player.unopened = source.kind === "link" ? source.hash : "";
    if (source.kind === "wrong") {
      this.#blank("There is no scenario here", source.why, source.text);
      return;
    }
    this.#stage = "poster";
    if (source.kind === "text") this.#post(source.text);
    if (shown) this.#load();
    else if (source.kind !== "link") this.#wish();
    else textIn(source.hash).then((text) => {
      if (source !== this.#source || this.#stage !== "poster") return;
      if (text !== null) this.#post(text);
      this.#wish();
    });
  }

  /** Shows what a text says of its run, or the text itself. @param {string} text */
  #post(text) {
    const { player, store } = this.#there();
    if (player.ran) return;
    const readable = player.post(text || FIRST.text);
    store.edit({ blank: readable ? null : { head: "", why: "", text: true, source: text } });
  }

  /** Loads when `loading` says, unless that was done. */
  #wish() {
    this.#unwait();
    const { invite, store } = this.#there();
    invite(false);
    if (this.#stage !== "poster") return;
    /** @type {typeof import("./attributes.js").CHOICES.loading[number]} */
    let when = "lazy";
    try {
      when = choiceOf("loading", this.getAttribute("loading"));
    } catch (error) {
      this.#complain(error);
    }
    // Nothing invites to play a text.
    if (when === "click" && store.get().blank) when = "lazy";
    if (when === "click") invite(true);
    if (when === "eager") {
      this.#load();
      return;
    }
    const near = new IntersectionObserver((all) => {
      if (!all.some((it) => it.isIntersecting)) return;
      near.disconnect();
      if (when === "lazy") this.#load();
      else this.#preview();
    }, { rootMargin: NEAR });
    near.observe(this);
    this.#unwait = () => near.disconnect();
  }

  /** Shows what a scenario says that has to be fetched. */
  async #preview() {
    const source = this.#source;
    if (source.kind !== "src") return;
    try {
      const text = await textOf(source);
      if (source === this.#source && this.#stage === "poster") this.#post(text);
    } catch {
      // Whoever plays it learns why it cannot be fetched.
    }
  }

  /** Loads the run and shows it. */
  async #load() {
    const { player, store, invite } = this.#there();
    const source = this.#source;
    this.#unwait();
    invite(false);
    this.#stage = "loading";
    /** Whether it is to be shown still: it may have been turned to something else, or removed. */
    const wanted = () => source === this.#source && this.#attached !== null;
    try {
      const engine = player.engine ? null : player.open();
      // A failure counts when the text is there.
      engine?.catch(() => {});
      const text = source.kind === "link" || source.kind === "wrong" ? "" : await textOf(source);
      if (source === this.#source && source.kind === "src") this.#post(text);
      // The bundle has the style sheet at once. Before it is there, its colours cannot be read.
      await Promise.all([Promise.resolve(styled).then(() => this.#app?.retint()), engine]);
      if (!wanted()) {
        if (source !== this.#source) return;
        // It was removed on the way.
        player.rest();
        this.#stage = "poster";
        return;
      }
      this.#stage = "running";
      const play = store.get().playing || this.hasAttribute("autoplay");
      if (source.kind === "link") this.#openLink(source.hash, play);
      else this.#take(text || FIRST.text, play);
      this.#follow("lanes");
    } catch (error) {
      if (source === this.#source) this.#unable(error);
    }
  }

  /** @param {string} text @param {boolean} play */
  #take(text, play) {
    const { player, store } = this.#there();
    player.take(text, { fresh: true });
    const [wrong] = store.get().errors;
    if (wrong) {
      // No other run may pass for the one that stands here.
      this.#blank("The scenario does not play", wrong.message.replaceAll("`", ""), text, wrong.line);
      return;
    }
    this.#arrive();
    store.edit({ playing: play });
  }

  /** @param {string} hash @param {boolean} play */
  #openLink(hash, play) {
    const { player, store, full, focus, keep } = this.#there();
    // No window opens by itself.
    const why = openLink(player, hash, (about) => (full() ? focus(about) : keep(about)));
    const { errors, text } = store.get();
    if (why !== null) this.#blank("The link does not open", why, "");
    else if (errors.length > 0) this.#blank("The scenario of this link does not play", errors[0].message.replaceAll("`", ""), text, errors[0].line);
    else {
      // The moment is that of the link, where it rests first.
      if (play) this.#ready.promise.then(() => this.play());
    }
  }

  /** Goes to the moment that `at` names. */
  #arrive() {
    const at = this.getAttribute("at");
    if (at === null) return;
    try {
      this.#there().player.arriveAt(timeOf(at) ?? 0);
    } catch {
      // It was reported when it was first read.
    }
  }

  /** Shows why there is no run, and the text that was meant to be one. @param {string} head @param {string} why @param {string} source @param {number} [line] */
  #blank(head, why, source, line) {
    const { store, player } = this.#there();
    this.#unwait();
    if (player.engine && !player.ran) player.take(NOTHING, { fresh: true });
    if (this.#stage !== "running") this.#stage = "failed";
    store.edit({ playing: false, blank: { head, why, text: true, source, line } });
    // The engine's own errors have been sent.
    if (line === undefined) send(this, "ep-error", { message: why, line: null, column: null });
    this.#ready.reject(new Error(`${head}: ${why}`));
  }

  /** Reports that it cannot start; the poster stays. @param {unknown} error */
  #unable(error) {
    const { store, player, fail } = this.#there();
    this.#stage = "failed";
    const why = `The playground could not start: ${reasonOf(error)}`;
    store.edit({ playing: false });
    if (player.run.lanes.length > 0) fail(why);
    else store.edit({ blank: { head: "There is no scenario here", why, text: true } });
    send(this, "ep-error", { message: why, line: null, column: null });
    this.#ready.reject(error);
  }

  /** Opens the whole page: what its address names, or else the first scenario. @param {() => Promise<boolean>} openAddress */
  async #openPage(openAddress) {
    const { player, store } = this.#there();
    player.fallback = FIRST.text;
    // What a link says, only the engine can read.
    if (location.hash === "") player.post(FIRST.text);
    await Promise.all([Promise.resolve(styled).then(() => this.#app?.retint()), player.open()]);
    if (!(await openAddress())) {
      player.take(FIRST.text, { fresh: true });
      store.edit({ playing: this.hasAttribute("autoplay") });
    }
    this.#stage = "running";
    document.documentElement.dataset.ready = "";
  }

  // For programs.

  #there() {
    if (!this.#app) throw new Error("the playground is not in a document yet");
    return this.#app;
  }
  #running() {
    const app = this.#there();
    if (!app.player.ran) throw new Error("the playground is not ready: await its `ready` promise");
    return app;
  }

  /**
   * Resolves when the first run is computed and on the screen; rejects if there is none. Asking for it begins to load it, even
   * where `loading` says later.
   */
  get ready() {
    if (this.#stage === "poster") this.#load();
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
  /** Plays; before that, loads what is not loaded yet. */
  play() {
    const { player, store } = this.#there();
    if (!store.get().playing && !store.get().blank) player.toggle();
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

/** The text of a source that has one. @param {{kind: "text", text: string} | {kind: "src", src: string}} source */
async function textOf(source) {
  if (source.kind === "text") return source.text;
  const response = await fetch(source.src);
  if (!response.ok) throw new Error(`${source.src} returned status ${response.status}`);
  return response.text();
}

/** Why there is no engine. @param {unknown} error */
function reasonOf(error) {
  const said = messageOf(error);
  // The browsers say it in many words.
  return error instanceof WebAssembly.CompileError && /Content Security Policy|unsafe-eval|CSP|blocked/i.test(said)
    ? "the content security policy of this page forbids WebAssembly; its script-src needs 'wasm-unsafe-eval'" : said;
}

/** A promise with the functions that settle it. */
function withResolvers() {
  let resolve = () => {};
  let reject = (/** @type {unknown} */ _) => {};
  const promise = /** @type {Promise<void>} */ (new Promise((yes, no) => [resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
