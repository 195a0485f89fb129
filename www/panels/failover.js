// "This failover": the last fault before the playhead that a lane responded to, and how each lane did.

import { h, setAttribute } from "../dom.js";
import { fit, measurer, paint } from "../paint.js";
import { bandsLayout } from "../scene/bands.js";
import { failoverHeight, failoverScene, momentAt, placeOf, took, veiled } from "../scene/failover.js";
import { list as inARow, seconds, span } from "../words.js";
import { laneTitle } from "./lanes.js";

/** @typedef {import("../engine.js").Response} Response */

/** Whether a lane did anything about an act. @param {Response} it */
const responded = (it) => it.suspected !== null || it.candidate !== null || it.led !== null;

/** @param {import("../app.js").App} app */
export function createFailover(app) {
  const { store, player } = app;
  const canvas = h("canvas", { role: "img", "aria-label": "This failover" });
  const root = h("section", { class: "failover", "aria-label": "This failover, aligned on the fault" }, canvas);
  const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let measure = measurer(cx, app.theme());
  let w = 0;
  let painted = "";
  let generation = 0;
  let revision = -1;
  /** The instants of acts that some lane responded to, in order. @type {number[]} */
  let faults = [];

  new ResizeObserver(() => {
    w = root.clientWidth;
    app.loop.request();
  }).observe(root);

  function read() {
    const at = new Set(player.responses.flatMap((lane) => lane.filter(responded).map((it) => it.at)));
    faults = [...at].sort((a, b) => a - b);
  }

  /** Who led just before an instant, the newest belief last. @param {number} lane @param {number} at */
  const ledBefore = (lane, at) => player.stories[lane].bands.filter((it) => it.from < at && (it.until === null || it.until >= at));

  /**
   * A leader that goes on although something was done: a node that joins starts an election, too, but loses nobody.
   *
   * @param {number} lane
   * @param {number} at
   * @param {Response | null} response
   */
  function undisturbed(lane, at, response) {
    if (response?.led) return undefined;
    const [next] = player.responses[lane].filter((it) => it.at > at);
    const end = next?.at ?? player.computed;
    return ledBefore(lane, at).findLast((it) => (it.until ?? Infinity) >= end);
  }

  /** @returns {import("../scene/failover.js").FailoverInput | null} */
  function input() {
    const at = faults.findLast((it) => it <= player.now) ?? faults[0];
    if (at === undefined) return null;
    const [from, to] = store.get().range ?? [0, player.run.until];
    const names = player.run.lanes.map((_, i) => laneTitle(app, i));
    const whole = bandsLayout({ run: player.run, stories: player.stories, infos: player.infos, names, w, from, to, measure }).axis;
    const texts = new Set(player.run.lanes.flatMap((lane) => lane.acts.filter((act) => act.at === at).map((act) => act.text)));
    const title = `${seconds(at).replace(".000", "")}  ${[...texts].join(", ")}`;
    const rows = player.run.lanes.map((lane, i) => {
      // Several acts of an instant count as one fault: the last one has the response.
      const all = player.responses[i]?.filter((it) => it.at === at) ?? [];
      const known = all.map((it) => veiled(it, player.curtain));
      const response = known.findLast(responded) ?? known.at(-1) ?? null;
      const after = response?.led ? lane.names[response.led.node] : "";
      const stays = undisturbed(i, at, response);
      const before = stays ?? ledBefore(i, at).at(-1);
      const led = response?.led;
      const over = led && player.stories[i].failovers.find((it) => at <= it.lost && it.lost <= led.at && led.at <= it.found);
      return {
        name: names[i], before: before ? lane.names[before.node] : "", after, response: stays ? null : response,
        outage: over ? over.found - over.lost : null,
      };
    });
    return { title, at, rows, now: player.now, w, whole, shown: store.get().shown, measure };
  }

  // A click goes to the moment that the strip shows there.
  canvas.addEventListener("click", (event) => {
    const data = input();
    const at = data && momentAt(data, event.offsetX);
    if (at !== null && at !== undefined) player.seek(at);
  });

  return {
    root,
    /** Where instants lie in the window, in pixels; null if the strip shows nothing near them. @param {readonly number[]} all */
    places(all) {
      const data = root.hidden || w === 0 ? null : input();
      const { left } = canvas.getBoundingClientRect();
      const found = data ? all.map((at) => placeOf(data, at)) : [null];
      return found.includes(null) ? null : found.map((x) => left + Number(x));
    },
    draw() {
      if (w === 0) return;
      if (revision !== store.get().revision) {
        revision = store.get().revision;
        read();
      }
      const data = input();
      // Its place is kept from the start, so that nothing moves when the first fault comes.
      const height = failoverHeight(player.run.lanes.length);
      root.hidden = player.ran && faults.length === 0 && !store.get().computing;
      canvas.style.height = `${height}px`;
      const end = data ? Math.max(...data.rows.map((row) => row.response?.led?.at ?? 0), data.at) : 0;
      const key = [revision, w, generation, devicePixelRatio, player.curtain, data?.at, store.get().range, store.get().shown, data && player.now < Math.max(end, data.at) + 10e6 ? Math.floor(player.now) : "over"].join();
      if (key === painted) return;
      painted = key;
      fit(canvas, w, height);
      paint(cx, data ? failoverScene(data) : [], app.theme(), w, height);
      setAttribute(canvas, "aria-label", data ? said(data) : "This failover: none yet");
    },
    repaint() {
      generation++;
      measure = measurer(cx, app.theme());
    },
  };

  /** The same in words. @param {import("../scene/failover.js").FailoverInput} data */
  function said(data) {
    const rows = data.rows.map((row) => {
      const time = took(data, row);
      if (time === null) return `${row.name}: ${row.before ? `${row.before} leads on` : "no new leader"}`;
      return `${row.name}: ${row.after} leads ${span(time)} later${row.outage === null ? "" : `, ${span(row.outage)} without service`}`;
    });
    return `This failover, ${data.title}. ${inARow(rows)}`;
  }
}
