//! The scenarios in HTML: elements, scripts, and code blocks as documentation tools write them.
//!
//! html5gum reads the tags, entities and raw texts as the HTML standard says. What a page makes of the tree is not
//! needed: an element of the playground ends at its own end tag, and may hold only what is listed in [`Child`].

use std::cell::Cell;
use std::ops::Range;

use html5gum::{DefaultEmitter, EndTag, HtmlString, Spanned, StartTag, Token, Tokenizer};

use super::cut::line_starts;
use super::{Attribute, Content, Cut, Kind, Piece, Place, Wrong};

/// The name of the element.
const ELEMENT: &str = "election-playground";
/// The type of a script that is a scenario.
const SCRIPT: &str = "text/election";
/// More open elements than this are not followed, as in browsers.
const DEPTH_MAX: usize = 512;

/// Where the HTML ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// With the file or block that holds all of it.
    File,
    /// Where Markdown ends it, at a blank line.
    Blank,
    /// Where Markdown ends it, at a line that begins something else.
    Other,
}

type Start = StartTag<usize>;

/// The scenarios of an HTML text.
pub fn pieces(html: &Cut, ends: Ends) -> Vec<Piece> {
    let mut emitter = DefaultEmitter::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = Reader {
        html,
        lines: line_starts(&html.text),
        counted: Cell::new((0, 0)),
        open: Vec::new(),
        taking: None,
        found: Vec::new(),
    };
    for Ok(token) in Tokenizer::new_with_emitter(&html.text, emitter) {
        match token {
            Token::StartTag(tag) => reader.start(tag),
            Token::EndTag(tag) => reader.end(&tag),
            Token::String(text) => reader.text(&text),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.close(ends);
    reader.found
}

struct Reader<'h> {
    html: &'h Cut,
    lines: Vec<usize>,
    /// A byte, and the number of characters before it on its line. Starting over for each tag would be quadratic.
    counted: Cell<(usize, usize)>,
    open: Vec<Open>,
    taking: Option<Taking>,
    found: Vec<Piece>,
}

/// An open element that matters: one that is marked, or a `<pre>`.
struct Open {
    name: String,
    /// How many elements of that name are open in it.
    inside: usize,
    /// Whether it is marked as code of this language, in one of the ways of documentation tools.
    language: bool,
    highlight: bool,
}

/// What the text of a scenario is taken from.
struct Taking {
    kind: Kind,
    /// Its first line in the file, from 0.
    line: u32,
    /// The name of the element, whose end tag ends it.
    name: String,
    /// How many elements of that name are open in it.
    depth: usize,
    attributes: Vec<Attribute>,
    self_closing: bool,
    child: Child,
    wrong: Option<Wrong>,
    text: Cut,
    /// What stands beside a child.
    beside: Option<u32>,
}

/// What an element of the playground may have as its only child.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Child {
    None,
    Pre,
    Script,
    /// The child has ended.
    Past,
}

impl Reader<'_> {
    fn start(&mut self, tag: Start) {
        let name = string(&tag.name);
        let place = self.place(tag.span.start);
        if let Some(taking) = &mut self.taking {
            taking.start(&name, &tag, place);
            return;
        }
        let class = tag.attributes.get(&b"class"[..]).map(|it| string(it)).unwrap_or_default();
        let has = |class: &str, name: &str| class.split_ascii_whitespace().any(|it| it == name);
        let (language, highlight) = (has(&class, "language-election"), has(&class, "highlight-election"));
        let inside = |of: fn(&Open) -> bool| self.open.iter().any(of);
        let kind = match name.as_str() {
            ELEMENT => Some(Kind::Element),
            "script" if is_scenario(&tag) => Some(Kind::Script),
            "code"
                if self.open.last().is_some_and(|it| it.name == "pre")
                    && (language || inside(|it| it.language)) =>
            {
                Some(Kind::Code)
            }
            "pre" if inside(|it| it.highlight) => Some(Kind::Code),
            _ => None,
        };
        if let Some(kind) = kind {
            self.taking = Some(Taking {
                kind,
                line: place.line,
                attributes: if kind == Kind::Element { self.attributes(&tag) } else { Vec::new() },
                self_closing: tag.self_closing,
                name,
                depth: 1,
                child: Child::None,
                wrong: None,
                text: Cut::default(),
                beside: None,
            });
        } else if (language || highlight || name == "pre") && self.open.len() < DEPTH_MAX {
            self.open.push(Open { name, inside: 0, language, highlight });
        } else if let Some(open) = self.open.iter_mut().rev().find(|it| it.name == name) {
            open.inside += 1;
        }
    }

    fn end(&mut self, tag: &EndTag<usize>) {
        let name = string(&tag.name);
        match &mut self.taking {
            Some(taking) if taking.name == name && taking.depth == 1 => {
                let last = self.place(tag.span.end.saturating_sub(1)).line;
                let piece = self.taking.take().and_then(|taking| taking.piece(last + 1));
                self.found.extend(piece);
            }
            Some(taking) => taking.end(&name),
            None => {
                // An end tag closes what was left open inside.
                match self.open.iter().rposition(|it| it.name == name) {
                    Some(at) if self.open[at].inside == 0 => self.open.truncate(at),
                    Some(at) => self.open[at].inside -= 1,
                    None => {}
                }
            }
        }
    }

    fn text(&mut self, text: &Spanned<HtmlString, usize>) {
        let Some(mut taking) = self.taking.take() else { return };
        let decoded = string(text);
        let line = self.line(text.span.start);
        let beside = taking.kind == Kind::Element && taking.child == Child::Past;
        if beside {
            let blank = decoded.len() - decoded.trim_start().len();
            if blank < decoded.len() {
                let line = line + decoded[..blank].matches('\n').count();
                taking.beside.get_or_insert(self.html.place(line).line);
            }
        } else {
            for (at, part) in decoded.split_inclusive('\n').enumerate() {
                // The place of what continues a line is that of its beginning.
                if taking.text.text.is_empty() || taking.text.text.ends_with('\n') {
                    let from = if at == 0 {
                        text.span.start
                    } else {
                        self.lines.get(line + at).copied().unwrap_or(usize::MAX)
                    };
                    taking.text.places.push(self.place(from));
                }
                taking.text.text.push_str(part);
            }
        }
        self.taking = Some(taking);
    }

    /// The end of the text, which leaves an element open.
    fn close(&mut self, ends: Ends) {
        let Some(taking) = self.taking.take() else { return };
        let last = self.html.place(self.html.text.lines().count().saturating_sub(1)).line;
        let end = format!("</{}>", taking.name);
        let (line, found, expected, advice) = match ends {
            _ if taking.kind != Kind::Element => (
                taking.line,
                format!("<{}> without an end", taking.name),
                end.clone(),
                "close it".to_string(),
            ),
            Ends::Blank => (
                last + 1,
                "a blank line, which ends the HTML block here".to_string(),
                end.clone(),
                "use a fence, ```election, instead of the element".to_string(),
            ),
            Ends::Other => (
                last + 1,
                "Markdown, which ends the HTML here".to_string(),
                end.clone(),
                "use a fence, ```election, instead of the element".to_string(),
            ),
            Ends::File if taking.self_closing => (
                taking.line,
                format!("<{} … />, which does not close an element in HTML", taking.name),
                end.clone(),
                format!("write <{} …>{end}", taking.name),
            ),
            Ends::File => (
                taking.line,
                format!("<{}> without an end", taking.name),
                end.clone(),
                "close the element: what follows it on the page becomes part of its text".to_string(),
            ),
        };
        let wrong = Wrong { line, found, expected: format!("`{expected}`"), advice };
        self.found.push(Piece {
            kind: taking.kind,
            lines: taking.line..last + 1,
            content: Content::Wrong(wrong),
            attributes: taking.attributes,
        });
    }

    fn attributes(&self, tag: &Start) -> Vec<Attribute> {
        let one = |(name, value): (&HtmlString, &Spanned<HtmlString, usize>)| Attribute {
            name: string(name),
            value: string(value),
            line: self.place(value.span.start).line,
        };
        tag.attributes.iter().map(one).collect()
    }

    /// The number of the line of the HTML, from 0, that holds this byte.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The place in the file of a byte of the HTML.
    fn place(&self, at: usize) -> Place {
        let line = self.line(at);
        let (mut from, mut before) = self.counted.get();
        if from < self.lines[line] || at < from {
            (from, before) = (self.lines[line], 0);
        }
        before += self.html.text.get(from..at).map_or(0, |it| it.chars().count());
        self.counted.set((at, before));
        let Place { line, margin } = self.html.place(line);
        Place { line, margin: margin + before as i32 }
    }
}

impl Taking {
    /// An element inside.
    fn start(&mut self, name: &str, tag: &Start, place: Place) {
        self.depth += usize::from(name == self.name);
        if self.kind != Kind::Element || self.wrong.is_some() {
            return;
        }
        let alone = self.child == Child::None && self.text.is_blank();
        match name {
            "pre" if alone => (self.child, self.text) = (Child::Pre, Cut::default()),
            "script" if alone && is_scenario(tag) => {
                (self.child, self.text) = (Child::Script, Cut::default())
            }
            _ => {
                self.wrong = Some(Wrong {
                    line: place.line,
                    found: format!("the element <{name}>"),
                    expected: format!("text, one <pre>, or one <script type=\"{SCRIPT}\">, in <{ELEMENT}>"),
                    advice: "write `<` as `&lt;` in the text; where Markdown made elements of it, use a fence, ```election"
                        .to_string(),
                });
            }
        }
    }

    /// The end of an element inside.
    fn end(&mut self, name: &str) {
        self.depth -= usize::from(name == self.name);
        match (self.child, name) {
            (Child::Pre, "pre") | (Child::Script, "script") => self.child = Child::Past,
            _ => {}
        }
    }

    /// The scenario; `None` if there is none to test, since an empty element plays the first one of the gallery.
    fn piece(mut self, until: u32) -> Option<Piece> {
        let of = |name: &str| self.attributes.iter().find(|it| it.name == name).cloned();
        let own = if self.kind == Kind::Element { (of("src"), of("link")) } else { (None, None) };
        if let (Some(line), None) = (self.beside, &self.wrong) {
            let found = "text beside the child".to_string();
            let expected = format!("the <pre> or <script> alone in <{ELEMENT}>");
            self.wrong =
                Some(Wrong { line, found, expected, advice: "move all of the text into it".to_string() });
        }
        let content = match (own, self.wrong) {
            ((Some(src), _), _) => Content::File(src),
            ((_, Some(link)), _) => Content::Link(link),
            (_, Some(wrong)) => Content::Wrong(wrong),
            _ => {
                let text = self.text.dedented();
                if text.text.is_empty() && self.kind == Kind::Element {
                    return None;
                }
                Content::Text(text)
            }
        };
        let lines: Range<u32> = self.line..until;
        Some(Piece { kind: self.kind, lines, content, attributes: self.attributes })
    }
}

fn is_scenario(tag: &Start) -> bool {
    tag.attributes.get(&b"type"[..]).is_some_and(|it| string(it).trim().eq_ignore_ascii_case(SCRIPT))
}

fn string(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    /// The scenarios of a text: for each, the line of its first line, from 1, the margin of that line, and its text.
    fn found(text: &str) -> Vec<(u32, i32, String)> {
        let shown = |piece: Piece| match piece.content {
            Content::Text(cut) => (cut.place(0).line + 1, cut.place(0).margin, cut.text),
            Content::Wrong(it) => (it.line + 1, 0, format!("found {}", it.found)),
            Content::File(it) | Content::Link(it) => (it.line + 1, 0, format!("{}={}", it.name, it.value)),
        };
        Format::Html.pieces(text).into_iter().map(shown).collect()
    }

    fn one(line: u32, margin: i32, text: &str) -> Vec<(u32, i32, String)> {
        vec![(line, margin, text.to_string())]
    }

    #[test]
    fn the_documented_forms_of_an_element_are_found() {
        let text = "lanes raft\n\nat 1s cut 1 -> 2\n";
        let escaped = "\n  lanes raft\n\n  at 1s cut 1 -&gt; 2\n";
        let page = |inside: &str| {
            format!(
                "<!DOCTYPE html>\n<p>Text\n<Election-Playground at='1s'>{inside}</election-playground>\n<p>x"
            )
        };
        assert_eq!(found(&page(escaped)), one(4, 2, text));
        assert_eq!(found(&page(&format!("<pre>{escaped}</pre>"))), one(4, 2, text));
        assert_eq!(found(&page(&format!("\n <pre>{escaped}</pre>\n"))), one(5, 2, text));
        let raw = escaped.replace("&gt;", ">");
        assert_eq!(found(&page(&format!("<script type=\"text/election\">{raw}</script>"))), one(4, 2, text));
        assert_eq!(found(&format!("<script type=text/election>{raw}</script>")), one(2, 2, text));
        assert_eq!(found(&page("lanes raft")), one(3, 29, "lanes raft\n"));
        assert_eq!(
            found("ü <election-playground>lanes raft</election-playground>"),
            one(1, 23, "lanes raft\n")
        );
    }

    #[test]
    fn code_blocks_of_documentation_tools_are_found() {
        for code in [
            "<pre><code class=\"language-election\">X</code></pre>",
            "<pre class=x><code class=\"hljs language-election wide\">X</code></pre>",
            "<div class=\"language-election vp\"><button>c</button><span>election</span><pre class=s><code>X</code></pre></div>",
            "<div class=\"highlight-election notranslate\"><div class=\"highlight\"><pre>X</pre></div></div>",
        ] {
            let text = "<span class=k>lanes</span> raft\n\n<span>at</span> 1s cut 1 -&gt; 2\n";
            let page = format!("<h1>T</h1>\n{}\n<pre><code>nodes 3</code></pre>", code.replace('X', text));
            let all = found(&page);
            assert_eq!(all.len(), 1, "{code}: {all:?}");
            assert_eq!((all[0].0, all[0].2.as_str()), (2, "lanes raft\n\nat 1s cut 1 -> 2\n"), "{code}");
        }
        for code in [
            "<code class=language-election>nodes 3</code>",
            "<pre class=language-election>nodes 3</pre>",
            "<div class=language-election></div><pre><code>nodes 3</code></pre>",
            "<div class=highlight-elections><pre>nodes 3</pre></div>",
        ] {
            assert_eq!(found(code), [], "{code}");
        }
    }

    #[test]
    fn places_stay_true_after_comments_entities_and_line_ends_of_two_characters() {
        let text = "<p>\r\n<election-playground>\r\n<!-- a\r\nb -->\r\n&#32;lanes raft &amp;&lt;\r\n nodes 3\r\n</election-playground>\r\n\
                    <election-playground>seed 1</election-playground>\r\n";
        let all = Format::Html.pieces(text);
        let Content::Text(cut) = &all[0].content else { panic!("{all:?}") };
        assert_eq!(cut.text, "lanes raft &<\nnodes 3\n");
        assert_eq!(cut.places.iter().map(|it| it.line + 1).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(found(text)[1], (8, 21, "seed 1\n".to_string()));
        assert_eq!(all.iter().map(|it| it.lines.clone()).collect::<Vec<_>>(), [1..7, 7..8]);
    }

    #[test]
    fn what_is_not_on_the_page_is_not_found() {
        for text in [
            "<!-- <election-playground>nodez 3</election-playground> -->",
            "<script>\"<election-playground>nodez 3</election-playground>\"</script>",
            "<textarea><election-playground>nodez 3</election-playground></textarea>",
            "<pre>&lt;election-playground>nodez 3&lt;/election-playground></pre>",
            "<election-playground page></election-playground>",
            "<election-playgrounds>nodez 3</election-playgrounds>",
            "<script type=module>nodez 3</script>",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn other_children_are_an_error_at_their_line() {
        for (inside, line, name) in [
            ("lanes raft\n<b>nodes</b> 3", 3, "the element <b>"),
            ("lanes raft\n<pre>nodes 3</pre>", 3, "the element <pre>"),
            ("<pre>nodes 3</pre>\n<pre>nodes 3</pre>", 3, "the element <pre>"),
            ("<pre>nodes <i>3</i></pre>", 2, "the element <i>"),
            ("<p>nodes 3</p>", 2, "the element <p>"),
            ("<script>nodes 3</script>", 2, "the element <script>"),
            ("<pre>nodes 3</pre>\nuntil 2s", 3, "text beside the child"),
        ] {
            let text = format!("<p>\n<election-playground>{inside}\n</election-playground>");
            let wanted = format!("found {name}");
            assert_eq!(found(&text), one(line, 0, &wanted), "{inside}");
        }
    }

    #[test]
    fn an_element_that_does_not_end_is_an_error() {
        let want = one(2, 0, "found <election-playground> without an end");
        assert_eq!(found("<p>\n<election-playground>\nlanes raft\n"), want);
        let want = one(1, 0, "found <election-playground … />, which does not close an element in HTML");
        assert_eq!(found("<election-playground src=\"a.txt\" />\n<p>Text\n"), want);
        assert_eq!(found("<script type=text/election>x"), one(1, 0, "found <script> without an end"));
    }

    #[test]
    fn a_source_takes_the_place_of_the_text() {
        let text = "<div>\n<election-playground at=\"1s\"\n  src=\"a&amp;b.txt\">\n<p>Loading</p></election-playground>";
        assert_eq!(found(text), one(3, 0, "src=a&b.txt"));
        let attributes = pieces(&Cut::whole(text), Ends::File).remove(0).attributes;
        assert_eq!(attributes.iter().map(|it| it.line).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(
            found("<election-playground link='#v=1&amp;s='></election-playground>"),
            one(1, 0, "link=#v=1&s=")
        );
    }
}
