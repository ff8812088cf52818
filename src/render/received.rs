//! Tampering with a message, and its reception.

use std::sync::Arc;

use crate::crypto::{
    EncryptError, KeyError, Message, MessageCipher, NoSuchByte, Scheme, Verdict, receive, splice,
};
use crate::lens::{Flip, Lens, Splice, Tampering};
use crate::picture::{Frame, Shape};
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// The ciphers of a sender and of a receiver, which may have a wrong key.
pub struct ReceiverSide {
    scheme: Scheme,
    /// Encrypts, and decrypts with the sender's key.
    right: Box<dyn MessageCipher>,
    /// Decrypts with another key.
    wrong: Box<dyn MessageCipher>,
}

impl ReceiverSide {
    /// The receivers of all schemes of a scene that a panel shows with the lens `received`.
    ///
    /// # Errors
    /// [`KeyError`] if the key material is shorter than a scheme needs, or does not suit it.
    pub fn all(scene: &Scene) -> Result<Vec<Self>, KeyError> {
        let mut all: Vec<Self> = Vec::new();
        for panel in &scene.panels {
            let Panel::Cipher { scheme, lens: Lens::Received(_), .. } = *panel else { continue };
            if all.iter().all(|receivers| receivers.scheme != scheme) {
                let [right, wrong] = [scheme.cipher(&scene.key)?, scheme.cipher(&scene.key.complement())?];
                all.push(Self { scheme, right, wrong });
            }
        }
        Ok(all)
    }

    /// The scheme of the messages.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }
}

/// A frame after reception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The result of the tampering.
    pub verdict: Verdict,
    /// The decrypted frame; `None` if it was rejected.
    pub bytes: Option<Vec<u8>>,
}

/// Why a tampering cannot be applied to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotTamper {
    /// The scheme cannot encrypt the frame that is replayed or copied from.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    /// The bit lies past the end of the message.
    #[error(transparent)]
    NoSuchByte(#[from] NoSuchByte),
    /// The rectangle lies past the edge of the picture.
    #[error(
        "the rectangle to splice does not lie within the picture of {} × {} pixels, here or where it is \
         copied from",
        .0.width, .0.height
    )]
    NoSuchPlace(Shape),
    /// The frame that is copied from has another size.
    #[error("frame {0} has another size, so that no rectangle can be copied from it")]
    OtherSize(FrameIndex),
}

/// Encrypts a frame, tampers with the message, and decrypts it under the same frame number. `recorded` holds the other
/// frames that the tampering needs.
///
/// # Errors
/// [`CannotTamper`].
pub fn tampered(
    tampering: Tampering,
    receivers: &ReceiverSide,
    frame: &Arc<Frame>,
    recorded: &[Arc<Frame>],
) -> Result<Received, CannotTamper> {
    let sent = |index: Option<FrameIndex>| {
        let recorded = index.and_then(|index| recorded.iter().find(|frame| frame.index == index));
        recorded.unwrap_or(frame)
    };
    let message_of = |frame: &Frame| Message::of(&*receivers.right, frame.index.into(), &frame.bytes);

    let replayed = sent(tampering.replay());
    let mut message = message_of(replayed)?;
    let mut chosen = replayed.bytes.to_vec();
    if let Some(Splice { to, from, frame: index }) = tampering.splice() {
        let other = sent(index);
        if other.shape != frame.shape {
            return Err(CannotTamper::OtherSize(other.index));
        }
        let blocks = frame.layout.copied_blocks(frame.shape, to, from);
        let blocks = blocks.ok_or(CannotTamper::NoSuchPlace(frame.shape))?;
        message.splice(&message_of(other)?, blocks.iter().copied());
        splice(&mut chosen, &other.bytes, blocks);
    }
    if let Some(Flip { byte, bit }) = tampering.flip() {
        message.flip(byte, bit)?;
        if let Some(byte) = chosen.get_mut(byte) {
            *byte ^= 1 << bit;
        }
    }
    let cipher = if tampering.has_wrong_key() { &receivers.wrong } else { &receivers.right };
    let received = receive(&**cipher, frame.index.into(), message.bytes());
    // With a wrong key the result is random, so the attacker cannot have chosen it.
    let chosen = (!tampering.has_wrong_key()).then_some(&chosen[..]);
    let verdict = Verdict::of(&frame.bytes, chosen, received.as_deref().map_err(|&error| error));
    let is_accepted = !matches!(verdict, Verdict::Rejected(_));
    Ok(Received { verdict, bytes: received.ok().filter(|_| is_accepted) })
}
