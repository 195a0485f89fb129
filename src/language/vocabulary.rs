//! The words that an algorithm adds to the scenario language: its settings, the inputs it takes, the fields
//! that `init` may set. Read by [`election_protocol`], which offers them, and by [`crate::scenario`], which
//! checks a text against them; neither needs to know the other.

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

/// Things that a scenario can ask of a node from outside the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ask {
    /// `campaign N`: behave as if the failure detector or election timer had fired now.
    Campaign,
    /// `transfer A -> B`: the leader hands over to another node.
    Transfer,
    /// `step-down N`: the leader gives up its leadership of its own will.
    StepDown,
    /// `write` and `write N`: a client's write.
    Write,
    /// `close N`: end the session with the coordination service cleanly.
    Close,
    /// `expire N`: the coordination service ends the node's session.
    Expire,
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
    /// What can be asked of its nodes.
    pub asks: &'static [Ask],
    /// The words of `init`. `leader N` and `term T` after `init ALGORITHM` are understood where listed.
    pub init: &'static [InitWord],
    /// The names of its timers, for `fire N TIMER`.
    pub timers: &'static [&'static str],
    /// The names of its messages, for `messages NAME` in an expectation.
    pub messages: &'static [&'static str],
    /// The names of the numbers in each message, in the order of `messages`.
    pub message_args: &'static [&'static [&'static str]],
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

/// What the field `role` of a node can be, in whichever algorithm; with another word an expectation would test
/// nothing.
pub const ROLE_VALUES: &[&str] = &[
    "follower",
    "candidate",
    "leader",
    "idle",
    "service",
    "crashed",
    "learner",
    "pre-candidate",
    "starting",
];

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
