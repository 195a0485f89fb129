//! Storage for the bodies of messages in flight, by the slot that the simulator assigns to each message. The simulator's own
//! table of envelopes knows no algorithm.

/// Where the bodies of a sent message belong: nowhere if it was lost at once, in two slots if it was duplicated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posted {
    /// The slot of the message.
    pub slot: u32,
    /// The slot of its duplicate.
    pub copy: u32,
}

impl Posted {
    /// No slot.
    pub const NOWHERE: u32 = u32::MAX;
    /// No body is needed.
    pub const LOST: Posted = Posted { slot: Posted::NOWHERE, copy: Posted::NOWHERE };
}

/// The bodies of messages in flight, by slot.
#[derive(Debug)]
pub struct Bodies<M> {
    slots: Vec<Option<M>>,
    /// Where the bodies of a broadcast belong. Empty between calls; kept to reuse its allocation.
    posted: Vec<Posted>,
}

impl<M> Default for Bodies<M> {
    fn default() -> Bodies<M> {
        Bodies { slots: Vec::new(), posted: Vec::new() }
    }
}

impl<M: Clone> Clone for Bodies<M> {
    fn clone(&self) -> Bodies<M> {
        Bodies { slots: self.slots.clone(), posted: Vec::new() }
    }
    fn clone_from(&mut self, other: &Bodies<M>) {
        self.slots.clone_from(&other.slots);
    }
}

impl<M: Clone> Bodies<M> {
    /// Puts a message where it belongs.
    #[inline(always)]
    pub fn put(&mut self, posted: Posted, body: M) {
        if posted.copy != Posted::NOWHERE {
            self.set_copy(posted.copy, &body);
        }
        if posted.slot != Posted::NOWHERE {
            self.set(posted.slot, body);
        }
    }

    /// The list of places that [`Bodies::put_all`] fills.
    #[inline]
    pub fn posted(&mut self) -> &mut Vec<Posted> {
        &mut self.posted
    }

    /// Puts a message at every place in the list, and empties it.
    #[inline]
    pub fn put_all(&mut self, body: &M) {
        let mut posted = core::mem::take(&mut self.posted);
        posted.drain(..).for_each(|at| self.put(at, body.clone()));
        self.posted = posted;
    }

    #[inline(never)]
    fn set_copy(&mut self, slot: u32, body: &M) {
        self.set(slot, body.clone());
    }

    #[inline(always)]
    fn set(&mut self, slot: u32, body: M) {
        if self.slots.len() <= slot as usize {
            self.grow(slot);
        }
        self.slots[slot as usize] = Some(body);
    }

    /// Writes to the store also take slots, so several may be added.
    #[inline(never)]
    fn grow(&mut self, slot: u32) {
        self.slots.resize_with(slot as usize + 1, || None);
    }

    /// Takes the body of a slot out, if it has one: writes to the store have none.
    #[inline(always)]
    pub fn take(&mut self, slot: u32) -> Option<M> {
        self.slots.get_mut(slot as usize)?.take()
    }

    /// The body of a slot, if it has one.
    pub fn get(&self, slot: u32) -> Option<&M> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// All bodies, in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = &M> {
        self.slots.iter().flatten()
    }

    /// Their approximate size, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<M>>()
    }
}
