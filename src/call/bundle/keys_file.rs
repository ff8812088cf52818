//! `keys.toml`: the key of every stream on every link.

use serde::Serialize;

use super::super::error::CallError;
use super::super::keys::{KeyName, KeyPurpose, names_of, stream_key};
use super::super::network::{Link, StreamId};
use super::{Contents, KeyStart};
use crate::wire::protection::{Protection, StreamKey};
use crate::wire::sdp::Format;

const HEAD: &str = "\
# The key of every stream on every link. `key` and `salt` are in hex digits. `roc` is the rollover counter of the first
# packet under the key. `codec` and `fmtp` are those of the stream's SDP. A stream under sframe has two entries: srtp
# around, with `salt`, and sframe inside, with `kid`. Where a stream has a second key on a link, all keys were renewed when a party left.
";

/// An entry.
#[derive(Debug, Serialize)]
struct Entry {
    protection: &'static str,
    ssrc: u32,
    source: String,
    destination: String,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roc: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fmtp: Option<String>,
}

#[derive(Serialize)]
struct Keys {
    key: Vec<Entry>,
}

/// The text of the file.
pub(super) fn text(contents: &Contents<'_>) -> Result<String, CallError> {
    let mut key = Vec::new();
    for start in &contents.keys {
        key.extend(entries(contents, start)?);
    }
    let text = toml::to_string(&Keys { key }).unwrap_or_default();
    Ok(format!("{HEAD}\n{text}"))
}

/// The keys under which a stream starts on a link.
pub(super) fn stream_key_at(
    contents: &Contents<'_>,
    (link, stream): (Link, StreamId),
    is_renewed: bool,
) -> Result<Option<StreamKey>, CallError> {
    let protection = contents.options.protection;
    stream_key(contents.settings, protection, &names_of(protection, link, stream, is_renewed))
}

fn entries(contents: &Contents<'_>, start: &KeyStart) -> Result<Vec<Entry>, CallError> {
    let protection = contents.options.protection;
    let &KeyStart { link, stream, is_renewed, roc } = start;
    let (source, destination) = link.ends(stream);
    let format = contents.call.streams.get(&stream).map(|sent| &sent.description.format);
    let entry = |protection: Protection, key: &[u8]| Entry {
        protection: protection.name(),
        ssrc: stream.ssrc(),
        source: source.to_string(),
        destination: destination.to_string(),
        key: hex::encode(key),
        salt: None,
        roc: None,
        kid: None,
        codec: format.map(Format::map),
        fmtp: format.and_then(|format| format.parameters.clone()),
    };
    Ok(match stream_key_at(contents, (link, stream), is_renewed)? {
        None => Vec::new(),
        Some(StreamKey::OneKeyEcb(key) | StreamKey::PerStreamGcm(key)) => {
            vec![Entry { roc: Some(roc), ..entry(protection, key.bytes()) }]
        }
        Some(StreamKey::Srtp(master)) => vec![Entry {
            salt: Some(hex::encode(master.salt())),
            roc: Some(roc),
            ..entry(protection, master.key())
        }],
        Some(StreamKey::Sframe { hop, base_key, key_id }) => vec![
            Entry {
                salt: Some(hex::encode(hop.salt())),
                roc: Some(roc),
                ..entry(Protection::Srtp, hop.key())
            },
            Entry { kid: Some(key_id), ..entry(Protection::Sframe, base_key.bytes()) },
        ],
    })
}

/// The labels of the keys of a stream on the link by which it leaves its party.
pub(super) fn labels(contents: &Contents<'_>, stream: StreamId) -> Vec<String> {
    let names = names_of(contents.options.protection, Link::up(stream.party), stream, false);
    names.iter().map(|name: &KeyName| name.label(contents.settings)).collect()
}

/// The meeting key in hex, if the protection has one.
pub(super) fn meeting_hex(contents: &Contents<'_>) -> Result<Option<String>, CallError> {
    let name = KeyName { purpose: KeyPurpose::Meeting, is_renewed: false };
    let key = if contents.options.protection.srtp_suite().is_none() {
        stream_key(contents.settings, contents.options.protection, &[name])?
    } else {
        None
    };
    Ok(match key {
        Some(StreamKey::OneKeyEcb(key) | StreamKey::PerStreamGcm(key)) => Some(hex::encode(key.bytes())),
        _ => None,
    })
}
