//! The reports of `election check` for build servers, and `--watch`.

mod shared;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use shared::{command, empty_folder, finish, name, relative, run, run_with, write};

const HOLDS: &str = "title Holds\nlanes raft\nuntil 2s\nexpect leaders = 1\n";
const FAILS: &str = "title Fails, 100 %\nlanes raft\nuntil 2s\nexpect leaders = 2\nexpect leaders = 3\n";

#[test]
fn junit_has_a_case_for_each_scenario_whatever_the_result() {
    let folder = empty_folder("reports/junit");
    write(&folder, "a.txt", HOLDS);
    write(&folder, "b.md", &format!("# T\n\n```election\n{FAILS}```\n\n```election\nnodez 3 # <&\"\n```\n"));
    write(&folder, "c.txt", "lanes raft\nuntil 1s\n");
    write(&folder, "d.html", "<election-playground src='https://a.example/x'></election-playground>");
    let report = folder.join("report.xml");
    let ran = run(&["check", name(&folder), "no-such-file.txt", "--junit", name(&report)]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let xml = relative(&fs::read_to_string(&report).expect("the report"), &folder);
    for part in [
        r#"<testsuites name="election check" tests="6" skipped="2" failures="1" errors="2">"#,
        r#"<testsuite name="election check" tests="6" skipped="2" errors="2" failures="1" time=""#,
        r#"<testcase name="Holds (line 1)" classname="a.txt" assertions="1""#,
        r#"<testcase name="Fails, 100 % (line 4)" classname="b.md" assertions="2""#,
        r#"file="b.md" line="4""#,
        r#"<failure message="b.md:7: expect leaders = 2" type="expectation">"#,
        "b.md:7: expect leaders = 2\n  raft: found 1 at 2s\n    open #v=2&amp;s=title+Fails",
        "b.md:8: expect leaders = 3\n",
        r#"<error message="found `nodez`, expected"#,
        r#"<error message="cannot read no-such-file.txt: there is no such file" type="unreadable"/>"#,
        r#"<skipped message="no expectations"/>"#,
        r#"<skipped message="`https://a.example/x` is not tested: it is on another host"/>"#,
    ] {
        assert!(xml.contains(part), "{part:?} is not in\n{xml}");
    }
    // An accepted scenario without expectations passes, and an empty suite is written, too.
    let one = name(&folder.join("c.txt")).to_string();
    assert_eq!(run(&["check", &one, "--allow-empty", "--junit", name(&report)]).code, 0);
    let xml = fs::read_to_string(&report).expect("the report");
    assert!(
        xml.contains(r#"tests="1" skipped="0" failures="0" errors="0""#) && !xml.contains("skipped message"),
        "{xml}"
    );
    let none = write(&folder, "none.md", "Text\n");
    assert_eq!(run(&["check", name(&none), "--junit", name(&report)]).code, 2);
    assert!(fs::read_to_string(&report).expect("the report").contains(r#"errors="1""#));
    // It also accompanies the other forms of the report.
    let ran = run_with(&["check", "--json", "-", "--junit", name(&report)], HOLDS);
    assert!(ran.code == 0 && ran.out.starts_with('{'), "{}", ran.out);
    assert!(fs::read_to_string(&report).expect("the report").contains(r#"classname="&lt;stdin&gt;""#));
    let ran = run_with(&["check", "-", "--junit", name(&folder)], HOLDS);
    assert!(ran.code == 2 && ran.err.contains("cannot write "), "{}", ran.err);
}

#[test]
fn github_actions_gets_annotations() {
    let folder = empty_folder("reports/github");
    write(&folder, "docs/a.md", &format!("```election\n{FAILS}```\n"));
    write(&folder, "docs/b,c.html", "<election-playground at=9s><b>x</b></election-playground>");
    write(
        &folder,
        "docs/d.html",
        "<p>\n<election-playground at=9s>lanes raft; until 2s; expect leaders = 1</election-playground>",
    );
    let check = |arguments: &[&str]| {
        let mut command = command(arguments);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", &folder)
            .current_dir(folder.join("docs"));
        finish(command, "")
    };
    let ran = check(&["check", "."]);
    let annotations: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(annotations.len(), 4, "{}", ran.out);
    let first = "::error file=docs/a.md,line=5,title=expectation not met::expect leaders = 2%0Araft: found 1 at 2s%0A\
                 open #v=2&s=title+Fails,+100+%2525;";
    assert!(annotations[0].starts_with(first), "{}", annotations[0]);
    let second =
        "::error file=docs/b%2Cc.html,line=1,title=scenario cannot be run::found the element <b>, expected";
    assert!(annotations[2].starts_with(second), "{}", annotations[2]);
    let third =
        "::warning file=docs/d.html,line=2,title=scenario::the attribute `at` is 9s, but the run ends at 2s.";
    assert_eq!(annotations[3], third);
    // They would not be JSON.
    assert!(check(&["check", "--json", "."]).out.starts_with('{'));
    assert!(!run(&["check", name(&folder)]).out.contains("::error"));
}

#[test]
fn azure_pipelines_gets_annotations() {
    let mut command = command(&["check", "-"]);
    command.env("TF_BUILD", "True");
    let ran = finish(command, "lanes raft; until 2s; expect leaders = 2");
    let want = "##vso[task.logissue type=error;sourcepath=<stdin>;linenumber=1]expectation not met: expect leaders = 2%0A\
                raft: found 1 at 2s%0Aopen #v=2&s=";
    assert!(ran.out.contains(want), "{}", ran.out);
}

#[test]
fn times_are_written_as_in_the_summary() {
    let text = "lanes raft\nat 1s crash all\nat 3s restart all\nuntil 8s\nexpect failover < 1ms\n";
    let checked = run_with(&["check", "-"], text).out;
    let found = checked.lines().find_map(|line| line.trim().strip_prefix("raft: found ")).expect("a value");
    let found = found.split(' ').next().expect("a time").to_string();
    let summary = run_with(&["run", "--quiet", "-"], text).out;
    assert!(found.ends_with('s') && !found.ends_with("ms"), "more than a second: {found}");
    assert!(summary.contains(&format!("recovered after {found}:")), "{found} is not in\n{summary}");
}

/// A running `election check --watch`.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(arguments: &[&str]) -> Watch {
        let mut command = command(arguments);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (to, lines) = channel();
        thread::spawn(move || out.lines().map_while(Result::ok).all(|line| to.send(line).is_ok()));
        Watch { child, lines }
    }

    /// The lines of the next report.
    fn report(&self) -> Vec<String> {
        let mut report = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60)).expect("a report");
            let last = line.starts_with("watching ");
            report.push(line);
            if last {
                return report;
            }
        }
    }

    fn result(&self) -> String {
        self.report().into_iter().find(|line| line.starts_with("test result")).unwrap_or_default()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a file at one stroke, as editors do that rename a new file.
fn put(path: &Path, text: &str) {
    let folder = path.parent().expect("a folder");
    let new = write(folder, ".new", text);
    fs::rename(new, path).expect("it is ours");
}

#[test]
fn watch_checks_again_when_a_file_changes_appears_or_goes() {
    let folder = empty_folder("reports/watch/docs");
    let (page, elsewhere) = (folder.join("page.html"), folder.with_file_name("elsewhere.scn"));
    let new = folder.join("sub/new.txt");
    put(&page, "<election-playground src=../elsewhere.scn></election-playground>");
    put(&elsewhere, HOLDS);
    let watch = Watch::start(&["check", "--watch", name(&folder)]);
    let first = watch.report();
    assert!(first.iter().any(|line| line == "test result: ok. 1 passed; 0 failed"), "{first:?}");
    assert_eq!(first.last().map(String::as_str), Some("watching 2 files; Ctrl-C ends"));
    assert!(!first.concat().contains('\x1b'), "the screen is not cleared where there is none");
    let more = watch.lines.recv_timeout(Duration::from_secs(1));
    assert_eq!(more, Err(RecvTimeoutError::Timeout), "nothing has changed");
    put(&elsewhere, FAILS);
    assert_eq!(watch.result(), "test result: FAILED. 0 passed; 2 failed");
    // An error does not end it, and neither does a file that goes.
    put(&elsewhere, "nodez 3\n");
    assert_eq!(watch.result(), "test result: FAILED. 1 scenario cannot be run");
    fs::remove_file(&elsewhere).expect("it is ours");
    assert_eq!(watch.result(), "test result: FAILED. 1 scenario cannot be run");
    put(&elsewhere, HOLDS);
    assert_eq!(watch.result(), "test result: ok. 1 passed; 0 failed");
    // A new file in a new folder.
    fs::create_dir(new.parent().expect("a folder")).expect("it is ours");
    put(&new, HOLDS);
    assert_eq!(watch.result(), "test result: ok. 2 passed; 0 failed");
    // Nothing left to test is no end either.
    fs::remove_file(&page).expect("it is ours");
    assert_eq!(watch.result(), "test result: ok. 1 passed; 0 failed");
    fs::remove_file(&new).expect("it is ours");
    assert_eq!(watch.result(), "");
    put(&new, HOLDS);
    assert_eq!(watch.result(), "test result: ok. 1 passed; 0 failed");
}

#[test]
fn watch_needs_files() {
    for named in ["-", "#v=1&s=lanes+raft"] {
        let ran = run(&["check", "--watch", named]);
        assert!(ran.code == 2 && ran.err.contains("expected files or folders"), "{}", ran.err);
    }
}
