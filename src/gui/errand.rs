//! Work that the window does not wait for: done on a thread of its own, and told as a command.

use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use super::state::Command;

/// One errand at a time.
#[derive(Debug, Default)]
pub struct Errand {
    under_way: Option<Receiver<Command>>,
}

impl Errand {
    /// Sends somebody out; `wake` is called when he is back. Returns what to say where he cannot go.
    ///
    /// # Errors
    /// Where one is under way already, or the system starts no thread.
    pub fn start(
        &mut self,
        work: impl FnOnce() -> Command + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(), String> {
        if self.under_way.is_some() {
            return Err("something is being read or written already; wait until it is done".into());
        }
        let (back, under_way) = channel();
        let go = move || {
            // A window that is gone needs no answer.
            let _ = back.send(work());
            wake();
        };
        let started = thread::Builder::new().name("errand".into()).spawn(go);
        started.map_err(|error| format!("nothing can be read or written ({error})"))?;
        self.under_way = Some(under_way);
        Ok(())
    }

    /// What came of it, if that is news.
    pub fn done(&mut self) -> Option<Command> {
        let command = match self.under_way.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(command) => command,
            Err(TryRecvError::Disconnected) => Command::Report("it could not be read or written".into()),
        };
        self.under_way = None;
        Some(command)
    }
}
