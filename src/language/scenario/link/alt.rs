//! The second future of a link: another text, as an edit of the first.
//!
//! The value begins with `a` or `b`, the name of the future that the edit gives; the text of the link is the other one.
//! Then comes the edit, a sequence of `SKIP.DELETE.LENGTH.TEXT`: so many bytes of the link's text stay, so many are left
//! out, and so many, which follow, are new; what remains of the text stays. The counts are of bytes because line endings
//! may trade places with `;` on a link's way, but nothing changes its length. After `z`, the edit is compressed as a
//! link's text is, if that is at least a fifth shorter. In the escapes, a `+` is a `+`: programs that do not know this
//! part compute its check code that way.

use super::coding::{escape, unescape};
use super::{LinkError, damaged, pack, unpack};
use crate::scenario::changes::{LineChange, changes};
use crate::scenario::table::TEXT_MAX;

/// Counts of bytes, with a dot after each, are no longer than this.
const COUNTS_MAX: usize = 24;

/// The other one of two futures.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Other {
    /// Its text.
    pub text: String,
    /// Whether it is future A, which was there first, and the text of the link future B.
    pub first: bool,
}

/// The value of the part.
pub(super) fn write(text: &str, other: &Other) -> String {
    let edit = edit(text, &other.text);
    let (plain, packed) = (escape(&edit, &[]), pack(&edit));
    let name = if other.first { "a" } else { "b" };
    if packed.len() * 5 <= plain.len() * 4 { format!("{name}z{packed}") } else { format!("{name}{plain}") }
}

/// What makes one text the other.
fn edit(from: &str, to: &str) -> String {
    let mut edit = String::new();
    let (mut kept, mut gone, mut new) = (0, 0, String::new());
    let mut flush = |kept: &mut usize, gone: &mut usize, new: &mut String| {
        if 0 < *gone || !new.is_empty() {
            edit.push_str(&format!("{kept}.{gone}.{}.{new}", new.len()));
            (*kept, *gone) = (0, 0);
            new.clear();
        }
    };
    for change in changes(from, to) {
        match change {
            LineChange::Same(line) => {
                flush(&mut kept, &mut gone, &mut new);
                kept += line.len();
            }
            LineChange::Gone(line) => gone += line.len(),
            LineChange::New(line) => new.push_str(line),
        }
    }
    flush(&mut kept, &mut gone, &mut new);
    edit
}

/// The other text.
pub(super) fn read(text: &str, value: &str) -> Result<Other, LinkError> {
    let (first, rest) = match value.split_at_checked(1) {
        Some(("a", rest)) => (true, rest),
        Some(("b", rest)) => (false, rest),
        _ => return Err(damaged("alt", "names neither future A nor B")),
    };
    let edit = match rest.strip_prefix('z') {
        Some(packed) => unpack(packed, "alt", 2 * TEXT_MAX)?,
        None => unescape(rest, "alt", |byte| byte)?,
    };
    let text = apply(text, &edit).ok_or(damaged("alt", "is not an edit of the text"))?;
    if TEXT_MAX < text.len() { Err(LinkError::Text) } else { Ok(Other { text, first }) }
}

/// The text after an edit; `None` if it is not an edit of that text.
fn apply(text: &str, edit: &str) -> Option<String> {
    let (mut out, mut at, mut rest) = (String::new(), 0, edit);
    while !rest.is_empty() {
        let [mut skip, mut delete, mut length] = [0_usize; 3];
        for count in [&mut skip, &mut delete, &mut length] {
            let (digits, after) = rest.split_once('.')?;
            let plain = digits.len() <= COUNTS_MAX && digits.bytes().all(|b| b.is_ascii_digit());
            *count = if plain { digits.parse().ok()? } else { return None };
            rest = after;
        }
        let kept = skip.checked_add(at)?;
        out.push_str(text.get(at..kept)?);
        at = delete.checked_add(kept)?;
        let (new, after) = rest.split_at_checked(length)?;
        out.push_str(new);
        rest = after;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
