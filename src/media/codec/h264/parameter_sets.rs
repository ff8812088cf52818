//! Sequence and picture parameter sets (ITU-T H.264, 7.3.2.1 and 7.3.2.2): the fields that slice headers depend on.

use crate::media::codec::CodecError;
use crate::media::codec::bits::BitReader;

/// Upper bound of width and height in macroblocks: 65,536 pixels, while the highest level allows 16,880 (table A-1).
const MOST_MACROBLOCKS_PER_SIDE: u32 = 4096;

/// Profiles whose sequence parameter sets state chroma format, bit depth and scaling matrices (7.3.2.1.1).
const HIGH_PROFILES: [u32; 13] = [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244];

/// How slices state the order of pictures (8.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureOrder {
    /// Type 0: slices state the low bits of the order count.
    Stated {
        /// `log2_max_pic_order_cnt_lsb_minus4` + 4.
        bits: u32,
    },
    /// Type 1: slices state the deviation from an expected cycle, unless it is always zero.
    Cycle {
        /// `delta_pic_order_always_zero_flag`.
        never_deviates: bool,
    },
    /// Type 2: decoding order.
    Decoded,
}

/// The fields of a sequence parameter set that slice headers depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceParameters {
    /// `seq_parameter_set_id`: 0 to 31.
    pub(super) id: u32,
    /// `chroma_format_idc`: 0 is grey, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4.
    pub(super) chroma_format: u32,
    pub(super) has_separate_planes: bool,
    /// `log2_max_frame_num_minus4` + 4.
    pub(super) frame_number_bits: u32,
    pub(super) order: PictureOrder,
    pub(super) width_macroblocks: u32,
    /// Rows of macroblocks in a frame, or in a field if the stream may have fields.
    pub(super) map_unit_rows: u32,
    /// `frame_mbs_only_flag`: neither pictures nor macroblocks are fields.
    pub(super) is_progressive: bool,
    /// `mb_adaptive_frame_field_flag`: macroblocks of frames come in pairs, one above the other.
    pub(super) has_pairs: bool,
}

impl SequenceParameters {
    /// Reads a unit of type 7, including its header.
    pub(super) fn read(unit: &[u8]) -> Result<Self, CodecError> {
        let mut bits = BitReader::new(unit, "a sequence parameter set");
        bits.bits(8)?;
        let profile = bits.bits(8)?;
        // Constraint flags and level.
        bits.bits(16)?;
        let id = bits.unsigned("seq_parameter_set_id", 31)?;
        let (mut chroma_format, mut has_separate_planes) = (1, false);
        if HIGH_PROFILES.contains(&profile) {
            chroma_format = bits.unsigned("chroma_format_idc", 3)?;
            has_separate_planes = chroma_format == 3 && bits.flag()?;
            bits.unsigned("bit_depth_luma_minus8", 6)?;
            bits.unsigned("bit_depth_chroma_minus8", 6)?;
            // qpprime_y_zero_transform_bypass_flag.
            bits.flag()?;
            if bits.flag()? {
                let lists = if chroma_format == 3 { 12 } else { 8 };
                for list in 0..lists {
                    if bits.flag()? {
                        skip_scaling_list(&mut bits, if list < 6 { 16 } else { 64 })?;
                    }
                }
            }
        }
        let frame_number_bits = bits.unsigned("log2_max_frame_num_minus4", 12)? + 4;
        let order = match bits.unsigned("pic_order_cnt_type", 2)? {
            0 => {
                let field = "log2_max_pic_order_cnt_lsb_minus4";
                PictureOrder::Stated { bits: bits.unsigned(field, 12)? + 4 }
            }
            1 => {
                let never_deviates = bits.flag()?;
                bits.skip_number("offset_for_non_ref_pic")?;
                bits.skip_number("offset_for_top_to_bottom_field")?;
                for _ in 0..bits.unsigned("num_ref_frames_in_pic_order_cnt_cycle", 255)? {
                    bits.skip_number("offset_for_ref_frame")?;
                }
                PictureOrder::Cycle { never_deviates }
            }
            _ => PictureOrder::Decoded,
        };
        bits.unsigned("max_num_ref_frames", 16)?;
        // gaps_in_frame_num_value_allowed_flag.
        bits.flag()?;
        let width_macroblocks = bits.unsigned("pic_width_in_mbs_minus1", MOST_MACROBLOCKS_PER_SIDE - 1)? + 1;
        let map_unit_rows =
            bits.unsigned("pic_height_in_map_units_minus1", MOST_MACROBLOCKS_PER_SIDE - 1)? + 1;
        let is_progressive = bits.flag()?;
        let has_pairs = !is_progressive && bits.flag()?;
        Ok(Self {
            id,
            chroma_format,
            has_separate_planes,
            frame_number_bits,
            order,
            width_macroblocks,
            map_unit_rows,
            is_progressive,
            has_pairs,
        })
    }

    /// `ChromaArrayType`: 0 if planes are coded as separate pictures, or if there is only luma.
    pub(super) const fn chroma_array_type(self) -> u32 {
        if self.has_separate_planes { 0 } else { self.chroma_format }
    }

    /// `PicSizeInMapUnits`.
    pub(super) const fn map_units(self) -> u32 {
        self.width_macroblocks * self.map_unit_rows
    }
}

/// Skips a scaling list (7.3.2.1.1.1).
fn skip_scaling_list(bits: &mut BitReader<'_>, size: u32) -> Result<(), CodecError> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..size {
        if next != 0 {
            let delta = bits.signed("delta_scale")?;
            next = (last + delta).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Ok(())
}

/// The fields of a picture parameter set that slice headers depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the standard")]
pub struct PictureParameters {
    /// `pic_parameter_set_id`: 0 to 255.
    pub(super) id: u32,
    /// The sequence parameter set that it refers to.
    pub(super) sequence: u32,
    /// `entropy_coding_mode_flag`: CABAC, else CAVLC.
    pub(super) is_cabac: bool,
    /// `bottom_field_pic_order_in_frame_present_flag`.
    pub(super) states_bottom_order: bool,
    /// Macroblocks are not in the order of rows: `num_slice_groups_minus1` is above 0.
    pub(super) has_slice_groups: bool,
    /// `slice_group_change_rate_minus1` + 1, if slices state how far their groups have grown.
    pub(super) change_rate: Option<u32>,
    /// `num_ref_idx_l0_default_active_minus1` + 1, and the same for list 1.
    pub(super) references: [u32; 2],
    /// `weighted_pred_flag`: slices of types P and SP state weights.
    pub(super) weighs_p: bool,
    /// `weighted_bipred_idc` is 1: slices of type B state weights.
    pub(super) weighs_b: bool,
    /// `deblocking_filter_control_present_flag`.
    pub(super) states_deblocking: bool,
    /// `redundant_pic_cnt_present_flag`.
    pub(super) has_redundant_pictures: bool,
}

impl PictureParameters {
    /// Reads a unit of type 8, including its header.
    pub(super) fn read(unit: &[u8]) -> Result<Self, CodecError> {
        let mut bits = BitReader::new(unit, "a picture parameter set");
        bits.bits(8)?;
        let id = bits.unsigned("pic_parameter_set_id", 255)?;
        let sequence = bits.unsigned("seq_parameter_set_id", 31)?;
        let is_cabac = bits.flag()?;
        let states_bottom_order = bits.flag()?;
        let groups = bits.unsigned("num_slice_groups_minus1", 7)? + 1;
        let change_rate = if groups > 1 { read_slice_groups(&mut bits, groups)? } else { None };
        let mut references = [0; 2];
        for references in &mut references {
            *references = bits.unsigned("num_ref_idx_default_active_minus1", 31)? + 1;
        }
        let weighs_p = bits.flag()?;
        let weighs_b = bits.bits(2)? == 1;
        for field in ["pic_init_qp_minus26", "pic_init_qs_minus26", "chroma_qp_index_offset"] {
            bits.skip_number(field)?;
        }
        let states_deblocking = bits.flag()?;
        // constrained_intra_pred_flag.
        bits.flag()?;
        let has_redundant_pictures = bits.flag()?;
        Ok(Self {
            id,
            sequence,
            is_cabac,
            states_bottom_order,
            has_slice_groups: groups > 1,
            change_rate,
            references,
            weighs_p,
            weighs_b,
            states_deblocking,
            has_redundant_pictures,
        })
    }
}

/// Skips the map of slice groups (7.3.2.2). Returns the rate at which groups grow, if they do.
fn read_slice_groups(bits: &mut BitReader<'_>, groups: u32) -> Result<Option<u32>, CodecError> {
    match bits.unsigned("slice_group_map_type", 6)? {
        0 => {
            for _ in 0..groups {
                bits.skip_number("run_length_minus1")?;
            }
        }
        2 => {
            for _ in 1..groups {
                bits.skip_number("top_left")?;
                bits.skip_number("bottom_right")?;
            }
        }
        3..=5 => {
            // slice_group_change_direction_flag.
            bits.flag()?;
            let field = "slice_group_change_rate_minus1";
            let most = MOST_MACROBLOCKS_PER_SIDE * MOST_MACROBLOCKS_PER_SIDE - 1;
            return Ok(Some(bits.unsigned(field, most)? + 1));
        }
        6 => {
            let most = MOST_MACROBLOCKS_PER_SIDE * MOST_MACROBLOCKS_PER_SIDE - 1;
            let id_bits = u32::BITS - (groups - 1).leading_zeros();
            for _ in 0..=bits.unsigned("pic_size_in_map_units_minus1", most)? {
                bits.bits(id_bits)?;
            }
        }
        _ => {}
    }
    Ok(None)
}
