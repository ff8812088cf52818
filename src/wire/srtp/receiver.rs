//! Opens packets.

use std::collections::BTreeMap;

use super::session::Session;
use super::{MasterKey, SrtpError, Suite};
use crate::wire::rtp::{ExtendedSequence, Packet};

/// Opens the packets of all streams that share a master key.
///
/// It keeps a few bytes for each SSRC of which a packet was authentic, so that packets without the key cost no memory.
pub struct Receiver {
    session: Session,
    streams: BTreeMap<u32, ExtendedSequence>,
    first_roc: u32,
}

impl Receiver {
    /// A receiver whose streams start with the rollover counter `first_roc`: 0 if it sees them from their first packets
    /// on.
    #[must_use]
    pub fn new(master: &MasterKey, first_roc: u32) -> Self {
        Self { session: Session::new(master), streams: BTreeMap::new(), first_roc }
    }

    /// The suite.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.session.suite()
    }

    /// Lets the next packet of a stream have this rollover counter, whatever came before.
    pub fn set_roc(&mut self, ssrc: u32, roc: u32) {
        self.streams.insert(ssrc, ExtendedSequence::starting_at(roc));
    }

    /// Searches the rollover counter of a packet from 0 to `most`: the one under which its tag matches. Takes as many
    /// decryptions as there are counters. For a capture that starts after the sequence number has wrapped.
    #[must_use]
    pub fn find_roc(&self, packet: &[u8], most: u32) -> Option<u32> {
        let packet = Packet::parse(packet).ok()?;
        let (sequence, mut opened) = (u64::from(packet.sequence()), Vec::new());
        (0..=most).find(|&roc| {
            let index = u64::from(roc) << 16 | sequence;
            self.session.unprotect(&packet, index, &mut opened).is_ok()
        })
    }

    /// Replaces `opened` by the RTP packet that was protected, or clears it if that fails. Returns the packet's index,
    /// rollover counter × 2^16 + sequence number.
    ///
    /// # Errors
    /// [`SrtpError::Tag`] if the tag does not match: the packet then changes nothing here. [`SrtpError::Rtp`] or
    /// [`SrtpError::TooShort`] if it is no SRTP packet.
    pub fn unprotect(&mut self, packet: &[u8], opened: &mut Vec<u8>) -> Result<u64, SrtpError> {
        opened.clear();
        let packet = Packet::parse(packet)?;
        let known = self.streams.get(&packet.ssrc()).copied();
        let mut sequence = known.unwrap_or(ExtendedSequence::starting_at(self.first_roc));
        let index = sequence.estimate(packet.sequence());
        self.session.unprotect(&packet, index, opened)?;
        sequence.accept(index);
        self.streams.insert(packet.ssrc(), sequence);
        Ok(index)
    }
}
