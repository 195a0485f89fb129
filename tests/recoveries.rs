//! Measures.

mod drawn;

use drawn::Draw;
use election_playground::base::{SimTime, Span};
use election_playground::protocol::Recovery;
use election_playground::session;

struct Group { name: &'static str, text: &'static str }
const fn g(name: &'static str, text: &'static str) -> Group { Group { name, text } }

const GROUPS: &[Group] = &[
    g("raft 2 const15", "lanes raft\nnodes 2\nlatency 15ms\n"),
    g("raft 3 const15", "lanes raft\nnodes 3\nlatency 15ms\n"),
    g("raft 4 const15", "lanes raft\nnodes 4\nlatency 15ms\n"),
    g("raft 5 const15", "lanes raft\nnodes 5\nlatency 15ms\n"),
    g("raft 9 const15", "lanes raft\nnodes 9\nlatency 15ms\n"),
    g("raft 25 const15", "lanes raft\nnodes 25\nlatency 15ms\n"),
    g("raft 3 const40", "lanes raft\nnodes 3\nlatency 40ms\n"),
    g("raft 5 const40", "lanes raft\nnodes 5\nlatency 40ms\n"),
    g("raft 5 0..50", "lanes raft\nnodes 5\nlatency 0..50ms\n"),
    g("raft 5 0..30 writes", "lanes raft\nnodes 5\nlatency 0..30ms\nset store.interval 5ms\n"),
    g("raft 3 prevote const", "lanes raft\nnodes 3\nlatency 20ms\nset raft.pre-vote on\n"),
    g("raft 5 prevote 0..20", "lanes raft\nnodes 5\nlatency 0..20ms\nset raft.pre-vote on\n"),
    g("raft 3 cq const", "lanes raft\nnodes 3\nlatency 20ms\nset raft.check-quorum on\n"),
    g("raft 5 cq", "lanes raft\nnodes 5\nset raft.check-quorum on\n"),
    g("raft 5 narrow", "lanes raft\nnodes 5\nset raft.election-timeout 150ms..200ms\n"),
    g("raft 3 narrow", "lanes raft\nnodes 3\nset raft.election-timeout 150ms..200ms\n"),
    g("raft 5 wide", "lanes raft\nnodes 5\nset raft.election-timeout 150ms..1500ms\n"),
    g("raft 5 prefer", "lanes raft\nnodes 5\nset raft.prefer 2\n"),
    g("raft 5 tick", "lanes raft\nnodes 5\nset raft.tick 10ms\n"),
    g("raft 5 tick50", "lanes raft\nnodes 5\nset raft.tick 50ms\n"),
    g("raft 5 tick50 lock", "lanes raft\nnodes 5\nphases lockstep\nset raft.tick 50ms\n"),
    g("raft 3 tick50", "lanes raft\nnodes 3\nset raft.tick 50ms\n"),
    g("raft 5 learn", "lanes raft\nnodes 5\nset raft.learners 1 2\n"),
    g("raft 5 writes", "lanes raft\nnodes 5\nlatency 5ms..15ms\n"),
    g("ring 9 hb", "lanes ring\nnodes 9\nset ring.heartbeat 300ms\n"),
    g("ring 5 lcr", "lanes ring\nnodes 5\nset ring.variant lcr\n"),
    g("ring 2", "lanes ring\nnodes 2\n"),
    g("ring 5 desc", "lanes ring\nnodes 5 4 3 2 1\n"),
    g("ring 9 const20", "lanes ring\nnodes 9\nlatency 20ms\n"),
    g("ring 5 mix", "lanes ring\nnodes 3 1 5 2 4\nlatency 25ms\n"),
    g("bully 2", "lanes bully\nnodes 2\n"),
    g("bully 5 const25", "lanes bully\nnodes 5\nlatency 25ms\n"),
    g("bully 5 hb", "lanes bully\nnodes 5\nset bully.heartbeat 400ms\n"),
    g("bully 5 noprobe", "lanes bully\nnodes 5\nset bully.probe-dead-leader off\n"),
    g("hs 9", "lanes hs\nnodes 9\n"),
    g("hs 2", "lanes hs\nnodes 2\n"),
    g("hs 5 const25", "lanes hs\nnodes 5\nlatency 25ms\n"),
    g("hs 5 mix", "lanes hs\nnodes 3 1 5 2 4\n"),
    g("hs 9 mix", "lanes hs\nnodes 3 1 9 5 2 4 8 7 6\nlatency 20ms\n"),
    g("zk 3 10s", "lanes zookeeper\nnodes 3\nset zookeeper.session-timeout 10s\n"),
    g("zk 3 herd", "lanes zookeeper\nnodes 3\nset zookeeper.watch herd\n"),
    g("zk 3 const60", "lanes zookeeper\nnodes 3\nlatency 600ms\n"),
    g("zk 3 session", "lanes zookeeper\nnodes 3\nset zookeeper.policy session\n"),
];

fn crash(group: &Group, seed: u64) -> Option<(Span, Recovery)> {
    let d = &mut Draw::named(group.name, seed);
    // Long enough for a first leader, and then at any moment.
    let mut t = session::open(&format!("{}seed {seed}\nuntil 1h\n", group.text)).unwrap();
    let usual = { let lane = t.lane(0); while !lane.serving() && lane.step(SimTime(3_000_000_000)) {} (lane.now(), lane.recovery().unwrap().usual) };
    let at = usual.0.0 + 1_000_000 + d.below(usual.1.0 + 2_000_000);
    let text = format!("{}seed {seed}\nat {at}us crash leader\nuntil 1h\n", group.text);
    let mut timeline = session::open(&text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    let lane = timeline.lane(0);
    while lane.step(SimTime(at)) {}
    if lane.serving() { return None; }
    let r = lane.recovery()?;
    while !lane.serving() && lane.step(SimTime(3_000_000_000)) {}
    Some((lane.now() - SimTime(at), r))
}

#[test]
fn measure() {
    for group in GROUPS {
        let mut all: Vec<(Span, Recovery)> = (0..1000).filter_map(|s| crash(group, s)).collect();
        all.sort_by_key(|x| x.0);
        let n = all.len();
        let r = all[n/2].1;
        let beyond = all.iter().filter(|x| x.1.usual < x.0).count();
        println!("{:18} n={n} median {} p99.9 {} max {} usual {} bound {} beyond {beyond} share {:.2} diff {:?}", group.name, all[n/2].0, all[n-2].0, all[n-1].0, r.usual, r.bound, all[n-2].0.0 as f64 / r.usual.0 as f64, all.iter().filter(|x| x.1 != r).count());
    }
}
