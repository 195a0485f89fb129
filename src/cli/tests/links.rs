//! `election link`, `election open`, and links as all commands print them.

mod shared;

use std::fs;

use serde_json::{Value, json};
use shared::{ROOT, command, empty_folder, finish, json as parsed, name, run, run_with, write};

/// A published link with what `election open --json` has to say of it.
struct Published {
    link: String,
    contents: Value,
}

/// The links of a file in tests/links, whose head describes its form.
fn published(file: &str) -> Vec<Published> {
    let text = fs::read_to_string(format!("{ROOT}/tests/links/{file}")).expect("it is there");
    let mut all: Vec<Published> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(link) = line.strip_prefix("link ") {
            let contents = json!({
                "text": "", "at_us": null, "after": null, "step": null, "selected": null, "stops": null,
                "digest": null, "other": null,
            });
            all.push(Published { link: link.to_string(), contents });
            continue;
        }
        let contents = &mut all.last_mut().expect("a link comes first").contents;
        let add = |text: &mut Value, line: &str| {
            let had = text.as_str().expect("a text").to_string();
            *text = Value::from(if had.is_empty() { format!("\n{line}") } else { format!("{had}\n{line}") });
        };
        if let Some(line) = line.strip_prefix('|') {
            add(&mut contents["text"], line);
            continue;
        }
        if let Some(line) = line.strip_prefix('+') {
            add(&mut contents["other"]["text"], line);
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| Value::from(words[i].parse::<u64>().expect("a number"));
        match (words[0], words[1]) {
            ("at", "step") => contents["step"] = number(2),
            ("at", "time") => (contents["at_us"], contents["after"]) = (number(2), number(3)),
            ("at", "start") | ("sel" | "stops" | "d", "") => {}
            ("sel", selected) => contents["selected"] = selected.into(),
            ("stops", stops) => contents["stops"] = stops.into(),
            ("d", digest) => contents["digest"] = digest.into(),
            ("other", name) => contents["other"] = json!({ "name": name, "text": "" }),
            _ => panic!("{line}"),
        }
    }
    for it in &mut all {
        // The first line was added with a line end before it.
        let texts = [it.contents.pointer("/text").cloned(), it.contents.pointer("/other/text").cloned()];
        let stripped = texts
            .map(|text| text.map(|it| it.as_str().expect("a text").trim_start_matches('\n').to_string()));
        let leading = |text: &Option<String>| text.clone().unwrap_or_default();
        it.contents["text"] = leading(&stripped[0]).into();
        if it.contents["other"].is_object() {
            it.contents["other"]["text"] = leading(&stripped[1]).into();
        }
    }
    all
}

#[test]
fn published_links_of_both_versions_open() {
    let mut texts = 0;
    for (file, version, count) in
        [("version-1.txt", 1, 16), ("version-2.txt", 2, 16), ("version-2-futures.txt", 2, 4)]
    {
        let all = published(file);
        assert_eq!(all.len(), count, "{file}");
        for Published { link, contents } in all {
            let ran = run(&["open", "--json", &format!("https://example.org/play/#{link}")]);
            let found = parsed(&ran.out);
            assert_eq!(found["link_version"], version, "{link}");
            assert_eq!(found["trust"], if version == 1 { "unchecked" } else { "checked" }, "{link}");
            assert_eq!(found["ignored"], json!([]), "{link}");
            for (key, value) in contents.as_object().expect("an object") {
                // Line ends at the beginning of a text are not told apart above.
                let (found, wanted) = match (key.as_str(), found[key].as_str()) {
                    ("text", Some(text)) => (Value::from(text.trim_start_matches('\n')), value),
                    _ => (found[key].clone(), value),
                };
                assert_eq!(&found, wanted, "{key} of {link}");
            }
            let plays = found["plays"].as_str().expect("a word");
            let code = match plays {
                "same" | "unknown" => 0,
                "differently" => 1,
                "errors" => 2,
                _ => panic!("{plays}"),
            };
            assert_eq!(ran.code, code, "{plays} {link}");
            assert!(
                plays == "errors" || contents["digest"].is_null() == (plays == "unknown"),
                "{plays} {link}"
            );
            // The text itself is all that standard output gets.
            let plain = run(&["open", &format!("#{link}")]);
            assert_eq!((plain.code, &Value::from(plain.out)), (code, &found["text"]), "{link}");
            texts += 1;
        }
    }
    assert_eq!(texts, 36);
}

#[test]
fn a_link_and_what_opens_it_agree() {
    let folder = empty_folder("links/agree");
    let text = "# Nodes; of a kind\nlanes raft bully\nat 1s  crash leader\nuntil 4s";
    let file = write(&folder, "a.txt", text);
    for (at, words, object) in [
        (None, "the start", json!([null, null, null])),
        (Some("1.5s"), "1.5s", json!([1_500_000, 0, null])),
        (Some("1s+1"), "1s, after 1 event of that instant", json!([1_000_000, 1, null])),
        (Some("#50"), "after 50 events of the run", json!([null, null, 50])),
        (Some("4s"), "4s", json!([4_000_000, 0, null])),
    ] {
        let at: Vec<&str> = at.map_or(vec![], |at| vec!["--at", at]);
        let made = run(&[&["link", name(&file), "--sel", "bully:3"][..], &at].concat());
        assert_eq!((made.code, made.err.as_str()), (0, ""), "{at:?}");
        let link = made.out.trim();
        let opened = run(&["open", link]);
        assert_eq!((opened.code, opened.out.as_str()), (0, text), "{at:?}: {}", opened.err);
        for line in [
            &format!("moment    {words}\n"),
            "selected  bully:3\n",
            "run       the run is the one that the link was made from, up to this moment\n",
        ] {
            assert!(opened.err.contains(line), "{line:?} is not in\n{}", opened.err);
        }
        let found = parsed(&run(&["open", "--json", link]).out);
        assert_eq!(json!([found["at_us"], found["after"], found["step"]]), object);
        let made =
            parsed(&run(&[&["link", "--json", name(&file), "--sel", "bully:3"][..], &at].concat()).out);
        assert_eq!((&made["link"], &made["digest"]), (&Value::from(link), &found["digest"]));
        assert_eq!(made["length"], link.len());
    }
    // Other moments have other digests, and the page's moments are those of the command.
    let digest = |at: &str| parsed(&run(&["link", "--json", name(&file), "--at", at]).out)["digest"].clone();
    assert_ne!(digest("1s+1"), digest("1s"));
    assert_eq!(digest("0.5s"), digest("500ms"));
}

#[test]
fn a_digest_of_another_run_is_noticed() {
    let right = run_with(&["link", "-", "--at", "1s"], "lanes raft\nuntil 2s").out;
    let digest = right.split("&d=").nth(1).expect("a digest")[..16].to_string();
    let link = |digest: &str| format!("#v=1&s=lanes+raft;until+2s&at=1s&d={digest}");
    assert_eq!(run(&["open", &link(&digest)]).code, 0);
    let other = run(&["open", &link("0123456789abcdef")]);
    assert_eq!((other.code, other.out.as_str()), (1, "lanes raft\nuntil 2s"));
    let want = "this program plays another run up to this moment: the link is damaged, or another version of the engine";
    assert!(other.err.contains(want), "{}", other.err);
    let past = run(&["open", "#v=1&s=lanes+raft;until+2s&at=3s"]);
    assert!(
        past.code == 1 && past.err.contains("there is no moment at 3s: the run ends at 2s"),
        "{}",
        past.err
    );
    let past = run(&["open", "#v=1&s=lanes+raft;until+2s&at=%23100000"]);
    assert!(
        past.code == 1 && past.err.contains("there is no moment after 100000 events: the run has "),
        "{}",
        past.err
    );
}

#[test]
fn a_damaged_link_says_so_and_prints_no_text() {
    let link = run_with(&["link", "-"], "lanes raft\nuntil 2s").out.trim().to_string();
    let cases = [
        (link.replace("raft", "ring"), "this link is damaged: characters in it are missing or have changed"),
        (link[..link.len() - 4].to_string(), "this link is damaged: its end is missing"),
        ("#v=1&s=lanes+rft&d=0123456789abcdef".into(), "this link is damaged: its text is not a scenario"),
        ("#v=99&s=lanes+raft".into(), "it says that its version is `99`"),
        ("#scenario=first-look".into(), "names the scenario `first-look` of the page's gallery"),
        ("no-such-file".into(), "found `no-such-file`, expected a link with `#v=` or a file"),
        ("README.md".into(), "README.md has no link"),
    ];
    for (link, wanted) in cases {
        let ran = run(&["open", &link]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{link}");
        assert!(ran.err.contains(wanted), "{link}: {}", ran.err);
    }
    // A text with errors that nobody copied from a run is shown, with its errors.
    let ran = run(&["open", "#s=nodez+3"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, "nodez 3"));
    assert!(ran.err.contains("<link>:1:1: found `nodez`"), "{}", ran.err);
}

#[test]
fn both_futures_are_shown() {
    let all = published("version-2-futures.txt");
    let link = format!("#{}", all[0].link);
    let ran = run(&["open", &link]);
    assert!(ran.err.contains("this is future B; --other prints future A, which differs in:"), "{}", ran.err);
    assert!(ran.err.contains("- at 2.226s raft: drop 3->1#1\n"), "{}", ran.err);
    let other = run(&["open", "--other", &link]);
    assert_eq!(Value::from(other.out), all[0].contents["other"]["text"]);
    let ran = run(&["open", &format!("#{}", all[1].link)]);
    assert!(
        ran.err.contains("this is future A; --other prints future B") && ran.err.contains("+ at 2.226s"),
        "{}",
        ran.err
    );
    let ran = run(&["open", "--other", "#v=1&s=lanes+raft"]);
    assert!(ran.code == 2 && ran.err.contains("this link has only one future"), "{}", ran.err);
}

#[test]
fn a_file_may_contain_the_link() {
    let folder = empty_folder("links/files");
    let link = run_with(&["link", "-"], "lanes raft\nuntil 2s").out.trim().to_string();
    for (file, text) in [
        ("a.md", format!("See [the moment](https://example.org/play/{link}).\n\nOr {link}.\n")),
        ("b.html", format!("<a href=\"https://example.org/{}\">x</a>", link.replace('&', "&amp;"))),
        ("c.txt", format!("{link}\n")),
        ("d#e.txt", format!("    open {link}\n")),
    ] {
        let path = write(&folder, file, &text);
        assert_eq!(run(&["open", name(&path)]).out, "lanes raft\nuntil 2s", "{file}");
        assert_eq!(run_with(&["open", "-"], &text).out, "lanes raft\nuntil 2s", "{file}");
    }
    let two = format!("{link}\n\n#v=1&s=seed+1\n");
    let ran = run_with(&["open", "-"], &two);
    assert!(
        ran.code == 2 && ran.err.contains("standard input has 2 links, in lines 1, 3, expected one"),
        "{}",
        ran.err
    );
    // What check prints can be opened as it is.
    let checked = run_with(&["check", "-"], "lanes raft\nuntil 2s\nexpect leaders = 2").out;
    assert_eq!(run_with(&["open", "-"], &checked).out, "lanes raft\nuntil 2s\nexpect leaders = 2");
}

#[test]
fn every_command_that_prints_links_prints_whole_addresses_with_a_base() {
    let base = "https://example.org/play/?x=1";
    let text = "lanes raft\nat 1s crash leader\nuntil 3s\nexpect leaders = 2\n";
    let begin = format!("{base}#v=2&");
    for arguments in [
        &["check", "-"][..],
        &["check", "--json", "-"],
        &["check", "--seeds", "1..2", "-"],
        &["run", "--seeds", "1..20", "-"],
        &["run", "--seeds", "1..20", "--json", "-"],
        &["link", "-"],
        &["link", "--json", "-"],
        &["odds", "--json", "--futures", "10", "--when", "leaders = 0 at 1s", "-"],
    ] {
        let ran = run_with(&[arguments, &["--base", base]].concat(), text);
        assert!(ran.out.contains(&begin), "{arguments:?}\n{}{}", ran.out, ran.err);
        let without = run_with(arguments, text);
        assert!(
            without.out.contains("#v=2&") && !without.out.contains("://"),
            "{arguments:?}\n{}",
            without.out
        );
        assert_eq!(
            ran.out.replace(&begin, "#v=2&").lines().filter(|it| !it.contains("length")).collect::<Vec<_>>(),
            without.out.lines().filter(|it| !it.contains("length")).collect::<Vec<_>>()
        );
    }
    for wrong in ["example.org", "https://example.org/#x", "javascript:alert(1)"] {
        let ran = run_with(&["link", "-", "--base", wrong], text);
        assert!(ran.code == 2 && ran.err.contains("expected the address of a page"), "{wrong}: {}", ran.err);
    }
}

#[test]
fn long_links_say_so() {
    // Words that cannot be compressed well.
    let mut seed: u64 = 7;
    let mut words = String::new();
    for _ in 0..400 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words += &format!("# {:x}\n", seed >> 20);
    }
    let text = format!("{words}lanes raft\nuntil 2s\nexpect leaders = 2\n");
    let made = run_with(&["link", "-"], &text);
    let length = made.out.trim().len();
    let want = format!("this link has {length} characters; some programs cut links off after 2000");
    assert_eq!((made.code, made.err), (0, format!("warning: {want}\n")));
    let checked = run_with(&["check", "-"], &text).out;
    assert!(
        checked.contains("      this link has ") && checked.contains(" cut links off after 2000\n"),
        "{checked}"
    );
    let sweep = run_with(&["run", "--seeds", "1..20", "-"], &format!("{text}at 1s crash leader\n")).out;
    assert!(sweep.contains("  this link has ") && sweep.contains("longest failovers:"), "{sweep}");
    assert!(run_with(&["link", "-"], "lanes raft").err.is_empty());
}

#[test]
fn bad_moments_and_selections_are_explained() {
    let text = "lanes raft\nnodes 1=web 2 3\nuntil 2s\n";
    let cases: &[(&[&str], &str)] = &[
        (&["--at", "noon"], "found `noon`, expected a moment such as `2.5s`, `2.5s+3` or `#1234`"),
        (&["--at", "3s"], "there is no moment at 3s: the run ends at 2s"),
        (&["--at", "#100000"], "there is no moment after 100000 events: the run has "),
        (&["--sel", "raft"], "found `raft`, expected a lane and a node, such as `raft:3`"),
        (&["--sel", "raff:1"], "there is no lane `raff`"),
        (&["--sel", "raft:9"], "there is no node `9`, expected a node of raft: `web`, `2`, `3`"),
    ];
    for (arguments, wanted) in cases {
        let ran = run_with(&[&["link", "-"][..], arguments].concat(), text);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(wanted), "{arguments:?}: {}", ran.err);
    }
    // A node's name is as good as its id; links have ids.
    assert!(run_with(&["link", "-", "--sel", "raft:web"], text).out.contains("&sel=raft:1&"));
    assert_eq!(run_with(&["link", "-"], "nodez 3").code, 2);
}

#[test]
fn the_documentation_shows_what_open_prints() {
    let page = fs::read_to_string(format!("{ROOT}/docs/command-line.md")).expect("the page");
    let block = page.split("```console\n$ election open '").nth(1).and_then(|it| it.split("```").next());
    let (link, shown) = block.and_then(|it| it.split_once("'\n")).expect("an example");
    let ran = finish(command(&["open", link]), "");
    assert_eq!((ran.code, format!("{}{}", ran.out, ran.err)), (0, shown.to_string()));
    // tests/node/links.mjs makes it with the page's engine.
    let made = run_with(&["link", "-", "--at", "2s", "--sel", "raft:1"], &ran.out);
    assert_eq!(made.out.trim(), link);
}
