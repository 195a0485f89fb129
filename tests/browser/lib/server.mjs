// A static server over the repository, as any other: the page needs nothing of it but the types of files.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { after } from "node:test";

const root = new URL("../../../", import.meta.url);
const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".txt": "text/plain",
});

const server = createServer(async (request, response) => {
  let path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (path.endsWith("/")) path += "index.html";
  try {
    const bytes = await readFile(new URL(`.${path}`, root));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
await /** @type {Promise<void>} */ (new Promise((done) => server.listen(0, "127.0.0.1", () => done())));
const address = server.address();
assert(address && typeof address === "object");

/** Where the page is, as in a clone that a static server serves. */
export const HOME = `http://127.0.0.1:${address.port}/www/`;

after(() => {
  server.closeAllConnections();
  server.close();
});
