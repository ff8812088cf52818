//! Drawing on a canvas: the tools, the mark that is being drawn, and the commands.

use std::path::PathBuf;
use std::sync::Arc;

use crate::picture::drawing::{Drawing, Form, Ink, Mark, PAPER, Point};

/// Least distance between points of a brush, in pixels: nearer ones are left out.
const NEAR: i32 = 2;

/// A tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// A round brush.
    #[default]
    Brush,
    /// A straight line.
    Line,
    /// A filled rectangle.
    Rectangle,
    /// A filled ellipse.
    Ellipse,
    /// Fills an area of one colour.
    Fill,
    /// Text.
    Text,
    /// A brush in the colour of the paper.
    Eraser,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Brush, Self::Line, Self::Rectangle, Self::Ellipse, Self::Fill, Self::Text, Self::Eraser];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brush => "Brush",
            Self::Line => "Line",
            Self::Rectangle => "Rectangle",
            Self::Ellipse => "Ellipse",
            Self::Fill => "Fill",
            Self::Text => "Text",
            Self::Eraser => "Eraser",
        }
    }
}

/// The settings of the tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawingTools {
    /// The current tool.
    pub tool: Tool,
    /// Its colour.
    pub ink: Ink,
    /// The diameter of a brush and the width of a line, in pixels.
    pub size: u16,
    /// The height of letters, in pixels.
    pub text_size: u16,
}

impl Default for DrawingTools {
    fn default() -> Self {
        Self { tool: Tool::Brush, ink: Ink::ALL[5].0, size: 24, text_size: 96 }
    }
}

impl DrawingTools {
    /// The largest brush, line and letters, in pixels.
    pub const LARGEST: u16 = 400;

    /// The same tools with another colour. An eraser becomes a brush, because it has no colour.
    #[must_use]
    pub const fn inked(self, ink: Ink) -> Self {
        let tool = if matches!(self.tool, Tool::Eraser) { Tool::Brush } else { self.tool };
        Self { tool, ink, ..self }
    }

    /// The mark that the tool starts at a point.
    #[must_use]
    pub fn begin(self, at: Point) -> Mark {
        let (ink, size) = (self.ink, self.size);
        let (ink, form) = match self.tool {
            Tool::Brush => (ink, Form::Brush { size, points: vec![at] }),
            Tool::Eraser => (PAPER, Form::Brush { size, points: vec![at] }),
            Tool::Line => (ink, Form::Line { size, ends: [at; 2] }),
            Tool::Rectangle => (ink, Form::Rectangle([at; 2])),
            Tool::Ellipse => (ink, Form::Ellipse([at; 2])),
            Tool::Fill => (ink, Form::Fill(at)),
            Tool::Text => (ink, Form::Text { size: self.text_size, at, text: String::new() }),
        };
        Mark { ink, form }
    }
}

/// Extends a mark that is being drawn to a point.
#[must_use]
pub fn extended(mut mark: Mark, to: Point) -> Mark {
    match &mut mark.form {
        Form::Brush { points, .. } => {
            let near = |last: &Point| {
                let away = |side: usize| (i32::from(last[side]) - i32::from(to[side])).abs();
                away(0) + away(1) < NEAR
            };
            if !points.last().is_some_and(near) {
                points.push(to);
            }
        }
        Form::Line { ends: [_, end], .. } | Form::Rectangle([_, end]) | Form::Ellipse([_, end]) => *end = to,
        Form::Fill(_) | Form::Text { .. } | Form::Penguin => {}
    }
    mark
}

/// A mark that is being drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// The mark so far.
    pub mark: Mark,
    /// The panels show this mark already.
    pub is_shown: bool,
}

/// How and what a user draws.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CanvasState {
    /// The tool, its colour and its sizes.
    pub tools: DrawingTools,
    /// The mark that is being drawn.
    pub sketch: Option<Sketch>,
    /// Marks as they are typed.
    pub typed_marks: String,
    /// The drawing that was saved last, and the file that holds it.
    pub saved: Option<(Arc<Drawing>, PathBuf)>,
}

/// What a user asks of the canvas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Change the tool, its colour or its size.
    Take(DrawingTools),
    /// The mark that is being drawn is this one now.
    Sketch(Mark),
    /// Show the mark that is being drawn in the panels.
    Show,
    /// Keep the mark that is being drawn.
    Keep,
    /// Drop the mark that is being drawn.
    Drop,
    /// Draw this mark.
    Draw(Mark),
    /// Draw the marks in this text, one per line.
    DrawWritten(String),
    /// This text is typed so far.
    Write(String),
    /// Blend edges, or not.
    Smooth(bool),
    /// Remove all marks.
    Clear,
    /// Open an empty drawing.
    New,
}
