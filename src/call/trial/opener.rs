//! Opens packets by trying keys.

use super::super::Progress;
use super::super::error::CallError;
use super::super::keys::{KeyName, KeyPurpose, stream_key};
use super::super::network::StreamId;
use super::super::settings::CallSettings;
use super::SeenPacket;
use crate::wire::protection::{Protection, Receiver, StreamKey};
use crate::wire::rtp::{ExtendedSequence, Packet};

/// After this many packets in a row that no key opens, keys are tried on one packet of [`RARELY`] only.
const PATIENCE: usize = 64;
const RARELY: usize = 16;

/// Packets that were opened, and the keys that did.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) packets: Vec<SeenPacket>,
    pub(super) keys: Vec<KeyName>,
}

/// Keys that may fit, and their receivers.
pub(super) struct Opener {
    candidates: Vec<Candidate>,
    /// The one that opened the last packet.
    last: usize,
}

struct Candidate {
    names: Vec<KeyName>,
    key: StreamKey,
    receiver: Option<(u32, Receiver)>,
    has_opened: bool,
}

impl Opener {
    /// An opener with all keys that could be those of a stream under a protection.
    pub(super) fn new(
        settings: &CallSettings,
        protection: Protection,
        stream: StreamId,
        keys: &[KeyName],
    ) -> Result<Self, CallError> {
        // An SFrame header states the key ID, so that only keys of this stream are tried inside of a hop.
        let inner: Vec<KeyName> =
            keys.iter().copied().filter(|key| key.purpose == KeyPurpose::Sframe(stream)).collect();
        let outer = keys.iter().filter(|key| !matches!(key.purpose, KeyPurpose::Sframe(_)));
        let sets = outer.flat_map(|&key| {
            if protection == Protection::Sframe {
                inner.iter().map(|&base| vec![key, base]).collect()
            } else {
                vec![vec![key]]
            }
        });
        let mut candidates = Vec::new();
        for names in sets {
            if let Some(key) = stream_key(settings, protection, &names)? {
                candidates.push(Candidate { names, key, receiver: None, has_opened: false });
            }
        }
        Ok(Self { candidates, last: 0 })
    }

    /// Opens what can be opened. The rollover counter is counted along, since headers are clear.
    pub(super) fn open(
        mut self,
        packets: &[(u64, &[u8])],
        progress: Progress<'_>,
    ) -> Result<Opened, CallError> {
        let mut opened = Opened::default();
        if self.candidates.is_empty() {
            return Ok(opened);
        }
        let (mut sequence, mut failed) = (ExtendedSequence::starting_at(0), 0usize);
        for (at, &(time, bytes)) in packets.iter().enumerate() {
            if at.is_multiple_of(1024) && progress(0.0).is_break() {
                return Err(CallError::Interrupted);
            }
            let Ok(packet) = Packet::parse(bytes) else { continue };
            let index = sequence.estimate(packet.sequence());
            sequence.accept(index);
            if failed > PATIENCE && !failed.is_multiple_of(RARELY) {
                failed += 1;
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "an index has 48 bits")]
            let roc = (index >> 16) as u32;
            match self.open_one(bytes, roc)? {
                Some(plain) => {
                    failed = 0;
                    opened.packets.push((time, plain));
                }
                None => failed += 1,
            }
        }
        let used = self.candidates.iter().filter(|candidate| candidate.has_opened);
        opened.keys = used.flat_map(|candidate| candidate.names.iter().copied()).collect();
        opened.keys.sort_unstable();
        opened.keys.dedup();
        Ok(opened)
    }

    /// Tries the key of the last packet, then the others.
    fn open_one(&mut self, packet: &[u8], roc: u32) -> Result<Option<Vec<u8>>, CallError> {
        let count = self.candidates.len();
        for step in 0..count {
            let at = (self.last + step) % count;
            let Some(candidate) = self.candidates.get_mut(at) else { continue };
            if let Some(plain) = candidate.open(packet, roc)? {
                self.last = at;
                return Ok(Some(plain));
            }
        }
        Ok(None)
    }
}

impl Candidate {
    fn open(&mut self, packet: &[u8], roc: u32) -> Result<Option<Vec<u8>>, CallError> {
        let receiver = match &mut self.receiver {
            // A receiver that has opened a packet counts along by itself.
            Some((of, receiver)) if *of == roc || self.has_opened => receiver,
            none => &mut none.insert((roc, Receiver::new(&self.key, roc)?)).1,
        };
        let mut plain = Vec::new();
        if receiver.unprotect(packet, &mut plain).is_err() {
            return Ok(None);
        }
        self.has_opened = true;
        Ok(Some(plain))
    }
}
