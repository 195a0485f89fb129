//! Annotations: lines that a build server shows at the place in the code that they are about. They are printed where the
//! environment says that one is there to read them.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::report::Checked;
use crate::script::Script;
use crate::source::Unreadable;
use crate::term::Out;

/// Whose annotations to print.
pub enum Annotations {
    /// Nobody's.
    None,
    /// Those of GitHub Actions, whose paths are relative to this folder.
    GitHub(Option<PathBuf>),
    /// Those of Azure Pipelines.
    Azure,
}

impl Annotations {
    /// Those of the build server that runs this.
    pub fn of_environment() -> Annotations {
        let says = |name: &str| env::var(name).is_ok_and(|it| it.eq_ignore_ascii_case("true"));
        if says("GITHUB_ACTIONS") {
            let folder = env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
            Annotations::GitHub(folder.and_then(|it| it.canonicalize().ok()))
        } else if says("TF_BUILD") {
            Annotations::Azure
        } else {
            Annotations::None
        }
    }

    /// Annotates what cannot be read.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn unreadable(&self, out: &mut Out, unreadable: &[Unreadable]) -> io::Result<()> {
        for it in unreadable {
            self.one(out, "error", Path::new(&it.file), (&it.file, 1), ("cannot be read", &it.why))?;
        }
        Ok(())
    }

    /// Annotates what is wrong with a scenario.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn scenario(&self, out: &mut Out, script: &Script, checked: &Checked) -> io::Result<()> {
        let at = |line: u32| (script.file.as_str(), line);
        for it in &checked.errors {
            let advice = it.advice.as_deref().map_or(String::new(), |it| format!("; {it}"));
            let text = format!("found {}, expected {}{advice}", it.found, it.expected);
            self.one(out, "error", &script.path, at(it.line), ("scenario cannot be run", &text))?;
        }
        for it in checked.expectations.iter().filter(|it| !it.met) {
            let mut text = it.text.clone();
            for lane in it.lanes.iter().filter(|it| !it.met) {
                text += &format!("\n{}: found {}", lane.lane, lane.at());
                text += &lane.link.as_ref().map_or(String::new(), |link| format!("\nopen {link}"));
            }
            self.one(out, "error", &script.path, at(it.line), ("expectation not met", &text))?;
        }
        for it in &checked.warnings {
            let path = if it.file == script.file { script.path.clone() } else { PathBuf::from(&it.file) };
            self.one(out, "warning", &path, (&it.file, it.line), ("scenario", &it.text))?;
        }
        Ok(())
    }

    fn one(
        &self,
        out: &mut Out,
        kind: &str,
        path: &Path,
        (file, line): (&str, u32),
        (title, text): (&str, &str),
    ) -> io::Result<()> {
        match self {
            Annotations::None => Ok(()),
            Annotations::GitHub(folder) => {
                let file = below(folder.as_deref(), path).unwrap_or_else(|| file.to_string());
                let (file, title, text) = (property(&file), property(title), data(text));
                writeln!(out, "::{kind} file={file},line={line},title={title}::{text}")
            }
            Annotations::Azure => {
                let (file, text) = (azure(file), azure(&format!("{title}: {text}")));
                writeln!(out, "##vso[task.logissue type={kind};sourcepath={file};linenumber={line}]{text}")
            }
        }
    }
}

/// A path relative to a folder that it is in.
fn below(folder: Option<&Path>, path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    path.strip_prefix(folder?).ok().map(|it| it.to_string_lossy().into_owned())
}

/// The message of a command of GitHub Actions, as its toolkit escapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of such a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A message or property of a command of Azure Pipelines, as its agent reads it.
fn azure(text: &str) -> String {
    let text = text.replace('%', "%AZP25").replace(';', "%3B").replace('\r', "%0D").replace('\n', "%0A");
    text.replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("50 %\r\na: b, c"), "50 %25%0D%0Aa: b, c");
        assert_eq!(property("C:\\a,b%"), "C%3A\\a%2Cb%25");
        assert_eq!(azure("a;b]\n50 %"), "a%3Bb%5D%0A50 %AZP25");
    }
}
