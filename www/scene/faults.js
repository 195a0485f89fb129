// Marks for lasting faults: wrong clocks, slow nodes, slow or lossy links, cuts to the store.

import { span } from "../words.js";
import { along, clamp } from "./geometry.js";
import { slot } from "./store.js";

/** @typedef {import("./items.js").Item} Item */
/** @typedef {import("./geometry.js").Boxes} Boxes */
/** @typedef {import("./lane.js").Box} Box */
/** @typedef {import("./lane.js").Options} Options */
/** @typedef {import("./lane.js").Plan} Plan */
/** @typedef {import("./lane.js").Spot} Spot */

/**
 * How a link treats messages: times in microseconds, shares in millionths.
 * @typedef {{lo: number, hi: number, loss: number, duplicate: number}} Fate
 * @typedef {Fate & {from: number, to: number}} FaultyLink A direction that differs from the network or, if it leads
 *   to the store (the place after the last node), from the start.
 * @typedef {import("../frame.js").NodeState} Node
 */

/** More lines than this would be a thicket; the corner shows their number instead. */
const LINES_MAX = 120;
/** A clock that is off by less than this counts as right, in microseconds. */
const AHEAD_LEAST = 1000;

/** @param {number} millionths */
const share = (millionths) => (Math.abs(millionths) < 100 ? `${millionths} ppm` : `${+(millionths / 10_000).toFixed(2)} %`);
/** @param {string} text @param {number} of */
const signed = (text, of) => `${of < 0 ? "−" : "+"}${text}`;
/** A duration without trailing zeros. @param {number} us */
const short = (us) => span(us).replace(/\.0+(?=\D)/, "").replace(/(\.\d*[1-9])0+(?=\D)/, "$1");

/** @param {number} lo @param {number} hi */
function times(lo, hi) {
  if (hi - lo <= 1) return short(lo);
  const [a, b] = [short(lo), short(hi)];
  const unit = b.slice(b.indexOf(" "));
  return `${a.endsWith(unit) ? a.slice(0, -unit.length) : a}–${b}`;
}

/** The curve to draw for a link. If one end is a node in a panel, the curve ends at the panel's edge, as the way of its
 * messages does. @param {Plan} plan @param {number} a @param {number} b @returns {import("./geometry.js").Curve} */
export function drawnLink(plan, a, b) {
  const curve = plan.path(a, b);
  if (curve.k !== "line" || plan.at[a].square === plan.at[b].square) return curve;
  const part = plan.at[plan.at[a].square ? b : a].r / Math.max(1, Math.abs(curve.y1 - curve.y0));
  const [x0, y0] = plan.at[a].square ? along(curve, part) : [curve.x0, curve.y0];
  const [x1, y1] = plan.at[b].square ? along(curve, 1 - part) : [curve.x1, curve.y1];
  return { k: "line", x0, y0, x1, y1 };
}

/** How a link differs from the network, in words. @param {Fate} link @param {Fate | undefined} network */
function fate({ lo, hi, loss, duplicate }, network) {
  const parts = [];
  if (network ? loss !== network.loss : loss > 0) parts.push(share(loss));
  if (!network || lo !== network.lo || hi !== network.hi) parts.push(times(lo, hi));
  if (network ? duplicate !== network.duplicate : duplicate > 0) parts.push(`twice ${share(duplicate)}`);
  return parts.join(", ");
}

/**
 * In a corner: the loss and duplication on all links, and their delay if it has changed.
 *
 * @param {Item[]} labels
 * @param {Boxes} boxes
 * @param {Box} box
 * @param {Options} options
 */
export function networkMark(labels, boxes, { lane, w, h }, { measure }) {
  const { network, links } = lane;
  /** @type {string[]} */
  const parts = [];
  if (network.loss > 0) parts.push(`loss ${share(network.loss)}`);
  if (network.changed) parts.push(times(network.lo, network.hi));
  if (network.duplicate > 0) parts.push(`twice ${share(network.duplicate)}`);
  if (links.length > LINES_MAX) parts.push(`${links.length} links differ`);
  if (parts.length === 0) return;
  const size = 10.5;
  const widths = parts.map((text) => measure(text, size));
  const stacked = Math.max(...widths);
  const whole = measure(parts.join(", "), size);
  /** @param {string[]} lines @param {number} x @param {number} y */
  const put = (lines, x, y) => {
    lines.forEach((text, i) => labels.push({ k: "text", x, y: y + (i - lines.length + 1) * 11.5, text, size, fill: "ink", halo: "card" }));
    return true;
  };
  const tall = parts.length * 11.5;
  const bottom = h - 4;
  void ((whole < w / 2 - 36 && boxes.take(4, bottom - 10, whole + 4, 13) && put([parts.join(", ")], 6, bottom))
    || (boxes.take(4, bottom - tall, stacked + 4, tall + 2) && put(parts, 6, bottom))
    || (boxes.take(w - stacked - 8, bottom - tall - 14, stacked + 4, tall + 2) && put(parts, w - stacked - 6, bottom - 14))
    || put(parts, 6, bottom));
}

/**
 * Links that differ from the network, labelled with the difference, and cut links to the store.
 *
 * @param {Item[]} list
 * @param {Boxes} boxes
 * @param {Plan} plan
 * @param {Box} box
 * @returns {import("./messages.js").Wanted[]}
 */
export function linkMarks(list, boxes, plan, box) {
  const { network, links } = box.lane;
  const store = box.lane.nodes.length;
  /** @type {import("./messages.js").Wanted[]} */
  const wanted = [];
  const [sx, sy] = slot(box);
  const way = (/** @type {number} */ from, /** @type {number} */ to) => {
    const spot = plan.at[Math.min(from, to)];
    if (!spot) return null;
    if (Math.max(from, to) < store) return plan.at[Math.max(from, to)] ? drawnLink(plan, from, to) : null;
    return /** @type {const} */ ({ k: "line", x0: spot.x, y0: spot.y, x1: sx, y1: sy });
  };
  if (links.length <= LINES_MAX) {
    const known = new Map(links.map((it) => [`${it.from} ${it.to}`, it]));
    for (const link of links) {
      const back = known.get(`${link.to} ${link.from}`);
      // A link to the store is labelled if it has changed since the start, when it may already differ from the network.
      const text = fate(link, link.to === store ? undefined : network);
      const same = back !== undefined && fate(back, network) === text;
      // A link that differs in the same way in both directions is drawn once.
      if (text === "" || (same && link.from > link.to)) continue;
      const curve = way(link.from, link.to);
      if (!curve) continue;
      const slow = link.hi !== network.hi || link.lo !== network.lo;
      const dash = link.loss > network.loss ? (slow ? [7, 3, 1.5, 3] : [1.5, 4]) : [7, 4];
      list.push({ k: "curve", curve, stroke: "mute", width: links.length > 24 ? 1 : 1.75, dash });
      const [x, y] = along(curve, same ? 0.5 : 0.64);
      wanted.push({ x, y, pad: 5, text: same || link.to === store ? text : `${text} →${box.run.ids[link.to] ?? ""}`, short: text, fill: "ink" });
    }
  }
  for (const [from, to] of box.lane.cuts) {
    if (to !== store && from !== store) continue;
    const curve = way(from, to);
    if (!curve) continue;
    const [x0, y0] = along(curve, 0.72);
    const [x, y] = along(curve, 0.86);
    list.push({ k: "curve", curve: { k: "line", x0, y0, x1: sx, y1: sy }, stroke: "bad", width: 1, dash: [2, 4] });
    list.push({ k: "cross", x, y, r: 3.5, stroke: "bad", width: 1.5 });
    boxes.force(x - 4, y - 4, 8, 8);
  }
  return wanted;
}

/**
 * A clock at a node whose clock is wrong, an hourglass at a slow node.
 *
 * @param {Item[]} labels
 * @param {Boxes} boxes
 * @param {Spot} spot
 * @param {Node} node
 * @param {Box} box
 * @param {Options} options
 */
export function nodeMarks(labels, boxes, spot, node, { w, h }, { measure }) {
  const drifts = node.drift !== 0;
  const off = Math.abs(node.ahead) >= AHEAD_LEAST;
  const { slow } = node;
  const drift = drifts ? signed(share(Math.abs(node.drift)), node.drift) : "";
  const ahead = off ? signed(short(Math.abs(node.ahead)), node.ahead) : "";
  if (drifts || off) mark(clock, [[drift, ahead].filter(Boolean).join(", "), drift || ahead, ""], -0.72);
  if (slow > 0) mark(hourglass, [`slow ${short(slow)}`, short(slow), ""], 0.72);

  /** @param {typeof clock} glyph @param {string[]} texts @param {number} corner */
  function mark(glyph, texts, corner) {
    const [size, r] = spot.dense ? [9, 3] : [10.5, 4];
    for (const text of new Set(texts)) {
      const wide = 2 * r + (text ? 3 + measure(text, size) : 0);
      for (const [left, y] of around(spot, wide)) {
        const x = clamp(left, 2, Math.max(2, w - 2 - wide));
        if (y < 8 || y > h - 6 || !boxes.take(x - 1, y - 6, wide + 2, 12)) continue;
        glyph(labels, x + r, y, r);
        if (text) labels.push({ k: "text", x: x + 2 * r + 3, y: y + size * 0.36, text, size, fill: "ink", halo: "card" });
        return;
      }
    }
    // No room beside the node: on its edge.
    glyph(labels, spot.x + corner * spot.r, spot.y + 0.72 * spot.r, r);
  }
}

/** Candidate positions around a node and its label: left end and vertical middle. @param {Spot} spot @param {number} wide @returns {[number, number][]} */
function around({ x, y, r, lx, ly, align, dense, out: [ox, oy] }, wide) {
  const left = align === "center" ? lx - wide / 2 : align === "right" ? lx - wide : lx;
  const beside = /** @type {[number, number][]} */ ([[x + r + 7, y], [x - r - 7 - wide, y]]);
  if (dense) return [...beside, [x + ox * (r + 5 + wide / 2) - wide / 2, y + oy * (r + 10)]];
  const [below, above] = [ly + 9, ly - 15];
  return [[left, below], ...(align === "center" ? beside : []), [left, above], ...beside, [x - wide / 2, y - r - 11], [x - wide, y - r - 11], [x, y - r - 11]];
}

/** @param {Item[]} list @param {number} x @param {number} y @param {number} r */
function clock(list, x, y, r) {
  list.push({ k: "circle", x, y, r, fill: "card", stroke: "ink", width: 1.25 });
  list.push({ k: "curve", curve: { k: "line", x0: x, y0: y, x1: x, y1: y - r * 0.65 }, stroke: "ink", width: 1 });
  list.push({ k: "curve", curve: { k: "line", x0: x, y0: y, x1: x + r * 0.5, y1: y }, stroke: "ink", width: 1 });
}

/** @param {Item[]} list @param {number} x @param {number} y @param {number} r */
function hourglass(list, x, y, r) {
  list.push({ k: "rect", x: x - r, y: y - r - 1, w: 2 * r, h: 2 * r + 2, r: 2, fill: "card" });
  list.push({ k: "arrow", x, y: y - r * 0.6, r: r * 0.9, angle: Math.PI / 2, fill: "ink" });
  list.push({ k: "arrow", x, y: y + r * 0.6, r: r * 0.9, angle: -Math.PI / 2, fill: "ink" });
  for (const at of [-1, 1]) {
    list.push({ k: "curve", curve: { k: "line", x0: x - r * 0.8, y0: y + at * (r + 0.5), x1: x + r * 0.8, y1: y + at * (r + 0.5) }, stroke: "ink", width: 1 });
  }
}
