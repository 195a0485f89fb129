// The debugger: what happened at an event, why, and what comes next, for one lane. It stands around the lane's picture.
// Each panel asks the engine; none keeps anything about a run beyond what it shows.

import { createChanged } from "./debugger/changed.js";
import { createCode } from "./debugger/code.js";
import { createDiagram } from "./debugger/diagram.js";
import { createEventList } from "./debugger/events.js";
import { createFutures } from "./debugger/futures.js";
import { createLooking } from "./debugger/looking.js";
import { createPending } from "./debugger/pending.js";
import { styled } from "./debugger/sheet.js";
import { createOdds } from "./debugger/odds.js";
import { createStops } from "./debugger/stops.js";
import { createWhy } from "./debugger/why.js";
import { h, setAttribute, setText } from "./dom.js";
import { laneTitle } from "./panels/lanes.js";

/** @typedef {import("./debugging.js").Focus} Focus */
/** @typedef {{root: HTMLElement, draw(clock: number): void, repaint?(): void}} Panel */

/** From this width on, the inspector stands at the right; as in style/debugger.css. */
const BESIDE = 760;

/** @param {import("./app.js").App} app @param {HTMLElement} frame */
export function createDebugger(app, frame) {
  const { player, root, store } = app;
  styled.then((sheet) => {
    root.adoptedStyleSheets.push(sheet);
    app.retint();
  });
  const looking = createLooking(app);
  const stops = createStops(app);
  const code = createCode(app, looking, stops.atRule);
  const [changed, why] = [createChanged(app, looking, stops), createWhy(app)];
  /** The panels of the inspector, with the names of their tabs. @type {[string, Panel][]} */
  const inspected = [["Changed", changed], ["Why", why], ["Code", code], ["Pending", createPending(app)], ["Events", createEventList(app)], ["Futures", createFutures(app)]];
  /** All panels. @type {Panel[]} */
  const panels = inspected.map(([, panel]) => panel);
  const diagram = createDiagram(app);
  panels.push(diagram);
  app.lanes.root.after(diagram.root);
  panels.push(stops);
  app.editor.root.after(stops.root);
  const odds = createOdds(app);
  panels.push(odds);
  app.bands.root.after(odds.root);

  const lane = h("button", { type: "button", class: "link", title: "All that is known about this lane", onclick: () => app.focus({ place: null }) });
  const node = h("b");
  const crumbs = h("nav", { class: "crumbs", "aria-label": "What the debugger shows" },
    h("button", { type: "button", class: "link", text: "All lanes", onclick: () => app.focus(null) }),
    h("span", { "aria-hidden": "true", text: "›" }), lane, node,
    h("button", { type: "button", class: "quiet close", text: "Esc", title: "Back to all lanes (Esc)", "aria-label": "Esc, back to all lanes", onclick: () => app.focus(null) }));
  // Where there is little room, one panel at a time.
  const tabs = inspected.map(([name, panel]) => {
    panel.root.dataset.panel = name;
    return h("button", { type: "button", text: name, onclick: () => choose(name) });
  });
  const sections = h("div", { class: "sections" }, ...inspected.map(([, panel]) => panel.root));
  why.root.after(changed.more);
  const inspector = h("section", { class: "inspector", "aria-label": "Debugger" }, crumbs, why.nodes,
    h("div", { class: "segmented panels", role: "group", "aria-label": "What to show" }, ...tabs), sections);
  frame.append(inspector);
  // The rules stand beside the picture where there is room for both.
  new ResizeObserver(() => {
    const beside = app.host.clientWidth >= BESIDE;
    if (beside === sections.contains(code.root)) {
      if (beside) app.lanes.beside(code.root);
      else sections.append(code.root);
    }
  }).observe(app.host);

  /** @param {string} name */
  function choose(name) {
    inspected.forEach(([it, panel], i) => {
      setAttribute(tabs[i], "aria-pressed", String(it === name));
      panel.root.classList.toggle("chosen", it === name);
    });
    changed.more.classList.toggle("chosen", name === inspected[0][0]);
    sections.scrollTop = 0;
  }
  // It was opened to ask why.
  choose(inspected[1][0]);

  /** Follows what the debugger is turned to. @param {Focus | null} focus @param {Focus | null} [before] */
  function turn(focus, before) {
    app.lanes.only(focus?.lane ?? -1);
    if (!focus) {
      stops.close();
      return;
    }
    setText(lane, laneTitle(app, focus.lane));
    const name = focus.place === null ? "" : player.run.lanes[focus.lane].names[focus.place] ?? "";
    setText(node, name === "" ? "" : `› ${/^\d/.test(name) ? `node ${name}` : name}`);
    // What is asked about stands at the top.
    if (!before || before.lane !== focus.lane || before.root !== focus.root || before.place !== focus.place || before.field !== focus.field) inspector.scrollTop = 0;
    if (before && focus.field !== null && focus.field !== before.field) choose(inspected[1][0]);
    app.loop.request();
  }
  turn(store.get().focus);

  return {
    turn,
    /** @param {number} clock */
    draw(clock) {
      for (const panel of panels) panel.draw(clock);
    },
    repaint() {
      for (const panel of panels) panel.repaint?.();
    },
  };
}
