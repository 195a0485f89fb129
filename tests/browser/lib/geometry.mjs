// What is wrong with the geometry of a page, in sentences.

/** Where text may end in an ellipsis: it is a gloss, or stands in full elsewhere. */
const SHORTENED = [".top .title", ".lane .about", ".strip small", ".narration .what", ".errors .words", ".tab b"];

/** What lies over the rest, and is compared only with itself. */
const LAYERS = ["dialog", ".menu", ".notice", ".tip", ".stale-note", ".completions", ".sheet-open .side"];

/**
 * Texts and controls that are cut off, leave the window or lie on each other, and parts that scroll sideways. Where a
 * dialog is open, it is looked at alone.
 *
 * @param {import("playwright-core").Page} page
 * @param {{home?: string}} [where] The playgrounds to look at.
 * @returns {Promise<string[]>}
 */
export const defects = (page, { home = "election-playground" } = {}) => page.evaluate(({ home, SHORTENED, LAYERS }) => {
  /** @typedef {{name: string, el: Element, layer: Element | null, left: number, top: number, right: number, bottom: number}} Box */
  /** @type {string[]} */
  const found = [];
  const SLACK = 1.5;

  /** @param {Element} el */
  const naming = (el) => {
    const name = el.id || [...el.classList].join(".");
    return `${el.localName}${name ? `.${name}` : ""}`;
  };
  /** The element above, across the edge of the playground. @param {Element} el @returns {Element | null} */
  const above = (el) => el.parentElement ?? (el.getRootNode() instanceof ShadowRoot ? /** @type {ShadowRoot} */ (el.getRootNode()).host : null);
  /** What is left of a box inside everything that clips it. @param {Box} box @param {boolean} own Whether the element clips it, too. */
  const seen = (box, own) => {
    let { left, top, right, bottom } = box;
    let fixed = false;
    for (let el = own ? box.el : above(box.el); el; el = above(el)) {
      const style = getComputedStyle(el);
      if (!fixed && style.overflowX !== "visible" && el !== document.documentElement && el !== document.body) {
        const edge = el.getBoundingClientRect();
        [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
        [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
      }
      fixed ||= style.position === "fixed";
      if (el.localName === "dialog") break;
    }
    return { ...box, left, top, right, bottom };
  };
  /** @param {Box} box */
  const empty = ({ left, top, right, bottom }) => right - left < 1 || bottom - top < 1;
  /** @param {Element} el */
  const visible = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !el.closest(".unseen, .scheme");

  /** The first ancestor that hides what does not fit into it. @param {Element} el */
  const hides = (el) => {
    for (let it = /** @type {Element | null} */ (el); it; it = above(it)) {
      const { overflowX } = getComputedStyle(it);
      if (overflowX === "auto" || overflowX === "scroll") return null;
      if (overflowX === "hidden" || overflowX === "clip") return it;
    }
    return null;
  };

  for (const host of document.querySelectorAll(home)) {
    const root = /** @type {ShadowRoot} */ (host.shadowRoot);
    const open = root.querySelector("dialog[open]");
    const scope = open ?? root;
    const edge = open ? innerWidth : Math.min(innerWidth, host.getBoundingClientRect().right);

    /** @type {Box[]} */
    const boxes = [];
    for (const el of scope.querySelectorAll("*")) {
      if (!visible(el)) continue;
      const layer = el.closest(LAYERS.join(","));
      const box = (/** @type {DOMRect} */ { left, top, right, bottom }, /** @type {string} */ name, shrink = 0) =>
        boxes.push({ name, el, layer, left, right, top: top + shrink, bottom: bottom - shrink });
      if (el.matches("button, select, input, summary, textarea:not(.editor textarea), a")) {
        box(el.getBoundingClientRect(), `${naming(el)} “${el.getAttribute("aria-label") ?? el.textContent ?? ""}”`);
      }
      if (el.matches(".editor textarea, option, svg *")) continue;
      if (el.matches("textarea") && el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).whiteSpaceCollapse !== "preserve") found.push(`${naming(el)} scrolls sideways`);
      for (const child of el.childNodes) {
        if (child.nodeType !== Node.TEXT_NODE || !child.textContent?.trim()) continue;
        const range = document.createRange();
        range.selectNodeContents(child);
        // The letters are lower than their line.
        for (const line of range.getClientRects()) box(line, `${naming(el)} “${child.textContent.trim()}”`, line.height * 0.14);
      }
    }

    for (const box of boxes) {
      const { el, name, right, left } = box;
      if (el.matches(SHORTENED.join(",")) || el.closest(SHORTENED.join(","))) continue;
      const hider = hides(el);
      if (hider) {
        const frame = hider.getBoundingClientRect();
        const out = Math.max(right - frame.right, frame.left - left);
        const over = box.bottom > frame.bottom + SLACK && getComputedStyle(hider).overflowY !== "auto" && getComputedStyle(hider).overflowY !== "scroll" && hider.scrollHeight > hider.clientHeight + SLACK;
        if (out > SLACK) found.push(`${name} is cut off by ${naming(hider)}, ${out.toFixed(1)} px wide`);
        else if (over && !hider.matches(".app")) found.push(`${name} is cut off by ${naming(hider)} below`);
        if (hider.matches(".app") && right > edge + SLACK) found.push(`${name} leaves the window at the right, by ${(right - edge).toFixed(1)} px`);
      } else if (seen(box, false).right > edge + SLACK) found.push(`${name} leaves the window at the right, by ${(right - edge).toFixed(1)} px`);
    }

    for (const el of root.querySelectorAll(".app, .main, .side, dialog[open] .body, .menu")) {
      if (visible(el) && el.scrollWidth > el.clientWidth + 1) found.push(`${naming(el)} scrolls sideways, by ${el.scrollWidth - el.clientWidth} px`);
    }

    const shown = boxes.map((box) => seen(box, !box.el.matches("button, select, input, textarea"))).filter((box) => !empty(box) && !box.el.matches(".leave"));
    for (const [i, a] of shown.entries()) {
      for (const b of shown.slice(i + 1)) {
        if (a.el === b.el || a.layer !== b.layer || a.el.contains(b.el) || b.el.contains(a.el)) continue;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > SLACK && high > SLACK) found.push(`${a.name} overlaps ${b.name}, by ${wide.toFixed(1)} × ${high.toFixed(1)} px`);
      }
    }
  }
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth + 1) found.push(`the document scrolls sideways, by ${page.scrollWidth - innerWidth} px`);
  if (document.querySelector(`${home}[page]`) && page.scrollHeight > innerHeight + 1) found.push(`the document scrolls down, by ${page.scrollHeight - innerHeight} px`);
  return [...new Set(found)];
}, { home, SHORTENED, LAYERS });

/** What must not move while something plays. */
const STEADY = [
  ".top", ".top button", ".main", ".story", ".narration", ".lanes-panel", ".lane", ".picture", ".lane .says", ".lane .foot", ".tab", ".failover", ".bands", ".slider", ".scoreboard",
  ".score tr", ".controls", ".controls button", ".controls select", ".time", ".side", ".editor", ".report", ".breaker", ".palette button",
];

/**
 * Where the parts of the playground are.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Record<string, number[]>>} Left, top, width and height.
 */
export const places = (page) => page.evaluate((STEADY) => {
  const root = /** @type {ShadowRoot} */ (document.querySelector("election-playground")?.shadowRoot);
  return Object.fromEntries(STEADY.flatMap((selector) => [...root.querySelectorAll(selector)]
    .filter((el) => el.checkVisibility({ visibilityProperty: true }))
    .map((el, i) => {
      const { x, y, width, height } = el.getBoundingClientRect();
      return [`${selector} ${i}`, [x, y, width, height].map((it) => Math.round(10 * it) / 10)];
    })));
}, STEADY);

/** What is elsewhere than before. @param {Record<string, number[]>} before @param {Record<string, number[]>} after */
export const moved = (before, after) => Object.keys(before)
  .filter((key) => !after[key] || before[key].some((it, i) => Math.abs(it - after[key][i]) > 1.5))
  .map((key) => `${key}: ${before[key].join(" ")} → ${after[key]?.join(" ") ?? "gone"}`);
