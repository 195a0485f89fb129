//! Every chain of causes in the gallery ends in a fault, an act, a timer or the start, each link holds, and without the
//! message that is named, the effect does not happen at that event.

mod drawn;
mod shared;

use drawn::drawn;
use election_playground::base::SimTime;
use election_playground::lane::Lane;
use election_playground::meter::Meter;
use election_playground::registry::BUILT_IN;
use election_playground::summary::{Happening, What};
use election_playground::timeline::Timeline;
use election_playground::trace::{Kind, NOWHERE, WRITE};
use election_playground::why::{Chain, Inquiry, Question, ReasonKind, WhatIf, changes};
use election_playground::workspace;

/// How many drawn runs are asked about.
const DRAWN: u64 = 600;
/// The most chains of a kind that are followed in each lane.
const EACH_MAX: usize = 6;

fn answer(lane: &mut Lane, question: Question) -> Chain {
    let now = lane.now();
    let mut inquiry = Inquiry::new(lane, question, now);
    inquiry.advance(lane, &mut Meter::unlimited()).expect("the meter is never empty")
}

/// What is wrong with a chain.
fn faults(lane: &mut Lane, chain: &Chain) -> Vec<String> {
    let mut wrong = Vec::new();
    for (i, it) in chain.reasons.iter().enumerate() {
        let mut say = |what: &str| wrong.push(format!("{}: {what}: {}", i + 1, it.text));
        if it.text.is_empty() || !it.text.ends_with('.') {
            say("is no sentence");
        }
        if it.from.iter().any(|&from| i <= from || it.at < chain.reasons[from].at) {
            say("comes before its cause");
        }
        if it.from.is_empty() && !it.kind.ends() {
            say("ends the chain");
        }
        // A message comes from where it was sent, and everything else from its own node or from the scenario.
        let causes: Vec<_> = it.from.iter().map(|&from| &chain.reasons[from]).collect();
        if let (ReasonKind::Message, Some(r)) = (it.kind, it.message) {
            let sent =
                |cause: &&&election_playground::why::Reason| cause.node == r.node || cause.node == NOWHERE;
            if it.by_way.last() != Some(&r.node) && !causes.iter().any(|cause| sent(&cause)) {
                say("was sent nowhere");
            }
        }
        if it.kind == ReasonKind::Act && it.line.is_none() {
            say("is of no line");
        }
    }
    // What no other reason goes back to is what was asked.
    let roots: Vec<usize> =
        (0..chain.reasons.len()).filter(|at| !chain.reasons.iter().any(|it| it.from.contains(at))).collect();
    if roots != [chain.reasons.len() - 1] {
        wrong.push(format!("several ends: {roots:?}"));
    }
    // Every link is one that the engine itself finds.
    for it in &chain.reasons {
        if let (Some(r), ReasonKind::Message) = (it.message, it.kind) {
            let link = lane.cause(r.step, r.at).expect("the event exists");
            assert_eq!(link.record, Some(r));
        }
    }
    wrong
}

/// What is asked about: the elections, gaps, second leaders and rejected writes of a lane.
fn asked(lane: &Lane) -> Vec<Happening> {
    let kinds: [fn(&What) -> bool; 6] = [
        |it| matches!(it, What::Leads { .. }),
        |it| matches!(it, What::Suspects { .. }),
        |it| matches!(it, What::Refused),
        |it| matches!(it, What::Conflict),
        |it| matches!(it, What::Deposed | What::Idles),
        |it| matches!(it, What::Starts | What::StopsLeading | What::Names),
    ];
    let of = |kind: fn(&What) -> bool| {
        lane.story().happenings.iter().filter(move |it| kind(&it.what) && it.nth == 1).take(EACH_MAX)
    };
    kinds.into_iter().flat_map(of).copied().collect()
}

fn gallery() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        all.push((name, std::fs::read_to_string(path).expect("a text")));
    }
    all.sort();
    all
}

fn computed(text: &str) -> Timeline {
    let mut timeline = workspace::open(text).unwrap_or_else(|errors| panic!("{errors:?}"));
    timeline.compute_all();
    timeline
}

#[test]
fn every_chain_of_the_gallery_holds() {
    let (mut chains, mut dropped) = (0, 0);
    let mut wrong = Vec::new();
    for (name, text) in gallery() {
        let mut timeline = computed(&text);
        for lane in 0..timeline.lanes().len() {
            let lane_name = timeline.scenario().lanes[lane].name.clone();
            let mut questions: Vec<Question> =
                asked(&timeline.lanes()[lane]).iter().map(|it| Question::Event(it.step)).collect();
            questions.sort_by_key(|it| format!("{it:?}"));
            questions.dedup();
            for question in questions {
                let chain = answer(timeline.lane(lane), question);
                chains += 1;
                let place = format!("{name}, {lane_name}, {question:?}");
                let found = faults(timeline.lane(lane), &chain);
                wrong.extend(found.into_iter().map(|it| format!("{place}: {it}")));
                let root = chain.reasons.last().expect("what was asked").clone();
                let all = changes(&timeline, &text, lane, &chain);
                for change in all.iter().filter(|it| it.message.is_some()) {
                    let what_if = WhatIf::new(&BUILT_IN, &timeline, lane, change, &root);
                    let mut what_if =
                        what_if.unwrap_or_else(|error| panic!("{place}: {error}\n{}", change.text));
                    let outcome = what_if.advance(&mut Meter::unlimited()).expect("the meter is never empty");
                    dropped += 1;
                    if outcome.same && !outcome.text.contains("same instant") {
                        wrong.push(format!("{place}: {}", outcome.text));
                    }
                }
            }
        }
    }
    println!("{chains} chains, {dropped} of them without their message");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    assert!(300 < chains && 100 < dropped, "{chains} chains, {dropped} without their message");
}

#[test]
fn the_chains_of_drawn_runs_hold() {
    let mut chains = 0;
    let mut wrong = Vec::new();
    for seed in 0..DRAWN {
        let text = drawn(seed).text();
        // Some forged messages have numbers that no node could have sent.
        let Ok(mut timeline) = workspace::open(&text) else { continue };
        timeline.compute_all();
        for lane in 0..timeline.lanes().len() {
            let mut steps: Vec<u32> = asked(&timeline.lanes()[lane]).iter().map(|it| it.step).collect();
            steps.sort_unstable();
            steps.dedup();
            for step in steps {
                let chain = answer(timeline.lane(lane), Question::Event(step));
                chains += 1;
                let found = faults(timeline.lane(lane), &chain);
                wrong.extend(
                    found.into_iter().map(|it| format!("{seed}, lane {lane}, event {step}: {it}\n{text}")),
                );
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} faults in {chains} chains:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(4)].join("\n")
    );
    assert!(200 < chains, "{chains} chains");
}

#[test]
fn a_field_is_what_it_is_because_of_the_event_that_changed_it() {
    let mut asked = 0;
    for name in
        ["first-look", "gc-pause", "zookeeper-session-expiry", "raft-log-truncation", "ring-drop-rule"]
    {
        let Some((_, text)) = gallery().into_iter().find(|(it, _)| it == name) else { continue };
        let mut timeline = computed(&text);
        for lane in 0..timeline.lanes().len() {
            let run = timeline.lane(lane);
            let places = (run.members() + run.services()) as u8;
            run.go_to_step(0, SimTime::ZERO);
            let mut values: Vec<_> = (0..places).map(|place| run.view(place).fields).collect();
            // By place and field: the event that changed it last.
            let mut changed: std::collections::BTreeMap<(u8, &str), u32> = std::collections::BTreeMap::new();
            for step in 1..=run.computed_events().min(3_000) {
                run.go_to_step(step, SimTime::NEVER);
                for place in 0..places {
                    let now = run.view(place).fields;
                    let old = std::mem::replace(&mut values[usize::from(place)], now.clone());
                    for (field, _) in now.iter().chain(&old) {
                        let of = |all: &[(&str, String)]| {
                            all.iter().find(|it| it.0 == *field).map(|it| it.1.clone())
                        };
                        if of(&now) != of(&old) {
                            changed.insert((place, *field), step);
                        }
                    }
                    if step % 97 != 0 {
                        continue;
                    }
                    for (field, value) in now {
                        let mut slices = Meter::new(40);
                        let mut inquiry = Inquiry::new(run, Question::Field(place, field), run.now());
                        let chain = loop {
                            if let Some(chain) = inquiry.advance(run, &mut slices) {
                                break chain;
                            }
                            slices = Meter::new(40);
                        };
                        let root = chain.reasons.last().expect("it has an end");
                        assert_eq!(
                            root.step,
                            changed.get(&(place, field)).copied().unwrap_or(0),
                            "{name} {step} {place} {field} {value}"
                        );
                        assert!(chain.question.contains(field), "{}", chain.question);
                        let wrong = faults(run, &chain);
                        assert!(wrong.is_empty(), "{name} {step} {place} {field}: {wrong:?}");
                        run.go_to_step(step, SimTime::NEVER);
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(400 < asked, "{asked} fields");
}

#[test]
fn gaps_and_standings_have_reasons() {
    let mut count = 0;
    for (name, text) in gallery() {
        let mut timeline = computed(&text);
        let until = timeline.scenario().until;
        for tenth in [2, 5, 8] {
            timeline.seek(SimTime(until.0 / 10 * tenth));
            for at in 0..timeline.lanes().len() {
                let lane = timeline.lane(at);
                let members = lane.members().min(5) as u8;
                let nodes = (0..members).map(Question::Node);
                for question in nodes.chain([Question::Leader]) {
                    let before = (lane.events(), lane.state_digest());
                    let chain = answer(lane, question);
                    let wrong = faults(lane, &chain);
                    assert!(
                        wrong.is_empty(),
                        "{name}, lane {at}, {question:?} at {tenth}/10:\n{}",
                        wrong.join("\n")
                    );
                    assert_eq!((lane.events(), lane.state_digest()), before, "asking moves nothing");
                    count += 1;
                }
            }
        }
    }
    assert!(500 < count, "{count}");
}

#[test]
fn a_chain_does_not_depend_on_the_interruptions() {
    let (_, text) = gallery().into_iter().find(|(name, _)| name == "first-look").expect("the first scenario");
    let mut timeline = computed(&text);
    for lane in 0..timeline.lanes().len() {
        for it in asked(&timeline.lanes()[lane]) {
            let whole = answer(timeline.lane(lane), Question::Event(it.step));
            let lane = timeline.lane(lane);
            let mut inquiry = Inquiry::new(lane, Question::Event(it.step), lane.now());
            let sliced = loop {
                if let Some(chain) = inquiry.advance(lane, &mut Meter::new(50)) {
                    break chain;
                }
            };
            assert_eq!(whole, sliced);
        }
    }
}

const CRASH: &str = "lanes raft\nnodes 5\nseed 42\nat 2s crash leader\nuntil 6s\n";

#[test]
fn an_election_goes_back_to_the_crash_and_the_last_heartbeat() {
    let mut timeline = computed(CRASH);
    timeline.seek(SimTime(3_000_000));
    let chain = answer(timeline.lane(0), Question::Leader);
    let kinds: Vec<ReasonKind> = chain.reasons.iter().map(|it| it.kind).collect();
    assert_eq!(kinds[..3], [ReasonKind::Since, ReasonKind::Act, ReasonKind::Timer], "{chain:?}");
    assert_eq!(chain.reasons[1].line, Some(3));
    // Two others voted: each vote was asked for, given, and received.
    let votes = chain
        .reasons
        .iter()
        .filter(|it| it.message.is_some_and(|r| r.kind == Kind::Deliver && r.msg != WRITE));
    assert!(5 <= votes.count(), "{chain:?}");
    let root = chain.reasons.last().expect("the election").clone();
    let all = changes(&timeline, CRASH, 0, &chain);
    let texts: Vec<String> = all
        .iter()
        .map(|change| {
            let mut what_if = WhatIf::new(&BUILT_IN, &timeline, 0, change, &root).expect("it plays");
            what_if.advance(&mut Meter::unlimited()).expect("the meter is never empty").text
        })
        .collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].contains("later, by the VoteReply from"), "{texts:?}");
    assert!(
        texts[1].starts_with("Without line 4 (`crash leader`), ")
            && texts[1].ends_with("leads at that moment."),
        "{texts:?}"
    );
}

#[test]
fn the_smaller_side_names_the_partition_and_its_quorum() {
    let text = "lanes raft\nnodes 5\nseed 3\nat 2s partition 1 2 | 3 4 5\nuntil 4s\n";
    let mut timeline = computed(text);
    timeline.seek(SimTime(3_900_000));
    for node in 0..2 {
        let chain = answer(timeline.lane(0), Question::Node(node));
        let root = chain.reasons.last().expect("how things stand");
        let says = root.text.contains("2 of 5 nodes") || root.text.contains("the leader is");
        assert!(says, "{chain:?}");
        assert!(chain.reasons.iter().any(|it| it.line == Some(3)), "{chain:?}");
    }
}

/// The sentences of a chain.
fn texts(chain: &Chain) -> Vec<&str> {
    chain.reasons.iter().map(|it| it.text.as_str()).collect()
}

/// Why a node is what it is, in the first lane of a text.
fn asked_at(text: &str, at: SimTime, node: u8) -> (Timeline, Chain) {
    let mut timeline = computed(text);
    timeline.seek(at);
    let chain = answer(timeline.lane(0), Question::Node(node));
    let wrong = faults(timeline.lane(0), &chain);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (timeline, chain)
}

#[test]
fn what_happens_later_in_the_same_instant_is_no_cause() {
    let text = "seed 412263\nnodes 4 5 2 1 3\nlanes bully\nlatency 0\norder any\nphases lockstep\n\
                at 709.773ms set bully.timeout 250ms\nat 926.049ms crash leader\nuntil 2s\n";
    let (_, chain) = asked_at(text, SimTime(1_300_000), 3);
    assert!(texts(&chain).last().is_some_and(|it| it.starts_with("4 leads")), "{chain:?}");
}

#[test]
fn a_message_that_waits_at_a_paused_node_is_not_on_its_way() {
    let text = "lanes bully\nnodes 5\nseed 42\nat 3s pause leader for 8s\nuntil 12s\n";
    let (_, chain) = asked_at(text, SimTime(9_000_000), 3);
    assert!(texts(&chain).contains(&"An ELECTION from 4 waits at 5, which is paused."), "{chain:?}");
}

#[test]
fn a_leader_of_the_start_and_a_node_that_has_not_started() {
    let text = "lanes raft\nnodes 3\ninit raft leader 3 term 1\nuntil 2s\n";
    let (_, chain) = asked_at(text, SimTime(1_000_000), 2);
    assert_eq!(texts(&chain), ["The run begins.", "3 leads from the start of the run on."]);
    let (_, chain) = asked_at("lanes bully\nnodes 5\nseed 42\nuntil 2s\n", SimTime(1), 0);
    assert_eq!(texts(&chain), ["The run begins.", "1 has not started yet."]);
}

#[test]
fn what_happens_later_instead_is_not_denied() {
    let (_, text) = gallery().into_iter().find(|(name, _)| name == "raft-partial-connectivity").expect("it");
    let timeline = &mut computed(&text);
    let story = timeline.lanes()[0].story();
    let deposed = story.happenings.iter().find(|it| it.what == What::Deposed).expect("1 is deposed").step;
    let chain = answer(timeline.lane(0), Question::Event(deposed));
    let root = chain.reasons.last().expect("it");
    let told: Vec<String> = changes(timeline, &text, 0, &chain)
        .iter()
        .filter(|it| it.line.is_some())
        .map(|change| {
            let mut what_if = WhatIf::new(&BUILT_IN, timeline, 0, change, root).expect("it plays");
            what_if.advance(&mut Meter::unlimited()).expect("the meter is never empty").text
        })
        .collect();
    assert!(told.iter().any(|it| it.contains("to 1")), "{told:?}");
    assert!(told.iter().all(|it| !it.contains("does not happen")), "{told:?}");
}
