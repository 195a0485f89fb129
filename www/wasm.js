// Where the engine's modules lie: beside the bundle. The addresses are literal, so that bundlers of other people's pages
// find and move the files. In a standalone page, the build puts the modules themselves here.

/** The engine without what only the debugger asks. */
export const first = () => compiled(new URL("../pkg/first_bg.wasm", import.meta.url));

/** The whole engine. */
export const whole = () => compiled(new URL("../pkg/election_playground_bg.wasm", import.meta.url));

/** @param {URL} url */
async function compiled(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the engine could not be fetched: ${response.status} ${url.pathname}`);
  // Works even if the server does not know the media type of .wasm files.
  return response.headers.get("content-type")?.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
