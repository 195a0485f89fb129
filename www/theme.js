// Colours by name, for the canvas. The stylesheet defines them; this module reads their current values.

/** The names that pictures use; each is a custom property of style.css. */
export const COLOURS = /** @type {const} */ ([
  "paper", "card", "soft", "ink", "mute", "faint", "line", "leader", "on-leader", "candidate", "warn", "follower",
  "bad", "good", "focus", "lead1", "lead2", "elects", "candle",
]);

/** @typedef {typeof COLOURS[number]} Colour */
/** @typedef {Record<Colour, string> & {sans: string, mono: string, forced: boolean}} Theme `forced`: the system
 * imposes the user's colours on every page. */

/**
 * The system colours, for forced colours: leaders are highlighted, only unimportant things are grey, and shape and
 * letter tell the rest apart. Bands have no colours; the painter gives them outlines instead.
 *
 * @type {Record<Colour, string>}
 */
const SYSTEM = {
  paper: "Canvas", card: "Canvas", soft: "Canvas", ink: "CanvasText", mute: "CanvasText", faint: "GrayText",
  line: "GrayText", leader: "Highlight", "on-leader": "HighlightText", candidate: "LinkText", warn: "LinkText",
  follower: "CanvasText", bad: "CanvasText", good: "Highlight", focus: "CanvasText", lead1: "Canvas", lead2: "Canvas",
  elects: "GrayText", candle: "Canvas",
};

/** Whether the system forces its colours. This may change, so callers listen to the query. */
export const forcedColours = () => matchMedia("(forced-colors: active)");

/**
 * @param {Element} parent An element that has the colours.
 * @returns {Theme}
 */
export function readTheme(parent) {
  const forced = forcedColours().matches;
  const root = parent.ownerDocument.createElement("i");
  root.hidden = true;
  // Otherwise the system would override the probes' colours as well.
  root.style.forcedColorAdjust = "none";
  // All at once, so that styles are computed only once.
  const probes = COLOURS.map((name) => {
    const probe = root.appendChild(root.ownerDocument.createElement("i"));
    probe.style.color = forced ? SYSTEM[name] : `var(--${name})`;
    return probe;
  });
  const [sans, mono] = ["--sans", "--mono"].map((name) => {
    const probe = root.appendChild(root.ownerDocument.createElement("i"));
    probe.style.fontFamily = `var(${name})`;
    return probe;
  });
  parent.append(root);
  const theme = /** @type {Theme} */ ({ forced, sans: getComputedStyle(sans).fontFamily, mono: getComputedStyle(mono).fontFamily });
  COLOURS.forEach((name, i) => (theme[name] = getComputedStyle(probes[i]).color));
  root.remove();
  return theme;
}

export const MODES = /** @type {const} */ (["auto", "light", "dark"]);
const KEY = "election-playground:theme";

/** @typedef {typeof MODES[number]} Mode */

/** The mode chosen last. @returns {Mode} */
export function savedMode() {
  try {
    const saved = localStorage.getItem(KEY);
    return MODES.find((mode) => mode === saved) ?? "auto";
  } catch {
    return "auto";
  }
}

/** Remembers the mode for the next visit. @param {Mode} mode */
export function saveMode(mode) {
  try {
    localStorage.setItem(KEY, mode);
  } catch {
    // A sandboxed page cannot store anything; the mode lasts until the page is closed.
  }
}

/**
 * @param {HTMLElement} root
 * @param {Mode} mode
 */
export function applyMode(root, mode) {
  if (mode === "auto") delete root.dataset.theme;
  else root.dataset.theme = mode;
}

/** The mode after this one. What differs from the system comes first, so that every press is seen. @param {Mode} mode @param {boolean} dark Whether the system is dark. @returns {Mode} */
export function nextMode(mode, dark) {
  /** @type {Mode[]} */
  const all = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
  return all[(all.indexOf(mode) + 1) % all.length];
}
