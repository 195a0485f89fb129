// The canvases with forced system colours, and pictures at every width.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../node/lib/engine.mjs";
import { frames, withPage } from "./lib/page.mjs";

const engine = load();
const TEXT = "lanes ring bully zookeeper raft\nnodes 5\nat 2s crash leader\nat 4s pause 3 for 3s\nat 5s partition 1 2 | 3 4 5\nuntil 8s\n";
const HASH = `#${engine.encodeLink(TEXT, 6_010_000, null, "", "")}`;

/** The colours of a canvas, each with its share of pixels. @param {import("playwright-core").Page} page */
const colours = (page) => page.$$eval(".lane canvas, .bands canvas:first-of-type", (all) => all.map((it) => {
  const canvas = /** @type {HTMLCanvasElement} */ (it);
  const cx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { data } = cx.getImageData(0, 0, canvas.width, canvas.height);
  /** @type {Record<string, number>} */
  const found = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 250) continue;
    const name = `${data[i]} ${data[i + 1]} ${data[i + 2]}`;
    found[name] = (found[name] ?? 0) + 4 / data.length;
  }
  return found;
}));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`with forced colours, ${colorScheme}, pictures are drawn with the system's`, async () => {
    await withPage({ hash: HASH, options: { forcedColors: "active", colorScheme } }, async (page) => {
      const system = await page.evaluate(() => {
        const probe = document.createElement("i");
        probe.style.forcedColorAdjust = "none";
        document.body.append(probe);
        const names = ["Canvas", "CanvasText"].map((name) => {
          probe.style.color = name;
          return getComputedStyle(probe).color.replace(/[^\d ]/g, "");
        });
        probe.remove();
        return names;
      });
      assert.notEqual(system[0], system[1]);
      const found = await colours(page);
      assert.equal(found.length, 5);
      for (const [i, shares] of found.entries()) {
        assert((shares[system[1]] ?? 0) > 0.001, `canvas ${i} has texts and edges`);
        assert((shares[system[0]] ?? 0) > 0.001, `canvas ${i} has areas`);
        const ours = ["13 95 138", "111 185 232", "184 116 10", "234 176 78"];
        assert(!ours.some((name) => name in shares), `canvas ${i} has no colours of its own`);
      }
    });
  });
}

test("pictures of many nodes are drawn at every width without errors", async () => {
  for (const [nodes, width] of /** @type {const} */ ([[25, 1440], [100, 1440], [25, 820], [25, 360], [128, 360]])) {
    const hash = `#${engine.encodeLink(TEXT.replace("nodes 5", `nodes ${nodes}`), 2_400_000, null, "", "")}`;
    await withPage({ hash, width, height: 800 }, async (page) => {
      for (const canvas of await page.locator(".lane canvas").all()) {
        const box = await canvas.boundingBox();
        assert(box && box.width > 200 && box.height > 200, `${nodes} nodes, ${width} wide`);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= width, `${wide} of ${width}`);
    });
  }
});

test("what the mouse is over is described in the picture, and nothing remains afterwards", async () => {
  await withPage({ hash: HASH }, async (page) => {
    const canvas = page.locator(".lane canvas").nth(3);
    const box = await canvas.boundingBox();
    assert(box);
    /** The picture's pixels, in short. */
    const pixels = () => canvas.evaluate((it) => /** @type {HTMLCanvasElement} */ (it).toDataURL());
    const before = await pixels();
    // Some node of the circle lies under a sweep across the picture.
    let over = "";
    for (let y = 0.1; y < 0.9 && over !== "node"; y += 0.04) {
      for (let x = 0.1; x < 0.9 && over !== "node"; x += 0.05) {
        await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
        over = (await canvas.getAttribute("data-over")) ?? "";
      }
    }
    assert.equal(over, "node");
    await frames(page);
    assert.notEqual(await pixels(), before, "a line has appeared");
    await page.mouse.move(box.x - 30, box.y);
    await frames(page);
    assert.equal(await pixels(), before, "it is gone");
  });
});
