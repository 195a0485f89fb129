//! What the attributes of an element say that can be tested: a moment that the run does not reach, lanes that it does
//! not have, words that mean nothing.

use election_playground::scenario::Scenario;

use crate::play;

/// An attribute of an element, or an option of a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The line of the file, from 0.
    pub line: u32,
}

/// The attributes that take one of several words.
const WORDS: &[(&str, &[&str])] = &[
    ("controls", &["full", "min", "none"]),
    ("loading", &["lazy", "eager", "click"]),
    ("theme", &["auto", "light", "dark", "host"]),
];

/// What is wrong with the attributes of a scenario's element, each with its line of the file, from 0.
pub fn warnings(attributes: &[Attribute], scenario: &Scenario) -> Vec<(u32, String)> {
    attributes.iter().flat_map(|it| wrong(it, scenario).into_iter().map(|text| (it.line, text))).collect()
}

fn wrong(it: &Attribute, scenario: &Scenario) -> Vec<String> {
    let Attribute { name, value, .. } = it;
    match name.as_str() {
        "at" => match play::time(value.trim()) {
            Err(why) => vec![format!("the attribute `at` has no effect: {why}.")],
            Ok(at) if at > scenario.until => {
                vec![format!("the attribute `at` is {at}, but the run ends at {}.", scenario.until)]
            }
            Ok(_) => Vec::new(),
        },
        "lanes" => {
            let known: Vec<&str> = scenario.lanes.iter().map(|it| it.name.as_str()).collect();
            let named = value.split(|it: char| it.is_whitespace() || it == ',').filter(|it| !it.is_empty());
            let unknown = named.filter(|it| !known.contains(it));
            let expected = format!("a lane of the scenario: {}", play::list(&known));
            unknown
                .map(|it| {
                    format!("in the attribute `lanes`, {}.", play::unknown("lane", it, &known, &expected))
                })
                .collect()
        }
        "speed" => {
            let number = value.trim().parse::<f64>().is_ok_and(|it| it > 0.0);
            let known = number || value == "auto";
            let text = format!("the attribute `speed` is `{value}`, expected `auto` or a number above 0.");
            if known { Vec::new() } else { vec![text] }
        }
        _ => match WORDS.iter().find(|(known, _)| known == name) {
            Some((_, words)) if !words.contains(&value.as_str()) => {
                vec![format!("the attribute `{name}` is `{value}`, expected one of {}.", play::list(words))]
            }
            _ => Vec::new(),
        },
    }
}
