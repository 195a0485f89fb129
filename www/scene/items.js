// The display list: what a picture is made of before anything is drawn. Plain data with colours by name, so that
// it can be compared in tests, hit by the mouse, and painted on any canvas.

/** @typedef {import("../theme.js").Colour} Colour */
/** @typedef {import("./geometry.js").Curve} Curve */

/**
 * What a thing on the picture stands for.
 * @typedef {{kind: "node", place: number}
 *   | {kind: "message", from: number, to: number, nth: number, copy: number, message: number}
 *   | {kind: "link", from: number, to: number}
 *   | {kind: "act", line: number}
 *   | {kind: "band", lane: number, node: number, at: number}
 *   | {kind: "moment", lane: number, at: number}} Target
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
 * @typedef {{k: "hatch", x: number, y: number, w: number, h: number} & Look} HatchItem
 * @typedef {{k: "cross", x: number, y: number, r: number} & Look} CrossItem
 * @typedef {{k: "arrow", x: number, y: number, r: number, angle: number} & Look} ArrowItem
 * @typedef {{k: "text", x: number, y: number, text: string, size: number, weight?: number,
 *   align?: "left" | "center" | "right", mono?: boolean, halo?: Colour} & Look} TextItem
 * @typedef {CurveItem | CircleItem | DiamondItem | RectItem | HatchItem | CrossItem | ArrowItem | TextItem} Item
 */

/** How wide a text is. @typedef {(text: string, size: number, weight?: number) => number} Measure */

/** A measure where there is no canvas. @type {Measure} */
export const roughly = (text, size) => text.length * size * 0.58;

export {};
