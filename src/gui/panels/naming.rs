//! The names of a scheme and its lens in a caption: which of them is shortened first so that both can be read.

use crate::gui::wording;
use crate::scene::Panel;

/// The font sizes of the names, in points: the smaller one where the names do not fit otherwise.
const SIZES: [f32; 3] = [14.0, 12.0, 11.0];

/// The width of a menu beside its name, in points, with its arrow and without.
pub const ARROW: [f32; 2] = [20.0, 1.0];

/// The padding at either side of a name without an arrow, in points.
pub const BARE_PADDING: f32 = 2.0;

/// The width of the menu of a lens whose name has no room, in points: its arrow alone.
const LENS_ARROW: f32 = 20.0;

/// The names of a panel in its caption.
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    /// The scheme.
    pub scheme: String,
    /// The font size of both names, in points.
    pub size: f32,
    /// The menus have arrows. Without them there is more room for the names.
    pub has_arrows: bool,
    /// The name of the lens is left out: its menu is an arrow.
    pub hides_lens: bool,
    /// Width of the scheme with its arrow, in points.
    pub scheme_width: f32,
    /// Width of the lens with its arrow, in points; 0 for the original.
    pub lens_width: f32,
}

impl Naming {
    /// The names of a panel among those of a scene that fit into `room` points. `wide` measures a name of a scheme
    /// (true) or of a lens (false) in a font size; `padding` is that at either side of a name with an arrow.
    ///
    /// A misused scheme is never named without its misuse: the name of the lens is left out instead. Otherwise the
    /// lens is named, because it distinguishes panels of one scheme. Where nothing fits, the shortest names are
    /// truncated.
    #[must_use]
    pub fn of(
        panel: Panel,
        panels: &[Panel],
        (room, padding): (f32, f32),
        wide: impl Fn(&str, bool, f32) -> f32,
    ) -> Self {
        let wordings = wording::panel_names(panel, panels);
        let lens = match panel {
            Panel::Cipher { lens, .. } => lens.title(),
            Panel::Plain => String::new(),
        };
        let is_misused = panel.scheme().is_some_and(|scheme| scheme.habit().is_some());
        let named = |scheme: &str, size: f32, has_arrows: bool, hides_lens: bool| {
            let around =
                ARROW[usize::from(!has_arrows)] + 2.0 * if has_arrows { padding } else { BARE_PADDING };
            let lens_width = match panel {
                Panel::Plain => 0.0,
                Panel::Cipher { .. } if hides_lens => LENS_ARROW,
                Panel::Cipher { .. } => wide(&lens, false, size) + around,
            };
            let scheme_width = wide(scheme, true, size) + around;
            Self { scheme: scheme.into(), size, has_arrows, hides_lens, scheme_width, lens_width }
        };
        let shortest = wordings.last().map(String::as_str).unwrap_or_default();
        let with_arrows = wordings.iter().map(|name| named(name, SIZES[0], true, false));
        let without = |size: f32| {
            // Without the name of the lens there is room for the longer name of the misuse.
            let longest = if is_misused { 0 } else { wordings.len() - 1 };
            wordings[longest..].iter().map(move |name| (name, size))
        };
        let smaller = SIZES.into_iter().flat_map(without);
        let smaller = smaller.map(|(name, size)| named(name, size, false, is_misused));
        with_arrows
            .chain(smaller)
            .find(|naming| naming.scheme_width + naming.lens_width <= room)
            .unwrap_or_else(|| named(shortest, SIZES[SIZES.len() - 1], false, is_misused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that fit, where each letter is half as wide as its font size.
    fn named(panel: &str, others: &[&str], room: f32) -> Naming {
        let read = |panel: &str| panel.parse::<Panel>().expect("a panel");
        let panels: Vec<Panel> = [panel].iter().chain(others).map(|panel| read(panel)).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few letters")]
        let wide = |name: &str, _: bool, size: f32| name.chars().count() as f32 * size / 2.0;
        Naming::of(panels[0], &panels, (room, 4.0), wide)
    }

    #[test]
    fn names_are_shortened_then_lose_their_arrows_then_become_smaller() {
        let told = |room| {
            let Naming { scheme, size, has_arrows, hides_lens, .. } =
                named("aes-128-ecb:codebook", &[], room);
            (scheme, size, has_arrows, hides_lens)
        };
        assert_eq!(told(200.0), ("AES-128-ECB".into(), 14.0, true, false));
        assert_eq!(told(135.0), ("ECB".into(), 14.0, true, false));
        assert_eq!(told(90.0), ("ECB".into(), 14.0, false, false));
        assert_eq!(told(80.0), ("ECB".into(), 12.0, false, false));
        assert_eq!(told(30.0), ("ECB".into(), 11.0, false, false), "then they are cut");
    }

    #[test]
    fn a_misuse_is_always_named() {
        let told = |room| {
            let Naming { scheme, size, hides_lens, .. } =
                named("aes-128-gcm-siv+reused-nonce:difference", &[], room);
            (scheme, size, hides_lens)
        };
        assert_eq!(told(400.0), ("AES-128-GCM-SIV, reused nonce".into(), 14.0, false));
        assert_eq!(told(173.0), ("GCM-SIV, reused nonce".into(), 14.0, true));
        assert_eq!(told(131.0), ("GCM-SIV, reused".into(), 14.0, true));
        assert_eq!(told(116.0), ("GCM-SIV, reused".into(), 12.0, true));
        assert_eq!(told(20.0), ("GCM-SIV, reused".into(), 11.0, true));
    }

    #[test]
    fn the_key_size_is_named_where_it_distinguishes_panels() {
        let short = |others: &[&str]| named("aes-256-ecb:repeats", others, 155.0).scheme;
        assert_eq!(short(&["aes-256-ecb"]), "ECB");
        assert_eq!(short(&["aes-128-cbc"]), "ECB");
        assert_eq!(short(&["aes-128-ecb:repeats"]), "ECB-256");
    }
}
