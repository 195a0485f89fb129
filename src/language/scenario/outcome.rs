//! Reads the condition of an outcome, which stands alone and not in a text.

use super::Scenario;
use super::ast::{Expect, LaneSet, When};
use super::cursor::Cursor;
use super::error::{Error, quote};
use super::expect;
use super::lex::{Document, Place};
use super::scope::{Nodes, Scope};
use crate::vocabulary::Words;
use election_base::Span;

/// The most bytes of an outcome.
pub const OUTCOME_MAX: usize = 1_000;

/// Reads an outcome of one lane: what may follow `expect`, except that an outcome without a time comes true
/// `eventually`, and that a property alone is one that is broken.
///
/// # Errors
/// What is wrong, with its place in `text`.
pub fn outcome(
    text: &str,
    scenario: &Scenario,
    lane: usize,
    vocabulary: &'static [Words],
) -> Result<Expect, Box<Error>> {
    let document = Document::new(text);
    let place = Place::new(0, text.len());
    let read = || {
        if text.len() > OUTCOME_MAX {
            let found = format!("{} bytes of text", text.len());
            return Err(Error::new(place, found, format!("at most {OUTCOME_MAX}")));
        }
        let mut statements = document.statements();
        let example = "a condition, such as `leaders >= 2`";
        let Some(statement) = statements.next() else { return Err(Error::new(place, "nothing", example)) };
        if let Some(second) = statements.next() {
            return Err(Error::new(second.place, "a second condition", "only one"));
        }
        let nodes = Nodes { ids: &scenario.nodes, names: &scenario.names };
        let scope = Scope { nodes, lanes: &scenario.lanes, vocabulary };
        let mut cursor = Cursor::new(text, statement);
        let mine: LaneSet = 1 << lane;
        if scope.is_lane(cursor.peek()) {
            let named = scope.leading_lanes(&mut cursor)?;
            if named.lanes & mine == 0 {
                let found = quote(document.slice(named.place));
                let expected = format!("a condition on the lane {}", quote(&scenario.lanes[lane].name));
                return Err(Error::new(named.place, found, expected));
            }
        }
        let late = cursor.rest_place();
        let expect = expect::outcome(&scope, &mut cursor, mine)?;
        if let When::At(at) | When::By(at) = expect.when
            && scenario.until < at
        {
            let [at, until] = [at, scenario.until].map(|time| Span(time.0).to_string());
            return Err(Error::new(late, quote(&at), format!("a time no later than the end, {until}")));
        }
        Ok(expect)
    };
    read().map_err(|mut error| {
        error.locate(&document);
        error
    })
}
