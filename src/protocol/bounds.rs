//! Limits on the tables of an algorithm. An algorithm that exceeds the simulator's limits does not compile.

use super::{
    Agreement, Authority, CommandKind, GroupInfo, Info, Protocol, RoleKind, RuleKind, Seats, TimerKind,
};

/// The largest number of timers of one algorithm, including those of its parts.
pub const TIMERS_MAX: usize = 12;
/// The largest number of rules of one algorithm: they are kept as bits of a word.
pub const RULES_MAX: usize = 63;
/// The largest number of kinds of messages of one algorithm.
pub const MESSAGE_KINDS_MAX: usize = 32;
/// How many numbers the record of a message, or of a disk, holds.
pub const ARGS_MAX: usize = 5;

/// Refuses to compile an algorithm whose tables are larger than the simulator's, or whose [`Info`] names tables other
/// than its own.
pub const fn check<P: Protocol>() {
    const {
        timers_fit::<P::Timer>();
        let info: &Info = P::INFO;
        assert!(info.rules.len() <= RULES_MAX, "too many rules: they are kept as bits of a word");
        assert!(
            same(info.rules, <P::Rule as RuleKind>::TEXTS),
            "Info::rules must be the texts of Protocol::Rule"
        );
        assert!(
            same(info.roles, <P::Role as RoleKind>::NAMES),
            "Info::roles must be the names of Protocol::Role"
        );
        let commands = <P::Command as CommandKind>::WORDS;
        assert!(
            info.commands.len() == commands.len(),
            "Info::commands must be the words of Protocol::Command"
        );
        let mut i = 0;
        while i < commands.len() {
            assert!(
                same(&[info.commands[i].name], &[commands[i].name]),
                "Info::commands must be the words of Protocol::Command"
            );
            i += 1;
        }
        assert!(info.messages.len() <= MESSAGE_KINDS_MAX, "too many kinds of messages");
        assert!(info.disk.len() <= ARGS_MAX, "too many numbers of a disk");
        groups_fit(info);
        let mut i = 0;
        while i < info.messages.len() {
            assert!(info.messages[i].args.len() <= ARGS_MAX, "too many numbers of a message");
            i += 1;
        }
    }
}

/// Rejects impossible groups: a service is led by its own nodes, and the primary is the node that leads it.
const fn groups_fit(info: &Info) {
    assert!(info.groups.len() < u8::MAX as usize, "too many groups: their numbers are bytes");
    let (mut i, mut service) = (0, false);
    while i < info.groups.len() {
        let is_service = same(&[info.groups[i].name], &[GroupInfo::SERVICE]);
        let of_services = matches!(info.groups[i].seats, Seats::Services);
        assert!(
            is_service == of_services,
            "the group of the service's nodes, and no other, is called `service`"
        );
        service |= is_service;
        i += 1;
    }
    let primary = matches!(info.authority, Authority::Service(Agreement::Primary));
    assert!(service || !primary, "a service with a primary needs the group `service`, whose leader it is");
}

/// Refuses to compile with more timers than a node has room for.
///
/// ```
/// election_protocol::timers! {
///     /// As many as there is room for.
///     pub enum Twelve {
///         A = "a", B = "b", C = "c", D = "d", E = "e", F = "f",
///         G = "g", H = "h", I = "i", J = "j", K = "k", L = "l",
///     }
/// }
/// const _: () = election_protocol::timers_fit::<Twelve>();
/// ```
///
/// ```compile_fail
/// election_protocol::timers! {
///     /// One too many.
///     pub enum Thirteen {
///         A = "a", B = "b", C = "c", D = "d", E = "e", F = "f",
///         G = "g", H = "h", I = "i", J = "j", K = "k", L = "l", M = "m",
///     }
/// }
/// const _: () = election_protocol::timers_fit::<Thirteen>();
/// ```
pub const fn timers_fit<T: TimerKind>() {
    const { assert!(T::NAMES.len() <= TIMERS_MAX, "too many timers: raise TIMERS_MAX") };
}

/// Whether two tables hold the same texts.
const fn same(a: &[&str], b: &[&str]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        let (a, b) = (a[i].as_bytes(), b[i].as_bytes());
        let mut k = 0;
        while k < a.len() && k < b.len() && a[k] == b[k] {
            k += 1;
        }
        if k < a.len() || k < b.len() {
            return false;
        }
        i += 1;
    }
    true
}
