//! The header of a slice segment (ITU-T H.265, 7.3.6), read for its length.

use super::parameter_sets::{PictureParameters, SequenceParameters};
use super::reference_sets::ReferenceSet;
use crate::media::codec::CodecError;
use crate::media::codec::bits::BitReader;

/// Types of slices (table 7-7).
const B: u32 = 0;
const P: u32 = 1;
const I: u32 = 2;

/// The fields of a slice segment's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceHeader {
    /// `first_slice_segment_in_pic_flag`.
    pub is_first: bool,
    /// `slice_segment_address`: the number of its first coding tree block in the picture, 0 for the first segment.
    pub address: u32,
    /// The rest of the header is that of the segment before: `dependent_slice_segment_flag`.
    pub is_dependent: bool,
    /// The bytes of the unit that hold its own header and the segment's, which ends at a whole byte. Emulation
    /// prevention bytes count.
    pub header_bytes: usize,
}

/// Reads the header of a unit that is a slice segment.
pub(super) fn read<'a>(
    unit: &[u8],
    sets: impl Fn(u32) -> Result<(&'a PictureParameters, &'a SequenceParameters), CodecError>,
) -> Result<SliceHeader, CodecError> {
    let mut bits = BitReader::new(unit, "a slice header");
    bits.skip(1)?;
    let unit_type = bits.bits(6)?;
    bits.skip(9)?;
    let is_first = bits.flag()?;
    if matches!(unit_type, 16..=23) {
        // no_output_of_prior_pics_flag.
        bits.skip(1)?;
    }
    let (picture, sequence) = sets(bits.unsigned("slice_pic_parameter_set_id", 63)?)?;
    let is_dependent = !is_first && picture.has_dependent_segments && bits.flag()?;
    let address = if is_first { 0 } else { bits.bits(sequence.address_bits)? };
    if !is_dependent {
        skip_independent(&mut bits, unit_type, picture, sequence)?;
    }
    if picture.has_entry_points {
        let points = bits.unsigned("num_entry_point_offsets", u32::MAX - 1)?;
        if points > 0 {
            let length = bits.unsigned("offset_len_minus1", 31)? + 1;
            for _ in 0..points {
                bits.skip(length)?;
            }
        }
    }
    if picture.has_header_extension {
        let bytes = bits.unsigned("slice_segment_header_extension_length", 256)?;
        bits.skip(bytes * 8)?;
    }
    // byte_alignment(): a one, and zeros up to a whole byte.
    bits.skip(1)?;
    Ok(SliceHeader { is_first, address, is_dependent, header_bytes: bits.bytes_read() })
}

/// Skips the part of the header that dependent segments do not have.
fn skip_independent(
    bits: &mut BitReader<'_>,
    unit_type: u32,
    picture: &PictureParameters,
    sequence: &SequenceParameters,
) -> Result<(), CodecError> {
    bits.skip(picture.extra_bits)?;
    let slice_type = bits.unsigned("slice_type", 2)?;
    bits.skip(picture.states_output.into())?;
    if sequence.has_separate_planes {
        // colour_plane_id.
        bits.skip(2)?;
    }
    // IDR_W_RADL and IDR_N_LP: decoding can start there, so that they refer to no other picture.
    let is_idr = matches!(unit_type, 19 | 20);
    let (mut references, mut predicts_motion) = (0, false);
    if !is_idr {
        bits.skip(sequence.order_bits)?;
        references = read_short_term(bits, sequence)? + read_long_term(bits, sequence)?;
        predicts_motion = sequence.predicts_motion && bits.flag()?;
    }
    let mut has_offsets = false;
    if sequence.has_offsets {
        // slice_sao_luma_flag and slice_sao_chroma_flag.
        has_offsets = bits.flag()?;
        has_offsets |= sequence.has_chroma && bits.flag()?;
    }
    if slice_type != I {
        skip_prediction(bits, slice_type, references, predicts_motion, picture, sequence)?;
    }
    bits.skip_number("slice_qp_delta")?;
    if picture.states_chroma_quantization {
        bits.skip_numbers(2, "slice_qp_offset")?;
    }
    // cu_chroma_qp_offset_enabled_flag.
    bits.skip(picture.has_chroma_quantization_lists.into())?;
    let mut is_without_deblocking = picture.is_without_deblocking;
    // deblocking_filter_override_flag.
    if picture.overrides_deblocking && bits.flag()? {
        is_without_deblocking = bits.flag()?;
        if !is_without_deblocking {
            bits.skip_numbers(2, "slice_beta_offset_div2")?;
        }
    }
    if picture.filters_across_slices && (has_offsets || !is_without_deblocking) {
        // slice_loop_filter_across_slices_enabled_flag.
        bits.skip(1)?;
    }
    Ok(())
}

/// Skips the set of short-term references. Returns how many of them the picture uses.
fn read_short_term(bits: &mut BitReader<'_>, sequence: &SequenceParameters) -> Result<u32, CodecError> {
    let sets = &sequence.reference_sets;
    // short_term_ref_pic_set_sps_flag.
    if !bits.flag()? {
        return Ok(ReferenceSet::read(bits, sets, true)?.used());
    }
    let index = bits.bits(bits_for(sets.len()))?;
    let none = CodecError::OutOfRange { field: "short_term_ref_pic_set_idx", value: index.into() };
    Ok(sets.get(index as usize).ok_or(none)?.used())
}

/// Skips the long-term references. Returns how many of them the picture uses.
fn read_long_term(bits: &mut BitReader<'_>, sequence: &SequenceParameters) -> Result<u32, CodecError> {
    let Some(stated) = &sequence.long_term else { return Ok(0) };
    let most = if stated.is_empty() { 0 } else { 32 };
    let from_sequence = if most > 0 { bits.unsigned("num_long_term_sps", most)? } else { 0 };
    let own = bits.unsigned("num_long_term_pics", 32)?;
    let mut used = 0;
    for n in 0..from_sequence + own {
        let is_used = if n < from_sequence {
            let index = bits.bits(bits_for(stated.len()))?;
            let none = CodecError::OutOfRange { field: "lt_idx_sps", value: index.into() };
            *stated.get(index as usize).ok_or(none)?
        } else {
            bits.skip(sequence.order_bits)?;
            bits.flag()?
        };
        used += u32::from(is_used);
        // delta_poc_msb_present_flag.
        if bits.flag()? {
            bits.skip_number("delta_poc_msb_cycle_lt")?;
        }
    }
    Ok(used)
}

/// Skips the fields of slices of types P and B about their references.
fn skip_prediction(
    bits: &mut BitReader<'_>,
    slice_type: u32,
    references: u32,
    predicts_motion: bool,
    picture: &PictureParameters,
    sequence: &SequenceParameters,
) -> Result<(), CodecError> {
    let lists = if slice_type == B { 2 } else { 1 };
    let mut counts = picture.references;
    // num_ref_idx_active_override_flag.
    if bits.flag()? {
        for count in &mut counts[..lists] {
            *count = bits.unsigned("num_ref_idx_active_minus1", 14)? + 1;
        }
    }
    let counts = &counts[..lists];
    if picture.modifies_lists && references > 1 {
        for count in counts {
            // ref_pic_list_modification_flag.
            if bits.flag()? {
                bits.skip(count * bits_for(references as usize))?;
            }
        }
    }
    if slice_type == B {
        // mvd_l1_zero_flag.
        bits.skip(1)?;
    }
    // cabac_init_flag.
    bits.skip(picture.states_cabac_init.into())?;
    if predicts_motion {
        // collocated_from_l0_flag, then the index in that list if it has several entries.
        let list = usize::from(slice_type == B && !bits.flag()?);
        if counts[list] > 1 {
            bits.skip_number("collocated_ref_idx")?;
        }
    }
    if picture.weighs[usize::from(slice_type != P)] {
        skip_weights(bits, counts, sequence.has_chroma)?;
    }
    bits.skip_number("five_minus_max_num_merge_cand")
}

/// Skips the weight table (7.3.6.3); `counts` has the number of entries of each list.
fn skip_weights(bits: &mut BitReader<'_>, counts: &[u32], has_chroma: bool) -> Result<(), CodecError> {
    bits.skip_number("luma_log2_weight_denom")?;
    if has_chroma {
        bits.skip_number("delta_chroma_log2_weight_denom")?;
    }
    for &count in counts {
        let luma = bits.bits(count)?;
        let chroma = if has_chroma { bits.bits(count)? } else { 0 };
        // A weight and an offset for luma, and for each of two chroma components.
        bits.skip_numbers(2 * luma.count_ones() + 4 * chroma.count_ones(), "delta_luma_weight")?;
    }
    Ok(())
}

/// The bits of an index into `count` entries: Ceil(Log2(count)).
const fn bits_for(count: usize) -> u32 {
    usize::BITS - count.saturating_sub(1).leading_zeros()
}
