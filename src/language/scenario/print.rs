//! Prints a scenario as text.

use core::fmt;

use crate::vocabulary::Words;
use election_base::{NodeId, SimTime, Span};

use super::ast::{
    Action, Answer, Break, Choice, Condition, Expect, Halt, Lane, LaneSet, Links, MessageRef, Op, Operand,
    Outcome, Phase, Scenario, Seeds, Store, Subject, When, Which, Who,
};
use super::expect::{OPS, QUANTILES, default_when};
use super::fmt::{fmt as canonical, moment_text};
use super::scope::{SERVICE, SERVICE_LEADER};
use super::values::{delay_text, share_text, switch_text, value_text};

/// The scenario as canonical text, which reads as the same scenario except for line numbers. `vocabulary`
/// must be the one used to read it.
pub fn print(scenario: &Scenario, vocabulary: &[Words]) -> String {
    let mut lines: Vec<String> = Vec::new();
    if !scenario.title.is_empty() {
        lines.push(format!("title {}", scenario.title));
    }
    print_lanes(&mut lines, scenario, vocabulary);
    print_scene(&mut lines, scenario, vocabulary);
    for init in &scenario.init {
        let mut line = format!("init {}", lane_names(scenario, init.lanes));
        if let Some(node) = init.node {
            line.push_str(&format!(" {node}"));
        }
        for (word, numbers) in &init.words {
            line.push_str(&format!(" {word}"));
            line.extend(numbers.iter().map(|number| format!(" {number}")));
        }
        lines.push(line);
    }
    lines.push(String::new());
    for act in &scenario.acts {
        let colon = if act.lanes == all(scenario) { "" } else { ": " };
        let lanes = if colon.is_empty() { String::new() } else { lane_names(scenario, act.lanes) };
        let at = moment_text(act.at, act.after);
        lines.push(format!("at {at} {lanes}{colon}{}", act.action));
    }
    print_story(&mut lines, scenario);
    lines.push(format!("until {}", Span(scenario.until.0)));
    lines.push(String::new());
    for stop in &scenario.breaks {
        lines.push(break_line(scenario, stop));
    }
    lines.extend(scenario.expects.iter().map(|expect| expect_line(scenario, expect)));
    canonical(&lines.join("\n"))
}

fn print_story(lines: &mut Vec<String>, scenario: &Scenario) {
    let at = |at: SimTime| if at == scenario.until { "end".to_string() } else { Span(at.0).to_string() };
    let about = |lanes: LaneSet| match lanes == all(scenario) {
        true => String::new(),
        false => format!("{}: ", lane_names(scenario, lanes)),
    };
    for say in &scenario.says {
        let guard = say.condition.as_ref().map_or_else(String::new, |condition| format!(" if {condition}"));
        lines.push(format!("at {} {}say \"{}\"{guard}", at(say.at), about(say.lanes), say.text));
    }
    for ask in &scenario.asks {
        // Not `end`, where nothing can be asked.
        lines.push(format!("at {} {}ask \"{}\"", Span(ask.at.0), about(ask.lanes), ask.text));
        lines.push(format!("at {} {}", at(ask.answer.at), answer_text(scenario, &ask.answer)));
    }
}

/// `answer …` as text.
pub fn answer_text(scenario: &Scenario, answer: &Answer) -> String {
    let choice = |choice: &Choice| {
        let mut parts = Vec::new();
        if !choice.text.is_empty() {
            parts.push(format!("\"{}\"", choice.text));
        }
        match &choice.condition {
            Some(condition) if choice.text.is_empty() => parts.push(condition.to_string()),
            Some(condition) => parts.push(format!("if {condition}")),
            None => {}
        }
        match choice.declared {
            Some(0) => parts.push("in none".to_string()),
            Some(lanes) => parts.push(format!("in {}", lane_names(scenario, lanes))),
            None => {}
        }
        parts.join(" ")
    };
    let choices: Vec<String> = answer.choices.iter().map(choice).collect();
    let because = answer.because.as_ref().map_or_else(String::new, |text| format!(" because \"{text}\""));
    format!("answer {}{because}", choices.join(" | "))
}

fn all(scenario: &Scenario) -> LaneSet {
    (0..scenario.lanes.len()).fold(0, |set, i| set | 1 << i)
}

/// The names of lanes. Each lane has a unique name.
fn lane_names(scenario: &Scenario, lanes: LaneSet) -> String {
    let named = scenario.lanes.iter().enumerate().filter(|(i, _)| lanes >> i & 1 == 1);
    named.map(|(_, lane)| lane.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// The names of lanes and a space; empty for all lanes.
fn prefix(scenario: &Scenario, lanes: LaneSet) -> String {
    if lanes == all(scenario) { String::new() } else { format!("{} ", lane_names(scenario, lanes)) }
}

pub(super) fn break_line(scenario: &Scenario, stop: &Break) -> String {
    let lanes = prefix(scenario, stop.lanes);
    match &stop.on {
        Halt::Condition(condition) => format!("break {lanes}{condition}"),
        Halt::Moment(at, after) => format!("break {lanes}at {}", moment_text(*at, *after)),
    }
}

fn expect_line(scenario: &Scenario, expect: &Expect) -> String {
    let lanes = prefix(scenario, expect.condition.lanes);
    let condition = &expect.condition;
    let usual = expect.when == default_when(&condition.subject);
    let when = if usual { String::new() } else { format!(" {}", expect.when) };
    let (quantile, seeds) = match expect.seeds {
        None => (String::new(), String::new()),
        Some(Seeds::Quantile { permille, count }) => {
            let name = QUANTILES.iter().find(|(_, p)| *p == permille).map_or("max", |(name, _)| name);
            (format!("{name} "), format!(" over {count} seeds"))
        }
        Some(Seeds::Share { lo_ppm, hi_ppm, count }) => {
            let share = format!("{}..{}", share_word(lo_ppm), share_word(hi_ppm));
            (String::new(), format!(" in {share} of {count} seeds"))
        }
    };
    format!("expect {lanes}{quantile}{condition}{when}{seeds}")
}

/// A share with a unit, even if it is zero.
fn share_word(ppm: u32) -> String {
    if ppm == 0 { "0%".to_string() } else { share_text(ppm) }
}

fn print_lanes(lines: &mut Vec<String>, scenario: &Scenario, vocabulary: &[Words]) {
    let basic = |lane: &Lane| vocabulary.get(lane.algorithm).is_some_and(|words| words.id == lane.name);
    if scenario.lanes.iter().all(basic) {
        lines.push(format!("lanes {}", lane_names(scenario, all(scenario))));
        return;
    }
    for lane in &scenario.lanes {
        let Some(words) = vocabulary.get(lane.algorithm) else { continue };
        let settings = given(lane, words, scenario.store).join(", ");
        lines.push(format!("lane {} = {} {settings}", lane.name, words.id));
    }
}

fn print_scene(lines: &mut Vec<String>, scenario: &Scenario, vocabulary: &[Words]) {
    let in_row = scenario.nodes.iter().enumerate().all(|(i, id)| id.0 as usize == i + 1);
    if in_row && scenario.names.is_empty() {
        lines.push(format!("nodes {}", scenario.nodes.len()));
    } else {
        let name = |id| scenario.names.iter().find(|(named, _)| *named == id).map(|(_, name)| name);
        let with_name = |id: &NodeId| name(*id).map_or_else(|| id.to_string(), |name| format!("{id}={name}"));
        let ids: Vec<String> = scenario.nodes.iter().map(with_name).collect();
        lines.push(format!("nodes {}", ids.join(" ")));
    }
    let network = scenario.network;
    lines.push(format!("seed {}", scenario.seed));
    lines.push(format!("latency {}", delay_text(network.latency)));
    let optional = [
        (network.loss_ppm > 0, format!("loss {}", share_text(network.loss_ppm))),
        (network.duplicate_ppm > 0, format!("duplicate {}", share_text(network.duplicate_ppm))),
        (network.reorder, "order any".to_string()),
        (scenario.timers_manual, "timers manual".to_string()),
        (!scenario.phases_drawn && !scenario.timers_manual, "phases lockstep".to_string()),
        (!scenario.incarnations, "incarnations off".to_string()),
    ];
    lines.extend(optional.into_iter().filter(|(said, _)| *said).map(|(_, line)| line));
    let default = Store { fencing: true, interval: Span::ms(100), latency: None };
    lines.extend(store_texts(scenario.store, default).iter().map(|text| format!("set {text}")));
    if lines.iter().any(|line| line.starts_with("lanes ")) {
        for lane in &scenario.lanes {
            let Some(words) = vocabulary.get(lane.algorithm) else { continue };
            let texts = given(lane, words, scenario.store);
            lines.extend(texts.iter().map(|text| format!("set {}.{text}", lane.name)));
        }
    }
    for lane in &scenario.lanes {
        let Some(words) = vocabulary.get(lane.algorithm) else { continue };
        for of_nodes in &lane.by_node {
            let setting = &words.settings[of_nodes.setting];
            let value = value_text(setting.kind, &of_nodes.value);
            let nodes: Vec<String> = of_nodes.nodes.iter().map(ToString::to_string).collect();
            lines.push(format!("set {}.{} {value} for {}", lane.name, setting.name, nodes.join(" ")));
        }
    }
}

/// `setting value` for each setting that the text gives the lane.
fn given(lane: &Lane, words: &Words, store: Store) -> Vec<String> {
    let settings = words.settings.iter().zip(&lane.settings).zip(&lane.given);
    let said = settings.filter(|(_, given)| **given);
    let mut texts: Vec<String> =
        said.map(|((s, value), _)| format!("{} {}", s.name, value_text(s.kind, value))).collect();
    texts.extend(store_texts(lane.store, store));
    texts
}

/// `store.setting value` for each setting that differs from `usual`.
fn store_texts(store: Store, usual: Store) -> Vec<String> {
    let mut texts = Vec::new();
    if store.fencing != usual.fencing {
        texts.push(format!("store.fencing {}", switch_text(store.fencing)));
    }
    if store.interval != usual.interval {
        texts.push(format!("store.interval {}", store.interval));
    }
    if let Some(latency) = store.latency.filter(|_| store.latency != usual.latency) {
        texts.push(format!("store.latency {}", latency));
    }
    texts
}

impl fmt::Display for Condition {
    /// Omits the lanes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.subject)?;
        let op = OPS.iter().find(|(_, op)| *op == self.op).map_or("", |(text, _)| text);
        match &self.operand {
            Operand::None if self.subject.is_leader() && self.op != Op::Exists => {
                write!(f, " {op} none")
            }
            Operand::None => Ok(()),
            Operand::Number(id) if self.subject.is_leader() && *id <= u32::MAX.into() => {
                write!(f, " {op} {}", NodeId(*id as u32))
            }
            Operand::Number(number) => write!(f, " {op} {number}"),
            Operand::Numbers(lo, hi) => write!(f, " {op} {lo}..{hi}"),
            Operand::Span(span) => write!(f, " {op} {}", span),
            Operand::Spans(lo, hi) => write!(f, " {op} {}..{}", lo, hi),
            Operand::Text(text) => write!(f, " {op} {text}"),
        }
    }
}

impl Subject {
    /// Whether it is the leader of some group.
    fn is_leader(&self) -> bool {
        match self {
            Subject::Of(subject, _) => **subject == Subject::Leader,
            subject => *subject == Subject::Leader,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Leaders => f.write_str("leaders"),
            Subject::Leader => f.write_str("leader"),
            Subject::Of(subject, group) if **subject == Subject::Leader && group == SERVICE => {
                f.write_str(SERVICE_LEADER)
            }
            Subject::Of(subject, group) => write!(f, "{subject} of {group}"),
            Subject::Field(who, name) => write!(f, "node {who} {name}"),
            Subject::Epoch => f.write_str("epoch"),
            Subject::Messages { delivered, which } => {
                f.write_str(if *delivered { "delivered" } else { "messages" })?;
                match which {
                    Which::All => Ok(()),
                    Which::Class(name) | Which::Named(name) => write!(f, " {name}"),
                }
            }
            Subject::Elections => f.write_str("elections"),
            Subject::Failover(Phase::Whole) => f.write_str("failover"),
            Subject::Failover(Phase::Detection) => f.write_str("failover detection"),
            Subject::Failover(Phase::Election) => f.write_str("failover election"),
            Subject::Failovers => f.write_str("failovers"),
            Subject::Writes(Outcome::Accepted) => f.write_str("writes accepted"),
            Subject::Writes(Outcome::Rejected) => f.write_str("writes rejected"),
            Subject::Writes(Outcome::Conflicting) => f.write_str("writes conflicting"),
            Subject::Writes(Outcome::Acknowledged) => f.write_str("writes acknowledged"),
            Subject::Writes(Outcome::Lost) => f.write_str("writes lost"),
            Subject::NoLeader => f.write_str("time no-leader"),
            Subject::TwoLeaders => f.write_str("time two-leaders"),
            Subject::Property(name) => f.write_str(name),
            Subject::Pending => f.write_str("pending"),
            Subject::Message(message, name) => write!(f, "message {message} {name}"),
            Subject::Order(who, rules) => {
                write!(f, "node {who} order")?;
                rules.iter().try_for_each(|rule| write!(f, " R{rule}"))
            }
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::At(at) => write!(f, "at {}", Span(at.0)),
            When::By(at) => write!(f, "by {}", Span(at.0)),
            When::Always => f.write_str("always"),
            When::Eventually => f.write_str("eventually"),
            When::Never => f.write_str("never"),
            When::End => f.write_str("at end"),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Node(id) => write!(f, "{id}"),
            Who::Leader => f.write_str("leader"),
            Who::LeaderOf(group) if group == SERVICE => f.write_str(SERVICE_LEADER),
            Who::LeaderOf(group) => write!(f, "leader of {group}"),
            Who::Follower => f.write_str("follower"),
            Who::Candidate => f.write_str("candidate"),
            Who::All => f.write_str("all"),
            Who::Majority => f.write_str("majority"),
            Who::Minority => f.write_str("minority"),
            Who::Several(list) => separated(f, list, " "),
        }
    }
}

impl fmt::Display for MessageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}->{}#{}", self.from, self.to, self.nth)?;
        if self.copy > 1 { write!(f, ".{}", self.copy) } else { Ok(()) }
    }
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Links::All => f.write_str("all"),
            Links::Between { from, to, both } => write!(f, "{from} {} {to}", if *both { "-" } else { "->" }),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Crash(who) => write!(f, "crash {who}"),
            Action::Restart(who) => write!(f, "restart {who}"),
            Action::Pause(who, None) => write!(f, "pause {who}"),
            Action::Pause(who, Some(span)) => write!(f, "pause {who} for {}", span),
            Action::Resume(who) => write!(f, "resume {who}"),
            Action::Isolate(who) => write!(f, "isolate {who}"),
            Action::Partition(sides) => {
                f.write_str("partition ")?;
                for (i, side) in sides.iter().enumerate() {
                    f.write_str(if i > 0 { " | " } else { "" })?;
                    separated(f, side, " ")?;
                }
                Ok(())
            }
            Action::Heal => f.write_str("heal"),
            Action::Cut(links) => write!(f, "cut {links}"),
            Action::Join(links) => write!(f, "join {links}"),
            Action::Latency(links, delay) => change(f, "latency", links, &delay_text(*delay)),
            Action::Loss(links, ppm) => change(f, "loss", links, &share_text(*ppm)),
            Action::Duplicate(links, ppm) => change(f, "duplicate", links, &share_text(*ppm)),
            Action::Drift(who, ppm) => {
                let sign = if *ppm < 0 { '-' } else { '+' };
                write!(f, "drift {who} {sign}{}", share_text(ppm.unsigned_abs()))
            }
            Action::Skew(who, us) => {
                let sign = if *us < 0 { '-' } else { '+' };
                write!(f, "skew {who} {sign}{}", Span(us.unsigned_abs()))
            }
            Action::Slow(who, span) => write!(f, "slow {who} {}", span),
            Action::Fire(who, timer) => write!(f, "fire {who} {timer}"),
            Action::DelayTimer(who, timer, span) => write!(f, "delay {who} {timer} {span}"),
            Action::Tick(who, count) => write!(f, "tick {who} {count}"),
            Action::Command { word, who, about: None } => write!(f, "{} {who}", word.name),
            Action::Command { word, who, about: Some(about) } => write!(f, "{} {who} -> {about}", word.name),
            Action::Write(None) => f.write_str("write"),
            Action::Write(Some(who)) => write!(f, "write {who}"),
            Action::DropMessage(message) => write!(f, "drop {message}"),
            Action::DeliverMessage(message) => write!(f, "deliver {message}"),
            Action::DelayMessage(message, span) => write!(f, "delay {message} {}", span),
            Action::DuplicateMessage(message) => write!(f, "duplicate {message}"),
            Action::DeliverAll => f.write_str("deliver all"),
            Action::Stonith(who) => write!(f, "stonith {who}"),
            Action::Set(set) => {
                write!(f, "set {} {}", set.name, set.value)?;
                set.who.as_ref().map_or(Ok(()), |who| write!(f, " for {who}"))
            }
            Action::Reseed(seed) => write!(f, "reseed {seed}"),
            Action::Send(forged) => {
                write!(f, "send {} -> {} {}", forged.from, forged.to, forged.message)?;
                forged.args.iter().try_for_each(|(name, number)| write!(f, " {name} {number}"))
            }
        }
    }
}

fn separated(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display], separator: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

/// A change to all links omits them.
fn change(f: &mut fmt::Formatter<'_>, verb: &str, links: &Links, value: &str) -> fmt::Result {
    match links {
        Links::All => write!(f, "{verb} {value}"),
        links => write!(f, "{verb} {links} {value}"),
    }
}
