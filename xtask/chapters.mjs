// The chapters of the gallery, in an order that teaches. Every scenario is in exactly one of them.

/** @type {[title: string, scenarios: string[]][]} */
export const CHAPTERS = [
  ["First look", ["first-look"]],
  ["Split brain and fencing", ["split-brain", "fencing", "gc-pause", "quorum-lost", "two-nodes"]],
  ["Failure detection and timeouts", ["slow-leader", "flapping-link", "odd-one-out", "lockstep"]],
  ["Ring", ["ring-crashed-node", "ring-two-rings", "ring-best-worst", "ring-reorder", "hs-doubling"]],
  ["Bully", ["bully-returns", "bully-partition", "bully-slow-high-id", "bully-best-worst"]],
  ["ZooKeeper", [
    "zookeeper-session-expiry", "zookeeper-suspended", "zookeeper-gc-pause", "zookeeper-flapping", "zookeeper-herd",
    "zookeeper-one-shot-watch",
  ]],
  ["Raft", [
    "raft-split-vote", "raft-isolated-leader", "raft-log-check", "raft-prevote-rejoin", "raft-partial-connectivity",
    "raft-transfer",
  ]],
  ["Networks, services and clocks", ["lossy-network", "long-tail", "service-outage", "clock-drift"]],
];
