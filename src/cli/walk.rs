//! Finds the files with scenarios in and below a folder.
//!
//! Links to files are followed, links to folders are not. A search therefore ends even if links form a loop, and visits
//! no folder twice. Named pipes and devices are not read, because reading them might never end.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use crate::found::Format;
use crate::source::Unreadable;

/// The `.txt` files and the pages in and below a folder, sorted by path, without hidden ones. Anything that cannot be read
/// is added to `unreadable`.
pub fn files_below(folder: &Path, unreadable: &mut Vec<Unreadable>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if let Err(error) = list(&folder, &mut folders, &mut files, unreadable) {
            unreadable.push(Unreadable::new(&folder, &error));
        }
    }
    files.sort();
    files
}

fn list(
    folder: &Path,
    folders: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
    unreadable: &mut Vec<Unreadable>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        match kind(&entry, &path) {
            Ok(Kind::Folder) => folders.push(path),
            Ok(Kind::File) => files.push(path),
            Ok(Kind::Other) => {}
            Err(error) => unreadable.push(Unreadable::new(&path, &error)),
        }
    }
    Ok(())
}

/// What to do with an entry of a folder.
enum Kind {
    /// Search it as a folder.
    Folder,
    /// Read it as a file.
    File,
    /// Skip it.
    Other,
}

/// What to do with an entry of a folder.
///
/// # Errors
/// If it is named like a file with scenarios but cannot be read as one.
fn kind(entry: &DirEntry, path: &Path) -> io::Result<Kind> {
    if entry.file_type()?.is_dir() {
        return Ok(Kind::Folder);
    }
    if !is_named_as_scenario(path) {
        return Ok(Kind::Other);
    }
    // For a link, this is its target.
    let meant = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::other("it is a link to a file that does not exist"),
        _ => error,
    })?;
    if meant.is_dir() {
        return Ok(Kind::Other);
    }
    if meant.is_file() { Ok(Kind::File) } else { Err(io::Error::other("it is not a regular file")) }
}

fn is_named_as_scenario(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt") || Format::of(path) != Format::Scenario
}
