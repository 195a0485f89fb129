//! Who wrote last to the protected resource.

use crate::trace::Place;

/// A write that the resource accepted: its token, the number of the belief in which it was sent, and whose it is.
/// Tokens order writes; beliefs do where there are none, or two writers show the same.
type Write = (u64, u32, Place);

/// The newest writers.
#[derive(Clone, Debug, Default)]
pub struct Writers {
    newest: Option<Write>,
    /// The newest write of another node than that.
    second: Option<Write>,
}

impl Writers {
    /// Takes in a write that was accepted. Whose newer write was accepted before, if another node's was. A node that
    /// led twice may be overtaken by itself: that is no conflict.
    pub fn accepted(&mut self, write: Write) -> Option<Place> {
        let of_another = |it: &Write| it.2 != write.2;
        let newer = |it: &Write| (write.0, write.1) < (it.0, it.1);
        let rival = self.newest.filter(of_another).or(self.second.filter(of_another));
        if !self.newest.is_some_and(|it| newer(&it)) {
            self.second = rival;
            self.newest = Some(write);
        } else if self.newest.is_some_and(|it| of_another(&it)) && !self.second.is_some_and(|it| newer(&it)) {
            self.second = Some(write);
        }
        rival.filter(newer).map(|it| it.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_superseded_by_a_newer_one_of_any_other_node() {
        let mut writers = Writers::default();
        let mut accepted = |token, place| writers.accepted((token, 0, place));
        assert_eq!((accepted(1, 1), accepted(3, 2), accepted(5, 1)), (None, None, None));
        // 1 has written since, but 2 had come after this.
        assert_eq!(accepted(2, 1), Some(2));
        assert_eq!((accepted(4, 1), accepted(4, 2), accepted(5, 1)), (None, Some(1), None));
        assert_eq!((accepted(6, 3), accepted(4, 3), accepted(5, 1)), (None, Some(1), Some(3)));
    }

    #[test]
    fn without_tokens_the_later_belief_counts() {
        let mut writers = Writers::default();
        assert_eq!(writers.accepted((0, 2, 1)), None);
        assert_eq!(writers.accepted((0, 1, 2)), Some(1));
        assert_eq!(writers.accepted((0, 3, 2)), None);
    }
}
