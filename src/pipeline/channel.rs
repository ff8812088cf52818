//! A channel: one ciphertext of the video, what an eavesdropper remembers of it, and the tools to look at it.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::{Arc, Weak};

use crate::crypto::{EncryptError, FrameCipher, KeyError, Parameters, Scheme};
use crate::frame::{Frame, Shape};
use crate::layout::Places;
use crate::leak::{
    Agreement, Census, Change, Counter, Edges, Leakage, Memory, Neighbours, Outline, Papers, Trail, Word,
    papers,
};
use crate::lens::View;
use crate::pool::{Buffer, Pool};
use crate::scene::{Panel, Scene};

/// One ciphertext, or the original.
///
/// It keeps the ciphertexts of the frames that it has seen, and what was counted in them, for as long as
/// the next frames need them. That is a shortcut: a channel that has seen nothing says the same.
pub struct Channel {
    scheme: Option<Scheme>,
    cipher: Option<Box<dyn FrameCipher>>,
    /// How many frames count.
    memory: NonZeroU32,
    /// Consecutive frames, the last one being that seen last.
    past: VecDeque<Past>,
    counting: Counting,
    /// How blocks changed, where a panel asks.
    trail: Option<Arc<Trail>>,
}

/// A frame that was seen.
struct Past {
    frame: Weak<Frame>,
    shape: Shape,
    /// Empty where the scheme cannot take the frame.
    bytes: Ciphertext,
    refused: Option<EncryptError>,
}

/// The bytes of one frame under a scheme, as long as the frame's own bytes: no padding.
#[derive(Clone, Debug)]
pub struct Ciphertext {
    bytes: Arc<Buffer>,
    own: usize,
}

impl Deref for Ciphertext {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.own]
    }
}

/// Who takes the census.
enum Counting {
    /// Of each frame alone.
    Frame(Counter),
    /// Of the last frames together.
    Memory(Memory<Ciphertext>),
}

/// What is known of one channel for one frame.
pub struct Seen {
    now: Ciphertext,
    /// The frame before, where it has the same size.
    before: Option<Ciphertext>,
    census: Census,
    trail: Arc<Trail>,
    outline: Outline,
    memory: NonZeroU32,
    /// The numbers.
    pub leakage: Leakage,
}

/// What the numbers know of the original of a frame. It is looked at once, for all channels.
pub struct Original {
    /// Its edges.
    pub edges: Edges,
}

impl Original {
    /// Looks at a frame.
    pub fn of(frame: &Frame) -> Self {
        let luma = frame.layout.luma(frame.shape, &frame.bytes);
        Self { edges: Edges::of(frame.layout, frame.shape, &luma) }
    }
}

impl Channel {
    /// Sets up the cipher of a panel's scheme, and the tools that all panels of the scheme need.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] where the key material is shorter than the scheme needs.
    pub fn new(scene: &Scene, scheme: Option<Scheme>) -> Result<Self, KeyError> {
        let memory = scene.memory;
        // Where several frames count, the outline asks what stayed in its place.
        let follows = memory.get() > 1
            || scene.panels.iter().any(|panel| match panel {
                Panel::Cipher { lens, .. } => panel.scheme() == scheme && lens.follows(memory),
                Panel::Plain => false,
            });
        Ok(Self {
            scheme,
            cipher: scheme.map(|scheme| scheme.cipher(&scene.key)).transpose()?,
            memory,
            past: VecDeque::new(),
            counting: match memory.get() {
                1 => Counting::Frame(Counter::default()),
                _ => Counting::Memory(Memory::default()),
            },
            trail: follows.then(Arc::default),
        })
    }

    /// The scheme; `None` for the original.
    pub const fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// Looks at the last of `recent`: encrypts what was not encrypted yet, counts, and compares with the
    /// frames before. `None` where there is no frame.
    ///
    /// # Errors
    /// [`EncryptError`] where the scheme cannot take the frame.
    pub fn look(&mut self, recent: &VecDeque<Arc<Frame>>, pool: &Pool) -> Option<Result<Seen, EncryptError>> {
        let mut census = None;
        for at in self.kept(recent)..recent.len() {
            census = self.take_in(&recent[at], at, at + 1 == recent.len(), pool);
        }
        let census = census?;
        let now = self.past.back()?;
        if let Some(refused) = now.refused {
            return Some(Err(refused));
        }
        let before = self.past.len().checked_sub(2).map(|at| &self.past[at]);
        let before = before.filter(|before| before.refused.is_none());
        let remembered = match &self.counting {
            Counting::Frame(_) => census.blocks() as u64,
            Counting::Memory(memory) => memory.blocks(),
        };
        let trail = self.trail.clone().unwrap_or_default();
        let places = Places::of(recent.back()?.layout, now.shape);
        let ((outline, neighbours), change) = rayon::join(
            || {
                // A census of this frame alone knows of no other.
                let several = (self.memory.get() > 1).then_some(&*trail);
                (Outline::of(&places, &census, several), Neighbours::of(&places, &census))
            },
            || before.map(|before| Change::between(&now.bytes, &before.bytes)),
        );
        let leakage = Leakage::of(&census, remembered).beside(neighbours).since(change);
        // The original is no ciphertext: nobody who sees it needs a word for it.
        let word = self.scheme.and_then(|_| Word::of(&leakage));
        Some(Ok(Seen {
            leakage: Leakage { word, ..leakage },
            now: now.bytes.clone(),
            before: before.filter(|before| before.shape == now.shape).map(|before| before.bytes.clone()),
            census,
            trail,
            outline,
            memory: self.memory,
        }))
    }

    /// The measures that papers use, of a frame that was seen.
    pub fn papers(&self, frame: &Frame, seen: &Seen, pool: &Pool) -> Papers {
        let (layout, shape) = (frame.layout, frame.shape);
        let luma = layout.luma(shape, &seen.now);
        let [byte_entropy, chi_square] = papers::byte_frequencies(&seen.now).map_or([None; 2], split);
        let measures = Papers {
            byte_entropy,
            chi_square,
            neighbour_correlation: papers::neighbour_correlation(shape, &luma),
            ..Papers::default()
        };
        if self.cipher.is_none() {
            return measures;
        }
        let original = layout.luma(shape, &frame.bytes);
        let [npcr, uaci] = self.change_rates(frame, seen, pool).map_or([None; 2], split);
        let (psnr, ssim) = (papers::psnr(&luma, &original), papers::ssim(shape, &luma, &original));
        Papers { npcr, uaci, psnr, ssim, ..measures }
    }

    /// How much of the ciphertext changes with the lowest bit of the first byte.
    fn change_rates(&self, frame: &Frame, seen: &Seen, pool: &Pool) -> Option<[f64; 2]> {
        let mut changed = pool.take(frame.bytes.len());
        changed.copy_from_slice(&frame.bytes);
        *changed.first_mut()? ^= 1;
        let mut bytes = pool.take(changed.len());
        self.cipher.as_ref()?.encrypt(frame.index, &changed, &mut bytes).ok()?;
        papers::change_rates(&seen.now, &bytes[..changed.len()])
    }

    /// Forgets what `recent` does not hold. Returns how many of its first frames are known; never all.
    fn kept(&mut self, recent: &VecDeque<Arc<Frame>>) -> usize {
        // The very frames, not ones that only have the same numbers.
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

    /// Takes in the next frame, after `others` frames that are known. Returns the census of the last.
    fn take_in(&mut self, frame: &Arc<Frame>, others: usize, last: bool, pool: &Pool) -> Option<Census> {
        let (now, refused) = match self.encrypt(frame, pool) {
            Ok(bytes) => (Ciphertext { bytes, own: frame.bytes.len() }, None),
            Err(refused) => (Ciphertext { bytes: Arc::default(), own: 0 }, Some(refused)),
        };
        if let Some(trail) = &mut self.trail {
            // Nobody else holds it once the sheet before is drawn.
            let trail = Arc::make_mut(trail);
            match self.past.back() {
                Some(before) if before.shape == frame.shape => trail.follow(&before.bytes, &now, others + 1),
                _ => trail.start(&now),
            }
        }
        let (frame, shape) = (Arc::downgrade(frame), frame.shape);
        self.past.push_back(Past { frame, shape, bytes: now.clone(), refused });
        match &mut self.counting {
            Counting::Frame(counter) => last.then(|| counter.count(&[&now])),
            Counting::Memory(memory) => {
                if others == 0 {
                    memory.clear();
                }
                Some(memory.add(now, others))
            }
        }
    }

    /// The ciphertext of a frame; for the original, its own bytes.
    fn encrypt(&self, frame: &Frame, pool: &Pool) -> Result<Arc<Buffer>, EncryptError> {
        let Some(cipher) = &self.cipher else { return Ok(Arc::clone(&frame.bytes)) };
        let mut bytes = pool.take(frame.bytes.len());
        let _: Parameters = cipher.encrypt(frame.index, &frame.bytes, &mut bytes)?;
        Ok(Arc::new(bytes))
    }
}

fn split(both: [f64; 2]) -> [Option<f64>; 2] {
    both.map(Some)
}

impl Seen {
    /// Adds what the outline has in common with the original.
    pub fn compare(&mut self, original: &Original) {
        self.leakage = self.leakage.against(Agreement::of(&self.outline, &original.edges));
    }

    /// What a lens looks at.
    pub fn view(&self, frame: &Frame) -> View<'_> {
        View {
            layout: frame.layout,
            shape: frame.shape,
            colour: frame.colour,
            now: &self.now,
            before: self.before.as_deref(),
            census: &self.census,
            trail: &self.trail,
            outline: &self.outline,
            memory: self.memory,
        }
    }
}
