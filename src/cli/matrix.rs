//! `afterimage matrix`: the poster, with schemes as rows and lenses as columns.

use std::ffi::OsString;

use anyhow::Context;
use clap::Args;

use super::args::arg_types::{self, Target};
use super::args::files::{Files, WriteArgs};
use super::args::{FrameArgs, SaveArgs, SceneArgs};
use super::figure::{ThemeArg, check_format};
use super::output::Output;
use super::terminal::progress::{self, VerbosityArgs};
use super::terminal::stop;
use crate::crypto::Scheme;
use crate::export::poster::{Cell, Poster, Row};
use crate::lens::Lens;
use crate::media::Source;
use crate::payload::Target as Encrypted;
use crate::picture::Shape;
use crate::render::{Job, Parts, SceneRenderer};
use crate::scene::{Panel, Scene, check_target, lens_suits};

/// The rows of a poster: modes of operation, used well and badly; the largest differences come first.
const SCHEMES: [&str; 13] = [
    "aes-128-ecb",
    "aes-128-ecb+key-per-frame",
    "aes-128-cbc",
    "aes-128-cbc+fixed-iv",
    "aes-128-cfb+fixed-iv",
    "aes-128-ofb+fixed-iv",
    "aes-128-ctr",
    "aes-128-ctr+reused-nonce",
    "aes-128-gcm",
    "aes-128-gcm+reused-nonce",
    "aes-128-gcm-siv+reused-nonce",
    "aes-128-xts",
    "aes-128-xts+fixed-tweak",
];

/// The columns: the lenses that need no options.
const LENSES: [&str; 8] =
    ["ciphertext", "repeats", "outline", "colours", "tone", "motion", "difference", "sizes"];

/// Upper bound of the bytes of pictures that are rendered at once.
const PICTURES_BYTES: usize = 128 << 20;

/// Arguments of `matrix`.
#[derive(Args, Debug)]
pub struct MatrixArgs {
    /// A video or picture, demo, demo:still, pattern:NAME, canvas, or a scene in a .toml file
    #[arg(value_name = "SOURCE", value_parser = arg_types::source_parser())]
    source: Source,
    /// The schemes of the rows [default: those of a scene, else modes used well and badly]
    #[arg(long, value_name = "SCHEME", num_args = 1..)]
    schemes: Vec<Scheme>,
    /// The lenses of the columns, each LENS[,option=value]… [default: those of a scene, else all that need no options]
    #[arg(long, value_name = "LENS", num_args = 1..)]
    lenses: Vec<Lens>,
    #[command(flatten)]
    frame: FrameArgs,
    #[command(flatten)]
    scene: SceneArgs,
    /// The colours of the page
    #[arg(long, alias = "ground", value_name = "THEME", value_enum, default_value_t)]
    theme: ThemeArg,
    /// The poster to write: FILE.png; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: OsString,
    #[command(flatten)]
    write: WriteArgs,
    #[command(flatten)]
    save: SaveArgs,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

/// Renders one frame for every scheme and lens, and writes the poster.
///
/// # Errors
/// If the source cannot be read, or the output cannot be written.
pub fn run(args: MatrixArgs) -> anyhow::Result<()> {
    stop::listen()?;
    let target = Target::from(args.output);
    check_format(&target)?;
    let (asked_schemes, asked_lenses) = (args.schemes, args.lenses);
    let files = Files::new(args.write)
        .writing("--output", Some(&target))?
        .writing("--save-scene", args.save.target()?.as_ref())?;
    let mut file = args.scene.scene(args.source, &files, |kept, target| {
        let (schemes, lenses) = axes(kept.as_deref(), target);
        let schemes = if asked_schemes.is_empty() { schemes } else { asked_schemes.clone() };
        let lenses = if asked_lenses.is_empty() { lenses } else { asked_lenses.clone() };
        edges(&schemes, &lenses)
    })?;
    args.save.check(&file)?;
    let (schemes, lenses) = axes(Some(&file.scene.panels), file.scene.target);

    let plain = Scene { panels: vec![Panel::Plain], ..file.scene.clone() };
    let range = args.frame.or(file.frame);
    let job = Job { keep_going: stop::keep_going, ..Job::new(&plain, range) };
    let _encoded = progress::encode_all(&file.scene, args.verbosity)?;
    let (mut renderer, shown) = SceneRenderer::open(job)?;
    progress::opened(renderer.info());
    let cell = Panel::through;
    let all: Vec<Panel> =
        schemes.iter().flat_map(|&scheme| lenses.iter().map(move |&lens| cell(scheme, lens))).collect();
    let sheet = renderer.render_at(shown, Parts::PICTURES)?;
    args.verbosity.warn(&renderer.take_problems());
    let info = renderer.info().clone();
    let aspect = info.sample_aspect_ratio;
    // The bytes of the frame are dropped: the title needs its properties only.
    let frame = sheet.frame.without_bytes();
    let original = Cell::of(sheet.panels.first().context("there is a panel")?, aspect)?;
    drop(sheet);

    let bar = args.verbosity.bar_of(all.len(), "cell");
    renderer.prepare(&all, shown)?;
    let mut rows = Vec::with_capacity(schemes.len());
    for scheme in schemes {
        let mut cells = Vec::with_capacity(lenses.len());
        for lenses in lenses.chunks(at_a_time(frame.shape)) {
            renderer.set_panels(lenses.iter().map(|&lens| cell(scheme, lens)).collect());
            let sheet = renderer.render_at(shown, Parts::POSTER)?;
            for panel in &sheet.panels {
                cells.push(Cell::of(panel, aspect)?);
                bar.inc(1);
            }
        }
        rows.push(Row { scheme, cells });
    }
    bar.finish_and_clear();

    let (scene, info, frame) = (&file.scene, &info, &frame);
    let poster = Poster { scene, frame, info, lenses: &lenses, original, rows, theme: args.theme.into() };
    let out = Output::create(&target, args.write.options())?
        .fill(|out| poster.write_png(out).with_context(|| format!("cannot make the poster {target}")))?;
    file.frame = Some(frame.index);
    args.save.write(&file, args.write, args.verbosity)?.into_iter().chain([out]).try_for_each(Output::finish)
}

/// The first row and the first column of a poster, which state its schemes and lenses in a scene. All cells would be
/// more panels than a scene may have.
fn edges(schemes: &[Scheme], lenses: &[Lens]) -> Vec<Panel> {
    let (Some(&scheme), Some(&lens)) = (schemes.first(), lenses.first()) else { return Vec::new() };
    let row = lenses.iter().map(|&lens| Panel::through(scheme, lens));
    row.chain(schemes.iter().skip(1).map(|&scheme| Panel::through(scheme, lens))).collect()
}

/// The schemes and the lenses of panels, each once, in order. Without panels, the defaults that suit the target.
fn axes(panels: Option<&[Panel]>, target: Encrypted) -> (Vec<Scheme>, Vec<Lens>) {
    let (mut schemes, mut lenses) = (Vec::new(), Vec::new());
    for panel in panels.unwrap_or_default() {
        if let Panel::Cipher { scheme, lens, .. } = *panel {
            if !schemes.contains(&scheme) {
                schemes.push(scheme);
            }
            if !lenses.contains(&lens) {
                lenses.push(lens);
            }
        }
    }
    if schemes.is_empty() {
        schemes = SCHEMES.iter().filter_map(|name| name.parse().ok()).collect();
        schemes.retain(|&scheme| check_target(target, scheme).is_ok());
    }
    if lenses.is_empty() {
        lenses = LENSES.iter().filter_map(|name| name.parse().ok()).collect();
        lenses.retain(|&lens| lens_suits(target, lens));
    }
    (schemes, lenses)
}

/// How many pictures of this shape are rendered at once.
fn at_a_time(shape: Shape) -> usize {
    (PICTURES_BYTES / (shape.pixels() * 4).max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_column_of_the_poster_exists() {
        let (schemes, lenses) = axes(None, Encrypted::Pixels);
        assert_eq!((schemes.len(), lenses.len()), (SCHEMES.len(), LENSES.len() - 1), "all but sizes");
        for target in Encrypted::ALL {
            let (schemes, lenses) = axes(None, target);
            assert!(!schemes.is_empty() && !lenses.is_empty(), "{target}");
            assert!(schemes.iter().all(|&scheme| check_target(target, scheme).is_ok()), "{target}");
        }
    }

    #[test]
    fn the_first_row_and_column_state_the_axes_of_a_poster() {
        let (schemes, lenses) = axes(None, Encrypted::Pixels);
        let panels = edges(&schemes, &lenses);
        assert_eq!(axes(Some(&panels), Encrypted::Pixels), (schemes, lenses));
        assert_eq!(panels.len(), SCHEMES.len() + LENSES.len() - 2);
    }

    #[test]
    fn a_large_frame_is_rendered_panel_by_panel() {
        assert_eq!(at_a_time(Shape::new(16_384, 3_900)), 1);
        assert!(at_a_time(Shape::new(1920, 1080)) > LENSES.len());
    }
}
