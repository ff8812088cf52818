//! The receiver of a message that an attacker changed.
//!
//! ```text
//! sender ──frame──▶ encrypt ──Message──▶ tampered with ──▶ receive ──▶ frame, or rejection ──▶ Verdict
//!                             ciphertext ‖ tag                          compared with what was sent
//! ```
//!
//! The message of a frame is what `encrypt` writes to a file: the ciphertext with its padding, and the tag if there is
//! one. Nonce and initialization vector are not part of it: both sides derive them from the frame's number, so an
//! attacker cannot change them. The receiver checks the tag or removes the padding, and rejects a message that does
//! not match. Padding does not authenticate: one random block in 256 ends like padding, and the padding stays valid if
//! an attacker changes other blocks.
//!
//! A tag needs a fresh nonce. Two frames under one nonce reveal the key from which GCM makes its tags (Joux 2006), and
//! the key from which Poly1305 makes the tags of that nonce: an attacker can then forge frames with valid tags. Such
//! forgery is not implemented here; a replay under a reused nonce, which needs no forgery, is.

use super::{DecryptError, EncryptError, MessageCipher};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

/// The bytes that are sent for a frame: ciphertext ‖ tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// The message of a frame, as its sender makes it.
    ///
    /// # Errors
    /// [`EncryptError`] if the mode does not support messages of this length.
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

    /// Ciphertext with padding, and tag.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Flips a bit. Byte 0 is the first of the ciphertext, bit 0 is the least significant.
    ///
    /// # Errors
    /// [`NoSuchByte`] past the end.
    pub fn flip(&mut self, byte: usize, bit: u8) -> Result<(), NoSuchByte> {
        let message_bytes = self.bytes.len();
        let at = self.bytes.get_mut(byte).ok_or(NoSuchByte { byte, message_bytes })?;
        *at ^= 1 << bit;
        Ok(())
    }

    /// Replaces blocks with blocks of another message. A pair is the number of a block in this message and in `from`;
    /// pairs with a block past the end are ignored.
    pub fn splice(&mut self, from: &Self, blocks: impl IntoIterator<Item = (usize, usize)>) {
        splice(&mut self.bytes, &from.bytes, blocks);
    }
}

/// Copies blocks. A pair is the number of a block in `to` and in `from`.
pub fn splice(to: &mut [u8], from: &[u8], blocks: impl IntoIterator<Item = (usize, usize)>) {
    let (to, from) = (to.as_chunks_mut::<BLOCK_BYTES>().0, from.as_chunks::<BLOCK_BYTES>().0);
    for (here, there) in blocks {
        if let (Some(to), Some(from)) = (to.get_mut(here), from.get(there)) {
            *to = *from;
        }
    }
}

/// Decrypts a message as its receiver does, who expects the message with this number.
///
/// # Errors
/// [`DecryptError`] if padding, length or tag do not match this key.
pub fn receive(
    cipher: &dyn MessageCipher,
    number: MessageNumber,
    message: &[u8],
) -> Result<Vec<u8>, DecryptError> {
    let end = message.len().checked_sub(cipher.tag_bytes()).ok_or(DecryptError::Tag)?;
    let (ciphertext, tag) = message.split_at(end);
    cipher.decrypt(number, ciphertext, (!tag.is_empty()).then_some(tag))
}

/// The result at the receiver, compared with the frame that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has the frame that was sent.
    Unchanged,
    /// The receiver accepts another frame: exactly the one that the attacker chose.
    Forged,
    /// The receiver accepts another frame, which the attacker did not choose.
    Garbled,
    /// The receiver rejects the message.
    Rejected(Rejection),
}

impl Verdict {
    /// Compares frames. `chosen` is the frame that the attacker wants the receiver to accept, if there is one. A frame
    /// of another length than the sent one is rejected, since the receiver knows its size.
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

/// Why the receiver rejects a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The message cannot be decrypted.
    #[error("{}", match .0 {
        DecryptError::Tag => "the tag does not match".into(),
        DecryptError::Padding => "the padding is wrong".into(),
        error => error.to_string(),
    })]
    Message(DecryptError),
    /// The decrypted message has another length than a frame.
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
    /// The requested byte.
    pub byte: usize,
    /// Bytes of the message.
    pub message_bytes: usize,
}
