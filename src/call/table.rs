//! Who sees what: a verdict for each protection, kind of media and observer, found by trying.

use rayon::prelude::*;
use serde::Serialize;

use super::Progress;
use super::error::CallError;
use super::limits::MOST_TABLE_SECS;
use super::network::MediaKind;
use super::observer::{Observer, view};
use super::sent::SentCall;
use super::settings::CallSettings;
use super::shares::Shares;
use super::trial::{AudioVerdict, OwnDecodes, Seen, Trial, VideoVerdict, explain, labels};
use crate::media::rtp::CallMedia;
use crate::wire::protection::Protection;

/// The rows that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChoice {
    /// The protections.
    pub protections: Vec<Protection>,
    /// The kinds of media.
    pub media: Vec<CallMedia>,
    /// The observers.
    pub observers: Vec<Observer>,
}

impl Default for TableChoice {
    fn default() -> Self {
        Self {
            protections: Protection::ALL.to_vec(),
            media: CallMedia::ALL.to_vec(),
            observers: Observer::ALL.to_vec(),
        }
    }
}

/// What an observer has of the first party's streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The protection.
    #[serde(serialize_with = "as_text")]
    pub protection: Protection,
    /// The media.
    #[serde(serialize_with = "as_text")]
    pub media: CallMedia,
    /// The observer.
    #[serde(serialize_with = "as_text")]
    pub observer: Observer,
    /// The video.
    pub video: VideoVerdict,
    /// The audio.
    pub audio: AudioVerdict,
    /// Labels of the keys that the observer holds.
    pub keys: Vec<String>,
    /// The reason, in sentences.
    pub why: String,
}

fn as_text<S: serde::Serializer>(value: &impl ToString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&value.to_string())
}

/// The share of the work of a kind of media that encoding is, about.
const ENCODING_SHARE: f64 = 0.5;

/// Tries what each observer can make of the first party's streams. A source is encoded once for each kind of media, and what
/// has the same plaintext is decoded once.
///
/// # Errors
/// If the settings are wrong, the source cannot be sent, or `progress` returns `Break`.
pub fn table(
    settings: &CallSettings,
    choice: &TableChoice,
    progress: Progress<'_>,
) -> Result<Vec<Row>, CallError> {
    settings.check()?;
    if settings.duration_secs > MOST_TABLE_SECS {
        return Err(CallError::Duration { given: settings.duration_secs });
    }
    let shares = Shares::new(choice.media.len(), progress);
    let rows =
        |(at, &media): (usize, &CallMedia)| rows(settings, choice, media, &|share| shares.report(at, share));
    let by_media: Result<Vec<_>, CallError> =
        choice.media.par_iter().enumerate().with_max_len(1).map(rows).collect();
    let mut by_media = by_media?.concat();
    let place = |row: &Row| {
        let at = |found: Option<usize>| found.unwrap_or(usize::MAX);
        (
            at(choice.protections.iter().position(|&it| it == row.protection)),
            at(choice.media.iter().position(|&it| it == row.media)),
        )
    };
    by_media.sort_by_key(place);
    Ok(by_media)
}

/// The rows of one kind of media.
fn rows(
    settings: &CallSettings,
    choice: &TableChoice,
    media: CallMedia,
    progress: Progress<'_>,
) -> Result<Vec<Row>, CallError> {
    let call = SentCall::encode(settings, media, 1, &|share| progress(share * ENCODING_SHARE))?;
    let own = OwnDecodes::of(settings, &call, &|_| progress(ENCODING_SHARE))?;
    let mut trial = Trial::new(settings, &call, own);
    let mut rows = Vec::new();
    for (step, &protection) in choice.protections.iter().enumerate() {
        let share = step as f64 / choice.protections.len() as f64;
        let reached = |_| progress(ENCODING_SHARE + share * (1.0 - ENCODING_SHARE));
        let seen = Seen::of(settings, protection, &call, &reached)?;
        for &observer in &choice.observers {
            rows.push(row(settings, (&mut trial, &seen), (protection, media, observer), &reached)?.0);
        }
    }
    Ok(rows)
}

/// What an observer has, and for each of the sender's frames whether the observer has it.
pub(super) fn row(
    settings: &CallSettings,
    (trial, seen): (&mut Trial<'_>, &Seen),
    (protection, media, observer): (Protection, CallMedia, Observer),
    progress: Progress<'_>,
) -> Result<(Row, Vec<bool>), CallError> {
    let view = view(settings, protection, observer);
    let video = trial.judge(seen, &view, MediaKind::Video, progress)?;
    let audio = trial.judge(seen, &view, MediaKind::Audio, progress)?;
    let row = Row {
        protection,
        media,
        observer,
        video: video.video(),
        audio: audio.audio(),
        keys: labels(settings, &view.keys),
        why: explain(settings, (protection, observer), &view.keys, (&video, &audio)),
    };
    Ok((row, video.which_equal))
}
