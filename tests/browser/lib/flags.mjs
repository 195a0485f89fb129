// How Chromium is started.

// As root, in a container, the sandbox of the browser does not start; nothing but our own page is opened.
export const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
