//! What tests of the built program share.
#![allow(dead_code, reason = "each test uses its own part")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The root of the repository, which holds scenarios/ and docs/.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The outcome of running the program.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The program, outside of any build server.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_election"));
    command.args(arguments).current_dir(ROOT).env_remove("NO_COLOR");
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_WORKSPACE").env_remove("TF_BUILD");
    command
}

/// Runs a command with this input.
pub fn finish(mut command: Command, input: &str) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that has already failed reads no input.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub fn run_with(arguments: &[&str], input: &str) -> Ran {
    finish(command(arguments), input)
}

pub fn run(arguments: &[&str]) -> Ran {
    run_with(arguments, "")
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// An empty folder with this name.
pub fn empty_folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes a file into a folder.
pub fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, content).expect("a file");
    path
}

/// A path as an argument.
pub fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A path with slashes, relative to a folder.
pub fn relative(path: &str, folder: &Path) -> String {
    path.replace(&format!("{}/", folder.display()), "")
}
