//! A drawn text plus the end of its faults, as the swarm plays it.

use election_playground::base::Span;

use super::Drawn;

/// What ends the faults. The service may have been affected.
const PEACE: &[&str] = &[
    "heal",
    "resume all service",
    "latency 5ms..15ms",
    "loss 0%",
    "duplicate 0%",
    "drift all service +0%",
    "slow all service 0",
];

/// Promises with a longer bound than this are not checked.
pub const WAIT_MAX: Span = Span::s(300);

/// A text for the swarm: lines that can be removed to reduce it, and the end of its faults.
#[derive(Clone)]
pub struct Case {
    /// The lines of the scene and of the acts.
    pub lines: Vec<String>,
    /// The end of the faults, in microseconds.
    pub peace_us: u64,
    /// The actions that restore settings.
    undo: Vec<String>,
    /// Whether crashed nodes restart then.
    pub returns: bool,
    /// Whether there is a coordination service.
    service: bool,
}

impl Case {
    /// A drawn scenario whose faults end.
    pub fn of(drawn: &Drawn) -> Case {
        let lines = drawn.scene.iter().chain(&drawn.acts).cloned().collect();
        Case {
            lines,
            peace_us: drawn.faults_us,
            undo: drawn.undo.clone(),
            returns: drawn.returns,
            service: drawn.service,
        }
    }

    /// The whole text, with the end of the faults.
    pub fn text(&self) -> String {
        let at = Span(self.peace_us).to_string();
        let mut text: String = self.lines.iter().map(|l| format!("{l}\n")).collect();
        let mut add = |action: &str| text.push_str(&format!("at {at} {action}\n"));
        for undo in &self.undo {
            // Settings that no line changes any more need no restoring.
            let setting = undo.split(' ').nth(1).unwrap_or_default();
            if self.lines.iter().any(|l| l.contains(&format!("set {setting} "))) {
                add(undo);
            }
        }
        if self.returns && self.says("close ") {
            // A node that closed its session for good takes part again when its process restarts.
            add("crash all");
        }
        match (self.returns, self.service) {
            (true, _) => add("restart all service"),
            (false, true) => add("restart service"),
            (false, false) => {}
        }
        PEACE.iter().for_each(|act| add(act));
        text + &format!("until {}\n", Span(self.peace_us) + WAIT_MAX)
    }

    /// Whether messages are ever duplicated with this share.
    pub fn duplicates(&self, share: &str) -> bool {
        self.lines.iter().any(|line| line.contains("duplicate ") && line.ends_with(&format!(" {share}")))
    }

    /// Whether any line contains it.
    pub fn says(&self, words: &str) -> bool {
        self.lines.iter().any(|line| line.contains(words))
    }
}
