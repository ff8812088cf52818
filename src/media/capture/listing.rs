//! What a capture holds, for people and for scripts.

use std::net::SocketAddr;
use std::ops::ControlFlow;

use serde::Serialize;

use super::codec::StreamFormat;
use super::kept;
use super::records;
use super::stated::Stated;
use super::stream::CapturedStream;
use super::trial::{self, KeyCheck};
use crate::media::error::MediaError;
use crate::media::files::regular;
use crate::media::frames::Progress;
use crate::wire::streams::{Listing, Stream, list_streams};

/// What a capture holds.
#[derive(Clone, Debug, Serialize)]
pub struct CaptureInfo {
    /// The name of the file, as it was given.
    pub source: String,
    /// Always `capture`.
    pub kind: &'static str,
    /// `pcap` or `pcapng`.
    pub container: &'static str,
    /// Bytes of the file that were read.
    pub bytes: u64,
    /// Frames of the network.
    pub frames: u64,
    /// UDP datagrams.
    pub udp_datagrams: u64,
    /// UDP datagrams of streams.
    pub rtp_datagrams: u64,
    /// RTCP packets.
    pub rtcp_packets: u64,
    /// Its streams, in the order of their first packets.
    pub streams: Vec<ListedStream>,
    /// What is wrong with the file, in sentences.
    pub warnings: Vec<String>,
}

/// A stream of a capture.
#[derive(Clone, Debug, Serialize)]
pub struct ListedStream {
    /// Its number, from 0.
    pub number: usize,
    /// Where its packets come from.
    pub source: SocketAddr,
    /// Where they go to.
    pub destination: SocketAddr,
    /// Its synchronization source.
    pub ssrc: u32,
    /// The payload types, the most frequent first.
    pub payload_types: Vec<u8>,
    /// What is known of its codec.
    #[serde(flatten)]
    pub format: StreamFormat,
    /// All packets, duplicates too.
    pub packets: u64,
    /// Bytes of the packets, RTP headers included.
    pub bytes: u64,
    /// Seconds from the first packet to the last; `None` if they have no times.
    pub duration_secs: Option<f64>,
    /// The first packet's sequence number.
    pub first_sequence: u16,
    /// Packets that are missing.
    pub lost: u64,
    /// Packets that came after a later one.
    pub reordered: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Packets with a sequence number out of range.
    pub strays: u64,
    /// How often the sequence started anew.
    pub restarts: u64,
    /// How often the sequence number wrapped.
    pub sequence_wraps: u64,
    /// How often the timestamp wrapped.
    pub timestamp_wraps: u64,
    /// Packets that were not recorded whole.
    pub cut: u64,
    /// Its key, if one was given.
    pub key: Option<KeyCheck>,
}

/// What is known of a capture of which a stream is open.
#[derive(Clone, Debug)]
pub struct OpenCapture {
    /// Its streams, with what its SDP and its keys file state of them.
    pub streams: Vec<ListedStream>,
    /// The number of the one that is open.
    pub chosen: usize,
}

/// Lists the streams of a capture. Its SDP and its keys are used for what they state.
///
/// # Errors
/// If a file cannot be read, and [`MediaError::Interrupted`] if `progress` returns `Break`.
pub fn info(captured: &CapturedStream, progress: Progress<'_>) -> Result<CaptureInfo, MediaError> {
    regular::open(&captured.path)?;
    let stated = Stated::read(captured)?;
    let mut reader = records::reader(&captured.path)?;
    let container = kept::format_name(reader.format());
    let listing = list_streams(&mut reader, |_| progress(0.0) == ControlFlow::Continue(()));
    let listing = listing.ok_or(MediaError::Interrupted)?;
    let mut streams = listed_streams(&listing, &stated);
    for (number, check) in trial::tried(captured, &listing, &stated, |_| true)? {
        streams[number].key = Some(check);
    }
    Ok(CaptureInfo {
        source: captured.to_string(),
        kind: "capture",
        container,
        bytes: reader.offset(),
        frames: listing.frames.frames,
        udp_datagrams: listing.frames.datagrams,
        rtp_datagrams: listing.datagrams.in_streams,
        rtcp_packets: listing.datagrams.rtcp,
        warnings: warnings(&listing),
        streams,
    })
}

/// The streams of a listing with what is stated of them.
pub(super) fn listed_streams(listing: &Listing, stated: &Stated<'_>) -> Vec<ListedStream> {
    listing.streams.iter().enumerate().map(|(number, stream)| listed(number, stream, stated)).collect()
}

fn listed(number: usize, stream: &Stream, stated: &Stated<'_>) -> ListedStream {
    let (traffic, order) = (stream.traffic, stream.order);
    let nanos = traffic.first_nanos.zip(traffic.last_nanos).map(|(first, last)| last.saturating_sub(first));
    ListedStream {
        number,
        source: stream.flow.source,
        destination: stream.flow.destination,
        ssrc: stream.flow.ssrc,
        payload_types: stream.payload_types.iter().map(|&(payload_type, _)| payload_type).collect(),
        format: StreamFormat::of(stream, stated),
        packets: traffic.packets,
        bytes: traffic.bytes,
        duration_secs: nanos.map(|nanos| nanos as f64 / 1e9),
        first_sequence: order.first_sequence,
        lost: order.lost,
        reordered: order.reordered,
        duplicates: order.duplicates,
        strays: order.strays,
        restarts: order.restarts,
        sequence_wraps: order.sequence_wraps,
        timestamp_wraps: order.timestamp_wraps,
        cut: traffic.cut,
        key: None,
    }
}

fn warnings(listing: &Listing) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(damage) = &listing.damage {
        warnings.push(format!("{damage}; what comes before is listed"));
    }
    if let Some(bytes) = listing.truncated_at {
        warnings.push(format!(
            "the file ends within a packet, after {bytes} bytes: the recording was interrupted"
        ));
    }
    let (frames, datagrams) = (&listing.frames, &listing.datagrams);
    let counted = [
        (frames.cut, "packets were not recorded whole (snap length); they cannot be decrypted"),
        (frames.malformed, "frames have lengths that contradict each other, and are left out"),
        (
            frames.dropped_datagrams,
            "fragmented datagrams are left out: too many at once, or overlapping fragments",
        ),
        (datagrams.evicted_flows, "flows were forgotten before they could be streams: too many at once"),
        (datagrams.dropped_streams, "streams are left out: there are too many"),
    ];
    let said = counted.into_iter().filter(|(count, _)| *count > 0);
    warnings.extend(said.map(|(count, what)| format!("{count} {what}")));
    if listing.streams.is_empty() {
        warnings.push("no RTP stream was found; a stream has four packets in sequence or more".into());
    }
    warnings
}
