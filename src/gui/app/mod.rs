//! Wiring: the session's news in, drawing, commands out. Nothing here computes or waits.

mod closing;
mod effects;
mod layout;
mod taking;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{self, Context, RawInput, Ui, Vec2, ViewportCommand};

use super::background::dialog::Dialog;
use super::background::save_clip::Reel;
use super::background::{Answer, Background, Task};
use super::bars::notice::Said;
use super::frame_stats::{Cost, Pace};
use super::inspector::hover::Dwell;
use super::keys::queue::Keyboard;
use super::model::command::Command;
use super::model::lessons::folder::Shelf;
use super::model::playback::loop_range::{self, LoopRange};
use super::model::save::{Target, What};
use super::model::state::State;
use super::panels::screen::Screen;
use super::settings::Settings;
use super::textures::display_frame::Shot;
use super::textures::texture_prep::Developer;
use super::timeline::thumbnails::Thumbs;
use super::timeline::timeline_ui;
use super::timeline::video_scan::{Findings, Survey, Wanted};
use super::widgets::theme;
use crate::gui::model::{lessons, notices, opening};
use crate::media::Source;
use crate::play::{self, Session, Status};
use crate::render::{FrameSnapshot, Opener};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{Moment, Spent};
use crate::scene::Scene;
use crate::units::{FrameIndex, FrameList};
use closing::Closing;

/// Work that is done sooner than this is not announced.
const PATIENCE: Duration = Duration::from_millis(300);

/// Under which name the settings are kept from one start to the next.
const SETTINGS_KEY: &str = "settings";

/// The window.
pub struct App {
    state: State,
    session: Session<Shot>,
    status: Status,
    screen: Screen,
    dialog: Dialog,
    background: Background,
    reel: Reel,
    /// The frame that was shown when a picture was asked for.
    held: Option<FrameSnapshot>,
    /// A picture that waits for a frame to be shown.
    awaited: Option<(What, Target)>,
    survey: Survey,
    thumbs: Thumbs,
    opener: Arc<dyn Opener>,
    pool: Pool,
    scrub: timeline_ui::Scrub,
    dwell: Dwell,
    zoom_factor: f32,
    loading_since: Option<Instant>,
    /// When something was asked for last that may not open.
    opening_since: Option<Instant>,
    /// The file that the window was started with, until it is shown.
    named: Option<PathBuf>,
    /// What the window is headed with.
    title: String,
    keyboard: Keyboard,
    said: Said,
    /// Something lay over the whole window in the frame before.
    asked: bool,
    closing: Closing,
    /// What taking the news of this frame took.
    spent: Spent,
    pace: Pace,
    /// Say at the end how long frames took.
    tells_pace: bool,
}

impl App {
    /// Opens `scene` with `opener` and plays it.
    #[must_use]
    pub fn new(cc: &eframe::CreationContext<'_>, scene: Scene, opener: Arc<dyn Opener>, pool: &Pool) -> Self {
        theme::install(&cc.egui_ctx);
        // It is a key of the window like the others, which a form that is open takes.
        cc.egui_ctx.options_mut(|options| options.quit_shortcuts.clear());
        let named = match &scene.source {
            Source::File(path) => Some(path.clone()),
            _ => None,
        };
        let mut state = State::new(scene);
        let settings: Settings =
            cc.storage.and_then(|storage| eframe::get_value(storage, SETTINGS_KEY)).unwrap_or_default();
        settings.apply(&mut state);
        // Before the first frame: it would flash in the other one.
        theme::apply(&cc.egui_ctx, state.window.theme);
        // Without a place to remember it in, it would be offered every time.
        state.lessons.is_offered = cc.storage.is_some() && !settings.knows_lessons;
        cc.egui_ctx.set_zoom_factor(settings.zoom_factor.clamp(0.5, 4.0));
        let screen = Screen::default();
        let mut developer = Developer::new(Arc::clone(&screen.wanted));
        let ctx = cc.egui_ctx.clone();
        let session = Session::start(
            state.scene.clone(),
            Arc::clone(&opener),
            pool,
            move |sheet| developer.develop(sheet),
            move || ctx.request_repaint(),
        );
        // A window that remembers has a place for lessons, too.
        let own = settings.lessons.clone().or_else(|| Shelf::usual_folder().filter(|folder| folder.is_dir()));
        let mut background = Background::default();
        if let (Some(folder), true) = (own, cc.storage.is_some()) {
            let waker = cc.egui_ctx.clone();
            let read = move || {
                Answer::Command(Command::Lessons(lessons::Command::TakeFolder(Box::new(Shelf::read(folder)))))
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
            screen,
            dialog: Dialog::default(),
            background,
            reel: Reel::default(),
            held: None,
            awaited: None,
            survey: Survey::default(),
            thumbs: Thumbs::default(),
            opener,
            pool: pool.clone(),
            scrub: timeline_ui::Scrub::default(),
            dwell: Dwell::default(),
            zoom_factor: settings.zoom_factor,
            loading_since: None,
            opening_since: None,
            named,
            title: String::new(),
            keyboard: Keyboard::default(),
            said: Said::default(),
            asked: false,
            closing: Closing::default(),
            spent: Spent::default(),
            pace: Pace::default(),
            tells_pace: false,
        }
    }

    /// Loops over the frames that a scene states.
    pub fn loop_over(&mut self, frames: Option<&FrameList>) {
        self.state.playback.range = LoopRange::of(frames);
        self.state.notices.error = frames.and_then(loop_range::with_gaps).or(self.state.notices.error.take());
    }

    /// Says which file the window was started with, where that is not the source: a scene.
    pub fn remember(&mut self, file: Option<PathBuf>) {
        self.named = file.or(self.named.take());
    }

    /// What the window is headed with.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Shows a frame and holds it.
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

    /// What is known of every frame, where that is shown along the timeline.
    #[must_use]
    pub fn findings(&self) -> Option<Arc<Findings>> {
        self.survey.findings()
    }

    /// How many small pictures the timeline has, and how many it will have.
    #[must_use]
    pub fn thumbs(&self) -> [usize; 2] {
        self.thumbs.count()
    }

    /// Says at the end on standard error how long frames took, or not.
    pub fn tell_pace(&mut self, wanted: bool) {
        self.tells_pace = wanted;
    }

    /// How long frames take.
    #[must_use]
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// True once the window closes.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.closing == Closing::Now
    }

    /// The shot on screen.
    #[must_use]
    pub fn shot(&self) -> Option<&Shot> {
        self.screen.shot()
    }

    /// True where a better version of the shot on screen is on its way: larger, of another part, with another panel.
    #[must_use]
    pub fn is_redrawing(&self) -> bool {
        self.screen.lacks()
    }

    /// Takes the news: what the session shows, files chosen, errands done.
    fn take_news(&mut self, ctx: &Context, now: Instant) {
        let shown = self.session.shown(now);
        self.status = self.session.status();
        let mut remembered = None;
        if let Some(shot) = shown.sheet {
            let stays_secs = if self.status.playing { self.state.window.flicker.stays_secs() } else { 0.0 };
            let keeps_pending = self.state.drawing().is_some();
            self.screen.show(ctx, shot, stays_secs, keeps_pending);
            remembered = self.named.take().map(opening::Command::Remember).map(Command::Open);
        } else if self.status.error.is_some() && self.status.info.is_none() {
            // What was there belongs to a source that is gone.
            self.screen.clear();
            self.named = None;
        }
        if let Some(next) = shown.next {
            ctx.request_repaint_after(next);
        }
        let waits = self.status.loading || self.is_outdated();
        self.loading_since = waits.then(|| self.loading_since.unwrap_or(now));
        let opening_since = self.opening_since.filter(|_| self.state.opening.is_pending);
        for since in self.loading_since.into_iter().chain(opening_since) {
            let left = PATIENCE.saturating_sub(now.saturating_duration_since(since));
            if !left.is_zero() {
                ctx.request_repaint_after(left);
            }
        }
        let mut commands: Vec<Command> = self.dialog.answer(now).into_iter().chain(remembered).collect();
        commands.extend(self.take_answers(ctx));
        commands.extend(self.thumbs.take_problem().map(notices::Command::Report).map(Command::Notices));
        commands.extend(self.scrub.due(self.status.loading));
        commands.extend(self.said.due(ctx, self.state.notices.confirmation.as_deref(), now));
        commands.extend(self.dwell.due(ctx, self.state.inspector, &self.status, now));
        commands.extend(self.state.due(&self.status));
        self.carry_out(ctx, commands, now);
        self.take_awaited(ctx, now);
        let waker = ctx.clone();
        let (source, index) = (&self.state.scene.source, self.status.index.as_ref());
        let has_strip = !self.state.window.presenting
            && self.state.timeline.strip.height(ctx.content_rect().height()) > 0.0;
        let wish = (has_strip, self.status.playing);
        self.thumbs.follow((source, index), &self.opener, wish, move || waker.request_repaint());
        self.thumbs.take_news(ctx);
        let wanted = Wanted {
            numbers: self.state.timeline.graph.is_some(),
            twins: self.state.inspector.sought(),
            stopped: self.state.timeline.scan_stopped,
        };
        let waker = ctx.clone();
        let from = (&self.opener, &self.pool);
        self.survey.follow(Some((&self.state.scene, wanted)), index, from, move || waker.request_repaint());
        let title = self.state.title(&self.status);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        theme::apply(ctx, self.state.window.theme);
        theme::move_about(ctx, !self.state.window.reduced_motion);
        self.zoom_factor = ctx.zoom_factor();
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let start = Moment::now();
        self.take_news(ctx, start.wall());
        self.spent = start.spent();
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let start = Moment::now();
        let now = start.wall();
        self.pace.begin(start, ui.input(|input| input.pointer.delta() != Vec2::ZERO));
        let commands = self.input(ui.ctx());
        self.carry_out(ui.ctx(), commands, now);
        if self.is_closing(ui.ctx(), now) {
            // Nobody looks at this frame any more: drawing it, and working on beside that, would only keep the
            // window open for longer.
            self.session.send(play::Command::Pause);
            self.session.send(play::Command::StopPreparing);
            return;
        }
        let commands = self.draw_ui(ui, now);
        self.carry_out(ui.ctx(), commands, now);
        if !self.status.playing && self.screen.needs_redraw() {
            self.session.send(play::Command::Redraw);
        }
        self.pace.note(Cost {
            own: self.spent + start.spent(),
            waited: self.session.take_waited(),
            uploaded_bytes: self.screen.take_uploaded_bytes(),
            whole_before_secs: frame.info().cpu_usage,
        });
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut RawInput) {
        if self.keyboard.pass(&mut raw_input.events, self.state.is_cursor_coming()) {
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.end_saving();
        if self.tells_pace {
            eprintln!("{}", self.pace.report());
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, SETTINGS_KEY, &Settings::of(&self.state, self.zoom_factor));
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
