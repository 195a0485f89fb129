// The bands under the lanes, and the playhead that drags over them.

import { h, setAttribute } from "../dom.js";
import { NEAR, hit } from "../hit.js";
import { fit, measurer, paint } from "../paint.js";
import { bandsLayout, bandsScene, playhead, timeOf } from "../scene/bands.js";
import { clamp } from "../scene/geometry.js";
import { seconds, span } from "../words.js";
import { laneTitle } from "./lanes.js";

/** The shortest time that the bands can show, in microseconds. */
const SHORTEST = 2000;

/** @param {import("../app.js").App} app */
export function createBands(app) {
  const { store, player } = app;
  const picture = h("canvas", { class: "back", "aria-hidden": "true" });
  const over = h("canvas", { class: "over", "aria-hidden": "true" });
  const slider = h("div", {
    class: "slider", role: "slider", tabindex: "0", "aria-label": "Playhead", "aria-orientation": "horizontal", "aria-valuemin": "0",
  }, picture, over);
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const whole = h("button", { type: "button", class: "whole", hidden: true, text: "Show the whole run", onclick: () => store.edit({ range: null }) });
  const root = h("section", { class: "bands", "aria-label": "Who led when" }, slider, tip, whole);
  const back = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  const front = /** @type {CanvasRenderingContext2D} */ (over.getContext("2d"));
  let measure = measurer(back, app.theme());
  let w = 0;
  let painted = "";
  let height = 0;
  /** @type {import("../scene/items.js").Item[]} */
  let list = [];
  let generation = 0;

  new ResizeObserver(() => {
    w = slider.clientWidth;
    app.loop.request();
  }).observe(slider);

  /** @returns {import("../scene/bands.js").BandsInput} */
  function input() {
    const [from, to] = store.get().range ?? [0, player.run.until];
    return { run: player.run, stories: player.stories, infos: player.infos, names: player.run.lanes.map((_, i) => laneTitle(app, i)), w, from, to, measure };
  }
  /** @param {MouseEvent} event */
  const pointOf = (event) => {
    const box = slider.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  let dragging = false;
  /** @param {PointerEvent} event */
  const drag = (event) => {
    const [x] = pointOf(event);
    player.seek(Math.round(timeOf(bandsLayout(input()).axis, x)));
  };
  slider.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = pointOf(event);
    const target = hit(list, x, y, NEAR.mouse);
    if (target?.kind === "act") {
      app.editor.reveal(target.line);
      player.seek(player.run.lanes.flatMap((lane) => lane.acts).find((act) => act.line === target.line)?.at ?? player.now);
      return;
    }
    if (target?.kind === "moment") {
      player.seek(target.at);
      return;
    }
    dragging = true;
    slider.setPointerCapture(event.pointerId);
    drag(event);
  });
  slider.addEventListener("pointermove", (event) => {
    if (dragging) drag(event);
    else hover(event);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    slider.addEventListener(end, () => (dragging = false));
  }
  slider.addEventListener("pointerleave", () => (tip.hidden = true));

  /** @param {PointerEvent} event */
  function hover(event) {
    const [x, y] = pointOf(event);
    const target = hit(list, x, y, 3);
    slider.dataset.over = target?.kind ?? "";
    let text = "";
    if (target?.kind === "band") {
      const band = player.stories[target.lane].bands.find((it) => it.node === target.node && it.from === target.at);
      const info = player.infos[target.lane];
      if (band) {
        const epoch = info.epoch && band.epoch ? `, ${info.epoch} ${band.epoch}` : "";
        const until = band.until ?? player.run.until;
        text = `${player.run.lanes[target.lane].ids[band.node]} believed it led${epoch}: ${seconds(band.from)} to ${seconds(until)}, ${span(until - band.from)}`;
      }
    } else if (target?.kind === "moment") {
      const it = player.stories[target.lane].violations.find((violation) => violation.at === target.at);
      if (it) text = `${it.text}${it.broke ? ` (expected: not ${it.broke})` : it.claimed ? "" : " (not promised)"}`;
    }
    tip.hidden = text === "";
    if (text) {
      tip.textContent = text;
      tip.style.left = `${clamp(x, 8, Math.max(8, w - tip.offsetWidth - 8))}px`;
      tip.style.top = `${y + 18}px`;
    }
  }

  slider.addEventListener("keydown", (event) => {
    const page = (player.run.until || 1) / 20;
    const jump = { PageUp: page, PageDown: -page, ArrowUp: 100_000, ArrowDown: -100_000 }[event.key];
    if (jump === undefined) return;
    player.seek(player.now + jump);
    event.preventDefault();
    event.stopPropagation();
  });
  // Zoom with the wheel only where it is asked for: the page itself must go on scrolling.
  slider.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.altKey) return;
    event.preventDefault();
    zoom(1.0015 ** event.deltaY, timeOf(bandsLayout(input()).axis, pointOf(event)[0]));
  }, { passive: false });

  /** @param {number} factor @param {number} around */
  function zoom(factor, around) {
    const { until } = player.run;
    const [from, to] = store.get().range ?? [0, until];
    const wide = clamp((to - from) * factor, SHORTEST, until);
    const left = clamp(around - ((around - from) / (to - from)) * wide, 0, until - wide);
    store.edit({ range: wide >= until ? null : [left, left + wide] });
  }

  return {
    root,
    zoom,
    draw() {
      if (w === 0 || player.run.lanes.length === 0) return;
      let { range } = store.get();
      // While it plays, what is shown follows the playhead.
      if (range && (player.now > range[1] || player.now < range[0]) && !dragging) {
        const wide = range[1] - range[0];
        const left = clamp(player.now - wide * 0.1, 0, Math.max(0, player.run.until - wide));
        range = [left, left + wide];
        store.edit({ range });
      }
      whole.hidden = range === null;
      const data = input();
      const layout = bandsLayout(data);
      const key = [store.get().revision, w, data.from, data.to, generation, devicePixelRatio].join();
      if (key !== painted) {
        painted = key;
        list = bandsScene(data);
        if (layout.height !== height) {
          height = layout.height;
          slider.style.height = `${height}px`;
        }
        fit(picture, w, height);
        paint(back, list, app.theme(), w, height);
        setAttribute(slider, "aria-valuemax", String(Math.round(player.run.until / 1000)));
      }
      fit(over, w, height);
      paint(front, playhead(layout.axis, player.now, height), app.theme(), w, height);
      setAttribute(slider, "aria-valuenow", String(Math.round(player.now / 1000)));
      setAttribute(slider, "aria-valuetext", seconds(player.now));
    },
    repaint() {
      generation++;
      measure = measurer(back, app.theme());
    },
  };
}
