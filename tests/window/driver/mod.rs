//! Drives a window as a user does, and waits for the session's threads.

mod input;
mod waiting;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use afterimage::gui::App;
use afterimage::payload::Target;
use afterimage::render::{MediaOpener, Opener};
use afterimage::runtime::pool::Pool;
use afterimage::scene::{Panel, Scene};
use eframe::egui::{Key, OutputCommand, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::fake_opener::{FakeOpener, FakeVideo, Gate};
use crate::fake_video::fake_video;

/// Size of the window where a test does not choose one.
const SIZE: [f32; 2] = [1280.0, 800.0];

/// Panels that need no preparation. Other tests cover preparing.
const PANELS: [&str; 4] = ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"];

/// Panels where a test does not look at them.
const FEW_PANELS: [&str; 2] = ["plain", "aes-128-ecb"];

/// A window and its session.
pub struct Window {
    pub harness: Harness<'static, App>,
    /// Holds the scan of the video.
    pub scan_gate: Gate,
    /// Holds the thread that opens a source to show or to save it.
    pub open_gate: Gate,
    woken: Receiver<()>,
}

/// `open…` waits for the first frame. `start…` does not, and the source may fail to open.
impl Window {
    /// A window on a fake source, playing.
    pub fn open(source: &str) -> Self {
        Self::open_sized(source, SIZE)
    }

    /// The same in another size.
    pub fn open_sized(source: &str, size: [f32; 2]) -> Self {
        Self::open_panels(source, size, &PANELS)
    }

    /// The same with other panels.
    pub fn open_panels(source: &str, size: [f32; 2], panels: &[&str]) -> Self {
        Self::start_fake(source, size, panels, &fake_video()).shown()
    }

    /// A window that is paused at a frame of the fake demo.
    pub fn holding(frame: u64) -> Self {
        let mut window = Self::open("demo");
        window.hold(frame);
        window
    }

    /// A window on a fake source that may fail to open.
    pub fn start_on(source: &str) -> Self {
        Self::start_fake(source, SIZE, &FEW_PANELS, &fake_video())
    }

    /// A window on a fake video that may fail to open.
    pub fn start(video: &FakeVideo) -> Self {
        Self::start_fake("demo", SIZE, &FEW_PANELS, video)
    }

    /// A window on the demo of a fake opener.
    pub fn start_with_opener(opener: &Arc<FakeOpener>, panels: &[&str]) -> Self {
        let pool = opener.pool().clone();
        Self::start_with("demo", SIZE, panels, Arc::<FakeOpener>::clone(opener), &pool)
    }

    /// A window on a real source, playing.
    pub fn open_real(source: &str) -> Self {
        Self::open_real_panels(source, &PANELS)
    }

    /// The same with other panels.
    pub fn open_real_panels(source: &str, panels: &[&str]) -> Self {
        Self::start_real_panels(source, panels).shown()
    }

    /// The panels of a call in a window of this size.
    pub fn open_call(call: &str, size: [f32; 2]) -> Self {
        let opener = MediaOpener::default();
        let pool = opener.pool.clone();
        let source = afterimage::scene::named_source(call).expect("a call");
        let media = afterimage::call::CallSource::of(&source).expect("a call").call().media;
        let panels = Panel::of_call(media);
        let scene = Scene { panels, target: Target::Packets, ..Scene::of(source) };
        Self::start_scene(scene, size, Arc::new(opener), &pool).shown()
    }

    /// A window on a real source that may fail to open.
    pub fn start_real(source: &str) -> Self {
        Self::start_real_panels(source, &FEW_PANELS)
    }

    fn start_real_panels(source: &str, panels: &[&str]) -> Self {
        let opener = MediaOpener::default();
        let pool = opener.pool.clone();
        Self::start_with(source, SIZE, panels, Arc::new(opener), &pool)
    }

    fn start_fake(source: &str, size: [f32; 2], panels: &[&str], video: &FakeVideo) -> Self {
        let opener = FakeOpener::of_built_in(video);
        let pool = opener.pool().clone();
        let window = Self::start_with(source, size, panels, opener, &pool);
        Self { scan_gate: video.at_frame.clone(), open_gate: video.at_open.clone(), ..window }
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
        Self::start_scene(scene, size, opener, pool)
    }

    fn start_scene(scene: Scene, size: [f32; 2], opener: Arc<dyn Opener>, pool: &Pool) -> Self {
        let pool = pool.clone();
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(1.0)
            .with_render_cursor(false)
            .build_eframe(move |cc| App::new(cc, scene, opener, &pool));
        let (wake, woken) = channel();
        harness.ctx.set_request_repaint_callback(move |_| {
            // The channel is closed once the test has ended.
            let _ = wake.send(());
        });
        Self { harness, scan_gate: Gate::default(), open_gate: Gate::default(), woken }
    }

    /// The same window once its first frame is shown and its index is complete.
    fn shown(mut self) -> Self {
        self.until("the first frame", |app| app.displayed().is_some() && app.status().index.is_some());
        self
    }

    /// Pauses the video and steps from the first frame to `frame`.
    pub fn hold(&mut self, frame: u64) {
        if self.app().status().playing {
            self.press(Key::Space);
        }
        self.until("a paused video", |app| !app.status().playing && !app.status().loading);
        self.press(Key::Home);
        self.until_frame(0);
        for next in 1..=frame {
            self.press(Key::ArrowRight);
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

    /// The panels of the scene, by name.
    pub fn panels(&self) -> Vec<String> {
        self.app().state().scene.panels.iter().map(ToString::to_string).collect()
    }

    /// The place of a panel's picture on screen. Panels count from 1.
    pub fn picture(&self, panel: usize) -> Rect {
        self.harness.get_by_label_contains(&format!("Picture of panel {panel}:")).rect()
    }

    /// The value that a widget shows.
    pub fn value(&self, name: &str) -> String {
        self.harness.get_by_label(name).accesskit_node().value().unwrap_or_default()
    }

    /// The text that the last frame copied to the clipboard.
    pub fn copied_text(&self) -> Option<String> {
        let commands = &self.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// True if a widget of this name is on screen.
    pub fn has(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// True if a text on screen contains this.
    pub fn says(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }
}
