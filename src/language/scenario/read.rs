//! Reads the meaning of a text.
//!
//! The text may use names before it defines them, so the statements are read in two passes: first those that set the
//! scene, including nodes and lanes, then those that name nodes and lanes. All errors are collected, in text order,
//! except those that only follow from an earlier one: a lane whose name is misspelt where it is defined is unknown
//! everywhere else.

use std::collections::BTreeMap;

use crate::vocabulary::Words;
use election_base::{Delay, LANES_MAX, NODES_MAX, NodeId, SimTime, Span, SpanRange, sort_by_numbers};

use super::action;
use super::ast::{Lane, LaneSet, Network, Say, Scenario, Store, Warning};
use super::cursor::{Cursor, Res};
use super::error::{About, Error, list, meant, quote};
use super::expect;
use super::lanes::{self, Draft, Override};
use super::lex::{Document, Place, Statement, TokenKind, is_unseen};
use super::scope::{Nodes, Scope};
use super::story::{self, Late, Open, Step};
use super::table::{
    ACTIONS, ACTS_MAX, BREAKS_MAX, ERRORS_MAX, EXPECTS_MAX, INITS_MAX, LINES_MAX, STATEMENTS, STEPS,
    STEPS_MAX, TEXT_MAX, TIME_MAX, TITLE_MAX, UNTIL_MIN, UNTIL_REST, VERSION, names, syntax,
};

/// Reads the scenario in `text`, with the words that the algorithms of `vocabulary` add.
///
/// # Errors
/// All errors in the text, in text order, at most [`ERRORS_MAX`].
pub fn read(text: &str, vocabulary: &'static [Words]) -> Result<Scenario, Vec<Error>> {
    let reading = read_all(text, vocabulary);
    if reading.errors.is_empty() { Ok(reading.scenario) } else { Err(reading.errors) }
}

/// A text, read as far as possible.
pub struct Reading {
    /// What could be read; not meant to be played if there are errors.
    pub scenario: Scenario,
    /// All errors in the text, in text order, at most [`ERRORS_MAX`].
    pub errors: Vec<Error>,
    /// The lanes whose settings and initial state contain no error.
    pub whole: LaneSet,
}

/// Like [`read`], and returns what could be read of a text with errors.
pub fn read_all(text: &str, vocabulary: &'static [Words]) -> Reading {
    if text.len() > TEXT_MAX {
        let found = format!("{} bytes of text", text.len());
        let error = Error::new(Place::new(0, 0), found, format!("at most {TEXT_MAX}"));
        return Reading { scenario: blank(), errors: vec![*error], whole: 0 };
    }
    let document = Document::new(text);
    let mut reader = Reader::new(&document, vocabulary);
    let scenario = reader.scenario();
    let (mut errors, whole) = (reader.errors, reader.whole);
    in_text_order(&mut errors);
    for error in &mut errors {
        error.locate(&document);
    }
    Reading { scenario, errors, whole }
}

/// All errors in a text in which a word is to be completed, and what could be read.
pub(super) fn search(text: &str, vocabulary: &'static [Words]) -> (Scenario, Vec<Error>) {
    let document = Document::new(text);
    let mut reader = Reader::new(&document, vocabulary);
    (reader.scenario(), reader.errors)
}

/// Sorts errors by their places and drops those beyond [`ERRORS_MAX`].
pub fn in_text_order(errors: &mut Vec<Error>) {
    sort_by_numbers(errors, |error| (error.place.start.into(), error.place.end.into()));
    errors.truncate(ERRORS_MAX);
}

/// What has been read so far.
struct Reader<'d, 't> {
    document: &'d Document<'t>,
    vocabulary: &'static [Words],
    errors: Vec<Error>,
    /// The lines, from 0, of statements that may appear only once.
    seen: BTreeMap<String, u32>,
    scenario: Scenario,
    /// The text's own `until`, with its place.
    until: Option<(SimTime, Place)>,
    /// The times in the text, for the end of the run.
    times: Vec<(SimTime, Place)>,
    /// The questions, and the answers, which are read when the questions are known.
    asked: Vec<Open>,
    answers: Vec<Late<'d>>,
    /// Whether a step could not be read: its question or answer would seem to be missing.
    gaps: bool,
    /// What errors leave open: errors about it would only follow from them.
    doubts: Vec<About>,
    /// Words of statements with errors that may be names of lanes or nodes.
    poisoned: Vec<&'t str>,
    /// See [`Reading::whole`].
    whole: LaneSet,
}

impl<'d, 't> Reader<'d, 't> {
    fn new(document: &'d Document<'t>, vocabulary: &'static [Words]) -> Reader<'d, 't> {
        Reader {
            document,
            vocabulary,
            errors: Vec::new(),
            seen: BTreeMap::new(),
            scenario: blank(),
            until: None,
            times: Vec::new(),
            asked: Vec::new(),
            answers: Vec::new(),
            gaps: false,
            doubts: Vec::new(),
            poisoned: Vec::new(),
            whole: LaneSet::MAX,
        }
    }

    fn scenario(&mut self) -> Scenario {
        let document = self.document;
        if let Some(line) = document.lines.get(LINES_MAX) {
            let found = format!("{} lines", document.lines.len());
            self.errors.push(*Error::new(line.place, found, format!("at most {LINES_MAX}")));
            return self.scenario.clone();
        }
        let statements: Vec<&Statement> = document.statements().collect();
        let mut drafts = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            if self.full() {
                return self.scenario.clone();
            }
            if let Err(error) = self.scene(statement, index == 0, &mut drafts) {
                self.doubt(document.slice(statement.tokens[0].place), statement);
                self.errors.push(*error);
            }
        }
        self.lanes(drafts, &statements);
        // Without lanes, every statement that names one would be reported as wrong.
        if !self.scenario.lanes.is_empty() {
            for statement in statements.iter().copied() {
                if self.full() {
                    break;
                }
                let read = self.story(statement);
                if let (Err(_), "init") = (&read, document.slice(statement.tokens[0].place)) {
                    self.spoil(statement.tokens.get(1).map_or("", |token| document.slice(token.place)));
                }
                self.note(read);
            }
        }
        self.end();
        self.questions();
        self.phases();
        // A stable sort: actions at the same instant keep their text order.
        sort_by_numbers(&mut self.scenario.acts, |act| (act.at.0, act.after.into()));
        self.scenario.clone()
    }

    /// Collects an error, unless it only follows from an earlier one.
    fn note(&mut self, read: Res<()>) {
        if let Err(error) = read
            && !self.doubts.contains(&error.about)
            && !self.poisoned.contains(&self.document.slice(error.place))
        {
            self.errors.push(*error);
        }
    }

    /// Records what the error in a statement that sets the scene leaves open.
    fn doubt(&mut self, keyword: &str, statement: &Statement) {
        match keyword {
            "nodes" => self.doubts.push(About::Nodes),
            "lanes" | "lane" => self.doubts.push(About::Lanes),
            "timers" => self.doubts.push(About::Timers),
            _ => {}
        }
        // A lane's name and algorithm are the second and fourth word; further ones are settings.
        let names = if keyword == "lane" { 4 } else { usize::MAX };
        if matches!(keyword, "nodes" | "lanes" | "lane") {
            let words =
                statement.tokens.iter().take(names).skip(1).filter(|token| token.kind == TokenKind::Word);
            let words = words.map(|token| self.document.slice(token.place));
            let known = |word: &str| self.vocabulary.iter().any(|words| words.id == word);
            self.poisoned
                .extend(words.filter(|word| !known(word) && !word.starts_with(|c: char| c.is_ascii_digit())));
        }
        if matches!(keyword, "nodes" | "timers" | "phases" | "set" | "init") {
            self.whole = 0;
        }
    }

    /// Reads a statement with a misspelt keyword as what it most likely means, so that other statements do not seem
    /// wrong because of it.
    fn recover(&mut self, meant: &str, statement: &Statement, drafts: &mut Vec<Draft>) {
        let mut cursor = Cursor::new(self.document.text, statement);
        cursor.skip();
        self.seen.entry(meant.to_string()).or_insert(statement.line);
        let story = matches!(meant, "at" | "expect" | "break" | "init" | "set");
        if story || self.setting(meant, &mut cursor, statement, true, drafts).is_err() {
            self.doubt(meant, statement);
        }
    }

    /// True once further errors would not help. The reader looks for more errors than it reports, since those
    /// of the second pass may precede those of the first.
    fn full(&self) -> bool {
        4 * ERRORS_MAX <= self.errors.len()
    }

    /// Fails if `key` has been seen before; otherwise records its place. `what` names it.
    fn once(&mut self, key: String, what: &str, line: u32, place: Place) -> Res<()> {
        match self.seen.get(&key) {
            Some(first) => {
                let found = format!("a second {}", quote(what));
                let expected = format!("only one; the first is on line {}", first + 1);
                Err(Error::new(place, found, expected).advise("Delete one of them."))
            }
            None => {
                self.seen.insert(key, line);
                Ok(())
            }
        }
    }

    /// Reads statements that set the scene. Leaves the others to [`Reader::story`].
    fn scene(&mut self, statement: &Statement, first: bool, drafts: &mut Vec<Draft>) -> Res<()> {
        let mut cursor = Cursor::new(self.document.text, statement);
        let place = cursor.place();
        let keyword = if cursor.kind() == Some(TokenKind::Word) { cursor.peek() } else { "" };
        if !names(STATEMENTS).any(|name| name == keyword) {
            let found = cursor.peek();
            let error = no_statement(found, place);
            if let Some(meant) = &error.nearest {
                self.recover(meant, statement, drafts);
            }
            return Err(error);
        }
        if matches!(keyword, "at" | "expect" | "break" | "init" | "set") {
            return Ok(());
        }
        if keyword != "lane" {
            self.once(keyword.to_string(), keyword, statement.line, place)?;
        }
        cursor.skip();
        if keyword == "lane"
            && let Some((meant, error)) = lanes::meant_basic(&cursor, place, self.vocabulary)
        {
            let known: Vec<String> = drafts.iter().map(|draft| draft.name.clone()).collect();
            drafts.extend(meant.into_iter().filter(|draft| !known.contains(&draft.name)));
            self.errors.push(*error);
            return Ok(());
        }
        let read = self.setting(keyword, &mut cursor, statement, first, drafts);
        read.and_then(|()| cursor.finish()).map_err(|error| {
            if error.advice.is_none() && error.nearest.is_none() {
                error.advise(format!("The form is `{}`.", syntax(STATEMENTS, keyword)))
            } else {
                error
            }
        })
    }

    fn setting(
        &mut self,
        keyword: &str,
        cursor: &mut Cursor<'_>,
        statement: &Statement,
        first: bool,
        drafts: &mut Vec<Draft>,
    ) -> Res<()> {
        let scenario = &mut self.scenario;
        match keyword {
            "version" => {
                let place = cursor.place();
                let version = cursor.number("a version", 0, u64::MAX)?;
                if version != VERSION {
                    let error = Error::new(place, format!("version {version}"), format!("version {VERSION}"));
                    return Err(error.advise("This text is for another version of the playground."));
                }
                if !first {
                    let error = Error::new(statement.place, "`version` after other statements", "it first");
                    return Err(error.advise("Move it to the top."));
                }
            }
            "title" => scenario.title = title(cursor)?,
            "nodes" => (scenario.nodes, scenario.names) = nodes(cursor)?,
            "lanes" => lanes::basic(cursor, self.vocabulary, drafts, &mut self.errors)?,
            "lane" => drafts.push(lanes::variant(cursor, statement.place, self.vocabulary)?),
            "seed" => scenario.seed = cursor.number("a whole number below 2^64", 0, u64::MAX)?,
            "latency" => scenario.network.latency = cursor.delay()?,
            "loss" => scenario.network.loss_ppm = cursor.share()?,
            "duplicate" => scenario.network.duplicate_ppm = cursor.share()?,
            "order" => scenario.network.reorder = cursor.choice("one of ", &["fifo", "any"])? == 1,
            "timers" => scenario.timers_manual = cursor.choice("one of ", &["auto", "manual"])? == 1,
            "phases" => scenario.phases_drawn = cursor.choice("one of ", &["drawn", "lockstep"])? == 0,
            "incarnations" => scenario.incarnations = cursor.switch()?,
            "until" => {
                let place = cursor.place();
                let at = SimTime(cursor.time()?.0);
                if at == SimTime::ZERO {
                    return Err(Error::new(place, "`0`", "a time after the start, such as `10s`"));
                }
                self.until = Some((at, place));
            }
            _ => {}
        }
        Ok(())
    }

    /// Creates the lanes from the drafts and applies every `set`.
    fn lanes(&mut self, mut drafts: Vec<Draft>, statements: &[&Statement]) {
        let said = statements
            .iter()
            .any(|statement| matches!(self.document.slice(statement.tokens[0].place), "lane" | "lanes"));
        if !said && drafts.is_empty() {
            drafts = lanes::defaults(self.vocabulary);
        }
        self.errors.extend(lanes::check(&mut drafts, LANES_MAX));
        if self.doubts.contains(&About::Lanes) {
            self.whole &= ((1_u16 << drafts.len()) - 1) as LaneSet;
            lanes::complete(&mut drafts, LANES_MAX, self.vocabulary);
        }
        let (ids, names) = (self.scenario.nodes.clone(), self.scenario.names.clone());
        let nodes = Nodes { ids: &ids, names: &names };
        self.scenario.lanes = drafts.iter().map(|draft| lanes::make(draft, self.vocabulary, &ids)).collect();
        let mut overrides: Vec<Override> = Vec::new();
        for (index, draft) in drafts.iter().enumerate() {
            for (statement, tokens) in &draft.settings {
                let whole = statements.iter().find(|s| s.place == *statement);
                let Some(whole) = whole.filter(|_| !self.full()) else { continue };
                let mut cursor = Cursor::new(self.document.text, whole);
                cursor.split(tokens.start);
                let mut cursor = cursor.split(tokens.len());
                let read = lanes::inline(&self.scenario.lanes, index, &mut cursor, self.vocabulary, nodes);
                let read = read.and_then(|found| self.take(found, whole, &mut overrides));
                if read.is_err() {
                    self.whole &= !(1 << index);
                }
                self.note(read);
            }
        }
        for statement in statements {
            let mut cursor = Cursor::new(self.document.text, statement);
            if self.full() || !cursor.eat("set") || self.scenario.lanes.is_empty() {
                continue;
            }
            let owner = cursor.peek().split('.').next().unwrap_or("");
            let read = self.set(&mut cursor, statement, &mut overrides);
            if read.is_err() {
                self.spoil(owner);
            }
            self.note(read);
        }
        lanes::apply(&mut self.scenario, overrides);
    }

    /// Records that a lane, an algorithm or the store has a setting or an initial state with an error.
    fn spoil(&mut self, owner: &str) {
        let (ids, names) = (&self.scenario.nodes, &self.scenario.names);
        let scope =
            Scope { nodes: Nodes { ids, names }, lanes: &self.scenario.lanes, vocabulary: self.vocabulary };
        match scope.lanes_of(owner) {
            0 => self.whole = 0,
            lanes => self.whole &= !lanes,
        }
    }

    fn set(&mut self, cursor: &mut Cursor<'_>, statement: &Statement, into: &mut Vec<Override>) -> Res<()> {
        let nodes = Nodes { ids: &self.scenario.nodes, names: &self.scenario.names };
        let scope = Scope { nodes, lanes: &self.scenario.lanes, vocabulary: self.vocabulary };
        let found = lanes::set(&scope, cursor, statement.line)?;
        self.take(found, statement, into)
    }

    fn take(&mut self, found: Override, statement: &Statement, into: &mut Vec<Override>) -> Res<()> {
        self.once(found.key(), &found.text, statement.line, found.place)?;
        into.push(found);
        Ok(())
    }

    /// Reads statements that name nodes and lanes.
    fn story(&mut self, statement: &'d Statement) -> Res<()> {
        let mut cursor = Cursor::new(self.document.text, statement);
        let keyword = cursor.skip();
        if !matches!(keyword, "at" | "expect" | "break" | "init") {
            return Ok(());
        }
        let scenario = &self.scenario;
        let nodes = Nodes { ids: &scenario.nodes, names: &scenario.names };
        let scope = Scope { nodes, lanes: &scenario.lanes, vocabulary: self.vocabulary };
        let line = statement.line;
        let time_place = cursor.place();
        match keyword {
            "at" if story::is_step(&cursor) => {
                let steps = scenario.says.len() + self.asked.len();
                let step = story::step(&scope, &mut cursor, line).inspect_err(|_| self.gaps = true)?;
                let (Step::Say(Say { at, .. }) | Step::Ask(Open { at, .. }) | Step::Answer(Late { at, .. })) =
                    step;
                if at != story::END {
                    self.times.push((at, time_place));
                }
                if !matches!(step, Step::Answer(_)) {
                    room(steps, STEPS_MAX, statement.place, "step")?;
                }
                match step {
                    Step::Say(say) => self.scenario.says.push(say),
                    Step::Ask(open) => self.asked.push(open),
                    Step::Answer(late) => self.answers.push(late),
                }
            }
            "at" => {
                room(scenario.acts.len(), ACTS_MAX, statement.place, "`at`")?;
                let act = action::act(&scope, &mut cursor, scenario.timers_manual, line)?;
                self.times.push((act.at, time_place));
                self.scenario.acts.push(act);
            }
            "expect" => {
                room(scenario.expects.len(), EXPECTS_MAX, statement.place, "`expect`")?;
                let expect = expect::expect(&scope, &mut cursor, line)?;
                if let super::When::At(at) | super::When::By(at) = expect.when {
                    let last = statement.tokens.last().map_or(statement.place, |token| token.place);
                    self.times.push((at, last));
                }
                self.scenario.expects.push(expect);
            }
            "break" => {
                room(scenario.breaks.len(), BREAKS_MAX, statement.place, "`break`")?;
                let stop = expect::stop(&scope, &mut cursor, line)?;
                self.scenario.breaks.push(stop);
            }
            _ => {
                room(scenario.init.len(), INITS_MAX, statement.place, "`init`")?;
                let init = lanes::init(&scope, &mut cursor, line)?;
                for (word, _) in &init.words {
                    let node = init.node.unwrap_or(NodeId::NONE);
                    let key = |lane: usize| format!("init {lane} {node} {word}");
                    for lane in (0..self.scenario.lanes.len()).filter(|lane| init.lanes >> lane & 1 == 1) {
                        self.once(key(lane), word, line, statement.place)?;
                    }
                }
                self.scenario.init.push(init);
            }
        }
        Ok(())
    }

    /// Once the end of the run is known, each answer finds its question.
    fn questions(&mut self) {
        let until = self.scenario.until;
        self.scenario.says.iter_mut().for_each(|say| say.at = say.at.min(until));
        self.answers.iter_mut().for_each(|late| late.at = late.at.min(until));
        // A stable sort: sentences at the same instant keep their text order.
        sort_by_numbers(&mut self.scenario.says, |say| (say.at.0, 0));
        let scenario = &self.scenario;
        let nodes = Nodes { ids: &scenario.nodes, names: &scenario.names };
        let scope = Scope { nodes, lanes: &scenario.lanes, vocabulary: self.vocabulary };
        if self.gaps {
            return;
        }
        let (asked, answers) = (std::mem::take(&mut self.asked), std::mem::take(&mut self.answers));
        self.scenario.asks = story::questions(&scope, asked, answers, &mut self.errors);
    }

    /// With manual timers, nothing happens at a random moment.
    fn phases(&mut self) {
        let scenario = &mut self.scenario;
        if !scenario.timers_manual || !scenario.phases_drawn {
            return;
        }
        scenario.phases_drawn = false;
        if let Some(&line) = self.seen.get("phases") {
            let text = "`phases drawn` has no effect with `timers manual`, where every process starts at 0 and \
                        no timer fires by itself.";
            scenario.warnings.push(Warning { line, text: text.to_string() });
        }
    }

    /// The end of the run, and errors for anything later.
    fn end(&mut self) {
        let Some((until, _)) = self.until else {
            let last = self.times.iter().map(|(at, _)| *at).max().unwrap_or(SimTime::ZERO);
            let rest = Span((last + UNTIL_REST).0.div_ceil(1_000_000) * 1_000_000);
            self.scenario.until = SimTime(rest.max(UNTIL_MIN).min(TIME_MAX).0);
            return;
        };
        self.scenario.until = until;
        for (at, place) in std::mem::take(&mut self.times) {
            if until < at {
                let [at, until] = [at, until].map(|time| Span(time.0).to_string());
                let error =
                    Error::new(place, format!("`{at}`"), format!("a time no later than the end, {until}"));
                let error =
                    error.advise(format!("Nothing happens after `until {until}`; choose a later end."));
                self.note(Err(error));
            }
        }
    }
}

/// An error about a word that should be a statement.
fn no_statement(found: &str, place: Place) -> Box<Error> {
    let expected = format!("a statement: {}", list(names(STATEMENTS)));
    let mut known = STATEMENTS.iter().map(|entry| (entry.name, entry.syntax));
    let error = Error::new(place, quote(found), expected).near_in(found, &mut known);
    let is_action = |word: &str| names(ACTIONS).chain(names(STEPS)).any(|name| name == word);
    let action = meant(found).iter().copied().chain([found]).find(|word| is_action(word));
    match action {
        Some(action) if error.nearest.is_none() || action == found => {
            error.advise(format!("Write when it happens: `at 1s {action} …`."))
        }
        _ => error,
    }
}

/// A scenario with only defaults.
fn blank() -> Scenario {
    Scenario {
        title: String::new(),
        seed: 1,
        nodes: (1..=5).map(NodeId).collect(),
        names: Vec::new(),
        lanes: Vec::<Lane>::new(),
        network: Network {
            latency: Delay::from(SpanRange::new(Span::ms(5), Span::ms(15))),
            loss_ppm: 0,
            duplicate_ppm: 0,
            reorder: false,
        },
        timers_manual: false,
        phases_drawn: true,
        incarnations: true,
        store: Store { fencing: true, interval: Span::ms(100), latency: None },
        init: Vec::new(),
        acts: Vec::new(),
        says: Vec::new(),
        asks: Vec::new(),
        until: SimTime(UNTIL_MIN.0),
        breaks: Vec::new(),
        expects: Vec::new(),
        warnings: Vec::new(),
    }
}

fn room(count: usize, max: usize, place: Place, what: &str) -> Res<()> {
    if count < max {
        return Ok(());
    }
    Err(Error::new(place, format!("one more {what}"), format!("at most {max} of them")))
}

/// The rest of the statement as written.
fn title(cursor: &mut Cursor<'_>) -> Res<String> {
    if cursor.is_empty() {
        return Err(cursor.error("a title"));
    }
    let length = cursor.rest().chars().count();
    if length > TITLE_MAX {
        let found = format!("a title of {length} characters");
        return Err(Error::new(cursor.rest_place(), found, format!("at most {TITLE_MAX}")));
    }
    let title = cursor.rest().to_string();
    let unseen = title.char_indices().find(|&(_, c)| is_unseen(c) && c != '\t');
    if let Some((offset, c)) = unseen {
        let start = cursor.rest_place().start + offset as u32;
        let place = Place { start, end: start + c.len_utf8() as u32 };
        let expected = "a title without control characters or bidirectional marks";
        return Err(Error::new(place, quote(&title[offset..]), expected));
    }
    cursor.split(usize::MAX);
    Ok(title)
}

/// Members in ring order, and the names of those that have one.
type Members = (Vec<NodeId>, Vec<(NodeId, String)>);

/// A number of nodes, or their ids, each with an optional display name.
fn nodes(cursor: &mut Cursor<'_>) -> Res<Members> {
    if cursor.len() <= 1 {
        let count = cursor.number("a number of nodes", 1, NODES_MAX as u64)?;
        return Ok(((1..=count as u32).map(NodeId).collect(), Vec::new()));
    }
    let mut ids = Vec::new();
    let mut names: Vec<(NodeId, String)> = Vec::new();
    while !cursor.is_empty() {
        let place = cursor.place();
        let id = NodeId(cursor.number("an id", 1, 0xffff)? as u32);
        if ids.contains(&id) {
            return Err(Error::new(place, format!("a second `{id}`"), "each id only once"));
        }
        if ids.len() == NODES_MAX {
            return Err(Error::new(place, "one more id", format!("at most {NODES_MAX} of them")));
        }
        ids.push(id);
        if cursor.eat("=") {
            let (name, place) = cursor.word("a name for the node")?;
            lanes::check_name(name, place)?;
            if names.iter().any(|(_, other)| other == name) {
                return Err(Error::new(place, format!("a second {}", quote(name)), "each name only once"));
            }
            names.push((id, name.to_string()));
        }
    }
    Ok((ids, names))
}
