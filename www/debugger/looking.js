// Which event the debugger is about, and what the engine found inside it. The panels share one answer.

/** How often the event is looked into while the run plays, in milliseconds. */
const EVERY = 150;

/** @typedef {import("../engine.js").Inspection} Inspection */
/** @typedef {ReturnType<typeof createLooking>} Looking */

/** @param {import("../app.js").App} app */
export function createLooking(app) {
  const { store, player } = app;
  let [asked, known] = ["", ""];
  /** @type {Inspection | null} */
  let found = null;
  let askedAt = 0;

  return {
    /** The event in focus: the one that the playhead was sent to, or else the last one before it. */
    get event() {
      const { focus } = store.get();
      return focus ? focus.step ?? player.frame?.lanes[focus.lane]?.events ?? 0 : 0;
    },
    /** The place that the panels show: the one in focus, or else where the event happened. */
    get place() {
      return store.get().focus?.place ?? found?.place ?? -1;
    },
    /** What is known of the event in focus, or of the last one until that is known. */
    get found() {
      return found;
    },
    /** Changes whenever there is something else to show. */
    get key() {
      return known;
    },
    /** Asks the engine, which may take several frames. @param {number} clock */
    look(clock) {
      const { focus, playing, revision } = store.get();
      if (!focus || !player.frame) return;
      const key = `${focus.lane} ${this.event} ${focus.place} ${revision}`;
      if (key === asked && key === known) return;
      if (playing && clock - askedAt < EVERY) return;
      [asked, askedAt] = [key, clock];
      const answer = player.guard(() => player.engine?.inspect(focus.lane, this.event, focus.place ?? undefined), undefined);
      if (answer === null) {
        app.loop.request();
        return;
      }
      // An event that a shorter run no longer has.
      found = answer ?? null;
      known = key;
    },
  };
}

/** A time to the microsecond: `2.233 740 s`. @param {number} us */
export const exact = (us) => `${Math.floor(us / 1e6)}.${String(Math.floor(us % 1e6)).padStart(6, "0").replace(/(...)$/, "\u202f$1")} s`;

/** A node as a word: `node 3`, or its name. @param {string | undefined} name */
export const nodeName = (name) => (name === undefined ? "" : /^\d/.test(name) ? `node ${name}` : name);

/** A text with a capital letter. @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
