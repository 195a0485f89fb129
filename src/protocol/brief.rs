//! An algorithm's [`Info`] in brief: without the texts that only explain, which a module for a page leaves out.

use core::marker::PhantomData;

use election_language::vocabulary::{Arity, InitWord, Kind, Setting};

use super::{Claim, Info, Property, Protocol, RULES_MAX};

/// What the simulator and everything above it know about an algorithm.
///
/// On native targets this is all of [`Protocol::INFO`]. In WebAssembly, texts that only explain are empty: the summary,
/// sources, rules, reasons for claims, fidelity notes, and the descriptions of settings and `init` words. A page fetches
/// them on demand, which keeps the module small. Therefore no run, verdict or error may use these texts.
pub const fn info<P: Protocol>() -> &'static Info {
    if cfg!(target_arch = "wasm32") { &Brief::<P>::INFO } else { P::INFO }
}

/// The largest number of settings, of claims and of `init` words of one algorithm.
const ENTRIES_MAX: usize = 32;

/// The tables of an algorithm without these texts.
struct Brief<P>(PhantomData<P>);

impl<P: Protocol> Brief<P> {
    const RULES: &'static [&'static str; RULES_MAX] = &[""; RULES_MAX];
    const CLAIMS: &'static [Claim; ENTRIES_MAX] = &claims(P::INFO.claims);
    const SETTINGS: &'static [Setting; ENTRIES_MAX] = &settings(P::INFO.settings);
    const INIT: &'static [InitWord; ENTRIES_MAX] = &init(P::INFO.init);
    const INFO: Info = Info {
        summary: "",
        source: "",
        rules: Self::RULES.split_at(P::INFO.rules.len()).0,
        claims: Self::CLAIMS.split_at(P::INFO.claims.len()).0,
        settings: Self::SETTINGS.split_at(P::INFO.settings.len()).0,
        init: Self::INIT.split_at(P::INFO.init.len()).0,
        fidelity: &[],
        ..*P::INFO
    };
}

/// Defines a function that copies a table and empties these fields of its entries.
macro_rules! without {
    ($name:ident: $type:ident, $($field:ident),+; $blank:expr) => {
        const fn $name(all: &[$type]) -> [$type; ENTRIES_MAX] {
            let mut brief = [$blank; ENTRIES_MAX];
            let mut i = 0;
            while i < all.len() {
                brief[i] = $type { $($field: "",)+ ..all[i] };
                i += 1;
            }
            brief
        }
    };
}

without!(claims: Claim, because; Claim { property: Property::ALL[0], assumes: &[], because: "" });
without!(settings: Setting, doc, source;
    Setting { name: "", kind: Kind::Switch, default: "", doc: "", source: "", live: false });
without!(init: InitWord, doc; InitWord { name: "", arity: Arity::One, doc: "" });
