//! The RTP of every party.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rayon::prelude::*;

use super::error::CallError;
use super::network::{FIRST_SEQUENCE, FIRST_TIMESTAMP, MediaKind, StreamId};
use super::settings::CallSettings;
use super::shares::Shares;
use super::{Party, Progress};
use crate::media::Limits;
use crate::media::rtp::{CallMedia, MOST_PACKET_BYTES, SentStream, StreamParameters, send_sound, send_video};
use crate::wire::rtp::set_ssrc;

/// What the parties of a call send, before it is protected.
#[derive(Clone, Debug)]
pub struct SentCall {
    /// The codecs.
    pub media: CallMedia,
    /// The streams that are sent.
    pub streams: BTreeMap<StreamId, SentStream>,
}

impl SentCall {
    /// Encodes the streams of the first `parties` parties, on all cores. Parties with the same source share one encoding.
    ///
    /// # Errors
    /// [`CallError::Send`], or [`CallError::Interrupted`].
    pub fn encode(
        settings: &CallSettings,
        media: CallMedia,
        parties: usize,
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        Self { media, streams: BTreeMap::new() }.completed(settings, parties, progress)
    }

    /// Encodes the streams of the first `parties` parties that are not there.
    ///
    /// # Errors
    /// Those of [`encode`](Self::encode).
    pub fn completed(
        &self,
        settings: &CallSettings,
        parties: usize,
        progress: Progress<'_>,
    ) -> Result<Self, CallError> {
        let (media, mut streams) = (self.media, self.streams.clone());
        let parties = &settings.parties[..parties.min(settings.parties.len())];
        // Long work first. A voice has the number of its party, so that every party has its own.
        let jobs: Vec<StreamId> = MediaKind::ALL
            .into_iter()
            .flat_map(|kind| (0..parties.len()).map(move |party| StreamId { party, kind }))
            .filter(|stream| !streams.contains_key(stream))
            .filter(|stream| stream.kind == MediaKind::Audio || shared(settings, stream.party).is_none())
            .collect();
        let shares = Shares::new(jobs.len(), progress);
        let encode = |(at, &stream): (usize, &StreamId)| {
            encode(settings, media, stream, &mut |share| shares.report(at, share)).map(|sent| (stream, sent))
        };
        // Each is a job of its own: in one piece, the videos would be encoded one after the other.
        let encoded: Result<Vec<_>, CallError> =
            jobs.par_iter().enumerate().with_max_len(1).map(encode).collect();
        streams.extend(encoded?);
        for party in 0..parties.len() {
            let Some(of) = shared(settings, party) else { continue };
            let stream = StreamId { party, kind: MediaKind::Video };
            if streams.contains_key(&stream) {
                continue;
            }
            if let Some(same) = streams.get(&StreamId { party: of, ..stream }) {
                let sent = renumbered(settings, same, stream);
                streams.insert(stream, sent);
            }
        }
        Ok(Self { media, streams })
    }
}

impl SentCall {
    /// Bytes of all packets.
    pub(super) fn bytes(&self) -> usize {
        let packets = self.streams.values().flat_map(|stream| &stream.packets);
        packets.map(|packet| packet.bytes.len()).sum()
    }
}

/// The first party with the same source, if it is another.
fn shared(settings: &CallSettings, party: usize) -> Option<usize> {
    let source = |party: &Party| party.source.clone();
    let own = settings.parties.get(party).map(source)?;
    let first = settings.parties.iter().position(|other| other.source == own)?;
    (first != party).then_some(first)
}

fn encode(
    settings: &CallSettings,
    media: CallMedia,
    stream: StreamId,
    progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<SentStream, CallError> {
    let parameters = StreamParameters {
        ssrc: stream.ssrc(),
        first_sequence_number: FIRST_SEQUENCE,
        base_timestamp: FIRST_TIMESTAMP,
        payload_type: stream.payload_type(),
        most_packet_bytes: MOST_PACKET_BYTES,
    };
    let Some(Party { name, source }) = settings.parties.get(stream.party) else {
        return Err(CallError::Interrupted);
    };
    // Nothing is encoded that would not be sent; others share the encoding of a party that stays.
    let secs = settings.duration_secs;
    let secs = if stream.party == settings.leaver() { settings.leaving_secs() } else { secs };
    let limits = Limits::default();
    let sent = match stream.kind {
        MediaKind::Video => send_video(source, media, secs, &parameters, limits, progress),
        MediaKind::Audio => {
            let voice = stream.party as u64;
            send_sound(source, media, secs, voice, &parameters, limits, progress)
        }
    };
    let mut sent = sent.map_err(|error| CallError::of_sender(name, error))?;
    sent.packets.retain(|packet| settings.is_present(stream.party, packet.time));
    Ok(sent)
}

/// The packets of a stream as those of another.
fn renumbered(settings: &CallSettings, of: &SentStream, stream: StreamId) -> SentStream {
    let mut sent = of.clone();
    sent.packets.retain(|packet| settings.is_present(stream.party, packet.time));
    for packet in &mut sent.packets {
        set_ssrc(&mut packet.bytes, stream.ssrc());
    }
    sent
}
