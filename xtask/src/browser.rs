//! Finds the browser for the browser tests.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::shell::{command, find, output, run};

/// The program names of Chromium and its relatives.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
/// Where macOS keeps them, outside the PATH.
const MAC: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Finds Chromium: the one named in CHROMIUM, or an installed one. On Debian, when running as root, as in a
/// container, it is installed if missing.
///
/// # Errors
/// If there is none and it cannot be installed here; the message says what to do.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(named)
        } else {
            Err(format!("CHROMIUM names {}, which is not a file", named.display()).into())
        };
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    if !debian_as_root() {
        return Err(
            "found no Chromium or Chrome: install one, name it in CHROMIUM, or skip the browser tests \
                    with --no-browser"
                .into(),
        );
    }
    run(apt().arg("update"))?;
    run(apt().args(["install", "--yes", "--no-install-recommends", "chromium"]))?;
    installed().ok_or_else(|| "chromium was installed but is not on the PATH".into())
}

/// A browser that is already installed.
fn installed() -> Option<PathBuf> {
    find(&NAMES).or_else(|| MAC.iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// True if apt-get may be used without asking.
fn debian_as_root() -> bool {
    let debian = Path::new("/etc/debian_version").exists() && find(&["apt-get"]).is_some();
    // Ubuntu's chromium is a snap, which does not start in a container; there the user has to choose.
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let ubuntu = release.lines().any(|line| line == "ID=ubuntu");
    debian && !ubuntu && output(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// apt-get without prompts.
fn apt() -> std::process::Command {
    let mut apt = command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}
