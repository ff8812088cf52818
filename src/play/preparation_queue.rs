//! What a session has prepared, and what it is preparing: a plain value of rules, behind the board's lock.
//!
//! One thing is prepared at a time: the first that is wanted and not there. What is no longer the first is
//! broken off, so that a seek does not wait for what was wanted before it; but a window that the video has
//! played past is finished, since otherwise none might ever be. What was prepared is kept as long
//! as there is room; what is wanted now is never forgotten, so that two things too large for the room do not
//! push each other out for ever.

use crate::render::prepared::{Knowledge, Known, Outcome, Request};

/// What a session can say of the thing that is being prepared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preparing {
    /// What it is.
    pub request: Request,
    /// The share done, from 0 to 1.
    pub share: f64,
}

/// The number of a try to prepare something: what belongs to an older one is stale.
pub(super) type Task = u64;

#[derive(Debug)]
pub(super) struct Preparation {
    knowledge: Knowledge,
    /// What is kept, with its bytes, that which was wanted last at the end.
    kept: Vec<(Request, usize)>,
    most_bytes: usize,
    task: Task,
    at_work: Option<Preparing>,
    /// The owner broke off.
    stopped: bool,
    /// What was prepared last was played past before it was there.
    pub outrun: bool,
}

impl Preparation {
    /// Nothing is prepared; what is will take about `most_bytes` at most, but for what is wanted just now.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            knowledge: Knowledge::default(),
            kept: Vec::new(),
            most_bytes,
            task: 0,
            at_work: None,
            stopped: false,
            outrun: false,
        }
    }

    /// All that is known now.
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// What is being prepared.
    pub fn at_work(&self) -> Option<Preparing> {
        self.at_work
    }

    /// True from [`stop`](Self::stop) to [`start`](Self::start).
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Breaks off, and prepares nothing until told to start.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.at_work = None;
    }

    /// Prepares again, also what failed.
    pub fn start(&mut self) {
        self.stopped = false;
        let failed = |request: Request| matches!(self.knowledge.whole(request), Some(Err(_)));
        let kept: Vec<_> = self.kept.iter().copied().filter(|&(request, _)| !failed(request)).collect();
        self.keep(kept);
    }

    /// Forgets everything: the frames, their layout or the key have changed.
    pub fn clear(&mut self) {
        self.at_work = None;
        self.keep(Vec::new());
    }

    fn keep(&mut self, kept: Vec<(Request, usize)>) {
        self.knowledge.retain(|request| kept.iter().any(|&(other, _)| other == request));
        self.kept = kept;
    }

    /// What is missing first.
    pub fn missing(&self, wanted: &[Request]) -> Option<Request> {
        wanted.iter().copied().find(|&request| self.knowledge.whole(request).is_none())
    }

    /// Begins to prepare what is missing first.
    pub fn begin(&mut self, wanted: &[Request]) -> Option<(Request, Task)> {
        self.touch(wanted);
        let request = self.missing(wanted).filter(|_| !self.stopped)?;
        self.task += 1;
        self.at_work = Some(Preparing { request, share: 0.0 });
        Some((request, self.task))
    }

    /// True while what is being prepared is still what is missing first; or, where the video `plays_on` from
    /// frame to frame, another part of what is wanted.
    pub fn goes_on(&self, task: Task, wanted: &[Request], plays_on: bool) -> bool {
        let Some(Preparing { request, .. }) = self.at_work.filter(|_| task == self.task) else {
            return false;
        };
        let is_another_part = || wanted.iter().any(|wanted| wanted.is_of_the_same(request));
        self.missing(wanted) == Some(request) || (plays_on && is_another_part())
    }

    /// Notes how far a task has come. True where that is worth telling: a hundred times, not a thousand.
    pub fn report(&mut self, task: Task, share: f64) -> bool {
        let Some(at_work) = self.at_work.as_mut().filter(|_| task == self.task) else { return false };
        let told = (at_work.share * 100.0).floor();
        at_work.share = share;
        (share * 100.0).floor() > told
    }

    /// Takes what came of a task so far, unless it is stale. True where something is known now that was not. It is
    /// forgotten where the task is broken off for something else, or begun again after a [stop](Self::stop).
    pub fn add(&mut self, task: Task, known: Known) -> bool {
        let Some(Preparing { request, .. }) = self.at_work.filter(|_| task == self.task) else {
            return false;
        };
        self.knowledge.insert(request, Ok(known));
        true
    }

    /// Takes what came of a task, unless it is stale. `None` where it was broken off. Returns what is known
    /// now that was not.
    pub fn end(&mut self, task: Task, outcome: Option<Outcome>, wanted: &[Request]) -> Option<Request> {
        let at_work = self.at_work.take_if(|_| task == self.task)?;
        let Some(outcome) = outcome else {
            self.knowledge.retain(|request| request != at_work.request);
            return None;
        };
        let bytes = outcome.as_ref().map_or(0, Known::bytes);
        self.knowledge.insert(at_work.request, outcome);
        self.kept.push((at_work.request, bytes));
        self.touch(wanted);
        let mut sum: usize = self.kept.iter().map(|(_, bytes)| bytes).sum();
        let mut kept = self.kept.clone();
        kept.retain(|(request, bytes)| {
            let goes = sum > self.most_bytes && !wanted.contains(request);
            sum -= if goes { *bytes } else { 0 };
            !goes
        });
        self.keep(kept);
        Some(at_work.request)
    }

    /// Notes what is wanted: it is forgotten last.
    fn touch(&mut self, wanted: &[Request]) {
        // Stable: those wanted stay in their order behind the others.
        self.kept.sort_by_key(|(request, _)| wanted.contains(request));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::MediaError;
    use crate::render::prepared::{KnowledgeError, ToneWindow, Window};
    use crate::units::FrameIndex;

    /// The request of the window with this number.
    fn request(window: u64) -> Request {
        let scheme = "aes-128-ecb".parse().expect("a scheme");
        Request::Tone { scheme, window: Window::around(scheme, FrameIndex(window * Window::FRAMES)) }
    }

    /// What came of it: a failure takes no room, which makes no difference to the rules.
    fn outcome() -> Outcome {
        Err(Arc::new(KnowledgeError::Media(MediaError::NoSource)))
    }

    fn begun(preparation: &mut Preparation, wanted: &[Request]) -> Task {
        preparation.begin(wanted).expect("something is missing").1
    }

    #[test]
    fn the_first_that_is_missing_is_prepared_and_broken_off_once_it_no_longer_is() {
        let mut preparation = Preparation::new(100);
        let wanted = [request(0), request(1)];
        let (first, task) = preparation.begin(&wanted).expect("both are missing");
        assert_eq!(first, request(0));
        assert!(preparation.goes_on(task, &wanted, false));
        assert!(!preparation.goes_on(task, &[request(1)], false), "the frame shown is in another window");
        assert!(!preparation.goes_on(task, &[request(5), request(0)], false), "something else comes first");
        assert_eq!(preparation.end(task, Some(outcome()), &wanted), Some(request(0)));
        let (second, task) = preparation.begin(&wanted).expect("one is missing");
        assert_eq!(second, request(1));
        assert_eq!(preparation.end(task, None, &wanted), None, "broken off: nothing is known");
        assert_eq!(preparation.missing(&wanted), Some(request(1)));
    }

    #[test]
    fn a_window_that_was_played_past_is_finished_and_kept() {
        let mut preparation = Preparation::new(100);
        let task = begun(&mut preparation, &[request(0)]);
        let wanted = [request(1), request(2)];
        assert!(preparation.goes_on(task, &wanted, true));
        assert!(!preparation.goes_on(task, &[], true), "no panel needs any window now");
        let other = Request::Tone {
            scheme: "aes-256-ecb".parse().expect("a scheme"),
            window: Window::around("aes-256-ecb".parse().expect("a scheme"), FrameIndex(0)),
        };
        assert!(!preparation.goes_on(task, &[other], true), "another scheme is shown now");
        assert_eq!(preparation.end(task, Some(outcome()), &wanted), Some(request(0)));
        assert!(preparation.knowledge().whole(request(0)).is_some());
        assert_eq!(preparation.missing(&wanted), Some(request(1)), "then comes what is shown");
    }

    #[test]
    fn what_is_stale_is_neither_kept_nor_told() {
        let mut preparation = Preparation::new(100);
        let old = begun(&mut preparation, &[request(0)]);
        preparation.clear();
        assert!(!preparation.report(old, 0.5) && !preparation.goes_on(old, &[request(0)], false));
        let new = begun(&mut preparation, &[request(0)]);
        assert_eq!(preparation.end(old, Some(outcome()), &[request(0)]), None);
        assert!(preparation.goes_on(new, &[request(0)], false));
    }

    #[test]
    fn what_came_of_a_task_so_far_is_known_until_it_ends_and_gone_if_it_is_broken_off() {
        let mut preparation = Preparation::new(100);
        let wanted = [request(1)];
        let frame = FrameIndex(Window::FRAMES);
        let so_far = || Known::Tone(Arc::new(ToneWindow::empty_to(frame.next())));
        for outcome in [None, Some(outcome())] {
            let task = begun(&mut preparation, &wanted);
            assert!(!preparation.add(task + 1, so_far()), "it is of another task");
            assert!(preparation.add(task, so_far()));
            let knows =
                |preparation: &Preparation, frame| preparation.knowledge().get(wanted[0], frame).is_some();
            assert!(knows(&preparation, frame) && !knows(&preparation, frame.next()));
            assert_eq!(preparation.missing(&wanted), Some(wanted[0]), "the rest is");
            let ends_whole = outcome.is_some();
            assert_eq!(preparation.end(task, outcome, &wanted).is_some(), ends_whole);
            assert!([frame, frame.next()].iter().all(|&frame| knows(&preparation, frame) == ends_whole));
        }
    }

    #[test]
    fn progress_is_told_by_the_hundredth() {
        let mut preparation = Preparation::new(100);
        let task = begun(&mut preparation, &[request(0)]);
        let told = (0..=1000).filter(|&i| preparation.report(task, f64::from(i) / 1000.0)).count();
        assert_eq!(told, 100);
    }

    #[test]
    fn stopped_nothing_is_prepared_until_started_and_then_also_what_failed() {
        let mut preparation = Preparation::new(100);
        let wanted = [request(0), request(1)];
        let task = begun(&mut preparation, &wanted);
        assert!(preparation.end(task, Some(outcome()), &wanted).is_some());
        let task = begun(&mut preparation, &wanted);
        preparation.stop();
        assert!(!preparation.goes_on(task, &wanted, false));
        assert!(preparation.begin(&wanted).is_none() && preparation.at_work().is_none());
        preparation.start();
        assert_eq!(preparation.begin(&wanted).map(|(request, _)| request), Some(request(0)));
    }

    #[test]
    fn what_was_wanted_longest_ago_is_forgotten_first_and_what_is_wanted_now_never() {
        let mut preparation = Preparation::new(100);
        preparation.kept = (0..4).map(|window| (request(window), 40)).collect();
        for window in 0..4 {
            preparation.knowledge.insert(request(window), outcome());
        }
        let wanted = [request(0), request(9)];
        let task = begun(&mut preparation, &wanted);
        assert!(preparation.end(task, Some(outcome()), &wanted).is_some());
        let kept: Vec<_> = preparation.kept.iter().map(|&(request, _)| request).collect();
        assert_eq!(kept, [request(3), request(0), request(9)], "1 and 2 were wanted before 3");
        assert!(preparation.knowledge.whole(request(1)).is_none());
        let wanted = [request(3), request(0), request(9), request(8)];
        preparation.most_bytes = 10;
        let task = begun(&mut preparation, &wanted);
        assert!(preparation.end(task, Some(outcome()), &wanted).is_some());
        assert_eq!(preparation.kept.len(), 4, "all are wanted");
    }
}
