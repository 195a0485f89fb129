// The curves that messages travel along, and other helpers for layout. Pure.

/**
 * @typedef {{k: "line", x0: number, y0: number, x1: number, y1: number}} Line
 * @typedef {{k: "quad", x0: number, y0: number, cx: number, cy: number, x1: number, y1: number}} Quad
 * @typedef {{k: "arc", x: number, y: number, r: number, a0: number, a1: number}} Arc Angles clockwise from the
 *   right; from `a0` to `a1`, backwards where `a1` is smaller.
 * @typedef {Line | Quad | Arc} Curve
 */

/** The point at a fraction of the way. @param {Curve} c @param {number} f @returns {[number, number]} */
export function along(c, f) {
  if (c.k === "line") return [c.x0 + (c.x1 - c.x0) * f, c.y0 + (c.y1 - c.y0) * f];
  if (c.k === "arc") {
    const a = c.a0 + (c.a1 - c.a0) * f;
    return [c.x + c.r * Math.cos(a), c.y + c.r * Math.sin(a)];
  }
  const g = 1 - f;
  return [
    g * g * c.x0 + 2 * g * f * c.cx + f * f * c.x1,
    g * g * c.y0 + 2 * g * f * c.cy + f * f * c.y1,
  ];
}

/** The approximate length of a curve. @param {Curve} c */
export function length(c) {
  if (c.k === "arc") return Math.abs(c.a1 - c.a0) * c.r;
  if (c.k === "line") return Math.hypot(c.x1 - c.x0, c.y1 - c.y0);
  const chord = Math.hypot(c.x1 - c.x0, c.y1 - c.y0);
  const net = Math.hypot(c.cx - c.x0, c.cy - c.y0) + Math.hypot(c.x1 - c.cx, c.y1 - c.cy);
  return (chord + net) / 2;
}

/** The distance of a point from a curve. @param {Curve} c @param {number} x @param {number} y */
export function distance(c, x, y) {
  const steps = c.k === "line" ? 1 : 12;
  let best = Infinity;
  let [ax, ay] = along(c, 0);
  for (let i = 1; i <= steps; i++) {
    const [bx, by] = along(c, i / steps);
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square));
    best = Math.min(best, Math.hypot(ax + t * dx - x, ay + t * dy - y));
    [ax, ay] = [bx, by];
  }
  return best;
}

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/**
 * Splits the nodes into sides. Nodes are on the same side if messages get through between them in at least one
 * direction, directly or through other nodes. Returns the number of the side, by place.
 *
 * @param {number} nodes
 * @param {[number, number][]} cuts
 */
export function sides(nodes, cuts) {
  if (cuts.length === 0) return new Array(nodes).fill(0);
  const cut = new Uint8Array(nodes * nodes);
  for (const [a, b] of cuts) cut[a * nodes + b] = 1;
  const side = new Array(nodes).fill(-1);
  let next = 0;
  for (let start = 0; start < nodes; start++) {
    if (side[start] >= 0) continue;
    const open = [start];
    side[start] = next;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (let to = 0; to < nodes; to++) {
        if (side[to] < 0 && !(cut[at * nodes + to] && cut[to * nodes + at])) {
          side[to] = next;
          open.push(to);
        }
      }
    }
    next++;
  }
  return side;
}

/**
 * What a function makes of an object, computed once per object: several parts of a picture ask the same of a frame.
 *
 * @template {object} K
 * @template V
 * @param {(key: K) => V} compute
 * @returns {(key: K) => V}
 */
export function once(compute) {
  /** @type {WeakMap<K, V>} */
  const known = new WeakMap();
  return (key) => {
    let its = known.get(key);
    if (its === undefined) known.set(key, its = compute(key));
    return its;
  };
}

/**
 * Returns whether messages get through from one place of a lane to another.
 *
 * @type {(lane: import("../frame.js").LaneFrame) => (from: number, to: number) => boolean}
 */
export const passes = once(({ cuts, nodes }) => {
  if (cuts.length === 0) return () => true;
  // The store is the place after the nodes.
  const places = nodes.length + 1;
  const cut = new Uint8Array(places * places);
  for (const [a, b] of cuts) cut[a * places + b] = 1;
  return (from, to) => cut[from * places + to] === 0;
});

/** The sides of a lane's nodes, by place. The store is on none. @type {(lane: import("../frame.js").LaneFrame) => number[]} */
export const sidesOf = once(({ members, services, cuts }) => {
  const n = members + services;
  return sides(n, cuts.filter(([a, b]) => a < n && b < n));
});

/** Keeps labels from overlapping. */
export class Boxes {
  /** Left, top, right, bottom of each, one after the other. @type {number[]} */
  #taken = [];
  /**
   * Reserves a rectangle if it is free. Returns whether it was.
   *
   * @param {number} x @param {number} y @param {number} w @param {number} h
   */
  take(x, y, w, h) {
    const taken = this.#taken;
    for (let i = 0; i < taken.length; i += 4) {
      if (x < taken[i + 2] && taken[i] < x + w && y < taken[i + 3] && taken[i + 1] < y + h) return false;
    }
    taken.push(x, y, x + w, y + h);
    return true;
  }
  /** Reserves a rectangle even if it is not free. @param {number} x @param {number} y @param {number} w @param {number} h */
  force(x, y, w, h) {
    this.#taken.push(x, y, x + w, y + h);
  }
  /** A savepoint to return to. */
  mark() {
    return this.#taken.length;
  }
  /** Frees what was reserved since a savepoint. @param {number} mark */
  back(mark) {
    this.#taken.length = mark;
  }
}
