//! The history of the scene, for undo and redo.

use crate::gui::model::panels::LensNumber;
use crate::scene::Scene;

/// The most changes that can be undone.
const MOST: usize = 200;

/// What a change of the scene changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The source.
    Source,
    /// The size of a pattern: dragging its number is one change.
    Size,
    /// Which bytes are encrypted.
    Layout,
    /// The key: typing it is one change.
    Key,
    /// The memory: dragging its slider is one change.
    Memory,
    /// The drawing.
    Drawing,
    /// The panels.
    Panels,
    /// A number of the lens of a panel: dragging its slider is one change.
    Lens(usize, LensNumber),
    /// What tampering copies within a message: dragging a rectangle is one change.
    Splice,
    /// Several of them at once.
    Scene,
}

impl Edit {
    /// True where consecutive changes count as one.
    const fn runs_on(self) -> bool {
        matches!(self, Self::Key | Self::Memory | Self::Size | Self::Lens(..) | Self::Splice)
    }
}

/// The direction of a step through the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Undo the last change.
    Undo,
    /// Make the change again that was undone last.
    Redo,
}

/// The scenes before and after the current one.
#[derive(Clone, Debug, Default)]
pub struct History {
    before: Vec<Scene>,
    after: Vec<Scene>,
    last: Option<Edit>,
}

impl History {
    /// Notes a change; `old` is the scene before it.
    pub fn note(&mut self, edit: Edit, old: Scene) {
        if !(edit.runs_on() && self.last == Some(edit)) {
            self.before.push(old);
        }
        let excess = self.before.len().saturating_sub(MOST);
        self.before.drain(..excess);
        self.after.clear();
        self.last = Some(edit);
    }

    /// Ends a run of changes that count as one.
    pub fn settle(&mut self) {
        self.last = None;
    }

    /// The scene that a step leads to, where there is one.
    #[must_use]
    pub fn next(&self, direction: Direction) -> Option<&Scene> {
        match direction {
            Direction::Undo => self.before.last(),
            Direction::Redo => self.after.last(),
        }
    }

    /// Goes one step from the scene `now`, and gives the scene that it leads to.
    pub fn step(&mut self, direction: Direction, now: &Scene) -> Option<Scene> {
        let (from, to) = match direction {
            Direction::Undo => (&mut self.before, &mut self.after),
            Direction::Redo => (&mut self.after, &mut self.before),
        };
        let scene = from.pop()?;
        to.push(now.clone());
        self.last = None;
        Some(scene)
    }

    /// True where a change can be undone.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    /// True where a change can be made again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.after.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Source;

    fn scene(panels: usize) -> Scene {
        let mut scene = Scene::of(Source::Demo);
        scene.panels.truncate(panels);
        scene
    }

    #[test]
    fn an_undone_change_can_be_redone_until_another_change_is_made() {
        let mut history = History::default();
        history.note(Edit::Panels, scene(1));
        history.note(Edit::Panels, scene(2));
        assert_eq!(history.step(Direction::Undo, &scene(3)), Some(scene(2)));
        assert_eq!(history.step(Direction::Redo, &scene(2)), Some(scene(3)));
        assert_eq!(history.step(Direction::Undo, &scene(3)), Some(scene(2)));
        history.note(Edit::Layout, scene(2));
        assert!(!history.can_redo() && history.step(Direction::Redo, &scene(4)).is_none());
        assert_eq!(history.step(Direction::Undo, &scene(4)), Some(scene(2)));
        assert_eq!(history.step(Direction::Undo, &scene(2)), Some(scene(1)));
        assert!(!history.can_undo() && history.step(Direction::Undo, &scene(1)).is_none());
    }

    #[test]
    fn typing_a_key_is_one_step_of_undo() {
        let mut history = History::default();
        history.note(Edit::Panels, scene(1));
        for typed in 2..4 {
            history.note(Edit::Key, scene(typed));
        }
        assert_eq!(history.step(Direction::Undo, &scene(4)), Some(scene(2)));
        history.note(Edit::Key, scene(2));
        assert_eq!(
            history.step(Direction::Undo, &scene(3)),
            Some(scene(2)),
            "after going back it is another one"
        );
    }

    #[test]
    fn each_drag_is_one_step_of_undo() {
        let mut history = History::default();
        for drag in [1, 3] {
            history.note(Edit::Splice, scene(drag));
            history.note(Edit::Splice, scene(drag + 1));
            history.settle();
        }
        assert_eq!(history.step(Direction::Undo, &scene(4)), Some(scene(3)));
        assert_eq!(history.step(Direction::Undo, &scene(3)), Some(scene(1)));
        assert!(!history.can_undo());
    }

    #[test]
    fn the_history_has_a_largest_length() {
        let mut history = History::default();
        (0..MOST + 5).for_each(|_| history.note(Edit::Layout, scene(1)));
        assert_eq!(std::iter::from_fn(|| history.step(Direction::Undo, &scene(1))).count(), MOST);
    }
}
