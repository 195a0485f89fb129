//! The scenarios in a Markdown text: its fenced code blocks marked `election`.
//!
//! CommonMark decides what counts as a code block. Blocks in quotes and lists do; text that merely looks like a block,
//! in an HTML comment or in indented code, does not.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// Some editors put this at the beginning of a file. It is not part of the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A code block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The number of lines in the file before its text. A block's lines are consecutive, even in quotes and lists.
    pub before: u32,
    /// For each line of the text, the number of characters that precede it on the file's line. Negative if the line
    /// begins inside a tab, whose remainder is then written as spaces.
    pub margins: Vec<i32>,
    /// The text, without quote and list markers and without the fence's indentation.
    pub text: String,
}

/// The fenced blocks marked `election`, in order.
pub fn blocks(text: &str) -> Vec<Block> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    // How far lines have been counted, and how many there were. Starting over for each block would be quadratic.
    let mut counted = (0, 0);
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if is_election(&info) => {
                let lines = text[counted.0..range.start].matches('\n').count() as u32;
                counted = (range.start, counted.1 + lines);
                open = Some(Block { before: counted.1 + 1, margins: Vec::new(), text: String::new() });
            }
            Event::Text(part) => {
                if let Some(block) = &mut open {
                    block.add(&part, text, range);
                }
            }
            // A code block contains only text, so the next element to end is the block itself.
            Event::End(_) => found.extend(open.take()),
            _ => {}
        }
    }
    found
}

/// Whether the first word after a fence is `election`.
fn is_election(info: &str) -> bool {
    info.trim_start().split([' ', '\t', ',', '{']).next() == Some("election")
}

impl Block {
    /// Adds a part of the text, found at `range` of the file: several lines, one line, or a piece of one.
    fn add(&mut self, part: &str, file: &str, range: Range<usize>) {
        if self.text.is_empty() || self.text.ends_with('\n') {
            let line = file[..range.start].rsplit('\n').next().unwrap_or_default();
            // Spaces that stand for the remainder of a tab are not in the file.
            let made_up = if range.is_empty() { part.len() } else { 0 };
            self.margins.push(line.chars().count() as i32 - made_up as i32);
        }
        // Several lines arrive as one part only if nothing precedes them.
        let lines = part.split_inclusive('\n').count();
        self.margins.extend((1..lines).map(|_| 0));
        self.text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks of a text: for each, the number of lines before it, and its text.
    fn found(text: &str) -> Vec<(u32, String)> {
        blocks(text).into_iter().map(|block| (block.before, block.text)).collect()
    }

    fn block(before: u32, text: &str) -> (u32, String) {
        (before, text.to_string())
    }

    #[test]
    fn blocks_marked_election_are_found_with_their_lines() {
        let text = "# Doc\n\n```election\nnodes 3\n```\n\n```rust\n```election\n```\n\
                    - list\n\n  ~~~~ election readonly\n  nodes 4\n\n  ~~~\n    at 1s heal\n  ~~~~\n``` election\nnodes 5";
        let want = [block(3, "nodes 3\n"), block(12, "nodes 4\n\n~~~\n  at 1s heal\n"), block(18, "nodes 5")];
        assert_eq!(found(text), want);
    }

    #[test]
    fn code_in_a_line_opens_no_block() {
        assert_eq!(found("```election``` is the mark\nnodes 3\n"), []);
        assert_eq!(found("``election\nnodes 3\n"), []);
    }

    #[test]
    fn the_first_word_after_the_fence_decides() {
        for info in ["election", " election", "election,ignore", "election{1}", "election\treadonly"] {
            assert_eq!(found(&format!("```{info}\nnodes 3\n```\n")), [block(1, "nodes 3\n")], "{info:?}");
        }
        for info in ["electioneering", "Election", "text election", "election-log", ""] {
            assert_eq!(found(&format!("```{info}\nnodes 3\n```\n")), [], "{info:?}");
        }
    }

    #[test]
    fn blocks_in_quotes_and_lists_and_after_tabs_are_found() {
        let want = [block(2, "nodes 3\n\n  until 2s\n")];
        assert_eq!(found("\n> ```election\n> nodes 3\n>\n>   until 2s\n> ```\n"), want);
        assert_eq!(found("\n-\t```election\n\tnodes 3\n\n\t  until 2s\n\t```\n"), want);
        assert_eq!(
            found("\n1. > - ```election\n   >   nodes 3\n   >\n   >     until 2s\n   >   ```\n"),
            want
        );
        // The quote ends, and with it the block.
        assert_eq!(found("> ```election\n> nodes 3\nText.\n"), [block(1, "nodes 3\n")]);
    }

    #[test]
    fn a_byte_order_mark_hides_no_block() {
        assert_eq!(found("\u{feff}```election\nnodes 3\n```\n"), [block(1, "nodes 3\n")]);
    }

    #[test]
    fn lines_that_end_in_two_characters_are_lines() {
        let text = "> Text\r\n>\r\n> ```election\r\n> nodes 3\r\n>\r\n> until 2s\r\n> ```\r\n";
        assert_eq!(found(text), [block(3, "nodes 3\n\nuntil 2s\n")]);
    }

    #[test]
    fn what_only_looks_like_a_block_is_none() {
        assert_eq!(found("<!--\n```election\nnodes 3\n```\n-->\n"), [], "in a comment");
        assert_eq!(found("Text\n\n    ```election\n    nodes 3\n    ```\n"), [], "after four spaces");
        assert_eq!(found("\t```election\n\tnodes 3\n\t```\n"), [], "after a tab");
    }

    #[test]
    fn margins_lead_from_a_block_to_the_columns_of_the_file() {
        let margins = |text| blocks(text).remove(0).margins;
        assert_eq!(margins("```election\none\n\ntwo\n"), [0, 0, 0]);
        assert_eq!(margins("> ```election\n> one\n>\n>  two\r\n> ```\n"), [2, 1, 2]);
        // The quote takes one of the three columns of the tab: two spaces are left.
        assert_eq!(margins("> ```election\n>\tone\n"), [0]);
        // The fence takes one of the four columns of the tab, so the text begins with three spaces.
        assert_eq!(margins(" ```election\n\tone\n"), [-2]);
    }
}
