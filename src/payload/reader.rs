//! The messages of a stream, packet by packet.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::cut::{CutError, Cutter};
use super::feed::{Feed, FrameTable};
use super::message::Cut;
use super::stored::Stored;
use super::target::{Target, TargetStream};
use super::units::UnitSyntax;
use super::{Message, Payload};
use crate::media::container::{Packet, Packets, StreamInfo, StreamKind};
use crate::media::{self, Index, Limits, MediaError, Source, StartPacket, StreamChoice};
use crate::picture::Shape;
use crate::runtime::pool::Buffer;
use crate::units::FrameIndex;

/// The size of the carpet for messages of a stream without pictures.
const SHAPE_WITHOUT_PICTURE: Shape = Shape::new(640, 360);

/// How often the slices of a frame may cover its picture: redundant slices, and both fields, are few.
const MOST_TIMES_COVERED: u64 = 8;

/// Reads a stream from its start to its end and cuts its packets, or its decoded sound, into messages.
pub struct MessageReader {
    source: Source,
    limits: Limits,
    target: Target,
    stream: StreamInfo,
    feed: Feed,
    cutter: Cutter,
    frames: FrameTable,
    progress: Progress,
    /// True if the packets are the rows of a picture without compression.
    is_in_rows: bool,
    /// Packets that were read ahead, by frame.
    held: BTreeMap<FrameIndex, Vec<HeldPacket>>,
}

/// How far the stream was read.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// The frame of the packet read last.
    last: Option<FrameIndex>,
    /// How many packets were read.
    packets: u64,
}

/// A packet that was read ahead.
struct HeldPacket {
    bytes: Vec<u8>,
    messages: Vec<Message>,
}

/// A packet with its messages.
pub struct CutPacket<'a> {
    /// The packet.
    pub packet: Packet<'a>,
    /// The frame of the packet.
    pub frame: FrameIndex,
    /// Its presentation time in seconds after frame 0; `None` if the file does not state it.
    pub time_secs: Option<f64>,
    /// The messages of the packet.
    pub cut: Cut,
}

/// Why the messages of a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// The source cannot be read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The target does not fit the stream.
    #[error(transparent)]
    Cut(#[from] CutError),
    /// A file larger than the target `file` allows.
    #[error("the file is larger than 256 MiB; give a smaller one, or another target: {0}")]
    FileTooLarge(String),
    /// There is no such stream.
    #[error("there is no stream {choice} in {name}; it has {streams}")]
    NoStream {
        /// The stream that was chosen.
        choice: StreamChoice,
        /// The file.
        name: String,
        /// The streams of the file, in words.
        streams: String,
    },
}

impl MessageReader {
    /// Opens a stream of a source; without a `choice` the first video, or the first sound for samples and if there is no
    /// video. `index` is the index of the source, if one was made before.
    ///
    /// # Errors
    /// [`MessageError`]; [`MediaError::Interrupted`] if `keep_going` returns false.
    pub fn open(
        source: &Source,
        choice: Option<StreamChoice>,
        target: Target,
        limits: Limits,
        index: Option<&Arc<Index>>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Self, MessageError> {
        let from = [source, source];
        Self::open_from(from, choice, target, limits, index, keep_going)
    }

    /// As [`open`](Self::open), for a target of a source that may be encoded anew before. Then `index` is not used: the
    /// encoding has an index of its own.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and of [`encode_anew`](media::encode_anew).
    pub fn open_of(
        source: &Source,
        of: TargetStream,
        limits: Limits,
        index: Option<&Arc<Index>>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Self, MessageError> {
        let Some(encoding) = of.encoding else {
            return Self::open(source, of.stream, of.target, limits, index, keep_going);
        };
        let mut progress = |_| if keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        let encoded = media::encode_anew(source, encoding, limits, &mut progress)?;
        Self::open(&encoded, of.stream, of.target, limits, None, keep_going)
    }

    /// As [`open`](Self::open) with the target `packets`, but the packets are never decrypted, even if the source has
    /// a content key.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_own(
        source: &Source,
        choice: Option<StreamChoice>,
        limits: Limits,
        index: Option<&Arc<Index>>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Self, MessageError> {
        let from = [source, &source.without_key()];
        Self::open_from(from, choice, Target::Packets, limits, index, keep_going)
    }

    /// Opens a source for its frames, and a source for the packets.
    fn open_from(
        [source, of_packets]: [&Source; 2],
        choice: Option<StreamChoice>,
        target: Target,
        limits: Limits,
        index: Option<&Arc<Index>>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Self, MessageError> {
        let (choice, transmitted) = match source {
            // The stream was chosen when the capture was opened.
            Source::Capture(_) | Source::Simulated(_) => {
                let open = match source {
                    Source::Capture(captured) => captured.stream,
                    _ => None,
                };
                if let Some(choice) = choice.filter(|_| choice != open) {
                    let streams =
                        "one stream that is open; another one of the capture is chosen with --stream".into();
                    return Err(MessageError::NoStream { choice, name: source.to_string(), streams });
                }
                let is_decrypted = source != of_packets && !media::is_locked(source, None, limits)?;
                (None, is_decrypted.then_some(of_packets))
            }
            _ => (choice, None),
        };
        let has_video = media::has_video(Packets::open(source, limits)?.streams());
        let packets = Packets::open(transmitted.unwrap_or(source), limits)?;
        let streams = packets.streams();
        let stream = media::chosen(choice, target.unit(), streams).map_err(|choice| {
            MessageError::NoStream { choice, name: source.to_string(), streams: in_words(streams) }
        })?;
        let (cutter, stream) = (Cutter::new(target, stream)?, stream.clone());
        let is_in_rows = packets.are_rows();
        drop(packets);
        let feed = Feed::open(of_packets, &stream, target.unit(), limits)?;
        let mut progress = |_| if keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        let made = match index {
            None if has_video => Some(media::scan(source, limits, &mut progress)?),
            _ => None,
        };
        let index = index.or(made.as_ref()).filter(|_| has_video);
        let frames = FrameTable::of(source, transmitted, limits, (&stream, &feed), index, &mut progress)?;
        let (source, held) = (of_packets.clone(), BTreeMap::new());
        let progress = Progress::default();
        Ok(Self { source, limits, target, stream, feed, cutter, frames, progress, is_in_rows, held })
    }

    /// Starts again at the first packet, without searching again which packets belong to which frames.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn rewind(&mut self) -> Result<(), MessageError> {
        self.feed = Feed::open(&self.source, &self.stream, self.target.unit(), self.limits)?;
        self.cutter = Cutter::new(self.target, &self.stream)?;
        self.progress = Progress::default();
        self.held.clear();
        Ok(())
    }

    /// The number of frames of the source. Without a video it is the number of messages; for samples, of those read so
    /// far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames.frames(self.progress.packets)
    }

    /// The stream.
    #[must_use]
    pub const fn stream(&self) -> &StreamInfo {
        &self.stream
    }

    /// The source of the packets.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The packets at which decoding can start, in the order of the file and of their frames; none for samples.
    #[must_use]
    pub fn starts(&self) -> &[StartPacket] {
        self.frames.starts()
    }

    /// The frame of a packet, given by its number within the stream; `None` past the last packet, and for samples.
    #[must_use]
    pub fn frame_of_packet(&self, number: u64) -> Option<FrameIndex> {
        self.frames.frame_of_packet(number)
    }

    /// True if its packets are encrypted in the file and are not decrypted.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.stream.is_encrypted && self.source.content_key().is_none()
    }

    /// The next packet of the stream, or `None` after the last.
    ///
    /// # Errors
    /// [`MediaError`] if the file cannot be read.
    pub fn next_packet(&mut self) -> Result<Option<CutPacket<'_>>, MediaError> {
        let is_locked = self.is_locked();
        let Self { feed, stream, cutter, frames, progress, .. } = self;
        let Some((packet, secs)) = feed.next(stream)? else { return Ok(None) };
        let (frame, time_secs) = (frames.frame(packet.index), frames.time_secs(packet.index, secs));
        *progress = Progress { last: Some(frame), packets: progress.packets + 1 };
        let stored = match packet.encryption {
            Some(encryption) => Stored::Encrypted(encryption),
            None if is_locked => Stored::LeftClear,
            None => Stored::Plain,
        };
        let cut = cutter.cut(packet.bytes, packet.is_key, stored);
        Ok(Some(CutPacket { packet, frame, time_secs, cut }))
    }

    /// The messages of a frame and all bytes of its packets, in file order, for a carpet of `shape`; empty if the frame has
    /// no packet. Call it for frames in ascending order.
    ///
    /// # Errors
    /// [`MediaError`] if the file cannot be read; [`MediaError::Interrupted`] if `keep_going` returns false.
    pub fn payload(
        &mut self,
        frame: FrameIndex,
        shape: Shape,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Payload, MediaError> {
        self.held = self.held.split_off(&frame);
        while self.frames.has_more(frame, self.held.get(&frame).map_or(0, Vec::len), self.progress.last) {
            if !keep_going() {
                return Err(MediaError::Interrupted);
            }
            let Some(packet) = self.next_packet()? else { break };
            if packet.frame >= frame {
                let held = HeldPacket { bytes: packet.packet.bytes.to_vec(), messages: packet.cut.messages };
                let frame = packet.frame;
                self.held.entry(frame).or_default().push(held);
            }
        }
        let (mut bytes, mut messages) = (Vec::new(), Vec::new());
        for packet in self.held.remove(&frame).unwrap_or_default() {
            let start = bytes.len();
            bytes.extend_from_slice(&packet.bytes);
            messages.extend(packet.messages.into_iter().map(|message| message.shifted(start)));
        }
        if !self.are_in_place(&messages, shape) {
            for message in &mut messages {
                message.slices.clear();
            }
        }
        let payload = Payload::of_messages(Arc::new(Buffer::from(bytes)), messages, shape);
        // Other targets have a message for each unit, or less.
        let are_packets = matches!(self.target, Target::Packets | Target::Cenc | Target::Cbcs);
        let has_units = are_packets && !self.is_locked();
        let units = has_units.then(|| UnitSyntax::of(&self.stream.codec, &self.stream.extradata)).flatten();
        Ok(payload.locked(self.is_locked()).in_rows(self.is_in_rows).of_units(units))
    }

    /// True if the slices of a frame can be in the places that they state: its size is that of the coded frames, and they do not cover it again and
    /// again.
    fn are_in_place(&self, messages: &[Message], shape: Shape) -> bool {
        let is_shown = self.stream.orientation.zip(self.stream.shape);
        let is_of_size = is_shown.is_none_or(|(orientation, coded)| orientation.turned(coded) == shape);
        let mut left = MOST_TIMES_COVERED * shape.pixels() as u64;
        is_of_size
            && messages.iter().flat_map(|message| &message.slices).all(|slice| {
                let pixels = slice.area.pixels(shape);
                left = left.saturating_sub(pixels);
                left > 0 || pixels == 0
            })
    }

    /// The size of the carpet if there is no frame: the size of the stream's pictures.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.stream.shape.unwrap_or(SHAPE_WITHOUT_PICTURE)
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.feed.take_problems()
    }
}

/// The streams of a file, in words.
fn in_words(streams: &[StreamInfo]) -> String {
    let [mut videos, mut sounds] = [0, 0];
    for stream in streams {
        videos += usize::from(stream.kind == StreamKind::Video);
        sounds += usize::from(stream.kind == StreamKind::Audio);
    }
    let some = |count: usize, letter: &str| match count {
        0 => None,
        1 => Some(format!("{letter}:0")),
        _ => Some(format!("{letter}:0 to {letter}:{}", count - 1)),
    };
    let all: Vec<String> = [some(videos, "v"), some(sounds, "a")].into_iter().flatten().collect();
    if all.is_empty() { "neither video nor sound".into() } else { all.join(" and ") }
}
