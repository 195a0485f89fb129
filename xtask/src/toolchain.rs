//! The parts of the Rust toolchain needed besides the compiler: the wasm target and the tools of the tests.
//!
//! rust-toolchain.toml names them, so rustup usually installs them with the toolchain. It does not if the toolchain is
//! already installed and RUSTUP_AUTO_INSTALL is 0, as on some test machines; then they are added here.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::shell::{command, files, find, output, root, run};

/// The target for everything that runs in a browser.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The components that the tests need, each with one of its programs.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];

/// Ensures that the compiler can compile to wasm.
///
/// # Errors
/// If the target is missing and cannot be added.
pub fn wasm() -> Result {
    if !has_wasm()? {
        add("target", WASM)?;
        if !has_wasm()? {
            return Err(useless("target", WASM));
        }
    }
    Ok(())
}

/// Ensures that the toolchain has everything the tests need: the wasm target and the components.
///
/// # Errors
/// If something is missing and cannot be added.
pub fn all() -> Result {
    wasm()?;
    for (component, program) in COMPONENTS {
        if !has_program(program)? {
            add("component", component)?;
            if !has_program(program)? {
                return Err(useless("component", component));
            }
        }
    }
    Ok(())
}

/// The compiler that cargo would use.
pub fn rustc() -> Command {
    command(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// The folder of the toolchain.
///
/// # Errors
/// If the compiler cannot be run.
pub fn sysroot() -> Result<PathBuf> {
    Ok(output(rustc().args(["--print", "sysroot"]))?.trim().into())
}

fn has_wasm() -> Result<bool> {
    let libraries = output(rustc().args(["--print", "target-libdir", "--target", WASM]))?;
    Ok(!files(libraries.trim().as_ref(), ".rlib")?.is_empty())
}

fn has_program(program: &str) -> Result<bool> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    // rustup puts a program of that name on the PATH even if the component is not installed.
    let elsewhere = env::var_os("RUSTUP_TOOLCHAIN").is_none() && find(&[program]).is_some();
    Ok(sysroot()?.join("bin").join(name).is_file() || elsewhere)
}

/// Adds a part to the toolchain.
fn add(kind: &str, part: &str) -> Result {
    let toolchain = name()?;
    let Some(rustup) = find(&["rustup"]) else {
        return Err(format!(
            "the Rust toolchain lacks the {kind} {part}, and rustup is not installed: install rustup \
             (https://rustup.rs), or add the {kind} the way the toolchain was installed"
        )
        .into());
    };
    eprintln!("The Rust toolchain {toolchain} lacks the {kind} {part}; adding it with rustup.");
    run(command(rustup).args([kind, "add", part, "--toolchain", &toolchain]))
}

/// rustup's name for the toolchain in use.
fn name() -> Result<String> {
    if let Ok(name) = env::var("RUSTUP_TOOLCHAIN") {
        return Ok(name);
    }
    let pinned = fs::read_to_string(root().join("rust-toolchain.toml"))?;
    let channel = pinned.lines().find_map(|line| line.strip_prefix("channel = "));
    Ok(channel.ok_or("rust-toolchain.toml does not name a channel")?.trim().trim_matches('"').to_string())
}

/// The error if a part was added to a toolchain other than the one in use.
fn useless(kind: &str, part: &str) -> Box<dyn std::error::Error> {
    format!("rustup added the {kind} {part}, but the toolchain in use still lacks it. Is another rustc on the PATH before \
         rustup's?")
        .into()
}
