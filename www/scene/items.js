// The display list: the shapes of a picture before anything is drawn. Plain data with named colours, so that tests can
// compare it, the mouse can hit it, and any canvas can paint it.

/** @typedef {import("../theme.js").Colour} Colour */
/** @typedef {import("./geometry.js").Curve} Curve */

/**
 * What an item stands for.
 * @typedef {{kind: "node", place: number}
 *   | {kind: "message", from: number, to: number, nth: number, copy: number, message: number}
 *   | {kind: "link", from: number, to: number}
 *   | {kind: "act", line: number}
 *   | {kind: "band", lane: number, node: number, at: number}
 *   | {kind: "moment", lane: number, at: number}
 *   | {kind: "event", step: number, at: number, place: number}
 *   | {kind: "timer", place: number, timer: number}
 *   | {kind: "fold"}} Target
 *
 * @typedef {object} Look
 * @property {Colour} [fill]
 * @property {Colour} [stroke]
 * @property {number} [width]
 * @property {number[]} [dash]
 * @property {number} [alpha]
 * @property {Target} [hit]
 *
 * @typedef {{k: "curve", curve: Curve} & Look} CurveItem
 * @typedef {{k: "circle", x: number, y: number, r: number} & Look} CircleItem
 * @typedef {{k: "diamond", x: number, y: number, r: number} & Look} DiamondItem
 * @typedef {{k: "rect", x: number, y: number, w: number, h: number, r: number} & Look} RectItem
 * @typedef {{k: "hatch", x: number, y: number, w: number, h: number, inner?: number} & Look} HatchItem With `inner`, only
 *   the ring between the circle that fits into the area and one with that radius.
 * @typedef {{k: "cross", x: number, y: number, r: number} & Look} CrossItem
 * @typedef {{k: "arrow", x: number, y: number, r: number, angle: number} & Look} ArrowItem
 * @typedef {{k: "text", x: number, y: number, text: string, size: number, weight?: number,
 *   align?: "left" | "center" | "right", mono?: boolean, halo?: Colour} & Look} TextItem
 * @typedef {{k: "area", points: number[]} & Look} AreaItem The corners, x and y in turns.
 * @typedef {CurveItem | CircleItem | DiamondItem | RectItem | HatchItem | CrossItem | ArrowItem | TextItem | AreaItem} Item
 */

/** Returns the width of a text. @typedef {(text: string, size: number, weight?: number) => number} Measure */

/** An estimate for use without a canvas. @type {Measure} */
export const roughly = (text, size) => text.length * size * 0.58;

export {};
