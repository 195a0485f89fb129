// The story above the lanes: the sentence of the moment, the question that stopped the playhead, and its answer.

import { h } from "../dom.js";
import { keyOf, outcome, storyAt, tellsStory } from "../story.js";
import { describe, firstSentences, list } from "../words.js";
import { laneTitle } from "./lanes.js";

/** The longest text of what a scenario says of itself, in characters. */
const ABOUT_MAX = 170;

/** @typedef {import("../engine.js").Step} Step */

/** @param {import("../app.js").App} app */
export function createStory(app) {
  const { store, player } = app;
  // Sentences are announced, and so is a question; the choices below it are not read out again with each click.
  const words = h("div", { class: "words", "aria-live": "polite" });
  const choices = h("div", { class: "choices", role: "group", "aria-label": "Your answer" });
  const root = h("section", { class: "story", "aria-label": "Story", hidden: true }, words, choices);
  let shown = "";

  /** The lane's title, as above its picture. @param {number} lane */
  const title = (lane) => laneTitle(app, lane);

  /** Whether what a sentence about some lanes says is over, as another leader has come in all of them. @param {Step} step */
  const passed = (step) => {
    const about = step.told ?? step.lanes;
    return about.length < player.run.lanes.length && about.every((lane) => player.stories[lane]?.happenings.some((it) => it.kind === "leads" && step.at < it.at && it.at <= player.now));
  };

  /** The sentences of a moment, each with the lanes it is about unless it is about all. @param {Step[]} says */
  const sentences = (says) => says.filter((step) => !passed(step)).map((step) => {
    const about = step.told ?? step.lanes;
    const lanes = about.length === player.run.lanes.length ? "" : `${list(about.map(title))}: `;
    return h("p", { class: "said" }, lanes === "" ? "" : h("b", { text: lanes }), h("span", { text: step.text }));
  });

  /** A question that was skipped: whoever sees what follows is not asked any more. @param {Step} step */
  function skim(step) {
    words.replaceChildren(...sentences(storyAt(player.storyline, player.now).says), h("p", { class: "asked small" }, mark(), h("span", { text: step.text })));
    choices.replaceChildren();
  }

  /** @param {Step} step */
  function ask(step) {
    const { said } = store.get();
    const { picks = {}, done = false } = said[keyOf(step)] ?? {};
    const lanes = step.choices.length === 0;
    const how = lanes ? "Pick lanes." : "Choose for each lane.";
    const names = lanes ? ["this lane"] : step.choices;
    const pick = (/** @type {number} */ lane, /** @type {number} */ choice) => {
      const { name } = player.run.lanes[lane];
      // A second press can come before the first one is drawn.
      const { picks: now = {} } = store.get().said[keyOf(step)] ?? {};
      const rest = Object.fromEntries(Object.entries(now).filter(([other]) => other !== name));
      player.say(step, now[name] === choice ? rest : { ...rest, [name]: choice });
    };
    words.replaceChildren(...sentences(storyAt(player.storyline, player.now).says),
      h("p", { class: "asked" }, mark(), h("span", { text: step.text })));
    const rows = step.lanes.map((lane) => {
      const { name } = player.run.lanes[lane];
      const buttons = names.map((text, choice) => h("button", {
        type: "button", class: "choice", "data-pick": `${lane} ${choice}`, text: lanes ? title(lane) : text, "aria-label": lanes ? undefined : `${title(lane)}: ${text}`,
        "aria-pressed": String(picks[name] === choice), onclick: () => pick(lane, choice),
      }));
      return h("div", { class: "lane-choice" }, lanes || step.lanes.length === 1 ? "" : h("b", { text: title(lane) }), ...buttons);
    });
    const some = Object.keys(picks).length > 0;
    const skip = () => {
      player.say(step, {});
      player.toggle();
    };
    const buttons = store.get().asking === null ? "" : h("div", { class: "go" },
      some ? "" : h("button", { type: "button", "data-pick": "skip", text: "Just play", onclick: skip }),
      some ? h("button", { type: "button", class: "primary", "data-pick": "go", text: "Play and see", onclick: () => player.toggle() }) : "");
    const hint = h("span", { class: "note", text: `${done ? "" : `${how} `}The answer comes at ${(step.answerAt ?? 0) / 1e6} s.` });
    choices.replaceChildren(h("div", { class: `rows${lanes ? " lanes-to-pick" : ""}` }, ...rows), h("div", { class: "how" }, hint, buttons));
  }

  /** @param {Step} step @param {Step[]} says */
  function tell(step, says) {
    const said = store.get().said[keyOf(step)];
    const found = outcome(step, said, player.run.lanes);
    const lanes = step.choices.length === 0;
    const right = found?.filter((it) => it.right === "yes").map((it) => title(it.lane)) ?? [];
    const short = lanes ? `${right.length === 0 ? "In none" : `In ${list(right)}`}.` : "";
    words.replaceChildren(
      h("p", { class: "asked small" }, mark(), h("span", { text: step.text })),
      h("p", { class: "said" }, h("b", { text: found === null ? "Computing the answer…" : short }), h("span", { text: ` ${step.because ?? ""}` })),
      ...sentences(says));
    const cells = (found ?? []).map(({ lane, right, yours, agrees }) => h("div", { class: `cell${yours === null ? "" : agrees ? " right" : " wrong"}` },
      h("b", { text: title(lane) }), h("span", { text: right }),
      yours === null ? "" : h("span", { class: "yours", text: agrees ? "✓ as you said" : `✗ you said ${yours}` })));
    const answered = found?.some((it) => it.yours !== null) ?? false;
    choices.replaceChildren(...(lanes && !answered ? [] : [h("div", { class: "rows" }, ...cells)]));
  }

  function draw() {
    const { storyline, now } = player;
    const { open, told, says } = storyAt(storyline, now);
    const { asking, said, blank, text } = store.get();
    const step = open ?? told;
    const skipped = open !== null && asking === null && now > open.at && Object.keys(said[keyOf(open)]?.picks ?? {}).length === 0;
    const tells = player.ran ? storyline.length > 0 : tellsStory(text);
    // Until something is told, what the text says of itself.
    const about = step || says.some((it) => !passed(it)) ? "" : firstSentences(describe(player.ran ? player.text : text).about, ABOUT_MAX);
    const key = JSON.stringify([
      blank !== null, tells, skipped, open?.line, asking?.line, told, says.map((step) => [step.line, step.told, step.text, passed(step)]), step && said[keyOf(step)], open?.text, about,
      player.run.lanes.map((lane) => lane.name),
    ]);
    if (key === shown) return;
    shown = key;
    root.hidden = !tells || blank !== null;
    root.classList.toggle("asking", asking !== null);
    // A choice that is drawn anew keeps the focus.
    const focused = root.getRootNode() instanceof ShadowRoot ? /** @type {ShadowRoot} */ (root.getRootNode()).activeElement : document.activeElement;
    const pick = focused instanceof HTMLElement && root.contains(focused) ? focused.dataset.pick ?? "" : null;
    if (open && skipped) skim(open);
    else if (open) ask(open);
    else if (told) tell(told, says);
    else {
      words.replaceChildren(...sentences(says), ...(about === "" ? [] : [h("p", { class: "said about", text: about })]));
      choices.replaceChildren();
    }
    choices.setAttribute("aria-label", open ? "Your answer" : "The answer");
    if (pick !== null) /** @type {HTMLElement | null} */ (root.querySelector(`[data-pick="${pick}"]`))?.focus();
  }

  return { root, draw };
}

/** The sign of a question. */
function mark() {
  return h("span", { class: "sign", "aria-hidden": "true", text: "?" });
}
