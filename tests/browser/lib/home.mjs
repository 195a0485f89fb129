// The address of the page under test, served until the last test has finished.

import { after } from "node:test";

import { serve } from "./server.mjs";

const server = await serve();
after(server.close);

export const HOME = server.home;
