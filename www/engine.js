// The engine behind plain functions. All engines of a page share one instance (instance.js), each with a playground of its
// own in it, which is freed when the engine is closed.
//
// Every call goes through `call`: after a panic, of this engine or of another one in the same instance, nothing of it is
// called again.

import { readFrame } from "./frame.js";
import { FIRST, Lost, Panic, WHOLE } from "./instance.js";

export { Lost, Panic } from "./instance.js";

/** @typedef {import("./instance.js").Package} Package */

/**
 * @typedef {object} Algorithm What the page always needs to know about an algorithm; algorithms.js fetches the rest.
 * @property {string} id
 * @property {string} title
 * @property {string} subtitle
 * @property {"ring"|"ladder"|"service"|"mesh"} topology
 * @property {"service"|"quorum"|"none"} authority
 * @property {string} epoch
 * @property {string} token
 * @property {{name: string, class: string, args: string[]}[]} messages
 * @property {{name: string, label: string, offered: "everyone" | "leaders" | "others" | "never"}[]} commands
 * @property {boolean} writes Whether clients write to its own log.
 * @property {string[]} roles The roles its nodes can have.
 * @property {{title: string, prefix: string}[]} panels The lists that its nodes keep for others.
 *
 * @typedef {object} RunLane
 * @property {string} name
 * @property {string} algorithm
 * @property {string[]} ids By place: members, services, the store.
 * @property {string[]} names What to display: the name from the scenario, or else the id.
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
 * @property {{line: number, text: string}[]} warnings Statements without effect. Lines count from 0.
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
 * @property {string} because Why it happened, in words.
 *
 * @typedef {object} PropertyVerdict
 * @property {string} property
 * @property {boolean} promised Whether the algorithm promises it at all.
 * @property {"held" | "broken" | "given-up" | "undecided"} verdict
 * @property {string} text
 * @property {Violation | null} violation
 *
 * @typedef {object} Failover A time without service, between two with, or up to now.
 * @property {number} lost When service was lost.
 * @property {number} leader The place of the leader that served last.
 * @property {number | null} act The act of the lane (a position in `RunLane.acts`) to blame for it; null if none is known.
 * @property {number | null} suspicion When a node that could act on it first suspected it; null if none has.
 * @property {number} suspect The place of that node; -1 if there is none, or if an election was already in progress.
 * @property {number | null} started When a node that could win first started an election.
 * @property {number} starter The place of that node; -1 as for `suspect`.
 * @property {number} suspected When a node first suspected the leader; the end if none did, and -1 while there is none.
 * @property {boolean} split Whether a suspicion led to another leader: otherwise there are no detection and election to
 *   tell apart.
 * @property {boolean} same Whether the same leadership continued.
 * @property {boolean} unforced Whether the leader could have gone on.
 * @property {boolean} over False for the failover in progress: then `found` is -1.
 * @property {number} found When service returned, even if from the same node.
 * @property {number} finder The place of the node that serves again; -1 while there is none.
 * @property {string} waits What passes until somebody suspects the leader, in words.
 *
 * @typedef {object} Stretch
 * @property {number} node The node that believes wrongly; -1 for an election.
 * @property {number} from
 * @property {number | null} until Null if it lasts to the end of what is computed.
 * @property {boolean} deposed Whether the node does not lead in truth; otherwise it does, or there is no truth, but the
 *   node cannot do its work: it is paused, reaches no quorum, or cannot keep up.
 *
 * @typedef {{from: number, until: number | null}} Outage A time in which no node served.
 *
 * @typedef {object} Happening Something that a reader wants to be told; `Engine.sentence` has its text.
 * @property {number} at
 * @property {number} step
 * @property {number} node The place it is about, or -1.
 * @property {1 | 2 | 3} weight 3: it changes who leads or what the store keeps, or is a fault. 2: a stage on the way.
 *   1: a repetition or a detail, where nobody who goes from change to change stops.
 * @property {"act" | "no-act" | "dropped" | "powered-off" | "came-up" | "resumed" | "suspects" | "starts" | "gives-up" |
 *   "leads" | "stops-leading" | "names" | "deposed" | "idles" | "serves" | "refused" | "conflict" | "broke-off"} kind
 * @typedef {Happening & {text: string}} Told
 *
 * @typedef {object} Response How a lane responded to an act, up to the next one.
 * @property {number} act A position in `RunLane.acts`; of several acts at one instant, the first.
 * @property {number} at
 * @property {number} step
 * @property {{at: number, node: number} | null} suspected The first suspicion.
 * @property {{at: number, node: number} | null} candidate The first node that started an election.
 * @property {{at: number, node: number, epoch: number, belief: number} | null} led The first leadership that began.
 * @property {string} waits What passes until the suspicion, in words.
 * @property {string} elects What passes from there until somebody leads, in words.
 *
 * @typedef {{from: number, to: number, nth: number, copy: number}} MessageId
 *
 * @typedef {object} Inspection What an event changed.
 * @property {number} event
 * @property {number} at
 * @property {string} text What happened, as the trace says it.
 * @property {string} told What a reader is told of it; empty if it is nothing to be told.
 * @property {number} place Where it happened, or -1.
 * @property {{kind: "begin" | "act" | "event" | "chance", event: number | null, line: number | null}} cause
 * @property {(MessageId & {name: string, text: string}) | null} message The message that it is about.
 * @property {string} timer The timer that fired, or empty.
 * @property {{place: number, rules: number[]}[]} ran
 * @property {{place: number, rule: number, text: string, holds: boolean}[]} reasons What decided the rules, also those that did not run.
 * @property {(MessageId & {name: string, text: string, lost: string})[]} sent `lost`: why it was lost at once, or empty.
 * @property {NodeChange[]} nodes The nodes that it changed, and the one that it happened at.
 *
 * @typedef {object} NodeChange A node just before an event and just after.
 * @property {number} place
 * @property {[string, string]} process
 * @property {{name: string, old: string | null, new: string | null, disk: string | null}[]} fields `disk`: what a crash would
 *   leave of it; null for nothing.
 * @property {{name: string, due: number | null, since: number | null, by: number, was: number | null,
 *   state: "set" | "kept" | "fired" | "cancelled"}[]} timers
 * @property {[number, number]} ahead How far its clock is ahead, in microseconds.
 * @property {[number, number]} drift In parts per million.
 * @property {[number, number]} slow How long it takes to process a message, in microseconds.
 * @property {[number, number]} inbox How many messages wait to be processed.
 *
 * @typedef {object} Ended The end of something that was pending.
 * @property {number} event
 * @property {number} at
 * @property {"received" | "fired" | "lost" | "set-again" | "cancelled" | "over"} how
 * @property {string} why Why it was lost.
 * @property {boolean} idle It changed nothing.
 * @property {number[]} rules
 *
 * @typedef {object} MessageWay
 * @property {string} name
 * @property {string} kind
 * @property {{name: string, value: string}[]} fields
 * @property {number} sent
 * @property {number} by The event that sent it.
 * @property {boolean} forged
 * @property {number | null} due Null if it was lost at once.
 * @property {number | null} waited When it reached its receiver, where it had to wait.
 * @property {string} waits Why it had to wait.
 * @property {Ended | null} end
 *
 * @typedef {object} Pending
 * @property {number} at
 * @property {number} since
 * @property {"message" | "timer" | "wakeup"} kind
 * @property {string} name As an action names it.
 * @property {string} text
 * @property {number} node
 * @property {number} peer
 * @property {boolean} effective
 *
 * @typedef {object} Stats
 * @property {{class: string, sent: number, delivered: number}[]} messages
 * @property {number} elections
 * @property {number} unserved How long no node served: the sum of the outages.
 * @property {number} noLeader How long no node believed that it led.
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
 * @property {string} why Why an action had no effect, or why a run broke off.
 *
 * @typedef {object} Story
 * @property {number} computed
 * @property {number} events
 * @property {boolean} truncated
 * @property {Band[]} bands
 * @property {number} openBand The position of the first band that may still change.
 * @property {{name: string, bands: Band[]}[]} groups The groups other than the main one, and who led each.
 * @property {Moment[]} moments
 * @property {Failover[]} failovers Those that are over, in order.
 * @property {Failover | null} failover The one in progress.
 * @property {number | null} served When the first node served.
 * @property {Outage[]} outages When no node served: before the first leader, and in each failover.
 * @property {Stretch[]} wrong When a node believed that it led and did not serve.
 * @property {number} openWrong The position of the first one that may still change.
 * @property {Stretch[]} electing When an election was on: from the first suspicion until a leader was followed.
 * @property {number} openElecting As `openWrong`.
 * @property {Happening[]} happenings
 * @property {boolean} more Whether there are more to ask for.
 * @property {Violation[]} violations
 * @property {Stats} stats
 * @property {string} digest
 * @property {boolean} [veiled] Whether the page hides the rest, which would answer a question of the scenario's story.
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
 * @typedef {object} Judged The outcome of an expectation in a lane.
 * @property {number} expect Its position in the text, from 0: a line may have several.
 * @property {number} line From 0.
 * @property {number} lane
 * @property {boolean | null} met Null if it takes many seeds to tell.
 * @property {boolean} needsSeeds
 * @property {number} at
 * @property {number} step
 * @property {string} found
 *
 * @typedef {object} Step A sentence or a question of the story.
 * @property {number} line From 0.
 * @property {number} at
 * @property {number[]} lanes The lanes that it is about.
 * @property {"say" | "ask"} kind
 * @property {string} text
 * @property {number[] | null} told Of a sentence: the lanes where it is told; null until its condition is judged.
 * @property {string[]} choices Of a question: what the reader may choose in each lane; empty if it picks lanes.
 * @property {number | null} answerAt When a question is answered.
 * @property {number[] | null} answers By lane of the run, the position of the right choice, 0 for a lane to pick, or -1;
 *   null until it is judged.
 * @property {string | null} because The sentence that closes the answer, once it is judged and unless the run contradicts
 *   what the text declares.
 * @typedef {{line: number, lane: number, at: number, step: number}} Break A moment when the condition of a `break`
 *   becomes true: the line, from 0, and the number of the lane's events before it.
 * @typedef {object} Reason A link of a chain of causes.
 * @property {number} at
 * @property {number} step Its event in the lane; 0 for the start of the run.
 * @property {number} node Where it happened; -1 for an act of the scenario.
 * @property {"act" | "timer" | "since" | "message" | "silence" | "chance" | "start" | "state" | "other"} kind `since`: what
 *   the chain does not go back from; `silence`: a message that was lost or is late; `state`: how things stand.
 * @property {string} text
 * @property {number | null} line The line of the scenario that did it, from 0.
 * @property {number[]} rules The rules that ran.
 * @property {{from: number, to: number, nth: number, copy: number} | null} message The message that brought it or was lost.
 * @property {number[]} from The positions of the reasons that it comes from.
 *
 * @typedef {object} Chain Why something is so.
 * @property {string} question
 * @property {boolean} truncated Whether some reasons were left out.
 * @property {Reason[]} reasons In the order in which they happened; what was asked about is the last one.
 * @property {{without: string, text: string, line: number | null}[]} changes Changed scenarios that leave out a link.
 *
 * @typedef {object} Entry An event of a list.
 * @property {number} step
 * @property {number} at
 * @property {number} kind The kind of its first record, an index into KINDS of scene/stretch.js; -1 if it has none.
 * @property {number} node
 * @property {number} peer
 * @property {string} text What happened.
 * @property {{node: number, text: string}[]} effects What followed from it, other than messages that were sent.
 * @property {number} sent How many messages it sent.
 * @property {number[]} rules
 * @typedef {{node: number, kinds: number, rule: number, text: string}} Filter Events with a record of a node (-1 for any), a
 *   kind (by bit), a rule (0 for any) and with this text (in any case).
 * @typedef {{text: string, start: number, end: number, insert: string}} Edit
 * @typedef {{start: number, end: number, choices: {insert: string, detail: string}[]}} Completion The words that could
 *   stand in place of a part of the text.
 * @typedef {{timer: string, setting: string, value: string, line: number | null}} Ruling A setting: the timer that it
 *   rules, or empty; its value; and the line, from 0, that sets it; null for the default.
 * @typedef {{line: number, keyword: string, at: number | null, after: number, start: number, end: number}} Line
 * @typedef {{text: string, at: number | null, after: number, step: number | null, selected: string | null,
 *   stops: string | null, digest: string | null, look: string | null, version: number, trust: "checked" | "unchecked" | "doubtful",
 *   ignored: string[], other: string | null, first: boolean}} Link What a link contains; `trust` says whether a check code
 *   vouches for it. `other` is the text of the other future, and `first` says whether it was there first.
 *
 * @typedef {object} Futures The other one of two futures.
 * @property {Run} run Its lanes are numbered after those of the run on the screen.
 * @property {number | null} split When the runs part; -1 if from the start, null if they do not.
 * @property {{line: number, text: string}[]} shown The lines, from 0, that only the text on the screen has.
 * @property {{line: number, text: string}[]} other Those that only the other text has.
 * @typedef {{at: number, step: number, text: string, kind: string}} Differing An event at which two runs differ; `kind` is
 *   `act` if an act did it.
 */

/**
 * When no node served.
 *
 * @param {{served: number | null, failovers: Failover[], failover: Failover | null}} story
 * @returns {Outage[]}
 */
function outages({ served, failovers, failover }) {
  const all = failovers.map((it) => ({ from: it.lost, until: /** @type {number | null} */ (it.found) }));
  if (served !== 0) all.unshift({ from: 0, until: served });
  if (failover) all.push({ from: failover.lost, until: null });
  return all;
}

/** A run whose lanes have their acts. @param {any} run @returns {Run} */
function runOf({ lanes, acts, ...run }) {
  return { ...run, lanes: lanes.map((/** @type {any} */ lane) => ({ ...lane, acts: lane.acts.map((/** @type {number} */ i) => acts[i]) })) };
}

export class Engine {
  /** @type {Package} */ #pkg;
  /** @type {import("./instance.js").Edition} */ #edition;
  /** @type {import("../pkg/election_playground.js").Playground} */ #play;
  /** @type {WebAssembly.Memory} */ #memory;
  /** @type {Panic | null} */ #dead = null;
  /** @type {import("./instance.js").User} */ #user;
  /** @type {string[][]} The nodes' names in the run that was read last, by lane. */
  #names = [];
  /** @type {Algorithm[]} */ algorithms;
  /** Called when another engine's panic has ended this one. */
  onlost = () => {};

  /** @param {Package} pkg @param {import("./instance.js").Edition} [edition] */
  constructor(pkg, edition = WHOLE) {
    this.#pkg = pkg;
    this.#edition = edition;
    this.#user = { end: (panic) => {
      this.#dead = panic;
      // Nobody is called back in the middle of somebody else's panic.
      if (this.lost) queueMicrotask(() => this.onlost());
    } };
    edition.join(this.#user);
    this.#memory = pkg.moduleMemory();
    this.#play = new pkg.Playground();
    this.algorithms = this.#call(() => pkg.algorithms());
    /** @type {string} */
    this.version = this.#call(() => pkg.version());
  }

  /** An engine with no scenario yet. @param {boolean} [whole] Whether it answers the debugger. */
  static async open(whole = false) {
    const edition = whole ? WHOLE : FIRST;
    return new Engine(await edition.open(), edition);
  }

  /** Another engine of the same edition. */
  again() {
    return new Engine(/** @type {Package} */ (this.#edition.glue), this.#edition);
  }

  /** Whether it answers the debugger. */
  get whole() {
    return this.#edition === WHOLE;
  }
  /** Whether another engine's panic has ended it. */
  get lost() {
    return this.#dead instanceof Lost;
  }

  /** Frees what it holds in the instance. */
  close() {
    if (!this.#dead) this.#play.free();
    this.#dead ??= new Panic("the engine is closed");
    this.#edition.leave(this.#user);
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
      // The engine reports bad input with other values; a trap is a panic.
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      this.#edition.fail(this.#user, this.#dead = new Panic(error.message, { cause: error }));
      throw this.#dead;
    }
  }

  /**
   * Loads a text. Returns null, or the errors in it.
   *
   * @param {string} text
   * @returns {TextError[] | null}
   */
  load(text) {
    return this.#errors(() => this.#play.load(text));
  }

  /** Does something with a text. Returns null, or the errors in it. @param {() => void} work @returns {TextError[] | null} */
  #errors(work) {
    return this.#call(() => {
      try {
        work();
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
   * @param {number} ms About how long, in milliseconds.
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
      const run = runOf(this.#play.run());
      this.#names = run.lanes.map((lane) => lane.names);
      return run;
    });
  }
  /**
   * Keeps a text as the other future. Returns null, or the errors in it.
   *
   * @param {string} text
   * @returns {TextError[] | null}
   */
  keep(text) {
    return this.#errors(() => this.#play.keep(text));
  }
  /** Forgets the other future. */
  forget() {
    this.#call(() => this.#play.forget());
  }
  /** Computes the other future. True if it is complete, or if there is none. @param {number} ms @returns {boolean} */
  otherSlice(ms) {
    return this.#call(() => this.#play.otherSlice(ms));
  }
  /** When the run loaded last parts from the one on the screen; -1 if from the start, and null if nothing differs. @returns {number | null} */
  parting() {
    return this.#call(() => this.#play.parting() ?? null);
  }
  /** The other future; null if there is none. @returns {Futures | null} */
  futures() {
    const found = this.#call(() => this.#play.futures());
    return found && { ...found, run: runOf(found.run) };
  }
  /**
   * What happens in each of two lanes, which may be of the other future, where they first differ: null where nothing
   * more happens. Empty if they do not differ, and null if this call was too short to find it: call again with the same
   * arguments. Both runs must be complete.
   *
   * @param {number} a
   * @param {number} b
   * @returns {(Differing | null)[] | null}
   */
  firstDifference(a, b) {
    return this.#call(() => this.#play.firstDifference(a, b));
  }
  /**
   * The summary of a lane's run so far, or its next part: `more` says whether there is more to ask for.
   *
   * @param {number} lane
   * @param {Story} [known] The summary so far of the same run.
   * @returns {Story}
   */
  story(lane, known) {
    const bands = known?.bands.slice(0, known.openBand) ?? [];
    const moments = known?.moments.slice() ?? [];
    const failovers = known?.failovers ?? [];
    const wrong = known?.wrong.slice(0, known.openWrong) ?? [];
    const electing = known?.electing.slice(0, known.openElecting) ?? [];
    const happenings = known?.happenings ?? [];
    const part = this.#call(() => this.#play.story(lane, bands.length, moments.length));
    const told = this.#call(() => this.#play.chronicle(lane, failovers.length, wrong.length, electing.length, happenings.length));
    const all = {
      ...part, ...told, more: part.more || told.more,
      bands: [...bands, ...part.bands], moments: [...moments, ...part.moments], failovers: [...failovers, ...told.failovers],
      wrong: [...wrong, ...told.wrong], electing: [...electing, ...told.electing], happenings: [...happenings, ...told.happenings],
    };
    return { ...all, outages: outages(all) };
  }
  /** How a lane responded to each act that took effect, as far as it is computed. @param {number} lane @returns {Response[]} */
  responses(lane) {
    return this.#call(() => this.#play.responses(lane));
  }
  /**
   * What happened last in a lane, what comes next that is worth a stop, and whether an election is on.
   *
   * @param {number} lane
   * @param {number} [at] Microseconds, after all events of that instant; by default exactly the playhead.
   * @returns {{last: Told | null, next: Told | null, electing: boolean}}
   */
  happened(lane, at) {
    return this.#call(() => this.#play.happened(lane, at));
  }
  /** The text of a happening. @param {number} lane @param {number} happening Its position. @returns {string | undefined} */
  sentence(lane, happening) {
    return this.#call(() => this.#play.sentence(lane, happening));
  }
  /**
   * Sends the playhead to a time. True if it has arrived; otherwise `settle` continues.
   *
   * @param {number} at Microseconds.
   * @returns {boolean}
   */
  seek(at) {
    return this.#call(() => this.#play.seek(at));
  }
  /**
   * Sends the playhead to `at`, after the first `after` events of that instant, counted across all lanes. 0 means after
   * all of them, as for `seek`, and so does any number larger than their count.
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
  /** Continues to where the playhead was sent. True if it has arrived. @param {number} ms @returns {boolean} */
  settle(ms) {
    return this.#call(() => this.#play.settle(ms));
  }
  /** Steps one event forward or back. Returns the lane it happened in, or -1. A step back may have to settle.
   * @param {1 | -1} direction */
  step(direction) {
    return this.#call(() => (direction === 1 ? this.#play.step() : this.#play.stepBack()));
  }
  /**
   * Steps to the next event in which a message was received or rules ran, or to the last one before. False if this call
   * was too short: call again with the same arguments.
   *
   * @param {"message" | "rule"} what
   * @param {1 | -1} direction
   * @param {number | null} lane The only lane that counts.
   * @returns {boolean}
   */
  stride(what, direction, lane) {
    return this.#call(() => this.#play.stride(what, direction === -1, lane));
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
   * What an event of a lane changed, and what decided its rules; null if this call was too short to find out: call again.
   *
   * @param {number} lane
   * @param {number} step
   * @param {number} [also] A node to be shown whether it changed or not.
   * @returns {Inspection | null | undefined} undefined if there is no such event yet.
   */
  inspect(lane, step, also) {
    return this.#call(() => this.#play.inspect(lane, step, also));
  }
  /**
   * The way of a message; null if this call was too short to find out: call again.
   *
   * @param {number} lane
   * @param {MessageId} message
   * @returns {MessageWay | null | undefined} undefined if there is no such message yet.
   */
  journey(lane, { from, to, nth, copy }) {
    return this.#call(() => this.#play.journey(lane, from, to, nth, copy));
  }
  /**
   * The pending events of a lane at the playhead, in order.
   *
   * @param {number} lane
   * @param {number} limit
   * @returns {Pending[]}
   */
  pending(lane, limit) {
    return this.#call(() => this.#play.pending(lane, limit));
  }
  /**
   * What becomes of them in the run as it is, in the same order; null if this call was too short to find out: call again.
   *
   * @param {number} lane
   * @returns {(Ended | null)[] | null}
   */
  prospects(lane) {
    return this.#call(() => this.#play.prospects(lane));
  }
  /**
   * The settings of a node.
   *
   * @param {number} lane
   * @param {number} node
   * @returns {Ruling[]}
   */
  rulings(lane, node) {
    return this.#call(() => this.#play.rulings(lane, node));
  }
  /**
   * @param {number} lane
   * @returns {Stats}
   */
  stats(lane) {
    return this.#call(() => this.#play.stats(lane));
  }
  /**
   * The verdicts on all properties up to the playhead, or with `whole` in everything computed so far.
   *
   * @param {number} lane
   * @param {boolean} [whole]
   * @returns {PropertyVerdict[]}
   */
  verdicts(lane, whole = false) {
    return this.#call(() => this.#play.verdicts(lane, whole));
  }
  /**
   * The records of a stretch; null if this call was too short to gather them: call again with the same arguments.
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
   * The records of a stretch, for `readStretch` of scene/stretch.js; null if this call was too short to gather them: call again
   * with the same arguments.
   *
   * @param {number} lane @param {number} from @param {number} to @param {number} limit
   * @returns {Float64Array | null}
   */
  stretch(lane, from, to, limit) {
    return this.#call(() => this.#play.stretch(lane, from, to, limit));
  }
  /**
   * Searches a lane from an event on. Returns the numbers of the events that match, and the event where the next call continues;
   * 0 if all that is computed has been searched.
   *
   * @param {number} lane @param {number} first @param {Filter} filter @param {number} ms
   * @returns {{next: number, found: Uint32Array}}
   */
  search(lane, first, { node, kinds, rule, text }, ms) {
    const all = this.#call(() => this.#play.search(lane, first, node, kinds, rule, text, ms));
    return { next: all[0], found: all.subarray(1) };
  }
  /**
   * The events of these numbers, in ascending order. It may end early: call again with the rest.
   *
   * @param {number} lane @param {ArrayLike<number>} steps @param {number} [ms]
   * @returns {Entry[]}
   */
  listed(lane, steps, ms) {
    return this.#call(() => this.#play.listed(lane, steps, ms));
  }
  /**
   * Judges more of the expectations of the run on the screen. True when all are judged. A new run on the screen starts
   * the work over. The playhead stays.
   *
   * @param {number} ms
   * @returns {boolean}
   */
  judgeSlice(ms) {
    return this.#call(() => this.#play.judgeSlice(ms));
  }
  /** The outcomes so far. @returns {Judged[]} */
  judged() {
    return this.#call(() => this.#play.judged());
  }
  /** The steps of the story, by time; answers appear when all is judged. @returns {Step[]} */
  steps() {
    return this.#call(() => this.#play.steps());
  }
  /**
   * Searches more of the run for the moments when its `break` lines stop it. True when all of it is searched. A new run
   * on the screen starts the work over. The playhead stays.
   *
   * @param {number} ms
   * @returns {boolean}
   */
  breakSlice(ms) {
    return this.#call(() => this.#play.breakSlice(ms));
  }
  /** How much of the run has been searched for stops, in microseconds. */
  get breaksLooked() {
    return this.#call(() => this.#play.breaksLooked);
  }
  /**
   * Where the run stops, as far as it has been searched, ordered by time and then by lane.
   *
   * @returns {Break[]}
   */
  breaks() {
    return this.#call(() => this.#play.breaks());
  }
  /** Sends the playhead to that moment, which may lie between two events of one instant. @param {Break} stop @returns {boolean} */
  seekBreak({ lane, step, at }) {
    return this.#call(() => this.#play.seekBreak(lane, step, at));
  }
  /**
   * Why an event happened; without one, why a node, or a field of it, is what it is at the playhead; without a node, why
   * there is a leader or none. Null if this call was too short: call again with the same arguments.
   *
   * @param {number} lane
   * @param {number | null} step
   * @param {number | null} node
   * @param {string | null} [field]
   * @returns {Chain | null}
   */
  why(lane, step, node, field = null) {
    return this.#call(() => this.#play.why(lane, step, node, field));
  }
  /**
   * The lines of the played text that the playhead can stop at: the `break` statement that does so, and its line if the
   * text has it. Lines count from 0.
   *
   * @returns {{line: number, statement: string, by: number | null}[]}
   */
  halts() {
    return this.#call(() => this.#play.halts());
  }
  /**
   * What would have happened with a change of the last answer of `why`; null if this call was too short.
   *
   * @param {number} change Its position.
   * @returns {{text: string, at: number | null, same: boolean} | null}
   */
  whatIf(change) {
    return this.#call(() => this.#play.whatIf(change));
  }
  digest() {
    return this.#call(() => this.#play.traceDigest());
  }
  /**
   * Begins to work out the odds of an outcome, on this thread.
   *
   * @param {import("./odds.js").Question} question
   * @returns {import("./odds.js").Odds}
   */
  odds({ text, lane, outcome, futures }) {
    const odds = this.#call(() => new this.#pkg.Odds(text, lane, outcome, futures));
    return {
      advance: (ms) => this.#call(() => odds.advance(ms)),
      curve: () => this.#call(() => odds.curve()),
      seed: (point, comes) => this.#call(() => odds.seed(point, comes)),
      free: () => this.#dead || odds.free(),
    };
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
   * The words that could stand at a place of a text.
   *
   * @param {string} text
   * @param {number} at
   * @returns {Completion}
   */
  complete(text, at) {
    return this.#call(() => this.#pkg.complete(text, at));
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
   * @param {string} [stops]
   * @param {import("./state.js").Other | null} [other] The other future.
   * @param {string} [look] What the debugger shows.
   */
  encodeLink(text, at, step, selected, digest, stops = "", other = null, look = "") {
    return this.#call(() => this.#pkg.encodeLink(text, at, step, selected, digest, stops, other && other.text, other?.name === "A", look));
  }
  /**
   * Decodes a link; throws a sentence that says why it does not open.
   *
   * @param {string} hash
   * @returns {Link}
   */
  decodeLink(hash) {
    return this.#call(() => this.#pkg.decodeLink(hash));
  }
}
