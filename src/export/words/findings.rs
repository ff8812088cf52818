//! The numbers behind findings, as sentences.

use std::fmt::Write;

use crate::crypto::Verdict;
use crate::leak::{Codebook, Finding, Leakage, MessageCounts};
use crate::lens::Lens;
use crate::render::{Attack, RenderedPanel};
use crate::scene::Panel;
use crate::text::numbers::{percent, thousands};

/// The end of the finding of a frame without a frame before it.
const NOTHING_BEFORE: &str = "; frame 0 has nothing to compare with";

/// The share of blocks that the lens tone paints, and its agreement with the original; `None` for other lenses.
#[must_use]
pub fn tones(leakage: &Leakage) -> Option<String> {
    let painted = format!("{} of the blocks have a tone", percent(leakage.tone_painted?));
    let Some(r2) = leakage.tone_r2 else { return Some(painted) };
    Some(format!("{painted}; four vectors explain {} of the brightness (R²)", percent(r2)))
}

/// How many blocks repeat, as a sentence without its full stop.
#[must_use]
pub fn repeats(leakage: &Leakage) -> String {
    let Leakage { blocks, repeated, repeated_share, .. } = *leakage;
    match (blocks, repeated) {
        (0, _) => "too small for a whole block of 16 bytes".into(),
        (_, 0) => format!("no block repeats (0 of {})", thousands(blocks)),
        (blocks, repeated) if blocks == repeated => format!("every block repeats ({})", thousands(blocks)),
        _ => format!(
            "{} of the blocks repeat ({} of {})",
            percent(repeated_share),
            thousands(repeated),
            thousands(blocks)
        ),
    }
}

/// How many blocks of messages repeat, and how many whole messages.
fn messages(leakage: &Leakage) -> String {
    let counts = &leakage.messages;
    match (counts.identical_messages, counts.messages) {
        (Some(identical @ 1..), Some(all)) => format!(
            "{}; {} of {} messages equal earlier ones",
            repeats(leakage),
            thousands(identical),
            thousands(all)
        ),
        _ => repeats(leakage),
    }
}

/// The number of messages of a frame and their size, as a sentence without its full stop; `None` for a frame of pixels.
#[must_use]
pub fn sizes(leakage: &Leakage) -> Option<String> {
    let MessageCounts { messages, bytes, identical_messages, .. } = leakage.messages;
    Some(sizes_of(messages?, bytes?, identical_messages.unwrap_or_default()))
}

/// The number of messages, their size in bytes, and the number of those that equal earlier ones, as a sentence without
/// its full stop.
#[must_use]
pub fn sizes_of(messages: u64, bytes: u64, identical: u64) -> String {
    let all = match messages {
        0 => return "no message".into(),
        1 => format!("1 message of {} bytes", thousands(bytes)),
        _ => format!("{} messages, {} bytes in all", thousands(messages), thousands(bytes)),
    };
    match identical {
        0 => all,
        1 => format!("{all}; 1 equals an earlier one"),
        _ => format!("{all}; {} equal earlier ones", thousands(identical)),
    }
}

/// How many slices have a known place, and how well their sizes follow the picture, as a sentence without its full stop; `None` for other
/// messages.
#[must_use]
pub fn footprint(leakage: &Leakage) -> Option<String> {
    let MessageCounts { footprint_pieces, footprint_rho, .. } = leakage.messages;
    let slices = footprint_pieces.filter(|&slices| slices > 0)?;
    let slices = if slices == 1 { "1 slice".into() } else { format!("{} slices", thousands(slices)) };
    Some(match footprint_rho {
        Some(rho) if leakage.word == Some(Finding::Footprint) => {
            format!("the sizes of {slices} follow the detail of the picture (rank correlation {rho:.2})")
        }
        Some(rho) => {
            format!("{slices} with a known place (rank correlation with the detail of the picture {rho:.2})")
        }
        None => format!("{slices} with a known place"),
    })
}

/// The number behind a panel's word, as a sentence without its full stop. Without a frame before, the sentence says that
/// the frame could not be compared, if that matters.
#[must_use]
pub fn finding(leakage: &Leakage) -> String {
    let Leakage { blocks, same_as_previous, same_prefix, same_bytes_in_changed, .. } = *leakage;
    let same = same_as_previous.unwrap_or_default();
    let of_blocks = |count: u64| percent(count as f64 / blocks as f64);
    let found = match leakage.word {
        // Messages have no place in a picture, and are not compared with those of another frame.
        Some(Finding::Noise | Finding::Repeats) if leakage.messages.messages.is_some() => {
            return messages(leakage);
        }
        None | Some(Finding::Outlines) => return repeats(leakage),
        Some(Finding::Flat) => {
            let most = thousands(leakage.repeated_in_frame);
            return format!("{most} of {} blocks are equal to others: nothing to draw", thousands(blocks));
        }
        Some(Finding::KeystreamReuse) => {
            // The bytes of all changed blocks except the first one.
            let changed = 16 * (blocks - same).saturating_sub(1).max(1);
            let share = same_bytes_in_changed.unwrap_or_default() as f64 / changed as f64;
            return format!("changed blocks keep {} of their bytes (0.4 % by chance)", percent(share));
        }
        Some(Finding::IdenticalFrames) => {
            return format!("every block is as in the frame before ({})", thousands(blocks));
        }
        Some(Finding::Prefix) => {
            let prefix = thousands(same_prefix.unwrap_or_default());
            return format!("the first {prefix} of {} blocks are as before, and no other", thousands(blocks));
        }
        Some(Finding::Movement) => {
            let counts = format!("{} of {}", thousands(same), thousands(blocks));
            return format!("{} of the blocks are as before ({counts})", of_blocks(same));
        }
        Some(Finding::Repeats) if leakage.repeated == 0 => {
            return format!("{} of the blocks are as before, but nothing is seen to move", of_blocks(same));
        }
        Some(Finding::Repeats) => {
            format!("{} of the blocks repeat, but draw no outline", of_blocks(leakage.repeated))
        }
        Some(Finding::Footprint) => return footprint(leakage).unwrap_or_default(),
        // The finding of messages, whose sizes are its number.
        Some(Finding::Sizes) => return sizes(leakage).unwrap_or_default(),
        Some(Finding::Noise) => "no block repeats".into(),
        Some(Finding::Recovered) => {
            return format!(
                "{} of the picture is known",
                percent(leakage.recovered_share.unwrap_or_default())
            );
        }
        Some(Finding::Forged) => {
            return "a picture that the attacker chose; the receiver gets no warning".into();
        }
        Some(Finding::Garbled) => return "garbled; the receiver gets no warning".into(),
        Some(Finding::Picture) => return "the frame equals the sender's".into(),
        Some(Finding::Rejected) => return "the receiver rejects the frame and shows nothing".into(),
    };
    match (same_as_previous, leakage.word) {
        (None, _) => found + NOTHING_BEFORE,
        (Some(_), Some(Finding::Noise)) => {
            format!("{found} or equals the previous frame (0 of {})", thousands(blocks))
        }
        (Some(_), _) => found,
    }
}

/// The [finding] of a panel; if the panel shows plain bytes, also the lens that shows the finding.
#[must_use]
pub fn finding_through(panel: &RenderedPanel) -> String {
    if panel.leakage.word == Some(Finding::Picture) {
        return finding(&panel.leakage);
    }
    if let (Panel::Cipher { lens: Lens::Sizes, .. }, Some(sizes)) = (panel.panel, sizes(&panel.leakage)) {
        return sizes;
    }
    if let (Panel::Cipher { lens: Lens::Footprint(_), .. }, Some(slices)) =
        (panel.panel, footprint(&panel.leakage))
    {
        return slices;
    }
    if matches!(panel.panel, Panel::Cipher { lens: Lens::Player, .. }) {
        return "concealed by the decoder; no measure of what leaks".into();
    }
    let found = finding(&panel.leakage);
    let is_of_bytes =
        matches!(panel.panel, Panel::Cipher { lens: Lens::Ciphertext, .. }) && !panel.is_of_file();
    match panel.leakage.word.and_then(Finding::lens).filter(|_| is_of_bytes) {
        Some(lens) => format!("{found}; seen through {lens}"),
        None => found,
    }
}

/// Wordings of a sentence, from the longest to the shortest: first the text in brackets is left out, then the remark
/// that frame 0 has no frame before it. All of them have the number that the sentence is about.
#[must_use]
pub fn wordings(sentence: &str) -> Vec<String> {
    let mut brief = String::new();
    let mut depth = 0u32;
    for letter in sentence.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            letter if depth == 0 => brief.push(letter),
            _ => {}
        }
    }
    let brief = brief.replace(" ;", ";").replace("  ", " ");
    let mut wordings = vec![sentence.to_owned(), brief.trim_end().to_owned()];
    wordings.push(wordings[1].replace(NOTHING_BEFORE, ""));
    wordings.dedup();
    wordings
}

/// The result of an attack, as a sentence without its full stop.
#[must_use]
pub fn attack(attack: Attack, leakage: &Leakage) -> String {
    let (by_keystream, is_full) = match attack {
        Attack::Known => return "this frame is one of those that are known".into(),
        Attack::Received(Verdict::Unchanged) => return "nothing was changed on the way".into(),
        Attack::Received(Verdict::Rejected(rejection)) => return format!("rejected: {rejection}"),
        Attack::Received(Verdict::Forged | Verdict::Garbled) => return finding(leakage),
        Attack::Recovered { by_keystream, is_full } => (by_keystream, is_full),
    };
    let mut text = match leakage.recovered_share {
        Some(share) if share > 0.0 => format!("{} of the picture follows from known frames", percent(share)),
        _ if leakage.filled_share > Some(0.0) => "no pixel follows exactly from known frames".into(),
        _ => "nothing follows from known frames".into(),
    };
    if by_keystream {
        text += ", by a keystream that was used before";
    }
    if let Some(filled) = leakage.filled_share.filter(|&filled| filled > 0.0) {
        let more = if leakage.recovered_share > Some(0.0) { " more" } else { "" };
        let _ = write!(text, "; {}{more} is estimated", percent(filled));
    }
    if is_full {
        let _ = write!(text, "; only the first {} were learnt", thousands(Codebook::MOST_BLOCKS as u64));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{DecryptError, Rejection};

    #[test]
    fn shorter_wordings_drop_brackets_and_keep_the_number() {
        assert_eq!(
            wordings("changed blocks keep 37.9 % of their bytes (0.4 % by chance); seen through difference"),
            [
                "changed blocks keep 37.9 % of their bytes (0.4 % by chance); seen through difference",
                "changed blocks keep 37.9 % of their bytes; seen through difference",
            ]
        );
        assert_eq!(
            wordings(
                "80.8 % of the blocks repeat; frame 0 has nothing to compare with; seen through repeats"
            )[1..],
            ["80.8 % of the blocks repeat; seen through repeats"]
        );
        assert_eq!(
            wordings("every block repeats (5) · enlarged 3 times")[1..],
            ["every block repeats · enlarged 3 times"]
        );
        assert_eq!(wordings("no block repeats"), ["no block repeats"]);
    }

    #[test]
    fn tones_are_stated_with_share_and_agreement() {
        let sentence = |painted: Option<f64>, r2: Option<f64>| {
            tones(&Leakage { tone_painted: painted, tone_r2: r2, ..Leakage::default() })
        };
        assert_eq!(sentence(None, None), None);
        assert_eq!(sentence(Some(0.0), None).as_deref(), Some("0.0 % of the blocks have a tone"));
        let both = "62.5 % of the blocks have a tone; four vectors explain 83.0 % of the brightness (R²)";
        assert_eq!(sentence(Some(0.625), Some(0.83)).as_deref(), Some(both));
    }

    #[test]
    fn repeats_are_stated_with_their_counts() {
        let sentence = |blocks: u64, repeated: u64| {
            let repeated_share = repeated as f64 / blocks.max(1) as f64;
            repeats(&Leakage { blocks, repeated, repeated_share, ..Leakage::default() })
        };
        assert_eq!(sentence(230_400, 209_734), "91.0 % of the blocks repeat (209,734 of 230,400)");
        assert_eq!(sentence(230_400, 0), "no block repeats (0 of 230,400)");
        assert_eq!(sentence(4, 4), "every block repeats (4)");
        assert_eq!(sentence(0, 0), "too small for a whole block of 16 bytes");
    }

    #[test]
    fn every_word_has_its_number() {
        let sentence =
            |same: Option<u64>, prefix: u64, bytes: u64, repeated: u64, log10_p: f64, seen: [bool; 2]| {
                let [draws, moves] = seen;
                let leakage = Leakage {
                    blocks: 1000,
                    block_entropy: if repeated == 1000 { 0.2 } else { 9.0 },
                    repeated,
                    repeated_share: repeated as f64 / 1000.0,
                    repeated_in_frame: repeated,
                    log10_p,
                    same_as_previous: same,
                    same_prefix: same.map(|_| prefix),
                    same_bytes_in_changed: same.map(|_| bytes),
                    ..Leakage::default()
                };
                finding(&Leakage { word: Finding::of(&leakage, draws, || moves), ..leakage })
            };
        let [nothing, outline, movement] = [[false, false], [true, false], [false, true]];
        let outlines = sentence(None, 0, 0, 600, -1e6, outline);
        assert_eq!(outlines, "60.0 % of the blocks repeat (600 of 1,000)");
        let flat = sentence(Some(1000), 1000, 0, 1000, -1e6, nothing);
        assert_eq!(flat, "1,000 of 1,000 blocks are equal to others: nothing to draw");
        let noise = sentence(None, 0, 0, 0, 0.0, nothing);
        assert_eq!(noise, "no block repeats; frame 0 has nothing to compare with");
        let noise = sentence(Some(0), 0, 60, 0, 0.0, nothing);
        assert_eq!(noise, "no block repeats or equals the previous frame (0 of 1,000)");
        let reuse = sentence(Some(599), 3, 3200, 0, 0.0, nothing);
        assert_eq!(reuse, "changed blocks keep 50.0 % of their bytes (0.4 % by chance)");
        let identical = sentence(Some(1000), 1000, 0, 0, 0.0, nothing);
        assert_eq!(identical, "every block is as in the frame before (1,000)");
        let prefix = sentence(Some(7), 7, 60, 0, 0.0, nothing);
        assert_eq!(prefix, "the first 7 of 1,000 blocks are as before, and no other");
        let moving = sentence(Some(250), 7, 40, 0, 0.0, movement);
        assert_eq!(moving, "25.0 % of the blocks are as before (250 of 1,000)");
        let still = sentence(Some(250), 7, 40, 0, 0.0, nothing);
        assert_eq!(still, "25.0 % of the blocks are as before, but nothing is seen to move");
        let repeats = sentence(Some(0), 0, 60, 2, -30.0, nothing);
        assert_eq!(repeats, "0.2 % of the blocks repeat, but draw no outline");
    }

    #[test]
    fn attacks_are_stated_with_their_results() {
        let sentence = |outcome: Attack, share: Option<f64>, word: Option<Finding>| {
            attack(outcome, &Leakage { blocks: 8, recovered_share: share, word, ..Leakage::default() })
        };
        let recovered = |by_keystream, is_full| Attack::Recovered { by_keystream, is_full };
        assert_eq!(
            sentence(recovered(true, false), Some(1.0), Some(Finding::Recovered)),
            "100.0 % of the picture follows from known frames, by a keystream that was used before"
        );
        assert_eq!(
            sentence(recovered(false, true), Some(0.0), Some(Finding::Noise)),
            "nothing follows from known frames; only the first 4,194,304 were learnt"
        );
        let refused = Verdict::Rejected(Rejection::Message(DecryptError::Tag));
        assert_eq!(
            sentence(Attack::Received(refused), None, Some(Finding::Rejected)),
            "rejected: the tag does not match"
        );
        assert_eq!(
            sentence(Attack::Received(Verdict::Unchanged), None, Some(Finding::Noise)),
            "nothing was changed on the way"
        );
        let forged = sentence(Attack::Received(Verdict::Forged), None, Some(Finding::Forged));
        assert_eq!(forged, "a picture that the attacker chose; the receiver gets no warning");
        assert!(sentence(Attack::Known, None, Some(Finding::Noise)).contains("known"));
    }
}
