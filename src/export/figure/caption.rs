//! The title above a figure and the captions below its panels.

use super::grid::Enlarged;
use crate::export::words;
use crate::leak::Finding;
use crate::media::{Kind, Source, SourceInfo};
use crate::payload::Target;
use crate::picture::Frame;
use crate::render::RenderedPanel;
use crate::scene::{Panel, Scene};

/// A title and the line below it.
#[derive(Clone, Debug)]
pub struct Title {
    /// Source, frame and time.
    pub title: String,
    /// Size and layout.
    pub details: String,
}

impl Title {
    /// The title for a frame of a scene.
    pub fn of(scene: &Scene, frame: &Frame, info: &SourceInfo) -> Self {
        let name = name(&scene.source);
        let (width, height) = (frame.shape.width, frame.shape.height);
        let aspect = match info.sample_aspect_ratio {
            (wide, high) if wide == high || wide == 0 || high == 0 => String::new(),
            (wide, high) => format!(", each {wide}:{high}"),
        };
        Self {
            title: match info.kind {
                Kind::Still => name,
                Kind::Video | Kind::Generated | Kind::Sound => {
                    format!("{name} · frame {} at {}", frame.index, words::frame_time(frame))
                }
            },
            details: match scene.target {
                target if !scene.encoded_anew().is_empty() => {
                    format!("{width} × {height} pixels{aspect} · target {target}{}", scene.encoded_anew())
                }
                Target::Pixels => format!(
                    "{width} × {height} pixels{aspect} · layout {}: {}",
                    scene.layout,
                    scene.layout.about()
                ),
                target if info.kind == Kind::Sound => format!("target {target}: {}", target.about()),
                Target::Packets if scene.source.is_of_packets() => {
                    format!("{width} × {height} pixels{aspect} · packets as they were transmitted")
                }
                target => format!("{width} × {height} pixels{aspect} · target {target}: {}", target.about()),
            },
        }
    }
}

/// The name of a source in a title.
pub fn name(source: &Source) -> String {
    match source.path() {
        // Without the folders, which describe the machine and not the picture.
        Some(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        None => source.to_string(),
    }
}

/// The caption of a panel.
#[derive(Clone, Debug)]
pub struct Caption {
    /// The name of the panel.
    pub name: String,
    /// What it shows, in words.
    pub shows: &'static str,
    /// What an eavesdropper gets, in a word or two.
    pub word: Option<Finding>,
    /// The number behind the word, as a sentence, in wordings from the longest to the shortest.
    pub numbers: Vec<String>,
}

impl Caption {
    /// The caption of a panel whose pixels are `enlarged`.
    pub fn of(panel: &RenderedPanel, enlarged: Enlarged) -> Self {
        let is_seen = panel.leakage.word == Some(Finding::Picture);
        let shows = match panel.panel {
            _ if is_seen => "what comes out of packets and keys",
            Panel::Plain => "before encryption",
            Panel::Cipher { lens, .. } => lens.shows(),
        };
        let number = match (&panel.refusal, panel.attack, &panel.note) {
            (Some(_), ..) => "the scheme does not support this frame".into(),
            (None, Some(attack), _) => words::attack(attack, &panel.leakage),
            (None, None, Some(note)) => note.to_string(),
            (None, None, None) => {
                words::tones(&panel.leakage).unwrap_or_else(|| words::finding_through(panel))
            }
        };
        let numbers = words::wordings(&(number + &enlarged.caption_suffix()));
        // An empty picture shows nothing of what the word says.
        let word =
            panel.leakage.word.filter(|word| panel.why_empty().is_none() || word.suits_empty_picture());
        let name = if is_seen { panel.panel.title() } else { panel.panel.full_title() };
        Self { name, shows, word, numbers }
    }
}
