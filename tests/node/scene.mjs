// Pictures without a browser: display lists of real moments.
//
// pictures/*.txt hold one for each kind of lane, one item per line. UPDATE=1 node --test tests/node/scene.mjs
// writes them again; review the changes before you commit them.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { LOSSES, REFUSED } from "../../www/frame.js";
import { hit } from "../../www/hit.js";
import { bandsLayout, bandsScene, segments, tick, timeOf, xOf } from "../../www/scene/bands.js";
import { along, distance, sides } from "../../www/scene/geometry.js";
import { roughly } from "../../www/scene/items.js";
import { laneScene } from "../../www/scene/lane.js";
import { entries } from "../../www/scene/queue.js";
import { slot } from "../../www/scene/store.js";
import { ballot, ballotWords } from "../../www/scene/ballot.js";
import { moment } from "./lib/moment.mjs";

/** @typedef {import("../../www/scene/items.js").Item} Item */

const W = 256;
const H = 243;
const FIRST = readFileSync(new URL("../../scenarios/first-look.txt", import.meta.url), "utf8");

/** @type {import("../../www/scene/lane.js").Options} */
const OPTIONS = { now: 0, rate: 0, still: false, selected: -1, hovered: -1, picked: [], measure: roughly };

/** @param {ReturnType<typeof moment>} m @param {number} lane @param {Partial<import("../../www/scene/lane.js").Options> & {w?: number}} [more] */
function picture(m, lane, { w = W, ...more } = {}) {
  return laneScene({ lane: m.frame.lanes[lane], run: m.run.lanes[lane], w, h: H }, m.infos[lane], { ...OPTIONS, now: m.frame.now, ...more });
}

/** An item as one line. @param {Item} item */
function line(item) {
  const { k, ...rest } = item;
  const value = (/** @type {unknown} */ it) => JSON.stringify(it, (_, n) => (typeof n === "number" ? Math.round(n * 10) / 10 : n));
  return `${k} ${Object.entries(rest).filter(([, it]) => it !== undefined).map(([name, it]) => `${name}=${value(it)}`).join(" ")}`;
}

// A crash, a running election, a partition: a busy moment for each kind of lane.
for (const [name, lane, at] of /** @type {const} */ ([["ring", 0, 2_460_000], ["ladder", 1, 2_456_000], ["service", 2, 5_935_000], ["mesh", 3, 13_190_000]])) {
  test(`the picture of a ${name} matches the reviewed one`, () => {
    const m = moment(FIRST, at);
    assert.equal(m.infos[lane].topology, name);
    const now = picture(m, lane).map(line).join("\n") + "\n";
    const file = new URL(`pictures/${name}.txt`, import.meta.url);
    if (process.env.UPDATE) writeFileSync(file, now);
    assert.equal(now, existsSync(file) ? readFileSync(file, "utf8") : "", "UPDATE=1 records it");
  });
}

test("a lost message ends in a cross, whether the moment is reached forward or backward", () => {
  const text = "lanes raft\nnodes 3\nlatency 40ms\nset raft.election-timeout 300ms..600ms\nat 1s partition 1 | 2 | 3\nuntil 3s\n";
  const { frame } = moment(text, 2_000_000);
  const first = frame.lanes[0].losses[0];
  assert.equal(LOSSES[first.why], "link cut");
  assert.equal(first.until - first.at, 40_000, "as long as a message takes on that link");
  /** @param {number} at */
  const look = (at) => {
    const m = moment(text, at);
    const marks = picture(m, 0).filter((it) => it.stroke === "bad" && (it.k === "circle" || it.k === "cross") && (it.hit?.kind !== "message" || it.hit.nth === first.nth));
    return { losses: m.frame.lanes[0].losses.filter((it) => it.at === first.at).length, marks };
  };
  const [leaves, lies, gone] = [first.at + 10_000, first.at + 30_000, first.at + 81_000].map(look);
  assert(leaves.marks.some((it) => it.k === "circle"), "it goes half the way");
  assert(lies.marks.some((it) => it.k === "cross" && (it.alpha ?? 1) > 0.5), "it ends in a cross");
  assert.equal(gone.losses, 0, "it is forgotten");
});

test("a refused write ends at the store's slot", () => {
  const text = "lanes raft\nnodes 5\nat 2s isolate leader\nuntil 4s\n";
  const { stories } = moment(text, 0);
  const second = stories[0].bands.filter((it) => it.from > 2_000_000)[0].from;
  for (let at = second; at < 3_000_000; at += 5_000) {
    const m = moment(text, at);
    if (!m.frame.lanes[0].losses.some((it) => it.why === REFUSED)) continue;
    const [x, y] = slot({ w: W, h: H });
    assert(x > W - 20 && y > H - 20, "in the lower right corner");
    assert(picture(m, 0).some((it) => it.k === "cross" && Math.hypot(it.x - x, it.y - y) < 20));
    return;
  }
  assert.fail("nothing was refused");
});

/** The corners of an item. @param {Item} item @returns {[number, number][]} */
function corners(item) {
  if (item.k === "curve") return [0, 0.25, 0.5, 0.75, 1].map((f) => along(item.curve, f));
  if (item.k === "rect" || item.k === "hatch") return [[item.x, item.y], [item.x + item.w, item.y + item.h]];
  if (item.k === "area") return Array.from({ length: item.points.length / 2 }, (_, i) => [item.points[2 * i], item.points[2 * i + 1]]);
  if (item.k === "text") {
    const wide = roughly(item.text, item.size);
    const left = item.align === "center" ? item.x - wide / 2 : item.align === "right" ? item.x - wide : item.x;
    return [[left, item.y - item.size], [left + wide, item.y + 2]];
  }
  return [[item.x - item.r, item.y - item.r], [item.x + item.r, item.y + item.r]];
}

test("no picture draws outside its bounds, and every node can be hit", () => {
  const names = readdirSync(new URL("../../scenarios/", import.meta.url)).filter((name) => name.endsWith(".txt"));
  for (const name of names) {
    const text = readFileSync(new URL(`../../scenarios/${name}`, import.meta.url), "utf8");
    const whole = moment(text, 0).run.until;
    for (const part of [0.004, 0.26, 0.51, 0.77, 1]) {
      const m = moment(text, Math.round(whole * part));
      m.run.lanes.forEach((run, i) => {
        const list = picture(m, i);
        for (const item of list) {
          for (const [x, y] of corners(item)) {
            const where = `${name} at ${m.frame.now}, lane ${run.name}: ${line(item)}`;
            assert(Number.isFinite(x) && Number.isFinite(y), where);
            assert(-6 <= x && x <= W + 6 && -6 <= y && y <= H + 6, where);
          }
        }
        for (const node of m.frame.lanes[i].nodes) {
          const item = list.find((it) => it.hit?.kind === "node" && it.hit.place === node.place);
          assert(item, `${name}: node ${node.id} is drawn`);
          // In a large group, nodes are ticks.
          if (!("x" in item && "r" in item)) continue;
          // The centre of a square is closest to it, but a message there takes precedence.
          const [x, y] = item.k === "rect" ? [item.x + item.w / 2, item.y + item.h / 2] : [item.x, item.y];
          const found = hit(list, x, y, 0);
          assert(found?.kind === "message" || (found?.kind === "node" && found.place === node.place), `${name}: node ${node.id}`);
        }
      });
    }
  }
});

test("message labels overlap no other label and no node", () => {
  for (const at of [40_000, 2_550_000, 9_020_000, 13_300_000, 20_010_000]) {
    const m = moment(FIRST, at);
    m.run.lanes.forEach((_, i) => {
      const list = picture(m, i);
      const labels = list.filter((it) => it.k === "text" && it.size === 9.5).map(corners);
      const nodes = list.filter((it) => it.hit?.kind === "node").map(corners);
      labels.forEach(([[a, b], [c, d]], k) => {
        for (const [[e, f], [g, h]] of [...labels.slice(k + 1), ...nodes]) {
          assert(!(a < g - 1 && e < c - 1 && b < h - 2 && f < d - 2), `lane ${i} at ${at}`);
        }
      });
    });
  }
});

/** The readable ids, by lane: inside nodes and beside them. @param {Item[]} list */
const readable = (list) => new Set(list.flatMap((it) => (it.k === "text" && it.size >= 9 ? [Number.parseInt(it.text, 10)] : [])).filter(Number.isFinite));
/** For the picture without the queue: below a service's panel. @param {Item[]} list @param {string} topology */
const below = (list, topology) => (topology === "service" ? list.filter((it) => !("y" in it) || it.y > 90) : list);

/** The members of ranges such as "2 to 4 down". @param {Item[]} list */
const named = (list) => list.flatMap((it) => {
  const [, low, high] = /^(\d+)(?: to (\d+))? \D/.exec(it.k === "text" ? it.text : "") ?? [];
  return low ? Array.from({ length: Number(high ?? low) - Number(low) + 1 }, (_, i) => Number(low) + i) : [];
});

test("with 25 nodes every id is readable or in a named range, with 100 or more those of leaders", () => {
  for (const [nodes, at] of /** @type {const} */ ([[13, 1_900_000], [25, 1_900_000], [25, 2_430_000], [100, 2_430_000], [128, 2_430_000]])) {
    const m = moment(`lanes ring hs bully zookeeper raft\nnodes ${nodes}\nat 2s crash leader\nat 2s crash 6 7 8 9\nat 2s pause 5\nuntil 3s\n`, at);
    m.run.lanes.forEach((run, i) => {
      const list = below(picture(m, i, { selected: 40 }), m.infos[i].topology);
      const column = m.infos[i].topology === "ladder";
      const counted = list.reduce((sum, it) => sum + Number(/: (\d+)$/.exec(it.k === "text" ? it.text : "")?.[1] ?? 0), 0);
      if (column && counted > 0) {
        assert.equal(counted + named(list).length, nodes, `${run.name}: each of ${nodes} is counted`);
        return;
      }
      const ids = column ? new Set(named(list)) : readable(list);
      for (const node of m.frame.lanes[i].nodes.slice(0, nodes)) {
        const says = node.leads || (["ring", "mesh"].includes(m.infos[i].topology) && node.place === 40);
        assert(ids.has(node.id) || (nodes > 25 && !says), `${run.name}: ${node.id} of ${nodes} at ${at}`);
      }
    });
  }
});

test("many members in a column are counted by their state where their ranges are too many", () => {
  const m = moment("lanes bully\nnodes 100\nuntil 2s\n", 1_900_000);
  for (const node of m.frame.lanes[0].nodes) if (node.place % 2 === 0) Object.assign(node, { up: false });
  const texts = picture(m, 0).flatMap((it) => (it.k === "text" ? [it.text] : []));
  assert(texts.includes("down: 50") && texts.includes("follow 100: 49") && texts.includes("100 leads"), texts.join());
});

/** @param {ReturnType<typeof moment>} m @param {number} lane */
const words = (m, lane) => picture(m, lane).flatMap((it) => (it.k === "text" ? [it.text] : []));

test("a ring shows whom each member sends to, which ids were stopped, and how far the best one has come", () => {
  const text = "lanes ring\nnodes 5\nseed 42\nat 2s crash leader\nat 9s restart all\nat 13s partition 1 2 | 3 4 5\nuntil 25s\n";
  const crash = moment(text, 2_452_000);
  const { nodes } = crash.frame.lanes[0];
  assert.deepEqual(nodes.map((node) => node.stopped.length), [0, 1, 1, 0, 0], "2 stopped 1, and 3 stopped 2");
  const strikes = picture(crash, 0).filter((it) => it.k === "curve" && it.stroke === "bad" && it.curve.k === "line");
  assert.equal(strikes.length, 2, "each is struck");
  assert(words(crash, 0).includes("id 3 has beaten"));
  // Past the dead node, and in a partition two rings.
  const next = (/** @type {number} */ at) => moment(text, at).frame.lanes[0].nodes.map((node) => node.next.join());
  assert.deepEqual(next(5_000_000), ["1", "2", "3", "0", ""]);
  assert.deepEqual(next(14_500_000), ["1", "0", "3", "4", "2"]);
  const halves = picture(moment(text, 14_500_000), 0);
  assert.equal(halves.filter((it) => it.k === "arrow" && it.fill === "follower").length, 5, "a band each");
});

test("arcs of reach are amber for who is left and grey for who is beaten, and the round is said", () => {
  const m = moment("lanes hs\nnodes 5\nseed 42\nat 2s crash leader\nuntil 5s\n", 2_590_000);
  const { nodes } = m.frame.lanes[0];
  assert.deepEqual(nodes.slice(0, 4).map((node) => [node.beatenBy, node.reach > 0 ? node.reach : 0]), [[3, 1], [3, 1], [3, 1], [-1, 2]]);
  const list = picture(m, 0);
  const arcs = list.flatMap((it) => (it.k === "curve" && it.curve.k === "arc" && it.curve.r > 30 && it.curve.r < 62 ? [it.stroke] : []));
  assert.deepEqual(arcs.toSorted(), ["candidate", "candidate", "line", "line", "line"]);
  assert(words(m, 0).includes("round 2: 2 far") && words(m, 0).includes("1 of 4 left"));
  assert(words(m, 0).includes("beaten by 4"));
});

test("in a ladder questions climb at the right, answers are pushed down at the left, and the silenced say so", () => {
  const m = moment("lanes bully\nnodes 5\nseed 42\nat 2s crash leader\nuntil 5s\n", 2_460_000);
  const list = picture(m, 0);
  const x = Math.max(...list.flatMap((it) => (it.hit?.kind === "node" && "x" in it ? [it.x] : [])));
  let [up, down] = [0, 0];
  for (const item of list) {
    if (item.hit?.kind !== "message" || !("x" in item) || item.k === "rect") continue;
    if (item.hit.to > item.hit.from) assert(++up && item.x > x);
    else assert(++down && item.x < x);
  }
  assert(up > 0 && down > 0);
  assert(words(moment("lanes bully\nnodes 5\nseed 42\nat 2s crash leader\nuntil 5s\n", 2_465_000), 0).some((it) => it.startsWith("told to wait")));
});

test("a leader that is wrong has a hatched ring, and only that one", () => {
  const m = moment("lanes raft\nnodes 5\nseed 42\nat 1s isolate leader\nuntil 3s\n", 2_500_000);
  const rings = picture(m, 0).filter((it) => it.k === "hatch");
  assert.equal(m.frame.lanes[0].believers, 2);
  assert.equal(rings.length, 1);
  assert(words(m, 0).some((it) => it.startsWith("believes")));
});

test("what the mouse is over is described in a line inside the picture", () => {
  const text = "lanes raft\nnodes 5\nseed 42\nat 2s crash leader\nuntil 5s\n";
  let m = moment(text, 2_100_000);
  for (let at = 2_100_000; at < 3_000_000 && !m.frame.lanes[0].nodes.some((node) => node.tally); at += 2_000) m = moment(text, at);
  const flight = m.frame.lanes[0].flights.find((it) => m.infos[0].messages[it.kind]?.name === "RequestVote");
  assert(flight);
  const over = /** @type {const} */ ({ kind: "message", from: flight.from, to: flight.to, nth: flight.nth, copy: flight.copy, message: flight.kind });
  const told = (/** @type {import("../../www/scene/items.js").Target} */ target) => picture(m, 0, { over: target }).slice(picture(m, 0).length);
  const list = told(over);
  const says = list.flatMap((it) => (it.k === "text" ? [it.text] : [])).join(" · ");
  assert.match(says, new RegExp(`^RequestVote ${flight.from + 1}→${flight.to + 1}.*term ${flight.arg}.*(arrives|lost at) 2\\.\\d{3} s$`));
  assert.match(told({ kind: "node", place: flight.from }).flatMap((it) => (it.k === "text" ? [it.text] : [])).join(), /votes, term \d.*next timeout in/);
  for (const item of list) for (const [x, y] of corners(item)) assert(0 <= x && x <= W && 0 <= y && y <= H, line(item));
});

test("no label overlaps a node or another label", () => {
  const pause = "nodes 5\nlatency 5ms..15ms\nat 1s pause leader for 6s\nuntil 8s\n";
  const many = "nodes 25\nat 2s pause leader\nat 3s partition 1 2 3 4 5 | 10 11 12\nuntil 5s\n";
  for (const [text, at] of /** @type {const} */ ([[pause, 5_500_000], [pause, 2_000_000], [many, 4_400_000], [many.replace("25", "10").replace("10 11 12", "8 9 10"), 4_400_000], [many.replace("25", "12"), 1_000_000]])) {
    const m = moment(`lanes ring bully zookeeper raft\n${text}`, at);
    m.run.lanes.forEach((run, i) => {
      const list = below(picture(m, i), m.infos[i].topology);
      const labels = list.filter((it) => it.k === "text" && it.align !== "center" && it.text !== "writes");
      const nodes = list.filter((it) => it.hit?.kind === "node").map(corners);
      labels.forEach((label, k) => {
        const [[a, b], [c, d]] = corners(label);
        for (const [[e, f], [g, h]] of [...labels.slice(k + 1).map(corners), ...nodes]) {
          // A diamond's corners reach slightly farther than its circle.
          assert(!(a < g - 4 && e < c - 4 && b < h - 4 && f < d - 4), `${run.name} at ${at}: ${line(label)}`);
        }
      });
    });
  }
});

test("the queue shows every znode: with its owner's name while there is room, otherwise those that are silent", () => {
  const herd = readFileSync(new URL("../../scenarios/zookeeper-herd.txt", import.meta.url), "utf8");
  const m = moment(herd, 500_000);
  m.run.lanes.forEach((run, i) => {
    const texts = picture(m, i, { w: 330 }).flatMap((it) => (it.k === "text" && it.y < 80 ? [it] : []));
    assert.deepEqual(texts.filter((it) => it.weight === 650 && it.text !== "S").map((it) => it.text).sort(), run.ids.slice(0, 10).sort());
  });
  for (const nodes of [12, 25, 100, 128]) {
    const all = moment(`lanes zookeeper\nnodes ${nodes}\nat 2s crash leader\nat 2s crash 7\nuntil 9s\n`, 4_000_000);
    const { rows } = all.frame.lanes[0];
    const list = picture(all, 0);
    const tall = list.filter((it) => it.k === "rect" && it.fill === "card" && !it.hit && it.y > 20 && it.y < H - 40);
    assert.equal(tall.length, rows.length, `${nodes}: a box for each`);
    for (const it of list) if (it.k === "rect") assert(4 <= it.x && it.x + it.w <= W - 4, `${nodes}: ${line(it)}`);
    const texts = list.flatMap((it) => (it.k === "text" ? [it.text] : []));
    const first = all.frame.lanes[0].nodes[rows.toSorted((a, b) => a.key - b.key)[0].owner].label;
    assert(texts.includes(`${first} leads in the queue, but is down;`), texts.join());
    assert(texts.some((it) => / session ends in \d\.\d s$/.test(it)));
    if (nodes <= 25) assert(texts.some((it) => /^7: \d\.\d s$/.test(it)), "a silent owner is named");
  }
});

test("a silent owner's row drains like a candle; those of the others are heard", () => {
  const text = "lanes zookeeper\nnodes 5\nat 2s crash leader\nuntil 9s\n";
  /** @param {number} at */
  const at = (at) => {
    const m = moment(text, at);
    const list = picture(m, 0);
    const row = entries(m.frame.lanes[0], 0, at)[0];
    return { row, candles: list.filter((it) => it.k === "rect" && it.fill === "candle"), texts: list.flatMap((it) => (it.k === "text" ? [it.text] : [])) };
  };
  const before = at(1_900_000);
  assert.equal(before.candles.length, 0);
  assert.equal(before.texts.filter((it) => it === "heard").length, 5);
  const [early, late] = [at(3_000_000), at(5_000_000)];
  assert.deepEqual([early.candles.length, late.candles.length], [1, 1]);
  const height = (/** @type {typeof early} */ it) => (it.candles[0].k === "rect" ? it.candles[0].h : 0);
  assert(height(late) < height(early), "it gets lower");
  assert(Math.abs(height(late) / height(early) - late.row.left / early.row.left) < 1e-6, "in proportion to what is left");
  assert.equal(late.row.silent, "down");
  assert(late.texts.includes(`${(late.row.ends / 1e6).toFixed(1)} s`) && late.texts.filter((it) => it === "heard").length === 4);
  assert(late.texts.includes("down") && late.texts.includes("next") && late.texts.filter((it) => it === "waits").length === 3);
});

test("clients stand in queue order, each below its own row", () => {
  for (const nodes of [3, 5, 12, 25]) {
    const m = moment(`lanes zookeeper\nnodes ${nodes}\nuntil 3s\n`, 2_900_000);
    const list = laneScene({ lane: m.frame.lanes[0], run: m.run.lanes[0], w: 900, h: H }, m.infos[0], { ...OPTIONS, now: m.frame.now });
    const boxes = list.flatMap((it) => (it.k === "rect" && it.fill === "card" && !it.hit ? [it.x + it.w / 2] : [])).sort((a, b) => a - b);
    const owners = m.frame.lanes[0].rows.toSorted((a, b) => a.key - b.key).map((it) => it.owner);
    owners.forEach((place, i) => {
      const node = list.find((it) => it.hit?.kind === "node" && it.hit.place === place);
      assert(node && "x" in node && Math.abs(node.x - boxes[i]) < 0.01, `${nodes}: place ${place} in column ${i}`);
    });
  }
});

/** The votes of a moment's last lane, as `id standing`, in the order in which they stand. @param {string} text @param {number} at */
function votes(text, at) {
  const m = moment(text, at);
  const found = ballot(m.frame.lanes[0]);
  return { m, found, said: found?.seats.map((it) => `${it.node.label} ${it.standing}`) ?? [], list: picture(m, 0) };
}

const VOTE = "lanes raft\nnodes 5\nphases lockstep\nlatency 10ms\ntimers manual\nat 0.5s crash 5\nat 0.9s cut 3 - 1\nat 1s campaign 3\n";

test("a ballot lists the votes as they come, then what is due, cut off and down", () => {
  const nobody = votes(`${VOTE}until 3s\n`, 950_000);
  assert.equal(nobody.found, null);
  assert(nobody.list.some((it) => it.k === "text" && it.text === "nobody asks"));
  const open = votes(`${VOTE}until 3s\n`, 1_005_000);
  assert.deepEqual(open.said, ["3 granted", "2 due", "4 due", "1 cut", "5 down"]);
  assert(open.found?.open);
  // Nothing is under way any more between 2 and the candidate.
  const dropped = votes(`${VOTE}at 1.004s drop 3->2#1\nuntil 3s\n`, 1_005_000);
  assert.deepEqual(dropped.said, ["3 granted", "4 due", "2 silent", "1 cut", "5 down"]);
  assert(dropped.list.some((it) => it.k === "text" && it.text === "–" && it.fill === "bad"));
  const texts = open.list.flatMap((it) => (it.k === "text" ? [it.text] : []));
  for (const said of ["votes", "term 1", "3 of 5", "due", "cut", "down", "wants to lead"]) assert(texts.includes(said), said);
  const boxes = (/** @type {Item[]} */ list) => list.flatMap((it) => (it.k === "rect" && it.y < 10 ? [it] : []));
  assert.deepEqual(boxes(open.list).map((it) => [it.fill === "lead2", it.dash !== undefined]), [[true, false], [false, false], [false, false], [false, true], [false, true]]);
  const line = open.list.find((it) => it.k === "curve" && it.curve.k === "line" && it.curve.x0 === it.curve.x1 && it.stroke === "leader" && it.curve.y0 < 10);
  assert(line?.k === "curve" && line.curve.k === "line");
  const at = line.curve.x0;
  assert.deepEqual(boxes(open.list).map((it) => it.x < at), [true, true, true, false, false], "the line stands after as many boxes as it needs");
  // Both have voted; their answers are under way.
  assert(votes(`${VOTE}until 3s\n`, 1_015_000).list.filter((it) => it.k === "text" && it.text === "voted for 3").length === 2);
  const leads = votes(`${VOTE}until 3s\n`, 1_100_000);
  assert.deepEqual(leads.said.slice(0, 3).toSorted(), ["2 granted", "3 granted", "4 granted"], "it stays while the leader leads");
  assert.deepEqual(leads.said.slice(3), ["1 cut", "5 down"]);
  assert(!leads.found?.open && !leads.found?.lost);
});

test("of two candidates the ballot shows the one with more votes, and whom the others voted for", () => {
  const text = "lanes raft\nnodes 4\nphases lockstep\nlatency 10ms\ntimers manual\nat 1s campaign 3\nat 1s campaign 2\nat 1s delay 3->1#1 5ms\nat 1s delay 2->4#1 5ms\nuntil 3s\n";
  const { list, said } = votes(text, 1_022_000);
  assert.deepEqual(said, ["2 granted", "1 granted", "3 other", "4 other"]);
  assert.equal(list.filter((it) => it.k === "text" && it.text === "for 3").length, 2, "a split vote");
  const early = votes(text.replace("nodes 4", "nodes 5"), 1_012_000);
  assert.equal(early.found?.candidate.label, "3", "two have voted for it, though no answer has arrived");
});

test("a leader that reaches no quorum stands in a red ring and is said to believe", () => {
  const { found, list } = votes("lanes raft\nnodes 5\nat 2s isolate leader\nuntil 4s\n", 2_050_000);
  assert(found?.lost);
  const words = list.find((it) => it.k === "text" && it.text.startsWith("believes"));
  assert(words && words.fill === "bad");
  assert(list.some((it) => it.k === "hatch" && it.inner !== undefined && it.fill === "bad"));
});

test("many voters are a parliament around the candidate: a seat is filled by its vote, the arc counts them", () => {
  for (const nodes of [13, 25, 100, 128]) {
    const text = `lanes raft\nnodes ${nodes}\nat 2s crash leader\nat 2s crash 6 7\nuntil 4s\n`;
    const { m, found, list } = votes(text, 3_400_000);
    assert(found, `${nodes}`);
    const seats = list.flatMap((it) => (it.k === "rect" && it.w === it.h && it.y < H - 40 ? [it] : []));
    assert.equal(seats.length, nodes, "one for each, the leader's own too");
    assert.equal(seats.filter((it) => it.fill === "lead2").length, found.tally.granted);
    seats.forEach((a, i) => seats.slice(i + 1).forEach((b) => {
      assert(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) > a.w * 0.93, `${nodes}: seats stand apart`);
    }));
    const arc = list.find((it) => it.k === "curve" && it.curve.k === "arc" && it.stroke === "leader" && it.width === 6);
    const whole = list.find((it) => it.k === "curve" && it.curve.k === "arc" && it.stroke === "line" && it.width === 6);
    assert(arc?.k === "curve" && arc.curve.k === "arc" && whole?.k === "curve" && whole.curve.k === "arc");
    const share = (arc.curve.a1 - arc.curve.a0) / (whole.curve.a1 - whole.curve.a0);
    assert(Math.abs(share - found.tally.granted / nodes) < 1e-9, `${nodes}: ${share}`);
    const texts = list.flatMap((it) => (it.k === "text" ? [it.text] : []));
    assert(texts.includes(`${found.tally.needed} of ${nodes}`));
    const [first, rest] = ballotWords(found, "term");
    assert(texts.includes(first) && texts.includes(rest) && rest.includes("down"));
    const middle = list.find((it) => it.k === "circle" && it.hit?.kind === "node" && it.hit.place === m.frame.lanes[0].truth);
    assert(middle?.k === "circle" && Math.abs(middle.x - W / 2) < 0.01, "the leader is in the middle");
  }
});

test("the strip shows the last forty writes: kept on the line, refused below, in conflict above", () => {
  /** @param {string} text @param {number} at */
  const strip = (text, at) => {
    const m = moment(text, at);
    const marks = picture(m, 0).flatMap((it) => (it.k === "rect" && it.r === 0 && it.y > H - 24 ? [it] : []));
    return { writes: m.frame.lanes[0].writes, kept: marks.filter((it) => it.fill === "leader"), refused: marks.filter((it) => !it.fill), conflict: marks.filter((it) => it.fill === "bad"), marks };
  };
  const few = strip("lanes ring\nnodes 3\nuntil 9s\n", 900_000);
  assert(few.marks.length > 0 && few.marks.length < 40 && few.marks.length === few.writes.length);
  assert(Math.max(...few.marks.map((it) => it.x)) > W - 20, "the newest at the right");
  const fenced = strip("lanes raft\nnodes 5\nat 2s isolate leader\nuntil 9s\n", 4_000_000);
  const open = strip("lanes raft\nset store.fencing off\nnodes 5\nat 2s isolate leader\nuntil 9s\n", 4_000_000);
  assert.deepEqual([fenced.marks.length, open.marks.length], [40, 40]);
  assert(fenced.refused.length > 0 && fenced.conflict.length === 0 && open.refused.length === 0 && open.conflict.length > 0);
  const [kept, refused, conflict] = [fenced.kept[0], fenced.refused[0], open.conflict[0]];
  assert(refused.y > kept.y + kept.h, "it hangs below");
  assert(conflict.h > kept.h && conflict.y + conflict.h === kept.y + kept.h, "it towers above");
  const order = (/** @type {typeof fenced} */ it) => it.marks.map((mark) => (mark.fill === "leader" ? "kept" : mark.fill ? "conflict" : "refused"));
  assert.deepEqual(order(fenced), fenced.writes.map((it) => it.fate));
  assert.deepEqual(order(open), open.writes.map((it) => it.fate));
});

test("a crashed service is labelled as down, and its queue is not labelled as empty", () => {
  const m = moment("lanes zookeeper\nnodes 5\nat 2s crash service\nuntil 4s\n", 3_000_000);
  const texts = picture(m, 0).flatMap((it) => (it.k === "text" ? [it.text] : []));
  assert(texts.includes("the service is down") && !texts.includes("empty") && !texts.includes("heard"));
});

test("lasting faults leave marks: clocks, slow nodes, links, the whole network, cuts to the store", () => {
  const m = moment("lanes ring bully zookeeper raft\nnodes 5\nuntil 2s\n", 1_900_000);
  m.frame.lanes.forEach((lane, i) => {
    /** @type {import("../../www/frame.js").LaneFrame} */
    const faulty = lane;
    const store = lane.nodes.length;
    /** @param {number} clean */
    const texts = (clean) => picture(m, i).flatMap((it) => (it.k === "text" ? [it.text] : [])).slice(clean);
    const before = picture(m, i).length;
    Object.assign(lane.nodes[0], { drift: 30_000 });
    Object.assign(lane.nodes[1], { ahead: -300_000 });
    Object.assign(lane.nodes[2], { slow: 50_000 });
    const fate = { lo: 5000, hi: 15_000, loss: 0, duplicate: 0 };
    faulty.network = { ...fate, changed: false };
    faulty.links = [
      { ...fate, from: 0, to: 1, loss: 300_000 }, { ...fate, from: 1, to: 0, loss: 300_000 },
      // In a mesh, the labels of neighbours leave little room between them.
      { ...fate, from: m.infos[i].topology === "mesh" ? 1 : 3, to: 4, lo: 80_000, hi: 120_000 },
    ];
    let all = texts(0);
    for (const said of ["+3 %", "−300 ms", "50 ms", "30 %"]) assert(all.some((it) => it.includes(said)), `lane ${i}: ${said} in ${all}`);
    // There is not always room for everything at once.
    lane.nodes.forEach((node) => Object.assign(node, { drift: 0, ahead: 0, slow: 0 }));
    all = texts(0);
    assert(all.some((it) => it.startsWith("80–120 ms")), `lane ${i}: a slow link`);
    assert(all.filter((it) => it.includes("30 %")).length === 1, "what is the same both ways is said once");
    faulty.links = [];
    faulty.network = { ...fate, loss: 300_000, lo: 80_000, hi: 120_000, changed: true };
    all = texts(0);
    assert(all.join().includes("loss 30 %") && all.join().includes("80–120 ms"), `lane ${i}: the network`);
    const crosses = () => picture(m, i).filter((it) => it.k === "cross" && it.y > H - 60).length;
    const none = crosses();
    lane.cuts.push([0, store], [3, store]);
    assert.equal(crosses() - none, 2, "cuts to the store");
    assert(picture(m, i).length > before);
  });
});

test("texts on the canvas have a contrast of 4.5 to their background, shapes of leaders and candidates of 3", () => {
  const css = readFileSync(new URL("../../www/style/base.css", import.meta.url), "utf8");
  /** @param {string} hex */
  const luminance = (hex) => {
    const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const dark of [0, 1]) {
    const colour = (/** @type {string} */ name) => {
      const found = new RegExp(`--${name}: (?:var\\(--ep-${name}, )?light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
      assert(found, name);
      return found[1 + dark];
    };
    const contrast = (/** @type {string} */ a, /** @type {string} */ b) => {
      const [low, high] = [luminance(colour(a)), luminance(colour(b))].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    for (const [text, behind] of [["ink", "card"], ["mute", "card"], ["leader", "card"], ["bad", "card"], ["warn", "card"], ["on-leader", "leader"], ["ink", "soft"], ["mute", "soft"], ["bad", "soft"]]) {
      assert(contrast(text, behind) >= 4.5, `${text} on ${behind}, ${dark ? "dark" : "light"}: ${contrast(text, behind).toFixed(2)}`);
    }
    for (const shape of ["leader", "candidate", "follower", "bad", "good"]) assert(contrast(shape, "card") >= 3, `${shape}, ${dark ? "dark" : "light"}: ${contrast(shape, "card").toFixed(2)}`);
  }
});

test("a message moves from its sender to its receiver with the playhead", () => {
  const m = moment("lanes raft\nnodes 3\nlatency 40ms\nset raft.election-timeout 300ms..600ms\nuntil 3s\n", 1_000_000);
  const flight = m.frame.lanes[0].flights.find((it) => it.to < 3);
  assert(flight);
  /** @param {number} now */
  const at = (now) => {
    const item = picture(m, 0, { now }).find((it) => it.hit?.kind === "message" && it.hit.from === flight.from && it.hit.to === flight.to && it.hit.nth === flight.nth);
    assert(item && "x" in item);
    return "w" in item ? [item.x + item.w / 2, item.y + item.h / 2] : [item.x, item.y];
  };
  const [start, half, end] = [flight.sent, (flight.sent + flight.due) / 2, flight.due].map(at);
  assert(Math.abs((start[0] + end[0]) / 2 - half[0]) < 0.01 && Math.abs((start[1] + end[1]) / 2 - half[1]) < 0.01);
  assert(Math.hypot(end[0] - start[0], end[1] - start[1]) > 30);
  const still = picture(m, 0, { now: flight.sent, still: true }).find((it) => it.hit?.kind === "message" && it.hit.nth === flight.nth && it.hit.from === flight.from && it.hit.to === flight.to);
  assert(still && "x" in still, "without motion it waits half way");
});

test("the nearest item of the first rank is hit", () => {
  /** @type {Item[]} */
  const list = [
    { k: "curve", curve: { k: "line", x0: 0, y0: 0, x1: 100, y1: 0 }, hit: { kind: "link", from: 0, to: 1 } },
    { k: "circle", x: 0, y: 0, r: 10, hit: { kind: "node", place: 0 } },
    { k: "circle", x: 30, y: 0, r: 3, hit: { kind: "message", from: 0, to: 1, nth: 1, copy: 1, message: 0 } },
  ];
  assert.deepEqual(hit(list, 2, 2, 5), { kind: "node", place: 0 });
  assert.equal(hit(list, 31, 1, 5)?.kind, "message");
  assert.equal(hit(list, 60, 3, 5)?.kind, "link");
  assert.equal(hit(list, 60, 30, 5), null);
  assert.equal(hit(list, 60, 12, 14)?.kind, "link", "a finger reaches further");
});

test("curves: points and distances", () => {
  const line = /** @type {const} */ ({ k: "line", x0: 0, y0: 0, x1: 10, y1: 0 });
  const arc = /** @type {const} */ ({ k: "arc", x: 0, y: 0, r: 10, a0: 0, a1: Math.PI });
  assert.deepEqual(along(line, 0.5), [5, 0]);
  assert.equal(distance(line, 5, 3), 3);
  assert.equal(distance(line, 14, 3), 5);
  assert(Math.abs(distance(arc, 0, 12) - 2) < 0.2);
});

test("sides are groups of nodes that reach each other, directly or not", () => {
  assert.deepEqual(sides(3, []), [0, 0, 0]);
  assert.deepEqual(sides(3, [[0, 1], [1, 0], [0, 2], [2, 0]]), [0, 1, 1]);
  assert.deepEqual(sides(3, [[0, 1], [1, 0]]), [0, 0, 0], "through the third");
  assert.deepEqual(sides(2, [[0, 1]]), [0, 0], "one way is no border");
});

test("the bands cover the run once, and show gaps and two leaders", () => {
  const m = moment(FIRST, 0);
  m.stories.forEach((story, i) => {
    const parts = segments(story, m.run.until);
    assert.equal(parts[0].from, 0);
    assert.equal(parts.at(-1)?.to, m.run.until);
    parts.slice(1).forEach((part, k) => assert.equal(part.from, parts[k].to));
    const sum = (/** @type {(it: number) => boolean} */ some) => parts.filter((it) => some(it.bands.length)).reduce((all, it) => all + it.to - it.from, 0);
    assert.equal(sum((n) => n === 0), story.stats.noLeader, `lane ${i}: the engine counts the same time without a leader`);
    assert.equal(sum((n) => n > 1), story.stats.moreLeaders, `lane ${i}: and with several`);
  });
});

for (const w of [300, 600, 1100]) {
  test(`the bands stay inside their picture and fault names do not overlap, ${w} wide`, () => {
    const m = moment(FIRST, 0);
    const input = { run: m.run, stories: m.stories, infos: m.infos, names: m.run.lanes.map((it) => it.name), w, from: 0, to: m.run.until, measure: roughly };
    const { height, axis } = bandsLayout(input);
    const list = bandsScene(input);
    for (const item of list) {
      for (const [x, y] of corners(item)) assert(-6 <= x && x <= w + 10 && -6 <= y && y <= height + 6, line(item));
    }
    const names = list.filter((it) => it.k === "text" && it.hit?.kind === "act").map(corners);
    names.forEach(([[a, b], [c, d]], k) => {
      for (const [[e, f], [g, h]] of names.slice(k + 1)) assert(!(a < g && e < c && b < h - 2 && f < d - 2));
    });
    assert(Math.abs(timeOf(axis, xOf(axis, 1234567)) - 1234567) < 1);
    assert(tick(axis, 62) > 0);
  });
}
