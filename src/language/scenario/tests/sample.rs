//! A vocabulary for the tests: four algorithms with settings of every kind.

use crate::vocabulary::{Arity, CommandWord, Effect, Form, InitWord, Kind, Offered, Setting, Words};
use election_base::Span;

const fn setting(name: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting { name, kind, default, doc: "For the tests.", source: "ours", live: !matches!(kind, Kind::Ids) }
}

const fn word(name: &'static str, arity: Arity) -> InitWord {
    InitWord { name, arity, doc: "For the tests." }
}

const fn command(name: &'static str, form: Form) -> CommandWord {
    let (label, doc) = ("", "For the tests.");
    CommandWord { name, label, doc, form, offered: Offered::Everyone, effect: Effect::None }
}

const CAMPAIGN: CommandWord = command("campaign", Form::Each);

const TIMES: Kind = Kind::Range { min: Span::ms(1), max: Span::s(60) };
const TIME: Kind = Kind::Span { min: Span::ms(1), max: Span::s(60) };

pub(in crate::scenario) const SAMPLE: &[Words] = &[
    Words {
        id: "ring",
        settings: &[
            setting("initiators", Kind::Ids, "all"),
            setting("skip", Kind::Switch, "off"),
            setting("retry", TIME, "500ms"),
        ],
        commands: &[CAMPAIGN],
        roles: &["follower", "candidate", "leader"],
        init: &[word("leader", Arity::Member)],
        timers: &["retry"],
        timer_settings: &["retry"],
        messages: &["ELECTION", "ELECTED"],
        message_args: &[&["id", "hops"], &["id"]],
        groups: &[],
        forges: true,
        ticks: false,
        rules: 9,
        fields: &["participant"],
        service: false,
    },
    Words {
        id: "bully",
        settings: &[setting("timeout", TIME, "100ms"), setting("probe-dead", Kind::Switch, "on")],
        commands: &[CAMPAIGN],
        roles: &["follower", "candidate", "leader"],
        init: &[word("leader", Arity::Member)],
        timers: &["answer", "coordinator"],
        timer_settings: &["", ""],
        messages: &["ELECTION", "OK", "COORDINATOR"],
        message_args: &[&[], &[], &[]],
        groups: &[],
        forges: true,
        ticks: false,
        rules: 7,
        fields: &[],
        service: false,
    },
    Words {
        id: "zookeeper",
        settings: &[
            setting("watch", Kind::Choice(&["predecessor", "herd"]), "predecessor"),
            setting("tick-time", TIME, "200ms"),
        ],
        commands: &[command("close", Form::Each), command("expire", Form::ToService)],
        roles: &["follower", "candidate", "leader", "idle", "service"],
        init: &[word("lock", Arity::One), word("age", Arity::One)],
        timers: &["ping", "expiry"],
        timer_settings: &["", ""],
        messages: &["Create", "Watch"],
        message_args: &[&[], &["sequence"]],
        groups: &["service", "east"],
        forges: false,
        ticks: false,
        rules: 12,
        fields: &["session", "znode"],
        service: true,
    },
    Words {
        id: "raft",
        settings: &[
            setting("election-timeout", TIMES, "150ms..300ms"),
            setting("heartbeat", TIME, "50ms"),
            setting("pre-vote", Kind::Switch, "off"),
            setting("batch", Kind::Number { min: 1, max: 64 }, "8"),
        ],
        commands: &[CAMPAIGN, command("transfer", Form::Pair), command("step-down", Form::Each)],
        roles: &["follower", "learner", "pre-candidate", "candidate", "leader"],
        init: &[
            word("leader", Arity::Member),
            word("term", Arity::One),
            word("voted", Arity::MemberOrNone),
            word("log", Arity::Many),
        ],
        timers: &["election", "heartbeat"],
        timer_settings: &["", ""],
        messages: &["RequestVote", "AppendEntries"],
        message_args: &[&["term", "last-index"], &["term", "entries"]],
        groups: &[],
        forges: true,
        ticks: true,
        rules: 20,
        fields: &["term", "log", "vote"],
        service: false,
    },
];
