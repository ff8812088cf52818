//! Encrypts a fragmented MP4, fragment by fragment.
//!
//! The start of the file is known last, since its index states where every fragment begins. Fragments are therefore
//! written to an output of their own, and the start is returned at the end.

use std::io::{self, Write};

use super::Mp4Error;
use super::boxes::{HEADER_BYTES, Header, Kind, Mp4Box};
use super::fragment::{self, FragmentEncryption, MOOF, TrackFragment};
use super::movie::{self, MOOV, Track};
use super::sample_encryption::SampleEncryption;
use super::segment_index::SegmentIndex;
use super::track_encryption::Protection;

const FTYP: Kind = Kind(*b"ftyp");
const MDAT: Kind = Kind(*b"mdat");

/// Encrypts the samples of a movie.
pub trait SampleProtector {
    /// The error if a sample cannot be encrypted.
    type Error;

    /// Called once before the first sample. Returns how each track is encrypted; `None` for a track that stays clear.
    ///
    /// # Errors
    /// If a track cannot be encrypted.
    fn begin(&mut self, tracks: &[Track]) -> Result<Vec<Option<TrackProtection>>, Self::Error>;

    /// Encrypts a sample of track number `track`, in place, and returns its entry. Samples of a track come in order.
    ///
    /// # Errors
    /// If the sample cannot be encrypted.
    fn protect(&mut self, track: usize, sample: &mut [u8]) -> Result<SampleEncryption, Self::Error>;
}

/// How a track is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackProtection {
    /// The content of its sample entry.
    pub protection: Protection,
    /// True if a part of each sample may be clear.
    pub has_subsamples: bool,
}

/// Why a movie cannot be protected.
#[derive(Debug, thiserror::Error)]
pub enum ProtectError<E> {
    /// The input is no valid MP4, or an addition does not fit into it.
    #[error(transparent)]
    Mp4(#[from] Mp4Error),
    /// A track or a sample cannot be encrypted.
    #[error("a sample cannot be encrypted")]
    Sample(#[source] E),
    /// The fragments cannot be written.
    #[error("the fragments cannot be written")]
    Write(#[source] io::Error),
}

/// Encrypts a fragmented MP4 that is added in pieces of any size: `ftyp`, `moov`, then alternately `moof` and `mdat`.
/// Other boxes are left out, since they state positions that change. Holds one fragment at a time.
pub struct Protector<P, W> {
    samples: P,
    fragments: W,
    /// The bytes of a box that is not complete yet.
    pending: Vec<u8>,
    /// The start of the file.
    start: Vec<u8>,
    movie: Option<Movie>,
    /// The box `moof` whose media data follows.
    moof: Option<Mp4Box>,
}

/// The properties of the movie.
struct Movie {
    tracks: Vec<Track>,
    protections: Vec<Option<TrackProtection>>,
    indexes: Vec<SegmentIndex>,
}

impl<P: SampleProtector, W: Write> Protector<P, W> {
    /// Encrypts samples with `samples`, and writes fragments to `fragments`.
    pub const fn new(samples: P, fragments: W) -> Self {
        Self { samples, fragments, pending: Vec::new(), start: Vec::new(), movie: None, moof: None }
    }

    /// Adds the next bytes of the input.
    ///
    /// # Errors
    /// [`ProtectError`]. Do not add more bytes after an error.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), ProtectError<P::Error>> {
        self.pending.extend_from_slice(bytes);
        while let Some(header) = Header::read(&self.pending)? {
            let kind = header.kind;
            let endless = Mp4Error::Unsupported { kind, what: "a size up to the end of the file" };
            let length = usize::try_from(header.bytes.ok_or(endless)?).map_err(|_| Mp4Error::CutOff(kind))?;
            if self.pending.len() < length {
                break;
            }
            let rest = self.pending.split_off(length);
            let own = std::mem::replace(&mut self.pending, rest);
            self.take(header, own)?;
        }
        Ok(())
    }

    /// Returns the start of the file, which the fragments must follow; the output of the fragments; and the encryptor
    /// of samples.
    ///
    /// # Errors
    /// [`ProtectError::Mp4`] if the input was cut off.
    pub fn finish(self) -> Result<(Vec<u8>, W, P), ProtectError<P::Error>> {
        let Self { samples, fragments, pending, mut start, movie, moof } = self;
        if !pending.is_empty() || moof.is_some() {
            return Err(Mp4Error::CutOff(MDAT).into());
        }
        let indexes = movie.ok_or(Mp4Error::Missing(MOOV))?.indexes;
        let mut after: usize = indexes.iter().map(SegmentIndex::bytes).sum();
        for index in indexes {
            after -= index.bytes();
            index.to_box(after as u64)?.write(&mut start)?;
        }
        Ok((start, fragments, samples))
    }

    /// Processes a complete box.
    fn take(&mut self, header: Header, bytes: Vec<u8>) -> Result<(), ProtectError<P::Error>> {
        if self.moof.is_some() && header.kind != MDAT {
            return Err(Mp4Error::Missing(MDAT).into());
        }
        match header.kind {
            FTYP => self.start.extend(bytes),
            MOOV => {
                let mut moov = only_box(&bytes)?;
                let tracks = movie::tracks(&moov)?;
                let protections = self.samples.begin(&tracks).map_err(ProtectError::Sample)?;
                for (index, (track, protection)) in tracks.iter().zip(&protections).enumerate() {
                    if let (Some(media), Some(it)) = (track.media, protection) {
                        let of = |original_format| Protection { original_format, ..it.protection.clone() };
                        movie::protect(&mut moov, index, media, of)?;
                    }
                }
                moov.write(&mut self.start)?;
                let indexes =
                    tracks.iter().map(|track| SegmentIndex::new(track.id, track.timescale)).collect();
                self.movie = Some(Movie { tracks, protections, indexes });
            }
            MOOF if header.header_bytes == HEADER_BYTES => self.moof = Some(only_box(&bytes)?),
            MDAT => {
                let moof = self.moof.take().ok_or(Mp4Error::Missing(MOOF))?;
                self.fragment(moof, bytes, header.header_bytes)?;
            }
            MOOF => return Err(Mp4Error::Unsupported { kind: MOOF, what: "a size of 64 bits" }.into()),
            _ => {}
        }
        Ok(())
    }

    /// Encrypts and writes a fragment.
    fn fragment(
        &mut self,
        mut moof: Mp4Box,
        mut mdat: Vec<u8>,
        header_bytes: usize,
    ) -> Result<(), ProtectError<P::Error>> {
        let Self { samples, fragments, movie, .. } = self;
        let movie = movie.as_mut().ok_or(Mp4Error::Missing(MOOV))?;
        let parts = fragment::read(&moof, &movie.tracks)?;
        let mut encryption = Vec::new();
        for part in &parts {
            let track = movie.tracks.iter().position(|track| track.id == part.track);
            let track = track.ok_or(Mp4Error::Missing(MOOV))?;
            let Some(TrackProtection { has_subsamples, .. }) =
                movie.protections.get(track).and_then(Option::as_ref)
            else {
                encryption.push(None);
                continue;
            };
            let mut entries = Vec::with_capacity(part.samples.len());
            for sample in &part.samples {
                let range = sample.range();
                let place = |at: u64| usize::try_from(at.checked_sub(moof.bytes() as u64)?).ok();
                let own = place(range.start).zip(place(range.end)).filter(|own| own.0 >= header_bytes);
                let own = own.and_then(|(start, end)| mdat.get_mut(start..end));
                let own = own.ok_or(Mp4Error::SampleOutside { track: part.track })?;
                entries.push(samples.protect(track, own).map_err(ProtectError::Sample)?);
            }
            encryption.push(Some(FragmentEncryption { samples: entries, has_subsamples: *has_subsamples }));
        }
        fragment::protect(&mut moof, &encryption)?;
        let mut head = Vec::with_capacity(moof.bytes());
        moof.write(&mut head)?;
        movie.index((head.len() + mdat.len()) as u64, &parts)?;
        fragments.write_all(&head).and_then(|()| fragments.write_all(&mdat)).map_err(ProtectError::Write)
    }
}

impl Movie {
    /// Adds a fragment to the index of each track.
    fn index(&mut self, bytes: u64, parts: &[TrackFragment]) -> Result<(), Mp4Error> {
        let own = |track: &Track| parts.iter().find(|part| part.track == track.id);
        self.tracks.iter().zip(&mut self.indexes).try_for_each(|(track, index)| index.add(bytes, own(track)))
    }
}

/// The tree of one box.
fn only_box(bytes: &[u8]) -> Result<Mp4Box, Mp4Error> {
    Mp4Box::read_all(bytes)?.pop().ok_or(Mp4Error::CutOff(MOOV))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::super::fragment::tests::fragment;
    use super::super::movie::tests::{movie, protection};
    use super::*;

    /// Flips all bits of a sample except its first byte. The IV is the number of samples before.
    #[derive(Default)]
    struct Flip(u8);

    impl SampleProtector for Flip {
        type Error = Infallible;

        fn begin(&mut self, tracks: &[Track]) -> Result<Vec<Option<TrackProtection>>, Infallible> {
            let of = |track: &Track| TrackProtection {
                protection: protection(track.format),
                has_subsamples: true,
            };
            Ok(tracks.iter().map(|track| Some(of(track))).collect())
        }

        fn protect(&mut self, _: usize, sample: &mut [u8]) -> Result<SampleEncryption, Infallible> {
            let mut entry = SampleEncryption { iv: vec![self.0; 8], subsamples: Vec::new() };
            let clear = sample.len().min(1);
            entry.push(clear, sample.len() - clear).expect("small");
            sample[clear..].iter_mut().for_each(|byte| *byte = !*byte);
            self.0 += 1;
            Ok(entry)
        }
    }

    /// A plain MP4 of two equal fragments, and the bytes of its samples.
    fn plain() -> (Vec<u8>, Vec<u8>) {
        let samples: Vec<u8> = (0..120).collect();
        let mut bytes = Vec::new();
        let mut write = |it: &Mp4Box| it.write(&mut bytes).expect("small");
        write(&Mp4Box::leaf(FTYP, b"iso5".to_vec()));
        write(&movie());
        for _ in 0..2 {
            write(&fragment());
            write(&Mp4Box::leaf(MDAT, samples.clone()));
        }
        write(&Mp4Box::leaf(Kind(*b"mfra"), vec![0; 9]));
        (bytes, samples)
    }

    fn protected(plain: &[u8], piece: usize) -> Result<Vec<u8>, ProtectError<Infallible>> {
        let mut protector = Protector::new(Flip::default(), Vec::new());
        plain.chunks(piece).try_for_each(|bytes| protector.add(bytes))?;
        let (start, fragments, _) = protector.finish()?;
        Ok([start, fragments].concat())
    }

    #[test]
    fn every_sample_is_encrypted_at_the_position_that_the_boxes_state() {
        let (plain, samples) = plain();
        let bytes = protected(&plain, plain.len()).expect("an MP4");
        let boxes = Mp4Box::read_all(&bytes).expect("boxes whose sizes fit");
        let kinds: Vec<String> = boxes.iter().map(|it| it.kind.to_string()).collect();
        assert_eq!(kinds, ["ftyp", "moov", "sidx", "sidx", "moof", "mdat", "moof", "mdat"]);
        let tracks = movie::tracks(&boxes[1]).expect("a movie");
        assert!(tracks.iter().all(|track| track.format == Kind(*b"encv")));
        let mut at: usize = boxes[..4].iter().map(Mp4Box::bytes).sum();
        for moof in [&boxes[4], &boxes[6]] {
            let all = fragment::read(moof, &tracks).expect("a fragment");
            for sample in all.iter().flat_map(|part| &part.samples) {
                let range = sample.range();
                let place = |from: u64| at + usize::try_from(from).expect("small");
                let own = &bytes[place(range.start)..place(range.end)];
                let first = usize::from(own[0]);
                let flipped: Vec<u8> =
                    samples[first + 1..first + own.len()].iter().map(|byte| !byte).collect();
                assert_eq!(own[1..], flipped);
            }
            at += moof.bytes() + 128;
        }
        assert_eq!(at, bytes.len());
    }

    #[test]
    fn the_index_leads_from_fragment_to_fragment() {
        let (plain, _) = plain();
        let bytes = protected(&plain, plain.len()).expect("an MP4");
        let boxes = Mp4Box::read_all(&bytes).expect("boxes whose sizes fit");
        let number = |fields: &[u8], at: usize| {
            u32::from_be_bytes(fields[at..at + 4].try_into().expect("4 bytes")) as usize
        };
        let mut end = 0;
        for (at, it) in boxes.iter().enumerate() {
            end += it.bytes();
            if !(2..4).contains(&at) {
                continue;
            }
            let to_first = number(&it.fields, 24);
            let mut fragment = end + to_first;
            for reference in 0..2 {
                assert_eq!(bytes[fragment + 4..fragment + 8], *b"moof");
                fragment += number(&it.fields, 32 + 12 * reference);
            }
            assert_eq!(fragment, bytes.len());
        }
    }

    #[test]
    fn the_size_of_pieces_changes_nothing() {
        let (plain, _) = plain();
        let whole = protected(&plain, plain.len()).expect("an MP4");
        for piece in [1, 7, 100] {
            assert_eq!(protected(&plain, piece).expect("an MP4"), whole);
        }
    }

    #[test]
    fn a_truncated_mp4_is_an_error() {
        let (plain, _) = plain();
        for end in [0, 3, 20, 500, plain.len() - 1] {
            assert!(protected(&plain[..end], 64).is_err(), "{end}");
        }
    }

    proptest! {
        /// A changed byte gives a file of boxes or an error, and no panic.
        #[test]
        fn damage_gives_a_file_or_an_error(at in any::<prop::sample::Index>(), value in any::<u8>()) {
            let (mut plain, _) = plain();
            let at = at.index(plain.len());
            plain[at] = value;
            if let Ok(bytes) = protected(&plain, 64) {
                prop_assert!(Mp4Box::read_all(&bytes).is_ok());
            }
        }
    }
}
