//! The command line that makes the picture on screen, or the clip of the looped part.

use super::State;
use crate::crypto::KeyMaterial;
use crate::gui::model::effect::Effect;
use crate::gui::model::playback::loop_range::LoopRange;
use crate::gui::model::save::Line;
use crate::gui::model::window::Theme;
use crate::play::Status;
use crate::scene::{CommandLine, Scene};
use crate::units::FrameIndex;

impl State {
    /// Puts a command line on the clipboard.
    pub(super) fn copy_command_line(&mut self, line: Line, status: &Status) -> Vec<Effect> {
        let Some(scene) = self.scene_of_files() else {
            let message = "a command line names files: save the drawing first, or save the scene, which holds its \
                        marks and is named in place of a source";
            self.notices.error = Some(message.into());
            return Vec::new();
        };
        let range = self.playback.range;
        let (text, other) = match line {
            Line::Figure => {
                let frame = status.shown.map_or(FrameIndex(0), |(frame, _)| frame);
                // With a loop set, the clip may be what the user wants.
                let other = if range.is_set() { " (Ctrl+Shift+E: the one that makes the loop)" } else { "" };
                (figure(&scene, frame, self.window.theme), other)
            }
            Line::Clip => {
                let Some(frames) = frames(range, status) else {
                    let message = "the length of the video is not known yet; try again in a moment";
                    self.notices.error = Some(message.into());
                    return Vec::new();
                };
                (clip(&scene, frames, self.window.theme), "")
            }
        };
        self.notices.confirmation = Some(match shown_key(&scene.key) {
            // The screen may be projected: only the start of the key is shown.
            Some(shown) => {
                let text = text.replace(&scene.key.to_hex(), &shown);
                format!("On the clipboard, with your whole key: {text}{other}")
            }
            None => format!("On the clipboard: {text}{other}"),
        });
        vec![Effect::CopyText(text)]
    }
}

/// The start of a key, for the confirmation; `None` for the demonstration key.
fn shown_key(key: &KeyMaterial) -> Option<String> {
    let leading: String = key.to_hex().chars().take(4).collect();
    (*key != KeyMaterial::default()).then(|| format!("{leading}…"))
}

/// The first and the last looped frame; `None` where the last one is not known yet.
fn frames(range: LoopRange, status: &Status) -> Option<[FrameIndex; 2]> {
    let last = || status.index.as_ref().map(|index| FrameIndex(index.frames()).back(1));
    Some([range.start.unwrap_or_default(), range.end.or_else(last)?])
}

/// The command that writes the panels of a frame as a figure. It holds the key, unless that is the demonstration key.
fn figure(scene: &Scene, frame: FrameIndex, theme: Theme) -> String {
    let line = CommandLine::new("figure", scene).with_key().option("--frame", [frame]);
    line.option("--theme", [theme.name()]).option("-o", ["figure.png"]).to_string()
}

/// The command that writes the panels of these frames as a video.
fn clip(scene: &Scene, [first, last]: [FrameIndex; 2], theme: Theme) -> String {
    let line = CommandLine::new("clip", scene).with_key().option("--frames", [format!("{first}-{last}")]);
    line.option("--theme", [theme.name()]).option("-o", ["clip.mp4"]).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::Index;

    #[test]
    fn the_command_line_of_a_clip_names_the_looped_frames() {
        let panels = ["plain", "aes-128-ecb"].map(|panel| panel.parse().expect("a panel")).into();
        let scene = Scene { panels, ..Scene::of("demo".parse().expect("a source")) };
        let index = Index::new((0..90).map(f64::from).collect(), 90.0, vec![FrameIndex(0)]);
        let status = Status { index: Some(Arc::new(index)), ..Status::default() };
        let shown =
            |range: LoopRange, status: &Status| Some(clip(&scene, frames(range, status)?, Theme::Light));
        let looped = LoopRange::default().starting(FrameIndex(3)).ending(FrameIndex(33));
        let line = "afterimage clip demo plain aes-128-ecb --frames 3-33 --theme light -o clip.mp4";
        assert_eq!(shown(looped, &Status::default()).as_deref(), Some(line));
        let open = shown(LoopRange::default().starting(FrameIndex(3)), &status).expect("its end is known");
        assert!(open.contains("--frames 3-89"), "{open}");
        assert_eq!(shown(LoopRange::default(), &Status::default()), None);
    }
}
