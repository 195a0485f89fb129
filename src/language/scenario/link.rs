//! A scenario, a moment and a selection as the part of a URL after `#`.
//!
//! `v=2&s=TEXT&at=MOMENT&sel=LANE:NODE&stops=STOPS&d=DIGEST&look=LOOK&alt=OTHER&c=CHECK`, of which `s` (or `z`) and `c` are
//! required. The text survives byte for byte. In `s`, a space is `+` and a line ending is `;`; after a comment and at the very end of
//! the text, a line ending is `%0A`. A `;` in the text itself is `%3B`. If some program decodes the escapes too early
//! or too often, `;` and line endings trade places. Both mean the same to the language, except after a comment, where
//! the escape differs. `z` is the same text in UTF-8, compressed with DEFLATE without a header (RFC 1951) and encoded
//! as base64url without padding (RFC 4648, section 5); it is used if it is at least a fifth shorter.
//!
//! `c` comes last: a CRC-32 of all other parts, so that a link which was cut or altered on its way is recognized.
//! Unknown parts are allowed, so later versions can add some; [`decode`] names the ones it ignored.
//!
//! `look` is what the debugger shows, in the page's words. `alt` carries a second future: another text, as an edit of the
//! first one (`alt.rs`). Programs that do not know them ignore them and still check them.
//!
//! Version 1 has neither `c` nor `stops`, and no part may be unknown. Links of older versions keep opening: [`decode`]
//! selects the decoder by `v`, and each decoder keeps its test vectors.

mod alt;
mod coding;
#[cfg(test)]
mod tests;

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
pub use alt::Other;
use coding::{Crc, escape, from_base64url, plus_is_space, to_base64url, unescape, unescape_bytes};

/// The version that [`encode`] writes.
pub const LINK_VERSION: u32 = 2;
/// Longer links do not survive everywhere; a page offers a file instead.
pub const LINK_LONG: usize = 2_000;
/// The longest link that [`decode`] accepts, in bytes: the longest text with every byte escaped, plus room
/// for the other parts. A second future that does not fit is left out.
pub const LINK_MAX: usize = 3 * TEXT_MAX + 1_024;
/// The longest selection, the longest list of stops, and the longest `look`, in bytes.
pub const SELECTION_MAX: usize = 96;
/// The length of `&c=` and a check code.
const CHECK_LENGTH: usize = 11;
/// The most unknown parts that [`decode`] names.
const IGNORED_MAX: usize = 8;

/// The contents of a link.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Link {
    /// The scenario's text.
    pub text: String,
    /// The moment to open at; `None` for the start.
    pub at: Option<LinkAt>,
    /// The selection, as `lane:node`; `None` for nothing.
    pub selected: Option<String>,
    /// What stops the playhead besides the text's `break` lines, in the words of the page; `None` for its default.
    pub stops: Option<String>,
    /// The digest of the trace up to the moment.
    pub digest: Option<u64>,
    /// What the debugger shows, in the words of the page; `None` if it is closed.
    pub look: Option<String>,
    /// The other future, if there are two.
    pub other: Option<Other>,
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

/// A link that was opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Its contents.
    pub link: Link,
    /// Its version.
    pub version: u32,
    /// How far it can be trusted to be what was copied.
    pub trust: Trust,
    /// The unknown parts, which were ignored.
    pub ignored: Vec<String>,
}

/// Whether a link is still what was copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Its check code is right.
    Checked,
    /// It has no check code, as in version 1, and nothing shows that it was damaged.
    Unchecked,
    /// It has no check code, and its compressed text is not what compressing that text gives. Another compressor may
    /// have written it. If the text has errors, it was damaged.
    Doubtful,
}

/// Why a link cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// It is longer than [`LINK_MAX`].
    Long(usize),
    /// Its version is unknown to this program, and so is its form.
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
    /// It does not end with a check code.
    Cut,
    /// Its check code is that of other contents.
    Altered,
    /// The text is longer than [`TEXT_MAX`].
    Text,
}

/// Every message has the form `what: why`.
impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this link ")?;
        let why = match self {
            LinkError::Long(length) => {
                return write!(f, "is too long: it has {length} characters, and the maximum is {LINK_MAX}");
            }
            LinkError::Text => {
                return write!(f, "is too long: its scenario has more than {TEXT_MAX} bytes");
            }
            LinkError::Empty => return f.write_str("contains no scenario: it has neither `s=` nor `z=`"),
            LinkError::Version(found) => {
                return write!(
                    f,
                    "cannot be read: it says that its version is {}, and this program reads versions 1 to \
                     {LINK_VERSION}; either it is damaged, or a later version of the program opens it",
                    quote(found)
                );
            }
            LinkError::Part(part) => format!("it has an unknown or repeated part, {}", quote(part)),
            LinkError::Value { part, why } => format!("its part `{part}=` {why}"),
            LinkError::Cut => "its end is missing".to_string(),
            LinkError::Altered => "characters in it are missing or have changed".to_string(),
        };
        write!(f, "is damaged: {why}; copy the whole link again")
    }
}

impl core::error::Error for LinkError {}

/// The link, without the leading `#`.
pub fn encode(link: &Link) -> String {
    let plain = encode_text(&link.text);
    let packed = pack(&link.text);
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
    for (key, value) in [("sel", &link.selected), ("stops", &link.stops)] {
        if let Some(value) = value {
            out.push_str(&format!("&{key}={}", escape(value, &[])));
        }
    }
    if let Some(digest) = link.digest {
        out.push_str(&format!("&d={digest:016x}"));
    }
    if let Some(look) = &link.look {
        out.push_str(&format!("&look={}", escape(look, &[])));
    }
    if let Some(other) = &link.other {
        let part = format!("&alt={}", alt::write(&link.text, other));
        if out.len() + part.len() + CHECK_LENGTH <= LINK_MAX {
            out.push_str(&part);
        }
    }
    // The parts were just written, so they can be read.
    let code = check_code(&out).unwrap_or_default();
    out.push_str(&format!("&c={code:08x}"));
    out
}

/// The contents of a link; a leading `#` is ignored. A link without `v` has version 1.
///
/// # Errors
/// If any part is invalid. This never takes long: lengths are checked before any decoding.
pub fn decode(link: &str) -> Result<Opened, LinkError> {
    if link.len() > LINK_MAX {
        return Err(LinkError::Long(link.len()));
    }
    let link = link.strip_prefix('#').unwrap_or(link);
    let version = link.split('&').find_map(|part| part.strip_prefix("v=")).unwrap_or("1");
    let plain = !version.starts_with('0') && version.bytes().all(|b| b.is_ascii_digit());
    match version.parse().ok().filter(|_| plain) {
        Some(1) => decode_1(link),
        Some(LINK_VERSION) => decode_2(link, LINK_VERSION),
        // A later version may have added parts. If it kept the check code, what is known can be trusted.
        Some(later) => decode_2(link, later).map_err(|_| LinkError::Version(version.to_string())),
        None => Err(LinkError::Version(version.to_string())),
    }
}

/// Version 1: no check code, and no part is unknown.
fn decode_1(link: &str) -> Result<Opened, LinkError> {
    let (found, ignored, _) = read(link, &["at", "sel", "d"])?;
    match ignored.into_iter().next() {
        Some(part) => Err(LinkError::Part(part)),
        None => {
            let packed = link.split('&').find_map(|part| part.strip_prefix("z="));
            let doubtful = packed.is_some_and(|packed| pack(&found.text) != packed);
            let trust = if doubtful { Trust::Doubtful } else { Trust::Unchecked };
            Ok(Opened { link: found, version: 1, trust, ignored: Vec::new() })
        }
    }
}

/// Version 2, and later ones as far as they are the same.
fn decode_2(link: &str, version: u32) -> Result<Opened, LinkError> {
    let (parts, code) = link.rsplit_once("&c=").ok_or(LinkError::Cut)?;
    let digits = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if code.len() != 8 {
        return Err(if code.len() < 8 { LinkError::Cut } else { LinkError::Altered });
    }
    let code = if code.bytes().all(digits) { u32::from_str_radix(code, 16).ok() } else { None };
    if code.is_none() || code != check_code(parts) {
        return Err(LinkError::Altered);
    }
    let (mut found, mut ignored, other) = read(parts, &["at", "sel", "stops", "d", "look", "alt"])?;
    // It is an edit of the text, which may come later in the link. A later version may write it in another way.
    match other.map(|value| alt::read(&found.text, value)).transpose() {
        Ok(other) => found.other = other,
        Err(_) if LINK_VERSION < version => ignored.push("alt".to_string()),
        Err(error) => return Err(error),
    }
    Ok(Opened { link: found, version, trust: Trust::Checked, ignored })
}

/// The check code of a link's other parts: the CRC-32 of `key=value&` for each of them, with the values decoded. In the
/// text outside comments, `;` counts as a line ending, since the two may trade places. A compressed text counts as it is
/// written, so that changes which do not affect the result are noticed too. `None` if the text's escapes are invalid.
fn check_code(parts: &str) -> Option<u32> {
    let mut crc = Crc::new();
    for part in parts.split('&') {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        crc.add(key.as_bytes());
        crc.add(b"=");
        match key {
            "s" => add_text(&mut crc, &decode_text(value).ok()?),
            "sel" | "stops" => crc.add(&unescape_bytes(value, plus_is_space)?),
            "z" => crc.add(value.as_bytes()),
            _ => crc.add(&unescape_bytes(value, |byte| byte)?),
        }
        crc.add(b"&");
    }
    Some(crc.code())
}

fn add_text(crc: &mut Crc, text: &str) {
    for line in &Document::new(text).lines {
        let comment = line.comment.map_or(line.place.end, |it| it.start) as usize;
        let (start, next) = (line.place.start as usize, line.next as usize);
        let plain: Vec<u8> = text.as_bytes()[start..comment]
            .iter()
            .map(|&byte| if byte == b';' { b'\n' } else { byte })
            .collect();
        crc.add(&plain);
        crc.add(&text.as_bytes()[comment..next]);
    }
}

/// Reads the parts of a link. Returns the contents, the names of the unknown parts, and the part `alt` as it is written. `optional` are the known parts
/// besides the version and the text.
fn read<'l>(link: &'l str, optional: &[&str]) -> Result<(Link, Vec<String>, Option<&'l str>), LinkError> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Link::default();
    let mut ignored = Vec::new();
    let mut other = None;
    for part in link.split('&').filter(|part| !part.is_empty()) {
        let Some((key, value)) = part.split_once('=') else {
            return Err(LinkError::Part(part.to_string()));
        };
        if !["v", "s", "z"].contains(&key) && !optional.contains(&key) {
            if ignored.len() < IGNORED_MAX {
                ignored.push(key.to_string());
            }
            continue;
        }
        // `s` and `z` both carry the text, so they exclude each other.
        let once = if key == "z" { "s" } else { key };
        if seen.contains(&once) {
            return Err(LinkError::Part(key.to_string()));
        }
        seen.push(once);
        match key {
            "s" => {
                found.text = decode_text(value)?;
                if TEXT_MAX < found.text.len() {
                    return Err(LinkError::Text);
                }
            }
            "z" => found.text = unpack(value, "z", TEXT_MAX)?,
            "at" => found.at = Some(decode_at(value)?),
            "sel" => found.selected = Some(decode_words(value, "sel", plus_is_space)?),
            "stops" => found.stops = Some(decode_words(value, "stops", plus_is_space)?),
            "look" => found.look = Some(decode_words(value, "look", |byte| byte)?),
            "d" => {
                let digest = value.len() == 16 && value.bytes().all(|b| b.is_ascii_hexdigit());
                let digest = if digest { u64::from_str_radix(value, 16).ok() } else { None };
                found.digest = Some(digest.ok_or(damaged("d", "is not a digest of 16 digits"))?);
            }
            "alt" => other = Some(value),
            _ => {}
        }
    }
    if seen.contains(&"s") { Ok((found, ignored, other)) } else { Err(LinkError::Empty) }
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

fn decode_words(value: &str, part: &'static str, plus: fn(u8) -> u8) -> Result<String, LinkError> {
    let text = unescape(value, part, plus)?;
    let plain = text.len() <= SELECTION_MAX && !text.chars().any(char::is_control);
    if plain { Ok(text) } else { Err(damaged(part, "is too long or has unprintable characters")) }
}

fn decode_text(value: &str) -> Result<String, LinkError> {
    unescape(value, "s", |byte| if byte == b';' { b'\n' } else { plus_is_space(byte) })
}

fn pack(text: &str) -> String {
    to_base64url(&compress_to_vec(text.as_bytes(), 9))
}

fn unpack(value: &str, part: &'static str, max: usize) -> Result<String, LinkError> {
    let packed = from_base64url(value).ok_or(damaged(part, "is not base64url"))?;
    // The limit prevents a small link from filling the memory.
    let bytes = decompress_to_vec_with_limit(&packed, max).map_err(|error| match error.status {
        miniz_oxide::inflate::TINFLStatus::HasMoreOutput => LinkError::Text,
        _ => damaged(part, "cannot be unpacked"),
    })?;
    String::from_utf8(bytes).map_err(|_| damaged(part, "is not UTF-8 text"))
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
