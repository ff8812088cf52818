//! Which stream of a capture is opened.

use super::codec::StreamFormat;
use super::error::CaptureError;
use super::stated::Stated;
use super::stream::{CaptureKeys, CapturedStream};
use super::trial;
use crate::media::streams::choice::StreamChoice;
use crate::wire::streams::Listing;

/// The number of the stream that is meant, and what is known of its codec.
///
/// Without a choice, the best of these kinds: a video that the SDP or the keys file describes, another stream that it
/// describes, a video, a stream that may be one. A stream whose SSRC the SDP states is better than all others. Among those
/// of the kind, the first that the key opens, if a key was given without the address of its stream; else the first.
pub(super) fn choose(
    captured: &CapturedStream,
    listing: &Listing,
    stated: &Stated<'_>,
) -> Result<(usize, StreamFormat), CaptureError> {
    let name = captured.to_string();
    if listing.streams.is_empty() {
        let (datagrams, frames) = (listing.frames.datagrams, listing.frames.frames);
        let damage = listing.damage.as_ref().map(|damage| format!("; {damage}")).unwrap_or_default();
        return Err(CaptureError::NoStreams { name, datagrams, frames, damage });
    }
    let mut formats: Vec<StreamFormat> =
        listing.streams.iter().map(|stream| StreamFormat::of(stream, stated)).collect();
    let nth = |fits: &dyn Fn(&StreamFormat) -> bool, n: usize| {
        let fitting = formats.iter().enumerate().filter(|(_, format)| fits(format));
        fitting.map(|(number, _)| number).nth(n)
    };
    let number = match captured.stream {
        Some(StreamChoice::Number(number)) => Some(number).filter(|&number| number < formats.len()),
        Some(StreamChoice::Video(n)) => nth(&StreamFormat::is_video, n),
        Some(StreamChoice::Audio(n)) => nth(&StreamFormat::is_audio, n),
        None => Some(usual(captured, listing, stated, &formats)?),
    };
    if let Some(number) = number {
        return Ok((number, formats.swap_remove(number)));
    }
    let (videos, sounds) = (
        formats.iter().filter(|format| format.is_video()).count(),
        formats.iter().filter(|format| format.is_audio()).count(),
    );
    let streams = match formats.len() {
        1 => "one, number 0".to_owned(),
        all => format!("{all}, numbered from 0: {videos} of video and {sounds} of sound"),
    };
    let choice = captured.stream.map(|choice| choice.to_string()).unwrap_or_default();
    Err(CaptureError::NoStream { name, choice, streams })
}

/// The stream that is opened without a choice.
fn usual(
    captured: &CapturedStream,
    listing: &Listing,
    stated: &Stated<'_>,
    formats: &[StreamFormat],
) -> Result<usize, CaptureError> {
    let kind = |number: usize| {
        let format = &formats[number];
        let is_named = stated.is_named(&listing.streams[number]);
        let rank = match (format.is_described(), format.is_video(), format.is_audio()) {
            (true, true, _) => 0,
            (true, false, _) => 1,
            (false, true, _) => 2,
            (false, false, false) => 3,
            (false, false, true) => 4,
        };
        (!is_named, rank)
    };
    let best = (0..formats.len()).map(kind).min().unwrap_or_default();
    let mut candidates = (0..formats.len()).filter(|&number| kind(number) == best);
    let first = candidates.next().unwrap_or_default();
    // A keys file names the stream of each key.
    let is_keyed = !matches!(captured.keys, Some(CaptureKeys::File(_)));
    if !is_keyed || candidates.next().is_none() {
        return Ok(first);
    }
    let tried = trial::tried(captured, listing, stated, |number| kind(number) == best)?;
    Ok(tried.into_iter().find(|(_, check)| check.fits()).map_or(first, |(number, _)| number))
}
