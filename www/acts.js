// Turns clicks into actions of the scenario language. Pure.

/** @typedef {import("./frame.js").NodeState} NodeState */
/** @typedef {{action: string, label: string, key?: string, tone?: "bad", everywhere?: boolean}} Deed */

/**
 * The actions that apply to a node in its present state.
 *
 * @param {NodeState} node
 * @param {string} name
 * @param {Pick<import("./engine.js").Algorithm, "commands" | "writes">} info What its algorithm accepts.
 * @param {boolean} cut Whether any of its links is cut.
 * @returns {Deed[]}
 */
export function nodeDeeds(node, name, info, cut) {
  if (!node.up) return [{ action: `restart ${name}`, label: "Restart", key: "r" }];
  /** @type {Deed[]} */
  const deeds = [
    { action: `crash ${name}`, label: "Crash", key: "c", tone: "bad" },
    node.paused
      ? { action: `resume ${name}`, label: "Resume", key: "z" }
      : { action: `pause ${name}`, label: "Pause", key: "z", tone: "bad" },
    cut
      ? { action: `join ${name} - all`, label: "Rejoin", key: "i" }
      : { action: `isolate ${name}`, label: "Isolate", key: "i", tone: "bad" },
  ];
  if (node.role !== "service" && !node.paused) {
    for (const command of info.commands) {
      if (command.offered === "everyone" || command.offered === (node.leads ? "leaders" : "others")) {
        deeds.push({ action: `${command.name} ${name}`, label: command.label });
      }
    }
    if (info.writes) deeds.push({ action: `write ${name}`, label: "Client write" });
  }
  return deeds;
}

/** The actions that apply to a message in flight. @param {string} name @returns {Deed[]} */
export function messageDeeds(name) {
  return [
    { action: `drop ${name}`, label: "Drop", tone: "bad" },
    { action: `deliver ${name}`, label: "Deliver now" },
    { action: `delay ${name} 100ms`, label: "Delay 100 ms" },
    { action: `duplicate ${name}`, label: "Duplicate" },
  ];
}

/** The actions that apply to a timer. @param {string} name Its node and its own name. @returns {Deed[]} */
export function timerDeeds(name) {
  return [{ action: `fire ${name}`, label: "Fire now" }, { action: `delay ${name} 100ms`, label: "Delay 100 ms" }];
}

/**
 * The actions that apply to a link.
 *
 * @param {string} a @param {string} b
 * @param {boolean} there Whether a reaches b.
 * @param {boolean} back Whether b reaches a.
 * @returns {Deed[]}
 */
export function linkDeeds(a, b, there, back) {
  /** @type {Deed[]} */
  const deeds = [];
  if (there && back) deeds.push({ action: `cut ${a} - ${b}`, label: "Cut both ways", tone: "bad" });
  if (there) deeds.push({ action: `cut ${a} -> ${b}`, label: `Cut ${a} → ${b}`, tone: "bad" });
  if (back) deeds.push({ action: `cut ${b} -> ${a}`, label: `Cut ${b} → ${a}`, tone: "bad" });
  if (!there || !back) deeds.push({ action: `join ${a} - ${b}`, label: "Join" });
  if (there && back) {
    deeds.push({ action: `latency ${a} - ${b} 80ms..120ms`, label: "Slow: 80–120 ms" });
    deeds.push({ action: `loss ${a} - ${b} 30%`, label: "Lose 30 %" });
  }
  return deeds;
}

/** The name of a message in the scenario language. @param {string} from @param {string} to @param {number} nth @param {number} copy */
export function messageName(from, to, nth, copy) {
  return `${from}->${to}#${nth}${copy > 1 ? `.${copy}` : ""}`;
}

/** The action that partitions these nodes from the others; null if either side is empty. @param {string[]} all @param {string[]} one */
export function partition(all, one) {
  const other = all.filter((id) => !one.includes(id));
  return one.length > 0 && other.length > 0 ? `partition ${one.join(" ")} | ${other.join(" ")}` : null;
}

/**
 * When an action taken now happens: at the next whole millisecond or, if the playhead stands at an event, after the
 * events of that instant that have already happened.
 *
 * @param {number} now
 * @param {boolean} exact Whether the playhead got here by stepping through single events.
 * @param {{at: number, instant: number}[]} lanes Those that the action applies to.
 * @returns {{at: number, after: number}}
 */
export function actMoment(now, exact, lanes) {
  if (exact) {
    const instants = lanes.filter((lane) => lane.at === now).map((lane) => lane.instant);
    return { at: now, after: Math.max(0, ...instants) };
  }
  return { at: Math.ceil(now / 1000) * 1000, after: 0 };
}
