// A static server over the repository, as any other: the page needs nothing of it but the types of files. It stands
// below a folder, as the project page of a code host does.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";

const ROOT = new URL("../../../", import.meta.url);
const BELOW = "/election-playground/";
const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm", ".txt": "text/plain",
  ".svg": "image/svg+xml",
});

/** Pages that only a test needs, by path from the root. @type {Map<string, string>} */
export const PAGES = new Map();

/** Serves: where the page is then, and how to end it. */
export async function serve() {
  const server = createServer(async (request, response) => {
    let path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path.endsWith("/")) path += "index.html";
    try {
      if (!path.startsWith(BELOW)) throw new Error("not below the folder");
      const own = PAGES.get(path.slice(BELOW.length));
      const bytes = own ?? (await readFile(new URL(path.slice(BELOW.length), ROOT)));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await /** @type {Promise<void>} */ (new Promise((done) => server.listen(0, "127.0.0.1", () => done())));
  const address = server.address();
  if (!address || typeof address !== "object") throw new Error("the server has no address");
  return {
    home: `http://127.0.0.1:${address.port}${BELOW}www/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
