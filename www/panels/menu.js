// The menu of a node, a message or a link: its state, and the actions that apply to it.

import { linkDeeds, messageDeeds, messageName, nodeDeeds, timerDeeds } from "../acts.js";
import { aboutAlgorithm } from "../algorithms.js";
import { focused, h } from "../dom.js";
import { WRITE } from "../frame.js";
import { fields } from "../scene/tips.js";
import { messageOf, propertyName, seconds, stateWord, until } from "../words.js";
import { laneTitle } from "./lanes.js";

/** How often the menu is refreshed while the run plays, in milliseconds. */
const FRESH_EVERY = 250;
/** The most messages that a node's menu lists. */
const UNDER_WAY_MAX = 12;

/** @param {import("../app.js").App} app */
export function createMenu(app) {
  const { store, player } = app;
  const box = h("div", { class: "menu", popover: "auto", role: "dialog", "aria-label": "Actions" });
  const inside = h("div");
  // On a phone the menu covers the area outside it that a tap would close it from.
  box.append(inside, h("button", { type: "button", class: "leave", text: "Close", onclick: () => box.hidePopover() }));
  /** @type {HTMLElement | null} */
  let opener = null;
  /** @type {() => Node[]} Makes the menu's current content. */
  let tell = () => [];
  let pressed = false;
  let freshAt = 0;
  // A button must not be replaced while it is being pressed.
  box.addEventListener("pointerdown", () => {
    pressed = true;
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) addEventListener(name, () => (pressed = false), { once: true });
  });
  box.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "closed" && opener && box.contains(focused(box))) opener.focus();
  });

  /** Shows the menu beside a point of the window. @param {number} x @param {number} y */
  function show(x, y) {
    box.style.left = "0px";
    box.style.top = "0px";
    box.showPopover();
    const { offsetWidth: w, offsetHeight: tall } = box;
    const { clientWidth, clientHeight } = document.documentElement;
    // Do not cover what the menu is about: to the right of it, or else to the left.
    const left = x + 26 + w > clientWidth - 8 && x - 26 - w > 8 ? x - 26 - w : Math.min(x + 26, clientWidth - w - 8);
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${Math.max(8, Math.min(y - 20, clientHeight - tall - 8))}px`;
  }

  /** @param {import("../acts.js").Deed[]} deeds @param {number} lane -1 for the selected scope. */
  function deedButtons(deeds, lane) {
    return h("div", { class: "deeds" }, ...deeds.map((deed) => h(
      "button",
      {
        type: "button", class: deed.tone === "bad" ? "deed harm" : "deed",
        onclick: () => {
          box.hidePopover();
          player.act(deed.action, deed.everywhere ? -1 : lane < 0 ? store.get().scope : lane);
        },
      },
      h("span", { text: deed.label }),
      deed.key ? h("kbd", { text: deed.key }) : null,
    )));
  }

  /** @param {number} lane */
  function scopeSwitch(lane) {
    const set = (/** @type {number} */ scope) => {
      store.edit({ scope });
      mark();
    };
    const all = h("button", { type: "button", text: "in all lanes", onclick: () => set(-1) });
    const one = h("button", { type: "button", text: `only in ${laneTitle(app, lane)}`, onclick: () => set(lane) });
    const mark = () => {
      const { scope } = store.get();
      all.setAttribute("aria-pressed", String(scope === -1));
      one.setAttribute("aria-pressed", String(scope === lane));
    };
    if (store.get().scope !== -1 && store.get().scope !== lane) store.edit({ scope: lane });
    mark();
    return h("div", { class: "segmented", role: "group", "aria-label": "Lanes affected" }, all, one);
  }

  /** @param {number} lane @param {number} place @returns {Node[]} */
  function aboutNode(lane, place) {
    const frame = player.frame?.lanes[lane];
    const run = player.run.lanes[lane];
    const node = frame?.nodes[place];
    if (!frame || !node) return [];
    const info = player.infos[lane];
    const name = run.ids[place];
    const cut = frame.cuts.some(([a, b]) => a === place || b === place);
    const fields = player.guard(() => player.engine?.view(lane, place) ?? [], []);
    const timers = frame.timers.filter((it) => it.place === place && it.due >= 0);
    const list = h("dl", {});
    for (const field of fields) {
      list.append(h("dt", { text: field.name }), h("dd", { text: field.value.length > 60 ? `${field.value.slice(0, 58)}…` : field.value, title: field.value }));
    }
    const rulings = timers.length > 0 ? player.guard(() => player.engine?.rulings(lane, place) ?? [], []) : [];
    for (const it of timers.sort((a, b) => a.due - b.due)) {
      const name = run.timers[it.timer];
      const rule = rulings.find((ruling) => ruling.timer === name);
      list.append(h("dt", { text: name }), h("dd", {}, h("span", { text: until(it.due - (player.frame?.now ?? 0)) }), rule ? ruled(rule) : null));
    }
    const deeds = nodeDeeds(node, name, info, cut);
    if (node.leads && node.up) deeds.splice(1, 0, { action: "crash leader", label: "Crash every lane's leader", tone: "bad", everywhere: true });
    return [
      h("h3", {}, h("span", { text: /^\d/.test(node.name) ? `Node ${node.name}` : node.name }), h("small", { text: `${laneTitle(app, lane)} · ${stateWord(node, info)}` })),
      look(lane, { place }),
      scopeSwitch(lane),
      deedButtons(deeds, -1),
      underWay(lane, place),
      list,
    ].filter((it) => it !== null);
  }
  /** The way into the debugger. @param {number} lane @param {Partial<import("../debugging.js").Focus>} focus */
  function look(lane, focus) {
    return h("button", {
      type: "button", class: "look", text: "Why is it so? Look inside", onclick: () => {
        box.hidePopover();
        app.focus({ lane, ...focus });
      },
    });
  }
  /** The setting that says how long a timer runs, and its change. @param {import("../engine.js").Ruling} rule */
  function ruled({ setting, value, line }) {
    const from = line === null ? "default" : `line ${line + 1}`;
    return h("button", {
      type: "button", class: "link ruling", title: "Change it in the scenario", "aria-label": `Change ${setting} ${value}, ${from}`,
      onclick: () => {
        box.hidePopover();
        app.editor.change(setting, value);
      },
    }, h("code", { text: `${setting} ${value}` }), h("small", { text: ` ${from}` }));
  }
  /** A node's messages in flight; the list makes them accessible from the keyboard. @param {number} lane @param {number} place */
  function underWay(lane, place) {
    const run = player.run.lanes[lane];
    const all = player.frame?.lanes[lane].flights.filter((it) => it.kind !== WRITE && (it.from === place || it.to === place)) ?? [];
    if (all.length === 0) return null;
    const rows = all.slice(0, UNDER_WAY_MAX).map((it) => {
      const name = messageName(run.ids[it.from], run.ids[it.to], it.nth, it.copy);
      const text = `${run.names[it.from]}→${run.names[it.to]} ${player.infos[lane].messages[it.kind].name}`;
      const target = /** @type {const} */ ({ kind: "message", from: it.from, to: it.to, nth: it.nth, copy: it.copy, message: it.kind });
      return h("li", { "data-message": name },
        h("button", {
          type: "button", class: "link", title: "Show its actions", text,
          onclick: () => {
            store.edit({ playing: false });
            tell = () => aboutMessage(lane, target);
            inside.replaceChildren(...tell());
            inside.querySelector("button")?.focus();
          },
        }),
        h("button", {
          type: "button", class: "quiet", "aria-label": `Drop ${text}`, text: "drop",
          onclick: () => {
            box.hidePopover();
            player.act(`drop ${name}`, lane);
          },
        }));
    });
    if (all.length > UNDER_WAY_MAX) rows.push(h("li", { text: `and ${all.length - UNDER_WAY_MAX} more` }));
    return h("div", { class: "under-way" }, h("h4", { text: "In flight" }), h("ul", {}, ...rows));
  }

  /** @param {number} lane @param {import("../scene/items.js").Target & {kind: "message"}} target @returns {Node[]} */
  function aboutMessage(lane, target) {
    const run = player.run.lanes[lane];
    const flight = player.frame?.lanes[lane].flights.find((it) => it.from === target.from && it.to === target.to && it.nth === target.nth && it.copy === target.copy);
    if (!flight) return [];
    const write = flight.kind === WRITE;
    const name = messageName(run.ids[target.from], run.ids[target.to], target.nth, target.copy);
    const kind = write ? "Write to the store" : player.infos[lane].messages[flight.kind].name;
    const list = h("dl", {});
    for (const [name, value] of fields(flight, player.infos[lane])) list.append(h("dt", { text: name }), h("dd", { text: String(value) }));
    for (const [term, value] of [["sent", seconds(flight.sent)], ["arrives", flight.arrives ? seconds(flight.due) : `never; due at ${seconds(flight.due)}`], ["class", flight.kindClass]]) {
      list.append(h("dt", { text: term }), h("dd", { text: value }));
    }
    return [
      h("h3", {}, h("span", { text: kind }), h("small", { text: `${laneTitle(app, lane)} · ${name}` })),
      list,
      write ? h("p", { class: "note", text: "To stop a node's writes, cut its link to the store." }) : deedButtons(messageDeeds(name), lane),
    ];
  }

  /** @param {number} lane @param {import("../scene/items.js").Target & {kind: "timer"}} target @returns {Node[]} */
  function aboutTimer(lane, target) {
    const run = player.run.lanes[lane];
    const its = player.frame?.lanes[lane].timers.find((it) => it.place === target.place && it.timer === target.timer);
    if (!its || its.due < 0) return [];
    const name = run.timers[its.timer];
    const rule = (player.guard(() => player.engine?.rulings(lane, its.place) ?? [], [])).find((it) => it.timer === name);
    return [
      h("h3", {}, h("span", { text: `Timer ${name}` }), h("small", { text: `${laneTitle(app, lane)} · ${run.names[its.place]}` })),
      h("dl", {}, h("dt", { text: "set" }), h("dd", { text: seconds(its.since) }), h("dt", { text: "fires" }),
        h("dd", {}, h("span", { text: `${seconds(its.due)}, ${until(its.due - (player.frame?.now ?? 0))}` }), rule ? ruled(rule) : null)),
      deedButtons(timerDeeds(`${run.ids[its.place]} ${name}`), lane),
    ];
  }

  /** @param {number} lane @param {number} a @param {number} b @returns {Node[]} */
  function aboutLink(lane, a, b) {
    const run = player.run.lanes[lane];
    const cuts = player.frame?.lanes[lane].cuts ?? [];
    const cut = (/** @type {number} */ from, /** @type {number} */ to) => cuts.some(([p, q]) => p === from && q === to);
    return [
      h("h3", {}, h("span", { text: `Link ${run.names[a]} – ${run.names[b]}` }), h("small", { text: laneTitle(app, lane) })),
      scopeSwitch(lane),
      deedButtons(linkDeeds(run.ids[a], run.ids[b], !cut(a, b), !cut(b, a)), -1),
    ];
  }

  /** @param {HTMLElement} from @param {() => Node[]} make @param {number} x @param {number} y */
  function fill(from, make, x, y) {
    const content = make();
    if (content.length === 0) return;
    opener = from;
    tell = make;
    inside.replaceChildren(...content);
    // The focus stays on the opener until the user tabs into the menu.
    show(x, y);
  }

  return {
    root: box,
    /** Closes the menu. Returns false if it was not open. */
    close() {
      if (!box.matches(":popover-open")) return false;
      box.hidePopover();
      return true;
    },
    /** Updates the menu as the playhead moves. @param {number} clock */
    draw(clock) {
      if (pressed || !box.matches(":popover-open")) return;
      if (store.get().playing && clock - freshAt < FRESH_EVERY) return;
      freshAt = clock;
      const now = tell();
      if (now.length === 0) {
        // The message has arrived, or the lane is gone.
        box.hidePopover();
        return;
      }
      const same = now.length === inside.childNodes.length;
      const held = box.contains(focused(box)) ? [...inside.querySelectorAll("button, select")].indexOf(/** @type {Element} */ (focused(box))) : -1;
      if (!same) inside.replaceChildren(...now);
      // Replace only what differs, to keep the focus where possible.
      else now.forEach((node, i) => {
        const old = /** @type {Element} */ (inside.childNodes[i]);
        if (old.outerHTML !== /** @type {Element} */ (node).outerHTML) old.replaceWith(node);
      });
      if (held >= 0 && !box.contains(focused(box))) {
        const able = /** @type {NodeListOf<HTMLElement>} */ (inside.querySelectorAll("button, select"));
        able[Math.min(held, able.length - 1)]?.focus();
      }
    },
    /**
     * @param {HTMLElement} canvas
     * @param {{x: number, y: number}} point On the canvas.
     * @param {number} lane
     * @param {import("../scene/items.js").Target} target
     */
    open(canvas, point, lane, target) {
      // A message that is being inspected must not fly away.
      if (target.kind === "message" || target.kind === "timer") store.edit({ playing: false });
      const rect = canvas.getBoundingClientRect();
      const content = () => (target.kind === "node" ? aboutNode(lane, target.place)
        : target.kind === "message" ? aboutMessage(lane, target)
        : target.kind === "timer" ? aboutTimer(lane, target)
        : target.kind === "link" ? aboutLink(lane, target.from, target.to) : []);
      fill(canvas, content, rect.left + point.x, rect.top + point.y);
      if (canvas.matches(":focus-visible")) inside.querySelector("button")?.focus();
    },
    /** Shows what an algorithm promises and what its model leaves out. @param {HTMLElement} from @param {number} lane */
    async about(from, lane) {
      const info = player.infos[lane];
      /** @type {import("../algorithms.js").About} */
      let about;
      try {
        about = await aboutAlgorithm(info.id);
      } catch (error) {
        app.fail(`The description of ${info.title} could not be fetched: ${messageOf(error)}`);
        return;
      }
      // The lane may have been removed meanwhile.
      if (!from.isConnected) return;
      const rect = from.getBoundingClientRect();
      const verdicts = player.guard(() => player.engine?.verdicts(lane) ?? [], []);
      const claims = h("ul", { class: "claims" }, ...about.promises.map((claim) => {
        const it = verdicts.find((verdict) => verdict.property === claim.property);
        const mark = it?.verdict === "held" ? "✓" : it?.verdict === "broken" ? it.violation?.blame === "bug" ? "✗" : "◆" : it?.verdict === "given-up" ? "–" : "?";
        return h("li", { class: it?.verdict === "broken" ? "broken" : "" },
          h("b", { text: `${mark} ${propertyName(claim.property)}` }),
          h("span", { text: `: ${claim.because}` }),
          claim.assumes.length > 0 ? h("small", { text: ` Assumes: ${claim.assumes.join("; ")}.` }) : h("small", { text: " Holds always." }),
          h("em", { text: ` So far: ${it?.text ?? ""}.` }));
      }));
      const rulings = player.guard(() => player.engine?.rulings(lane, 0) ?? [], []);
      const settings = about.settings.map(({ name, doc }) => {
        const rule = rulings.find((it) => it.setting.endsWith(`.${name}`));
        return h("li", {}, rule ? ruled(rule) : h("code", { text: name }), h("span", { text: doc }));
      });
      const lessons = verdicts.filter((it) => !it.promised && it.verdict === "broken");
      const content = [
        h("h3", {}, h("span", { text: info.title }), h("small", { text: info.subtitle })),
        h("p", { text: about.summary }),
        h("details", {}, h("summary", { text: "Settings, and their values here" }), h("ul", { class: "settings" }, ...settings)),
        h("h4", { text: "Promises" }),
        claims,
        ...(lessons.length > 0 ? [h("h4", { text: "Never promised" }), h("ul", { class: "claims" }, ...lessons.map((it) => h("li", { class: "broken" }, h("b", { text: `◆ ${propertyName(it.property)}` }), h("span", { text: `: ${it.text}.` }))))] : []),
        h("details", {}, h("summary", { text: "What the model leaves out" }), h("ul", {}, ...about.fidelity.map((text) => h("li", { text })))),
        h("p", { class: "source", text: about.source }),
      ];
      fill(from, () => content, rect.left - 26, rect.bottom + 26);
    },
  };
}
