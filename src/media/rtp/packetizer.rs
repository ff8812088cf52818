//! Cuts encoded packets into packets of RTP with FFmpeg's muxer. It writes into memory, one packet a write; it has no
//! address and opens no socket.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ffmpeg_next::format::context::{Output, StreamIo};
use ffmpeg_next::{Dictionary, Error, format};

use super::description::MediaDescription;
use super::encoded::{EncodedStream, StreamEncoder};
use super::error::RtpError;
use super::stream::{SentStream, StreamParameters, TimedPacket};
use crate::media::ffi;
use crate::wire::rtp::{Packet, is_rtcp, set_place, set_ssrc};

/// Bytes of the muxer's buffer: more than a packet, which must fit as a whole.
const BUFFER_BYTES: usize = 4096;

/// Nanoseconds in a second.
const NANOS: u64 = 1_000_000_000;

/// The share of the time from one picture to the next in which its packets are sent, as 1 in so many.
const SPREAD: u64 = 2;

/// The packets that a muxer has written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<Vec<u8>>>>);

impl Written {
    fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes packets of RTP of a stream.
pub(super) fn packetize(
    encoded: EncodedStream,
    parameters: &StreamParameters,
) -> Result<SentStream, RtpError> {
    parameters.check()?;
    let name = encoded.name.clone();
    let failed = |error| RtpError::Mux { name: name.clone(), reason: ffi::reason(error) };
    let written = Written::default();
    let mut output = begin(&encoded, parameters, &written).map_err(failed)?;
    let description = ffi::rtp::sdp(&mut output).map_err(failed)?;
    let description = MediaDescription::parse(&description, Some(parameters.payload_type))?;
    let clock_rate = encoded.clock_rate;
    let is_video = matches!(encoded.encoder, StreamEncoder::Video(_));
    let mut packets = Vec::new();
    write_all(encoded, &mut output, &written, &mut packets).map_err(failed)?;
    if packets.is_empty() {
        // The muxer reports only in its log that it cannot carry a picture.
        let reason = ffi::take_last_message().unwrap_or_else(|| "the muxer of RTP wrote nothing".into());
        return Err(RtpError::Mux { name, reason });
    }
    number(&mut packets, parameters);
    let packets = with_times(packets, clock_rate, is_video);
    Ok(SentStream { packets, description, clock_rate })
}

/// A muxer with its header written.
fn begin(encoded: &EncodedStream, parameters: &StreamParameters, written: &Written) -> Result<Output, Error> {
    ffi::log_quietly();
    let io = StreamIo::from_write_with_capacity(written.clone(), BUFFER_BYTES)?;
    let mut output = format::output_to_stream(io, None, Some("rtp"))?;
    encoded.add_to(&mut output)?;
    let (bytes, payload_type) =
        (parameters.most_packet_bytes.to_string(), parameters.payload_type.to_string());
    output.write_header_with(Dictionary::from_iter([
        ("packetsize", bytes.as_str()),
        ("payload_type", payload_type.as_str()),
        ("rtpflags", "skip_rtcp"),
        // Allows VP9, whose payload format was a draft.
        ("strict", "experimental"),
        ("fflags", "+bitexact"),
    ]))?;
    Ok(output)
}

fn write_all(
    encoded: EncodedStream,
    output: &mut Output,
    written: &Written,
    packets: &mut Vec<Vec<u8>>,
) -> Result<(), Error> {
    let tick = encoded.tick();
    let stream_tick = output.stream(0).ok_or(Error::StreamNotFound)?.time_base();
    let take =
        |packets: &mut Vec<_>| packets.extend(written.take().into_iter().filter(|packet| !is_rtcp(packet)));
    for mut packet in encoded.packets {
        packet.set_stream(0);
        packet.rescale_ts(tick, stream_tick);
        packet.write(output)?;
        take(packets);
    }
    output.write_trailer()?;
    take(packets);
    Ok(())
}

/// Replaces what FFmpeg draws at random: the base of the timestamps, the first sequence number and the source.
fn number(packets: &mut [Vec<u8>], parameters: &StreamParameters) {
    let Some(first) = packets.first().map(|packet| timestamp(packet)) else { return };
    let mut sequence_number = parameters.first_sequence_number;
    for packet in packets {
        let since = timestamp(packet).wrapping_sub(first);
        set_place(packet, sequence_number, parameters.base_timestamp.wrapping_add(since));
        set_ssrc(packet, parameters.ssrc);
        sequence_number = sequence_number.wrapping_add(1);
    }
}

/// The timestamp; 0 if there is no header, which FFmpeg does not write.
fn timestamp(packet: &[u8]) -> u32 {
    Packet::parse(packet).map_or(0, |packet| packet.timestamp())
}

/// Gives each packet the time at which it is sent: that of its picture or first sample. The packets of a picture are
/// spread evenly over half the time to the next picture; all leave at once in no camera.
fn with_times(packets: Vec<Vec<u8>>, clock_rate: u32, is_video: bool) -> Vec<TimedPacket> {
    // Ticks since the first packet; timestamps wrap, and never go back here.
    let (mut ticks, mut last) = (0_u64, None);
    let times: Vec<u64> = packets
        .iter()
        .map(|packet| {
            let timestamp = timestamp(packet);
            ticks += u64::from(timestamp.wrapping_sub(last.replace(timestamp).unwrap_or(timestamp)));
            nanos(ticks, clock_rate)
        })
        .collect();
    let mut spread = times.clone();
    let (mut start, mut interval) = (0, 0);
    while is_video && start < times.len() {
        let count = times[start..].iter().take_while(|&&time| time == times[start]).count();
        // The last picture lasts as long as the one before it.
        interval = times.get(start + count).map_or(interval, |next| next - times[start]);
        for (place, time) in spread[start..start + count].iter_mut().enumerate() {
            *time += interval / SPREAD * place as u64 / count as u64;
        }
        start += count;
    }
    packets.into_iter().zip(spread).map(|(bytes, time)| TimedPacket { time, bytes }).collect()
}

/// Ticks as nanoseconds, rounded down.
fn nanos(ticks: u64, clock_rate: u32) -> u64 {
    let rate = u64::from(clock_rate.max(1));
    ticks / rate * NANOS + ticks % rate * NANOS / rate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(timestamp: u32) -> Vec<u8> {
        let mut packet = vec![0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        set_place(&mut packet, 9, timestamp);
        packet
    }

    #[test]
    fn packets_are_numbered_from_the_given_numbers_and_wrap() {
        let mut packets = vec![packet(u32::MAX - 1), packet(u32::MAX - 1), packet(2998)];
        let parameters = StreamParameters {
            ssrc: 0xdead_beef,
            first_sequence_number: 65_534,
            base_timestamp: u32::MAX,
            payload_type: 96,
            most_packet_bytes: 1200,
        };
        number(&mut packets, &parameters);
        let numbers: Vec<_> = packets
            .iter()
            .map(|it| (Packet::parse(it).expect("a header").sequence(), timestamp(it)))
            .collect();
        assert_eq!(numbers, [(65_534, u32::MAX), (65_535, u32::MAX), (0, 2999)]);
        assert!(packets.iter().all(|it| it[8..12] == [0xde, 0xad, 0xbe, 0xef]));
    }

    #[test]
    fn the_packets_of_a_picture_are_spread_over_half_its_time() {
        let stamps = [u32::MAX - 8999, u32::MAX - 8999, 0, 0, 0, 0];
        let times = |is_video| {
            let packets = stamps.iter().map(|&stamp| packet(stamp)).collect();
            with_times(packets, 90_000, is_video).iter().map(|it| it.time / 1_000_000).collect::<Vec<_>>()
        };
        assert_eq!(times(true), [0, 25, 100, 112, 125, 137]);
        assert_eq!(times(false), [0, 0, 100, 100, 100, 100]);
    }
}
