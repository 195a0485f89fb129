//! The checker against a second judge, which shares no code with it and reads only the trace.
//!
//! Both judge drawn runs and the gallery, and must agree on every figure and verdict. The swarm also compares them on
//! every run; the runs here additionally have flaws, and faults that do not end. A drawn run on which they differ is
//! reduced line by line and printed. Each past difference has its own test below, and so has each deliberate flaw: the
//! second judge must detect it by the right rule.
//!
//! `SWARM_RUNS` sets the number of drawn runs, `SWARM_SEED` where they start. `SCENARIO=FILE` compares that file
//! instead of the gallery.

mod drawn;
mod second_judge;
mod shared;

use std::fs;
use std::path::PathBuf;

use drawn::case::Case;
use drawn::{Draw, drawn_of};
use election_playground::base::{SimTime, Span};
use election_playground::checker::{Blame, Outcome, Stats};
use election_playground::protocol::{Assumption, Property};
use election_playground::registry::{ALGORITHMS, Algorithm};
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, NOWHERE, Record};
use election_playground::vocabulary::{Kind::Choice, Setting};
use election_playground::workspace;
use second_judge::{Law, Wrong, compare, wrong, wrong_with};
use shared::number;

/// The default number of drawn runs, over all algorithms.
const RUNS: u64 = 500;

/// The differences in all lanes; empty if the text has errors.
fn differences(text: &str) -> String {
    let Ok(mut timeline) = workspace::open(text) else { return String::new() };
    let mut all = String::new();
    for lane in 0..timeline.lanes().len() {
        if let Err(found) = compare(&mut timeline, lane) {
            all += &format!("{}:\n{found}", timeline.scenario().lanes[lane].name);
        }
    }
    all
}

// Drawn runs.

/// A drawn run: its lines, and its end.
struct Run {
    lines: Vec<String>,
    until: String,
}

impl Run {
    /// The run of a seed: the swarm's, either for a while after its faults or with faults that do not end;
    /// one in four has a flaw, so that both judges have bugs to find.
    fn of(algorithm: &'static Algorithm, seed: u64) -> Run {
        let d = &mut Draw::named("judges", seed);
        let drawn = drawn_of(algorithm, seed);
        let case = Case::of(&drawn);
        let text = case.text();
        let peace = text.lines().filter(|line| !line.starts_with("until")).map(String::from);
        let mut lines: Vec<String> = if d.once_in(3) { case.lines.clone() } else { peace.collect() };
        let flaw = algorithm.info.settings.iter().find(|setting| setting.name == "flaw");
        if let Some(Setting { kind: Choice(flaws), .. }) = flaw
            && d.once_in(4)
            && !case.says("flaw")
        {
            lines.push(format!("set {}.flaw {}", algorithm.info.id, d.one(&flaws[1..])));
        }
        let longer = Span(d.one(&[2, 10, 30]) * 1_000_000);
        Run { lines, until: (Span(case.peace_us) + longer).to_string() }
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect::<String>()
            + &format!("until {}\n", self.until)
    }

    /// Removes lines as long as the same difference remains.
    fn shrink(mut self) -> Run {
        let all = differences(&self.text());
        let Some(subject) = subjects(&all).first().copied() else { return self };
        let mut chunk = self.lines.len().div_ceil(2);
        while 0 < chunk {
            let (mut at, mut smaller) = (0, false);
            while at < self.lines.len() {
                let mut lines = self.lines.clone();
                lines.drain(at..(at + chunk).min(self.lines.len()));
                let fewer = Run { lines, until: self.until.clone() };
                if subjects(&differences(&fewer.text())).contains(&subject) {
                    (self, smaller) = (fewer, true);
                } else {
                    at += chunk;
                }
            }
            if !smaller || 1 < chunk {
                chunk /= 2;
            }
        }
        self
    }
}

/// A difference without its numbers.
fn subjects(differences: &str) -> Vec<&str> {
    let subjects = differences.lines().filter_map(|line| line.split_once(": "));
    subjects.map(|(subject, _)| subject).collect()
}

/// Both judges agree on an algorithm's share of the runs.
fn both_agree(id: &str) {
    let algorithm = ALGORITHMS.iter().find(|it| it.info.id == id).expect("an algorithm");
    let runs = number("SWARM_RUNS", RUNS).div_ceil(ALGORITHMS.len() as u64);
    let first = number("SWARM_SEED", 0);
    for seed in first..first + runs {
        let run = Run::of(algorithm, seed);
        let found = differences(&run.text());
        if !found.is_empty() {
            let small = run.shrink().text();
            panic!("seed {seed}:\n{found}--- smaller\n{small}--- there\n{}", differences(&small));
        }
    }
}

/// A test for each algorithm, so that they run in parallel, and the list of algorithms that have one.
macro_rules! judged {
    ($($name:ident)+) => {
        const JUDGED: &[&str] = &[$(stringify!($name)),+];
        mod both_judges_agree_on_drawn_runs_of {
            $(#[test]
            fn $name() {
                super::both_agree(stringify!($name));
            })+
        }
    };
}

judged! { ring bully zookeeper raft hs }

#[test]
fn every_algorithm_is_judged() {
    for algorithm in &ALGORITHMS {
        let id = algorithm.info.id;
        assert!(JUDGED.contains(&id), "add {id} to `judged!` in tests/judges.rs");
    }
}

// The gallery.

#[test]
fn both_judges_agree_on_the_gallery() {
    let mut paths: Vec<PathBuf> = match std::env::var("SCENARIO") {
        Ok(path) => vec![path.into()],
        Err(_) => fs::read_dir("scenarios").expect("the gallery").flatten().map(|it| it.path()).collect(),
    };
    paths.sort();
    let mut all = String::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "txt")) {
        let found = differences(&fs::read_to_string(path).expect("a scenario"));
        if !found.is_empty() {
            all += &format!("{}:\n{found}\n", path.display());
        }
    }
    assert!(all.is_empty(), "{all}");
}

// Past differences.

/// A run on which both judges agree.
fn agreed(text: &str) -> Timeline {
    assert_eq!(differences(text), "", "{text}");
    let mut timeline = workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    timeline.compute_all();
    timeline
}

/// The checker's figures for the first lane.
fn stats(timeline: &Timeline) -> &Stats {
    timeline.lanes()[0].head_stats()
}

/// The checker's verdict on a property in the first lane.
fn verdict(timeline: &Timeline, property: Property) -> Outcome {
    let verdicts = timeline.lanes()[0].head_verdicts(timeline.scenario().until);
    verdicts.into_iter().find(|it| it.property == property).expect("a verdict on everything").outcome
}

/// The parts of the last failover of the first lane, in microseconds.
fn parts(timeline: &Timeline) -> Option<(u64, u64)> {
    let last = stats(timeline).failover_last.expect("a failover");
    last.detection().zip(last.election()).map(|(detection, election)| (detection.0, election.0))
}

#[test]
fn an_election_already_running_at_the_loss_needs_no_detection() {
    // 2 campaigns just before the leader goes. Its request to 3 is lost, so it campaigns again; this is not a
    // suspicion of the known leader.
    let text = "lanes raft\nnodes 3\nlatency 10ms\ninit raft leader 1 term 1\nat 1s campaign 2\nat 1s drop 2->3#1\n\
                at 1.005s crash 1\nuntil 3s\n";
    let run = agreed(text);
    let (detection, election) = parts(&run).expect("it has parts");
    assert_eq!(detection, 0);
    assert!(150_000 < election, "{election}");
}

#[test]
fn an_election_that_cannot_be_won_does_not_count_as_running() {
    // 3 lacks an entry. Its campaign ends the leadership of 1 and wins no vote.
    let text = "lanes raft\nnodes 3\nlatency 10ms\ninit raft leader 1 term 1\nat 0.5s isolate 3\nat 0.6s write\n\
                at 0.9s heal\nat 0.9s campaign 3\nuntil 3s\n";
    let (detection, _) = parts(&agreed(text)).expect("it has parts");
    assert!(100_000 < detection, "{detection}");
}

#[test]
fn any_of_several_leaderships_may_continue() {
    // 1 and 5 lead, each on its side. Both pause, and 5 is the first to continue.
    let text = "lanes bully\nlatency 10ms\nat 1s partition 1 2 | 3 4 5\nat 3s pause all\n\
                at 3.3s resume 5\nuntil 5s\n";
    assert_eq!(parts(&agreed(text)), None);
}

#[test]
fn the_others_owe_a_leader_after_one_closes_its_session() {
    // While the service is down, no node works. That 3 has left does not excuse the others.
    let text =
        "lanes zookeeper\nnodes 3\nat 5s close 3\nat 5s crash service\nat 30s restart service\nuntil 30s\n";
    let Outcome::Undecided(needs) = verdict(&agreed(text), Property::LeaderEventually) else {
        panic!("it is not decided")
    };
    assert!(needs.contains("of calm"), "{needs}");
}

#[test]
fn a_node_without_peers_has_no_slow_links() {
    let text = "lanes ring\nnodes 1\nset ring.hop-timeout 10ms\nlatency 50ms\nat 1s crash 1\n\
                at 2s restart 1\nuntil 2s\n";
    agreed(text);
}

#[test]
fn work_delayed_by_slowness_stays_slow() {
    agreed("lanes raft\nat 3.2s slow leader 300ms\nat 3.9s slow all 0\nuntil 3.9s\n");
    agreed("lanes raft\nnodes 5\nat 2s slow leader 20ms\nat 2.5s isolate 3\nat 4s slow all 0\nuntil 6s\n");
}

#[test]
fn a_recovery_late_at_the_end_of_the_run_is_late() {
    agreed("nodes 3\nlanes ring\nlatency 3s\nat 5s latency 5ms..15ms\nuntil 7s\n");
}

#[test]
fn a_copy_ends_the_calm_in_which_a_leader_is_owed() {
    // No node follows the former leader any more, and one message in a hundred is duplicated.
    agreed(
        "lanes zookeeper\nduplicate 1%\nset zookeeper.flaw no-rewatch\nat 4.048943s crash 4\n\
         at 5.029044s close leader\nat 8.089562s crash service\nat 8.089563s restart service\n\
         at 10.108943s restart 4\nuntil 45.351751s\n",
    );
}

#[test]
fn a_write_is_lost_when_an_epoch_changes_and_another_one_leads_in_truth() {
    let run = agreed(
        "lanes raft\nset raft.flaw forget-vote\nat 824.322ms cut 5 - 1 3\nat 825.913ms campaign 5\n\
         at 850.36ms crash 2\nat 856.36ms restart 2\nat 863.121ms campaign 1\nat 1.348602s write leader\n\
         at 1.400593s crash leader\nat 1.404896s campaign 4\nuntil 33s\n",
    );
    assert_eq!(stats(&run).writes_lost, 1);
}

#[test]
fn only_the_first_election_after_a_start_is_not_a_suspicion() {
    // 2 starts up alone and starts an election. It finds no node, and half a second later starts another.
    let text = "nodes 3\nlanes hs\nphases lockstep\nat 200ms crash 1\nat 300ms crash 2\nat 400ms crash 3\n\
                at 500ms restart 2\nuntil 3s\n";
    let (detection, election) = parts(&agreed(text)).expect("it has parts");
    assert!(600_000 < detection && detection + election < 1_000_000, "{detection} {election}");
}

#[test]
fn a_leadership_of_no_duration_does_not_serve() {
    // The act starts all five, and 5 leads at once; then it pauses.
    let run = agreed("lanes bully\nat 0 pause all for 20ms\nuntil 2s\n");
    assert_eq!((stats(&run).leaderships, stats(&run).failovers), (1, 0));
}

#[test]
fn figures_end_within_the_event_that_breaks_a_run_off() {
    let text = "nodes 7 9 8 6 4 11 12 3 1\nlanes ring\nlatency 1ms\nat 1s loss 5%\nat 1.3s latency 20ms..300ms\n\
                at 1.6s duplicate 100%\nuntil 16s\n";
    assert!(stats(&agreed(text)).broke_off.is_some());
}

#[test]
fn an_epoch_named_by_a_service_tests_that_epochs_never_fall() {
    // The service knows which znode is first; its owner never hears of it.
    let text =
        "lanes zookeeper\nnodes 1\nphases lockstep\nlatency 10ms\nat 25ms cut service -> 1\nuntil 1s\n";
    let run = agreed(text);
    assert_eq!(stats(&run).epoch_max, 0);
    assert_eq!(verdict(&run, Property::EpochsNeverFall), Outcome::Held);
}

#[test]
fn a_setting_gives_up_recovery_whichever_nodes_run() {
    let run = agreed("lanes bully\nset bully.detector off\nat 1s pause all\nuntil 3s\n");
    assert_eq!(verdict(&run, Property::LeaderEventually), Outcome::GivenUp("detector off".into()));
}

#[test]
fn a_stale_write_conflicts_even_if_its_node_has_written_since() {
    // 1 leads, then 2, then 1 again; the very first write arrives last.
    let text = "lanes raft\nnodes 2\nlatency 10ms\norder any\ntimers manual\nset store.fencing off\n\
                at 0.1s campaign 1\nat 0.2s fire 1 write\nat 0.2s delay 1->store#1 5s\n\
                at 1s campaign 2\nat 1.2s fire 2 write\nat 2s campaign 1\nat 2.2s fire 1 write\nuntil 8s\n";
    assert_eq!((stats(&agreed(text)).writes_accepted, stats(&agreed(text)).writes_conflicting), (3, 1));
}

#[test]
fn a_delayed_timer_excuses_what_is_late_until_it_fires() {
    // Every timer that could find out about the crash is held for a minute.
    let text =
        "lanes raft\nnodes 3\nlatency 10ms\nat 2s crash leader\nat 2s delay all election 60s\nuntil 63s\n";
    assert_eq!(verdict(&agreed(text), Property::LeaderEventually), Outcome::Held);
    let long = text.replace("until 63s", "until 120s");
    assert_eq!(verdict(&agreed(&long), Property::LeaderEventually), Outcome::Held);
}

#[test]
fn an_acknowledged_entry_exists() {
    let run = agreed("lanes raft\nset raft.ack leader\nat 1s write\nuntil 2s\n");
    assert_eq!((stats(&run).writes_acknowledged, stats(&run).writes_lost), (1, 0));
}

#[test]
fn manual_timers_impose_no_deadline() {
    // 3 never hears from 1 and becomes leader, too. No timer fires that could end this.
    let text = "lanes bully\nnodes 3\ntimers manual\ninit bully leader 3\nat 1s cut 3 -> 2\nat 1s campaign 2\n\
                at 1.1s fire 2 answer\nat 2s heal\nuntil 60s\n";
    let run = agreed(text);
    let Outcome::Broken(violation) = verdict(&run, Property::AtMostOneLeader) else { panic!("it is broken") };
    assert_eq!(violation.blame, Blame::Run(Assumption::Connected, SimTime(1_000_000)));
}

#[test]
fn among_simultaneous_causes_an_impossible_start_is_named_first() {
    let text = "lanes ring\nnodes 3\nloss 10%\ninit ring 1 leader 1\ninit ring 2 leader 2\nuntil 2s\n";
    let Outcome::Broken(violation) = verdict(&agreed(text), Property::AtMostOneLeader) else {
        panic!("it is broken")
    };
    let Blame::Run(assumption, _) = violation.blame else { panic!("{:?}", violation.blame) };
    assert_eq!(assumption, Assumption::PossibleStart);
}

#[test]
fn a_setting_changed_for_some_nodes_names_them() {
    let text = "lanes raft\nat 1s set raft.heartbeat 20ms for 2 4\nat 2s set raft.heartbeat 30ms\nuntil 3s\n";
    let mut run = agreed(text);
    let until = run.scenario().until;
    let records = run.lane(0).records(SimTime::ZERO, until, 100_000);
    let set: Vec<u8> = records.iter().filter(|r| r.kind == Kind::Set).map(|r| r.node).collect();
    assert_eq!(set, [1, 3, NOWHERE]);
}

// Deliberate flaws.

/// What the second judge finds wrong in the first lane of the run.
fn found(text: &str) -> Wrong {
    let mut timeline = workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    wrong(&mut timeline, 0)
}

/// Nothing is wrong.
fn nothing() -> Wrong {
    Wrong { laws: Vec::new(), bugs: Vec::new(), discord: false }
}

/// With the flaw these laws and promises are broken; without it, none is. Both judges agree on both runs.
fn caught(scenario: &str, flaw: &str, laws: &[Law], bugs: &[Property]) {
    let flawed = format!("{scenario}\nset {flaw}\n");
    assert_eq!(differences(scenario) + &differences(&flawed), "", "{scenario}");
    assert_eq!(found(scenario), nothing(), "without the flaw");
    let Wrong { laws: mine, bugs: found, .. } = found(&flawed);
    assert_eq!((&mine[..], &found[..]), (laws, bugs), "{flaw}");
}

/// Two candidates in one term; the only voter hears from the second after it has voted for the first.
const TWO_CANDIDATES: &str = "lanes raft\nnodes 3\nlatency 10ms\nphases lockstep\nincarnations off\nuntil 2s\n\
    at 0 cut 1 -> 2\nat 0 latency 2 -> 3 30ms\nat 10ms campaign 1 2\n";

/// Two leaders in one term.
const TWO_LEADERS: &[Law] = &[Law::OneVoteATerm, Law::OneLeaderATerm];
/// The term is the token, so the store cannot tell them apart either.
const SAME_TERM: &[Property] = &[Property::OneLeaderPerEpoch, Property::OneEffectiveWriter];

#[test]
fn a_forgotten_vote_is_detected() {
    let crash = format!("{TWO_CANDIDATES}at 35ms crash 3\nat 35ms restart 3\n");
    caught(&crash, "raft.flaw forget-vote", TWO_LEADERS, SAME_TERM);
}

#[test]
fn a_forgotten_term_is_detected() {
    let crash = format!("{TWO_CANDIDATES}at 35ms crash 3\nat 35ms restart 3\n");
    let bugs = [Property::OneLeaderPerEpoch, Property::EpochsNeverFall, Property::OneEffectiveWriter];
    caught(&crash, "raft.flaw forget-term", TWO_LEADERS, &bugs);
}

#[test]
fn a_second_vote_is_detected() {
    caught(TWO_CANDIDATES, "raft.flaw vote-twice", TWO_LEADERS, SAME_TERM);
}

#[test]
fn a_leader_without_committed_entries_is_detected() {
    // 1 has a long log of term 1; 2 and 3 have a short one with an acknowledged write of a later term.
    let scenario = "lanes raft\nnodes 3\nlatency 10ms\nuntil 5s\n\
        init raft 1 term 1 log 1 1 1 1 1 1 1 1\ninit raft 2 term 1 log 1\ninit raft 3 term 1 log 1\n\
        at 0 isolate 1\nat 10ms campaign 2\nat 500ms write 2\nat 1s crash 2\nat 1s heal\nat 1.001s campaign 1\n";
    let laws = [Law::LeaderCompleteness, Law::CommittedStays, Law::AcknowledgedOnQuorum];
    caught(scenario, "raft.flaw compare-length", &laws, &[Property::AcknowledgedKept]);
}

#[test]
fn a_member_that_does_not_watch_again_is_detected() {
    let scenario = "lanes zookeeper\nnodes 3\nuntil 60s\n\
        set zookeeper.tick-time 100ms\nset zookeeper.session-timeout 400ms\n\
        init zookeeper candidates 1 2 3\nat 2s crash 2\nat 5s crash 1\n";
    caught(scenario, "zookeeper.flaw no-rewatch", &[], &[Property::LeaderEventually]);
}

#[test]
fn a_member_that_leads_without_looking_is_detected() {
    let scenario = "lanes zookeeper\nnodes 3\ninit zookeeper candidates 1 2 3\nat 1s close 2\nuntil 10s\n";
    caught(scenario, "zookeeper.flaw no-relist", &[], &[Property::AtMostOneLeader]);
}

#[test]
fn a_constant_token_is_detected() {
    let scenario = "lanes zookeeper\nnodes 3\nlatency 1ms\ninit zookeeper candidates 1 2 3\n\
        at 1s pause leader for 8s\nuntil 12s\n";
    caught(scenario, "zookeeper.flaw version-token", &[], &[Property::OneEffectiveWriter]);
}

#[test]
fn a_service_that_forgets_is_detected() {
    let scenario = "lanes zookeeper\nnodes 3\nuntil 40s\ninit zookeeper candidates 1 2 3\nat 1s close 1\n\
        at 2s crash service\nat 2.1s restart service\n";
    caught(scenario, "zookeeper.flaw old-snapshot", &[], &[Property::EpochsNeverFall]);
}

#[test]
fn a_member_that_waits_forever_is_detected() {
    let scenario = "lanes bully\nnodes 5\ninit bully leader 5\nlatency 10ms\n\
        at 1s crash 5\nat 1s campaign 1\nat 1.03s crash 4\nuntil 10s\n";
    caught(scenario, "bully.flaw no-restart", &[], &[Property::LeaderEventually]);
}

#[test]
fn sixty_messages_in_place_of_twenty_are_counted() {
    let ring = "lanes ring\nnodes 5 4 3 2 1\nuntil 2s\n\
        set ring.detector off\nset ring.skip off\nset ring.retry off\nset ring.merge off\n";
    caught(ring, "ring.flaw no-participant-flag", &[], &[]);
    let flawed = agreed(&format!("{ring}set ring.flaw no-participant-flag\n"));
    assert_eq!(flawed.lanes()[0].head_traffic().sent[..2].iter().sum::<u64>(), 60);
}

#[test]
fn a_leader_elected_by_a_forged_vote_is_detected() {
    // 1 is isolated. A forged vote of 2 is its second of three.
    let scenario = "lanes raft\nnodes 3\nlatency 10ms\ntimers manual\nuntil 1s\n\
        at 10ms campaign 1\nat 11ms drop 1->2#1\nat 11ms drop 1->3#1\n";
    let forged = format!("{scenario}at 20ms send 2 -> 1 VoteReply term 1 granted 1\n");
    assert_eq!(differences(&forged), "");
    assert_eq!(found(scenario), nothing());
    assert_eq!(found(&forged).laws, [Law::QuorumBehindLeader]);
}

#[test]
fn mismatched_logs_are_detected() {
    let scenario = |third: &str| {
        format!(
            "lanes raft\nnodes 3\nuntil 2s\ninit raft 1 term 2 log 1 2\ninit raft 2 term 2 log 1 2\n\
                 init raft 3 term 2 log {third} 2\n"
        )
    };
    assert_eq!(found(&scenario("1")), nothing());
    assert!(found(&scenario("2")).laws.contains(&Law::LogMatching));
}

/// The findings in a run with a store after records of this kind are forged.
fn found_forged(lane: &str, kind: Kind, forge: impl Fn(usize, &mut Record)) -> Vec<Law> {
    let text = format!("lanes {lane}\nnodes 3\nlatency 10ms\nset store.interval 100ms\nuntil 8s\n");
    let forge_all = |records: &mut Vec<Record>| {
        let these = records.iter_mut().filter(|r| r.kind == kind);
        these.enumerate().for_each(|(i, r)| forge(i, r));
    };
    assert_eq!(found(&text), nothing());
    let mut timeline = workspace::open(&text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    wrong_with(&mut timeline, 0, forge_all).laws
}

#[test]
fn a_decreasing_token_at_the_store_is_detected() {
    for lane in ["raft", "zookeeper"] {
        // The first write has a token higher than all later ones.
        let first = |i: usize, r: &mut Record| r.args[0] += u32::from(i == 0);
        assert_eq!(found_forged(lane, Kind::Stored, first), [Law::TokensAtTheStore], "{lane}");
        let refused = |i: usize, r: &mut Record| r.sub = u8::from(i != 3);
        assert_eq!(found_forged(lane, Kind::Stored, refused), [Law::TokensAtTheStore], "{lane}");
    }
}

#[test]
fn a_decreasing_term_on_disk_is_detected() {
    let laws = found_forged("raft", Kind::Persist, |i, r| r.args[0] += 5 * u32::from(i == 0));
    assert!(laws.contains(&Law::TermsNeverFall), "{laws:?}");
}

#[test]
fn disagreement_after_calm_is_detected() {
    let scenario = "lanes zookeeper\nnodes 3\ninit zookeeper candidates 1 2 3\nat 2s crash 2\nat 5s crash 1\n\
        until 300s\n";
    assert_eq!(found(scenario), nothing());
    assert!(found(&format!("{scenario}set zookeeper.flaw no-rewatch\n")).discord);
}

#[test]
fn promises_given_up_by_settings_are_reported_but_not_bugs() {
    let early = "lanes raft\nnodes 5\nset raft.ack leader\ninit raft leader 1 term 1\n\
        at 1s partition 1 2 | 3 4 5\nat 2s write 1\nat 3s write 3\nat 4s heal\nuntil 8s\n";
    assert_eq!(found(early), Wrong { laws: vec![Law::AcknowledgedOnQuorum], ..nothing() });
    assert_eq!(stats(&agreed(early)).writes_lost, 1);
    let open =
        "lanes raft\nset store.interval 10ms\nset store.fencing off\nat 2s pause leader for 2s\nuntil 6s\n";
    assert_eq!(found(open), nothing());
    assert!(0 < stats(&agreed(open)).writes_conflicting);
}
