//! The links that commands print.

use clap::Args;
use election_playground::scenario::link::{LINK_LONG, Link, encode};

/// The address of the page that links open.
#[derive(Args, Clone, Debug, Default)]
pub struct Base {
    /// Print whole addresses instead of what follows the `#`: the address of a page with the playground
    #[arg(long, value_name = "URL", value_parser = address)]
    base: Option<String>,
}

impl Base {
    /// A link: what follows the address of the page, from the `#` on, or the whole address.
    pub fn link(&self, link: &Link) -> String {
        format!("{}#{}", self.base.as_deref().unwrap_or_default(), encode(link))
    }
}

/// What to say of a link that may not survive; `None` if it is short enough.
pub fn caution(link: &str) -> Option<String> {
    let length = link.chars().count();
    let text = format!("this link has {length} characters; some programs cut links off after {LINK_LONG}");
    (LINK_LONG < length).then_some(text)
}

/// Reads the value of `--base`.
fn address(text: &str) -> Result<String, String> {
    let expected = "expected the address of a page, such as https://example.org/play/, without a `#`";
    let scheme = ["http://", "https://", "file://"].iter().find_map(|it| text.strip_prefix(it));
    let is_address = scheme.is_some_and(|it| !it.is_empty());
    let plain = text.chars().all(|it| it.is_ascii_graphic() && !"#\"<>`".contains(it));
    if is_address && plain { Ok(text.to_string()) } else { Err(expected.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_whole_address() {
        for right in
            ["https://example.org/play/", "http://127.0.0.1:8080/www/index.html?x=1", "file:///a/b.html"]
        {
            assert_eq!(address(right).as_deref(), Ok(right));
        }
        for wrong in
            ["", "example.org", "/play/", "https://", "https://a/#", "https://a/ b", "javascript://x"]
        {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_long_links_are_warned_of() {
        assert_eq!(caution(&"x".repeat(LINK_LONG)), None);
        assert!(caution(&"x".repeat(LINK_LONG + 1)).is_some_and(|it| it.contains("2001 characters")));
    }
}
