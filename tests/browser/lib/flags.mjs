// How Chromium is started.

// The browser's sandbox does not start as root in a container; only our own page is opened.
export const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
