//! The measurements: the tables in samples/, each with a header that says what was measured and how.

use std::fs;

use crate::root;

/// A table of measured rounds.
pub struct Sample {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sample {
    /// Reads a table of samples/.
    pub fn read(name: &str) -> Sample {
        let path = root().join("tests/calibration/samples").join(format!("{name}.csv"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(cells);
        let columns = lines.next().expect("a line with the names of the columns");
        let rows: Vec<Vec<String>> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == columns.len()), "{name}: a row of another length");
        Sample { columns, rows }
    }

    /// The rows in which a column has this value.
    pub fn only(mut self, column: &str, value: &str) -> Sample {
        let at = self.at(column);
        self.rows.retain(|row| row[at] == value);
        self
    }

    /// A column as numbers, in the order of the rounds.
    pub fn column(&self, name: &str) -> Vec<f64> {
        let at = self.at(name);
        self.rows.iter().map(|row| row[at].parse().expect("a number")).collect()
    }

    /// The number of rounds.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    fn at(&self, column: &str) -> usize {
        let found = self.columns.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("there is no column {column}"))
    }
}

fn cells(line: &str) -> Vec<String> {
    line.split(',').map(String::from).collect()
}
