//! Saving and copying, from the window's side: starts a task, reports its result, and closes the window only when all
//! files are complete.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{Context, ViewportCommand};

use super::App;
use super::closing::{Choice, Closing};
use crate::gui::background::save_figure::Order;
use crate::gui::background::{Answer, Task, save_clip};
use crate::gui::model::command::Command;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::save::{Target, What};
use crate::gui::model::{notices, save};
use crate::scene::Scene;

/// How long a window that closes waits for stopped tasks to remove their unfinished files.
const LAST_WAIT: Duration = Duration::from_secs(3);

impl App {
    /// Writes a file for the open form, on a background thread.
    pub(super) fn write(
        &mut self,
        ctx: &Context,
        now: Instant,
        path: PathBuf,
        write: impl FnOnce() -> save::Command + Send + 'static,
    ) {
        let task = Task::Save { form: self.form(), path };
        self.start_task(ctx, now, task, || Answer::Command(Command::Save(write())));
    }

    /// The number of the form that is open.
    fn form(&self) -> u64 {
        self.state.saving.form.as_ref().map_or(0, |form| form.number)
    }

    /// Starts `work` on a background thread; if no thread can be started, a notice says so.
    pub(super) fn start_task(
        &mut self,
        ctx: &Context,
        now: Instant,
        task: Task,
        work: impl FnOnce() -> Answer + Send + 'static,
    ) {
        let (waker, started) = (ctx.clone(), task.clone());
        if let Err(message) = self.tasks.background.start(task, work, move || waker.request_repaint()) {
            self.carry_out(ctx, vec![started.failure(message)], now);
        }
    }

    /// Saves a clip of the panels as they were set when the form was opened.
    pub(super) fn save_clip(
        &mut self,
        ctx: &Context,
        (scene, range): (Scene, LoopRange),
        (path, replace): (PathBuf, bool),
        now: Instant,
    ) {
        let (index, theme, form) = (self.status.index.clone(), self.state.window.theme, self.form());
        let order = save_clip::Order { scene, range, index, theme, path, replace, form };
        let waker = ctx.clone();
        if let Err(message) =
            self.tasks.clip.start(order, &self.sources.saving, move || waker.request_repaint())
        {
            self.carry_out(ctx, vec![Command::Save(save::Command::Failed(message))], now);
        }
    }

    /// Saves or copies a picture of the frame that was shown when the form was opened; of the next frame, where none
    /// was shown.
    pub(super) fn save_figure(&mut self, ctx: &Context, what: What, target: Target, now: Instant) {
        let kept = if target == Target::Clipboard { None } else { self.tasks.kept_frame.clone() };
        let Some(held) = kept.or_else(|| self.session.snapshot()) else {
            if self.status.loading {
                self.tasks.waiting_figure = Some((what, target));
            } else {
                let message = "there is no picture to save; open a video or a picture first";
                self.carry_out(ctx, vec![Command::Save(save::Command::Failed(message.into()))], now);
            }
            return;
        };
        let (opener, pool) = (Arc::clone(&self.sources.saving), self.sources.pool.clone());
        let order = Order { held, panel: what.panel(), theme: self.state.window.theme, opener, pool };
        match target {
            Target::File { path, replace } => {
                self.write(ctx, now, path.clone(), move || order.save(path, replace));
            }
            Target::Clipboard => self.start_task(ctx, now, Task::Copy, move || order.copy()),
        }
    }

    /// Continues with a picture that waited for a frame, and drops the kept frame once no form needs it.
    pub(super) fn continue_waiting_figure(&mut self, ctx: &Context, now: Instant) {
        if let Some((what, target)) = self.tasks.waiting_figure.take() {
            self.save_figure(ctx, what, target, now);
        }
        if self.state.saving.form.is_none() {
            self.tasks.kept_frame = None;
        }
    }

    /// The commands that report finished tasks.
    pub(super) fn take_answers(&mut self, ctx: &Context) -> Vec<Command> {
        let mut commands = Vec::new();
        for (task, answer) in self.tasks.background.answers() {
            match (task, answer) {
                (Task::Save { form, path }, Answer::Command(Command::Save(step))) => {
                    commands.extend(self.answer_to(form, step, &path.display().to_string()));
                }
                (_, Answer::Command(command)) => commands.push(command),
                (_, Answer::Nothing) => {}
                (_, Answer::Picture(picture)) => {
                    ctx.copy_image(picture);
                    commands.push(Command::Save(save::Command::Copied));
                }
            }
        }
        commands.extend(self.tasks.encoder.news().map(Command::Encoding));
        let path = self.tasks.clip.path().map(|path| path.display().to_string()).unwrap_or_default();
        if let Some((form, news)) = self.tasks.clip.news() {
            commands.extend(self.answer_to(form, news.step(), &path));
        }
        commands
    }

    /// The command that reports what became of a file. The result of a form that was closed is reported and does not
    /// change another form.
    fn answer_to(&mut self, form: u64, step: save::Command, path: &str) -> Option<Command> {
        if matches!(step, save::Command::Exists | save::Command::Failed(_)) {
            // The user has to read the message and decide.
            self.tasks.closing.choose(Choice::Stay);
        }
        if self.form() == form {
            return Some(Command::Save(step));
        }
        Some(match step {
            save::Command::ClipStarted => return None,
            save::Command::Done(path) => Command::Save(save::Command::ClipSaved(path)),
            save::Command::Exists => Command::Notices(notices::Command::Report(format!(
                "a file with this name exists and was not replaced: {path}"
            ))),
            save::Command::Failed(why) => Command::Notices(notices::Command::Report(why)),
            step => Command::Save(step),
        })
    }

    /// Closes the window once all files are complete.
    pub(super) fn close(&mut self, ctx: &Context, now: Instant) {
        self.tasks.closing.ask(self.tasks.saving(), now);
        if self.tasks.closing == Closing::Now {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// True where the window closes now: nothing needs to be drawn.
    pub(super) fn is_closing(&mut self, ctx: &Context, now: Instant) -> bool {
        let is_asked = ctx.input(|input| input.viewport().close_requested());
        if is_asked {
            self.tasks.closing.ask(self.tasks.saving(), now);
            if self.tasks.closing.is_waiting() {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        }
        self.tasks.closing.wait(ctx, self.tasks.saving(), now);
        if self.tasks.closing != Closing::Now {
            return false;
        }
        self.tasks.clip.stop();
        if !is_asked {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        true
    }

    /// Removes unfinished files: the window is closed.
    pub(super) fn end_saving(&mut self) {
        self.tasks.encoder.stop();
        self.tasks.clip.end(LAST_WAIT);
        self.tasks.background.end(LAST_WAIT);
    }
}
