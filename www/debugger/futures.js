// Two futures: what differs, the bands of both, and which of them is kept. And where two of them, or two lanes, first differ.

import { h, setAttribute, setText } from "../dom.js";
import { laneTitle } from "../panels/lanes.js";
import { seconds } from "../words.js";
import { caption, figures, told } from "./figures.js";
import { createPair } from "./pair.js";

/** From this width on, the panel stands below the text; as in style/debugger.css. */
const BESIDE = 1200;

/** @param {import("../app.js").App} app */
export function createFutures(app) {
  const { player, store } = app;
  const pair = createPair(app);
  const split = h("span", { class: "split" });
  const table = h("table");
  const none = h("p", { class: "note", text: "Act before the end of the run, and both futures stay: the one as written, and the one with your act." });
  const compare = h("button", { type: "button", text: "Compare", title: "The bands of both futures of this lane, below each other", onclick: () => store.edit({ comparing: !store.get().comparing }) });
  const keep = h("button", { type: "button", onclick: () => player.keepOther() });
  const forget = h("button", { type: "button", text: "Forget", onclick: () => player.forget() });
  const veiled = h("p", { class: "note", text: "The other figures would answer a question of the story: they come with its answer." });
  const both = h("div", { class: "both" }, table, veiled, h("div", { class: "row" }, compare, keep, forget));
  /** What this lane is compared with: a lane, or -1 for the other future. */
  const against = h("select", { "aria-label": "What this lane is compared with" });
  const first = h("button", { type: "button", text: "First difference from", title: "Go to the first event of this lane that the other one does not have", onclick: () => look(Number(against.value)) });
  against.addEventListener("change", () => {
    key = "";
    app.loop.request();
  });
  const differ = h("div", { class: "row against" }, first, against);
  const said = h("p", { class: "said", role: "status" });
  const root = h("section", { class: "futures", "aria-label": "Two futures" }, h("header", {}, h("h3", { text: "Futures" }), split), none, both, differ, said);
  let key = "";
  /** The comparison that is under way: `other` is a lane of either future. @type {{lane: number, other: number, key: string} | null} */
  let looking = null;
  /** What the sentence is about: it goes when that changes. */
  let about = "";

  // The scenario is a sheet where there is little room, so the panel stands with the others there.
  let home = root.parentElement;
  new ResizeObserver(() => {
    home ??= root.parentElement;
    const beside = app.host.clientWidth >= BESIDE;
    if (beside && root.parentElement === home) app.editor.root.after(root);
    else if (!beside && home && root.parentElement !== home) home.append(root);
  }).observe(app.host);

  const lane = () => store.get().focus?.lane ?? 0;
  /** The number of the same lane in the other future; -1 if it has none. */
  const otherLane = () => {
    const found = player.beside?.run.lanes.findIndex((it) => it.name === player.run.lanes[lane()]?.name) ?? -1;
    return found < 0 ? -1 : player.run.lanes.length + found;
  };
  /** What a sentence, or a search for a difference, is about. */
  const now = () => [store.get().revision, store.get().other?.text, lane()].join();

  /** @param {number} than A lane, or -1 for the other future. */
  function look(than) {
    const other = than < 0 ? otherLane() : than;
    if (other < 0) return;
    looking = { lane: lane(), other, key: now() };
    store.edit({ playing: false });
    setText(said, "Comparing…");
    app.loop.request();
  }

  /** One slice of a search for a difference. */
  function search() {
    if (!looking) return;
    if (looking.key !== now()) {
      looking = null;
      setText(said, "");
      return;
    }
    const { lane, other } = looking;
    const found = player.guard(() => player.engine?.firstDifference(lane, other) ?? null, []);
    if (found === null) {
      app.loop.request();
      return;
    }
    looking = null;
    about = now();
    const title = laneTitle(app, lane);
    const futures = other >= player.run.lanes.length;
    const shown = store.get().other?.name === "A" ? "B" : "A";
    const names = /** @type {[string, string]} */ (futures ? [shown, shown === "A" ? "B" : "A"] : [title, laneTitle(app, other)]);
    const [here, there] = found;
    // Future A is named first, whichever is shown.
    const turned = futures && shown === "B";
    setText(said, turned ? told([...found].reverse(), [names[1], names[0]]) : told(found, names));
    if (here) app.focus({ lane, step: here.step });
    else if (there) player.seek(there.at);
  }

  /** Fills the table. @param {string} shown */
  function fill(shown) {
    const { beside } = player;
    const own = player.run.lanes[lane()];
    const there = otherLane() - player.run.lanes.length;
    const isShown = (/** @type {string} */ name) => name === shown;
    const names = /** @type {const} */ (["A", "B"]);
    const head = names.map((name) => {
      const radio = h("input", { type: "radio", name: "future", value: name, checked: isShown(name), disabled: store.get().errors.length > 0, "aria-label": `Show future ${name}`, onchange: () => player.turn() });
      return h("th", { scope: "col" }, h("label", { title: `Show future ${name} at the same moment` }, radio, h("b", { text: name })),
        h("small", { text: caption((isShown(name) ? beside?.shown : beside?.other) ?? [], name === "A") }));
    });
    const focused = /** @type {HTMLInputElement | null} */ (table.querySelector("input:focus"))?.value;
    /** @type {HTMLElement[]} */
    let rows = [];
    if (beside && own && there >= 0) {
      const here = { story: player.stories[lane()], names: own.names };
      const other = { story: beside.stories[there], names: beside.run.lanes[there].names };
      const at = Math.max(0, beside.split ?? 0);
      rows = figures(shown === "A" ? [here, other] : [other, here], player.infos[lane()], player.now, at, player.curtain)
        .map((row) => h("tr", { class: row.differs ? "differs" : undefined }, h("th", { scope: "row", title: row.what, text: row.name }), ...row.cells.map((text) => h("td", { text }))));
    }
    table.replaceChildren(h("thead", {}, h("tr", {}, h("th", {}, h("span", { class: "unseen", text: laneTitle(app, lane()) })), ...head)), h("tbody", {}, ...rows));
    if (focused) /** @type {HTMLElement | null} */ (table.querySelector(`input[value="${shown}"]`))?.focus();
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      search();
      pair.draw();
      const { other, errors, computing, comparing, playing, focus } = store.get();
      if (about !== "" && about !== now()) {
        about = "";
        setText(said, "");
      }
      if (!focus || computing) return;
      // While it plays, the leaders at the playhead may change a few times a second.
      const wanted = [now(), store.get().futures, errors.length, comparing, player.curtain < Infinity, playing ? Math.floor(clock / 200) : player.now].join();
      if (wanted === key) return;
      key = wanted;
      none.hidden = other !== null;
      both.hidden = split.hidden = other === null;
      const others = player.run.lanes.map((_, i) => i).filter((i) => i !== focus.lane);
      const options = [...(other ? [other.name] : []), ...others.map((i) => laneTitle(app, i))];
      differ.hidden = options.length === 0;
      first.disabled = against.value === "-1" && (!player.beside || otherLane() < 0);
      const listed = `${focus.lane} ${options.join()}`;
      if (against.dataset.listed !== listed) {
        against.dataset.listed = listed;
        // The other future first; then the lane that most likely is to be compared, which runs the same algorithm.
        const values = other ? [-1, ...others] : others;
        const chosen = other ? -1 : others.find((i) => player.infos[i].id === player.infos[focus.lane].id) ?? others[0];
        against.replaceChildren(...values.map((value, i) => h("option", { value, text: options[i], selected: value === chosen })));
      }
      if (!other) return;
      const at = player.beside?.split ?? null;
      setText(split, !player.beside ? "computing…" : at === null ? "no difference" : at < 0 ? "from the start" : `split at ${seconds(at)}`);
      setText(keep, `Keep ${other.name}`);
      keep.title = `Future ${other.name} becomes the text, and the one that is shown is forgotten; Undo brings it back`;
      forget.title = `Future ${other.name} is forgotten; Undo brings it back`;
      setAttribute(compare, "aria-pressed", String(comparing));
      compare.disabled = !player.beside || otherLane() < 0;
      veiled.hidden = player.curtain === Infinity;
      fill(other.name === "A" ? "B" : "A");
    },
    repaint: pair.repaint,
  };
}
