//! Raft against its paper and against the tests of etcd's raft: one test per sentence. Every test is a scenario, so
//! each can be opened and stepped through. etcd's tests are cited by name (`raft_paper_test.go`, `raft_test.go`,
//! `testdata/`).

mod counts;
mod faults;
mod lab;
mod paper;
mod paper_log;
mod quorum;
#[path = "../shared/mod.rs"]
mod shared;
mod suite;
