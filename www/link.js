// Links: reads the hash of an address and writes links. The engine knows the format.

import { written } from "./words.js";

/** Some programs truncate links longer than this, in characters. */
export const LONG = 2000;

/**
 * @param {string} hash As of `location.hash`.
 * @returns {{kind: "none"} | {kind: "link", hash: string} | {kind: "scenario", name: string}}
 */
export function readHash(hash) {
  const text = hash.replace(/^#/, "");
  if (text === "") return { kind: "none" };
  const named = /^scenario=([a-z0-9-]{1,80})$/.exec(text);
  if (named) return { kind: "scenario", name: named[1] };
  return { kind: "link", hash: text };
}

/** The hash of a link to the start of a text, for as long as there is no engine to write a better one. @param {string} text */
export const plainHash = (text) => `v=1&s=${encodeURIComponent(text).replaceAll("%20", "+")}`;

/** The longest text in a link, in bytes, as in the language. */
const TEXT_MAX = 64 * 1024;

/**
 * The text in a link, for its poster; null if it cannot be read. Only the engine knows whether the link is right.
 *
 * @param {string} hash
 */
export async function textIn(hash) {
  const part = (/** @type {string} */ name) => hash.split("&").find((it) => it.startsWith(name))?.slice(name.length);
  try {
    const plain = part("s=");
    if (plain !== undefined) return decodeURIComponent(plain.replaceAll("+", " ").replaceAll(";", "\n"));
    const packed = Uint8Array.from(atob((part("z=") ?? "!").replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0));
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const bytes = [];
    for (let size = 0; size <= TEXT_MAX;) {
      const { done, value } = await reader.read();
      if (done) return await new Blob(bytes).text();
      bytes.push(value);
      size += value.length;
    }
  } catch {
    // Whoever opens it learns why.
  }
  return null;
}

/**
 * The HTML that embeds a scenario at a moment.
 *
 * @param {string} text
 * @param {number} at Microseconds.
 * @param {string} script The address of the module.
 */
export function embedCode(text, at, script) {
  const safe = (/** @type {string} */ it) => it.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const moment = at > 0 ? ` at="${written(at)}"` : "";
  return `<script type="module" src="${safe(script).replaceAll('"', "&quot;")}"></script>\n<election-playground${moment}><pre>\n${safe(text.replace(/\n*$/, ""))}\n</pre></election-playground>\n`;
}

/** The address of this page with another hash. @param {string} address @param {string} hash */
export function withHash(address, hash) {
  return `${address.split("#")[0]}#${hash}`;
}

/** What the debugger shows, in a link. Its words: */
const LOOK = /^([^:#\s]+)(?::([^.#\s]+)(?:\.([^#\s]+))?)?(?:#(\d{1,10}))?( compare)?$/;

/**
 * What the debugger shows; null if a link does not open it, or if the run has no such lane or node.
 *
 * @param {string | null} look
 * @param {import("./engine.js").Run} run
 */
export function readLook(look, run) {
  const [, name, node, field, event, comparing] = LOOK.exec(look ?? "") ?? [];
  const lane = run.lanes.findIndex((it) => it.name === name);
  const place = lane < 0 || node === undefined ? null : run.lanes[lane].ids.indexOf(node);
  if (lane < 0 || place === -1) return null;
  return { focus: { lane, place, field: field ?? null, root: event === undefined ? null : Number(event) }, comparing: comparing !== undefined };
}

/**
 * @param {import("./debugging.js").Focus | null} focus
 * @param {boolean} comparing
 * @param {import("./engine.js").Run} run
 */
export function writeLook(focus, comparing, run) {
  const lane = focus && run.lanes[focus.lane];
  if (!lane) return "";
  const place = focus.place === null ? "" : `:${lane.ids[focus.place]}${focus.field === null ? "" : `.${focus.field}`}`;
  return `${lane.name}${place}${focus.root === null ? "" : `#${focus.root}`}${comparing ? " compare" : ""}`;
}

/** The selection in a link. @param {string | null} selected As `lane:node`. @param {import("./engine.js").Run} run */
export function readSelection(selected, run) {
  const [name, node] = (selected ?? "").split(":");
  const lane = run.lanes.findIndex((it) => it.name === name);
  const place = lane < 0 ? -1 : run.lanes[lane].ids.indexOf(node ?? "");
  return place < 0 ? null : { lane, place };
}

/** @param {{lane: number, place: number} | null} selected @param {import("./engine.js").Run} run */
export function writeSelection(selected, run) {
  const lane = selected && run.lanes[selected.lane];
  return lane ? `${lane.name}:${lane.ids[selected.place]}` : "";
}
