//! The canonical form of a text: one statement per line, one spelling for each unit, aligned columns. Comments and the
//! order of statements stay as they are, and so does anything that cannot be read.

use election_base::{SimTime, Span};

use super::action::moment;
use super::cursor::Cursor;
use super::lex::{Document, Statement, TokenKind, slice};
use super::table::{WHENS, names};
use super::values::{share, share_text, span};

/// A line of the output before its columns are aligned.
#[derive(Default)]
struct Row {
    keyword: String,
    /// The time of an `at`, or the lanes of an `expect`; empty otherwise.
    second: String,
    rest: String,
    comment: String,
}

/// The text in its canonical form. Formatting it again changes nothing, and its meaning stays the same except
/// for line numbers.
pub fn fmt(text: &str) -> String {
    let document = Document::new(text);
    let lanes = lane_names(&document);
    let mut out = String::new();
    let mut block: Vec<Row> = Vec::new();
    for line in &document.lines {
        let comment = line.comment.map_or("", |place| document.slice(place)).trim_end().to_string();
        if line.statements.is_empty() && comment.is_empty() {
            write_block(&mut out, &mut block);
            continue;
        }
        block.extend(line.statements.iter().map(|statement| row(&document, statement, &lanes)));
        match block.last_mut() {
            Some(last) if !line.statements.is_empty() => last.comment = comment,
            _ => block.push(Row { comment, ..Row::default() }),
        }
    }
    write_block(&mut out, &mut block);
    out
}

/// Writes the rows with aligned columns, after a blank line if any text precedes them.
fn write_block(out: &mut String, block: &mut Vec<Row>) {
    if !out.is_empty() && !block.is_empty() {
        out.push('\n');
    }
    let acts = block.iter().any(|row| row.keyword == "at");
    let group = |row: &Row| match row.keyword.as_str() {
        "" => 0,
        "at" => 1,
        "expect" | "break" => 2,
        // Among acts, the end of the run counts as one of them.
        "until" if acts => 0,
        _ => 3,
    };
    let width = |wanted: u8, part: fn(&Row) -> &str| {
        let rows = block.iter().filter(|row| group(row) == wanted);
        rows.map(|row| part(row).chars().count()).max().unwrap_or(0)
    };
    let keywords: [usize; 4] = [0, 2, width(2, |row| &row.keyword), width(3, |row| &row.keyword)];
    let seconds: [usize; 4] = [0, width(1, |row| &row.second) + 1, width(2, |row| &row.second), 0];
    for row in block.iter() {
        let group = usize::from(group(row));
        let mut line = String::new();
        line.push_str(&row.keyword);
        pad(&mut line, keywords[group], &row.second);
        line.push_str(&row.second);
        let column = keywords[group] + 1 + seconds[group];
        pad(&mut line, if row.second.is_empty() { keywords[group] } else { column }, &row.rest);
        line.push_str(&row.rest);
        if !row.comment.is_empty() {
            line.push_str(if line.is_empty() { "" } else { "  " });
            line.push_str(&row.comment);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    block.clear();
}

/// Spaces up to `column` plus one, before `next` unless it is empty.
fn pad(line: &mut String, column: usize, next: &str) {
    if !next.is_empty() && !line.is_empty() {
        let missing = column.saturating_sub(line.chars().count()) + 1;
        line.extend(core::iter::repeat_n(' ', missing));
    }
}

fn row(document: &Document<'_>, statement: &Statement, lanes: &[String]) -> Row {
    let mut cursor = Cursor::new(document.text, statement);
    let keyword = cursor.skip().to_string();
    let as_written = cursor.rest().to_string();
    let mut row = Row { keyword, ..Row::default() };
    match row.keyword.as_str() {
        "title" => row.rest.clone_from(&as_written),
        "at" => {
            let mut ahead = cursor.clone();
            if let Ok((at, after)) = moment(&mut ahead) {
                cursor = ahead;
                row.second = moment_text(at, after);
            } else if cursor.eat("end") {
                row.second = "end".to_string();
            }
            row.rest = step_or_action(&mut cursor);
        }
        "expect" | "break" => {
            let mut named = Vec::new();
            while lanes.contains(&word(cursor.peek())) {
                named.push(cursor.skip());
            }
            row.second = named.join(" ");
            row.rest = condition(&mut cursor);
        }
        // `1=A` names one node.
        "nodes" => row.rest = words(&mut cursor).replace(" = ", "="),
        _ => row.rest = words(&mut cursor),
    }
    // If the tokens would change, leave the line alone. No known text gets here, but a check is cheaper than
    // corrupting a user's file.
    let again = format!("{} {} {}", row.keyword, row.second, row.rest);
    let after = Document::new(&again);
    let same = after.lines.len() == 1
        && after.lines[0].comment.is_none()
        && matches!(&after.lines[0].statements[..], [one] if kinds(one) == kinds(statement));
    if !same {
        row.second = String::new();
        row.rest = as_written;
    }
    row
}

fn kinds(statement: &Statement) -> Vec<TokenKind> {
    statement.tokens.iter().map(|token| token.kind).collect()
}

/// What follows the time of an `at`: words, except that a condition of a step may be about a field.
fn step_or_action(cursor: &mut Cursor<'_>) -> String {
    let mut parts = Vec::new();
    loop {
        let opens =
            |i: usize| matches!(cursor.text_at(i), "if" | "answer") && cursor.text_at(i + 1) == "node";
        let Some(before) = (0..cursor.len()).find(|&i| opens(i)) else { break };
        parts.push(words(&mut cursor.split(before + 1)));
        let end = cursor.find(|kind, text| kind == TokenKind::Bar || text == "because");
        parts.push(condition(&mut cursor.split(end.unwrap_or(usize::MAX))));
    }
    parts.push(words(cursor));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// A condition; the text compared with a field stays as written.
fn condition(cursor: &mut Cursor<'_>) -> String {
    if cursor.peek() != "node" {
        return words(cursor);
    }
    let comparison = if cursor.kind_at(3) == Some(TokenKind::Compare) { 4 } else { 3 };
    let mut parts = vec![words(&mut cursor.split(comparison))];
    let when = cursor.find(|_, text| names(WHENS).any(|name| name == text));
    let operand = cursor.split(when.unwrap_or(usize::MAX));
    parts.extend(operand.rest().split_whitespace().map(str::to_string));
    parts.push(words(cursor));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// The tokens up to the cursor's end, each in its canonical form, separated as usual.
fn words(cursor: &mut Cursor<'_>) -> String {
    let mut out = String::new();
    let mut tight = true;
    while let Some(kind) = cursor.kind() {
        let text = cursor.skip();
        // The arrow in a message's name, `3->4#17`, has no spaces around it.
        let message = kind == TokenKind::Arrow && cursor.peek().contains('#');
        let sticks = matches!(kind, TokenKind::Comma | TokenKind::Colon | TokenKind::Dots) || message;
        if !tight && !sticks {
            out.push(' ');
        }
        out.push_str(&if kind == TokenKind::Word { word(text) } else { text.to_string() });
        tight = kind == TokenKind::Dots || message;
    }
    out
}

/// A word with a unit, in canonical form.
fn word(text: &str) -> String {
    let (sign, size) = match text.split_at_checked(1) {
        Some((sign @ ("+" | "-"), size)) => (sign, size),
        _ => ("", text),
    };
    // A number without a unit may be an id or a count; only a number with a unit is a time or a share.
    if size.bytes().all(|b| b.is_ascii_digit()) {
        return text.to_string();
    }
    match (span(size), share(size)) {
        // Not `0`, which would also read as a number.
        (Some(Span(0)), _) => format!("{sign}0s"),
        (Some(span), _) => format!("{sign}{}", span),
        (_, Some(ppm)) => format!("{sign}{}", share_text(ppm)),
        _ => text.to_string(),
    }
}

/// `T` or `T+k`.
pub(super) fn moment_text(at: SimTime, after: u32) -> String {
    let time = Span(at.0).to_string();
    if after > 0 { format!("{time}+{after}") } else { time }
}

/// The lane names that the text itself defines, in their canonical form: a `0s` among the lanes becomes `0`,
/// as any time does.
fn lane_names(document: &Document<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for statement in document.statements() {
        let texts = statement.tokens.iter().map(|token| slice(document.text, token.place));
        let texts: Vec<&str> = texts.collect();
        match texts[..] {
            ["lanes", ref names @ ..] => found.extend_from_slice(names),
            ["lane", name, "=", algorithm, ..] => found.extend([name, algorithm]),
            _ => {}
        }
    }
    found.into_iter().map(word).collect()
}
