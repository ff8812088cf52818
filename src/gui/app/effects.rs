//! Commands from the keyboard and from dropped files, and the effects of commands outside the state.

use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{Context, ViewportCommand};

use super::App;
use crate::gui::background::{Answer, Task, browser, write_file};
use crate::gui::bars::source_ui;
use crate::gui::keys;
use crate::gui::keys::lesson_keys::Stage;
use crate::gui::model::command::Command;
use crate::gui::model::effect::Effect;
use crate::gui::model::lessons::folder::LessonFolder;
use crate::gui::model::{encoding, lessons, notices, opening};

impl App {
    /// The commands of keys and dropped files since the last frame. Call it once per frame: where `logic` runs
    /// without a frame, egui still holds the input of the frame before.
    pub(super) fn input(&self, ctx: &Context) -> Vec<Command> {
        if self.state.saving.form.is_some() || self.tasks.closing.is_waiting() {
            // An open form takes all keys.
            return Vec::new();
        }
        let tools = self.state.drawing().map(|drawing| (self.state.canvas.tools, drawing.is_smooth));
        let is_presented = self.state.window.presenting && self.state.lesson_read().is_some();
        let stage = Stage { is_open: self.state.lessons.view.open, is_presented };
        let mut commands =
            keys::commands(ctx, self.textures.viewport(self.state.panel_view.view_pos), stage, tools);
        let dropped = ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        commands.extend(dropped.map(opening::Command::File).map(Command::Open));
        commands
    }

    pub(super) fn carry_out(&mut self, ctx: &Context, commands: Vec<Command>, now: Instant) {
        for command in commands {
            for effect in self.state.apply(command, &self.status) {
                self.perform(ctx, effect, now);
            }
            ctx.request_repaint();
        }
    }

    fn perform(&mut self, ctx: &Context, effect: Effect, now: Instant) {
        match effect {
            Effect::Session(command) => {
                self.session.send(command);
                self.status = self.session.status();
            }
            Effect::Open(opening) => {
                let opener = Arc::clone(&self.sources.opener);
                self.timers.start_opening(now);
                let attempt = move || opening.attempt(&*opener).map_or(Answer::Nothing, Answer::Command);
                self.start_task(ctx, now, Task::Open, attempt);
            }
            Effect::Encode(job) => {
                let (waker, asked) = (ctx.clone(), job.clone());
                if let Err(why) = self.tasks.encoder.start(job, move || waker.request_repaint()) {
                    let failed = Command::Encoding(encoding::Command::Failed(asked, why));
                    self.carry_out(ctx, vec![failed], now);
                }
            }
            Effect::CancelEncoding => self.tasks.encoder.stop(),
            Effect::ShowDialog(folder) => {
                let waker = ctx.clone();
                let failed = self.tasks.dialog.show(folder, now, move || waker.request_repaint());
                self.carry_out(ctx, failed.into_iter().collect(), now);
            }
            Effect::FocusSource => source_ui::focus_source(ctx, &self.state.opening.typed),
            Effect::CopyText(text) => ctx.copy_text(text),
            Effect::KeepFrame => self.tasks.kept_frame = self.session.snapshot(),
            Effect::SaveFigure(what, target) => self.save_figure(ctx, what, target, now),
            Effect::WriteScene { scene, path, replace } => {
                let file = path.clone();
                self.write(ctx, now, file, move || write_file::write_scene(&scene, path, replace));
            }
            Effect::WriteDrawing { drawing, path, replace } => {
                let file = path.clone();
                self.write(ctx, now, file, move || write_file::write_drawing(&drawing, path, replace));
            }
            Effect::WriteLesson { lesson, path, replace } => {
                let file = path.clone();
                self.write(ctx, now, file, move || write_file::write_lesson(lesson, path, replace));
            }
            Effect::SaveClip { scene, range, path, replace } => {
                self.save_clip(ctx, (*scene, range), (path, replace), now);
            }
            Effect::CancelClip => self.tasks.clip.stop(),
            Effect::OpenLink(url) => {
                let open = move || match browser::open(&url) {
                    Ok(()) => Answer::Nothing,
                    Err(error) => Answer::Command(Command::Notices(notices::Command::Report(error))),
                };
                self.start_task(ctx, now, Task::OpenLink, open);
            }
            Effect::ReadLessons(folder) => {
                let read = move || {
                    Command::Lessons(lessons::Command::TakeFolder(Box::new(LessonFolder::read(folder))))
                };
                self.start_task(ctx, now, Task::ReadLessons, || Answer::Command(read()));
            }
            Effect::ShowFolderDialog => {
                let waker = ctx.clone();
                let failed = self.tasks.dialog.show_folder(now, move || waker.request_repaint());
                self.carry_out(ctx, failed.into_iter().collect(), now);
            }
            Effect::ShowSaveDialog(suggested) => {
                let waker = ctx.clone();
                let failed = self.tasks.dialog.show_save(suggested, now, move || waker.request_repaint());
                self.carry_out(ctx, failed.into_iter().collect(), now);
            }
            Effect::Fullscreen(on) => ctx.send_viewport_cmd(ViewportCommand::Fullscreen(on)),
            Effect::Quit => self.close(ctx, now),
        }
    }
}
