//! The tools from npm. They are needed only to build and test, not to use the page.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::shell::{command, find, output, root, run};

/// The oldest Node.js version that the tools support.
const NODE_MAJOR_MIN: u32 = 20;

/// Ensures that node_modules/ matches package-lock.json.
///
/// # Errors
/// If Node.js or npm is missing or too old, or if the packages cannot be installed.
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
    // The copy of the lock file records what is installed. It is written last, so an interrupted installation
    // does not count.
    let wanted = fs::read(root().join("package-lock.json"))?;
    let stamp = root().join("node_modules").join(".xtask-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let npm = find(&["npm", "npm.cmd"]).ok_or("npm is missing: it comes with node")?;
    // No tool needs an installation script, and a script could fetch what the lock file does not list.
    run(command(npm).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// The path of a tool in node_modules/, relative to the root, for running it with Node.js: npm's links do not
/// work everywhere.
pub fn tool(path: &str) -> PathBuf {
    Path::new("node_modules").join(path)
}
