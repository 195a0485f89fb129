//! How runs are judged: for each rule of docs/judging.md that an earlier checker got wrong, a run that shows it.
//!
//! Each test is a scenario with its expectations, and says why they are right. Most scenarios are in lockstep, so that
//! their moments are known in advance.

mod figures;
mod lab;
mod language;
#[path = "../shared/mod.rs"]
mod shared;
mod time;
mod verdicts;
