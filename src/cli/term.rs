//! Terminal output: buffering, colours and columns.

use std::io::{self, BufWriter, IsTerminal, Write};

use election_playground::base::SimTime;

/// Standard output.
pub struct Out {
    to: BufWriter<io::Stdout>,
    colour: bool,
    /// Whether the command continues after its reader has left.
    outlives_reader: bool,
    /// Whether the reader has left. Set only if the command continues.
    reader_left: bool,
}

impl Out {
    /// Uses colour only on a terminal, and not if NO_COLOR is set.
    pub fn stdout() -> Out {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let stdout = io::stdout();
        Out {
            colour: stdout.is_terminal() && !no_colour,
            to: BufWriter::with_capacity(1 << 16, stdout),
            outlives_reader: false,
            reader_left: false,
        }
    }

    /// From now on, it is not an error if the reader leaves, as `head` does; the rest of the output is dropped. For
    /// commands whose exit code matters even if their output is not read to the end.
    pub fn outlive_reader(&mut self) {
        self.outlives_reader = true;
    }

    /// Whether the reader has left and the command continues anyway.
    pub fn reader_has_left(&self) -> bool {
        self.reader_left
    }

    /// Prints an error message to standard error, after flushing the output so far. Whether the message can be written
    /// does not matter.
    ///
    /// # Errors
    /// If the output so far cannot be written.
    pub fn error(&mut self, text: &str) -> io::Result<()> {
        self.flush()?;
        let _ = writeln!(io::stderr(), "error: {text}");
        Ok(())
    }

    /// Prints a warning to standard error, after the output so far.
    ///
    /// # Errors
    /// If the output so far cannot be written.
    pub fn warn(&mut self, text: &str) -> io::Result<()> {
        self.aside(&format!("warning: {text}"))
    }

    /// Prints to standard error what is not part of the result, after the output so far.
    ///
    /// # Errors
    /// If the output so far cannot be written.
    pub fn aside(&mut self, text: &str) -> io::Result<()> {
        self.flush()?;
        let _ = writeln!(io::stderr(), "{text}");
        Ok(())
    }

    /// A heading.
    pub fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }
    /// Good results.
    pub fn green(&self, text: &str) -> String {
        self.paint("32", text)
    }
    /// Bad results.
    pub fn red(&self, text: &str) -> String {
        self.paint("31", text)
    }
    /// Expected failures and warnings.
    pub fn yellow(&self, text: &str) -> String {
        self.paint("33", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    /// Writes a value as JSON, followed by a newline.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn json(&mut self, value: &impl serde::Serialize, pretty: bool) -> io::Result<()> {
        if pretty {
            serde_json::to_writer_pretty(&mut *self, value)?;
        } else {
            serde_json::to_writer(&mut *self, value)?;
        }
        writeln!(self)
    }

    /// The result of writing, or `dropped` if the reader has left and the command continues.
    fn or_dropped<T>(&mut self, result: io::Result<T>, dropped: T) -> io::Result<T> {
        match result {
            Err(error) if self.outlives_reader && error.kind() == io::ErrorKind::BrokenPipe => {
                self.reader_left = true;
                Ok(dropped)
            }
            result => result,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.reader_left {
            return Ok(bytes.len());
        }
        let result = self.to.write(bytes);
        self.or_dropped(result, bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        if self.reader_left {
            return Ok(());
        }
        let result = self.to.flush();
        self.or_dropped(result, ())
    }
}

/// A time formatted for a column: in seconds, always to the microsecond.
pub fn clock(at: SimTime) -> String {
    format!("{:>5}.{:06}s", at.0 / 1_000_000, at.0 % 1_000_000)
}

/// `text`, padded with spaces on the right. The width is in characters, without colour codes.
pub fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// `text`, padded with spaces on the left.
pub fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// The width of the widest text.
pub fn widest<'t>(texts: impl IntoIterator<Item = &'t str>) -> usize {
    texts.into_iter().map(|text| text.chars().count()).max().unwrap_or(0)
}

/// `text` wrapped to lines of at most `width` characters, if its words allow, each preceded by `indent`.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::from(indent);
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            out.push_str(indent);
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}
