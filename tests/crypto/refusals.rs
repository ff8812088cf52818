//! Refusals: changed messages, invalid padding, impossible lengths and weak keys.

use afterimage::crypto::{DecryptError, EncryptError, KeyError};

use super::*;

#[test]
fn an_aead_refuses_every_changed_message() {
    let key = KeyMaterial::default();
    for scheme in schemes_of(&["gcm", "gcm-siv", "poly1305"]) {
        let cipher = scheme.cipher(&key).expect("64 bytes suffice");
        let plaintext = noise(100);
        let (ciphertext, parameters) = encrypted(&*cipher, 5, &plaintext);
        let tag = parameters.tag.expect("an AEAD makes a tag");
        let decrypt = |frame, ciphertext: &[u8], tag: Option<&[u8]>| {
            cipher.decrypt(MessageNumber(frame), ciphertext, tag)
        };
        let refused = Err(DecryptError::Tag);
        for bit in 0..ciphertext.len() * 8 {
            let mut changed = ciphertext.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decrypt(5, &changed, Some(&tag)), refused, "{scheme}, bit {bit}");
        }
        for bit in 0..tag.len() * 8 {
            let mut changed = tag.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decrypt(5, &ciphertext, Some(&changed)), refused, "{scheme}, bit {bit} of the tag");
        }
        assert_eq!(decrypt(5, &ciphertext[..99], Some(&tag)), refused, "{scheme}, cut");
        let longer = [&ciphertext[..], &[0]].concat();
        assert_eq!(decrypt(5, &longer, Some(&tag)), refused, "{scheme}, longer");
        assert_eq!(decrypt(5, &ciphertext, Some(&tag[..15])), refused, "{scheme}, short tag");
        assert_eq!(decrypt(5, &ciphertext, None), refused, "{scheme}, no tag");
        let as_another_frame = decrypt(6, &ciphertext, Some(&tag));
        match scheme.habit() {
            None => assert_eq!(as_another_frame, refused, "{scheme}, other frame"),
            Some(_) => assert_eq!(as_another_frame, Ok(plaintext), "{scheme}: all frames share a nonce"),
        }
    }
}

#[test]
fn a_mode_that_pads_refuses_a_wrong_length_and_a_wrong_padding() {
    for scheme in schemes_of(&["ecb", "cbc"]) {
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
        let (ciphertext, _) = encrypted(&*cipher, 0, &noise(20));
        let decrypt = |bytes: &[u8]| cipher.decrypt(MessageNumber(0), bytes, None);
        assert_eq!(decrypt(&[]), Err(DecryptError::Length(0)), "{scheme}");
        assert_eq!(decrypt(&ciphertext[..31]), Err(DecryptError::Length(31)), "{scheme}");
        // The first block alone is a message without valid padding.
        assert_eq!(decrypt(&ciphertext[..16]), Err(DecryptError::Padding), "{scheme}");
    }
}

/// CBC without a tag is malleable: flipping a bit of a ciphertext block flips that bit of the next plaintext block. So every
/// wrong padding can be made, and each must be refused.
#[test]
fn cbc_refuses_every_padding_but_the_right_one() {
    /// Twenty bytes are padded with twelve bytes of value 12.
    const PADDING: u8 = 12;
    let cipher = cipher_of("aes-128-cbc", &KeyMaterial::default());
    let plaintext = noise(20);
    let (ciphertext, _) = encrypted(&*cipher, 0, &plaintext);
    for value in 0..=255 {
        // The last byte of the padding gets another value.
        let mut changed = ciphertext.clone();
        changed[15] ^= PADDING ^ value;
        let decrypted = cipher.decrypt(MessageNumber(0), &changed, None);
        match value {
            PADDING => assert_eq!(decrypted.as_ref(), Ok(&plaintext)),
            // A last byte of 01 is a valid padding by itself.
            1 => assert_eq!(decrypted.map(|plaintext| plaintext.len()), Ok(31)),
            _ => assert_eq!(decrypted, Err(DecryptError::Padding), "a last byte of {value}"),
        }
    }
}

#[test]
fn xts_refuses_less_than_a_block() {
    for scheme in schemes_of(&["xts"]) {
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("64 bytes suffice");
        for len in 0..16 {
            let error = cipher.encrypt(MessageNumber(1), &noise(len), &mut Buffer::default());
            assert_eq!(error, Err(EncryptError::TooShort { given: len }), "{scheme}");
            let error = cipher.decrypt(MessageNumber(1), &noise(len), None);
            assert_eq!(error, Err(DecryptError::TooShort(len)), "{scheme}");
        }
    }
}

#[test]
fn xts_refuses_two_equal_keys_and_no_other_scheme_does() {
    for scheme in Scheme::all() {
        let half = "5a".repeat(if scheme.base_name() == "aes-256-xts" { 32 } else { 16 });
        let twice = format!("{half}{half}").parse().expect("a key");
        let set_up = scheme.cipher(&twice).map(|_| ());
        if scheme.base_name().ends_with("xts") {
            assert_eq!(set_up, Err(KeyError::SameTwice { scheme: scheme.base_name() }), "{scheme}");
            assert!(scheme.key_hex(&twice).is_err(), "{scheme} names a key that it refuses");
            // Keys that differ in their last bit are different.
            let differing = format!("{half}{}5b", &half[2..]).parse().expect("a key");
            assert!(scheme.cipher(&differing).is_ok(), "{scheme}");
        } else {
            assert_eq!(set_up, Ok(()), "{scheme}");
        }
    }
}
