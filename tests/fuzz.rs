//! Texts and links that no user would write: the gallery with its lines reordered, numbers far out of range, misplaced
//! bytes, endless lines.
//!
//! Reading them never panics, every error has a place inside the text, the canonical form is stable and has the same
//! meaning, and every valid text can be played. `FUZZ_SECONDS` sets the duration and `FUZZ_SEED` the start:
//! `FUZZ_SECONDS=600 cargo test --test fuzz`. tests/node/fuzz.mjs tests the page's interface with such texts.
#![allow(clippy::disallowed_types, reason = "how long it goes on is said in seconds")]

mod drawn;
mod shared;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use drawn::Draw;
use election_playground::base::SimTime;
use election_playground::scenario::link::{self, Link, LinkAt};
use election_playground::scenario::{
    ERRORS_MAX, Error, LINES_MAX, TEXT_MAX, append_act, delete_line, fmt, lines, set_value,
};
use election_playground::workspace;
use shared::number;

/// The number of events played in each lane.
const EVENTS_MAX: u32 = 300;

/// How far a text may exceed the limit, in bytes; beyond that there is no new case.
const LONG: usize = 4 * TEXT_MAX;

/// Fragments to insert in the wrong place.
const SNIPPETS: &[&str] = &[
    "nodes 128",
    "nodes 129",
    "nodes 1",
    "until 24h",
    "until 0",
    "seed 18446744073709551615",
    "timers manual",
    "order any",
    "phases lockstep",
    "lanes raft raft",
    "lane a = bully heartbeat 1us",
    "latency 0 with 50% up to 60s",
    "duplicate 100%",
    "set store.interval 1us",
    "at 0s deliver all",
    "at 0s+4294967295 heal",
    "at 1s fire 1 election",
    "at 1s delay all election 24h",
    "at 1s send 1 -> 2 Heartbeat term 4294967295",
    "at 0s tick all 1000",
    "at 0s drift all +50%",
    "at 0s skew 1 -24h",
    "at 0s slow all 60s",
    "at 0s drop 1->2#1",
    "at 0s duplicate 1->2#4294967295.255",
    "at 0s reseed 0",
    "at 0s transfer leader",
    "at 0s partition 1 | 2 | 3",
    "at 0s set raft.election-timeout 0..0 for all",
    "init raft leader 1 term 4294967295",
    "init raft 1 log 4294967295 1",
    "expect p99.99 failover < 0 over 1000000 seeds",
    "expect leader = 99999999999 always",
    "break leaders >= 2",
    "break time no-leader > 0",
    "version 1",
    "version 99",
    "title",
    "#",
    ";",
    ";;;",
    "at",
    "expect",
    "=",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "é😀",
    "\r",
    "\u{2028}",
];

/// Numbers at the limits of some range.
const NUMBERS: &[&str] = &[
    "0",
    "00",
    "1",
    "128",
    "129",
    "255",
    "256",
    "65536",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999",
    "-1",
    "1.5",
    "1e9",
    "0x10",
    "9e999s",
];

/// The texts of a folder and its subfolders.
fn texts(folder: &Path, found: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|end| end == "txt") {
            found.push(fs::read_to_string(&path).expect("a text"));
        }
    }
}

/// A text based on the gallery or on a drawn run.
fn text(d: &mut Draw, gallery: &[String]) -> String {
    let mut text = if d.once_in(4) { drawn::drawn(d.below(100_000)).text() } else { d.pick(gallery).clone() };
    for _ in 0..d.below(7) {
        if LONG < text.len() {
            break;
        }
        text = if d.once_in(3) { hurt_bytes(d, &text) } else { hurt_lines(d, &text, gallery) };
    }
    text
}

fn hurt_lines(d: &mut Draw, text: &str, gallery: &[String]) -> String {
    let mut all: Vec<String> = text.split('\n').map(str::to_string).collect();
    let at = d.below(all.len() as u64) as usize;
    match d.below(9) {
        0 => drop(all.remove(at)),
        1 => all.insert(at, d.one(SNIPPETS).to_string()),
        2 => {
            let other = d.below(all.len() as u64) as usize;
            all.swap(at, other);
        }
        3 => {
            for last in (1..all.len()).rev() {
                let other = d.below(last as u64 + 1) as usize;
                all.swap(last, other);
            }
        }
        4 => {
            let others: Vec<&str> = d.pick(gallery).split('\n').collect();
            all.insert(at, d.one(&others).to_string());
        }
        5 => all[at] = all[at].repeat(d.one(&[2, 2, 50, 5_000]).min(2 + LONG / (1 + all[at].len()))),
        6 => all = vec![all.join(d.one(&[" ; ", ";", "\r\n", "\t", "\n\n"]))],
        7 => {
            let line = all[at].clone();
            let copies = d.one(&[1, 10, 3_000, 5_000]).min(1 + LONG / (1 + line.len()));
            all.splice(at..at, vec![line; copies]);
        }
        _ => all[at] = with_number(d, &all[at]),
    }
    all.join("\n")
}

/// Replaces one of the numbers in a line.
fn with_number(d: &mut Draw, line: &str) -> String {
    let starts: Vec<usize> = line
        .char_indices()
        .filter(|&(i, c)| c.is_ascii_digit() && !line[..i].ends_with(|c: char| c.is_ascii_digit()))
        .map(|(i, _)| i)
        .collect();
    if starts.is_empty() {
        return line.to_string();
    }
    let start = d.one(&starts);
    let rest = line[start..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{}{rest}", &line[..start], d.one(NUMBERS))
}

fn hurt_bytes(d: &mut Draw, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..d.within(1, 4) {
        let at = d.below(bytes.len() as u64 + 1) as usize;
        match d.below(4) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] ^= 1 << d.below(8),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ => drop(bytes.splice(at..at, d.one(SNIPPETS).bytes())),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every error has a place inside the text.
fn placed(text: &str, errors: &[Error]) {
    assert!(!errors.is_empty() && errors.len() <= ERRORS_MAX);
    let (lines, units) = (text.split('\n').count(), text.encode_utf16().count());
    for error in errors {
        assert!(text.get(error.place.range()).is_some(), "{error:?}");
        assert!(error.utf16.start <= error.utf16.end && error.utf16.end as usize <= units, "{error:?}");
        assert!((1..=lines).contains(&(error.line as usize)), "{error:?}");
        let line = text.split('\n').nth(error.line as usize - 1).unwrap_or_default();
        assert!((1..=line.chars().count() + 1).contains(&(error.column as usize)), "{error:?}");
        assert!(!error.to_string().contains('\n'), "{error:?}");
    }
}

/// What became of the texts.
#[derive(Default)]
struct Counts {
    texts: u64,
    opened: u64,
    events: u64,
    links: u64,
}

fn try_text(d: &mut Draw, text: &str, counts: &mut Counts) {
    counts.texts += 1;
    let canonical = fmt(text);
    assert_eq!(fmt(&canonical), canonical, "fmt changes its own text");
    let fits = |text: &str| text.len() <= TEXT_MAX && text.split('\n').count() <= LINES_MAX;
    if fits(text) && fits(&canonical) {
        // One of them may be too long while the other is not.
        let ok = |text: &str| workspace::read(text).is_ok();
        assert_eq!(ok(text), ok(&canonical), "fmt reads differently");
    }
    edit(d, text);
    match workspace::open(text) {
        Err(errors) => placed(text, &errors),
        Ok(mut timeline) => {
            counts.opened += 1;
            let until = timeline.scenario().until;
            for i in 0..timeline.lanes().len() {
                let lane = timeline.lane(i);
                while lane.events() < EVENTS_MAX && lane.step(until) {}
                counts.events += u64::from(lane.events());
                let _ = (lane.verdicts(lane.now()), lane.state_digest(), lane.pending());
            }
            let _ = workspace::warnings(text, &timeline);
        }
    }
}

/// Edits from the page, on a text that may have errors.
fn edit(d: &mut Draw, text: &str) {
    let known = lines(text).len() as u64;
    let (at, line) = (SimTime(d.below(9_000_000)), d.below(known + 2) as u32);
    let _ = append_act(text, at, d.below(3) as u32, "raft", d.one(SNIPPETS)).apply(text);
    let _ = set_value(text, d.one(&["seed", "raft.heartbeat", "until", ""]), d.one(NUMBERS)).apply(text);
    let _ = delete_line(text, line);
}

/// A link returns its contents; whatever is done to it, decoding succeeds or fails cleanly.
fn try_link(d: &mut Draw, text: &str, counts: &mut Counts) {
    counts.links += 1;
    let at = match d.below(3) {
        0 => None,
        1 => Some(LinkAt::Time(SimTime(d.below(1 << 40)), d.below(5) as u32)),
        _ => Some(LinkAt::Step(d.below(1 << 33))),
    };
    let digest = d.once_in(2).then(|| d.below(u64::MAX));
    let told = Link { text: text.to_string(), at, digest, ..Link::default() };
    let link = link::encode(&told);
    if let Ok(read) = link::decode(&link) {
        assert_eq!(read.link, told, "a link says something else");
        assert_eq!(read.trust, link::Trust::Checked);
    }
    let hurt = hurt_bytes(d, &link);
    match link::decode(&hurt) {
        // With the check code wrong or gone, the link opens only as a link of another version.
        Ok(read) => {
            assert!(read.link == told || read.version != link::LINK_VERSION, "{hurt} opens as another link")
        }
        Err(error) => drop(error.to_string()),
    }
}

#[test]
fn no_text_or_link_causes_a_panic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut gallery = Vec::new();
    texts(&root.join("scenarios"), &mut gallery);
    assert!(!gallery.is_empty());
    let end = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS", 2));
    let mut counts = Counts::default();
    let mut seed = number("FUZZ_SEED", 1);
    while Instant::now() < end {
        let d = &mut Draw::named("fuzz", seed);
        let text = text(d, &gallery);
        let tried = catch_unwind(AssertUnwindSafe(|| {
            try_text(d, &text, &mut counts);
            try_link(d, &text, &mut counts);
        }));
        if tried.is_err() {
            let shown: String = text.chars().take(4_000).collect();
            panic!("seed {seed}: {} bytes:\n{shown}", text.len());
        }
        seed += 1;
    }
    let Counts { texts, opened, events, links } = counts;
    println!("{texts} texts, {opened} opened, {events} events played, {links} links");
    assert!(opened > 0 && opened < texts);
}
