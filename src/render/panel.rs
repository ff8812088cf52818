//! Renders one panel: its picture, its numbers, and what it shows.

use std::sync::Arc;

use super::attack::AttackResult;
use super::equality_group::CiphertextAnalysis;
use super::sheet::{Parts, RenderedPanel};
use crate::leak::Finding;
use crate::lens::{GROUND, Lens, Needs};
use crate::payload::TargetStream;
use crate::picture::layout::{BLOCK_BYTES, Samples};
use crate::picture::{Frame, Picture, PixelGrid, Shape};
use crate::runtime::pool::Pool;
use crate::scene::Panel;
use crate::units::FrameIndex;

/// Renders a panel whose scheme could encrypt the frame.
pub fn render_panel(
    (panel, of): (Panel, TargetStream),
    frame: &Frame,
    ciphertext: &CiphertextAnalysis,
    attack_result: AttackResult,
    parts: Parts,
    pool: &Pool,
) -> RenderedPanel {
    let draws = parts.pictures && attack_result.pending.is_none();
    let is_viewed = attack_result.viewed.is_some();
    let picture = draws.then(|| match (panel, &attack_result.viewed) {
        _ if attack_result.is_withheld => blank(ciphertext.grid().shape(), pool),
        (_, Some(viewed)) => viewed.clone(),
        (Panel::Cipher { lens, .. }, None) if !can_paint(lens, ciphertext) => {
            blank(ciphertext.grid().shape(), pool)
        }
        _ => paint(panel, frame, ciphertext, &attack_result, pool),
    });
    let mut leakage = attack_result.numbers(frame, &ciphertext.leakage);
    let is_about_blocks = match panel {
        // The finding of this lens is about the received frame, if there is one.
        Panel::Cipher { lens: Lens::Received(_), .. } => attack_result.attack.is_some(),
        Panel::Cipher { lens: Lens::Sizes | Lens::Player, .. } => false,
        Panel::Cipher { lens: Lens::Footprint(_), .. } => leakage.word == Some(Finding::Footprint),
        Panel::Plain | Panel::Cipher { .. } => true,
    };
    if !is_about_blocks {
        leakage.word = None;
    }
    let is_observed = is_viewed && panel.own_target().observer.is_some();
    if is_observed {
        leakage.word = Some(Finding::Picture);
    }
    let blank = match (panel, &picture) {
        (Panel::Cipher { lens, .. }, Some(picture)) if !is_viewed && !attack_result.is_withheld => {
            let blank =
                || lens.blank(&attack_result.view(ciphertext.view()), &leakage, frame.index == FrameIndex(0));
            let is_even = match lens.needs() {
                // The picture has no cells.
                Needs::Messages => picture.pixels().windows(2).all(|pair| pair[0] == pair[1]),
                Needs::Blocks | Needs::Pixels => ciphertext.grid().is_even(picture.pixels()),
            };
            is_even.then(blank).flatten()
        }
        _ => None,
    };
    let shows = match panel {
        _ if is_observed => parts.shows.then_some(Ok(Finding::Picture)),
        Panel::Cipher { lens, .. } if parts.shows && attack_result.has_picture() => {
            Some(lens.finds(&attack_result.view(ciphertext.view()), &leakage, blank))
        }
        _ => None,
    };
    let AttackResult { pending, note, attack, is_withheld, .. } = attack_result;
    let wire = (!is_withheld).then(|| ciphertext.wire());
    RenderedPanel { panel, of, picture, leakage, wire, refusal: None, pending, note, blank, shows, attack }
}

/// True if the lens can paint the ciphertext itself: the ciphertext of a file is shown by a viewer.
fn can_paint(lens: Lens, ciphertext: &CiphertextAnalysis) -> bool {
    let is_viewed = lens == Lens::Ciphertext && ciphertext.put_back().is_some();
    lens.can_show(ciphertext.pixels()) && lens != Lens::Player && !is_viewed
}

/// The picture of a panel whose scheme cannot encrypt the frame.
pub fn blank(shape: Shape, pool: &Pool) -> Picture {
    let mut rgba = pool.take(shape.pixels() * 4);
    rgba.as_chunks_mut().0.fill(GROUND);
    Picture::new(shape, Arc::new(rgba))
}

/// The original, which shares the frame's bytes if they are the picture already.
pub fn original(frame: &Frame, pool: &Pool) -> Picture {
    if are_rgba(frame.pixels()) {
        return Picture::new(frame.shape, Arc::clone(&frame.bytes));
    }
    let mut rgba = pool.take(frame.shape.pixels() * 4);
    frame.pixels().show(&frame.bytes, None, &mut rgba);
    Picture::new(frame.shape, Arc::new(rgba))
}

/// True if the bytes of pixels are the picture already.
fn are_rgba(pixels: PixelGrid) -> bool {
    pixels.layout.samples() == Samples::Rgba32 && !pixels.layout.is_tiled()
}

/// Paints one panel, or shares the frame's bytes if they are the picture already.
fn paint(
    panel: Panel,
    frame: &Frame,
    ciphertext: &CiphertextAnalysis,
    attack_result: &AttackResult,
    pool: &Pool,
) -> Picture {
    match panel {
        Panel::Plain => original(frame, pool),
        Panel::Cipher { lens, .. } => {
            let (grid, blocks) = (ciphertext.grid(), ciphertext.blocks());
            // The lens paints a rest under 16 bytes in the colour of the ground.
            let has_rest = !blocks.len().is_multiple_of(BLOCK_BYTES);
            if lens == Lens::Ciphertext && grid.pixels().is_some_and(are_rgba) && !has_rest {
                return Picture::new(grid.shape(), Arc::clone(blocks.buffer()));
            }
            let mut rgba = pool.take(grid.shape().pixels() * 4);
            lens.paint(&attack_result.view(ciphertext.view()), &mut rgba);
            Picture::new(grid.shape(), Arc::new(rgba))
        }
    }
}
