//! Tests of the language: reading, printing and the canonical form; other files test the rest.

mod complete;
mod doc;
mod edit;
mod errors;
mod errors_expect;
mod props;
mod sample;
mod story;

use crate::vocabulary::Value;
use election_base::{NodeId, SimTime, Span, SpanRange};

use super::*;

use sample::SAMPLE;

/// The example of docs/scenario.md.
pub(super) const EXAMPLE: &str = "\
# A partition: bully ends with two leaders, Raft with one per term.
title   Partition 2 | 3
lanes   ring bully zookeeper raft
nodes   5
seed    42
latency 5ms..15ms
loss    1%
set     raft.election-timeout 150ms..300ms
set     zookeeper.watch predecessor

at 1s    crash leader
at 2s    restart all
at 2.5s  pause leader for 800ms
at 4s    partition 1 2 | 3 4 5
at 7s    heal
at 8s    raft: campaign 3
until 10s

break  leaders >= 2
expect bully leaders = 2 at 5s
expect raft  one-leader-per-term always
expect raft  leader by 1s
expect raft  node 2 role follower at end
";

pub(super) fn ok(text: &str) -> Scenario {
    read(text, SAMPLE).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{text}\n{}", errors.join("\n"))
    })
}

pub(super) fn errors(text: &str) -> Vec<String> {
    match read(text, SAMPLE) {
        Ok(_) => panic!("reads without an error: {text}"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

fn action(text: &str) -> Action {
    action_of(&format!("at 1s {text}"))
}

fn action_of(text: &str) -> Action {
    ok(text).acts.remove(0).action
}

#[test]
fn the_example_reads() {
    let scenario = ok(EXAMPLE);
    assert_eq!(scenario.title, "Partition 2 | 3");
    assert_eq!((scenario.seed, scenario.nodes.len(), scenario.lanes.len()), (42, 5, 4));
    assert_eq!(scenario.network.loss_ppm, 10_000);
    assert_eq!(scenario.acts.len(), 6);
    assert_eq!((scenario.acts[5].lanes, scenario.acts[5].applicable), (8, 8));
    assert_eq!(scenario.acts[3].action.to_string(), "partition 1 2 | 3 4 5");
    assert!(matches!(&scenario.breaks[0].on, Halt::Condition(it) if it.op == Op::Ge));
    assert_eq!(scenario.expects[0].when, When::At(SimTime(5_000_000)));
    assert_eq!(scenario.expects[1].condition.subject, Subject::Property("one-leader-per-epoch".into()));
    let field = Subject::Field(Who::Node(NodeId(2)), "role".into());
    assert_eq!(scenario.expects[3].condition.subject, field);
    assert_eq!(scenario.expects[3].condition.operand, Operand::Text("follower".into()));
}

#[test]
fn an_empty_text_is_the_default_scenario() {
    let scenario = ok("");
    let names: Vec<&str> = scenario.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["ring", "bully", "zookeeper", "raft"]);
    assert_eq!(scenario.network.latency, SpanRange::new(Span::ms(5), Span::ms(15)).into());
    assert_eq!((scenario.seed, scenario.until), (1, SimTime(10_000_000)));
    assert_eq!(scenario.store, Store { fencing: true, interval: Span::ms(100), latency: None });
    assert_eq!(ok("# nothing"), scenario);
    assert_eq!(ok("\u{feff} ;; \r\n"), scenario);
}

#[test]
fn one_line_means_the_same_as_many() {
    let mut one = ok("lanes raft; nodes 3; at 1s crash leader; until 4s");
    let many = ok("lanes raft\nnodes 3\r\nat 1s crash leader # comment; with a mark\nuntil 4s");
    one.acts[0].line = many.acts[0].line;
    assert_eq!(one, many);
}

#[test]
fn acts_are_in_the_order_in_which_they_happen() {
    let scenario = ok("at 2s heal; at 1s+3 crash 1; at 1s crash 2; at 1s crash 3");
    let order: Vec<String> = scenario.acts.iter().map(|act| act.action.to_string()).collect();
    assert_eq!(order, ["crash 2", "crash 3", "crash 1", "heal"]);
}

#[test]
fn a_lane_overrides_its_algorithm_and_an_algorithm_the_default() {
    let scenario = ok("lane a = raft pre-vote on, heartbeat 20ms, fencing off\nlane b = raft\n\
                       set raft.heartbeat 30ms; set b.store.interval 0; set store.interval 1s");
    let [a, b] = &scenario.lanes[..] else { panic!("two lanes") };
    assert_eq!((&a.settings[1], &b.settings[1]), (&Value::Span(Span::ms(20)), &Value::Span(Span::ms(30))));
    assert_eq!((&a.settings[2], &b.settings[2]), (&Value::Switch(true), &Value::Switch(false)));
    assert_eq!((&a.given, &b.given), (&vec![false, true, true, false], &vec![false, true, false, false]));
    assert_eq!((a.store.fencing, a.store.interval), (false, Span::s(1)));
    assert_eq!((b.store.fencing, b.store.interval), (true, Span::ZERO));
}

#[test]
fn an_action_is_not_applicable_if_the_algorithm_does_not_support_it() {
    let scenario = ok("at 1s campaign 3; at 1s expire 1; at 1s crash service; at 1s fire 1 election");
    let masks: Vec<u8> = scenario.acts.iter().map(|act| act.applicable).collect();
    assert_eq!(masks, [0b1011, 0b0100, 0b0100, 0b1000]);
    assert!(scenario.acts.iter().all(|act| act.lanes == 0b1111));
}

#[test]
fn the_default_end_comes_after_every_time_in_the_text() {
    assert_eq!(ok("at 1s heal").until, SimTime(10_000_000));
    assert_eq!(ok("at 7.2s heal").until, SimTime(13_000_000));
    assert_eq!(ok("expect leader by 20s").until, SimTime(25_000_000));
}

/// Every action of the table, in a form that prints as written.
pub(super) const ACTION_TEXTS: &[&str] = &[
    "crash leader",
    "crash 1 2 leader",
    "crash service",
    "restart all",
    "pause leader for 800ms",
    "pause minority",
    "resume follower",
    "isolate candidate",
    "partition 1 2 | 3 4 5",
    "partition leader service | majority",
    "heal",
    "cut 1 -> 2",
    "cut 1 - 2 3",
    "cut all",
    "cut 3 - store",
    "join service -> 4",
    "join all",
    "latency 5ms..15ms",
    "latency 0",
    "latency 1 -> 2 100ms",
    "latency leader - all 1us..2s",
    "loss 5%",
    "loss 1 - 2 0.5%",
    "loss 250ppm",
    "duplicate 2%",
    "duplicate 1 -> 2 3%",
    "duplicate 3->4#17",
    "drift 2 +3%",
    "drift all -200ppm",
    "skew 2 -300ms",
    "skew leader +2s",
    "slow 3 50ms",
    "campaign 3",
    "fire 3 election",
    "fire all heartbeat",
    "transfer 1 -> 2",
    "transfer leader -> 3",
    "step-down leader",
    "write",
    "write 2",
    "close 1",
    "expire 1",
    "drop 3->4#17",
    "drop 3->4#17.2",
    "drop 3->service#1",
    "deliver 3->4#17",
    "deliver all",
    "delay 3->4#17 50ms",
    "delay 3 election 50ms",
    "delay leader 4 heartbeat 1.5s",
    "stonith leader",
    "transfer leader",
    "latency 5ms..15ms with 1% up to 400ms",
    "latency leader - all 20ms with 0.5% up to 2s",
    "set raft.heartbeat 40ms",
    "set raft.heartbeat 40ms for leader 3",
    "set store.fencing off",
    "reseed 18446744073709551615",
    "send 3 -> 4 RequestVote term 7 last-index 2",
];

#[test]
fn every_action_prints_as_it_is_written() {
    for &text in ACTION_TEXTS {
        assert_eq!(action(text).to_string(), text);
    }
    let by_hand = action_of("timers manual\nat 1s tick 3 20");
    assert_eq!(by_hand.to_string(), "tick 3 20");
    for entry in ACTIONS.iter().filter(|entry| entry.name != "tick") {
        assert!(ACTION_TEXTS.iter().any(|text| text.split(' ').next() == Some(entry.name)), "{}", entry.name);
    }
}

#[test]
fn init_takes_numbers_times_and_lists() {
    let scenario =
        ok("init raft 3 term 2 voted 1 log 1 1 2; init raft leader 1 term 1; init raft 2 log voted 0;\
                       init zookeeper service lock 2 age 3s");
    let words = |i: usize| scenario.init[i].words.clone();
    assert_eq!(scenario.init[0].node, Some(NodeId(3)));
    assert_eq!(
        words(0),
        [("term".into(), vec![2]), ("voted".into(), vec![1]), ("log".into(), vec![1, 1, 2])]
    );
    assert_eq!((scenario.init[1].node, scenario.init[2].words[0].1.len()), (None, 0));
    assert_eq!(scenario.init[3].node, Some(NodeId::service(0)));
    assert_eq!(words(3), [("lock".into(), vec![2]), ("age".into(), vec![3_000_000])]);
}

#[test]
fn phases_are_drawn_unless_timers_are_moved_by_hand() {
    assert!(ok("").phases_drawn);
    assert!(!ok("phases lockstep").phases_drawn);
    let by_hand = ok("seed 1\nphases drawn\ntimers manual");
    assert!(!by_hand.phases_drawn);
    assert_eq!(by_hand.warnings[0].line, 1);
    assert!(by_hand.warnings[0].text.contains("no effect with `timers manual`"));
    assert_eq!(ok("timers manual").warnings, []);
}

#[test]
fn nodes_have_names_that_stand_for_their_ids() {
    let scenario = ok("nodes 7=Anna 3 5=Cleo\nlanes raft\ninit raft Anna term 2\nat 1s crash Cleo\n\
                       at 2s cut Anna - 3\nat 3s drop Anna->Cleo#4\nexpect node Anna role = leader");
    assert_eq!(scenario.nodes, [NodeId(7), NodeId(3), NodeId(5)]);
    assert_eq!(scenario.names, [(NodeId(7), "Anna".to_string()), (NodeId(5), "Cleo".to_string())]);
    let acts: Vec<String> = scenario.acts.iter().map(|act| act.action.to_string()).collect();
    assert_eq!(acts, ["crash 5", "cut 7 - 3", "drop 7->5#4"]);
    assert_eq!(scenario.init[0].node, Some(NodeId(7)));
    assert_eq!(fmt("nodes 7 = Anna 3 5=Cleo"), "nodes 7=Anna 3 5=Cleo\n");
}

#[test]
fn settings_of_single_nodes_and_of_later_moments_are_kept_apart() {
    let scenario = ok("lanes raft\nset raft.heartbeat 30ms\nset raft.heartbeat 40ms for 2 3\n\
                       at 1s set raft.heartbeat 50ms for 1");
    let lane = &scenario.lanes[0];
    assert_eq!(lane.settings[1], Value::Span(Span::ms(30)));
    let [of_nodes] = &lane.by_node[..] else { panic!("one line") };
    assert_eq!(of_nodes.nodes, [NodeId(2), NodeId(3)]);
    assert_eq!((of_nodes.setting, &of_nodes.value), (1, &Value::Span(Span::ms(40))));
    let Action::Set(set) = &scenario.acts[0].action else { panic!("an action") };
    assert_eq!(
        (&set.change, &set.who),
        (&Change::Setting(1, Value::Span(Span::ms(50))), &Some(Who::Node(NodeId(1))))
    );
}

#[test]
fn expectations_may_ask_for_verdicts_and_for_many_seeds() {
    let of = |text: &str| ok(&format!("lanes raft\nexpect {text}")).expects.remove(0);
    let verdict = of("raft one-leader-per-term = given-up");
    assert_eq!(verdict.condition.operand, Operand::Text("given-up".into()));
    // A verdict covers the whole run so far.
    assert_eq!((of("one-leader-per-term always").when, of("acknowledged-kept").when), (When::End, When::End));
    let p99 = of("p99 failover detection < 2s at 9s over 200 seeds");
    assert_eq!(p99.seeds, Some(Seeds::Quantile { permille: 990, count: 200 }));
    assert_eq!(p99.when, When::At(SimTime(9_000_000)));
    let share = of("failover in 1s..2s in 70%..80% of seeds");
    assert_eq!(share.seeds, Some(Seeds::Share { lo_ppm: 700_000, hi_ppm: 800_000, count: 1000 }));
    assert_eq!(share.condition.operand, Operand::Spans(Span::s(1), Span::s(2)));
}

#[test]
fn a_group_of_the_algorithm_has_a_leader_of_its_own() {
    let text = "lanes zookeeper raft\nat 1s crash leader of east service-leader\n\
                expect zookeeper leader of east = 3\nexpect zookeeper service-leader != s2\n\
                expect zookeeper leader of service\nexpect zookeeper failover detection of east < 2s\n\
                expect zookeeper p99 time no-leader of east < 2s over 10 seeds\n\
                expect zookeeper failovers of east in 1..2 in 50%..100% of 10 seeds\n\
                expect zookeeper node leader of east role leader\n";
    let scenario = ok(text);
    assert_eq!(scenario.acts[0].applicable, 1, "only one of the lanes has the groups");
    let of = |subject, group: &str| Subject::Of(Box::new(subject), group.to_string());
    let found: Vec<&Subject> = scenario.expects.iter().map(|expect| &expect.condition.subject).collect();
    assert_eq!(*found[0], of(Subject::Leader, "east"));
    assert_eq!(*found[1], of(Subject::Leader, "service"));
    assert_eq!(found[1], found[2]);
    assert_eq!(*found[3], of(Subject::Failover(Phase::Detection), "east"));
    assert_eq!(*found[4], of(Subject::NoLeader, "east"));
    assert_eq!(*found[5], of(Subject::Failovers, "east"));
    assert!(matches!(found[6], Subject::Field(Who::LeaderOf(group), _) if group == "east"));
    let printed = print(&scenario, SAMPLE);
    for line in
        ["crash leader of east service-leader", "service-leader != s2", "failover detection of east < 2s"]
    {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
    assert_eq!(unlined(ok(&printed)), unlined(scenario));
}

#[test]
fn every_kind_of_line_prints_as_the_same_scenario() {
    let text = "nodes 1=Anna 2=Ben 3\nlane a = raft heartbeat 20ms\nlane b = ring\nphases lockstep\n\
                latency 5ms..15ms with 2% up to 1s\nset raft.heartbeat 30ms for Anna 3\n\
                at 1s set a.heartbeat 40ms for leader\nat 2s reseed 9\nat 3s send 1 -> 2 RequestVote term 3\n\
                break one-leader-per-term\nexpect message 1->2#1 term = 3\nexpect a node 2 order R5 R7\n\
                expect at-most-one-leader = broken\nexpect a writes acknowledged = 0\n\
                expect max time two-leaders < 1s over 50 seeds\nexpect a leaders = 1 in 0%..20% of 30 seeds";
    let scenario = ok(text);
    let printed = print(&scenario, SAMPLE);
    assert_eq!(unlined(ok(&printed)), unlined(scenario), "{printed}");
    assert_eq!(fmt(&printed), printed);
}

#[test]
fn fmt_keeps_a_canonical_text() {
    assert_eq!(fmt(EXAMPLE), EXAMPLE);
    // A number has no unit, and text that is not a number stays text.
    assert_eq!(fmt("seed 0ms"), "seed 0s\n");
    // No lane has such a name, but a text may use it.
    let unread = fmt("lanes ring 0s\nexpect ring leader\nexpect 0 leader");
    assert_eq!(fmt(&unread), unread);
}

#[test]
fn hours_are_read_wherever_a_time_is() {
    let scenario =
        ok("lanes raft\nat 0.5h+2 pause 1 for 1.5h\nat 1h skew 2 -24h\nexpect leader by 2h\nuntil 24h");
    assert_eq!(scenario.until.0, 24 * 3_600_000_000);
    assert_eq!((scenario.acts[0].at.0, scenario.acts[0].after), (1_800_000_000, 2));
    assert_eq!(scenario.acts[0].action, Action::Pause(Who::Node(NodeId(1)), Some(Span::s(5400))));
    assert_eq!(scenario.acts[1].action, Action::Skew(Who::Node(NodeId(2)), -86_400_000_000));
    assert_eq!(fmt("until 24h"), "until 86400s\n");
    assert!(errors("until 24.1h")[0].contains("The longest time is 24 hours, `24h`."));
    assert!(errors("until 0.0000000001h")[0].contains("The shortest time is 1us."));
}

#[test]
fn fmt_lines_columns_up_and_writes_units_one_way() {
    let text = "\n\nseed 1;nodes   5 # five\nlatency 5000us .. 0.015s\n\n\n# acts\nat 1000ms   crash 1\n \
                at 2s+3 raft :duplicate 3 -> 4#1\nat 3s cut 1->2\nloss 10000ppm\nuntil 0.5min";
    let want = "seed    1\nnodes   5  # five\nlatency 5ms..15ms\n\n# acts\nat 1s    crash 1\n\
                at 2s+3  raft: duplicate 3->4#1\nat 3s    cut 1 -> 2\nloss 1%\nuntil 30s\n";
    assert_eq!(fmt(text), want);
}

/// Without the line numbers.
pub(super) fn unlined(mut scenario: Scenario) -> Scenario {
    scenario.acts.iter_mut().for_each(|act| act.line = 0);
    scenario.expects.iter_mut().for_each(|expect| expect.line = 0);
    scenario.breaks.iter_mut().for_each(|stop| stop.line = 0);
    scenario.init.iter_mut().for_each(|init| init.line = 0);
    scenario.says.iter_mut().for_each(|say| say.line = 0);
    scenario.asks.iter_mut().for_each(|ask| (ask.line, ask.answer.line) = (0, 0));
    scenario.lanes.iter_mut().flat_map(|lane| &mut lane.by_node).for_each(|set| set.line = 0);
    scenario
}

#[test]
fn print_reads_as_the_same_scenario() {
    let scenario = ok(EXAMPLE);
    let text = print(&scenario, SAMPLE);
    assert_eq!(unlined(ok(&text)), unlined(scenario), "{text}");
    assert_eq!(fmt(&text), text);
}
