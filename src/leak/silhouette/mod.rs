//! Silhouettes: whether a picture of two values shows a shape, or only random dots, bars or nothing.
//!
//! The lenses `outline` and `motion` paint each block with one of two values: ink or paper, changed or unchanged. A
//! [`Finding`](super::Finding) that says that such a picture shows something must follow from the picture. So this
//! module counts *corners*: points at which four blocks meet, one or three of which are set. Speckle (random dots) is
//! full of corners: if a share p of the blocks is set at random, a share ½(1 − (1−2p)⁴) of all points are corners. A
//! shape (a line, an area or an object) has few, because most of its blocks are next to each other.
//!
//! **How the threshold was chosen**: by inspection of 49 clips (six scenes of the trailer of *Big Buck Bunny*, its
//! meadow, the same meadow with noise, small camera pictures with noise of many strengths, dark sensor noise, slides, a
//! screen recording, boxes and bars on grain) in `rgba32` and `gray8`, through the lens `outline`. Every picture that
//! showed clear shapes had at most 0.42 of the corners of speckle, and every picture that looked like noise had 0.62 or
//! more. In between, and a little above, shapes are faint: in a speckled night scene (0.625), two lit windows. Faint
//! shapes do not count.

mod field;

use field::{COHERENT, FEWEST_CORNERS, Field};

use super::census::blocks;
use super::outline::Outline;
use crate::picture::layout::Places;

/// At least one cell in this number lies inside the bars: an upright film on a wide screen leaves one in three.
const MOST_BARS: usize = 4;

/// At least one corner in this number must be a corner at which one changed block meets three unchanged ones. Still boxes
/// on a changing ground have no such corner; about half of the corners of any other shape are such.
const JUTTING: u64 = 8;

/// True if the lens `outline` draws a shape; false for a sheet that is blank, solid, speckled, or solid between bars at
/// the margins.
#[must_use]
pub fn draws(places: &Places, outline: &Outline) -> bool {
    if outline.ink().is_empty() {
        return false;
    }
    let (cells, width) = places.raster(outline.ink());
    has_shape(&cells, width)
}

/// True if a picture of two values, `width` cells a row, has a shape; false if all cells have one value, if they are
/// speckle, or if all cells between bars at the margins are set.
#[must_use]
fn has_shape(cells: &[bool], width: usize) -> bool {
    let sheet = Field::of(cells, width);
    let inside = sheet.within_bars();
    // The size excludes a line from edge to edge across a blank sheet, which is no picture between bars.
    let is_between_bars =
        inside.share() >= 0.5 && inside.cells() * MOST_BARS >= sheet.cells() && !inside.is_box_in(&sheet);
    let field = if is_between_bars { inside } else { sheet };
    field.corners().show_a_shape() || field.has_lines()
}

/// True if the lens `motion` shows movement from one ciphertext to the next, both of the same length.
///
/// If most blocks stay unchanged, the changed blocks show movement, unless they are speckle or a bar from edge to edge.
/// If most blocks change, shapes of unchanged blocks show movement; but bars at the margins and still boxes on a ground
/// of which every block changes do not, since only noise changes there.
#[must_use]
pub fn shows_movement(places: &Places, now: &[u8], before: &[u8]) -> bool {
    let pairs = blocks(now).iter().zip(blocks(before)).take(places.blocks());
    let changed: Vec<bool> = pairs.map(|(now, before)| now != before).collect();
    let (cells, width) = places.raster(&changed);
    has_movement(&cells, width)
}

/// Like [`shows_movement`], for a picture in which the changed cells are set, `width` cells a row.
#[must_use]
fn has_movement(cells: &[bool], width: usize) -> bool {
    let field = Field::of(cells, width);
    if field.share() < 0.5 {
        let corners = field.corners();
        return corners.count > 0
            && (corners.expected < FEWEST_CORNERS || corners.count as f64 <= COHERENT * corners.expected);
    }
    let corners = field.within_bars().corners();
    corners.show_a_shape() && corners.jutting > 0 && corners.jutting * JUTTING >= corners.count
}

/// True if bytes that are shown as pixels (a ciphertext, or the XOR of two) look like noise: few blocks equal the block
/// before or above them, and these blocks form no shape.
#[must_use]
pub fn looks_like_noise(places: &Places, bytes: &[u8]) -> bool {
    let (blocks, back) = (blocks(bytes), places.blocks_to_above());
    let equals = |at: usize, back: usize| at >= back && blocks[at] == blocks[at - back];
    let repeats: Vec<bool> = (0..places.blocks()).map(|at| equals(at, 1) || equals(at, back)).collect();
    let (cells, width) = places.raster(&repeats);
    Field::of(&cells, width).share() < 0.5 && !has_shape(&cells, width)
}

#[cfg(test)]
mod tests;
