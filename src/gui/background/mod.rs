//! Tasks that the window does not wait for: reading scenes and lessons, copying, writing files. Each task has a
//! thread of its own and ends with an [`Answer`].
//!
//! A task that never ends, say on a disconnected network drive, blocks no other: a new task that reads or copies
//! replaces the one before, and files are written side by side.

pub(crate) mod browser;
pub(crate) mod dialog;
pub(crate) mod encode;
mod open_source;
pub(crate) mod save_clip;
pub(crate) mod save_figure;
pub(crate) mod write_file;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::ColorImage;

use super::model::command::Command;
use crate::gui::model::{notices, opening, save};
use crate::runtime::threads::{self, Panicked, Priority};

/// The most threads at a time, including those whose answer is not needed any more.
const MOST: usize = 8;

/// What a task does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Finding out whether a source opens; a scene file is read first.
    Open,
    /// Reading a folder of lessons.
    ReadLessons,
    /// Opening an address in the browser.
    OpenLink,
    /// Making the packets of all parties of a call.
    RecordCall,
    /// Trying who sees what of a call under every protection.
    CompareCalls,
    /// Drawing a picture for the clipboard.
    Copy,
    /// Writing a file.
    Save {
        /// The number of the form that asked for it.
        form: u64,
        /// The file.
        path: PathBuf,
    },
}

impl Task {
    /// The command that reports that the task failed.
    #[must_use]
    pub fn failure(&self, why: String) -> Command {
        match self {
            Self::Open => Command::Open(opening::Command::Refuse(why)),
            Self::Save { .. } => Command::Save(save::Command::Failed(why)),
            Self::ReadLessons | Self::OpenLink | Self::RecordCall | Self::CompareCalls | Self::Copy => {
                Command::Notices(notices::Command::Report(why))
            }
        }
    }
}

/// The result of a task.
#[derive(Debug)]
pub enum Answer {
    /// The window carries out this command.
    Command(Command),
    /// The window puts this picture on the clipboard.
    Picture(ColorImage),
    /// Nothing is left to do.
    Nothing,
}

/// The tasks that are running.
#[derive(Debug, Default)]
pub struct Background {
    under_way: Vec<(Task, Receiver<Answer>)>,
    /// Threads that have not ended.
    threads: Arc<AtomicUsize>,
}

impl Background {
    /// Starts `work` on a background thread and calls `wake` when it is done.
    ///
    /// # Errors
    /// In words, where too many threads have not ended yet, or the system starts none.
    pub fn start(
        &mut self,
        task: Task,
        work: impl FnOnce() -> Answer + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<(), String> {
        if self.threads.load(Ordering::Relaxed) >= MOST {
            let message = "files that are being read or written do not respond; try again later, or check the drives \
                        that they are on";
            return Err(message.into());
        }
        let (tell, answer) = channel();
        let (tell_panic, wake) = (tell.clone(), Arc::new(wake));
        let waker = Arc::clone(&wake);
        let running = Running::note(&self.threads);
        let work = move || {
            let answer = work();
            drop(running);
            // The channel is closed once the window is gone.
            let _ = tell.send(answer);
            wake();
        };
        let (is_save, failed) = (matches!(task, Task::Save { .. }), task.clone());
        let report = move |panicked: Panicked| {
            let _ = tell_panic.send(Answer::Command(failed.failure(panicked.to_string())));
            waker();
        };
        let started = threads::start("background", Priority::Display, work, report);
        started
            .map_err(|error| format!("no thread can be started for this ({error}); end other programs"))?;
        if !is_save {
            self.under_way.retain(|(other, _)| *other != task);
        }
        self.under_way.push((task, answer));
        Ok(())
    }

    /// The answers of the tasks that have finished since the last call.
    pub fn answers(&mut self) -> Vec<(Task, Answer)> {
        let mut answers = Vec::new();
        self.under_way.retain(|(task, answer)| match answer.try_recv() {
            Err(TryRecvError::Empty) => true,
            Ok(answer) => {
                answers.push((task.clone(), answer));
                false
            }
            Err(TryRecvError::Disconnected) => false,
        });
        answers
    }

    /// The files that are being written.
    pub fn saving(&self) -> impl Iterator<Item = &Path> {
        self.under_way.iter().filter_map(|(task, _)| match task {
            Task::Save { path, .. } => Some(path.as_path()),
            _ => None,
        })
    }

    /// Waits for files that are being written, at most this long: the window is closed.
    pub fn end(&mut self, patience: Duration) {
        let deadline = Instant::now() + patience;
        for (task, answer) in self.under_way.drain(..) {
            if matches!(task, Task::Save { .. }) {
                let left = deadline.saturating_duration_since(Instant::now());
                if matches!(answer.recv_timeout(left), Err(RecvTimeoutError::Timeout)) {
                    return;
                }
            }
        }
    }
}

/// Counts a thread until it is dropped, also by a panic.
struct Running(Arc<AtomicUsize>);

impl Running {
    fn note(threads: &Arc<AtomicUsize>) -> Self {
        threads.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(threads))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Answer {
        Answer::Command(Command::Notices(notices::Command::Report(text.into())))
    }

    /// The answer of the next task that finishes.
    fn next(background: &mut Background, woken: &Receiver<()>) -> (Task, Command) {
        loop {
            if let Some((task, Answer::Command(command))) = background.answers().pop() {
                return (task, command);
            }
            woken.recv_timeout(Duration::from_secs(20)).expect("it is woken");
        }
    }

    #[test]
    fn a_task_that_never_ends_blocks_no_other_and_a_newer_one_replaces_it() {
        let mut background = Background::default();
        let (wake, woken) = channel();
        let (go, gate) = channel::<()>();
        let waker = wake.clone();
        let stuck = move || {
            // This task is still running when the test ends.
            let _ = gate.recv();
            message("late")
        };
        background.start(Task::Open, stuck, || ()).expect("it starts");
        let wake = move || waker.send(()).unwrap_or_default();
        background.start(Task::Open, || message("newer"), wake.clone()).expect("it starts");
        assert_eq!(
            next(&mut background, &woken),
            (Task::Open, Command::Notices(notices::Command::Report("newer".into())))
        );
        let save = Task::Save { form: 1, path: "a.png".into() };
        background.start(save.clone(), || message("saved"), wake).expect("it starts");
        assert_eq!(background.saving().collect::<Vec<_>>(), [Path::new("a.png")]);
        assert_eq!(next(&mut background, &woken).0, save);
        drop(go);
    }

    #[test]
    fn a_panic_is_reported_and_the_number_of_threads_is_bounded() {
        let mut background = Background::default();
        let (wake, woken) = channel();
        let wake = move || wake.send(()).unwrap_or_default();
        background.start(Task::ReadLessons, || panic!("page 3 is torn"), wake.clone()).expect("it starts");
        let (_, Command::Notices(notices::Command::Report(message))) = next(&mut background, &woken) else {
            panic!("a report")
        };
        assert!(message.contains("page 3 is torn"), "{message}");
        let save = Task::Save { form: 1, path: "a.png".into() };
        background.start(save, || panic!("no ink"), wake).expect("it starts");
        let (_, Command::Save(save::Command::Failed(why))) = next(&mut background, &woken) else {
            panic!("a failure")
        };
        assert!(why.contains("no ink"), "{why}");

        let (go, gate) = std::sync::mpsc::sync_channel::<()>(0);
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let mut start = || {
            let gate = Arc::clone(&gate);
            let wait = move || {
                let _ = gate.lock().map(|gate| gate.recv());
                super::Answer::Command(Command::Notices(notices::Command::ClearConfirmation))
            };
            background.start(Task::Copy, wait, || ())
        };
        assert!((0..MOST).all(|_| start().is_ok()));
        assert!(start().is_err_and(|message| message.contains("do not respond")));
        drop(go);
    }
}
