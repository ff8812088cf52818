//! The session keys of one master key, and what they do to one packet whose index is known.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::derivation::{Label, derive};
use super::{MasterKey, SrtpError, Suite};
use crate::wire::cipher::{CounterMode, Gcm};
use crate::wire::rtp::Packet;

/// Bytes of the key of HMAC-SHA1 (RFC 3711, section 5.2).
const AUTHENTICATION_KEY_BYTES: usize = 20;

/// The session keys of one master key.
pub(super) struct Session {
    suite: Suite,
    cipher: Cipher,
}

enum Cipher {
    CounterMode { cipher: CounterMode, salt: [u8; 14], mac: Hmac<Sha1> },
    Gcm { cipher: Gcm, salt: [u8; 12] },
}

impl Session {
    pub(super) fn new(master: &MasterKey) -> Self {
        let suite = master.suite();
        let key = derive(master, Label::Encryption, suite.key_bytes());
        let salt = derive(master, Label::Salt, suite.salt_bytes());
        Self::of_session_keys(
            suite,
            &key,
            &salt,
            &derive(master, Label::Authentication, AUTHENTICATION_KEY_BYTES),
        )
    }

    /// A session whose keys are derived already. GCM has no authentication key.
    ///
    /// # Panics
    /// If a key has another length than the suite's.
    pub(super) fn of_session_keys(suite: Suite, key: &[u8], salt: &[u8], authentication: &[u8]) -> Self {
        const LENGTH: &str = "keys are derived with the suite's lengths";
        let cipher = if suite.is_aead() {
            Cipher::Gcm { cipher: Gcm::new(key).expect(LENGTH), salt: salt.try_into().expect(LENGTH) }
        } else {
            Cipher::CounterMode {
                cipher: CounterMode::new(key).expect(LENGTH),
                salt: salt.try_into().expect(LENGTH),
                mac: Hmac::new_from_slice(authentication).expect("HMAC takes keys of any length"),
            }
        };
        Self { suite, cipher }
    }

    pub(super) const fn suite(&self) -> Suite {
        self.suite
    }

    /// Replaces `protected` by the protected packet.
    pub(super) fn protect(
        &self,
        packet: &Packet,
        index: u64,
        protected: &mut Vec<u8>,
    ) -> Result<(), SrtpError> {
        protected.clear();
        protected.extend_from_slice(packet.bytes());
        let (header, body) = protected.split_at_mut(packet.header().len());
        match &self.cipher {
            Cipher::CounterMode { cipher, salt, mac } => {
                cipher.apply(&counter_block(salt, packet.ssrc(), index), body);
                let tag =
                    mac.clone().chain_update(&*protected).chain_update(roc(index)).finalize().into_bytes();
                protected.extend_from_slice(&tag[..self.suite.tag_bytes()]);
            }
            Cipher::Gcm { cipher, salt } => {
                let tag = cipher.encrypt(&nonce(salt, packet.ssrc(), index), header, body)?;
                protected.extend_from_slice(&tag);
            }
        }
        Ok(())
    }

    /// Replaces `opened` by the packet as it was before it was protected, if its tag matches; else clears it.
    pub(super) fn unprotect(
        &self,
        packet: &Packet,
        index: u64,
        opened: &mut Vec<u8>,
    ) -> Result<(), SrtpError> {
        opened.clear();
        let (suite, needed) = (self.suite, self.suite.tag_bytes());
        let too_short = SrtpError::TooShort { suite, needed, given: packet.body().len() };
        let tag_at = packet.body().len().checked_sub(needed).ok_or(too_short)?;
        let (clear, tag) = packet.bytes().split_at(packet.header().len() + tag_at);
        opened.extend_from_slice(clear);
        let (header, body) = opened.split_at_mut(packet.header().len());
        let is_authentic = match &self.cipher {
            Cipher::CounterMode { cipher, salt, mac } => {
                let mac = mac.clone().chain_update(clear).chain_update(roc(index));
                let is_authentic = mac.verify_truncated_left(tag).is_ok();
                if is_authentic {
                    cipher.apply(&counter_block(salt, packet.ssrc(), index), body);
                }
                is_authentic
            }
            Cipher::Gcm { cipher, salt } => {
                let nonce = nonce(salt, packet.ssrc(), index);
                tag.try_into().is_ok_and(|tag| cipher.decrypt(&nonce, header, body, tag))
            }
        };
        if !is_authentic {
            opened.clear();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an index has 48 bits, the rollover counter 32 of them"
            )]
            let roc = (index >> 16) as u32;
            return Err(SrtpError::Tag { suite, sequence: packet.sequence(), roc });
        }
        Ok(())
    }
}

/// The rollover counter of an index as 4 bytes, as the tag covers it.
fn roc(index: u64) -> [u8; 4] {
    let [_, _, roc @ .., _, _] = index.to_be_bytes();
    roc
}

/// The first counter block: salt × 2^16 XOR SSRC × 2^64 XOR index × 2^16 (RFC 3711, section 4.1.1).
fn counter_block(salt: &[u8; 14], ssrc: u32, index: u64) -> [u8; 16] {
    let mut block = [0; 16];
    block[..14].copy_from_slice(salt);
    let packet = u128::from(ssrc) << 64 ^ u128::from(index) << 16;
    (u128::from_be_bytes(block) ^ packet).to_be_bytes()
}

/// The nonce: salt XOR (16 zero bits ‖ SSRC ‖ rollover counter ‖ sequence number) (RFC 7714, section 8.1).
fn nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> [u8; 12] {
    let packet = (u128::from(ssrc) << 48 | u128::from(index)).to_be_bytes();
    let mut nonce = *salt;
    for (nonce, packet) in nonce.iter_mut().zip(&packet[4..]) {
        *nonce ^= packet;
    }
    nonce
}
