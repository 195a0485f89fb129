//! Tests of the steps of a story: reading, printing, edits and errors.

// The errors are a table.
#![allow(clippy::too_many_lines)]

use election_base::SimTime;

use super::super::*;
use super::errors::check;
use super::sample::SAMPLE;
use super::{EXAMPLE, ok, unlined};

const STORY: &str = "\
lanes ring bully raft
at 2s   crash leader
at 2s   say \"The leader crashes; who notices # first: 1 | 2?\"
at 4s   ring bully: say \"They agree.\" if leaders = 1
at 5s   ask \"In which lanes will two nodes lead?\"
at 9s   answer leaders = 2 in ring bully because \"Nobody there counts.\"
at 9s   raft: ask \"How many terms?\"
at 11s  answer \"one\" if epoch = 1 | \"a few\" if epoch in 2..4 in raft | \"many\"
at end  raft: say \"The end.\"
until 12s
";

#[test]
fn a_story_reads() {
    let scenario = ok(STORY);
    let says: Vec<(u64, LaneSet, &str)> =
        scenario.says.iter().map(|say| (say.at.0 / 1_000_000, say.lanes, say.text.as_str())).collect();
    let want = [
        (2, 7, "The leader crashes; who notices # first: 1 | 2?"),
        (4, 3, "They agree."),
        (12, 4, "The end."),
    ];
    assert_eq!(says, want);
    assert!(scenario.says[0].condition.is_none());
    assert_eq!(
        scenario.says[1].condition.as_ref().map(|it| (it.lanes, it.to_string())),
        Some((3, "leaders = 1".into()))
    );
    let [lanes, terms] = &scenario.asks[..] else { panic!("two questions") };
    assert_eq!((lanes.at, lanes.answer.at), (SimTime(5_000_000), SimTime(9_000_000)));
    assert!(lanes.answer.of_lanes() && !terms.answer.of_lanes());
    assert_eq!(lanes.answer.choices[0].declared, Some(3));
    assert_eq!(lanes.answer.because.as_deref(), Some("Nobody there counts."));
    assert_eq!((terms.lanes, terms.line, terms.answer.line), (4, 6, 7));
    let choices: Vec<&str> = terms.answer.choices.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(choices, ["one", "a few", "many"]);
    assert_eq!(terms.answer.choices[1].declared, Some(4));
    assert!(terms.answer.choices[2].condition.is_none());
    assert_eq!(scenario.acts.len(), 1);
}

#[test]
fn a_story_is_printed_and_formatted() {
    assert_eq!(fmt(STORY), STORY);
    let scenario = ok(STORY);
    let text = print(&scenario, SAMPLE);
    assert_eq!(unlined(ok(&text)), unlined(scenario), "{text}");
    let loose = "at 1000ms   raft :say\"A  b\"if node 2 log=1000ms ;at end   say \"x\"\n";
    assert_eq!(fmt(loose), "at 1s   raft: say \"A  b\" if node 2 log = 1000ms\nat end  say \"x\"\n");
    assert_eq!(ok(&fmt(loose)).says[0].text, "A  b");
}

#[test]
fn quotation_marks_mean_something_only_in_steps() {
    let scenario = ok("title The \"end; seed 7 # \"\nat 1s say \"a; b\"; at 2s say \"c\" # \"d\"");
    assert_eq!((scenario.title.as_str(), scenario.seed, scenario.says.len()), ("The \"end", 7, 2));
    let names = ok("lane say = raft; lane because = ring; nodes 1=ask 2=answer; at 1s say: crash ask\n\
                    at 2s ask \"?\"; at 3s answer leaders = 1 in because because \"so\"");
    assert_eq!((names.acts[0].lanes, names.asks[0].answer.choices[0].declared), (1, Some(2)));
}

#[test]
fn a_story_extends_the_run_and_ends_with_it() {
    assert_eq!(ok("at 20s say \"x\"").until, SimTime(25_000_000));
    assert_eq!(ok("at 2s ask \"x\"; at 20s answer leaders = 1").until, SimTime(25_000_000));
    let scenario = ok("at end say \"x\"");
    assert_eq!((scenario.until, scenario.says[0].at), (SimTime(10_000_000), SimTime(10_000_000)));
}

#[test]
fn an_act_finds_its_place_among_the_steps() {
    let add = |ms: u64| append_act(STORY, SimTime(ms * 1000), 0, "", "heal").apply(STORY);
    assert!(
        add(9_500).contains("counts.\"\nat 9s   raft: ask \"How many terms?\"\nat 9.5s heal\nat 11s"),
        "{}",
        add(9_500)
    );
    assert!(add(11_500).contains("| \"many\"\nat 11.5s heal\nat end"), "{}", add(11_500));
    let only = "at end say \"x\"\n";
    assert_eq!(
        append_act(only, SimTime(1_000_000), 0, "", "heal").apply(only),
        "at 1s heal\nat end say \"x\"\n"
    );
    let at: Vec<Option<u64>> =
        lines(STORY).iter().map(|line| line.at.map(|(at, _)| at.0 / 1_000_000)).collect();
    assert_eq!(at[1..9], [Some(2), Some(2), Some(4), Some(5), Some(9), Some(9), Some(11), None]);
}

#[test]
fn links_keep_a_story() {
    let link = link::Link { text: STORY.into(), ..link::Link::default() };
    assert_eq!(link::decode(&link::encode(&link)).map(|it| it.link), Ok(link));
    assert_eq!(ok(EXAMPLE).says, []);
}

#[test]
fn errors_of_a_story() {
    let long = format!("at 1s say \"{}\"", "a".repeat(281));
    check(&[
        (
            "say \"x\"",
            &[
                "line 1, column 1: found `say`, expected a statement: […]. Write when it happens: `at 1s say …`.",
            ],
        ),
        ("at 1s sya \"x\"", &["line 1, column 7: found `sya`, expected an action: […]; did you mean `say`?"]),
        (
            "at 1s say x",
            &[
                "line 1, column 11: found `x`, expected a sentence between `\"` and `\"`. The form is `say SENTENCE [if CONDITION]`.",
            ],
        ),
        (
            "at 1s say “x”",
            &[
                "line 1, column 11: found `“x”`, expected a sentence between `\"` and `\"`. Only the straight quotation mark `\"` begins a sentence.",
            ],
        ),
        (
            "at 1s say \"x",
            &[
                "line 1, column 11: found `\"x`, expected a closing `\"` on the same line. A sentence cannot contain `\"` itself; use `“` and `”` inside.",
            ],
        ),
        (
            "at 1s say \"  \"",
            &[
                "line 1, column 11: found an empty sentence, expected a sentence between `\"` and `\"`. The form is `say SENTENCE [if CONDITION]`.",
            ],
        ),
        (
            "at 1s say \"x\" if",
            &[
                "line 1, column 17: found the end of the statement, expected something to expect, such as `leaders = 1`. The form is `say SENTENCE [if CONDITION]`.",
            ],
        ),
        (
            "at 1s say \"x\" when leaders = 1",
            &[
                "line 1, column 15: found `when`, expected the end of the statement. The form is `say SENTENCE [if CONDITION]`.",
            ],
        ),
        (
            "at 1s say \"a\u{202e}b\"",
            &[
                "line 1, column 13: found `\\u{202e}b`, expected text without control characters or bidirectional marks. The form is `say SENTENCE [if CONDITION]`.",
            ],
        ),
        (
            "at 1s+2 say \"x\"",
            &[
                "line 1, column 4: found `1s+2`, expected a time. A step of the story comes after all events of its instant, so it takes no `+k`.",
            ],
        ),
        (
            "at end crash 1",
            &[
                "line 1, column 8: found `crash`, expected a step of the story: `say`, `answer`. Actions need a time before the end of the run.",
            ],
        ),
        (
            "at end ask \"x\"; at end answer leaders = 1",
            &[
                "line 1, column 8: found `ask` at the end, expected a time before the end of the run. Nothing would be left to answer it.",
            ],
        ),
        (
            "until 3s; at 4s say \"x\"",
            &[
                "line 1, column 14: found `4s`, expected a time no later than the end, 3s. Nothing happens after `until 3s`; choose a later end.",
            ],
        ),
        (
            "at 1s ask \"x\"",
            &[
                "line 1, column 7: found a question without an answer, expected an answer at a later time, before the next question. For example, `at 5s answer leaders = 2`.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s ask \"y\"; at 3s answer leaders = 1",
            &[
                "line 1, column 7: found a question without an answer, expected an answer at a later time, before the next question. For example, `at 5s answer leaders = 2`.",
            ],
        ),
        (
            "at 1s answer leaders = 1",
            &[
                "line 1, column 7: found an answer without a question, expected a question at an earlier time. Add `at TIME ask \"…\"` before it.",
            ],
        ),
        (
            "at 2s ask \"x\"; at 2s answer leaders = 1",
            &[
                "line 1, column 7: found a question without an answer, expected an answer at a later time, before the next question. For example, `at 5s answer leaders = 2`.",
                "line 1, column 22: found an answer without a question, expected a question at an earlier time. Add `at TIME ask \"…\"` before it.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s raft: answer leaders = 1",
            &[
                "line 1, column 22: found lanes before `answer`, expected `answer`. The lanes before `ask` say which lanes a question is about.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s answer leaders",
            &[
                "line 1, column 36: found the end of the statement, expected a comparison: […]. The form is `leaders [of GROUP] OP NUMBER`.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s answer leaders = 1 in rft",
            &[
                "line 1, column 44: found `rft`, expected the name of a lane: `ring`, `bully`, `zookeeper`, `raft`; did you mean `raft`?",
            ],
        ),
        (
            "at 1s raft: ask \"x\"; at 2s answer leaders = 1 in ring",
            &[
                "line 1, column 50: found another lane, expected lanes that the question is about. The form is `answer CONDITION [in LANE …|none] [because SENTENCE] | answer CHOICE [if CONDITION] [in LANE …|none] | … [because SENTENCE]`.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s answer \"one\"",
            &[
                "line 1, column 34: found the end of the statement, expected `|` and another choice. The form is `answer CONDITION [in LANE …|none] [because SENTENCE] | answer CHOICE [if CONDITION] [in LANE …|none] | … [because SENTENCE]`.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s answer \"a\" | \"b\" if leaders = 1",
            &[
                "line 1, column 29: found a choice without a condition, expected `if` and a condition after it. Only the last choice may go without: it is right where no other is.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s answer \"a\" if leaders = 1 | \"a\"",
            &[
                "line 1, column 50: found a second `a`, expected each choice only once. The form is `answer CONDITION [in LANE …|none] [because SENTENCE] | answer CHOICE [if CONDITION] [in LANE …|none] | … [because SENTENCE]`.",
            ],
        ),
        (
            "at 1s ask \"x\"; at 2s answer leaders = 1 because",
            &[
                "line 1, column 48: found the end of the statement, expected a sentence between `\"` and `\"`. The form is `answer CONDITION [in LANE …|none] [because SENTENCE] | answer CHOICE [if CONDITION] [in LANE …|none] | … [because SENTENCE]`.",
            ],
        ),
        (
            "at 1s ask \"x\" now; at 2s answer leaders = 1",
            &[
                "line 1, column 15: found `now`, expected the end of the statement. The form is `ask SENTENCE`.",
            ],
        ),
        (
            &long,
            &[
                "line 1, column 11: found a sentence of 281 characters, expected at most 280. Say less, or say it in two steps.",
            ],
        ),
    ]);
}

#[test]
fn a_story_has_a_bounded_number_of_steps() {
    let many = "at 1s say \"x\"\n".repeat(STEPS_MAX);
    assert_eq!(ok(&many).says.len(), STEPS_MAX);
    let errors = super::errors(&format!("{many}at 1s say \"x\""));
    assert_eq!(errors, ["line 257, column 1: found one more step, expected at most 256 of them"]);
}
