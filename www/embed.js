// A playground in a frame. The query of its address has the attributes of the element, the hash a link or the name of a
// scenario. It tells the page around it what happens, and obeys pages of the same origin and those that `allow` lists.

import { ATTRIBUTES } from "./attributes.js";
import { readHash } from "./link.js";
import { scenarioText } from "./scenarios.js";
import { messageOf } from "./words.js";

/** @typedef {import("./element.js").ElectionPlayground} ElectionPlayground */

/** The version of the messages. */
const VERSION = 1;

const query = new URLSearchParams(location.search);
const allowed = new Set([location.origin, ...(query.get("allow") ?? "").split(/[\s,]+/).filter((it) => it !== "")]);
const element = /** @type {ElectionPlayground} */ (document.createElement("election-playground"));

/** Tells the page around. @param {string} type @param {object} [detail] */
function tell(type, detail) {
  // It is known to whoever frames it: nothing in it is a secret.
  if (parent !== window) parent.postMessage({ ep: VERSION, type, ...detail }, "*");
}

for (const [event, type] of /** @type {const} */ ([["ep-ready", "ready"], ["ep-leaderchange", "leaderchange"], ["ep-error", "error"]])) {
  element.addEventListener(event, (it) => tell(type, /** @type {CustomEvent} */ (it).detail));
}
element.addEventListener("ep-ready", () => (document.title = element.shadowRoot?.querySelector(".title")?.textContent || document.title));
new ResizeObserver(() => tell("resize", { height: Math.ceil(element.getBoundingClientRect().height) })).observe(element);

/** What a page may ask for. @type {Record<string, (asked: Record<string, unknown>) => void>} */
const ORDERS = {
  play: () => element.play(),
  pause: () => element.pause(),
  seek({ at }) {
    if (typeof at !== "number" || !Number.isFinite(at)) throw new Error("seek needs `at`, a number of seconds");
    element.seek(at);
  },
  load({ text, link }) {
    if (typeof link === "string") element.setAttribute("link", link);
    else if (typeof text === "string") element.text = text;
    else throw new Error("load needs a `text` or a `link`");
  },
};

addEventListener("message", async ({ source, origin, data }) => {
  if (source !== parent || parent === window || !allowed.has(origin) || data?.ep !== VERSION) return;
  const order = Object.hasOwn(ORDERS, data.type) ? ORDERS[data.type] : null;
  try {
    if (!order) throw new Error(`there is no order ${JSON.stringify(data.type)}; there are ${Object.keys(ORDERS).join(", ")}`);
    await element.ready;
    order(data);
  } catch (error) {
    tell("error", { message: messageOf(error), line: null, column: null });
  }
});

for (const [name, value] of query) {
  if (ATTRIBUTES.includes(name) && name !== "src" && name !== "link") element.setAttribute(name, value);
}
if (!query.has("loading")) element.setAttribute("loading", "eager");

/** Gives the element what the address names. Returns a sentence if there is nothing of the kind. */
async function aim() {
  const asked = readHash(location.hash);
  if (asked.kind === "link") element.setAttribute("link", `#${asked.hash}`);
  if (asked.kind !== "scenario") return "";
  try {
    const text = await scenarioText(asked.name);
    if (text === undefined) return `There is no scenario named ${asked.name}.`;
    element.append(text);
    return "";
  } catch (error) {
    return `The scenarios could not be fetched: ${messageOf(error)}.`;
  }
}

const wrong = await aim();
const waiting = document.getElementById("waiting");
if (wrong === "") waiting?.replaceWith(element);
else {
  if (waiting) waiting.textContent = wrong;
  tell("error", { message: wrong, line: null, column: null });
}
// A link may be put into the address later.
addEventListener("hashchange", () => readHash(location.hash).kind === "link" && aim());
Object.assign(window, { started: true });
