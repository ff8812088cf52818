//! Converts decoded sound to samples of 16 bits, with the same result as the `ffmpeg` program.
//!
//! Between decoder and output, the program has the filter `aformat`, before which libavfilter inserts a resampler if
//! one is needed. If the stream changes its rate or its channels, the program builds the filters anew, and keeps the
//! rate and the channels of the first sound for the output.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Error, frame};

use super::SoundFormat;
use crate::media::ffi::{self, SampleFormat};

/// Converts decoded sound to `s16le` with the rate and the channels of the first sound.
#[derive(Default)]
pub(super) struct SampleConverter {
    /// The filters, and the format of their input.
    chain: Option<(SampleFormat, Graph)>,
    /// Rate and channels of the output.
    output: Option<SampleFormat>,
}

impl SampleConverter {
    /// A converter to this rate, and to one channel or two.
    pub(super) fn to(rate: u32, channels: u32) -> Self {
        let layout = if channels == 1 { "mono" } else { "stereo" }.to_owned();
        Self { chain: None, output: Some(SampleFormat { name: "s16", rate, channels, layout }) }
    }

    /// Rate and channels of the output; `None` before the first sound.
    pub(super) fn format(&self) -> Option<SoundFormat> {
        self.output.as_ref().map(|it| SoundFormat { rate: it.rate, channels: it.channels })
    }

    /// Appends the samples that are ready after `sound` to `bytes`, channels interleaved.
    pub(super) fn convert(&mut self, mut sound: frame::Audio, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let format = ffi::sample_format(&mut sound).ok_or(Error::InvalidData)?;
        if self.chain.as_ref().is_none_or(|(of, _)| *of != format) {
            self.chain = Some((format.clone(), graph(&format, self.output.as_ref())?));
            self.output.get_or_insert(format);
        }
        let Some((_, graph)) = &mut self.chain else { return Ok(()) };
        // No timestamp: the filters do not depend on time.
        sound.set_pts(None);
        graph.get("in").ok_or(Error::FilterNotFound)?.source().add(&sound)?;
        take_ready(graph, bytes)
    }

    /// Appends the samples that the filters still hold after the last sound to `bytes`.
    pub(super) fn finish(&mut self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let Some((_, mut graph)) = self.chain.take() else { return Ok(()) };
        graph.get("in").ok_or(Error::FilterNotFound)?.source().close(0)?;
        take_ready(&mut graph, bytes)
    }
}

/// Appends all samples that the filters have ready to `bytes`.
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

/// The program's filters from `input` to 16 bits, with the rate and the channels of `output`, if it is given.
fn graph(input: &SampleFormat, output: Option<&SampleFormat>) -> Result<Graph, Error> {
    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    let SampleFormat { name, rate, layout, .. } = input;
    let arguments =
        format!("time_base=1/{rate}:sample_rate={rate}:sample_fmt={name}:channel_layout={layout}");
    graph.add(&find("abuffer")?, "in", &arguments)?;
    // Versions that have this option need it for channels without standard positions.
    let sink = find("abuffersink")?;
    let has_counts = ffi::has_option(&sink, c"all_channel_counts");
    graph.add(&sink, "out", if has_counts { "all_channel_counts=1" } else { "" })?;
    let kept = output.map(|it| format!(":sample_rates={}:channel_layouts={}", it.rate, it.layout));
    let filters = format!("aformat=sample_fmts=s16{}", kept.unwrap_or_default());
    graph.output("in", 0)?.input("out", 0)?.parse(&filters)?;
    graph.validate()?;
    Ok(graph)
}
