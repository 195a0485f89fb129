//! Roles, terms and votes (§5.1, §5.2, §5.4.1; PreVote: dissertation §9.6).

use election_base::{NodeId, Span, SpanRange};
use election_protocol::{Cx, Mark};

use super::info::{Flaw, Part, Rule, StaleRequests};
use super::{Campaign, Msg, Progress, Raft, Settings, Stamp, Timer};
use election_parts::log::{Index, Term};
use election_parts::quorum::Set;

// Roles and terms (§5.1, §5.2).
impl Raft {
    /// Heeds the term of a message before anything else. False if nothing else is to be done with it.
    #[inline]
    pub(super) fn heed_term(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: &Msg) -> bool {
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
                // Such a node would only disturb a healthy leader (dissertation §4.2.3).
                cx.fired(Rule::InLease);
                return false;
            }
            // A term that somebody would campaign in is nobody's term yet; nor is it in the grant.
            Msg::PreVote { .. } | Msg::PreVoteReply { granted: true, .. } => {}
            _ => {
                cx.fired(Rule::HigherTerm);
                self.disk.term = term;
                self.disk.voted = NodeId::NONE;
                self.persist(cx);
                let leader = if matches!(msg, Msg::AppendEntries { .. }) { from } else { NodeId::NONE };
                self.follow(cx, leader);
            }
        }
        true
    }

    /// CheckQuorum's other half: true while this node leads or heard from a leader within the shortest
    /// election timeout.
    pub(super) fn in_lease(&self, cx: &Cx<'_, Self>) -> bool {
        let settings = cx.settings();
        // Counted in this node's own ticks where it has any: etcd raft.go, Step, `inLease`.
        let recent = stamp(cx) - self.heard < settings.units(settings.election.lo);
        settings.check_quorum && self.leader != NodeId::NONE && (self.part == Part::Leader || recent)
    }

    pub(super) fn on_lower_term(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, msg: &Msg) {
        let settings = cx.settings();
        let term = self.disk.term;
        let answers = settings.stale_requests == StaleRequests::Reply;
        let answer_leader = answers || settings.pre_vote || settings.check_quorum;
        let reply = match *msg {
            // Without this answer a node whose term ran ahead while it was cut off could neither win nor come back,
            // where its requests for votes are ignored.
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
            _ => return,
        };
        cx.fired(Rule::LowerTerm);
        cx.send(from, reply);
    }

    /// Becomes a follower of `leader` in the current term, with a new draw of the election timeout.
    pub(super) fn follow(&mut self, cx: &mut Cx<'_, Self>, leader: NodeId) {
        if self.part == Part::Leader {
            cx.mark(Mark::SteppedDown);
            for timer in [Timer::Heartbeat, Timer::CheckQuorum, Timer::Transfer, Timer::Lease] {
                cx.cancel_timer(timer);
            }
            self.progress.clear();
            self.pending.clear();
            self.target = NodeId::NONE;
        }
        let learner = cx.settings().learners.contains(self.position as usize);
        self.part = if learner { Part::Learner } else { Part::Follower };
        self.leader = leader;
        self.forget_votes();
        self.draw_timeout(cx);
        self.restart_election_timer(cx);
    }

    pub(super) fn on_election_timeout(&mut self, cx: &mut Cx<'_, Self>) {
        match self.part {
            Part::Leader | Part::Learner => return,
            Part::Follower => cx.mark(Mark::Suspects),
            Part::PreCandidate | Part::Candidate => {}
        }
        cx.fired(Rule::Timeout);
        let campaign = if cx.settings().pre_vote { Campaign::Pre } else { Campaign::Real };
        self.campaign(cx, campaign);
    }

    /// Asks all voters for their votes, or whether they would vote.
    pub(super) fn campaign(&mut self, cx: &mut Cx<'_, Self>, campaign: Campaign) {
        debug_assert!(!matches!(self.part, Part::Leader | Part::Learner));
        self.leader = NodeId::NONE;
        self.forget_votes();
        self.votes.insert(self.position as usize);
        self.draw_timeout(cx);
        self.restart_election_timer(cx);
        let (last_index, last_term) = (self.disk.log.last(), self.disk.log.last_term());
        let msg = if campaign == Campaign::Pre {
            cx.fired(Rule::PreVote);
            self.part = Part::PreCandidate;
            Msg::PreVote { term: self.disk.term + 1, last_index, last_term }
        } else {
            cx.fired(Rule::Candidate);
            cx.mark(Mark::Started);
            self.part = Part::Candidate;
            self.disk.term += 1;
            self.disk.voted = cx.me();
            self.persist(cx);
            let transfer = campaign == Campaign::Transfer;
            Msg::RequestVote { term: self.disk.term, last_index, last_term, transfer }
        };
        self.send_voters(cx, msg);
        self.tally(cx);
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

    pub(super) fn forget_votes(&mut self) {
        self.votes = Set::default();
        self.refused = Set::default();
    }

    /// Draws the election timeout anew, in whole ticks if there are any.
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
        let others = !settings.preferred.is_empty() && !settings.preferred.contains(self.position as usize);
        if head_start && others {
            self.timeout = self.timeout + hi;
        }
    }

    #[inline]
    pub(super) fn restart_election_timer(&mut self, cx: &mut Cx<'_, Self>) {
        self.heard = stamp(cx);
        if self.part != Part::Learner {
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
            // What the log says of terms is on disk all the same.
            Flaw::ForgetTerm => (disk.term, disk.voted) = (disk.log.last_term(), NodeId::NONE),
            Flaw::None | Flaw::VoteTwice | Flaw::CompareLength => {}
        }
        cx.persist(disk);
    }

    pub(super) fn listed(&self, set: Set) -> String {
        let ids: Vec<String> = (0..self.names.0.len())
            .filter(|&position| set.contains(position))
            .map(|position| self.names.0[position].to_string())
            .collect();
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
    /// Whether the vote of the current term is free for that candidate.
    pub(super) fn can_vote(&self, cx: &Cx<'_, Self>, candidate: NodeId) -> bool {
        // A repeated request of the one who has the vote already ...
        self.disk.voted == candidate
            // ... or the first one, in a term that has no leader yet as far as this node knows.
            || (self.disk.voted == NodeId::NONE && self.leader == NodeId::NONE)
            || cx.settings().flaw == Flaw::VoteTwice
    }

    /// Whether a log that ends with this entry is at least as new as this node's: the later term, and with
    /// equal terms the longer log (§5.4.1).
    pub(super) fn is_up_to_date(&self, cx: &Cx<'_, Self>, last_index: Index, last_term: Term) -> bool {
        if cx.settings().flaw == Flaw::CompareLength {
            return self.disk.log.last() <= last_index;
        }
        (self.disk.log.last_term(), self.disk.log.last()) <= (last_term, last_index)
    }

    pub(super) fn on_request_vote(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        last_index: Index,
        last_term: Term,
    ) {
        cx.fired(Rule::OnRequest);
        let granted = self.can_vote(cx, from) && self.is_up_to_date(cx, last_index, last_term);
        if granted {
            cx.fired(Rule::Grant);
            if self.disk.voted != from {
                self.disk.voted = from;
                self.persist(cx);
            }
            self.restart_election_timer(cx);
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
        let can_vote = self.disk.term < term || self.can_vote(cx, from);
        if can_vote && self.is_up_to_date(cx, last_index, last_term) {
            cx.fired(Rule::PreGrant);
            // With the term asked for, since the asker takes an answer of a lower term for a stale one.
            cx.send(from, Msg::PreVoteReply { term, granted: true });
        } else {
            cx.fired(Rule::PreRefuse);
            cx.send(from, Msg::PreVoteReply { term: self.disk.term, granted: false });
        }
    }

    pub(super) fn on_reply(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, asked_as: Part, granted: bool) {
        let Some(position) = cx.position(from) else { return };
        // What comes after the campaign it belongs to changes nothing; of two answers the first counts.
        if self.part != asked_as || self.votes.contains(position) || self.refused.contains(position) {
            return;
        }
        cx.fired(Rule::OnReply);
        if granted {
            self.votes.insert(position);
        } else {
            self.refused.insert(position);
        }
        self.tally(cx);
    }

    pub(super) fn tally(&mut self, cx: &mut Cx<'_, Self>) {
        let Settings { quorum, voters, .. } = *cx.settings();
        if quorum <= self.votes.len() {
            if self.part == Part::PreCandidate {
                cx.fired(Rule::PreWon);
                self.campaign(cx, Campaign::Real);
            } else {
                cx.fired(Rule::Won);
                cx.mark(Mark::Won);
                self.lead(cx);
                self.open_term(cx);
            }
        } else if voters - self.refused.len() < quorum {
            cx.fired(Rule::Lost);
            self.follow(cx, NodeId::NONE);
        }
    }

    /// Becomes the leader of the current term.
    pub(super) fn lead(&mut self, cx: &mut Cx<'_, Self>) {
        let settings = cx.settings();
        let last = self.disk.log.last();
        let fresh = Progress { matched: 0, next: last + 1, commit: 0, probing: true, contact: stamp(cx) };
        self.part = Part::Leader;
        self.leader = cx.me();
        self.told = 0;
        self.active = Set::default();
        self.progress.clear();
        self.progress.resize(cx.n(), fresh);
        self.progress[self.position as usize].matched = last;
        cx.cancel_timer(Timer::Election);
        self.set_timer(cx, Timer::Heartbeat, settings.heartbeat);
        if settings.check_quorum {
            self.set_timer(cx, Timer::CheckQuorum, settings.election.lo);
        }
        if settings.leader_lease != Span::ZERO {
            self.set_timer(cx, Timer::Lease, settings.leader_lease);
        }
    }

    /// The new leader's first words: they end all other candidacies of the term.
    pub(super) fn open_term(&mut self, cx: &mut Cx<'_, Self>) {
        if cx.settings().no_op {
            cx.fired(Rule::NoOp);
            self.append_own(cx);
        } else {
            self.send_heartbeats(cx);
        }
    }
}
