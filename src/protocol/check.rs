//! The comparisons that decide which rules run, with their values, for a reader who wants to know why.

use election_base::{NodeId, Span};

/// A comparison that decided whether a rule runs: `votes 3 >= quorum 3`.
///
/// [`given`] begins one, and a method of [`Given`] completes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
    /// What is compared; may be empty.
    pub left: &'static str,
    /// Its value.
    pub a: u64,
    /// How.
    pub op: Op,
    /// What it is compared with; may be empty.
    pub right: &'static str,
    /// Its value.
    pub b: u64,
    /// What the values are.
    pub unit: Unit,
}

/// What the values of a [`Check`] are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Numbers.
    Number,
    /// Ids of nodes.
    Node,
    /// Microseconds.
    Span,
    /// Whether something is so: 0 or 1.
    Flag,
}

/// How a [`Check`] compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Equal.
    Is,
    /// Not equal.
    IsNot,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Op {
    /// As it is written.
    pub const fn sign(self) -> &'static str {
        ["=", "≠", "<", "≤", "≥", ">"][self as usize]
    }
}

impl Check {
    /// Whether it is true.
    pub const fn holds(&self) -> bool {
        match self.op {
            Op::Is => self.a == self.b,
            Op::IsNot => self.a != self.b,
            Op::Below => self.a < self.b,
            Op::AtMost => self.a <= self.b,
            Op::AtLeast => self.a >= self.b,
            Op::Above => self.a > self.b,
        }
    }
}

/// A value that a rule compares. See [`Check`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amount {
    bits: u64,
    unit: Unit,
}

impl From<u64> for Amount {
    fn from(bits: u64) -> Amount {
        Amount { bits, unit: Unit::Number }
    }
}

impl From<u32> for Amount {
    fn from(number: u32) -> Amount {
        u64::from(number).into()
    }
}

impl From<usize> for Amount {
    fn from(number: usize) -> Amount {
        (number as u64).into()
    }
}

impl From<NodeId> for Amount {
    fn from(id: NodeId) -> Amount {
        Amount { bits: id.0.into(), unit: Unit::Node }
    }
}

impl From<Span> for Amount {
    fn from(span: Span) -> Amount {
        Amount { bits: span.0, unit: Unit::Span }
    }
}

impl From<bool> for Amount {
    fn from(so: bool) -> Amount {
        Amount { bits: so.into(), unit: Unit::Flag }
    }
}

/// The left side of a [`Check`].
#[derive(Clone, Copy, Debug)]
pub struct Given {
    name: &'static str,
    value: Amount,
}

/// Begins a [`Check`]: a value and what it is called, in the words of the pseudo-code.
///
/// ```
/// use election_protocol::given;
/// let check = given("votes", 3u32).at_least("quorum", 3u32);
/// assert!(check.holds());
/// assert!(!given("participant", false).yes().holds());
/// ```
pub fn given(name: &'static str, value: impl Into<Amount>) -> Given {
    Given { name, value: value.into() }
}

impl Given {
    fn check(self, op: Op, right: &'static str, b: Amount) -> Check {
        debug_assert!(self.value.unit == b.unit, "a comparison of unlike values");
        Check { left: self.name, a: self.value.bits, op, right, b: b.bits, unit: b.unit }
    }

    /// It equals the other value.
    pub fn is(self, name: &'static str, other: impl Into<Amount>) -> Check {
        self.check(Op::Is, name, other.into())
    }

    /// It differs from the other value.
    pub fn is_not(self, name: &'static str, other: impl Into<Amount>) -> Check {
        self.check(Op::IsNot, name, other.into())
    }

    /// It is lower than the other value.
    pub fn below(self, name: &'static str, other: impl Into<Amount>) -> Check {
        self.check(Op::Below, name, other.into())
    }

    /// It is at most the other value.
    pub fn at_most(self, name: &'static str, other: impl Into<Amount>) -> Check {
        self.check(Op::AtMost, name, other.into())
    }

    /// It is at least the other value.
    pub fn at_least(self, name: &'static str, other: impl Into<Amount>) -> Check {
        self.check(Op::AtLeast, name, other.into())
    }

    /// It is higher than the other value.
    pub fn above(self, name: &'static str, other: impl Into<Amount>) -> Check {
        self.check(Op::Above, name, other.into())
    }

    /// It is so.
    pub fn yes(self) -> Check {
        self.is("", true)
    }

    /// It is not so.
    pub fn no(self) -> Check {
        self.is("", false)
    }
}
