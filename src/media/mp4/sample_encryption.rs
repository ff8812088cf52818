//! Which bytes of each sample are encrypted, and with which IV: `senc`, `saiz` and `saio` (ISO/IEC 23001-7, 7.2;
//! ISO/IEC 14496-12, 8.7.8 and 8.7.9).

use super::Mp4Error;
use super::boxes::{Kind, Mp4Box};
use super::fields::Fields;

/// The box with the entries of the samples.
pub const SENC: Kind = Kind(*b"senc");
/// The box with the size of each entry.
pub const SAIZ: Kind = Kind(*b"saiz");
/// The box with the position of the entries.
pub const SAIO: Kind = Kind(*b"saio");

/// The flag of `senc` for entries with subsamples.
const HAS_SUBSAMPLES: u8 = 2;
/// Bytes of a subsample: 16 bits of clear bytes, 32 bits of protected ones.
const SUBSAMPLE_BYTES: usize = 6;
/// Bytes of `senc` before its first entry: the header, version and flags, the number of samples.
pub const SENC_BYTES_BEFORE_ENTRIES: usize = 16;

/// A part of a sample: clear bytes, then protected ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subsample {
    /// How many bytes are clear.
    pub clear: u16,
    /// How many bytes follow that are protected.
    pub protected: u32,
}

/// The entry of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleEncryption {
    /// Its IV: 8 or 16 bytes; empty if the track has a constant one.
    pub iv: Vec<u8>,
    /// Its parts, which cover the whole sample; empty if the whole sample is protected.
    pub subsamples: Vec<Subsample>,
}

impl SampleEncryption {
    /// Appends a part. A clear run that 16 bits cannot count is split. A part without clear bytes is joined with the
    /// part before if that has no protected ones, to store no more parts than needed.
    ///
    /// # Errors
    /// [`Mp4Error::TooLarge`] if there are 2^32 protected bytes or more.
    pub fn push(&mut self, clear: usize, protected: usize) -> Result<(), Mp4Error> {
        let too_large = |_| Mp4Error::TooLarge { kind: SENC, what: "a run of 2^32 protected bytes" };
        let protected = u32::try_from(protected).map_err(too_large)?;
        // Clear bytes at the end of the last part, if it has no protected ones.
        let before = self.subsamples.pop_if(|last| last.protected == 0).map_or(0, |last| last.clear.into());
        let (full, rest) = divide(before + clear);
        self.subsamples.extend(std::iter::repeat_n(Subsample { clear: u16::MAX, protected: 0 }, full));
        self.subsamples.push(Subsample { clear: rest, protected });
        Ok(())
    }

    /// Bytes of the entry.
    #[must_use]
    pub fn bytes(&self, has_subsamples: bool) -> usize {
        self.iv.len() + if has_subsamples { 2 + SUBSAMPLE_BYTES * self.subsamples.len() } else { 0 }
    }
}

/// How many times the largest number of 16 bits fits, and the remainder.
fn divide(clear: usize) -> (usize, u16) {
    let (full, rest) = (clear / usize::from(u16::MAX), clear % usize::from(u16::MAX));
    match u16::try_from(rest) {
        Ok(0) if full > 0 => (full - 1, u16::MAX),
        rest => (full, rest.unwrap_or(u16::MAX)),
    }
}

/// The box `senc` of a track's samples in a fragment.
///
/// # Errors
/// [`Mp4Error::TooLarge`] if there are more samples, or more parts of a sample, than fit into their fields.
pub fn senc(samples: &[SampleEncryption], has_subsamples: bool) -> Result<Mp4Box, Mp4Error> {
    let mut fields = vec![0, 0, 0, if has_subsamples { HAS_SUBSAMPLES } else { 0 }];
    fields.extend(count(samples.len(), SENC)?.to_be_bytes());
    for sample in samples {
        fields.extend(&sample.iv);
        if has_subsamples {
            let too_many = |_| Mp4Error::TooLarge { kind: SENC, what: "more than 65535 parts of a sample" };
            fields.extend(u16::try_from(sample.subsamples.len()).map_err(too_many)?.to_be_bytes());
            for part in &sample.subsamples {
                fields.extend(part.clear.to_be_bytes());
                fields.extend(part.protected.to_be_bytes());
            }
        }
    }
    Ok(Mp4Box::leaf(SENC, fields))
}

/// Reads `senc`; `iv_bytes` is stated by `tenc`.
///
/// # Errors
/// [`Mp4Error::CutOff`] if it ends before its last entry.
pub fn read_senc(senc: &Mp4Box, iv_bytes: u8) -> Result<Vec<SampleEncryption>, Mp4Error> {
    let mut fields = Fields::of(SENC, &senc.fields);
    let (_, flags) = fields.version_and_flags()?;
    let has_subsamples = flags & u32::from(HAS_SUBSAMPLES) != 0;
    let count = fields.u32()?;
    if iv_bytes == 0 && !has_subsamples {
        // Entries of 0 bytes: there is nothing to read, and no bytes would bound their number.
        return Ok(Vec::new());
    }
    let mut samples = Vec::new();
    for _ in 0..count {
        let mut sample =
            SampleEncryption { iv: fields.take(iv_bytes.into())?.to_vec(), subsamples: Vec::new() };
        let parts = if has_subsamples { fields.u16()? } else { 0 };
        for _ in 0..parts {
            sample.subsamples.push(Subsample { clear: fields.u16()?, protected: fields.u32()? });
        }
        samples.push(sample);
    }
    Ok(samples)
}

/// The box `saiz`: the size of each entry; `None` if an entry has more than 255 bytes, the most that the box can
/// state.
///
/// # Errors
/// [`Mp4Error::TooLarge`] if there are more samples than fit into the field.
pub fn saiz(samples: &[SampleEncryption], has_subsamples: bool) -> Result<Option<Mp4Box>, Mp4Error> {
    let size = |sample: &SampleEncryption| u8::try_from(sample.bytes(has_subsamples)).ok();
    let Some(sizes) = samples.iter().map(size).collect::<Option<Vec<u8>>>() else { return Ok(None) };
    let count = count(sizes.len(), SAIZ)?.to_be_bytes();
    let same = sizes.first().filter(|first| sizes.iter().all(|size| size == *first));
    let mut fields = vec![0, 0, 0, 0, same.copied().unwrap_or(0)];
    fields.extend(count);
    if same.is_none() {
        fields.extend(sizes);
    }
    Ok(Some(Mp4Box::leaf(SAIZ, fields)))
}

/// The box `saio`: the offset of the entries, from the start of the fragment.
#[must_use]
pub fn saio(offset_bytes: u32) -> Mp4Box {
    Mp4Box::leaf(SAIO, [[0; 4], 1u32.to_be_bytes(), offset_bytes.to_be_bytes()].concat())
}

fn count(samples: usize, kind: Kind) -> Result<u32, Mp4Error> {
    u32::try_from(samples).map_err(|_| Mp4Error::TooLarge { kind, what: "2^32 samples" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(iv: u8, parts: &[(usize, usize)]) -> SampleEncryption {
        let mut sample = SampleEncryption { iv: vec![iv; 8], subsamples: Vec::new() };
        parts.iter().try_for_each(|&(clear, protected)| sample.push(clear, protected)).expect("small");
        sample
    }

    #[test]
    fn entries_are_read_as_they_were_written_and_saiz_states_their_sizes() {
        let samples = [sample(1, &[(5, 32), (7, 16)]), sample(2, &[(9, 0)])];
        let senc = senc(&samples, true).expect("small");
        assert_eq!(read_senc(&senc, 8), Ok(samples.to_vec()));
        assert_eq!(samples[0].bytes(true) + samples[1].bytes(true), senc.bytes() - SENC_BYTES_BEFORE_ENTRIES);
        let sizes = saiz(&samples, true).expect("few").expect("small");
        assert_eq!(sizes.fields, [0, 0, 0, 0, 0, 0, 0, 0, 2, 8 + 2 + 12, 8 + 2 + 6]);
        for end in 0..senc.fields.len() {
            let cut = Mp4Box::leaf(SENC, senc.fields[..end].to_vec());
            assert_eq!(read_senc(&cut, 8), Err(Mp4Error::CutOff(SENC)), "{end}");
        }
    }

    #[test]
    fn whole_samples_have_an_iv_and_one_size_for_all() {
        let samples = [sample(1, &[]), sample(2, &[])];
        let senc = senc(&samples, false).expect("small");
        assert_eq!(senc.fields[..8], [0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(senc.fields.len(), 8 + 16);
        assert_eq!(read_senc(&senc, 8), Ok(samples.to_vec()));
        let sizes = saiz(&samples, false).expect("few").expect("small");
        assert_eq!(sizes.fields, [0, 0, 0, 0, 8, 0, 0, 0, 2]);
    }

    #[test]
    fn long_clear_runs_are_split_and_clear_runs_in_a_row_are_joined() {
        let parts = |parts: &[(usize, usize)]| -> Vec<(u16, u32)> {
            sample(0, parts).subsamples.iter().map(|part| (part.clear, part.protected)).collect()
        };
        assert_eq!(parts(&[(65_535, 1)]), [(65_535, 1)]);
        assert_eq!(parts(&[(65_536, 1)]), [(65_535, 0), (1, 1)]);
        assert_eq!(parts(&[(200_000, 0)]), [(65_535, 0), (65_535, 0), (65_535, 0), (3395, 0)]);
        assert_eq!(parts(&[(10, 0), (20, 0), (30, 16), (5, 0)]), [(60, 16), (5, 0)]);
        assert_eq!(parts(&[(65_530, 0), (20, 16)]), [(65_535, 0), (15, 16)]);
        assert_eq!(parts(&[(0, 16), (0, 16)]), [(0, 16), (0, 16)]);
    }

    #[test]
    fn an_entry_of_more_than_255_bytes_has_no_size_in_saiz() {
        let parts = |count| [sample(0, &vec![(1, 16); count])];
        let size = saiz(&parts(40), true).expect("few").expect("250 bytes");
        assert_eq!(size.fields[4..], [250, 0, 0, 0, 1]);
        assert_eq!(saiz(&parts(41), true), Ok(None));
    }

    #[test]
    fn a_count_without_bytes_allocates_nothing() {
        let senc = Mp4Box::leaf(SENC, vec![0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(read_senc(&senc, 0), Ok(Vec::new()));
        assert_eq!(read_senc(&senc, 8), Err(Mp4Error::CutOff(SENC)));
    }
}
