// The events that a playground sends to the page around it; they bubble. They report what the playhead reaches, in
// whichever direction it moves.

/** @typedef {import("./app.js").App} App */

/**
 * @typedef {object} EventDetails What each event carries. Times are in seconds.
 * @property {{until: number, lanes: string[]}} ep-ready The first run is computed and on the screen.
 * @property {{now: number, events: number}} ep-step The playhead has moved past an event, in either direction.
 * @property {{now: number, lane: string, leader: number | null, epoch: number, believers: number[]}} ep-leaderchange
 *   The leader of a lane has changed: the leader in truth, or else the newest believer; `null` if there is none.
 * @property {{now: number, lane: string, property: string, at: number, blame: import("./engine.js").Violation["blame"],
 *   because: string, text: string}} ep-violation The playhead has passed the first violation of a property. `blame` is
 *   `bug`, `run` (it broke an assumption of the promise), `setting` (it gives the promise up) or `never-promised`.
 * @property {{message: string, line: number | null, column: number | null}} ep-error A text has errors, or
 *   something could not be opened.
 */

/**
 * Sends one of the events.
 *
 * @template {keyof EventDetails} K
 * @param {HTMLElement} host
 * @param {K} name
 * @param {EventDetails[K]} detail
 */
export function send(host, name, detail) {
  host.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
}

/** @param {App} app */
export function createEvents(app) {
  const { host, player, store } = app;
  let events = -1;
  /** @type {string[]} */
  let leaders = [];
  /** @type {Set<string>} */
  let broken = new Set();
  let revision = -1;

  store.subscribe((now, before) => {
    if (now.errors !== before.errors && now.errors.length > 0) {
      const [{ message, line, column }] = now.errors;
      send(host, "ep-error", { message, line, column });
    }
    if (now.panic !== null && before.panic === null) {
      send(host, "ep-error", { message: `the engine stopped: ${now.panic}`, line: null, column: null });
    }
  });

  return {
    draw() {
      const { frame, run, stories } = player;
      if (!frame || run.lanes.length !== frame.lanes.length) return;
      const fresh = revision === -1;
      // Until then the playhead may not have reached its initial position.
      if (fresh && store.get().computing) return;
      const moved = frame.events !== events || store.get().revision !== revision;
      if (!moved) return;
      [events, revision] = [frame.events, store.get().revision];
      const now = frame.now / 1e6;
      if (fresh) send(host, "ep-ready", { until: run.until / 1e6, lanes: run.lanes.map((it) => it.name) });
      send(host, "ep-step", { now, events });
      const lead = frame.lanes.map((lane) => {
        const leader = lane.leader < 0 ? null : lane.nodes[lane.leader];
        return `${leader?.id ?? ""} ${leader?.epoch ?? ""}`;
      });
      frame.lanes.forEach((lane, i) => {
        if (lead[i] === (leaders[i] ?? " ")) return;
        const leader = lane.leader < 0 ? null : lane.nodes[lane.leader];
        const believers = lane.nodes.filter((node) => node.leads).map((node) => node.id);
        send(host, "ep-leaderchange", { now, lane: run.lanes[i].name, leader: leader?.id ?? null, epoch: leader?.epoch ?? 0, believers });
      });
      leaders = lead;
      const passed = new Set();
      stories.forEach((story, i) => {
        for (const { property, at, blame, because, text } of story.violations) {
          if (at > frame.now) continue;
          const key = `${i} ${property} ${at}`;
          passed.add(key);
          if (!broken.has(key)) send(host, "ep-violation", { now, lane: run.lanes[i].name, property, at: at / 1e6, blame, because, text });
        }
      });
      broken = passed;
    },
  };
}
