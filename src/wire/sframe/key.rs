//! Keys, and what they do to one payload (RFC 9605, section 4.4).

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::{Header, SframeError, Suite};
use crate::wire::cipher::{CounterMode, Gcm};

/// Bytes of a nonce and of the salt that it is made of (Nn).
const NONCE_BYTES: usize = 12;

/// A key of one sender, derived from a base key. `Debug` never prints it.
pub struct Key {
    suite: Suite,
    id: u64,
    cipher: Cipher,
    salt: [u8; NONCE_BYTES],
}

enum Cipher {
    CounterMode { cipher: CounterMode, mac: Hmac<Sha256> },
    Gcm(Gcm),
}

/// The key, or the two keys one after the other, and the salt.
struct Derived {
    key: Zeroizing<Vec<u8>>,
    salt: [u8; NONCE_BYTES],
}

impl Key {
    /// The key that a suite derives from a base key of any length for a key ID.
    ///
    /// # Panics
    /// Never: every length that a suite derives is one that its ciphers take.
    #[must_use]
    pub fn new(suite: Suite, id: u64, base_key: &[u8]) -> Self {
        const LENGTH: &str = "keys are derived with the suite's lengths";
        let derived = derive(suite, id, base_key);
        let cipher = match suite {
            Suite::Aes128GcmSha256 | Suite::Aes256GcmSha512 => {
                Cipher::Gcm(Gcm::new(&derived.key).expect(LENGTH))
            }
            _ => {
                let (encryption, authentication) = derived.key.split_at(16);
                Cipher::CounterMode {
                    cipher: CounterMode::new(encryption).expect(LENGTH),
                    mac: Hmac::new_from_slice(authentication).expect("HMAC takes keys of any length"),
                }
            }
        };
        Self { suite, id, cipher, salt: derived.salt }
    }

    /// The key ID.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The suite.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// Appends the ciphertext of `plaintext` to `ciphertext`: header, encrypted bytes, tag. A counter must not be used
    /// twice; [`Sender`] takes care of it.
    ///
    /// # Errors
    /// [`SframeError::TooLong`].
    pub fn encrypt(
        &self,
        counter: u64,
        metadata: &[u8],
        plaintext: &[u8],
        ciphertext: &mut Vec<u8>,
    ) -> Result<(), SframeError> {
        let start = ciphertext.len();
        Header { key_id: self.id, counter }.write(ciphertext);
        let associated = [&ciphertext[start..], metadata].concat();
        let body = ciphertext.len();
        ciphertext.extend_from_slice(plaintext);
        let nonce = self.nonce(counter);
        match &self.cipher {
            Cipher::Gcm(cipher) => {
                let tag = cipher.encrypt(&nonce, &associated, &mut ciphertext[body..])?;
                ciphertext.extend_from_slice(&tag);
            }
            Cipher::CounterMode { cipher, mac } => {
                cipher.apply(&first_counter(&nonce), &mut ciphertext[body..]);
                let mac = self.authenticate(mac, &nonce, &associated, &ciphertext[body..]);
                ciphertext.extend_from_slice(&mac.finalize().into_bytes()[..self.suite.tag_bytes()]);
            }
        }
        Ok(())
    }

    /// Appends the plaintext of `ciphertext` to `plaintext`, and returns the header. Appends nothing if it fails.
    ///
    /// # Errors
    /// [`SframeError::TooShort`], [`SframeError::KeyId`] or [`SframeError::Tag`].
    pub fn decrypt(
        &self,
        metadata: &[u8],
        ciphertext: &[u8],
        plaintext: &mut Vec<u8>,
    ) -> Result<Header, SframeError> {
        let (header, header_bytes) = Header::parse(ciphertext)?;
        if header.key_id != self.id {
            return Err(SframeError::KeyId { given: header.key_id, known: self.id });
        }
        let needed = header_bytes + self.suite.tag_bytes();
        let too_short = SframeError::TooShort { needed, given: ciphertext.len() };
        let tag_at = ciphertext.len().checked_sub(self.suite.tag_bytes()).filter(|&at| at >= header_bytes);
        let (text, tag) = ciphertext.split_at(tag_at.ok_or(too_short)?);
        let (of_header, body) = text.split_at(header_bytes);
        let associated = [of_header, metadata].concat();
        let nonce = self.nonce(header.counter);
        let start = plaintext.len();
        let is_authentic = match &self.cipher {
            Cipher::Gcm(cipher) => {
                plaintext.extend_from_slice(body);
                let tag = tag.try_into().ok();
                tag.is_some_and(|tag| cipher.decrypt(&nonce, &associated, &mut plaintext[start..], tag))
            }
            Cipher::CounterMode { cipher, mac } => {
                let mac = self.authenticate(mac, &nonce, &associated, body);
                let is_authentic = mac.verify_truncated_left(tag).is_ok();
                if is_authentic {
                    plaintext.extend_from_slice(body);
                    cipher.apply(&first_counter(&nonce), &mut plaintext[start..]);
                }
                is_authentic
            }
        };
        if !is_authentic {
            plaintext.truncate(start);
            return Err(SframeError::Tag { counter: header.counter });
        }
        Ok(header)
    }

    /// The salt XOR the counter.
    fn nonce(&self, counter: u64) -> [u8; NONCE_BYTES] {
        let mut nonce = self.salt;
        for (nonce, counter) in nonce[NONCE_BYTES - 8..].iter_mut().zip(counter.to_be_bytes()) {
            *nonce ^= counter;
        }
        nonce
    }

    /// The tag of the suites in counter mode, not yet cut (RFC 9605, section 4.5.1).
    fn authenticate(&self, mac: &Hmac<Sha256>, nonce: &[u8], associated: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let length = |bytes: usize| (bytes as u64).to_be_bytes();
        mac.clone()
            .chain_update(length(associated.len()))
            .chain_update(length(body.len()))
            .chain_update(length(self.suite.tag_bytes()))
            .chain_update(nonce)
            .chain_update(associated)
            .chain_update(body)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, ID {})", self.suite, self.id)
    }
}

/// The first counter block of the suites in counter mode: the nonce and 32 zero bits.
fn first_counter(nonce: &[u8; NONCE_BYTES]) -> [u8; 16] {
    let mut block = [0; 16];
    block[..NONCE_BYTES].copy_from_slice(nonce);
    block
}

/// Key and salt (RFC 9605, section 4.4.2).
fn derive(suite: Suite, id: u64, base_key: &[u8]) -> Derived {
    let (id, suite_number) = (id.to_be_bytes(), suite.number().to_be_bytes());
    let info = |what: &str| [b"SFrame 1.0 Secret ", what.as_bytes(), &id, &suite_number].concat();
    let mut derived = Derived { key: Zeroizing::new(Vec::new()), salt: [0; NONCE_BYTES] };
    derived.key.resize(
        match suite {
            Suite::Aes128GcmSha256 => 16,
            Suite::Aes256GcmSha512 => 32,
            // A key of 16 bytes for AES, then one of 32 for HMAC.
            _ => 48,
        },
        0,
    );
    let (key, salt) = (&mut derived.key[..], &mut derived.salt[..]);
    let is_done = if suite == Suite::Aes256GcmSha512 {
        let secret = Hkdf::<Sha512>::new(None, base_key);
        secret.expand(&info("key "), key).and(secret.expand(&info("salt "), salt))
    } else {
        let secret = Hkdf::<Sha256>::new(None, base_key);
        secret.expand(&info("key "), key).and(secret.expand(&info("salt "), salt))
    };
    is_done.expect("HKDF expands to 8160 bytes and more");
    derived
}

/// Encrypts payloads one after another, each under the next counter.
#[derive(Debug)]
pub struct Sender {
    key: Key,
    next: Option<u64>,
}

impl Sender {
    /// A sender whose first payload has the counter `first`.
    #[must_use]
    pub const fn new(key: Key, first: u64) -> Self {
        Self { key, next: Some(first) }
    }

    /// Appends the ciphertext of `plaintext` to `ciphertext`, and returns its counter.
    ///
    /// # Errors
    /// [`SframeError::CounterUsedUp`] or [`SframeError::TooLong`].
    pub fn encrypt(
        &mut self,
        metadata: &[u8],
        plaintext: &[u8],
        ciphertext: &mut Vec<u8>,
    ) -> Result<u64, SframeError> {
        let counter = self.next.ok_or(SframeError::CounterUsedUp)?;
        self.key.encrypt(counter, metadata, plaintext, ciphertext)?;
        self.next = counter.checked_add(1);
        Ok(counter)
    }
}
