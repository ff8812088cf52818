//! The frame on screen, and one texture per panel that is created once and then updated in place.

use std::sync::Arc;

use eframe::egui::{
    ColorImage, Context, Pos2, Rect, TextureFilter, TextureHandle, TextureOptions, Ui, Vec2, vec2,
};

use super::letterbox::Letterbox;
use super::overview;
use super::picture::{self, Pane};
use crate::gui::model::panels::comparison::{Comparison, Pair};
use crate::gui::model::panels::viewport::{ViewPos, Viewport};
use crate::gui::model::state::State;
use crate::gui::textures::byte_cells::Cells;
use crate::gui::textures::display_frame::DisplayFrame;
use crate::gui::textures::texture::Texture;
use crate::gui::textures::visible_area::{CropRect, Map, SharedVisibleArea, VisibleArea};
use crate::picture::Shape;
use crate::scene::Panel;

/// Nearest: blocks stay sharp where a picture is enlarged. Linear: no line of pixels is lost where it is reduced.
const FILTER: TextureOptions = TextureOptions {
    magnification: TextureFilter::Nearest,
    minification: TextureFilter::Linear,
    ..TextureOptions::LINEAR
};

/// The frame on screen and its textures.
#[derive(Default)]
pub struct PanelTextures {
    /// The visible area, which the render thread reads.
    pub wanted: Arc<SharedVisibleArea>,
    displayed: Option<DisplayFrame>,
    pictures: Vec<Option<Uploaded>>,
    /// The difference of two panels.
    difference: Option<Uploaded>,
    /// The overview of a whole picture.
    overview: Option<Uploaded>,
    /// The viewport of the last layout.
    viewport: Viewport,
    /// A better version of the frame has been requested.
    redrawing: bool,
    /// Bytes uploaded since they were asked for last.
    uploaded_bytes: u64,
}

/// An uploaded picture.
struct Uploaded {
    texture: TextureHandle,
    picture: Picture,
    /// The bytes of its blocks, where they are written into the picture.
    cells: Option<Arc<Cells>>,
    since_secs: f64,
}

/// What a picture is of.
#[derive(Clone, Copy)]
struct Picture {
    panel: Panel,
    crop: CropRect,
    shape: Shape,
    /// The panel shows nothing yet, or cannot show anything.
    is_empty: bool,
}

impl PanelTextures {
    /// Puts a frame on screen. A picture of ciphertext stays for `stays_secs` before the next one replaces it; with
    /// `keeps_pending`, also until the next one is prepared.
    pub fn show(&mut self, ctx: &Context, mut displayed: DisplayFrame, stays_secs: f64, keeps_pending: bool) {
        let now_secs = ctx.input(|input| input.time);
        self.pictures.resize_with(displayed.panels.len(), || None);
        let mut map_stays = false;
        for (at, panel) in displayed.panels.iter_mut().enumerate() {
            // Taken out of the frame, so that the render thread can reuse the image.
            if let (Some(image), Some(crop)) = (panel.image.take(), panel.crop) {
                let slot = &mut self.pictures[at];
                let stays = slot.as_ref().is_some_and(|uploaded| {
                    panel.panel != Panel::Plain
                        && uploaded.picture.panel == panel.panel
                        && uploaded.picture.shape == displayed.shape
                        && !uploaded.picture.is_empty
                        && (now_secs - uploaded.since_secs < stays_secs
                            || (keeps_pending && panel.pending.is_some()))
                });
                if stays {
                    map_stays |= displayed.overview.as_ref().is_some_and(|overview| overview.map.at == at);
                } else {
                    self.uploaded_bytes += image.as_raw().len() as u64;
                    let is_empty = panel.note.is_some() || panel.pending.is_some();
                    let picture = Picture { panel: panel.panel, crop, shape: displayed.shape, is_empty };
                    upload(ctx, slot, &format!("panel {at}"), image, picture, now_secs);
                    if let Some(uploaded) = slot {
                        uploaded.cells.clone_from(&panel.cells);
                    }
                }
            }
        }
        if let Some(found) = &mut displayed.difference {
            let picture =
                Picture { panel: Panel::Plain, crop: found.crop, shape: displayed.shape, is_empty: false };
            let image = std::mem::take(&mut found.image);
            upload(ctx, &mut self.difference, "difference", image, picture, now_secs);
        }
        // The overview and the picture below it are of the same frame.
        self.overview.take_if(|uploaded| {
            displayed.overview.as_ref().is_none_or(|overview| overview.panel != uploaded.picture.panel)
        });
        if let Some(overview) = displayed.overview.as_mut().filter(|_| !map_stays || self.overview.is_none())
        {
            self.uploaded_bytes += overview.image.as_raw().len() as u64;
            let [width, height] = overview.map.px;
            let crop = CropRect::all(Shape::new(width, height));
            let picture = Picture { panel: overview.panel, crop, shape: displayed.shape, is_empty: false };
            let image = std::mem::take(&mut overview.image);
            upload(ctx, &mut self.overview, "overview", image, picture, now_secs);
        }
        self.redrawing = false;
        self.displayed = Some(displayed);
    }

    /// Removes the frame from the screen.
    pub fn clear(&mut self) {
        *self = Self { wanted: Arc::clone(&self.wanted), ..Self::default() };
    }

    /// The bytes that were uploaded since the last call.
    pub fn take_uploaded_bytes(&mut self) -> u64 {
        std::mem::take(&mut self.uploaded_bytes)
    }

    /// The frame on screen. Its images are in the textures.
    #[must_use]
    pub fn displayed(&self) -> Option<&DisplayFrame> {
        self.displayed.as_ref()
    }

    /// The picture of the panel at this place.
    #[must_use]
    pub fn picture(&self, at: usize) -> Option<Texture> {
        let uploaded = self.pictures.get(at)?.as_ref()?;
        let Picture { panel, crop, shape, is_empty } = uploaded.picture;
        Some(Texture { id: uploaded.texture.id(), panel, crop, shape, is_empty })
    }

    /// The picture of the difference of these two panels, where that is on screen.
    #[must_use]
    pub fn difference(&self, pair: Pair) -> Option<Texture> {
        let shown = self.displayed.as_ref()?.difference.as_ref()?;
        let uploaded = self.difference.as_ref().filter(|_| shown.pair == pair)?;
        let Picture { panel, crop, shape, is_empty } = uploaded.picture;
        Some(Texture { id: uploaded.texture.id(), panel, crop, shape, is_empty })
    }

    /// The bytes of the blocks in the picture of a panel, where they are written into it.
    #[must_use]
    pub fn cells(&self, at: usize) -> Option<&Cells> {
        self.pictures.get(at)?.as_ref()?.cells.as_deref()
    }

    /// True where the panel at this place has the overview.
    #[must_use]
    pub fn has_map(&self, at: usize) -> bool {
        self.wanted.area().map.is_some_and(|map| map.at == at)
    }

    /// The overview of a panel's whole picture.
    #[must_use]
    pub fn overview(&self, panel: Panel) -> Option<Texture> {
        let uploaded = self.overview.as_ref().filter(|uploaded| uploaded.picture.panel == panel)?;
        let Picture { panel, crop, shape, is_empty } = uploaded.picture;
        Some(Texture { id: uploaded.texture.id(), panel, crop, shape, is_empty })
    }

    /// Tells the render thread the size of the pictures, the panels on screen, the visible part and the inspected
    /// block.
    ///
    /// The panel at `mapped` has an overview, where there is room for one.
    pub fn lay_out(
        &mut self,
        ui: &Ui,
        (letterbox, panel): (Letterbox, Vec2),
        panels: &[usize],
        mapped: Option<usize>,
        state: &State,
    ) {
        let (view, layout) = (&state.panel_view, state.scene.layout);
        let shape = self.displayed.as_ref().map(|displayed| displayed.shape);
        let fit_px = picture::pixels_of(letterbox.size(panel, shape), ui.pixels_per_point());
        self.viewport = Viewport { fit_px, frame: letterbox.frame(shape), ..Viewport::default() };
        let panels = panels.iter().filter(|&&at| at < 32).fold(0, |mask, &at| mask | 1 << at);
        let viewport = self.viewport(view.view_pos);
        let size = vec2(fit_px[0] as f32, fit_px[1] as f32) / ui.pixels_per_point();
        let pane = Pane { rect: Rect::from_min_size(Pos2::ZERO, size), viewport };
        let map = || overview::from_picture(pane.rect, ui.pixels_per_point());
        let map = mapped
            .filter(|_| viewport.is_closer())
            .and_then(|at| Some(Map { at, px: picture::pixels_of(map()?.size(), ui.pixels_per_point()) }));
        self.wanted.publish(VisibleArea {
            picture_px: fit_px,
            visible: viewport.visible(),
            panels,
            texture_side: ui.input(|input| input.max_texture_side),
            block: state.inspector.block(),
            lit: state.inspector.lights_up(),
            difference: view.comparison.and_then(Comparison::difference),
            map,
            fits_bytes: shape.is_some_and(|shape| pane.fits_bytes(ui, layout, shape).is_some()),
        });
    }

    /// The viewport at this position, for the current size of the pictures.
    #[must_use]
    pub fn viewport(&self, view_pos: ViewPos) -> Viewport {
        Viewport { view_pos, ..self.viewport }
    }

    /// True, once, where the frame on screen [lacks](Self::lacks) something.
    pub fn needs_redraw(&mut self) -> bool {
        let lacks = self.lacks();
        !std::mem::replace(&mut self.redrawing, lacks) && lacks
    }

    /// True where the frame on screen is not what the window needs: too coarse, of another part, or without a panel
    /// that has become visible.
    #[must_use]
    pub fn lacks(&self) -> bool {
        let Some(displayed) = &self.displayed else { return false };
        let area = self.wanted.area();
        let looks_elsewhere = displayed.inspected.as_ref().map(|seen| seen.at) != area.block
            && area.block.is_none_or(|at| at.block < displayed.blocks_of(at.of));
        let lacks_difference = area.difference.is_some_and(|pair| {
            let needed = area.needs_difference(displayed.shape);
            let serves = |crop: CropRect| needed.is_none_or(|needed| crop.serves(needed));
            let can_be_had = pair.panels.iter().all(|&at| at < displayed.panels.len());
            let is_there =
                displayed.difference.as_ref().is_some_and(|shown| shown.pair == pair && serves(shown.crop));
            can_be_had && !is_there
        });
        let lacks_map = area.map.is_some_and(|map| {
            let panel = displayed.panels.get(map.at);
            let can_be_had = panel.is_some_and(|panel| panel.pending.is_none());
            can_be_had && displayed.overview.as_ref().is_none_or(|overview| overview.map != map)
        });
        looks_elsewhere
            || lacks_map
            || (area.fits_bytes && !displayed.has_bytes)
            || (displayed.inspected.is_some() && displayed.lit != area.lit)
            || lacks_difference
            || displayed.panels.iter().enumerate().any(|(at, panel)| {
                let needed = area.needs(at, displayed.shape);
                needed.is_some_and(|needed| panel.crop.is_none_or(|crop| !crop.serves(needed)))
            })
    }
}

/// Uploads an image to its texture. Where the size is the same, the texture on the GPU is reused.
fn upload(
    ctx: &Context,
    slot: &mut Option<Uploaded>,
    name: &str,
    image: Arc<ColorImage>,
    picture: Picture,
    since_secs: f64,
) {
    let Some(uploaded) = slot else {
        let texture = ctx.load_texture(name, image, FILTER);
        *slot = Some(Uploaded { texture, picture, cells: None, since_secs });
        return;
    };
    if uploaded.texture.size() == image.size {
        uploaded.texture.set_partial([0, 0], image, FILTER);
    } else {
        uploaded.texture.set(image, FILTER);
    }
    (uploaded.picture, uploaded.since_secs) = (picture, since_secs);
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::Color32;

    #[test]
    fn a_picture_of_the_same_size_reuses_the_texture() {
        let ctx = Context::default();
        let others = ctx.tex_manager().read().num_allocated();
        let mut slot = None;
        let mut written = |width: u32| {
            let crop = CropRect::all(Shape::new(width, 2));
            let picture = Picture { panel: Panel::Plain, crop, shape: Shape::new(width, 2), is_empty: false };
            let image = Arc::new(ColorImage::filled(crop.size(), Color32::BLACK));
            upload(&ctx, &mut slot, "panel", image, picture, 0.0);
            let mut delta = ctx.tex_manager().write().take_delta();
            let own = slot.as_ref().map(|uploaded: &Uploaded| uploaded.texture.id()).expect("it hangs there");
            let places = delta.set.get(&own).into_iter().flatten().map(|delta| delta.pos).collect::<Vec<_>>();
            // The test has no GPU: the uploads are dropped.
            delta.clear();
            places
        };
        assert_eq!(written(4), [None], "a new one");
        assert_eq!(written(4), [Some([0, 0])], "in place");
        assert_eq!(written(6), [None], "another size");
        assert_eq!(ctx.tex_manager().read().num_allocated(), others + 1);
    }
}
