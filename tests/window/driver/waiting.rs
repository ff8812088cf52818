//! Waiting for what the session's threads do.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use afterimage::gui::App;
use afterimage::units::FrameIndex;

use super::Window;

/// The longest wait: longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Window {
    /// Draws until `is_done`, and sleeps while no thread wakes the window.
    #[track_caller]
    pub fn until(&mut self, what: &str, is_done: impl Fn(&App) -> bool) {
        let start = Instant::now();
        loop {
            self.harness.step();
            if is_done(self.app()) {
                return;
            }
            assert!(
                start.elapsed() < TIMEOUT,
                "timed out while waiting for {what}: {:?}",
                self.app().status()
            );
            // Woken by the session, or after a short time: no event announces the time of the next frame.
            match self.woken.recv_timeout(Duration::from_millis(10)) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("no thread can wake the window: {what}"),
            }
        }
    }

    /// Draws until no repaint is requested. Fails if the window never stops requesting one.
    #[track_caller]
    pub fn until_quiet(&mut self) {
        self.until("all thumbnails", |app| app.thumbnails()[0] == app.thumbnails()[1]);
        let start = Instant::now();
        loop {
            self.harness.run();
            if !self.harness.ctx.has_requested_repaint() {
                return;
            }
            let status = self.app().status();
            assert!(start.elapsed() < TIMEOUT, "the window requests repaints without end: {status:?}");
        }
    }

    /// Waits until this frame is on screen, with the current scene and a picture in every visible panel.
    #[track_caller]
    pub fn until_frame(&mut self, frame: u64) {
        self.until(&format!("frame {frame}"), |app| {
            let is_shown = app.displayed().is_some_and(|displayed| {
                let panels = displayed.panels.iter().map(|panel| panel.panel);
                displayed.frame == FrameIndex(frame) && panels.eq(app.state().scene.panels.iter().copied())
            });
            is_shown && !app.status().loading && !app.is_redrawing()
        });
    }

    /// Waits until the video shows another frame than now.
    #[track_caller]
    pub fn until_it_plays(&mut self) {
        let frame = self.frame();
        self.until("another frame", |app| {
            app.displayed().is_some_and(|displayed| displayed.frame.0 != frame)
        });
    }

    /// Waits until a notice reports an error, and draws it.
    #[track_caller]
    pub fn until_error(&mut self) {
        self.until("an error", |app| app.state().notices.error.is_some());
        self.settle();
    }

    /// Waits until a notice confirms something, such as a saved file.
    #[track_caller]
    pub fn until_confirmed(&mut self) {
        self.until("a confirmation", |app| app.state().notices.confirmation.is_some());
    }

    /// Waits until the form is closed, which means that its file is saved or is being written.
    #[track_caller]
    pub fn until_form_closes(&mut self) {
        self.until("the form to close", |app| app.state().saving.form.is_none());
    }

    /// Waits until the form asks whether a file is to be replaced.
    #[track_caller]
    pub fn until_form_asks_to_replace(&mut self) {
        self.until("the question whether to replace the file", |app| {
            app.state().saving.form.as_ref().is_some_and(|form| form.replace)
        });
    }

    /// Waits until the form reports a problem, and draws it.
    #[track_caller]
    pub fn until_form_reports_a_problem(&mut self) {
        self.until("a problem in the form", |app| {
            app.state().saving.form.as_ref().is_some_and(|form| form.problem.is_some())
        });
        self.settle();
    }

    /// Waits until the graph along the timeline has a value for every frame, and draws it.
    #[track_caller]
    pub fn until_graph_is_complete(&mut self) {
        self.until("the complete graph", |app| app.findings().is_some_and(|found| found.curves.is_done));
        self.settle();
    }

    /// Waits until there are thumbnails, and none is missing.
    #[track_caller]
    pub fn until_all_thumbnails(&mut self) {
        self.until("all thumbnails", |app| {
            let [made, all] = app.thumbnails();
            all > 0 && made == all
        });
    }

    /// Waits until all frames are searched for the inspected block.
    #[track_caller]
    pub fn until_block_is_searched(&mut self) {
        self.until("the search of all frames", |app| {
            app.findings().is_some_and(|found| found.occurrences_share() == Some(1.0))
        });
    }

    /// Opens another source and waits until it plays.
    #[track_caller]
    pub fn opens_another_source(&mut self) {
        self.type_source("pattern:bars");
        self.until("the next source", |app| {
            let is_open = app.state().scene.source.to_string() == "pattern:bars";
            is_open && app.displayed().is_some() && app.status().playing
        });
        assert_eq!(self.app().status().error, None);
    }
}
