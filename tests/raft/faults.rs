//! Flaws, incompatible settings, and everything at once.

use crate::lab::{Lab, check};
use crate::shared::Dice;
use election_playground::checker::Blame;
use election_playground::protocol::Property;

/// Each flaw is detected from outside.
#[test]
fn every_flaw_is_caught_by_the_checker() {
    // A no-op would hide it here: the voter's log would be newer than the second candidate's.
    let forget = "nodes 3; set raft.no-op off; set raft.flaw FLAW; at 1s cut 1 - 3
         at 2s campaign 1; at 3s crash 2; at 4s restart 2; at 5s campaign 3";
    let twice = "nodes 3; set raft.no-op off; set raft.flaw FLAW; at 1s cut 1 - 3; at 2s campaign 1; at 3s campaign 3";
    for (text, flaw) in [(forget, "forget-vote"), (twice, "vote-twice")] {
        let mut lab = Lab::new(&text.replace("FLAW", flaw));
        lab.to(6_000_000);
        assert!(lab.violated().contains(&"one-leader-per-epoch"), "{flaw}");
        let mut lab = Lab::new(&text.replace("FLAW", "none"));
        lab.to(6_000_000);
        assert!(!lab.violated().contains(&"one-leader-per-epoch"), "{flaw}");
    }
}

/// Acknowledging before a quorum has the write loses it; data conflicts need this.
#[test]
fn acknowledging_without_a_quorum_loses_writes() {
    let text = "nodes 5; set raft.ack ACK; init raft leader 1 term 1
         at 1s partition 1 2 | 3 4 5
         at 2s write 1; at 2.1s write 1
         at 3s campaign 3; at 4s write 3; at 5s heal; at 6s fire 3 heartbeat; at 7s campaign 4";
    check(&format!(
        "{}
         expect raft node 1 log = 2 2 3
         expect raft writes lost = 0",
        text.replace("ACK", "quorum")
    ));
    let mut lab = Lab::new(&text.replace("ACK", "leader"));
    lab.to(10_000_000);
    let lost = lab.violation(Property::AcknowledgedKept).expect("two writes are gone");
    // This is not a bug in Raft: the setting gave the promise up.
    assert!(matches!(lost.blame, Blame::GivenUp(_)), "{lost:?}");
}

/// Incompatible settings are rejected with an error message.
#[test]
fn incompatible_settings_are_rejected() {
    for (set, word) in [
        ("set raft.heartbeat 150ms", "heartbeat"),
        ("set raft.leader-lease 40ms", "leader-lease"),
        ("set raft.leader-lease 200ms", "leader-lease"),
        ("set raft.tick 40ms", "tick"),
        ("set raft.learners all", "learners"),
        ("init raft 1 log 1 2 1", "never fall"),
        ("init raft 1 term 1 log 2", "term 1"),
        ("init raft 1 commit 1", "commit 1"),
    ] {
        let error = Lab::try_new(set).err().expect(set);
        assert!(error.contains(word), "{error}");
    }
}

/// Settings and faults drawn from one number; then everything heals, and a leader must be elected and stay.
fn swarm_text(seed: u64) -> String {
    let mut dice = Dice(seed * 77 + 1);
    let n = 1 + dice.below(7);
    let mut text =
        format!("seed {seed}; nodes {n}; timers auto; latency {}\n", dice.of(&["1ms", "5ms..15ms"]));
    for (setting, words) in [
        ("pre-vote", ["on", "off"]),
        ("check-quorum", ["on", "off"]),
        ("no-op", ["on", "off"]),
        ("commit-notice", ["on", "off"]),
        ("stale-requests", ["reply", "ignore"]),
        ("leader-lease", ["0", "120ms"]),
        ("prefer", ["none", "1"]),
        ("election-timeout", ["150ms..300ms", "200ms..400ms"]),
    ] {
        text += &format!("set raft.{setting} {}\n", dice.of(&words));
    }
    if n > 2 && dice.below(4) == 0 {
        text += &format!("set raft.learners {n}\n");
    }
    if dice.below(2) == 0 {
        text += "order any; loss 3%; duplicate 3%\n";
    }
    for _ in 0..40 {
        let at = dice.below(8_000);
        let (a, b) = (dice.below(n) + 1, dice.below(n) + 1);
        let act = match dice.below(20) {
            0 => "crash leader".into(),
            1 => format!("crash {a}"),
            2 | 3 => format!("restart {a}"),
            4 => format!("pause {a} for {}ms", dice.below(900) + 1),
            5 => format!("isolate {a}"),
            6 => "heal".into(),
            7 if a != b => format!("cut {a} -> {b}"),
            8 if a != b => format!("transfer {a} -> {b}"),
            9 => format!("campaign {a}"),
            10 => "step-down leader".into(),
            11 => format!("drift {a} {}", dice.of(&["+5%", "-5%", "+0%"])),
            12 => format!("slow {a} {}ms", dice.below(40)),
            // The newer leader goes just when the older one returns.
            13 => format!("crash leader; at {at}ms heal"),
            14 | 15 => vec![format!("write {a}"); 5].join(&format!("; at {at}ms ")),
            _ => "write leader".into(),
        };
        text += &format!("at {at}ms {act}\n");
    }
    text += "at 9s heal; at 9s restart all; at 9s latency 5ms..15ms; at 9s loss 0%; at 9s duplicate 0%\n";
    for node in 1..=n {
        text += &format!("at 9s drift {node} +0%; at 9s slow {node} 0\n");
    }
    text + "at 19s write leader\nuntil 20s\n"
}

/// The same random faults expose each flaw.
#[test]
fn the_swarm_finds_every_flaw() {
    for (flaw, property) in [
        ("forget-vote", "one-leader-per-epoch"),
        ("vote-twice", "one-leader-per-epoch"),
        ("compare-length", "acknowledged-kept"),
    ] {
        let found = (0..4_000).find(|&seed| {
            let mut lab = Lab::new(&format!("{}set raft.flaw {flaw}\n", swarm_text(seed)));
            lab.to(20_000_000);
            lab.violated().contains(&property)
        });
        println!("{flaw}: seed {found:?}");
        assert!(found.is_some(), "{flaw} is not found");
    }
}

/// Promises hold under any faults; when everything is healthy again, there is one leader and one log.
#[test]
fn swarm() {
    let seeds = std::env::var("SWARM_SEEDS").map_or(400, |n| n.parse().expect("a number"));
    for seed in 0..seeds {
        let text = swarm_text(seed);
        let mut lab = Lab::new(&text);
        lab.to(20_000_000);
        assert_eq!(lab.violated(), [""; 0], "seed {seed}\n{text}");
        let leads: Vec<u32> =
            (1..=lab.members()).filter(|&node| lab.field(node, "role") == "leader").collect();
        assert_eq!(leads.len(), 1, "seed {seed}\n{text}");
        for node in 1..=lab.members() {
            assert_eq!(lab.field(node, "leader"), leads[0].to_string(), "seed {seed}\n{text}");
            assert_eq!(lab.field(node, "log"), lab.field(leads[0], "log"), "seed {seed}\n{text}");
            assert_eq!(lab.field(node, "commit"), lab.field(leads[0], "last"), "seed {seed}\n{text}");
        }
    }
}
