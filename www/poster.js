// What a text says of its run before there is an engine to play it: title, lanes, nodes, actions. The panels show it in the
// places where the run will be. Only the engine reads the language; this recognises the statements that it needs by their
// first word, and reads nothing at all of a text that it does not understand. Pure.

import { TITLES } from "./first.js";
import { labelOf } from "./frame.js";
import { readTime } from "./words.js";

/** How many lanes a text has that names none, how many nodes, and its end if no action is later. */
const LANES = 4;
const NODES = 5;
const UNTIL = 10e6;
/** At most as many of each. */
const LANES_MAX = 8;
const NODES_MAX = 128;

/** Statements that change nothing of what is shown. */
const OTHERS = ["version", "seed", "latency", "loss", "duplicate", "order", "set", "phases", "timers", "incarnations", "init", "break", "expect"];

/**
 * @typedef {object} Outline
 * @property {import("./engine.js").Run} run
 * @property {import("./engine.js").Algorithm[]} infos By lane.
 */

/** @param {string} text @returns {Outline | null} Null if it cannot be read. */
export function poster(text) {
  let title = "";
  let nodes = NODES;
  /** @type {string[] | null} */
  let listed = null;
  let until = 0;
  /** @type {[name: string, algorithm: string][]} */
  let lanes = [];
  /** @type {{at: number, line: number, text: string, only: string[]}[]} */
  const acts = [];
  for (const [line, written] of text.split("\n").entries()) {
    // Sentences of the story may contain any mark; its steps are no actions.
    const bare = /^\s*at\s/.test(written) ? written.replace(/"[^"]*"/g, '""') : written;
    for (const statement of bare.replace(/(?<![0-9A-Za-z])#.*|#(?!\d).*/, "").split(";")) {
      const [, word, rest] = /^\s*(\S+)\s*(.*?)\s*$/.exec(statement) ?? [];
      if (word === undefined || OTHERS.includes(word)) continue;
      if (word === "title" && rest !== "") title = rest;
      else if (word === "lanes" && rest !== "") lanes.push(...rest.split(/\s+/).map((it) => /** @type {[string, string]} */ ([it, it])));
      else if (word === "lane") {
        const [, name, algorithm] = /^(\S+)\s*=\s*(\S+)/.exec(rest) ?? [];
        if (!name) return null;
        lanes.push([name, algorithm]);
      } else if (word === "nodes" && rest !== "") {
        const all = rest.split(/\s+/);
        if (!all.every((it) => /^\d+(=\S+)?$/.test(it))) return null;
        [nodes, listed] = all.length === 1 && /^\d+$/.test(rest) ? [Number(rest), null] : [all.length, all];
      } else if (word === "until") {
        const time = readTime(rest);
        if (time === null) return null;
        until = time;
      } else if (word === "at") {
        const [, time, only, action] = /^(\S+?)(?:\+\d+)?\s+(?:([^:"]+):)?\s*(.*)$/.exec(rest) ?? [];
        if (/^(say|ask|answer)\b/.test(action ?? "")) continue;
        const at = readTime(time ?? "");
        if (at === null) return null;
        acts.push({ at, line, text: action, only: only?.split(/\s+/) ?? [] });
      } else return null;
    }
  }
  if (lanes.length === 0) lanes = Object.keys(TITLES).slice(0, LANES).map((it) => [it, it]);
  if (lanes.length > LANES_MAX || nodes < 1 || nodes > NODES_MAX || lanes.some(([, algorithm]) => !TITLES[algorithm])) return null;
  const order = listed?.map((it) => it.split("=")) ?? Array.from({ length: nodes }, (_, i) => [String(i + 1)]);
  // Places are in the order of the ids.
  const places = [...order].sort(([a], [b]) => Number(a) - Number(b));
  const [ids, names] = [places.map(([id]) => id), places.map(([id, name]) => name ?? id)];
  const ring = order.map((it) => places.indexOf(it));
  return {
    run: {
      title, seed: "", warnings: [], until: until || Math.max(UNTIL, ...acts.map((it) => it.at + 5e6)),
      lanes: lanes.map(([name, algorithm]) => ({
        name, algorithm, ids, names, ring, members: ids.length, services: 0, timers: [],
        // A lane's name takes precedence over the algorithm's.
        acts: acts.filter(({ only }) => only.length === 0 || only.includes(name) || only.includes(algorithm) && !lanes.some(([other]) => other === algorithm)),
      })),
    },
    infos: lanes.map(([, algorithm]) => {
      const [shown, subtitle, topology] = TITLES[algorithm];
      return {
        id: algorithm, title: shown, subtitle, topology: /** @type {import("./engine.js").Algorithm["topology"]} */ (topology), authority: "none", epoch: "",
        token: "", messages: [], commands: [], writes: false, roles: [], panels: [],
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

/** A lane of which only the nodes are known. @param {import("./engine.js").RunLane} run @returns {import("./frame.js").LaneFrame} */
export function unplayed({ ids, names, members }) {
  const plain = { lo: 0, hi: 0, loss: 0, duplicate: 0 };
  return {
    members, services: 0, at: 0, events: 0, instant: 0, truth: -1, leader: -1, believers: 0, fencing: false, tokenMax: 0, accepted: 0, rejected: 0,
    conflicting: 0, lost: 0, sent: 0, elections: 0, failovers: 0, timers: [], flights: [], underWay: 0, rows: [], bonds: [], arrows: [], cuts: [],
    losses: [], writes: [], network: { ...plain, changed: false }, links: [],
    nodes: ids.map((id, place) => ({
      place, id: Number(id), name: names[place], label: labelOf(names[place]), role: "follower", up: true, paused: false, starting: false, leads: false,
      epoch: 0, token: 0, follows: -1, since: -1, ahead: 0, drift: 0, slow: 0, part: -1, tally: null, voted: null, reach: 0, silencedBy: -1,
      beatenBy: -1, next: [], stopped: [],
    })),
  };
}
