//! What a panel gives away, in plain words, and why it shows nothing.

use crate::gui::textures::display_frame::ShotPanel;
use crate::gui::wording::{NBSP, grouped, percent, share};
use crate::leak::{Leakage, Word};
use crate::lens::Lens;
use crate::picture::Shape;
use crate::play::Status;
use crate::scene::Panel;

/// What a panel gives away, from the longest wording to the shortest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Wordings, the longest first; never empty.
    pub wordings: Vec<String>,
    /// True where the ciphertext itself gives something away.
    pub leaks: bool,
    /// What an eavesdropper gets, in a word.
    pub word: Option<Word>,
}

impl Finding {
    /// Its number alone, where it has one: `38 %`, `> 99 %`; of what is unchanged, `38 % same`: beside a word such as
    /// `movement`, the number alone would say that so much moved.
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
pub const fn about_word(word: Word) -> &'static str {
    match word {
        Word::Flat => "Nearly all blocks of the frame are equal: there is nothing to draw.",
        Word::Outlines => "Blocks repeat, and the lens outline draws something with them.",
        Word::KeystreamReuse => {
            "Bytes equal those of the frame before far beyond chance: a keystream used twice."
        }
        Word::IdenticalFrames => "The frame is the frame before, to the last block.",
        Word::Prefix => "The frame equals the frame before up to a point, and nowhere after it.",
        Word::Movement => {
            "Some blocks equal those of the frame before at the same place, others do not, and the lens motion shows a shape."
        }
        Word::Repeats => {
            "Blocks equal others, or those of the frame before at the same place, but draw no outline and show no movement."
        }
        Word::Noise => "Nothing was found. This never means that there is nothing.",
        Word::Recovered => "Pixels were recovered from known plaintext.",
        Word::Forged => "The receiver sees the picture that the attacker chose, and gets no warning.",
        Word::Garbled => {
            "The receiver accepts a frame that neither the sender nor the attacker chose, and gets no warning."
        }
        Word::Rejected => "The receiver rejects the frame: the tag or the padding does not match.",
    }
}

/// The number of a panel in words.
#[must_use]
pub fn finding(panel: Panel, shape: Shape, leakage: &Leakage) -> Finding {
    match panel {
        Panel::Plain => {
            let size = format!("{}{NBSP}×{NBSP}{}", shape.width, shape.height);
            let blocks = format!("{size} · {} blocks of 16 bytes", grouped(leakage.blocks));
            Finding { wordings: vec![blocks, size], leaks: false, word: None }
        }
        Panel::Cipher { .. } => ciphertext_finding(leakage),
    }
}

/// What a panel on screen gives away, and what came of tampering with it.
#[must_use]
pub fn finding_of(shape: Shape, shown: &ShotPanel) -> Finding {
    let mut found = finding(shown.panel, shape, &shown.leakage);
    if shown.note.is_some() {
        // The word says what is seen, and here is nothing to see.
        found.word = found.word.filter(|word| word.suits_empty_picture());
    }
    let is_received = matches!(shown.panel, Panel::Cipher { lens: Lens::Received(_), .. });
    let came_to_something = attack_finding(&shown.leakage).is_some();
    if !is_received || came_to_something || shown.note.is_some() || shown.pending.is_some() {
        return found;
    }
    let wordings = ["The receiver has the frame that was sent", "Arrives as it was sent", "As sent"];
    Finding { wordings: wordings.map(Into::into).into(), leaks: false, word: found.word }
}

fn ciphertext_finding(leakage: &Leakage) -> Finding {
    if leakage.blocks == 0 {
        return Finding { wordings: vec!["Smaller than one block".into()], leaks: false, word: None };
    }
    if let Some(finding) = attack_finding(leakage) {
        return finding;
    }
    let (repeated, blocks) = (leakage.repeated, leakage.blocks);
    let still = leakage.same_as_previous.filter(|&same| same > 0);
    let unchanged = still.map(|same| format!("{} unchanged", percent(same, blocks)));
    let mut wordings: Vec<String> = if let (0, Some(unchanged)) = (repeated, &unchanged) {
        // What stays is what there is to tell.
        let still = format!("{unchanged} since the last frame");
        return Finding {
            wordings: vec![format!("No block repeats · {still}"), still, unchanged.clone()],
            leaks: true,
            word: leakage.word,
        };
    } else if repeated == 0 {
        vec!["No block repeats".into(), "No repeats".into()]
    } else {
        let share = percent(repeated, blocks);
        let counts = format!("{} of {}", grouped(repeated), grouped(blocks));
        vec![
            format!("{share} of the blocks repeat: {counts}"),
            format!("{share} of the blocks repeat"),
            format!("{share} repeat"),
        ]
    };
    if let Some(unchanged) = unchanged {
        wordings.insert(0, format!("{} · {unchanged} since the last frame", wordings[0]));
    }
    Finding { wordings, leaks: repeated > 0, word: leakage.word }
}

/// What came of an attack; `None` where the panel shows none, or it came to nothing.
fn attack_finding(leakage: &Leakage) -> Option<Finding> {
    let told = |wordings: &[&str]| wordings.iter().map(|&wording| wording.into()).collect();
    let wordings: Vec<String> = match leakage.word? {
        Word::Recovered => {
            let share = share(leakage.recovered_share?);
            vec![
                format!("{share} of the picture follows from known frames"),
                format!("{share} of the picture"),
            ]
        }
        Word::Forged => told(&["The receiver gets no warning", "No warning"]),
        Word::Garbled => {
            told(&["Garbled; the receiver gets no warning", "The receiver gets no warning", "No warning"])
        }
        Word::Rejected => told(&["The receiver shows nothing", "Not shown"]),
        _ => return None,
    };
    Some(Finding { wordings, leaks: leakage.word != Some(Word::Rejected), word: leakage.word })
}

/// Why a panel shows nothing, in a few words; `None` where it does.
#[must_use]
pub fn notice(panel: &ShotPanel, status: &Status) -> Option<String> {
    let Some(request) = panel.pending else { return panel.note.clone() };
    let name = request.name();
    if status.preparing_stopped {
        return Some(format!("{name} was not prepared"));
    }
    let preparing = status.preparing.filter(|preparing| preparing.request == request);
    let share = preparing.map_or(0.0, |preparing| preparing.share);
    Some(format!("Preparing {name} · {:.0}{NBSP}%", share * 100.0))
}
