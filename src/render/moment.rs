//! A frame with its payloads.

use std::sync::Arc;

use crate::crypto::Scheme;
#[cfg(doc)]
use crate::media::MediaError;
use crate::media::{Index, Limits, Source};
use crate::payload::{MessageError, MessageReader, Payload, Target, TargetStream, file_payload};
use crate::picture::Frame;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// A frame with its payloads: the messages that are encrypted, for each target of a scene.
#[derive(Clone, Debug)]
pub struct Moment {
    frame: Arc<Frame>,
    payloads: Arc<[(Content, Arc<Payload>)]>,
    /// The pixels of the frame are unknown, since the video is encrypted in its file.
    is_locked: bool,
}

/// Which messages of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Content {
    of: TargetStream,
    /// The messages as the file holds them, where others are decrypted from these.
    is_own: bool,
}

impl Moment {
    /// The frame. Its bytes are empty if it was not decoded.
    #[must_use]
    pub const fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// True if the pixels of the frame are unknown, since the video is encrypted in its file.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// The messages of a target that a scheme encrypts, `None` for the original: for [`Scheme::OWN`] those that the file
    /// holds. `None` if they were not read.
    #[must_use]
    pub fn payload_of(&self, of: TargetStream, scheme: Option<Scheme>) -> Option<&Arc<Payload>> {
        let find = |wanted| self.payloads.iter().find(|(content, _)| *content == wanted);
        let own = find(Content { of, is_own: true }).filter(|_| scheme.is_some_and(Scheme::is_own));
        own.or_else(|| find(Content { of, is_own: false })).map(|(_, payload)| payload)
    }
}

impl From<Arc<Frame>> for Moment {
    /// A frame whose payload is its pixels.
    fn from(frame: Arc<Frame>) -> Self {
        let payload = Arc::new(Payload::of_pixels(&frame));
        let pixels = Content { of: TargetStream::default(), is_own: false };
        Self { frame, payloads: [(pixels, payload)].into(), is_locked: false }
    }
}

/// Finds the payloads of each frame of a source.
pub struct Payloads {
    source: Source,
    limits: Limits,
    /// The index of the source, if one was made before.
    index: Option<Arc<Index>>,
    /// What the panels show, each with its reader.
    readers: Vec<(Content, FrameMessages)>,
    /// The file as it is, which is the payload of every frame.
    file: Option<Arc<Payload>>,
    /// The pixels of the source are unknown, since the video is encrypted in its file.
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
    /// The payloads of the source of a scene for its panels. Does not open the source yet.
    #[must_use]
    pub fn of(scene: &Scene, limits: Limits) -> Self {
        let (source, readers) = (scene.source.clone(), Vec::new());
        let mut payloads = Self { source, limits, index: None, readers, file: None, is_locked: false };
        payloads.show(scene);
        payloads
    }

    /// Records whether the pixels of the source are unknown, because the video is encrypted in its file.
    pub const fn set_locked(&mut self, is_locked: bool) {
        self.is_locked = is_locked;
    }

    /// From the next frame on, reads what the panels of a scene of the same source show. Returns true if some of it was not
    /// read so far: then the moments before this one lack it.
    pub fn show(&mut self, scene: &Scene) -> bool {
        let has_key = self.source.content_key().is_some();
        let content = |&panel: &Panel| {
            let of = scene.target_of(panel);
            Content { of, is_own: has_key && of.target == Target::Packets && panel.is_own() }
        };
        let shown: Vec<Content> = scene.panels.iter().map(content).collect();
        self.readers.retain(|(content, _)| shown.contains(content));
        let known = self.readers.len();
        for content in shown {
            if self.readers.iter().all(|(read, _)| *read != content) {
                self.readers.push((content, FrameMessages::default()));
            }
        }
        self.readers.len() > known
    }

    /// True while it would have to make the index itself.
    #[must_use]
    pub fn lacks_index(&self) -> bool {
        let of_stream = |content: Content| !matches!(content.of.target, Target::Pixels | Target::File);
        let is_unopened =
            |(content, messages): &(Content, FrameMessages)| of_stream(*content) && messages.reader.is_none();
        self.index.is_none() && self.readers.iter().any(is_unopened)
    }

    /// True if they are the payloads of the source of a scene.
    #[must_use]
    pub fn have_source_of(&self, scene: &Scene) -> bool {
        self.source == scene.source
    }

    /// Uses an index that was made of the same source.
    pub fn set_index(&mut self, index: &Arc<Index>) {
        self.index.get_or_insert_with(|| Arc::clone(index));
    }

    /// Adds the payloads to a frame: its pixels, the file, the messages of its packets. Frames in order are read once; to go
    /// back, the file is read again from its start.
    ///
    /// # Errors
    /// [`MessageError`]; [`MediaError::Interrupted`] when `keep_going` is false.
    pub fn moment(
        &mut self,
        frame: Arc<Frame>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Moment, MessageError> {
        let Self { source, limits, index, readers, file, is_locked } = self;
        let read = |(content, messages): &mut (Content, FrameMessages)| {
            let Content { of, is_own } = *content;
            let payload = match of.target {
                Target::Pixels => Arc::new(Payload::of_pixels(&frame).locked(*is_locked)),
                Target::File => {
                    let kept = file.take().filter(|file| file.grid().shape() == frame.shape);
                    let payload = match kept {
                        Some(file) => file,
                        None => Arc::new(file_payload(source, frame.shape)?),
                    };
                    Arc::clone(file.insert(payload))
                }
                _ => {
                    let (limits, index) = (*limits, index.as_ref());
                    let open = || {
                        if is_own {
                            MessageReader::open_own(source, of.stream, limits, index, keep_going)
                        } else {
                            MessageReader::open_of(source, of, limits, index, keep_going)
                        }
                    };
                    messages.payload(&frame, open, keep_going)?
                }
            };
            Ok((*content, payload))
        };
        let payloads = readers.iter_mut().map(read).collect::<Result<_, MessageError>>()?;
        Ok(Moment { frame, payloads, is_locked: *is_locked })
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        let readers = self.readers.iter_mut().filter_map(|(_, messages)| messages.reader.as_mut());
        readers.flat_map(MessageReader::take_problems).collect()
    }
}

impl FrameMessages {
    /// The messages of a frame. Frames in ascending order are read once; for an earlier frame, the file is read again from
    /// its start.
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
