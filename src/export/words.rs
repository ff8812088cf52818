//! Numbers in plain words, the same in tables and under pictures.

use std::fmt::Write;

use crate::crypto::Verdict;
use crate::leak::{Codebook, Leakage, Word};
use crate::media::SourceInfo;
use crate::pipeline::Attack;

/// What is known of a source: names and values, in the order in which they are told.
#[must_use]
pub fn source(info: &SourceInfo) -> [(&'static str, String); 12] {
    let (wide, high) = info.sample_aspect_ratio;
    let unknown = || "not stated".to_owned();
    let count = |count: Option<u64>| count.map_or_else(unknown, thousands);
    [
        ("source", info.source.clone()),
        ("kind", format!("{:?}", info.kind).to_lowercase()),
        ("container", info.container.clone()),
        ("codec", info.codec.clone()),
        ("pixel format", info.pixel_format.clone()),
        ("size", format!("{} × {} pixels", info.width, info.height)),
        ("pixel aspect", format!("{wide}:{high}")),
        ("rotation", format!("{}°", info.rotation_degrees)),
        ("frame rate", info.frame_rate.map_or_else(unknown, |value| format!("{} frames/s", rate(value)))),
        ("duration", info.duration_secs.map_or_else(unknown, time)),
        ("frames", count(info.frames)),
        ("keyframes", count(info.keyframes)),
    ]
}

/// A count with a comma every three digits.
#[must_use]
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share from 0 to 1 in per cent. What is neither nothing nor everything is never rounded to it.
#[must_use]
pub fn percent(share: f64) -> String {
    match share {
        share if share > 0.0 && share < 0.0005 => "< 0.1 %".into(),
        share if (0.9995..1.0).contains(&share) => "> 99.9 %".into(),
        share => format!("{:.1} %", share * 100.0),
    }
}

/// Seconds since frame 0: `0.500 s`, and `1:02:03.500` from a minute on.
#[must_use]
pub fn time(secs: f64) -> String {
    if secs < 60.0 {
        return format!("{secs:.3} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a duration in milliseconds")]
    let millis = (secs * 1000.0).round() as u64;
    let (hours, minutes, secs) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let mut text = String::new();
    let _ = if hours > 0 { write!(text, "{hours}:{minutes:02}") } else { write!(text, "{minutes}") };
    let _ = write!(text, ":{secs:02}.{:03}", millis % 1000);
    text
}

/// A rate with as many digits as it needs, at most three after the point: `30`, `29.97`, `23.976`.
#[must_use]
pub fn rate(rate: f64) -> String {
    format!("{rate:.3}").trim_end_matches('0').trim_end_matches('.').into()
}

/// A small expectation: `0`, `0.25`, `7.9e-28`.
#[must_use]
pub fn tiny(value: f64) -> String {
    if value > 0.0 && value < 0.001 { format!("{value:.1e}") } else { rate(value) }
}

/// How much the lens tone paints, and how well that agrees with the original; `None` for other lenses.
#[must_use]
pub fn tones(leakage: &Leakage) -> Option<String> {
    let painted = format!("{} of the blocks have a tone", percent(leakage.tone_painted?));
    let Some(r2) = leakage.tone_r2 else { return Some(painted) };
    Some(format!("{painted}; all four vectors tell {} of their brightness (R²)", percent(r2)))
}

/// How much repeats, as a sentence without its full stop.
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

/// A number that may be far below zero: `0`, `-27.4`, `-3.5e9`.
#[must_use]
pub fn logarithm(value: f64) -> String {
    if value.abs() >= 1e6 {
        format!("{value:.1e}")
    } else if value.abs() < 0.05 {
        "0".into()
    } else {
        format!("{value:.1}")
    }
}

/// The number behind a panel's word, as a sentence without its full stop. A frame without one before it says
/// that it could not be compared, unless that makes no difference.
#[must_use]
pub fn finding(leakage: &Leakage) -> String {
    let Leakage { blocks, same_as_previous, same_prefix, same_bytes_in_changed, .. } = *leakage;
    let same = same_as_previous.unwrap_or_default();
    let of_blocks = |count: u64| percent(count as f64 / blocks as f64);
    let found = match leakage.word {
        None | Some(Word::Outlines) => return repeats(leakage),
        Some(Word::KeystreamReuse) => {
            // All bytes of the blocks that differ, but for the first one.
            let changed = 16 * (blocks - same).saturating_sub(1).max(1);
            let share = same_bytes_in_changed.unwrap_or_default() as f64 / changed as f64;
            return format!("changed blocks keep {} of their bytes (0.4 % by chance)", percent(share));
        }
        Some(Word::IdenticalFrames) => {
            return format!("every block is as in the frame before ({})", thousands(blocks));
        }
        Some(Word::Prefix) => {
            let prefix = thousands(same_prefix.unwrap_or_default());
            return format!("the first {prefix} of {} blocks are as before, and no other", thousands(blocks));
        }
        Some(Word::Movement) => {
            let counts = format!("{} of {}", thousands(same), thousands(blocks));
            return format!("{} of the blocks are as before ({counts})", of_blocks(same));
        }
        Some(Word::Repeats) => {
            format!("{} of the blocks repeat, too few to draw", of_blocks(leakage.repeated))
        }
        Some(Word::Noise) => "no block repeats".into(),
        Some(Word::Recovered) => {
            return format!(
                "{} of the picture is known",
                percent(leakage.recovered_share.unwrap_or_default())
            );
        }
        Some(Word::Forged) => return "a picture that the attacker chose, and nobody notices".into(),
        Some(Word::Garbled) => return "something is wrong, and nothing says so".into(),
        Some(Word::Refused) => return "the receiver notices and shows nothing".into(),
    };
    match (same_as_previous, leakage.word) {
        (None, _) => format!("{found}; frame 0 has nothing to compare with"),
        (Some(_), Some(Word::Noise)) => format!("{found} and none is as before (0 of {})", thousands(blocks)),
        (Some(_), _) => found,
    }
}

/// What came of an attack, as a sentence without its full stop.
#[must_use]
pub fn attack(attack: Attack, leakage: &Leakage) -> String {
    let (by_keystream, is_full) = match attack {
        Attack::Known => return "this frame is one of those that are known".into(),
        Attack::Received(Verdict::Unchanged) => return "nothing was changed on the way".into(),
        Attack::Received(Verdict::Refused(refusal)) => return refusal.to_string(),
        Attack::Received(Verdict::Forged | Verdict::Garbled) => return finding(leakage),
        Attack::Recovered { by_keystream, is_full } => (by_keystream, is_full),
    };
    let mut text = match leakage.recovered_share {
        Some(share) if share > 0.0 => format!("{} of the picture follows from known frames", percent(share)),
        _ => "nothing follows from known frames".into(),
    };
    if by_keystream {
        text += ", by a keystream that was used before";
    }
    if is_full {
        let _ = write!(text, "; only the first {} were learnt", thousands(Codebook::MOST_BLOCKS as u64));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{DecryptError, Refusal};

    #[test]
    fn numbers_read_as_a_person_writes_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.5, 59.999, 60.0, 3723.25].map(time),
            ["0.500 s", "59.999 s", "1:00.000", "1:02:03.250"]
        );
        assert_eq!([30.0, 29.97, 23.976_023_9, 0.0].map(rate), ["30", "29.97", "23.976", "0"]);
        assert_eq!([0.0, 0.25, 7.9e-28].map(tiny), ["0", "0.25", "7.9e-28"]);
    }

    #[test]
    fn a_share_is_never_rounded_to_nothing_or_everything() {
        assert_eq!(
            [0.0, 0.00001, 0.5, 0.99999, 1.0].map(percent),
            ["0.0 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100.0 %"]
        );
    }

    #[test]
    fn tones_are_told_by_how_much_they_paint_and_how_well() {
        let told = |painted: Option<f64>, r2: Option<f64>| {
            tones(&Leakage { tone_painted: painted, tone_r2: r2, ..Leakage::default() })
        };
        assert_eq!(told(None, None), None);
        assert_eq!(told(Some(0.0), None).as_deref(), Some("0.0 % of the blocks have a tone"));
        let both = "62.5 % of the blocks have a tone; all four vectors tell 83.0 % of their brightness (R²)";
        assert_eq!(told(Some(0.625), Some(0.83)).as_deref(), Some(both));
    }

    #[test]
    fn repeats_are_told_with_their_counts() {
        let told = |blocks: u64, repeated: u64| {
            let repeated_share = repeated as f64 / blocks.max(1) as f64;
            repeats(&Leakage { blocks, repeated, repeated_share, ..Leakage::default() })
        };
        assert_eq!(told(230_400, 209_734), "91.0 % of the blocks repeat (209,734 of 230,400)");
        assert_eq!(told(230_400, 0), "no block repeats (0 of 230,400)");
        assert_eq!(told(4, 4), "every block repeats (4)");
        assert_eq!(told(0, 0), "too small for a whole block of 16 bytes");
    }

    #[test]
    fn logarithms_stay_short() {
        assert_eq!([0.0, -27.404, -3.497e9].map(logarithm), ["0", "-27.4", "-3.5e9"]);
    }

    #[test]
    fn a_word_has_its_number_behind_it() {
        let told = |same: Option<u64>, prefix: u64, bytes: u64, repeated: u64, log10_p: f64| {
            let leakage = Leakage {
                blocks: 1000,
                repeated,
                repeated_share: repeated as f64 / 1000.0,
                repeated_in_frame: repeated,
                log10_p,
                same_as_previous: same,
                same_prefix: same.map(|_| prefix),
                same_bytes_in_changed: same.map(|_| bytes),
                ..Leakage::default()
            };
            finding(&Leakage { word: Word::of(&leakage), ..leakage })
        };
        assert_eq!(told(None, 0, 0, 600, -1e6), "60.0 % of the blocks repeat (600 of 1,000)");
        assert_eq!(told(None, 0, 0, 0, 0.0), "no block repeats; frame 0 has nothing to compare with");
        assert_eq!(told(Some(0), 0, 60, 0, 0.0), "no block repeats and none is as before (0 of 1,000)");
        assert_eq!(
            told(Some(599), 3, 3200, 0, 0.0),
            "changed blocks keep 50.0 % of their bytes (0.4 % by chance)"
        );
        assert_eq!(told(Some(1000), 1000, 0, 0, 0.0), "every block is as in the frame before (1,000)");
        assert_eq!(told(Some(7), 7, 60, 0, 0.0), "the first 7 of 1,000 blocks are as before, and no other");
        assert_eq!(told(Some(250), 7, 40, 0, 0.0), "25.0 % of the blocks are as before (250 of 1,000)");
        assert_eq!(told(Some(0), 0, 60, 2, -30.0), "0.2 % of the blocks repeat, too few to draw");
    }

    #[test]
    fn an_attack_says_what_came_of_it() {
        let told = |outcome: Attack, share: Option<f64>, word: Option<Word>| {
            attack(outcome, &Leakage { blocks: 8, recovered_share: share, word, ..Leakage::default() })
        };
        let recovered = |by_keystream, is_full| Attack::Recovered { by_keystream, is_full };
        assert_eq!(
            told(recovered(true, false), Some(1.0), Some(Word::Recovered)),
            "100.0 % of the picture follows from known frames, by a keystream that was used before"
        );
        assert_eq!(
            told(recovered(false, true), Some(0.0), Some(Word::Noise)),
            "nothing follows from known frames; only the first 4,194,304 were learnt"
        );
        let refused = Verdict::Refused(Refusal::Message(DecryptError::Tag));
        assert_eq!(told(Attack::Received(refused), None, Some(Word::Refused)), "the tag does not fit");
        assert_eq!(
            told(Attack::Received(Verdict::Unchanged), None, Some(Word::Noise)),
            "nothing was changed on the way"
        );
        let forged = told(Attack::Received(Verdict::Forged), None, Some(Word::Forged));
        assert_eq!(forged, "a picture that the attacker chose, and nobody notices");
        assert!(told(Attack::Known, None, Some(Word::Noise)).contains("known"));
    }
}
