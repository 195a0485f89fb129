//! The tools that come from npm. None of them is needed to use the page, only to build and to test it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::shell::{command, find, output, root, run};

/// The oldest node that the tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Sees to it that node_modules/ is what package-lock.json says.
///
/// # Errors
/// If node or npm is missing or too old, or if the packages cannot be installed.
pub fn ready() -> Result {
    let node = find(&["node"]).ok_or("node is missing: install node 20 or newer")?;
    let version = output(command(node).arg("--version"))?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|it| it.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR_MIN) {
        return Err(
            format!("node {} is too old: install node {NODE_MAJOR_MIN} or newer", version.trim()).into()
        );
    }
    // The copy of the lock file says what is installed. It is written last, so an installation that was cut
    // short counts as none.
    let wanted = fs::read(root().join("package-lock.json"))?;
    let stamp = root().join("node_modules").join(".xtask-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let npm = find(&["npm", "npm.cmd"]).ok_or("npm is missing: it comes with node")?;
    // No tool needs a script to be installed, and a script could fetch what the lock file does not name.
    run(command(npm).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// The file of a tool inside of node_modules/, seen from the root and to be run by node: npm's links to it
/// do not work everywhere.
pub fn tool(path: &str) -> PathBuf {
    Path::new("node_modules").join(path)
}
