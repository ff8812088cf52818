//! Pictures on the screen, compared with those that are rendered without a window.

use afterimage::media::Source;
use afterimage::picture::Picture;
use afterimage::scene::{Panel, Scene};
use image::{GrayImage, imageops};

use crate::display::Place;
use crate::sheets;

/// Panels of a frame of the demo, rendered without a window.
pub fn reference(panels: &[Panel], frame: u64) -> Vec<(Panel, Picture)> {
    let scene = Scene { panels: panels.to_vec(), ..Scene::of(Source::Demo) };
    let panels = sheets::sheet(&scene, frame).panels.into_iter();
    panels.filter_map(|panel| Some((panel.panel, panel.picture?))).collect()
}

/// The size to which pictures are reduced before they are compared.
pub const COLUMNS: u32 = 96;
pub const ROWS: u32 = 54;

/// A part of the screen, reduced so that the scaling of the window does not matter.
pub fn reduced(shot: &GrayImage, (x, y, width, height): Place) -> Vec<f64> {
    let part = imageops::crop_imm(shot, x, y, width, height).to_image();
    let small = imageops::resize(&part, COLUMNS, ROWS, imageops::FilterType::Triangle);
    small.pixels().map(|pixel| f64::from(pixel.0[0])).collect()
}

pub fn reduced_picture(picture: &Picture) -> Vec<f64> {
    let (width, height) = (picture.shape.width, picture.shape.height);
    let rgba = image::RgbaImage::from_raw(width, height, picture.to_rgba()).expect("a whole picture");
    reduced(&image::DynamicImage::ImageRgba8(rgba).into_luma8(), (0, 0, width, height))
}

/// The mean brightness of a part of the screen.
pub fn mean(shot: &GrayImage, place: Place) -> f64 {
    let seen = reduced(shot, place);
    seen.iter().sum::<f64>() / seen.len() as f64
}

/// The difference of each pixel from its right and its lower neighbour.
pub fn edges(reduced: &[f64]) -> Vec<f64> {
    let differs =
        |at: usize, step: usize| reduced.get(at + step).map_or(0.0, |other| (reduced[at] - other).abs());
    (0..reduced.len()).map(|at| differs(at, 1) + differs(at, COLUMNS as usize)).collect()
}

/// Pearson's correlation of two pictures of the same size, from -1 to 1.
pub fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let count = one.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (one_mean, other_mean) = (mean(one), mean(other));
    let covariance: f64 = one.iter().zip(other).map(|(a, b)| (a - one_mean) * (b - other_mean)).sum();
    let spread = |values: &[f64], mean: f64| values.iter().map(|a| (a - mean).powi(2)).sum::<f64>().sqrt();
    covariance / (spread(one, one_mean) * spread(other, other_mean)).max(f64::MIN_POSITIVE)
}
