// The page: one <election-playground> in index.html. Everything else begins there.

import "./element.js";
