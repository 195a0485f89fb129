//! The scenario language. The text is the only source of truth; everything else is a view of it.
//!
//! A text is split without loss ([`Document`]), read into its meaning ([`read`], which returns a [`Scenario`] or a list
//! of [`Error`]s), and printed again. Nothing here knows a simulator or names an algorithm: callers pass in what
//! algorithms add to the language as [`crate::vocabulary::Words`].
//!
//! Architecture invariant: a run is a pure function of a [`Scenario`], and a [`Scenario`] of a text and a vocabulary.
//! No part of a text is silently ignored, and no text makes the reader panic.

mod action;
mod ast;
mod changes;
mod complete;
mod cursor;
mod edit;
mod error;
mod expect;
mod fmt;
mod halts;
mod lanes;
mod lex;
pub mod link;
mod outcome;
mod print;
mod read;
mod scope;
mod story;
mod table;
#[cfg(test)]
mod tests;
mod values;

pub use ast::*;
pub use changes::{LineChange, changes};
pub use complete::{COMPLETIONS_MAX, Completed, Completion, complete};
pub use edit::{Edit, LineInfo, append_act, delete_line, lines, replace_line, set_value, setting_place};
pub use error::Error;
pub use fmt::fmt;
pub use halts::{HaltLine, halts};
pub use lanes::STORE_SETTINGS;
pub use lex::{Document, Line, Place, Statement, Token, TokenKind, byte_offset, is_unseen, utf16_offset};
pub use outcome::{OUTCOME_MAX, outcome};
pub use print::{answer_text, print};
pub use read::{Reading, in_text_order, read, read_all};
pub use table::*;
pub use values::{default_value, delay_text, value_text};
