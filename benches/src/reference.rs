//! The bare reference loop: the cost of the workload alone.
//!
//! `n` nodes that behave like Raft. The leader sends a heartbeat to every other node every 50 ms, and each answers. A
//! message takes 5 to 15 ms; a heartbeat resets the follower's election timer to 150 to 300 ms from then. Every 5 s the
//! leader crashes and restarts 2.5 s later; in between, a timer runs out and a new leader is elected. With five nodes
//! this delivers 137 messages per simulated second.
//!
//! There is no trace, no checker, no keyframe, no link fault and no log: only the queue, the draws and the state
//! machine. The queue is a timing wheel. A postponed timer does not move within it: its entry discovers this when its
//! original time comes.
//!
//! It deliberately shares no code with the engine. Otherwise a slowdown of the shared part would go unnoticed.

/// The time between two rounds of heartbeats, in microseconds.
const HEARTBEAT_US: u64 = 50_000;
/// The shortest delay of a message, in microseconds.
const DELAY_MIN_US: u64 = 5_000;
/// The range of delays above the shortest, in microseconds.
const DELAY_SPREAD_US: u64 = 10_000;
/// The shortest election timeout, in microseconds.
const TIMEOUT_MIN_US: u64 = 150_000;
/// The range of timeouts above the shortest, in microseconds.
const TIMEOUT_SPREAD_US: u64 = 150_000;
/// The time between two crashes of a leader, in microseconds.
const CRASH_EVERY_US: u64 = 5_000_000;
/// The downtime of a crashed node, in microseconds.
const DOWN_US: u64 = 2_500_000;

/// The result of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// Messages that reached a running node.
    pub delivered: u64,
    /// Messages that reached a crashed node.
    pub lost: u64,
    /// The number of elections won.
    pub elections: u64,
}

/// Plays `seconds` simulated seconds of `n` nodes. The same numbers always give the same run.
///
/// # Panics
/// If `n` is not between 2 and 128.
pub fn run(n: u32, seconds: u32) -> Run {
    assert!((2..=128).contains(&n), "2 to 128 nodes");
    let mut group = Group::new(n);
    group.play(u64::from(seconds) * 1_000_000);
    group.run
}

/// The kind of an event. Messages carry the sender's term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Heartbeat,
    HeartbeatReply,
    VoteRequest,
    Vote,
    /// The node's election timer may have run out.
    Election,
    /// The leader's next round is due.
    Round,
}

/// An event in the queue: 16 bytes.
#[derive(Clone, Copy, Debug)]
struct Event {
    at_us: u64,
    term: u32,
    kind: Kind,
    from: u8,
    to: u8,
}

/// A node's role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    Follower,
    Candidate,
    Leader,
}

/// A node's whole state.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// The deadline of the election timer; `u64::MAX` if it is off.
    deadline_us: u64,
    term: u32,
    /// The last term in which it voted.
    voted: u32,
    votes: u32,
    role: Role,
    up: bool,
    /// The time of its election timer's entry in the queue, at or before the deadline; `u64::MAX` if there is
    /// none. Entries with any other time are stale.
    watched_us: u64,
}

/// The nodes and the messages in flight between them.
struct Group {
    nodes: Vec<Node>,
    wheel: Wheel,
    random: Random,
    /// The node with the highest term that believes it leads.
    leader: Option<u8>,
    down: Option<u8>,
    crash_us: u64,
    restart_us: u64,
    run: Run,
}

impl Group {
    fn new(n: u32) -> Group {
        let node = Node {
            deadline_us: u64::MAX,
            term: 0,
            voted: 0,
            votes: 0,
            role: Role::Follower,
            up: true,
            watched_us: u64::MAX,
        };
        let mut group = Group {
            nodes: vec![node; n as usize],
            wheel: Wheel::new(),
            random: Random(1),
            leader: None,
            down: None,
            crash_us: CRASH_EVERY_US,
            restart_us: u64::MAX,
            run: Run { delivered: 0, lost: 0, elections: 0 },
        };
        for to in 0..n {
            group.reset_timer(0, to as u8);
        }
        group
    }

    fn play(&mut self, until_us: u64) {
        while let Some(event) = self.wheel.pop() {
            let now = event.at_us;
            while self.crash_us.min(self.restart_us) <= now {
                self.script();
            }
            if until_us < now {
                break;
            }
            self.happen(now, event);
        }
    }

    /// Crashes the leader or restarts it, whichever is due first.
    fn script(&mut self) {
        if self.restart_us < self.crash_us {
            if let Some(back) = self.down.take() {
                let node = &mut self.nodes[usize::from(back)];
                node.up = true;
                node.role = Role::Follower;
                self.reset_timer(self.restart_us, back);
            }
            self.restart_us = u64::MAX;
            return;
        }
        if let Some(leader) = self.leader.take() {
            let node = &mut self.nodes[usize::from(leader)];
            node.up = false;
            node.deadline_us = u64::MAX;
            self.down = Some(leader);
            self.restart_us = self.crash_us + DOWN_US;
        }
        self.crash_us += CRASH_EVERY_US;
    }

    fn happen(&mut self, now: u64, event: Event) {
        let nodes = self.nodes.len() as u32;
        match event.kind {
            Kind::Election => return self.timer(now, event.to),
            Kind::Round => return self.round(now, event.to, event.term),
            _ => {}
        }
        let node = &mut self.nodes[usize::from(event.to)];
        if !node.up {
            self.run.lost += 1;
            return;
        }
        self.run.delivered += 1;
        if node.term < event.term {
            node.term = event.term;
            node.role = Role::Follower;
        }
        let (term, fresh) = (node.term, node.term == event.term);
        match event.kind {
            Kind::Heartbeat if fresh => {
                node.role = Role::Follower;
                self.reset_timer(now, event.to);
                self.send(now, Kind::HeartbeatReply, event.to, event.from, term);
            }
            Kind::VoteRequest if fresh && node.voted < term => {
                node.voted = term;
                self.reset_timer(now, event.to);
                self.send(now, Kind::Vote, event.to, event.from, term);
            }
            Kind::Vote if fresh && node.role == Role::Candidate => {
                node.votes += 1;
                if nodes < 2 * node.votes {
                    node.role = Role::Leader;
                    node.deadline_us = u64::MAX;
                    self.leader = Some(event.to);
                    self.run.elections += 1;
                    self.round(now, event.to, term);
                }
            }
            // Answers are only counted; messages of an old term and repeated requests have no effect.
            _ => {}
        }
    }

    /// Handles a node's election timer entry: the timer has run out or has been postponed.
    fn timer(&mut self, now: u64, of: u8) {
        let node = &mut self.nodes[usize::from(of)];
        if now != node.watched_us {
            return;
        }
        node.watched_us = u64::MAX;
        if now < node.deadline_us {
            if node.deadline_us != u64::MAX {
                self.watch(of);
            }
            return;
        }
        node.term += 1;
        node.voted = node.term;
        node.votes = 1;
        node.role = Role::Candidate;
        let term = node.term;
        self.reset_timer(now, of);
        self.broadcast(now, Kind::VoteRequest, of, term);
    }

    /// The leader sends its heartbeats, if it still leads that term.
    fn round(&mut self, now: u64, of: u8, term: u32) {
        let node = self.nodes[usize::from(of)];
        if !node.up || node.role != Role::Leader || node.term != term {
            return;
        }
        self.broadcast(now, Kind::Heartbeat, of, term);
        self.wheel.push(Event { at_us: now + HEARTBEAT_US, term, kind: Kind::Round, from: of, to: of });
    }

    fn broadcast(&mut self, now: u64, kind: Kind, from: u8, term: u32) {
        for to in 0..self.nodes.len() as u8 {
            if to != from {
                self.send(now, kind, from, to, term);
            }
        }
    }

    fn send(&mut self, now: u64, kind: Kind, from: u8, to: u8, term: u32) {
        let at_us = now + DELAY_MIN_US + self.random.up_to(DELAY_SPREAD_US);
        self.wheel.push(Event { at_us, term, kind, from, to });
    }

    fn reset_timer(&mut self, now: u64, of: u8) {
        let at_us = now + TIMEOUT_MIN_US + self.random.up_to(TIMEOUT_SPREAD_US);
        let node = &mut self.nodes[usize::from(of)];
        node.deadline_us = at_us;
        // An early entry moves itself, so one entry serves several heartbeats. An entry that would be late
        // must be replaced.
        if at_us < node.watched_us {
            self.watch(of);
        }
    }

    /// Adds an entry for a node's election timer, replacing the present one.
    fn watch(&mut self, of: u8) {
        let node = &mut self.nodes[usize::from(of)];
        let at_us = node.deadline_us;
        node.watched_us = at_us;
        self.wheel.push(Event { at_us, term: 0, kind: Kind::Election, from: of, to: of });
    }
}

/// The microseconds of a slot, as a power of two.
const SLOT_BITS: u32 = 7;
/// The number of slots: two levels of 64-bit words record which are in use.
const SLOTS: usize = 64 * 64;
/// Marks the end of a slot's list.
const END: u32 = u32::MAX;

/// A timing wheel: events in order of time, and in order of insertion within the same time.
///
/// One turn takes 524 ms, longer than the longest timeout, so no event waits for a later turn.
struct Wheel {
    /// The first entry of each slot's list; the newest event is first.
    heads: Vec<u32>,
    /// Events, each with the next entry of its list. Free entries form a list, too.
    entries: Vec<(Event, u32)>,
    free: u32,
    /// One bit per slot, and one bit per word of those.
    used: [u64; 64],
    used_words: u64,
    /// The slot being emptied, counted from time 0.
    slot: u64,
    /// Its events in order, and how many of them are done.
    batch: Vec<Event>,
    done: usize,
}

impl Wheel {
    fn new() -> Wheel {
        Wheel {
            heads: vec![END; SLOTS],
            entries: Vec::new(),
            free: END,
            used: [0; 64],
            used_words: 0,
            slot: 0,
            batch: Vec::new(),
            done: 0,
        }
    }

    fn push(&mut self, event: Event) {
        let slot = event.at_us >> SLOT_BITS;
        debug_assert!(slot - self.slot < SLOTS as u64, "an event more than one turn ahead");
        if slot == self.slot {
            let rest = &self.batch[self.done..];
            let place = self.done + rest.partition_point(|other| other.at_us <= event.at_us);
            self.batch.insert(place, event);
            return;
        }
        let at = slot as usize % SLOTS;
        let entry = (event, self.heads[at]);
        if self.free == END {
            self.heads[at] = self.entries.len() as u32;
            self.entries.push(entry);
        } else {
            let place = self.free;
            self.free = self.entries[place as usize].1;
            self.entries[place as usize] = entry;
            self.heads[at] = place;
        }
        self.used[at / 64] |= 1 << (at % 64);
        self.used_words |= 1 << (at / 64);
    }

    fn pop(&mut self) -> Option<Event> {
        if self.done == self.batch.len() && !self.advance() {
            return None;
        }
        self.done += 1;
        Some(self.batch[self.done - 1])
    }

    /// Moves to the next slot in use and sorts its events; false if there is none.
    fn advance(&mut self) -> bool {
        let here = self.slot as usize % SLOTS;
        let Some(at) = self.next_used(here) else { return false };
        self.slot += ((at + SLOTS - here) % SLOTS) as u64;
        self.batch.clear();
        self.done = 0;
        let mut place = std::mem::replace(&mut self.heads[at], END);
        while place != END {
            let (event, next) = self.entries[place as usize];
            self.batch.push(event);
            self.entries[place as usize].1 = self.free;
            self.free = place;
            place = next;
        }
        self.used[at / 64] &= !(1 << (at % 64));
        if self.used[at / 64] == 0 {
            self.used_words &= !(1 << (at / 64));
        }
        // A slot usually holds one event or two. The list is newest first; after reversing it, a stable sort
        // keeps events of the same time in order.
        if 1 < self.batch.len() {
            self.batch.reverse();
            self.batch.sort_by_key(|event| event.at_us);
        }
        true
    }

    /// The next slot in use, wrapping around the wheel.
    fn next_used(&self, here: usize) -> Option<usize> {
        let (word, bit) = (here / 64, here % 64);
        // Two shifts, because a shift by 64 would overflow.
        let ahead = self.used[word] & (!0 << bit << 1);
        if ahead != 0 {
            return Some(word * 64 + ahead.trailing_zeros() as usize);
        }
        let words_ahead = self.used_words & (!0 << word << 1);
        let words = if words_ahead == 0 { self.used_words } else { words_ahead };
        if words == 0 {
            return None;
        }
        let word = words.trailing_zeros() as usize;
        Some(word * 64 + self.used[word].trailing_zeros() as usize)
    }
}

/// The random generator: SplitMix64, the shortest one that spreads delays well enough.
struct Random(u64);

impl Random {
    /// A draw from 0 to `most`, both inclusive. It multiplies to avoid a division.
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 32) * (most + 1)) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The workload used for the figures in the documentation.
    #[test]
    fn five_nodes_deliver_137_messages_a_second() {
        let run = run(5, 1_000);
        assert_eq!(run.delivered / 1_000, 137, "{run:?}");
        // A crash every 5 s, a new leader after each, plus the first leader.
        assert!((199..=201).contains(&run.elections), "{run:?}");
    }

    #[test]
    fn the_wheel_gives_events_by_time_and_then_by_arrival() {
        let mut wheel = Wheel::new();
        let mut random = Random(7);
        let mut now = 0;
        let mut seen = 0;
        let event = |at_us, term| Event { at_us, term, kind: Kind::Round, from: 0, to: 0 };
        for term in 0..50 {
            wheel.push(event(random.up_to(300), term));
        }
        let mut last = None;
        for term in 50..5_000 {
            let popped = wheel.pop().expect("there are events left");
            assert!(now <= popped.at_us, "{popped:?} came after {now}");
            assert!(last < Some((popped.at_us, popped.term)), "{popped:?} came after {last:?}");
            last = Some((popped.at_us, popped.term));
            now = popped.at_us;
            seen += 1;
            wheel.push(event(now + random.up_to(500_000), term));
        }
        while wheel.pop().is_some() {
            seen += 1;
        }
        assert_eq!(seen, 5_000);
    }
}
