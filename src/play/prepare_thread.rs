//! The prepare thread: prepares what panels need from other frames of the video, with a reader of its own.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::messages::Prepare;
use super::shared::Shared;
use super::state::State;
use crate::media::Frames;
use crate::render::Opener;
use crate::render::prepared::{self, PreparationError, Prepared};
use crate::runtime::pool::Pool;
use crate::runtime::threads;

/// Runs the prepare thread until the session ends.
pub(super) fn prepare<T: Send + 'static>(shared: &Arc<Shared<T>>, opener: &dyn Opener, pool: &Pool) {
    // While the video plays, preparations run on one thread of their own; otherwise on all cores.
    let one_thread =
        rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "prepare-alone".into()).build();
    let one_thread = one_thread.ok();
    // The reader is kept if another request is waiting: most often it is the next window, which starts where the reader
    // stopped. Otherwise it is dropped, since a decoder takes much memory.
    let mut reader = None;
    loop {
        let work = shared.work_now(State::next_prepare);
        if work.is_none() {
            reader = None;
        }
        let Some(work) = work.or_else(|| shared.work(State::next_prepare)) else { return };
        let (task, is_playing) = (work.task, work.is_playing);
        let prepare = || prepare_one(shared, opener, pool, work, &mut reader);
        let outcome = threads::catch(|| match one_thread.as_ref().filter(|_| is_playing) {
            Some(one_thread) => one_thread.install(prepare),
            None => prepare(),
        });
        let outcome = outcome.unwrap_or_else(|panicked| Err(panicked.into()));
        let outcome = match outcome {
            Err(error) if error.is_interruption() => None,
            outcome => Some(outcome.map_err(Arc::new)),
        };
        shared.change(|state| state.finish_preparation(task, outcome));
    }
}

/// A reader, and the version of the source that it reads.
type Reader = (u64, Box<dyn Frames>);

/// Fulfils one request, with the reader in `kept` if that reads the same source. Puts its reader into `kept` if it
/// succeeds.
fn prepare_one<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    opener: &dyn Opener,
    pool: &Pool,
    work: Prepare,
    kept: &mut Option<Reader>,
) -> Result<Prepared, PreparationError> {
    let Prepare { prepared, request, task, scene, source_version, index, still, .. } = work;
    let mut reader: Box<dyn Frames> = match (still, kept.take()) {
        (Some(still), _) => Box::new(still),
        (None, Some((version, reader))) if version == source_version => reader,
        (None, _) => opener.open(&scene.footage(), scene.layout)?,
    };
    if let (Some(index), None) = (index, reader.index()) {
        reader.set_index(index);
    }
    let watched = Arc::clone(shared);
    reader.set_interrupt(Box::new(move || !watched.state().is_task_wanted(task)));
    let mut progress = |share| {
        let mut state = shared.state();
        if !state.is_task_wanted(task) {
            return ControlFlow::Break(());
        }
        if state.report_preparation(task, share) {
            drop(state);
            shared.wake();
        }
        ControlFlow::Continue(())
    };
    let mut add_part = |part| {
        shared.change(|state| state.add_prepared_part(task, part));
        ControlFlow::Continue(())
    };
    let prepared =
        prepared::prepare(request, &prepared, &scene, &mut *reader, pool, &mut progress, &mut add_part)?;
    // Dropped here: the decode thread reports the damage of frames that are shown.
    reader.take_problems();
    *kept = Some((source_version, reader));
    Ok(prepared)
}
