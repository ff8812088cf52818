//! Requests of several schemes, prepared in one pass over the same frames.
//!
//! ```text
//! reader ──Frame──▶ a queue of one frame for each request ──▶ a thread for each request
//! ```

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::{PreparationError, PreparationRequest, Prepared, prepare};
use crate::media::{Frames, Index, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use crate::runtime::threads;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// Bytes of frames that are encrypted at a time: a frame of 720p under 18 schemes, or one of 2160p under one.
const BYTES_AT_A_TIME: usize = 64 << 20;

/// What all requests of one call share.
#[derive(Clone, Copy)]
pub struct PreparationContext<'a> {
    /// The scene whose source is read.
    pub scene: &'a Scene,
    /// Where buffers come from.
    pub pool: &'a Pool,
    /// Called between frames, on any thread, with a request and the share of it that is done; `Break` ends with
    /// [`MediaError::Interrupted`].
    pub progress: &'a (dyn Fn(PreparationRequest, f64) -> ControlFlow<()> + Sync),
    /// True for a part that is enough, so that no more is prepared.
    pub suffices: &'a (dyn Fn(&Prepared) -> bool + Sync),
}

/// Fulfils requests with the same results as [`prepare`], if possible in one pass over the frames.
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
    let most = (BYTES_AT_A_TIME / frame_bytes).max(1);
    let mut prepared = Vec::with_capacity(requests.len());
    let mut left = requests.to_vec();
    while let Some(&first) = left.first() {
        let is_same = |&request: &PreparationRequest| request == first || request.reads_same_frames_as(first);
        let (same, others): (Vec<_>, _) = left.into_iter().partition(is_same);
        for some in same.chunks(most) {
            let known = prepare_in_one_pass(some, frames, context)?;
            prepared.extend(some.iter().copied().zip(known));
        }
        left = others;
    }
    Ok(prepared)
}

/// Fulfils requests that read the same frames.
fn prepare_in_one_pass(
    requests: &[PreparationRequest],
    frames: &mut dyn Frames,
    context: PreparationContext<'_>,
) -> Result<Vec<Prepared>, PreparationError> {
    let PreparationContext { scene, pool, progress, suffices } = context;
    let one = |request, frames: &mut dyn Frames| {
        let mut report = |share| progress(request, share);
        let mut so_far =
            |known| if suffices(&known) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        prepare(request, scene, frames, pool, &mut report, &mut so_far)
    };
    if let [request] = requests {
        return Ok(vec![one(*request, frames)?]);
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
            let prepare = move || threads::catch(|| one(request, &mut shared));
            started.push(thread::Builder::new().name("prepare".into()).spawn_scoped(scope, prepare));
            queues.push(sender);
        }
        let read = hand_out(frames, queues);
        let mut known = Vec::with_capacity(requests.len());
        for started in started {
            let ended = started.map_err(PreparationError::NoThread)?.join();
            known.push(ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))??);
        }
        read?;
        Ok(known)
    })
}

/// Reads frames and puts each into all queues, until there are no more frames or all queues are closed: a thread closes
/// its queue when it has enough, and when its progress breaks off.
fn hand_out(frames: &mut dyn Frames, mut queues: Vec<SyncSender<Arc<Frame>>>) -> Result<(), MediaError> {
    while !queues.is_empty() {
        let frame = match frames.next_frame() {
            Ok(Some(frame)) => Arc::new(frame),
            Err(MediaError::Interrupted) => return Err(MediaError::Interrupted),
            // As where one request is prepared alone, the frames before an error are used.
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

    /// Does nothing: the reader has been moved already.
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
