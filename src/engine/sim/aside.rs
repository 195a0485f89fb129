//! The part of a state that only serves to explain it.

use core::hash::{Hash, Hasher};

/// Kept alongside the state, such as the event that created something. It influences nothing, so digests exclude it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aside<T>(pub T);

impl<T> Hash for Aside<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
