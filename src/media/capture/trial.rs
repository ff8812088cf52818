//! Keys, tried on the first packets of their streams.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::error::CaptureError;
use super::records;
use super::stated::Stated;
use super::stream::CapturedStream;
use crate::wire::keys::KeyOfStream;
use crate::wire::network::Decoder;
use crate::wire::protection::{Receiver, StreamKey};
use crate::wire::rtp::{self, Packet};
use crate::wire::streams::{Flow, Listing};

/// Packets of each stream that its key is tried on.
const MOST_CHECKED: u64 = 32;

/// The highest rollover counter that is tried, and the most streams for which others than the given one are.
const MOST_TRIED_ROC: u32 = 1024;
const MOST_COUNTER_TRIALS: usize = 64;

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

/// A key that is being tried.
struct Trial {
    number: usize,
    receiver: Receiver,
    check: KeyCheck,
}

/// Tries the keys on the first packets of the streams with a number that `is_wanted`. Gives the outcome for each stream
/// that has a key, by its number.
pub(super) fn tried(
    captured: &CapturedStream,
    listing: &Listing,
    stated: &Stated<'_>,
    is_wanted: impl Fn(usize) -> bool,
) -> Result<BTreeMap<usize, KeyCheck>, CaptureError> {
    let mut trials: HashMap<Flow, Trial> = HashMap::new();
    for (number, stream) in listing.streams.iter().enumerate().filter(|(number, _)| is_wanted(*number)) {
        let keys = stated.keys_of(stream, number)?;
        // The first packets are under the first key.
        let Some(key) = keys.first() else { continue };
        let receiver = Receiver::new(&key.key, key.first_roc);
        let receiver = receiver.map_err(|reason| CaptureError::Key { number, reason })?;
        trials.insert(stream.flow, Trial { number, receiver, check: KeyCheck::of(key) });
    }
    if !trials.is_empty() {
        try_keys(captured, &mut trials)?;
    }
    Ok(trials.into_values().map(|trial| (trial.number, trial.check)).collect())
}

fn try_keys(captured: &CapturedStream, trials: &mut HashMap<Flow, Trial>) -> Result<(), CaptureError> {
    let (mut reader, mut decoder) = (records::reader(&captured.path)?, Decoder::default());
    let (mut left, mut opened) = (trials.len(), Vec::new());
    let tries_counters = trials.len() <= MOST_COUNTER_TRIALS;
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
        if check.tried_packets == 1 && !is_open && tries_counters {
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
