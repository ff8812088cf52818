//! Drawings: what a hand draws and types in flat colours, as the list of what it did.
//!
//! ```text
//! Vec<Mark> ──paint, in order──▶ 1280 × 720 pixels, flat unless smooth edges are asked for
//!     ▲ │
//!     │ └──Display──▶ a line a mark: rectangle #0072b2 100,80 400,300
//!     └────FromStr─── a scene holds a drawing so
//! ```
//!
//! A drawing is a source like any other: the same marks give the same bytes. It knows neither windows nor
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
    /// The colours on offer: those of Okabe and Ito (2008), which people with any kind of colour vision tell
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

/// A point in pixels: column and row, which may lie past the edges.
pub type Point = [i16; 2];

/// All that was drawn, in order, on white paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Drawing {
    /// The marks, the latest last.
    pub marks: Vec<Mark>,
    /// Edges are blended with what is below, as most programs draw them: each edge then has colours of its
    /// own, and fewer blocks are equal.
    pub is_smooth: bool,
}

impl Drawing {
    /// The same with one mark more.
    #[must_use]
    pub fn with(&self, mark: Mark) -> Self {
        let mut marks = self.marks.clone();
        marks.push(mark);
        Self { marks, ..*self }
    }
}

/// One thing that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Its colour; a penguin has its own.
    pub ink: Ink,
    /// What it is.
    pub form: Form,
}

/// What a mark is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A brush drawn along.
    Brush {
        /// Its diameter in pixels.
        size: u16,
        /// Where it went; never empty.
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
    /// All of one colour that hangs together around a point.
    Fill(Point),
    /// A line of text, the left end of its baseline at a point.
    Text {
        /// Height of the letters in pixels.
        size: u16,
        /// Where it starts.
        at: Point,
        /// What is written; one line.
        text: String,
    },
    /// The bundled penguin, on all of the paper.
    Penguin,
}
