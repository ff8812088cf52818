//! Panels that make a point together.

use crate::crypto::Scheme;
use crate::lens::Lens;
use crate::scene::Panel;

/// Panels that one looks at at a time, at most.
pub const MOST_PANELS: usize = 12;

/// A choice of panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// What the window starts with.
    Start,
    /// The original, ECB, and a mode that hides.
    Classic,
    /// ECB through the lenses that find most.
    Microscope,
    /// Modes with a fresh nonce for every frame.
    UsedRight,
    /// The same modes with a nonce, IV or tweak used again.
    Misused,
    /// One scheme through every lens.
    EveryLens,
}

impl Preset {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Start, Self::Classic, Self::Microscope, Self::UsedRight, Self::Misused, Self::EveryLens];

    /// Its name in the menu.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "First look",
            Self::Classic => "Classic trio",
            Self::Microscope => "ECB under the microscope",
            Self::UsedRight => "Safe modes used right",
            Self::Misused => "Safe modes misused",
            Self::EveryLens => "One scheme through every lens",
        }
    }

    /// What it shows, in a few words.
    #[must_use]
    pub const fn shows(self) -> &'static str {
        match self {
            Self::Start => "the original, ECB and the shading in it, GCM",
            Self::Classic => "the original, ECB, GCM",
            Self::Microscope => "the outlines that equal blocks give away",
            Self::UsedRight => "CBC, CTR, GCM, XTS, ChaCha20: noise in every frame",
            Self::Misused => "a nonce, IV or tweak used again gives away what moves",
            Self::EveryLens => "everything that can be made of one ciphertext",
        }
    }

    /// Its panels; `scheme` is the one that is looked at through every lens.
    #[must_use]
    pub fn panels(self, scheme: Scheme) -> Vec<Panel> {
        match self {
            Self::Start => Panel::defaults(),
            Self::Classic => named(&["plain", "aes-128-ecb", "aes-128-gcm"]),
            Self::Microscope => named(&[
                "plain",
                "aes-128-ecb",
                "aes-128-ecb:repeats",
                "aes-128-ecb:outline",
                "aes-128-ecb:tone",
                "aes-128-ecb:motion",
            ]),
            Self::UsedRight => named(&[
                "plain",
                "aes-128-cbc",
                "aes-128-ctr",
                "aes-128-gcm",
                "aes-128-xts",
                "chacha20-poly1305",
            ]),
            Self::Misused => named(&[
                "plain",
                "aes-128-cbc+fixed-iv:motion",
                "aes-128-ctr+reused-nonce:difference",
                "aes-128-gcm+reused-nonce:difference",
                "aes-128-xts+fixed-tweak:motion",
                "chacha20-poly1305+reused-nonce:difference",
            ]),
            Self::EveryLens => {
                let lenses = Lens::ALL.into_iter().map(|lens| Panel::Cipher { scheme, lens });
                std::iter::once(Panel::Plain).chain(lenses).take(MOST_PANELS).collect()
            }
        }
    }
}

/// Panels by name; what this version does not know is left out.
fn named(names: &[&str]) -> Vec<Panel> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_names_panels_of_this_version_and_not_too_many() {
        let scheme: Scheme = "aes-256-ctr".parse().expect("a scheme");
        for (preset, count) in Preset::ALL.into_iter().zip([4, 3, 6, 6, 6, Lens::ALL.len() + 1]) {
            let panels = preset.panels(scheme);
            assert_eq!(panels.len(), count.min(MOST_PANELS), "{preset:?}");
            assert_eq!(panels[0], Panel::Plain, "{preset:?} starts with what is hidden");
        }
        let every = Preset::EveryLens.panels(scheme);
        assert!(every[1..].iter().all(|panel| panel.scheme() == Some(scheme)));
    }

    #[test]
    fn modes_used_right_have_no_habit_and_modes_misused_have_one() {
        let scheme: Scheme = "aes-128-ecb".parse().expect("a scheme");
        let habits = |preset: Preset| -> Vec<bool> {
            let schemes = preset.panels(scheme).into_iter().filter_map(Panel::scheme);
            schemes.map(|scheme| scheme.habit().is_some()).collect()
        };
        assert_eq!(habits(Preset::UsedRight), [false; 5]);
        assert_eq!(habits(Preset::Misused), [true; 5]);
    }
}
