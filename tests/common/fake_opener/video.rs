//! Made-up videos: their frames, and what goes wrong with them.

use std::sync::Arc;

use afterimage::media::{Index, Kind, SourceInfo, StatedColour};
use afterimage::picture::layout::Layout;
use afterimage::picture::{Colour, Frame, Shape};
use afterimage::runtime::pool::Buffer;
use afterimage::units::FrameIndex;

use super::Gate;

/// Where the program panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panics {
    /// While the source is opened.
    Open,
    /// While the frames of the source are counted.
    Scan,
    /// At this frame, in every reader.
    Frame(u64),
    /// At this frame, in every reader except the first.
    SecondFrame(u64),
    /// In every reader that the thread of this name opened.
    Thread(&'static str),
    /// In the second reader that a thread called `decode` opened: the one that reads a clip to be saved.
    Clip,
}

/// What the frames show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// A flat area with one bright byte that moves.
    MovingByte,
    /// Blocks of one shade each that drift. Neighbouring blocks share shades. The picture changes every 100 frames.
    DriftingShades,
    /// A disc that moves over two flat halves, and a strip of noise that never repeats.
    MovingDisc,
}

/// A made-up video.
#[derive(Clone)]
pub struct FakeVideo {
    pub frames: u64,
    pub frames_per_second: f64,
    pub shape: Shape,
    pub contents: Contents,
    /// Frames from one keyframe to the next; `None` if frame 0 is the only keyframe.
    pub keyframe_interval: Option<usize>,
    /// The source states its frame rate and its duration when it is opened.
    pub states_duration: bool,
    /// `open` fails.
    pub unreadable: bool,
    /// `scan` fails.
    pub unindexable: bool,
    /// Reading this frame fails, however often it is tried.
    pub fails_at: Option<u64>,
    pub panics: Option<Panics>,
    /// The reader reports this frame as damaged.
    pub damaged_at: Option<u64>,
    /// Holds `open`.
    pub at_open: Gate,
    /// Holds `scan`.
    pub at_scan: Gate,
    /// Holds `next_frame`.
    pub at_frame: Gate,
    /// Holds `next_frame` of every reader except the first, such as the one that prepares panels.
    pub at_second_frame: Gate,
}

impl FakeVideo {
    /// A video of this many small frames, 50 per second.
    pub fn of(frames: u64) -> Self {
        Self {
            frames,
            frames_per_second: 50.0,
            shape: Shape::new(16, 9),
            contents: Contents::MovingByte,
            keyframe_interval: None,
            states_duration: false,
            unreadable: false,
            unindexable: false,
            fails_at: None,
            panics: None,
            damaged_at: None,
            at_open: Gate::default(),
            at_scan: Gate::default(),
            at_frame: Gate::default(),
            at_second_frame: Gate::default(),
        }
    }

    /// A video of this many frames of drifting shades, 50 per second.
    pub fn shaded(frames: u64) -> Self {
        Self { shape: Shape::new(128, 64), contents: Contents::DriftingShades, ..Self::of(frames) }
    }

    /// Frame `n`, as a reader gives it.
    pub fn frame(&self, layout: Layout, n: u64) -> Frame {
        let mut bytes = Buffer::from(vec![0; layout.frame_bytes(self.shape)]);
        self.paint(layout, n, &mut bytes);
        self.frame_of(layout, n, Arc::new(bytes))
    }

    pub(super) fn frame_of(&self, layout: Layout, n: u64, bytes: Arc<Buffer>) -> Frame {
        Frame {
            index: FrameIndex(n),
            time_secs: self.time_secs(n),
            duration_secs: 1.0 / self.frames_per_second,
            shape: self.shape,
            layout,
            colour: Colour::default(),
            bytes,
        }
    }

    fn time_secs(&self, n: u64) -> f64 {
        n as f64 / self.frames_per_second
    }

    pub(super) fn index(&self) -> Index {
        let times = (0..self.frames).map(|n| self.time_secs(n)).collect();
        let keyframes = match self.keyframe_interval {
            Some(interval) => (0..self.frames).step_by(interval).map(FrameIndex).collect(),
            None => vec![FrameIndex(0)],
        };
        Index::new(times, self.time_secs(self.frames), keyframes)
    }

    pub(super) fn info(&self, source: String) -> SourceInfo {
        SourceInfo {
            source,
            kind: Kind::Generated,
            container: "none".into(),
            codec: "none".into(),
            pixel_format: "rgba".into(),
            width: self.shape.width,
            height: self.shape.height,
            sample_aspect_ratio: (1, 1),
            rotation_degrees: 0,
            mirrored: None,
            colour: StatedColour::default(),
            frame_rate: self.states_duration.then_some(self.frames_per_second),
            duration_secs: self.states_duration.then(|| self.time_secs(self.frames)),
            frames: None,
            keyframes: None,
            is_locked: false,
        }
    }

    /// Writes all bytes of frame `n`.
    pub(super) fn paint(&self, layout: Layout, n: u64, bytes: &mut [u8]) {
        match self.contents {
            Contents::MovingByte => {
                bytes.fill(40);
                let at = usize::try_from(n).expect("a small number") * 16 % bytes.len();
                bytes[at] = 200;
            }
            Contents::DriftingShades => self.paint_shades(layout, n, bytes),
            Contents::MovingDisc => self.paint_disc(layout, n, bytes),
        }
    }

    fn paint_shades(&self, layout: Layout, n: u64, bytes: &mut [u8]) {
        let bytes_per_row = layout.frame_bytes(Shape::new(self.shape.width, 2)) / 2;
        let picture = n / 100;
        for (at, byte) in bytes.iter_mut().enumerate() {
            let (block, row) = ((at % bytes_per_row / 16) as u64, (at / bytes_per_row) as u64);
            let shade = (block * 2 + row / 2 + n % 100 / 10) % 100 + picture * 101 % 150;
            *byte = u8::try_from(shade).expect("below 250");
        }
    }

    fn paint_disc(&self, layout: Layout, n: u64, bytes: &mut [u8]) {
        let (columns, rows) = (self.shape.columns(), self.shape.rows());
        let centre = columns as f64 * (0.25 + 0.5 * n as f64 / self.frames as f64);
        let colour_at = |x: usize, y: usize| -> [u8; 3] {
            let (dx, dy) = (x as f64 - centre, y as f64 - rows as f64 / 2.0);
            if y >= rows * 7 / 8 {
                let noise =
                    (x as u64 * 7919 + y as u64 * 104_729 + n * 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
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
            // Only luma; the chroma planes of `yuv420p` stay grey.
            _ => 1,
        };
        let (pixels, rest) = bytes.split_at_mut(self.shape.pixels() * bytes_per_pixel);
        rest.fill(128);
        for (i, pixel) in pixels.chunks_exact_mut(bytes_per_pixel).enumerate() {
            let [r, g, b] = colour_at(i % columns, i / columns);
            match bytes_per_pixel {
                1 => pixel[0] = g,
                _ => pixel.copy_from_slice(&[r, g, b, 255][..bytes_per_pixel]),
            }
        }
    }
}
