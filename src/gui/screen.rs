//! What is on screen: the shot, and one texture a panel that is made once and then updated in place.

use std::sync::Arc;

use eframe::egui::{ColorImage, Context, TextureFilter, TextureHandle, TextureId, TextureOptions};

use super::film::{Shot, Wanted};

/// Blocks stay sharp where a picture is enlarged; outlines stay whole where it is reduced.
const FILTER: TextureOptions = TextureOptions {
    magnification: TextureFilter::Nearest,
    minification: TextureFilter::Linear,
    ..TextureOptions::LINEAR
};

/// The shot on screen.
#[derive(Default)]
pub struct Screen {
    /// How large the pictures are shown; the render thread reads it.
    pub wanted: Arc<Wanted>,
    shot: Option<Shot>,
    textures: Vec<Option<TextureHandle>>,
    /// A larger version of the shot is on its way.
    redrawing: bool,
}

impl Screen {
    /// Puts a shot on screen.
    pub fn show(&mut self, ctx: &Context, mut shot: Shot) {
        self.textures.resize_with(shot.panels.len(), || None);
        for (at, panel) in shot.panels.iter_mut().enumerate() {
            // Taken out, so that the render thread can use the image again.
            if let Some(image) = panel.image.take() {
                update(ctx, &mut self.textures[at], at, image);
            }
        }
        self.redrawing = false;
        self.shot = Some(shot);
    }

    /// Takes the shot off the screen.
    pub fn clear(&mut self) {
        *self = Self { wanted: Arc::clone(&self.wanted), ..Self::default() };
    }

    /// The shot on screen. Its images are in the textures.
    #[must_use]
    pub fn shot(&self) -> Option<&Shot> {
        self.shot.as_ref()
    }

    /// The picture of the panel at this place.
    #[must_use]
    pub fn texture(&self, at: usize) -> Option<TextureId> {
        self.textures.get(at)?.as_ref().map(TextureHandle::id)
    }

    /// True, once, where the shot on screen is coarser than the window could show it.
    pub fn needs_redraw(&mut self) -> bool {
        let Some(shot) = &self.shot else { return false };
        let coarse = shot.panels.iter().enumerate().any(|(at, panel)| {
            let wanted = self.wanted.factor(at, shot.shape);
            wanted.is_some_and(|wanted| panel.factor.is_none_or(|factor| factor > wanted))
        });
        !std::mem::replace(&mut self.redrawing, coarse) && coarse
    }
}

/// Sends an image to its texture, without a new texture on the GPU where the size is the same.
fn update(ctx: &Context, texture: &mut Option<TextureHandle>, at: usize, image: Arc<ColorImage>) {
    match texture {
        Some(texture) if texture.size() == image.size => texture.set_partial([0, 0], image, FILTER),
        Some(texture) => texture.set(image, FILTER),
        None => *texture = Some(ctx.load_texture(format!("panel {at}"), image, FILTER)),
    }
}
