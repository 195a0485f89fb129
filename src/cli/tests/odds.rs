//! `election odds`, from outside: what it prints, in which form, and what it says when something is wrong.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The root of the repository, which holds scenarios/.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Standard output, standard error, and the exit code.
fn odds(arguments: &[&str], input: &str) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_election"));
    command.arg("odds").args(arguments).current_dir(ROOT);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that has already failed reads no input.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code().expect("no signal"))
}

const FIRST_LOOK: &str = "scenarios/first-look.txt";

#[test]
fn a_curve_is_a_table_with_bars_and_a_sentence() {
    let (out, _, code) = odds(&[FIRST_LOOK, "--lane", "raft", "--when", "leaders >= 2"], "");
    assert_eq!(code, 0);
    assert!(out.starts_with("raft: `leaders >= 2` by 25s\n"), "{out}");
    let decided: Vec<&str> = out.lines().filter(|line| line.ends_with("  decided")).collect();
    assert_eq!(decided.len(), 1, "{out}");
    assert!(
        decided[0].contains("0.197282s") && decided[0].contains("100.0 % [96.3..100.0]"),
        "{}",
        decided[0]
    );
    assert!(decided[0].contains(&"█".repeat(20)));
    assert!(out.contains("came true\n") && out.contains("events that changed it most:"), "{out}");
    assert!(out.contains("at least 95 of 100 redrawn futures come to `leaders >= 2`: decided by “"), "{out}");
    assert!(out.contains("drawn: a random number by 1"), "{out}");
}

#[test]
fn the_same_numbers_come_as_json_and_csv() {
    let arguments = [FIRST_LOOK, "--lane", "raft", "--when", "leaders >= 2"];
    let (json, _, _) = odds(&[&arguments[..], &["--json"]].concat(), "");
    let (csv, _, _) = odds(&[&arguments[..], &["--csv"]].concat(), "");
    let document: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(document["version"], 1);
    let it = &document["odds"][0];
    assert_eq!((&it["lane"], &it["came"]), (&Value::from("raft"), &Value::from(true)));
    let points = it["points"].as_array().expect("points");
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0].last(), Some(&"decided"));
    assert_eq!(rows.len(), points.len() + 1);
    for (row, point) in rows[1..].iter().zip(points) {
        assert_eq!((row[3], row[7]), (&*point["at_us"].to_string(), &*point["came"].to_string()));
    }
    let decided = rows[1..].iter().find(|row| row.last() == Some(&"1")).expect("decided");
    assert_eq!(it["decided"]["at_us"].to_string(), decided[3]);
    assert!(it["decided"]["event"]["records"][0].as_str().expect("text").contains("arrives RequestVote"));
    assert!(it["decided"]["link"].as_str().expect("a link").starts_with("#v="));

    // The line that a point names plays a future without the outcome.
    let open = points.iter().find(|point| point["stays_away"].is_string()).expect("an open point");
    let line = open["stays_away"].as_str().expect("a line");
    let text = std::fs::read_to_string(format!("{ROOT}/{FIRST_LOOK}")).expect("a scenario");
    let (again, _, _) = odds(
        &["-", "--lane", "raft", "--when", "leaders >= 2", "--futures", "1", "--json"],
        &format!("{text}\n{line}\n"),
    );
    assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON")["odds"][0]["came"], false, "{line}");
}

#[test]
fn every_lane_is_asked_unless_some_are_named() {
    let text = "lanes raft bully\nnodes 3\nat 1s crash leader\nuntil 3s\n";
    let (out, _, code) = odds(&["-", "--when", "failovers = 1", "--futures", "5"], text);
    assert_eq!(code, 0);
    assert!(out.starts_with("raft: ") && out.contains("\nbully: "), "{out}");
    assert!(out.contains("5 futures of a moment are too few to tell when that was decided."), "{out}");
}

#[test]
fn errors_say_where_they_are() {
    let (out, err, code) = odds(&[FIRST_LOOK, "--lane", "raft", "--when", "leadrs >= 2"], "");
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(err.starts_with("error: --when is no outcome: found `leadrs`, expected "), "{err}");
    assert!(err.ends_with("did you mean `leaders`?\n  leadrs >= 2\n  ^^^^^^\n"), "{err}");
    let (_, err, code) = odds(&["-", "--when", "leaders = 1 by 9s"], "lanes raft\nuntil 5s\n");
    assert!(code == 2 && err.contains("a time no later than the end, 5s"), "{err}");
    let (_, err, code) = odds(&["-", "--when", "leaders = 1"], "lanes rft\n");
    assert!(code == 2 && err.contains("cannot be run"), "{err}");
    let (_, err, code) = odds(&["-", "--lane", "x", "--when", "leaders = 1"], "lanes raft\n");
    assert!(code == 2 && err.contains("there is no lane `x`"), "{err}");
    for futures in ["0", "10001", "x"] {
        let (_, _, code) = odds(&["-", "--when", "leaders = 1", "--futures", futures], "lanes raft\n");
        assert_eq!(code, 2, "{futures}");
    }
}
