//! The links, derived from the acts of the scenario: a record says that links changed, but not which.

use election_playground::base::{Delay, Span};
use election_playground::scenario::{Action, Links, Network as Spec, Who};
use election_playground::trace::Place;

/// One direction between two places.
#[derive(Clone, Copy)]
struct Link {
    /// By `cut` or `isolate`.
    cut: bool,
    /// By `partition`.
    parted: bool,
    delay: Delay,
    loss_ppm: u32,
}

#[derive(Default)]
/// All directions between nodes, and those from nodes to the store, which is the last place.
pub struct Network {
    places: usize,
    links: Vec<Link>,
}

impl Network {
    /// The network at the start of the run. Messages to the store are never counted, so their delay does not
    /// matter.
    pub fn new(places: usize, spec: &Spec) -> Network {
        let link = Link { cut: false, parted: false, delay: spec.latency, loss_ppm: spec.loss_ppm };
        let mut network = Network { places, links: vec![link; places * places] };
        let store = places as Place - 1;
        (0..store).for_each(|from| network.link_mut(from, store).loss_ppm = 0);
        network
    }

    fn link(&self, from: Place, to: Place) -> &Link {
        &self.links[usize::from(from) * self.places + usize::from(to)]
    }

    fn link_mut(&mut self, from: Place, to: Place) -> &mut Link {
        &mut self.links[usize::from(from) * self.places + usize::from(to)]
    }

    /// Whether messages get from one place to the other.
    pub fn open(&self, from: Place, to: Place) -> bool {
        let link = self.link(from, to);
        !link.cut && !link.parted
    }

    /// Whether messages get through in both directions.
    pub fn both_open(&self, a: Place, b: Place) -> bool {
        a == b || self.open(a, b) && self.open(b, a)
    }

    /// Every direction between two nodes, excluding the store.
    fn pairs(&self) -> impl Iterator<Item = (Place, Place)> + use<> {
        let nodes = self.places as Place - 1;
        (0..nodes).flat_map(move |a| (0..nodes).filter(move |&b| b != a).map(move |b| (a, b)))
    }

    /// Whether no link between nodes is cut.
    pub fn whole(&self) -> bool {
        self.pairs().all(|(a, b)| self.open(a, b))
    }

    /// Whether a link between nodes loses messages.
    pub fn lossy(&self) -> bool {
        self.pairs().any(|(a, b)| self.link(a, b).loss_ppm > 0)
    }

    /// The longest delay of a link between nodes.
    pub fn longest_delay(&self) -> Span {
        self.pairs().map(|(a, b)| self.link(a, b).delay.max()).max().unwrap_or(Span::ZERO)
    }

    /// Applies an action to the links. `places` resolves a selector now, `sides` gives each node's side of a
    /// partition. Returns false if the action is not about links.
    pub fn act(
        &mut self,
        action: &Action,
        places: &dyn Fn(&Who) -> Vec<Place>,
        sides: &dyn Fn(&[Vec<Who>]) -> Vec<usize>,
    ) -> bool {
        match action {
            Action::Isolate(who) => {
                let meant = places(who);
                for (a, b) in self.pairs() {
                    if meant.contains(&a) || meant.contains(&b) {
                        self.link_mut(a, b).cut = true;
                    }
                }
            }
            Action::Partition(listed) => {
                let side = sides(listed);
                for (a, b) in self.pairs() {
                    self.link_mut(a, b).parted = side[usize::from(a)] != side[usize::from(b)];
                }
            }
            Action::Heal => self.links.iter_mut().for_each(|link| (link.cut, link.parted) = (false, false)),
            Action::Cut(links) => self.change(links, places, |link| link.cut = true),
            Action::Join(links) => self.change(links, places, |link| link.cut = false),
            Action::Latency(links, delay) => self.change(links, places, |link| link.delay = *delay),
            Action::Loss(links, ppm) => self.change(links, places, |link| link.loss_ppm = *ppm),
            Action::Duplicate(..) => {}
            _ => return false,
        }
        true
    }

    fn change(&mut self, links: &Links, places: &dyn Fn(&Who) -> Vec<Place>, change: impl Fn(&mut Link)) {
        let store = self.places as Place - 1;
        let pairs: Vec<(Place, Place)> = match links {
            Links::All => self.pairs().collect(),
            Links::Between { from, to, both } => {
                let (from, to) = (places(from), places(to));
                let there = from.iter().flat_map(|&a| to.iter().map(move |&b| (a, b)));
                let back = there.clone().filter(|_| *both).map(|(a, b)| (b, a));
                // The store sends nothing.
                there.chain(back).filter(|(a, b)| a != b && *a != store).collect()
            }
        };
        pairs.into_iter().for_each(|(a, b)| change(self.link_mut(a, b)));
    }
}
