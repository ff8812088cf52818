//! Session keys from master keys (RFC 3711, section 4.3; RFC 6188, section 3; RFC 7714, section 11).

use zeroize::Zeroizing;

use super::MasterKey;
use crate::wire::cipher::CounterMode;

/// What a derived key is for.
#[derive(Clone, Copy)]
pub(super) enum Label {
    Encryption = 0,
    Authentication = 1,
    Salt = 2,
}

/// The first bytes of AES-CM under the master key, whose counter is the salt XOR the label. The salt of GCM is followed
/// by two zero bytes (RFC 7714, erratum 4938).
pub(super) fn derive(master: &MasterKey, label: Label, bytes: usize) -> Zeroizing<Vec<u8>> {
    let mut derived = Zeroizing::new(vec![0; bytes]);
    let mut counter = [0; 16];
    counter[..master.salt().len()].copy_from_slice(master.salt());
    // With a key derivation rate of 0, the key identifier is the label times 2^48 in 112 bits.
    counter[7] ^= label as u8;
    CounterMode::new(master.key()).expect("a suite's key has 16 or 32 bytes").apply(&counter, &mut derived);
    derived
}

impl MasterKey {
    /// The session key that packets are encrypted with.
    #[must_use]
    pub fn session_key(&self) -> Zeroizing<Vec<u8>> {
        derive(self, Label::Encryption, self.suite().key_bytes())
    }

    /// The session salt, which is a part of each packet's IV.
    #[must_use]
    pub fn session_salt(&self) -> Zeroizing<Vec<u8>> {
        derive(self, Label::Salt, self.suite().salt_bytes())
    }
}
