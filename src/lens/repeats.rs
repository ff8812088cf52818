//! `repeats`: blocks by how often their ciphertext occurs.

use super::kind::{Kind, Needs};
use super::{Blank, GROUND, Lens, log2};
use crate::leak::{Census, Finding, Leakage};
use crate::picture::BlockGrid;

pub(super) const KIND: Kind = Kind {
    name: "repeats",
    shows: "blocks by how often they occur",
    help: "blocks in colours for how often their ciphertext occurs",
    about: "blocks in colours for how often their ciphertext occurs: an outline here is a leak, even if the ciphertext \
            shown as pixels looks like noise; darkness means that no block repeats",
    default: Lens::Repeats,
    from_menu: Lens::Repeats,
    has_legend: true,
    needs: Needs::Blocks,
    paint: |_, view, rgba| paint_repeats(view.grid, view.census, rgba),
    blank: |_, _, leakage, _| Some(nothing_stands_out(leakage)),
    finds: |_, _, leakage| {
        if leakage.repeated == 0 { Err(Blank::NothingRepeats) } else { Ok(finding(leakage)) }
    },
    ..Kind::PLAIN
};

/// The finding of a picture of repeated blocks, which may differ from the finding of the scheme.
pub(super) fn finding(leakage: &Leakage) -> Finding {
    match leakage.word {
        Some(finding @ (Finding::Outlines | Finding::Flat)) => finding,
        _ => Finding::Repeats,
    }
}

/// Why a picture of repeated blocks has one colour.
pub(super) fn nothing_stands_out(leakage: &Leakage) -> Blank {
    match leakage {
        Leakage { repeated: 0, .. } => Blank::NothingRepeats,
        Leakage { distinct: 1, .. } => Blank::AllEqual,
        _ => Blank::AllAlike,
    }
}

/// Paints the `repeats` lens: a block that occurs once is dark; the more often it occurs, the brighter it is, on a
/// logarithmic scale up to the number of blocks. The scale depends on this number alone, so that colours mean the same
/// in every frame.
pub fn paint_repeats(grid: &BlockGrid, census: &Census, rgba: &mut [u8]) {
    let scale = Scale::new(census.blocks());
    // Most counts are small: their colours are computed once, and the table stays in the first-level cache.
    let mut of_small_counts = [GROUND; 256];
    (0..).zip(&mut of_small_counts).for_each(|(occurrences, colour)| *colour = scale.colour(occurrences));
    let occurrences = census.all_occurrences();
    let colour = |block: usize| match of_small_counts.get(occurrences[block] as usize) {
        Some(&colour) => colour,
        None => scale.colour(occurrences[block]),
    };
    grid.paint_blocks(colour, GROUND, rgba);
}

/// Colours by number of occurrences, on a logarithmic scale.
pub struct Scale {
    colours: [[u8; 4]; 256],
    /// Steps of the scale for each doubling of the count.
    steps_per_octave: f32,
}

impl Scale {
    /// The position of a block that occurs twice on the scale of colours, from 0 to 1: clearly brighter than
    /// [`GROUND`].
    const FIRST: f32 = 0.22;

    /// A scale for frames of `blocks` blocks: inferno (Smith and van der Walt 2015), which is perceptually uniform and
    /// readable with colour blindness.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        let mut colours = [GROUND; 256];
        for (i, colour) in (0u8..=255).zip(&mut colours) {
            let share = Self::FIRST + (1.0 - Self::FIRST) * f32::from(i) / 255.0;
            let inferno = colorous::INFERNO.eval_continuous(f64::from(share));
            *colour = [inferno.r, inferno.g, inferno.b, 255];
        }
        let octaves = (blocks.max(4) as f32).log2() - 1.0;
        Self { colours, steps_per_octave: 255.0 / octaves }
    }

    /// The colour of a block that occurs `occurrences` times.
    #[must_use]
    pub fn colour(&self, occurrences: u32) -> [u8; 4] {
        if occurrences < 2 {
            return GROUND;
        }
        let octaves = log2(occurrences) - 1.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let step = (octaves * self.steps_per_octave).clamp(0.0, 255.0) as usize;
        self.colours[step]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::Counter;
    use crate::picture::layout::Layout;
    use crate::picture::{Colour, PixelGrid, Shape};

    #[test]
    fn more_repeats_are_brighter() {
        let scale = Scale::new(230_400);
        let brightness = |count| {
            let [r, g, b, _] = scale.colour(count).map(u32::from);
            r * 299 + g * 587 + b * 114
        };
        let counts: Vec<u32> = (0..18).map(|octave| 1 << octave).collect();
        assert!(counts.windows(2).all(|pair| brightness(pair[0]) < brightness(pair[1])));
        assert_eq!(scale.colour(1), GROUND);
    }

    #[test]
    fn repeated_blocks_are_painted_in_place_and_other_pixels_are_ground() {
        // Four blocks of 4 pixels: A B A, and a rest of one pixel.
        let pixels =
            PixelGrid { layout: Layout::RGBA32, shape: Shape::new(13, 1), colour: Colour::default() };
        let bytes: Vec<u8> = [[1; 16], [2; 16], [1; 16]].concat().into_iter().chain([0; 4]).collect();
        let census = Counter::default().count(&bytes);
        let mut rgba = vec![0; 13 * 4];
        paint_repeats(&BlockGrid::Pixels(pixels), &census, &mut rgba);
        let pixels = rgba.as_chunks::<4>().0;
        assert!(pixels[..4].iter().all(|&pixel| pixel == pixels[0] && pixel != GROUND));
        assert!(pixels[4..8].iter().all(|&pixel| pixel == GROUND));
        assert_eq!(pixels[8], pixels[0]);
        assert_eq!(pixels[12], GROUND);
    }
}
