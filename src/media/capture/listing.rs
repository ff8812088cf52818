//! What a capture holds, for people and for scripts.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::ControlFlow;

use serde::Serialize;

use super::codec::StreamFormat;
use super::open;
use super::sdp::Sdp;
use super::stream::CapturedStream;
use super::{error::CaptureError, kept};
use crate::media::error::MediaError;
use crate::media::frames::Progress;
use crate::wire::keys::KeyOfStream;
use crate::wire::network::Decoder;
use crate::wire::protection::{Receiver, StreamKey};
use crate::wire::rtp::{self, Packet};
use crate::wire::streams::{Flow, Listing, Stream, list_streams};

/// Packets of each stream that its key is tried on.
const MOST_CHECKED: u64 = 32;

/// The highest rollover counter that is tried.
const MOST_TRIED_ROC: u32 = 1024;

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

/// The key of a stream, tried on its first packets.
#[derive(Clone, Debug, Serialize)]
pub struct KeyCheck {
    /// The protection.
    pub protection: String,
    /// The suite of SRTP; `None` if its packets are none.
    pub suite: Option<String>,
    /// Bytes of the key, or of SRTP's master key.
    pub key_bytes: usize,
    /// Bytes of SRTP's master salt.
    pub salt_bytes: Option<usize>,
    /// The rollover counter at the first packet; `None` where none is used.
    pub first_roc: Option<u32>,
    /// Packets that were tried.
    pub tried_packets: u64,
    /// Packets that the key decrypts.
    pub decrypted_packets: u64,
    /// Another rollover counter at the first packet, with which its tag matches.
    pub fitting_roc: Option<u32>,
}

/// Lists the streams of a capture. Its SDP and its keys are used for what they state.
///
/// # Errors
/// If a file cannot be read, and [`MediaError::Interrupted`] if `progress` returns `Break`.
pub fn info(captured: &CapturedStream, progress: Progress<'_>) -> Result<CaptureInfo, MediaError> {
    crate::media::origin::Origin::file(&captured.path)?;
    let sdp = captured.sdp.as_deref().map(Sdp::read).transpose()?;
    let mut reader = open::reader(&captured.path)?;
    let container = kept::format_name(reader.format());
    let listing = list_streams(&mut reader, |_| progress(0.0) == ControlFlow::Continue(()));
    let listing = listing.ok_or(MediaError::Interrupted)?;
    let mut streams: Vec<ListedStream> = listing
        .streams
        .iter()
        .enumerate()
        .map(|(number, stream)| listed(number, stream, sdp.as_ref()))
        .collect();
    check_keys(captured, &listing, sdp.as_ref(), &mut streams)?;
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

fn listed(number: usize, stream: &Stream, sdp: Option<&Sdp>) -> ListedStream {
    let (traffic, order) = (stream.traffic, stream.order);
    let nanos = traffic.first_nanos.zip(traffic.last_nanos).map(|(first, last)| last.saturating_sub(first));
    ListedStream {
        number,
        source: stream.flow.source,
        destination: stream.flow.destination,
        ssrc: stream.flow.ssrc,
        payload_types: stream.payload_types.iter().map(|&(payload_type, _)| payload_type).collect(),
        format: StreamFormat::of(stream, sdp),
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
        (frames.cut, "datagrams were not recorded whole (snap length); they cannot be decrypted"),
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

/// A key that is being tried.
struct Trial {
    number: usize,
    receiver: Receiver,
    check: KeyCheck,
}

/// Tries the keys on the first packets of their streams.
fn check_keys(
    captured: &CapturedStream,
    listing: &Listing,
    sdp: Option<&Sdp>,
    streams: &mut [ListedStream],
) -> Result<(), MediaError> {
    let mut trials: HashMap<Flow, Trial> = HashMap::new();
    for (number, stream) in listing.streams.iter().enumerate() {
        let media = sdp.and_then(|sdp| sdp.of(stream)).map(|(media, _)| media);
        let keys = captured.keys_of(&stream.flow, number, media)?;
        // The first packets are under the first key.
        let Some(key) = keys.first() else { continue };
        let receiver = Receiver::new(&key.key, key.first_roc);
        let receiver = receiver.map_err(|reason| CaptureError::Key { number, reason })?;
        trials.insert(stream.flow, Trial { number, receiver, check: KeyCheck::of(key) });
    }
    if !trials.is_empty() {
        try_keys(captured, &mut trials)?;
    }
    for trial in trials.into_values() {
        streams[trial.number].key = Some(trial.check);
    }
    Ok(())
}

fn try_keys(captured: &CapturedStream, trials: &mut HashMap<Flow, Trial>) -> Result<(), CaptureError> {
    let (mut reader, mut decoder) = (open::reader(&captured.path)?, Decoder::default());
    let (mut left, mut opened) = (trials.len(), Vec::new());
    // Damage was reported with the listing.
    while let Ok(Some(frame)) = reader.next() {
        if left == 0 {
            break;
        }
        let Ok(datagram) = decoder.decode(frame.link_type, frame.bytes) else { continue };
        let Some(packet) = Packet::parse(datagram.payload).ok().filter(|_| !rtp::is_rtcp(datagram.payload))
        else {
            continue;
        };
        let trial = trials.get_mut(&Flow::of(&datagram, &packet));
        let Some(Trial { receiver, check, .. }) =
            trial.filter(|trial| trial.check.tried_packets < MOST_CHECKED)
        else {
            continue;
        };
        check.tried_packets += 1;
        let is_open = receiver.unprotect(datagram.payload, &mut opened).is_ok();
        check.decrypted_packets += u64::from(is_open);
        if check.tried_packets == 1 && !is_open {
            check.fitting_roc = receiver.find_roc(datagram.payload, MOST_TRIED_ROC);
        }
        left -= usize::from(check.tried_packets == MOST_CHECKED);
    }
    Ok(())
}

impl KeyCheck {
    fn of(KeyOfStream { key, first_roc }: &KeyOfStream) -> Self {
        let master = match key {
            StreamKey::Srtp(master) | StreamKey::Sframe { hop: master, .. } => Some(master),
            StreamKey::OneKeyEcb(_) | StreamKey::PerStreamGcm(_) => None,
        };
        let own = match key {
            StreamKey::OneKeyEcb(key) | StreamKey::PerStreamGcm(key) => key.bytes().len(),
            StreamKey::Srtp(_) | StreamKey::Sframe { .. } => 0,
        };
        Self {
            protection: key.protection().to_string(),
            suite: master.map(|master| master.suite().to_string()),
            key_bytes: master.map_or(own, |master| master.key().len()),
            salt_bytes: master.map(|master| master.salt().len()),
            first_roc: Some(*first_roc).filter(|_| !matches!(key, StreamKey::OneKeyEcb(_))),
            tried_packets: 0,
            decrypted_packets: 0,
            fitting_roc: None,
        }
    }

    /// True if the key decrypts most of the packets that were tried.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.tried_packets > 0 && self.decrypted_packets * 2 >= self.tried_packets
    }
}
