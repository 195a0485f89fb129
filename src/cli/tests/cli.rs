//! Tests the built program from outside: its output and its exit codes.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The root of the repository, which holds scenarios/ and docs/.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The outcome of running the program.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_election"));
    command.args(arguments).current_dir(ROOT).env_remove("NO_COLOR");
    // A build server would get annotations.
    command.env_remove("GITHUB_ACTIONS").env_remove("TF_BUILD");
    command
}

fn run_with(arguments: &[&str], input: &str) -> Ran {
    let mut command = command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that has already failed reads no input.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn run(arguments: &[&str]) -> Ran {
    run_with(arguments, "")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Creates a file with this name and content in a test folder.
fn file(folder: &str, name: impl AsRef<Path>, content: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path
}

/// Creates an empty folder with this name.
fn empty_folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A path as an argument.
fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A scenario whose expectation is met.
const HOLDS: &str = "lanes raft; until 2s; expect leader by 1s\n";

const SHORT: &str = "title Short\nlanes raft bully\nnodes 3\nat 1s crash leader\nuntil 2s\n";

#[test]
fn help_teaches_by_example() {
    for command in ["run", "trace", "check", "link", "open", "odds", "fmt", "algorithms"] {
        let ran = run(&[command, "--help"]);
        assert_eq!(ran.code, 0, "{command}");
        assert!(ran.out.contains("Examples:\n") && ran.out.contains(&format!("election {command}")));
    }
    assert!(run(&["--help"]).out.contains("Exit codes"));
}

#[test]
fn the_examples_of_the_help_run() {
    let mut tried = 0;
    for command in ["run", "trace", "check", "link", "open", "fmt", "algorithms"] {
        for line in run(&[command, "--help"]).out.lines() {
            let Some(line) = line.trim().strip_prefix("election ") else { continue };
            let line = line.split("  ").next().unwrap_or(line).split('|').next().unwrap_or(line).trim();
            // Skips what the shell would expand, what would change files, and files that are only examples.
            if ["*", "--write", "docs", "page.html"].iter().any(|it| line.contains(it)) {
                continue;
            }
            let line = line.split(" > ").next().unwrap_or(line);
            let arguments: Vec<&str> = line.split(' ').map(|it| it.trim_matches('\'')).collect();
            let ran = run(&arguments);
            assert_eq!(ran.code, 0, "{line}\n{}", ran.err);
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn run_prints_the_trace_and_the_summary() {
    let ran = run_with(&["run", "-"], SHORT);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "Short\nnodes 1 2 3, seed 1, until 2s\n",
        "    1.000000s act crash leader\n",
        "\nraft\n",
        "\nbully\n",
        "no leader",
        "detection",
        "one-leader-per-epoch  held",
        "never promised, and held in this run: ",
        "acknowledged-kept     undecided: needs a write that is acknowledged to a client",
        "  mean failover ",
    ] {
        assert!(ran.out.contains(part), "{part:?} is missing in\n{}", ran.out);
    }
    assert!(!ran.out.contains('\x1b'), "colour is for terminals only");
    let quiet = run_with(&["run", "--quiet", "--lane", "raft", "-"], SHORT).out;
    assert!(!quiet.contains("act crash") && !quiet.contains("bully") && !quiet.contains("best of"));
    let cut = run_with(&["run", "--lane", "raft", "--lines", "3", "-"], SHORT).out;
    assert!(cut.contains("more lines omitted (--lines "), "{cut}");
    let window = run_with(&["run", "--from", "1s", "--to", "1s", "--lane", "raft", "-"], SHORT).out;
    assert_eq!(window.lines().filter(|line| line.starts_with("    1.0000")).count(), 2, "{window}");
    assert_eq!(window.lines().filter(|line| line.starts_with("    0.")).count(), 0, "{window}");
}

#[test]
fn run_as_json_has_the_same_numbers() {
    let ran = run_with(&["run", "--json", "-"], SHORT);
    let document = json(&ran.out);
    assert_eq!(document["version"], 1);
    let run = &document["runs"][0];
    assert_eq!((&run["title"], &run["until_us"]), (&Value::from("Short"), &Value::from(2_000_000)));
    let raft = &run["lanes"][0];
    assert_eq!((&raft["lane"], &raft["authority"]), (&Value::from("raft"), &Value::from("quorum")));
    let time = |name: &str| raft[name].as_u64().expect("a number");
    assert_eq!(time("no_leader_us") + time("one_leader_us") + time("two_leaders_us"), 2_000_000);
    let lost = &raft["failovers"][0];
    let part = |name: &str| lost[name].as_u64().expect("a number");
    assert_eq!(part("detection_us") + part("election_us"), part("failover_us"));
    assert_eq!(part("lost_us"), 1_000_000);
    let gaps: u64 = raft["gaps"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|g| g["until_us"].as_u64().expect("a number") - g["from_us"].as_u64().expect("a number"))
        .sum();
    assert_eq!(gaps, time("no_leader_us"));
}

#[test]
fn another_seed_plays_another_run_and_the_same_seed_the_same() {
    let digest = |seed: &str| {
        let ran = run_with(&["run", "--json", "--seed", seed, "-"], SHORT);
        json(&ran.out)["runs"][0]["digest"].clone()
    };
    assert_eq!(digest("1"), json(&run_with(&["run", "--json", "-"], SHORT).out)["runs"][0]["digest"]);
    assert_ne!(digest("1"), digest("2"));
}

#[test]
fn each_of_many_seeds_is_the_run_of_that_seed() {
    let path = file("seeds", "short.txt", SHORT);
    let sweep = run(&["run", "--csv", "--seeds", "5..9", name(&path)]);
    let mut lines = sweep.out.lines();
    let columns: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 10, "{}", sweep.out);
    for row in rows {
        let of = |column: &str| row[columns.iter().position(|it| *it == column).expect("a column")];
        let alone =
            json(&run(&["run", "--json", "--seed", of("seed"), "--lane", of("lane"), name(&path)]).out);
        let lane = &alone["runs"][0]["lanes"][0];
        let sent: u64 =
            lane["messages"].as_array().unwrap().iter().map(|m| m["sent"].as_u64().unwrap()).sum();
        for (column, value) in [
            ("failovers", &lane["failover_count"]),
            ("failover_us", &lane["failover_max_us"]),
            ("no_leader_us", &lane["no_leader_us"]),
            ("elections", &lane["elections"]),
            ("writes_accepted", &lane["writes"]["accepted"]),
            ("messages", &Value::from(sent)),
        ] {
            assert_eq!(of(column), value.to_string(), "{column} of {row:?}");
        }
    }
}

#[test]
fn an_expectation_can_be_checked_over_many_seeds() {
    let path = file("seeds", "expects.txt", &format!("{SHORT}expect raft failover < 200ms\n"));
    let unmet = run(&["check", "--seeds", "1..50", "--json", name(&path)]);
    assert_eq!(unmet.code, 1);
    let report = json(&unmet.out);
    let lane = &report["scenarios"][0]["expectations"][0]["lanes"][0];
    assert_eq!((lane["runs"].as_u64(), lane["met"].as_bool()), (Some(50), Some(false)));
    let seed = lane["seeds_against"][0].to_string();
    let once = |seed: &str| run(&["check", "--seeds", &format!("{seed}..{seed}"), name(&path)]).code;
    assert_eq!(once(&seed), 1, "seed {seed}");
    let first = seed.parse::<u64>().expect("a number");
    (1..first).for_each(|met| assert_eq!(once(&met.to_string()), 0, "seed {met}"));
}

#[test]
fn output_for_people_shows_the_names_from_the_scenario() {
    let ran =
        run_with(&["run", "-q", "-"], "lanes raft\nnodes 1=web 2=api 3\nat 1s crash leader\nuntil 2s\n");
    assert!(ran.out.contains("nodes 1=web 2=api 3, seed 1"), "{}", ran.out);
    assert!(ran.out.contains("web leads, term") || ran.out.contains("api leads, term"), "{}", ran.out);
    assert!(!ran.out.contains(" 1 leads") && !ran.out.contains(" 2 leads"), "{}", ran.out);
}

#[test]
fn trace_merges_the_lanes_on_one_clock() {
    let text = run_with(&["trace", "-"], SHORT).out;
    let lines = run_with(&["trace", "--json", "-"], SHORT).out;
    assert_eq!(text.lines().count(), lines.lines().count());
    let mut last = 0;
    for (line, object) in text.lines().zip(lines.lines()) {
        let object = json(object);
        let at = object["time_us"].as_u64().expect("a time");
        assert!(last <= at, "{line}");
        last = at;
        assert!(line.ends_with(object["text"].as_str().expect("a text")), "{line}");
        assert!(line.contains(object["lane"].as_str().expect("a lane")), "{line}");
        assert!(object["step"].is_u64() && object["kind"].is_string() && object["rules"].is_array());
    }
    let sent = lines.lines().map(json).find(|o| o["kind"] == "send" && o["name"] == "RequestVote");
    assert_eq!(sent.expect("a request for a vote")["args"]["term"], 1);
    // Consecutive parts of a run add up to the run.
    let part = |from: &str, to: &str| run_with(&["trace", "--from", from, "--to", to, "-"], SHORT).out;
    assert_eq!(part("0", "999999us") + &part("1s", "2s"), text);
    let three = run_with(&["trace", "--limit", "3", "-"], SHORT).out;
    assert_eq!(three, text.split_inclusive('\n').take(3).collect::<String>());
    let raft = run_with(&["trace", "--lane", "raft", "-"], SHORT).out;
    assert!(raft.lines().all(|line| line.contains("s raft ")));
}

#[test]
fn trace_numbers_the_events_and_their_causes() {
    let plain = run_with(&["trace", "-"], SHORT).out;
    let text = run_with(&["trace", "--causes", "-"], SHORT).out;
    let lines = run_with(&["trace", "--causes", "--json", "-"], SHORT).out;
    assert_eq!(plain.lines().count(), text.lines().count());
    let mut caused = 0;
    for ((plain, line), object) in plain.lines().zip(text.lines()).zip(lines.lines()) {
        let object = json(object);
        let (cause, step) = (&object["cause"], object["step"].as_u64().expect("a number"));
        assert!(line.ends_with(object["text"].as_str().expect("a text")), "{line}");
        assert!(line.starts_with(&plain[..12]) && line.contains(&format!(" #{step} ")), "{line}");
        let named = match (cause["event"].as_u64(), cause["line"].as_u64()) {
            (Some(event), _) if event == step => continue,
            (Some(event), _) => {
                assert!(event < step, "{object}");
                format!("<- #{event} ")
            }
            (None, Some(at)) => format!("<- line {at} "),
            (None, None) => "<- begin ".to_string(),
        };
        assert!(line.contains(&named), "{named} in {line}");
        caused += 1;
    }
    assert!(30 < caused, "{caused}");
}

#[test]
fn check_prints_like_a_test_runner() {
    let ran = run_with(&["check", "-"], "lanes raft; until 2s; expect leader by 1s; expect leaders = 1");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "ok      <stdin>: (2 expectations met)\n\ntest result: ok. 2 passed; 0 failed\n");
}

#[test]
fn check_distinguishes_expectations_on_one_line() {
    let ran =
        run_with(&["check", "-"], "lanes raft; until 2s; expect leaders = 1; expect leaders = 2; until 3s");
    assert_eq!(ran.code, 2, "two ends are an error");
    let ran = run_with(&["check", "-"], "lanes raft; until 2s; expect leaders = 1; expect leaders = 2 # no");
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out.lines().nth(1), Some("  <stdin>:1: expect leaders = 2"), "{}", ran.out);
}

#[test]
fn check_finds_fences_in_markdown_and_says_where_they_fail() {
    let text = "# Title\n\nText.\n\n```election\nlanes raft\nuntil 2s\nexpect leader by 1s\n```\n\n\
                ```text\nexpect nothing\n```\n\n- In a list:\n\n  ```election\n  title Fails\n  lanes raft bully\n  \
                until 2s\n  expect leaders = 2 at 1s\n  ```\n";
    let path = file("markdown", "page.md", text);
    let folder = path.parent().expect("a folder").to_str().expect("UTF-8");
    let ran = run(&["check", folder]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(
        lines[0].starts_with("ok ") && lines[0].ends_with("page.md:6: (1 expectation met)"),
        "{}",
        ran.out
    );
    assert!(lines[1].starts_with("FAILED") && lines[1].contains("page.md:18: Fails (0 of 1"), "{}", ran.out);
    assert!(lines[2].ends_with("page.md:21: expect leaders = 2 at 1s"), "{}", ran.out);
    assert_eq!(lines[3], "    raft: found 1 at 1s");
    let link = lines[4].trim().strip_prefix("open #v=2&s=").expect("a link");
    assert!(link.contains("title+Fails;lanes+raft+bully;") && link.contains("&at=1s&c="), "{link}");
    assert_eq!(lines.last(), Some(&"test result: FAILED. 1 passed; 1 failed"));

    let report = json(&run(&["check", "--json", folder]).out);
    assert_eq!((&report["ok"], &report["passed"]), (&Value::from(false), &Value::from(1)));
    let failed = &report["scenarios"][1]["expectations"][0];
    assert_eq!((&failed["line"], &failed["met"]), (&Value::from(21), &Value::from(false)));
    assert_eq!(failed["lanes"][0]["found"], "1");
}

#[test]
fn check_finds_blocks_in_quotes_and_lists_and_names_their_places_in_the_file() {
    let fails = "lanes raft; until 2s; expect leaders = 2";
    let quoted = format!("Text\n\n> Quoted\n>\n> ```election\n>\n> {fails}\n> nodez 3\n> ```\n");
    let quoted = file("blocks", "quoted.md", &quoted);
    let ran = run(&["check", name(&quoted)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("quoted.md:8:3: found `nodez`"), "{}", ran.err);
    assert!(ran.err.contains("\n8 | nodez 3\n  | ^^^^^\n"), "{}", ran.err);
    let error = &json(&run(&["check", "--json", name(&quoted)]).out)["scenarios"][0]["errors"][0];
    assert_eq!((&error["line"], &error["column"]), (&Value::from(8), &Value::from(3)));

    for (title, text, line) in [
        ("tabs.md", format!("-\t```election\n\t{fails}\n\t```\n"), 2),
        ("mark.md", format!("\u{feff}```election\n{fails}\n```\n"), 2),
        ("quote.md", format!("> Text\n> ```election\n>\n>   {fails}\n"), 4),
    ] {
        let ran = run(&["check", name(&file("blocks", title, &text))]);
        assert_eq!(ran.code, 1, "{title}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(&format!("{title}:{line}: expect leaders = 2")), "{}", ran.out);
    }
}

#[test]
fn what_only_looks_like_a_block_is_not_checked() {
    let text = format!(
        "<!--\n```election\nnodez 3\n```\n-->\n\n    ```election\n    nodez 3\n    ```\n\n```election\n{HOLDS}```\n"
    );
    let ran = run(&["check", name(&file("no-blocks", "page.md", &text))]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.ends_with("test result: ok. 1 passed; 0 failed\n"), "{}", ran.out);
}

#[test]
fn check_takes_any_file_that_is_named_and_searches_folders_for_text_and_markdown() {
    let folder = empty_folder("endings");
    for title in ["one.scn", "two.text", "three", "four.txt", ".hidden.txt"] {
        file("endings", title, HOLDS);
    }
    file("endings", "five.MARKDOWN", &format!("```election\n{HOLDS}```\n"));
    // Only the name makes a file Markdown; this one is a scenario that begins with a fence.
    file("endings", "fences.scn", "```election\nlanes raft\n```\n");
    let named = ["one.scn", "two.text", "three"].map(|title| folder.join(title));
    let ran = run(&["check", name(&named[0]), name(&named[1]), name(&named[2])]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("test result: ok. 3 passed; 0 failed\n"), "{}", ran.out);
    let ran = run(&["check", name(&folder)]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("five.MARKDOWN:2") && ran.out.contains("four.txt"), "{}", ran.out);
    assert!(ran.out.ends_with("test result: ok. 2 passed; 0 failed\n"), "{}", ran.out);
    assert_eq!(run(&["check", name(&folder.join("fences.scn"))]).code, 2);
}

#[cfg(unix)]
#[test]
fn links_to_folders_neither_hang_check_nor_count_twice() {
    use std::os::unix::fs::symlink;
    let folder = empty_folder("loops");
    file("loops/inner", "one.txt", HOLDS);
    for title in ["loops", "again", "inner/up", "inner/folder.txt"] {
        symlink(&folder, folder.join(title)).expect("a link");
    }
    // Links to files are followed, and so is any link that the user names.
    let elsewhere = file("loops-elsewhere", "two.scn", HOLDS);
    symlink(elsewhere, folder.join("linked.txt")).expect("a link");
    for named in [folder.clone(), folder.join("again")] {
        let ran = run(&["check", name(&named)]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        assert!(ran.out.ends_with("test result: ok. 2 passed; 0 failed\n"), "{}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn what_check_cannot_read_is_named_and_does_not_stop_the_rest() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = empty_folder("unreadable");
    file("unreadable", "good.txt", HOLDS);
    file("unreadable/sub", "good.txt", HOLDS);
    symlink("nowhere", folder.join("dangling.txt")).expect("a link");
    symlink("nowhere", folder.join("other")).expect("a link");
    fs::write(folder.join("bytes.txt"), b"lanes \xff\n").expect("a file");
    let made = Command::new("mkfifo").arg(folder.join("pipe.txt")).status();
    assert!(made.expect("mkfifo runs").success());
    let locked = folder.join("locked");
    file("unreadable/locked", "good.txt", HOLDS);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("it may be locked");
    // An administrator can read everything.
    let is_locked = fs::read_dir(&locked).is_err();

    let arguments = ["check", name(&folder), "no-such-file.txt"];
    let (ran, report) = (run(&arguments), run(&["check", "--json", name(&folder), "no-such-file.txt"]));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).expect("it may be unlocked");
    let (passed, unreadable) = if is_locked { (2, 5) } else { (3, 4) };
    assert_eq!(ran.code, 2);
    let result = format!("FAILED. {passed} passed; 0 failed; {unreadable} files or folders cannot be read\n");
    assert!(ran.out.ends_with(&result), "{}", ran.out);
    for (title, why) in [
        ("unreadable/dangling.txt", "it is a link to a file that does not exist"),
        ("unreadable/bytes.txt", "it is not text in UTF-8"),
        ("unreadable/pipe.txt", "it is not a regular file"),
        ("no-such-file.txt", "there is no such file"),
    ] {
        assert!(ran.err.contains(&format!("{title}: {why}\n")), "{title}: {}", ran.err);
    }
    assert_eq!(is_locked, ran.err.contains("unreadable/locked: "), "{}", ran.err);
    assert!(
        ran.err.ends_with(&format!("error: {unreadable} files or folders cannot be read\n")),
        "{}",
        ran.err
    );
    let report = json(&report.out);
    assert_eq!((&report["ok"], &report["passed"]), (&Value::from(false), &Value::from(passed)));
    assert_eq!(report["unreadable"].as_array().map(Vec::len), Some(unreadable));
    assert_eq!(report["unreadable"][unreadable - 1]["why"], "there is no such file");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_read() {
    let pipe = empty_folder("pipe").join("pipe.txt");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let to = pipe.clone();
    let writer = std::thread::spawn(move || fs::write(to, HOLDS).expect("it is read"));
    assert_eq!(run(&["check", name(&pipe)]).code, 0);
    writer.join().expect("it was written");
    assert_eq!(run_with(&["check", "/dev/stdin"], HOLDS).code, 0);
}

/// Only on Linux: the file systems of other systems may refuse such a name.
#[cfg(target_os = "linux")]
#[test]
fn a_name_need_not_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = empty_folder("names");
    let path = file(
        "names",
        OsStr::from_bytes(b"na\xffme\x1b.txt"),
        "lanes   raft; until 2s; expect leader by 1s\n",
    );
    let ran = run(&["check", name(&folder)]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("names/na\u{fffd}me\u{fffd}.txt: (1 expectation met)"), "{}", ran.out);
    for arguments in [&["check"][..], &["run", "--quiet"], &["trace", "--limit", "1"], &["fmt", "--write"]] {
        let output = command(arguments).arg(&path).output().expect("the program runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(command(&["fmt", "--check"]).arg(&path).status().expect("the program runs").code(), Some(0));
}

#[test]
fn a_file_that_is_too_large_is_rejected() {
    let long = file("long", "page.md", &"text\n".repeat(4 << 20));
    let ran = run(&["check", name(&long)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("page.md: it is larger than 16 MB\n"), "{}", ran.err);
}

#[test]
fn an_error_shows_only_part_of_a_long_line() {
    let many: Vec<String> = (0..6_000).map(|n| format!("nodez {n}")).collect();
    let ran = run_with(&["check", "-"], &many.join(";"));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("<stdin>:1:1: found `nodez`"), "{}", ran.err);
    assert!(ran.err.lines().count() > 10 && ran.err.len() < 20_000, "{} bytes", ran.err.len());
    let shown: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("1 | ")).collect();
    for line in &shown {
        assert!(line.ends_with('…') && line.chars().count() <= 126, "{line}");
    }
    assert!(shown.last().is_some_and(|line| line.starts_with("1 | …")), "{}", ran.err);
}

#[test]
fn check_marks_errors_under_the_text() {
    let path = file("errors", "page.md", "Text\n\n```election\nlanes raft\nat 1s crsh leader\n```\n");
    let ran = run(&["check", path.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.starts_with("ERROR "), "{}", ran.out);
    assert!(ran.out.ends_with("test result: FAILED. 1 scenario cannot be run\n"), "{}", ran.out);
    assert!(ran.err.contains("page.md:5:7: found `crsh`, expected an action"), "{}", ran.err);
    assert!(ran.err.contains("did you mean `crash`?"), "{}", ran.err);
    assert!(ran.err.contains("\n5 | at 1s crsh leader\n  |       ^^^^\n"), "{}", ran.err);
}

#[test]
fn a_scenario_without_expectations_does_not_count_as_tested() {
    let ran = run_with(&["check", "-"], "lanes raft");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("warn    <stdin>: (no expectations"), "{}", ran.out);
    let ran = run_with(&["check", "--allow-empty", "-"], "lanes raft");
    assert_eq!(ran.code, 0);
    assert!(ran.out.ends_with("test result: ok. 0 passed; 0 failed\n"), "{}", ran.out);
    let folder = file("empty", "notes.md", "No scenario.\n");
    let ran = run(&["check", folder.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no scenario found in "), "{}", ran.err);
    // A text that cannot be run was not tested, whatever else was.
    let ran = run_with(&["check", "scenarios/split-brain.txt", "-"], "nodez 3");
    let result = "test result: FAILED. 13 passed; 0 failed; 1 scenario cannot be run\n";
    assert!(ran.code == 2 && ran.out.ends_with(result), "{}", ran.out);
}

#[test]
fn the_gallery_passes_and_states_its_lessons() {
    let ran = run(&["check", "scenarios"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    // Each has expectations. There may be warnings about settings: some lessons are about what they warn of.
    assert!(!ran.out.lines().any(|line| line.starts_with("warn")), "{}", ran.out);
    for entry in fs::read_dir(Path::new(ROOT).join("scenarios")).expect("the gallery") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a text");
        assert!(text.starts_with("# "), "{}: a comment states the lesson", path.display());
        assert!(text.contains("\ntitle "), "{}: a title", path.display());
        assert!(text.contains(" say \""), "{}: a story", path.display());
    }
}

/// The names of all fields of a document.
fn fields(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.keys().cloned());
            // The fields in these are named by the algorithm.
            let own = ["args", "disk"];
            map.iter().filter(|(key, _)| !own.contains(&key.as_str())).for_each(|(_, it)| fields(it, found));
        }
        Value::Array(all) => all.iter().for_each(|it| fields(it, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_json_is_documented() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/command-line.md")).expect("the page");
    let mut found = Vec::new();
    for arguments in [
        &["run", "--json", "scenarios/first-look.txt"][..],
        &["run", "--json", "scenarios/zookeeper-suspended.txt"],
        &["run", "--json", "--seeds", "1..20", "scenarios/first-look.txt"],
        &["check", "--json", "scenarios/first-look.txt"],
        &["algorithms", "--json"],
        &["link", "--json", "scenarios/first-look.txt"],
        &["open", "--json", "#v=1&s=lanes+raft"],
    ] {
        fields(&json(&run(arguments).out), &mut found);
    }
    for scenario in ["first-look", "raft-isolated-leader", "raft-transfer"] {
        for line in run(&["trace", "--json", &format!("scenarios/{scenario}.txt")]).out.lines() {
            fields(&json(line), &mut found);
        }
    }
    let csv = run(&["run", "--csv", "--seeds", "1..2", "scenarios/first-look.txt"]).out;
    found.extend(csv.lines().next().expect("the names of the columns").split(',').map(String::from));
    found.sort_unstable();
    found.dedup();
    assert!(found.len() > 60, "{found:?}");
    let missing: Vec<&String> = found.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/command-line.md lacks {missing:?}");
}

#[test]
fn fmt_is_canonical_and_idempotent() {
    let untidy = "nodes   3;seed 1 # one\r\nat  1000ms   crash leader\n";
    let ran = run_with(&["fmt", "-"], untidy);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "nodes 3\nseed  1  # one\nat 1s  crash leader\n");
    assert_eq!(run_with(&["fmt", "-"], &ran.out).out, ran.out);

    let path = file("fmt", "untidy.txt", untidy);
    let name = path.to_str().expect("UTF-8");
    let check = run(&["fmt", "--check", name]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("is not canonical") && check.out.contains("+ seed  1"), "{}", check.out);
    assert_eq!(fs::read_to_string(&path).expect("the file"), untidy);
    assert_eq!(run(&["fmt", "--write", name]).code, 0);
    assert_eq!(fs::read_to_string(&path).expect("the file"), ran.out);
    assert_eq!(run(&["fmt", "--check", name]).code, 0);
}

#[test]
fn fmt_continues_after_a_file_that_it_cannot_format() {
    let first = file("fmt-many", "first.txt", "nodes   3\n");
    let wrong = file("fmt-many", "wrong.txt", "nodez 3\n");
    let last = file("fmt-many", "last.txt", "nodes   5\n");
    let files = [name(&first), name(&wrong), "no-such-file.txt", "README.md", name(&last)];
    let with = |option| run(&[&["fmt", option][..], &files].concat());
    let reported = |ran: &Ran| {
        assert_eq!(ran.code, 2, "{}", ran.out);
        for part in ["wrong.txt:1:1: found `nodez`", "cannot read no-such-file.txt", "README.md is Markdown"]
        {
            assert!(ran.err.contains(part), "{part:?} is missing in\n{}", ran.err);
        }
    };
    let checked = with("--check");
    reported(&checked);
    assert!(checked.out.contains("last.txt is not canonical"), "{}", checked.out);
    reported(&with("--write"));
    let text = |path: &Path| fs::read_to_string(path).expect("the file");
    assert_eq!(
        (text(&first), text(&wrong), text(&last)),
        ("nodes 3\n".into(), "nodez 3\n".into(), "nodes 5\n".into())
    );
}

#[cfg(unix)]
#[test]
fn fmt_replaces_a_file_as_a_whole_and_keeps_its_permissions_and_links() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let folder = empty_folder("fmt-write");
    let path = file("fmt-write", "file.txt", "nodes   3\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
    let link = folder.join("link.txt");
    symlink("file.txt", &link).expect("a link");
    // A reader that has the old file open still reads the old text.
    let mut old = fs::File::open(&path).expect("the file");
    assert_eq!(run(&["fmt", "--write", name(&link)]).code, 0);
    assert_eq!(fs::read_to_string(&path).expect("the file"), "nodes 3\n");
    let mut text = String::new();
    old.read_to_string(&mut text).expect("the old text");
    assert_eq!(text, "nodes   3\n");
    let (old, new) = (old.metadata().expect("a file"), fs::metadata(&path).expect("a file"));
    assert_ne!(old.ino(), new.ino(), "a new file took its place");
    assert_eq!((old.mode(), old.uid(), old.gid()), (new.mode(), new.uid(), new.gid()));
    assert!(link.is_symlink());
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 2, "nothing else is left");
}

#[cfg(unix)]
#[test]
fn fmt_replaces_no_file_that_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = file("fmt-locked", "file.txt", "nodes   3\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).expect("it is ours");
    // An administrator may write everything.
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        let ran = run(&["fmt", "--write", name(&path)]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("cannot write "), "{}", ran.err);
        assert_eq!(fs::read_to_string(&path).expect("the file"), "nodes   3\n");
    }
    fs::remove_file(&path).expect("it is ours");
    let ran = run_with(&["fmt", "--write", "/dev/stdin"], "nodes   3\n");
    assert!(ran.code == 2 && ran.err.contains("cannot write /dev/stdin: "), "{}", ran.err);
}

#[test]
fn algorithms_prints_everything_about_each_algorithm() {
    let list = run(&["algorithms"]).out;
    let all = json(&run(&["algorithms", "--json"]).out);
    for algorithm in all.as_array().expect("a list") {
        let id = algorithm["id"].as_str().expect("an id");
        assert!(list.contains(&format!("{id} ")), "{id}");
        let text = run(&["algorithms", id]).out;
        for setting in algorithm["settings"].as_array().expect("a list") {
            let name = setting["name"].as_str().expect("a name");
            assert!(text.contains(&format!("set {id}.{name} ")), "{id} {name}");
        }
        for promise in algorithm["promises"].as_array().expect("a list") {
            assert!(text.contains(promise["property"].as_str().expect("a name")));
        }
        for heading in ["Rules", "Messages", "Settings", "Promises", "What the model leaves out"] {
            assert!(text.contains(heading), "{id} {heading}");
        }
    }
}

#[test]
fn descriptions_of_algorithms_are_whole_sentences() {
    for algorithm in json(&run(&["algorithms", "--json"]).out).as_array().expect("a list") {
        let id = algorithm["id"].as_str().expect("an id");
        let text = run(&["algorithms", id]).out;
        let doubled: Vec<&str> = text.lines().filter(|line| line.ends_with("..")).collect();
        assert_eq!(doubled, [""; 0], "{id}");
        assert!(!text.contains("Because The "), "{id}: a sentence stands by itself");
    }
}

#[test]
fn bad_usage_says_what_was_found_and_expected() {
    let cases: &[(&[&str], &str)] = &[
        (&["run"], "required"),
        (&["serv"], "unrecognized subcommand 'serv'"),
        (&["run", "no-such-file.txt"], "cannot read no-such-file.txt: there is no such file"),
        (&["run", "scenarios"], "scenarios is a folder, expected a file"),
        (&["run", "--from", "5", "-"], "found `5`, expected a time such as `2s`"),
        (&["run", "--lane", "raff", "-"], "there is no lane `raff`, expected a lane of the scenario: "),
        (&["run", "--lane", "raff", "-"], "did you mean `raft`?"),
        (&["trace", "--lane", "x", "-"], "`ring`, `bully`, `zookeeper`, `raft`"),
        (&["algorithms", "zookeper"], "did you mean `zookeeper`?"),
        (&["fmt", "--write", "-"], "found `-` with --write"),
        (&["fmt", "README.md"], "README.md is Markdown"),
    ];
    for (arguments, wanted) in cases {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(wanted), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    for command in ["run", "trace", "fmt"] {
        let ran = run_with(&[command, "-"], "lanes raft\nlatncy 5ms\n");
        assert_eq!(ran.code, 2, "{command}");
        assert!(ran.err.contains("2:1: found `latncy`"), "{}", ran.err);
        assert!(ran.err.contains("did you mean `latency`?\n2 | latncy 5ms\n  | ^^^^^^"), "{}", ran.err);
    }
}

#[test]
fn a_link_is_read_like_a_file() {
    for version in [1, 2] {
        let links =
            fs::read_to_string(format!("{ROOT}/tests/links/version-{version}.txt")).expect("it is there");
        let all: Vec<&str> = links.lines().filter_map(|line| line.strip_prefix("link ")).collect();
        for (link, text) in
            [(all[9], "at 1s crash leader\n".into()), (all[15], "at 1s crash leader\n".repeat(100))]
        {
            let wanted = run_with(&["fmt", "-"], &text).out;
            for address in ["#", "https://example.org/play/#"] {
                let ran = run(&["fmt", &format!("{address}{link}")]);
                assert_eq!((ran.code, &ran.out), (0, &wanted), "{}", ran.err);
            }
        }
    }
    let ran = run(&["run", "--quiet", "#v=1&s=lanes+raft;until+1s"]);
    assert!(ran.code == 0 && ran.out.contains("raft\n  at the end"), "{}{}", ran.out, ran.err);
    let cut = run(&["run", "#v=2&s=lanes+raft"]);
    assert_eq!(cut.code, 2);
    assert!(
        cut.err.contains("cannot read the link: this link is damaged: its end is missing"),
        "{}",
        cut.err
    );
    assert_eq!(run(&["fmt", "--write", "#v=1&s=lanes+raft"]).code, 2);
}

#[test]
fn a_reader_that_leaves_causes_no_error() {
    for arguments in [&["run", "scenarios/first-look.txt"][..], &["trace", "scenarios/first-look.txt"]] {
        let mut command = command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        // Closes the pipe after the first line, long before the end.
        let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
        reader.read_line(&mut line).expect("a line");
        drop(reader);
        let mut errors = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("UTF-8");
        assert_eq!((child.wait().expect("it ends").code(), errors.as_str()), (Some(0), ""));
        assert!(!line.is_empty());
    }
}

/// The exit code and errors of a run whose output is not read. The pipe is closed before the program gets its input,
/// and so before it can write anything.
fn run_unread(arguments: &[&str], input: &str) -> (i32, String) {
    let mut command = command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("the program ends");
    (output.status.code().expect("no signal"), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn a_reader_that_leaves_at_once_hides_no_failure() {
    let fails = "lanes raft; until 2s; expect leaders = 2";
    for arguments in [&["check", "-"][..], &["check", "--json", "-"]] {
        assert_eq!(run_unread(arguments, fails), (1, String::new()), "{arguments:?}");
        assert_eq!(run_unread(arguments, &fails.replace('2', "1")).0, 0, "{arguments:?}");
    }
    assert_eq!(run_unread(&["fmt", "--check", "-"], "nodes   3\n"), (1, String::new()));
    for arguments in [&["run", "-"][..], &["run", "--json", "-"], &["trace", "-"], &["fmt", "-"]] {
        assert_eq!(run_unread(arguments, SHORT), (0, String::new()), "{arguments:?}");
        assert_eq!(run_unread(arguments, "nodez 3").0, 2, "{arguments:?}");
    }
}

#[test]
fn everything_is_judged_even_if_the_output_is_not_read() {
    let wrong = file("unread", "wrong.txt", "nodez 3\n");
    let wrong = wrong.to_str().expect("UTF-8");
    for command in ["check", "run"] {
        let (code, err) = run_unread(&[command, "-", wrong], SHORT);
        assert_eq!(code, 2, "{command}");
        assert!(err.contains("wrong.txt:1:1: found `nodez`"), "{command}: {err}");
    }
    let (code, err) = run_unread(&["check", "-", wrong, "scenarios/split-brain.txt", wrong], "nodez 3");
    assert_eq!(code, 2);
    assert!(err.ends_with("error: 3 scenarios cannot be run\n"), "{err}");
}

/// A `console` block shows a command after `$`, and some of the lines that it prints, in order.
#[test]
fn the_readme_shows_what_the_commands_print() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).expect("the README");
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("the end of the block");
        let (command, lines) = block.split_once('\n').expect("a command");
        let arguments = command.strip_prefix("$ election ").expect("a command of ours");
        let ran = run(&arguments.split(' ').collect::<Vec<_>>());
        let mut printed = ran.out.lines();
        for line in lines.lines() {
            assert!(
                printed.any(|p| p == line),
                "{command}\ndoes not print this line, or not in this order:\n{line}\n{}",
                ran.out
            );
            shown += 1;
        }
    }
    assert!(shown > 20, "{shown}");
    let ran = run(&["check", "README.md"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn one_seed_names_no_winner() {
    // Which of two lanes is faster in a single run is often chance.
    let out = run(&["run", "--quiet", "scenarios/flapping-link.txt"]).out;
    assert!(out.contains("mean failover"), "{out}");
    assert!(!out.contains('*') && !out.contains("best of"), "{out}");
}
