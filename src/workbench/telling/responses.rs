//! How a lane responded to each act of the scenario: who suspected the leader first, who started the first election, and
//! who led next.

use election_base::SimTime;
use election_engine::lane::Lane;
use election_engine::summary::{Band, Happening, MomentWhat, What};
use election_engine::trace::Place;
use election_language::scenario::Action;

/// What followed an act, up to the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Response {
    /// The act's position among the lane's acts; of several at one instant, the first.
    pub act: u32,
    /// When it happened.
    pub at: SimTime,
    /// In which event.
    pub step: u32,
    /// The first suspicion.
    pub suspected: Option<Happening>,
    /// When a node first started an election, and the node.
    pub candidate: Option<(SimTime, Place)>,
    /// The first leadership that began.
    pub led: Option<Band>,
}

/// The responses to all acts that took effect, in order. Writes are no faults, and what happens to a single message is part
/// of the failover in which it was sent.
pub fn responses(lane: &Lane) -> Vec<Response> {
    let story = lane.story();
    let detail = |act: &Action| {
        matches!(
            act,
            Action::Write(_)
                | Action::DropMessage(_)
                | Action::DeliverMessage(_)
                | Action::DelayMessage(..)
                | Action::DuplicateMessage(_)
        )
    };
    let acts = story.moments.iter().filter_map(|m| match m.what {
        MomentWhat::Act(act) if !detail(lane.act(act)) => Some((act, m.at, m.step)),
        _ => None,
    });
    let mut all: Vec<Response> = Vec::new();
    for (act, at, step) in acts {
        if all.last().is_none_or(|last| last.at < at) {
            all.push(Response { act, at, step, suspected: None, candidate: None, led: None });
        }
    }
    for i in 0..all.len() {
        let until = all.get(i + 1).map_or(u32::MAX, |next| next.step);
        let it = &mut all[i];
        let told = &story.happenings[story.happenings.partition_point(|h| h.step < it.step)..];
        for h in told.iter().take_while(|h| h.step < until) {
            match h.what {
                What::Suspects { starts, .. } => {
                    it.suspected = it.suspected.or(Some(*h));
                    it.candidate = it.candidate.or(starts.then_some((h.at, h.node)));
                }
                What::Starts => it.candidate = it.candidate.or(Some((h.at, h.node))),
                _ => {}
            }
        }
        let first = story.main.bands.partition_point(|band| band.from_step < it.step);
        it.led = story.main.bands.get(first).filter(|band| band.from_step < until).copied();
    }
    all
}
