// What a text says of its run before there is an engine to play it: title, lanes, actions. The panels show it in the
// places where the run will be. Only the engine reads the language; this recognises the statements it needs by their
// first word, and an action whose time it cannot read is left out. Pure.

import { TITLES } from "./first.js";
import { readTime } from "./words.js";

/** How many lanes a text has that names none, how many nodes, and its end if no action is later. */
const LANES = 4;
const NODES = 5;
const UNTIL = 10e6;

/** @param {string} text @returns {{run: import("./engine.js").Run, infos: import("./engine.js").Algorithm[]}} */
export function poster(text) {
  let title = "";
  let nodes = NODES;
  let until = 0;
  /** @type {[name: string, algorithm: string][]} */
  let lanes = [];
  /** @type {{at: number, line: number, text: string, only: string[]}[]} */
  const acts = [];
  text.split("\n").forEach((written, line) => {
    for (const statement of written.replace(/(?<![0-9A-Za-z])#.*|#(?!\d).*/, "").split(";")) {
      const [, word, rest] = /^\s*(\S+)\s*(.*?)\s*$/.exec(statement) ?? [];
      if (word === "title") title = rest;
      else if (word === "lanes") lanes.push(...rest.split(/\s+/).map((it) => /** @type {[string, string]} */ ([it, it])));
      else if (word === "lane") {
        const [, name, algorithm] = /^(\S+)\s*=\s*(\S+)/.exec(rest) ?? [];
        if (name) lanes.push([name, algorithm]);
      } else if (word === "nodes") nodes = /^\d+$/.test(rest) ? Number(rest) : rest.split(/\s+/).length;
      else if (word === "until") until = readTime(rest) ?? 0;
      else if (word === "at") {
        const [, time, only, action] = /^(\S+?)(?:\+\d+)?\s+(?:([^:"]+):)?\s*(.*)$/.exec(rest) ?? [];
        const at = readTime(time ?? "");
        if (at !== null) acts.push({ at, line, text: action, only: only?.split(/\s+/) ?? [] });
      }
    }
  });
  if (lanes.length === 0) lanes = Object.keys(TITLES).slice(0, LANES).map((it) => [it, it]);
  const ids = Array.from({ length: Math.min(nodes, 128) }, (_, i) => String(i + 1));
  return {
    run: {
      title, seed: "", warnings: [], until: until || Math.max(UNTIL, ...acts.map((it) => it.at + 5e6)),
      lanes: lanes.slice(0, 8).map(([name, algorithm]) => ({
        name, algorithm, ids, names: ids, ring: ids.map((_, i) => i), members: ids.length, services: 0, timers: [],
        // A lane's name takes precedence over the algorithm's.
        acts: acts.filter(({ only }) => only.length === 0 || only.includes(name) || only.includes(algorithm) && !lanes.some(([other]) => other === algorithm)),
      })),
    },
    infos: lanes.slice(0, 8).map(([, algorithm]) => {
      const [shown, subtitle] = TITLES[algorithm] ?? [algorithm, ""];
      return {
        id: algorithm, title: shown, subtitle, topology: "mesh", authority: "none", epoch: "", token: "", messages: [], commands: [], writes: false,
        roles: [], panels: [],
      };
    }),
  };
}

/** The summary of a lane of which nothing is computed. @returns {import("./engine.js").Story} */
export function untold() {
  return {
    computed: 0, events: 0, truncated: false, bands: [], openBand: 0, groups: [], moments: [], more: false, failovers: [], failover: null,
    served: null, outages: [], wrong: [], openWrong: 0, electing: [], openElecting: 0, happenings: [], violations: [], digest: "",
    stats: {
      messages: [], elections: 0, noLeader: 0, unserved: 0, moreLeaders: 0, failovers: 0, failoverLast: null, failoverLongest: null, writesAccepted: 0,
      writesRejected: 0, writesConflicting: 0, writesLost: 0, brokeOff: null,
    },
  };
}
