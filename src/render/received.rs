//! A message that is tampered with on its way, and what becomes of it.

use std::sync::Arc;

use crate::crypto::{
    EncryptError, KeyError, Message, MessageCipher, NoSuchByte, Scheme, Verdict, receive, splice,
};
use crate::lens::{Flip, Lens, Splice, Tampering};
use crate::picture::{Frame, Shape};
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// The ends of a channel: who sends, and who receives with a key of his own.
pub struct Ends {
    scheme: Scheme,
    /// Encrypts, and decrypts with the right key.
    right: Box<dyn MessageCipher>,
    /// Decrypts with a wrong one.
    wrong: Box<dyn MessageCipher>,
}

impl Ends {
    /// The ends of every channel of a scene of which one looks at what is received.
    ///
    /// # Errors
    /// [`KeyError`] where the key material is shorter than a scheme needs, or not what it can use.
    pub fn all(scene: &Scene) -> Result<Vec<Self>, KeyError> {
        let mut all: Vec<Self> = Vec::new();
        for panel in &scene.panels {
            let Panel::Cipher { scheme, lens: Lens::Received(_) } = *panel else { continue };
            if all.iter().all(|ends| ends.scheme != scheme) {
                let [right, wrong] = [scheme.cipher(&scene.key)?, scheme.cipher(&scene.key.complement())?];
                all.push(Self { scheme, right, wrong });
            }
        }
        Ok(all)
    }

    /// The scheme of the channel.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }
}

/// What was received of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What it comes to.
    pub verdict: Verdict,
    /// The frame that the receiver has; `None` where it is rejected.
    pub bytes: Option<Vec<u8>>,
}

/// A tampering that cannot be done on a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotTamper {
    /// The scheme cannot take the frame that is replayed or copied from.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    /// A bit past the end.
    #[error(transparent)]
    NoSuchByte(#[from] NoSuchByte),
    /// A rectangle past the edge.
    #[error(
        "the rectangle to splice does not lie within the picture of {} × {} pixels, here or where it is \
         copied from",
        .0.width, .0.height
    )]
    NoSuchPlace(Shape),
    /// A frame of another size.
    #[error("frame {0} has another size, so that no rectangle can be copied from it")]
    OtherSize(FrameIndex),
}

/// Sends a frame, tampers with its message, and receives it as that of the same frame. `recorded` holds the
/// other frames that the tampering names.
///
/// # Errors
/// [`CannotTamper`] where there is nothing to replay, to splice or to flip.
pub fn tampered(
    tampering: Tampering,
    ends: &Ends,
    frame: &Arc<Frame>,
    recorded: &[Arc<Frame>],
) -> Result<Received, CannotTamper> {
    let sent = |index: Option<FrameIndex>| {
        let recorded = index.and_then(|index| recorded.iter().find(|frame| frame.index == index));
        recorded.unwrap_or(frame)
    };
    let message_of = |frame: &Frame| Message::of(&*ends.right, frame.index.into(), &frame.bytes);

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
    let cipher = if tampering.has_wrong_key() { &ends.wrong } else { &ends.right };
    let received = receive(&**cipher, frame.index.into(), message.bytes());
    // Nobody chooses what comes of a key that nobody has.
    let chosen = (!tampering.has_wrong_key()).then_some(&chosen[..]);
    let verdict = Verdict::of(&frame.bytes, chosen, received.as_deref().map_err(|&error| error));
    let is_accepted = !matches!(verdict, Verdict::Rejected(_));
    Ok(Received { verdict, bytes: received.ok().filter(|_| is_accepted) })
}
