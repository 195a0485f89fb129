//! How a leadership ends without a crash: CheckQuorum, the lease, leadership transfer (dissertation §6.2, §3.10;
//! hashicorp/raft).

use election_base::{NodeId, Span};
use election_protocol::{Cx, given};

use super::election::stamp;
use super::info::Rule;
use super::{LEASE_CHECK_MIN, Msg, Raft, Timer};

impl Raft {
    pub(super) fn on_check_quorum(&mut self, cx: &mut Cx<'_, Self>) {
        let Some(leader) = self.state.leader() else { return };
        cx.fired(Rule::Check);
        let settings = cx.settings();
        let mut active = core::mem::take(&mut leader.recent_active);
        active.insert(self.position);
        let replied = active.without(settings.learners).len();
        cx.because(Rule::QuorumLost, || given("replied", replied).below("quorum", settings.quorum));
        if replied < settings.quorum {
            cx.fired(Rule::QuorumLost);
            self.become_follower(cx, NodeId::NONE);
        } else {
            self.set_timer(cx, Timer::CheckQuorum, settings.election.lo);
        }
    }

    pub(super) fn on_lease(&mut self, cx: &mut Cx<'_, Self>) {
        let Some(leader) = self.state.leader() else { return };
        let settings = cx.settings();
        let (now, lease) = (stamp(cx), settings.units(settings.leader_lease));
        leader.progress[self.position].contact = now;
        let since = now - leader.on_quorum(settings.learners, settings.quorum, |p| p.contact);
        cx.because(Rule::LeaseOver, || {
            settings.amount("silence of a quorum", since).at_least("leader-lease", settings.units_of(lease))
        });
        if lease <= since {
            cx.fired(Rule::LeaseOver);
            self.become_follower(cx, NodeId::NONE);
        } else if settings.tick == Span::ZERO {
            cx.set_timer(Timer::Lease, Span(lease - since).max(LEASE_CHECK_MIN));
        } else {
            cx.set_timer_ticks(Timer::Lease, lease - since);
        }
    }

    /// A request to hand over, to `target` or to a voter that this leader picks.
    pub(super) fn on_transfer(&mut self, cx: &mut Cx<'_, Self>, target: Option<NodeId>) {
        let settings = cx.settings();
        let Some(leader) = self.state.leader() else { return };
        let picked = || leader.most_up_to_date(settings.learners);
        let Some(position) = target.map_or_else(picked, |id| cx.position(id)) else { return };
        let target = cx.members()[position];
        // A transfer to the same node goes on; a learner cannot lead.
        if target == leader.transferee || settings.learners.contains(position) {
            return;
        }
        // A transfer to another node restarts; a transfer to itself ends.
        if target == cx.me() {
            cx.cancel_timer(Timer::Transfer);
            leader.transferee = NodeId::NONE;
            return;
        }
        cx.fired(Rule::Transfer);
        leader.transferee = target;
        let progress = leader.progress[position];
        self.set_timer(cx, Timer::Transfer, settings.election.lo);
        if settings.check_quorum {
            // Both count from here: etcd raft.go, stepLeader, `r.electionElapsed = 0`.
            self.set_timer(cx, Timer::CheckQuorum, settings.election.lo);
        }
        let last = self.disk.log.last();
        cx.because(Rule::TimeoutNow, || given("matchIndex", progress.matched).is("lastIndex", last));
        if progress.matched == last {
            self.send_timeout_now(cx, target);
        } else if !progress.probing {
            let msg = self.take_entries(position).unwrap_or_else(|| self.append_entries(progress.next, None));
            cx.send(target, msg);
        }
    }

    pub(super) fn send_timeout_now(&mut self, cx: &mut Cx<'_, Self>, target: NodeId) {
        cx.fired(Rule::TimeoutNow);
        cx.send(target, Msg::TimeoutNow { term: self.disk.term });
    }
}
