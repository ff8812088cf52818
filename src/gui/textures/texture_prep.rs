//! Turns sheets into frames that the window can upload, on the render thread.
//!
//! A picture that is shown reduced is averaged to exactly the pixels that it has on screen: a 4K video in four panels
//! then needs a sixteenth of the upload, noise becomes an even grey and does not shimmer, and a fine pattern of
//! blocks becomes even, where scaling by the GPU would show wide bands. Of an enlarged picture only the visible part
//! is uploaded.

use std::sync::Arc;

use eframe::egui::ColorImage;
use rayon::prelude::*;

use super::byte_cells::Cells;
use super::difference;
use super::display_frame::{DisplayFrame, DisplayPanel, Overview};
use super::scaling::scale;
use super::visible_area::{CropRect, MARGIN, Map, SharedVisibleArea};
use crate::gui::inspector::{block_details, message_details};
use crate::lens::GROUND;
use crate::picture::Shape;
use crate::render::Sheet;

/// Frames that exist at a time: one on screen, one being uploaded, two in the queue, one being built.
const FRAMES_HELD: usize = 5;

/// Builds frames for the screen from sheets.
#[derive(Debug, Default)]
pub struct TextureBuilder {
    wanted: Arc<SharedVisibleArea>,
    /// Images that were handed out; each is reused once this is its only reference.
    spare_images: Vec<Arc<ColorImage>>,
}

impl TextureBuilder {
    /// A builder for the visible area that the window publishes.
    #[must_use]
    pub fn new(wanted: Arc<SharedVisibleArea>) -> Self {
        Self { wanted, spare_images: Vec::new() }
    }

    /// Builds a frame from a sheet.
    pub fn build(&mut self, sheet: Sheet) -> DisplayFrame {
        let (shape, layout, area) = (sheet.frame.shape, sheet.frame.layout, self.wanted.area());
        let difference = area.difference.and_then(|pair| {
            let pictures = pair.panels.map(|at| sheet.panels.get(at)?.picture.as_ref());
            let [one, other] = pictures;
            difference::difference(pair, [one?, other?], area.crop(usize::MAX, shape, MARGIN)?)
        });
        let inspected = area.block.and_then(|at| block_details::inspect(&sheet, at));
        let overview = area.map.and_then(|map| overview(&sheet, map));
        let jobs: Vec<_> = sheet
            .panels
            .into_iter()
            .enumerate()
            .map(|(at, rendered)| {
                let crop = area.prepares(at, shape);
                let image = crop.map(|crop| self.blank(crop.size()));
                (rendered, crop, image)
            })
            .collect();
        let panels: Vec<DisplayPanel> = jobs
            .into_par_iter()
            .enumerate()
            .map(|(at, (rendered, crop, mut image))| {
                let note = rendered.why_empty();
                let payload = rendered.wire.as_ref().map(|wire| &wire.payload);
                let messages = payload.filter(|payload| payload.pixels().is_none()).cloned();
                let mut cells = None;
                if let (Some(image), Some(crop)) = (&mut image, crop)
                    && let Some(image) = Arc::get_mut(image)
                {
                    match &rendered.picture {
                        Some(picture) => scale(picture, (shape, crop), image.as_raw_mut()),
                        None => image.as_raw_mut().as_chunks_mut().0.fill(GROUND),
                    }
                    let seen = inspected.as_ref().filter(|_| area.lit);
                    if let Some(found) = seen.and_then(|seen| seen.panels[at].as_ref()) {
                        let rgba = image.as_raw_mut();
                        match &messages {
                            None => block_details::light_up(found, layout, shape, crop, rgba),
                            Some(messages) if message_details::shows_cells(rendered.panel, messages) => {
                                if let Some(carpet) = message_details::carpet_of(messages) {
                                    block_details::light_up_cells(found, carpet, crop, rgba);
                                }
                            }
                            Some(_) => {}
                        }
                    }
                    if area.fits_bytes {
                        cells = Cells::of(&rendered, (layout, shape), crop, image.as_raw()).map(Arc::new);
                    }
                }
                DisplayPanel {
                    panel: rendered.panel,
                    of: rendered.of,
                    messages,
                    image,
                    crop,
                    cells,
                    leakage: rendered.leakage,
                    pending: rendered.pending,
                    note,
                }
            })
            .collect();
        self.keep(&panels);
        let inspected = inspected.map(Arc::new);
        DisplayFrame {
            frame: sheet.frame.index,
            shape,
            panels,
            inspected,
            lit: area.lit,
            difference,
            overview,
            has_bytes: area.fits_bytes,
        }
    }

    /// Keeps the images of the last few frames, and drops those of another size.
    fn keep(&mut self, panels: &[DisplayPanel]) {
        let new: Vec<_> = panels.iter().filter_map(|panel| panel.image.clone()).collect();
        self.spare_images.retain(|old| new.iter().any(|new| new.size == old.size));
        self.spare_images.splice(0..0, new);
        self.spare_images.truncate(panels.len() * FRAMES_HELD);
    }

    /// An image of this size without other references; its content is unspecified.
    fn blank(&mut self, size: [usize; 2]) -> Arc<ColorImage> {
        let free = self
            .spare_images
            .iter_mut()
            .position(|image| image.size == size && Arc::get_mut(image).is_some());
        match free {
            Some(free) => self.spare_images.swap_remove(free),
            None => Arc::new(ColorImage::filled(size, eframe::egui::Color32::BLACK)),
        }
    }
}

/// The overview of a panel; `None` where the panel has no picture yet.
pub(super) fn overview(sheet: &Sheet, map: Map) -> Option<Overview> {
    let rendered = sheet.panels.get(map.at)?;
    let picture = rendered.picture.as_ref()?;
    let [width, height] = map.px;
    let crop = CropRect::all(Shape::new(width, height));
    let mut image = ColorImage::filled(crop.size(), eframe::egui::Color32::BLACK);
    scale(picture, (picture.shape, crop), image.as_raw_mut());
    Some(Overview { map, panel: rendered.panel, image: Arc::new(image) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::panels::viewport::Region;
    use crate::gui::textures::visible_area::VisibleArea;
    use crate::picture::layout::Layout;
    use crate::picture::{Colour, Frame, Picture};
    use crate::render::{Parts, PreparedSet, Recent, Renderer};
    use crate::runtime::pool::{Buffer, Pool};
    use crate::scene::Scene;
    use crate::units::FrameIndex;

    fn picture(width: u32, height: u32, red: impl Fn(u32, u32) -> u8) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgba: Vec<u8> = pixels.flat_map(|(x, y)| [red(x, y), 0, 7, red(x, y)]).collect();
        Picture::new(Shape::new(width, height), Arc::new(Buffer::from(rgba)))
    }

    fn scaled(picture: &Picture, crop: CropRect) -> Vec<u8> {
        let [columns, rows] = crop.size();
        let mut to = vec![0; columns * rows * 4];
        scale(picture, (picture.shape, crop), &mut to);
        assert!(to.as_chunks::<4>().0.iter().all(|pixel| pixel[1..] == [0, 7, 255]));
        to.as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn a_crop_is_averaged_and_a_part_of_it_is_identical() {
        let picture = picture(4, 2, |x, y| u8::try_from(10 * x + y).expect("small"));
        let whole = CropRect::all(Shape::new(2, 1));
        // (0 + 10 + 1 + 11) / 4 = 5.5 rounds up.
        assert_eq!(scaled(&picture, whole), [6, 26]);
        assert_eq!(scaled(&picture, CropRect { x: 1, width: 1, ..whole }), [26]);
    }

    #[test]
    fn a_part_at_its_own_size_is_copied() {
        let picture = picture(4, 2, |x, y| u8::try_from(x + 10 * y).expect("small"));
        let crop = CropRect { x: 1, y: 1, width: 2, height: 1, whole: Shape::new(4, 2) };
        assert_eq!(scaled(&picture, crop), [11, 12]);
    }

    const UHD: Shape = Shape::new(3840, 2160);

    fn area(picture_px: [u32; 2], texture_side: usize) -> VisibleArea {
        VisibleArea { picture_px, texture_side, ..VisibleArea::default() }
    }

    #[test]
    fn a_picture_is_scaled_to_the_screen_unless_it_is_enlarged_to_squares() {
        let needs = |shape: Shape, area: VisibleArea| area.needs(3, shape).expect("it is on screen").whole;
        assert_eq!(needs(UHD, VisibleArea::default()), Shape::new(1280, 720), "before the window has a size");
        assert_eq!(needs(UHD, area([652, 367], 8192)), Shape::new(652, 367));
        assert_eq!(needs(UHD, area([3840, 2160], 8192)), UHD);
        assert_eq!(needs(UHD, area([5000, 2813], 8192)), Shape::new(5000, 2813), "squares of two sizes");
        let small = Shape::new(320, 180);
        assert_eq!(needs(small, area([960, 540], 8192)), small, "squares of one size");
        assert_eq!(needs(small, area([1000, 562], 8192)), Shape::new(1000, 562));
        assert_eq!(needs(small, area([1300, 731], 8192)), small, "squares that hardly differ");
        let limited = area([5000, 2813], 2048).needs(0, UHD).expect("it is on screen");
        assert!(limited.size().iter().all(|&side| side <= 2048), "a texture has a largest size: {limited:?}");
        let second = VisibleArea { panels: 0b10, ..area([800, 450], 8192) };
        assert_eq!([second.needs(0, UHD).is_some(), second.needs(1, UHD).is_some()], [false, true]);
    }

    #[test]
    fn only_the_visible_part_and_a_margin_are_uploaded() {
        let visible = Region([0.5, 0.25, 0.25, 0.25]);
        let area = VisibleArea { visible, ..area([480, 270], 8192) };
        let needed = CropRect { x: 960, y: 270, width: 480, height: 270, whole: Shape::new(1920, 1080) };
        assert_eq!(area.needs(0, UHD), Some(needed));
        let brought = area.prepares(0, UHD).expect("it is on screen");
        assert_eq!(brought, CropRect { x: 840, y: 202, width: 720, height: 406, ..needed });
        assert!(brought.serves(needed) && !needed.serves(brought));
        assert!(!CropRect { whole: UHD, ..brought }.serves(needed), "scaled otherwise");
        // The margin ends at the edge of the picture.
        let corner = VisibleArea { visible: Region([0.75, 0.75, 0.25, 0.25]), ..area };
        let crop = corner.prepares(0, UHD).expect("it is on screen");
        assert_eq!((crop.x + crop.width, crop.y + crop.height), (1920, 1080));
        // Enlarged to squares, the image has the frame's own pixels.
        let closely = VisibleArea { visible: Region([0.5, 0.25, 0.01, 0.01]), ..area };
        let crop = closely.needs(0, UHD).expect("it is on screen");
        assert_eq!(crop, CropRect { x: 1920, y: 540, width: 39, height: 22, whole: UHD });
    }

    /// A frame of one colour under ECB, shown at this size.
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
            renderer.render(&recent, &PreparedSet::default(), Parts::PICTURES).expect("there is a frame");
        let wanted = Arc::new(SharedVisibleArea::default());
        wanted.publish(area(picture_px, 8192));
        let displayed = TextureBuilder::new(wanted).build(sheet);
        displayed.panels[0].image.clone().expect("it is on screen")
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
    fn images_are_reused_once_they_are_released() {
        let mut builder = TextureBuilder::default();
        let image = builder.blank([4, 2]);
        let address = Arc::as_ptr(&image);
        builder.spare_images.push(Arc::clone(&image));
        assert_ne!(Arc::as_ptr(&builder.blank([4, 2])), address, "it is still on screen");
        drop(image);
        assert_eq!(Arc::as_ptr(&builder.blank([4, 2])), address);
    }
}
