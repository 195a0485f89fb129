//! The protected resource: a store that every believer writes to, presenting its token if it has one.

/// The store of a lane. Part of the state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Resource {
    /// Whether tokens below the highest one seen are rejected.
    pub fencing: bool,
    /// The highest token seen; 0 if none was.
    pub token_max: u64,
    /// How many writes were accepted.
    pub accepted: u64,
    /// How many were rejected.
    pub rejected: u64,
}

impl Resource {
    /// Accepts or rejects a write. Without a token (0), there is nothing to check.
    pub fn write(&mut self, token: u64) -> bool {
        let accepted = !self.fencing || token == 0 || self.token_max <= token;
        if accepted {
            self.accepted += 1;
            self.token_max = self.token_max.max(token);
        } else {
            self.rejected += 1;
        }
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fence_rejects_only_from_the_first_newer_write_onward() {
        let mut store = Resource { fencing: true, ..Resource::default() };
        assert!(store.write(33));
        // The new leader has not written yet: the stale write still lands.
        assert!(store.write(33));
        assert!(store.write(34));
        assert!(!store.write(33));
        assert!(store.write(34));
        let mut open = Resource::default();
        assert!(open.write(34) && open.write(33));
    }
}
