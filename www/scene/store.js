// The store: the newest writes along the lane's lower edge. What it kept stands on the line, what it refused hangs
// below it, and what it accepted after a newer leader's write towers above it.

/** The height of the strip. */
export const STRIP = 20;
/** How many writes it has room for: as many as a frame lists. */
const WRITES = 40;
const MARGIN = 8;

/** The line's height, and the width of a write. @param {{w: number, h: number}} box */
const line = ({ w, h }) => ({ y: h - 8, pitch: (w - 2 * MARGIN) / WRITES });

/** Where a write arrives: at the end of the strip. @param {{w: number, h: number}} box @returns {[number, number]} */
export function slot(box) {
  const { y, pitch } = line(box);
  return [box.w - MARGIN - pitch / 2, y - 3];
}

/**
 * The newest write is at the right.
 *
 * @param {import("./items.js").Item[]} list
 * @param {import("./geometry.js").Boxes} boxes
 * @param {import("./lane.js").Box} box
 */
export function store(list, boxes, box) {
  const { writes } = box.lane;
  const { y, pitch } = line(box);
  const w = Math.max(2, pitch - Math.min(2, pitch * 0.3));
  list.push({ k: "curve", curve: { k: "line", x0: MARGIN, y0: y, x1: box.w - MARGIN, y1: y }, stroke: "line", width: 1 });
  writes.forEach(({ fate }, i) => {
    const x = MARGIN + (WRITES - writes.length + i) * pitch + (pitch - w) / 2;
    if (fate === "kept") list.push({ k: "rect", x, y: y - 6, w, h: 6, r: 0, fill: "leader" });
    else if (fate === "conflict") list.push({ k: "rect", x, y: y - 12, w, h: 12, r: 0, fill: "bad" });
    else list.push({ k: "rect", x: x + 0.5, y: y + 1.5, w: w - 1, h: 4.5, r: 0, stroke: "ink", width: 1 });
  });
  boxes.force(MARGIN, box.h - STRIP, box.w - 2 * MARGIN, STRIP);
}
