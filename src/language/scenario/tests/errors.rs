//! Golden error messages: an invalid text, and all its errors word for word.

// Each test is a table.
#![allow(clippy::too_many_lines)]

use super::super::*;
use super::sample::SAMPLE;
use super::{errors, ok};

/// Checks a table of errors. Lists of known words, which change with the language, appear as `[…]`.
pub(super) fn check(table: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, want) in table {
        let found: Vec<String> = errors(text).iter().map(|error| shorten(error)).collect();
        if found != *want {
            wrong.push(format!("        ({text:?}, &{found:#?}),"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A list of more than four words becomes `[…]`.
fn shorten(error: &str) -> String {
    let mut out = String::new();
    let mut rest = error;
    while let Some(start) = rest.find('`') {
        let mut end = start;
        let mut count = 0;
        while rest[end..].starts_with('`') {
            let Some(length) = rest[end + 1..].find('`') else { break };
            end += length + 2;
            count += 1;
            if !rest[end..].starts_with(", `") {
                break;
            }
            end += 2;
        }
        out.push_str(&rest[..start]);
        out.push_str(if count > 4 { "[…]" } else { &rest[start..end] });
        rest = &rest[end.max(start + 1)..];
    }
    out + rest
}

#[test]
fn statements() {
    check(&[
        (
            "latncy 5ms",
            &["line 1, column 1: found `latncy`, expected a statement: […]; did you mean `latency`?"],
        ),
        (
            "crash 1",
            &[
                "line 1, column 1: found `crash`, expected a statement: […]. Write when it happens: `at 1s crash …`.",
            ],
        ),
        ("= 5", &["line 1, column 1: found `=`, expected a statement: […]"]),
        (
            "seed 1\nseed 2",
            &[
                "line 2, column 1: found a second `seed`, expected only one; the first is on line 1. Delete one of them.",
            ],
        ),
        (
            "seed 1 2",
            &["line 1, column 8: found `2`, expected the end of the statement. The form is `seed NUMBER`."],
        ),
        (
            "seed",
            &[
                "line 1, column 5: found the end of the statement, expected a whole number below 2^64. The form is `seed NUMBER`.",
            ],
        ),
        (
            "seed -1",
            &["line 1, column 6: found `-1`, expected a whole number below 2^64. The form is `seed NUMBER`."],
        ),
        (
            "seed 18446744073709551616",
            &[
                "line 1, column 6: found `18446744073709551616`, expected a whole number below 2^64. The form is `seed NUMBER`.",
            ],
        ),
        (
            "nodes 0",
            &[
                "line 1, column 7: found `0`, expected a number of nodes from 1 to 128. The form is `nodes COUNT | nodes ID[=NAME] …`.",
            ],
        ),
        (
            "nodes 129",
            &[
                "line 1, column 7: found `129`, expected a number of nodes from 1 to 128. The form is `nodes COUNT | nodes ID[=NAME] …`.",
            ],
        ),
        (
            "nodes 3 3",
            &[
                "line 1, column 9: found a second `3`, expected each id only once. The form is `nodes COUNT | nodes ID[=NAME] …`.",
            ],
        ),
        (
            "nodes 3 70000",
            &[
                "line 1, column 9: found `70000`, expected an id from 1 to 65535. The form is `nodes COUNT | nodes ID[=NAME] …`.",
            ],
        ),
        (
            "nodes five\nat 1s crash 9",
            &[
                "line 1, column 7: found `five`, expected a number of nodes from 1 to 128. The form is `nodes COUNT | nodes ID[=NAME] …`.",
            ],
        ),
        (
            "latency 5",
            &[
                "line 1, column 9: found `5`, expected a time such as `5ms` or a range such as `5ms..15ms`; did you mean `5ms`? A time has a unit: us, ms, s, min or h.",
            ],
        ),
        (
            "latency 15ms..5ms",
            &["line 1, column 9: found `15ms..5ms`, expected the shorter time first. Write `5ms..15ms`."],
        ),
        (
            "latency 5m",
            &[
                "line 1, column 9: found `5m`, expected a time such as `5ms` or a range such as `5ms..15ms`. The units are us, ms, s, min and h.",
            ],
        ),
        (
            "latency 0.0000001s",
            &[
                "line 1, column 9: found `0.0000001s`, expected a time such as `5ms` or a range such as `5ms..15ms`. The shortest time is 1us.",
            ],
        ),
        (
            "latency fast",
            &[
                "line 1, column 9: found `fast`, expected a time such as `5ms` or a range such as `5ms..15ms`. The form is `latency TIMES [with SHARE up to TIME]`.",
            ],
        ),
        (
            "loss 5",
            &[
                "line 1, column 6: found `5`, expected a share such as `1%` or `500ppm`; did you mean `5%`? A share has a unit: % or ppm.",
            ],
        ),
        (
            "loss 101%",
            &[
                "line 1, column 6: found `101%`, expected a share such as `1%` or `500ppm`. The largest share is 100%.",
            ],
        ),
        (
            "loss 5ms",
            &[
                "line 1, column 6: found `5ms`, expected a share such as `1%` or `500ppm`. The units are % and ppm.",
            ],
        ),
        (
            "order some",
            &["line 1, column 7: found `some`, expected one of `fifo`, `any`. The form is `order fifo|any`."],
        ),
        (
            "timers off",
            &[
                "line 1, column 8: found `off`, expected one of `auto`, `manual`. The form is `timers auto|manual`.",
            ],
        ),
        (
            "until 0",
            &[
                "line 1, column 7: found `0`, expected a time after the start, such as `10s`. The form is `until TIME`.",
            ],
        ),
        (
            "until 25000min",
            &[
                "line 1, column 7: found `25000min`, expected a time such as `150ms`. The longest time is 24 hours, `24h`.",
            ],
        ),
        (
            "until 99999999999999999999s",
            &[
                "line 1, column 7: found `99999999999999999999s`, expected a time such as `150ms`. The longest time is 24 hours, `24h`.",
            ],
        ),
        (
            "version 2",
            &[
                "line 1, column 9: found version 2, expected version 1. This text is for another version of the playground.",
            ],
        ),
        (
            "seed 1; version 1",
            &[
                "line 1, column 9: found `version` after other statements, expected it first. Move it to the top.",
            ],
        ),
        (
            "title",
            &[
                "line 1, column 6: found the end of the statement, expected a title. The form is `title TEXT`.",
            ],
        ),
    ]);
}

#[test]
fn lanes_and_settings() {
    check(&[
        (
            "lanes raft rafd",
            &[
                "line 1, column 12: found `rafd`, expected an algorithm: `ring`, `bully`, `zookeeper`, `raft`; did you mean `raft`?",
            ],
        ),
        (
            "lanes raft raft",
            &[
                "line 1, column 12: found a second lane `raft`, expected a different name. Give a variant its own name: `lane other = raft …`.",
            ],
        ),
        (
            "lanes",
            &[
                "line 1, column 6: found the end of the statement, expected an algorithm. The form is `lanes ALGORITHM …`.",
            ],
        ),
        (
            "lane a raft",
            &[
                "line 1, column 8: found `raft`, expected `=`. The form is `lane NAME = ALGORITHM [SETTING VALUE, …]`.",
            ],
        ),
        (
            "lane 5 = raft",
            &[
                "line 1, column 6: found `5`, expected a name: a letter followed by letters, digits, `-` or `_`, at most 32 characters. The form is `lane NAME = ALGORITHM [SETTING VALUE, …]`.",
            ],
        ),
        (
            "lane leader = raft",
            &[
                "line 1, column 6: found `leader`, expected a name that is not a word of the language. Choose another name.",
            ],
        ),
        (
            "lane a = raft pre-vot on",
            &[
                "line 1, column 15: found `pre-vot`, expected a setting of `raft`: […]; did you mean `pre-vote`?",
            ],
        ),
        (
            "lane a = raft pre-vote",
            &["line 1, column 23: found the end of the statement, expected one of `on`, `off`"],
        ),
        (
            "lane a = raft pre-vote on batch 2",
            &[
                "line 1, column 27: found `batch`, expected the end of the statement. Write a comma between two settings.",
            ],
        ),
        (
            "lane a = raft pre-vote on, pre-vote off",
            &[
                "line 1, column 28: found a second `a.pre-vote`, expected only one; the first is on line 1. Delete one of them.",
            ],
        ),
        (
            "lane a = raft pre-vote on,",
            &[
                "line 1, column 27: found the end of the statement, expected a setting and its value. The form is `lane NAME = ALGORITHM [SETTING VALUE, …]`.",
            ],
        ),
        (
            "lane a = raft; lane a = ring",
            &[
                "line 1, column 21: found a second lane `a`, expected a different name. Give a variant its own name: `lane other = raft …`.",
            ],
        ),
        (
            "lanes ring; lane b=ring; lane c=ring; lane d=ring; lane e=ring; lane f=ring; lane g=ring; lane h=ring; lane i=ring",
            &["line 1, column 109: found `i`, expected at most 8 lanes. Delete some."],
        ),
        (
            "set raft.election-timeout 5",
            &[
                "line 1, column 27: found `5`, expected a time such as `5ms` or a range such as `5ms..15ms`; did you mean `5ms`? A time has a unit: us, ms, s, min or h.",
            ],
        ),
        (
            "set raft.election-timout 5ms",
            &[
                "line 1, column 10: found `election-timout`, expected a setting of `raft`: […]; did you mean `election-timeout`?",
            ],
        ),
        ("set raft.", &["line 1, column 10: found no name, expected a setting of `raft`: […]"]),
        ("set raft.heartbeat 2min", &["line 1, column 20: found `120s`, expected a time from 1ms to 60s"]),
        ("set raft.batch 65", &["line 1, column 16: found `65`, expected a whole number from 1 to 64"]),
        ("set raft.pre-vote yes", &["line 1, column 19: found `yes`, expected one of `on`, `off`"]),
        (
            "set raft.heartbeat 5ms\nset raft.heartbeat 6ms",
            &[
                "line 2, column 10: found a second `raft.heartbeat`, expected only one; the first is on line 1. Delete one of them.",
            ],
        ),
        (
            "set zookeeper.watch heard",
            &[
                "line 1, column 21: found `heard`, expected one of `predecessor`, `herd`; did you mean `herd`?",
            ],
        ),
        (
            "set heartbeat 5ms",
            &[
                "line 1, column 5: found `heartbeat`, expected a setting such as `raft.election-timeout`. Add the setting's owner: `raft.heartbeat`.",
            ],
        ),
        (
            "set store.fence on",
            &[
                "line 1, column 11: found `fence`, expected a setting of the store: `fencing`, `interval`, `latency`",
            ],
        ),
        (
            "lanes ring; set raft.batch 5",
            &[
                "line 1, column 17: found `raft`, expected a lane, an algorithm or `store`: `ring`, `store`. No lane runs `raft`: add it to `lanes`, or delete this statement.",
            ],
        ),
        (
            "set rfat.batch 5",
            &[
                "line 1, column 5: found `rfat`, expected a lane, an algorithm or `store`: […]; did you mean `raft`?",
            ],
        ),
        ("set ring.initiators 1 9", &["line 1, column 23: found `9`, expected the id of a node: […]"]),
        ("set ring.initiators 1 1", &["line 1, column 23: found a second `1`, expected each id only once"]),
        (
            "init raft 3 trem 2",
            &[
                "line 1, column 13: found `trem`, expected an `init` word of `raft`: `leader`, `term`, `voted`, `log`; did you mean `term`?",
            ],
        ),
        (
            "nodes 3; init raft leader 9",
            &["line 1, column 27: found `9`, expected the id of a node: `1`, `2`, `3`"],
        ),
        (
            "nodes 3; init raft 1 voted 4",
            &["line 1, column 28: found `4`, expected the id of a node: `1`, `2`, `3`"],
        ),
        (
            "init raft 3 term",
            &["line 1, column 17: found the end of the statement, expected a number or a time"],
        ),
        (
            "init raft 1 term 1\ninit raft 1 term 2",
            &[
                "line 2, column 1: found a second `term`, expected only one; the first is on line 1. Delete one of them.",
            ],
        ),
        (
            "init 3 term 2",
            &[
                "line 1, column 6: found `3`, expected the name of a lane: `ring`, `bully`, `zookeeper`, `raft`",
            ],
        ),
    ]);
}

#[test]
fn actions() {
    check(&[
        (
            "at 5 crash 1",
            &[
                "line 1, column 4: found `5`, expected a time such as `150ms`; did you mean `5s`? A time has a unit: us, ms, s, min or h.",
            ],
        ),
        ("at 1s", &["line 1, column 6: found the end of the statement, expected an action: […]"]),
        (
            "at 1s crahs 1",
            &["line 1, column 7: found `crahs`, expected an action: […]; did you mean `crash`?"],
        ),
        (
            "at 1s crash",
            &["line 1, column 12: found the end of the statement, expected a node. The form is `crash WHO`."],
        ),
        (
            "at 1s crash 9",
            &["line 1, column 13: found `9`, expected the id of a node. The nodes are 1 to 5."],
        ),
        (
            "at 1s crash leadr",
            &["line 1, column 13: found `leadr`, expected a node: its id, […]; did you mean `leader`?"],
        ),
        (
            "at 1s crash store",
            &[
                "line 1, column 13: found `store`, expected a node. The store can only be the end of a link, as in `cut 3 - store`.",
            ],
        ),
        (
            "at 1s crash 1 1",
            &[
                "line 1, column 15: found a second `1`, expected each node only once. The form is `crash WHO`.",
            ],
        ),
        (
            "at 1s raft crash 1",
            &[
                "line 1, column 12: found `crash`, expected `:` between the lane and its action. Write `raft: crash 1`.",
            ],
        ),
        (
            "at 1s rfat: crash 1",
            &[
                "line 1, column 7: found `rfat`, expected the name of a lane: `ring`, `bully`, `zookeeper`, `raft`; did you mean `raft`?",
            ],
        ),
        (
            "lanes ring; at 1s raft: crash 1",
            &[
                "line 1, column 19: found `raft`, expected the name of a lane: `ring`. Add `raft` to `lanes`, or delete this statement.",
            ],
        ),
        (
            "at 1s raft: close 1",
            &[
                "line 1, column 13: found `close 1`, expected an action that one of these lanes supports. In this scenario, it is supported by `zookeeper`.",
            ],
        ),
        (
            "lanes ring; at 1s close 1",
            &[
                "line 1, column 19: found `close 1`, expected an action that one of these lanes supports. No lane of this scenario supports it.",
            ],
        ),
        (
            "at 1s cut 1 -> 1",
            &[
                "line 1, column 11: found `1 -> 1`, expected two different nodes. A node has no link to itself.",
            ],
        ),
        (
            "at 1s latency leader - leader 5ms",
            &[
                "line 1, column 15: found `leader - leader`, expected two different nodes. A node has no link to itself.",
            ],
        ),
        (
            "at 1s partition 1 2",
            &[
                "line 1, column 20: found the end of the statement, expected `|` and another side. The form is `partition WHO | WHO …`.",
            ],
        ),
        (
            "at 1s partition 1 | 1 2",
            &[
                "line 1, column 21: found a second `1`, expected each node on only one side. The form is `partition WHO | WHO …`.",
            ],
        ),
        (
            "at 1s partition 1 | ",
            &[
                "line 1, column 20: found the end of the statement, expected a node. The form is `partition WHO | WHO …`.",
            ],
        ),
        (
            "at 1s cut 1",
            &[
                "line 1, column 12: found the end of the statement, expected links: `a -> b`, `a - b` or `all`. The form is `cut LINKS`.",
            ],
        ),
        (
            "at 1s cut 1-2",
            &[
                "line 1, column 11: found `1-2`, expected a node: its id, […]. Write spaces around the dash: `1 - 2`.",
            ],
        ),
        (
            "at 1s cut 1 ->",
            &["line 1, column 15: found the end of the statement, expected a node. The form is `cut LINKS`."],
        ),
        (
            "at 1s latency 1 -> 2 100",
            &[
                "line 1, column 22: found `100`, expected a time such as `5ms` or a range such as `5ms..15ms`; did you mean `100ms`? A time has a unit: us, ms, s, min or h.",
            ],
        ),
        (
            "at 1s latency 1 -> 2",
            &[
                "line 1, column 21: found the end of the statement, expected a value after the links. The form is `latency [LINKS] TIMES [with SHARE up to TIME]`.",
            ],
        ),
        (
            "at 1s drift 2 60%",
            &[
                "line 1, column 15: found `60%`, expected a clock drift such as `+3%` or `-200ppm`. The limits are -50% and +50%.",
            ],
        ),
        (
            "at 1s drift 2",
            &[
                "line 1, column 14: found the end of the statement, expected a value. The form is `drift WHO ±SHARE`.",
            ],
        ),
        (
            "at 1s skew 2 1441min",
            &[
                "line 1, column 14: found `1441min`, expected a clock offset such as `+300ms` or `-2s`. The longest time is 24 hours, `24h`.",
            ],
        ),
        (
            "at 1s fire 3 elction",
            &[
                "line 1, column 14: found `elction`, expected the name of a timer: […]; did you mean `election`?",
            ],
        ),
        (
            "at 1s fire 3",
            &[
                "line 1, column 13: found the end of the statement, expected the name of a timer. The form is `fire WHO TIMER`.",
            ],
        ),
        (
            "at 1s transfer 1 2",
            &[
                "line 1, column 18: found `2`, expected the end of the statement. The form is `transfer WHO [-> WHO]`.",
            ],
        ),
        (
            "at 1s drop 3->4",
            &[
                "line 1, column 12: found `3`, expected a pending message such as `3->4#17`. Add its number on the link: `3->4#1` is the first.",
            ],
        ),
        (
            "at 1s drop 3->9#1",
            &[
                "line 1, column 15: found `9`, expected a pending message such as `3->4#17`. Both ends must be nodes of the scenario.",
            ],
        ),
        (
            "at 1s drop 3->4#0",
            &[
                "line 1, column 15: found `4#0`, expected a pending message such as `3->4#17`. Messages on a link are numbered from 1 to 100000000, copies from 2 to 255.",
            ],
        ),
        (
            "at 1s+x heal",
            &[
                "line 1, column 4: found `1s+x`, expected a time, optionally with a number of events, such as `4.812s+3`. The number of events ranges from 0 to 1000000.",
            ],
        ),
        (
            "at 1s+9999999 heal",
            &[
                "line 1, column 4: found `1s+9999999`, expected a time, optionally with a number of events, such as `4.812s+3`. The number of events ranges from 0 to 1000000.",
            ],
        ),
        (
            "at 1s heal now",
            &["line 1, column 12: found `now`, expected the end of the statement. The form is `heal`."],
        ),
        (
            "at 5s heal; until 4s",
            &[
                "line 1, column 4: found `5s`, expected a time no later than the end, 4s. Nothing happens after `until 4s`; choose a later end.",
            ],
        ),
        (
            "at 1s crash +3",
            &["line 1, column 13: found `+3`, expected a node: its id, […]. The form is `crash WHO`."],
        ),
    ]);
}

#[test]
fn an_error_knows_its_place() {
    let text = "title 😀 x\nat 1s crash 😀\n";
    let errors = read(text, SAMPLE).unwrap_err();
    assert_eq!((errors[0].line, errors[0].column), (2, 13));
    assert_eq!((errors[0].place.start, errors[0].utf16.start, errors[0].utf16.end), (25, 23, 25));
}

#[test]
fn errors_and_texts_are_bounded() {
    assert_eq!(errors(&"what\n".repeat(100)).len(), ERRORS_MAX);
    assert_eq!(
        errors(&"x".repeat(TEXT_MAX + 1)),
        ["line 1, column 1: found 65537 bytes of text, expected at most 65536"]
    );
    let many = |line: &str, count: usize| errors(&format!("{line}\n").repeat(count)).remove(0);
    assert!(many("", LINES_MAX + 1).ends_with("found 4097 lines, expected at most 4096"));
    assert!(many("at 1s heal", ACTS_MAX + 1).contains("found one more `at`, expected at most 2048 of them"));
    assert!(many("expect leader", EXPECTS_MAX + 1).contains("one more `expect`"));
    assert!(many("break leader", BREAKS_MAX + 1).contains("one more `break`"));
    assert!(errors(&format!("title {}", "x".repeat(201)))[0].contains("found a title of 201 characters"));
    assert!(
        errors("title \x1b[31mred")[0].contains("found `\\u{1b}[31mred`, expected a title without control")
    );
    for c in ['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
        let found = errors(&format!("title ab{c}cd"));
        let place = "line 1, column 9: found `\\u{";
        assert!(found[0].starts_with(place) && found[0].contains("bidirectional marks"), "{found:?}");
        assert!(errors(&format!("lane a{c}b = raft"))[0].contains("found `a\\u{2"));
        assert_eq!(ok(&format!("title ab # {c}")).title, "ab", "a comment may hold anything");
    }
    let title = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{200f}shalom";
    assert_eq!(ok(&format!("title {title}")).title, title, "other scripts are welcome");
    assert!(errors("crash\u{0}\u{7}")[0].contains("found `crash\\u{0}\\u{7}`"));
}

#[test]
fn a_role_that_no_node_can_have_is_an_error() {
    for (text, nearest) in [
        ("lanes raft; expect node 1 role = leadr", Some("leader")),
        ("lanes raft; expect node 1 role = banana never", None),
        ("lanes raft; expect node 1 state != pausd", Some("paused")),
    ] {
        let found = read(text, SAMPLE).expect_err(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].nearest.as_deref(), nearest, "{text}");
    }
}

#[test]
fn later_additions_to_the_language() {
    check(&[
        (
            "phases random",
            &[
                "line 1, column 8: found `random`, expected one of `drawn`, `lockstep`. The form is `phases drawn|lockstep`.",
            ],
        ),
        (
            "latency 5ms with 1% up to 3ms",
            &[
                "line 1, column 27: found `3ms`, expected a time above 5ms. The form is `latency TIMES [with SHARE up to TIME]`.",
            ],
        ),
        (
            "latency 5ms with 0% up to 3s",
            &[
                "line 1, column 18: found `0`, expected a share above 0. Leave out `with …`: without it no message takes longer.",
            ],
        ),
        (
            "latency 5ms with 1%",
            &[
                "line 1, column 20: found the end of the statement, expected `up`. The form is `latency TIMES [with SHARE up to TIME]`.",
            ],
        ),
        (
            "nodes 1=A 2=A",
            &[
                "line 1, column 13: found a second `A`, expected each name only once. The form is `nodes COUNT | nodes ID[=NAME] …`.",
            ],
        ),
        (
            "nodes 1=leader 2",
            &[
                "line 1, column 9: found `leader`, expected a name that is not a word of the language. Choose another name.",
            ],
        ),
        (
            "lanes ring\nset ring.initiators 1 for 2",
            &[
                "line 2, column 23: found `for`, expected the end of the statement. `initiators` applies to all nodes of `ring` for the whole run; `skip`, `retry` can change.",
            ],
        ),
        (
            "lanes ring\nat 1s set ring.initiators 1",
            &[
                "line 2, column 16: found `ring.initiators`, expected a setting that may change during a run. `initiators` applies to all nodes of `ring` for the whole run; `skip`, `retry` can change.",
            ],
        ),
        (
            "at 1s set store.interval 1s for 2",
            &[
                "line 1, column 29: found `for`, expected the end of the statement. The store has no nodes; its settings apply to the whole lane.",
            ],
        ),
        (
            "at 1s set heartbeat 1s",
            &[
                "line 1, column 11: found `heartbeat`, expected a setting such as `raft.election-timeout`. Add the setting's owner: `raft.heartbeat`.",
            ],
        ),
        (
            "at 1s tick 3 5",
            &[
                "line 1, column 7: found `tick 3 5`, expected an action that works with `timers auto`. Timers run by themselves in this scenario; add `timers manual` to step them by hand.",
            ],
        ),
        (
            "timers manual\nat 1s tick 3",
            &[
                "line 2, column 13: found the end of the statement, expected a number of ticks. The form is `tick WHO COUNT`.",
            ],
        ),
        (
            "timers manual\nat 1s tick 3 0",
            &[
                "line 2, column 14: found `0`, expected a number of ticks from 1 to 10000. The form is `tick WHO COUNT`.",
            ],
        ),
        (
            "at 1s send 1 -> 2 RequestVite term 1",
            &[
                "line 1, column 19: found `RequestVite`, expected the name of a message: […]; did you mean `RequestVote`?",
            ],
        ),
        (
            "at 1s send 1 -> 2 RequestVote trem 1",
            &[
                "line 1, column 31: found `trem`, expected a field of `RequestVote`: `term`, `last-index`; did you mean `term`?",
            ],
        ),
        (
            "at 1s send 1 -> 1 RequestVote",
            &[
                "line 1, column 12: found `1 -> 1`, expected two different nodes. A node has no link to itself.",
            ],
        ),
        (
            "lanes zookeeper\nat 1s send 1 -> 2 Create",
            &[
                "line 2, column 19: found `Create`, expected a message of a lane that supports `send`. No lane of this scenario has messages that can be forged.",
            ],
        ),
        (
            "at 1s reseed -1",
            &[
                "line 1, column 14: found `-1`, expected a whole number below 2^64. The form is `reseed NUMBER`.",
            ],
        ),
        (
            "expect one-leader-per-epoch = maybe",
            &[
                "line 1, column 31: found `maybe`, expected a verdict: `held`, `broken`, `given-up`, `undecided`",
            ],
        ),
        (
            "expect one-leader-per-epoch < held",
            &["line 1, column 29: found a size comparison, expected `=` or `!=` and a verdict"],
        ),
        (
            "expect message 3->4 id = 1",
            &[
                "line 1, column 16: found `3`, expected a pending message such as `3->4#17`. Add its number on the link: `3->4#1` is the first.",
            ],
        ),
        (
            "expect message 3->4#1 ids = 1",
            &["line 1, column 23: found `ids`, expected a field of a message: […]; did you mean `id`?"],
        ),
        (
            "expect node leader order R1",
            &[
                "line 1, column 13: found `leader`, expected the id of a node. Order is recorded by node, not by role.",
            ],
        ),
        (
            "expect node 2 order R99",
            &[
                "line 1, column 21: found `R99`, expected a rule, `R1` to `R20`. The form is `node WHO FIELD [OP] TEXT | node WHO order RULE …`.",
            ],
        ),
        (
            "expect p99 leader over 10 seeds",
            &[
                "line 1, column 8: found a quantile, expected a subject measured as a number or a time. For example, `p99 failover < 2s over 1000 seeds`.",
            ],
        ),
        (
            "expect p99 failover < 2s",
            &[
                "line 1, column 25: found the end of the statement, expected `over`. The form is `p50|p90|p99|max SUBJECT OP VALUE over COUNT seeds`.",
            ],
        ),
        (
            "expect p99 failover < 2s by 3s over 10 seeds",
            &[
                "line 1, column 26: found a condition over time, expected `at TIME` or nothing. A quantile compares what each run has measured at one instant.",
            ],
        ),
        (
            "expect failover < 2s over 10 seeds",
            &[
                "line 1, column 22: found `over`, expected a quantile before the subject, as in `p99 failover < 2s`. The form is `p50|p90|p99|max SUBJECT OP VALUE over COUNT seeds`.",
            ],
        ),
        (
            "expect leaders = 1 in 80%..70% of seeds",
            &["line 1, column 23: found a decreasing range, expected the smaller share first"],
        ),
        (
            "expect leaders = 1 in 70%..80% of 0 seeds",
            &["line 1, column 35: found `0`, expected a number of seeds from 1 to 100000"],
        ),
    ]);
}

#[test]
fn all_errors_come_at_once_and_none_follows_from_another() {
    check(&[
        (
            "lane raft\nat 2 crash leader\nat 3s clock 3 +5%\nset raft.heartbeat 5ms\nexpect leders = 1",
            &[
                "line 1, column 1: found `lane` before a list of algorithms, expected `lanes`; did you mean `lanes`? Only a variant has a name: `lane NAME = ALGORITHM [SETTING VALUE, …]`.",
                "line 2, column 4: found `2`, expected a time such as `150ms`; did you mean `2s`? A time has a unit: us, ms, s, min or h.",
                "line 3, column 7: found `clock`, expected an action: […]; did you mean `drift`? The form is `drift WHO ±SHARE` or `skew WHO ±TIME`.",
                "line 5, column 8: found `leders`, expected something to expect: […], or a property: […]; did you mean `leaders`?",
            ],
        ),
        (
            "lanes rafd bully\nat 1s rafd: crash 1\nexpect rafd leaders = 1\nset rafd.heartbeat 5ms\nset raft.heartbeat 1\nat 2s crsh 1",
            &[
                "line 1, column 7: found `rafd`, expected an algorithm: `ring`, `bully`, `zookeeper`, `raft`; did you mean `raft`?",
                "line 5, column 20: found `1`, expected a time such as `150ms`; did you mean `1ms`? A time has a unit: us, ms, s, min or h.",
                "line 6, column 7: found `crsh`, expected an action: […]; did you mean `crash`?",
            ],
        ),
        (
            "lnaes raft\nat 1s raft: crash 1\nat 1s bully: crash 1",
            &[
                "line 1, column 1: found `lnaes`, expected a statement: […]; did you mean `lanes`?",
                "line 3, column 7: found `bully`, expected the name of a lane: `raft`. Add `bully` to `lanes`, or delete this statement.",
            ],
        ),
        (
            "nodes 1=web 2=5\nat 1s crash web\nat 1s crash 3\nat 1s crash ledaer",
            &[
                "line 1, column 15: found `5`, expected a name: a letter followed by letters, digits, `-` or `_`, at most 32 characters. The form is `nodes COUNT | nodes ID[=NAME] …`.",
                "line 4, column 13: found `ledaer`, expected a node: its id, […]; did you mean `leader`?",
            ],
        ),
        (
            "timers manul\nat 1s tick 1 5",
            &["line 1, column 8: found `manul`, expected one of `auto`, `manual`; did you mean `manual`?"],
        ),
        (
            "at 2 s crash 1\nuntil 10seconds",
            &[
                "line 1, column 4: found `2 s`, expected a time such as `150ms`; did you mean `2s`? Write the unit without a space.",
                "line 2, column 7: found `10seconds`, expected a time such as `150ms`; did you mean `10s`? The units are us, ms, s, min and h.",
            ],
        ),
    ]);
}

#[test]
fn every_synonym_stands_for_words_of_the_language() {
    for (synonym, words) in SYNONYMS {
        let known = |word: &str| STATEMENTS.iter().chain(ACTIONS).any(|entry| entry.name == word);
        assert!(!known(synonym) && words.iter().all(|word| known(word)), "{synonym}");
    }
}
