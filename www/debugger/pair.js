// The bands of both futures of a lane, below each other, on the axis of the other bands, with the instant when they part.

import { h, setAttribute } from "../dom.js";
import { laneTitle } from "../panels/lanes.js";
import { list, seconds, span } from "../words.js";
import { failoverSince, leaders } from "./figures.js";

/** @param {import("../app.js").App} app */
export function createPair(app) {
  const { player, store } = app;
  const canvas = h("canvas", { role: "img", onclick: (/** @type {MouseEvent} */ event) => player.seek(Math.max(0, Math.round(app.bands.timeAt(event.offsetX)))) });
  const root = h("section", { class: "pair", "aria-label": "Both futures of this lane" }, canvas);
  let painted = "";

  /** Both futures, A first. */
  function both() {
    const { focus, comparing, other } = store.get();
    const { beside, run } = player;
    if (!focus || !comparing || !other || !beside) return null;
    const there = beside.run.lanes.findIndex((it) => it.name === run.lanes[focus.lane]?.name);
    if (there < 0) return null;
    const title = laneTitle(app, focus.lane);
    const rows = [
      { name: `${title} ${other.name === "A" ? "B" : "A"}`, lane: run.lanes[focus.lane], story: player.stories[focus.lane] },
      { name: `${title} ${other.name}`, lane: beside.run.lanes[there], story: beside.stories[there] },
    ];
    return other.name === "A" ? rows.reverse() : rows;
  }

  /** The same in words. @param {NonNullable<ReturnType<typeof both>>} rows @param {import("../engine.js").Algorithm} info */
  function said(rows, info) {
    const split = player.beside?.split ?? null;
    const each = player.curtain < Infinity ? [] : rows.map(({ name, lane, story }) => {
      const failover = failoverSince(story, Math.max(0, split ?? 0));
      const outage = !failover ? "no failover" : failover.over ? `${span(failover.found - failover.lost)} without service` : "without service to the end";
      return `${name}: ${outage}, at the end ${leaders({ story, names: lane.names }, info, story.computed - 1)}`;
    });
    return `Both futures${split === null ? "" : split < 0 ? ", from the start" : `, which part at ${seconds(split)}`}. ${list(each)}`;
  }

  return {
    draw() {
      const rows = both();
      root.hidden = rows === null;
      if (!rows) return;
      if (root.parentElement === null) app.bands.root.after(root);
      const { revision, futures, focus } = store.get();
      const key = [revision, futures, focus?.lane, app.bands.look, Math.floor(player.now)].join();
      if (key === painted) return;
      painted = key;
      const info = player.infos[focus?.lane ?? 0];
      const run = { ...player.run, lanes: rows.map((it) => it.lane) };
      app.bands.also(canvas, { run, names: rows.map((it) => it.name), infos: [info, info], stories: rows.map((it) => it.story) }, Math.max(0, player.beside?.split ?? -1));
      setAttribute(canvas, "aria-label", said(rows, info));
    },
    repaint() {
      painted = "";
    },
  };
}
