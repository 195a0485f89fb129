// Puts the style sheets into the bundles.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { transform } from "esbuild";

import { DEBUGGER, FILES } from "../www/style/files.js";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The style sheets are part of the bundles, so that no playground is ever without them. @type {import("esbuild").Plugin} */
export const styled = {
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
