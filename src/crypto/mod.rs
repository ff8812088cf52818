//! Ciphers as an application might use them on video, well and badly.
//!
//! ```text
//! KeyMaterial ──leading bytes──▶ Scheme::cipher ──▶ MessageCipher ──encrypt(message i, bytes)──▶ ciphertext
//!                                (mode + key size + habit)                                   + parameters
//! ```
//!
//! A [`Scheme`] is a mode of operation, a key size and a habit of choosing nonces. Every mode is one short
//! file over `RustCrypto`, which holds its names, its misuse and its diagram, and one line in `MODES`. Initialization
//! vectors and nonces follow from the number of the message, never from a random generator: the same scene gives the same
//! bytes for ever.
//!
//! **Hazard.** This room exists to show mistakes. Its nonces are predictable, its default key is printed
//! in the documentation, and half of its habits are attacks waiting to happen. Protect nothing with it.
//!
//! [`Message`] and [`receive()`] are the two ends of a channel with an attacker in between.
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

/// A mode of operation: what there is to know of it before a key is chosen.
struct Mode {
    /// The name as people write it, such as `CTR`.
    pub title: &'static str,
    /// The names of its schemes and the bytes of key that each needs, shortest first.
    pub schemes: &'static [(&'static str, usize)],
    /// How many keys those bytes are, one after the other. Two that are equal are refused.
    pub keys: usize,
    /// The bad habit that it can be used with.
    pub habit: Habit,
    /// Without its habit, every whole block becomes another that depends on nothing but the block and the
    /// key: two blocks of ciphertext are equal exactly where those of the original are, in all frames.
    pub codebook: bool,
    /// A line that says what it is.
    pub about: &'static str,
    /// A line that says what the habit makes of it.
    pub about_habit: &'static str,
    /// Sets up the cipher: a key of a length listed in `schemes`, and whether the habit is on.
    pub cipher: fn(key: &[u8], habit: bool) -> Box<dyn MessageCipher>,
    /// The diagram of a block.
    pub stages: fn(block: &Inspected<'_>) -> Vec<Stage>,
}

/// A scheme with its key: encrypts messages.
pub trait MessageCipher: Send + Sync {
    /// Encrypts a message in one call.
    ///
    /// `ciphertext` is resized and overwritten. It becomes as long as `plaintext` for modes that make a
    /// keystream or steal ciphertext, and the next multiple of 16 that is longer for modes that pad (PKCS#7).
    /// A tag is not part of it: it stands in the parameters returned.
    ///
    /// # Errors
    /// [`EncryptError`] where the mode cannot take a message of this length. `ciphertext` then means nothing.
    fn encrypt(
        &self,
        message: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError>;

    /// Makes the ciphertext that [`encrypt`](Self::encrypt) makes, for those who look at it and ask for no tag:
    /// modes that can save themselves the work of one do, and return none.
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

    /// Makes the same [`ciphertext`](Self::ciphertext), and tells `each` of every piece of it: at which byte it
    /// starts, a multiple of 16, and its bytes. Modes that can do so tell while the piece is still in the
    /// cache; in any order, from any thread.
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

    /// Turns the ciphertext of a message back.
    ///
    /// # Errors
    /// [`DecryptError`] where padding, length or tag are not those of a message under this key.
    fn decrypt(
        &self,
        message: MessageNumber,
        ciphertext: &[u8],
        tag: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError>;

    /// Turns back the ciphertext of a message that is whole blocks without padding, as [`encrypt`](Self::encrypt) makes them
    /// before the padding; for modes that do not [pad](Self::pads) the same as [`decrypt`](Self::decrypt).
    ///
    /// # Errors
    /// [`DecryptError`] if length or tag are not those of a message under this key.
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

    /// Bytes of the tag that authenticates a frame; 0 for modes that do not.
    fn tag_bytes(&self) -> usize {
        0
    }
}

/// What went with a message besides the key: all a receiver needs, in hex where it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The key the mode was called with, where it is not the scheme's own (`+key-per-frame`).
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
    /// Those that apply, by name, in the order in which they are shown.
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

/// A frame that a mode cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// Less than the one block that XTS needs.
    #[error("the frame is {given} bytes long, but XTS takes 16 or more; choose a larger picture or layout")]
    TooShort {
        /// Bytes of the frame.
        given: usize,
    },
}

/// Ciphertext that does not turn back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// Not a positive multiple of the block size.
    #[error("the ciphertext is {0} bytes long, which is not a whole number of blocks of 16")]
    Length(usize),
    /// Less than the one block that XTS needs.
    #[error("the ciphertext is {0} bytes long, but XTS makes 16 or more")]
    TooShort(usize),
    /// The padding is not PKCS#7.
    #[error("the padding is wrong: another key, another scheme, or the file was changed")]
    Padding,
    /// The tag does not match: an AEAD rejects the message.
    #[error("the tag does not match: another key, nonce or frame, or the file was changed")]
    Tag,
}
