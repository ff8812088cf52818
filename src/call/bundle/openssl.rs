//! Commands that decrypt one payload with `openssl`, with the numbers of this call.

use std::fmt::Write;

use super::super::error::CallError;
use super::super::keys::{KeyName, KeyPurpose};
use super::super::network::{FIRST_SEQUENCE, Link, MediaKind, StreamId};
use super::{Contents, descriptions, keys_file};
use crate::wire::protection::Protection;
use crate::wire::srtp::MasterKey;

/// The stream whose first payload is decrypted.
const STREAM: StreamId = StreamId { party: 0, kind: MediaKind::Video };

/// Bytes of a GCM tag, and of the authentication tag of `AES_CM_128_HMAC_SHA1_80`.
const GCM_TAG_BYTES: usize = 16;
const SRTP_TAG_BYTES: usize = 10;

/// Text and commands.
pub(super) fn text(contents: &Contents<'_>) -> Result<String, CallError> {
    let protection = contents.options.protection;
    let meeting = keys_file::meeting_hex(contents)?;
    let hop = || -> Result<Option<MasterKey>, CallError> {
        let name = KeyName { purpose: KeyPurpose::Hop(Link::up(0)), is_renewed: false };
        let Some(suite) = protection.srtp_suite() else { return Ok(None) };
        Ok(Some(name.master_key(contents.settings, suite)?))
    };
    let sdp = format!("{}.sdp", descriptions::name(contents, STREAM));
    Ok(match (protection, meeting) {
        (Protection::OneKeyEcb, Some(key)) => ecb(&sdp, &key),
        (Protection::PerStreamGcm, Some(key)) => per_stream_gcm(&sdp, &key),
        (Protection::Srtp, _) => hop()?.map_or_else(String::new, |master| srtp(&sdp, &master, true)),
        (Protection::SrtpGcm, _) => hop()?.map_or_else(String::new, |master| srtp_gcm(&sdp, &master)),
        (Protection::Sframe, _) => {
            let outer = hop()?.map_or_else(String::new, |master| srtp(&sdp, &master, false));
            format!(
                "{outer}\n`payload.plain` is an SFrame ciphertext (RFC 9605): header, encrypted payload, tag. `openssl enc` \
                 does not take\nthe mode inside of it, AES-128-GCM; a library for SFrame takes the key with its `kid` from \
                 `keys.toml`.\n"
            )
        }
        (_, None) => String::new(),
    })
}

fn extract(sdp: &str, tag_bytes: usize) -> String {
    let drop = if tag_bytes == 0 { String::new() } else { format!(" --drop {tag_bytes}") };
    format!("python3 replay.py {sdp} --capture call.pcapng --payload 0{drop} > payload.bin\n")
}

fn compare(sdp: &str) -> String {
    format!("python3 replay.py {sdp} --payload 0 | cmp - payload.plain && echo the same\n")
}

fn ecb(sdp: &str, key: &str) -> String {
    let bits = key.len() * 4;
    format!(
        "The key is that of the meeting, label `meeting`. Padding is PKCS#7, which `openssl` removes.\n\n```sh\n{}\
         openssl enc -d -aes-{bits}-ecb -K {key} -in payload.bin -out payload.plain\n{}```\n",
        extract(sdp, 0),
        compare(sdp)
    )
}

fn per_stream_gcm(sdp: &str, key: &str) -> String {
    let ssrc = STREAM.ssrc();
    let octal = ssrc.to_be_bytes().map(|byte| format!("\\{byte:03o}")).concat();
    let nonce = format!("{ssrc:08x}{FIRST_SEQUENCE:016x}");
    format!(
        "The key of the stream is HMAC-SHA256(meeting key, SSRC). The nonce is SSRC ‖ 64-bit sequence number. `openssl enc` \
         does\nnot take GCM; it decrypts the counter mode in it, whose first block has the counter 2, without checking the \
         tag.\n\n```sh\n{}\
         key=$(printf '{octal}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:{key} -r | cut -d ' ' -f 1)\n\
         openssl enc -d -aes-256-ctr -K \"$key\" -iv {nonce}00000002 -in payload.bin -out payload.plain\n{}```\n",
        extract(sdp, GCM_TAG_BYTES),
        compare(sdp)
    )
}

/// The session key is the start of the keystream under the master key from its salt on, label 0.
fn session_key(master: &MasterKey) -> String {
    let bits = master.key().len() * 8;
    let mut salt = hex::encode(master.salt());
    while salt.len() < 32 {
        salt.push('0');
    }
    format!(
        "key=$(head -c {} /dev/zero | openssl enc -aes-{bits}-ctr -K {} -iv {salt} | od -An -tx1 | tr -d ' \\n')\n",
        master.key().len(),
        hex::encode(master.key())
    )
}

fn srtp(sdp: &str, master: &MasterKey, is_plain: bool) -> String {
    let mut iv = [0u8; 16];
    iv[..14].copy_from_slice(&master.session_salt());
    xor(&mut iv[4..8], &STREAM.ssrc().to_be_bytes());
    xor(&mut iv[12..14], &FIRST_SEQUENCE.to_be_bytes());
    let mut text = String::from(
        "The session key is derived from the master key and its salt (RFC 3711, section 4.3). The IV is made of session salt, \
         SSRC,\nrollover counter 0 and sequence number 65000 (section 4.1.1).\n\n```sh\n",
    );
    let last = if is_plain { compare(sdp) } else { String::new() };
    // Writing to a text does not fail.
    let _ = write!(
        text,
        "{}{}openssl enc -d -aes-128-ctr -K \"$key\" -iv {} -in payload.bin -out payload.plain\n{last}```\n",
        extract(sdp, SRTP_TAG_BYTES),
        session_key(master),
        hex::encode(iv)
    );
    text
}

fn srtp_gcm(sdp: &str, master: &MasterKey) -> String {
    let mut iv = [0u8; 16];
    iv[..12].copy_from_slice(&master.session_salt());
    xor(&mut iv[2..6], &STREAM.ssrc().to_be_bytes());
    xor(&mut iv[10..12], &FIRST_SEQUENCE.to_be_bytes());
    iv[15] = 2;
    format!(
        "The session key is derived from the master key and its salt (RFC 7714, section 11). The IV is (0 ‖ SSRC ‖ rollover \
         counter ‖\nsequence number) ⊕ session salt. `openssl enc` does not take GCM; it decrypts the counter mode in it, \
         whose first block\nhas the counter 2, without checking the tag.\n\n```sh\n{}{}\
         openssl enc -d -aes-128-ctr -K \"$key\" -iv {} -in payload.bin -out payload.plain\n{}```\n",
        extract(sdp, GCM_TAG_BYTES),
        session_key(master),
        hex::encode(iv),
        compare(sdp)
    )
}

fn xor(bytes: &mut [u8], with: &[u8]) {
    bytes.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}
