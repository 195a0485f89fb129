// The module of the page in one file: the whole page, or, if its address says how much to show, the same as in a frame.

import "./election-playground.js";

if (new URLSearchParams(location.search).has("controls")) import("./embed.js");
else {
  const page = document.createElement("election-playground");
  page.toggleAttribute("page", true);
  page.toggleAttribute("autoplay", true);
  document.getElementById("waiting")?.replaceWith(page);
}
