//! The pages of docs/algorithms match the program, and their examples hold.
//!
//! Tables between `<!-- generated: … -->` and `<!-- end of generated -->` come from the program:
//! `UPDATE_DOCS=1 cargo test --test docs` records them.

mod shared;

use std::fs;
use std::path::{Path, PathBuf};

use election_playground::protocol::{Authority, Info};
use election_playground::registry::ALGORITHMS;
use election_playground::scenario::ACTIONS;
use election_playground::workspace;
use shared::failed;

fn path(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/algorithms").join(format!("{id}.md"))
}

fn page(info: &Info) -> String {
    let path = path(info.id);
    match fs::read_to_string(&path) {
        Ok(page) => page,
        // Another test, which may run at the same time, writes it.
        Err(_) if updating() => outline(info),
        Err(e) => panic!("{}: {e}; UPDATE_DOCS=1 cargo test --test docs begins it", path.display()),
    }
}

fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

/// The sections of a page that come from [`Info`], by name.
fn generated(info: &Info) -> Vec<(&'static str, String)> {
    let cell = |text: &str| text.replace('|', "\\|");
    let code = |text: &str| format!("`{}`", cell(text));
    let mut rules = String::from("```text\n");
    for (n, rule) in info.rules.iter().enumerate() {
        rules += &format!("{:>2}  {rule}\n", n + 1);
    }
    rules += "```\n";
    let mut messages = String::from("| message | counted as | its numbers in a trace |\n|---|---|---|\n");
    for message in info.messages {
        let args: Vec<String> = message.args.iter().map(|arg| code(arg)).collect();
        messages += &format!("| {} | {} | {} |\n", message.name, message.class.name(), args.join(", "));
    }
    let mut settings = String::from(
        "| setting | default | in a run | what it does | source of the default |\n|---|---|---|---|---|\n",
    );
    for s in info.settings {
        let live = if s.live { "yes" } else { "no" };
        let row = [code(s.name), code(s.default), live.into(), cell(s.doc), cell(s.source)];
        settings += &format!("| {} |\n", row.join(" | "));
    }
    let limits = info.fidelity.iter().map(|limit| format!("- {limit}\n")).collect();
    let mut sections = vec![("rules", rules), ("messages", messages), ("settings", settings)];
    let mut init = String::from("| word | what it sets |\n|---|---|\n");
    for word in info.init {
        init += &format!("| {} | {} |\n", code(word.name), cell(word.doc));
    }
    let mut promises = String::from("| promise | rests on | because |\n|---|---|---|\n");
    for claim in info.claims {
        let assumes: Vec<&str> = claim.assumes.iter().map(|it| it.text()).collect();
        let rests = if assumes.is_empty() { "nothing".into() } else { assumes.join("; ") };
        promises += &format!("| {} | {rests} | {} |\n", code(claim.property.name()), cell(claim.because));
    }
    if !info.init.is_empty() {
        sections.push(("init", init));
    }
    sections.extend([("promises", promises), ("limits", limits)]);
    sections
}

/// The outline of a page that does not exist yet. Its example is a first one to try.
fn outline(info: &Info) -> String {
    let mut page = format!("# {}\n\n{}\n\nSource: {}.\n", info.title, info.summary, info.source);
    for (name, _) in generated(info) {
        page += &format!("\n## The {name}\n\n<!-- generated: {name} -->\n<!-- end of generated -->\n");
    }
    page + &format!(
        "\n## Try it\n\n```election\nlanes {}\nat 5s crash leader\nuntil 20s\nexpect leader by 4s\n```\n",
        info.id
    )
}

/// The page with its generated sections as they should be.
fn regenerated(info: &Info, mut page: String) -> String {
    for (name, text) in generated(info) {
        let (begin, end) = (format!("<!-- generated: {name} -->\n"), "<!-- end of generated -->\n");
        let at = page.find(&begin).unwrap_or_else(|| panic!("docs/algorithms/{}.md has no {name}", info.id));
        let at = at + begin.len();
        let length = page[at..].find(end).unwrap_or_else(|| panic!("{}: {name} does not end", info.id));
        page.replace_range(at..at + length, &text);
    }
    page
}

#[test]
fn the_tables_of_every_page_are_those_of_the_program() {
    let mut stale = Vec::new();
    for info in ALGORITHMS.iter().map(|a| a.info) {
        let old = page(info);
        let new = regenerated(info, old.clone());
        if updating() {
            fs::write(path(info.id), new).expect("a writable page");
        } else if old != new {
            stale.push(info.id);
        }
    }
    assert!(stale.is_empty(), "record the tables of {stale:?} with UPDATE_DOCS=1 cargo test --test docs");
}

/// Reasons are clauses after "because"; descriptions are sentences.
#[test]
fn texts_of_the_tables_have_one_form() {
    for info in ALGORITHMS.iter().map(|a| a.info) {
        for claim in info.claims {
            let clause = !claim.because.ends_with('.') && !claim.because.starts_with(char::is_uppercase);
            assert!(clause, "{}: a clause after \"because\": {}", info.id, claim.because);
        }
        let sentences = info.settings.iter().map(|s| s.doc).chain(info.fidelity.iter().copied());
        for sentence in sentences.chain(info.init.iter().map(|word| word.doc)) {
            assert!(sentence.ends_with('.'), "{}: a sentence: {sentence}", info.id);
        }
    }
}

#[test]
fn every_command_is_in_the_language_s_document_and_means_one_thing() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    let page = fs::read_to_string(path).expect("the document");
    let commands: Vec<_> = ALGORITHMS.iter().flat_map(|a| a.info.commands).collect();
    for word in &commands {
        // A bar inside a table of Markdown is escaped.
        let row = format!("| `{}` | {} |", word.syntax().replace('|', "\\|"), word.doc);
        assert!(page.contains(&row), "docs/scenario.md lacks {row}");
        assert!(ACTIONS.iter().all(|action| action.name != word.name), "{} is an action", word.name);
        assert!(commands.iter().all(|other| other.name != word.name || other == word), "{}", word.name);
    }
}

#[test]
fn the_page_on_judging_knows_every_algorithm() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/judging.md");
    let page = fs::read_to_string(path).expect("the document");
    for info in ALGORITHMS.iter().map(|a| a.info) {
        let row = match info.authority {
            Authority::Quorum => "| a quorum |",
            Authority::Service(_) => "| a service |",
            Authority::None => "| nothing |",
        };
        let there = page.lines().find(|line| line.starts_with(row)).expect("a row for each authority");
        let named = there.split(['|', ',']).any(|it| [info.id, info.title].contains(&it.trim()));
        assert!(named, "add {} to the row \"{row}\" of docs/judging.md", info.id);
        let begins = |end: &str| page.lines().any(|line| line.starts_with(&format!("| {}{end}", info.id)));
        assert!(
            begins(" | ") || begins(", with "),
            "add a row for {} to the table of tolerated delays and bounds in docs/judging.md",
            info.id
        );
    }
}

#[test]
fn the_examples_of_all_pages_open_and_hold() {
    let mut failures = Vec::new();
    let mut examples = 0;
    for info in ALGORITHMS.iter().map(|a| a.info) {
        let page = page(info);
        for fence in page.split("```election\n").skip(1) {
            let text = fence.split("```").next().unwrap_or_default();
            examples += 1;
            match workspace::open(text) {
                Err(errors) => failures.push(format!("{}: {}\n{text}", info.id, errors[0])),
                Ok(mut timeline) => {
                    let failed = failed(&mut timeline, text).into_iter();
                    failures.extend(failed.map(|it| format!("{}: {it}\n{text}", info.id)));
                }
            }
        }
    }
    assert!(examples >= ALGORITHMS.len(), "every page has an example to try");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_guide_to_adding_an_algorithm_quotes_the_example() {
    let read = |path: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
            .unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    let (guide, example) = (read("docs/adding-an-algorithm.md"), read("examples/omega/src/lib.rs"));
    let quoted: Vec<&str> =
        guide.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!quoted.is_empty(), "the guide quotes nothing");
    for block in quoted {
        assert!(example.contains(block), "examples/omega/src/lib.rs does not contain\n{block}");
    }
}
