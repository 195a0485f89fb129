//! What a scenario passes to an algorithm: values of its settings, and words of `init`.

use election_base::{NodeId, Span, SpanRange};
use election_language::vocabulary::{Kind, Setting, Value};

use super::Choice;

/// The settings of a lane by name.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The table.
    pub settings: &'static [Setting],
    /// A value for each, in the order of the table.
    pub values: &'a [Value],
    /// True for those that the scenario sets.
    pub given: &'a [bool],
}

impl Values<'_> {
    fn index(&self, name: &str) -> usize {
        self.settings.iter().position(|s| s.name == name).unwrap_or_else(|| panic!("no setting {name}"))
    }

    /// The value of a setting.
    ///
    /// # Panics
    /// If the algorithm has no setting of that name, which is a bug in the algorithm.
    pub fn value(&self, name: &str) -> &Value {
        &self.values[self.index(name)]
    }

    /// Whether the scenario sets it.
    pub fn is_given(&self, name: &str) -> bool {
        self.given[self.index(name)]
    }

    /// Adds a warning for each of these settings that the scenario sets: it has no effect because of `why`.
    pub fn unused(&self, names: &[&'static str], why: &str, into: &mut Vec<(&'static str, String)>) {
        for &name in names.iter().filter(|name| self.is_given(name)) {
            into.push((name, format!("{name} has no effect with {why}")));
        }
    }

    /// A [`Value::Span`].
    pub fn span(&self, name: &str) -> Span {
        match self.value(name) {
            Value::Span(span) => *span,
            _ => another_kind(name),
        }
    }

    /// A [`Value::Range`].
    pub fn range(&self, name: &str) -> SpanRange {
        match self.value(name) {
            Value::Range(range) => *range,
            _ => another_kind(name),
        }
    }

    /// A [`Value::Switch`].
    pub fn switch(&self, name: &str) -> bool {
        match self.value(name) {
            Value::Switch(on) => *on,
            _ => another_kind(name),
        }
    }

    /// A [`Value::Number`].
    pub fn number(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Number(number) => *number,
            _ => another_kind(name),
        }
    }

    /// A [`Value::Choice`], of a setting whose words are those of `C`.
    pub fn choice<C: Choice>(&self, name: &str) -> C {
        let Kind::Choice(words) = self.settings[self.index(name)].kind else { panic!("{name} is no choice") };
        assert_eq!(words, C::WORDS, "{name} is another choice");
        match self.value(name) {
            Value::Choice(choice) => C::at(*choice),
            _ => another_kind(name),
        }
    }

    /// A [`Value::Ids`].
    pub fn ids(&self, name: &str) -> &[NodeId] {
        match self.value(name) {
            Value::Ids(ids) => ids,
            _ => another_kind(name),
        }
    }
}

/// The algorithm reads a setting as something that its table does not say.
#[cold]
fn another_kind(name: &str) -> ! {
    panic!("the setting {name} is of another kind")
}

/// Words of `init` with their numbers: those for one node, and those for the whole group.
#[derive(Clone, Copy, Debug, Default)]
pub struct InitWords<'a> {
    /// From lines that name the node.
    pub node: &'a [(String, Vec<u64>)],
    /// From lines that name no node.
    pub group: &'a [(String, Vec<u64>)],
}

impl InitWords<'_> {
    /// The number after `word`, given for this node or else for the group.
    pub fn one(&self, word: &str) -> Option<u64> {
        self.many(word).and_then(|numbers| numbers.first().copied())
    }

    /// The numbers after `word`, given for this node or else for the group.
    pub fn many(&self, word: &str) -> Option<&[u64]> {
        let found = |words: &'_ [(String, Vec<u64>)]| words.iter().rposition(|(w, _)| w == word);
        if let Some(i) = found(self.node) {
            return Some(&self.node[i].1);
        }
        found(self.group).map(|i| &self.group[i].1[..])
    }
}
