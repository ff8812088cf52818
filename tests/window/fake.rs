//! Sources made in the test: known frames, from an opener that can fail.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use afterimage::media::{self, Frames, Index, Kind, Limits, MediaError, Source, SourceInfo, StatedColour};
use afterimage::picture::layout::Layout;
use afterimage::picture::{Colour, Frame, Shape};
use afterimage::render::Opener;
use afterimage::runtime::pool::Pool;
use afterimage::units::FrameIndex;

/// Frames in a fake video.
pub const FRAMES: u64 = 90;

const FRAMES_A_SECOND: f64 = 30.0;

/// Opens every source; files are reported as missing.
#[derive(Clone, Default)]
pub struct FakeOpener {
    /// The pool of the frames' buffers.
    pub pool: Pool,
    /// Pauses the scan of the video.
    pub gate: Gate,
    /// Pauses the thread that opens a source to show or to save it.
    pub doors: Gate,
    /// Pauses the thread that makes the index.
    pub scans: Gate,
    /// Where the test makes a thread panic.
    pub panics: Option<Panics>,
    /// The number of readers that were opened to show or to save.
    pub opened: Arc<AtomicUsize>,
    /// Counts readers.
    pub readers: Readers,
}

/// Counts readers.
#[derive(Clone, Default)]
pub struct Readers {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Readers {
    /// The most that there were at once.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    fn add(&self) -> Reading {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        Reading(Arc::clone(&self.now))
    }
}

/// Counts a reader until it is dropped.
struct Reading(Arc<AtomicUsize>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Where a thread panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panics {
    Scan,
    /// In the thread of this name, while it reads.
    Read(&'static str),
    /// While a clip is read.
    Clip,
}

/// Pauses the scan of the video before one of the frames.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<Option<u64>>, Condvar)>);

impl Gate {
    /// Pauses before this frame.
    pub fn close(&self, from: u64) {
        *self.0.0.lock().unwrap() = Some(from);
    }

    /// Lets the scan continue.
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = None;
        self.0.1.notify_all();
    }

    fn pass(&self, frame: u64) {
        let closed = |from: &mut Option<u64>| from.is_some_and(|from| frame >= from);
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), closed));
    }
}

impl Opener for FakeOpener {
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        if let Source::File(path) = source {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(MediaError::Unreadable { path: path.clone(), source });
        }
        if let Source::Canvas(_) = source {
            // Drawn, not decoded.
            return media::open(source, layout, Limits::default(), &self.pool);
        }
        let shape = match source {
            Source::DemoStill | Source::DemoBitmap => Shape::new(240, 320),
            _ => Shape::new(320, 180),
        };
        let shown_or_saved = is_thread("decode");
        if shown_or_saved {
            self.doors.pass(0);
        }
        let number = self.opened.fetch_add(shown_or_saved.into(), Ordering::Relaxed);
        let panics = match self.panics {
            Some(Panics::Read(name)) => is_thread(name),
            Some(Panics::Clip) => shown_or_saved && number > 0,
            _ => false,
        };
        let pool = self.pool.clone();
        let frames = FakeFrames::new(&source.to_string(), shape, layout, pool);
        let reading = Some(self.readers.add());
        Ok(Box::new(FakeFrames { gate: self.gate.clone(), panics, reading, ..frames }))
    }

    fn scan(&self, source: &Source, progress: media::Progress) -> Result<Arc<Index>, MediaError> {
        if let Source::Canvas(_) = source {
            return media::scan(source, Limits::default(), progress);
        }
        assert!(self.panics != Some(Panics::Scan), "the abacus breaks");
        self.scans.pass(0);
        match progress(1.0) {
            ControlFlow::Continue(()) => Ok(index()),
            ControlFlow::Break(()) => Err(MediaError::Interrupted),
        }
    }
}

fn is_thread(name: &str) -> bool {
    std::thread::current().name() == Some(name)
}

fn time_secs(frame: u64) -> f64 {
    frame as f64 / FRAMES_A_SECOND
}

fn index() -> Arc<Index> {
    let times = (0..FRAMES).map(time_secs).collect();
    let keyframes = (0..FRAMES).step_by(15).map(FrameIndex).collect();
    Arc::new(Index::new(times, time_secs(FRAMES), keyframes))
}

struct FakeFrames {
    info: SourceInfo,
    layout: Layout,
    next: u64,
    index: Option<Arc<Index>>,
    pool: Pool,
    gate: Gate,
    panics: bool,
    #[expect(dead_code, reason = "it counts while it lives")]
    reading: Option<Reading>,
}

impl FakeFrames {
    fn new(source: &str, shape: Shape, layout: Layout, pool: Pool) -> Self {
        let info = SourceInfo {
            source: source.into(),
            kind: Kind::Generated,
            container: "none".into(),
            codec: "none".into(),
            pixel_format: "rgba".into(),
            width: shape.width,
            height: shape.height,
            sample_aspect_ratio: (1, 1),
            rotation_degrees: 0,
            mirrored: None,
            colour: StatedColour::default(),
            frame_rate: Some(FRAMES_A_SECOND),
            duration_secs: Some(time_secs(FRAMES)),
            frames: None,
            keyframes: None,
            is_locked: false,
        };
        Self { info, layout, next: 0, index: None, pool, gate: Gate::default(), panics: false, reading: None }
    }
}

impl Frames for FakeFrames {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        assert!(!self.panics, "the reel snaps");
        if is_thread("video scan") {
            self.gate.pass(self.next);
        }
        if self.next == FRAMES {
            return Ok(None);
        }
        let shape = self.info.shape();
        let mut bytes = self.pool.take(self.layout.frame_bytes(shape));
        paint(self.layout, shape, self.next, &mut bytes);
        let frame = Frame {
            index: FrameIndex(self.next),
            time_secs: time_secs(self.next),
            duration_secs: 1.0 / FRAMES_A_SECOND,
            shape,
            layout: self.layout,
            colour: Colour::default(),
            bytes: Arc::new(bytes),
        };
        self.next += 1;
        Ok(Some(frame))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        if index.0 >= FRAMES {
            return Err(MediaError::NoSuchFrame { index, frames: FRAMES });
        }
        self.next = index.0;
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.index = Some(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// A disc that moves over two flat halves, and a strip of noise that never repeats.
fn paint(layout: Layout, shape: Shape, frame: u64, bytes: &mut [u8]) {
    let (columns, rows) = (shape.columns(), shape.rows());
    let travel = columns as f64 * (0.25 + 0.5 * frame as f64 / FRAMES as f64);
    let colour_at = |x: usize, y: usize| -> [u8; 3] {
        let (dx, dy) = (x as f64 - travel, y as f64 - rows as f64 / 2.0);
        if y >= rows * 7 / 8 {
            let noise =
                (x as u64 * 7919 + y as u64 * 104_729 + frame * 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let [r, g, b, ..] = noise.to_be_bytes();
            [r, g, b]
        } else if dx.hypot(dy) < rows as f64 / 3.5 {
            [240, 190, 90]
        } else if y < rows / 2 {
            [70, 110, 160]
        } else {
            [40, 70, 60]
        }
    };
    let bytes_per_pixel = match layout {
        Layout::RGBA32 => 4,
        Layout::RGB24 => 3,
        // Luma alone; the chroma planes of `yuv420p` stay grey.
        _ => 1,
    };
    let (pixels, rest) = bytes.split_at_mut(shape.pixels() * bytes_per_pixel);
    rest.fill(128);
    for (i, pixel) in pixels.chunks_exact_mut(bytes_per_pixel).enumerate() {
        let [r, g, b] = colour_at(i % columns, i / columns);
        let rgba = [r, g, b, 255];
        match bytes_per_pixel {
            1 => pixel[0] = g,
            _ => pixel.copy_from_slice(&rgba[..bytes_per_pixel]),
        }
    }
}
