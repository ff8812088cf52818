//! `render(scene, frame)`: one encryption per distinct scheme, one census for all ciphertexts that tell the
//! same, then the lenses, each with what is known from elsewhere.

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;

use super::attack::Elsewhere;
use super::equality_group::{Family, Seen, is_large};
use super::prepared::Knowledge;
use super::received::Ends;
use super::sheet::{Numbers, Parts, RenderedPanel, Sheet};
use crate::crypto::{EncryptError, KeyError, KeyMaterial, Scheme};
use crate::leak::{Edges, Leakage};
use crate::lens::{GROUND, Lens};
use crate::picture::layout::{BLOCK_BYTES, Layout, Samples};
use crate::picture::{Frame, Picture, Shape};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

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

    /// True where it holds the frames from `first` to `last`, the latter as the one to be rendered.
    #[must_use]
    pub fn holds(&self, first: FrameIndex, last: FrameIndex) -> bool {
        let is_last = self.current().is_some_and(|current| current.index == last);
        is_last && self.frames.front().is_some_and(|front| front.index <= first)
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
///
/// A sheet is made in two steps, for whoever renders frame after frame: a frame is [looked at](Self::look), then
/// [drawn](Self::draw), and while it is drawn, the next may be looked at ([`Self::draw_and_look`]). Either leaves
/// cores idle that the other can use.
pub struct Renderer {
    layout: Layout,
    /// The distinct schemes of the scene, those together that tell the same.
    families: Vec<Family>,
    painter: Painter,
}

/// Draws what was looked at.
struct Painter {
    panels: Vec<Panel>,
    key: KeyMaterial,
    /// Of the schemes of which one looks at what is received.
    ends: Vec<Ends>,
    pool: Pool,
}

/// A frame that was encrypted, counted and compared with those before: all that is left is to draw its panels.
pub struct Looked {
    frame: Arc<Frame>,
    seen: Vec<(Option<Scheme>, Result<Seen, EncryptError>)>,
    /// Those of the original, where the agreement with them is asked for.
    edges: Option<Edges>,
    parts: Parts,
}

impl Looked {
    /// The frame that was looked at.
    #[must_use]
    pub const fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }
}

impl Renderer {
    /// Sets up the ciphers of a scene.
    ///
    /// # Errors
    /// [`KeyError`] where the key material is shorter than a scheme needs, or not what it can use.
    pub fn new(scene: &Scene, pool: &Pool) -> Result<Self, KeyError> {
        let (panels, key) = (scene.panels.clone(), scene.key.clone());
        let painter = Painter { panels, key, ends: Ends::all(scene)?, pool: pool.clone() };
        Ok(Self { layout: scene.layout, families: Family::all(scene)?, painter })
    }

    /// The layout of the frames that it takes.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Renders the current frame of `recent`; `None` where there is none. A panel that needs more than
    /// `knowledge` holds is pending, and says on what.
    pub fn render(&mut self, recent: &Recent, knowledge: &Knowledge, parts: Parts) -> Option<Sheet> {
        let looked = self.look(recent, parts)?;
        Some(self.draw(looked, knowledge))
    }

    /// Encrypts and counts the current frame of `recent`, and compares it with those before; `None` where there is
    /// none.
    pub fn look(&mut self, recent: &Recent, parts: Parts) -> Option<Looked> {
        look(&mut self.families, recent, parts, &self.painter.pool)
    }

    /// Draws the panels of a frame that was looked at. One that needs more than `knowledge` holds is pending, and
    /// says on what.
    #[must_use]
    pub fn draw(&self, looked: Looked, knowledge: &Knowledge) -> Sheet {
        self.painter.draw(looked, knowledge)
    }

    /// [Draws](Self::draw) a frame that was looked at, and [looks at](Self::look) the current one of `next`
    /// meanwhile, for the same parts of a sheet.
    pub fn draw_and_look(
        &mut self,
        looked: Looked,
        knowledge: &Knowledge,
        next: &Recent,
    ) -> (Sheet, Option<Looked>) {
        let Self { families, painter, .. } = self;
        let parts = looked.parts;
        let (next, sheet) =
            rayon::join(|| look(families, next, parts, &painter.pool), || painter.draw(looked, knowledge));
        (sheet, next)
    }
}

fn look(families: &mut [Family], recent: &Recent, parts: Parts, pool: &Pool) -> Option<Looked> {
    let frame = recent.current()?;
    let look = |family: &mut Family| family.look(&recent.frames, parts, pool);
    let edges =
        || (parts.numbers >= Numbers::Tables).then(|| Edges::of(frame.layout, frame.shape, &frame.bytes));
    let (seen, edges) = look_at_all(families, is_large(&frame.bytes), &look, edges);
    Some(Looked { frame: Arc::clone(frame), seen, edges, parts })
}

impl Painter {
    fn draw(&self, looked: Looked, knowledge: &Knowledge) -> Sheet {
        let Looked { frame, mut seen, edges, parts } = looked;
        if let Some(edges) = edges {
            seen.par_iter_mut()
                .filter_map(|(_, seen)| seen.as_mut().ok())
                .for_each(|seen| seen.compare(&edges));
        }
        let panel = |&panel: &Panel| {
            let seen = seen.iter().find(|(scheme, _)| *scheme == panel.scheme());
            match &seen.expect("every scheme of a panel was looked at").1 {
                Ok(seen) => {
                    let elsewhere = Elsewhere::of(panel, &frame, seen, knowledge, &self.ends);
                    render_panel(panel, &frame, seen, elsewhere, parts, &self.pool)
                }
                Err(refusal) => RenderedPanel {
                    panel,
                    picture: (parts.pictures).then(|| blank(frame.shape, &self.pool)),
                    leakage: Leakage::default(),
                    wire: None,
                    refusal: Some(*refusal),
                    pending: None,
                    note: None,
                    blank: None,
                    shows: None,
                    attack: None,
                },
            }
        };
        let panels = self.panels.par_iter().map(panel).collect();
        Sheet { frame, panels, key: self.key.clone() }
    }
}

/// Looks at all families and finds the edges of the original, side by side. What takes longest and cannot be
/// divided begins first: what can be, the edges, then fills the gaps. Of a large frame they are looked at one after the
/// other: to count its blocks takes as much memory as it has itself.
fn look_at_all<S: Send, E: Send>(
    families: &mut [Family],
    is_large: bool,
    look: &(impl Fn(&mut Family) -> Vec<S> + Sync),
    edges: impl FnOnce() -> E + Send,
) -> (Vec<S>, E) {
    let Some((first, others)) = families.split_first_mut() else { return (Vec::new(), edges()) };
    let (mut seen, (more, edges)) = if is_large {
        (look(first), look_at_all(others, is_large, look, edges))
    } else {
        rayon::join(|| look(first), || look_at_all(others, is_large, look, edges))
    };
    seen.extend(more);
    (seen, edges)
}

/// Renders a panel whose scheme has taken the frame.
fn render_panel(
    panel: Panel,
    frame: &Frame,
    seen: &Seen,
    elsewhere: Elsewhere,
    parts: Parts,
    pool: &Pool,
) -> RenderedPanel {
    let draws = parts.pictures && elsewhere.pending.is_none();
    let picture = draws.then(|| draw(panel, frame, seen, &elsewhere, pool));
    let mut leakage = elsewhere.numbers(frame, &seen.leakage);
    if matches!(panel, Panel::Cipher { lens: Lens::Received(_), .. }) && elsewhere.attack.is_none() {
        // A word belongs to what the receiver sees, and that is not known.
        leakage.word = None;
    }
    let blank = match (panel, &picture) {
        (Panel::Cipher { lens, .. }, Some(picture)) => {
            let blank =
                || lens.blank(&elsewhere.view(seen.view(frame)), &leakage, frame.index == FrameIndex(0));
            frame.layout.is_even(frame.shape, picture.pixels()).then(blank).flatten()
        }
        _ => None,
    };
    let shows = match panel {
        Panel::Cipher { lens, .. } if parts.shows && elsewhere.has_picture() => {
            Some(lens.finds(&elsewhere.view(seen.view(frame)), &leakage, blank))
        }
        _ => None,
    };
    let Elsewhere { pending, note, attack, .. } = elsewhere;
    let wire = Some(seen.wire());
    RenderedPanel { panel, picture, leakage, wire, refusal: None, pending, note, blank, shows, attack }
}

/// The picture of a panel whose scheme cannot take the frame.
pub(super) fn blank(shape: Shape, pool: &Pool) -> Picture {
    let mut rgba = pool.take(shape.pixels() * 4);
    rgba.as_chunks_mut().0.fill(GROUND);
    Picture::new(shape, Arc::new(rgba))
}

/// Draws one panel, unless its bytes are the picture that it shows.
fn draw(panel: Panel, frame: &Frame, seen: &Seen, elsewhere: &Elsewhere, pool: &Pool) -> Picture {
    let (layout, shape) = (frame.layout, frame.shape);
    let are_pixels = layout.samples() == Samples::Rgba32 && !layout.is_tiled();
    // What fills no whole block is marked.
    let has_rest = !frame.bytes.len().is_multiple_of(BLOCK_BYTES);
    match panel {
        Panel::Plain if are_pixels => return Picture::new(shape, Arc::clone(&frame.bytes)),
        Panel::Cipher { lens: Lens::Ciphertext, .. } if are_pixels && !has_rest => {
            return Picture::new(shape, Arc::clone(seen.ciphertext().buffer()));
        }
        Panel::Plain | Panel::Cipher { .. } => {}
    }
    let mut rgba = pool.take(shape.pixels() * 4);
    match panel {
        Panel::Plain => layout.show(shape, frame.colour, &frame.bytes, None, &mut rgba),
        Panel::Cipher { lens, .. } => lens.paint(&elsewhere.view(seen.view(frame)), &mut rgba),
    }
    Picture::new(shape, Arc::new(rgba))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Colour;
    use crate::runtime::pool::Buffer;

    #[test]
    fn a_panel_whose_scheme_cannot_take_the_frame_says_why_and_leaves_the_others_alone() {
        let panels = ["plain", "aes-128-xts", "aes-128-xts:repeats", "aes-128-ecb"];
        let panels = panels.map(|panel| panel.parse().expect("a panel")).into();
        let scene = Scene { panels, layout: Layout::GRAY8, ..Scene::of("demo".parse().expect("a source")) };
        let mut renderer = Renderer::new(&scene, &Pool::default()).expect("the demonstration key");
        // Five bytes: less than a block.
        let frame = |index| Frame {
            index: FrameIndex(index),
            time_secs: 0.0,
            duration_secs: 0.04,
            shape: Shape::new(5, 1),
            layout: Layout::GRAY8,
            colour: Colour::default(),
            bytes: Arc::new(Buffer::from(vec![1, 2, 3, 4, 5])),
        };
        let mut recent = Recent::default();
        for index in 0..2 {
            recent.push(Arc::new(frame(index)), 2);
            let sheet =
                renderer.render(&recent, &Knowledge::default(), Parts::PICTURES).expect("there is a frame");
            let refusals: Vec<_> = sheet.panels.iter().map(|panel| panel.refusal).collect();
            let refused = Some(EncryptError::TooShort { given: 5 });
            assert_eq!(refusals, [None, refused, refused, None]);
            for panel in &sheet.panels[1..3] {
                let picture = panel.picture.as_ref().expect("pictures were asked for");
                assert_eq!(picture.pixels(), [GROUND; 5]);
                assert_eq!(panel.leakage, Leakage::default());
            }
            let ecb = sheet.panels[3].leakage;
            assert_eq!(ecb.same_as_previous, (index > 0).then_some(0));
        }
    }
}
