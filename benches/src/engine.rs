//! The engine of election playground under the workload of [`crate::reference`].

/// Plays `seconds` simulated seconds of Raft with `n` nodes through the public interface of the library, with or
/// without the trace, and gives back how many messages were delivered.
///
/// `None` as long as the library has no engine to play with: the table then shows the reference alone.
pub fn engine(n: u32, seconds: u32, traced: bool) -> Option<u64> {
    let _ = (n, seconds, traced);
    None
}
