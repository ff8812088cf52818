//! What a poster says below its cells: how to read it, and how to make it again.

use super::Matrix;
use crate::crypto::KeyMaterial;
use crate::scene::{CommandLine, Scene};

/// What a poster must not be taken for.
pub const CAUTION: &str = "Words follow from the numbers of the frame and from what lenses draw, not from the name of the scheme. An empty cell \
                       is one whose lens shows nothing here, which proves nothing.";

/// The command that makes the poster again. A key stays out, unless everybody knows it.
pub fn command_line(matrix: &Matrix<'_>) -> String {
    let Matrix { scene, frame, lenses, rows, theme, .. } = matrix;
    CommandLine::new("matrix", scene)
        .without_panels()
        .option("--frame", [frame.index])
        .option("--schemes", rows.iter().map(|row| row.scheme))
        .option("--lenses", *lenses)
        .option("--theme", [theme.name()])
        .option("-o", ["POSTER.png"])
        .to_string()
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
