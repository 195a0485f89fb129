//! Reads the steps of a story: `say`, `ask` and `answer`.

use election_base::{SimTime, sort_by_numbers};

use super::action::moment;
use super::ast::{Answer, Ask, Choice, Condition, LaneSet, Say};
use super::cursor::{Cursor, Res};
use super::error::{Error, list, quote};
use super::expect::condition;
use super::lex::{Place, TokenKind, is_unseen};
use super::scope::Scope;
use super::table::{CHOICE_MAX, CHOICES_MAX, SENTENCE_MAX, STEPS, names, syntax};

/// A time that stands for the end of the run until that is known.
pub(super) const END: SimTime = SimTime(u64::MAX);

/// A step as read from its own statement. An answer is read when its question is known.
pub(super) enum Step<'t> {
    Say(Say),
    Ask(Open),
    Answer(Late<'t>),
}

/// A question that is not answered yet.
pub(super) struct Open {
    pub at: SimTime,
    pub lanes: LaneSet,
    pub text: String,
    pub line: u32,
    pub place: Place,
}

/// The part of an answer after its time.
pub(super) struct Late<'t> {
    pub at: SimTime,
    pub line: u32,
    pub place: Place,
    pub rest: Cursor<'t>,
}

/// Whether what follows `at` is a step of the story and not an action.
pub(super) fn is_step(cursor: &Cursor<'_>) -> bool {
    let colon = cursor.find(|kind, _| kind == TokenKind::Colon);
    let verb = cursor.text_at(colon.map_or(1, |colon| colon + 1));
    cursor.peek() == "end" || names(STEPS).any(|name| name == verb)
}

/// Reads what follows `at`.
pub(super) fn step<'t>(scope: &Scope<'_>, cursor: &mut Cursor<'t>, line: u32) -> Res<Step<'t>> {
    let at = time(cursor)?;
    let place = cursor.place();
    let lanes = scope.lanes_before_colon(cursor)?;
    let verb = cursor.peek();
    if !names(STEPS).any(|name| name == verb) {
        // A question needs time to be answered, and the lanes are those of the question.
        let fits = |name: &&str| (at != END || *name != "ask") && (lanes.is_none() || *name != "answer");
        let error = cursor.error(format!("a step of the story: {}", list(names(STEPS).filter(fits))));
        return Err(error
            .near(verb, names(STEPS).filter(fits))
            .advise("Actions need a time before the end of the run."));
    }
    let verb_place = cursor.place();
    cursor.skip();
    let read = match verb {
        "say" => say(scope, cursor, at, lanes.unwrap_or_else(|| scope.all()), line).map(Step::Say),
        "ask" if at == END => {
            let error = Error::new(verb_place, "`ask` at the end", "a time before the end of the run");
            Err(error.advise("Nothing would be left to answer it."))
        }
        "ask" => ask(cursor, at, lanes.unwrap_or_else(|| scope.all()), line, verb_place).map(Step::Ask),
        _ if lanes.is_some() => {
            let error = Error::new(place, "lanes before `answer`", "`answer`");
            Err(error.advise("The lanes before `ask` say which lanes a question is about."))
        }
        _ => {
            let rest = cursor.clone();
            Ok(Step::Answer(Late { at, line, place: verb_place, rest }))
        }
    };
    read.map_err(|error| formed(error, verb))
}

/// Adds the form of a step to an error without other advice.
fn formed(error: Box<Error>, verb: &str) -> Box<Error> {
    if error.advice.is_none() && error.nearest.is_none() {
        error.advise(format!("The form is `{}`.", syntax(STEPS, verb)))
    } else {
        error
    }
}

/// `TIME` or `end`.
fn time(cursor: &mut Cursor<'_>) -> Res<SimTime> {
    if cursor.eat("end") {
        return Ok(END);
    }
    let (place, word) = (cursor.place(), cursor.peek());
    let (at, _) = moment(cursor)?;
    if word.contains('+') {
        let error = Error::new(place, quote(word), "a time");
        return Err(
            error.advise("A step of the story comes after all events of its instant, so it takes no `+k`.")
        );
    }
    Ok(at)
}

fn say(scope: &Scope<'_>, cursor: &mut Cursor<'_>, at: SimTime, lanes: LaneSet, line: u32) -> Res<Say> {
    let text = sentence(cursor, "a sentence", SENTENCE_MAX)?;
    let condition = guard(scope, cursor, lanes)?;
    cursor.finish()?;
    Ok(Say { at, lanes, text, condition, line })
}

fn ask(cursor: &mut Cursor<'_>, at: SimTime, lanes: LaneSet, line: u32, place: Place) -> Res<Open> {
    let text = sentence(cursor, "a question", SENTENCE_MAX)?;
    cursor.finish()?;
    Ok(Open { at, lanes, text, line, place })
}

/// `[if CONDITION]`, up to the cursor's end.
fn guard(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Option<Condition>> {
    if !cursor.eat("if") {
        return Ok(None);
    }
    unlaned(scope, &mut cursor.split(usize::MAX), lanes).map(Some)
}

/// A condition that lanes cannot stand before, as they can after `expect`.
fn unlaned(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Condition> {
    let is_lane = |word: &str| scope.lane_names().any(|name| name == word);
    condition(scope, cursor, lanes).map_err(|error| {
        let mut error = error.without(&is_lane);
        error.nearest = error.nearest.filter(|word| !is_lane(word));
        error
    })
}

/// Puts each answer to the question before it.
pub(super) fn questions(
    scope: &Scope<'_>,
    mut asked: Vec<Open>,
    mut answers: Vec<Late<'_>>,
    errors: &mut Vec<Error>,
) -> Vec<Ask> {
    sort_by_numbers(&mut asked, |open| (open.at.0, 0));
    sort_by_numbers(&mut answers, |late| (late.at.0, 0));
    let mut answers = answers.into_iter().peekable();
    let mut found = Vec::new();
    let mut asked = asked.into_iter().peekable();
    let early = |late: &Late<'_>| {
        let error = Error::new(late.place, "an answer without a question", "a question at an earlier time");
        *error.advise("Add `at TIME ask \"…\"` before it.")
    };
    while let Some(open) = asked.next() {
        while let Some(late) = answers.next_if(|late| late.at <= open.at) {
            errors.push(early(&late));
        }
        let next = asked.peek().map_or(END, |next| next.at);
        match answers.next_if(|late| late.at <= next) {
            Some(late) => match answer(scope, late, open.lanes) {
                Ok(answer) => {
                    let Open { at, lanes, text, line, .. } = open;
                    found.push(Ask { at, lanes, text, line, answer });
                }
                Err(error) => errors.push(*formed(error, "answer")),
            },
            None => {
                let expected = "an answer at a later time, before the next question";
                let error = Error::new(open.place, "a question without an answer", expected);
                errors.push(*error.advise("For example, `at 5s answer leaders = 2`."));
            }
        }
    }
    errors.extend(answers.map(|late| early(&late)));
    found
}

/// `CONDITION [in LANES]` or `CHOICE [if CONDITION] [in LANES] | …`, and a closing sentence.
fn answer(scope: &Scope<'_>, late: Late<'_>, lanes: LaneSet) -> Res<Answer> {
    let Late { at, line, rest: mut cursor, .. } = late;
    let because = (0..cursor.len()).rev().find(|&i| {
        cursor.text_at(i) == "because" && matches!(cursor.kind_at(i + 1), None | Some(TokenKind::Sentence))
    });
    let mut front = cursor.split(because.unwrap_or(usize::MAX));
    let choices = if front.kind() == Some(TokenKind::Sentence) {
        choices(scope, &mut front, lanes)?
    } else {
        let declared = declared(scope, &mut front, lanes)?;
        let condition = Some(unlaned(scope, &mut front, lanes)?);
        vec![Choice { text: String::new(), condition, declared }]
    };
    let because =
        if cursor.eat("because") { Some(sentence(&mut cursor, "a sentence", SENTENCE_MAX)?) } else { None };
    cursor.finish()?;
    Ok(Answer { at, choices, because, line })
}

/// `CHOICE [if CONDITION] [in LANES] | …`
fn choices(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Vec<Choice>> {
    let mut choices: Vec<Choice> = Vec::new();
    loop {
        let bar = cursor.find(|kind, _| kind == TokenKind::Bar);
        let mut part = cursor.split(bar.unwrap_or(usize::MAX));
        let place = part.place();
        let text = sentence(&mut part, "a choice", CHOICE_MAX)?;
        if choices.iter().any(|choice| choice.text == text) {
            return Err(Error::new(place, format!("a second {}", quote(&text)), "each choice only once"));
        }
        if choices.len() == CHOICES_MAX {
            return Err(Error::new(place, "one more choice", format!("at most {CHOICES_MAX} of them")));
        }
        let declared = declared(scope, &mut part, lanes)?;
        let condition = guard(scope, &mut part, lanes)?;
        part.finish()?;
        if condition.is_none() && bar.is_some() {
            return Err(Error::new(place, "a choice without a condition", "`if` and a condition after it")
                .advise("Only the last choice may go without: it is right where no other is."));
        }
        choices.push(Choice { text, condition, declared });
        if !cursor.eat("|") {
            break;
        }
    }
    if choices.len() < 2 {
        return Err(cursor.error("`|` and another choice"));
    }
    Ok(choices)
}

/// Splits `in LANES` or `in none` off the end.
fn declared(scope: &Scope<'_>, cursor: &mut Cursor<'_>, lanes: LaneSet) -> Res<Option<LaneSet>> {
    // The `in` of a range is followed by a number.
    let names_lanes = |i: usize| {
        cursor.text_at(i) == "in"
            && cursor.kind_at(i + 1) == Some(TokenKind::Word)
            && !cursor.text_at(i + 1).starts_with(|c: char| c.is_ascii_digit())
    };
    let Some(start) = (0..cursor.len()).rev().find(|&i| names_lanes(i)) else { return Ok(None) };
    let mut named = cursor.clone();
    *cursor = named.split(start);
    named.skip();
    if named.eat("none") {
        named.finish()?;
        return Ok(Some(0));
    }
    let place = named.rest_place();
    let mut found = 0;
    while !named.is_empty() {
        found |= scope.one_lane(&mut named)?;
    }
    if found & !lanes != 0 {
        return Err(Error::new(place, "another lane", "lanes that the question is about"));
    }
    Ok(Some(found))
}

/// The text between two quotation marks.
fn sentence(cursor: &mut Cursor<'_>, what: &str, max: usize) -> Res<String> {
    let expected = || format!("{what} between `\"` and `\"`");
    if cursor.kind() != Some(TokenKind::Sentence) {
        let curly = cursor.peek().starts_with(['“', '”', '„', '«', '\'']);
        let error = cursor.error(expected());
        return Err(if curly {
            error.advise("Only the straight quotation mark `\"` begins a sentence.")
        } else {
            error
        });
    }
    let place = cursor.place();
    let written = cursor.skip();
    let Some(text) = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        let error = Error::new(place, quote(written), "a closing `\"` on the same line");
        return Err(error.advise("A sentence cannot contain `\"` itself; use `“` and `”` inside."));
    };
    if text.trim().is_empty() {
        return Err(Error::new(place, "an empty sentence", expected()));
    }
    let length = text.chars().count();
    if length > max {
        let error = Error::new(place, format!("{what} of {length} characters"), format!("at most {max}"));
        return Err(error.advise("Say less, or say it in two steps."));
    }
    if let Some((offset, c)) = text.char_indices().find(|&(_, c)| is_unseen(c)) {
        let start = place.start + 1 + offset as u32;
        let place = Place { start, end: start + c.len_utf8() as u32 };
        return Err(Error::new(
            place,
            quote(&text[offset..]),
            "text without control characters or bidirectional marks",
        ));
    }
    Ok(text.to_string())
}
