//! Reads the flat numbers of a frame; the workbench's frame.rs defines the layout.

use election_engine::lane::Lane as Run;
use election_engine::trace::{Names, WRITE};
use election_protocol::{Authority, Info};
use election_workbench::frame::{FLIGHT, LANE, NODE, SHAPE, TIMER};

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Follower,
    Candidate,
    Leader,
    Idle,
    Service,
}

/// The class of a message, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Election,
    Liveness,
    Service,
    Data,
}

/// An answer in a ballot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Refused,
    Granted,
    Barred,
}

/// A ballot on whether a node leads: the open one, or the one that elected it.
#[derive(Clone, Debug)]
pub struct Tally {
    pub epoch: u64,
    pub needed: usize,
    pub binding: bool,
    /// In the order in which they came.
    pub votes: Vec<(usize, Answer)>,
}

impl Tally {
    /// How many votes it has.
    pub fn granted(&self) -> usize {
        self.votes.iter().filter(|it| it.1 == Answer::Granted).count()
    }
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    pub place: usize,
    pub id: u64,
    /// Its name, shortened for pictures.
    pub label: String,
    pub name: String,
    pub role: Role,
    pub up: bool,
    pub paused: bool,
    pub starting: bool,
    pub leads: bool,
    pub epoch: u64,
    pub follows: Option<usize>,
    pub ahead: i64,
    pub drift: i64,
    pub slow: u64,
    pub part: Option<usize>,
    pub tally: Option<Tally>,
    pub voted: Option<(u64, Option<usize>)>,
    pub reach: usize,
    pub silenced_by: Option<usize>,
    pub beaten_by: Option<usize>,
    pub next: Vec<usize>,
    pub stopped: Vec<usize>,
}

impl Node {
    /// Whether it is a candidate that has to wait for another one.
    pub fn waits(&self) -> bool {
        self.up && self.role == Role::Candidate && (self.silenced_by.is_some() || self.beaten_by.is_some())
    }

    /// Whether it is a candidate that can win.
    pub fn asks(&self) -> bool {
        self.role == Role::Candidate && !self.waits()
    }
}

/// A timer that is set.
#[derive(Clone, Copy, Debug)]
pub struct Ticking {
    pub place: usize,
    pub timer: usize,
    pub since: u64,
    pub due: Option<u64>,
}

/// A message in flight, or one that was lost a moment ago.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    pub from: usize,
    pub to: usize,
    /// The position among the algorithm's messages; `None` for a write to the store.
    pub kind: Option<usize>,
    pub class: Class,
    pub sent: u64,
    pub due: u64,
    pub nth: u64,
    /// Of a message in flight: 1 if it will change something. Of a lost one: why, see [`REFUSED`].
    pub flags: u8,
    pub args: [u64; 5],
}

/// Of a lost message: the store rejected it.
pub const REFUSED: u8 = 255;

/// A row of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub panel: usize,
    pub owner: usize,
    pub key: u64,
    pub due: Option<u64>,
    pub of: u64,
}

/// A node that waits for a row to disappear; for any change if there is no row.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub panel: usize,
    pub from: usize,
    pub to: Option<u64>,
}

/// What became of a write at the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    Kept,
    Refused,
    Conflict,
}

/// A lane at a moment.
#[derive(Clone, Debug)]
pub struct Lane {
    pub members: usize,
    pub services: usize,
    pub truth: Option<usize>,
    pub leader: Option<usize>,
    pub believers: usize,
    pub accepted: u64,
    pub rejected: u64,
    pub conflicting: u64,
    pub nodes: Vec<Node>,
    pub timers: Vec<Ticking>,
    pub flights: Vec<Flight>,
    pub under_way: usize,
    pub rows: Vec<Row>,
    pub bonds: Vec<(usize, usize)>,
    pub arrows: Vec<Waiting>,
    /// The store is the place after the nodes.
    pub cuts: Vec<(usize, usize)>,
    pub losses: Vec<Flight>,
    pub writes: Vec<Fate>,
    /// The shortest and the longest delay, loss and duplication in millionths.
    pub network: [u64; 4],
    /// Whether that has changed since the start.
    pub changed: bool,
    /// The links that behave differently: from, to, and their behaviour.
    pub links: Vec<(usize, usize, [u64; 4])>,
    /// Its members in ring order.
    pub ring: Vec<usize>,
    /// The names of its timers.
    pub timer_names: Vec<&'static str>,
    pub info: &'static Info,
}

impl Lane {
    /// The label of a place.
    pub fn label(&self, place: Option<usize>) -> &str {
        place.and_then(|it| self.nodes.get(it)).map_or("?", |it| &it.label)
    }

    /// The nodes that take part in elections.
    pub fn electors(&self) -> &[Node] {
        &self.nodes[..self.members]
    }

    /// The nodes of the coordination service.
    pub fn service(&self) -> &[Node] {
        &self.nodes[self.members..]
    }

    /// Whether a node believes wrongly that it leads: another one leads in truth or, where nothing decides that, believes
    /// the same.
    pub fn errs(&self, node: &Node) -> bool {
        let judged = self.believers > 1 || self.info.authority != Authority::None;
        node.leads && self.truth != Some(node.place) && judged
    }
}

/// The longest name in a picture, in characters.
const LABEL_MAX: usize = 10;

/// A name, shortened for a picture.
pub fn label(name: &str) -> String {
    if name.chars().count() <= LABEL_MAX {
        return name.to_string();
    }
    name.chars().take(LABEL_MAX - 1).collect::<String>() + "…"
}

/// Takes numbers from a frame one after the other.
struct Numbers<'f>(&'f [f64]);

impl Numbers<'_> {
    fn next(&mut self) -> f64 {
        let first = self.0.first().copied().unwrap_or(-1.0);
        self.0 = self.0.get(1..).unwrap_or_default();
        first
    }
    fn number(&mut self) -> u64 {
        self.next().max(0.0) as u64
    }
    fn count(&mut self) -> usize {
        self.number() as usize
    }
    fn place(&mut self) -> Option<usize> {
        let it = self.next();
        (it >= 0.0).then_some(it as usize)
    }
    fn time(&mut self) -> Option<u64> {
        self.place().map(|it| it as u64)
    }
    /// The next `size` of them, of their own.
    fn part(&mut self, size: usize) -> Numbers<'_> {
        let (part, rest) = self.0.split_at(size.min(self.0.len()));
        self.0 = rest;
        Numbers(part)
    }
}

/// Reads a lane of a frame from its offset on.
pub fn lane(frame: &[f64], offset: usize, run: &Run) -> Lane {
    let mut head = Numbers(&frame[offset..offset + LANE]);
    let (members, services) = (head.count(), head.count());
    head.part(3);
    let (truth, leader, believers) = (head.place(), head.place(), head.count());
    head.part(2);
    let (accepted, rejected, conflicting) = (head.number(), head.number(), head.number());
    head.part(4);
    let [nodes, timers, flights, shapes, cuts, losses] = std::array::from_fn(|_| head.count());
    let network = std::array::from_fn(|_| head.number());
    let changed = head.next() > 0.0;
    let (links, under_way, writes) = (head.count(), head.count(), head.count());
    let mut rest = Numbers(&frame[offset + LANE..]);
    let names = run.names();
    let mut lane = Lane {
        nodes: (0..nodes).map(|place| node(&mut rest.part(NODE), place, names)).collect(),
        timers: (0..timers).map(|_| ticking(&mut rest.part(TIMER))).collect(),
        flights: (0..flights).map(|_| flight(&mut rest.part(FLIGHT))).collect(),
        members,
        services,
        truth,
        leader,
        believers,
        accepted,
        rejected,
        conflicting,
        under_way,
        rows: Vec::new(),
        bonds: Vec::new(),
        arrows: Vec::new(),
        cuts: Vec::new(),
        losses: Vec::new(),
        writes: Vec::new(),
        network,
        changed,
        links: Vec::new(),
        ring: run.ring().into_iter().map(usize::from).collect(),
        timer_names: names.timers.clone(),
        info: run.info(),
    };
    for _ in 0..shapes {
        shape(&mut lane, &mut rest.part(SHAPE));
    }
    lane.cuts = (0..cuts).map(|_| (rest.count(), rest.count())).collect();
    lane.losses = (0..losses).map(|_| flight(&mut rest.part(FLIGHT))).collect();
    let behaviour = |rest: &mut Numbers| std::array::from_fn(|_| rest.number());
    lane.links = (0..links).map(|_| (rest.count(), rest.count(), behaviour(&mut rest))).collect();
    let fate = |rest: &mut Numbers| {
        rest.next();
        [Fate::Kept, Fate::Refused, Fate::Conflict][rest.count().min(2)]
    };
    lane.writes = (0..writes).map(|_| fate(&mut rest)).collect();
    lane
}

fn node(n: &mut Numbers, place: usize, names: &Names) -> Node {
    let id = n.number();
    let role = [Role::Follower, Role::Candidate, Role::Leader, Role::Idle, Role::Service][n.count().min(4)];
    let flags = n.count();
    let (epoch, _token, follows) = (n.number(), n.number(), n.place());
    n.part(2);
    let (ahead, drift, slow, part) = (n.next() as i64, n.next() as i64, n.number(), n.place());
    let name = names.labels.get(place).cloned().unwrap_or_default();
    let up = flags & 1 != 0;
    Node {
        place,
        id,
        label: label(&name),
        name,
        role,
        up,
        paused: flags & 2 != 0,
        starting: flags & 8 != 0,
        leads: flags & 4 != 0 && up,
        epoch,
        follows,
        ahead,
        drift,
        slow,
        part,
        tally: None,
        voted: None,
        reach: 0,
        silenced_by: None,
        beaten_by: None,
        next: Vec::new(),
        stopped: Vec::new(),
    }
}

fn ticking(n: &mut Numbers) -> Ticking {
    Ticking { place: n.count(), timer: n.count(), since: n.number(), due: n.time() }
}

fn flight(n: &mut Numbers) -> Flight {
    let (from, to, kind) = (n.count(), n.count(), n.count());
    let class = [Class::Election, Class::Liveness, Class::Service, Class::Data][n.count().min(3)];
    let (sent, due, nth, _copy, flags) = (n.number(), n.number(), n.number(), n.number(), n.number() as u8);
    let kind = (kind != usize::from(WRITE)).then_some(kind);
    Flight { from, to, kind, class, sent, due, nth, flags, args: std::array::from_fn(|_| n.number()) }
}

fn shape(lane: &mut Lane, n: &mut Numbers) {
    let (kind, of) = (n.count(), n.count());
    let node = &mut lane.nodes[of];
    match kind {
        0 => {
            let (panel, owner, key, _version) = (n.count(), n.count(), n.number(), n.number());
            lane.rows.push(Row { panel, owner, key, due: n.time(), of: n.number() });
        }
        1 => lane.bonds.push((of, n.count())),
        2 => lane.arrows.push(Waiting { panel: n.count(), from: n.count(), to: n.time() }),
        3 => {
            let (epoch, needed, binding) = (n.number(), n.count(), n.number() == 1);
            node.tally = Some(Tally { epoch, needed, binding, votes: Vec::new() });
        }
        4 => node.reach = n.count(),
        5 => node.silenced_by = n.place(),
        6 => node.next.extend(n.place()),
        7 => node.stopped.extend(n.place()),
        8 => node.beaten_by = n.place(),
        9 => {
            let (voter, answer) = (n.count(), n.count());
            let answer = [Answer::Refused, Answer::Granted, Answer::Barred][answer.min(2)];
            if let Some(tally) = &mut node.tally {
                tally.votes.push((voter, answer));
            }
        }
        _ => node.voted = Some((n.number(), n.place())),
    }
}
