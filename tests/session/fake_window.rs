//! A stand-in for the window: it takes the sheets of a session, and waits for them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use afterimage::media::Source;
use afterimage::play::{Command, Session, Shown};
use afterimage::render::Sheet;
use afterimage::runtime::pool::Pool;
use afterimage::scene::Scene;

use crate::fake_opener::FakeOpener;
use crate::sheets::panels;

/// A wait that takes longer counts as a deadlock.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Runs a test on a separate thread, and fails if it does not end.
pub fn without_deadlock(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel::<()>();
    let thread = std::thread::spawn(move || {
        let _done = done;
        test();
    });
    // No message is sent: the channel closes when the test returns or panics.
    assert_eq!(ended.recv_timeout(2 * TIMEOUT), Err(RecvTimeoutError::Disconnected), "deadlock");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// A scene of a video of the opener: the original, the repeats of ECB, and GCM.
pub fn scene(name: &str) -> Scene {
    let panels = panels(&["plain", "aes-128-ecb:repeats", "aes-128-gcm"]);
    Scene { panels, ..Scene::of(Source::File(name.into())) }
}

/// A session and all sheets that it gave.
pub struct FakeWindow {
    pub session: Session<Sheet>,
    /// Gets a message when the session has news.
    woken: Receiver<()>,
    /// Closes when the last thread of the session ends.
    gone: Receiver<()>,
    /// All sheets shown, in order.
    pub sheets: Vec<Sheet>,
}

impl FakeWindow {
    pub fn start(scene: Scene, opener: &Arc<FakeOpener>) -> Self {
        Self::finishing(scene, opener, |sheet| sheet)
    }

    /// The same, with a function that the render thread applies to each sheet.
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
            // One message is enough: a full channel may drop the next.
            let _ = wake.try_send(());
        };
        let opener: Arc<FakeOpener> = Arc::clone(opener);
        let session = Session::start(scene, opener, &Pool::default(), finish, wake);
        Self { session, woken, gone, sheets: Vec::new() }
    }

    pub fn send(&self, command: Command) {
        self.session.send(command);
    }

    /// The number of the frame on display.
    pub fn frame(&self) -> Option<u64> {
        self.sheets.last().map(|sheet| sheet.frame.index.0)
    }

    /// The numbers of all frames shown.
    pub fn frames(&self) -> Vec<u64> {
        self.sheets.iter().map(|sheet| sheet.frame.index.0).collect()
    }

    /// Takes sheets until `is_done`. Wakes when the session has news or when the next frame is due.
    pub fn until(&mut self, what: &str, is_done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let now = Instant::now();
            let Shown { sheet, next } = self.session.shown(now);
            self.sheets.extend(sheet);
            if is_done(self) {
                return;
            }
            assert!(
                now < deadline,
                "timed out while waiting for {what}: {:?}, frames shown: {:?}",
                self.session.status(),
                self.frames()
            );
            let wait = next.unwrap_or(TIMEOUT).min(deadline - now);
            let _ = self.woken.recv_timeout(wait);
        }
    }

    /// Takes sheets until this frame is on display and the session loads no other.
    pub fn until_shown(&mut self, frame: u64) {
        self.until(&format!("frame {frame}"), |it| it.frame() == Some(frame) && !it.session.status().loading);
    }

    /// Drops the session, runs `meanwhile`, and waits until the last thread of the session ends.
    pub fn drop_and_wait(self, meanwhile: impl FnOnce()) {
        let Self { session, gone, .. } = self;
        drop(session);
        meanwhile();
        assert_eq!(
            gone.recv_timeout(TIMEOUT),
            Err(RecvTimeoutError::Disconnected),
            "a thread of the session does not end"
        );
    }
}
