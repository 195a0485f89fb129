// Reads the flat array of numbers that makes up a frame. The workbench's frame.rs defines the layout.

/** The version of the layout that this module reads. */
export const FRAME_VERSION = 6;
/** The kind that marks a flight as a write to the store. */
export const WRITE = 255;
/** The roles, by number. */
export const ROLES = /** @type {const} */ (["follower", "candidate", "leader", "idle", "service"]);
/** Why a message was lost, by number; writes that the store rejected have a number of their own. */
export const LOSSES = /** @type {const} */ (["by chance", "link cut", "link cut", "receiver down", "receiver restarted", "dropped", "receiver's inbox full"]);
/** The last reason that stops a message at its sender: lost by chance, or the link was cut. */
export const CUT_AT_SENDING = 1;
/** The number of a write that the store rejected. */
export const REFUSED = 255;
/** What became of a write at the store, by number. */
export const FATES = /** @type {const} */ (["kept", "refused", "conflict"]);
/** The answers in a ballot, by number; a voter may have no vote. */
export const ANSWERS = /** @type {const} */ (["refused", "granted", "barred"]);
/** The classes of messages, by number. */
export const CLASSES = /** @type {const} */ (["election", "liveness", "service", "data"]);

const HEAD = 5;
const LANE = 31;
const NODE = 12;
const TIMER = 4;
const FLIGHT = 14;
const SHAPE = 8;
const CUT = 2;
const LINK = 6;
const STORED = 2;

/**
 * @typedef {object} NodeState
 * @property {number} place
 * @property {number} id
 * @property {string} name What to display: the name from the scenario, or else the id.
 * @property {string} label The name, shortened for pictures.
 * @property {typeof ROLES[number]} role
 * @property {boolean} up
 * @property {boolean} paused
 * @property {boolean} starting Its process has not started yet.
 * @property {boolean} leads It believes that it leads.
 * @property {number} epoch
 * @property {number} token
 * @property {number} follows The place of the node it considers the leader, or -1.
 * @property {number} since When it started to lead, in microseconds, or -1.
 * @property {number} ahead How far its clock is ahead, in microseconds.
 * @property {number} drift How much too fast its clock runs, in parts per million.
 * @property {number} slow How long it takes to process a message, in microseconds; 0 for no time.
 * @property {number} part The index of its role among those of its algorithm, or -1.
 * @property {Tally | null} tally The ballot on whether it leads: the open one, or the one that elected it.
 * @property {{epoch: number, whom: number} | null} voted The place of the node that it voted for, and in which epoch.
 * @property {number} reach How many hops along the ring, in both directions, its candidacy travels; 0 for none.
 * @property {number} silencedBy The place of the node that told it to withdraw from the election, or -1.
 * @property {number} beatenBy The place of the highest node whose id has passed it in this election, or -1.
 * @property {number[]} next On a ring: the places that it sends to.
 * @property {number[]} stopped On a ring: the places whose ids went no further than this node in this election.
 *
 * @typedef {object} Tally
 * @property {number} epoch The epoch that it is about.
 * @property {number} needed How many votes elect the node.
 * @property {boolean} binding Whether a vote binds its voter.
 * @property {number} granted How many votes it has.
 * @property {number} refused How many refused.
 * @property {{place: number, answer: typeof ANSWERS[number]}[]} votes In the order in which they came.
 *
 * @typedef {object} Ticking A timer that is set.
 * @property {number} place
 * @property {number} timer
 * @property {number} since
 * @property {number} due -1 for never.
 *
 * @typedef {object} Flight A message in flight.
 * @property {number} from
 * @property {number} to
 * @property {number} kind
 * @property {typeof CLASSES[number]} kindClass
 * @property {number} sent
 * @property {number} due
 * @property {number} nth
 * @property {number} copy
 * @property {boolean} arrives
 * @property {number} arg Its first argument.
 * @property {number[]} args All of them; unused ones are 0.
 *
 * @typedef {object} Lost A message lost a moment ago, or a write that the store rejected.
 * @property {number} from
 * @property {number} to
 * @property {number} kind
 * @property {typeof CLASSES[number]} kindClass
 * @property {number} at When it was lost.
 * @property {number} until When a message sent then would usually have arrived.
 * @property {number} nth
 * @property {number} copy
 * @property {number} why An index into LOSSES, or REFUSED.
 * @property {number} arg
 * @property {number[]} args
 *
 * @typedef {object} Row A row of a panel. If its node is down, the row is what is on the node's disk.
 * @property {number} panel
 * @property {number} owner The place of its owner.
 * @property {number} key
 * @property {number} version
 * @property {number} due When it ends unless it is renewed, or -1 if that is unknown.
 * @property {number} of How long it lasts in total.
 *
 * @typedef {object} Waiting A node waiting for a row to disappear.
 * @property {number} panel
 * @property {number} from The place of the node.
 * @property {number} to The key of the row; -1 for any change to the panel.
 *
 * @typedef {object} Behaviour How a link treats messages.
 * @property {number} lo The shortest delay, in microseconds.
 * @property {number} hi The longest one.
 * @property {number} loss The share lost, in millionths.
 * @property {number} duplicate The share delivered twice, in millionths.
 *
 * @typedef {Behaviour & {from: number, to: number}} OwnLink One direction of a link that behaves differently from the
 *   network or, if it leads to the store (the place after the nodes), differently from the start.
 *
 * @typedef {object} LaneFrame
 * @property {number} members
 * @property {number} services
 * @property {number} at The time of its last event.
 * @property {number} events
 * @property {number} instant How many events happened at that instant.
 * @property {number} truth The place of the leader in truth, or -1.
 * @property {number} leader The place of the leader in truth, or else of the newest believer, or -1.
 * @property {number} believers
 * @property {boolean} fencing
 * @property {number} tokenMax
 * @property {number} accepted
 * @property {number} rejected
 * @property {number} conflicting
 * @property {number} lost
 * @property {number} sent
 * @property {number} elections
 * @property {number} failovers
 * @property {NodeState[]} nodes
 * @property {Ticking[]} timers
 * @property {Flight[]} flights If there are very many, only the first to arrive.
 * @property {number} underWay How many there are in total.
 * @property {Row[]} rows
 * @property {[number, number][]} bonds Sessions and leases: the places of a node and its peer.
 * @property {Waiting[]} arrows
 * @property {[number, number][]} cuts From, to; the store is the place after the nodes.
 * @property {Lost[]} losses
 * @property {{writer: number, fate: typeof FATES[number]}[]} writes The newest writes that reached the store, the oldest
 *   first; each with the place of its writer.
 * @property {Behaviour & {changed: boolean}} network How links without settings of their own behave now, and
 *   whether that has changed since the start.
 * @property {OwnLink[]} links
 *
 * @typedef {object} Frame
 * @property {number} now
 * @property {number} until
 * @property {number} events
 * @property {LaneFrame[]} lanes
 */

/** The longest name in a picture, in characters. */
const LABEL_MAX = 10;

/** A name, shortened for pictures. @param {string} name */
export const labelOf = (name) => (name.length > LABEL_MAX ? `${name.slice(0, LABEL_MAX - 1)}…` : name);

/**
 * Decodes a frame.
 *
 * @param {ArrayLike<number>} n
 * @param {readonly (readonly string[])[]} [names] The nodes' names, by lane and place; the default is their ids.
 * @returns {Frame}
 */
export function readFrame(n, names) {
  if (n[0] !== FRAME_VERSION) throw new Error(`the frame has version ${n[0]}, not ${FRAME_VERSION}`);
  const lanes = [];
  for (let i = 0; i < n[4]; i++) lanes.push(readLane(n, n[HEAD + i], names?.[i] ?? []));
  return { now: n[1], until: n[2], events: n[3], lanes };
}

/** @param {LaneFrame} lane @param {ArrayLike<number>} n @param {number} o */
function readShape(lane, n, o) {
  const node = lane.nodes[n[o + 1]];
  const [a, b, c, d, e, f] = [n[o + 2], n[o + 3], n[o + 4], n[o + 5], n[o + 6], n[o + 7]];
  switch (n[o]) {
    case 0: lane.rows.push({ panel: a, owner: b, key: c, version: d, due: e, of: f }); break;
    case 1: lane.bonds.push([n[o + 1], a]); break;
    case 2: lane.arrows.push({ panel: a, from: b, to: c }); break;
    case 3: node.tally = { epoch: a, needed: b, binding: c === 1, granted: 0, refused: 0, votes: [] }; break;
    case 4: node.reach = a; break;
    case 5: node.silencedBy = a; break;
    case 6: node.next.push(a); break;
    case 7: node.stopped.push(a); break;
    case 8: node.beatenBy = a; break;
    case 9: if (node.tally) addVote(node.tally, a, ANSWERS[b]); break;
    default: node.voted = { epoch: a, whom: b };
  }
}

/** @param {Tally} tally @param {number} place @param {typeof ANSWERS[number]} answer */
function addVote(tally, place, answer) {
  tally.votes.push({ place, answer });
  if (answer === "granted") tally.granted++;
  else if (answer === "refused") tally.refused++;
}

/**
 * @param {ArrayLike<number>} n
 * @param {number} o
 * @param {readonly string[]} names
 * @returns {LaneFrame}
 */
function readLane(n, o, names) {
  /** @type {LaneFrame} */
  const lane = {
    members: n[o], services: n[o + 1], at: n[o + 2], events: n[o + 3], instant: n[o + 4],
    truth: n[o + 5], leader: n[o + 6], believers: n[o + 7], fencing: n[o + 8] === 1, tokenMax: n[o + 9],
    accepted: n[o + 10], rejected: n[o + 11], conflicting: n[o + 12], lost: n[o + 13],
    sent: n[o + 14], elections: n[o + 15], failovers: n[o + 16],
    nodes: [], timers: [], flights: [], underWay: n[o + 29], rows: [], bonds: [], arrows: [], cuts: [], losses: [], writes: [],
    network: { ...behaviour(n, o + 23), changed: n[o + 27] === 1 }, links: [],
  };
  const [nodes, timers, flights] = [n[o + 17], n[o + 18], n[o + 19]];
  const [shapes, cuts, losses, links, writes] = [n[o + 20], n[o + 21], n[o + 22], n[o + 28], n[o + 30]];
  o += LANE;
  for (let i = 0; i < nodes; i++, o += NODE) {
    const flags = n[o + 2];
    const name = names[i] ?? String(n[o]);
    lane.nodes.push({
      place: i, id: n[o], name, label: labelOf(name), role: ROLES[n[o + 1]],
      up: (flags & 1) !== 0, paused: (flags & 2) !== 0, starting: (flags & 8) !== 0,
      leads: (flags & 4) !== 0 && (flags & 1) !== 0, epoch: n[o + 3], token: n[o + 4], follows: n[o + 5],
      since: n[o + 7], ahead: n[o + 8], drift: n[o + 9], slow: n[o + 10], part: n[o + 11],
      tally: null, voted: null, reach: 0, silencedBy: -1, beatenBy: -1, next: [], stopped: [],
    });
  }
  for (let i = 0; i < timers; i++, o += TIMER) {
    lane.timers.push({ place: n[o], timer: n[o + 1], since: n[o + 2], due: n[o + 3] });
  }
  for (let i = 0; i < flights; i++, o += FLIGHT) {
    lane.flights.push({
      from: n[o], to: n[o + 1], kind: n[o + 2], kindClass: CLASSES[n[o + 3]], sent: n[o + 4], due: n[o + 5],
      nth: n[o + 6], copy: n[o + 7], arrives: (n[o + 8] & 1) !== 0, arg: n[o + 9], args: args(n, o + 9),
    });
  }
  for (let i = 0; i < shapes; i++, o += SHAPE) {
    readShape(lane, n, o);
  }
  for (let i = 0; i < cuts; i++, o += CUT) lane.cuts.push([n[o], n[o + 1]]);
  for (let i = 0; i < losses; i++, o += FLIGHT) {
    lane.losses.push({
      from: n[o], to: n[o + 1], kind: n[o + 2], kindClass: CLASSES[n[o + 3]], at: n[o + 4], until: n[o + 5],
      nth: n[o + 6], copy: n[o + 7], why: n[o + 8], arg: n[o + 9], args: args(n, o + 9),
    });
  }
  for (let i = 0; i < links; i++, o += LINK) {
    lane.links.push({ from: n[o], to: n[o + 1], ...behaviour(n, o + 2) });
  }
  for (let i = 0; i < writes; i++, o += STORED) lane.writes.push({ writer: n[o], fate: FATES[n[o + 1]] });
  return lane;
}

/** @param {ArrayLike<number>} n @param {number} o */
const args = (n, o) => [n[o], n[o + 1], n[o + 2], n[o + 3], n[o + 4]];

/**
 * @param {ArrayLike<number>} n
 * @param {number} o
 * @returns {Behaviour}
 */
function behaviour(n, o) {
  return { lo: n[o], hi: n[o + 1], loss: n[o + 2], duplicate: n[o + 3] };
}
