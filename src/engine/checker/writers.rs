//! The last writers to the protected resource.

use crate::trace::Place;

/// A write that the resource accepted: its token, the number of the leadership that sent it, and its writer.
type Write = (u64, u32, Place);

/// Detects writes from a writer that another one has superseded. Tokens order writers. If there are none, or two are
/// equal, a writer is superseded by the last one that wrote if that one began to lead later.
#[derive(Clone, Debug, Default)]
pub struct Writers {
    last: Option<Write>,
    /// The write with the highest token.
    newest: Option<Write>,
    /// The write with the highest token of any other node.
    second: Option<Write>,
}

impl Writers {
    /// Records an accepted write. Returns the node that had superseded the writer, if any. A node that led twice may
    /// overtake itself, which is not a conflict.
    pub fn accepted(&mut self, write: Write) -> Option<Place> {
        let of_another = |it: &Write| it.2 != write.2;
        let rival = self.newest.filter(of_another).or(self.second.filter(of_another));
        let by_token = rival.filter(|it| write.0 < it.0);
        let by_belief = self.last.filter(|it| of_another(it) && it.0 == write.0 && write.1 < it.1);
        self.last = Some(write);
        if self.newest.is_none_or(|it| it.0 <= write.0) {
            (self.newest, self.second) = (Some(write), rival);
        } else if self.newest.is_some_and(|it| of_another(&it))
            && self.second.is_none_or(|it| it.0 <= write.0)
        {
            self.second = Some(write);
        }
        by_token.or(by_belief).map(|it| it.2)
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
        // 1 has written since, but 2 came after this one.
        assert_eq!(accepted(2, 1), Some(2));
        assert_eq!((accepted(4, 1), accepted(4, 2), accepted(5, 1)), (None, Some(1), None));
        assert_eq!((accepted(6, 3), accepted(4, 3), accepted(5, 1)), (None, Some(1), Some(3)));
    }

    #[test]
    fn without_tokens_the_last_writer_is_in_the_way_of_earlier_leaders() {
        let mut writers = Writers::default();
        let mut accepted = |belief, place| writers.accepted((0, belief, place));
        assert_eq!((accepted(2, 1), accepted(1, 2)), (None, Some(1)));
        assert_eq!((accepted(3, 2), accepted(2, 1)), (None, Some(2)));
        // The later leader is gone, and the earlier one continues.
        assert_eq!((accepted(2, 1), accepted(2, 1)), (None, None));
        assert_eq!((accepted(3, 2), accepted(2, 1)), (None, Some(2)));
    }
}
