//! Runs a batch with a progress bar, stops it at Ctrl+C, and prints what could not be decoded.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use indicatif::ProgressBar;

pub use super::verbosity::VerbosityArgs;

use super::verbosity::style;
use super::{encoding, stop};
use crate::batch::{self, Done, Event};
use crate::export::words;
use crate::media::{self, Index, Limits, MediaError, Source, SourceInfo};
use crate::render::{Attack, Job, Note, RenderedPanel, Sheet};
use crate::scene::Scene;

/// Renders every frame of a job, and calls `each` with the frame and the properties of the source. The first error of
/// `each` ends the job.
///
/// # Errors
/// Those of the batch and of `each`.
pub fn each_frame(
    job: Job<'_>,
    verbosity: VerbosityArgs,
    mut each: impl FnMut(Sheet, &SourceInfo) -> anyhow::Result<()>,
) -> anyhow::Result<SourceInfo> {
    // Held until the job ends, so that all its readers find them.
    let encoded = encode_all(job.scene, verbosity)?;
    let bar = verbosity.bar();
    let (started, mut count) = (Instant::now(), 0u64);
    let mut failed = None;
    let mut refusals = Vec::new();
    let mut known = None;
    let job = Job { keep_going: stop::keep_going, ..job };
    let rendered = batch::render_with(job, |event| {
        let (sheet, done) = match event {
            Event::Opened(info) => {
                opened(&info);
                known = Some(info);
                return ControlFlow::Continue(());
            }
            Event::Preparing(request, share) => {
                bar.set_message(format!("preparing {} {:.0} % · ", request.name(), share * 100.0));
                bar.tick();
                return ControlFlow::Continue(());
            }
            Event::Rendered(sheet, done) => (sheet, done),
        };
        bar.set_message("");
        show(&bar, done);
        count = done.frames;
        if refusals.is_empty() {
            refusals = refused(&sheet);
        }
        match known.as_ref().map(|info| each(sheet, info)) {
            Some(Ok(())) => ControlFlow::Continue(()),
            Some(Err(error)) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
            // Nothing is rendered before the source is open.
            None => ControlFlow::Break(()),
        }
    });
    bar.finish_and_clear();
    drop(encoded);
    let rendered = rendered?;
    let frames = if count == 1 { "frame" } else { "frames" };
    tracing::info!("rendered {count} {frames} in {:.3} s", started.elapsed().as_secs_f64());
    verbosity.warn(&[refusals, rendered.problems].concat());
    match failed {
        Some(error) => Err(error),
        None => Ok(rendered.info),
    }
}

/// Encodes the source of a scene anew for each of its encodings.
///
/// # Errors
/// Those of [`encoding::encode_anew`].
pub fn encode_all(scene: &Scene, verbosity: VerbosityArgs) -> Result<Vec<Source>, MediaError> {
    let encode = |encoding| encoding::encode_anew(&scene.source, encoding, verbosity);
    scene.encodings().into_iter().map(encode).collect()
}

/// The index of a source.
///
/// # Errors
/// If the source cannot be read, or the user stopped the program.
pub fn index(source: &Source) -> Result<Arc<Index>, MediaError> {
    media::scan(source, Limits::default(), &mut |_| {
        if stop::keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
}

/// Renders the single frame of a job.
///
/// # Errors
/// Those of the batch.
pub fn one_frame(job: Job<'_>, verbosity: VerbosityArgs) -> anyhow::Result<(Sheet, SourceInfo)> {
    let mut last = None;
    let info = each_frame(job, verbosity, |sheet, _| {
        last = Some(sheet);
        Ok(())
    })?;
    let sheet = last.context("the source has no frames; choose another")?;
    Ok((sheet, info))
}

/// Logs that a source is open, and makes the memory of large frames return to the system.
pub fn opened(info: &SourceInfo) {
    let SourceInfo { source, container, codec, pixel_format, width, height, .. } = info;
    tracing::info!("opened {source}: {container}, {codec}, {pixel_format}, {width} × {height}");
    if info.shape().is_large() {
        media::give_back_large_blocks();
    }
}

/// The panels that could not be rendered, and the reasons.
fn refused(sheet: &Sheet) -> Vec<String> {
    let reason = |panel: &RenderedPanel| {
        let why = match (panel.refusal, &panel.note, panel.attack) {
            (Some(refusal), ..) => refusal.to_string(),
            (None, Some(note @ Note::CannotTamper(_)), _) => note.to_string(),
            (None, _, Some(attack @ Attack::Recovered { is_full: true, .. })) => {
                words::attack(attack, &panel.leakage)
            }
            _ => return None,
        };
        Some(format!("{}: {why}", panel.panel))
    };
    sheet.panels.iter().filter_map(reason).collect()
}

fn show(bar: &ProgressBar, done: Done) {
    if bar.length().is_none()
        && let Some(of) = done.of.filter(|&of| of > 1)
    {
        bar.set_length(of);
        bar.set_style(style("{wide_bar} {msg}frame {human_pos} of {human_len} · {per_sec} · {eta} left"));
    }
    bar.set_position(done.frames);
}
