//! Puts uncompressed pictures together from packets (RFC 4175).
//!
//! FFmpeg does this too, but leaves what is in the memory of a picture where packets are lost: other bytes in each
//! run, and possibly secret ones. Here, lost parts show the picture before.

use ffmpeg_next::Packet;
use ffmpeg_next::codec::packet::Flags;

use super::description::MediaDescription;
use super::error::RtpError;
use crate::media::limits::Limits;
use crate::picture::Shape;
use crate::wire::rtp;

/// The payload header: the high half of the sequence number, then a header for each piece of a row.
const EXTENDED_SEQUENCE_BYTES: usize = 2;
const ROW_HEADER_BYTES: usize = 6;

/// How the pixels of a picture stand in its bytes.
#[derive(Clone, Copy)]
struct PixelFormat {
    shape: Shape,
    /// Bytes of a group of pixels that share samples, and how many pixels that is in a row.
    group: (usize, usize),
    /// A group of black pixels.
    black: &'static [u8],
}

/// Assembles pictures of one stream.
pub(super) struct RawPictures {
    format: PixelFormat,
    picture: Vec<u8>,
    /// The timestamp of the picture that is being assembled.
    current: Option<u32>,
    /// The timestamp of the last picture that was returned.
    returned: Option<u32>,
    /// Ticks from the first packet to `last`.
    ticks: i64,
    last: Option<u32>,
}

/// The size of the pictures of a stream, if they are not compressed and are read.
#[must_use]
pub fn raw_shape(description: &MediaDescription) -> Option<Shape> {
    PixelFormat::of(description, Limits::default()).ok().flatten().map(|format| format.shape)
}

impl PixelFormat {
    /// That of a stream with this description; `None` if it is of another encoding.
    fn of(description: &MediaDescription, limits: Limits) -> Result<Option<Self>, RtpError> {
        if !description.is_encoding("raw") {
            return Ok(None);
        }
        let wrong = |reason: String| RtpError::Description(reason);
        let stated = |name| description.parameter(name).unwrap_or("nothing");
        if description.parameter("interlace").is_some() {
            return Err(wrong("its pictures are interlaced".into()));
        }
        let (group, black): (_, &[u8]) = match (stated("sampling"), stated("depth")) {
            // Both values of colour are in the middle.
            ("YCbCr-4:2:2", "8") => ((4, 2), &[128, 16, 128, 16]),
            ("RGB", "8") => ((3, 1), &[0, 0, 0]),
            (sampling, depth) => {
                return Err(wrong(format!(
                    "sampling {sampling} with depth {depth} is not read; YCbCr-4:2:2 and RGB with 8 are"
                )));
            }
        };
        let side = |name| {
            let side = stated(name).parse::<u32>().ok().filter(|&side| side > 0);
            side.ok_or_else(|| wrong(format!("it states no {name}")))
        };
        let shape = Shape::new(side("width")?, side("height")?);
        limits.check(shape)?;
        if !shape.columns().is_multiple_of(group.1) {
            return Err(wrong(format!("its width is no multiple of {}", group.1)));
        }
        Ok(Some(Self { shape, group, black }))
    }
}

impl RawPictures {
    /// For a stream with this description; `None` if it is of another encoding.
    pub(super) fn of(description: &MediaDescription, limits: Limits) -> Result<Option<Self>, RtpError> {
        let Some(format) = PixelFormat::of(description, limits)? else { return Ok(None) };
        let picture = format.black.repeat(format.shape.pixels() / format.group.1);
        Ok(Some(Self { format, picture, current: None, returned: None, ticks: 0, last: None }))
    }

    /// Adds a packet, and returns the pictures that are complete: none, one, or two if the last packet of the one
    /// before is lost.
    pub(super) fn add(&mut self, packet: &[u8]) -> Vec<Packet> {
        let mut complete = Vec::new();
        let Ok(packet) = rtp::Packet::parse(packet) else { return complete };
        let timestamp = packet.timestamp();
        if self.current.is_some_and(|current| current != timestamp) {
            complete.extend(self.finish());
        }
        if self.current.is_none() && self.returned != Some(timestamp) {
            let step = self.last.map_or(0, |last| timestamp.wrapping_sub(last));
            // Timestamps wrap: a step of more than half the range goes back.
            self.ticks += i64::from(step.cast_signed());
            (self.current, self.last) = (Some(timestamp), Some(timestamp));
        }
        if self.current.is_some() {
            if let Ok(payload) = packet.payload() {
                self.add_rows(payload);
            }
            if packet.marker() {
                complete.extend(self.finish());
            }
        }
        complete
    }

    /// The picture that is being assembled, if there is one.
    pub(super) fn finish(&mut self) -> Option<Packet> {
        let timestamp = self.current.take()?;
        self.returned = Some(timestamp);
        let mut packet = Packet::copy(&self.picture);
        packet.set_pts(Some(self.ticks));
        packet.set_flags(Flags::KEY);
        Some(packet)
    }

    /// Copies the pieces of rows in a payload. What does not fit in the picture is left out.
    fn add_rows(&mut self, payload: &[u8]) {
        let Some(headers) = payload.get(EXTENDED_SEQUENCE_BYTES..) else { return };
        let (headers, _) = headers.as_chunks::<ROW_HEADER_BYTES>();
        // The header of the last piece has no continuation bit.
        let Some(count) = headers.iter().position(|header| header[4] & 0x80 == 0) else { return };
        let mut data = &payload[EXTENDED_SEQUENCE_BYTES + (count + 1) * ROW_HEADER_BYTES..];
        let PixelFormat { shape, group, .. } = self.format;
        for header in &headers[..=count] {
            let number =
                |at: usize, mask: u8| usize::from(u16::from_be_bytes([header[at] & mask, header[at + 1]]));
            let (length, row, column) = (number(0, 0xff), number(2, 0x7f), number(4, 0x7f));
            let (piece, rest) = data.split_at(length.min(data.len()));
            data = rest;
            if row < shape.rows() && column < shape.columns() && header[2] & 0x80 == 0 {
                let row_bytes = shape.columns() / group.1 * group.0;
                let from = row * row_bytes + column / group.1 * group.0;
                let room = ((row + 1) * row_bytes - from).min(piece.len());
                self.picture[from..from + room].copy_from_slice(&piece[..room]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of 4 × 2 pixels of 3 bytes.
    fn pictures() -> RawPictures {
        let text = "m=video 0 RTP/AVP 96\na=rtpmap:96 raw/90000\n\
            a=fmtp:96 sampling=RGB; width=4; height=2; depth=8; colorimetry=BT709-2\n";
        let description = MediaDescription::parse(text, None).expect("a description");
        RawPictures::of(&description, Limits::default()).expect("it is read").expect("it is raw")
    }

    /// A packet with one piece of a row.
    fn packet(timestamp: u32, is_marked: bool, (row, column): (u8, u8), bytes: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x80, 0x60 | u8::from(is_marked) << 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        rtp::set_place(&mut packet, 0, timestamp);
        let length = u8::try_from(bytes.len()).expect("short");
        packet.extend([0, 0, 0, length, 0, row, 0, column]);
        packet.extend(bytes);
        packet
    }

    fn bytes(packets: &[Packet]) -> Vec<(i64, Vec<u8>)> {
        packets.iter().map(|it| (it.pts().expect("a time"), it.data().expect("bytes").to_vec())).collect()
    }

    #[test]
    fn a_lost_part_shows_the_picture_before() {
        let mut pictures = pictures();
        assert!(pictures.add(&packet(u32::MAX, false, (0, 0), &[1; 12])).is_empty());
        let first = pictures.add(&packet(u32::MAX, true, (1, 0), &[2; 12]));
        assert_eq!(bytes(&first), [(0, [[1; 12], [2; 12]].concat())]);
        // The marked packet of the second picture is lost.
        assert!(pictures.add(&packet(8, false, (0, 2), &[3; 6])).is_empty());
        let second = pictures.add(&packet(17, false, (1, 0), &[4; 3]));
        assert_eq!(bytes(&second), [(9, [&[1; 6][..], &[3; 6], &[2; 12]].concat())]);
        let third = pictures.finish().expect("a picture");
        assert_eq!(bytes(&[third]), [(18, [&[1; 6][..], &[3; 6], &[4; 3], &[2; 9]].concat())]);
        assert!(pictures.finish().is_none());
    }

    #[test]
    fn pieces_outside_the_picture_are_left_out() {
        let mut pictures = pictures();
        let hostile = [
            packet(1, false, (2, 0), &[9; 12]),
            packet(1, false, (0, 4), &[9; 12]),
            packet(1, false, (1, 3), &[5; 40]),
            packet(1, false, (0, 0), &[]),
            packet(1, false, (0, 0), &[])[..15].to_vec(),
            vec![0x8f, 96, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        ];
        for packet in hostile {
            assert!(pictures.add(&packet).is_empty());
        }
        let picture = pictures.finish().expect("a picture");
        assert_eq!(bytes(&[picture]), [(0, [&[0; 21][..], &[5; 3]].concat())]);
    }
}
