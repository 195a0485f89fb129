//! The options at the beginning of a directive, which are not part of its text.

use super::{Attribute, Cut};

/// Takes the options off a directive of MyST: lines `:name: value`, or a block of YAML between lines `---`.
pub fn of_myst(cut: &Cut) -> (Vec<Attribute>, Cut) {
    let lines: Vec<&str> = cut.text.lines().collect();
    if lines.first().is_some_and(|line| line.trim_end() == "---")
        && let Some(end) = lines.iter().skip(1).position(|line| line.trim_end() == "---")
    {
        let options = lines[1..=end].iter().enumerate();
        let options = options.filter_map(|(at, line)| {
            let (name, value) = line.split_once(':')?;
            let value = value.trim().trim_matches(['"', '\'']);
            Some(Attribute { name: name.trim().into(), value: value.into(), line: cut.place(at + 1).line })
        });
        return (options.collect(), cut.after(end + 2));
    }
    of_fields(cut)
}

/// Takes lines `:name: value` off the beginning.
pub fn of_fields(cut: &Cut) -> (Vec<Attribute>, Cut) {
    let fields = cut.text.lines().enumerate().map_while(|(at, line)| {
        let (name, value) = line.trim_start().strip_prefix(':')?.split_once(':')?;
        let is_name =
            name.starts_with(|it: char| it.is_ascii_alphabetic()) && !name.contains(char::is_whitespace);
        let apart = value.is_empty() || value.starts_with(char::is_whitespace);
        let line = cut.place(at).line;
        (is_name && apart).then(|| Attribute { name: name.into(), value: value.trim().into(), line })
    });
    let fields: Vec<Attribute> = fields.collect();
    let rest = cut.after(fields.len());
    (fields, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, String, u32)>, String, u32) {
        let (options, rest) = of_myst(&Cut::whole(text));
        let options = options.into_iter().map(|it| (it.name, it.value, it.line)).collect();
        (options, rest.text.clone(), rest.place(0).line)
    }

    #[test]
    fn fields_and_yaml_are_options() {
        let at = |line| ("at".to_string(), "2.5s".to_string(), line);
        assert_eq!(read(":at: 2.5s\n:autoplay:\nlanes raft\n").1, "lanes raft\n");
        assert_eq!(read(":at: 2.5s\n:autoplay:\nlanes raft\n").0[0], at(0));
        let (options, rest, line) = read("---\nname: x\nat: \"2.5s\"\n---\nlanes raft\n");
        assert_eq!((&options[1], rest.as_str(), line), (&at(2), "lanes raft\n", 4));
    }

    #[test]
    fn a_scenario_has_none() {
        for text in ["lanes raft\n:at: 2s\n", "---\nlanes raft\n", ": x\n", ":a b: c\n", ""] {
            let (options, rest, line) = read(text);
            assert_eq!((options.len(), rest.as_str(), line), (0, text, 0), "{text:?}");
        }
    }
}
