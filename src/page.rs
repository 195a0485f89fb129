//! The shipped page, www/ and pkg/, which `election serve` serves without any other files.

/// Every file of www/ and pkg/: its path, such as `www/index.html`, and its bytes. Sorted by path.
pub static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));
