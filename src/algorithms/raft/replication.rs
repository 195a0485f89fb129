//! Replication and commitment (§5.3, §5.4.2).

use std::rc::Rc;

use election_base::{NodeId, Span};
use election_protocol::{Cx, LogChange, Receipt};

use super::election::stamp;
use super::info::{Ack, Part, Rule};
use super::{ENTRIES_MAX, Msg, PENDING_MAX, Progress, Raft, Timer};
use election_parts::log::{Index, Run, Term};

// Replication as a leader sees it (§5.3, §5.4.2).
impl Raft {
    pub(super) fn on_heartbeat(&mut self, cx: &mut Cx<'_, Self>) {
        if self.part == Part::Leader {
            cx.fired(Rule::Heartbeat);
            self.set_timer(cx, Timer::Heartbeat, cx.settings().heartbeat);
            self.send_heartbeats(cx);
        }
    }

    /// An AppendEntries without entries to all: one message for all if they are all expected to have the
    /// same, which is so whenever nothing is amiss.
    pub(super) fn send_heartbeats(&mut self, cx: &mut Cx<'_, Self>) {
        match self.common_next() {
            Some(next) => {
                let msg = self.append_entries(next, None);
                self.told = self.commit;
                cx.broadcast(msg);
            }
            None => self.send_each(cx, |raft, position| {
                Some(raft.append_entries(raft.progress[position].next, None))
            }),
        }
    }

    /// nextIndex, if it is the same for all other members.
    pub(super) fn common_next(&self) -> Option<Index> {
        let me = self.position as usize;
        let (before, after) = (&self.progress[..me], &self.progress[me + 1..]);
        let next = before.first().or(after.first())?.next;
        before.iter().chain(after).all(|p| p.next == next).then_some(next)
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

    /// Sends what `msg` makes to each other member.
    pub(super) fn send_each(&mut self, cx: &mut Cx<'_, Self>, msg: impl Fn(&mut Raft, usize) -> Option<Msg>) {
        for (position, &id) in cx.members().iter().enumerate() {
            if position != self.position as usize
                && let Some(msg) = msg(self, position)
            {
                self.progress[position].commit = self.commit;
                cx.send(id, msg);
            }
        }
    }

    /// Entries from nextIndex of that member on, if it misses any. Unless the member is being probed they
    /// are taken for received.
    pub(super) fn take_entries(&mut self, position: usize) -> Option<Msg> {
        let Progress { next, probing, .. } = self.progress[position];
        let last = self.disk.log.last();
        if last < next {
            return None;
        }
        let msg = self.append_entries(next, Some(Rc::new(self.disk.log.slice(next, ENTRIES_MAX))));
        if !probing {
            self.progress[position].next = last.min(next - 1 + ENTRIES_MAX) + 1;
        }
        Some(msg)
    }

    pub(super) fn write(&mut self, cx: &mut Cx<'_, Self>, write: u64) {
        if self.part != Part::Leader || self.target != NodeId::NONE || PENDING_MAX <= self.pending.len() {
            cx.fired(Rule::WriteRefused);
            return;
        }
        cx.fired(Rule::Write);
        let index = self.disk.log.last() + 1;
        let early = cx.settings().ack == Ack::Leader;
        if !early {
            self.pending.push_back((index, write));
        }
        self.append_own(cx);
        // Also an acknowledgement that comes too early comes after what it is about.
        if early {
            cx.acknowledge(Receipt { write, index: index.into(), epoch: self.disk.term.into() });
        }
    }

    /// Appends an entry of the current term to this leader's log and sends it to all who have what comes
    /// before it.
    pub(super) fn append_own(&mut self, cx: &mut Cx<'_, Self>) {
        let epoch = self.disk.term;
        self.disk.log.append(epoch, 1);
        let last = self.disk.log.last();
        cx.log(LogChange::Append { first: last, last, epoch });
        self.persist(cx);
        self.progress[self.position as usize].matched = last;
        // So it is whenever nothing is amiss, and for the first entry of a new leader, which is its probe.
        if self.common_next() == Some(last) {
            let entries = Rc::new(vec![Run { term: self.disk.term, count: 1 }]);
            let msg = self.append_entries(last, Some(entries));
            self.told = self.commit;
            self.progress.iter_mut().filter(|p| !p.probing).for_each(|p| p.next = last + 1);
            cx.broadcast(msg);
        } else {
            self.send_each(cx, |raft, position| {
                let p = raft.progress[position];
                // Who lacks more gets it with its next answer.
                if p.probing || p.next != last { None } else { raft.take_entries(position) }
            });
        }
        self.advance_commit(cx, last);
    }

    pub(super) fn on_success(&mut self, cx: &mut Cx<'_, Self>, from: NodeId, index: Index) {
        let Some(position) = self.contact(cx, from) else { return };
        let last = self.disk.log.last();
        let p = &mut self.progress[position];
        if index <= p.matched && !(p.probing && index == p.matched) {
            if p.commit.max(self.told) < self.commit {
                self.notify_commit(cx, position);
            }
            return;
        }
        cx.fired(Rule::Match);
        // A follower's log can agree no further than this log goes, whatever a flawed one says.
        p.matched = index.min(last);
        p.next = if p.probing { p.matched + 1 } else { p.next.max(p.matched + 1) };
        p.probing = false;
        let matched = p.matched;
        if !self.advance_commit(cx, matched) && self.progress[position].commit.max(self.told) < self.commit {
            self.notify_commit(cx, position);
        }
        if let Some(msg) = self.take_entries(position) {
            self.progress[position].commit = self.commit;
            cx.send(from, msg);
        }
        if self.target == from && matched == last {
            self.send_timeout_now(cx);
        }
    }

    pub(super) fn on_refusal(
        &mut self,
        cx: &mut Cx<'_, Self>,
        from: NodeId,
        index: Index,
        hint: Index,
        hint_term: Term,
    ) {
        let Some(position) = self.contact(cx, from) else { return };
        let p = &mut self.progress[position];
        // An answer to what was overtaken by a success, or by an earlier refusal.
        let stale = if p.probing { index + 1 != p.next } else { index <= p.matched };
        if stale {
            return;
        }
        cx.fired(Rule::BackUp);
        // Where this log's terms are above the follower's at the hint, the logs cannot agree.
        let (agree, _) = self.disk.log.last_not_above(hint, hint_term);
        p.next = (agree + 1).min(index).max(p.matched + 1);
        p.probing = true;
        if let Some(msg) = self.take_entries(position) {
            self.progress[position].commit = self.commit;
            cx.send(from, msg);
        }
    }

    /// Notes that the member replied. `None` if this node leads no more.
    #[inline]
    pub(super) fn contact(&mut self, cx: &Cx<'_, Self>, from: NodeId) -> Option<usize> {
        let position = cx.position(from).filter(|_| self.part == Part::Leader)?;
        self.active.insert(position);
        if cx.settings().leader_lease != Span::ZERO {
            self.progress[position].contact = stamp(cx);
        }
        Some(position)
    }

    /// Commits what is on a quorum after a member's matchIndex rose to `matched`, and acknowledges it. True
    /// if there was something.
    pub(super) fn advance_commit(&mut self, cx: &mut Cx<'_, Self>, matched: Index) -> bool {
        if matched <= self.commit {
            return false;
        }
        let on_quorum = self.on_quorum(cx, |p| i64::from(p.matched)) as Index;
        if on_quorum <= self.commit {
            return false;
        }
        // Of an earlier term it may still be overwritten, unless an entry of this term follows (§5.4.2).
        if self.disk.log.term_at(on_quorum) != Some(self.disk.term) {
            cx.fired(Rule::OldTerm);
            return false;
        }
        cx.fired(Rule::Commit);
        self.commit = on_quorum;
        cx.log(LogChange::Commit { index: on_quorum });
        while let Some(&(index, write)) = self.pending.front()
            && index <= on_quorum
        {
            self.pending.pop_front();
            cx.acknowledge(Receipt { write, index: index.into(), epoch: self.disk.term.into() });
        }
        if cx.settings().commit_notice {
            self.notify_all(cx);
        }
        true
    }

    /// The highest value that a quorum of voters reaches or exceeds.
    pub(super) fn on_quorum(&self, cx: &Cx<'_, Self>, value: impl Fn(&Progress) -> i64) -> i64 {
        let settings = cx.settings();
        let mut values = [0i64; election_base::NODES_MAX];
        let mut n = 0;
        for (position, progress) in self.progress.iter().enumerate() {
            if !settings.learners.contains(position) {
                values[n] = value(progress);
                n += 1;
            }
        }
        let nth = n - settings.quorum as usize;
        *values[..n].select_nth_unstable(nth).1
    }

    /// Tells all of a new commit index at once, except those who are being probed.
    pub(super) fn notify_all(&mut self, cx: &mut Cx<'_, Self>) {
        self.send_each(cx, |raft, position| {
            let p = raft.progress[position];
            if p.probing { None } else { Some(raft.append_entries(p.next, None)) }
        });
    }

    /// Tells one of it.
    pub(super) fn notify_commit(&mut self, cx: &mut Cx<'_, Self>, position: usize) {
        if cx.settings().commit_notice {
            let msg = self.append_entries(self.progress[position].next, None);
            self.progress[position].commit = self.commit;
            cx.send(cx.members()[position], msg);
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
        match self.part {
            // Only with a flaw does a term have two leaders.
            Part::Leader => return,
            Part::Follower | Part::Learner => {
                if self.leader != from {
                    self.leader = from;
                    if !cx.settings().preferred.is_empty() {
                        self.draw_timeout(cx);
                    }
                }
                self.restart_election_timer(cx);
            }
            // Somebody else won the term.
            Part::Candidate | Part::PreCandidate => self.follow(cx, from),
        }
        cx.fired(Rule::Append);
        let term = self.disk.term;
        let heartbeat = entries.is_none();
        if self.disk.log.term_at(prev_index) != Some(prev_term) {
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
            let done = self.disk.log.merge(prev_index, entries);
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
        if self.commit < commit {
            cx.fired(Rule::FollowCommit);
            self.commit = commit;
            cx.log(LogChange::Commit { index: commit });
        }
        cx.send(from, Msg::AppendReply { term, success: true, heartbeat, index, hint: 0, hint_term: 0 });
    }
}
