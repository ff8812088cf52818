//! `colours`: each repeated value in its own colour.

use colorous::{Color, Gradient};

use super::kind::{Kind, Needs, Suggestions};
use super::{GROUND, Lens, View, log2, repeats};
use crate::leak::{Rank, Ranks};

pub(super) const KIND: Kind = Kind {
    name: "colours",
    shows: "blocks that repeat, in colours by their value",
    help: "a colour for each block that repeats; ,palette=okabe-ito (default), ,palette=viridis or ,palette=spectrum",
    about: "each repeated block in a colour for its rank by frequency, rare blocks dark: equal colours of the first ranks \
            are equal pixels; these colours are unrelated to the colours of the picture",
    default: Lens::Colours(Palette::OkabeIto),
    from_menu: Lens::Colours(Palette::OkabeIto),
    needs: Needs::Blocks,
    options: Some(Palette::OPTION),
    suggestions: Suggestions::Choices,
    with: |_, option, value| match (option, value) {
        ("palette", Some(name)) => Palette::named(name).map(Lens::Colours),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Colours(palette) if palette != Palette::default() => write!(to, ",palette={}", palette.name()),
        _ => Ok(()),
    },
    paint: |lens, view, rgba| {
        let Lens::Colours(palette) = lens else { return };
        paint_colours(view, palette, rgba);
    },
    blank: repeats::KIND.blank,
    finds: repeats::KIND.finds,
    ..Kind::PLAIN
};

/// The colours of ranks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Palette {
    /// Seven colours that can be distinguished with any kind of colour vision (Okabe and Ito 2008).
    #[default]
    OkabeIto,
    /// From yellow to violet, perceptually uniform (Smith and van der Walt 2015).
    Viridis,
    /// From red over green to blue: the most colours, but not readable with colour blindness.
    Spectrum,
}

/// The colours of Okabe and Ito without black, in the order of ranks: the first ranks, which fill the largest areas,
/// get muted colours.
const OKABE_ITO: [[u8; 3]; 7] = [
    [0, 114, 178],
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [213, 94, 0],
    [204, 121, 167],
    [240, 228, 66],
];

/// Brightness of the seven colours after the first seven ranks: at the first such rank, and at the last rank.
const REUSED_BRIGHTNESS: [f32; 2] = [0.9, 0.45];

impl Palette {
    /// All palettes, the default first.
    pub const ALL: [Self; 3] = [Self::OkabeIto, Self::Viridis, Self::Spectrum];

    /// The syntax of the option.
    pub const OPTION: &'static str = "palette=okabe-ito|viridis|spectrum";

    /// The name in the option.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OkabeIto => "okabe-ito",
            Self::Viridis => "viridis",
            Self::Spectrum => "spectrum",
        }
    }

    /// The palette with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|palette| palette.name() == name)
    }

    /// The colour of every rank of a frame with `ranked` ranks.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places are finite and not negative, steps and channels are below 256"
    )]
    fn colours(self, ranked: u32) -> impl Fn(Rank) -> [u8; 4] {
        // A logarithmic scale from the first rank to the last, in 256 steps.
        let octaves = |place: f32| log2(256u32.saturating_add((256.0 * place) as u32)) - 8.0;
        let steps = 255.0 / octaves(ranked.max(1) as f32);
        let step = move |place: f32| (octaves(place) * steps).min(255.0) as usize;
        let gradient = |gradient: Gradient, first: f64, last: f64| -> Vec<[u8; 4]> {
            let colour =
                |step: u8| gradient.eval_continuous(first + (last - first) * f64::from(step) / 255.0);
            (0..=255).map(colour).map(|Color { r, g, b }| [r, g, b, 255]).collect()
        };
        let table = match self {
            Self::OkabeIto => Vec::new(),
            Self::Viridis => gradient(colorous::VIRIDIS, 1.0, 0.06),
            Self::Spectrum => gradient(colorous::TURBO, 0.9, 0.06),
        };
        move |rank| {
            if let Some(&colour) = table.get(step(rank.place)) {
                return colour;
            }
            if let Some(&[r, g, b]) = OKABE_ITO.get(rank.place as usize) {
                return [r, g, b, 255];
            }
            // The value selects one of the seven, so that the hue does not change when ranks do.
            let [first, last] = REUSED_BRIGHTNESS;
            let brightness = first + (last - first) * step(rank.place) as f32 / 255.0;
            let [r, g, b] = OKABE_ITO[usize::from(rank.last_byte) * OKABE_ITO.len() / 256]
                .map(|channel| (f32::from(channel) * brightness) as u8);
            [r, g, b, 255]
        }
    }
}

/// Paints the `colours` lens: equal blocks have equal colours, chosen by how often they occur within the memory; blocks
/// that occur once are dark. With the palette `okabe-ito` each of the seven most frequent values has its own colour;
/// other values have one of the seven colours, the darker the rarer they are.
pub fn paint_colours(view: &View<'_>, palette: Palette, rgba: &mut [u8]) {
    let ranks = Ranks::of(view.census, view.now);
    let colour = ranks.map(view.census, palette.colours(ranks.ranked()));
    view.grid.paint_blocks(|block| colour(block).unwrap_or(GROUND), GROUND, rgba);
}
