//! Properties of every text, tested on random ones: any characters, words of the language in any order, and
//! valid scenarios.

use proptest::prelude::*;

use election_base::SimTime;

use super::super::*;
use super::sample::SAMPLE;
use super::{ACTION_TEXTS, unlined};

/// Words and punctuation of the language, valid and invalid, in any order.
fn soup() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = "title lanes lane nodes seed latency loss duplicate order set timers init at \
        until break expect version raft ring zookeeper store service s1 s9 leader all majority 1 2 3 5 17 4->5#6 \
        3->4#1.2 -> - | = != >= in .. ... , : ; # #1 \n \r\n \t 5ms 1.5s 0 0ms 24h 99999999999s 1% 101% +3% -2s \
        1s+2 say ask answer if because \"a;b\" \"c#d\" \" \"x crash cut partition pause for write leaders node role epoch messages always at by end never log \
        raft.heartbeat raft.election-timeout fencing on off \u{0} \u{feff} é 😀 18446744073709551616 a = raft"
        .split(' ')
        .collect();
    let word = proptest::sample::select(words);
    let gap = proptest::sample::select(vec!["", " ", " ", "  ", "\n", ";"]);
    proptest::collection::vec((word, gap), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

pub(super) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![soup(), "(?s).{0,120}", "[ -~\n]{0,160}"]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u64..60_000_000).prop_map(|us| election_base::Span(us).to_string()),
        (1u64..9_999).prop_map(|ms| format!("{ms}ms")),
        (1u64..3_000).prop_map(|n| format!("{}.{:02}s", n / 100, n % 100)),
    ]
}

fn of(names: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    proptest::sample::select(names.to_vec()).prop_map(str::to_string)
}

/// A valid statement, in a scenario of five nodes and the lanes below.
fn statement() -> impl Strategy<Value = String> {
    let lane = of(&["", "raft: ", "ring quick: ", "bully raft: ", "quick: "]);
    let act = (time(), 0u32..3, of(ACTION_TEXTS))
        .prop_map(|(at, after, action)| format!("at {at}+{after} {action}"));
    let raft =
        (time(), lane, of(&["campaign 3", "step-down leader", "write 2", "crash 4", "fire 1 election"]))
            .prop_filter("known there", |(_, lane, action)| {
                !action.starts_with("fire") && !action.starts_with("step")
                    || lane.contains("raft")
                    || lane.is_empty()
            })
            .prop_map(|(at, lane, action)| format!("at {at} {lane}{action}"));
    let when = prop_oneof![
        of(&["", "always", "eventually", "never", "at end"]),
        time().prop_map(|at| format!("at {at}")),
        time().prop_map(|at| format!("by {at}")),
    ];
    let subject = of(&[
        "leaders >= 2",
        "leader",
        "leader = 3",
        "leader != none",
        "leader in 2..4",
        "node 2 role follower",
        "node leader log = 1 1 2",
        "node 3 epoch > 4",
        "node s1 state up",
        "term = 3",
        "epoch in 1..4",
        "messages = 8",
        "messages election in 14..23",
        "messages AppendEntries > 0",
        "delivered all = 3",
        "elections < 4",
        "failover in 3.4s..5.7s",
        "failover detection <= 2s",
        "failover election > 1ms",
        "failovers = 1",
        "writes rejected = 0",
        "time no-leader < 3s",
        "time two-leaders = 0",
        "pending = 0",
        "one-leader-per-term",
        "leader-eventually",
        "acknowledged-kept",
    ]);
    let lanes = of(&["", "raft", "quick", "ring raft bully"]);
    let expect = (lanes, subject, when)
        .prop_filter("known there", |(lanes, subject, _)| {
            !(subject.contains("log") || subject.contains("Append"))
                || lanes.is_empty()
                || lanes.contains("raft")
        })
        .prop_map(|(lanes, subject, when)| format!("expect {lanes} {subject} {when}"));
    let say = (
        of(&["2s", "7.5s", "end"]),
        of(&["", "raft: ", "ring bully: "]),
        of(&["", " if leaders = 1", " if node 2 log = 1000ms"]),
    )
        .prop_filter("known there", |(_, lanes, guard)| !guard.contains("log") || !lanes.contains("ring"))
        .prop_map(|(at, lanes, guard)| format!("at {at} {lanes}say \"A; # b: | c\"{guard}"));
    let stop = of(&[
        "break leaders >= 2",
        "break raft at-most-one-leader",
        "break leader = none",
        "break raft at 1s+3",
    ]);
    prop_oneof![3 => act, 1 => raft, 3 => expect, 1 => stop, 1 => say]
}

/// A question and its answer, at times that depend on its position among them.
fn question(position: usize, answer: &str) -> [String; 2] {
    let at = 2 * position + 1;
    [format!("at {at}s ask \"Why; or # which?\""), format!("at {}s {answer}", at + 1)]
}

fn answer() -> impl Strategy<Value = String> {
    of(&[
        "answer leaders = 2",
        "answer leaders = 2 in ring raft because \"So; there.\"",
        "answer node 2 log = 1000ms in none",
        "answer \"one\" if leaders = 1 in raft | \"two | three\" if epoch in 2..3 in ring bully | \"more\"",
        "answer \"yes\" if node 1 role = leader | \"no\" because \"x\"",
    ])
}

/// A valid text.
pub(super) fn scenario() -> impl Strategy<Value = String> {
    let scene = of(&[
        "seed 7",
        "seed 18446744073709551615",
        "loss 0.5%",
        "duplicate 300ppm",
        "order any",
        "timers manual",
        "incarnations off",
        "latency 0",
        "latency 1500us..2.25ms",
        "title A  title, with = marks | and -> more",
        "set store.fencing off",
        "set store.interval 0",
        "set store.latency 1ms..2ms",
        "set quick.store.latency 3ms",
        "set raft.election-timeout 10ms..20ms",
        "set zookeeper.watch herd",
        "set ring.initiators 5 1",
        "set ring.initiators none",
        "set bully.fencing off",
        "init raft 3 term 2 voted 1 log 1 1 2",
        "init zookeeper s1 lock 3 age 2s",
        "init quick leader 2 term 4",
    ]);
    let scene = proptest::collection::btree_set(scene, 0..9);
    let questions = proptest::collection::vec(answer(), 0..4).prop_map(|answers| {
        answers.iter().enumerate().flat_map(|(i, answer)| question(i, answer)).collect::<Vec<_>>()
    });
    let story =
        (proptest::collection::vec(statement(), 0..12), questions).prop_map(|(mut story, questions)| {
            story.extend(questions);
            story
        });
    let mark = of(&["\n", "; ", " # why; so\n", "\r\n\r\n", "\n  "]);
    let lanes = "lane ring = ring\nlane bully = bully\nlane zookeeper = zookeeper\nlane raft = raft\n\
                 lane quick = raft heartbeat 10ms, pre-vote on";
    (scene, story, mark, any::<bool>()).prop_filter_map(
        "one of each",
        move |(scene, story, mark, variant)| {
            let mut keys: Vec<&str> = scene.iter().map(|line| line.split(' ').next().unwrap_or("")).collect();
            keys.retain(|key| !matches!(*key, "set" | "init"));
            let count = keys.len();
            keys.dedup();
            let initiators = scene.iter().filter(|line| line.contains("initiators")).count();
            if keys.len() < count || initiators > 1 {
                return None;
            }
            let mut lines: Vec<String> = scene.into_iter().chain(story).collect();
            if variant {
                lines.push(lanes.to_string());
            } else {
                lines.retain(|line| !line.contains("quick"));
            }
            Some(lines.join(&mark))
        },
    )
}

fn read_ok(text: &str) -> Result<Scenario, TestCaseError> {
    read(text, SAMPLE).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        TestCaseError::fail(format!("{text}\n{}", errors.join("\n")))
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any_text()) {
        if let Err(errors) = read(&text, SAMPLE) {
            prop_assert!(!errors.is_empty() && errors.len() <= ERRORS_MAX);
            for error in errors {
                let range = error.place.range();
                prop_assert!(text.get(range).is_some(), "{error}");
                let units = text.encode_utf16().count() as u32;
                prop_assert!(error.utf16.start <= error.utf16.end && error.utf16.end <= units);
                let line = text.split('\n').nth(error.line as usize - 1).unwrap_or("");
                prop_assert!(error.column as usize <= line.chars().count() + 1, "{error}");
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }

    #[test]
    fn no_part_of_a_text_is_lost(text in any_text()) {
        let document = Document::new(&text);
        let mut at = 0;
        let mut again = String::new();
        for line in &document.lines {
            prop_assert_eq!(line.place.start, at);
            for token in line.statements.iter().flat_map(|statement| &statement.tokens) {
                // Only white space and punctuation separate tokens.
                let gap = &text[at as usize..token.place.start as usize];
                prop_assert!(gap.chars().all(|c| c.is_whitespace() || c == ';' || c == '\u{feff}'), "{gap:?}");
                again.push_str(gap);
                again.push_str(document.slice(token.place));
                at = token.place.end;
            }
            again.push_str(&text[at as usize..line.next as usize]);
            at = line.next;
        }
        prop_assert_eq!(again, text);
    }

    #[test]
    fn fmt_is_idempotent_on_every_text(text in any_text()) {
        let once = fmt(&text);
        prop_assert_eq!(fmt(&once), once);
    }

    #[test]
    fn fmt_keeps_the_meaning_of_every_text(text in any_text()) {
        let before = read(&text, SAMPLE).map(unlined).map_err(|errors| errors.len());
        let after = read(&fmt(&text), SAMPLE).map(unlined).map_err(|errors| errors.len());
        prop_assert_eq!(before, after);
    }

    #[test]
    fn print_and_fmt_keep_the_meaning_of_a_scenario(text in scenario()) {
        let meaning = unlined(read_ok(&text)?);
        let printed = print(&meaning, SAMPLE);
        prop_assert_eq!(unlined(read_ok(&printed)?), meaning.clone(), "{}", printed);
        prop_assert_eq!(fmt(&printed), printed);
        let formatted = fmt(&text);
        prop_assert_eq!(unlined(read_ok(&formatted)?), meaning, "{}", formatted);
        prop_assert_eq!(fmt(&formatted), formatted);
    }

    #[test]
    fn an_act_is_added_and_everything_else_stays(text in scenario(), ms in 0u64..60_000, after in 0u32..3) {
        let before = read_ok(&text)?;
        let edit = append_act(&text, SimTime(ms * 1000), after, "raft", "crash 3");
        let changed = edit.apply(&text);
        let mut scenario = read_ok(&changed)?;
        let found = scenario.acts.iter().rposition(|act| (act.at, act.after) == (SimTime(ms * 1000), after));
        let Some(found) = found else { return Err(TestCaseError::fail(changed)) };
        prop_assert_eq!(scenario.acts.remove(found).action.to_string(), "crash 3");
        let end = scenario.until;
        scenario.says.iter_mut().filter(|say| say.at == end).for_each(|say| say.at = before.until);
        scenario.until = before.until;
        prop_assert_eq!(unlined(scenario), unlined(before), "{}", changed);
    }

    #[test]
    fn a_value_is_set_and_everything_else_stays(text in scenario()) {
        let mut before = read_ok(&text)?;
        let changed = set_value(&text, "seed", "99").apply(&text);
        before.seed = 99;
        prop_assert_eq!(unlined(read_ok(&changed)?), unlined(before.clone()), "{}", changed);
        let back = set_value(&changed, "seed", "").apply(&changed);
        before.seed = 1;
        prop_assert_eq!(unlined(read_ok(&back)?), unlined(before), "{}", back);
    }

    #[test]
    fn no_edit_panics(text in any_text(), ms in 0u64..9_000, line in 0u32..9) {
        let at = SimTime(ms * 1000);
        let _ = append_act(&text, at, 0, "raft", "heal").apply(&text);
        for (key, value) in [("seed", "1"), ("raft.heartbeat", "5ms"), ("a.pre-vote", ""), ("until", ""), ("", "x")] {
            let _ = set_value(&text, key, value).apply(&text);
        }
        let _ = (delete_line(&text, line), replace_line(&text, line, "x"));
        for info in lines(&text) {
            prop_assert_eq!(info.utf16, info.place.utf16(&text));
        }
    }
}
