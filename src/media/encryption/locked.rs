//! Frames of a video that is encrypted in its file, without the content key: one for each time at which a packet is
//! shown. They have numbers and times but no pixels, and are painted in the colour of an empty panel.

use std::sync::Arc;

use crate::media::decode::{Decoding, Threads};
use crate::media::error::MediaError;
use crate::media::ffi;
use crate::media::info::{Kind, SourceInfo};
use crate::media::limits::Limits;
use crate::media::origin::Origin;
use crate::media::pictures::generated::Generated;
use crate::media::scan;
use crate::picture::Shape;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;

/// The colour of all pixels, in RGBA.
const COLOUR: [u8; 4] = [0, 0, 0, 255];

/// The size of frames if the container states none.
const SHAPE: Shape = Shape::new(640, 360);

/// Opens an encrypted video. Reads all its packets, which are the only source of their times.
pub(in crate::media) fn open(
    name: String,
    origin: &Origin,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Generated, MediaError> {
    let mut decoding = Decoding::open(origin, limits, Threads::One)?;
    let index = scan::of_encrypted(&mut decoding, &mut |_| std::ops::ControlFlow::Continue(()))?;
    if index.frames() == 0 {
        let reason = ffi::take_last_message().unwrap_or_else(|| "it has no packets".to_owned());
        let reason = format!("it is encrypted, and its tables cannot be read: {reason}");
        return Err(MediaError::NotMedia { name, reason });
    }
    let track = &decoding.track;
    let (container, codec) = match origin.transmitted() {
        Some(transmitted) => (transmitted.container.to_owned(), transmitted.codec.clone()),
        None => (track.container.clone(), track.codec.clone()),
    };
    let formats = [container, codec, "unknown, encrypted".to_owned()];
    let mut shape = decoding.coded_shape().unwrap_or(SHAPE);
    let turns = track.matrix.map_or(0, |matrix| matrix.turn().quarter_turns());
    if turns % 2 == 1 {
        shape = Shape::new(shape.height, shape.width);
    }
    limits.check(shape)?;
    let info = SourceInfo {
        kind: Kind::Video,
        rotation_degrees: turns * 90,
        frame_rate: index.frame_rate(track.frame_rate),
        duration_secs: Some(index.duration_secs()),
        frames: Some(index.frames()),
        keyframes: Some(index.keyframes().len() as u64),
        is_locked: true,
        ..SourceInfo::of_pictures(name, formats, shape)
    };
    let draw = Box::new(|_, rgba: &mut [u8], _: &dyn Fn() -> bool| {
        rgba.as_chunks_mut().0.fill(COLOUR);
        Ok(Vec::new())
    });
    Ok(Generated::new(info, Arc::new(index), draw, layout, pool))
}
