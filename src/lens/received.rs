//! `received`: what the receiver sees after the attacker tampered with the message.

use std::fmt::{self, Display};
use std::str::FromStr;

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens};
use crate::units::FrameIndex;

pub(super) const KIND: Kind = Kind {
    name: "received",
    shows: "what arrives, tampered with",
    help: "what arrives, tampered with: ,flip=BYTE.BIT (bit 0 is the least significant), ,splice=X,Y,W,H@X,Y[@FRAME] (the rectangle, and where it is copied from), ,replay=FRAME (default 0), ,wrong-key (all bits of the key flipped); each once, several together; or ,untouched",
    about: "what the receiver sees of a message that was tampered with: a picture that was never sent is a forgery \
            without a warning, and noise is garbled without a warning; a rejected frame proves that the tag or the \
            padding does not match, not that no attack works: a tag alone does not reject a replay, which fails here \
            only because each nonce follows from the number of its frame, and under a reused nonce even the tag of GCM \
            can be forged, an attack that is not built here",
    default: Lens::Received(Tampering::NONE),
    // The user tampers with the message in the panel.
    from_menu: Lens::Received(Tampering::UNTOUCHED),
    preposition: "as",
    shows_blocks: false,
    options: Some(Tampering::OPTIONS),
    suggestions: Suggestions::Names(&["flip", "splice", "replay", "wrong-key", "untouched"]),
    with: |lens, option, value| match lens {
        Lens::Received(tampering) => tampering.with(option, value).map(Lens::Received),
        _ => None,
    },
    write_options: |lens, to| match lens {
        Lens::Received(tampering) if tampering != Tampering::NONE => tampering.fmt(to),
        _ => Ok(()),
    },
    // A received frame has a picture to its last byte, not only of whole blocks.
    paint: |_, view, rgba| match view.received {
        Some(bytes) => view.pixels().show(bytes, None, rgba),
        None => rgba.as_chunks_mut().0.fill(GROUND),
    },
    finds: |_, _, leakage| leakage.word.ok_or(Blank::AsSent),
    ..Kind::PLAIN
};

/// How the message of a frame is changed between sender and receiver, in this order: replay, splice, flip, wrong key.
/// Without any option, frame 0 is replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tampering {
    /// The message of another frame is sent in place of this one.
    replay: Option<FrameIndex>,
    /// Blocks of ciphertext are copied from another place or frame.
    splice: Option<Splice>,
    /// A bit is flipped.
    flip: Option<Flip>,
    /// The receiver has another key: the sender's key with every bit flipped.
    wrong_key: bool,
    /// The message is not changed; never true together with another option.
    untouched: bool,
}

/// A rectangle of pixels whose blocks are replaced by a copy, written `X,Y,W,H@X,Y[@FRAME]`: the rectangle, the upper
/// left corner of the source of the copy, and the frame of the source, by default the same frame.
///
/// The attacker can copy blocks only, not pixels. In each row, all blocks with a part of the rectangle are replaced by
/// as many blocks of the source, starting with the block of its first pixel: if the two corners lie at different
/// offsets in their blocks, the copy is shifted by less than a block. In `yuv420p` the chroma planes are changed too,
/// at half the coordinates and sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Splice {
    /// The rectangle: column and row of its upper left corner, width and height.
    pub to: [u32; 4],
    /// Column and row of the upper left corner of the source.
    pub from: [u32; 2],
    /// The frame of the source; `None` for the same frame.
    pub frame: Option<FrameIndex>,
}

/// A bit of the message, written `BYTE.BIT`: byte 0 is the first byte of the ciphertext, bit 0 the least significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flip {
    /// The number of the byte; a tag follows after the ciphertext.
    pub byte: usize,
    /// The number of the bit, from 0 to 7.
    pub bit: u8,
}

impl Tampering {
    /// No option.
    pub const NONE: Self =
        Self { replay: None, splice: None, flip: None, wrong_key: false, untouched: false };

    /// The message arrives as it was sent.
    pub const UNTOUCHED: Self = Self { untouched: true, ..Self::NONE };

    /// The syntax of the options.
    pub const OPTIONS: &'static str = "flip=BYTE.BIT, splice=X,Y,W,H@X,Y[@FRAME], replay=FRAME (default replay=0) and wrong-key, each once; or untouched";

    /// Sets another option; `None` if there is no such option, its value cannot be parsed, or it is set already.
    pub(super) fn with(self, name: &str, value: Option<&str>) -> Option<Self> {
        match (name, value) {
            ("untouched", None) => (self == Self::NONE).then_some(Self::UNTOUCHED),
            _ if self.untouched => None,
            ("flip", Some(value)) if self.flip.is_none() => {
                Some(Self { flip: Some(value.parse().ok()?), ..self })
            }
            ("splice", Some(value)) if self.splice.is_none() => {
                Some(Self { splice: Some(value.parse().ok()?), ..self })
            }
            ("replay", Some(value)) if self.replay.is_none() => {
                Some(Self { replay: Some(FrameIndex(number(value)?)), ..self })
            }
            ("wrong-key", None) if !self.wrong_key => Some(Self { wrong_key: true, ..self }),
            _ => None,
        }
    }

    /// The frame whose message is sent in place of this one.
    #[must_use]
    pub fn replay(self) -> Option<FrameIndex> {
        if self == Self::NONE { Some(FrameIndex(0)) } else { self.replay }
    }

    /// Replays another frame, or none.
    #[must_use]
    pub fn replaying(self, replay: Option<FrameIndex>) -> Self {
        Self { replay, ..self }.or_untouched()
    }

    /// Copies another rectangle, or none.
    #[must_use]
    pub fn splicing(self, splice: Option<Splice>) -> Self {
        Self { splice, replay: self.replay(), ..self }.or_untouched()
    }

    /// Flips another bit, or none.
    #[must_use]
    pub fn flipping(self, flip: Option<Flip>) -> Self {
        Self { flip, replay: self.replay(), ..self }.or_untouched()
    }

    /// Gives the receiver the wrong key, or the right one.
    #[must_use]
    pub fn with_wrong_key(self, wrong_key: bool) -> Self {
        Self { wrong_key, replay: self.replay(), ..self }.or_untouched()
    }

    /// [`Self::UNTOUCHED`] if no change is left, since the absence of options means a replay.
    fn or_untouched(self) -> Self {
        let changed = Self { untouched: false, ..self };
        if changed == Self::NONE { Self::UNTOUCHED } else { changed }
    }

    /// The rectangle that is copied.
    #[must_use]
    pub const fn splice(self) -> Option<Splice> {
        self.splice
    }

    /// The bit that is flipped.
    #[must_use]
    pub const fn flip(self) -> Option<Flip> {
        self.flip
    }

    /// True if the receiver has another key.
    #[must_use]
    pub const fn has_wrong_key(self) -> bool {
        self.wrong_key
    }

    /// The frames whose messages the attacker recorded.
    pub fn frames(self) -> impl Iterator<Item = FrameIndex> {
        self.replay().into_iter().chain(self.splice.and_then(|splice| splice.frame))
    }
}

impl Display for Tampering {
    /// Writes each option after a comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(frame) = self.replay {
            write!(f, ",replay={frame}")?;
        }
        if let Some(Splice { to: [x, y, width, height], from: [left, top], frame }) = self.splice {
            write!(f, ",splice={x},{y},{width},{height}@{left},{top}")?;
            if let Some(frame) = frame {
                write!(f, "@{frame}")?;
            }
        }
        if let Some(Flip { byte, bit }) = self.flip {
            write!(f, ",flip={byte}.{bit}")?;
        }
        if self.untouched {
            f.write_str(",untouched")?;
        }
        if self.wrong_key { f.write_str(",wrong-key") } else { Ok(()) }
    }
}

/// A value that cannot be parsed.
#[derive(Debug)]
pub struct Unreadable;

impl FromStr for Flip {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let (byte, bit) = text.split_once('.').ok_or(Unreadable)?;
        let bit = number(bit).filter(|&bit| bit < 8).ok_or(Unreadable)?;
        Ok(Self { byte: number(byte).ok_or(Unreadable)?, bit })
    }
}

impl FromStr for Splice {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let mut parts = text.split('@');
        let to: [u32; 4] = parts.next().and_then(numbers).ok_or(Unreadable)?;
        let from = parts.next().and_then(numbers).ok_or(Unreadable)?;
        let frame = parts.next().map(|frame| number(frame).ok_or(Unreadable)).transpose()?;
        // An empty rectangle would change nothing, and is probably a mistake.
        if parts.next().is_some() || to[2] == 0 || to[3] == 0 {
            return Err(Unreadable);
        }
        Ok(Self { to, from, frame: frame.map(FrameIndex) })
    }
}

/// Numbers with commas between them.
fn numbers<const COUNT: usize>(text: &str) -> Option<[u32; COUNT]> {
    text.split(',').map(number).collect::<Option<Vec<_>>>()?.try_into().ok()
}

/// A number without a sign.
fn number<N: FromStr>(digits: &str) -> Option<N> {
    // `parse` alone would accept a plus sign.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
