//! Tests the stories of scenarios from outside: what `run` tells, and what `check` makes of it.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The root of the repository, which holds scenarios/.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const STORY: &str = "\
lanes ring bully raft
seed  42

at 2s   say \"The network splits.\"
at 2s   partition 1 2 | 3 4 5
at 2s   ask \"Where will two nodes lead?\"
at 6s   answer leaders = 2 in ring bully because \"Nobody there counts.\"
at 6s   say \"One side waits.\" if leaders = 1
at 7s   ask \"How many will be left?\"
at 8s   heal
at 11s  answer \"one\" if leaders = 1 | \"none\" if leaders = 0 | \"two\"
at end  raft: say \"Never told.\" if leaders = 5
until 12s

expect leaders = 1
";

fn run(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_election"));
    command.args(arguments).current_dir(ROOT).env_remove("NO_COLOR");
    command.env_remove("GITHUB_ACTIONS").env_remove("TF_BUILD");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("the program reads");
    child.wait_with_output().expect("the program ends")
}

fn text(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn run_tells_the_story_at_its_moments() {
    let out = run(&["run", "-", "--quiet"], STORY);
    let out = text(&out);
    let story = out.split("\n\n").nth(1).expect("a block after the head");
    let want = "   2s  The network splits.
   2s  Where will two nodes lead?
   6s  Answer: ring, bully. Nobody there counts.
   6s  raft: One side waits.
   7s  How many will be left? (one | none | two)
  11s  Answer: one (ring, bully, raft).";
    assert_eq!(story, want, "{out}");
}

#[test]
fn run_prints_the_story_as_json() {
    let document = json(&run(&["run", "-", "--json"], STORY));
    let story = document["runs"][0]["story"].as_array().expect("a list");
    let kinds: Vec<&str> = story.iter().filter_map(|step| step["kind"].as_str()).collect();
    assert_eq!(kinds, ["say", "ask", "say", "ask", "say"]);
    assert_eq!((&story[1]["at_us"], &story[1]["answer_at_us"]), (&2_000_000.into(), &6_000_000.into()));
    assert_eq!(story[1]["answers"][2], serde_json::json!({ "lane": "raft", "right": false, "choice": null }));
    assert_eq!(story[2]["lanes"], serde_json::json!(["raft"]));
    assert_eq!(story[3]["choices"], serde_json::json!(["one", "none", "two"]));
    assert_eq!(story[3]["answers"][0]["choice"], "one");
    assert_eq!(story[4]["lanes"], serde_json::json!([]));
}

#[test]
fn check_verifies_declared_answers_and_warns_about_silence() {
    let good = run(&["check", "-"], STORY);
    assert_eq!(good.status.code(), Some(0));
    assert!(text(&good).contains("2 expectations met"), "{}", text(&good));
    assert!(text(&good).contains("<stdin>:12: warning: this sentence is never told"), "{}", text(&good));
    let wrong = STORY.replace("in ring bully", "in ring raft");
    let bad = run(&["check", "-", "--json"], &wrong);
    assert_eq!(bad.status.code(), Some(1));
    let document = json(&bad);
    let answer = &document["scenarios"][0]["expectations"][1];
    assert_eq!((&answer["line"], &answer["met"]), (&7.into(), &false.into()));
    let lanes: Vec<(&str, bool)> = answer["lanes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|lane| (lane["found"].as_str().unwrap_or(""), lane["met"].as_bool().unwrap_or(false)))
        .collect();
    assert_eq!(lanes, [("yes", true), ("yes", false), ("no", false)]);
    // What was written for another answer is not told.
    assert!(!text(&run(&["run", "-", "--quiet"], &wrong)).contains("Nobody there counts."));
    // With other seeds, the run decides.
    assert_eq!(run(&["check", "-", "--seeds", "42..43"], &wrong).status.code(), Some(0));
}

#[test]
fn every_scenario_of_the_gallery_tells_a_story_that_its_run_agrees_with() {
    let folder = format!("{ROOT}/scenarios");
    let mut files: Vec<String> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut arguments = vec!["run", "--json"];
    arguments.extend(files.iter().map(String::as_str));
    let document = json(&run(&arguments, ""));
    let runs = document["runs"].as_array().expect("a list");
    assert_eq!(runs.len(), files.len());
    let mut wrong = Vec::new();
    for run in runs {
        let name = run["scenario"].as_str().unwrap_or("");
        let story = run["story"].as_array().expect("a list");
        let of = |kind: &str| story.iter().filter(|step| step["kind"] == kind).collect::<Vec<_>>();
        let (says, asks) = (of("say"), of("ask"));
        if says.len() < 3 || asks.is_empty() {
            wrong.push(format!("{name}: {} sentences, {} questions", says.len(), asks.len()));
        }
        for silent in says.iter().filter(|say| say["lanes"].as_array().is_none_or(Vec::is_empty)) {
            wrong.push(format!("{name}: never told: {}", silent["text"]));
        }
        // The closing sentence is told only if the run agrees with what the text declares.
        for ask in asks.iter().filter(|ask| ask["because"].is_null()) {
            wrong.push(format!("{name}: the run contradicts the answer to {}", ask["text"]));
        }
        let long =
            story.iter().filter(|step| step["text"].as_str().is_none_or(|text| text.chars().count() > 140));
        wrong.extend(long.map(|step| format!("{name}: too long: {}", step["text"])));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
