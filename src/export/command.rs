//! The command line that makes a figure, a poster or a clip again, as its file states it.

use std::fmt::Write;

use crate::crypto::KeyMaterial;
use crate::media::Source;
use crate::scene::{Panel, Scene};

/// Bytes of a drawing that stand in an argument: systems take 128 KiB or more, and Windows 32 KiB for all of them.
const MOST_ARGUMENT_BYTES: usize = 16 << 10;

/// The line for a POSIX shell: the command, the scene, which frames, and the `rest`. A key stays out, unless it is
/// the demonstration key. A drawing stands in the line, or below it where it is long.
pub fn line(command: &str, scene: &Scene, panels: &[Panel], frames: &str, rest: &str) -> String {
    let Scene { layout, key, memory, .. } = scene;
    let mut line = format!("afterimage {command} {}", source(&scene.source));
    let drawing = match &scene.source {
        Source::Canvas(drawing) => drawing.to_string(),
        _ => String::new(),
    };
    let drawing = drawing.trim_end();
    let is_long = drawing.len() > MOST_ARGUMENT_BYTES;
    if is_long {
        line += " --drawing -";
    } else if !drawing.is_empty() {
        let _ = write!(line, " --drawing {}", quoted(drawing));
    }
    for panel in panels {
        let _ = write!(line, " {panel}");
    }
    let _ = write!(line, "{frames} --layout {}", layout.name());
    if !layout.posterize().is_off() {
        let _ = write!(line, " --posterize {}", layout.posterize().bits());
    }
    if layout.is_tiled() {
        line += " --tiles";
    }
    if memory.get() > 1 {
        let _ = write!(line, " --memory {memory}");
    }
    if *key != KeyMaterial::default() {
        line += " --key-file KEY";
    }
    line += rest;
    if is_long {
        // No mark begins so.
        let _ = write!(line, " <<'END'\n{drawing}\nEND");
    }
    line
}

/// A source as an argument, which is not taken for an option.
fn source(source: &Source) -> String {
    let name = source.to_string();
    quoted(&if name.starts_with('-') { format!("./{name}") } else { name })
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: Source) -> String {
        let scene = Scene { panels: vec![Panel::Plain], ..Scene::of(source) };
        line("figure", &scene, &scene.panels, " --frame 3", " -o FIGURE.png")
    }

    #[test]
    fn names_are_quoted_and_taken_for_no_options() {
        assert_eq!(
            told(Source::File("it's a film.mp4".into())),
            r"afterimage figure 'it'\''s a film.mp4' plain --frame 3 --layout rgba32 -o FIGURE.png"
        );
        assert!(told(Source::File("-q.mp4".into())).starts_with("afterimage figure ./-q.mp4 "));
    }

    #[test]
    fn a_drawing_stands_in_the_line_or_below_it() {
        let mark = "rectangle #0072b2 0,0 9,9\n";
        let canvas = |text: &str| {
            Source::Canvas(text.parse::<crate::picture::drawing::Drawing>().expect("marks").into())
        };
        assert!(!told(canvas("")).contains("--drawing"));
        assert!(told(canvas(mark)).contains(" canvas --drawing 'rectangle #0072b2 0,0 9,9' plain "));
        let long = mark.repeat(1000);
        let told = told(canvas(&long));
        assert!(told.contains(" --drawing - plain "));
        assert!(told.ends_with(&format!(" -o FIGURE.png <<'END'\n{long}END")), "{told}");
    }
}
