//! `election why`, from outside.

use std::process::{Command, Output};

use serde_json::Value;

/// The root of the repository, which holds scenarios/.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn why(arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_election"));
    let words = ["why", "scenarios/first-look.txt"].into_iter().chain(arguments.split_whitespace());
    command.args(words).current_dir(ROOT).output().expect("the program runs")
}

fn out(arguments: &str) -> String {
    let output = why(arguments);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn error(arguments: &str) -> String {
    let output = why(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn a_leader_has_its_votes_and_the_fault_behind_them() {
    let text = out("--lane raft --at 2.3s");
    for part in [
        "Why does 1 lead?",
        "5, which leads, crashes.  (line 10)",
        "1 has heard nothing from 5 for a whole election timeout",
        "1 leads (term 2) with 3 of 5 votes, from 1, 3 and 2.  (from 5 6)",
        "R15 if a quorum voted: lead",
        "Without the VoteReply from 2, 1 leads 1.633ms later, by the VoteReply from 4.",
        "Without line 10 (`crash leader`), 5 leads at that moment.",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn why_not_is_a_question_too() {
    let text = out("--lane raft --at 14s --node 2");
    assert!(text.contains("it reaches 2 of 5 nodes, itself included, and a quorum is 3"), "{text}");
    assert!(text.contains("(line 17)"), "{text}");
    let text = out("--lane zookeeper --at 3s");
    assert!(
        text.contains("No node has led since 2s: the service waits for the session of 3 to end."),
        "{text}"
    );
}

#[test]
fn programs_get_the_same_chain() {
    let json: Value = serde_json::from_str(&out("--lane raft --at 2.3s --node 1 --json")).expect("JSON");
    let reasons = json["reasons"].as_array().expect("reasons");
    assert_eq!(json["question"], "Why does 1 lead?");
    assert_eq!((&reasons[1]["kind"], &reasons[1]["line"]), (&"act".into(), &10.into()));
    let last = reasons.last().expect("a reason");
    assert_eq!((&last["node"], &last["message"]), (&"1".into(), &"2->1#1".into()));
    assert!(last["from"].as_array().is_some_and(|it| it.len() == 2), "{last}");
    assert_eq!(json["what_if"].as_array().map(Vec::len), Some(2), "{json}");
    // The same event, by its number.
    let step = last["step"].to_string();
    let other: Value =
        serde_json::from_str(&out(&format!("--lane raft --event {step} --json"))).expect("JSON");
    assert_eq!(other["reasons"], json["reasons"]);
}

#[test]
fn what_does_not_exist_is_named() {
    let text = error("--at 2s");
    assert!(text.contains("--lane ring, --lane bully, --lane zookeeper, --lane raft"), "{text}");
    let text = error("--lane raft --node 9");
    assert!(text.contains("there is no node `9`") && text.contains("`1`, `2`, `3`, `4`, `5`"), "{text}");
    let text = error("--lane raft --event 99999999");
    assert!(text.contains("there is no event 99999999"), "{text}");
}
