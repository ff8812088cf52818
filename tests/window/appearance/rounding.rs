//! Compares two pictures of a window, ignoring how edges were rounded.
//!
//! Versions of Mesa's software rasterizer round the edge of a picture or a letter to different pixels. Each different
//! pixel then has the colour of a neighbouring pixel in the other picture, and there are few of them.

use image::RgbaImage;

/// The largest difference of a channel in equal colours.
const SAME: u8 = 8;
/// At most one pixel in this many may differ.
const ONE_IN: u32 = 1000;

/// True where few pixels differ, and each has the colour of a neighbouring pixel in the other picture, in both
/// directions.
pub fn is_all_that_differs(one: &RgbaImage, other: &RgbaImage) -> bool {
    if one.dimensions() != other.dimensions() {
        return false;
    }
    let mut differing = 0;
    for (x, y, pixel) in one.enumerate_pixels() {
        let counterpart = other.get_pixel(x, y);
        if pixel != counterpart {
            differing += 1;
            if !stands_beside(pixel.0, other, x, y) || !stands_beside(counterpart.0, one, x, y) {
                return false;
            }
        }
    }
    differing <= one.width() * one.height() / ONE_IN
}

/// True where a picture has a colour at a pixel or at one of the eight pixels around it.
fn stands_beside(colour: [u8; 4], picture: &RgbaImage, x: u32, y: u32) -> bool {
    let (right, below) = ((x + 1).min(picture.width() - 1), (y + 1).min(picture.height() - 1));
    (y.saturating_sub(1)..=below)
        .flat_map(|y| (x.saturating_sub(1)..=right).map(move |x| (x, y)))
        .any(|(x, y)| picture.get_pixel(x, y).0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= SAME))
}

#[test]
fn an_edge_may_fall_on_the_next_pixel_and_nothing_else_may_change() {
    // A white square on black with edges at these columns and rows.
    let square = |left: u32, right: u32, inside: u8| {
        RgbaImage::from_fn(100, 100, |x, y| {
            let is_inside = (left..right).contains(&x) && (40..60).contains(&y);
            image::Rgba([if is_inside { inside } else { 0 }, 0, 0, 255])
        })
    };
    let drawn = square(30, 34, 255);
    assert!(is_all_that_differs(&drawn, &drawn));
    let small =
        RgbaImage::from_fn(100, 100, |x, y| if y < 50 { *drawn.get_pixel(x, y) } else { [0; 4].into() });
    assert!(!is_all_that_differs(&drawn, &small), "half of it is gone");
    assert!(!is_all_that_differs(&drawn, &square(30, 34, 200)), "it has another colour");
    assert!(!is_all_that_differs(&drawn, &square(32, 36, 255)), "it has moved by two pixels");
    assert!(!is_all_that_differs(&drawn, &square(31, 35, 255)), "it has moved: too many pixels for an edge");
    let mut rounded = drawn.clone();
    (40..50).for_each(|y| rounded.put_pixel(34, y, image::Rgba([255, 0, 0, 255])));
    assert!(is_all_that_differs(&drawn, &rounded), "half of an edge falls on the next pixel");
}
