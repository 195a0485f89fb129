//! How the values in a link are written: percent escapes, base64url, and the check code.

use super::{LinkError, damaged};

/// Percent-escapes every byte that might have another meaning in a URL, a chat or Markdown. A space becomes
/// `+` if `plus` contains it.
pub(super) fn escape(text: &str, plus: &[char]) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' if plus.contains(&' ') => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b':' | b',' | b'/' | b'=' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

pub(super) fn plus_is_space(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

/// Decodes the escapes; unescaped bytes go through `plain`.
pub(super) fn unescape(value: &str, part: &'static str, plain: fn(u8) -> u8) -> Result<String, LinkError> {
    let bytes = unescape_bytes(value, plain)
        .ok_or(damaged(part, "has a `%` not followed by two hexadecimal digits"))?;
    String::from_utf8(bytes).map_err(|_| damaged(part, "is not UTF-8 text"))
}

/// The same as bytes; `None` if an escape is not two hexadecimal digits.
pub(super) fn unescape_bytes(value: &str, plain: fn(u8) -> u8) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(plain(byte));
            continue;
        }
        let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        out.push((high * 16 + low) as u8);
    }
    Some(out)
}

/// The CRC-32 of ISO 3309, as in gzip and PNG, bit by bit: links are short.
pub(super) struct Crc(u32);

impl Crc {
    pub(super) fn new() -> Crc {
        Crc(!0)
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 ^= u32::from(byte);
            for _ in 0..8 {
                self.0 = (self.0 >> 1) ^ (0xedb8_8320 & (self.0 & 1).wrapping_neg());
            }
        }
    }

    pub(super) fn code(&self) -> u32 {
        !self.0
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding.
pub(super) fn to_base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..=chunk.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

/// `None` unless every character is a base64url digit and the unused bits are zero.
pub(super) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0;
        for (i, digit) in chunk.iter().enumerate() {
            let value = DIGITS.iter().position(|known| known == digit)?;
            word |= (value as u32) << (18 - 6 * i);
        }
        let bytes = chunk.len() - 1;
        let [_, first, second, third] = word.to_be_bytes();
        let all = [first, second, third];
        if chunk.len() == 1 || all.iter().skip(bytes).any(|byte| *byte != 0) {
            return None;
        }
        out.extend_from_slice(&all[..bytes]);
    }
    Some(out)
}
