// A user who presses, taps, swipes and types everywhere: the page never reports an error, never hangs, and what it shows
// afterwards is what a fresh run of its text shows. MONKEY sets the number of rounds, MONKEY_SEED the first seed:
// MONKEY=50 node --test tests/browser/monkey.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

import { go, playing } from "../node/lib/engine.mjs";
import { HOME } from "./lib/home.mjs";
import { states, watchInstances } from "./lib/instances.mjs";
import { frames, withPage } from "./lib/page.mjs";
import { swipe } from "./lib/touch.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROUNDS = Number(process.env.MONKEY ?? 3);
const FIRST = Number(process.env.MONKEY_SEED ?? 1);
/** What one round does, and how long it may take, in milliseconds. */
const [DEEDS, LASTS] = [220, 8000];

const KEYS = [
  " ", "ArrowLeft", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowRight", "Home", "End", "[", "]", "\\", "+", "-", "1", "2", "3", "4", "c", "z", "i",
  "r", "C", "Z", "I", "R", "U", "h", "p", "x", "k", "m", "a", "n", "e", "l", "Control+z", "Control+Shift+z", "Control+Space", "t", "Escape", "Escape",
  "Enter", "Tab", "Shift+Tab", "?", "s", "ArrowDown", "ArrowUp", "PageUp", "Shift+PageDown",
];
const WORDS = ["at 3s crash leader\n", "raft", "nodes 7\n", "at 2", "set raft.heart", "12", "expect leader\n", "at 4s ask \"Who?\"\n", "# ", "break leaders >= 2\n"];

/** With a question, an answer, lanes of every kind, a stop and expectations. */
const STORY = `title Everything
lanes ring bully zookeeper raft
nodes 5
seed 3
at 1s say "All is well." if leaders = 1
at 2s partition 1 2 | 3 4 5
at 2s ask "In which lanes will two nodes lead?"
at 5s answer leaders = 2 in ring bully because "Nobody there counts."
at 6s heal
until 9s
break bully leaders >= 2
expect leader by 1s
`;
const ARTICLE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>An article</title>
<script type="module" src="../pkg/element.js"></script>
<body>
${["min", "none", "full"].map((it) => `<election-playground controls="${it}">${STORY}</election-playground>`).join("\n")}
</body>
</html>`;

/** @type {Record<string, Parameters<typeof withPage>[0] & {touch?: boolean}>} */
const KINDS = {
  "the page": { width: 1300, height: 900 },
  "a phone": { width: 390, height: 844, touch: true, options: { hasTouch: true, isMobile: true } },
  "an article": {
    width: 1000, height: 900, path: "article.html", ready: "election-playground .lane canvas",
    before: (page) => page.route(`${HOME}article.html`, (route) => route.fulfill({ contentType: "text/html", body: ARTICLE })),
  },
};

/** Reproducible pseudo-random numbers. @param {number} seed */
function random(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** The middle of something to press, chosen by a number from 0 to 1. @param {Page} page @param {number} which */
const control = (page, which) => page.evaluate((which) => {
  const all = [...document.querySelectorAll("election-playground")].flatMap((it) => {
    const root = it.shadowRoot?.querySelector("dialog[open]") ?? it.shadowRoot;
    return [...(root?.querySelectorAll("button, select, input, textarea, summary, canvas, [role=slider], li, .narration") ?? [])];
  }).filter((it) => it.checkVisibility({ visibilityProperty: true }) && !(it instanceof HTMLButtonElement && it.disabled));
  const it = all[Math.floor(which * all.length)];
  if (!it) return null;
  it.scrollIntoView({ block: "nearest", inline: "nearest" });
  const box = it.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, name: `${it.tagName} ${it.className} ${(it.ariaLabel ?? it.textContent ?? "").slice(0, 20)}`, list: it instanceof HTMLSelectElement };
}, which);

/** Chooses in the list that has the focus. @param {Page} page @param {number} which */
const choose = (page, which) => page.evaluate((which) => {
  const on = document.activeElement?.shadowRoot?.activeElement;
  if (!(on instanceof HTMLSelectElement)) return;
  on.selectedIndex = Math.floor(which * on.options.length);
  on.dispatchEvent(new Event("change"));
}, which);

/** What the page plays is what a fresh run of its text plays. @param {Page} page */
async function sameAsFresh(page) {
  await page.evaluate(() => document.querySelectorAll("election-playground").forEach((it) => /** @type {import("../../www/element.js").ElectionPlayground} */ (it).pause()));
  const quiet = () => page.waitForFunction(() => [...document.querySelectorAll("election-playground")].every((it) => !it.shadowRoot?.querySelector(".top .state")?.textContent?.startsWith("computing")), null, { timeout: 60_000 });
  await quiet();
  /** @type {import("./lib/instances.mjs").State[]} */
  let before = [];
  // The playhead may still be on its way.
  for (let found = await states(page); JSON.stringify(found) !== JSON.stringify(before); found = await states(page)) {
    before = found;
    await page.waitForTimeout(150);
  }
  assert(before.length > 0, "something plays");
  for (const { text, now, events, state } of before) {
    const fresh = playing(text);
    go(fresh, fresh.seek(now));
    // It stands between two events of an instant.
    if (fresh.events !== events) go(fresh, fresh.seekEvents(events));
    assert.deepEqual([fresh.stateDigest(), fresh.now, fresh.events], [state, now, events], text);
    fresh.free();
  }
}

for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
  const [name, { touch = false, ...how }] = Object.entries(KINDS)[(seed - 1) % 3];
  test(`random deeds on ${name}, seed ${seed}`, async () => {
    const next = random(seed);
    const one = (/** @type {string[]} */ of) => of[Math.floor(next() * of.length)];
    const [width, height] = [how.width ?? 0, how.height ?? 0];
    const before = async (/** @type {Page} */ page) => {
      await watchInstances(page, true);
      await how.before?.(page);
      // A link that is followed opens a page of its own.
      page.context().on("page", (other) => other === page || other.close());
    };
    const hash = how.path ? "" : `#v=1&s=${encodeURIComponent(STORY).replaceAll("%20", "+")}&at=0us`;
    await withPage({ ...how, hash, before }, async (page) => {
      /** @type {string[]} */
      const done = [];
      const press = (/** @type {number} */ x, /** @type {number} */ y) => (touch ? page.touchscreen.tap(x, y) : page.mouse.click(x, y));
      try {
        const end = Date.now() + LASTS;
        for (let i = 0; i < DEEDS && Date.now() < end; i++) {
          const dice = next();
          const [x, y] = [next() * width, next() * height];
          if (dice < 0.3) {
            const key = one(KEYS);
            done.push(key);
            await page.keyboard.press(key);
          } else if (dice < 0.7) {
            const spot = await control(page, next());
            done.push(spot?.name ?? "nothing");
            if (!spot || spot.x < 0 || spot.y < 0 || spot.x > width || spot.y > height) continue;
            await press(spot.x, spot.y);
            if (spot.list) await choose(page, next());
          } else if (dice < 0.8) {
            done.push(`${Math.round(x)},${Math.round(y)}`);
            await press(x, y);
          } else if (dice < 0.86) {
            const words = one(WORDS);
            done.push(words);
            await page.keyboard.type(words);
          } else if (dice < 0.94) {
            const by = { x: (next() - 0.5) * 300, y: (next() - 0.5) * 300 };
            done.push(`${Math.round(x)},${Math.round(y)} by ${Math.round(by.x)},${Math.round(by.y)}`);
            if (touch) await swipe(page, { x, y }, by);
            else {
              await page.mouse.move(x, y);
              await page.mouse.down();
              await page.mouse.move(x + by.x, y + by.y, { steps: 4 });
              await page.mouse.up();
            }
          } else if (dice < 0.97) {
            done.push("wheel");
            await page.mouse.move(x, y);
            if (next() < 0.5) await page.keyboard.down("Control");
            await page.mouse.wheel((next() - 0.5) * 400, (next() - 0.5) * 400);
            await page.keyboard.up("Control");
          } else await page.waitForTimeout(60);
        }
        for (let i = 0; i < 4; i++) await page.keyboard.press("Escape");
        await frames(page);
        assert.equal(await page.locator(".lane").count() > 0, true);
        assert.equal(await page.locator(".notice >> text=The engine stopped").count(), 0);
        await sameAsFresh(page);
      } catch (error) {
        console.error(`seed ${seed}: ${done.join(" ◦ ")}`);
        throw error;
      }
    });
  });
}
