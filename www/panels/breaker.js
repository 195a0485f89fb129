// "Break something": a palette of faults for all lanes or for one, and a picker for the sides of a partition.

import { partition } from "../acts.js";
import { h, setAttribute } from "../dom.js";
import { laneTitle } from "./lanes.js";

/** The faults in the palette: label, action, key. */
export const FAULTS = /** @type {const} */ ([
  ["Crash leader", "crash leader", "C"],
  ["Pause leader", "pause leader", "Z"],
  ["Isolate leader", "isolate leader", "I"],
  ["Restart all", "restart all", "R"],
  ["Resume all", "resume all", "U"],
  ["Heal all links", "heal", "h"],
]);

/** @param {import("../app.js").App} app */
export function createBreaker(app) {
  const { store, player } = app;
  const scope = h("select", { "aria-label": "Lanes affected", onchange: () => store.edit({ scope: Number(scope.value) }) });
  const act = (/** @type {string} */ action) => {
    player.act(action, store.get().scope);
    // On a phone the lanes may be scrolled out of sight, but the effect should be seen.
    if (app.lanes.root.getBoundingClientRect().bottom < 80) app.lanes.root.scrollIntoView({ block: "start", behavior: app.still() ? "auto" : "smooth" });
  };
  const buttons = FAULTS.map(([name, action, key]) =>
    h("button", { type: "button", onclick: () => act(action) }, h("span", { text: name }), h("kbd", { text: key })));
  const split = h("button", { type: "button", onclick: () => toggle() }, h("span", { text: "Partition…" }), h("kbd", { text: "p" }));
  const cut = h("button", { type: "button", onclick: () => app.menu.cut(cut) }, h("span", { text: "Cut a link…" }), h("kbd", { text: "x" }));
  const chips = h("div", { class: "chips" });
  const preview = h("code");
  const apply = h("button", { type: "button", class: "primary", text: "Split", onclick: () => finish() });
  const picker = h(
    "div",
    { class: "picker", hidden: true, role: "group", "aria-label": "Sides of the partition" },
    h("p", { text: "Which nodes should be cut off from the rest? Click them here or in a lane." }),
    chips,
    preview,
    h("div", { class: "row" }, apply, h("button", { type: "button", text: "Cancel", onclick: () => store.edit({ picking: null }) })),
  );
  const root = h(
    "section",
    { class: "breaker", "aria-label": "Break something" },
    h("header", {}, h("h2", { text: "Break something" }), h("label", { class: "field" }, h("span", { text: "in" }), scope)),
    h("div", { class: "palette" }, buttons[0], buttons[1], split, cut, buttons[2], buttons[5], buttons[3], buttons[4]),
    picker,
  );
  let built = "";

  const ids = () => player.run.lanes[0]?.ids.slice(0, player.run.lanes[0].members) ?? [];
  function toggle() {
    const all = ids();
    store.edit({ picking: store.get().picking ? null : all.slice(0, Math.max(1, Math.floor((all.length - 1) / 2))), playing: false });
  }
  function finish() {
    const action = partition(ids(), [...(store.get().picking ?? [])]);
    if (!action) return;
    store.edit({ picking: null });
    act(action);
  }
  /** @param {string} id */
  function pick(id) {
    const { picking } = store.get();
    if (picking) store.edit({ picking: picking.includes(id) ? picking.filter((it) => it !== id) : [...picking, id] });
  }

  return {
    root,
    /** Does what the button does, and moves the focus to the nodes. */
    toggle() {
      toggle();
      if (store.get().picking) /** @type {HTMLElement | null} */ (chips.firstElementChild)?.focus();
    },
    pick,
    cut: () => app.menu.cut(cut.checkVisibility() ? cut : app.lanes.root),
    update() {
      const { picking, scope: chosen } = store.get();
      const names = player.run.lanes.map((_, i) => laneTitle(app, i));
      const key = names.join();
      if (key !== built) {
        built = key;
        scope.replaceChildren(h("option", { value: "-1", text: "all lanes" }), ...names.map((name, i) => h("option", { value: String(i), text: name })));
      }
      scope.value = String(chosen);
      picker.hidden = picking === null;
      setAttribute(split, "aria-expanded", String(picking !== null));
      if (!picking) return;
      const all = ids();
      if (chips.childElementCount !== all.length) {
        chips.replaceChildren(...all.map((id) => h("button", { type: "button", text: id, onclick: () => pick(id) })));
      }
      all.forEach((id, i) => {
        chips.children[i].textContent = id;
        setAttribute(chips.children[i], "aria-pressed", String(picking.includes(id)));
      });
      const action = partition(all, all.filter((id) => picking.includes(id)));
      preview.textContent = action ?? "one side is empty";
      apply.disabled = action === null;
    },
  };
}
