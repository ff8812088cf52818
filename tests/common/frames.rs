//! Frames of given bytes, for tests that need no source.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::sync::Arc;

use afterimage::picture::layout::Layout;
use afterimage::picture::{Colour, Frame, Shape};
use afterimage::render::{Parts, PreparedSet, Recent, RenderedPanel, Renderer, Sheet};
use afterimage::runtime::pool::{Buffer, Pool};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;

/// Frame `n` of a video of 25 frames per second.
pub fn frame(layout: Layout, shape: Shape, n: u64, bytes: Vec<u8>) -> Arc<Frame> {
    assert_eq!(bytes.len(), layout.frame_bytes(shape));
    Arc::new(Frame {
        index: FrameIndex(n),
        time_secs: n as f64 / 25.0,
        duration_secs: 0.04,
        shape,
        layout,
        colour: Colour::default(),
        bytes: Arc::new(Buffer::from(bytes)),
    })
}

/// A renderer of a scene without history.
pub fn new_renderer(scene: &Scene) -> Renderer {
    Renderer::new(scene, &Pool::default()).expect("a key that is long enough")
}

/// These frames in order, of which a renderer needs the last `needed`.
pub fn recent(frames: &[Arc<Frame>], needed: usize) -> Recent {
    let mut recent = Recent::default();
    for frame in frames {
        recent.push(Arc::clone(frame), needed);
    }
    recent
}

/// The sheet of the last of these frames.
pub fn render_with(renderer: &mut Renderer, scene: &Scene, frames: &[Arc<Frame>], parts: Parts) -> Sheet {
    let recent = recent(frames, scene.frames_needed());
    renderer.render(&recent, &PreparedSet::default(), parts).expect("there is a frame")
}

/// The sheet of the last of these frames, by a renderer without history.
pub fn rendered(scene: &Scene, frames: &[Arc<Frame>], parts: Parts) -> Sheet {
    render_with(&mut new_renderer(scene), scene, frames, parts)
}

/// The pixels of a panel, which must have a picture.
pub fn pixels(panel: &RenderedPanel) -> &[[u8; 4]] {
    panel.picture.as_ref().expect("a picture").pixels()
}
