//! Why something is so: a chain of causes, back to the faults, timers and starts that began it.
//!
//! Everything is found by replaying, so that a run that nobody asks about pays nothing. A message leads to the event that
//! sent it, and a timer to the event that set it; what the summary says of an event adds the rest: the votes behind a
//! win, the newer token behind a rejected write, the message that did not come before a timer fired. Nothing here knows
//! an algorithm.
//!
//! An [`Inquiry`] works in slices, as a chain may lead far back.

mod text;
mod what_if;

pub use what_if::{Change, Outcome, WhatIf, changes};

use election_base::{SimTime, sort_by_numbers};
use election_engine::lane::{Cause, Lane, Link, Sought};
use election_engine::meter::Meter;
use election_engine::summary::{Happening, What};
use election_engine::trace::{Kind, Loss, NOWHERE, Place, Record, WRITE, Waits};
use election_protocol::{Answer, Authority, Shape};

/// The most events and messages in a chain.
const LINKS_MAX: usize = 400;
/// The most records that are searched at a time for a message that did not arrive.
const RECORDS_MAX: usize = 100_000;
/// The most lost messages that a chain names for one reason.
const LOST_MAX: usize = 3;
/// From this attempt in a row on, those in between are left out.
const IN_A_ROW_MIN: u32 = 3;
/// This many messages in a row that only pass something on are told as one reason.
const RELAYS_MIN: usize = 3;

/// What happened in an event, as a sentence: its first record, and its cause.
pub fn sentence(lane: &Lane, first: &Record, cause: Cause) -> String {
    let link = Link { event: first.step, at: first.at, record: Some(*first), cause };
    text::reason(lane, &Of::Event(link), &[], false, None, Vec::new()).text
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Why an event of the lane happened, by its number.
    Event(u32),
    /// Why a node is what it is, at the cursor: why it leads, whom it follows, or why it does not lead.
    Node(Place),
    /// Why a field of a node is what it is, at the cursor.
    Field(Place, &'static str),
    /// Why there is a leader, or none, at the cursor.
    Leader,
}

/// An answer: the question as a sentence, and the reasons.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The question as a sentence.
    pub question: String,
    /// The reasons in the order in which they happened. The last one is what was asked about.
    pub reasons: Vec<Reason>,
    /// Whether some were left out, because there were too many.
    pub truncated: bool,
}

/// A link of a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// When it happened.
    pub at: SimTime,
    /// The event; 0 for the start of the run.
    pub step: u32,
    /// Where it happened; [`NOWHERE`] for an act of the scenario.
    pub node: Place,
    /// What it is.
    pub kind: ReasonKind,
    /// It, as a sentence.
    pub text: String,
    /// The line of the scenario that did it, from 0.
    pub line: Option<u32>,
    /// The rules that ran: bit `n` for rule `n`.
    pub rules: u64,
    /// The message that brought it, or that was lost: its record.
    pub message: Option<Record>,
    /// Of a timer: its name.
    pub timer: &'static str,
    /// The nodes by way of which its message came, if it only passed through them.
    pub by_way: Vec<Place>,
    /// The reasons that brought it about, by their positions.
    pub from: Vec<usize>,
}

/// See [`Reason`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReasonKind {
    /// An act of the scenario.
    Act,
    /// A timer fired.
    Timer,
    /// What set a timer, or since when a node leads: the chain does not go back from there.
    Since,
    /// A message arrived.
    Message,
    /// A message was lost, or is late.
    Silence,
    /// A random draw.
    Chance,
    /// A process started by itself, or the run began.
    Start,
    /// How things stand.
    State,
    /// Anything else that happened.
    Other,
}

impl ReasonKind {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            ReasonKind::Act => "act",
            ReasonKind::Timer => "timer",
            ReasonKind::Since => "since",
            ReasonKind::Message => "message",
            ReasonKind::Silence => "silence",
            ReasonKind::Chance => "chance",
            ReasonKind::Start => "start",
            ReasonKind::State => "state",
            ReasonKind::Other => "other",
        }
    }

    /// Whether a chain may end there.
    pub fn ends(self) -> bool {
        matches!(
            self,
            ReasonKind::Act | ReasonKind::Timer | ReasonKind::Since | ReasonKind::Chance | ReasonKind::Start
        )
    }
}

/// A reason that is being looked into.
#[derive(Clone, Debug)]
struct Draft {
    of: Of,
    /// Whether its causes are, or will be, found.
    expanded: bool,
    causes: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Of {
    /// An event whose record is not known yet.
    Unknown(u32),
    /// An event.
    Event(Link),
    /// An event that the chain does not go back from.
    Since(Link),
    /// A message that was lost.
    Lost(Record),
    /// A message that had not been received yet: the record of its sending, or of its waiting at the receiver.
    Late(Record),
    /// How things stand at the cursor.
    State(Place, String),
}

/// What is left to find out, about the draft at that position.
#[derive(Clone, Copy, Debug)]
enum Task {
    /// What caused it.
    Expand { of: usize, deep: bool },
    /// What last changed a field.
    Changed { node: Place, field: &'static str, step: u32 },
    /// Only what happened.
    Look(usize),
    /// What the node waited for in vain from the event `set` until its timer fired.
    Silence { of: usize, set: u32, node: Place, until: SimTime },
    /// The same, once it is known what the node `heard` when its timer was set, and when that was sent.
    Missing { of: usize, set: u32, heard: Option<Record>, node: Place, from: SimTime, until: SimTime },
    /// Why a node was not told that it does not lead any more.
    Unaware { of: usize, node: Place, from: SimTime, until: SimTime },
    /// Why a candidate lacks votes: the messages between it and those that have not answered.
    Unanswered { of: usize, node: Place, from: SimTime },
    /// What lost a message.
    Fault { of: usize, lost: Record },
    /// The last such record up to an event: a vote that arrived, the write with the newer token, what a node last learned of
    /// its leader, what paused it.
    Latest { of: usize, sought: Sought, step: u32 },
}

/// A question that is being answered.
pub struct Inquiry {
    question: String,
    /// The moment that it is about.
    now: SimTime,
    drafts: Vec<Draft>,
    tasks: Vec<Task>,
    truncated: bool,
}

impl Inquiry {
    /// Starts looking for the answer to a question about a lane whose cursor stands at `now`.
    pub fn new(lane: &Lane, question: Question, now: SimTime) -> Inquiry {
        let (drafts, tasks) = (Vec::new(), Vec::new());
        let mut inquiry = Inquiry { question: String::new(), now, drafts, tasks, truncated: false };
        match question {
            Question::Event(step) => {
                inquiry.question = text::question_of(lane, step);
                inquiry.event(step, true);
            }
            // A coordination service does not seek to lead its clients.
            Question::Node(node) if lane.members() <= usize::from(node) => inquiry.about_leader(lane),
            Question::Node(node) => inquiry.about(lane, node),
            Question::Field(node, field) => {
                inquiry.question = text::question_of_field(lane, node, field);
                inquiry.tasks.push(Task::Changed { node, field, step: lane.events() });
            }
            Question::Leader => inquiry.about_leader(lane),
        }
        inquiry
    }

    /// Continues. Returns the answer once it is found.
    pub fn advance(&mut self, lane: &mut Lane, meter: &mut Meter) -> Option<Chain> {
        while let Some(task) = self.tasks.pop() {
            if self.work(lane, task, meter).is_none() {
                self.tasks.push(task);
                return None;
            }
        }
        Some(self.chain(lane))
    }

    /// Adds a draft, or finds it.
    fn add(&mut self, of: Of) -> usize {
        let key = of.key();
        if let Some(known) = self.drafts.iter().position(|it| it.of.key() == key) {
            return known;
        }
        self.drafts.push(Draft { of, expanded: false, causes: Vec::new() });
        self.drafts.len() - 1
    }

    /// The draft of an event, which is looked into if it is new.
    fn event(&mut self, step: u32, deep: bool) -> usize {
        let of = self.add(Of::Unknown(step));
        if !self.drafts[of].expanded {
            if LINKS_MAX <= self.drafts.len() {
                self.truncated = true;
                self.tasks.push(Task::Look(of));
            } else {
                self.drafts[of].expanded = true;
                self.tasks.push(Task::Expand { of, deep });
            }
        }
        of
    }

    /// The draft of an event that the chain does not go back from.
    fn since(&mut self, step: u32) -> usize {
        let before = self.drafts.len();
        let of = self.add(Of::Unknown(step));
        if of == before {
            self.tasks.push(Task::Look(of));
        }
        of
    }

    /// The event that a draft is about; the cursor's for how things stand there.
    fn step_of(&self, lane: &Lane, of: usize) -> u32 {
        match self.drafts[of].of {
            Of::State(..) => lane.events(),
            ref of => of.key().0,
        }
    }

    fn because(&mut self, of: usize, cause: usize) {
        if of != cause && !self.drafts[of].causes.contains(&cause) {
            self.drafts[of].causes.push(cause);
        }
    }

    /// Does a task. `None` if the meter ran empty first.
    fn work(&mut self, lane: &mut Lane, task: Task, meter: &mut Meter) -> Option<()> {
        let (of, found) = match task {
            Task::Expand { of, deep } => return self.expand(lane, of, deep, meter),
            Task::Silence { of, set, node, until } => {
                return self.silence(lane, of, set, (node, until), meter);
            }
            Task::Missing { of, set, heard, node, from, until } => {
                return self.missing(lane, (of, set, node), heard, (from, until), meter);
            }
            Task::Unaware { of, node, from, until } => {
                return self.unaware(lane, of, node, (from, until), meter);
            }
            Task::Unanswered { of, node, from } => return self.unanswered(lane, of, node, from, meter),
            Task::Changed { node, field, step } => {
                let changed = lane.changed(node, field, step, meter)?;
                self.event(changed, true);
                return Some(());
            }
            Task::Look(of) => {
                if let Of::Unknown(step) = self.drafts[of].of
                    && let Some(link) = lane.causes(step, lane.computed(), 1, meter)?.pop()
                {
                    self.drafts[of].of = Of::Since(link);
                }
                return Some(());
            }
            Task::Fault { of, lost } => {
                let own = lost.sub == Loss::Dropped as u8;
                (of, lane.fault_of(&lost, meter)?.or(own.then_some(lost.step)))
            }
            Task::Latest { of, sought, step } => {
                let last = lane.latest(sought, step, meter)?.map(|r| r.step);
                // A belief that has never changed is that of the start.
                let start = matches!(sought, Sought::Belief(_)).then_some(0);
                (of, last.or(start))
            }
        };
        if let Some(step) = found {
            let deep = matches!(task, Task::Latest { sought: Sought::Accepted(_), .. });
            let cause = self.event(step, deep);
            self.because(of, cause);
        }
        Some(())
    }

    /// Looks for the last such record up to the event of a draft.
    fn latest(&mut self, lane: &Lane, of: usize, sought: Sought) {
        let step = self.step_of(lane, of);
        self.tasks.push(Task::Latest { of, sought, step });
    }

    /// Finds out what an event is and what caused it.
    fn expand(&mut self, lane: &mut Lane, of: usize, deep: bool, meter: &mut Meter) -> Option<()> {
        let step = self.drafts[of].of.key().0;
        let links = lane.causes(step, lane.computed(), 2, meter)?;
        let Some(&link) = links.first() else { return Some(()) };
        self.drafts[of].of = Of::Event(link);
        let told = text::told(lane, &link);
        if let Some(h) = told {
            self.expand_happening(lane, of, &link, &h);
        }
        let Cause::Event(by) = link.cause else { return Some(()) };
        if by == step {
            return Some(());
        }
        let timer = link.record.filter(|r| r.kind == Kind::Fire);
        let Some(r) = timer else {
            let cause = self.event(by, deep);
            self.because(of, cause);
            return Some(());
        };
        let story = lane.story();
        let during = story.electing.iter().any(|it| it.from_step <= by && step <= it.until_step);
        let leads = |it: &&election_engine::summary::Band| {
            it.node == r.node && it.from_step < step && step <= it.until_step
        };
        let again = links
            .get(1)
            .and_then(|it| it.record)
            .is_some_and(|before| (before.kind, before.node, before.sub) == (Kind::Fire, r.node, r.sub));
        // A leader's timer runs because it leads; any other one is what the chain goes back to.
        if let Some(band) = story.main.bands.iter().rfind(leads) {
            let first = band.from_step;
            let cause = if deep { self.event(first, false) } else { self.since(first) };
            self.because(of, cause);
            return Some(());
        }
        let attempt = |it: &Happening| matches!(it.what, What::Starts | What::Suspects { .. });
        let row = told.filter(|it| again && attempt(it) && IN_A_ROW_MIN <= it.nth);
        if let Some(h) = row {
            // Of many attempts in a row, the last and the first one.
            let earlier = |it: &&Happening| it.step < step && it.node == h.node && attempt(it) && it.nth == 1;
            let first = story.happenings.iter().rfind(earlier);
            let (before, first) = (self.since(by), first.map(|it| it.step));
            self.because(of, before);
            if let Some(first) = first.filter(|it| *it < by) {
                let cause = self.event(first, deep);
                self.because(of, cause);
            }
        } else if again && told.is_none() {
            // It fires at intervals, whatever happens.
            let cause = self.since(by);
            self.because(of, cause);
            return Some(());
        } else {
            let cause = if during { self.event(by, false) } else { self.since(by) };
            self.because(of, cause);
        }
        self.tasks.push(Task::Silence { of, set: by, node: r.node, until: link.at });
        Some(())
    }

    /// What a happening rests on besides the cause of its event.
    fn expand_happening(&mut self, lane: &Lane, of: usize, link: &Link, h: &Happening) {
        // A rival became the leader only in its own election.
        let story = lane.story();
        let began =
            story.electing.iter().rfind(|it| it.from_step <= link.event).map_or(link.at, |it| it.from);
        let unaware = |node: Place| Task::Unaware { of, node, from: began, until: link.at };
        match h.what {
            What::Leads { .. } => {
                for &voter in story.places(h).iter().filter(|&&it| it != h.node) {
                    self.latest(lane, of, Sought::Heard { from: voter, to: h.node });
                }
                if h.other != NOWHERE {
                    self.tasks.push(unaware(h.other));
                }
            }
            What::Refused | What::Conflict => {
                self.tasks.push(unaware(h.node));
                if h.other != NOWHERE {
                    self.latest(lane, of, Sought::Accepted(h.other));
                }
            }
            What::Deposed => self.tasks.push(unaware(h.node)),
            _ => {}
        }
    }

    /// Finds out what set a timer, to look for what its node then waited for.
    fn silence(
        &mut self,
        lane: &mut Lane,
        of: usize,
        set: u32,
        (node, until): (Place, SimTime),
        meter: &mut Meter,
    ) -> Option<()> {
        let links = lane.causes(set, lane.computed(), 2, meter)?;
        let Some(setter) = links.first() else { return Some(()) };
        let heard = setter.record.filter(|r| r.kind == Kind::Deliver && r.peer == node && r.msg != WRITE);
        let from = links.get(1).filter(|_| heard.is_some()).map_or(setter.at, |it| it.at);
        // A task of its own: what is known is not looked up again after an interruption.
        self.tasks.push(Task::Missing { of, set, heard, node, from, until });
        Some(())
    }

    /// Finds out what a node waited for from a time on before its timer fired, since what it `heard` last.
    fn missing(
        &mut self,
        lane: &mut Lane,
        (of, set, node): (usize, u32, Place),
        heard: Option<Record>,
        (from, until): (SimTime, SimTime),
        meter: &mut Meter,
    ) -> Option<()> {
        let mut records = lane.window(from, until, RECORDS_MAX, meter)?;
        // What happens later in the same instant is no cause.
        records.retain(|r| r.step < self.step_of(lane, of));
        let mut found = false;
        if let Some(heard) = heard {
            let same = |r: &&Record| (r.node, r.peer, r.msg) == (heard.node, node, heard.msg);
            let next = records.iter().filter(same).find(|r| r.kind == Kind::Send && heard.nth < r.nth);
            // A node that gives up an election goes on sending what it sent; a former leader does not, and neither does one that
            // passes on what it no longer hears.
            let deposed = |r: &Record| {
                let story = lane.story();
                let led = story.main.bands.iter().any(|it| (it.node, it.until_step) == (r.node, r.step));
                let first = story.happenings.partition_point(|it| it.step < r.step);
                let mut here = story.happenings[first..].iter().take_while(|it| it.step == r.step);
                let suspects = here
                    .any(|it| it.node == r.node && matches!(it.what, What::Suspects { .. } | What::Starts));
                r.kind == Kind::Belief && (led || suspects)
            };
            let stopped = |r: &&Record| {
                r.node == heard.node
                    && r.at >= from
                    && (matches!(r.kind, Kind::Crash | Kind::Pause) || r.step > set && deposed(r))
            };
            if let Some(sent) = next {
                found = self.missed(of, sent, &records);
            } else if let Some(r) = records.iter().find(stopped) {
                let cause = self.event(r.step, false);
                self.because(of, cause);
                found = true;
            }
        } else {
            // What it asked for and got no answer to.
            let asked = records.iter().filter(|r| r.step == set && r.kind == Kind::Send && r.node == node);
            for sent in asked.take(LOST_MAX) {
                found |= self.missed(of, sent, &records);
            }
        }
        if !found {
            let loss = lane.story().losses.iter().rfind(|it| it.step < self.drafts[of].of.key().0);
            let suspects = matches!(&self.drafts[of].of, Of::Event(link) if text::suspects(lane, link));
            if let (true, Some(loss)) = (suspects, loss.copied()) {
                let cause = self.event(loss.step, false);
                self.because(of, cause);
            }
        }
        Some(())
    }

    /// Adds what became of a message if it did not arrive. Returns whether that is so.
    fn missed(&mut self, of: usize, sent: &Record, records: &[Record]) -> bool {
        let same = |r: &&Record| {
            (r.node, r.peer, r.nth, r.msg) == (sent.node, sent.peer, sent.nth, sent.msg)
                && sent.step <= r.step
        };
        let fate = |kind: Kind| records.iter().filter(same).find(|r| r.kind == kind);
        // One copy is enough.
        if fate(Kind::Deliver).is_some() {
            return false;
        }
        if let Some(lost) = fate(Kind::Lose).copied() {
            let cause = self.add(Of::Lost(lost));
            self.because(of, cause);
            self.tasks.push(Task::Fault { of: cause, lost });
            return true;
        }
        let late = *fate(Kind::Wait).unwrap_or(sent);
        let cause = self.add(Of::Late(late));
        self.because(of, cause);
        let by = self.since(sent.step);
        self.because(cause, by);
        if (late.kind, late.sub) == (Kind::Wait, Waits::Paused as u8) {
            let sought = Sought::Paused(late.peer);
            self.tasks.push(Task::Latest { of: cause, sought, step: late.step });
        }
        true
    }

    /// Finds the messages that a candidate's missing votes were lost with.
    fn unanswered(
        &mut self,
        lane: &mut Lane,
        of: usize,
        node: Place,
        from: SimTime,
        meter: &mut Meter,
    ) -> Option<()> {
        let until = lane.now();
        let records = lane.window(from, until, RECORDS_MAX, meter)?;
        let missing = text::voters(lane, node, None);
        for &voter in missing.iter().take(LOST_MAX) {
            let between = |r: &&Record| {
                r.kind == Kind::Lose
                    && r.msg != WRITE
                    && r.step <= lane.events()
                    && ((r.node, r.peer) == (node, voter) || (r.node, r.peer) == (voter, node))
            };
            if let Some(lost) = records.iter().rfind(between) {
                let cause = self.add(Of::Lost(*lost));
                self.because(of, cause);
                self.tasks.push(Task::Fault { of: cause, lost: *lost });
            }
        }
        Some(())
    }

    /// Finds out why a node still believes that it leads: what was to tell it otherwise and did not arrive.
    fn unaware(
        &mut self,
        lane: &mut Lane,
        of: usize,
        node: Place,
        (from, until): (SimTime, SimTime),
        meter: &mut Meter,
    ) -> Option<()> {
        let mut records = lane.window(from, until, RECORDS_MAX, meter)?;
        let now = matches!(self.drafts[of].of, Of::State(..));
        records.retain(|r| r.step < self.step_of(lane, of) || now && r.step == lane.events());
        let to_node = |r: &&Record| r.peer == node && r.msg != WRITE;
        let lost = records.iter().filter(to_node).find(|r| r.kind == Kind::Lose);
        let waits = records.iter().filter(to_node).find(|r| r.kind == Kind::Wait);
        if let Some(lost) = lost {
            let cause = self.add(Of::Lost(*lost));
            self.because(of, cause);
            self.tasks.push(Task::Fault { of: cause, lost: *lost });
        } else if waits.is_some() {
            self.latest(lane, of, Sought::Paused(node));
        }
        Some(())
    }
}

// How things stand at the cursor.
impl Inquiry {
    fn state(&mut self, node: Place, text: String) -> usize {
        self.add(Of::State(node, text))
    }

    fn about(&mut self, lane: &Lane, node: Place) {
        let name = text::name(lane, node);
        let belief = lane.belief(node);
        if lane.waits_to_start(node) {
            self.question = format!("Why does {name} not run?");
            let of = self.state(node, text::standing(lane, node));
            let cause = self.event(0, false);
            self.because(of, cause);
            return;
        }
        if !lane.up(node) {
            self.question = format!("Why is {name} down?");
            let of = self.state(node, text::sentence(&format!("{name} is down")));
            if let Some(by) = lane.down_by(node) {
                let cause = self.event(by, false);
                self.because(of, cause);
            }
            return;
        }
        if belief.leads {
            let leads = |it: &&election_engine::summary::Band| {
                it.node == node && it.from_step <= lane.events() && lane.events() < it.until_step
            };
            self.question = format!("Why does {name} lead?");
            let truth = lane.leader_in_truth();
            if let Some(band) = lane.story().main.bands.iter().rfind(leads).copied() {
                if truth == Some(node) || lane.info().authority == Authority::None {
                    let first = self.event(band.from_step, true);
                    if band.from_step == 0 {
                        let leads = text::sentence(&format!("{name} leads from the start of the run on"));
                        let of = self.state(node, leads);
                        self.because(of, first);
                    }
                    return;
                }
                // It leads wrongly: who leads in its place, and what kept that from it?
                self.question = format!("Why does {name} believe that it leads?");
                let of = self.state(node, text::wrongly(lane, node));
                let own = self.since(band.from_step);
                self.because(of, own);
                let mut from = band.from;
                let rival = |it: &&election_engine::summary::Band| {
                    Some(it.node) == truth && it.from_step <= lane.events() && lane.events() < it.until_step
                };
                if let Some(rival) = lane.story().main.bands.iter().rfind(rival) {
                    let cause = self.event(rival.from_step, false);
                    self.because(of, cause);
                    let began = lane.story().electing.iter().rfind(|it| it.from_step <= rival.from_step);
                    from = began.map_or(rival.from, |it| it.from);
                }
                self.cut_off(lane, of, node);
                self.tasks.push(Task::Unaware { of, node, from, until: lane.now() });
            }
            return;
        }
        self.question = format!("Why does {name} not lead?");
        let of = self.state(node, text::standing(lane, node));
        if lane.paused(node) {
            self.latest(lane, of, Sought::Paused(node));
            return;
        }
        let mut shapes = Vec::new();
        lane.shapes(node, &mut shapes);
        for shape in &shapes {
            if let Shape::Vote { voter, answer: Answer::Refused | Answer::Barred } = shape
                && let Some(voter) = lane.place(*voter)
            {
                self.latest(lane, of, Sought::Heard { from: voter, to: node });
            }
        }
        let asks = shapes.iter().any(|shape| matches!(shape, Shape::Tally { .. }));
        if let Some(election) = lane.story().electing.iter().rfind(|it| it.from_step <= lane.events() && asks)
        {
            self.tasks.push(Task::Unanswered { of, node, from: election.from });
        }
        if self.cut_off(lane, of, node) {
            return;
        }
        self.latest(lane, of, Sought::Belief(node));
    }

    /// Adds what cut a node off, if it does not reach a quorum. Returns whether that is so.
    fn cut_off(&mut self, lane: &Lane, of: usize, node: Place) -> bool {
        if lane.info().authority != Authority::Quorum || lane.reaches_quorum(node) {
            return false;
        }
        let mut causes: Vec<u32> = (0..lane.members() as Place)
            .filter(|&it| it != node)
            .filter_map(|it| {
                let cut = || lane.cut_by(it, node).or_else(|| lane.cut_by(node, it));
                if lane.up(it) { cut() } else { lane.down_by(it) }
            })
            .collect();
        // What cut it off last comes first.
        sort_by_numbers(&mut causes, |&it| (u64::from(u32::MAX - it), 0));
        causes.dedup();
        for &step in causes.iter().take(LOST_MAX) {
            let cause = self.event(step, false);
            self.because(of, cause);
        }
        !causes.is_empty()
    }

    fn about_leader(&mut self, lane: &Lane) {
        let leader = lane.leader_in_truth().filter(|&it| lane.belief(it).leads).or_else(|| lane.leader());
        if let Some(leader) = leader.filter(|&it| lane.up(it) && lane.belief(it).leads) {
            self.about(lane, leader);
            return;
        }
        self.question = "Why does no node lead?".to_string();
        let of = self.state(NOWHERE, text::leaderless(lane));
        let here = lane.events();
        let loss = lane.story().losses.iter().rfind(|it| it.step <= here);
        if let Some(loss) = loss.copied() {
            let cause = self.event(loss.step, false);
            self.because(of, cause);
        }
        let election = lane.story().electing.iter().rfind(|it| it.from_step <= here && here < it.until_step);
        if let Some(election) = election.copied() {
            let cause = self.event(election.from_step, false);
            self.because(of, cause);
        }
        if lane.events() == 0 || loss.is_none() && election.is_none() {
            let cause = self.event(0, false);
            self.because(of, cause);
        }
    }
}

impl Of {
    /// What it is about: its event, and which message of it.
    fn key(&self) -> (u32, u8, u64) {
        match self {
            Of::Unknown(step) => (*step, 0, 0),
            Of::Event(link) | Of::Since(link) => (link.event, 0, 0),
            Of::Lost(r) | Of::Late(r) => {
                let link = u64::from(r.node) << 16 | u64::from(r.peer) << 8 | u64::from(r.copy);
                (r.step, 1, u64::from(r.nth) << 24 | link)
            }
            Of::State(..) => (u32::MAX, 1, 0),
        }
    }
}

// The answer.
impl Inquiry {
    fn chain(&mut self, lane: &Lane) -> Chain {
        let sent_late = |draft: usize| {
            self.drafts.iter().any(|it| matches!(it.of, Of::Late(_)) && it.causes.contains(&draft))
        };
        let told = |draft: usize| match &self.drafts[draft].of {
            Of::Unknown(_) => false,
            // A timer that rings all the time says nothing, except where a message comes from that is late.
            Of::Since(link) => {
                let rings = link.record.is_some_and(|r| r.kind == Kind::Fire);
                !rings || text::told(lane, link).is_some() || sent_late(draft)
            }
            _ => true,
        };
        let mut order: Vec<usize> = (0..self.drafts.len()).filter(|&it| told(it)).collect();
        sort_by_numbers(&mut order, |&it| {
            let (step, part, of) = self.drafts[it].of.key();
            (u64::from(step) << 1 | u64::from(part > 0), of)
        });
        let position = |draft: usize| order.iter().position(|&it| it == draft);
        let mut reasons: Vec<Reason> = Vec::new();
        for &draft in &order {
            let mut from: Vec<usize> =
                self.drafts[draft].causes.iter().filter_map(|&it| position(it)).collect();
            sort_by_numbers(&mut from, |&it| (it as u64, 0));
            let answers = |to: usize| match &self.drafts[to].of {
                Of::Event(link) => link.record.filter(|r| r.kind == Kind::Deliver),
                Of::Lost(r) | Of::Late(r) => Some(*r),
                _ => None,
            };
            let led_to: Vec<Record> = order
                .iter()
                .filter(|&&to| self.drafts[to].causes.contains(&draft))
                .filter_map(|&to| answers(to))
                .collect();
            // Only what set the timer, not what was missing while it ran, nor since when its node leads.
            let setter = |of: &Of| match of {
                Of::Event(Link { cause: Cause::Event(by), .. }) => Some(*by),
                _ => None,
            };
            let waits = order.iter().any(|&to| {
                let fired = matches!(&self.drafts[to].of, Of::Event(link) if link.record.is_some_and(|r| r.kind == Kind::Fire));
                let set = || setter(&self.drafts[to].of) == Some(self.drafts[draft].of.key().0);
                fired && self.drafts[to].causes.contains(&draft) && set()
            });
            let by = setter(&self.drafts[draft].of);
            let set = self.drafts[draft].causes.iter().find_map(|&it| match &self.drafts[it].of {
                Of::Event(link) | Of::Since(link) if Some(link.event) == by => Some(*link),
                _ => None,
            });
            let mut reason = text::reason(lane, &self.drafts[draft].of, &led_to, waits, set, from);
            if reason.kind == ReasonKind::State {
                reason.at = self.now;
            }
            reasons.push(reason);
        }
        fold(lane, &mut reasons);
        Chain { question: core::mem::take(&mut self.question), reasons, truncated: self.truncated }
    }
}

/// Tells as one reason what repeats: messages in a row that only pass something on, and a timer that fires again and again.
fn fold(lane: &Lane, reasons: &mut Vec<Reason>) {
    let goes_on = |all: &[Reason], at: usize| {
        let mut later = all.iter().enumerate().filter(|(_, it)| it.from.contains(&at));
        let (Some((to, next)), None) = (later.next(), later.next()) else { return None };
        let this = &all[at];
        // The first of its numbers is what it passes on: an id.
        let same = |r: &Record, s: &Record| (r.kind, r.msg, r.args[0]) == (s.kind, s.msg, s.args[0]);
        let passes = this.kind == ReasonKind::Message
            && this.message.zip(next.message).is_some_and(|(r, s)| same(&r, &s))
            && (this.from.len(), next.from.len()) == (1, 1);
        // What was missing each time goes with it.
        let alone = |it: &&usize| **it == at || all[**it].kind == ReasonKind::Silence;
        let repeats = this.kind == ReasonKind::Timer
            && (next.kind, next.node, &next.timer) == (this.kind, this.node, &this.timer)
            && next.from.iter().filter(alone).count() == next.from.len();
        (passes || repeats).then_some(to)
    };
    let mut at = 0;
    while at < reasons.len() {
        let mut row = vec![at];
        while let Some(next) = goes_on(reasons, row[row.len() - 1]) {
            row.push(next);
        }
        // The first and the last of them are told.
        let hidden: Vec<usize> = row.iter().copied().skip(1).take(row.len().saturating_sub(2)).collect();
        at += 1;
        if hidden.len() < RELAYS_MIN {
            continue;
        }
        let (first, last) = (row[0], row[row.len() - 1]);
        if reasons[first].kind == ReasonKind::Timer {
            let times = hidden.len() + 1;
            reasons[last].text.push_str(&format!(" It had fired {times} times before."));
        } else {
            let nodes: Vec<Place> = hidden.iter().map(|&it| reasons[it].node).collect();
            reasons[last].text.push_str(&text::by_way_of(lane, &nodes));
            reasons[last].by_way = nodes;
        }
        let before = row[row.len() - 2];
        for from in &mut reasons[last].from {
            *from = if *from == before { first } else { *from };
        }
        // What only the hidden ones come from is hidden with them.
        let mut kept: Vec<bool> = (0..reasons.len()).map(|it| !hidden.contains(&it)).collect();
        for it in (0..reasons.len()).rev() {
            let needed = |of: usize| kept[of] && reasons[of].from.contains(&it);
            kept[it] = kept[it] && (it + 1 == reasons.len() || (it + 1..reasons.len()).any(needed));
        }
        let moved = |old: usize| kept[old].then(|| kept[..old].iter().filter(|it| **it).count());
        let mut position = 0;
        for reason in reasons.iter_mut() {
            reason.from = reason.from.iter().filter_map(|&it| moved(it)).collect();
        }
        reasons.retain(|_| {
            position += 1;
            kept[position - 1]
        });
    }
}
