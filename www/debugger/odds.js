// When was it decided? The share of redrawn futures in which an outcome comes true, along the run and on the axis of the
// bands above it.

import { h, setAttribute, setText } from "../dom.js";
import { ask } from "../odds.js";
import { timeOf, xOf } from "../scene/axis.js";
import { segments } from "../scene/bands.js";
import { seconds, span, written } from "../words.js";
import { laneTitle } from "../panels/lanes.js";

/** @typedef {import("../odds.js").Curve} Curve */

/** The height of the picture, and where all and none of the futures are. */
const [HEIGHT, ALL, NONE] = [92, 16, 76];
/** How far from a point a click may be, in pixels. */
const NEAR = 24;
/** How a path moves to a text of its own. */
const ROOM = 90;

/** The most double leaders that are told apart. */
const DOUBLES_MAX = 3;

/** The longest times in which several nodes believed that they lead, in order. @param {import("../engine.js").Story} story */
function doubles(story) {
  /** @type {[number, number][]} */
  const spells = [];
  for (const { from, to, bands } of segments(story, story.computed)) {
    const last = spells.at(-1);
    if (bands.length < 2) continue;
    if (last && last[1] === from) last[1] = to;
    else spells.push([from, to]);
  }
  const longest = [...spells].sort((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, DOUBLES_MAX);
  return spells.filter((it) => longest.includes(it));
}

/** A round moment amid a time. @param {number} from @param {number} to */
function middle(from, to) {
  const at = (from + to) / 2;
  const grain = 10 ** Math.floor(Math.log10(Math.max(1, (to - from) / 2)));
  return Math.round(at / grain) * grain;
}

/** @param {import("../app.js").App} app */
export function createOdds(app) {
  const { player, store } = app;
  const asked = h("div", { class: "asked", role: "group", "aria-label": "Outcomes of this run" });
  const input = h("input", {
    type: "text", "aria-label": "Outcome, a condition", placeholder: "a condition: leaders >= 2", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
  });
  const go = h("button", { type: "submit", class: "primary", text: "Find out" });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const form = h("form", {
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (stop) cancel();
      else begin(input.value);
    },
  }, h("h3", { text: "When was it decided?" }), asked, input, go);
  const bar = h("progress", { max: "1", value: "0", "aria-label": "Points of the curve" });
  const word = h("span", { role: "status" });
  const far = h("div", { class: "far", hidden: true }, bar, word);
  const says = h("p", { class: "finding", "aria-live": "polite" });
  const caveats = h("div", {});
  const picture = svg("svg", { class: "curve", role: "img", "aria-label": "The share of redrawn futures with the outcome, along the run. The table below has its numbers." });
  const other = h("button", { type: "button", hidden: true, text: "Play one that went the other way", title: "Adds a line to the scenario: from the last open moment on, other random numbers", onclick: playOther });
  const turns = h("div", { class: "turns", role: "group", "aria-label": "The events that changed the odds most" });
  const rows = h("tbody");
  const table = h("details", {}, h("summary", { text: "The curve as a table" }),
    h("table", {}, h("thead", {}, h("tr", {}, ...["Moment", "Futures with it", "95 % interval", "Verdict"].map((text) => h("th", { scope: "col", text })))), rows));
  const found = h("div", { hidden: true }, says, picture, turns, other, caveats, table);
  const root = h("section", { class: "odds", "aria-label": "When was it decided?" }, form, wrong, far, found);

  /** What ends the work in progress. @type {(() => void) | null} */
  let stop = null;
  /** What the curve is about. @type {{text: string, lane: number, outcome: string} | null} */
  let about = null;
  /** @type {Curve | null} */
  let curve = null;
  /** A future that came out differently. @type {import("../odds.js").Other | null} */
  let differs = null;
  /** The outcomes offered, as they are shown. */
  let offered = "";
  let drawn = "";
  let moved = "";

  picture.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (!curve || !about) return;
    const x = event.clientX - picture.getBoundingClientRect().left;
    const axis = app.bands.axis();
    const near = curve.points.reduce((best, it) => (Math.abs(xOf(axis, it.at) - x) < Math.abs(xOf(axis, best.at) - x) ? it : best));
    if (Math.abs(xOf(axis, near.at) - x) < NEAR) visit(near.step, null);
    else player.seek(Math.round(timeOf(axis, Math.min(Math.max(x, axis.x0), axis.x1))));
  });

  /** @param {number} step @param {number | null} place */
  function visit(step, place) {
    if (about) app.focus({ lane: about.lane, step, ...(place === null || place < 0 ? {} : { place }) });
  }

  /** The outcomes worth asking for: those that the run came to first. @param {number} lane @returns {[string, string][]} */
  function outcomes(lane) {
    const story = player.stories[lane];
    /** @type {[string, string][]} */
    const all = [];
    const last = story?.stats.failoverLongest;
    // What answers an open question is not suggested.
    if (story && player.curtain === Infinity) {
      const { stats, bands } = story;
      const spells = doubles(story);
      if (stats.moreLeaders > 0) all.push([spells.length > 1 ? "two leaders at any time" : "two leaders", "leaders >= 2"]);
      // Which of them is meant: one that lasts.
      if (spells.length > 1) {
        for (const [from, to] of spells) all.push([`two leaders at ${seconds(middle(from, to))}`, `leaders >= 2 at ${written(middle(from, to))}`]);
      }
      if (last) {
        const limit = rounded(last.found - last.lost);
        all.push([`a failover over ${span(limit)}`, `failover > ${written(limit)}`]);
      }
      if (stats.writesLost > 0) all.push(["a write lost", "writes lost > 0"]);
      if (stats.writesConflicting > 0) all.push(["a write in conflict", "writes conflicting > 0"]);
      const end = bands.filter((it) => it.until === null);
      const run = player.run.lanes[lane];
      if (end.length === 1) all.push([`${run.names[end[0].node]} leads at the end`, `leader = ${run.ids[end[0].node]} at end`]);
    }
    if (all.every(([, it]) => it !== "leaders >= 2")) all.push(["two leaders", "leaders >= 2"]);
    if (all.length < 2) all.push(["a failover over 1 s", "failover > 1s"]);
    return all;
  }

  /** @param {string} outcome */
  function begin(outcome) {
    const { focus } = store.get();
    if (!focus || !player.ran) return;
    cancel();
    about = { text: player.text, lane: focus.lane, outcome };
    input.value = outcome;
    [curve, differs, drawn, wrong.hidden] = [null, null, "", true];
    setAttribute(input, "aria-invalid", null);
    found.hidden = true;
    far.hidden = false;
    bar.removeAttribute("value");
    setText(word, "playing the run…");
    setText(go, "Cancel");
    stop = ask(about, (question) => player.engine?.odds(question) ?? fail(), hear);
    app.loop.request();
  }

  /** @returns {never} */
  function fail() {
    throw new Error("there is no engine");
  }

  /** @param {import("../odds.js").News} news */
  function hear({ error, progress, curve: news, other: way }) {
    if (error) {
      stop = null;
      done("");
      // The form has the condition, so its place in it says nothing.
      setText(wrong, error.message.replace(/^line \d+, column \d+: /, "").replaceAll("`", ""));
      wrong.hidden = false;
      if (error.name === "OutcomeError") setAttribute(input, "aria-invalid", "true");
      return;
    }
    if (news) curve = news;
    if (way) differs = way;
    if (progress?.done) {
      stop = null;
      done("");
    } else if (progress && progress.of > 0) {
      bar.max = progress.of;
      bar.value = Math.min(progress.points, progress.of - 1);
      setText(word, `${progress.points} points of about ${progress.of}, ${curve?.futures} futures each`);
    }
    app.loop.request();
  }

  /** @param {string} text What to say where the progress was. */
  function done(text) {
    setText(go, "Find out");
    far.hidden = text === "";
    bar.hidden = true;
    setText(word, text);
    setTimeout(() => { bar.hidden = false; });
    app.loop.request();
  }

  function cancel() {
    if (!stop) return;
    stop();
    stop = null;
    done(curve ? `canceled after ${curve.points.length - 1} points` : "canceled");
  }

  function playOther() {
    const point = differs && curve?.points[differs.point];
    if (!differs || !point || !about || !player.engine) return;
    const { lane, text } = about;
    const added = player.guard(() => player.engine?.appendAct(text, point.at, point.after, player.run.lanes[lane].name, `reseed ${differs?.seed}`), undefined);
    if (!added) return;
    player.take(added.text);
    player.once(point.at, () => player.seek(point.at));
  }

  /** @param {import("../scene/axis.js").Axis} axis */
  function paint(axis) {
    if (!curve) return;
    const { points, decided } = curve;
    const x = (/** @type {number} */ at) => Math.round(xOf(axis, at) * 10) / 10;
    const y = (/** @type {number} */ ppm) => Math.round((NONE - (ppm / 1e6) * (NONE - ALL)) * 10) / 10;
    const line = (/** @type {"low" | "share" | "high"} */ of, from = points) => from.map((it) => `${x(it.at)} ${y(it[of])}`).join("L");
    const shown = svg("g", { "clip-path": "url(#odds-clip)" },
      svg("path", { class: "span", d: `M${line("high")}L${line("low", points.toReversed())}Z` }),
      svg("path", { class: "share", d: `M${line("share")}` }),
      ...points.filter((it) => !it.settled).map((it) => svg("circle", { class: "dot", cx: x(it.at), cy: y(it.share), r: points.length > 40 ? 1.5 : 2.2 })));
    const parts = [
      svg("clipPath", { id: "odds-clip" }, svg("rect", { x: axis.x0 - 3, y: 0, width: axis.x1 - axis.x0 + 6, height: HEIGHT })),
      ...[0, 500_000, 1_000_000].map((ppm) => svg("path", { class: "grid", d: `M${axis.x0} ${y(ppm)}H${axis.x1}` })),
      ...[[1_000_000, "100 %"], [500_000, "50 %"], [0, "0 %"]].map(([ppm, text]) => svg("text", { x: axis.x0 - 6, y: y(Number(ppm)) + 4, "text-anchor": "end" }, String(text))),
      shown,
    ];
    if (decided && decided.at >= axis.from && decided.at <= axis.to) {
      const at = x(decided.at);
      const left = at > axis.x1 - ROOM;
      parts.push(svg("path", { class: "decided", d: `M${at} ${ALL - 6}V${NONE + 4}` }), svg("path", { class: "flag", d: `M${at} ${NONE + 3}l4 6h-8z` }),
        svg("text", { class: "label", x: at + (left ? -6 : 6), y: NONE + 13, "text-anchor": left ? "end" : "start" }, `decided ${seconds(decided.at)}`));
    }
    parts.push(svg("path", { class: "now" }));
    picture.replaceChildren(...parts);
  }

  /** What the curve says besides its picture. */
  function tell() {
    if (!curve || !about) return;
    const { points, decided } = curve;
    const lane = about.lane;
    says.replaceChildren(h("b", { text: `${laneTitle(app, lane)}: ` }), ...coded(stop ? "" : curve.sentence));
    caveats.replaceChildren(...(stop ? [] : ["Every future has the scenario's faults.", ...curve.caveats]).map((text) => h("p", { class: "caveat", text })));
    const jump = (/** @type {import("../odds.js").Turn} */ it) => {
      const [before, after] = [points[it.point - 1], points[it.point]];
      const decides = decided?.point === it.point;
      return h("button", { type: "button", class: decides ? "link decides" : "link", title: "Go to this event", onclick: () => visit(it.step, it.node) },
        h("span", { class: "at", text: seconds(it.at) }),
        h("span", { class: "shares", text: before ? `${percent(before.share)} → ${percent(after.share)}` : percent(after.share) }),
        h("span", { class: "event" }, it.text || "decided, by no single event", it.drawn && h("small", { text: `drawn: ${it.drawn}` })));
    };
    const listed = stop ? [] : curve.turns.slice();
    if (decided && !stop && listed.every((it) => it.point !== decided.point)) listed.push(decided);
    other.hidden = stop !== null || differs === null;
    turns.replaceChildren(...listed.sort((a, b) => a.point - b.point).map(jump));
    rows.replaceChildren(...points.map((it, i) => h("tr", {},
      h("td", {}, h("button", { type: "button", class: "link", text: `${seconds(it.at)}`, title: `After event ${it.step}`, onclick: () => visit(it.step, null) })),
      h("td", { text: it.settled ? (curve?.came ? "it came true" : "it has not come true") : `${it.came} of ${it.runs}` }),
      h("td", { text: it.settled ? "" : `${percent(it.low)} to ${percent(it.high)}` }),
      h("td", { text: decided?.point === i && !stop ? "decided" : "" }))));
  }

  // Nobody sees it any more.
  store.subscribe((now) => {
    if (now.focus === null) cancel();
  });

  return {
    root,
    draw() {
      const { focus, revision } = store.get();
      if (!focus) return;
      const lane = focus.lane;
      const list = outcomes(lane);
      const key = JSON.stringify([lane, revision, list, input.value]);
      if (key !== offered) {
        offered = key;
        asked.replaceChildren(...list.map(([text, outcome]) => h("button", {
          type: "button", text, title: outcome, "aria-pressed": String(input.value.trim() === outcome),
          onclick: (/** @type {MouseEvent} */ event) => {
            begin(outcome);
            // The list is made anew; the focus stays with the choice.
            const place = [...asked.children].indexOf(/** @type {Element} */ (event.currentTarget));
            requestAnimationFrame(() => /** @type {HTMLElement | undefined} */ (asked.children[place])?.focus());
          },
        })));
      }
      // What a change of the text makes of it, only another search can tell.
      const same = about?.text === player.text;
      if (stop && !same) cancel();
      other.disabled = !same;
      root.classList.toggle("old", curve !== null && (!same || about?.lane !== lane));
      found.hidden = curve === null;
      if (!curve) return;
      const axis = app.bands.axis();
      const now = JSON.stringify([axis, curve.points.length, stop === null, about]);
      if (now !== drawn) {
        drawn = now;
        paint(axis);
        tell();
        moved = "";
      }
      const at = Math.round(xOf(axis, player.now));
      const line = at < axis.x0 || at > axis.x1 ? "" : `M${at} ${ALL - 6}V${NONE + 4}`;
      if (line !== moved) {
        moved = line;
        picture.lastElementChild?.setAttribute("d", line);
      }
    },
    repaint() {
      drawn = "";
    },
  };
}

/** The largest of 1, 1.5, 2, 3, 5 and 7 times a power of ten that is less. @param {number} us */
function rounded(us) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(us - 1, 1)));
  const times = [7, 5, 3, 2, 1.5, 1].find((it) => it * unit < us) ?? 1;
  return Math.max(1, Math.floor(times * unit));
}

/** @param {number} ppm */
const percent = (ppm) => `${(ppm / 1e4).toFixed(ppm % 1e4 === 0 ? 0 : 1)} %`;

/** A text with its conditions set as code. @param {string} text */
const coded = (text) => text.split("`").map((part, i) => (i % 2 === 1 ? h("code", { text: part }) : document.createTextNode(part)));

/** @param {string} tag @param {Record<string, string | number>} props @param {...(Node | string)} children */
function svg(tag, props, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, String(value));
  element.append(...children);
  return /** @type {SVGElement} */ (element);
}
