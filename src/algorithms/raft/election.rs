//! Roles, terms and votes (§5.1, §5.2, §5.4.1; PreVote: dissertation §9.6).

use election_base::{NodeId, Span, SpanRange};
use election_protocol::{Cx, Mark, given};

use super::info::{Flaw, Part, Rule, StaleRequests};
use super::state::{Leader, State};
use super::{Campaign, Msg, Raft, Settings, Stamp, Timer};
use election_parts::log::{Index, Term};
use election_parts::quorum::{Outcome, Set, Tally};

// Roles and terms (§5.1, §5.2).
impl Raft {
    /// Compares the term of a message before anything else. False if the message needs no further handling.
    #[inline]
    pub(super) fn step_term(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: &Msg) -> bool {
        let term = msg.term();
        if term == self.disk.term {
            return true;
        }
        if term < self.disk.term {
            self.on_lower_term(cx, from, msg);
            return false;
        }
        match *msg {
            Msg::RequestVote { transfer: false, .. } | Msg::PreVote { .. } if self.in_lease(cx) => {
                // The sender would only disturb a healthy leader (dissertation §4.2.3).
                cx.fired(Rule::InLease);
                return false;
            }
            // The term of a PreVote, and of its grant, is not yet any node's term.
            Msg::PreVote { .. } | Msg::PreVoteReply { granted: true, .. } => {}
            _ => {
                cx.because(Rule::HigherTerm, || given("its term", term).above("currentTerm", self.disk.term));
                cx.fired(Rule::HigherTerm);
                self.disk.term = term;
                self.disk.voted = NodeId::NONE;
                self.persist(cx);
                let leader = if matches!(msg, Msg::AppendEntries { .. }) { from } else { NodeId::NONE };
                self.become_follower(cx, leader);
            }
        }
        true
    }

    /// CheckQuorum's other half: true while this node leads or heard from a leader within the shortest
    /// election timeout.
    pub(super) fn in_lease(&self, cx: &mut Cx<'_, Self>) -> bool {
        let settings = cx.settings();
        if !settings.check_quorum {
            return false;
        }
        cx.because(Rule::InLease, || given("leader", self.leader).is_not("", NodeId::NONE));
        if self.leader == NodeId::NONE || self.state.is_leader() {
            return self.state.is_leader();
        }
        // Counted in this node's own ticks where it has any: etcd raft.go, Step, `inLease`.
        let (silence, shortest) = (stamp(cx) - self.election_reset, settings.units(settings.election.lo));
        cx.because(Rule::InLease, || {
            settings.amount("silence", silence).below("T", settings.units_of(shortest))
        });
        silence < shortest
    }

    pub(super) fn on_lower_term(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: &Msg) {
        let settings = cx.settings();
        let term = self.disk.term;
        cx.because(Rule::LowerTerm, || given("its term", msg.term()).below("currentTerm", term));
        let answers = settings.stale_requests == StaleRequests::Reply;
        let answer_leader = answers || settings.pre_vote || settings.check_quorum;
        let reply = match *msg {
            // Without this answer, a node whose term ran ahead while it was cut off could neither win, where its
            // requests for votes are ignored, nor rejoin.
            Msg::AppendEntries { prev_index, ref entries, .. } if answer_leader => Msg::AppendReply {
                term,
                success: false,
                heartbeat: entries.is_none(),
                index: prev_index,
                hint: 0,
                hint_term: 0,
            },
            Msg::PreVote { .. } => Msg::PreVoteReply { term, granted: false },
            Msg::RequestVote { .. } if answers => Msg::VoteReply { term, granted: false },
            _ => return cx.because(Rule::LowerTerm, || given("a request to answer", false).yes()),
        };
        cx.fired(Rule::LowerTerm);
        cx.send(from, reply);
    }

    /// Becomes a follower of `leader` in the current term, with a new draw of the election timeout.
    pub(super) fn become_follower(&mut self, cx: &mut Cx<'_, Self>, leader: NodeId) {
        if self.state.is_leader() {
            cx.mark(Mark::SteppedDown);
            for timer in [Timer::Heartbeat, Timer::CheckQuorum, Timer::Transfer, Timer::Lease] {
                cx.cancel_timer(timer);
            }
        }
        let learner = cx.settings().learners.contains(self.position);
        self.state = if learner { State::Learner } else { State::Follower };
        self.leader = leader;
        self.draw_timeout(cx);
        self.reset_election_timer(cx);
    }

    pub(super) fn on_election_timeout(&mut self, cx: &mut Cx<'_, Self>) {
        match self.state {
            State::Leader(_) | State::Learner => return,
            State::Follower => cx.mark(Mark::Suspects),
            State::PreCandidate(_) | State::Candidate(_) => {}
        }
        let settings = cx.settings();
        let now = stamp(cx);
        cx.because(Rule::Timeout, || {
            let timeout = settings.units_of(settings.units(self.timeout));
            settings.amount("waited", now.saturating_sub(self.election_reset)).at_least("timeout", timeout)
        });
        cx.fired(Rule::Timeout);
        cx.because(Rule::PreVote, || given("pre-vote", settings.pre_vote).yes());
        let campaign = if settings.pre_vote { Campaign::Pre } else { Campaign::Real };
        self.campaign(cx, campaign);
    }

    /// Asks all voters for their votes, or whether they would vote.
    pub(super) fn campaign(&mut self, cx: &mut Cx<'_, Self>, campaign: Campaign) {
        assert!(
            !matches!(self.state, State::Leader(_) | State::Learner),
            "leaders and learners do not campaign"
        );
        self.leader = NodeId::NONE;
        self.draw_timeout(cx);
        self.reset_election_timer(cx);
        let (last_index, last_term) = (self.disk.log.last(), self.disk.log.last_term());
        let msg = if campaign == Campaign::Pre {
            self.become_pre_candidate(cx);
            Msg::PreVote { term: self.disk.term + 1, last_index, last_term }
        } else {
            self.become_candidate(cx);
            let transfer = campaign == Campaign::Transfer;
            Msg::RequestVote { term: self.disk.term, last_index, last_term, transfer }
        };
        self.send_voters(cx, msg);
        self.tally(cx);
    }

    /// Asks in its present term, which it keeps.
    fn become_pre_candidate(&mut self, cx: &mut Cx<'_, Self>) {
        cx.fired(Rule::PreVote);
        self.state = State::PreCandidate(Tally::of(self.position));
    }

    /// Opens a new term, with a vote for itself.
    fn become_candidate(&mut self, cx: &mut Cx<'_, Self>) {
        cx.fired(Rule::Candidate);
        cx.mark(Mark::Started);
        self.state = State::Candidate(Tally::of(self.position));
        self.disk.term += 1;
        self.disk.voted = cx.me();
        self.persist(cx);
    }

    pub(super) fn send_voters(&self, cx: &mut Cx<'_, Self>, msg: Msg) {
        let learners = cx.settings().learners;
        if learners.is_empty() {
            cx.broadcast(msg);
            return;
        }
        for (position, &id) in cx.members().iter().enumerate() {
            if id != cx.me() && !learners.contains(position) {
                cx.send(id, msg.clone());
            }
        }
    }

    /// Draws a new election timeout, in whole ticks if there are any.
    pub(super) fn draw_timeout(&mut self, cx: &mut Cx<'_, Self>) {
        let settings = cx.settings();
        let SpanRange { lo, hi } = settings.election;
        let unit = settings.tick.0.max(1);
        let starts = self.timeout == Span::ZERO;
        let more = if lo < hi { cx.random((hi - lo).0 / unit) * unit } else { 0 };
        self.timeout = lo + Span(more);
        // Preference gives a head start once, when a leader is lost or the process starts. If it lasted, a
        // preferred node with an old log would campaign first, and in vain, for ever.
        let head_start = starts || self.leader != NodeId::NONE;
        let others = !settings.preferred.is_empty() && !settings.preferred.contains(self.position);
        if head_start && others {
            self.timeout = self.timeout + hi;
        }
    }

    #[inline]
    pub(super) fn reset_election_timer(&mut self, cx: &mut Cx<'_, Self>) {
        self.election_reset = stamp(cx);
        if !matches!(self.state, State::Learner) {
            self.set_timer(cx, Timer::Election, self.timeout);
        }
    }

    /// Sets a timer, in ticks where the node counts them.
    #[inline]
    pub(super) fn set_timer(&self, cx: &mut Cx<'_, Self>, timer: Timer, span: Span) {
        let settings = cx.settings();
        if settings.tick == Span::ZERO {
            cx.set_timer(timer, span);
        } else {
            cx.set_timer_ticks(timer, settings.units(span).max(1));
        }
    }

    /// Writes to disk.
    pub(super) fn persist(&self, cx: &mut Cx<'_, Self>) {
        let mut disk = self.disk.clone();
        match cx.settings().flaw {
            Flaw::ForgetVote => disk.voted = NodeId::NONE,
            // The terms in the log are on disk all the same.
            Flaw::ForgetTerm => (disk.term, disk.voted) = (disk.log.last_term(), NodeId::NONE),
            Flaw::None | Flaw::VoteTwice | Flaw::CompareLength => {}
        }
        cx.persist(disk);
    }

    pub(super) fn listed(&self, set: Set) -> String {
        let ids: Vec<String> = set.iter().map(|position| self.names.0[position].to_string()).collect();
        if ids.is_empty() { "none".to_string() } else { ids.join(" ") }
    }
}

/// What a node measures time by: its ticks where it counts them, else the microseconds of its clock.
pub(super) fn stamp(cx: &Cx<'_, Raft>) -> Stamp {
    if cx.settings().tick == Span::ZERO { cx.now().0 as Stamp } else { cx.ticks() }
}

impl Msg {
    /// The term that every message carries.
    #[inline]
    pub(super) fn term(&self) -> Term {
        match *self {
            Msg::RequestVote { term, .. }
            | Msg::VoteReply { term, .. }
            | Msg::PreVote { term, .. }
            | Msg::PreVoteReply { term, .. }
            | Msg::AppendEntries { term, .. }
            | Msg::AppendReply { term, .. }
            | Msg::TimeoutNow { term } => term,
        }
    }
}

// Votes (§5.2, §5.4.1).
impl Raft {
    /// Whether the vote of the current term is free for that candidate, for the rule that would grant it.
    pub(super) fn can_vote(&self, cx: &mut Cx<'_, Self>, rule: Rule, candidate: NodeId) -> bool {
        let (voted, leader) = (self.disk.voted, self.leader);
        cx.because(rule, || match voted {
            NodeId::NONE if leader == NodeId::NONE => given("votedFor", voted).is("", NodeId::NONE),
            NodeId::NONE => given("leader", leader).is("", NodeId::NONE),
            _ => given("votedFor", voted).is("candidate", candidate),
        });
        // A repeated request of the candidate that already has the vote ...
        voted == candidate
            // ... or the first request, in a term without a leader as far as this node knows.
            || (voted == NodeId::NONE && leader == NodeId::NONE)
            || cx.settings().flaw == Flaw::VoteTwice
    }

    /// Whether a log that ends with this entry is at least as new as this node's, for the rule that asks: the later
    /// term, and with equal terms the longer log (§5.4.1).
    pub(super) fn is_up_to_date(
        &self,
        cx: &mut Cx<'_, Self>,
        rule: Rule,
        last_index: Index,
        last_term: Term,
    ) -> bool {
        let (mine, my_term) = (self.disk.log.last(), self.disk.log.last_term());
        let by_length = cx.settings().flaw == Flaw::CompareLength;
        cx.because(rule, || match last_term == my_term || by_length {
            true => given("lastIndex", last_index).at_least("mine", mine),
            false => given("lastTerm", last_term).at_least("mine", my_term),
        });
        if by_length { mine <= last_index } else { (my_term, mine) <= (last_term, last_index) }
    }

    pub(super) fn on_request_vote(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        last_index: Index,
        last_term: Term,
    ) {
        cx.fired(Rule::OnRequest);
        let granted = self.can_vote(cx, Rule::Grant, from)
            && self.is_up_to_date(cx, Rule::Grant, last_index, last_term);
        if granted {
            cx.fired(Rule::Grant);
            if self.disk.voted != from {
                self.disk.voted = from;
                self.persist(cx);
            }
            self.reset_election_timer(cx);
        } else {
            cx.fired(Rule::Refuse);
        }
        cx.send(from, Msg::VoteReply { term: self.disk.term, granted });
    }

    pub(super) fn on_pre_vote(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        term: Term,
        last_index: Index,
        last_term: Term,
    ) {
        cx.fired(Rule::OnPreVote);
        // In a later term every vote is free.
        let later = self.disk.term < term;
        if later {
            cx.because(Rule::PreGrant, || given("term", term).above("currentTerm", self.disk.term));
        }
        let can_vote = later || self.can_vote(cx, Rule::PreGrant, from);
        if can_vote && self.is_up_to_date(cx, Rule::PreGrant, last_index, last_term) {
            cx.fired(Rule::PreGrant);
            // With the requested term, since the sender takes an answer with a lower term for a stale one.
            cx.send(from, Msg::PreVoteReply { term, granted: true });
        } else {
            cx.fired(Rule::PreRefuse);
            cx.send(from, Msg::PreVoteReply { term: self.disk.term, granted: false });
        }
    }

    /// The answer to a request of this node when it was `asked_as`.
    pub(super) fn on_vote_reply(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        asked_as: Part,
        granted: bool,
    ) {
        let Some(position) = cx.position(from) else { return };
        // An answer to an earlier campaign changes nothing.
        let tally = match &mut self.state {
            State::PreCandidate(tally) if asked_as == Part::PreCandidate => tally,
            State::Candidate(tally) if asked_as == Part::Candidate => tally,
            _ => return cx.because(Rule::OnReply, || given("still asking", false).yes()),
        };
        if tally.count(position, granted) {
            cx.fired(Rule::OnReply);
            self.tally(cx);
        }
    }

    /// Ends the campaign once it is decided.
    fn tally(&mut self, cx: &mut Cx<'_, Self>) {
        let Settings { quorum, voters, .. } = *cx.settings();
        let tally = self.state.tally();
        let won = if matches!(self.state, State::PreCandidate(_)) { Rule::PreWon } else { Rule::Won };
        cx.because(won, || given("votes", tally.granted.len()).at_least("quorum", quorum));
        if tally.granted.len() < quorum {
            cx.because(Rule::Lost, || {
                given("votes still possible", voters - tally.refused.len()).below("quorum", quorum)
            });
        }
        match (tally.outcome(voters, quorum), &self.state) {
            (Outcome::Won, State::PreCandidate(_)) => {
                cx.fired(Rule::PreWon);
                self.campaign(cx, Campaign::Real);
            }
            (Outcome::Won, _) => {
                assert!(matches!(self.state, State::Candidate(_)), "only a candidate is elected");
                cx.fired(Rule::Won);
                cx.mark(Mark::Won);
                self.become_leader(cx, tally);
                self.announce(cx);
            }
            (Outcome::Lost, _) => {
                cx.fired(Rule::Lost);
                self.become_follower(cx, NodeId::NONE);
            }
            (Outcome::Open, _) => {}
        }
    }

    /// Becomes the leader of the current term.
    pub(super) fn become_leader(&mut self, cx: &mut Cx<'_, Self>, tally: Tally) -> &mut Leader {
        assert!(!self.state.is_leader(), "a leader leads until it follows");
        let settings = cx.settings();
        self.leader = cx.me();
        cx.cancel_timer(Timer::Election);
        self.set_timer(cx, Timer::Heartbeat, settings.heartbeat);
        if settings.check_quorum {
            self.set_timer(cx, Timer::CheckQuorum, settings.election.lo);
        }
        if settings.leader_lease != Span::ZERO {
            self.set_timer(cx, Timer::Lease, settings.leader_lease);
        }
        let leader = Leader::new(tally, self.position, cx.n(), self.disk.log.last(), stamp(cx));
        self.state = State::Leader(leader);
        self.state.leader().expect("it leads now")
    }

    /// The new leader's first messages, which end all other candidacies of the term.
    fn announce(&mut self, cx: &mut Cx<'_, Self>) {
        let settings = cx.settings();
        cx.because(Rule::NoOp, || given("no-op", settings.no_op).yes());
        if settings.no_op {
            cx.fired(Rule::NoOp);
            self.append_entry(cx);
        } else {
            self.broadcast_heartbeat(cx);
        }
    }
}
