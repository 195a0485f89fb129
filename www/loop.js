// The only user of requestAnimationFrame. The loop runs only while there is something to do.

/**
 * @param {(elapsed: number, clock: number) => boolean} tick Receives the milliseconds since the last frame (0 after a
 *   rest) and the clock; returns whether it needs another frame.
 */
export function createLoop(tick) {
  let handle = 0;
  let last = 0;
  /** @param {number} clock */
  const frame = (clock) => {
    handle = 0;
    // Time does not jump after a rest or while the tab is hidden.
    const elapsed = last === 0 ? 0 : Math.min(clock - last, 100);
    const more = tick(elapsed, clock);
    last = more ? clock : 0;
    if (more) request();
  };
  const request = () => {
    if (handle === 0) handle = requestAnimationFrame(frame);
  };
  return {
    request,
    stop() {
      cancelAnimationFrame(handle);
      handle = 0;
      last = 0;
    },
  };
}
