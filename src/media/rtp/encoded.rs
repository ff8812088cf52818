//! Encoded packets of one stream, before they become packets of RTP.

use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Error, Packet, Rational};

use super::error::RtpError;
use crate::media::MOST_ENCODED_BYTES;
use crate::media::ffi::encoder::VideoEncoder;
use crate::media::ffi::sound_encoder::SoundEncoder;

/// The encoder of a stream, which describes the stream to a muxer.
pub(super) enum StreamEncoder {
    Video(VideoEncoder),
    Sound(SoundEncoder),
}

/// All packets of a stream.
pub(super) struct EncodedStream {
    pub(super) encoder: StreamEncoder,
    /// With timestamps in ticks of the stream's clock.
    pub(super) packets: Vec<Packet>,
    /// Ticks a second.
    pub(super) clock_rate: u32,
    bytes: usize,
    /// The name of the source, for messages.
    pub(super) name: String,
}

impl EncodedStream {
    pub(super) const fn new(encoder: StreamEncoder, clock_rate: u32, name: String) -> Self {
        Self { encoder, packets: Vec::new(), clock_rate, bytes: 0, name }
    }

    /// Adds a packet.
    pub(super) fn push(&mut self, packet: Packet) -> Result<(), RtpError> {
        self.bytes += packet.size();
        if self.bytes > MOST_ENCODED_BYTES {
            return Err(RtpError::TooManyBytes {
                name: self.name.clone(),
                most_mib: MOST_ENCODED_BYTES >> 20,
            });
        }
        self.packets.push(packet);
        Ok(())
    }

    /// The tick of its timestamps.
    pub(super) fn tick(&self) -> Rational {
        Rational::new(1, i32::try_from(self.clock_rate).unwrap_or(i32::MAX))
    }

    /// Adds its stream to a muxer.
    pub(super) fn add_to(&self, output: &mut Output) -> Result<(), Error> {
        match &self.encoder {
            StreamEncoder::Video(encoder) => encoder.add_stream(output, self.tick()),
            StreamEncoder::Sound(encoder) => encoder.add_stream(output),
        }
    }
}
