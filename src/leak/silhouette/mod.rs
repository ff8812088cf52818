//! Silhouettes: whether a picture of two values shows a shape, or only speckle, bars or nothing.
//!
//! The lenses `outline` and `motion` paint a block in one of two ways: ink or paper, changed or not. A word that says
//! that something is seen in such a picture has to look at the picture. It counts *corners*: places where four blocks
//! meet of which one or three are set. Speckle is full of them: where a share p of the blocks is set at random, a share
//! ½(1 − (1−2p)⁴) of all places is a corner. Whatever has a shape, a line, an area or a thing, has few: its blocks
//! stand beside their like.
//!
//! **How the threshold was chosen**, by inspection: 49 pieces of footage (six scenes of the trailer of *Big Buck Bunny*, its
//! meadow, that meadow with noise, small camera pictures with noise of many strengths, dark sensor noise, slides, a
//! screen recording, boxes and bars on grain) in `rgba32` and `gray8`, through the lens `outline`. Every picture in which
//! things were plainly seen had at most 0.42 of the corners of speckle, every one that looked like noise 0.62 or more.
//! Between them, and a little above, things are seen dimly: of a speckled night scene (0.625) two lit windows. What is
//! seen dimly counts as not seen.

mod field;

use field::{COHERENT, FEWEST_CORNERS, Field};

use super::census::blocks;
use super::outline::Outline;
use crate::picture::layout::Places;

/// One in so many cells is no bar, at least: an upright film on a wide screen leaves one in three.
const MOST_BARS: usize = 4;

/// One in so many corners must be one of the changed area that juts into what is still. Still boxes on a changing ground
/// have no such corner; about half of those of any other shape are.
const JUTTING: u64 = 8;

/// True where the lens `outline` draws something: not where its sheet is blank, solid or speckled, and not where it is
/// solid but for bars at the margins.
#[must_use]
pub fn draws(places: &Places, outline: &Outline) -> bool {
    if outline.ink().is_empty() {
        return false;
    }
    let (cells, width) = places.raster(outline.ink());
    has_shape(&cells, width)
}

/// True where a picture of two values, `width` cells a row, has a shape: not where all cells are alike or speckle, nor
/// where all but bars at the margins are set.
#[must_use]
fn has_shape(cells: &[bool], width: usize) -> bool {
    let sheet = Field::of(cells, width);
    let inside = sheet.within_bars();
    // A line from edge to edge across a blank sheet is no picture between bars.
    let is_between_bars =
        inside.share() >= 0.5 && inside.cells() * MOST_BARS >= sheet.cells() && !inside.is_box_in(&sheet);
    let looked_at = if is_between_bars { inside } else { sheet };
    looked_at.corners().show_a_shape() || looked_at.has_lines()
}

/// True where the lens `motion` shows that something moves, from one ciphertext to the next, both of the same length.
///
/// Before a ground that mostly stays as it is, whatever changes is seen to move, unless it is speckle or a bar from edge
/// to edge. Where most changes, shapes are seen of what stays; but bars at the margins and still boxes alone, on a
/// ground of which every block changes, move no more than the noise around them.
#[must_use]
pub fn shows_movement(places: &Places, now: &[u8], before: &[u8]) -> bool {
    let pairs = blocks(now).iter().zip(blocks(before)).take(places.blocks());
    let changed: Vec<bool> = pairs.map(|(now, before)| now != before).collect();
    let (cells, width) = places.raster(&changed);
    has_movement(&cells, width)
}

/// The same of a picture in which the cells that changed are set, `width` cells a row.
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

/// True where bytes that are shown as pixels, a ciphertext or the XOR of two, look like noise: where few blocks equal the
/// one before or above them, and those stand together in no shape.
#[must_use]
pub fn looks_like_noise(places: &Places, bytes: &[u8]) -> bool {
    let (blocks, back) = (blocks(bytes), places.back_to_above());
    let equals = |at: usize, back: usize| at >= back && blocks[at] == blocks[at - back];
    let alike: Vec<bool> = (0..places.blocks()).map(|at| equals(at, 1) || equals(at, back)).collect();
    let (cells, width) = places.raster(&alike);
    Field::of(&cells, width).share() < 0.5 && !has_shape(&cells, width)
}

#[cfg(test)]
mod tests;
