//! `received`: what the receiver sees of a message that was tampered with on the way.

use std::fmt::{self, Display};
use std::str::FromStr;

use super::kind::{Kind, Suggestions};
use super::{Blank, GROUND, Lens};
use crate::units::FrameIndex;

pub(super) const KIND: Kind = Kind {
    name: "received",
    shows: "what arrives, tampered with",
    help: "what arrives, tampered with: ,flip=BYTE.BIT (bit 0 is the least), ,splice=X,Y,W,H@X,Y[@FRAME] (the rectangle, and where it is copied from), ,replay=FRAME (default 0), ,wrong-key (all bits of the key flipped); each once, several together; or ,untouched",
    about: "what the receiver sees of a message that was tampered with: a picture that was never sent is a forgery \
            without a warning, and of noise only the eye warns; a rejected frame proves that the tag or the padding \
            does not match, not that there is no way: a tag alone does not reject a replay, which fails here only \
            because each nonce follows from the number of its frame, and under a reused nonce even the tag of GCM can \
            be forged, which is not built here",
    default: Lens::Received(Tampering::NONE),
    // What happens to the message is up to the hand that tampers.
    from_menu: Lens::Received(Tampering::UNTOUCHED),
    joint: "as",
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
    // What is received is a frame like any other, to its last byte.
    paint: |_, view, rgba| match view.received {
        Some(bytes) => view.pixels().show(bytes, None, rgba),
        None => rgba.as_chunks_mut().0.fill(GROUND),
    },
    finds: |_, leakage| leakage.word.ok_or(Blank::AsSent),
    ..Kind::PLAIN
};

/// What happens to the message of a frame between sender and receiver, in this order: it is replayed, spliced,
/// flipped, and received with a wrong key. What is not asked for does not happen; where nothing is, frame 0 is
/// replayed, unless the message is said to be untouched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tampering {
    /// The message of another frame is sent in place of this one.
    replay: Option<FrameIndex>,
    /// Blocks of ciphertext are copied from another place or frame.
    splice: Option<Splice>,
    /// A bit is turned over.
    flip: Option<Flip>,
    /// The receiver has another key: that of the sender with every bit turned over.
    wrong_key: bool,
    /// Nothing happens to it; never together with anything else.
    untouched: bool,
}

/// A rectangle of pixels whose blocks are copied from another place or frame, written `X,Y,W,H@X,Y[@FRAME]`:
/// the rectangle, the place of its upper left corner in what it is copied from, and the frame that this is, the
/// same one unless told otherwise.
///
/// The attacker has blocks and no pixels. In each row, all blocks that hold a part of the rectangle are
/// replaced, by as many that begin with the one that holds the first pixel there: where the two places stand
/// differently in their blocks, the copy is off by less than a block. In `yuv420p` the same happens in the
/// planes of chroma, at half the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Splice {
    /// The rectangle: column and row of its upper left corner, width and height.
    pub to: [u32; 4],
    /// Column and row of the upper left corner of what is copied.
    pub from: [u32; 2],
    /// Which frame it is copied from; `None` is this one.
    pub frame: Option<FrameIndex>,
}

/// A bit of the message, written `BYTE.BIT`: byte 0 is the first of the ciphertext, bit 0 the least
/// significant one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flip {
    /// The number of the byte; a tag stands behind the ciphertext.
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

    /// How the options are written.
    pub const OPTIONS: &'static str = "flip=BYTE.BIT, splice=X,Y,W,H@X,Y[@FRAME], replay=FRAME (replay=0 unless told) and wrong-key, each once; or untouched";

    /// With another option set; `None` where there is no such option, its value cannot be read, or it was set
    /// before.
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

    /// The same with another frame replayed, or none.
    #[must_use]
    pub fn replaying(self, replay: Option<FrameIndex>) -> Self {
        Self { replay, ..self }.settled()
    }

    /// The same with another rectangle copied, or none.
    #[must_use]
    pub fn splicing(self, splice: Option<Splice>) -> Self {
        Self { splice, replay: self.replay(), ..self }.settled()
    }

    /// The same with another bit turned over, or none.
    #[must_use]
    pub fn flipping(self, flip: Option<Flip>) -> Self {
        Self { flip, replay: self.replay(), ..self }.settled()
    }

    /// The same, and the receiver has a wrong key, or the right one.
    #[must_use]
    pub fn with_wrong_key(self, wrong_key: bool) -> Self {
        Self { wrong_key, replay: self.replay(), ..self }.settled()
    }

    /// Where the last thing that happened was taken away, nothing happens.
    fn settled(self) -> Self {
        let changed = Self { untouched: false, ..self };
        if changed == Self::NONE { Self::UNTOUCHED } else { changed }
    }

    /// The rectangle that is copied.
    #[must_use]
    pub const fn splice(self) -> Option<Splice> {
        self.splice
    }

    /// The bit that is turned over.
    #[must_use]
    pub const fn flip(self) -> Option<Flip> {
        self.flip
    }

    /// True where the receiver has another key.
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
    /// Each option after a comma.
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

/// A value that cannot be read.
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
        // An empty rectangle is a slip.
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
    // Parsing alone would take a plus.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
