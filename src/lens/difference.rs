//! `difference`: the XOR of two ciphertexts.

use std::fmt;

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens, View, blank, repeats};
use crate::leak::{self, Finding, Leakage};
use crate::picture::{Colour, PixelGrid};

pub(super) const KIND: Kind = Kind {
    name: "difference",
    shows: "the XOR with the frame before",
    help: "the XOR with the frame before, as pixels; ,gain=1 (default) to 32, a power of two, makes it brighter",
    about: "this ciphertext XOR the one before: black pixels are the same in both; if a keystream is reused, the \
            others are the XOR of the originals; noise proves nothing",
    default: Lens::Difference(Gain::ONE),
    from_menu: Lens::Difference(Gain::ONE),
    title_suffix: |lens| match lens {
        Lens::Difference(gain) if gain != Gain::ONE => format!(" ×{gain}"),
        _ => String::new(),
    },
    shows_blocks: false,
    options: Some(Gain::OPTION),
    suggestions: Suggestions::Choices,
    with: |_, option, value| match (option, value) {
        ("gain", Some(gain)) => Gain::named(gain).map(Lens::Difference),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Difference(gain) if gain != Gain::ONE => write!(to, ",gain={gain}"),
        _ => Ok(()),
    },
    paint: |lens, view, rgba| {
        let Lens::Difference(gain) = lens else { return };
        paint_difference(view, gain, rgba);
    },
    blank: |_, view, leakage, is_first| {
        Some(if view.before.is_none() { blank::no_frame_before(is_first) } else { blank::no_change(leakage) })
    },
    finds: |_, view, leakage| {
        if leakage.word == Some(Finding::KeystreamReuse) {
            return Ok(Finding::KeystreamReuse);
        }
        changes(view, leakage).unwrap_or_else(|| {
            let mut difference = vec![0; view.now.len()];
            leak::difference(view.now, view.before.unwrap_or(&[]), &mut difference);
            let is_noise = leak::looks_like_noise(&view.pixels().places(), &difference);
            if is_noise { Err(Blank::Noise) } else { Ok(repeats::finding(leakage)) }
        })
    },
    ..Kind::PLAIN
};

/// The finding from the blocks that equal the frame before; `None` if no block does.
pub(super) fn changes(view: &View<'_>, leakage: &Leakage) -> Option<Result<Finding, Blank>> {
    let Some(before) = view.before else { return Some(Err(Blank::OtherSize)) };
    let same = leakage.same_as_previous.filter(|&same| same > 0)?;
    Some(Ok(if leakage.same_prefix == Some(same) {
        Finding::Prefix
    } else if leak::shows_movement(&view.pixels().places(), view.now, before) {
        Finding::Movement
    } else {
        Finding::Repeats
    }))
}

/// A chroma sample without colour.
const GREY: u8 = 128;

/// The factor for red, green and blue of a difference: a power of two from 1 to 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gain(u8);

impl Gain {
    /// The difference itself.
    pub const ONE: Self = Self(1);

    /// The syntax of the option.
    pub const OPTION: &'static str = "gain=1|2|4|8|16|32";

    /// The gain with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [1, 2, 4, 8, 16, 32].into_iter().find(|gain: &u8| gain.to_string() == name).map(Self)
    }
}

impl fmt::Display for Gain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Paints the `difference` lens: this frame's ciphertext XOR the one before, as pixels of the layout, times the gain
/// and at most 255. The whole picture is [`GROUND`] if there is no frame before, or it has another size.
///
/// Equal pixels are black. In `yuv420p` this needs two changes: chroma is XORed with 128, since chroma 0 is green, and
/// samples have the full range even if the stream states another, since a difference of 0 must be black.
pub fn paint_difference(view: &View<'_>, gain: Gain, rgba: &mut [u8]) {
    let Some(before) = view.before.filter(|before| before.len() == view.now.len()) else {
        rgba.as_chunks_mut::<4>().0.fill(GROUND);
        return;
    };
    let mut difference = vec![0; view.now.len()];
    leak::difference(view.now, before, &mut difference);
    let pixels = view.pixels();
    let chroma = pixels.layout.first_plane_bytes(pixels.shape);
    difference[chroma..].iter_mut().for_each(|sample| *sample ^= GREY);
    let colour = Colour { full_range: true, ..pixels.colour };
    PixelGrid { colour, ..pixels }.show(&difference, Some(GROUND), rgba);
    if gain == Gain::ONE {
        return;
    }
    // Pixels outside whole blocks show no difference, and keep their colour.
    for pixel in rgba.as_chunks_mut::<4>().0.iter_mut().filter(|pixel| **pixel != GROUND) {
        for channel in &mut pixel[..3] {
            *channel = channel.saturating_mul(gain.0);
        }
    }
}
