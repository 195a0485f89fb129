// The way into the debugger, which is a bundle of its own: it is fetched when it is first opened.

import { messageOf } from "./words.js";

/**
 * @typedef {object} Focus What the debugger is about.
 * @property {number} lane
 * @property {number | null} step An event of the lane that the playhead was sent to; null for the last one before it.
 * @property {number | null} place A node.
 * @property {string | null} field A field of the node whose value is asked about; null for the node as a whole.
 * @property {number | null} root The event whose causes are shown; null for what made the node, or its field, what it is.
 * @property {{from: number, to: number, nth: number, copy: number} | null} message
 */

/** @param {import("./app.js").App} app @param {HTMLElement} frame */
export function createDebugging(app, frame) {
  const { store, player } = app;
  /** @type {Promise<ReturnType<typeof import("./debugger.js").createDebugger> | null> | null} */
  let fetched = null;
  /** @type {ReturnType<typeof import("./debugger.js").createDebugger> | null} */
  let panels = null;

  async function fetchPanels() {
    try {
      const [{ createDebugger }] = await Promise.all([import("./debugger.js"), player.equip()]);
      panels = createDebugger(app, frame);
    } catch (error) {
      fetched = null;
      store.edit({ focus: null });
      app.fail(`The debugger could not be fetched: ${messageOf(error)}`);
    }
    app.loop.request();
    return panels;
  }

  store.subscribe((now, before) => {
    if ((now.focus === null) !== (before.focus === null)) frame.classList.toggle("debugging", now.focus !== null);
    // Numbers of events belong to a run.
    if (now.focus && now.text !== before.text && (now.focus.root !== null || now.focus.step !== null)) {
      store.edit({ focus: { ...now.focus, root: null, step: null, message: null } });
      return;
    }
    if (now.focus !== before.focus) panels?.turn(now.focus, before.focus);
    // Another scenario is another story.
    if (now.focus && now.focus.lane >= player.run.lanes.length) store.edit({ focus: null });
  });

  return {
    /**
     * Turns the debugger to something, and opens it; null closes it. What is not named stays, as long as the lane does.
     *
     * @param {Partial<Focus> | null} patch
     */
    focus(patch) {
      const before = store.get().focus;
      if (patch === null) {
        app.thread = null;
        store.edit({ focus: null });
        return;
      }
      fetched ??= fetchPanels();
      const lane = patch.lane ?? before?.lane ?? 0;
      const place = before?.lane === lane ? before.place : null;
      const focus = { lane, place, field: null, step: null, message: null, root: patch.step ?? null, ...patch };
      const run = player.run.lanes[lane];
      // The store, which comes after the nodes, has nothing inside.
      if (focus.place !== null && run && focus.place >= run.members + run.services) focus.place = null;
      store.edit({ playing: false, focus, selected: focus.place === null ? null : { lane, place: focus.place } });
      if (focus.step !== null) player.visit(lane, focus.step);
    },
    /** @param {number} clock */
    draw(clock) {
      const { focus } = store.get();
      if (!focus) return;
      // The playhead has left the event.
      if (focus.step !== null && player.head.arrived && player.frame?.lanes[focus.lane]?.events !== focus.step) {
        store.edit({ focus: { ...focus, step: null } });
      }
      panels?.draw(clock);
    },
  };
}
