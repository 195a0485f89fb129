//! Texts neither leave a picture nor lie on each other, even in the widest of the usual fonts.

use super::{at, gallery, pictures, run, scenario};
use crate::items::{Align, Form, Item};
use crate::measure::width;
use crate::svg::Page;
use election_base::SimTime;

/// The box of a text: left, top, right, bottom. Letters without tails end at the baseline.
fn bounds(item: &Item) -> Option<([f64; 4], String)> {
    let (x, y, wide, size, align, text) = match &item.form {
        Form::Text { x, y, text, size, bold, align, .. } => {
            (*x, *y, width(text, *size, *bold), *size, *align, text.clone())
        }
        Form::Rich { x, y, size, runs } => {
            let wide = runs.iter().map(|it| width(&it.0, *size, it.1)).sum();
            (*x, *y, wide, *size, Align::Left, runs.iter().map(|it| &*it.0).collect())
        }
        _ => return None,
    };
    let left = match align {
        Align::Left => x,
        Align::Center => x - wide / 2.0,
        Align::Right => x - wide,
    };
    Some(([left, y - 0.72 * size, left + wide, y + 0.05 * size], text))
}

/// What is wrong with the texts of a picture.
fn faults(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    let mut all: Vec<([f64; 4], String)> = Vec::new();
    for (x, y, items) in &page.parts {
        for (its, text) in items.iter().filter_map(bounds) {
            all.push(([its[0] + x, its[1] + y, its[2] + x, its[3] + y], text));
        }
    }
    for (i, (a, text)) in all.iter().enumerate() {
        if a[0] < -0.5 || a[1] < 0.0 || a[2] > page.w + 0.5 || a[3] > page.h {
            faults.push(format!("`{text}` leaves the picture: {a:.0?} of {} × {}", page.w, page.h));
        }
        for (b, other) in &all[i + 1..] {
            // Pixels of the same letters' widths may round differently.
            let across = a[2].min(b[2]) - a[0].max(b[0]);
            let down = a[3].min(b[3]) - a[1].max(b[1]);
            if across > 1.0 && down > 1.0 {
                faults.push(format!("`{text}` lies on `{other}`: {a:.0?} {b:.0?}"));
            }
        }
    }
    faults
}

#[test]
fn texts_of_the_gallery_neither_leave_their_picture_nor_lie_on_each_other() {
    let mut all = Vec::new();
    for name in gallery() {
        let mut timeline = scenario(&name);
        for (what, page) in pictures(&mut timeline, 8) {
            all.extend(faults(&page).into_iter().map(|it| format!("{name} {what}: {it}")));
        }
    }
    assert!(all.is_empty(), "{}:\n{}", all.len(), all.join("\n"));
}

#[test]
fn neither_do_long_names_and_titles() {
    let mut timeline = run(&format!(
        "title {}\nlane a-lane-with-a-name-much-too-long = raft\nlanes zookeeper ring bully\n\
         nodes 1=frankfurt-primary-0 2=WWWWWWWWWWWWWWWW 3=c 4=dddddddd 5=eeeeeeeeee\n\
         at 1s crash leader\nat 2s partition frankfurt-primary-0 c | dddddddd\nat 3s heal\nuntil 6s\n\
         at 1s say \"{}\"\n",
        "A title that is far too long for a line and goes on and on ".repeat(3),
        "A sentence that does not end ".repeat(9),
    ));
    let mut all = Vec::new();
    for (what, page) in pictures(&mut timeline, 12) {
        all.extend(faults(&page).into_iter().map(|it| format!("{what}: {it}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn neither_do_many_nodes() {
    let mut all = Vec::new();
    for nodes in [1, 2, 3, 7, 9, 12, 13, 25, 60, 101] {
        let text = format!(
            "lanes ring hs bully zookeeper raft\nnodes {nodes}\nat 1s crash leader\nat 2s isolate follower\n\
             at 2s pause majority for 500ms\nuntil 4s\n"
        );
        let mut timeline = run(&text);
        for instant in [1_100_000, 1_500_000, 2_200_000, 3_900_000] {
            let page = at(&mut timeline, SimTime(instant));
            all.extend(faults(&page).into_iter().map(|it| format!("{nodes} nodes at {instant}: {it}")));
        }
    }
    assert!(all.is_empty(), "{}:\n{}", all.len(), all.join("\n"));
}
