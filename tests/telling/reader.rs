//! Reads the happenings of a lane from its trace. It shares no code with the summary and asks the lane only for what does
//! not change during a run.

use std::collections::{BTreeMap, BTreeSet};

use election_playground::lane::Lane;
use election_playground::protocol::Authority;
use election_playground::summary::{Happening, What};
use election_playground::trace::{Kind, NOWHERE, Place, Record, WRITE};

/// A happening in a form that both sides can produce.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    pub step: u32,
    pub kind: &'static str,
    node: Place,
    other: Place,
    numbers: (u64, u64, u32),
    flags: (bool, bool),
    places: BTreeSet<Place>,
}

/// What the summary says.
pub fn told(lane: &Lane, it: &Happening) -> Told {
    let flags = match it.what {
        What::Suspects { starts, told } => (starts, told),
        What::Leads { won } => (won, false),
        _ => (false, false),
    };
    // Whether a node can do its work shows in no record; see `idles`.
    let numbers = if it.what.name() == "serves" { (0, 0, 1) } else { (it.number, it.more, it.nth) };
    let places = lane.story().places(it).iter().copied().collect();
    Told { step: it.step, kind: it.what.name(), node: it.node, other: it.other, numbers, flags, places }
}

#[derive(Clone, Default)]
struct Node {
    candidate: bool,
    leads: bool,
    epoch: u64,
    follows: Option<Place>,
    /// The events in which it started or wanted an election since it last led or followed.
    tries: Vec<u32>,
}

struct Reader<'l> {
    lane: &'l Lane,
    nodes: Vec<Node>,
    out: Vec<Told>,
    /// By node and epoch: who granted it a vote.
    votes: BTreeMap<(Place, u64), BTreeSet<Place>>,
    /// Accepted writes: token, leadership, node.
    writes: Vec<(u64, u64, Place)>,
    rows: BTreeMap<&'static str, (Place, u64, u32)>,
    named: Place,
}

/// What the trace says.
pub fn read(lane: &Lane, records: &[Record]) -> Vec<Told> {
    let mut reader = Reader {
        lane,
        nodes: vec![Node::default(); lane.names().ids.len()],
        out: Vec::new(),
        votes: BTreeMap::new(),
        writes: Vec::new(),
        rows: BTreeMap::new(),
        named: NOWHERE,
    };
    let mut rest = records;
    while let Some(first) = rest.first() {
        let (event, later) = rest.split_at(rest.partition_point(|r| r.step <= first.step));
        let from = reader.out.len();
        event.iter().for_each(|r| reader.record(r, event));
        reader.work(records, event, from);
        rest = later;
    }
    reader.out
}

impl Reader<'_> {
    fn say(&mut self, r: &Record, kind: &'static str, node: Place) -> &mut Told {
        let told = Told {
            step: r.step,
            kind,
            node,
            other: NOWHERE,
            numbers: (0, 0, 1),
            flags: (false, false),
            places: BTreeSet::new(),
        };
        self.out.push(told);
        self.out.last_mut().expect("just added")
    }

    fn record(&mut self, r: &Record, event: &[Record]) {
        let act = event.iter().find(|it| it.kind == Kind::Act && it.sub == 0);
        let dropped = |it: &Record| it.kind == Kind::Lose && it.sub == 5 && it.msg != WRITE;
        match r.kind {
            // The act that drops a message is told as the loss.
            Kind::Act if r.sub == 0 && event.iter().any(dropped) => {
                let lost = *event.iter().find(|it| dropped(it)).expect("it was found");
                self.drop(&lost);
            }
            Kind::Act if r.sub == 0 => self.act(r, event),
            Kind::Act if r.sub != 3 => {
                self.say(r, "no-act", NOWHERE);
            }
            Kind::Start if r.step > 0 && act.is_none() => {
                self.say(r, "came-up", r.node);
            }
            Kind::Resume if act.is_none() => {
                self.say(r, "resumed", r.node);
            }
            Kind::Crash => {
                if r.sub == 1 {
                    self.say(r, "powered-off", r.node);
                }
                self.nodes[usize::from(r.node)] =
                    Node { epoch: self.nodes[usize::from(r.node)].epoch, ..Node::default() };
            }
            Kind::Mark if r.args[4] == 0 && r.sub < 2 => self.mark(r, event, act.is_some()),
            Kind::Belief if r.args[4] == 0 => self.belief(r, event),
            Kind::Stored => self.stored(r),
            Kind::Lose if dropped(r) && act.is_none() => self.drop(r),
            Kind::Stuck => {
                self.say(r, "broke-off", NOWHERE);
            }
            Kind::Deliver if r.msg != WRITE => {
                let message = &self.lane.info().messages[usize::from(r.msg)];
                if message.name == "VoteReply" && r.args[1] == 1 {
                    self.votes.entry((r.peer, r.args[0].into())).or_default().insert(r.node);
                }
            }
            _ => {}
        }
    }

    fn drop(&mut self, r: &Record) {
        let told = self.say(r, "dropped", r.node);
        (told.other, told.numbers) = (r.peer, (r.nth.into(), r.copy.into(), 1));
    }

    fn act(&mut self, r: &Record, event: &[Record]) {
        let text = self.lane.act(r.args[0]).to_string();
        let kinds = [Kind::Crash, Kind::Start, Kind::Pause, Kind::Resume];
        let mut places: Vec<Place> = event
            .iter()
            .filter(|it| kinds.contains(&it.kind) && it.sub != 1 || it.kind == Kind::Start && it.step > 0)
            .map(|it| it.node)
            .collect();
        // Who is alone is read from the text.
        let leads = |p: &Place| self.nodes[usize::from(*p)].leads;
        let alone = text.strip_prefix("isolate ").map(|who| match who {
            "leader" => {
                (0..self.nodes.len() as Place).filter(leads).max_by_key(|p| self.nodes[usize::from(*p)].epoch)
            }
            _ => self.lane.names().labels.iter().position(|it| it == who).map(|p| p as Place),
        });
        let unknown = self.out.len();
        places.extend(alone.flatten());
        let stops = event.iter().any(|it| matches!(it.kind, Kind::Crash | Kind::Pause)) || alone.is_some();
        let led = places.iter().copied().find(|p| stops && leads(p));
        let told = self.say(r, "act", NOWHERE);
        told.other = led.unwrap_or(NOWHERE);
        told.places = places.into_iter().collect();
        // Other acts on links may leave a node alone, too: nothing in the trace says so.
        if event.iter().any(|it| it.kind == Kind::Links) && alone.is_none() {
            let theirs = self.lane.story().happenings.get(unknown).map(|it| told_places(self.lane, it));
            if let (Some((other, places)), Some(told)) = (theirs, self.out.last_mut()) {
                (told.other, told.places) = (other, places);
            }
        }
    }

    fn mark(&mut self, r: &Record, event: &[Record], told: bool) {
        let starts =
            |it: &Record| it.kind == Kind::Mark && it.node == r.node && it.sub == 1 && it.args[4] == 0;
        let suspects =
            |it: &Record| it.kind == Kind::Mark && it.node == r.node && it.sub == 0 && it.args[4] == 0;
        let member = usize::from(r.node) < self.lane.members();
        let node = &mut self.nodes[usize::from(r.node)];
        let again = node.tries.last() == Some(&r.step);
        if !again {
            node.tries.push(r.step);
        }
        let nth = node.tries.len() as u32;
        if !member {
            node.tries.clear();
        }
        let follows = node.follows.filter(|it| *it != r.node);
        if r.sub == 0 {
            let said = self.say(r, "suspects", r.node);
            said.other = follows.unwrap_or(NOWHERE);
            said.flags = (event.iter().any(starts), told);
            said.numbers.2 = nth;
        } else if !again && !event.iter().any(suspects) {
            self.say(r, "starts", r.node).numbers.2 = nth;
        }
    }

    fn belief(&mut self, r: &Record, event: &[Record]) {
        let (place, leads, epoch) = (usize::from(r.node), r.sub & 1 == 1, r.wide(0));
        let (candidate, follows) = (r.msg == 1, (r.peer != NOWHERE).then_some(r.peer));
        let before = self.nodes[place].clone();
        let truth = self.truth();
        let node = &mut self.nodes[place];
        (node.leads, node.epoch, node.candidate, node.follows) = (leads, epoch, candidate, follows);
        if place >= self.lane.members() {
            let named = follows.unwrap_or(NOWHERE);
            if self.named != named {
                self.named = named;
                let said = self.say(r, "names", named);
                said.numbers.0 = if named == NOWHERE { 0 } else { epoch };
            }
            return;
        }
        if leads || follows.is_some() && !candidate {
            node.tries.clear();
        }
        let said = |kind: &'static str| (kind, follows.filter(|it| *it != r.node).unwrap_or(NOWHERE));
        if leads && (!before.leads || before.epoch != epoch) {
            self.leads(r, event, epoch);
        } else if before.leads && !leads {
            let (kind, other) = said("stops-leading");
            let told = self.say(r, kind, r.node);
            (told.other, told.numbers.0) = (other, epoch);
        } else if before.candidate && !candidate && follows.is_none() {
            self.say(r, "gives-up", r.node).numbers.0 = epoch;
        }
        if self.lane.info().authority == Authority::Quorum
            && let Some(deposed) = truth
            && self.truth() != truth
            && self.nodes[usize::from(deposed)].leads
        {
            self.say(r, "deposed", deposed);
        }
    }

    fn leads(&mut self, r: &Record, event: &[Record], epoch: u64) {
        let won = event.iter().any(|it| it.kind == Kind::Mark && it.sub == 2 && it.node == r.node);
        let other = (0..self.nodes.len() as Place).find(|&p| p != r.node && self.nodes[usize::from(p)].leads);
        let granted = self.votes.get(&(r.node, epoch)).cloned().unwrap_or_default();
        let voters = self.voters().len() as u64;
        let said = self.say(r, "leads", r.node);
        (said.other, said.flags.0, said.numbers) = (other.unwrap_or(NOWHERE), won, (epoch, voters, 1));
        if won && !granted.is_empty() {
            said.places = granted;
            said.places.insert(r.node);
        }
    }

    fn voters(&self) -> Vec<Place> {
        let learner =
            |p: &Place| self.lane.view(*p).fields.iter().any(|(name, it)| *name == "role" && it == "learner");
        (0..self.lane.members() as Place).filter(|p| !learner(p)).collect()
    }

    /// Raft's leader in truth: the newest believer whose term a quorum has not left.
    fn truth(&self) -> Option<Place> {
        let voters = self.voters();
        let stays = |p: &Place| {
            let of = self.nodes[usize::from(*p)].epoch;
            voters.len() / 2 < voters.iter().filter(|q| self.nodes[usize::from(**q)].epoch <= of).count()
        };
        let believers = (0..self.lane.members() as Place).filter(|p| self.nodes[usize::from(*p)].leads);
        believers.filter(stays).max_by_key(|p| self.nodes[usize::from(*p)].epoch)
    }

    fn stored(&mut self, r: &Record) {
        let (token, leadership) = (r.wide(0), u64::from(r.args[2]));
        let newest = self.writes.iter().rev().max_by_key(|it| it.0).copied();
        let last_newest = self.writes.iter().rev().find(|it| Some(it.0) == newest.map(|it| it.0)).copied();
        if r.sub == 0 {
            let nth = self.row("refused", r.node, leadership);
            let said = self.say(r, "refused", r.node);
            let (highest, _, from) = last_newest.expect("something newer");
            assert!(token < highest);
            (said.other, said.numbers) = (from, (token, highest, nth));
            return;
        }
        // By token; where tokens are equal or missing, by the last write and the later leadership.
        let higher = self.writes.iter().rev().filter(|it| token < it.0 && it.2 != r.node);
        let by_token = higher.max_by_key(|it| it.0);
        let by_leadership =
            self.writes.last().filter(|it| it.2 != r.node && it.0 == token && leadership < it.1);
        if let Some(&(_, _, other)) = by_token.or(by_leadership) {
            let nth = self.row("conflict", r.node, leadership);
            let said = self.say(r, "conflict", r.node);
            (said.other, said.numbers) = (other, (token, 0, nth));
        }
        self.writes.push((token, leadership, r.node));
    }

    fn row(&mut self, kind: &'static str, node: Place, leadership: u64) -> u32 {
        let row = self.rows.entry(kind).or_insert((NOWHERE, 0, 0));
        let nth = if (row.0, row.1) == (node, leadership) { row.2 + 1 } else { 1 };
        *row = (node, leadership, nth);
        nth
    }

    /// Who can do its work shows in no record. What the summary says of it is taken over if the messages bear it out.
    fn work(&mut self, records: &[Record], event: &[Record], from: usize) {
        let Some(step) = event.first().map(|r| r.step) else { return };
        let theirs = self.lane.story().happenings.clone();
        let mine =
            theirs.iter().filter(|it| it.step == step && ["idles", "serves"].contains(&it.what.name()));
        for it in mine {
            assert!(self.nodes[usize::from(it.node)].leads, "a leader: {it:?}");
            assert!(
                !self.out[from..].iter().any(|told| told.node == it.node),
                "something else is said of it"
            );
            if it.what.name() == "idles" && it.number == 0 {
                let story = self.lane.story();
                let wrong = story.wrong.iter().find(|wrong| wrong.from_step == step && wrong.node == it.node);
                let until = wrong.expect("it believes wrongly").until_step;
                let later = || records.iter().filter(|r| step < r.step && r.step < until);
                let sent: BTreeSet<_> = later()
                    .filter(|r| r.kind == Kind::Send && r.peer == it.node)
                    .map(|r| (r.node, r.nth))
                    .collect();
                let heard = later().filter(|r| r.kind == Kind::Deliver && r.peer == it.node);
                let heard: BTreeSet<Place> =
                    heard.filter(|r| sent.contains(&(r.node, r.nth))).map(|r| r.node).collect();
                let voters = self.voters().len();
                assert!(heard.len() < voters / 2, "{heard:?} reach it: {it:?}");
            }
            self.out.push(told(self.lane, it));
        }
    }
}

fn told_places(lane: &Lane, it: &Happening) -> (Place, BTreeSet<Place>) {
    (it.other, lane.story().places(it).iter().copied().collect())
}
