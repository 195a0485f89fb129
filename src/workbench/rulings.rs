//! The settings of a node: which timers they rule, their values, and where the text sets them.

use election_base::NodeId;
use election_engine::timeline::Timeline;
use election_language::scenario::{Document, default_value, setting_place, value_text};
use election_language::vocabulary::{WRITE_SETTING, WRITE_TIMER, Words};

/// A setting, and the timer that it rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruling {
    /// The name of the timer; empty if the setting rules none.
    pub timer: &'static str,
    /// The setting as a text names it, such as `raft.election-timeout`.
    pub setting: String,
    /// Its value at the start of the run.
    pub value: String,
    /// The line that gives this value, from 0; `None` for the default.
    pub line: Option<u32>,
}

/// The settings of a member of a lane: first those that rule its timers, by timer, then the others.
pub fn rulings(
    text: &str,
    timeline: &Timeline,
    lane: usize,
    node: NodeId,
    vocabulary: &[Words],
) -> Vec<Ruling> {
    let scenario = timeline.scenario();
    let Some(spec) = scenario.lanes.get(lane) else { return Vec::new() };
    let words = &vocabulary[spec.algorithm];
    let document = Document::new(text);
    let ruling = |timer: &'static str, setting: &str, value: String| {
        let found = setting_place(text, &spec.name, words.id, setting);
        let line = |start| document.lines.partition_point(|line| line.place.start <= start) as u32 - 1;
        let owned = || {
            if setting == WRITE_SETTING { setting.to_string() } else { format!("{}.{setting}", spec.name) }
        };
        match found {
            Some((setting, place)) => Ruling { timer, setting, value, line: Some(line(place.start)) },
            None => Ruling { timer, setting: owned(), value, line: None },
        }
    };
    let mut found = Vec::new();
    let others = words.settings.iter().map(|setting| setting.name);
    let others = others.filter(|name| !words.timer_settings.contains(name)).map(|name| ("", name));
    let timers = words.timers.iter().copied().zip(words.timer_settings.iter().copied());
    for (timer, name) in timers.chain(others) {
        let Some(index) = words.settings.iter().position(|setting| setting.name == name) else { continue };
        let kind = words.settings[index].kind;
        let own = spec.by_node.iter().rfind(|it| it.setting == index && it.nodes.contains(&node));
        found.push(match own {
            Some(own) => {
                let setting = format!("{}.{name}", spec.name);
                Ruling { timer, setting, value: value_text(kind, &own.value), line: Some(own.line) }
            }
            None if spec.given[index] => ruling(timer, name, value_text(kind, &spec.settings[index])),
            None => {
                ruling(timer, name, value_text(kind, &default_value(&words.settings[index], &scenario.nodes)))
            }
        });
    }
    found.push(ruling(WRITE_TIMER, WRITE_SETTING, spec.store.interval.to_string()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::BUILT_IN;
    use crate::workspace::open;

    fn of(text: &str, lane: usize, timer: &str) -> (String, String, Option<u32>) {
        let Ok(timeline) = open(text) else { panic!("{text} does not open") };
        let all = rulings(text, &timeline, lane, NodeId(2), BUILT_IN.vocabulary());
        let found = all.into_iter().find(|it| it.timer == timer).expect("the timer has a setting");
        (found.setting, found.value, found.line)
    }

    #[test]
    fn a_timer_knows_its_setting_and_where_it_comes_from() {
        let said = |setting: &str, value: &str, line| (setting.to_string(), value.to_string(), line);
        let default = said("raft.election-timeout", "150ms..300ms", None);
        assert_eq!(of("lanes ring raft\n", 1, "election"), default);
        let text = "lanes raft\n\nset raft.election-timeout 1s..2s\n";
        assert_eq!(of(text, 0, "election"), said("raft.election-timeout", "1s..2s", Some(2)));
        let text = "lane a = raft heartbeat 20ms\nlane b = raft\nset raft.heartbeat 30ms\n";
        assert_eq!(of(text, 0, "heartbeat"), said("a.heartbeat", "20ms", Some(0)));
        assert_eq!(of(text, 1, "heartbeat"), said("raft.heartbeat", "30ms", Some(2)));
        let text = "lanes raft\nset raft.heartbeat 30ms for 2\n";
        assert_eq!(of(text, 0, "heartbeat"), said("raft.heartbeat", "30ms", Some(1)));
        assert_eq!(
            of("lanes bully\nset store.interval 1s\n", 0, "write"),
            said("store.interval", "1s", Some(1))
        );
    }

    #[test]
    fn settings_without_a_timer_are_there_too() {
        let Ok(timeline) = open("lanes zookeeper\nset zookeeper.watch herd\n") else {
            panic!("it does not open")
        };
        let all = rulings("", &timeline, 0, NodeId(2), BUILT_IN.vocabulary());
        let watch: Vec<_> = all.iter().filter(|it| it.setting == "zookeeper.watch").collect();
        assert_eq!(watch.len(), 1);
        assert_eq!((watch[0].timer, watch[0].value.as_str()), ("", "herd"));
        let settings = &BUILT_IN.vocabulary()[timeline.scenario().lanes[0].algorithm].settings;
        for setting in settings.iter() {
            assert!(all.iter().any(|it| it.setting.ends_with(setting.name)), "{}", setting.name);
        }
    }

    #[test]
    fn every_timer_of_every_algorithm_names_one_of_its_settings() {
        for words in BUILT_IN.vocabulary() {
            assert_eq!(words.timers.len(), words.timer_settings.len(), "{}", words.id);
            for (timer, name) in words.timers.iter().zip(words.timer_settings) {
                let known = words.settings.iter().any(|setting| setting.name == *name);
                assert!(known, "{}: no setting {name} for {timer}", words.id);
            }
        }
    }
}
