//! Writes shapes as SVG and renders the SVG to pixels.
//!
//! It draws shapes and knows nothing of the pictures. SVG keeps the art readable: a curve
//! in this program can be pasted into a drawing program and back.

use std::fmt;

use anyhow::{Context, Result};
use resvg::{tiny_skia, usvg};

/// Which point of a line of text is at its position.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    /// The position is the left end.
    Start,
    /// The position is the middle.
    Middle,
    /// The position is the right end.
    End,
}

/// How a line of text looks.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Font size in pixels.
    pub size: f64,
    /// Family name of a bundled font: each weight is a family of its own.
    pub family: &'static str,
    /// Which end of the line stands at the position.
    pub anchor: Anchor,
    /// Space added after each letter, in pixels.
    pub tracking: f64,
    /// Fill colour.
    pub fill: &'static str,
}

impl Type {
    /// Semibold text that starts at its position.
    pub const fn bold(size: f64, fill: &'static str) -> Self {
        Self { size, family: "Inter Semi Bold", tracking: 0.0, anchor: Anchor::Start, fill }
    }

    /// Regular text that starts at its position.
    pub const fn regular(size: f64, fill: &'static str) -> Self {
        Self { family: "Inter", ..Self::bold(size, fill) }
    }

    /// The same text with `tracking` more pixels after each letter.
    pub const fn tracked(self, tracking: f64) -> Self {
        Self { tracking, ..self }
    }

    /// The same text with its middle at the position.
    pub const fn centred(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    /// The same text with its right end at the position.
    pub const fn right(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }
}

/// A picture being drawn, back to front.
#[derive(Debug)]
pub struct Drawing {
    width: u32,
    height: u32,
    svg: String,
}

impl Drawing {
    /// An empty picture; `shape_rendering` is SVG's property of that name.
    pub fn new(width: u32, height: u32, shape_rendering: &str) -> Self {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' \
             shape-rendering='{shape_rendering}'>"
        );
        Self { width, height, svg }
    }

    fn push(&mut self, element: fmt::Arguments<'_>) {
        fmt::write(&mut self.svg, element).expect("writing to a String cannot fail");
    }

    /// A filled rectangle `[x, y, width, height]` with round corners.
    pub fn rect(&mut self, [x, y, w, h]: [f64; 4], radius: f64, fill: &str) {
        self.push(format_args!(
            "<rect x='{x:.3}' y='{y:.3}' width='{w:.3}' height='{h:.3}' rx='{radius}' fill='{fill}'/>"
        ));
    }

    /// A filled circle.
    pub fn circle(&mut self, [x, y]: [f64; 2], radius: f64, fill: &str) {
        self.ellipse([x, y], [radius, radius], fill);
    }

    /// A filled ellipse with its two radii.
    pub fn ellipse(&mut self, [x, y]: [f64; 2], [rx, ry]: [f64; 2], fill: &str) {
        self.push(format_args!("<ellipse cx='{x:.3}' cy='{y:.3}' rx='{rx:.3}' ry='{ry:.3}' fill='{fill}'/>"));
    }

    /// A filled path in SVG path notation.
    pub fn path(&mut self, d: &str, fill: &str) {
        self.push(format_args!("<path d='{d}' fill='{fill}'/>"));
    }

    /// A stroked path with round ends.
    pub fn line(&mut self, d: &str, colour: &str, width: f64) {
        self.push(format_args!(
            "<path d='{d}' fill='none' stroke='{colour}' stroke-width='{width}' \
             stroke-linecap='round' stroke-linejoin='round'/>"
        ));
    }

    /// One line of text; the position is on its baseline.
    pub fn text(&mut self, [x, y]: [f64; 2], style: Type, content: &str) {
        let Type { size, family, tracking, fill, .. } = style;
        let anchor = match style.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.push(format_args!(
            "<text x='{x:.3}' y='{y:.3}' font-size='{size}' font-family='{family}' \
             letter-spacing='{tracking}' text-anchor='{anchor}' fill='{fill}'>{content}</text>"
        ));
    }

    /// Draws `content` moved by `[x, y]`.
    pub fn at(&mut self, [x, y]: [f64; 2], content: impl FnOnce(&mut Self)) {
        self.transformed(format_args!("translate({x:.3} {y:.3})"), content);
    }

    /// Draws `content` under an SVG transform.
    pub fn transformed(&mut self, transform: fmt::Arguments<'_>, content: impl FnOnce(&mut Self)) {
        self.push(format_args!("<g transform='{transform}'>"));
        content(self);
        self.push(format_args!("</g>"));
    }

    /// Draws `content` in a tile: moved to its corner and cut off at its round edges.
    ///
    /// `name` must be unique in the picture.
    pub fn tile(&mut self, name: &str, [x, y, w, h]: [f64; 4], radius: f64, content: impl FnOnce(&mut Self)) {
        self.push(format_args!(
            "<clipPath id='{name}'><rect width='{w}' height='{h}' rx='{radius}'/></clipPath>\
             <g transform='translate({x} {y})' clip-path='url(#{name})'>"
        ));
        content(self);
        self.push(format_args!("</g>"));
    }

    /// Turns the picture into opaque RGBA bytes, rows tightly packed.
    ///
    /// # Errors
    /// When the SVG does not parse, which is a mistake in the art.
    pub fn rasterize(mut self, options: &usvg::Options<'_>) -> Result<Vec<u8>> {
        self.svg.push_str("</svg>");
        let tree = usvg::Tree::from_str(&self.svg, options).context("the drawing is not SVG")?;
        let mut pixmap =
            tiny_skia::Pixmap::new(self.width, self.height).context("the drawing has no pixels")?;
        // An opaque ground: premultiplied and straight alpha are then the same bytes.
        pixmap.fill(tiny_skia::Color::BLACK);
        resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixmap.as_mut());
        Ok(pixmap.take())
    }
}

/// SVG options with the bundled typeface and no other, so that the text
/// looks the same on every machine.
pub fn options_with_bundled_fonts() -> usvg::Options<'static> {
    let mut options = usvg::Options::default();
    let fonts: [&[u8]; 2] = [
        include_bytes!("../../assets/fonts/Inter-Regular.otf"),
        include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
    ];
    for font in fonts {
        options.fontdb_mut().load_font_data(font.to_vec());
    }
    options
}
