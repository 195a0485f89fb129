//! What completion offers, and that the reader agrees with it.

use proptest::prelude::*;

use super::super::*;
use super::props::{any_text, scenario};
use super::sample::SAMPLE;

/// The choices at the mark `¦` of a text.
fn choices(marked: &str) -> Vec<String> {
    let at = marked.rfind('¦').expect("a mark");
    let text = [&marked[..at], &marked[at + '¦'.len_utf8()..]].concat();
    let found = complete(&text, at as u32, SAMPLE);
    found.choices.into_iter().map(|choice| choice.insert).collect()
}

fn detail(marked: &str, word: &str) -> String {
    let at = marked.rfind('¦').expect("a mark");
    let text = [&marked[..at], &marked[at + '¦'.len_utf8()..]].concat();
    let found = complete(&text, at as u32, SAMPLE);
    found.choices.into_iter().find(|choice| choice.insert == word).expect("the word is offered").detail
}

#[test]
fn words_of_the_language_are_offered_where_they_may_stand() {
    let cases: &[(&str, &[&str])] = &[
        ("la¦", &["lanes", "lane", "latency"]),
        ("seed 1\nse¦", &["set"]),
        ("# la¦", &[]),
        ("title la¦", &[]),
        ("lanes ring b¦", &["bully"]),
        ("lanes ring ¦", &["bully", "zookeeper", "raft"]),
        ("order ¦", &["fifo", "any"]),
        ("lane a = raft pre¦", &["pre-vote"]),
        ("lane a = raft pre-vote ¦", &["on", "off"]),
        ("set election¦", &["raft.election-timeout"]),
        ("set raft.heartbeat ¦", &["50ms"]),
        ("at 1s crash 1\nat ¦", &["2s", "3s", "1.1s", "1s"]),
        ("latency ¦", &[]),
        ("at 1s pause leader for ¦", &["1s", "100ms"]),
        ("expect ring service¦", &[]),
        ("at 2¦", &["2s", "2ms", "2min"]),
        ("at 1s cr¦", &["crash"]),
        ("at 1s ra¦", &["raft:"]),
        ("lanes ring\nat 1s exp¦", &[]),
        ("nodes 3\nat 1s crash 1 ¦2", &[]),
        (
            "nodes 3\nlanes ring\nat 1s isolate 1 ¦",
            &["2", "3", "leader", "follower", "candidate", "all", "majority", "minority"],
        ),
        ("nodes 1=web 2\nlanes ring\nat 1s crash w¦", &["web"]),
        ("at 1s partition 1 2 | ma¦", &["majority"]),
        ("at 1s pause leader f¦", &["follower", "for"]),
        ("at 1s raft: ca¦", &["campaign"]),
        ("at 1s set raft.he¦", &["raft.heartbeat"]),
        ("init ra¦", &["raft"]),
        (
            "expect raft lead¦",
            &[
                "leaders",
                "leader",
                "leader-eventually",
                "leader-is-alive",
                "one-leader-per-epoch",
                "at-most-one-leader",
                "one-leader-per-term",
            ],
        ),
        ("expect raft one-leader-per-term = b¦", &["broken"]),
        ("expect leaders = 1 a¦", &["at", "always"]),
        ("expect node 1 ro¦", &["role"]),
        ("expect node 1 role = f¦", &["follower"]),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(text, want)| (text, choices(text), want))
        .filter(|(_, found, want)| found != *want)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_setting_shows_its_default_and_the_value_in_force() {
    assert_eq!(detail("set raft.heart¦", "raft.heartbeat"), "default 50ms; a time from 1ms to 60s");
    let text = "set raft.heartbeat 7ms\nat 1s set raft.heart¦";
    assert_eq!(detail(text, "raft.heartbeat"), "now 7ms; default 50ms; a time from 1ms to 60s");
}

/// The errors of a text within the statement around `at`, up to and including there. A question still waits for its answer
/// while it is written, and an answer for its question; and after `in`, lanes can stand as well as the numbers of a range.
fn errors_until(text: &str, at: u32) -> Vec<Error> {
    let document = Document::new(text);
    let around =
        document.statements().find(|s| s.place.start <= at && at <= s.place.end).map(|s| s.place.start);
    let from = around.unwrap_or(at);
    let Err(errors) = read(text, SAMPLE) else { return Vec::new() };
    let halves = ["an answer without a question", "a question without an answer", "the end of the statement"];
    let here = |error: &Error| from <= error.place.start && error.place.start <= at;
    errors.into_iter().filter(|error| here(error) && !halves.contains(&error.found.as_str())).collect()
}

proptest! {
    #[test]
    fn a_choice_reads_at_least_as_far(text in scenario(), cut in 0..=1000usize) {
        // A statement that ends at the cursor, as while it is being written.
        let mut at = text.len() * cut / 1000;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let rest = text[at..].find(['\n', ';']).map_or("", |end| &text[at + end..]);
        let text = [&text[..at], rest].concat();
        let found = complete(&text, at as u32, SAMPLE);
        for choice in &found.choices {
            let range = found.place.range();
            let with = [&text[..range.start], &choice.insert, &text[range.end..]].concat();
            let wrong = errors_until(&with, found.place.start);
            prop_assert!(wrong.is_empty(), "{:?} in {with}\n{}", choice, wrong[0]);
        }
    }

    #[test]
    fn no_place_of_any_text_makes_completion_panic(text in any_text(), cut in 0u32..200) {
        let found = complete(&text, cut, SAMPLE);
        prop_assert!(found.choices.len() <= COMPLETIONS_MAX);
        prop_assert!(text.get(found.place.range()).is_some());
        prop_assert_eq!(found.utf16, found.place.utf16(&text));
    }
}
