//! The swarm: a seed draws a whole scenario for an algorithm with faults of every kind, which then end.
//!
//! During the faults, no promise of an algorithm may be violated unless an assumption is broken. After them, in every
//! lane some node must lead again within the time that its algorithm promises, and after that time all nodes must agree
//! on the leader. No run may break off, and no instant may contain very many events, except for the reasons in
//! [`explosive`]. A failing seed is reduced line by line and printed as a scenario.
//!
//! `SWARM_RUNS` sets the number of runs, in equal parts for each algorithm, and `SWARM_SEED` the first seed of each:
//! `SWARM_SEED=7 SWARM_RUNS=1 cargo test --test swarm raft` runs only Raft's seed 7.

mod drawn;
mod second_judge;
mod shared;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use drawn::case::{Case, WAIT_MAX};
use drawn::{Draw, drawn, drawn_of};
use election_playground::base::{Delay, SimTime, Span};
use election_playground::checker::Outcome;
use election_playground::lane::Lane;
use election_playground::protocol::{Authority, Property, Topology};
use election_playground::registry::{ALGORITHMS, BUILT_IN};
use election_playground::scenario::{self, Action, Scenario};
use election_playground::trace::{BreakOff, Place};
use election_playground::workspace;
use shared::{failed, number};

/// The default number of runs, over all algorithms.
const RUNS: u64 = 40_000;
/// The most events of one instant. With zero latency a whole election happens at one instant; that of the
/// largest group drawn needs a tenth of this.
const INSTANT_MANY: u32 = 20_000;
/// The most events of a lane. The busiest settings drawn stay below it.
const EVENTS_MANY: u32 = 400_000;

/// A failure. The first text is the same for the same fault; the second is for people.
struct Failure {
    what: String,
    details: String,
}

fn failure(what: impl Into<String>, details: impl Into<String>) -> Failure {
    Failure { what: what.into(), details: details.into() }
}

/// Counts of the runs' outcomes.
#[derive(Default)]
struct Coverage {
    lanes: u64,
    /// The number of lanes in which some node had to lead after the faults.
    demanded: u64,
    /// The number of these in which all nodes had to agree, too.
    agreed: u64,
    /// The lanes abandoned for their many events, by the reason that permits them.
    excused: BTreeMap<&'static str, u64>,
}

/// Plays the case; a panic counts as a failure.
fn play(case: &Case, seed: u64, coverage: &mut Coverage) -> Result<(), Failure> {
    PLAYING.set(true);
    let played = catch_unwind(AssertUnwindSafe(|| play_it(case, seed, coverage)));
    PLAYING.set(false);
    played.unwrap_or_else(|_| Err(failure("panic", PANIC.take())))
}

fn play_it(case: &Case, seed: u64, coverage: &mut Coverage) -> Result<(), Failure> {
    let text = case.text();
    let mut timeline = workspace::open(&text).map_err(|e| failure("unread", format!("{e:?}")))?;
    let scenario = timeline.scenario().clone();
    if seed.is_multiple_of(8) {
        round_trips(&text, &scenario)?;
    }
    // Some runs continue after a node leads, so that later violations and disagreement can show.
    let stay = Draw::new(seed ^ 0xfeed).once_in(8);
    for i in 0..timeline.lanes().len() {
        let lane = timeline.lane(i);
        coverage.lanes += 1;
        let played = play_lane(lane, case, &scenario, stay, coverage);
        judged(lane, &scenario, i)?;
        played.map_err(|f| failure(f.what, format!("lane {i}: {}", f.details)))?;
    }
    Ok(())
}

/// Plays a lane until its faults are over, and then until a node leads, if one must.
fn play_lane(
    lane: &mut Lane,
    case: &Case,
    scenario: &Scenario,
    stay: bool,
    coverage: &mut Coverage,
) -> Result<(), Failure> {
    let id = lane.info().id;
    let peace = SimTime(case.peace_us);
    if !play_until(lane, case, SimTime(peace.0 - 1), |_| false, coverage)? {
        return Ok(());
    }
    let before = lane.recovery().map_or(Span::ZERO, |recovery| recovery.bound);
    if !play_until(lane, case, peace, |_| false, coverage)? {
        return Ok(());
    }
    let Some(mut bound) = promised(lane, case, scenario) else { return Ok(()) };
    if before != bound {
        // Timers keep the settings with which they were started.
        bound = bound + before;
    }
    coverage.demanded += 1;
    // Messages sent during the faults may arrive late, and so may those they hold up on their link.
    let mut flights = Vec::new();
    lane.flights(&mut flights);
    let late = flights.iter().map(|f| f.due).max().unwrap_or(peace).max(peace);
    let long_enough = |lane: &Lane| serving(lane) && (!stay || EVENTS_MANY / 2 < lane.events());
    if !play_until(lane, case, late + bound, long_enough, coverage)? {
        return Ok(());
    }
    if !serving(lane) {
        return Err(failure(
            format!("{id}: no node leads after the faults"),
            format!("within {bound} of {late}"),
        ));
    }
    if stay && lane.events() <= EVENTS_MANY / 2 && lane.contract().heals.is_ok() {
        coverage.agreed += 1;
        agreement(lane)?;
    }
    Ok(())
}

/// Plays a lane up to `until`, or until `enough`. Returns false if it was abandoned for its many events, for
/// a reason that permits them.
fn play_until(
    lane: &mut Lane,
    case: &Case,
    until: SimTime,
    enough: impl Fn(&Lane) -> bool,
    coverage: &mut Coverage,
) -> Result<bool, Failure> {
    while !enough(lane) && lane.step(until) {
        if INSTANT_MANY < lane.instant() {
            return too_much(lane, case, Much::AtAnInstant, coverage);
        }
        if EVENTS_MANY < lane.events() {
            return too_much(lane, case, Much::InAll, coverage);
        }
    }
    match lane.broke_off() {
        None => Ok(true),
        Some((_, why)) if why == BreakOff::Pending as u8 || why == BreakOff::Events as u8 => {
            too_much(lane, case, Much::InAll, coverage)
        }
        Some(_) => too_much(lane, case, Much::AtAnInstant, coverage),
    }
}

/// Where very many events occur.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Much {
    /// At one instant.
    AtAnInstant,
    /// In the whole run, or pending.
    InAll,
}

fn too_much(lane: &Lane, case: &Case, much: Much, coverage: &mut Coverage) -> Result<bool, Failure> {
    let Some(reason) = explosive(lane, case, much) else {
        let broke = lane.broke_off().map_or("", |(_, why)| BreakOff::text(why));
        let what = format!("{}: very many events: {much:?}", lane.info().id);
        let most = sent_most(lane);
        return Err(failure(what, format!("{} events by {}; {most}; {broke}", lane.events(), lane.now())));
    };
    *coverage.excused.entry(reason).or_default() += 1;
    Ok(false)
}

/// The kinds of messages of which more than a tenth as many were sent as of the most frequent one.
fn sent_most(lane: &Lane) -> String {
    let mut kinds: Vec<(u64, &str)> =
        lane.traffic().sent.iter().copied().zip(lane.info().messages.iter().map(|kind| kind.name)).collect();
    kinds.sort_by(|a, b| b.cmp(a));
    let most = kinds.first().map_or(0, |kind| kind.0);
    let many = kinds.iter().filter(|(sent, _)| most < sent * 10);
    format!("sent: {}", many.map(|(sent, name)| format!("{sent} {name}")).collect::<Vec<_>>().join(", "))
}

/// Why such a run may have very many events, if it may.
fn explosive(lane: &Lane, case: &Case, much: Much) -> Option<&'static str> {
    let links = lane.singular_links().into_iter().map(|(_, _, how)| how).chain([lane.network()[0]]);
    let latencies: Vec<Delay> = links.map(|how| how.latency).collect();
    let delays: Vec<Span> = latencies.iter().map(|latency| latency.max()).collect();
    // Apart from a tail, if there is one.
    let instant = latencies.iter().any(|latency| latency.range.hi == Span::ZERO);
    let passes_on = lane.info().topology == Topology::Ring;
    let for_ever = passes_on && case.says("retry off");
    // A token passed on k times may end up in 2^k copies. In a large group, every copy of a request may start
    // an election, with as many requests again.
    let often = ["10%", "20%", "100%"].iter().any(|share| case.duplicates(share));
    if often && (passes_on || 9 < lane.members()) {
        return Some("duplicates multiply at each node that passes them on or answers with requests");
    }
    if for_ever && case.says("duplicate ") {
        return Some(
            "messages that circle forever in a ring and are duplicated now and then grow without bound",
        );
    }
    // In the paper, a token circles if its owner is gone, or never was a member.
    if for_ever && (case.says("deliver all") || instant) {
        return Some("a token without an owner circles forever in no time");
    }
    // Thousands of messages may wait at slow and paused nodes.
    if much == Much::AtAnInstant && case.says("deliver all") && !lane.stuck() {
        return Some("all waiting messages are delivered at one instant");
    }
    // Each suspicion starts an election, and each election is slower than the next suspicion. Contradictory
    // timeouts tolerate no network.
    let slower = |bound: Span| bound == Span::ZERO || Some(bound) < delays.iter().copied().max();
    if much == Much::InAll && lane.delay_bound().is_some_and(slower) {
        return Some("with timeouts below the delays all nodes suspect each other all the time");
    }
    // Each of them corrects the other's followers.
    if lane.contract().impossible_start && lane.info().authority == Authority::Quorum {
        return Some("two leaders in one term, created by `init`, never end");
    }
    None
}

/// Judges a lane as far as it has been played: the checker that runs with it, and the second judge, which
/// reads its records and must agree.
fn judged(lane: &mut Lane, scenario: &Scenario, index: usize) -> Result<(), Failure> {
    unexpected(lane)?;
    second_judge::compare_so_far(scenario, index, lane).map_err(|found| {
        let subject = found.split(':').next().unwrap_or_default();
        failure(format!("{}: the judges differ: {subject}", lane.info().id), format!("lane {index}: {found}"))
    })
}

/// The time within which a node must lead once the faults are over; `None` if nothing is promised.
fn promised(lane: &Lane, case: &Case, scenario: &Scenario) -> Option<Span> {
    lane.info().claims.iter().find(|c| c.property == Property::LeaderEventually)?;
    let given_up =
        matches!(lane.verdict(Property::LeaderEventually, lane.now()).outcome, Outcome::GivenUp(_));
    let fast = lane.delay_bound().is_none_or(|bound| Span::ms(15) <= bound);
    // Forged state, or state that no run reaches, stays on disk.
    let corrupt = match lane.info().authority {
        Authority::Quorum => lane.contract().impossible_start || case.says(" send "),
        Authority::Service(_) => lane.contract().impossible_start,
        Authority::None => false,
    };
    if scenario.timers_manual || given_up || !fast || corrupt || !enough_are_there(lane, case) {
        return None;
    }
    lane.recovery().map(|recovery| recovery.bound).filter(|bound| *bound <= WAIT_MAX)
}

/// Whether enough members run and have not left for good, assuming that crashed ones stay down.
fn enough_are_there(lane: &Lane, case: &Case) -> bool {
    let up = (0..lane.members() as Place).filter(|&p| lane.up(p) && !lane.paused(p)).count();
    match lane.info().authority {
        Authority::Quorum => case.returns || lane.members() / 2 < up && !case.says("learners"),
        Authority::Service(_) => case.returns || 0 < up && !case.says("close "),
        Authority::None => 0 < up,
    }
}

/// Whether a node leads that can, judged from outside, independently of the checker.
fn serving(lane: &Lane) -> bool {
    leaders(lane).iter().any(|&p| {
        let members = lane.members() as Place;
        let named = || {
            (members..members + lane.services() as Place)
                .any(|s| lane.belief(s).leader == lane.names().ids[usize::from(p)])
        };
        !matches!(lane.info().authority, Authority::Service(_)) || named()
    })
}

/// The running members that believe they lead.
fn leaders(lane: &Lane) -> Vec<Place> {
    let leads = |p: &Place| lane.belief_number(*p) > 0 && lane.up(*p) && !lane.paused(*p);
    (0..lane.members() as Place).filter(leads).collect()
}

/// After enough calm there is one leader, and every node that follows one follows that one. With a service
/// that keeps the record, only the next in the queue is told of a new leader.
fn agreement(lane: &Lane) -> Result<(), Failure> {
    let id = lane.info().id;
    let ids = &lane.names().ids;
    let leaders = leaders(lane);
    let [leader] = leaders[..] else {
        return Err(failure(format!("{id}: several lead after enough calm"), format!("{leaders:?}")));
    };
    if matches!(lane.info().authority, Authority::Service(_)) {
        return Ok(());
    }
    for p in 0..lane.members() as Place {
        let follows = lane.belief(p).leader;
        if lane.up(p) && follows.some().is_some_and(|it| it != ids[usize::from(leader)]) {
            let details = format!("{} takes {follows} for the leader", ids[usize::from(p)]);
            return Err(failure(format!("{id}: disagreement after enough calm"), details));
        }
    }
    Ok(())
}

/// A violated promise with no broken assumption.
fn unexpected(lane: &Lane) -> Result<(), Failure> {
    match lane.violations().iter().find(|v| v.is_bug()) {
        None => Ok(()),
        Some(v) => Err(failure(
            format!("{}: {} without a broken assumption", lane.info().id, v.property.name()),
            format!("at {}: {}", v.at, v.text()),
        )),
    }
}

/// The canonical form and the printed scenario read as the same scenario, apart from line numbers.
fn round_trips(text: &str, read: &Scenario) -> Result<(), Failure> {
    let again = |text: String, what: &str| -> Result<(), Failure> {
        let other = workspace::read(&text).map_err(|e| failure(what, format!("{e:?} in\n{text}")))?;
        if unlined(&other) == unlined(read) { Ok(()) } else { Err(failure(what, text)) }
    };
    let canonical = scenario::fmt(text);
    if scenario::fmt(&canonical) != canonical {
        return Err(failure("fmt changes its own text", canonical));
    }
    again(canonical, "fmt reads differently")?;
    again(scenario::print(read, BUILT_IN.vocabulary()), "print reads differently")
}

fn unlined(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    for act in &mut scenario.acts {
        act.line = 0;
        if let Action::Set(set) = &mut act.action {
            // The lines as written, with their meaning beside them.
            set.value.clear();
        }
    }
    scenario.init.iter_mut().for_each(|a| a.line = 0);
    scenario.expects.iter_mut().for_each(|a| a.line = 0);
    scenario.breaks.iter_mut().for_each(|a| a.line = 0);
    scenario.warnings.iter_mut().for_each(|a| a.line = 0);
    scenario.lanes.iter_mut().flat_map(|l| &mut l.by_node).for_each(|s| s.line = 0);
    scenario
}

/// Removes lines as long as the case fails in the same way.
fn shrink(mut case: Case, seed: u64, what: &str) -> Case {
    let fails = |case: &Case| play(case, seed, &mut Coverage::default()).is_err_and(|f| f.what == what);
    let mut chunk = case.lines.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        let mut smaller = false;
        while at < case.lines.len() {
            let mut fewer = case.clone();
            fewer.lines.drain(at..(at + chunk).min(case.lines.len()));
            if fails(&fewer) {
                case = fewer;
                smaller = true;
            } else {
                at += chunk;
            }
        }
        if !smaller || chunk > 1 {
            chunk /= 2;
        }
    }
    for nodes in ["nodes 2", "nodes 3", "nodes 4", "nodes 5"] {
        if let Some(at) = case.lines.iter().position(|l| l.starts_with("nodes")) {
            let mut fewer = case.clone();
            fewer.lines[at] = nodes.into();
            if fails(&fewer) {
                return fewer;
            }
        }
    }
    case
}

thread_local! {
    /// Whether the thread plays a run, whose panics are caught.
    static PLAYING: Cell<bool> = const { Cell::new(false) };
    /// The message of the thread's last panic in a run, with its location.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics in runs are reported with their scenario, and printed only if `LOUD` is set.
fn quietly() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if PLAYING.get() {
                PANIC.set(panic.to_string());
            }
            if !PLAYING.get() || std::env::var("LOUD").is_ok() {
                print(panic);
            }
        }));
    });
}

/// The runs of one algorithm for the seeds with this remainder modulo two: two tests, so that they run in
/// parallel.
fn swarm(id: &str, rest: u64) {
    quietly();
    let algorithm = ALGORITHMS.iter().find(|a| a.info.id == id).expect("an algorithm of the registry");
    let first = number("SWARM_SEED", 0);
    let runs = number("SWARM_RUNS", RUNS).div_ceil(ALGORITHMS.len() as u64);
    // How many failures of different kinds to look for before stopping.
    let enough = number("SWARM_FAILURES", 1) as usize;
    let mut coverage = Coverage::default();
    let mut failures: Vec<(String, String)> = Vec::new();
    for seed in (first..first + runs).filter(|seed| seed % 2 == rest) {
        let case = Case::of(&drawn_of(algorithm, seed));
        let Err(failed) = play(&case, seed, &mut coverage) else { continue };
        if failures.iter().any(|(what, _)| *what == failed.what) {
            continue;
        }
        let small = shrink(case.clone(), seed, &failed.what);
        let details = play(&small, seed, &mut Coverage::default()).err().map_or(String::new(), |f| f.details);
        let told = format!(
            "{id}, seed {seed}: {}: {}\n--- as drawn\n{}--- smaller: {details}\n{}",
            failed.what,
            failed.details,
            case.text(),
            small.text(),
        );
        failures.push((failed.what, told));
        if failures.len() >= enough {
            break;
        }
    }
    let Coverage { lanes, demanded, agreed, excused } = coverage;
    println!(
        "{id}: {lanes} lanes, of {demanded} recovery was demanded, of {agreed} agreement; left: {excused:?}"
    );
    let all: Vec<&str> = failures.iter().map(|(_, told)| told.as_str()).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// The tests of each algorithm, and the list of algorithms that have them.
macro_rules! swarms {
    ($($name:ident)+) => {
        const SWARMS: &[&str] = &[$(stringify!($name)),+];
        $(mod $name {
            #[test]
            fn even_seeds() {
                super::swarm(stringify!($name), 0);
            }
            #[test]
            fn odd_seeds() {
                super::swarm(stringify!($name), 1);
            }
        })+
    };
}

swarms! { ring bully zookeeper raft hs }

#[test]
fn every_algorithm_has_its_swarm() {
    for algorithm in &ALGORITHMS {
        let id = algorithm.info.id;
        assert!(SWARMS.contains(&id), "add {id} to `swarms!` in tests/swarm.rs");
    }
}

#[test]
fn invariants_of_every_run_are_checked() {
    let trivial = "expect leaders >= 0 always\nexpect pending >= 0\nexpect epoch >= 0 always\n\
                   expect time no-leader >= 0\nexpect messages >= 0 eventually\nexpect leaders > 128 never\n";
    for seed in 0..60 {
        let mut drawn = drawn(seed);
        drawn.faults_us = drawn.faults_us.min(500_000);
        drawn.acts.clear();
        drawn.open();
        let text = drawn.text() + trivial;
        let mut timeline = workspace::open(&text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
        let failed = failed(&mut timeline, &text);
        assert!(failed.is_empty(), "{failed:?} in\n{text}");
    }
}
