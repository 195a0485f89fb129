// The document around a playground that is the whole page: its address, title, colours and keys.

import { readHash, withHash } from "./link.js";
import { SCENARIOS } from "./scenarios.js";
import { saveMode, savedMode } from "./theme.js";

/** @typedef {import("./app.js").App} App */

/** The longest hash written to the address automatically, in characters. */
const ADDRESS_MAX = 8000;

/** What the page provides to its playground. @type {import("./app.js").Outside} */
export const PAGE = {
  themed: document.documentElement,
  keys: document,
  whole: true,
  get address() {
    return location.href;
  },
  keepTheme: saveMode,
  // The browser's back button returns to the previous scenario.
  keepScenario: (name) => history.pushState(null, "", withHash(location.href, `scenario=${name}`)),
  keepAddress: (address) => history.replaceState(null, "", address),
};

/**
 * Connects the app to the document until the signal aborts. Returns a function that opens the address; its result is
 * whether there was something to open.
 *
 * @param {App} app
 * @param {AbortSignal} signal
 */
export function join(app, signal) {
  const { store, player } = app;
  app.setTheme(savedMode());
  // The address follows the text, so that a reload and a bookmark lose nothing.
  let keeping = 0;
  /** The link opened last, with its text. */
  let opened = { text: "", hash: "" };
  const keep = () => {
    const { text } = store.get();
    const ready = SCENARIOS.find((it) => it.text === text);
    const known = ready ? `scenario=${ready.name}` : text === opened.text ? opened.hash : "";
    const hash = known || player.guard(() => player.engine?.encodeLink(text, Math.floor(player.now), null, "", "") ?? "", "");
    if (hash !== "" && hash.length < ADDRESS_MAX) history.replaceState(null, "", withHash(location.href, hash));
  };
  const end = store.subscribe((now, before) => {
    if (now.revision !== before.revision) {
      document.title = player.run.title ? `${player.run.title} · Election playground` : "Election playground";
    }
    if (now.text !== before.text && before.text !== "") {
      clearTimeout(keeping);
      keeping = window.setTimeout(keep, 700);
    }
  });
  signal.addEventListener("abort", () => {
    end();
    clearTimeout(keeping);
  });
  const openAddress = () => {
    const asked = readHash(location.hash);
    if (asked.kind === "none") return false;
    if (asked.kind === "scenario") {
      const found = SCENARIOS.find((it) => it.name === asked.name);
      if (!found) {
        app.fail(`There is no scenario named ${asked.name}.`);
        return false;
      }
      player.take(found.text, { fresh: true });
      store.edit({ playing: true, notice: null });
      return true;
    }
    store.edit({ notice: null });
    const why = player.openLink(asked.hash);
    if (why !== null) {
      app.fail(`This link cannot be opened: ${why}`);
      return false;
    }
    opened = { text: store.get().text, hash: asked.hash };
    // Errors must be visible, even where the scenario is a closed sheet.
    if (store.get().errors.length > 0) store.edit({ sheet: true });
    return true;
  };
  addEventListener("hashchange", () => {
    // An address without a hash means the first scenario.
    if (!openAddress() && readHash(location.hash).kind === "none") player.take(player.fallback, { fresh: true });
  }, { signal });
  return openAddress;
}
