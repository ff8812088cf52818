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
    let alone =
        rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "prepare-alone".into()).build();
    let alone = alone.ok();
    // Most often the next window follows at once, and starts where the reader stopped. Otherwise the reader is dropped, since
    // a decoder takes much memory.
    let mut reader = None;
    loop {
        let at_once = shared.work_at_once(State::next_prepare);
        if at_once.is_none() {
            reader = None;
        }
        let Some(work) = at_once.or_else(|| shared.work(State::next_prepare)) else { return };
        let (task, beside_playing) = (work.task, work.beside_playing);
        let prepare = || prepare_one(shared, opener, pool, work, &mut reader);
        let outcome = threads::catch(|| match alone.as_ref().filter(|_| beside_playing) {
            Some(alone) => alone.install(prepare),
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

/// Fulfils one request, with the reader in `left` if that reads the same source. Leaves its reader in `left` if it succeeds.
fn prepare_one<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    opener: &dyn Opener,
    pool: &Pool,
    work: Prepare,
    left: &mut Option<Reader>,
) -> Result<Prepared, PreparationError> {
    let Prepare { request, task, scene, source_version, index, still, .. } = work;
    let mut reader: Box<dyn Frames> = match (still, left.take()) {
        (Some(still), _) => Box::new(still),
        (None, Some((version, reader))) if version == source_version => reader,
        (None, _) => opener.open(&scene.source, scene.layout)?,
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
    let mut so_far = |known| {
        shared.change(|state| state.add_prepared_part(task, known));
        ControlFlow::Continue(())
    };
    let known = prepared::prepare(request, &scene, &mut *reader, pool, &mut progress, &mut so_far)?;
    // The decode thread reports the damage of frames that are shown.
    reader.take_problems();
    *left = Some((source_version, reader));
    Ok(known)
}
