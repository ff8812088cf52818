//! Players: what a decoder without the key makes of a ciphertext, for the lens `player`.
//!
//! The picture of a frame depends on its number alone, however the frame was reached: a new decoder starts at the last
//! keyframe that is not shown after the frame, and gets the packets from there in file order.
//!
//! ```text
//! packets   key  .  .  .  .  key  leading  .  .  .        leading: shown before the key packet in front of them
//! decoder 1 ├──────────────────────────┤
//! decoder 2                  ├───────────────────────
//! ```

mod no_picture;
mod packets;
mod segment;

use crate::crypto::{KeyMaterial, Scheme};
use crate::lens::Lens;
use crate::media::concealed::ConcealedStream;
use crate::media::container::StreamKind;
use crate::media::{Limits, MediaError};
use crate::payload::{MessageError, MessageReader, TargetStream};
use crate::picture::{Frame, Picture};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};

pub use no_picture::NoPicture;
use packets::EncryptedPackets;
use segment::Segment;

/// Which ciphertext a player decodes.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayerKey {
    of: TargetStream,
    scheme: Scheme,
    key: KeyMaterial,
}

impl PlayerKey {
    /// What a panel of a scene plays, if its lens is `player` and it encrypts packets.
    #[must_use]
    pub fn of(panel: Panel, of: TargetStream, key: &KeyMaterial) -> Option<Self> {
        match panel {
            Panel::Cipher { scheme, lens: Lens::Player, .. } if of.target.is_of_packets() => {
                Some(Self { of, scheme, key: key.clone() })
            }
            _ => None,
        }
    }

    /// What its messages are made of.
    #[must_use]
    pub const fn target(&self) -> TargetStream {
        self.of
    }

    /// True if it is the ciphertext that the file holds already.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.scheme.is_own()
    }

    /// All that the panels of a scene play, without duplicates.
    #[must_use]
    pub fn all(scene: &Scene) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for &panel in &scene.panels {
            let key = Self::of(panel, scene.target_of(panel), &scene.key);
            all.extend(key.filter(|key| !all.contains(key)));
        }
        all
    }
}

/// Decodes one ciphertext, frame by frame.
pub struct Player {
    key: PlayerKey,
    /// Set up for the first frame; the reason if it cannot be played.
    stream: Option<Result<CipherStream, NoPicture>>,
}

/// The encrypted packets of a stream, and a decoder at one place of it.
struct CipherStream {
    packets: EncryptedPackets,
    concealed: ConcealedStream,
    /// The decoder of the segment that the last frame is in.
    segment: Option<Segment>,
}

impl Player {
    /// A player that has read nothing.
    pub const fn new(key: PlayerKey) -> Self {
        Self { key, stream: None }
    }

    /// Which ciphertext it plays.
    pub const fn key(&self) -> &PlayerKey {
        &self.key
    }

    /// True until its first frame.
    pub const fn is_unopened(&self) -> bool {
        self.stream.is_none()
    }

    /// The picture of a frame. Frames in ascending order are decoded once; for an earlier frame, the file is read again
    /// from its start.
    ///
    /// # Errors
    /// Those of `open`, which opens the messages for the first frame, and errors of the file.
    pub fn play(
        &mut self,
        frame: &Frame,
        open: impl FnOnce() -> Result<MessageReader, MessageError>,
        (limits, pool): (Limits, &Pool),
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Result<Picture, NoPicture>, MessageError> {
        let Self { key, stream } = self;
        let stream = match stream {
            Some(stream) => stream,
            None => stream.insert(CipherStream::new(open()?, key, limits)),
        };
        match stream {
            Ok(stream) => Ok(stream.play(frame, pool, keep_going)?),
            Err(reason) => Ok(Err(reason.clone())),
        }
    }
}

impl CipherStream {
    fn new(reader: MessageReader, key: &PlayerKey, limits: Limits) -> Result<Self, NoPicture> {
        let stream = reader.stream();
        if stream.kind != StreamKind::Video {
            return Err(NoPicture::Sound);
        }
        // The panel says what is missing: the content key, or a stream that is encrypted.
        if reader.is_locked() != key.scheme.is_own() {
            return Err(NoPicture::Nothing);
        }
        let concealed = ConcealedStream::open(reader.source(), stream.index, limits)
            .map_err(|error| NoPicture::NoDecoder(error.to_string()))?;
        let cipher = key.scheme.cipher(&key.key)?;
        Ok(Self { packets: EncryptedPackets::new(reader, cipher), concealed, segment: None })
    }

    fn play(
        &mut self,
        frame: &Frame,
        pool: &Pool,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Result<Picture, NoPicture>, MediaError> {
        let Self { packets, concealed, segment } = self;
        let segment = match segment.take().filter(|segment| segment.contains(frame.index)) {
            Some(open) => segment.insert(open),
            None => match Segment::of(frame.index, packets, concealed)? {
                Ok(new) => segment.insert(new),
                Err(reason) => return Ok(Err(reason)),
            },
        };
        segment.decode_until(frame.index, packets, keep_going)?;
        Ok(match segment.picture() {
            Some(picture) => concealed.convert(picture, frame.shape, pool).map_err(NoPicture::OtherSize),
            None => Err(NoPicture::Nothing),
        })
    }
}

#[cfg(test)]
mod tests;
