//! Raft against its paper and against the tests of etcd's raft: one test a sentence. Every test is a scenario,
//! so each of them can be opened and stepped through. What etcd's tests say is cited by their names
//! (`raft_paper_test.go`, `raft_test.go`, `testdata/`).

mod counts;
mod faults;
mod lab;
mod paper;
mod paper_log;
mod quorum;
mod suite;
