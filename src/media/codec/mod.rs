//! Finds the parts of a packet: NAL units, OBUs, slices and restart intervals.
//!
//! Codecs divide a picture into parts, each with a header that states its kind and place. This code finds the parts
//! and the bytes at which their coded samples begin. It decodes no sample, and knows neither FFmpeg nor ciphers: input
//! is bytes, output is ranges of bytes.
//!
//! | file | what it finds | specification |
//! |---|---|---|
//! | [`nal`] | NAL units after lengths or start codes | ITU-T H.264 and H.265, annex B; ISO/IEC 14496-15 |
//! | [`h264`] | slices, and where their headers end | ITU-T H.264, 7.3 |
//! | [`hevc`] | slice segments, and where their headers end | ITU-T H.265, 7.3 |
//! | [`obu`] | open bitstream units | AV1 bitstream and decoding process, 5.3 |
//! | [`prores`] | slices of each picture | SMPTE RDD 36 |
//! | [`jpeg`] | restart intervals of each scan | ITU-T T.81, annex B |
//!
//! Every length is checked against the bytes that there are. A contradiction to the format is a [`CodecError`]. The
//! time for a packet is at most linear in its size, whatever its bytes are.

mod bits;
pub mod h264;
pub mod hevc;
pub mod jpeg;
pub mod nal;
pub mod obu;
pub mod prores;
pub mod units;

/// Why bytes do not conform to the codec's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The bytes end within a structure.
    #[error("the data ends inside {0}")]
    CutOff(&'static str),
    /// A number that the format does not allow here, or that is too large for any picture.
    #[error("{value} is not allowed for {field}")]
    OutOfRange {
        /// The field's name in the standard.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// A slice refers to a parameter set that was not sent.
    #[error("there is no {kind} with the number {id}")]
    NoParameterSet {
        /// The kind of parameter set.
        kind: &'static str,
        /// Its number.
        id: u32,
    },
    /// A required marker or word is missing.
    #[error("a required {0} is missing")]
    Missing(&'static str),
    /// The tables of an encrypted file state more bytes than the packet has.
    #[error("the parts that the encryption tables state are longer than the packet")]
    PartsPastEnd,
    /// A part of the format that is not supported.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
}
