//! Paints marks.

use std::sync::{Mutex, OnceLock, PoisonError};

use image::{RgbaImage, imageops};
use resvg::tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, PixmapMut, Rect, Stroke, Transform,
};
use resvg::usvg;

use super::super::chart::{escaped, text_options};
use super::{Drawing, Form, Ink, Mark, PAPER, PENGUIN, Point, SHAPE};

/// The drawing that was painted last, without its latest mark. While the user drags one mark, all others stay the same
/// and need not be painted again.
static BEGUN: Mutex<Option<Begun>> = Mutex::new(None);

struct Begun {
    drawing: Drawing,
    rgba: Vec<u8>,
}

impl Drawing {
    /// Paints the drawing: `rgba` holds 4 bytes a pixel of [`SHAPE`]. Deterministic.
    ///
    /// # Panics
    /// If `rgba` has another length.
    pub fn paint(&self, rgba: &mut [u8]) {
        assert_eq!(rgba.len(), SHAPE.pixels() * 4, "4 bytes a pixel");
        let done = self.begin(rgba);
        let last = self.marks.len().saturating_sub(1).max(done);
        for mark in &self.marks[done..last] {
            mark.paint(self.is_smooth, rgba);
        }
        if last > done || done == 0 {
            let drawing = Self { marks: self.marks[..last].to_vec(), ..*self };
            let begun = Begun { drawing, rgba: rgba.to_vec() };
            *BEGUN.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
        }
        for mark in &self.marks[last..] {
            mark.paint(self.is_smooth, rgba);
        }
    }

    /// Copies the cached picture if it shows the first marks of this drawing, else paper. Returns how many marks it
    /// shows.
    fn begin(&self, rgba: &mut [u8]) -> usize {
        let begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Begun { drawing, rgba: known }) = &*begun
            && drawing.is_smooth == self.is_smooth
            && self.marks.starts_with(&drawing.marks)
        {
            rgba.copy_from_slice(known);
            return drawing.marks.len();
        }
        let Ink([r, g, b]) = PAPER;
        rgba.as_chunks_mut::<4>().0.fill([r, g, b, 255]);
        0
    }

    /// The drawing as PNG, pixel for pixel.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn to_png(&self) -> image::ImageResult<Vec<u8>> {
        let mut rgba = vec![0; SHAPE.pixels() * 4];
        self.paint(&mut rgba);
        // Every pixel is opaque: alpha is dropped.
        let rgb: Vec<u8> = rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        let mut png = std::io::Cursor::new(Vec::new());
        let (format, colour) = (image::ImageFormat::Png, image::ExtendedColorType::Rgb8);
        image::write_buffer_with_format(&mut png, &rgb, SHAPE.width, SHAPE.height, colour, format)?;
        Ok(png.into_inner())
    }
}

impl Mark {
    fn paint(&self, is_smooth: bool, rgba: &mut [u8]) {
        let Ink([r, g, b]) = self.ink;
        let mut paint = Paint::default();
        paint.set_color_rgba8(r, g, b, 255);
        paint.anti_alias = is_smooth;
        match &self.form {
            Form::Fill(at) => return fill(*at, [r, g, b, 255], rgba),
            Form::Penguin => return stamp(rgba),
            Form::Brush { .. }
            | Form::Line { .. }
            | Form::Rectangle(_)
            | Form::Ellipse(_)
            | Form::Text { .. } => {}
        }
        let Some(mut pixmap) = PixmapMut::from_bytes(rgba, SHAPE.width, SHAPE.height) else { return };
        match &self.form {
            Form::Brush { size, points } => draw(&mut pixmap, &paint, points, *size),
            Form::Line { size, ends } => draw(&mut pixmap, &paint, ends, *size),
            Form::Rectangle(corners) => {
                if let Some(rect) = rect(*corners) {
                    pixmap.fill_rect(rect, &paint, Transform::identity(), None);
                }
            }
            Form::Ellipse(corners) => {
                if let Some(oval) = rect(*corners).and_then(PathBuilder::from_oval) {
                    pixmap.fill_path(&oval, &paint, FillRule::Winding, Transform::identity(), None);
                }
            }
            Form::Text { size, at, text } => write(&mut pixmap, self.ink, *size, *at, text, is_smooth),
            Form::Fill(_) | Form::Penguin => {}
        }
    }
}

/// Draws along points with a round brush.
fn draw(pixmap: &mut PixmapMut<'_>, paint: &Paint<'_>, points: &[Point], size: u16) {
    let [first, rest @ ..] = points else { return };
    let [x, y] = first.map(f32::from);
    if rest.iter().all(|point| point == first) {
        if let Some(dot) = PathBuilder::from_circle(x + 0.5, y + 0.5, f32::from(size) / 2.0) {
            pixmap.fill_path(&dot, paint, FillRule::Winding, Transform::identity(), None);
        }
        return;
    }
    let path: Option<Path> = {
        let mut path = PathBuilder::new();
        path.move_to(x + 0.5, y + 0.5);
        for [x, y] in rest.iter().map(|point| point.map(f32::from)) {
            path.line_to(x + 0.5, y + 0.5);
        }
        path.finish()
    };
    let stroke = Stroke {
        width: f32::from(size.max(1)),
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    };
    if let Some(path) = path {
        pixmap.stroke_path(&path, paint, &stroke, Transform::identity(), None);
    }
}

/// The rectangle between two corners, both included.
fn rect([one, other]: [Point; 2]) -> Option<Rect> {
    let span = |side: usize| {
        let (one, other) = (f32::from(one[side]), f32::from(other[side]));
        (one.min(other), one.max(other) + 1.0)
    };
    let ((left, right), (top, bottom)) = (span(0), span(1));
    Rect::from_ltrb(left, top, right, bottom)
}

/// Writes a line of text.
fn write(pixmap: &mut PixmapMut<'_>, ink: Ink, size: u16, at: Point, text: &str, is_smooth: bool) {
    let [x, y] = at;
    let rendering = if is_smooth { "geometricPrecision" } else { "optimizeSpeed" };
    let escaped = escaped(text);
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><text x="{x}" y="{y}" font-size="{size}" fill="{ink}" text-rendering="{rendering}">{escaped}</text></svg>"#,
        SHAPE.width, SHAPE.height
    );
    // If the typeface has no glyph for the text, nothing is drawn.
    if let Ok(tree) = usvg::Tree::from_str(&svg, text_options()) {
        resvg::render(&tree, Transform::identity(), pixmap);
    }
}

/// Fills the connected area of one colour around a point.
fn fill(at: Point, ink: [u8; 4], rgba: &mut [u8]) {
    let (columns, rows) = (SHAPE.columns(), SHAPE.rows());
    let [Ok(x), Ok(y)] = at.map(usize::try_from) else { return };
    if x >= columns || y >= rows {
        return;
    }
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    let old = pixels[y * columns + x];
    if old == ink {
        return;
    }
    let mut starts = vec![(x, y)];
    while let Some((x, y)) = starts.pop() {
        let row = &mut pixels[y * columns..][..columns];
        if row[x] != old {
            continue;
        }
        let left = row[..x].iter().rposition(|&pixel| pixel != old).map_or(0, |at| at + 1);
        let end = row[x..].iter().position(|&pixel| pixel != old).map_or(columns, |at| x + at);
        row[left..end].fill(ink);
        for y in [y.checked_sub(1), Some(y + 1).filter(|&y| y < rows)].into_iter().flatten() {
            let row = &pixels[y * columns..][..columns];
            let mut is_old = false;
            for (x, &pixel) in row.iter().enumerate().take(end).skip(left) {
                if pixel == old && !is_old {
                    starts.push((x, y));
                }
                is_old = pixel == old;
            }
        }
    }
}

/// Paints the penguin in the middle of the paper.
fn stamp(rgba: &mut [u8]) {
    static PICTURE: OnceLock<Option<RgbaImage>> = OnceLock::new();
    let picture =
        PICTURE.get_or_init(|| image::load_from_memory(PENGUIN).ok().map(image::DynamicImage::into_rgba8));
    let Some(picture) = picture else { return };
    let paper = RgbaImage::from_raw(SHAPE.width, SHAPE.height, rgba.to_vec());
    let Some(mut paper) = paper else { return };
    let middle = |of: u32, side: u32| i64::from(of.saturating_sub(side) / 2);
    let (x, y) = (middle(SHAPE.width, picture.width()), middle(SHAPE.height, picture.height()));
    imageops::replace(&mut paper, picture, x, y);
    rgba.copy_from_slice(&paper);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn painted(text: &str) -> Vec<[u8; 3]> {
        let drawing: Drawing = text.parse().expect("a drawing");
        let mut rgba = vec![0; SHAPE.pixels() * 4];
        drawing.paint(&mut rgba);
        assert!(rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255), "paper is opaque");
        rgba.as_chunks::<4>().0.iter().map(|[r, g, b, _]| [*r, *g, *b]).collect()
    }

    fn at(pixels: &[[u8; 3]], x: usize, y: usize) -> [u8; 3] {
        pixels[y * SHAPE.columns() + x]
    }

    #[test]
    fn every_mark_is_where_it_was_drawn_and_in_its_colour_alone() {
        let pixels = painted(
            "brush #112233 20 100,100 200,100
line #445566 10 300,100 400,200
rectangle #778899 500,100 600,150
ellipse #aabbcc 700,100 800,200
text #00ff00 80 100,400 Hello
fill #000001 750,150
",
        );
        let white = [255; 3];
        assert_eq!(at(&pixels, 150, 105), [0x11, 0x22, 0x33]);
        assert_eq!([at(&pixels, 350, 150), at(&pixels, 350, 180)], [[0x44, 0x55, 0x66], white]);
        assert_eq!([at(&pixels, 500, 100), at(&pixels, 600, 150)], [[0x77, 0x88, 0x99]; 2], "both corners");
        assert_eq!([at(&pixels, 499, 100), at(&pixels, 601, 150)], [white; 2]);
        assert_eq!([at(&pixels, 750, 110), at(&pixels, 701, 101)], [[0, 0, 1], white], "filled to its edge");
        let colours: BTreeSet<_> = pixels.iter().collect();
        // Six marks have their own colour each; the ellipse was filled over, and the paper adds one.
        assert_eq!(colours.len(), 6, "flat: {colours:?}");
        assert!(pixels.iter().filter(|&&pixel| pixel == [0, 255, 0]).count() > 1000, "letters");
    }

    #[test]
    fn smooth_edges_have_colours_between() {
        let marks = "ellipse #000000 100,100 300,250\ntext #000000 80 400,400 Hello\n";
        let colours = |text: &str| painted(text).into_iter().collect::<BTreeSet<_>>().len();
        assert_eq!(colours(marks), 2);
        assert!(colours(&format!("smooth\n{marks}")) > 10);
    }

    #[test]
    fn a_drawing_is_the_same_whatever_was_painted_before() {
        let long = "rectangle #112233 0,0 50,50\nbrush #445566 8 10,10 90,90\nfill #778899 300,300\n";
        let whole = painted(long);
        painted("ellipse #aabbcc 0,0 500,500\n");
        assert!(painted(long) == whole);
        // Grown mark by mark, as while the user draws.
        for end in 1..=3 {
            let grown = painted(&long.lines().take(end).collect::<Vec<_>>().join("\n"));
            assert_eq!(grown == whole, end == 3);
        }
    }

    #[test]
    fn marks_past_the_edges_are_cut() {
        let pixels = painted(
            "rectangle #112233 -50,-50 10,10
brush #445566 30 1279,719 5000,5000
fill #000001 3000,1
",
        );
        assert_eq!([at(&pixels, 0, 0), at(&pixels, 1279, 719)], [[0x11, 0x22, 0x33], [0x44, 0x55, 0x66]]);
    }

    #[test]
    fn the_penguin_lies_in_the_middle_and_the_png_has_every_pixel() {
        let drawing: Drawing = "penguin\n".parse().expect("a drawing");
        let png =
            image::load_from_memory(&drawing.to_png().expect("a picture")).expect("it reads").into_rgb8();
        let penguin = image::load_from_memory(PENGUIN).expect("the penguin").into_rgb8();
        assert_eq!((png.width(), png.height()), (SHAPE.width, SHAPE.height));
        assert_eq!(png.get_pixel(160, 0), penguin.get_pixel(0, 0));
        assert_eq!(png.get_pixel(640, 360), penguin.get_pixel(480, 360));
        assert_eq!(png.get_pixel(0, 0).0, [255; 3]);
    }
}
