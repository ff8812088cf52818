//! A window in place of the real one: shows the sheets of a session, and waits for them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use afterimage::media::Source;
use afterimage::play::{Command, Session, Shown};
use afterimage::render::Sheet;
use afterimage::runtime::pool::Pool;
use afterimage::scene::{Panel, Scene};

use crate::fake_opener::FakeOpener;

/// How long anything may take before it counts as a deadlock.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Runs a test on a thread of its own, and fails where it does not end.
pub fn without_deadlock(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel::<()>();
    let thread = std::thread::spawn(move || {
        let _done = done;
        test();
    });
    // Nothing is ever sent: the channel closes when the test returns or panics.
    assert_eq!(ended.recv_timeout(2 * TIMEOUT), Err(RecvTimeoutError::Disconnected), "deadlock");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// A scene of a film in the opener: the original, ECB and GCM.
pub fn scene(name: &str) -> Scene {
    let panels = ["plain", "aes-128-ecb:repeats", "aes-128-gcm"];
    let panels = panels.map(|panel| panel.parse::<Panel>().expect("a panel")).into();
    Scene { panels, ..Scene::of(Source::File(name.into())) }
}

/// A session, and the window that looks at it.
pub struct FakeWindow {
    pub session: Session<Sheet>,
    /// Told whenever there is something new.
    woken: Receiver<()>,
    /// Closed when no thread of the session knows it any more.
    gone: Receiver<()>,
    /// Every sheet shown, in order.
    pub sheets: Vec<Sheet>,
}

impl FakeWindow {
    pub fn start(scene: Scene, opener: &Arc<FakeOpener>) -> Self {
        Self::finishing(scene, opener, |sheet| sheet)
    }

    /// The same with something to be done with each sheet on the render thread.
    pub fn finishing(
        scene: Scene,
        opener: &Arc<FakeOpener>,
        finish: impl FnMut(Sheet) -> Sheet + Send + 'static,
    ) -> Self {
        let (wake, woken) = sync_channel(1);
        let (alive, gone) = sync_channel::<()>(0);
        let alive: Mutex<SyncSender<()>> = Mutex::new(alive);
        let wake = move || {
            let _alive = &alive;
            // One call is enough to be remembered.
            let _ = wake.try_send(());
        };
        let opener: Arc<FakeOpener> = Arc::clone(opener);
        let session = Session::start(scene, opener, &Pool::default(), finish, wake);
        Self { session, woken, gone, sheets: Vec::new() }
    }

    pub fn send(&self, command: Command) {
        self.session.send(command);
    }

    /// Number of the frame on display.
    pub fn frame(&self) -> Option<u64> {
        self.sheets.last().map(|sheet| sheet.frame.index.0)
    }

    /// Numbers of all frames shown.
    pub fn frames(&self) -> Vec<u64> {
        self.sheets.iter().map(|sheet| sheet.frame.index.0).collect()
    }

    /// Shows what comes, waking when there is something new or the next frame is due, until `done`.
    pub fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let now = Instant::now();
            let Shown { sheet, next } = self.session.shown(now);
            self.sheets.extend(sheet);
            if done(self) {
                return;
            }
            assert!(now < deadline, "never {what}: {:?}, shown {:?}", self.session.status(), self.frames());
            let wait = next.unwrap_or(TIMEOUT).min(deadline - now);
            let _ = self.woken.recv_timeout(wait);
        }
    }

    /// Shows what comes until this frame is there and nothing is being loaded.
    pub fn until_shown(&mut self, frame: u64) {
        self.until(&format!("shown frame {frame}"), |it| {
            it.frame() == Some(frame) && !it.session.status().loading
        });
    }

    /// Ends the session without waiting, and waits for its last thread to let go of it.
    pub fn drop_and_wait(self, meanwhile: impl FnOnce()) {
        let Self { session, gone, .. } = self;
        drop(session);
        meanwhile();
        assert_eq!(gone.recv_timeout(TIMEOUT), Err(RecvTimeoutError::Disconnected), "a thread stays");
    }
}
