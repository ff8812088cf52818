//! Parts of charts: filled rectangles and labels.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{PixmapMut, Transform};
use resvg::usvg::{self, fontdb};

use super::drawing::Ink;
use super::shape::Shape;

/// The typeface of labels and of text in drawings. It is bundled, so that pictures do not depend on the system's
/// fonts.
static REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");

/// A rectangle in a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// The left column.
    pub x: u32,
    /// The top row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rectangle {
    /// Fills the part of the rectangle that lies in a picture of `shape`.
    pub fn fill(self, shape: Shape, colour: [u8; 4], pixels: &mut [[u8; 4]]) {
        let end = |start: u32, length: u32, all: u32| start.saturating_add(length).min(all) as usize;
        let columns = self.x.min(shape.width) as usize..end(self.x, self.width, shape.width);
        let rows = self.y as usize..end(self.y, self.height, shape.height);
        for row in rows {
            pixels[row * shape.columns()..][columns.clone()].fill(colour);
        }
    }
}

/// Which part of a label's text lies at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The left end.
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

/// A line of text in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The column of its position, in pixels.
    pub x: u32,
    /// The row of its baseline.
    pub y: u32,
    /// The type size in pixels.
    pub size: u32,
    /// The colour.
    pub ink: Ink,
    /// Which part of the text lies at the position.
    pub anchor: Anchor,
    /// The text.
    pub text: String,
}

/// Writes labels into a picture of opaque pixels, 4 bytes each. Deterministic.
pub fn write_labels(rgba: &mut [u8], shape: Shape, labels: &[Label]) {
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}">"#,
        shape.width, shape.height
    );
    for Label { x, y, size, ink, anchor, text } in labels {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r#"<text x="{x}" y="{y}" font-size="{size}" fill="{ink}" text-anchor="{anchor}">{text}</text>"#
        );
    }
    svg.push_str("</svg>");
    if let (Ok(tree), Some(mut pixmap)) =
        (usvg::Tree::from_str(&svg, text_options()), PixmapMut::from_bytes(rgba, shape.width, shape.height))
    {
        resvg::render(&tree, Transform::identity(), &mut pixmap);
    }
}

/// Options with the bundled typeface only.
pub(super) fn text_options() -> &'static usvg::Options<'static> {
    static OPTIONS: OnceLock<usvg::Options<'static>> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(REGULAR)));
        let fontdb = Arc::new(fonts);
        usvg::Options { font_family: "Inter".into(), fontdb, ..usvg::Options::default() }
    })
}

/// The text escaped for SVG, without control characters.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_are_cut_at_the_edges() {
        let shape = Shape::new(4, 3);
        let mut pixels = vec![[0; 4]; shape.pixels()];
        Rectangle { x: 3, y: 1, width: 9, height: 9 }.fill(shape, [1; 4], &mut pixels);
        Rectangle { x: 9, y: 9, width: u32::MAX, height: u32::MAX }.fill(shape, [2; 4], &mut pixels);
        let filled: Vec<bool> = pixels.iter().map(|&pixel| pixel == [1; 4]).collect();
        let expected: Vec<bool> = (0..12).map(|at| matches!(at, 7 | 11)).collect();
        assert_eq!(filled, expected);
    }

    #[test]
    fn labels_lie_at_their_anchors() {
        let shape = Shape::new(200, 40);
        let columns = |anchor| {
            let mut rgba = [0, 0, 0, 255].repeat(shape.pixels());
            let (ink, text) = (Ink([255; 3]), "<H & H>".to_owned());
            write_labels(&mut rgba, shape, &[Label { x: 100, y: 30, size: 20, ink, anchor, text }]);
            let pixels = rgba.as_chunks::<4>().0;
            let lit: Vec<usize> =
                (0..200).filter(|x| (0..40).any(|y| pixels[y * 200 + x][0] > 128)).collect();
            [lit.first().copied(), lit.last().copied()].map(|end| end.expect("letters"))
        };
        let [start, middle, end] = [Anchor::Start, Anchor::Middle, Anchor::End].map(columns);
        assert!((100..106).contains(&start[0]) && (95..101).contains(&end[1]), "{start:?} {end:?}");
        assert!(middle[0] < 90 && middle[1] > 110, "{middle:?}");
    }
}
