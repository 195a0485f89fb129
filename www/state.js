// What the page itself knows: the text being edited, what is selected, how fast it plays. Everything about the run comes
// from the engine.

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
 * @property {boolean} alone Whether the debugger steps in its own lane only.
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
 * @property {import("./debugging.js").Focus | null} focus What the debugger is about; null while it is closed.
 * @property {readonly [number, number] | null} shown What the space-time diagram shows, in microseconds; null while it is closed.
 * @property {Other | null} other The future that is kept beside the one on the screen.
 * @property {number} futures Rises whenever what is known of the other future changes.
 * @property {boolean} comparing Whether the bands of both futures stand below each other.
 * @property {boolean} readonly Whether nothing may change the text but its page.
 * @property {readonly string[] | null} only The names of the lanes that are shown; null for all.
 * @property {boolean} sheet Whether the scenario is open, in windows too narrow to show it beside the lanes.
 *
 * @typedef {{text: string, name: "A" | "B"}} Other A was there first; the future on the screen has the other name.
 * @typedef {{head: string, why: string, text: boolean, source?: string, line?: number}} Blank `text`: the editor has the text
 *   that was asked for. `source`: in another page, the text itself, with its first line that is wrong, from 1.
 * @typedef {"event" | "message" | "rule" | "change" | "election" | "leader" | "fault" | "write" | "stop"} Unit
 * @typedef {{tone: "info" | "bad", text: string, stays?: boolean, deed?: {label: string, run: () => void}}} Notice `stays`:
 *   until it is dismissed.
 * @typedef {ReturnType<typeof import("./store.js").createStore<State>>} Store
 */

/** @type {State} */
export const START = {
  text: "", errors: [], playing: false, speed: "auto", selected: null, scope: -1, picking: null, score: "run", unit: "event", alone: true,
  range: null, revision: 0, computing: false, stopped: null, asking: null, said: {}, judged: [], notice: null, panic: null, stale: false, sheet: false,
  stops: null, acted: null, blank: null, focus: null, shown: null, other: null, futures: 0, comparing: false, readonly: false, only: null,
};
