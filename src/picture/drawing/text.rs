//! Drawings as text: one line per mark, in the order of drawing.
//!
//! ```text
//! smooth                                          edges are blended; the first line, if at all
//! brush #000000 12 10,20 30,40 35,60              diameter, points
//! line #e69f00 6 10,20 300,40                     width, ends
//! rectangle #0072b2 10,20 300,200                 two corners
//! ellipse #009e73 10,20 300,200                   two corners of the rectangle around it
//! fill #f0e442 640,360                            a point of what is filled
//! text #000000 48 100,200 Hello                   height, left end of the baseline, the text itself
//! penguin
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Drawing, Form, Ink, Mark, Point};

/// The thickest brush and the largest letters.
const MOST_SIZE: u16 = 400;

/// How far outside the picture a point may lie, in pixels.
const FARTHEST: i16 = 8192;

/// A drawing that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} of the drawing is no mark: {text:?}; marks are brush, line, rectangle, ellipse, fill, text and \
     penguin, such as: rectangle #0072b2 100,80 400,300"
)]
pub struct DrawingError {
    /// The line of the drawing, from 1.
    pub line: usize,
    /// The text of that line.
    pub text: String,
}

impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", hex::encode(self.0))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ink = self.ink;
        let corners = |[[left, top], [right, bottom]]: [Point; 2]| format!("{left},{top} {right},{bottom}");
        match &self.form {
            Form::Brush { size, points } => {
                write!(f, "brush {ink} {size}")?;
                points.iter().try_for_each(|[x, y]| write!(f, " {x},{y}"))
            }
            Form::Line { size, ends } => write!(f, "line {ink} {size} {}", corners(*ends)),
            Form::Rectangle(ends) => write!(f, "rectangle {ink} {}", corners(*ends)),
            Form::Ellipse(ends) => write!(f, "ellipse {ink} {}", corners(*ends)),
            Form::Fill([x, y]) => write!(f, "fill {ink} {x},{y}"),
            Form::Text { size, at: [x, y], text } => write!(f, "text {ink} {size} {x},{y} {text}"),
            Form::Penguin => f.write_str("penguin"),
        }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_smooth {
            f.write_str("smooth\n")?;
        }
        self.marks.iter().try_for_each(|mark| writeln!(f, "{mark}"))
    }
}

impl FromStr for Drawing {
    type Err = DrawingError;

    fn from_str(text: &str) -> Result<Self, DrawingError> {
        let mut drawing = Self::default();
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        for (line, text) in lines.filter(|(_, text)| !text.is_empty()) {
            if text == "smooth" && drawing.marks.is_empty() {
                drawing.is_smooth = true;
                continue;
            }
            let mark = text.parse().map_err(|NoMark| DrawingError { line, text: text.to_owned() })?;
            drawing.marks.push(mark);
        }
        Ok(drawing)
    }
}

/// A line that cannot be parsed as a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMark;

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(line: &str) -> Result<Self, NoMark> {
        Words(line).mark().ok_or(NoMark)
    }
}

/// The words of a line that were not read yet.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start();
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }

    fn ink(&mut self) -> Option<Ink> {
        let mut bytes = [0; 3];
        hex::decode_to_slice(self.next()?.strip_prefix('#')?, &mut bytes).ok()?;
        Some(Ink(bytes))
    }

    fn size(&mut self) -> Option<u16> {
        self.next()?.parse().ok().filter(|size| (1..=MOST_SIZE).contains(size))
    }

    fn point(&mut self) -> Option<Point> {
        let (x, y) = self.next()?.split_once(',')?;
        let within = |text: &str| text.parse().ok().filter(|at| (-FARTHEST..=FARTHEST).contains(at));
        Some([within(x)?, within(y)?])
    }

    fn points(&mut self) -> Option<[Point; 2]> {
        Some([self.point()?, self.point()?])
    }

    fn mark(mut self) -> Option<Mark> {
        let name = self.next()?;
        if name == "penguin" {
            return self.0.trim().is_empty().then_some(Mark { ink: Ink::default(), form: Form::Penguin });
        }
        let ink = self.ink()?;
        let form = match name {
            "brush" => {
                let size = self.size()?;
                let mut points = vec![self.point()?];
                while !self.0.trim().is_empty() {
                    points.push(self.point()?);
                }
                Form::Brush { size, points }
            }
            "line" => Form::Line { size: self.size()?, ends: self.points()? },
            "rectangle" => Form::Rectangle(self.points()?),
            "ellipse" => Form::Ellipse(self.points()?),
            "fill" => Form::Fill(self.point()?),
            "text" => {
                let (size, at) = (self.size()?, self.point()?);
                let text = std::mem::take(&mut self.0).trim().to_owned();
                Form::Text { size, at, text: Some(text).filter(|text| !text.is_empty())? }
            }
            _ => return None,
        };
        self.0.trim().is_empty().then_some(Mark { ink, form })
    }
}

impl Serialize for Drawing {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Drawing {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "smooth
brush #000000 12 10,20 30,-40 35,60
line #e69f00 6 10,20 300,40
rectangle #0072b2 10,20 300,200
ellipse #009e73 10,20 300,200
fill #f0e442 640,360
text #000000 48 100,200 Hello, world
penguin
";

    #[test]
    fn every_mark_is_parsed_from_its_own_text() {
        let drawing: Drawing = ALL.parse().expect("a drawing");
        assert_eq!((drawing.marks.len(), drawing.is_smooth), (7, true));
        assert_eq!(drawing.to_string(), ALL);
        assert_eq!("".parse::<Drawing>(), Ok(Drawing::default()));
    }

    #[test]
    fn an_error_names_the_line_and_gives_an_example() {
        for wrong in [
            "circle #000000 1,2 3,4",
            "brush #000000 12",
            "brush black 12 1,2",
            "line #000000 0 1,2 3,4",
            "rectangle #000000 1,2",
            "rectangle #000000 1,2 3,4 5,6",
            "fill #000000 9000,1",
            "text #000000 20 1,2",
            "penguin 3",
        ] {
            let error = format!("penguin\n\n{wrong}").parse::<Drawing>().expect_err(wrong);
            assert_eq!((error.line, error.text.as_str()), (3, wrong));
            assert!(error.to_string().contains("rectangle #0072b2"), "{error}");
        }
    }
}
