//! What a trial found, as a word and as a sentence.

use std::fmt;

use serde::Serialize;

use super::super::keys::KeyName;
use super::super::observer::Observer;
use super::super::settings::{CallSettings, WaitingRoom};
use super::labels;
use crate::wire::protection::Protection;

/// The share of frames, or of pieces of sound, that must equal the sender's own.
const WHOLE: f64 = 0.95;

/// The share of blocks that must repeat.
const OUTLINES: f64 = 0.03;

/// If at most one packet in this many is opened, none really is.
const CHANCE_SHARE: usize = 20;

/// What an observer has of the video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoVerdict {
    /// No packet.
    Nothing,
    /// Sizes and times of packets.
    Sizes,
    /// Outlines, from equal blocks of ciphertext.
    Outlines,
    /// The video.
    Picture,
}

/// What an observer has of the audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioVerdict {
    /// No packet.
    Nothing,
    /// Sizes and times of packets.
    Sizes,
    /// The audio.
    Sound,
}

impl VideoVerdict {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Sizes => "sizes",
            Self::Outlines => "outlines",
            Self::Picture => "picture",
        }
    }
}

impl AudioVerdict {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Sizes => "sizes",
            Self::Sound => "sound",
        }
    }
}

impl fmt::Display for VideoVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for AudioVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a trial of one kind of media found, in the part of the call that is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Finding {
    /// Packets that were seen, and how many of them were opened.
    pub(super) seen: usize,
    pub(super) opened: usize,
    /// The keys that opened packets, at any time.
    pub(super) keys: Vec<KeyName>,
    /// Frames or pieces that equal the sender's, and all of the sender's.
    pub(super) equal: usize,
    pub(super) of: usize,
    /// For each of the sender's frames or pieces, in the whole call, whether one equals it.
    pub(in super::super) which_equal: Vec<bool>,
    /// The share of blocks that repeat beyond chance, if it was counted.
    pub(super) repeats: f64,
}

impl Finding {
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// True if it is the picture or the sound.
    pub(super) fn is_whole(&self) -> bool {
        self.of > 0 && self.equal as f64 >= WHOLE * self.of as f64
    }

    pub(super) fn is_better_than(&self, other: &Self) -> bool {
        (self.video(), self.equal, self.seen) > (other.video(), other.equal, other.seen)
    }

    /// The verdict on video.
    pub(in super::super) fn video(&self) -> VideoVerdict {
        match self {
            _ if self.is_whole() => VideoVerdict::Picture,
            _ if self.repeats >= OUTLINES => VideoVerdict::Outlines,
            _ if self.seen > 0 => VideoVerdict::Sizes,
            _ => VideoVerdict::Nothing,
        }
    }

    /// The verdict on audio.
    pub(in super::super) fn audio(&self) -> AudioVerdict {
        match self {
            _ if self.is_whole() => AudioVerdict::Sound,
            _ if self.seen > 0 => AudioVerdict::Sizes,
            _ => AudioVerdict::Nothing,
        }
    }
}

/// The reason for the verdicts on video and audio.
pub(in super::super) fn explain(
    settings: &CallSettings,
    (protection, observer): (Protection, Observer),
    held: &[KeyName],
    (video, audio): (&Finding, &Finding),
) -> String {
    let mut sentences = Vec::new();
    match observer {
        Observer::Waiting if settings.waiting_room == WaitingRoom::Fixed => {
            return "Those waiting get neither packets nor keys, as since the repair of 7 April 2020.".into();
        }
        Observer::Waiting => sentences.push(
            "The fault reported until 7 April 2020 gives those waiting the video and every key, but no audio.".into(),
        ),
        Observer::Former => {
            let leaver = settings.name(settings.leaver());
            sentences.push(format!("Judged on the time after {leaver} left."));
        }
        _ => {}
    }
    if video.is_whole() || audio.is_whole() {
        let whole = [video, audio].into_iter().filter(|finding| finding.is_whole());
        let mut used: Vec<KeyName> = whole.flat_map(|finding| finding.keys.iter().copied()).collect();
        used.sort_unstable();
        used.dedup();
        let keys = list(&labels(settings, &used));
        let (key, opens) = if used.len() == 1 { ("key", "opens") } else { ("keys", "open") };
        let equal = |finding: &Finding, what: &str| {
            finding.is_whole().then(|| format!("{} of {} {what}", finding.equal, finding.of))
        };
        let counts: Vec<String> =
            [equal(video, "frames"), equal(audio, "pieces of sound")].into_iter().flatten().collect();
        sentences.push(format!(
            "The {key} {keys} {opens} the packets: {} equal the sender's.",
            counts.join(" and ")
        ));
        return sentences.join(" ");
    }
    sentences.push(match held {
        [] => "No key is held.".into(),
        // Under a wrong key, the padding of one ECB packet in 256 looks right.
        _ if video.opened * CHANCE_SHARE <= video.seen => closed(settings, protection, observer),
        _ => "The keys held open a part of the packets only.".into(),
    });
    sentences.push(match video.video() {
        VideoVerdict::Outlines => format!(
            "{:.0} % of the blocks of ciphertext repeat, which shows outlines.",
            video.repeats * 100.0
        ),
        VideoVerdict::Nothing => "No packet is seen.".into(),
        _ => "Sizes and times of packets are seen.".into(),
    });
    sentences.join(" ")
}

/// Why keys that are held open no packet.
fn closed(settings: &CallSettings, protection: Protection, observer: Observer) -> String {
    match (protection, observer) {
        (Protection::Sframe, Observer::Server) => {
            "The keys held open the SRTP around, and the keys of SFrame inside are with the parties only."
                .into()
        }
        (Protection::Srtp | Protection::SrtpGcm | Protection::Sframe, Observer::Former) => {
            format!("The keys held are those of other links than {}'s.", settings.name(0))
        }
        (_, Observer::Former) => "The keys held are old: they were renewed when the party left.".into(),
        _ => "The keys held open no packet.".into(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
