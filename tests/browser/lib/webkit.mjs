// WebKit through its WebDriver, which speaks JSON over HTTP, on a display of its own that nobody sees.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long the driver may take to answer at first, in milliseconds. */
const PATIENCE = 30_000;

/** A program on the PATH. @param {string} name */
const find = (name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));

const DRIVER = process.env.WEBKIT_DRIVER ?? find("WebKitWebDriver");
const XVFB = find("Xvfb");

/** Why WebKit cannot be tested here; false if it can. */
export const MISSING = !DRIVER ? "no WebKitWebDriver; install webkit2gtk-driver, or name one in WEBKIT_DRIVER"
  : !XVFB && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY ? "no display for WebKit; install xvfb" : false;

/** A port that is free now. */
async function freePort() {
  const server = createServer();
  await /** @type {Promise<void>} */ (new Promise((done) => server.listen(0, "127.0.0.1", done)));
  const address = server.address();
  await new Promise((done) => server.close(done));
  assert(address && typeof address === "object");
  return address.port;
}

/** Starts a display that nobody sees, if that is possible; the environment for programs on it. */
async function display() {
  if (!XVFB) return { env: process.env, end() {} };
  // It chooses a free number and writes it to the third stream.
  const xvfb = spawn(XVFB, ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise((done, failed) => {
    xvfb.once("error", failed);
    xvfb.once("exit", (code) => failed(new Error(`Xvfb ended with ${code}`)));
    xvfb.stdio[3]?.once("data", (bytes) => done(String(bytes).trim()));
  });
  return { env: { ...process.env, DISPLAY: `:${number}`, GDK_BACKEND: "x11" }, end: () => void xvfb.kill() };
}

/** Starts WebKit. @param {{width: number, height: number}} size Of the window. */
export async function launch(size) {
  assert(DRIVER);
  const screen = await display();
  const port = await freePort();
  const driver = spawn(DRIVER, [`--port=${port}`], { env: screen.env, stdio: "ignore" });
  const stop = () => {
    driver.kill();
    screen.end();
  };
  /** @param {string} method @param {string} path @param {unknown} [body] */
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const { value } = /** @type {{value: any}} */ (await response.json());
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  };
  try {
    for (const end = Date.now() + PATIENCE; ; await sleep(50)) {
      if (await call("GET", "/status").catch(() => null)) break;
      assert(Date.now() < end, "the driver does not answer");
    }
    const { sessionId } = await call("POST", "/session", { capabilities: { alwaysMatch: { timeouts: { script: 120_000 } } } });
    const path = `/session/${sessionId}`;
    await call("POST", `${path}/window/rect`, size);
    return {
      /** @param {string} method @param {string} rest @param {unknown} [body] */
      call: (method, rest, body) => call(method, `${path}${rest}`, body),
      /**
       * Runs a function in the page, and waits for what it promises.
       *
       * @template {unknown[]} A
       * @template T
       * @param {(...args: A) => T | Promise<T>} work
       * @param {A} args
       * @returns {Promise<T>}
       */
      async ask(work, ...args) {
        const script = `const done = arguments[arguments.length - 1];
          Promise.resolve((${work})(...[...arguments].slice(0, -1))).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
        const { value, error } = await call("POST", `${path}/execute/async`, { script, args });
        if (error !== undefined) throw new Error(error);
        return value;
      },
      /** @param {number} x @param {number} y @param {"mouse" | "touch"} [pointerType] */
      async click(x, y, pointerType = "mouse") {
        await call("POST", `${path}/actions`, { actions: [{
          type: "pointer", id: pointerType, parameters: { pointerType }, actions: [
            { type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y) }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 },
          ],
        }] });
      },
      async close() {
        await call("DELETE", path).catch(() => {});
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
