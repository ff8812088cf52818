//! The footer of a poster: how to read it, and how to make it again.

use super::{Axes, Poster};
use crate::crypto::KeyMaterial;
use crate::scene::{CommandLine, Scene};

/// What a poster does not prove.
pub const CAUTION: &str = "Words follow from the numbers of the frame and from what lenses draw, not from the name of the scheme. An empty cell \
                       is one whose lens shows nothing here, which proves nothing.";

/// The command that makes the poster again, without a key.
pub fn command_line(poster: &Poster<'_>) -> String {
    let Poster { scene, frame, axes, theme, .. } = poster;
    let command = CommandLine::new("matrix", scene).without_panels().option("--frame", [frame.index]);
    let command = match axes {
        Axes::SchemesAndLenses(schemes, lenses) => {
            command.option("--schemes", schemes).option("--lenses", lenses)
        }
        Axes::Targets => command.option::<&str>("--targets", []),
    };
    command.option("--theme", [theme.name()]).option("-o", ["POSTER.png"]).to_string()
}

/// Memory and key, in words.
pub fn circumstances(scene: &Scene) -> String {
    let key =
        if scene.key == KeyMaterial::default() { "the demonstration key" } else { "a key of one's own" };
    match scene.memory.get() {
        1 => key.into(),
        frames => format!("{key} · a memory of {frames} frames"),
    }
}
