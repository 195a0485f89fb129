use proptest::prelude::*;

use super::*;

fn of(text: &str) -> Link {
    Link { text: text.to_string(), ..Link::default() }
}

/// Published links of version 1. Never change one: each must open forever.
const VECTORS_1: &[(&str, &str)] = &[
    ("v=1&s=", ""),
    ("v=1&s=nodes+3;lanes+raft;at+1s+crash+leader", "nodes 3\nlanes raft\nat 1s crash leader"),
    ("v=1&s=%23+two%3B+words%0Aseed+7%0A", "# two; words\nseed 7\n"),
    ("v=1&s=at+1s+cut+1+-%3E+2%3B+at+2s+heal", "at 1s cut 1 -> 2; at 2s heal"),
    ("v=1&s=title+Gr%C3%B6%C3%9Fe+%E2%91%A0", "title Größe ①"),
    ("s=seed+7", "seed 7"),
    ("#v=1&s=at 1s partition 1 2 | 3", "at 1s partition 1 2 | 3"),
    // Produced by another implementation of the two standards.
    (
        "v=1&z=ZcrLCYAwEEXRfap4LfirxAoGM2JgSGTmYf0mS3F3uRwWmmK_rRBPoyaTqgGXk6m23HNLQkyBwyUumEpWH2vuSoPihJiNs_zR-kUv",
        "title Split vote\nlanes raft\nnodes 5\nat 1s crash leader\nat 2s restart all\nat 3s crash leader\nat 4s restart all\n",
    ),
];

fn open(link: &str) -> Result<Link, LinkError> {
    decode(link).map(|opened| opened.link)
}

#[test]
fn links_of_version_1_open() {
    for (link, text) in VECTORS_1 {
        assert_eq!(open(link), Ok(of(text)), "{link}");
    }
}

/// A published link with what it contains.
struct Published {
    link: String,
    contents: Link,
}

/// The links that were published in an earlier version. See the head of the file.
fn published(file: &str) -> Vec<Published> {
    let mut found: Vec<Published> = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(link) = line.strip_prefix("link ") {
            found.push(Published { link: link.to_string(), contents: Link::default() });
            continue;
        }
        let contents = &mut found.last_mut().expect("a link comes first").contents;
        if let (Some(text), Some(other)) = (line.strip_prefix('+'), &mut contents.other) {
            other.text.push_str(text);
            other.text.push('\n');
            continue;
        }
        if let Some(text) = line.strip_prefix('|') {
            contents.text.push_str(text);
            contents.text.push('\n');
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| words[i].parse::<u64>().expect("a number");
        match (words[0], words[1]) {
            ("at", "step") => contents.at = Some(LinkAt::Step(number(2))),
            ("at", "time") => contents.at = Some(LinkAt::Time(SimTime(number(2)), number(3) as u32)),
            ("at", "start") | ("sel" | "stops" | "d", "") => {}
            ("sel", selected) => contents.selected = Some(selected.to_string()),
            ("stops", stops) => contents.stops = Some(stops.to_string()),
            ("other", name) => contents.other = Some(Other { text: String::new(), first: name == "a" }),
            ("d", digest) => contents.digest = Some(u64::from_str_radix(digest, 16).expect("a digest")),
            _ => panic!("{line}"),
        }
    }
    for it in &mut found {
        // The bar is before each line, also before what follows the last line ending.
        it.contents.text.pop();
        it.contents.other.as_mut().map(|other| other.text.pop());
    }
    found
}

#[test]
fn links_published_as_version_1_open() {
    let all = published(include_str!("../../../../tests/links/version-1.txt"));
    assert_eq!(all.len(), 16);
    for Published { link, contents } in all {
        let opened = decode(&link).expect(&link);
        assert_eq!((opened.link, opened.version), (contents, 1), "{link}");
        assert_eq!((opened.trust, opened.ignored), (Trust::Unchecked, vec![]), "{link}");
    }
}

#[test]
fn links_published_as_version_2_open() {
    let mut all = published(include_str!("../../../../tests/links/version-2.txt"));
    assert_eq!(all.len(), 16);
    all.extend(published(include_str!("../../../../tests/links/version-2-futures.txt")));
    assert_eq!(all.len(), 20);
    for Published { link, contents } in all {
        assert_eq!(encode(&contents), link, "written as before");
        let opened = decode(&link).expect(&link);
        assert_eq!((opened.link, opened.version, opened.trust), (contents, 2, Trust::Checked), "{link}");
    }
}

#[test]
fn what_the_debugger_shows_comes_back() {
    for look in ["fast", "fast:3", "fast:3.voted", "fast#97 compare", "a+b & c=%"] {
        let link = Link { look: Some(look.to_string()), ..of("lanes raft\n") };
        let text = encode(&link);
        assert_eq!(open(&text), Ok(link), "{text}");
        // Programs that do not know the part compute the same check code.
        let renamed = text.replace("look=", "lxxk=");
        let code = check_code(renamed.rsplit_once("&c=").expect("a code").0).expect("it can be read");
        let opened = decode(&format!("{}&c={code:08x}", renamed.rsplit_once("&c=").expect("a code").0))
            .expect("it opens");
        assert_eq!((opened.link.look, opened.ignored), (None, vec!["lxxk".to_string()]));
    }
    let long = Link { look: Some("x".repeat(SELECTION_MAX + 1)), ..of("seed 1") };
    assert!(matches!(open(&encode(&long)), Err(LinkError::Value { part: "look", .. })));
}

#[test]
fn short_texts_are_readable() {
    let readable = |text: &str| {
        let link = encode(&of(text));
        link[..link.len() - "&c=01234567".len()].to_string()
    };
    let example = "# a; b\nlanes  raft\n\nat 1s raft: campaign 3\n";
    assert_eq!(readable(example), "v=2&s=%23+a%3B+b%0Alanes++raft;;at+1s+raft:+campaign+3%0A");
    // Programs that detect links drop trailing punctuation; what comes last is a digit or a letter.
    assert_eq!(readable("title Who leads?"), "v=2&s=title+Who+leads%3F");
    assert_eq!(readable("title a."), "v=2&s=title+a%2E");
    assert_eq!(readable("seed 1 "), "v=2&s=seed+1%20");
}

#[test]
fn decoding_too_early_keeps_the_meaning() {
    let link = encode(&of("seed 1; nodes 3\n# a\nloss 1%\nuntil 4s"));
    let early = open(&link.replace("%3B", ";")).map(|link| link.text);
    assert_eq!(early.as_deref(), Ok("seed 1\n nodes 3\n# a\nloss 1%\nuntil 4s"));
    let late = open(&link.replace(';', "%3B")).map(|link| link.text);
    assert_eq!(late.as_deref(), Ok("seed 1; nodes 3;# a\nloss 1%;until 4s"));
    let spaces = open(&link.replace('+', " ")).map(|link| link.text);
    assert_eq!(spaces.as_deref(), Ok("seed 1; nodes 3\n# a\nloss 1%\nuntil 4s"));
    // In a comment it would not keep the meaning.
    let comment = encode(&of("# a; b\nseed 1"));
    assert_eq!(open(&comment.replace("%3B", ";")), Err(LinkError::Altered));
}

#[test]
fn long_texts_are_packed() {
    let text = "at 1s crash leader\n".repeat(100);
    let link = encode(&of(&text));
    assert!(link.starts_with("v=2&z=") && link.len() < 150, "{link}");
    assert_eq!(open(&link), Ok(of(&text)));
}

#[test]
fn moments_selections_stops_and_digests_come_back() {
    let at = |at: &str| open(&format!("s=&at={at}")).map(|link| link.at);
    let time = |us, after| Ok(Some(LinkAt::Time(SimTime(us), after)));
    assert_eq!(at("4.812s"), time(4_812_000, 0));
    assert_eq!(at("4.812s+3"), time(4_812_000, 3));
    assert_eq!(at("4.812s%2B3"), time(4_812_000, 3));
    assert_eq!(at("%231234"), Ok(Some(LinkAt::Step(1234))));
    assert_eq!(at("#1234"), Ok(Some(LinkAt::Step(1234))));
    for bad in ["", "4", "4s 5s", "%23", "%23x", "-1s", "4s+x", "99h"] {
        assert!(at(bad).is_err(), "{bad}");
    }
    let link = full();
    let text = "v=2&s=seed+1&at=4.812s%2B3&sel=raft:3&stops=question,violation&d=00000000000000ab&c=3c839374";
    assert_eq!((encode(&link).as_str(), open(text)), (text, Ok(link.clone())));
    let start = Link { at: Some(LinkAt::Time(SimTime::ZERO, 0)), ..of("seed 1") };
    assert_eq!(encode(&start), encode(&of("seed 1")));
}

/// A link with everything a link can have.
fn full() -> Link {
    Link {
        text: "seed 1".into(),
        at: Some(LinkAt::Time(SimTime(4_812_000), 3)),
        selected: Some("raft:3".into()),
        stops: Some("question,violation".into()),
        digest: Some(0xab),
        look: None,
        other: None,
    }
}

/// The same with a second future.
fn forked() -> Link {
    let other = Other { text: "seed 1\nat 2s drop 3->1#1\n".into(), first: false };
    Link { text: "seed 1\nat 2s crash 3\n".into(), other: Some(other), ..full() }
}

/// The other parts of a link, with their check code.
fn sealed(parts: &str) -> String {
    format!("{parts}&c={:08x}", check_code(parts).expect("valid escapes"))
}

#[test]
fn parts_of_later_versions_are_named_and_ignored() {
    for version in [2, 3, 17] {
        let link = sealed(&format!("v={version}&s=seed+1&sound=at+1s+heal&new=%FF"));
        let opened = decode(&link).expect("the check code is right");
        assert_eq!((opened.link, opened.version), (of("seed 1"), version));
        assert_eq!(opened.ignored, ["sound", "new"]);
    }
    let many: String = (0..100).map(|i| format!("&p{i}=x")).collect();
    assert_eq!(decode(&sealed(&format!("v=2&s={many}"))).map(|it| it.ignored.len()), Ok(IGNORED_MAX));
    // It may write a second future in another way.
    let opened = decode(&sealed("v=3&s=seed+1&alt=x")).expect("the rest is known");
    assert_eq!((opened.link, opened.ignored), (of("seed 1"), vec!["alt".to_string()]));
    // What a later version did to the known parts is not guessed.
    let moved = sealed("v=3&s=seed+1&at=noon");
    assert_eq!(decode(&moved), Err(LinkError::Version("3".into())));
}

/// Links of both kinds, with everything they can have.
fn samples() -> Vec<String> {
    let long = Link { text: "title a; b\nat 1s crash leader # c; d\n".repeat(30), ..full() };
    let comment = Link { text: "# a; b\nseed 1; nodes 3\nat 1s+2 skew 1 +3ms\n".into(), ..full() };
    let packed = Link { other: Some(Other { text: "at 1s heal\n".repeat(30), first: true }), ..of("seed 1") };
    [full(), long, comment, of(""), forked(), packed].iter().map(encode).collect()
}

#[test]
fn one_changed_letter_is_noticed_wherever_it_is() {
    for link in samples() {
        let right = open(&link);
        for at in 0..link.len() {
            for letter in ['a', 'B', '0', '1', '2', '7', '%', '+', '&', '=', ';', 'z', '-', '~'] {
                let changed = format!("{}{letter}{}", &link[..at], &link[at + 1..]);
                // The digits of an escape may be written in either case, and a selection's space in two ways.
                let found = open(&changed);
                assert!(found.is_err() || found == right, "{changed}: {found:?}");
            }
        }
    }
}

#[test]
fn a_link_that_was_cut_is_noticed_wherever_it_was_cut() {
    for link in samples() {
        for end in 0..link.len() {
            assert!(decode(&link[..end]).is_err(), "{}", &link[..end]);
            // A letter that is missing inside, or comes twice, too.
            let without = format!("{}{}", &link[..end], &link[end + 1..]);
            assert!(decode(&without).is_err() || open(&without) == open(&link), "{without}");
        }
    }
    let cut = &encode(&of(&"at 1s crash leader\n".repeat(100)))[..60];
    let want = "this link is damaged: its end is missing; copy the whole link again";
    assert_eq!(decode(cut).map_err(|error| error.to_string()), Err(want.to_string()));
}

#[test]
fn a_compressed_link_of_version_1_is_doubtful_if_compressing_does_not_return_it() {
    let all = published(include_str!("../../../../tests/links/version-1.txt"));
    let packed = all.iter().map(|it| it.link.as_str()).filter(|link| link.contains("&z="));
    let (mut opened, mut noticed) = (0, 0);
    for link in packed {
        let from = link.find("&z=").expect("it has one") + 3;
        for at in (from..link.len()).take_while(|at| !link[*at..].starts_with('&')) {
            let letter = if link[at..].starts_with('Q') { 'R' } else { 'Q' };
            if let Ok(found) = decode(&format!("{}{letter}{}", &link[..at], &link[at + 1..])) {
                opened += 1;
                noticed += usize::from(found.trust == Trust::Doubtful);
            }
        }
    }
    // The rest change one letter of the text for another; the text then has an error, or the run another digest.
    assert!(opened > 1000 && noticed * 100 >= opened * 85, "{noticed} of {opened}");
}

#[test]
fn bad_links_say_what_is_wrong() {
    let bomb = to_base64url(&compress_to_vec(&[b' '; TEXT_MAX + 1], 9));
    let long = "x".repeat(LINK_MAX + 1);
    let hurt = |why: &str| format!("this link is damaged: {why}; copy the whole link again");
    let damaged = |part: &str, why: &str| hurt(&format!("its part `{part}=` {why}"));
    let part = |part: &str| hurt(&format!("it has an unknown or repeated part, `{part}`"));
    let altered = hurt("characters in it are missing or have changed");
    let empty = "this link contains no scenario: it has neither `s=` nor `z=`".to_string();
    let newer = "this link cannot be read: it says that its version is `3`, and this program reads versions 1 to 2; \
                 either it is damaged, or a later version of the program opens it";
    let large = "this link is too long: its scenario has more than 65536 bytes".to_string();
    let cases = [
        ("v=3&s=x", newer.to_string()),
        ("v=2&s=x", hurt("its end is missing")),
        ("v=2&s=x&c=1234", hurt("its end is missing")),
        ("v=2&s=x&c=12345678", altered.clone()),
        ("v=2&s=x&c=1234567G", altered.clone()),
        ("v=2&s=%4&c=12345678", altered),
        (&sealed("v=2&at=1s"), empty.clone()),
        (&sealed("v=2&s=a&z=b"), part("z")),
        (&sealed("v=2&s=a&at=noon"), damaged("at", "is not a moment such as `4.812s` or `4.812s+3`")),
        (&sealed(&format!("v=2&z={bomb}")), large.clone()),
        (&sealed("v=2&s=a&alt=0.0.1.b"), damaged("alt", "names neither future A nor B")),
        (&sealed("v=2&s=a&alt=a0.2.0."), damaged("alt", "is not an edit of the text")),
        (&sealed("v=2&s=a&alt=a9.0.0."), damaged("alt", "is not an edit of the text")),
        (&sealed("v=2&s=a&alt=a0.0.2.b"), damaged("alt", "is not an edit of the text")),
        (&sealed("v=2&s=a&alt=a0.18446744073709551615.0."), damaged("alt", "is not an edit of the text")),
        (&sealed("v=2&s=%C3%A4&alt=a1.0.0."), damaged("alt", "is not an edit of the text")),
        (&sealed("v=2&s=a&alt=az!"), damaged("alt", "is not base64url")),
        (&sealed(&format!("v=2&s=a&alt=az{bomb}")), damaged("alt", "is not an edit of the text")),
        ("", empty.clone()),
        ("v=1&at=1s", empty),
        ("s=a&s=b", part("s")),
        ("s=a&z=b", part("z")),
        ("s=a&q=b", part("q")),
        ("s=a&stops=b", part("stops")),
        ("s=a&b", part("b")),
        ("s=%4", damaged("s", "has a `%` not followed by two hexadecimal digits")),
        ("s=%FF", damaged("s", "is not UTF-8 text")),
        ("z=A", damaged("z", "is not base64url")),
        ("z=AAAA", damaged("z", "cannot be unpacked")),
        ("s=a&d=12", damaged("d", "is not a digest of 16 digits")),
        (&format!("z={bomb}"), large),
        (&long, "this link is too long: it has 197633 characters, and the maximum is 197632".to_string()),
    ];
    for (link, want) in cases {
        assert_eq!(decode(link).map_err(|error| error.to_string()), Err(want));
    }
    for version in ["", "0", "01", "-1", "2.0", "99999999999", "two"] {
        let found = decode(&format!("v={version}&s=x"));
        assert_eq!(found, Err(LinkError::Version(version.into())));
    }
}

#[test]
fn the_longest_text_makes_a_link_that_opens() {
    // Every byte is escaped, and hardly anything can be compressed.
    let mut state = 1_u32;
    let noise = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"!\"$&'()*<>?@[]^`{}~"[(state >> 24) as usize % 19])
    };
    let link = Link { text: (0..TEXT_MAX).map(noise).collect(), ..full() };
    assert_eq!(open(&encode(&link)), Ok(link.clone()));
    let longer = Link { text: format!("{}!", link.text), ..Link::default() };
    assert_eq!(open(&encode(&longer)), Err(LinkError::Text));
}

#[test]
fn a_second_future_is_an_edit_of_the_text() {
    let link = forked();
    let text = "v=2&s=seed+1;at+2s+crash+3%0A&at=4.812s%2B3&sel=raft:3&stops=question,violation&d=00000000000000ab\
                &alt=b7.14.18.at%202s%20drop%203-%3E1%231%0A&c=";
    assert!(encode(&link).starts_with(text), "{}", encode(&link));
    assert_eq!(open(&encode(&link)), Ok(link.clone()));
    // The parts may come in any order.
    let moved = sealed("v=2&alt=a7.14.0.&s=seed+1;at+2s+crash+3%0A");
    let other = Some(Other { text: "seed 1\n".into(), first: true });
    assert_eq!(open(&moved).map(|link| link.other), Ok(other));
    // Line endings that have traded places with `;` change the meaning of neither text.
    let traded = encode(&link).replace("seed+1;", "seed+1%3B");
    let other = open(&traded).map(|link| link.other.map(|other| other.text));
    assert_eq!(other, Ok(Some("seed 1;at 2s drop 3->1#1\n".into())));
    // Too long for any link: what is on the screen matters more.
    let long = Link { other: Some(Other { text: "!".repeat(TEXT_MAX), first: true }), ..of("") };
    assert_eq!(open(&encode(&long)), Ok(long));
    let noise: String =
        (0_u32..65_000).map(|i| char::from(b'!' + (i.wrapping_mul(i) >> 7) as u8 % 64)).collect();
    let both = Link { other: Some(Other { text: noise.chars().rev().collect(), first: true }), ..of(&noise) };
    assert!(encode(&both).len() <= LINK_MAX && open(&encode(&both)).is_ok());
}

#[test]
fn base64url_and_crc_are_those_of_the_standards() {
    // RFC 4648, section 10, without padding.
    let vectors =
        [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")];
    for (plain, coded) in vectors {
        assert_eq!(to_base64url(plain.as_bytes()), coded);
        assert_eq!(from_base64url(coded).as_deref(), Some(plain.as_bytes()));
    }
    assert_eq!((from_base64url("Zh"), from_base64url("Zg=="), from_base64url("+/")), (None, None, None));
    let mut crc = Crc::new();
    crc.add(b"1234");
    crc.add(b"56789");
    assert_eq!(crc.code(), 0xcbf4_3926);
}

proptest! {
    #[test]
    fn every_text_comes_back(text in "(?s).{0,200}", packed in any::<bool>()) {
        let text = if packed { text.repeat(8) } else { text };
        prop_assert_eq!(open(&encode(&of(&text))), Ok(of(&text)));
    }

    #[test]
    fn every_text_of_the_language_comes_back(text in "[a-c #;\n\r+%&=]{0,60}") {
        let link = encode(&of(&text));
        prop_assert!(link.bytes().all(|b| b.is_ascii_graphic() && !b"<>|#\"'()*".contains(&b)));
        prop_assert_eq!(open(&link), Ok(of(&text)));
    }

    #[test]
    fn every_second_future_comes_back(text in "[ab\nä]{0,40}", other in "[ab\nä]{0,40}", first in any::<bool>()) {
        let link = Link { other: Some(Other { text: other, first }), ..of(&text) };
        prop_assert_eq!(open(&encode(&link)), Ok(link));
    }

    #[test]
    fn no_edit_makes_the_decoder_panic(text in "[aä\n]{0,5}", edit in "[ab]z?[0-9.a%ä]{0,20}") {
        let _ = check_code(&format!("v=2&s={text}&alt={edit}")).map(|_| decode(&sealed(&format!("v=2&s={text}&alt={edit}"))));
    }

    #[test]
    fn no_link_makes_the_decoder_panic(link in "(v=[123]&)?[sz]=(?s).{0,80}") {
        let _ = decode(&link);
        let _ = check_code(&link).map(|code| decode(&format!("{link}&c={code:08x}")));
    }

    #[test]
    fn no_packed_link_makes_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let packed = to_base64url(&bytes);
        let _ = (decode(&format!("z={packed}")), decode(&sealed(&format!("v=2&z={packed}"))));
    }
}
