use proptest::prelude::*;

use crate::picture::Shape;
use crate::picture::layout::*;
use crate::runtime::pool::{Buffer, Pool};

/// Column and row of the pixel with this number.
fn place(shape: Shape, pixel: usize) -> (u32, u32) {
    let side = |number: usize| u32::try_from(number).expect("a side is an u32");
    (side(pixel % shape.columns()), side(pixel / shape.columns()))
}

fn any_layout(which: usize) -> Layout {
    [&Layout::ALL[..], &Layout::TILED].concat()[which]
}

proptest! {
    #[test]
    fn blocks_and_pixels_are_inverse(width in 1u32..70, height in 1u32..40, which in 0usize..7) {
        let (layout, shape) = (any_layout(which), Shape::new(width, height));
        let mut seen = vec![false; shape.pixels()];
        for block in 0..layout.blocks(shape) {
            for pixel in layout.pixels_of_block(shape, block).iter() {
                prop_assert!(!std::mem::replace(&mut seen[pixel], true), "no pixel is painted twice");
                let (x, y) = place(shape, pixel);
                prop_assert_eq!(layout.block_at(shape, x, y), Some(block));
            }
        }
        for pixel in (0..shape.pixels()).filter(|&pixel| !seen[pixel]) {
            let (x, y) = place(shape, pixel);
            prop_assert_eq!(layout.block_at(shape, x, y), None, "the rest belongs to no whole block");
            prop_assert!(!layout.is_tiled(), "tiles leave no rest");
        }
        let past = layout.blocks(shape);
        prop_assert!(layout.pixels_of_block(shape, past).is_empty());
    }

    #[test]
    fn painting_agrees_with_block_at(width in 1u32..300, height in 1u32..90, which in 0usize..7) {
        let (layout, shape) = (any_layout(which), Shape::new(width, height));
        let mut rgba = vec![0; shape.pixels() * 4];
        let name = |block: usize| u32::try_from(block).expect("few blocks").to_le_bytes();
        layout.paint_blocks(shape, name, [9; 4], &mut rgba);
        for (pixel, painted) in rgba.as_chunks::<4>().0.iter().enumerate() {
            let (x, y) = place(shape, pixel);
            let expected = layout.block_at(shape, x, y).map_or([9; 4], name);
            prop_assert_eq!(*painted, expected);
        }
    }
}

#[test]
fn odd_sizes_round_chroma_up() {
    assert_eq!(Layout::YUV420P.frame_bytes(Shape::new(5, 3)), 15 + 2 * 3 * 2);
    assert_eq!(Layout::YUV420P.frame_bytes(Shape::new(1, 1)), 3);
}

#[test]
fn tiles_over_an_edge_make_a_frame_larger() {
    let bytes = |which: usize, width, height| Layout::TILED[which].frame_bytes(Shape::new(width, height));
    assert_eq!([bytes(0, 4, 4), bytes(0, 5, 3)], [4 * 16, 3 * 2 * 16], "rgba32, 2 × 2 pixels");
    assert_eq!([bytes(1, 8, 4), bytes(1, 9, 5)], [2 * 16, 3 * 2 * 16], "gray8, 4 × 4 pixels");
    assert_eq!([bytes(2, 8, 8), bytes(2, 9, 9)], [6 * 16, (9 + 2 * 4) * 16], "yuv420p, each plane by itself");
}

#[test]
fn every_plane_is_cut_by_itself() {
    // Luma 0 to 8, three pixels a row; blue and red have 2 × 2 samples each.
    let samples = (0..9).chain(20..24).chain(40..44).collect::<Vec<u8>>();
    let layout = Layout::YUV420P.in_tiles().expect("it has tiles");
    let tiles = layout.arrange(Shape::new(3, 3), Buffer::from(samples), &Pool::default());
    assert_eq!(tiles[..16], [0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 6, 7, 8, 8]);
    assert_eq!(tiles[16..32], [20, 21, 21, 21, 22, 23, 23, 23, 22, 23, 23, 23, 22, 23, 23, 23]);
    assert_eq!(tiles[32..36], [40, 41, 41, 41]);
    assert_eq!(tiles.len(), 48);
}

#[test]
fn rgb24_has_no_tiles_and_says_what_has() {
    let refused = Layout::RGB24.in_tiles().expect_err("5⅓ pixels a block").to_string();
    assert!(refused.contains("rgb24") && refused.contains("yuv420p"), "{refused}");
    let rgba = Layout::RGBA32.in_tiles().expect("it has tiles");
    assert!(!rgba.with_samples(Samples::Rgb24).is_tiled());
    assert!(rgba.with_samples(Samples::Gray8).is_tiled());
}

#[test]
fn samples_in_rows_at_full_depth_are_left_where_they_are() {
    let samples = Buffer::from(vec![7; 60]);
    let address = samples.as_ptr();
    let bytes = Layout::RGBA32.arrange(Shape::new(5, 3), samples, &Pool::default());
    assert_eq!((bytes.as_ptr(), &bytes[..]), (address, &[7; 60][..]));
}

#[test]
fn a_layout_says_what_was_done_to_its_samples() {
    let layout =
        Layout::GRAY8.posterized(Posterize::to_bits(3).expect("3 bits")).in_tiles().expect("it has tiles");
    assert_eq!(layout.to_string(), "gray8 in tiles, posterized to 3 bits");
    assert_eq!(Layout::ALL.map(|layout| layout.to_string()), Samples::ALL.map(Samples::name));
    let fields = serde_json::to_value(layout).expect("it serializes");
    assert_eq!(fields, serde_json::json!({"layout": "gray8", "posterize": 3, "tiles": true}));
    let fields = serde_json::to_value(Layout::RGB24).expect("it serializes");
    assert_eq!(fields, serde_json::json!({"layout": "rgb24"}));
}
