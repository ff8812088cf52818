//! From decoded sound to samples of 16 bits, as the `ffmpeg` program makes them.
//!
//! The program puts the filter `aformat` between decoder and output, before which libavfilter sets a resampler where one is
//! needed. Where the stream changes its rate or its channels, the program makes the filters anew and keeps the rate and the
//! channels of the first sound.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Error, frame};

use super::SoundFormat;
use crate::media::ffi::{self, SampleFormat};

/// Turns decoded sound into `s16le` of one rate and one number of channels: those of the first sound.
#[derive(Default)]
pub(super) struct SampleConverter {
    /// The filters, and the samples that they take.
    chain: Option<(SampleFormat, Graph)>,
    /// Rate and channels of the output.
    output: Option<SampleFormat>,
}

impl SampleConverter {
    /// Rate and channels of the output; `None` before the first sound.
    pub(super) fn format(&self) -> Option<SoundFormat> {
        self.output.as_ref().map(|it| SoundFormat { rate: it.rate, channels: it.channels })
    }

    /// Adds the samples that are ready after `sound` to `bytes`, channels interleaved.
    pub(super) fn convert(&mut self, mut sound: frame::Audio, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let format = ffi::sample_format(&mut sound).ok_or(Error::InvalidData)?;
        if self.chain.as_ref().is_none_or(|(of, _)| *of != format) {
            self.chain = Some((format.clone(), graph(&format, self.output.as_ref())?));
            self.output.get_or_insert(format);
        }
        let Some((_, graph)) = &mut self.chain else { return Ok(()) };
        // Time plays no part between decoder and output.
        sound.set_pts(None);
        graph.get("in").ok_or(Error::FilterNotFound)?.source().add(&sound)?;
        take_ready(graph, bytes)
    }

    /// Adds the samples that the filters still hold after the last sound to `bytes`.
    pub(super) fn finish(&mut self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let Some((_, mut graph)) = self.chain.take() else { return Ok(()) };
        graph.get("in").ok_or(Error::FilterNotFound)?.source().close(0)?;
        take_ready(&mut graph, bytes)
    }
}

/// Adds all samples that the filters have ready to `bytes`.
fn take_ready(graph: &mut Graph, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let mut sink = graph.get("out").ok_or(Error::FilterNotFound)?;
    loop {
        let mut sound = frame::Audio::empty();
        match sink.sink().frame(&mut sound) {
            Ok(()) => bytes.extend_from_slice(ffi::s16_bytes(&sound)?),
            Err(Error::Other { errno: EAGAIN } | Error::Eof) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// The program's filters from `input` to 16 bits; the rate and the channels are those of `output`, if it is set.
fn graph(input: &SampleFormat, output: Option<&SampleFormat>) -> Result<Graph, Error> {
    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    let SampleFormat { name, rate, layout, .. } = input;
    let arguments =
        format!("time_base=1/{rate}:sample_rate={rate}:sample_fmt={name}:channel_layout={layout}");
    graph.add(&find("abuffer")?, "in", &arguments)?;
    // Without this option, versions that know it take no channels without standard places.
    let sink = find("abuffersink")?;
    if graph.add(&sink, "out", "all_channel_counts=1").is_err() {
        graph.add(&sink, "out", "")?;
    }
    let kept = output.map(|it| format!(":sample_rates={}:channel_layouts={}", it.rate, it.layout));
    let filters = format!("aformat=sample_fmts=s16{}", kept.unwrap_or_default());
    graph.output("in", 0)?.input("out", 0)?.parse(&filters)?;
    graph.validate()?;
    Ok(graph)
}
