//! A frame with its payload.

use std::sync::Arc;

use crate::crypto::Scheme;
#[cfg(doc)]
use crate::media::MediaError;
use crate::media::{Index, Limits};
use crate::payload::{MessageError, MessageReader, Payload, Target, file_payload};
use crate::picture::Frame;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// A frame with its payload: the messages that are encrypted.
#[derive(Clone, Debug)]
pub struct Moment {
    frame: Arc<Frame>,
    payload: Arc<Payload>,
    /// The messages as the file holds them, if these differ.
    own: Option<Arc<Payload>>,
}

impl Moment {
    /// The frame. Its bytes are empty if it was not decoded.
    #[must_use]
    pub const fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// The messages of the frame.
    #[must_use]
    pub const fn payload(&self) -> &Arc<Payload> {
        &self.payload
    }

    /// The messages that a scheme encrypts, `None` for the original: for [`Scheme::OWN`] those that the file holds.
    #[must_use]
    pub fn payload_of(&self, scheme: Option<Scheme>) -> &Arc<Payload> {
        let own = self.own.as_ref().filter(|_| scheme.is_some_and(Scheme::is_own));
        own.unwrap_or(&self.payload)
    }

    /// A frame whose pixels are unknown, since the video is encrypted in its file.
    fn locked(frame: Arc<Frame>) -> Self {
        let payload = Arc::new(Payload::of_pixels(&frame).locked(true));
        Self { frame, payload, own: None }
    }
}

impl From<Arc<Frame>> for Moment {
    /// A frame whose payload is its pixels.
    fn from(frame: Arc<Frame>) -> Self {
        let payload = Arc::new(Payload::of_pixels(&frame));
        Self { frame, payload, own: None }
    }
}

/// Finds the payload of each frame of a source.
pub struct Payloads {
    scene: Scene,
    limits: Limits,
    /// The index of the source, if one was made before.
    index: Option<Arc<Index>>,
    /// The messages as they are encrypted, or decrypted from the file.
    messages: FrameMessages,
    /// The messages as the file holds them, if the others are decrypted.
    own_messages: FrameMessages,
    /// A panel shows the messages as the file holds them.
    shows_own: bool,
    /// The file as it is, which is the payload of every frame.
    file: Option<Arc<Payload>>,
    /// The pixels of the source are unknown.
    is_locked: bool,
}

/// Reads the messages of frames, one after another.
#[derive(Default)]
struct FrameMessages {
    /// Opened for the first frame.
    reader: Option<MessageReader>,
    /// The first frame that the reader can still return.
    next: FrameIndex,
}

impl Payloads {
    /// The payloads of the source and the target of a scene. Does not open the source yet.
    #[must_use]
    pub fn of(scene: &Scene, limits: Limits) -> Self {
        let shows_own = scene.shows_own();
        let scene = Scene { panels: Vec::new(), ..scene.clone() };
        Self {
            scene,
            limits,
            index: None,
            messages: FrameMessages::default(),
            own_messages: FrameMessages::default(),
            shows_own,
            file: None,
            is_locked: false,
        }
    }

    /// Records whether the pixels of the source are unknown, because the video is encrypted in its file.
    pub const fn set_locked(&mut self, is_locked: bool) {
        self.is_locked = is_locked;
    }

    /// Reads the messages as the file holds them, too, from the next frame on, if a panel of `scene` shows them. Returns true if it
    /// did not so far: then the moments before this one lack them.
    pub fn show_own_of(&mut self, scene: &Scene) -> bool {
        let is_new = scene.shows_own() && !self.shows_own;
        self.shows_own |= is_new;
        is_new
    }

    /// True while it would have to make the index itself.
    #[must_use]
    pub fn lacks_index(&self) -> bool {
        self.index.is_none()
            && self.messages.reader.is_none()
            && !self.scene.target.is_pixels()
            && self.scene.target != Target::File
    }

    /// True if a scene has the same source, target and stream, and shows no messages that are not read.
    #[must_use]
    pub fn suit(&self, scene: &Scene) -> bool {
        let Scene { source, target, stream, .. } = &self.scene;
        (source, target, stream) == (&scene.source, &scene.target, &scene.stream)
            && (self.shows_own || !scene.shows_own())
    }

    /// Uses an index that was made of the same source.
    pub fn set_index(&mut self, index: &Arc<Index>) {
        self.index.get_or_insert_with(|| Arc::clone(index));
    }

    /// Adds the payload to a frame: its pixels, the file, or the messages of its packets. Frames in order are read once; to go back,
    /// the file is read again from its start.
    ///
    /// # Errors
    /// [`MessageError`]; [`MediaError::Interrupted`] when `keep_going` is false.
    pub fn moment(
        &mut self,
        frame: Arc<Frame>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Moment, MessageError> {
        let Scene { source, target, stream, .. } = &self.scene;
        if target.is_pixels() {
            return Ok(if self.is_locked { Moment::locked(frame) } else { frame.into() });
        }
        if *target == Target::File {
            let kept = self.file.take().filter(|file| file.grid().shape() == frame.shape);
            let file = match kept {
                Some(file) => file,
                None => Arc::new(file_payload(source, frame.shape)?),
            };
            self.file = Some(Arc::clone(&file));
            return Ok(Moment { frame, payload: file, own: None });
        }
        let (limits, index) = (self.limits, self.index.as_ref());
        let open = || MessageReader::open(source, *stream, *target, limits, index, keep_going);
        let payload = self.messages.payload(&frame, open, keep_going)?;
        let has_own = self.shows_own && *target == Target::Packets && source.content_key().is_some();
        let open_own = || MessageReader::open_own(source, *stream, limits, index, keep_going);
        let own = has_own.then(|| self.own_messages.payload(&frame, open_own, keep_going)).transpose()?;
        Ok(Moment { frame, payload, own })
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        let readers = [&mut self.messages, &mut self.own_messages];
        readers
            .into_iter()
            .filter_map(|of| of.reader.as_mut())
            .flat_map(MessageReader::take_problems)
            .collect()
    }
}

impl FrameMessages {
    /// The messages of a frame. Frames in ascending order are read once; for an earlier frame, the file is read again from its
    /// start.
    fn payload(
        &mut self,
        frame: &Frame,
        open: impl FnOnce() -> Result<MessageReader, MessageError>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Arc<Payload>, MessageError> {
        let reader = match &mut self.reader {
            Some(reader) => {
                if frame.index < self.next {
                    reader.rewind()?;
                }
                reader
            }
            slot => slot.insert(open()?),
        };
        self.next = frame.index.next();
        Ok(Arc::new(reader.payload(frame.index, frame.shape, keep_going)?))
    }
}
