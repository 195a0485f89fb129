// <election-playground>: the whole page as one element. It builds the panels, joins them to the store and the
// player, and runs them from the one loop.

import { h, icon } from "./dom.js";
import { listen } from "./input.js";
import { LONG, readHash, withHash, writeSelection } from "./link.js";
import { createLoop } from "./loop.js";
import { createBands } from "./panels/bands.js";
import { createBreaker } from "./panels/breaker.js";
import { createDialogs } from "./panels/dialogs.js";
import { createEditor } from "./panels/editor.js";
import { createLanes } from "./panels/lanes.js";
import { createMenu } from "./panels/menu.js";
import { createScore } from "./panels/score.js";
import { createTable } from "./panels/table.js";
import { createTransport } from "./panels/transport.js";
import { Player, START } from "./player.js";
import { SCENARIOS } from "./scenarios.js";
import { createStore } from "./store.js";
import { applyMode, nextMode, readTheme, savedMode } from "./theme.js";
import { describe } from "./words.js";

/** How long a picture stands where motion is not wanted, in milliseconds. */
const STILL = 600;

/** The longest hash that the address takes over by itself. */
const ADDRESS_MAX = 8000;

/** The scenario that opens first. */
const FIRST = "first-look";

/**
 * @typedef {object} App What the panels know of each other.
 * @property {HTMLElement} host
 * @property {import("./player.js").Store} store
 * @property {Player} player
 * @property {ReturnType<typeof createLoop>} loop
 * @property {() => import("./theme.js").Theme} theme
 * @property {() => boolean} still Whether motion is not wanted.
 * @property {HTMLElement} chosen Says which node is chosen, for screen readers.
 * @property {ReturnType<typeof createMenu>} menu
 * @property {ReturnType<typeof createBreaker>} breaker
 * @property {ReturnType<typeof createEditor>} editor
 * @property {ReturnType<typeof createLanes>} lanes
 * @property {ReturnType<typeof createBands>} bands
 * @property {ReturnType<typeof createDialogs>} dialogs
 * @property {() => void} newSeed
 * @property {() => void} copyLink
 * @property {() => void} turnTheme
 * @property {() => void} saveFile
 * @property {(text: string) => void} opened Says that this text came from the address.
 * @property {(scenario: {name: string, text: string}) => void} openScenario
 */

export class ElectionPlayground extends HTMLElement {
  #begun = false;

  connectedCallback() {
    if (this.#begun) return;
    this.#begun = true;
    begin(this);
  }
}

/** @param {HTMLElement} host */
function begin(host) {
  const store = createStore(START);
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** @type {import("./theme.js").Theme | null} */
  let theme = null;
  let rest = 0;
  const loop = createLoop((elapsed, clock) => {
    if (motion.matches && store.get().playing) {
      // Discrete steps: time goes on as fast, and is looked at now and then.
      rest += elapsed;
      if (elapsed > 0 && rest < STILL) return true;
      elapsed = rest;
      rest = 0;
    }
    const more = player.tick(elapsed, clock);
    for (const panel of drawn) panel.draw(clock);
    return more;
  });
  const player = new Player(store, loop.request);
  // What needs the whole app gets it when it is there.
  const app = /** @type {App} */ (/** @type {unknown} */ ({
    host, store, player, loop,
    theme: () => (theme ??= readTheme(host)),
    still: () => motion.matches,
    chosen: h("div", { class: "unseen", "aria-live": "polite" }),
  }));
  app.newSeed = () => player.guard(() => player.setValue("seed", String(player.engine?.freshSeed() ?? 1)), undefined);
  app.copyLink = () => copyLink(app);
  app.saveFile = () => saveFile(store.get().text);
  app.openScenario = ({ name, text }) => {
    history.replaceState(null, "", withHash(location.href, `scenario=${name}`));
    store.edit({ notice: null, sheet: false, playing: true });
    player.take(text, { fresh: true });
  };
  const retint = () => {
    theme = null;
    app.lanes.repaint();
    app.bands.repaint();
    loop.request();
  };
  let mode = savedMode();
  app.turnTheme = () => {
    mode = nextMode(mode);
    applyMode(document.documentElement, mode);
    nameTheme();
    retint();
  };
  dark.addEventListener("change", retint);
  applyMode(document.documentElement, mode);

  app.menu = createMenu(app);
  app.breaker = createBreaker(app);
  app.editor = createEditor(app);
  app.lanes = createLanes(app);
  app.bands = createBands(app);
  app.dialogs = createDialogs(app);
  const transport = createTransport(app);
  const score = createScore(app);
  const table = createTable(app);
  const drawn = [app.lanes, app.bands, transport, score, table, app.editor];

  const title = h("span", { class: "title" });
  const state = h("span", { class: "state", role: "status" });
  const themeButton = h("button", { type: "button", class: "quiet round theme", onclick: app.turnTheme },
    icon("M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 3v10a5 5 0 0 1 0-10z"));
  const nameTheme = () => {
    const now = `Theme: ${{ auto: "as the system has it", light: "light", dark: "dark" }[mode]}`;
    themeButton.title = `${now} (t)`;
    themeButton.setAttribute("aria-label", now);
  };
  nameTheme();
  const sheetButton = h("button", { type: "button", class: "for-sheet", text: "Scenario", "aria-expanded": "false", onclick: () => store.edit({ sheet: !store.get().sheet }) });
  const notice = h("div", { class: "notice", role: "status", hidden: true });
  const story = h("span", { class: "question" });
  const hint = h("p", { class: "hint" },
    h("span", { text: "The same faults hit every lane. Click a node to break it, or " }),
    h("button", { type: "button", class: "link", text: "crash the leader", onclick: () => player.act("crash leader", store.get().scope) }),
    h("span", { text: " and watch who notices, and when. " }), story);
  host.replaceChildren(
    h("header", { class: "top" },
      h("h1", { text: "Election playground" }), title, state, h("span", { class: "spring" }),
      sheetButton,
      h("button", { type: "button", text: "Gallery", title: "Ready scenarios (s)", onclick: () => app.dialogs.gallery() }),
      themeButton,
      h("button", { type: "button", class: "primary copy", "aria-label": "Copy link to this moment", title: "A link to exactly this moment (l)", onclick: app.copyLink }, h("span", { class: "wide-only", text: "Copy link to this moment" }), h("span", { class: "phone-only", text: "Link" })),
      h("button", { type: "button", class: "quiet round", "aria-label": "Keys", title: "Keys (?)", text: "?", onclick: () => app.dialogs.help() })),
    h("aside", { class: "side" }, app.editor.root, app.breaker.root),
    h("main", {}, notice, hint, app.lanes.root, app.bands.root, transport.root, score.root, table.root, app.chosen,
      h("footer", { class: "phone-only" },
        h("button", { type: "button", class: "quiet", text: "Light or dark", onclick: app.turnTheme }),
        h("button", { type: "button", class: "quiet", text: "How to read the pictures", onclick: () => app.dialogs.help() }))),
    app.menu.root,
    ...app.dialogs.roots,
  );

  // Where the scenario is a sheet, what breaks things stays beside the lanes.
  const narrow = matchMedia("(max-width: 1199px)");
  const place = () => (narrow.matches ? score.root.before(app.breaker.root) : app.editor.root.after(app.breaker.root));
  narrow.addEventListener("change", place);
  place();

  store.subscribe((now, before) => {
    if (now.revision !== before.revision) {
      app.lanes.build();
      transport.update();
      title.textContent = player.run.title;
      const { question } = describe(player.text);
      story.textContent = question ? `Question: ${question}` : "";
      document.title = player.run.title ? `${player.run.title} · Election playground` : "Election playground";
    }
    if (now.text !== before.text || now.errors !== before.errors || now.revision !== before.revision || now.verdicts !== before.verdicts) app.editor.update();
    if (now.text !== before.text && before.text !== "" && now.errors.length === 0) keepAddress();
    if (now.speed !== before.speed) transport.update();
    if (now.sheet !== before.sheet) {
      host.classList.toggle("sheet-open", now.sheet);
      sheetButton.setAttribute("aria-expanded", String(now.sheet));
    }
    if (now.notice !== before.notice || now.panic !== before.panic) tell(app, notice);
    app.breaker.update();
    state.textContent = now.panic !== null ? "stopped" : now.computing ? "computing…" : "";
    loop.request();
  });
  // The address follows the text, so that a reload and a bookmark lose nothing.
  let keeping = 0;
  let opened = "";
  const keepAddress = () => {
    clearTimeout(keeping);
    keeping = window.setTimeout(() => {
      const { text, errors } = store.get();
      if (errors.length > 0 || SCENARIOS.some((it) => it.text === text) || text === opened) return;
      const hash = player.guard(() => player.engine?.encodeLink(text, Math.floor(player.now), -1, "", "") ?? "", "");
      if (hash !== "" && hash.length < ADDRESS_MAX) history.replaceState(null, "", withHash(location.href, hash));
    }, 700);
  };
  app.opened = (text) => (opened = text);
  listen(app, document);
  addEventListener("hashchange", () => openHash(app));
  open(app).catch((error) => {
    store.edit({ notice: { tone: "bad", text: `The playground could not start: ${error instanceof Error ? error.message : error}` } });
  });
}

/** @param {App} app */
async function open(app) {
  await app.player.open();
  if (readHash(location.hash).kind === "none" || !openHash(app)) openFirst(app);
  document.documentElement.dataset.ready = "";
}

/** @param {App} app */
function openFirst({ player, store }) {
  const first = SCENARIOS.find((it) => it.name === FIRST) ?? SCENARIOS[0];
  player.take(first?.text ?? "nodes 5", { fresh: true });
  store.edit({ playing: true });
}

/** Opens what the address asks for; false if nothing came of it. @param {App} app */
function openHash({ player, store, opened }) {
  const asked = readHash(location.hash);
  if (asked.kind === "none") return false;
  if (asked.kind === "scenario") {
    const found = SCENARIOS.find((it) => it.name === asked.name);
    if (!found) {
      store.edit({ notice: { tone: "bad", text: `There is no scenario called ${asked.name}.` } });
      return false;
    }
    player.take(found.text, { fresh: true });
    store.edit({ playing: true, notice: null });
    return true;
  }
  store.edit({ notice: null });
  const why = player.openLink(asked.hash);
  if (why !== null) {
    store.edit({ notice: { tone: "bad", text: `This link does not open: ${why}` } });
    return false;
  }
  opened(store.get().text);
  return true;
}

/** @param {App} app */
async function copyLink({ player, store, dialogs }) {
  const hash = player.linkHash(writeSelection(store.get().selected, player.run));
  if (hash === "") return;
  const address = withHash(location.href, hash);
  const long = address.length > LONG
    ? `It has ${address.length} characters: some programs cut such links off. The scenario as a file is safer.` : "";
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    dialogs.link(address, `Copy it from here. ${long}`);
    return;
  }
  history.replaceState(null, "", address);
  if (long) dialogs.link(address, `The link is copied. ${long}`);
  else store.edit({ notice: { tone: "info", text: "The link is copied: it opens this scenario at exactly this moment." } });
}

/** @param {string} text */
function saveFile(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  h("a", { href: address, download: "scenario.txt" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Shows the notice, or that the engine stopped. @param {App} app @param {HTMLElement} box */
function tell(app, box) {
  const { notice, panic } = app.store.get();
  box.hidden = notice === null && panic === null;
  if (panic !== null) {
    box.dataset.tone = "bad";
    box.replaceChildren(
      h("span", { text: `The engine stopped at ${(app.player.now / 1e6).toFixed(3)} s. That is a bug in it; your text is kept. ` }),
      h("button", { type: "button", text: "Start again", onclick: () => app.player.revive() }),
      h("button", { type: "button", text: "Link that shows it", onclick: () => panicLink(app) }),
      h("button", { type: "button", text: "Save the text", onclick: app.saveFile }),
    );
    return;
  }
  if (!notice) return;
  box.dataset.tone = notice.tone;
  box.replaceChildren(h("span", { text: notice.text }), h("button", { type: "button", class: "quiet", text: "Dismiss", onclick: () => app.store.edit({ notice: null }) }));
}

/** The link that reproduces a panic: made by another engine, as this one answers no more. @param {App} app */
async function panicLink({ player, store, dialogs }) {
  const { Engine } = await import("./engine.js");
  const engine = await Engine.open();
  const hash = engine.encodeLink(store.get().text, Math.floor(player.now), -1, "", "");
  dialogs.link(withHash(location.href, hash), "This link opens the text at the moment where the engine stopped.");
}

customElements.define("election-playground", ElectionPlayground);
