//! The store: the newest writes along the lane's lower edge. What it kept stands on the line, what it refused hangs below
//! it, and what it accepted after a newer leader's write towers above it.

use crate::colour::Colour;
use crate::geometry::Boxes;
use crate::items::Item;
use crate::read::Fate;
use crate::scene::Stage;

/// The height of the strip.
pub const STRIP: f64 = 20.0;
/// How many writes it has room for: as many as a frame lists.
const WRITES: usize = 40;
const MARGIN: f64 = 8.0;

/// The line's height, and the width of a write.
fn line(stage: &Stage) -> (f64, f64) {
    (stage.h - 8.0, (stage.w - 2.0 * MARGIN) / WRITES as f64)
}

/// Where a write arrives: at the end of the strip.
pub fn slot(stage: &Stage) -> (f64, f64) {
    let (y, pitch) = line(stage);
    (stage.w - MARGIN - pitch / 2.0, y - 3.0)
}

/// The newest write is at the right.
pub fn store(list: &mut Vec<Item>, boxes: &mut Boxes, stage: &Stage) {
    let writes = &stage.lane.writes;
    let (y, pitch) = line(stage);
    let w = (pitch - (pitch * 0.3).min(2.0)).max(2.0);
    list.push(Item::line(MARGIN, y, stage.w - MARGIN, y).stroke(Colour::Line, 1.0));
    let all: Vec<Item> = writes
        .iter()
        .enumerate()
        .map(|(i, fate)| {
            let x = MARGIN + (WRITES.saturating_sub(writes.len()) + i) as f64 * pitch + (pitch - w) / 2.0;
            match fate {
                Fate::Kept => Item::line(x, y - 3.0, x + w, y - 3.0).stroke(Colour::Leader, 6.0),
                Fate::Conflict => Item::line(x, y - 6.0, x + w, y - 6.0).stroke(Colour::Bad, 12.0),
                Fate::Refused => Item::rect(x + 0.5, y + 1.5, w - 1.0, 4.5, 0.0).stroke(Colour::Ink, 1.0),
            }
        })
        .collect();
    // Those that look the same become one shape.
    for fate in [Fate::Kept, Fate::Conflict, Fate::Refused] {
        list.extend(all.iter().zip(writes).filter(|(_, its)| **its == fate).map(|(item, _)| item.clone()));
    }
    boxes.force(MARGIN, stage.h - STRIP, stage.w - 2.0 * MARGIN, STRIP);
}
