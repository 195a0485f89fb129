// Fingers, as real touch events: the browser decides what becomes of them.

import { frames } from "./page.mjs";

/** @typedef {{x: number, y: number}} Point */

/**
 * Swipes with one finger.
 *
 * @param {import("playwright-core").Page} page
 * @param {Point} from
 * @param {Point} by
 */
export async function swipe(page, from, by) {
  const client = await page.context().newCDPSession(page);
  const touch = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {Point[]} */ touchPoints) => client.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [from]);
  for (let i = 1; i <= 8; i++) await touch("touchMove", [{ x: from.x + (by.x * i) / 8, y: from.y + (by.y * i) / 8 }]);
  await touch("touchEnd", []);
  await client.detach();
  await frames(page);
}
