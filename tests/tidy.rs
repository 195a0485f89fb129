//! The rules of style that a machine can check: who may import whom, words that are banned and why, the size of
//! files, and that nothing tells of the machine that it was written on.
//!
//! It reads the source as text, with comments and strings told apart, and needs no compiler. Every complaint
//! says where it is and what to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The modules of the library, each with those that it may import, in reading order. Everything that those may
/// import it may import too. This table is the architecture: change it only together with docs/architecture.md.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("words", &["base"]),
    ("protocol", &["words"]),
    ("trace", &["protocol"]),
    ("checker", &["trace"]),
    ("scenario", &["words"]),
    ("sim", &["trace", "scenario"]),
    ("story", &["checker"]),
    ("meter", &[]),
    ("keyframes", &[]),
    ("probes", &["trace", "scenario"]),
    ("lane", &["sim", "story", "meter", "keyframes", "probes"]),
    ("timeline", &["lane"]),
    ("look", &["lane"]),
    ("judge", &["timeline", "look"]),
    ("breaks", &["timeline", "look"]),
    ("session", &["algorithms", "judge", "breaks"]),
    ("sweep", &["session"]),
    ("frame", &["timeline"]),
    ("wasm", &["session", "frame"]),
    ("bin", &["session", "sweep"]),
];
/// What one algorithm may import, beside the modules of its own folder.
const ALGORITHM: &[&str] = &["base", "words", "protocol"];
/// What the registry, src/algorithms/mod.rs, may import, beside the algorithms: it is where they are joined to
/// the engine, of which they know nothing.
const REGISTRY: &[&str] = &["sim"];

/// Modules that may use floats, because nothing of a run depends on them.
const FLOATS_ALLOWED: &[&str] = &["frame", "wasm", "bin"];
/// Names of algorithms that are ordinary words too, so that the page may say them: the ring is also a topology.
const ORDINARY: &[&str] = &["ring"];

/// The most lines that a file may have.
const LINES_MAX: usize = 900;

#[test]
fn modules_import_only_what_lies_below() {
    let mut faults = Faults::default();
    let files = rust_files("src");
    let macros = exported_macros(&files);
    for file in &files {
        let Some(module) = file.module() else { continue };
        let Some(allowed) = allowed(&module) else {
            faults.add(
                &file.path,
                1,
                format!("`{}` has no layer: give it a line in LAYERS of tests/tidy.rs", module.name()),
            );
            continue;
        };
        for import in file.imports() {
            // An exported macro is named at the crate's root, and belongs to the module that it is written in.
            let to = import.to.first().and_then(|name| macros.get(name)).unwrap_or(&import.to);
            if let Some(why) = forbidden(&module, &allowed, to) {
                faults.add(&file.path, import.line, why);
            }
        }
    }
    faults.report();
}

#[test]
fn the_engine_and_the_page_know_no_algorithm_by_name() {
    let names = algorithm_names();
    let mut faults = Faults::default();
    let files = rust_files("src");
    for file in &files {
        // The algorithms and their registry have to, the command line has examples in its help, and tests may.
        let exempt = file.module().is_none_or(|it| {
            matches!(it.name(), "algorithms" | "bin")
                || it.0.iter().any(|part| part.starts_with("tests") || part == "sample")
        });
        if exempt || is_test_file(file, &files) {
            continue;
        }
        for literal in file.source.strings.iter().filter(|it| !it.in_tests && names.contains(&it.text)) {
            faults.add(&file.path, literal.line, names_algorithm(&literal.text));
        }
    }
    for path in tracked_files().iter().filter(|path| path.starts_with("www") && is_page_code(path)) {
        let Some(text) = read_text(path) else { continue };
        if is_generated(&text) {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            for name in names.iter().filter(|name| !ORDINARY.contains(&name.as_str())) {
                if ["\"", "'", "`"].iter().any(|quote| line.contains(&format!("{quote}{name}{quote}"))) {
                    faults.add(path, at + 1, names_algorithm(name));
                }
            }
        }
    }
    faults.report();
}

#[test]
fn no_banned_words() {
    let mut faults = Faults::default();
    for file in rust_files("src") {
        let Some(module) = file.module() else { continue };
        let code = &file.source.code;
        let mut ban = |words: &[&str], why: &str| {
            for word in words {
                for at in find_words(code, word) {
                    faults.add(&file.path, line_of(code, at), format!("`{word}`: {why}"));
                }
            }
        };
        ban(
            &["HashMap", "HashSet"],
            "its order differs from run to run; use BTreeMap, BTreeSet or a Vec by index",
        );
        ban(&["todo!", "unimplemented!", "dbg!"], "finish it, or leave it out");
        if module.name() != "bin" {
            ban(
                &["std::time", "Instant::now", "SystemTime"],
                "a run knows no clock but its own; pass SimTime in",
            );
            ban(
                &["std::fs", "std::net", "std::env", "std::thread", "std::process"],
                "I/O belongs to src/bin",
            );
            ban(&["println!", "eprintln!", "print!", "eprint!"], "only src/bin talks to the terminal");
        }
        if !FLOATS_ALLOWED.contains(&module.name()) {
            let why = "floats differ between native and wasm; use integers or a ratio of integers";
            ban(&["f32", "f64"], why);
            for at in float_literals(code) {
                faults.add(&file.path, line_of(code, at), format!("a float literal: {why}"));
            }
        }
    }
    // Put together here, or this file would complain about itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    for path in tracked_files().iter().filter(|path| is_code(path)) {
        let Some(text) = read_text(path) else { continue };
        if is_generated(&text) {
            continue;
        }
        for mark in marks {
            for at in find_words(&text, mark) {
                let why = "do it now, or say in a sentence what is left out and why".to_string();
                faults.add(path, line_of(&text, at), format!("`{mark}`: {why}"));
            }
        }
    }
    faults.report();
}

#[test]
fn files_are_of_a_size_to_be_read() {
    let mut faults = Faults::default();
    for path in tracked_files().iter().filter(|path| is_code(path)) {
        let Some(text) = read_text(path) else { continue };
        let lines = text.lines().count();
        if LINES_MAX < lines && !is_generated(&text) {
            let why = format!("{lines} lines, more than {LINES_MAX}: split it where its subjects part");
            faults.add(path, LINES_MAX, why);
        }
    }
    faults.report();
}

#[test]
fn nothing_tells_of_the_machine() {
    // Put together here, or this file would complain about itself.
    let places = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!(":\\Us", "ers\\"),
        concat!("/tm", "p/"),
    ];
    let mut faults = Faults::default();
    for path in tracked_files() {
        let Some(text) = read_text(&path) else { continue };
        // In pkg/ and in xtask, which searches pkg/ for them, these are the business of `cargo xtask pkg`.
        if path.starts_with("pkg") || path == Path::new("xtask/src/pkg.rs") {
            continue;
        }
        for place in places {
            for (at, _) in text.match_indices(place) {
                // In the middle of an address or of a relative path it is something else.
                let before = text[..at].chars().next_back();
                let whole = before.is_none_or(|it| !it.is_alphanumeric() && !"._-/".contains(it));
                if whole {
                    let why = format!(
                        "names the local path {place}…: say it relative to the root of the repository"
                    );
                    faults.add(&path, line_of(&text, at), why);
                }
            }
        }
    }
    faults.report();
}

#[test]
fn the_swarm_reads_the_variable_that_xtask_sets() {
    let text = |path| read_text(Path::new(path)).expect("a text");
    let xtask = text("xtask/src/test.rs");
    let name = xtask.split("const SWARM: &str = ").nth(1).and_then(|rest| rest.split(';').next());
    let name = name.expect("the variable has a name");
    assert!(
        text("tests/swarm.rs").contains(&format!("number({name}, ")),
        "tests/swarm.rs does not read {name}"
    );
}

// Layers.

/// Where a file of src/ belongs: the module's path from the crate, or from "bin".
struct Module(Vec<String>);

impl Module {
    /// The layer.
    fn name(&self) -> &str {
        &self.0[0]
    }
}

/// The layers that a module may import; `None` if nobody gave it a place.
fn allowed(module: &Module) -> Option<BTreeSet<&'static str>> {
    if module.name() == "algorithms" {
        return Some(if module.0.len() == 1 {
            closure(REGISTRY)
        } else {
            ALGORITHM.iter().copied().collect()
        });
    }
    LAYERS.iter().find(|(name, _)| *name == module.name()).map(|(_, below)| closure(below))
}

/// These layers and all that they may import.
fn closure(layers: &[&'static str]) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::new();
    let mut open = layers.to_vec();
    while let Some(layer) = open.pop() {
        if !all.insert(layer) {
            continue;
        }
        if layer == "algorithms" {
            open.extend(REGISTRY);
        }
        open.extend(LAYERS.iter().filter(|(name, _)| *name == layer).flat_map(|(_, below)| below.iter()));
    }
    all
}

/// Why a module may not import this path, if it may not.
fn forbidden(module: &Module, allowed: &BTreeSet<&str>, to: &[String]) -> Option<String> {
    let me = module.0.join("::");
    let Some(layer) = to.first() else {
        return Some(format!("`{me}` imports from the crate's root: name the module that the item lives in"));
    };
    if layer == "*" {
        return Some(format!("`{me}` imports all of the crate: name the modules that it needs"));
    }
    // The registry is meant: which of its modules something comes from is the algorithms' own affair.
    let into_algorithm = to.get(1).is_some_and(|it| algorithm_modules().contains(it));
    if layer == "algorithms" && module.name() == "algorithms" {
        let own = module.0.len() == 1 || to.get(1) == module.0.get(1);
        return (!own).then(|| {
            let to = to.join("::");
            format!("`{me}` imports `{to}`: an algorithm knows no other and not the registry; what two share moves down")
        });
    }
    if layer == "algorithms" && into_algorithm {
        let to = to.join("::");
        return Some(format!(
            "`{me}` imports `{to}`: outside of src/algorithms/ go through the registry, by id"
        ));
    }
    if layer == module.name() || allowed.contains(layer.as_str()) {
        return None;
    }
    if !LAYERS.iter().any(|(name, _)| name == layer) && layer != "algorithms" {
        return Some(format!(
            "`{me}` imports `{layer}`, which has no layer: name its module, or give it a line in LAYERS"
        ));
    }
    let list: Vec<&str> = allowed.iter().copied().collect();
    let list = if list.is_empty() { "nothing".into() } else { list.join(", ") };
    Some(format!("`{me}` imports `{layer}`, and may import {list}: move the shared part down, or pass it in"))
}

/// The complaint about an algorithm's name.
fn names_algorithm(name: &str) -> String {
    format!(
        "names the algorithm \"{name}\": ask the registry or the INFO for what differs, so that to add one is one file"
    )
}

/// The macros that are exported, each with the path of its module.
fn exported_macros(files: &[RustFile]) -> BTreeMap<String, Vec<String>> {
    let mut macros = BTreeMap::new();
    for file in files {
        let Some(module) = file.module() else { continue };
        let code = &file.source.code;
        for at in find_words(code, "macro_rules!") {
            let name: String = code[at + "macro_rules!".len()..]
                .trim_start()
                .chars()
                .take_while(|it| is_word(*it))
                .collect();
            if code[..at].trim_end().ends_with("#[macro_export]") {
                macros.insert(name, module.0.clone());
            }
        }
    }
    macros
}

/// True for a file that is compiled for tests only, because the one that declares it says so, or is itself such.
fn is_test_file(file: &RustFile, files: &[RustFile]) -> bool {
    let Some(mut path) = file.module().map(|it| it.0) else { return false };
    while let Some(name) = path.pop() {
        let declares = |it: &&RustFile| it.module().map_or(path.is_empty(), |it| it.0 == path);
        let Some(parent) = files.iter().find(declares) else { continue };
        let code = &parent.source.code;
        let for_tests = find_words(code, &format!("mod {name};")).into_iter().any(|at| {
            let before = code[..at].trim_end();
            before.strip_suffix("pub(crate)").unwrap_or(before).trim_end().ends_with("#[cfg(test)]")
        });
        if for_tests {
            return true;
        }
    }
    false
}

/// The modules of the algorithms, by the files and folders of src/algorithms/.
fn algorithm_modules() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("src/algorithms")).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|name| name != "mod")
        .collect()
}

/// What algorithms are called: by their modules, and by the ids that they give themselves.
fn algorithm_names() -> BTreeSet<String> {
    let mut names = algorithm_modules();
    for file in rust_files("src/algorithms") {
        let text = fs::read_to_string(root().join(&file.path)).expect("it was read before");
        for (at, found) in text.match_indices("id: \"") {
            let rest = &text[at + found.len()..];
            names.extend(rest.split('"').next().map(String::from));
        }
    }
    names
}

// Source as text.

/// A file of Rust.
struct RustFile {
    path: PathBuf,
    source: Source,
}

/// Source with its comments and strings taken out.
struct Source {
    /// The code; comments and the insides of strings are blanks, so that places and lines stay the same.
    code: String,
    strings: Vec<Literal>,
}

/// The inside of a string.
struct Literal {
    text: String,
    line: usize,
    /// Whether it stands in a module that is called `tests`.
    in_tests: bool,
}

/// A path into the crate.
struct Import {
    /// Its segments after `crate`; `*` for all.
    to: Vec<String>,
    line: usize,
}

impl RustFile {
    /// Where it belongs; `None` for the crate's root, which may name everything.
    fn module(&self) -> Option<Module> {
        let inside = self.path.strip_prefix("src").ok()?;
        let mut parts: Vec<String> =
            inside.with_extension("").iter().map(|it| it.to_string_lossy().into_owned()).collect();
        if parts == ["lib"] {
            return None;
        }
        if parts[0] != "bin" && parts.last().is_some_and(|it| it == "mod") {
            parts.pop();
        }
        Some(Module(parts))
    }

    /// Every path into the crate, whether in a `use` or on the spot, with `super` worked out.
    fn imports(&self) -> Vec<Import> {
        let Some(module) = self.module() else { return Vec::new() };
        let code = &self.source.code;
        let inner = inner_modules(code);
        let mut imports = Vec::new();
        let in_bin = module.name() == "bin";
        // In the command line `crate` is the program itself, and the library has its name.
        let root_word = if in_bin { "election_playground" } else { "crate" };
        for at in find_words(code, root_word) {
            let Some(path) = code[at + root_word.len()..].strip_prefix("::") else { continue };
            for to in path_tree(path) {
                imports.push(Import { to, line: line_of(code, at) });
            }
        }
        if in_bin {
            return imports;
        }
        for at in find_words(code, "super") {
            // Only the first of a chain.
            if code[..at].ends_with("::") || !code[at..].starts_with("super::") {
                continue;
            }
            let mut here = module.0.clone();
            here.extend(inner.iter().filter(|it| it.start < at && at < it.end).map(|it| it.name.clone()));
            let mut rest = &code[at..];
            while let Some(after) = rest.strip_prefix("super::") {
                here.pop();
                rest = after;
            }
            for path in path_tree(rest) {
                let mut to = here.clone();
                to.extend(path);
                imports.push(Import { to, line: line_of(code, at) });
            }
        }
        imports
    }
}

/// A module that is written inside of a file.
struct Inner {
    name: String,
    start: usize,
    end: usize,
}

/// The modules inside of a file, outer before inner.
fn inner_modules(code: &str) -> Vec<Inner> {
    let mut found = Vec::new();
    for at in find_words(code, "mod") {
        let rest = code[at + 3..].trim_start();
        let name: String = rest.chars().take_while(|it| is_word(*it)).collect();
        let start = code.len() - rest.len() + name.len();
        if name.is_empty() || !code[start..].trim_start().starts_with('{') {
            continue;
        }
        let mut depth = 0;
        let end = code[start..].char_indices().find_map(|(offset, it)| {
            depth += match it {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            (it == '}' && depth == 0).then_some(start + offset)
        });
        found.push(Inner { name, start, end: end.unwrap_or(code.len()) });
    }
    found
}

/// The paths that a path or a tree of paths stands for: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn path_tree(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if text.starts_with('*') {
        return vec![vec!["*".into()]];
    }
    if let Some(inside) = text.strip_prefix('{') {
        return branches(inside).into_iter().flat_map(path_tree).collect();
    }
    let name: String = text.chars().take_while(|it| is_word(*it)).collect();
    if name.is_empty() {
        return vec![Vec::new()];
    }
    if name == "self" {
        return vec![Vec::new()];
    }
    let rest = text[name.len()..].trim_start();
    let tails = match rest.strip_prefix("::") {
        // `Vec::<u8>` goes on with types and with no module.
        Some(rest) if !rest.trim_start().starts_with('<') => path_tree(rest),
        _ => vec![Vec::new()],
    };
    tails
        .into_iter()
        .map(|mut tail| {
            tail.insert(0, name.clone());
            tail
        })
        .collect()
}

/// The parts of a group, up to the brace that ends it.
fn branches(inside: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, it) in inside.char_indices() {
        match it {
            '{' => depth += 1,
            '}' if 0 < depth => depth -= 1,
            ',' if 0 < depth => {}
            ',' | '}' => {
                parts.push(&inside[start..at]);
                start = at + 1;
                if it == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

impl Source {
    /// Takes the comments and the insides of strings out of a text.
    fn read(text: &str) -> Source {
        let bytes = text.as_bytes();
        let mut code = bytes.to_vec();
        let mut literals: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let (skip_from, end) = match bytes[at] {
                b'/' if bytes[at..].starts_with(b"//") => {
                    (at, text[at..].find('\n').map_or(bytes.len(), |length| at + length))
                }
                b'/' if bytes[at..].starts_with(b"/*") => (at, end_of_block(bytes, at)),
                b'"' => {
                    let end = end_of_string(bytes, at + 1);
                    literals.push((at + 1, end - 1));
                    (at + 1, end - 1)
                }
                b'r' | b'b' | b'c' if at == 0 || !is_word(bytes[at - 1] as char) => {
                    match raw_string(bytes, at) {
                        Some((start, end)) => {
                            literals.push((start, end));
                            (start, end)
                        }
                        None => (at, at),
                    }
                }
                b'\'' => (at, end_of_char(bytes, at)),
                _ => (at, at),
            };
            for byte in &mut code[skip_from..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
            // After a string comes its closing quote, which must not open another one.
            let after_string =
                literals.last().is_some_and(|(start, stop)| (*start, *stop) == (skip_from, end));
            at = if after_string { end + 1 } else { end.max(at + 1) };
        }
        let code = String::from_utf8(code).expect("whole characters were blanked");
        let inner = inner_modules(&code);
        let strings = literals
            .into_iter()
            .map(|(start, end)| Literal {
                text: text[start..end].to_string(),
                line: line_of(text, start),
                in_tests: inner.iter().any(|it| it.name == "tests" && it.start < start && start < it.end),
            })
            .collect();
        Source { code, strings }
    }
}

/// The end of a block comment, which may hold others.
fn end_of_block(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// The place after the closing quote of a string whose inside begins here.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len() + 1)
}

/// The inside of the raw string that begins here, if one does.
fn raw_string(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut start = at;
    while start < bytes.len() && matches!(bytes[start], b'b' | b'c') {
        start += 1;
    }
    if bytes.get(start) != Some(&b'r') {
        return None;
    }
    start += 1;
    let hashes = bytes[start..].iter().take_while(|it| **it == b'#').count();
    start += hashes;
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    start += 1;
    let mut close = vec![b'"'];
    close.resize(1 + hashes, b'#');
    let length = bytes[start..].windows(close.len()).position(|window| window == close)?;
    Some((start, start + length))
}

/// The end of the character that begins here; the place itself if it is a lifetime.
fn end_of_char(bytes: &[u8], at: usize) -> usize {
    let escaped = bytes.get(at + 1) == Some(&b'\\');
    // The longest is '\u{10ffff}'.
    let window = &bytes[(at + 2).min(bytes.len())..bytes.len().min(at + 13)];
    // '\'' has its own quote inside.
    let skip = usize::from(escaped);
    let close = window.iter().skip(skip).position(|it| *it == b'\'').map(|length| at + 2 + skip + length);
    match close {
        Some(close) if escaped => close + 1,
        // One character, of at most four bytes, and no word as in <'a, 'b>.
        Some(close) if std::str::from_utf8(&bytes[at + 1..close]).is_ok_and(|it| it.chars().count() == 1) => {
            close + 1
        }
        _ => at,
    }
}

/// True for what names are made of.
fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

/// Where a word stands by itself.
fn find_words(text: &str, word: &str) -> Vec<usize> {
    let stands_alone = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let open_end = word.ends_with(is_word);
        before.is_none_or(|it| !is_word(it)) && (!open_end || after.is_none_or(|it| !is_word(it)))
    };
    text.match_indices(word).map(|(at, _)| at).filter(|at| stands_alone(*at)).collect()
}

/// Where numbers with a point or an exponent stand.
fn float_literals(code: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word(bytes[at] as char) || bytes[at] >= 0x80 {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && (is_word(bytes[at] as char) && bytes[at] < 0x80) {
            at += 1;
        }
        // A name, a number of another base, or the field of a tuple as in `pair.0.1`.
        let of_tuple = 0 < start && bytes[start - 1] == b'.' && !code[..start].ends_with("..");
        let number = bytes[start].is_ascii_digit() && !of_tuple;
        let based = ["0x", "0b", "0o"].iter().any(|base| code[start..at].starts_with(base));
        if !number || based {
            // So that the rest of `pair.0.1` is not taken for a number.
            continue;
        }
        let point = bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        let exponent = code[start..at].trim_end_matches(|it: char| it.is_ascii_digit()).ends_with(['e', 'E']);
        if point || exponent {
            found.push(start);
        }
    }
    found
}

/// The line of a place, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at].iter().filter(|it| **it == b'\n').count()
}

// Files.

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file that is tracked, or will be: new ones count before they are added. By path, from the root.
fn tracked_files() -> Vec<PathBuf> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let listed = git.output().ok().filter(|it| it.status.success() && !it.stdout.is_empty());
    let mut files: Vec<PathBuf> = match listed {
        Some(output) => String::from_utf8_lossy(&output.stdout).split('\0').map(PathBuf::from).collect(),
        // Without git, as in an archive that was unpacked anywhere, what lies there is what there is.
        None => walk(Path::new("")),
    };
    files.retain(|path| root().join(path).is_file());
    files.sort();
    assert!(files.contains(&PathBuf::from("Cargo.toml")), "the list of files is not that of this repository");
    files
}

/// All files below a folder but for what is built or installed there.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join(folder)).into_iter().flatten().flatten() {
        let path = folder.join(entry.file_name());
        let skipped = ["target", "node_modules", ".git"].iter().any(|name| path == Path::new(name));
        if entry.path().is_dir() && !skipped {
            files.extend(walk(&path));
        } else if !skipped {
            files.push(path);
        }
    }
    files
}

/// The files of Rust in a folder.
fn rust_files(folder: &str) -> Vec<RustFile> {
    let of_rust = |path: &PathBuf| path.starts_with(folder) && path.extension().is_some_and(|it| it == "rs");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        RustFile { path, source: Source::read(&text) }
    };
    tracked_files().into_iter().filter(of_rust).map(read).collect()
}

/// A file's text; `None` if it holds anything else.
fn read_text(path: &Path) -> Option<String> {
    let bytes = fs::read(root().join(path)).ok()?;
    if bytes.contains(&0) { None } else { String::from_utf8(bytes).ok() }
}

/// True for source that people write.
fn is_code(path: &Path) -> bool {
    let written = ["rs", "js", "mjs", "css", "html"];
    !path.starts_with("pkg")
        && path.extension().is_some_and(|it| written.iter().any(|written| it == *written))
}

/// True for what the page is made of, without its tests and texts.
fn is_page_code(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "js" || it == "mjs")
}

/// True for a file that says in its first lines that a program wrote it.
fn is_generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("Generated by"))
}

// Complaints.

/// All complaints of a test, so that one run shows them all.
#[derive(Default)]
struct Faults(BTreeMap<(PathBuf, usize), Vec<String>>);

impl Faults {
    fn add(&mut self, path: &Path, line: usize, why: String) {
        let all = self.0.entry((path.to_path_buf(), line)).or_default();
        if !all.contains(&why) {
            all.push(why);
        }
    }

    fn report(self) {
        let lines: Vec<String> = self
            .0
            .iter()
            .flat_map(|((path, line), all)| {
                all.iter().map(move |why| format!("{}:{line}: {why}", path.display()))
            })
            .collect();
        assert!(lines.is_empty(), "{} to tidy up:\n{}\n", lines.len(), lines.join("\n"));
    }
}

// The tests of this file's own means: a check that finds nothing must be one that could.

/// The imports of a text, if it were this file.
fn imports_of(path: &str, text: &str) -> Vec<String> {
    let file = RustFile { path: path.into(), source: Source::read(text) };
    file.imports().iter().map(|import| import.to.join("::")).collect()
}

#[test]
fn imports_are_found() {
    let text = "use crate::base::{NodeId, SimTime};\nuse crate::{words, sim::queue};\nfn f(x: crate::trace::Line) {}";
    let found = imports_of("src/protocol.rs", text);
    assert_eq!(found, ["base::NodeId", "base::SimTime", "words", "sim::queue", "trace::Line"]);
    assert_eq!(imports_of("src/protocol.rs", "use crate::*;"), ["*"]);
    assert_eq!(
        imports_of("src/bin/election/main.rs", "use election_playground::judge::Verdict;"),
        ["judge::Verdict"]
    );
}

#[test]
fn super_is_worked_out() {
    assert_eq!(imports_of("src/protocol.rs", "use super::sim;"), ["sim"]);
    assert_eq!(
        imports_of("src/sim/queue.rs", "use super::net; use super::super::base;"),
        ["sim::net", "base"]
    );
    assert_eq!(imports_of("src/sim/mod.rs", "mod tests { use super::*; }"), ["sim::*"]);
    let nested = "mod a { mod b { use super::super::super::words; } }";
    assert_eq!(imports_of("src/base.rs", nested), ["words"]);
}

#[test]
fn tests_and_macros_are_known() {
    let file = |path: &str, text: &str| RustFile { path: path.into(), source: Source::read(text) };
    let files = [
        file("src/lib.rs", "mod a; #[cfg(test)] mod b;"),
        file("src/a/mod.rs", "mod c;\n#[cfg(test)]\nmod d;\n#[macro_export]\nmacro_rules! made { () => {} }"),
        file("src/a/c.rs", ""),
        file("src/a/d.rs", ""),
        file("src/b.rs", ""),
    ];
    let for_tests: Vec<bool> = files.iter().map(|file| is_test_file(file, &files)).collect();
    assert_eq!(for_tests, [false, false, false, true, true]);
    assert_eq!(exported_macros(&files)["made"], ["a"]);
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "//! [`crate::sim`]\n/* crate::a /* crate::b */ */ let s = \"crate::c // \\\" crate::d\"; let c = '\"';\n\
                let r = r#\"crate::e \" \"#; fn f<'a>(x: &'a str) { '\\''; 'x'; crate::base::g() }";
    assert_eq!(imports_of("src/words.rs", text), ["base::g"]);
    let strings: Vec<String> = Source::read(text).strings.into_iter().map(|it| it.text).collect();
    assert_eq!(strings, ["crate::c // \\\" crate::d", "crate::e \" "]);
}

#[test]
fn layers_hold() {
    let why = |module: &[&str], to: &[&str]| {
        let module = Module(module.iter().map(|it| it.to_string()).collect());
        let to: Vec<String> = to.iter().map(|it| it.to_string()).collect();
        forbidden(&module, &allowed(&module).expect("it has a layer"), &to)
    };
    assert_eq!(why(&["sim", "queue"], &["base", "NodeId"]), None);
    assert_eq!(why(&["wasm"], &["timeline"]), None);
    assert_eq!(why(&["algorithms"], &["sim", "Maker"]), None);
    assert_eq!(why(&["algorithms", "some"], &["protocol", "Cx"]), None);
    assert_eq!(why(&["algorithms", "some", "part"], &["algorithms", "some", "Msg"]), None);
    for (module, to) in [
        (vec!["base"], vec!["words"]),
        (vec!["scenario"], vec!["sim"]),
        (vec!["scenario"], vec!["protocol"]),
        (vec!["checker"], vec!["sim"]),
        (vec!["timeline"], vec!["algorithms"]),
        (vec!["algorithms", "some"], vec!["sim"]),
        (vec!["algorithms", "some"], vec!["algorithms", "other"]),
        (vec!["algorithms", "some"], vec!["algorithms"]),
        (vec!["wasm"], vec!["bin"]),
        (vec!["sim"], vec!["*"]),
        (vec!["sim"], vec![]),
    ] {
        assert!(why(&module, &to).is_some(), "{module:?} may import {to:?}");
    }
}

#[test]
fn floats_are_found() {
    let places = |code| float_literals(code).len();
    assert_eq!(places("let x = 1.5; let y = 2e9; let z = 1_000.25;"), 3);
    assert_eq!(places("0..2; 1..=3; pair.0.1; a.0; 0x1e5; 1u64; v1.len(); 5.max(3)"), 0);
}
