//! The details of one block in every panel: its bytes, how the cipher computed them, and where else they occur. Pure;
//! runs on the render thread.

use std::ops::Range;

use rayon::prelude::*;

use super::inspected::{Found, Inspected, equal_to, in_panels};
use super::message_details;
use crate::crypto::{Around, Block, KeyMaterial};
use crate::gui::model::inspector::BlockOf;
use crate::gui::textures::visible_area::CropRect;
use crate::picture::layout::{BLOCK_BYTES, Layout};
use crate::picture::{Carpet, Frame, Shape};
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;

/// The colour of blocks with the same bytes.
const TWIN: [f32; 3] = [255.0, 176.0, 66.0];

/// The details of a block of a sheet; `None` where there is no such block.
#[must_use]
pub fn inspect(sheet: &Sheet, at: BlockOf) -> Option<Inspected> {
    let (frame, BlockOf { block, of }) = (&*sheet.frame, at);
    if let Some(payload) = message_details::messages_of(sheet, of) {
        return message_details::inspect(sheet, &payload, at);
    }
    if !of.target.is_pixels() {
        return None;
    }
    let plaintext = blocks(&frame.bytes).get(block).copied()?;
    let panels = in_panels(sheet, of, |rendered| found((frame, &sheet.key), rendered, block));
    let pixel = first_pixel(frame.layout, frame.shape, block);
    Some(Inspected { at, pixel, message: None, plaintext, panels })
}

fn found((frame, key): (&Frame, &KeyMaterial), rendered: &RenderedPanel, block: usize) -> Option<Found> {
    let wire = rendered.wire.as_ref()?;
    let bytes = blocks(&wire.bytes).get(block).copied()?;
    let scheme = rendered.panel.scheme().zip(wire.parameters.first());
    let stages = scheme.map_or_else(Vec::new, |(scheme, parameters)| {
        let around = Around { plaintext: &frame.bytes, ciphertext: &wire.bytes, block };
        scheme.stages(key, parameters, around)
    });
    let equal_blocks = equal_to(bytes, blocks(&wire.bytes));
    Some(Found { panel: rendered.panel, bytes, stages, equal_blocks })
}

fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks::<BLOCK_BYTES>().0
}

fn first_pixel(layout: Layout, shape: Shape, block: usize) -> Option<[u32; 2]> {
    let pixels = layout.pixels_of_block(shape, block);
    let first = (!pixels.is_empty()).then_some(pixels.top().start)?;
    let number = |side: usize| u32::try_from(side).ok();
    Some([number(first % shape.columns())?, number(first / shape.columns())?])
}

/// Highlights the blocks with the same bytes in a cropped image, and dims the rest. In the original they keep half of
/// their own colour, so that their content stays visible; the other half is the highlight, which also shows on dark
/// blocks.
pub fn light_up(found: &Found, layout: Layout, shape: Shape, crop: CropRect, rgba: &mut [u8]) {
    let own = if found.panel == Panel::Plain { 0.5 } else { 0.25 };
    mix(own, &lit(found, layout, shape, crop), rgba);
}

/// Highlights the cells of blocks with the same bytes in a cropped picture of messages, and dims the rest.
pub fn light_up_cells(found: &Found, carpet: &Carpet, crop: CropRect, rgba: &mut [u8]) {
    mix(0.25, &message_details::lit(&found.equal_blocks, carpet, crop), rgba);
}

/// Mixes the colour of highlights into pixels, of which `lit` is the share that is covered. They keep a share of `own` of
/// their colour; the rest is dimmed.
fn mix(own: f32, lit: &[f32], rgba: &mut [u8]) {
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    pixels.par_iter_mut().zip(lit).for_each(|(pixel, &lit)| {
        for (channel, colour) in pixel[..3].iter_mut().zip(TWIN) {
            let now = f32::from(*channel);
            let highlighted = own * now + (1.0 - own) * colour;
            let mixed = lit * highlighted + (1.0 - lit) * now * 0.4;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of bytes")]
            let mixed = mixed as u8;
            *channel = mixed;
        }
    });
}

/// The share of each pixel of a cropped image that is covered by such blocks. The pixel at the middle of a block has
/// at least one half: otherwise a single block would be invisible at a small scale.
fn lit(found: &Found, layout: Layout, shape: Shape, crop: CropRect) -> Vec<f32> {
    let [columns, rows] = crop.part();
    let mut lit = vec![0.0_f32; columns.len() * rows.len()];
    let across = crop.whole.columns() as f32 / shape.columns() as f32;
    let down = crop.whole.rows() as f32 / shape.rows() as f32;
    let cell = |pixel: usize| {
        let (x, y) = (pixel % shape.columns(), pixel / shape.columns());
        (covered(x, across, &columns), covered(y, down, &rows))
    };
    for pixel in found.equal_blocks.iter().flat_map(|&block| layout.pixels_of_block(shape, block).iter()) {
        let (wide, high) = cell(pixel);
        for (y, high) in high {
            wide.clone().for_each(|(x, wide)| lit[y * columns.len() + x] += wide * high);
        }
    }
    for &block in &*found.equal_blocks {
        let pixels = layout.pixels_of_block(shape, block);
        let Some(middle) = pixels.iter().nth(pixels.top().len() * pixels.height() / 2) else { continue };
        let (wide, high) = cell(middle);
        let most = |one: &(usize, f32), other: &(usize, f32)| one.1.total_cmp(&other.1);
        if let (Some((x, _)), Some((y, _))) = (wide.max_by(most), high.max_by(most)) {
            let lit = &mut lit[y * columns.len() + x];
            *lit = lit.max(0.5);
        }
    }
    for lit in &mut lit {
        *lit = lit.min(1.0);
    }
    lit
}

/// The pixels along one side of a cropped image that a pixel of the frame covers, counted from its start, and the
/// covered share of each.
fn covered(
    pixel: usize,
    scale: f32,
    part: &Range<usize>,
) -> impl Iterator<Item = (usize, f32)> + Clone + use<> {
    let (start, end) = (pixel as f32 * scale, (pixel + 1) as f32 * scale);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a picture")]
    let (first, last) = (start as usize, end.ceil() as usize);
    let (first, last, from) = (first.max(part.start), last.min(part.end), part.start);
    (first..last).map(move |at| {
        let share = end.min((at + 1) as f32) - start.max(at as f32);
        (at - from, share.max(0.0))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crypto::Stage;
    use crate::picture::Colour;
    use crate::render::{Parts, PreparedSet, Recent, Renderer};
    use crate::runtime::pool::{Buffer, Pool};
    use crate::scene::Scene;
    use crate::units::FrameIndex;

    /// 16 × 4 pixels, a row of four blocks: A B A A, then all different.
    fn sheet(panels: &[&str]) -> Sheet {
        let shape = Shape::new(16, 4);
        let mut bytes: Vec<u8> =
            (0..16 * 4 * 4).map(|at: u16| u8::try_from(at / 16 + 100).expect("small")).collect();
        for (block, value) in [(0, 1), (1, 2), (2, 1), (3, 1)] {
            bytes[block * 16..][..16].fill(value);
        }
        let frame = Frame {
            index: FrameIndex(3),
            time_secs: 0.0,
            duration_secs: 0.04,
            shape,
            layout: Layout::RGBA32,
            colour: Colour::default(),
            bytes: Arc::new(Buffer::from(bytes)),
        };
        let panels = panels.iter().map(|panel| panel.parse().expect("a panel")).collect();
        let scene = Scene { panels, ..Scene::of("demo".parse().expect("a source")) };
        let mut recent = Recent::default();
        recent.push(Arc::new(frame), 2);
        let mut renderer = Renderer::new(&scene, &Pool::default()).expect("the demonstration key");
        renderer.render(&recent, &PreparedSet::default(), Parts::PICTURES).expect("there is a frame")
    }

    fn pixels(block: usize) -> BlockOf {
        BlockOf { block, ..BlockOf::default() }
    }

    #[test]
    fn equal_blocks_are_found_in_each_panel_by_its_own_bytes() {
        let sheet = sheet(&["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"]);
        let seen = inspect(&sheet, pixels(2)).expect("there is a block 2");
        assert_eq!((seen.at.block, seen.pixel, seen.plaintext), (2, Some([8, 0]), [1; 16]));
        let equal_blocks: Vec<_> =
            seen.panels.iter().flatten().map(|found| found.equal_blocks.to_vec()).collect();
        assert_eq!(equal_blocks, [vec![0, 2, 3], vec![0, 2, 3], vec![0, 2, 3], vec![2]]);
        let ecb = seen.panels[1].as_ref().expect("ECB takes every frame");
        assert_eq!(ecb.stages.first(), Some(&Stage::Bytes("plaintext".into(), vec![1; 16])));
        assert!(inspect(&sheet, pixels(16)).is_none());
    }

    #[test]
    fn equal_blocks_are_highlighted_and_the_rest_is_dimmed() {
        let sheet = sheet(&["aes-128-ecb"]);
        let seen = inspect(&sheet, pixels(0)).expect("there is a block 0");
        let found = seen.panels[0].as_ref().expect("ECB takes every frame");
        let lit = |crop: CropRect| -> Vec<bool> {
            let [columns, rows] = crop.size();
            let mut rgba = vec![100; columns * rows * 4];
            light_up(found, Layout::RGBA32, Shape::new(16, 4), crop, &mut rgba);
            assert!(rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 100), "alpha is left alone");
            rgba.as_chunks::<4>().0.iter().map(|pixel| pixel[0] > 100).collect()
        };
        let row: Vec<bool> = (0..16).map(|x| !(4..8).contains(&x)).collect();
        let whole = lit(CropRect::all(Shape::new(16, 4)));
        assert_eq!(whole[..16], row);
        assert!(whole[16..].iter().all(|lit| !lit));
        let plain = Found { panel: Panel::Plain, ..found.clone() };
        let mut rgba = vec![100; 16 * 4 * 4];
        let crop = CropRect::all(Shape::new(16, 4));
        light_up(&plain, Layout::RGBA32, Shape::new(16, 4), crop, &mut rgba);
        assert_eq!((rgba[0], rgba[4 * 4]), (177, 40), "in the original, half of their colour stays");
        // Half the size, and from column 4 on: B, A, A.
        let part = lit(CropRect { x: 2, width: 6, ..CropRect::all(Shape::new(8, 4)) });
        assert_eq!(part[..6], [false, false, true, true, true, true]);
        // Each pixel represents two rows of four blocks, of which equal blocks cover 12 of 32 pixels, or none.
        let afar = super::lit(found, Layout::RGBA32, Shape::new(16, 4), CropRect::all(Shape::new(1, 2)));
        assert_eq!(afar, [0.5, 0.0], "from afar a few are still seen");
    }
}
