//! A poster with schemes as rows and lenses as columns.

use super::{Plan, RowPlan};
use crate::crypto::Scheme;
use crate::export::poster::{Axes, Column};
use crate::lens::Lens;
use crate::payload::Target;
use crate::scene::{Panel, check_target, lens_suits};

/// The rows of a poster: modes of operation, used well and badly; the largest differences come first.
const SCHEMES: [&str; 13] = [
    "aes-128-ecb",
    "aes-128-ecb+key-per-frame",
    "aes-128-cbc",
    "aes-128-cbc+fixed-iv",
    "aes-128-cfb+fixed-iv",
    "aes-128-ofb+fixed-iv",
    "aes-128-ctr",
    "aes-128-ctr+reused-nonce",
    "aes-128-gcm",
    "aes-128-gcm+reused-nonce",
    "aes-128-gcm-siv+reused-nonce",
    "aes-128-xts",
    "aes-128-xts+fixed-tweak",
];

/// The columns: the lenses that need no options.
const LENSES: [&str; 8] =
    ["ciphertext", "repeats", "outline", "colours", "tone", "motion", "difference", "sizes"];

/// The column of a poster of a frame after the first, which is known.
const FROM_FRAME_0: &str = "tint";

/// The plan of a poster of these schemes and lenses.
pub fn plan((schemes, lenses): (Vec<Scheme>, Vec<Lens>)) -> Plan {
    let row = |(at, &scheme): (usize, &Scheme)| RowPlan {
        title: scheme.title(),
        about: scheme.about().into(),
        continues: at.checked_sub(1).is_some_and(|above| schemes[above].base_name() == scheme.base_name()),
        panels: lenses.iter().map(|&lens| Panel::through(scheme, lens)).collect(),
    };
    let rows = schemes.iter().enumerate().map(row).collect();
    let columns =
        lenses.iter().map(|lens| Column { title: lens.full_title(), shows: lens.shows() }).collect();
    Plan { rows, columns, axes: Axes::SchemesAndLenses(schemes, lenses) }
}

/// The first row and the first column of a poster, which state its schemes and lenses in a scene. All cells would be
/// more panels than a scene may have.
pub fn edges(schemes: &[Scheme], lenses: &[Lens]) -> Vec<Panel> {
    let (Some(&scheme), Some(&lens)) = (schemes.first(), lenses.first()) else { return Vec::new() };
    let row = lenses.iter().map(|&lens| Panel::through(scheme, lens));
    row.chain(schemes.iter().skip(1).map(|&scheme| Panel::through(scheme, lens))).collect()
}

/// The schemes and the lenses of panels, each once, in order. Without panels, the defaults that suit the target, and the
/// frame, which may be one `after_first`.
pub fn axes(panels: Option<&[Panel]>, target: Target, after_first: bool) -> (Vec<Scheme>, Vec<Lens>) {
    let (mut schemes, mut lenses) = (Vec::new(), Vec::new());
    for panel in panels.unwrap_or_default() {
        if let Panel::Cipher { scheme, lens, .. } = *panel {
            if !schemes.contains(&scheme) {
                schemes.push(scheme);
            }
            if !lenses.contains(&lens) {
                lenses.push(lens);
            }
        }
    }
    if schemes.is_empty() {
        schemes = SCHEMES.iter().filter_map(|name| name.parse().ok()).collect();
        schemes.retain(|&scheme| check_target(target, scheme).is_ok());
    }
    if lenses.is_empty() {
        let names = LENSES.into_iter().chain(after_first.then_some(FROM_FRAME_0));
        lenses = names.filter_map(|name| name.parse().ok()).collect();
        lenses.retain(|&lens| lens_suits(target, lens));
    }
    (schemes, lenses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_column_of_the_poster_exists() {
        let (schemes, lenses) = axes(None, Target::Pixels, false);
        assert_eq!((schemes.len(), lenses.len()), (SCHEMES.len(), LENSES.len() - 1), "all but sizes");
        assert_eq!(axes(None, Target::Pixels, true).1.len(), LENSES.len(), "and tint");
        for target in Target::ALL {
            let (schemes, lenses) = axes(None, target, true);
            assert!(!schemes.is_empty() && !lenses.is_empty(), "{target}");
            assert!(schemes.iter().all(|&scheme| check_target(target, scheme).is_ok()), "{target}");
        }
    }

    #[test]
    fn the_first_row_and_column_state_the_axes_of_a_poster() {
        let (schemes, lenses) = axes(None, Target::Pixels, false);
        let panels = edges(&schemes, &lenses);
        assert_eq!(axes(Some(&panels), Target::Pixels, true), (schemes, lenses));
        assert_eq!(panels.len(), SCHEMES.len() + LENSES.len() - 2);
    }
}
