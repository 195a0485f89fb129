//! docs/scenario.md against the parser's tables: it lists every word and limit, and its examples are valid.

use super::super::*;
use super::ok;
use crate::vocabulary::{NODE_FIELDS, PROPERTIES, PROPERTY_ALIASES};

const DOC: &str = include_str!("../../../../docs/scenario.md");

/// The fenced `election` blocks.
fn examples() -> Vec<&'static str> {
    let blocks = DOC.split("```election\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap_or("")).collect()
}

#[test]
fn every_word_of_the_tables_is_in_the_document_with_its_syntax_and_meaning() {
    let tables = [STATEMENTS, ACTIONS, STEPS, SUBJECTS, ROLES, OTHERS, WHENS];
    let mut missing = Vec::new();
    for entry in tables.into_iter().flatten() {
        // A bar inside a Markdown table is escaped.
        let row = format!("| `{}` | {} |", entry.syntax.replace('|', "\\|"), entry.doc);
        if !DOC.contains(&row) {
            missing.push(row);
        }
    }
    for (name, doc) in PROPERTIES.iter().chain(NODE_FIELDS) {
        let row = format!("| `{name}` | {doc} |");
        if !DOC.contains(&row) {
            missing.push(row);
        }
    }
    let settings = STORE_SETTINGS.iter();
    for row in settings.map(|s| format!("| `store.{}` | `{}` | {} |", s.name, s.default, s.doc)) {
        if !DOC.contains(&row) {
            missing.push(row);
        }
    }
    let words = CLASSES.iter().copied().chain(PROPERTY_ALIASES.iter().map(|(alias, _)| *alias));
    missing.extend(words.map(|word| format!("`{word}`")).filter(|word| !DOC.contains(word)));
    assert!(missing.is_empty(), "docs/scenario.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn the_bounds_of_the_document_are_those_of_the_parser() {
    let bounds = [
        ("bytes of text", TEXT_MAX as u64),
        ("lines", LINES_MAX as u64),
        ("`at` statements", ACTS_MAX as u64),
        ("`expect` statements", EXPECTS_MAX as u64),
        ("`break` statements", BREAKS_MAX as u64),
        ("`init` statements", INITS_MAX as u64),
        ("errors reported for one text", ERRORS_MAX as u64),
        ("characters of a title", TITLE_MAX as u64),
        ("steps of a story: `say` and `ask`", STEPS_MAX as u64),
        ("characters of a sentence of a story", SENTENCE_MAX as u64),
        ("choices of an answer", CHOICES_MAX as u64),
        ("characters of a choice", CHOICE_MAX as u64),
        ("characters of a lane's name", NAME_MAX as u64),
        ("lanes", election_base::LANES_MAX as u64),
        ("nodes", election_base::NODES_MAX as u64),
        ("the `k` of `at T+k`", AFTER_MAX),
        ("the number of a message on its link", MESSAGE_MAX),
        ("a number in a comparison or after an `init` word", NUMBER_MAX),
    ];
    for (what, bound) in bounds {
        let row = format!("| {what} | {bound} |");
        assert!(DOC.contains(&row), "docs/scenario.md lacks: {row}");
    }
}

#[test]
fn every_example_reads_and_is_canonical() {
    let examples = examples();
    assert!(examples.len() >= 8, "only {} examples", examples.len());
    for text in examples {
        ok(text);
        assert_eq!(fmt(text), text);
    }
}

#[test]
fn the_first_example_is_the_one_of_the_tests() {
    assert_eq!(examples().first(), Some(&super::EXAMPLE));
}
