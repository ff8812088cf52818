//! Saves clips: the looped part or the whole video, with captions, as one video file. A thread with a reader of its
//! own does it while the window plays on.
//!
//! ```text
//! window ──Order──▶ thread "save clip": batch ──▶ Clip ──▶ file
//!        ◀─Progress, News──┘
//! ```

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::write_file::{self, obstacle, with_causes};
use crate::batch::{self, Done, Event};
use crate::export::AtomicFile;
use crate::export::clip::{Clip, ClipError, Plan};
use crate::export::figure::Figure;
use crate::export::page::Theme;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::save;
use crate::media::encode::Container;
use crate::media::{Index, MediaError, SourceInfo};
use crate::render::{BatchError, Job, Opener, Range, Sheet};
use crate::runtime::threads::{self, Panicked, Priority};
use crate::scene::Scene;

/// A clip to be saved.
pub struct Order {
    /// What is shown.
    pub scene: Scene,
    /// The looped part of the video.
    pub range: LoopRange,
    /// The index of the source, where it is known.
    pub index: Option<Arc<Index>>,
    /// Dark or light.
    pub theme: Theme,
    /// The file.
    pub path: PathBuf,
    /// An existing file may be replaced.
    pub replace: bool,
    /// The number of the form that asked for it.
    pub form: u64,
}

/// The result of an order.
#[derive(Debug)]
pub enum News {
    /// The clip is being saved.
    ClipStarted,
    /// The clip is saved in this file.
    Saved(PathBuf),
    /// Saving cannot begin: the file exists, or cannot be written there.
    Refused(save::Command),
    /// Saving failed, for this reason.
    Failed(String),
    /// Saving was cancelled, and the unfinished file is removed.
    ClipCancelled,
}

impl News {
    /// The command that reports this news.
    #[must_use]
    pub fn step(self) -> save::Command {
        match self {
            Self::ClipStarted => save::Command::ClipStarted,
            Self::Saved(path) => save::Command::ClipSaved(path),
            Self::Refused(step) => step,
            Self::Failed(message) => save::Command::Failed(message),
            Self::ClipCancelled => save::Command::ClipCancelled,
        }
    }
}

/// The progress of a clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What is being prepared before the next frame can be drawn, and its progress from 0 to 1.
    pub preparing: Option<(&'static str, f64)>,
    /// Frames that are in the file.
    pub frames: u64,
    /// All frames of the clip, where their number is known.
    pub of: Option<u64>,
}

impl Progress {
    /// The share of frames that are in the file, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.of.map_or(0.0, |of| self.frames as f64 / of.max(1) as f64)
    }
}

/// Saves one clip at a time.
#[derive(Default)]
pub struct ClipSaver {
    running: Option<Running>,
}

struct Running {
    path: PathBuf,
    form: u64,
    news: Receiver<News>,
    progress: Arc<Mutex<Progress>>,
    stop: Arc<AtomicBool>,
}

impl ClipSaver {
    /// Starts to save a clip; `wake` is called whenever there is news. Fails, with a message for the user, where
    /// another clip is being saved or no thread can be started.
    pub fn start(
        &mut self,
        order: Order,
        opener: &Arc<dyn Opener>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<(), String> {
        // A cancelled clip whose thread does not end, say on a disconnected drive, does not block the next one.
        if self.running.as_ref().is_some_and(|running| !running.stop.load(Ordering::Relaxed)) {
            return Err("a clip is being saved already; wait until it is saved, or cancel it".into());
        }
        let (tell, news) = channel();
        let (tell_panic, wake) = (tell.clone(), Arc::new(wake));
        let waker = Arc::clone(&wake);
        let (path, form) = (order.path.clone(), order.form);
        let (progress, stop) = (Arc::<Mutex<Progress>>::default(), Arc::<AtomicBool>::default());
        let work = Work {
            opener: Arc::clone(opener),
            tell,
            wake,
            progress: Arc::clone(&progress),
            stop: Arc::clone(&stop),
        };
        let report = move |panicked: Panicked| {
            // The channel is closed once the window is gone.
            let _ = tell_panic.send(News::Failed(panicked.to_string()));
            waker();
        };
        let started = threads::start("save clip", Priority::Display, move || work.run(&order), report);
        started.map_err(|error| format!("no thread can be started for the clip ({error})"))?;
        self.running = Some(Running { path, form, news, progress, stop });
        Ok(())
    }

    /// Cancels the clip.
    pub fn stop(&self) {
        if let Some(running) = &self.running {
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Cancels the clip and waits until the unfinished file is removed, at most this long: the window is closed.
    pub fn end(&mut self, patience: Duration) {
        self.stop();
        let deadline = Instant::now() + patience;
        if let Some(running) = self.running.take() {
            // The channel closes when the thread has dropped the file.
            let left = || deadline.saturating_duration_since(Instant::now());
            while running.news.recv_timeout(left()).is_ok() {}
        }
    }

    /// The file that is being written.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        Some(&self.running.as_ref()?.path)
    }

    /// The progress; `None` where no clip is being saved.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        let running = self.running.as_ref()?;
        Some(running.progress.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// The news of the clip, once, and the number of the form that asked for it.
    pub fn news(&mut self) -> Option<(u64, News)> {
        let running = self.running.as_ref()?;
        let form = running.form;
        let news = match running.news.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(news) => news,
            Err(TryRecvError::Disconnected) => News::Failed("the clip could not be saved".into()),
        };
        if !matches!(news, News::ClipStarted) {
            self.running = None;
        }
        Some((form, news))
    }
}

/// Why a clip cannot be saved.
#[derive(Debug, thiserror::Error)]
enum ClipSaveError {
    #[error(transparent)]
    Batch(#[from] BatchError),
    #[error(transparent)]
    Clip(#[from] ClipError),
}

/// What the thread works with.
struct Work<W> {
    opener: Arc<dyn Opener>,
    tell: Sender<News>,
    wake: Arc<W>,
    progress: Arc<Mutex<Progress>>,
    stop: Arc<AtomicBool>,
}

impl<W: Fn()> Work<W> {
    fn run(&self, order: &Order) {
        let news = self.make(order);
        self.tell(news);
    }

    fn tell(&self, news: News) {
        // The channel is closed once the window is gone.
        let _ = self.tell.send(news);
        (self.wake)();
    }

    fn make(&self, order: &Order) -> News {
        let path = order.path.clone();
        if let Some(step) = obstacle(&path, order.replace) {
            return News::Refused(step);
        }
        let out = match AtomicFile::create(&path) {
            Ok(out) => out,
            Err(error) => return News::Failed(write_file::unwritable(&path, &error)),
        };
        self.tell(News::ClipStarted);
        match self.write(order, out) {
            Ok(_) if self.stop.load(Ordering::Relaxed) => News::ClipCancelled,
            Ok(Some(out)) => match out.finish() {
                Ok(()) => News::Saved(path),
                Err(error) => News::Failed(write_file::unwritable(&path, &error)),
            },
            Ok(None) => News::Failed("the source has no frames in this part".into()),
            Err(ClipSaveError::Batch(BatchError::Media(MediaError::Interrupted))) => News::ClipCancelled,
            Err(error) => News::Failed(with_causes(&error)),
        }
    }

    /// Writes the clip; `None` where there was no frame or the user cancelled.
    fn write(&self, order: &Order, out: AtomicFile) -> Result<Option<AtomicFile>, ClipSaveError> {
        let Order { scene, range, index, theme, path, .. } = order;
        let frames = Range::Frames(range.start.unwrap_or_default(), range.end);
        let job = Job { opener: Some(&*self.opener), index: index.as_ref(), ..Job::new(scene, frames) };
        let end = range.end.map(|end| end.0 + 1).or(index.as_ref().map(|index| index.frames()));
        let of = end.map(|end| end.saturating_sub(range.start.unwrap_or_default().0));
        let container = Container::of(path).unwrap_or(Container::Mp4);
        let plan = Plan { container, is_seekable: out.is_seekable(), frames: range.frames() };
        let mut out = Some(out);
        let (mut clip, mut failed, mut known) = (None, None, None);
        batch::render_with(job, |event| {
            if self.stop.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            let (sheet, Done { frames, .. }) = match event {
                Event::Opened(info) => {
                    known = Some(info);
                    return ControlFlow::Continue(());
                }
                Event::Preparing(request, share) => {
                    self.publish(|progress| progress.preparing = Some((request.name(), share)));
                    return ControlFlow::Continue(());
                }
                Event::Rendered(sheet, done) => (sheet, done),
            };
            let Some(info) = &known else { return ControlFlow::Break(()) };
            match add(&mut clip, &mut out, &plan, (scene, &sheet, info, *theme)) {
                Ok(()) => {
                    self.publish(|progress| *progress = Progress { preparing: None, frames, of });
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        match failed {
            Some(error) => Err(error.into()),
            None if self.stop.load(Ordering::Relaxed) => Ok(None),
            None => Ok(clip.map(Clip::finish).transpose()?),
        }
    }

    fn publish(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner));
        (self.wake)();
    }
}

/// Adds a frame to the clip, which starts with the first.
fn add(
    clip: &mut Option<Clip<AtomicFile>>,
    out: &mut Option<AtomicFile>,
    plan: &Plan,
    (scene, sheet, info, theme): (&Scene, &Sheet, &SourceInfo, Theme),
) -> Result<(), ClipError> {
    let figure = Figure { scene, sheet, info, theme };
    if let Some(out) = out.take() {
        *clip = Some(Clip::create(plan, &figure, out)?);
    }
    clip.as_mut().map_or(Ok(()), |clip| clip.add(&figure))
}
