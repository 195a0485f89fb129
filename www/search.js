// Binary search.

/**
 * How many of an ascending list are at most `limit`.
 *
 * @template T
 * @param {readonly T[]} list @param {(it: T) => number} of @param {number} limit
 */
export function upTo(list, of, limit) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(list[middle]) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
