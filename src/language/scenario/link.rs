//! A scenario, a moment and a selection as the part of a URL after `#`.
//!
//! `v=1&s=TEXT&at=MOMENT&sel=LANE:NODE&d=DIGEST`, of which only `s` (or `z`) is required. The text survives byte for
//! byte. In `s`, a space is `+` and a line ending is `;`; after a comment and at the very end of the text, a line
//! ending is `%0A`. A `;` in the text itself is `%3B`. If some program decodes the escapes too early or too often, `;`
//! and line endings trade places. Both mean the same to the language, except after a comment, where the escape differs.
//! `z` is the same text in UTF-8, compressed with DEFLATE without a header (RFC 1951) and encoded as base64url without
//! padding (RFC 4648, section 5); it is used if it is at least a fifth shorter.
//!
//! Links of older versions keep opening: [`decode`] selects the decoder by `v`, and each decoder keeps its test
//! vectors.

use core::fmt;

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use election_base::SimTime;

use super::action::moment;
use super::cursor::Cursor;
use super::error::quote;
use super::fmt::moment_text;
use super::lex::Document;
use super::table::TEXT_MAX;

/// The version that [`encode`] writes.
pub const LINK_VERSION: u32 = 1;
/// Longer links do not survive everywhere; a page offers a file instead.
pub const LINK_LONG: usize = 2_000;
/// The longest link that [`decode`] accepts, in bytes: the longest text with every byte escaped, plus room
/// for the other parts.
pub const LINK_MAX: usize = 3 * TEXT_MAX + 1_024;
/// The longest selection, in bytes.
pub const SELECTION_MAX: usize = 96;

/// The contents of a link.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Link {
    /// The scenario's text.
    pub text: String,
    /// The moment to open at; `None` for the start.
    pub at: Option<LinkAt>,
    /// The selection, as `lane:node`; `None` for nothing.
    pub selected: Option<String>,
    /// The digest of the trace up to the moment.
    pub digest: Option<u64>,
}

/// The moment of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkAt {
    /// `4.812s` or `4.812s+3`: after all events at that instant, or after this many of them, counting all
    /// lanes together.
    Time(SimTime, u32),
    /// `#1234`: after this many events of the run.
    Step(u64),
}

/// Why a link cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// It is longer than [`LINK_MAX`].
    Long(usize),
    /// Its version is unknown to this program.
    Version(String),
    /// It has no text.
    Empty,
    /// A part is not a `key=value` of the format, or is repeated.
    Part(String),
    /// An escape or a value in a part is invalid.
    Value {
        /// The part.
        part: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The text is longer than [`TEXT_MAX`].
    Text,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Long(length) => {
                write!(f, "this link has {length} characters, more than the maximum of {LINK_MAX}")
            }
            LinkError::Version(found) => write!(
                f,
                "this link has version {}, but this page opens version {LINK_VERSION}; a newer page may open it",
                quote(found)
            ),
            LinkError::Empty => f.write_str("this link contains no scenario: it has neither `s=` nor `z=`"),
            LinkError::Part(part) => {
                write!(f, "this link has an unknown or repeated part: {}", quote(part))
            }
            LinkError::Value { part, why } => {
                write!(f, "this link is damaged: its part `{part}=` {why}; copy the whole link again")
            }
            LinkError::Text => write!(f, "the scenario of this link is longer than {TEXT_MAX} bytes"),
        }
    }
}

impl core::error::Error for LinkError {}

/// The link, without the leading `#`.
pub fn encode(link: &Link) -> String {
    let plain = encode_text(&link.text);
    let packed = to_base64url(&compress_to_vec(link.text.as_bytes(), 9));
    let mut out = format!("v={LINK_VERSION}");
    // At least a fifth shorter.
    if packed.len() * 5 <= plain.len() * 4 {
        out.push_str(&format!("&z={packed}"));
    } else {
        out.push_str(&format!("&s={plain}"));
    }
    match link.at {
        None | Some(LinkAt::Time(SimTime::ZERO, 0)) => {}
        Some(LinkAt::Time(at, after)) => {
            out.push_str(&format!("&at={}", escape(&moment_text(at, after), &[])));
        }
        Some(LinkAt::Step(step)) => out.push_str(&format!("&at=%23{step}")),
    }
    if let Some(selected) = &link.selected {
        out.push_str(&format!("&sel={}", escape(selected, &[])));
    }
    if let Some(digest) = link.digest {
        out.push_str(&format!("&d={digest:016x}"));
    }
    out
}

/// The contents of a link; a leading `#` is ignored. A link without `v` has version 1.
///
/// # Errors
/// If any part is invalid. This never takes long: lengths are checked before any decoding.
pub fn decode(link: &str) -> Result<Link, LinkError> {
    if link.len() > LINK_MAX {
        return Err(LinkError::Long(link.len()));
    }
    let link = link.strip_prefix('#').unwrap_or(link);
    let version = link.split('&').find_map(|part| part.strip_prefix("v=")).unwrap_or("1");
    match version {
        "1" => decode_1(link),
        other => Err(LinkError::Version(other.to_string())),
    }
}

/// Version 1.
fn decode_1(link: &str) -> Result<Link, LinkError> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Link::default();
    for part in link.split('&').filter(|part| !part.is_empty()) {
        let Some((key, value)) = part.split_once('=') else {
            return Err(LinkError::Part(part.to_string()));
        };
        // `s` and `z` both carry the text, so they exclude each other.
        let once = if key == "z" { "s" } else { key };
        if seen.contains(&once) {
            return Err(LinkError::Part(key.to_string()));
        }
        seen.push(once);
        match key {
            "v" => {}
            "s" => found.text = decode_text(value)?,
            "z" => found.text = unpack(value)?,
            "at" => found.at = Some(decode_at(value)?),
            "sel" => found.selected = Some(decode_selection(value)?),
            "d" => {
                let digest = value.len() == 16 && value.bytes().all(|b| b.is_ascii_hexdigit());
                let digest = if digest { u64::from_str_radix(value, 16).ok() } else { None };
                found.digest = Some(digest.ok_or(damaged("d", "is not a digest of 16 digits"))?);
            }
            _ => return Err(LinkError::Part(key.to_string())),
        }
    }
    if seen.contains(&"s") { Ok(found) } else { Err(LinkError::Empty) }
}

fn damaged(part: &'static str, why: &'static str) -> LinkError {
    LinkError::Value { part, why }
}

fn decode_at(value: &str) -> Result<LinkAt, LinkError> {
    // A literal `+` stays a `+` here, since moments contain no spaces.
    let text = unescape(value, "at", |byte| byte)?;
    if let Some(step) = text.strip_prefix('#') {
        let digits = step.bytes().all(|b| b.is_ascii_digit());
        let step = if digits { step.parse().ok() } else { None };
        return step.map(LinkAt::Step).ok_or(damaged("at", "is not a step"));
    }
    let document = Document::new(&text);
    let statement = document.statements().next().ok_or(damaged("at", "is empty"))?;
    let mut cursor = Cursor::new(document.text, statement);
    match moment(&mut cursor) {
        Ok((at, after)) if cursor.is_empty() && statement.place.range() == (0..text.len()) => {
            Ok(LinkAt::Time(at, after))
        }
        _ => Err(damaged("at", "is not a moment such as `4.812s` or `4.812s+3`")),
    }
}

fn decode_selection(value: &str) -> Result<String, LinkError> {
    let text = unescape(value, "sel", plus_is_space)?;
    let plain = text.len() <= SELECTION_MAX && !text.chars().any(char::is_control);
    if plain { Ok(text) } else { Err(damaged("sel", "is not a selection such as `raft:3`")) }
}

fn decode_text(value: &str) -> Result<String, LinkError> {
    let text = unescape(value, "s", |byte| if byte == b';' { b'\n' } else { plus_is_space(byte) })?;
    if text.len() <= TEXT_MAX { Ok(text) } else { Err(LinkError::Text) }
}

fn unpack(value: &str) -> Result<String, LinkError> {
    let packed = from_base64url(value).ok_or(damaged("z", "is not base64url"))?;
    // The limit prevents a small link from filling the memory.
    let bytes = decompress_to_vec_with_limit(&packed, TEXT_MAX).map_err(|error| match error.status {
        miniz_oxide::inflate::TINFLStatus::HasMoreOutput => LinkError::Text,
        _ => damaged("z", "cannot be unpacked"),
    })?;
    String::from_utf8(bytes).map_err(|_| damaged("z", "is not UTF-8 text"))
}

fn encode_text(text: &str) -> String {
    let document = Document::new(text);
    let mut out = String::new();
    for line in &document.lines {
        out.push_str(&escape(document.slice(line.place), &[' ']));
        let end = text.get(line.place.end as usize..line.next as usize).unwrap_or("");
        let last = line.next as usize == text.len();
        if end == "\n" && line.comment.is_none() && !last {
            out.push(';');
        } else {
            out.push_str(&escape(end, &[]));
        }
    }
    // Programs that detect links in text drop trailing punctuation.
    match out.pop() {
        Some(last) if last.is_ascii_alphanumeric() => out.push(last),
        Some('+') => out.push_str("%20"),
        Some(last) => out.push_str(&format!("%{:02X}", u32::from(last))),
        None => {}
    }
    out
}

/// Percent-escapes every byte that might have another meaning in a URL, a chat or Markdown. A space becomes
/// `+` if `plus` contains it.
fn escape(text: &str, plus: &[char]) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' if plus.contains(&' ') => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b':' | b',' | b'/' | b'=' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn plus_is_space(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

/// Decodes the escapes; unescaped bytes go through `plain`.
fn unescape(value: &str, part: &'static str, plain: impl Fn(u8) -> u8) -> Result<String, LinkError> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(plain(byte));
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
        match (digit(bytes.next()), digit(bytes.next())) {
            (Some(high), Some(low)) => out.push((high * 16 + low) as u8),
            _ => return Err(damaged(part, "has a `%` not followed by two hexadecimal digits")),
        }
    }
    String::from_utf8(out).map_err(|_| damaged(part, "is not UTF-8 text"))
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding.
fn to_base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..=chunk.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

/// `None` unless every character is a base64url digit and the unused bits are zero.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0;
        for (i, digit) in chunk.iter().enumerate() {
            let value = DIGITS.iter().position(|known| known == digit)?;
            word |= (value as u32) << (18 - 6 * i);
        }
        let bytes = chunk.len() - 1;
        let [_, first, second, third] = word.to_be_bytes();
        let all = [first, second, third];
        if chunk.len() == 1 || all.iter().skip(bytes).any(|byte| *byte != 0) {
            return None;
        }
        out.extend_from_slice(&all[..bytes]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn links_of_version_1_open() {
        for (link, text) in VECTORS_1 {
            assert_eq!(decode(link), Ok(of(text)), "{link}");
        }
    }

    #[test]
    fn short_texts_are_readable() {
        let example = "# a; b\nlanes  raft\n\nat 1s raft: campaign 3\n";
        assert_eq!(encode(&of(example)), "v=1&s=%23+a%3B+b%0Alanes++raft;;at+1s+raft:+campaign+3%0A");
        // Programs that detect links drop trailing punctuation.
        assert_eq!(encode(&of("title Who leads?")), "v=1&s=title+Who+leads%3F");
        assert_eq!(encode(&of("title a.")), "v=1&s=title+a%2E");
        assert_eq!(encode(&of("seed 1 ")), "v=1&s=seed+1%20");
    }

    #[test]
    fn decoding_too_early_keeps_the_meaning() {
        let link = encode(&of("seed 1; nodes 3\n# a\nloss 1%\nuntil 4s"));
        let early = decode(&link.replace("%3B", ";")).map(|link| link.text);
        assert_eq!(early.as_deref(), Ok("seed 1\n nodes 3\n# a\nloss 1%\nuntil 4s"));
        let late = decode(&link.replace(';', "%3B")).map(|link| link.text);
        assert_eq!(late.as_deref(), Ok("seed 1; nodes 3;# a\nloss 1%;until 4s"));
    }

    #[test]
    fn long_texts_are_packed() {
        let text = "at 1s crash leader\n".repeat(100);
        let link = encode(&of(&text));
        assert!(link.starts_with("v=1&z=") && link.len() < 150, "{link}");
        assert_eq!(decode(&link), Ok(of(&text)));
    }

    #[test]
    fn moments_selections_and_digests_come_back() {
        let at = |at: &str| decode(&format!("s=&at={at}")).map(|link| link.at);
        let time = |us, after| Ok(Some(LinkAt::Time(SimTime(us), after)));
        assert_eq!(at("4.812s"), time(4_812_000, 0));
        assert_eq!(at("4.812s+3"), time(4_812_000, 3));
        assert_eq!(at("4.812s%2B3"), time(4_812_000, 3));
        assert_eq!(at("%231234"), Ok(Some(LinkAt::Step(1234))));
        assert_eq!(at("#1234"), Ok(Some(LinkAt::Step(1234))));
        for bad in ["", "4", "4s 5s", "%23", "%23x", "-1s", "4s+x", "99h"] {
            assert!(at(bad).is_err(), "{bad}");
        }
        let link = Link {
            text: "seed 1".into(),
            at: Some(LinkAt::Time(SimTime(4_812_000), 3)),
            selected: Some("raft:3".into()),
            digest: Some(0xab),
        };
        let text = "v=1&s=seed+1&at=4.812s%2B3&sel=raft:3&d=00000000000000ab";
        assert_eq!((encode(&link).as_str(), decode(text)), (text, Ok(link.clone())));
        let start = Link { at: Some(LinkAt::Time(SimTime::ZERO, 0)), ..of("seed 1") };
        assert_eq!(encode(&start), "v=1&s=seed+1");
    }

    #[test]
    fn bad_links_say_what_is_wrong() {
        let bomb = to_base64url(&compress_to_vec(&[b' '; TEXT_MAX + 1], 9));
        let long = "x".repeat(LINK_MAX + 1);
        let damaged = |part: &str, why: &str| {
            format!("this link is damaged: its part `{part}=` {why}; copy the whole link again")
        };
        let part = |part: &str| format!("this link has an unknown or repeated part: `{part}`");
        let empty = "this link contains no scenario: it has neither `s=` nor `z=`".to_string();
        let newer = "this link has version `2`, but this page opens version 1; a newer page may open it";
        let cases = [
            ("v=2&s=x", newer.to_string()),
            ("", empty.clone()),
            ("v=1&at=1s", empty),
            ("s=a&s=b", part("s")),
            ("s=a&z=b", part("z")),
            ("s=a&q=b", part("q")),
            ("s=a&b", part("b")),
            ("s=%4", damaged("s", "has a `%` not followed by two hexadecimal digits")),
            ("s=%FF", damaged("s", "is not UTF-8 text")),
            ("z=A", damaged("z", "is not base64url")),
            ("z=AAAA", damaged("z", "cannot be unpacked")),
            ("s=a&d=12", damaged("d", "is not a digest of 16 digits")),
            (&format!("z={bomb}"), "the scenario of this link is longer than 65536 bytes".to_string()),
            (&long, "this link has 197633 characters, more than the maximum of 197632".to_string()),
        ];
        for (link, want) in cases {
            assert_eq!(decode(link).map_err(|error| error.to_string()), Err(want));
        }
    }

    #[test]
    fn base64url_is_that_of_the_standard() {
        // RFC 4648, section 10, without padding.
        let vectors =
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")];
        for (plain, coded) in vectors {
            assert_eq!(to_base64url(plain.as_bytes()), coded);
            assert_eq!(from_base64url(coded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!((from_base64url("Zh"), from_base64url("Zg=="), from_base64url("+/")), (None, None, None));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "(?s).{0,200}", packed in any::<bool>()) {
            let text = if packed { text.repeat(8) } else { text };
            prop_assert_eq!(decode(&encode(&of(&text))), Ok(of(&text)));
        }

        #[test]
        fn every_text_of_the_language_comes_back(text in "[a-c #;\n\r+%&=]{0,60}") {
            let link = encode(&of(&text));
            prop_assert!(link.bytes().all(|b| b.is_ascii_graphic() && !b"<>|#\"'()*".contains(&b)));
            prop_assert_eq!(decode(&link), Ok(of(&text)));
        }

        #[test]
        fn no_link_makes_the_decoder_panic(link in "(v=1&)?[sz]=(?s).{0,80}") {
            let _ = decode(&link);
        }

        #[test]
        fn no_packed_link_makes_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(&format!("z={}", to_base64url(&bytes)));
        }
    }
}
