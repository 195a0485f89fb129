// "Break something": a palette of faults for all lanes or for one. Faults with a choice to make open a form below.

import { h, setAttribute } from "../dom.js";
import { FAULTS, inVain } from "../faults.js";
import { createForms } from "./forms.js";
import { laneTitle } from "./lanes.js";
import { createPicker } from "./partition.js";

/** @typedef {"partition" | "pause" | "slow" | "clock" | "link" | "message"} Form */

/** @param {import("../app.js").App} app */
export function createBreaker(app) {
  const { store, player } = app;
  const scope = h("select", { "aria-label": "Lanes affected", onchange: () => store.edit({ scope: Number(scope.value) }) });
  const who = h("select", { "aria-label": "Nodes affected", onchange: () => update() });
  let clicked = false;
  const act = (/** @type {string} */ action, lane = store.get().scope) => {
    player.act(action, lane);
    // After a click, Space plays; whoever uses the keyboard stays at the button.
    if (clicked) app.rest();
    // On a phone the lanes may be scrolled out of sight, but the effect should be seen.
    if (app.lanes.root.getBoundingClientRect().bottom < 80) app.lanes.root.scrollIntoView({ block: "start", behavior: app.still() ? "auto" : "smooth" });
  };
  const forms = createForms(app, act, () => who.value);
  const picker = createPicker(app, act);
  /** @type {Form | null} */
  let open = null;

  /** @type {Map<Form, HTMLButtonElement>} */
  const openers = new Map();
  const opener = (/** @type {Form} */ form, /** @type {string} */ name, /** @type {string} */ key) => {
    const button = h("button", { type: "button", "aria-expanded": "false", onclick: () => show(open === form ? null : form) }, h("span", { text: `${name}…` }), key && h("kbd", { text: key }));
    openers.set(form, button);
    return button;
  };
  const instants = /** @type {const} */ ([[0, "crash"], [2, "isolate"], [3, "restart"], [4, "resume"], [5, null]]).map(([fault, verb]) => createInstant(FAULTS[fault], verb, () => who.value, act));
  const [crash, isolate, restart, resume, heal] = instants;
  const idle = createIdle(app);
  const root = h(
    "section",
    { class: "breaker", "aria-label": "Break something" },
    h("header", {}, h("h2", { text: "Break something" })),
    h("div", { class: "scope" }, who, h("label", { class: "field" }, h("span", { text: "in" }), scope)),
    h("div", { class: "palette" },
      crash.button, opener("pause", "Pause", ""), opener("partition", "Partition", "p"), opener("link", "Link", "x"),
      isolate.button, opener("clock", "Clock", "k"), opener("slow", "Slow", ""), opener("message", "Message", "m"),
      restart.button, resume.button, heal.button),
    idle.root, picker.root, forms.root,
  );
  // Escape closes the form that the focus is in.
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || open === null) return;
    event.preventDefault();
    const button = openers.get(open);
    show(null);
    button?.focus();
  });
  root.addEventListener("click", (event) => (clicked = event.detail > 0), { capture: true });
  let built = "";

  /** @param {Form | null} form */
  function show(form) {
    open = form;
    picker.open(form === "partition");
    forms.show(form === "partition" ? null : form);
    update();
  }

  function choices() {
    const names = player.run.lanes.map((_, i) => laneTitle(app, i));
    const ids = player.run.lanes[0]?.ids.slice(0, player.run.lanes[0].members) ?? [];
    const services = player.run.lanes.some((lane) => lane.services > 0);
    const key = [names, ids, services].join();
    if (key === built) return;
    built = key;
    fill(who, [["leader", "the leader"], ["follower", "a follower"], ["all", "all nodes"], ...ids.map((id) => [id, `node ${id}`]), ...(services ? [["service", "the service"]] : [])]);
    fill(scope, [["-1", "all lanes"], ...names.map((name, i) => [String(i), name])]);
    forms.choices(ids, services);
  }

  function update() {
    choices();
    const { picking, scope: chosen } = store.get();
    scope.value = String(chosen);
    // Another run, or Escape, ends the choice of the sides.
    if (open === "partition" && picking === null) open = null;
    for (const [form, button] of openers) setAttribute(button, "aria-expanded", String(open === form));
    for (const it of instants) it.update();
    picker.update();
    forms.update();
    idle.update();
  }

  return {
    root,
    pick: picker.pick,
    /** Opens a form and moves the focus into it, or closes it. @param {Form} form */
    toggle(form) {
      show(open === form ? null : form);
      if (open === null) return;
      root.scrollIntoView({ block: "nearest" });
      const controls = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".picker:not([hidden]) :is(button, select)"));
      [...controls].find((it) => it.checkVisibility())?.focus();
    },
    update,
    draw: forms.draw,
  };
}

/**
 * A fault that needs no form. Of other nodes than the leader, `verb` and the choice make the action.
 *
 * @param {typeof FAULTS[number]} fault
 * @param {string | null} verb
 * @param {() => string} who
 * @param {(action: string) => void} act
 */
function createInstant([name, action, key], verb, who, act) {
  const others = () => verb !== null && who() !== "" && who() !== "leader";
  const [label, hint] = [h("span"), h("kbd", { text: key })];
  return {
    button: h("button", { type: "button", onclick: () => act(others() ? `${verb} ${who()}` : action) }, label, hint),
    update() {
      label.textContent = others() ? `${name.split(" ")[0]} ${who()}` : name;
      hint.hidden = others();
    },
  };
}

/** Replaces what a list offers, and keeps what is chosen if it is still there. @param {HTMLSelectElement} list @param {string[][]} offers Value and text. */
function fill(list, offers) {
  const before = list.value;
  list.replaceChildren(...offers.map(([value, text]) => h("option", { value, text })));
  if (offers.some(([value]) => value === before)) list.value = before;
}

/** Says in which lanes the action taken last met nobody. @param {import("../app.js").App} app */
function createIdle(app) {
  const { store, player } = app;
  const root = h("p", { class: "idle", role: "status", hidden: true });
  let shown = "";
  return {
    root,
    update() {
      const { acted, text } = store.get();
      /** @type {Map<string, string[]>} */
      const lanes = new Map();
      if (acted && acted.text === text && player.text === text) {
        player.run.lanes.forEach(({ acts }, i) => {
          const found = player.stories[i].moments.find((it) => it.kind === "no-act" && acts[it.act ?? -1]?.line === acted.line);
          if (found) lanes.set(found.why, [...(lanes.get(found.why) ?? []), laneTitle(app, i)]);
        });
      }
      const action = acted?.action ?? "";
      const says = [...lanes].map(([why, names]) => inVain(action, why, names)).join("; ");
      root.hidden = says === "";
      if (shown === `${action} ${says}`) return;
      shown = `${action} ${says}`;
      root.replaceChildren(h("b", { text: action }), `: ${says} `, h("button", { type: "button", class: "link", text: "Undo", onclick: () => player.undo() }));
    },
  };
}
