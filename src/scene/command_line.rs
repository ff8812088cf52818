//! The one builder of command lines that make a figure, a poster or a clip again, for files and for the window.
//!
//! A line leaves out only defaults that never change.

use std::fmt::{self, Display};

use super::{Panel, Scene};
use crate::crypto::KeyMaterial;
use crate::media::Source;
use crate::media::capture::CapturedStream;

/// The most bytes of a drawing in an argument. Systems allow 128 KiB an argument or more, and Windows 32 KiB for a
/// whole line.
const MOST_ARGUMENT_BYTES: usize = 16 << 10;

/// A command line for a POSIX shell, as [`Display`] writes it.
///
/// A key other than the demonstration key is replaced by `--key-file KEY`, and the key of the source by `KEY`, unless
/// [`with_key`](Self::with_key) is called. A long drawing is written below the line, as a here document.
#[derive(Clone, Debug)]
pub struct CommandLine<'a> {
    command: &'static str,
    scene: &'a Scene,
    panels: &'a [Panel],
    holds_key: bool,
    /// Options after those of the scene, with their values quoted.
    options: String,
}

impl<'a> CommandLine<'a> {
    /// The line of a subcommand for all panels of a scene.
    #[must_use]
    pub fn new(command: &'static str, scene: &'a Scene) -> Self {
        Self { command, scene, panels: &scene.panels, holds_key: false, options: String::new() }
    }

    /// Leaves the panels out.
    #[must_use]
    pub fn without_panels(mut self) -> Self {
        self.panels = &[];
        self
    }

    /// States the key in hex: think before you write it down.
    #[must_use]
    pub fn with_key(mut self) -> Self {
        self.holds_key = true;
        self
    }

    /// Adds an option with its values.
    #[must_use]
    pub fn option<T: Display>(mut self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.options += " ";
        self.options += name;
        for value in values {
            self.options += " ";
            self.options += &quoted(&value.to_string());
        }
        self
    }
}

impl CommandLine<'_> {
    /// The options of a stream of a capture.
    fn write_capture(&self, captured: &CapturedStream, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = [("--sdp", captured.sdp.as_deref()), ("--keys", captured.keys_file())];
        for (option, path) in files {
            if let Some(path) = path {
                write!(f, " {option} {}", quoted(&path.display().to_string()))?;
            }
        }
        let Some(secret) = captured.secret() else { return Ok(()) };
        write!(f, " --protection {}", secret.method)?;
        if self.holds_key {
            write!(f, " --content-key {}", hex::encode(secret.key.bytes()))?;
        } else {
            write!(f, " --content-key KEY")?;
        }
        if secret.first_roc > 0 { write!(f, " --roc {}", secret.first_roc) } else { Ok(()) }
    }
}

impl Display for CommandLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scene { source, layout, target, stream, encode, key, memory, .. } = self.scene;
        write!(f, "afterimage {} {}", self.command, source_argument(source))?;
        let drawing = match source {
            Source::Canvas(drawing) => drawing.to_string(),
            _ => String::new(),
        };
        let drawing = drawing.trim_end();
        let is_long = drawing.len() > MOST_ARGUMENT_BYTES;
        if is_long {
            write!(f, " --drawing -")?;
        } else if !drawing.is_empty() {
            write!(f, " --drawing {}", quoted(drawing))?;
        }
        for panel in self.panels {
            write!(f, " {}", quoted(&panel.to_string()))?;
        }
        let default = Scene::of(Source::Demo);
        if layout.samples() != default.layout.samples() {
            write!(f, " --layout {}", layout.name())?;
        }
        if !layout.posterize().is_off() {
            write!(f, " --posterize {}", layout.posterize().bits())?;
        }
        if layout.is_tiled() {
            write!(f, " --tiles")?;
        }
        if *target != default.target {
            write!(f, " --target {target}")?;
        }
        if let Some(stream) = stream {
            write!(f, " --stream {stream}")?;
        }
        if let Some(encoding) = encode {
            write!(f, " --encode {}", quoted(&encoding.to_string()))?;
        }
        if *memory != default.memory {
            write!(f, " --memory {memory}")?;
        }
        if *key != KeyMaterial::default() && self.holds_key {
            write!(f, " --key {}", key.to_hex())?;
        } else if *key != KeyMaterial::default() {
            write!(f, " --key-file KEY")?;
        }
        match source.content_key() {
            Some(key) if self.holds_key => write!(f, " --content-key {}", *key.to_hex())?,
            Some(_) => write!(f, " --content-key KEY")?,
            None => {}
        }
        if let Source::Capture(captured) = source {
            self.write_capture(captured, f)?;
        }
        f.write_str(&self.options)?;
        // No line of a drawing is END.
        if is_long { write!(f, " <<'END'\n{drawing}\nEND") } else { Ok(()) }
    }
}

/// A source as an argument that no parser takes for an option.
fn source_argument(source: &Source) -> String {
    let name = source.to_string();
    quoted(&if name.starts_with('-') { format!("./{name}") } else { name })
}

/// A word as a POSIX shell reads it back. A word without characters that have a meaning in a shell, such as a panel with
/// its options, stays unquoted. Words never hold a zero byte: neither names of files nor text can.
#[must_use]
pub fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,+=@".contains(&byte);
    if !word.is_empty() && !word.starts_with('=') && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::drawing::Drawing;
    use crate::picture::layout::{Layout, Posterize};

    fn figure(source: Source) -> String {
        let scene = Scene { panels: vec![Panel::Plain], ..Scene::of(source) };
        CommandLine::new("figure", &scene).option("--frame", [3]).option("-o", ["FIGURE.png"]).to_string()
    }

    #[test]
    fn names_of_files_are_quoted_and_never_read_as_options() {
        for name in ["it's a film.mp4", "$(reboot).mp4", "a\"b`c\\d.mp4", "two  blanks.mp4", "é!.mp4"] {
            let line = figure(Source::File(name.into()));
            let words = shlex::split(&line).expect("a shell reads it");
            let expected = ["afterimage", "figure", name, "plain", "--frame", "3", "-o", "FIGURE.png"];
            assert_eq!(words, expected, "{line}");
        }
        assert!(figure(Source::File("-q.mp4".into())).starts_with("afterimage figure ./-q.mp4 "));
    }

    #[test]
    fn defaults_are_left_out_and_everything_else_is_stated() {
        let panels = ["plain", "aes-128-ecb"].map(|panel| panel.parse().expect("a panel")).into();
        let mut scene = Scene { panels, ..Scene::of(Source::Demo) };
        let line = |scene: &Scene| {
            CommandLine::new("figure", scene)
                .with_key()
                .option("--frame", [12])
                .option("-o", ["figure.png"])
                .to_string()
        };
        assert_eq!(line(&scene), "afterimage figure demo plain aes-128-ecb --frame 12 -o figure.png");
        let four = Posterize::to_bits(2).expect("2 bits");
        scene.layout = Layout::GRAY8.posterized(four).in_tiles().expect("there are tiles of gray8");
        scene.memory = 5.try_into().expect("not 0");
        scene.key = "00112233445566778899aabbccddeeff".parse().expect("a key");
        scene.encode = "mpeg4,g=5".parse().ok();
        assert!(line(&scene).contains(" --encode mpeg4,g=5 "), "{}", line(&scene));
        scene.encode = None;
        scene.panels = vec!["aes-128-ecb:colours,palette=viridis".parse().expect("a panel")];
        assert_eq!(
            line(&scene),
            "afterimage figure demo aes-128-ecb:colours,palette=viridis --layout gray8 --posterize 2 --tiles --memory 5 \
             --key 00112233445566778899aabbccddeeff --frame 12 -o figure.png"
        );
        let public = CommandLine::new("figure", &scene).to_string();
        assert!(public.contains(" --key-file KEY") && !public.contains("0011"), "{public}");
        let content_key = "ffeeddccbbaa99887766554433221100";
        scene.source = Source::File("a.mp4".into()).with_key(content_key.parse().ok());
        assert!(line(&scene).contains(&format!(" --content-key {content_key} ")), "{}", line(&scene));
        let public = CommandLine::new("figure", &scene).to_string();
        assert!(public.contains(" --content-key KEY") && !public.contains("ffee"), "{public}");
    }

    #[test]
    fn a_short_drawing_stands_in_the_line_and_a_long_one_below_it() {
        let mark = "rectangle #0072b2 0,0 9,9\n";
        let canvas = |text: &str| Source::Canvas(text.parse::<Drawing>().expect("marks").into());
        assert!(!figure(canvas("")).contains("--drawing"));
        let words = shlex::split(&figure(canvas(mark))).expect("a shell reads it");
        assert_eq!(words[2..6], ["canvas", "--drawing", mark.trim_end(), "plain"]);
        let long = mark.repeat(1000);
        let line = figure(canvas(&long));
        assert!(line.contains(" --drawing - plain "));
        assert!(line.ends_with(&format!(" -o FIGURE.png <<'END'\n{long}END")), "{line}");
    }
}
