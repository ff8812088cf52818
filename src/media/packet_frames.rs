//! The frame that each packet belongs to.

use super::capture;
use super::container::Packets;
use super::decode::{Decoding, Step, Threads};
use super::error::MediaError;
use super::ffi;
use super::frames::Progress;
use super::index::Index;
use super::limits::Limits;
use super::origin::Origin;
use super::source::Source;
use crate::units::{FrameIndex, Pts};

/// Packets between two reports of progress.
const PACKETS_PER_REPORT: usize = 64;

/// The frames of the packets of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PacketFrames {
    /// The frame of each packet, in file order.
    frames: Vec<FrameIndex>,
    /// How many packets belong to each frame.
    packets: Vec<u32>,
    starts: Vec<StartPacket>,
    /// The number of frames of the source.
    count: u64,
    /// When frame 0 is shown, in seconds on the file's own clock; `None` if the file does not state it.
    start_secs: Option<f64>,
}

/// A packet at which decoding can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartPacket {
    /// Its number within the stream, in file order.
    pub packet: u64,
    /// Its frame.
    pub frame: FrameIndex,
}

/// A packet as it was found: `Frame` is its frame, or what that follows from.
#[derive(Clone, Copy)]
struct Found<Frame> {
    frame: Frame,
    is_key: bool,
}

impl PacketFrames {
    /// The frames of the packets of stream `stream`. `index` is the index of the source; `None` if it has no video.
    ///
    /// A packet of the video belongs to the frame that is shown at its time. A packet that gives no frame belongs to
    /// the frame of the next packet that gives one; at the end, to the last frame. A packet of another stream belongs
    /// to the frame that is shown when it begins. Without a video, packet n is frame n.
    ///
    /// # Errors
    /// If the source cannot be read, and [`MediaError::Interrupted`] if `progress` returns `Break`.
    pub fn of(
        source: &Source,
        limits: Limits,
        stream: usize,
        index: Option<&Index>,
        progress: Progress<'_>,
    ) -> Result<Self, MediaError> {
        if let Source::Encoded(encoded) = source {
            let file = encoded.file();
            let (mut frames, mut found) = (file.packet_frames.iter(), Vec::new());
            each_pts(source, limits, stream, |_, is_key| {
                found.extend(frames.next().map(|&frame| Found { frame, is_key }));
            })?;
            return Ok(Self::new(&found, file.index.frames(), Some(0.0)));
        }
        let Some(index) = index.filter(|index| index.frames() > 0) else {
            let (mut found, mut first_secs) = (Vec::new(), None);
            each_pts(source, limits, stream, |secs, is_key| {
                let frame = FrameIndex(found.len() as u64);
                first_secs = first_secs.or(secs.filter(|_| found.is_empty()));
                found.push(Found { frame, is_key });
            })?;
            let count = found.len() as u64;
            return Ok(Self::new(&found, count, first_secs));
        };
        let origin = Origin::of(source)?;
        let mut decoding = Decoding::open(&origin, limits, Threads::Many)?;
        let last = FrameIndex(index.frames() - 1);
        if decoding.stream() == stream {
            let frames = match index.seek_table() {
                Some(seek_table) => by_timestamps(&mut decoding, &seek_table.pts, progress),
                None => by_decoding(&origin, limits, progress),
            }?;
            let start_secs = index
                .seek_table()
                .map(|seek_table| decoding.track.time_base.secs_between(Pts(0), Pts(seek_table.pts[0])));
            return Ok(Self::new(&filled(&frames, last), index.frames(), start_secs));
        }
        let start_secs = match index.seek_table() {
            Some(seek_table) => Some(decoding.track.time_base.secs_between(Pts(0), Pts(seek_table.pts[0]))),
            None => first_secs(&mut decoding),
        };
        let mut found: Vec<Found<FrameIndex>> = Vec::new();
        each_pts(source, limits, stream, |secs, is_key| {
            let secs = secs.zip(start_secs).map(|(secs, start)| secs - start);
            let before = found.last().map(|before| before.frame).unwrap_or_default();
            found.push(Found { frame: secs.map_or(before, |secs| index.frame_at(secs)), is_key });
        })?;
        Ok(Self::new(&found, index.frames(), start_secs))
    }

    /// The frames of the packets of a capture as they were `transmitted`: each belongs to the frame of `source`, the same
    /// stream decrypted, that is shown at its time.
    ///
    /// # Errors
    /// If a source cannot be read.
    pub fn of_transmitted(
        transmitted: &Source,
        source: &Source,
        limits: Limits,
        index: &Index,
    ) -> Result<Self, MediaError> {
        // Times of packets are rounded to nanoseconds, and the container of the decrypted stream starts up to 17 ticks
        // late, so that no decoding time is negative.
        const TOLERANCE_SECS: f64 = 1e-3;
        let mut decoding = Decoding::open(&Origin::of(source)?, limits, Threads::One)?;
        let start_secs = match index.seek_table() {
            Some(seek_table) => Some(decoding.track.time_base.secs_between(Pts(0), Pts(seek_table.pts[0]))),
            None => first_secs(&mut decoding),
        };
        let start_secs = start_secs.unwrap_or_default();
        let mut found: Vec<Found<FrameIndex>> = Vec::new();
        each_pts(transmitted, limits, 0, |secs, is_key| {
            let before = found.last().map(|before| before.frame).unwrap_or_default();
            let secs = secs.map(|secs| secs - capture::START_SECS - start_secs + TOLERANCE_SECS);
            found.push(Found { frame: secs.map_or(before, |secs| index.frame_at(secs)), is_key });
        })?;
        Ok(Self::new(&found, index.frames(), Some(capture::START_SECS + start_secs)))
    }

    fn new(found: &[Found<FrameIndex>], count: u64, start_secs: Option<f64>) -> Self {
        let mut packets: Vec<u32> = Vec::new();
        for frame in found.iter().filter_map(|found| usize::try_from(found.frame.0).ok()) {
            packets.resize(packets.len().max(frame + 1), 0);
            packets[frame] += 1;
        }
        let mut starts: Vec<StartPacket> = Vec::new();
        for (packet, &Found { frame, is_key }) in (0..).zip(found) {
            // The second field of a keyframe is a key packet, too; decoding starts at the first one.
            if starts.last().is_none_or(|last| is_key && last.frame < frame) {
                starts.push(StartPacket { packet, frame });
            }
        }
        Self { frames: found.iter().map(|found| found.frame).collect(), packets, starts, count, start_secs }
    }

    /// The packets at which decoding can start, as the container states, in the order of the file and of their frames; the
    /// first packet is always one of them.
    #[must_use]
    pub fn starts(&self) -> &[StartPacket] {
        &self.starts
    }

    /// The frame of a packet, given by its number within the stream.
    #[must_use]
    pub fn frame(&self, packet: u64) -> Option<FrameIndex> {
        usize::try_from(packet).ok().and_then(|packet| self.frames.get(packet)).copied()
    }

    /// How many packets belong to a frame.
    #[must_use]
    pub fn packets_of(&self, frame: FrameIndex) -> usize {
        let packets = usize::try_from(frame.0).ok().and_then(|frame| self.packets.get(frame));
        packets.map_or(0, |&packets| packets as usize)
    }

    /// The number of frames of the source.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.count
    }

    /// When frame 0 is shown, in seconds on the file's own clock; `None` if the file does not state it.
    #[must_use]
    pub const fn start_secs(&self) -> Option<f64> {
        self.start_secs
    }
}

/// Calls `each` with the time in seconds of each packet of a stream, and whether decoding can start there.
fn each_pts(
    source: &Source,
    limits: Limits,
    stream: usize,
    mut each: impl FnMut(Option<f64>, bool),
) -> Result<(), MediaError> {
    let mut packets = Packets::open(source, limits)?;
    loop {
        let found = packets.next_packet()?.map(|packet| (packet.stream, packet.pts, packet.is_key));
        let Some((of, pts, is_key)) = found else { return Ok(()) };
        if of == stream {
            let time_base = packets.streams()[stream].time_base;
            each(pts.map(|pts| time_base.secs_between(Pts(0), Pts(pts))), is_key);
        }
    }
}

/// The frame of each packet by its timestamp; `None` for packets that give none.
fn by_timestamps(
    decoding: &mut Decoding,
    pts: &[i64],
    progress: Progress<'_>,
) -> Result<Vec<Found<Option<FrameIndex>>>, MediaError> {
    let mut frames = Vec::new();
    // A container that is cut off ends the stream.
    while let Ok(Some(info)) = decoding.next_packet_info() {
        let place = info.pts.filter(|_| !info.is_hidden).and_then(|own| pts.binary_search(&own).ok());
        frames.push(Found { frame: place.map(|frame| FrameIndex(frame as u64)), is_key: info.is_key });
        if frames.len() % PACKETS_PER_REPORT == 0 && progress(0.0).is_break() {
            return Err(MediaError::Interrupted);
        }
    }
    Ok(frames)
}

/// The frame of each packet as found by decoding; `None` for packets that give none.
fn by_decoding(
    origin: &Origin,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Vec<Found<Option<FrameIndex>>>, MediaError> {
    for threads in [Threads::Many, Threads::One] {
        let mut decoding = Decoding::open(origin, limits, threads)?;
        decoding.number_packets();
        decoding.keep_infos();
        let mut frames: Vec<Option<FrameIndex>> = Vec::new();
        let mut count = 0;
        loop {
            let step = decoding.next().map_err(|error| MediaError::Decode {
                name: origin.name().to_owned(),
                reason: ffi::reason(error),
            })?;
            let picture = match step {
                Step::Picture(picture) => picture,
                Step::Broken(_) => continue,
                Step::End => break,
            };
            if let Some(packet) = picture.properties.pts.and_then(|number| usize::try_from(number).ok()) {
                frames.resize(frames.len().max(packet + 1), None);
                frames[packet] = Some(FrameIndex(count));
            }
            count += 1;
            if progress(0.0).is_break() {
                return Err(MediaError::Interrupted);
            }
        }
        if threads == Threads::One || !decoding.is_damaged() {
            let packets = usize::try_from(decoding.packets()).unwrap_or(frames.len());
            frames.resize(packets.max(frames.len()), None);
            let infos = decoding.take_infos().unwrap_or_default();
            let is_key = |packet: usize| infos.get(packet).is_some_and(|info| info.is_key);
            let found = |(packet, frame)| Found { frame, is_key: is_key(packet) };
            return Ok(frames.into_iter().enumerate().map(found).collect());
        }
    }
    Ok(Vec::new())
}

/// When the first frame of the video is shown, in seconds on the file's own clock; `None` if the file does not state
/// it.
///
/// # Errors
/// If the source cannot be read.
pub fn start_secs(source: &Source, limits: Limits) -> Result<Option<f64>, MediaError> {
    let origin = Origin::of(source)?;
    Ok(first_secs(&mut Decoding::open(&origin, limits, Threads::One)?))
}

/// When the first frame is shown, in seconds on the file's own clock.
fn first_secs(decoding: &mut Decoding) -> Option<f64> {
    loop {
        match decoding.next() {
            Ok(Step::Picture(picture)) => {
                let pts = picture.properties.pts?;
                return Some(decoding.track.time_base.secs_between(Pts(0), Pts(pts)));
            }
            Ok(Step::Broken(_)) => {}
            Ok(Step::End) | Err(_) => return None,
        }
    }
}

/// Gives packets without a frame the frame of the next packet that has one; at the end, the last frame.
fn filled(found: &[Found<Option<FrameIndex>>], last: FrameIndex) -> Vec<Found<FrameIndex>> {
    let mut next = last;
    let backwards = found.iter().rev().map(|&Found { frame, is_key }| {
        next = frame.unwrap_or(next);
        Found { frame: next, is_key }
    });
    let mut filled: Vec<Found<FrameIndex>> = backwards.collect();
    filled.reverse();
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_counted_by_frame() {
        let found = [0, 2, 2, 0, 4].map(|frame| Found { frame: FrameIndex(frame), is_key: false });
        let frames = PacketFrames::new(&found, 7, None);
        let packets: Vec<usize> = (0..6).map(|frame| frames.packets_of(FrameIndex(frame))).collect();
        assert_eq!((packets, frames.frames()), (vec![2, 0, 2, 0, 1, 0], 7));
        assert_eq!((frames.frame(1), frames.frame(5)), (Some(FrameIndex(2)), None));
    }

    #[test]
    fn packets_without_a_frame_belong_to_the_next_frame_or_to_the_last() {
        let found = [None, Some(0), Some(2), None, None, Some(1), None];
        let found = found.map(|frame| Found { frame: frame.map(FrameIndex), is_key: false });
        let frames: Vec<u64> = filled(&found, FrameIndex(9)).iter().map(|found| found.frame.0).collect();
        assert_eq!(frames, [0, 0, 2, 1, 1, 1, 9]);
        assert!(filled(&[], FrameIndex(9)).is_empty());
    }

    #[test]
    fn decoding_starts_at_the_first_packet_and_at_the_first_key_packet_of_a_later_frame() {
        // A first packet that is no key, two fields of a keyframe, and a key packet that is shown before the last one.
        let packets = [(1, false), (0, false), (4, true), (4, true), (3, false), (2, true), (7, true)];
        let found = packets.map(|(frame, is_key)| Found { frame: FrameIndex(frame), is_key });
        let frames = PacketFrames::new(&found, 8, None);
        let start = |(packet, frame)| StartPacket { packet, frame: FrameIndex(frame) };
        assert_eq!(frames.starts(), [(0, 1), (2, 4), (6, 7)].map(start));
        assert_eq!(PacketFrames::new(&[], 0, None).starts(), []);
    }
}
