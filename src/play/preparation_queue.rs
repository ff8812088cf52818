//! The queue of preparations: a plain value behind the state's lock.
//!
//! One request is prepared at a time: the first that is wanted and missing. It is cancelled when another request comes
//! first, so that a seek does not wait for earlier requests; but a window that the video has played past is finished,
//! since otherwise no window would be finished while preparing is slower than playing. Results are kept within a bound
//! of bytes; results that are wanted now are never dropped, so that two results larger than the bound do not replace
//! each other forever.

use crate::render::prepared::{Outcome, PreparationRequest, Prepared, PreparedSet};

/// The preparation in progress.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preparing {
    /// The request.
    pub request: PreparationRequest,
    /// The share done, from 0 to 1.
    pub share: f64,
}

/// The number of an attempt to prepare a request; results of older attempts are stale.
pub(super) type Task = u64;

#[derive(Debug)]
pub(super) struct PreparationQueue {
    prepared: PreparedSet,
    /// The requests whose results are kept, with their bytes, the most recently wanted last.
    kept: Vec<(PreparationRequest, usize)>,
    most_bytes: usize,
    task: Task,
    current: Option<Preparing>,
    /// The owner has stopped preparations.
    stopped: bool,
    /// The last result came after the video had played past it.
    pub overtaken: bool,
}

impl PreparationQueue {
    /// An empty queue, whose results take about `most_bytes` at most, apart from results that are wanted now.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            prepared: PreparedSet::default(),
            kept: Vec::new(),
            most_bytes,
            task: 0,
            current: None,
            stopped: false,
            overtaken: false,
        }
    }

    /// All results so far.
    pub fn prepared(&self) -> &PreparedSet {
        &self.prepared
    }

    /// The preparation in progress.
    pub fn current(&self) -> Option<Preparing> {
        self.current
    }

    /// True from [`stop`](Self::stop) to [`start`](Self::start).
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Cancels the task in progress, and prepares nothing until [`start`](Self::start).
    pub fn stop(&mut self) {
        self.stopped = true;
        self.current = None;
    }

    /// Resumes preparations, including requests that failed.
    pub fn start(&mut self) {
        self.stopped = false;
        let failed = |request: PreparationRequest| matches!(self.prepared.whole(request), Some(Err(_)));
        let kept: Vec<_> = self.kept.iter().copied().filter(|&(request, _)| !failed(request)).collect();
        self.keep(kept);
    }

    /// Drops everything, since the frames, their layout or the key have changed.
    pub fn clear(&mut self) {
        self.current = None;
        self.keep(Vec::new());
    }

    fn keep(&mut self, kept: Vec<(PreparationRequest, usize)>) {
        self.prepared.retain(|request| kept.iter().any(|&(other, _)| other == request));
        self.kept = kept;
    }

    /// The first wanted request that is missing.
    pub fn missing(&self, wanted: &[PreparationRequest]) -> Option<PreparationRequest> {
        wanted.iter().copied().find(|&request| self.prepared.whole(request).is_none())
    }

    /// Begins to prepare the first missing request.
    pub fn begin(&mut self, wanted: &[PreparationRequest]) -> Option<(PreparationRequest, Task)> {
        self.mark_wanted(wanted);
        let request = self.missing(wanted).filter(|_| !self.stopped)?;
        self.task += 1;
        self.current = Some(Preparing { request, share: 0.0 });
        Some((request, self.task))
    }

    /// True while the request in progress is the first missing one, or, while the video `plays_on`, of the same kind as
    /// a wanted one.
    pub fn is_wanted(&self, task: Task, wanted: &[PreparationRequest], plays_on: bool) -> bool {
        let Some(Preparing { request, .. }) = self.current.filter(|_| task == self.task) else {
            return false;
        };
        let is_another_part = || wanted.iter().any(|wanted| wanted.is_same_kind_as(request));
        self.missing(wanted) == Some(request) || (plays_on && is_another_part())
    }

    /// Notes the progress of a task. Returns true if the owner should be notified, which is at most a hundred times.
    pub fn report(&mut self, task: Task, share: f64) -> bool {
        let Some(current) = self.current.as_mut().filter(|_| task == self.task) else { return false };
        let reported = (current.share * 100.0).floor();
        current.share = share;
        (share * 100.0).floor() > reported
    }

    /// Takes a part of the result of a task, unless it is stale; returns true if it was taken. The part is dropped if
    /// the task is cancelled, or started again after a [stop](Self::stop).
    pub fn add(&mut self, task: Task, part: Prepared) -> bool {
        let Some(Preparing { request, .. }) = self.current.filter(|_| task == self.task) else {
            return false;
        };
        self.prepared.insert(request, Ok(part));
        true
    }

    /// Takes the result of a task, unless it is stale; `None` if the task was cancelled. Returns the fulfilled request.
    pub fn end(
        &mut self,
        task: Task,
        outcome: Option<Outcome>,
        wanted: &[PreparationRequest],
    ) -> Option<PreparationRequest> {
        let current = self.current.take_if(|_| task == self.task)?;
        let Some(outcome) = outcome else {
            self.prepared.retain(|request| request != current.request);
            return None;
        };
        let bytes = outcome.as_ref().map_or(0, Prepared::bytes);
        self.prepared.insert(current.request, outcome);
        self.kept.push((current.request, bytes));
        self.mark_wanted(wanted);
        let mut sum: usize = self.kept.iter().map(|(_, bytes)| bytes).sum();
        let mut kept = self.kept.clone();
        kept.retain(|(request, bytes)| {
            let is_dropped = sum > self.most_bytes && !wanted.contains(request);
            sum -= if is_dropped { *bytes } else { 0 };
            !is_dropped
        });
        self.keep(kept);
        Some(current.request)
    }

    /// Notes which requests are wanted, so that their results are dropped last.
    fn mark_wanted(&mut self, wanted: &[PreparationRequest]) {
        // A stable sort keeps the order among the wanted and among the others.
        self.kept.sort_by_key(|(request, _)| wanted.contains(request));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::MediaError;
    use crate::render::prepared::{PreparationError, ToneWindow, Window};
    use crate::units::FrameIndex;

    /// The request of the window with this number.
    fn request(window: u64) -> PreparationRequest {
        let scheme = "aes-128-ecb".parse().expect("a scheme");
        PreparationRequest::Tone {
            scheme,
            window: Window::around(scheme, FrameIndex(window * Window::FRAMES)),
        }
    }

    /// An outcome: a failure, which is the cheapest to make; the rules do not depend on its size.
    fn outcome() -> Outcome {
        Err(Arc::new(PreparationError::Media(MediaError::NoSource)))
    }

    fn begun(preparation_queue: &mut PreparationQueue, wanted: &[PreparationRequest]) -> Task {
        preparation_queue.begin(wanted).expect("something is missing").1
    }

    #[test]
    fn a_task_is_cancelled_once_its_request_is_not_the_first_missing_one() {
        let mut preparation_queue = PreparationQueue::new(100);
        let wanted = [request(0), request(1)];
        let (first, task) = preparation_queue.begin(&wanted).expect("both are missing");
        assert_eq!(first, request(0));
        assert!(preparation_queue.is_wanted(task, &wanted, false));
        assert!(
            !preparation_queue.is_wanted(task, &[request(1)], false),
            "the frame shown is in another window"
        );
        assert!(
            !preparation_queue.is_wanted(task, &[request(5), request(0)], false),
            "another request comes first"
        );
        assert_eq!(preparation_queue.end(task, Some(outcome()), &wanted), Some(request(0)));
        let (second, task) = preparation_queue.begin(&wanted).expect("one is missing");
        assert_eq!(second, request(1));
        assert_eq!(preparation_queue.end(task, None, &wanted), None, "cancelled: there is no result");
        assert_eq!(preparation_queue.missing(&wanted), Some(request(1)));
    }

    #[test]
    fn a_window_that_was_played_past_is_finished_and_kept() {
        let mut preparation_queue = PreparationQueue::new(100);
        let task = begun(&mut preparation_queue, &[request(0)]);
        let wanted = [request(1), request(2)];
        assert!(preparation_queue.is_wanted(task, &wanted, true));
        assert!(!preparation_queue.is_wanted(task, &[], true), "no panel needs any window now");
        let other = PreparationRequest::Tone {
            scheme: "aes-256-ecb".parse().expect("a scheme"),
            window: Window::around("aes-256-ecb".parse().expect("a scheme"), FrameIndex(0)),
        };
        assert!(!preparation_queue.is_wanted(task, &[other], true), "another scheme is shown now");
        assert_eq!(preparation_queue.end(task, Some(outcome()), &wanted), Some(request(0)));
        assert!(preparation_queue.prepared().whole(request(0)).is_some());
        assert_eq!(preparation_queue.missing(&wanted), Some(request(1)), "then the window on display");
    }

    #[test]
    fn results_of_a_stale_task_are_dropped() {
        let mut preparation_queue = PreparationQueue::new(100);
        let old = begun(&mut preparation_queue, &[request(0)]);
        preparation_queue.clear();
        assert!(
            !preparation_queue.report(old, 0.5) && !preparation_queue.is_wanted(old, &[request(0)], false)
        );
        let new = begun(&mut preparation_queue, &[request(0)]);
        assert_eq!(preparation_queue.end(old, Some(outcome()), &[request(0)]), None);
        assert!(preparation_queue.is_wanted(new, &[request(0)], false));
    }

    #[test]
    fn a_part_of_a_result_is_kept_until_its_task_ends_and_dropped_if_the_task_is_cancelled() {
        let mut preparation_queue = PreparationQueue::new(100);
        let wanted = [request(1)];
        let frame = FrameIndex(Window::FRAMES);
        let part = || Prepared::Tone(Arc::new(ToneWindow::empty_to(frame.next())));
        for outcome in [None, Some(outcome())] {
            let task = begun(&mut preparation_queue, &wanted);
            assert!(!preparation_queue.add(task + 1, part()), "a part of another task");
            assert!(preparation_queue.add(task, part()));
            let covers = |preparation_queue: &PreparationQueue, frame| {
                preparation_queue.prepared().get(wanted[0], frame).is_some()
            };
            assert!(covers(&preparation_queue, frame) && !covers(&preparation_queue, frame.next()));
            assert_eq!(preparation_queue.missing(&wanted), Some(wanted[0]), "a part is not the whole");
            let is_whole = outcome.is_some();
            assert_eq!(preparation_queue.end(task, outcome, &wanted).is_some(), is_whole);
            assert!([frame, frame.next()].iter().all(|&frame| covers(&preparation_queue, frame) == is_whole));
        }
    }

    #[test]
    fn progress_is_reported_a_hundred_times() {
        let mut preparation_queue = PreparationQueue::new(100);
        let task = begun(&mut preparation_queue, &[request(0)]);
        let reports = (0..=1000).filter(|&i| preparation_queue.report(task, f64::from(i) / 1000.0)).count();
        assert_eq!(reports, 100);
    }

    #[test]
    fn after_a_stop_nothing_is_prepared_until_a_start_which_also_retries_failures() {
        let mut preparation_queue = PreparationQueue::new(100);
        let wanted = [request(0), request(1)];
        let task = begun(&mut preparation_queue, &wanted);
        assert!(preparation_queue.end(task, Some(outcome()), &wanted).is_some());
        let task = begun(&mut preparation_queue, &wanted);
        preparation_queue.stop();
        assert!(!preparation_queue.is_wanted(task, &wanted, false));
        assert!(preparation_queue.begin(&wanted).is_none() && preparation_queue.current().is_none());
        preparation_queue.start();
        assert_eq!(preparation_queue.begin(&wanted).map(|(request, _)| request), Some(request(0)));
    }

    #[test]
    fn the_results_wanted_longest_ago_are_dropped_first_and_wanted_ones_never() {
        let mut preparation_queue = PreparationQueue::new(100);
        preparation_queue.kept = (0..4).map(|window| (request(window), 40)).collect();
        for window in 0..4 {
            preparation_queue.prepared.insert(request(window), outcome());
        }
        let wanted = [request(0), request(9)];
        let task = begun(&mut preparation_queue, &wanted);
        assert!(preparation_queue.end(task, Some(outcome()), &wanted).is_some());
        let kept: Vec<_> = preparation_queue.kept.iter().map(|&(request, _)| request).collect();
        assert_eq!(kept, [request(3), request(0), request(9)], "1 and 2 were wanted before 3");
        assert!(preparation_queue.prepared.whole(request(1)).is_none());
        let wanted = [request(3), request(0), request(9), request(8)];
        preparation_queue.most_bytes = 10;
        let task = begun(&mut preparation_queue, &wanted);
        assert!(preparation_queue.end(task, Some(outcome()), &wanted).is_some());
        assert_eq!(preparation_queue.kept.len(), 4, "all are wanted");
    }
}
