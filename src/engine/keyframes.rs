//! The memory of keyframes, which all lanes of an engine instance together keep within a bound.
//!
//! The keyframes of each lane are an account in a ledger. There is one ledger per thread, which in WebAssembly means
//! one per module instance. When the ledger exceeds the bound, an account drops every other keyframe: accounts that are
//! not on a screen go first, and larger ones before smaller ones. Thinning affects the duration of seeks and nothing
//! else.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// The most bytes of keyframes that an engine instance keeps.
pub const KEYFRAME_BYTES_MAX: usize = 64 << 20;

/// An account as the ledger sees it.
trait Account {
    fn bytes(&self) -> usize;
    /// Its size if it shared no keyframes with other accounts.
    fn bytes_alone(&self) -> usize;
    fn shown(&self) -> bool;
    /// Drops every other keyframe. Returns false if none can be dropped.
    fn thin(&self) -> bool;
}

thread_local! {
    static LEDGER: RefCell<Vec<Weak<dyn Account>>> = const { RefCell::new(Vec::new()) };
}

/// The size of a keyframe.
pub trait Weight {
    /// The approximate number of bytes.
    fn bytes(&self) -> usize;
}

/// The keyframes of a lane, oldest first.
pub struct Keyframes<K> {
    inner: Rc<Inner<K>>,
}

struct Inner<K> {
    frames: RefCell<Vec<Rc<K>>>,
    bytes: Cell<usize>,
    /// The fewest events between two of them.
    spacing: Cell<u32>,
    shown: Cell<bool>,
}

impl<K: Weight + 'static> Keyframes<K> {
    /// No keyframes yet; there will be one every `spacing` events.
    pub fn new(spacing: u32) -> Keyframes<K> {
        let inner = Rc::new(Inner {
            frames: RefCell::default(),
            bytes: Cell::new(0),
            spacing: Cell::new(spacing),
            shown: Cell::new(true),
        });
        let account: Rc<dyn Account> = inner.clone();
        LEDGER.with_borrow_mut(|ledger| {
            ledger.retain(|it| it.strong_count() > 0);
            ledger.push(Rc::downgrade(&account));
        });
        Keyframes { inner }
    }

    /// Sets whether their run is on a screen.
    pub fn show(&self, shown: bool) {
        self.inner.shown.set(shown);
    }

    /// The fewest events between two of them.
    pub fn spacing(&self) -> u32 {
        self.inner.spacing.get()
    }

    /// Adds a keyframe. If the ledger then exceeds the bound, keyframes of some account are thinned.
    pub fn push(&self, frame: K) {
        self.inner.bytes.set(self.inner.bytes.get() + frame.bytes());
        self.inner.frames.borrow_mut().push(Rc::new(frame));
        settle();
    }

    /// The last keyframe for which `before` holds, or else the first one. `before` must hold for a prefix.
    pub fn last_where(&self, before: impl Fn(&K) -> bool) -> Rc<K> {
        let frames = self.inner.frames.borrow();
        let after = frames.partition_point(|k| before(k));
        frames[after.max(1) - 1].clone()
    }

    /// The first keyframe for which `after` holds. `after` must hold for a suffix.
    pub fn first_where(&self, after: impl Fn(&K) -> bool) -> Option<Rc<K>> {
        let frames = self.inner.frames.borrow();
        frames.get(frames.partition_point(|k| !after(k))).cloned()
    }

    /// The newest keyframe for which `found` holds.
    pub fn rev_find(&self, found: impl Fn(&K) -> bool) -> Option<Rc<K>> {
        self.inner.frames.borrow().iter().rev().find(|k| found(k)).cloned()
    }

    /// The newest keyframe.
    pub fn newest(&self) -> Option<Rc<K>> {
        self.inner.frames.borrow().last().cloned()
    }

    /// Adopts the keyframes of another run for which `kept` holds; it must hold for a prefix. Returns the last of them,
    /// unless that is the very first one, which every run has anyway.
    pub fn adopt(&self, other: &Keyframes<K>, kept: impl Fn(&K) -> bool) -> Option<Rc<K>> {
        let frames = other.inner.frames.borrow();
        let count = frames.partition_point(|k| kept(k));
        if count <= 1 {
            return None;
        }
        let mine = frames[..count].to_vec();
        let last = mine[count - 1].clone();
        self.inner.bytes.set(mine.iter().map(|k| k.bytes()).sum());
        self.inner.spacing.set(other.spacing());
        *self.inner.frames.borrow_mut() = mine;
        drop(frames);
        settle();
        Some(last)
    }
}

impl<K: Weight> Account for Inner<K> {
    /// A keyframe that two runs share counts half in each.
    fn bytes(&self) -> usize {
        let frames = self.frames.borrow();
        frames.iter().map(|k| k.bytes() / Rc::strong_count(k)).sum()
    }

    fn bytes_alone(&self) -> usize {
        self.bytes.get()
    }

    fn shown(&self) -> bool {
        self.shown.get()
    }

    fn thin(&self) -> bool {
        let mut frames = self.frames.borrow_mut();
        if frames.len() <= 2 {
            return false;
        }
        let mut i = 0;
        frames.retain(|_| {
            i += 1;
            i % 2 == 1
        });
        self.bytes.set(frames.iter().map(|k| k.bytes()).sum());
        self.spacing.set(self.spacing.get().saturating_mul(2));
        true
    }
}

/// The total bytes of the keyframes of this engine instance.
pub fn bytes_in_all() -> usize {
    accounts().iter().map(|a| a.bytes()).sum()
}

fn accounts() -> Vec<Rc<dyn Account>> {
    LEDGER.with_borrow(|ledger| ledger.iter().filter_map(Weak::upgrade).collect())
}

/// Thins accounts until the ledger is within its bound.
fn settle() {
    let mut accounts = accounts();
    if accounts.iter().map(|a| a.bytes_alone()).sum::<usize>() <= KEYFRAME_BYTES_MAX {
        return;
    }
    let mut total: usize = accounts.iter().map(|a| a.bytes()).sum();
    while total > KEYFRAME_BYTES_MAX {
        let largest = (0..accounts.len()).max_by_key(|&i| (!accounts[i].shown(), accounts[i].bytes()));
        let Some(largest) = largest else { return };
        if !accounts[largest].thin() {
            // The run needs the keyframes it has left.
            accounts.swap_remove(largest);
            continue;
        }
        total = accounts.iter().map(|a| a.bytes()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Block(usize);

    impl Weight for Block {
        fn bytes(&self) -> usize {
            self.0
        }
    }

    const MB: usize = 1 << 20;

    fn count(of: &Keyframes<Block>) -> usize {
        of.inner.frames.borrow().len()
    }

    #[test]
    fn what_is_on_no_screen_thins_first() {
        let (shown, hidden) = (Keyframes::new(10), Keyframes::new(10));
        hidden.show(false);
        for _ in 0..20 {
            shown.push(Block(2 * MB));
            hidden.push(Block(MB));
        }
        assert!(bytes_in_all() <= KEYFRAME_BYTES_MAX);
        assert_eq!((count(&shown), shown.spacing()), (20, 10));
        for _ in 0..40 {
            shown.push(Block(2 * MB));
            assert!(bytes_in_all() <= KEYFRAME_BYTES_MAX);
        }
        assert!(count(&hidden) <= 3 && count(&shown) < 40, "{} {}", count(&hidden), count(&shown));
        drop(hidden);
        drop(shown);
        assert_eq!(bytes_in_all(), 0);
    }

    #[test]
    fn what_two_runs_share_counts_once() {
        let (old, new) = (Keyframes::new(10), Keyframes::new(10));
        (0..10).for_each(|_| old.push(Block(MB)));
        assert!(new.adopt(&old, |_| true).is_some());
        assert_eq!(bytes_in_all(), 10 * MB);
        assert_eq!(count(&new), 10);
    }
}
