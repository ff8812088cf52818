//! Sequence and picture parameter sets (ITU-T H.265, 7.3.2.2 and 7.3.2.3): the fields that slice headers depend on.

use super::reference_sets::ReferenceSet;
use crate::media::codec::CodecError;
use crate::media::codec::bits::BitReader;

/// Upper bound of width and height in pixels; the highest level allows 16,888 (A.4.1).
const MOST_PIXELS_PER_SIDE: u32 = 1 << 16;

/// Bits of the profile of one layer, or of all layers (7.3.3).
const PROFILE_BITS: u32 = 88;

/// Screen content profiles (A.3.7), whose slice headers have more fields.
const SCREEN_PROFILES: [u32; 2] = [9, 11];

/// The fields of a sequence parameter set that slice headers depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the standard")]
pub struct SequenceParameters {
    /// `sps_seq_parameter_set_id`: 0 to 15.
    pub(super) id: u32,
    /// `separate_colour_plane_flag`.
    pub(super) has_separate_planes: bool,
    /// `ChromaArrayType` is above 0.
    pub(super) has_chroma: bool,
    /// `log2_max_pic_order_cnt_lsb_minus4` + 4.
    pub(super) order_bits: u32,
    /// Bits of a slice's address, which is the number of a coding tree block.
    pub(super) address_bits: u32,
    /// `sample_adaptive_offset_enabled_flag`.
    pub(super) has_offsets: bool,
    pub(super) reference_sets: Vec<ReferenceSet>,
    /// `long_term_ref_pics_present_flag`, and for each long-term picture in the parameter set whether it may be
    /// referred to.
    pub(super) long_term: Option<Vec<bool>>,
    /// `sps_temporal_mvp_enabled_flag`.
    pub(super) predicts_motion: bool,
}

impl SequenceParameters {
    /// Reads a unit of type 33, including its header.
    pub(super) fn read(unit: &[u8]) -> Result<Self, CodecError> {
        let mut bits = BitReader::new(unit, "a sequence parameter set");
        // The unit's header, and the id of the video parameter set.
        bits.skip(16 + 4)?;
        let layers = bits.bits(3)?;
        // sps_temporal_id_nesting_flag.
        bits.skip(1)?;
        skip_profile(&mut bits, layers)?;
        let id = bits.unsigned("sps_seq_parameter_set_id", 15)?;
        let chroma_format = bits.unsigned("chroma_format_idc", 3)?;
        let has_separate_planes = chroma_format == 3 && bits.flag()?;
        let width = bits.unsigned("pic_width_in_luma_samples", MOST_PIXELS_PER_SIDE)?;
        let height = bits.unsigned("pic_height_in_luma_samples", MOST_PIXELS_PER_SIDE)?;
        // conformance_window_flag.
        if bits.flag()? {
            bits.skip_numbers(4, "conf_win_offset")?;
        }
        bits.skip_numbers(2, "bit_depth_minus8")?;
        let order_bits = bits.unsigned("log2_max_pic_order_cnt_lsb_minus4", 12)? + 4;
        // sps_sub_layer_ordering_info_present_flag.
        let stated = if bits.flag()? { layers + 1 } else { 1 };
        bits.skip_numbers(3 * stated, "sps_max_dec_pic_buffering_minus1")?;
        let log2_block = 3 + bits.unsigned("log2_min_luma_coding_block_size_minus3", 3)?;
        let log2_block = log2_block + bits.unsigned("log2_diff_max_min_luma_coding_block_size", 3)?;
        bits.skip_numbers(4, "log2_min_luma_transform_block_size_minus2")?;
        // scaling_list_enabled_flag and sps_scaling_list_data_present_flag.
        if bits.flag()? && bits.flag()? {
            skip_scaling_lists(&mut bits)?;
        }
        // amp_enabled_flag.
        bits.skip(1)?;
        let has_offsets = bits.flag()?;
        // pcm_enabled_flag.
        if bits.flag()? {
            bits.skip(8)?;
            bits.skip_numbers(2, "log2_min_pcm_luma_coding_block_size_minus3")?;
            bits.skip(1)?;
        }
        let mut reference_sets = Vec::new();
        for _ in 0..bits.unsigned("num_short_term_ref_pic_sets", 64)? {
            reference_sets.push(ReferenceSet::read(&mut bits, &reference_sets, false)?);
        }
        let mut long_term = None;
        if bits.flag()? {
            let mut used = Vec::new();
            for _ in 0..bits.unsigned("num_long_term_ref_pics_sps", 32)? {
                bits.skip(order_bits)?;
                used.push(bits.flag()?);
            }
            long_term = Some(used);
        }
        let predicts_motion = bits.flag()?;
        let blocks = |pixels: u32| u64::from(pixels.div_ceil(1 << log2_block));
        let blocks = blocks(width) * blocks(height);
        if blocks == 0 {
            return Err(CodecError::OutOfRange { field: "pic_width_in_luma_samples", value: 0 });
        }
        Ok(Self {
            id,
            has_separate_planes,
            has_chroma: chroma_format > 0 && !has_separate_planes,
            order_bits,
            address_bits: u64::BITS - (blocks - 1).leading_zeros(),
            has_offsets,
            reference_sets,
            long_term,
            predicts_motion,
        })
    }
}

/// Skips profile, tier and level of the stream and of `layers` sub-layers (7.3.3).
fn skip_profile(bits: &mut BitReader<'_>, layers: u32) -> Result<(), CodecError> {
    // general_profile_space and general_tier_flag.
    bits.skip(3)?;
    let profile = bits.bits(5)?;
    if SCREEN_PROFILES.contains(&profile) {
        return Err(CodecError::Unsupported("an HEVC screen content profile"));
    }
    bits.skip(PROFILE_BITS - 8 + 8)?;
    let mut stated = [(false, false); 8];
    for stated in &mut stated[..layers as usize] {
        *stated = (bits.flag()?, bits.flag()?);
    }
    if layers > 0 {
        // reserved_zero_2bits, up to eight layers.
        bits.skip(2 * (8 - layers))?;
    }
    for (has_profile, has_level) in stated {
        bits.skip(if has_profile { PROFILE_BITS } else { 0 })?;
        bits.skip(if has_level { 8 } else { 0 })?;
    }
    Ok(())
}

/// Skips scaling lists (7.3.4).
fn skip_scaling_lists(bits: &mut BitReader<'_>) -> Result<(), CodecError> {
    for (lists, numbers) in [(6, 16), (6, 64), (6, 65), (2, 65)] {
        for _ in 0..lists {
            // scaling_list_pred_mode_flag, then the list to copy or the coefficients.
            let numbers = if bits.flag()? { numbers } else { 1 };
            bits.skip_numbers(numbers, "scaling_list_delta_coef")?;
        }
    }
    Ok(())
}

/// The fields of a picture parameter set that slice headers depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the standard")]
pub struct PictureParameters {
    /// `pps_pic_parameter_set_id`: 0 to 63.
    pub(super) id: u32,
    /// The sequence parameter set that it refers to.
    pub(super) sequence: u32,
    /// `dependent_slice_segments_enabled_flag`.
    pub(super) has_dependent_segments: bool,
    /// `output_flag_present_flag`.
    pub(super) states_output: bool,
    /// `num_extra_slice_header_bits`.
    pub(super) extra_bits: u32,
    /// `cabac_init_present_flag`.
    pub(super) states_cabac_init: bool,
    /// `num_ref_idx_l0_default_active_minus1` + 1, and the same for list 1.
    pub(super) references: [u32; 2],
    /// `pps_slice_chroma_qp_offsets_present_flag`.
    pub(super) states_chroma_quantization: bool,
    /// `weighted_pred_flag`, `weighted_bipred_flag`.
    pub(super) weighs: [bool; 2],
    /// `tiles_enabled_flag` or `entropy_coding_sync_enabled_flag`.
    pub(super) has_entry_points: bool,
    /// `pps_loop_filter_across_slices_enabled_flag`.
    pub(super) filters_across_slices: bool,
    /// `deblocking_filter_override_enabled_flag`.
    pub(super) overrides_deblocking: bool,
    /// `pps_deblocking_filter_disabled_flag`.
    pub(super) is_without_deblocking: bool,
    /// `lists_modification_present_flag`.
    pub(super) modifies_lists: bool,
    /// `slice_segment_header_extension_present_flag`.
    pub(super) has_header_extension: bool,
    /// `chroma_qp_offset_list_enabled_flag`.
    pub(super) has_chroma_quantization_lists: bool,
}

impl PictureParameters {
    /// Reads a unit of type 34, including its header.
    pub(super) fn read(unit: &[u8]) -> Result<Self, CodecError> {
        let mut bits = BitReader::new(unit, "a picture parameter set");
        bits.skip(16)?;
        let id = bits.unsigned("pps_pic_parameter_set_id", 63)?;
        let sequence = bits.unsigned("pps_seq_parameter_set_id", 15)?;
        let has_dependent_segments = bits.flag()?;
        let states_output = bits.flag()?;
        let extra_bits = bits.bits(3)?;
        // sign_data_hiding_enabled_flag.
        bits.skip(1)?;
        let states_cabac_init = bits.flag()?;
        let mut references = [0; 2];
        for references in &mut references {
            *references = bits.unsigned("num_ref_idx_default_active_minus1", 14)? + 1;
        }
        bits.skip_number("init_qp_minus26")?;
        // constrained_intra_pred_flag.
        bits.skip(1)?;
        let skips_transforms = bits.flag()?;
        // cu_qp_delta_enabled_flag.
        if bits.flag()? {
            bits.skip_number("diff_cu_qp_delta_depth")?;
        }
        bits.skip_numbers(2, "pps_qp_offset")?;
        let states_chroma_quantization = bits.flag()?;
        let weighs = [bits.flag()?, bits.flag()?];
        // transquant_bypass_enabled_flag.
        bits.skip(1)?;
        let [has_tiles, is_synchronized] = [bits.flag()?, bits.flag()?];
        if has_tiles {
            skip_tiles(&mut bits)?;
        }
        let filters_across_slices = bits.flag()?;
        let (mut overrides_deblocking, mut is_without_deblocking) = (false, false);
        // deblocking_filter_control_present_flag.
        if bits.flag()? {
            (overrides_deblocking, is_without_deblocking) = (bits.flag()?, bits.flag()?);
            if !is_without_deblocking {
                bits.skip_numbers(2, "pps_beta_offset_div2")?;
            }
        }
        // pps_scaling_list_data_present_flag.
        if bits.flag()? {
            skip_scaling_lists(&mut bits)?;
        }
        let modifies_lists = bits.flag()?;
        bits.skip_number("log2_parallel_merge_level_minus2")?;
        let has_header_extension = bits.flag()?;
        // pps_extension_present_flag, then a flag for each extension; the range extension is the first.
        let has_range_extension = bits.flag()? && bits.bits(8)? & 0x80 != 0;
        let mut has_chroma_quantization_lists = false;
        if has_range_extension {
            if skips_transforms {
                bits.skip_number("log2_max_transform_skip_block_size_minus2")?;
            }
            // cross_component_prediction_enabled_flag.
            bits.skip(1)?;
            has_chroma_quantization_lists = bits.flag()?;
        }
        Ok(Self {
            id,
            sequence,
            has_dependent_segments,
            states_output,
            extra_bits,
            states_cabac_init,
            references,
            states_chroma_quantization,
            weighs,
            has_entry_points: has_tiles || is_synchronized,
            filters_across_slices,
            overrides_deblocking,
            is_without_deblocking,
            modifies_lists,
            has_header_extension,
            has_chroma_quantization_lists,
        })
    }
}

/// Skips the sizes of tiles.
fn skip_tiles(bits: &mut BitReader<'_>) -> Result<(), CodecError> {
    // At most one tile per coding tree block of 16 pixels or more (A.4.1 allows far fewer).
    let most = MOST_PIXELS_PER_SIDE / 16 - 1;
    let columns = bits.unsigned("num_tile_columns_minus1", most)?;
    let rows = bits.unsigned("num_tile_rows_minus1", most)?;
    // uniform_spacing_flag.
    if !bits.flag()? {
        bits.skip_numbers(columns + rows, "column_width_minus1")?;
    }
    // loop_filter_across_tiles_enabled_flag.
    bits.skip(1)
}
