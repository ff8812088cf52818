//! Wiring: takes new frames and results, draws the window, carries out commands. Nothing here computes or waits.

mod calls;
mod closing;
mod effects;
mod layout;
mod saving;
mod tasks;
mod timeline;
mod timers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, Context, RawInput, Ui, Vec2, ViewportCommand};

use super::background::{Answer, Background, Task};
use super::frame_stats::{Cost, FrameStats};
use super::keys::queue::Keyboard;
use super::model::command::Command;
use super::model::encoding::without_encodings;
use super::model::lessons::folder::LessonFolder;
use super::model::playback::loop_range::{self, LoopRange};
use super::model::state::State;
use super::panels::panel_textures::PanelTextures;
use super::settings::Settings;
use super::textures::display_frame::DisplayFrame;
use super::textures::texture_prep::TextureBuilder;
use super::timeline::video_scan::Findings;
use super::widgets::theme;
use crate::gui::model::{lessons, notices, opening};
use crate::play::{self, Session, Status};
use crate::render::{BackgroundOpener, Opener};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{Moment, Spent};
use crate::scene::Scene;
use crate::units::{FrameIndex, FrameList};
use closing::Closing;
use tasks::Tasks;
use timeline::Timeline;
use timers::Timers;

/// The key under which eframe stores the settings.
const SETTINGS_KEY: &str = "settings";

/// The window.
pub struct App {
    state: State,
    session: Session<DisplayFrame>,
    /// The session's status, as of the last frame.
    status: Status,
    textures: PanelTextures,
    sources: Sources,
    tasks: Tasks,
    timeline: Timeline,
    timers: Timers,
    shell: Shell,
    stats: Stats,
}

/// How sources are opened, and the buffers for their frames. The session has at most two decoders, all other work of the
/// window one.
struct Sources {
    /// For a source that is tried before it is shown.
    opener: Arc<dyn Opener>,
    /// For the scan and the thumbnails, which take turns.
    background: Arc<dyn Opener>,
    /// For figures and clips, which have priority over the scan and the thumbnails.
    saving: Arc<dyn Opener>,
    pool: Pool,
}

impl Sources {
    fn new(opener: Arc<dyn Opener>, pool: &Pool) -> Self {
        let background = BackgroundOpener::new(Arc::clone(&opener));
        let saving = Arc::new(background.pausing());
        Self { opener, background: Arc::new(background), saving, pool: pool.clone() }
    }
}

/// The window as the system sees it.
struct Shell {
    title: String,
    zoom_factor: f32,
    keyboard: Keyboard,
    /// A form or page lay over the whole window in the frame before.
    was_asking: bool,
    /// The file that the window was started with, until it is shown.
    started_with: Option<PathBuf>,
}

/// How long frames take.
#[derive(Default)]
struct Stats {
    frames: FrameStats,
    /// What `logic` took in this frame.
    logic: Spent,
    /// Report at the end on standard error how long frames took.
    is_reported: bool,
}

impl App {
    /// Opens `scene` with `opener` and plays it.
    #[must_use]
    pub fn new(cc: &eframe::CreationContext<'_>, scene: Scene, opener: Arc<dyn Opener>, pool: &Pool) -> Self {
        theme::install(&cc.egui_ctx);
        // Ctrl+Q is a key of the window like the others: an open form takes it.
        cc.egui_ctx.options_mut(|options| options.quit_shortcuts.clear());
        let started_with = scene.source.path().map(std::path::Path::to_owned);
        let mut state = State::new(scene);
        let settings: Settings =
            cc.storage.and_then(|storage| eframe::get_value(storage, SETTINGS_KEY)).unwrap_or_default();
        settings.apply(&mut state);
        // Before the first frame, which would otherwise flash in the other theme.
        theme::apply(&cc.egui_ctx, state.window.theme);
        // Without storage the lessons would be offered at every start.
        state.lessons.is_offered = cc.storage.is_some() && !settings.knows_lessons;
        cc.egui_ctx.set_zoom_factor(settings.zoom_factor.clamp(0.5, 4.0));
        let textures = PanelTextures::default();
        let mut builder = TextureBuilder::new(Arc::clone(&textures.wanted));
        let ctx = cc.egui_ctx.clone();
        // The source is shown while it is encoded.
        let shown = if state.scene.encodings().is_empty() {
            state.scene.clone()
        } else {
            without_encodings(&state.scene)
        };
        state.start_with(shown.clone());
        let session = Session::start(
            shown,
            Arc::clone(&opener),
            pool,
            move |sheet| builder.build(sheet),
            move || ctx.request_repaint(),
        );
        // Lessons are read where settings are stored: a window without storage starts empty.
        let own = settings
            .lessons
            .clone()
            .or_else(|| LessonFolder::usual_folder().filter(|folder| folder.is_dir()));
        let mut background = Background::default();
        if let (Some(folder), true) = (own, cc.storage.is_some()) {
            let waker = cc.egui_ctx.clone();
            let read = move || {
                Answer::Command(Command::Lessons(lessons::Command::TakeFolder(Box::new(LessonFolder::read(
                    folder,
                )))))
            };
            let started = background.start(Task::ReadLessons, read, move || waker.request_repaint());
            state.notices.error = started.err();
        }
        if !state.window.reduced_motion {
            session.send(play::Command::Play);
        }
        Self {
            state,
            status: session.status(),
            session,
            textures,
            sources: Sources::new(opener, pool),
            tasks: Tasks { background, ..Tasks::default() },
            timeline: Timeline::default(),
            timers: Timers::default(),
            shell: Shell {
                title: String::new(),
                zoom_factor: settings.zoom_factor,
                keyboard: Keyboard::default(),
                was_asking: false,
                started_with,
            },
            stats: Stats::default(),
        }
    }

    /// Loops over the frames that a scene names.
    pub fn loop_over(&mut self, frames: Option<&FrameList>) {
        self.state.playback.range = LoopRange::of(frames);
        self.state.notices.error = frames.and_then(loop_range::with_gaps).or(self.state.notices.error.take());
    }

    /// Remembers the file that the window was started with, where that is a scene and not the source.
    pub fn remember(&mut self, file: Option<PathBuf>) {
        self.shell.started_with = file.or(self.shell.started_with.take());
    }

    /// The title of the window.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.shell.title
    }

    /// Shows a frame and pauses there.
    pub fn hold(&mut self, frame: FrameIndex) {
        self.session.send(play::Command::Pause);
        self.session.send(play::Command::Seek(frame));
    }

    /// What the window is set to.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// How things stand in the session, as of the last frame.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The results of the video scan, where they are shown along the timeline.
    #[must_use]
    pub fn findings(&self) -> Option<Arc<Findings>> {
        self.timeline.findings()
    }

    /// The number of thumbnails that are ready, and the number of all.
    #[must_use]
    pub fn thumbnails(&self) -> [usize; 2] {
        self.timeline.thumbnails.count()
    }

    /// Reports on standard error at the end how long frames took, or not.
    pub fn report_frame_stats(&mut self, wanted: bool) {
        self.stats.is_reported = wanted;
    }

    /// How long frames take.
    #[must_use]
    pub fn frame_stats(&self) -> &FrameStats {
        &self.stats.frames
    }

    /// True once the window closes.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.tasks.closing == Closing::Now
    }

    /// The frame on screen.
    #[must_use]
    pub fn displayed(&self) -> Option<&DisplayFrame> {
        self.textures.displayed()
    }

    /// True while a better version of the frame on screen is being drawn: larger, of another part, with another
    /// panel.
    #[must_use]
    pub fn is_redrawing(&self) -> bool {
        self.textures.lacks()
    }

    /// Takes what is new: the session's frame, chosen files, finished tasks.
    fn take_news(&mut self, ctx: &Context, now: Instant) {
        let of_start = self.take_frame(ctx, now);
        let waits = self.status.loading || self.is_outdated();
        self.timers.note_waiting(ctx, waits, self.state.opening.is_pending, now);
        let mut commands: Vec<Command> = self.tasks.dialog.answer(now).into_iter().chain(of_start).collect();
        commands.extend(self.take_answers(ctx));
        let problem = self.timeline.thumbnails.take_problem();
        commands.extend(problem.map(notices::Command::Report).map(Command::Notices));
        commands.extend(self.timeline.scrub.due(self.status.loading));
        commands.extend(self.timers.due(ctx, &self.state, &self.status, now));
        commands.extend(self.state.due(&self.status));
        self.carry_out(ctx, commands, now);
        self.continue_waiting_figure(ctx, now);
        self.follow_call(ctx, now);
        self.timeline.follow(ctx, &self.state, &self.status, &self.sources);
        let title = self.state.title(&self.status);
        if title != self.shell.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.shell.title = title;
        }
        theme::apply(ctx, self.state.window.theme);
        theme::move_about(ctx, !self.state.window.reduced_motion);
        self.shell.zoom_factor = ctx.zoom_factor();
    }

    /// Takes the frame that the session shows now. Returns the command that remembers the file that the window was
    /// started with, once that is shown, or the one that shows its ciphertext, if it is encrypted, or the one that tries its
    /// sound, if it does not open.
    fn take_frame(&mut self, ctx: &Context, now: Instant) -> Option<Command> {
        let shown = self.session.shown(now);
        self.status = self.session.status();
        let mut command = None;
        if let Some(displayed) = shown.sheet {
            let stays_secs = if self.status.playing { self.state.window.flicker.stays_secs() } else { 0.0 };
            let keeps_pending = self.state.drawing().is_some();
            self.textures.show(ctx, displayed, stays_secs, keeps_pending);
            let is_locked = self.status.info.as_ref().is_some_and(|info| info.is_locked);
            let shown = self.shell.started_with.take();
            command = shown.map(|path| {
                if is_locked { opening::Command::StartLocked } else { opening::Command::Remember(path) }
            });
        } else if self.status.error.is_some() && self.status.info.is_none() {
            // The frame on screen belongs to a source that is closed.
            self.textures.clear();
            command = self.shell.started_with.take().map(|_| opening::Command::TrySound);
        }
        if let Some(next) = shown.next {
            ctx.request_repaint_after(next);
        }
        command.map(Command::Open)
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let start = Moment::now();
        self.take_news(ctx, start.wall());
        self.stats.logic = start.spent();
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let start = Moment::now();
        let now = start.wall();
        self.stats.frames.begin(start, ui.input(|input| input.pointer.delta() != Vec2::ZERO));
        let commands = self.input(ui.ctx());
        self.carry_out(ui.ctx(), commands, now);
        if self.is_closing(ui.ctx(), now) {
            // This frame is not shown any more: drawing it, and preparing panels meanwhile, would only delay closing.
            self.session.send(play::Command::Pause);
            self.session.send(play::Command::StopPreparing);
            return;
        }
        let commands = self.draw_ui(ui, now);
        self.carry_out(ui.ctx(), commands, now);
        if !self.status.playing && self.textures.needs_redraw() {
            self.session.send(play::Command::Redraw);
        }
        self.stats.frames.note(Cost {
            own: self.stats.logic + start.spent(),
            waited: self.session.take_waited(),
            uploaded_bytes: self.textures.take_uploaded_bytes(),
            whole_before_secs: frame.info().cpu_usage,
        });
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut RawInput) {
        if self.shell.keyboard.pass(&mut raw_input.events, self.state.is_cursor_coming()) {
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.end_saving();
        if self.stats.is_reported {
            eprintln!("{}", self.stats.frames.report());
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, SETTINGS_KEY, &Settings::of(&self.state, self.shell.zoom_factor));
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
