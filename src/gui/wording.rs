//! What a panel shows and what it gives away, in plain words.

use crate::crypto::{Habit, Scheme};
use crate::picture::layout::Layout;
use crate::scene::Panel;

/// Between a number and its unit.
pub(super) const NBSP: char = '\u{a0}';

/// A layout with what is done to it: `gray8, 8 levels, squares`.
#[must_use]
pub fn layout_name(layout: Layout) -> String {
    let levels = match layout.posterize() {
        all if all.is_off() => String::new(),
        fewer => format!(", {} levels", 1 << fewer.bits()),
    };
    format!("{}{levels}{}", layout.name(), if layout.is_tiled() { ", squares" } else { "" })
}

/// What the panel is of, without its lens, from the longest wording to the shortest: `AES-128-CTR, reused nonce`, `CTR, reused nonce`, `CTR, reused`; without a habit
/// `AES-128-CTR`, `CTR`. A mode that is misused is never named without its misuse: what is seen would teach the
/// opposite. Where `panels` hold the mode with another size of key, the size stays too: `CTR-128`.
#[must_use]
pub fn panel_names(panel: Panel, panels: &[Panel]) -> Vec<String> {
    let Some(scheme) = panel.scheme() else { return vec![panel.title()] };
    let (name, mode) = (scheme.title(), scheme.mode_title());
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
    names
}

/// The panel with its lens, from the longest wording to the shortest; the lens goes before the misuse does.
#[must_use]
pub fn panel_and_lens_names(panel: Panel, panels: &[Panel]) -> Vec<String> {
    let names = panel_names(panel, panels);
    let Panel::Cipher { lens, .. } = panel else { return names };
    let joint = lens.kind().joint;
    let with_lens = names.iter().map(|name| format!("{name} {joint} {}", lens.title())).collect::<Vec<_>>();
    [with_lens, names].concat()
}

/// A share in percent, never rounded up to all nor down to none.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return format!("0{NBSP}%");
    }
    let rounded = (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2);
    match rounded {
        0 if part > 0 => format!("under 1{NBSP}%"),
        100 if part < whole => format!("over 99{NBSP}%"),
        _ => format!("{rounded}{NBSP}%"),
    }
}

/// A share from 0 to 1 in percent, as [`percent`] says it.
#[must_use]
pub fn share(of_one: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
    let parts = (of_one.clamp(0.0, 1.0) * 1e9) as u64;
    // A single pixel of many is a part too.
    percent(if of_one > 0.0 { parts.max(1) } else { 0 }, 1_000_000_000)
}

/// A count with thousands separators: `230,400`.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How often something occurs: `occurs 12 times`.
#[must_use]
pub fn occurs(count: u32) -> String {
    match count {
        0 => "does not occur".into(),
        1 => "occurs once".into(),
        count => format!("occurs {} times", grouped(count.into())),
    }
}

/// Minutes, seconds and tenths, cut and not rounded: `0:03.2`; with hours where there are any.
#[must_use]
pub fn time(secs: f64) -> String {
    // Times come as sums of frame durations: 0.1 three times is a hair under 0.3.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, never negative")]
    let tenths = (secs.max(0.0) * 10.0 + 1e-6) as u64;
    let (minutes, rest) = (tenths / 600, tenths % 600);
    let (whole, tenth) = (rest / 10, rest % 10);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{whole:02}.{tenth}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{whole:02}.{tenth}"),
    }
}

/// A speed as people write it: `0.5×`.
#[must_use]
pub fn speed(speed: f64) -> String {
    format!("{speed}×")
}

/// How much a picture is enlarged: `4×`, `1.3×`; `1:1` where each pixel of the frame has one on screen.
#[must_use]
pub fn times(px: f32) -> String {
    if (px - 1.0).abs() < 0.005 {
        return "1:1".into();
    }
    let text = if px < 10.0 { format!("{px:.1}") } else { format!("{px:.0}") };
    format!("{}×", text.trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::panels::finding::{Finding, finding, finding_of};
    use crate::gui::textures::display_frame::ShotPanel;
    use crate::leak::{Leakage, Word};
    use crate::lens::{Gain, Lens};
    use crate::picture::Shape;

    fn leakage(blocks: u64, repeated: u64, same: Option<u64>) -> Leakage {
        Leakage { blocks, repeated, same_as_previous: same, ..Leakage::default() }
    }

    fn words(panel: &str, leakage: &Leakage) -> Finding {
        let mut found = finding(panel.parse().expect("a panel"), Shape::new(1280, 720), leakage);
        for wording in &mut found.wordings {
            *wording = wording.replace(NBSP, " ");
        }
        found
    }

    #[test]
    fn beside_an_empty_picture_stands_no_word_of_what_is_seen() {
        let of = |word, note: Option<&str>| {
            let shown = ShotPanel {
                panel: "aes-128-ecb:motion".parse().expect("a panel"),
                image: None,
                cut: None,
                cells: None,
                leakage: Leakage { word: Some(word), ..leakage(100, 91, None) },
                pending: None,
                note: note.map(Into::into),
            };
            finding_of(Shape::new(1280, 720), &shown).word
        };
        let every = Some("Every block changed");
        for word in [Word::Outlines, Word::Movement, Word::Repeats] {
            assert_eq!([of(word, None), of(word, every)], [Some(word), None]);
        }
        for word in [Word::Flat, Word::Noise] {
            assert_eq!([of(word, None), of(word, every)], [Some(word); 2]);
        }
    }

    #[test]
    fn ecb_is_told_with_its_counts_and_shorter_where_there_is_no_room() {
        let found = words("aes-128-ecb", &leakage(230_400, 209_734, None));
        assert!(found.leaks);
        assert_eq!(
            found.wordings,
            ["91 % of the blocks repeat: 209,734 of 230,400", "91 % of the blocks repeat", "91 % repeat"]
        );
    }

    #[test]
    fn what_stays_since_the_last_frame_is_told_where_it_fits() {
        let found = words("aes-128-ecb", &leakage(100, 91, Some(38)));
        assert_eq!(
            found.wordings[0],
            "91 % of the blocks repeat: 91 of 100 · 38 % unchanged since the last frame"
        );
        assert_eq!(found.wordings[1], "91 % of the blocks repeat: 91 of 100");
        assert_eq!(found.wordings.last().map(String::as_str), Some("91 % repeat"));
        let reused = words("aes-128-ctr+reused-nonce", &leakage(100, 0, Some(38)));
        assert_eq!(
            reused.wordings,
            [
                "No block repeats · 38 % unchanged since the last frame",
                "38 % unchanged since the last frame",
                "38 % unchanged"
            ],
            "however little room there is, the number is told"
        );
        assert!(reused.leaks, "a reused nonce leaks over time");
    }

    #[test]
    fn gcm_is_told_as_what_was_seen_and_nothing_is_called_secure() {
        let found = words("aes-128-gcm", &leakage(230_400, 0, Some(0)));
        let wordings = ["No block repeats", "No repeats"].map(Into::into).into();
        assert_eq!(found, Finding { wordings, leaks: false, word: None });
    }

    #[test]
    fn the_original_is_told_by_its_size() {
        let found = words("plain", &leakage(230_400, 9, None));
        assert_eq!(found.wordings, ["1280 × 720 · 230,400 blocks of 16 bytes", "1280 × 720"]);
    }

    #[test]
    fn a_share_is_never_rounded_to_all_or_none() {
        let plain = |part, whole| percent(part, whole).replace(NBSP, " ");
        assert_eq!(plain(1, 1000), "under 1 %");
        assert_eq!(plain(999, 1000), "over 99 %");
        assert_eq!(plain(1000, 1000), "100 %");
        assert_eq!(plain(0, 1000), "0 %");
        assert_eq!(plain(0, 0), "0 %");
        assert_eq!(plain(u64::MAX - 1, u64::MAX), "over 99 %");
    }

    #[test]
    fn an_amplified_difference_says_so() {
        let name = |text: &str| text.parse::<Lens>().expect("a lens").title();
        assert_eq!(name("difference,gain=8"), "difference ×8");
        assert_eq!(["difference", "tone,flip=yes"].map(name), ["difference", "tone"]);
    }

    #[test]
    fn the_bare_number_is_what_is_left_where_there_is_room_for_nothing_else() {
        let panel = |name: &str| name.parse::<Panel>().expect("a panel");
        let found = |name, leakage| finding(panel(name), Shape::new(1280, 720), &leakage);
        let bare = |same| found("aes-128-ctr+reused-nonce", leakage(1000, 0, Some(same))).bare();
        let plain = |bare: Option<String>| bare.map(|number| number.replace(NBSP, " "));
        assert_eq!(plain(bare(380)).as_deref(), Some("38 % same"));
        assert_eq!(plain(bare(999)).as_deref(), Some("> 99 % same"));
        assert_eq!(plain(bare(1)).as_deref(), Some("< 1 % same"));
        let repeated = |repeated| found("aes-128-ecb", leakage(1000, repeated, Some(380))).bare();
        assert_eq!(plain(repeated(910)).as_deref(), Some("91 %"));
        assert_eq!(found("plain", leakage(9, 0, None)).bare(), None);
        assert_eq!(found("aes-128-gcm", leakage(9, 0, None)).bare(), None, "nothing is no number of its own");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        let grouped = [0, 999, 1000, 209_734, 1_000_000].map(grouped);
        assert_eq!(grouped, ["0", "999", "1,000", "209,734", "1,000,000"]);
    }

    #[test]
    fn times_are_cut_to_tenths() {
        let times = [0.0, 3.2, 0.1 + 0.1 + 0.1, 12.0, 59.99, 75.0, 3671.5].map(time);
        assert_eq!(times, ["0:00.0", "0:03.2", "0:00.3", "0:12.0", "0:59.9", "1:15.0", "1:01:11.5"]);
    }

    #[test]
    fn enlargements_are_told_with_one_digit() {
        assert_eq!([0.5, 1.0, 1.26, 4.0, 16.4].map(times), ["0.5×", "1:1", "1.3×", "4×", "16×"]);
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
            let panel = Panel::Cipher { scheme, lens: Lens::Difference(Gain::ONE) };
            for name in panel_names(panel, &[]).into_iter().chain(panel_and_lens_names(panel, &[])) {
                assert_eq!(name.contains(", "), scheme.habit().is_some(), "{name}");
            }
        }
        assert_eq!(names("chacha20-poly1305"), ["ChaCha20-Poly1305", "ChaCha20"]);
        assert_eq!(names("plain"), ["Original"]);
        let mode = |text: &str| text.parse::<Scheme>().expect("a scheme").mode_title();
        assert_eq!(mode("aes-256-gcm-siv+reused-nonce"), "GCM-SIV");
        assert_eq!(mode("chacha20-poly1305"), "ChaCha20-Poly1305");
    }
}
