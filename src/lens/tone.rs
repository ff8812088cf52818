//! `tone`: shading recovered from ciphertext alone, in false colours or as grey.

use std::fmt::{self, Display};
use std::sync::LazyLock;

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens, View, repeats};
use crate::leak::tone::{Tones, VECTORS};

pub(super) const KIND: Kind = Kind {
    name: "tone",
    shows: "shading, from which blocks stand side by side",
    help: "shading, from which blocks are neighbours in a recorded shot; ,vector=colour (default) or ,vector=1 to 4 as grey, ,flip=yes, ,gaps=dark (default) or ,gaps=light",
    about: "shading recovered from ciphertext alone: blocks that are often neighbours in a recorded shot get similar \
            tones; a picture here is a leak, though it does not show which tones are light and which colours the video \
            has; gaps are values that the prepared frames do not have, and a dark panel means only that nothing repeats",
    default: Lens::Tone(ToneOptions::DEFAULT),
    from_menu: Lens::Tone(ToneOptions::DEFAULT),
    options: Some(ToneOptions::OPTIONS),
    suggestions: Suggestions::Choices,
    with: |lens, option, value| match lens {
        Lens::Tone(options) => options.with(option, value?).map(Lens::Tone),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Tone(options) => options.fmt(to),
        _ => Ok(()),
    },
    paint: |lens, view, rgba| {
        let Lens::Tone(options) = lens else { return };
        paint_tone(view, options, rgba);
    },
    // If the slice is empty, the shot has no tones, which the panel reports elsewhere.
    blank: |_, view, _, _| match view.tones {
        [] => None,
        tones if tones.iter().any(Option::is_some) => Some(Blank::AllAlike),
        _ => Some(Blank::NoTone),
    },
    finds: |_, _, leakage| {
        if leakage.tone_painted > Some(0.0) { Ok(repeats::finding(leakage)) } else { Err(Blank::NoTone) }
    },
    ..Kind::PLAIN
};

/// How the `tone` lens shows tones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ToneOptions {
    /// Which of the four coordinates is shown alone, as grey, from 1; 0 for the first three as colour.
    vector: u8,
    /// True if light and dark are exchanged.
    flip: bool,
    gaps: Gaps,
}

/// The colour of blocks without a tone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Gaps {
    #[default]
    Dark,
    Light,
}

/// The colour of light gaps.
const PAPER: [u8; 4] = [244, 242, 236, 255];

/// Lightness of the darkest and of the lightest tone in `OKLab`: the darkest is lighter than dark gaps, the lightest
/// darker than light gaps.
const LIGHTNESS: [f32; 2] = [0.30, 0.96];

/// Largest distance from grey along each of the two other axes of `OKLab`.
const CHROMA: f32 = 0.14;

/// Resolution of the three coordinates in the table of colours.
const STEPS: [usize; 3] = [128, 32, 32];

impl ToneOptions {
    /// Three coordinates as colour, not flipped, on a dark ground.
    pub const DEFAULT: Self = Self { vector: 0, flip: false, gaps: Gaps::Dark };

    /// The syntax of the options.
    pub const OPTIONS: &'static str = "vector=colour|1|2|3|4, flip=no|yes, gaps=dark|light";

    /// Sets an option; `None` if there is no such option or value.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Option<Self> {
        Some(match (name, value) {
            ("vector", "colour") => Self { vector: 0, ..self },
            ("vector", number) => {
                let vector = number.parse().ok().filter(|number| (1..=VECTORS).contains(number))?;
                Self { vector: u8::try_from(vector).ok()?, ..self }
            }
            ("flip", "no") => Self { flip: false, ..self },
            ("flip", "yes") => Self { flip: true, ..self },
            ("gaps", "dark") => Self { gaps: Gaps::Dark, ..self },
            ("gaps", "light") => Self { gaps: Gaps::Light, ..self },
            _ => return None,
        })
    }

    /// The colour of a block with these tones.
    fn colour(self, tones: Option<Tones>) -> [u8; 4] {
        let Some(mut tones) = tones else {
            return match self.gaps {
                Gaps::Dark => GROUND,
                Gaps::Light => PAPER,
            };
        };
        let shown = usize::from(self.vector).saturating_sub(1);
        if self.flip {
            tones[shown] = 255 - tones[shown];
        }
        if self.vector == 0 { COLOURS[colour_index(tones)] } else { GREYS[usize::from(tones[shown])] }
    }
}

impl Display for ToneOptions {
    /// Writes the options that are not the defaults, each after a comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.vector > 0 {
            write!(f, ",vector={}", self.vector)?;
        }
        if self.flip {
            f.write_str(",flip=yes")?;
        }
        match self.gaps {
            Gaps::Dark => Ok(()),
            Gaps::Light => f.write_str(",gaps=light"),
        }
    }
}

/// Paints the `tone` lens: each block with tones in the colour for them, other blocks as gaps. If the shot is not
/// prepared, all blocks are gaps.
///
/// In colour, the first coordinate is lightness, since it has the largest spread and most often is brightness; the next
/// two are the axes of `OKLab` (Ottosson 2020) from green to red and from blue to yellow, so that equal steps in rank
/// look about equal in all three. Tones are those of the shot, so that colours stay the same from frame to frame.
pub fn paint_tone(view: &View<'_>, options: ToneOptions, rgba: &mut [u8]) {
    let tone = |block: usize| view.tones.get(block).copied().flatten();
    view.grid.paint_blocks(|block| options.colour(tone(block)), GROUND, rgba);
}

/// The index of the colour of these tones in [`COLOURS`].
fn colour_index(tones: Tones) -> usize {
    let step = |axis: usize| usize::from(tones[axis]) * STEPS[axis] / 256;
    (step(0) * STEPS[1] + step(1)) * STEPS[2] + step(2)
}

static COLOURS: LazyLock<Vec<[u8; 4]>> = LazyLock::new(|| {
    let place = |step: usize, steps: usize| (step as f32 + 0.5) / steps as f32;
    let steps =
        (0..STEPS[0]).flat_map(|l| (0..STEPS[1]).flat_map(move |a| (0..STEPS[2]).map(move |b| (l, a, b))));
    steps
        .map(|(l, a, b)| {
            let axis = |step, steps| CHROMA * (2.0 * place(step, steps) - 1.0);
            in_gamut(lightness(place(l, STEPS[0])), axis(a, STEPS[1]), axis(b, STEPS[2]))
        })
        .collect()
});

static GREYS: LazyLock<Vec<[u8; 4]>> = LazyLock::new(|| {
    (0u8..=255).map(|tone| in_gamut(lightness(f32::from(tone) / 255.0), 0.0, 0.0)).collect()
});

fn lightness(rank: f32) -> f32 {
    LIGHTNESS[0] + (LIGHTNESS[1] - LIGHTNESS[0]) * rank
}

/// The sRGB colour for these `OKLab` coordinates; a colour outside the gamut of sRGB is moved towards grey.
fn in_gamut(lightness: f32, a: f32, b: f32) -> [u8; 4] {
    let (mut inside, mut outside) = (0.0, 1.0);
    let fits = |share: f32| linear(lightness, a * share, b * share).iter().all(|c| (0.0..=1.0).contains(c));
    let mut share = 1.0;
    if !fits(share) {
        for _ in 0..10 {
            share = f32::midpoint(inside, outside);
            if fits(share) { inside = share } else { outside = share }
        }
        share = inside;
    }
    let [r, g, b] = linear(lightness, a * share, b * share).map(encoded);
    [r, g, b, 255]
}

/// Linear light of sRGB's primaries (Ottosson 2020, "A perceptual color space for image processing").
fn linear(lightness: f32, a: f32, b: f32) -> [f32; 3] {
    let cones = [
        lightness + 0.396_337_78 * a + 0.215_803_76 * b,
        lightness - 0.105_561_346 * a - 0.063_854_17 * b,
        lightness - 0.089_484_18 * a - 1.291_485_5 * b,
    ]
    .map(|root| root * root * root);
    [
        [4.076_741_7, -3.307_711_6, 0.230_969_94],
        [-1.268_438, 2.609_757_4, -0.341_319_38],
        [-0.004_196_086_3, -0.703_418_6, 1.707_614_7],
    ]
    .map(|row: [f32; 3]| row.iter().zip(cones).map(|(weight, cone)| weight * cone).sum())
}

/// A byte of sRGB. The power of 1/2.4 of the standard is approximated by square roots, whose results are the same on
/// every machine; the error is at most 0.004.
fn encoded(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let root = light.sqrt();
    let fourth = root.sqrt();
    let eighth = fourth.sqrt();
    let byte = if light <= 0.003_130_8 {
        12.92 * light
    } else {
        0.662_002_7 * root + 0.684_122_1 * fourth - 0.323_583_6 * eighth - 0.022_541_147 * light
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
    let byte = (byte.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma([r, g, b, _]: [u8; 4]) -> f64 {
        0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
    }

    #[test]
    fn the_approximation_of_srgb_is_within_two_steps() {
        for i in 0..=1000u16 {
            let light = f32::from(i) / 1000.0;
            let exact =
                if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
            assert!((f32::from(encoded(light)) - exact * 255.0).abs() <= 1.6, "{light}");
        }
    }

    #[test]
    fn a_higher_first_coordinate_is_lighter_for_any_other_two() {
        let options = ToneOptions::default();
        for other in [[0, 0], [255, 0], [0, 255], [255, 255], [128, 128]] {
            let colour = |first: u8| luma(options.colour(Some([first, other[0], other[1], 9])));
            assert!((0..240).all(|first| colour(first + 16) > colour(first)), "{other:?}");
            assert!(colour(0) > luma(GROUND) + 12.0, "the darkest tone is lighter than a gap");
        }
    }

    #[test]
    fn options_set_the_coordinate_the_flip_and_the_gaps() {
        let tones = Some([10, 200, 30, 40]);
        let set = |text: &str| {
            let options = text.split(',').filter_map(|option| option.split_once('='));
            options
                .fold(ToneOptions::default(), |set, (name, value)| set.with(name, value).expect("an option"))
        };
        let grey = set("vector=2").colour(tones);
        assert!(grey[0].abs_diff(grey[1]) <= 1 && grey[1].abs_diff(grey[2]) <= 1, "{grey:?}");
        assert_eq!(set("vector=2,flip=yes").colour(tones), set("vector=2").colour(Some([10, 55, 30, 40])));
        assert_eq!(set("flip=yes").colour(tones), set("").colour(Some([245, 200, 30, 40])));
        assert_eq!((set("").colour(None), set("gaps=light").colour(None)), (GROUND, PAPER));
        for (name, value) in [("vector", "0"), ("vector", "5"), ("flip", "maybe"), ("palette", "viridis")] {
            assert_eq!(ToneOptions::default().with(name, value), None);
        }
        assert_eq!(set("gaps=light,flip=yes,vector=3").to_string(), ",vector=3,flip=yes,gaps=light");
        assert_eq!(set("gaps=dark,flip=no,vector=colour").to_string(), "");
    }
}
