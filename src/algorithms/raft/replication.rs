//! Replication and commitment (§5.3, §5.4.2).

use std::rc::Rc;

use election_base::{NodeId, Span};
use election_protocol::{Cx, LogChange, Receipt, given};

use super::election::stamp;
use super::info::{Ack, Part, Rule};
use super::state::{Leader, Progress, State};
use super::{ENTRIES_MAX, Msg, PENDING_MAX, Raft, Settings, Timer};
use election_parts::log::{Index, Run, Term};

// Replication as a leader sees it (§5.3, §5.4.2).
impl Raft {
    pub(super) fn on_heartbeat_timeout(&mut self, cx: &mut Cx<'_, Self>) {
        if self.state.is_leader() {
            cx.fired(Rule::Heartbeat);
            self.set_timer(cx, Timer::Heartbeat, cx.settings().heartbeat);
            self.broadcast_heartbeat(cx);
        }
    }

    /// Sends AppendEntries without entries to all: a single message if all are expected to have the same log, which is
    /// the normal case.
    pub(super) fn broadcast_heartbeat(&mut self, cx: &mut Cx<'_, Self>) {
        let Some(leader) = self.state.leader() else { return };
        if let Some(next) = leader.common_next() {
            leader.commit_sent = self.commit;
            cx.broadcast(self.append_entries(next, None));
        } else {
            self.send_each(cx, |raft, _, progress| Some(raft.append_entries(progress.next, None)));
        }
    }

    pub(super) fn append_entries(&self, next: Index, entries: Option<Rc<Vec<Run>>>) -> Msg {
        let prev_index = next - 1;
        Msg::AppendEntries {
            term: self.disk.term,
            prev_index,
            prev_term: self.disk.log.term_at(prev_index).expect("nextIndex is at most one after the log"),
            commit: self.commit,
            entries,
        }
    }

    /// Sends each other member what `msg` makes for it.
    fn send_each(&mut self, cx: &mut Cx<'_, Self>, msg: impl Fn(&mut Raft, usize, Progress) -> Option<Msg>) {
        for (position, &id) in cx.members().iter().enumerate() {
            let Some(progress) = self.state.leader().map(|leader| leader.progress[position]) else { return };
            if position != self.position
                && let Some(msg) = msg(self, position, progress)
            {
                self.send_to(cx, position, id, msg);
            }
        }
    }

    /// Sends a member a message, which carries the commit index.
    fn send_to(&mut self, cx: &mut Cx<'_, Self>, position: usize, id: NodeId, msg: Msg) {
        if let Some(leader) = self.state.leader() {
            leader.progress[position].commit = self.commit;
        }
        cx.send(id, msg);
    }

    /// Entries from nextIndex of that member on, if it misses any. Unless the member is being probed they
    /// are taken for received.
    pub(super) fn take_entries(&mut self, position: usize) -> Option<Msg> {
        let last = self.disk.log.last();
        let progress = &mut self.state.leader()?.progress[position];
        let next = progress.next;
        if last < next {
            return None;
        }
        if !progress.probing {
            progress.next = last.min(next - 1 + ENTRIES_MAX) + 1;
        }
        Some(self.append_entries(next, Some(Rc::new(self.disk.log.slice(next, ENTRIES_MAX)))))
    }

    /// A client's write.
    pub(super) fn propose(&mut self, cx: &mut Cx<'_, Self>, write: u64) {
        let takes = |leader: &Leader| leader.transferee == NodeId::NONE && leader.pending.len() < PENDING_MAX;
        let part = self.state.part();
        cx.because(Rule::Write, || given("leading", part == Part::Leader).yes());
        if let Some(leader) = self.state.leader() {
            cx.because(Rule::Write, || given("transfer to", leader.transferee).is("", NodeId::NONE));
        }
        let Some(leader) = self.state.leader().filter(|leader| takes(leader)) else {
            return cx.fired(Rule::WriteRefused);
        };
        cx.fired(Rule::Write);
        let index = self.disk.log.last() + 1;
        let early = cx.settings().ack == Ack::Leader;
        if !early {
            leader.pending.push_back((index, write));
        }
        self.append_entry(cx);
        // Even an acknowledgement that comes too early comes after the write it acknowledges.
        if early {
            cx.acknowledge(Receipt { write, index: index.into(), epoch: self.disk.term.into() });
        }
    }

    /// Appends an entry of the current term to this leader's log and sends it to every member that has the entries
    /// before it.
    pub(super) fn append_entry(&mut self, cx: &mut Cx<'_, Self>) {
        let epoch = self.disk.term;
        self.disk.log.append(epoch, 1);
        let last = self.disk.log.last();
        cx.log(LogChange::Append { first: last, last, epoch });
        self.persist(cx);
        let Some(leader) = self.state.leader() else { return };
        leader.progress[self.position].matched = last;
        // The normal case, and the first entry of a new leader, which is its probe.
        if leader.common_next() == Some(last) {
            leader.commit_sent = self.commit;
            leader.progress.iter_mut().filter(|p| !p.probing).for_each(|p| p.next = last + 1);
            let entries = Rc::new(vec![Run { term: epoch, count: 1 }]);
            cx.broadcast(self.append_entries(last, Some(entries)));
        } else {
            // A member that lacks more gets it after its next answer.
            self.send_each(
                cx,
                |raft, position, p| {
                    if p.probing || p.next != last { None } else { raft.take_entries(position) }
                },
            );
        }
        self.maybe_commit(cx, last);
    }

    pub(super) fn on_append_success(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, index: Index) {
        let last = self.disk.log.last();
        let Some((leader, position)) = self.record_contact(cx, from) else { return };
        let behind = leader.commit_sent_to(position);
        let transferee = leader.transferee;
        let p = &mut leader.progress[position];
        cx.because(Rule::Match, || match p.probing {
            true => given("index", index).at_least("matchIndex", p.matched),
            false => given("index", index).above("matchIndex", p.matched),
        });
        if index <= p.matched && !(p.probing && index == p.matched) {
            if behind < self.commit {
                self.notify_commit(cx, position);
            }
            return;
        }
        cx.fired(Rule::Match);
        // A follower's log can agree no further than this log goes, whatever a flawed one says.
        let matched = index.min(last);
        p.matched = matched;
        p.next = if p.probing { matched + 1 } else { p.next.max(matched + 1) };
        p.probing = false;
        if !self.maybe_commit(cx, matched) && behind < self.commit {
            self.notify_commit(cx, position);
        }
        if let Some(msg) = self.take_entries(position) {
            self.send_to(cx, position, from, msg);
        }
        if transferee == from {
            cx.because(Rule::TimeoutNow, || given("matchIndex", matched).is("lastIndex", last));
        }
        if transferee == from && matched == last {
            self.send_timeout_now(cx, from);
        }
    }

    pub(super) fn on_append_refusal(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        index: Index,
        hint: Index,
        hint_term: Term,
    ) {
        // Where this log's terms are above the follower's at the hint, the logs cannot agree.
        let (agree, _) = self.disk.log.last_not_above(hint, hint_term);
        let Some((leader, position)) = self.record_contact(cx, from) else { return };
        let p = &mut leader.progress[position];
        // An answer that a success or an earlier refusal has overtaken.
        cx.because(Rule::BackUp, || match p.probing {
            true => given("refused", index + 1).is("nextIndex", p.next),
            false => given("refused", index).above("matchIndex", p.matched),
        });
        let stale = if p.probing { index + 1 != p.next } else { index <= p.matched };
        if stale {
            return;
        }
        cx.fired(Rule::BackUp);
        p.next = (agree + 1).min(index).max(p.matched + 1);
        p.probing = true;
        if let Some(msg) = self.take_entries(position) {
            self.send_to(cx, position, from, msg);
        }
    }

    /// Records that the member replied. `None` if this node no longer leads.
    #[inline]
    fn record_contact(&mut self, cx: &Cx<'_, Self>, from: NodeId) -> Option<(&mut Leader, usize)> {
        let position = cx.position(from)?;
        let leader = self.state.leader()?;
        leader.recent_active.insert(position);
        if cx.settings().leader_lease != Span::ZERO {
            leader.progress[position].contact = stamp(cx);
        }
        Some((leader, position))
    }

    /// Commits and acknowledges what a quorum has after a member's matchIndex rose to `matched`. True if there was
    /// anything.
    fn maybe_commit(&mut self, cx: &mut Cx<'_, Self>, matched: Index) -> bool {
        if matched <= self.commit {
            return false;
        }
        let Settings { learners, quorum, .. } = *cx.settings();
        let Some(leader) = self.state.leader() else { return false };
        let on_quorum = leader.on_quorum(learners, quorum, |p| p.matched.into()) as Index;
        cx.because(Rule::Commit, || given("on a quorum", on_quorum).above("commitIndex", self.commit));
        if on_quorum <= self.commit {
            return false;
        }
        let term = self.disk.log.term_at(on_quorum).unwrap_or(0);
        cx.because(Rule::Commit, || given("log[N].term", term).is("currentTerm", self.disk.term));
        // Of an earlier term it may still be overwritten, unless an entry of this term follows (§5.4.2).
        if term != self.disk.term {
            cx.fired(Rule::OldTerm);
            return false;
        }
        cx.fired(Rule::Commit);
        self.commit = on_quorum;
        cx.log(LogChange::Commit { index: on_quorum });
        while let Some((index, write)) = leader.pending.pop_front_if(|(index, _)| *index <= on_quorum) {
            cx.acknowledge(Receipt { write, index: index.into(), epoch: self.disk.term.into() });
        }
        if cx.settings().commit_notice {
            // At once to all members that are not being probed.
            self.send_each(cx, |raft, _, p| (!p.probing).then(|| raft.append_entries(p.next, None)));
        }
        true
    }

    /// Tells a member of a new commit index.
    fn notify_commit(&mut self, cx: &mut Cx<'_, Self>, position: usize) {
        if cx.settings().commit_notice
            && let Some(next) = self.state.leader().map(|leader| leader.progress[position].next)
        {
            let msg = self.append_entries(next, None);
            self.send_to(cx, position, cx.members()[position], msg);
        }
    }
}

// Replication as a follower sees it (§5.3).
impl Raft {
    #[inline]
    pub(super) fn on_append(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        prev_index: Index,
        prev_term: Term,
        leader_commit: Index,
        entries: Option<&Vec<Run>>,
    ) {
        match self.state {
            // Only with a flaw does a term have two leaders.
            State::Leader(_) => return,
            State::Follower | State::Learner => {
                if self.leader != from {
                    self.leader = from;
                    if !cx.settings().preferred.is_empty() {
                        self.draw_timeout(cx);
                    }
                }
                self.reset_election_timer(cx);
            }
            // Another node won the term.
            State::Candidate(_) | State::PreCandidate(_) => self.become_follower(cx, from),
        }
        cx.fired(Rule::Append);
        let term = self.disk.term;
        let heartbeat = entries.is_none();
        let found = self.disk.log.term_at(prev_index);
        cx.because(Rule::Mismatch, || match found {
            Some(found) => given("log[prevIndex].term", found).is_not("prevTerm", prev_term),
            None => given("prevIndex", prev_index).above("lastIndex", self.disk.log.last()),
        });
        if found != Some(prev_term) {
            cx.fired(Rule::Mismatch);
            let (hint, hint_term) = self.disk.log.last_not_above(prev_index, prev_term);
            cx.send(
                from,
                Msg::AppendReply { term, success: false, heartbeat, index: prev_index, hint, hint_term },
            );
            return;
        }
        let mut index = prev_index;
        if let Some(entries) = entries {
            index += entries.iter().map(|run| run.count).sum::<u32>();
            let last = self.disk.log.last();
            let done = self.disk.log.merge(prev_index, entries);
            let agrees = done.truncated.unwrap_or(last);
            cx.because(Rule::Conflict, || given("agrees up to", agrees).below("lastIndex", last));
            cx.because(Rule::Store, || given("last new entry", index).above("lastIndex", agrees));
            if let Some(last) = done.truncated {
                cx.fired(Rule::Conflict);
                cx.log(LogChange::Truncate { last });
            }
            for run in &done.appended {
                cx.log(LogChange::Append { first: run.first, last: run.last, epoch: run.term });
            }
            if done.changed() {
                cx.fired(Rule::Store);
                // Only a flaw takes away what was committed.
                self.commit = self.commit.min(self.disk.log.last());
                self.persist(cx);
            }
        }
        let commit = leader_commit.min(index);
        cx.because(Rule::FollowCommit, || {
            given("min(leaderCommit, last new entry)", commit).above("commitIndex", self.commit)
        });
        if self.commit < commit {
            cx.fired(Rule::FollowCommit);
            self.commit = commit;
            cx.log(LogChange::Commit { index: commit });
        }
        cx.send(from, Msg::AppendReply { term, success: true, heartbeat, index, hint: 0, hint_term: 0 });
    }
}
