//! The words that an algorithm adds to the scenario language: its settings, commands and roles, and the fields that
//! `init` may set. The crate `election-protocol` supplies them and [`crate::scenario`] checks texts against them; neither
//! needs to know the other.

use core::fmt;

use election_base::{NodeId, Span, SpanRange};

/// The values that a setting accepts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// A length of time such as `150ms`, from `min` to `max` inclusive.
    Span {
        /// The minimum.
        min: Span,
        /// The maximum.
        max: Span,
    },
    /// A range of time such as `150ms..300ms`, or one length of time; both ends from `min` to `max`.
    Range {
        /// The minimum.
        min: Span,
        /// The maximum.
        max: Span,
    },
    /// `on` or `off`.
    Switch,
    /// A whole number from `min` to `max` inclusive.
    Number {
        /// The minimum.
        min: u64,
        /// The maximum.
        max: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Ids of zero or more members: `initiators 1 3`. The word `all` stands for every member.
    Ids,
}

impl fmt::Display for Kind {
    /// The accepted values, in a few words.
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
    /// For [`Kind::Span`].
    Span(Span),
    /// For [`Kind::Range`].
    Range(SpanRange),
    /// For [`Kind::Switch`].
    Switch(bool),
    /// For [`Kind::Number`].
    Number(u64),
    /// For [`Kind::Choice`]: the position in its list.
    Choice(usize),
    /// For [`Kind::Ids`], in the order given.
    Ids(Vec<NodeId>),
}

/// One setting of an algorithm, or of the scenario itself.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name after the algorithm's name and a dot, e.g. `election-timeout`.
    pub name: &'static str,
    /// The values it accepts.
    pub kind: Kind,
    /// Its default, as written in a scenario.
    pub default: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The origin of the default: a section of a paper, a file of a real system, or `ours` with a reason.
    pub source: &'static str,
    /// Whether it may change during a run and differ between nodes. Other settings apply to the whole group.
    pub live: bool,
}

/// A command that a scenario can give to an algorithm's nodes: `campaign 3`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommandWord {
    /// The word.
    pub name: &'static str,
    /// Its label in a menu.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Which nodes follow the word, and which nodes receive the command.
    pub form: Form,
    /// The nodes for which a menu offers it.
    pub offered: Offered,
    /// Its meaning for the checker.
    pub effect: Effect,
}

impl CommandWord {
    /// The syntax of the command, in the same notation as an action's.
    pub fn syntax(&self) -> String {
        format!("{} {}", self.name, self.form.syntax())
    }
}

/// Which nodes follow a command's word, and which nodes receive the command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `campaign WHO`: each named member that is running receives it.
    Each,
    /// `transfer WHO [-> WHO]`: the first node receives it; the second, if given, is what it is about.
    Pair,
    /// `expire WHO`: the running nodes of the coordination service receive it, once for each named member.
    ToService,
}

impl Form {
    /// The syntax of what follows the command's word.
    pub const fn syntax(self) -> &'static str {
        match self {
            Form::Each | Form::ToService => "WHO",
            Form::Pair => "WHO [-> WHO]",
        }
    }
}

/// The nodes for which a menu offers a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offered {
    /// All members.
    Everyone,
    /// Members that believe they lead.
    Leaders,
    /// Members that do not believe they lead.
    Others,
    /// No node: the command names two.
    Never,
}

impl Offered {
    /// The name that the page uses.
    pub const fn name(self) -> &'static str {
        match self {
            Offered::Everyone => "everyone",
            Offered::Leaders => "leaders",
            Offered::Others => "others",
            Offered::Never => "never",
        }
    }
}

/// The meaning of a command for the checker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing that the algorithm might not do by itself.
    None,
    /// The node acts as if its failure detector had fired.
    Suspicion,
    /// The node withdraws until it is told otherwise.
    Departure,
    /// The service gives up on a node that was not silent.
    Expiry,
}

/// A word that `init` accepts for an algorithm: `init raft 3 term 2 voted 1 log 1 1 2`.
#[derive(Clone, Copy, Debug)]
pub struct InitWord {
    /// The word.
    pub name: &'static str,
    /// How many numbers follow it.
    pub arity: Arity,
    /// What it sets, in one sentence.
    pub doc: &'static str,
}

/// The numbers that follow a word of `init`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    /// Exactly one number.
    One,
    /// Zero or more numbers.
    Many,
    /// The id of a member.
    Member,
    /// The id of a member, or 0 for none.
    MemberOrNone,
    /// Ids of zero or more members.
    Members,
}

/// The timer that every lane has in addition to its algorithm's: it triggers a believer's writes to the
/// store.
pub const WRITE_TIMER: &str = "write";
/// The setting that says how long [`WRITE_TIMER`] runs.
pub const WRITE_SETTING: &str = "store.interval";

/// The words that one algorithm adds to the language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The algorithm's name in `lanes`, and before the dot in `set`.
    pub id: &'static str,
    /// Its settings.
    pub settings: &'static [Setting],
    /// The commands that its nodes accept.
    pub commands: &'static [CommandWord],
    /// The possible values of its nodes' field `role`, in addition to `starting` and `crashed`.
    pub roles: &'static [&'static str],
    /// The words of `init`. `init ALGORITHM leader N` and `init ALGORITHM term T` are valid if listed.
    pub init: &'static [InitWord],
    /// The names of its timers, for `fire N TIMER`.
    pub timers: &'static [&'static str],
    /// For each of `timers`, the setting that says how long it runs; empty if none does.
    pub timer_settings: &'static [&'static str],
    /// The names of its messages, for `messages NAME` in an expectation.
    pub messages: &'static [&'static str],
    /// The names of each message's fields, in the order of `messages`.
    pub message_args: &'static [&'static [&'static str]],
    /// The names of the groups that have their own leader, for `leader of GROUP`.
    pub groups: &'static [&'static str],
    /// Whether a scenario may forge its messages with `send`.
    pub forges: bool,
    /// Whether its nodes can count time in ticks, so that `tick` applies to them.
    pub ticks: bool,
    /// The number of its rules: `R1` is the first.
    pub rules: u32,
    /// The names of the fields of a node's view, for `node N FIELD = …` in an expectation.
    pub fields: &'static [&'static str],
    /// Whether it uses a coordination service, so that `service` names a node.
    pub service: bool,
}

/// The properties that `expect` can name, with their meaning. The checker uses the same names.
pub const PROPERTIES: &[(&str, &str)] = &[
    ("one-leader-per-epoch", "No two nodes believe that they lead in the same epoch."),
    ("epochs-never-fall", "The epoch that a node knows never decreases, not even in a crash."),
    ("one-effective-writer", "The store accepts no write from a believer that another has superseded there."),
    ("leader-eventually", "Some node serves, once the algorithm's assumptions have held for long enough."),
    ("leader-is-alive", "A node taken for the leader is up when that belief begins."),
    ("at-most-one-leader", "At no instant do two nodes believe that they lead."),
    ("acknowledged-kept", "Every later leader holds a write that was acknowledged to a client."),
];

/// The values of a node's field `role` that every algorithm shares.
pub const ROLE_VALUES: &[&str] = &["starting", "crashed"];

/// The values of a node's field `state`.
pub const STATE_VALUES: &[&str] = &["starting", "up", "paused", "crashed"];

/// The verdicts on a property, as named in `expect P = VERDICT`, with their meaning.
pub const VERDICTS: &[(&str, &str)] = &[
    ("held", "This run tested it, and it was not violated."),
    ("broken", "It was violated."),
    ("given-up", "A setting gives it up, and it was not violated."),
    ("undecided", "This run does not decide it; the verdict says what would decide it."),
];

/// Aliases in [`PROPERTIES`]: the alias, then the name.
pub const PROPERTY_ALIASES: &[(&str, &str)] = &[("one-leader-per-term", "one-leader-per-epoch")];

/// The fields that every node has in an expectation, in addition to those of its algorithm.
pub const NODE_FIELDS: &[(&str, &str)] = &[
    ("role", "What the node is, such as `follower`, `candidate` or `leader`."),
    ("epoch", "The highest epoch it knows; `term` means the same if the algorithm has no such field."),
    ("leader", "The id of the node that it takes for the leader, or `none`."),
    ("state", "`starting`, `up`, `paused` or `crashed`."),
];
