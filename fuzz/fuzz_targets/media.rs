//! A file of any content: it gives frames of its size or an error.

#![no_main]

use std::io::Write;
use std::ops::ControlFlow;

use afterimage::picture::layout::Layout;
use afterimage::media::{Limits, Source, self};
use afterimage::runtime::pool::Pool;
use afterimage::units::FrameIndex;
use libfuzzer_sys::fuzz_target;

/// Small limits, so that many inputs run.
const LIMITS: Limits = Limits { side: 1024, pixels: 1 << 18 };

/// The scan of the index is stopped after this many steps.
const STEPS: u32 = 1000;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file");
    let source = Source::File(file.path().into());
    let mut steps = 0;
    let index = media::scan(&source, LIMITS, &mut |_| {
        steps += 1;
        if steps < STEPS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let Ok(mut reader) = media::open(&source, Layout::YUV420P, LIMITS, &Pool::default()) else { return };
    for _ in 0..8 {
        let Ok(Some(frame)) = reader.next_frame() else { break };
        assert_eq!(frame.bytes.len(), Layout::YUV420P.frame_bytes(frame.shape));
    }
    if let Ok(index) = index {
        let last = FrameIndex(index.frames().saturating_sub(1));
        reader.set_index(index);
        if reader.seek(last).is_ok() {
            let _ = reader.next_frame();
        }
    }
});
