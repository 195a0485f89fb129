//! Reads one statement from left to right.

use super::error::{About, Error, list, quote};
use super::lex::{Place, Statement, Token, TokenKind, slice};

/// The result of reading. The error is boxed because it is large and rare.
pub(super) type Res<T> = Result<T, Box<Error>>;

/// The tokens of a statement, or part of them, and the position of the next one.
#[derive(Clone)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// The byte after the last token, where an error reports that something is missing.
    end: u32,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str, statement: &'t Statement) -> Cursor<'t> {
        Cursor { text, tokens: &statement.tokens, end: statement.place.end }
    }

    /// The next token's text; empty at the end (no token is empty).
    pub fn peek(&self) -> &'t str {
        self.text_at(0)
    }

    /// The text of the token `ahead` positions after the next.
    pub fn text_at(&self, ahead: usize) -> &'t str {
        self.tokens.get(ahead).map_or("", |token| slice(self.text, token.place))
    }

    pub fn kind(&self) -> Option<TokenKind> {
        self.tokens.first().map(|token| token.kind)
    }

    /// The kind of the token `ahead` positions after the next.
    pub fn kind_at(&self, ahead: usize) -> Option<TokenKind> {
        self.tokens.get(ahead).map(|token| token.kind)
    }

    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The place of the next token, or the end.
    pub fn place(&self) -> Place {
        self.tokens.first().map_or(Place { start: self.end, end: self.end }, |token| token.place)
    }

    /// The place of the remaining tokens.
    pub fn rest_place(&self) -> Place {
        self.place().to(Place { start: self.end, end: self.end })
    }

    /// The text of the remaining tokens, as written.
    pub fn rest(&self) -> &'t str {
        slice(self.text, self.rest_place())
    }

    /// Skips the next token and returns its text.
    pub fn skip(&mut self) -> &'t str {
        let text = self.peek();
        self.tokens = self.tokens.get(1..).unwrap_or_default();
        text
    }

    /// Skips the next token if it is `text`.
    pub fn eat(&mut self, text: &str) -> bool {
        let found = self.peek() == text;
        if found {
            self.skip();
        }
        found
    }

    /// Skips `text`, which must come next.
    pub fn need(&mut self, text: &str) -> Res<()> {
        if self.eat(text) { Ok(()) } else { Err(self.error(format!("`{text}`"))) }
    }

    /// The next token, which must be a word.
    pub fn word(&mut self, expected: &str) -> Res<(&'t str, Place)> {
        match self.kind() {
            Some(TokenKind::Word) => {
                let place = self.place();
                Ok((self.skip(), place))
            }
            _ => Err(self.error(expected)),
        }
    }

    /// The position in `names` of the next token, which must be one of them. `what` introduces them in an
    /// error.
    pub fn choice(&mut self, what: &str, names: &[&str]) -> Res<usize> {
        let word = self.peek();
        match names.iter().position(|&name| name == word) {
            Some(position) => {
                self.skip();
                Ok(position)
            }
            None => {
                let expected = format!("{what}{}", list(names.iter().copied()));
                Err(self.error(expected).near(word, names.iter().copied()))
            }
        }
    }

    /// Succeeds if no tokens remain.
    pub fn finish(&self) -> Res<()> {
        if self.is_empty() {
            return Ok(());
        }
        Err(self.error("the end of the statement").about(About::Surplus))
    }

    /// An error at the next token.
    #[cold]
    #[inline(never)]
    pub fn error(&self, expected: impl Into<String>) -> Box<Error> {
        let found = if self.is_empty() { "the end of the statement".to_string() } else { quote(self.peek()) };
        Error::new(self.place(), found, expected)
    }

    /// The distance from the next token to the first one that satisfies `stop`.
    pub fn find(&self, stop: impl Fn(TokenKind, &str) -> bool) -> Option<usize> {
        self.tokens.iter().position(|token| stop(token.kind, slice(self.text, token.place)))
    }

    /// The tokens before the word `stop`, or all remaining ones.
    pub fn split_before(&self, stop: &str) -> Cursor<'t> {
        self.clone().split(self.find(|_, text| text == stop).unwrap_or(usize::MAX))
    }

    /// Splits off the next `count` tokens and returns them.
    pub fn split(&mut self, count: usize) -> Cursor<'t> {
        let (front, rest) = self.tokens.split_at(count.min(self.tokens.len()));
        let end = front.last().map_or(self.place().start, |token| token.place.end);
        self.tokens = rest;
        Cursor { text: self.text, tokens: front, end }
    }
}
