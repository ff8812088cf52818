//! Reads the frames of files.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use afterimage::media::{self, Frames, Index, Limits, Source};
use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;

/// A reader of a source, which must open.
pub fn open(source: &Source, layout: Layout) -> Box<dyn Frames> {
    media::open(source, layout, Limits::default(), &Pool::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// A reader of a file, which must open.
pub fn reader(path: impl AsRef<Path>, layout: Layout) -> Box<dyn Frames> {
    open(&Source::File(path.as_ref().to_owned()), layout)
}

/// All frames from the reader's position to the end.
pub fn rest(reader: &mut dyn Frames) -> Vec<Frame> {
    std::iter::from_fn(|| reader.next_frame().expect("reading succeeds")).collect()
}

/// All frames of a file.
pub fn frames(path: impl AsRef<Path>, layout: Layout) -> Vec<Frame> {
    rest(&mut *reader(path, layout))
}

/// The index of a source.
pub fn index(source: &Source) -> Arc<Index> {
    media::scan(source, Limits::default(), &mut |_| ControlFlow::Continue(())).expect("an index")
}
