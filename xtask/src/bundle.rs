//! The files that a page fetches besides the engine: one module, one style sheet, the page itself, and data loaded on
//! demand. The sources stay in www/ and can also be loaded directly.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shell::{cargo, command, find, output, root, run, scratch};
use crate::{Result, npm};

/// The files that a browser fetches before the first frame of a run is on the screen. `cargo xtask bench
/// --page` observes the same requests in Chromium.
const FIRST_FRAME: [&str; 4] = ["first_bg.wasm", "election-playground.js", "page.css", "index.html"];

/// Writes the bundle and its companions into the package's folder. The glue must already be there.
///
/// # Errors
/// If esbuild is missing, or the sources cannot be bundled.
pub fn write(folder: &Path) -> Result {
    npm::ready()?;
    run(command("node").arg("xtask/bundle.mjs").arg(folder))
}

/// Writes the playground as one HTML file to target/standalone.html, from pkg/ and www/. It is no part of pkg/, which is
/// committed, because two thirds of it are the engine once more.
///
/// # Errors
/// As [`write()`].
pub fn standalone() -> Result {
    npm::ready()?;
    let file = scratch().with_file_name("standalone.html");
    fs::create_dir_all(scratch())?;
    run(command("node").arg("xtask/standalone.mjs").arg(root().join("pkg")).arg(&file))?;
    println!("{}: {} bytes", file.display(), fs::metadata(&file)?.len());
    Ok(())
}

/// Writes the explanatory texts about each algorithm into the package's folder, one file per algorithm, as
/// the command line prints them. The engine does not contain these texts.
///
/// # Errors
/// If the command line does not build, or the files cannot be written.
pub fn algorithms(folder: &Path) -> Result {
    let text =
        output(cargo().args(["run", "--quiet", "--package", "election-cli", "--", "algorithms", "--json"]))?;
    let all: Vec<Value> = serde_json::from_str(&text)?;
    fs::create_dir_all(folder.join("algorithms"))?;
    for about in all {
        let id = about["id"].as_str().ok_or("an algorithm without an id")?;
        fs::write(folder.join("algorithms").join(format!("{id}.json")), format!("{about}\n"))?;
    }
    Ok(())
}

/// A table of the files fetched before the first frame, with their sizes after `gzip -9`.
///
/// # Errors
/// If a file is missing.
pub fn sizes(folder: &Path) -> Result<String> {
    let gzip = find(&["gzip"]);
    let mut table = String::from("fetched until the first frame      bytes     gzip -9\n");
    let (mut bytes, mut compressed) = (0, 0);
    for name in FIRST_FRAME {
        let file = folder.join(name);
        let size = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?.len();
        bytes += size;
        let Some(gzip) = &gzip else {
            table += &format!("  {name:<28}{size:>10}\n");
            continue;
        };
        let gzip = Command::new(gzip).args(["-9nc"]).arg(&file).stderr(Stdio::inherit()).output()?;
        compressed += gzip.stdout.len();
        table += &format!("  {name:<28}{size:>10}{:>12}\n", gzip.stdout.len());
    }
    table += &format!("  {:<28}{bytes:>10}", "together");
    table += &if gzip.is_some() { format!("{compressed:>12}") } else { "  (no gzip was found)".into() };
    Ok(table)
}
