//! A fake opener: opens made-up videos and records what their readers are asked for. It fails, panics or waits at a gate
//! where a test wants it.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of this module")]

mod gate;
mod video;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use afterimage::media::{self, Frames, Index, Limits, MediaError, Progress, Source, SourceInfo};
use afterimage::picture::layout::Layout;
use afterimage::picture::{Frame, Shape};
use afterimage::render::Opener;
use afterimage::runtime::pool::{Buffer, Pool};
use afterimage::units::FrameIndex;

pub use gate::Gate;
pub use video::{Contents, FakeVideo, Panics};

/// How long a test waits before it fails.
const TIMEOUT: Duration = Duration::from_secs(20);

/// From this size on, all frames of a reader share one buffer: painting each of them would take too long.
const LARGE_FRAME_BYTES: usize = 1 << 20;

/// A call of an opener or of one of its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A source was opened by the thread of this name.
    Open {
        source: String,
        thread: String,
    },
    Seek(u64),
    Next(u64),
}

/// The calls so far, in order, and a signal for each new one.
#[derive(Clone, Default)]
struct Calls(Arc<(Mutex<Vec<Call>>, Condvar)>);

impl Calls {
    fn add(&self, call: Call) {
        self.0.0.lock().expect("no panic").push(call);
        self.0.1.notify_all();
    }

    /// Adds the opening of a source. Returns true if the source was opened before, and if the thread opened one before.
    fn add_open(&self, opened: &str, by: &str) -> [bool; 2] {
        let mut calls = self.0.0.lock().expect("no panic");
        let opens = calls.iter().filter_map(|call| match call {
            Call::Open { source, thread } => Some([source == opened, thread == by]),
            _ => None,
        });
        let earlier = opens.fold([false; 2], |[same, by], [is_same, is_by]| [same | is_same, by | is_by]);
        calls.push(Call::Open { source: opened.into(), thread: by.into() });
        self.0.1.notify_all();
        earlier
    }
}

/// Opens made-up videos by the name of their source.
#[derive(Default)]
pub struct FakeOpener {
    videos: HashMap<String, FakeVideo>,
    /// The video of all other sources that are not files.
    built_in: Option<FakeVideo>,
    pool: Pool,
    calls: Calls,
    readers: Arc<Mutex<ReaderCount>>,
}

impl FakeOpener {
    /// An opener of these videos by the names of their files.
    pub fn of(videos: &[(&str, &FakeVideo)]) -> Arc<Self> {
        let videos = videos.iter().map(|&(name, video)| (name.to_owned(), video.clone())).collect();
        Arc::new(Self { videos, ..Self::default() })
    }

    /// An opener of one video for every built-in source; still pictures are portraits. Files are missing, and canvases
    /// are drawn as usual.
    pub fn of_built_in(video: &FakeVideo) -> Arc<Self> {
        let portrait = FakeVideo { shape: Shape::new(240, 320), ..video.clone() };
        let stills = [Source::DemoStill, Source::DemoBitmap];
        let videos = stills.map(|source| (source.to_string(), portrait.clone())).into();
        Arc::new(Self { videos, built_in: Some(video.clone()), ..Self::default() })
    }

    /// The pool of the frames' buffers.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.0.0.lock().expect("no panic").clone()
    }

    /// Waits until `are_there` accepts the calls so far.
    pub fn await_calls(&self, are_there: impl Fn(&[Call]) -> bool) {
        let calls = self.calls.0.0.lock().expect("no panic");
        let signal = &self.calls.0.1;
        let waited = signal.wait_timeout_while(calls, TIMEOUT, |calls| !are_there(calls)).expect("no panic");
        assert!(!waited.1.timed_out(), "the expected calls are missing: {:?}", *waited.0);
    }

    fn count(&self, is_counted: impl Fn(&Call) -> bool) -> usize {
        self.calls().iter().filter(|call| is_counted(call)).count()
    }

    /// How often a frame was asked for.
    pub fn decoded(&self) -> usize {
        self.count(|call| matches!(call, Call::Next(_)))
    }

    /// How often a source was opened.
    pub fn opened(&self) -> usize {
        self.count(|call| matches!(call, Call::Open { .. }))
    }

    /// How often a reader was asked to seek.
    pub fn sought(&self) -> usize {
        self.count(|call| matches!(call, Call::Seek(_)))
    }

    /// The largest number of readers that existed at the same time.
    pub fn most_readers(&self) -> usize {
        self.readers.lock().expect("no panic").most
    }

    /// The video of a source; `None` if the source is missing.
    fn video(&self, source: &Source) -> Option<&FakeVideo> {
        let built_in = self.built_in.as_ref().filter(|_| !matches!(source, Source::File(_)));
        self.videos.get(&source.to_string()).or(built_in)
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
        if let Source::Canvas(_) = source {
            return media::open(source, layout, Limits::default(), &self.pool);
        }
        let name = source.to_string();
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        let [is_second, is_second_of_thread] = self.calls.add_open(&name, &thread);
        let video = self.video(source).ok_or_else(|| unreadable(source))?;
        video.at_open.pass(0);
        if video.unreadable {
            return Err(unreadable(source));
        }
        assert!(video.panics != Some(Panics::Open), "a panic while opening");
        let panics = match video.panics {
            Some(Panics::Thread(name)) => thread == name,
            Some(Panics::Clip) => thread == "decode" && is_second_of_thread,
            _ => false,
        };
        Ok(Box::new(Reader {
            video: video.clone(),
            info: video.info(name),
            layout,
            next: 0,
            index: None,
            problems: Vec::new(),
            pool: self.pool.clone(),
            calls: self.calls.clone(),
            is_second,
            panics,
            large_frame: None,
            _counted: CountedReader::new(&self.readers),
        }))
    }

    fn scan(&self, source: &Source, progress: Progress) -> Result<Arc<Index>, MediaError> {
        if let Source::Canvas(_) = source {
            return media::scan(source, Limits::default(), progress);
        }
        let video = self.video(source).filter(|video| !video.unreadable).ok_or_else(|| unreadable(source))?;
        assert!(video.panics != Some(Panics::Scan), "a panic while scanning");
        // To count frames takes a decoder, too.
        let _counted = CountedReader::new(&self.readers);
        video.at_scan.pass(0);
        if video.unindexable || progress(0.5).is_break() {
            return Err(MediaError::Interrupted);
        }
        Ok(Arc::new(video.index()))
    }
}

/// How many readers exist, and the most that existed at the same time.
#[derive(Default)]
struct ReaderCount {
    now: usize,
    most: usize,
}

/// Counts a reader until it is dropped.
struct CountedReader(Arc<Mutex<ReaderCount>>);

impl CountedReader {
    fn new(readers: &Arc<Mutex<ReaderCount>>) -> Self {
        let mut count = readers.lock().expect("no panic");
        count.now += 1;
        count.most = count.most.max(count.now);
        Self(Arc::clone(readers))
    }
}

impl Drop for CountedReader {
    fn drop(&mut self) {
        self.0.lock().expect("no panic").now -= 1;
    }
}

struct Reader {
    video: FakeVideo,
    info: SourceInfo,
    layout: Layout,
    next: u64,
    index: Option<Arc<Index>>,
    problems: Vec<String>,
    pool: Pool,
    calls: Calls,
    /// The source was opened before.
    is_second: bool,
    /// Reading panics.
    panics: bool,
    /// The bytes of all frames, where frames are large.
    large_frame: Option<Arc<Buffer>>,
    _counted: CountedReader,
}

impl Reader {
    fn bytes(&self, n: u64) -> Arc<Buffer> {
        let mut bytes = self.pool.take(self.layout.frame_bytes(self.video.shape));
        self.video.paint(self.layout, n, &mut bytes);
        Arc::new(bytes)
    }
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
        self.calls.add(Call::Next(n));
        assert!(!self.panics, "a panic while reading");
        self.video.at_frame.pass(n);
        if self.is_second {
            self.video.at_second_frame.pass(n);
        }
        let panics = match self.video.panics {
            Some(Panics::Frame(at)) => at == n,
            Some(Panics::SecondFrame(at)) => at == n && self.is_second,
            _ => false,
        };
        assert!(!panics, "a panic at frame {n}");
        if self.video.fails_at == Some(n) {
            return Err(MediaError::Decode { name: self.info.source.clone(), reason: "failing".into() });
        }
        if self.video.damaged_at == Some(n) {
            self.problems.push(format!("frame {n} is damaged"));
        }
        if n >= self.video.frames {
            return Ok(None);
        }
        self.next += 1;
        let len = self.layout.frame_bytes(self.video.shape);
        let bytes = match &self.large_frame {
            Some(bytes) if bytes.len() == len => Arc::clone(bytes),
            _ => self.bytes(n),
        };
        if len >= LARGE_FRAME_BYTES {
            self.large_frame = Some(Arc::clone(&bytes));
        }
        Ok(Some(self.video.frame_of(self.layout, n, bytes)))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        self.calls.add(Call::Seek(index.0));
        if index.0 >= self.video.frames {
            return Err(MediaError::NoSuchFrame { index, frames: self.video.frames });
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
