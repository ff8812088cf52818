//! The samples of a fragmented MP4, as its boxes state them.

use std::ops::Range;

use afterimage::media::mp4::movie::{self, Media, Track};
use afterimage::media::mp4::sample_encryption::read_senc;
use afterimage::media::mp4::track_encryption::Protection;
use afterimage::media::mp4::{Kind, Mp4Box, SampleEncryption, fragment};

/// A track of a file.
pub struct TrackSamples {
    pub track: Track,
    pub samples: Vec<FileSample>,
}

/// A sample of a file.
pub struct FileSample {
    pub bytes: Vec<u8>,
    /// Its entry in `senc`; `None` if there is no such box.
    pub entry: Option<SampleEncryption>,
}

impl TrackSamples {
    pub fn protection(&self) -> Protection {
        self.track.protection().expect("boxes that are read here").expect("an encrypted track")
    }
}

impl FileSample {
    /// True if no byte is clear.
    pub fn is_whole(&self) -> bool {
        self.protected().iter().map(Range::len).sum::<usize>() == self.bytes.len()
    }

    /// The protected runs, without empty ones; all bytes if the entry has no parts.
    pub fn protected(&self) -> Vec<Range<usize>> {
        let parts = self.entry.as_ref().map(|entry| &entry.subsamples[..]).unwrap_or_default();
        let (mut at, mut runs) = (0, Vec::new());
        if parts.is_empty() {
            at = self.bytes.len();
            runs.push(0..at);
        }
        for part in parts {
            let start = at + usize::from(part.clear);
            at = start + usize::try_from(part.protected).expect("small");
            if start < at {
                runs.push(start..at);
            }
        }
        assert_eq!(at, self.bytes.len(), "the parts make up the sample");
        runs
    }
}

/// All tracks of a fragmented file.
pub fn read(file: &[u8]) -> Vec<TrackSamples> {
    let boxes = Mp4Box::read_all(file).expect("boxes that fill the file");
    let moov = boxes.iter().find(|it| it.kind == Kind(*b"moov")).expect("a movie");
    let tracks = movie::tracks(moov).expect("tracks");
    let mut all: Vec<TrackSamples> =
        tracks.iter().map(|track| TrackSamples { track: track.clone(), samples: Vec::new() }).collect();
    let mut at = 0;
    for it in &boxes {
        if it.kind == Kind(*b"moof") {
            let parts = fragment::read(it, &tracks).expect("a fragment");
            for (part, traf) in parts.iter().zip(it.all(Kind(*b"traf"))) {
                let own =
                    all.iter_mut().find(|own| own.track.id == part.track).expect("a track of the movie");
                add(own, part, traf, &file[at..]);
            }
        }
        at += it.bytes();
    }
    assert_eq!(at, file.len());
    all
}

fn add(own: &mut TrackSamples, part: &fragment::TrackFragment, traf: &Mp4Box, from_fragment: &[u8]) {
    let senc = traf.child(Kind(*b"senc")).ok();
    let iv_bytes =
        own.track.protection().expect("boxes that are read here").map_or(0, |it| it.track.iv_bytes);
    let entries = senc.map(|senc| read_senc(senc, iv_bytes).expect("entries")).unwrap_or_default();
    assert!(entries.is_empty() || entries.len() == part.samples.len(), "an entry for each sample");
    for (n, sample) in part.samples.iter().enumerate() {
        let range = sample.range();
        let place = |at: u64| usize::try_from(at).expect("small");
        let bytes = from_fragment[place(range.start)..place(range.end)].to_vec();
        own.samples.push(FileSample { bytes, entry: entries.get(n).cloned() });
    }
}

/// The track of video.
pub fn video(tracks: &[TrackSamples]) -> &TrackSamples {
    tracks.iter().find(|it| it.track.media == Some(Media::Video)).expect("a video")
}

/// The track of sound.
pub fn audio(tracks: &[TrackSamples]) -> &TrackSamples {
    tracks.iter().find(|it| it.track.media == Some(Media::Audio)).expect("sound")
}
