// The queue that a service keeps: the znodes in the order of their sequence, and who watches whom.

/** @typedef {import("./items.js").Item} Item */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Room */

/** The watched number that stands for the parent's children. */
const CHILDREN = 2 ** 32 - 1;

/** How the znodes lie: one row with the sequence numbers, or several rows of smaller ones. @param {Room} room
 * @param {number} count @param {number} letters Of the longest name. */
function grid({ left, right, top, bottom }, count, letters) {
  const wide = right - left;
  const gap = wide / Math.max(1, count) < 34 ? 5 : 11;
  const large = Math.min(Math.max(44, letters * 7.2 + 3), (wide + gap) / Math.max(1, count) - gap);
  if (large >= Math.max(17, letters * 7.2 + 3)) return { columns: count, rows: 1, gap, cell: large, tall: 31, down: 0, left, top: top + 2 };
  const tall = 15;
  const rows = 2;
  const least = letters * 6 + 2;
  const columns = Math.max(3, Math.min(Math.ceil(count / rows), Math.floor((wide + 3.5) / (least + 3.5))));
  const cell = Math.min(Math.max(30, least), (wide + 3.5) / columns - 3.5);
  return { columns, rows, gap: 3.5, cell, tall, down: (bottom - 6 - top) / rows, left, top };
}

/**
 * @param {import("../frame.js").LaneFrame} lane
 * @param {Room} room
 * @param {boolean} up
 * @param {Item[]} back
 */
export function queue(lane, room, up, back) {
  const alpha = up ? undefined : 0.6;
  const znodes = lane.shapes.filter((it) => it.kind === 1).sort((a, b) => a.numbers[1] - b.numbers[1]);
  if (znodes.length === 0) {
    if (up) back.push({ k: "text", x: (room.left + room.right) / 2, y: room.top + 21, text: "empty", size: 11, fill: "mute", align: "center" });
    return;
  }
  const names = new Map(lane.nodes.map((node) => [node.id, node.label]));
  const owner = (/** @type {import("../frame.js").Shape} */ znode) => names.get(znode.numbers[0]) ?? `${znode.numbers[0]}`;
  const letters = Math.max(...znodes.map((it) => owner(it).length));
  const { columns, rows, gap, cell, tall, down, left, top } = grid(room, znodes.length, letters);
  const cells = columns * rows;
  // Of too many: the first ones, how many are left out, and the last.
  const shown = znodes.length <= cells ? znodes : [...znodes.slice(0, cells - 2), znodes[znodes.length - 1]];
  /** Where a znode stands: by its sequence number. @type {Map<number, {x: number, y: number}>} */
  const spots = new Map();
  shown.forEach((znode, k) => {
    const i = shown.length < znodes.length && k === shown.length - 1 ? cells - 1 : k;
    const x = left + (i % columns) * (cell + gap);
    const y = top + Math.floor(i / columns) * down;
    spots.set(znode.numbers[1], { x, y });
    const first = k === 0;
    back.push({
      k: "rect", x, y, w: cell, h: tall, r: rows > 1 ? 4 : 6, fill: "card", stroke: first && up ? "leader" : "follower",
      width: first ? 2 : rows > 1 ? 1 : 1.25, alpha,
    });
    const middle = x + cell / 2;
    const fill = up ? "ink" : "mute";
    if (rows > 1) {
      back.push({ k: "text", x: middle, y: y + 10.8, text: owner(znode), size: Math.min(8.5, (cell - 2) / (letters * 0.62)), weight: 650, fill, align: "center" });
      return;
    }
    const size = Math.min(12, (cell - 3) / (letters * 0.7));
    back.push({ k: "text", x: middle, y: y + 14, text: owner(znode), size, weight: 650, fill, align: "center" });
    const sequence = String(znode.numbers[1]).padStart(2, "0");
    back.push({ k: "text", x: middle, y: y + 25.5, text: cell < 26 ? sequence : `…${sequence}`, size: 9, fill: "mute", align: "center" });
  });
  if (shown.length < znodes.length) {
    const x = left + ((cells - 2) % columns) * (cell + gap) + cell / 2;
    back.push({ k: "text", x, y: top + (rows - 1) * down + 10.5, text: `+${znodes.length - shown.length}`, size: 8, fill: "mute", align: "center" });
  }
  watches(lane, znodes, spots, cell, tall, rows > 1, alpha, back);
}

/**
 * Arrows to whom the owners watch; an eye where one watches the whole queue.
 *
 * @param {import("../frame.js").LaneFrame} lane
 * @param {import("../frame.js").Shape[]} znodes
 * @param {Map<number, {x: number, y: number}>} spots
 * @param {number} cell @param {number} tall @param {boolean} small @param {number | undefined} alpha
 * @param {Item[]} back
 */
function watches(lane, znodes, spots, cell, tall, small, alpha, back) {
  const own = new Map(znodes.map((znode) => [znode.numbers[0], znode.numbers[1]]));
  for (const watch of lane.shapes.filter((it) => it.kind === 2)) {
    const [client, watched] = watch.numbers;
    const from = spots.get(own.get(client) ?? -1);
    if (from === undefined) continue;
    if (watched === CHILDREN) {
      eye(back, from.x + cell / 2, from.y - (small ? 3.5 : 6), small ? 3.5 : 5, alpha);
      continue;
    }
    const to = spots.get(watched);
    if (to === undefined) continue;
    const [x0, x1, y0, y1] = [from.x + cell * 0.3, to.x + cell * 0.7, from.y + tall, to.y + tall];
    const dip = small ? Math.min(6, 4 + Math.abs(x0 - x1) * 0.03) : Math.min(16, 7 + Math.abs(x0 - x1) * 0.08);
    const width = small ? 0.9 : 1.25;
    if (y0 !== y1) {
      // From a row to the one above.
      back.push({ k: "curve", curve: { k: "line", x0, y0: from.y, x1, y1: y1 + 2 }, stroke: "mute", width: 0.75, alpha: 0.5 });
      back.push({ k: "arrow", x: x1, y: y1 + 2, r: 2.75, angle: -Math.PI / 2, fill: "mute", alpha });
      continue;
    }
    back.push({ k: "curve", curve: { k: "quad", x0, y0, cx: (x0 + x1) / 2, cy: y0 + 2 * dip, x1, y1: y1 + 2 }, stroke: "mute", width, alpha });
    back.push({ k: "arrow", x: x1, y: y1 + (small ? 1.5 : 1), r: small ? 2.75 : 4, angle: -Math.PI / 2 - (x1 < x0 ? 0.45 : -0.45), fill: "mute", alpha });
  }
}

/** @param {Item[]} back @param {number} x @param {number} y @param {number} r @param {number | undefined} alpha */
function eye(back, x, y, r, alpha) {
  for (const lid of [-1, 1]) {
    back.push({ k: "curve", curve: { k: "quad", x0: x - r, y0: y, cx: x, cy: y + lid * r * 1.2, x1: x + r, y1: y }, stroke: "mute", width: 1, alpha });
  }
  back.push({ k: "circle", x, y, r: r * 0.32, fill: "mute", alpha });
}
