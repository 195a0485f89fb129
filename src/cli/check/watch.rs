//! `election check --watch`: checks again whenever a file changes.
//!
//! It looks at the times and lengths of the files several times a second, rather than have the system report changes:
//! that works on every file system, also on one that is mounted from elsewhere; sees a file that an editor replaces; and
//! finds new files by the same search that found the first ones.

#![expect(clippy::disallowed_types, reason = "files have times; no simulated run depends on them")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::{Options, once};
use crate::source;
use crate::term::Out;
use crate::{Done, Stop, walk};

/// How often to look.
const PAUSE: Duration = Duration::from_millis(250);
/// For how long nothing may change before it is read.
const SETTLED: Duration = Duration::from_millis(120);
/// Where a look takes long, because there are many files, at most one part in so many of the time is spent looking.
const SHARE: u32 = 20;

/// The state of a file: its length, and when it was written. `None` if it is not there.
type State = Option<(u64, Option<SystemTime>)>;

/// Checks, waits for a change, and checks again, until the process ends.
///
/// # Errors
/// If the output cannot be written.
pub fn watch(options: &Options, out: &mut Out) -> Done {
    if let Some(named) = options.files.iter().find(|it| source::is_stdin(it) || source::hash(it).is_some()) {
        let name = source::shown(named);
        return Err(Stop::Error(format!("found `{name}` with --watch, expected files or folders")));
    }
    let clears = io::stdout().is_terminal();
    let mut read = Vec::new();
    loop {
        // Looked at before they are read, so that a change meanwhile is noticed.
        let mut known = look(options, &read);
        let found = source::scripts_below(&options.files);
        read = found.read.clone();
        for file in &read {
            known.entry(file.clone()).or_insert_with(|| state(file));
        }
        if clears {
            // Only the screen: what was printed before stays above it.
            write!(out, "\x1b[H\x1b[2J")?;
        }
        match once(options, out, found) {
            Err(Stop::Error(why)) => out.error(&why)?,
            Err(Stop::Io(error)) => return Err(Stop::Io(error)),
            Ok(_) | Err(Stop::Reported) => {}
        }
        let files = if known.len() == 1 { "1 file".to_string() } else { format!("{} files", known.len()) };
        writeln!(out, "\nwatching {files}; Ctrl-C ends")?;
        out.flush()?;
        wait(options, &read, &known);
    }
}

/// Waits until a file has changed, and then until no more do: an editor may have emptied a file that it is about to write.
fn wait(options: &Options, read: &[PathBuf], known: &BTreeMap<PathBuf, State>) {
    let mut before = None;
    loop {
        let begun = Instant::now();
        let now = look(options, read);
        let changed = now != *known;
        if changed && before.as_ref() == Some(&now) {
            return;
        }
        before = Some(now);
        let pause = if changed { SETTLED } else { PAUSE };
        thread::sleep(pause.max(begun.elapsed() * SHARE));
    }
}

/// The states of the named files, of those in and below the named folders, and of those that were read.
fn look(options: &Options, read: &[PathBuf]) -> BTreeMap<PathBuf, State> {
    let named = options.files.iter().flat_map(|name| {
        // What cannot be read has been reported.
        if name.is_dir() { walk::files_below(name, &mut Vec::new()) } else { vec![name.clone()] }
    });
    named.chain(read.iter().cloned()).map(|file| (file.clone(), state(&file))).collect()
}

fn state(file: &Path) -> State {
    fs::metadata(file).ok().map(|it| (it.len(), it.modified().ok()))
}
