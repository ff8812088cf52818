//! `render(scene, frame)`: one encryption per distinct scheme, one census per ciphertext, then the lenses.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use rayon::prelude::*;

use crate::crypto::{FrameCipher, KeyError, Parameters, Scheme};
use crate::frame::{Frame, Picture};
use crate::layout::Layout;
use crate::leak::{Census, Counter, Leakage, unchanged_blocks};
use crate::lens::{self, Lens};
use crate::pool::{Buffer, Pool};
use crate::scene::{Panel, Scene};

/// The panels of one frame, rendered, with their numbers, in the order of the scene.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The frame shown.
    pub frame: Arc<Frame>,
    /// The panels of the scene.
    pub panels: Vec<RenderedPanel>,
}

/// One panel of a sheet.
#[derive(Clone, Debug)]
pub struct RenderedPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it shows; `None` where pictures were not asked for.
    pub picture: Option<Picture>,
    /// How much its ciphertext gives away; for `plain`, the same counts of the original.
    pub leakage: Leakage,
}

/// Which parts of a sheet are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Pictures and numbers.
    All,
    /// Numbers alone.
    Numbers,
}

/// Consecutive frames up to the one to be rendered, as many as the scene needs.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    frames: VecDeque<Arc<Frame>>,
}

impl Recent {
    /// Adds the next frame and forgets those past `needed`. A frame that does not follow the last, or has
    /// another layout, starts anew.
    pub fn push(&mut self, frame: Arc<Frame>, needed: usize) {
        let follows = self
            .frames
            .back()
            .is_some_and(|last| last.index.next() == frame.index && last.layout == frame.layout);
        if !follows {
            self.frames.clear();
        }
        self.frames.push_back(frame);
        while self.frames.len() > needed.max(1) {
            self.frames.pop_front();
        }
    }

    /// Forgets all frames.
    pub fn clear(&mut self) {
        self.frames.clear();
    }

    /// The frame to be rendered.
    #[must_use]
    pub fn current(&self) -> Option<&Arc<Frame>> {
        self.frames.back()
    }

    /// The frame before it, where there is one.
    fn previous(&self) -> Option<&Arc<Frame>> {
        self.frames.len().checked_sub(2).map(|i| &self.frames[i])
    }
}

/// Renders the frames of one scene. Keeps keys set up, and the ciphertext of the frame before, which is
/// only ever a shortcut: sheets are the same without.
pub struct Renderer {
    layout: Layout,
    panels: Vec<Panel>,
    /// One for each distinct scheme of the scene, the original first.
    channels: Vec<Channel>,
    pool: Pool,
}

/// One ciphertext, or the original, and the tools to look at it.
struct Channel {
    scheme: Option<Scheme>,
    cipher: Option<Box<dyn FrameCipher>>,
    counter: Counter,
    /// The frame rendered last, and its ciphertext.
    last: Option<(Weak<Frame>, Arc<Buffer>)>,
}

/// What is known of one channel for one frame.
struct Seen {
    bytes: Arc<Buffer>,
    census: Census,
    leakage: Leakage,
}

impl Renderer {
    /// Sets up the ciphers of a scene.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] where the key material is shorter than a scheme needs.
    pub fn new(scene: &Scene, pool: &Pool) -> Result<Self, KeyError> {
        let mut channels: Vec<Channel> = Vec::new();
        for panel in &scene.panels {
            let scheme = panel.scheme();
            if channels.iter().all(|channel| channel.scheme != scheme) {
                let cipher = scheme.map(|scheme| scheme.cipher(&scene.key)).transpose()?;
                channels.push(Channel { scheme, cipher, counter: Counter::default(), last: None });
            }
        }
        Ok(Self { layout: scene.layout, panels: scene.panels.clone(), channels, pool: pool.clone() })
    }

    /// The layout of the frames that it takes.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Renders the current frame of `recent`; `None` where there is none.
    pub fn render(&mut self, recent: &Recent, parts: Parts) -> Option<Sheet> {
        let frame = recent.current()?;
        let previous = recent.previous();
        let pool = &self.pool;
        let seen: Vec<(Option<Scheme>, Seen)> = self
            .channels
            .par_iter_mut()
            .map(|channel| (channel.scheme, channel.look(frame, previous, pool)))
            .collect();
        let panels = self
            .panels
            .par_iter()
            .map(|&panel| {
                let (_, seen) = seen.iter().find(|(scheme, _)| *scheme == panel.scheme())?;
                let picture = (parts == Parts::All).then(|| draw(panel, frame, seen, pool));
                Some(RenderedPanel { panel, picture, leakage: seen.leakage })
            })
            .collect::<Option<_>>()?;
        Some(Sheet { frame: Arc::clone(frame), panels })
    }
}

impl Channel {
    /// Encrypts a frame, counts its blocks and compares it with the frame before.
    fn look(&mut self, frame: &Arc<Frame>, previous: Option<&Arc<Frame>>, pool: &Pool) -> Seen {
        let bytes = self.encrypt(frame, pool);
        let before = previous.map(|previous| match self.last.take() {
            // The very frame, not one that only has the same number.
            Some((frame, bytes)) if frame.as_ptr() == Arc::as_ptr(previous) => bytes,
            _ => self.encrypt(previous, pool),
        });
        // Whole blocks of the frame's own bytes: no padding.
        let own = &bytes[..frame.bytes.len()];
        let census = self.counter.count(&[own]);
        let same = previous
            .zip(before)
            .map(|(previous, before)| unchanged_blocks(own, &before[..previous.bytes.len()]));
        let leakage = Leakage::of(&census, census.blocks() as u64, same);
        self.last = Some((Arc::downgrade(frame), Arc::clone(&bytes)));
        Seen { bytes, census, leakage }
    }

    /// The ciphertext of a frame; for the original, its own bytes.
    fn encrypt(&self, frame: &Frame, pool: &Pool) -> Arc<Buffer> {
        let Some(cipher) = &self.cipher else { return Arc::clone(&frame.bytes) };
        let mut bytes = pool.take(frame.bytes.len());
        let _: Parameters = cipher.encrypt(frame.index, &frame.bytes, &mut bytes);
        Arc::new(bytes)
    }
}

/// Draws one panel.
fn draw(panel: Panel, frame: &Frame, seen: &Seen, pool: &Pool) -> Picture {
    let (layout, shape) = (frame.layout, frame.shape);
    let rgba = match panel {
        Panel::Plain if layout == Layout::Rgba32 && frame.opaque => Arc::clone(&frame.bytes),
        Panel::Plain => {
            let mut rgba = pool.take(shape.pixels() * 4);
            layout.show(shape, frame.colour, &frame.bytes, None, &mut rgba);
            Arc::new(rgba)
        }
        Panel::Cipher { lens, .. } => {
            let mut rgba = pool.take(shape.pixels() * 4);
            match lens {
                Lens::Ciphertext => {
                    lens::paint_ciphertext(layout, shape, frame.colour, &seen.bytes, &mut rgba);
                }
                Lens::Repeats => lens::paint_repeats(layout, shape, &seen.census, &mut rgba),
            }
            Arc::new(rgba)
        }
    };
    Picture { shape, rgba }
}
