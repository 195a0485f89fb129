// Writes what a page fetches, apart from the engine, into the folder of the package: the sources of www/ as one module,
// the page itself, and the scenarios. The engine and its glue must already be in the folder.
//
//   node xtask/bundle.mjs FOLDER

import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build } from "esbuild";

import { gallery } from "./gallery.mjs";
import { between, hashOf } from "./policy.mjs";
import { styled } from "./styled.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const [folder] = process.argv.slice(2).map((it) => resolve(it));

/**
 * Files that the sources name in ../pkg/ are next to the bundle. What is imported on demand stays a file of its own, under
 * an address that other bundlers can follow.
 *
 * @type {import("esbuild").Plugin}
 */
const beside = {
  name: "beside",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\.\/pkg\/|^\.{1,2}\/(debugger|dialogs)\.js$/ }, ({ path, kind }) => (kind === "dynamic-import"
      ? { path: `./${basename(path)}`, external: true } : path.startsWith("../pkg/") ? { path: join(folder, basename(path)) } : null));
    onLoad({ filter: /[\\/]www[\\/](pkg|wasm)\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace(/new URL\((["`])\.\.\/pkg\//g, "new URL($1./");
      if (contents === source) throw new Error(`${path} does not name ../pkg/`);
      return { contents, loader: "js" };
    });
  },
};

/** Minified with short names, which saves a tenth of the download; dev.html loads the sources for debugging. */
async function code() {
  const { warnings } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["www/election-playground.js", "www/debugger.js", "www/dialogs.js", "www/odds-worker.js", "www/embed.js", "www/page.css", "www/embed.css"],
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

/** The former name of the module, for the pages that load it. */
const renamed = () => writeFile(join(folder, "element.js"), `// The former name of election-playground.js.\nexport * from "./election-playground.js";\n`);

/** The pages, for a site with only this folder. */
async function pages() {
  const index = await readFile(join(ROOT, "www/index.html"), "utf8");
  await writeFile(join(folder, "index.html"), index.replaceAll("../pkg/", "./"));
  const embed = (await readFile(join(ROOT, "www/embed.html"), "utf8")).replaceAll("../pkg/", "./");
  const hash = hashOf(between(embed, "<script>", "</script>"));
  if (!embed.includes(`'${hash}'`)) throw new Error(`the policy of www/embed.html does not have '${hash}', the hash of its script`);
  await writeFile(join(folder, "embed.html"), embed);
}

/** The scenarios of the gallery, played by the engine in the folder. */
async function scenarios() {
  const engine = await import(pathToFileURL(join(folder, "election_playground.js")).href);
  engine.initSync({ module: await readFile(join(folder, "election_playground_bg.wasm")) });
  await writeFile(join(folder, "scenarios.json"), `${JSON.stringify(await gallery(engine))}\n`);
}

await Promise.all([code(), renamed(), pages(), scenarios()]);
