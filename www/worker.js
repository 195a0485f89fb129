// Starts the worker that works out odds. In a standalone page, the build puts its source here.

/** @returns {Worker} */
export function startWorker() {
  const { href, origin } = new URL("odds-worker.js", import.meta.url);
  if (origin === location.origin) return new Worker(new URL("odds-worker.js", import.meta.url), { type: "module" });
  // A worker belongs to the page's own origin, but may import from elsewhere.
  const start = URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }));
  const worker = new Worker(start, { type: "module" });
  setTimeout(() => URL.revokeObjectURL(start), 60_000);
  return worker;
}
