// The tint of a belief: two tints of the leaders' colour alternate from epoch to epoch. Pure.

/** @typedef {import("../engine.js").Band} Band */
/** @typedef {"lead1" | "lead2"} Tint */

/**
 * A tint for each band of a row. The same epoch keeps its tint, also after a gap, and the next new epoch has the other
 * one; without epochs, each belief counts as one of its own. The visible range has no influence.
 *
 * @param {Band[]} bands In the order in which they began.
 * @returns {Tint[]} By band.
 */
export function epochTints(bands) {
  /** @type {Map<string, number>} */
  const order = new Map();
  return bands.map(({ epoch, belief }) => {
    const name = epoch > 0 ? `e${epoch}` : `b${belief}`;
    const turn = order.get(name) ?? order.size;
    order.set(name, turn);
    return turn % 2 === 0 ? "lead1" : "lead2";
  });
}
