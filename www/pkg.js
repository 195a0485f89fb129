// The files of pkg/ that the page requests besides its code: texts that are read on demand. Their addresses are literal, so
// that bundlers of other people's pages find and move the files.

/** The folder of these files. The bundle is in the same folder, so the build turns this into "./". */
export const PKG = new URL("../pkg/", import.meta.url);

/** Whether these files are there: a page in one file has them inside, and the build says so here. */
export const BESIDE = true;

/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/** @param {string} name */
const addressOf = (name) => {
  const [, id] = /^algorithms\/(.+)\.json$/.exec(name) ?? [];
  return id ? new URL(`../pkg/algorithms/${id}.json`, import.meta.url) : new URL("../pkg/scenarios.json", import.meta.url);
};

/**
 * A JSON file of pkg/, fetched once: `scenarios.json`, or one of `algorithms/`. After a failure, the next call fetches
 * it again.
 *
 * @param {string} name
 */
export function fetchData(name) {
  const known = asked.get(name);
  if (known) return known;
  const file = (async () => {
    const response = await fetch(addressOf(name));
    if (!response.ok) throw new Error(`${name} returned status ${response.status}`);
    return response.json();
  })();
  asked.set(name, file);
  file.catch(() => asked.delete(name));
  return file;
}
