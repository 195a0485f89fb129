// The playhead: where the engine stands, and where it is on its way to. A far seek takes several slices; until the engine
// arrives, the last frame stays.

/** How long a slice of a seek may take, in milliseconds. */
const SLICE = 7;

/**
 * @typedef {"moved" | "travelling" | "arrived" | "held"} Journey `moved`: the playhead has moved and the engine was not sent
 *   after it yet; `travelling`: it was sent and is replaying; `arrived`: it stands at the playhead; `held`: the engine was
 *   replaced, and its run does not reach the playhead yet.
 */

export class Playhead {
  /** In microseconds; fractional while it plays. */
  now = 0;
  /** Whether it got here by single events: it may stand between two events of one instant. */
  exact = false;
  /** What the engine showed when it last arrived. @type {import("./frame.js").Frame | null} */
  frame = null;

  /** @type {Journey} */
  #journey = "moved";
  /** What to do on arrival. @type {(() => void) | null} */
  #then = null;

  get arrived() {
    return this.#journey === "arrived";
  }
  /** Whether the engine is still replaying what leads to where it was sent. */
  get travelling() {
    return this.#journey === "travelling";
  }

  /** Moves the playhead; the engine follows. @param {number} at */
  move(at) {
    this.now = at;
    this.exact = false;
    this.#journey = "moved";
  }

  /** Sends the engine anew, as its run has been replaced. @param {boolean} alike Whether the last frame could be one of the new run. */
  again(alike) {
    this.#journey = "moved";
    if (!alike) this.frame = null;
  }

  /**
   * Does something where the playhead stands, which the engine may have to reach first.
   *
   * @param {import("./engine.js").Engine} engine
   * @param {() => void} work
   */
  here(engine, work) {
    if (this.#journey === "moved" || this.#journey === "held") this.sent(engine, engine.seek(this.now));
    if (this.#journey === "arrived") work();
    else this.#then = work;
  }

  /**
   * Records that the engine was sent somewhere.
   *
   * @param {import("./engine.js").Engine} engine
   * @param {boolean} there Whether it has already arrived.
   * @param {(() => void) | null} [then] What to do on arrival.
   */
  sent(engine, there, then = null) {
    this.#journey = there ? "arrived" : "travelling";
    this.#then = there ? null : then;
    if (!there) return;
    then?.();
    this.frame = engine.frame();
  }

  /** Puts the playhead where the engine stands: at an event. @param {import("./engine.js").Engine} engine */
  stand(engine) {
    this.now = engine.now;
    this.exact = true;
  }

  /** Brings the engine closer to the playhead, by one slice. @param {import("./engine.js").Engine} engine */
  follow(engine) {
    if (this.#journey === "moved" || (this.arrived && !this.frame)) this.sent(engine, engine.seek(this.now));
    else if (this.#journey === "travelling") this.sent(engine, engine.settle(SLICE), this.#then);
  }

  /** Stays at a moment, with the picture that was there, until a new engine can be sent to it. @param {number} at */
  hold(at) {
    this.now = at;
    [this.#journey, this.#then] = ["held", null];
  }
}
