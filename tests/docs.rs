//! The pages of docs/algorithms match the program, and their examples hold.

use std::fs;
use std::path::Path;

use election_playground::expectations::judge;
use election_playground::registry::ALGORITHMS;
use election_playground::scenario::ACTIONS;
use election_playground::workspace;

/// Prose on one line, since a page may wrap it or mark parts as code.
fn plain(text: &str) -> String {
    let text = text.replace(['`', '*'], "").replace("\\|", "|");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page(id: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/algorithms").join(format!("{id}.md"));
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn every_algorithm_has_a_page_with_its_rules_settings_claims_and_limits() {
    let mut missing = Vec::new();
    for info in ALGORITHMS.iter().map(|a| a.info) {
        let page = plain(&page(info.id));
        let mut need = |what: &str, text: &str| {
            if !page.contains(&plain(text)) {
                missing.push(format!("docs/algorithms/{}.md lacks the {what}: {text}", info.id));
            }
        };
        info.rules.iter().for_each(|r| need("rule", r));
        info.fidelity.iter().for_each(|f| need("fidelity note", f));
        info.messages.iter().for_each(|m| need("message", m.name));
        for setting in info.settings {
            // The columns of its row: name, default, and whether it may change during a run.
            let live = if setting.live { "yes" } else { "no" };
            need(
                "setting's row",
                &format!("| {} | {} | {live} | {}", setting.name, setting.default, setting.doc),
            );
            need("source", setting.source);
        }
        for claim in info.claims {
            need("claim", claim.property.name());
            need("reason", claim.because);
            claim.assumes.iter().for_each(|a| need("assumption", a.text()));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_command_is_in_the_language_document_and_unambiguous() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    let page = fs::read_to_string(path).expect("the document");
    let commands: Vec<_> = ALGORITHMS.iter().flat_map(|a| a.info.commands).collect();
    for word in &commands {
        // A bar inside a Markdown table is escaped.
        let row = format!("| `{}` | {} |", word.syntax().replace('|', "\\|"), word.doc);
        assert!(page.contains(&row), "docs/scenario.md lacks {row}");
        assert!(ACTIONS.iter().all(|action| action.name != word.name), "{} is an action", word.name);
        assert!(commands.iter().all(|other| other.name != word.name || other == word), "{}", word.name);
    }
}

#[test]
fn the_examples_of_all_pages_open_and_hold() {
    let mut failures = Vec::new();
    let mut examples = 0;
    for info in ALGORITHMS.iter().map(|a| a.info) {
        let page = page(info.id);
        for fence in page.split("```election\n").skip(1) {
            let text = fence.split("```").next().unwrap_or_default();
            examples += 1;
            match workspace::open(text) {
                Err(errors) => failures.push(format!("{}: {}\n{text}", info.id, errors[0])),
                Ok(mut timeline) => {
                    let failed = judge(&mut timeline).into_iter().filter(|v| !v.met());
                    failures.extend(
                        failed.map(|v| format!("{}: found {} at {}\n{text}", info.id, v.found, v.at)),
                    );
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
