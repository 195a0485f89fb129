// Draws a display list on a canvas. Knows shapes and colours, but nothing about elections.

/** @typedef {import("./scene/items.js").Item} Item */
/** @typedef {import("./theme.js").Theme} Theme */

/**
 * Gives the canvas as many pixels as the device shows. Returns whether its size changed.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} w
 * @param {number} h
 */
export function fit(canvas, w, h) {
  const ratio = Math.min(3, canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1);
  const [width, height] = [Math.round(w * ratio), Math.round(h * ratio)];
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}

/**
 * @param {CanvasRenderingContext2D} cx
 * @param {Item[]} list
 * @param {Theme} theme
 * @param {number} w
 * @param {number} h
 */
export function paint(cx, list, theme, w, h) {
  cx.setTransform(cx.canvas.width / w, 0, 0, cx.canvas.height / h, 0, 0);
  cx.clearRect(0, 0, w, h);
  cx.lineCap = "round";
  cx.lineJoin = "round";
  // Setting the font costs more than drawing a short text, so it is set only when it changes.
  const last = { font: "" };
  for (const item of list) {
    if (item.alpha === 0) continue;
    // With forced colours, translucent items would be too faint to see.
    cx.globalAlpha = theme.forced ? Math.max(0.7, item.alpha ?? 1) : item.alpha ?? 1;
    if (item.k === "text") write(cx, item, theme, last);
    else draw(cx, item, theme);
  }
  cx.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} cx @param {import("./scene/items.js").TextItem} item @param {Theme} theme
 * @param {{font: string}} last */
function write(cx, item, theme, last) {
  const wanted = font(item.size, item.weight ?? 400, item.mono ? theme.mono : theme.sans);
  if (wanted !== last.font) cx.font = last.font = wanted;
  cx.textAlign = item.align ?? "left";
  if (item.halo) {
    cx.strokeStyle = theme[item.halo];
    cx.lineWidth = 3;
    cx.strokeText(item.text, item.x, item.y);
  }
  // The system's highlight is a background colour, not a text colour.
  cx.fillStyle = theme[theme.forced && item.fill === "leader" ? "ink" : item.fill ?? "ink"];
  cx.fillText(item.text, item.x, item.y);
}

/** @param {CanvasRenderingContext2D} cx @param {Exclude<Item, {k: "text"}>} item @param {Theme} theme */
function draw(cx, item, theme) {
  if (item.k === "hatch") {
    hatch(cx, item, theme);
    return;
  }
  if (item.k === "rect" && item.r === 0 && item.fill && !item.stroke && !theme.forced) {
    // Most shapes are such, and a path takes longer.
    cx.fillStyle = theme[item.fill];
    cx.fillRect(item.x, item.y, item.w, item.h);
    return;
  }
  cx.beginPath();
  if (item.k === "circle") cx.arc(item.x, item.y, item.r, 0, 2 * Math.PI);
  else if (item.k === "rect") cx.roundRect(item.x, item.y, item.w, item.h, Math.min(item.r, item.w / 2, item.h / 2));
  else if (item.k === "diamond") {
    cx.moveTo(item.x, item.y - item.r);
    cx.lineTo(item.x + item.r, item.y);
    cx.lineTo(item.x, item.y + item.r);
    cx.lineTo(item.x - item.r, item.y);
    cx.closePath();
  } else if (item.k === "area") {
    for (let i = 0; i < item.points.length; i += 2) cx.lineTo(item.points[i], item.points[i + 1]);
    cx.closePath();
  } else if (item.k === "cross") {
    const { x, y, r } = item;
    cx.moveTo(x - r, y - r);
    cx.lineTo(x + r, y + r);
    cx.moveTo(x + r, y - r);
    cx.lineTo(x - r, y + r);
  } else if (item.k === "arrow") {
    for (const turn of [0, 2.5, -2.5]) {
      cx.lineTo(item.x + item.r * Math.cos(item.angle + turn), item.y + item.r * Math.sin(item.angle + turn));
    }
    cx.closePath();
  } else trace(cx, item.curve);
  if (item.fill) {
    if (theme.forced) {
      // System colours may be translucent; an opaque one underneath hides what lies behind.
      cx.fillStyle = theme.card;
      cx.fill();
    }
    cx.fillStyle = theme[item.fill];
    cx.fill();
    if (theme.forced && item.k === "rect") edge(cx, item, item.fill, theme);
  }
  if (item.stroke) {
    cx.strokeStyle = theme[item.stroke];
    cx.lineWidth = item.width ?? 1;
    if (item.dash) cx.setLineDash(item.dash);
    cx.stroke();
    if (item.dash) cx.setLineDash([]);
  }
}

/** The colours of bands. */
const BAND = /^lead\d/;

/** Forced colours leave areas unfilled, so they get an outline, and every second band a bar. @param {CanvasRenderingContext2D} cx
 * @param {import("./scene/items.js").RectItem} item @param {string} fill @param {Theme} theme */
function edge(cx, item, fill, theme) {
  if (fill !== "soft" && !BAND.test(fill)) return;
  cx.strokeStyle = fill === "soft" ? theme.line : theme.ink;
  cx.lineWidth = 1;
  cx.stroke();
  if (fill !== "lead2") return;
  cx.fillStyle = theme.ink;
  cx.fillRect(item.x, item.y + item.h - 3, item.w, 3);
}

/** @param {CanvasRenderingContext2D} cx @param {import("./scene/geometry.js").Curve} c */
function trace(cx, c) {
  if (c.k === "arc") {
    cx.arc(c.x, c.y, c.r, c.a0, c.a1, c.a1 < c.a0);
    return;
  }
  cx.moveTo(c.x0, c.y0);
  if (c.k === "line") cx.lineTo(c.x1, c.y1);
  else cx.quadraticCurveTo(c.cx, c.cy, c.x1, c.y1);
}

/** Diagonal stripes, aligned across adjacent areas. @param {CanvasRenderingContext2D} cx
 * @param {import("./scene/items.js").HatchItem} item @param {Theme} theme */
function hatch(cx, { x, y, w, h, inner, fill }, theme) {
  cx.save();
  cx.beginPath();
  if (inner === undefined) cx.rect(x, y, w, h);
  else {
    for (const r of [w / 2, inner]) {
      cx.moveTo(x + w / 2 + r, y + h / 2);
      cx.arc(x + w / 2, y + h / 2, r, 0, 2 * Math.PI);
    }
  }
  cx.clip("evenodd");
  cx.beginPath();
  const step = inner === undefined ? 6 : 4;
  for (let at = Math.floor((x - h) / step) * step; at < x + w; at += step) {
    cx.moveTo(at, y + h);
    cx.lineTo(at + h, y);
  }
  cx.strokeStyle = theme[fill ?? "line"];
  cx.lineWidth = inner === undefined ? 1.25 : 1.75;
  cx.stroke();
  cx.restore();
}

/** @param {number} size @param {number} weight @param {string} family */
const font = (size, weight, family) => `${weight} ${size}px ${family}`;

/**
 * Measures texts on this canvas and caches their widths.
 *
 * @param {CanvasRenderingContext2D} cx
 * @param {Theme} theme
 * @returns {import("./scene/items.js").Measure}
 */
export function measurer(cx, theme) {
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text, size, weight = 400) => {
    const key = `${size} ${weight} ${text}`;
    let wide = known.get(key);
    if (wide === undefined) {
      // Texts contain ids and terms, so a long run has many of them.
      if (known.size > 4000) known.clear();
      cx.font = font(size, weight, theme.sans);
      wide = cx.measureText(text).width;
      known.set(key, wide);
    }
    return wide;
  };
}
