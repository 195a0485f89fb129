//! Plays a scenario and judges its expectations.

use std::ops::RangeInclusive;
use std::time::Duration;

use election_playground::base::SimTime;
use election_playground::expectations::{Judged as ByOne, Result as Verdict, judge};
use election_playground::scenario::link::{Link, LinkAt};
use election_playground::scenario::{
    Act, Ask, Error, Scenario, Seeds, Warning, answer_text, lines, set_value,
};
use election_playground::story::{Told, judged_answers, tell};
use election_playground::summary::MomentWhat;
use election_playground::sweep::{Found, count, judge_seeds, of_lane};
use election_playground::timeline::Timeline;
use election_playground::trace::Acted;
use election_playground::workspace;

use super::report::{Checked, Idle, InLane, Judged, Warned, Wrong};
use crate::links::Base;
use crate::script::{Problem, Script};
use crate::{found, sweep};

/// How many seeds that speak against an expectation are reported.
const SEEDS_SHOWN: usize = 5;

/// How scenarios are judged.
#[derive(Clone, Copy)]
pub struct How<'o> {
    /// The seeds to play, if not those of the scenarios.
    pub seeds: Option<&'o RangeInclusive<u64>>,
    /// The page that links open.
    pub base: &'o Base,
}

/// Judges the expectations. Those over many seeds, or with `--seeds` all of them, are judged by many runs.
pub fn judged(script: &Script, timeline: &mut Timeline, how: How) -> Checked {
    let seeds = how.seeds;
    let mut scenario = timeline.scenario().clone();
    if let Some(seeds) = seeds {
        let count = (seeds.end() - seeds.start() + 1).min(u32::MAX.into()) as u32;
        scenario.seed = *seeds.start();
        for expect in &mut scenario.expects {
            expect.seeds = Some(match expect.seeds {
                None => Seeds::Share { lo_ppm: 1_000_000, hi_ppm: 1_000_000, count },
                Some(Seeds::Quantile { permille, .. }) => Seeds::Quantile { permille, count },
                Some(Seeds::Share { lo_ppm, hi_ppm, .. }) => Seeds::Share { lo_ppm, hi_ppm, count },
            });
        }
    }
    let by_one =
        if scenario.expects.iter().all(|it| it.seeds.is_some()) { Vec::new() } else { judge(timeline) };
    let by_many = judged_by_seeds(script, &scenario, how.base);
    // A line may hold several expectations.
    let written: Vec<_> = lines(&script.text).into_iter().filter(|l| l.keyword == "expect").collect();
    let mut expectations = Vec::new();
    for (i, expect) in scenario.expects.iter().enumerate() {
        let one = by_one.iter().filter(|v| v.expect == i && v.result != Verdict::NeedsSeeds);
        let mut lanes: Vec<InLane> = one.map(|v| in_lane(script, timeline, v, how.base)).collect();
        lanes.extend(by_many.iter().filter(|(of, _)| *of == i).map(|(_, in_lane)| in_lane.clone()));
        expectations.push(Judged {
            line: script.line(expect.line),
            text: written.get(i).map_or("", |l| script.text[l.place.range()].trim()).to_string(),
            met: lanes.iter().all(|l| l.met),
            lanes,
        });
    }
    let mut warned = workspace::warnings(&script.text, timeline);
    // With other seeds, a story may take another course.
    if seeds.is_none() && !(scenario.says.is_empty() && scenario.asks.is_empty()) {
        let told = tell(timeline);
        expectations.extend(declared(script, timeline, &told, how));
        let silent = scenario.says.iter().zip(&told.says).filter(|(_, lanes)| **lanes == 0);
        let text = "this sentence is never told: its condition holds in no lane at that time.";
        warned.extend(silent.map(|(say, _)| Warning { line: say.line, text: text.to_string() }));
    }
    Checked {
        file: script.file.clone(),
        line: script.first(),
        title: timeline.scenario().title.clone(),
        errors: Vec::new(),
        warnings: warnings(script, timeline, &warned),
        idle_acts: idle_acts(script, timeline),
        expectations,
        took: Duration::ZERO,
    }
}

/// The warnings about the text, and those about the attributes of its element.
fn warnings(script: &Script, timeline: &Timeline, about_text: &[Warning]) -> Vec<Warned> {
    let about_text = about_text.iter().map(|it| Warned {
        file: script.file.clone(),
        line: script.line(it.line),
        text: it.text.clone(),
    });
    // Attributes are on the page, even if the text is in a file of its own.
    let page =
        script.named_by.as_deref().and_then(|it| it.rsplit_once(':')).map_or(script.file.as_str(), |it| it.0);
    let about_page = found::warnings(&script.attributes, timeline.scenario()).into_iter();
    let about_page = about_page.map(|(line, text)| Warned { file: page.to_string(), line: line + 1, text });
    about_page.chain(about_text).collect()
}

/// The outcome of an expectation in a lane of the scenario's own run.
fn in_lane(script: &Script, timeline: &mut Timeline, verdict: &ByOne, base: &Base) -> InLane {
    InLane {
        lane: timeline.scenario().lanes[verdict.lane].name.clone(),
        met: verdict.met(),
        at_us: Some(verdict.at.0),
        found: verdict.found.clone(),
        runs: 1,
        seeds_against: Vec::new(),
        link: (!verdict.met()).then(|| link(script, timeline, verdict, base)),
    }
}

/// The answers that the story declares, as expectations.
fn declared(script: &Script, timeline: &mut Timeline, told: &Told, how: How) -> Vec<Judged> {
    let scenario = timeline.scenario().clone();
    let judged = judged_answers(&scenario, told, 0);
    let one = |(index, ask): (usize, &Ask)| {
        let mine = judged.iter().filter(|v| v.expect == index);
        let lanes: Vec<InLane> = mine.map(|v| in_lane(script, timeline, v, how.base)).collect();
        Judged {
            line: script.line(ask.answer.line),
            text: answer_text(&scenario, &ask.answer),
            met: lanes.iter().all(|lane| lane.met),
            lanes,
        }
    };
    let mut all: Vec<Judged> = scenario.asks.iter().enumerate().map(one).collect();
    all.retain(|it| !it.lanes.is_empty());
    all
}

/// The outcomes of the expectations over many seeds, each with its position in the scenario.
fn judged_by_seeds(script: &Script, scenario: &Scenario, base: &Base) -> Vec<(usize, InLane)> {
    let mut all = Vec::new();
    for lane in 0..scenario.lanes.len() {
        let mine = of_lane(scenario, lane);
        let most = mine.iter().filter_map(|&i| scenario.expects[i].seeds).map(count).max();
        let Some(most) = most else { continue };
        let first = scenario.seed;
        let samples = sweep::play(scenario, &[lane], &(first..=first.saturating_add(u64::from(most) - 1)));
        for (k, &i) in mine.iter().enumerate() {
            let expect = &scenario.expects[i];
            let asked = expect.seeds.map_or(0, count) as usize;
            let runs = &samples[0][..asked.min(samples[0].len())];
            let found: Vec<Found> = runs.iter().map(|it| it.found[k]).collect();
            let Some(verdict) = judge_seeds(expect, &found) else { continue };
            let against = runs.iter().filter(|it| it.found[k] == verdict.against).map(|it| it.seed);
            let against: Vec<u64> = against.take(SEEDS_SHOWN).collect();
            // For a quantile, the run with the largest value is linked.
            let most = runs.iter().max_by_key(|it| it.found[k]).map(|it| it.seed);
            let seed = against.first().copied().or(most).filter(|_| !verdict.met);
            all.push((
                i,
                InLane {
                    lane: scenario.lanes[lane].name.clone(),
                    met: verdict.met,
                    at_us: None,
                    found: verdict.found,
                    runs: runs.len() as u64,
                    seeds_against: against,
                    link: seed.map(|seed| link_to_seed(script, seed, base)),
                },
            ));
        }
    }
    all
}

/// The actions that had no effect, such as `crash leader` when there is no leader.
fn idle_acts(script: &Script, timeline: &mut Timeline) -> Vec<Idle> {
    timeline.compute_all();
    let scenario = timeline.scenario();
    let mut all = Vec::new();
    for (i, lane) in timeline.lanes().iter().enumerate() {
        let acts: Vec<&Act> = scenario.acts.iter().filter(|act| act.lanes >> i & 1 == 1).collect();
        for moment in &lane.story().moments {
            // An action that the lane's algorithm does not have was meant for the others.
            if let MomentWhat::NoAct(act, why) = moment.what
                && why != Acted::NotApplicable as u8
                && let Some(act) = acts.get(act as usize)
            {
                all.push(Idle {
                    line: script.line(act.line),
                    lane: scenario.lanes[i].name.clone(),
                    act: act.action.to_string(),
                    why: Acted::text(why),
                });
            }
        }
    }
    all
}

/// The outcome of a scenario that cannot be run.
pub fn wrong(script: &Script, errors: &[Error]) -> Checked {
    let wrong = |e: &Error| Wrong {
        line: script.line(e.line - 1),
        column: script.column(e.line, e.column),
        found: e.found.clone(),
        expected: e.expected.clone(),
        nearest: e.nearest.clone(),
        advice: e.advice.clone(),
    };
    left_out(script, errors.iter().map(wrong).collect())
}

/// The URL fragment that opens the run with that seed.
fn link_to_seed(script: &Script, seed: u64, base: &Base) -> String {
    let text = set_value(&script.text, "seed", &seed.to_string()).apply(&script.text);
    base.link(&Link { text, ..Link::default() })
}

/// The URL fragment that opens the moment that decided: just after the event that did, or at the instant itself if no
/// event did.
fn link(script: &Script, timeline: &mut Timeline, verdict: &ByOne, base: &Base) -> String {
    // The keyframes of a computed run make seeking cheap.
    timeline.compute_all();
    let lane = timeline.lane(verdict.lane);
    lane.go_to_step(verdict.step, verdict.at);
    let at = match (lane.now() == verdict.at, lane.instant()) {
        (false, _) => LinkAt::Time(verdict.at, 0),
        // Actions are not counted within an instant, so the nearest position a link can name is just after all of it.
        (true, 0) => LinkAt::Time(SimTime(verdict.at.0 + 1), 0),
        (true, events) => LinkAt::Time(verdict.at, events),
    };
    base.link(&Link { text: script.text.clone(), at: Some(at), ..Link::default() })
}

/// The outcome of what should be a scenario and is none.
pub fn missing(script: &Script, problem: &Problem) -> Checked {
    let advice = (!problem.advice.is_empty()).then(|| problem.advice.clone());
    let (found, expected) = (problem.found.clone(), problem.expected.clone());
    left_out(script, vec![Wrong { line: problem.line, column: 1, found, expected, nearest: None, advice }])
}

fn left_out(script: &Script, errors: Vec<Wrong>) -> Checked {
    Checked {
        file: script.file.clone(),
        line: script.first(),
        title: String::new(),
        errors,
        warnings: Vec::new(),
        idle_acts: Vec::new(),
        expectations: Vec::new(),
        took: Duration::ZERO,
    }
}
