//! The command line that makes the picture on screen again, or the clip of what is looped.

use super::State;
use crate::crypto::KeyMaterial;
use crate::export::page::Ground;
use crate::gui::model::command::Line;
use crate::gui::model::effect::Effect;
use crate::gui::model::loop_range::LoopRange;
use crate::gui::model::view::Theme;
use crate::play::Status;
use crate::scene::Scene;
use crate::units::FrameIndex;

impl State {
    /// Puts a command line on the clipboard.
    pub(super) fn copy_command_line(&mut self, line: Line, status: &Status) -> Vec<Effect> {
        let Some(scene) = self.scene_of_files() else {
            let said = "a command line names files: save the drawing first, or save the scene, which holds its \
                        marks and is named in place of a source";
            self.notice = Some(said.into());
            return Vec::new();
        };
        let range = self.playback.range;
        let (text, other) = match line {
            Line::Figure => {
                let frame = status.shown.map_or(FrameIndex(0), |(frame, _)| frame);
                // Who has set a loop may well mean that.
                let other = if range.is_set() { " (Ctrl+Shift+E: the one that makes the loop)" } else { "" };
                (figure(&scene, frame, self.view.theme), other)
            }
            Line::Clip => {
                let Some(frames) = frames(range, status) else {
                    let said = "how long the video is, is not known yet; try again in a moment";
                    self.notice = Some(said.into());
                    return Vec::new();
                };
                (clip(&scene, frames, self.view.theme), "")
            }
        };
        self.said = Some(match told_key(&scene.key) {
            // The screen may be projected: it shows the start of the key alone.
            Some(told) => {
                let text = text.replace(&scene.key.to_hex(), &told);
                format!("On the clipboard, with your whole key: {text}{other}")
            }
            None => format!("On the clipboard: {text}{other}"),
        });
        vec![Effect::CopyText(text)]
    }
}

/// What is said of a key: how it begins, where not everybody knows it; `None` for the demonstration key.
fn told_key(key: &KeyMaterial) -> Option<String> {
    let leading: String = key.to_hex().chars().take(4).collect();
    (*key != KeyMaterial::default()).then(|| format!("{leading}…"))
}

/// The frames that are looped, the first and the last; `None` where the last one is not known yet.
fn frames(range: LoopRange, status: &Status) -> Option<[FrameIndex; 2]> {
    let last = || status.index.as_ref().map(|index| FrameIndex(index.frames()).back(1));
    Some([range.start.unwrap_or_default(), range.end.or_else(last)?])
}

/// The command that writes the panels of a frame as a figure, ready for a shell. It bears the key, unless
/// that is the demonstration key.
fn figure(scene: &Scene, frame: FrameIndex, theme: Theme) -> String {
    line("figure", scene, ("--frame", frame.to_string()), theme, "figure.png")
}

/// The command that writes the panels of these frames as a video.
fn clip(scene: &Scene, [first, last]: [FrameIndex; 2], theme: Theme) -> String {
    line("clip", scene, ("--frames", format!("{first}-{last}")), theme, "clip.mp4")
}

fn line(command: &str, scene: &Scene, (name, frames): (&str, String), theme: Theme, output: &str) -> String {
    let unseen = Scene::of(scene.source.clone());
    let mut words = vec!["afterimage".into(), command.into(), scene.source.to_string()];
    words.extend(scene.panels.iter().map(ToString::to_string));
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    option(name, frames);
    if scene.layout.samples() != unseen.layout.samples() {
        option("--layout", scene.layout.name().into());
    }
    if !scene.layout.posterize().is_off() {
        option("--posterize", scene.layout.posterize().bits().to_string());
    }
    if scene.memory != unseen.memory {
        option("--memory", scene.memory.to_string());
    }
    if scene.key != KeyMaterial::default() {
        option("--key", scene.key.to_hex());
    }
    if theme == Theme::Dark {
        // Figures are light unless told otherwise, for print.
        option("--ground", Ground::Dark.name().into());
    }
    option("-o", output.into());
    if scene.layout.is_tiled() {
        words.push("--tiles".into());
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,+=@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::Index;
    use crate::picture::layout::{Layout, Posterize};

    #[test]
    fn defaults_are_left_out_and_all_else_stands_there() {
        let panels = ["plain", "aes-128-ecb"].map(|panel| panel.parse().expect("a panel")).into();
        let mut scene = Scene { panels, ..Scene::of("demo".parse().expect("a source")) };
        let told = figure(&scene, FrameIndex(12), Theme::Light);
        assert_eq!(told, "afterimage figure demo plain aes-128-ecb --frame 12 -o figure.png");
        scene.source = "it's a film.mp4".parse().expect("a source");
        let four = Posterize::to_bits(2).expect("2 bits");
        scene.layout = Layout::GRAY8.posterized(four).in_tiles().expect("there are tiles of gray8");
        scene.memory = 5.try_into().expect("not 0");
        scene.key = "00112233445566778899aabbccddeeff".parse().expect("a key");
        scene.panels = vec!["aes-128-ecb:colours,palette=viridis".parse().expect("a panel")];
        assert_eq!(
            figure(&scene, FrameIndex(0), Theme::Dark),
            r"afterimage figure 'it'\''s a film.mp4' aes-128-ecb:colours,palette=viridis --frame 0 --layout gray8 --posterize 2 --memory 5 --key 00112233445566778899aabbccddeeff --ground dark -o figure.png --tiles"
        );
    }

    #[test]
    fn the_clip_is_of_what_is_looped_and_an_open_end_is_that_of_the_video() {
        let panels = ["plain", "aes-128-ecb"].map(|panel| panel.parse().expect("a panel")).into();
        let scene = Scene { panels, ..Scene::of("demo".parse().expect("a source")) };
        let index = Index::new((0..90).map(f64::from).collect(), 90.0, vec![FrameIndex(0)]);
        let status = Status { index: Some(Arc::new(index)), ..Status::default() };
        let told =
            |range: LoopRange, status: &Status| Some(clip(&scene, frames(range, status)?, Theme::Light));
        let looped = LoopRange::default().starting(FrameIndex(3)).ending(FrameIndex(33));
        let line = "afterimage clip demo plain aes-128-ecb --frames 3-33 -o clip.mp4";
        assert_eq!(told(looped, &Status::default()).as_deref(), Some(line));
        let open = told(LoopRange::default().starting(FrameIndex(3)), &status).expect("its end is known");
        assert!(open.contains("--frames 3-89"), "{open}");
        assert_eq!(told(LoopRange::default(), &Status::default()), None);
    }
}
