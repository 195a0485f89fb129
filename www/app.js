// One playground inside an element: builds the panels, connects them to the store and the player, and drives them from
// a single loop. It knows nothing of the surrounding document, which is the business of page.js.

import { h, icon, setAttribute } from "./dom.js";
import { Engine } from "./engine.js";
import { createDebugging } from "./debugging.js";
import { createEvents } from "./events.js";
import { listen } from "./input.js";
import { LONG, withHash, writeSelection } from "./link.js";
import { createLoop } from "./loop.js";
import { createBands } from "./panels/bands.js";
import { createBlank } from "./panels/blank.js";
import { createBreaker } from "./panels/breaker.js";
import { createDialogs } from "./panels/dialogs.js";
import { createEditor } from "./panels/editor.js";
import { createFailover } from "./panels/failover.js";
import { createLanes } from "./panels/lanes.js";
import { createMenu } from "./panels/menu.js";
import { createNarration } from "./panels/narration.js";
import { createScore } from "./panels/score.js";
import { createStory } from "./panels/story.js";
import { createTable } from "./panels/table.js";
import { createTransport } from "./panels/transport.js";
import { linkHash } from "./opening.js";
import { Player } from "./player.js";
import { sheet } from "./sheet.js";
import { scenarioName, scenarios } from "./scenarios.js";
import { START } from "./state.js";
import { createStore } from "./store.js";
import { createTyping } from "./typing.js";
import { createCover } from "./panels/cover.js";
import { surroundings } from "./surroundings.js";
import { forcedColours, nextMode, readTheme } from "./theme.js";

/** How long an informational notice stays, in milliseconds. */
const NEWS = 8000;

/** From this width on, the scenario stands beside the lanes; as in style/frame.css. */
const BESIDE = 1200;

/** How long each picture stays when the user prefers reduced motion, in milliseconds. */
const STILL = 600;

/**
 * @typedef {object} App What the panels know about each other.
 * @property {HTMLElement} host
 * @property {boolean} whole Whether it is the whole page.
 * @property {ShadowRoot} root
 * @property {import("./state.js").Store} store
 * @property {Player} player
 * @property {ReturnType<typeof createLoop>} loop
 * @property {() => import("./theme.js").Theme} theme
 * @property {() => boolean} still Whether the user prefers reduced motion.
 * @property {() => boolean} full Whether all controls are there.
 * @property {HTMLElement} chosen Announces the selected node to screen readers.
 * @property {ReturnType<typeof createMenu>} menu
 * @property {ReturnType<typeof createBreaker>} breaker
 * @property {ReturnType<typeof createEditor>} editor
 * @property {ReturnType<typeof createLanes>} lanes
 * @property {ReturnType<typeof createBands>} bands
 * @property {ReturnType<typeof createFailover>} failover
 * @property {readonly import("./scene/spacetime.js").Thread[] | null} thread The chain of causes that the debugger shows.
 * @property {ReturnType<typeof createDialogs>} dialogs
 * @property {{all: typeof scenarios, nameOf: typeof scenarioName}} scenarios Those of the gallery.
 * @property {ReturnType<typeof import("./typing.js").createTyping>} keys Tells typing from shortcuts.
 * @property {() => void} rest Puts the focus where every key is a shortcut.
 * @property {ReturnType<typeof createDebugging>["focus"]} focus Turns the debugger to something, which opens it; null closes it.
 * @property {() => void} newSeed
 * @property {() => void} copyLink
 * @property {() => void} turnTheme
 * @property {() => void} saveFile
 * @property {(scenario: {name: string, text: string}) => void} openScenario
 * @property {(text: string) => void} openNew Starts a scenario of the user's own.
 * @property {(mode: import("./theme.js").Mode | "host") => void} setTheme `host`: as the page around it.
 * @property {() => void} retint Reads the colours again and repaints.
 * @property {(controls: Controls) => void} setControls
 * @property {(text: string) => void} setCaption What stands below it; empty for nothing.
 * @property {(address: string) => void} setPoster The picture that is shown until there is a run; empty for its own.
 * @property {(on: boolean) => void} setReadonly
 * @property {(on: boolean) => void} invite Whether the poster invites to play.
 * @property {(about?: Partial<import("./debugging.js").Focus>) => string} address The link to this moment, with the debugger
 *   open if it is about something; empty after a panic, and while there is no run to show.
 * @property {(about: Partial<import("./debugging.js").Focus>) => void} keep Keeps what the debugger is about in a link, as long
 *   as the playhead stays, where the debugger is not shown.
 * @property {(text: string) => void} fail Shows an error.
 * @property {(signal: AbortSignal) => void} attach Listens to events from outside the element until the signal aborts.
 */

/** @typedef {"full" | "min" | "none"} Controls How much there is around the pictures. */

/**
 * @typedef {object} Outside What the surroundings provide.
 * @property {EventTarget} keys The target to listen on for keys.
 * @property {boolean} whole Whether the playground is the whole page, landmarks included.
 * @property {string} address The page that links open.
 * @property {(mode: import("./theme.js").Mode) => void} [keepTheme]
 * @property {(name: string) => void} [keepScenario] Called with the name of a gallery scenario when it is opened.
 * @property {(address: string) => void} [keepAddress] Called with a link when it is copied.
 */

/**
 * @param {HTMLElement} host
 * @param {Outside} outside
 */
export function createApp(host, outside) {
  const store = createStore(START);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const frame = h("div", { class: outside.whole ? "app whole" : "app" });
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  const forced = forcedColours();
  /** @type {import("./theme.js").Theme | null} */
  let theme = null;
  let rest = 0;
  let seen = true;
  const loop = createLoop((elapsed, clock) => {
    if (motion.matches && store.get().playing) {
      // Discrete steps: time advances at the same speed but is drawn less often.
      rest += elapsed;
      if (elapsed > 0 && rest < STILL) return true;
      elapsed = rest;
      rest = 0;
    }
    // Out of sight, a run is completed, but does not play.
    if (!seen && player.settled && store.get().playing) return false;
    const more = player.tick(elapsed, clock);
    for (const panel of drawn) if (app.full() || !extra.includes(panel)) panel.draw(clock);
    debugging.draw(clock);
    return more;
  });
  const player = new Player(store, loop.request);
  // The panels receive the app while it is still being filled in; they use the rest of it later.
  const app = /** @type {App} */ (/** @type {unknown} */ ({
    host, root, store, player, loop, whole: outside.whole,
    scenarios: { all: scenarios, nameOf: scenarioName },
    theme: () => (theme ??= readTheme(frame)),
    still: () => motion.matches,
    full: () => frame.dataset.controls === "full",
    thread: null,
    chosen: h("div", { class: "unseen", "aria-live": "polite" }),
  }));
  app.keys = createTyping(root);
  app.rest = () => {
    // Only now: else a click anywhere would take the keys from the text.
    frame.tabIndex = -1;
    frame.addEventListener("blur", () => frame.removeAttribute("tabindex"), { once: true });
    frame.focus({ preventScroll: true });
  };
  app.newSeed = () => player.guard(() => player.setValue("seed", String(player.engine?.freshSeed() ?? 1)), undefined);
  app.fail = (text) => store.edit({ notice: { tone: "bad", text } });
  /** What a link opened the debugger for, where there is none, and where the playhead was then. */
  let kept = { about: /** @type {import("./debugging.js").Focus | null} */ (null), at: -1 };
  app.keep = (about) => (kept = { about: focusOf(about), at: player.now });
  app.address = (about) => {
    if (store.get().blank) return "";
    const focus = about ? focusOf(about) : store.get().focus ?? (player.now === kept.at ? kept.about : null);
    const hash = linkHash(player, writeSelection(store.get().selected, player.run), focus);
    return hash === "" ? "" : withHash(outside.address, hash);
  };
  app.copyLink = () => copyLink(app, outside);
  app.saveFile = () => saveFile(store.get().text);
  app.openScenario = ({ name, text }) => {
    outside.keepScenario?.(name);
    // A text that came with a link cannot be opened again from here, edited or not.
    const own = !store.get().blank && scenarioName(store.get().text) === undefined;
    store.edit({ notice: null, sheet: false, playing: true });
    player.take(text, { fresh: true, own });
    frame.querySelector(".main")?.scrollTo(0, 0);
  };
  app.openNew = (text) => {
    store.edit({ notice: null, sheet: true, playing: false });
    player.take(text, { fresh: true });
    app.editor.area.focus();
  };
  app.retint = () => {
    theme = null;
    app.lanes.repaint();
    failover.repaint();
    app.dialogs.repaint();
    app.bands.repaint();
    loop.request();
  };
  let mode = /** @type {import("./theme.js").Mode | "host"} */ (outside.whole ? "auto" : "host");
  const outdoors = h("i", { class: "outside", "aria-hidden": "true" });
  /** Takes over the colours of the mode. */
  const tint = () => {
    const scheme = mode === "host" ? surroundings(outdoors) : mode;
    if (scheme === "auto") delete frame.dataset.theme;
    else frame.dataset.theme = scheme;
  };
  app.setTheme = (to) => {
    if (to === mode) return;
    mode = to;
    tint();
    nameTheme();
    app.retint();
  };
  app.turnTheme = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const next = nextMode(mode === "host" ? "auto" : mode, dark);
    app.setTheme(next);
    outside.keepTheme?.(next);
  };

  app.setControls = (controls) => {
    frame.dataset.controls = controls;
    app.lanes.control(controls);
    app.lanes.repaint();
    app.bands.repaint();
    loop.request();
  };

  const caption = h("p", { class: "caption", part: "caption", hidden: true });
  app.setCaption = (text) => {
    caption.textContent = text;
    caption.hidden = text === "";
  };
  app.setReadonly = (on) => {
    frame.classList.toggle("readonly", on);
    store.edit({ readonly: on });
    app.editor.area.readOnly = on;
  };

  const debugging = createDebugging(app, frame);
  app.focus = (about) => {
    if (about === null || app.full()) debugging.focus(about);
    else openWhole(app, about);
  };
  app.menu = createMenu(app);
  app.breaker = createBreaker(app);
  app.editor = createEditor(app);
  app.lanes = createLanes(app);
  app.bands = createBands(app);
  app.dialogs = createDialogs(app);
  const narration = createNarration(app);
  const failover = app.failover = createFailover(app);
  const transport = createTransport(app);
  const score = createScore(app);
  const story = createStory(app);
  const table = createTable(app);
  /** What only the full controls show. @type {{draw(clock: number): void}[]} */
  const extra = [failover, score, app.editor, app.breaker];
  const drawn = [story, app.lanes, narration, failover, app.bands, transport, score, table, app.editor, app.menu, app.breaker, createEvents(app)];

  const blank = createBlank(app);
  const cover = createCover(app);
  app.setPoster = cover.picture;
  app.invite = cover.invite;

  const title = h("span", { class: "title", part: "title" });
  const state = h("span", { class: "state", role: "status" });
  const themeButton = h("button", { type: "button", class: "quiet round theme", onclick: app.turnTheme },
    icon("M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 3v10a5 5 0 0 1 0-10z"));
  const nameTheme = () => {
    const now = `Theme: ${{ auto: "same as system", light: "light", dark: "dark", host: "same as page" }[mode]}`;
    themeButton.title = `${now} (t)`;
    themeButton.setAttribute("aria-label", now);
  };
  const sheetButton = h("button", { type: "button", class: "for-sheet", text: "Scenario", "aria-expanded": "false", onclick: () => store.edit({ sheet: !store.get().sheet }) });
  const notice = h("div", { class: "notice", role: "status", hidden: true });
  // Its colour changes with the colour scheme, whoever changes that.
  const scheme = h("i", { class: "scheme", "aria-hidden": "true" });
  scheme.addEventListener("transitionend", app.retint);
  outdoors.addEventListener("transitionend", () => {
    tint();
    app.retint();
  });
  frame.append(
    scheme,
    h(outside.whole ? "header" : "div", { class: "top" },
      h(outside.whole ? "h1" : "div", { class: "brand", text: "Election playground" }), title, state, h("span", { class: "spring" }),
      sheetButton,
      h("button", { type: "button", class: "to-gallery", text: "Gallery", title: "Sample scenarios (s)", onclick: () => app.dialogs.gallery() }),
      themeButton,
      h("button", { type: "button", class: "to-share", text: "Share", title: "Link to this moment, embed it, save the text", onclick: () => app.dialogs.share() }),
      h("button", { type: "button", class: "quiet round", "aria-label": "Legend and keyboard shortcuts", title: "Legend and keyboard shortcuts (?)", text: "?", onclick: () => app.dialogs.help() })),
    h(outside.whole ? "aside" : "div", { class: "side" }, app.editor.root, app.breaker.root),
    h(outside.whole ? "main" : "div", { class: "main" }, notice, blank.root, story.root, narration.root, app.lanes.root, failover.root, app.bands.root, score.root, table.root, app.chosen, caption,
      h("footer", { class: "narrow-only" },
        h("button", { type: "button", class: "quiet", text: "Change theme", onclick: app.turnTheme }),
        h("button", { type: "button", class: "quiet", text: "How to read the pictures", onclick: () => app.dialogs.help() }))),
    cover.root,
    transport.root,
    app.menu.root,
    app.dialogs.root,
  );
  // The landmarks of a document are its own, and it may have several playgrounds.
  if (!outside.whole) for (const it of frame.querySelectorAll("section")) it.setAttribute("role", "group");
  root.append(outdoors, frame);

  // Where the scenario is a sheet, the fault palette stays below the bands.
  new ResizeObserver(() => {
    const beside = host.clientWidth >= BESIDE;
    if (beside !== app.editor.root.parentElement?.contains(app.breaker.root)) {
      if (beside) app.editor.root.after(app.breaker.root);
      else score.root.before(app.breaker.root);
    }
  }).observe(host);

  /** The text of the run on the screen. */
  let plays = "";
  store.subscribe((now, before) => {
    if (now.revision !== before.revision) {
      app.lanes.build();
      transport.update();
    }
    if (now.revision !== before.revision || now.blank !== before.blank) title.textContent = now.blank ? "" : player.run.title;
    if (now.blank !== before.blank) blank.update();
    if (now.only !== before.only) {
      app.lanes.choose();
      app.bands.repaint();
    }
    cover.update();
    // A run that grows while it is being computed does not change its text.
    const swapped = plays !== player.text;
    plays = player.text;
    if (swapped || now.text !== before.text || now.other !== before.other || now.futures !== before.futures || now.errors !== before.errors || now.judged !== before.judged || now.stopped !== before.stopped || now.blank !== before.blank) app.editor.update();
    if (now.speed !== before.speed || now.unit !== before.unit || now.alone !== before.alone) transport.update();
    // When the scenario is a sheet, its button reports that something in it is wrong.
    const wrong = now.errors.length > 0 ? "an error" : now.judged.some((it) => it.met === false) ? "a failing expectation" : "";
    sheetButton.classList.toggle("wrong", wrong !== "");
    setAttribute(sheetButton, "aria-label", wrong ? `Scenario, with ${wrong}` : "Scenario");
    if (now.sheet !== before.sheet) {
      frame.classList.toggle("sheet-open", now.sheet);
      sheetButton.setAttribute("aria-expanded", String(now.sheet));
    }
    // A notice about a text, and the action it offers, no longer apply once the text changes.
    if (now.text !== before.text && before.text !== "" && now.notice?.tone === "bad" && now.notice === before.notice) {
      store.edit({ notice: null });
      return;
    }
    if (now.notice !== before.notice || now.panic !== before.panic) tell(app, outside, notice);
    app.breaker.update();
    state.textContent = now.panic !== null ? "stopped" : now.computing ? computing(player)
      : now.asking !== null ? "stopped by a question" : now.stopped !== null ? `stopped by line ${now.stopped + 1}` : "";
    // The question itself says so where there is little room.
    state.classList.toggle("asked", now.asking !== null);
    loop.request();
  });
  app.attach = (signal) => {
    const media = /** @type {const} */ ([[motion, loop.request], [forced, app.retint]]);
    for (const [query, changed] of media) query.addEventListener("change", changed, { signal });
    addEventListener("beforeprint", () => {
      app.lanes.drawAll();
      app.bands.drawAll();
    }, { signal });
    addEventListener("afterprint", loop.request, { signal });
    if (!outside.whole) {
      const view = new IntersectionObserver((all) => {
        seen = all.at(-1)?.isIntersecting ?? true;
        if (seen) loop.request();
      });
      view.observe(host);
      signal.addEventListener("abort", () => {
        view.disconnect();
        seen = true;
      });
    }
    tint();
    listen(app, outside.keys, signal);
    signal.addEventListener("abort", loop.stop);
    app.retint();
  };
  nameTheme();
  return app;
}

/** Opens the whole page at this moment, about something. @param {App} app @param {Partial<import("./debugging.js").Focus>} about */
function openWhole(app, about) {
  const { lane = 0, place = null } = about;
  // What it is about is selected there.
  if (place !== null) app.store.edit({ selected: { lane, place } });
  const address = app.address(about);
  if (address !== "") open(address, "_blank", "noopener");
}

/** @param {App} app @param {Outside} outside */
async function copyLink({ address: make, store, dialogs }, { keepAddress }) {
  const address = make();
  if (address === "") return;
  const caution = dialogs.caution(address);
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    dialogs.link(address, `Copy it from here. ${caution}`);
    return;
  }
  keepAddress?.(address);
  if (address.length > LONG) dialogs.link(address, `Link copied. ${caution}`);
  else store.edit({ notice: { tone: "info", text: `Link copied. ${caution || "It opens this scenario at exactly this moment."}` } });
}

/** @param {string} text */
function saveFile(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  h("a", { href: address, download: "scenario.txt" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** How much of the run is computed, if its progress is visible. @param {Player} player */
function computing({ computed, run }) {
  const part = Math.floor((100 * computed) / run.until);
  return part < 100 ? `computing… ${part} %` : "computing…";
}

/** The timers that dismiss informational notices, by the box they are shown in. @type {WeakMap<HTMLElement, ReturnType<typeof setTimeout>>} */
const leaving = new WeakMap();

/** Shows the notice, or that the engine stopped. @param {App} app @param {Outside} outside @param {HTMLElement} box */
function tell(app, outside, box) {
  const { notice, panic } = app.store.get();
  box.hidden = notice === null && panic === null;
  clearTimeout(leaving.get(box));
  if (panic !== null) {
    box.dataset.tone = "bad";
    box.replaceChildren(
      h("span", { text: `The engine stopped at ${(app.player.now / 1e6).toFixed(3)} s. This is a bug in the engine; your text is kept. ` }),
      h("button", { type: "button", text: "Restart the engine", onclick: () => app.player.revive() }),
      h("button", { type: "button", text: "Link to reproduce it", onclick: () => panicLink(app, outside) }),
      h("button", { type: "button", text: "Save the text", onclick: app.saveFile }),
    );
    return;
  }
  if (!notice) return;
  box.dataset.tone = notice.tone;
  const { deed } = notice;
  const away = () => app.store.edit({ notice: null });
  const run = () => {
    away();
    deed?.run();
  };
  box.replaceChildren(
    h("span", { text: notice.text }),
    deed ? h("button", { type: "button", text: deed.label, onclick: run }) : "",
    h("button", { type: "button", class: "quiet", text: "Dismiss", onclick: away }));
  // Informational notices dismiss themselves.
  if (notice.tone === "info" && !notice.stays) leaving.set(box, setTimeout(away, NEWS));
}

/** The link that reproduces a panic, made by another engine because the dead one must not be called. @param {App} app @param {Outside} outside */
async function panicLink({ player, store, dialogs }, outside) {
  const engine = await Engine.open();
  const hash = engine.encodeLink(store.get().text, Math.floor(player.now), null, "", "");
  engine.close();
  dialogs.link(withHash(outside.address, hash), "This link opens the text at the moment the engine stopped.");
}

/** What the debugger is about, in full. @param {Partial<import("./debugging.js").Focus>} about @returns {import("./debugging.js").Focus} */
const focusOf = (about) => ({ lane: 0, place: null, field: null, step: null, message: null, root: about.step ?? null, ...about });
