#![expect(clippy::cast_possible_truncation, reason = "pictures are small")]

use std::ops::Range;

use crate::leak::silhouette::field::Corners;
use crate::leak::silhouette::*;

const WIDTH: usize = 60;
const HEIGHT: usize = 40;

fn field(is_set: impl Fn(usize, usize) -> bool) -> Vec<bool> {
    (0..WIDTH * HEIGHT).map(|at| is_set(at % WIDTH, at / WIDTH)).collect()
}

/// True for about one in `of`, the same cells every time.
fn speckle(x: usize, y: usize, of: u64) -> bool {
    let mut state = (x * 977 + y * 7919 + 1) as u64;
    for _ in 0..3 {
        state = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    (state >> 32).is_multiple_of(of)
}

fn is_within(x: usize, y: usize, left: usize, top: usize, side: usize) -> bool {
    (left..left + side).contains(&x) && (top..top + side).contains(&y)
}

fn corners(cells: &[bool]) -> Corners {
    Field::of(cells, WIDTH).corners()
}

#[test]
fn speckle_has_as_many_corners_as_expected_and_shapes_have_few() {
    for of in [2, 3, 8, 30] {
        let cells = field(|x, y| speckle(x, y, of));
        let Corners { count, expected, .. } = corners(&cells);
        assert!((count as f64 / expected - 1.0).abs() < 0.2, "1 in {of}: {count} of {expected}");
        assert!(!corners(&cells).show_a_shape());
    }
    let box_of = corners(&field(|x, y| is_within(x, y, 20, 10, 12)));
    assert_eq!((box_of.count, box_of.jutting), (4, 4));
    assert!(box_of.show_a_shape());
    let hole = corners(&field(|x, y| !is_within(x, y, 20, 10, 12)));
    assert_eq!((hole.count, hole.jutting), (4, 0), "at a corner of a still box three blocks are set");
    let disc = corners(&field(|x, y| x.abs_diff(30).pow(2) + y.abs_diff(20).pow(2) < 100));
    assert!(disc.show_a_shape() && disc.jutting > disc.count / 4);
    assert!(!corners(&field(|_, _| true)).show_a_shape());
    assert!(!corners(&field(|_, _| false)).show_a_shape());
    assert!(!corners(&field(|x, y| is_within(x, y, 9, 9, 2))).show_a_shape(), "a dot");
}

#[test]
fn thin_slanted_lines_are_a_shape_and_sparse_speckle_is_not() {
    let slanted = |x: usize, y: usize| x == y || x == y + 20 || x + y == 39;
    assert!(!corners(&field(slanted)).show_a_shape(), "they have half the corners of speckle");
    assert!(has_shape(&field(slanted), WIDTH));
    assert!(has_shape(&field(|x, y| slanted(x, y) && !speckle(x, y, 12)), WIDTH), "broken ones too");
    let crossed = |x: usize, y: usize| y == 20 || is_within(x, y, 20, 5, 12) && !is_within(x, y, 21, 6, 10);
    assert!(has_shape(&field(crossed), WIDTH), "a line from edge to edge does not hide a frame");
    for of in [10, 14, 30] {
        assert!(!has_shape(&field(|x, y| speckle(x, y, of)), WIDTH), "1 in {of}");
    }
}

#[test]
fn a_solid_box_on_a_blank_ground_is_a_shape_and_a_solid_picture_between_bars_is_not() {
    let is_shape = |columns: Range<usize>, rows: Range<usize>| {
        has_shape(&field(|x, y| columns.contains(&x) && rows.contains(&y)), WIDTH)
    };
    assert!(is_shape(20..32, 10..22), "a small one, wherever it is_shape");
    assert!(is_shape(24..36, 14..26) && is_shape(0..12, 0..12));
    assert!(is_shape(2..40, 3..28), "a large one that is_shape aside");
    assert!(is_shape(10..50, 20..40), "in the middle, at the lower edge");
    // A solid picture between bars of equal width on opposite sides.
    assert!(!is_shape(0..60, 6..34) && !is_shape(15..45, 0..40) && !is_shape(8..52, 6..34));
    assert!(!is_shape(0..60, 0..30), "one bar alone");
    assert!(!is_shape(0..60, 0..40));
    let grain = |x: usize, y: usize| (2..40).contains(&x) && (3..28).contains(&y) && !speckle(x, y, 3);
    assert!(!has_shape(&field(grain), WIDTH), "speckle between bars");
}

#[test]
fn bytes_look_like_noise_unless_blocks_equal_the_block_before_or_above_in_a_shape() {
    use crate::picture::Shape;
    use crate::picture::layout::Layout;
    let shape = Shape::new(WIDTH as u32 * 4, HEIGHT as u32);
    let is_noise = |value: &dyn Fn(usize, usize) -> u128| {
        let blocks = (0..WIDTH * HEIGHT).flat_map(|at| value(at % WIDTH, at / WIDTH).to_le_bytes());
        looks_like_noise(&Places::of(Layout::RGBA32, shape), &blocks.collect::<Vec<u8>>())
    };
    let at = |x: usize, y: usize| (y * WIDTH + x) as u128 + 9;
    assert!(!is_noise(&|x, y| if is_within(x, y, 20, 10, 12) { 0 } else { at(x, y) }), "a flat box");
    assert!(
        !is_noise(&|x, y| if is_within(x, y, 20, 10, 12) { at(x, y) } else { 0 }),
        "noise before a flat ground"
    );
    assert!(is_noise(&at), "no two blocks are equal");
    assert!(is_noise(&|x, y| if speckle(x, y, 5) { 0 } else { at(x, y) }), "equal ones here and there");
    assert!(!is_noise(&|_, _| 7), "all are equal");
    assert!(!is_noise(&|x, y| u128::from(is_within(x, y, 20, 10, 12))), "two flat areas");
}

#[test]
fn bars_at_the_margins_are_cut_off_with_and_without_noise() {
    let bars = |noise: u64| {
        field(move |x, y| {
            let is_bar = !(5..HEIGHT - 5).contains(&y) || !(4..WIDTH - 7).contains(&x);
            if is_bar { noise > 0 && speckle(x, y, noise) } else { true }
        })
    };
    for noise in [0, 20] {
        let cells = bars(noise);
        let inside = Field::of(&cells, WIDTH).within_bars();
        assert_eq!((inside.rows.clone(), inside.columns.clone()), (5..HEIGHT - 5, 4..WIDTH - 7));
        assert!((inside.share() - 1.0).abs() < 1e-9);
    }
    let blank = field(|_, _| false);
    assert_eq!(Field::of(&blank, WIDTH).within_bars().rows.len(), 0);
    assert!(Field::of(&[], 0).corners().expected.abs() < 1e-9);
}

/// Whether the lens `motion` shows movement if these blocks change.
fn moves(is_changed: impl Fn(usize, usize) -> bool) -> bool {
    use crate::picture::Shape;
    use crate::picture::layout::Layout;
    let changed = field(is_changed);
    let before: Vec<u8> = (0..changed.len() as u128).flat_map(u128::to_le_bytes).collect();
    let now = changed
        .iter()
        .zip(0u128..)
        .flat_map(|(&changed, at)| (if changed { at | (1 << 100) } else { at }).to_le_bytes());
    let shape = Shape::new(WIDTH as u32 * 4, HEIGHT as u32);
    shows_movement(&Places::of(Layout::RGBA32, shape), &now.collect::<Vec<u8>>(), &before)
}

#[test]
fn changes_on_a_still_ground_are_movement_unless_they_are_speckle_or_a_bar() {
    assert!(moves(|x, y| is_within(x, y, 20, 10, 12)));
    assert!(moves(|x, y| (x, y) == (7, 7)), "a pointer of one block");
    assert!(moves(|x, y| x.abs_diff(30).pow(2) + y.abs_diff(20).pow(2) < 100));
    assert!(!moves(|x, y| speckle(x, y, 10)), "sensor noise in the dark");
    assert!(!moves(|x, _| (24..38).contains(&x)), "grain between bars");
    assert!(!moves(|_, _| false));
}

#[test]
fn still_boxes_bars_and_dots_on_a_changing_ground_are_no_movement() {
    assert!(!moves(|x, y| !is_within(x, y, 40, 4, 10)));
    assert!(!moves(|x, y| !is_within(x, y, 40, 4, 10) && !is_within(x, y, 3, 20, 9)));
    assert!(!moves(|_, y| (4..HEIGHT - 4).contains(&y)), "letterbox");
    assert!(!moves(|x, y| (4..HEIGHT - 4).contains(&y) && (9..WIDTH - 9).contains(&x)));
    assert!(!moves(|_, y| !(30..33).contains(&y)), "a band");
    assert!(!moves(|x, y| !speckle(x, y, 30)), "dots");
    assert!(!moves(|_, _| true));
    let is_still = |x: usize, y: usize| x.abs_diff(30).pow(2) + y.abs_diff(20).pow(2) < 100 || x + y < 25;
    assert!(moves(|x, y| !is_still(x, y)), "a still shape other than a box");
}

#[test]
fn a_raster_gives_every_layout_its_blocks() {
    use crate::picture::Shape;
    use crate::picture::layout::Layout;
    for layout in [&Layout::ALL[..], &Layout::TILED].concat() {
        for (width, height) in [(64, 20), (37, 9), (1, 40), (5, 1), (0, 0)] {
            let places = Places::of(layout, Shape::new(width, height));
            let ink: Vec<bool> = (0..places.blocks()).map(|block| block.is_multiple_of(3)).collect();
            let (cells, columns) = places.raster(&ink);
            assert!(columns > 0 && cells.len().is_multiple_of(columns), "{layout} {width} {height}");
            match places.row_blocks() {
                Some(row) => assert_eq!((columns, &cells[..]), (row, &ink[..])),
                None => assert!(width == 0 || cells.len() / columns == height as usize),
            }
        }
    }
}
