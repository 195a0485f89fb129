/* tslint:disable */
/* eslint-disable */

/**
 * An interactive run: the text, the run on the screen, and the run about to replace it.
 *
 * An invalid argument throws an `Error` with an explanation and changes nothing.
 */
export class Playground {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Computes ahead for about `ms` milliseconds: `{done, swapped}`.
     */
    advance(ms?: number): any;
    /**
     * Continues the search for the places where the run stops for its `break` lines, for about `ms`
     * milliseconds. Returns true if the search is complete; restarts when a new run appears on the screen.
     * The playhead does not move.
     */
    breakSlice(ms?: number): boolean;
    /**
     * The stops that `breakSlice` has found, by time and then by lane: an array of `{line, lane, at, step}`,
     * with lines from 0. `step` counts the events of the lane.
     */
    breaks(): any;
    /**
     * What happened in a lane's computed run: `{failovers, failover, served, wrong, openWrong, electing,
     * openElecting, happenings, more}`. The lists begin at these positions and have at most a few hundred entries
     * each; `more` says whether there is more. `failover` is the one in progress, and `served` is when the first
     * node served. As with `openBand` of `story`, the entries from `openWrong` and `openElecting` on may change.
     */
    chronicle(lane: number, failovers: number, wrong: number, electing: number, happenings: number): any;
    /**
     * The first difference between two lanes of either future: what happens there in each, `{at, step, text, kind}`, or
     * `null` if nothing more happens in that lane. `kind` is `act` if an act of that lane did it. An empty array if there
     * is no difference, and `null` if the call was too short: repeat it to continue. Both runs must be complete.
     */
    firstDifference(a: number, b: number): any;
    /**
     * Forgets the other future.
     */
    forget(): void;
    /**
     * Fills the frame with the moment at the playhead and returns its length. The numbers start at
     * `framePointer` in the module's memory and stay valid until the next call of any function; create a new
     * view each time.
     */
    frame(): number;
    /**
     * The other future: `{run, split, shown, other}`, with its `run` as `run` returns it, `split` as `parting`, and the
     * lines, from 0, that only one of the texts has, the one on the screen or the other one: arrays of `{line, text}`.
     * `null` if there is none, or if `otherSlice` has not begun with it.
     */
    futures(): any;
    /**
     * What happened last in a lane up to a time, by default up to the playhead, what happens next that is worth a
     * stop, and whether an election is on: `{last, next, electing}`.
     */
    happened(lane: number, at?: number): any;
    /**
     * Continues checking the expectations of the run on the screen for about `ms` milliseconds. Returns true
     * if all are decided; restarts when a new run appears on the screen. The playhead does not move.
     */
    judgeSlice(ms?: number): boolean;
    /**
     * What `judgeSlice` has decided: an array of `{expect, line, lane, met, needsSeeds, at, step, found}`,
     * where `expect` is the expectation's position in the text and `line` its line, both from 0. One run
     * cannot decide an expectation over many seeds: `met` is then `null`. The answers that the story declares follow
     * the expectations.
     */
    judged(): any;
    /**
     * Keeps a text as the other future, in place of the one that was kept before. If it is the text of the run that
     * the one loaded last is about to replace, that run goes on from there. The lanes of the other future are numbered
     * after those of the run on the screen.
     *
     * # Errors
     * A `ScenarioError`, as `load`.
     */
    keep(text: string): void;
    /**
     * Loads a text. Its run replaces the one on the screen once `advance` has computed it completely; the
     * first run appears at once.
     *
     * # Errors
     * A `ScenarioError` with `errors`, an array of `{message, line, column, start, end, found, expected,
     * nearest, advice}`; lines and columns count from 1, and places are in UTF-16 units. The screen stays as
     * it is.
     */
    load(text: string): void;
    /**
     * Creates a playground without a scenario.
     */
    constructor();
    /**
     * Computes the other future for about `ms` milliseconds. Returns true if it is complete, or if there is none.
     */
    otherSlice(ms?: number): boolean;
    /**
     * When the run that was loaded last parts from the one on the screen: the time of the first act that differs, -1
     * if other statements do, and `undefined` if nothing does.
     */
    parting(): number | undefined;
    /**
     * The pending events of a lane at the playhead, in order: at most `limit`, and at most a few thousand.
     */
    pending(lane: number, limit: number): any;
    /**
     * How a lane responded to each act that took effect, in order, up to the next act: an array of `{act, at,
     * step, suspected, candidate, led, waits, elects}`.
     */
    responses(lane: number): any;
    /**
     * The settings of a member: an array of `{timer, setting, value, line}`. `timer` is the one that it rules, or empty.
     * `setting` is the name that a text uses, `value` holds at the start of the run, and `line`, from 0, is where the text
     * sets it: null for the default.
     */
    rulings(lane: number, node: number): any;
    /**
     * The facts that do not change during the run: `{title, until, seed, lanes, acts, warnings}`. `acts`
     * covers all lanes; each lane lists the positions of its own acts.
     */
    run(): any;
    /**
     * Moves the playhead to a moment from `breaks`, between two events of one instant if necessary. Returns
     * true if it has arrived.
     */
    seekBreak(lane: number, step: number, at: number): boolean;
    /**
     * Moves the playhead past this many events, counted over all lanes. Returns true if it has arrived.
     */
    seekEvents(events: number): boolean;
    /**
     * Moves the playhead to `at` microseconds, after the first `after` events of that instant, counted over
     * all lanes. With 0, or a number larger than the number of events, it goes after all of them, as `seek`
     * does. Returns true if it has arrived.
     */
    seekInstant(at: number, after: number): boolean;
    /**
     * Moves the playhead to `at` microseconds, after all events up to and including that instant. Returns
     * true if it has arrived; otherwise `settle` continues.
     */
    seek(at: number): boolean;
    /**
     * The text of a happening, by its position in `chronicle`; `null` if there is none.
     */
    sentence(lane: number, happening: number): string | undefined;
    /**
     * Continues toward the playhead's goal for about `ms` milliseconds. Returns true if it has arrived or
     * has no goal.
     */
    settle(ms?: number): boolean;
    /**
     * The digest of everything that can influence the future of all lanes: 16 hexadecimal digits.
     */
    stateDigest(): string;
    /**
     * The statistics of a lane up to the playhead.
     */
    stats(lane: number): any;
    /**
     * Moves the playhead one event back. Returns the lane of that event; −1 at the start. This may take
     * longer than the call: `settle` reports when it has arrived.
     */
    stepBack(): number;
    /**
     * Moves the playhead one event forward. Returns the lane of that event; −1 at the end.
     */
    step(): number;
    /**
     * The steps of the story, by time: an array of `{line, at, lanes, kind, text, told, choices, answerAt, answers,
     * because}`. `kind` is `say` or `ask`; `lanes` are the positions of the lanes it is about. A sentence is told in
     * the lanes `told`, which is `null` until `judgeSlice` has decided its condition. A question has `choices`, empty
     * if the reader picks lanes, and is answered at `answerAt`. Once `judgeSlice` is done, `answers` has the position
     * of the right choice in each lane of the run (0 for a lane to pick), or -1, and `because` the closing sentence,
     * unless the run contradicts the declared answer.
     */
    steps(): any;
    /**
     * A summary of a lane's computed run: `{computed, events, truncated, bands, openBand, groups, moments,
     * more, violations, stats, digest}`. It contains the bands from position `bands` and the moments from position
     * `moments` on, a few thousand of each; `more` says whether there are more. `openBand` is the position of
     * the first band that may still change: a caller that caches bands asks again from there.
     */
    story(lane: number, bands: number, moments: number): any;
    /**
     * The digest of everything that has happened in all lanes up to the playhead, for links: 16 hexadecimal
     * digits.
     */
    traceDigest(): string;
    /**
     * The records of a lane between two times, both inclusive, as objects with their text: at most `limit`,
     * and at most a few thousand. They are computed by replaying that stretch; if this takes longer than one
     * call, the result is `null`; repeat the call to continue.
     */
    trace(lane: number, from: number, to: number, limit: number): any;
    /**
     * The verdicts on all properties of a lane, up to the playhead or, if `whole` is true, for everything
     * computed. An array of `{property, promised, verdict, text, violation}`; `verdict` is `held`, `broken`,
     * `given-up` or `undecided`.
     */
    verdicts(lane: number, whole?: boolean): any;
    /**
     * What a node displays at the playhead: an array of `{name, value}`.
     */
    view(lane: number, node: number): any;
    /**
     * The time up to which `breakSlice` has searched all lanes, in microseconds; 0 before the first call.
     */
    readonly breaksLooked: number;
    /**
     * Whether the run has, or may have, more stops than `breaks` returns after a complete search.
     */
    readonly breaksTruncated: boolean;
    /**
     * The number of events of all lanes before the playhead.
     */
    readonly events: number;
    /**
     * The start of the frame's numbers in the module's memory, in bytes.
     */
    readonly framePointer: number;
    /**
     * The playhead, in microseconds.
     */
    readonly now: number;
    /**
     * Increases whenever a new run appears on the screen.
     */
    readonly revision: number;
    /**
     * The text of the run on the screen.
     */
    readonly text: string;
}

export function __wbg_reset_state(): void;

/**
 * All algorithms, as an array of the facts a program needs. Descriptions, such as rules, settings and
 * promises, are in `algorithms/ID.json` beside this module.
 */
export function algorithms(): any;

/**
 * Adds a line `at T+k LANES: ACTION`: `{text, start, end, insert}`, with the new text, and the replaced
 * range and its replacement in UTF-16 units. An empty `lanes` means all lanes.
 */
export function appendAct(text: string, at: number, after: number, lanes: string, action: string): any;

/**
 * The words that could stand at a place of a text, in UTF-16 units: `{start, end, choices}`, where a choice is
 * `{insert, detail}` and replaces the text from `start` to `end`.
 */
export function complete(text: string, at: number): any;

/**
 * The contents of a link's hash: `{text, at, after, step, selected, stops, digest, look, version, trust, ignored, other, first}`,
 * the last two as for `encodeLink`. `trust` is
 * `checked`, `unchecked` if its version has no check code, or `doubtful` if moreover the text is not compressed as this
 * program does it. `ignored` names the parts of a later version.
 *
 * # Errors
 * An explanation of why the link cannot be opened.
 */
export function decodeLink(hash: string): any;

/**
 * Deletes a line (numbered from 0); `null` if there is no such line.
 */
export function deleteLine(text: string, line: number): any;

/**
 * The hash of a link: `v=2&s=…`. The moment is given by `step`, which counts the events of all lanes, or by
 * `at`, in microseconds; either may be `null`. `selected`, `digest` and `stops` may be empty. `other` is the text of the
 * other future, if there are two, and `first` says whether it is the one that was there first. `look` is what the debugger
 * shows, in the page's words.
 */
export function encodeLink(text: string, at: number | null, step: number | null, selected: string, digest: string, stops?: string, other?: string | null, first?: boolean, look?: string): string;

/**
 * The canonical form of a text.
 */
export function format(text: string): string;

/**
 * A random seed below 2^32 from the system.
 */
export function freshSeed(): number;

/**
 * The statements of a text, at most a few thousand: each with its line from 0, its keyword, its time if it is
 * an act, and its place in UTF-16 units.
 */
export function lines(text: string): any;

/**
 * The module's memory, which contains the frames.
 */
export function moduleMemory(): WebAssembly.Memory;

/**
 * Replaces a line (numbered from 0); `null` if there is no such line.
 */
export function replaceLine(text: string, line: number, _new: string): any;

/**
 * Sets a value such as `seed` or `set raft.heartbeat`, in its existing line or in a new one.
 */
export function setValue(text: string, key: string, value: string): any;

/**
 * Call this once before anything else: it makes a panic report its location in the console. After a panic
 * the instance must be discarded.
 */
export function start(): void;

/**
 * The version of the engine.
 */
export function version(): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_playground_free: (a: number, b: number) => void;
    readonly algorithms: () => [number, number, number];
    readonly appendAct: (a: any, b: any, c: any, d: any, e: any) => [number, number, number];
    readonly complete: (a: any, b: any) => [number, number, number];
    readonly decodeLink: (a: any) => [number, number, number];
    readonly deleteLine: (a: any, b: any) => [number, number, number];
    readonly encodeLink: (a: any, b: any, c: any, d: any, e: any, f: any, g: any, h: any, i: any) => [number, number, number, number];
    readonly format: (a: any) => [number, number, number, number];
    readonly freshSeed: () => [number, number, number];
    readonly lines: (a: any) => [number, number, number];
    readonly moduleMemory: () => any;
    readonly playground_advance: (a: number, b: any) => [number, number, number];
    readonly playground_breakSlice: (a: number, b: any) => [number, number, number];
    readonly playground_breaks: (a: number) => [number, number, number];
    readonly playground_breaksLooked: (a: number) => number;
    readonly playground_breaksTruncated: (a: number) => number;
    readonly playground_chronicle: (a: number, b: any, c: any, d: any, e: any, f: any) => [number, number, number];
    readonly playground_events: (a: number) => number;
    readonly playground_firstDifference: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_forget: (a: number) => void;
    readonly playground_frame: (a: number) => [number, number, number];
    readonly playground_framePointer: (a: number) => number;
    readonly playground_futures: (a: number) => [number, number, number];
    readonly playground_happened: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_judgeSlice: (a: number, b: any) => [number, number, number];
    readonly playground_judged: (a: number) => [number, number, number];
    readonly playground_keep: (a: number, b: any) => [number, number];
    readonly playground_load: (a: number, b: any) => [number, number];
    readonly playground_new: () => number;
    readonly playground_now: (a: number) => number;
    readonly playground_otherSlice: (a: number, b: any) => [number, number, number];
    readonly playground_parting: (a: number) => [number, number];
    readonly playground_pending: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_responses: (a: number, b: any) => [number, number, number];
    readonly playground_revision: (a: number) => number;
    readonly playground_rulings: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_run: (a: number) => [number, number, number];
    readonly playground_seek: (a: number, b: any) => [number, number, number];
    readonly playground_seekBreak: (a: number, b: any, c: any, d: any) => [number, number, number];
    readonly playground_seekEvents: (a: number, b: any) => [number, number, number];
    readonly playground_seekInstant: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_sentence: (a: number, b: any, c: any) => [number, number, number, number];
    readonly playground_settle: (a: number, b: any) => [number, number, number];
    readonly playground_stateDigest: (a: number) => [number, number, number, number];
    readonly playground_stats: (a: number, b: any) => [number, number, number];
    readonly playground_step: (a: number) => [number, number, number];
    readonly playground_stepBack: (a: number) => [number, number, number];
    readonly playground_steps: (a: number) => [number, number, number];
    readonly playground_story: (a: number, b: any, c: any, d: any) => [number, number, number];
    readonly playground_text: (a: number) => [number, number];
    readonly playground_trace: (a: number, b: any, c: any, d: any, e: any) => [number, number, number];
    readonly playground_traceDigest: (a: number) => [number, number, number, number];
    readonly playground_verdicts: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_view: (a: number, b: any, c: any) => [number, number, number];
    readonly replaceLine: (a: any, b: any, c: any) => [number, number, number];
    readonly setValue: (a: any, b: any, c: any) => [number, number, number];
    readonly start: () => void;
    readonly version: () => [number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
