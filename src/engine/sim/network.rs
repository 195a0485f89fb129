//! The links between places: delay, loss, duplication, order, cuts.
//!
//! Every draw is a function of (seed, purpose, sender, receiver, sequence number on the link), without generator state:
//! two lanes that send the same number of messages on a link see the same network there, and changing the loss rate
//! does not affect delays.

use super::plan::Plan;
use crate::trace::Place;
use election_base::{Aside, Delay, NodeId, SimTime, Span, chance, mix};
use election_language::scenario::{Action, Network as Spec};

/// The purpose of a draw; part of its key.
#[derive(Clone, Copy)]
enum Purpose {
    Latency = 1,
    Loss = 2,
    Duplicate = 3,
    CopyLatency = 4,
    Tail = 5,
    CopyTail = 6,
}

/// One direction of a link between two places.
#[derive(Clone, Copy, Hash, Debug, Default)]
pub struct Link {
    /// When the latest message so far arrives, to preserve order.
    last_due: u64,
    /// How many messages have been sent.
    nth: u32,
    /// Cut by `cut` or `isolate`.
    cut: bool,
    /// Cut by `partition`.
    parted: bool,
    /// 0 for the network's behaviour, otherwise 1 + the position in `special`.
    special: u16,
}

/// How a link behaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Behaviour {
    /// One-way delay.
    pub latency: Delay,
    /// The share of messages lost, in millionths.
    pub loss_ppm: u32,
    /// The share of messages duplicated, in millionths.
    pub duplicate_ppm: u32,
}

impl Behaviour {
    /// Whether it does anything to messages other than delaying them within a range.
    #[inline]
    fn is_odd(&self) -> bool {
        (self.loss_ppm | self.duplicate_ppm | self.latency.tail_ppm) != 0
    }
}

impl Link {
    /// When a message arrives that would arrive at `due` if it were alone on the link.
    #[inline]
    fn arrival(&mut self, due: SimTime, reorder: bool) -> SimTime {
        if reorder {
            return due;
        }
        self.last_due = self.last_due.max(due.0);
        SimTime(self.last_due)
    }
}

/// What the network does to a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It is lost because the link is cut.
    Cut,
    /// It is lost by chance.
    Lost,
    /// It arrives, possibly with a copy.
    Arrives(SimTime, Option<SimTime>),
}

/// A behaviour that only some links have.
#[derive(Clone, Hash, Debug)]
struct Special {
    how: Behaviour,
    /// Whether those links go to the store; links between nodes do not share the entry then.
    store: bool,
    /// How many links use the entry; if none do, it may be reused.
    links: u32,
}

/// All links of a lane. Part of the state.
#[derive(Clone, Hash, Debug)]
pub struct Network {
    places: u32,
    links: Vec<Link>,
    base: Behaviour,
    special: Vec<Special>,
    reorder: bool,
    /// How many links between nodes are cut.
    cuts: u32,
    /// Whether any link is cut, including those to the store; if none is, nothing needs to be checked.
    severed: bool,
    /// By link: the event of the act that cut it; 0 if it is open. Empty if no link was ever cut.
    cut_by: Aside<Vec<u32>>,
}

impl Network {
    /// A network with that many places, the last of which is the store.
    #[inline(never)]
    pub fn new(places: usize, spec: &Spec, store_latency: Delay) -> Network {
        let base =
            Behaviour { latency: spec.latency, loss_ppm: spec.loss_ppm, duplicate_ppm: spec.duplicate_ppm };
        let to_store = Behaviour { latency: store_latency, loss_ppm: 0, duplicate_ppm: 0 };
        let mut network = Network {
            places: places as u32,
            links: vec![Link::default(); places * places],
            base,
            special: vec![Special { how: to_store, store: true, links: places as u32 - 1 }],
            reorder: spec.reorder,
            cuts: 0,
            severed: false,
            cut_by: Aside::default(),
        };
        for from in 0..places - 1 {
            network.link_mut(from as Place, places as Place - 1).special = 1;
        }
        network
    }

    #[inline]
    fn link(&self, from: Place, to: Place) -> &Link {
        &self.links[usize::from(from) * self.places as usize + usize::from(to)]
    }

    #[inline]
    fn link_mut(&mut self, from: Place, to: Place) -> &mut Link {
        &mut self.links[usize::from(from) * self.places as usize + usize::from(to)]
    }

    /// How many messages have been sent on a link.
    pub fn sent(&self, from: Place, to: Place) -> u32 {
        self.link(from, to).nth
    }

    /// Sends the next message on a link at `now`. Returns its sequence number on the link and its fate. `ends` are the
    /// ids of sender and receiver.
    #[inline(always)]
    pub fn send(
        &mut self,
        seed: u64,
        now: SimTime,
        from: Place,
        to: Place,
        ends: (NodeId, NodeId),
    ) -> (u32, Fate) {
        let index = usize::from(from) * self.places as usize + usize::from(to);
        let link = &mut self.links[index];
        link.nth += 1;
        let nth = link.nth;
        // Ids have 18 bits, so keys of different links, sequence numbers and purposes never collide.
        let key = u64::from(ends.0.0) << 46 | u64::from(ends.1.0) << 28 | u64::from(nth & 0x0fff_ffff);
        let how = match link.special {
            0 => &self.base,
            n => &self.special[usize::from(n) - 1].how,
        };
        if link.cut || link.parted || how.is_odd() {
            return (nth, self.send_oddly(seed, now, index, key));
        }
        let bits = mix(mix_seed(seed, Purpose::Latency) ^ key);
        let due = now + how.latency.range.pick(bits);
        (nth, Fate::Arrives(link.arrival(due, self.reorder), None))
    }

    /// Like [`Network::send`], for a link that is cut or does anything to a message other than delaying it.
    #[inline(never)]
    fn send_oddly(&mut self, seed: u64, now: SimTime, index: usize, key: u64) -> Fate {
        let link = &mut self.links[index];
        if link.cut || link.parted {
            return Fate::Cut;
        }
        let how = match link.special {
            0 => self.base,
            n => self.special[usize::from(n) - 1].how,
        };
        let bits = |purpose| mix(mix_seed(seed, purpose) ^ key);
        // Only what is needed is drawn.
        if how.loss_ppm > 0 && chance(bits(Purpose::Loss), how.loss_ppm) {
            return Fate::Lost;
        }
        let mut arrival = |latency, tail| {
            let tail = if how.latency.tail_ppm > 0 { bits(tail) } else { 0 };
            link.arrival(now + how.latency.pick(bits(latency), tail), self.reorder)
        };
        let due = arrival(Purpose::Latency, Purpose::Tail);
        let twice = how.duplicate_ppm > 0 && chance(bits(Purpose::Duplicate), how.duplicate_ppm);
        Fate::Arrives(due, twice.then(|| arrival(Purpose::CopyLatency, Purpose::CopyTail)))
    }

    /// Executes an act on links, in the event with that number. Returns false if the act is about something else.
    pub fn act(&mut self, action: &Action, plan: &Plan, event: u32) -> bool {
        match (action, plan) {
            (Action::Isolate(_), Plan::Nodes(places)) => {
                for &place in places {
                    for other in (0..self.places as Place - 1).filter(|&o| o != place) {
                        self.set_cut(place, other, true);
                        self.set_cut(other, place, true);
                    }
                }
            }
            (Action::Partition(_), Plan::Sides(sides)) => self.partition(sides),
            (Action::Heal, _) => self.heal(),
            (Action::Cut(_), plan) => self.cut(plan, true),
            (Action::Join(_), plan) => self.cut(plan, false),
            (Action::Latency(_, delay), plan) => self.behave(plan, &|how| how.latency = *delay),
            (Action::Loss(_, ppm), plan) => self.behave(plan, &|how| how.loss_ppm = *ppm),
            (Action::Duplicate(_, ppm), plan) => self.behave(plan, &|how| how.duplicate_ppm = *ppm),
            _ => return false,
        }
        self.severed = self.links.iter().any(|link| link.cut || link.parted);
        if self.severed || !self.cut_by.0.is_empty() {
            self.cut_by.0.resize(self.links.len(), 0);
            for (link, by) in self.links.iter().zip(&mut self.cut_by.0) {
                *by = match (link.cut || link.parted, *by) {
                    (false, _) => 0,
                    (true, 0) => event,
                    (true, before) => before,
                };
            }
        }
        true
    }

    /// The event of the act that cut the link; 0 if it is open.
    pub fn cut_by(&self, from: Place, to: Place) -> u32 {
        let index = usize::from(from) * self.places as usize + usize::from(to);
        self.cut_by.0.get(index).copied().unwrap_or(0)
    }

    /// Cuts or joins some links, or all between nodes.
    fn cut(&mut self, plan: &Plan, cut: bool) {
        if let Plan::Pairs(pairs) = plan {
            pairs.iter().for_each(|&(a, b)| self.set_cut(a, b, cut));
            return;
        }
        let nodes = self.places as Place - 1;
        for from in 0..nodes {
            for to in (0..nodes).filter(|&to| to != from) {
                self.set_cut(from, to, cut);
            }
        }
    }

    /// Changes how some links behave, or all between nodes.
    fn behave(&mut self, plan: &Plan, change: &dyn Fn(&mut Behaviour)) {
        match plan {
            Plan::Pairs(pairs) => pairs.iter().for_each(|&(a, b)| self.set_one(a, b, change)),
            _ => self.set_all(change),
        }
    }

    /// Whether the link is open.
    #[inline]
    pub fn open(&self, from: Place, to: Place) -> bool {
        !self.severed || self.is_open(from, to)
    }

    fn is_open(&self, from: Place, to: Place) -> bool {
        let link = self.link(from, to);
        !link.cut && !link.parted
    }

    /// Whether no link between nodes is cut.
    pub fn connected(&self) -> bool {
        self.cuts == 0
    }

    /// Whether a link between nodes may lose messages by chance, by default or by an act.
    pub fn lossy(&self) -> bool {
        self.between_nodes().any(|how| how.loss_ppm > 0)
    }

    /// The longest delay of any link between nodes.
    pub fn delay_max(&self) -> Span {
        self.between_nodes().map(|how| how.latency.max()).max().unwrap_or(Span::ZERO)
    }

    /// The behaviours in use on links between nodes. A single node has no links; and if every link has settings of its
    /// own, none has the network's behaviour.
    fn between_nodes(&self) -> impl Iterator<Item = &Behaviour> {
        let own = || self.special.iter().filter(|s| !s.store && s.links > 0);
        let nodes = self.places - 1;
        let all_own = own().map(|s| s.links).sum::<u32>() == nodes * (nodes - 1);
        own().map(|s| &s.how).chain((!all_own).then_some(&self.base))
    }

    /// Cuts or joins one direction of a link.
    fn set_cut(&mut self, from: Place, to: Place, cut: bool) {
        let before = self.is_open(from, to);
        self.link_mut(from, to).cut = cut;
        // Keep a running count: cutting every link of a large lane must not recount all of them each time.
        let store = self.places as usize - 1;
        if before != self.is_open(from, to) && usize::from(from) != store && usize::from(to) != store {
            self.cuts = if before { self.cuts + 1 } else { self.cuts - 1 };
        }
    }

    /// Lets only places on the same side reach each other. `side` is indexed by place; the store is on no side.
    fn partition(&mut self, side: &[u8]) {
        let nodes = side.len();
        for from in 0..nodes {
            for to in 0..nodes {
                self.link_mut(from as Place, to as Place).parted = side[from] != side[to];
            }
        }
        self.count_cuts();
    }

    /// Joins all links, including those to the store.
    fn heal(&mut self) {
        for link in &mut self.links {
            link.cut = false;
            link.parted = false;
        }
        self.cuts = 0;
    }

    fn count_cuts(&mut self) {
        let nodes = self.places as usize - 1;
        let between = |i: usize| i % self.places as usize != nodes && i / self.places as usize != nodes;
        let cut = |(i, link): (usize, &Link)| between(i) && (link.cut || link.parted);
        self.cuts = self.links.iter().enumerate().filter(|&l| cut(l)).count() as u32;
    }

    /// How a link behaves now.
    pub fn behaviour(&self, from: Place, to: Place) -> Behaviour {
        match self.link(from, to).special {
            0 => self.base,
            n => self.special[usize::from(n) - 1].how,
        }
    }

    /// How links between nodes without settings of their own behave.
    pub fn base(&self) -> Behaviour {
        self.base
    }

    /// The links that behave differently from the rest of the network, and those to the store that behave differently
    /// from `to_store`: from, to, behaviour.
    pub fn singular(&self, to_store: Behaviour) -> Vec<(Place, Place, Behaviour)> {
        let usual = |store: bool| if store { to_store } else { self.base };
        let other = |s: &Special| s.links > 0 && s.how != usual(s.store);
        if !self.special.iter().any(other) {
            return Vec::new();
        }
        let places = self.places as usize;
        let link = |(i, link): (usize, &Link)| {
            let special = &self.special[usize::from(link.special).checked_sub(1)?];
            other(special).then_some(((i / places) as Place, (i % places) as Place, special.how))
        };
        self.links.iter().enumerate().filter_map(link).collect()
    }

    /// Changes how every link between nodes behaves, including those with settings of their own.
    fn set_all(&mut self, change: &dyn Fn(&mut Behaviour)) {
        change(&mut self.base);
        self.special.iter_mut().filter(|s| !s.store).for_each(|s| change(&mut s.how));
    }

    /// Changes how one direction of a link behaves.
    fn set_one(&mut self, from: Place, to: Place, change: &dyn Fn(&mut Behaviour)) {
        let mut how = self.behaviour(from, to);
        change(&mut how);
        let store = usize::from(to) == self.places as usize - 1;
        let before = self.link(from, to).special;
        if before > 0 {
            self.special[usize::from(before) - 1].links -= 1;
        }
        let same = |s: &Special| s.store == store && s.how == how;
        let index = match self.special.iter().position(|s| same(s) || s.links == 0) {
            Some(index) => index,
            None => {
                self.special.push(Special { how, store, links: 0 });
                self.special.len() - 1
            }
        };
        if self.special[index].links == 0 {
            self.special[index] = Special { how, store, links: 0 };
        }
        self.special[index].links += 1;
        // There are at most as many entries as links: 129 times 129.
        self.link_mut(from, to).special = index as u16 + 1;
    }

    /// Keeps later messages on this link from arriving before `due`.
    pub fn not_before(&mut self, from: Place, to: Place, due: SimTime) {
        let reorder = self.reorder;
        let link = self.link_mut(from, to);
        if !reorder {
            link.last_due = link.last_due.max(due.0);
        }
    }

    /// Sets the latency of every link to the store from now on.
    pub fn set_store_latency(&mut self, latency: Delay) {
        self.special.iter_mut().filter(|s| s.store).for_each(|s| s.how.latency = latency);
    }

    /// The approximate size of the links on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.cut_by.0.capacity() * size_of::<u32>()
            + self.links.capacity() * size_of::<Link>()
            + self.special.capacity() * size_of::<Special>()
    }

    /// Whether messages on a link may overtake each other.
    pub fn reorders(&self) -> bool {
        self.reorder
    }
}

#[inline]
fn mix_seed(seed: u64, purpose: Purpose) -> u64 {
    seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add((purpose as u64).wrapping_mul(0xd1b5_4a32_d192_ed03))
}
