//! The packets of the decoded stream: reads them one by one, corrects their timestamps, and records their properties.

use std::collections::VecDeque;

use ffmpeg_next::codec::packet::Flags;
use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Error, Packet};

use super::{Decoding, Feed};
use crate::media::ffi;
use crate::media::index::Key;

/// How many packets after one that the demuxer marked as damaged are searched for a discontinuity.
const PACKETS_TO_DISCONTINUITY: usize = 2;

/// The properties of a packet, without its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::media) struct PacketInfo {
    pub(in crate::media) pts: Option<i64>,
    pub(in crate::media) dts: Option<i64>,
    pub(in crate::media) duration: i64,
    pub(in crate::media) is_key: bool,
    /// An edit list hides its picture.
    pub(in crate::media) is_hidden: bool,
    pub(in crate::media) is_corrupt: bool,
    /// Its offset in the file in bytes, -1 if that is unknown.
    pub(in crate::media) position: i64,
    /// The shift that was added to its timestamps, in microseconds.
    pub(in crate::media) shift_micros: i64,
}

/// The packet that was read last, and packets that were read ahead.
pub(super) struct CurrentPacket {
    pub(super) packet: Packet,
    /// The shift that was added to its timestamps, in microseconds.
    pub(super) shift_micros: i64,
    /// The decoder was full; the packet is to be sent again.
    pub(super) is_pending: bool,
    /// Later packets that were read already, with the shift of their timestamps.
    pub(super) ahead: VecDeque<(Packet, i64)>,
}

/// What was read of the stream since it was opened or restarted.
#[derive(Default)]
pub(super) struct PacketsRead {
    pub(super) count: u64,
    /// True if the sample entry or a packet says that the stream is encrypted and there is no content key; stays true
    /// after a restart.
    pub(super) has_encryption: bool,
    /// The properties of each packet, if a caller asked for them.
    pub(super) infos: Option<Vec<PacketInfo>>,
}

impl Decoding {
    /// The properties of the next packet, which is not decoded; `None` after the last.
    ///
    /// # Errors
    /// If the bytes cannot be read any more, and if the container is damaged.
    pub(in crate::media) fn next_packet_info(&mut self) -> Result<Option<PacketInfo>, Error> {
        let _counting = self.errors.count_on_this_thread();
        if self.read()?.is_some() {
            return Err(Error::InvalidData);
        }
        Ok((self.feed == Feed::Packets).then(|| self.packet_info()))
    }

    /// Seeks in the container to a key or to a place before it.
    pub(super) fn seek(&mut self, key: Key) -> Result<(), Error> {
        match key.place {
            Some(place) => ffi::seek_byte(&mut self.input, place.position),
            None => ffi::seek(&mut self.input, self.stream, key.dts),
        }
    }

    fn packet_info(&self) -> PacketInfo {
        PacketInfo {
            pts: self.now.packet.pts(),
            dts: self.now.packet.dts(),
            duration: self.now.packet.duration(),
            is_key: self.now.packet.is_key() && !self.track.is_transmitted,
            is_hidden: ffi::is_hidden(&self.now.packet),
            is_corrupt: self.now.packet.is_corrupt()
                || self
                    .track
                    .nal_lengths
                    .is_some_and(|it| !it.is_whole(self.now.packet.data().unwrap_or_default())),
            position: self.now.packet.position() as i64,
            shift_micros: self.now.shift_micros,
        }
    }

    /// Reads the next packet of the stream. A container that is cut off ends the stream.
    pub(super) fn read(&mut self) -> Result<Option<String>, Error> {
        if self.track.is_photo && self.read.count > 0 {
            self.feed = Feed::Draining;
            return Ok(None);
        }
        let next = match self.now.ahead.pop_front() {
            Some(next) => Ok(Some(next)),
            None => self.read_packet(),
        };
        match next {
            Ok(Some(next)) => (self.now.packet, self.now.shift_micros) = next,
            Ok(None) => {
                self.feed = Feed::Draining;
                return Ok(None);
            }
            Err(Error::InvalidData) => {
                self.feed = Feed::Draining;
                return Ok(Some(ffi::reason(Error::InvalidData)));
            }
            Err(error) => return Err(error),
        }
        if self.continuity.allows_discontinuities()
            && self.now.packet.is_corrupt()
            && self.is_before_discontinuity()?
        {
            self.now.packet.set_flags(self.now.packet.flags() - Flags::CORRUPT);
        }
        self.read.count += 1;
        self.read.has_encryption |=
            self.now.packet.side_data().any(|data| data.kind() == SideData::EncryptionInfo);
        let info = self.packet_info();
        if let Some(infos) = &mut self.read.infos {
            infos.push(info);
        }
        if self.has_numbers_as_pts {
            self.now.packet.set_pts(i64::try_from(self.read.count - 1).ok());
            self.now.packet.set_dts(None);
        }
        Ok(None)
    }

    /// The next packet of the stream with corrected timestamps, and the shift that was added; `None` after the last.
    fn read_packet(&mut self) -> Result<Option<(Packet, i64)>, Error> {
        loop {
            // A new packet each time: FFmpeg would overwrite the pointers of the old one without freeing its data.
            let mut packet = Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() == self.stream => {
                    self.continuity.correct(&mut packet);
                    return Ok(Some((packet, self.continuity.shift_micros())));
                }
                Ok(()) | Err(Error::Other { errno: EAGAIN }) => {}
                Err(Error::Eof) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// True if a discontinuity follows the packet. Packets of transport streams are counted, and after a discontinuity
    /// the count restarts. The demuxer takes this for a loss and marks the last picture before it, or the last but
    /// one, as damaged, although nothing is missing.
    fn is_before_discontinuity(&mut self) -> Result<bool, Error> {
        while self.now.ahead.len() < PACKETS_TO_DISCONTINUITY {
            match self.read_packet() {
                Ok(Some(next)) => self.now.ahead.push_back(next),
                // The error occurs again after the packets that were read ahead.
                Ok(None) | Err(Error::InvalidData) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(self.now.ahead.iter().any(|(_, shift_micros)| *shift_micros != self.now.shift_micros))
    }
}
