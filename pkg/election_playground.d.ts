/* tslint:disable */
/* eslint-disable */

/**
 * A run on a screen. Holds the text, the run that it plays, and the one that is about to replace it.
 *
 * Whatever is given that does not fit is an `Error` with a sentence, and changes nothing.
 */
export class Playground {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Computes ahead for about so many milliseconds: `{done, swapped}`.
     */
    advance(ms?: number): any;
    /**
     * Looks further for where the run stops for its `break` lines, for about so many milliseconds. True when all is
     * looked at; with a new run on the screen it begins anew. The playhead stays.
     */
    breakSlice(ms?: number): boolean;
    /**
     * Where the run stops, as far as `breakSlice` has looked, by time and then by lane: an array of `{line,
     * lane, at, step}`, lines from 0. `step` counts the events of the lane.
     */
    breaks(): any;
    /**
     * Fills the frame with the moment at the playhead and gives the number of its numbers. They lie in the
     * memory of the module from `framePointer` on, until the next call of anything: make the view anew.
     */
    frame(): number;
    /**
     * Judges the expectations of the run on the screen further, for about so many milliseconds. True when all are
     * judged; with a new run on the screen it begins anew. The playhead stays.
     */
    judgeSlice(ms?: number): boolean;
    /**
     * What `judgeSlice` has judged: an array of `{expect, line, lane, met, needsSeeds, at, step,
     * found}`: which expectation of the text, from 0; its line, from 0.
     * Whether an expectation over many seeds is met one run does not say: `met` is `null` then.
     */
    judged(): any;
    /**
     * Takes a text. Its run takes the place of the one on the screen when `advance` has computed it whole;
     * the first one is there at once.
     *
     * # Errors
     * A `ScenarioError` with `errors`: an array of `{message, line, column, start, end, found, expected, nearest,
     * advice}`, lines and columns from 1, places in UTF-16 units. What is on the screen stays.
     */
    load(text: string): void;
    /**
     * With nothing to play.
     */
    constructor();
    /**
     * What is pending in a lane at the playhead, in order, at most `limit` and some thousand.
     */
    pending(lane: number, limit: number): any;
    /**
     * What does not change during the run: `{title, until, seed, lanes, acts, warnings}`. The acts are those of all
     * lanes; each lane lists the positions of its own.
     */
    run(): any;
    /**
     * Sends the playhead to a moment that `breaks` gives, between two events of one instant if need be. True when it
     * is there.
     */
    seekBreak(lane: number, step: number, at: number): boolean;
    /**
     * Sends the playhead behind so many events of all lanes. True when it is there.
     */
    seekEvents(events: number): boolean;
    /**
     * Sends the playhead to `at` microseconds, behind the first `after` events of that instant, all lanes counted
     * together. 0 is behind all of them, as for `seek`, and so is every number larger than there are. True when it is
     * there.
     */
    seekInstant(at: number, after: number): boolean;
    /**
     * Sends the playhead behind all events up to and including `at` microseconds. True when it is there; else
     * `settle` goes on.
     */
    seek(at: number): boolean;
    /**
     * Goes on towards where the playhead was sent, for about so many milliseconds. True when it is there, and where
     * it was sent nowhere.
     */
    settle(ms?: number): boolean;
    /**
     * The digest of all that can influence the future of all lanes: 16 hexadecimal digits.
     */
    stateDigest(): string;
    /**
     * The statistics of a lane up to the playhead.
     */
    stats(lane: number): any;
    /**
     * Sends the playhead one event back. The lane that it had happened in; −1 at the start. It may take longer than
     * this call: `settle` says when it is there.
     */
    stepBack(): number;
    /**
     * One event forwards from where the playhead is. The lane that it happened in; −1 at the end.
     */
    step(): number;
    /**
     * The computed run of a lane in little: `{computed, events, truncated, bands, openBand, moments, more, violations,
     * stats, digest}`. The bands from position `bands` on and the moments from position `moments` on, some thousand
     * of each; with `more` there are more. `openBand` is the position of the first band that may still change: who
     * keeps what it got asks for the next ones from there.
     */
    story(lane: number, bands: number, moments: number): any;
    /**
     * The digest of what happened in all lanes up to the playhead, for links: 16 hexadecimal digits.
     */
    traceDigest(): string;
    /**
     * The records of a lane from one time to another, both included, at most `limit` and some thousand, as objects
     * with their text. The stretch is played again for it: `null` when that takes longer than one call; asked again
     * for the same it goes on.
     */
    trace(lane: number, from: number, to: number, limit: number): any;
    /**
     * The verdicts on all properties of a lane: up to the playhead, or in all that is computed with `whole`. An
     * array of `{property, promised, verdict, text, violation}`; `verdict` is `held`, `broken`, `given-up` or
     * `undecided`.
     */
    verdicts(lane: number, whole?: boolean): any;
    /**
     * What a node shows at the playhead: an array of `{name, value}`.
     */
    view(lane: number, node: number): any;
    /**
     * Up to when `breakSlice` has looked in all lanes, in microseconds; 0 before it was called.
     */
    readonly breaksLooked: number;
    /**
     * Whether the run has, or may have, more stops than `breaks` gives when all is looked at.
     */
    readonly breaksTruncated: boolean;
    /**
     * How many events of all lanes lie before the playhead.
     */
    readonly events: number;
    /**
     * Where the frame's numbers lie in the memory of the module, in bytes.
     */
    readonly framePointer: number;
    /**
     * The playhead, in microseconds.
     */
    readonly now: number;
    /**
     * Rises with every run that takes the screen.
     */
    readonly revision: number;
    /**
     * The text of the run on the screen.
     */
    readonly text: string;
}

export function __wbg_reset_state(): void;

/**
 * All algorithms: an array of what there is to know about each.
 */
export function algorithms(): any;

/**
 * Adds a line `at T+k LANES: ACTION`: `{text, start, end, insert}` with the new text and what was replaced by
 * what, in UTF-16 units. `lanes` is empty for all.
 */
export function appendAct(text: string, at: number, after: number, lanes: string, action: string): any;

/**
 * What a link's hash holds: `{text, at, after, step, selected, digest}`.
 *
 * # Errors
 * A sentence that says why it does not open.
 */
export function decodeLink(hash: string): any;

/**
 * Takes a line out (numbered from 0); `null` if there is no such line.
 */
export function deleteLine(text: string, line: number): any;

/**
 * The hash of a link: `v=1&s=…`. The moment is told by `step`, which counts the events of all lanes, or by `at`, in
 * microseconds; each may be `null`. `selected` and `digest` may be empty.
 */
export function encodeLink(text: string, at: number | null, step: number | null, selected: string, digest: string): string;

/**
 * The canonical form of a text.
 */
export function format(text: string): string;

/**
 * A fresh seed from the system's randomness, below 2^32.
 */
export function freshSeed(): number;

/**
 * Every statement of a text, at most some thousand: its line from 0, keyword, time if it is an act, and place in
 * UTF-16 units.
 */
export function lines(text: string): any;

/**
 * The memory of the module, in which frames lie.
 */
export function moduleMemory(): WebAssembly.Memory;

/**
 * Puts another line in the place of one (numbered from 0); `null` if there is no such line.
 */
export function replaceLine(text: string, line: number, _new: string): any;

/**
 * Sets a value such as `seed` or `set raft.heartbeat`, in its line or in a new one.
 */
export function setValue(text: string, key: string, value: string): any;

/**
 * To be called once before anything else: a panic then says in the console where it happened. The instance
 * must be thrown away after one.
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
    readonly decodeLink: (a: any) => [number, number, number];
    readonly deleteLine: (a: any, b: any) => [number, number, number];
    readonly encodeLink: (a: any, b: any, c: any, d: any, e: any) => [number, number, number, number];
    readonly format: (a: any) => [number, number, number, number];
    readonly freshSeed: () => [number, number, number];
    readonly lines: (a: any) => [number, number, number];
    readonly moduleMemory: () => any;
    readonly playground_advance: (a: number, b: any) => [number, number, number];
    readonly playground_breakSlice: (a: number, b: any) => [number, number, number];
    readonly playground_breaks: (a: number) => [number, number, number];
    readonly playground_breaksLooked: (a: number) => number;
    readonly playground_breaksTruncated: (a: number) => number;
    readonly playground_events: (a: number) => number;
    readonly playground_frame: (a: number) => [number, number, number];
    readonly playground_framePointer: (a: number) => number;
    readonly playground_judgeSlice: (a: number, b: any) => [number, number, number];
    readonly playground_judged: (a: number) => [number, number, number];
    readonly playground_load: (a: number, b: any) => [number, number];
    readonly playground_new: () => number;
    readonly playground_now: (a: number) => number;
    readonly playground_pending: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_revision: (a: number) => number;
    readonly playground_run: (a: number) => [number, number, number];
    readonly playground_seek: (a: number, b: any) => [number, number, number];
    readonly playground_seekBreak: (a: number, b: any, c: any, d: any) => [number, number, number];
    readonly playground_seekEvents: (a: number, b: any) => [number, number, number];
    readonly playground_seekInstant: (a: number, b: any, c: any) => [number, number, number];
    readonly playground_settle: (a: number, b: any) => [number, number, number];
    readonly playground_stateDigest: (a: number) => [number, number, number, number];
    readonly playground_stats: (a: number, b: any) => [number, number, number];
    readonly playground_step: (a: number) => [number, number, number];
    readonly playground_stepBack: (a: number) => [number, number, number];
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
