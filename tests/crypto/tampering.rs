//! What a receiver gets of a changed message, under every scheme: against OpenSSL and the known properties of the modes.

use ::openssl::symm;
use afterimage::crypto::{DecryptError, Message, Rejection, Verdict, receive};
use afterimage::picture::layout::BLOCK_BYTES;

use super::openssl::cipher;
use super::*;

/// The length of the frame that is sent: whole blocks, over several data units of XTS.
const LEN: usize = 16 * 600;
const FRAME: MessageNumber = MessageNumber(12);

fn sent() -> Vec<u8> {
    noise(LEN)
}

/// The mode, such as `ecb`.
fn mode_of(scheme: Scheme) -> &'static str {
    let base = scheme.base_name();
    base.strip_prefix("aes-").map_or(base, |name| &name[4..])
}

fn is_authenticated(scheme: Scheme) -> bool {
    ["gcm", "gcm-siv", "chacha20-poly1305"].contains(&mode_of(scheme))
}

/// What OpenSSL decrypts of a message as that of `frame`; `None` if it refuses the message.
fn by_openssl(scheme: Scheme, frame: MessageNumber, message: &[u8]) -> Option<Vec<u8>> {
    let key = bytes_of(&scheme.key_hex(&KeyMaterial::default()).expect("64 bytes suffice"));
    // The parameters of a frame, except its tag, do not depend on its bytes.
    let ours = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
    let (_, parameters) = encrypted(&*ours, frame.0, &sent());
    let mode = mode_of(scheme);
    let bits = if mode == "xts" { key.len() * 4 } else { key.len() * 8 };
    let iv = parameters.iv.or(parameters.counter_block);
    match mode {
        "ecb" => {
            let key = parameters.frame_key.unwrap_or(key);
            symm::decrypt(cipher(bits, mode), &key, None, message).ok()
        }
        "xts" => {
            let first: [u8; 16] = parameters.tweak.and_then(|tweak| tweak.try_into().ok()).expect("a tweak");
            let units = (u128::from_le_bytes(first)..).zip(message.chunks(4096)).map(|(tweak, unit)| {
                symm::decrypt(cipher(bits, mode), &key, Some(&tweak.to_le_bytes()), unit).expect("XTS")
            });
            Some(units.collect::<Vec<_>>().concat())
        }
        "gcm" | "chacha20-poly1305" => {
            let (ciphertext, tag) = message.split_at(message.len().checked_sub(16)?);
            let nonce = parameters.nonce.expect("a nonce");
            symm::decrypt_aead(cipher(bits, mode), &key, Some(&nonce), &[], ciphertext, tag).ok()
        }
        _ => symm::decrypt(cipher(bits, mode), &key, iv.as_deref(), message).ok(),
    }
}

/// What the receiver decrypts. Asserts that OpenSSL, if it has the mode, decrypts the same.
fn received(scheme: Scheme, message: &Message) -> Result<Vec<u8>, DecryptError> {
    let ours = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
    let received = receive(&*ours, FRAME, message.bytes());
    // OpenSSL has GCM-SIV only from version 3.2 on.
    if mode_of(scheme) != "gcm-siv" {
        assert_eq!(received.as_ref().ok(), by_openssl(scheme, FRAME, message.bytes()).as_ref(), "{scheme}");
    }
    received
}

fn message_of(scheme: Scheme, frame: MessageNumber, plaintext: &[u8]) -> Message {
    let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
    Message::of(&*cipher, frame, plaintext).expect("a frame that is long enough")
}

fn verdict(chosen: Option<&[u8]>, received: &Result<Vec<u8>, DecryptError>) -> Verdict {
    Verdict::of(&sent(), chosen, received.as_deref().map_err(|&error| error))
}

/// The blocks that differ from what was sent.
fn changed(received: &[u8]) -> Vec<usize> {
    let (now, sent) = (received.chunks(BLOCK_BYTES), sent());
    let differs = now.zip(sent.chunks(BLOCK_BYTES)).map(|(now, sent)| now != sent);
    differs.enumerate().filter_map(|(at, differs)| differs.then_some(at)).collect()
}

/// True if exactly this bit of a block is flipped.
fn is_flipped(received: &[u8], block: usize, (byte, bit): (usize, u8)) -> bool {
    let at = block * BLOCK_BYTES;
    let mut expected = sent()[at..][..BLOCK_BYTES].to_vec();
    expected[byte % BLOCK_BYTES] ^= 1 << bit;
    received[at..][..BLOCK_BYTES] == expected
}

/// True for the result of ECB and CBC on noise: an invalid padding or, for one message in 256, a valid padding that gives a
/// frame of another length.
fn is_rejected_by_padding(verdict: Verdict) -> bool {
    matches!(verdict, PADDING | Verdict::Rejected(Rejection::Length { .. }))
}

const TAG: Verdict = Verdict::Rejected(Rejection::Message(DecryptError::Tag));
const PADDING: Verdict = Verdict::Rejected(Rejection::Message(DecryptError::Padding));

#[test]
fn an_untouched_message_gives_the_frame_that_was_sent() {
    for scheme in Scheme::all() {
        let received = received(scheme, &message_of(scheme, FRAME, &sent()));
        assert_eq!(verdict(None, &received), Verdict::Unchanged, "{scheme}");
    }
}

#[test]
fn a_flipped_bit_has_the_known_effect_of_each_mode() {
    for scheme in Scheme::all() {
        for (byte, bit) in [(0, 0), (16 * 5 + 3, 7), (16 * 255 + 15, 1), (16 * 598, 4)] {
            let mut message = message_of(scheme, FRAME, &sent());
            message.flip(byte, bit).expect("a byte of the message");
            let received = received(scheme, &message);
            let mut chosen = sent();
            chosen[byte] ^= 1 << bit;
            let verdict = verdict(Some(&chosen), &received);
            let block = byte / BLOCK_BYTES;
            if is_authenticated(scheme) {
                assert_eq!(verdict, TAG, "{scheme}");
                continue;
            }
            let received = received.expect("a mode without padding or with intact padding");
            let (blocks, expected) = match mode_of(scheme) {
                "ecb" | "xts" => (vec![block], Verdict::Garbled),
                "cbc" => {
                    assert!(is_flipped(&received, block + 1, (byte, bit)), "{scheme}");
                    (vec![block, block + 1], Verdict::Garbled)
                }
                "cfb" => {
                    assert!(is_flipped(&received, block, (byte, bit)), "{scheme}");
                    (vec![block, block + 1], Verdict::Garbled)
                }
                "ofb" | "ctr" => {
                    assert!(is_flipped(&received, block, (byte, bit)), "{scheme}");
                    (vec![block], Verdict::Forged)
                }
                mode => panic!("add what {mode} does"),
            };
            assert_eq!((changed(&received), verdict), (blocks, expected), "{scheme}, byte {byte}");
        }
    }
}

#[test]
fn a_flipped_bit_of_the_padding_or_the_tag_is_rejected() {
    for scheme in Scheme::all() {
        let mut message = message_of(scheme, FRAME, &sent());
        let last = message.bytes().len() - 1;
        message.flip(last, 0).expect("the last byte");
        let verdict = verdict(None, &received(scheme, &message));
        let expected = match mode_of(scheme) {
            "ecb" | "cbc" => PADDING,
            _ if is_authenticated(scheme) => TAG,
            _ => Verdict::Garbled,
        };
        assert_eq!(verdict, expected, "{scheme}");
        let past = message.clone().flip(last + 1, 0).expect_err("past the end").to_string();
        assert!(past.contains(&(last + 1).to_string()), "{past}");
    }
}

#[test]
fn copied_blocks_forge_a_frame_only_under_ecb() {
    let blocks = || (100..110).zip(300..);
    for scheme in Scheme::all() {
        let own = message_of(scheme, FRAME, &sent());
        let mut message = own.clone();
        message.splice(&own, blocks());
        let mut chosen = sent();
        afterimage::crypto::splice(&mut chosen, &sent(), blocks());
        let received = received(scheme, &message);
        let expected = match mode_of(scheme) {
            "ecb" => Verdict::Forged,
            _ if is_authenticated(scheme) => TAG,
            _ => Verdict::Garbled,
        };
        assert_eq!(verdict(Some(&chosen), &received), expected, "{scheme}");
        if mode_of(scheme) == "cbc" {
            // Within the copied blocks, each block follows the block that it was chained to.
            let received = received.expect("an intact padding");
            assert_eq!(received[16 * 101..16 * 110], chosen[16 * 101..16 * 110], "{scheme}");
            assert_eq!(changed(&received), (100..=110).collect::<Vec<_>>(), "{scheme}");
        }
    }
}

#[test]
fn a_message_of_another_frame_is_accepted_without_a_fresh_nonce() {
    let other: Vec<u8> = sent().iter().rev().copied().collect();
    for scheme in Scheme::all() {
        let received = received(scheme, &message_of(scheme, MessageNumber(3), &other));
        let verdict = verdict(Some(&other), &received);
        let is_misused = scheme.habit().is_some();
        let expected = match (mode_of(scheme), is_misused) {
            // The other frame has another key.
            ("ecb", true) => {
                assert!(is_rejected_by_padding(verdict), "{scheme}: {verdict:?}");
                continue;
            }
            // All blocks except the first are those of the other frame.
            ("cbc" | "cfb", false) => {
                let received = received.as_deref().expect("an intact padding");
                assert_eq!(received[16..], other[16..], "{scheme}");
                Verdict::Garbled
            }
            ("ecb", false) | (_, true) => Verdict::Forged,
            (_, false) if is_authenticated(scheme) => TAG,
            (_, false) => Verdict::Garbled,
        };
        assert_eq!(verdict, expected, "{scheme}");
    }
}

#[test]
fn a_wrong_key_is_rejected_by_tags_and_most_paddings() {
    let wrong = KeyMaterial::default().complement();
    for scheme in Scheme::all() {
        let message = message_of(scheme, FRAME, &sent());
        let cipher = scheme.cipher(&wrong).expect("64 bytes suffice");
        let verdict = verdict(None, &receive(&*cipher, FRAME, message.bytes()));
        let expected = match mode_of(scheme) {
            "ecb" | "cbc" => is_rejected_by_padding(verdict),
            _ if is_authenticated(scheme) => verdict == TAG,
            _ => verdict == Verdict::Garbled,
        };
        assert!(expected, "{scheme}: {verdict:?}");
    }
    let key: KeyMaterial = "00ff5a".parse().expect("a key");
    assert_eq!(key.complement().to_hex(), "ff00a5");
}

#[test]
fn a_frame_of_another_size_is_rejected() {
    let scheme: Scheme = "aes-128-ctr".parse().expect("a scheme");
    let message = message_of(scheme, FRAME, &sent()[1..]);
    let received = received(scheme, &message);
    let refused = Verdict::Rejected(Rejection::Length { given: LEN - 1, expected: LEN });
    assert_eq!(verdict(Some(&sent()[1..]), &received), refused);
}
