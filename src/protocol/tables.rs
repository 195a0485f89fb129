//! Macros for the tables of an algorithm. Each entry's name, number and text are written in one line, and handlers refer to
//! the entry by name, so a number cannot drift away from its meaning.

use core::fmt::Debug;
use core::hash::Hash;

use election_language::vocabulary::CommandWord;

use super::{ARGS_MAX, Role};

/// A closed enum of timers. Made by [`timers!`](crate::timers).
pub trait TimerKind: Copy + Ord + Hash + Debug + 'static {
    /// The timers by name, as `fire N TIMER` spells them, in the order of [`TimerKind::index`].
    const NAMES: &'static [&'static str];
    /// For each of them, the setting that says how long it runs; empty if none does.
    const SETTINGS: &'static [&'static str];
    /// The position in [`TimerKind::NAMES`].
    fn index(self) -> usize;
    /// The timer at a position.
    ///
    /// # Panics
    /// If there are fewer timers.
    fn at(index: usize) -> Self;
}

/// Declares an algorithm's timers with the names that a scenario uses for them. A part that an algorithm is built from
/// brings timers of its own: they nest, and their names join the others in the order of the variants. `by` names the
/// setting that says how long a timer runs.
///
/// ```
/// election_protocol::timers! {
///     /// What a session waits for.
///     pub enum SessionTimer {
///         /// Time for the next ping.
///         Ping = "ping",
///     }
/// }
/// election_protocol::timers! {
///     /// What this node waits for.
///     pub enum Timer {
///         /// No word from a leader.
///         Election = "election" by "election-timeout",
///         /// Of the session.
///         Session(SessionTimer),
///     }
/// }
/// use election_protocol::TimerKind as _;
/// assert_eq!(Timer::NAMES, ["election", "ping"]);
/// assert_eq!(Timer::SETTINGS, ["election-timeout", ""]);
/// assert_eq!(Timer::from(SessionTimer::Ping).index(), 1);
/// ```
#[macro_export]
macro_rules! timers {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$vdoc:meta])* $variant:ident $(($inner:ty))? $(= $text:literal $(by $setting:literal)?)?,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant $(($inner))?,)+ }
        const _: () = {
            enum Position { $($variant),+ }
            const TABLES: &[&[&str]] = &[$($crate::timers!(@names $(($inner))? $($text)?)),+];
            const SETTINGS: &[&[&str]] = &[$($crate::timers!(@settings $(($inner))? $($text $($setting)?)?)),+];
            const COUNT: usize = $crate::macros::count(TABLES, TABLES.len());
            impl $crate::TimerKind for $name {
                const NAMES: &'static [&'static str] = &$crate::macros::join::<COUNT>(TABLES);
                const SETTINGS: &'static [&'static str] = &$crate::macros::join::<COUNT>(SETTINGS);
                #[inline]
                fn index(self) -> usize {
                    #[allow(unreachable_patterns)]
                    let inner = match self {
                        $($($name::$variant(inner) => <$inner as $crate::TimerKind>::index(inner),)?)+
                        _ => 0,
                    };
                    let before = match self {
                        $($name::$variant { .. } => {
                            const { $crate::macros::count(TABLES, Position::$variant as usize) }
                        })+
                    };
                    before + inner
                }
                #[inline]
                fn at(index: usize) -> $name {
                    $(
                        let first = const { $crate::macros::count(TABLES, Position::$variant as usize) };
                        if index - first < const { TABLES[Position::$variant as usize].len() } {
                            return $name::$variant $((<$inner as $crate::TimerKind>::at(index - first)))?;
                        }
                    )+
                    panic!("there is no timer {index}")
                }
            }
            $($(impl From<$inner> for $name {
                #[inline]
                fn from(inner: $inner) -> $name {
                    $name::$variant(inner)
                }
            })?)+
        };
    };
    (@names ($inner:ty)) => { <$inner as $crate::TimerKind>::NAMES };
    (@names $text:literal) => { &[$text] };
    (@settings ($inner:ty)) => { <$inner as $crate::TimerKind>::SETTINGS };
    (@settings $text:literal) => { &[""] };
    (@settings $text:literal $setting:literal) => { &[$setting] };
}

/// The lines of an algorithm's pseudo-code. Made by [`rules!`](crate::rules).
pub trait RuleKind: Copy + Debug + 'static {
    /// The lines in order; leading spaces are their indentation. Rule `R1` is the first.
    const TEXTS: &'static [&'static str];
    /// The number of the rule, from 1.
    fn number(self) -> u32;
}

/// Declares an algorithm's pseudo-code, one rule per line. A rule's number is its position, and a handler that carries it
/// out says so by name: `cx.fired(Rule::Lead)`.
///
/// ```
/// election_protocol::rules! {
///     /// The pseudo-code.
///     pub enum Rule {
///         Timeout = "on election timeout:",
///         Lead = "  a quorum voted: lead",
///     }
/// }
/// use election_protocol::RuleKind as _;
/// assert_eq!((Rule::Lead.number(), Rule::TEXTS[1]), (2, "  a quorum voted: lead"));
/// ```
#[macro_export]
macro_rules! rules {
    ($(#[$doc:meta])* pub enum $name:ident { $($variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $(#[doc = concat!("`", $text, "`")] $variant,)+ }
        impl $crate::RuleKind for $name {
            const TEXTS: &'static [&'static str] = &[$($text),+];
            #[inline]
            fn number(self) -> u32 {
                self as u32 + 1
            }
        }
    };
}

/// Declares what an algorithm's messages look like from outside: the name of each, what it is counted as, and the
/// numbers that its record keeps. The enum holds a record with its numbers by name: a message is converted to
/// one to be recorded, and a forged message is made from one.
///
/// ```
/// election_protocol::messages! {
///     /// The messages, as a trace shows them.
///     pub enum Recorded {
///         Probe = "PROBE", Election { id = "id", hops = "hops" };
///         Ack = "ACK", Liveness;
///     }
/// }
/// use election_protocol::MsgRecord;
/// let record = MsgRecord::from(Recorded::Probe { id: 7, hops: 1 });
/// assert_eq!((record.kind, record.args), (0, [7, 1, 0, 0, 0]));
/// assert_eq!(Recorded::read(&record), Some(Recorded::Probe { id: 7, hops: 1 }));
/// assert_eq!(Recorded::TABLE[0].args, ["id", "hops"]);
/// ```
#[macro_export]
macro_rules! messages {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($variant:ident = $text:literal, $class:ident $({ $($arg:ident = $word:literal),+ $(,)? })?;)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant $({ $(#[doc = concat!("`", $word, "`")] $arg: u32),+ })?,)+
        }
        impl $name {
            /// The kinds of messages, in the order of their numbers.
            pub const TABLE: &'static [$crate::MessageInfo] = &[$($crate::MessageInfo {
                name: $text,
                class: $crate::Class::$class,
                args: &[$($($word),+)?],
            }),+];
        }
        const _: () = {
            enum Kind { $($variant),+ }
            impl From<$name> for $crate::MsgRecord {
                #[inline]
                fn from(message: $name) -> $crate::MsgRecord {
                    match message {
                        $($name::$variant $({ $($arg),+ })? => $crate::MsgRecord {
                            kind: Kind::$variant as u8,
                            args: $crate::macros::args([$($($arg),+)?]),
                        },)+
                    }
                }
            }
            impl $name {
                /// The message with these numbers; `None` if there is no such kind.
                pub fn read(record: &$crate::MsgRecord) -> Option<$name> {
                    #[allow(unused_mut, unused_variables)]
                    let mut numbers = record.args.iter().copied();
                    $(if record.kind == Kind::$variant as u8 {
                        return Some($name::$variant $({ $($arg: numbers.next()?),+ })?);
                    })+
                    None
                }
            }
        };
    };
}

/// The words that a setting may be set to, as an enum. Made by [`choices!`](crate::choices).
pub trait Choice: Copy + Debug + 'static {
    /// The words, in the order of the variants: what [`Kind::Choice`](election_language::vocabulary::Kind::Choice)
    /// holds.
    const WORDS: &'static [&'static str];
    /// The variant of the word at a position.
    fn at(position: usize) -> Self;
}

/// Declares what a setting may be set to: a word for each variant.
///
/// ```
/// election_protocol::choices! {
///     /// What happens to a request with a lower term.
///     pub enum Stale {
///         /// It is refused.
///         Reply = "reply",
///         /// Nothing.
///         Ignore = "ignore",
///     }
/// }
/// use election_protocol::Choice as _;
/// assert_eq!((Stale::WORDS[1], Stale::at(1)), ("ignore", Stale::Ignore));
/// ```
#[macro_export]
macro_rules! choices {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        $vis enum $name { $($(#[$vdoc])* $variant,)+ }
        impl $crate::Choice for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];
            fn at(position: usize) -> $name {
                [$($name::$variant),+][position]
            }
        }
    };
}

/// The commands that an algorithm takes. Made by [`commands!`](crate::commands!).
pub trait CommandKind: Copy + Debug + 'static {
    /// The commands as a scenario gives them, in the order of the variants.
    const WORDS: &'static [CommandWord];
    /// The command at a position.
    fn at(position: usize) -> Self;
}

/// Declares the commands that an algorithm takes: one of those that several take, or a word of its own.
///
/// ```
/// election_protocol::commands! {
///     /// What a scenario can tell a member to do.
///     pub enum Command {
///         /// Start an election.
///         Campaign = election_protocol::commands::CAMPAIGN,
///     }
/// }
/// use election_protocol::CommandKind as _;
/// assert_eq!((Command::WORDS[0].name, Command::at(0)), ("campaign", Command::Campaign));
/// ```
#[macro_export]
macro_rules! commands {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:expr,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }
        impl $crate::CommandKind for $name {
            const WORDS: &'static [$crate::CommandWord] = &[$($word),+];
            fn at(position: usize) -> $name {
                [$($name::$variant),+][position]
            }
        }
    };
}

/// What a node of an algorithm can be, in its own words. Made by [`roles!`](crate::roles).
pub trait RoleKind: Copy + Debug + 'static {
    /// The words, in the order of the variants.
    const NAMES: &'static [&'static str];
    /// The position in [`RoleKind::NAMES`].
    fn index(self) -> usize;
    /// What it is in terms that every algorithm shares.
    fn counts_as(self) -> Role;
    /// The word.
    fn name(self) -> &'static str {
        Self::NAMES[self.index()]
    }
}

/// Declares what a node can be: a word for each role, and what it counts as.
///
/// ```
/// election_protocol::roles! {
///     /// What a member is.
///     pub enum Part {
///         /// Gets the log, and has no vote.
///         Learner = "learner" as Idle,
///         /// Believes that it leads.
///         Leader = "leader" as Leader,
///     }
/// }
/// use election_protocol::{Role, RoleKind as _};
/// assert_eq!((Part::Learner.name(), Part::Learner.counts_as()), ("learner", Role::Idle));
/// ```
#[macro_export]
macro_rules! roles {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal as $role:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }
        impl $crate::RoleKind for $name {
            const NAMES: &'static [&'static str] = &[$($word),+];
            #[inline]
            fn index(self) -> usize {
                self as usize
            }
            #[inline]
            fn counts_as(self) -> $crate::Role {
                match self {
                    $($name::$variant => $crate::Role::$role,)+
                }
            }
        }
    };
}

/// What the macros above are made of.
#[doc(hidden)]
pub mod macros {
    use super::ARGS_MAX;

    /// How many entries the first `end` tables have in total.
    pub const fn count(tables: &[&[&str]], end: usize) -> usize {
        let (mut i, mut sum) = (0, 0);
        while i < end {
            sum += tables[i].len();
            i += 1;
        }
        sum
    }

    /// The tables one after the other; `N` is how many entries they have in total.
    pub const fn join<const N: usize>(tables: &[&[&'static str]]) -> [&'static str; N] {
        let mut all = [""; N];
        let (mut i, mut end) = (0, 0);
        while i < tables.len() {
            let mut k = 0;
            while k < tables[i].len() {
                all[end] = tables[i][k];
                end += 1;
                k += 1;
            }
            i += 1;
        }
        all
    }

    /// These numbers; the others are 0.
    #[inline]
    pub const fn args<const N: usize>(numbers: [u32; N]) -> [u32; ARGS_MAX] {
        const { assert!(N <= ARGS_MAX, "a message's record has room for ARGS_MAX numbers") };
        let mut all = [0; ARGS_MAX];
        let mut i = 0;
        while i < N {
            all[i] = numbers[i];
            i += 1;
        }
        all
    }
}
