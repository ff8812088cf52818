//! The history of one ciphertext of the video: its last frames, as far as the next frames need them.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::crypto::{EncryptError, KeyError, MessageCipher, Parameters, Scheme};
use crate::leak::classical::{self, ClassicalMetrics};
use crate::leak::{Change, Comparison};
use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{Frame, Shape};
use crate::runtime::pool::{Buffer, Pool};
use crate::scene::Scene;

/// The last frames of one ciphertext, or of the original.
///
/// It keeps the bytes of the last two frames and remembers which frames came before them. This only saves time: an
/// empty history gives the same results.
pub struct CiphertextHistory {
    scheme: Option<Scheme>,
    cipher: Option<Box<dyn MessageCipher>>,
    /// Consecutive frames, the newest last.
    past: VecDeque<Past>,
}

/// An encrypted frame.
pub struct Past {
    frame: Weak<Frame>,
    pub shape: Shape,
    /// Empty if the scheme cannot encrypt the frame, and once two newer frames exist.
    pub bytes: Ciphertext,
    pub parameters: Arc<Parameters>,
    pub refused: Option<EncryptError>,
    /// The comparison with the frame before, if it was made during encryption.
    change: Option<Change>,
}

/// The bytes of one frame under a scheme, as long as the frame's own bytes: no padding.
#[derive(Clone, Debug)]
pub struct Ciphertext {
    bytes: Arc<Buffer>,
    own: usize,
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
        &self.bytes[..self.own]
    }
}

/// What an eavesdropper sees on the wire: the ciphertext of a frame and its parameters. For the original, its own
/// bytes.
#[derive(Clone, Debug)]
pub struct Wire {
    /// As long as the frame's own bytes: no padding, no tag.
    pub bytes: Ciphertext,
    /// Initialization vector, nonce, counter block, tweak, tag.
    pub parameters: Arc<Parameters>,
}

impl CiphertextHistory {
    /// Sets up the cipher of a panel's scheme.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] where the key material is shorter than the scheme needs.
    pub fn new(scene: &Scene, scheme: Option<Scheme>) -> Result<Self, KeyError> {
        let cipher = scheme.map(|scheme| scheme.cipher(&scene.key)).transpose()?;
        Ok(Self { scheme, cipher, past: VecDeque::new() })
    }

    /// The scheme; `None` for the original.
    pub const fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// The newest frame.
    pub fn now(&self) -> Option<&Past> {
        self.past.back()
    }

    /// The frame before the newest, if the scheme could encrypt it.
    pub fn before(&self) -> Option<&Past> {
        let before = self.past.len().checked_sub(2).map(|at| &self.past[at]);
        before.filter(|before| before.refused.is_none())
    }

    /// The comparison of both, block by block; `None` if there is no frame before.
    pub fn change(&self) -> Option<Change> {
        let (now, before) = (self.now()?, self.before()?);
        now.change.or_else(|| Some(Change::between(&now.bytes, &before.bytes)))
    }

    /// Drops the frames that `recent` does not hold. Returns how many of the first frames of `recent` are encrypted
    /// already; never all of them.
    pub fn retain(&mut self, recent: &VecDeque<Arc<Frame>>) -> usize {
        // Compare pointers: another source can have frames with the same numbers.
        let first = recent.front().map(Arc::as_ptr);
        let skip = self.past.iter().position(|past| Some(past.frame.as_ptr()) == first);
        let known = skip.map_or(0, |skip| self.past.len() - skip);
        let same =
            |at: usize| self.past[self.past.len() - known + at].frame.as_ptr() == Arc::as_ptr(&recent[at]);
        if known >= recent.len() || !(0..known).all(same) {
            self.past.clear();
            return 0;
        }
        self.past.drain(..self.past.len() - known);
        known
    }

    /// Encrypts the next frame. `each` is called with every piece of ciphertext and the number of its first block, while
    /// the piece is still in the cache if the mode allows it. With `compares`, each piece is also compared with the frame
    /// before. The original is not encrypted, so `each` is not called and nothing is compared.
    pub fn encrypt_next(
        &mut self,
        frame: &Arc<Frame>,
        pool: &Pool,
        compares: bool,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) {
        let before = self.past.back().filter(|before| compares && before.refused.is_none());
        let past = Past {
            frame: Arc::downgrade(frame),
            shape: frame.shape,
            bytes: Ciphertext { bytes: Arc::default(), own: 0 },
            parameters: Arc::default(),
            refused: None,
            change: None,
        };
        let past = match self.encrypt(frame, pool, before, each) {
            Ok((bytes, parameters, change)) => Past {
                bytes: Ciphertext { bytes, own: frame.bytes.len() },
                parameters: Arc::new(parameters),
                change,
                ..past
            },
            Err(refused) => Past { refused: Some(refused), ..past },
        };
        self.past.push_back(past);
        // Two frames are enough here; a memory of more frames keeps their bytes itself.
        if let Some(older) = self.past.len().checked_sub(3) {
            self.past[older].bytes = Ciphertext { bytes: Arc::default(), own: 0 };
        }
    }

    /// The ciphertext of a frame, its parameters, and the comparison with `before`; for the original, its own bytes.
    fn encrypt(
        &self,
        frame: &Frame,
        pool: &Pool,
        before: Option<&Past>,
        each: &(dyn Fn(usize, &[u8]) + Sync),
    ) -> Result<(Arc<Buffer>, Parameters, Option<Change>), EncryptError> {
        let Some(cipher) = &self.cipher else {
            return Ok((Arc::clone(&frame.bytes), Parameters::default(), None));
        };
        let own = frame.bytes.len();
        let (mut bytes, comparison) = (pool.take(own), Mutex::new(Comparison::default()));
        let parameters =
            cipher.in_pieces(frame.index.into(), &frame.bytes, &mut bytes, &|start, piece| {
                // Padding is neither counted nor compared.
                let piece = &piece[..piece.len().min(own - start)];
                let block = start / BLOCK_BYTES;
                each(block, piece);
                if let Some(before) = before {
                    let before = before.bytes.get(start..).unwrap_or_default();
                    let found = Comparison::of(block, piece, before);
                    let mut all = comparison.lock().unwrap_or_else(PoisonError::into_inner);
                    *all = all.and(found);
                }
            })?;
        let comparison = comparison.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((Arc::new(bytes), parameters, before.map(|_| comparison.change())))
    }

    /// The classical metrics of the newest frame.
    pub fn classical(&self, frame: &Frame, pool: &Pool) -> Option<ClassicalMetrics> {
        let now = &self.now()?.bytes;
        let (layout, shape) = (frame.layout, frame.shape);
        let luma = layout.luma(shape, now);
        let [byte_entropy, chi_square] =
            classical::byte_frequencies(now).map_or([None; 2], |both| both.map(Some));
        let measures = ClassicalMetrics {
            byte_entropy,
            chi_square,
            neighbour_correlation: classical::neighbour_correlation(shape, &luma),
            ..ClassicalMetrics::default()
        };
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
