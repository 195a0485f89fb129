//! Lanes, their settings and their initial state: `lanes`, `lane`, `set`, `init`.

use core::ops::Range;

use crate::vocabulary::{Arity, Kind, Setting, Value, Words};
use election_base::{NodeId, Span, sort_by_numbers};

use super::ast::{Change, Init, Lane, LaneSet, NodeSetting, Scenario, Store};
use super::cursor::{Cursor, Res};
use super::error::{About, Error, HOLE, list, quote};
use super::expect::is_reserved;
use super::lex::{Place, TokenKind};
use super::scope::{Nodes, Scope, other};
use super::table::{ACTIONS, NAME_MAX, NUMBER_MAX, STATEMENTS, names, syntax};
use super::values::{self, default_value};

/// The number of algorithms that run if a text names no lanes: the first ones of the vocabulary.
const DEFAULT_LANES: usize = 4;

/// The settings of the store, as named after `set store.`.
pub const STORE_SETTINGS: &[Setting] = &[
    Setting {
        name: "fencing",
        kind: Kind::Switch,
        default: "on",
        doc: "Whether the store rejects tokens below the highest it has seen.",
        source: "Burrows 2006, section 2.4: sequencers are checked by the resource",
        live: true,
    },
    Setting {
        name: "interval",
        kind: Kind::Span { min: Span::ZERO, max: Span::s(3600) },
        default: "100ms",
        doc: "How often a node that believes it leads writes; 0 for never.",
        source: "ours: a few writes during an election",
        live: true,
    },
    Setting {
        name: "latency",
        kind: Kind::Range { min: Span::ZERO, max: Span::s(3600) },
        default: "5ms..15ms",
        doc: "The one-way delay to the store; the network's delay by default.",
        source: "ours: the network's default",
        live: true,
    },
];

/// A lane before its settings are read.
pub(super) struct Draft {
    pub name: String,
    pub place: Place,
    pub algorithm: usize,
    /// `setting value` pairs: the statement, and the positions of their tokens in it.
    pub settings: Vec<(Place, Range<usize>)>,
}

/// A setting that the text sets.
pub(super) struct Override {
    /// As the text names it.
    pub text: String,
    pub place: Place,
    target: Target,
    change: Change,
    /// The nodes it applies to, if not the whole lane.
    nodes: Option<Vec<NodeId>>,
    line: u32,
}

/// What a setting belongs to. Later variants take precedence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// The store of every lane.
    Store,
    /// Every lane of an algorithm.
    Algorithm(LaneSet),
    /// One lane.
    Lane(LaneSet),
}

impl Override {
    /// Equal for two settings of the same target.
    pub fn key(&self) -> String {
        let target = match self.target {
            Target::Store => "store".to_string(),
            Target::Algorithm(lanes) => format!("lanes {lanes}"),
            Target::Lane(lane) => format!("lane {lane}"),
        };
        let setting = match &self.change {
            Change::Setting(index, _) => format!("{index}"),
            Change::Fencing(_) => "fencing".to_string(),
            Change::Interval(_) => "interval".to_string(),
            Change::StoreLatency(_) => "latency".to_string(),
        };
        let nodes = self.nodes.iter().flatten().map(|id| format!(" {id}")).collect::<String>();
        format!("set {target} {setting}{nodes}")
    }
}

/// The lanes of a text that names none.
pub(super) fn defaults(vocabulary: &'static [Words]) -> Vec<Draft> {
    let first = vocabulary.iter().take(DEFAULT_LANES).enumerate();
    first.map(|(algorithm, words)| draft(words.id, Place::default(), algorithm)).collect()
}

fn draft(name: &str, place: Place, algorithm: usize) -> Draft {
    Draft { name: name.to_string(), place, algorithm, settings: Vec::new() }
}

/// Reads what follows `lanes`.
///
/// Skips words that are no algorithms and reports the last of them; `errors` receives the others.
pub(super) fn basic(
    cursor: &mut Cursor<'_>,
    vocabulary: &'static [Words],
    drafts: &mut Vec<Draft>,
    errors: &mut Vec<Error>,
) -> Res<()> {
    let mut read = Ok(());
    loop {
        let (place, left) = (cursor.place(), cursor.len());
        match algorithm(cursor, vocabulary) {
            Ok(algorithm) => drafts.push(draft(vocabulary[algorithm].id, place, algorithm)),
            Err(error) => {
                let error = error.without(&|name| drafts.iter().any(|draft| draft.name == name));
                if let Err(before) = core::mem::replace(&mut read, Err(error)) {
                    errors.push(*before);
                }
                if cursor.len() == left {
                    cursor.skip();
                }
            }
        }
        if cursor.is_empty() {
            return read;
        }
    }
}

/// A list of algorithms after `lane` instead of `lanes`: their lanes, and what to write. `None` if the statement is
/// something else.
pub(super) fn meant_basic(
    cursor: &Cursor<'_>,
    keyword: Place,
    vocabulary: &'static [Words],
) -> Option<(Vec<Draft>, Box<Error>)> {
    let mut drafts = Vec::new();
    let mut rest = cursor.clone();
    let read = basic(&mut rest, vocabulary, &mut drafts, &mut Vec::new());
    let error = Error::new(keyword, "`lane` before a list of algorithms", "`lanes`");
    let advice = format!("Only a variant has a name: `{}`.", syntax(STATEMENTS, "lane"));
    read.is_ok().then(|| (drafts, error.instead("lanes").advise(advice)))
}

/// Reads what follows `lane`.
pub(super) fn variant(cursor: &mut Cursor<'_>, statement: Place, vocabulary: &'static [Words]) -> Res<Draft> {
    let before = cursor.len();
    let (name, place) = cursor.word("a name for the lane")?;
    check_name(name, place)?;
    cursor.need("=")?;
    let mut draft = draft(name, place, algorithm(cursor, vocabulary)?);
    // The keyword has been read, so positions in the statement are one higher.
    let position = |cursor: &Cursor<'_>| before + 1 - cursor.len();
    while !cursor.is_empty() {
        let start = position(cursor);
        let comma = cursor.find(|kind, _| kind == TokenKind::Comma);
        let group = cursor.split(comma.unwrap_or(usize::MAX));
        if group.is_empty() {
            return Err(cursor.error("a setting and its value"));
        }
        let tokens = start..start + group.len();
        draft.settings.push((statement, tokens));
        if cursor.eat(",") && cursor.is_empty() {
            return Err(cursor.error("a setting and its value"));
        }
    }
    Ok(draft)
}

/// A name that cannot be mistaken for anything else.
pub(super) fn check_name(name: &str, place: Place) -> Res<()> {
    let letters = name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !letters || name.chars().count() > NAME_MAX {
        let expected = format!(
            "a name: a letter followed by letters, digits, `-` or `_`, at most {NAME_MAX} characters"
        );
        return Err(Error::new(place, quote(name), expected));
    }
    if is_reserved(name) || names(ACTIONS).any(|action| action == name) {
        let error = Error::new(place, quote(name), "a name that is not a word of the language");
        return Err(error.advise("Choose another name."));
    }
    Ok(())
}

fn algorithm(cursor: &mut Cursor<'_>, vocabulary: &'static [Words]) -> Res<usize> {
    let (word, place) = cursor.word("an algorithm")?;
    let ids = vocabulary.iter().map(|words| words.id);
    ids.clone().position(|id| id == word).ok_or_else(|| {
        let expected = format!("an algorithm: {}", list(ids.clone()));
        Error::new(place, quote(word), expected).near(word, ids.clone())
    })
}

/// Drops surplus lanes and those that reuse a name, with an error for each.
pub(super) fn check(drafts: &mut Vec<Draft>, max: usize) -> Vec<Error> {
    let mut errors = Vec::new();
    if let Some(extra) = drafts.get(max) {
        let error = Error::new(extra.place, quote(&extra.name), format!("at most {max} lanes"));
        errors.push(*error.advise("Delete some."));
        drafts.truncate(max);
    }
    let mut seen = Vec::new();
    drafts.retain(|draft| {
        let new = !seen.contains(&draft.name);
        if new {
            seen.push(draft.name.clone());
        } else {
            let error =
                Error::new(draft.place, format!("a second lane {}", quote(&draft.name)), "a different name");
            errors.push(*error.advise("Give a variant its own name: `lane other = raft …`."));
        }
        new
    });
    errors
}

/// Adds a lane for each algorithm that has none, so that no name is unknown because of an error in another statement.
pub(super) fn complete(drafts: &mut Vec<Draft>, max: usize, vocabulary: &'static [Words]) {
    for (algorithm, words) in vocabulary.iter().enumerate() {
        let known = |draft: &Draft| draft.algorithm == algorithm || draft.name == words.id;
        if drafts.len() < max && !drafts.iter().any(known) {
            drafts.push(draft(words.id, Place::default(), algorithm));
        }
    }
}

/// A draft's lane, with every setting at its default.
pub(super) fn make(draft: &Draft, vocabulary: &'static [Words], ids: &[NodeId]) -> Lane {
    let settings = vocabulary[draft.algorithm].settings;
    Lane {
        name: draft.name.clone(),
        algorithm: draft.algorithm,
        settings: settings.iter().map(|setting| default_value(setting, ids)).collect(),
        given: vec![false; settings.len()],
        by_node: Vec::new(),
        store: Store { fencing: true, interval: Span::ZERO, latency: None },
    }
}

/// `SETTING VALUE` after the algorithm of lane `index`.
pub(super) fn inline(
    lanes: &[Lane],
    index: usize,
    cursor: &mut Cursor<'_>,
    vocabulary: &'static [Words],
    nodes: Nodes<'_>,
) -> Res<Override> {
    let Some(lane) = lanes.get(index) else {
        return Err(cursor.error("a setting of a lane"));
    };
    let (name, place) = cursor.word("the name of a setting")?;
    let words = &vocabulary[lane.algorithm];
    let text = format!("{}.{name}", lane.name);
    let read = of_lane(Target::Lane(1 << index), words, name, place, text, cursor, nodes);
    read.map_err(|error| {
        // A comma follows a complete setting, not `for`.
        let error = error.without(&|word| word == "for");
        let next = words.settings.iter().any(|setting| error.found == quote(setting.name));
        if next { error.advise("Write a comma between two settings.") } else { error }
    })
}

/// Reads what follows the statement `set`.
pub(super) fn set(scope: &Scope<'_>, cursor: &mut Cursor<'_>, line: u32) -> Res<Override> {
    let count = cursor.find(|_, text| text == "for");
    let mut found = setting(scope, &mut cursor.split(count.unwrap_or(usize::MAX)))?;
    found.line = line;
    let place = cursor.place();
    if cursor.eat("for") {
        let mut nodes = Vec::new();
        while nodes.is_empty() || !cursor.is_empty() {
            nodes.push(cursor.member(scope.nodes)?);
        }
        if let Some(why) = not_live(scope, &found) {
            return Err(Error::new(place, "`for`", "the end of the statement").advise(why));
        }
        found.nodes = Some(nodes);
    }
    Ok(found)
}

/// The change that a `set` action makes.
pub(super) struct Later {
    /// As the text names it.
    pub name: String,
    pub change: Change,
    /// The lanes it applies to.
    pub lanes: LaneSet,
    /// Whether it can differ between nodes.
    pub of_nodes: bool,
}

/// `NAME.SETTING VALUE` as an action, up to the cursor's end.
pub(super) fn set_later(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<Later> {
    let found = setting(scope, cursor)?;
    if let Some(why) = not_live(scope, &found) {
        let expected = "a setting that may change during a run";
        return Err(Error::new(found.place, quote(&found.text), expected).advise(why));
    }
    let lanes = match found.target {
        Target::Store => scope.all(),
        Target::Algorithm(lanes) | Target::Lane(lanes) => lanes,
    };
    let of_nodes = matches!(found.change, Change::Setting(..));
    Ok(Later { name: found.text, change: found.change, lanes, of_nodes })
}

/// Why the setting cannot differ between nodes or change during a run; `None` if it can.
fn not_live(scope: &Scope<'_>, found: &Override) -> Option<String> {
    let (Target::Algorithm(lanes) | Target::Lane(lanes)) = found.target else { return None };
    let Change::Setting(index, _) = found.change else { return None };
    let words = &scope.vocabulary[scope.lanes.get(lanes.trailing_zeros() as usize)?.algorithm];
    let live = words.settings.iter().filter(|s| s.live).map(|s| s.name);
    let setting = &words.settings[index];
    (!setting.live).then(|| {
        let name = setting.name;
        format!(
            "`{name}` applies to all nodes of `{}` for the whole run; {} can change.",
            words.id,
            list(live)
        )
    })
}

/// `NAME.SETTING VALUE`, up to the cursor's end.
fn setting(scope: &Scope<'_>, cursor: &mut Cursor<'_>) -> Res<Override> {
    let what = "a setting such as `raft.election-timeout`";
    let (text, place) = cursor.word(what)?;
    let Some((owner, name)) = text.split_once('.') else {
        let owners: Vec<&str> = scope
            .vocabulary
            .iter()
            .filter(|w| w.settings.iter().any(|s| s.name == text))
            .map(|w| w.id)
            .collect();
        let error = Error::new(place, quote(text), what);
        if text == HOLE {
            return Err(offer_settings(scope, error));
        }
        return Err(match owners.first() {
            Some(owner) => error.advise(format!("Add the setting's owner: `{owner}.{text}`.")),
            None => error.advise("Write the setting's owner, a dot and its name."),
        });
    };
    let owner_place = Place { start: place.start, end: place.start + owner.len() as u32 };
    let name_place = Place { start: owner_place.end + 1, end: place.end };
    if owner == "store" {
        let known = STORE_SETTINGS.iter().map(|setting| setting.name);
        let Some(setting) = STORE_SETTINGS.iter().find(|setting| setting.name == name) else {
            return Err(unknown(name, name_place, "the store", known));
        };
        let change = of_store(setting, cursor, scope.nodes)?;
        let text = text.to_string();
        return Ok(Override { text, place, target: Target::Store, change, nodes: None, line: 0 });
    }
    let lanes = scope.lanes_of(owner);
    let first = scope.lanes.get(lanes.trailing_zeros() as usize);
    let Some(first) = first else {
        let known = || scope.lane_names().chain(["store"]);
        let expected = format!("a lane, an algorithm or `store`: {}", list(known()));
        let error = Error::new(owner_place, quote(owner), expected).about(About::Lanes);
        let error = error.near(owner, known());
        return Err(if scope.vocabulary.iter().any(|words| words.id == owner) {
            error.advise(format!("No lane runs `{owner}`: add it to `lanes`, or delete this statement."))
        } else {
            error
        });
    };
    let own = first.name == owner;
    let target = if own { Target::Lane(lanes) } else { Target::Algorithm(lanes) };
    let words = &scope.vocabulary[first.algorithm];
    of_lane(target, words, name, name_place, text.to_string(), cursor, scope.nodes)
}

/// The change of an algorithm's setting, or of a lane's own store.
fn of_lane(
    target: Target,
    words: &'static Words,
    name: &str,
    place: Place,
    text: String,
    cursor: &mut Cursor<'_>,
    nodes: Nodes<'_>,
) -> Res<Override> {
    let index = words.settings.iter().position(|setting| setting.name == name);
    if let Some(index) = index {
        let setting = &words.settings[index];
        let value = cursor.value(setting.kind, nodes).map_err(|error| offer_default(setting, error))?;
        let change = Change::Setting(index, value);
        return Ok(Override { text, place, target, change, nodes: None, line: 0 });
    }
    // `fencing` alone is unambiguous; `latency` and `interval` could be settings of the algorithm.
    let of_store_name = if name == "fencing" { Some(name) } else { name.strip_prefix("store.") };
    let setting = STORE_SETTINGS.iter().find(|setting| Some(setting.name) == of_store_name);
    if let Some(setting) = setting {
        let change = of_store(setting, cursor, nodes)?;
        return Ok(Override { text, place, target, change, nodes: None, line: 0 });
    }
    let known = words.settings.iter().map(|setting| setting.name);
    let known = known.chain(["store.fencing", "store.interval", "store.latency"]);
    Err(unknown(name, place, &format!("`{}`", words.id), known))
}

fn of_store(setting: &Setting, cursor: &mut Cursor<'_>, nodes: Nodes<'_>) -> Res<Change> {
    let value = cursor.value(setting.kind, nodes).map_err(|error| offer_default(setting, error))?;
    Ok(match value {
        Value::Switch(on) => Change::Fencing(on),
        Value::Span(span) => Change::Interval(span),
        Value::Range(range) => Change::StoreLatency(range),
        _ => return Err(cursor.error("a setting of the store")),
    })
}

/// Adds every setting of every lane and of the store, by its full name.
#[cold]
#[inline(never)]
fn offer_settings(scope: &Scope<'_>, mut error: Box<Error>) -> Box<Error> {
    for owner in scope.lane_names() {
        let lane = scope.lanes.get(scope.lanes_of(owner).trailing_zeros() as usize);
        let settings = lane.map_or(&[][..], |lane| scope.vocabulary[lane.algorithm].settings);
        for setting in settings {
            error = error.offer(&format!("{owner}.{}", setting.name), &detail(setting));
        }
    }
    for setting in STORE_SETTINGS {
        error = error.offer(&format!("store.{}", setting.name), &detail(setting));
    }
    error
}

/// A setting's default and bounds, in a few words.
pub(super) fn detail(setting: &Setting) -> String {
    format!("default {}; {}", setting.default, setting.kind)
}

/// Adds the default as an example of a value, and what may follow a complete one.
#[cold]
#[inline(never)]
fn offer_default(setting: &Setting, error: Box<Error>) -> Box<Error> {
    match error.about {
        About::Surplus => error.offer("for", "for ID …"),
        // No time but the default is sure to be within the bounds.
        About::Time => error.about(About::Word).offer(setting.default, &detail(setting)),
        _ if error.known.is_empty() => error.offer(setting.default, &detail(setting)),
        _ => error,
    }
}

fn unknown<'w>(
    name: &str,
    place: Place,
    owner: &str,
    known: impl Iterator<Item = &'w str> + Clone,
) -> Box<Error> {
    let expected = format!("a setting of {owner}: {}", list(known.clone()));
    // After a full stop there may be no name yet.
    let found = if name.is_empty() { "no name".to_string() } else { quote(name) };
    Error::new(place, found, expected).near(name, known)
}

/// Applies the settings to the lanes: first the store's, then those of algorithms, then those of lanes;
/// within each, those of single nodes last.
pub(super) fn apply(scenario: &mut Scenario, mut overrides: Vec<Override>) {
    let order = |set: &Override| match set.target {
        Target::Store => 0,
        Target::Algorithm(_) => 1,
        Target::Lane(_) => 2,
    };
    sort_by_numbers(&mut overrides, |set| (u64::from(set.nodes.is_some()), order(set)));
    let (stores, rest): (Vec<_>, Vec<_>) = overrides.into_iter().partition(|set| set.target == Target::Store);
    for set in stores {
        change_store(&mut scenario.store, &set.change);
    }
    for lane in &mut scenario.lanes {
        lane.store = scenario.store;
    }
    for set in rest {
        let (Target::Lane(lanes) | Target::Algorithm(lanes)) = set.target else { continue };
        for (_, lane) in scenario.lanes.iter_mut().enumerate().filter(|(i, _)| lanes >> i & 1 == 1) {
            if let (Change::Setting(index, value), Some(nodes)) = (&set.change, &set.nodes) {
                let (nodes, setting, value, line) = (nodes.clone(), *index, value.clone(), set.line);
                lane.by_node.push(NodeSetting { nodes, setting, value, line });
            } else if let Change::Setting(index, value) = &set.change {
                lane.settings[*index] = value.clone();
                lane.given[*index] = true;
            } else {
                change_store(&mut lane.store, &set.change);
            }
        }
    }
}

fn change_store(store: &mut Store, change: &Change) {
    match change {
        Change::Fencing(on) => store.fencing = *on,
        Change::Interval(span) => store.interval = *span,
        Change::StoreLatency(range) => store.latency = Some(*range),
        Change::Setting(..) => {}
    }
}

/// Reads what follows `init`.
pub(super) fn init(scope: &Scope<'_>, cursor: &mut Cursor<'_>, line: u32) -> Res<Init> {
    let lanes = scope.one_lane(cursor)?;
    let words = &scope.vocabulary[scope.lanes[lanes.trailing_zeros() as usize].algorithm];
    let node = init_node(scope, cursor, words)?;
    let mut found: Vec<(String, Vec<u64>)> = Vec::new();
    while found.is_empty() || !cursor.is_empty() {
        let (name, place) = cursor.word("an `init` word")?;
        let Some(word) = words.init.iter().find(|word| word.name == name) else {
            let known = words.init.iter().map(|word| word.name);
            let expected = format!("an `init` word of `{}`: {}", words.id, list(known.clone()));
            let left = known.filter(|name| found.iter().all(|(before, _)| before != name));
            return Err(Error::new(place, quote(name), expected).near(name, left));
        };
        if found.iter().any(|(before, _)| before == name) {
            return Err(Error::new(place, format!("a second {}", quote(name)), "each word only once"));
        }
        let mut numbers = Vec::new();
        match word.arity {
            Arity::One => numbers.push(init_number(cursor)?),
            Arity::Member => numbers.push(cursor.member(scope.nodes)?.0.into()),
            Arity::MemberOrNone if cursor.eat("0") => numbers.push(0),
            Arity::MemberOrNone => numbers.push(cursor.member(scope.nodes)?.0.into()),
            Arity::Many | Arity::Members => {
                let named = |word: &str| scope.nodes.names.iter().any(|(_, name)| name == word);
                while cursor.peek().starts_with(|c: char| c.is_ascii_digit()) || named(cursor.peek()) {
                    numbers.push(match word.arity {
                        Arity::Members => cursor.member(scope.nodes)?.0.into(),
                        _ => init_number(cursor)?,
                    });
                }
            }
        }
        found.push((name.to_string(), numbers));
    }
    Ok(Init { lanes, node, words: found, line })
}

fn init_node(scope: &Scope<'_>, cursor: &mut Cursor<'_>, words: &Words) -> Res<Option<NodeId>> {
    let word = cursor.peek();
    if words.init.iter().any(|init| init.name == word) {
        return Ok(None);
    }
    if let Some(id) = other(word).filter(|id| *id != NodeId::STORE) {
        if !words.service {
            return Err(cursor
                .error("a node")
                .advise(format!("`{}` has no coordination service.", words.id)));
        }
        cursor.skip();
        return Ok(Some(id));
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) || scope.nodes.find(word).is_some() {
        Ok(Some(cursor.member(scope.nodes)?))
    } else {
        Ok(None)
    }
}

/// A number, or a time in microseconds.
fn init_number(cursor: &mut Cursor<'_>) -> Res<u64> {
    match values::span(cursor.peek()) {
        Some(span) => {
            cursor.skip();
            Ok(span.0)
        }
        None => cursor.number("a number or a time", 0, NUMBER_MAX),
    }
}
