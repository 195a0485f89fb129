//! The page as it is shipped, www/ and pkg/: what `election serve` serves with no files beside itself.

/// Every file of www/ and pkg/: its path, such as `www/index.html`, and its bytes. In the order of the paths.
pub static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));
