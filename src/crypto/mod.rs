//! Ciphers as an application might use them on video, well and badly.
//!
//! ```text
//! KeyMaterial ──leading bytes──▶ Scheme::cipher ──▶ MessageCipher ──encrypt(message i, bytes)──▶ ciphertext
//!                                (mode + key size + habit)                                   + parameters
//! ```
//!
//! A [`Scheme`] is a mode of operation, a key size and a habit of choosing nonces. Every mode is one short file on top
//! of `RustCrypto`, with its names, its misuse and its diagram, and one line in `MODES`. Initialization vectors and
//! nonces are derived from the number of the message, never from a random generator, so that the same scene always
//! gives the same bytes.
//!
//! **Hazard.** This room exists to show mistakes. Its nonces are predictable, its default key is printed in the
//! documentation, and most of its habits are insecure. Do not protect anything with it.
//!
//! [`Message`] and [`receive()`] are the sender and the receiver of a channel with an attacker in between.
//!
//! It knows neither pictures nor files.

mod aead;
mod block_cipher;
mod cbc;
mod cfb;
mod chacha20_poly1305;
mod counter;
mod ctr;
mod ecb;
mod gcm;
mod gcm_siv;
mod key;
mod ofb;
mod own;
mod receive;
mod scheme;
mod stages;
mod xts;

use serde::Serialize;

pub use key::{KeyError, KeyMaterial};
pub use receive::{Message, NoSuchByte, Rejection, Verdict, receive, splice};
pub use scheme::{Habit, Scheme, UnknownScheme};
pub use stages::{Around, Block, Stage};

use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;
use stages::Inspected;

/// Every mode of operation, in the order in which they are listed.
static MODES: [&Mode; 9] = [
    &ecb::MODE,
    &cbc::MODE,
    &cfb::MODE,
    &ofb::MODE,
    &ctr::MODE,
    &gcm::MODE,
    &gcm_siv::MODE,
    &xts::MODE,
    &chacha20_poly1305::MODE,
];

/// A mode of operation, without a key.
struct Mode {
    /// The name as people write it, such as `CTR`.
    pub title: &'static str,
    /// The names of its schemes and the bytes of key that each needs, shortest key first.
    pub schemes: &'static [(&'static str, usize)],
    /// How many keys those bytes hold, one after the other. Equal keys are an error.
    pub keys: usize,
    /// The misuse that it can be combined with.
    pub habit: Habit,
    /// True if the mode without its habit encrypts every whole block by itself, with the same key in all frames: two
    /// blocks of ciphertext are equal exactly if the blocks of the plaintext are.
    pub codebook: bool,
    /// A line for menus and help on the mode.
    pub about: &'static str,
    /// A line for menus and help on the mode with its habit.
    pub about_habit: &'static str,
    /// Sets up the cipher. `key` has a length listed in `schemes`; `habit` is true if the habit is on.
    pub cipher: fn(key: &[u8], habit: bool) -> Box<dyn MessageCipher>,
    /// The diagram of a block.
    pub stages: fn(block: &Inspected<'_>) -> Vec<Stage>,
}

/// A scheme with its key: encrypts messages.
pub trait MessageCipher: Send + Sync {
    /// Encrypts a message in one call.
    ///
    /// `ciphertext` is resized and overwritten. Modes with a keystream or ciphertext stealing give it the length of
    /// `plaintext`; modes that pad (PKCS#7) give it the next larger multiple of 16. A tag is not part of it, but of
    /// the returned parameters.
    ///
    /// # Errors
    /// [`EncryptError`] if the mode does not support messages of this length. `ciphertext` is then unspecified.
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError>;

    /// Makes the same ciphertext as [`encrypt`](Self::encrypt), but may skip the tag and return none, which is faster.
    /// For callers that only look at the ciphertext.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt).
    fn ciphertext(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        self.encrypt(message, plaintext, ciphertext)
    }

    /// Makes the same [`ciphertext`](Self::ciphertext), and calls `each` for every piece of it with its offset in
    /// bytes, a multiple of 16, and its bytes. Calls may come in any order and from any thread; some modes make them
    /// while the piece is still in the cache.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt).
    fn in_pieces(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) -> Result<Parameters, EncryptError> {
        let parameters = self.ciphertext(message, plaintext, ciphertext)?;
        each(0, ciphertext);
        Ok(parameters)
    }

    /// Decrypts a message.
    ///
    /// # Errors
    /// [`DecryptError`] if padding, length or tag do not match this key.
    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        tag: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError>;

    /// Decrypts the whole blocks of a message without its padding. The same as [`decrypt`](Self::decrypt) for modes
    /// that do not [pad](Self::pads).
    ///
    /// # Errors
    /// [`DecryptError`] if length or tag do not match this key.
    fn decrypt_unpadded(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        tag: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        self.decrypt(message, ciphertext, tag)
    }

    /// True for modes that encrypt whole blocks only, so that `encrypt` pads the plaintext.
    fn pads(&self) -> bool {
        false
    }

    /// Bytes of the tag of a message; 0 for modes without authentication.
    fn tag_bytes(&self) -> usize {
        0
    }
}

/// The parameters that a receiver needs besides the key. Serializes as hex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The key of the message, if it is not the scheme's own (`+key-per-frame`).
    pub frame_key: Option<Vec<u8>>,
    /// Initialization vector of CBC, CFB or OFB.
    pub iv: Option<Vec<u8>>,
    /// Nonce of an AEAD.
    pub nonce: Option<Vec<u8>>,
    /// The first counter block of CTR.
    pub counter_block: Option<Vec<u8>>,
    /// The tweak of the first data unit of XTS.
    pub tweak: Option<Vec<u8>>,
    /// Authentication tag of an AEAD.
    pub tag: Option<Vec<u8>>,
}

impl Parameters {
    /// The parameters in use, by name, in the order in which they are shown.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        let Self { frame_key, iv, nonce, counter_block, tweak, tag } = self;
        [
            ("frame_key", frame_key),
            ("iv", iv),
            ("nonce", nonce),
            ("counter_block", counter_block),
            ("tweak", tweak),
            ("tag", tag),
        ]
        .into_iter()
        .filter_map(|(name, bytes)| bytes.as_deref().map(|bytes| (name, bytes)))
    }
}

impl Serialize for Parameters {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.named().map(|(name, bytes)| (name, hex::encode(bytes))))
    }
}

/// A message that a mode does not support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// Less than one block, the least for XTS.
    #[error("the frame is {given} bytes long, but XTS takes 16 or more; choose a larger picture or layout")]
    TooShort {
        /// Bytes of the frame.
        given: usize,
    },
}

/// Ciphertext that cannot be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// The length is no positive multiple of the block size.
    #[error("the ciphertext is {0} bytes long, which is not a whole number of blocks of 16")]
    Length(usize),
    /// Less than one block, the least for XTS.
    #[error("the ciphertext is {0} bytes long, but XTS makes 16 or more")]
    TooShort(usize),
    /// The padding is not PKCS#7.
    #[error("the padding is wrong: another key, another scheme, or the file was changed")]
    Padding,
    /// The tag does not match: an AEAD rejects the message.
    #[error("the tag does not match: another key, nonce or frame, or the file was changed")]
    Tag,
}
