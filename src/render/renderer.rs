//! `render(scene, frame)`: one encryption for each distinct ciphertext, one census for all with identical block equality,
//! then one picture for each panel.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;

use super::attack::AttackResult;
use super::ciphertext_history::CiphertextKey;
use super::equality_group::{CiphertextAnalysis, EqualityGroup, is_large};
use super::moment::Moment;
use super::panel::{self, blank, render_panel};
use super::player::{NoPicture, PlayerKey};
use super::prepared::PreparedSet;
use super::received::ReceiverSide;
use super::sheet::{Note, Numbers, Parts, RenderedPanel, Sheet};
use crate::call::Sight;
use crate::crypto::{EncryptError, KeyError, KeyMaterial};
use crate::leak::{Detail, Edges, Leakage};
use crate::picture::layout::Layout;
use crate::picture::{Frame, Picture};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// Consecutive frames up to the one to be rendered, as many as the scene needs.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    frames: VecDeque<Moment>,
}

impl Recent {
    /// Adds the next frame and drops all but the last `needed`. A frame that does not follow the last one, or has another
    /// layout, replaces all.
    pub fn push(&mut self, moment: impl Into<Moment>, needed: usize) {
        let moment = moment.into();
        let frame = moment.frame();
        let follows = self
            .current()
            .is_some_and(|last| last.index.next() == frame.index && last.layout == frame.layout);
        if !follows {
            self.frames.clear();
        }
        self.frames.iter_mut().for_each(Moment::drop_played);
        self.frames.push_back(moment);
        self.keep_last(needed);
    }

    /// True if it has the frames from `first` to `last`, and `last` is the one to be rendered.
    #[must_use]
    pub fn holds(&self, first: FrameIndex, last: FrameIndex) -> bool {
        let is_last = self.current().is_some_and(|current| current.index == last);
        is_last && self.frames.front().is_some_and(|front| front.frame().index <= first)
    }

    /// The number of the frame after the last one, if it has all frames from `first` up to there.
    #[must_use]
    pub fn end_of(&self, first: FrameIndex) -> Option<FrameIndex> {
        let end = self.current()?.index.next();
        self.frames.front().filter(|front| front.frame().index <= first && first <= end).map(|_| end)
    }

    /// Drops all but the last `needed` frames.
    pub fn keep_last(&mut self, needed: usize) {
        while self.frames.len() > needed.max(1) {
            self.frames.pop_front();
        }
    }

    /// Drops all frames.
    pub fn clear(&mut self) {
        self.frames.clear();
    }

    /// The frame to be rendered.
    #[must_use]
    pub fn current(&self) -> Option<&Arc<Frame>> {
        self.frames.back().map(Moment::frame)
    }
}

/// Renders the frames of one scene. It keeps its ciphers and results of the frames before, which only saves time: the
/// sheets are the same without them.
///
/// A sheet is made in two steps: a frame is [analyzed](Self::analyze), then [painted](Self::paint). The next frame can
/// be analyzed while one is painted ([`Self::paint_and_analyze`]), since each step leaves cores idle.
pub struct Renderer {
    layout: Layout,
    /// The distinct ciphertexts of the scene, grouped by block equality.
    groups: Vec<EqualityGroup>,
    panels: PanelRenderer,
}

/// Paints the panels of an analyzed frame.
struct PanelRenderer {
    /// Each with its ciphertext.
    panels: Vec<(Panel, CiphertextKey)>,
    key: KeyMaterial,
    /// Receivers of the schemes that a panel shows with the lens `received`.
    receivers: Vec<ReceiverSide>,
    pool: Pool,
}

/// An analyzed frame: encrypted, counted and compared with the frame before. Its panels are not painted yet.
pub struct Analysis {
    frame: Arc<Frame>,
    ciphertexts: Vec<(CiphertextKey, Result<CiphertextAnalysis, EncryptError>)>,
    /// The edges of the original, if the agreement of the outline with them is wanted.
    edges: Option<Edges>,
    /// The detail of the original, if it is known and there are slices to compare with it.
    detail: Option<Detail>,
    parts: Parts,
    /// What players without the key show, in the order of the panels.
    played: Vec<Option<Result<Picture, NoPicture>>>,
    /// The pixels of the frame are unknown.
    is_locked: bool,
}

impl Analysis {
    /// The frame.
    #[must_use]
    pub const fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }
}

impl Renderer {
    /// Sets up the ciphers of a scene.
    ///
    /// # Errors
    /// [`KeyError`] if the key material is shorter than a scheme needs, or does not suit it.
    pub fn new(scene: &Scene, pool: &Pool) -> Result<Self, KeyError> {
        let panels = scene.panels.iter().map(|&panel| (panel, CiphertextKey::of(scene, panel))).collect();
        let (receivers, key) = (ReceiverSide::all(scene)?, scene.key.clone());
        let panels = PanelRenderer { panels, key, receivers, pool: pool.clone() };
        Ok(Self { layout: scene.layout, groups: EqualityGroup::all(scene)?, panels })
    }

    /// The layout of its frames.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Renders the current frame of `recent`; `None` if there is none. A panel whose preparation is missing from
    /// `prepared` is pending.
    pub fn render(&mut self, recent: &Recent, prepared: &PreparedSet, parts: Parts) -> Option<Sheet> {
        let analysis = self.analyze(recent, parts)?;
        Some(self.paint(analysis, prepared))
    }

    /// Encrypts and counts the current frame of `recent`, and compares it with the frame before; `None` if there is no
    /// frame, or if what a panel encrypts was not read of every frame.
    pub fn analyze(&mut self, recent: &Recent, parts: Parts) -> Option<Analysis> {
        let Self { groups, panels, .. } = self;
        analyze(groups, panels, recent, parts)
    }

    /// Paints the panels of an analyzed frame. A panel whose preparation is missing from `prepared` is pending.
    #[must_use]
    pub fn paint(&self, analysis: Analysis, prepared: &PreparedSet) -> Sheet {
        self.panels.paint(analysis, prepared)
    }

    /// [Paints](Self::paint) an analyzed frame while it [analyzes](Self::analyze) the current frame of `next` for the
    /// same parts of a sheet.
    pub fn paint_and_analyze(
        &mut self,
        analysis: Analysis,
        prepared: &PreparedSet,
        next: &Recent,
    ) -> (Sheet, Option<Analysis>) {
        let Self { groups, panels, .. } = self;
        let parts = analysis.parts;
        let (next, sheet) =
            rayon::join(|| analyze(groups, panels, next, parts), || panels.paint(analysis, prepared));
        (sheet, next)
    }
}

fn analyze(
    groups: &mut [EqualityGroup],
    panels: &PanelRenderer,
    recent: &Recent,
    parts: Parts,
) -> Option<Analysis> {
    let (frame, pool) = (recent.current()?, &panels.pool);
    let was_read = |moment: &Moment| groups.iter().all(|group| group.payload_in(moment).is_some());
    if !recent.frames.iter().all(was_read) {
        return None;
    }
    let analyze_group = |group: &mut EqualityGroup| group.analyze(&recent.frames, parts, pool);
    let moment = recent.frames.back()?;
    let played = panels.played(moment, parts)?;
    let payloads = || groups.iter().filter_map(|group| group.payload_in(moment));
    let has_edges = parts.numbers >= Numbers::Tables && payloads().any(|payload| payload.pixels().is_some());
    let is_large = payloads().any(|payload| is_large(payload.bytes()));
    let is_locked = moment.is_locked();
    let is_known = !is_locked && !frame.bytes.is_empty() && parts.numbers >= Numbers::Captions;
    let has_detail = is_known && payloads().any(|payload| payload.slices().next().is_some());
    let of_original = || {
        let edges = has_edges.then(|| Edges::of(frame.layout, frame.shape, &frame.bytes));
        (edges, has_detail.then(|| Detail::of(frame.layout, frame.shape, &frame.bytes)))
    };
    let (ciphertexts, (edges, detail)) = analyze_all(groups, is_large, &analyze_group, of_original);
    Some(Analysis { frame: Arc::clone(frame), ciphertexts, edges, detail, parts, played, is_locked })
}

impl PanelRenderer {
    /// What each panel plays of a frame; `None` if pictures are wanted and a panel was not played.
    fn played(&self, moment: &Moment, parts: Parts) -> Option<Vec<Option<Result<Picture, NoPicture>>>> {
        let original = OnceCell::new();
        let play = |(panel, ciphertext): &(Panel, CiphertextKey)| {
            if let Some(observer) = panel.own_target().observer {
                let sight = moment.sight(observer).filter(|_| parts.pictures);
                return Some(match sight {
                    Some(Sight::Picture) => {
                        Some(Ok(original.get_or_init(|| panel::original(moment.frame(), &self.pool)).clone()))
                    }
                    Some(Sight::Nothing) => Some(Err(NoPicture::NothingSeen)),
                    Some(Sight::Packets) | None => None,
                });
            }
            let Some(key) = PlayerKey::of(*panel, ciphertext.of, &self.key) else { return Some(None) };
            let played = moment.played(&key).cloned();
            (played.is_some() || !parts.pictures).then_some(played)
        };
        self.panels.iter().map(play).collect()
    }

    fn paint(&self, analysis: Analysis, prepared: &PreparedSet) -> Sheet {
        let Analysis { frame, mut ciphertexts, edges, detail, parts, played, is_locked } = analysis;
        ciphertexts.par_iter_mut().filter_map(|(_, ciphertext)| ciphertext.as_mut().ok()).for_each(
            |ciphertext| {
                if let Some(edges) = &edges {
                    ciphertext.compare(edges);
                }
                if parts.numbers >= Numbers::Captions {
                    ciphertext.compare_slices(detail.as_ref());
                }
            },
        );
        let viewer = (parts.pictures || parts.shows).then_some(&self.pool);
        let panel =
            |(&(panel, key), played): (&(Panel, CiphertextKey), &Option<Result<Picture, NoPicture>>)| {
                let ciphertext = ciphertexts.iter().find(|(analyzed, _)| *analyzed == key);
                match &ciphertext.expect("the ciphertext of every panel was analyzed").1 {
                    Ok(ciphertext) => {
                        let mut attack_result = AttackResult::of(
                            (panel, key.of),
                            &frame,
                            played.as_ref(),
                            ciphertext,
                            prepared,
                            &self.receivers,
                            viewer,
                        );
                        if panel == Panel::Plain && is_locked {
                            attack_result.note.get_or_insert(Note::NeedsContentKey);
                        }
                        render_panel((panel, key.of), &frame, ciphertext, attack_result, parts, &self.pool)
                    }
                    Err(refusal) => RenderedPanel {
                        panel,
                        of: key.of,
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
        let panels = self.panels.par_iter().zip(&played).map(panel).collect();
        Sheet { frame, panels, key: self.key.clone() }
    }
}

/// Analyzes all groups and finds the edges of the original, in parallel. The groups start first, since they take
/// longest and cannot be divided; the edges can. The groups of a large frame are analyzed one after the other, since
/// each census takes as much memory as the frame.
fn analyze_all<S: Send, E: Send>(
    groups: &mut [EqualityGroup],
    is_large: bool,
    analyze_group: &(impl Fn(&mut EqualityGroup) -> Vec<S> + Sync),
    edges: impl FnOnce() -> E + Send,
) -> (Vec<S>, E) {
    let Some((first, others)) = groups.split_first_mut() else { return (Vec::new(), edges()) };
    let (mut analyses, (more, edges)) = if is_large {
        (analyze_group(first), analyze_all(others, is_large, analyze_group, edges))
    } else {
        rayon::join(|| analyze_group(first), || analyze_all(others, is_large, analyze_group, edges))
    };
    analyses.extend(more);
    (analyses, edges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::GROUND;
    use crate::picture::{Colour, Shape};
    use crate::runtime::pool::Buffer;

    #[test]
    fn a_scheme_that_cannot_encrypt_the_frame_blanks_its_own_panels_only() {
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
                renderer.render(&recent, &PreparedSet::default(), Parts::PICTURES).expect("there is a frame");
            let refusals: Vec<_> = sheet.panels.iter().map(|panel| panel.refusal).collect();
            let refused = Some(EncryptError::TooShort { given: 5 });
            assert_eq!(refusals, [None, refused, refused, None]);
            for panel in &sheet.panels[1..3] {
                let picture = panel.picture.as_ref().expect("pictures are wanted");
                assert_eq!(picture.pixels(), [GROUND; 5]);
                assert_eq!(panel.leakage, Leakage::default());
            }
            let ecb = sheet.panels[3].leakage;
            assert_eq!(ecb.same_as_previous, (index > 0).then_some(0));
        }
    }
}
