//! Drawing on the original of a canvas, while all panels follow.
//!
//! ```text
//! pointer ──Sketch──▶ canvas.sketch ──▶ painted over the picture at once
//!                          │ ──Show, whenever the session is free──▶ every panel
//!                          └─Keep──▶ scene.source, one step of undo
//! ```

use std::sync::Arc;

use super::State;
use crate::gui::model::drawing::{Command, Sketch};
use crate::gui::model::editing::history::Edit;
use crate::gui::model::effect::Effect;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::media::Source;
use crate::picture::drawing::{Drawing, Form};
use crate::play::{self, Status};
use crate::scene::{Panel, Scene};

impl State {
    /// The drawing, where the source is a canvas.
    #[must_use]
    pub fn drawing(&self) -> Option<&Arc<Drawing>> {
        match &self.scene.source {
            Source::Canvas(drawing) => Some(drawing),
            _ => None,
        }
    }

    /// True if the panels do not show the current form of the mark that is being drawn, and the session is free to show it.
    #[must_use]
    pub(super) fn has_news_of_sketch(&self, status: &Status) -> bool {
        let is_new = self.canvas.sketch.as_ref().is_some_and(|sketch| !sketch.is_shown);
        is_new && !status.loading && self.drawing().is_some()
    }

    /// The scene with the saved file of its drawing as source; `None` where the drawing is not saved.
    #[must_use]
    pub(super) fn scene_of_files(&self) -> Option<Scene> {
        let Some(drawing) = self.drawing().filter(|drawing| !drawing.marks.is_empty()) else {
            return Some(self.scene.clone());
        };
        let (_, path) = self.canvas.saved.as_ref().filter(|(saved, _)| saved == drawing)?;
        Some(Scene { source: Source::File(path.clone()), ..self.scene.clone() })
    }

    /// Carries out a command of the canvas.
    pub(super) fn draw(&mut self, command: Command) -> Vec<Effect> {
        if command == Command::New {
            return self.new_drawing();
        }
        let Some(drawing) = self.drawing().cloned() else {
            // The canvas was closed: drop the mark that was begun on it.
            self.canvas.sketch = None;
            return Vec::new();
        };
        match command {
            Command::Take(tools) => self.canvas.tools = tools,
            Command::Sketch(mark) => {
                if self.canvas.sketch.as_ref().is_none_or(|sketch| sketch.mark != mark) {
                    self.canvas.sketch = Some(Sketch { mark, is_shown: false });
                }
            }
            Command::Show => {
                if let Some(sketch) = &mut self.canvas.sketch {
                    sketch.is_shown = true;
                    let source = Source::Canvas(drawing.with(sketch.mark.clone()).into());
                    return show(Scene { source, ..self.scene.clone() });
                }
            }
            Command::Keep => {
                if let Some(sketch) = self.canvas.sketch.take() {
                    return self.keep(&drawing, sketch);
                }
            }
            Command::Drop => {
                if self.canvas.sketch.take().is_some() {
                    return show(self.scene.clone());
                }
            }
            Command::Draw(mark) => return self.redraw(drawing.with(mark)),
            Command::Write(text) => self.canvas.typed_marks = text,
            Command::DrawWritten(text) => match text.parse::<Drawing>() {
                Ok(more) => {
                    let marks = drawing.marks.iter().cloned().chain(more.marks).collect();
                    self.canvas.typed_marks.clear();
                    return self.redraw(Drawing { marks, ..*drawing });
                }
                Err(error) => self.notices.error = Some(error.to_string()),
            },
            Command::Smooth(is_smooth) => return self.redraw(Drawing { is_smooth, ..(*drawing).clone() }),
            Command::Clear => return self.redraw(Drawing { marks: Vec::new(), ..*drawing }),
            Command::New => {}
        }
        Vec::new()
    }

    fn keep(&mut self, drawing: &Drawing, sketch: Sketch) -> Vec<Effect> {
        let is_nothing = matches!(&sketch.mark.form, Form::Text { text, .. } if text.trim().is_empty());
        if is_nothing {
            return show(self.scene.clone());
        }
        self.redraw(drawing.with(sketch.mark))
    }

    fn redraw(&mut self, drawing: Drawing) -> Vec<Effect> {
        let source = Source::Canvas(drawing.into());
        self.edit(Edit::Drawing, Scene { source, ..self.scene.clone() })
    }

    /// Opens an empty drawing, with an original to draw on.
    fn new_drawing(&mut self) -> Vec<Effect> {
        let mut panels = self.scene.panels.clone();
        if !panels.contains(&Panel::Plain) {
            panels.truncate(crate::gui::model::panels::presets::MOST_PANELS - 1);
            panels.insert(0, Panel::Plain);
        }
        let source = Source::Canvas(Arc::default());
        let effects = self.use_scene(Scene { source, panels, ..self.scene.clone() });
        self.panel_view.view_pos = crate::gui::model::panels::viewport::ViewPos::default();
        self.playback.range = LoopRange::default();
        effects
    }
}

fn show(scene: Scene) -> Vec<Effect> {
    vec![Effect::Session(play::Command::SetScene(scene))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::drawing::{Tool, extended};

    fn state() -> State {
        State::new(Scene::of(Source::Canvas(Arc::default())))
    }

    fn marks(state: &State) -> usize {
        state.drawing().expect("a canvas").marks.len()
    }

    #[test]
    fn a_mark_is_shown_while_it_is_drawn_and_is_one_step_of_undo() {
        let mut state = state();
        let mut mark = state.canvas.tools.begin([10, 10]);
        for to in [[11, 10], [20, 10], [30, 15]] {
            mark = extended(mark, to);
            assert!(state.draw(Command::Sketch(mark.clone())).is_empty());
        }
        assert!(
            matches!(&mark.form, Form::Brush { points, .. } if points.len() == 3),
            "near points are left out"
        );
        let (free, busy) = (Status::default(), Status { loading: true, ..Status::default() });
        assert!(state.has_news_of_sketch(&free) && !state.has_news_of_sketch(&busy));
        let effects = state.draw(Command::Show);
        let [Effect::Session(play::Command::SetScene(scene))] = &effects[..] else { panic!("{effects:?}") };
        assert!(matches!(&scene.source, Source::Canvas(drawing) if drawing.marks.len() == 1));
        assert!(!state.has_news_of_sketch(&free) && marks(&state) == 0, "it is not drawn yet");
        assert_eq!(state.draw(Command::Keep).len(), 1);
        assert_eq!((marks(&state), state.canvas.sketch.clone()), (1, None));
        assert_eq!(state.draw(Command::Clear).len(), 1);
        assert_eq!(marks(&state), 0);
        for left in [1, 0] {
            let _ = state.apply(crate::gui::model::editing::Command::Undo, &free);
            assert_eq!(marks(&state), left);
        }
    }

    #[test]
    fn an_empty_text_draws_nothing() {
        let mut state = state();
        state.canvas.tools.tool = Tool::Text;
        let mark = state.canvas.tools.begin([10, 10]);
        let _ = state.draw(Command::Sketch(mark));
        let _ = state.draw(Command::Keep);
        assert_eq!(marks(&state), 0);
        assert!(!state.history.can_undo());
    }

    #[test]
    fn a_mark_that_was_begun_is_dropped_when_its_canvas_is_closed() {
        let mut state = state();
        let mark = state.canvas.tools.begin([10, 10]);
        let _ = state.draw(Command::Sketch(mark));
        state.scene.source = Source::Demo;
        assert!(!state.has_news_of_sketch(&Status::default()), "the window does not repaint for ever");
        assert!(state.draw(Command::Keep).is_empty() && state.canvas.sketch.is_none());
    }

    #[test]
    fn marks_can_be_typed_and_errors_are_reported() {
        let mut state = state();
        let _ = state.draw(Command::DrawWritten("rectangle #0072b2 100,80 400,300".into()));
        assert_eq!(marks(&state), 1);
        let _ = state.draw(Command::DrawWritten("rectangel #0072b2 100,80 400,300".into()));
        assert_eq!(marks(&state), 1);
        assert!(state.notices.error.as_ref().is_some_and(|notice| notice.contains("rectangel")));
    }

    #[test]
    fn a_new_drawing_has_a_panel_to_draw_in() {
        let mut state = State::new(Scene::of(Source::Demo));
        state.scene.panels = vec!["aes-128-ecb".parse().expect("a panel"); 12];
        let _ = state.draw(Command::New);
        assert_eq!(state.scene.panels[0], Panel::Plain);
        assert_eq!(state.scene.panels.len(), 12);
        assert!(state.drawing().is_some());
    }
}
