// The colour of a belief: that of its epoch, if there are epochs. Pure.

/** @typedef {import("../engine.js").Band} Band */
/** @typedef {import("./bands.js").Segment} Segment */
/** @typedef {"ep1" | "ep2" | "ep3" | "ep4" | "ep5" | "ep6"} EpochColour */

const COLOURS = 6;

/**
 * A colour for each band of a row. The same epoch has the same colour; without epochs, each belief counts as one of its
 * own. Epochs that overlap or follow each other have different colours. Colours are not reused while there are unused
 * ones; after that, the least recently used comes first. The visible range has no influence.
 *
 * @param {Band[]} bands
 * @param {Segment[]} parts The whole run, cut by `segments`.
 * @returns {EpochColour[]} By band.
 */
export function epochColours(bands, parts) {
  const names = bands.map((band) => (band.epoch > 0 ? `e${band.epoch}` : `b${band.belief}`));
  /** @type {Map<string, Set<string>>} Which epochs must differ in colour. */
  const apart = new Map(names.map((name) => [name, new Set()]));
  /** @type {string[]} */
  let before = [];
  for (const part of parts) {
    // Epochs on both sides of a time without a leader are still neighbours.
    if (part.bands.length === 0) continue;
    const here = part.bands.map((b) => names[b]);
    for (const name of here) {
      for (const other of [...before, ...here]) {
        if (other === name) continue;
        apart.get(name)?.add(other);
        apart.get(other)?.add(name);
      }
    }
    before = here;
  }
  /** @type {Map<string, number>} */
  const chosen = new Map();
  // The turn in which each colour was last used; unused colours come first, in order.
  const turns = Array.from({ length: COLOURS }, (_, i) => i - COLOURS);
  names.forEach((name, turn) => {
    const known = chosen.get(name);
    if (known !== undefined) {
      turns[known] = turn;
      return;
    }
    const taken = new Set([...apart.get(name) ?? []].map((other) => chosen.get(other)));
    const all = turns.map((_, i) => i).sort((a, b) => turns[a] - turns[b]);
    const colour = all.find((i) => !taken.has(i)) ?? all[0];
    chosen.set(name, colour);
    turns[colour] = turn;
  });
  return names.map((name) => /** @type {EpochColour} */ (`ep${(chosen.get(name) ?? 0) + 1}`));
}
