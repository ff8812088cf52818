//! How the samples of a track are encrypted: `sinf` with `frma`, `schm` and `schi`; `schi` holds `tenc` (ISO/IEC
//! 14496-12, 8.12; ISO/IEC 23001-7, 8.2).

use super::Mp4Error;
use super::boxes::{Kind, Mp4Box};
use super::fields::Fields;

/// The outer box.
pub const SINF: Kind = Kind(*b"sinf");
const FRMA: Kind = Kind(*b"frma");
const SCHM: Kind = Kind(*b"schm");
const SCHI: Kind = Kind(*b"schi");
const TENC: Kind = Kind(*b"tenc");
/// `scheme_version` of all schemes of Common Encryption: 1.0.
const SCHEME_VERSION: u32 = 0x0001_0000;

/// The encryption of a track, as stated by its sample entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The format of the sample entry before it was encrypted: `avc1`.
    pub original_format: Kind,
    /// The scheme: `cenc`, `cbcs`, …
    pub scheme: Kind,
    /// The defaults of the track.
    pub track: TrackEncryption,
}

/// The box `tenc`: the values for samples of a track that state no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackEncryption {
    /// How many blocks of the pattern are encrypted, and how many after them are skipped; each is below 16; 0 and 0
    /// without a pattern.
    pub pattern: (u8, u8),
    /// False if samples are clear by default.
    pub is_protected: bool,
    /// Bytes of the IV that each sample has: 0, 8 or 16.
    pub iv_bytes: u8,
    /// The key ID.
    pub key_id: [u8; 16],
    /// The IV of all samples that have none of their own: 8 or 16 bytes.
    pub constant_iv: Option<Vec<u8>>,
}

impl TrackEncryption {
    /// Reads the fields of `tenc`.
    ///
    /// # Errors
    /// [`Mp4Error`] if they are cut off, or state a size of an IV that is not 0, 8 or 16 bytes.
    pub fn read(tenc: &Mp4Box) -> Result<Self, Mp4Error> {
        let mut fields = Fields::of(TENC, &tenc.fields);
        let (version, _) = fields.version_and_flags()?;
        let [_, pattern, is_protected, iv_bytes] = fields.array()?;
        let (is_protected, key_id) = (is_protected == 1, fields.array()?);
        let constant_iv = match (is_protected, iv_bytes) {
            (true, 0) => {
                let bytes = fields.u8()?;
                check_iv(bytes)?;
                Some(fields.take(bytes.into())?.to_vec())
            }
            (true, bytes) => check_iv(bytes).map(|()| None)?,
            (false, _) => None,
        };
        let pattern = if version == 0 { (0, 0) } else { (pattern >> 4, pattern & 15) };
        Ok(Self { pattern, is_protected, iv_bytes, key_id, constant_iv })
    }

    /// The box, in version 1 if there is a pattern or a constant IV.
    #[must_use]
    pub fn to_box(&self) -> Mp4Box {
        let (encrypted, skipped) = self.pattern;
        let version = u8::from(self.pattern != (0, 0) || self.constant_iv.is_some());
        let mut fields = vec![version, 0, 0, 0, 0, encrypted << 4 | skipped & 15];
        fields.extend([u8::from(self.is_protected), self.iv_bytes]);
        fields.extend(self.key_id);
        if let Some(iv) = &self.constant_iv {
            // An IV has 8 or 16 bytes.
            fields.extend(u8::try_from(iv.len()));
            fields.extend(iv);
        }
        Mp4Box::leaf(TENC, fields)
    }
}

fn check_iv(bytes: u8) -> Result<(), Mp4Error> {
    let is_known = matches!(bytes, 8 | 16);
    if is_known { Ok(()) } else { Err(Mp4Error::Unsupported { kind: TENC, what: "an IV of this size" }) }
}

impl Protection {
    /// Reads `sinf`.
    ///
    /// # Errors
    /// [`Mp4Error`] if a box in it is missing or cut off.
    pub fn read(sinf: &Mp4Box) -> Result<Self, Mp4Error> {
        let original_format = Kind(Fields::of(FRMA, &sinf.child(FRMA)?.fields).array()?);
        let mut schm = Fields::of(SCHM, &sinf.child(SCHM)?.fields);
        schm.version_and_flags()?;
        let scheme = Kind(schm.array()?);
        let track = TrackEncryption::read(sinf.descendant(&[SCHI, TENC])?)?;
        Ok(Self { original_format, scheme, track })
    }

    /// The box `sinf`.
    #[must_use]
    pub fn to_box(&self) -> Mp4Box {
        let schm = [[0; 4], self.scheme.0, SCHEME_VERSION.to_be_bytes()].concat();
        Mp4Box::parent(
            SINF,
            vec![
                Mp4Box::leaf(FRMA, self.original_format.0.to_vec()),
                Mp4Box::leaf(SCHM, schm),
                Mp4Box::parent(SCHI, vec![self.track.to_box()]),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cenc() -> TrackEncryption {
        let key_id = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        TrackEncryption { pattern: (0, 0), is_protected: true, iv_bytes: 8, key_id, constant_iv: None }
    }

    fn cbcs() -> TrackEncryption {
        TrackEncryption { pattern: (1, 9), iv_bytes: 0, constant_iv: Some(vec![7; 16]), ..cenc() }
    }

    #[test]
    fn tenc_has_version_0_for_cenc_and_1_for_a_pattern_or_a_constant_iv() {
        let key_id = "00000000000000000000000000000001";
        let hex = |track: &TrackEncryption| hex::encode(track.to_box().fields);
        assert_eq!(hex(&cenc()), format!("00000000 0000 01 08 {key_id}").replace(' ', ""));
        let iv = "07".repeat(16);
        assert_eq!(hex(&cbcs()), format!("01000000 0019 01 00 {key_id} 10 {iv}").replace(' ', ""));
        let audio = TrackEncryption { pattern: (0, 0), ..cbcs() };
        assert_eq!(hex(&audio), format!("01000000 0000 01 00 {key_id} 10 {iv}").replace(' ', ""));
    }

    #[test]
    fn sinf_is_read_as_it_was_written() {
        for (track, scheme) in [(cenc(), b"cenc"), (cbcs(), b"cbcs")] {
            let protection = Protection { original_format: Kind(*b"avc1"), scheme: Kind(*scheme), track };
            let mut bytes = Vec::new();
            protection.to_box().write(&mut bytes).expect("a small box");
            let sinf = &Mp4Box::read_all(&bytes).expect("a box")[0];
            assert_eq!(Protection::read(sinf), Ok(protection));
        }
    }

    #[test]
    fn a_tenc_that_is_cut_off_or_has_an_iv_of_another_size_is_an_error() {
        for track in [cenc(), cbcs()] {
            let whole = track.to_box();
            for end in 0..whole.fields.len() {
                let cut = Mp4Box::leaf(TENC, whole.fields[..end].to_vec());
                assert_eq!(TrackEncryption::read(&cut), Err(Mp4Error::CutOff(TENC)), "{end}");
            }
        }
        let odd = TrackEncryption { iv_bytes: 7, ..cenc() };
        assert!(matches!(TrackEncryption::read(&odd.to_box()), Err(Mp4Error::Unsupported { .. })));
    }
}
