// Measures the page in Chromium: weight, first picture, frames with all labels, seeks, memory. Times of frames and
// seeks stand beside a reference that is measured in turns with them, because machines differ and are noisy: a
// canvas that gets 100 circles and 100 labels, and nothing else.
//
//   node benches/page.mjs [--quick] [weight] [first] [embeds] [frames] [list] [long] [tasks]     all parts if none is named; CHROMIUM
//                                                                                names the browser

import { chromium } from "playwright-core";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import { FLAGS } from "../tests/browser/lib/flags.mjs";
import { lookInside } from "../tests/browser/lib/inside.mjs";
import { watchInstances } from "../tests/browser/lib/instances.mjs";
import { PAGES, serve } from "../tests/browser/lib/server.mjs";

const quick = process.argv.includes("--quick");
const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const root = new URL("../", import.meta.url);

/** @param {number[]} all @param {number} part */
const quantile = (all, part) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * part))];
/** The mean of the middle half: finer than a median where the browser's clock is coarse. @param {number[]} all */
const middle = (all) => {
  const half = [...all].sort((a, b) => a - b).slice(all.length >> 2, all.length - (all.length >> 2));
  return half.reduce((sum, it) => sum + it, 0) / half.length;
};
/** @param {number[]} all */
const both = (all) => `${quantile(all, 0.5).toFixed(2)} ms, ${quantile(all, 0.95).toFixed(2)} ms`;

/** A separate page, with the run on the screen. @param {(page: import("playwright-core").Page) => Promise<unknown>} [before] */
async function open(before) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(lookInside);
  await before?.(page);
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(server.home);
  await page.waitForSelector("html[data-ready]");
  // The first frame after the run is there.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const first = await page.evaluate(() => performance.now());
  return { context, page, asked, first };
}

async function weight() {
  const { context, asked } = await open();
  await context.close();
  const home = new URL("..", server.home).href;
  /** @type {[string, number][]} */
  const files = [];
  for (const url of new Set(asked.filter((it) => it.startsWith(home)))) {
    let path = url.slice(home.length).replace(/#.*/, "");
    if (path.endsWith("/")) path += "index.html";
    files.push([path, gzipSync(await readFile(new URL(path, root)), { level: 9 }).length]);
  }
  const kB = files.map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)} kB`);
  const whole = files.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`weight, gzip -9 file by file: ${(whole / 1000).toFixed(0)} kB (${kB.join(", ")})`);
}

async function firstPicture() {
  const times = [];
  for (let i = 0; i < (quick ? 3 : 9); i++) {
    const { context, first } = await open();
    times.push(first);
    await context.close();
  }
  console.log(`from navigation to the first painted run, median of ${times.length}: ${quantile(times, 0.5).toFixed(0)} ms`);
}

/** An article with one or ten playgrounds, of which some are in sight: what is fetched, and when which picture is there. */
async function embeds() {
  const text = await readFile(new URL("scenarios/gc-pause.txt", root), "utf8");
  for (const [many, loading] of /** @type {const} */ ([[1, "click"], [1, "eager"], [10, "lazy"], [10, "eager"]])) {
    /** @type {number[][]} */
    const times = [];
    let said = "";
    for (let i = 0; i < (quick ? 1 : 5); i++) {
      const context = await browser.newContext({ viewport: { width: 1300, height: 900 } });
      const page = await context.newPage();
      const element = `<div style="width: 720px"><election-playground loading="${loading}"><pre>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</pre></election-playground></div>`;
      PAGES.set("www/article.html", `<!doctype html><title>x</title><link rel="icon" href="data:,"><script type="module" src="../pkg/election-playground.js"></script><body>${element.repeat(many)}</body>`);
      await page.addInitScript(watchPictures);
      /** @type {Map<string, number>} */
      const asked = new Map();
      page.on("request", (request) => asked.set(request.url().replace(/.*\//, ""), (asked.get(request.url().replace(/.*\//, "")) ?? 0) + 1));
      await page.goto(`${server.home}article.html`);
      // Those in sight have their runs, if they are to have them.
      if (loading !== "click") await page.waitForFunction(() => /** @type {any} */ (globalThis).seen.run > 0);
      await page.waitForTimeout(quick ? 300 : 1_500);
      const seen = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
      times.push([seen.poster, seen.run]);
      const client = await context.newCDPSession(page);
      await client.send("HeapProfiler.collectGarbage");
      const { usedSize } = await client.send("Runtime.getHeapUsage");
      const files = [...asked].filter(([name]) => !name.startsWith("article"));
      const bytes = await Promise.all(files.map(async ([name, count]) => count * gzipSync(await readFile(new URL(`pkg/${name}`, root)), { level: 9 }).length));
      const runs = await page.evaluate(() => [...document.querySelectorAll("election-playground")].filter((it) => it.shadowRoot?.querySelector(".says")?.textContent).length);
      said = `${files.length} requests, ${(bytes.reduce((sum, it) => sum + it, 0) / 1000).toFixed(0)} kB; ${runs} with a run; ${(usedSize / 1e6).toFixed(1)} MB of JavaScript`;
      await context.close();
    }
    const [poster, run] = [0, 1].map((at) => quantile(times.map((it) => it[at]), 0.5));
    console.log(`${many} in an article, ${loading}: the first picture after ${poster.toFixed(0)} ms${run > 0 ? `, the first run after ${run.toFixed(0)} ms` : ""}; ${said}`);
  }
}

/** Runs in the page, before it loads: notes when the first poster and the first run are painted. */
function watchPictures() {
  const seen = /** @type {any} */ (globalThis).seen = { poster: 0, run: 0 };
  const look = () => {
    const root = document.querySelector("election-playground")?.shadowRoot;
    const canvas = /** @type {HTMLCanvasElement | null | undefined} */ (root?.querySelector(".lane canvas"));
    // Until it is painted, a canvas is 300 wide.
    if (!seen.poster && canvas && canvas.width !== 300) seen.poster = performance.now();
    if (!seen.run && root?.querySelector(".says")?.textContent) seen.run = performance.now();
    if (!seen.run) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** @param {number} nodes */
async function frames(nodes) {
  const { context, page } = await open();
  const times = await page.evaluate(async ({ nodes, rounds }) => {
    const load = (/** @type {string} */ name) => import(new URL(name, location.href).href);
    const [{ Engine }, { laneScene }, { fit, measurer, paint }, { readTheme }, { factsScene, liveScene }, { rowsOf, spanAt }, { readStretch }] = await Promise.all(
      ["engine.js", "scene/lane.js", "paint.js", "theme.js", "scene/spacetime.js", "scene/spans.js", "scene/stretch.js"].map(load));
    const engine = await Engine.open();
    engine.load(`lanes ring bully zookeeper raft\nnodes ${nodes}\nat 2s crash leader\nat 3s restart all\nat 4s partition 1 2 | 3\nat 6s heal\nuntil 10s\n`);
    while (!engine.advance(100).done);
    const run = engine.run();
    const theme = readTheme(inside(".app"));
    const canvases = [...(inside(".app")?.querySelectorAll("article canvas") ?? [])].map((shown) => {
      const canvas = document.createElement("canvas");
      const [w, h] = [shown.clientWidth, shown.clientHeight];
      fit(canvas, w, h);
      const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
      return { cx, w, h, measure: measurer(cx, theme) };
    });
    // Read a pixel, so that drawing has finished.
    const flush = (/** @type {CanvasRenderingContext2D} */ cx) => cx.getImageData(0, 0, 1, 1);
    const reference = () => {
      const { cx, w, h } = canvases[0];
      cx.clearRect(0, 0, w, h);
      for (let i = 0; i < 100; i++) {
        cx.beginPath();
        cx.arc((i * 37) % w, (i * 53) % h, 8, 0, 7);
        cx.fill();
        cx.font = "400 10px sans-serif";
        cx.fillText(`Heartbeat ${i}`, (i * 41) % w, (i * 59) % h);
      }
      flush(cx);
    };
    /** Reads and draws what is at the playhead. Returns the number of shapes. @param {number} at */
    const draw = (at) => {
      const frame = engine.frame();
      let items = 0;
      canvases.forEach(({ cx, w, h, measure }, i) => {
        const info = engine.algorithms.find((/** @type {{id: string}} */ it) => it.id === run.lanes[i].algorithm);
        // When paused, every message has its label, even liveness messages.
        const list = laneScene({ lane: frame.lanes[i], run: run.lanes[i], w, h }, info, {
          now: at, rate: 0, still: false, selected: -1, hovered: -1, picked: [], measure,
        });
        items += list.length;
        paint(cx, list, theme, w, h);
        flush(cx);
      });
      return items;
    };
    // The space-time diagram of one lane, with what happened and what is pending, both painted anew.
    const sheets = [0, 1].map(() => {
      const cx = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
      return { cx, measure: measurer(cx, theme) };
    });
    const infos = run.lanes.map((/** @type {any} */ lane) => engine.algorithms.find((/** @type {{id: string}} */ it) => it.id === lane.algorithm));
    const stories = run.lanes.map((/** @type {any} */ _, /** @type {number} */ i) => engine.story(i));
    let gathered = { stretch: /** @type {any} */ (null), from: 0, to: 0 };
    /** Gathers what the diagram shows around a moment. @param {number} lane @param {number} at */
    const gather = (lane, at) => {
      const [from, to] = spanAt(stories[lane], at, run.until, 15_000);
      const early = Math.max(0, Math.floor(from - 60_000));
      let numbers = null;
      while (!numbers) numbers = engine.stretch(lane, early, Math.min(run.until, Math.ceil(to + 30_000)), 20_000);
      gathered = { stretch: readStretch(numbers, early), from, to };
    };
    /** Draws it. Returns the number of shapes. @param {number} lane @param {number} at */
    const diagram = (lane, at) => {
      const { stretch, from, to } = gathered;
      const its = engine.frame().lanes[lane];
      const rows = rowsOf({ run: run.lanes[lane], stretch, store: true, open: false, wanted: [its.leader], from, step: Infinity, narrow: false });
      const input = {
        stretch, frame: its, run: run.lanes[lane], info: infos[lane], wrong: stories[lane].wrong, now: at, step: its.events, from, to, rows, w: 800,
        thread: null, focus: null, measure: sheets[0].measure,
      };
      const lists = [factsScene(input), liveScene(input, { over: null, drag: null })];
      lists.forEach((list, i) => {
        fit(sheets[i].cx.canvas, 800, 300);
        paint(sheets[i].cx, list, theme, 800, 300);
        flush(sheets[i].cx);
      });
      return lists[0].length + lists[1].length;
    };
    /** Of so many turns at each moment the fastest counts: others on the machine slow the rest down. */
    const TURNS = 3;
    /** @type {Record<"frame" | "reference" | "items" | "diagram" | "shapes" | "gather", number[]>} */
    const result = { frame: [], reference: [], items: [], diagram: [], shapes: [], gather: [] };
    for (let round = -10; round < rounds; round++) {
      const at = 50_000 + ((round + 10) * 9_900_000) / (rounds + 10);
      // Reaching the moment takes a seek, which is measured as such.
      for (let there = engine.seek(at); !there;) there = engine.settle(100);
      let [least, beside, items, sheet, shapes] = [Infinity, Infinity, 0, Infinity, 0];
      const lane = (round + 10) % run.lanes.length;
      const asked = performance.now();
      gather(lane, at);
      const gathering = performance.now() - asked;
      for (let turn = 0; turn < TURNS; turn++) {
        const start = performance.now();
        items = draw(at);
        const middle = performance.now();
        reference();
        least = Math.min(least, middle - start);
        const end = performance.now();
        beside = Math.min(beside, end - middle);
        shapes = diagram(lane, at);
        sheet = Math.min(sheet, performance.now() - end);
      }
      if (round < 0) continue;
      result.frame.push(least);
      result.reference.push(beside);
      result.items.push(items);
      result.diagram.push(sheet);
      result.shapes.push(shapes);
      result.gather.push(gathering);
    }
    return result;
  }, { nodes, rounds: quick ? 40 : 400 });
  await context.close();
  const ratio = middle(times.frame) / middle(times.reference);
  console.log(`a frame of 4 lanes of ${nodes} nodes with all labels, median and 95 %: ${both(times.frame)}`
    + ` (${quantile(times.items, 0.5)} shapes; reference ${both(times.reference)}; ratio ${ratio.toFixed(2)})`);
  const whole = times.frame.map((it, i) => it + times.diagram[i]);
  console.log(`  with the space-time diagram open: ${both(whole)} (${quantile(times.shapes, 0.5)} shapes more; ratio ${(middle(whole) / middle(times.reference)).toFixed(2)},`
    + ` ${(middle(whole) / middle(times.frame)).toFixed(2)} times the lanes alone); the diagram alone ${both(times.diagram)}; gathering its stretch ${both(times.gather)}`);
}

/** Ten simulated minutes of four lanes, a fault every five seconds. */
async function long() {
  const lines = ["lanes ring bully zookeeper raft", "nodes 5", "seed 7"];
  for (let s = 5; s < 595; s += 5) lines.push(`at ${s}s ${["crash leader", "restart all", "pause leader for 2s", "partition 1 2 | 3 4 5", "heal"][(s / 5) % 5]}`);
  lines.push("until 600s");
  const text = `${lines.join("\n")}\n`;
  const { context, page } = await open();
  const seeks = await page.evaluate(async ({ text, rounds }) => {
    const { Engine } = await import(new URL("engine.js", location.href).href);
    const engine = await Engine.open();
    engine.load(text);
    while (!engine.advance(100).done);
    let state = 1;
    const times = [];
    for (let i = 0; i < rounds; i++) {
      state = (state * 48_271) % 2_147_483_647;
      const start = performance.now();
      for (let there = engine.seek((state / 2_147_483_647) * 600e6); !there;) there = engine.settle(100);
      engine.frame();
      times.push(performance.now() - start);
    }
    return times;
  }, { text, rounds: quick ? 100 : 1000 });
  console.log(`a seek in ten simulated minutes of 4 lanes with 118 faults, median and 95 %: ${both(seeks)}`);
  await context.close();

  const other = await open(watchInstances);
  const client = await other.context.newCDPSession(other.page);
  // Measured in the page itself: the memory of WebAssembly, and that of JavaScript after a collection.
  const sizes = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize } = await client.send("Runtime.getHeapUsage");
    const wasm = await other.page.evaluate(() => /** @type {number} */ (/** @type {any} */ (globalThis).memories.at(-1).deref().buffer.byteLength));
    return { usedSize, wasm };
  };
  await other.page.fill(".editor textarea", text);
  await other.page.waitForFunction(() => inside(".top .state")?.textContent === "");
  const before = await sizes();
  await other.page.selectOption("select[aria-label=Speed]", "10");
  if ((await other.page.getAttribute(".play", "aria-pressed")) !== "true") await other.page.click(".play");
  await other.page.waitForFunction(() => inside(".play")?.getAttribute("aria-pressed") === "false", null, { timeout: 180_000 });
  const after = await sizes();
  const at = await other.page.textContent(".transport .time");
  console.log(`memory with that run computed, then played at 10× to ${at}: JavaScript ${(before.usedSize / 1e6).toFixed(1)} MB, then ${(after.usedSize / 1e6).toFixed(1)} MB; wasm ${(before.wasm / 1e6).toFixed(1)} MB, then ${(after.wasm / 1e6).toFixed(1)} MB`);
  await other.context.close();
}

/** The list of events of a long run in the debugger: jumping anywhere in it, and searching it. */
async function eventList() {
  const { context, page } = await open();
  await page.fill(".editor textarea", "lanes raft\nnodes 25\nseed 3\nat 2s crash leader\nat 4s restart all\nuntil 120s\n");
  await page.waitForFunction(() => inside(".top .state")?.textContent === "");
  await page.click(".why-so");
  await page.waitForSelector('.event-list [aria-selected="true"]');
  const found = await page.evaluate(async (rounds) => {
    const it = /** @type {any} */ (globalThis);
    it.tasks = [];
    new PerformanceObserver((list) => it.tasks.push(...list.getEntries().map((task) => task.duration))).observe({ type: "longtask" });
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const rows = /** @type {HTMLElement} */ (inside(".event-list .rows"));
    const line = /** @type {HTMLElement} */ (inside(".event-list .found"));
    const events = Number((line.textContent ?? "").replace(/\D/g, ""));
    const known = () => ![...rows.querySelectorAll(".when")].some((cell) => cell.textContent === "…");
    const jumps = [];
    let state = 1;
    for (let i = 0; i < rounds; i++) {
      state = (state * 48_271) % 2_147_483_647;
      const start = performance.now();
      rows.scrollTop = (state / 2_147_483_647) * rows.scrollHeight;
      do await frame(); while (!known());
      jumps.push(performance.now() - start);
    }
    const field = /** @type {HTMLInputElement} */ (inside(".event-list input"));
    const searches = [];
    for (const text of ["votereply", "crashes", "heartbeat", "no such text"]) {
      field.value = text;
      const start = performance.now();
      field.dispatchEvent(new Event("input"));
      do await frame(); while (!/ of /.test(line.textContent ?? ""));
      searches.push(performance.now() - start);
    }
    return { events, jumps, searches, tasks: it.tasks, said: line.textContent };
  }, quick ? 30 : 200);
  console.log(`a list of ${found.events} events: any place of it in ${both(found.jumps)}; searching all of it by text ${found.searches.map((ms) => ms.toFixed(0)).join(", ")} ms;`
    + ` tasks over 50 ms: ${found.tasks.length === 0 ? "none" : found.tasks.map((/** @type {number} */ ms) => ms.toFixed(0)).join(", ")}`);
  await context.close();
}

/** Texts that are each expensive in one respect; the first reaches every limit of the language. */
function dear() {
  const lanes = ["raft", "zookeeper", "ring", "bully", "hs", "raft", "zookeeper", "bully"].map((it, i) => `lane l${i} = ${it}`);
  const many = (/** @type {number} */ count, /** @type {(i: number) => string} */ line) => Array.from({ length: count }, (_, i) => line(i));
  const all = [
    "until 24h; duplicate 30%; loss 5%; latency 1ms..300ms with 10% up to 20s", ...lanes, "nodes 128",
    ...many(2048, (i) => `at ${i}ms ${["heal", "cut 1 - 2", "restart all", "latency 2ms", "isolate 3"][i % 5]}`),
    ...many(512, (i) => `expect ${["node leader role follower never", "leaders < 0 eventually", "epoch < 0 eventually"][i % 3]}`),
    ...many(64, () => "break node leader role follower"),
  ];
  return {
    "everything at its bound": all.join("\n"),
    "messages without end": "nodes 12; duplicate 100%",
    "512 expectations of 8 lanes": [...lanes, "nodes 25", "until 14s", ...many(512, () => "expect node leader role follower never")].join("\n"),
    "64 breaks": ["lanes raft", "nodes 25", "until 14s", ...many(64, () => "break node leader role follower")].join("\n"),
    "no time between events": "lanes raft bully; nodes 60; latency 0; set store.interval 1us; set store.latency 0",
  };
}

/** The longest tasks while such a text is opened, computed, searched and played, compared with a known loop. */
async function tasks() {
  for (const [name, text] of Object.entries(dear())) {
    const { context, page } = await open();
    await page.evaluate(() => {
      const it = /** @type {any} */ (globalThis);
      it.tasks = [];
      new PerformanceObserver((list) => it.tasks.push(...list.getEntries().map((task) => task.duration))).observe({ type: "longtask" });
    });
    // A hundred million steps of a generator, which one core of this machine runs in about a tenth of a
    // second.
    const loop = await page.evaluate(() => {
      const times = [];
      for (let round = 0; round < 5; round++) {
        const start = performance.now();
        let x = 1;
        for (let i = 0; i < 1e8; i++) x = (Math.imul(x, 48_271) + 1) | 0;
        times.push(performance.now() - start + (x === 0 ? 1 : 0));
      }
      return times.sort((a, b) => a - b)[2];
    });
    await page.waitForTimeout(200);
    await page.evaluate(() => void (/** @type {any} */ (globalThis).tasks.length = 0));
    // Not typed: the browser needs a separate task for that.
    await page.evaluate((it) => void (/** @type {any} */ (document.querySelector("election-playground")).text = it), text);
    await page.waitForTimeout(quick ? 3_000 : 12_000);
    for (const key of ["End", "Home", "ArrowRight", "ArrowLeft", "Space"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(quick ? 300 : 1_000);
    }
    const found = await page.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (globalThis).tasks));
    const worst = found.sort((a, b) => b - a).slice(0, 3).map((ms) => `${ms.toFixed(0)} ms (${(ms / loop).toFixed(1)}×)`);
    console.log(`longest tasks, ${name}: ${worst.join(", ") || "none over 50 ms"}; ${found.length} over 50 ms; the loop takes ${loop.toFixed(0)} ms`);
    await context.close();
  }
}

const parts = process.argv.slice(2).filter((it) => !it.startsWith("--"));
const wanted = (/** @type {string} */ part) => parts.length === 0 || parts.includes(part);
try {
  if (wanted("weight")) await weight();
  if (wanted("first")) await firstPicture();
  if (wanted("embeds")) await embeds();
  for (const nodes of wanted("frames") ? [5, 25, 100] : []) await frames(nodes);
  if (wanted("list")) await eventList();
  if (wanted("long")) await long();
  if (wanted("tasks")) await tasks();
} finally {
  await browser.close();
  server.close();
}
