/* @ts-self-types="./election_playground.d.ts" */

/**
 * The odds of an outcome along the run of a lane.
 */
export class Odds {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        OddsFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        __wbg_call_guard();
        wasm.__wbg_odds_free(ptr, 0);

    }
    /**
     * Continues for about `ms` milliseconds: `{done, points, of, futures}`, the points measured, about how many there
     * will be, and the futures played of the next one. `of` is 0 while the run itself is being played.
     * @param {number} [ms]
     * @returns {any}
     */
    advance(ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.odds_advance(this.__wbg_ptr, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The curve so far; `null` while the run itself is being played. `{came, at, limit, futures, sentence, caveats,
     * decided, turns, points}`: `came` and `at` are what the run itself comes to, and when. `decided` and each of
     * `turns` are `{at, step, node, text, drawn, point}`: an event, what was drawn in it, and the position of the point after it. A point is `{at,
     * after, step, runs, came, low, share, high, settled}`, with shares in millionths. The text of `decided` is empty if
     * no single event decided it.
     * @returns {any}
     */
    curve() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.odds_curve(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The odds that an outcome comes true in a lane of a text, in `futures` redrawn futures of each moment, 100 by
     * default. The outcome is a condition as after `expect`.
     *
     * # Errors
     * A `ScenarioError` for the text, as by `load`, or an `OutcomeError` for the outcome, both with `errors`.
     * @param {string} text
     * @param {number} lane
     * @param {string} outcome
     * @param {number} [futures]
     */
    constructor(text, lane, outcome, futures) {
        let ret;
        __wbg_call_guard();
        ret = wasm.odds_new(text, lane, outcome, futures);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        Object.defineProperty(this, '__wbg_inst', { value: __wbg_instance_id, writable: true });
        OddsFinalization.register(this, { ptr: ret[0], instance: __wbg_instance_id }, this);
        return this;
    }
    /**
     * The seed that makes the run the first future of a point in which the outcome comes true, or does not: as in
     * `at T reseed SEED`. `null` if there is none.
     * @param {number} point
     * @param {boolean} comes
     * @returns {string | undefined}
     */
    seed(point, comes) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.odds_seed(this.__wbg_ptr, point, comes);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        let v1;
        if (ret[0] !== 0) {
            v1 = getStringFromWasm0(ret[0], ret[1]);
            wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
        }
        return v1;
    }
}
if (Symbol.dispose) Odds.prototype[Symbol.dispose] = Odds.prototype.free;

/**
 * An interactive run: the text, the run on the screen, and the run about to replace it.
 *
 * An invalid argument throws an `Error` with an explanation and changes nothing.
 */
export class Playground {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        PlaygroundFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        __wbg_call_guard();
        wasm.__wbg_playground_free(ptr, 0);

    }
    /**
     * Computes ahead for about `ms` milliseconds: `{done, swapped}`.
     * @param {number} [ms]
     * @returns {any}
     */
    advance(ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_advance(this.__wbg_ptr, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Continues the search for the places where the run stops for its `break` lines, for about `ms`
     * milliseconds. Returns true if the search is complete; restarts when a new run appears on the screen.
     * The playhead does not move.
     * @param {number} [ms]
     * @returns {boolean}
     */
    breakSlice(ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_breakSlice(this.__wbg_ptr, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * The time up to which `breakSlice` has searched all lanes, in microseconds; 0 before the first call.
     * @returns {number}
     */
    get breaksLooked() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_breaksLooked(this.__wbg_ptr);
        return ret;
    }
    /**
     * Whether the run has, or may have, more stops than `breaks` returns after a complete search.
     * @returns {boolean}
     */
    get breaksTruncated() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_breaksTruncated(this.__wbg_ptr);
        return ret !== 0;
    }
    /**
     * The stops that `breakSlice` has found, by time and then by lane: an array of `{line, lane, at, step}`,
     * with lines from 0. `step` counts the events of the lane.
     * @returns {any}
     */
    breaks() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_breaks(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * What happened in a lane's computed run: `{failovers, failover, served, wrong, openWrong, electing,
     * openElecting, happenings, more}`. The lists begin at these positions and have at most a few hundred entries
     * each; `more` says whether there is more. `failover` is the one in progress, and `served` is when the first
     * node served. As with `openBand` of `story`, the entries from `openWrong` and `openElecting` on may change.
     * @param {number} lane
     * @param {number} failovers
     * @param {number} wrong
     * @param {number} electing
     * @param {number} happenings
     * @returns {any}
     */
    chronicle(lane, failovers, wrong, electing, happenings) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_chronicle(this.__wbg_ptr, lane, failovers, wrong, electing, happenings);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The number of events of all lanes before the playhead.
     * @returns {number}
     */
    get events() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_events(this.__wbg_ptr);
        return ret;
    }
    /**
     * The first difference between two lanes of either future: what happens there in each, `{at, step, text, kind}`, or
     * `null` if nothing more happens in that lane. `kind` is `act` if an act of that lane did it. An empty array if there
     * is no difference, and `null` if the call was too short: repeat it to continue. Both runs must be complete.
     * @param {number} a
     * @param {number} b
     * @returns {any}
     */
    firstDifference(a, b) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_firstDifference(this.__wbg_ptr, a, b);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Forgets the other future.
     */
    forget() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        __wbg_call_guard();
        wasm.playground_forget(this.__wbg_ptr);
    }
    /**
     * The start of the frame's numbers in the module's memory, in bytes.
     * @returns {number}
     */
    get framePointer() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_framePointer(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * Fills the frame with the moment at the playhead and returns its length. The numbers start at
     * `framePointer` in the module's memory and stay valid until the next call of any function; create a new
     * view each time.
     * @returns {number}
     */
    frame() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_frame(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] >>> 0;
    }
    /**
     * The other future: `{run, split, shown, other}`, with its `run` as `run` returns it, `split` as `parting`, and the
     * lines, from 0, that only one of the texts has, the one on the screen or the other one: arrays of `{line, text}`.
     * `null` if there is none, or if `otherSlice` has not begun with it.
     * @returns {any}
     */
    futures() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_futures(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The lines of the played text that the playhead can stop at: `{line, statement, by}`, with lines from 0. `statement`
     * is the `break` statement that stops there, and `by` the line of the text that has it, or null.
     * @returns {any}
     */
    halts() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_halts(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * What happened last in a lane up to a time, by default up to the playhead, what happens next that is worth a
     * stop, and whether an election is on: `{last, next, electing}`.
     * @param {number} lane
     * @param {number} [at]
     * @returns {any}
     */
    happened(lane, at) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_happened(this.__wbg_ptr, lane, at);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * What an event of a lane changed, and what decided its rules: `{event, at, text, told, place, cause, message, timer,
     * ran, reasons, sent, nodes}`. Events count as in `trace`; 0 is the start of the run. The node `also` is among `nodes`
     * whether it changed or not. Each of `nodes` has its fields
     * as `{name, old, new, disk}`: null where it had, or has, no such field, and `disk` is what its disk says after the
     * event, null for what a crash would lose. It is computed by replaying; if this takes longer than one call, the
     * result is `null`: repeat the call to continue. If there is no such event yet, it is `undefined`.
     * @param {number} lane
     * @param {number} step
     * @param {number} [also]
     * @returns {any}
     */
    inspect(lane, step, also) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_inspect(this.__wbg_ptr, lane, step, also);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The way of a message in the computed run: `{name, kind, fields, sent, by, forged, due, waited, waits, end}`. `by` is
     * the event that sent it; `end` is null while it is on its way, otherwise `{event, at, how, why, idle, rules}`, where
     * `idle` says that it changed nothing. `null`: repeat the call to continue. `undefined`: there is no such message.
     * @param {number} lane
     * @param {number} from
     * @param {number} to
     * @param {number} nth
     * @param {number} copy
     * @returns {any}
     */
    journey(lane, from, to, nth, copy) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_journey(this.__wbg_ptr, lane, from, to, nth, copy);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Continues checking the expectations of the run on the screen for about `ms` milliseconds. Returns true
     * if all are decided; restarts when a new run appears on the screen. The playhead does not move.
     * @param {number} [ms]
     * @returns {boolean}
     */
    judgeSlice(ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_judgeSlice(this.__wbg_ptr, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * What `judgeSlice` has decided: an array of `{expect, line, lane, met, needsSeeds, at, step, found}`,
     * where `expect` is the expectation's position in the text and `line` its line, both from 0. One run
     * cannot decide an expectation over many seeds: `met` is then `null`. The answers that the story declares follow
     * the expectations.
     * @returns {any}
     */
    judged() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_judged(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Keeps a text as the other future, in place of the one that was kept before. If it is the text of the run that
     * the one loaded last is about to replace, that run goes on from there. The lanes of the other future are numbered
     * after those of the run on the screen.
     *
     * # Errors
     * A `ScenarioError`, as `load`.
     * @param {string} text
     */
    keep(text) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_keep(this.__wbg_ptr, text);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * The events of a lane with these numbers, in ascending order: an array of `{step, at, kind, node, peer, text, effects,
     * sent, rules}`. It may end early: repeat the call with the rest to continue.
     * @param {number} lane
     * @param {ArrayLike<number>} steps
     * @param {number} [ms]
     * @returns {any}
     */
    listed(lane, steps, ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_listed(this.__wbg_ptr, lane, steps, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Loads a text. Its run replaces the one on the screen once `advance` has computed it completely; the
     * first run appears at once.
     *
     * # Errors
     * A `ScenarioError` with `errors`, an array of `{message, line, column, start, end, found, expected,
     * nearest, advice}`; lines and columns count from 1, and places are in UTF-16 units. The screen stays as
     * it is.
     * @param {string} text
     */
    load(text) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_load(this.__wbg_ptr, text);
        if (ret[1]) {
            throw takeFromExternrefTable0(ret[0]);
        }
    }
    /**
     * Creates a playground without a scenario.
     */
    constructor() {
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_new();
        this.__wbg_ptr = ret;
        Object.defineProperty(this, '__wbg_inst', { value: __wbg_instance_id, writable: true });
        PlaygroundFinalization.register(this, { ptr: ret, instance: __wbg_instance_id }, this);
        return this;
    }
    /**
     * The playhead, in microseconds.
     * @returns {number}
     */
    get now() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_now(this.__wbg_ptr);
        return ret;
    }
    /**
     * Computes the other future for about `ms` milliseconds. Returns true if it is complete, or if there is none.
     * @param {number} [ms]
     * @returns {boolean}
     */
    otherSlice(ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_otherSlice(this.__wbg_ptr, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * When the run that was loaded last parts from the one on the screen: the time of the first act that differs, -1
     * if other statements do, and `undefined` if nothing does.
     * @returns {number | undefined}
     */
    parting() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_parting(this.__wbg_ptr);
        return ret[0] === 0 ? undefined : ret[1];
    }
    /**
     * The pending events of a lane at the playhead, in order: at most `limit`, and at most a few thousand.
     * @param {number} lane
     * @param {number} limit
     * @returns {any}
     */
    pending(lane, limit) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_pending(this.__wbg_ptr, lane, limit);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * What the computed run does with each of the pending events of a lane, in the order of `pending`, a few hundred of
     * them: an array of what `journey` calls `end`, null for what is not known. `null`: repeat the call to continue.
     * @param {number} lane
     * @returns {any}
     */
    prospects(lane) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_prospects(this.__wbg_ptr, lane);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * How a lane responded to each act that took effect, in order, up to the next act: an array of `{act, at,
     * step, suspected, candidate, led, waits, elects}`.
     * @param {number} lane
     * @returns {any}
     */
    responses(lane) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_responses(this.__wbg_ptr, lane);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Increases whenever a new run appears on the screen.
     * @returns {number}
     */
    get revision() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_revision(this.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * The settings of a member: an array of `{timer, setting, value, line}`. `timer` is the one that it rules, or empty.
     * `setting` is the name that a text uses, `value` holds at the start of the run, and `line`, from 0, is where the text
     * sets it: null for the default.
     * @param {number} lane
     * @param {number} node
     * @returns {any}
     */
    rulings(lane, node) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_rulings(this.__wbg_ptr, lane, node);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The facts that do not change during the run: `{title, until, seed, lanes, acts, warnings}`. `acts`
     * covers all lanes; each lane lists the positions of its own acts.
     * @returns {any}
     */
    run() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_run(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Searches a lane from event number `first` on for about `ms` milliseconds. The result begins with the number of the
     * event where the next call continues, or 0 if all that is computed has been searched; then come the numbers
     * of the events that match. `node` is a place, or −1 for any; `kinds` has a bit for each kind of record; `rule` is the number of
     * a rule, or 0 for any; `text` is part of a record's text, or empty.
     * @param {number} lane
     * @param {number} first
     * @param {number} node
     * @param {number} kinds
     * @param {number} rule
     * @param {string} text
     * @param {number} [ms]
     * @returns {any}
     */
    search(lane, first, node, kinds, rule, text, ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_search(this.__wbg_ptr, lane, first, node, kinds, rule, text, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Moves the playhead to a moment from `breaks`, between two events of one instant if necessary. Returns
     * true if it has arrived.
     * @param {number} lane
     * @param {number} step
     * @param {number} at
     * @returns {boolean}
     */
    seekBreak(lane, step, at) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_seekBreak(this.__wbg_ptr, lane, step, at);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * Moves the playhead past this many events, counted over all lanes. Returns true if it has arrived.
     * @param {number} events
     * @returns {boolean}
     */
    seekEvents(events) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_seekEvents(this.__wbg_ptr, events);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * Moves the playhead to `at` microseconds, after the first `after` events of that instant, counted over
     * all lanes. With 0, or a number larger than the number of events, it goes after all of them, as `seek`
     * does. Returns true if it has arrived.
     * @param {number} at
     * @param {number} after
     * @returns {boolean}
     */
    seekInstant(at, after) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_seekInstant(this.__wbg_ptr, at, after);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * Moves the playhead to `at` microseconds, after all events up to and including that instant. Returns
     * true if it has arrived; otherwise `settle` continues.
     * @param {number} at
     * @returns {boolean}
     */
    seek(at) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_seek(this.__wbg_ptr, at);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * The text of a happening, by its position in `chronicle`; `null` if there is none.
     * @param {number} lane
     * @param {number} happening
     * @returns {string | undefined}
     */
    sentence(lane, happening) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_sentence(this.__wbg_ptr, lane, happening);
        if (ret[3]) {
            throw takeFromExternrefTable0(ret[2]);
        }
        let v1;
        if (ret[0] !== 0) {
            v1 = getStringFromWasm0(ret[0], ret[1]);
            wasm.__wbindgen_free(ret[0], ret[1] * 1, 1);
        }
        return v1;
    }
    /**
     * Continues toward the playhead's goal for about `ms` milliseconds. Returns true if it has arrived or
     * has no goal.
     * @param {number} [ms]
     * @returns {boolean}
     */
    settle(ms) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_settle(this.__wbg_ptr, ms);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * The digest of everything that can influence the future of all lanes: 16 hexadecimal digits.
     * @returns {string}
     */
    stateDigest() {
        let deferred2_0;
        let deferred2_1;
        try {
            if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
                throw new Error('Invalid stale object from previous Wasm instance');
            }
            let ret;
            __wbg_call_guard();
            ret = wasm.playground_stateDigest(this.__wbg_ptr);
            var ptr1 = ret[0];
            var len1 = ret[1];
            if (ret[3]) {
                ptr1 = 0; len1 = 0;
                throw takeFromExternrefTable0(ret[2]);
            }
            deferred2_0 = ptr1;
            deferred2_1 = len1;
            return getStringFromWasm0(ptr1, len1);
        } finally {
            __wbg_call_guard();
            wasm.__wbindgen_free(deferred2_0, deferred2_1, 1);
        }
    }
    /**
     * The statistics of a lane up to the playhead.
     * @param {number} lane
     * @returns {any}
     */
    stats(lane) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_stats(this.__wbg_ptr, lane);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Moves the playhead one event back. Returns the lane of that event; −1 at the start. This may take
     * longer than the call: `settle` reports when it has arrived.
     * @returns {number}
     */
    stepBack() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_stepBack(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0];
    }
    /**
     * Moves the playhead one event forward. Returns the lane of that event; −1 at the end.
     * @returns {number}
     */
    step() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_step(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0];
    }
    /**
     * The steps of the story, by time: an array of `{line, at, lanes, kind, text, told, choices, answerAt, answers,
     * because}`. `kind` is `say` or `ask`; `lanes` are the positions of the lanes it is about. A sentence is told in
     * the lanes `told`, which is `null` until `judgeSlice` has decided its condition. A question has `choices`, empty
     * if the reader picks lanes, and is answered at `answerAt`. Once `judgeSlice` is done, `answers` has the position
     * of the right choice in each lane of the run (0 for a lane to pick), or -1, and `because` the closing sentence,
     * unless the run contradicts the declared answer.
     * @returns {any}
     */
    steps() {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_steps(this.__wbg_ptr);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * A summary of a lane's computed run: `{computed, events, truncated, bands, openBand, groups, moments,
     * more, violations, stats, digest}`. It contains the bands from position `bands` and the moments from position
     * `moments` on, a few thousand of each; `more` says whether there are more. `openBand` is the position of
     * the first band that may still change: a caller that caches bands asks again from there.
     * @param {number} lane
     * @param {number} bands
     * @param {number} moments
     * @returns {any}
     */
    story(lane, bands, moments) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_story(this.__wbg_ptr, lane, bands, moments);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The records of a lane between two times, both inclusive, as flat numbers (see
     * [`election_workbench::stretch`]): at most about `limit`. `null` if this takes longer than one call; repeat the call to
     * continue.
     * @param {number} lane
     * @param {number} from
     * @param {number} to
     * @param {number} limit
     * @returns {any}
     */
    stretch(lane, from, to, limit) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_stretch(this.__wbg_ptr, lane, from, to, limit);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Moves the playhead to just after the next event in which a message was received, if `what` is `message`, or rules
     * ran, if it is `rule`; with `back`, to the last one before. `lane` is the only lane that counts, or null. Without
     * such an event it goes to the end, or to the start. Returns false if it has to be called again with the same
     * arguments to continue; a step back may then have to `settle`.
     * @param {string} what
     * @param {boolean} back
     * @param {number | null} [lane]
     * @returns {boolean}
     */
    stride(what, back, lane) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_stride(this.__wbg_ptr, what, back, lane);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return ret[0] !== 0;
    }
    /**
     * The text of the run on the screen.
     * @returns {string}
     */
    get text() {
        let deferred1_0;
        let deferred1_1;
        try {
            if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
                throw new Error('Invalid stale object from previous Wasm instance');
            }
            let ret;
            __wbg_call_guard();
            ret = wasm.playground_text(this.__wbg_ptr);
            deferred1_0 = ret[0];
            deferred1_1 = ret[1];
            return getStringFromWasm0(ret[0], ret[1]);
        } finally {
            __wbg_call_guard();
            wasm.__wbindgen_free(deferred1_0, deferred1_1, 1);
        }
    }
    /**
     * The digest of everything that has happened in all lanes up to the playhead, for links: 16 hexadecimal
     * digits.
     * @returns {string}
     */
    traceDigest() {
        let deferred2_0;
        let deferred2_1;
        try {
            if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
                throw new Error('Invalid stale object from previous Wasm instance');
            }
            let ret;
            __wbg_call_guard();
            ret = wasm.playground_traceDigest(this.__wbg_ptr);
            var ptr1 = ret[0];
            var len1 = ret[1];
            if (ret[3]) {
                ptr1 = 0; len1 = 0;
                throw takeFromExternrefTable0(ret[2]);
            }
            deferred2_0 = ptr1;
            deferred2_1 = len1;
            return getStringFromWasm0(ptr1, len1);
        } finally {
            __wbg_call_guard();
            wasm.__wbindgen_free(deferred2_0, deferred2_1, 1);
        }
    }
    /**
     * The records of a lane between two times, both inclusive, as objects with their text: at most `limit`,
     * and at most a few thousand. They are computed by replaying that stretch; if this takes longer than one
     * call, the result is `null`; repeat the call to continue.
     * @param {number} lane
     * @param {number} from
     * @param {number} to
     * @param {number} limit
     * @returns {any}
     */
    trace(lane, from, to, limit) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_trace(this.__wbg_ptr, lane, from, to, limit);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * The verdicts on all properties of a lane, up to the playhead or, if `whole` is true, for everything
     * computed. An array of `{property, promised, verdict, text, violation}`; `verdict` is `held`, `broken`,
     * `given-up` or `undecided`.
     * @param {number} lane
     * @param {boolean} [whole]
     * @returns {any}
     */
    verdicts(lane, whole) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_verdicts(this.__wbg_ptr, lane, whole);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * What a node displays at the playhead: an array of `{name, value}`.
     * @param {number} lane
     * @param {number} node
     * @returns {any}
     */
    view(lane, node) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_view(this.__wbg_ptr, lane, node);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * What would have happened with a change of the last answer of `why`, by its position: `{text, at, same}`; `at` is
     * when the same kind of thing happens instead, or null, and `same` says whether it is the very same. Null if it
     * takes longer than one call; repeat the call to continue.
     * @param {number} change
     * @returns {any}
     */
    whatIf(change) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_whatIf(this.__wbg_ptr, change);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Why an event of a lane happened, by its number; or, if `step` is null, why a node is what it is at the playhead,
     * or with `field`, why that field of it is; or, if `node` is null too, why there is a leader or none:
     * `{question, truncated, reasons, changes}`. `reasons` are
     * `{at, step, node, kind, text, line, rules, message, from}` in the order in which they happened, what was asked
     * about last; `from` are the positions of the reasons that one comes from, and `line` counts from 0. `changes` are
     * `{without, text, line}`: changed scenarios to try with `whatIf`. Null if the answer takes longer than one call;
     * repeat the call to continue.
     * @param {number} lane
     * @param {number | null} [step]
     * @param {number | null} [node]
     * @param {string | null} [field]
     * @returns {any}
     */
    why(lane, step, node, field) {
        if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }
        let ret;
        __wbg_call_guard();
        ret = wasm.playground_why(this.__wbg_ptr, lane, step, node, field);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
}
if (Symbol.dispose) Playground.prototype[Symbol.dispose] = Playground.prototype.free;

export function __wbg_reset_state () {
    __wbg_instance_id++;
    cachedDataViewMemory0 = null;
    cachedFloat64ArrayMemory0 = null;
    cachedUint32ArrayMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    if (typeof numBytesDecoded !== 'undefined') numBytesDecoded = 0;
    if (typeof WASM_VECTOR_LEN !== 'undefined') WASM_VECTOR_LEN = 0;
    __wbg_reinit_scheduled = false;
    wasmInstance = new WebAssembly.Instance(wasmModule, __wbg_get_imports());
    wasm = wasmInstance.exports;
    wasm.__wbindgen_start();
}

/**
 * All algorithms, as an array of the facts a program needs. Descriptions, such as rules, settings and
 * promises, are in `algorithms/ID.json` beside this module.
 * @returns {any}
 */
export function algorithms() {
    let ret;
    __wbg_call_guard();
    ret = wasm.algorithms();
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * Adds a line `at T+k LANES: ACTION`: `{text, start, end, insert}`, with the new text, and the replaced
 * range and its replacement in UTF-16 units. An empty `lanes` means all lanes.
 * @param {string} text
 * @param {number} at
 * @param {number} after
 * @param {string} lanes
 * @param {string} action
 * @returns {any}
 */
export function appendAct(text, at, after, lanes, action) {
    let ret;
    __wbg_call_guard();
    ret = wasm.appendAct(text, at, after, lanes, action);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * The words that could stand at a place of a text, in UTF-16 units: `{start, end, choices}`, where a choice is
 * `{insert, detail}` and replaces the text from `start` to `end`.
 * @param {string} text
 * @param {number} at
 * @returns {any}
 */
export function complete(text, at) {
    let ret;
    __wbg_call_guard();
    ret = wasm.complete(text, at);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * The contents of a link's hash: `{text, at, after, step, selected, stops, digest, look, version, trust, ignored, other, first}`,
 * the last two as for `encodeLink`. `trust` is
 * `checked`, `unchecked` if its version has no check code, or `doubtful` if moreover the text is not compressed as this
 * program does it. `ignored` names the parts of a later version.
 *
 * # Errors
 * An explanation of why the link cannot be opened.
 * @param {string} hash
 * @returns {any}
 */
export function decodeLink(hash) {
    let ret;
    __wbg_call_guard();
    ret = wasm.decodeLink(hash);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * Deletes a line (numbered from 0); `null` if there is no such line.
 * @param {string} text
 * @param {number} line
 * @returns {any}
 */
export function deleteLine(text, line) {
    let ret;
    __wbg_call_guard();
    ret = wasm.deleteLine(text, line);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * The hash of a link: `v=2&s=…`. The moment is given by `step`, which counts the events of all lanes, or by
 * `at`, in microseconds; either may be `null`. `selected`, `digest` and `stops` may be empty. `other` is the text of the
 * other future, if there are two, and `first` says whether it is the one that was there first. `look` is what the debugger
 * shows, in the page's words.
 * @param {string} text
 * @param {number | null} at
 * @param {number | null} step
 * @param {string} selected
 * @param {string} digest
 * @param {string} [stops]
 * @param {string | null} [other]
 * @param {boolean} [first]
 * @param {string} [look]
 * @returns {string}
 */
export function encodeLink(text, at, step, selected, digest, stops, other, first, look) {
    let deferred2_0;
    let deferred2_1;
    try {
        let ret;
        __wbg_call_guard();
        ret = wasm.encodeLink(text, at, step, selected, digest, stops, other, first, look);
        var ptr1 = ret[0];
        var len1 = ret[1];
        if (ret[3]) {
            ptr1 = 0; len1 = 0;
            throw takeFromExternrefTable0(ret[2]);
        }
        deferred2_0 = ptr1;
        deferred2_1 = len1;
        return getStringFromWasm0(ptr1, len1);
    } finally {
        __wbg_call_guard();
        wasm.__wbindgen_free(deferred2_0, deferred2_1, 1);
    }
}

/**
 * The canonical form of a text.
 * @param {string} text
 * @returns {string}
 */
export function format(text) {
    let deferred2_0;
    let deferred2_1;
    try {
        let ret;
        __wbg_call_guard();
        ret = wasm.format(text);
        var ptr1 = ret[0];
        var len1 = ret[1];
        if (ret[3]) {
            ptr1 = 0; len1 = 0;
            throw takeFromExternrefTable0(ret[2]);
        }
        deferred2_0 = ptr1;
        deferred2_1 = len1;
        return getStringFromWasm0(ptr1, len1);
    } finally {
        __wbg_call_guard();
        wasm.__wbindgen_free(deferred2_0, deferred2_1, 1);
    }
}

/**
 * A random seed below 2^32 from the system.
 * @returns {number}
 */
export function freshSeed() {
    let ret;
    __wbg_call_guard();
    ret = wasm.freshSeed();
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
}

/**
 * The statements of a text, at most a few thousand: each with its line from 0, its keyword, its time if it is
 * an act, and its place in UTF-16 units.
 * @param {string} text
 * @returns {any}
 */
export function lines(text) {
    let ret;
    __wbg_call_guard();
    ret = wasm.lines(text);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * The module's memory, which contains the frames.
 * @returns {WebAssembly.Memory}
 */
export function moduleMemory() {
    let ret;
    __wbg_call_guard();
    ret = wasm.moduleMemory();
    return ret;
}

/**
 * Replaces a line (numbered from 0); `null` if there is no such line.
 * @param {string} text
 * @param {number} line
 * @param {string} _new
 * @returns {any}
 */
export function replaceLine(text, line, _new) {
    let ret;
    __wbg_call_guard();
    ret = wasm.replaceLine(text, line, _new);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * Sets a value such as `seed` or `set raft.heartbeat`, in its existing line or in a new one.
 * @param {string} text
 * @param {string} key
 * @param {string} value
 * @returns {any}
 */
export function setValue(text, key, value) {
    let ret;
    __wbg_call_guard();
    ret = wasm.setValue(text, key, value);
    if (ret[2]) {
        throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
}

/**
 * Call this once before anything else: it makes a panic report its location in the console. After a panic
 * the instance must be discarded.
 */
export function start() {
    __wbg_call_guard();
    wasm.start();
}

/**
 * The version of the engine.
 * @returns {string}
 */
export function version() {
    let deferred1_0;
    let deferred1_1;
    try {
        let ret;
        __wbg_call_guard();
        ret = wasm.version();
        deferred1_0 = ret[0];
        deferred1_1 = ret[1];
        return getStringFromWasm0(ret[0], ret[1]);
    } finally {
        __wbg_call_guard();
        wasm.__wbindgen_free(deferred1_0, deferred1_1, 1);
    }
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_Error_30c8987f7c2ed4e2: function(arg0, arg1) {
            const ret = Error(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        __wbg___wbindgen_is_falsy_16bd49b68658263e: function(arg0) {
            const ret = !arg0;
            return ret;
        },
        __wbg___wbindgen_is_null_e343b7d08827ba72: function(arg0) {
            const ret = arg0 === null;
            return ret;
        },
        __wbg___wbindgen_is_undefined_8865fb403f8fe9d8: function(arg0) {
            const ret = arg0 === undefined;
            return ret;
        },
        __wbg___wbindgen_memory_caa4a6165639c8b5: function() {
            const ret = wasm.memory;
            return ret;
        },
        __wbg___wbindgen_number_get_2e0e7dee9f701a71: function(arg0, arg1) {
            const obj = arg1;
            const ret = typeof(obj) === 'number' ? obj : undefined;
            getDataViewMemory0().setFloat64(arg0 + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
            getDataViewMemory0().setInt32(arg0 + 4 * 0, !isLikeNone(ret), true);
        },
        __wbg___wbindgen_string_get_0380ccaa2f57f0d9: function(arg0, arg1) {
            const obj = arg1;
            const ret = typeof(obj) === 'string' ? obj : undefined;
            var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
            var len1 = WASM_VECTOR_LEN;
            getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
            getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
        },
        __wbg___wbindgen_throw_41e9ee4f547fc59a: function(arg0, arg1) {
            throw new Error(getStringFromWasm0(arg0, arg1));
        },
        __wbg___wbindgen_typeof_e777a26e115d416b: function(arg0) {
            const ret = typeof arg0;
            return ret;
        },
        __wbg_error_757e9472f8410341: function(arg0, arg1) {
            let deferred0_0;
            let deferred0_1;
            try {
                deferred0_0 = arg0;
                deferred0_1 = arg1;
                console.error(getStringFromWasm0(arg0, arg1));
            } finally {
                __wbg_call_guard();
                wasm.__wbindgen_free(deferred0_0, deferred0_1, 1);
            }
        },
        __wbg_getRandomValues_436a51d0629d84e1: function() { return handleError(function (arg0, arg1) {
            globalThis.crypto.getRandomValues(getArrayU8FromWasm0(arg0, arg1));
        }, arguments); },
        __wbg_get_31af05bd4842a84f: function() { return handleError(function (arg0, arg1) {
            const ret = Reflect.get(arg0, arg1);
            return ret;
        }, arguments); },
        __wbg_instanceof_Performance_cbec0dbedaa91be1: function(arg0) {
            let result;
            try {
                result = arg0 instanceof Performance;
            } catch (_) {
                result = false;
            }
            const ret = result;
            return ret;
        },
        __wbg_isArray_e15a2ff68ffdbef2: function(arg0) {
            const ret = Array.isArray(arg0);
            return ret;
        },
        __wbg_length_511b1f84719d3462: function(arg0) {
            const ret = arg0.length;
            return ret;
        },
        __wbg_new_227d7c05414eb861: function() {
            const ret = new Error();
            return ret;
        },
        __wbg_new_2bdcdfcebdfc34d2: function(arg0, arg1) {
            const ret = new TypeError(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        __wbg_new_343a093a3c2ffb4e: function(arg0, arg1) {
            const ret = new Error(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        __wbg_new_617a8cdb8bb1130e: function() {
            const ret = new Object();
            return ret;
        },
        __wbg_new_6ab88fbe741af6b5: function(arg0, arg1) {
            const ret = new RangeError(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        __wbg_new_74cd12440f4b8e4e: function(arg0) {
            const ret = new Uint32Array(arg0);
            return ret;
        },
        __wbg_new_ee2291f50781bf1d: function() {
            const ret = new Array();
            return ret;
        },
        __wbg_new_from_slice_37a3c3a194266cb8: function(arg0, arg1) {
            const ret = new Uint32Array(getArrayU32FromWasm0(arg0, arg1));
            return ret;
        },
        __wbg_new_from_slice_f545fd22ddc142b8: function(arg0, arg1) {
            const ret = new Float64Array(getArrayF64FromWasm0(arg0, arg1));
            return ret;
        },
        __wbg_now_d0b7f4bea9f38490: function(arg0) {
            const ret = arg0.now();
            return ret;
        },
        __wbg_of_20798cb14708764f: function(arg0, arg1) {
            const ret = Array.of(arg0, arg1);
            return ret;
        },
        __wbg_prototypesetcall_06eb15da165dee8f: function(arg0, arg1, arg2) {
            Uint32Array.prototype.set.call(getArrayU32FromWasm0(arg0, arg1), arg2);
        },
        __wbg_push_2baf45db356cf468: function(arg0, arg1) {
            const ret = arg0.push(arg1);
            return ret;
        },
        __wbg_set_145a351398b48c65: function() { return handleError(function (arg0, arg1, arg2) {
            const ret = Reflect.set(arg0, arg1, arg2);
            return ret;
        }, arguments); },
        __wbg_set_6be42768c690e380: function(arg0, arg1, arg2) {
            arg0[arg1] = arg2;
        },
        __wbg_set_bea140a88be9b277: function(arg0, arg1, arg2) {
            arg0[arg1 >>> 0] = arg2;
        },
        __wbg_set_name_2c630595dc90a7aa: function(arg0, arg1, arg2) {
            arg0.name = getStringFromWasm0(arg1, arg2);
        },
        __wbg_stack_3b0d974bbf31e44f: function(arg0, arg1) {
            const ret = arg1.stack;
            const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
            const len1 = WASM_VECTOR_LEN;
            getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
            getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
        },
        __wbg_static_accessor_GLOBAL_266715b9d96ba635: function() {
            const ret = typeof global === 'undefined' ? null : global;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        __wbg_static_accessor_GLOBAL_THIS_10fb7dc1ae063179: function() {
            const ret = typeof globalThis === 'undefined' ? null : globalThis;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        __wbg_static_accessor_SELF_0b583911f537483a: function() {
            const ret = typeof self === 'undefined' ? null : self;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        __wbg_static_accessor_WINDOW_d7f903d1508cbdc4: function() {
            const ret = typeof window === 'undefined' ? null : window;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        __wbg_toString_aad181a510c306d8: function() { return handleError(function (arg0, arg1) {
            const ret = arg0.toString(arg1);
            return ret;
        }, arguments); },
        __wbindgen_generic_0000000000000001: function(arg0) {
            // Cast intrinsic for `F64 -> Externref`.
            const ret = arg0;
            return ret;
        },
        __wbindgen_generic_0000000000000002: function(arg0, arg1) {
            // Cast intrinsic for `Ref(String) -> Externref`.
            const ret = getStringFromWasm0(arg0, arg1);
            return ret;
        },
        __wbindgen_generic_0000000000000003: function(arg0) {
            // Cast intrinsic for `U64 -> Externref`.
            const ret = BigInt.asUintN(64, arg0);
            return ret;
        },
        __wbindgen_init_externref_table: function() {
            const table = wasm.__wbindgen_externrefs;
            const offset = table.grow(4);
            table.set(0, undefined);
            table.set(offset + 0, undefined);
            table.set(offset + 1, null);
            table.set(offset + 2, true);
            table.set(offset + 3, false);
        },
    };
    return {
        __proto__: null,
        "./election_playground_bg.js": import0,
    };
}

function __wbg_call_guard() {
    if (__wbg_reinit_scheduled) {
        __wbg_reset_state();
        return;
    }
}


let __wbg_instance_id = 0;
const OddsFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(({ ptr, instance }) => {
    if (instance === __wbg_instance_id) wasm.__wbg_odds_free(ptr, 1);
});
const PlaygroundFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(({ ptr, instance }) => {
    if (instance === __wbg_instance_id) wasm.__wbg_playground_free(ptr, 1);
});

function addToExternrefTable0(obj) {
    const idx = wasm.__externref_table_alloc();
    wasm.__wbindgen_externrefs.set(idx, obj);
    return idx;
}

function getArrayF64FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getFloat64ArrayMemory0().subarray(ptr / 8, ptr / 8 + len);
}

function getArrayU32FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getUint32ArrayMemory0().subarray(ptr / 4, ptr / 4 + len);
}

function getArrayU8FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getUint8ArrayMemory0().subarray(ptr / 1, ptr / 1 + len);
}

let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {
        cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
    }
    return cachedDataViewMemory0;
}

let cachedFloat64ArrayMemory0 = null;
function getFloat64ArrayMemory0() {
    if (cachedFloat64ArrayMemory0 === null || cachedFloat64ArrayMemory0.byteLength === 0) {
        cachedFloat64ArrayMemory0 = new Float64Array(wasm.memory.buffer);
    }
    return cachedFloat64ArrayMemory0;
}

function getStringFromWasm0(ptr, len) {
    return decodeText(ptr >>> 0, len);
}

let cachedUint32ArrayMemory0 = null;
function getUint32ArrayMemory0() {
    if (cachedUint32ArrayMemory0 === null || cachedUint32ArrayMemory0.byteLength === 0) {
        cachedUint32ArrayMemory0 = new Uint32Array(wasm.memory.buffer);
    }
    return cachedUint32ArrayMemory0;
}

let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    }
    return cachedUint8ArrayMemory0;
}

function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        const idx = addToExternrefTable0(e);
        wasm.__wbindgen_exn_store(idx);
    }
}

function isLikeNone(x) {
    return x === undefined || x === null;
}

function passStringToWasm0(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
        mem[ptr + offset] = code;
    }
    if (offset !== len) {
        if (offset !== 0) {
            arg = arg.slice(offset);
        }
        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
        const ret = cachedTextEncoder.encodeInto(arg, view);

        offset += ret.written;
        ptr = realloc(ptr, len, offset, 1) >>> 0;
    }

    WASM_VECTOR_LEN = offset;
    return ptr;
}

let __wbg_reinit_scheduled = false;

function takeFromExternrefTable0(idx) {
    const value = wasm.__wbindgen_externrefs.get(idx);
    wasm.__externref_table_dealloc(idx);
    return value;
}

let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(ptr, len) {
    numBytesDecoded += len;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
        cachedTextDecoder.decode();
        numBytesDecoded = len;
    }
    return cachedTextDecoder.decode(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}

const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}

let WASM_VECTOR_LEN = 0;

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
    cachedDataViewMemory0 = null;
    cachedFloat64ArrayMemory0 = null;
    cachedUint32ArrayMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    wasm.__wbindgen_start();
    return wasm;
}

async function __wbg_load(module, imports) {
    if (typeof Response === 'function' && module instanceof Response) {
        if (!module.ok) {
            throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);
        }

        if (typeof WebAssembly.instantiateStreaming === 'function') {
            try {
                return await WebAssembly.instantiateStreaming(module, imports);
            } catch (e) {
                const validResponse = expectedResponseType(module.type);

                if (validResponse && module.headers.get('Content-Type') !== 'application/wasm') {
                    console.warn("`WebAssembly.instantiateStreaming` failed because your server does not serve Wasm with `application/wasm` MIME type. Falling back to `WebAssembly.instantiate` which is slower. Original error:\n", e);

                } else { throw e; }
            }
        }

        const bytes = await module.arrayBuffer();
        return await WebAssembly.instantiate(bytes, imports);
    } else {
        const instance = await WebAssembly.instantiate(module, imports);

        if (instance instanceof WebAssembly.Instance) {
            return { instance, module };
        } else {
            return instance;
        }
    }

    function expectedResponseType(type) {
        switch (type) {
            case 'basic': case 'cors': case 'default': return true;
        }
        return false;
    }
}

function initSync(module) {
    if (wasm !== undefined) return wasm;


    if (module !== undefined) {
        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module} = module)
        } else {
            console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
        }
    }

    const imports = __wbg_get_imports();
    if (!(module instanceof WebAssembly.Module)) {
        module = new WebAssembly.Module(module);
    }
    const instance = new WebAssembly.Instance(module, imports);
    return __wbg_finalize_init(instance, module);
}

async function __wbg_init(module_or_path) {
    if (wasm !== undefined) return wasm;


    if (module_or_path !== undefined) {
        if (Object.getPrototypeOf(module_or_path) === Object.prototype) {
            ({module_or_path} = module_or_path)
        } else {
            console.warn('using deprecated parameters for the initialization function; pass a single object instead')
        }
    }

    if (module_or_path === undefined) {
        module_or_path = new URL('election_playground_bg.wasm', import.meta.url);
    }
    const imports = __wbg_get_imports();

    if (typeof module_or_path === 'string' || (typeof Request === 'function' && module_or_path instanceof Request) || (typeof URL === 'function' && module_or_path instanceof URL)) {
        module_or_path = fetch(module_or_path);
    }

    const { instance, module } = await __wbg_load(await module_or_path, imports);

    return __wbg_finalize_init(instance, module);
}

export { initSync, __wbg_init as default };
