//! The scenarios in AsciiDoc: blocks marked `[source,election]` or `[election]`, and elements in passthrough blocks.
//!
//! Only what decides that is read: block attributes, and the lines that begin and end verbatim blocks, in which no other
//! block begins.

use super::html::Ends;
use super::{Attribute, Content, Cut, Kind, Piece, Place, html};

/// The scenarios of a text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut marked: Option<usize> = None;
    // The language of blocks marked `[source]`.
    let mut usual = "";
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim_end();
        let delimiter = Delimiter::of(line).filter(|it| *it != Delimiter::Open || marked.is_some());
        if let Some(attributes) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            // `[[id]]` is an anchor.
            let is_election = !attributes.starts_with('[') && is_election(attributes, usual);
            marked = if is_election { marked.or(Some(at)) } else { marked };
            at += 1;
        } else if let Some(delimiter) = delimiter {
            let (cut, next) = delimited(&lines, at + 1, line, delimiter);
            // A comment may stand between the attributes of a block and the block.
            let from = if delimiter == Delimiter::Comment { None } else { marked.take() };
            let from = from.or((delimiter == Delimiter::Fence && is_fence(line)).then_some(at));
            match (delimiter, from) {
                (Delimiter::Verbatim | Delimiter::Open | Delimiter::Fence, Some(from)) => {
                    found.push(block(cut, from, next));
                }
                (Delimiter::Pass, _) => found.extend(html::pieces(&cut, Ends::File)),
                _ => {}
            }
            at = next;
        } else if marked.is_some() && is_between(line) {
            at += 1;
        } else if let (Some(from), false) = (marked.take(), is_other_delimiter(line)) {
            // A paragraph.
            let count = lines[at..].iter().take_while(|it| !it.trim().is_empty()).count();
            found.push(block(cut(&lines, at..at + count), from, at + count));
            at += count;
        } else {
            usual = line.strip_prefix(":source-language:").map_or(usual, str::trim);
            at += 1;
        }
    }
    found
}

/// What a line that delimits a block begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    /// A listing or literal block.
    Verbatim,
    /// An open block, which is what its attributes say.
    Open,
    /// A fence as in Markdown.
    Fence,
    /// A passthrough block.
    Pass,
    /// A comment.
    Comment,
}

impl Delimiter {
    fn of(line: &str) -> Option<Delimiter> {
        let all = |of: char| 4 <= line.len() && line.chars().all(|it| it == of);
        match line {
            "--" => Some(Delimiter::Open),
            _ if all('-') || all('.') => Some(Delimiter::Verbatim),
            _ if all('+') => Some(Delimiter::Pass),
            _ if all('/') => Some(Delimiter::Comment),
            _ if line.starts_with("```") && !line[3..].contains('`') => Some(Delimiter::Fence),
            _ => None,
        }
    }
}

/// Whether a line may stand between the attributes of a block and its text: a blank line, a comment, or a title.
fn is_between(line: &str) -> bool {
    let title = line.starts_with('.') && !line.starts_with("..") && !line.starts_with(". ");
    line.is_empty() || title || line.starts_with("//") && !line.starts_with("///")
}

/// Whether a line delimits a block that cannot be source.
fn is_other_delimiter(line: &str) -> bool {
    let all = |of: char| 4 <= line.len() && line.chars().all(|it| it == of);
    all('=') || all('*') || all('_') || ["|===", ",===", ":===", "!==="].contains(&line)
}

/// Whether a block with these attributes is a scenario: its style, or the language of its source.
fn is_election(attributes: &str, usual: &str) -> bool {
    let mut all = attributes.split(',').map(|it| it.trim().trim_matches('"'));
    // The style may be followed by an id, roles and options.
    let style = all.next().unwrap_or_default().split(['#', '.', '%']).next().unwrap_or_default();
    let second = all.next();
    let named = attributes.split(',').find_map(|it| it.trim().strip_prefix("language="));
    let named = named.map(|it| it.trim_matches('"'));
    let language = named.or(second.filter(|it| !it.contains('=') && !it.is_empty()));
    match style {
        "election" => true,
        "source" => language.unwrap_or(usual) == "election",
        // A language alone makes a block source.
        "" => second == Some("election"),
        _ => false,
    }
}

fn is_fence(line: &str) -> bool {
    line.trim_start_matches('`').trim_start().split([',', ' ']).next() == Some("election")
}

/// The lines up to the one that ends the block, and the number of the line after it.
fn delimited(lines: &[&str], from: usize, begin: &str, delimiter: Delimiter) -> (Cut, usize) {
    let end = if delimiter == Delimiter::Fence { "```" } else { begin };
    let count = lines[from..].iter().take_while(|line| line.trim_end() != end).count();
    (cut(lines, from..from + count), lines.len().min(from + count + 1))
}

fn cut(lines: &[&str], range: std::ops::Range<usize>) -> Cut {
    let mut cut = Cut::default();
    for at in range.clone() {
        cut.line(lines[at], Place { line: at as u32, margin: 0 });
    }
    if cut.places.is_empty() {
        cut.places.push(Place { line: range.start as u32, margin: 0 });
    }
    cut
}

/// A scenario, which may be in a file of its own.
fn block(cut: Cut, from: usize, until: usize) -> Piece {
    let text = cut.text.trim();
    let included =
        text.strip_prefix("include::").and_then(|it| it.split_once('[')).filter(|_| !text.contains('\n'));
    let content = match included {
        Some((file, _)) => {
            let line = cut.place(cut.text.lines().take_while(|it| it.trim().is_empty()).count()).line;
            Content::File(Attribute { name: "include".into(), value: file.into(), line })
        }
        None => Content::Text(cut),
    };
    Piece { kind: Kind::Block, lines: from as u32..until as u32, content, attributes: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scenarios of a text, each with the line of its first line, from 1.
    fn found(text: &str) -> Vec<(u32, String)> {
        let shown = |piece: Piece| match piece.content {
            Content::Text(cut) => (cut.place(0).line + 1, cut.text),
            Content::File(it) => (it.line + 1, format!("{} {}", it.name, it.value)),
            other => panic!("{other:?}"),
        };
        pieces(text).into_iter().map(shown).collect()
    }

    fn one(line: u32, text: &str) -> Vec<(u32, String)> {
        vec![(line, text.to_string())]
    }

    #[test]
    fn listing_blocks_are_found_with_their_blank_lines() {
        let text = "= Title\n\n.A crash\n[source,election]\n----\nlanes raft\n\nnodes 3\n----\n\nText\n";
        assert_eq!(found(text), one(6, "lanes raft\n\nnodes 3\n"));
        assert_eq!(pieces(text)[0].lines, 3..9);
        for marks in [
            "[source,election]",
            "[source, election, linenums]",
            "[source%linenums,election]",
            "[,election]",
            "[source,language=\"election\"]",
            "[election]",
            "[#crash.wide,election]",
            "[%linenums,election]",
            "[source,election,subs=\"+attributes\"]",
            "[source,election]\n",
        ] {
            let line = 3 + marks.matches('\n').count() as u32;
            assert_eq!(found(&format!("{marks}\n....\nnodes 3\n....\n")), one(line, "nodes 3\n"), "{marks}");
        }
        assert_eq!(
            found("[source,election]\n.Title\n[[id]]\n-----\nnodes 3\n----\n-----\n"),
            one(5, "nodes 3\n----\n")
        );
        assert_eq!(found("====\n[source,election]\n----\nnodes 3\n----\n====\n"), one(4, "nodes 3\n"));
    }

    #[test]
    fn what_stands_between_attributes_and_block_does_not_part_them() {
        let between = "[[id]]\n.Title\n\n// A comment\n////\nnodes 4\n////\n[role=\"x\"]\n";
        let text = format!("[source,election]\n{between}----\nnodes 3\n----\n");
        assert_eq!(found(&text), one(11, "nodes 3\n"));
        assert_eq!(
            found("[source,election]\n--\nnodes 3\n\nuntil 2s\n--\n"),
            one(3, "nodes 3\n\nuntil 2s\n")
        );
    }

    #[test]
    fn a_document_may_have_a_usual_language() {
        let text =
            ":source-language: election\n\n[source]\n----\nnodes 3\n----\n\n[source,ruby]\n----\nx\n----\n";
        assert_eq!(found(text), one(5, "nodes 3\n"));
    }

    #[test]
    fn paragraphs_and_fences_are_blocks_too() {
        assert_eq!(found("[source,election]\nnodes 3\nuntil 2s\n\nText\n"), one(2, "nodes 3\nuntil 2s\n"));
        for fence in ["```election", "``` election", "```election,linenums"] {
            let text = format!("{fence}\nnodes 3\n\nuntil 2s\n```\n");
            assert_eq!(found(&text), one(2, "nodes 3\n\nuntil 2s\n"), "{fence}");
        }
    }

    #[test]
    fn what_is_no_block_of_this_language_is_none() {
        for text in [
            "[source,rust]\n----\nnodes 3\n----\n",
            "----\nnodes 3\n----\n",
            "[quote,election]\nnodes 3\n",
            "////\n[source,election]\n----\nnodes 3\n----\n////\n",
            "....\n[source,election]\nnodes 3\n....\n",
            "[source,election]\n====\nnodes 3\n====\n",
            "[listing,election]\n----\nnodes 3\n----\n",
            "[source,ruby,election]\n----\nnodes 3\n----\n",
            "[source]\n----\nnodes 3\n----\n",
            "[.election]\n----\nnodes 3\n----\n",
            "[[election]]\nText\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn elements_in_passthrough_blocks_are_found() {
        let text = "Text\n\n++++\n<election-playground at=\"1s\">\nlanes raft\n\ncut 1 -&gt; 2\n</election-playground>\n++++\n";
        assert_eq!(found(text), one(5, "lanes raft\n\ncut 1 -> 2\n"));
        assert_eq!(pieces(text)[0].attributes[0].line, 3);
    }

    #[test]
    fn a_block_may_include_a_file() {
        let text = "[source,election]\n----\ninclude::scenarios/one.txt[]\n----\n";
        assert_eq!(found(text), one(3, "include scenarios/one.txt"));
    }
}
