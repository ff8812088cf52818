//! Why a player shows no picture.

use crate::crypto::KeyError;
use crate::picture::Shape;

/// Why a player shows no picture, in words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoPicture {
    /// The decoder returns no picture.
    #[error("the decoder makes no picture of this ciphertext")]
    Nothing,
    /// The decoder returns a picture of another size, since the bytes that state the size are encrypted.
    #[error(
        "the decoder makes a picture of {} × {} pixels, which is another size than that of the frame",
        .0.width, .0.height
    )]
    OtherSize(Shape),
    /// There is no decoder.
    #[error("no decoder plays this stream: {0}")]
    NoDecoder(String),
    /// Pixels are not decoded.
    #[error(
        "a player decodes packets, and pixels are decoded already; choose a target such as packets or cenc"
    )]
    Pixels,
    /// A player of a whole file sees no header.
    #[error(
        "a player finds no stream in a file that is encrypted as a whole; choose a target such as packets or cenc, or the \
         lens ciphertext"
    )]
    File,
    /// Sound has no picture.
    #[error("this lens shows pictures, and sound has none; choose the stream v:0, or another lens")]
    Sound,
    /// An observer of a call sees no packet.
    #[error("no packet is seen here, and no key is held")]
    NothingSeen,
    /// The scheme cannot be set up with the key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl NoPicture {
    /// The reason in two or three words.
    #[must_use]
    pub const fn brief(&self) -> &'static str {
        match self {
            Self::Nothing => "no picture",
            Self::NothingSeen => "nothing seen",
            Self::OtherSize(_) => "another size",
            Self::NoDecoder(_) | Self::Key(_) => "cannot be decoded",
            Self::Pixels | Self::File => "needs packets",
            Self::Sound => "is sound",
        }
    }
}
