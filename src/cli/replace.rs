//! Replacing the content of a file in one step: a reader finds the old text or the new one, never a part of it, even
//! after a crash.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many names are tried for the new file.
const NAMES_MAX: u32 = 100;

/// Replaces the content of a file: a new file is written beside it and renamed. If the path is a link, it stays one,
/// and the file that it leads to is replaced. Permissions are kept, and so is the owner if the system allows it. Hard
/// links, access lists and extended attributes are not kept.
///
/// # Errors
/// If the file cannot be replaced. It is unchanged then.
pub fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(file)?;
    if !fs::metadata(&target)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // Renaming needs no permission to write the file itself, so opening it has to ask for that.
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

/// A new file, readable by nobody else and hidden, so that no search for scenarios finds it.
fn create_in(folder: &Path) -> io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for n in 0..NAMES_MAX {
        let path = folder.join(format!(".election-fmt-{}-{n}", std::process::id()));
        match options.open(&path) {
            // A run that was killed may have left it behind.
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
    // Only what is on the disk may take the old file's name.
    new.sync_all()
}

/// Gives the new file the owner and group of the old one, as far as the system allows: when an administrator formats
/// somebody's file, it should not become the administrator's.
#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let _ = fchown(new, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}
