//! Numbers in plain words, the same in tables and under pictures.

use std::fmt::Write;

use crate::crypto::Verdict;
use crate::leak::{Codebook, Finding, Leakage, MessageCounts};
use crate::lens::Lens;
use crate::media::{Index, Mirror, SourceInfo, StatedColour};
use crate::picture::Frame;
use crate::render::{Attack, RenderedPanel};
use crate::scene::Panel;
use crate::text::numbers::{clock, percent, rate, thousands, time};

/// What ends the finding of a frame that has none before it.
const NOTHING_BEFORE: &str = "; frame 0 has nothing to compare with";

/// The value of what a source says nothing of.
pub const NOT_STATED: &str = "not stated";

/// What is known of a source: names and values, in the order in which they are told.
#[must_use]
pub fn source(info: &SourceInfo) -> [(&'static str, String); 17] {
    let (wide, high) = info.sample_aspect_ratio;
    let unknown = || NOT_STATED.to_owned();
    let count = |count: Option<u64>| count.map_or_else(unknown, thousands);
    let stated = |name: Option<&str>| name.map_or_else(unknown, str::to_owned);
    let StatedColour { range, matrix, transfer, primaries } = info.colour;
    [
        ("source", info.source.clone()),
        ("kind", format!("{:?}", info.kind).to_lowercase()),
        ("container", info.container.clone()),
        ("codec", info.codec.clone()),
        ("pixel format", info.pixel_format.clone()),
        ("size", format!("{} × {} pixels", info.width, info.height)),
        ("pixel aspect", format!("{wide}:{high}")),
        ("rotation", format!("{}°", info.rotation_degrees)),
        ("mirrored", mirrored(info).to_owned()),
        ("colour range", stated(range)),
        ("colour matrix", stated(matrix)),
        ("transfer", stated(transfer)),
        ("primaries", stated(primaries)),
        ("frame rate", info.frame_rate.map_or_else(unknown, |value| format!("{} frames/s", rate(value)))),
        ("duration", info.duration_secs.map_or_else(unknown, time)),
        ("frames", count(info.frames)),
        ("keyframes", count(info.keyframes)),
    ]
}

/// How the decoded picture is mirrored to give a frame.
const fn mirrored(info: &SourceInfo) -> &'static str {
    match (info.mirrored, info.rotation_degrees) {
        (None, _) => "no",
        (Some(Mirror::Horizontally), 0) => "horizontally",
        (Some(Mirror::Vertically), 0) => "vertically",
        (Some(Mirror::Horizontally), _) => "horizontally, before it is turned",
        (Some(Mirror::Vertically), _) => "vertically, before it is turned",
    }
}

/// When a frame is shown, from frame 0 on, as [`time`] writes it. `--at` and the window lead back from it to that
/// frame and no other: it is rounded up, to as many digits as keep it before the next frame.
#[must_use]
pub fn frame_time(frame: &Frame) -> String {
    moment(frame.time_secs, frame.time_secs + frame.duration_secs)
}

/// A time at `secs` or after and before `until_secs`, where six digits suffice for that.
#[must_use]
pub fn moment(secs: f64, until_secs: f64) -> String {
    const MOST_DIGITS: u32 = 6;
    let units = |digits: u32| {
        // Times are sums and quotients: what lies a hair above a whole number is that number.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time, never negative")]
        let units = (secs * f64::from(10u32.pow(digits)) - 5e-4).ceil() as u64;
        units
    };
    let is_before_next = |digits: &u32| {
        let printed_secs = units(*digits) as f64 / f64::from(10u32.pow(*digits));
        printed_secs + 2.0 * Index::ROUNDING_SECS < until_secs
    };
    let digits = (3..MOST_DIGITS).find(is_before_next).unwrap_or(MOST_DIGITS);
    clock(units(digits), digits)
}

/// How much the lens tone paints, and how well that agrees with the original; `None` for other lenses.
#[must_use]
pub fn tones(leakage: &Leakage) -> Option<String> {
    let painted = format!("{} of the blocks have a tone", percent(leakage.tone_painted?));
    let Some(r2) = leakage.tone_r2 else { return Some(painted) };
    Some(format!("{painted}; four vectors explain {} of the brightness (R²)", percent(r2)))
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

/// What repeats among messages: their blocks, and whole ones.
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

/// How many messages a frame has and how large they are, as a sentence without its full stop; `None` for a frame of pixels.
#[must_use]
pub fn sizes(leakage: &Leakage) -> Option<String> {
    let MessageCounts { messages, bytes, identical_messages, .. } = leakage.messages;
    Some(sizes_of(messages?, bytes?, identical_messages.unwrap_or_default()))
}

/// A number of messages and their bytes, and how many of them equal earlier ones, as a sentence without its full stop.
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

/// The number behind a panel's word, as a sentence without its full stop. A frame without one before it says
/// that it could not be compared, unless that makes no difference.
#[must_use]
pub fn finding(leakage: &Leakage) -> String {
    let Leakage { blocks, same_as_previous, same_prefix, same_bytes_in_changed, .. } = *leakage;
    let same = same_as_previous.unwrap_or_default();
    let of_blocks = |count: u64| percent(count as f64 / blocks as f64);
    let found = match leakage.word {
        // Messages have no place in a picture, and none in common with those of another frame.
        Some(Finding::Noise | Finding::Repeats) if leakage.messages.messages.is_some() => {
            return messages(leakage);
        }
        None | Some(Finding::Outlines) => return repeats(leakage),
        Some(Finding::Flat) => {
            let most = thousands(leakage.repeated_in_frame);
            return format!("{most} of {} blocks are equal to others: nothing to draw", thousands(blocks));
        }
        Some(Finding::KeystreamReuse) => {
            // All bytes of the blocks that differ, but for the first one.
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
        // Messages, and these were told above.
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

/// The [finding] of a panel, and which lens shows it where the panel shows bytes alone.
#[must_use]
pub fn finding_through(panel: &RenderedPanel) -> String {
    if let (Panel::Cipher { lens: Lens::Sizes, .. }, Some(sizes)) = (panel.panel, sizes(&panel.leakage)) {
        return sizes;
    }
    let found = finding(&panel.leakage);
    let is_of_bytes =
        matches!(panel.panel, Panel::Cipher { lens: Lens::Ciphertext, .. }) && !panel.is_of_file();
    match panel.leakage.word.and_then(Finding::lens).filter(|_| is_of_bytes) {
        Some(lens) => format!("{found}; seen through {lens}"),
        None => found,
    }
}

/// A sentence from its longest wording to the shortest: what stands in brackets goes, and then what says only that frame
/// 0 has none before it. The number that the sentence is about stays in all of them.
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

/// What came of an attack, as a sentence without its full stop.
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
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::{DecryptError, Rejection};
    use crate::units::{FrameIndex, Time};

    #[test]
    fn a_frame_s_time_is_rounded_up_to_as_many_digits_as_it_takes() {
        let ntsc = 1001.0 / 30_000.0;
        assert_eq!(
            [0.0, ntsc, 2.0 * ntsc].map(|secs| moment(secs, secs + ntsc)),
            ["0.000 s", "0.034 s", "0.067 s"]
        );
        assert_eq!(moment(0.1 + 0.2, 0.34), "0.300 s", "no digit more for what binary numbers cannot say");
        assert_eq!(moment(0.000_25, 0.000_5), "0.0003 s");
        assert_eq!(moment(3723.25, 3724.0), "1:02:03.250");
    }

    /// The frame to which the printed time of a frame leads.
    fn led_back(index: &Index, frame: FrameIndex) -> FrameIndex {
        let secs = index.time_secs(frame).expect("a frame");
        let until_secs = index.time_secs(frame.next()).unwrap_or(index.duration_secs());
        let printed = moment(secs, until_secs);
        let Time(secs) = printed.trim_end_matches(" s").parse().expect("it is read as it is written");
        index.frame_at(secs)
    }

    proptest! {
        #[test]
        fn a_printed_time_leads_back_to_its_frame_at_every_rate(
            start in 0u32..4_000_000,
            rate in prop_oneof![
                (Just(1001.0), prop::sample::select(&[24_000.0, 30_000.0, 60_000.0, 120_000.0][..])),
                (Just(1.0), 1.0f64..2000.0),
                (Just(1.0), prop::sample::select(&[12.5, 24.0, 25.0, 50.0, 60.0, 240.0, 1000.0, 5000.0][..])),
            ],
        ) {
            let (numerator, denominator) = rate;
            let times = (0..4).map(|n| f64::from(start + n) * numerator / denominator).collect::<Vec<_>>();
            let end_secs = f64::from(start + 4) * numerator / denominator;
            let index = Index::new(times, end_secs, Vec::new());
            for frame in (0..4).map(FrameIndex) {
                prop_assert_eq!(led_back(&index, frame), frame);
            }
        }

        #[test]
        fn and_where_the_rate_varies(gaps in prop::collection::vec(10u32..200_000, 1..40)) {
            let mut micros = 0;
            let times: Vec<f64> = gaps.iter().map(|gap| { micros += gap; f64::from(micros) / 1e6 }).collect();
            let index = Index::new(times, f64::from(micros + 10) / 1e6, Vec::new());
            for frame in (0..gaps.len() as u64).map(FrameIndex) {
                prop_assert_eq!(led_back(&index, frame), frame);
            }
        }
    }

    #[test]
    fn a_sentence_is_shortened_by_its_asides_and_keeps_its_number() {
        let told = |sentence| wordings(sentence);
        assert_eq!(
            told("changed blocks keep 37.9 % of their bytes (0.4 % by chance); seen through difference"),
            [
                "changed blocks keep 37.9 % of their bytes (0.4 % by chance); seen through difference",
                "changed blocks keep 37.9 % of their bytes; seen through difference",
            ]
        );
        assert_eq!(
            told("80.8 % of the blocks repeat; frame 0 has nothing to compare with; seen through repeats")
                [1..],
            ["80.8 % of the blocks repeat; seen through repeats"]
        );
        assert_eq!(
            told("every block repeats (5) · enlarged 3 times")[1..],
            ["every block repeats · enlarged 3 times"]
        );
        assert_eq!(told("no block repeats"), ["no block repeats"]);
    }

    #[test]
    fn tones_are_told_by_how_much_they_paint_and_how_well() {
        let told = |painted: Option<f64>, r2: Option<f64>| {
            tones(&Leakage { tone_painted: painted, tone_r2: r2, ..Leakage::default() })
        };
        assert_eq!(told(None, None), None);
        assert_eq!(told(Some(0.0), None).as_deref(), Some("0.0 % of the blocks have a tone"));
        let both = "62.5 % of the blocks have a tone; four vectors explain 83.0 % of the brightness (R²)";
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
    fn a_word_has_its_number_behind_it() {
        let told =
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
        let outlines = told(None, 0, 0, 600, -1e6, outline);
        assert_eq!(outlines, "60.0 % of the blocks repeat (600 of 1,000)");
        let flat = told(Some(1000), 1000, 0, 1000, -1e6, nothing);
        assert_eq!(flat, "1,000 of 1,000 blocks are equal to others: nothing to draw");
        let noise = told(None, 0, 0, 0, 0.0, nothing);
        assert_eq!(noise, "no block repeats; frame 0 has nothing to compare with");
        let noise = told(Some(0), 0, 60, 0, 0.0, nothing);
        assert_eq!(noise, "no block repeats or equals the previous frame (0 of 1,000)");
        let reuse = told(Some(599), 3, 3200, 0, 0.0, nothing);
        assert_eq!(reuse, "changed blocks keep 50.0 % of their bytes (0.4 % by chance)");
        let identical = told(Some(1000), 1000, 0, 0, 0.0, nothing);
        assert_eq!(identical, "every block is as in the frame before (1,000)");
        let prefix = told(Some(7), 7, 60, 0, 0.0, nothing);
        assert_eq!(prefix, "the first 7 of 1,000 blocks are as before, and no other");
        let moving = told(Some(250), 7, 40, 0, 0.0, movement);
        assert_eq!(moving, "25.0 % of the blocks are as before (250 of 1,000)");
        let still = told(Some(250), 7, 40, 0, 0.0, nothing);
        assert_eq!(still, "25.0 % of the blocks are as before, but nothing is seen to move");
        let repeats = told(Some(0), 0, 60, 2, -30.0, nothing);
        assert_eq!(repeats, "0.2 % of the blocks repeat, but draw no outline");
    }

    #[test]
    fn an_attack_says_what_came_of_it() {
        let told = |outcome: Attack, share: Option<f64>, word: Option<Finding>| {
            attack(outcome, &Leakage { blocks: 8, recovered_share: share, word, ..Leakage::default() })
        };
        let recovered = |by_keystream, is_full| Attack::Recovered { by_keystream, is_full };
        assert_eq!(
            told(recovered(true, false), Some(1.0), Some(Finding::Recovered)),
            "100.0 % of the picture follows from known frames, by a keystream that was used before"
        );
        assert_eq!(
            told(recovered(false, true), Some(0.0), Some(Finding::Noise)),
            "nothing follows from known frames; only the first 4,194,304 were learnt"
        );
        let refused = Verdict::Rejected(Rejection::Message(DecryptError::Tag));
        assert_eq!(
            told(Attack::Received(refused), None, Some(Finding::Rejected)),
            "rejected: the tag does not match"
        );
        assert_eq!(
            told(Attack::Received(Verdict::Unchanged), None, Some(Finding::Noise)),
            "nothing was changed on the way"
        );
        let forged = told(Attack::Received(Verdict::Forged), None, Some(Finding::Forged));
        assert_eq!(forged, "a picture that the attacker chose; the receiver gets no warning");
        assert!(told(Attack::Known, None, Some(Finding::Noise)).contains("known"));
    }
}
