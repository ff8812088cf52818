//! All thumbnails of one size in one texture, so that the strip of them is one draw call.

use eframe::egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureOptions, Vec2, pos2, vec2};

/// The most thumbnails.
pub(super) const MOST: usize = 48;

/// Thumbnails side by side in a texture.
const COLUMNS: usize = 8;

/// A texture that holds all thumbnails of one size.
pub(super) struct ThumbnailAtlas {
    pub(super) texture: TextureHandle,
    /// Width and height of a thumbnail, in pixels.
    pub(super) cell: [usize; 2],
}

impl ThumbnailAtlas {
    pub(super) fn new(ctx: &Context, cell: [usize; 2]) -> Self {
        let size = [cell[0] * COLUMNS, cell[1] * MOST.div_ceil(COLUMNS)];
        let blank = ColorImage::filled(size, Color32::TRANSPARENT);
        Self { texture: ctx.load_texture("thumbnails", blank, TextureOptions::LINEAR), cell }
    }

    pub(super) fn put(&mut self, at: usize, image: ColorImage) {
        if image.size == self.cell && at < MOST {
            let corner = [at % COLUMNS * self.cell[0], at / COLUMNS * self.cell[1]];
            self.texture.set_partial(corner, image, TextureOptions::LINEAR);
        }
    }

    /// The area of a thumbnail in the texture, less half a pixel on each side, so that filtering does not blend in
    /// its neighbours.
    #[expect(clippy::cast_precision_loss, reason = "pixels of a texture")]
    pub(super) fn uv(&self, at: usize) -> Rect {
        let [width, height] = self.cell.map(|side| side as f32);
        let corner = pos2((at % COLUMNS) as f32 * width, (at / COLUMNS) as f32 * height);
        let rect = Rect::from_min_size(corner, vec2(width, height)).shrink(0.5);
        let size = self.texture.size_vec2();
        Rect::from_min_max((rect.min.to_vec2() / size).to_pos2(), (rect.max.to_vec2() / size).to_pos2())
    }

    #[expect(clippy::cast_precision_loss, reason = "pixels of a texture")]
    pub(super) fn size(&self) -> Vec2 {
        vec2(self.cell[0] as f32, self.cell[1] as f32)
    }
}
