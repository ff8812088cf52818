//! The input that messages are cut from: packets of a stream, or pieces of its decoded sound.

use std::sync::Arc;

use crate::media::container::{Packet, Packets, StreamInfo};
use crate::media::sound::{PIECES_PER_SEC, SoundPieces, SoundReader};
use crate::media::{Index, Limits, MediaError, MessageUnit, PacketFrames, Source, StartPacket, start_secs};
use crate::units::{FrameIndex, Pts};

/// Reads that input in order.
pub(super) enum Feed {
    /// The packets of all streams.
    Packets(Box<Packets>),
    /// The sound of one stream.
    Samples(Box<SoundPieces>),
}

/// The frame of each packet or piece of sound.
pub(super) enum FrameTable {
    /// Of packets.
    Packets(PacketFrames),
    /// Of pieces of sound. `offset_secs` is the time from frame 0 to the first piece. Without an index, each piece is
    /// a frame.
    Samples { offset_secs: f64, index: Option<Arc<Index>> },
}

impl Feed {
    /// Starts at the beginning of a stream.
    pub(super) fn open(
        source: &Source,
        stream: &StreamInfo,
        unit: MessageUnit,
        limits: Limits,
    ) -> Result<Self, MediaError> {
        Ok(match unit {
            MessageUnit::Packet => Self::Packets(Box::new(Packets::open(source, limits)?)),
            MessageUnit::Samples => {
                let reader = SoundReader::open(source, stream.index, limits)?;
                Self::Samples(Box::new(SoundPieces::new(reader)?))
            }
        })
    }

    /// The next packet of the stream, and its presentation time in seconds on the file's own clock; `None` after the
    /// last. A piece of sound is returned as a packet without a position in the file.
    pub(super) fn next(
        &mut self,
        stream: &StreamInfo,
    ) -> Result<Option<(Packet<'_>, Option<f64>)>, MediaError> {
        match self {
            Self::Packets(packets) => Ok(packets.next_packet_of(stream.index)?.map(|packet| {
                let secs = packet.pts.map(|pts| stream.time_base.secs_between(Pts(0), Pts(pts)));
                (packet, secs)
            })),
            Self::Samples(pieces) => {
                let (index, start_secs) = (pieces.count(), pieces.start_secs());
                let secs = start_secs.map(|start| start + piece_secs(index));
                Ok(pieces.next_piece()?.map(|bytes| {
                    let packet = Packet {
                        stream: stream.index,
                        index,
                        pts: None,
                        dts: None,
                        duration: 0,
                        is_key: true,
                        is_discarded: false,
                        is_corrupt: false,
                        offset: None,
                        bytes,
                        encryption: None,
                    };
                    (packet, secs)
                }))
            }
        }
    }

    /// Reports of damage since the last call, in words.
    pub(super) fn take_problems(&mut self) -> Vec<String> {
        match self {
            Self::Packets(packets) => packets.take_problems(),
            Self::Samples(pieces) => pieces.take_problems(),
        }
    }
}

impl FrameTable {
    /// The frames of a stream. `index` is the index of the video; `None` if there is none. `transmitted` is the same stream of
    /// a capture as it was transmitted, if its packets are read from there and `source` was decrypted.
    pub(super) fn of(
        source: &Source,
        transmitted: Option<&Source>,
        limits: Limits,
        (stream, feed): (&StreamInfo, &Feed),
        index: Option<&Arc<Index>>,
        progress: crate::media::Progress<'_>,
    ) -> Result<Self, MediaError> {
        match feed {
            Feed::Packets(_) => {
                let index = index.map(|index| &**index);
                if let (Some(transmitted), Some(index)) = (transmitted, index) {
                    return PacketFrames::of_transmitted(transmitted, source, limits, index)
                        .map(Self::Packets);
                }
                let source = transmitted.unwrap_or(source);
                PacketFrames::of(source, limits, stream.index, index, progress).map(Self::Packets)
            }
            Feed::Samples(pieces) => {
                let start_secs = match index {
                    Some(_) => start_secs(source, limits)?,
                    None => None,
                };
                let offset_secs =
                    pieces.start_secs().zip(start_secs).map_or(0.0, |(sound, start)| sound - start);
                Ok(Self::Samples { offset_secs, index: index.cloned() })
            }
        }
    }

    /// The frame of a packet or piece, given by its number within the stream.
    pub(super) fn frame(&self, number: u64) -> FrameIndex {
        match self {
            Self::Packets(frames) => frames.frame(number).unwrap_or_default(),
            Self::Samples { offset_secs, index: Some(index) } => {
                index.frame_at(offset_secs + piece_secs(number))
            }
            Self::Samples { index: None, .. } => FrameIndex(number),
        }
    }

    /// The packets at which decoding can start; none for pieces of sound.
    pub(super) fn starts(&self) -> &[StartPacket] {
        match self {
            Self::Packets(frames) => frames.starts(),
            Self::Samples { .. } => &[],
        }
    }

    /// The frame of a packet; `None` past the last packet, and for pieces of sound.
    pub(super) fn frame_of_packet(&self, number: u64) -> Option<FrameIndex> {
        match self {
            Self::Packets(frames) => frames.frame(number),
            Self::Samples { .. } => None,
        }
    }

    /// Seconds from frame 0 to a packet or piece; `secs` is its time on the file's own clock.
    pub(super) fn time_secs(&self, number: u64, secs: Option<f64>) -> Option<f64> {
        match self {
            Self::Packets(frames) => secs.zip(frames.start_secs()).map(|(secs, start)| secs - start),
            Self::Samples { offset_secs, .. } => Some(offset_secs + piece_secs(number)),
        }
    }

    /// True while more packets of `frame` may follow. `held` is how many were read of it, and `last` is the frame of
    /// the latest packet.
    pub(super) fn has_more(&self, frame: FrameIndex, held: usize, last: Option<FrameIndex>) -> bool {
        match self {
            Self::Packets(frames) => held < frames.packets_of(frame),
            Self::Samples { .. } => last.is_none_or(|last| last <= frame),
        }
    }

    /// The number of frames. If pieces of sound are frames, it is `read`, the number of pieces read so far.
    pub(super) fn frames(&self, read: u64) -> u64 {
        match self {
            Self::Packets(frames) => frames.frames(),
            Self::Samples { index: Some(index), .. } => index.frames(),
            Self::Samples { index: None, .. } => read,
        }
    }
}

/// Seconds from the first piece of sound to another.
fn piece_secs(number: u64) -> f64 {
    number as f64 / f64::from(PIECES_PER_SEC)
}
