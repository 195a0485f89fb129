// A user who presses everything: the page never reports an error, never hangs, and its text stays valid.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settled, withPage } from "./lib/page.mjs";

const KEYS = [
  " ", "ArrowLeft", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowRight", "Home", "End", "[", "]", "\\", "+", "-", "1", "2", "3", "4", "c", "z", "i",
  "r", "C", "Z", "I", "R", "U", "h", "p", "x", "a", "n", "Control+z", "Control+Shift+z", "t", "Escape", "Enter", "Tab", "?", "s", "ArrowDown", "ArrowUp",
];

/** Reproducible pseudo-random numbers. @param {number} seed */
function random(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

const rounds = Number(process.env.MONKEY ?? 1);
for (let seed = 1; seed <= rounds; seed++) {
  test(`four hundred keys and clicks, seed ${seed}`, async () => {
    const next = random(seed);
    const narrow = seed % 3 === 0;
    await withPage({ width: narrow ? 400 : 1300, height: 900 }, async (page) => {
      /** @type {string[]} */
      const done = [];
      try {
        for (let i = 0; i < 400; i++) {
          const dice = next();
          if (dice < 0.6) {
            const key = KEYS[Math.floor(next() * KEYS.length)];
            done.push(key);
            await page.keyboard.press(key);
          } else if (dice < 0.95) {
            const [x, y] = [next() * (narrow ? 400 : 1300), 60 + next() * 800];
            done.push(`${Math.round(x)},${Math.round(y)}`);
            await page.mouse.click(x, y);
          } else await page.waitForTimeout(60);
        }
        for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
        await settled(page);
        assert.equal(await page.locator(".lane").count() > 0, true);
        assert.equal(await page.isVisible(".notice >> text=The engine stopped"), false);
      } catch (error) {
        console.error(done.join(" "));
        throw error;
      }
    });
  });
}
