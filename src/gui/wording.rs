//! Names of panels and layouts as the window shows them, from the longest wording to the shortest.

use crate::crypto::{Habit, Scheme};
use crate::picture::layout::Layout;
use crate::scene::Panel;

/// A layout with its options: `gray8, 8 levels, squares`.
#[must_use]
pub fn layout_name(layout: Layout) -> String {
    let levels = match layout.posterize() {
        all if all.is_off() => String::new(),
        fewer => format!(", {} levels", 1 << fewer.bits()),
    };
    format!("{}{levels}{}", layout.name(), if layout.is_tiled() { ", squares" } else { "" })
}

/// The names of a panel without its lens, from the longest to the shortest: `AES-128-CTR, reused nonce`, `CTR, reused
/// nonce`, `CTR, reused`; without a habit `AES-128-CTR`, `CTR`. A misused mode is never named without its misuse: the
/// picture would teach the opposite. Where `panels` hold the mode with another key size, the size is kept: `CTR-128`.
#[must_use]
pub fn panel_names(panel: Panel, panels: &[Panel]) -> Vec<String> {
    let Some(scheme) = panel.scheme() else { return vec![panel.title()] };
    if panel.own_target().observer.is_some() {
        return vec![panel.title()];
    }
    let (name, mode, of) = (scheme.title(), scheme.mode_title(), panel.of_target());
    let base = scheme.base_name();
    let is_alike = |other: Scheme| other.mode_title() == mode && other.base_name() != base;
    let size =
        base.split('-').nth(1).filter(|_| panels.iter().filter_map(|panel| panel.scheme()).any(is_alike));
    let short = mode.strip_suffix("-Poly1305").unwrap_or(mode);
    let short = size.map_or_else(|| short.to_owned(), |size| format!("{short}-{size}"));
    let mut names = vec![name.clone(), short.clone()];
    if let Some((_, habit)) = name.split_once(", ") {
        names[1] = format!("{short}, {habit}");
    }
    names.extend(scheme.habit().and_then(|habit| match habit {
        Habit::ReusedNonce => Some(format!("{short}, reused")),
        Habit::KeyPerFrame => Some(format!("{short}, key/frame")),
        Habit::FixedIv | Habit::FixedTweak => None,
    }));
    // An encoder is named by its name alone where there is little room.
    let brief = of.replace(", encoded with ", ", ");
    let briefest = names.last().filter(|_| brief != of).map(|name| format!("{name}{brief}"));
    names.into_iter().map(|name| name + &of).chain(briefest).collect()
}

/// The names of a panel with its lens, from the longest to the shortest; the lens is dropped before the misuse is.
#[must_use]
pub fn panel_and_lens_names(panel: Panel, panels: &[Panel]) -> Vec<String> {
    let names = panel_names(panel, panels);
    let Panel::Cipher { lens, .. } = panel else { return names };
    let preposition = lens.kind().preposition;
    let with_lens =
        names.iter().map(|name| format!("{name} {preposition} {}", lens.title())).collect::<Vec<_>>();
    [with_lens, names].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::{Gain, Lens};

    #[test]
    fn the_name_of_an_amplified_difference_has_its_gain() {
        let name = |text: &str| text.parse::<Lens>().expect("a lens").title();
        assert_eq!(name("difference,gain=8"), "difference ×8");
        assert_eq!(["difference", "tone,flip=yes"].map(name), ["difference", "tone"]);
    }

    #[test]
    fn schemes_are_named_as_people_write_them() {
        let name = |text: &str| text.parse::<Panel>().expect("a panel").title();
        assert_eq!(name("aes-128-ecb:repeats"), "AES-128-ECB");
        assert_eq!(name("aes-192-ctr+reused-nonce"), "AES-192-CTR, reused nonce");
        assert_eq!(name("plain"), "Original");
        let names = |text: &str| panel_names(text.parse().expect("a panel"), &[]);
        let reused = ["AES-192-CTR, reused nonce", "CTR, reused nonce", "CTR, reused"];
        assert_eq!(names("aes-192-ctr+reused-nonce"), reused);
        assert_eq!(names("aes-192-ctr"), ["AES-192-CTR", "CTR"]);
        for scheme in Scheme::all() {
            let panel = Panel::through(scheme, Lens::Difference(Gain::ONE));
            for name in panel_names(panel, &[]).into_iter().chain(panel_and_lens_names(panel, &[])) {
                assert_eq!(name.contains(", "), scheme.habit().is_some(), "{name}");
            }
        }
        assert_eq!(names("chacha20-poly1305"), ["ChaCha20-Poly1305", "ChaCha20"]);
        let encoded = names("aes-128-ecb,encode=mpeg4/q=3");
        assert_eq!(encoded, ["AES-128-ECB, encoded with mpeg4", "ECB, encoded with mpeg4", "ECB, mpeg4"]);
        let of_packets = names("aes-128-ecb,target=packets,encode=mpeg4/q=3");
        assert_eq!(of_packets, ["AES-128-ECB of mpeg4 packets", "ECB of mpeg4 packets"]);
        assert_eq!(names("plain"), ["Original"]);
        let mode = |text: &str| text.parse::<Scheme>().expect("a scheme").mode_title();
        assert_eq!(mode("aes-256-gcm-siv+reused-nonce"), "GCM-SIV");
        assert_eq!(mode("chacha20-poly1305"), "ChaCha20-Poly1305");
    }
}
