//! Ω under faults, judged by the playground's own checker.

use election_playground::base::SimTime;
use election_playground::checker::{Blame, Outcome};
use election_playground::expectations::judge;
use election_playground::picture;
use election_playground::protocol::{Assumption, Property};
use election_playground::timeline::Timeline;

fn play(text: &str) -> Timeline {
    let mut run = omega::REGISTRY.open(text).unwrap_or_else(|errors| panic!("{errors:?} in\n{text}"));
    run.compute_all();
    run
}

/// Plays a scenario, all of whose expectations must be met.
fn holds(text: &str) {
    let mut run = play(text);
    for judged in judge(&mut run) {
        assert!(judged.met(), "expectation {} found {} in\n{text}", judged.expect, judged.found);
    }
}

fn outcome(run: &Timeline, property: Property) -> Outcome {
    let verdicts = run.lanes()[0].head_verdicts(run.scenario().until);
    verdicts.into_iter().find(|it| it.property == property).expect("a verdict on every property").outcome
}

#[test]
fn the_lowest_id_leads_and_the_next_takes_over() {
    holds(
        "lanes omega\nnodes 5\nlatency 5ms..15ms\nat 3s crash leader\nuntil 6s\nexpect leader = 1 at 2s\n\
         expect leader = 2 at end\nexpect failover < 700ms\nexpect at-most-one-leader\nexpect leader-eventually\n",
    );
}

#[test]
fn a_partition_has_a_leader_on_each_side_and_the_run_is_to_blame() {
    let run = play("lanes omega\nnodes 5\nlatency 10ms\nat 2s partition 1 2 | 3 4 5\nat 4s heal\nuntil 8s\n");
    let Outcome::Broken(violation) = outcome(&run, Property::AtMostOneLeader) else { panic!("it is broken") };
    assert!(matches!(violation.blame, Blame::Run(Assumption::Connected, _)), "{violation:?}");
    assert!(matches!(outcome(&run, Property::LeaderEventually), Outcome::Held));
}

#[test]
fn no_seed_breaks_a_promise_while_its_assumptions_hold() {
    for seed in 1..=300 {
        let run = play(&format!(
            "lanes omega\nseed {seed}\nnodes 5\nlatency 1ms..30ms\nat 2s crash leader\nat 3s crash leader\n\
             at 5s partition 3 | 4 5\nat 6s heal\nat 8s restart 1\nuntil 20s\n"
        ));
        for verdict in run.lanes()[0].head_verdicts(run.scenario().until) {
            if let Outcome::Broken(violation) = verdict.outcome {
                assert!(!matches!(violation.blame, Blame::Bug), "seed {seed}: {violation:?}");
            }
        }
    }
}

#[test]
fn without_heartbeats_campaigns_make_no_second_leader() {
    // Timers that a scenario fires by hand, and a group that has just started: clocks advance, and no ALIVE is sent.
    let by_hand =
        "timers manual\nat 3.004s crash leader\nat 3.006s campaign all\nat 5s campaign all\nuntil 6s\n";
    let at_once = "phases lockstep\nat 0.3s campaign all\nuntil 3s\n";
    for script in [by_hand, at_once] {
        let run = play(&format!("lanes omega\nnodes 3\n{script}"));
        assert!(matches!(outcome(&run, Property::AtMostOneLeader), Outcome::Held), "{script}");
    }
}

#[test]
fn every_rule_is_hit() {
    let mut run = play(
        "lanes omega\nnodes 3\nlatency 10ms\nat 2s crash 1\nat 4s restart 1\nat 6s campaign 3\nuntil 8s\n",
    );
    let until = run.scenario().until;
    let records = run.lane(0).records(SimTime::ZERO, until, usize::MAX);
    let hit = records.iter().fold(0, |hit, record| hit | record.rules);
    for (at, rule) in omega::INFO.rules.iter().enumerate() {
        assert!(hit & 1 << (at + 1) != 0, "no event hits rule {}: {rule}", at + 1);
    }
}

#[test]
fn settings_that_do_not_fit_are_refused_with_their_line() {
    let errors =
        omega::REGISTRY.open("lanes omega\nset omega.timeout 50ms\n").err().expect("it does not fit");
    assert!(errors[0].to_string().contains("timeout must be longer than heartbeat"), "{errors:?}");
}

/// Pictures are drawn of an algorithm that they have never heard of.
#[test]
fn it_can_be_drawn() {
    let mut run = play("lanes omega\nnodes 5\nat 2s partition 1 2 | 3 4 5\nat 4s heal\nuntil 8s\n");
    let span = (SimTime(1_900_000), SimTime(3_000_000));
    run.seek(SimTime(3_500_000));
    let moment = picture::moment(&run, &[0], None, "").expect("a moment");
    assert!(moment.contains("both believe they lead"), "{moment}");
    let diagram = picture::diagram(&run, 0, span, "").expect("a diagram");
    assert!(diagram.contains(">believes it leads, wrongly<") && diagram.contains(">link cut<"), "{diagram}");
    let bands = picture::bands(&run, &[0], (SimTime::ZERO, SimTime(8_000_000)), "").expect("bands");
    assert!(bands.contains("partition 1 2 | 3 4 5"), "{bands}");
    let sequence = picture::mermaid(&run, 0, (span.0, SimTime(2_200_000))).expect("a sequence diagram");
    assert!(sequence.contains("-xn"), "{sequence}");
    assert!(picture::shiviz::shiviz(&mut run, 0, span.0, span.1).expect("a log").contains("node-1 {"));
}
