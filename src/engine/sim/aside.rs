//! What a state keeps only to explain itself.

use core::hash::{Hash, Hasher};

/// Kept beside the state: by which event something came about. It influences nothing, so no digest takes it in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aside<T>(pub T);

impl<T> Hash for Aside<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
