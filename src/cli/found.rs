//! Finds the scenarios in the formats in which people write pages: Markdown, HTML, AsciiDoc and reStructuredText.
//!
//! Each format has a reader of its own that returns [`Piece`]s. HTML inside another format is read by the reader of HTML.

mod asciidoc;
mod attributes;
mod colon_fences;
mod cut;
mod html;
mod markdown;
mod options;
mod rest;

use std::ops::Range;
use std::path::Path;

pub use attributes::{Attribute, warnings};
pub use cut::{Cut, Place};

/// Some editors put this at the beginning of a file. It is not part of the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How a file holds scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// It is one.
    Scenario,
    /// Markdown, also that of MyST.
    Markdown,
    /// HTML.
    Html,
    /// AsciiDoc.
    AsciiDoc,
    /// reStructuredText.
    Rest,
}

/// What holds a scenario in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole file.
    File,
    /// A link to the page, in place of a file.
    Link,
    /// A code block of Markdown or AsciiDoc.
    Block,
    /// A directive of MyST or reStructuredText.
    Directive,
    /// An element `<election-playground>`.
    Element,
    /// An element `<script type="text/election">`.
    Script,
    /// A code block of HTML.
    Code,
}

/// A scenario in a file that may hold others, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What holds it.
    pub kind: Kind,
    /// The lines of the file, from 0, from the first mark of what holds it to the last.
    pub lines: Range<u32>,
    /// The scenario.
    pub content: Content,
    /// The attributes of an element, or the options of a directive.
    pub attributes: Vec<Attribute>,
}

/// Where the text of a scenario is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Here.
    Text(Cut),
    /// In the file that an attribute `src` or a line `include::` names.
    File(Attribute),
    /// In the link that an attribute `link` has.
    Link(Attribute),
    /// Nowhere: what is written cannot be meant.
    Wrong(Wrong),
}

/// Why what is written holds no scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line of the file, from 0.
    pub line: u32,
    /// What is there.
    pub found: String,
    /// What should be.
    pub expected: String,
    /// What to do.
    pub advice: String,
}

impl Format {
    /// The format that the ending of a file's name stands for.
    pub fn of(file: &Path) -> Format {
        let ending = file.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("md" | "markdown") => Format::Markdown,
            Some("html" | "htm") => Format::Html,
            Some("adoc" | "asciidoc") => Format::AsciiDoc,
            Some("rst") => Format::Rest,
            _ => Format::Scenario,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Format::Scenario => "a scenario",
            Format::Markdown => "Markdown",
            Format::Html => "HTML",
            Format::AsciiDoc => "AsciiDoc",
            Format::Rest => "reStructuredText",
        }
    }

    /// What a file of this format has to hold.
    pub fn expected(self) -> &'static str {
        match self {
            Format::Scenario => "a scenario",
            Format::Markdown => "a code block marked ```election",
            Format::Html => {
                "<election-playground>, <script type=\"text/election\"> or a code block marked `language-election`"
            }
            Format::AsciiDoc => "a block marked [source,election]",
            Format::Rest => "a directive `.. code-block:: election`",
        }
    }

    /// The scenarios of a text, in order.
    pub fn pieces(self, text: &str) -> Vec<Piece> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        // From here on, every line ends in the same way.
        let text = &text.replace("\r\n", "\n").replace('\r', "\n");
        match self {
            Format::Scenario => Vec::new(),
            Format::Markdown => markdown::pieces(text),
            Format::Html => html::pieces(&Cut::whole(text), html::Ends::File),
            Format::AsciiDoc => asciidoc::pieces(text),
            Format::Rest => rest::pieces(text),
        }
    }
}
