// Writes what a page fetches, apart from the engine, into the folder of the package: the sources of www/ as one module,
// the page itself, and the scenarios. The engine and its glue must already be in the folder.
//
//   node xtask/bundle.mjs FOLDER

import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build, transform } from "esbuild";

import { DEBUGGER, FILES } from "../www/style/files.js";
import { gallery } from "./gallery.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const [folder] = process.argv.slice(2).map((it) => resolve(it));

/** Files that the sources import from ../pkg/ are next to the bundle. @type {import("esbuild").Plugin} */
const beside = {
  name: "beside",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\.\/pkg\// }, ({ path }) => ({ path: join(folder, basename(path)) }));
    onLoad({ filter: /[\\/]www[\\/]pkg\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace('"../pkg/"', '"./"');
      if (contents === source) throw new Error(`${path} does not name ../pkg/`);
      return { contents, loader: "js" };
    });
  },
};

/** The style sheets are part of the bundles, so that no playground is ever without them. @type {import("esbuild").Plugin} */
const styled = {
  name: "styled",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](www|debugger)[\\/]sheet\.js$/ }, async ({ path }) => {
      const names = /debugger[\\/]sheet/.test(path) ? DEBUGGER : FILES;
      const files = await Promise.all(names.map((name) => readFile(join(ROOT, `www/style/${name}.css`), "utf8")));
      const { code: css } = await transform(files.join("\n"), { loader: "css", minify: true, charset: "utf8" });
      const source = await readFile(path, "utf8");
      const contents = source.replace(/import .*files\.js";\n/, "").replace(/async function text\(\) \{.*?\n\}/s, () => `function text() { return ${JSON.stringify(css.trim())}; }`)
        .replace(/text\(\)\.then\(\(it\) => sheet\.(replace(?:Sync)?)\(it\)\)/, "sheet.$1(text())");
      if (!/sheet\.replace(Sync)?\(text\(\)\)/.test(contents)) throw new Error(`${path} does not read the style sheet`);
      return { contents, loader: "js" };
    });
  },
};

/** Minified with short names, which saves a tenth of the download; dev.html loads the sources for debugging. */
async function code() {
  const { warnings } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["www/element.js", "www/debugger.js", "www/odds-worker.js", "www/page.css"],
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    // The version the sources use, so that no syntax is replaced.
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    plugins: [beside, styled],
  });
  if (warnings.length > 0) throw new Error("the bundle has warnings");
}

/** The page, for a site with only this folder. */
async function page() {
  const text = await readFile(join(ROOT, "www/index.html"), "utf8");
  await writeFile(join(folder, "index.html"), text.replaceAll("../pkg/", "./"));
}

/** The scenarios of the gallery, played by the engine in the folder. */
async function scenarios() {
  const engine = await import(pathToFileURL(join(folder, "election_playground.js")).href);
  engine.initSync({ module: await readFile(join(folder, "election_playground_bg.wasm")) });
  await writeFile(join(folder, "scenarios.json"), `${JSON.stringify(await gallery(engine))}\n`);
}

await Promise.all([code(), page(), scenarios()]);
