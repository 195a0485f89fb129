// The space-time diagram of a lane: what happened node by node, and what is pending, which can be dragged and clicked.

import { messageName } from "../acts.js";
import { h, setAttribute, setText } from "../dom.js";
import { NEAR, centre, hit } from "../hit.js";
import { fit, measurer, paint } from "../paint.js";
import { laneTitle } from "../panels/lanes.js";
import { clamp } from "../scene/geometry.js";
import { along, diagramLayout, dragWords, exactly, factsScene, fateWords, liveScene, messageWords, timeAt } from "../scene/spacetime.js";
import { follows, rowsMax, rowsOf, spanAt, within, zoomed } from "../scene/spans.js";
import { readStretch } from "../scene/stretch.js";
import { span, written } from "../words.js";
import { createList } from "./list.js";

/** @typedef {import("../scene/items.js").Item} Item */
/** @typedef {import("../scene/items.js").Target} Target */
/** @typedef {import("../scene/spacetime.js").DiagramInput} DiagramInput */

/** The most records of a stretch. */
const RECORDS_MAX = 20_000;
/** A pointer that moves less than this has clicked, in pixels. */
const CLICK = 4;
/** Below this width nodes are columns, and time runs down. */
const NARROW = 724;
/** The height of the diagram there: a part of the window, within bounds. */
const TALL = { part: 0.32, least: 230, most: 460 };
/** The height of the lens below, which leads to the strips. */
const LENS = 14;
/** How far a key pans, as a share of what is shown. */
const STRIDE = 0.25;

/** @param {import("../app.js").App} app */
export function createDiagram(app) {
  const { store, player } = app;
  const back = h("canvas", { class: "facts", "aria-hidden": "true" });
  const front = h("canvas", {
    class: "live", tabindex: "0", role: "application", "aria-roledescription": "space-time diagram", "aria-describedby": "diagram-keys",
  });
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const title = h("h2", {});
  const scale = h("span", { class: "scale" });
  const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ onclick) => h("button", { type: "button", text, "aria-label": label, title: label, onclick });
  const all = button("fold", "Fold the nodes that nothing happens to", () => unfold(false));
  all.hidden = true;
  const list = createList(app, { stretch: () => stretch, window: () => shown, menu: openMenu });
  const tools = h("div", { class: "zooms", role: "group", "aria-label": "Show more or less of the diagram" }, all, list.toggle,
    button("−", "Zoom out (-)", () => zoom(2)), button("+", "Zoom in (+)", () => zoom(0.5)), button("fit", "Fit what belongs to this moment (0)", refit));
  const legend = h("div", { class: "key", "aria-hidden": "true" },
    ...[["election", "election"], ["data", "data"], ["other", "heartbeats and the like"]].map(([name, text]) => h("span", { class: name, text })));
  const space = h("div", { class: "space" }, back, front, tip);
  const keys = h("p", { class: "unseen", id: "diagram-keys", text: "Left and right arrows go from event to event of a node, up and down to another node, Enter selects the event or opens the menu of what is pending. Plus and minus zoom, 0 fits, Shift with an arrow pans." });
  const says = h("p", { class: "unseen", "aria-live": "polite" });
  const root = h("section", { class: "diagram", "aria-label": "Space-time diagram" },
    h("header", {}, title, scale, legend, tools), list.root, space, keys, says);
  const cx = /** @type {CanvasRenderingContext2D} */ (back.getContext("2d"));
  const over = /** @type {CanvasRenderingContext2D} */ (front.getContext("2d"));

  let theme = app.theme();
  let measure = measurer(cx, theme);
  let w = 0;
  let height = 0;
  /** What is shown, in microseconds. @type {readonly [number, number]} */
  let shown = [0, 1];
  /** Whether the reader chose it. */
  let own = false;
  let open = false;
  /** What was gathered. @type {import("../scene/stretch.js").Stretch | null} */
  let stretch = null;
  let gathered = { lane: -1, revision: -1, from: 0, to: -1 };
  let [lane, before, revision, facts, lived] = [-1, -1, -1, "", ""];
  /** @type {readonly import("../scene/spacetime.js").Thread[] | null} */
  let thread = null;
  /** @type {import("../debugging.js").Focus | null} */
  let focus = null;
  /** @type {import("../scene/spacetime.js").Row[]} */
  let rows = [];
  /** @type {Item[]} */
  let factItems = [];
  /** @type {Item[]} */
  let liveItems = [];
  /** @type {Target | null} */
  let under = null;
  /** @type {{target: Target, at: number} | null} */
  let drag = null;
  /** What the keys are at. @type {{place: number, key: string} | null} */
  let cursor = null;

  new ResizeObserver(() => {
    w = space.clientWidth;
    app.loop.request();
  }).observe(space);

  store.subscribe((now) => {
    if (now.focus === null && now.shown !== null) {
      facts = "";
      store.edit({ shown: null });
    }
  });

  const frame = () => player.frame?.lanes[lane];
  const narrow = () => w < NARROW;
  /** What makes time run down, and how far. */
  const down = () => (narrow() ? { h: Math.round(clamp(innerHeight * TALL.part, TALL.least, TALL.most)) } : {});
  const at = () => (player.exact ? player.frame?.now ?? player.now : player.now);
  const titled = () => laneTitle(app, lane);
  /** The longest usual delay of a message. */
  const delay = () => frame()?.network.hi ?? 10_000;

  function unfold(/** @type {boolean} */ to) {
    open = to;
    facts = "";
    app.loop.request();
  }
  function refit() {
    own = false;
    shown = spanAt(player.stories[lane], at(), player.run.until, delay());
    app.loop.request();
  }
  /** @param {number} factor @param {number} [around] */
  function zoom(factor, around = at()) {
    own = true;
    shown = zoomed(shown, factor, around, player.run.until);
    app.loop.request();
  }
  /** @param {number} by Microseconds. */
  function pan(by) {
    own = true;
    shown = within(shown[0] + by, shown[1] + by, player.run.until);
    app.loop.request();
  }

  /** Chooses what is shown. */
  function choose() {
    const now = at();
    const asked = store.get().focus;
    if (asked && asked.lane !== lane) {
      [lane, own, stretch, open, cursor] = [asked.lane, false, null, false, null];
      shown = spanAt(player.stories[lane], now, player.run.until, delay());
    } else if (shown[1] > player.run.until + 1) shown = within(...shown, player.run.until);
    else if (!own && (revision !== store.get().revision || Math.abs(now - before) > (shown[1] - shown[0]) / 2)) {
      if (now < shown[0] || now > shown[1] || Math.abs(now - before) > shown[1] - shown[0]) shown = spanAt(player.stories[lane], now, player.run.until, delay());
    }
    if (now !== before && drag === null) {
      const inside = shown[0] <= now && now <= shown[1];
      const next = inside || !own || (shown[0] <= before && before <= shown[1]) ? follows(shown, now, before, player.run.until) : null;
      if (next) shown = own ? next : better(next, now);
    }
    before = now;
    revision = store.get().revision;
    focus = asked;
  }
  /** At the end of a page, the stretch that belongs to the moment, if that shows more of it. @param {readonly [number, number]} next @param {number} now */
  function better(next, now) {
    const fresh = spanAt(player.stories[lane], now, player.run.until, delay());
    return follows(fresh, now, now, player.run.until) === null ? fresh : next;
  }
  /** Gathers what is shown, in slices. */
  function gather() {
    const { engine } = player;
    const [from, to] = shown;
    const whole = stretch !== null && gathered.lane === lane && gathered.revision === revision;
    if (!engine || (whole && gathered.from <= from && to <= gathered.to)) return;
    const wide = to - from;
    // A message may have been sent before the stretch.
    const early = Math.max(0, Math.floor(from - Math.min(3 * delay(), Math.max(wide, 60_000)) - wide * 0.25));
    const late = Math.min(player.run.until, Math.ceil(to + wide * 0.25));
    const numbers = player.guard(() => engine.stretch(lane, early, late, RECORDS_MAX), null);
    if (!numbers) {
      app.loop.request();
      return;
    }
    stretch = readStretch(numbers, early);
    // What the limit cut off is asked for again when something else is shown.
    gathered = { lane, revision, from: early, to: stretch.to < late ? Math.max(stretch.to, to) : late };
    facts = "";
  }

  /** @param {import("../frame.js").LaneFrame} its @param {import("../scene/stretch.js").Stretch} all @returns {DiagramInput} */
  function input(its, all) {
    const [from, to] = shown;
    return {
      stretch: all, frame: its, run: player.run.lanes[lane], info: player.infos[lane], wrong: player.stories[lane].wrong, now: at(), step: its.events,
      from, to, rows, w, ...down(), thread, focus, measure,
    };
  }

  function arrange() {
    const its = frame();
    if (!its || !stretch) return;
    const wanted = new Set((thread ?? []).flatMap((it) => it.place ?? []));
    if (focus?.place !== null && focus) wanted.add(focus.place);
    if (focus?.message) wanted.add(focus.message.from).add(focus.message.to);
    if (its.leader >= 0) wanted.add(its.leader);
    rows = rowsOf({
      run: player.run.lanes[lane], stretch, store: its.accepted + its.rejected > 0, open, wanted, from: shown[0],
      step: player.curtain < shown[1] ? its.events : Infinity, narrow: narrow(),
    });
    all.hidden = !open || player.run.lanes[lane].members + player.run.lanes[lane].services <= rowsMax(narrow());
  }

  // What the pointer does.

  /** @param {MouseEvent} event @returns {[number, number]} */
  const pointOf = (event) => {
    const box = front.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const layout = () => diagramLayout({ rows, w, from: shown[0], to: shown[1], run: player.run.lanes[lane], ...down() });
  /** @param {number} x @param {number} y @param {boolean} finger */
  function targetAt(x, y, finger) {
    const near = finger ? NEAR.touch : NEAR.mouse;
    return hit(liveItems, x, y, near) ?? hit(factItems, x, y, near);
  }
  /** @param {Target} target */
  function flightOf(target) {
    if (target.kind !== "message") return undefined;
    return frame()?.flights.find((it) => it.from === target.from && it.to === target.to && it.nth === target.nth && it.copy === target.copy);
  }
  /** @param {Target} target */
  const timerOf = (target) => (target.kind === "timer" ? frame()?.timers.find((it) => it.place === target.place && it.timer === target.timer) : undefined);

  /** @type {"" | "press" | "pan" | "drag" | "pinch"} */
  let mode = "";
  let pressed = { x: 0, y: 0, target: /** @type {Target | null} */ (null), from: 0, grip: 0 };
  /** Whether the pointer was released where it was pressed. */
  let clicked = false;
  /** @type {Map<number, [number, number]>} */
  const fingers = new Map();

  front.addEventListener("pointerdown", (event) => {
    const [x, y] = pointOf(event);
    tell(null);
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, [x, y]);
      if (fingers.size === 2) {
        [mode, drag] = ["pinch", null];
        return;
      }
    }
    if (event.button > 1 || mode !== "") return;
    const target = targetAt(x, y, event.pointerType === "touch");
    const pending = target && (flightOf(target) ?? timerOf(target));
    pressed = { x, y, target, from: timeAt(layout(), x, y), grip: pending ? pending.due - timeAt(layout(), x, y) : 0 };
    mode = "press";
    front.setPointerCapture(event.pointerId);
    if (pending) store.edit({ playing: false });
  });
  front.addEventListener("pointermove", (event) => {
    const [x, y] = pointOf(event);
    if (mode === "pinch") {
      pinch(event.pointerId, x, y);
      return;
    }
    if (mode === "") {
      if (event.pointerType !== "touch") look(targetAt(x, y, false), x, y);
      return;
    }
    if (mode === "press" && Math.hypot(x - pressed.x, y - pressed.y) > CLICK) {
      const target = pressed.target;
      // Only what is pending can be dragged, from where it would arrive.
      const due = target && (flightOf(target) ?? timerOf(target))?.due;
      const held = due !== null && due !== undefined && target && grips(target, pressed.x, pressed.y);
      mode = held ? "drag" : "pan";
    }
    if (mode === "pan") {
      const by = pressed.from - timeAt(layout(), x, y);
      pan(by);
    } else if (mode === "drag" && pressed.target) {
      const it = layout();
      const when = timeAt(it, x, y) + pressed.grip;
      const due = (flightOf(pressed.target) ?? timerOf(pressed.target))?.due ?? when;
      // As exact as a pixel: a power of ten.
      const grain = 10 ** Math.max(0, Math.floor(Math.log10((it.to - it.from) / (it.t1 - it.t0))));
      drag = { target: pressed.target, at: Math.max(at(), due + Math.round((when - due) / grain) * grain) };
      app.loop.request();
    }
  });
  /** Whether a point is at the end of something pending, rather than on its way there. @param {Target} target @param {number} x @param {number} y */
  function grips(target, x, y) {
    return liveItems.some((it) => it.hit && it.k !== "curve" && JSON.stringify(it.hit) === JSON.stringify(target) && Math.hypot(centre(it)[0] - x, centre(it)[1] - y) < 40);
  }
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    front.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      // A menu that opened now would be closed by the rest of the click.
      clicked = mode === "press" && name === "pointerup";
      const dropped = mode === "drag" && name === "pointerup" ? drag : null;
      if (mode !== "pinch" || fingers.size === 0) mode = "";
      drag = null;
      if (dropped) drop(dropped);
      app.loop.request();
    });
  }
  front.addEventListener("click", (event) => {
    if (!clicked) return;
    clicked = false;
    press(pressed.target, ...pointOf(event), /** @type {PointerEvent} */ (event).pointerType === "touch");
  });
  front.addEventListener("pointerleave", () => mode === "" && look(null, 0, 0));
  /** @param {number} id @param {number} x @param {number} y */
  function pinch(id, x, y) {
    if (!fingers.has(id)) return;
    const along = (/** @type {[number, number]} */ [px, py]) => (layout().down ? py : px);
    const apart = () => [...fingers.values()].map(along);
    const [a, b] = apart();
    fingers.set(id, [x, y]);
    const [c, d] = apart();
    if (d === undefined || Math.abs(a - b) < 20 || Math.abs(c - d) < 20) return;
    const middle = (c + d) / 2;
    zoom(Math.abs(a - b) / Math.abs(c - d), layout().down ? timeAt(layout(), 0, middle) : timeAt(layout(), middle, 0));
  }
  /** What was pressed and not dragged. @param {Target | null} target @param {number} x @param {number} y @param {boolean} finger */
  function press(target, x, y, finger) {
    if (!target) {
      const it = layout();
      const when = timeAt(it, x, y);
      if (it.from <= when && when <= it.to && (it.down ? x >= it.r0 : y >= it.r0)) player.seek(Math.round(when));
      return;
    }
    if (target.kind === "fold") unfold(true);
    else if (target.kind === "act") app.editor.reveal(target.line);
    else if (flightOf(target) || timerOf(target)) openMenu(target, { x, y });
    else select(target);
    if (finger) look(target, x, y);
  }
  /** @param {Target} target @param {{x: number, y: number}} [point] */
  function openMenu(target, point) {
    app.menu.open(front, point ?? spotOf(target) ?? { x: w / 2, y: 20 }, lane, target);
  }
  /** @param {Target} target */
  function spotOf(target) {
    const item = [...liveItems, ...factItems].findLast((it) => it.k !== "curve" && it.k !== "text" && it.hit && JSON.stringify(it.hit) === JSON.stringify(target));
    if (!item) return null;
    const [x, y] = centre(item);
    return { x, y };
  }
  /** Makes something that happened what the debugger is about. @param {Target} target */
  function select(target) {
    if (target.kind === "node") app.focus({ place: target.place });
    else if (target.kind === "event") app.focus({ lane, step: target.step, place: target.place < 0 ? null : target.place, message: null });
    else if (target.kind === "message") {
      const its = passageOf(target);
      if (!its) return;
      const over = its.endStep <= (frame()?.events ?? 0);
      const { from, to, nth, copy } = its;
      app.focus({ lane, step: over ? its.endStep : its.sentStep || null, place: over ? to : from, message: { from, to, nth, copy } });
    }
  }
  /** @param {Target} target */
  function passageOf(target) {
    if (target.kind !== "message") return undefined;
    return stretch?.passages.findLast((it) => it.from === target.from && it.to === target.to && it.nth === target.nth && it.copy === target.copy);
  }
  /** Writes the line for what was dragged. @param {NonNullable<typeof drag>} it */
  function drop({ target, at: to }) {
    const its = flightOf(target) ?? timerOf(target);
    if (!its) return;
    const run = player.run.lanes[lane];
    const words = dragWords(to, its.due, at());
    if ("to" in its) {
      const name = messageName(run.ids[its.from], run.ids[its.to], its.nth, its.copy);
      if (words === "now") player.act(`deliver ${name}`, lane);
      else if (to > its.due) player.act(`delay ${name} ${written(Math.round(to - its.due))}`, lane);
      return;
    }
    const name = `${run.ids[its.place]} ${run.timers[its.timer]}`;
    if (words === "now") player.act(`fire ${name}`, lane);
    else if (to > its.due) player.act(`delay ${name} ${written(Math.round(to - its.due))}`, lane);
  }
  front.addEventListener("dblclick", (event) => {
    const target = targetAt(...pointOf(event), false);
    const when = target?.kind === "event" ? target.at : target && passageOf(target)?.end;
    if (when !== undefined && when !== null && when >= 0) player.seek(when);
  });
  front.addEventListener("wheel", (event) => {
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    const [across, down] = [event.deltaX * lines, event.deltaY * lines];
    const each = (shown[1] - shown[0]) / Math.max(1, layout().t1 - layout().t0);
    if (event.ctrlKey || event.metaKey || event.altKey) zoom(Math.exp(down * (Math.abs(down) < 40 ? 0.01 : 0.0016)), timeAt(layout(), ...pointOf(event)));
    else if (event.shiftKey || Math.abs(across) > Math.abs(down)) pan((across || down) * each);
    else return;
    event.preventDefault();
  }, { passive: false });

  /** Shows what is under the pointer. @param {Target | null} target @param {number} x @param {number} y */
  function look(target, x, y) {
    front.dataset.over = target ? flightOf(target) || timerOf(target) ? "pending" : target.kind : "";
    if (JSON.stringify(target) !== JSON.stringify(under)) {
      under = target;
      app.loop.request();
    }
    tell(target, x, y);
  }
  /** @param {Target | null} target @param {number} [x] @param {number} [y] */
  function tell(target, x = 0, y = 0) {
    const texts = target ? textsOf(target) : [];
    tip.hidden = texts.length === 0;
    if (texts.length === 0) return;
    setText(tip, texts.join("\n"));
    tip.style.left = `${clamp(x + 12, 4, Math.max(4, w - tip.offsetWidth - 4))}px`;
    tip.style.top = `${y + 16}px`;
  }
  /** @param {Target} target @returns {string[]} */
  function textsOf(target) {
    const run = player.run.lanes[lane];
    const now = at();
    if (target.kind === "message") {
      const flight = flightOf(target);
      if (flight) return [messageWords(flight, run, player.infos[lane]), `sent ${exactly(flight.sent)}, ${flight.arrives ? "arrives" : "will be lost"} in ${span(Math.max(0, Math.round(flight.due - now)))}`];
      const its = passageOf(target);
      return its ? [messageWords(its, run, player.infos[lane]), fateWords(its, frame()?.events ?? 0)] : [];
    }
    if (target.kind === "timer") {
      const its = timerOf(target);
      return its ? [`${run.names[its.place]}: timer ${run.timers[its.timer]} fires in ${span(Math.max(0, Math.round(its.due - now)))}`] : [];
    }
    if (target.kind === "event") return eventWords(target.step);
    if (target.kind === "act") return run.acts.filter((it) => it.line === target.line).map((it) => `${it.text}, line ${it.line + 1}`);
    return target.kind === "fold" ? ["Show all nodes"] : [];
  }
  /** The event told last. */
  let told = { key: "", texts: /** @type {string[]} */ ([]) };
  /** @param {number} step */
  function eventWords(step) {
    const key = `${lane} ${revision} ${step}`;
    if (told.key === key) return told.texts;
    const [its] = player.guard(() => player.engine?.listed(lane, [step]), undefined) ?? [];
    if (!its) return [];
    const rules = its.rules.length > 0 ? ` · ${its.rules.map((n) => `R${n}`).join(" ")}` : "";
    told = { key, texts: [`${exactly(its.at)} ${its.text}${rules}`, ...its.effects.map((it) => it.text), ...(its.sent > 0 ? [`sends ${its.sent}`] : [])] };
    return told.texts;
  }

  // What the keys do.

  /** What there is at a node, in order: what happened, then what is pending. @param {number} place */
  function stops(place) {
    const its = frame();
    if (!its || !stretch) return [];
    const [from, to] = shown;
    const past = stretch.events.filter((it) => it.place === place && it.step <= its.events && from <= it.at && it.at <= to)
      .map((it) => ({ at: it.at, target: /** @type {Target} */ ({ kind: "event", step: it.step, at: it.at, place }) }));
    const ahead = [
      ...its.flights.filter((it) => it.to === place).map((it) => ({ at: it.due, target: /** @type {Target} */ ({ kind: "message", from: it.from, to: it.to, nth: it.nth, copy: it.copy, message: it.kind }) })),
      ...its.timers.filter((it) => it.place === place && it.due >= 0).map((it) => ({ at: it.due, target: /** @type {Target} */ ({ kind: "timer", place, timer: it.timer }) })),
    ].sort((a, b) => a.at - b.at);
    return [...past, ...ahead].map((it) => ({ ...it, key: JSON.stringify(it.target) }));
  }
  /** Goes to another event, or to another node. @param {number} by @param {number} rowsBy */
  function move(by, rowsBy) {
    const single = rows.filter((row) => !row.folded).map((row) => row.places[0]);
    const here = cursor?.place ?? focus?.place ?? single[0] ?? 0;
    const place = single[clamp(Math.max(0, single.indexOf(here)) + rowsBy, 0, single.length - 1)];
    const all = stops(place);
    const known = all.findIndex((it) => it.key === cursor?.key);
    const when = stops(here).find((it) => it.key === cursor?.key)?.at ?? at();
    const near = all.findLastIndex((it) => it.at <= when);
    const next = all[rowsBy !== 0 || known < 0 ? clamp(near, 0, all.length - 1) : clamp(known + by, 0, all.length - 1)];
    cursor = { place, key: next?.key ?? "" };
    const words = next ? textsOf(next.target).join(". ") : "nothing here";
    setText(says, `${player.run.lanes[lane].names[place] ?? "store"}: ${words}`);
    const spot = next && pointFor(next, place);
    if (spot) tell(next.target, spot.x, spot.y);
    app.loop.request();
  }
  /** @param {{at: number}} stop @param {number} place */
  function pointFor(stop, place) {
    const it = layout();
    const [t, r] = [along(it, clamp(stop.at, it.from, it.to)), it.r0 + (it.rowOf[place] + 0.5) * it.pitch];
    return it.down ? { x: r, y: t } : { x: t, y: r };
  }
  front.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = layout().down ? { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] } : { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[/** @type {"ArrowUp"} */ (event.key)];
    if (step && event.shiftKey) pan((step[0] || step[1]) * STRIDE * (shown[1] - shown[0]));
    else if (step) move(step[0], step[1]);
    else if (event.key === "+" || event.key === "=") zoom(0.5);
    else if (event.key === "-") zoom(2);
    else if (event.key === "0") refit();
    else if (event.key === "Enter" && cursor) {
      const stop = stops(cursor.place).find((it) => it.key === cursor?.key);
      if (!stop) return;
      if (flightOf(stop.target) || timerOf(stop.target)) openMenu(stop.target, pointFor(stop, cursor.place));
      else select(stop.target);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  front.addEventListener("blur", () => {
    cursor = null;
    tell(null);
    app.loop.request();
  });

  /** Where the stretch lies in the strip below. @param {number} tall */
  function lensBelow(tall) {
    if (narrow() || !app.failover) return [];
    const it = layout();
    const box = front.getBoundingClientRect();
    const ends = app.failover.places(shown);
    if (!ends) return [];
    const [left, right] = ends.map((x) => x - box.left);
    if (right - left < 1) return [];
    return /** @type {Item[]} */ ([{ k: "area", points: [it.t0, tall - LENS, it.t1, tall - LENS, right, tall, left, tall], fill: "follower", alpha: 0.16 }]);
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      if (store.get().focus === null || w === 0 || player.run.lanes.length === 0 || !player.frame) return;
      choose();
      gather();
      const its = frame();
      if (!its || !stretch || gathered.lane !== lane) return;
      if (theme !== app.theme()) {
        theme = app.theme();
        measure = measurer(cx, theme);
        facts = "";
      }
      if (thread !== app.thread) {
        thread = app.thread;
        facts = "";
      }
      const [from, to] = shown;
      const key = [lane, revision, from, to, w, narrow() && innerHeight, its.events, open, theme.ink, devicePixelRatio, gathered.from, gathered.to, JSON.stringify(focus), its.nodes.length].join();
      if (facts !== key) {
        facts = key;
        lived = "";
        arrange();
        const data = input(its, stretch);
        const tall = diagramLayout(data).h + (narrow() ? 0 : LENS);
        if (tall !== height) {
          height = tall;
          space.style.height = `${height}px`;
        }
        factItems = factsScene(data);
        factItems.push(...lensBelow(height));
        fit(back, w, height);
        paint(cx, factItems, theme, w, height);
        setText(title, `${titled()}, node by node`);
        setText(scale, `${span(Math.round(to - from))} · true scale`);
        setAttribute(front, "aria-label", `${titled()}, node by node, ${exactly(from)} to ${exactly(to)}`);
        const known = store.get().shown;
        if (known?.[0] !== from || known[1] !== to) store.edit({ shown: [from, to] });
      }
      const now = [at(), JSON.stringify(under), drag?.at, cursor?.place, cursor?.key].join();
      if (lived !== now) {
        lived = now;
        const data = input(its, stretch);
        liveItems = liveScene(data, { over: under, drag });
        const stop = cursor && stops(cursor.place).find((it) => it.key === cursor?.key);
        const spot = cursor && stop && pointFor(stop, cursor.place);
        if (spot) liveItems.push({ k: "circle", ...spot, r: 9, stroke: "ink", width: 2, dash: [3, 3] });
        fit(front, w, height);
        paint(over, liveItems, theme, w, height);
      }
      list.draw(clock, lane);
    },
  };
}
