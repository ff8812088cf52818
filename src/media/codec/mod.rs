//! Where the parts of a packet lie: NAL units, OBUs, slices and restart intervals.
//!
//! Codecs cut a picture into parts that say by clear bytes at their start what they are and where they belong. The code
//! here finds these parts and the bytes at which their coded samples begin. It decodes no sample, and knows neither
//! FFmpeg nor ciphers: it is given bytes, and answers with ranges of bytes.
//!
//! | file | what it finds | where that is written |
//! |---|---|---|
//! | [`nal`] | NAL units behind lengths or start codes | ITU-T H.264 and H.265, annex B; ISO/IEC 14496-15 |
//! | [`h264`] | slices, and where their headers end | ITU-T H.264, 7.3 |
//! | [`hevc`] | slice segments, and where their headers end | ITU-T H.265, 7.3 |
//! | [`obu`] | open bitstream units | AV1 bitstream and decoding process, 5.3 |
//! | [`prores`] | slices of each picture | SMPTE RDD 36 |
//! | [`jpeg`] | restart intervals of each scan | ITU-T T.81, annex B |
//!
//! Every length is checked against the bytes that there are. What contradicts the format is a [`CodecError`], and the
//! time for a packet grows with its size and no faster, whatever its bytes are.

mod bits;
pub mod h264;
pub mod hevc;
pub mod jpeg;
pub mod nal;
pub mod obu;
pub mod prores;
pub mod units;

/// Why bytes are not what the codec's format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The bytes end inside something.
    #[error("the data ends inside {0}")]
    CutOff(&'static str),
    /// A number that the format does not allow here, or that no picture is large enough for.
    #[error("{value} is no value for {field}")]
    OutOfRange {
        /// The field's name in the standard.
        field: &'static str,
        /// What it holds.
        value: u64,
    },
    /// A slice refers to a parameter set that was not sent.
    #[error("there is no {kind} with the number {id}")]
    NoParameterSet {
        /// Which kind of parameter set.
        kind: &'static str,
        /// Its number.
        id: u32,
    },
    /// A marker or a word is not where it has to be.
    #[error("there is no {0} where one has to be")]
    Missing(&'static str),
    /// The tables of an encrypted file state more bytes than the packet has.
    #[error("the parts that the encryption tables state are longer than the packet")]
    PartsPastEnd,
    /// A part of the format that is not read here.
    #[error("{0} is not read here")]
    Unsupported(&'static str),
}
