//! The colours, by name, as the page has them: blue leads, amber elects, red is wrong or lost.

/// A colour, in light and in dark.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Colour {
    Paper,
    Card,
    Soft,
    Ink,
    Mute,
    Faint,
    Line,
    Leader,
    OnLeader,
    Candidate,
    Warn,
    Follower,
    Bad,
    Lead1,
    Lead2,
    Elects,
    Candle,
}

/// Each colour with its name in the page's style sheet, its light and its dark value. In the order of [`Colour`].
pub const PALETTE: [(&str, &str, &str); 17] = [
    ("paper", "#f6f4ee", "#14171a"),
    ("card", "#fffefb", "#1b1f23"),
    ("soft", "#eeebe2", "#262b30"),
    ("ink", "#1b2127", "#ebe8e1"),
    ("mute", "#5d656d", "#a0a8ae"),
    ("faint", "#a9adb0", "#6b747b"),
    ("line", "#dcd7ca", "#343a40"),
    ("leader", "#0d5f8a", "#6fb9e8"),
    ("on-leader", "#ffffff", "#0d1418"),
    ("candidate", "#b8740a", "#eab04e"),
    ("warn", "#875605", "#eab04e"),
    ("follower", "#7d878f", "#8b959d"),
    ("bad", "#b93a16", "#ff8a63"),
    ("lead1", "#8fb9d3", "#2f6688"),
    ("lead2", "#bfd7e6", "#23485f"),
    ("elects", "#d99a35", "#b17d22"),
    ("candle", "#efdcae", "#5d4818"),
];

impl Colour {
    /// Its name.
    pub fn name(self) -> &'static str {
        PALETTE[self as usize].0
    }

    /// Its light value, for renderers that know no style sheets.
    pub fn light(self) -> &'static str {
        PALETTE[self as usize].1
    }

    /// Its dark value.
    pub fn dark(self) -> &'static str {
        PALETTE[self as usize].2
    }
}
