//! Renders every frame of a range in order and drops none: for figures, tables, clips and benchmarks.
//!
//! A thread decodes ahead. It also makes the preparations that frames need from other frames, with the same reader,
//! which then seeks back. A preparation is kept for as long as later frames need it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::media::{MediaError, SourceInfo};
use crate::render::job::ResolvedRange;
use crate::render::prepared::{PreparationRequest, Prepared, PreparedSet};
use crate::render::{Analysis, BatchError, Footage, Job, Range, Recent, Renderer, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads;

/// Upper bound of the decoded frames that wait for the renderer: enough to hide a frame that takes long to decode.
const QUEUE_FRAMES: usize = 6;

/// Upper bound of their bytes. Of 2160p, whose frames have 33 MB, only one waits.
const QUEUE_BYTES: usize = 48 << 20;

/// The result of a batch.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The source.
    pub info: SourceInfo,
    /// Reports of damage: which frames could not be decoded, in words.
    pub problems: Vec<String>,
}

/// The progress of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Frames rendered, including this one.
    pub frames: u64,
    /// Frames in the range; `None` while its end is not known.
    pub of: Option<u64>,
}

/// An event of a batch.
#[derive(Debug)]
pub enum Event {
    /// The source is open.
    Opened(Arc<SourceInfo>),
    /// A preparation that the next frame needs is in progress; this share of it is done.
    Preparing(PreparationRequest, f64),
    /// A frame is rendered.
    Rendered(Sheet, Done),
}

/// Renders every frame of a job and calls `each` with the sheets in order. Frames are decoded ahead on a thread of
/// their own. `Break` from `each` ends the batch.
///
/// # Errors
/// [`BatchError`]; [`MediaError::NoSuchFrame`] and [`MediaError::NoSuchTime`] if the range starts or ends past the end;
/// [`TooMuchMemory`](crate::scene::TooMuchMemory), before any frame is decoded, if the frames that the scene remembers
/// do not fit in memory.
pub fn render(
    job: Job<'_>,
    mut each: impl FnMut(Sheet, Done) -> ControlFlow<()>,
) -> Result<Rendered, BatchError> {
    render_with(job, |event| match event {
        Event::Opened(_) | Event::Preparing(..) => ControlFlow::Continue(()),
        Event::Rendered(sheet, done) => each(sheet, done),
    })
}

/// [`render`], with events for preparations too.
///
/// # Errors
/// Those of [`render`].
pub fn render_with(
    job: Job<'_>,
    mut each: impl FnMut(Event) -> ControlFlow<()>,
) -> Result<Rendered, BatchError> {
    let pool = Pool::default();
    let mut renderer = Renderer::new(job.scene, &pool)?;
    let (to_renderer, ahead) = channel();
    let (frame_taken, taken) = channel();
    thread::scope(|scope| {
        let decoder = thread::Builder::new().name("decode".into());
        let decoder = decoder.spawn_scoped(scope, || {
            let queue = Queue { to_renderer, taken, waiting: 0 };
            threads::catch(|| decode(job, &pool, queue))
        });
        let decoder = decoder.map_err(BatchError::NoThread)?;
        let mut count = 0;
        let mut analysis: Option<(Analysis, Ready)> = None;
        let is_interrupted = loop {
            // An analyzed frame is painted while the next one is analyzed, if that is decoded already.
            let next = if analysis.is_some() { ahead.try_recv().ok() } else { ahead.recv().ok() };
            let next = match next {
                Some(Ahead::Event(event)) => {
                    let is_preparing = matches!(event, Event::Preparing(..));
                    if each(event).is_break() {
                        // What was being prepared is missing.
                        break is_preparing;
                    }
                    continue;
                }
                Some(Ahead::Ready(ready)) => {
                    // Fails if the decode thread has ended; then it needs no message.
                    let _ = frame_taken.send(());
                    Some(*ready)
                }
                None => None,
            };
            let Some((last, ready)) = analysis.take() else {
                let Some(next) = next else { break false };
                analysis = renderer.analyze(&next.recent, job.parts).zip(Some(next));
                continue;
            };
            count += 1;
            let done = Done { frames: count, of: ready.of };
            let sheet = match next {
                Some(next) => {
                    let (sheet, meanwhile) = renderer.paint_and_analyze(last, &ready.prepared, &next.recent);
                    analysis = meanwhile.zip(Some(next));
                    sheet
                }
                None => renderer.paint(last, &ready.prepared),
            };
            if each(Event::Rendered(sheet, done)).is_break() {
                break false;
            }
        };
        drop((ahead, frame_taken));
        let ended = decoder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        if is_interrupted { Err(MediaError::Interrupted.into()) } else { ended }
    })
}

/// What the decode thread sends.
enum Ahead {
    /// An event other than [`Event::Rendered`].
    Event(Event),
    /// A frame to be rendered.
    Ready(Box<Ready>),
}

/// A frame with the frames and preparations that its sheet needs.
struct Ready {
    /// The frame, and those before it that the scene needs.
    recent: Recent,
    prepared: PreparedSet,
    /// Frames in the range; `None` while its end is not known.
    of: Option<u64>,
}

/// The decode thread's end of the queue.
struct Queue {
    to_renderer: Sender<Ahead>,
    /// One message for each frame that the renderer has taken.
    taken: Receiver<()>,
    /// Frames that were sent and not taken.
    waiting: usize,
}

impl Queue {
    /// Sends an event. `Break` if the renderer has ended.
    fn send_event(to_renderer: &Sender<Ahead>, event: Event) -> ControlFlow<()> {
        match to_renderer.send(Ahead::Event(event)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Sends a frame, and waits until the queue has room for another. `Break` if the renderer has ended.
    fn send(&mut self, ready: Ready) -> ControlFlow<()> {
        let bytes = ready.recent.current().map_or(1, |frame| frame.bytes.len().max(1));
        let most = (QUEUE_BYTES / bytes).clamp(1, QUEUE_FRAMES);
        if self.to_renderer.send(Ahead::Ready(Box::new(ready))).is_err() {
            return ControlFlow::Break(());
        }
        self.waiting += 1;
        while self.waiting >= most && self.taken.recv().is_ok() {
            self.waiting -= 1;
        }
        ControlFlow::Continue(())
    }
}

/// Decodes the frames of a range and the frames just before that they need, and makes the preparations that they need
/// from other frames.
fn decode(job: Job<'_>, pool: &Pool, mut queue: Queue) -> Result<Rendered, BatchError> {
    let Job { scene, keep_going, .. } = job;
    let (mut footage, range) = Footage::open(job, pool)?;
    let ResolvedRange { frames, info, .. } = range;
    let mut problems = Vec::new();
    let (mut opened, mut is_wanted) = (Some(Event::Opened(info)), true);
    let suffices = |part: &Prepared| frames.last().is_some_and(|last| part.covers(last));
    'spans: for span in frames.spans() {
        let mut frame = span.first;
        while is_wanted && span.last.is_none_or(|last| frame <= last) {
            let read = footage.read(frame, scene.frames_needed(), scene, keep_going)?;
            problems.append(&mut footage.take_problems());
            if read.is_none() {
                // A range without an end is complete here; a number past the end is an error.
                let wanted = span.last.unwrap_or(span.first);
                let end = footage.next().unwrap_or(frame);
                if job.range != Range::All && end <= wanted {
                    return Err(MediaError::NoSuchFrame { index: wanted, frames: end.0 }.into());
                }
                break 'spans;
            }
            if let Some(opened) = opened.take()
                && Queue::send_event(&queue.to_renderer, opened).is_break()
            {
                break 'spans;
            }
            footage.drop_unneeded(scene, frame);
            let stopped = AtomicBool::new(false);
            let progress = |request, share| {
                let sent = Queue::send_event(&queue.to_renderer, Event::Preparing(request, share));
                stopped.fetch_or(sent.is_break(), Ordering::Relaxed);
                if keep_going() { sent } else { ControlFlow::Break(()) }
            };
            match footage.prepare(scene, frame, &suffices, &progress) {
                Err(_) if stopped.load(Ordering::Relaxed) => break 'spans,
                prepared => prepared?,
            }
            let (recent, prepared) = (footage.recent().clone(), footage.prepared().clone());
            is_wanted = queue.send(Ready { recent, prepared, of: frames.count() }).is_continue();
            frame = frame.next();
        }
    }
    Ok(Rendered { info: footage.info().clone(), problems })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{self, Limits};
    use crate::render::job::is_likely;
    use crate::scene::Scene;
    use crate::units::FrameIndex;

    #[test]
    fn a_range_past_the_end_is_refused_before_a_frame_is_rendered() {
        for source in ["demo", "demo:still", "pattern:bars@32x18"] {
            let scene = Scene {
                panels: vec!["plain".parse().expect("a panel")],
                ..Scene::of(source.parse().expect("a source"))
            };
            let mut rendered = 0;
            let range = Range::Frames(FrameIndex(0), Some(FrameIndex(9999)));
            let outcome = render(Job::new(&scene, range), |_, _| {
                rendered += 1;
                ControlFlow::Continue(())
            });
            let error = outcome.err();
            let is_right_error = matches!(error, Some(BatchError::Media(MediaError::NoSuchFrame { .. })));
            assert!(is_right_error && rendered == 0, "{source}: {rendered} frames, {error:?}");
        }
    }

    #[test]
    fn a_range_within_the_frame_count_of_the_container_needs_no_index() {
        let info = |frames, duration_secs, frame_rate| {
            let scene = Scene::of("demo".parse().expect("a source"));
            let known = media::open(&scene.source, scene.layout, Limits::default(), &Pool::default());
            SourceInfo { frame_rate, duration_secs, frames, ..known.expect("the demo").info().clone() }
        };
        let likely = |last, info| is_likely(FrameIndex(last), &info);
        assert!(
            likely(98, info(None, Some(4.0), Some(25.0))) && !likely(99, info(None, Some(4.0), Some(25.0)))
        );
        assert!(likely(9, info(Some(10), None, None)) && !likely(10, info(Some(10), Some(9.0), Some(9.0))));
        assert!(!likely(0, info(None, None, Some(25.0))) && !likely(0, info(None, Some(4.0), None)));
    }
}
