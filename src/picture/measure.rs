//! How wide a text is at most. A picture does not know the font that it will be shown in, so every letter counts as wide
//! as in DejaVu Sans, the widest of the usual fonts of interfaces.

/// The widths of the characters from space to `~`, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295,
    295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838,
    500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521,
    392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// The width of a text. Bold letters are wider.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let letters: u32 = text.chars().map(letter).sum();
    f64::from(letters) * size / 1000.0 * if bold { 1.115 } else { 1.0 }
}

fn letter(it: char) -> u32 {
    match it {
        ' '..='~' => WIDTHS[it as usize - 32].into(),
        '·' | '’' => 318,
        '–' | '…' | '✓' | '→' | '×' => 1000,
        // Scripts whose letters are as wide as high.
        '\u{1100}'.. => 1100,
        _ => 750,
    }
}

/// The largest of these sizes at which the text fits; `None` if there is none.
pub fn fitting(text: &str, sizes: &[f64], bold: bool, room: f64) -> Option<f64> {
    sizes.iter().copied().find(|size| width(text, *size, bold) <= room)
}

/// The text, shortened to a width with `…`.
pub fn shortened(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_string();
    }
    let mut short: Vec<char> = text.chars().collect();
    loop {
        short.pop();
        let it: String = short.iter().collect::<String>().trim_end().to_string() + "…";
        if short.is_empty() || width(&it, size, bold) <= room {
            return it;
        }
    }
}

/// The text in lines of at most this width, at most so many; the last one is shortened.
pub fn wrapped(text: &str, size: f64, bold: bool, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(last) if full || width(&format!("{last} {word}"), size, bold) <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines.iter().map(|it| shortened(it, size, bold, room)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_their_room() {
        for room in [20.0, 60.0, 200.0] {
            let text = "The network splits: 1 2 | 3 4 5 and averyveryverylongwordindeed follows";
            let lines = wrapped(text, 12.0, false, room, 3);
            assert!(lines.len() <= 3);
            assert!(lines.iter().all(|it| width(it, 12.0, false) <= room || it == "…"), "{lines:?}");
        }
        assert_eq!(wrapped("a b", 12.0, false, 500.0, 2), ["a b"]);
        assert_eq!(shortened("abc", 10.0, false, 100.0), "abc");
    }
}
