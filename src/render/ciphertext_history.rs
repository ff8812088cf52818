//! The last frames of the video under one scheme, as many as the next frames need.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::encrypt::encrypt_messages;
use super::moment::Moment;
use crate::crypto::{EncryptError, KeyError, MessageCipher, Parameters, Scheme};
use crate::leak::classical::{self, ClassicalMetrics};
use crate::leak::{Change, Comparison};
use crate::payload::{Payload, TargetStream};
use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{Frame, PixelGrid};
use crate::runtime::pool::{Buffer, Pool};
use crate::scene::{Panel, Scene};

/// Which ciphertext, or which original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CiphertextKey {
    /// What is encrypted.
    pub of: TargetStream,
    /// The scheme; `None` for the original.
    pub scheme: Option<Scheme>,
}

impl CiphertextKey {
    /// The ciphertext of a panel of a scene.
    pub fn of(scene: &Scene, panel: Panel) -> Self {
        Self { of: scene.target_of(panel), scheme: panel.scheme() }
    }
}

/// The last frames of one ciphertext, or of the original.
///
/// It keeps the bytes of the last two frames and remembers which frames came before them. This only saves time: an
/// empty history gives the same results.
pub struct CiphertextHistory {
    key: CiphertextKey,
    cipher: Option<Box<dyn MessageCipher>>,
    /// Consecutive frames, the newest last.
    past: VecDeque<Past>,
}

/// An encrypted frame.
pub struct Past {
    frame: Weak<Frame>,
    payload: Weak<Payload>,
    /// The grid of its pixels; `None` if its bytes are no pixels.
    pub pixels: Option<PixelGrid>,
    /// All bytes on the wire. Empty if the scheme cannot encrypt the frame, and once two newer frames exist.
    pub bytes: Ciphertext,
    /// The bytes that are counted: the whole encrypted blocks of all pieces. For a frame of pixels, the same as
    /// `bytes`.
    pub blocks: Ciphertext,
    /// The parameters of each message.
    pub parameters: Arc<[Parameters]>,
    /// Why the scheme cannot encrypt the frame, if it cannot.
    pub refused: Option<EncryptError>,
    /// The comparison with the frame before, if it was made during encryption.
    change: Option<Change>,
}

/// An encrypted payload, with its comparison with the one before.
struct Encrypted {
    bytes: Ciphertext,
    blocks: Ciphertext,
    parameters: Arc<[Parameters]>,
    change: Option<Change>,
}

/// Bytes of one frame under a scheme, as long as the frame's own bytes: no padding.
#[derive(Clone, Debug, Default)]
pub struct Ciphertext {
    bytes: Arc<Buffer>,
    /// How many bytes there are without padding.
    len: usize,
}

impl Ciphertext {
    /// The bytes with the padding that a cipher may have added.
    pub(super) const fn buffer(&self) -> &Arc<Buffer> {
        &self.bytes
    }
}

impl Deref for Ciphertext {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The messages of a frame on the wire, and their parameters: all that an eavesdropper sees. For the original, its own
/// bytes.
#[derive(Clone, Debug)]
pub struct Wire {
    /// As long as the frame's own bytes: no padding, no tag.
    pub bytes: Ciphertext,
    /// The whole encrypted blocks of all messages; of pixels the same bytes.
    pub blocks: Ciphertext,
    /// Where the messages lie in the bytes.
    pub payload: Arc<Payload>,
    /// Initialization vector, nonce, counter block, tweak or tag of each message; none for the original.
    pub parameters: Arc<[Parameters]>,
}

impl CiphertextHistory {
    /// Sets up the cipher of a ciphertext.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] if the key material is shorter than the scheme needs.
    pub fn new(scene: &Scene, key: CiphertextKey) -> Result<Self, KeyError> {
        let cipher = key.scheme.map(|scheme| scheme.cipher(&scene.key)).transpose()?;
        Ok(Self { key, cipher, past: VecDeque::new() })
    }

    /// Which ciphertext it is.
    pub const fn key(&self) -> CiphertextKey {
        self.key
    }

    /// The scheme; `None` for the original.
    pub const fn scheme(&self) -> Option<Scheme> {
        self.key.scheme
    }

    /// True if the scheme encrypts whole blocks of a message only.
    pub fn pads(&self) -> bool {
        self.cipher.as_ref().is_some_and(|cipher| cipher.pads())
    }

    /// The newest frame.
    pub fn now(&self) -> Option<&Past> {
        self.past.back()
    }

    /// The frame before the newest, if the scheme could encrypt it and both are frames of pixels: blocks of other
    /// messages have no fixed place, so they cannot be compared.
    pub fn before(&self) -> Option<&Past> {
        let (before, now) = (self.past.len().checked_sub(2).map(|at| &self.past[at])?, self.now()?);
        (before.refused.is_none() && before.pixels.is_some() && now.pixels.is_some()).then_some(before)
    }

    /// The messages of the frame before the newest, and their bytes on the wire; `None` if they are pixels, if the scheme could not encrypt
    /// them, and if there is no such frame.
    pub fn messages_before(&self) -> Option<(Arc<Payload>, Ciphertext)> {
        let before = self.past.len().checked_sub(2).map(|at| &self.past[at])?;
        let payload =
            before.payload.upgrade().filter(|_| before.refused.is_none() && before.pixels.is_none())?;
        Some((payload, before.bytes.clone()))
    }

    /// The messages of the frames before the newest within a memory of `frames` frames, the oldest first; none if they are pixels.
    pub fn messages_of_memory(&self, frames: NonZeroU32) -> Vec<Arc<Payload>> {
        let end = self.past.len().saturating_sub(1);
        let start = self.past.len().saturating_sub(frames.get() as usize).min(end);
        let of_messages = self.past.range(start..end).filter(|past| past.pixels.is_none());
        of_messages.filter_map(|past| past.payload.upgrade()).collect()
    }

    /// The comparison of the newest frame with the frame before, block by block; `None` if there is no frame before.
    pub fn change(&self) -> Option<Change> {
        let (now, before) = (self.now()?, self.before()?);
        now.change.or_else(|| Some(Change::between(&now.blocks, &before.blocks)))
    }

    /// Drops the frames that `recent` does not hold. Returns how many of the first frames of `recent` are encrypted
    /// already; never all of them.
    pub fn retain(&mut self, recent: &VecDeque<Moment>) -> usize {
        // Compare pointers: another source can have frames with the same numbers.
        let first = recent.front().map(|moment| Arc::as_ptr(moment.frame()));
        let skip = self.past.iter().position(|past| Some(past.frame.as_ptr()) == first);
        let known = skip.map_or(0, |skip| self.past.len() - skip);
        let same = |at: usize| {
            self.past[self.past.len() - known + at].frame.as_ptr() == Arc::as_ptr(recent[at].frame())
        };
        if known >= recent.len() || !(0..known).all(same) {
            self.past.clear();
            return 0;
        }
        self.past.drain(..self.past.len() - known);
        known
    }

    /// Encrypts the next frame. `each` is called with every piece of ciphertext and the number of its first block,
    /// while the piece is still in the cache if the mode allows it. With `compares`, each piece is also compared with
    /// the frame before. The original is not encrypted, so `each` is not called and nothing is compared.
    pub fn encrypt_next(
        &mut self,
        frame: &Arc<Frame>,
        payload: &Arc<Payload>,
        pool: &Pool,
        compares: bool,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) {
        let mut past = Past {
            frame: Arc::downgrade(frame),
            payload: Arc::downgrade(payload),
            pixels: payload.pixels(),
            bytes: Ciphertext::default(),
            blocks: Ciphertext::default(),
            parameters: Arc::default(),
            refused: None,
            change: None,
        };
        let before = self.past.back().filter(|before| {
            compares && before.refused.is_none() && before.pixels.is_some() && past.pixels.is_some()
        });
        // A file as it is is the same message in every frame.
        let same = self
            .past
            .back()
            .filter(|last| last.refused.is_none() && last.payload.as_ptr() == Arc::as_ptr(payload));
        let encrypted = match same {
            Some(same) => {
                if self.key.scheme.is_some() {
                    each(0, &same.blocks);
                }
                let (bytes, blocks) = (same.bytes.clone(), same.blocks.clone());
                Ok(Encrypted { bytes, blocks, parameters: Arc::clone(&same.parameters), change: None })
            }
            None => self.encrypt(payload, pool, before, each),
        };
        match encrypted {
            Ok(encrypted) => {
                (past.bytes, past.blocks) = (encrypted.bytes, encrypted.blocks);
                (past.parameters, past.change) = (encrypted.parameters, encrypted.change);
            }
            Err(refused) => past.refused = Some(refused),
        }
        self.past.push_back(past);
        // Two frames are enough here; a memory of more frames keeps their bytes itself.
        if let Some(older) = self.past.len().checked_sub(3) {
            let older = &mut self.past[older];
            (older.bytes, older.blocks) = (Ciphertext::default(), Ciphertext::default());
        }
    }

    /// The ciphertext of a payload and its comparison with `before`; for the original, its own bytes.
    fn encrypt(
        &self,
        payload: &Payload,
        pool: &Pool,
        before: Option<&Past>,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) -> Result<Encrypted, EncryptError> {
        let len = payload.bytes().len();
        let whole = |bytes: Arc<Buffer>| Ciphertext { bytes, len };
        let is_pixels = payload.pixels().is_some();
        let (bytes, parameters, change) = match (&self.cipher, payload.messages()) {
            (None, _) => (whole(Arc::clone(payload.bytes())), Arc::default(), None),
            (Some(cipher), [message]) if is_pixels => {
                let (mut bytes, comparison) = (pool.take(len), Mutex::new(Comparison::default()));
                let parameters =
                    cipher.in_pieces(message.number, payload.bytes(), &mut bytes, &|start, piece| {
                        // Padding is neither counted nor compared.
                        let piece = &piece[..piece.len().min(len - start)];
                        let block = start / BLOCK_BYTES;
                        each(block, piece);
                        if let Some(before) = before {
                            let before = before.blocks.get(start..).unwrap_or_default();
                            let found = Comparison::of(block, piece, before);
                            let mut all = comparison.lock().unwrap_or_else(PoisonError::into_inner);
                            *all = all.and(found);
                        }
                    })?;
                let comparison = comparison.into_inner().unwrap_or_else(PoisonError::into_inner);
                let change = before.map(|_| comparison.change());
                (whole(Arc::new(bytes)), Arc::from([parameters]), change)
            }
            (Some(cipher), _) => {
                let (bytes, parameters) = encrypt_messages(&**cipher, payload, pool)?;
                (whole(Arc::new(bytes)), parameters.into(), None)
            }
        };
        let blocks = if is_pixels {
            bytes.clone()
        } else {
            let blocks = payload.blocks(&bytes);
            if self.cipher.is_some() {
                each(0, &blocks);
            }
            Ciphertext { len: blocks.len(), bytes: Arc::new(blocks.into()) }
        };
        Ok(Encrypted { bytes, blocks, parameters, change })
    }

    /// The classical metrics of the newest frame; if its bytes are no pixels, only entropy and χ².
    pub fn classical(&self, frame: &Frame, pool: &Pool) -> Option<ClassicalMetrics> {
        let Past { bytes: now, pixels, .. } = self.now()?;
        let [byte_entropy, chi_square] =
            classical::byte_frequencies(now).map_or([None; 2], |both| both.map(Some));
        let measures = ClassicalMetrics { byte_entropy, chi_square, ..ClassicalMetrics::default() };
        let Some(PixelGrid { layout, shape, .. }) = *pixels else { return Some(measures) };
        let luma = layout.luma(shape, now);
        let neighbour_correlation = classical::neighbour_correlation(shape, &luma);
        let measures = ClassicalMetrics { neighbour_correlation, ..measures };
        let Some(cipher) = &self.cipher else { return Some(measures) };
        let original = layout.luma(shape, &frame.bytes);
        let [npcr, uaci] = change_rates(&**cipher, frame, now, pool).map_or([None; 2], |both| both.map(Some));
        let (psnr, ssim) = (classical::psnr(&luma, &original), classical::ssim(shape, &luma, &original));
        Some(ClassicalMetrics { npcr, uaci, psnr, ssim, ..measures })
    }
}

/// The change rates (NPCR and UACI) of a ciphertext when the lowest bit of the frame's first byte is flipped.
fn change_rates(cipher: &dyn MessageCipher, frame: &Frame, now: &[u8], pool: &Pool) -> Option<[f64; 2]> {
    let mut changed = pool.take(frame.bytes.len());
    changed.copy_from_slice(&frame.bytes);
    *changed.first_mut()? ^= 1;
    let mut bytes = pool.take(changed.len());
    cipher.encrypt(frame.index.into(), &changed, &mut bytes).ok()?;
    classical::change_rates(now, &bytes[..changed.len()])
}
