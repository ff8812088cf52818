//! `repeats`: blocks by how often their ciphertext occurs.

use super::kind::{Kind, Needs};
use super::{Blank, GROUND, Lens, log2};
use crate::leak::{Census, Finding, Leakage};
use crate::picture::BlockGrid;

pub(super) const KIND: Kind = Kind {
    name: "repeats",
    shows: "blocks by how often they occur",
    help: "blocks painted by how often their ciphertext occurs",
    about: "blocks painted by how often their ciphertext occurs: an outline here is a leak that the ciphertext itself \
            may hide from the eye; darkness means that no block repeats",
    default: Lens::Repeats,
    from_menu: Lens::Repeats,
    has_legend: true,
    needs: Needs::Blocks,
    paint: |_, view, rgba| paint_repeats(view.grid, view.census, rgba),
    blank: |_, leakage, _| Some(nothing_stands_out(leakage)),
    finds: |_, leakage| if leakage.repeated == 0 { Err(Blank::NothingRepeats) } else { Ok(word(leakage)) },
    ..Kind::PLAIN
};

/// The word for what repeats: that is seen, whatever else there is to say of the scheme.
pub(super) fn word(leakage: &Leakage) -> Finding {
    match leakage.word {
        Some(word @ (Finding::Outlines | Finding::Flat)) => word,
        _ => Finding::Repeats,
    }
}

/// Why a picture of what repeats is one even field.
pub(super) fn nothing_stands_out(leakage: &Leakage) -> Blank {
    match leakage {
        Leakage { repeated: 0, .. } => Blank::NothingRepeats,
        Leakage { distinct: 1, .. } => Blank::AllEqual,
        _ => Blank::AllAlike,
    }
}

/// Paints the `repeats` lens: dark where a block occurs once, brighter on a logarithmic scale the more often
/// it occurs, up to every block of the frame. The scale depends on the number of blocks alone, so colours
/// stay put from frame to frame.
pub fn paint_repeats(grid: &BlockGrid, census: &Census, rgba: &mut [u8]) {
    let scale = Scale::new(census.blocks());
    // Most blocks occur seldom: their colours are made once, and stay in the first-level cache.
    let mut seldom = [GROUND; 256];
    (0..).zip(&mut seldom).for_each(|(occurrences, colour)| *colour = scale.colour(occurrences));
    let occurrences = census.all_occurrences();
    let colour = |block: usize| match seldom.get(occurrences[block] as usize) {
        Some(&colour) => colour,
        None => scale.colour(occurrences[block]),
    };
    grid.paint_blocks(colour, GROUND, rgba);
}

/// Colours by number of occurrences, on a logarithmic scale.
pub struct Scale {
    colours: [[u8; 4]; 256],
    /// Steps of the scale for a doubling.
    steps_per_octave: f32,
}

impl Scale {
    /// Where on the scale the first repeat, a block that occurs twice, stands: clearly apart from none.
    const FIRST: f32 = 0.22;

    /// A scale for frames of `blocks` blocks: inferno (Smith and van der Walt 2015), perceptually uniform
    /// and safe for the colour-blind.
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
    fn more_repeats_are_never_darker() {
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
    fn repeats_are_painted_where_they_are_and_the_rest_stays_ground() {
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
