//! Receiving: what becomes of a message that was tampered with on the way.
//!
//! ```text
//! sender ──frame──▶ encrypt ──Message──▶ tampered with ──▶ receive ──▶ frame, or rejection ──▶ Verdict
//!                             ciphertext ‖ tag                          compared with what was sent
//! ```
//!
//! The message of a frame is what `encrypt` writes into a file: the ciphertext with its padding, and the tag
//! where there is one. Nonce and initialization vector are not part of it: both sides derive them from the
//! frame's number, so that an attacker cannot change them. The receiver checks the tag or removes the padding, and
//! rejects a message that does not match. Padding is no tag: one block of noise in 256 ends as padding does, and an
//! attacker who changes other blocks leaves it as it is.
//!
//! A tag is worth no more than its nonce. Two frames under one nonce give away the key that GCM makes its tags
//! with (Joux 2006), and that Poly1305 makes those of the nonce with: an attacker then forges other frames, tag
//! and all. That is not built here; a replay under a reused nonce, which needs no forging, is.

use super::{DecryptError, EncryptError, MessageCipher};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

/// What travels for a frame: ciphertext ‖ tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// The message of a frame, as its sender makes it.
    ///
    /// # Errors
    /// [`EncryptError`] where the mode cannot take a message of this length.
    pub fn of(
        cipher: &dyn MessageCipher,
        message: MessageNumber,
        plaintext: &[u8],
    ) -> Result<Self, EncryptError> {
        let mut bytes = Buffer::default();
        let parameters = cipher.encrypt(message, plaintext, &mut bytes)?;
        let mut bytes = std::mem::take(bytes.vec_mut());
        bytes.extend(parameters.tag.unwrap_or_default());
        Ok(Self { bytes })
    }

    /// Ciphertext, padding and tag.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Turns over a bit: byte 0 is the first of the ciphertext, bit 0 the least significant one.
    ///
    /// # Errors
    /// [`NoSuchByte`] past the end.
    pub fn flip(&mut self, byte: usize, bit: u8) -> Result<(), NoSuchByte> {
        let message_bytes = self.bytes.len();
        let at = self.bytes.get_mut(byte).ok_or(NoSuchByte { byte, message_bytes })?;
        *at ^= 1 << bit;
        Ok(())
    }

    /// Puts blocks of another message into this one: each pair names a block here and one there. Pairs that
    /// one of them does not have are passed over.
    pub fn splice(&mut self, from: &Self, blocks: impl IntoIterator<Item = (usize, usize)>) {
        splice(&mut self.bytes, &from.bytes, blocks);
    }
}

/// Copies blocks: each pair names one of `to` and one of `from`.
pub fn splice(to: &mut [u8], from: &[u8], blocks: impl IntoIterator<Item = (usize, usize)>) {
    let (to, from) = (to.as_chunks_mut::<BLOCK_BYTES>().0, from.as_chunks::<BLOCK_BYTES>().0);
    for (here, there) in blocks {
        if let (Some(to), Some(from)) = (to.get_mut(here), from.get(there)) {
            *to = *from;
        }
    }
}

/// Turns a message back, as its receiver does, who takes it for the one with this number.
///
/// # Errors
/// [`DecryptError`] where padding, length or tag are not those of a message under this key.
pub fn receive(
    cipher: &dyn MessageCipher,
    number: MessageNumber,
    message: &[u8],
) -> Result<Vec<u8>, DecryptError> {
    let end = message.len().checked_sub(cipher.tag_bytes()).ok_or(DecryptError::Tag)?;
    let (ciphertext, tag) = message.split_at(end);
    cipher.decrypt(number, ciphertext, (!tag.is_empty()).then_some(tag))
}

/// What the receiver has in the end, compared with what the sender sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has the frame that was sent: nothing was changed.
    Unchanged,
    /// The receiver accepts another frame, byte for byte the one that the attacker chose.
    Forged,
    /// The receiver accepts another frame, which the attacker did not choose.
    Garbled,
    /// The receiver accepts nothing.
    Rejected(Rejection),
}

impl Verdict {
    /// Compares. `chosen` is the frame that the attacker hopes for: `None` where there is none.
    /// A frame of another length than the one that was sent is rejected, since the receiver knows its size.
    #[must_use]
    pub fn of(sent: &[u8], chosen: Option<&[u8]>, received: Result<&[u8], DecryptError>) -> Self {
        match received {
            Err(error) => Self::Rejected(Rejection::Message(error)),
            Ok(received) if received.len() != sent.len() => {
                Self::Rejected(Rejection::Length { given: received.len(), expected: sent.len() })
            }
            Ok(received) if received == sent => Self::Unchanged,
            Ok(received) if Some(received) == chosen => Self::Forged,
            Ok(_) => Self::Garbled,
        }
    }
}

/// Why a receiver accepts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The message does not turn back.
    #[error("{}", match .0 {
        DecryptError::Tag => "the tag does not match".into(),
        DecryptError::Padding => "the padding is wrong".into(),
        error => error.to_string(),
    })]
    Message(DecryptError),
    /// It turns back into something that is no frame of this size.
    #[error("it holds {given} bytes, and a frame has {expected}")]
    Length {
        /// Bytes received.
        given: usize,
        /// Bytes of a frame.
        expected: usize,
    },
}

/// A byte past the end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no byte {byte} to flip: the message has {message_bytes} bytes, numbered from 0")]
pub struct NoSuchByte {
    /// The byte asked for.
    pub byte: usize,
    /// Bytes of the message.
    pub message_bytes: usize,
}
