// The bands under the lanes, with the playhead to drag across them.

import { h, setAttribute } from "../dom.js";
import { NEAR, hit } from "../hit.js";
import { fit, measurer, paint } from "../paint.js";
import { timeOf } from "../scene/axis.js";
import { NO_NODE, bandsLayout, bandsScene, parting, playhead, segments } from "../scene/bands.js";
import { clamp } from "../scene/geometry.js";
import { followed, panned, pinched, zoomed } from "../scene/view.js";
import { veil } from "../story.js";
import { list as inARow, seconds, span } from "../words.js";
import { laneTitle } from "./lanes.js";

/** @typedef {import("../scene/items.js").Item} Item */
/** @typedef {import("../scene/items.js").Target} Target */

/** How long a tooltip stays after a tap, in milliseconds. */
const TOLD = 5000;
/** How many actions of one instant a tooltip lists. */
const TOLD_MAX = 6;
/** A finger or mouse that moves less than this has tapped or clicked, in pixels. */
const TAP = 6;
/** How far a key press pans, as a share of the visible range. */
const PAGE = 0.8;

/** @param {import("../app.js").App} app */
export function createBands(app) {
  const { store, player } = app;
  const picture = h("canvas", { class: "back", "aria-hidden": "true" });
  const over = h("canvas", { class: "over", "aria-hidden": "true" });
  const slider = h("div", {
    class: "slider", role: "slider", tabindex: "0", "aria-label": "Playhead", "aria-orientation": "horizontal", "aria-valuemin": "0", "aria-valuemax": "0", "aria-valuenow": "0",
  }, picture, over);
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  /** What was clicked last: a band, or a gap; and where the playhead went. @type {{lane: number, place: number | null}} */
  let asked = { lane: 0, place: null };
  let askedAt = -1;
  const why = h("button", { type: "button", class: "ask-why", hidden: true, text: "why?", title: "See what caused it, back to the fault or timer that began it", onclick: () => app.focus(asked) });
  const whole = h("button", { type: "button", class: "whole-run", hidden: true, text: "all", "aria-label": "Show all of the run", title: "Show all of the run", onclick: () => store.edit({ range: null }) });
  const zooms = h("div", { class: "zooms", role: "group", "aria-label": "Zoom" },
    h("button", { type: "button", text: "−", "aria-label": "Zoom out", title: "Zoom out (-)", onclick: () => zoom(2, player.now) }),
    h("button", { type: "button", text: "+", "aria-label": "Zoom in around the playhead", title: "Zoom in around the playhead (+)", onclick: () => zoom(0.5, player.now) }),
    whole);
  const root = h("section", { class: "bands", part: "bands", "aria-label": "Who led when" }, slider, why, tip, zooms);
  const back = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  const front = /** @type {CanvasRenderingContext2D} */ (over.getContext("2d"));
  let measure = measurer(back, app.theme());
  let w = 0;
  let painted = "";
  let height = 0;
  /** @type {Item[]} */
  let list = [];
  /** @type {Item[]} The bands among them, and the gaps between. */
  let rows = [];
  let generation = 0;

  new ResizeObserver(() => {
    w = slider.clientWidth;
    app.loop.request();
  }).observe(slider);

  const breaks = () => player.breaks.filter((it) => it.at <= player.curtain);
  const shown = () => store.get().range ?? [0, player.run.until];
  /** The lanes that are shown. */
  const rowsShown = () => {
    const { only } = store.get();
    const all = player.run.lanes.map((_, i) => i);
    return only ? all.filter((i) => only.includes(player.run.lanes[i].name)) : all;
  };
  /** @returns {import("../scene/bands.js").BandsInput} */
  function input() {
    const [from, to] = shown();
    const lanes = rowsShown();
    const names = lanes.map((i) => laneTitle(app, i));
    const stories = lanes.map((i) => veil(player.stories[i], player.curtain));
    const stops = breaks().filter((it) => lanes.includes(it.lane)).map((it) => ({ ...it, lane: lanes.indexOf(it.lane) }));
    const run = { ...player.run, lanes: lanes.map((i) => player.run.lanes[i]) };
    return { run, stories, infos: lanes.map((i) => player.infos[i]), names, w, from, to, breaks: stops, shown: store.get().shown, measure };
  }
  /** The picture, whose parts belong to lanes of the run. @param {import("../scene/bands.js").BandsInput} data */
  function scene(data) {
    const lanes = rowsShown();
    const items = bandsScene(data);
    if (lanes.length === player.run.lanes.length) return items;
    return items.map((it) => (it.hit && "lane" in it.hit ? { ...it, hit: { ...it.hit, lane: lanes[it.hit.lane] } } : it));
  }
  const axisNow = () => bandsLayout(input()).axis;
  /** The axis as it was drawn last. */
  let axis = { x0: 0, x1: 1, from: 0, to: 1 };
  /** @param {MouseEvent} event @returns {[number, number]} */
  const pointOf = (event) => {
    const box = slider.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  // One finger or the left button moves the playhead; two fingers or the middle button pan.

  /** @type {"" | "drag" | "pan" | "pinch"} */
  let mode = "";
  /** @type {Map<number, number>} The positions of the fingers, by pointer. */
  const fingers = new Map();
  /** The state when the drag began: time stops while the playhead is held. */
  let held = { now: 0, playing: false, x: 0, moved: false };
  let panX = 0;

  /** @param {number} x */
  function drag(x) {
    const [from, to] = shown();
    player.seek(Math.round(clamp(timeOf(axisNow(), x), from, to)));
  }
  /** Releases the playhead. @param {boolean} back Whether it returns to where it was. */
  function release(back) {
    if (mode !== "drag") return;
    mode = "";
    if (back && player.now !== held.now && held.moved) player.seek(held.now);
    if (held.playing) store.edit({ playing: true });
  }

  slider.addEventListener("pointerdown", (event) => {
    const [x, y] = pointOf(event);
    tell(null);
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, x);
      if (fingers.size === 2) {
        release(true);
        mode = "pinch";
        slider.setPointerCapture(event.pointerId);
        return;
      }
    }
    if (mode !== "") return;
    if (event.button === 1) {
      mode = "pan";
      panX = x;
      slider.setPointerCapture(event.pointerId);
      return;
    }
    if (event.button !== 0) return;
    const finger = event.pointerType === "touch";
    if (!finger && follow(x, y, false)) return;
    mode = "drag";
    held = { now: player.now, playing: store.get().playing, x, moved: false };
    slider.setPointerCapture(event.pointerId);
    // A finger may be about to scroll the page: it acts when it has moved along the axis, or when it has tapped.
    if (finger) return;
    store.edit({ playing: false });
    drag(x);
  });

  /** Goes to what lies at a point, if something does. @param {number} x @param {number} y @param {boolean} finger */
  function follow(x, y, finger) {
    const target = hit(list, x, y, NEAR.mouse);
    // A fault's line is too thin for a finger, but its label is not.
    if (target?.kind === "act" && (!finger || y < bandsLayout(input()).top)) {
      // On a phone the scenario would cover everything else.
      if (!finger) app.editor.reveal(target.line);
      player.seek(actOf(target.line)?.at ?? player.now);
      return true;
    }
    if (target?.kind !== "moment") return false;
    player.seek(target.at);
    return true;
  }

  slider.addEventListener("pointermove", (event) => {
    const [x, y] = pointOf(event);
    if (mode === "drag") {
      if (!held.moved && Math.abs(x - held.x) > TAP) {
        held.moved = true;
        tell(null);
        store.edit({ playing: false });
      }
      if (held.moved || event.pointerType !== "touch") drag(x);
    } else if (mode === "pan") {
      pan(panX - x);
      panX = x;
    } else if (mode === "pinch") {
      if (!fingers.has(event.pointerId)) return;
      const before = [...fingers.values()];
      fingers.set(event.pointerId, x);
      const now = [...fingers.values()];
      if (now.length === 2) store.edit({ range: pinched(axisNow(), player.run.until, [before[0], before[1]], [now[0], now[1]]) });
    } else if (event.pointerType !== "touch") {
      tell([x, y]);
    }
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    slider.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      const tapped = mode === "drag" && !held.moved && end === "pointerup";
      const touched = tapped && event.pointerType === "touch";
      const [x, y] = pointOf(event);
      // The names of the lanes are no moments.
      if (touched && !follow(x, y, true) && x >= axisNow().x0 - NEAR.touch) drag(x);
      if (tapped) ask(x, y);
      // A gesture that the browser turns into scrolling must not move the playhead.
      release(end === "pointercancel");
      if (mode !== "pinch" || fingers.size === 0) mode = "";
      if (touched) tell(pointOf(event), NEAR.touch);
    });
  }
  slider.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") tell(null);
  });
  // Keep the middle button from starting to scroll.
  slider.addEventListener("mousedown", (event) => {
    if (event.button === 1) event.preventDefault();
  });

  /** Asks about the band or gap that was clicked, or offers to. @param {number} x @param {number} y */
  function ask(x, y) {
    const row = hit(rows, x, y, 1);
    if (row?.kind !== "band" || !app.full()) return;
    asked = { lane: row.lane, place: row.node === NO_NODE ? null : row.node };
    askedAt = player.now;
    if (store.get().focus) {
      app.focus(asked);
      return;
    }
    why.hidden = false;
    why.style.left = `${clamp(x + 8, 0, Math.max(0, w - why.offsetWidth - 4))}px`;
    why.style.top = `${y - why.offsetHeight / 2}px`;
  }

  // The tooltip.

  /** @type {[number, number] | null} The point that the tooltip describes. */
  let about = null;
  let reach = 3;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let untold;

  /** Shows the tooltip for a point, or hides it. @param {[number, number] | null} point @param {number} [near] */
  function tell(point, near = 3) {
    [about, reach] = [point, near];
    clearTimeout(untold);
    if (point && near === NEAR.touch) untold = setTimeout(() => tell(null), TOLD);
    const target = point && hit(list, ...point, near);
    slider.dataset.over = target?.kind ?? "";
    const texts = new Set(target ? textsOf(target) : []);
    // A fault's line may cross a gap: the tooltip describes both.
    const row = point && hit(rows, ...point, target?.kind === "act" ? 1 : near);
    if (row) for (const text of textsOf(row)) texts.add(text);
    tip.hidden = texts.size === 0;
    if (!point || texts.size === 0) return;
    tip.textContent = [...texts].join("\n");
    tip.style.left = `${clamp(point[0], 8, Math.max(8, w - tip.offsetWidth - 8))}px`;
    tip.style.top = `${point[1] + 18}px`;
  }

  /** @param {number} line */
  const actOf = (line) => player.run.lanes.flatMap((lane) => lane.acts).find((act) => act.line === line);

  /** The lanes in which an action had no effect, and why. @param {import("../engine.js").RunLane["acts"][number]} act */
  function inVain(act) {
    /** @type {Map<string, string[]>} */
    const lanes = new Map();
    player.run.lanes.forEach(({ acts }, i) => {
      const found = player.stories[i].moments.find((it) => it.kind === "no-act" && it.at === act.at && acts[it.act ?? -1]?.line === act.line);
      if (found) lanes.set(found.why, [...(lanes.get(found.why) ?? []), laneTitle(app, i)]);
    });
    return [...lanes].map(([why, names]) => `; no effect in ${inARow(names)}: ${why}`).join("");
  }

  /** @param {Target} target @returns {string[]} */
  function textsOf(target) {
    if (target.kind === "act") {
      const act = actOf(target.line);
      if (!act) return [];
      // Everything that happens at that instant.
      const lines = new Map(player.run.lanes.flatMap((lane) => lane.acts).filter((it) => it.at === act.at).map((it) => [it.line, it]));
      const all = [...lines.values()].sort((a, b) => a.line - b.line).map((it) => `${it.text}, ${seconds(it.at)}, line ${it.line + 1}${inVain(it)}`);
      return all.length > TOLD_MAX ? [...all.slice(0, TOLD_MAX), `and ${all.length - TOLD_MAX} more`] : all;
    }
    if (target.kind === "moment") {
      const broken = player.stories[target.lane].violations.filter((it) => it.at === target.at)
        .map((it) => `${it.text}; ${it.because}`);
      const { acts } = player.run.lanes[target.lane];
      const idle = player.stories[target.lane].moments.filter((it) => it.kind === "no-act" && it.at === target.at)
        .map((it) => `${acts[it.act ?? -1]?.text ?? ""} has no effect in ${laneTitle(app, target.lane)}: ${it.why}`);
      const stops = breaks().filter((it) => it.lane === target.lane && it.at === target.at).map((it) => `line ${it.line + 1} stops the playhead here`);
      return [...stops, ...idle, ...broken];
    }
    if (target.kind !== "band") return [];
    const story = veil(player.stories[target.lane], player.curtain);
    const title = laneTitle(app, target.lane);
    if (target.node === NO_NODE) {
      const gap = segments(story, Math.min(player.run.until, story.computed)).find((it) => it.bands.length === 0 && it.from === target.at);
      if (!gap) return [];
      return [`no leader for ${span(gap.to - gap.from)}, ${(gap.from / 1e6).toFixed(3)}–${seconds(gap.to)}, lane ${title}`];
    }
    const band = story.bands.find((it) => it.node === target.node && it.from === target.at);
    if (!band) return [];
    const info = player.infos[target.lane];
    const epoch = info.epoch && band.epoch ? `, ${info.epoch} ${band.epoch}` : "";
    const until = Math.min(band.until ?? player.run.until, story.computed);
    return [`${player.run.lanes[target.lane].names[band.node]} believed it led${epoch} for ${span(until - band.from)}, ${(band.from / 1e6).toFixed(3)}–${seconds(until)}, lane ${title}`];
  }

  // The visible range.

  slider.addEventListener("keydown", (event) => {
    const { range } = store.get();
    const page = range ? (range[1] - range[0]) * PAGE : (player.run.until || 1) / 20;
    const jump = { PageUp: page, PageDown: -page, ArrowUp: 100_000, ArrowDown: -100_000 }[event.key];
    if (jump === undefined) return;
    if (event.shiftKey && event.key.startsWith("Page")) store.edit({ range: panned(range, player.run.until, jump) });
    else player.seek(player.now + jump);
    event.preventDefault();
    event.stopPropagation();
  });
  // The wheel zooms only with a modifier key, so that the page still scrolls.
  slider.addEventListener("wheel", (event) => {
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    const [across, down] = [event.deltaX * lines, event.deltaY * lines];
    if (event.ctrlKey || event.altKey || event.metaKey) {
      event.preventDefault();
      // A touchpad sends many small steps, a wheel a few large ones.
      zoom(Math.exp(down * (Math.abs(down) < 40 ? 0.01 : 0.0016)), timeOf(axisNow(), pointOf(event)[0]));
    } else if (store.get().range && (event.shiftKey || Math.abs(across) > Math.abs(down))) {
      event.preventDefault();
      pan(across || down);
    }
  }, { passive: false });

  /** @param {number} factor @param {number} around */
  function zoom(factor, around) {
    store.edit({ range: zoomed(store.get().range, player.run.until, factor, around) });
  }
  /** @param {number} pixels */
  function pan(pixels) {
    const { x0, x1, from, to } = axisNow();
    store.edit({ range: panned(store.get().range, player.run.until, (pixels / (x1 - x0)) * (to - from)) });
  }

  /** Where the playhead was last drawn. */
  let last = 0;

  /** Keeps the playhead in view when it leaves the visible range, unless the user has panned away from it. */
  function keepInView() {
    const { range, playing } = store.get();
    const { now, rate, run } = player;
    const before = last;
    last = now;
    if (!range) return;
    // The run may have become shorter.
    if (range[1] > run.until + 1) store.edit({ range: panned(range, run.until, 0) });
    if (now === before || mode !== "" || (range[0] <= now && now <= range[1])) return;
    // While playing, a step is at most a tenth of a second, or longer with reduced motion.
    const jumped = !playing || Math.abs(now - before) > 1e6 * rate;
    if (jumped || (range[0] <= before && before <= range[1])) store.edit({ range: followed(range, run.until, now, now < before) });
  }

  return {
    root,
    zoom,
    /** The instant at a place of the axis. @param {number} x */
    timeAt: (x) => timeOf(axisNow(), x),
    /**
     * Draws rows of other lanes on this axis, and the instant when they part.
     *
     * @param {HTMLCanvasElement} canvas
     * @param {Pick<import("../scene/bands.js").BandsInput, "run" | "stories" | "infos" | "names">} rows
     * @param {number} split
     */
    also(canvas, rows, split) {
      const data = { ...input(), ...rows, stories: rows.stories.map((story) => veil(story, player.curtain)), breaks: [], labels: bandsLayout(input()).labels };
      const layout = bandsLayout(data);
      const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      canvas.style.height = `${layout.height}px`;
      fit(canvas, w, layout.height);
      paint(cx, [...bandsScene(data), ...parting(layout, split), ...playhead(layout, player.now)], app.theme(), w, layout.height);
    },
    /** What its picture depends on, apart from the run. */
    get look() {
      return [w, shown(), generation, devicePixelRatio, player.curtain].join();
    },
    draw() {
      // The first picture does not wait until it is told its width: what stands below would move.
      w ||= slider.clientWidth;
      if (w === 0 || player.run.lanes.length === 0) return;
      if (player.now !== askedAt || store.get().focus) why.hidden = true;
      keepInView();
      whole.hidden = store.get().range === null;
      const data = input();
      const layout = bandsLayout(data);
      ({ axis } = layout);
      const stops = breaks().map((it) => `${it.lane} ${it.at} ${it.line}`).join();
      const key = [store.get().revision, w, data.from, data.to, generation, devicePixelRatio, stops, player.curtain, data.shown].join();
      if (key !== painted) {
        painted = key;
        list = scene(data);
        rows = list.filter((it) => it.hit?.kind === "band");
        if (layout.height !== height) {
          height = layout.height;
          slider.style.height = `${height}px`;
        }
        fit(picture, w, height);
        paint(back, list, app.theme(), w, height);
        // Something else may lie under the mouse now.
        if (about) tell(about, reach);
        setAttribute(slider, "aria-valuemax", String(Math.round(player.run.until / 1000)));
      }
      fit(over, w, height);
      paint(front, playhead(layout, player.now), app.theme(), w, height);
      setAttribute(slider, "aria-valuenow", String(Math.round(player.now / 1000)));
      setAttribute(slider, "aria-valuetext", seconds(player.now));
    },
    /** Draws everything in one picture, as for printing: on paper, the upper one would wipe out the lower one. */
    drawAll() {
      if (player.run.lanes.length === 0) return;
      const data = input();
      const layout = bandsLayout(data);
      fit(picture, w, layout.height);
      paint(back, [...scene(data), ...playhead(layout, player.now)], app.theme(), w, layout.height);
      painted = "";
    },
    /** Where the instants are, for pictures below. */
    axis: () => axis,
    repaint() {
      generation++;
      measure = measurer(back, app.theme());
    },
  };
}
