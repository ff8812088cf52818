//! Threads: their CPU time, their priority, and how they are started so that a panic is reported.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use std::{io, thread};

/// The priority of a thread other than the window's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// For frames that are shown next, and for the results of user commands.
    Display,
    /// For work that nothing on the screen waits for.
    Background,
}

impl Priority {
    /// The `nice` value of Unix. For `Display`, high enough for the window's thread to run first, and low enough that
    /// other programs leave enough time for the video.
    #[cfg(target_os = "linux")]
    const fn steps(self) -> i32 {
        match self {
            Self::Display => 2,
            Self::Background => 10,
        }
    }
}

/// A moment in wall time and in CPU time of the calling thread.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    wall: Instant,
    work: Option<Duration>,
}

/// The time between two moments of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Wall time.
    pub wall: Duration,
    /// CPU time of the thread; `None` if the system does not provide it.
    pub work: Option<Duration>,
}

impl Moment {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self { wall: Instant::now(), work: work() }
    }

    /// The wall time.
    #[must_use]
    pub const fn wall(self) -> Instant {
        self.wall
    }

    /// The moment `wall` later, with no CPU time spent in between.
    #[cfg(test)]
    pub(crate) fn after(self, wall: Duration) -> Self {
        Self { wall: self.wall + wall, ..self }
    }

    /// The time since this moment.
    #[must_use]
    pub fn spent(self) -> Spent {
        self.until(Self::now())
    }

    /// The time from this moment of the thread to a later one.
    #[must_use]
    pub fn until(self, later: Self) -> Spent {
        let work = self.work.zip(later.work).map(|(from, to)| to.saturating_sub(from));
        Spent { wall: later.wall.saturating_duration_since(self.wall), work }
    }
}

impl std::ops::Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let work = self.work.zip(other.work).map(|(one, other)| one + other);
        Self { wall: self.wall + other.wall, work }
    }
}

/// CPU time of the calling thread since it started.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn work() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

/// This system does not provide it.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const fn work() -> Option<Duration> {
    None
}

/// Lowers the priority of the calling thread and of the threads that it starts from now on. Only Linux has a priority
/// for each thread; on other systems nothing changes.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "there is nothing to ask for"))]
pub fn lower_priority(priority: Priority) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};

        // `None` means the calling thread. A thread of lower priority keeps its priority. An error is ignored: then the
        // priority stays as it is.
        if let Ok(now) = getpriority_process(None)
            && now < priority.steps()
        {
            let _ = setpriority_process(None, priority.steps());
        }
    }
}

/// A panic that ended a piece of work. The program continues without that piece.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fault in Afterimage ended this ({message}); please report it, and what you did before")]
pub struct Panicked {
    /// The message of the panic.
    message: String,
}

impl Panicked {
    /// Reads the payload of a panic.
    fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self { message: text.unwrap_or("it does not say why").into() }
    }
}

/// Does a piece of work and returns a panic in it as an error. After a panic, only use values that the work changed if
/// they are valid in every state.
///
/// # Errors
/// [`Panicked`].
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Panicked::of(&*payload))
}

/// Starts a thread with a name and a priority. If `work` panics, `report` is called on the thread, so that it can
/// notify a thread that waits for the work.
///
/// # Errors
/// The system's error if it cannot start one.
pub fn start(
    name: &str,
    priority: Priority,
    work: impl FnOnce() + Send + 'static,
    report: impl FnOnce(Panicked) + Send + 'static,
) -> io::Result<thread::JoinHandle<()>> {
    let work = move || {
        lower_priority(priority);
        if let Err(panicked) = catch(work) {
            report(panicked);
        }
    };
    thread::Builder::new().name(name.into()).spawn(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn waiting_takes_wall_time_and_no_cpu_time() {
        let start = Moment::now();
        std::thread::sleep(Duration::from_millis(30));
        let waited = start.spent();
        assert!(waited.wall >= Duration::from_millis(30));
        assert!(waited.work.is_some_and(|work| work < Duration::from_millis(15)), "{waited:?}");
        let busy = Moment::now();
        while busy.spent().work.is_some_and(|work| work < Duration::from_millis(2)) {}
        assert!(busy.spent().wall >= Duration::from_millis(2));
        assert_eq!(
            (waited + Spent { wall: Duration::ZERO, work: None }).work,
            None,
            "an unknown part makes the sum unknown"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lowered_priority_is_inherited_by_threads_that_the_thread_starts() {
        use rustix::process::getpriority_process;
        use std::sync::mpsc::channel;

        let of = || getpriority_process(None).ok();
        let before = of();
        let (sender, receiver) = channel();
        let work = move || {
            // `lower_priority` never raises it.
            lower_priority(Priority::Display);
            let child = thread::spawn(of).join().ok().flatten();
            sender.send([of(), child]).expect("the test receives");
        };
        let thread = start("aside", Priority::Background, work, |panicked| panic!("{panicked}"));
        thread.expect("a thread").join().expect("it does not panic");
        let back = before.max(Some(Priority::Background.steps()));
        assert_eq!(receiver.recv().expect("both priorities"), [back, back]);
        assert_eq!(of(), before);
    }

    #[test]
    fn a_panic_is_reported_with_its_message() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let report = move |panicked| sender.send(panicked).expect("the test receives");
        let thread = start("fails", Priority::Background, || panic!("frame {} is upside down", 7), report);
        thread.expect("a thread").join().expect("the panic is caught");
        let text = receiver.recv().expect("a report").to_string();
        assert!(text.contains("frame 7 is upside down") && text.contains("please report it"), "{text}");
        assert_eq!(catch(|| 3), Ok(3));
        assert!(catch(|| std::panic::panic_any(5)).is_err_and(|panicked| panicked.message.contains("why")));
    }
}
