//! Makes an index by reading a source once.
//!
//! Counting packets is a hundred times faster than decoding, and correct if each packet is one picture with its own
//! timestamp. Few codecs guarantee that, and any file may break it. The count is therefore compared with the decoder's
//! output at both ends of the file; if they differ, the whole file is decoded.

use ffmpeg_next::codec::Id;

use super::clock::Clock;
use super::decode::{Decoding, PacketInfo, Step, Threads};
use super::error::MediaError;
use super::ffi;
use super::frames::Progress;
use super::index::{Index, Key, Place, SeekTable};
use super::limits::Limits;
use super::origin::Origin;
use crate::units::{FrameIndex, Pts};

/// Codecs whose packets, as cut by libavformat, are one picture each.
const ONE_PICTURE_PER_PACKET: [Id; 14] = [
    Id::H264,
    Id::HEVC,
    Id::VP9,
    Id::AV1,
    Id::MPEG1VIDEO,
    Id::MPEG2VIDEO,
    Id::MJPEG,
    Id::FFV1,
    Id::PRORES,
    Id::DNXHD,
    Id::HUFFYUV,
    Id::FFVHUFF,
    Id::UTVIDEO,
    Id::RAWVIDEO,
];

/// How many pixels are decoded from the start to compare them with the count: about a second of work, and all of a
/// short clip.
const PIXELS_AT_START: u64 = 600_000_000;
/// The comparison continues up to the second key, but no longer than this many frames.
const FRAMES_TO_SECOND_KEY: u64 = 300;
/// Packets between two reports of progress.
const PACKETS_PER_REPORT: usize = 64;

/// The index of a file or of the bundled demo. `is_doubtful` if counted packets were found to be wrong.
pub(super) fn scan(
    origin: &Origin,
    limits: Limits,
    is_doubtful: bool,
    progress: Progress<'_>,
) -> Result<Index, MediaError> {
    if !is_doubtful && let Some(index) = by_packets(origin, limits, PIXELS_AT_START, progress)? {
        return Ok(index);
    }
    by_decoding(origin, limits, progress)
}

/// The index from counted packets, compared with the decoder's output on `pixels` from the start and on the end.
/// `None` if it is not reliable.
fn by_packets(
    origin: &Origin,
    limits: Limits,
    pixels: u64,
    progress: Progress<'_>,
) -> Result<Option<Index>, MediaError> {
    let mut decoding = Decoding::open(origin, limits, Threads::Many)?;
    if decoding.is_encrypted() {
        return of_encrypted(&mut decoding, progress).map(Some);
    }
    if !ONE_PICTURE_PER_PACKET.contains(&decoding.track.codec_id) {
        return Ok(None);
    }
    let mut infos = Vec::new();
    loop {
        match decoding.next_packet_info() {
            Ok(Some(info)) => infos.push(info),
            Ok(None) => break,
            // Damage: only decoding shows which frames there are.
            Err(_) => return Ok(None),
        }
        if infos.len() % PACKETS_PER_REPORT == 0 {
            let secs =
                infos.last().and_then(|info| info.pts).zip(infos[0].pts).map_or(0.0, |(last, first)| {
                    decoding.track.time_base.secs_between(Pts(first), Pts(last))
                });
            report(progress, secs, &decoding)?;
        }
    }
    // A demuxer that resynchronizes after damage reports it in the log only.
    let is_sound = decoding.errors() == 0;
    let Some(keys) = keys(&infos).filter(|_| is_sound) else {
        return Ok(None);
    };
    let mut shown: Vec<&PacketInfo> = infos.iter().filter(|info| !info.is_hidden).collect();
    shown.sort_unstable_by_key(|info| info.pts);
    let mut pts: Vec<i64> = shown.iter().filter_map(|info| info.pts).collect();

    let Some((skipped, is_all_seen)) = frames_before_first_output(origin, limits, pixels, &pts, &keys)?
    else {
        return Ok(None);
    };
    pts.drain(..skipped);
    shown.drain(..skipped);
    if !is_all_seen && !is_end_as_counted(&mut decoding, &pts, &keys) {
        return Ok(None);
    }

    let time_base = decoding.track.time_base;
    let first = Pts(pts[0]);
    let times_secs: Vec<f64> = pts.iter().map(|&pts| time_base.secs_between(first, Pts(pts))).collect();
    let last_secs = times_secs.last().copied().unwrap_or_default();
    let lasts = shown.last().map_or(0, |info| info.duration);
    let end_secs =
        last_secs + Clock::new(decoding.track.time_base, decoding.track.frame_rate).duration_secs(lasts);
    let keyframes = (0..).zip(&shown).filter(|(_, info)| info.is_key).map(|(n, _)| FrameIndex(n)).collect();
    let seek_table = SeekTable { pts, keys };
    Ok(Some(Index::new(times_secs, end_secs, keyframes).with_seek_table(Some(seek_table), true)))
}

/// The index of a video that cannot be decoded: one frame for each time at which a packet is shown.
pub(super) fn of_encrypted(decoding: &mut Decoding, progress: Progress<'_>) -> Result<Index, MediaError> {
    let mut shown: Vec<(i64, PacketInfo)> = Vec::new();
    // Damage ends the video where the demuxer finds no more packets.
    ffi::take_last_message();
    while let Ok(Some(info)) = decoding.next_packet_info() {
        shown.extend(info.pts.filter(|_| !info.is_hidden).map(|pts| (pts, info)));
        if shown.len().is_multiple_of(PACKETS_PER_REPORT) {
            let ticks = |at: Option<&(i64, PacketInfo)>| Pts(at.map_or(0, |at| at.0));
            let secs = decoding.track.time_base.secs_between(ticks(shown.first()), ticks(shown.last()));
            report(progress, secs, decoding)?;
        }
    }
    shown.sort_by_key(|&(pts, info)| (pts, !info.is_key));
    shown.dedup_by_key(|&mut (pts, _)| pts);
    let (time_base, rate) = (decoding.track.time_base, decoding.track.frame_rate);
    let first = Pts(shown.first().map_or(0, |&(pts, _)| pts));
    let times_secs: Vec<f64> =
        shown.iter().map(|&(pts, _)| time_base.secs_between(first, Pts(pts))).collect();
    let lasts = shown.last().map_or(0, |(_, info)| info.duration);
    let end_secs =
        times_secs.last().copied().unwrap_or_default() + Clock::new(time_base, rate).duration_secs(lasts);
    let is_key = |&(_, (_, info)): &(u64, &(i64, PacketInfo))| info.is_key;
    let keyframes = (0..).zip(&shown).filter(is_key).map(|(n, _)| FrameIndex(n)).collect();
    let pts = shown.iter().map(|&(pts, _)| pts).collect();
    let seek_table = SeekTable { pts, keys: Vec::new() };
    Ok(Index::new(times_secs, end_secs, keyframes).with_seek_table(Some(seek_table), true))
}

/// The keys among packets in decoding order. `None` if timestamps are missing or equal, or so unordered that a picture
/// could belong to another key than the last one or the one before.
fn keys(infos: &[PacketInfo]) -> Option<Vec<Key>> {
    let has_discontinuities = infos.iter().any(|info| info.shift_micros != 0);
    let mut keys: Vec<Key> = Vec::new();
    for info in infos {
        let pts = info.pts.filter(|_| !info.is_corrupt)?;
        let before = keys.len().checked_sub(2).map(|i| keys[i].pts);
        if before.is_some_and(|before| pts <= before) {
            return None;
        }
        if info.is_key {
            if keys.last().is_some_and(|last| pts <= last.pts) {
                return None;
            }
            let place = if has_discontinuities { Some(place(info)?) } else { None };
            keys.push(Key { pts, dts: info.dts.unwrap_or(pts).min(pts), place });
        }
    }
    let mut all: Vec<_> = infos.iter().map(|info| info.pts).collect();
    all.sort_unstable();
    (!keys.is_empty() && all.windows(2).all(|pair| pair[0] < pair[1])).then_some(keys)
}

/// The place of a packet in the file; `None` if the container does not state it.
fn place(info: &PacketInfo) -> Option<Place> {
    let PacketInfo { position, shift_micros, .. } = *info;
    (position >= 0).then_some(Place { position, shift_micros })
}

/// How many counted pictures come before the first one that the decoder outputs: leading pictures of the first key, if
/// the pictures that they refer to are missing. Also returns whether the stream ended. `None` if the output differs
/// from the count. The output is compared up to the second key, and for at least `pixels`.
fn frames_before_first_output(
    origin: &Origin,
    limits: Limits,
    pixels: u64,
    pts: &[i64],
    keys: &[Key],
) -> Result<Option<(usize, bool)>, MediaError> {
    let mut decoding = Decoding::open(origin, limits, Threads::Many)?;
    let start = keys[0].pts.max(pts.first().copied().unwrap_or_default());
    let second_key = keys.iter().map(|key| key.pts).find(|&key| key > start);
    let mut skipped = None;
    let (mut count, mut pixels_seen) = (0, 0);
    loop {
        let step = decoding.next();
        if decoding.is_damaged() {
            return Ok(None);
        }
        let picture = match step {
            Ok(Step::Picture(picture)) => picture,
            Ok(Step::Broken(_)) => continue,
            Ok(Step::End) => {
                return Ok(skipped
                    .filter(|skipped| skipped + count == pts.len())
                    .map(|skipped| (skipped, true)));
            }
            Err(_) => return Ok(None),
        };
        let Some(found) = picture.properties.stated_pts.and_then(|stated| pts.binary_search(&stated).ok())
        else {
            return Ok(None);
        };
        let first = *skipped.get_or_insert(found);
        if found != first + count {
            return Ok(None);
        }
        count += 1;
        pixels_seen += picture.properties.shape.pixels() as u64;
        let is_past_key =
            second_key.is_some_and(|key| pts[found] > key) || count as u64 >= FRAMES_TO_SECOND_KEY;
        if is_past_key && pixels_seen >= pixels {
            return Ok(Some((first, false)));
        }
    }
}

/// True if the frames from the last key to the end are output as counted.
fn is_end_as_counted(decoding: &mut Decoding, pts: &[i64], keys: &[Key]) -> bool {
    let last = keys[keys.len() - 1];
    if last.pts <= pts[0] {
        // The comparison at the start reached the end, or so much of the file that the rest can be trusted.
        return true;
    }
    if !matches!(decoding.start_at(last, Some(last)), Ok(true)) {
        // The last key is not found again, so seeks by this index would fail: decode the whole file instead.
        return false;
    }
    let mut rest = pts[pts.partition_point(|&pts| pts < last.pts)..].iter();
    loop {
        match decoding.next() {
            Ok(Step::Picture(picture)) => match picture.properties.stated_pts {
                // Leading pictures of the key are damaged or missing if decoding starts at the key.
                Some(stated) if stated < last.pts => {}
                stated if stated == rest.next().copied() && stated.is_some() => {}
                _ => return false,
            },
            Ok(Step::End) => return rest.next().is_none(),
            Ok(Step::Broken(_)) | Err(_) => return false,
        }
    }
}

/// The index of the frames that the decoder outputs for all packets.
fn by_decoding(origin: &Origin, limits: Limits, progress: Progress<'_>) -> Result<Index, MediaError> {
    match decoded(origin, limits, Threads::Many, progress)? {
        Some(index) => Ok(index),
        // One thread, as in a reader that found damage.
        None => Ok(decoded(origin, limits, Threads::One, progress)?.unwrap_or_default()),
    }
}

/// The index by decoding with these threads; `None` if something is damaged and `threads` is [`Threads::Many`].
fn decoded(
    origin: &Origin,
    limits: Limits,
    threads: Threads,
    progress: Progress<'_>,
) -> Result<Option<Index>, MediaError> {
    let mut decoding = Decoding::open(origin, limits, threads)?;
    decoding.keep_infos();
    let mut clock = Clock::new(decoding.track.time_base, decoding.track.frame_rate);
    let (mut times_secs, mut keyframes, mut end_secs) = (Vec::new(), Vec::new(), 0.0);
    let (mut pts, mut is_ascending) = (Vec::new(), true);
    loop {
        let step = decoding.next().map_err(|error| MediaError::Decode {
            name: origin.name().to_owned(),
            reason: ffi::reason(error),
        })?;
        if decoding.is_damaged() && threads == Threads::Many {
            return Ok(None);
        }
        let picture = match step {
            Step::Picture(picture) => picture,
            // The reader reports these when it decodes them.
            Step::Broken(_) => continue,
            Step::End => break,
        };
        let properties = &picture.properties;
        let index = FrameIndex(times_secs.len() as u64);
        let shown_at_secs = clock.time_secs(index, properties);
        end_secs = shown_at_secs + clock.duration_secs(properties.duration);
        times_secs.push(shown_at_secs);
        if properties.is_key {
            keyframes.push(index);
        }
        is_ascending &= properties.stated_pts.is_some() && properties.stated_pts > pts.last().copied();
        pts.extend(properties.stated_pts);
        report(progress, shown_at_secs, &decoding)?;
    }
    // FFmpeg's concealment of damage depends on where decoding started: frames of a damaged file are reached from its
    // start only, without a seek table.
    let is_sound = is_ascending && !decoding.is_damaged();
    let keys = decoding.take_infos().as_deref().and_then(keys).filter(|_| is_sound);
    let seek_table = keys.map(|keys| SeekTable { pts, keys });
    Ok(Some(Index::new(times_secs, end_secs, keyframes).with_seek_table(seek_table, false)))
}

/// Reports that the source was read up to `secs`.
fn report(progress: Progress<'_>, secs: f64, decoding: &Decoding) -> Result<(), MediaError> {
    let done = decoding.track.duration_secs.map_or(0.0, |all| (secs / all).clamp(0.0, 1.0));
    if progress(done).is_break() { Err(MediaError::Interrupted) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::media::source::Source;

    #[test]
    fn counted_packets_compared_at_both_ends_agree_with_decoding() {
        let origin = Origin::of(&Source::Demo).expect("it is bundled");
        let keep_on = &mut |_| ControlFlow::Continue(());
        let counted =
            by_packets(&origin, Limits::default(), 0, keep_on).expect("readable").expect("in order");
        let decoded = by_decoding(&origin, Limits::default(), keep_on).expect("readable");
        assert!(counted.is_from_packets() && !decoded.is_from_packets());
        assert_eq!(counted.keyframes(), decoded.keyframes());
        assert_eq!(counted.seek_table(), decoded.seek_table());
        assert_eq!(counted.with_seek_table(None, false), decoded.with_seek_table(None, false));
    }
}
