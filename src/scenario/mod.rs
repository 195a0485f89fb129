//! The scenario language.

mod ast;

pub use ast::*;
