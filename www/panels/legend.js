// The legend: the symbols of the pictures beside their names, drawn by the painter of the pictures.

import { h } from "../dom.js";
import { fit, paint } from "../paint.js";
import { HEIGHT, SYMBOLS, WIDTH } from "../scene/legend.js";

/**
 * @param {import("../app.js").App} app
 * @param {boolean} long With the meaning in full, instead of the name alone.
 */
export function createLegend(app, long) {
  /** The canvases, with what is drawn on them. @type {[HTMLCanvasElement, import("../scene/items.js").Item[]][]} */
  const canvases = [];
  const root = h("ul", { class: long ? "symbols long" : "symbols" }, ...SYMBOLS.map(({ name, means, items }) => {
    const canvas = h("canvas", { "aria-hidden": "true" });
    canvas.style.width = `${WIDTH}px`;
    canvas.style.height = `${HEIGHT}px`;
    canvases.push([canvas, items]);
    return h("li", { title: long ? null : means }, canvas, h("span", { text: long ? `${means}.` : name }));
  }));
  let stale = true;
  function repaint() {
    stale = true;
    // Where nobody sees it, it costs nothing.
    if (root.clientWidth === 0) return;
    stale = false;
    for (const [canvas, items] of canvases) {
      fit(canvas, WIDTH, HEIGHT);
      paint(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), items, app.theme(), WIDTH, HEIGHT);
    }
  }
  new ResizeObserver(() => {
    if (stale) repaint();
  }).observe(root);
  return { root, repaint };
}
