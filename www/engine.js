// The engine behind plain functions: the only module that imports the package.
//
// Every call goes through `call`: a panic in the engine leaves its memory in an unknown state, so the instance
// is never called again after one. Whoever is done with an engine closes it: its instance serves the next one, and that
// of a panic is let go and replaced, so that a page has no more of them than playgrounds at once.

import { readFrame } from "./frame.js";

/** @typedef {typeof import("../pkg/election_playground.js")} Package */

/**
 * @typedef {object} Algorithm What there is to know about one without running it.
 * @property {string} id
 * @property {string} title
 * @property {string} subtitle
 * @property {string} summary
 * @property {string} source
 * @property {"ring"|"ladder"|"service"|"mesh"} topology
 * @property {"service"|"quorum"|"none"} authority
 * @property {string} epoch
 * @property {string} token
 * @property {{name: string, class: string, args: string[]}[]} messages
 * @property {string[]} rules
 * @property {{property: string, assumes: string[], because: string}[]} claims
 * @property {{name: string, label: string, offered: "everyone" | "leaders" | "others" | "never"}[]} commands
 * @property {boolean} writes Whether a client's write goes into a log of its own.
 * @property {string[]} roles What its nodes can be.
 * @property {{title: string, prefix: string}[]} panels The lists that its nodes keep for others.
 * @property {string[]} fidelity
 *
 * @typedef {object} RunLane
 * @property {string} name
 * @property {string} algorithm
 * @property {string[]} ids By place: members, services, the store.
 * @property {string[]} names What people call them: the name that the scenario gives, or else the id.
 * @property {number[]} ring Places in ring order.
 * @property {number} members
 * @property {number} services
 * @property {string[]} timers
 * @property {{at: number, line: number, text: string}[]} acts
 *
 * @typedef {object} Run
 * @property {string} title
 * @property {number} until
 * @property {string} seed
 * @property {RunLane[]} lanes
 * @property {{line: number, text: string}[]} warnings What the text says without effect. Lines from 0.
 *
 * @typedef {object} Band
 * @property {number} node
 * @property {number} epoch
 * @property {number} belief
 * @property {number} from
 * @property {number | null} until
 *
 * @typedef {object} Violation
 * @property {string} property
 * @property {number} at
 * @property {number} step
 * @property {string} text
 * @property {"bug" | "run" | "setting" | "never-promised"} blame
 * @property {string} because Whose fault it is, in words.
 *
 * @typedef {object} PropertyVerdict
 * @property {string} property
 * @property {boolean} promised Whether the algorithm promises it at all.
 * @property {"held" | "broken" | "given-up" | "undecided"} verdict
 * @property {string} text
 * @property {Violation | null} violation
 *
 * @typedef {object} Failover A time in which nobody served, between two in which somebody did.
 * @property {number} lost When nobody served any more.
 * @property {number} suspected When somebody suspected it; the end where nobody did.
 * @property {boolean} split Whether somebody did and another leader came of it: else there is no detection and no
 *   election to tell apart.
 * @property {boolean} same Whether the same leadership went on.
 * @property {number} found When somebody served again, be it the same node.
 *
 * @typedef {object} Stats
 * @property {{class: string, sent: number, delivered: number}[]} messages
 * @property {number} elections
 * @property {number} noLeader
 * @property {number} moreLeaders
 * @property {number} failovers
 * @property {Failover | null} failoverLast
 * @property {Failover | null} failoverLongest
 * @property {number} writesAccepted
 * @property {number} writesRejected
 * @property {number} writesConflicting
 * @property {number} writesLost
 * @property {{at: number, why: string} | null} brokeOff Where the run broke off, and why.
 *
 * @typedef {object} Moment
 * @property {number} at
 * @property {number} step
 * @property {string} kind
 * @property {number} node
 * @property {number | null} act
 * @property {string} why Of an act why nothing came of it; of a run why it broke off.
 *
 * @typedef {object} Story
 * @property {number} computed
 * @property {number} events
 * @property {boolean} truncated
 * @property {Band[]} bands
 * @property {number} openBand The position of the first band that may still change.
 * @property {Moment[]} moments
 * @property {boolean} more Whether there are more of them to ask for.
 * @property {Violation[]} violations
 * @property {Stats} stats
 * @property {string} digest
 *
 * @typedef {object} TextError
 * @property {string} message
 * @property {number} line From 1.
 * @property {number} column
 * @property {number} start
 * @property {number} end
 * @property {string} found
 * @property {string} expected
 * @property {string | null} nearest
 * @property {string | null} advice
 *
 * @typedef {object} Judged What became of an expectation in a lane.
 * @property {number} expect Which one of the text, from 0: a line may have several.
 * @property {number} line From 0.
 * @property {number} lane
 * @property {boolean | null} met Null where it takes many seeds to say.
 * @property {boolean} needsSeeds
 * @property {number} at
 * @property {number} step
 * @property {string} found
 * @typedef {{line: number, lane: number, at: number, step: number}} Break A moment at which the condition of a
 *   `break` becomes true: the line, from 0, and how many events of the lane lie before the moment.
 * @typedef {{text: string, start: number, end: number, insert: string}} Edit
 * @typedef {{line: number, keyword: string, at: number | null, after: number, start: number, end: number}} Line
 * @typedef {{text: string, at: number | null, after: number, step: number | null, selected: string | null,
 *   digest: string | null}} Link
 */

const GLUE = "../pkg/election_playground.js";
const MODULE = new URL("../pkg/election_playground_bg.wasm", import.meta.url);

/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;
let instances = 0;
/** Instances that nobody uses now. @type {Package[]} */
const idle = [];

/** Compiles the module, once for the page. */
function compile() {
  compiled ??= (async () => {
    const response = await fetch(MODULE);
    if (!response.ok) throw new Error(`the engine could not be fetched: ${response.status} ${MODULE.pathname}`);
    // A server that does not know the type of a .wasm file still works.
    return response.headers.get("content-type")?.startsWith("application/wasm")
      ? WebAssembly.compileStreaming(response)
      : WebAssembly.compile(await response.arrayBuffer());
  })();
  return compiled;
}

/** One more instance. The glue holds one, so another one needs another copy of it. @returns {Promise<Package>} */
async function instantiate() {
  const module = await compile();
  const again = instances++;
  /** @type {Package} */
  const glue = await import(again === 0 ? GLUE : `${GLUE}?again=${again}`);
  await glue.default({ module_or_path: module });
  return glue;
}

/** The engine panicked; this instance answers no more. */
export class Panic extends Error {}

export class Engine {
  /** @type {Package} */ #pkg;
  /** @type {import("../pkg/election_playground.js").Playground} */ #play;
  /** @type {WebAssembly.Memory} */ #memory;
  /** @type {Panic | null} */ #dead = null;
  #closed = false;
  /** @type {string[][]} Of the nodes of the last run that was asked for, by lane. */
  #names = [];
  /** @type {Algorithm[]} */ algorithms;

  /** @param {Package} pkg */
  constructor(pkg) {
    this.#pkg = pkg;
    this.#memory = pkg.moduleMemory();
    this.#play = new pkg.Playground();
    this.algorithms = this.#call(() => pkg.algorithms());
  }

  /** An engine with nothing to play. */
  static async open() {
    return new Engine(idle.pop() ?? (await instantiate()));
  }

  /** Gives the instance back. After a panic it is replaced by a fresh one: nothing of the dead one is kept. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#dead) this.#pkg.__wbg_reset_state();
    else this.#play.free();
    this.#dead ??= new Panic("the engine is closed");
    idle.push(this.#pkg);
  }

  /**
   * @template T
   * @param {() => T} work
   * @returns {T}
   */
  #call(work) {
    if (this.#dead) throw this.#dead;
    try {
      return work();
    } catch (error) {
      // What the engine refuses it says with other values; a trap is a panic.
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      this.#dead = new Panic(error.message, { cause: error });
      throw this.#dead;
    }
  }

  /**
   * Takes a text. Null, or what is wrong with it.
   *
   * @param {string} text
   * @returns {TextError[] | null}
   */
  load(text) {
    return this.#call(() => {
      try {
        this.#play.load(text);
        return null;
      } catch (error) {
        if (error instanceof Error && "errors" in error) return /** @type {TextError[]} */ (error.errors);
        throw error;
      }
    });
  }

  /**
   * Computes ahead.
   *
   * @param {number} ms How long about, in milliseconds.
   * @returns {{done: boolean, swapped: boolean}}
   */
  advance(ms) {
    return this.#call(() => this.#play.advance(ms));
  }

  /** The text of the run on the screen. */
  get text() {
    return this.#call(() => this.#play.text);
  }
  get now() {
    return this.#call(() => this.#play.now);
  }
  get events() {
    return this.#call(() => this.#play.events);
  }

  /** @returns {Run} */
  run() {
    return this.#call(() => {
      const { lanes, acts, ...run } = this.#play.run();
      this.#names = lanes.map((/** @type {RunLane} */ lane) => lane.names);
      return { ...run, lanes: lanes.map((/** @type {any} */ lane) => ({ ...lane, acts: lane.acts.map((/** @type {number} */ i) => acts[i]) })) };
    });
  }
  /**
   * The computed run of a lane in little, or the next part of it: with `more` there is more to ask for.
   *
   * @param {number} lane
   * @param {Story} [known] What was told before of the same run.
   * @returns {Story}
   */
  story(lane, known) {
    const bands = known?.bands.slice(0, known.openBand) ?? [];
    const moments = known?.moments.slice() ?? [];
    const part = this.#call(() => this.#play.story(lane, bands.length, moments.length));
    return { ...part, bands: [...bands, ...part.bands], moments: [...moments, ...part.moments] };
  }
  /**
   * Sends the playhead somewhere. True when it is there; else `settle` goes on.
   *
   * @param {number} at Microseconds.
   * @returns {boolean}
   */
  seek(at) {
    return this.#call(() => this.#play.seek(at));
  }
  /**
   * Sends the playhead to `at`, behind the first `after` events of that instant, all lanes counted together. 0 is
   * behind all of them, as for `seek`, and so is every number larger than there are.
   *
   * @param {number} at Microseconds.
   * @param {number} after
   * @returns {boolean}
   */
  seekInstant(at, after) {
    return this.#call(() => this.#play.seekInstant(at, after));
  }
  /** @param {number} events @returns {boolean} */
  seekEvents(events) {
    return this.#call(() => this.#play.seekEvents(events));
  }
  /** Goes on to where the playhead was sent. True when it is there. @param {number} ms @returns {boolean} */
  settle(ms) {
    return this.#call(() => this.#play.settle(ms));
  }
  /** One event forwards or back; the lane that it happened in, or -1. A step back may have to settle.
   * @param {1 | -1} direction */
  step(direction) {
    return this.#call(() => (direction === 1 ? this.#play.step() : this.#play.stepBack()));
  }
  /** The moment at the playhead. */
  frame() {
    return this.#call(() => {
      const length = this.#play.frame();
      return readFrame(new Float64Array(this.#memory.buffer, this.#play.framePointer, length), this.#names);
    });
  }
  /**
   * @param {number} lane
   * @param {number} node
   * @returns {{name: string, value: string}[]}
   */
  view(lane, node) {
    return this.#call(() => this.#play.view(lane, node));
  }
  /**
   * @param {number} lane
   * @returns {Stats}
   */
  stats(lane) {
    return this.#call(() => this.#play.stats(lane));
  }
  /**
   * The verdicts on all properties at the playhead, or with `whole` in all that is computed.
   *
   * @param {number} lane
   * @param {boolean} [whole]
   * @returns {PropertyVerdict[]}
   */
  verdicts(lane, whole = false) {
    return this.#call(() => this.#play.verdicts(lane, whole));
  }
  /**
   * The records of a stretch; null when it takes longer than this call: asked again for the same it goes on.
   *
   * @param {number} lane
   * @param {number} from
   * @param {number} to
   * @param {number} limit
   * @returns {{at: number, step: number, text: string, kind: number, node: number, peer: number,
   *   rules: number[]}[] | null}
   */
  trace(lane, from, to, limit) {
    return this.#call(() => this.#play.trace(lane, from, to, limit));
  }
  /**
   * Judges the expectations of the run on the screen further. True when all are judged; with a new run on the screen
   * it begins anew. The playhead stays.
   *
   * @param {number} ms
   * @returns {boolean}
   */
  judgeSlice(ms) {
    return this.#call(() => this.#play.judgeSlice(ms));
  }
  /** What was judged. @returns {Judged[]} */
  judged() {
    return this.#call(() => this.#play.judged());
  }
  /**
   * Looks further for where the run stops for its `break` lines. True when all is looked at; with a new run on the
   * screen it begins anew. The playhead stays.
   *
   * @param {number} ms
   * @returns {boolean}
   */
  breakSlice(ms) {
    return this.#call(() => this.#play.breakSlice(ms));
  }
  /** Up to when the run was looked through for its stops, in microseconds. */
  get breaksLooked() {
    return this.#call(() => this.#play.breaksLooked);
  }
  /**
   * Where the run stops, as far as it was looked at, by time and then by lane.
   *
   * @returns {Break[]}
   */
  breaks() {
    return this.#call(() => this.#play.breaks());
  }
  /** Sends the playhead to that moment, between two events of one instant if need be. @param {Break} stop @returns {boolean} */
  seekBreak({ lane, step, at }) {
    return this.#call(() => this.#play.seekBreak(lane, step, at));
  }
  digest() {
    return this.#call(() => this.#play.traceDigest());
  }

  /**
   * @param {string} text
   * @param {number} at
   * @param {number} after
   * @param {string} lanes
   * @param {string} action
   * @returns {Edit}
   */
  appendAct(text, at, after, lanes, action) {
    return this.#call(() => this.#pkg.appendAct(text, at, after, lanes, action));
  }
  /**
   * @param {string} text
   * @param {string} key
   * @param {string} value
   * @returns {Edit}
   */
  setValue(text, key, value) {
    return this.#call(() => this.#pkg.setValue(text, key, value));
  }
  /**
   * @param {string} text
   * @param {number} line
   * @returns {Edit | null}
   */
  deleteLine(text, line) {
    return this.#call(() => this.#pkg.deleteLine(text, line));
  }
  /**
   * @param {string} text
   * @returns {Line[]}
   */
  lines(text) {
    return this.#call(() => this.#pkg.lines(text));
  }
  freshSeed() {
    return this.#call(() => this.#pkg.freshSeed());
  }
  /**
   * @param {string} text
   * @param {number | null} at
   * @param {number | null} step
   * @param {string} selected
   * @param {string} digest
   */
  encodeLink(text, at, step, selected, digest) {
    return this.#call(() => this.#pkg.encodeLink(text, at, step, selected, digest));
  }
  /**
   * What a link holds; throws the sentence that says why it does not open.
   *
   * @param {string} hash
   * @returns {Link}
   */
  decodeLink(hash) {
    return this.#call(() => this.#pkg.decodeLink(hash));
  }
}
