// The one file for other people's pages: the element, with its styles and its way to the engine, and what makes code blocks
// live.

import { ElectionPlayground } from "./element.js";
import { watch } from "./fences.js";

// The module may be on a page under two addresses, such as with and without a version in its query.
if (!customElements.get("election-playground")) {
  customElements.define("election-playground", ElectionPlayground);
  watch(document);
}

export { ElectionPlayground };
