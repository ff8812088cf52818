//! `render(scene, frame)`: one encryption per distinct scheme, one census per ciphertext, then the lenses.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;

use super::channel::{Channel, Seen};
use crate::crypto::{KeyError, Scheme};
use crate::frame::{Frame, Picture};
use crate::layout::Layout;
use crate::leak::Leakage;
use crate::pool::Pool;
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
}

/// Renders the frames of one scene. Keeps keys set up, and what it has seen of the frames before, which is
/// only ever a shortcut: sheets are the same without.
pub struct Renderer {
    layout: Layout,
    panels: Vec<Panel>,
    /// One for each distinct scheme of the scene, the original first.
    channels: Vec<Channel>,
    pool: Pool,
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
            if channels.iter().all(|channel| channel.scheme() != scheme) {
                channels.push(Channel::new(scene, scheme)?);
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
        let pool = &self.pool;
        let seen: Vec<(Option<Scheme>, Seen)> = self
            .channels
            .par_iter_mut()
            .map(|channel| Some((channel.scheme(), channel.look(&recent.frames, pool)?)))
            .collect::<Option<_>>()?;
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
            lens.paint(&seen.view(frame), &mut rgba);
            Arc::new(rgba)
        }
    };
    Picture { shape, rgba }
}
