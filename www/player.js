// Plays the engine's run: loads texts, computes ahead in slices, moves the playhead, and acts. It holds no simulation
// state; what it keeps of a run (`run`, `stories`) comes from the engine and is read again with each revision.

import { actMoment } from "./acts.js";
import { Engine, Lost, Panic } from "./engine.js";
import { beats, pace } from "./pace.js";
import { Playhead } from "./playhead.js";
import { poster, untold } from "./poster.js";
import { upTo } from "./search.js";
import { createHistory } from "./store.js";
import { keyOf, questionBetween, storyAt } from "./story.js";
import { written } from "./words.js";

/** How long a slice of any long task may take, in milliseconds. */
const SLICE = 7;
/** How often the bands grow while a run is being computed, in milliseconds. */
const GROWS_EVERY = 250;

/**
 * @typedef {"poster" | "growing" | "replacing" | "searching" | "judging" | "ready"} Stage How far the work on the run is.
 *
 *   `poster`: there is no run yet, at most what the text says of it. `growing`: the first run is on the screen while it is
 *   computed. `replacing`: the run of a newer text is computed; until it is complete, the former one stays. The whole run is on the
 *   screen while it is `searching` for the stops of `break` lines, then `judging` expectations, and then `ready`.
 */

/** How long a step to a message or a rule may take, in milliseconds; the next press goes on from there. */
const STRIDE_MAX = 60;
/** What to stop at. @type {Partial<Record<import("./state.js").Unit, string[]>>} */
const LANDMARKS = {
  leader: ["leads", "stops-leading", "names"],
  fault: ["act", "dropped", "powered-off"],
  write: ["refused", "conflict"],
};

/** The line that an edit adds, from 0. @param {import("./engine.js").Edit} edit */
function lineOf({ text, start, insert }) {
  return text.slice(0, start).split("\n").length - 1 + (insert.startsWith("\n") ? 1 : 0);
}

export class Player {
  /** @type {Engine | null} */ engine = null;
  /** @type {import("./engine.js").Run} */ run = { title: "", until: 1, seed: "", lanes: [], warnings: [] };
  /** @type {import("./engine.js").Story[]} */ stories = [];
  /** @type {import("./engine.js").Algorithm[]} By lane. */ infos = [];
  /** The text of the run on the screen. It differs from the editor's while that has errors. */
  text = "";
  /** @type {readonly import("./engine.js").Break[]} Where `break` lines stop the playhead, in order. */
  breaks = [];
  /** @type {readonly import("./engine.js").Step[]} The steps of the story, by time. */
  storyline = [];
  head = new Playhead();
  /** The text to play if the very first one has errors. */
  fallback = "nodes 5\n";
  /** The hash of a link that is not opened yet. */
  unopened = "";
  /** The current speed, in simulated seconds per second; 0 at rest. */
  rate = 0;

  /** The other future, once it is computed. @type {(import("./engine.js").Futures & {stories: import("./engine.js").Story[]}) | null} */
  beside = null;
  /** How much of it is known: nothing more is to be read at `read`, and it is that of an earlier text at `stale`. @type {"stale" | "reading" | "read"} */
  #besideStage = "read";

  /** Whether the engine was closed by `rest`. */
  #resting = false;
  /** Where it panicked last; -1 if it did not. */
  #panicked = -1;

  /** How each lane responded to each act. @type {import("./engine.js").Response[][]} */
  responses = [];

  #beats = beats([]);
  /** The instants to go to from change to change: of each lane, and where lines stop the playhead. @type {number[][]} */
  #changes = [];
  /** @type {Stage} */
  #stage = "poster";
  /** Whether all stops of the run on the screen are known. */
  #searched = true;
  #asked = 0;
  /** @type {{at: number, go: () => void} | null} What to do once the run is computed up to a time. */
  #arrive = null;
  #history = createHistory();
  /** The text that was opened; what differs from it is the user's own. */
  #given = "";

  /**
   * @param {import("./state.js").Store} store
   * @param {() => void} wake Asks for a frame.
   */
  constructor(store, wake) {
    this.store = store;
    this.wake = wake;
  }

  /** The playhead in microseconds; fractional while it plays. */
  get now() {
    return this.head.now;
  }
  /** Whether the playhead got here by single events. */
  get exact() {
    return this.head.exact;
  }
  get frame() {
    return this.head.frame;
  }
  /** Whether there is a run: before, there is at most a poster. */
  get ran() {
    return this.#stage !== "poster";
  }

  /** Whether all work on the run is done and the engine stands at the playhead. */
  get settled() {
    return this.#stage === "ready" && this.#besideStage === "read" && this.head.arrived;
  }

  /** Shows what a text says of its run, for as long as there is no engine. False if that cannot be read. @param {string} text */
  post(text) {
    const found = poster(text);
    if (!found) return false;
    const { run, infos } = found;
    [this.run, this.infos, this.stories] = [run, infos, run.lanes.map(untold)];
    this.store.edit({ text, revision: this.store.get().revision + 1 });
    return true;
  }

  /** Opens the engine, unless there is one. */
  async open() {
    const engine = await Engine.open();
    if (this.engine) engine.close();
    else this.#use(engine);
  }

  /** @param {Engine} engine */
  #use(engine) {
    this.engine = engine;
    engine.onlost = () => engine === this.engine && this.#recover();
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
      if (error instanceof Lost || this.#resting) {
        this.#recover();
        this.wakeUp();
        return otherwise;
      }
      this.rate = 0;
      this.store.edit({ panic: error.message, playing: false, computing: false });
      return otherwise;
    }
  }

  /** After a panic: goes on with a new engine and the text in the editor. */
  revive() {
    if (!this.engine) return;
    // A moment that panics again and again would be a trap.
    const to = this.#panicked === this.now ? 0 : this.now;
    this.#panicked = to === 0 ? -1 : this.now;
    this.store.edit({ panic: null });
    this.#renew(this.engine.again(), to);
  }

  /** Goes on where it was, since another playground's panic has ended the instance that both shared. */
  #recover() {
    if (this.engine?.lost && this.store.get().panic === null) this.#renew(this.engine.again(), this.now);
  }

  /** Frees what the engine holds, for as long as nobody sees the playground. */
  rest() {
    this.engine?.close();
    if (this.ran) this.#resting = true;
    else this.engine = null;
  }

  /** After `rest`: goes on where it was. */
  wakeUp() {
    if (!this.#resting || !this.engine) return;
    this.#resting = false;
    if (this.store.get().panic === null) this.#renew(this.engine.again(), this.now);
  }

  /** Puts another engine in the place of this one, with the same texts, at a moment. @param {Engine} engine @param {number} at */
  #renew(engine, at) {
    const { text, errors, other, playing } = this.store.get();
    const { frame, head } = this;
    const event = head.exact && at === head.now && frame ? frame.events : null;
    this.engine?.close();
    this.#use(engine);
    head.hold(at);
    // The new engine has no run yet: its first one is shown while it is computed, like the very first.
    this.#stage = "poster";
    this.breaks = [];
    // A text with errors has no run, so the previous run comes back.
    if (errors.length > 0) this.take(this.text, { undone: true });
    this.take(text, { undone: true, other });
    const go = () => {
      if (event === null) this.seek(at);
      else this.guard(() => head.sent(engine, engine.seekEvents(event), () => head.stand(engine)), undefined);
      if (playing) this.store.edit({ playing });
    };
    this.store.edit({ playing: false });
    // The time of an event number is unknown until the whole run is computed.
    this.once(event === null ? at : Infinity, go);
  }

  /** Replaces the engine by the edition that answers the debugger. The run stays: the same text plays the same run. */
  async equip() {
    if (!this.engine || this.engine.whole) return;
    const whole = await Engine.open(true);
    // The text may change meanwhile.
    while (this.#computing || whole.text !== this.text || !whole.advance(SLICE).done) {
      if (whole.text !== this.text) whole.load(this.text);
      await new Promise((resolve) => setTimeout(resolve));
    }
    const { engine, head } = this;
    if (!engine || this.store.get().panic !== null) {
      whole.close();
      return;
    }
    this.#use(whole);
    // It reads the nodes' names from it.
    whole.run();
    const { events } = engine;
    engine.close();
    this.#keep(this.text, this.store.get().other);
    [this.#stage, this.#searched] = ["searching", false];
    if (head.exact) head.sent(whole, whole.seekEvents(events), () => head.stand(whole));
    else head.again(true);
    this.wake();
  }

  // Texts.

  /**
   * Puts a text into the editor and, if it has no errors, starts computing its run.
   *
   * @param {string} text
   * @param {{fresh?: boolean, undone?: boolean, own?: boolean, fork?: boolean, other?: import("./state.js").Other | null}} [how]
   *   `fresh` starts from the beginning; `own`: what it replaces is the user's, even if it was not edited; `fork`: whether it
   *   changes the past, if that is known; `other`: the future to keep beside it, if that is not to be found out.
   */
  take(text, { fresh = false, undone = false, own: known = false, fork, other } = {}) {
    const before = this.store.get().text;
    if (!undone && before !== text && before !== "") this.#history.push({ ...this.#present(), whole: fresh });
    const own = before !== "" && before !== text && (known || before !== this.#given);
    if (fresh) this.#given = text;
    // What is only to be read is not edited; it can be replaced as a whole.
    if (this.store.get().readonly && this.ran && !fresh && !undone) return;
    const errors = this.guard(() => this.engine?.load(text) ?? [], null);
    if (errors === null) return;
    const first = !this.ran;
    if (errors.length > 0) {
      // There is always something to see: if there is no run yet, the fallback plays.
      if (first && text !== this.fallback) this.take(this.fallback, { fresh: true, undone: true });
      if (fresh) this.#given = text;
      this.store.edit({ text, errors, stale: true, ...(fresh ? { other: this.#keep(text, null) } : {}) });
      if (fresh && own) this.#replaced();
      return;
    }
    this.#stage = first ? "growing" : "replacing";
    if (fresh) this.store.edit({ focus: null });
    if (first) {
      this.#searched = !/\bbreak\b/.test(text);
      this.#askRun();
    }
    const kept = this.#keep(text, other === undefined ? this.#fork(fresh || (first && !undone), undone, fork) : other);
    this.store.edit({
      text, errors: [], stale: false, computing: true, stopped: null, asking: null, blank: null, other: kept,
      ...(fresh ? { selected: null, range: null, picking: null, said: {} } : {}),
    });
    if (fresh) {
      this.arriveAt(0);
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

  // Two futures.

  /**
   * The future to keep beside the text that was just loaded: when the past changes, the run on the screen.
   *
   * @param {boolean} anew Whether it is another scenario.
   * @param {boolean} undone
   * @param {boolean} [known] Whether the past changes, if that is known.
   */
  #fork(anew, undone, known) {
    const { other } = this.store.get();
    if (anew) return null;
    // What is done in future B becomes part of it. Done in future A, it takes the place of B.
    if (undone || known === false || other?.name === "A") return other;
    const parting = this.engine?.parting() ?? -1;
    // With other nodes or settings, it is another run from the start.
    return parting < 0 || (!known && parting >= this.now) ? other : { text: this.text, name: /** @type {const} */ ("A") };
  }

  /** Tells the engine which future to keep beside a text. @param {string} text @param {import("./state.js").Other | null} other */
  #keep(text, other) {
    const wanted = other?.text === text ? null : other;
    const kept = this.guard(() => wanted && this.engine?.keep(wanted.text) === null ? wanted : null, null);
    if (!kept) this.guard(() => this.engine?.forget(), undefined);
    this.#besideStage = kept ? "stale" : "read";
    if (!kept || kept.text !== this.store.get().other?.text) this.beside = null;
    this.wake();
    return kept;
  }

  /** Shows the other future at the same moment. */
  turn() {
    const { text, other } = this.store.get();
    if (!other || this.store.get().errors.length > 0) return;
    const { last } = this.#history;
    // Turning back and forth is no history.
    if (last && !last.whole && last.text === other.text && last.other?.text === text) this.undo();
    else this.take(other.text, { other: { text, name: other.name === "A" ? "B" : "A" } });
  }

  /** Makes the other future the only one. */
  keepOther() {
    const { other } = this.store.get();
    if (other) this.take(other.text, { other: null });
  }

  /** Forgets the other future. */
  forget() {
    this.#history.push(this.#present());
    this.store.edit({ other: this.#keep(this.store.get().text, null) });
  }

  /** Reads the other future, or the next part of its summaries. */
  #askBeside() {
    const { engine } = this;
    if (!engine || !this.store.get().other) return;
    const known = this.#besideStage === "reading" ? this.beside : null;
    const found = known ?? engine.futures();
    if (!found) return;
    const lanes = this.run.lanes.length;
    const stories = found.run.lanes.map((_, i) => known && !known.stories[i].more ? known.stories[i] : engine.story(lanes + i, known?.stories[i]));
    this.beside = { ...found, stories };
    this.#besideStage = stories.some((story) => story.more) ? "reading" : "read";
    this.store.edit({ futures: this.store.get().futures + 1 });
  }

  /** The text as it is left now. @returns {import("./store.js").Past} */
  #present() {
    const { text, scope, other } = this.store.get();
    return { text, scope, at: this.now, whole: false, given: this.#given, other };
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
    this.take(left.text, { undone: true, other: left.other });
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
    if (this.store.get().readonly) return;
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
      const fork = at < this.run.until - 1000;
      const added = engine.appendAct(text, at, after, lane < 0 ? "" : this.run.lanes[lane].name, action);
      this.store.edit({ acted: { text: added.text, line: lineOf(added), action } });
      this.take(added.text, { fork });
      if (this.store.get().errors.length === 0) {
        this.once(at, () => {
          if (!this.store.get().playing) this.seek(Math.max(this.now, at));
        });
      }
    }, undefined);
  }

  // The playhead.

  /** How much of the run on the screen is computed, in microseconds. */
  get computed() {
    return Math.min(this.run.until, ...this.stories.map((story) => story.computed));
  }

  /** What the run shows ends here: at the next question that the reader has not answered, or, until the answer comes, at the playhead. */
  get curtain() {
    if (storyAt(this.storyline, this.now).open) return this.now;
    return questionBetween(this.storyline, this.store.get().said, this.now, Infinity)?.at ?? Infinity;
  }

  /** Moves the playhead, once the run is computed that far. @param {number} at Microseconds. */
  seek(at) {
    const to = Math.max(0, Math.min(at, this.run.until));
    const whole = !this.#computing;
    this.head.move(whole ? to : Math.min(to, this.computed));
    // The latest request replaces earlier ones, whether a new run is pending or this one is not computed that far.
    this.#arrive = null;
    if (!whole && (this.#stage === "replacing" || this.now < to)) this.arriveAt(at);
    this.store.edit({ stopped: null, asking: null });
    this.wake();
  }

  /** Moves the playhead there once the run of the latest text is computed that far. @param {number} at Microseconds. */
  arriveAt(at) {
    this.once(at, () => this.seek(at));
  }

  /** Does something once the run of the latest text is computed up to a time, instead of what was to be done. @param {number} at @param {() => void} go */
  once(at, go) {
    this.#arrive = { at, go };
  }

  /** Whether a run is being computed. */
  get #computing() {
    return this.#stage === "growing" || this.#stage === "replacing";
  }

  /** Forgets where the playhead was to go, unless a new run is to be shown there. */
  #stay() {
    if (this.#stage !== "replacing") this.#arrive = null;
  }

  /** Steps one event forward or back. @param {1 | -1} direction */
  step(direction) {
    this.store.edit({ playing: false, stopped: null, asking: null });
    this.#stay();
    // Past the computed part there is nothing to step to yet.
    if (direction === 1 && this.#computing && this.now >= this.computed) return;
    this.#here((engine) => {
      engine.step(direction);
      return engine.settle(0);
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
    this.#stay();
    this.#here((engine) => engine.seekEvents(Math.max(0, engine.events + events)));
    this.wake();
  }

  /** Sends the engine to an event, counted from the playhead, and puts the playhead there. @param {(engine: Engine) => boolean} send Returns whether it has arrived. */
  #here(send) {
    this.guard(() => {
      const { engine, head } = this;
      if (engine) head.here(engine, () => head.sent(engine, send(engine), () => head.stand(engine)));
    }, undefined);
  }

  /** Steps by the chosen unit. @param {1 | -1} direction */
  stride(direction) {
    const { unit } = this.store.get();
    if (unit === "event" && this.#only === null) this.step(direction);
    else if (unit === "event") this.#lap(direction);
    else if (unit === "message" || unit === "rule") this.#through(direction, unit);
    else this.leap(direction, unit);
  }

  /** The only lane that steps count in; null for all. */
  get #only() {
    const { focus, alone } = this.store.get();
    return focus && alone ? focus.lane : null;
  }

  /** Steps one event of the debugger's lane. @param {1 | -1} direction */
  #lap(direction) {
    const lane = this.#only ?? 0;
    const events = (this.frame?.lanes[lane].events ?? 0) + direction;
    if (events >= 0 && events <= (this.stories[lane]?.events ?? 0)) this.visit(lane, events);
  }

  /** Steps to an event that only the engine finds. @param {1 | -1} direction @param {"message" | "rule"} what */
  #through(direction, what) {
    this.store.edit({ playing: false, stopped: null, asking: null });
    this.#stay();
    if (direction === 1 && this.#computing && this.now >= this.computed) return;
    const lane = this.#only;
    const sent = Date.now();
    this.#here((engine) => {
      // A long way takes a while, but no step may take for ever.
      while (!engine.stride(what, direction, lane) && Date.now() - sent < STRIDE_MAX);
      return engine.settle(0);
    });
    this.wake();
  }

  /**
   * Moves to the next or previous instant when something of a kind happened.
   *
   * @param {1 | -1} direction
   * @param {Exclude<import("./state.js").Unit, "event" | "message" | "rule">} [unit]
   */
  leap(direction, unit = "change") {
    const lists = this.#landmarks(unit);
    // The playhead may stand between two microseconds.
    const here = direction === 1 ? this.now + 1 : Math.floor(this.now) - 1;
    const near = lists.map((list) => list[direction === 1 ? upTo(list, (it) => it, here) : upTo(list, (it) => it, here - 0.5) - 1]).filter((it) => it !== undefined);
    this.store.edit({ playing: false });
    this.seek(near.length === 0 ? (direction === 1 ? this.run.until : 0) : direction === 1 ? Math.min(...near) : Math.max(...near));
  }

  /** The instants to step to, in lists. @param {Exclude<import("./state.js").Unit, "event" | "message" | "rule">} unit @returns {number[][]} */
  #landmarks(unit) {
    const only = this.#only;
    const stories = only === null ? this.stories : [this.stories[only]].filter((it) => it);
    const kinds = LANDMARKS[unit];
    if (kinds) return stories.map((story) => story.happenings.filter((it) => kinds.includes(it.kind)).map((it) => it.at));
    if (unit === "stop") return [this.breaks.filter((it) => only === null || it.lane === only).map((it) => it.at)];
    if (only === null) return unit === "election" ? [this.#beats.edges] : this.#changes;
    if (unit === "election") return stories.flatMap((story) => [story.electing.map((it) => it.from), story.electing.map((it) => it.until ?? Infinity).filter(Number.isFinite)]);
    return [this.#changes[only] ?? []];
  }

  toggle() {
    const { playing } = this.store.get();
    if (!playing && this.now >= this.run.until) this.seek(0);
    this.#stay();
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

  /** Moves the playhead to just after an event of a lane. @param {number} lane @param {number} step */
  visit(lane, step) {
    this.store.edit({ playing: false, stopped: null, asking: null });
    this.#stay();
    this.#here((engine) => engine.seekBreak({ line: 0, lane, at: 0, step }));
    this.wake();
  }

  reset() {
    this.store.edit({ playing: false });
    this.seek(0);
  }

  // Time.

  /** Reads the run that is now on the screen. */
  #askRun() {
    const { engine } = this;
    if (!engine) return;
    this.text = engine.text;
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
    if (!this.#computing && this.stories.some((story) => story.more)) this.#askStories();
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

  /** @param {Engine} engine @param {number} clock */
  #compute(engine, clock) {
    const { done, swapped } = engine.advance(SLICE);
    if (swapped) {
      const before = shape(this.run);
      this.#askRun();
      this.head.again(before === shape(this.run));
    } else if (done || clock - this.#asked > GROWS_EVERY) {
      // While the very first run is computed, its bands grow, but not with every frame.
      this.#asked = clock;
      this.#askStories();
    }
    const growing = this.#stage === "growing";
    if (done) {
      this.#stage = "searching";
      this.#searched = false;
      this.head.now = Math.min(this.now, this.run.until);
    }
    // A run that replaces another one is not shown until it is complete.
    if (this.#arrive !== null && (done || (growing && this.#arrive.at < this.computed))) {
      const { go } = this.#arrive;
      this.#arrive = null;
      go();
    }
    if (done) this.store.edit({ computing: false, ...(this.#judges ? {} : { judged: [] }) });
  }

  /** Whether the run has expectations, or a story that depends on it. */
  get #judges() {
    return /\bexpect\b/.test(this.text) || this.storyline.some((step) => step.kind === "ask" || !step.told);
  }

  /** Finds where `break` lines stop the playhead, by replaying the run in slices. @param {Engine} engine */
  #search(engine) {
    this.#searched = engine.breakSlice(SLICE);
    const before = this.breaks.length;
    this.breaks = engine.breaks();
    if (!this.#searched) return;
    this.#stage = this.#judges ? "judging" : "ready";
    if (before + this.breaks.length > 0) this.#told();
  }

  /** Judges the expectations, also in slices. @param {Engine} engine */
  #judge(engine) {
    if (!engine.judgeSlice(SLICE)) return;
    this.#stage = "ready";
    this.storyline = engine.steps();
    this.store.edit({ judged: engine.judged() });
  }

  /** One slice of the work on the run. One task at a time leaves time to paint the frame. @param {Engine} engine @param {number} clock */
  #work(engine, clock) {
    if (this.#computing) this.#compute(engine, clock);
    else if (this.#stage === "searching") this.#search(engine);
    else if (this.#stage === "judging") this.#judge(engine);
    else if (this.#besideStage !== "read" && engine.otherSlice(SLICE)) this.#askBeside();
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
      this.#work(engine, clock);
      this.#askRest();
      const { playing, speed } = this.store.get();
      this.rate = playing ? pace(speed, this.now, this.#beats) : 0;
      if (playing && elapsed > 0 && !this.head.travelling) this.#play(engine, elapsed);
      this.head.follow(engine);
      return this.store.get().playing || !this.settled;
    }, false);
  }

  /** Moves the playhead on, up to what stops it. @param {Engine} engine @param {number} elapsed Milliseconds. */
  #play(engine, elapsed) {
    const { head, store } = this;
    const before = head.now;
    // The playhead does not enter a part that has not been searched for stops.
    const end = Math.min(this.computed, this.#searched ? Infinity : engine.breaksLooked);
    head.move(Math.min(before + elapsed * 1000 * this.rate, Math.max(end, before)));
    const stop = this.breaks.find((it) => before < it.at && it.at <= head.now);
    const question = questionBetween(this.storyline, store.get().said, before, head.now);
    if (question && !(stop && stop.at <= question.at)) {
      head.move(question.at);
      store.edit({ playing: false, asking: question });
    } else if (stop) {
      head.move(stop.at);
      store.edit({ playing: false, stopped: stop.line });
      head.sent(engine, engine.seekBreak(stop), () => [head.now, head.exact] = [stop.at, true]);
    }
    if (head.now >= this.run.until) store.edit({ playing: false });
  }
}

/** Which nodes a run has, and what they run. @param {import("./engine.js").Run} run */
const shape = ({ lanes }) => JSON.stringify(lanes.map(({ algorithm, ids }) => [algorithm, ids]));
