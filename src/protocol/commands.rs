//! Commands that several algorithms take, so that they are called the same. An algorithm may have others of its own.

use election_language::vocabulary::{CommandWord, Effect, Form, Offered};

/// Start an election.
pub const CAMPAIGN: CommandWord = CommandWord {
    name: "campaign",
    label: "Campaign",
    doc: "The node acts as if its failure detector had fired.",
    form: Form::Each,
    offered: Offered::Others,
    effect: Effect::Suspicion,
};

/// Hand leadership over.
pub const TRANSFER: CommandWord = CommandWord {
    name: "transfer",
    label: "Transfer",
    doc: "The leader hands over to another node, or to the one that it picks itself.",
    form: Form::Pair,
    offered: Offered::Never,
    effect: Effect::None,
};

/// Give leadership up.
pub const STEP_DOWN: CommandWord = CommandWord {
    name: "step-down",
    label: "Step down",
    doc: "The leader gives up its leadership of its own will.",
    form: Form::Each,
    offered: Offered::Leaders,
    effect: Effect::None,
};

/// End the session with the coordination service.
pub const CLOSE: CommandWord = CommandWord {
    name: "close",
    label: "Close session",
    doc: "The node ends its session with the service cleanly.",
    form: Form::Each,
    offered: Offered::Everyone,
    effect: Effect::Departure,
};

/// End a node's session at the coordination service.
pub const EXPIRE: CommandWord = CommandWord {
    name: "expire",
    label: "Expire session",
    doc: "The service ends the session of the node.",
    form: Form::ToService,
    offered: Offered::Everyone,
    effect: Effect::Expiry,
};
