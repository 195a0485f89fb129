// The space-time diagram and the list of events, in a real browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { go, load, playing } from "../node/lib/engine.mjs";
import { readFrame } from "../../www/frame.js";
import { violations } from "./lib/axe.mjs";
import { frames, text, withPage } from "./lib/page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const engine = load();
const FIVE = "lanes raft\nnodes 5\nseed 42\nat 2s crash leader\nuntil 6s\n";
const MANY = "lanes raft\nnodes 25\nseed 3\nat 2s crash leader\nat 4s partition 1 2 3 4 5 | 6 7\nuntil 60s\n";
/** @param {string} text @param {number} at */
const linkTo = (text, at) => `#${engine.encodeLink(text, at, null, "", "")}`;

/** The first leader after the crash, and when it began to lead. @param {string} scenario */
function elected(scenario) {
  const play = playing(scenario);
  const band = play.story(0, 0, 0).bands.find((/** @type {import("../../www/engine.js").Band} */ it) => it.from > 2e6);
  play.free();
  return /** @type {import("../../www/engine.js").Band} */ (band);
}
const LEADS = elected(FIVE);

/** The lane at a moment. @param {string} scenario @param {number} at */
function laneAt(scenario, at) {
  const play = playing(scenario);
  go(play, play.seek(at));
  const length = play.frame();
  const numbers = new Float64Array(engine.moduleMemory().buffer, play.framePointer, length);
  const { lanes: [lane] } = readFrame(numbers);
  play.free();
  return lane;
}

/** Opens the debugger at the moment of the page. @param {Page} page */
async function open(page) {
  await page.click(".why-so");
  await page.waitForSelector(".diagram .live[aria-label]");
  await frames(page);
}
/** What the diagram shows, in microseconds. @param {Page} page */
async function shown(page) {
  await frames(page);
  const label = (await page.getAttribute(".diagram .live", "aria-label")) ?? "";
  const [, from, to] = /, (\d+\.\d+) s to (\d+\.\d+) s/.exec(label) ?? [];
  return /** @type {[number, number]} */ ([Number(from) * 1e6, Number(to) * 1e6]);
}
/** The playhead as the transport shows it, in seconds. @param {Page} page */
const clock = async (page) => Number.parseFloat((await page.textContent(".transport .time")) ?? "");

/** Where an instant of a node is in the window. @param {Page} page @param {number} place @param {number} at */
async function spot(page, place, at) {
  const [from, to] = await shown(page);
  await page.locator(".diagram .live").scrollIntoViewIfNeeded();
  const box = await page.locator(".diagram .live").boundingBox();
  assert(box);
  const rows = Array.from({ length: 6 }, (_, i) => ({ places: [i], name: "", folded: false }));
  const layout = await page.evaluate(async ({ w, from, to, rows }) => {
    const { diagramLayout } = await import(new URL("./scene/spacetime.js", location.href).href);
    return diagramLayout({ rows, w, from, to, run: { ids: ["", "", "", "", "", ""] } });
  }, { w: box.width, from, to, rows });
  return { x: box.x + layout.t0 + ((at - from) / (to - from)) * (layout.t1 - layout.t0), y: box.y + layout.r0 + (place + 0.5) * layout.pitch };
}

test("it shows the election around the moment, and what is pending", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from) }, async (page) => {
    await open(page);
    const [from, to] = await shown(page);
    assert(from < LEADS.from && LEADS.from < to && to - from < 200_000, `${from} to ${to}`);
    const colours = await page.$eval(".diagram .facts", (it) => {
      const canvas = /** @type {HTMLCanvasElement} */ (it);
      const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert(colours > 20, "something is drawn");
    // What lies under the pointer is told.
    const lane = laneAt(FIVE, LEADS.from);
    const flight = lane.flights.find((it) => it.arrives && it.from === LEADS.node && it.due < to);
    assert(flight);
    const { x, y } = await spot(page, flight.to, flight.due);
    await page.mouse.move(x, y);
    await frames(page);
    assert.match((await page.textContent(".diagram .tip")) ?? "", /^AppendEntries 1→\d.*\n.*arrives in \d/);
  });
});

test("what is pending can be dragged later, and to now", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from) }, async (page) => {
    await open(page);
    const [from, to] = await shown(page);
    const flights = laneAt(FIVE, LEADS.from).flights.filter((it) => it.arrives && it.from === LEADS.node && it.due < to);
    assert(flights.length >= 2);
    const [first] = flights;
    const name = `${first.from + 1}->${first.to + 1}#${first.nth}`;
    const at = await spot(page, first.to, first.due);
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 30, at.y, { steps: 4 });
    await page.mouse.move(at.x + 40, at.y);
    assert.doesNotMatch(await text(page), /delay/, "nothing is written before the button is released");
    await page.mouse.up();
    const line = new RegExp(`^at \\S+ +(?:raft: )?delay +${name} +([0-9.]+)(us|ms)$`, "m");
    assert.match(await text(page), line);
    const [, by, unit] = line.exec(await text(page)) ?? [];
    const us = Number(by) * (unit === "ms" ? 1000 : 1);
    const each = (to - from) / ((await page.locator(".diagram .live").boundingBox())?.width ?? 1);
    assert(Math.abs(us - 40 * each) < 8 * each + 100, `${us} µs, not ${40 * each}`);
    await page.waitForFunction(() => inside(".top .state")?.textContent === "");
    // Another one arrives now: it is dragged back to the playhead.
    const other = laneAt(await text(page), LEADS.from).flights.find((it) => it.arrives && it.from === LEADS.node && it.to !== first.to && it.due < to);
    assert(other);
    const there = await spot(page, other.to, other.due);
    const now = await spot(page, other.to, LEADS.from);
    await page.mouse.move(there.x, there.y);
    await page.mouse.down();
    await page.mouse.move(now.x + 20, there.y, { steps: 3 });
    await page.mouse.move(now.x - 10, there.y);
    await page.mouse.up();
    assert.match(await text(page), new RegExp(`deliver +${other.from + 1}->${other.to + 1}#${other.nth}$`, "m"));
  });
});

test("a click on what is pending offers what can be done to it, and a click on what happened goes there", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from) }, async (page) => {
    await open(page);
    const [, to] = await shown(page);
    const flight = laneAt(FIVE, LEADS.from).flights.find((it) => it.arrives && it.from === LEADS.node && it.due < to);
    assert(flight);
    const at = await spot(page, flight.to, flight.due);
    await page.mouse.click(at.x, at.y);
    assert.equal(await page.isVisible(".menu"), true);
    assert.deepEqual(await page.$$eval(".menu .deed span", (all) => all.map((it) => it.textContent)), ["Drop", "Deliver now", "Delay 100 ms", "Duplicate"]);
    await page.keyboard.press("Escape");
    // Where the candidate's election began.
    const play = playing(FIVE);
    const { happenings } = play.chronicle(0, 0, 0, 0, 0);
    const began = happenings.find((/** @type {any} */ it) => /starts|suspects/.test(it.kind) && it.at > 2e6);
    play.free();
    const begun = await spot(page, began.node, began.at);
    await page.mouse.click(begun.x + 1, begun.y);
    await frames(page);
    assert.equal(await clock(page), Math.round(began.at / 1000) / 1000, "the playhead is at the event");
    assert.equal(await page.isVisible(".diagram"), true);
  });
});

test("keys go from event to event, and select", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from) }, async (page) => {
    await open(page);
    await page.focus(".diagram .live");
    await page.keyboard.press("ArrowLeft");
    await frames(page);
    const first = await page.textContent(".diagram [aria-live]");
    assert.match(first ?? "", /arrives|timer/);
    await page.keyboard.press("ArrowLeft");
    await frames(page);
    assert.notEqual(await page.textContent(".diagram [aria-live]"), first);
    await page.keyboard.press("ArrowDown");
    await frames(page);
    assert.match((await page.textContent(".diagram [aria-live]")) ?? "", /^2: /);
    const before = await clock(page);
    await page.keyboard.press("Enter");
    await frames(page);
    assert((await clock(page)) < before, "the playhead went to the event");
    const [from, to] = await shown(page);
    await page.keyboard.press("-");
    const wider = await shown(page);
    assert(Math.abs((wider[1] - wider[0]) / (to - from) - 2) < 0.01);
    await page.keyboard.press("Shift+ArrowRight");
    assert((await shown(page))[0] > wider[0]);
    await page.keyboard.press("0");
    assert((await shown(page))[1] - (await shown(page))[0] < wider[1] - wider[0]);
    await page.keyboard.press("Escape");
    await frames(page);
    assert.equal(await page.isVisible(".diagram"), false, "Esc closes the debugger");
    assert(from < to);
  });
});

test("a list says the same", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from) }, async (page) => {
    await open(page);
    await page.click('.diagram button[aria-label="The same as a list"]');
    await page.waitForSelector(".as-list .past li");
    const past = await page.$$eval(".as-list .past li", (all) => all.map((it) => it.textContent ?? ""));
    assert(past.some((it) => /VoteReply term=2 granted=1/.test(it)), past.join("\n"));
    const ahead = await page.$$eval(".as-list .ahead li", (all) => all.map((it) => it.textContent ?? ""));
    assert(ahead.some((it) => /AppendEntries/.test(it)) && ahead.some((it) => /timer election/.test(it)), ahead.join("\n"));
    assert(ahead.some((it) => /changes nothing/.test(it)), "one goes to a node that is down");
    await page.click(".as-list .ahead button");
    assert.equal(await page.isVisible(".menu"), true);
  });
});

test("of many nodes, those that matter have rows, and the others come on demand", async () => {
  await withPage({ path: "dev.html", hash: linkTo(MANY, elected(MANY).from) }, async (page) => {
    await open(page);
    const tall = async () => {
      await frames(page);
      return (await page.locator(".diagram .space").boundingBox())?.height ?? 0;
    };
    const folded = await tall();
    assert(folded < 400, `${folded}`);
    const box = await page.locator(".diagram .live").boundingBox();
    assert(box);
    await page.locator(".diagram .live").scrollIntoViewIfNeeded();
    const now = await page.locator(".diagram .live").boundingBox();
    assert(now);
    // The last row is the folded one.
    await page.mouse.click(now.x + 20, now.y + folded - 14 - 20 - 10);
    assert((await tall()) > folded);
    await page.click('.diagram button[aria-label^="Fold"]');
    assert.equal(await tall(), folded);
  });
});

test("the list of events finds what is asked for, and follows the playhead", async () => {
  await withPage({ path: "dev.html", hash: linkTo(MANY, elected(MANY).from) }, async (page) => {
    await open(page);
    await page.waitForSelector('.event-list [aria-selected="true"]');
    const all = Number(((await page.textContent(".event-list .found")) ?? "").replace(/\D/g, ""));
    assert(all > 20_000, `${all}`);
    const rows = await page.$$eval(".event-list .row-of", (it) => it.length);
    assert(rows < 60, "only those in view exist");
    await page.selectOption('.event-list select[aria-label="Kind"]', { label: "faults and commands" });
    await page.waitForFunction(() => / of /.test(inside(".event-list .found")?.textContent ?? ""));
    await page.waitForFunction(() => /crash leader/.test(inside(".event-list .rows")?.textContent ?? ""));
    await page.fill(".event-list input", "PARTITION");
    await page.waitForFunction(() => /^1 found of/.test(inside(".event-list .found")?.textContent ?? ""));
    await page.waitForFunction(() => /partition 1 2 3 4 5/.test(inside(".event-list .rows")?.textContent ?? ""));
    await page.click(".event-list .row-of");
    await frames(page);
    assert.equal(await clock(page), 4);
    await page.fill(".event-list input", "");
    await page.selectOption('.event-list select[aria-label="Kind"]', { label: "any kind" });
    await page.waitForSelector('.event-list [aria-selected="true"]');
    await page.focus(".event-list .rows");
    await page.keyboard.press("End");
    await page.waitForFunction((n) => inside(`#event-${n}`)?.textContent?.includes("…") === false, all);
    await page.keyboard.press("Home");
    await page.waitForFunction(() => /the run begins/.test(inside("#event-0")?.textContent ?? ""));
  });
});

test("on a phone, nodes are columns, and a finger moves time", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from), width: 390, height: 844, options: { hasTouch: true } }, async (page) => {
    await open(page);
    const [from, to] = await shown(page);
    const box = await page.locator(".diagram .live").boundingBox();
    assert(box && box.height > 200 && box.x >= 0 && box.x + box.width <= 390);
    const client = await page.context().newCDPSession(page);
    /** @param {"touchStart" | "touchMove" | "touchEnd"} type @param {number[]} ys */
    const touch = (type, ys) => client.send("Input.dispatchTouchEvent", { type, touchPoints: ys.map((y) => ({ x: box.x + 180, y })) });
    await touch("touchStart", [box.y + 190]);
    for (const y of [180, 160, 140]) await touch("touchMove", [box.y + y]);
    await touch("touchEnd", []);
    const [later, end] = await shown(page);
    assert(later > from && end > to, "it was pulled up, so it shows what comes later");
    assert(Math.abs(end - later - (to - from)) < 2);
  });
});

for (const [colorScheme, width] of /** @type {const} */ ([["light", 1440], ["dark", 1440], ["light", 390]])) {
  test(`axe finds nothing, ${colorScheme}, ${width} wide`, async () => {
    await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from), width, options: { colorScheme, bypassCSP: true } }, async (page) => {
      await open(page);
      await page.click('.diagram button[aria-label="The same as a list"]');
      await page.waitForSelector(".as-list .past li");
      assert.deepEqual(await violations(page), []);
      if (width > 400) return;
      await page.click('.inspector .panels button:has-text("Events")');
      await page.waitForSelector(".event-list .row-of");
      await frames(page);
      assert.deepEqual(await violations(page), []);
    });
  });
}

test("while it plays, the diagram follows the playhead", async () => {
  await withPage({ path: "dev.html", hash: linkTo(FIVE, LEADS.from) }, async (page) => {
    await open(page);
    await page.selectOption('[aria-label="Speed"]', "1");
    await page.click(".play");
    for (let i = 0; i < 12; i++) {
      await page.waitForTimeout(60);
      const [from, to] = await shown(page);
      const at = await clock(page);
      // The label and the playhead are read one after the other.
      assert(from - 150e3 <= at * 1e6 && at * 1e6 <= to + 150e3, `${at} s in ${from} to ${to}`);
    }
  });
});
