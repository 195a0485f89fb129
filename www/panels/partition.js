// Which nodes are on one side of a partition.

import { partition } from "../acts.js";
import { h, setAttribute } from "../dom.js";

/** @param {import("../app.js").App} app @param {(action: string) => void} act */
export function createPicker({ store, player }, act) {
  const chips = h("div", { class: "chips" });
  const preview = h("code");
  const apply = h("button", { type: "button", class: "primary", text: "Split", onclick: () => finish() });
  const root = h(
    "div",
    { class: "picker", hidden: true, role: "group", "aria-label": "Sides of the partition" },
    h("p", { text: "Which nodes should be cut off from the rest? Click them here or in a lane." }),
    chips,
    preview,
    h("div", { class: "row" }, apply, h("button", { type: "button", text: "Cancel", onclick: () => store.edit({ picking: null }) })),
  );
  const ids = () => player.run.lanes[0]?.ids.slice(0, player.run.lanes[0].members) ?? [];
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
    pick,
    /** @param {boolean} wanted */
    open(wanted) {
      const all = ids();
      if (!wanted) store.edit({ picking: null });
      else if (store.get().picking === null) store.edit({ picking: all.slice(0, Math.max(1, Math.floor((all.length - 1) / 2))), playing: false });
    },
    update() {
      const { picking } = store.get();
      root.hidden = picking === null;
      if (!picking) return;
      const all = ids();
      if (chips.childElementCount !== all.length) {
        chips.replaceChildren(...all.map((_, i) => h("button", { type: "button", onclick: () => pick(ids()[i]) })));
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
