// Writes the playground as one HTML file: page, engine and texts, with a content security policy that allows nothing else.
// It opens from the disk and in a sandboxed frame.
//
//   node xtask/standalone.mjs PACKAGE FILE

import { readFile, readdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { between, hashOf } from "./policy.mjs";
import { styled } from "./styled.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const [folder, file] = process.argv.slice(2).map((it) => resolve(it));

/** @type {import("esbuild").BuildOptions} */
const COMMON = { absWorkingDir: ROOT, bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning", write: false };

/** Replaces a part of a source, which must be there. @param {string} source @param {RegExp} what @param {string} by */
function replaced(source, what, by) {
  if (!what.test(source)) throw new Error(`there is no ${what}`);
  return source.replace(what, () => by);
}

/** The text of what a build makes. @param {import("esbuild").BuildOptions} options */
async function made(options) {
  const { outputFiles, warnings } = await build({ ...COMMON, ...options });
  if (warnings.length > 0 || outputFiles?.length !== 1) throw new Error("the bundle is not one file without warnings");
  return outputFiles[0].text;
}

/** The glue is that of the whole engine, for both editions. @type {import("esbuild").Plugin} */
const glue = {
  name: "glue",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/pkg\// }, () => ({ path: join(folder, "election_playground.js") }));
  },
};

const worker = await made({ entryPoints: ["www/odds-worker.js"], plugins: [glue] });
const engine = (await readFile(join(folder, "election_playground_bg.wasm"))).toString("base64");
/** @type {Record<string, unknown>} */
const data = { "scenarios.json": JSON.parse(await readFile(join(folder, "scenarios.json"), "utf8")) };
for (const name of await readdir(join(folder, "algorithms"))) data[`algorithms/${name}`] = JSON.parse(await readFile(join(folder, "algorithms", name), "utf8"));

/** What a site has in files of their own is inside. @type {Record<string, (source: string) => string>} */
const INSIDE = {
  "wasm.js": () => `
    const module = WebAssembly.compile(Uint8Array.from(atob("${engine}"), (it) => it.charCodeAt(0)));
    export const first = () => module;
    export const whole = first;`,
  "instance.js": (source) => replaced(source, /export const WHOLE = .*;/, "export const WHOLE = FIRST;"),
  "pkg.js": () => `
    const FILES = ${JSON.stringify(data)};
    export const PKG = new URL(location.href);
    export const BESIDE = false;
    export const fetchData = async (name) => FILES[name];`,
  "worker.js": () => `
    import { whole } from "./wasm.js";
    export function startWorker() {
      const start = URL.createObjectURL(new Blob([${JSON.stringify(worker)}], { type: "text/javascript" }));
      const worker = new Worker(start, { type: "module" });
      const post = worker.postMessage.bind(worker);
      worker.postMessage = async (question) => post({ ...question, module: await whole() });
      return worker;
    }`,
};

/** @type {import("esbuild").Plugin} */
const inside = {
  name: "inside",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]www[\\/](wasm|instance|pkg|worker)\.js$/ }, async ({ path }) => ({ contents: INSIDE[basename(path)](await readFile(path, "utf8")), loader: "js" }));
  },
};

const code = (await made({ entryPoints: ["www/standalone.js"], plugins: [glue, inside, styled] })).replaceAll("</script", "<\\/script");
const style = (await made({ entryPoints: ["www/page.css"] })).trim();
const index = await readFile(join(ROOT, "www/index.html"), "utf8");
const policy = `default-src 'none'; script-src '${hashOf(code)}' 'wasm-unsafe-eval' blob:; worker-src blob:; style-src '${hashOf(style)}'; img-src data: https:; base-uri 'none'; form-action 'none'`;

await writeFile(file, `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${between(index, "<title>", "</title>")}</title>
<link rel="icon" href="${between(index, '<link rel="icon" href="', '"')}">
<style>${style}</style>
<body>
<p id="waiting">The playground needs JavaScript.</p>
<script type="module">${code}</script>
</body>
</html>
`);
