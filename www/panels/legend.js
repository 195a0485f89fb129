// The legend: the symbols of the pictures beside their names, drawn by the painter of the pictures.

import { h } from "../dom.js";
import { fit, paint } from "../paint.js";
import { HEIGHT, SYMBOLS, WIDTH } from "../scene/legend.js";

/**
 * @param {import("../app.js").App} app
 * @param {boolean} long With the meaning in full, instead of the name alone.
 */
export function createLegend(app, long) {
  const symbols = SYMBOLS.map(({ name, means, items }) => {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    canvas.style.width = `${WIDTH}px`;
    canvas.style.height = `${HEIGHT}px`;
    return {
      root: h("li", { title: long ? null : means }, canvas, h("span", { text: long ? `${means}.` : name })),
      paint() {
        fit(canvas, WIDTH, HEIGHT);
        paint(cx, items, app.theme(), WIDTH, HEIGHT);
      },
    };
  });
  return {
    root: h("ul", { class: long ? "symbols long" : "symbols" }, ...symbols.map((it) => it.root)),
    repaint() {
      for (const it of symbols) it.paint();
    },
  };
}
