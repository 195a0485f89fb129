//! How runs are judged: for each rule of docs/judging.md that an earlier judge got wrong, a run that shows it.
//!
//! Each test is a scenario with what is expected of it, and says why that is right. Most scenarios are in lockstep:
//! their moments are told beforehand.

mod figures;
mod lab;
mod language;
mod time;
mod verdicts;
