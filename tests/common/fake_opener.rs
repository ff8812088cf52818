//! A fake opener of made-up videos: notes what its readers are asked, fails or panics where a test wants it, and has gates
//! at which its readers can be held.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use afterimage::media::{Frames, Index, Kind, MediaError, Progress, Source, SourceInfo, StatedColour};
use afterimage::picture::layout::Layout;
use afterimage::picture::{Colour, Frame, Shape};
use afterimage::render::Opener;
use afterimage::runtime::pool::Buffer;
use afterimage::units::FrameIndex;

/// How long a test waits before it fails.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Where a decoder can be held.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Default)]
struct GateState {
    closed: bool,
    waiting: usize,
}

impl Gate {
    pub fn close(&self) {
        self.0.0.lock().expect("no panic").closed = true;
    }

    pub fn open(&self) {
        self.0.0.lock().expect("no panic").closed = false;
        self.0.1.notify_all();
    }

    /// Waits until somebody is held here.
    pub fn holds(&self) {
        let state = self.0.0.lock().expect("no panic");
        let waited = self.0.1.wait_timeout_while(state, TIMEOUT, |state| state.waiting == 0);
        assert!(!waited.expect("no panic").1.timed_out(), "nobody came to the gate");
    }

    fn pass(&self) {
        let mut state = self.0.0.lock().expect("no panic");
        state.waiting += 1;
        self.0.1.notify_all();
        state = self.0.1.wait_while(state, |state| state.closed).expect("no panic");
        state.waiting -= 1;
    }
}

/// Where a panic strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panics {
    Open,
    Scan,
    /// At this frame, whichever reader reads it.
    Frame(u64),
    /// At this frame, in readers that were not the first to open the film.
    SecondFrame(u64),
}

/// A source as a test wishes it.
#[derive(Clone)]
pub struct FakeVideo {
    pub frames: u64,
    pub frame_secs: f64,
    pub shape: Shape,
    /// `open` fails.
    pub unreadable: bool,
    /// `scan` fails.
    pub unindexable: bool,
    /// Reading this frame fails for good.
    pub fails_at: Option<u64>,
    /// The program has a fault there.
    pub panics: Option<Panics>,
    /// This frame cannot be decoded well, and the reader says so.
    pub damaged_at: Option<u64>,
    /// The pictures have shades that blocks share, and that stand side by side.
    pub shaded: bool,
    pub at_open: Gate,
    pub at_frame: Gate,
    /// Where readers of a film pass that were not the first to open it, such as the one that prepares.
    pub at_second_frame: Gate,
}

impl FakeVideo {
    /// A film of so many small frames, 50 a second.
    pub fn of(frames: u64) -> Self {
        Self {
            frames,
            frame_secs: 0.02,
            shape: Shape::new(16, 9),
            unreadable: false,
            unindexable: false,
            fails_at: None,
            panics: None,
            damaged_at: None,
            shaded: false,
            at_open: Gate::default(),
            at_frame: Gate::default(),
            at_second_frame: Gate::default(),
        }
    }

    /// A film of so many frames in shades, 50 a second, with another picture after every hundred.
    pub fn shaded(frames: u64) -> Self {
        Self { shape: Shape::new(128, 64), shaded: true, ..Self::of(frames) }
    }

    fn index(&self) -> Index {
        let times = (0..self.frames).map(|n| n as f64 * self.frame_secs).collect();
        Index::new(times, self.frames as f64 * self.frame_secs, vec![FrameIndex(0)])
    }

    /// The picture of frame n: flat, but for one byte that moves.
    pub fn bytes(&self, layout: Layout, n: u64) -> Vec<u8> {
        if self.shaded {
            return self.shades(layout, n);
        }
        let mut bytes = vec![40; layout.frame_bytes(self.shape)];
        let at = usize::try_from(n).expect("a small number") * 16 % bytes.len();
        bytes[at] = 200;
        bytes
    }

    /// Slopes of light that drift: whole blocks of one shade each, more of them in another picture.
    fn shades(&self, layout: Layout, n: u64) -> Vec<u8> {
        let bytes_a_row = layout.frame_bytes(Shape::new(self.shape.width, 2)) / 2;
        let picture = n / 100;
        let shade = |at: usize| {
            let (block, row) = ((at % bytes_a_row / 16) as u64, (at / bytes_a_row) as u64);
            u8::try_from((block * 2 + row / 2 + n % 100 / 10) % 100 + picture * 101 % 150).expect("below 250")
        };
        (0..layout.frame_bytes(self.shape)).map(shade).collect()
    }

    /// Frame n, as a reader gives it.
    pub fn frame(&self, layout: Layout, n: u64) -> Frame {
        self.frame_with(layout, n, Arc::new(Buffer::from(self.bytes(layout, n))))
    }

    fn frame_with(&self, layout: Layout, n: u64, bytes: Arc<Buffer>) -> Frame {
        Frame {
            index: FrameIndex(n),
            time_secs: n as f64 * self.frame_secs,
            duration_secs: self.frame_secs,
            shape: self.shape,
            layout,
            colour: Colour::default(),
            bytes,
        }
    }
}

/// What a reader was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Open(String),
    Seek(u64),
    Next(u64),
}

/// Opens films by the name of their file, and writes down what was asked of them.
#[derive(Default)]
pub struct FakeOpener {
    films: HashMap<String, FakeVideo>,
    calls: Calls,
}

/// What was asked of all readers, and news of it.
type Calls = Arc<(Mutex<Vec<Call>>, Condvar)>;

fn note(calls: &Calls, call: Call) {
    calls.0.lock().expect("no panic").push(call);
    calls.1.notify_all();
}

impl FakeOpener {
    pub fn of(films: &[(&str, &FakeVideo)]) -> Arc<Self> {
        let films = films.iter().map(|&(name, film)| (name.to_owned(), film.clone())).collect();
        Arc::new(Self { films, ..Self::default() })
    }

    /// What was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.0.lock().expect("no panic").clone()
    }

    /// Waits until what was asked is such.
    pub fn await_calls(&self, such: impl Fn(&[Call]) -> bool) {
        let calls = self.calls.0.lock().expect("no panic");
        let waited = self.calls.1.wait_timeout_while(calls, TIMEOUT, |calls| !such(calls)).expect("no panic");
        assert!(!waited.1.timed_out(), "not asked: {:?}", *waited.0);
    }

    /// How often a frame was asked for.
    pub fn decoded(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call, Call::Next(_))).count()
    }

    /// How often a film was opened.
    pub fn opened(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call, Call::Open(_))).count()
    }

    /// How often a place was looked for.
    pub fn sought(&self) -> usize {
        self.calls().iter().filter(|call| matches!(call, Call::Seek(_))).count()
    }

    fn film(&self, source: &Source) -> Result<&FakeVideo, MediaError> {
        self.films.get(&source.to_string()).filter(|film| !film.unreadable).ok_or_else(|| unreadable(source))
    }
}

fn unreadable(source: &Source) -> MediaError {
    MediaError::Unreadable {
        path: PathBuf::from(source.to_string()),
        source: std::io::ErrorKind::NotFound.into(),
    }
}

impl Opener for FakeOpener {
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        let call = Call::Open(source.to_string());
        let is_second = self.calls().contains(&call);
        note(&self.calls, call);
        if let Some(film) = self.films.get(&source.to_string()) {
            film.at_open.pass();
        }
        let film = self.film(source)?.clone();
        assert!(film.panics != Some(Panics::Open), "a panic while opening");
        let info = SourceInfo {
            source: source.to_string(),
            kind: Kind::Generated,
            container: String::new(),
            codec: String::new(),
            pixel_format: String::new(),
            width: film.shape.width,
            height: film.shape.height,
            sample_aspect_ratio: (1, 1),
            rotation_degrees: 0,
            mirrored: None,
            colour: StatedColour::default(),
            frame_rate: None,
            duration_secs: None,
            frames: None,
            keyframes: None,
            is_locked: false,
        };
        let calls = Arc::clone(&self.calls);
        let problems = Vec::new();
        let big = None;
        Ok(Box::new(Reader { film, info, layout, next: 0, index: None, problems, calls, is_second, big }))
    }

    fn scan(&self, source: &Source, progress: Progress) -> Result<Arc<Index>, MediaError> {
        let film = self.film(source)?;
        assert!(film.panics != Some(Panics::Scan), "a panic while scanning");
        if film.unindexable || progress(0.5).is_break() {
            return Err(MediaError::Interrupted);
        }
        Ok(Arc::new(film.index()))
    }
}

struct Reader {
    film: FakeVideo,
    info: SourceInfo,
    layout: Layout,
    next: u64,
    index: Option<Arc<Index>>,
    problems: Vec<String>,
    calls: Calls,
    is_second: bool,
    /// The bytes of all frames of a film whose frames are too large to make one each time.
    big: Option<Arc<Buffer>>,
}

impl Frames for Reader {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let n = self.next;
        note(&self.calls, Call::Next(n));
        self.film.at_frame.pass();
        if self.is_second {
            self.film.at_second_frame.pass();
        }
        let panics = match self.film.panics {
            Some(Panics::Frame(at)) => at == n,
            Some(Panics::SecondFrame(at)) => at == n && self.is_second,
            _ => false,
        };
        assert!(!panics, "a panic at frame {n}");
        if self.film.fails_at == Some(n) {
            return Err(MediaError::Decode { name: self.info.source.clone(), reason: "failing".into() });
        }
        if self.film.damaged_at == Some(n) {
            self.problems.push(format!("frame {n} is damaged"));
        }
        if n >= self.film.frames {
            return Ok(None);
        }
        self.next += 1;
        if self.layout.frame_bytes(self.film.shape) < 1 << 20 {
            return Ok(Some(self.film.frame(self.layout, n)));
        }
        let bytes = || Arc::new(Buffer::from(self.film.bytes(self.layout, 0)));
        let bytes = Arc::clone(self.big.get_or_insert_with(bytes));
        Ok(Some(self.film.frame_with(self.layout, n, bytes)))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        note(&self.calls, Call::Seek(index.0));
        if index.0 >= self.film.frames {
            return Err(MediaError::NoSuchFrame { index, frames: self.film.frames });
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
        std::mem::take(&mut self.problems)
    }
}
