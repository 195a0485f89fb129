//! Writes items as SVG.
//!
//! A file has both the light and the dark colours: its style sheet takes them from variables, which change with
//! `prefers-color-scheme`, and a page that inlines the picture can set them. Every element also has its light colour as an
//! attribute, for renderers that know no variables. There are no scripts, no fonts and no references to anything outside.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::colour::Colour;
use crate::geometry::{Curve, turn};
use crate::items::{Align, Form, Item, Look};

/// A picture that is complete.
pub struct Page {
    /// Its name, for those who cannot see it.
    pub title: String,
    /// What it shows, in sentences.
    pub desc: String,
    pub w: f64,
    pub h: f64,
    /// What it consists of, each part with the position of its upper left corner.
    pub parts: Vec<(f64, f64, Vec<Item>)>,
    /// How it was made, for programs.
    pub note: String,
}

/// Interfaces' own fonts, so that nothing has to be loaded.
const FONTS: &str =
    "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,sans-serif";
/// Stands for the picture's own prefix until it is known.
const ID: &str = "\u{1}";

impl Page {
    /// The picture as a file.
    pub fn write(&self) -> String {
        let mut writer = Writer { out: String::new(), used: BTreeSet::new(), hatches: BTreeSet::new() };
        let (w, h) = (number(self.w), number(self.h));
        writer.item(&Item::rect(0.0, 0.0, self.w, self.h, 10.0).fill(Colour::Paper));
        writer.out.push('\n');
        for (x, y, items) in &self.parts {
            if *x != 0.0 || *y != 0.0 {
                let _ = writeln!(writer.out, "<g transform=\"translate({} {})\">", number(*x), number(*y));
                writer.items(items);
                writer.out.push_str("</g>\n");
            } else {
                writer.items(items);
            }
        }
        let hatches = writer.hatches();
        let (title, desc) = (escaped(&self.title), escaped(&self.desc));
        let id = format!("ep{:08x}", digest(&[&title, &desc, &hatches, &writer.out]));
        let note = if self.note.is_empty() {
            String::new()
        } else {
            format!("<metadata>{}</metadata>\n", escaped(&self.note))
        };
        let whole = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ep\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"{ID}-t\" aria-describedby=\"{ID}-d\" \
             font-family=\"{FONTS}\" fill=\"none\">\n<title id=\"{ID}-t\">{title}</title>\n\
             <desc id=\"{ID}-d\">{desc}</desc>\n{note}<style>{}</style>\n{hatches}{}</svg>\n",
            writer.sheet(),
            writer.out
        );
        whole.replace(ID, &id)
    }
}

/// A number that tells pictures apart: FNV-1a.
fn digest(texts: &[&str]) -> u32 {
    let bytes = texts.iter().flat_map(|it| it.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A text as XML; what XML cannot hold becomes �.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(it),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(it),
        }
    }
    out
}

/// A number with one decimal, if it has one.
pub fn number(it: f64) -> String {
    let tenths = (it * 10.0).round() as i64;
    let (sign, size) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    match (size / 10, size % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (0, part) => format!("{sign}.{part}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

/// A number that is not negative with two decimals, as far as it has them.
fn fine(it: f64) -> String {
    let text = crate::words::fixed((it.max(0.0) * 100.0).round() as u64, 100, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

struct Writer {
    out: String,
    /// The colours that occur, each as a fill (`false`) or as a stroke.
    used: BTreeSet<(Colour, bool)>,
    hatches: BTreeSet<Colour>,
}

impl Writer {
    /// Neighbours that look the same become one path.
    fn items(&mut self, items: &[Item]) {
        let mut rest = items;
        while let Some(first) = rest.first() {
            let joins = |it: &&Item| it.look == first.look && style(&it.form) == style(&first.form);
            let same = rest.iter().take_while(joins).count();
            if same == 1 || matches!(first.form, Form::Rich { .. }) {
                rest[..same].iter().for_each(|it| self.item(it));
            } else if let Form::Text { size, bold, align, halo, .. } = &first.form {
                self.out.push_str("<g");
                self.letters(*size, *bold, *align, *halo, first.look.fill);
                self.out.push('>');
                for it in &rest[..same] {
                    if let Form::Text { x, y, text, .. } = &it.form {
                        let (x, y) = (number(*x), number(*y));
                        let _ = write!(self.out, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
                    }
                }
                self.out.push_str("</g>");
            } else {
                let path: String = rest[..same].iter().map(|it| path(&it.form)).collect();
                let open =
                    rest[..same].iter().all(|it| matches!(it.form, Form::Curve(_) | Form::Cross { .. }));
                let _ = write!(self.out, "<path d=\"{path}\"");
                self.look(&first.look, open);
            }
            self.out.push('\n');
            rest = &rest[same..];
        }
    }

    fn item(&mut self, item: &Item) {
        match &item.form {
            Form::Circle { x, y, r } => {
                let _ = write!(
                    self.out,
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"",
                    number(*x),
                    number(*y),
                    fine(*r)
                );
                self.look(&item.look, false);
            }
            Form::Rect { x, y, w, h, r } => {
                let (x, y, w, h) = (number(*x), number(*y), number(*w), number(*h));
                let _ = write!(self.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"");
                if *r > 0.0 {
                    let _ = write!(self.out, " rx=\"{}\"", number(*r));
                }
                self.look(&item.look, false);
            }
            Form::Text { x, y, text, size, bold, align, halo } => {
                let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"", number(*x), number(*y));
                self.letters(*size, *bold, *align, *halo, item.look.fill);
                let _ = write!(self.out, ">{}</text>", escaped(text));
            }
            Form::Rich { x, y, size, runs } => {
                let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"", number(*x), number(*y));
                self.letters(*size, false, Align::Left, None, None);
                self.out.push('>');
                for (text, bold, colour) in runs {
                    self.out.push_str("<tspan");
                    if *bold {
                        self.out.push_str(" font-weight=\"600\"");
                    }
                    self.colour(*colour, false);
                    let _ = write!(self.out, ">{}</tspan>", escaped(text));
                }
                self.out.push_str("</text>");
            }
            form => {
                let _ = write!(self.out, "<path d=\"{}\"", path(form));
                self.look(&item.look, matches!(form, Form::Curve(_) | Form::Cross { .. }));
            }
        }
    }

    fn letters(&mut self, size: f64, bold: bool, align: Align, halo: Option<Colour>, fill: Option<Colour>) {
        let _ = write!(self.out, " font-size=\"{}\"", fine(size));
        if bold {
            self.out.push_str(" font-weight=\"600\"");
        }
        match align {
            Align::Left => {}
            Align::Center => self.out.push_str(" text-anchor=\"middle\""),
            Align::Right => self.out.push_str(" text-anchor=\"end\""),
        }
        let halo = halo.map_or_else(String::new, |it| {
            self.used.insert((it, true));
            format!(" eph eps{}", it as u8)
        });
        if let Some(fill) = fill {
            self.used.insert((fill, false));
            let _ = write!(self.out, " class=\"epf{}{halo}\" fill=\"{}\"", fill as u8, fill.light());
        }
    }

    fn colour(&mut self, colour: Colour, stroke: bool) {
        self.used.insert((colour, stroke));
        let (letter, name) = if stroke { ('s', "stroke") } else { ('f', "fill") };
        let _ = write!(self.out, " class=\"ep{letter}{}\" {name}=\"{}\"", colour as u8, colour.light());
    }

    /// The attributes of a look, and the end of the element; `open`: it has no inside.
    fn look(&mut self, look: &Look, open: bool) {
        let mut classes = Vec::new();
        let mut attributes = String::new();
        match (look.hatch, look.fill) {
            (Some(hatch), _) => {
                self.hatches.insert(hatch);
                let _ = write!(attributes, " fill=\"url(#{ID}-h{})\"", hatch as u8);
            }
            (_, Some(fill)) if !open => {
                self.used.insert((fill, false));
                classes.push(format!("epf{}", fill as u8));
                let _ = write!(attributes, " fill=\"{}\"", fill.light());
            }
            // The picture as a whole says that shapes have no inside.
            _ => {}
        }
        if let Some(stroke) = look.stroke {
            self.used.insert((stroke, true));
            classes.push(format!("eps{}", stroke as u8));
            let _ = write!(attributes, " stroke=\"{}\"", stroke.light());
            if look.width != 1.0 {
                let _ = write!(attributes, " stroke-width=\"{}\"", fine(look.width));
            }
            if let Some((dash, gap)) = look.dash {
                let _ = write!(attributes, " stroke-dasharray=\"{} {}\"", fine(dash), fine(gap));
            }
        }
        if look.alpha != 1.0 {
            let _ = write!(attributes, " opacity=\"{}\"", fine(look.alpha));
        }
        if !classes.is_empty() {
            let _ = write!(self.out, " class=\"{}\"", classes.join(" "));
        }
        let _ = write!(self.out, "{attributes}/>");
    }

    /// The patterns of hatched areas.
    fn hatches(&mut self) -> String {
        let mut out = String::new();
        for it in self.hatches.clone() {
            self.used.insert((it, true));
            let _ = write!(
                out,
                "<pattern id=\"{ID}-h{0}\" width=\"4.5\" height=\"4.5\" patternUnits=\"userSpaceOnUse\" \
                 patternTransform=\"rotate(45)\"><path d=\"M1 0V5\" class=\"eps{0}\" stroke=\"{1}\" \
                 stroke-width=\"1.6\"/></pattern>",
                it as u8,
                it.light()
            );
        }
        if out.is_empty() { out } else { format!("<defs>{out}</defs>\n") }
    }

    /// The style sheet, with the colours that occur.
    fn sheet(&self) -> String {
        let names: BTreeSet<Colour> = self.used.iter().map(|it| it.0).collect();
        let values = |value: fn(Colour) -> &'static str| -> String {
            names.iter().map(|it| format!("--ep-{}:{};", it.name(), value(*it))).collect()
        };
        let mut rules = String::new();
        for (colour, stroke) in &self.used {
            let (letter, name) = if *stroke { ('s', "stroke") } else { ('f', "fill") };
            let _ = write!(rules, ".ep .ep{letter}{}{{{name}:var(--ep-{})}}", *colour as u8, colour.name());
        }
        format!(
            ".ep .eph{{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}}\
             @supports (--a:0){{.ep{{{}}}@media (prefers-color-scheme:dark){{.ep{{{}}}}}{rules}}}",
            values(Colour::light),
            values(Colour::dark)
        )
    }
}

/// Neighbours of the same style can share one element: shapes in general, and texts with the same letters.
fn style(form: &Form) -> (u8, u64, bool, u8, Option<Colour>) {
    match form {
        Form::Text { size, bold, align, halo, .. } => (1, size.to_bits(), *bold, *align as u8, *halo),
        Form::Rich { .. } => (2, 0, false, 0, None),
        _ => (0, 0, false, 0, None),
    }
}

/// The outline of a shape.
fn path(form: &Form) -> String {
    let n = number;
    let lines = |points: &[(f64, f64)]| {
        let parts: Vec<String> = points.iter().map(|(x, y)| format!("{} {}", n(*x), n(*y))).collect();
        format!("M{}z", parts.join("L"))
    };
    match *form {
        Form::Curve(Curve::Line([x0, y0, x1, y1])) => match [n(x0), n(y0), n(x1), n(y1)] {
            [x0, y0, x1, y1] if y0 == y1 => format!("M{x0} {y0}H{x1}"),
            [x0, y0, x1, y1] if x0 == x1 => format!("M{x0} {y0}V{y1}"),
            [x0, y0, x1, y1] => format!("M{x0} {y0}L{x1} {y1}"),
        },
        Form::Curve(Curve::Quad([x0, y0, cx, cy, x1, y1])) => {
            format!("M{} {}Q{} {} {} {}", n(x0), n(y0), n(cx), n(cy), n(x1), n(y1))
        }
        Form::Curve(Curve::Arc { x, y, r, a0, a1 }) => {
            let ((c0, s0), (c1, s1)) = (turn(a0), turn(a1));
            let large = u8::from((a1 - a0).abs() > std::f64::consts::PI);
            let (start, end) = ((x + r * c0, y + r * s0), (x + r * c1, y + r * s1));
            let r = n(r);
            let sweep = u8::from(a1 > a0);
            format!("M{} {}A{r} {r} 0 {large} {sweep} {} {}", n(start.0), n(start.1), n(end.0), n(end.1))
        }
        Form::Circle { x, y, r } => {
            let (r, d) = (fine(r), fine(2.0 * r));
            format!("M{} {}m-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z", n(x), n(y))
        }
        Form::Rect { x, y, w, h, .. } => format!("M{} {}h{}v{}h-{}z", n(x), n(y), n(w), n(h), n(w)),
        Form::Diamond { x, y, r } => lines(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)]),
        Form::Cross { x, y, r } => {
            let (a, b, c, d) = (n(x - r), n(y - r), n(x + r), n(y + r));
            format!("M{a} {b}L{c} {d}M{a} {d}L{c} {b}")
        }
        Form::Arrow { x, y, r, angle } => {
            let corner = |a: f64, far: f64| {
                let (c, s) = turn(angle + a);
                (x + r * far * c, y + r * far * s)
            };
            lines(&[corner(0.0, 1.0), corner(2.5, 1.05), corner(-2.5, 1.05)])
        }
        Form::Text { .. } | Form::Rich { .. } => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let all = [
            (0.0, "0"),
            (-0.04, "0"),
            (0.25, ".3"),
            (-0.5, "-.5"),
            (12.0, "12"),
            (-3.12, "-3.1"),
            (9.96, "10"),
        ];
        for (it, text) in all {
            assert_eq!(number(it), text, "{it}");
        }
    }

    #[test]
    fn what_xml_cannot_hold_does_not_get_in() {
        assert_eq!(escaped("a<b>&\"c\u{1}\u{0}d"), "a&lt;b&gt;&amp;&quot;c\u{fffd}\u{fffd}d");
    }
}
