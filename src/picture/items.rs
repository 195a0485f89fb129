//! A picture before it is written: a list of items, each drawn over those before it.

use crate::colour::Colour;
use crate::geometry::Curve;

/// What an item is drawn with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Look {
    /// The colour of its inside.
    pub fill: Option<Colour>,
    /// The colour of its outline.
    pub stroke: Option<Colour>,
    /// The width of its outline.
    pub width: f64,
    /// A dash and a gap; `None` for a whole line.
    pub dash: Option<(f64, f64)>,
    /// How much of what is below it it hides, from 0 to 1.
    pub alpha: f64,
    /// Its inside is hatched in this colour.
    pub hatch: Option<Colour>,
}

const NOTHING: Look = Look { fill: None, stroke: None, width: 1.0, dash: None, alpha: 1.0, hatch: None };

/// Where a text stands relative to its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// A shape or a text.
#[derive(Clone, PartialEq, Debug)]
pub enum Form {
    Curve(Curve),
    Circle {
        x: f64,
        y: f64,
        r: f64,
    },
    Rect {
        x: f64,
        y: f64,
        w: f64,
        h: f64,
        r: f64,
    },
    Diamond {
        x: f64,
        y: f64,
        r: f64,
    },
    Cross {
        x: f64,
        y: f64,
        r: f64,
    },
    /// A triangle that points in a direction.
    Arrow {
        x: f64,
        y: f64,
        r: f64,
        angle: f64,
    },
    Text {
        x: f64,
        y: f64,
        text: String,
        size: f64,
        bold: bool,
        align: Align,
        halo: Option<Colour>,
    },
    /// A text of several parts, each bold or not and in a colour.
    Rich {
        x: f64,
        y: f64,
        size: f64,
        runs: Vec<(String, bool, Colour)>,
    },
}

/// See the module.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    pub form: Form,
    pub look: Look,
}

impl Item {
    fn new(form: Form) -> Item {
        Item { form, look: NOTHING }
    }

    /// Part of a curve.
    pub fn curve(curve: Curve) -> Item {
        Item::new(Form::Curve(curve))
    }

    /// A line between two points.
    pub fn line(x0: f64, y0: f64, x1: f64, y1: f64) -> Item {
        Item::curve(Curve::Line([x0, y0, x1, y1]))
    }

    /// A circle.
    pub fn circle(x: f64, y: f64, r: f64) -> Item {
        Item::new(Form::Circle { x, y, r })
    }

    /// A rectangle with round corners.
    pub fn rect(x: f64, y: f64, w: f64, h: f64, r: f64) -> Item {
        Item::new(Form::Rect { x, y, w, h, r })
    }

    /// A square on its corner.
    pub fn diamond(x: f64, y: f64, r: f64) -> Item {
        Item::new(Form::Diamond { x, y, r })
    }

    /// Two crossed strokes.
    pub fn cross(x: f64, y: f64, r: f64, width: f64) -> Item {
        Item::new(Form::Cross { x, y, r }).stroke(Colour::Bad, width)
    }

    /// The head of an arrow.
    pub fn arrow(x: f64, y: f64, r: f64, angle: f64, colour: Colour) -> Item {
        Item::new(Form::Arrow { x, y, r, angle }).fill(colour)
    }

    /// A text: its left end and its baseline.
    pub fn text(x: f64, y: f64, text: impl Into<String>, size: f64, colour: Colour) -> Item {
        let (text, align) = (text.into(), Align::Left);
        Item::new(Form::Text { x, y, text, size, bold: false, align, halo: None }).fill(colour)
    }

    /// A text of several parts.
    pub fn rich(x: f64, y: f64, size: f64, runs: Vec<(String, bool, Colour)>) -> Item {
        Item::new(Form::Rich { x, y, size, runs })
    }

    /// The same in another place: a text's middle or right end is at its position.
    pub fn align(mut self, its: Align) -> Item {
        if let Form::Text { align, .. } = &mut self.form {
            *align = its;
        }
        self
    }

    /// A text whose middle is at its position.
    pub fn centered(self) -> Item {
        self.align(Align::Center)
    }

    /// A bold text, or not.
    pub fn bold(mut self, its: bool) -> Item {
        if let Form::Text { bold, .. } = &mut self.form {
            *bold = its;
        }
        self
    }

    /// A text that covers what is around its letters.
    pub fn halo(mut self, behind: Colour) -> Item {
        if let Form::Text { halo, .. } = &mut self.form {
            *halo = Some(behind);
        }
        self
    }

    /// The same, filled.
    pub fn fill(mut self, colour: Colour) -> Item {
        self.look.fill = Some(colour);
        self
    }

    /// The same, with an outline.
    pub fn stroke(mut self, colour: Colour, width: f64) -> Item {
        (self.look.stroke, self.look.width) = (Some(colour), width);
        self
    }

    /// The same, with a dashed outline.
    pub fn dash(mut self, dash: f64, gap: f64) -> Item {
        self.look.dash = Some((dash, gap));
        self
    }

    /// The same, with a dashed outline on a condition.
    pub fn dash_if(self, dashed: bool, dash: f64, gap: f64) -> Item {
        if dashed { self.dash(dash, gap) } else { self }
    }

    /// The same, partly transparent.
    pub fn alpha(mut self, alpha: f64) -> Item {
        self.look.alpha = alpha;
        self
    }

    /// The same, hatched.
    pub fn hatch(mut self, colour: Colour) -> Item {
        self.look.hatch = Some(colour);
        self
    }

    /// The same, with another look.
    pub fn like(mut self, look: Look) -> Item {
        self.look = look;
        self
    }
}

/// The looks of seats and boxes: fill, stroke, width and dash.
pub fn look(fill: Colour, stroke: Colour, width: f64, dash: Option<(f64, f64)>) -> Look {
    Look { fill: Some(fill), stroke: Some(stroke), width, dash, ..NOTHING }
}
