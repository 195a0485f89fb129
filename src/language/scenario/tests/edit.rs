//! Tests of edits: text before, edit, text after.

use election_base::SimTime;

use super::super::*;
use super::EXAMPLE;

fn act(text: &str, ms: u64, after: u32, lanes: &str, action: &str) -> String {
    append_act(text, SimTime(ms * 1000), after, lanes, action).apply(text)
}

fn set(text: &str, key: &str, value: &str) -> String {
    set_value(text, key, value).apply(text)
}

#[test]
fn an_act_goes_after_the_last_that_is_not_later() {
    let text = act(EXAMPLE, 2_500, 4, "raft", "crash 3");
    let want = "at 2.5s  pause leader for 800ms\nat 2.5s+4 raft: crash 3\nat 4s    partition";
    assert!(text.contains(want), "{text}");
    let text = act(EXAMPLE, 9_000, 0, "", "heal");
    assert!(text.contains("at 8s    raft: campaign 3\nat 9s    heal\nuntil 10s\n"), "{text}");
    let text = act(EXAMPLE, 500, 0, "", "heal");
    assert!(text.contains("\n\nat 500ms heal\nat 1s    crash leader\n"), "{text}");
}

#[test]
fn a_first_act_goes_before_the_end_and_the_expectations() {
    let cases = [
        ("", "at 1s heal\n"),
        ("seed 1", "seed 1\n\nat 1s heal\n"),
        ("seed 1\n", "seed 1\n\nat 1s heal\n"),
        ("seed 1\n\n", "seed 1\n\nat 1s heal\n"),
        ("seed 1\r\n", "seed 1\r\n\r\nat 1s heal\r\n"),
        ("seed 1\nuntil 9s\n", "seed 1\nat 1s heal\nuntil 9s\n"),
        ("seed 1\n\n# why\nexpect leader\n", "seed 1\n\nat 1s heal\n\n# why\nexpect leader\n"),
        ("seed 1; nodes 3", "seed 1; nodes 3; at 1s heal"),
        ("seed 1; until 9s # so", "seed 1; at 1s heal; until 9s # so"),
    ];
    for (text, want) in cases {
        assert_eq!(act(text, 1000, 0, "", "heal"), want);
    }
}

#[test]
fn an_act_takes_the_form_of_its_neighbour() {
    let cases = [
        ("  at 500ms  heal # a\n", "  at 500ms  heal # a\n  at 1s     heal\n"),
        ("at 500ms heal", "at 500ms heal\nat 1s    heal"),
        ("at 500ms heal; at 2s heal", "at 500ms heal; at 1s    heal; at 2s heal"),
        ("at 2s heal; until 9s", "at 1s heal; at 2s heal; until 9s"),
        ("at 1s heal\r\nat 3s heal\r\n", "at 1s heal\r\nat 1s heal\r\nat 3s heal\r\n"),
    ];
    for (text, want) in cases {
        assert_eq!(act(text, 1000, 0, "", "heal"), want);
    }
    assert_eq!(act("", 1000, 0, "", "heal # no\nseed 9"), "at 1s heal\n");
}

#[test]
fn a_value_is_set_in_its_place() {
    let cases = [
        ("seed 1  # one\nnodes 3", "seed", "42", "seed 42  # one\nnodes 3"),
        ("nodes   3 4   5;seed 1", "nodes", "7", "nodes   7;seed 1"),
        ("seed", "seed", "4", "seed 4"),
        ("set raft.heartbeat 1ms # c\n", "raft.heartbeat", "2ms", "set raft.heartbeat 2ms # c\n"),
        ("set raft.heartbeat 1ms # c\n", "set raft.heartbeat", "2ms", "set raft.heartbeat 2ms # c\n"),
        ("lane a = raft batch 2, pre-vote on", "a.pre-vote", "off", "lane a = raft batch 2, pre-vote off"),
        ("lane a = raft batch 2, pre-vote on", "a.pre-vote", "", "lane a = raft batch 2"),
        ("lane a = raft batch 2, pre-vote on", "a.batch", "", "lane a = raft pre-vote on"),
        ("lane a = raft batch 2", "a.batch", "", "lane a = raft"),
        ("seed 1\nnodes 3\n", "seed", "", "nodes 3\n"),
        ("nodes 3\nseed 1", "seed", "", "nodes 3"),
        ("nodes 3; seed 1", "seed", "", "nodes 3"),
        ("seed 1; nodes 3", "seed", "", "nodes 3"),
        ("seed 1 # c\nnodes 3", "seed", "", "# c\nnodes 3"),
        ("nodes 3", "seed", "", "nodes 3"),
    ];
    for (text, key, value, want) in cases {
        let got = set(text, key, value);
        assert_eq!(got.trim_start(), want, "{text:?} {key} {value}");
    }
}

#[test]
fn a_value_is_added_in_its_place() {
    let cases = [
        ("", "seed", "4", "seed 4\n"),
        ("# why\n", "seed", "4", "# why\nseed 4\n"),
        (
            "title   A\nlatency 5ms\n\nat 1s heal\n",
            "seed",
            "4",
            "title   A\nseed    4\nlatency 5ms\n\nat 1s heal\n",
        ),
        (
            "nodes 3\nset raft.batch 1\n\nat 1s heal",
            "raft.heartbeat",
            "4ms",
            "nodes 3\nset raft.batch 1\nset raft.heartbeat 4ms\n\nat 1s heal",
        ),
        ("at 1s    heal\n\nexpect leader\n", "until", "4s", "at 1s    heal\nuntil 4s\n\nexpect leader\n"),
        ("# a\nat 1s heal\n", "lanes", "raft", "# a\nlanes raft\nat 1s heal\n"),
        ("nodes 3; at 1s heal", "seed", "4", "nodes 3; seed 4; at 1s heal"),
    ];
    for (text, key, value, want) in cases {
        assert_eq!(set(text, key, value), want, "{text:?} {key} {value}");
    }
}

#[test]
fn lines_are_deleted_and_replaced() {
    let delete = |text: &str, line| delete_line(text, line).map(|edit| edit.apply(text));
    assert_eq!(delete("a\nb\r\nc", 1).as_deref(), Some("a\nc"));
    assert_eq!(delete("a\nb\r\nc", 2).as_deref(), Some("a\nb"));
    assert_eq!(delete("a", 0).as_deref(), Some(""));
    assert_eq!(delete("a\n", 1), None);
    let replace = |text: &str, line| replace_line(text, line, "x y").map(|edit| edit.apply(text));
    assert_eq!(replace("a\nb # c\r\nd", 1).as_deref(), Some("a\nx y\r\nd"));
    assert_eq!(replace("", 0), None);
}

#[test]
fn lines_report_their_kind_and_place() {
    let text = "title 😀\n# c\nat 1s+2 heal; what is this";
    let found: Vec<_> =
        lines(text).into_iter().map(|i| (i.line, i.keyword, i.at, i.utf16.start, i.utf16.end)).collect();
    let at = Some((SimTime(1_000_000), 2));
    let want = [(0, "title", None, 0, 8), (2, "at", at, 13, 25), (2, "what", None, 27, 39)];
    assert_eq!(found, want.map(|(line, word, at, from, to)| (line, word.to_string(), at, from, to)));
    for info in lines(text) {
        assert_eq!(info.utf16, info.place.utf16(text));
    }
}

#[test]
fn an_edit_reports_its_place_in_utf16() {
    let text = "title 😀\nseed 1\n";
    let edit = set_value(text, "seed", "42");
    assert_eq!((edit.place, edit.utf16), (Place { start: 16, end: 17 }, Place { start: 14, end: 15 }));
}
