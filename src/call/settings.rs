//! What a call is made of, apart from its media and its protection.

use super::error::CallError;
use super::limits::{LEAST_SECS, MOST_SECS};
use super::party::Party;
use crate::crypto::KeyMaterial;

/// The size of the key of `one-key-ecb`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EcbKeySize {
    /// AES-128, as was reported in April 2020.
    #[default]
    Bits128,
    /// AES-256, as was advertised.
    Bits256,
}

impl EcbKeySize {
    /// Bytes of the key.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Bits128 => 16,
            Self::Bits256 => 32,
        }
    }
}

/// What those in the waiting room get from the servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitingRoom {
    /// Video and keys, as was reported in April 2020.
    #[default]
    Faulty,
    /// Neither, as since 7 April 2020.
    Fixed,
}

/// A call. The last party leaves halfway.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSettings {
    /// Two or more; observers look at the streams of the first.
    pub parties: Vec<Party>,
    /// How long the call lasts, in seconds.
    pub duration_secs: f64,
    /// What all keys are derived from.
    pub key: KeyMaterial,
    /// True if all keys are replaced when the last party leaves.
    pub is_renewed: bool,
    /// The size of the key of `one-key-ecb`.
    pub ecb_key_size: EcbKeySize,
    /// What those in the waiting room get.
    pub waiting_room: WaitingRoom,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            parties: Party::bundled(),
            duration_secs: crate::media::rtp::USUAL_SECS,
            key: KeyMaterial::default(),
            is_renewed: false,
            ecb_key_size: EcbKeySize::default(),
            waiting_room: WaitingRoom::default(),
        }
    }
}

impl CallSettings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`CallError::Party`] or [`CallError::Duration`].
    pub fn check(&self) -> Result<(), CallError> {
        Party::check(&self.parties)?;
        if (LEAST_SECS..=MOST_SECS).contains(&self.duration_secs) {
            Ok(())
        } else {
            Err(CallError::Duration { given: self.duration_secs })
        }
    }

    /// The number of the last party, which leaves halfway.
    #[must_use]
    pub fn last(&self) -> usize {
        self.parties.len().saturating_sub(1)
    }

    /// When the last party leaves, in nanoseconds from the start. A packet of this very time comes after it has left.
    #[must_use]
    pub fn leaving_nanos(&self) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most ten minutes")]
        let nanos = (self.duration_secs / 2.0 * 1e9).round() as u64;
        nanos
    }

    /// True if a packet of this time is encrypted with renewed keys.
    #[must_use]
    pub fn is_renewed_at(&self, time_nanos: u64) -> bool {
        self.is_renewed && time_nanos >= self.leaving_nanos()
    }

    /// True if a party takes part at this time.
    #[must_use]
    pub fn is_present(&self, party: usize, time_nanos: u64) -> bool {
        party < self.last() || time_nanos < self.leaving_nanos()
    }

    /// The name of a party.
    #[must_use]
    pub fn name(&self, party: usize) -> &str {
        self.parties.get(party).map_or("", |party| &party.name)
    }
}
