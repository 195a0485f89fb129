// Whether the page around an element is dark. Sites switch in many ways; most set `color-scheme`, and all change the
// colour of their text.

/** Text lighter than this stands on something dark. */
const LIGHT = 0.5;

/** @param {Element} element @returns {"light" | "dark"} */
export function surroundings(element) {
  const { color, colorScheme } = getComputedStyle(element);
  const dark = /\bdark\b/.test(colorScheme);
  const light = /\blight\b/.test(colorScheme);
  if (dark && light) return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (dark || light) return dark ? "dark" : "light";
  return lightness(color) > LIGHT ? "dark" : "light";
}

/** How light a computed colour is, from 0 to 1. @param {string} color */
function lightness(color) {
  const cx = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!cx) return 0;
  cx.fillStyle = color;
  cx.fillRect(0, 0, 1, 1);
  const [r, g, b] = cx.getImageData(0, 0, 1, 1).data;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
