//! A decoder from a keyframe on.

use super::no_picture::NoPicture;
use super::packets::EncryptedPackets;
use crate::media::MediaError;
use crate::media::concealed::{ConcealedDecoder, ConcealedPicture, ConcealedStream};
use crate::units::FrameIndex;

/// How many packets are decoded after the first one that is shown with a frame or later, if the decoder returns no picture
/// of it: H.264 delays a picture by 16 frames of two fields at most.
const PACKETS_AHEAD: u64 = 48;

/// Upper bound of the leading packets after a key packet: they belong to no more frames than a decoder keeps in order.
const MOST_LEADING: u64 = 32;

/// A decoder that started at a packet, and what came of it.
pub(super) struct Segment {
    decoder: ConcealedDecoder,
    /// The first frame of the segment, and that of the next one.
    first: FrameIndex,
    end: Option<FrameIndex>,
    /// The frame that was asked for last.
    asked: FrameIndex,
    /// The next packet for the decoder, and the one after the last.
    next: u64,
    end_packet: u64,
    /// The first packet of the next segment; it and the packets after it are kept.
    kept_from: u64,
    /// The first packet that is shown with the last frame or later.
    shown_from: u64,
    progress: Progress,
    /// The latest frame of which a picture came out.
    latest: Option<FrameIndex>,
    /// The pictures that came out, without those before the frame that was shown last.
    pictures: Vec<(FrameIndex, ConcealedPicture)>,
}

/// What a decoder gets next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Packets,
    /// Nothing: it returns what it still holds.
    Draining,
    /// Nothing, and it holds nothing.
    Finished,
}

impl Segment {
    /// A new decoder for the segment of a frame, or the reason why there is none.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn of(
        frame: FrameIndex,
        packets: &mut EncryptedPackets,
        stream: &ConcealedStream,
    ) -> Result<Result<Self, NoPicture>, MediaError> {
        let starts = packets.starts();
        let at = starts.partition_point(|start| start.frame <= frame).saturating_sub(1);
        let Some(start) = starts.get(at).copied() else { return Ok(Err(NoPicture::Nothing)) };
        let next = starts.get(at + 1).copied();
        let (kept_from, end) = (next.map_or(u64::MAX, |next| next.packet), next.map(|next| next.frame));
        let is_leading = |more: &u64| {
            let frame = packets.frame_of(kept_from.saturating_add(1 + more));
            frame.zip(end).is_some_and(|(frame, end)| frame < end)
        };
        let leading = (0..MOST_LEADING).take_while(is_leading).count() as u64;
        let decoder = match stream.decoder() {
            Ok(decoder) => decoder,
            Err(error) => return Ok(Err(NoPicture::NoDecoder(error.to_string()))),
        };
        packets.start_at(start.packet)?;
        Ok(Ok(Self {
            decoder,
            // Frames before the first keyframe can only come out of the decoder that starts there.
            first: if at == 0 { FrameIndex(0) } else { start.frame },
            end,
            asked: FrameIndex(0),
            next: start.packet,
            // The leading packets need the key packet.
            end_packet: if leading > 0 { kept_from + 1 + leading } else { kept_from },
            kept_from,
            shown_from: start.packet,
            progress: Progress::Packets,
            latest: None,
            pictures: Vec::new(),
        }))
    }

    /// True if it has the picture of a frame, or can still make it.
    pub(super) fn contains(&self, frame: FrameIndex) -> bool {
        frame >= self.first.max(self.asked) && self.end.is_none_or(|end| frame < end)
    }

    /// Decodes until a picture of a frame, or of a later one, came out, or none can be expected.
    pub(super) fn decode_until(
        &mut self,
        frame: FrameIndex,
        packets: &mut EncryptedPackets,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<(), MediaError> {
        self.asked = frame;
        while self.shown_from < self.end_packet
            && packets.frame_of(self.shown_from).is_some_and(|shown| shown < frame)
        {
            self.shown_from += 1;
        }
        while self.latest.is_none_or(|latest| latest < frame) {
            match self.progress {
                Progress::Packets if self.next > self.shown_from + PACKETS_AHEAD => break,
                Progress::Packets => self.decode_next(packets, keep_going)?,
                Progress::Draining => match self.decoder.next_held() {
                    Some(picture) => self.keep(picture, packets),
                    None => self.progress = Progress::Finished,
                },
                Progress::Finished => break,
            }
        }
        Ok(())
    }

    /// Sends the next packet, or the end, to the decoder.
    fn decode_next(
        &mut self,
        packets: &mut EncryptedPackets,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<(), MediaError> {
        let packet = if self.next < self.end_packet { packets.packet(self.next, keep_going)? } else { None };
        let Some(packet) = packet else {
            self.decoder.finish();
            self.progress = Progress::Draining;
            return Ok(());
        };
        let pictures = self.decoder.send(packet.sent());
        self.next += 1;
        packets.drop_before(self.kept_from.min(self.next));
        for picture in pictures {
            self.keep(picture, packets);
        }
        Ok(())
    }

    /// Keeps a picture, unless a later one that is not shown after the last frame came out.
    fn keep(&mut self, picture: ConcealedPicture, packets: &EncryptedPackets) {
        let Some(frame) = packets.frame_of(picture.packet) else { return };
        self.latest = self.latest.max(Some(frame));
        self.pictures.push((frame, picture));
        self.drop_outdated();
    }

    /// Drops the pictures before the one to be shown.
    fn drop_outdated(&mut self) -> Option<FrameIndex> {
        let shown = self.pictures.iter().map(|(own, _)| *own).filter(|own| *own <= self.asked).max()?;
        self.pictures.retain(|(own, _)| *own >= shown);
        Some(shown)
    }

    /// The picture of the frame that was decoded last, else the one of the latest frame before it.
    pub(super) fn picture(&mut self) -> Option<&ConcealedPicture> {
        let shown = self.drop_outdated()?;
        self.pictures.iter().find(|(own, _)| *own == shown).map(|(_, picture)| picture)
    }
}
