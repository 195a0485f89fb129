//! The scenarios in Markdown: code blocks marked `election`, directives of MyST, and HTML.
//!
//! CommonMark decides what counts as a code block. Blocks in quotes and lists do; text that merely looks like a block,
//! in an HTML comment or in indented code, does not. It also decides where HTML ends: mostly at the first blank line.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::cut::line_starts;
use super::html::Ends;
use super::{Content, Cut, Kind, Piece, Place, colon_fences, html, options};

/// What an election begins with inside a paragraph.
const INLINE: &[&str] = &["<election-playground", "<script"];

/// The scenarios of a Markdown text, in order.
pub fn pieces(text: &str) -> Vec<Piece> {
    let (text, mut found) = colon_fences::without(text);
    let mut finder = Finder { file: File::new(&text), found: Vec::new() };
    let mut open: Option<(Opened, Gather)> = None;
    for (event, range) in Parser::new_ext(&text, Options::empty()).into_offset_iter() {
        open = finder.read(open, &event, &range);
    }
    found.append(&mut finder.found);
    found.sort_by_key(|piece| piece.lines.start);
    found
}

/// What the text is gathered from.
#[derive(Clone, Copy)]
enum Opened {
    /// A code block.
    Fence(Kind),
    /// A block of HTML.
    Html,
    /// HTML in a paragraph.
    Inline,
}

struct Finder<'t> {
    file: File<'t>,
    found: Vec<Piece>,
}

impl<'t> Finder<'t> {
    /// Reads the next event, with what was being gathered. Returns what is gathered now.
    fn read(
        &mut self,
        open: Option<(Opened, Gather<'t>)>,
        event: &Event,
        range: &Range<usize>,
    ) -> Option<(Opened, Gather<'t>)> {
        match (open, event) {
            (None, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))) => {
                let kind = kind(info)?;
                Some((Opened::Fence(kind), self.file.gather(range)))
            }
            (None, Event::Start(Tag::HtmlBlock)) => Some((Opened::Html, self.file.gather(range))),
            (None, Event::InlineHtml(html)) if INLINE.iter().any(|it| html.starts_with(it)) => {
                let mut gather = self.file.gather(range);
                gather.add(html, range);
                Some((Opened::Inline, gather))
            }
            (None, _) => None,
            (Some((Opened::Inline, gather)), event) => self.inline(gather, event, range),
            (Some((opened, mut gather)), Event::Text(part) | Event::Html(part)) => {
                gather.add(part, range);
                Some((opened, gather))
            }
            // A code block or a block of HTML contains only text, so the next element to end is the block itself.
            (Some((Opened::Fence(kind), gather)), Event::End(_)) => {
                self.found.push(gather.fence(kind));
                None
            }
            (Some((_, gather)), Event::End(_)) => {
                let ends = if self.file.is_blank(range.end) { Ends::Blank } else { Ends::Other };
                self.found.extend(html::pieces(&gather.cut, ends));
                None
            }
            (open, _) => open,
        }
    }

    /// Reads on in a paragraph, after the beginning of an element. Whatever Markdown makes of its text is an element,
    /// too.
    fn inline(
        &mut self,
        mut gather: Gather<'t>,
        event: &Event,
        range: &Range<usize>,
    ) -> Option<(Opened, Gather<'t>)> {
        match event {
            Event::InlineHtml(html) => {
                gather.add(html, range);
                if html.starts_with("</election-playground") || html.starts_with("</script") {
                    self.found.extend(html::pieces(&gather.cut, Ends::Other));
                    return None;
                }
            }
            Event::Text(text) => {
                let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                gather.add(&text, range);
            }
            Event::SoftBreak | Event::HardBreak => gather.add("\n", range),
            Event::Code(_) => gather.add("<code></code>", range),
            Event::Start(tag @ (Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. })) => {
                gather.add(&format!("<{}>", name(tag)), range);
            }
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image) => {}
            _ => {
                let ends = if self.file.is_blank(range.end) { Ends::Blank } else { Ends::Other };
                self.found.extend(html::pieces(&gather.cut, ends));
                return None;
            }
        }
        Some((Opened::Inline, gather))
    }
}

/// The element that Markdown makes of a mark.
fn name(tag: &Tag) -> &'static str {
    match tag {
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Image { .. } => "img",
        _ => "a",
    }
}

/// What a code block is, by its info string: one marked `election` by its first word or by its class, or a directive of
/// MyST.
pub fn kind(info: &str) -> Option<Kind> {
    let info = info.trim_start();
    if let Some(directive) = info.strip_prefix('{') {
        let (name, rest) = directive.split_once('}')?;
        let classes = name.trim().split_ascii_whitespace();
        return match name.trim() {
            "election" => Some(Kind::Directive),
            "code" | "code-block" | "sourcecode" if rest.trim() == "election" => Some(Kind::Directive),
            _ => (classes.into_iter().next() == Some(".election")).then_some(Kind::Block),
        };
    }
    (info.split([' ', '\t', ',', '{']).next() == Some("election")).then_some(Kind::Block)
}

/// A file with the beginnings of its lines.
struct File<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> File<'t> {
    fn new(text: &'t str) -> File<'t> {
        File { text, starts: line_starts(text) }
    }

    /// The line, from 0, that holds this byte.
    fn line(&self, at: usize) -> u32 {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1) as u32
    }

    /// Whether the first line after this byte is blank, or there is none.
    fn is_blank(&self, at: usize) -> bool {
        let line = self.line(at.saturating_sub(1)) as usize + 1;
        let next = self.starts.get(line).map_or("", |start| self.text[*start..].lines().next().unwrap_or(""));
        next.trim_start_matches([' ', '\t', '>']).trim().is_empty()
    }

    /// Begins to gather the text of what spans `range`.
    fn gather(&self, range: &Range<usize>) -> Gather<'t> {
        let lines = self.line(range.start)..self.line(range.end.saturating_sub(1).max(range.start)) + 1;
        Gather {
            file: self.text,
            lines,
            from: self.line(range.start),
            counted: range.start,
            cut: Cut::default(),
        }
    }
}

/// A text that is gathered part by part.
struct Gather<'t> {
    file: &'t str,
    lines: Range<u32>,
    /// The line, from 0, of the byte up to which lines have been counted. Starting over for each part would be quadratic.
    from: u32,
    counted: usize,
    cut: Cut,
}

impl Gather<'_> {
    /// Adds a part of the text, found at `range` of the file: several lines, one line, or a piece of one.
    fn add(&mut self, part: &str, range: &Range<usize>) {
        if let Some(passed) = self.file.get(self.counted..range.start) {
            self.from += passed.matches('\n').count() as u32;
            self.counted = range.start;
        }
        if self.cut.text.is_empty() || self.cut.text.ends_with('\n') {
            let line = self.file[..range.start].rsplit('\n').next().unwrap_or_default();
            // Spaces that stand for the remainder of a tab are not in the file.
            let made_up = if range.is_empty() { part.len() } else { 0 };
            let margin = line.chars().count() as i32 - made_up as i32;
            self.cut.places.push(Place { line: self.from, margin });
        }
        // Several lines arrive as one part only if nothing precedes them.
        let lines = part.split_inclusive('\n').count() as u32;
        self.cut.places.extend((1..lines).map(|line| Place { line: self.from + line, margin: 0 }));
        self.cut.text.push_str(part);
    }

    /// The scenario of a code block.
    fn fence(mut self, kind: Kind) -> Piece {
        if self.cut.places.is_empty() {
            self.cut.places.push(Place { line: self.lines.start + 1, margin: 0 });
        }
        piece(kind, self.lines, self.cut)
    }
}

/// The scenario of a code block or directive.
pub fn piece(kind: Kind, lines: Range<u32>, cut: Cut) -> Piece {
    let (attributes, text) = if kind == Kind::Directive { options::of_myst(&cut) } else { (Vec::new(), cut) };
    Piece { kind, lines, content: Content::Text(text), attributes }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    /// The scenarios of a text: for each, the number of lines before it, and its text.
    fn found(text: &str) -> Vec<(u32, String)> {
        let shown = |piece: Piece| match piece.content {
            Content::Text(cut) => (cut.place(0).line, cut.text),
            Content::Wrong(it) => (it.line, format!("found {}", it.found)),
            Content::File(it) | Content::Link(it) => (it.line, format!("{}={}", it.name, it.value)),
        };
        Format::Markdown.pieces(text).into_iter().map(shown).collect()
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
    fn line_ends_of_two_characters_move_no_place() {
        let text = "<election-playground>\r\n<!-- x -->\r\nlanes raft\r\n</election-playground>\r\n\r\n\
                    :::{election}\r\nnodes 3\r\n:::\r\n\r\n<div>\r\n<election-playground>\r\n\r\n</div>\r\n";
        let want = [
            block(2, "lanes raft\n"),
            block(6, "nodes 3\n"),
            block(11, "found a blank line, which ends the HTML block here"),
        ];
        assert_eq!(found(text), want);
    }

    #[test]
    fn what_only_looks_like_a_block_is_none() {
        assert_eq!(found("<!--\n```election\nnodes 3\n```\n-->\n"), [], "in a comment");
        assert_eq!(found("Text\n\n    ```election\n    nodes 3\n    ```\n"), [], "after four spaces");
        assert_eq!(found("\t```election\n\tnodes 3\n\t```\n"), [], "after a tab");
    }

    #[test]
    fn margins_lead_from_a_block_to_the_columns_of_the_file() {
        let margins = |text| match pieces(text).remove(0).content {
            Content::Text(cut) => cut.places.iter().map(|it| it.margin).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(margins("```election\none\n\ntwo\n"), [0, 0, 0]);
        assert_eq!(margins("> ```election\n> one\n>\n>  two\r\n> ```\n"), [2, 1, 2]);
        // The quote takes one of the three columns of the tab: two spaces are left.
        assert_eq!(margins("> ```election\n>\tone\n"), [0]);
        // The fence takes one of the four columns of the tab, so the text begins with three spaces.
        assert_eq!(margins(" ```election\n\tone\n"), [-2]);
    }

    #[test]
    fn classes_of_documentation_tools_mark_a_block() {
        for info in ["{.election}", "{ .election .wide title=\"A crash\" }", "{.election #crash}"] {
            assert_eq!(found(&format!("```{info}\nnodes 3\n```\n")), [block(1, "nodes 3\n")], "{info}");
        }
        for info in ["{.elections}", "{#election}", "{ election .x }", "{.text .election}", "{election"] {
            assert_eq!(found(&format!("```{info}\nnodes 3\n```\n")), [], "{info}");
        }
    }

    #[test]
    fn options_of_a_directive_are_not_its_text() {
        for mark in ["{election}", "{election} A title", "{code-block} election", "{code} election"] {
            let text = format!("Text\n\n```{mark}\n:at: 2s\n:caption: x\n\nnodes 3\n```\n");
            assert_eq!(found(&text), [block(5, "\nnodes 3\n")], "{mark}");
            let [piece] = &pieces(&text)[..] else { panic!("one") };
            assert_eq!((piece.kind, piece.attributes[0].value.as_str()), (Kind::Directive, "2s"));
            assert_eq!(piece.lines, 2..8);
            let yaml = format!("~~~{mark}\n---\nat: 2s\n---\nnodes 3\n~~~\n");
            assert_eq!(found(&yaml), [block(4, "nodes 3\n")], "{mark}");
        }
        for mark in ["{elections}", "{code-block} rust", "{note}"] {
            assert_eq!(found(&format!("```{mark}\nnodes 3\n```\n")), [], "{mark}");
        }
        // Only a directive has options.
        assert_eq!(found("```election\n:at: 2s\n```\n"), [block(1, ":at: 2s\n")]);
    }

    #[test]
    fn colon_fences_are_directives_whatever_their_text_looks_like() {
        let text = "# T\n\n:::{election}\n:at: 2s\nlanes raft\n\n# a comment\n    nodes 3\n```\n:::\n\n\
                    - Item\n\n  ::::{election}\n  nodes 4\n  :::\n  ::::\n\n> :::{election}\n> nodes 5\n> :::\n\n\
                    ```election\nnodes 6\n```\n";
        let want = [
            block(4, "lanes raft\n\n# a comment\n    nodes 3\n```\n"),
            block(14, "nodes 4\n:::\n"),
            block(19, "nodes 5\n"),
            block(23, "nodes 6\n"),
        ];
        assert_eq!(found(text), want);
        assert_eq!(found("::: {note}\n:::\n\n```md\n:::{election}\nnodes 3\n:::\n```\n"), []);
        assert_eq!(found("Text\n:::{election}\nnodes 3\n"), [block(2, "nodes 3\n")], "to the end");
        let quoted = "> :::{election}\n> nodes 3\n\n```election\nnodes 4\n```\n";
        assert_eq!(found(quoted), [block(1, "nodes 3\n"), block(4, "nodes 4\n")], "to the end of the quote");
        assert_eq!(found("::: {election}\nnodes 3\n:::\n"), [block(1, "nodes 3\n")]);
        // An outer fence of another directive.
        let nested = "::::{note}\n```election\nnodes 3\n```\n:::{election}\nnodes 4\n:::\n::::\n";
        assert_eq!(found(nested), [block(2, "nodes 3\n"), block(5, "nodes 4\n")]);
    }

    #[test]
    fn elements_and_scripts_are_found() {
        let text = "Text\n\n<election-playground at=\"1s\">\n  lanes raft\n  at 1s cut 1 -&gt; 2\n</election-playground>\n\n\
                    <script type=\"text/election\">\nnodes 3\n\nuntil 2s\n</script>\n\n\
                    > <election-playground>\n> nodes 4\n> </election-playground>\n";
        let want = [
            block(3, "lanes raft\nat 1s cut 1 -> 2\n"),
            block(8, "nodes 3\n\nuntil 2s\n"),
            block(14, "nodes 4\n"),
        ];
        assert_eq!(found(text), want);
        let lines: Vec<Range<u32>> = pieces(text).into_iter().map(|it| it.lines).collect();
        assert_eq!(lines, [2..6, 7..12, 13..16]);
    }

    #[test]
    fn elements_in_a_paragraph_are_found() {
        let text = "See <election-playground src=\"a.txt\"></election-playground> and\n\
                    <election-playground>lanes raft; at 1s cut 1 -> 2\n  until 2s</election-playground>.\n";
        let want = [block(0, "src=a.txt"), block(1, "lanes raft; at 1s cut 1 -> 2\nuntil 2s\n")];
        assert_eq!(found(text), want);
        let text = "Text\n<election-playground>title *so*\nlanes raft</election-playground>\n";
        assert_eq!(found(text), [block(1, "found the element <em>")]);
    }

    #[test]
    fn where_markdown_ends_the_html_there_is_an_error() {
        let blank = "found a blank line, which ends the HTML block here";
        let text =
            "Text\n\n<election-playground>\nlanes raft\n\nat 1s crash leader\n</election-playground>\n";
        assert_eq!(found(text), [block(4, blank)]);
        let text = "> <div>\n> <election-playground>\n> lanes raft\n>\n> until 2s\n> </election-playground>\n> </div>\n";
        assert_eq!(found(text), [block(3, blank)]);
        let text = "<election-playground><pre>\nlanes raft\n\nuntil 2s\n</pre></election-playground>\n";
        assert_eq!(found(text), [block(2, blank)]);
        // A heading ends a paragraph.
        let text =
            "<election-playground><pre>\nlanes raft\n# a comment\nuntil 2s\n</pre></election-playground>\n";
        assert_eq!(found(text), [block(2, "found Markdown, which ends the HTML here")]);
    }
}
