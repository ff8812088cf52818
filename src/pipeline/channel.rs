//! A channel: one ciphertext of the video, what an eavesdropper remembers of it, and the tools to look at it.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::{Arc, Weak};

use crate::crypto::{EncryptError, FrameCipher, KeyError, Parameters, Scheme};
use crate::frame::{Frame, Shape};
use crate::leak::{Census, Counter, Leakage, Memory, Trail, unchanged_blocks};
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
    parameters: Arc<Parameters>,
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

/// What travelled: the ciphertext of a frame, and what went with it. For the original, its own bytes.
#[derive(Clone, Debug)]
pub struct Wire {
    /// As long as the frame's own bytes: no padding, no tag.
    pub bytes: Ciphertext,
    /// Initialization vector, nonce, counter block, tweak, tag.
    pub parameters: Arc<Parameters>,
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
    parameters: Arc<Parameters>,
    /// The frame before, where it has the same size.
    before: Option<Ciphertext>,
    census: Census,
    trail: Arc<Trail>,
    memory: NonZeroU32,
    /// The numbers.
    pub leakage: Leakage,
}

impl Channel {
    /// Sets up the cipher of a panel's scheme, and the tools that all panels of the scheme need.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] where the key material is shorter than the scheme needs.
    pub fn new(scene: &Scene, scheme: Option<Scheme>) -> Result<Self, KeyError> {
        let memory = scene.memory;
        let follows = scene.panels.iter().any(|panel| match panel {
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
        let same = before.map(|before| unchanged_blocks(&now.bytes, &before.bytes));
        Some(Ok(Seen {
            leakage: Leakage::of(&census, remembered, same),
            now: now.bytes.clone(),
            parameters: Arc::clone(&now.parameters),
            before: before.filter(|before| before.shape == now.shape).map(|before| before.bytes.clone()),
            census,
            trail: self.trail.clone().unwrap_or_default(),
            memory: self.memory,
        }))
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
        let (now, parameters, refused) = match self.encrypt(frame, pool) {
            Ok((bytes, parameters)) => (Ciphertext { bytes, own: frame.bytes.len() }, parameters, None),
            Err(refused) => {
                (Ciphertext { bytes: Arc::default(), own: 0 }, Parameters::default(), Some(refused))
            }
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
        let parameters = Arc::new(parameters);
        self.past.push_back(Past { frame, shape, bytes: now.clone(), parameters, refused });
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

    /// The ciphertext of a frame and what goes with it; for the original, its own bytes.
    fn encrypt(&self, frame: &Frame, pool: &Pool) -> Result<(Arc<Buffer>, Parameters), EncryptError> {
        let Some(cipher) = &self.cipher else {
            return Ok((Arc::clone(&frame.bytes), Parameters::default()));
        };
        let mut bytes = pool.take(frame.bytes.len());
        let parameters = cipher.encrypt(frame.index, &frame.bytes, &mut bytes)?;
        Ok((Arc::new(bytes), parameters))
    }
}

impl Seen {
    /// What travelled.
    pub fn wire(&self) -> Wire {
        Wire { bytes: self.now.clone(), parameters: Arc::clone(&self.parameters) }
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
            memory: self.memory,
        }
    }
}
