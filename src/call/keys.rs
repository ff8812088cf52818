//! Which keys exist, how they are derived, and which one a packet is encrypted with.

use super::error::CallError;
use super::network::{Direction, Link, MediaKind, StreamId};
use super::settings::CallSettings;
use crate::wire::protection::{Key, KeyLabel, Protection, ProtectionError, StreamKey, derive_key};
use crate::wire::srtp::{MasterKey, Suite};

/// Bytes of the meeting key of `per-stream-gcm`.
const MEETING_KEY_BYTES: usize = 32;

/// Bytes of an `SFrame` base key: those of a key of suite 4.
const BASE_KEY_BYTES: usize = 16;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyPurpose {
    /// The whole meeting.
    Meeting,
    /// A hop between a party and the media server.
    Hop(Link),
    /// A stream, end to end.
    Sframe(StreamId),
}

/// A key of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName {
    /// What it is for.
    pub purpose: KeyPurpose,
    /// True for the key after a party has left.
    pub is_renewed: bool,
}

impl KeyName {
    /// Its label, from which it is derived.
    #[must_use]
    pub fn label(self, settings: &CallSettings) -> String {
        let label = match self.purpose {
            KeyPurpose::Meeting => KeyLabel::Meeting,
            KeyPurpose::Hop(Link { direction: Direction::Up, party }) => {
                KeyLabel::HopUp(settings.name(party))
            }
            KeyPurpose::Hop(Link { direction: Direction::Down, party }) => {
                KeyLabel::HopDown(settings.name(party))
            }
            KeyPurpose::Sframe(StreamId { party, kind: MediaKind::Video }) => {
                KeyLabel::SframeVideo(settings.name(party))
            }
            KeyPurpose::Sframe(StreamId { party, kind: MediaKind::Audio }) => {
                KeyLabel::SframeAudio(settings.name(party))
            }
        };
        if self.is_renewed { label.renewed() } else { label.to_string() }
    }

    fn derive(self, settings: &CallSettings, bytes: usize) -> Result<Key, ProtectionError> {
        derive_key(settings.key.bytes(), &self.label(settings), bytes)
    }

    /// The meeting key of a protection that has one.
    fn meeting_key(
        self,
        settings: &CallSettings,
        protection: Protection,
    ) -> Result<StreamKey, ProtectionError> {
        Ok(match protection {
            Protection::OneKeyEcb => {
                StreamKey::OneKeyEcb(self.derive(settings, settings.ecb_key_size.bytes())?)
            }
            _ => StreamKey::PerStreamGcm(self.derive(settings, MEETING_KEY_BYTES)?),
        })
    }

    /// The master key of a hop.
    pub(super) fn master_key(
        self,
        settings: &CallSettings,
        suite: Suite,
    ) -> Result<MasterKey, ProtectionError> {
        let joined = self.derive(settings, MasterKey::joined_bytes(suite))?;
        Ok(MasterKey::from_joined(suite, joined.bytes())?)
    }

    /// The base key of a stream under `SFrame`.
    pub(super) fn base_key(self, settings: &CallSettings) -> Result<Key, ProtectionError> {
        self.derive(settings, BASE_KEY_BYTES)
    }
}

/// The names of the keys that packets of a stream are encrypted with on a link, the outer one first.
pub(super) fn names_of(
    protection: Protection,
    link: Link,
    stream: StreamId,
    is_renewed: bool,
) -> Vec<KeyName> {
    let name = |purpose| KeyName { purpose, is_renewed };
    match protection {
        Protection::OneKeyEcb | Protection::PerStreamGcm => vec![name(KeyPurpose::Meeting)],
        Protection::Srtp | Protection::SrtpGcm => vec![name(KeyPurpose::Hop(link))],
        Protection::Sframe => vec![name(KeyPurpose::Hop(link)), name(KeyPurpose::Sframe(stream))],
    }
}

/// The labels of the keys that packets of a stream are encrypted with on a link, the outer one first.
#[must_use]
pub fn key_labels(
    settings: &CallSettings,
    protection: Protection,
    (link, stream): (Link, StreamId),
    is_renewed: bool,
) -> Vec<String> {
    names_of(protection, link, stream, is_renewed).into_iter().map(|name| name.label(settings)).collect()
}

/// The key that the named keys make together; `None` if they are not those that a protection needs.
pub(super) fn stream_key(
    settings: &CallSettings,
    protection: Protection,
    names: &[KeyName],
) -> Result<Option<StreamKey>, CallError> {
    Ok(match (protection.srtp_suite(), names) {
        (None, &[name @ KeyName { purpose: KeyPurpose::Meeting, .. }]) => {
            Some(name.meeting_key(settings, protection)?)
        }
        (Some(suite), &[name @ KeyName { purpose: KeyPurpose::Hop(_), .. }])
            if protection != Protection::Sframe =>
        {
            Some(StreamKey::Srtp(name.master_key(settings, suite)?))
        }
        (
            Some(suite),
            &[
                hop @ KeyName { purpose: KeyPurpose::Hop(_), .. },
                base @ KeyName { purpose: KeyPurpose::Sframe(stream), .. },
            ],
        ) if protection == Protection::Sframe => Some(StreamKey::Sframe {
            hop: hop.master_key(settings, suite)?,
            base_key: base.base_key(settings)?,
            key_id: stream.key_id(),
        }),
        _ => None,
    })
}
