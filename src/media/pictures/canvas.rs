//! Drawings as a source: one frame of flat colours.

use std::sync::Arc;

use super::generated::Generated;
use super::still;
use crate::media::info::SourceInfo;
use crate::picture::drawing::{Drawing, SHAPE};
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;

/// Opens a drawing.
pub(in crate::media) fn open(drawing: &Drawing, layout: Layout, pool: &Pool) -> Generated {
    let mut rgba = vec![0; SHAPE.pixels() * 4];
    drawing.paint(&mut rgba);
    let formats = ["canvas", "marks", "rgba"].map(str::to_owned);
    let info = SourceInfo::of_pictures("canvas".to_owned(), formats, SHAPE);
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
