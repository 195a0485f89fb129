// Where the page is for the tests: served until the last of them is through.

import { after } from "node:test";

import { serve } from "./server.mjs";

const server = await serve();
after(server.close);

export const HOME = server.home;
