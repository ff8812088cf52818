//! The two ends of a protected stream.

use super::ecb::Ecb;
use super::per_stream_gcm::PerStreamGcm;
use super::{Key, Protection, ProtectionError, StreamKey};
use crate::wire::rtp::Packet;
use crate::wire::{sframe, srtp};

/// The bit of a header that announces padding.
const PADDING_BIT: u8 = 0x20;

/// Protects the packets of one stream, in the order in which they are sent.
pub struct Sender(SenderKind);

enum SenderKind {
    Ecb(Ecb),
    PerStreamGcm(PerStreamGcm),
    Srtp(srtp::Sender),
    Sframe { hop: srtp::Sender, media: Box<sframe::Sender>, inner: Vec<u8> },
}

/// Opens the packets of one stream.
pub struct Receiver(ReceiverKind);

enum ReceiverKind {
    Ecb(Ecb),
    PerStreamGcm(PerStreamGcm),
    Srtp(srtp::Receiver),
    Sframe { hop: srtp::Receiver, media: Box<sframe::Key>, inner: Vec<u8> },
}

impl Sender {
    /// A sender whose first packet has the rollover counter `first_roc`, 0 for a new stream. Counters of `SFrame`
    /// start at 0.
    ///
    /// # Errors
    /// [`ProtectionError::KeyLength`].
    pub fn new(key: &StreamKey, first_roc: u32) -> Result<Self, ProtectionError> {
        Ok(Self(match key {
            StreamKey::OneKeyEcb(bytes) => SenderKind::Ecb(ecb(key, bytes)?),
            StreamKey::PerStreamGcm(meeting) => {
                SenderKind::PerStreamGcm(PerStreamGcm::new(meeting, first_roc)?)
            }
            StreamKey::Srtp(master) => SenderKind::Srtp(srtp::Sender::new(master, first_roc)),
            StreamKey::Sframe { hop, base_key, key_id } => SenderKind::Sframe {
                hop: srtp::Sender::new(hop, first_roc),
                media: Box::new(sframe::Sender::new(sframe_key(*key_id, base_key), 0)),
                inner: Vec::new(),
            },
        }))
    }

    /// Replaces `protected` by the protected form of an RTP packet.
    ///
    /// # Errors
    /// [`ProtectionError::Rtp`] if it is no RTP packet.
    pub fn protect(&mut self, packet: &[u8], protected: &mut Vec<u8>) -> Result<(), ProtectionError> {
        protected.clear();
        match &mut self.0 {
            SenderKind::Ecb(cipher) => {
                let packet = Packet::parse(packet)?;
                copy_without_padding(&packet, packet.payload()?, protected);
                cipher.encrypt(protected, packet.header().len());
            }
            SenderKind::PerStreamGcm(cipher) => {
                let packet = Packet::parse(packet)?;
                copy_without_padding(&packet, packet.payload()?, protected);
                cipher.protect(&packet, protected)?;
            }
            SenderKind::Srtp(sender) => {
                sender.protect(packet, protected)?;
            }
            SenderKind::Sframe { hop, media, inner } => {
                let packet = Packet::parse(packet)?;
                copy_without_padding(&packet, &[], inner);
                media.encrypt(&[], packet.payload()?, inner)?;
                hop.protect(inner, protected)?;
            }
        }
        Ok(())
    }
}

impl Receiver {
    /// A receiver whose first packet has the rollover counter `first_roc`: 0 if it sees the stream from its first
    /// packet on.
    ///
    /// # Errors
    /// [`ProtectionError::KeyLength`].
    pub fn new(key: &StreamKey, first_roc: u32) -> Result<Self, ProtectionError> {
        Ok(Self(match key {
            StreamKey::OneKeyEcb(bytes) => ReceiverKind::Ecb(ecb(key, bytes)?),
            StreamKey::PerStreamGcm(meeting) => {
                ReceiverKind::PerStreamGcm(PerStreamGcm::new(meeting, first_roc)?)
            }
            StreamKey::Srtp(master) => ReceiverKind::Srtp(srtp::Receiver::new(master, first_roc)),
            StreamKey::Sframe { hop, base_key, key_id } => ReceiverKind::Sframe {
                hop: srtp::Receiver::new(hop, first_roc),
                media: Box::new(sframe_key(*key_id, base_key)),
                inner: Vec::new(),
            },
        }))
    }

    /// Replaces `opened` by the RTP packet as it was before it was protected, without padding, or clears it if that
    /// fails. SRTP keeps the padding.
    ///
    /// # Errors
    /// Those of the protection: a tag that does not match, a length that cannot be, no RTP packet. ECB authenticates
    /// nothing: with a wrong key, one packet of 256 has a padding that looks right.
    pub fn unprotect(&mut self, packet: &[u8], opened: &mut Vec<u8>) -> Result<(), ProtectionError> {
        let result = self.open(packet, opened);
        if result.is_err() {
            opened.clear();
        }
        result
    }

    fn open(&mut self, packet: &[u8], opened: &mut Vec<u8>) -> Result<(), ProtectionError> {
        match &mut self.0 {
            ReceiverKind::Ecb(cipher) => {
                let packet = Packet::parse(packet)?;
                copy_without_padding(&packet, packet.payload()?, opened);
                cipher.decrypt(opened, packet.header().len(), packet.sequence())
            }
            ReceiverKind::PerStreamGcm(cipher) => {
                let packet = Packet::parse(packet)?;
                copy_without_padding(&packet, packet.payload()?, opened);
                cipher.unprotect(&packet, opened)
            }
            ReceiverKind::Srtp(receiver) => {
                receiver.unprotect(packet, opened)?;
                Ok(())
            }
            ReceiverKind::Sframe { hop, media, inner } => {
                hop.unprotect(packet, inner)?;
                let packet = Packet::parse(inner)?;
                copy_without_padding(&packet, &[], opened);
                media.decrypt(&[], packet.payload()?, opened)?;
                Ok(())
            }
        }
    }

    /// Searches the rollover counter of a packet from 0 to `most`: the one under which its tag matches. `None` if none
    /// does, or the protection has none. For a capture that starts after the sequence number has wrapped.
    #[must_use]
    pub fn find_roc(&self, packet: &[u8], most: u32) -> Option<u32> {
        match &self.0 {
            ReceiverKind::Ecb(_) => None,
            ReceiverKind::PerStreamGcm(cipher) => {
                let packet = Packet::parse(packet).ok()?;
                cipher.find_roc(&packet, packet.payload().ok()?, most)
            }
            ReceiverKind::Srtp(receiver) | ReceiverKind::Sframe { hop: receiver, .. } => {
                receiver.find_roc(packet, most)
            }
        }
    }
}

fn sframe_key(id: u64, base_key: &Key) -> sframe::Key {
    sframe::Key::new(Protection::SFRAME_SUITE, id, base_key.bytes())
}

fn ecb(key: &StreamKey, bytes: &Key) -> Result<Ecb, ProtectionError> {
    key.check()?;
    let given = bytes.bytes().len();
    let protection = key.protection();
    Ecb::new(bytes.bytes()).ok_or(ProtectionError::KeyLength { protection, needed: "16 or 32", given })
}

/// Replaces `to` by the header of a packet, which announces no padding, and a payload.
fn copy_without_padding(packet: &Packet, payload: &[u8], to: &mut Vec<u8>) {
    to.clear();
    to.extend_from_slice(packet.header());
    if let Some(first) = to.first_mut() {
        *first &= !PADDING_BIT;
    }
    to.extend_from_slice(payload);
}
