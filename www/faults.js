// The faults that the palette offers, as actions of the scenario language. Pure.

/** The faults that need no form: label, action, key. */
export const FAULTS = /** @type {const} */ ([
  ["Crash leader", "crash leader", "C"],
  ["Pause leader", "pause leader", "Z"],
  ["Isolate leader", "isolate leader", "I"],
  ["Restart all", "restart all", "R"],
  ["Resume all", "resume all", "U"],
  ["Heal all links", "heal", "h"],
]);

/** @typedef {readonly (readonly [label: string, action: string])[]} Choices An action with WHO, FROM and TO to be filled in. */

/** @type {Choices} */
export const PAUSES = [
  ["for 2 s", "pause WHO for 2s"], ["for 500 ms", "pause WHO for 500ms"], ["for 8 s", "pause WHO for 8s"], ["until it is resumed", "pause WHO"],
];
/** @type {Choices} */
export const SLOWNESS = [
  ["50 ms", "slow WHO 50ms"], ["120 ms", "slow WHO 120ms"], ["400 ms", "slow WHO 400ms"], ["no time", "slow WHO 0"],
];
/** @type {Choices} */
export const CLOCKS = [
  ["runs 10 % fast", "drift WHO +10%"], ["runs 50 % fast", "drift WHO +50%"], ["runs 10 % slow", "drift WHO -10%"], ["runs at half speed", "drift WHO -50%"],
  ["runs on time again", "drift WHO +0%"], ["jumps 1 s ahead", "skew WHO +1s"], ["jumps 1 s back", "skew WHO -1s"],
];
/** @type {Choices} */
export const LINKS = [
  ["cut both ways", "cut FROM - TO"], ["cut this way only", "cut FROM -> TO"], ["slow: 80–120 ms", "latency FROM - TO 80ms..120ms"], ["slow: 0.5–1 s", "latency FROM - TO 500ms..1s"],
  ["lose 30 %", "loss FROM - TO 30%"], ["lose 90 %", "loss FROM - TO 90%"], ["lose nothing", "loss FROM - TO 0"],
  ["deliver 30 % twice", "duplicate FROM - TO 30%"], ["join", "join FROM - TO"],
];

/** Stands for every link in the choice of an end. */
export const EVERY = "all";

/**
 * @param {string} action
 * @param {{who?: string, from?: string, to?: string}} filled
 */
export function fillIn(action, { who = "", from = "", to = "" }) {
  const links = from === EVERY || to === EVERY ? action.replace(/FROM ->? TO/, EVERY) : action;
  return links.replace("WHO", who).replace("FROM", from).replace("TO", to);
}

/**
 * What an action that met nobody says of itself.
 *
 * @param {string} action
 * @param {string} why As the engine says it.
 * @param {string[]} lanes
 */
export function inVain(action, why, lanes) {
  const names = lanes.join(lanes.length === 2 ? " and " : ", ").replace(/, ([^,]*)$/, " and $1");
  return why === "no node matches" && /\bleader\b/.test(action) ? `no leader then in ${names}` : `no effect in ${names}: ${why}`;
}
