//! `afterimage matrix`: the poster, with schemes as rows and lenses as columns, or with a frame raw and encoded anew as rows.

mod schemes;
mod targets;

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
use crate::export::poster::{Axes, Cell, Column, Poster, Row};
use crate::lens::Lens;
use crate::media::Source;
use crate::picture::Shape;
use crate::render::{Job, Parts, SceneRenderer};
use crate::scene::{Panel, Scene};

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
    /// The lenses of the columns, each LENS[,option=value]… [default: those of a scene, else all that need no options; after frame 0 also tint, with frame 0 known]
    #[arg(long, value_name = "LENS", num_args = 1..)]
    lenses: Vec<Lens>,
    /// Encrypt the frame raw and as several encoders write it, a row each, instead of schemes and lenses
    #[arg(long, conflicts_with_all = ["schemes", "lenses", "target", "stream", "encode"])]
    targets: bool,
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

/// The rows and columns of a poster, before it is rendered.
struct Plan {
    rows: Vec<RowPlan>,
    columns: Vec<Column>,
    axes: Axes,
}

/// A row: its head, and a panel for each column.
struct RowPlan {
    title: String,
    about: String,
    /// It belongs to the same group as the row above.
    continues: bool,
    panels: Vec<Panel>,
}

/// Renders one frame in every panel of the poster, and writes it.
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
        if args.targets {
            return targets::plan().rows.into_iter().flat_map(|row| row.panels).collect();
        }
        let (schemes, lenses) = schemes::axes(kept.as_deref(), target, args.frame.is_after_first());
        let schemes = if asked_schemes.is_empty() { schemes } else { asked_schemes.clone() };
        let lenses = if asked_lenses.is_empty() { lenses } else { asked_lenses.clone() };
        schemes::edges(&schemes, &lenses)
    })?;
    args.save.check(&file)?;
    if args.targets {
        // Each panel states its own.
        (file.scene.target, file.scene.stream, file.scene.encode) = Default::default();
    }
    let Plan { rows, columns, axes } = if args.targets {
        targets::plan()
    } else {
        schemes::plan(schemes::axes(Some(&file.scene.panels), file.scene.target, false))
    };

    let plain = Scene { panels: vec![Panel::Plain], ..file.scene.clone() };
    let range = args.frame.or(file.frame);
    let job = Job { keep_going: stop::keep_going, ..Job::new(&plain, range) };
    let all: Vec<Panel> = rows.iter().flat_map(|row| &row.panels).copied().collect();
    let whole = Scene { panels: all.clone(), ..file.scene.clone() };
    let _encoded = progress::encode_all(&whole, args.verbosity)?;
    let (mut renderer, shown) = SceneRenderer::open(job)?;
    progress::opened(renderer.info());
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
    let render = |RowPlan { title, about, continues, panels }: RowPlan| {
        let mut cells = Vec::with_capacity(panels.len());
        for panels in panels.chunks(at_a_time(frame.shape)) {
            renderer.set_panels(panels.to_vec());
            let sheet = renderer.render_at(shown, Parts::POSTER)?;
            for panel in &sheet.panels {
                cells.push(Cell::of(panel, aspect)?);
                bar.inc(1);
            }
        }
        anyhow::Ok(Row { title, about, continues, panels, cells })
    };
    let rows = rows.into_iter().map(render).collect::<anyhow::Result<Vec<_>>>()?;
    bar.finish_and_clear();

    let (scene, info, frame) = (&file.scene, &info, &frame);
    let poster = Poster { scene, frame, info, axes, columns, original, rows, theme: args.theme.into() };
    let out = Output::create(&target, args.write.options())?
        .fill(|out| poster.write_png(out).with_context(|| format!("cannot make the poster {target}")))?;
    file.frame = Some(frame.index);
    args.save.write(&file, args.write, args.verbosity)?.into_iter().chain([out]).try_for_each(Output::finish)
}

/// How many pictures of this shape are rendered at once.
fn at_a_time(shape: Shape) -> usize {
    (PICTURES_BYTES / (shape.pixels() * 4).max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_frame_is_rendered_panel_by_panel() {
        assert_eq!(at_a_time(Shape::new(16_384, 3_900)), 1);
        assert!(at_a_time(Shape::new(1920, 1080)) > 8);
    }
}
