//! The box `moov`: tracks and their sample entries (ISO/IEC 14496-12, 8.3 to 8.5 and 8.8.3).

use super::Mp4Error;
use super::boxes::{Kind, Mp4Box};
use super::fields::Fields;
use super::track_encryption::{Protection, SINF};

/// The box itself.
pub const MOOV: Kind = Kind(*b"moov");
const TRAK: Kind = Kind(*b"trak");
const TKHD: Kind = Kind(*b"tkhd");
const MDIA: Kind = Kind(*b"mdia");
const MDHD: Kind = Kind(*b"mdhd");
const HDLR: Kind = Kind(*b"hdlr");
const MVEX: Kind = Kind(*b"mvex");
const TREX: Kind = Kind(*b"trex");
/// The path from a track to its sample entries.
const PATH_OF_ENTRIES: [Kind; 4] = [MDIA, Kind(*b"minf"), Kind(*b"stbl"), Kind(*b"stsd")];

/// The handler of video.
const VIDEO: Kind = Kind(*b"vide");
/// The handler of sound.
const AUDIO: Kind = Kind(*b"soun");
/// Bytes of a sample entry of video before the boxes in it (12.1.3).
const VIDEO_ENTRY_BYTES: usize = 78;
/// Bytes of a sample entry of sound before the boxes in it (12.2.3).
const AUDIO_ENTRY_BYTES: usize = 28;

/// The kind of the samples of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
}

/// A track of a movie in fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Its number, which fragments refer to.
    pub id: u32,
    /// The kind of its samples; `None` for tracks that are neither video nor sound.
    pub media: Option<Media>,
    /// Ticks per second of its times.
    pub timescale: u32,
    /// Its first sample entry: the format, such as `avc1`.
    pub format: Kind,
    /// The boxes in that entry, such as `avcC`.
    pub entry_boxes: Vec<Mp4Box>,
    /// The values for samples whose fragment states no others.
    pub defaults: SampleDefaults,
}

/// The box `trex`: the values for samples whose fragment states no others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleDefaults {
    /// How long a sample lasts, in ticks of the track.
    pub duration: u32,
    /// Bytes of a sample.
    pub bytes: u32,
    /// The flags of a sample (8.8.3.1).
    pub flags: u32,
}

impl Track {
    /// The fields of the first box of a kind in the sample entry; empty if there is none.
    #[must_use]
    pub fn entry_box(&self, kind: Kind) -> &[u8] {
        self.entry_boxes.iter().find(|it| it.kind == kind).map_or(&[], |it| &it.fields)
    }

    /// How the track is encrypted, as stated by its sample entry; `None` if it is clear.
    ///
    /// # Errors
    /// [`Mp4Error`] if the entry states an unsupported encryption.
    pub fn protection(&self) -> Result<Option<Protection>, Mp4Error> {
        let sinf = self.entry_boxes.iter().find(|it| it.kind == SINF);
        sinf.map(Protection::read).transpose()
    }
}

/// The tracks of a movie, in order.
///
/// # Errors
/// [`Mp4Error`] if a box is missing or cut off.
pub fn tracks(moov: &Mp4Box) -> Result<Vec<Track>, Mp4Error> {
    let defaults = defaults(moov)?;
    moov.all(TRAK).map(|trak| track(trak, &defaults)).collect()
}

fn track(trak: &Mp4Box, defaults: &[(u32, SampleDefaults)]) -> Result<Track, Mp4Error> {
    let id = after_two_times(trak.child(TKHD)?)?;
    let media = trak.child(MDIA)?;
    let mut hdlr = Fields::of(HDLR, &media.child(HDLR)?.fields);
    hdlr.take(8)?;
    let media = match Kind(hdlr.array()?) {
        VIDEO => Some(Media::Video),
        AUDIO => Some(Media::Audio),
        _ => None,
    };
    let entries = trak.descendant(&PATH_OF_ENTRIES)?;
    let entry = entries.children.first().ok_or(Mp4Error::Missing(entries.kind))?;
    let entry_boxes = match media {
        Some(media) => Mp4Box::read_all(split(entry, media)?.1)?,
        None => Vec::new(),
    };
    Ok(Track {
        id,
        media,
        timescale: after_two_times(trak.descendant(&[MDIA, MDHD])?)?,
        format: entry.kind,
        entry_boxes,
        defaults: defaults.iter().find(|it| it.0 == id).map(|it| it.1).unwrap_or_default(),
    })
}

/// The defaults of each track in `mvex`, by the track's number.
fn defaults(moov: &Mp4Box) -> Result<Vec<(u32, SampleDefaults)>, Mp4Error> {
    let read = |trex: &Mp4Box| {
        let mut fields = Fields::of(TREX, &trex.fields);
        fields.version_and_flags()?;
        let id = fields.u32()?;
        fields.u32()?;
        Ok((id, SampleDefaults { duration: fields.u32()?, bytes: fields.u32()?, flags: fields.u32()? }))
    };
    match moov.child(MVEX) {
        Ok(mvex) => mvex.all(TREX).map(read).collect(),
        Err(_) => Ok(Vec::new()),
    }
}

/// The number after the times of creation and modification: the track's number in `tkhd`, the timescale in `mdhd`.
fn after_two_times(of: &Mp4Box) -> Result<u32, Mp4Error> {
    let mut fields = Fields::of(of.kind, &of.fields);
    let (version, _) = fields.version_and_flags()?;
    fields.by_version(version)?;
    fields.by_version(version)?;
    fields.u32()
}

/// The fields of a sample entry, and the bytes of the boxes within it.
fn split(entry: &Mp4Box, media: Media) -> Result<(&[u8], &[u8]), Mp4Error> {
    let bytes = match media {
        Media::Video => VIDEO_ENTRY_BYTES,
        Media::Audio => AUDIO_ENTRY_BYTES,
    };
    entry.fields.split_at_checked(bytes).ok_or(Mp4Error::CutOff(entry.kind))
}

/// Changes the sample entries of the track at `index` to `encv` or `enca`, with boxes that state how samples are
/// encrypted.
///
/// # Errors
/// [`Mp4Error`] if a box is missing, or the track is neither video nor sound.
pub fn protect(
    moov: &mut Mp4Box,
    index: usize,
    media: Media,
    protection: impl Fn(Kind) -> Protection,
) -> Result<(), Mp4Error> {
    let trak = moov.children.iter_mut().filter(|it| it.kind == TRAK).nth(index);
    let entries = trak.ok_or(Mp4Error::Missing(TRAK))?.descendant_mut(&PATH_OF_ENTRIES)?;
    for entry in &mut entries.children {
        split(entry, media)?;
        protection(entry.kind).to_box().write(&mut entry.fields)?;
        entry.kind = match media {
            Media::Video => Kind(*b"encv"),
            Media::Audio => Kind(*b"enca"),
        };
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::track_encryption::TrackEncryption;
    use super::*;

    fn full(kind: Kind, parts: &[&[u8]]) -> Mp4Box {
        Mp4Box::leaf(kind, [&[&[0; 4][..]], parts].concat().concat())
    }

    /// A track of H.264 with number `id`, and samples of 10 ticks by default, with 100 ticks a second.
    fn trak(id: u32) -> Mp4Box {
        let mut entry = vec![0; VIDEO_ENTRY_BYTES];
        Mp4Box::leaf(Kind(*b"avcC"), vec![1, 66, 0, 30]).write(&mut entry).expect("small");
        let mut stsd = full(Kind(*b"stsd"), &[&[0, 0, 0, 1]]);
        stsd.children.push(Mp4Box::leaf(Kind(*b"avc1"), entry));
        let stbl = Mp4Box::parent(Kind(*b"stbl"), vec![stsd]);
        let mdia = vec![
            full(Kind(*b"mdhd"), &[&[0; 8], &[0, 0, 0, 100], &[0; 8]]),
            full(Kind(*b"hdlr"), &[&[0; 4], b"vide", &[0; 13]]),
            Mp4Box::parent(Kind(*b"minf"), vec![stbl]),
        ];
        Mp4Box::parent(
            TRAK,
            vec![full(Kind(*b"tkhd"), &[&[0; 8], &id.to_be_bytes()]), Mp4Box::parent(MDIA, mdia)],
        )
    }

    /// A movie of two tracks of video with the numbers 3 and 4.
    pub fn movie() -> Mp4Box {
        let trex = |id: u32| full(Kind(*b"trex"), &[&id.to_be_bytes(), &[0, 0, 0, 1, 0, 0, 0, 10], &[0; 8]]);
        Mp4Box::parent(MOOV, vec![trak(3), trak(4), Mp4Box::parent(MVEX, vec![trex(3), trex(4)])])
    }

    /// The protection of all tracks in the tests of this room.
    pub fn protection(original_format: Kind) -> Protection {
        let track = TrackEncryption {
            pattern: (0, 0),
            is_protected: true,
            iv_bytes: 8,
            key_id: [5; 16],
            constant_iv: None,
        };
        Protection { original_format, scheme: Kind(*b"cenc"), track }
    }

    #[test]
    fn properties_of_tracks_are_read() {
        let tracks = tracks(&movie()).expect("a movie");
        assert_eq!(tracks.iter().map(|it| it.id).collect::<Vec<_>>(), [3, 4]);
        let Track { media, timescale, format, defaults, .. } = &tracks[1];
        assert_eq!((*media, *timescale, *format), (Some(Media::Video), 100, Kind(*b"avc1")));
        assert_eq!(*defaults, SampleDefaults { duration: 10, bytes: 0, flags: 0 });
        assert_eq!(tracks[0].entry_box(Kind(*b"avcC")), [1, 66, 0, 30]);
        assert_eq!(tracks[0].protection(), Ok(None));
    }

    #[test]
    fn a_protected_entry_keeps_its_boxes_and_states_its_original_format() {
        let (before, mut moov) = (movie(), movie());
        protect(&mut moov, 1, Media::Video, protection).expect("a movie");
        let mut bytes = Vec::new();
        moov.write(&mut bytes).expect("small");
        let moov = &Mp4Box::read_all(&bytes).expect("boxes whose sizes fit")[0];
        let (plain, tracks) = (tracks(&before).expect("a movie"), tracks(moov).expect("a movie"));
        assert_eq!(tracks[0], plain[0], "the other track");
        assert_eq!(tracks[1].format, Kind(*b"encv"));
        assert_eq!(tracks[1].entry_boxes[..1], plain[1].entry_boxes);
        assert_eq!(tracks[1].protection(), Ok(Some(protection(Kind(*b"avc1")))));
        assert_eq!(moov.bytes(), before.bytes() + protection(Kind(*b"avc1")).to_box().bytes());
    }

    #[test]
    fn a_track_without_a_sample_entry_is_an_error() {
        let mut moov = movie();
        moov.children[0].descendant_mut(&PATH_OF_ENTRIES).expect("stsd").children.clear();
        assert_eq!(super::tracks(&moov), Err(Mp4Error::Missing(Kind(*b"stsd"))));
        assert!(protect(&mut movie(), 2, Media::Video, protection).is_err());
    }
}
