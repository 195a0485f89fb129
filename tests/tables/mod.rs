//! Tables of docs/judging.md that tests measure.

use std::env;
use std::fs;
use std::path::Path;

/// Compares a table with the one on the page that has the same first row; with `UPDATE_DOCS` set, writes it
/// there. Each row includes its line ending.
///
/// # Panics
/// If the page's table differs, or the page has none with that first row.
pub fn hold(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/judging.md");
    let page = fs::read_to_string(&path).expect("the page is there");
    let head = table.lines().next().expect("a table has a first row");
    let start =
        page.find(&format!("\n{head}\n")).unwrap_or_else(|| panic!("docs/judging.md has no table {head}"))
            + 1;
    let length = page[start..].find("\n\n").map_or(page.len() - start, |end| end + 1);
    let there = &page[start..start + length];
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page.replace(there, table)).expect("the page can be written");
    } else {
        assert!(there == table, "docs/judging.md says\n{there}\nand UPDATE_DOCS=1 would write\n{table}");
    }
}
