//! Beyond the paper: the ring closes over members that are gone.

use election_base::NodeId;
use election_parts::retransmit::InVain;
use election_protocol::{Cx, given};

use super::{Msg, Ring, Rule, Timer, Token, TokenKind};

impl Ring {
    /// Sends a message to the successor that has passed `hops` links so far.
    pub(super) fn send_on(&mut self, cx: &mut Cx<'_, Ring>, kind: TokenKind, id: NodeId, hops: u32) {
        let mut token = Token { kind, id, hops: hops + 1, nr: 0 };
        if self.successor.is_alone() {
            cx.because(Rule::Alone, || given("successor", self.successor.id()).is("me", self.me));
            return self.send_alone(cx, token);
        }
        if cx.settings().skip {
            token.nr = self.unacked.number();
            if self.unacked.waiting().is_empty() {
                cx.set_timer(Timer::Ack, cx.settings().hop_timeout);
            }
            self.unacked.push(token);
        }
        cx.send(self.successor.id(), Msg::Token(token));
    }

    /// In a ring of one, a message has gone round at once. Messages of other members have no owner here.
    fn send_alone(&mut self, cx: &mut Cx<'_, Ring>, token: Token) {
        cx.fired(Rule::Alone);
        if token.kind == TokenKind::Election && token.id == self.me {
            self.came_back(cx);
        }
    }

    pub(super) fn on_ack(&mut self, cx: &mut Cx<'_, Ring>, from: NodeId, nr: u32) {
        let waited = !self.unacked.waiting().is_empty();
        self.unacked.acknowledge(nr);
        if from != self.successor.id() {
            self.on_sign_of_life(cx, from);
        }
        self.unacked.receiver_lives();
        if !self.unacked.waiting().is_empty() {
            cx.set_timer(Timer::Ack, cx.settings().hop_timeout);
        } else if waited {
            cx.cancel_timer(Timer::Ack);
        }
    }

    pub(super) fn on_no_ack(&mut self, cx: &mut Cx<'_, Ring>) {
        cx.set_timer(Timer::Ack, cx.settings().hop_timeout);
        let tries = cx.settings().tries;
        cx.because(Rule::Skip, || given("waits in vain", self.unacked.misses() + 1).at_least("tries", tries));
        match self.unacked.in_vain(tries) {
            InVain::Resend => {
                cx.fired(Rule::Resend);
                cx.send(self.successor.id(), Msg::Token(self.unacked.waiting()[0]));
            }
            InVain::GiveUp => self.skip(cx),
        }
    }

    /// Takes the successor for dead and sends what it did not acknowledge to the member beyond it.
    fn skip(&mut self, cx: &mut Cx<'_, Ring>) {
        cx.fired(Rule::Skip);
        if self.successor.is_nearest() {
            cx.set_timer(Timer::Probe, cx.settings().detector.heartbeat);
        }
        self.successor.skip(cx);
        if self.successor.is_alone() {
            cx.cancel_timer(Timer::Ack);
            for token in self.unacked.take() {
                self.send_alone(cx, token);
            }
            return;
        }
        for &token in self.unacked.waiting() {
            cx.send(self.successor.id(), Msg::Token(token));
        }
    }

    /// A member is there. If it was skipped, it is the successor again.
    pub(super) fn on_sign_of_life(&mut self, cx: &mut Cx<'_, Ring>, from: NodeId) {
        let skipped = self.successor.has_skipped(cx, from);
        cx.because(Rule::Back, || given("skipped", skipped).yes());
        if !skipped {
            return;
        }
        cx.fired(Rule::Back);
        self.successor.return_to(from);
        self.unacked.receiver_lives();
        if self.successor.is_nearest() {
            cx.cancel_timer(Timer::Probe);
        }
    }
}
