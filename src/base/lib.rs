//! Basic types: node ids, the two kinds of time, spans, epochs and random draws.
//!
//! Everything here is an integer of explicit width. State contains no floats and no `usize`: the same text must play
//! the same run on a 64-bit machine and in 32-bit WebAssembly.

// The simulation uses no floats and prints nothing.
#![deny(clippy::float_arithmetic, clippy::print_stdout, clippy::print_stderr)]

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::{Add, AddAssign, Sub};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng};

/// The largest number of members in a lane.
pub const NODES_MAX: usize = 128;
/// The largest number of lanes side by side.
pub const LANES_MAX: usize = 8;
/// The largest number of coordination service nodes in a lane.
pub const SERVICES_MAX: usize = 8;

/// The id of a process on the network.
///
/// Ids 1 to 65535 are members, which algorithms compare. Higher ids belong to the nodes of a coordination
/// service and to the protected resource. These are not members and do not count towards `n`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NodeId(pub u32);

impl NodeId {
    /// No node. Never a node's id; fills fields of fixed-size records that do not apply.
    pub const NONE: NodeId = NodeId(0);
    /// The protected resource that believed leaders write to.
    pub const STORE: NodeId = NodeId(0x2_0000);

    /// Node `k` of the coordination service, from 0.
    pub const fn service(k: u32) -> NodeId {
        NodeId(0x1_0000 + k)
    }

    /// True for members of the group, which can be elected.
    pub const fn is_member(self) -> bool {
        1 <= self.0 && self.0 <= 0xffff
    }

    /// True for a node of the coordination service.
    pub const fn is_service(self) -> bool {
        0x1_0000 <= self.0 && self.0 < 0x1_0000 + SERVICES_MAX as u32
    }

    /// `None` for [`NodeId::NONE`], the id itself otherwise.
    pub fn some(self) -> Option<NodeId> {
        (self != NodeId::NONE).then_some(self)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            NodeId::NONE => f.write_str("none"),
            NodeId::STORE => f.write_str("store"),
            id if id.0 == 0x1_0000 => f.write_str("service"),
            id if id.is_service() => write!(f, "s{}", id.0 - 0x1_0000 + 1),
            id => write!(f, "{}", id.0),
        }
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The part of a state that only serves to explain it: the event that created something, or what only pictures show. It
/// influences nothing, so digests exclude it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aside<T>(pub T);

impl<T> Hash for Aside<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// The simulation's true time, in microseconds since its start. Nodes cannot read it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct SimTime(pub u64);

impl SimTime {
    /// The start of every run.
    pub const ZERO: SimTime = SimTime(0);
    /// Later than any event.
    pub const NEVER: SimTime = SimTime(u64::MAX);
}

/// The reading of a node's own clock, in microseconds. It has its own rate and offset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct LocalTime(pub i64);

/// A length of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Span(pub u64);

impl Span {
    /// The empty span.
    pub const ZERO: Span = Span(0);

    /// `ms` milliseconds.
    #[track_caller]
    pub const fn ms(ms: u64) -> Span {
        Span(ms * 1_000)
    }

    /// `s` seconds.
    #[track_caller]
    pub const fn s(s: u64) -> Span {
        Span(s * 1_000_000)
    }

    /// This span times `num/den`, rounded down.
    #[track_caller]
    pub const fn times(self, num: u64, den: u64) -> Span {
        Span(self.0 * num / den)
    }
}

impl fmt::Display for Span {
    /// Exact, in the most readable unit, in the syntax of scenarios: `250us`, `1.5ms`, `9.008472s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name, width) = match self.0 {
            0 => return f.write_str("0"),
            1..1_000 => (1, "us", 0),
            1_000..1_000_000 => (1_000, "ms", 3),
            _ => (1_000_000, "s", 6),
        };
        let (whole, rest) = (self.0 / unit, self.0 % unit);
        if rest == 0 {
            return write!(f, "{whole}{name}");
        }
        let digits = format!("{rest:0width$}");
        write!(f, "{whole}.{}{name}", digits.trim_end_matches('0'))
    }
}

impl fmt::Display for SimTime {
    /// The time since the start, as a [`Span`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

impl Add<Span> for SimTime {
    type Output = SimTime;
    fn add(self, span: Span) -> SimTime {
        SimTime(self.0.saturating_add(span.0))
    }
}

impl Sub for SimTime {
    type Output = Span;
    /// The time from `earlier` to here; zero if `earlier` is later.
    fn sub(self, earlier: SimTime) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl AddAssign<Span> for SimTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Add<Span> for LocalTime {
    type Output = LocalTime;
    fn add(self, span: Span) -> LocalTime {
        LocalTime(self.0.saturating_add(span.0 as i64))
    }
}

impl Sub for LocalTime {
    type Output = Span;
    /// The time from `earlier` to here; zero if `earlier` is later (the clock may have been set back).
    fn sub(self, earlier: LocalTime) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

/// A span drawn uniformly from `lo` (inclusive) to `hi` (exclusive); the constant `lo` if both are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct SpanRange {
    /// The shortest possible span.
    pub lo: Span,
    /// The exclusive upper bound, or `lo` for a constant. Never below `lo`.
    pub hi: Span,
}

impl SpanRange {
    /// Always `span`.
    pub const fn exactly(span: Span) -> SpanRange {
        SpanRange { lo: span, hi: span }
    }

    /// Uniform in `[lo, hi)`.
    ///
    /// # Panics
    /// If `hi < lo`.
    #[track_caller]
    pub const fn new(lo: Span, hi: Span) -> SpanRange {
        assert!(lo.0 <= hi.0);
        SpanRange { lo, hi }
    }

    /// The span selected by 64 random bits.
    #[inline]
    pub fn pick(self, bits: u64) -> Span {
        Span(self.lo.0 + below(bits, self.hi.0 - self.lo.0))
    }
}

impl From<Span> for SpanRange {
    fn from(span: Span) -> SpanRange {
        SpanRange::exactly(span)
    }
}

impl fmt::Display for SpanRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lo == self.hi { write!(f, "{}", self.lo) } else { write!(f, "{}..{}", self.lo, self.hi) }
    }
}

/// The one-way delay of a message: usually drawn from a range, occasionally from a long tail above it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Delay {
    /// The usual delay.
    pub range: SpanRange,
    /// The share of messages that take longer, in millionths; 0 for no tail.
    pub tail_ppm: u32,
    /// The longest delay in the tail, at least the end of the range. Zero for no tail.
    pub tail_max: Span,
}

impl Delay {
    /// The longest possible delay.
    pub fn max(self) -> Span {
        if self.tail_ppm > 0 { self.tail_max } else { self.range.hi }
    }

    /// The delay selected by random bits; `tail` decides whether `bits` draws from the tail.
    #[inline]
    pub fn pick(self, bits: u64, tail: u64) -> Span {
        if self.tail_ppm > 0 && chance(tail, self.tail_ppm) {
            return self.pick_tail(bits);
        }
        // A constant needs no arithmetic.
        if self.range.lo == self.range.hi { self.range.lo } else { self.range.pick(bits) }
    }

    /// A delay in the tail: the chance that it exceeds `x` falls as `1/x` (a Pareto distribution with α = 1,
    /// cut off at `tail_max`), so most of these messages are slightly late and a few are very late.
    #[inline(never)]
    fn pick_tail(self, bits: u64) -> Span {
        let (from, to) = (u128::from(self.range.hi.0.max(1)), u128::from(self.tail_max.0.max(1)));
        // from / u, with u uniform between from/to and 1, in integer arithmetic.
        let part = u128::from(bits >> 32);
        let divisor = from + (((to - from.min(to)) * part) >> 32);
        Span((from * to / divisor) as u64)
    }
}

impl From<SpanRange> for Delay {
    fn from(range: SpanRange) -> Delay {
        Delay { range, tail_ppm: 0, tail_max: Span::ZERO }
    }
}

/// True for `ppm` of a million values of `bits`.
#[inline]
pub fn chance(bits: u64, ppm: u32) -> bool {
    ((bits >> 32) * 1_000_000) >> 32 < u64::from(ppm)
}

/// A term, an epoch or a generation; 0 for none.
pub type Epoch = u64;

/// A number below `bound` from 64 random bits; 0 if `bound` is 0 or 1.
///
/// Multiplies the upper 32 bits by the bound (Lemire 2019, without the rejection step: for the spans used
/// here the bias is below one in ten thousand). This needs only 64-bit arithmetic, so it is as fast in
/// WebAssembly. Bounds above 2^32 (over 71 minutes) use the remainder instead.
#[inline]
pub fn below(bits: u64, bound: u64) -> u64 {
    if bound <= 1 {
        0
    } else if bound <= 1 << 32 {
        ((bits >> 32) * bound) >> 32
    } else {
        bits % bound
    }
}

/// 64 well-mixed bits for a key: the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
#[inline]
pub const fn mix(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A node's stream of random numbers: xoshiro256++ (Blackman, Vigna 2021), seeded from the scenario's seed
/// and the node's id, so that other nodes and lanes do not affect it.
#[derive(Clone, Debug)]
pub struct Rng {
    stream: Xoshiro256PlusPlus,
    drawn: u64,
}

impl Rng {
    /// Stream number `stream` of the run seeded with `seed`.
    pub fn new(seed: u64, stream: u64) -> Rng {
        Rng { stream: Xoshiro256PlusPlus::seed_from_u64(mix(mix(seed) ^ stream)), drawn: 0 }
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.drawn += 1;
        self.stream.next_u64()
    }
}

impl Rng {
    /// How many numbers have been drawn.
    pub fn drawn(&self) -> u64 {
        self.drawn
    }
}

impl Hash for Rng {
    /// The number of draws identifies the position: the seed never changes within a run.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.drawn);
    }
}

/// A 64-bit digest of fixed-width words, the same on every platform.
///
/// As a [`Hasher`] it widens `usize` and `isize`, so that `#[derive(Hash)]` gives the same digest natively
/// and in WebAssembly (the standard hasher does not).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Digest {
        Digest(0x243f_6a88_85a3_08d3)
    }
}

impl Digest {
    /// Adds one word.
    #[inline]
    pub fn word(&mut self, word: u64) {
        let x = (self.0 ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
        self.0 = x ^ (x >> 32);
    }

    /// The digest of all words so far.
    pub fn value(self) -> u64 {
        mix(self.0)
    }
}

impl Digest {
    /// Like [`Digest::word`], but out of line for rarely digested fields: inlined at every field of a state,
    /// it would add several kilobytes per algorithm.
    #[inline(never)]
    fn hashed(&mut self, word: u64) {
        self.word(word);
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.value()
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.hashed(u64::from_le_bytes(word));
        }
        self.hashed(bytes.len() as u64);
    }
    fn write_u8(&mut self, i: u8) {
        self.hashed(i.into());
    }
    fn write_u16(&mut self, i: u16) {
        self.hashed(i.into());
    }
    fn write_u32(&mut self, i: u32) {
        self.hashed(i.into());
    }
    fn write_u64(&mut self, i: u64) {
        self.hashed(i);
    }
    fn write_usize(&mut self, i: usize) {
        self.hashed(i as u64);
    }
    fn write_i32(&mut self, i: i32) {
        self.hashed(i as i64 as u64);
    }
    fn write_i64(&mut self, i: i64) {
        self.hashed(i as u64);
    }
    fn write_isize(&mut self, i: isize) {
        self.hashed(i as i64 as u64);
    }
}

/// Sorts by two numbers; the sort is stable. Meant for rare use: it sorts keys together with their positions,
/// so that all element types share one copy of the sorting code.
#[inline(never)]
pub fn sort_by_numbers<T>(items: &mut [T], key: impl Fn(&T) -> (u64, u64)) {
    let mut order: Vec<(u64, u64, u32)> = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let (high, low) = key(item);
        order.push((high, low, position as u32));
    }
    sort_numbers(&mut order);
    // Each cycle of the permutation is followed once; elements in their final place are marked as such.
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = order[at].2 as usize;
            order[at].2 = at as u32;
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sorts triples of numbers.
#[inline(never)]
pub fn sort_numbers(all: &mut [(u64, u64, u32)]) {
    all.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorting_by_numbers_is_a_stable_sort() {
        let mut rng = Rng::new(3, 0);
        for length in 0..200 {
            let mut items: Vec<(u64, u32)> = (0..length).map(|i| (below(rng.bits(), 20), i)).collect();
            let mut sorted = items.clone();
            sorted.sort();
            sort_by_numbers(&mut items, |item| (item.0 / 8, item.0 % 8));
            assert_eq!(items, sorted);
        }
    }

    #[test]
    fn spans_print_in_the_units_of_the_language() {
        let cases = [(0, "0"), (250, "250us"), (1_500, "1.5ms"), (2_000_000, "2s"), (1_234_567, "1.234567s")];
        for (us, text) in cases {
            assert_eq!(Span(us).to_string(), text);
        }
        assert_eq!(Span(12_000_500).to_string(), "12.0005s");
        assert_eq!(SpanRange::new(Span::ms(5), Span::ms(15)).to_string(), "5ms..15ms");
    }

    #[test]
    fn a_delay_has_its_specified_tail() {
        let range = SpanRange::new(Span::ms(5), Span::ms(15));
        let delay = Delay { range, tail_ppm: 100_000, tail_max: Span::ms(1_500) };
        let mut rng = Rng::new(1, 0);
        let drawn: Vec<u64> = (0..100_000).map(|_| delay.pick(rng.bits(), rng.bits()).0).collect();
        let share = |above: u64| drawn.iter().filter(|&&d| above <= d).count();
        // A tenth lies in the tail; a tenth of that is above ten times its start, since the chance falls as
        // 1/x.
        assert!((9_500..10_500).contains(&share(15_000)), "{}", share(15_000));
        assert!((700..1_100).contains(&share(150_000)), "{}", share(150_000));
        assert!(drawn.iter().all(|&d| (5_000..=1_500_000).contains(&d)));
        let none = Delay::from(range);
        assert!((0..1_000).all(|_| none.pick(rng.bits(), rng.bits()) < Span::ms(15)));
        assert_eq!((delay.max(), none.max()), (Span::ms(1_500), Span::ms(15)));
    }

    #[test]
    fn draws_stay_below_their_bound_and_reach_both_ends() {
        let mut rng = Rng::new(42, 1);
        let mut seen = [0u32; 10];
        for _ in 0..10_000 {
            seen[below(rng.bits(), 10) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!(below(u64::MAX, 0), 0);
        assert_eq!(below(u64::MAX, 1 << 32), (1 << 32) - 1);
    }

    #[test]
    fn a_stream_is_named_and_portable() {
        // Determined by rand's xoshiro256++ and its seeding; a change here breaks every link.
        let mut rng = Rng::new(42, 3);
        let first: Vec<u64> = (0..3).map(|_| rng.bits()).collect();
        assert_eq!(first, [18183147227428793444, 16505251536789924710, 10952811722192729268]);
    }
}
