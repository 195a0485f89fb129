/** The files of the style sheet, in order. */
export const FILES = [
  "base", "frame", "story", "lanes", "bands", "transport", "score", "editor", "breaker", "menu", "dialogs", "table", "blank", "controls",
];

/** Those of the debugger. */
export const DEBUGGER = ["debugger", "debugger-why", "debugger-inside", "debugger-diagram", "debugger-stops", "debugger-odds", "debugger-futures"];
