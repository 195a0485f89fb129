// The playhead over the engine's run: loads texts, computes ahead in slices, moves, and acts. It holds no simulation
// state; what it keeps of a run (`run`, `stories`) comes from the engine and is read again with each revision.

import { actMoment } from "./acts.js";
import { Engine, Panic } from "./engine.js";
import { beats, pace } from "./pace.js";
import { poster, untold } from "./poster.js";
import { upTo } from "./search.js";
import { createHistory } from "./store.js";
import { readSelection } from "./link.js";
import { keyOf, questionBetween } from "./story.js";
import { list, messageOf, written } from "./words.js";

/** How long a slice of any long task may take, in milliseconds. */
const SLICE = 7;
/** How often the bands grow while a run is being computed, in milliseconds. */
const GROWS_EVERY = 250;

/**
 * @typedef {object} State The page's own state.
 * @property {string} text The text in the editor.
 * @property {readonly import("./engine.js").TextError[]} errors The errors in that text.
 * @property {boolean} playing
 * @property {import("./pace.js").Speed} speed
 * @property {{lane: number, place: number} | null} selected
 * @property {number} scope The lane that actions apply to; -1 for all.
 * @property {readonly string[] | null} picking The ids on one side of a partition while it is being chosen.
 * @property {"run" | "now"} score
 * @property {Unit} unit What the step buttons step by.
 * @property {readonly [number, number] | null} range What the bands show, in microseconds; null for all.
 * @property {number} revision Rises whenever the engine's results must be read again.
 * @property {boolean} computing
 * @property {number | null} stopped The line, from 0, of the `break` that stopped the playhead here.
 * @property {import("./engine.js").Step | null} asking The question that stopped the playhead here.
 * @property {import("./story.js").Answers} said What the reader answered to the story's questions.
 * @property {readonly import("./engine.js").Judged[]} judged The outcomes of the text's expectations.
 * @property {Notice | null} notice
 * @property {string | null} panic
 * @property {boolean} stale Whether the picture is of the last text without errors, because the one in the editor has some.
 * @property {string | null} stops What stops the playhead besides `break` lines, as links write it; null for the default.
 * @property {{text: string, line: number, action: string} | null} acted The last action taken with the mouse or a key, and its line.
 * @property {Blank | null} blank Why there is no run to show; null if there is one.
 * @property {boolean} sheet Whether the scenario is open, in windows too narrow to show it beside the lanes.
 *
 * @typedef {{head: string, why: string, text: boolean}} Blank `text`: the editor has the text that was asked for.
 * @typedef {"event" | "change" | "election"} Unit
 * @typedef {{tone: "info" | "bad", text: string, stays?: boolean, deed?: {label: string, run: () => void}}} Notice `stays`:
 *   until it is dismissed.
 * @typedef {ReturnType<typeof import("./store.js").createStore<State>>} Store
 */

/** @type {State} */
export const START = {
  text: "", errors: [], playing: false, speed: "auto", selected: null, scope: -1, picking: null, score: "run", unit: "event",
  range: null, revision: 0, computing: false, stopped: null, asking: null, said: {}, judged: [], notice: null, panic: null, stale: false, sheet: false,
  stops: null, acted: null, blank: null,
};

/** What openLink says of a link without a check code whose text makes no sense. */
const DAMAGED = "this link is damaged: its text is not a scenario; copy the whole link again";

/** The line that an edit adds, from 0. @param {import("./engine.js").Edit} edit */
function lineOf({ text, start, insert }) {
  return text.slice(0, start).split("\n").length - 1 + (insert.startsWith("\n") ? 1 : 0);
}

export class Player {
  /** @type {Engine | null} */ engine = null;
  /** @type {import("./engine.js").Run} */ run = { title: "", until: 1, seed: "", lanes: [], warnings: [] };
  /** @type {import("./engine.js").Story[]} */ stories = [];
  /** @type {import("./engine.js").Algorithm[]} By lane. */ infos = [];
  /** @type {import("./frame.js").Frame | null} */ frame = null;
  /** The text of the run on the screen. It differs from the editor's while that has errors. */
  text = "";
  /** @type {readonly import("./engine.js").Break[]} Where `break` lines stop the playhead, in order. */
  breaks = [];
  /** @type {readonly import("./engine.js").Step[]} The steps of the story, by time. */
  storyline = [];
  /** The playhead in microseconds; fractional while it plays. */
  now = 0;
  /** The text to play if the very first one has errors. */
  fallback = "nodes 5\n";
  /** Whether the playhead got here by single events: it may stand between two events of one instant. */
  exact = false;
  /** The current speed, in simulated seconds per second; 0 at rest. */
  rate = 0;

  /** How each lane responded to each act. @type {import("./engine.js").Response[][]} */
  responses = [];

  #beats = beats([]);
  /** The instants to go to from change to change: of each lane, and where lines stop the playhead. @type {number[][]} */
  #changes = [];
  #done = true;
  /** Whether the run must still be searched for its stops. */
  #stopping = false;
  /** Whether the run being computed is already the one on the screen. */
  #shows = false;
  /** Whether the expectations must still be judged. */
  #judging = false;
  /** Whether the playhead has moved since the engine was last sent somewhere. */
  #moved = true;
  /** Whether the engine has arrived where it was sent. */
  #settled = true;
  /** What to do on arrival. @type {(() => void) | null} */
  #then = null;
  /** Whether the engine has a run: before, there is at most a poster. */
  ran = false;
  #asked = 0;
  /** @type {{at: number, go: (player: Player) => void} | null} What to do once the run is computed up to a time. */
  #arrive = null;
  #history = createHistory();
  /** The text that was opened; what differs from it is the user's own. */
  #given = "";

  /**
   * @param {Store} store
   * @param {() => void} wake Asks for a frame.
   */
  constructor(store, wake) {
    this.store = store;
    this.wake = wake;
  }

  /** Shows what a text says of its run, for as long as there is no engine. @param {string} text */
  post(text) {
    const { run, infos } = poster(text);
    [this.run, this.infos, this.stories] = [run, infos, run.lanes.map(untold)];
    this.store.edit({ text, revision: this.store.get().revision + 1 });
  }

  /** Opens the engine. */
  async open() {
    this.engine = await Engine.open();
  }

  /**
   * Runs code that calls the engine. A panic is shown to the user, whose text is kept.
   *
   * @template T
   * @param {() => T} work
   * @param {T} otherwise
   * @returns {T}
   */
  guard(work, otherwise) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Panic)) throw error;
      this.rate = 0;
      this.store.edit({ panic: error.message, playing: false, computing: false });
      return otherwise;
    }
  }

  /** After a panic: opens a new engine with the text in the editor. */
  async revive() {
    const { text, errors } = this.store.get();
    this.engine?.close();
    await this.open();
    this.store.edit({ panic: null });
    this.now = 0;
    [this.#settled, this.#then] = [true, null];
    // The new engine has no run yet: its first one is shown while it is computed, like the very first.
    this.ran = false;
    this.breaks = [];
    // A text with errors has no run, so the previous run comes back.
    if (errors.length > 0) this.take(this.text, { undone: true });
    this.take(text, { undone: true });
  }

  // Texts.

  /**
   * Puts a text into the editor and, if it has no errors, starts computing its run.
   *
   * @param {string} text
   * @param {{fresh?: boolean, undone?: boolean, own?: boolean}} [how] `fresh` starts from the beginning; `own`: what it replaces is
   *   the user's, even if it was not edited.
   */
  take(text, { fresh = false, undone = false, own: known = false } = {}) {
    const before = this.store.get().text;
    if (!undone && before !== text && before !== "") this.#history.push({ ...this.#present(), whole: fresh });
    const own = before !== "" && before !== text && (known || before !== this.#given);
    if (fresh) this.#given = text;
    const errors = this.guard(() => this.engine?.load(text) ?? [], null);
    if (errors === null) return;
    const first = !this.ran;
    if (errors.length > 0) {
      // There is always something to see: if there is no run yet, the fallback plays.
      if (first && text !== this.fallback) this.take(this.fallback, { fresh: true, undone: true });
      if (fresh) this.#given = text;
      this.store.edit({ text, errors, stale: true });
      if (fresh && own) this.#replaced();
      return;
    }
    this.#done = false;
    // The first run is shown while it is computed.
    this.#shows = first;
    if (first) this.#stopping = /\bbreak\b/.test(text);
    if (first) this.#askRun();
    this.#judging = false;
    this.store.edit({
      text, errors: [], stale: false, computing: true, stopped: null, asking: null, blank: null,
      ...(fresh ? { selected: null, range: null, picking: null, said: {} } : {}),
    });
    if (fresh) {
      this.#arrive = { at: 0, go: (player) => player.seek(0) };
      if (first) this.seek(0);
      if (own) this.#replaced();
    }
    this.wake();
  }

  /** Says that the user's own text is gone, and how to get it back. */
  #replaced() {
    const depth = this.#history.depth;
    this.store.edit({ notice: {
      tone: "info", stays: true, text: "This scenario replaced your text.",
      deed: { label: "Undo", run: () => {
        // What was changed since is undone on the way.
        while (this.#history.depth >= depth && this.undoable) this.undo();
      } },
    } });
  }

  /** The text as it is left now. @returns {import("./store.js").Past} */
  #present() {
    const { text, scope } = this.store.get();
    return { text, scope, at: this.now, whole: false, given: this.#given };
  }

  undo() {
    this.#restore(this.#history.undo(this.#present()));
  }
  redo() {
    this.#restore(this.#history.redo(this.#present()));
  }

  /** Brings a text back, and the rest of the scene if it was another scenario's. @param {import("./store.js").Past | undefined} left */
  #restore(left) {
    if (!left) return;
    this.take(left.text, { undone: true });
    if (!left.whole) return;
    this.#given = left.given;
    this.store.edit({ scope: left.scope, playing: false, selected: null, range: null, picking: null });
    this.seek(left.at);
  }
  get undoable() {
    return this.#history.depth > 0;
  }
  get redoable() {
    return this.#history.ahead > 0;
  }

  /** Sets a value in the text. @param {string} key @param {string} value */
  setValue(key, value) {
    this.guard(() => {
      const edit = this.engine?.setValue(this.store.get().text, key, value);
      if (edit) this.take(edit.text);
    }, undefined);
  }

  /** Removes lines from the text. @param {number[]} lines From 1. */
  without(lines) {
    this.guard(() => {
      let { text } = this.store.get();
      for (const line of [...lines].sort((a, b) => b - a)) text = this.engine?.deleteLine(text, line - 1)?.text ?? text;
      this.take(text);
    }, undefined);
  }

  /**
   * Applies an action at the playhead by adding a line to the text.
   *
   * @param {string} action
   * @param {number} lane The lane it applies to; -1 for all.
   */
  act(action, lane) {
    this.guard(() => {
      const engine = this.engine;
      if (!engine || !this.frame) return;
      const [wrong] = this.store.get().errors;
      if (wrong) {
        // The added line could not run while another one has an error.
        const good = this.text;
        this.store.edit({ notice: {
          tone: "bad", text: `Line ${wrong.line} of the scenario has an error, so nothing can be added to it.`,
          deed: { label: "Restore the text that plays", run: () => this.take(good) },
        } });
        return;
      }
      const lanes = lane < 0 ? this.frame.lanes : [this.frame.lanes[lane]];
      const { at, after } = actMoment(this.exact ? this.frame.now : this.now, this.exact, lanes);
      let text = this.store.get().text;
      // At the end of the run, extend it so that the effect can be seen.
      if (at >= this.run.until - 1000) text = engine.setValue(text, "until", written(Math.ceil(at / 1e6 + 5) * 1e6)).text;
      const added = engine.appendAct(text, at, after, lane < 0 ? "" : this.run.lanes[lane].name, action);
      this.store.edit({ acted: { text: added.text, line: lineOf(added), action } });
      this.take(added.text);
      if (this.store.get().errors.length === 0) {
        this.#arrive = { at, go: (player) => {
          if (!player.store.get().playing) player.seek(Math.max(player.now, at));
        } };
      }
    }, undefined);
  }

  // The playhead.

  /** How much of the run on the screen is computed, in microseconds. */
  get computed() {
    return Math.min(this.run.until, ...this.stories.map((story) => story.computed));
  }

  /** The next question that the reader has not answered: what follows it is not shown yet. Infinity if there is none. */
  get curtain() {
    return questionBetween(this.storyline, this.store.get().said, this.now, Infinity)?.at ?? Infinity;
  }

  /** Moves the playhead, once the run is computed that far. @param {number} at Microseconds. */
  seek(at) {
    const to = Math.max(0, Math.min(at, this.run.until));
    this.now = this.#done ? to : Math.min(to, this.computed);
    // The latest request replaces earlier ones, whether a new run is pending or this one is not computed that far.
    const waits = !this.#done && (!this.#shows || this.now < to);
    this.#arrive = waits ? { at, go: (player) => player.seek(at) } : null;
    this.exact = false;
    this.#moved = true;
    this.store.edit({ stopped: null, asking: null });
    this.wake();
  }

  /** Moves the playhead there once the run of the latest text is computed that far. @param {number} at Microseconds. */
  arriveAt(at) {
    this.#arrive = { at, go: (player) => player.seek(at) };
  }

  /** Steps one event forward or back. @param {1 | -1} direction */
  step(direction) {
    this.store.edit({ playing: false, stopped: null, asking: null });
    if (this.#shows) this.#arrive = null;
    // Past the computed part there is nothing to step to yet.
    if (direction === 1 && !this.#done && this.now >= this.computed) return;
    this.#here((engine) => {
      engine.step(direction);
      this.#sent(engine.settle(0), () => this.#stands(engine));
    });
    this.wake();
  }

  /** Steps that many events forward, or back if negative. @param {number} events */
  steps(events) {
    if (events === 0) return;
    if (Math.abs(events) === 1) {
      this.step(events === 1 ? 1 : -1);
      return;
    }
    this.store.edit({ playing: false, stopped: null, asking: null });
    if (this.#shows) this.#arrive = null;
    this.#here((engine) => this.#sent(engine.seekEvents(Math.max(0, engine.events + events)), () => this.#stands(engine)));
    this.wake();
  }

  /** Records that the playhead stands at an event. @param {Engine} engine */
  #stands(engine) {
    this.now = engine.now;
    this.exact = true;
  }

  /** Does something at the playhead, which the engine may have to reach first. @param {(engine: Engine) => void} work */
  #here(work) {
    this.guard(() => {
      const { engine } = this;
      if (!engine) return;
      if (this.#moved) this.#sent(engine.seek(this.now), null);
      if (this.#settled) work(engine);
      else this.#then = () => work(engine);
    }, undefined);
  }

  /**
   * Records that the engine was sent somewhere.
   *
   * @param {boolean} there Whether it has already arrived.
   * @param {(() => void) | null} then What to do on arrival.
   */
  #sent(there, then) {
    this.#moved = false;
    this.#settled = there;
    this.#then = there ? null : then;
    if (!there) return;
    then?.();
    this.frame = this.engine?.frame() ?? null;
  }

  /** Moves the engine closer to where it was sent. @param {Engine} engine */
  #settle(engine) {
    if (this.#moved || !this.frame) this.#sent(engine.seek(this.now), null);
    else if (!this.#settled) this.#sent(engine.settle(SLICE), this.#then);
  }

  /** Steps by the chosen unit. @param {1 | -1} direction */
  stride(direction) {
    const { unit } = this.store.get();
    if (unit === "event") this.step(direction);
    else this.leap(direction, unit);
  }

  /**
   * Moves to the next or previous instant when something changed in a lane, or when an election began or ended.
   *
   * @param {1 | -1} direction
   * @param {"change" | "election"} [unit]
   */
  leap(direction, unit = "change") {
    const lists = unit === "election" ? [this.#beats.edges] : this.#changes;
    // The playhead may stand between two microseconds.
    const here = direction === 1 ? this.now + 1 : Math.floor(this.now) - 1;
    const near = lists.map((list) => list[direction === 1 ? upTo(list, (it) => it, here) : upTo(list, (it) => it, here - 0.5) - 1]).filter((it) => it !== undefined);
    this.store.edit({ playing: false });
    this.seek(near.length === 0 ? (direction === 1 ? this.run.until : 0) : direction === 1 ? Math.min(...near) : Math.max(...near));
  }

  toggle() {
    const { playing } = this.store.get();
    if (!playing && this.now >= this.run.until) this.seek(0);
    if (this.#shows) this.#arrive = null;
    const { asking, said } = this.store.get();
    // Whoever plays on has answered.
    if (asking && !playing) this.store.edit({ said: { ...said, [keyOf(asking)]: { picks: said[keyOf(asking)]?.picks ?? {}, done: true } } });
    this.store.edit({ playing: !playing, stopped: null, asking: null });
    this.wake();
  }

  /**
   * Notes what the reader says to a question of the story.
   *
   * @param {import("./engine.js").Step} step
   * @param {Readonly<Record<string, number>>} picks By the names of the lanes.
   */
  say(step, picks) {
    const { said } = this.store.get();
    this.store.edit({ said: { ...said, [keyOf(step)]: { picks, done: said[keyOf(step)]?.done ?? false } } });
  }

  reset() {
    this.store.edit({ playing: false });
    this.seek(0);
  }

  // Links.

  /**
   * Opens a link at its moment. Returns null, or a sentence that says why it does not open.
   *
   * @param {string} hash
   * @returns {string | null}
   */
  openLink(hash) {
    return this.guard(() => {
      const engine = this.engine;
      if (!engine) return null;
      let link;
      try {
        link = engine.decodeLink(hash);
      } catch (error) {
        if (error instanceof Panic) throw error;
        return messageOf(error);
      }
      // Without a check code, damage shows in the text. A link with a digest was copied from a run, so it had no errors.
      const suspect = link.trust === "doubtful" || (link.trust === "unchecked" && link.digest !== null);
      if (suspect && (engine.load(link.text)?.length ?? 0) > 0) return DAMAGED;
      this.take(link.text, { fresh: true });
      this.store.edit({ stops: link.stops });
      if (link.ignored.length > 0) {
        const parts = list(link.ignored.map((it) => (it === "alt" ? "second future" : `part “${it}”`)));
        this.store.edit({ notice: { tone: "info", text: `This link was made by a later version of the playground; its ${parts} ${link.ignored.length === 1 ? "was" : "were"} ignored.` } });
      }
      // The time of an event number is unknown until the whole run is computed.
      if (this.store.get().errors.length === 0) {
        this.#arrive = { at: link.step !== null ? Infinity : link.at ?? 0, go: (player) => player.#arriveAt(link) };
      }
      return null;
    }, null);
  }

  /** @param {import("./engine.js").Link} link */
  #arriveAt(link) {
    const { engine } = this;
    if (!engine) return;
    this.store.edit({ playing: false, selected: readSelection(link.selected, this.run) });
    const there = link.step !== null ? engine.seekEvents(link.step) : engine.seekInstant(link.at ?? 0, link.after);
    this.#sent(there, () => {
      this.exact = link.step !== null || link.after > 0;
      this.now = this.exact ? engine.now : Math.min(link.at ?? 0, this.run.until);
      if (link.digest !== null && link.digest !== engine.digest()) {
        this.store.edit({
          notice: {
            tone: "bad",
            text: `This link was ${link.trust === "checked" ? "" : "damaged, or "}made with another version of the engine, whose run was `
              + "not the same up to this moment. What you see is the run of the current version.",
          },
        });
      }
    });
  }

  /** The hash of a link to this moment. @param {string} selected */
  linkHash(selected) {
    return this.guard(() => {
      const { engine } = this;
      if (!engine) return "";
      if (this.#moved) this.#sent(engine.seek(this.now), null);
      const { text } = this;
      const stops = this.store.get().stops ?? "";
      // Before the engine arrives, its digest is that of another moment.
      const digest = this.#settled ? engine.digest() : "";
      if (this.exact && this.#settled) return engine.encodeLink(text, null, engine.events, selected, digest, stops);
      return engine.encodeLink(text, Math.floor(this.now), null, selected, digest, stops);
    }, "");
  }

  // Time.

  /** Reads the run that is now on the screen. */
  #askRun() {
    const { engine } = this;
    if (!engine) return;
    this.text = engine.text;
    this.ran = true;
    this.run = engine.run();
    this.infos = this.run.lanes.map((lane) => {
      const info = engine.algorithms.find((it) => it.id === lane.algorithm);
      if (!info) throw new Error(`no algorithm ${lane.algorithm}`);
      return info;
    });
    this.stories = this.run.lanes.map((_, i) => engine.story(i));
    this.storyline = engine.steps();
    this.breaks = [];
    this.#told();
  }

  /** Reads what has been computed since. */
  #askStories() {
    const { engine } = this;
    if (!engine) return;
    this.stories = this.run.lanes.map((_, i) => engine.story(i, this.stories[i]));
    this.#told();
  }

  /** Reads one more part of a long summary with each frame. */
  #askRest() {
    if (this.#done && this.stories.some((story) => story.more)) this.#askStories();
  }

  #told() {
    this.#beats = beats(this.stories, this.breaks);
    this.#changes = [...this.stories.map((story) => story.happenings.filter((it) => it.weight > 1).map((it) => it.at)), this.breaks.map((it) => it.at)];
    this.responses = this.run.lanes.map((_, i) => this.engine?.responses(i) ?? []);
    const { selected, scope } = this.store.get();
    const lost = selected && !(selected.place < (this.run.lanes[selected.lane]?.ids.length ?? 0) - 1);
    this.store.edit({
      revision: this.store.get().revision + 1,
      ...(lost ? { selected: null } : {}),
      ...(scope >= this.run.lanes.length ? { scope: -1 } : {}),
    });
  }

  /** @param {number} clock */
  #compute(clock) {
    const { engine } = this;
    if (!engine || this.#done) return;
    const { done, swapped } = engine.advance(SLICE);
    this.#done = done;
    if (swapped) {
      this.#moved = true;
      this.#askRun();
    } else if (done || clock - this.#asked > GROWS_EVERY) {
      // While the very first run is computed, its bands grow, but not with every frame.
      this.#asked = clock;
      this.#askStories();
    }
    if (done) this.now = Math.min(this.now, this.run.until);
    // A run that replaces another one is not shown until it is complete.
    const arrives = this.#arrive !== null && (done || (this.#shows && this.#arrive.at < this.computed));
    if (arrives) {
      const arrive = this.#arrive;
      this.#arrive = null;
      arrive?.go(this);
    }
    if (done) {
      this.#stopping = true;
      this.#judging = /\bexpect\b/.test(this.text) || this.storyline.some((step) => step.kind === "ask" || !step.told);
      this.store.edit({ computing: false, ...(this.#judging ? {} : { judged: [] }) });
    }
  }

  /** Finds where `break` lines stop the playhead, by replaying the run in slices. */
  #findBreaks() {
    const { engine } = this;
    if (!engine) return;
    this.#stopping = !engine.breakSlice(SLICE);
    const before = this.breaks.length;
    this.breaks = engine.breaks();
    if (this.#stopping || (before === 0 && this.breaks.length === 0)) return;
    this.#told();
  }

  /** Judges the expectations, also in slices. */
  #judge() {
    const { engine } = this;
    if (!engine) return;
    this.#judging = !engine.judgeSlice(SLICE);
    if (this.#judging) return;
    this.storyline = engine.steps();
    this.store.edit({ judged: engine.judged() });
  }

  /**
   * One frame: computes, moves the playhead, reads the result. Returns whether another frame is needed.
   *
   * @param {number} elapsed Milliseconds.
   * @param {number} clock
   */
  tick(elapsed, clock) {
    return this.guard(() => {
      const { engine } = this;
      if (!engine || !this.ran || this.store.get().panic !== null) return false;
      // One task at a time leaves time to paint the frame.
      if (!this.#done) this.#compute(clock);
      else if (this.#stopping) this.#findBreaks();
      else if (this.#judging) this.#judge();
      this.#askRest();
      const { playing, speed } = this.store.get();
      this.rate = playing ? pace(speed, this.now, this.#beats) : 0;
      if (playing && elapsed > 0 && this.#settled) {
        const before = this.now;
        // The playhead does not enter a part that has not been searched for stops.
        const end = Math.min(this.computed, this.#stopping ? engine.breaksLooked : Infinity);
        this.now = Math.min(this.now + elapsed * 1000 * this.rate, Math.max(end, this.now));
        this.exact = false;
        this.#moved = true;
        const stop = this.breaks.find((it) => before < it.at && it.at <= this.now);
        const question = questionBetween(this.storyline, this.store.get().said, before, this.now);
        if (question && !(stop && stop.at <= question.at)) {
          this.now = question.at;
          this.store.edit({ playing: false, asking: question });
        } else if (stop) {
          this.now = stop.at;
          this.store.edit({ playing: false, stopped: stop.line });
          this.#sent(engine.seekBreak(stop), () => {
            this.now = stop.at;
            this.exact = true;
          });
        }
        if (this.now >= this.run.until) this.store.edit({ playing: false });
      }
      this.#settle(engine);
      return this.store.get().playing || !this.#done || this.#stopping || this.#judging || !this.#settled;
    }, false);
  }
}
