//! When an outcome was decided: curves whose shares are known, the moment that decides, and that neither slices nor the
//! way in which a future is built make a difference.

use election_playground::base::SimTime;
use election_playground::keyframes::{KEYFRAME_BYTES_MAX, bytes_in_all};
use election_playground::lane::{Lane, Redraw};
use election_playground::meter::Meter;
use election_playground::odds::{
    self, Bound, Curve, Future, Odds, Player, Problem, Settled, Survey, UNITS_MAX, interval,
};
use election_playground::registry::BUILT_IN;
use election_playground::scenario::{When, outcome};
use election_playground::workspace;

/// The odds of an outcome in the first lane, worked out in one go.
fn worked_out(text: &str, when: &str, futures: u32) -> Odds {
    let mut odds = Odds::new(&BUILT_IN, text, 0, when, futures).unwrap_or_else(|e| panic!("{when}: {e:?}"));
    assert!(odds.advance(&mut Meter::unlimited()));
    assert!(odds.progress().done);
    odds
}

fn curve(odds: &Odds) -> &Curve {
    odds.curve().expect("it is worked out")
}

/// The shares at the points, in percent, and whether each was settled by then.
fn shares(curve: &Curve) -> Vec<(u32, bool)> {
    curve.points().iter().map(|point| (point.shares()[1] / 10_000, point.settled)).collect()
}

/// Nothing in this run is drawn: not the delays, not the phases, and no timer runs by itself.
const FIXED: &str = "lanes raft\nnodes 3\nlatency 10ms\nphases lockstep\ntimers manual\n";

#[test]
fn what_is_not_drawn_is_certain() {
    let text = format!("{FIXED}at 1s campaign 1\nat 3s crash leader\nuntil 5s\n");
    let odds = worked_out(&text, "leader = 1", 100);
    assert!(curve(&odds).settled().came);
    assert!(shares(curve(&odds)).iter().all(|(share, _)| *share == 100), "{:?}", shares(curve(&odds)));
    assert_eq!(curve(&odds).decided().expect("decided").point, 0, "from the start");
    let text = odds::sentence(odds.player(), curve(&odds));
    assert_eq!(text, "From the start on, at least 95 of 100 redrawn futures come to `leader = 1`.");

    let odds = worked_out(&format!("{FIXED}at 1s campaign 1\nuntil 5s\n"), "leaders >= 2", 100);
    assert!(!curve(&odds).settled().came);
    assert!(shares(curve(&odds)).iter().all(|(share, _)| *share == 0));
    let text = odds::sentence(odds.player(), curve(&odds));
    assert_eq!(text, "From the start on, at most 5 of 100 redrawn futures come to `leaders >= 2`.");
}

/// A message that is lost in half of all futures. It is drawn when it is sent, at 2 s: node 1 leads if node 2 hears of
/// it and answers.
const COIN: &str = "lanes raft\nnodes 3\nseed SEED\nlatency 10ms\nphases lockstep\ntimers manual\n\
                    at 1s cut 1 - 3\nat 1s loss 1 -> 2 50%\nat 2s campaign 1\nat 4s heal\nuntil 6s\n";

#[test]
fn a_coin_is_decided_when_it_is_tossed() {
    let mut seen = [0, 0];
    for seed in 1..=8 {
        let text = COIN.replace("SEED", &seed.to_string());
        let odds = worked_out(&text, "leader = 1 by 3s", 400);
        let curve = curve(&odds);
        let came = curve.settled().came;
        seen[usize::from(came)] += 1;
        for point in curve.points() {
            let [low, share, high] = point.shares();
            if point.at < SimTime(2_000_000) {
                // 400 tosses: even seven of these intervals would miss the true share once in three tests, so it is
                // the share that has to be near.
                assert!((420_000..=580_000).contains(&share), "{share} at {}", point.at);
                assert!(low < share && share < high);
            } else {
                assert_eq!(share, if came { 1_000_000 } else { 0 }, "at {}", point.at);
            }
        }
        let decided = curve.decided().expect("it is decided");
        let event = decided.event.clone().expect("by one event");
        assert!(decided.exact && decided.sharp && decided.open_again.is_none());
        assert_eq!((event.at, event.line), (SimTime(2_000_000), Some(8)), "the campaign");
        let text = odds::sentence(odds.player(), curve);
        let share = if came { "at least 380" } else { "at most 20" };
        let start =
            format!("From 2s on, {share} of 400 redrawn futures come to `leader = 1 by 3s`: decided by “");
        assert!(text.starts_with(&start), "{text}");
        assert_eq!(curve.turns().len(), 1);
        assert_eq!(curve.turns()[0].point, decided.point);
    }
    assert!(seen[0] > 0 && seen[1] > 0, "both sides of the coin were seen: {seen:?}");
}

#[test]
fn an_interval_covers_the_true_share_in_nineteen_of_twenty_curves() {
    let text = COIN.replace("SEED", "1");
    let mut player = Player::new(&BUILT_IN, &text, 0, "leader = 1 by 3s").expect("it opens");
    let mut covered = 0;
    for hundred in 0..100 {
        let tossed = 100 * hundred..100 * (hundred + 1);
        let came = tossed.filter(|&i| player.play(0, i, &mut Meter::unlimited()).expect("unlimited").came);
        let [low, _, high] = interval(came.count() as u64, 100);
        covered += u32::from(low <= 500_000 && 500_000 <= high);
    }
    // Binomial: fewer than 88 of 100 in one of 250 cases.
    assert!((88..=100).contains(&covered), "{covered} of 100");
}

#[test]
fn the_act_that_makes_it_inevitable_decides() {
    // Nothing can restore a quorum, so the failover after 3 s cannot end.
    let text = "lanes raft\nnodes 3\nseed 3\nat 3s crash 1 2\nuntil 9s\n";
    let odds = worked_out(text, "failover > 4s", 100);
    let curve = curve(&odds);
    let settled = curve.settled();
    assert!(settled.came, "it has lasted for 4 s, though it never ends");
    // Unless both crashed nodes followed, the leader was among them.
    assert!(settled.at >= SimTime(7_000_000) && settled.at < SimTime(9_000_000), "{}", settled.at);
    let decided = curve.decided().expect("it is decided");
    assert!(decided.point == 0, "the act is part of every future: {}", odds::sentence(odds.player(), curve));
}

#[test]
fn what_is_true_from_the_start_needs_no_futures() {
    let odds = worked_out("lanes raft\nuntil 3s\n", "leaders = 0", 100);
    let curve = curve(&odds);
    assert_eq!((curve.points().len(), curve.units()), (1, 0));
    assert_eq!(odds::sentence(odds.player(), curve), "`leaders = 0` is true from the start.");
    let few = worked_out("lanes raft\nnodes 3\nuntil 3s\n", "leaders >= 2", 72);
    assert_eq!(
        odds::sentence(few.player(), few.curve().expect("it is worked out")),
        "`leaders >= 2` had not come true at 3s. 72 futures of a moment are too few to tell when that was decided."
    );
}

const STORY: &str = "lanes raft bully\nseed 42\nat 2s crash leader\nat 9s restart all\nat 13s partition 1 2 | 3 4 5\n\
                     at 20s heal\nuntil 25s\n";

/// Everything that a curve says.
fn told(odds: &Odds) -> String {
    format!("{:?} {}", curve(odds), odds::sentence(odds.player(), curve(odds)))
}

#[test]
fn slices_make_no_difference() {
    let whole = told(&worked_out(STORY, "leaders >= 2", 30));
    for units in [1, 97, 10_000] {
        let mut odds = Odds::new(&BUILT_IN, STORY, 0, "leaders >= 2", 30).expect("it opens");
        let (mut calls, mut points) = (0_u64, 0);
        while !odds.advance(&mut Meter::new(units)) {
            calls += 1;
            let progress = odds.progress();
            assert!(points <= progress.points && progress.points <= progress.of.max(1), "{progress:?}");
            points = progress.points;
        }
        assert!(calls > 10, "{units} units a slice: {calls} calls");
        assert_eq!(told(&odds), whole, "{units} units a slice");
        if units == 1 {
            assert!(calls > 100_000);
        }
    }
}

#[test]
fn a_future_is_the_run_of_the_text_with_one_more_line() {
    let mut player = Player::new(&BUILT_IN, STORY, 0, "leaders >= 2").expect("it opens");
    for step in [0, 5, 6, 371, 372, 400, 1601, 1603, 2404] {
        let place = player.place(step, &mut Meter::unlimited()).expect("the meter is unlimited");
        for index in [0, 7] {
            let line = player.line(place, step, index);
            let future = player.play(step, index, &mut Meter::unlimited()).expect("the meter is unlimited");
            let text = format!("{STORY}{line}\nexpect raft leaders >= 2 eventually\n");
            let mut timeline = workspace::open(&text).unwrap_or_else(|e| panic!("{e:?} in {text}"));
            let judged = election_playground::expectations::judge(&mut timeline);
            assert_eq!(future.came, judged[0].met(), "{line}");
        }
    }
}

#[test]
fn a_future_equals_the_run_of_its_text_event_by_event() {
    let timeline = workspace::open(STORY).expect("it opens");
    let (scenario, until) = (timeline.scenario().clone(), timeline.scenario().until);
    let maker = BUILT_IN.algorithms()[scenario.lanes[0].algorithm].maker;
    let again = || Lane::new(&scenario, 0, maker).expect("it fits");
    let (mut run, mut redraw) = (again(), Redraw::new(again()));
    // Between events, right before and after an act, and where acts wait for events of their instant.
    for step in [0, 100, 371, 372, 1602, 2405] {
        run.go_to_step(step, until);
        let origin = run.origin();
        redraw.begin(&origin, 77);
        while redraw.step(until) {}
        let after = if origin.after == 0 { String::new() } else { format!("+{}", origin.after) };
        let line = format!("at {}{after} raft: reseed 77\n", origin.at);
        let other = workspace::open(&format!("{STORY}{line}"));
        let other = other.unwrap_or_else(|e| panic!("{e:?}: {line}"));
        let mut lane = Lane::new(other.scenario(), 0, maker).expect("it fits");
        while lane.step(until) {}
        assert_eq!(redraw.lane().state_digest(), lane.state_digest(), "{line}");
        assert_eq!(redraw.lane().trace_digest(), lane.trace_digest(), "{line}");
        assert_eq!(redraw.lane().stats(), lane.stats(), "{line}");
    }
    run.go_to_step(400, until);
    let before = run.trace_digest();
    redraw.begin(&run.origin(), 1);
    while redraw.step(until) {}
    assert_eq!(run.trace_digest(), before, "the run itself stays where it is");
}

#[test]
fn times_are_judged_as_expectations_are() {
    let text = "lanes raft\nnodes 3\nseed 5\nat 2s crash leader\nuntil 5s\n";
    for when in [
        "leaders = 1 at end",
        "leaders = 0 at 2.05s",
        "leader by 1s",
        "leaders >= 2 never",
        "leaders < 2 always",
        "failovers = 1 eventually",
        "raft leaders = 1 by 400ms",
        "one-leader-per-term at end",
        "one-leader-per-term",
    ] {
        let odds = worked_out(text, when, 10);
        let expect = match when {
            // As for `break`.
            "one-leader-per-term" => "expect one-leader-per-term = broken".to_string(),
            _ => format!("expect {when}"),
        };
        let mut timeline = workspace::open(&format!("{text}{expect}\n")).expect("it opens");
        let judged = election_playground::expectations::judge(&mut timeline);
        assert_eq!(curve(&odds).settled().came, judged[0].met(), "{when}");
    }
}

#[test]
fn an_outcome_is_a_condition_of_the_language() {
    let scenario = workspace::read("lanes raft zookeeper\nnodes 3\nuntil 5s\n").expect("it reads");
    let read = |text: &str, lane| outcome(text, &scenario, lane, BUILT_IN.vocabulary());
    let good = read(" leaders >= 2 # a comment", 0).expect("it reads");
    assert_eq!((good.when, good.condition.lanes), (When::Eventually, 1));
    // What only one lane has may be asked there.
    assert!(read("node 1 log = 1", 0).is_ok());
    for (text, lane, what) in [
        ("", 0, "found nothing, expected a condition"),
        ("leadrs = 2", 0, "did you mean `leaders`?"),
        ("leaders = 2; leaders = 3", 0, "a second condition"),
        ("leaders = 2 by 9s", 0, "a time no later than the end, 5s"),
        ("node 1 log = 1", 1, "a field of the node"),
        ("zookeeper leaders = 2", 0, "a condition on the lane `raft`"),
        ("leaders = 2 over 100 seeds", 0, "over"),
        ("p99 failover < 2s over 10 seeds", 0, "p99"),
        (&"x".repeat(2_000), 0, "at most 1000"),
    ] {
        let error = read(text, lane).expect_err(text).to_string();
        assert!(error.contains(what), "{error}");
    }
    let bad = Odds::new(&BUILT_IN, "lanes raft\nat 1s crsh 1\n", 0, "leaders = 1", 10);
    assert!(matches!(bad.err(), Some(Problem::Text(errors)) if errors[0].line == 2));
    let bad = Odds::new(&BUILT_IN, "lanes raft\n", 1, "leaders = 1", 10);
    assert_eq!(bad.err(), Some(Problem::Lane));
}

#[test]
fn a_long_run_stays_within_its_bounds() {
    // More than a million events, of which each future plays what is left.
    let text = "lanes raft\nnodes 5\nset raft.heartbeat 5ms\nset raft.election-timeout 50ms..100ms\n\
                at 900s crash leader\nuntil 1000s\n";
    let mut odds = Odds::new(&BUILT_IN, text, 0, "leader = 3 at end", 100).expect("it opens");
    for _ in 0..100 {
        let meter = &mut Meter::new(1_000_000);
        assert!(!odds.advance(meter));
        assert!(meter.spent() < 2_000_000, "a slice is not much longer than it should be: {}", meter.spent());
        assert!(bytes_in_all() <= KEYFRAME_BYTES_MAX);
    }
    let progress = odds.progress();
    assert!(progress.of > 10 && progress.futures > 1, "{progress:?}");
    drop(odds);
    assert_eq!(bytes_in_all(), 0, "whoever has enough of it drops it");
}

/// A curve whose futures come to this, in order: the cost of each, and whether it has the outcome from a step on.
fn made_up(until: u32, units: u64, from: u32) -> Curve {
    let at = |step: u32| SimTime(u64::from(step) * 1_000);
    let settled = Settled { came: true, at: at(until), step: until, last: at(until) };
    let mut curve = Curve::new(Survey { settled, grid: vec![0, until / 2, until - 1] }, 100);
    while let Some(step) = curve.next_step() {
        let mut played = Vec::new();
        while curve.goes_on(&played, curve.units_left()) {
            played.push(Future { came: from <= step, broke_off: false, units });
        }
        curve.put(step, (at(step), 0), &played);
    }
    curve
}

#[test]
fn a_curve_finds_the_event_in_a_million() {
    for from in [1, 2, 499_999, 500_000, 500_001, 777_777, 999_999] {
        let curve = made_up(1_000_000, 10, from);
        assert_eq!(curve.bound(), None);
        assert!(curve.points().len() < 30, "{} points", curve.points().len());
        let decided = curve.decided().expect("decided");
        assert!(decided.exact && decided.sharp);
        assert_eq!(curve.points()[decided.point].step, from);
        assert_eq!(curve.wanted(), [(from, SimTime(u64::from(from) * 1_000))], "one event to be looked up");
    }
}

#[test]
fn the_budget_ends_a_curve() {
    // After 150 such futures there is nothing left.
    let curve = made_up(1_000_000, UNITS_MAX / 150, 1);
    assert_eq!(curve.bound(), Some(Bound::Units));
    let runs: Vec<u32> = curve.points().iter().map(|point| point.runs).collect();
    assert_eq!(runs, [100, 50, 1], "the last point has fewer futures, and is the last");
    assert!(curve.units() < UNITS_MAX + UNITS_MAX / 100);
    // A single one that costs more than everything.
    let curve = made_up(1_000_000, UNITS_MAX * 2, 1);
    assert_eq!(curve.points().len(), 2);
    assert_eq!(curve.points()[0].runs, 1);
}

#[test]
fn intervals_are_those_of_the_tables() {
    // Wilson (1927), as in the tables of Newcombe (1998): 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for (came, runs, low, high) in
        [(81, 263, 2553, 3662), (15, 148, 624, 1605), (0, 20, 0, 1611), (1, 29, 61, 1718)]
    {
        let [l, share, h] = interval(came, runs);
        assert_eq!(((l + 50) / 100, (h + 50) / 100), (low, high), "{came} of {runs}");
        assert!(l <= share && share <= h);
    }
    assert_eq!(interval(100, 100), [963_007, 1_000_000, 1_000_000]);
}

/// Curves that the JavaScript interface has to find as well.
const SAME: &str = include_str!("odds.txt");

#[test]
fn the_recorded_curves_are_found() {
    let mut found = String::new();
    for line in SAME.lines().filter(|line| line.starts_with("? ")) {
        let (file, rest) = line[2..].split_once(' ').expect("a file");
        let (lane, when) = rest.split_once(' ').expect("a lane");
        let text = std::fs::read_to_string(format!("scenarios/{file}.txt")).expect("a scenario");
        let lane = lane.parse().expect("a number");
        let mut odds = Odds::new(&BUILT_IN, &text, lane, when, 100).unwrap_or_else(|e| panic!("{e:?}"));
        assert!(odds.advance(&mut Meter::unlimited()));
        let points = curve(&odds).points().iter();
        let points: Vec<String> =
            points.map(|it| format!("{}:{}:{}/{}", it.step, it.at.0, it.came, it.runs)).collect();
        let sentence = odds::sentence(odds.player(), curve(&odds));
        found += &format!("{line}\n{}\n{sentence}\n", points.join(" "));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("tests/odds.txt", &found).expect("it can be written");
    } else {
        assert_eq!(found, SAME, "UPDATE=1 records them anew");
    }
}
