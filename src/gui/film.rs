//! From sheets to what the window draws: on the render thread, so that the window has nothing to compute.
//!
//! A picture that is shown smaller than it is, is averaged to the very pixels that it has on screen: a 4K video in four
//! panels then costs a sixteenth of the upload, noise becomes the grey that it is from afar and not a shimmer, and a fine
//! pattern of blocks becomes even and not a pattern of wide bands, which any scaling by the GPU would make of it. Of a
//! picture that is enlarged, only the part in sight is brought.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::ColorImage;
use rayon::prelude::*;

use super::amplify::{self, Difference, Pair};
use super::cells::Cells;
use super::inspect::{self, Inspected};
use super::look::Region;
use crate::leak::Leakage;
use crate::lens::GROUND;
use crate::picture::{Rows, Shape, average_part, opaque};
use crate::render::{Request, Sheet};
use crate::scene::Panel;
use crate::units::FrameIndex;

/// Pixels a side that every GPU takes.
const LEAST_TEXTURE_SIDE: usize = 2048;

/// Size of a picture on screen until the window says: a first frame of 4K need not be shown in full.
const USUAL_PX: [u32; 2] = [1280, 720];

/// What is brought on each side of the part in sight, as a share of it.
const MARGIN: f32 = 0.25;

/// From this size of a pixel on screen on, a picture is enlarged by the GPU, to squares some of which are a pixel of the
/// screen wider than others. Below, that would make bands as well, unless it is a whole number.
const SQUARES_FROM_PX: u32 = 4;

/// Shots that are held at a time: one on screen, one with the painter, two in the queue, one being made.
const SHOTS_ON_THEIR_WAY: usize = 5;

/// One frame as the window draws it.
#[derive(Clone, Debug)]
pub struct Shot {
    /// Its number in the source.
    pub frame: FrameIndex,
    /// Width and height of the frame itself.
    pub shape: Shape,
    /// The panels, in the order of the scene.
    pub panels: Vec<ShotPanel>,
    /// The block that is looked at.
    pub inspected: Option<Arc<Inspected>>,
    /// Its twins are lit up.
    pub lit: bool,
    /// The difference of two panels, where that is shown.
    pub difference: Option<Difference>,
    /// The whole picture of a panel, small, where less than that is in sight.
    pub overview: Option<Overview>,
    /// The bytes of the blocks in sight were wanted.
    pub has_bytes: bool,
}

impl Shot {
    /// Whole blocks of the frame.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.panels.iter().map(|panel| usize::try_from(panel.leakage.blocks).unwrap_or(0)).max().unwrap_or(0)
    }
}

/// One panel of a shot.
#[derive(Clone, Debug)]
pub struct ShotPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it shows; `None` where it was not on screen.
    pub image: Option<Arc<ColorImage>>,
    /// Which part of the frame the image holds; `None` where there is none.
    pub cut: Option<Cut>,
    /// The bytes of the blocks in the image, where these are written there.
    pub cells: Option<Arc<Cells>>,
    /// What it gives away.
    pub leakage: Leakage,
    /// What is still to be prepared before there is something to see.
    pub pending: Option<Request>,
    /// Why there is nothing to see, in words.
    pub note: Option<String>,
}

/// The whole picture of a panel, small.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What was wanted.
    pub map: Map,
    /// The panel.
    pub panel: Panel,
    /// The picture.
    pub image: Arc<ColorImage>,
}

/// A map of the whole picture of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// The panel's place in the scene.
    pub at: usize,
    /// Width and height in pixels of the screen.
    pub px: [u32; 2],
}

/// The part of a frame that an image holds, in pixels of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Width and height that all of the frame would have.
    pub whole: Shape,
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Cut {
    /// All of a frame, scaled to this size.
    #[must_use]
    pub const fn all(whole: Shape) -> Self {
        Self { whole, x: 0, y: 0, width: whole.width, height: whole.height }
    }

    /// Width and height of the image.
    #[must_use]
    pub const fn size(self) -> [usize; 2] {
        [self.width as usize, self.height as usize]
    }

    /// The columns and rows of the image.
    #[must_use]
    pub const fn part(self) -> [Range<usize>; 2] {
        let (x, y) = (self.x as usize, self.y as usize);
        [x..x + self.width as usize, y..y + self.height as usize]
    }

    /// True where this holds all of the other, scaled alike.
    #[must_use]
    pub fn serves(self, wanted: Self) -> bool {
        let holds = |start: u32, length: u32, other_start: u32, other_length: u32| {
            start <= other_start && other_start + other_length <= start + length
        };
        self.whole == wanted.whole
            && holds(self.x, self.width, wanted.x, wanted.width)
            && holds(self.y, self.height, wanted.y, wanted.height)
    }
}

/// What the window shows of the pictures; it writes, the render thread reads.
#[derive(Debug, Default)]
pub struct Wanted {
    showing: Mutex<Showing>,
}

/// How large the window shows the panels, and which part of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Showing {
    /// Width and height of a panel's picture on screen, in physical pixels.
    pub picture_px: [u32; 2],
    /// The part of the picture that is visible.
    pub visible: Region,
    /// The panels on screen, by their places, one bit each.
    pub panels: u32,
    /// Pixels a side that a texture may have.
    pub texture_side: usize,
    /// The block that is looked at, by its number.
    pub block: Option<usize>,
    /// Its twins are to be lit up.
    pub lit: bool,
    /// The panels whose difference is on screen.
    pub difference: Option<Pair>,
    /// The map that is on screen.
    pub map: Option<Map>,
    /// The bytes of blocks fit into their cells.
    pub fits_bytes: bool,
}

impl Default for Showing {
    fn default() -> Self {
        Self {
            picture_px: USUAL_PX,
            visible: Region::WHOLE,
            panels: u32::MAX,
            texture_side: LEAST_TEXTURE_SIDE,
            block: None,
            lit: false,
            difference: None,
            map: None,
            fits_bytes: false,
        }
    }
}

impl Wanted {
    /// Says what the window shows from now on.
    pub fn publish(&self, showing: Showing) {
        *self.showing.lock().unwrap_or_else(PoisonError::into_inner) = showing;
    }

    /// What the window shows.
    #[must_use]
    pub fn showing(&self) -> Showing {
        *self.showing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Showing {
    /// The part of a picture of `shape` that the panel at this place needs, in the pixels that it has on screen, or in
    /// its own where it is enlarged; `None` where it is not on screen.
    #[must_use]
    pub fn needs(&self, at: usize, shape: Shape) -> Option<Cut> {
        self.cut(at, shape, 0.0)
    }

    /// As [`needs`](Self::needs), and around it what comes into sight next when the picture is moved.
    #[must_use]
    pub fn prepares(&self, at: usize, shape: Shape) -> Option<Cut> {
        self.cut(at, shape, MARGIN)
    }

    /// The part that the difference of two panels needs, which stands in nobody's place.
    #[must_use]
    pub fn needs_difference(&self, shape: Shape) -> Option<Cut> {
        self.cut(usize::MAX, shape, 0.0)
    }

    fn cut(&self, at: usize, shape: Shape, margin: f32) -> Option<Cut> {
        if at < 32 && self.panels >> at & 1 == 0 {
            return None;
        }
        let Region([left, top, width, height]) = self.visible;
        let [px_x, px_y] = self.picture_px;
        #[expect(clippy::cast_possible_truncation, reason = "a texture ends far below 2³²")]
        let most = self.texture_side.max(LEAST_TEXTURE_SIDE) as u32;
        let across = Span::of(shape.width, (left, width), px_x, margin).within(most);
        let down = Span::of(shape.height, (top, height), px_y, margin).within(most);
        Some(Cut {
            whole: Shape::new(across.whole, down.whole),
            x: across.first,
            y: down.first,
            width: across.length,
            height: down.length,
        })
    }
}

/// The columns or the rows of a cut.
#[derive(Clone, Copy)]
struct Span {
    /// As many as all of the frame would have.
    whole: u32,
    first: u32,
    length: u32,
}

impl Span {
    /// Of a side of a frame of which the part from `start` on, `share` long, is shown in `px` pixels of the screen; and
    /// on both sides of that, as far as there is any, `margin` times as much.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sides of pictures"
    )]
    fn of(side: u32, (start, share): (f32, f32), px: u32, margin: f32) -> Self {
        // What is in sight starts and ends with a pixel of the screen, and so does all of the picture.
        let on_screen = ((px as f32 / share).round() as u32).max(1);
        let start = (start * on_screen as f32).round() as u32;
        let margin = (px as f32 * margin).ceil() as u32;
        let first = start.saturating_sub(margin).min(on_screen);
        let end = (start + px + margin).min(on_screen);
        let is_enlarged = on_screen >= side
            && (on_screen.is_multiple_of(side.max(1)) || on_screen / SQUARES_FROM_PX >= side);
        let exact = Self { whole: on_screen, first, length: end - first };
        if is_enlarged { exact.scaled(side) } else { exact }
    }

    /// The same of another whole.
    fn scaled(self, whole: u32) -> Self {
        let scaled = |at: u32| u64::from(at) * u64::from(whole);
        let number = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        let first = number(scaled(self.first) / u64::from(self.whole));
        let end = number(scaled(self.first + self.length).div_ceil(u64::from(self.whole)));
        Self { whole, first, length: end - first }
    }

    /// Scaled down as far as a texture of this side holds it.
    fn within(self, most: u32) -> Self {
        // One may be added by rounding on each side.
        let share = |whole: u32| u64::from(whole) * u64::from(most - 2) / u64::from(self.length.max(1));
        match u32::try_from(share(self.whole)) {
            Ok(whole) if self.length > most => self.scaled(whole.max(1)),
            _ => self,
        }
    }
}

/// Makes shots of sheets.
#[derive(Debug, Default)]
pub struct Developer {
    wanted: Arc<Wanted>,
    /// Images handed out, to be used again once nobody else holds them.
    shelf: Vec<Arc<ColorImage>>,
}

impl Developer {
    /// Makes pictures as large as `wanted` says.
    #[must_use]
    pub fn new(wanted: Arc<Wanted>) -> Self {
        Self { wanted, shelf: Vec::new() }
    }

    /// Makes a shot of a sheet.
    pub fn develop(&mut self, sheet: Sheet) -> Shot {
        let (shape, layout, showing) = (sheet.frame.shape, sheet.frame.layout, self.wanted.showing());
        let difference = showing.difference.and_then(|pair| {
            let pictures = pair.panels.map(|at| sheet.panels.get(at)?.picture.as_ref());
            let [one, other] = pictures;
            amplify::difference(pair, [one?, other?], showing.cut(usize::MAX, shape, MARGIN)?)
        });
        let inspected = showing.block.and_then(|block| inspect::inspect(&sheet, block));
        let overview = showing.map.and_then(|map| overview(&sheet, map));
        let jobs: Vec<_> = sheet
            .panels
            .into_iter()
            .enumerate()
            .map(|(at, rendered)| {
                let cut = showing.prepares(at, shape);
                let image = cut.map(|cut| self.blank(cut.size()));
                (rendered, cut, image)
            })
            .collect();
        let panels: Vec<ShotPanel> = jobs
            .into_par_iter()
            .enumerate()
            .map(|(at, (rendered, cut, mut image))| {
                let note = rendered.why_empty();
                let mut cells = None;
                if let (Some(image), Some(cut)) = (&mut image, cut)
                    && let Some(image) = Arc::get_mut(image)
                {
                    match &rendered.picture {
                        Some(picture) => scale(picture, (shape, cut), image.as_raw_mut()),
                        None => image.as_raw_mut().as_chunks_mut().0.fill(GROUND),
                    }
                    let seen = inspected.as_ref().filter(|_| showing.lit);
                    if let Some(found) = seen.and_then(|seen| seen.panels[at].as_ref()) {
                        inspect::light_up(found, layout, shape, cut, image.as_raw_mut());
                    }
                    if showing.fits_bytes {
                        cells = Cells::of(&rendered, (layout, shape), cut, image.as_raw()).map(Arc::new);
                    }
                }
                ShotPanel {
                    panel: rendered.panel,
                    image,
                    cut,
                    cells,
                    leakage: rendered.leakage,
                    pending: rendered.pending,
                    note,
                }
            })
            .collect();
        self.keep(&panels);
        let inspected = inspected.map(Arc::new);
        Shot {
            frame: sheet.frame.index,
            shape,
            panels,
            inspected,
            lit: showing.lit,
            difference,
            overview,
            has_bytes: showing.fits_bytes,
        }
    }

    /// Keeps the images of the few shots that are on their way at a time, those of another size not.
    fn keep(&mut self, panels: &[ShotPanel]) {
        let new: Vec<_> = panels.iter().filter_map(|panel| panel.image.clone()).collect();
        self.shelf.retain(|old| new.iter().any(|new| new.size == old.size));
        self.shelf.splice(0..0, new);
        self.shelf.truncate(panels.len() * SHOTS_ON_THEIR_WAY);
    }

    /// An image of this size that nobody else holds; its contents are unspecified.
    fn blank(&mut self, size: [usize; 2]) -> Arc<ColorImage> {
        let free =
            self.shelf.iter_mut().position(|image| image.size == size && Arc::get_mut(image).is_some());
        match free {
            Some(free) => self.shelf.swap_remove(free),
            None => Arc::new(ColorImage::filled(size, eframe::egui::Color32::BLACK)),
        }
    }
}

/// The whole picture of a panel in the size of a map; `None` where it has none yet.
fn overview(sheet: &Sheet, map: Map) -> Option<Overview> {
    let rendered = sheet.panels.get(map.at)?;
    let picture = rendered.picture.as_ref()?;
    let [width, height] = map.px;
    let cut = Cut::all(Shape::new(width, height));
    let mut image = ColorImage::filled(cut.size(), eframe::egui::Color32::BLACK);
    scale(picture, (picture.shape, cut), image.as_raw_mut());
    Some(Overview { map, panel: rendered.panel, image: Arc::new(image) })
}

/// Scales the rows of a picture of `shape` to what a cut is of it, in RGBA.
pub(super) fn scale(rows: &impl Rows, (shape, cut): (Shape, Cut), to: &mut [u8]) {
    let (pixels, _) = to.as_chunks_mut::<4>();
    let [columns, rows_of_cut] = cut.part();
    if cut.whole == shape {
        let copied = pixels.par_chunks_mut(columns.len().max(1)).zip(rows_of_cut);
        copied.for_each_init(Vec::new, |room, (to, y)| {
            let row = rows.row(y, columns.clone(), room);
            to.iter_mut().zip(row).for_each(|(to, from)| *to = opaque(*from));
        });
        return;
    }
    average_part(rows, (shape, cut.whole), [columns, rows_of_cut], pixels);
    pixels.par_iter_mut().for_each(|pixel| *pixel = opaque(*pixel));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::layout::Layout;
    use crate::picture::{Colour, Frame, Picture};
    use crate::render::{Knowledge, Parts, Recent, Renderer};
    use crate::runtime::pool::{Buffer, Pool};
    use crate::scene::Scene;

    fn picture(width: u32, height: u32, red: impl Fn(u32, u32) -> u8) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgba: Vec<u8> = pixels.flat_map(|(x, y)| [red(x, y), 0, 7, red(x, y)]).collect();
        Picture::new(Shape::new(width, height), Arc::new(Buffer::from(rgba)))
    }

    fn scaled(picture: &Picture, cut: Cut) -> Vec<u8> {
        let [columns, rows] = cut.size();
        let mut to = vec![0; columns * rows * 4];
        scale(picture, (picture.shape, cut), &mut to);
        assert!(to.as_chunks::<4>().0.iter().all(|pixel| pixel[1..] == [0, 7, 255]));
        to.as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn a_cut_is_averaged_and_a_part_of_it_is_the_same() {
        let picture = picture(4, 2, |x, y| u8::try_from(10 * x + y).expect("small"));
        let whole = Cut::all(Shape::new(2, 1));
        // (0 + 10 + 1 + 11) / 4 = 5.5 rounds up.
        assert_eq!(scaled(&picture, whole), [6, 26]);
        assert_eq!(scaled(&picture, Cut { x: 1, width: 1, ..whole }), [26]);
    }

    #[test]
    fn a_part_at_its_own_size_is_copied() {
        let picture = picture(4, 2, |x, y| u8::try_from(x + 10 * y).expect("small"));
        let cut = Cut { x: 1, y: 1, width: 2, height: 1, whole: Shape::new(4, 2) };
        assert_eq!(scaled(&picture, cut), [11, 12]);
    }

    const UHD: Shape = Shape::new(3840, 2160);

    fn showing(picture_px: [u32; 2], texture_side: usize) -> Showing {
        Showing { picture_px, texture_side, ..Showing::default() }
    }

    #[test]
    fn a_picture_has_the_very_pixels_of_its_panel_unless_it_is_enlarged_to_squares() {
        let needs = |shape: Shape, showing: Showing| showing.needs(3, shape).expect("it is on screen").whole;
        assert_eq!(needs(UHD, Showing::default()), Shape::new(1280, 720), "before the window has a size");
        assert_eq!(needs(UHD, showing([652, 367], 8192)), Shape::new(652, 367));
        assert_eq!(needs(UHD, showing([3840, 2160], 8192)), UHD);
        assert_eq!(needs(UHD, showing([5000, 2813], 8192)), Shape::new(5000, 2813), "squares of two sizes");
        let small = Shape::new(320, 180);
        assert_eq!(needs(small, showing([960, 540], 8192)), small, "squares of one size");
        assert_eq!(needs(small, showing([1000, 562], 8192)), Shape::new(1000, 562));
        assert_eq!(needs(small, showing([1300, 731], 8192)), small, "squares that hardly differ");
        let limited = showing([5000, 2813], 2048).needs(0, UHD).expect("it is on screen");
        assert!(limited.size().iter().all(|&side| side <= 2048), "a texture has a largest size: {limited:?}");
        let second = Showing { panels: 0b10, ..showing([800, 450], 8192) };
        assert_eq!([second.needs(0, UHD).is_some(), second.needs(1, UHD).is_some()], [false, true]);
    }

    #[test]
    fn only_the_part_in_sight_is_brought_with_a_margin_around_it() {
        let visible = Region([0.5, 0.25, 0.25, 0.25]);
        let showing = Showing { visible, ..showing([480, 270], 8192) };
        let needed = Cut { x: 960, y: 270, width: 480, height: 270, whole: Shape::new(1920, 1080) };
        assert_eq!(showing.needs(0, UHD), Some(needed));
        let brought = showing.prepares(0, UHD).expect("it is on screen");
        assert_eq!(brought, Cut { x: 840, y: 202, width: 720, height: 406, ..needed });
        assert!(brought.serves(needed) && !needed.serves(brought));
        assert!(!Cut { whole: UHD, ..brought }.serves(needed), "scaled otherwise");
        // At the edge of the picture the margin ends.
        let corner = Showing { visible: Region([0.75, 0.75, 0.25, 0.25]), ..showing };
        let cut = corner.prepares(0, UHD).expect("it is on screen");
        assert_eq!((cut.x + cut.width, cut.y + cut.height), (1920, 1080));
        // Enlarged to squares, what is brought are pixels of the frame.
        let closely = Showing { visible: Region([0.5, 0.25, 0.01, 0.01]), ..showing };
        let cut = closely.needs(0, UHD).expect("it is on screen");
        assert_eq!(cut, Cut { x: 1920, y: 540, width: 39, height: 22, whole: UHD });
    }

    /// A frame of one colour, under ECB, as it is shown at this size.
    fn flat_under_ecb(layout: Layout, picture_px: [u32; 2]) -> Arc<ColorImage> {
        let shape = Shape::new(1280, 720);
        let colour = [86, 180, 233, 255];
        let pixel = &colour[..layout.frame_bytes(shape) / shape.pixels()];
        let frame = Frame {
            index: FrameIndex(0),
            time_secs: 0.0,
            duration_secs: 0.04,
            shape,
            layout,
            colour: Colour::default(),
            bytes: Arc::new(Buffer::from(pixel.repeat(shape.pixels()))),
        };
        let scene = Scene {
            layout,
            panels: vec!["aes-128-ecb".parse().expect("a panel")],
            ..Scene::of("demo".parse().expect("a source"))
        };
        let mut recent = Recent::default();
        recent.push(Arc::new(frame), 1);
        let mut renderer = Renderer::new(&scene, &Pool::default()).expect("the demonstration key");
        let sheet =
            renderer.render(&recent, &Knowledge::default(), Parts::PICTURES).expect("there is a frame");
        let wanted = Arc::new(Wanted::default());
        wanted.publish(showing(picture_px, 8192));
        let shot = Developer::new(wanted).develop(sheet);
        shot.panels[0].image.clone().expect("it is on screen")
    }

    #[test]
    fn a_flat_area_under_ecb_has_no_bands_at_any_size() {
        // A block of rgba32 is 4 pixels wide, three of rgb24 are 16: parts of 96 columns have several, and 6 levels are
        // what the rest of one makes.
        for layout in [Layout::RGBA32, Layout::RGB24] {
            for (width, height) in [(652, 367), (1000, 563), (333, 187), (1279, 719), (1601, 901)] {
                let image = flat_under_ecb(layout, [width, height]);
                assert_eq!(image.size, [width as usize, height as usize], "each pixel has one on screen");
                let (pixels, _) = image.as_raw().as_chunks::<4>();
                let mut least = [f64::MAX; 3];
                let mut most = [0.0_f64; 3];
                for top in (0..image.size[1] - 32).step_by(32) {
                    for left in (0..image.size[0] - 96).step_by(96) {
                        let part = (top..top + 32).flat_map(|y| &pixels[y * image.size[0] + left..][..96]);
                        let mut sums = [0.0; 3];
                        part.for_each(|pixel| {
                            sums.iter_mut().zip(pixel).for_each(|(sum, level)| *sum += f64::from(*level));
                        });
                        for (channel, sum) in sums.iter().enumerate() {
                            least[channel] = least[channel].min(sum / 3072.0);
                            most[channel] = most[channel].max(sum / 3072.0);
                        }
                    }
                }
                let bands = (0..3).map(|channel| most[channel] - least[channel]).fold(0.0, f64::max);
                assert!(bands < 6.0, "{bands:.1} levels in {layout} at {width} × {height}");
            }
        }
    }

    #[test]
    fn images_are_used_again_once_nobody_holds_them() {
        let mut developer = Developer::default();
        let image = developer.blank([4, 2]);
        let address = Arc::as_ptr(&image);
        developer.shelf.push(Arc::clone(&image));
        assert_ne!(Arc::as_ptr(&developer.blank([4, 2])), address, "it is still on screen");
        drop(image);
        assert_eq!(Arc::as_ptr(&developer.blank([4, 2])), address);
    }
}
