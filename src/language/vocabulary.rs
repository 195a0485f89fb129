//! The words that an algorithm adds to the scenario language: its settings, its commands and roles, the fields
//! that `init` may set. Read by [`election_protocol`], which offers them, and by [`crate::scenario`], which
//! checks a text against them; neither needs to know the other.

use core::fmt;

use election_base::{NodeId, Span, SpanRange};

/// What a setting may be set to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// A length of time such as `150ms`, from `min` to `max`, both included.
    Span {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
    },
    /// A range of time such as `150ms..300ms`, or one length of time; both ends from `min` to `max`.
    Range {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
    },
    /// `on` or `off`.
    Switch,
    /// A whole number from `min` to `max`, both included.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Ids of members, at least none, at most all: `initiators 1 3`. The word `all` stands for every member.
    Ids,
}

impl fmt::Display for Kind {
    /// What the setting may be set to, in a few words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Span { min, max } => write!(f, "a time from {min} to {max}"),
            Kind::Range { min, max } => write!(f, "a time or a range of times from {min} to {max}"),
            Kind::Switch => f.write_str("on or off"),
            Kind::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Kind::Choice(words) => f.write_str(&words.join(" or ")),
            Kind::Ids => f.write_str("ids of members, all, or none"),
        }
    }
}

/// The value of a setting.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// Of [`Kind::Span`].
    Span(Span),
    /// Of [`Kind::Range`].
    Range(SpanRange),
    /// Of [`Kind::Switch`].
    Switch(bool),
    /// Of [`Kind::Number`].
    Number(u64),
    /// Of [`Kind::Choice`]: the position in its list.
    Choice(usize),
    /// Of [`Kind::Ids`], in the order given.
    Ids(Vec<NodeId>),
}

/// One setting of an algorithm, or of the scenario itself.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// As it is written after the algorithm's name and a dot, e.g. `election-timeout`.
    pub name: &'static str,
    /// What it may be set to.
    pub kind: Kind,
    /// Its value where the scenario says nothing, as it would be written.
    pub default: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Where the default comes from: a paper with its section, a real system's file, or `ours` with a reason.
    pub source: &'static str,
    /// Whether it may be changed during a run, and for single nodes. The others belong to the whole group.
    pub live: bool,
}

/// One command that a scenario can give to nodes of an algorithm: `campaign 3`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommandWord {
    /// The word.
    pub name: &'static str,
    /// What a menu calls it.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Who is named after the word, and who gets the command.
    pub form: Form,
    /// Which nodes a menu offers it for.
    pub offered: Offered,
    /// What it means to a judge of the run.
    pub effect: Effect,
}

impl CommandWord {
    /// How the command is written, as an action's syntax is.
    pub fn syntax(&self) -> String {
        format!("{} {}", self.name, self.form.syntax())
    }
}

/// Who is named after a command's word, and who gets the command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `campaign WHO`: each member named that runs gets it.
    Each,
    /// `transfer WHO [-> WHO]`: the first one gets it; it is about the second one, if there is one.
    Pair,
    /// `expire WHO`: the running nodes of the coordination service get it, about each member named.
    ToService,
}

impl Form {
    /// What stands behind the command's word.
    pub const fn syntax(self) -> &'static str {
        match self {
            Form::Each | Form::ToService => "WHO",
            Form::Pair => "WHO [-> WHO]",
        }
    }
}

/// Which nodes a menu offers a command for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offered {
    /// All members.
    Everyone,
    /// Those that believe that they lead.
    Leaders,
    /// The others.
    Others,
    /// None: it names two nodes.
    Never,
}

impl Offered {
    /// As the page knows it.
    pub const fn name(self) -> &'static str {
        match self {
            Offered::Everyone => "everyone",
            Offered::Leaders => "leaders",
            Offered::Others => "others",
            Offered::Never => "never",
        }
    }
}

/// What a command means to a judge of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing that an algorithm might not do by itself.
    None,
    /// The node acts as if its failure detector had fired.
    Suspicion,
    /// The node takes no part any more until it is told to.
    Departure,
    /// The service gives a node up although it was not silent.
    Expiry,
}

/// One word that `init` understands for an algorithm: `init raft 3 term 2 voted 1 log 1 1 2`.
#[derive(Clone, Copy, Debug)]
pub struct InitWord {
    /// The word.
    pub name: &'static str,
    /// How many numbers follow it.
    pub arity: Arity,
    /// What it sets, in one sentence.
    pub doc: &'static str,
}

/// How many numbers follow a word of `init`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    /// Exactly one number.
    One,
    /// Any number of them, none included.
    Many,
    /// The id of a member.
    Member,
    /// The id of a member, or 0 for nobody.
    MemberOrNone,
    /// Ids of members, none included.
    Members,
}

/// The timer that every lane has beside those of its algorithm: with it a believer writes to the store.
pub const WRITE_TIMER: &str = "write";

/// What one algorithm adds to the language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The algorithm's name in `lanes` and before a dot in `set`.
    pub id: &'static str,
    /// Its settings.
    pub settings: &'static [Setting],
    /// The commands that its nodes take.
    pub commands: &'static [CommandWord],
    /// What the field `role` of its nodes can be, beside `starting` and `crashed`.
    pub roles: &'static [&'static str],
    /// The words of `init`. `leader N` and `term T` after `init ALGORITHM` are understood where listed.
    pub init: &'static [InitWord],
    /// The names of its timers, for `fire N TIMER`.
    pub timers: &'static [&'static str],
    /// The names of its messages, for `messages NAME` in an expectation.
    pub messages: &'static [&'static str],
    /// The names of the numbers in each message, in the order of `messages`.
    pub message_args: &'static [&'static [&'static str]],
    /// The names of the groups with a leader of their own, for `leader of GROUP`.
    pub groups: &'static [&'static str],
    /// Whether a scenario may forge its messages with `send`.
    pub forges: bool,
    /// Whether its nodes can count timers in ticks, so that `tick` means something to them.
    pub ticks: bool,
    /// How many numbered rules it has: `R1` is the first.
    pub rules: u32,
    /// The names of the fields of a node's view, for `node N FIELD = …` in an expectation.
    pub fields: &'static [&'static str],
    /// True where a coordination service takes part, so that `service` names a node.
    pub service: bool,
}

/// The properties that `expect` can name, with what each says. The checker judges by the same names.
pub const PROPERTIES: &[(&str, &str)] = &[
    ("one-leader-per-epoch", "No two nodes believe that they lead in the same epoch."),
    ("epochs-never-fall", "The epoch that a node knows never falls, not even by a crash."),
    (
        "one-effective-writer",
        "The store accepts no write of a believer that another one has superseded there.",
    ),
    ("leader-eventually", "Somebody serves, once what the algorithm assumes has held for long enough."),
    ("leader-is-alive", "Whoever is taken for the leader is up when that belief begins."),
    ("at-most-one-leader", "At no instant do two nodes believe that they lead."),
    ("acknowledged-kept", "A write that was acknowledged to a client is held by every later leader."),
];

/// What the field `role` of a node can be, whatever the algorithm.
pub const ROLE_VALUES: &[&str] = &["starting", "crashed"];

/// What the field `state` of a node can be.
pub const STATE_VALUES: &[&str] = &["starting", "up", "paused", "crashed"];

/// The verdicts on a property, as `expect P = VERDICT` names them, with what each says.
pub const VERDICTS: &[(&str, &str)] = &[
    ("held", "It was put to the test in this run and was not violated."),
    ("broken", "It was violated."),
    ("given-up", "A setting gives it up, and it was not violated."),
    ("undecided", "This run does not decide it; the verdict says what would."),
];

/// Other names for [`PROPERTIES`]: the alias, then the name.
pub const PROPERTY_ALIASES: &[(&str, &str)] = &[("one-leader-per-term", "one-leader-per-epoch")];

/// The fields that every node has in an expectation, beside those of its algorithm.
pub const NODE_FIELDS: &[(&str, &str)] = &[
    ("role", "What the node is, as `follower`, `candidate` or `leader`."),
    ("epoch", "The highest epoch it knows; `term` means the same where the algorithm has no such field."),
    ("leader", "The id of the node that it takes for the leader, or `none`."),
    ("state", "`starting`, `up`, `paused` or `crashed`."),
];
