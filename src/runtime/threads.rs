//! What a thread can know of itself, and ask of the system: how long it has worked, and to step back behind the
//! one that answers to a person. And how a thread is started, so that a panic in it is reported.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use std::{io, thread};

/// What a thread works for, where that is not the answer to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// What is shown next, and what was asked for.
    Display,
    /// What nobody waits for.
    Background,
}

impl Priority {
    /// How far such a thread steps back, in steps of Unix's `nice`: whoever answers has the processor as soon as
    /// he wants it, and next to other programs there is still enough left for the video.
    #[cfg(target_os = "linux")]
    const fn steps(self) -> i32 {
        match self {
            Self::Display => 2,
            Self::Background => 10,
        }
    }
}

/// A moment of the thread that asks: by the clock on the wall, and by the work that the thread has done.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    wall: Instant,
    work: Option<Duration>,
}

/// What has passed between two moments of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// By the clock on the wall: with what others did meanwhile on the same processor.
    pub wall: Duration,
    /// What the thread itself had of a processor; `None` where the system does not tell.
    pub work: Option<Duration>,
}

impl Moment {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self { wall: Instant::now(), work: work() }
    }

    /// By the clock on the wall.
    #[must_use]
    pub const fn wall(self) -> Instant {
        self.wall
    }

    /// So much later by the clock on the wall, with nothing done meanwhile.
    #[cfg(test)]
    pub(crate) fn after(self, wall: Duration) -> Self {
        Self { wall: self.wall + wall, ..self }
    }

    /// What has passed since.
    #[must_use]
    pub fn spent(self) -> Spent {
        self.until(Self::now())
    }

    /// What has passed from this moment of the thread to a later one.
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

/// How long the thread that asks has had a processor since it started.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn work() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

/// Not told here.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const fn work() -> Option<Duration> {
    None
}

/// Lets the thread that asks, and those that it starts from now on, step back behind the others of the
/// program. Only Linux has a priority for each thread; elsewhere nothing changes.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "there is nothing to ask for"))]
pub fn lower_priority(priority: Priority) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};

        // No process named is the thread itself. One that stands further back already stays there, and where
        // the system refuses, everything works as before.
        if let Ok(now) = getpriority_process(None)
            && now < priority.steps()
        {
            let _ = setpriority_process(None, priority.steps());
        }
    }
}

/// A panic that ended a piece of work: a fault of the program, which goes on without that piece.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fault in Afterimage ended this ({message}); please report it, and what you did before")]
pub struct Panicked {
    /// What the panic says.
    message: String,
}

impl Panicked {
    /// Reads what a panic has left.
    fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self { message: text.unwrap_or("it does not say why").into() }
    }
}

/// Does a piece of work; a panic in it is an error. Nothing that the work has changed may be used after that,
/// unless any value of it is a valid one.
///
/// # Errors
/// [`Panicked`].
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Panicked::of(&*payload))
}

/// Starts a thread with a name that steps back from its first moment on. If `work` panics, `report` is called
/// on the thread, so that a thread that waits for the work can be told.
///
/// # Errors
/// What the system says where it cannot start one.
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
    fn who_waits_does_not_work() {
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
            "half of it says nothing"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_that_steps_back_takes_those_that_it_starts_along_and_nobody_else() {
        use rustix::process::getpriority_process;
        use std::sync::mpsc::channel;

        let of = || getpriority_process(None).ok();
        let before = of();
        let (tell, told) = channel();
        let work = move || {
            // Forward again is not for it to say.
            lower_priority(Priority::Display);
            let child = thread::spawn(of).join().ok().flatten();
            tell.send([of(), child]).expect("somebody listens");
        };
        let thread = start("aside", Priority::Background, work, |panicked| panic!("{panicked}"));
        thread.expect("a thread").join().expect("it does not panic");
        let back = before.max(Some(Priority::Background.steps()));
        assert_eq!(told.recv().expect("it told"), [back, back]);
        assert_eq!(of(), before);
    }

    #[test]
    fn a_panic_is_reported_with_its_message_and_the_thread_ends_in_order() {
        let (tell, told) = std::sync::mpsc::channel();
        let report = move |panicked| tell.send(panicked).expect("the test listens");
        let thread = start("fails", Priority::Background, || panic!("frame {} is upside down", 7), report);
        thread.expect("a thread").join().expect("the panic is caught");
        let said = told.recv().expect("a report").to_string();
        assert!(said.contains("frame 7 is upside down") && said.contains("please report it"), "{said}");
        assert_eq!(catch(|| 3), Ok(3));
        assert!(catch(|| std::panic::panic_any(5)).is_err_and(|panicked| panicked.message.contains("why")));
    }
}
