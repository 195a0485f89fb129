// The transport: play, pause, speed, single events, back to the start; and the seed and number of nodes.

import { h, icon, setAttribute, setText } from "../dom.js";
import { SPEEDS, speedName } from "../pace.js";
import { list, seconds } from "../words.js";

const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4 3h3v10H4zM9 3h3v10H9z";
const START = "M3 3h2v10H3zM13 3v10L6 8z";
const BACK = "M8 3v10L1.5 8zM14.5 3v10L8 8z";
const FORTH = "M8 3v10l6.5-5zM1.5 3v10L8 8z";
const STEP_BACK = "M11 3v10L4 8z";
const STEP_FORTH = "M5 3v10l7-5z";

/** @param {import("../app.js").App} app */
export function createTransport(app) {
  const { store, player } = app;
  /** @param {string} path @param {string} label @param {string} keys @param {() => void} act @param {string} [name] */
  const button = (path, label, keys, act, name = "") =>
    h("button", { type: "button", class: `tool ${name}`, "aria-label": label, title: `${label} (${keys})`, onclick: act }, icon(path));
  const playIcon = icon(PLAY);
  const playWord = h("span", { text: "Play" });
  const play = h("button", { type: "button", class: "play", title: "Play or pause (Space)", onclick: () => player.toggle() }, playIcon, playWord);
  const time = h("output", { class: "time", "aria-live": "off" });
  const speed = h(
    "select",
    { "aria-label": "Speed", title: "Speed ([ and ]); auto slows down where something happens", onchange: () => store.edit({ speed: speed.value === "auto" ? "auto" : Number(speed.value) }) },
    h("option", { value: "auto", text: speedName("auto") }),
    ...SPEEDS.map((it) => h("option", { value: String(it), text: speedName(it) })),
  );
  const seed = h("input", { type: "text", inputmode: "numeric", "aria-label": "Seed", class: "seed", spellcheck: "false", autocomplete: "off" });
  seed.addEventListener("change", () => {
    if (seed.value.trim() !== "") player.setValue("seed", seed.value.trim());
    seed.value = seedOf(player.text);
  });
  const nodes = h("input", { type: "number", min: "1", max: "128", "aria-label": "Number of nodes", class: "nodes" });
  nodes.addEventListener("change", () => {
    player.setValue("nodes", nodes.value.trim());
    const { errors } = store.get();
    const lines = [...new Set(errors.map((it) => it.line))];
    if (lines.length === 0) return;
    // Some lines may name nodes that no longer exist.
    const said = lines.length === 1 ? `line ${lines[0]}` : `lines ${list(lines)}`;
    store.edit({ notice: {
      tone: "bad", text: `With that number of nodes, ${said} of the scenario cannot be played.`,
      deed: { label: `Continue without ${said}`, run: () => player.without(lines) },
    } });
  });
  const transport = h(
    "section",
    { class: "transport", "aria-label": "Transport" },
    button(START, "Back to the start", "Home", () => player.reset(), "wide-only"),
    button(BACK, "To the previous change", "Shift ←", () => player.leap(-1), "wide-only"),
    button(STEP_BACK, "One event back", "←", () => player.step(-1)),
    play,
    button(STEP_FORTH, "One event forward", "→", () => player.step(1)),
    button(FORTH, "To the next change", "Shift →", () => player.leap(1), "wide-only"),
    time,
    speed,
  );
  const setup = h(
    "section",
    { class: "setup", "aria-label": "Seed and nodes" },
    h("label", { class: "field" }, h("span", { text: "seed" }), seed),
    h("button", { type: "button", class: "tool", "aria-label": "New seed", title: "New seed (n)", onclick: () => app.newSeed() }, icon("M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3h-3", "icon stroke")),
    h("label", { class: "field" }, h("span", { text: "nodes" }), nodes),
  );
  const root = h("div", { class: "controls" }, transport, setup);
  let shownText = "";
  return {
    root,
    draw() {
      const { playing } = store.get();
      const { text } = player;
      setText(time, seconds(player.exact ? player.now : Math.floor(player.now)));
      playIcon.firstElementChild?.setAttribute("d", playing ? PAUSE : PLAY);
      setText(playWord, playing ? "Pause" : "Play");
      setAttribute(play, "aria-pressed", String(playing));
      if (text === shownText) return;
      shownText = text;
      seed.value = seedOf(text);
      nodes.value = String(player.run.lanes[0]?.members ?? 5);
    },
    update() {
      speed.value = String(store.get().speed);
      nodes.value = String(player.run.lanes[0]?.members ?? 5);
    },
  };
}

/** The seed of a text that plays; the default is 1. @param {string} text */
const seedOf = (text) => /(?:^|;)[ \t]*seed[ \t]+(\d+)/m.exec(text.replace(/#.*/g, ""))?.[1] ?? "1";
