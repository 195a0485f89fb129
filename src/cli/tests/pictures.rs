//! Pictures and texts of a run, and that `check` keeps pictures current.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The exit code, the output and the errors of the program, run in a folder.
fn run_in(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_election"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    run_in(Path::new(ROOT), arguments)
}

/// An empty folder with this name.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("img")).expect("a folder");
    folder
}

const PAGE: &str = "# A page\n\n![the lanes](img/half.svg)\n\n```election\ntitle Whole\nlanes raft\nuntil 2s\nexpect leader \
by 1s\n```\n\n```election\ntitle Half the truth\nlanes bully raft\nat 2s partition 1 2 | 3 4 5\nuntil 9s\nexpect \
raft one-effective-writer\n```\n";

#[test]
fn a_picture_goes_to_standard_output_or_to_a_file() {
    let first = "scenarios/first-look.txt";
    let (code, out, err) = run(&["svg", first, "--at", "14.2s", "--lane", "raft"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("<svg ") && out.contains("term 3") && !out.contains("<metadata>"), "{out}");
    // A span of one lane is a diagram, of several their bands.
    let (_, diagram, _) = run(&["svg", first, "--lane", "raft", "--span", "1.9s..2.3s"]);
    assert!(diagram.contains("node by node, 400 ms from 1.900 s"), "{diagram}");
    let (_, same, _) =
        run(&["svg", first, "--lane", "raft", "--from", "1.9s", "--to", "2.3s", "--kind", "diagram"]);
    assert_eq!(diagram, same);
    let (_, bands, _) = run(&["svg", first, "--span", "0..9s"]);
    assert!(bands.contains("nobody for 3.95 s") || bands.contains("3.95 s"), "{bands}");
    let folder = folder("file");
    let to = folder.join("a.svg");
    let (code, out, _) = run(&["svg", first, "-o", to.to_str().expect("UTF-8")]);
    assert_eq!((code, out.as_str()), (0, ""));
    let text = fs::read_to_string(&to).expect("a picture");
    assert!(text.contains("<metadata>") && text.contains("scenarios/first-look.txt"), "{text}");
    // No path of this machine is in it.
    assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{text}");
}

#[test]
fn wrong_options_say_what_to_do() {
    let first = "scenarios/first-look.txt";
    for (arguments, expected) in [
        (
            &["svg", first, "--kind", "moment", "--span", "1s..2s"][..],
            "a moment has no span: give an instant with --at",
        ),
        (&["svg", first, "--kind", "bands", "--at", "2s"], "bands show a span"),
        (
            &["svg", first, "--kind", "diagram", "--at", "2s"],
            "a diagram shows one lane: name it with --lane, of `ring`",
        ),
        (&["svg", first, "--lane", "rafd"], "did you mean `raft`?"),
        (&["svg", first, "--span", "2s"], "expected a span such as `2s..2.5s`"),
        (&["svg", first, "--lane", "raft", "--span", "3s..2s"], "is empty"),
        (
            &["svg", "README.md", "--block", "No such title"],
            "has no scenario `No such title`, expected one of",
        ),
        (&["mermaid", first], "a sequence diagram shows one lane: name it with --lane"),
        (&["trace", first, "--format", "shiviz"], "a log for ShiViz shows one lane: name it with --lane"),
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
    }
}

#[test]
fn a_block_is_chosen_by_its_title_or_number() {
    let folder = folder("blocks");
    fs::write(folder.join("page.md"), PAGE).expect("a page");
    let by_title = run_in(&folder, &["svg", "page.md", "--block", "Half the truth", "--at", "5s"]);
    let by_number = run_in(&folder, &["svg", "page.md", "--block", "2", "--at", "5s"]);
    assert_eq!(by_title.0, 0, "{}", by_title.2);
    assert_eq!(by_title.1, by_number.1);
    let (code, _, err) = run_in(&folder, &["svg", "page.md"]);
    assert!(code == 2 && err.contains("holds 2 scenarios, expected one"), "{err}");
}

#[test]
fn check_tells_stale_pictures_and_draws_them_again() {
    let folder = folder("current");
    fs::write(folder.join("page.md"), PAGE).expect("a page");
    let here = |arguments: &[&str]| run_in(&folder, arguments);
    let made = here(&["svg", "page.md", "--block", "2", "--at", "5s", "-o", "img/half.svg"]);
    assert_eq!(made.0, 0, "{}", made.2);
    let picture = folder.join("img/half.svg");
    let before = fs::read_to_string(&picture).expect("a picture");
    // The number became the title, which stays when blocks are added.
    assert!(before.contains("Half the truth&quot;,&quot;kind"), "{before}");
    let (code, out, _) = here(&["check", "page.md"]);
    assert!(code == 0 && out.contains("img/half.svg (current)"), "{out}");

    // Another block before it changes nothing; another act in it does.
    let more = PAGE.replace("# A page\n", "# A page\n\n```election\nlanes ring\nexpect leader by 1s\n```\n");
    fs::write(folder.join("page.md"), &more).expect("a page");
    assert_eq!(here(&["check", "page.md"]).0, 0);
    fs::write(folder.join("page.md"), more.replace("at 2s partition", "at 3s partition")).expect("a page");
    let (code, out, _) = here(&["check", "page.md"]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("FAILED  ") && out.contains("half.svg: the picture is stale; --update-pictures"),
        "{out}"
    );
    assert_eq!(fs::read_to_string(&picture).expect("a picture"), before, "check alone writes nothing");
    let (_, json, _) = here(&["check", "page.md", "--json"]);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["ok"], false);
    assert_eq!(report["pictures"][0]["state"], "stale");

    let (code, out, _) = here(&["check", "page.md", "--update-pictures"]);
    assert!(code == 0 && out.contains("half.svg (drawn again)"), "{out}");
    assert_ne!(fs::read_to_string(&picture).expect("a picture"), before);
    // A folder finds it, too, and once.
    let (code, out, _) = here(&["check", ".", "page.md"]);
    assert!(code == 0 && out.matches("half.svg (current)").count() == 1, "{out}");

    // Without its block, it cannot be drawn.
    fs::write(folder.join("page.md"), PAGE.replace("title Half the truth\n", "")).expect("a page");
    let (code, out, _) = here(&["check", "page.md", "--update-pictures"]);
    assert!(
        code == 1 && out.contains("cannot be drawn again: ") && out.contains("no scenario `Half"),
        "{out}"
    );
}

#[test]
fn pictures_of_others_are_left_alone() {
    let folder = folder("others");
    fs::write(folder.join("a.txt"), "lanes raft\nexpect leader by 1s\nuntil 2s\n").expect("a file");
    fs::write(folder.join("b.txt"), "lanes bully\nuntil 2s\n").expect("a file");
    fs::write(
        folder.join("own.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg'><metadata>{}</metadata></svg>",
    )
    .expect("a file");
    assert_eq!(run_in(&folder, &["svg", "b.txt", "-o", "b.svg"]).0, 0);
    fs::write(folder.join("b.txt"), "lanes bully\nnodes 3\nuntil 2s\n").expect("a file");
    // Beside a.txt lie a stale picture of another scenario and one that another program made.
    let (code, out, _) = run_in(&folder, &["check", "a.txt", "--update-pictures"]);
    assert!(code == 0 && !out.contains(".svg"), "{out}");
    // A page that only shows pictures is worth a check, too.
    fs::write(folder.join("page.md"), "<img src=b.svg>\n").expect("a page");
    let (code, out, err) = run_in(&folder, &["check", "page.md"]);
    assert!(code == 1 && out.contains("b.svg: the picture is stale") && err.is_empty(), "{out}{err}");
    let (code, out, _) = run_in(&folder, &["check", "a.txt", "b.txt"]);
    assert!(code == 1 && out.contains("b.svg: the picture is stale"), "{out}");
}

#[test]
fn a_sequence_diagram_and_a_log_are_printed() {
    let first = "scenarios/first-look.txt";
    let (code, out, _) = run(&["mermaid", first, "--lane", "raft", "--from", "1.99s", "--to", "2.3s"]);
    assert!(code == 0 && out.starts_with("sequenceDiagram\n"), "{out}");
    assert!(out.contains("n0-xn4: RequestVote term=2 ") && out.contains("receiver down"), "{out}");
    let (code, out, _) = run(&["trace", first, "--lane", "raft", "--to", "2.3s", "--format", "shiviz"]);
    assert_eq!(code, 0);
    assert!(out.lines().count() > 40 && out.contains("\nnode-1 {"), "{out}");
}

/// The pictures of docs/pictures.md are current: they were made by the commands that stand beside them.
#[test]
fn the_commands_of_the_documentation_make_its_pictures() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/pictures.md")).expect("the page");
    let commands: Vec<&str> = page
        .lines()
        .map(str::trim)
        .filter(|it| it.starts_with("election svg") && it.contains(" -o docs/pictures/"))
        .collect();
    assert!(commands.len() >= 3, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let at = words.iter().position(|it| *it == "-o").expect("a file") + 1;
        let shown = words[at].strip_prefix("docs/").expect("in docs/");
        assert!(page.contains(&format!("]({shown})")), "docs/pictures.md does not show {shown}");
        let old = fs::read_to_string(Path::new(ROOT).join(words[at])).expect("a picture");
        // Made anew, beside the old one so that its source has the same path.
        let new = Path::new(ROOT).join(words[at]).with_extension("svg.new");
        let name = new.to_str().expect("UTF-8").to_string();
        let mut words = words.clone();
        words[at] = &name;
        let (code, _, err) = run(&words);
        let made = fs::read_to_string(&new);
        let _ = fs::remove_file(&new);
        assert_eq!(code, 0, "{command}: {err}");
        assert!(made.expect("a picture") == old, "{shown} is stale: run `{command}`");
    }
}
