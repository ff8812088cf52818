//! Project Wycheproof: cases that implementations got wrong, collected by Google and others.
//!
//! The cases choose keys and nonces, so they test the types on which the schemes are built. XTS, which is implemented in this
//! program, is tested with frames whose number is the tweak.

use ::wycheproof::{TestResult, aead, cipher};
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::consts::{U12, U16};
use aes::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
};
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::{AeadInOut, AesGcm};
use aes_gcm_siv::{Aes128GcmSiv, Aes256GcmSiv};
use chacha20poly1305::ChaCha20Poly1305;

use super::*;

/// The cases with a nonce of 96 bits and a tag of 128 bits, as frames have them. Returns their number.
fn check_aead(name: aead::TestName, check: fn(&aead::Test)) -> usize {
    let set = aead::TestSet::load(name).expect("the cases can be read");
    let groups = set.test_groups.into_iter().filter(|group| group.nonce_size == 96 && group.tag_size == 128);
    groups.flat_map(|group| group.tests).inspect(check).count()
}

fn check_with<A: AeadInOut<NonceSize = U12, TagSize = U16> + KeyInit>(case: &aead::Test) {
    let cipher = A::new_from_slice(&case.key).expect("a key of this size");
    let nonce = case.nonce[..].try_into().expect("12 bytes");
    let tag = case.tag[..].try_into().expect("16 bytes");
    let mut bytes = case.ct.to_vec();
    let opened = cipher.decrypt_inout_detached(&nonce, &case.aad, bytes.as_mut_slice().into(), &tag);
    if case.result == TestResult::Invalid {
        assert!(opened.is_err(), "case {}: {}", case.tc_id, case.comment);
        return;
    }
    assert!(opened.is_ok(), "case {}: {}", case.tc_id, case.comment);
    assert_eq!(bytes, case.pt[..], "case {}: {}", case.tc_id, case.comment);
    let made = cipher.encrypt_inout_detached(&nonce, &case.aad, bytes.as_mut_slice().into());
    assert_eq!((bytes, made), (case.ct.to_vec(), Ok(tag)), "case {}: {}", case.tc_id, case.comment);
}

#[test]
fn gcm_passes_wycheproof() {
    let cases = check_aead(aead::TestName::AesGcm, |case| match case.key.len() {
        16 => check_with::<AesGcm<Aes128, U12>>(case),
        24 => check_with::<AesGcm<Aes192, U12>>(case),
        _ => check_with::<AesGcm<Aes256, U12>>(case),
    });
    assert!(cases > 150, "only {cases} cases");
}

#[test]
fn gcm_siv_passes_wycheproof() {
    let cases = check_aead(aead::TestName::AesGcmSiv, |case| match case.key.len() {
        16 => check_with::<Aes128GcmSiv>(case),
        _ => check_with::<Aes256GcmSiv>(case),
    });
    assert!(cases > 150, "only {cases} cases");
}

#[test]
fn chacha20_poly1305_passes_wycheproof() {
    let cases = check_aead(aead::TestName::ChaCha20Poly1305, check_with::<ChaCha20Poly1305>);
    assert!(cases > 250, "only {cases} cases");
}

#[test]
fn cbc_passes_wycheproof() {
    fn check<C>(case: &cipher::Test)
    where
        C: BlockCipherEncrypt<BlockSize = U16> + BlockCipherDecrypt<BlockSize = U16> + KeyInit,
    {
        let decryptor = cbc::Decryptor::<C>::new_from_slices(&case.key, &case.nonce).expect("lengths");
        let opened = decryptor.decrypt_padded_vec::<Pkcs7>(&case.ct);
        if case.result == TestResult::Invalid {
            assert!(opened.is_err(), "case {}: {}", case.tc_id, case.comment);
            return;
        }
        assert_eq!(opened.expect("a good padding"), case.pt[..], "case {}: {}", case.tc_id, case.comment);
        let encryptor = cbc::Encryptor::<C>::new_from_slices(&case.key, &case.nonce).expect("lengths");
        let made = encryptor.encrypt_padded_vec::<Pkcs7>(&case.pt);
        assert_eq!(made, case.ct[..], "case {}: {}", case.tc_id, case.comment);
    }

    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).expect("the cases can be read");
    let cases = set.test_groups.iter().flat_map(|group| &group.tests).inspect(|case| match case.key.len() {
        16 => check::<Aes128>(case),
        24 => check::<Aes192>(case),
        _ => check::<Aes256>(case),
    });
    assert!(cases.count() > 200);
}

/// The cases with a key size of the schemes and a tweak that can be the number of a frame.
#[test]
fn xts_passes_wycheproof() {
    let set = cipher::TestSet::load(cipher::TestName::AesXts).expect("the cases can be read");
    let groups = set.test_groups.iter().filter(|group| group.key_size != 384 && group.nonce_size <= 64);
    let cases = groups.flat_map(|group| &group.tests).inspect(|case| {
        let mut tweak = [0; 8];
        tweak[..case.nonce.len()].copy_from_slice(&case.nonce);
        let frame = u64::from_le_bytes(tweak);
        let key = hex::encode(&case.key[..]).parse().expect("a key");
        let cipher = cipher_of(&format!("aes-{}-xts", case.key.len() * 4), &key);
        let (ciphertext, _) = encrypted(&*cipher, frame, &case.pt);
        assert_eq!(ciphertext, case.ct[..], "case {}: {}", case.tc_id, case.comment);
        let back = cipher.decrypt(MessageNumber(frame), &ciphertext, None).expect("the plaintext");
        assert_eq!(back, case.pt[..], "case {}: {}", case.tc_id, case.comment);
    });
    assert!(cases.count() > 50);
}
