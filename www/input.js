// Keyboard shortcuts. KEYS is the list shown under "?".

import { FAULTS } from "./faults.js";
import { isWriting } from "./dom.js";
import { shift } from "./pace.js";
import { TOGETHER } from "./typing.js";
import { nodeDeeds } from "./acts.js";

/** How long after a key has opened a dialog Space and Enter are taken for the rest of a word, in milliseconds. */
const WORD_LASTS = 600;

/** The shortcuts as the user reads them. */
export const KEYS = /** @type {const} */ ([
  ["Space", "play or pause"],
  ["← →", "step one event back or forward"],
  ["Shift+← Shift+→", "go to the previous or next change"],
  ["Home End", "go to the start or end"],
  ["[ ]", "slower or faster; \\ for automatic speed"],
  ["- +", "zoom the bands out or in around the playhead; Ctrl+wheel or pinching zooms around the pointer"],
  ["Shift+PageUp Shift+PageDown", "with the focus on the bands, pan later or earlier; Shift+wheel and the middle button pan too"],
  ["1 … 8", "select a lane; arrow keys then select a node, Enter opens its menu, Esc lets them step again"],
  ["c z i r", "crash, pause or resume, isolate or rejoin, restart the selected node; its menu has the other actions and its messages in flight"],
  ["C Z I", "crash, pause, isolate the leader"],
  ["R U h", "restart all nodes, resume all nodes, heal all links"],
  ["p x", "partition the network, break a link"],
  ["k m", "set a clock, drop or delay a message in flight"],
  ["a", "apply actions to all lanes, or only to the selected one"],
  ["n", "new seed"],
  ["Ctrl+Z Ctrl+Shift+Z", "undo, redo the last change to the text"],
  ["e s", "edit the scenario, open another one"],
  ["Ctrl+Space", "while editing, list the words that can stand at the cursor; Tab inserts the first, or arrow keys choose and Enter inserts"],
  ["l", "copy a link to this moment"],
  ["t", "switch theme: same as system, light, dark"],
  ["Esc", "close what is open, clear the selection"],
  ["?", "show this list"],
]);

/** @param {import("./app.js").App} app @param {EventTarget} target @param {AbortSignal} signal */
export function listen(app, target, signal) {
  const { store, player } = app;
  /** When a key last opened a dialog, and the key whose release must not press a button there. */
  let opened = -Infinity;
  let released = "";

  /** @type {{timer: ReturnType<typeof setTimeout>, act: () => unknown} | null} */
  let waiting = null;
  /** Runs the action of a letter once it is clear that it is not the first one of a word. @param {() => unknown} act */
  function later(act) {
    // The same letter again is no word.
    const before = waiting;
    forget();
    before?.act();
    const timer = setTimeout(() => {
      waiting = null;
      act();
    }, TOGETHER);
    waiting = { timer, act };
  }
  function forget() {
    clearTimeout(waiting?.timer);
    waiting = null;
  }
  signal.addEventListener("abort", forget);

  /** Runs the action that the selected node's menu offers under that key. @param {string} key */
  function deed(key) {
    const { selected, scope } = store.get();
    const lane = selected && player.frame?.lanes[selected.lane];
    const node = selected && lane?.nodes[selected.place];
    if (!selected || !lane || !node) return false;
    const run = player.run.lanes[selected.lane];
    const cut = lane.cuts.some(([a, b]) => a === node.place || b === node.place);
    const found = nodeDeeds(node, run.ids[node.place], player.infos[selected.lane], cut).find((it) => it.key === key);
    if (found) player.act(found.action, scope === -1 ? -1 : selected.lane);
    return true;
  }

  /** @type {Record<string, () => unknown>} */
  const plain = {
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-1),
    ArrowRight: () => player.step(1),
    Home: () => player.reset(),
    End: () => player.seek(player.run.until),
    "[": () => store.edit({ speed: shift(store.get().speed, -1) }),
    "]": () => store.edit({ speed: shift(store.get().speed, 1) }),
    "\\": () => store.edit({ speed: "auto" }),
    "+": () => app.bands.zoom(0.5, player.now),
    "=": () => app.bands.zoom(0.5, player.now),
    "-": () => app.bands.zoom(2, player.now),
    p: () => app.breaker.toggle("partition"),
    x: () => app.breaker.toggle("link"),
    k: () => app.breaker.toggle("clock"),
    m: () => app.breaker.toggle("message"),
    a: () => store.edit({ scope: store.get().scope === -1 ? store.get().selected?.lane ?? 0 : -1 }),
    n: () => app.newSeed(),
    e: () => {
      store.edit({ sheet: true });
      app.editor.area.focus();
    },
    s: () => {
      opened = performance.now();
      app.dialogs.gallery();
    },
    l: () => app.copyLink(),
    t: () => app.turnTheme(),
    "?": () => app.dialogs.help(),
    Escape: () => {
      app.keys.release();
      if (app.menu.close()) return;
      if (store.get().focus) app.focus(null);
      else store.edit({ selected: null, picking: null, sheet: false, notice: null });
    },
    c: () => deed("c"),
    z: () => deed("z"),
    i: () => deed("i"),
    r: () => deed("r"),
  };
  for (const [, action, key] of FAULTS) plain[key] = () => player.act(action, store.get().scope);

  // In a dialog that a typed key opened, the rest of the word must not press anything.
  app.root.addEventListener("keydown", (it) => {
    const event = /** @type {KeyboardEvent} */ (it);
    const [on] = event.composedPath();
    if (!(on instanceof HTMLElement && on.closest("dialog")) || isWriting(on)) return;
    if (event.timeStamp - opened < WORD_LASTS && (event.key === " " || event.key === "Enter")) {
      // It stays typed as long as keys come.
      opened = event.timeStamp;
      event.preventDefault();
      released = event.key;
    }
  }, { signal, capture: true });
  // A button is pressed when Space is released.
  app.root.addEventListener("keyup", (it) => {
    if (/** @type {KeyboardEvent} */ (it).key === released) it.preventDefault();
    released = "";
  }, { signal, capture: true });

  target.addEventListener("keydown", (it) => {
    const event = /** @type {KeyboardEvent} */ (it);
    // Outside a shadow root, the target of an event inside it is the host.
    const [on] = event.composedPath();
    if (event.defaultPrevented || isWriting(on) || app.root.querySelector("dialog[open]")) return;
    const typing = app.keys.isTyping(event);
    const onButton = on instanceof HTMLElement && /^(BUTTON|SUMMARY|A)$/.test(on.tagName);
    if (onButton && (event.key === " " || event.key === "Enter")) {
      if (!typing) return;
      // A blank between two words presses nothing.
      event.preventDefault();
      released = event.key;
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      if (event.shiftKey) player.redo();
      else player.undo();
      return;
    }
    if (event.altKey) return;
    if (typing) {
      forget();
      // It neither scrolls nor presses anything.
      event.preventDefault();
      if (app.keys.writing) store.edit({ notice: { tone: "info", text: "Keys still belong to the text. Press Esc or click a lane to use them as shortcuts." } });
      return;
    }
    if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      player.leap(event.key === "ArrowRight" ? 1 : -1);
      return;
    }
    if (/^[1-8]$/.test(event.key)) {
      const card = app.lanes.card(Number(event.key) - 1);
      if (!card) return;
      event.preventDefault();
      card.enter();
      card.root.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { selected } = store.get();
      if (selected?.lane !== Number(event.key) - 1) store.edit({ selected: { lane: Number(event.key) - 1, place: 0 } });
      return;
    }
    const act = plain[event.key];
    // While there is no run to show, no key acts on a hidden one.
    if (!act || (store.get().blank && !"est?".includes(event.key))) return;
    event.preventDefault();
    if (/^[a-z]$/i.test(event.key)) later(act);
    else act();
  }, { signal });
}
