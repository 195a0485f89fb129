// The forms of the palette: what happens to whom, and how much, with the action that will be written.

import { h } from "../dom.js";
import { CLOCKS, EVERY, LINKS, PAUSES, SLOWNESS, fillIn } from "../faults.js";
import { createMessages } from "./messages.js";

/** @typedef {"pause" | "slow" | "clock" | "link" | "message"} Name */

/** What the palette's choice of nodes is called in a sentence. */
const NAMED = /** @type {Record<string, string>} */ ({ leader: "the leader", follower: "a follower", all: "every node", service: "the service" });

/**
 * @param {import("../app.js").App} app
 * @param {(action: string, lane?: number) => void} act
 * @param {() => string} who The nodes chosen in the palette.
 */
export function createForms(app, act, who) {
  const { store, player } = app;
  const select = (/** @type {string} */ label) => h("select", { "aria-label": label, onchange: () => update() });
  const [from, to] = [select("One end"), select("Other end")];
  const name = h("span");
  const after = h("span");
  const what = select("What happens");
  const preview = h("code");
  const apply = h("button", { type: "button", class: "primary", onclick: () => act(action()) });
  const messages = createMessages(app, act);
  const ends = h("div", { class: "row" }, from, h("span", { text: "to" }), to);
  const sentence = h("div", { class: "row" }, name, what, after);
  const single = h("div", { class: "fields" }, ends, sentence, preview, h("div", { class: "row" }, apply));
  const root = h("div", { class: "picker", hidden: true, role: "group" }, single, messages.root);
  /** @type {Name | null} */
  let shown = null;

  /** What each form says around its choice. @type {Record<Exclude<Name, "message">, {choices: import("../faults.js").Choices, label: string, before: () => string, after?: string, button: string}>} */
  const FORMS = {
    pause: { choices: PAUSES, label: "How long", before: () => `Pause ${named()}`, button: "Pause" },
    slow: { choices: SLOWNESS, label: "How slow", before: () => `${capital(named())} takes`, after: "over each message", button: "Slow down" },
    clock: { choices: CLOCKS, label: "What the clock does", before: () => `The clock of ${named()}`, button: "Set" },
    link: { choices: LINKS, label: "What happens to the link", before: () => "", button: "Apply" },
  };
  const named = () => NAMED[who()] ?? `node ${who()}`;
  const action = () => fillIn(what.value, { who: who(), from: from.value, to: to.value });

  function update() {
    if (shown === null || shown === "message") return;
    const form = FORMS[shown];
    name.textContent = form.before();
    name.hidden = name.textContent === "";
    after.textContent = form.after ?? "";
    to.disabled = from.value === EVERY;
    const { scope } = store.get();
    preview.textContent = `${scope < 0 ? "" : `${player.run.lanes[scope]?.name}: `}${action()}`;
    apply.disabled = shown === "link" && from.value !== EVERY && from.value === to.value;
  }

  return {
    root,
    update,
    /** @param {Name | null} form */
    show(form) {
      shown = form;
      root.hidden = form === null;
      single.hidden = form === "message";
      messages.root.hidden = form !== "message";
      if (form === null) return;
      root.setAttribute("aria-label", { pause: "Pause", slow: "Slow", clock: "Clock", link: "Link", message: "Messages in flight" }[form]);
      if (form === "message") {
        // A list of messages that fly away could not be used.
        store.edit({ playing: false });
        messages.update();
        return;
      }
      ends.hidden = form !== "link";
      what.setAttribute("aria-label", FORMS[form].label);
      what.replaceChildren(...FORMS[form].choices.map(([text, value]) => h("option", { value, text })));
      apply.textContent = FORMS[form].button;
      update();
    },
    /** The nodes that links join. @param {string[]} ids @param {boolean} services */
    choices(ids, services) {
      const option = (/** @type {string} */ value) => h("option", { value, text: /^\d/.test(value) ? `node ${value}` : value });
      const kept = [from.value, to.value];
      from.replaceChildren(h("option", { value: EVERY, text: "all links" }), ...["leader", ...ids].map(option));
      to.replaceChildren(...[...ids, ...(services ? ["service"] : []), "store"].map(option));
      from.value = [...from.options].some((it) => it.value === kept[0]) ? kept[0] : ids[0] ?? EVERY;
      to.value = [...to.options].some((it) => it.value === kept[1]) ? kept[1] : ids[1] ?? "store";
    },
    draw() {
      if (shown === "message" && !store.get().playing) messages.update();
    },
  };
}

/** @param {string} text */
function capital(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}
