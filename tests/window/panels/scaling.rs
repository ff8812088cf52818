//! Scaled pictures: each pixel on screen is the average of the video pixels that it covers.

use afterimage::gui::model::panels::viewport::Zoom;
use afterimage::picture::{Shape, averaged};
use eframe::egui::{Key, Modifiers, Rect, vec2};
use image::{Rgba, RgbaImage};

use crate::driver::Window;
use crate::folder::Folder;

const SHAPE: Shape = Shape::new(1280, 720);

/// A window with a still picture with these pixels.
fn window(pixel: impl Fn(u32, u32) -> [u8; 3], panels: &[&str]) -> (Window, Folder) {
    let folder = Folder::new();
    let path = folder.at("picture.png");
    let picture = RgbaImage::from_fn(SHAPE.width, SHAPE.height, |x, y| {
        let [r, g, b] = pixel(x, y);
        Rgba([r, g, b, 255])
    });
    picture.save(&path).unwrap();
    (Window::open_real_panels(&path, panels), folder)
}

/// The pixels on screen of a panel's picture, without its edge, and their offset in the picture.
fn drawn(window: &mut Window, panel: usize) -> (RgbaImage, [u32; 2]) {
    window.until("the picture in its size", |app| !app.is_redrawing());
    window.settle();
    let points = window.picture(panel);
    let at = Rect::from_min_size(
        (points.min.to_vec2() * window.harness.ctx.pixels_per_point()).to_pos2(),
        points.size() * window.harness.ctx.pixels_per_point(),
    );
    // Corners are round.
    let inner = Rect::from_min_size(at.min.round(), at.size().round()).shrink(12.0);
    let screen = window.harness.render().unwrap();
    let [left, top, width, height] = [inner.left(), inner.top(), inner.width(), inner.height()].map(whole);
    let part = image::imageops::crop_imm(&screen, left, top, width, height);
    (part.to_image(), [12, 12])
}

/// A number of pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a window")]
fn whole(pixels: f32) -> u32 {
    pixels.round() as u32
}

fn noise(x: u32, y: u32) -> [u8; 3] {
    let number = (y * SHAPE.width + x).wrapping_mul(0x9e37_79b1).rotate_left(13).wrapping_mul(0x85eb_ca6b);
    let [red, green, blue, _] = number.to_le_bytes();
    [red, green, blue]
}

/// The number of drawn pixels that differ from the picture scaled to `to`, at the offset `first`, by more than one level.
/// Dithering adds one level.
fn strays(drawn: &RgbaImage, to: Shape, first: [u32; 2]) -> usize {
    let pixels: Vec<[u8; 4]> = (0..SHAPE.height)
        .flat_map(|y| (0..SHAPE.width).map(move |x| (x, y)))
        .map(|(x, y)| {
            let [red, green, blue] = noise(x, y);
            [red, green, blue, 255]
        })
        .collect();
    let averages = averaged(&pixels, SHAPE, to);
    let is_stray = |x: u32, y: u32, pixel: &Rgba<u8>| {
        let average = averages[((first[1] + y) * to.width + first[0] + x) as usize];
        pixel.0.iter().zip(average).any(|(drawn, average)| drawn.abs_diff(average) > 1)
    };
    drawn.enumerate_pixels().filter(|&(x, y, pixel)| is_stray(x, y, pixel)).count()
}

#[test]
fn each_pixel_on_screen_is_the_average_of_the_video_pixels_that_it_covers() {
    let (mut window, _folder) =
        window(noise, &["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"]);
    for pixels_per_point in [1.0, 1.25, 1.5, 2.0] {
        window.harness.set_pixels_per_point(pixels_per_point);
        window.settle();
        let (picture, first) = drawn(&mut window, 1);
        let to = Shape::new(picture.width() + 24, picture.height() + 24);
        assert_eq!(strays(&picture, to, first), 0, "{to:?} at scale {pixels_per_point}");
        assert_ne!(strays(&picture, to, [first[0] + 1, first[1]]), 0, "an offset of one pixel is noticed");
    }
}

#[test]
fn each_pixel_of_a_moved_part_is_an_average() {
    // The first panel has the overview.
    let (mut window, _folder) =
        window(noise, &["aes-128-ecb", "plain", "aes-128-ecb:repeats", "aes-128-gcm"]);
    let rect = window.picture(2);
    window.turn_wheel(rect.center(), 60.0);
    for by in [vec2(37.0, 21.0), vec2(-90.0, -55.0)] {
        window.drag(rect.center(), rect.center() + by);
        let (picture, _) = drawn(&mut window, 2);
        let view_pos = window.app().state().panel_view.view_pos;
        let Zoom::Times(px) = view_pos.zoom else { panic!("the wheel zoomed in") };
        assert!(px < 1.0, "one video pixel is smaller than one screen pixel: {px}");
        let to = Shape::new(whole(1280.0 * px), whole(720.0 * px));
        let first =
            |center: f32, side: u32, place: f32| whole((center * side as f32 - place / 2.0).floor()) + 12;
        let [x, y] = [
            first(view_pos.center[0], to.width, rect.width()),
            first(view_pos.center[1], to.height, rect.height()),
        ];
        let places = [[x, y], [x + 1, y], [x, y + 1], [x + 1, y + 1]];
        assert!(places.iter().any(|&first| strays(&picture, to, first) == 0), "{to:?} near {x}, {y}");
    }
    // At 100 % each video pixel is one screen pixel.
    window.press_with(Modifiers::SHIFT, Key::X);
    window.settle();
    let (picture, _) = drawn(&mut window, 2);
    assert!(noise_at(&picture).is_some(), "each pixel on screen is a pixel of the video");
}

/// The offset of this picture in the noise.
fn noise_at(picture: &RgbaImage) -> Option<[u32; 2]> {
    let is_there = |left: u32, top: u32| {
        picture.enumerate_pixels().all(|(x, y, pixel)| {
            let close = |(drawn, own): (&u8, u8)| drawn.abs_diff(own) <= 1;
            pixel.0.iter().zip(noise(left + x, top + y)).all(close)
        })
    };
    let places = (0..SHAPE.height - picture.height())
        .flat_map(|y| (0..SHAPE.width - picture.width()).map(move |x| [x, y]));
    places.into_iter().find(|&[x, y]| is_there(x, y))
}

#[test]
fn a_flat_area_under_ecb_is_drawn_without_bands() {
    let (mut window, _folder) =
        window(|_, _| [86, 180, 233], &["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"]);
    // Equal pixels make equal blocks: after 4 pixels in rgba32, and after 16 in rgb24, the ciphertext begins again.
    for (layout, period) in [("rgba32", 4.0), ("rgb24", 16.0)] {
        if layout != "rgba32" {
            window.choose("Layout", layout);
            window.until_frame(0);
        }
        for size in [vec2(1490.0, 936.0), vec2(1280.0, 800.0), vec2(1000.0, 700.0)] {
            window.harness.set_size(size);
            window.settle();
            let (picture, _) = drawn(&mut window, 2);
            // Parts about 32 pixels wide that hold whole periods.
            let on_screen = period * (picture.width() + 24) as f32 / SHAPE.width as f32;
            let wide = whole((32.0 / on_screen).ceil() * on_screen);
            let mut levels: Vec<[f64; 3]> = Vec::new();
            for top in (0..picture.height() - 32).step_by(32) {
                for left in (0..picture.width() - wide).step_by(wide as usize) {
                    let part = image::imageops::crop_imm(&picture, left, top, wide, 32).to_image();
                    let sum =
                        |channel: usize| part.pixels().map(|pixel| f64::from(pixel.0[channel])).sum::<f64>();
                    levels.push([0, 1, 2].map(|channel| sum(channel) / f64::from(wide * 32)));
                }
            }
            for channel in 0..3 {
                let channel = levels.iter().map(|mean| mean[channel]);
                let (least, most) = (channel.clone().fold(255.0, f64::min), channel.fold(0.0, f64::max));
                assert!(most - least < 3.5, "{:.1} levels in {layout} at {size}", most - least);
            }
        }
    }
}
