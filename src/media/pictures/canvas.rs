//! Drawings as a source: one frame of flat colours.

use std::sync::Arc;

use super::generated::Generated;
use super::still;
use crate::media::clock::UNKNOWN_FRAME_SECS;
use crate::media::info::{Kind, SourceInfo, StatedColour};
use crate::picture::drawing::{Drawing, SHAPE};
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;

/// Opens a drawing.
pub(in crate::media) fn open(drawing: &Drawing, layout: Layout, pool: &Pool) -> Generated {
    let mut rgba = vec![0; SHAPE.pixels() * 4];
    drawing.paint(&mut rgba);
    let info = SourceInfo {
        source: "canvas".to_owned(),
        kind: Kind::Still,
        container: "canvas".to_owned(),
        codec: "marks".to_owned(),
        pixel_format: "rgba".to_owned(),
        width: SHAPE.width,
        height: SHAPE.height,
        sample_aspect_ratio: (1, 1),
        rotation_degrees: 0,
        mirrored: None,
        colour: StatedColour::default(),
        frame_rate: None,
        duration_secs: Some(UNKNOWN_FRAME_SECS),
        frames: Some(1),
        keyframes: Some(1),
    };
    Generated::still(info, Arc::new(still::index()), rgba, layout, pool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Frames as _;

    #[test]
    fn a_drawing_is_one_frame_in_every_layout() {
        let drawing: Drawing = "rectangle #808080 0,0 1279,719\n".parse().expect("a drawing");
        for layout in [Layout::RGBA32, Layout::RGB24, Layout::GRAY8, Layout::YUV420P] {
            let mut frames = open(&drawing, layout, &Pool::default());
            let frame = frames.next_frame().expect("it is painted").expect("there is a frame");
            assert_eq!((frame.shape, frame.bytes.len()), (SHAPE, layout.frame_bytes(SHAPE)));
            assert!(frame.bytes[..3].iter().all(|&byte| byte.abs_diff(128) < 3));
            assert!(frames.next_frame().expect("the end").is_none());
        }
    }
}
