//! The box `moof`: the positions and times of the samples of a fragment (ISO/IEC 14496-12, 8.8).

use std::ops::Range;

use super::Mp4Error;
use super::boxes::{HEADER_BYTES, Kind, Mp4Box};
use super::fields::Fields;
use super::movie::{SampleDefaults, Track};
use super::sample_encryption::{self, SAIO, SENC, SENC_BYTES_BEFORE_ENTRIES, SampleEncryption};

/// The box itself.
pub const MOOF: Kind = Kind(*b"moof");
const TRAF: Kind = Kind(*b"traf");
const TFHD: Kind = Kind(*b"tfhd");
const TFDT: Kind = Kind(*b"tfdt");
const TRUN: Kind = Kind(*b"trun");

/// The flag of `tfhd` for offsets that are relative to the start of the fragment.
const DEFAULT_BASE_IS_MOOF: u32 = 0x02_0000;
/// The flag of `trun` for a stated offset of its samples.
const HAS_DATA_OFFSET: u32 = 1;
/// The bit in a sample's flags that means that decoding cannot start there.
const IS_NOT_SYNC: u32 = 1 << 16;
/// Upper bound of the samples of a fragment: entries of 0 bytes could state any number.
const MOST_SAMPLES: usize = 1 << 20;

/// The samples of a track in a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackFragment {
    /// The number of the track.
    pub track: u32,
    /// When its first sample is decoded, in ticks of the track.
    pub decode_time: u64,
    /// The samples, in order.
    pub samples: Vec<Sample>,
}

/// A sample of a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its offset in bytes from the start of the box `moof`.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u32,
    /// How long it lasts, in ticks of the track.
    pub duration: u32,
    /// How long after its decoding time it is shown, in ticks of the track.
    pub composition_offset: i64,
    /// True if decoding can start here.
    pub is_sync: bool,
}

impl Sample {
    /// The bytes of the sample, relative to the start of the box `moof`.
    #[must_use]
    pub const fn range(&self) -> Range<u64> {
        self.offset..self.offset + self.bytes as u64
    }
}

/// The samples of a fragment, for each track in the order of `traf`.
///
/// # Errors
/// [`Mp4Error`] if a box is missing or cut off, a track is not among `tracks`, or offsets are not relative to the
/// start of the fragment.
pub fn read(moof: &Mp4Box, tracks: &[Track]) -> Result<Vec<TrackFragment>, Mp4Error> {
    moof.all(TRAF).map(|traf| track_fragment(traf, tracks)).collect()
}

fn track_fragment(traf: &Mp4Box, tracks: &[Track]) -> Result<TrackFragment, Mp4Error> {
    let mut tfhd = Fields::of(TFHD, &traf.child(TFHD)?.fields);
    let (_, flags) = tfhd.version_and_flags()?;
    if flags & DEFAULT_BASE_IS_MOOF == 0 || flags & 1 != 0 {
        return Err(Mp4Error::Unsupported { kind: TFHD, what: "another base of offsets" });
    }
    let track = tfhd.u32()?;
    let defaults = tracks.iter().find(|it| it.id == track).ok_or(Mp4Error::Missing(Kind(*b"trak")))?.defaults;
    tfhd.u32_if(flags & 2 != 0)?;
    let defaults = SampleDefaults {
        duration: tfhd.u32_if(flags & 8 != 0)?.unwrap_or(defaults.duration),
        bytes: tfhd.u32_if(flags & 0x10 != 0)?.unwrap_or(defaults.bytes),
        flags: tfhd.u32_if(flags & 0x20 != 0)?.unwrap_or(defaults.flags),
    };
    let mut tfdt = Fields::of(TFDT, &traf.child(TFDT)?.fields);
    let (version, _) = tfdt.version_and_flags()?;
    let decode_time = tfdt.by_version(version)?;
    let mut samples = Vec::new();
    for trun in traf.all(TRUN) {
        read_run(trun, defaults, &mut samples)?;
    }
    Ok(TrackFragment { track, decode_time, samples })
}

/// Appends the samples of a `trun`. Without a stated offset it continues the `trun` before.
fn read_run(trun: &Mp4Box, defaults: SampleDefaults, samples: &mut Vec<Sample>) -> Result<(), Mp4Error> {
    let mut fields = Fields::of(TRUN, &trun.fields);
    let (version, flags) = fields.version_and_flags()?;
    let count = fields.u32()?;
    let mut offset = match fields.u32_if(flags & HAS_DATA_OFFSET != 0)? {
        Some(offset) => u64::from(offset),
        None => samples.last().map_or(0, |last| last.range().end),
    };
    let mut first_flags = fields.u32_if(flags & 4 != 0)?;
    for _ in 0..count {
        if samples.len() >= MOST_SAMPLES {
            return Err(Mp4Error::TooLarge { kind: TRUN, what: "this many samples" });
        }
        let duration = fields.u32_if(flags & 0x100 != 0)?.unwrap_or(defaults.duration);
        let bytes = fields.u32_if(flags & 0x200 != 0)?.unwrap_or(defaults.bytes);
        let own_flags = fields.u32_if(flags & 0x400 != 0)?;
        let sample_flags = own_flags.or_else(|| first_flags.take()).unwrap_or(defaults.flags);
        first_flags = None;
        let composition_offset = match (flags & 0x800 != 0, version) {
            (false, _) => 0,
            (true, 0) => fields.u32()?.into(),
            (true, _) => fields.i32()?.into(),
        };
        let is_sync = sample_flags & IS_NOT_SYNC == 0;
        samples.push(Sample { offset, bytes, duration, composition_offset, is_sync });
        offset += u64::from(bytes);
    }
    Ok(())
}

/// The encryption of the samples of a track in a fragment: one entry per sample, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FragmentEncryption {
    /// The entries.
    pub samples: Vec<SampleEncryption>,
    /// True if the entries state which bytes are clear.
    pub has_subsamples: bool,
}

/// Inserts `saiz`, `saio` and `senc` into each track of a fragment, in the order of `traf`, and increases the offsets
/// of samples by the growth of the box. If the entries are empty, no box is inserted: all samples are protected as a
/// whole with the track's constant IV. If an entry is too large for `saiz`, only `senc` is inserted.
///
/// # Errors
/// [`Mp4Error`] if a box is missing, or a number does not fit into its field.
pub fn protect(moof: &mut Mp4Box, encryption: &[Option<FragmentEncryption>]) -> Result<(), Mp4Error> {
    let bytes_before = moof.bytes();
    let trafs = moof.children.iter_mut().filter(|it| it.kind == TRAF);
    for (traf, encryption) in trafs.zip(encryption) {
        let Some(FragmentEncryption { samples, has_subsamples }) = encryption else { continue };
        if samples.iter().all(|sample| sample.bytes(*has_subsamples) == 0) {
            continue;
        }
        if let Some(saiz) = sample_encryption::saiz(samples, *has_subsamples)? {
            traf.children.extend([saiz, sample_encryption::saio(0)]);
        }
        traf.children.push(sample_encryption::senc(samples, *has_subsamples)?);
    }
    let grown = moof.bytes() - bytes_before;
    let mut at = HEADER_BYTES;
    for child in &mut moof.children {
        if child.kind == TRAF {
            shift_offsets(child, grown, at)?;
        }
        at += child.bytes();
    }
    Ok(())
}

/// Increases the offsets of a track's samples by `grown`, and sets `saio` to the position of the entries in `senc`.
/// The `traf` begins at byte `at` of the fragment.
fn shift_offsets(traf: &mut Mp4Box, grown: usize, at: usize) -> Result<(), Mp4Error> {
    let too_large = |kind| Mp4Error::TooLarge { kind, what: "an offset beyond 2^31 bytes" };
    for trun in traf.children.iter_mut().filter(|it| it.kind == TRUN) {
        let (_, flags) = Fields::of(TRUN, &trun.fields).version_and_flags()?;
        if flags & HAS_DATA_OFFSET == 0 {
            continue;
        }
        // After version, flags and the number of samples.
        let offset = trun.fields.get_mut(8..12).ok_or(Mp4Error::CutOff(TRUN))?;
        let mut moved = Fields::of(TRUN, offset).i32()?;
        let grown = i32::try_from(grown).map_err(|_| too_large(TRUN))?;
        moved = moved.checked_add(grown).ok_or(too_large(TRUN))?;
        offset.copy_from_slice(&moved.to_be_bytes());
    }
    let mut senc_at = at + HEADER_BYTES;
    for child in &traf.children {
        if child.kind == SENC {
            break;
        }
        senc_at += child.bytes();
    }
    if let Ok(saio) = traf.child_mut(SAIO) {
        let entries = u32::try_from(senc_at + SENC_BYTES_BEFORE_ENTRIES).map_err(|_| too_large(SAIO))?;
        *saio = sample_encryption::saio(entries);
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::movie::{self, tests::movie};
    use super::super::sample_encryption::read_senc;
    use super::*;

    fn boxed(kind: Kind, numbers: &[u32]) -> Mp4Box {
        Mp4Box::leaf(kind, numbers.iter().flat_map(|number| number.to_be_bytes()).collect())
    }

    /// A fragment of two tracks with two samples each. Track 3 has samples of 40 and 50 bytes; between them in the file
    /// are those of track 4, of 10 and 20 bytes. Samples begin after the box and the header of the media data.
    pub fn fragment() -> Mp4Box {
        let track = |id: u32, time: u32, runs: Vec<Mp4Box>| {
            let head =
                [boxed(Kind(*b"tfhd"), &[DEFAULT_BASE_IS_MOOF, id]), boxed(Kind(*b"tfdt"), &[0, time])];
            Mp4Box::parent(TRAF, head.into_iter().chain(runs).collect())
        };
        let places = |first: [u32; 3]| {
            let [a, b, c] = first;
            let runs = vec![
                boxed(Kind(*b"trun"), &[0x0100_0205, 1, a, 0, 40]),
                // Sizes, flags and offsets of composition.
                boxed(Kind(*b"trun"), &[0x0100_0E01, 1, c, 50, IS_NOT_SYNC, 0xFFFF_FFFE]),
            ];
            let other = vec![boxed(Kind(*b"trun"), &[0x0000_0301, 2, b, 7, 10, 8, 20])];
            Mp4Box::parent(
                MOOF,
                vec![boxed(Kind(*b"mfhd"), &[0, 1]), track(3, 1000, runs), track(4, 90, other)],
            )
        };
        let start = u32::try_from(places([0; 3]).bytes() + HEADER_BYTES).expect("small");
        places([start, start + 40, start + 70])
    }

    fn tracks() -> Vec<Track> {
        movie::tracks(&movie()).expect("a movie")
    }

    fn entry(iv: u8, parts: &[(usize, usize)]) -> SampleEncryption {
        let mut entry = SampleEncryption { iv: vec![iv; 8], subsamples: Vec::new() };
        parts.iter().try_for_each(|&(clear, protected)| entry.push(clear, protected)).expect("small");
        entry
    }

    #[test]
    fn samples_have_the_places_times_and_flags_that_their_runs_state() {
        let moof = fragment();
        let fragments = read(&moof, &tracks()).expect("a fragment");
        let start = moof.bytes() as u64 + 8;
        let sample = |offset, bytes, duration, composition_offset, is_sync| Sample {
            offset: start + offset,
            bytes,
            duration,
            composition_offset,
            is_sync,
        };
        let first = vec![sample(0, 40, 10, 0, true), sample(70, 50, 10, -2, false)];
        let second = vec![sample(40, 10, 7, 0, true), sample(50, 20, 8, 0, true)];
        assert_eq!(
            fragments,
            [
                TrackFragment { track: 3, decode_time: 1000, samples: first },
                TrackFragment { track: 4, decode_time: 90, samples: second },
            ]
        );
    }

    #[test]
    fn in_a_protected_fragment_saio_leads_to_the_entries_and_samples_move_by_its_growth() {
        let (before, mut moof) = (fragment(), fragment());
        let entries = [vec![entry(1, &[(8, 32)]), entry(2, &[(2, 48)])], vec![entry(3, &[]), entry(4, &[])]];
        let encryption = [(0, true), (1, false)].map(|(track, has_subsamples)| {
            Some(FragmentEncryption { samples: entries[track].clone(), has_subsamples })
        });
        protect(&mut moof, &encryption).expect("room");
        let mut bytes = Vec::new();
        moof.write(&mut bytes).expect("small");
        assert_eq!(Mp4Box::read_all(&bytes).expect("boxes whose sizes fit"), [moof.clone()]);

        let plain = read(&before, &tracks()).expect("a fragment");
        let grown = (moof.bytes() - before.bytes()) as u64;
        assert!(grown > 0);
        for (moved, plain) in read(&moof, &tracks()).expect("a fragment").iter().zip(&plain) {
            for (moved, plain) in moved.samples.iter().zip(&plain.samples) {
                assert_eq!(*moved, Sample { offset: plain.offset + grown, ..*plain });
            }
        }
        for (traf, entries) in moof.all(TRAF).zip(&entries) {
            let saio = &traf.child(SAIO).expect("it was put in").fields;
            let at = u32::from_be_bytes(saio[8..12].try_into().expect("4 bytes")) as usize;
            assert_eq!(bytes[at..at + 8], entries[0].iv, "saio leads to the first IV");
            assert_eq!(read_senc(traf.child(SENC).expect("it was put in"), 8), Ok(entries.clone()));
        }
    }

    #[test]
    fn samples_under_a_constant_iv_need_no_entries() {
        let mut moof = fragment();
        let whole =
            FragmentEncryption { samples: vec![SampleEncryption::default(); 2], has_subsamples: false };
        protect(&mut moof, &[Some(whole), None]).expect("room");
        assert_eq!(moof, fragment());
    }

    #[test]
    fn entries_too_large_for_saiz_are_in_senc_only() {
        let mut moof = fragment();
        let samples = vec![entry(1, &[(1, 16)]), entry(2, &vec![(1, 16); 41])];
        let encryption = FragmentEncryption { samples: samples.clone(), has_subsamples: true };
        protect(&mut moof, &[Some(encryption), None]).expect("room");
        let traf = moof.all(TRAF).next().expect("a track");
        assert!(traf.child(SAIO).is_err() && traf.child(Kind(*b"saiz")).is_err());
        assert_eq!(read_senc(traf.child(SENC).expect("it was put in"), 8), Ok(samples));
    }

    #[test]
    fn fragments_with_other_bases_of_offsets_are_errors() {
        let mut moof = fragment();
        moof.children[1].children[0] = boxed(Kind(*b"tfhd"), &[0, 3]);
        assert!(matches!(read(&moof, &tracks()), Err(Mp4Error::Unsupported { kind: TFHD, .. })));
        moof.children[1].children[0] = boxed(Kind(*b"tfhd"), &[DEFAULT_BASE_IS_MOOF, 9]);
        assert_eq!(read(&moof, &tracks()), Err(Mp4Error::Missing(Kind(*b"trak"))));
        let mut endless = fragment();
        endless.children[1].children[2] = boxed(Kind(*b"trun"), &[0, u32::MAX]);
        assert!(matches!(read(&endless, &tracks()), Err(Mp4Error::TooLarge { kind: TRUN, .. })));
        let mut short = fragment();
        short.children[2].children[2].fields.truncate(20);
        assert_eq!(read(&short, &tracks()), Err(Mp4Error::CutOff(TRUN)));
    }
}
