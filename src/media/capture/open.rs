//! Opens a stream: reads its packets in order, decrypts them, and makes a file of them in memory.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;

use super::choice;
use super::codec::{self, StreamFormat};
use super::error::CaptureError;
use super::listing::{OpenCapture, listed_streams};
use super::stated::Stated;
use super::stream::CapturedStream;
use super::transmitted::{Payloads, Starts};
use super::{REORDER_WINDOW, kept, records};
use crate::media::MOST_ENCODED_BYTES;
use crate::media::error::MediaError;
use crate::media::limits::Limits;
use crate::media::rtp::{self, MediaDescription, ReceivedBytes, RtpError};
use crate::media::source::Source;
use crate::picture::Shape;
use crate::wire;
use crate::wire::keys::KeyOfStream;
use crate::wire::protection::{ProtectionError, Receiver};
use crate::wire::rtp::Packet;
use crate::wire::streams::{Event, StreamReader};

/// The ticks of timestamps in a second if nothing shows them.
const USUAL_CLOCK_RATE: u32 = 90_000;

/// The highest rollover counter that is tried to explain why a key does not fit.
const MOST_TRIED_ROC: u32 = 1024;

/// A stream that was opened.
pub(in crate::media) struct Opened {
    /// Its name for messages.
    pub(in crate::media) name: String,
    pub(in crate::media) bytes: Bytes,
    /// What went wrong, in sentences.
    pub(in crate::media) problems: Vec<String>,
}

/// The file that was made of a stream.
pub(in crate::media) enum Bytes {
    /// Decrypted packets of the codec.
    Media(ReceivedBytes),
    /// Payloads as they were transmitted.
    Transmitted(Arc<[u8]>, Arc<TransmittedAs>),
}

/// What an opened stream that was not decoded is called.
#[derive(Debug)]
pub(in crate::media) struct TransmittedAs {
    /// The format of the capture.
    pub(in crate::media) container: &'static str,
    /// The encoding, as far as it is known.
    pub(in crate::media) codec: String,
    /// True if the packets of a frame are the rows of its picture without compression.
    pub(in crate::media) has_rows: bool,
}

/// One stream among those of its capture.
struct Chosen<'a> {
    captured: &'a CapturedStream,
    name: String,
    number: usize,
    stream: &'a wire::streams::Stream,
    format: StreamFormat,
    /// The size of its pictures, if they are not compressed.
    raw_shape: Option<Shape>,
    has_sdp: bool,
}

/// Opens a stream without asking whether that was done before.
pub(super) fn open(captured: &CapturedStream) -> Result<(Opened, OpenCapture), MediaError> {
    let listing = kept::listing(&captured.path)?;
    let stated = Stated::read(captured)?;
    let (number, format) = choice::choose(captured, &listing, &stated)?;
    let (name, stream) = (format!("{captured}, stream {number}"), &listing.streams[number]);
    let description = codec::description(stream, &stated);
    // What is wrong with a description is reported where the stream is to be decoded.
    let raw_shape = description.as_ref().ok().and_then(|it| rtp::raw_shape(it.as_ref()?));
    let has_sdp = stated.has_sdp();
    let chosen = Chosen { captured, name, number, stream, format, raw_shape, has_sdp };
    let opened = if captured.is_as_transmitted {
        chosen.as_transmitted()?
    } else {
        chosen.open(&stated, description.map_err(CaptureError::from)?)?
    };
    Ok((opened, OpenCapture { streams: listed_streams(&listing, &stated), chosen: number }))
}

impl Chosen<'_> {
    /// The stream decoded, if its codec is known and its packets are plain or their key is given; else as it was
    /// transmitted.
    fn open(&self, stated: &Stated<'_>, description: Option<MediaDescription>) -> Result<Opened, MediaError> {
        let keys = stated.keys_of_chosen(self.stream, self.number)?;
        match (&keys[..], description) {
            ([], None) => self.as_transmitted(),
            (_, None) => Err(self.no_codec().into()),
            ([], Some(_)) if stated.is_srtp(self.stream) => self.as_transmitted(),
            (keys, Some(description)) => self.decoded(keys, &description),
        }
    }

    fn no_codec(&self) -> CaptureError {
        CaptureError::NoCodec {
            name: self.captured.to_string(),
            number: self.number,
            payload_type: self.stream.payload_type(),
            has_sdp: self.has_sdp,
        }
    }

    /// The stream's packets in order.
    fn packets(&self) -> Result<Packets, CaptureError> {
        let reader = records::reader(&self.captured.path)?;
        let reader = StreamReader::new(reader, self.stream.flow, REORDER_WINDOW);
        Ok(Packets { reader, lost: 0, damage: None })
    }

    /// The stream as it was transmitted.
    fn as_transmitted(&self) -> Result<Opened, MediaError> {
        let mut packets = self.packets()?;
        let mut payloads = Payloads::new(self.format.clock_rate.unwrap_or(USUAL_CLOCK_RATE));
        while let Some(bytes) = packets.next() {
            if let Ok(packet) = Packet::parse(bytes) {
                payloads.add(&packet);
            }
            if payloads.bytes() > MOST_ENCODED_BYTES {
                return Err(self.too_many_bytes().into());
            }
        }
        if payloads.is_empty() {
            let reason = "none of its packets is whole".to_owned();
            return Err(MediaError::Decode { name: self.name.clone(), reason });
        }
        let payload_type = self.stream.payload_type();
        let codec = self.format.codec.clone().unwrap_or_else(|| format!("RTP payload type {payload_type}"));
        let encrypted = if payloads.look_encrypted() { ", encrypted" } else { "" };
        let container = kept::format(&self.captured.path)?;
        let has_rows = self.raw_shape.is_some();
        let transmitted = TransmittedAs { container, codec: format!("{codec}{encrypted}"), has_rows };
        Ok(Opened {
            name: self.name.clone(),
            bytes: Bytes::Transmitted(payloads.into_file(self.raw_shape).into(), Arc::new(transmitted)),
            problems: packets.problems(&self.name),
        })
    }

    fn too_many_bytes(&self) -> CaptureError {
        let (name, number) = (self.captured.to_string(), self.number);
        CaptureError::TooManyBytes { name, number, most_mib: MOST_ENCODED_BYTES >> 20 }
    }

    /// The stream decrypted and ready to be decoded. Without a key and if it cannot be decoded, as it was transmitted.
    fn decoded(&self, keys: &[KeyOfStream], description: &MediaDescription) -> Result<Opened, MediaError> {
        let mut decryption = keys.first().map(|first| self.decryption(first, keys)).transpose()?;
        let (mut packets, mut starts) = (self.packets()?, Starts::default());
        let plain = std::iter::from_fn(|| {
            loop {
                let bytes = packets.next()?;
                let Some(decryption) = &mut decryption else {
                    if let Ok(packet) = Packet::parse(bytes) {
                        starts.add(packet.body());
                    }
                    return Some(bytes.to_vec());
                };
                if let Some(opened) = decryption.open(bytes) {
                    return Some(opened);
                }
            }
        });
        let received = rtp::receive(&self.name, description, plain, Limits::default());
        let mut problems = packets.problems(&self.name);
        match (&decryption, received) {
            (Some(decryption), _) if decryption.has_failed() => Err(self.wrong_key(decryption).into()),
            (None, _) if starts.are_even() => self.as_transmitted(),
            (None, Err(RtpError::Undecodable { .. } | RtpError::NoPackets { .. })) => self.as_transmitted(),
            (decryption, received) => {
                let Source::Received(stream) = received.map_err(CaptureError::from)? else {
                    return Err(MediaError::NoSource);
                };
                problems.extend(decryption.as_ref().and_then(|decryption| decryption.problem(&self.name)));
                let bytes = Bytes::Media(stream.bytes());
                Ok(Opened { name: self.name.clone(), bytes, problems })
            }
        }
    }

    fn decryption(&self, first: &KeyOfStream, keys: &[KeyOfStream]) -> Result<Decryption, CaptureError> {
        let failed = |reason| CaptureError::Key { number: self.number, reason };
        let protection = match &first.key {
            wire::protection::StreamKey::Srtp(master) => master.suite().to_string(),
            key => key.protection().to_string(),
        };
        let receiver = |key: &KeyOfStream| Receiver::new(&key.key, key.first_roc).map_err(failed);
        let receivers = keys.iter().map(receiver).collect::<Result<_, _>>()?;
        Ok(Decryption { receivers, protection, opened: 0, packets: 0, first_failure: None })
    }

    fn wrong_key(&self, decryption: &Decryption) -> CaptureError {
        let (reason, hint) = match &decryption.first_failure {
            Some((reason, packet)) => {
                let mut receivers = decryption.receivers.iter();
                let roc = receivers.find_map(|receiver| receiver.find_roc(packet, MOST_TRIED_ROC));
                let hint = |roc| {
                    format!(
                        "; its tag matches with rollover counter {roc}, so the capture starts late: give --roc {roc}, or roc = \
                         {roc} in the keys file"
                    )
                };
                (*reason, roc.map(hint).unwrap_or_default())
            }
            None => (ProtectionError::TwoKeys, String::new()),
        };
        CaptureError::WrongKey {
            name: self.captured.to_string(),
            number: self.number,
            protection: decryption.protection.clone(),
            opened: decryption.opened,
            packets: decryption.packets,
            reason: Box::new(reason),
            hint,
        }
    }
}

/// The packets of a stream in order.
struct Packets {
    reader: StreamReader<File>,
    lost: u64,
    damage: Option<wire::capture::CaptureError>,
}

impl Packets {
    /// The next packet; `None` at the end, and where the capture is damaged.
    fn next(&mut self) -> Option<&[u8]> {
        loop {
            match self.reader.next() {
                Ok(Some(Event::Gap { lost })) => self.lost += lost.unwrap_or_default(),
                Ok(Some(Event::Packet { .. })) => break,
                Ok(None) => return None,
                Err(damage) => {
                    self.damage = Some(damage);
                    return None;
                }
            }
        }
        self.reader.current()
    }

    fn problems(&self, name: &str) -> Vec<String> {
        let lost = (self.lost > 0).then(|| format!("{} packets are missing: {name}", self.lost));
        let damage = self.damage.as_ref().map(|damage| format!("{damage}: {name}"));
        lost.into_iter().chain(damage).collect()
    }
}

/// The decryption of a stream.
struct Decryption {
    /// One for each key that is still used: a stream uses them one after another.
    receivers: VecDeque<Receiver>,
    protection: String,
    opened: u64,
    packets: u64,
    first_failure: Option<(ProtectionError, Vec<u8>)>,
}

impl Decryption {
    fn open(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let mut opened = Vec::with_capacity(packet.len());
        self.packets += 1;
        let mut first_error = None;
        for at in 0..self.receivers.len() {
            match self.receivers[at].unprotect(packet, &mut opened) {
                Ok(()) => {
                    // The keys before it are no longer used.
                    self.receivers.drain(..at);
                    self.opened += 1;
                    return Some(opened);
                }
                Err(error) => _ = first_error.get_or_insert(error),
            }
        }
        if let (None, Some(error)) = (&self.first_failure, first_error) {
            self.first_failure = Some((error, packet.to_vec()));
        }
        None
    }

    /// True if most packets could not be decrypted. ECB has no tag: with a wrong key, some seem to be.
    fn has_failed(&self) -> bool {
        self.opened * 2 < self.packets
    }

    fn problem(&self, name: &str) -> Option<String> {
        let (reason, _) = self.first_failure.as_ref()?;
        let failed = self.packets - self.opened;
        Some(format!("{failed} of {} packets cannot be decrypted ({reason}): {name}", self.packets))
    }
}
