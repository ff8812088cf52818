//! `per-stream-gcm`: AES-256-GCM over the payload, with a key for each SSRC.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Key, Protection, ProtectionError, StreamKey};
use crate::wire::cipher::{GCM_TAG_BYTES, Gcm};
use crate::wire::rtp::{ExtendedSequence, Packet};

/// One direction. It keeps a key for each SSRC of which a packet was authentic.
pub(super) struct PerStreamGcm {
    /// HMAC with the meeting key.
    mac: Hmac<Sha256>,
    first_roc: u32,
    streams: BTreeMap<u32, Stream>,
}

/// The key of an SSRC and the place in its packets.
struct Stream {
    cipher: Gcm,
    sequence: ExtendedSequence,
}

impl PerStreamGcm {
    pub(super) fn new(meeting: &Key, first_roc: u32) -> Result<Self, ProtectionError> {
        StreamKey::PerStreamGcm(meeting.clone()).check()?;
        let given = meeting.bytes().len();
        let error = ProtectionError::KeyLength { protection: Protection::PerStreamGcm, needed: "32", given };
        let mac = Hmac::new_from_slice(meeting.bytes()).map_err(|_| error)?;
        Ok(Self { mac, first_roc, streams: BTreeMap::new() })
    }

    fn stream(&self, ssrc: u32) -> Stream {
        let key = self.mac.clone().chain_update(ssrc.to_be_bytes()).finalize().into_bytes();
        let cipher = Gcm::new(&key).expect("HMAC-SHA256 gives 32 bytes");
        Stream { cipher, sequence: ExtendedSequence::starting_at(self.first_roc) }
    }

    /// Encrypts the payload in `protected`, which starts with the packet's header, and appends the tag.
    pub(super) fn protect(
        &mut self,
        packet: &Packet,
        protected: &mut Vec<u8>,
    ) -> Result<(), ProtectionError> {
        let ssrc = packet.ssrc();
        if !self.streams.contains_key(&ssrc) {
            self.streams.insert(ssrc, self.stream(ssrc));
        }
        let Some(stream) = self.streams.get_mut(&ssrc) else { return Ok(()) };
        let index = stream.sequence.estimate(packet.sequence());
        let (header, payload) = protected.split_at_mut(packet.header().len());
        let tag = stream.cipher.encrypt(&nonce(ssrc, index), header, payload)?;
        protected.extend_from_slice(&tag);
        stream.sequence.accept(index);
        Ok(())
    }

    /// Decrypts the payload and the tag in `opened`, after the packet's header. A packet whose tag does not match
    /// changes nothing here.
    pub(super) fn unprotect(&mut self, packet: &Packet, opened: &mut Vec<u8>) -> Result<(), ProtectionError> {
        let ssrc = packet.ssrc();
        if let Some(stream) = self.streams.get_mut(&ssrc) {
            return stream.unprotect(packet, opened);
        }
        let mut stream = self.stream(ssrc);
        stream.unprotect(packet, opened)?;
        self.streams.insert(ssrc, stream);
        Ok(())
    }

    /// The first rollover counter from 0 to `most` under which the tag of a packet matches. `body` is its payload with
    /// the tag.
    pub(super) fn find_roc(&self, packet: &Packet, body: &[u8], most: u32) -> Option<u32> {
        let stream = self.stream(packet.ssrc());
        (0..=most).find(|&roc| {
            let index = u64::from(roc) << 16 | u64::from(packet.sequence());
            let mut opened = [packet.header(), body].concat();
            stream.open(packet, index, &mut opened).is_ok()
        })
    }
}

impl Stream {
    fn unprotect(&mut self, packet: &Packet, opened: &mut Vec<u8>) -> Result<(), ProtectionError> {
        let index = self.sequence.estimate(packet.sequence());
        self.open(packet, index, opened)?;
        self.sequence.accept(index);
        Ok(())
    }

    fn open(&self, packet: &Packet, index: u64, opened: &mut Vec<u8>) -> Result<(), ProtectionError> {
        let header = packet.header();
        let too_short = ProtectionError::TooShort(opened.len() - header.len());
        let (text, &tag) = opened.split_last_chunk::<GCM_TAG_BYTES>().ok_or(too_short)?;
        let end = text.len();
        let payload = opened.get_mut(header.len()..end).ok_or(too_short)?;
        if !self.cipher.decrypt(&nonce(packet.ssrc(), index), header, payload, &tag) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an index has 48 bits, the rollover counter 32 of them"
            )]
            let roc = (index >> 16) as u32;
            return Err(ProtectionError::Tag { sequence: packet.sequence(), roc });
        }
        opened.truncate(end);
        Ok(())
    }
}

/// The SSRC as 4 bytes, then the index as 8.
fn nonce(ssrc: u32, index: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..4].copy_from_slice(&ssrc.to_be_bytes());
    nonce[4..].copy_from_slice(&index.to_be_bytes());
    nonce
}
