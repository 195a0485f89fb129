//! What a file consists of: valid XML that stands alone, that a screen reader can tell, and that is small.

use std::collections::BTreeSet;
use std::fs;

use election_base::SimTime;
use roxmltree::{Document, Node};

use super::{at, file, gallery, instants, pictures, run, scenario};
use crate::colour::{Colour, PALETTE};
use crate::svg::Page;

/// The elements that a picture may have.
const ELEMENTS: [&str; 15] = [
    "svg", "title", "desc", "metadata", "style", "defs", "pattern", "g", "path", "rect", "circle", "text",
    "tspan", "line", "a",
];

/// Parses a picture, and checks what holds for every one.
fn checked(name: &str, page: &Page) {
    let svg = page.write();
    let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
    let root = document.root_element();
    let value = |key: &str| root.attribute(key).unwrap_or_default();
    assert_eq!((root.tag_name().name(), value("role"), value("class")), ("svg", "img", "ep"), "{name}");
    let by_id = |id: &str| root.descendants().find(|it| it.attribute("id") == Some(id));
    for (key, tag) in [("aria-labelledby", "title"), ("aria-describedby", "desc")] {
        let said = by_id(value(key)).unwrap_or_else(|| panic!("{name}: no {key}"));
        assert_eq!(said.tag_name().name(), tag, "{name}");
        assert!(said.text().is_some_and(|it| it.trim().len() > 3), "{name}: {tag} is empty");
    }
    let mut ids = BTreeSet::new();
    for it in root.descendants().filter(Node::is_element) {
        assert!(ELEMENTS.contains(&it.tag_name().name()), "{name}: {}", it.tag_name().name());
        for attribute in it.attributes() {
            let value = attribute.value();
            assert!(!attribute.name().starts_with("on") && !attribute.name().contains("href"), "{name}");
            assert!(!value.contains("NaN") && !value.contains("inf"), "{name}: {value}");
            if let Some(id) = value.strip_prefix("url(#").and_then(|it| it.strip_suffix(')')) {
                assert!(by_id(id).is_some(), "{name}: nothing is called {id}");
            }
        }
        if let Some(id) = it.attribute("id") {
            assert!(id.starts_with("ep") && ids.insert(id.to_string()), "{name}: {id} is there twice");
        }
        for class in it.attribute("class").unwrap_or_default().split_whitespace() {
            assert!(class.starts_with("ep"), "{name}: the class {class} may clash with those of a page");
        }
    }
    assert!(!svg.contains("url(h") && !svg.contains("@import"), "{name}: nothing may be loaded");
}

#[test]
fn every_picture_of_the_gallery_is_valid_and_stands_alone() {
    for name in gallery() {
        let mut timeline = scenario(&name);
        for (what, page) in pictures(&mut timeline, 4) {
            checked(&format!("{name} {what}"), &page);
        }
    }
}

#[test]
fn names_and_titles_that_mean_something_in_xml_are_written_out() {
    let mut timeline = run(
        "title <b> & \"it's\" ]]> -->\nlanes raft\nnodes 1=a-b 2=c_d 3=e\nat 1s crash leader\nuntil 3s\n\
         at 500ms say \"1 < 2 & 3 > 2\"\n",
    );
    let page = at(&mut timeline, SimTime(1_300_000));
    checked("odd", &page);
    let svg = page.write();
    let document = Document::parse(&svg).expect("valid");
    let texts: Vec<&str> = document.descendants().filter_map(|it| it.text()).collect();
    assert!(texts.contains(&"<b> & \"it's\" ]]> -->"), "{texts:?}");
    assert!(texts.contains(&"1 < 2 & 3 > 2"), "{texts:?}");
}

#[test]
fn two_pictures_in_one_page_share_no_id() {
    let mut timeline = scenario("first-look");
    let ids = |page: &Page| -> BTreeSet<String> {
        let svg = page.write();
        let document = Document::parse(&svg).expect("valid");
        document.descendants().filter_map(|it| it.attribute("id").map(str::to_string)).collect()
    };
    let (a, b) = (ids(&at(&mut timeline, SimTime(14_200_000))), ids(&at(&mut timeline, SimTime(14_201_000))));
    assert!(!a.is_empty() && a.is_disjoint(&b), "{a:?} {b:?}");
}

#[test]
fn the_description_says_who_leads_and_what_is_on_its_way() {
    let mut timeline = scenario("first-look");
    let page = at(&mut timeline, SimTime(14_200_000));
    assert_eq!(page.title, "First look: crash, restart, partition, heal, at 14.200 s");
    for said in [
        "Ring: 2 and 4 both believe they lead; ",
        "Raft: leader 4, term 3; 1 (t2) still believes it leads; 2 follows 1; ",
        " in flight.",
        "Last, 38 ms ago in Ring: The store accepts a write of 4, which 2 had superseded there.",
    ] {
        assert!(page.desc.contains(said), "no {said:?} in\n{}", page.desc);
    }
}

#[test]
fn a_moment_of_four_lanes_of_five_nodes_stays_below_thirty_kilobytes() {
    let mut most = (0, String::new());
    for name in gallery() {
        let mut timeline = scenario(&name);
        if timeline.lanes().len() > 4 || timeline.lanes().iter().any(|it| it.members() > 5) {
            continue;
        }
        for instant in instants(&timeline, 25) {
            let size = at(&mut timeline, instant).write().len();
            most = most.max((size, format!("{name} at {instant}")));
        }
    }
    assert!((10_000..30_000).contains(&most.0), "{most:?}");
}

#[test]
fn very_many_nodes_and_lanes_fold_into_a_picture_of_bounded_size() {
    for nodes in [13, 40, 101, 128] {
        let text = format!(
            "lanes ring hs bully zookeeper raft\nlane a = raft\nlane b = ring\nlane c = bully\nnodes {nodes}\n\
             at 1s crash leader\nat 2s partition 1 2 3 | 4 5 6\nuntil 4s\n"
        );
        let mut timeline = run(&text);
        for instant in [1_150_000, 1_600_000, 2_500_000] {
            let page = at(&mut timeline, SimTime(instant));
            checked(&format!("{nodes} nodes"), &page);
            assert!(page.write().len() < 200_000, "{nodes} nodes: {}", page.write().len());
        }
    }
}

/// The contrast of two colours, after WCAG 2.
fn contrast(a: &str, b: &str) -> f64 {
    let light = |colour: &str| -> f64 {
        let part = |i: usize| {
            let it = f64::from(u8::from_str_radix(&colour[i..i + 2], 16).expect("a colour")) / 255.0;
            if it <= 0.03928 { it / 12.92 } else { libm::pow((it + 0.055) / 1.055, 2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn texts_stand_out_from_what_is_behind_them() {
    use Colour::{Bad, Candle, Card, Ink, Lead1, Lead2, Leader, Mute, OnLeader, Paper, Soft, Warn};
    let pairs = [
        (Ink, &[Paper, Card, Soft, Lead1, Lead2, Candle][..]),
        (Mute, &[Paper, Card, Soft]),
        (Leader, &[Paper, Card, Soft]),
        (Warn, &[Paper, Card, Soft]),
        (Bad, &[Paper, Card, Soft]),
        (OnLeader, &[Leader]),
        (Card, &[Warn]),
    ];
    for (text, behind) in pairs {
        for &behind in behind {
            for value in [Colour::light, Colour::dark] {
                let it = contrast(value(text), value(behind));
                assert!(it >= 4.5, "{} on {}: {it:.2}", text.name(), behind.name());
            }
        }
    }
}

#[test]
fn the_colours_are_those_of_the_page() {
    let sheet = fs::read_to_string(file("www/style/base.css")).expect("the style sheet");
    for (name, light, dark) in PALETTE {
        // Pages around an element may replace some of them.
        let value = format!("light-dark({light}, {dark})");
        let found =
            sheet.lines().any(|it| it.trim().starts_with(&format!("--{name}:")) && it.contains(&value));
        assert!(found, "www/style/base.css has no --{name}: {value}");
    }
}
