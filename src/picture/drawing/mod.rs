//! Drawings: shapes and text in flat colours, stored as the list of marks that the user made.
//!
//! ```text
//! Vec<Mark> ──paint, in order──▶ 1280 × 720 pixels, flat unless smooth edges are asked for
//!     ▲ │
//!     │ └──Display──▶ a line a mark: rectangle #0072b2 100,80 400,300
//!     └────FromStr─── the text in a scene file
//! ```
//!
//! A drawing is a source like any other: the same marks give the same bytes. This room knows neither windows nor
//! ciphers.

mod paint;
mod text;

pub use text::DrawingError;

use super::shape::Shape;

/// Width and height of every drawing.
pub const SHAPE: Shape = Shape::new(1280, 720);

/// The paper.
pub const PAPER: Ink = Ink([255, 255, 255]);

/// The bundled picture of a penguin, as PNG.
pub(crate) static PENGUIN: &[u8] = include_bytes!("../../../assets/penguin.png");

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ink(pub [u8; 3]);

impl Ink {
    /// The colours on offer: the palette of Okabe and Ito (2008), which people with any kind of colour vision can tell
    /// apart, and the paper.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self([0, 0, 0]), "Black"),
        (Self([230, 159, 0]), "Orange"),
        (Self([86, 180, 233]), "Sky blue"),
        (Self([0, 158, 115]), "Green"),
        (Self([240, 228, 66]), "Yellow"),
        (Self([0, 114, 178]), "Blue"),
        (Self([213, 94, 0]), "Vermilion"),
        (Self([204, 121, 167]), "Purple"),
        (PAPER, "White"),
    ];
}

/// A point in pixels: column and row. It may lie outside the picture.
pub type Point = [i16; 2];

/// All marks, in the order in which they were drawn, on white paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Drawing {
    /// The marks, the oldest first.
    pub marks: Vec<Mark>,
    /// Edges are blended with the colours below, as in most drawing programs. Blended edges have many colours, so
    /// fewer blocks are equal.
    pub is_smooth: bool,
}

impl Drawing {
    /// A copy with one more mark on top.
    #[must_use]
    pub fn with(&self, mark: Mark) -> Self {
        let mut marks = self.marks.clone();
        marks.push(mark);
        Self { marks, ..*self }
    }
}

/// A shape or text in one colour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Its colour; the penguin ignores it.
    pub ink: Ink,
    /// Its shape.
    pub form: Form,
}

/// The shape of a mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A stroke of a round brush.
    Brush {
        /// Its diameter in pixels.
        size: u16,
        /// The points of the stroke; never empty.
        points: Vec<Point>,
    },
    /// A straight line with round ends.
    Line {
        /// Its width in pixels.
        size: u16,
        /// Its ends.
        ends: [Point; 2],
    },
    /// A filled rectangle between two corners.
    Rectangle([Point; 2]),
    /// A filled ellipse between the corners of the rectangle around it.
    Ellipse([Point; 2]),
    /// Fills the connected area of one colour around a point.
    Fill(Point),
    /// A line of text, with the left end of its baseline at a point.
    Text {
        /// Height of the letters in pixels.
        size: u16,
        /// The left end of the baseline.
        at: Point,
        /// The text, one line.
        text: String,
    },
    /// The bundled penguin, over the whole paper.
    Penguin,
}
