//! Finds the browsers for the browser tests.

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

/// Installs WebKit and a display that nobody sees, where Chromium would be installed. Without them its test is skipped,
/// so a failure is only reported.
pub fn webkit() {
    let there = find(&["WebKitWebDriver"]).is_some() && find(&["Xvfb"]).is_some();
    if there || !debian_as_root() {
        return;
    }
    let packages = ["install", "--yes", "--no-install-recommends", "webkit2gtk-driver", "xvfb"];
    // Without a network, it should fail soon.
    let soon =
        ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"];
    let installed = run(apt().args(soon).arg("update")).and_then(|()| run(apt().args(soon).args(packages)));
    if let Err(error) = installed {
        eprintln!("WebKit is not installed, so its test is skipped: {error}");
    }
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
