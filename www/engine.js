// The engine behind plain functions: the only module that imports the package.
//
// Every call goes through `call`: a panic in the engine leaves its memory in an unknown state, so the instance
// is never called again after one. `Engine.open` then makes a new one, from the module that is compiled already.

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
 * @property {string[]} asks
 * @property {string[]} fidelity
 *
 * @typedef {object} RunLane
 * @property {string} name
 * @property {string} algorithm
 * @property {string[]} ids By place: members, services, the store.
 * @property {number[]} ring Places in ring order.
 * @property {number} members
 * @property {number} services
 * @property {string[]} timers
 * @property {{at: number, line: number, text: string}[]} acts
 *
 * @typedef {object} Run
 * @property {string} title
 * @property {number} until
 * @property {RunLane[]} lanes
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
 * @property {boolean} expected
 * @property {boolean} claimed
 * @property {string | null} broke
 * @property {number | null} brokeAt
 *
 * @typedef {object} Failover A time in which nobody served, between two in which somebody did.
 * @property {number} lost When nobody served any more.
 * @property {number} suspected When somebody suspected it; the end where nobody did.
 * @property {boolean} split Whether somebody did: else there is no detection and no election to tell apart.
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
 *
 * @typedef {object} Story
 * @property {number} computed
 * @property {number} events
 * @property {boolean} truncated
 * @property {Band[]} bands
 * @property {{at: number, step: number, kind: string, node: number, act: number | null}[]} moments
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
 * @typedef {{line: number, lane: number, met: boolean, at: number, step: number, found: string}} Verdict Lines from 0.
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

/** The engine panicked; this instance answers no more. */
export class Panic extends Error {}

export class Engine {
  /** @type {Package} */ #pkg;
  /** @type {import("../pkg/election_playground.js").Playground} */ #play;
  /** @type {WebAssembly.Memory} */ #memory;
  /** @type {Panic | null} */ #dead = null;
  /** @type {Algorithm[]} */ algorithms;

  /**
   * @param {Package} pkg
   * @param {WebAssembly.Memory} memory
   */
  constructor(pkg, memory) {
    this.#pkg = pkg;
    this.#memory = memory;
    this.#play = new pkg.Playground();
    this.algorithms = this.#call(() => pkg.algorithms());
  }

  /** A new instance with nothing to play. */
  static async open() {
    const module = await compile();
    // The glue holds one instance; another one needs another copy of it.
    const again = instances++;
    /** @type {Package} */
    const glue = await import(again === 0 ? GLUE : `${GLUE}?again=${again}`);
    const { memory } = await glue.default({ module_or_path: module });
    return new Engine(glue, memory);
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
      } catch (errors) {
        if (Array.isArray(errors)) return errors;
        throw errors;
      }
    });
  }

  /**
   * Computes ahead.
   *
   * @param {number} events
   * @returns {{done: boolean, swapped: boolean}}
   */
  advance(events) {
    return this.#call(() => this.#play.advance(events));
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
    return this.#call(() => this.#play.run());
  }
  /**
   * @param {number} lane
   * @returns {Story}
   */
  story(lane) {
    return this.#call(() => this.#play.story(lane));
  }
  /** @param {number} at Microseconds. */
  seek(at) {
    this.#call(() => this.#play.seek(at));
  }
  /**
   * Moves the playhead to `at`, behind the first `after` events of that instant, all lanes counted together. 0 is
   * behind all of them, as for `seek`, and so is every number larger than there are.
   *
   * @param {number} at Microseconds.
   * @param {number} after
   */
  seekInstant(at, after) {
    this.#call(() => this.#play.seekInstant(at, after));
  }
  /** @param {number} events */
  seekEvents(events) {
    this.#call(() => this.#play.seekEvents(events));
  }
  /** One event forwards or back; the lane that it happened in, or -1.
   * @param {1 | -1} direction */
  step(direction) {
    return this.#call(() => (direction === 1 ? this.#play.step() : this.#play.stepBack()));
  }
  /** The moment at the playhead. */
  frame() {
    return this.#call(() => {
      const length = this.#play.frame();
      return readFrame(new Float64Array(this.#memory.buffer, this.#play.framePointer, length));
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
   * @param {number} lane
   * @param {number} from
   * @param {number} to
   * @param {number} limit
   * @returns {{at: number, step: number, text: string, kind: number, node: number, peer: number,
   *   rules: number[]}[]}
   */
  trace(lane, from, to, limit) {
    return this.#call(() => this.#play.trace(lane, from, to, limit));
  }
  /**
   * Judges the expectations of the text.
   *
   * @returns {Verdict[]}
   */
  judge() {
    return this.#call(() => this.#play.judge());
  }
  /**
   * Looks further for where the run stops for its `break` lines, at most so many events of each lane. True when
   * all is looked at; with a new run on the screen it begins anew. The playhead stays.
   *
   * @param {number} events
   * @returns {boolean}
   */
  breakSlice(events) {
    return this.#call(() => this.#play.breakSlice(events));
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
  /** Moves the playhead to that moment, between two events of one instant if need be. @param {Break} stop */
  seekBreak({ lane, step, at }) {
    this.#call(() => this.#play.seekBreak(lane, step, at));
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
   * @param {number} at
   * @param {number} step
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
