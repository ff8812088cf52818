//! Restart intervals of JPEG (ITU-T T.81, annex B): parts of a scan between markers, each of which can be decoded
//! alone.
//!
//! A scan codes its picture in units (MCUs) from left to right and from top to bottom. With a restart interval of n, a
//! marker follows every n units; without one, the scan is a single interval. A packet may hold several pictures, such
//! as the two fields of motion JPEG.

use std::ops::Range;

use super::CodecError;

/// Second bytes of markers (table B.1).
const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const RESTART_INTERVAL: u8 = 0xDD;

/// A part of a scan between markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its bytes within the packet: coded samples only.
    pub data: Range<usize>,
    /// The number of its scan in the packet, from 0.
    pub scan: usize,
    /// The number of its first MCU in the scan.
    pub first: u32,
    /// The number of its MCUs.
    pub count: u32,
}

/// A scan of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The number of its picture in the packet, from 0.
    pub picture: usize,
    /// Width of an MCU in pixels.
    pub unit_width: u32,
    /// Height of an MCU in pixels.
    pub unit_height: u32,
    /// MCUs in a row.
    pub columns: u32,
    /// Rows of MCUs.
    pub rows: u32,
}

/// The scans and intervals of a packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scans {
    /// The scans, in order.
    pub scans: Vec<Scan>,
    /// The intervals of all scans, in order.
    pub intervals: Vec<Interval>,
}

/// The fields of a frame header (B.2.2).
#[derive(Clone, Debug)]
struct FrameHeader {
    width: u32,
    height: u32,
    /// The identifier of each component and its sampling factors, across and down.
    components: Vec<(u8, u32, u32)>,
    /// Width and height of a block in samples: 8 with a cosine transform, 1 without.
    block: u32,
}

/// The restart intervals of a packet.
///
/// # Errors
/// If the packet is no JPEG picture, or is cut off outside the samples of a scan.
pub fn scans(packet: &[u8]) -> Result<Scans, CodecError> {
    if !packet.starts_with(&[0xFF, START_OF_IMAGE]) {
        return Err(CodecError::Missing("start of a JPEG picture"));
    }
    let mut found = Scans::default();
    let (mut frame, mut interval, mut pictures) = (None, 0, 0usize);
    let mut at = 0;
    while let Some(marker) = next_marker(packet, at) {
        let code = packet[marker + 1];
        at = marker + 2;
        match code {
            START_OF_IMAGE => {
                (frame, interval) = (None, 0);
                pictures += 1;
            }
            // Markers without a length (table B.1), and bytes that a film may have between its pictures.
            END_OF_IMAGE | 0x01 | 0xD0..=0xD7 => {}
            _ => {
                let segment = segment(packet, at)?;
                at = segment.end;
                let segment = &packet[segment];
                match code {
                    RESTART_INTERVAL => interval = u32::from(number(segment, 0)?),
                    // Frame headers of all kinds; C4, C8 and CC in this range mark other segments.
                    0xC0..=0xCF if !matches!(code, 0xC4 | 0xC8 | 0xCC) => {
                        frame = Some(read_frame(code, segment)?);
                    }
                    START_OF_SCAN => {
                        let frame = frame.as_ref().ok_or(CodecError::Missing("header of a frame"))?;
                        found.scans.push(read_scan(frame, pictures - 1, segment)?);
                        at = read_intervals(packet, at, interval, &mut found);
                    }
                    _ => {}
                }
            }
        }
    }
    if found.scans.is_empty() {
        return Err(CodecError::Missing("scan"));
    }
    Ok(found)
}

/// The position of the next marker from `at` on: of the last 0xFF before its code.
fn next_marker(packet: &[u8], at: usize) -> Option<usize> {
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF);
    packet.get(at..)?.windows(2).position(is_marker).map(|found| at + found)
}

/// The bytes of the segment whose length is at `at`, without the length.
fn segment(packet: &[u8], at: usize) -> Result<Range<usize>, CodecError> {
    let cut_off = CodecError::CutOff("a segment of a JPEG picture");
    let length = usize::from(number(packet.get(at..).unwrap_or_default(), 0).map_err(|_| cut_off)?);
    if length < 2 {
        return Err(CodecError::OutOfRange { field: "the length of a segment", value: length as u64 });
    }
    packet.get(at..at + length).ok_or(cut_off)?;
    Ok(at + 2..at + length)
}

/// Reads the frame header that follows the marker `code`.
fn read_frame(code: u8, segment: &[u8]) -> Result<FrameHeader, CodecError> {
    let [height, width] = [number(segment, 1)?, number(segment, 3)?].map(u32::from);
    if height == 0 {
        return Err(CodecError::Unsupported("a JPEG picture that states its height after a scan"));
    }
    if width == 0 {
        return Err(CodecError::OutOfRange { field: "X", value: 0 });
    }
    let count = usize::from(*segment.get(5).ok_or(CodecError::CutOff("the header of a frame"))?);
    let components = segment.get(6..6 + count * 3).ok_or(CodecError::CutOff("the header of a frame"))?;
    let component = |&[id, factors, _]: &[u8; 3]| {
        let (across, down) = (factors >> 4, factors & 15);
        if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return Err(CodecError::OutOfRange { field: "a sampling factor", value: factors.into() });
        }
        Ok((id, u32::from(across), u32::from(down)))
    };
    let components = components.as_chunks().0.iter().map(component).collect::<Result<_, _>>()?;
    // Lossless: C3, C7, CB and CF.
    let block = if code & 3 == 3 { 1 } else { 8 };
    Ok(FrameHeader { width, height, components, block })
}

/// Reads the header of a scan (B.2.3).
fn read_scan(frame: &FrameHeader, picture: usize, segment: &[u8]) -> Result<Scan, CodecError> {
    let cut_off = CodecError::CutOff("the header of a scan");
    let count = usize::from(*segment.first().ok_or(cut_off)?);
    let named = segment.get(1..=count * 2).filter(|named| !named.is_empty()).ok_or(cut_off)?;
    let across = frame.components.iter().map(|component| component.1).max().unwrap_or(1);
    let down = frame.components.iter().map(|component| component.2).max().unwrap_or(1);
    // A unit of a single component is one block (A.2.2): a fraction of the unit of all components.
    let mut parts = (1, 1);
    if let [id, _] = named {
        let component = frame.components.iter().find(|component| component.0 == *id);
        let component = component.ok_or(CodecError::Missing("component of a scan"))?;
        parts = (component.1, component.2);
    }
    if across % parts.0 != 0 || down % parts.1 != 0 {
        return Err(CodecError::Unsupported("a JPEG picture whose components do not divide each other"));
    }
    let (unit_width, unit_height) = (frame.block * (across / parts.0), frame.block * (down / parts.1));
    Ok(Scan {
        picture,
        unit_width,
        unit_height,
        columns: frame.width.div_ceil(unit_width),
        rows: frame.height.div_ceil(unit_height),
    })
}

/// Adds the intervals of the last scan, whose samples begin at `start`. Returns the position of the marker that ends
/// it, or the end of the packet.
fn read_intervals(packet: &[u8], mut start: usize, interval: u32, found: &mut Scans) -> usize {
    let scan = found.scans.len() - 1;
    let all = found.scans[scan].columns * found.scans[scan].rows;
    let (mut first, interval) = (0, if interval == 0 { all } else { interval });
    loop {
        let marker = next_marker(packet, start);
        // A marker may have any number of 0xFF in front (B.1.1.2).
        let end = marker.unwrap_or(packet.len());
        let fill = packet[start..end].iter().rev().take_while(|&&byte| byte == 0xFF).count();
        // Decoders ignore what follows the last unit.
        if first < all {
            let count = interval.min(all - first);
            found.intervals.push(Interval { data: start..end - fill, scan, first, count });
            first += count;
        }
        match marker {
            Some(marker) if matches!(packet[marker + 1], 0xD0..=0xD7) => start = marker + 2,
            _ => return end,
        }
    }
}

/// The number of two bytes at `at`.
fn number(bytes: &[u8], at: usize) -> Result<u16, CodecError> {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk());
    number.map(|number| u16::from_be_bytes(*number)).ok_or(CodecError::CutOff("a segment of a JPEG picture"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment with its marker and length.
    fn segment_of(code: u8, bytes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(bytes.len() + 2).expect("short");
        [&[0xFF, code][..], &length.to_be_bytes(), bytes].concat()
    }

    /// A frame header of this size with components 1 to 3; the first one has these sampling factors.
    fn frame(width: u16, height: u16, factors: u8) -> Vec<u8> {
        let [height, width] = [height, width].map(u16::to_be_bytes);
        let components = [3, 1, factors, 0, 2, 0x11, 0, 3, 0x11, 0];
        segment_of(0xC0, &[&[8][..], &height, &width, &components].concat())
    }

    /// A scan header of these components.
    fn scan(components: &[u8]) -> Vec<u8> {
        let named = components.iter().flat_map(|&id| [id, 0]);
        let count = u8::try_from(components.len()).expect("few");
        segment_of(START_OF_SCAN, &[count].into_iter().chain(named).chain([0, 63, 0]).collect::<Vec<_>>())
    }

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        [&[0xFF, START_OF_IMAGE][..], &parts.concat(), &[0xFF, END_OF_IMAGE]].concat()
    }

    #[test]
    fn intervals_lie_between_restart_markers_and_include_stuffed_bytes() {
        let interval = segment_of(RESTART_INTERVAL, &[0, 2]);
        // 40 × 20 pixels in units of 16 × 16: three columns and two rows. The last marker has a fill byte.
        let samples = [1, 0xFF, 0, 2, 0xFF, 0xD0, 3, 0xFF, 0xD1, 4, 0xFF];
        let packet = joined(&[&interval, &frame(40, 20, 0x22), &scan(&[1, 2, 3]), &samples]);
        let found = scans(&packet).expect("a picture");
        let size = Scan { picture: 0, unit_width: 16, unit_height: 16, columns: 3, rows: 2 };
        assert_eq!(found.scans, [size]);
        let bytes: Vec<&[u8]> = found.intervals.iter().map(|it| &packet[it.data.clone()]).collect();
        assert_eq!(bytes, [&[1, 0xFF, 0, 2][..], &[3], &[4]]);
        let units: Vec<_> = found.intervals.iter().map(|it| (it.scan, it.first, it.count)).collect();
        assert_eq!(units, [(0, 0, 2), (0, 2, 2), (0, 4, 2)]);
    }

    #[test]
    fn a_scan_without_markers_is_one_interval_and_markers_after_its_last_unit_are_ignored() {
        let packet = joined(&[&frame(40, 20, 0x22), &scan(&[1, 2, 3]), &[1, 2, 3, 0xFF, 0xD0, 4]]);
        let found = scans(&packet).expect("a picture");
        let [interval] = &found.intervals[..] else { panic!("{:?}", found.intervals) };
        assert_eq!((&packet[interval.data.clone()], interval.first, interval.count), (&[1, 2, 3][..], 0, 6));
    }

    #[test]
    fn a_scan_of_one_component_has_units_of_one_block() {
        let parts = [&frame(40, 20, 0x22)[..], &scan(&[1]), &[7], &scan(&[2]), &[8]];
        let found = scans(&joined(&parts)).expect("a picture");
        let sizes: Vec<_> = found.scans.iter().map(|it| (it.unit_width, it.columns, it.rows)).collect();
        assert_eq!(sizes, [(8, 5, 3), (16, 3, 2)], "luma in blocks of 8 pixels, chroma in blocks of 16");
        assert_eq!(
            found.intervals.iter().map(|it| (it.scan, it.count)).collect::<Vec<_>>(),
            [(0, 15), (1, 6)]
        );
    }

    #[test]
    fn two_fields_are_two_pictures_each_with_its_own_restart_interval() {
        let interval = segment_of(RESTART_INTERVAL, &[0, 1]);
        let samples = [1, 0xFF, 0xD0, 2];
        let first = joined(&[&interval, &frame(16, 8, 0x11), &scan(&[1, 2, 3]), &samples]);
        let second = joined(&[&frame(16, 8, 0x11), &scan(&[1, 2, 3]), &[9]]);
        let found = scans(&[first, second].concat()).expect("two pictures");
        assert_eq!(found.scans.iter().map(|it| it.picture).collect::<Vec<_>>(), [0, 1]);
        let units: Vec<_> = found.intervals.iter().map(|it| (it.scan, it.first, it.count)).collect();
        assert_eq!(units, [(0, 0, 1), (0, 1, 1), (1, 0, 2)]);
    }

    #[test]
    fn packets_without_a_picture_or_cut_off_before_its_samples_are_errors() {
        assert_eq!(scans(b"RIFF"), Err(CodecError::Missing("start of a JPEG picture")));
        assert_eq!(scans(&joined(&[])), Err(CodecError::Missing("scan")));
        assert_eq!(scans(&joined(&[&scan(&[1])])), Err(CodecError::Missing("header of a frame")));
        let named = joined(&[&frame(8, 8, 0x11), &scan(&[9])]);
        assert_eq!(scans(&named), Err(CodecError::Missing("component of a scan")));
        for (width, height, factors) in [(0, 8, 0x11), (8, 0, 0x11), (8, 8, 0x01), (8, 8, 0x51)] {
            assert!(scans(&joined(&[&frame(width, height, factors), &scan(&[1]), &[1]])).is_err());
        }
        let header = [&[0xFF, START_OF_IMAGE][..], &frame(8, 8, 0x11), &scan(&[1])].concat();
        assert!(scans(&header).is_ok());
        assert!(scans(&header[..header.len() - 1]).is_err());
    }
}
