//! Replaces the content of a file atomically: a reader finds either the old text or the new one, never a part, even
//! after a crash.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many names to try for the new file.
const NAMES_MAX: u32 = 100;

/// Replaces the content of a file by writing a new file beside it and renaming it. If the path is a link, it stays a
/// link, and its target is replaced. Permissions are kept, as is the owner if the system allows it. Hard links, access
/// lists and extended attributes are not kept.
///
/// # Errors
/// If the file cannot be replaced, in which case it is unchanged.
pub fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(file)?;
    if !fs::metadata(&target)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // Renaming does not require permission to write the file itself, so this checks for it.
    let old = OpenOptions::new().write(true).open(&target)?.metadata()?;
    let folder = target.parent().expect("a file lies in a folder");
    let (path, new) = create_in(folder).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot create a new file beside it: {error}"))
    })?;
    let replaced = fill(new, content, &old).and_then(|()| fs::rename(&path, &target));
    if replaced.is_err() {
        let _ = fs::remove_file(&path);
    }
    replaced
}

/// Creates a new file that other users cannot read, hidden so that no search for scenarios finds it.
fn create_in(folder: &Path) -> io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for n in 0..NAMES_MAX {
        let path = folder.join(format!(".election-fmt-{}-{n}", std::process::id()));
        match options.open(&path) {
            // Left behind by a process that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fill(mut new: File, content: &[u8], old: &Metadata) -> io::Result<()> {
    new.write_all(content)?;
    keep_owner(&new, old);
    new.set_permissions(old.permissions())?;
    // The content must be on disk before the file takes the old one's name.
    new.sync_all()
}

/// Gives the new file the owner and group of the old one, as far as the system allows. A file formatted by an
/// administrator should not become the administrator's.
#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let _ = fchown(new, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}
