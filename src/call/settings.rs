//! What a call is made of, apart from its media and its protection.

use super::error::CallError;
use super::key_server::KeyServer;
use super::limits::{LEAST_SECS, MOST_SECS};
use super::party::{Party, PartyError};
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

/// A party that leaves before the call ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaving {
    /// The number of the party: any but the first.
    pub party: usize,
    /// When, in seconds from the start; `None`: halfway.
    pub at_secs: Option<f64>,
}

impl Leaving {
    /// Reads `NAME` or `NAME@SECONDS`.
    ///
    /// # Errors
    /// [`PartyError`] if no party has this name, or the time is no number.
    pub fn of(text: &str, parties: &[Party]) -> Result<Self, PartyError> {
        let (name, secs) = match text.split_once('@') {
            Some((name, secs)) => (name, Some(secs)),
            None => (text, None),
        };
        let short = |text: &str| text.chars().take(64).collect();
        let party = parties.iter().position(|party| party.name == name);
        let party = party.ok_or_else(|| PartyError::Unknown {
            given: short(name),
            names: parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join(", "),
        })?;
        let at_secs = secs.map(|secs| secs.parse().map_err(|_| PartyError::Time(short(secs)))).transpose()?;
        Ok(Self { party, at_secs })
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSettings {
    /// Two or more; observers look at the streams of the first.
    pub parties: Vec<Party>,
    /// How long the call lasts, in seconds.
    pub duration_secs: f64,
    /// What all keys are derived from.
    pub key: KeyMaterial,
    /// Who leaves, and when; `None`: the last party, halfway.
    pub leaving: Option<Leaving>,
    /// True if all keys are replaced when a party leaves.
    pub is_renewed: bool,
    /// The size of the key of `one-key-ecb`.
    pub ecb_key_size: EcbKeySize,
    /// What those in the waiting room get.
    pub waiting_room: WaitingRoom,
    /// Which of the key servers makes the keys of the meeting.
    pub key_server: KeyServer,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            parties: Party::bundled(),
            duration_secs: crate::media::rtp::USUAL_SECS,
            key: KeyMaterial::default(),
            leaving: None,
            is_renewed: false,
            ecb_key_size: EcbKeySize::default(),
            waiting_room: WaitingRoom::default(),
            key_server: KeyServer::default(),
        }
    }
}

impl CallSettings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`CallError::Party`], [`CallError::Duration`] or [`CallError::Leaving`].
    pub fn check(&self) -> Result<(), CallError> {
        Party::check(&self.parties)?;
        if !(LEAST_SECS..=MOST_SECS).contains(&self.duration_secs) {
            return Err(CallError::Duration { given: self.duration_secs });
        }
        let is_other_than_first = (1..self.parties.len()).contains(&self.leaver());
        let is_before_end = self.leaving_secs() > 0.0 && self.leaving_secs() < self.duration_secs;
        if is_other_than_first && is_before_end {
            return Ok(());
        }
        Err(CallError::Leaving { first: self.name(0).into(), duration_secs: self.duration_secs })
    }

    /// The number of the party that leaves.
    #[must_use]
    pub fn leaver(&self) -> usize {
        self.leaving.map_or(self.parties.len().saturating_sub(1), |leaving| leaving.party)
    }

    /// When a party leaves, in seconds from the start.
    #[must_use]
    pub fn leaving_secs(&self) -> f64 {
        self.leaving.and_then(|leaving| leaving.at_secs).unwrap_or(self.duration_secs / 2.0)
    }

    /// When a party leaves, in nanoseconds from the start. A packet of this very time comes after it has left.
    #[must_use]
    pub fn leaving_nanos(&self) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most ten minutes")]
        let nanos = (self.leaving_secs() * 1e9).round() as u64;
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
        party < self.parties.len() && (party != self.leaver() || time_nanos < self.leaving_nanos())
    }

    /// The name of a party.
    #[must_use]
    pub fn name(&self, party: usize) -> &str {
        self.parties.get(party).map_or("", |party| &party.name)
    }
}
