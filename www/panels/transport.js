// The transport: play, pause, speed, single events, back to the start; and the seed and number of nodes.

import { h, icon, setAttribute, setText } from "../dom.js";
import { SPEEDS, rateName, speedName } from "../pace.js";
import { list, seconds } from "../words.js";

const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4 3h3v10H4zM9 3h3v10H9z";
const START = "M3 3h2v10H3zM13 3v10L6 8z";
const STEP_BACK = "M11 3v10L4 8z";
const STEP_FORTH = "M5 3v10l7-5z";

/** What the step buttons step by, and what they are called then. @type {[import("../state.js").Unit, string, string][]} */
const UNITS = [
  ["event", "event", "One event"],
  ["change", "change", "To the $ change"],
  ["election", "election", "To the $ start or end of an election"],
  ["message", "message", "To the $ message received"],
  ["rule", "rule", "To the $ rule"],
  ["leader", "leader", "To the $ change of leader"],
  ["fault", "fault", "To the $ fault"],
  ["write", "bad write", "To the $ rejected or conflicting write"],
  ["stop", "stop", "To the $ stop"],
];
/** How many of them the first look offers; the others belong to the debugger. */
const FEW = 3;

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
  const rate = h("span", { class: "rate wide-only" });
  const seed = h("input", { type: "text", inputmode: "numeric", "aria-label": "Seed", class: "seed", spellcheck: "false", autocomplete: "off" });
  seed.addEventListener("change", () => {
    if (seed.value.trim() !== "") player.setValue("seed", seed.value.trim());
    seed.value = seedOf(player.text);
  });
  const nodes = h("input", { type: "number", min: "1", max: "128", "aria-label": "Number of nodes", class: "nodes" });
  nodes.addEventListener("change", () => {
    if (!nodes.checkValidity() || nodes.value.trim() === "") {
      nodes.value = String(player.run.lanes[0]?.members ?? 5);
      app.fail(`A scenario has from ${nodes.min} to ${nodes.max} nodes.`);
      return;
    }
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
  const stepBack = button(STEP_BACK, "One event back", "←", () => player.stride(-1), "step");
  const stepForth = button(STEP_FORTH, "One event forward", "→", () => player.stride(1), "step");
  // The link to this moment is written when it is about to be used.
  const open = h("a", { class: "open", href: app.address(), target: "_blank", rel: "noopener", text: "open in the playground" });
  const aim = () => {
    open.href = app.address();
  };
  for (const event of ["pointerenter", "pointerdown", "focus", "keydown"]) open.addEventListener(event, aim);
  const units = UNITS.slice(0, FEW).map(([unit, name]) => h("button", { type: "button", text: name, onclick: () => store.edit({ unit }) }));
  const unit = h("select", {
    class: "unit", "aria-label": "Step by", onchange: () => store.edit({ unit: UNITS[unit.selectedIndex][0] }),
  }, ...UNITS.map(([value, name]) => h("option", { value, text: name })));
  const everywhere = h("input", { type: "checkbox", onchange: () => store.edit({ alone: !everywhere.checked }) });
  const transport = h(
    "section",
    { class: "transport", "aria-label": "Transport" },
    button(START, "Back to the start", "Home", () => player.reset(), "wide-only"),
    unit,
    stepBack,
    play,
    stepForth,
    h("div", { class: "by wide-only" }, h("span", { id: "step-by", text: "step by" }), h("div", { class: "segmented", role: "group", "aria-labelledby": "step-by" }, ...units)),
    h("label", { class: "everywhere", title: "Whether steps count in all lanes, or only in the one that you see" }, everywhere, "in all lanes"),
    time,
    speed,
    rate,
    open,
  );
  const setup = h(
    "section",
    { class: "setup", "aria-label": "Seed and nodes" },
    h("label", { class: "field" }, h("span", { text: "seed" }), seed),
    h("button", { type: "button", class: "tool", "aria-label": "New seed", title: "New seed (n)", onclick: () => app.newSeed() }, icon("M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3h-3", "icon stroke")),
    h("label", { class: "field" }, h("span", { text: "nodes" }), nodes),
  );
  const root = h("div", { class: "controls", part: "transport" }, transport, setup);
  let shownText = "";
  return {
    root,
    draw() {
      const { playing } = store.get();
      const { text } = player;
      setText(time, seconds(player.exact ? player.now : Math.floor(player.now)));
      playIcon.firstElementChild?.setAttribute("d", playing ? PAUSE : PLAY);
      setText(playWord, playing ? "Pause" : "Play");
      // Changes every frame near an election: two digits at most, and not while it rests.
      setText(rate, playing && store.get().speed === "auto" && player.rate > 0 ? rateName(player.rate) : "");
      setAttribute(play, "aria-pressed", String(playing));
      if (text === shownText) return;
      shownText = text;
      seed.value = seedOf(text);
      nodes.value = String(player.run.lanes[0]?.members ?? 5);
    },
    update() {
      const at = UNITS.findIndex(([it]) => it === store.get().unit);
      const [, , label] = UNITS[at];
      for (const [it, where, word, keys] of /** @type {const} */ ([[stepBack, "back", "previous", "←"], [stepForth, "forward", "next", "→"]])) {
        const says = label.includes("$") ? label.replace("$", word) : `${label} ${where}`;
        setAttribute(it, "aria-label", says);
        it.title = `${says} (${keys})`;
      }
      units.forEach((it, i) => setAttribute(it, "aria-pressed", String(i === at)));
      unit.selectedIndex = at;
      everywhere.checked = !store.get().alone;
      speed.value = String(store.get().speed);
      nodes.value = String(player.run.lanes[0]?.members ?? 5);
    },
  };
}

/** The seed of a text that plays; the default is 1. @param {string} text */
const seedOf = (text) => /(?:^|;)[ \t]*seed[ \t]+(\d+)/m.exec(text.replace(/#.*/g, ""))?.[1] ?? "1";
