//! The scenarios in reStructuredText: directives, and elements in `.. raw:: html`.
//!
//! Only what decides that is read: directives, which begin blocks by their indentation, and the literal blocks and
//! comments in which no directive begins.

use super::html::Ends;
use super::{Content, Cut, Kind, Piece, Place, Wrong, html, options};

/// The width of a tab.
const TAB: usize = 8;
/// Directives that show code in the language they name.
const CODE: &[&str] = &["code", "code-block", "sourcecode"];
/// Directives whose text is not reStructuredText.
const VERBATIM: &[&str] =
    &["code", "code-block", "election", "highlight", "math", "parsed-literal", "prompt", "raw", "sourcecode"];

/// The scenarios of a text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    // The indentation of the paragraph that goes on, in which no directive begins.
    let mut paragraph = None;
    let mut at = 0;
    while at < lines.len() {
        let (column, body) = body(lines[at]);
        let explicit = body.strip_prefix("..").filter(|it| it.is_empty() || it.starts_with([' ', '\t']));
        let explicit = explicit.filter(|_| paragraph != Some(column)).map(str::trim);
        // Only where it is needed: else a text of blank lines would take quadratic time.
        let end = || end_of_block(&lines, at, column);
        let is_text = explicit.is_none() && is_text(body);
        let next = match explicit {
            Some(markup) => match directive(markup) {
                Some((name, argument)) if VERBATIM.contains(&name) => {
                    let end = end();
                    found.extend(of_directive(&lines, at..end, name, argument));
                    end
                }
                Some(_) => at + 1,
                // Two dots alone before a blank line are a comment of their own.
                None if markup.is_empty() && is_blank(&lines, at + 1) => at + 1,
                None if is_comment(markup) => end(),
                None => at + 1,
            },
            // A literal block follows.
            None if body.trim_end().ends_with("::") && is_blank(&lines, at + 1) => end(),
            None => at + 1,
        };
        paragraph = is_text.then_some(column);
        at = next;
    }
    found
}

fn is_blank(lines: &[&str], at: usize) -> bool {
    lines.get(at).is_none_or(|it| it.trim().is_empty())
}

/// Whether a line may go on in the next one: it is neither blank, nor a field, nor the line under a title.
fn is_text(body: &str) -> bool {
    let body = body.trim_end();
    let mark = body.chars().next().filter(char::is_ascii_punctuation);
    let is_line = mark.is_some_and(|mark| body.chars().all(|it| it == mark));
    let is_field = body.strip_prefix(':').is_some_and(|it| it.contains(": ") || it.ends_with(':'));
    !body.is_empty() && !is_line && !is_field
}

/// The column of what follows the indentation and the marks of lists, and the rest of the line.
fn body(line: &str) -> (usize, &str) {
    let (mut column, mut rest) = (indent(line), line.trim_start_matches([' ', '\t']));
    while let Some(after) = list_mark(rest) {
        column += rest.len() - after.len();
        rest = after;
    }
    (column, rest)
}

/// What follows the mark of an item: `- `, `* `, `+ ` or a number.
fn list_mark(text: &str) -> Option<&str> {
    let digits = text.trim_start_matches(|it: char| it.is_ascii_digit() || it == '#');
    let after = if digits.len() < text.len() {
        digits.strip_prefix(['.', ')'])
    } else {
        text.strip_prefix(['-', '*', '+'])
    }?;
    let rest = after.trim_start_matches(' ');
    (rest.len() < after.len()).then_some(rest)
}

/// A directive's name and argument.
fn directive(markup: &str) -> Option<(&str, &str)> {
    let (name, argument) = markup.split_once("::")?;
    let is_name = !name.is_empty() && name.chars().all(|it| it.is_alphanumeric() || "-_.:+".contains(it));
    is_name.then_some((name, argument.trim()))
}

/// Whether what follows two dots is a comment, and not a footnote, citation, target or substitution.
fn is_comment(markup: &str) -> bool {
    !(markup.starts_with('[') || markup.starts_with('_') || markup.starts_with('|'))
}

/// The number of the line after those that are indented more than this column, and the blank lines between.
fn end_of_block(lines: &[&str], at: usize, column: usize) -> usize {
    let inside = |line: &&&str| line.trim().is_empty() || column < indent(line);
    let count = lines[at + 1..].iter().take_while(inside).count();
    let blank = lines[at + 1..at + 1 + count].iter().rev().take_while(|line| line.trim().is_empty()).count();
    at + 1 + count - blank
}

/// The indentation of a line, in columns.
fn indent(line: &str) -> usize {
    let blanks = line.chars().take_while(|it| [' ', '\t'].contains(it));
    blanks.fold(0, |column, it| if it == '\t' { (column / TAB + 1) * TAB } else { column + 1 })
}

fn of_directive(lines: &[&str], range: std::ops::Range<usize>, name: &str, argument: &str) -> Vec<Piece> {
    let is_scenario = name == "election" || CODE.contains(&name) && argument == "election";
    let is_html = name == "raw" && argument.split_ascii_whitespace().any(|it| it == "html");
    if !is_scenario && !is_html {
        return Vec::new();
    }
    let body = range.start + 1..range.end;
    let common =
        lines[body.clone()].iter().filter(|it| !it.trim().is_empty()).map(|it| indent(it)).min().unwrap_or(0);
    let mut cut = Cut::default();
    for at in body {
        let (line, margin) = without_indent(lines[at], common);
        cut.line(&line, Place { line: at as u32, margin });
    }
    let (attributes, text) = options::of_fields(&cut);
    if is_html {
        return html::pieces(&text, Ends::File);
    }
    let lines = range.start as u32..range.end as u32;
    let first = text.text.lines().next().unwrap_or_default();
    // A directive of one's own may take its text from the next line on.
    if name != "election" && !first.trim().is_empty() {
        let wrong = Wrong {
            line: text.place(0).line,
            found: "text right after the directive".to_string(),
            expected: "a blank line between it, with its options, and the text".to_string(),
            advice: "without one, the text is read as an argument".to_string(),
        };
        return vec![Piece { kind: Kind::Directive, lines, content: Content::Wrong(wrong), attributes }];
    }
    let mut text = text.dedented();
    if text.places.is_empty() {
        text.places.push(Place { line: range.start as u32, margin: 0 });
    }
    vec![Piece { kind: Kind::Directive, lines, content: Content::Text(text), attributes }]
}

/// A line without so many columns of its indentation, and how many characters of the line went. What remains of a tab is
/// spaces.
fn without_indent(line: &str, columns: usize) -> (String, i32) {
    let (mut column, mut gone) = (0, 0);
    for it in line.chars().take_while(|it| [' ', '\t'].contains(it)) {
        if columns <= column {
            break;
        }
        column = if it == '\t' { (column / TAB + 1) * TAB } else { column + 1 };
        gone += 1;
    }
    let made_up = column.saturating_sub(columns);
    (" ".repeat(made_up) + &line[gone..], gone as i32 - made_up as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scenarios of a text, each with the line of its first line, from 1, and the margin of that line.
    fn found(text: &str) -> Vec<(u32, i32, String)> {
        let shown = |piece: Piece| match piece.content {
            Content::Text(cut) => (cut.place(0).line + 1, cut.place(0).margin, cut.text),
            Content::Wrong(it) => (it.line + 1, 0, format!("found {}", it.found)),
            other => panic!("{other:?}"),
        };
        pieces(text).into_iter().map(shown).collect()
    }

    fn one(line: u32, margin: i32, text: &str) -> Vec<(u32, i32, String)> {
        vec![(line, margin, text.to_string())]
    }

    #[test]
    fn directives_are_found_without_their_options() {
        for name in [
            "code-block:: election",
            "code:: election",
            "sourcecode:: election",
            "election::",
            "election:: A title",
        ] {
            let text = format!(
                "Title\n=====\n\n.. {name}\n   :caption: A crash\n   :at: 2s\n\n   lanes raft\n\n     nodes 3\n\nText.\n"
            );
            assert_eq!(found(&text), one(8, 3, "lanes raft\n\n  nodes 3\n"), "{name}");
            let [piece] = &pieces(&text)[..] else { panic!("one") };
            assert_eq!((piece.lines.clone(), piece.attributes[1].line), (3..10, 5));
        }
    }

    #[test]
    fn directives_in_lists_and_in_other_directives_are_found() {
        let text = "- Item\n\n  .. code-block:: election\n\n     nodes 3\n\n.. note::\n\n   .. code-block:: election\n\n\tnodes 4\n";
        let want = [one(5, 5, "nodes 3\n"), one(11, 1, "nodes 4\n")].concat();
        assert_eq!(found(text), want);
        assert_eq!(found("..\n\n   .. election::\n\n      nodes 3\n"), one(5, 6, "nodes 3\n"), "in a quote");
    }

    #[test]
    fn a_directive_begins_after_a_paragraph_and_in_an_item() {
        for before in
            ["Text\n\n", "Title\n=====\n", ".. _target: x\n", ":field: x\n", "- Item\n", ".. [1] Note\n"]
        {
            let all = found(&format!("{before}.. code:: election\n\n   nodes 3\n"));
            assert_eq!(all.len(), 1, "{before:?}");
        }
        assert_eq!(found("- .. election::\n\n     nodes 3\n\n  Text\n"), one(3, 5, "nodes 3\n"));
        assert_eq!(found("#. * .. election::\n\n        nodes 3\n"), one(3, 8, "nodes 3\n"));
        // A term with its definition.
        assert_eq!(found("Term::\n   .. election::\n\n      nodes 3\n"), one(4, 6, "nodes 3\n"));
        // The paragraph goes on.
        assert_eq!(found("Text\n.. election::\n\n   nodes 3\n"), []);
        assert_eq!(found("- Text\n  .. election::\n\n     nodes 3\n"), []);
    }

    #[test]
    fn code_right_after_a_directive_is_an_error() {
        let want = one(3, 0, "found text right after the directive");
        assert_eq!(found(".. code:: election\n   :name: x\n   lanes raft\n\n   nodes 3\n"), want);
        assert_eq!(found(".. election::\n   lanes raft\n"), one(2, 3, "lanes raft\n"));
    }

    #[test]
    fn a_tab_is_eight_columns() {
        let text = ".. election::\n\n    lanes raft\n\tnodes 3\n";
        assert_eq!(found(text), one(3, 4, "lanes raft\n    nodes 3\n"));
    }

    #[test]
    fn what_only_looks_like_a_directive_is_none() {
        for text in [
            "..\n   .. election::\n\n      nodes 3\n",
            "..\n   A comment\n\n   .. election::\n\n      nodes 3\n",
            ".. A comment\n   .. election::\n\n      nodes 3\n",
            "Write this::\n\n   .. election::\n\n      nodes 3\n",
            ".. code-block:: rst\n\n   .. election::\n\n      nodes 3\n",
            ".. code-block:: text\n\n   nodes 3\n",
            ".. elections::\n\n   nodes 3\n",
            "..election::\n\n   nodes 3\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn elements_in_raw_html_are_found() {
        let text = ".. raw:: html\n\n   <election-playground at=\"1s\">\n   lanes raft\n\n   cut 1 -&gt; 2\n   </election-playground>\n\nText\n";
        assert_eq!(found(text), one(4, 3, "lanes raft\n\ncut 1 -> 2\n"));
    }
}
