//! The command line that makes the picture on screen again.

use crate::crypto::KeyMaterial;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// The command that writes the panels of a frame as a figure, ready for a shell. It bears the key, unless
/// that is the demonstration key.
#[must_use]
pub fn figure(scene: &Scene, frame: FrameIndex) -> String {
    let unseen = Scene::of(scene.source.clone());
    let mut words = vec!["afterimage".into(), "figure".into(), scene.source.to_string()];
    words.extend(scene.panels.iter().map(ToString::to_string));
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    option("--frame", frame.to_string());
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
    option("-o", "figure.png".into());
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
    use super::*;
    use crate::layout::{Layout, Posterize};

    #[test]
    fn defaults_are_left_out_and_all_else_stands_there() {
        let panels = ["plain", "aes-128-ecb"].map(|panel| panel.parse().expect("a panel")).into();
        let mut scene = Scene { panels, ..Scene::of("demo".parse().expect("a source")) };
        let told = figure(&scene, FrameIndex(12));
        assert_eq!(told, "afterimage figure demo plain aes-128-ecb --frame 12 -o figure.png");
        scene.source = "it's a film.mp4".parse().expect("a source");
        let four = Posterize::to_bits(2).expect("2 bits");
        scene.layout = Layout::GRAY8.posterized(four).in_tiles().expect("there are tiles of gray8");
        scene.memory = 5.try_into().expect("not 0");
        scene.key = "00112233445566778899aabbccddeeff".parse().expect("a key");
        scene.panels = vec!["aes-128-ecb:colours,palette=viridis".parse().expect("a panel")];
        assert_eq!(
            figure(&scene, FrameIndex(0)),
            r"afterimage figure 'it'\''s a film.mp4' aes-128-ecb:colours,palette=viridis --frame 0 --layout gray8 --posterize 2 --memory 5 --key 00112233445566778899aabbccddeeff -o figure.png --tiles"
        );
    }
}
