//! Session descriptions, as players open them.

use super::super::error::CallError;
use super::super::keys::{KeyName, KeyPurpose};
use super::super::network::{Link, StreamId};
use super::Contents;
use crate::media::rtp::SentStream;
use crate::wire::protection::Protection;
use crate::wire::sdp::Crypto;

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
        let plain = text(contents, stream, sent);
        if has_keys(contents.options.protection) {
            files.push((format!("{name}-srtp.sdp"), with_key(contents, stream, &plain)?));
        }
        files.push((format!("{name}.sdp"), plain));
    }
    Ok(files)
}

/// The description of a stream that is not encrypted. The SSRC (RFC 5576) tells `replay.py` which stream it is.
fn text(contents: &Contents<'_>, stream: StreamId, sent: &SentStream) -> String {
    let name = contents.name(stream);
    let file = sent.description.file(&format!("{name}, {}", stream.kind), port(stream));
    format!("{file}a=ssrc:{} cname:{name}\r\n", stream.ssrc())
}

/// The description of a stream as it leaves its party, with the key of that hop.
fn with_key(contents: &Contents<'_>, stream: StreamId, plain: &str) -> Result<String, CallError> {
    let Some(suite) = contents.options.protection.srtp_suite() else { return Ok(plain.to_owned()) };
    let name = KeyName { purpose: KeyPurpose::Hop(Link::up(stream.party)), is_renewed: false };
    let crypto = Crypto { tag: 1, master: name.master_key(contents.settings, suite)? };
    Ok(format!("{}a=crypto:{crypto}\r\n", plain.replacen(" RTP/AVP ", " RTP/SAVP ", 1)))
}
