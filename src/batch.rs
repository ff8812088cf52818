//! Renders every frame of a range in order and drops none: for figures, tables, clips and benchmarks.
//!
//! What a frame needs from other frames is prepared before it is rendered, with a second reader, and kept for as long as
//! later frames need it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use crate::media::{Frames, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::render::job::{ResolvedRange, open, resolve};
use crate::render::prepared::{self, PreparationRequest, Prepared, PreparedSet, StillFrames};
use crate::render::{Analysis, BatchError, Job, Range, Recent, Renderer, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads;
use crate::units::FrameIndex;

/// Decoded frames that may wait for the renderer, and their bytes: enough to hide a frame that takes long to decode. Of
/// 2160p, whose frames have 33 MB, only one waits.
const QUEUE_FRAMES: usize = 6;

const QUEUE_BYTES: usize = 48 << 20;

/// The result of a batch.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The source.
    pub info: SourceInfo,
    /// What could not be decoded on the way, in words.
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

/// Renders every frame of a job and calls `each` with the sheets in order. Frames are decoded ahead on a thread of their
/// own. `Break` from `each` ends the batch.
///
/// # Errors
/// [`BatchError`]; [`MediaError::NoSuchFrame`] and [`MediaError::NoSuchTime`] where the range starts or ends past
/// the end, and [`TooMuchMemory`](crate::scene::TooMuchMemory) where the scene is to remember more frames than fit, before any of them is decoded.
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
/// [`BatchError`]; [`MediaError::NoSuchFrame`] and [`MediaError::NoSuchTime`] where the range starts or ends past
/// the end.
pub fn render_with(
    job: Job<'_>,
    mut each: impl FnMut(Event) -> ControlFlow<()>,
) -> Result<Rendered, BatchError> {
    let Job { scene, parts, .. } = job;
    let pool = Pool::default();
    let mut renderer = Renderer::new(scene, &pool)?;
    let (to_renderer, frames) = channel::<(Arc<Frame>, Arc<ResolvedRange>)>();
    let (frame_taken, taken) = channel();
    thread::scope(|scope| {
        let decoder = thread::Builder::new().name("decode".into());
        let decoder = decoder.spawn_scoped(scope, || {
            let (to_renderer, taken) = (to_renderer, taken);
            let mut waiting = 0;
            let read = || {
                decode(job, &pool.clone(), |frame, range| {
                    waiting += 1;
                    let most = (QUEUE_BYTES / frame.bytes.len().max(1)).clamp(1, QUEUE_FRAMES);
                    // The renderer has ended, so no more frames are needed.
                    if to_renderer.send((Arc::new(frame), Arc::clone(range))).is_err() {
                        return ControlFlow::Break(());
                    }
                    while waiting >= most && taken.recv().is_ok() {
                        waiting -= 1;
                    }
                    ControlFlow::Continue(())
                })
            };
            threads::catch(read)
        });
        let decoder = decoder.map_err(BatchError::NoThread)?;
        let needed = scene.frames_needed();
        let mut recent = Recent::default();
        let mut preparer = Preparer::new(job, &pool);
        let mut analysis: Option<(Analysis, Arc<ResolvedRange>)> = None;
        let mut count = 0;
        let ended = loop {
            // An analyzed frame is painted while the next one is analyzed, if that is decoded already.
            let next = if analysis.is_some() { frames.try_recv().ok() } else { frames.recv().ok() };
            if let Some((frame, _)) = &next {
                // Fails if the decoder has ended, which then waits for nothing.
                let _ = frame_taken.send(());
                recent.push(Arc::clone(frame), needed);
            }
            let next = next.map(|(_, range)| range);
            // Frames that are only needed by later ones are not analyzed.
            let wanted =
                |range: &ResolvedRange| recent.current().filter(|frame| range.frames.contains(frame.index));
            let Some((last, range)) = analysis.take() else {
                let Some(range) = next else { break Ok(()) };
                let Some(frame) = wanted(&range) else { continue };
                if count == 0 && each(Event::Opened(Arc::clone(&range.info))).is_break() {
                    break Ok(());
                }
                // Before the census: for a large frame, preparation and census together would take too much memory.
                if let Err(error) = preparer.prepare(frame, &range, &mut each) {
                    break Err(error);
                }
                analysis = renderer.analyze(&recent, parts).zip(Some(range));
                continue;
            };
            if let Err(error) = preparer.prepare(last.frame(), &range, &mut each) {
                break Err(error);
            }
            count += 1;
            let done = Done { frames: count, of: range.frames.count() };
            let sheet = match next.filter(|range| wanted(range).is_some()) {
                Some(next) => {
                    let (sheet, meanwhile) = renderer.paint_and_analyze(last, &preparer.prepared, &recent);
                    analysis = meanwhile.zip(Some(next));
                    sheet
                }
                None => renderer.paint(last, &preparer.prepared),
            };
            if each(Event::Rendered(sheet, done)).is_break() {
                break Ok(());
            }
        };
        drop((frames, frame_taken));
        let read = decoder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ended?;
        read?
    })
}

/// What the frames of a batch need from preparer.
struct Preparer<'a> {
    job: Job<'a>,
    pool: &'a Pool,
    /// Opened with the first request; for a still, it returns the frame in memory.
    reader: Option<Box<dyn Frames>>,
    prepared: PreparedSet,
}

impl<'a> Preparer<'a> {
    fn new(job: Job<'a>, pool: &'a Pool) -> Self {
        Self { job, pool, reader: None, prepared: PreparedSet::default() }
    }

    /// Prepares what a frame needs, for all later frames of the batch that need the same, and drops the rest.
    fn prepare(
        &mut self,
        shown: &Arc<Frame>,
        range: &ResolvedRange,
        tell: &mut impl FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), BatchError> {
        let Self { job, pool, reader: slot, prepared } = self;
        let frame = shown.index;
        let requests = PreparationRequest::all(job.scene, frame);
        prepared.retain(|request| requests.contains(&request));
        for request in requests {
            if prepared.get(request, frame).is_some() {
                continue;
            }
            let reader = match slot {
                Some(reader) => reader,
                None => slot.insert(StillFrames::or(&range.info, shown, || open(*job, pool))?),
            };
            if let (Some(index), None) = (&range.index, reader.index()) {
                reader.set_index(Arc::clone(index));
            }
            let mut progress = |share| {
                let go_on = (job.keep_going)() && tell(Event::Preparing(request, share)).is_continue();
                if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let mut so_far = |known: Prepared| {
                let suffices = range.frames.last().is_some_and(|last| known.covers(last));
                if suffices { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let known =
                prepared::prepare(request, job.scene, &mut **reader, pool, &mut progress, &mut so_far)?;
            let is_last = range.frames.last().is_some_and(|last| known.covers(last));
            prepared.insert(request, Ok(known));
            // A reader holds several frames, which take much memory if they are large.
            if is_last && range.info.shape().is_large() {
                *slot = None;
            }
        }
        Ok(())
    }
}

/// Decodes the frames of a range and the frames that they need.
fn decode(
    job: Job<'_>,
    pool: &Pool,
    mut each: impl FnMut(Frame, &Arc<ResolvedRange>) -> ControlFlow<()>,
) -> Result<Rendered, BatchError> {
    let mut reader = open(job, pool)?;
    let mut shape = reader.info().shape();
    job.scene.check_memory(shape)?;
    let range = Arc::new(resolve(&mut *reader, job)?);
    let mut problems = Vec::new();
    let mut next = FrameIndex(0);
    for span in range.frames.spans() {
        // Some of the frames that the span needs may have been decoded for the span before.
        let start = span.first.back(job.scene.frames_needed().saturating_sub(1) as u64).max(next);
        if start > next {
            reader.seek(start)?;
            next = start;
        }
        while span.last.is_none_or(|last| next <= last) {
            if !(job.keep_going)() {
                return Err(MediaError::Interrupted.into());
            }
            let frame = reader.next_frame()?;
            problems.append(&mut reader.take_problems());
            let Some(frame) = frame else {
                // A range without an end is complete here; a number past the end is an error.
                let wanted = span.last.unwrap_or(span.first);
                if job.range != Range::All && next <= wanted {
                    return Err(MediaError::NoSuchFrame { index: wanted, frames: next.0 }.into());
                }
                break;
            };
            next = frame.index.next();
            if frame.shape != shape {
                shape = frame.shape;
                job.scene.check_memory(shape)?;
            }
            if each(frame, &range).is_break() {
                return Ok(Rendered { info: reader.info().clone(), problems });
            }
        }
    }
    Ok(Rendered { info: reader.info().clone(), problems })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{self, Limits};
    use crate::render::job::is_likely;
    use crate::scene::Scene;

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
