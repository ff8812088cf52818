//! Encodes a source anew while the window shows what it showed before.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::gui::model::encoding::{Command, EncodingJob, MOST_MADE};
use crate::media::{self, Limits, Source};
use crate::runtime::threads::{self, Panicked, Priority};

/// The progress of an encoding.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// FFmpeg's name of the encoder.
    pub encoder: &'static str,
    /// The share of the source that is encoded, from 0 to 1.
    pub share: f32,
}

/// Encodes one source at a time.
#[derive(Default)]
pub struct Encoder {
    running: Option<Running>,
    /// What was made by the last jobs: held, so that the session finds it.
    made: Vec<Vec<Source>>,
}

struct Running {
    job: EncodingJob,
    /// Which encoding of the job is made, and thousandths of it.
    progress: Arc<[AtomicU32; 2]>,
    stop: Arc<AtomicBool>,
    result: Receiver<Result<Vec<Source>, String>>,
}

impl Encoder {
    /// Starts a job, unless it is running. Another one that is running is stopped.
    ///
    /// # Errors
    /// In words, if no thread can be started.
    pub fn start(&mut self, job: EncodingJob, wake: impl Fn() + Send + Sync + 'static) -> Result<(), String> {
        if self.running.as_ref().is_some_and(|running| running.job == job) {
            return Ok(());
        }
        self.stop();
        let (tell, result) = channel();
        let (tell_panic, wake) = (tell.clone(), Arc::new(wake));
        let waker = Arc::clone(&wake);
        let progress = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let stop = Arc::new(AtomicBool::new(false));
        let running =
            Running { job: job.clone(), progress: Arc::clone(&progress), stop: Arc::clone(&stop), result };
        let work = move || {
            let made = make(&job, &progress, &stop, &*wake);
            // The channel is closed once the window is gone or another job was started.
            let _ = tell.send(made);
            wake();
        };
        let report = move |panicked: Panicked| {
            let _ = tell_panic.send(Err(panicked.to_string()));
            waker();
        };
        threads::start("encode", Priority::Display, work, report)
            .map_err(|error| format!("no thread can be started to encode ({error}); end other programs"))?;
        self.running = Some(running);
        Ok(())
    }

    /// Stops the job. Its result is not reported.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    /// The progress; `None` if nothing is being encoded.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        let Running { job, progress, .. } = self.running.as_ref()?;
        let [at, thousandths] = [0, 1].map(|part: usize| progress[part].load(Ordering::Relaxed));
        let at = usize::try_from(at).unwrap_or_default();
        let encoder = job.encodings.get(at).map_or("", |encoding| encoding.encoder());
        #[expect(clippy::cast_precision_loss, reason = "few encodings, and thousandths")]
        let share = (at as f32 + thousandths as f32 / 1000.0) / job.encodings.len().max(1) as f32;
        Some(Progress { encoder, share: share.min(1.0) })
    }

    /// The command that reports a finished job, once.
    pub fn news(&mut self) -> Option<Command> {
        let running = self.running.as_ref()?;
        let result = match running.result.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(result) => result,
            Err(TryRecvError::Disconnected) => Err("the video could not be encoded".into()),
        };
        let job = self.running.take()?.job;
        Some(match result {
            Ok(made) => {
                self.made.push(made);
                let excess = self.made.len().saturating_sub(MOST_MADE);
                self.made.drain(..excess);
                Command::Made(job)
            }
            Err(why) => Command::Failed(job, why),
        })
    }
}

fn make(
    job: &EncodingJob,
    progress: &[AtomicU32; 2],
    stop: &AtomicBool,
    wake: &dyn Fn(),
) -> Result<Vec<Source>, String> {
    let mut made = Vec::new();
    for (&encoding, at) in job.encodings.iter().zip(0..) {
        progress[0].store(at, Ordering::Relaxed);
        progress[1].store(0, Ordering::Relaxed);
        let mut report = |share: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
            let thousandths = (share * 1000.0) as u32;
            if progress[1].swap(thousandths, Ordering::Relaxed) / 10 != thousandths / 10 {
                wake();
            }
            if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let encoded = media::encode_anew(&job.source, encoding, Limits::default(), &mut report);
        made.push(encoded.map_err(|error| error.to_string())?);
    }
    Ok(made)
}
