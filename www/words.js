// Puts a moment into words and numbers. Pure.

/** @typedef {import("./frame.js").LaneFrame} LaneFrame */
/** @typedef {import("./engine.js").RunLane} RunLane */
/** @typedef {import("./engine.js").Algorithm} Algorithm */

/** @param {number} us */
export function seconds(us) {
  return `${(us / 1e6).toFixed(3)} s`;
}

/** A duration, with no more digits than are useful. @param {number} us */
export function span(us) {
  if (us < 1000) return us === 0 ? "0 ms" : `${us} µs`;
  if (us < 10_000) return `${(us / 1000).toFixed(1)} ms`;
  if (us < 1e6) return `${Math.round(us / 1000)} ms`;
  if (us < 100e6) return `${(us / 1e6).toFixed(2)} s`;
  return `${(us / 60e6).toFixed(1)} min`;
}

/** How far ahead something is. @param {number} us */
export const until = (us) => (us < 1 ? "now" : `in ${span(Math.round(us))}`);

/** A time in the scenario language. @param {number} us */
export function written(us) {
  if (us % 1e6 === 0) return `${us / 1e6}s`;
  if (us % 1000 === 0) return us < 1e6 ? `${us / 1000}ms` : `${us / 1e6}s`;
  return `${us}us`;
}

/** Parses a time of the scenario language, in microseconds; null if it is not one. @param {string} text */
export function readTime(text) {
  if (text.trim() === "0") return 0;
  const found = /^(\d+(?:\.\d+)?)(us|ms|s|min|h)$/.exec(text.trim());
  return found ? Math.round(Number(found[1]) * { us: 1, ms: 1e3, s: 1e6, min: 60e6, h: 3600e6 }[/** @type {"s"} */ (found[2])]) : null;
}

/** @param {number} n */
export function count(n) {
  return n.toLocaleString("en").replaceAll(",", "\u202f");
}

/** @param {string} property */
export function propertyName(property) {
  return property.replaceAll("-", " ");
}

/** A list of names: `1, 2 and 3`. @param {(string | number)[]} names */
export function list(names) {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The short form of an epoch: term 3 is t3. @param {Algorithm} info @param {number} epoch */
export function epochMark(info, epoch) {
  return info.epoch && epoch > 0 ? `${info.epoch[0]}${epoch}` : "";
}

/**
 * A part of a sentence.
 * @typedef {{text: string, strong?: boolean, tone?: "bad"}} Part
 */

/**
 * One sentence that says what is true in a lane and which nodes believe otherwise.
 *
 * @param {LaneFrame} lane
 * @param {Algorithm} info
 * @param {number} now
 * @param {number} idleSince Since when no node believes that it leads, or -1 if that is unknown.
 * @returns {Part[]}
 */
export function sentence(lane, info, now, idleSince) {
  const members = lane.nodes.slice(0, lane.members);
  const believers = members.filter((node) => node.leads);
  const truth = lane.truth >= 0 ? lane.nodes[lane.truth] : undefined;
  const mark = (/** @type {typeof members[0]} */ node) => {
    const text = epochMark(info, node.epoch);
    return text ? `, ${info.epoch} ${node.epoch}` : "";
  };
  /** @type {Part[]} */
  const parts = [];
  if (believers.length === 0) {
    if (truth) {
      const why = !truth.up ? "is down" : truth.paused ? "is paused" : "does not act as leader";
      const who = info.authority === "service" ? "the service names" : "leader in truth:";
      return [{ text: `${who} ` }, { text: `${truth.name}`, strong: true }, { text: `, which ${why}` }];
    }
    parts.push({ text: "no leader", strong: true, tone: "bad" });
    if (idleSince >= 0 && now > idleSince) parts.push({ text: ` for ${span(now - idleSince)}` });
    const candidates = members.filter((node) => node.up && node.role === "candidate");
    if (candidates.length > 0 && candidates.length <= 5) {
      const verb = candidates.length === 1 ? "is a candidate" : "are candidates";
      parts.push({ text: `; ${list(candidates.map((node) => node.name))} ${verb}` });
    }
    return parts;
  }
  if (info.authority === "none") {
    if (believers.length > 1) {
      const names = list(believers.map((node) => node.name));
      const both = believers.length === 2 ? "both believe" : "all believe";
      return [{ text: names, strong: true, tone: "bad" }, { text: ` ${both} they lead` }];
    }
    const leader = believers[0];
    const others = members.filter((node) => node.up && node !== leader);
    const apart = others.filter((node) => node.follows !== leader.place);
    parts.push({ text: `leader ${leader.name}`, strong: true });
    if (leader.paused) parts.push({ text: ", paused" });
    if (apart.length === 0) parts.push({ text: others.length > 0 ? "; all agree" : "; no other node is up" });
    else if (apart.length <= 4) {
      const verb = apart.length === 1 ? "does" : "do";
      parts.push({ text: `; ${list(apart.map((node) => node.name))} ${verb} not follow` });
    } else parts.push({ text: `; ${apart.length} do not follow` });
    return parts;
  }
  const wrong = believers.filter((node) => node !== truth);
  if (truth && believers.includes(truth)) {
    parts.push({ text: `leader ${truth.name}`, strong: true }, { text: mark(truth) });
    if (truth.paused) parts.push({ text: ", paused" });
  } else if (truth) {
    const who = info.authority === "service" ? "the service names" : "leader in truth:";
    parts.push({ text: `${who} ` }, { text: `${truth.name}`, strong: true });
  } else {
    parts.push({ text: "no leader in truth", strong: true });
  }
  if (wrong.length > 0 && wrong.length <= 4) {
    const marks = wrong.map((node) => {
      const text = epochMark(info, node.epoch);
      return text ? `${node.name} (${text})` : `${node.name}`;
    });
    const verb = wrong.length === 1 ? "believes it leads" : "believe they lead";
    parts.push({ text: "; " }, { text: `${list(marks)} ${truth ? "still " : ""}${verb}`, tone: "bad" });
  } else if (wrong.length > 4) {
    parts.push({ text: `; ${wrong.length} others believe they lead`, tone: "bad" });
  }
  if (truth && believers.includes(truth)) parts.push(...astray(members, truth, info.authority === "service"));
  return parts;
}

/**
 * The nodes that follow some other leader than the one in truth, or none.
 *
 * @param {import("./frame.js").NodeState[]} members
 * @param {import("./frame.js").NodeState} truth
 * @param {boolean} byService Whether a service says who leads.
 * @returns {Part[]}
 */
function astray(members, truth, byService) {
  const others = members.filter((node) => node.up && !node.leads && node.follows !== truth.place);
  if (others.length === 0) return [];
  const follows = new Set(others.map((node) => node.follows));
  const who = others.length <= 4 ? list(others.map((node) => node.name)) : `${others.length}`;
  const [one] = follows;
  const many = others.length > 1;
  if (follows.size > 1) return [{ text: `; ${who} do not follow` }];
  if (one < 0) return [{ text: `; ${who} ${many ? "know" : "knows"} of no leader` }];
  // A recipe need not tell everybody who is next.
  const verb = byService ? many ? "still name" : "still names" : many ? "follow" : "follows";
  return [{ text: `; ${who} ${verb} ${members[one]?.name ?? "another"}` }];
}

/** @param {Part[]} parts */
export function plain(parts) {
  return parts.map((part) => part.text).join("");
}

/** The state of a node, in a word. @param {import("./frame.js").NodeState} node @param {Pick<Algorithm, "roles">} info */
export function stateWord(node, info) {
  if (!node.up) return node.starting ? "starting" : "down";
  if (node.paused) return node.leads ? "paused, believes that it leads" : "paused";
  return node.leads ? "leader" : info.roles[node.part] ?? node.role;
}

/**
 * How a scenario describes itself: its title and the comment at its top.
 *
 * @param {string} text
 */
export function describe(text) {
  const lines = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("#")) break;
    // How it is embedded is no description of it.
    if (!/^#\s*embed:/.test(line)) lines.push(line.replace(/^#\s?/, "").trim());
  }
  return { title: /^\s*title\s+(.+?)\s*$/m.exec(text)?.[1] ?? "", about: lines.join(" ").trim() };
}

/** As many whole sentences as fit, and at least one. @param {string} text @param {number} max In characters. */
export function firstSentences(text, max) {
  const all = text.match(/.*?[.?!]\)?(?= [A-Z0-9{`(]|$)/g) ?? [text];
  let some = all[0] ?? "";
  for (const next of all.slice(1)) {
    if (some.length + next.length > max) break;
    some += next;
  }
  return some.trim();
}

/** What an error says. @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
