//! The text as lines, statements and tokens, each with its place. Nothing is lost: whatever no token covers is white
//! space, a `;`, a comment or a line ending, so the places are enough to rebuild the text.

use core::ops::Range;

/// A part of the text, as byte offsets; the end is excluded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Place {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Place {
    /// From one byte offset to another. Offsets beyond 4 GiB are capped.
    pub fn new(start: usize, end: usize) -> Place {
        Place { start: clamp(start), end: clamp(end) }
    }

    /// The same as a range, for slicing the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this place to the end of `other`.
    pub fn to(self, other: Place) -> Place {
        Place { start: self.start, end: other.end.max(self.start) }
    }

    /// The same place in UTF-16 units, as JavaScript counts them.
    pub fn utf16(self, text: &str) -> Place {
        Place { start: utf16_offset(text, self.start), end: utf16_offset(text, self.end) }
    }
}

/// The number of UTF-16 units before the byte offset `byte`. An offset inside a character counts from that
/// character's start.
pub fn utf16_offset(text: &str, byte: u32) -> u32 {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if at + c.len_utf8() > byte as usize {
            break;
        }
        units += c.len_utf16() as u32;
    }
    units
}

/// The byte offset after that many UTF-16 units; the end of the text if it has fewer.
pub fn byte_offset(text: &str, units: u32) -> u32 {
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if units <= passed {
            return clamp(at);
        }
        passed += c.len_utf16() as u32;
    }
    clamp(text.len())
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A name, a number, a time, or the `-` of `cut a - b`.
    Word,
    /// `->`
    Arrow,
    /// `..`
    Dots,
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`
    Compare,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `|`
    Bar,
    /// A sentence with its quotation marks, in an `at` statement. If the closing mark is missing, it runs to the end
    /// of the line.
    Sentence,
}

/// A token and its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its place.
    pub place: Place,
}

/// A statement: at least one token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The line, from 0.
    pub line: u32,
    /// From the first token to the last.
    pub place: Place,
    /// The tokens; the first is the keyword.
    pub tokens: Vec<Token>,
}

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The line without its ending.
    pub place: Place,
    /// The byte after the line ending; equals `place.end` if the last line has none.
    pub next: u32,
    /// The statements between `;`; those without a token are left out.
    pub statements: Vec<Statement>,
    /// From `#` to the end of the line.
    pub comment: Option<Place>,
}

/// A text split into lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document<'t> {
    /// The text.
    pub text: &'t str,
    /// Its lines, without gaps. A line ending closes a line, so a text that ends with one has no empty line
    /// after it.
    pub lines: Vec<Line>,
}

impl<'t> Document<'t> {
    /// Splits `text`. Every text has lines and tokens, valid or not.
    pub fn new(text: &'t str) -> Document<'t> {
        let mut lines = Vec::new();
        let mut start = 0;
        for piece in text.split_inclusive('\n') {
            let next = start + piece.len();
            let body = piece.strip_suffix('\n').unwrap_or(piece);
            let body = body.strip_suffix('\r').unwrap_or(body);
            lines.push(line(text, lines.len() as u32, start..start + body.len(), next));
            start = next;
        }
        Document { text, lines }
    }

    /// All statements, in text order.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.lines.iter().flat_map(|line| &line.statements)
    }

    /// The text at `place`.
    pub fn slice(&self, place: Place) -> &'t str {
        slice(self.text, place)
    }
}

/// The text at `place`; empty if `place` lies outside the text.
pub(super) fn slice(text: &str, place: Place) -> &str {
    text.get(place.range()).unwrap_or("")
}

/// White space, including the byte order mark that some editors put at the start of a file.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// Characters that names and titles must not contain: control characters, which a terminal would obey, and
/// bidirectional marks, which can make a text seem to say something else.
pub fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn line(text: &str, number: u32, body: Range<usize>, next: usize) -> Line {
    let mut statements = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut comment = None;
    let mut at = body.start;
    let mut close = |tokens: &mut Vec<Token>| {
        if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
            let place = first.place.to(last.place);
            statements.push(Statement { line: number, place, tokens: std::mem::take(tokens) });
        }
    };
    while let Some(c) = text[at..body.end].chars().next() {
        // Elsewhere, as in a title, a quotation mark is a character like any other.
        let sentences = tokens.first().is_some_and(|first| slice(text, first.place) == "at");
        if c == ';' {
            close(&mut tokens);
            at += 1;
        } else if is_blank(c) {
            at += c.len_utf8();
        } else if sentences && c == '"' {
            let rest = &text[at..body.end];
            let closed = rest[1..].find('"').map(|end| end + 2);
            let length = closed.unwrap_or_else(|| rest.trim_end_matches(is_blank).len());
            tokens.push(Token { kind: TokenKind::Sentence, place: Place::new(at, at + length) });
            at += length;
        } else if c == '#' && comment_starts(text, at, body.clone()) {
            comment = Some(Place::new(at, body.end));
            break;
        } else {
            let (kind, length) = token(text, at, body.clone(), sentences);
            tokens.push(Token { kind, place: Place::new(at, at + length) });
            at += length;
        }
    }
    close(&mut tokens);
    Line { place: Place::new(body.start, body.end), next: clamp(next), statements, comment }
}

/// A `#` starts a comment unless it is part of a message's name, as in `3->4#17`: directly after a letter or
/// digit and directly before a digit.
fn comment_starts(text: &str, at: usize, body: Range<usize>) -> bool {
    let before = text[body.start..at].chars().next_back();
    let behind = text[at + 1..body.end].chars().next();
    !(before.is_some_and(char::is_alphanumeric) && behind.is_some_and(|c| c.is_ascii_digit()))
}

/// The kind and length of the token at `at`, which is neither white space nor the start of a comment or a sentence.
fn token(text: &str, at: usize, body: Range<usize>, sentences: bool) -> (TokenKind, usize) {
    let rest = &text[at..body.end];
    if let Some(found) = mark(rest) {
        return found;
    }
    let mut length = 0;
    for (offset, c) in rest.char_indices() {
        let ends = is_blank(c)
            || c == ';'
            || (c == '"' && sentences)
            || (c == '#' && comment_starts(text, at + offset, body.clone()))
            || mark(&rest[offset..]).is_some();
        if ends && offset > 0 {
            break;
        }
        length = offset + c.len_utf8();
    }
    (TokenKind::Word, length)
}

/// The punctuation mark that `rest` starts with.
fn mark(rest: &str) -> Option<(TokenKind, usize)> {
    const MARKS: [(&str, TokenKind); 11] = [
        ("->", TokenKind::Arrow),
        ("..", TokenKind::Dots),
        ("!=", TokenKind::Compare),
        ("<=", TokenKind::Compare),
        (">=", TokenKind::Compare),
        ("=", TokenKind::Compare),
        ("<", TokenKind::Compare),
        (">", TokenKind::Compare),
        (",", TokenKind::Comma),
        (":", TokenKind::Colon),
        ("|", TokenKind::Bar),
    ];
    MARKS.iter().find(|(text, _)| rest.starts_with(text)).map(|&(text, kind)| (kind, text.len()))
}
