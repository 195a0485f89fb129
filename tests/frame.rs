//! How a frame shows the network and slow nodes: everything a picture needs to show every fault.

use election_playground::base::SimTime;
use election_playground::frame::{
    CUT, FLIGHT, Frame, HEAD, LANE, LINK, LINKS_MAX, NODE, SHAPE, STORED, TIMER,
};
use election_playground::workspace;

/// One lane of a frame, decoded.
struct Lane {
    slow: Vec<f64>,
    cuts: Vec<[f64; 2]>,
    network: Vec<f64>,
    links: Vec<Vec<f64>>,
    writes: Vec<Vec<f64>>,
    shapes: Vec<Vec<f64>>,
    flights: Vec<Vec<f64>>,
}

fn lane_at(text: &str, at_us: u64) -> Lane {
    let mut timeline = workspace::open(text).unwrap_or_else(|e| panic!("{e:?} in\n{text}"));
    timeline.seek(SimTime(at_us));
    let mut frame = Frame::new();
    frame.fill(&timeline);
    let n = frame.numbers();
    let lane = &n[n[HEAD] as usize..];
    let count = |i: usize| lane[i] as usize;
    let mut at = LANE;
    let mut rows = |count: usize, width: usize| {
        let rows: Vec<Vec<f64>> = lane[at..at + count * width].chunks(width).map(<[f64]>::to_vec).collect();
        at += count * width;
        rows
    };
    let nodes = rows(count(17), NODE);
    rows(count(18), TIMER);
    let flights = rows(count(19), FLIGHT);
    let shapes = rows(count(20), SHAPE);
    let cuts = rows(count(21), CUT);
    rows(count(22), FLIGHT);
    let links = rows(count(28), LINK);
    let writes = rows(count(30), STORED);
    assert_eq!(at, lane.len(), "nothing is left over");
    Lane {
        slow: nodes.iter().map(|node| node[10]).collect(),
        cuts: cuts.iter().map(|cut| [cut[0], cut[1]]).collect(),
        network: lane[23..28].to_vec(),
        links,
        writes,
        shapes,
        flights,
    }
}

#[test]
fn a_slow_node_and_cuts_to_the_store_are_shown() {
    let text =
        "lanes raft\nnodes 3\nuntil 5s\nat 1s slow 2 40ms\nat 1s cut 1 - store\nat 3s slow 2 0\nat 3s heal";
    let lane = lane_at(text, 2_000_000);
    assert_eq!(lane.slow, [0.0, 40_000.0, 0.0]);
    assert_eq!(lane.cuts, [[0.0, 3.0]], "the store sends nothing, so that there is no way back to cut");
    let lane = lane_at(text, 4_000_000);
    assert_eq!((lane.slow, lane.cuts), (vec![0.0; 3], vec![]));
}

#[test]
fn a_link_that_differs_from_the_network_is_listed() {
    let text = "lanes raft\nnodes 3\nlatency 5ms..15ms\nset store.latency 1ms\nuntil 9s\n\
                at 1s latency 1 -> 2 50ms..90ms\nat 2s loss 2 - 3 10%\nat 3s duplicate 1 -> store 500ppm\n\
                at 4s latency 1 -> 2 5ms..15ms\nat 5s loss 2 - 3 0\nat 5s duplicate 1 -> store 0";
    let before = lane_at(text, 500_000);
    assert!(before.links.is_empty(), "the store's own default is no change");
    assert_eq!(before.network, [5_000.0, 15_000.0, 0.0, 0.0, 0.0]);
    let slow = vec![0.0, 1.0, 50_000.0, 90_000.0, 0.0, 0.0];
    assert_eq!(lane_at(text, 1_500_000).links, vec![slow.clone()]);
    let usual = |from, to, loss| vec![from, to, 5_000.0, 15_000.0, loss, 0.0];
    let lossy = [usual(1.0, 2.0, 100_000.0), usual(2.0, 1.0, 100_000.0)];
    let to_store = vec![0.0, 3.0, 1_000.0, 1_000.0, 0.0, 500.0];
    let all = [slow, to_store.clone(), lossy[0].clone(), lossy[1].clone()];
    assert_eq!(lane_at(text, 3_500_000).links, all);
    assert_eq!(lane_at(text, 4_500_000).links, all[1..]);
    assert!(lane_at(text, 5_500_000).links.is_empty(), "what behaves as all do is not listed");
}

#[test]
fn a_change_to_all_links_changes_the_network() {
    let text = "lanes raft\nnodes 5\nuntil 9s\nloss 1%\nat 1s latency 1 -> 2 30ms\nat 2s latency 30ms..60ms\n\
                at 3s duplicate 2%\nat 3s latency 2 -> 1 5ms..15ms\nat 5s latency 5ms..15ms\nat 5s duplicate 0";
    let slower = lane_at(text, 2_500_000);
    assert_eq!(slower.network, [30_000.0, 60_000.0, 10_000.0, 0.0, 1.0]);
    assert!(slower.links.is_empty(), "the one link was set as all were");
    let one = lane_at(text, 4_000_000);
    assert_eq!(one.network, [30_000.0, 60_000.0, 10_000.0, 20_000.0, 1.0]);
    // As at the start, but not as the network is now.
    assert_eq!(one.links, [vec![1.0, 0.0, 5_000.0, 15_000.0, 10_000.0, 20_000.0]]);
    let back = lane_at(text, 6_000_000);
    assert_eq!(back.network, [5_000.0, 15_000.0, 10_000.0, 0.0, 0.0]);
    assert!(back.links.is_empty());
}

#[test]
fn the_number_of_listed_links_is_limited() {
    let text = "lanes bully\nnodes 40\nuntil 2s\nat 1s latency 1 - 2 3 4 5 6 7 8 9 10 11 12 7ms";
    assert_eq!(lane_at(text, 1_500_000).links.len(), 2 * 11);
    let many: String = (1..=20)
        .map(|i| format!("at 1s loss {i} - 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 3%\n"))
        .collect();
    let links = lane_at(&format!("lanes bully\nnodes 40\nuntil 2s\n{many}"), 1_500_000).links;
    assert_eq!(links.len(), LINKS_MAX);
    assert!(links.is_sorted_by_key(|l| (l[0] as u32, l[1] as u32)));
}

#[test]
fn the_disk_of_a_crashed_service_is_shown() {
    let text = "lanes zookeeper\nnodes 3\nuntil 9s\nat 4s crash service\nat 6s restart service";
    let of_kind = |at_us: u64, kind: f64| {
        lane_at(text, at_us).shapes.into_iter().filter(|s| s[0] == kind).collect::<Vec<_>>()
    };
    let (row, bond, arrow) = (0.0, 1.0, 2.0);
    let kinds = |at_us: u64| [bond, row, arrow].map(|kind| of_kind(at_us, kind).len());
    assert_eq!(kinds(3_900_000), [3, 3, 2]);
    // Sessions and znodes are on disk; a watch belongs to a connection.
    assert_eq!(kinds(5_000_000), [3, 3, 0]);
    assert_eq!(of_kind(3_900_000, bond), of_kind(5_000_000, bond));
    // The owner, the key and the version; while the service is down, the end of a session is unknown.
    let rows = |at_us: u64| of_kind(at_us, row).into_iter().map(|s| s[..6].to_vec()).collect::<Vec<_>>();
    assert_eq!(rows(3_900_000), rows(5_000_000));
    let ends = |at_us: u64| of_kind(at_us, row).into_iter().map(|s| s[6]).collect::<Vec<_>>();
    assert!(ends(3_900_000).iter().all(|&at| 3_900_000.0 < at && at <= 3_900_000.0 + 6_000_000.0));
    assert_eq!(ends(5_000_000), [-1.0; 3]);
}

/// The shapes of one kind: the place of each node, and the first number.
fn shapes_of(text: &str, at_us: u64, kind: u8) -> Vec<(u8, i16)> {
    let shapes = lane_at(text, at_us).shapes;
    let wanted = shapes.into_iter().filter(|s| s[0] == f64::from(kind));
    wanted.map(|s| (s[1] as u8, s[2] as i16)).collect()
}

const NEXT: u8 = 6;
const STOPPED: u8 = 7;
const BEATEN: u8 = 8;

#[test]
fn a_ring_shows_its_real_links_the_stopped_ids_and_who_is_beaten() {
    let text = "lanes ring\nnodes 5\nseed 42\nat 2s crash leader\nat 13s partition 1 2 | 3 4 5\nuntil 20s";
    assert_eq!(shapes_of(text, 1_900_000, NEXT), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]);
    assert_eq!(shapes_of(text, 5_000_000, NEXT), [(0, 1), (1, 2), (2, 3), (3, 0)], "past the dead member");
    assert_eq!(shapes_of(text, 16_000_000, NEXT), [(0, 1), (1, 0), (2, 3), (3, 2)], "two rings");
    assert_eq!(shapes_of(text, 2_452_000, STOPPED), [(1, 0), (2, 1)]);
    assert_eq!(shapes_of(text, 5_000_000, STOPPED), [], "the election is over");
    let beaten = (2_450..2_800).map(|ms| shapes_of(text, ms * 1000, BEATEN));
    assert_eq!(beaten.max_by_key(Vec::len).unwrap(), [(0, 3), (1, 3), (2, 3)], "the winner's id passed all");
}

#[test]
fn a_ring_with_both_directions_shows_both_neighbours_and_who_is_beaten() {
    let text = "lanes hs\nnodes 5\nseed 42\nat 2s crash leader\nuntil 5s";
    let next = shapes_of(text, 4_000_000, NEXT);
    assert_eq!(next, [(0, 1), (0, 3), (1, 2), (1, 0), (2, 3), (2, 1), (3, 0), (3, 2)]);
    assert_eq!(shapes_of(text, 2_590_000, BEATEN), [(0, 3), (1, 3), (2, 3)]);
    assert_eq!(shapes_of(text, 4_000_000, BEATEN), [], "the election is over");
}

#[test]
fn a_flight_carries_all_numbers_of_its_message() {
    let lane = lane_at("lanes ring\nnodes 5\nseed 42\nat 2s crash leader\nuntil 5s", 2_452_000);
    // ELECTION: the id, the links passed, its number.
    let election = lane.flights.iter().find(|f| f[3] == 0.0).expect("an id travels");
    assert!(election[9] == 3.0 && election[10] == 1.0 && 0.0 < election[11], "{election:?}");
}

#[test]
fn a_ballot_says_whose_votes_it_has_in_which_order_and_whom_each_voted_for() {
    let text = "lanes raft\nnodes 5\nphases lockstep\nlatency 10ms\ntimers manual\n\
                set raft.learners 5\nat 1s delay 2->3#1 30ms\nat 1s crash 1\nat 1s campaign 3\nuntil 3s\n";
    let shapes = |at_us: u64| lane_at(text, at_us).shapes;
    let of = |all: &[Vec<f64>], kind: f64, place: f64| -> Vec<Vec<f64>> {
        all.iter().filter(|s| s[0] == kind && s[1] == place).map(|s| s[2..5].to_vec()).collect()
    };
    let (tally, vote, voted) = (3.0, 9.0, 10.0);
    // Its own vote is there at once; the learner has none.
    let asked = shapes(1_005_000);
    assert_eq!(of(&asked, tally, 2.0), [[1.0, 3.0, 1.0]]);
    assert_eq!(of(&asked, vote, 2.0), [[2.0, 1.0, 0.0], [4.0, 2.0, 0.0]]);
    assert_eq!(of(&asked, voted, 2.0), [[1.0, 2.0, 0.0]]);
    assert!(of(&asked, voted, 1.0).is_empty());
    // The two others have voted; their answers come at different times.
    let leads = shapes(1_500_000);
    assert_eq!(of(&leads, vote, 2.0)[0], [2.0, 1.0, 0.0]);
    assert_eq!(of(&leads, vote, 2.0).len(), 4, "a leader keeps the ballot that elected it");
    assert_eq!(of(&leads, voted, 1.0), [[1.0, 2.0, 0.0]]);
    assert_eq!(of(&leads, voted, 3.0), [[1.0, 2.0, 0.0]]);
}

#[test]
fn the_newest_writes_are_listed_with_their_writers() {
    let text = "lanes raft\nnodes 3\nat 1s pause leader for 3s\nuntil 8s\n";
    let lane = lane_at(text, 8_000_000);
    assert_eq!(lane.writes.len(), 40);
    assert!(lane.writes.iter().all(|write| write[0] < 3.0 && write[1] < 3.0));
}
