//! Protects packets.

use std::collections::BTreeMap;

use super::session::Session;
use super::{MasterKey, SrtpError};
use crate::wire::rtp::{ExtendedSequence, Packet};

/// Protects the packets of all streams that share a master key.
///
/// It keeps a few bytes for each SSRC. Streams under one master key must have different SSRCs: two with the same one
/// would share their keystream.
pub struct Sender {
    session: Session,
    streams: BTreeMap<u32, ExtendedSequence>,
    first_roc: u32,
}

impl Sender {
    /// A sender whose streams start with the rollover counter `first_roc`, 0 for new streams.
    #[must_use]
    pub fn new(master: &MasterKey, first_roc: u32) -> Self {
        Self { session: Session::new(master), streams: BTreeMap::new(), first_roc }
    }

    /// Replaces `protected` by the protected form of an RTP packet: longer by [the suite's tag](super::Suite::tag_bytes).
    /// Returns the packet's index, rollover counter × 2^16 + sequence number.
    ///
    /// # Errors
    /// [`SrtpError::Rtp`] if it is no RTP packet.
    pub fn protect(&mut self, packet: &[u8], protected: &mut Vec<u8>) -> Result<u64, SrtpError> {
        let packet = Packet::parse(packet)?;
        let first = ExtendedSequence::starting_at(self.first_roc);
        let sequence = self.streams.entry(packet.ssrc()).or_insert(first);
        let index = sequence.estimate(packet.sequence());
        self.session.protect(&packet, index, protected)?;
        sequence.accept(index);
        Ok(index)
    }
}
