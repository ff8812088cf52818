//! Session descriptions, as players open them.

use super::super::error::CallError;
use super::super::keys::{KeyName, KeyPurpose};
use super::super::network::{Link, StreamId};
use super::Contents;
use crate::media::rtp::SentStream;
use crate::wire::protection::Protection;
use crate::wire::sdp::{Crypto, Media, NamedSource, Session};

/// The port of the first stream. Ports are even: the odd one above each is that of RTCP, which players open too.
const FIRST_PORT: u16 = 50_000;

/// The port to which `replay.py` sends a stream on this machine.
pub(super) fn port(stream: StreamId) -> u16 {
    FIRST_PORT + 2 * stream.index()
}

/// The name of a description, without its ending.
pub(super) fn name(contents: &Contents<'_>, stream: StreamId) -> String {
    format!("{}-{}", contents.name(stream), stream.kind)
}

/// True if FFmpeg decrypts the packets with a key in the description.
pub(super) fn has_keys(protection: Protection) -> bool {
    protection == Protection::Srtp
}

/// The names and texts of all descriptions.
pub(super) fn of(contents: &Contents<'_>) -> Result<Vec<(String, String)>, CallError> {
    let mut files = Vec::new();
    for (&stream, sent) in &contents.call.streams {
        let name = name(contents, stream);
        let plain = session(contents, stream, sent);
        files.push((format!("{name}.sdp"), plain.to_string()));
        if has_keys(contents.options.protection) {
            files.push((format!("{name}-srtp.sdp"), with_key(contents, stream, plain)?.to_string()));
        }
    }
    Ok(files)
}

/// The description of a stream that is not encrypted. The SSRC tells `replay.py` which stream it is.
fn session(contents: &Contents<'_>, stream: StreamId, sent: &SentStream) -> Session {
    let name = contents.name(stream);
    let sources = vec![NamedSource { ssrc: stream.ssrc(), cname: Some(name.into()) }];
    let media = Media { sources, ..sent.description.to_media(port(stream)) };
    Session { name: format!("{name}, {}", stream.kind), media: vec![media] }
}

/// The description of a stream as it leaves its party, with the key of that hop.
fn with_key(contents: &Contents<'_>, stream: StreamId, mut session: Session) -> Result<Session, CallError> {
    let Some(suite) = contents.options.protection.srtp_suite() else { return Ok(session) };
    let name = KeyName { purpose: KeyPurpose::Hop(Link::up(stream.party)), is_renewed: false };
    let master = name.master_key(contents.settings, suite)?;
    for media in &mut session.media {
        media.profile = "RTP/SAVP".into();
        media.crypto = Some(Crypto { tag: 1, master: master.clone() });
    }
    Ok(session)
}
