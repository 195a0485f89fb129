// The document around a playground that is the whole page: its address, title, colours and keys.

import { readHash, withHash } from "./link.js";
import { openLink } from "./opening.js";
import { scenarioName, scenarioText, scenarios } from "./scenarios.js";
import { applyMode, saveMode, savedMode } from "./theme.js";
import { messageOf } from "./words.js";

/** @typedef {import("./app.js").App} App */

/** The longest hash written to the address automatically, in characters. */
const ADDRESS_MAX = 8000;

/** What the page provides to its playground. @type {import("./app.js").Outside} */
export const PAGE = {
  keys: document,
  whole: true,
  get address() {
    return location.href;
  },
  keepTheme(mode) {
    saveMode(mode);
    applyMode(document.documentElement, mode);
  },
  // The browser's back button returns to the previous scenario.
  keepScenario: (name) => history.pushState(null, "", withHash(location.href, `scenario=${name}`)),
  keepAddress: (address) => history.replaceState(null, "", address),
};

/**
 * Connects the app to the document until the signal aborts. Returns a function that opens the address; it resolves to
 * whether there was something to open.
 *
 * @param {App} app
 * @param {AbortSignal} signal
 */
export function join(app, signal) {
  const { store, player } = app;
  app.setControls("full");
  app.setTheme(savedMode());
  applyMode(document.documentElement, savedMode());
  // The address follows the text, so that a reload and a bookmark lose nothing.
  let keeping = 0;
  /** The link opened last, with its text. */
  let opened = { text: "", hash: "", other: "" };
  const keep = () => {
    const { text, other } = store.get();
    const name = other ? undefined : scenarioName(text);
    const known = name ? `scenario=${name}` : text === opened.text && (other?.text ?? "") === opened.other ? opened.hash : "";
    const hash = known || player.guard(() => player.engine?.encodeLink(text, Math.floor(player.now), null, "", "", store.get().stops ?? "", other) ?? "", "");
    if (hash !== "" && hash.length < ADDRESS_MAX) history.replaceState(null, "", withHash(location.href, hash));
  };
  const end = store.subscribe((now, before) => {
    if (now.revision !== before.revision || now.blank !== before.blank) {
      const { title } = player.run;
      document.title = title && !now.blank ? `${title} · Election playground` : "Election playground";
    }
    if ((now.text !== before.text || now.other !== before.other) && before.text !== "") {
      clearTimeout(keeping);
      keeping = window.setTimeout(keep, 700);
    }
  });
  signal.addEventListener("abort", () => {
    end();
    clearTimeout(keeping);
  });
  /** Shows why there is nothing to show. The engine needs a run, but no other run may pass for the one asked for. @param {string} head @param {string} why */
  const nothing = (head, why) => {
    if (!player.ran) player.take(player.fallback, { fresh: true });
    store.edit({ playing: false, sheet: false, blank: { head, why, text: false } });
  };
  /** @param {string} name */
  const openScenario = async (name) => {
    const { hash } = location;
    let text;
    try {
      text = await scenarioText(name);
    } catch (error) {
      app.fail(`The scenarios could not be fetched: ${messageOf(error)}`);
      return false;
    }
    // The address may have changed meanwhile.
    if (hash !== location.hash) return true;
    if (text === undefined) {
      nothing(`There is no scenario named ${name}`, "Its link is wrong, or it was made with another version of the page.");
      return true;
    }
    store.edit({ playing: true, notice: null });
    player.take(text, { fresh: true });
    return true;
  };
  const openAddress = async () => {
    const asked = readHash(location.hash);
    if (asked.kind === "none") return false;
    if (asked.kind === "scenario") return openScenario(asked.name);
    store.edit({ notice: null });
    const why = openLink(player, asked.hash, app.focus);
    if (why !== null) {
      const [head, ...rest] = why.split(": ");
      nothing(sentence(head).replace(/\.$/, ""), sentence(rest.join(": ")));
      return true;
    }
    const { text, errors, other } = store.get();
    opened = { text, hash: asked.hash, other: other?.text ?? "" };
    if (errors.length > 0) {
      const [{ line }] = errors;
      const where = errors.length === 1 ? `Line ${line} has an error` : `${errors.length} lines have errors`;
      // Errors must be visible, even where the scenario is a closed sheet.
      store.edit({ playing: false, sheet: true, blank: { head: "The scenario of this link does not play", why: `${where}; it plays once the text is corrected.`, text: true } });
    }
    return true;
  };
  addEventListener("hashchange", async () => {
    // An address without a hash means the first scenario.
    if (!(await openAddress()) && readHash(location.hash).kind === "none") player.take(player.fallback, { fresh: true });
  }, { signal });
  // The scenarios are fetched while the engine is. If that fails, opening the address reports it.
  if (readHash(location.hash).kind === "scenario") scenarios().catch(() => {});
  return openAddress;
}

/** @param {string} words */
function sentence(words) {
  const all = words.replaceAll("`", "");
  return all === "" ? "" : `${all[0].toUpperCase()}${all.slice(1)}${/[.?!]$/.test(all) ? "" : "."}`;
}
