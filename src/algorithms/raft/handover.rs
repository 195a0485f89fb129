//! How a leadership ends without a crash: CheckQuorum, the lease, handing over (dissertation §6.2, §3.10;
//! hashicorp/raft).

use election_base::{NodeId, Span};
use election_protocol::Cx;

use election_parts::quorum::Set;

use super::election::stamp;
use super::info::{Part, Rule};
use super::{LEASE_CHECK_MIN, Msg, Raft, Timer};

// CheckQuorum, the lease, handing over (dissertation §3.10, §6.2).
impl Raft {
    pub(super) fn on_check_quorum(&mut self, cx: &mut Cx<'_, Self>) {
        if self.part != Part::Leader {
            return;
        }
        cx.fired(Rule::Check);
        let settings = cx.settings();
        let mut active = self.active;
        active.insert(self.position as usize);
        self.active = Set::default();
        if active.without(settings.learners).len() < settings.quorum {
            cx.fired(Rule::QuorumLost);
            self.follow(cx, NodeId::NONE);
        } else {
            self.set_timer(cx, Timer::CheckQuorum, settings.election.lo);
        }
    }

    pub(super) fn on_lease(&mut self, cx: &mut Cx<'_, Self>) {
        if self.part != Part::Leader {
            return;
        }
        let settings = cx.settings();
        let (now, lease) = (stamp(cx), settings.units(settings.leader_lease));
        self.progress[self.position as usize].contact = now;
        let contact = self.on_quorum(cx, |p| p.contact as i64) as u64;
        let since = now - contact;
        if lease <= since {
            cx.fired(Rule::LeaseOver);
            self.follow(cx, NodeId::NONE);
        } else if settings.tick == Span::ZERO {
            cx.set_timer(Timer::Lease, Span(lease - since).max(LEASE_CHECK_MIN));
        } else {
            cx.set_timer_ticks(Timer::Lease, lease - since);
        }
    }

    /// A request to hand over, to `target` or to whom this leader picks.
    pub(super) fn on_transfer_request(&mut self, cx: &mut Cx<'_, Self>, target: Option<NodeId>) {
        if let Some(target) = target.or_else(|| self.pick_target(cx)) {
            self.on_transfer(cx, target);
        }
    }

    /// The voter that misses least, of equals the first: hashicorp/raft, `pickServer`.
    fn pick_target(&self, cx: &Cx<'_, Self>) -> Option<NodeId> {
        let mut best: Option<usize> = None;
        for (position, progress) in self.progress.iter().enumerate() {
            let can = position != self.position as usize && !cx.settings().learners.contains(position);
            if can && best.is_none_or(|b| self.progress[b].next < progress.next) {
                best = Some(position);
            }
        }
        best.map(|position| cx.members()[position])
    }

    pub(super) fn on_transfer(&mut self, cx: &mut Cx<'_, Self>, target: NodeId) {
        let Some(position) = cx.position(target).filter(|_| self.part == Part::Leader) else { return };
        let voter = !cx.settings().learners.contains(position);
        // To whom it is handing over already, it goes on doing so.
        if target == self.target || !voter {
            return;
        }
        // To another one it begins anew; itself means that nobody else is to lead.
        if target == cx.me() {
            cx.cancel_timer(Timer::Transfer);
            self.target = NodeId::NONE;
            return;
        }
        cx.fired(Rule::Transfer);
        self.target = target;
        let settings = cx.settings();
        self.set_timer(cx, Timer::Transfer, settings.election.lo);
        if settings.check_quorum {
            // Both count from here: etcd raft.go, stepLeader, `r.electionElapsed = 0`.
            self.set_timer(cx, Timer::CheckQuorum, settings.election.lo);
        }
        if self.progress[position].matched == self.disk.log.last() {
            self.send_timeout_now(cx);
        } else if !self.progress[position].probing {
            let next = self.progress[position].next;
            let msg = self.take_entries(position).unwrap_or_else(|| self.append_entries(next, None));
            cx.send(target, msg);
        }
    }

    pub(super) fn send_timeout_now(&mut self, cx: &mut Cx<'_, Self>) {
        cx.fired(Rule::TimeoutNow);
        cx.send(self.target, Msg::TimeoutNow { term: self.disk.term });
    }
}
