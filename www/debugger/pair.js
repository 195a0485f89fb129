// The bands of both futures of a lane, below each other, on the axis of the other bands, with the instant when they part.

import { h, setAttribute } from "../dom.js";
import { fit, measurer, paint } from "../paint.js";
import { laneTitle } from "../panels/lanes.js";
import { timeOf, xOf } from "../scene/axis.js";
import { bandsLayout, bandsScene, playhead } from "../scene/bands.js";
import { veil } from "../story.js";
import { list, seconds } from "../words.js";
import { failoverSince, leaders } from "./figures.js";

/** @typedef {import("../scene/items.js").Item} Item */

/** @param {import("../app.js").App} app */
export function createPair(app) {
  const { player, store } = app;
  const canvas = h("canvas", { role: "img" });
  const root = h("section", { class: "pair", "aria-label": "Both futures of this lane" }, canvas);
  const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let measure = measurer(cx, app.theme());
  let w = 0;
  let painted = "";
  let generation = 0;

  new ResizeObserver(() => {
    w = root.clientWidth;
    app.loop.request();
  }).observe(root);

  /** Both futures as lanes of one run. @returns {import("../scene/bands.js").BandsInput | null} */
  function input() {
    const { focus, comparing, other, range } = store.get();
    const { beside, run } = player;
    if (!focus || !comparing || !other || !beside) return null;
    const own = run.lanes[focus.lane];
    const there = beside.run.lanes.findIndex((it) => it.name === own?.name);
    if (there < 0) return null;
    const title = laneTitle(app, focus.lane);
    const info = player.infos[focus.lane];
    const both = [
      { name: `${title} ${other.name === "A" ? "B" : "A"}`, lane: own, story: player.stories[focus.lane] },
      { name: `${title} ${other.name}`, lane: beside.run.lanes[there], story: beside.stories[there] },
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
    const [from, to] = range ?? [0, run.until];
    const names = run.lanes.map((_, i) => laneTitle(app, i));
    return {
      run: { ...run, lanes: both.map((it) => it.lane) }, names: both.map((it) => it.name), infos: [info, info],
      stories: both.map((it) => veil(it.story, player.curtain)), w, from, to, measure,
      // As wide as the names of the other bands, so that the axes are the same.
      labels: bandsLayout({ run, stories: player.stories, infos: player.infos, names, w, from, to, measure }).labels,
    };
  }

  /** When the futures part. @param {ReturnType<typeof bandsLayout>} layout @returns {Item[]} */
  function parting({ axis, rows, height }) {
    const split = Math.max(0, player.beside?.split ?? -1);
    if (split < axis.from || split > axis.to) return [];
    const x = xOf(axis, split);
    return [
      { k: "curve", curve: { k: "line", x0: x, y0: rows[0] - 3, x1: x, y1: height - 18 }, stroke: "bad", width: 1.5, dash: [4, 3] },
      { k: "diamond", x, y: (rows[0] + rows[1]) / 2 + 9, r: 4.5, fill: "bad", stroke: "card", width: 1.25 },
    ];
  }

  canvas.addEventListener("click", (event) => {
    const data = input();
    if (data) player.seek(Math.round(timeOf(bandsLayout(data).axis, event.offsetX)));
  });

  /** The same in words. @param {import("../scene/bands.js").BandsInput} data */
  function said({ names, stories, infos, run }) {
    const split = player.beside?.split ?? null;
    const each = names.map((name, i) => {
      const failover = failoverSince(stories[i], Math.max(0, split ?? 0));
      const outage = !failover ? "no failover" : failover.over ? `${seconds(failover.found - failover.lost)} without service` : "without service to the end";
      return `${name}: ${outage}, at the end ${leaders({ story: stories[i], names: run.lanes[i].names }, infos[i], stories[i].computed - 1)}`;
    });
    return `Both futures${split === null ? "" : split < 0 ? ", from the start" : `, which part at ${seconds(split)}`}. ${list(each)}`;
  }

  return {
    draw() {
      const data = input();
      root.hidden = data === null;
      if (!data) return;
      if (root.parentElement === null) app.bands.root.after(root);
      if (w === 0) return;
      const key = [store.get().revision, store.get().futures, store.get().focus?.lane, w, data.from, data.to, generation, devicePixelRatio, player.curtain, Math.floor(player.now)].join();
      if (key === painted) return;
      painted = key;
      const layout = bandsLayout(data);
      canvas.style.height = `${layout.height}px`;
      fit(canvas, w, layout.height);
      paint(cx, [...bandsScene(data), ...parting(layout), ...playhead(layout, player.now)], app.theme(), w, layout.height);
      setAttribute(canvas, "aria-label", said(data));
    },
    repaint() {
      generation++;
      measure = measurer(cx, app.theme());
    },
  };
}
