// The lanes: one card for each, with its picture, its sentence, its promises and its store.

import { h, setAttribute, setText } from "../dom.js";
import { NEAR, centre, hit } from "../hit.js";
import { fit, measurer, paint } from "../paint.js";
import { unplayed } from "../poster.js";
import { laneScene, outline } from "../scene/lane.js";
import { count, list as inARow, plain, propertyName, seconds, sentence, stateWord } from "../words.js";
import { createLegend } from "./legend.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../engine.js").PropertyVerdict} PropertyVerdict */

/** The controls, of which the others show little but the pictures. */
const FULL = "full";

/** How often the texts change while the run plays, in milliseconds. */
const WORDS_EVERY = 90;

/** @param {App} app */
export function createLanes(app) {
  const { store, player } = app;
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "Go to lane" });
  const row = h("div", { class: "lanes", part: "lanes" });
  const legend = createLegend(app, false);
  const stale = h("p", { class: "stale-note", role: "status", hidden: true, text: "The run of the last valid text" });
  const root = h("section", { class: "lanes-panel", "aria-label": "Lanes" }, legend.root, tabs, stale, row);
  store.subscribe((now, before) => {
    if (now.stale === before.stale) return;
    stale.hidden = !now.stale;
    root.classList.toggle("stale", now.stale);
  });
  /** @type {ReturnType<typeof createCard>[]} */
  let cards = [];
  let names = "";
  let wordsAt = 0;

  function build() {
    const { lanes } = player.run;
    const now = lanes.map((lane, i) => `${lane.name}=${lane.algorithm}:${player.infos[i].title}`).join(" ");
    if (now === names) return;
    names = now;
    for (const card of cards) card.dispose();
    cards = lanes.map((_, i) => createCard(app, i));
    row.replaceChildren(...cards.map((card) => card.root), ...besides);
    tabs.replaceChildren(
      ...lanes.map((lane, i) => h("button", {
        type: "button", class: "tab",
        onclick: () => store.get().focus ? app.focus({ lane: i }) : row.scrollTo({ left: cards[i].root.offsetLeft, behavior: app.still() ? "auto" : "smooth" }),
      }, h("b", { text: laneTitle(app, i) }), h("small"))),
    );
    only(single);
  }
  /** Whether a lane is among those to be shown. @param {number} lane */
  const chosen = (lane) => store.get().only?.includes(player.run.lanes[lane]?.name) ?? true;
  /** What stands beside the only lane. @type {HTMLElement[]} */
  const besides = [];
  /** The only lane to be seen; -1 for all. */
  let single = -1;
  /** Shows one lane only. @param {number} lane -1 for all. */
  function only(lane) {
    const before = single;
    single = lane;
    cards.forEach(({ root: card }, i) => {
      card.hidden = lane >= 0 ? i !== lane : !chosen(i);
      /** @type {HTMLElement} */ (tabs.children[i]).hidden = !chosen(i);
    });
    row.dataset.lanes = String(cards.filter((_, i) => chosen(i)).length);
    // On a phone, the lane that was seen stays in view.
    if (lane < 0 && before >= 0) row.scrollLeft = cards[before]?.root.offsetLeft ?? 0;
    current();
    // Only then the tabs have their new place.
    const tab = /** @type {HTMLElement | undefined} */ (tabs.children[lane]);
    if (tab) requestAnimationFrame(() => (tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - tab.offsetWidth / 2));
  }
  /**
   * In somebody's page, all lanes together are one tab stop, and so are their tabs: digits and arrow keys lead to the others.
   * Descriptions are a click away, and in the whole page.
   *
   * @param {number} at The lane that is one.
   */
  function stops(at) {
    const few = controls !== FULL;
    cards.forEach((card, i) => {
      card.stop(!few || i === at, !few);
      /** @type {HTMLElement} */ (tabs.children[i]).tabIndex = few && tabs.children[i].getAttribute("aria-current") !== "true" ? -1 : 0;
    });
  }
  let controls = FULL;
  row.addEventListener("focusin", (event) => {
    const at = cards.findIndex((card) => card.root.contains(/** @type {Node} */ (event.target)));
    if (at >= 0) stops(at);
  });
  tabs.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = /** @type {HTMLElement[]} */ ([...tabs.children]).filter((it) => !it.hidden);
    const next = by && controls !== FULL ? all[all.indexOf(/** @type {HTMLElement} */ (event.target)) + by] : null;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.click();
    next.focus();
  });
  /** Marks the tab of the only card, or the one in the middle. */
  function current() {
    markTab();
    const at = cards.findIndex(({ root: card }, i) => !card.hidden && tabs.children[i].getAttribute("aria-current") === "true");
    stops(at >= 0 ? at : cards.findIndex(({ root: card }) => !card.hidden));
  }
  function markTab() {
    if (single >= 0) {
      cards.forEach((_, i) => setAttribute(tabs.children[i], "aria-current", String(i === single)));
      return;
    }
    const middle = row.scrollLeft + row.clientWidth / 2;
    cards.forEach(({ root: card }, i) => {
      setAttribute(tabs.children[i], "aria-current", card.offsetLeft <= middle && middle < card.offsetLeft + card.offsetWidth ? "true" : "false");
    });
  }
  row.addEventListener("scroll", current, { passive: true });
  new ResizeObserver(current).observe(row);

  /** What a tab says of its lane. @param {import("../frame.js").LaneFrame | undefined} lane @param {boolean} electing */
  function stateOf(lane, electing) {
    if (!lane) return ["", ""];
    const leaders = lane.nodes.filter((node) => node.leads);
    if (leaders.length > 1) return [`${leaders.length} lead`, "bad"];
    if (electing) return ["elects", "electing"];
    return leaders.length === 1 ? [`${leaders[0].name} leads`, ""] : ["nobody leads", "bad"];
  }

  return {
    root,
    build,
    /** Marks the lanes where an election is on; the others recede. @param {boolean[]} electing @param {number} spoken The
     * lane that the sentence above is about, or -1. */
    mark(electing, spoken) {
      const some = electing.includes(true);
      cards.forEach((card, i) => {
        card.root.classList.toggle("elects", electing[i] === true);
        card.root.classList.toggle("recedes", some && !electing[i]);
        card.root.classList.toggle("spoken", i === spoken);
        const state = tabs.children[i].lastElementChild;
        if (!state) return;
        const [text, tone] = stateOf(player.frame?.lanes[i], electing[i]);
        setText(state, text);
        state.className = tone;
      });
    },
    only,
    /** @param {import("../app.js").Controls} to */
    control(to) {
      controls = to;
      current();
    },
    /** Shows the lanes that are to be shown. */
    choose: () => only(single),
    /** Puts something beside the only lane that is to be seen. @param {HTMLElement} panel */
    beside(panel) {
      if (!besides.includes(panel)) besides.push(panel);
      row.append(panel);
    },
    /** The card of a lane. @param {number} lane */
    card: (lane) => cards[lane],
    /** @param {number} clock */
    draw(clock) {
      const words = clock - wordsAt > WORDS_EVERY || !store.get().playing;
      if (words) wordsAt = clock;
      for (const card of cards) card.draw(words);
    },
    /** Draws every picture, even those out of sight, as for printing. */
    drawAll() {
      for (const card of cards) card.draw(true, true);
    },
    repaint() {
      legend.repaint();
      for (const card of cards) card.forget();
    },
  };
}

/** The lane's name for display: the algorithm's title, or the name that the scenario gives the lane. @param {App} app @param {number} lane */
export function laneTitle({ player }, lane) {
  const { name, algorithm } = player.run.lanes[lane];
  const info = player.infos[lane];
  return name === algorithm ? info.title : name;
}

/** @param {App} app @param {number} index */
function createCard(app, index) {
  const { store, player } = app;
  // A poster's data until there is an engine.
  const info = () => player.infos[index];
  const title = laneTitle(app, index);
  const own = player.run.lanes[index].name !== player.run.lanes[index].algorithm;
  const canvas = h("canvas", {
    tabindex: "0", role: "application",
    "aria-roledescription": "picture of a lane",
    "aria-label": `${title}: arrow keys select a node, Enter opens its menu`,
  });
  const choosing = h("p", { class: "choosing", "aria-hidden": "true", text: "← → node · Enter menu · Esc steps again" });
  const says = h("p", { class: "says" });
  const about = h("button", { type: "button", class: "about", title: `About ${info().title}`, text: own ? info().title : info().subtitle });
  const marks = h("button", { type: "button", class: "marks", hidden: true, onclick: () => app.menu.about(marks, index) });
  const resource = h("div", { class: "writes" });
  const root = h(
    "article",
    { class: "lane", "aria-label": title },
    h(app.whole ? "h2" : "div", { class: "name", onclick: () => app.menu.about(about, index) }, h("span", { text: title }), about),
    says,
    h("div", { class: "picture" }, canvas, choosing),
    h("div", { class: "foot" }, resource, marks),
  );
  const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let measure = measurer(cx, app.theme());
  /** @type {import("../scene/items.js").Item[]} */
  let list = [];
  let size = { w: 0, h: 0 };
  let visible = true;
  /** What the mouse is over. @type {import("../scene/items.js").Target | null} */
  let over = null;
  let marked = "";
  let judged = "";

  const resized = new ResizeObserver(() => {
    size = { w: canvas.clientWidth, h: canvas.clientHeight };
    app.loop.request();
  });
  resized.observe(canvas);
  const seen = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? true;
    if (visible) app.loop.request();
  });
  seen.observe(canvas);

  /** @param {PointerEvent | MouseEvent} event */
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const touch = "pointerType" in event && event.pointerType === "touch";
    return hit(list, event.clientX - box.left, event.clientY - box.top, touch ? NEAR.touch : NEAR.mouse);
  };
  canvas.addEventListener("pointermove", (event) => {
    const target = at(event);
    canvas.dataset.over = target?.kind ?? "";
    if (event.pointerType === "touch" || JSON.stringify(over) === JSON.stringify(target)) return;
    over = target;
    app.loop.request();
  });
  canvas.addEventListener("pointerleave", () => {
    over = null;
    app.loop.request();
  });
  canvas.addEventListener("click", (event) => {
    const target = at(event);
    const box = canvas.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top };
    if (!target) {
      store.edit({ selected: null });
      return;
    }
    const { picking } = store.get();
    if (picking && target.kind === "node" && target.place < player.run.lanes[index].members) {
      app.breaker.pick(player.run.lanes[index].ids[target.place]);
      return;
    }
    if (store.get().focus && target.kind === "node") {
      app.focus({ lane: index, place: target.place });
      return;
    }
    if (store.get().focus && target.kind === "message") {
      app.focus({ lane: index, message: target });
      return;
    }
    if (target.kind === "node") store.edit({ selected: { lane: index, place: target.place } });
    app.menu.open(canvas, point, index, target);
  });
  // Arrow keys choose a node if the canvas was entered by keyboard. After a click on a node they step, as everywhere.
  let entered = false;
  const enter = (/** @type {boolean} */ now) => {
    entered = now;
    root.classList.toggle("entered", now);
  };
  canvas.addEventListener("pointerdown", () => enter(false));
  canvas.addEventListener("focus", (event) => {
    // From the menu, the focus returns to what it was before.
    if (!app.menu.root.contains(/** @type {Node | null} */ (event.relatedTarget))) enter(canvas.matches(":focus-visible"));
  });
  canvas.addEventListener("blur", (event) => {
    if (!app.menu.root.contains(/** @type {Node | null} */ (event.relatedTarget))) enter(false);
  });
  canvas.addEventListener("keydown", (event) => {
    const { selected } = store.get();
    const nodes = player.run.lanes[index].members + player.run.lanes[index].services;
    const place = selected?.lane === index ? selected.place : -1;
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    // One thing at a time: Escape first clears the selection.
    if (event.key === "Escape" && entered && place < 0 && !app.menu.root.matches(":popover-open")) {
      enter(false);
      return;
    }
    if (move && entered && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const next = place < 0 ? (move === 1 ? 0 : nodes - 1) : (place + move + nodes) % nodes;
      store.edit({ selected: { lane: index, place: next } });
    } else if (event.key === "Enter" && place >= 0) {
      const spot = spotOf(place);
      app.menu.open(canvas, spot ?? { x: 20, y: 20 }, index, { kind: "node", place });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** @param {number} place */
  function spotOf(place) {
    const item = list.find((it) => it.hit?.kind === "node" && it.hit.place === place);
    if (!item) return null;
    const [x, y] = centre(item);
    return { x, y };
  }

  /** @param {boolean} unseen Whether to draw it even out of sight. */
  function picture(unseen) {
    const { frame } = player;
    const run = player.run.lanes[index];
    const lane = frame?.lanes[index] ?? (player.ran ? null : unplayed(run));
    if (!lane || !(visible || unseen) || size.w === 0) return;
    const { selected, picking } = store.get();
    list = (frame ? laneScene : outline)({ lane, run, ...size }, info(), {
      // While stepping through single events, the picture is that of the event.
      now: frame && player.exact ? frame.now : player.now,
      rate: player.rate,
      still: app.still(),
      selected: selected?.lane === index ? selected.place : -1,
      hovered: over?.kind === "node" ? over.place : -1,
      over,
      picked: picking ? picking.map((id) => run.ids.indexOf(id)) : [],
      measure,
    });
    fit(canvas, size.w, size.h);
    paint(cx, list, app.theme(), size.w, size.h);
  }

  function words() {
    const { frame } = player;
    const lane = frame?.lanes[index];
    const story = player.stories[index];
    if (!lane || !frame || !story) return;
    const { brokeOff } = story.stats;
    const over = brokeOff && brokeOff.at <= frame.now
      ? [{ text: "the run broke off", strong: true, tone: /** @type {const} */ ("bad") }, { text: ` at ${seconds(brokeOff.at)}: ${brokeOff.why}` }] : null;
    const parts = over ?? sentence(lane, info(), frame.now, lane.believers === 0 ? idleSince(story, frame.now) : -1);
    if (says.textContent !== plain(parts)) {
      says.replaceChildren(...parts.map((part) => h(part.strong ? "b" : "span", { class: part.tone, text: part.text })));
    }
    stores(resource, lane, info());
    promises();
    const chosen = store.get().selected;
    const node = chosen?.lane === index ? lane.nodes[chosen.place] : undefined;
    if (node) setText(app.chosen, `${title}: ${node.name}, ${stateWord(node, info())}`);
  }

  /** Shows how many properties hold, are broken and are undecided; the button opens what each of them is about. */
  function promises() {
    const key = `${store.get().revision} ${player.frame?.lanes[index].events} ${player.frame?.now}`;
    if (key === marked) return;
    marked = key;
    const verdicts = player.guard(() => player.engine?.verdicts(index) ?? [], []);
    const now = verdicts.map((it) => `${it.property} ${it.verdict}`).join();
    if (now === judged) return;
    judged = now;
    const groups = tally(verdicts);
    marks.replaceChildren(...groups.map(({ mark, tone, names }) => h("span", { class: tone, text: `${mark} ${names.length} ` })));
    const words = groups.map(({ says, names }) => `${says}: ${inARow(names)}`).join("; ");
    marks.title = words;
    setAttribute(marks, "aria-label", `${groups.map(({ mark, names }) => `${mark} ${names.length}`).join(" ")}, ${words}`);
    marks.hidden = groups.length === 0;
  }

  return {
    root,
    canvas,
    /** Gives it the focus; arrow keys then choose a node. */
    enter() {
      canvas.focus();
      enter(true);
    },
    spotOf,
    /** Whether the Tab key stops at its picture and at its description. @param {boolean} here @param {boolean} described */
    stop(here, described) {
      canvas.tabIndex = here ? 0 : -1;
      about.tabIndex = described ? 0 : -1;
    },
    /** @param {boolean} withWords @param {boolean} [unseen] */
    draw(withWords, unseen = false) {
      picture(unseen);
      if (withWords) words();
    },
    forget() {
      measure = measurer(cx, app.theme());
    },
    dispose() {
      resized.disconnect();
      seen.disconnect();
    },
  };
}

/**
 * The verdicts worth a mark, the worst first.
 *
 * @param {PropertyVerdict[]} verdicts
 * @returns {{mark: string, tone: string, says: string, names: string[]}[]}
 */
export function tally(verdicts) {
  const bug = verdicts.filter((it) => it.violation?.blame === "bug");
  const expected = verdicts.filter((it) => it.violation && it.violation.blame !== "bug");
  const promised = verdicts.filter((it) => it.promised && !it.violation);
  const of = (/** @type {PropertyVerdict["verdict"]} */ verdict) => promised.filter((it) => it.verdict === verdict).map((it) => propertyName(it.property));
  return [
    { mark: "✗", tone: "broken", says: "broken by a bug", names: bug.map((it) => opposite(it.property)) },
    { mark: "◆", tone: "expected", says: "broken as expected", names: expected.map((it) => opposite(it.property)) },
    { mark: "✓", tone: "kept", says: "promises that hold", names: of("held") },
    { mark: "?", tone: "", says: "promises not decided yet", names: of("undecided") },
    { mark: "–", tone: "", says: "promises given up by a setting", names: of("given-up") },
  ].filter((it) => it.names.length > 0);
}

/** The name of a property's violation. @param {string} property */
function opposite(property) {
  const names = /** @type {Record<string, string>} */ ({
    "at-most-one-leader": "two leaders",
    "one-leader-per-epoch": "two leaders in one epoch",
    "epochs-never-fall": "epoch went backwards",
    "one-effective-writer": "conflicting writes",
    "leader-eventually": "no leader",
    "leader-is-alive": "dead leader",
    "acknowledged-kept": "lost write",
  });
  return names[property] ?? propertyName(property);
}

/** Since when no node has believed that it leads. @param {import("../engine.js").Story} story @param {number} now */
function idleSince(story, now) {
  let since = 0;
  for (const band of story.bands) {
    if (band.from > now) break;
    if (band.until !== null && band.until <= now) since = Math.max(since, band.until);
  }
  return since;
}

/** What the store did with the lane's writes. @param {HTMLElement} root @param {import("../frame.js").LaneFrame} lane @param {import("../engine.js").Algorithm} info */
function stores(root, lane, info) {
  const key = `${info.id} ${lane.accepted} ${lane.rejected} ${lane.conflicting} ${lane.lost}`;
  if (root.dataset.key === key) return;
  root.dataset.key = key;
  root.title = info.token
    ? `The store checks each write's ${info.token}${lane.fencing ? `, and has seen ${lane.tokenMax || "none"}` : ", but here the check is off"}` : "Writes carry no fencing token: the store cannot refuse any";
  const figures = [
    h("span", { text: `${count(lane.accepted)} kept` }),
    lane.rejected > 0 && h("span", { text: `${count(lane.rejected)} refused` }),
    lane.conflicting > 0 && h("span", { class: "bad", text: `${count(lane.conflicting)} in conflict` }),
    lane.lost > 0 && h("span", { class: "bad", text: `${count(lane.lost)} lost` }),
  ];
  root.replaceChildren(...figures.filter((it) => it instanceof HTMLElement));
}
