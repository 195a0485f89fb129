//! The words of the language itself, with their syntax and meaning, and its limits. The parser dispatches over these
//! tables, the page completes from them, and a test compares docs/scenario.md with them.

use election_base::Span;

/// A word of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The word.
    pub name: &'static str,
    /// Its syntax; capitals stand for values to fill in, brackets enclose what is optional.
    pub syntax: &'static str,
    /// What it does, in one sentence. Empty in WebAssembly.
    pub doc: &'static str,
}

const fn entry(name: &'static str, syntax: &'static str, doc: &'static str) -> Entry {
    // The page does not show these sentences, so its engine does not contain them.
    Entry { name, syntax, doc: if cfg!(target_arch = "wasm32") { "" } else { doc } }
}

/// The language version, as `version` gives it.
pub const VERSION: u64 = 1;
/// The longest text, in bytes.
pub const TEXT_MAX: usize = 64 * 1024;
/// The most lines.
pub const LINES_MAX: usize = 4096;
/// The most `at` statements.
pub const ACTS_MAX: usize = 2048;
/// The most `expect` statements.
pub const EXPECTS_MAX: usize = 512;
/// The most `break` statements.
pub const BREAKS_MAX: usize = 64;
/// The most `init` statements.
pub const INITS_MAX: usize = 512;
/// The most errors reported for one text.
pub const ERRORS_MAX: usize = 20;
/// The longest title, in characters.
pub const TITLE_MAX: usize = 200;
/// The most steps of a story: sentences and questions.
pub const STEPS_MAX: usize = 256;
/// The longest sentence of a story, in characters.
pub const SENTENCE_MAX: usize = 280;
/// The longest choice of an answer, in characters.
pub const CHOICE_MAX: usize = 60;
/// The most choices of an answer.
pub const CHOICES_MAX: usize = 6;
/// The longest name of a lane, in characters.
pub const NAME_MAX: usize = 32;
/// The longest time, for a run and everything in it.
pub const TIME_MAX: Span = Span::s(24 * 3600);
/// The furthest a clock can be set.
pub const SKEW_MAX: Span = Span::s(24 * 3600);
/// The largest `k` of `at T+k`.
pub const AFTER_MAX: u64 = 1_000_000;
/// The largest number of a message on its link.
pub const MESSAGE_MAX: u64 = 100_000_000;
/// The largest number after an `init` word and in a comparison.
pub const NUMBER_MAX: u64 = 1 << 53;
/// The minimum default of `until`.
pub const UNTIL_MIN: Span = Span::s(10);
/// The default of `until`: this long after the last time in the text.
pub const UNTIL_REST: Span = Span::s(5);

/// Every statement.
pub const STATEMENTS: &[Entry] = &[
    entry(
        "version",
        "version 1",
        "The language version; if present, it comes first. Every later build plays a text of version 1 the same way and \
         reaches the same verdicts; a change to either becomes version 2.",
    ),
    entry("title", "title TEXT", "What the scenario shows."),
    entry("lanes", "lanes ALGORITHM …", "The algorithms that run side by side."),
    entry(
        "lane",
        "lane NAME = ALGORITHM [SETTING VALUE, …]",
        "Another lane, running a variant of an algorithm.",
    ),
    entry("nodes", "nodes COUNT | nodes ID[=NAME] …", "The members of every lane, in ring order."),
    entry("seed", "seed NUMBER", "The seed of all random numbers."),
    entry("latency", "latency TIMES [with SHARE up to TIME]", "The one-way delay of a message."),
    entry("loss", "loss SHARE", "The share of messages that are lost."),
    entry("duplicate", "duplicate SHARE", "The share of messages that are delivered twice."),
    entry("order", "order fifo|any", "Whether messages on a link may overtake each other."),
    entry(
        "set",
        "set NAME.SETTING VALUE [for ID …]",
        "Changes a setting of a lane, an algorithm or the store.",
    ),
    entry("timers", "timers auto|manual", "Whether timers fire by themselves."),
    entry(
        "phases",
        "phases drawn|lockstep",
        "Whether each process starts and ticks at its own moments, drawn from the seed.",
    ),
    entry(
        "incarnations",
        "incarnations on|off",
        "Whether a message is lost if its receiver has restarted since it was sent.",
    ),
    entry("init", "init LANE [NODE] WORD NUMBER … …", "The state before the first event."),
    entry(
        "at",
        "at TIME[+K] [LANE …:] ACTION | at TIME|end [LANE …:] STEP",
        "An action on the lanes from outside, or a step of the story.",
    ),
    entry("until", "until TIME", "The end of the run."),
    entry(
        "break",
        "break [LANE …] CONDITION | break [LANE …] at TIME[+K]",
        "The playhead stops when this becomes true, or at this time.",
    ),
    entry("expect", "expect [LANE …] CONDITION [WHEN] [SEEDS]", "What a test of this scenario checks."),
];

/// Words that people try, and the words of the language that they may mean.
pub const SYNONYMS: &[(&str, &[&str])] = &[
    ("after", &["at"]),
    ("algorithm", &["lanes"]),
    ("algorithms", &["lanes"]),
    ("assert", &["expect"]),
    ("clock", &["drift", "skew"]),
    ("connect", &["join", "heal"]),
    ("continue", &["resume"]),
    ("disconnect", &["isolate", "cut"]),
    ("end", &["until"]),
    ("fail", &["crash"]),
    ("freeze", &["pause"]),
    ("kill", &["crash"]),
    ("lag", &["latency", "slow"]),
    ("merge", &["heal"]),
    ("node", &["nodes"]),
    ("reboot", &["restart"]),
    ("reconnect", &["join", "heal"]),
    ("sleep", &["pause"]),
    ("split", &["partition"]),
    ("start", &["restart"]),
    ("stop", &["crash", "pause", "until"]),
    ("wake", &["resume"]),
];

/// Every action except the algorithms' commands; see [`crate::vocabulary::Words::commands`].
pub const ACTIONS: &[Entry] = &[
    entry("crash", "crash WHO", "The process dies: volatile state is lost, durable state is kept."),
    entry("restart", "restart WHO", "A crashed process starts again from its durable state."),
    entry("pause", "pause WHO [for TIME]", "The process stops; its clock keeps running."),
    entry("resume", "resume WHO", "A paused process continues."),
    entry("isolate", "isolate WHO", "All links of the node are cut, both ways, except to the store."),
    entry("partition", "partition WHO | WHO …", "Only nodes on the same side reach each other."),
    entry("heal", "heal", "Every cut and every partition ends."),
    entry("cut", "cut LINKS", "The links are cut."),
    entry("join", "join LINKS", "The links are joined again."),
    entry(
        "latency",
        "latency [LINKS] TIMES [with SHARE up to TIME]",
        "The links have this delay from now on.",
    ),
    entry("loss", "loss [LINKS] SHARE", "The links lose this share of messages from now on."),
    entry(
        "duplicate",
        "duplicate [LINKS] SHARE | duplicate MESSAGE",
        "The links deliver this share of messages twice from now on; or the one message arrives twice.",
    ),
    entry("drift", "drift WHO ±SHARE", "The clock runs fast or slow from now on."),
    entry("skew", "skew WHO ±TIME", "The clock is set forward or back."),
    entry("slow", "slow WHO TIME", "The node takes this long to process each message from now on."),
    entry("fire", "fire WHO TIMER", "The named timer fires now, if it is pending."),
    entry(
        "tick",
        "tick WHO COUNT",
        "The node's ticker advances by this many ticks; only with `timers manual`.",
    ),
    entry(
        "write",
        "write [WHO]",
        "A client writes through the node, or by default through each node that believes it leads: into the replicated log if the algorithm has one, otherwise straight to the store. A node that does not believe it leads writes nothing to the store.",
    ),
    entry("drop", "drop MESSAGE", "The pending message is lost."),
    entry(
        "deliver",
        "deliver MESSAGE | deliver all",
        "The pending message arrives now; with `all`, every message arrives until none is pending.",
    ),
    entry(
        "delay",
        "delay MESSAGE TIME | delay WHO TIMER TIME",
        "The pending message arrives, or the named timer fires, this much later.",
    ),
    entry(
        "stonith",
        "stonith WHO",
        "The node is shot, and this is confirmed: it stays down until it is restarted.",
    ),
    entry(
        "set",
        "set NAME.SETTING VALUE [for WHO]",
        "The setting changes from now on, in the lane or at these nodes.",
    ),
    entry("reseed", "reseed NUMBER", "From now on, random numbers come from this seed."),
    entry(
        "send",
        "send ID -> ID MESSAGE [FIELD NUMBER …]",
        "A forged message: it arrives as if the first node had sent it.",
    ),
];

/// Every step of a story. A SENTENCE and a CHOICE stand between `"` and `"`.
pub const STEPS: &[Entry] = &[
    entry(
        "say",
        "say SENTENCE [if CONDITION]",
        "The sentence is told, in the lanes where the condition holds.",
    ),
    entry("ask", "ask SENTENCE", "The playhead stops, and the reader is asked this."),
    entry(
        "answer",
        "answer CONDITION [in LANE …|none] [because SENTENCE] | answer CHOICE [if CONDITION] [in LANE …|none] | … [because SENTENCE]",
        "The answer to the question before it: the lanes where the condition holds, or in each lane the first choice whose condition holds.",
    ),
];

/// Every subject of a condition; the names of properties are subjects too.
pub const SUBJECTS: &[Entry] = &[
    entry("leaders", "leaders [of GROUP] OP NUMBER", "How many nodes believe that they lead."),
    entry(
        "leader",
        "leader [of GROUP] [OP ID|none]",
        "The leader in truth, or the only believer; on its own, whether there is one.",
    ),
    entry(
        "service-leader",
        "service-leader [OP ID|none]",
        "The leader that the nodes of the coordination service have elected among themselves: `leader of service`.",
    ),
    entry(
        "node",
        "node WHO FIELD [OP] TEXT | node WHO order RULE …",
        "A field of a node's view, or whether the node has applied these rules in this order.",
    ),
    entry(
        "epoch",
        "epoch [of GROUP] OP NUMBER",
        "The highest epoch that any node knows; `term` means the same.",
    ),
    entry("messages", "messages [WHICH] OP NUMBER", "Messages sent so far, not counting duplicates."),
    entry("delivered", "delivered [WHICH] OP NUMBER", "Messages delivered so far."),
    entry("elections", "elections [of GROUP] OP NUMBER", "Elections started so far."),
    entry(
        "failover",
        "failover [detection|election] [of GROUP] OP TIME",
        "The last failover, or a part of it.",
    ),
    entry("failovers", "failovers [of GROUP] OP NUMBER", "Failovers that have ended so far."),
    entry(
        "writes",
        "writes accepted|rejected|conflicting|acknowledged|lost OP NUMBER",
        "Writes so far, to the store and by clients.",
    ),
    entry(
        "time",
        "time no-leader|two-leaders [of GROUP] OP TIME",
        "Time so far without a believer, or with several.",
    ),
    entry("pending", "pending OP NUMBER", "Messages in flight."),
    entry("message", "message MESSAGE FIELD OP NUMBER", "A field of a message, once it has been sent."),
];

/// The words that select nodes by their current state.
pub const ROLES: &[Entry] = &[
    entry(
        "leader",
        "leader [of GROUP]",
        "The leader in truth; if there is none, the newest believer; otherwise no node.",
    ),
    entry(
        "service-leader",
        "service-leader",
        "The leader of the coordination service's own nodes: `leader of service`.",
    ),
    entry("follower", "follower", "The follower with the lowest id."),
    entry("candidate", "candidate", "The candidate with the lowest id."),
    entry("all", "all", "Every member."),
    entry("majority", "majority", "The quorum of the lowest ids that includes the leader."),
    entry("minority", "minority", "The members that are not in the majority."),
];

/// The words for nodes that are not members.
pub const OTHERS: &[Entry] = &[
    entry("service", "service | s1 … s8", "A node of the coordination service; `service` is the first."),
    entry("store", "store", "The protected resource; only as the end of a link."),
];

/// When a condition is checked.
pub const WHENS: &[Entry] = &[
    entry("at", "at TIME | at end", "After all events of that instant, or of the run."),
    entry("by", "by TIME", "At some instant up to and including this one."),
    entry("always", "always", "At every state of the run."),
    entry("eventually", "eventually", "At some state of the run."),
    entry("never", "never", "At no state of the run."),
];

/// What an expectation over many seeds can ask.
pub const SEEDS: &[Entry] = &[
    entry(
        "over",
        "p50|p90|p99|max SUBJECT OP VALUE over COUNT seeds",
        "A quantile of the values that this many runs measure.",
    ),
    entry("of", "in SHARE..SHARE of COUNT seeds", "The share of runs in which the condition is met."),
];

/// The most seeds that an expectation may ask for.
pub const SEEDS_MAX: u64 = 100_000;
/// The most ticks of a `tick`.
pub const TICKS_MAX: u64 = 10_000;

/// The classes of messages.
pub const CLASSES: &[&str] = &["election", "liveness", "service", "data"];

/// The names of a table.
pub(super) fn names(table: &'static [Entry]) -> impl Iterator<Item = &'static str> + Clone {
    table.iter().map(|entry| entry.name)
}

/// The syntax of the word `name` in `table`, for errors.
pub(super) fn syntax(table: &'static [Entry], name: &str) -> &'static str {
    table.iter().find(|entry| entry.name == name).map_or("", |entry| entry.syntax)
}
