//! The finding of a panel in words, and why a panel shows nothing.

use crate::export::words;
use crate::gui::textures::display_frame::DisplayPanel;
use crate::leak::{Finding, Leakage};
use crate::lens::Lens;
use crate::picture::Shape;
use crate::play::Status;
use crate::scene::Panel;
use crate::text::numbers::{NBSP, thousands, whole_percent, whole_share};

/// What a panel gives away, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PanelFinding {
    /// The wordings, from the longest to the shortest; never empty.
    pub wordings: Vec<String>,
    /// True where the ciphertext itself gives something away.
    pub leaks: bool,
    /// What an eavesdropper gets, in a word.
    pub word: Option<Finding>,
}

impl PanelFinding {
    /// The number alone, where there is one: `38 %`, `> 99 %`. A share of unchanged blocks reads `38 % same`: beside
    /// the word `movement`, the number alone would mean the share that moved.
    #[must_use]
    pub fn bare(&self) -> Option<String> {
        let shortest = self.wordings.last()?;
        let what = if shortest.ends_with("unchanged") { " same" } else { "" };
        let words: Vec<&str> = shortest.split(' ').collect();
        let at = words.iter().position(|word| word.ends_with('%'))?;
        let sign = match at.checked_sub(1).map(|before| words[before]) {
            Some("under") => format!("<{NBSP}"),
            Some("over") => format!(">{NBSP}"),
            _ => String::new(),
        };
        Some(sign + words[at] + what)
    }
}

/// A sentence that says what a word means.
#[must_use]
pub const fn about_word(word: Finding) -> &'static str {
    match word {
        Finding::Flat => "Nearly all blocks of the frame are equal: there is nothing to draw.",
        Finding::Outlines => "Blocks repeat, and the lens outline draws something with them.",
        Finding::KeystreamReuse => {
            "Bytes equal those of the frame before far beyond chance: a keystream used twice."
        }
        Finding::IdenticalFrames => "The frame is the frame before, to the last block.",
        Finding::Prefix => "The frame equals the frame before up to a point, and nowhere after it.",
        Finding::Movement => {
            "Some blocks equal those of the frame before at the same place, others do not, and the lens motion shows a shape."
        }
        Finding::Footprint => {
            "The sizes of slices draw the picture, since their boundaries are not encrypted: no mode hides them."
        }
        Finding::Repeats => {
            "Blocks equal others, or those of the frame before at the same place, but draw no outline and show no movement."
        }
        Finding::Sizes => {
            "The sizes of messages follow what happens in the picture or the sound: no mode hides them."
        }
        Finding::Noise => "Nothing was found. This never means that there is nothing.",
        Finding::Recovered => "Pixels were recovered from known plaintext.",
        Finding::Picture => "The keys held open the packets seen, and what comes out is the picture.",
        Finding::Forged => "The receiver sees the picture that the attacker chose, and gets no warning.",
        Finding::Garbled => {
            "The receiver accepts a frame that neither the sender nor the attacker chose, and gets no warning."
        }
        Finding::Rejected => "The receiver rejects the frame: the tag or the padding does not match.",
    }
}

/// The finding of a panel in words.
#[must_use]
pub fn finding(panel: Panel, shape: Shape, leakage: &Leakage) -> PanelFinding {
    match panel {
        Panel::Plain => {
            let size = format!("{}{NBSP}×{NBSP}{}", shape.width, shape.height);
            let blocks = format!("{size} · {} blocks of 16 bytes", thousands(leakage.blocks));
            PanelFinding { wordings: vec![blocks, size], leaks: false, word: None }
        }
        Panel::Cipher { .. } if leakage.word == Some(Finding::Picture) => {
            let wordings = ["The frame equals the sender's", "As sent"].map(Into::into).into();
            PanelFinding { wordings, leaks: true, word: leakage.word }
        }
        Panel::Cipher { lens: Lens::Sizes, .. } if leakage.messages.messages.is_some() => {
            let bytes = leakage.messages.bytes.map(|bytes| format!("{} bytes", thousands(bytes)));
            let wordings = words::sizes(leakage).into_iter().chain(bytes).collect();
            PanelFinding { wordings, leaks: true, word: None }
        }
        Panel::Cipher { lens: Lens::Footprint(_), .. } if leakage.messages.footprint_pieces.is_some() => {
            footprint_finding(leakage).unwrap_or_default()
        }
        Panel::Cipher { lens: Lens::Player, .. } => {
            let wordings = ["Decoded without the key", "Without the key"].map(Into::into).into();
            PanelFinding { wordings, leaks: false, word: None }
        }
        Panel::Cipher { .. } => ciphertext_finding(leakage),
    }
}

/// How well the sizes of slices follow the picture; `None` if no slice has a known place.
fn footprint_finding(leakage: &Leakage) -> Option<PanelFinding> {
    let slices = leakage.messages.footprint_pieces.filter(|&slices| slices > 0)?;
    let slices = format!("{} slice{}", thousands(slices), if slices == 1 { "" } else { "s" });
    let word = leakage.word.filter(|&word| word == Finding::Footprint);
    let wordings = match leakage.messages.footprint_rho {
        Some(rho) if word.is_some() => vec![
            format!("The sizes of {slices} follow the picture: rank correlation {rho:.2}"),
            format!("The sizes of {slices} follow the picture"),
            format!("{slices} follow the picture"),
        ],
        Some(rho) => vec![format!("{slices} · rank correlation with detail {rho:.2}"), slices],
        None => vec![format!("{slices} with a known place"), slices],
    };
    Some(PanelFinding { wordings, leaks: word.is_some(), word })
}

/// What a panel on screen gives away, and what tampering with it did.
#[must_use]
pub fn finding_of(shape: Shape, shown: &DisplayPanel) -> PanelFinding {
    let mut found = finding(shown.panel, shape, &shown.leakage);
    if shown.note.is_some() {
        // The panel shows nothing, so the word for what is seen is left out.
        found.word = found.word.filter(|word| word.suits_empty_picture());
    }
    let is_received = matches!(shown.panel, Panel::Cipher { lens: Lens::Received(_), .. });
    let came_to_something = attack_finding(&shown.leakage).is_some();
    if !is_received || came_to_something || shown.note.is_some() || shown.pending.is_some() {
        return found;
    }
    let wordings = ["The receiver has the frame that was sent", "Arrives as it was sent", "As sent"];
    PanelFinding { wordings: wordings.map(Into::into).into(), leaks: false, word: found.word }
}

fn ciphertext_finding(leakage: &Leakage) -> PanelFinding {
    if leakage.blocks == 0 {
        return PanelFinding { wordings: vec!["Smaller than one block".into()], leaks: false, word: None };
    }
    if let Some(finding) = attack_finding(leakage) {
        return finding;
    }
    if let Some(finding) = footprint_finding(leakage).filter(|finding| finding.word.is_some()) {
        return finding;
    }
    let (repeated, blocks) = (leakage.repeated, leakage.blocks);
    let still = leakage.same_as_previous.filter(|&same| same > 0);
    let unchanged = still.map(|same| format!("{} unchanged", whole_percent(same, blocks)));
    let mut wordings: Vec<String> = if let (0, Some(unchanged)) = (repeated, &unchanged) {
        // For unchanged blocks the number is the share that stays.
        let still = format!("{unchanged} since the last frame");
        return PanelFinding {
            wordings: vec![format!("No block repeats · {still}"), still, unchanged.clone()],
            leaks: true,
            word: leakage.word,
        };
    } else if repeated == 0 {
        vec!["No block repeats".into(), "No repeats".into()]
    } else {
        let share = whole_percent(repeated, blocks);
        let counts = format!("{} of {}", thousands(repeated), thousands(blocks));
        vec![
            format!("{share} of the blocks repeat: {counts}"),
            format!("{share} of the blocks repeat"),
            format!("{share} repeat"),
        ]
    };
    if let Some(unchanged) = unchanged {
        wordings.insert(0, format!("{} · {unchanged} since the last frame", wordings[0]));
    }
    PanelFinding { wordings, leaks: repeated > 0, word: leakage.word }
}

/// The result of an attack; `None` where the panel shows no attack, or the attack found nothing.
fn attack_finding(leakage: &Leakage) -> Option<PanelFinding> {
    let filled = leakage.filled_share.filter(|&filled| filled > 0.0).map(whole_share);
    if let (Some(filled), true) = (&filled, leakage.word != Some(Finding::Recovered)) {
        let wordings = vec![
            format!("{filled} of the picture is estimated from known frames"),
            format!("{filled} of the picture is estimated"),
            format!("{filled} estimated"),
        ];
        return Some(PanelFinding { wordings, leaks: true, word: None });
    }
    let told = |wordings: &[&str]| wordings.iter().map(|&wording| wording.into()).collect();
    let wordings: Vec<String> = match leakage.word? {
        Finding::Recovered => {
            let share = whole_share(leakage.recovered_share?);
            let mut wordings = vec![
                format!("{share} of the picture follows from known frames"),
                format!("{share} of the picture"),
            ];
            if let Some(filled) = filled {
                wordings.insert(0, format!("{share} follows from known frames, {filled} is estimated"));
                wordings.insert(1, format!("{share} exact, {filled} estimated"));
            }
            wordings
        }
        Finding::Forged => told(&["The receiver gets no warning", "No warning"]),
        Finding::Garbled => {
            told(&["Garbled; the receiver gets no warning", "The receiver gets no warning", "No warning"])
        }
        Finding::Rejected => told(&["The receiver shows nothing", "Not shown"]),
        _ => return None,
    };
    Some(PanelFinding { wordings, leaks: leakage.word != Some(Finding::Rejected), word: leakage.word })
}

/// Why a panel shows nothing, in a few words; `None` where it does.
#[must_use]
pub fn notice(panel: &DisplayPanel, status: &Status) -> Option<String> {
    let Some(request) = panel.pending else { return panel.note.clone() };
    let name = request.name();
    if status.preparing_stopped {
        return Some(format!("{name} was not prepared"));
    }
    let preparing = status.preparing.filter(|preparing| preparing.request == request);
    let share = preparing.map_or(0.0, |preparing| preparing.share);
    Some(format!("Preparing {name} · {:.0}{NBSP}%", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::textures::display_frame::DisplayPanel;
    use crate::leak::{Finding, Leakage, MessageCounts};
    use crate::payload::TargetStream;
    use crate::picture::Shape;

    fn leakage(blocks: u64, repeated: u64, same: Option<u64>) -> Leakage {
        Leakage { blocks, repeated, same_as_previous: same, ..Leakage::default() }
    }

    fn words(panel: &str, leakage: &Leakage) -> PanelFinding {
        let mut found = finding(panel.parse().expect("a panel"), Shape::new(1280, 720), leakage);
        for wording in &mut found.wordings {
            *wording = wording.replace(NBSP, " ");
        }
        found
    }

    #[test]
    fn an_empty_picture_has_no_word_for_what_is_seen() {
        let of = |word, note: Option<&str>| {
            let shown = DisplayPanel {
                of: TargetStream::default(),
                messages: None,
                panel: "aes-128-ecb:motion".parse().expect("a panel"),
                image: None,
                crop: None,
                cells: None,
                leakage: Leakage { word: Some(word), ..leakage(100, 91, None) },
                pending: None,
                note: note.map(Into::into),
            };
            finding_of(Shape::new(1280, 720), &shown).word
        };
        let every = Some("Every block changed");
        for word in [Finding::Outlines, Finding::Movement, Finding::Repeats] {
            assert_eq!([of(word, None), of(word, every)], [Some(word), None]);
        }
        for word in [Finding::Flat, Finding::Noise] {
            assert_eq!([of(word, None), of(word, every)], [Some(word); 2]);
        }
    }

    #[test]
    fn the_finding_of_slices_is_how_well_their_sizes_follow_the_picture() {
        let of = |panel: &str, word, rho| {
            let messages = MessageCounts {
                messages: Some(3600),
                footprint_pieces: Some(3600),
                footprint_rho: rho,
                ..MessageCounts::default()
            };
            words(panel, &Leakage { word: Some(word), messages, ..leakage(900, 0, None) })
        };
        for panel in ["aes-128-gcm:footprint", "aes-128-gcm", "aes-128-ecb:repeats"] {
            let found = of(panel, Finding::Footprint, Some(0.83));
            assert_eq!((found.word, found.leaks), (Some(Finding::Footprint), true), "{panel}");
            let longest = &found.wordings[0];
            assert!(longest.contains("3,600 slices") && longest.contains("0.83"), "{longest}");
        }
        let few = of("aes-128-gcm:footprint", Finding::Noise, Some(0.12));
        assert_eq!((few.word, few.leaks), (None, false), "the word is about blocks, the panel about slices");
        assert!(few.wordings[0].contains("0.12"));
        assert_eq!(of("aes-128-gcm", Finding::Noise, Some(0.12)).word, Some(Finding::Noise));
        assert_eq!(of("own:footprint", Finding::Noise, None).wordings[0], "3,600 slices with a known place");
    }

    #[test]
    fn the_finding_of_ecb_has_counts_and_shorter_wordings() {
        let found = words("aes-128-ecb", &leakage(230_400, 209_734, None));
        assert!(found.leaks);
        assert_eq!(
            found.wordings,
            ["91 % of the blocks repeat: 209,734 of 230,400", "91 % of the blocks repeat", "91 % repeat"]
        );
    }

    #[test]
    fn the_unchanged_share_is_part_of_the_longer_wordings() {
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
    fn the_finding_of_gcm_never_calls_it_secure() {
        let found = words("aes-128-gcm", &leakage(230_400, 0, Some(0)));
        let wordings = ["No block repeats", "No repeats"].map(Into::into).into();
        assert_eq!(found, PanelFinding { wordings, leaks: false, word: None });
    }

    #[test]
    fn the_finding_of_the_original_is_its_size() {
        let found = words("plain", &leakage(230_400, 9, None));
        assert_eq!(found.wordings, ["1280 × 720 · 230,400 blocks of 16 bytes", "1280 × 720"]);
    }

    #[test]
    fn the_shortest_wording_is_the_number() {
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
}
