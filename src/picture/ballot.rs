//! The ballot that a picture shows: of all candidates and leaders the one that matters, and where each vote stands.

use crate::geometry::Links;
use crate::read::{Answer, Lane, Node, Role, Tally};

/// Where a vote stands; in the order in which they are shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    /// Given.
    Granted,
    /// Not answered yet.
    Due,
    /// Given, but counted no more.
    Late,
    /// Given to another candidate.
    Other,
    Refused,
    /// Held up by a cut link.
    Cut,
    /// Its voter is down.
    Down,
    /// Its voter has none.
    Barred,
}

/// See the module.
pub struct Ballot<'l> {
    pub candidate: &'l Node,
    pub tally: &'l Tally,
    /// The votes in the order in which they came, then the others.
    pub seats: Vec<(&'l Node, Standing)>,
    /// Whether the candidate still asks.
    pub open: bool,
    /// Whether it leads, but fewer than it needs hear it.
    pub lost: bool,
}

impl<'l> Ballot<'l> {
    /// That of the newest candidate that can still win, else of the leader in truth, else of whoever has one.
    pub fn of(lane: &'l Lane, links: &Links) -> Option<Ballot<'l>> {
        let members = lane.electors();
        let reach = |node: &Node| {
            members.iter().filter(|it| it.up && !it.paused && links.linked(node.place, it.place)).count()
        };
        let weight = |node: &Node, tally: &Tally| {
            let can_win = node.role == Role::Candidate && reach(node) >= tally.needed;
            let rank = if can_win { 2 } else { u8::from(lane.truth == Some(node.place)) };
            let cast = members.iter().filter(|it| it.voted == Some((tally.epoch, Some(node.place)))).count();
            (rank, tally.epoch, tally.binding, tally.granted(), cast, usize::MAX - node.place)
        };
        let with = members.iter().filter(|it| it.up).filter_map(|it| Some((it, it.tally.as_ref()?)));
        let (candidate, tally) = with.max_by_key(|(node, tally)| weight(node, tally))?;
        let open = !candidate.leads;
        let position =
            |node: &Node| tally.votes.iter().position(|it| it.0 == node.place).unwrap_or(1000 + node.place);
        let mut seats: Vec<(&Node, Standing)> =
            members.iter().map(|it| (it, standing(it, candidate, tally, open, links))).collect();
        seats.sort_by_key(|(node, standing)| (*standing, position(node)));
        let lost = candidate.leads && reach(candidate) < tally.needed;
        Some(Ballot { candidate, tally, seats, open, lost })
    }

    /// How many members have a vote.
    pub fn voters(&self) -> usize {
        self.seats.iter().filter(|it| it.1 != Standing::Barred).count()
    }

    /// What stands below a box, in a word; empty if its shape says it.
    pub fn word(&self, (node, standing): &(&Node, Standing), lane: &Lane) -> String {
        match standing {
            Standing::Granted => String::new(),
            Standing::Other => format!("for {}", lane.label(node.voted.and_then(|it| it.1))),
            Standing::Due if node.paused => "paused".into(),
            Standing::Due => if self.open { "due" } else { "–" }.into(),
            Standing::Late => "late".into(),
            Standing::Refused => "no".into(),
            Standing::Cut => "cut".into(),
            Standing::Down => "down".into(),
            Standing::Barred => "none".into(),
        }
    }

    /// What a picture of many voters says below them: first who has what, then the others by number.
    pub fn words(&self, epoch: &str) -> [String; 2] {
        let count = |of| self.seats.iter().filter(|it| it.1 == of).count();
        let granted = self.tally.granted();
        let has = format!("{granted} vote{}", if granted == 1 { "" } else { "s" });
        let label = &self.candidate.label;
        let first = match (self.lost, self.open) {
            (true, _) => format!("{label} believes it leads"),
            (_, true) => format!("{label} has {has}, needs {}", self.tally.needed),
            _ => format!("{label} leads with {has}"),
        };
        let mut rest = Vec::new();
        for (of, said) in [
            (Standing::Cut, "cut off"),
            (Standing::Down, "down"),
            (Standing::Other, "for others"),
            (Standing::Refused, "refused"),
            (Standing::Due, if self.open { "to answer" } else { "" }),
            (Standing::Late, "late"),
            (Standing::Barred, "without a vote"),
        ] {
            if !said.is_empty() && count(of) > 0 {
                rest.push(format!("{} {said}", count(of)));
            }
        }
        let epoch = format!("{epoch} {}", self.tally.epoch);
        [first, if rest.is_empty() { epoch } else { format!("{epoch}; {}", rest.join(", ")) }]
    }
}

fn standing(node: &Node, candidate: &Node, tally: &Tally, open: bool, links: &Links) -> Standing {
    let answer = tally.votes.iter().rev().find(|it| it.0 == node.place).map(|it| it.1);
    let voted = node.voted.filter(|it| it.0 == tally.epoch).and_then(|it| it.1);
    match answer {
        Some(Answer::Granted) => Standing::Granted,
        Some(Answer::Barred) => Standing::Barred,
        _ if voted.is_some_and(|it| it != candidate.place) => Standing::Other,
        Some(Answer::Refused) => Standing::Refused,
        _ if !open && voted == Some(candidate.place) => Standing::Late,
        _ if !node.up => Standing::Down,
        _ if !links.linked(candidate.place, node.place) => Standing::Cut,
        _ => Standing::Due,
    }
}
