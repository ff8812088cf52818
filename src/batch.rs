//! Every frame of a range, in order, none dropped: for figures, tables, clips and benchmarks.
//!
//! What a frame needs from elsewhere in the video is prepared before it is rendered, with a reader of its
//! own, and kept for as long as the frames that follow need it too.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use crate::media::{Frames, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::render::job::{Course, open, resolve};
use crate::render::prepared::{self, Knowledge, Known, Request, StillFrames};
use crate::render::{BatchError, Job, Looked, Range, Recent, Renderer, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads;
use crate::units::FrameIndex;

/// Decoded frames that may wait for the renderer, and their bytes; the next is decoded once there are fewer. Enough
/// that a frame which takes long to decode is there in time, but one alone of 2160p, which has 33 MB.
const AHEAD: usize = 6;

const AHEAD_BYTES: usize = 48 << 20;

/// What there is to say once a batch is done.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The source.
    pub info: SourceInfo,
    /// What could not be decoded on the way, in words.
    pub problems: Vec<String>,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Frames rendered, this one included.
    pub frames: u64,
    /// Frames in the range; `None` where it goes to an end that is not known yet.
    pub of: Option<u64>,
}

/// What a batch has come to.
#[derive(Debug)]
pub enum Event {
    /// The source is open, and this is known of it.
    Opened(Arc<SourceInfo>),
    /// Something is being prepared before the next frame can be rendered; this share of it is done.
    Preparing(Request, f64),
    /// A frame is rendered.
    Rendered(Sheet, Done),
}

/// Renders every frame of a job and hands the sheets on in order, decoding ahead on a thread of its own.
/// `Break` from `each` ends it.
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

/// [`render`], and tells what is being prepared too.
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
    let (to_renderer, frames) = channel::<(Arc<Frame>, Arc<Course>)>();
    let (took, taken) = channel();
    thread::scope(|scope| {
        let decoder = thread::Builder::new().name("decode".into());
        let decoder = decoder.spawn_scoped(scope, || {
            let (to_renderer, taken) = (to_renderer, taken);
            let mut waiting = 0;
            let read = || {
                decode(job, &pool.clone(), |frame, course| {
                    waiting += 1;
                    let most = (AHEAD_BYTES / frame.bytes.len().max(1)).clamp(1, AHEAD);
                    // A renderer that is gone has what it wants.
                    if to_renderer.send((Arc::new(frame), Arc::clone(course))).is_err() {
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
        let mut elsewhere = Elsewhere::new(job, &pool);
        let mut looked: Option<(Looked, Arc<Course>)> = None;
        let mut count = 0;
        let ended = loop {
            // A frame that was looked at is drawn while the next one is looked at, if there is one yet.
            let next = if looked.is_some() { frames.try_recv().ok() } else { frames.recv().ok() };
            if let Some((frame, _)) = &next {
                // A decoder that is gone has nothing to wait for.
                let _ = took.send(());
                recent.push(Arc::clone(frame), needed);
            }
            let next = next.map(|(_, course)| course);
            // Of the frames that others need, only those asked for are looked at.
            let wanted =
                |course: &Course| recent.current().filter(|frame| course.frames.contains(frame.index));
            let Some((last, course)) = looked.take() else {
                let Some(course) = next else { break Ok(()) };
                let Some(frame) = wanted(&course) else { continue };
                if count == 0 && each(Event::Opened(Arc::clone(&course.info))).is_break() {
                    break Ok(());
                }
                // Before it is encrypted and counted: of a large frame, both at a time would take too much memory.
                if let Err(error) = elsewhere.prepare(frame, &course, &mut each) {
                    break Err(error);
                }
                looked = renderer.look(&recent, parts).zip(Some(course));
                continue;
            };
            if let Err(error) = elsewhere.prepare(last.frame(), &course, &mut each) {
                break Err(error);
            }
            count += 1;
            let done = Done { frames: count, of: course.frames.count() };
            let knowledge = &elsewhere.knowledge;
            let sheet = match next.filter(|course| wanted(course).is_some()) {
                Some(next) => {
                    let (sheet, meanwhile) = renderer.draw_and_look(last, knowledge, &recent);
                    looked = meanwhile.zip(Some(next));
                    sheet
                }
                None => renderer.draw(last, knowledge),
            };
            if each(Event::Rendered(sheet, done)).is_break() {
                break Ok(());
            }
        };
        drop((frames, took));
        let read = decoder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ended?;
        read?
    })
}

/// What the frames of a batch need from elsewhere.
struct Elsewhere<'a> {
    job: Job<'a>,
    pool: &'a Pool,
    /// Opened with the first request; of a still, its frame.
    reader: Option<Box<dyn Frames>>,
    knowledge: Knowledge,
}

impl<'a> Elsewhere<'a> {
    fn new(job: Job<'a>, pool: &'a Pool) -> Self {
        Self { job, pool, reader: None, knowledge: Knowledge::default() }
    }

    /// Prepares what a frame needs, as far as those after it need it, too, and forgets the rest.
    fn prepare(
        &mut self,
        shown: &Arc<Frame>,
        course: &Course,
        tell: &mut impl FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), BatchError> {
        let Self { job, pool, reader: slot, knowledge } = self;
        let frame = shown.index;
        let requests = Request::all(job.scene, frame);
        knowledge.retain(|request| requests.contains(&request));
        for request in requests {
            if knowledge.get(request, frame).is_some() {
                continue;
            }
            let reader = match slot {
                Some(reader) => reader,
                None => slot.insert(StillFrames::or(&course.info, shown, || open(*job, pool))?),
            };
            if let (Some(index), None) = (&course.index, reader.index()) {
                reader.set_index(Arc::clone(index));
            }
            let mut progress = |share| {
                let go_on = (job.keep_going)() && tell(Event::Preparing(request, share)).is_continue();
                if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let mut so_far = |known: Known| {
                let suffices = course.frames.last().is_some_and(|last| known.tells(last));
                if suffices { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let known =
                prepared::prepare(request, job.scene, &mut **reader, pool, &mut progress, &mut so_far)?;
            let is_last = course.frames.last().is_some_and(|last| known.tells(last));
            knowledge.insert(request, Ok(known));
            // A reader holds several frames.
            if is_last && course.info.shape().is_large() {
                *slot = None;
            }
        }
        Ok(())
    }
}

/// Decodes the frames of a range and those that they need.
fn decode(
    job: Job<'_>,
    pool: &Pool,
    mut each: impl FnMut(Frame, &Arc<Course>) -> ControlFlow<()>,
) -> Result<Rendered, BatchError> {
    let mut reader = open(job, pool)?;
    let mut shape = reader.info().shape();
    job.scene.check_memory(shape)?;
    let course = Arc::new(resolve(&mut *reader, job)?);
    let mut problems = Vec::new();
    let mut next = FrameIndex(0);
    for span in course.frames.spans() {
        // Of those before it that it needs, some may just have been decoded.
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
                // What goes to the end has come to it; a number past it was asked for.
                let asked = span.last.unwrap_or(span.first);
                if job.range != Range::All && next <= asked {
                    return Err(MediaError::NoSuchFrame { index: asked, frames: next.0 }.into());
                }
                break;
            };
            next = frame.index.next();
            if frame.shape != shape {
                shape = frame.shape;
                job.scene.check_memory(shape)?;
            }
            if each(frame, &course).is_break() {
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
    fn a_range_from_the_start_that_goes_past_the_end_is_refused_before_a_frame_is_rendered() {
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
            let is_told = matches!(error, Some(BatchError::Media(MediaError::NoSuchFrame { .. })));
            assert!(is_told && rendered == 0, "{source}: {rendered} frames, {error:?}");
        }
    }

    #[test]
    fn a_range_that_the_container_has_room_for_needs_no_index() {
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
