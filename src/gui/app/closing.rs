//! Closing the window while files are being saved: it stays open until they are complete, with a notice.

use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui::{Align, Button, Context, FontId, Frame, Id, Layout as Flow, Modal, RichText, Ui, vec2};

use crate::gui::background::save_clip;
use crate::gui::widgets::theme;
use crate::text::numbers;

/// How long the window waits for a clip that makes no progress.
const STANDSTILL: Duration = Duration::from_secs(30);

/// How long the window waits for another file. A picture may need the lens tone prepared first, which reports no
/// progress.
const LONGEST_PICTURE: Duration = Duration::from_mins(2);

/// How often the window checks the progress.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whether the window is closing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Closing {
    /// It is open.
    #[default]
    Open,
    /// It waits for files that are being saved.
    Waiting {
        /// The progress of these files.
        done: Done,
        /// When the progress changed last.
        since: Instant,
    },
    /// It closes.
    Now,
}

/// The progress of the files that are being saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// Names of the files.
    pub files: Vec<String>,
    /// The progress of the clip.
    pub clip: Option<save_clip::Progress>,
}

impl Done {
    /// The progress of these files and of this clip.
    #[must_use]
    pub fn of<'a>(files: impl Iterator<Item = &'a Path>, clip: Option<save_clip::Progress>) -> Self {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { files: files.map(name).collect(), clip }
    }
}

/// The user's choice while the window waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Close at once, without the unfinished files.
    Close,
    /// Stay open.
    Stay,
}

impl Closing {
    /// Starts closing the window; `done` is the progress of the files that are being saved.
    pub fn ask(&mut self, done: Done, now: Instant) {
        *self = match std::mem::take(self) {
            Self::Open if done.files.is_empty() => Self::Now,
            Self::Open => Self::Waiting { done, since: now },
            asked => asked,
        };
    }

    /// Continues to wait; closes where all files are complete or made no progress for too long.
    pub fn wait(&mut self, ctx: &Context, done: Done, now: Instant) {
        let Self::Waiting { done: before, since } = self else { return };
        if done.files.is_empty() {
            *self = Self::Now;
        } else if *before != done {
            *self = Self::Waiting { done, since: now };
        } else {
            let most = if done.clip.is_some() { STANDSTILL } else { LONGEST_PICTURE };
            if now.saturating_duration_since(*since) >= most {
                *self = Self::Now;
            }
        }
        ctx.request_repaint_after(LOOK_EVERY);
    }

    /// Carries out the user's choice; `Stay` also where a file could not be saved.
    pub fn choose(&mut self, choice: Choice) {
        if self.is_waiting() {
            *self = match choice {
                Choice::Close => Self::Now,
                Choice::Stay => Self::Open,
            };
        }
    }

    /// True while it waits.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting { .. })
    }
}

/// Draws what the window waits for, with a button for each choice.
#[must_use]
pub fn closing_ui(ui: &Ui, closing: &Closing) -> Option<Choice> {
    let Closing::Waiting { done, .. } = closing else { return None };
    let palette = theme::palette(ui);
    let mut choice = None;
    let frame = Frame::window(ui.style()).inner_margin(20);
    Modal::new(Id::unique("closing")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(460.0_f32.min(ui.ctx().content_rect().width() - 80.0));
        ui.label(RichText::new("Saving before the window closes").font(FontId::new(20.0, theme::semibold())));
        let message =
            format!("{} is being written. The window closes when it is whole.", done.files.join(", "));
        ui.label(RichText::new(message).color(palette.weak));
        if let Some(save_clip::Progress { frames, of: Some(of), .. }) = &done.clip {
            let [frames, of] = [*frames, *of].map(numbers::thousands);
            ui.label(format!("{frames} of {of} frames"));
        }
        ui.add_space(4.0);
        let size = vec2(ui.available_width(), 34.0);
        ui.allocate_ui_with_layout(size, Flow::right_to_left(Align::Center), |ui| {
            let stay = Button::new(RichText::new("Keep the window open").color(palette.on_accent));
            if ui.add(stay.fill(palette.accent)).clicked() {
                choice = Some(Choice::Stay);
            }
            if ui.button("Stop and close").clicked() {
                choice = Some(Choice::Close);
            }
        });
    });
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(frames: u64) -> Done {
        let progress = save_clip::Progress { preparing: None, frames, of: Some(9) };
        Done::of([Path::new("/out/a.mp4")].into_iter(), Some(progress))
    }

    #[test]
    fn a_window_that_saves_nothing_closes_at_once() {
        let mut closing = Closing::default();
        closing.ask(Done::default(), Instant::now());
        assert_eq!(closing, Closing::Now);
    }

    #[test]
    fn the_window_waits_while_there_is_progress_and_not_longer() {
        let (ctx, start) = (Context::default(), Instant::now());
        let mut closing = Closing::default();
        closing.ask(clip(1), start);
        // A second request changes nothing.
        closing.ask(clip(1), start);
        for frames in 2..9 {
            closing.wait(&ctx, clip(frames), start + STANDSTILL * u32::try_from(frames).expect("few"));
            assert!(closing.is_waiting(), "frame {frames} came");
        }
        let last = start + STANDSTILL * 8;
        closing.wait(&ctx, clip(8), last + STANDSTILL / 2);
        assert!(closing.is_waiting());
        let mut whole = closing.clone();
        closing.wait(&ctx, clip(8), last + STANDSTILL);
        assert_eq!(closing, Closing::Now);
        whole.wait(&ctx, Done::default(), last);
        assert_eq!(whole, Closing::Now);
    }

    #[test]
    fn the_window_waits_longer_for_a_picture_which_reports_no_progress() {
        let (ctx, start) = (Context::default(), Instant::now());
        let picture = || Done::of([Path::new("/out/a.png")].into_iter(), None);
        let mut closing = Closing::default();
        closing.ask(picture(), start);
        closing.wait(&ctx, picture(), start + LONGEST_PICTURE / 2);
        assert!(closing.is_waiting());
        closing.wait(&ctx, picture(), start + LONGEST_PICTURE);
        assert_eq!(closing, Closing::Now);
    }

    #[test]
    fn the_user_may_close_at_once_or_stay() {
        for (choice, then) in [(Choice::Close, Closing::Now), (Choice::Stay, Closing::Open)] {
            let mut closing = Closing::default();
            closing.choose(choice);
            assert_eq!(closing, Closing::Open, "nothing was asked");
            closing.ask(clip(1), Instant::now());
            closing.choose(choice);
            assert_eq!(closing, then);
        }
    }
}
