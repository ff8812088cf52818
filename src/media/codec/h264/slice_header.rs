//! The header of a slice (ITU-T H.264, 7.3.3), read for its length and for the place of the slice in the picture.

use super::parameter_sets::{PictureOrder, PictureParameters, SequenceParameters};
use crate::media::codec::CodecError;
use crate::media::codec::bits::BitReader;

/// Most entries of a list of references: 32 of fields (7.4.3).
const MOST_REFERENCES: u32 = 32;

/// The prediction of a slice (table 7-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SliceType {
    /// From earlier pictures.
    P,
    /// From two pictures.
    B,
    /// Within the slice only.
    I,
    /// As P, for switching between streams.
    Sp,
    /// As I, for switching between streams.
    Si,
}

/// The part of a frame that the picture of a slice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// The whole frame, its macroblocks row by row.
    Frame,
    /// The whole frame, its macroblocks in pairs, one above the other (MBAFF).
    FrameOfPairs,
    /// The top field: rows 0, 2, 4 ….
    TopField,
    /// The bottom field: rows 1, 3, 5 ….
    BottomField,
}

/// The fields of a slice header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceHeader {
    /// `first_mb_in_slice`: the number of the slice's first macroblock in its picture; in a frame of pairs, of its
    /// first pair.
    pub first_macroblock: u32,
    /// Its prediction.
    pub slice_type: SliceType,
    /// The part of a frame that its picture is.
    pub structure: Structure,
    /// Macroblocks in a row of the picture.
    pub width_macroblocks: u32,
    /// Rows of macroblocks in the slice's picture, which may be a field.
    pub rows_macroblocks: u32,
    /// Macroblocks are in the order of rows: there are no slice groups.
    pub is_in_row_order: bool,
    /// The slice repeats a part of a picture that was sent before.
    pub is_redundant: bool,
    /// Coded with CABAC, else CAVLC.
    pub is_cabac: bool,
    /// The bytes of the unit that hold its own header and the slice header. The last one may hold coded samples too;
    /// emulation prevention bytes between them count.
    pub header_bytes: usize,
}

/// Reads the header of a unit of type 1 or 5.
pub(super) fn read<'a>(
    unit: &[u8],
    sets: impl Fn(u32) -> Result<(&'a PictureParameters, &'a SequenceParameters), CodecError>,
) -> Result<SliceHeader, CodecError> {
    let mut bits = BitReader::new(unit, "a slice header");
    // forbidden_zero_bit.
    bits.bits(1)?;
    let is_reference = bits.bits(2)? != 0;
    let is_idr = bits.bits(5)? == 5;

    let first_macroblock = bits.unsigned("first_mb_in_slice", u32::MAX - 1)?;
    let slice_type = match bits.unsigned("slice_type", 9)? % 5 {
        0 => SliceType::P,
        1 => SliceType::B,
        2 => SliceType::I,
        3 => SliceType::Sp,
        _ => SliceType::Si,
    };
    let (picture, sequence) = sets(bits.unsigned("pic_parameter_set_id", 255)?)?;
    if sequence.has_separate_planes {
        // colour_plane_id.
        bits.bits(2)?;
    }
    // frame_num.
    bits.bits(sequence.frame_number_bits)?;
    let structure = read_structure(&mut bits, sequence)?;
    let is_field = matches!(structure, Structure::TopField | Structure::BottomField);
    if is_idr {
        bits.skip_number("idr_pic_id")?;
    }
    let states_bottom = picture.states_bottom_order && !is_field;
    match sequence.order {
        PictureOrder::Stated { bits: count } => {
            bits.bits(count)?;
            if states_bottom {
                bits.skip_number("delta_pic_order_cnt_bottom")?;
            }
        }
        PictureOrder::Cycle { never_deviates: false } => {
            for _ in 0..=u32::from(states_bottom) {
                bits.skip_number("delta_pic_order_cnt")?;
            }
        }
        PictureOrder::Cycle { never_deviates: true } | PictureOrder::Decoded => {}
    }
    let is_redundant = picture.has_redundant_pictures && bits.unsigned("redundant_pic_cnt", 127)? > 0;
    if slice_type == SliceType::B {
        // direct_spatial_mv_pred_flag.
        bits.bits(1)?;
    }
    let (references, lists) = read_reference_counts(&mut bits, slice_type, picture)?;
    let references = &references[..lists];
    for _ in references {
        skip_list_modification(&mut bits)?;
    }
    let is_weighted = match slice_type {
        SliceType::P | SliceType::Sp => picture.weighs_p,
        SliceType::B => picture.weighs_b,
        SliceType::I | SliceType::Si => false,
    };
    if is_weighted {
        skip_weights(&mut bits, references, sequence.chroma_array_type() != 0)?;
    }
    if is_reference {
        skip_marking(&mut bits, is_idr)?;
    }
    if picture.is_cabac && !references.is_empty() {
        bits.unsigned("cabac_init_idc", 2)?;
    }
    bits.skip_number("slice_qp_delta")?;
    if matches!(slice_type, SliceType::Sp | SliceType::Si) {
        if slice_type == SliceType::Sp {
            // sp_for_switch_flag.
            bits.bits(1)?;
        }
        bits.skip_number("slice_qs_delta")?;
    }
    if picture.states_deblocking && bits.unsigned("disable_deblocking_filter_idc", 2)? != 1 {
        bits.skip_number("slice_alpha_c0_offset_div2")?;
        bits.skip_number("slice_beta_offset_div2")?;
    }
    if let Some(rate) = picture.change_rate {
        // Ceil(Log2(PicSizeInMapUnits ÷ SliceGroupChangeRate + 1)) bits: slice_group_change_cycle.
        bits.bits(u32::BITS - sequence.map_units().div_ceil(rate).leading_zeros())?;
    }
    let rows = sequence.map_unit_rows;
    let rows_macroblocks = if sequence.is_progressive || is_field { rows } else { rows * 2 };
    let units = sequence.width_macroblocks * rows_macroblocks;
    let units = if structure == Structure::FrameOfPairs { units / 2 } else { units };
    if first_macroblock >= units {
        return Err(CodecError::OutOfRange { field: "first_mb_in_slice", value: first_macroblock.into() });
    }
    Ok(SliceHeader {
        first_macroblock,
        slice_type,
        structure,
        width_macroblocks: sequence.width_macroblocks,
        rows_macroblocks,
        is_in_row_order: !picture.has_slice_groups,
        is_redundant,
        is_cabac: picture.is_cabac,
        header_bytes: bits.bytes_read(),
    })
}

fn read_structure(bits: &mut BitReader<'_>, sequence: &SequenceParameters) -> Result<Structure, CodecError> {
    // field_pic_flag, then bottom_field_flag.
    let is_field = !sequence.is_progressive && bits.flag()?;
    Ok(match is_field {
        true if bits.flag()? => Structure::BottomField,
        true => Structure::TopField,
        false if sequence.has_pairs => Structure::FrameOfPairs,
        false => Structure::Frame,
    })
}

/// How many reference lists the slice uses (none for I, one for P, two for B), and the number of entries of each.
fn read_reference_counts(
    bits: &mut BitReader<'_>,
    slice_type: SliceType,
    picture: &PictureParameters,
) -> Result<([u32; 2], usize), CodecError> {
    let lists = match slice_type {
        SliceType::I | SliceType::Si => 0,
        SliceType::P | SliceType::Sp => 1,
        SliceType::B => 2,
    };
    let mut counts = picture.references;
    // num_ref_idx_active_override_flag.
    if lists > 0 && bits.flag()? {
        for count in &mut counts[..lists] {
            *count = bits.unsigned("num_ref_idx_active_minus1", MOST_REFERENCES - 1)? + 1;
        }
    }
    Ok((counts, lists))
}

/// Skips the modification of one reference list (7.3.3.1).
fn skip_list_modification(bits: &mut BitReader<'_>) -> Result<(), CodecError> {
    if bits.flag()? {
        while bits.unsigned("modification_of_pic_nums_idc", 3)? != 3 {
            bits.skip_number("abs_diff_pic_num_minus1")?;
        }
    }
    Ok(())
}

/// Skips the weight table (7.3.3.2); `references` has the number of entries of each list.
fn skip_weights(bits: &mut BitReader<'_>, references: &[u32], has_chroma: bool) -> Result<(), CodecError> {
    bits.unsigned("luma_log2_weight_denom", 7)?;
    if has_chroma {
        bits.unsigned("chroma_log2_weight_denom", 7)?;
    }
    for _ in 0..references.iter().sum() {
        // A weight and an offset for luma, then for each of the two chroma components.
        for numbers in [2, 4].into_iter().take(if has_chroma { 2 } else { 1 }) {
            if bits.flag()? {
                for _ in 0..numbers {
                    bits.skip_number("weight or offset")?;
                }
            }
        }
    }
    Ok(())
}

/// Skips the marking of reference pictures (7.3.3.3).
fn skip_marking(bits: &mut BitReader<'_>, is_idr: bool) -> Result<(), CodecError> {
    if is_idr {
        // no_output_of_prior_pics_flag and long_term_reference_flag.
        return bits.bits(2).map(drop);
    }
    // adaptive_ref_pic_marking_mode_flag.
    if bits.flag()? {
        loop {
            let numbers = match bits.unsigned("memory_management_control_operation", 6)? {
                0 => break,
                3 => 2,
                5 => 0,
                _ => 1,
            };
            for _ in 0..numbers {
                bits.skip_number("memory_management_control_operation")?;
            }
        }
    }
    Ok(())
}
