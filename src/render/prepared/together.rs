//! Requests of several schemes, prepared in one pass over the same frames.
//!
//! ```text
//! reader ──Frame──▶ a queue of one frame for each request ──▶ a thread for each request
//! ```

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::{PreparationError, PreparationRequest, Prepared, PreparedSet, prepare};
use crate::media::{Frames, Index, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::runtime::threads;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// Upper bound of the bytes of a frame times the number of requests that are fulfilled in one pass: 18 schemes for
/// 720p, one for 2160p.
const BYTES_PER_PASS: usize = 64 << 20;

/// The arguments that all requests of one call share.
#[derive(Clone, Copy)]
pub struct PreparationContext<'a> {
    /// The scene whose source is read.
    pub scene: &'a Scene,
    /// Preparations that exist already.
    pub prepared: &'a PreparedSet,
    /// The pool of the buffers.
    pub pool: &'a Pool,
    /// Called between frames, on any thread, with a request and the share of it that is done; `Break` ends with
    /// [`MediaError::Interrupted`].
    pub progress: &'a (dyn Fn(PreparationRequest, f64) -> ControlFlow<()> + Sync),
    /// Returns true for a part that is enough; then the preparation ends.
    pub suffices: &'a (dyn Fn(&Prepared) -> bool + Sync),
}

/// Fulfils requests with the same results as [`prepare`], in as few passes over the frames as memory allows.
///
/// # Errors
/// Those of [`prepare`].
pub fn prepare_together(
    requests: &[PreparationRequest],
    frames: &mut dyn Frames,
    context: PreparationContext<'_>,
) -> Result<Vec<(PreparationRequest, Prepared)>, PreparationError> {
    let scene = context.scene;
    let frame_bytes = scene.layout.frame_bytes(frames.info().shape()).max(1);
    let most = (BYTES_PER_PASS / frame_bytes).max(1);
    let mut prepared = Vec::with_capacity(requests.len());
    let mut set = context.prepared.clone();
    let mut remaining = requests.to_vec();
    // Requests that others need come first.
    remaining.sort_by_key(|request| !requests.iter().any(|other| other.needs() == Some(*request)));
    while let Some(&first) = remaining.first() {
        let is_same = |&request: &PreparationRequest| request == first || request.reads_same_frames_as(first);
        let (same, others): (Vec<_>, _) = remaining.into_iter().partition(is_same);
        for some in same.chunks(most) {
            let context = PreparationContext { prepared: &set, ..context };
            let results = prepare_in_one_pass(some, frames, context)?;
            for (&request, result) in some.iter().zip(results) {
                set.insert(request, Ok(result.clone()));
                prepared.push((request, result));
            }
        }
        remaining = others;
    }
    Ok(prepared)
}

/// Fulfils requests that read the same frames.
fn prepare_in_one_pass(
    requests: &[PreparationRequest],
    frames: &mut dyn Frames,
    context: PreparationContext<'_>,
) -> Result<Vec<Prepared>, PreparationError> {
    let PreparationContext { scene, prepared, pool, progress, suffices } = context;
    let prepare_one = |request, frames: &mut dyn Frames| {
        let mut report = |share| progress(request, share);
        let mut on_part =
            |part| if suffices(&part) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        prepare(request, prepared, scene, frames, pool, &mut report, &mut on_part)
    };
    if let [request] = requests {
        return Ok(vec![prepare_one(*request, frames)?]);
    }
    if let Some(request) = requests.first() {
        frames.seek(request.first_frame())?;
    }
    frames.set_layout(scene.layout);
    thread::scope(|scope| {
        let mut started = Vec::with_capacity(requests.len());
        let mut queues = Vec::with_capacity(requests.len());
        for &request in requests {
            let (sender, receiver) = sync_channel(1);
            let (info, index) = (frames.info().clone(), frames.index().cloned());
            let mut shared = SharedFrames { info, index, receiver };
            let prepare = move || threads::catch(|| prepare_one(request, &mut shared));
            started.push(thread::Builder::new().name("prepare".into()).spawn_scoped(scope, prepare));
            queues.push(sender);
        }
        let read = distribute(frames, queues);
        let mut prepared = Vec::with_capacity(requests.len());
        for started in started {
            let ended = started.map_err(PreparationError::NoThread)?.join();
            prepared.push(ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))??);
        }
        read?;
        Ok(prepared)
    })
}

/// Reads frames and puts each into all queues, until there are no more frames or all queues are closed: a thread closes
/// its queue when it has enough frames, and when its progress callback cancels.
fn distribute(frames: &mut dyn Frames, mut queues: Vec<SyncSender<Arc<Frame>>>) -> Result<(), MediaError> {
    while !queues.is_empty() {
        let frame = match frames.next_frame() {
            Ok(Some(frame)) => Arc::new(frame),
            Err(MediaError::Interrupted) => return Err(MediaError::Interrupted),
            // The frames before an error are used, as in a preparation of one request.
            Ok(None) | Err(_) => break,
        };
        queues.retain(|queue| queue.send(Arc::clone(&frame)).is_ok());
    }
    Ok(())
}

/// Frames that another thread reads, from the first wanted frame on.
struct SharedFrames {
    info: SourceInfo,
    index: Option<Arc<Index>>,
    receiver: Receiver<Arc<Frame>>,
}

impl Frames for SharedFrames {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, _: Layout) {}

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let Ok(frame) = self.receiver.recv() else { return Ok(None) };
        Ok(Some(Frame { bytes: Arc::clone(&frame.bytes), ..frame.without_bytes() }))
    }

    /// Does nothing: the shared reader has been moved already.
    fn seek(&mut self, _: FrameIndex) -> Result<(), MediaError> {
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
