//! Drives a window and waits for the session's threads.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use afterimage::gui::App;
use afterimage::render::{MediaOpener, Opener};
use afterimage::runtime::pool::Pool;
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;
use eframe::{App as _, egui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use crate::fake::{FakeOpener, Gate};

/// The longest wait: longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A window and its session.
pub struct Window {
    pub harness: Harness<'static, App>,
    /// Pauses the scan of the video.
    pub gate: Gate,
    /// Pauses the thread that opens a source to show or to save it.
    pub doors: Gate,
    woken: Receiver<()>,
}

impl Window {
    /// A window of this size on `source`, with frame 0 on screen and playing.
    pub fn open_sized(source: &str, size: [f32; 2]) -> Self {
        // Panels that need nothing prepared: preparing has tests of its own.
        Self::open_panels(source, size, &["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"])
    }

    /// The same with other panels.
    pub fn open_panels(source: &str, size: [f32; 2], panels: &[&str]) -> Self {
        let opener = FakeOpener::default();
        let (pool, gate, doors) = (opener.pool.clone(), opener.gate.clone(), opener.doors.clone());
        Self { gate, doors, ..Self::open_with(source, size, panels, Arc::new(opener), &pool) }
    }

    /// A window on the source of an opener, which may fail to open.
    pub fn start(opener: FakeOpener) -> Self {
        let pool = opener.pool.clone();
        Self::start_with("demo", [1280.0, 800.0], &["plain", "aes-128-ecb"], Arc::new(opener), &pool)
    }

    /// The same with other panels.
    pub fn start_with_panels(opener: FakeOpener, panels: &[&str]) -> Self {
        let pool = opener.pool.clone();
        Self::start_with("demo", [1280.0, 800.0], panels, Arc::new(opener), &pool)
    }

    /// A window on a source of the test, which may fail to open.
    pub fn start_on(source: &str) -> Self {
        let opener = FakeOpener::default();
        let pool = opener.pool.clone();
        Self::start_with(source, [1280.0, 800.0], &["plain", "aes-128-ecb"], Arc::new(opener), &pool)
    }

    /// A window that opens real files, on `source`, playing.
    pub fn open_real(source: &str) -> Self {
        Self::open_real_panels(source, &["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"])
    }

    /// The same with other panels.
    pub fn open_real_panels(source: &str, panels: &[&str]) -> Self {
        let opener = MediaOpener::default();
        let pool = opener.pool.clone();
        Self::open_with(source, [1280.0, 800.0], panels, Arc::new(opener), &pool)
    }

    /// A window on a real file, which may fail to open.
    pub fn start_real(source: &str) -> Self {
        let opener = MediaOpener::default();
        let pool = opener.pool.clone();
        Self::start_with(source, [1280.0, 800.0], &["plain", "aes-128-ecb"], Arc::new(opener), &pool)
    }

    fn open_with(
        source: &str,
        size: [f32; 2],
        panels: &[&str],
        opener: Arc<dyn Opener>,
        pool: &Pool,
    ) -> Self {
        let mut window = Self::start_with(source, size, panels, opener, pool);
        window.until("the first frame", |app| app.displayed().is_some() && app.status().index.is_some());
        window
    }

    fn start_with(
        source: &str,
        size: [f32; 2],
        panels: &[&str],
        opener: Arc<dyn Opener>,
        pool: &Pool,
    ) -> Self {
        let panels = panels.iter().map(|panel| panel.parse().unwrap()).collect();
        let scene = Scene { panels, ..Scene::of(source.parse().unwrap()) };
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(1.0)
            .with_render_cursor(false)
            .build_eframe(|cc| App::new(cc, scene, opener, pool));
        let (wake, woken) = channel();
        harness.ctx.set_request_repaint_callback(move |_| {
            // The channel is closed once the test has ended.
            let _ = wake.send(());
        });
        Self { harness, gate: Gate::default(), doors: Gate::default(), woken }
    }

    /// A window on `source`, playing.
    pub fn open(source: &str) -> Self {
        Self::open_sized(source, [1280.0, 800.0])
    }

    /// A window paused at frame `frame` of the demo.
    pub fn holding(frame: u64) -> Self {
        let mut window = Self::open("demo");
        window.hold(frame);
        window
    }

    /// Pauses the video and steps from the first frame to `frame`.
    pub fn hold(&mut self, frame: u64) {
        if self.app().status().playing {
            self.press(egui::Key::Space);
        }
        self.until("it holds", |app| !app.status().playing && !app.status().loading);
        self.press(egui::Key::Home);
        self.until_frame(0);
        for next in 1..=frame {
            self.press(egui::Key::ArrowRight);
            self.until_frame(next);
        }
    }

    pub fn app(&self) -> &App {
        self.harness.state()
    }

    /// The frame on screen.
    pub fn frame(&self) -> u64 {
        self.app().displayed().unwrap().frame.0
    }

    /// Drags from one position to another; a click where they are equal.
    pub fn drag(&mut self, from: egui::Pos2, to: egui::Pos2) {
        self.harness.hover_at(from);
        self.harness.step();
        self.harness.drag_at(from);
        self.harness.step();
        if from != to {
            self.harness.hover_at(to);
            self.harness.step();
        }
        self.harness.drop_at(to);
        self.settle();
    }

    /// Presses a key.
    pub fn press(&mut self, key: egui::Key) {
        self.press_with(egui::Modifiers::NONE, key);
    }

    /// Presses a key with others held.
    pub fn press_with(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.step();
    }

    /// Passes these events in one batch, as a window that draws slowly gets them, and draws until all are handled.
    pub fn burst(&mut self, events: Vec<egui::Event>) {
        self.harness.input_mut().events.extend(events);
        let mut quiet = 0;
        while quiet < 4 {
            let mut raw = egui::RawInput {
                events: std::mem::take(&mut self.harness.input_mut().events),
                ..Default::default()
            };
            let ctx = self.harness.ctx.clone();
            self.harness.state_mut().raw_input_hook(&ctx, &mut raw);
            quiet = if raw.events.is_empty() { quiet + 1 } else { 0 };
            self.harness.input_mut().events = raw.events;
            self.harness.step();
        }
    }

    /// Clicks on the widget of this name.
    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// Chooses `choice` in the menu of this name.
    pub fn choose(&mut self, menu: &str, choice: &str) {
        self.click(menu);
        // The button of the menu has the current choice as its value, not as its label. A long menu scrolls, and an
        // item that is not visible cannot be clicked.
        self.harness.get_by_label(choice).scroll_to_me();
        self.settle();
        self.harness.get_by_label(choice).click();
        self.settle();
    }

    /// Chooses a scheme in the menu of panel `panel`, counted from 1, by its mode and its name.
    pub fn choose_scheme(&mut self, panel: usize, mode: &str, scheme: &str) {
        self.click(&format!("Scheme of panel {panel}"));
        self.click(mode);
        self.click(scheme);
    }

    /// Types a source as a user does.
    pub fn type_source(&mut self, source: &str) {
        self.press_with(egui::Modifiers::COMMAND, egui::Key::L);
        self.settle();
        self.harness.event(egui::Event::Text(source.into()));
        self.harness.step();
        self.press(egui::Key::Enter);
        self.settle();
    }

    /// A few frames, for menus to open and close.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// Draws until `done`; sleeps while nothing happens.
    #[track_caller]
    pub fn until(&mut self, what: &str, done: impl Fn(&App) -> bool) {
        let start = Instant::now();
        loop {
            self.harness.step();
            if done(self.app()) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{what}: {:?}", self.app().status());
            // Woken by the session, or after a short time: no event announces the time of the next frame.
            match self.woken.recv_timeout(Duration::from_millis(10)) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("{what}: nobody is left to wake the window"),
            }
        }
    }

    /// Draws until no repaint is requested. A window that never stops requesting one fails.
    #[track_caller]
    pub fn until_quiet(&mut self) {
        self.until("what fills in by itself", |app| app.thumbnails()[0] == app.thumbnails()[1]);
        let start = Instant::now();
        loop {
            self.harness.run();
            if !self.harness.ctx.has_requested_repaint() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "it asks again and again: {:?}", self.app().status());
        }
    }

    /// Waits until this frame is on screen, with the current scene and a picture in every visible panel.
    #[track_caller]
    pub fn until_frame(&mut self, frame: u64) {
        self.until(&format!("frame {frame}"), |app| {
            let shown = app.displayed().is_some_and(|displayed| {
                let panels = displayed.panels.iter().map(|panel| panel.panel);
                displayed.frame == FrameIndex(frame) && panels.eq(app.state().scene.panels.iter().copied())
            });
            shown && !app.status().loading && !app.is_redrawing()
        });
    }

    /// True where a widget of this name is on screen.
    pub fn has(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// True where a text on screen contains this.
    pub fn says(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }
}
